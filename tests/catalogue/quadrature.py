"""The population loss of a polynomial model by Gauss-Hermite quadrature, and its Hessian by differences: exact but for rounding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from derivations.language.terms import Term
from derivations.witness import evaluate

Law = tuple[np.ndarray, np.ndarray]  # points, one a row, and their weights
NODES = 9  # exact for polynomials up to degree 17 in each input


def normal_nodes(covariance: np.ndarray) -> Law:
    """Points, one a row, and weights: the mean over normal inputs with this covariance is the weighted sum."""
    size = len(covariance)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    spread, turn = np.linalg.eigh(covariance) if size else (np.zeros(0), np.zeros((0, 0)))
    root = turn * np.sqrt(np.maximum(spread, 0))
    points = np.array(list(product(nodes, repeat=size))).reshape(NODES**size, size) @ root.T
    return points, np.array([prod(one) for one in product(weights / weights.sum(), repeat=size)])


def mean(body: Term, data: Sequence[str], law: Law) -> float:
    """The mean of an expression in the data."""
    points, weights = law
    values = evaluate(body, {name: points[:, i] for i, name in enumerate(data)})
    return float(np.sum(weights * np.broadcast_to(np.asarray(values, dtype=float), weights.shape)))


def hessian(outputs: Sequence[Term], parameters: Sequence[str], data: Sequence[str], point: Sequence[float], law: Law,
            step: float = 1e-3) -> np.ndarray:  # fmt: skip
    """Of E|f(t; x) - f(point; x)|**2/2 in t, at t = point: by central differences, extrapolated once."""
    points, weights = law
    inputs = {name: points[:, i] for i, name in enumerate(data)}
    here = np.array(point, dtype=float)

    def losses(moves: np.ndarray) -> np.ndarray:
        """The loss where the weights are moved by each of the rows."""
        moved = dict(zip(parameters, (here + moves).T[:, :, None], strict=True))
        fixed = dict(zip(parameters, map(float, here), strict=True))
        gaps = [evaluate(one, {**inputs, **moved}) - evaluate(one, {**inputs, **fixed}) for one in outputs]
        shape = (len(moves), len(weights))
        squares = [np.broadcast_to(np.asarray(gap, dtype=float), shape) ** 2 @ weights for gap in gaps]
        return np.asarray(np.sum(squares, axis=0)) / 2

    def differences(h: float) -> np.ndarray:
        """(L(u + v) + L(-u - v) - L(u) - L(-u) - L(v) - L(-v))/(2*h**2); the loss itself vanishes at the weights."""
        units = np.eye(len(here)) * h
        both = (units[:, None] + units[None]).reshape(-1, len(here))
        alone = losses(units) + losses(-units)
        return np.asarray((losses(both) + losses(-both)).reshape(len(here), -1) - alone[:, None] - alone[None]) / (2 * h * h)

    return np.asarray(4 * differences(step) - differences(2 * step)) / 3
