"""One step of the problem's own update rule, with its exact derivative and its fixed point.

A state is one array per name of the optimizer's state (the parameter first, then its memory); the first axis counts the
coordinates of the parameter, further axes independent runs. States of Fractions (dtype object) are iterated exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.language.errors import Unusable
from derivations.language.terms import Term, free_symbols
from derivations.problems.fields import VectorField
from derivations.problems.questions import Problem
from derivations.witness.arithmetic import (
    Dual,
    Undefined,
    add,
    as_value,
    component,
    floating,
    is_exact,
    level_of,
    parts,
    plain,
    stack,
    sub,
)
from derivations.witness.evaluate import NotNumeric, evaluate, hessian
from derivations.witness.exact import solve

State = tuple[Any, ...]
Step = Callable[[State, Any], State]
"""The next state from a state and the noise of the gradient (an array like the parameter, or 0)."""


def gradient_of(problem: Problem, values: Mapping[str, Any]) -> Callable[[Any], Any]:
    """x ↦ ∇L(x) on arrays of shape (n, ...), by forward differentiation of the loss; or the vector field in its place.

    Raises Unusable for a loss of which only smoothness is known.
    """
    body, names = problem.loss.body, problem.loss.parameters
    if problem.vector_field is not None:
        return _field_of(problem.vector_field, values)
    if body is None:
        hint = 'take an instance of it, for example --loss "x**4/4 - x**2/2" --at x=1'
        raise Unusable("a loss of which nothing is known cannot be iterated", hint=hint)
    constants = {name: as_value(value) for name, value in values.items()}

    def gradient(point: Any) -> Any:
        coordinates = [component(point, i) for i in range(len(names))]
        here = {**constants, **dict(zip(names, coordinates, strict=True))}
        level = 1 + level_of(*here.values())
        slopes = []
        for name, coordinate in zip(names, coordinates, strict=True):
            seeded = {**here, name: Dual(level, coordinate, Fraction(1))}
            slopes.append(parts(evaluate(body, seeded), level)[1])
        return stack(slopes, np.shape(plain(coordinates[0])))

    return gradient


def _field_of(field: VectorField, values: Mapping[str, Any]) -> Callable[[Any], Any]:
    constants = {name: as_value(value) for name, value in values.items()}

    def at(point: Any) -> Any:
        coordinates = [component(point, i) for i in range(len(field.parameters))]
        here = {**constants, **dict(zip(field.parameters, coordinates, strict=True))}
        return stack([evaluate(one, here) for one in field.components.values()], np.shape(plain(coordinates[0])))

    return at


def step_of(problem: Problem, values: Mapping[str, Any]) -> Step:
    """The optimizer's update as a function of state and noise; each grad(x) carries the same noise within one step."""
    optimizer = problem.optimizer
    gradient = gradient_of(problem, values)
    constants = {name: as_value(value) for name, value in values.items() if name not in optimizer.state}
    order = _order(optimizer.update)

    def step(state: State, noise: Any) -> State:
        def noisy(point: Any) -> Any:
            slope = gradient(point)
            return slope if noise is None else add(slope, noise)

        scope = {**constants, **dict(zip(optimizer.state, state, strict=True))}
        for name, implicit in order:
            rule = optimizer.update[name]
            if implicit:
                scope[f"{name}_next"] = _implicit(rule, f"{name}_next", scope[name], scope, noisy)
            else:
                scope[f"{name}_next"] = evaluate(rule, scope, {"grad": noisy})
        return tuple(scope[f"{name}_next"] for name in optimizer.state)

    return step


def _order(update: Mapping[str, Term]) -> list[tuple[str, bool]]:
    """The names in an order in which each needs earlier ones only, and whether it stands on its own right-hand side."""
    needs = {
        name: {other for other in update if f"{other}_next" in free_symbols(rule)} for name, rule in update.items()
    }
    ordered: list[tuple[str, bool]] = []
    while len(ordered) < len(needs):
        done = {name for name, _ in ordered}
        ready = [name for name in needs if name not in done and needs[name] - {name} <= done]
        if not ready:
            raise Unusable(f"the updates of {', '.join(sorted(set(needs) - done))} need each other's new values")
        ordered.append((ready[0], ready[0] in needs[ready[0]]))
    return ordered


def _implicit(rule: Term, name: str, start: Any, scope: Mapping[str, Any], gradient: Callable[[Any], Any]) -> Any:
    """z with z = rule(z), by Newton's method from the old value: one iteration if the rule is affine.

    Its slope is that of the implicit function theorem, z' = (1 - d rule/dz)^{-1} (the rule's slope at fixed z).
    """

    def image(z: Any, values: Mapping[str, Any]) -> Any:
        return evaluate(rule, {**values, name: z}, {"grad": gradient})

    def columns(z: Any, values: Mapping[str, Any]) -> list[Any]:
        level = 1 + level_of(z, *values.values())
        return [parts(image(Dual(level, z, _unit(z, j)), values), level)[1] for j in range(len(z))]

    if level := level_of(start, *scope.values()):
        fixed = {key: parts(value, level)[0] for key, value in scope.items()}
        z = _implicit(rule, name, parts(start, level)[0], fixed, gradient)
        driven = add(parts(image(z, scope), level)[1], z * 0)
        return Dual(level, z, _newton(columns(z, fixed), driven))
    z = start
    for _ in range(50):
        moved = _newton(columns(z, scope), sub(z, image(z, scope)))
        z = sub(z, moved)
        if _negligible(moved, z):
            return z
    raise Undefined("the implicit step was not found by Newton's method")


