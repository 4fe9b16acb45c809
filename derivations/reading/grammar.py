"""The grammar: what each kind of token means before and after an operand, and how tightly it binds."""

from __future__ import annotations

from derivations.reading import (
    accents,
    arithmetic,
    brackets,
    formulas,
    functions,
    latex,
    leibniz,
    names,
    shorthand,
    updates,
)
from derivations.reading.reader import (
    AND,
    IFF,
    IMPLIES,
    INTERSECTION,
    OR,
    POSTFIX,
    POWER,
    PRODUCT,
    RELATION,
    SUM,
    UNION,
    Grammar,
    Infix,
    Prefix,
)

_PREFIX: dict[str, Prefix] = {
    "name": names.read_name,
    "number": arithmetic.read_number,
    "-": arithmetic.read_sign,
    "+": arithmetic.read_sign,
    "±": arithmetic.read_sign,
    "(": brackets.read_parenthesis,
    "[": brackets.read_square,
    "]": brackets.read_reversed,
    "{": brackets.read_brace,
    "set{": brackets.read_set,
    "|": brackets.read_bars,
    "lvert": brackets.read_directed_bars,
    "function": functions.read_function,
    "root": functions.read_root,
    "fraction": latex.read_fraction,
    "sqrt": latex.read_sqrt,
    "sum": latex.read_sum_sign,
    "langle": latex.read_average,
    "begin": latex.read_environment,
    "limit": latex.read_limit,
    "quantifier": latex.read_quantifier,
    "not": formulas.read_not,
    "constant": formulas.read_constant,
}

_INFIX: dict[str, tuple[int, Infix]] = {
    "quantifier": (IFF, latex.read_for_all),
    "iff": (IFF, formulas.read_equivalence),
    "implies": (IMPLIES, formulas.read_implication),
    "or": (OR, formulas.read_many),
    "|": (OR, formulas.read_many),
    "and": (AND, formulas.read_many),
    "relation": (RELATION, formulas.read_relation),
    "arrow": (RELATION, latex.read_arrow),
    "union": (UNION, formulas.read_many),
    "intersection": (INTERSECTION, formulas.read_many),
    "+": (SUM, arithmetic.read_sum),
    "-": (SUM, arithmetic.read_sum),
    "±": (SUM, arithmetic.read_sum),
    "*": (PRODUCT, arithmetic.read_product),
    "/": (PRODUCT, arithmetic.read_product),
    **dict.fromkeys(arithmetic.JUXTAPOSED, (PRODUCT, arithmetic.read_product)),
    "^": (POWER, arithmetic.read_power),
    "!": (POSTFIX, arithmetic.read_factorial),
}

# What answers are read with besides.
_FURTHER_PREFIX: dict[str, Prefix] = {
    "differential": leibniz.read_partial,
    "nabla": leibniz.read_partial,
    "reals": shorthand.reals,
    "empty": shorthand.read_empty,
    "relation": latex.read_angles,
    "dot": accents.read_dot,
    "average": accents.read_mean,
}

_FURTHER_INFIX: dict[str, tuple[int, Infix]] = {
    "setminus": (UNION, formulas.read_minus),
    "to": (RELATION, formulas.read_goal),
    "update": (RELATION, updates.read_update),
    **dict.fromkeys(("dot", "average"), (PRODUCT, arithmetic.read_product)),
    "percent": (POSTFIX, arithmetic.read_percent),
}


def _grammar(prefix: dict[str, Prefix], infix: dict[str, tuple[int, Infix]]) -> Grammar:
    return Grammar(
        prefix=prefix,
        infix={kind: handler for kind, (_, handler) in infix.items()},
        binding={kind: level for kind, (level, _) in infix.items()},
    )


GRAMMAR = _grammar(_PREFIX, _INFIX)
ANSWERS = _grammar({**_PREFIX, **_FURTHER_PREFIX}, {**_INFIX, **_FURTHER_INFIX})
