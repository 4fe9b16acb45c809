"""Paths, flows, fixed points: against iteration written out by hand, and against exact values."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.language.errors import Unusable
from derivations.problems.losses import generic
from derivations.problems.optimizers import NAMED
from derivations.problems.questions import Problem, default_problem, read_problem
from derivations.witness import (
    Noise,
    contraction,
    curvatures,
    exact_path,
    fixed_point,
    flow,
    linear_path,
    path,
    regimes_by_direction,
)

QUADRATIC = {"lam": Fraction(3, 2), "theta_star": Fraction(2), "theta_0": Fraction(5)}


def test_the_room_imports_neither_kernel_nor_tactics_nor_sympy() -> None:
    code = (
        "import sys, derivations.witness\n"
        "bad = ('sympy', 'flint', 'z3', 'derivations.kernel', 'derivations.tactics', 'derivations.catalogue')\n"
        "assert not set(sys.modules) & set(bad), set(sys.modules) & set(bad)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_gradient_descent_by_hand() -> None:
    found = exact_path(default_problem(), {**QUADRATIC, "eta": Fraction(1, 3)}, 5)
    theta = Fraction(5)
    for row in found:
        assert row == [theta]
        theta -= Fraction(1, 3) * Fraction(3, 2) * (theta - 2)
    floats = path(default_problem(), {**QUADRATIC, "eta": Fraction(1, 3)}, 5)
    assert floats[:, 0] == pytest.approx([float(row[0]) for row in found])


def test_momentum_uses_the_new_velocity() -> None:
    problem = read_problem("x**2 + 10*y**2", at="x=0,y=0", optimizer="heavy-ball")
    found = path(problem, {"eta": 0.03, "beta": 0.6}, 20, {"x": 1, "y": -2})
    point, velocity = np.array([1.0, -2.0]), np.zeros(2)
    for row in found:
        assert row == pytest.approx(point)
        velocity = 0.6 * velocity - 0.03 * np.array([2 * point[0], 20 * point[1]])
        point = point + velocity


def test_nesterov_looks_ahead() -> None:
    problem = read_problem("x**4/4", optimizer="nesterov")
    found = path(problem, {"eta": 0.1, "beta": 0.5}, 10, [1])
    x, v = 1.0, 0.0
    for row in found:
        assert row[0] == pytest.approx(x)
        v = 0.5 * v - 0.1 * (x + 0.5 * v) ** 3
        x += v


@pytest.fixture
def implicit(tmp_path: Path) -> str:
    """Implicit Euler."""
    file = tmp_path / "implicit.toml"
    update = "theta - eta*grad(theta_next)"
    file.write_text(f'state = ["theta"]\n[hyperparameters]\neta = ""\n[update]\ntheta = "{update}"\n')
    return str(file)


def test_an_implicit_step_is_solved_for(implicit: str) -> None:
    affine = read_problem(optimizer=implicit)
    values = {**QUADRATIC, "eta": Fraction(2)}
    assert exact_path(affine, values, 1)[1] == [2 + Fraction(3, 4)]
    assert contraction(affine, values) == pytest.approx(1 / 4)
    curved = read_problem("x**4/4 + y**2/2 + x*y/3", at="x=0,y=0", optimizer=implicit)
    (x0, y0), (x1, y1) = path(curved, {"eta": 0.2}, 1, [1, 1])
    assert (x1, y1) == pytest.approx((x0 - 0.2 * (x1**3 + y1 / 3), y0 - 0.2 * (y1 + x1 / 3)))


@pytest.mark.parametrize("name", sorted(NAMED))
@pytest.mark.parametrize("loss", ["x**2 + 10*y**2 + 3*x*y", "(x*y - 1)**2/2 + x**2/9", "exp(x) - x + cosh(y - x)"])
def test_runs_at_once_are_the_runs_one_by_one(name: str, loss: str) -> None:
    problem = read_problem(loss, optimizer=name)
    values = {"eta": 0.03, "beta": 0.4, "gamma": 0.1, "nu": 0.7, "alpha": 0.5, "scale": 1.3, "p": 0.8}
    starts = np.array([[0.3, -0.2, 1.0], [0.5, 0.1, -1.0]])
    together = path(problem, values, 12, list(starts))
    assert together.shape == (13, 2, 3)
    for run in range(3):
        assert together[:, :, run] == pytest.approx(path(problem, values, 12, list(starts[:, run])))


def test_a_step_of_ones_own() -> None:
    def rotate(x: Any, noise: Any) -> Any:
        return np.array([x[1], -x[0]]) + (0 if noise is None else noise)

    assert path(rotate, {}, 4, [1, 2])[4] == pytest.approx([1, 2])
    assert path(rotate, {}, 4, [1, 2], runs=7, noise=Noise(0.1)).shape == (5, 2, 7)
    with pytest.raises(Unusable):
        path(rotate, {}, 4)


@pytest.mark.parametrize("law", ["normal", "sign", "uniform", "skewed"])
def test_noise_has_the_moments_it_should(law: str) -> None:
    samples = Noise(1.5, law, batch=3).draw(np.random.default_rng(1), (200_000,))
    assert samples.mean() == pytest.approx(0, abs=0.01)
    assert samples.var() == pytest.approx(1.5**2 / 3, rel=0.02)
    single = Noise(2.0, law).draw(np.random.default_rng(2), (1000,))
    assert law != "sign" or set(single) == {-2.0, 2.0}


def test_the_seed_decides() -> None:
    values = {**QUADRATIC, "eta": 0.1}
    one, two, other = (
        path(default_problem(), values, 9, runs=3, noise=Noise(1.0), seed=seed) for seed in (4, 4, 5)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_fixed_points_are_found_exactly_where_they_are_rational() -> None:
    decay = read_problem(optimizer="weight-decay")
    values = {"lam": Fraction(2), "theta_star": Fraction(3), "gamma": Fraction(1), "eta": Fraction(1, 7)}
    assert fixed_point(decay, values)[0][0] == 2
    well = read_problem("x**4/4 - x**2/2", at="x=1")
    assert fixed_point(well, {"eta": Fraction(1, 7)})[0][0] == 1
    shifted = read_problem("(x-1)**2 + (y+x)**2")
    assert list(fixed_point(shifted, {"eta": Fraction(1, 7)})[0]) == [1, -1]


def test_the_linearised_iteration_is_the_limit_of_small_errors() -> None:
    problem = read_problem("x**4/4 - x**2/2 + y**2*(1 + x)", at="x=1,y=0", optimizer="heavy-ball")
    values = {"eta": Fraction(1, 10), "beta": Fraction(1, 3)}
    small = Fraction(1, 10**6)
    linear = linear_path(problem, values, 15, [small, 2 * small])
    actual = path(problem, values, 15, [1 + small, 2 * small]) - np.array([1.0, 0.0])
    assert actual == pytest.approx(linear.astype(float), abs=1e-11)
    assert isinstance(linear[3, 0], Fraction)


def test_curvatures_and_directions() -> None:
    problem = read_problem("x**2 + 10*y**2", at="x=0,y=0")
    sizes, _ = curvatures(problem, {})
    assert sizes == pytest.approx([2, 20])
    assert [name for _, name in regimes_by_direction(problem, {"eta": 0.075})] == ["monotone", "overshooting"]
    saddle = read_problem("theta_1*theta_2", at="theta_1=0,theta_2=0")
    (low, escaping), (high, settling) = regimes_by_direction(saddle, {"eta": 0.1})
    assert (low, high) == pytest.approx((-1, 1))
    assert (escaping, settling) == ("divergent", "monotone")


def test_the_flow_of_a_quadratic_and_what_a_flow_conserves() -> None:
    times = np.linspace(0, 4, 41)
    found = flow(default_problem(), QUADRATIC, None, times)[:, 0]
    assert found == pytest.approx(2 + 3 * np.exp(-1.5 * times), abs=1e-9)
    problem = read_problem("theta_1*theta_2", at="theta_1=0,theta_2=0")
    curve = flow(problem, {}, [1.2, 0.5], np.linspace(0, 2, 21))
    assert curve[:, 0] ** 2 - curve[:, 1] ** 2 == pytest.approx(np.full(21, 1.19), abs=1e-9)
    circle = flow(lambda x: np.array([x[1], -x[0]]), {}, [1.0, 0.0], times)
    assert np.hypot(*circle.T) == pytest.approx(np.ones(41), abs=1e-9)
    with pytest.raises(Unusable):
        flow(lambda x: x**2, {}, [1.0], [0.0, 2.0])


def test_what_is_missing_is_said() -> None:
    with pytest.raises(Unusable, match="nothing is known"):
        path(default_problem().with_loss(generic()), {**QUADRATIC, "eta": 1}, 3)
    with pytest.raises(Unusable, match="theta_0"):
        path(default_problem(), {"eta": 1, "lam": 1, "theta_star": 0}, 3)


def test_the_flow_is_the_limit_of_gradient_descent() -> None:
    problem: Problem = read_problem("(x*y - 1)**2/2", at="x=1,y=1")
    end = flow(problem, {}, [1.5, 0.2], [0.0, 1.0])[-1]
    coarse, fine = (path(problem, {"eta": 1 / n}, n, [1.5, 0.2])[-1] for n in (200, 400))
    assert np.abs(coarse - end).max() / np.abs(fine - end).max() == pytest.approx(2, rel=0.1)
