"""Stationary second moments against what shares nothing with their derivation: Lyapunov's equation in SciPy, and simulation."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from derivations.catalogue.discovery import derive_question, derive_result
from derivations.catalogue.sgd_covariance import RESULT as SEVERAL
from derivations.catalogue.sgd_momentum_variance import RESULT as MEMORY
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided
from derivations.problems.optimizers import optimizer_from, read_optimizer
from derivations.problems.questions import read_problem
from derivations.witness import evaluate, holds
from derivations.witness.claims import claimed

Values = dict[str, float]
Method = Callable[[Values], tuple[Any, Any]]


# --- methods with memory, written down once more as matrices ------------------------------------------------------


def heavy_ball(v: Values) -> tuple[Any, Any]:
    """theta' = theta + v', v' = beta*v - eta*(lam*theta + eps)."""
    h = v["eta"] * v["lam"]
    return np.array([[1 - h, v["beta"]], [-h, v["beta"]]]), np.array([-v["eta"], -v["eta"]])


def nesterov(v: Values) -> tuple[Any, Any]:
    h, b = v["eta"] * v["lam"], v["beta"]
    return np.array([[1 - h, b * (1 - h)], [-h, b * (1 - h)]]), np.array([-v["eta"], -v["eta"]])


def exponential_average(v: Values) -> tuple[Any, Any]:
    """m' = beta*m + (1 - beta)*g, theta' = theta - eta*m'."""
    eta, b, lam = v["eta"], v["beta"], v["lam"]
    return np.array([[1 - eta * (1 - b) * lam, -eta * b], [(1 - b) * lam, b]]), np.array([-eta * (1 - b), 1 - b])


def quasi_hyperbolic(v: Values) -> tuple[Any, Any]:
    eta, b, lam, nu = v["eta"], v["beta"], v["lam"], v["nu"]
    gain = 1 - nu + nu * (1 - b)
    return np.array([[1 - eta * lam * gain, -eta * nu * b], [(1 - b) * lam, b]]), np.array([-eta * gain, 1 - b])


def delayed(v: Values) -> tuple[Any, Any]:
    """y' = x, x' = x - alpha*grad(y)."""
    return np.array([[1, -v["alpha"] * v["lam"]], [1, 0]]), np.array([-v["alpha"], 0])


def damped(v: Values) -> tuple[Any, Any]:
    """u' = rho*u + grad(x) + w*x, x' = x - alpha*u'."""
    a, r, k = v["alpha"], v["rho"], v["lam"] + v["w"]
    return np.array([[1 - a * k, -a * r], [k, r]]), np.array([-a, 1])


AVERAGE = """
name = "exponential average of gradients"
state = ["theta", "m"]
[hyperparameters]
eta = "eta > 0"
beta = "0 <= beta < 1"
[update]
m = "beta*m + (1 - beta)*grad(theta)"
theta = "theta - eta*m_next"
"""
MIXED = """
name = "quasi-hyperbolic momentum"
state = ["theta", "m"]
[hyperparameters]
eta = "eta > 0"
beta = "0 <= beta < 1"
nu = "0 <= nu <= 1"
[update]
m = "beta*m + (1 - beta)*grad(theta)"
theta = "theta - eta*((1 - nu)*grad(theta) + nu*m_next)"
"""
LATE = """
name = "delayed gradient"
state = ["x", "y"]
[hyperparameters]
alpha = ""
[update]
y = "x"
x = "x - alpha*grad(y)"
"""
DAMPED = """
name = "momentum with weight decay"
state = ["x", "u"]
[hyperparameters]
alpha = "alpha > 0"
rho = "0 <= rho < 1"
w = "w >= 0"
[update]
u = "rho*u + grad(x) + w*x"
x = "x - alpha*u_next"
"""
METHODS: dict[str, tuple[str, Method]] = {
    "heavy-ball": ("", heavy_ball),
    "nesterov": ("", nesterov),
    "average": (AVERAGE, exponential_average),
    "mixed": (MIXED, quasi_hyperbolic),
    "late": (LATE, delayed),
    "damped": (DAMPED, damped),
}


@cache
def with_memory(name: str, noise: str = "additive", loss: str | None = None) -> Certificate:
    text = METHODS[name][0]
    method = optimizer_from(tomllib.loads(text), name) if text else read_optimizer(name)
    return derive_result(MEMORY, replace(read_problem(loss, noise=noise), optimizer=method))


def drawn(generator: np.random.Generator) -> Values:
    values = {name: float(generator.uniform(0.02, 0.97)) for name in ("beta", "rho", "nu", "w")}
    values |= {"eta": float(generator.uniform(0.01, 2.5)), "lam": float(generator.uniform(0.1, 3))}
    return values | {"alpha": values["eta"], "sigma": float(generator.uniform(0.3, 2))}


