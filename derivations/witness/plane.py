"""Where to look at a loss of two parameters: grids, windows, and where the flow comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derivations.problems.questions import Problem
from derivations.witness.arithmetic import floating
from derivations.witness.update import gradient_of, point_of

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
