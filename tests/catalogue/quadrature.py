"""The population loss of a polynomial model by Gauss-Hermite quadrature, and its Hessian by differences: exact but for rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from derivations.language.terms import Term
from derivations.witness import evaluate

NODES = 9  # exact for polynomials up to degree 17 in each input


def normal_nodes(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points, one a row, and weights: the mean over normal inputs with this covariance is the weighted sum."""
    size = len(covariance)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    spread, turn = np.linalg.eigh(covariance) if size else (np.zeros(0), np.zeros((0, 0)))
    root = turn * np.sqrt(np.maximum(spread, 0))
    points = np.array(list(product(nodes, repeat=size))).reshape(-1, size) @ root.T
    return points, np.array([prod(one) for one in product(weights / weights.sum(), repeat=size)])


def mean(body: Term, data: Sequence[str], covariance: np.ndarray, at: Mapping[str, Any] | None = None) -> float:
    """The mean of an expression in the data."""
    points, weights = normal_nodes(covariance)
    values = evaluate(body, {**(at or {}), **{name: points[:, i] for i, name in enumerate(data)}})
    return float(np.sum(weights * np.broadcast_to(np.asarray(values, dtype=float), weights.shape)))


def hessian(outputs: Sequence[Term], parameters: Sequence[str], data: Sequence[str], point: Sequence[float], covariance: np.ndarray,
            step: float = 1e-3) -> np.ndarray:  # fmt: skip
    """Of E|f(t; x) - f(point; x)|**2/2 in t, at t = point: by central differences, extrapolated once."""
    points, weights = normal_nodes(covariance)
    inputs = {name: points[:, i] for i, name in enumerate(data)}

    def values(at: np.ndarray) -> np.ndarray:
        found = [evaluate(one, {**inputs, **dict(zip(parameters, map(float, at), strict=True))}) for one in outputs]
        return np.array([np.broadcast_to(np.asarray(one, dtype=float), weights.shape) for one in found])

    here = np.array(point, dtype=float)
    target = values(here)

    def loss(at: np.ndarray) -> float:
        return float(np.sum(weights * (values(at) - target) ** 2) / 2)

    def differences(h: float) -> np.ndarray:
        units = np.eye(len(here)) * h
        return np.array([[loss(here + u + v) - loss(here + u - v) - loss(here - u + v) + loss(here - u - v) for v in units]
                         for u in units]) / (4 * h * h)  # fmt: skip

    return (4 * differences(step) - differences(2 * step)) / 3
