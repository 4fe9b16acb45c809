"""Numbers and polynomials as terms: fractions, square roots, and roots of longer polynomials in short intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import sympy as sp

from derivations.kernel.table import Table
from derivations.language.statements import Symbol
from derivations.language.terms import Term, add, mul, neg, number, power, symbol
from derivations.tactics.algebra import Bridge
from derivations.tactics.elimination import Polynomial, isolating_intervals

DIGITS = 24  # of the intervals around algebraic numbers
BOUND = "z"  # the variable of the polynomial of an algebraic number
TABLE = Table([Symbol(BOUND, "real")])


def solved_for(relation_: Polynomial, name: str, names: tuple[str, ...], values: Mapping[str, Term]) -> Term:
    """q(values), where the relation is c*y - c*q = 0."""
    place = names.index(name)
    lead = next(c for m, c in relation_.items() if m[place])
    rest = {m: -c / lead for m, c in relation_.items() if not m[place]}
    return written(rest, names, values)


def roots_of(coefficients: Sequence[int]) -> list[Term]:
    """The real roots of an irreducible polynomial over Q, in order: fractions, square roots, or roots in an interval."""
    if len(coefficients) == 2:
        return [rational(Fraction(-coefficients[0], coefficients[1]))]
    if len(coefficients) == 3:
        c, b, a = coefficients
        square = b * b - 4 * a * c
        if square < 0:
            return []
        bridge = Bridge()
        root = sp.sqrt(square)
        return [bridge.to_term(sp.expand((-b + sign * root) / (2 * a))) for sign in (-1, 1)]
    body = written({(k,): Fraction(c) for k, c in enumerate(coefficients) if c}, (BOUND,))
    spans = isolating_intervals(coefficients, DIGITS)
    return [Term("RootOf", (body, BOUND, number(a), number(b), Fraction(i))) for i, (a, b) in enumerate(spans)]


def rational(value: Fraction) -> Term:
    """A fraction as it is written: -(3/2)."""
    size = abs(value)
    term = number(size.numerator) if size.denominator == 1 else Term("Div", (number(size.numerator), number(size.denominator)))
    return neg(term) if value < 0 else term


def written(polynomial: Polynomial, names: Sequence[str], values: Mapping[str, Term] | None = None) -> Term:
    """The polynomial as a sum of monomials, the highest first."""
    values = values or {}
    parts: list[tuple[Fraction, Term | None]] = []
    for m, c in sorted(polynomial.items(), key=lambda pair: (-sum(pair[0]), tuple(-e for e in pair[0]))):
        factors = [
            power(values.get(n, symbol(n)), e) if e > 1 else values.get(n, symbol(n)) for n, e in zip(names, m, strict=True) if e
        ]
        parts.append((c, mul(*factors) if factors else None))
    return _sum(parts)


def _sum(parts: list[tuple[Fraction, Term | None]]) -> Term:
    terms = []
    for c, factor in parts:
        size = abs(c)
        scalar = rational(size)
        if factor is None:
            term = scalar
        elif size == 1:
            term = factor
        else:
            term = mul(scalar, *(factor.args if factor.head == "Mul" else (factor,)))
        terms.append(neg(term) if c < 0 else term)
    return add(*terms)
