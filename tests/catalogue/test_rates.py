"""Regimes and rates of methods against NumPy's roots: two thousand random points for each method, and the best rate on a grid."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.catalogue.gd_optimal_rate import derive as best_of_one
from derivations.catalogue.heavy_ball_optimal_rate import derive as best_of_two
from derivations.catalogue.two_state_regimes import derive as regimes
from derivations.language.answers import resolve
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.witness import evaluate, exact_path, holds
from derivations.witness.claims import claimed, claimed_field, claimed_regimes

NEAR = 1e-7
ENDS = {"mu": Fraction(1), "L_max": Fraction(9)}


@cache
def table(**given: Any) -> tuple[Problem, Derivation]:
    problem = read_problem(**given)
    return problem, regimes(problem)


def errors_obey(problem: Problem, values: dict[str, Fraction], p: Fraction, q: Fraction) -> bool:
    """Whether the errors of the iteration itself solve e'' = p*e' - q*e, exactly."""
    errors = [point[0] - values["theta_star"] for point in exact_path(problem, values, 5, [Fraction(3)])]
    return all(three == p * two - q * one for one, two, three in zip(errors, errors[1:], errors[2:], strict=False))


def regime_of(roots: Any) -> str | None:
    """The regime by the definitions, from the roots as NumPy finds them; None too close to a border."""
    sizes, real = abs(roots), abs(roots.imag) < NEAR
    if max(sizes) > 1 + NEAR:
        return "divergent"
    if max(sizes) > 1 - NEAR:
        if min(sizes) > 1 - NEAR:
            return "marginal"
        return "constant" if max(roots.real) > 1 - NEAR else "period-two"
    if max(sizes) < NEAR:
        return "one-step"
    if not all(real):
        return "oscillating"
    return "monotone" if min(roots.real) > -NEAR else "overshooting"


def certain(roots: Any) -> bool:
    """Whether the roots are far from every border but the unit circle, on which they may lie exactly."""
    gaps = [abs(abs(z) - 1) for z in roots] + [abs(z.real) for z in roots if abs(z.imag) < 1e-4]
    gaps += [abs(roots[0] - roots[1])]
    return all(gap < 1e-12 or gap > 1e-4 for gap in gaps)


def drawn(draw: random.Random) -> dict[str, Fraction]:
    nice = draw.random() < 0.3
    return {
        "eta": Fraction(draw.randint(1, 12), 4) if nice else Fraction(draw.randint(1, 3000), 1000),
        "beta": draw.choice([Fraction(0), Fraction(1, 4), Fraction(1, 2)]) if nice else Fraction(draw.randint(0, 999), 1000),
        "nu": Fraction(draw.randint(0, 4), 4), "scale": Fraction(draw.randint(1, 8), 4),
        "lam": draw.choice([Fraction(0), Fraction(1), Fraction(4, 3)]) if nice else Fraction(draw.randint(-500, 3000), 1000),
        "theta_star": Fraction(1, 2),
    }  # fmt: skip


METHODS = ["heavy-ball", "nesterov", "ema-momentum", "optimistic", "delayed"]


@pytest.mark.parametrize("name", [METHODS[0], *(pytest.param(one, marks=pytest.mark.long) for one in METHODS[1:])])
def test_two_thousand_points_have_the_regime_of_their_roots(name: str) -> None:
    problem, derivation = table(optimizer=name)
    rows, convergent = claimed_regimes(derivation), claimed_field(derivation, "convergent")
    polynomial = claimed_field(derivation, "characteristic_polynomial")
    draw, seen = random.Random(name), set()
    for k in range(2000):
        values = drawn(draw)
        p, q = coefficients(polynomial, values)
        roots = np.roots([1, -float(p), float(q)])
        if k % 100 == 0:
            assert errors_obey(problem, values, p, q)
        here = [one for one, region in rows.items() if holds(region, values)]
        assert len(here) == 1, (values, here)
        if certain(roots):
            assert here == [regime_of(roots)], (values, roots)
            assert holds(convergent, values) == (max(abs(roots)) < 1 - NEAR), values
        seen.add(here[0])
    assert {"monotone", "overshooting", "oscillating", "divergent"} - seen <= missing(name)


def missing(name: str) -> set[str]:
    """What a method does for no positive learning rate."""
    return {"optimistic": {"monotone", "oscillating"}, "delayed": {"overshooting"}}.get(name, set())


def coefficients(polynomial: Any, values: dict[str, Fraction]) -> tuple[Fraction, Fraction]:
    at = [Fraction(evaluate(polynomial, {**values, "z": Fraction(k)})) for k in (0, 1, -1)]
    return (at[2] - at[1]) / 2, at[0]


