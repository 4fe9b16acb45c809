"""Sizes: about how many terms a formula has when it is multiplied out, so that nothing large is begun."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.homework.deciding.samples import is_small
from derivations.language.terms import RELATIONS, Term

MAX_PRODUCT, MAX_DEGREE = 2_000, 40  # terms and degree of what is multiplied out
MAX_BITS = 512


def is_manageable(term: Term) -> bool:
    """Whether nothing large comes of multiplying it out."""
    return is_small(term) and all(_extent(side)[0] <= MAX_PRODUCT for side in _sides(term))


def _sides(term: Term) -> Iterator[Term]:
    if term.head in RELATIONS or term.head in ("And", "Or", "Not", "Implies", "Iff", "Tuple", "Set", "Matrix"):
        for arg in term.args:
            yield from _sides(arg)
    else:
        yield term


def _extent(term: Term) -> tuple[int, int]:
    """About how many terms a formula has when multiplied out, and of what degree; too many where it is too large."""
    large = (MAX_PRODUCT + 1, MAX_DEGREE)
    parts = [_extent(arg) for arg in term.args if isinstance(arg, Term)]
    if term.head in ("Add", "Max", "Min"):
        return sum(count for count, _ in parts), max((degree for _, degree in parts), default=0)
    if term.head in ("Mul", "Div"):
        count = 1
        for one, _ in parts:
            count = min(count * one, MAX_PRODUCT + 1)
        degree = sum(degree for _, degree in parts)
        return (count, degree) if degree <= MAX_DEGREE else large
    if term.head == "Number":
        size = max(term.args[0].numerator.bit_length(), term.args[0].denominator.bit_length())
        return (1, 0) if size <= MAX_BITS else large
    if term.head == "Pow" and term.args[1].head in ("Number", "Neg"):
        exponent = term.args[1].args[0] if term.args[1].head == "Number" else None
        if exponent is None and term.args[1].args[0].head == "Number":
            exponent = -term.args[1].args[0].args[0]
        if exponent is None:
            return parts[0]
        times = abs(exponent.numerator)
        if times > MAX_DEGREE:
            return large
        count = 1
        for k in range(times):
            count = count * (parts[0][0] + k) // (k + 1)
            if count > MAX_PRODUCT:
                return large
        degree = parts[0][1] * times
        return (count, degree) if degree <= MAX_DEGREE else large
    return max([count for count, _ in parts], default=1), max([1, *(degree for _, degree in parts)])
