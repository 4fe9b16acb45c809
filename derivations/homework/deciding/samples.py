"""Samples: formulas at a few fixed points, where the values of many wrong answers can be compared with a student's at once.

Values are exact rational numbers, or balls where a root or an exponential is in them. Nothing is said to be equal on the
strength of a sample; that two values differ, or that a relation fails at a point, is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from zlib import crc32

from flint import fmpq, fmpz_poly

from derivations.homework.deciding.balls import UNDEFINED, Unknown, as_ball, as_fraction, sign
from derivations.homework.deciding.points import sign_between
from derivations.homework.deciding.values import Place, evaluate, evaluate_all, place_at
from derivations.kernel.table import Table
from derivations.language.terms import RELATIONS, Term, subterms

Number = Any  # fmpq or arb
Monomials = list[tuple[Fraction, dict[str, int]]]

MAX_NODES = 400
MAX_DEGREE = 8  # of a polynomial whose roots are looked for
MAX_BITS = 400
TRIALS = 400


class NoValue(Unknown):
    """There is certainly no value: a division by zero, a root of a negative number, a logarithm of what is not positive."""


def value(term: Term, place: Place) -> Number:
    """The term's value. Raises NoValue where it certainly has none, and Unknown where it cannot be told."""
    found = evaluate(term, place)
    if found is UNDEFINED:
        raise NoValue("undefined")
    return found


def exact(term: Term) -> Fraction:
    """The value of a term without variables. Raises Unknown where it is not rational."""
    found = as_fraction(value(term, Place({})))
    if not isinstance(found, Fraction):
        raise Unknown("not rational")
    return found


def alike(one: Number, other: Number) -> bool:
    """Whether two values may be the same number."""
    return sign_between(one, other) in (0, None)


def proportional(one: list[Number], other: list[Number]) -> bool:
    """Whether the values of two quantities may be in the same proportion at all points."""
    balls = [(as_ball(a), as_ball(b)) for a, b in zip(one, other, strict=True)]
    return all(bool((a * balls[0][1]).overlaps(b * balls[0][0])) for a, b in balls[1:])


def shown(number: Number) -> str:
    """The exact number, or the decimals that the ball makes certain."""
    return str(number) if isinstance(number, fmpq) else str(number.str(12, radius=False))


def is_small(term: Term) -> bool:
    """Whether it has at most ``MAX_NODES`` parts."""
    return all(i < MAX_NODES for i, _ in enumerate(subterms(term)))


# --- truth --------------------------------------------------------------------------------------------------------

_SIGNS = {"Lt": (-1,), "Le": (-1, 0), "Gt": (1,), "Ge": (0, 1), "Eq": (0,), "Ne": (-1, 1)}
_JOINED: dict[str, Callable[[Iterable[bool]], bool]] = {"And": all, "Or": any, "Intersection": all, "Union": any}


def truth(formula: Term, place: Place, variable: str = "") -> bool:
    """Whether the formula holds; an interval or a set is one of the variable. Raises Unknown where that cannot be said."""
    head, args = formula.head, formula.args
    if head in _SIGNS:
        return _order(value(args[0], place), value(args[1], place)) in _SIGNS[head]
    if head in ("True", "False"):
        return head == "True"
    if head == "In":
        return _member(value(args[0], place), args[1], place)
    if head in ("Interval", "Set") and variable:
        return _member(place.numbers[variable], formula, place)
    if head in _JOINED:
        return _JOINED[head](tuple(truth(arg, place, variable) for arg in args))  # every part has to be known
    if head == "Not":
        return not truth(args[0], place, variable)
    if head in ("Implies", "Iff"):
        one, other = (truth(arg, place, variable) for arg in args)
        return (not one or other) if head == "Implies" else one == other
    raise Unknown(head)


def truths(formula: Term, places: Sequence[Place], variable: str = "") -> list[bool]:
    """Whether the formula holds at each of the places. Raises Unknown where that cannot be said of one of them."""
    head, args = formula.head, formula.args
    if head in _SIGNS:
        left, right = (evaluate_all(arg, places) for arg in args)
        allowed, gaps = _SIGNS[head], [one - other for one, other in zip(left, right, strict=True)]
        return [_known(sign(gap)) in allowed for gap in gaps]
    if head == "Not":
        return [not one for one in truths(args[0], places, variable)]
    join = _JOINED.get(head)
    if join is None or not args:
        return [truth(formula, place, variable) for place in places]
    return list(map(join, zip(*(truths(arg, places, variable) for arg in args), strict=True)))


