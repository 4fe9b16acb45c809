"""Decimals of constants, by intervals with rational ends: only digits that are certain."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isqrt

from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import Term

Interval = tuple[Fraction, Fraction]
UNIT = Fraction(1, 10**40)


def decimal_text(term: Term) -> str:
    """At most twelve digits of a constant made of numbers, roots and the four operations. Raises Malformed for anything else."""
    low, high = _rounded(enclosed(term))
    if low <= 0 <= high and high - low < Fraction(1, 10**15):
        return "0"
    for digits in range(12, 0, -1):
        one, other = (written(end, digits) for end in (low, high))
        if one == other:
            return one
    raise Malformed(f"not even one digit of {ascii_text(term)[:80]} is certain")


def written(value: Fraction, digits: int) -> str:
    """The number with so many digits, also where it is too large for a float."""
    if abs(value) < 10**300:
        return f"{float(value):.{digits}g}"
    exponent = (int(abs(value)).bit_length() - 1) * 30103 // 100000
    mantissa = value / 10**exponent
    while abs(mantissa) >= 10:
        mantissa, exponent = mantissa / 10, exponent + 1
    return f"{float(mantissa):.{digits}g}e+{exponent}"


def enclosed(term: Term) -> Interval:
    """An interval around the constant."""
    args = term.args
    if term.head == "Number":
        return args[0], args[0]
    if term.head == "RootOf" and args[2].head == args[3].head == "Number":
        return args[2].args[0], args[3].args[0]
    if term.head == "Pow" and args[1].head == "Number" and args[1].args[0].denominator == 1 and 0 <= args[1].args[0] <= 1000:
        return _power(enclosed(args[0]), int(args[1].args[0]))
    parts = [enclosed(arg) for arg in args if isinstance(arg, Term)]
    if term.head == "Add":
        return sum((low for low, _ in parts), Fraction(0)), sum((high for _, high in parts), Fraction(0))
    if term.head == "Neg":
        return -parts[0][1], -parts[0][0]
    if term.head == "Mul":
        result = Fraction(1), Fraction(1)
        for part in parts:
            result = _rounded(_product(result, part))
        return result
    if term.head == "Div" and not parts[1][0] <= 0 <= parts[1][1]:
        return _rounded(_product(parts[0], (1 / parts[1][1], 1 / parts[1][0])))
    if term.head == "Sqrt" and parts[0][0] >= 0:
        low, high = (isqrt(floor(end / UNIT**2)) for end in parts[0])
        return low * UNIT, (high + 1) * UNIT
    raise Malformed(f"no decimal of {ascii_text(term)[:80]}")


def _product(one: Interval, other: Interval) -> Interval:
    ends = [a * b for a in one for b in other]
    return min(ends), max(ends)


def _power(base: Interval, exponent: int) -> Interval:
    result = Fraction(1), Fraction(1)
    for _ in range(exponent):
        result = _rounded(_product(result, base))
    return result if exponent % 2 or not base[0] < 0 < base[1] else (Fraction(0), result[1])


def _rounded(interval: Interval) -> Interval:
    """A slightly larger interval whose ends are not long."""
    low, high = interval
    if max(low.denominator, high.denominator) < 10**40:
        return interval
    return floor(low / UNIT) * UNIT, ceil(high / UNIT) * UNIT
