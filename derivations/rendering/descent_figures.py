"""Pictures of descent in valleys: paths for several learning rates and condition numbers, multipliers, and momentum.

What is claimed comes from the certificate; paths, distances and sizes of roots come from ``witness``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.terms import Term, add, mul, neg, number, substitute, symbol
from derivations.rendering.drawing import (
    BLUE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    RED,
    contours,
    mathtext,
    new_figure,
    rate_of,
    setting,
    style_for,
)
from derivations.rendering.style import Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHARES = ((0.45, BLUE), (0.9, ORANGE), (1.03, RED))
_AROUND = ((0.6, BLUE), (0.95, GREEN), (1.0, GREY), (1.03, ORANGE), (1.1, RED))


def paths(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Paths for several learning rates and condition numbers, and distances beside the end of the safe range."""
    rate, style = rate_of(problem), style_for(certificate, notation, "e", "kappa")
    bound, kappa = (float(witness.evaluate(witness.claimed_field(certificate.derivation, key), {}))
                    for key in ("bound", "condition_number"))  # fmt: skip
    several = len(problem.loss.parameters) == 2 and kappa > 1
    figure = new_figure(6.3, 6.6 if several else 2.9)
    if several:
        kappas = [max(kappa / 2, (1 + kappa) / 2), kappa, 4 * kappa]
        valleys = [_stretched(problem, kappa / one) for one in kappas]
        drawn = [[_path(valley, {rate: share * bound}) for share, _ in _SHARES] for valley in valleys]
        box = witness.window(np.concatenate([path for row in drawn for path in row[:2]]))
        figure.set_figheight(2.6 + 3 * min(0.5 + 1.75 * (box[1][1] - box[1][0]) / (box[0][1] - box[0][0]), 2.0))
        grid = figure.subplot_mosaic("abc\ndef\nghi\nzzz", height_ratios=[1, 1, 1, 1.3])
        for row, one, valley, found in zip(("abc", "def", "ghi"), kappas, valleys, drawn, strict=True):
            titles = [setting(rate, share * bound, style) for share, _ in _SHARES]
            _row([grid[place] for place in row], valley, found, box, titles)
            label = f"{mathtext(symbol(problem.loss.parameters[1]), style)}     {setting('kappa', one, style)}"
            grid[row[0]].set_ylabel(label)
        for place in "ghi":
            grid[place].set_xlabel(mathtext(symbol(problem.loss.parameters[0]), style))
    axes = grid["z"] if several else figure.subplots()
    _distances(axes, problem, rate, bound, style)
    return figure


def _begin(problem: witness.Problem) -> Any:
    """A start off both eigen-directions, farther away in the flat one."""
    sizes, vectors = witness.curvatures(problem, {})
    return witness.centre(problem, {}) + vectors @ np.array([2.0, *([0.7] * (len(sizes) - 1))])


def _path(problem: witness.Problem, values: Mapping[str, Any]) -> Any:
    return witness.path(problem, values, 14, list(_begin(problem)))


def _row(panels: list[Any], problem: witness.Problem, paths: list[Any], box: witness.Window, titles: list[str]) -> None:
    """One path for each share of the safe range."""
    names, body = problem.loss.parameters, problem.loss.body
    assert body is not None
    for axes, path, title, (_, colour) in zip(panels, paths, titles, _SHARES, strict=True):
        contours(axes, body, names, box)
        axes.plot(*path.T, "-o", color=colour, markersize=2.6, linewidth=0.9)
        axes.plot(*path[0], "o", color=INK, markersize=3.5)
        axes.plot(*witness.centre(problem, {}), "+", color=INK, markersize=7)
        axes.set(xlim=box[0], ylim=box[1], aspect="equal")
        axes.set_title(title, fontsize=10, loc="left", pad=3)


def _stretched(problem: witness.Problem, factor: float) -> witness.Problem:
    """The problem with its flat direction's curvature multiplied by a factor, the steep one's left as it is."""
    names, loss = problem.loss.parameters, problem.loss
    point, (_, vectors) = witness.centre(problem, {}), witness.curvatures(problem, {})
    change = (np.sqrt(factor) - 1) * np.outer(vectors[:, 0], vectors[:, 0])
    values: dict[str, Term] = {}
    for i, name in enumerate(names):
        moved = [mul(_number(change[i, j]), add(symbol(other), neg(_number(point[j])))) for j, other in enumerate(names)]
        values[name] = add(symbol(name), *moved)
    assert loss.body is not None
    return problem.with_loss(replace(loss, body=substitute(loss.body, values)))


def _number(value: Any) -> Term:
    return number(f"{float(value):.12f}")


def _distances(axes: Any, problem: witness.Problem, rate: str, bound: float, style: Style) -> None:
    """The size of the error after k steps for learning rates on both sides of the end of the safe range."""
    steps, start = 40, list(_begin(problem))
    for share, colour in _AROUND:
        errors = witness.errors(problem, {rate: share * bound}, steps, start)
        size = np.sqrt((np.asarray(errors, dtype=float) ** 2).sum(axis=1))
        label = setting(rate, share * bound, style)
        axes.semilogy(size / size[0], ".-", color=colour, linewidth=1.0, markersize=3, label=label)
    axes.axhline(1, color=FAINT, linewidth=0.8, zorder=0)
    axes.set(ylim=(1e-4, 1e3), xlim=(0, steps), xlabel=mathtext(symbol("t"), style), ylabel="distance from the minimum")
    end = setting(rate, bound, style)
    axes.legend(title=f"the safe range ends at {end}", title_fontsize=9.5, alignment="left", loc="upper left",
                ncols=2, fontsize=9)  # fmt: skip


