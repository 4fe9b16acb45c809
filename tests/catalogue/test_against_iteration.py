"""Each result against the iteration itself, for problems and values that Hypothesis draws: two ways that share nothing."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from derivations.language.answers import resolve
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.witness import (
    curvatures,
    errors,
    evaluate,
    exact_path,
    flow,
    hessian,
    holds,
    linear_path,
    regime,
    regimes_by_direction,
)
from derivations.witness.claims import claimed, claimed_field, claimed_regimes

from .losses import derive, form, nonzero, place, positive, quadratics, quartics, shifted, small, symmetric

Given = tuple[Problem, Fraction, Fraction]
T = 6


def answer_of(derivation: Derivation) -> dict[str, Any]:
    return resolve(derivation.answer, derivation.statement.conclusion)


# --- one parameter --------------------------------------------------------------------------------------------------


@given(quadratics(), small, small)
def test_the_closed_form_is_the_path_of_a_quadratic(given_: Given, eta: Fraction, start: Fraction) -> None:
    problem, _, _ = given_
    closed = claimed_field(derive("gd.linearised-recurrence", problem), "closed_form")
    path = exact_path(problem, {"eta": eta}, T, [start])
    for t in range(T + 1):
        assert evaluate(closed, {"eta": eta, "t": t, "x_0": start, "theta_0": start}) == path[t][0]


@given(quartics(), small)
def test_the_linearisation_of_any_polynomial(given_: Given, eta: Fraction) -> None:
    """The slope of the update is the linearised iteration's; the path from nearby follows the closed form."""
    problem, a, c = given_
    derivation = derive("gd.linearised-recurrence", problem)
    slope = claimed_field(derivation, "slope")
    found = linear_path(problem, {"eta": eta}, 2, [Fraction(1)])
    assert evaluate(slope, {"eta": eta}) == found[1][0] == 1 - eta * a
    near = c + Fraction(1, 10**12)
    closed = claimed_field(derivation, "closed_form")
    path = exact_path(problem, {"eta": eta}, 3, [near])
    for t in range(4):
        value = evaluate(closed, {"eta": eta, "t": t, "x_0": near, "theta_0": near})
        assert abs(value - path[t][0]) < Fraction(1, 10**16)


@given(st.one_of(quadratics(), quartics()), small, st.sampled_from([Fraction(0), Fraction(1, 10**6), Fraction(-1, 10**6)]))
def test_regimes_at_and_beside_their_ends(given_: Given, eta: Fraction, beside: Fraction) -> None:
    problem, a, _ = given_
    table = claimed_regimes(derive("gd.regimes", problem))
    for value in (eta, 0 + beside, 1 / a + beside, 2 / a + beside):
        claimed_here = [name for name, region in table.items() if holds(region, {"eta": value})]
        assert claimed_here == [regime(problem, {"eta": value}, steps=10, linearised=True)]


@given(st.one_of(quadratics(), quartics()))
def test_newtons_learning_rate_lands_at_once(given_: Given) -> None:
    problem, _, _ = given_
    best = evaluate(claimed_field(derive("gd.newton-step", problem), "text"), {})
    assert regime(problem, {"eta": best}, steps=6, linearised=True) == "one-step"
    assert regime(problem, {"eta": best * Fraction(101, 100)}, steps=6, linearised=True) == "overshooting"


@given(quadratics(), positive, small)
def test_the_exponential_bound(given_: Given, h: Fraction, start: Fraction) -> None:
    problem, a, c = given_
    derivation = derive("gd.exponential-law", problem)
    valid, bound, smooth = (claimed_field(derivation, key) for key in ("valid_for", "error_bound", "approximation"))
    eta = h / a
    path = exact_path(problem, {"eta": eta}, T, [c + 1])
    tried = 0
    for t in range(T + 1):
        values = {"eta": eta, "t": t}
        assert holds(valid, values) == (0 <= h <= 1)
        if holds(valid, values):
            gap = float(evaluate(smooth, values)) - float(path[t][0] - c)
            assert -1e-12 <= gap <= float(evaluate(bound, values)) + 1e-12
            tried += 1
    assert tried in (0, T + 1)


