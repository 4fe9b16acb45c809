"""What the problem's iteration does for given values: iterated, then judged from the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.language.errors import Unusable
from derivations.problems.questions import Problem
from derivations.witness.arithmetic import floating, is_exact
from derivations.witness.classify import classify
from derivations.witness.iterate import exact_path, linear_path, path
from derivations.witness.update import State, curvatures, fixed_point, jacobian, pack, step_of


def is_affine(problem: Problem, values: Mapping[str, Any]) -> bool:
    """Whether the update's derivative is the same at three points (exactly so, for rational values)."""
    step = step_of(problem, values)
    count, size = len(problem.optimizer.state), len(problem.loss.parameters)
    points: list[State] = []
    for k in (1, 2, 3):
        entries = np.array([Fraction(7 * k + 3 * i, 5 + 2 * i) for i in range(size)], dtype=object)
        points.append(tuple(entries + which for which in range(count)))
    slopes = [jacobian(step, point) for point in points]
    if all(is_exact(slope) for slope in slopes):
        return all(bool(np.all(slope == slopes[0])) for slope in slopes)
    return all(np.allclose(floating(slope), floating(slopes[0]), rtol=1e-11, atol=1e-12) for slope in slopes)


def errors(
    problem: Problem,
    values: Mapping[str, Any],
    steps: int,
    start: Sequence[Any] | None = None,
    linearised: bool | None = None,
) -> Any:
    """e_t = θ_t - θ* for t = 0, …, T, θ* the fixed point of the update; shape (T + 1, n).

    For an affine update these are its own iterates; else those of its linearisation at θ*, unless ``linearised`` is
    False. Rational values give Fractions. Without a ``start`` the values of ``theta_0`` and the like are used, else
    e_0 = 1.
    """
    point = fixed_point(problem, values)[0]
    names = problem.loss.parameters
    if start is None and all(f"{name}_0" in values for name in names):
        start = [values[f"{name}_0"] for name in names]
    begin = [entry + 1 for entry in point] if start is None else list(start)
    if linearised is None:
        linearised = not is_affine(problem, values)
    if linearised:
        return linear_path(problem, values, steps, [a - b for a, b in zip(begin, point, strict=True)])
    rational = all(isinstance(value, (int, Fraction)) for value in [*values.values(), *begin])
    if rational and is_exact(point) and is_affine(problem, values):
        return np.array(exact_path(problem, values, steps, begin), dtype=object) - point
    return path(problem, values, steps, begin) - floating(point)


def regime(
    problem: Problem,
    values: Mapping[str, Any],
    start: Sequence[Any] | None = None,
    *,
    steps: int = 64,
    linearised: bool | None = None,
    tolerance: float = 1e-9,
) -> str:
    """What the error θ_t - θ* does, by one of the names in ``classify.REGIMES``; for a loss of one parameter.

    With whole numbers and Fractions for values an affine (or linearised) iteration is exact, so that the endpoints of
    each regime are told apart from what lies beside them. Raises Unusable for several parameters: see
    ``regimes_by_direction``.
    """
    if len(problem.loss.parameters) != 1:
        raise Unusable("a loss of several parameters has a regime in each direction")
    return classify(list(errors(problem, values, steps, start, linearised)[:, 0]), tolerance)


def regimes_by_direction(
    problem: Problem, values: Mapping[str, Any], steps: int = 200, tolerance: float = 1e-9
) -> tuple[tuple[float, str], ...]:
    """(λ_i, what the linearised error does along the i-th eigenvector of the Hessian at θ*), by increasing λ_i.

    The start is each eigenvector in turn, and what the error does along it is judged; in floats.
    """
    point = fixed_point(problem, values)[0]
    sizes, vectors = curvatures(problem, values, list(point))
    found = []
    for size, vector in zip(sizes, vectors.T, strict=True):
        along = floating(linear_path(problem, values, steps, list(vector))) @ vector
        found.append((float(size), classify(list(along), tolerance)))
    return tuple(found)


def contraction(problem: Problem, values: Mapping[str, Any]) -> float:
    """The spectral radius of the linearised update at its fixed point: the factor per step in the long run."""
    state = fixed_point(problem, values)
    matrix = floating(jacobian(step_of(problem, values), state))
    return float(np.max(np.abs(np.linalg.eigvals(matrix)))) if len(pack(state)) else 0.0
