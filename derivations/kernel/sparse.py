"""Sparse polynomials in many variables: monomials are sorted tuples of the variables' positions, x_0**2*x_3 is (0, 0, 3).

For models with hundreds of parameters and short polynomials, where a table of exponents would be mostly zeros.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derivations.kernel.errors import Refused
from derivations.language.terms import Term

Monomial = tuple[int, ...]
Sparse = dict[Monomial, int | Fraction]
VectorField = dict[int, Sparse]  # the components that are not zero, by position

MAX_TERMS = 200_000
MAX_DEGREE = 1000
MAX_BITS = 100_000


def expanded(term: Term, positions: Mapping[Term, int]) -> Sparse:
    """The term multiplied out. Raises Refused where it is no polynomial over Q in these variables, or is too large."""
    if term in positions:
        return {(positions[term],): 1}
    match term.head:
        case "Number":
            exact: Fraction = term.args[0]
            return {(): exact.numerator if exact.denominator == 1 else exact} if exact else {}
        case "Neg":
            return scaled(expanded(term.args[0], positions), -1)
        case "Add":
            return total(expanded(arg, positions) for arg in term.args)
        case "Mul":
            result: Sparse = {(): 1}
            for arg in term.args:
                result = product(result, expanded(arg, positions))
            return result
        case "Div":
            bottom = expanded(term.args[1], positions)
            if list(bottom) == [()]:
                return scaled(expanded(term.args[0], positions), 1 / Fraction(bottom[()]))
        case "Pow":
            exponent = expanded(term.args[1], positions)
            value = exponent.get((), 0)
            if list(exponent) in ([()], []) and value.denominator == 1 and 0 <= value <= 60:
                base, result = expanded(term.args[0], positions), {(): 1}
                for _ in range(int(value)):
                    result = product(result, base)
                return result
    raise Refused("shape", "a polynomial with rational coefficients is needed")


def scaled(poly: Sparse, factor: int | Fraction) -> Sparse:
    return {monomial: coefficient * factor for monomial, coefficient in poly.items()}


def total(polys: Iterable[Sparse]) -> Sparse:
    """The sum of polynomials."""
    result: Sparse = {}
    for poly in polys:
        for monomial, coefficient in poly.items():
            result[monomial] = result.get(monomial, 0) + coefficient
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient}


def longest(poly: Mapping[Any, int | Fraction]) -> int:
    """The length in bits of its longest coefficient."""
    return max((c.numerator.bit_length() + c.denominator.bit_length() for c in poly.values()), default=0)


def product(one: Sparse, other: Sparse) -> Sparse:
    if len(one) * len(other) > 10 * MAX_TERMS:
        raise Refused("too-large", "multiplied out, this polynomial has too many terms")
    if sum(max(map(len, poly), default=0) for poly in (one, other)) > MAX_DEGREE:
        raise Refused("too-large", "the degree of this polynomial is too large")
    if sum(map(longest, (one, other))) > MAX_BITS:
        raise Refused("too-large", "a coefficient of this polynomial is too large")
    if len(one) == 1 and () in one:
        return scaled(other, one[()])
    result: Sparse = {}
    for left, a in one.items():
        for right, b in other.items():
            key = tuple(sorted(left + right)) if left and right else left or right
            result[key] = result.get(key, 0) + a * b
    if len(result) > MAX_TERMS:
        raise Refused("too-large", "multiplied out, this polynomial has too many terms")
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient}


def without(monomial: Monomial, position: int) -> Monomial:
    """The monomial divided by one of its variables."""
    at = monomial.index(position)
    return monomial[:at] + monomial[at + 1 :]


def gradient(poly: Sparse) -> dict[int, Sparse]:
    """The partial derivatives that are not zero, by position."""
    found: dict[int, Sparse] = {}
    for monomial, coefficient in poly.items():
        for position in set(monomial):
            rest = without(monomial, position)
            part = found.setdefault(position, {})
            part[rest] = part.get(rest, 0) + coefficient * monomial.count(position)
    return found


def value(poly: Sparse, point: Sequence[int], prime: int) -> int:
    """Its value at a point, modulo a prime that divides no denominator."""
    result = 0
    for monomial, coefficient in poly.items():
        part = coefficient.numerator
        if coefficient.denominator != 1:
            part *= pow(coefficient.denominator, -1, prime)
        for position in monomial:
            part = part * point[position] % prime
        result += part
    return result % prime


def bracket(one: VectorField, other: VectorField) -> VectorField:
    """[V, W] = DW·V - DV·W."""
    found: dict[int, list[Sparse]] = {}
    for left, right, sign in ((one, other, 1), (other, one, -1)):
        for i, poly in right.items():
            for j, part in gradient(poly).items():
                if j in left:
                    found.setdefault(i, []).append(scaled(product(part, left[j]), sign))
    return {i: poly for i, parts in found.items() if (poly := total(parts))}
