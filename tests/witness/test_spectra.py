"""Numeric spectra: against the true loss, against one another, and against the limiting spectrum that was derived."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue import spectrum_law
from derivations.catalogue.discovery import derive_result
from derivations.language.errors import Unusable
from derivations.language.statements import Derivation
from derivations.problems.models import read_model
from derivations.problems.questions import read_problem
from derivations.witness import spectra
from derivations.witness.laws import LimitingLaw, compared, law_at, limiting_law

RATIOS = [(1, 2), (1, 1), (2, 1), (3, 2), (1, 10)]


@cache
def derivation(sizes: str) -> Derivation:
    return derive_result(spectrum_law.RESULT, read_problem(model=f"linear[{sizes},1]")).derivation


def law(inputs: int, units: int) -> LimitingLaw:
    return law_at(derivation("1,1" if inputs == units else "d,k"), inputs, units)


gauss = cache(np.polynomial.legendre.leggauss)


def integral(at: LimitingLaw, function: Callable[[Any], Any], part: float = 1.0) -> float:
    """The mean of a function over this part of the continuous spectrum; x = low + (high - low)*sin(phi)**2 tames both ends."""
    nodes, weights = gauss(400)
    end, size = np.arcsin(np.sqrt(part)), at.high - at.low
    angle = end / 2 * (nodes + 1)
    x = at.low + size * np.sin(angle) ** 2
    return float(np.sum(weights * end / 2 * size * np.sin(2 * angle) * at.density(x) * function(x)))


# --- the Hessian itself -----------------------------------------------------------------------------------------------


MODELS = (
    "linear[3,4,2]", "polynomial[3;4;z + z**2]", "monomial[2;3;3]", "erf[2;3]", "relu[3,5,1]", "relu[2,3,2,1;bias]",
    "attention[2,1]",
)  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_it_is_the_hessian_of_the_sampled_loss(name: str) -> None:
    net, chance = spectra.sampled(read_model(name), 40, 3), np.random.default_rng(0)
    hessian, step = net.dense(), 1e-4
    for _ in range(5):
        move = chance.normal(size=len(net.weights))
        second = (net.loss(net.weights + step * move) + net.loss(net.weights - step * move)) / step**2
        assert np.isclose(second, move @ hessian @ move, rtol=1e-4)
        assert np.allclose(net.hessian() @ move, hessian @ move)


def test_a_linear_network_is_that_of_its_own_model() -> None:
    net = spectra.draw(3, 4, 5)
    model = spectra.sampled(read_model("linear[3,4,1]"), 50_000, 5)
    own = spectra.SampledModel(model.tape, np.concatenate([net.lower.ravel(), net.upper]), model.data)
    assert np.allclose(own.dense(), net.dense(), atol=0.05)


@pytest.mark.parametrize(("inputs", "units"), [(3, 5), (6, 2), (4, 4), (5, 1), (1, 6)])
def test_the_ways_to_a_linear_spectrum_agree(inputs: int, units: int) -> None:
    net = spectra.draw(inputs, units, 7)
    whole = np.linalg.eigvalsh(net.dense())
    assert np.allclose(whole[-inputs:], net.eigenvalues())
    assert np.allclose(whole[:-inputs], 0, atol=1e-9)
    assert np.allclose(net.hessian() @ np.ones(net.parameters), net.dense() @ np.ones(net.parameters))
    assert np.allclose(net.gram() @ np.eye(inputs)[0], (net.change(net.back(np.eye(inputs))))[:, 0])


def test_lanczos_agrees_with_the_whole_spectrum() -> None:
    net = spectra.draw(60, 90, 2)
    values = net.eigenvalues()
    nodes, weights = spectra.spectral_density(net.gram(), 60, 40, 2)
    assert np.isclose(weights.sum(), 1)
    for power in (1, 2, 3):
        assert np.isclose(np.sum(weights * nodes**power), np.mean(values**power), rtol=0.1)
    assert np.isclose(nodes[-1], values[-1]) and np.isclose(nodes[0], values[0])
    assert np.isclose(spectra.largest(net.hessian(), 0), values[-1])
    exact, shares = spectra.lanczos(net.gram(), 200, np.ones(60))
    image = net.gram() @ np.ones(60)
    assert np.isclose(np.sum(shares * exact), np.mean(image))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Unusable, match="not sampled"):
        spectra.draw(9000, 9000, 1)
    with pytest.raises(Unusable, match="not written out"):
        spectra.draw(100, 100, 1).dense()
    with pytest.raises(Unusable, match="whole numbers"):
        spectra.sampled(read_model("linear[d,k,1]"), 10, 1)


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, two, other = (spectra.draw(20, 30, seed).eigenvalues() for seed in (4, 4, 5))
    assert np.array_equal(one, two) and not np.allclose(one, other)


# --- the law ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("inputs", "units"), RATIOS)
def test_the_density_and_the_share_at_zero_make_one(inputs: int, units: int) -> None:
    at = law(inputs, units)
    assert np.isclose(integral(at, lambda x: 1.0) + at.share, 1, atol=1e-9)
    assert np.isclose(at.share, max(0, 1 - units / inputs))
    assert np.isclose(integral(at, lambda x: x), 1, atol=1e-9), "the mean of the spectrum is w"
    assert np.isclose(integral(at, lambda x: x * x), 1 + inputs / units, atol=1e-9), "its variance is c*w**2"


@pytest.mark.parametrize(("inputs", "units"), RATIOS)
def test_the_distribution_is_the_integral_of_the_density(inputs: int, units: int) -> None:
    at = law(inputs, units)
    for part in (0.1, 0.5, 0.9):
        x = at.low + part * (at.high - at.low)
        below = integral(at, lambda y: 1.0, part)
        assert np.isclose(at.below(np.array([x]))[0], at.share + below, atol=1e-9)
    assert at.below(np.array([-1.0, at.high, at.high + 1])).tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(("inputs", "units"), [(1, 2), (1, 1), (2, 1)])
def test_the_distance_falls_with_width(inputs: int, units: int) -> None:
    at = law(inputs, units)
    mean = [np.mean([compared(at, inputs * n, units * n, seed).distance for seed in range(3)]) for n in (8, 32, 128)]
    assert mean[0] > mean[1] > mean[2]
    assert mean[2] < 0.03
    wrong = law(1, 10)
    assert compared(wrong, inputs * 128, units * 128, 0).distance > 0.2


@pytest.mark.parametrize(("inputs", "units"), [(100, 200), (200, 100), (150, 150)])
def test_the_ends_against_sampled_extremes(inputs: int, units: int) -> None:
    at, found = law(inputs, units), compared(law(inputs, units), inputs, units, 3)
    positive = found.eigenvalues[found.eigenvalues > 0]
    assert np.isclose(positive[0], at.low, atol=0.1) and np.isclose(positive[-1], at.high, rtol=0.1)
    assert np.isclose(np.mean(found.eigenvalues == 0), at.share)


def test_moments_at_finite_width_against_many_draws() -> None:
    answer = derive_result(spectrum_law.RESULT, read_problem(model="linear[3,4,1]")).answer
    values = {"s_v": 0.7, "s_w": 1.3}
    nets = [spectra.draw(3, 4, seed, scale=4 * 1.3**2, upper=4 * 0.7**2) for seed in range(2000)]
    found = np.array([net.eigenvalues() for net in nets])
    assert np.isclose(eval(answer["mean"], values), found.mean(), rtol=0.03)
    assert np.isclose(eval(answer["variance"], values), found.var(), rtol=0.12)


@pytest.mark.parametrize(("inputs", "units"), [(1, 2), (1, 1), (3, 2)])
def test_the_loss_after_a_long_time(inputs: int, units: int) -> None:
    at, shift, rate = law(inputs, units), 0.8, 0.5
    gaps = []
    for time in (100.0, 1000.0, 10000.0):
        found = _bulk(at, shift, 2 * rate * time)
        claimed = at.decay(shift, rate, np.array([time]))[0] if time == 100 else _slow(at, shift, rate, time)
        gaps.append(abs(found / claimed * (np.exp(-2 * rate * time * (shift + at.low)) if time == 100 else 1) - 1))
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 5e-3


def _bulk(at: LimitingLaw, shift: float, elapsed: float) -> float:
    """The mean of half the eigenvalue times its exponential, without that of the lower end."""
    return integral(at, lambda x: (shift + x) / 2 * np.exp(-elapsed * (x - at.low)))


def _slow(at: LimitingLaw, shift: float, rate: float, time: float) -> float:
    """What is claimed, without the exponential, which is too small for a floating number: by the power that it is."""
    short = np.array([1.0, 2.0])
    claimed = at.decay(shift, rate, short) * np.exp(2 * rate * short * (shift + at.low))
    power = np.log2(claimed[1] / claimed[0])
    return float(claimed[0] * time**power)


def test_the_loss_of_sampled_networks() -> None:
    inputs, units, rate = 200, 200, 0.05
    at = law(1, 1)
    found = compared(at, inputs, units, 1)
    values = found.net.shift + found.eigenvalues
    for time in (40, 200):
        loss = np.mean(values * (1 - rate / 10 * values) ** (20 * time)) / 2
        assert np.isclose(loss, at.decay(found.net.shift, rate, np.array([float(time)]))[0], rtol=0.2)


def test_a_general_certificate_serves_all_sizes() -> None:
    general, places = derivation("d,k"), np.linspace(0, 4, 33)
    one, two = law_at(general, 3, 2), law_at(derivation("3,2"), 3, 2)
    assert np.allclose(one.below(places), two.below(places)) and np.allclose(one.density(places), two.density(places))
    scaled = limiting_law(general, {"d": 1, "k": 2, "s_w": 2 * 0.5**0.5})
    assert np.allclose(scaled.below(4 * places), law_at(general, 1, 2).below(places)), "w scales the spectrum"
