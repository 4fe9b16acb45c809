"""Covariances of methods with memory in several parameters: SciPy's Lyapunov equation in the given coordinates, and simulation."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from derivations.catalogue.discovery import derive_result
from derivations.catalogue.sgd_momentum_covariance import RESULT as PAIR
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided
from derivations.problems.optimizers import optimizer_from, read_optimizer
from derivations.problems.questions import read_problem
from derivations.witness import evaluate, holds
from derivations.witness.claims import claimed

from .test_covariance import METHODS, Values, drawn

SHORT = ("heavy-ball", "average", "late")
ANY = [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in METHODS]


@cache
def directions(name: str) -> Certificate:
    text = METHODS[name][0]
    method = optimizer_from(tomllib.loads(text), name) if text else read_optimizer(name)
    return derive_result(PAIR, replace(read_problem(), optimizer=method))


def in_coordinates(name: str, values: Values, hessian: Any) -> tuple[Any, Any]:
    """The step of all parameters, then all memories, and what a step's noise does to them: entries polynomial in lam become
    polynomials in the Hessian, here of degree 1."""
    n, matrix_of = len(hessian), METHODS[name][1]
    (at_zero, gain), (at_one, _) = (matrix_of(values | {"lam": lam}) for lam in (0.0, 1.0))
    whole = np.kron(at_zero, np.eye(n)) + np.kron(at_one - at_zero, hessian)
    return whole, np.kron(gain.reshape(2, 1), np.eye(n))


def random_hessian(generator: np.random.Generator, largest: float) -> Any:
    root = generator.normal(size=(2, 2))
    hessian = root @ root.T + np.eye(2) / 20
    return hessian * largest / np.linalg.eigvalsh(hessian)[-1]


KEYS = (("exact", 0, 0), ("parameter_and_memory", 0, 1), ("memory_and_parameter", 1, 0), ("memories", 1, 1))


@pytest.mark.parametrize("name", ANY)
def test_covariances_solve_lyapunovs_equation(name: str) -> None:
    """Two parameters, noise that does not commute with the Hessian; to 1e-12, worse at the border."""
    found, generator, inside = directions(name), np.random.default_rng(21), 0
    formulas = {key: claimed(found.derivation, found.derivation.answer[key]) for key, _, _ in KEYS}
    region = claimed(found.derivation, found.derivation.answer["settles_if"])
    for _ in range(80):
        values = drawn(generator)
        hessian, spread = random_hessian(generator, values["lam"]), generator.normal(size=(2, 2))
        sizes, vectors = np.linalg.eigh(hessian)
        step, gain = in_coordinates(name, values, hessian)
        radius = max(abs(np.linalg.eigvals(step)))
        turned = vectors.T @ spread @ spread.T @ vectors
        here = values | {"lam_1": sizes[0], "lam_2": sizes[1], "C": turned[0, 1]}
        if abs(radius - 1) > 1e-6:
            assert holds(region, here) == (radius < 1)
        if radius > 0.98:
            continue
        inside += 1
        wanted = solve_discrete_lyapunov(step, gain @ spread @ spread.T @ gain.T)
        along = np.kron(np.eye(2), vectors).T @ wanted @ np.kron(np.eye(2), vectors)
        for key, i, j in KEYS:
            value = float(evaluate(formulas[key], here))
            assert abs(value - along[2 * i, 2 * j + 1]) <= 1e-12 * np.abs(along).max() / (1 - radius)
        diagonal = here | {"lam_2": sizes[0], "C": turned[0, 0]}
        assert abs(float(evaluate(formulas["exact"], diagonal)) - along[0, 0]) <= 1e-12 * np.abs(along).max() / (1 - radius)
    assert inside >= 15


def test_heavy_ball_in_closed_form() -> None:
    """The denominator, expanded, is (1 - beta)**2*((1 + beta)*(l + m) - eta*l*m) + eta*beta*(l - m)**2."""
    found = directions("heavy-ball")
    exact = claimed(found.derivation, found.derivation.answer["exact"])
    generator = np.random.default_rng(2)
    for eta, b, one, other, c in generator.uniform(0.05, 0.9, size=(20, 5)):
        bottom = (1 - b) ** 2 * ((1 + b) * (one + other) - eta * one * other) + eta * b * (one - other) ** 2
        value = float(evaluate(exact, {"eta": eta, "beta": b, "lam_1": one, "lam_2": other, "C": c}))
        assert value == pytest.approx(eta * c * (1 - b**2) / bottom, rel=1e-12)


def test_leading_order() -> None:
    for name in SHORT:
        found = directions(name)
        values = {"beta": 0.6, "lam_1": 0.7, "lam_2": 1.9, "C": -0.4, "eta": 1e-6, "alpha": 1e-6}
        answer = found.derivation.answer
        exact, leading = (float(evaluate(claimed(found.derivation, answer[key]), values)) for key in ("exact", "leading"))
        assert leading == pytest.approx(exact, rel=1e-4)


def test_covariances_by_simulation() -> None:
    """20,000 runs of heavy ball on two parameters, within five standard errors; the noise is not Gaussian."""
    found, generator = directions("heavy-ball"), np.random.default_rng(4)
    hessian, spread = np.array([[1.3, 0.6], [0.6, 0.8]]), np.array([[0.8, 0.0], [-0.5, 0.4]])
    sizes, vectors = np.linalg.eigh(hessian)
    theta, v = np.zeros((2, 20_000)), np.zeros((2, 20_000))
    for _ in range(250):
        noise = spread @ (generator.standard_exponential((2, 20_000)) - 1)
        v = 0.6 * v - 0.4 * (hessian @ theta + noise)
        theta = theta + v
    along, turned = vectors.T @ theta, vectors.T @ spread @ spread.T @ vectors
    samples = along[0] * along[1]
    values = {"eta": 0.4, "beta": 0.6, "lam_1": sizes[0], "lam_2": sizes[1], "C": turned[0, 1]}
    value = float(evaluate(claimed(found.derivation, found.derivation.answer["exact"]), values))
    assert abs(value) > 10 * samples.std() / np.sqrt(20_000)
    assert abs(samples.mean() - value) < 5 * samples.std() / np.sqrt(20_000)


def test_a_stationary_state_exists_in_the_region_only() -> None:
    """Outside the region SciPy's solution of the equation is no covariance; inside it is one."""
    found, generator, seen = directions("heavy-ball"), np.random.default_rng(8), set()
    region = claimed(found.derivation, found.derivation.answer["exists_iff"])
    for _ in range(60):
        values = drawn(generator) | {"beta": float(generator.uniform(-1.5, 1.5)), "eta": float(generator.uniform(0.1, 4))}
        matrix, gain = METHODS["heavy-ball"][1](values)
        solution = solve_discrete_lyapunov(matrix, np.outer(gain, gain))
        exists = bool(np.linalg.eigvalsh(solution)[0] >= 0)
        assert holds(region, values) == exists
        seen.add(exists)
    assert seen == {True, False}


def test_what_is_not_treated() -> None:
    with pytest.raises(Undecided, match="one memory"):
        derive_result(PAIR, read_problem(optimizer="gradient-descent"))
    with pytest.raises(Undecided, match="given covariance"):
        derive_result(PAIR, read_problem(optimizer="heavy-ball", noise="minibatch"))
    with pytest.raises(Undecided, match="without values"):
        derive_result(PAIR, read_problem("3*x**2", optimizer="heavy-ball"))
