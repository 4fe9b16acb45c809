"""Marks on a line: the roots of polynomials, exact or in balls, the signs of polynomials at them, and the places between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any

from flint import arb, fmpq, fmpq_poly

from derivations.homework.deciding.balls import UNDEFINED, Number, Unknown, as_ball, precision, sign, square_root

MAX_MARKS = 60
BITS = 128

Poly = list[Any]  # coefficients, the constant first; exact or balls


class Apart(Unknown):
    """The formula is no matter of polynomials in the variable."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A root: exact, or a ball around a root of an irreducible polynomial (``of`` is empty if that is not known)."""

    at: Number
    of: tuple[Any, ...] = ()

    @property
    def exact(self) -> bool:
        return type(self.at) is fmpq


class Spots:
    """Places on a line: marks and exact numbers. ``numbers`` are the numbers there, if all are exact."""

    __slots__ = ("at", "numbers")

    def __init__(self, at: Sequence[Any]) -> None:
        self.at = tuple(at)
        numbers = tuple(x.at if type(x) is Mark else x for x in self.at)
        self.numbers = numbers if all(type(x) is fmpq for x in numbers) else None


def signs_at(poly: Poly, spots: Spots) -> list[int | None]:
    """The signs there; None where one cannot be told."""
    if spots.numbers is None or set(map(type, poly)) != {fmpq}:
        return [_sign_at(poly, x) for x in spots.at]
    if len(poly) == 2:
        constant, slope = poly
        values = [slope * x + constant for x in spots.numbers]
    else:
        values = list(map(fmpq_poly(poly), spots.numbers))
    return [0 if not value else 1 if value.p > 0 else -1 for value in values]


def _sign_at(poly: Poly, x: Any) -> int | None:
    if type(x) is Mark:
        if type(x.at) is not fmpq:
            return _sign_at_irrational(poly, x)
        x = x.at
    value = poly[-1]
    for c in poly[-2::-1]:
        value = value * x + c
    return sign(value)


def _sign_at_irrational(poly: Poly, mark: Mark) -> int | None:
    exact = all(isinstance(c, fmpq) for c in poly)
    if exact and mark.of and len(poly) >= len(mark.of) and (fmpq_poly(poly) % fmpq_poly(list(mark.of))).degree() < 0:
        return 0
    with precision(BITS):
        value = as_ball(poly[-1])
        for c in poly[-2::-1]:
            value = value * mark.at + c
        return sign(value)


def roots(poly: Poly) -> list[Mark]:
    """The real roots. Raises Unknown where a coefficient leaves their number open."""
    if len(poly) < 2:
        return []
    if not all(isinstance(c, fmpq) for c in poly):
        return _roots_of_balls(poly)
    if len(poly) == 2:
        return [Mark(-poly[0] / poly[1])]
    whole = fmpq_poly(poly)
    found: list[Mark] = []
    for factor, _ in whole.numer().factor()[1]:
        coefficients = [fmpq(c) for c in factor.coeffs()]
        if len(coefficients) == 2:
            found.append(Mark(-coefficients[0] / coefficients[1]))
        elif len(coefficients) == 3:
            found += _irrational(coefficients)
        else:
            with precision(BITS):
                for root, _ in factor.complex_roots():
                    if root.imag == 0:
                        found.append(Mark(root.real, tuple(coefficients)))
    return found


def _irrational(quadratic: Poly) -> list[Mark]:
    c, b, a = quadratic
    with precision(BITS):
        root = square_root(b * b - 4 * a * c)
        if root is UNDEFINED:
            return []
        return [Mark((-b + side * as_ball(root)) / (2 * a), tuple(quadratic)) for side in (1, -1)]


def _roots_of_balls(poly: Poly) -> list[Mark]:
    lead: arb = as_ball(poly[-1])
    if len(poly) != 2 or not (lead > 0 or lead < 0):
        raise Apart("coefficients that are not rational")
    with precision(BITS):
        return [Mark(-as_ball(poly[0]) / lead)]


# --- places -----------------------------------------------------------------------------------------------------------


def places(marks: tuple[Mark, ...]) -> list[tuple[Any, bool]] | None:
    """A number below all marks, each mark, one between each two, and one above; with each whether it is a mark.

    None where two marks cannot be told apart.
    """
    rough = [mark for mark in marks if type(mark.at) is not fmpq]
    ordered = sorted([mark for mark in marks if type(mark.at) is fmpq], key=_number)
    kept = [mark for i, mark in enumerate(ordered) if i == 0 or mark.at != ordered[i - 1].at]
    if len(kept) + len(rough) > MAX_MARKS:
        return None
    for mark in rough:
        if not any(_same(mark, one) for one in kept):
            if not all(_apart(mark, one) for one in kept):
                return None
            kept.append(mark)
    if rough:
        kept.sort(key=_Ordered)
    if not kept:
        return [(_ONE, False)]
    found: list[tuple[Any, bool]] = [(_below(kept[0]), False)]
    for one, other in pairwise(kept):
        found += [(one, True), (_between(one, other), False)]
    return [*found, (kept[-1], True), (_above(kept[-1]), False)]


_number = attrgetter("at")


def _same(one: Mark, other: Mark) -> bool:
    if one.exact and other.exact:
        return bool(one.at == other.at)
    return bool(one.of) and one.of == other.of and bool(as_ball(one.at).overlaps(as_ball(other.at)))


def _apart(one: Mark, other: Mark) -> bool:
    if one.exact and other.exact:
        return True
    return not as_ball(one.at).overlaps(as_ball(other.at))


class _Ordered:
    """Marks by size."""

    __slots__ = ("mark",)

    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def __lt__(self, other: _Ordered) -> bool:
        one, two = self.mark, other.mark
        if one.exact and two.exact:
            return bool(one.at < two.at)
        return bool(as_ball(one.at) < as_ball(two.at))


def _ends(mark: Mark) -> tuple[fmpq, fmpq]:
    if mark.exact:
        return mark.at, mark.at
    middle, radius = mark.at.mid().fmpq(), mark.at.rad().fmpq()
    return middle - radius, middle + radius


def _below(mark: Mark) -> fmpq:
    low = _ends(mark)[0]
    return low - 1 if low <= 0 else low / 2 - low


def _above(mark: Mark) -> fmpq:
    high = _ends(mark)[1]
    return _simple(high, high + 1 + abs(high))


def _between(one: Mark, other: Mark) -> fmpq:
    low, high = _ends(one)[1], _ends(other)[0]
    if one.exact and other.exact:
        return (low + high) / 2
    return _simple(low, high)


def _simple(low: fmpq, high: fmpq) -> fmpq:
    """A short number strictly between two."""
    scale = 1
    for _ in range(400):
        candidate = fmpq((low * scale).floor() + 1, scale)
        if low < candidate < high:
            return candidate
        scale *= 2
    return (low + high) / 2


_ONE = fmpq(1)
