"""Whether what is said of the ranks of a model's Jacobian and Hessian is true, by numbers: sampled inputs, finite differences."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from derivations.language.terms import Term
from derivations.witness import evaluate, gradient

from . import quadrature

Number = Callable[[Term], Any]
NAMES = frozenset({"full_support", "definite_moments", "rank_at_least", "rank_at_most", "rank_there", "hessian_rank",
                   "hessian_rank_there", "hessian_of_units", "units_rank", "hessian_there", "normal_inputs", "second_moments",
                   "moments"})  # fmt: skip


def true_of_ranks(number: Number, name: str, args: list[Term]) -> bool:
    """The inputs are standard normal. ``number`` gives a closed term's value."""
    if name in ("full_support", "definite_moments"):
        return all(variable.head == "Symbol" for variable in args[-1].args)
    if name in ("hessian_of_units", "units_rank"):
        return _units(number, name, args)
    if name == "hessian_there":
        return _is_hessian(number, *args)
    if name in ("normal_inputs", "second_moments", "moments"):
        return _is_standard(number, *args)
    if name.startswith("hessian"):
        rank, parameters, nullity, *rest = args
        if number(parameters) != len(rest[1].args) or number(rank) + number(nullity) != number(parameters):
            return False
        if name == "hessian_rank_there":
            return number(rank) == jacobian_rank(*rest[:3], [number(one) for one in rest[3].args])
        return number(rank) == jacobian_rank(*rest[:3]) and _so_it_is(number, *rest)
    count, *rest = args
    if name == "rank_there":
        return number(count) == jacobian_rank(*rest[:3], [number(one) for one in rest[3].args])
    found = jacobian_rank(*rest[:3])
    return number(count) <= found if name == "rank_at_least" else number(count) >= found and _so_it_is(number, *rest)


def _is_hessian(number: Number, matrix: Term, outputs: Term, parameters: Term, data: Term, point: Term) -> bool:
    """Whether the differences of the loss, its mean by quadrature, are the entries."""
    names, inputs = ([one.args[0] for one in listed.args] for listed in (parameters, data))
    found = np.array([[float(number(entry)) for entry in row.args] for row in matrix.args])
    at = [float(number(one)) for one in point.args]
    if found.shape != (len(names), len(names)) or len(at) != len(names):
        return False
    law = quadrature.normal_nodes(np.eye(len(inputs)))
    return bool(np.allclose(found, quadrature.hessian(outputs.args, names, inputs, at, law), rtol=1e-5, atol=1e-5))


def _is_standard(number: Number, data: Term, *said: Term) -> bool:
    """Whether what is said of the moments is true of standard normal inputs."""
    names = [one.args[0] for one in data.args]
    if len(said) == 1:
        return bool(np.allclose([[float(number(entry)) for entry in row.args] for row in said[0].args], np.eye(len(names))))
    products, values = said
    means = [quadrature.mean(one, names, quadrature.normal_nodes(np.eye(len(names)))) for one in products.args]
    return bool(np.allclose(means, [float(number(one)) for one in values.args]))


def jacobian_rank(outputs: Term, parameters: Term, data: Term, point: list[Any] | None = None) -> int:
    """How many directions of the parameters change the outputs, at drawn inputs."""
    draw = np.random.default_rng(5)
    names = [one.args[0] for one in parameters.args]
    here = dict(zip(names, point if point is not None else draw.uniform(0.5, 2, len(names)), strict=True))
    rows = []
    for _ in range(2 * len(names) + 4):
        inputs = {one.args[0]: draw.normal() for one in data.args}
        rows += [[float(slope) for slope in gradient(one, names, {**inputs, **here})] for one in outputs.args]
    return int(np.linalg.matrix_rank(np.array(rows), tol=1e-8 * np.abs(rows).max()))


