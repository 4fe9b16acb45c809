"""Where a term has a value: denominators are not zero, radicands not negative, arguments of logarithms positive."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.language.terms import RELATIONS, ZERO, Term, free_symbols, ne, number, subterms


def conditions(term: Term) -> list[Term]:
    """Where the term has a value: denominators are not zero, radicands not negative, arguments of logarithms positive."""
    found: list[Term] = []
    for node in subterms(term):
        one = _condition(node)
        if one is not None and one not in found:
            found.append(one)
    return found


def _condition(node: Term) -> Term | None:
    if node.head == "Div":
        bottom = node.args[1]
        return None if bottom.head == "Number" and bottom.args[0] else ne(bottom, ZERO)
    if node.head == "Sqrt":
        return _unless_number(Term("Le", (ZERO, node.args[0])), node.args[0])
    if node.head == "Log":
        return _unless_number(Term("Lt", (ZERO, node.args[0])), node.args[0])
    if node.head == "Pow" and node.args[1].head not in ("Symbol",):
        return _of_power(*node.args)
    return None


def _unless_number(condition: Term, argument: Term) -> Term | None:
    return None if argument.head == "Number" and argument.args[0] > 0 else condition


def _of_power(base: Term, exponent: Term) -> Term | None:
    if exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    if exponent.head == "Number":
        value = exponent.args[0]
        if value.denominator == 1:
            return ne(base, ZERO) if value < 0 else None
        return Term("Le" if value > 0 else "Lt", (ZERO, base))
    negative = any(node.head == "Neg" for node in subterms(exponent)) or any(
        node.head == "Number" and node.args[0] < 0 for node in subterms(exponent)
    )
    return ne(base, ZERO) if negative and base.head not in ("Number", "Exp") else None


def existing(premise: Term) -> Iterator[Term]:
    """What a true relation, or each of several, says beside: no denominator is zero, and roots and logarithms exist."""
    for part in conjuncts(premise):
        if part.head not in RELATIONS:
            continue
        for node in subterms(part):
            one = _condition(node) if node.head in ("Div", "Sqrt", "Log") else None  # books differ on powers
            if one is not None and free_symbols(one):
                yield one


def conjuncts(formula: Term) -> list[Term]:
    """The formulas that hold together where this one does."""
    return [part for arg in formula.args for part in conjuncts(arg)] if formula.head == "And" else [formula]
