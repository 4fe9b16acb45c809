"""Half powers as roots: x**(1/2) is sqrt(x), x**(-3/2) is 1/sqrt(x)**3."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import ONE, TWO, Term, div, number, power, rebuild, subterms


def without_halves(term: Term) -> Term:
    """x**(1/2) as sqrt(x), x**(-3/2) as 1/sqrt(x)**3."""
    term = rebuild(term, without_halves)
    exponent = _half(term.args[1]) if term.head == "Pow" else None
    if exponent is None:
        return term
    root = Term("Sqrt", (term.args[0],), term.span)
    count = abs(exponent.numerator)
    whole = power(root, count) if count > 1 else root
    return whole if exponent > 0 else div(ONE, whole)


def _half(exponent: Term) -> Fraction | None:
    """The number, if it is half of an odd one: 1/2, written as a quotient or not."""
    if exponent.head == "Neg":
        inner = _half(exponent.args[0])
        return None if inner is None else -inner
    if exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    half = exponent.args[0] if exponent.head == "Number" else Fraction(0)
    return half if half.denominator == 2 and abs(half) < 20 else None


def rooted(term: Term) -> Term:
    """sqrt(u**2) is |u|, and u**(1/2) is sqrt(u)."""
    term = rebuild(term, rooted)
    if term.head == "Pow" and term.args[1].head == "Number" and 2 * term.args[1].args[0] == 1:
        term = Term("Sqrt", (term.args[0],), term.span)
    if term.head == "Sqrt" and term.args[0].head == "Pow" and term.args[0].args[1] == TWO:
        return Term("Abs", (term.args[0].args[0],), term.span)
    return term


def has_halves(term: Term) -> bool:
    """Whether it has a power 1/2, which is a root."""
    exponents = (node.args[1] for node in subterms(term) if node.head == "Pow")
    return any(one.head == "Number" and 2 * one.args[0] == 1 for one in exponents)
