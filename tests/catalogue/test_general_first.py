"""General first: with the committed certificates out of reach, another problem gets another, right answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue import discovery
from derivations.kernel.checker import check
from derivations.language.answers import resolve
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.witness import errors, evaluate, exact_path, hessian, holds, linear_path, regime
from derivations.witness.claims import claimed, claimed_field, claimed_regimes

from .losses import RESULTS

DEFAULTS = {row["id"]: discovery.stored_data(row["id"])["answer"] for row in discovery.index()}


@pytest.fixture(autouse=True)
def no_certificates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever reads what is committed fails."""

    def refuse(*_: Any) -> Any:
        raise AssertionError("a derivation read a committed certificate")

    for name in ("stored", "stored_data", "index", "_read"):
        monkeypatch.setattr(discovery, name, refuse)
    monkeypatch.setattr(discovery, "FOLDER", "/nowhere")
    yield


def answer_of(derivation: Derivation) -> dict[str, Any]:
    check(derivation)
    return resolve(derivation.answer, derivation.statement.conclusion)


def other(name: str, **problem: Any) -> tuple[Problem, Derivation]:
    """The derivation for another problem, whose answer is not the default's."""
    given = read_problem(**problem)
    derivation = RESULTS[name].derive(given)
    assert answer_of(derivation) != DEFAULTS[name]
    return given, derivation


@pytest.mark.parametrize("name", RESULTS)
def test_the_default_itself_needs_no_certificate(name: str) -> None:
    derivation = RESULTS[name].derive(RESULTS[name].problem())
    assert answer_of(derivation) == DEFAULTS[name]


# --- other names, another point, another scale ----------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["y", "u", "w_1"])
@pytest.mark.parametrize(("scale", "at"), [("1", "0"), ("7/3", "0"), ("-2", "5"), ("c", "p")])
def test_one_parameter_renamed_scaled_and_shifted(variable: str, scale: str, at: str) -> None:
    loss = {"loss": f"({scale})*({variable} - ({at}))**2/2", "at": f"{variable}={at}", "parameters": variable}
    values = {"c": Fraction(4, 3), "p": Fraction(1, 2)}
    size = values["c"] if scale == "c" else Fraction(scale)
    start = [(values["p"] if at == "p" else Fraction(at)) + 1]
    problem, derivation = other("gd.regimes", **loss)
    table = claimed_regimes(derivation)
    for end in (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5, 2), Fraction(-1)):
        here = {**values, "eta": end / size}
        found = [name for name, region in table.items() if holds(region, here)]
        assert found == [regime(problem, here, start, steps=8)]
    _, newton = other("gd.newton-step", **loss)
    assert evaluate(claimed_field(newton, "text"), values) == 1 / size
    problem, recurrence = other("gd.linearised-recurrence", **loss)
    closed, here = claimed_field(recurrence, "closed_form"), {**values, "eta": Fraction(1, 5)}
    for t, point in enumerate(exact_path(problem, here, 4, start)):
        assert evaluate(closed, {**here, "t": t, f"{variable}_0": start[0], "theta_0": start[0]}) == point[0]


@pytest.mark.parametrize("seed", range(4))
def test_random_polynomials(seed: int) -> None:
    draw = random.Random(seed)
    at, size = draw.randint(-3, 3), draw.choice([-3, -1, 2, 4])
    here = f"(x - ({at}))"
    text = f"{size}*{here}**2/2 + {draw.randint(-4, 4)}*{here}**3 + {draw.randint(1, 4)}*{here}**4/24"
    problem, derivation = other("gd.regimes", loss=text, at=f"x={at}")
    table = claimed_regimes(derivation)
    for k in (Fraction(1, 3), Fraction(1), Fraction(7, 4), Fraction(2), Fraction(9, 4)):
        eta = k / size
        assert [n for n, region in table.items() if holds(region, {"eta": eta})] == [
            regime(problem, {"eta": eta}, steps=8, linearised=True)
        ]
    _, nature = other("hessian.nature", loss=text, at=f"x={at}")
    assert ("minimum" in answer_of(nature)["nature"]) == (size > 0)


# --- other methods --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["weight-decay", "decoupled-weight-decay"])
def test_weight_decay(method: str) -> None:
    values = {"lam": Fraction(3, 2), "gamma": Fraction(1, 4), "theta_star": Fraction(2), "sigma": Fraction(1), "N": 1}
    problem, derivation = other("gd.regimes", optimizer=method)
    table = claimed_regimes(derivation)
    for eta in (Fraction(1, 7), Fraction(4, 7), Fraction(1), Fraction(8, 7), Fraction(3, 2), Fraction(-1, 2)):
        here = {**values, "eta": eta}
        assert [n for n, region in table.items() if holds(region, here)] == [regime(problem, here, steps=10)]
    problem, variance = other("sgd.stationary-variance", optimizer=method, noise="additive")
    here = {**values, "eta": Fraction(2, 5)}
    slope = linear_path(problem, here, 1, [Fraction(1)])[1][0]
    exact = evaluate(claimed_field(variance, "exact"), here)
    assert exact == slope**2 * exact + Fraction(2, 5) ** 2


