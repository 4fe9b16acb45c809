"""Paths of the iteration, with and without noise, and of the gradient flow.

In place of a problem a callable may stand: ``step(x, noise)``, the next parameter from the present one (an array of
shape (n,) or (n, runs)) and the noise of the gradient (an array like x, or None).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivations.language.errors import Unusable
from derivations.problems.questions import Problem
from derivations.witness.arithmetic import as_value, floating, is_exact, stack
from derivations.witness.update import (
    State,
    Step,
    fixed_point,
    gradient_of,
    initial_state,
    jacobian,
    pack,
    step_of,
    unpack,
)

LAWS = ("normal", "sign", "uniform", "skewed")
Start = Mapping[str, Any] | Sequence[Any] | None


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise of the gradient: independent over steps, runs, coordinates and the ``batch`` samples that are averaged.

    Each sample has mean 0 and standard deviation ``sigma``; ``law`` is its distribution: "normal"; "sign" (±sigma);
    "uniform"; "skewed" (an exponential variable less its mean).
    """

    sigma: float
    law: str = "normal"
    batch: int = 1

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
        """The mean of ``batch`` samples, in an array of that shape."""
        total = np.zeros(shape)
        for _ in range(self.batch):
            total += _unit_noise(self.law, generator, shape)
        return self.sigma * total / self.batch


