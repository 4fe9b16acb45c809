"""The functions that the hypotheses of some results need, for ``models``: noise, eigenvectors, flows, a smooth loss."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.language.statements import Statement
from derivations.witness.arithmetic import add, as_value, call, mul, sub

from .models import Function, Model, drawn_values, model_of

_OUTCOMES = np.arange(1024.0)


def world(statement: Statement, seed: int) -> Model:
    """A model for this statement, its functions chosen so that hypotheses as in the catalogue hold."""
    names = {item.name: item.domain for item in statement.variables}
    values = drawn_values(statement, seed)
    special: dict[str, Function] = {}
    if "eps" in names or "xi" in names:
        special = _noise(values, seed)
    elif {"v", "H"} <= names.keys():
        special = _eigenvectors(seed)
    elif "Diff" in str(statement.hypotheses):
        special = _flow(seed)
    elif any(item.claim.head == "Smooth" for item in statement.hypotheses):
        special = _smooth_loss(values, seed)
    special |= _starts(statement)
    again = model_of(statement, seed, special)
    if {"e", "F", "theta_0"} <= names.keys():  # e(0) is a hypothesis there
        start = again.values["theta_0"] - again.values["theta_star"]
        again = model_of(statement, seed, {**special, "e": lambda *_: start})
    if {"delta", "theta_star"} <= names.keys():  # a small radius, and a start within
        again.near = (2e-3, float(again.values["theta_star"]) + 1e-3)
    if {"mu", "L_max"} <= names.keys():  # in their order, in most models
        again.values["mu"], again.values["L_max"] = sorted(map(abs, (again.values["mu"], again.values["L_max"])))
    if {"v", "H"} <= names.keys():  # exactly, so that rounding does not grow in the steep direction
        again.values.update(_extremes(seed))
        again.values["eta"] = Fraction(again.values["eta"]).limit_denominator(40)
    return again


def _starts(statement: Statement) -> dict[str, Function]:
    """Sequences that start where one of their arguments says: x(0, a, b) = b for all a, b."""
    found: dict[str, Function] = {}
    for item in statement.hypotheses:
        body = item.claim
        while body.head == "ForAll":
            body = body.args[1]
        if body.head == "Eq" and body.args[0].head == "Apply" and body.args[1] in body.args[0].args[2:]:
            place = body.args[0].args.index(body.args[1]) - 1
            found[body.args[0].args[0]] = lambda *args, place=place: args[place]
    return found


def _noise(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """Orthogonal waves over the outcomes: of mean 0, uncorrelated among steps and samples, and with a constant start."""
    sigma = values["sigma"]

    def wave(k: int) -> Any:
        angle = 2 * np.pi * (k // 2 + 1) * _OUTCOMES / len(_OUTCOMES)
        return sigma * np.sqrt(2) * (np.sin(angle) if k % 2 else np.cos(angle))

    start = random.Random(seed).uniform(-2, 2)
    return {
        "eps": lambda t: wave(int(t)),
        "xi": lambda t, i: wave(3 * int(t) + int(i) - 1),
        "theta": lambda *_: start + 0 * _OUTCOMES,
    }


def _extremes(seed: int) -> dict[str, Any]:
    small, large = _spectrum(seed)
    return {"L_max": large, "mu": small, "m": 2, "n": 2}


def _spectrum(seed: int) -> tuple[Fraction, Fraction]:
    draw = random.Random(seed)
    return draw.choice([Fraction(1, 2), Fraction(1), Fraction(3, 10)]), Fraction(draw.choice([1, 2, 4]))


def _eigenvectors(seed: int) -> dict[str, Function]:
    turn, spectrum = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]], _spectrum(seed)
    hessian = [[sum(turn[i][k] * spectrum[i] * turn[i][j] for i in (0, 1)) for j in (0, 1)] for k in (0, 1)]
    return {
        "v": lambda i, k: turn[(int(i) - 1) % 2][(int(k) - 1) % 2],
        "H": lambda i, j: hessian[(int(i) - 1) % 2][(int(j) - 1) % 2],
        "lam": lambda i: spectrum[(int(i) - 1) % 2],
        "theta_star": lambda i: Fraction(int(i)) - Fraction(1, 2),
        "theta": lambda *at: 2 + Fraction(7, 10) * int(at[-1]),
    }


def _flow(seed: int) -> dict[str, Function]:
    """dx/dtau = -y, dy/dtau = -x."""
    a, b = (as_value(random.Random(seed + k).uniform(-2, 2)) for k in (0, 1))

    def branches(tau: Any) -> tuple[Any, Any]:
        return mul(a, call("Exp", mul(as_value(-1), tau))), mul(b, call("Exp", as_value(tau)))

    return {"theta_1": lambda tau: add(*branches(tau)), "theta_2": lambda tau: sub(*branches(tau))}


def _smooth_loss(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """x -> a*(x - p)**2/2 + b*(x - p)**3, near its critical point p; the path starts close to p."""
    draw = random.Random(seed)
    a, b, p = as_value(draw.uniform(-2, 2)), as_value(draw.choice([0.0, 0.05])), as_value(values["theta_star"])

    def loss(x: Any) -> Any:
        d = sub(x, p)
        return add(mul(mul(a, as_value(0.5)), mul(d, d)), mul(b, mul(d, mul(d, d))))

    return {"L": loss, "theta": lambda *_: float(p) + 1e-3}
