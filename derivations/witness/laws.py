"""A limiting spectrum as numbers: what a derivation claims of it, evaluated, and how far sampled spectra are from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivations.language.statements import Derivation
from derivations.language.terms import Term, free_symbols
from derivations.witness.claims import claimed, claimed_field
from derivations.witness.evaluate import evaluate
from derivations.witness.spectra import Array, LinearNet, draw, kolmogorov

ROUNDING = 1e-12  # of the largest eigenvalue: what is smaller counts as 0


@dataclass(frozen=True, slots=True)
class LimitingLaw:
    """The spectrum of WᵀW that a derivation claims, at values of what is left open in it: ``low`` and ``high`` are its ends."""

    derivation: Derivation
    values: Mapping[str, Any]
    low: float
    high: float
    share: float  # of the eigenvalues that are 0

    def below(self, x: Array) -> Array:
        """The share of eigenvalues up to x."""
        found = np.where(x < 0, 0.0, self.share)
        inside = (x > self.low) & (x < self.high)
        found[inside] = self._at("distribution", x[inside], "y")
        found[x >= self.high] = 1.0
        return found

    def density(self, x: Array) -> Array:
        """The density of the continuous part; 0 outside."""
        found = np.zeros_like(x)
        inside = (x > self.low) & (x < self.high)
        found[inside] = self._at("density", x[inside])
        return found

    def decay(self, shift: float, rate: float, times: Array) -> Array:
        """What is claimed of the loss after so many small steps, for the second layer's |v|² and a learning rate."""
        return self._at("decay", times, "t", r=shift, eta=rate)

    def _at(self, field: str, places: Array, name: str = "x", **more: float) -> Array:
        value = evaluate(claimed_field(self.derivation, field), {**self.values, **more, name: places})
        return np.broadcast_to(np.asarray(value, dtype=float), places.shape)


def limiting_law(derivation: Derivation, given: Mapping[str, float]) -> LimitingLaw:
    """The law at values of what is left open in it, such as ``d``, ``k`` and ``s_w``; what is defined by these follows."""
    values: dict[str, Any] = dict(given)
    for item in derivation.statement.definitions:
        claim = item.claim
        name = claim.args[0].args[0] if claim.head == "Eq" and claim.args[0].head == "Symbol" else None
        if name is not None and name not in given and free_symbols(claim.args[1]) <= set(values):
            values[name] = evaluate(claim.args[1], values)
    low, high = (_number(claimed(derivation, one), values) for one in derivation.answer["edges"])
    return LimitingLaw(derivation, values, low, high, _number(claimed_field(derivation, "atom"), values))


def _number(term: Term, values: Mapping[str, Any]) -> float:
    return float(evaluate(term, values))


def law_at(derivation: Derivation, inputs: int, units: int) -> LimitingLaw:
    """The law for weights of the first layer with variance 1/units."""
    return limiting_law(derivation, {"d": inputs, "k": units, "s_w": units**-0.5})


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sampled spectrum beside the law: eigenvalues less |v|², ascending, with weights, and Kolmogorov's distance."""

    net: LinearNet
    eigenvalues: Array
    weights: Array
    distance: float


def compared(law: LimitingLaw, inputs: int, units: int, seed: int) -> Comparison:
    """One draw of the weights, those of the first layer as in ``law_at``, of the second with variance 1/units."""
    net = draw(inputs, units, seed)
    values, weights = net.spectrum(seed)
    found = values - net.shift
    found[np.abs(found) < ROUNDING * (net.shift + float(found[-1]))] = 0.0
    return Comparison(net, found, weights, kolmogorov(found, law.below, weights))