def _unit_noise(law: str, generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    if law == "normal":
        return generator.standard_normal(shape)
    if law == "sign":
        return generator.choice(np.array([-1.0, 1.0]), shape)
    if law == "uniform":
        return generator.uniform(-np.sqrt(3.0), np.sqrt(3.0), shape)
    if law == "skewed":
        return generator.standard_exponential(shape) - 1.0
    raise Unusable(f"there is no law {law!r}", law, (0, len(law)), f"there are {', '.join(LAWS)}")


def noise_of(problem: Problem, values: Mapping[str, Any], law: str = "normal") -> Noise:
    """The problem's noise: sigma for each step's gradient (additive), or the mean over N samples (minibatch)."""
    for name in ("sigma", "N") if problem.noise == "minibatch" else ("sigma",):
        if name not in values:
            raise Unusable(f"the noise needs a value for {name}")
    return Noise(float(values["sigma"]), law, int(values["N"]) if problem.noise == "minibatch" else 1)


def iterates(
    step: Step, state: State, steps: int, noise: Noise | None = None, generator: np.random.Generator | None = None
) -> Iterator[State]:
    """The states at the steps 0, 1, …, steps."""
    if noise is not None and generator is None:
        raise ValueError("noise needs a seeded generator")
    yield state
    for _ in range(steps):
        with np.errstate(all="ignore"):
            drawn = None if noise is None or generator is None else noise.draw(generator, np.shape(state[0]))
            state = step(state, drawn)
        yield state


def path(
    problem: Problem | Callable[..., Any],
    values: Mapping[str, Any],
    steps: int,
    start: Start = None,
    *,
    runs: int | None = None,
    noise: Noise | None = None,
    seed: int = 0,
) -> Any:
    """θ_0, θ_1, …, θ_T of the problem's own update: a float array of shape (T + 1, n), or (T + 1, n, runs).

    ``start`` gives the coordinates of θ_0 (by name or in order); without it the values of ``theta_0`` and the like do.
    With ``runs``, that many independent runs are made at once. The same seed gives the same noise. What overflows is
    inf or nan. Raises Unusable if a start or a constant is missing.
    """
    step, state = _prepared(problem, values, start)
    shape = () if runs is None else (runs,)
    state = tuple(_spread(floating(part), shape) for part in state)
    generator = np.random.default_rng(seed)
    return np.stack([np.array(now[0], dtype=float) for now in iterates(step, state, steps, noise, generator)])


def exact_path(
    problem: Problem | Callable[..., Any], values: Mapping[str, Any], steps: int, start: Start = None
) -> list[list[Any]]:
    """θ_0, …, θ_T as Fractions, coordinate by coordinate, where values and start are rational and the update too.

    The digits of a nonlinear update grow exponentially with the steps; keep them few.
    """
    step, state = _prepared(problem, values, start)
    return [list(now[0]) for now in iterates(step, state, steps)]


def _prepared(problem: Problem | Callable[..., Any], values: Mapping[str, Any], start: Start) -> tuple[Step, State]:
    if isinstance(problem, Problem):
        return step_of(problem, values), initial_state(problem, values, start)
    if start is None:
        raise Unusable("a step of one's own needs a start")
    entries = [as_value(value) for value in (start.values() if isinstance(start, Mapping) else start)]
    rule = problem

    def step(state: State, noise: Any) -> State:
        return (rule(state[0], noise),)

    return step, (stack(entries, np.shape(entries[0])),)


def _spread(part: Any, shape: tuple[int, ...]) -> Any:
    if not shape or part.ndim > 1:
        return part
    return np.repeat(part[:, None], shape[0], axis=1)


def linear_path(problem: Problem, values: Mapping[str, Any], steps: int, error: Sequence[Any]) -> Any:
    """e_{t+1} = F'(x*) e_t from e_0: the errors of the linearised iteration at the fixed point, shape (T + 1, n).

    F' is found by exact differentiation of the update. With rational values and a rational fixed point the entries are
    Fractions (dtype object), else floats.
    """
    point = fixed_point(problem, values)
    matrix = jacobian(step_of(problem, values), point)
    first = stack([as_value(entry) for entry in error])
    vector = pack((first, *(first * 0 for _ in point[1:])))
    if not (is_exact(matrix) and is_exact(vector)):
        matrix, vector = floating(matrix), floating(vector)
    rows = [vector]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            rows.append(matrix @ rows[-1])
    return np.stack([unpack(row, len(point))[0] for row in rows])


def flow_within(
    problem: Problem, values: Mapping[str, Any], start: Start, longest: float, points: int = 200
) -> Any:
    """The flow from the start up to the time ``longest``, or half of it, and so on, where it cannot be followed so far.

    Raises Unusable if even a thousandth of the time is too long.
    """
    for halvings in range(11):
        try:
            return flow(problem, values, start, np.linspace(0.0, longest / 2**halvings, points))
        except Unusable:
            continue
    raise Unusable("the flow cannot be followed from there")


def flow(
    problem: Problem | Callable[[Any], Any],
    values: Mapping[str, Any],
    start: Start,
    times: Iterable[float],
) -> Any:
    """θ(t) with θ' = -∇L(θ) at the given increasing times, shape (times, n); θ(times[0]) is the start.

    In place of the problem a vector field may stand: a callable from x to x'. Runge-Kutta of order 8 with relative
    error 1e-11 per step. Raises Unusable where a coordinate exceeds 10^6 before the last time.
    """
    from scipy.integrate import solve_ivp

    moments = [float(time) for time in times]
    if isinstance(problem, Problem):
        gradient = gradient_of(problem, values)
        first = floating(initial_state(problem, values, start)[0])
        field: Callable[[Any], Any] = lambda x: -floating(gradient(x))  # noqa: E731
    else:
        first = floating(_prepared(lambda x, _: x, values, start)[1][0])
        field = problem
    found = solve_ivp(
        lambda _, x: field(x), (moments[0], moments[-1]), first, "DOP853", t_eval=moments, rtol=1e-11, atol=1e-13,
        events=_escaped,
    )  # fmt: skip
    if not found.success or found.y.shape[1] != len(moments):
        raise Unusable(f"the flow cannot be followed up to the time {moments[-1]}: {found.message}")
    return found.y.T


def _escaped(_: float, point: Any) -> float:
    """Changes its sign where the flow is so far away that it will hardly come back."""
    return float(np.max(np.abs(point))) - 1e6


_escaped.terminal = True  # type: ignore[attr-defined]
