"""Methods with a memory against the spectral radius of their iteration: regions, borders, the best rate."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.catalogue.heavy_ball_optimal_rate import derive as optimal_rate
from derivations.catalogue.heavy_ball_stability import derive as stability
from derivations.language.answers import resolve
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.witness import evaluate, exact_path, holds
from derivations.witness.claims import claimed, claimed_field

OWN = {
    "quasi-hyperbolic": (
        {"eta": "eta > 0", "beta": "0 <= beta < 1", "nu": "0 <= nu <= 1"},
        {"theta": "theta - eta*((1 - nu)*grad(theta) + nu*m_next)", "m": "beta*m + (1 - beta)*grad(theta)"},
    ),
    "averaged": ({"eta": "", "beta": ""}, {"theta": "theta - eta*m_next", "m": "beta*m + (1 - beta)*grad(theta)"}),
    "with-decay": (
        {"eta": "eta > 0", "beta": "", "gamma": "gamma >= 0"},
        {"theta": "theta + m_next", "m": "beta*m - eta*(grad(theta) + gamma*theta)"},
    ),
    "apart": ({"eta": "", "beta": ""}, {"theta": "theta - eta*grad(theta)", "m": "beta*m"}),
    "optimistic": ({"eta": ""}, {"theta": "theta - 2*eta*grad(theta) + eta*m", "m": "grad(theta)"}),
    "delayed": ({"eta": ""}, {"theta": "theta - eta*grad(m)", "m": "theta"}),
}


def problem_of(name: str, folder: Path, **more: Any) -> Problem:
    if name not in OWN:
        return read_problem(optimizer=name, **more)
    hyper, update = OWN[name]
    lines = [f'name = "{name}"', 'state = ["theta", "m"]']
    for key, rows in (("hyperparameters", hyper), ("update", update)):
        lines += [f"[{key}]", *(f'{one} = "{text}"' for one, text in rows.items())]
    file = folder / "method.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_problem(optimizer=str(file), **more)


def radius(derivation: Derivation, values: dict[str, Fraction]) -> float:
    """The largest root of the claimed characteristic polynomial, its coefficients evaluated by themselves."""
    polynomial = claimed_field(derivation, "characteristic_polynomial")
    at = [Fraction(evaluate(polynomial, {**values, "z": Fraction(k)})) for k in (0, 1, -1)]
    roots = np.roots([float((at[1] + at[2]) / 2 - at[0]), float((at[1] - at[2]) / 2), float(at[0])])
    return float(max(abs(roots)))


def drawn(draw: random.Random) -> dict[str, Fraction]:
    return {
        "eta": Fraction(draw.randint(1, 40), draw.choice([4, 7, 10])),
        "beta": Fraction(draw.randint(0, 9), 10),
        "nu": Fraction(draw.randint(0, 10), 10),
        "gamma": Fraction(draw.randint(0, 5), 5),
        "lam": Fraction(draw.randint(-2, 8), 4),
        "theta_star": Fraction(1, 2),
    }


@pytest.mark.parametrize("name", ["heavy-ball", "nesterov", *OWN])
def test_the_region_is_where_the_largest_root_is_small(name: str, tmp_path: Path) -> None:
    derivation = stability(problem_of(name, tmp_path))
    region, border = (claimed_field(derivation, key) for key in ("region", "marginal"))
    draw, seen = random.Random(name), set()
    for _ in range(300):
        values = drawn(draw)
        size = radius(derivation, values)
        if abs(size - 1) > 1e-9:
            assert holds(region, values) == (size < 1), values
            assert not holds(border, values), values
        else:
            assert not holds(region, values)
            assert holds(border, values), values
        seen.add(size < 1)
    assert seen == {True, False}


@pytest.mark.parametrize("name", ["heavy-ball", "nesterov", *OWN])
def test_the_characteristic_polynomial_is_that_of_the_iteration(name: str, tmp_path: Path) -> None:
    """The first coordinate of every path minus its limit solves z'' = p*z' - q*z."""
    problem = problem_of(name, tmp_path)
    polynomial = claimed_field(stability(problem), "characteristic_polynomial")
    values = {**drawn(random.Random(1)), "lam": Fraction(3, 4), "gamma": Fraction(0)}
    at = [Fraction(evaluate(polynomial, {**values, "z": Fraction(k)})) for k in (0, 1, -1)]
    p, q = (at[2] - at[1]) / 2, at[0]
    errors = [point[0] - values["theta_star"] for point in exact_path(problem, values, 6, [Fraction(3)])]
    for one, two, three in zip(errors, errors[1:], errors[2:], strict=False):
        assert three == p * two - q * one


def test_known_regions() -> None:
    def region(**given: Any) -> str:
        derivation = stability(read_problem(**given))
        return str(resolve(derivation.answer, derivation.statement.conclusion)["region"])

    assert region(optimizer="heavy-ball") == "(-1 < beta) & (beta < 1) & (0 < eta*lam) & (eta*lam < 2*(1 + beta))"
    assert region(optimizer="nesterov") == "(0 < eta*lam) & (eta*lam*(1 + 2*beta) < 2*(1 + beta))"
    assert region() == "(0 < eta*lam) & (eta*lam < 2)"
    assert region(loss="5*(u - 1)**2/2", optimizer="heavy-ball") == "(-1 < beta) & (beta < 1) & (0 < eta) & (eta < 2*(1 + beta)/5)"
    assert region(loss="-x**2", optimizer="heavy-ball") == "False"


@pytest.mark.parametrize(
    ("loss", "name"), [("quadratic", "heavy-ball"), ("c*(u - 1)**2/2", "heavy-ball"), ("quadratic", "averaged")]
)
def test_the_best_rate_is_attained_and_not_beaten(loss: str, name: str, tmp_path: Path) -> None:
    problem = problem_of(name, tmp_path, **({} if loss == "quadratic" else {"loss": loss, "parameters": "u", "at": "u=1"}))
    curvature = "lam" if loss == "quadratic" else "c"
    rate = optimal_rate(problem)
    found = stability(problem)
    ends = {"mu": Fraction(1), "L_max": Fraction(9)}
    best = evaluate(claimed_field(rate, "optimal_rate"), ends)
    chosen = {one.args[0].args[0]: evaluate(one.args[1], ends) for one in claimed(rate, rate.answer["optimal"]).args}
    assert best == Fraction(1, 2)
    for lam in (1, 2, 5, 9):
        assert radius(found, {**chosen, curvature: Fraction(lam)}) < 0.5 + 1e-6
    draw = random.Random(2)
    for _ in range(200):
        other = {"eta": Fraction(draw.randint(1, 200), 200), "beta": Fraction(draw.randint(-9, 9), 10)}
        assert max(radius(found, {**other, curvature: ends[end]}) for end in ends) > 0.5 - 1e-6


def test_what_is_not_treated_is_said() -> None:
    with pytest.raises(Undecided):
        derive_question("rate", read_problem(loss="x**4/4 - x**2/2", at="x=1", optimizer="heavy-ball"))
    for loss, at, method in (("a*x*y", "x=0,y=0", "heavy-ball"), ("x**2 + x + y**2", "x=-1/2,y=0", "weight-decay")):
        with pytest.raises(Undecided):
            derive_question("stability", read_problem(loss, at=at, parameters="x,y", optimizer=method))
