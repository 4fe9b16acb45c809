"""Formulas along a line: the values of one variable for which they hold, the others having numbers, by exact signs of polynomials.

Every relation becomes the sign of a polynomial in the variable; between the roots of all of them nothing changes. A formula holds
at a root, or between two, exactly or not at all; where an irrational number leaves this open, the value is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from flint import fmpq

from derivations.homework.deciding.balls import UNDEFINED, precision
from derivations.homework.deciding.marks import BITS, Apart, Mark, Poly, Spots, roots, signs_at
from derivations.homework.deciding.values import Place, evaluate
from derivations.language.terms import RELATIONS, Term

MAX_DEGREE = 12
MAX_BITS = 2_000

Truths = Callable[[Spots], "list[bool | None]"]
_HOLDS = {"Lt": (-1,), "Le": (-1, 0), "Gt": (1,), "Ge": (0, 1), "Eq": (0,), "Ne": (-1, 1)}


@dataclass(frozen=True, slots=True)
class Axis:
    """A formula along the variable: its truth at any places, and the marks at which it may change."""

    truths: Truths
    marks: tuple[Mark, ...]


def along(formula: Term, variable: str, place: Place) -> Axis:
    """The formula, opened, as a function of the variable. Raises Unknown where it is none."""
    polys: list[Poly] = []
    truths = _truths(formula, variable, place, polys)
    return Axis(truths, tuple([mark for poly in polys for mark in roots(poly)]))


def _truths(formula: Term, variable: str, place: Place, polys: list[Poly]) -> Truths:
    head = formula.head
    if head in RELATIONS:
        return _relation(formula, variable, place, polys)
    if head in ("True", "False"):
        value = head == "True"
        return lambda spots: [value] * len(spots.at)
    if head not in ("And", "Or"):
        raise Apart(f"{head} is no relation")
    parts = [_truths(arg, variable, place, polys) for arg in formula.args]
    if not parts:
        return lambda spots: [head == "And"] * len(spots.at)
    join = _both if head == "And" else _either
    return lambda spots: reduce(join, [part(spots) for part in parts])


def _both(one: list[bool | None], other: list[bool | None]) -> list[bool | None]:
    """Not known where one is not known and the other not false."""
    return [(b if a else False if a is False or b is False else None) for a, b in zip(one, other, strict=True)]


def _either(one: list[bool | None], other: list[bool | None]) -> list[bool | None]:
    return [(b if a is False else True if a or b else None) for a, b in zip(one, other, strict=True)]


def _relation(relation: Term, variable: str, place: Place, polys: list[Poly]) -> Truths:
    divisors: list[Poly] = []
    left = _quotient(relation.args[0], variable, place, divisors)
    right = _quotient(relation.args[1], variable, place, divisors)
    if left is None or right is None:
        return lambda spots: [False] * len(spots.at)
    top = _plus(_times(left[0], right[1]), [-c for c in _times(right[0], left[1])])
    bottom = _times(left[1], right[1])
    for poly in (top, bottom):
        if len(poly) > MAX_DEGREE + 1:
            raise Apart("a polynomial of high degree")
        if any(type(c) is fmpq and c.height_bits() > MAX_BITS for c in poly):
            raise Apart("a long number")
    allowed = _HOLDS[relation.head]
    for poly in (top, bottom, *divisors):
        if len(poly) > 1 and not _is_among(poly, polys):
            polys.append(poly)
    if len(bottom) == 1 and not divisors:
        side = 1 if bottom[0] > 0 else -1
        held = {sign: sign * side in allowed for sign in (-1, 0, 1)}
        return lambda spots: [None if sign is None else held[sign] for sign in signs_at(top, spots)]

    def truths(spots: Spots) -> list[bool | None]:
        below = zip(*(signs_at(poly, spots) for poly in (bottom, *divisors)), strict=True)
        return [_holds(sign, signs, allowed) for sign, signs in zip(signs_at(top, spots), below, strict=True)]

    return truths


def _is_among(poly: Poly, polys: list[Poly]) -> bool:
    """Whether it is one of them; balls are the same if they are written alike."""
    exact = set(map(type, poly)) == {fmpq}
    return poly in polys if exact else str(poly) in map(str, polys)


def _holds(sign: int | None, below: tuple[int | None, ...], allowed: tuple[int, ...]) -> bool | None:
    """Whether a quotient has one of the signs allowed; ``below`` are those of all denominators, the quotient's own first."""
    if 0 in below:
        return False
    if sign is None or None in below:
        return None
    return sign * (below[0] or 0) in allowed


# --- polynomials ------------------------------------------------------------------------------------------------------


