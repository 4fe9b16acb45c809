"""Where to look at a loss of two parameters: grids, windows, and where the flow comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.problems.questions import Problem
from derivations.witness.arithmetic import floating
from derivations.witness.update import gradient_of, point_of, step_of

Window = list[tuple[float, float]]


def window(points: Any, margin: float = 0.14) -> Window:
    """The smallest box around the points (one per row), wider on each side by a share of its longest side."""
    low, high = points.min(axis=0), points.max(axis=0)
    pad = margin * (high - low).max()
    return [(float(a - pad), float(b + pad)) for a, b in zip(low, high, strict=True)]


def grid(names: tuple[str, ...], box: Window, size: int = 201) -> dict[str, Any]:
    """Values of the two coordinates at size*size points of the box, as arrays by name."""
    return dict(zip(names, np.meshgrid(*(np.linspace(*span, size) for span in box)), strict=True))


def centre(problem: Problem, values: Mapping[str, Any]) -> Any:
    """The point at which the loss is studied (0 if there is none), in floats."""
    return np.array([float(floating(entry)) for entry in point_of(problem, values)])


def arriving(problem: Problem, values: Mapping[str, Any], centre: Any, radius: float) -> list[Any]:
    """Points of a circle in the plane at which gradient flow enters it, away from where it only grazes.

    Those among 24 equally spaced points at which the angle between -∇L and the inward normal is less than 70 degrees;
    every second one of them where they are many.
    """
    angles = np.pi * (np.arange(24) + 0.5) / 12
    outward = np.stack([np.cos(angles), np.sin(angles)])
    slopes = floating(gradient_of(problem, values)(centre[:, None] + radius * outward))
    entering = (slopes * outward).sum(axis=0) > 0.35 * np.hypot(*slopes)
    found = [centre + radius * direction for direction in outward.T[entering]]
    return found[::2] if len(found) > 8 else found


def radii(problem: Problem, values: Mapping[str, Any]) -> Any:
    """The spectral radius of an affine update for many values at once: constants may be arrays of one and the same shape.

    The columns of its matrix are what it makes of unit states, less what it makes of zero.
    """
    shape = np.broadcast_shapes(*(np.shape(value) for value in values.values()))
    runs = {name: np.broadcast_to(np.asarray(value, dtype=float), shape).ravel() for name, value in values.items()}
    count, size = len(problem.optimizer.state), len(problem.loss.parameters)
    total = next(iter(runs.values())).size if runs else 1
    step = step_of(problem, runs)

    def image(place: int | None) -> Any:
        state = np.zeros((count, size, total))
        if place is not None:
            state[place // size, place % size] = 1.0
        after = step(tuple(state), None)
        return np.concatenate([np.broadcast_to(floating(part), (size, total)) for part in after])

    rest = image(None)
    columns = np.stack([image(place) - rest for place in range(count * size)])  # column, row, run
    return np.abs(np.linalg.eigvals(np.transpose(columns, (2, 1, 0)))).max(axis=1).reshape(shape)
