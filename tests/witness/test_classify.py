"""Sequences whose behaviour is known, exact and in floats."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.witness import classify


def geometric(multiplier: Fraction, steps: int = 64) -> list[Fraction]:
    return [multiplier**t for t in range(steps)]


def expected(m: Fraction) -> str:
    if m in (-1, 0, 1):
        return {-1: "period-two", 0: "one-step", 1: "constant"}[int(m)]
    return "divergent" if abs(m) > 1 else "monotone" if m > 0 else "overshooting"


@given(st.fractions(-4, 4, max_denominator=10**6))
def test_exact_geometric_sequences(m: Fraction) -> None:
    assert classify(geometric(m)) == expected(m)


@given(st.sampled_from([-1, 0, 1]), st.integers(6, 40), st.sampled_from([-1, 1]))
def test_exact_sequences_beside_an_endpoint(end: int, digits: int, side: int) -> None:
    m = end + side * Fraction(1, 10**digits)
    assert classify(geometric(m)) == expected(m)


@given(st.floats(-4, 4).filter(lambda m: min(abs(m), abs(abs(m) - 1)) > 1e-6))
def test_floating_geometric_sequences(m: float) -> None:
    errors = [0.3 * m**t for t in range(64)]
    assert classify(errors) == expected(Fraction(m))


@pytest.mark.parametrize(
    ("errors", "name"),
    [
        ([0.0] * 10, "constant"),
        ([0.3] * 10, "constant"),
        ([0.3, 0.0, 0.0, 0.0, 0.0], "one-step"),
        ([0.3, -0.3] * 8, "period-two"),
        ([0.3, 0.1] * 8, "period-two"),
        ([0.95**t * math.cos(0.9 * t) for t in range(200)], "oscillating"),
        ([1.05**t * math.cos(0.9 * t) for t in range(200)], "divergent"),
        ([math.cos(math.pi / 4 * t) for t in range(200)], "marginal"),
        ([2.0**t for t in range(1000)], "divergent"),
        ([float("inf") if t > 3 else 10.0 ** (4**t) for t in range(9)], "divergent"),
        ([1 / math.sqrt(1 + t) for t in range(200)], "undecided"),
        ([1 + 2.0**-t for t in range(50)], "undecided"),
        ([math.sqrt(1 + t) for t in range(200)], "undecided"),
    ],
)
def test_what_is_not_geometric(errors: list[float], name: str) -> None:
    assert classify(errors) == name


def test_scale_and_sign_do_not_matter() -> None:
    for scale in (1e-12, -1.0, 1e12):
        assert classify([scale * (-0.7) ** t for t in range(40)]) == "overshooting"


def test_too_few_numbers() -> None:
    with pytest.raises(ValueError, match="four"):
        classify([1, 0, 0])
