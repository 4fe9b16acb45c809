"""Spectra of Hessians at matching weights, from sampled weights: H = E JᵀJ, where J holds the gradients of the outputs.

The loss is E|f(θ'; x) - f(θ; x)|²/2, so an eigenvalue has the units of the loss over those of a squared parameter. Inputs are
standard normal. No more than about ``MEMORY`` numbers are held at once; beyond, only products with H are formed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.sparse.linalg import LinearOperator, eigsh

from derivations.language.errors import Unusable
from derivations.problems.models import Model
from derivations.witness.jacobians import Tape

Array = np.ndarray[Any, np.dtype[np.float64]]

DENSE = 3000  # parameters; above, the Hessian is not written out
MEMORY = 20_000_000  # numbers held at once
MOST_OPERATIONS = 4e10  # multiplications for the whole spectrum of a wide linear network, some seconds on one core
NEGLIGIBLE = 1e-12  # of the largest eigenvalue: what is smaller counts as 0
_PROBING = 1  # sets probes apart from weights that were drawn with the same seed
STEPS, PROBES = 60, 3  # of Lanczos's method, where the whole spectrum would take too long


# --- linear networks --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinearNet:
    """f = v·W·x at sampled weights: ``lower`` is W (units x inputs), ``upper`` is v (units)."""

    lower: Array
    upper: Array

    @property
    def parameters(self) -> int:
        return self.lower.size + self.upper.size

    @property
    def shift(self) -> float:
        """|v|²."""
        return float(self.upper @ self.upper)

    def change(self, direction: Array) -> Array:
        """J times directions (parameters x how many): by how much the end-to-end map changes (inputs x how many)."""
        units, inputs = self.lower.shape
        first = direction[: self.lower.size].reshape(units, inputs, -1)
        return np.tensordot(self.upper, first, 1) + self.lower.T @ direction[self.lower.size :].reshape(units, -1)

    def back(self, change: Array) -> Array:
        """Jᵀ times changes of the end-to-end map (inputs x how many)."""
        first = np.multiply.outer(self.upper, change)
        return np.concatenate([first.reshape(self.lower.size, -1), self.lower @ change])

    def hessian(self) -> LinearOperator:
        """H as products with vectors."""

        def product(direction: Array) -> Array:
            return self.back(self.change(direction.reshape(-1, 1))).ravel()

        return LinearOperator((self.parameters, self.parameters), matvec=product, dtype=np.float64)

    def dense(self) -> Array:
        """H written out (parameters x parameters). Raises Unusable where that is too large."""
        if self.parameters > DENSE:
            raise Unusable(f"a Hessian of {self.parameters:,} parameters is not written out; at most {DENSE:,} are")
        jacobian = self.change(np.eye(self.parameters))
        return jacobian.T @ jacobian

    def gram(self) -> LinearOperator:
        """J·Jᵀ as products with vectors, one entry for each input: its eigenvalues are those of H that are not 0."""
        inputs = self.lower.shape[1]

        def product(change: Array) -> Array:
            return self.change(self.back(change.reshape(-1, 1))).ravel()

        return LinearOperator((inputs, inputs), matvec=product, dtype=np.float64)

    @property
    def is_moderate(self) -> bool:
        """Whether the whole spectrum is found in some seconds."""
        units, inputs = self.lower.shape
        return bool(inputs * inputs <= MEMORY and 1.0 * inputs * inputs * (units + inputs) <= MOST_OPERATIONS)

    def eigenvalues(self) -> Array:
        """The eigenvalues of H that are not 0, ascending: those of J·Jᵀ, one for each input; J = (v_1·I, …, v_k·I, Wᵀ)."""
        gram = self.lower.T @ self.lower
        gram[np.diag_indices(len(gram))] += self.shift
        return np.asarray(np.linalg.eigvalsh(gram), dtype=np.float64)

    def spectrum(self, seed: int) -> tuple[Array, Array]:
        """The eigenvalues of H that are not 0, ascending, each with its weight; beyond moderate sizes a quadrature by products."""
        if self.is_moderate:
            found = self.eigenvalues()
            return found, np.full(len(found), 1 / len(found))
        return spectral_density(self.gram(), STEPS, PROBES, seed)


def draw(inputs: int, units: int, seed: int, scale: float = 1.0, upper: float = 1.0) -> LinearNet:
    """Independent normal weights: those of W with variance scale/units, those of v with variance upper/units.

    Raises Unusable where they do not fit.
    """
    if units * (inputs + 1) > MEMORY:
        raise Unusable(f"a network of {units * (inputs + 1):,} parameters is not sampled; at most {MEMORY:,} fit")
    chance = np.random.default_rng(seed)
    lower = chance.normal(size=(units, inputs)) * np.sqrt(scale / units)
    return LinearNet(lower, chance.normal(size=units) * np.sqrt(upper / units))


# --- any model --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SampledModel:
    """A model at weights of one's own (parameters), with so many sampled inputs: H is the mean of JᵀJ over these."""

    tape: Tape
    weights: Array
    data: Array

    def batches(self) -> Iterator[Array]:
        """J, some samples at a time: (samples·outputs) x parameters."""
        size = max(1, MEMORY // (4 * max(len(self.tape.nodes), len(self.weights) * len(self.tape.model.outputs))))
        for start in range(0, len(self.data), size):
            _, slopes = self.tape.run(self.weights, self.data[start : start + size])
            yield slopes.reshape(-1, len(self.weights))

    def dense(self) -> Array:
        """H written out (parameters x parameters)."""
        total = np.zeros((len(self.weights), len(self.weights)))
        for jacobian in self.batches():
            total += jacobian.T @ jacobian
        return total / len(self.data)

    def hessian(self) -> LinearOperator:
        """H as products with vectors; the gradients are computed anew for each."""
        count = len(self.weights)

        def product(direction: Array) -> Array:
            found = np.zeros(count)
            for jacobian in self.batches():
                found += jacobian.T @ (jacobian @ direction.ravel())
            return found / len(self.data)

        return LinearOperator((count, count), matvec=product, dtype=np.float64)

    def loss(self, others: Array) -> float:
        """Half the mean of |f(θ') - f(θ)|² over the sampled inputs."""
        total, size = 0.0, 1000
        for start in range(0, len(self.data), size):
            part = self.data[start : start + size]
            gap = self.tape.run(others, part)[0] - self.tape.run(self.weights, part)[0]
            total += float(np.sum(gap**2))
        return total / (2 * len(self.data))

    def eigenvalues(self) -> Array:
        """All eigenvalues of H, ascending."""
        return np.asarray(np.linalg.eigvalsh(self.dense()), dtype=np.float64)


def sampled(model: Model, samples: int, seed: int) -> SampledModel:
    """A model at normal weights, those of a matrix with variance one over the number of its columns, and normal inputs."""
    chance = np.random.default_rng(seed)
    scale = np.ones(len(model.parameters))
    places = {name: i for i, name in enumerate(model.parameters)}
    for block in model.blocks:
        width = block.columns if block.columns > 1 else block.rows
        for name in block.names:
            scale[places[name]] = 1 / np.sqrt(width)
    inputs = len(model.data) - len(model.gates)
    weights = chance.normal(size=len(model.parameters)) * scale
    return SampledModel(Tape(model), weights, chance.normal(size=(samples, inputs)))


@dataclass(frozen=True, slots=True)
class Summary:
    """A spectrum in short. ``rank`` counts the eigenvalues that are not 0, of which the rest speaks."""

    parameters: int
    rank: int
    smallest: float
    quartiles: tuple[float, float, float]
    largest: float


def summary(model: Model, samples: int, seed: int) -> Summary:
    """The spectrum of one draw of a model's weights; ``samples`` inputs are drawn unless their second moments are enough.

    Raises Unusable where sizes are letters, or a network is too large.
    """
    widths = [one for one in model.widths if isinstance(one, int)]
    if not model.parameters and len(widths) == 3 and widths[2] == 1:
        net = draw(widths[0], widths[1], seed)
        return _summary(net.parameters, widths[0], *net.spectrum(seed))
    drawn = sampled(model, samples, seed)
    values = drawn.eigenvalues()
    kept = values[values > NEGLIGIBLE * values[-1]]
    return _summary(len(drawn.weights), len(kept), kept, np.full(len(kept), 1 / max(1, len(kept))))


def _summary(parameters: int, rank: int, values: Array, weights: Array) -> Summary:
    if not len(values):
        return Summary(parameters, 0, 0.0, (0.0, 0.0, 0.0), 0.0)
    places = np.minimum(np.searchsorted(np.cumsum(weights), [0.25, 0.5, 0.75]), len(values) - 1)
    low, middle, high = (float(values[i]) for i in places)
    return Summary(parameters, rank, float(values[0]), (low, middle, high), float(values[-1]))


# --- spectra of what only products are known of -----------------------------------------------------------------------


def lanczos(operator: LinearOperator, steps: int, start: Array) -> tuple[Array, Array]:
    """Nodes and weights of the quadrature for the spectrum as seen from a vector: Lanczos's method, fully orthogonalised."""
    steps = min(steps, len(start))
    basis = np.zeros((steps, len(start)))
    diagonal, side = np.zeros(steps), np.zeros(steps)
    vector = start / np.linalg.norm(start)
    done = steps
    for k in range(steps):
        basis[k] = vector
        image = np.asarray(operator @ vector)
        diagonal[k] = image @ vector
        for _ in range(2):
            image = image - basis[: k + 1].T @ (basis[: k + 1] @ image)
        side[k] = np.linalg.norm(image)
        if side[k] <= 1e-10 * max(1.0, float(np.max(np.abs(diagonal)))):
            done = k + 1
            break
        vector = image / side[k]
    nodes, vectors = eigh_tridiagonal(diagonal[:done], side[: done - 1])
    return nodes, vectors[0] ** 2


def spectral_density(operator: LinearOperator, steps: int, probes: int, seed: int) -> tuple[Array, Array]:
    """Nodes, ascending, and weights, of sum 1: the mean of the quadratures from random vectors, an estimate of the spectrum."""
    size = operator.shape[0]
    if steps * size > MEMORY:
        raise Unusable(f"{steps} steps with vectors of {size:,} entries take too much memory; at most {MEMORY // size} fit")
    chance = np.random.default_rng([seed, _PROBING])
    found = [lanczos(operator, steps, chance.normal(size=size)) for _ in range(probes)]
    nodes = np.concatenate([one for one, _ in found])
    weights = np.concatenate([one for _, one in found]) / probes
    order = np.argsort(nodes)
    return nodes[order], weights[order]


def largest(operator: LinearOperator, seed: int) -> float:
    """The largest eigenvalue, by products alone."""
    start = np.random.default_rng([seed, _PROBING]).normal(size=operator.shape[0])
    return float(eigsh(operator, k=1, which="LA", v0=start, return_eigenvectors=False)[0])


def kolmogorov(values: Array, below: Callable[[Array], Array], weights: Array | None = None) -> float:
    """The largest distance between the share of values (each with its weight) up to a place and ``below`` of that place.

    ``below`` has no jumps, except at 0; values that differ from 0 by rounding should be given as 0.
    """
    places, inverse = np.unique(values, return_inverse=True)
    mass = np.full(len(values), 1 / len(values)) if weights is None else weights / weights.sum()
    upto = np.cumsum(np.bincount(inverse, mass))
    before = np.concatenate([[0.0], upto[:-1]])
    reached = below(places)
    came = np.where(places == 0, 0.0, reached)  # no eigenvalue is negative, so nothing lies below 0
    return float(max(np.max(np.abs(upto - reached)), np.max(np.abs(before - came))))
