"""The region of stability in the plane of two quantities: shaded from the certificate's formula, points checked by iteration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import Term, conj, free_symbols, substitute, symbol
from derivations.rendering.drawing import (
    BLUE,
    RED,
    mathtext,
    new_figure,
    setting,
    style_for,
)
from derivations.rendering.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TRIED = tuple(Fraction(k, 10) for k in (0, 1, -1, 5, -5, 9, -9, 10, 15, 20, 30))
_FARTHEST = 100  # borders farther out than this do not widen the window
_OFTEN = 5
_ROWS, _COLUMNS = 9, 12
_STEPS = 300


def stability(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The region in two hyperparameters (one and the curvature, if there is one), with points at which it was iterated."""
    problem, derivation = witness.concrete(problem), certificate.derivation
    claim, style = witness.claimed_field(derivation, "region"), style_for(certificate, notation)
    names, values = _axes(claim, problem, witness.assumptions(derivation))
    known = {name: Term("Number", (value,)) for name, value in values.items()}
    given = conj(*(substitute(one, known) for one in witness.assumptions(derivation) if witness.evaluable(one, [*names, *values])))
    region = conj(given, substitute(claim, known))
    window = _window(region, names)
    figure = new_figure(4.9, 3.6)
    axes = figure.subplots()
    grid = witness.grid(names, window, 601)
    inside = np.broadcast_to(np.asarray(witness.evaluate(region, grid), dtype=float), grid[names[0]].shape)
    axes.contourf(*grid.values(), inside, levels=[0.5, 1.5], colors=[BLUE], alpha=0.22)
    axes.contour(*grid.values(), inside, levels=[0.5], colors=[BLUE], linewidths=1.0)
    shrinks, grows = _iterated(problem, names, window, values, given)
    axes.plot(*shrinks, "o", color=BLUE, markersize=3.6, label=f"the iteration converges ({shrinks.shape[1]} points)")
    axes.plot(*grows, "x", color=RED, markersize=4.2, markeredgewidth=1.1, label=f"it does not ({grows.shape[1]} points)")
    axes.set(xlim=window[0], ylim=window[1], xlabel=mathtext(symbol(names[0]), style))
    axes.set_ylabel(mathtext(symbol(names[1]), style))
    said = {name: values[name] for name in free_symbols(claim) & set(values)}
    axes.fill([], [], color=BLUE, alpha=0.22, label=_claim(said, style))
    figure.legend(loc="outside upper center", ncols=1, handlelength=1.4)
    return figure


def _claim(values: Mapping[str, Any], style: Style) -> str:
    given = ", ".join(setting(name, value, style) for name, value in sorted(values.items()))
    return "proved to be stable" + (f", {given}" if given else "")


def _axes(region: Term, problem: witness.Problem, assuming: list[Term]) -> tuple[tuple[str, str], dict[str, Any]]:
    """The two names that are drawn, hyperparameters first, and plain values for the others. Raises Unusable for fewer."""
    free = free_symbols(region)
    first = [name for name in problem.optimizer.hyperparameters if name in free]
    names = [*first, *sorted(free - set(first))][:2]
    if len(names) < 2:
        hint = "leave a second hyperparameter, or the curvature, without a value"
        raise Unusable("a region is drawn in two quantities; this one depends on fewer", hint=hint)
    others = {*problem.loss.constants, *problem.optimizer.hyperparameters, *free} - set(names)
    return (names[0], names[1]), dict(_others(others, names, region, assuming))


def _others(others: set[str], names: list[str], region: Term, assuming: list[Term]) -> Mapping[str, Any]:
    """Values for what is not drawn: 1, or 1/2 where the assumptions do not allow that, such that some of the region is seen."""
    for value in (Fraction(1), Fraction(1, 2), Fraction(9, 10)):
        values = {name: value if name != "lam" else Fraction(1) for name in others}
        claims = [claim for claim in assuming if witness.evaluable(claim, others)]
        tried = [{names[0]: one, names[1]: two, **values} for one in _TRIED for two in _TRIED]
        if all(witness.holds(claim, values) for claim in claims) and any(witness.holds(region, here) for here in tried):
            return values
    return witness.usual_values(others, assuming)


def _window(region: Term, names: tuple[str, str]) -> witness.Window:
    """Where the borders of the region are, for each axis, with a margin.

    Borders that are the same on many lines are always seen; others only up to three times as far out as most of them.
    """
    found: dict[str, Counter[Any]] = {names[0]: Counter(), names[1]: Counter()}
    for name, other in (names, names[::-1], names):
        for value in sorted({*_TRIED, *(end for end in found[other] if abs(end) <= 4)}):
            held = witness.pieces({"region": region}, name, {other: value})
            ends = {end for piece in held for end in (piece.low, piece.high) if end is not None}
            found[name].update(end for end in ends if abs(end) <= _FARTHEST)
    return [_span(found[name]) for name in names]


def _span(ends: Counter[Any]) -> tuple[float, float]:
    """From the first to the last of the ends, with a margin. Raises Undecided if there is none."""
    if not ends:
        raise Undecided("the region has no border that could be found")
    sizes = sorted(abs(end) for end in ends if end) or [Fraction(1)]
    seen = [float(end) for end, count in ends.items() if count >= _OFTEN or abs(end) <= 3 * sizes[len(sizes) // 2]]
    low, high = min(seen), max(seen)
    margin = 0.15 * (high - low) or 1.0
    return low - margin, high + margin


def _iterated(
    problem: witness.Problem, names: tuple[str, str], window: witness.Window, values: Mapping[str, Any], given: Term
) -> tuple[Any, Any]:
    """Points of a grid that the theorem is about, by whether the error dies out; where its size hardly changes nothing is said."""
    shrinks: list[tuple[float, float]] = []
    grows: list[tuple[float, float]] = []
    spans = [np.linspace(low, high, 2 * size + 1)[1::2] for (low, high), size in zip(window, (_COLUMNS, _ROWS), strict=True)]
    for x in spans[0]:
        for y in spans[1]:
            if not witness.holds(given, {names[0]: float(x), names[1]: float(y)}):
                continue
            size = _late_size(problem, {**values, names[0]: float(x), names[1]: float(y)})
            if size is not None and not 1e-4 < size < 1e2:
                (shrinks if size < 1 else grows).append((x, y))
    return np.array(shrinks).reshape(-1, 2).T, np.array(grows).reshape(-1, 2).T


def _late_size(problem: witness.Problem, values: Mapping[str, Any]) -> float | None:
    """The largest error of the last steps, starting from errors of size 1; None where there is no single fixed point."""
    here = {**dict.fromkeys(problem.loss.constants, 1.0), **values}
    try:
        errors = witness.linear_path(problem, here, _STEPS, [1.0] * len(problem.loss.parameters))
    except (witness.Undefined, ZeroDivisionError, np.linalg.LinAlgError):
        return None
    late = np.abs(np.asarray(errors[-8:], dtype=float))
    return float(late.max()) if np.all(np.isfinite(late)) else np.inf