@pytest.mark.parametrize("name", METHODS)
def test_second_moments_solve_lyapunovs_equation(name: str) -> None:
    """In the region S is SciPy's solution to 1e-12; the region is where the spectral radius is below 1."""
    found, matrix_of = with_memory(name), METHODS[name][1]
    generator, inside = np.random.default_rng(7), 0
    for _ in range(150):
        values = drawn(generator)
        matrix, gain = matrix_of(values)
        radius = max(abs(np.linalg.eigvals(matrix)))
        region = claimed(found.derivation, found.derivation.answer["exists_iff"])
        if abs(radius - 1) > 1e-6:
            assert holds(region, values) == (radius < 1)
        if radius < 0.99:
            inside += 1
            wanted = solve_discrete_lyapunov(matrix, values["sigma"] ** 2 * np.outer(gain, gain))
            for key, entry in (("exact", wanted[0, 0]), ("cross_moment", wanted[0, 1]), ("memory", wanted[1, 1])):
                value = float(evaluate(claimed(found.derivation, found.derivation.answer[key]), values))
                assert abs(value - entry) <= 1e-12 * np.abs(wanted).max() / (1 - radius)
    assert inside >= 30


@pytest.mark.parametrize("name", METHODS)
def test_leading_order_in_the_learning_rate(name: str) -> None:
    found, matrix_of = with_memory(name), METHODS[name][1]
    values = drawn(np.random.default_rng(3)) | {"beta": 0.6, "rho": 0.6}
    for eta in (1e-4, 1e-5):
        here = values | {"eta": eta, "alpha": eta}
        matrix, gain = matrix_of(here)
        wanted = solve_discrete_lyapunov(matrix, here["sigma"] ** 2 * np.outer(gain, gain))[0, 0]
        leading = float(evaluate(claimed(found.derivation, found.derivation.answer["leading"]), here))
        assert abs(leading / wanted - 1) < 30 * eta


@pytest.mark.parametrize("name", METHODS)
def test_a_stationary_state_exists_in_the_region_only(name: str) -> None:
    """Outside the region SciPy's solution of the equation is no covariance; inside it is one."""
    found, matrix_of = with_memory(name), METHODS[name][1]
    region = claimed(found.derivation, found.derivation.answer["exists_iff"])
    generator, seen = np.random.default_rng(8), set()
    for _ in range(100):
        values = drawn(generator)
        matrix, gain = matrix_of(values)
        exists = bool(np.linalg.eigvalsh(solve_discrete_lyapunov(matrix, np.outer(gain, gain)))[0] >= 0)
        assert holds(region, values) == exists
        seen.add(exists)
    assert seen == {True, False}


def test_the_variance_of_a_batch() -> None:
    one, batch = (with_memory("heavy-ball", noise) for noise in ("additive", "minibatch"))
    values = {"eta": 0.3, "beta": 0.5, "lam": 1.5, "sigma": 0.8}
    single = float(evaluate(claimed(one.derivation, one.derivation.answer["exact"]), values))
    mean = float(evaluate(claimed(batch.derivation, batch.derivation.answer["exact"]), values | {"N": 4}))
    assert mean == pytest.approx(single / 4)


@pytest.mark.parametrize("name", ["heavy-ball", "nesterov", "mixed"])
def test_second_moments_by_simulation(name: str) -> None:
    """20,000 runs within five standard errors; the noise is not Gaussian."""
    found, matrix_of = with_memory(name), METHODS[name][1]
    values = {"eta": 0.4, "beta": 0.6, "lam": 1.2, "sigma": 0.7, "nu": 0.7}
    matrix, gain = matrix_of(values)
    generator, state = np.random.default_rng(11), np.zeros((2, 20_000))
    for _ in range(200):
        state = matrix @ state + np.outer(gain, values["sigma"] * (generator.standard_exponential(20_000) - 1))
    for key, i, j in (("exact", 0, 0), ("cross_moment", 0, 1), ("memory", 1, 1)):
        samples = state[i] * state[j]
        value = float(evaluate(claimed(found.derivation, found.derivation.answer[key]), values))
        assert abs(samples.mean() - value) < 5 * samples.std() / np.sqrt(20_000)


def test_a_loss_with_numbers_and_a_shifted_minimum() -> None:
    found = with_memory("heavy-ball", loss="3*(x - 1)**2/2 + x")
    values = {"eta": 0.2, "beta": 0.5, "sigma": 1.0, "lam": 3.0}
    matrix, gain = heavy_ball(values)
    wanted = solve_discrete_lyapunov(matrix, np.outer(gain, gain))[0, 0]
    assert float(evaluate(claimed(found.derivation, found.derivation.answer["exact"]), values)) == pytest.approx(wanted, rel=1e-12)


