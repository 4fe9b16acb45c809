"""Answers against step functions written here by hand, right and wrong ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derivations.catalogue import (
    gd_linearised_recurrence,
    gd_regimes,
    gd_regimes_several,
    heavy_ball_stability,
    hessian_nature,
)
from derivations.language.errors import Unusable
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.witness.agreement import agreement


@pytest.fixture(scope="module")
def heavy_ball() -> tuple[Derivation, Problem]:
    problem = read_problem(optimizer="heavy-ball")
    return heavy_ball_stability.derive(problem), problem


def velocity(state: Any, eta: float, beta: float, lam: float) -> Any:
    x, v = state
    v = beta * v - eta * lam * x
    return x + v, v


def two_iterates(state: Any, eta: float, beta: float, lam: float, theta_star: float) -> Any:
    x, before = state
    return x - eta * lam * (x - theta_star) + beta * (x - before), x


def nesterov(state: Any, **values: float) -> Any:
    x, v = state
    v = values["beta"] * v - values["eta"] * values["lam"] * (x + values["beta"] * v)
    return x + v, v


@pytest.mark.parametrize("step", [None, velocity, two_iterates])
def test_right_steps_agree(heavy_ball: tuple[Derivation, Problem], step: Any) -> None:
    found = agreement(*heavy_ball, step, 200)
    assert found and found.points == 200 and not found.counterexamples
    assert min(found.agreeing["stable"], found.agreeing["not stable"]) > 40 and found.near < 75
    assert "none of 200 points disagrees" in str(found)


def test_a_wrong_step_is_told_apart_and_the_counterexample_is_one(heavy_ball: tuple[Derivation, Problem]) -> None:
    found = agreement(*heavy_ball, nesterov, 200)
    assert not found and found.disagreeing > 15
    for one in found.counterexamples:
        at = {name: float(value) for name, value in one.values.items()}
        matrix = np.array([nesterov(unit, **at) for unit in np.eye(2)]).T
        radius = max(abs(np.linalg.eigvals(matrix)))
        stable = abs(at["beta"]) < 1 and 0 < at["eta"] * at["lam"] < 2 * (1 + at["beta"])
        assert (one.claimed == "stable") == stable != (radius < 1)
        assert f"{radius:.6g}"[:6] in one.found
    assert "points disagree" in str(found) and "at beta = " in str(found)


def test_the_border_that_was_moved_is_noticed(heavy_ball: tuple[Derivation, Problem]) -> None:
    def slightly(state: Any, eta: float, beta: float, lam: float) -> Any:
        return velocity(state, eta * 1.0001, beta, lam)

    found = agreement(*heavy_ball, slightly, 250)
    assert not found and all("spectral radius is 1.0" in one.found for one in found.counterexamples)


def test_values_and_a_start(heavy_ball: tuple[Derivation, Problem]) -> None:
    def fixed(state: Any, eta: float, beta: float) -> Any:
        x, v, spare = state
        return (*velocity((x, v), eta, beta, 3.0), 0.1 * spare)

    assert agreement(*heavy_ball, fixed, 200, values={"lam": 3}, start=np.zeros(3))
    assert not agreement(*heavy_ball, fixed, 200, values={"lam": 2.5}, start=np.zeros(3))


def test_a_nonlinear_step() -> None:
    """The double well at 1, L'' = 2: the fixed point is found and the slope there is taken."""
    problem = read_problem("x**4/4 - x**2/2", at="x=1")
    found = agreement(gd_regimes.derive(problem), problem, lambda x, eta: x - eta * (x**3 - x), 150)
    assert found and set(found.agreeing) == {"monotone", "overshooting", "divergent"}
    assert not agreement(gd_regimes.derive(problem), problem, lambda x, eta: x - 1.01 * eta * (x**3 - x), 150)


def test_regimes_of_several_parameters_are_refused() -> None:
    problem = read_problem("x**2 + 10*y**2", at="x=0,y=0")
    derivation = gd_regimes_several.derive(problem)
    with pytest.raises(Unusable, match="one parameter"):
        agreement(derivation, problem, lambda x, eta: x - eta * np.array([2, 20]) * x, 50)


def test_a_closed_form() -> None:
    problem = read_problem()
    derivation = gd_linearised_recurrence.derive(problem)
    assert agreement(derivation, problem, lambda x, eta, lam, theta_star: x - eta * lam * (x - theta_star), 200)
    assert agreement(derivation, problem, None, 200)
    wrong = agreement(derivation, problem, lambda x, eta, lam, theta_star: x - eta * lam * (x + theta_star), 200)
    assert not wrong and "after" in wrong.counterexamples[0].claimed


def test_what_cannot_be_compared_is_said(heavy_ball: tuple[Derivation, Problem]) -> None:
    saddle = read_problem("x*y", at="x=0,y=0")
    with pytest.raises(Unusable, match="nothing that a step"):
        agreement(hessian_nature.derive(saddle), saddle, lambda x: x)
    with pytest.raises(Unusable, match="asks for 'mu'"):
        agreement(*heavy_ball, lambda state, mu: state, 10)
    with pytest.raises(Unusable, match="does not speak of 'mu'"):
        agreement(*heavy_ball, velocity, 10, values={"mu": 1})
    with pytest.raises(Unusable, match="a value is a number"):
        agreement(*heavy_ball, velocity, 10, values={"lam": "mu"})
    with pytest.raises(Unusable, match="returns 3 numbers"):
        agreement(*heavy_ball, lambda state: np.zeros(3), 10)


def test_the_same_seed_gives_the_same_report(heavy_ball: tuple[Derivation, Problem]) -> None:
    one, two, other = (agreement(*heavy_ball, nesterov, 100, seed=seed) for seed in (1, 1, 2))
    assert one == two != other