def _order(one: Number, other: Number) -> int:
    return _known(sign_between(one, other))


def _known(order: int | None) -> int:
    if order is None:
        raise Unknown("two numbers that are close")
    return order


def _member(number: Number, where: Term, place: Place) -> bool:
    if where.head in _JOINED:
        return _JOINED[where.head](tuple(_member(number, part, place) for part in where.args))
    if where.head == "Set":
        return any(_order(number, value(part, place)) == 0 for part in where.args)
    if where.head != "Interval":
        raise Unknown(where.head)
    low, high, left, right = where.args
    return _inside(number, low, left, place, 1) and _inside(number, high, right, place, -1)


def _inside(number: Number, end: Term, kind: str, place: Place, side: int) -> bool:
    if end.head == "Infinity" or (end.head == "Neg" and end.args[0].head == "Infinity"):
        return (end.head == "Neg") == (side > 0)
    order = _order(number, value(end, place)) * side
    return order > 0 or (order == 0 and kind == "closed")


def holds(formula: Term, place: Place) -> bool:
    """Whether it is certainly true."""
    try:
        return truth(formula, place)
    except Unknown:
        return False


def relations_in(formula: Term) -> list[Term]:
    return [node for node in subterms(formula) if node.head in RELATIONS]


# --- points -------------------------------------------------------------------------------------------------------


def generic_points(table: Table, hypotheses: Iterable[Term], count: int) -> list[dict[str, Fraction]]:
    """That many points without special numbers at which the hypotheses hold; fewer if they are not found soon."""
    told = [one for one in hypotheses if one.head in RELATIONS and is_small(one)]
    found: list[dict[str, Fraction]] = []
    for trial in range(TRIALS):
        point = {name: _drawn(name, domain, trial) for name, domain in table.variables.items()}
        if all(holds(one, place_at(point)) for one in told):
            found.append(point)
            if len(found) == count:
                break
    return found


def _drawn(name: str, domain: str, trial: int) -> Fraction:
    seed = crc32(f"{name}:{trial}".encode())
    if domain != "real":
        return Fraction(seed % 5 + 2)
    return Fraction(2 * (seed % 89 + 11), ((seed >> 8) % 61 + 17) * (1 + (seed >> 16) % 6))


def marks(relations: Iterable[Term], variable: str, point: Mapping[str, Fraction]) -> list[Fraction]:
    """The values of the variable at which the two sides of a relation are equal, where their difference is linear in it."""
    found: set[Fraction] = set()
    for relation in relations:
        gaps = []
        for at in (1, 2, 3):
            place = place_at({**point, variable: Fraction(at)})
            try:
                gap = value(relation.args[0], place) - value(relation.args[1], place)
            except Unknown:
                break
            if not isinstance(gap, fmpq):
                break
            gaps.append(as_fraction(gap))
        if len(gaps) == 3 and gaps[2] - gaps[1] == gaps[1] - gaps[0] != 0:
            found.add(1 - gaps[0] / (gaps[1] - gaps[0]))
    return sorted(found)


def roots(monomials: Monomials, name: str, point: Mapping[str, Fraction]) -> list[Fraction]:
    """The rational roots of a polynomial in one of its variables, the others having their values at the point."""
    coefficients: dict[int, Fraction] = {}
    for coefficient, powers in monomials:
        size = coefficient
        for other, exponent in powers.items():
            if other != name:
                size *= point[other] ** exponent
        degree = powers.get(name, 0)
        coefficients[degree] = coefficients.get(degree, Fraction(0)) + size
    top = max((degree for degree, size in coefficients.items() if size), default=0)
    if top == 0:
        return [] if coefficients.get(0) else [point[name]]
    if top == 1:
        return [-coefficients.get(0, Fraction(0)) / coefficients[1]]
    scale = 1
    for size in coefficients.values():
        scale *= size.denominator
    if top > MAX_DEGREE or scale.bit_length() > MAX_BITS:
        return []
    poly = fmpz_poly([int(coefficients.get(degree, Fraction(0)) * scale) for degree in range(top + 1)])
    return [Fraction(-int(part[0]), int(part[1])) for part, _ in poly.factor()[1] if part.degree() == 1]