def test_the_borders_are_regimes_of_their_own() -> None:
    _, derivation = table(optimizer="heavy-ball")
    rows = claimed_regimes(derivation)
    expected = {  # eta*lam, beta
        "one-step": [(1, 0)], "constant": [(0, "1/2"), (0, "-1/2")], "period-two": [(3, "1/2"), (2, 0)],
        "marginal": [(1, 1), (0, 1), (4, 1), (0, -1)], "monotone": [("1/4", "1/4"), ("1/2", 0)],
        "overshooting": [("9/4", "1/4"), ("1/2", "-1/4")], "oscillating": [("1/3", "1/4")],
        "divergent": [(5, 1), (-1, 0), (4, "1/2")],
    }  # fmt: skip
    for name, points in expected.items():
        for h, beta in points:
            values = {"eta": Fraction(1), "lam": Fraction(h), "beta": Fraction(beta)}
            assert [one for one, region in rows.items() if holds(region, values)] == [name], (h, beta)


# --- rates ------------------------------------------------------------------------------------------------------------


def chosen(derivation: Derivation, more: dict[str, Fraction]) -> dict[str, Any]:
    part = claimed(derivation, derivation.answer["optimal"])
    return {one.args[0].args[0]: evaluate(one.args[1], more) for one in (part.args if part.head == "And" else (part,))}


@pytest.mark.parametrize("name", ["gradient-descent", "weight-decay", "decoupled-weight-decay", "preconditioned"])
def test_no_learning_rate_beats_the_best_one(name: str) -> None:
    derivation = best_of_one(read_problem(optimizer=name))
    more = {**ENDS, "gamma": Fraction(1, 5), "p": Fraction(2)}
    best = float(evaluate(claimed_field(derivation, "optimal_rate"), more))
    size = claimed_field(derivation, "spectral_radius")

    def worst(eta: Any) -> float:
        return max(float(evaluate(size, {**more, "eta": eta, "lam": Fraction(lam)})) for lam in (1, 2, 5, 9))

    assert abs(worst(chosen(derivation, more)["eta"]) - best) < 1e-12
    assert min(worst(Fraction(k, 2000)) for k in range(0, 1000, 5)) >= best - 1e-12
    if name == "gradient-descent":
        assert best == pytest.approx(0.8)
        assert evaluate(claimed_field(derivation, "by_condition_number"), {"kappa": Fraction(9)}) == Fraction(4, 5)


def test_without_a_range_the_answer_is_the_size_of_the_factor() -> None:
    derivation = best_of_one(read_problem(loss="3*x**2"))
    answer = resolve(derivation.answer, derivation.statement.conclusion)
    assert answer["spectral_radius"] == "Abs(1 - 6*eta)"
    assert "optimal_rate" not in answer


def test_the_best_rate_of_nesterovs_method() -> None:
    derivation = best_of_two(read_problem(optimizer="nesterov"))
    best, root = float(evaluate(claimed_field(derivation, "optimal_rate"), ENDS)), float(np.sqrt(28))
    assert best == pytest.approx(1 - 2 / root)
    values = {name: float(value) for name, value in chosen(derivation, ENDS).items()}
    assert values == {"eta": pytest.approx(4 / 28), "beta": pytest.approx((root - 2) / (root + 2))}

    def radius(eta: float, beta: float, lam: float) -> float:
        roots = np.roots([1, -(1 + beta) * (1 - eta * lam), beta * (1 - eta * lam)])
        return float(max(abs(roots)))

    assert max(radius(**values, lam=lam) for lam in np.linspace(1, 9, 33)) == pytest.approx(best, abs=1e-7)
    grid = [(eta, beta) for eta in np.linspace(0.002, 0.4, 80) for beta in np.linspace(0, 0.99, 60)]
    assert min(max(radius(eta, beta, 1), radius(eta, beta, 9)) for eta, beta in grid) >= best - 1e-9


@pytest.mark.long
def test_another_form_of_the_heavy_ball_has_the_same_rate() -> None:
    derivation = best_of_two(read_problem(optimizer="ema-momentum"))
    assert evaluate(claimed_field(derivation, "optimal_rate"), ENDS) == pytest.approx(0.5)


def test_what_is_tried_in_vain_is_said() -> None:
    with pytest.raises(Undecided, match=r"about 0\.55"):
        best_of_two(read_problem(optimizer="quasi-hyperbolic", settings=("nu=7/10",)))
    with pytest.raises(Undecided):
        derive_question("rate", read_problem(optimizer="quasi-hyperbolic"))