def _so_it_is(number: Number, outputs: Term, parameters: Term, data: Term, reason: Term) -> bool:
    """Whether the reason for the bound is true."""
    name, *args = reason.args
    if name == "few_coefficients":
        symbols = [sp.Symbol(one.args[0]) for one in (*parameters.args, *data.args)]
        moving = symbols[: len(parameters.args)]
        used = set()
        for i, one in enumerate(outputs.args):
            poly = sp.expand(evaluate(one, {s.name: s for s in symbols}))
            used |= {
                (i, m)
                for s in moving
                for m in sp.Poly(poly.diff(s), *symbols[len(moving) :]).monoms()
                if poly.diff(s) != 0
            }
        return number(args[0]) == len(used)
    if name == "few_parameters":
        return number(args[0]) == len(parameters.args)
    if name == "redundant_directions":
        return number(args[0]) == len(args[1:]) and all(
            _changes_nothing(outputs, parameters, data, one) for one in args[1:]
        )
    return name == "double_points"


def _changes_nothing(outputs: Term, parameters: Term, data: Term, field: Term) -> bool:
    """Whether the outputs' derivative along the field vanishes, exactly, at drawn whole numbers."""
    draw = np.random.default_rng(7)
    names = [one.args[0] for one in parameters.args]
    for _ in range(4):
        here = {one.args[0]: Fraction(int(draw.integers(-9, 10))) for one in (*parameters.args, *data.args)}
        along = [evaluate(part, here) for part in field.args]
        if any(
            sum(u * slope for u, slope in zip(along, gradient(one, names, here), strict=True)) for one in outputs.args
        ):
            return False
    return len(field.args) == len(names)


def _units(number: Number, name: str, args: list[Term]) -> bool:
    matrix, units, _, near, at, *more = args if name == "hessian_of_units" else args[4:]
    rows = np.array([[float(number(entry)) for entry in row.args] for row in units.args])
    found = np.array([[float(number(entry)) for entry in row.args] for row in matrix.args])

    def kernel(i: int, j: int, a: np.ndarray, b: np.ndarray) -> float:
        one, other = rows[i, :-1], rows[j, :-1]
        product, largest = one @ other, np.linalg.norm(one) * np.linalg.norm(other)
        opposite = more[0] if more and largest and np.isclose(product, -largest) else near
        function = (at if np.isclose(product, largest) else opposite).args[0]
        return float(number(Term("Apply", (function, *(Term("Number", (Fraction(float(x)),)) for x in (*a, *b))))))

    if not np.allclose(found, hessian_by_differences(kernel, rows[:, :-1], rows[:, -1]), atol=1e-5):
        return False
    if name == "hessian_of_units":
        return True
    rank, parameters, nullity = (number(one) for one in args[:3])
    fine = rank + nullity == parameters == len(found) and np.linalg.matrix_rank(found, tol=1e-9) == rank
    vectors = (
        [[float(number(x)) for x in one.args] for one in args[3].args[2:]] if args[3].args[0] == "null_vectors" else []
    )
    return (
        bool(fine)
        and len(vectors) == nullity
        and all(np.allclose(found @ np.array(one), 0, atol=1e-9) for one in vectors)
    )


def hessian_by_differences(
    kernel: Callable[..., float], weights: np.ndarray, top: np.ndarray, step: float = 2e-3
) -> np.ndarray:
    """E ∇f·∇fᵀ for f = Σ v_j·σ(w_j·x) from K(i, j, a, b) = E σ(a·x)·σ(b·x): mixed differences in θ and θ' of E f(θ)·f(θ')."""
    units, size = weights.shape
    count = units * (size + 1)

    def unit_of(k: int) -> int:
        return k // size if k < units * size else k - units * size

    def moved(k: int, by: float) -> tuple[np.ndarray, float]:
        """The weights of the unit that parameter k belongs to, and its output weight, where k is moved."""
        i = unit_of(k)
        a, v = weights[i].copy(), top[i]
        if k < units * size:
            a[k % size] += by
            return a, v
        return a, v + by

    result = np.zeros((count, count))
    for k in range(count):
        for m in range(count):
            parts = [(s * t, moved(k, s * step), moved(m, t * step)) for s in (1, -1) for t in (1, -1)]
            i, j = unit_of(k), unit_of(m)
            result[k, m] = sum(sign * v * u * kernel(i, j, a, b) for sign, (a, v), (b, u) in parts) / (4 * step**2)
    return result