def test_what_is_not_treated() -> None:
    with pytest.raises(Undecided, match="without memory"):
        derive_result(MEMORY, read_problem(optimizer="gradient-descent"))
    with pytest.raises(Undecided, match="one parameter"):
        derive_result(MEMORY, read_problem("x**2 + y**2", optimizer="heavy-ball"))
    with pytest.raises(Undecided, match="has memory"):
        derive_result(SEVERAL, read_problem("x**2 + y**2", at="x=0,y=0", optimizer="heavy-ball"))


def test_the_question_finds_the_result() -> None:
    assert derive_question("variance", read_problem(optimizer="heavy-ball")).id == MEMORY.id
    assert derive_question("variance", read_problem("x**2 + x*y + y**2", at="x=0,y=0")).id == SEVERAL.id


# --- several parameters -------------------------------------------------------------------------------------------

LOSSES = {
    "x**2 + x*y + y**2": [[2, 1], [1, 2]],
    "x**2 + x*y + 3*y**2/2": [[2, 1], [1, 3]],
    "x**2 + x*y + y**2 + 2*z**2": [[2, 1, 0], [1, 2, 0], [0, 0, 4]],
}


@pytest.mark.parametrize("loss", LOSSES)
def test_covariances_solve_lyapunovs_equation(loss: str) -> None:
    """(1 - eta*H)*S*(1 - eta*H) + eta**2*R = S, R any covariance; S turned to the same eigenvectors."""
    hessian = np.array(LOSSES[loss], dtype=float)
    n, names = len(hessian), "xyz"[: len(hessian)]
    found = derive_result(SEVERAL, read_problem(loss, at=",".join(f"{name}=0" for name in names)))
    generator = np.random.default_rng(5)
    for eta in (0.05, 0.2, 0.35):
        root = generator.normal(size=(n, n))
        noise = root @ root.T
        values: dict[str, Any] = {"eta": eta}
        values |= {f"R_{k + 1}{m + 1}": noise[k, m] for k in range(n) for m in range(k, n)}
        step = np.eye(n) - eta * hessian
        wanted, turns = solve_discrete_lyapunov(step, eta**2 * noise), _projections(found)
        for item in found.derivation.statement.definitions:
            if item.claim.head == "Eq" and item.claim.args[0].head == "Symbol":
                values[item.claim.args[0].args[0]] = float(evaluate(item.claim.args[1], values))
        pairs = [(i, j) for i in range(n) for j in range(i, n)]
        for (i, j), row in zip(pairs, found.derivation.answer["covariance"], strict=True):
            value = float(evaluate(claimed(found.derivation, row["exact"]), values))
            assert value == pytest.approx(turns[i] @ wanted @ turns[j], rel=1e-12, abs=1e-14)


def _projections(found: Certificate) -> list[Any]:
    """The eigenvectors, read off the definitions of the projections of the error."""
    rows: dict[str, Any] = {}
    for item in found.derivation.statement.definitions:
        body = item.claim
        while body.head == "ForAll":
            body = body.args[1]
        if body.args[0].head == "Apply" and body.args[0].args[0].startswith("c_"):
            n = len([one for one in found.derivation.statement.variables if one.name.startswith("e_")])
            functions = [{f"e_{k + 1}": (lambda t, k=k, d=d: float(k == d)) for k in range(n)} for d in range(n)]
            rows[body.args[0].args[0]] = np.array([float(evaluate(body.args[1], {"t": 0}, one)) for one in functions])
    return [rows[name] for name in sorted(rows)]


def test_any_number_of_parameters() -> None:
    """The family's entry, for a random Hessian and noise that does not commute with it; and a simulation."""
    found = derive_result(SEVERAL)
    generator = np.random.default_rng(9)
    root = generator.normal(size=(3, 3))
    hessian = root @ root.T / 3 + np.eye(3) / 2
    spread = generator.normal(size=(3, 3))
    sizes, vectors = np.linalg.eigh(hessian)
    eta = 1.1 / sizes[-1]
    turned = vectors.T @ spread @ spread.T @ vectors
    wanted = vectors.T @ solve_discrete_lyapunov(np.eye(3) - eta * hessian, eta**2 * spread @ spread.T) @ vectors
    exact = claimed(found.derivation, found.derivation.answer["exact"])
    functions: dict[str, Callable[..., Any]] = {
        "C": lambda i, j: turned[int(i) - 1, int(j) - 1],
        "lam": lambda i: sizes[int(i) - 1],
    }
    table = np.array([[float(evaluate(exact, {"eta": eta, "i": i, "j": j}, functions)) for j in (1, 2, 3)] for i in (1, 2, 3)])
    assert np.allclose(table, wanted, rtol=1e-11, atol=1e-14)
    state = np.zeros((3, 20_000))
    for _ in range(150):
        state = state - eta * (hessian @ state + spread @ generator.standard_normal(state.shape))
    along = vectors.T @ state
    for i in range(3):
        for j in range(3):
            samples = along[i] * along[j]
            assert abs(samples.mean() - table[i, j]) < 5 * samples.std() / np.sqrt(20_000)
