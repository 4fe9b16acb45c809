"""Formulas along a line: the values of one variable for which they hold, the others having numbers, by exact signs of polynomials.

Every relation becomes the sign of a polynomial in the variable; between the roots of all of them nothing changes. A formula holds
at a root, or between two, exactly or not at all; where an irrational number leaves this open, the value is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from derivations.homework.deciding.marks import BITS, Apart, Mark, Poly, roots, sign_at
from derivations.homework.deciding.values import UNDEFINED, Place, evaluate, precision
from derivations.language.terms import RELATIONS, Term

MAX_DEGREE = 12
MAX_BITS = 2_000

Truth = Callable[[Any], "bool | None"]  # of a Mark or an exact number
_HOLDS = {"Lt": (-1,), "Le": (-1, 0), "Gt": (1,), "Ge": (0, 1), "Eq": (0,), "Ne": (-1, 1)}


@dataclass(frozen=True, slots=True)
class Axis:
    """A formula along the variable: its truth at any place, and the marks at which it may change."""

    truth: Truth
    marks: tuple[Mark, ...]


def along(formula: Term, variable: str, place: Place) -> Axis:
    """The formula, opened, as a function of the variable. Raises Unknown where it is none."""
    polys: dict[str, Poly] = {}
    truth = _truth(formula, variable, place, polys)
    marks: list[Mark] = []
    for poly in polys.values():
        marks += roots(poly)
    return Axis(truth, tuple(marks))


def _truth(formula: Term, variable: str, place: Place, polys: dict[str, Poly]) -> Truth:
    head = formula.head
    if head in RELATIONS:
        return _relation(formula, variable, place, polys)
    if head in ("True", "False"):
        value = head == "True"
        return lambda x: value
    if head not in ("And", "Or"):
        raise Apart(f"{head} is no relation")
    parts = [_truth(arg, variable, place, polys) for arg in formula.args]
    stop = head == "Or"

    def truth(x: Any) -> bool | None:
        result: bool | None = not stop
        for part in parts:
            found = part(x)
            if found is stop:
                return stop
            if found is None:
                result = None
        return result

    return truth


def _relation(relation: Term, variable: str, place: Place, polys: dict[str, Poly]) -> Truth:
    divisors: list[Poly] = []
    left = _quotient(relation.args[0], variable, place, divisors)
    right = _quotient(relation.args[1], variable, place, divisors)
    if left is None or right is None:
        return lambda x: False
    top = _plus(_times(left[0], right[1]), [-c for c in _times(right[0], left[1])])
    bottom = _times(left[1], right[1])
    for poly in (top, bottom):
        if len(poly) > MAX_DEGREE + 1:
            raise Apart("a polynomial of high degree")
        if any(isinstance(c, fmpq) and (c.p.bit_length() > MAX_BITS or c.q.bit_length() > MAX_BITS) for c in poly):
            raise Apart("a long number")
    allowed = _HOLDS[relation.head]
    for poly in (top, bottom, *divisors):
        if len(poly) > 1:
            polys.setdefault(str(poly), poly)
    if len(bottom) == 1 and not divisors:
        side = 1 if bottom[0] > 0 else -1

        def simple(x: Any) -> bool | None:
            sign = sign_at(top, x)
            return None if sign is None else sign * side in allowed

        return simple

    def truth(x: Any) -> bool | None:
        signs = [sign_at(poly, x) for poly in (bottom, *divisors)]
        if 0 in signs:
            return False
        sign = sign_at(top, x)
        if sign is None or None in signs:
            return None
        return sign * (signs[0] or 0) in allowed

    return truth


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
