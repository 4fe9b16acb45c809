"""Moments of the noisy iteration by simulation, each with a confidence interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from derivations.language.errors import Undecided
from derivations.problems.questions import Problem
from derivations.witness.arithmetic import floating
from derivations.witness.iterate import iterates, noise_of
from derivations.witness.regimes import contraction
from derivations.witness.update import fixed_point, step_of

_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A simulated mean with its interval at the ``confidence`` asked for; matrices for several parameters."""

    mean: Any
    low: Any
    high: Any
    runs: int
    steps: int
    confidence: float

    def contains(self, value: Any) -> bool:
        """Whether every entry of the value lies inside its interval."""
        return bool(np.all((np.asarray(self.low) <= value) & (value <= np.asarray(self.high))))


def second_moment(
    problem: Problem,
    values: Mapping[str, Any],
    *,
    runs: int = 4000,
    steps: int | None = None,
    seed: int = 0,
    law: str = "normal",
    window: int = 1,
    confidence: float = 0.999,
) -> Estimate:
    """E e_T² (the matrix E e_T e_T' for several parameters), e_t = θ_t - θ* being started at 0.

    The mean over independent ``runs``, each averaged over its last ``window`` steps; the interval is that of the
    central limit theorem over the runs, which are independent whatever the window. Without ``steps`` enough are made
    for the start to be forgotten to one part in 10^8. Raises Undecided if the linearised iteration does not contract.
    """
    point = tuple(floating(part) for part in fixed_point(problem, values))
    if steps is None:
        steps = _enough_steps(problem, values) + window
    step, noise = step_of(problem, values), noise_of(problem, values, law)
    state = tuple(np.repeat(part[:, None], runs, axis=1) for part in point)
    size = len(point[0])
    total = np.zeros((size, size, runs))
    for index, now in enumerate(iterates(step, state, steps, noise, np.random.default_rng(seed))):
        if index > steps - window:
            error = now[0] - point[0][:, None]
            total += error[:, None, :] * error[None, :, :]
    return _estimate(total / window, steps, confidence)


def _enough_steps(problem: Problem, values: Mapping[str, Any]) -> int:
    rate = contraction(problem, values)
    steps = 1 if rate == 0 else math.ceil(math.log(1e-4) / math.log(rate)) if rate < 1 else _LONGEST + 1
    if steps > _LONGEST:
        raise Undecided(f"the iteration forgets its start too slowly to be simulated, or never: factor {rate:.6g}")
    return max(steps, 1)


def _estimate(samples: Any, steps: int, confidence: float) -> Estimate:
    """From one matrix per run (the last axis)."""
    runs = samples.shape[-1]
    mean = samples.mean(axis=-1)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * samples.std(axis=-1, ddof=1) / math.sqrt(runs)
    half = np.maximum(half, 1e-12 * np.abs(mean))  # rounding, where the noise leaves nothing to chance
    if mean.shape == (1, 1):
        middle, width = float(mean[0, 0]), float(half[0, 0])
        return Estimate(middle, middle - width, middle + width, runs, steps, confidence)
    return Estimate(mean, mean - half, mean + half, runs, steps, confidence)
