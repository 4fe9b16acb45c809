"""Further results of the catalogue against iteration: several parameters, conserved quantities, the exponential law."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from derivations.catalogue import flow_conserved, gd_exponential_law, gd_regimes, gd_regimes_several
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import ZERO, lt, symbol
from derivations.problems.losses import generic
from derivations.problems.questions import Problem, default_problem, read_problem
from derivations.witness import (
    CONVERGENT,
    arriving,
    boundaries,
    centre,
    claimed,
    claimed_field,
    claimed_regimes,
    concrete,
    domains_of,
    errors,
    evaluate,
    flow,
    flow_within,
    holds,
    inside,
    numeric_part,
    path,
    pieces,
    regimes_by_direction,
    sample,
    usual_values,
    valley,
    window,
)

SEVERAL = [
    read_problem("x**2 + 10*y**2", at="x=0,y=0"),
    read_problem("x**2 + x*y + 3*y**2", at="x=0,y=0"),
    read_problem("x**2 - 2*y**2", at="x=0,y=0"),
    read_problem("2*x**2 + 2*y**2 + x**4 + x*y**3", at="x=0,y=0"),
]


@pytest.mark.parametrize("problem", SEVERAL, ids=lambda problem: problem.loss.source)
def test_regimes_in_every_direction(problem: Problem) -> None:
    derivation = gd_regimes_several.derive(problem)
    calm, stable = (claimed_field(derivation, key) for key in ("text", "convergent"))
    table = claimed_regimes(derivation)
    ends = [float(end) for region in (calm, stable, *table.values()) for end in boundaries(region, "eta", {})]
    generator = random.Random(5)
    beside = [end + side for end in ends for side in (-1e-3, 1e-3)]
    for eta in (*beside, *(generator.uniform(-0.5, 1.2) for _ in range(40))):
        does = [name for _, name in regimes_by_direction(problem, {"eta": eta})]
        assert holds(calm, {"eta": eta}) == all(name in ("monotone", "one-step") for name in does), (eta, does)
        assert holds(stable, {"eta": eta}) == all(name in CONVERGENT for name in does), (eta, does)
        assert holds(table["divergent"], {"eta": eta}) == ("divergent" in does), (eta, does)


@pytest.mark.parametrize("loss", ["theta_1*theta_2", "(x*y - 1)**2/2", "x**2*y", "x**2 - y**2 + 2*x*y", "x*y*z"])
def test_conserved_quantities_stay_constant_along_the_flow(loss: str) -> None:
    problem = read_problem(loss)
    derivation = flow_conserved.derive(problem)
    names = problem.loss.parameters
    for quantity in claimed(derivation, derivation.answer["quantities"]).args:
        start = [0.7, -0.4, 0.9][: len(names)]
        curve = flow_within(problem, {}, start, 1.0, 50)
        values = evaluate(quantity, dict(zip(names, curve.T, strict=True)))
        assert values == pytest.approx(np.full(50, values[0]), abs=1e-8)
        moved = path(problem, {"eta": 0.1}, 20, start)
        drifted = evaluate(quantity, dict(zip(names, moved.T, strict=True)))
        assert abs(drifted[-1] - drifted[0]) > 1e-6, "a finite learning rate leaves the curve"


def test_the_power_tends_to_the_exponential() -> None:
    derivation = gd_exponential_law.derive(default_problem())
    limit, powers = (claimed_field(derivation, key) for key in ("limit", "of"))
    values = {"lam": 1.5, "tau": 2.0}
    iterated = {}
    for n in (20, 200, 2000):
        found = errors(default_problem(), {"lam": 1.5, "theta_star": 1.0, "eta": 2.0 / n}, n)[:, 0]
        iterated[n] = found[-1] / found[0]
        assert iterated[n] == pytest.approx(evaluate(powers, {**values, "n": n}))
    gaps = [abs(value - evaluate(limit, values)) for value in iterated.values()]
    assert gaps[0] > 5 * gaps[1] > 25 * gaps[2]


def test_pieces_of_the_axis() -> None:
    cut = pieces(claimed_regimes(gd_regimes.derive(default_problem())), "eta", {"lam": Fraction(1, 2)})
    assert [(piece.low, piece.high, piece.name) for piece in cut] == [
        (None, 0, "divergent"), (0, 0, "constant"), (0, 2, "monotone"), (2, 2, "one-step"), (2, 4, "overshooting"),
        (4, 4, "period-two"), (4, None, "divergent"),
    ]  # fmt: skip
    assert [inside(piece, Fraction(1, 10)) for piece in cut] == [Fraction(-1, 10), 0, 1, 2, 3, 4, Fraction(41, 10)]


def test_hypotheses_that_numbers_decide() -> None:
    derivation = gd_regimes.derive(read_problem(optimizer="weight-decay"))
    domains = domains_of(derivation.statement)
    assert {"eta", "lam", "gamma"} <= set(domains)
    known = numeric_part(derivation.statement, domains)
    assert 0 < len(known) <= len(derivation.statement.hypotheses)
    assert all(values["gamma"] >= 0 for values in sample(known, domains, 30, seed=3))


def test_plain_values_satisfy_the_assumptions() -> None:
    lam, eta = symbol("lam"), symbol("eta")
    assert usual_values(["lam", "N"]) == {"lam": 1, "N": 4}
    assert usual_values(["lam"], [lt(lam, ZERO)]) == {"lam": -1}
    with pytest.raises(Undecided):
        usual_values(["lam", "eta"], [lt(lam, ZERO), lt(ZERO, lam), lt(ZERO, eta)])


def test_instances_and_windows() -> None:
    open_one = default_problem().with_loss(generic())
    assert concrete(open_one).loss.body is not None
    assert concrete(default_problem()) == default_problem()
    given = SEVERAL[1]
    assert valley(given) is given
    assert valley(open_one, ("theta_1", "theta_2")).loss.parameters == ("theta_1", "theta_2")
    assert window(np.array([[0.0, 0.0], [2.0, 1.0]]), 0.1) == [(-0.2, 2.2), (-0.2, 1.2)]
    saddle = read_problem("x*y", at="x=0,y=0")
    points = arriving(saddle, {}, centre(saddle, {}), 1.0)
    assert points
    for point in points:
        later = flow(saddle, {}, list(point), [0.0, 0.01])[-1]
        assert np.hypot(*later) < np.hypot(*point)


def test_a_flow_that_escapes_is_followed_as_far_as_it_goes() -> None:
    problem = read_problem("-x**4")
    assert np.all(np.isfinite(flow_within(problem, {}, [1.0], 2.0)))
    with pytest.raises(Unusable):
        flow(problem, {}, [1.0], [0.0, 2.0])