@given(quadratics(), st.builds(Fraction, st.integers(1, 30), st.just(10)))
def test_the_limit_over_a_fixed_time(given_: Given, tau: Fraction) -> None:
    problem, _, c = given_
    limit = float(evaluate(claimed_field(derive("gd.exponential-law", problem), "limit"), {"tau": tau}))
    gaps = []
    for n in (200, 400):
        error = errors(problem, {"eta": float(tau) / n}, n, [float(c) + 1])[:, 0][-1]
        gaps.append(abs(float(error) - limit))
    assert gaps[1] <= 0.6 * gaps[0] + 1e-9 * max(1, abs(limit))


# --- several parameters ---------------------------------------------------------------------------------------------


@st.composite
def several(draw: Any) -> tuple[Problem, list[list[int]], list[str]]:
    size = draw(st.sampled_from([2, 2, 3]))
    names, at = ["x", "y", "z"][:size], [draw(st.integers(-2, 2)) for _ in range(size)]
    matrix = draw(symmetric(size)) if size == 2 else np.diag(draw(st.lists(st.integers(1, 5), min_size=3, max_size=3))).tolist()
    assume(all(any(row) for row in matrix) and abs(np.linalg.det(np.array(matrix))) > 0.5)
    where = [Fraction(value) for value in at]
    return read_problem(form(matrix, names, where), at=place(names, where), parameters=",".join(names)), matrix, names


@given(several(), positive)
def test_ranges_of_several_parameters(given_: Any, eta: Fraction) -> None:
    problem, matrix, _ = given_
    derivation = derive("gd.regimes-several", problem)
    table, convergent = claimed_regimes(derivation), claimed_field(derivation, "convergent")
    sizes = np.linalg.eigvalsh(np.array(matrix, dtype=float))
    ends = [k / float(size) for size in sizes for k in (1, 2)]
    for value in [float(eta), 0.05, *(end * (1 + by) for end in ends for by in (1e-3, -1e-3))]:
        along = {name for _, name in regimes_by_direction(problem, {"eta": value}, steps=60)}
        if "undecided" in along or "marginal" in along:
            continue
        assert holds(convergent, {"eta": value}) == (along <= {"monotone", "overshooting", "one-step"})
        assert holds(table["divergent"], {"eta": value}) == ("divergent" in along)
        assert holds(table["monotone"], {"eta": value}) == (along == {"monotone"})


@st.composite
def critical(draw: Any) -> tuple[Problem, list[str], list[Fraction]]:
    """A polynomial of degree at most four in up to three variables with a critical point at a place that is drawn."""
    size = draw(st.integers(1, 3))
    names = ["x", "y", "z"][:size]
    at = [draw(small) for _ in names]
    here = [shifted(name, value) for name, value in zip(names, at, strict=True)]
    parts = [form(draw(symmetric(size)), names, at) or "0", f"({draw(small)})", f"{here[0]}**2*({draw(st.integers(1, 3))})"]
    for _ in range(draw(st.integers(0, 3))):
        factors = [draw(st.sampled_from(here)) for _ in range(draw(st.integers(3, 4)))]
        parts.append(f"({draw(nonzero)})*" + "*".join(factors))
    text = " + ".join(part for part in parts if part != "0")
    assume(all(name in text for name in names))
    return read_problem(text, at=place(names, at), parameters=",".join(names)), names, at


@given(critical())
def test_hessian_and_nature(given_: tuple[Problem, list[str], list[Fraction]]) -> None:
    problem, names, at = given_
    derivation = derive("hessian.nature", problem)
    rows = evaluate(claimed(derivation, derivation.answer["matrix"]), {})
    exact = hessian(problem.loss.body, names, dict(zip(names, at, strict=True)))
    assert [[Fraction(x) for x in row] for row in rows] == [[Fraction(x) for x in row] for row in exact]
    sizes = np.linalg.eigvalsh(np.array([[float(x) for x in row] for row in exact]))
    found = sorted(float(evaluate(claimed(derivation, one), {})) for one in derivation.answer["eigenvalues"])
    assert np.allclose(found, sizes, atol=1e-8)
    answer = answer_of(derivation)
    if "signature" in answer:
        assert answer["signature"] == [int(sum(sizes > 1e-9)), int(sum(sizes < -1e-9)), int(sum(abs(sizes) < 1e-9))]
        _nature_agrees(answer["nature"], problem, names, at, sizes)