def _unit(like: Any, index: int) -> Any:
    vector = np.zeros_like(like)
    if vector.dtype == object:
        vector[...] = Fraction(0)
    vector[index] = Fraction(1) if vector.dtype == object else 1.0
    return vector


def _newton(columns: list[Any], residual: Any) -> Any:
    """(1 - J)^{-1} residual, for each run; ``columns[j][i]`` is dF_i/dz_j."""
    if isinstance(residual, Dual) or any(isinstance(column, Dual) for column in columns):
        raise NotNumeric("a second derivative of an implicit step")
    size = len(residual)
    if is_exact(residual) and residual.ndim == 1:
        rows = [[Fraction(i == j) - component(columns[j], i) for j in range(size)] for i in range(size)]
        return solve(rows, residual)
    shape = np.shape(residual)
    slopes = np.stack([np.broadcast_to(floating(column), shape) for column in columns])  # j, i, runs
    matrix = np.eye(size) - np.moveaxis(slopes, (0, 1), (-1, -2))
    right = np.moveaxis(floating(residual), 0, -1)[..., None]
    return np.moveaxis(np.linalg.solve(matrix, right)[..., 0], -1, 0)


def _negligible(moved: Any, point: Any) -> bool:
    moved, point = plain(moved), plain(point)
    if is_exact(moved):
        return bool(np.all(moved == 0))
    return bool(np.all(~(np.abs(moved) > 1e-14 * (1 + np.abs(floating(point))))))


# --- the linearised step ------------------------------------------------------------------------------------------


def pack(state: State) -> Any:
    """The state as one vector."""
    return np.concatenate(state)


def unpack(vector: Any, count: int) -> State:
    return tuple(np.split(vector, count))


def jacobian(step: Step, state: State) -> Any:
    """The matrix of d(next state)/d(state), exact for an exact state and a rational update."""
    level = 1
    columns = []
    for which, part in enumerate(state):
        for index in range(len(part)):
            seeded = [Dual(level, old, _unit(old, index)) if i == which else old for i, old in enumerate(state)]
            after = step(tuple(seeded), None)
            columns.append(np.concatenate([_column(parts(new, level)[1], part) for new in after]))
    return np.stack(columns, axis=1)


def _column(slope: Any, like: Any) -> Any:
    if isinstance(slope, Fraction):
        return np.array([slope] * len(like), dtype=object)
    return slope


def fixed_point(problem: Problem, values: Mapping[str, Any], near: Sequence[Any] | None = None) -> State:
    """x with F(x) = x, by Newton's method from the point at which the loss is studied (0 if there is none).

    It is exact where one or two exact iterations reach it, as they do for every affine update with rational values.
    Raises Undefined where the method does not converge or the fixed points are not isolated.
    """
    step, count = step_of(problem, values), len(problem.optimizer.state)
    state = _initial(problem, near if near is not None else point_of(problem, values))
    for attempt in range(100):
        here = pack(state)
        residual = here - pack(step(state, None))
        if _negligible(residual, here):
            return state
        matrix = jacobian(step, state)
        identity = np.array([[Fraction(i == j) for j in range(len(here))] for i in range(len(here))], dtype=object)
        here = here - solve(identity - matrix if is_exact(matrix) else floating(identity) - matrix, residual)
        state = unpack(floating(here) if attempt >= 2 else here, count)
    raise Undefined("no fixed point was found by Newton's method")


def point_of(problem: Problem, values: Mapping[str, Any]) -> list[Any]:
    """The coordinates of the point at which the loss is studied; 0 where the problem names none."""
    at = problem.loss.at
    return [evaluate(at[name], values) if name in at else Fraction(0) for name in problem.loss.parameters]


def _initial(problem: Problem, parameter: Sequence[Any]) -> State:
    """The state with this parameter and no memory."""
    first = stack([as_value(value) for value in parameter], np.shape(as_value(parameter[0])))
    zero = first * 0
    return (first, *(zero for _ in problem.optimizer.state[1:]))


def initial_state(
    problem: Problem, values: Mapping[str, Any], start: Mapping[str, Any] | Sequence[Any] | None
) -> State:
    """The state at step 0: ``start``, or the values of theta_0 and the like; memory is zero.

    Raises Unusable if a coordinate of the start is not given.
    """
    names = problem.loss.parameters
    if start is not None and not isinstance(start, Mapping):
        return _initial(problem, list(start))
    given = {**{name: values[f"{name}_0"] for name in names if f"{name}_0" in values}, **(start or {})}
    missing = [name for name in names if name not in given]
    if missing:
        raise Unusable(f"no start was given for {missing[0]!r}", hint=f"give a value for {missing[0]}_0")
    return _initial(problem, [given[name] for name in names])


def curvatures(problem: Problem, values: Mapping[str, Any], at: Sequence[Any] | None = None) -> tuple[Any, Any]:
    """Eigenvalues λ_1 ≤ … ≤ λ_n of the loss's Hessian at the point, and its orthonormal eigenvectors as columns.

    The largest entry of each eigenvector is positive.
    """
    if problem.loss.body is None:
        raise Unusable("a loss of which nothing is known has no Hessian to compute")
    point = point_of(problem, values) if at is None else list(at)
    scope = {**values, **dict(zip(problem.loss.parameters, point, strict=True))}
    rows = hessian(problem.loss.body, problem.loss.parameters, scope)
    sizes, vectors = np.linalg.eigh(np.array([[floating(entry) for entry in row] for row in rows], dtype=float))
    largest = np.argmax(np.abs(vectors), axis=0)
    return sizes, vectors * np.sign(vectors[largest, np.arange(len(sizes))])
