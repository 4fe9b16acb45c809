"""Random reshuffling against numbers made without the project: every order of an epoch enumerated, and a simulation."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question, derive_result, results
from derivations.language.errors import Undecided
from derivations.problems.questions import read_problem
from derivations.reading import read_expression, vocabulary_for
from derivations.witness import evaluate

RESULT = next(result for result in results() if result.id == "sgd.reshuffling")
NAMES = ("eta", "lam", "sigma", "D", "t", "gamma", "a")


@pytest.fixture(scope="module")
def found() -> Any:
    return derive_result(RESULT, read_problem(noise="reshuffling")).answer


def number(text: str, **values: Any) -> float:
    return float(evaluate(read_expression(text, vocabulary_for(NAMES)), values))


def samples(size: int) -> Any:
    """Noise of the samples that adds up to nothing, with its variance."""
    noise = np.random.default_rng(size).normal(size=size)
    noise -= noise.mean()
    return noise, float(np.sqrt(np.mean(noise**2)))


def end_of_epoch(noise: Any, m: float, eta: float) -> float:
    """The stationary second moment at the end of an epoch: all orders enumerated, V = m**(2*D)*V + E (what an epoch adds)**2."""
    added = []
    for order in permutations(noise):
        e = 0.0
        for xi in order:
            e = m * e - eta * xi
        added.append(e)
    return float(np.mean(np.square(added)) / (1 - m ** (2 * len(noise))))


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize(("eta", "lam"), [(0.3, 1.2), (0.9, 2.0), (0.1, 1.0), (1.0, 1.0), (0.5, 2.5)])
def test_it_is_what_all_orders_give(found: Any, size: int, eta: float, lam: float) -> None:
    noise, sigma = samples(size)
    wanted = end_of_epoch(noise, 1 - eta * lam, eta)
    assert number(found["exact"], eta=eta, lam=lam, sigma=sigma, D=size) == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_the_covariance_is_that_of_two_places(found: Any) -> None:
    for size in (2, 3, 4, 5):
        noise, sigma = samples(size)
        wanted = np.mean([order[0] * order[1] for order in permutations(noise)])
        assert number(found["covariance_of_two_samples"], sigma=sigma, D=size) == pytest.approx(wanted, rel=1e-12)


def test_the_leading_order_is_that_of_the_exact_value(found: Any) -> None:
    for size in (2, 5, 40):
        for eta in (1e-3, 1e-5):
            given = {"eta": eta, "lam": 0.7, "sigma": 1.3, "D": size}
            assert abs(_by_sums(**given) / number(found["leading"], **given) - 1) < 2 * eta


def _by_sums(eta: float, lam: float, sigma: float, D: int) -> float:
    """The formula with its two sums, in numbers of many digits."""
    from mpmath import mp, mpf

    with mp.workdps(60):
        m = 1 - mpf(eta) * mpf(lam)
        squares, plain = sum(m ** (2 * j) for j in range(D)), sum(m**j for j in range(D))
        value = mpf(eta) ** 2 * mpf(sigma) ** 2 * D / (D - 1) * (squares - plain**2 / D) / (1 - m ** (2 * D))
    return float(value)


def test_a_simulation_agrees(found: Any) -> None:
    size, eta, lam, draw = 6, 0.4, 1.1, np.random.default_rng(1)
    noise, sigma = samples(size)
    e = np.zeros(40_000)
    for _ in range(12):
        orders = draw.permuted(np.tile(noise, (len(e), 1)), axis=1)
        for j in range(size):
            e = (1 - eta * lam) * e - eta * orders[:, j]
    squares = e**2
    error = squares.std() / np.sqrt(len(e))
    assert abs(squares.mean() - number(found["exact"], eta=eta, lam=lam, sigma=sigma, D=size)) < 5 * error


def test_the_answer_changes_with_the_problem() -> None:
    found = derive_result(RESULT, read_problem(noise="reshuffling", optimizer="weight-decay")).answer
    noise, sigma = samples(4)
    wanted = end_of_epoch(noise, 1 - 0.3 * (1.2 + 0.4), 0.3)
    assert number(found["exact"], eta=0.3, lam=1.2, gamma=0.4, sigma=sigma, D=4) == pytest.approx(wanted, rel=1e-12)
    found = derive_result(RESULT, read_problem(noise="reshuffling", loss="3*(x - 1)**2")).answer
    assert number(found["exact"], eta=0.3, sigma=sigma, D=4) == pytest.approx(end_of_epoch(noise, 1 - 1.8, 0.3), rel=1e-12)
    assert found["exists_iff"] == "(0 < eta) & (eta < 1/3)"


def test_where_it_does_not_tend_to_one_there_is_no_leading_order() -> None:
    found = derive_result(RESULT, read_problem(noise="reshuffling", optimizer="decoupled-weight-decay")).answer
    noise, sigma = samples(3)
    wanted = end_of_epoch(noise, 1 - 0.2 - 0.3 * 1.2, 0.3)
    assert "leading" not in found
    assert number(found["exact"], eta=0.3, lam=1.2, gamma=0.2, sigma=sigma, D=3) == pytest.approx(wanted, rel=1e-12)


def test_the_question_finds_it_and_other_noise_does_not() -> None:
    assert derive_question("variance", read_problem(noise="reshuffling")).id == "sgd.reshuffling"
    with pytest.raises(Undecided, match="reshuffling"):
        derive_result(RESULT, read_problem())
    for question in ("averaging", "moving-average"):
        with pytest.raises(Undecided):
            derive_question(question, read_problem(noise="reshuffling"))
