"""Laying out sparse polynomials (see ``derivations.kernel.sparse``) for reading."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from derivations.kernel.sparse import Monomial, Sparse, scaled
from derivations.language.terms import Term, add, mul, neg, number, power, symbol


def primitive(poly: Sparse) -> Sparse:
    """The multiple with whole coefficients without a common divisor; that of the last monomial is positive."""
    scale = Fraction(lcm(*(c.denominator for c in poly.values())), gcd(*(c.numerator for c in poly.values())))
    lead = poly[max(poly, key=lambda monomial: (len(monomial), [-i for i in monomial]))]
    return scaled(poly, scale if lead > 0 else -scale)


def as_term(poly: Sparse, names: Sequence[str]) -> Term:
    """The polynomial as a sum, positive parts first, each in the order of the variables."""
    ordered = sorted(poly.items(), key=lambda item: (item[1] < 0, -len(item[0]), item[0]))
    return add(*(_monomial_term(monomial, coefficient, names) for monomial, coefficient in ordered))


def _monomial_term(monomial: Monomial, coefficient: int | Fraction, names: Sequence[str]) -> Term:
    factors = [symbol(names[i]) if monomial.count(i) == 1 else power(symbol(names[i]), monomial.count(i))
               for i in sorted(set(monomial))]  # fmt: skip
    size = coefficient if coefficient > 0 else -coefficient
    body = mul(*([] if size == 1 and factors else [number(size)]), *factors)
    return neg(body) if coefficient < 0 else body