def _nature_agrees(nature: str, problem: Problem, names: list[str], at: list[Fraction], sizes: Any) -> None:
    """The values of the loss around the point, along the eigenvectors, show what it is."""
    kinds = {"minimum": all(sizes > 1e-9), "maximum": all(sizes < -1e-9), "saddle": sizes[0] < -1e-9 and sizes[-1] > 1e-9}
    assert [word for word, is_so in kinds.items() if is_so] == [word for word in kinds if word in nature]
    _, vectors = curvatures(problem, {}, at)
    centre = np.array([float(value) for value in at])
    for size, vector in zip(sizes, vectors.T, strict=True):
        if abs(size) > 1e-2:
            here, beside = (dict(zip(names, centre + step * vector, strict=True)) for step in (0, 1e-4))
            assert (evaluate(problem.loss.body, beside) > evaluate(problem.loss.body, here)) == (size > 0)


@st.composite
def products(draw: Any) -> tuple[Problem, Fraction]:
    a = draw(nonzero)
    return read_problem(f"({a})*x*y", parameters="x,y"), a


@given(products(), st.tuples(*[st.sampled_from([0.5, 1.0, -0.8, 1.3])] * 2))
def test_what_the_flow_conserves_is_constant_along_it(given_: tuple[Problem, Fraction], start: tuple[float, float]) -> None:
    problem, a = given_
    derivation = derive("flow.conserved", problem)
    assert answer_of(derivation)["independent"] == 1
    path = flow(problem, {}, list(start), np.linspace(0, 1 / abs(float(a)), 9))
    part = derivation.statement.conclusion
    quantities = [q for node in part.args if node.head == "Predicate" and node.args[0] == "independent" for q in node.args[2].args]
    assert quantities
    for quantity in quantities:
        values = [float(evaluate(quantity, {"x": x, "y": y})) for x, y in path]
        assert np.allclose(values, values[0], atol=1e-7)
    assert not np.allclose(path[0], path[-1])


@given(products(), small, small, small)
def test_the_drift_of_what_the_flow_conserves(given_: tuple[Problem, Fraction], eta: Fraction, x: Fraction, y: Fraction) -> None:
    problem, a = given_
    factor = evaluate(claimed_field(derive("gd.conserved-drift", problem), "text"), {"eta": eta})
    assert factor == 1 - (eta * a) ** 2
    path = exact_path(problem, {"eta": eta}, 4, [x, y])
    for before, after in pairwise(path):
        assert after[0] ** 2 - after[1] ** 2 == factor * (before[0] ** 2 - before[1] ** 2)


# --- noise ----------------------------------------------------------------------------------------------------------


inside = st.builds(Fraction, st.integers(1, 39), st.just(20))


@given(quadratics(), inside, positive, st.integers(1, 5), st.sampled_from(["additive", "minibatch"]))
def test_the_variance_against_its_exact_recursion(given_: Given, h: Fraction, sigma: Fraction, batch: int, noise: str) -> None:
    """E e_{t+1}^2 = F'^2 E e_t^2 + eta^2 Var, F' taken from the iteration: its fixed point is the claimed variance."""
    problem, a, _ = given_
    problem = read_problem(problem.loss.source, at=problem.loss.at_source, noise=noise)
    name = "sgd.stationary-variance" if noise == "additive" else "sgd.minibatch-variance"
    derivation = derive(name, problem)
    eta = h / a
    values = {"eta": eta, "sigma": sigma, "N": batch}
    assert holds(claimed_field(derivation, "exists_iff"), values)
    exact = evaluate(claimed_field(derivation, "exact"), values)
    slope = linear_path(problem, {"eta": eta}, 1, [Fraction(1)])[1][0]
    variance = sigma**2 / (batch if noise == "minibatch" else 1)
    assert exact == slope**2 * exact + eta**2 * variance
    assert not holds(claimed_field(derivation, "exists_iff"), {**values, "eta": -eta})
    assert not holds(claimed_field(derivation, "exists_iff"), {**values, "eta": 2 / a})
