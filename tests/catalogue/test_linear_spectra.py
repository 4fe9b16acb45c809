"""What is said of the Hessians of linear networks, against Hessians by finite differences of the population loss, in many sizes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_result, results
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import Term, at_path
from derivations.problems.questions import read_problem
from derivations.witness import evaluate

RESULTS = {result.id: result for result in results()}
Sizes = tuple[int, int, int]
SIZES: list[Sizes] = [(2, 4, 1), (4, 2, 1), (3, 1, 1), (3, 3, 1), (1, 3, 1), (2, 3, 2), (3, 2, 2)]  # inputs, units, outputs
STEP = 1e-3


@cache
def derived(name: str, outputs: int) -> Derivation:
    """It knows of the sizes only whether there is one output."""
    model = f"linear[3,{3 if name == 'rank.linear-wide' else 2},{outputs}]"
    return derive_result(RESULTS[name], read_problem(model=model)).derivation


def field(derivation: Derivation, name: str) -> Term:
    chosen = derivation.answer[name]
    found: Term = at_path(derivation.statement.conclusion, tuple((chosen[0] if isinstance(chosen, list) else chosen)["at"]))
    return found


class Network:
    """Drawn weights and second moments, and the Hessian of the mean square at these weights; ``top`` scales V."""

    def __init__(self, sizes: Sizes, seed: int, white: bool, top: float = 1) -> None:
        self.d, self.k, self.m = sizes
        draw = np.random.default_rng(seed)
        self.w, self.v = draw.normal(size=(self.k, self.d)), top * draw.normal(size=(self.m, self.k))
        root = np.eye(self.d) if white else draw.normal(size=(self.d, self.d))
        self.moments = root @ root.T
        units = STEP * np.eye(self.k * (self.d + self.m))
        bends = [[self.loss(a + b) - self.loss(a - b) - self.loss(b - a) + self.loss(-a - b) for b in units] for a in units]
        self.spectrum = np.linalg.eigvalsh(np.array(bends) / (4 * STEP**2))
        self.nonzero = self.spectrum[np.abs(self.spectrum) > 1e-3]
        self.numbers = {"d": self.d, "k": self.k, "m": self.m}

    def loss(self, direction: Any) -> float:
        lower, upper = np.split(direction, [self.k * self.d])
        gap = (self.v + upper.reshape(self.m, self.k)) @ (self.w + lower.reshape(self.k, self.d)) - self.v @ self.w
        return 0.5 * float(np.trace(gap @ self.moments @ gap.T))


def entries(array: Any) -> Callable[..., float]:
    return lambda *at: float(array[tuple(int(i) - 1 for i in at)])


def close(one: Any, other: Any) -> bool:
    return len(one) == len(other) and np.allclose(sorted(one), sorted(other), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("sizes", [pytest.param(one, marks=[pytest.mark.long] * (one[2] > 1)) for one in SIZES])
def test_the_small_matrices_have_the_eigenvalues_of_the_hessian(sizes: Sizes) -> None:
    """The law's left side is evaluated column by column, for each eigenvalue of V*V^T."""
    network, law = Network(sizes, 3, white=False), field(derived("spectrum.linear", sizes[2]), "law").args[0]
    found: list[float] = []
    for alpha in np.linalg.eigvalsh(network.v @ network.v.T):
        columns = []
        for z in network.moments.T:
            functions = {"V": entries(network.v[0]), "W": entries(network.w), "z": entries(z)}
            values = [{**network.numbers, "alpha": float(alpha), "i": i} for i in range(1, network.d + 1)]
            columns.append([float(evaluate(law, one, functions)) for one in values])
        found += list(np.linalg.eigvals(np.array(columns).T).real)
    assert close(network.nonzero, found)


@pytest.mark.parametrize("sizes", SIZES)
def test_so_many_eigenvalues_are_zero(sizes: Sizes) -> None:
    network, derivation = Network(sizes, 4, white=False), derived("rank.linear", sizes[2])
    counts = [int(evaluate(field(derivation, name), network.numbers)) for name in ("parameters", "rank", "nullity")]
    assert counts == [len(network.spectrum), len(network.nonzero), len(network.spectrum) - len(network.nonzero)]