def _quotient(term: Term, variable: str, place: Place, divisors: list[Poly]) -> tuple[Poly, Poly] | None:
    """Numerator and denominator in the variable; None where it is undefined everywhere."""
    head, args = term.head, term.args
    if head == "Symbol":
        if args[0] == variable:
            return [_ZERO, _ONE], _UNIT
        if args[0] not in place.numbers:
            raise Apart(f"{args[0]} has no value")
        return [place.numbers[args[0]]], _UNIT
    if head == "Number":
        value = args[0]
        return [fmpq(value.numerator, value.denominator)], _UNIT
    if head == "Neg":
        inner = _quotient(args[0], variable, place, divisors)
        return inner and ([-c for c in inner[0]], inner[1])
    if head in ("Add", "Mul"):
        result = _quotient(args[0], variable, place, divisors) if args else ([_ZERO if head == "Add" else _ONE], _UNIT)
        for arg in args[1:]:
            part = _quotient(arg, variable, place, divisors)
            if part is None or result is None:
                return None
            result = _sum(result, part) if head == "Add" else (_times(result[0], part[0]), _times(result[1], part[1]))
        return result
    if head == "Div":
        top, bottom = (_quotient(arg, variable, place, divisors) for arg in args)
        return None if top is None or bottom is None else _divided(top, bottom, divisors)
    if head == "Pow" and args[1].head == "Number":
        return _power(term, variable, place, divisors)
    if _mentions(term, variable):
        raise Apart(f"{head} of {variable}")
    with precision(BITS):
        number = evaluate(term, place)
    return None if number is UNDEFINED else ([number], _UNIT)


def _sum(one: tuple[Poly, Poly], other: tuple[Poly, Poly]) -> tuple[Poly, Poly]:
    if len(one[1]) == len(other[1]) == 1 and one[1][0] == other[1][0]:
        return _plus(one[0], other[0]), one[1]
    return _plus(_times(one[0], other[1]), _times(other[0], one[1])), _times(one[1], other[1])


def _divided(top: tuple[Poly, Poly], bottom: tuple[Poly, Poly], divisors: list[Poly]) -> tuple[Poly, Poly] | None:
    if len(bottom[0]) == 1:
        number = bottom[0][0]
        if isinstance(number, fmpq):
            if number == 0:
                return None
            scaled = [c / number for c in top[0]]
            return _times(scaled, bottom[1]), top[1]
        if not (number > 0 or number < 0):
            raise Apart("a divisor that may be zero")
    else:
        divisors.append(bottom[0])
    if len(bottom[1]) > 1:
        divisors.append(bottom[1])
    return _times(top[0], bottom[1]), _times(top[1], bottom[0])


def _power(term: Term, variable: str, place: Place, divisors: list[Poly]) -> tuple[Poly, Poly] | None:
    base, exponent = term.args
    count = exponent.args[0]
    if count.denominator != 1 or abs(count) > MAX_DEGREE:
        if _mentions(base, variable):
            raise Apart("a power")
        with precision(BITS):
            number = evaluate(term, place)
        return None if number is UNDEFINED else ([number], _UNIT)
    inner = _quotient(base, variable, place, divisors)
    if inner is None:
        return None
    size, one = abs(int(count)), ([_ONE], [_ONE])
    if size * (max(len(inner[0]), len(inner[1])) - 1) > MAX_DEGREE:
        raise Apart("a polynomial of high degree")
    result: tuple[Poly, Poly] = one
    for _ in range(size):
        result = _times(result[0], inner[0]), _times(result[1], inner[1])
    return _divided(one, result, divisors) if count < 0 else result


def _mentions(term: Term, variable: str) -> bool:
    if term.head == "Symbol":
        return bool(term.args[0] == variable)
    for arg in term.args:  # noqa: SIM110
        if type(arg) is Term and _mentions(arg, variable):
            return True
    return False


def _plus(one: Poly, other: Poly) -> Poly:
    if len(one) < len(other):
        one, other = other, one
    result = [c + d for c, d in zip(one, other, strict=False)] + one[len(other) :]
    return _trimmed(result)


def _times(one: Poly, other: Poly) -> Poly:
    if len(other) == 1:
        one, other = other, one
    if len(one) == 1:
        c = one[0]
        if isinstance(c, fmpq) and c == 1:
            return other
        return _trimmed([c * d for d in other])
    if len(one) + len(other) > 2 * MAX_DEGREE + 2:
        raise Apart("a polynomial of high degree")
    result = [_ZERO] * (len(one) + len(other) - 1)
    for i, c in enumerate(one):
        for j, d in enumerate(other):
            result[i + j] = result[i + j] + c * d
    return _trimmed(result)


def _trimmed(poly: Poly) -> Poly:
    while len(poly) > 1 and isinstance(poly[-1], fmpq) and poly[-1] == 0:
        poly.pop()
    return poly


_ZERO, _ONE = fmpq(0), fmpq(1)
_UNIT = [_ONE]