def multipliers(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The multiplier of each direction against the learning rate: where it oscillates, is the slower one, and diverges."""
    rate, style = rate_of(problem), style_for(certificate, notation)
    derivation = certificate.derivation
    ratios = [witness.claimed(derivation, one) for one in derivation.answer["multipliers"]]
    table = witness.claimed_regimes(derivation)
    cut = witness.pieces(table, rate, {})
    ends = sorted({float(end) for piece in cut for end in (piece.low, piece.high) if end is not None})
    last = ends[-1]
    eta = np.linspace(ends[0], 1.25 * last, 200)
    figure = new_figure(6.3, 3.7)
    axes = figure.subplots()
    sizes, vectors = witness.curvatures(problem, {})
    for ratio, size, vector, colour in zip(ratios, sizes[::-1], vectors.T[::-1], (RED, BLUE), strict=True):
        axes.plot(eta, witness.evaluate(ratio, {rate: eta}) + 0 * eta, color=colour, label=_curvature(size, style))
        tried = np.linspace(ends[0], 1.2 * last, 13)[1:]
        after = [witness.linear_path(problem, {rate: at}, 1, list(vector))[1] for at in tried]
        found = [float(np.asarray(one, dtype=float) @ vector) for one in after]
        axes.plot(tried, found, "o", color=colour, markersize=3.4)
        zero = witness.boundaries(Term("Lt", (ratio, number(0))), rate, {})
        for at in zero:
            axes.plot(float(at), 0, "D", color=colour, markersize=6, zorder=3)
            axes.annotate("oscillates\nfrom here on", (float(at), 0), (4, 7), textcoords="offset points", fontsize=9, color=colour)
    for level in (-1, 0, 1):
        axes.axhline(level, color=FAINT, linewidth=0.8, zorder=0)
    for piece, colour in zip([one for one in cut if not one.is_point and one.name], (BLUE, RED), strict=False):
        low, high = float(piece.low), float(piece.high)
        axes.axvspan(low, high, color=colour, alpha=0.10, linewidth=0)
        axes.text((low + high) / 2, -1.55, piece.name.replace("-", "\n"), ha="center", va="center", fontsize=9.5, color=colour)
    axes.axvline(last, color=INK, linestyle=":", linewidth=1.1)
    axes.text(last, -1.55, " diverges", va="center", fontsize=9.5)
    axes.set(ylim=(-1.8, 1.15), xlim=(eta[0], eta[-1]), xlabel=mathtext(symbol(rate), style), ylabel="multiplier of one step")
    figure.legend(loc="outside upper center", ncols=2, title="curves: proved; dots: iterated", title_fontsize=9.5)
    return figure


def _curvature(size: Any, style: Style) -> str:
    return f"curvature ${float(size):.3g}$"


def momentum(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Where a memory speeds the method up, where it slows it down, and where it makes it diverge."""
    free, given = witness.freed(witness.concrete(problem))
    if len(free.optimizer.state) != 2 or len(free.optimizer.hyperparameters) != 2:
        raise Unusable("this figure shows a method with one memory and two hyperparameters")
    rate, memory = free.optimizer.hyperparameters
    style = style_for(certificate, notation, rate, memory)
    others = witness.usual_values(set(free.loss.constants), [])
    size = float(witness.curvatures(free, others)[0][-1])
    if size <= 0:
        raise Unusable("this figure needs a minimum")
    eta, beta = np.meshgrid(np.linspace(0, 4 / size, 322)[1:], np.linspace(0, 1, 242)[:-1])
    radius = witness.radii(free, {**others, rate: eta, memory: beta})
    plain = witness.radii(free, {**others, rate: eta, memory: 0 * beta})
    figure = new_figure(6.3, 3.6)
    axes = figure.subplots()
    settled = np.ma.masked_where(radius >= 1, radius - plain)
    axes.contourf(eta, beta, settled, levels=[-2, 0, 2], colors=[BLUE, ORANGE], alpha=0.28)
    axes.contourf(eta, beta, radius, levels=[1, np.inf], colors=[RED], alpha=0.28)
    lines = axes.contour(eta, beta, radius, levels=[0.3, 0.5, 0.7, 0.9, 1.0], colors=INK, linewidths=0.7)
    axes.clabel(lines, fmt="%.1f", fontsize=8.5)
    for colour, words in ((BLUE, "faster than without momentum"), (ORANGE, "slower"), (RED, "does not converge")):
        axes.fill([], [], color=colour, alpha=0.28, label=words)
    if {rate, memory} <= set(given):
        axes.plot(given[rate], given[memory], "o", color=INK, markersize=6, zorder=4, clip_on=False)
    best = int(np.argmin(plain[0]))
    if plain[0, best] < 0.01:
        words = "a single step is enough without momentum"
        axes.axvline(eta[0, best], color=INK, linestyle=":", linewidth=1.1, label=words)
    axes.set(xlim=(0, 4 / size), ylim=(0, 1), xlabel=mathtext(symbol(rate), style))
    axes.set_ylabel(mathtext(symbol(memory), style))
    words = f"lines: size of the largest root, at curvature ${size:.3g}$"
    figure.legend(loc="outside upper center", ncols=2, title=words, title_fontsize=9.5)
    return figure
