"""The certificates of the regimes and of the variance, against iteration: two ways that share nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from derivations.catalogue import gd_regimes, sgd_minibatch_variance, sgd_stationary_variance
from derivations.language.terms import mul, number, substitute, symbol
from derivations.problems.questions import Problem, default_problem, read_problem
from derivations.witness import (
    Vacuous,
    assumptions,
    claimed_field,
    claimed_regimes,
    domains_of,
    errors,
    evaluable,
    evaluate,
    holds,
    pieces,
    regime,
    sample,
    second_moment,
)


def random_quadratic(generator: random.Random) -> Problem:
    a, c = generator.choice([-3, -1, 1, 2, 5]), generator.randint(-4, 4)
    factor = Fraction(a, generator.randint(1, 6))
    return read_problem(f"{factor}*(x - {c})**2/2 + {generator.randint(0, 3)}", at=f"x={c}")


def random_quartic(generator: random.Random) -> Problem:
    """p(x - c) with a critical point at c, p of degree four with rational coefficients."""
    c = generator.randint(-3, 3)
    sizes = (-5, -2, -1, 1, 3, 4)
    second, third, fourth = (Fraction(generator.choice(sizes), generator.randint(1, 4)) for _ in range(3))
    return read_problem(f"{second}*(x - {c})**2 + {third}*(x - {c})**3 + {fourth}*(x - {c})**4", at=f"x={c}")


PROBLEMS = [
    default_problem(),
    read_problem(optimizer="weight-decay"),
    *(random_quadratic(random.Random(seed)) for seed in range(6)),
    *(random_quartic(random.Random(seed)) for seed in range(6)),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.loss.source)
def test_regimes_of_a_certificate_are_what_the_iteration_does(problem: Problem) -> None:
    derivation = gd_regimes.derive(problem)
    table = claimed_regimes(derivation)
    domains = domains_of(derivation.statement, problem.loss.constants)
    hypotheses = [claim for claim in assumptions(derivation) if evaluable(claim, domains)]
    drawn = sample(hypotheses, domains, 150, seed=1, near=table.values())
    seen = set()
    for values in drawn:
        claimed = [name for name, region in table.items() if holds(region, values)]
        assert claimed == [regime(problem, values, steps=12)], values
        seen.update(claimed)
        convergent = holds(claimed_field(derivation, "convergent"), values)
        assert convergent == (claimed[0] in ("monotone", "one-step", "overshooting"))
    assert seen == set(table), "every regime should have been drawn, the endpoints too"


@pytest.mark.parametrize("problem", PROBLEMS[2:], ids=lambda problem: problem.loss.source)
def test_both_sides_of_every_boundary(problem: Problem) -> None:
    table = claimed_regimes(gd_regimes.derive(problem))
    cut = pieces(table, "eta", {})
    assert len(cut) == 7
    for piece in cut:
        for point in _inside(piece.low, piece.high):
            assert regime(problem, {"eta": point}, steps=12) == piece.name


def _inside(low: Any, high: Any) -> list[Fraction]:
    tiny = Fraction(1, 10**9)
    if low is not None and low == high:
        return [low]
    if low is None or high is None:
        return [low + tiny, low + 1] if high is None else [high - tiny, high - 1]
    return [low + tiny, (low + high) / 2, high - tiny]


def test_the_nonlinear_iteration_itself_away_from_the_boundaries() -> None:
    for seed in range(6):
        problem = random_quartic(random.Random(seed))
        table = claimed_regimes(gd_regimes.derive(problem))
        for piece in pieces(table, "eta", {}):
            if piece.is_point or piece.name == "divergent":
                continue
            values = {"eta": float(piece.low + piece.high) / 2}
            start = float(evaluate(problem.loss.at["x"], {})) + 1e-4
            assert regime(problem, values, [start], linearised=False, steps=25) == piece.name


def test_one_step_of_the_iteration_is_exact_for_random_starts() -> None:
    values = {"eta": Fraction(2, 3), "lam": Fraction(3, 2), "theta_star": Fraction(-4, 7), "theta_0": Fraction(5)}
    assert list(errors(default_problem(), values, 4)[:, 0]) == [Fraction(39, 7), 0, 0, 0, 0]


@pytest.mark.parametrize("law", ["normal", "sign", "skewed"])
@pytest.mark.parametrize(("eta", "lam"), [("1/10", "1"), ("1/2", "3"), ("1", "1"), ("19/10", "1"), ("1/3", "1/5")])
@pytest.mark.parametrize("noise", ["additive", "minibatch"])
def test_simulated_variance(law: str, eta: str, lam: str, noise: str) -> None:
    problem = replace(default_problem(), noise=noise)
    result = sgd_stationary_variance if noise == "additive" else sgd_minibatch_variance
    derivation = result.derive(problem)
    exact, leading = (claimed_field(derivation, key) for key in ("exact", "leading"))
    values = {
        "eta": Fraction(eta), "lam": Fraction(lam), "sigma": Fraction(13, 10), "theta_star": Fraction(2), "N": 4,
    }  # fmt: skip
    found = second_moment(problem, values, runs=3000, seed=7, law=law, window=40, confidence=0.9999)
    assert found.contains(float(evaluate(exact, values)))
    if eta in ("1", "19/10"):
        assert not found.contains(float(evaluate(leading, values)))


def test_variance_with_weight_decay_and_of_several_parameters() -> None:
    problem = read_problem(optimizer="weight-decay", noise="additive")
    derivation = sgd_stationary_variance.derive(problem)
    values = {"eta": 0.4, "lam": 1.5, "gamma": 0.5, "theta_star": 2.0, "sigma": 0.7}
    found = second_moment(problem, values, runs=3000, seed=3, window=40, confidence=0.9999)
    assert found.contains(evaluate(claimed_field(derivation, "exact"), values))
    both = read_problem("x**2 + 10*y**2", at="x=0,y=0", noise="additive")
    matrix = second_moment(both, {"eta": 0.04, "sigma": 1.0}, runs=3000, seed=3, window=40, confidence=0.9999)
    single = claimed_field(sgd_stationary_variance.derive(default_problem()), "exact")
    diagonal = [evaluate(single, {"eta": 0.04, "lam": lam, "sigma": 1.0, "N": 1}) for lam in (2, 20)]
    assert matrix.contains([[diagonal[0], 0], [0, diagonal[1]]])


def test_samples_satisfy_their_hypotheses_and_reach_the_boundaries() -> None:
    derivation = gd_regimes.derive(default_problem())
    table = claimed_regimes(derivation)
    drawn = sample([table["monotone"]], {"eta": "real", "lam": "real"}, 50, seed=2)
    assert all(holds(table["monotone"], values) for values in drawn)
    assert drawn == sample([table["monotone"]], {"eta": "real", "lam": "real"}, 50, seed=2)
    edge = sample([table["period-two"]], {"eta": "real", "lam": "real"}, 20, seed=2)
    assert all(values["eta"] * values["lam"] == 2 for values in edge)


def test_a_false_table_of_regimes_is_found_out() -> None:
    """Each endpoint moved by a thousandth, each region swapped with another: some draw shows it."""
    table = claimed_regimes(gd_regimes.derive(read_problem("3*x**2/2", at="x=0")))
    drawn = sample([], {"eta": "real"}, 60, seed=1, near=table.values())
    actual = [regime(read_problem("3*x**2/2", at="x=0"), values, steps=12) for values in drawn]
    for name, region in table.items():
        moved = substitute(region, {"eta": mul(number("1001/1000"), symbol("eta"))})
        for wrong in (moved, *(other for key, other in table.items() if key != name)):
            if wrong == region or (name == "constant" and wrong == moved):
                continue
            assert any(holds(wrong, values) != (found == name) for values, found in zip(drawn, actual, strict=True))


def test_contradictory_hypotheses_are_vacuous() -> None:
    table = claimed_regimes(gd_regimes.derive(default_problem()))
    with pytest.raises(Vacuous, match="only 0 of"):
        sample([table["monotone"], table["overshooting"]], {"eta": "real", "lam": "real"}, 5)
