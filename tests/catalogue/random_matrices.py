"""Random weights with finitely many outcomes, with the moments of independent normal ones up to the fourth; spectra in numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from derivations.language.statements import Statement
from derivations.language.terms import Term, substitute
from derivations.witness import evaluate

PRIME = 11
NAMES = frozenset({"independent_normal", "limiting_spectrum", "long_time_integral"})


@cache
def outcomes() -> Any:
    """For each polynomial of degree below 4 over the integers modulo 11 a level at each place: any four places are independent.

    The levels 0 (seven times), ±a and ±b have the mean squares 1 and the mean fourth powers 3.
    """
    size = [np.sqrt((5.5 + sign * np.sqrt(2.75)) / 2) for sign in (1, -1)]
    levels = np.array([0.0] * 7 + [size[0], -size[0], size[1], -size[1]])
    coefficients = np.stack(np.meshgrid(*[np.arange(PRIME)] * 4, indexing="ij")).reshape(4, -1)
    places = np.arange(PRIME)
    powers = np.stack([places**k % PRIME for k in range(4)])
    inner = levels[(coefficients.T @ powers) % PRIME].T
    return np.concatenate([inner, levels[coefficients[3]][None]])  # the twelfth place is the leading coefficient


def weights(values: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """W(i, j) and V(j) for at most twelve weights in all."""
    inputs, units = int(values["d"]), int(values["k"])

    def lower(i: Any, j: Any) -> Any:
        return values["s_w"] * outcomes()[(int(i) - 1) * units + int(j) - 1]

    def upper(j: Any) -> Any:
        return values["s_v"] * outcomes()[inputs * units + int(j) - 1]

    return {"W": lower, "V": upper}


def drawn(values: dict[str, Any], seed: int) -> dict[str, Any]:
    """Sizes that leave room, positive scales, and a learning rate that is sometimes small enough."""
    draw = random.Random(seed)
    sizes = dict(zip(("d", "k"), draw.choice([(2, 3), (3, 2), (1, 3), (2, 1), (2, 2)] if seed % 7 == 0 else
                                             [(2, 3), (3, 2), (1, 3), (2, 1)]), strict=True))  # fmt: skip
    scales = {"s_w": draw.uniform(0.5, 1.2), "s_v": draw.uniform(0.3, 1.5), "r": draw.uniform(0.2, 1)}
    return {**values, **sizes, **scales, "eta": draw.uniform(0.05, 0.6)}


def named_values(statement: Statement, values: dict[str, Any]) -> dict[str, Any]:
    """The values with what the statement defines as a number."""
    for item in statement.definitions:
        if item.claim.head == "Eq" and item.claim.args[0].head == "Symbol":
            values = {**values, item.claim.args[0].args[0]: evaluate(item.claim.args[1], values)}
    return values


# --- what is said of them ---------------------------------------------------------------------------------------------


def holds(number: Callable[..., Any], name: str, args: list[Term]) -> bool:
    """By moments, and by integrals in numbers."""
    if name == "independent_normal":
        sample, variance = np.asarray(number(args[0]), dtype=float), float(number(args[1]))
        wanted = [0.0, variance, 0.0, 3 * variance**2]
        return bool(np.allclose([np.mean(sample**k) for k in (1, 2, 3, 4)], wanted, atol=1e-9))
    if name == "limiting_spectrum":
        return _is_spectrum(number, args)
    return _decays(number, args)


def _over(number: Callable[..., Any], body: Term, x: str, ends: tuple[float, float]) -> float:
    """The integral between the ends, where the integrand may begin like a power."""
    nodes, share = _gauss()
    angle, size = np.pi / 4 * (nodes + 1), ends[1] - ends[0]
    places = ends[0] + size * np.sin(angle) ** 2
    found = np.asarray(number(body, **{x: places}), dtype=float)
    return float(np.sum(share * np.pi / 4 * size * np.sin(2 * angle) * found))


@cache
def _gauss() -> Any:
    return np.polynomial.legendre.leggauss(400)


def _is_spectrum(number: Callable[..., Any], args: list[Term]) -> bool:
    """Its first moments are those of W^T*W in the limit: tr/d -> w, tr of the square/d -> (1 + c)*w**2, … by counting walks."""
    ratio, scale, (variable,), body, low, high, share = args[0], args[1], args[2].args, args[3], *args[4:]
    c, w = float(number(ratio)), float(number(scale))
    if c <= 0 or w <= 0:
        return False
    ends = float(number(low)), float(number(high))
    power = [Term("Mul", (Term("Pow", (variable, Term("Number", (Fraction(k),)))), body)) for k in range(4)]
    found = [_over(number, one, variable.args[0], ends) for one in power]
    wanted = [1 - float(number(share)), w, (1 + c) * w**2, (1 + 3 * c + c**2) * w**3]
    return bool(np.allclose(found, wanted, rtol=1e-6)) and bool(np.isclose(float(number(share)), max(0.0, 1 - 1 / c)))


def _decays(number: Callable[..., Any], args: list[Term]) -> bool:
    """The quotient comes nearer to 1 as time grows, up to where the numbers are too small to be told from 0."""
    body, (variable, time), low, high, asymptote = args[0], args[1].args, *args[2:]
    ends = float(number(low)), float(number(high))
    last = 1.0
    while last < 1e6 and 1e-250 < float(number(asymptote, **{time.args[0]: 2 * last})) < np.inf:
        last *= 2
    gaps = []
    for at in (last / 16, last / 4, last):
        found = _over(number, substitute(body, {time.args[0]: Term("Number", (Fraction(at),))}), variable.args[0], ends)
        gaps.append(abs(found / float(number(asymptote, **{time.args[0]: at})) - 1))
    return all(b < 0.5 * a for a, b in pairwise(gaps))
