"""The answer is part of the conclusion: every field of an answer is a path into the proved statement.

An answer specification is JSON-like data whose leaves are selectors ``{"$": kind, "at": [argument positions]}``:

======== =====================================================================================
text     the part as ASCII text
texts    its arguments as a list of ASCII texts
quantity the part as ASCII text, functions of time being called by their names alone
name     the name of the predicate found there ("one_step" is given as "one-step")
number   the whole number found there
approx   the number found there as a decimal: the digits that both ends of an algebraic number's isolating interval share
decimal  the number found there as a decimal, be it with roots or as a quotient: the digits that an enclosure makes certain
only-points  true, if the conclusion says there that A holds at certain points and nowhere else: A <=> x = r and y = s, or ...
pairs    equations found there, as {left: right}
rows     the entries of the matrix found there, row by row
holds    true, if the predicate with the name given under "predicate" is found there, as a part of a conjunction
same     whether the part is, literally, the one at the path given under "other"
degree   of a predicate (name, number, quantities, variables): the highest degree of a quantity, as it is written (of a
         quotient the higher one of its two sides)
======== =====================================================================================

The only literal allowed is the answer's ``kind``. Nothing can therefore stand in an answer that was not proved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivations.language.ascii import ascii_text
from derivations.language.decimals import decimal_text, written
from derivations.language.errors import Malformed
from derivations.language.terms import Term, at_path, free_symbols, rebuild, symbol

KINDS = frozenset(
    {"expression", "equation", "region", "matrix", "points", "set", "number", "family", "words", "quantities"}
)


def select(kind: str, *path: int, **more: str | list[int]) -> dict[str, Any]:
    """A selector: ``select("text", 0, 1)`` is the second argument of the conclusion's first."""
    return {"$": kind, "at": list(path), **more}


def resolve(specification: Mapping[str, Any], conclusion: Term) -> dict[str, Any]:
    """The answer as data: each selector replaced by what stands in the conclusion. Raises Malformed."""
    answer = {}
    for key, value in specification.items():
        if key == "kind":
            if value not in KINDS:
                raise Malformed(f"unknown kind of answer {value!r}")
            answer[key] = value
        else:
            answer[key] = _resolve(value, conclusion)
    return answer


def _resolve(value: Any, conclusion: Term) -> Any:
    if isinstance(value, Mapping):
        if "$" in value:
            return _select(value, conclusion)
        return {key: _resolve(item, conclusion) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolve(item, conclusion) for item in value]
    raise Malformed(f"an answer may not bring its own words: {value!r}")


def _select(selector: Mapping[str, Any], conclusion: Term) -> Any:
    part = at_path(conclusion, tuple(selector["at"]))
    if not isinstance(part, Term):
        raise Malformed(f"the path {selector['at']} does not lead to a term")
    kind = selector["$"]
    if kind == "text":
        return ascii_text(part)
    if kind == "quantity":
        return ascii_text(timeless(part))
    if kind == "texts":
        return [ascii_text(arg) for arg in part.args if isinstance(arg, Term)]
    if kind == "name" and part.head == "Predicate":
        return part.args[0].replace("_", "-")
    if kind == "holds" and part.head == "Predicate" and part.args[0] == selector.get("predicate"):
        return _asserted(conclusion, selector["at"])
    if kind == "same":
        return part == at_path(conclusion, tuple(selector["other"]))
    if kind == "degree" and part.head == "Predicate" and len(part.args) == 4:
        names = {name for variable in part.args[3].args for name in variable.args}
        return max((_degree(quantity, names) for quantity in part.args[2].args), default=0)
    if kind == "number" and part.head == "Number" and part.args[0].denominator == 1:
        return int(part.args[0])
    if kind == "approx":
        return _shared_digits(part.args[2], part.args[3]) if part.head == "RootOf" else None
    if kind == "decimal":
        return decimal_text(part)
    if kind == "only-points" and part.head == "Iff":
        return _asserted(conclusion, selector["at"]) and all(map(_is_point, _alternatives(part.args[1])))
    if kind == "pairs":
        equations = part.args if part.head in ("And", "Tuple") else (part,)
        if all(isinstance(one, Term) and one.head == "Eq" for one in equations):
            return {ascii_text(one.args[0]): ascii_text(one.args[1]) for one in equations}
    if kind == "rows" and part.head == "Matrix":
        return [[ascii_text(entry) for entry in row.args] for row in part.args]
    raise Malformed(f"there is no {kind} at {selector['at']}: {ascii_text(part)[:80]}")


def timeless(term: Term) -> Term:
    """The term with f in the place of f(x), for functions of one variable: a quantity, whenever it is."""
    if term.head == "Apply" and len(term.args) == 2:
        return symbol(term.args[0])
    return rebuild(term, timeless)


def _alternatives(formula: Term) -> tuple[Term, ...]:
    return formula.args if formula.head == "Or" else () if formula.head == "False" else (formula,)


def _is_point(formula: Term) -> bool:
    """Whether it gives constants for variables: x = r, or x = r and y = s …"""
    parts = formula.args if formula.head == "And" else (formula,)
    return all(one.head == "Eq" and one.args[0].head == "Symbol" and not free_symbols(one.args[1]) for one in parts)


def _asserted(conclusion: Term, path: list[int]) -> bool:
    """True where the part is what the conclusion says. Raises Malformed where it only speaks of it, as in "not A" or "A if B"."""
    if any(at_path(conclusion, tuple(path[:i])).head not in ("And", "ForAll") for i in range(len(path))):
        raise Malformed(f"the conclusion does not say that {ascii_text(at_path(conclusion, tuple(path)))[:80]}")
    return True


def _shared_digits(low: Term, high: Term) -> str:
    """At most twelve digits of a number between the two. Raises Malformed where not even the first is certain."""
    for digits in range(12, 0, -1) if low.head == high.head == "Number" else ():
        one, other = (written(end.args[0], digits) for end in (low, high))
        if one == other:
            return one
    raise Malformed(f"the interval from {ascii_text(low)[:40]} to {ascii_text(high)[:40]} is too wide for a decimal")


def _degree(term: Term, names: set[str]) -> int:
    """The degree of a polynomial in these variables, of a quotient the higher one. Raises Malformed for others."""
    args = term.args
    if term.head == "Div" and free_symbols(args[1]) & names:
        return max(_degree(arg, names) for arg in args)
    if term.head in ("Add", "Mul", "Neg"):
        return (sum if term.head == "Mul" else max)(_degree(arg, names) for arg in args)
    if term.head == "Pow" and args[1].head == "Number" and args[1].args[0].denominator == 1 and args[1].args[0] >= 0:
        return _degree(args[0], names) * int(args[1].args[0])
    if term.head == "Symbol":
        return int(args[0] in names)
    if free_symbols(term) & names:
        raise Malformed(f"not a polynomial: {ascii_text(term)[:80]}")
    return 0