@pytest.mark.parametrize("seed", range(4))
def test_a_random_linear_method_from_a_file(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    keep, pull = Fraction(draw.randint(3, 9), 10), Fraction(draw.choice([-3, -1, 1, 2]), 2)
    file = tmp_path / "method.toml"
    file.write_text(
        'name = "mine"\nstate = ["theta"]\n[hyperparameters]\neta = ""\n'
        f'[update]\ntheta = "({keep})*theta - ({pull})*eta*grad(theta)"\n',
        encoding="utf-8",
    )
    values = {"lam": Fraction(2), "theta_star": Fraction(1)}
    problem, derivation = other("gd.regimes", optimizer=str(file))
    table = claimed_regimes(derivation)
    for eta in (Fraction(0), Fraction(1, 5), Fraction(-1, 3), Fraction(1), keep / (2 * pull), (keep + 1) / (2 * pull)):
        here = {**values, "eta": eta}
        if eta * 2 * pull == keep - 1:
            continue  # no fixed point of its own
        assert [n for n, region in table.items() if holds(region, here)] == [regime(problem, here, steps=10)]


# --- several parameters, flows, noise -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "at"),
    [
        ("2*u**2 + 3*u*w + 4*w**2", "u=0,w=0"),
        ("(u - 1)**2*5 - (w + 2)**2", "u=1,w=-2"),
        ("u**4 - u**2 + w**2", "u=0,w=0"),
        ("u*w + w*q + q**2*u", "u=0,w=0,q=0"),
        ("exp(u) - u + cos(w)", "u=0,w=0"),
    ],
)
def test_hessians(loss: str, at: str) -> None:
    problem, derivation = other("hessian.nature", loss=loss, at=at)
    names = list(problem.loss.parameters)
    point = {name: evaluate(value, {}) for name, value in problem.loss.at.items()}
    exact = np.array([[float(x) for x in row] for row in hessian(problem.loss.body, names, point)])
    found = sorted(float(evaluate(claimed(derivation, one), {})) for one in derivation.answer["eigenvalues"])
    assert np.allclose(found, np.linalg.eigvalsh(exact))


@pytest.mark.parametrize(("loss", "names"), [("a*x*y", "x,y"), ("x**2*y**2", "x,y"), ("x*y*z", "x,y,z"), ("(x*y - 1)**2", "x,y")])
def test_what_the_flow_conserves_is_found(loss: str, names: str) -> None:
    """Each quantity's gradient is orthogonal to the loss's, at random points."""
    problem, derivation = other("flow.conserved", loss=loss, parameters=names)
    answer = answer_of(derivation)
    variables = names.split(",")
    assert answer["independent"] == len(variables) - 1
    quantities = claimed(derivation, derivation.answer["quantities"]).args
    draw = random.Random(1)
    for quantity in quantities:
        point = {name: Fraction(draw.randint(-9, 9), 7) for name in [*variables, "a"]}
        both = [[_slope(body, name, point) for name in variables] for body in (quantity, problem.loss.body)]
        assert any(both[0])
        assert sum(p * q for p, q in zip(*both, strict=True)) == 0


def _slope(body: Any, name: str, point: dict[str, Fraction]) -> Any:
    from derivations.witness import derivative

    return derivative(body, name, point)


def test_a_loss_whose_flow_conserves_nothing_of_low_degree() -> None:
    derivation = RESULTS["flow.conserved"].derive(read_problem(loss="x**2 + y**4 + x*y + y**3", parameters="x,y"))
    assert answer_of(derivation)["quantities"] == []


@pytest.mark.parametrize("scale", ["3", "-1/2", "s"])
def test_the_drift_scales_with_the_loss(scale: str) -> None:
    _, derivation = other("gd.conserved-drift", loss=f"({scale})*x*y", parameters="x,y")
    size = Fraction(5, 4) if scale == "s" else Fraction(scale)
    factor = evaluate(claimed_field(derivation, "text"), {"eta": Fraction(1, 3), "s": size})
    assert factor == 1 - (size / 3) ** 2


@pytest.mark.parametrize("name", ["sgd.stationary-variance", "sgd.minibatch-variance"])
def test_the_variance_of_another_loss(name: str) -> None:
    noise = "additive" if name.endswith("stationary-variance") else "minibatch"
    _, derivation = other(name, loss="5*(u - 2)**2", at="u=2", noise=noise)
    values = {"eta": Fraction(1, 15), "sigma": Fraction(3), "N": 4}
    exact = evaluate(claimed_field(derivation, "exact"), values)
    per_step = Fraction(9) / (4 if noise == "minibatch" else 1)
    assert exact == (1 - Fraction(10, 15)) ** 2 * exact + Fraction(1, 225) * per_step


@pytest.mark.parametrize("seed", range(3))
def test_the_exponential_law_of_another_curvature(seed: int) -> None:
    size = [Fraction(3), Fraction(1, 2), Fraction(7, 5)][seed]
    problem, derivation = other("gd.exponential-law", loss=f"({size})*(u - 1)**2/2", at="u=1")
    limit = float(evaluate(claimed_field(derivation, "limit"), {"tau": Fraction(1)}))
    assert abs(float(errors(problem, {"eta": 1e-4}, 10_000, [2.0])[-1, 0]) - limit) < 1e-3


def test_a_method_with_memory_is_not_answered_as_if_it_had_none() -> None:
    for name in ("gd.regimes", "sgd.stationary-variance", "gd.newton-step"):
        try:
            derivation = RESULTS[name].derive(read_problem(optimizer="heavy-ball"))
        except Undecided:
            continue
        assert answer_of(derivation) != DEFAULTS[name]
