"""Averaging, noise that grows with the distance, sampling without replacement: against numbers made without the project.

Moments are iterated exactly in NumPy or enumerated; simulations have fixed seeds and must agree within five standard errors.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question, derive_result, results
from derivations.language.errors import Undecided
from derivations.problems.questions import read_problem
from derivations.reading import read_expression, read_formula, vocabulary_for
from derivations.witness import evaluate

RESULTS = {result.id: result for result in results()}
NAMES = ("eta", "lam", "sigma", "N", "D", "k", "alpha", "t", "gamma", "a")


def number(text: str, values: dict[str, Any]) -> float:
    return float(evaluate(read_expression(text, vocabulary_for(NAMES)), values))


def holds(text: str, values: dict[str, Any]) -> bool:
    formula = read_formula(text, vocabulary_for(NAMES))
    parts = formula.args if formula.head == "And" else (formula,)
    pairs = [[float(evaluate(side, values)) for side in part.args] for part in parts]
    return all(low < high for low, high in pairs)


@cache
def answer(name: str, **given: Any) -> dict[str, Any]:
    return derive_result(RESULTS[name], read_problem(**given)).answer


def close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-12 * max(abs(one), abs(other))


# --- least squares by batches -----------------------------------------------------------------------------------------


def factors(eta: float, lam: float, k: float, size: int) -> tuple[float, float]:
    """E (1 - eta*Q)**2 and E Q by enumeration: x**2 is k*lam with probability 1/k, else 0."""
    squared = mean = 0.0
    for batch in product((0.0, k * lam), repeat=size):
        weight = np.prod([1 / k if x else 1 - 1 / k for x in batch])
        q = sum(batch) / size
        squared, mean = squared + weight * (1 - eta * q) ** 2, mean + weight * q
    return squared, mean


@pytest.mark.parametrize(("eta", "lam", "k", "size"), [(0.3, 1.2, 3, 1), (0.5, 0.7, 3, 3), (0.1, 2.0, 1.5, 2), (0.05, 1, 6, 4)])
def test_least_squares_against_its_exact_recursion(eta: float, lam: float, k: float, size: int) -> None:
    found, sigma = answer("sgd.multiplicative", noise="multiplicative"), 1.3
    ratio, mean = factors(eta, lam, k, size)
    assert close(mean, lam)
    moment = 7.0
    for _ in range(3000):
        moment = ratio * moment + eta**2 * sigma**2 * lam / size
    values = {"eta": eta, "lam": lam, "k": k, "N": size, "sigma": sigma}
    assert close(number(found["exact"], values), moment)
    assert holds(found["exists_iff"], values)
    assert ratio < 1


def test_the_border_of_mean_square_stability() -> None:
    found = answer("sgd.multiplicative", noise="multiplicative")
    for k, size in ((3, 1), (3, 5), (2, 2), (1, 1)):
        border = 2 * size / (1.5 * (size + k - 1))
        for eta, stable in ((border * 0.999, True), (border * 1.001, False), (-0.01, False)):
            assert holds(found["exists_iff"], {"eta": eta, "lam": 1.5, "k": k, "N": size}) is stable
            assert bool(factors(eta, 1.5, k, size)[0] < 1) is stable
    gaussian = found["gaussian"]["exists_iff"]
    assert holds(gaussian, {"eta": 0.66, "lam": 1, "N": 1})
    assert not holds(gaussian, {"eta": 0.67, "lam": 1, "N": 1})


def test_least_squares_with_gaussian_inputs_simulated() -> None:
    found = answer("sgd.multiplicative", noise="multiplicative")
    generator, runs, eta, lam, size, sigma = np.random.default_rng(5), 40_000, 0.2, 1.5, 4, 0.8
    error = np.zeros(runs)
    for _ in range(60):
        x = np.sqrt(lam) * generator.standard_normal((size, runs))
        error = error - eta * np.mean(x * (x * error - sigma * generator.standard_normal((size, runs))), axis=0)
    within(error**2, number(found["gaussian"]["exact"], {"eta": eta, "lam": lam, "N": size, "sigma": sigma}))


def within(samples: Any, value: float) -> None:
    assert abs(samples.mean() - value) < 5 * samples.std() / np.sqrt(len(samples))


def test_least_squares_with_weight_decay() -> None:
    found = answer("sgd.multiplicative", noise="multiplicative", optimizer="weight-decay", loss="a*y**2/2", parameters="y")
    eta, gamma, a, k, size, sigma = 0.2, 0.3, 1.1, 3, 2, 0.7
    ratio, _ = factors(eta / (1 - eta * gamma), a, k, size)
    ratio *= (1 - eta * gamma) ** 2
    values = {"eta": eta, "gamma": gamma, "a": a, "k": k, "N": size, "sigma": sigma}
    assert close(number(found["exact"], values), eta**2 * sigma**2 * a / size / (1 - ratio))


@pytest.mark.parametrize("given", [{"loss": "x**4"}, {"loss": "-x**2"}, {"optimizer": "heavy-ball"},
                                   {"optimizer": "weight-decay", "loss": "(x - 1)**2"}])  # fmt: skip
def test_where_least_squares_is_not_what_is_asked(given: dict[str, str]) -> None:
    with pytest.raises(Undecided):
        answer("sgd.multiplicative", noise="multiplicative", **given)


# --- without replacement ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("many", "size"), [(5, 2), (6, 5), (7, 3), (4, 1)])
def test_the_variance_of_a_batch_by_enumeration(many: int, size: int) -> None:
    found = answer("sgd.without-replacement", noise="without-replacement")
    noise = [Fraction(v) for v in np.random.default_rng(many).integers(-9, 9, many - 1).tolist()]
    noise.append(-sum(noise, Fraction(0)))
    variance = sum(v**2 for v in noise) / many
    batches = [sum(batch) / Fraction(size) for batch in combinations(noise, size)]
    assert len(batches) == comb(many, size)
    values = {"sigma": float(variance) ** 0.5, "N": size, "D": many}
    assert close(number(found["variance_of_a_step"], values), float(sum(v**2 for v in batches) / len(batches)))
    pairs = [a * b for a, b in combinations(noise, 2)]
    assert close(number(found["covariance_of_two_samples"], values), float(sum(pairs) / len(pairs)))


def test_without_replacement_simulated() -> None:
    found = answer("sgd.without-replacement", noise="without-replacement")
    generator, runs, eta, lam, size, many = np.random.default_rng(3), 20_000, 0.4, 0.9, 3, 5
    noise = np.array([2.0, -1.0, 0.5, 0.5, -2.0])
    error = np.zeros(runs)
    for _ in range(50):
        order = np.argsort(generator.random((runs, many)), axis=1)[:, :size]
        error = (1 - eta * lam) * error - eta * noise[order].mean(axis=1)
    values = {"eta": eta, "lam": lam, "N": size, "D": many, "sigma": float(np.sqrt(np.mean(noise**2)))}
    within(error**2, number(found["exact"], values))


# --- averaging --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("eta", "lam", "alpha"), [(0.3, 1.0, 0.9), (1.5, 1.0, 0.4), (0.05, 2.0, 0.99), (0.5, 1.0, 0.5)])
def test_the_moving_average_against_its_exact_recursion(eta: float, lam: float, alpha: float) -> None:
    found, sigma = answer("sgd.moving-average"), 0.6
    m = 1 - eta * lam
    step, gain = np.array([[m, 0.0], [1 - alpha, alpha]]), np.array([eta, 0.0])
    moments = np.array([[4.0, 1.0], [1.0, 2.0]])
    for _ in range(6000):
        moments = step @ moments @ step.T + sigma**2 * np.outer(gain, gain)
    values = {"eta": eta, "lam": lam, "alpha": alpha, "sigma": sigma}
    assert close(number(found["exact"], values), moments[1, 1])
    assert close(number(found["factor"], values), moments[1, 1] / moments[0, 0])


@pytest.mark.parametrize(("eta", "lam"), [(0.3, 1.0), (1.5, 1.0), (0.1, 2.0)])
def test_the_mean_of_all_iterates_against_its_exact_recursion(eta: float, lam: float) -> None:
    found, sigma = answer("sgd.averaging"), 0.6
    m = 1 - eta * lam
    variance = eta**2 * sigma**2 / (1 - m**2)
    for steps in (0, 1, 7, 50):
        lags = np.abs(np.subtract.outer(np.arange(steps + 1), np.arange(steps + 1)))
        exact = variance * np.sum(np.sign(m) ** lags * np.abs(m) ** lags) / (steps + 1) ** 2
        assert close(number(found["stationary_mean"], {"eta": eta, "lam": lam, "sigma": sigma, "t": steps}), exact)
    far = number(found["stationary_mean"], {"eta": eta, "lam": lam, "sigma": sigma, "t": 10**7}) * 10**7
    assert abs(far - number(found["text"], {"lam": lam, "sigma": sigma})) < 1e-5
    assert found["text"] == "sigma**2/lam**2"


def test_averages_simulated() -> None:
    found, moving = answer("sgd.averaging"), answer("sgd.moving-average")
    generator, runs, eta, lam, alpha, sigma, steps = np.random.default_rng(8), 20_000, 0.4, 1.0, 0.7, 1.0, 59
    error = np.sqrt(eta * sigma**2 / (lam * (2 - eta * lam))) * generator.standard_normal(runs)
    total, average = error.copy(), np.zeros(runs)
    for _ in range(steps):
        average = alpha * average + (1 - alpha) * error
        error = (1 - eta * lam) * error - eta * sigma * generator.choice([-1.0, 1.0], runs)
        total += error
    values = {"eta": eta, "lam": lam, "alpha": alpha, "sigma": sigma, "t": steps}
    within(average**2, number(moving["exact"], values))
    within((total / (steps + 1)) ** 2, number(found["stationary_mean"], values))


# --- which result answers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("noise", "name"), [("multiplicative", "sgd.multiplicative"), ("minibatch", "sgd.minibatch-variance"),
                                             ("without-replacement", "sgd.without-replacement")])  # fmt: skip
def test_the_question_finds_the_result_for_its_noise(noise: str, name: str) -> None:
    assert derive_question("variance", read_problem(noise=noise)).id == name
