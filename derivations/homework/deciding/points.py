"""Points: numbers for the variables under which hypotheses hold, and at which two formulas have different values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from zlib import crc32

from derivations.homework.deciding.balls import UNDEFINED, Number, Unknown, as_ball, precision, sign
from derivations.homework.deciding.values import PRECISIONS, Place, Point, evaluate, place_at
from derivations.language.terms import Term, subterms


def sign_between(left: Number, right: Number) -> int | None:
    """The sign of left - right; None where balls overlap."""
    if left.__class__ is not right.__class__:
        left, right = as_ball(left), as_ball(right)
    return sign(left - right)


def differ(one: Term, other: Term, place: Place) -> tuple[Number, Number] | None:
    """The two values, if they certainly differ or exactly one is undefined; None if they are equal or cannot be told apart."""
    for bits in PRECISIONS:
        with precision(bits):
            try:
                left, right = evaluate(one, place), evaluate(other, place)
            except Unknown:
                continue
            if left is UNDEFINED or right is UNDEFINED:
                return None if left is right else (left, right)
            order = sign_between(left, right)
            if order is not None:
                return (left, right) if order else None
    return None


_SIGNS = {"Lt": (-1,), "Le": (-1, 0), "Gt": (1,), "Ge": (0, 1), "Eq": (0,), "Ne": (-1, 1)}


def holds(formula: Term, place: Place) -> bool | None:
    """Whether a formula of relations is true at the place; a relation with an undefined side does not hold. None: not known."""
    head, args = formula.head, formula.args
    if head in _SIGNS:
        return _related(formula, place)
    if head == "And":
        parts = [holds(arg, place) for arg in args]
        return False if False in parts else None if None in parts else True
    if head == "Or":
        parts = [holds(arg, place) for arg in args]
        return True if True in parts else None if None in parts else False
    if head == "Not":
        inner = holds(args[0], place)
        return None if inner is None else not inner
    if head in ("Implies", "Iff"):
        left, right = (holds(arg, place) for arg in args)
        if head == "Implies" and (left is False or right is True):
            return True
        return None if left is None or right is None else (left == right if head == "Iff" else False)
    return head == "True" if head in ("True", "False") else None


def _related(relation: Term, place: Place) -> bool | None:
    allowed = _SIGNS[relation.head]
    order = _order(relation, place)  # that of exact values does not depend on a precision
    for bits in PRECISIONS if order is None else ():
        with precision(bits):
            order = _order(relation, place)
        if order is not None:
            break
    return None if order is None else order in allowed


def _order(relation: Term, place: Place) -> int | None:
    """The sign of left - right, 2 where one of them is undefined; None where it is not known."""
    try:
        left, right = evaluate(relation.args[0], place), evaluate(relation.args[1], place)
    except Unknown:
        return None
    return _NONE if left is UNDEFINED or right is UNDEFINED else sign_between(left, right)


_NONE = 2


def truth(formula: Term, point: Point) -> bool | None:
    """As ``holds``, at a point."""
    return holds(formula, place_at(point))


# --- points -------------------------------------------------------------------------------------------------------

_FIRST = tuple(map(Fraction, ("1/2", "3", "5", "2", "7", "1/3", "4", "3/2", "11", "2/3", "6", "5/2")))
_SECOND = tuple(map(Fraction, ("1/3", "2", "-1", "4", "3/2", "-3", "1/5", "5", "2/7", "-2", "9", "7/3")))
_POOL = tuple(map(Fraction, (
    "1", "2", "1/2", "3", "3/2", "1/3", "5", "2/3", "-1", "4", "1/4", "7", "-2", "1/5", "5/2", "3/4", "-1/2", "1/10", "6", "0",
    "9", "-3", "4/5", "1/20", "11", "-5/3", "13/7", "1/100", "10", "100",
)))  # fmt: skip
_WHOLE = (2, 3, 1, 4, 5, 7, 6, 0)
TRIALS = 400


def numbers_of(term: Term) -> set[str]:
    """The variables in a term that need a number."""
    return {node.args[0] for node in subterms(term) if node.head == "Symbol"}


def points(
    names: Iterable[str], domains: Mapping[str, str], hypotheses: Iterable[Term], count: int = 8
) -> list[dict[str, Fraction]]:
    """At most so many points at which the hypotheses hold for certain: small numbers first, then more general ones."""
    ordered, hypotheses = sorted(names), tuple(hypotheses)
    found: list[dict[str, Fraction]] = []
    for trial in range(TRIALS):
        point = {name: _pick(name, i, trial, domains.get(name, "real")) for i, name in enumerate(ordered)}
        if point not in found and all(holds(one, place_at(point, trial)) is True for one in hypotheses):
            found.append(point)
            if len(found) >= count or not ordered:
                break
    return found


def _pick(name: str, i: int, trial: int, domain: str) -> Fraction:
    chance = crc32(f"{name}.{trial}".encode())
    if domain == "natural" or domain.startswith("index:"):
        lowest = 1 if domain.startswith("index:") else 0
        return Fraction(max(_WHOLE[(trial if trial < 3 else chance) % len(_WHOLE)], lowest))
    if domain == "integer":
        return Fraction(_WHOLE[(trial + i) % 8] * (1 if trial < 3 or chance % 2 else -1))
    if trial < 2:
        pool = (_FIRST, _SECOND)[trial]
        return pool[i % len(pool)] + (i // len(pool)) * 12
    return _POOL[chance % (9 if trial < 12 else len(_POOL))]
