"""Beyond the linear regime, against numbers that owe nothing to the derivations: paths, games, escapes and cycles are computed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_result, results
from derivations.language.answers import resolve
from derivations.language.errors import Undecided
from derivations.problems.questions import read_problem

Vector = Any


@cache
def answer(name: str, **asked: Any) -> dict[str, Any]:
    """The answer of a result for a problem (its own if nothing is asked)."""
    result = next(one for one in results() if one.id == name)
    found = derive_result(result, read_problem(**asked) if asked else None)
    return resolve(found.derivation.answer, found.derivation.statement.conclusion)


def value(text: str, **names: Any) -> Any:
    return eval(text, {"log": math.log, "sqrt": math.sqrt, "__builtins__": {}}, names)


def flow(field: Callable[[Vector], Vector], start: Vector, time: float, steps: int = 400) -> Vector:
    """The path's end, by the classical method of Runge and Kutta."""
    x, h = np.array(start, dtype=float), time / steps
    for _ in range(steps):
        k1 = field(x)
        k2 = field(x + h / 2 * k1)
        k3 = field(x + h / 2 * k2)
        k4 = field(x + h * k3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


# --- backward error -----------------------------------------------------------------------------------------------------


def test_one_step_follows_the_modified_flow_up_to_the_third_order() -> None:
    found = answer("gd.backward-error", loss="x**4/4 - x**2/2 + x*y", parameters="x,y")
    assert found["coefficient"] == "1/4"

    def slope(x: Vector) -> Vector:
        return np.array([x[0] ** 3 - x[0] + x[1], x[0]])

    def field(x: Vector, c: float, eta: float) -> Vector:
        hessian = np.array([[3 * x[0] ** 2 - 1, 1], [1, 0]])
        return -(slope(x) + 2 * c * eta * hessian @ slope(x))

    start, gaps = np.array([0.7, -0.4]), {}
    for c in (0.0, 0.25):
        for eta in (0.02, 0.01):
            end = flow(lambda x, c=c, eta=eta: field(x, c, eta), start, eta)
            gaps[c, eta] = np.linalg.norm(end - (start - eta * slope(start)))
            for i, text in enumerate(found["for_every_multiple"]):
                known = {"x": lambda s, end=end: end[0] if s else start[0], "y": lambda s, end=end: end[1] if s else start[1]}
                assert abs(value(text, **known, eta=eta, c=c)) < 10 * eta**3, i
    assert gaps[0.0, 0.02] / gaps[0.0, 0.01] == pytest.approx(4, rel=0.1)
    assert gaps[0.25, 0.02] / gaps[0.25, 0.01] == pytest.approx(8, rel=0.1)


def test_the_modified_loss_is_that_of_the_problem() -> None:
    text = answer("gd.backward-error", loss="3*x**2/2 + 2*x")["text"]
    for x, eta in ((0.3, 0.1), (-1.2, 0.4)):
        assert value(text, x=x, eta=eta) == pytest.approx(1.5 * x**2 + 2 * x + eta / 4 * (3 * x + 2) ** 2)
    with pytest.raises(Undecided, match="along the gradient"):
        answer("gd.backward-error", optimizer="weight-decay")


# --- games --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "eta"), [(1, 0.3), (2, 0.2), (3, 0.5)])
def test_the_forms_of_a_game_are_multiplied_as_is_said(a: int, eta: float) -> None:
    found = answer("game.bilinear", loss=f"{a}*x*y", parameters="x,y")
    ahead = answer("game.bilinear", loss=f"{a}*x*y", parameters="x,y", optimizer="extragradient")
    draw = random.Random(a)
    x, y = draw.uniform(-1, 1), draw.uniform(-1, 1)
    start, grown = x * x + y * y, (x - eta * a * y) ** 2 + (y + eta * a * x) ** 2
    assert grown == pytest.approx(value(found["simultaneous"]["factor"], eta=eta) * start)
    there = (x - eta * a * (y + eta * a * x)) ** 2 + (y + eta * a * (x - eta * a * y)) ** 2
    assert there == pytest.approx(value(ahead["simultaneous"]["factor"], eta=eta) * start)
    assert value(ahead["simultaneous"]["converges"], eta=eta) == (there < start)
    p, q, kept = x, y, None
    for _ in range(50):
        now = value(found["alternating"]["quantity"], p=lambda _, p=p: p, q=lambda _, q=q: q, eta=eta, t=0)
        assert kept is None or now == pytest.approx(kept)
        kept = now
        p = p - eta * a * q
        q = q + eta * a * p


def test_a_game_is_about_two_players_without_memory() -> None:
    methods = ({"loss": "x*y", "optimizer": name} for name in ("heavy-ball", "implicit-euler"))
    for asked in ({"loss": "x**2"}, {"loss": "x**2*y"}, *methods):
        with pytest.raises(Undecided):
            answer("game.bilinear", **asked)


# --- escape -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("eta", "g", "start", "radius"), [(0.1, 2, 1e-3, 1), (0.3, 0.5, -1e-6, 2), (1, 1, 0.5, 3)])
def test_the_number_of_steps_to_leave_a_saddle(eta: float, g: float, start: float, radius: float) -> None:
    needed = value(answer("saddle.escape")["text"], eta=eta, g=g, theta_0=start, theta_star=0, R=radius)
    u, count = start, 0
    while abs(u) < radius:
        u, count = u + eta * g * u, count + 1
    assert count == math.ceil(needed)


@pytest.mark.parametrize(("eta", "g", "sigma", "begin"), [(0.1, 2, 0.3, 0.0), (0.3, 0.5, 1, 0.04)])
def test_the_second_moment_and_its_time_of_escape_with_noise(eta: float, g: float, sigma: float, begin: float) -> None:
    found = answer("saddle.noisy-escape")
    moment, radius, count = begin, 1.5, 0
    known = {"eta": eta, "g": g, "sigma": sigma, "e": lambda _: math.sqrt(begin), "E": lambda x: x}
    while moment < radius**2:
        assert value(found["at_step"], **known, t=count) == pytest.approx(moment, abs=1e-12)
        moment, count = (1 + eta * g) ** 2 * moment + eta**2 * sigma**2, count + 1
    assert count == math.ceil(value(found["steps"], **known, R=radius))


# --- implicit steps ------------------------------------------------------------------------------------------------------


def test_implicit_steps_settle_where_is_said_maxima_included() -> None:
    found = answer("implicit.regimes")
    for eta, lam in ((0.5, 1), (3, 2), (0.5, -1), (1.5, -1), (3, -1), (0.3, -9), (2.5, -0.5)):
        error = 1.0
        for _ in range(400):
            error = error / (1 + eta * lam)
        assert value(found["text"], eta=eta, lam=lam) == (abs(error) < 1e-6), (eta, lam)
    assert value(found["text"], eta=3, lam=-1)
    scaled = answer("implicit.regimes", loss="-2*x**2", optimizer="implicit-euler")
    assert value(scaled["text"], eta=0.6) and not value(scaled["text"], eta=0.4)
    with pytest.raises(Undecided, match="explicit"):
        answer("implicit.regimes", loss="x**2")


# --- the edge of stability -----------------------------------------------------------------------------------------------


def _iterated(slope: Callable[[float], float], eta: float, x: float, count: int) -> float:
    for _ in range(count):
        x -= eta * slope(x)
    return x


@pytest.mark.parametrize(
    ("loss", "at", "slope"),
    [
        ("(x**2 - 1)**2/4", "x=1", lambda x: x**3 - x),
        ("x**2/2 + x**3/6", "x=0", lambda x: x + x**2 / 2),
        ("x**2/2 - x**4/4", "x=0", lambda x: x - x**3),
    ],
)
def test_a_two_cycle_holds_the_iteration_where_its_slope_is_small(loss: str, at: str, slope: Callable[[float], float]) -> None:
    found = answer("gd.edge-of-stability", loss=loss, at=at)
    cycle = next(one for one in found["cycles"] if "slope_small" in one)
    centre, edge = float(at[2:]), {"x=1": 1.0, "x=0": 2.0}[at]
    for eta in (edge + 0.05, edge + 0.15):
        assert not value(found["text"], eta=eta) and value(cycle["slope_small"], eta=eta)
        assert all(value(condition, eta=eta) for condition in cycle["real_only_if"])
        x = _iterated(slope, eta, centre + 0.05, 4000)
        assert abs(_iterated(slope, eta, x, 2) - x) < 1e-9 < abs(_iterated(slope, eta, x, 1) - x)
        left, right = cycle["points"].split("==")
        assert value(left, eta=eta, x=x) == pytest.approx(value(right), abs=1e-7)
        near = [(_iterated(slope, eta, x + h, 2) - x) / h for h in (1e-5, -1e-5)]
        assert np.mean(near) == pytest.approx(value(cycle["slope"], eta=eta), abs=1e-4)


def test_the_second_doubling_of_the_double_well() -> None:
    cycle = next(one for one in answer("gd.edge-of-stability")["cycles"] if "slope_small" in one)
    eta = math.sqrt(5) - 1 + 0.01
    assert not value(cycle["slope_small"], eta=eta)
    x = _iterated(lambda x: x**3 - x, eta, 1.05, 4000)
    assert abs(_iterated(lambda x: x**3 - x, eta, x, 2) - x) > 1e-3


@pytest.mark.parametrize("c", [1.0, 1.5, 3.0])
def test_descent_leaves_the_sharp_factorisations(c: float) -> None:
    found, q, eta = answer("gd.sharpness-of-minima"), 1.0, 0.3
    v, w = c * math.sqrt(q), math.sqrt(q) / c
    sharpness = value(found["sharpness"], q=q, c=c)
    assert sharpness == pytest.approx(max(np.linalg.eigvalsh([[w * w, 2 * v * w - q], [2 * v * w - q, v * v]])))
    start = np.array([v, w]) + 1e-4 * np.array([w, v])
    x, farthest = start, 0.0
    for _ in range(60):
        gap = x[0] * x[1] - q
        x = x - eta * gap * x[::-1]
        farthest = max(farthest, abs(x[0] * x[1] - q))
    assert value(found["settles_iff"], eta=eta, q=q, c=c) == (abs(x[0] * x[1] - q) < 1e-6 and farthest < 1e-2)
    assert value(found["driven_away_iff"], eta=eta, q=q, c=c) == (farthest > 1e-2)