@pytest.mark.parametrize("top", [0, 1])
@pytest.mark.parametrize("sizes", [(2, 4, 1), (3, 3, 1), (2, 3, 2)])
def test_with_enough_hidden_units_as_many_are_zero_whatever_v_is(sizes: Sizes, top: float) -> None:
    network, derivation = Network(sizes, 8, False, top), derived("rank.linear-wide", sizes[2])
    count = int(evaluate(field(derivation, "nullity"), network.numbers))
    assert count == len(network.spectrum) - len(network.nonzero)


def test_where_both_layers_are_too_small_more_are_zero() -> None:
    """V = 0 and W of rank below d: what is assumed is needed."""
    network = Network((3, 2, 1), 7, white=False, top=0)
    count = int(evaluate(field(derived("rank.linear", 1), "nullity"), network.numbers))
    assert len(network.spectrum) - len(network.nonzero) > count


@pytest.mark.parametrize("sizes", SIZES)
def test_with_uncorrelated_inputs_they_are_sums_and_bound_the_learning_rate(sizes: Sizes) -> None:
    network, derivation = Network(sizes, 5, white=True), derived("spectrum.uncorrelated", sizes[2])
    alpha, beta = np.linalg.eigvalsh(network.v @ network.v.T), np.linalg.eigvalsh(network.w.T @ network.w)
    functions = {"V": entries(network.v[0]), "alpha": entries(alpha), "beta": entries(beta)}
    numbers = {**network.numbers, "sigma": float(alpha[-1]), "omega": float(beta[-1])}
    pairs = [(a, c) for a in range(1, network.m + 1) for c in range(1, network.d + 1)]
    one = field(derivation, "eigenvalues")
    assert close(network.nonzero, [float(evaluate(one, {**numbers, "a": a, "c": c}, functions)) for a, c in pairs])
    largest = float(evaluate(field(derivation, "largest"), numbers, functions))
    assert np.isclose(largest, network.spectrum[-1], rtol=1e-3)
    for eta in (-0.1, 0.5 / largest, 1.99 / largest, 2.01 / largest):
        within = bool(evaluate(field(derivation, "stable"), {**numbers, "eta": eta}, functions))
        assert within == bool(np.all(np.abs(1 - eta * network.nonzero) < 1))


@pytest.mark.parametrize("sizes", [(4, 2, 1), (3, 1, 1), (5, 2, 1), (3, 3, 1)])
def test_the_smallest_one_and_how_often(sizes: Sizes) -> None:
    network, derivation = Network(sizes, 6, white=True), derived("spectrum.smallest", 1)
    smallest = float(evaluate(field(derivation, "smallest"), network.numbers, {"V": entries(network.v[0])}))
    times = int(evaluate(field(derivation, "multiplicity"), network.numbers))
    assert np.all(network.nonzero > smallest - 1e-4)
    assert int(np.sum(np.abs(network.nonzero - smallest) < 1e-4)) == times


@pytest.mark.parametrize("name", ["spectrum.linear", "spectrum.uncorrelated", "rank.linear", "rank.linear-wide"])
@pytest.mark.parametrize("model", ["linear[2,2,2,1]", "relu[2,2,1]", "monomial[2;2;2]"])
def test_other_models_are_left_to_other_results(name: str, model: str) -> None:
    with pytest.raises(Undecided, match="one hidden layer"):
        derive_result(RESULTS[name], read_problem(model=model))


@pytest.mark.parametrize(("name", "model", "reason"), [
    ("spectrum.smallest", "linear[3,2,2]", "one output"),
    ("spectrum.smallest", "linear[2,3,1]", "at most as many hidden units"),
    ("rank.linear", "linear[3,1,2]", "as many hidden units as outputs"),
    ("rank.linear-wide", "linear[3,2,1]", "as many hidden units as inputs"),
])  # fmt: skip
def test_nothing_is_said_where_no_network_satisfies_the_assumptions(name: str, model: str, reason: str) -> None:
    with pytest.raises(Undecided, match=reason):
        derive_result(RESULTS[name], read_problem(model=model))
