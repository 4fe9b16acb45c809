"""What a sequence of errors does, judged from its numbers alone.

monotone      it shrinks at every step, geometrically, and keeps its sign
one-step      it is 0 from the first step on, and was not before
overshooting  it shrinks at every step, geometrically, and changes its sign at every step
oscillating   it shrinks, but in neither of these two ways (as a complex pair of multipliers makes it)
period-two    every second number is the same and neighbours differ
divergent     it grows, geometrically or faster
constant      it does not change
marginal      its size neither shrinks nor grows, in another way than the last three
undecided     the numbers do not show it (too few of them, or a contraction that fades)

Fractions are compared exactly. Floats are compared with a relative ``tolerance``: numbers that differ by less are
equal, and errors smaller than ``tolerance`` times the largest before them are 0. A multiplier within the tolerance of
0, 1 or -1 is therefore not told from it; only exact numbers do that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

REGIMES = (
    "monotone", "one-step", "overshooting", "oscillating", "period-two", "divergent", "constant", "marginal",
    "undecided",
)  # fmt: skip
CONVERGENT = frozenset({"monotone", "one-step", "overshooting", "oscillating"})
_LASTING_ENVELOPE = 0.65  # the same for the largest of several errors; 1/sqrt(t) has 0.58
_LASTING = 0.7  # a contraction 1 - r lasts if it is not much smaller at the end than in the middle; 1/sqrt(t) has 1/2


def classify(errors: Sequence[Any], tolerance: float = 1e-9) -> str:
    """The name of what e_0, e_1, … does (see the module). Raises ValueError for fewer than four numbers."""
    if len(errors) < 4:
        raise ValueError(f"four numbers are needed to tell what a sequence does, not {len(errors)}")
    exact = all(isinstance(error, (Fraction, int)) for error in errors)
    slack = 0.0 if exact else tolerance
    values = list(errors) if exact else _finite(errors)
    if len(values) < len(errors) and len(values) < 4:
        return "divergent"
    sizes = [abs(value) for value in values]
    simple = _simple(values, sizes, slack)
    if simple:
        return simple
    overflow = len(values) < len(errors)
    return _trend(*_before_vanishing(values, sizes, slack), slack, overflow)


def _finite(errors: Sequence[Any]) -> list[Any]:
    """The numbers before the first that is too large for a float."""
    values = np.asarray([float(error) for error in errors])
    bad = np.flatnonzero(~(np.abs(values) < 1e150))
    return [float(value) for value in (values[: bad[0]] if len(bad) else values)]


def _simple(values: list[Any], sizes: list[Any], slack: float) -> str:
    """constant, one-step and period-two, which equalities decide."""

    def same(a: Any, b: Any) -> bool:
        return bool(abs(a - b) <= slack * max(abs(a), abs(b)))

    if all(same(value, values[0]) for value in values):
        return "constant"
    if sizes[0] > 0 and all(size <= slack * sizes[0] for size in sizes[1:]):
        return "one-step"
    if all(same(a, b) for a, b in zip(values, values[2:], strict=False)):
        return "period-two"
    return ""


def _before_vanishing(values: list[Any], sizes: list[Any], slack: float) -> tuple[list[Any], list[Any]]:
    """The numbers before rounding, or an exact landing, has turned all that follow to 0."""
    largest, stop = sizes[0], 1
    for index, size in enumerate(sizes):
        largest = max(largest, size)
        if size > slack * largest:
            stop = index + 1
    return values[:stop], sizes[:stop]


def _trend(values: list[Any], sizes: list[Any], slack: float, overflow: bool) -> str:
    if len(values) < 2:
        return "undecided"
    ratios = [b / a for a, b in pairwise(sizes) if a > 0]
    if not ratios or len(ratios) < len(sizes) - 1:
        return _envelope(sizes, slack, overflow)
    signs = [(a > 0) == (b > 0) for a, b in pairwise(values)]
    middle, last = ratios[len(ratios) // 2], ratios[-1]
    if all(ratio < 1 - slack for ratio in ratios):
        if len(ratios) > 4 and 1 - last < _LASTING * (1 - middle):
            return "undecided"
        return "monotone" if all(signs) else "overshooting" if not any(signs) else "oscillating"
    if all(ratio > 1 + slack for ratio in ratios):
        return "divergent" if overflow or last - 1 >= _LASTING * (middle - 1) else "undecided"
    return _envelope(sizes, slack, overflow)


def _envelope(sizes: list[Any], slack: float, overflow: bool) -> str:
    """By the largest size in each of four equal parts of the sequence, of which the first is left out as transient."""
    if overflow:
        return "divergent"
    quarter = len(sizes) // 4
    if quarter < 2:
        return "undecided"
    second, third, fourth = (max(sizes[k * quarter : (k + 1) * quarter]) for k in (1, 2, 3))
    if 0 in (second, third, fourth):
        return "undecided"
    if max(second, third, fourth) - min(second, third, fourth) <= max(slack, 1e-9) * max(second, third, fourth):
        return "marginal"
    before, after = _log(third) - _log(second), _log(fourth) - _log(third)
    if before < 0 and after < _LASTING_ENVELOPE * before:
        return "oscillating"
    if before > 0 and after > _LASTING_ENVELOPE * before:
        return "divergent"
    return "undecided"


def _log(size: Any) -> float:
    """log of a positive number, also of a Fraction that no float can hold."""
    if isinstance(size, Fraction):
        return math.log(size.numerator) - math.log(size.denominator)
    return math.log(size)
