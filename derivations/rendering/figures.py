"""Figures: what a certificate says, drawn beside what the iteration does.

Every formula drawn is a term of the certificate's conclusion, evaluated; every path and every simulated point comes
from ``witness``. Nothing is derived here, and no formula is typed in.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import ZERO, Term, apply, div, eq, expect, free_symbols, mul, power, sub, symbol
from derivations.rendering.descent_figures import momentum, multipliers, paths
from derivations.rendering.drawing import (
    BLUE,
    COLOURS,
    FAINT,
    INK,
    ORANGE,
    RED,
    Values,
    contours,
    fields,
    mathtext,
    new_figure,
    on_one_line,
    plain_values,
    rate_of,
    setting,
    settings,
    style_for,
    styled,
)
from derivations.rendering.spectrum_figure import spectrum
from derivations.rendering.stability_figure import stability
from derivations.rendering.style import Style, style_of_terms

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_UNSAID = {"svg": ("Date", "Creator"), "pdf": ("CreationDate", "Creator", "Producer"), "png": ("Software",)}


# --- making and saving --------------------------------------------------------------------------------------------


def available() -> dict[str, str]:
    """What can be drawn: a question or a result's id, and what its figure shows."""
    return {name: (maker.__doc__ or "").splitlines()[0] for name, maker in _MAKERS.items()}


def figure_for(name: str, certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The figure for a question or a result's id. Raises Unusable where there is none, or none for this problem."""
    maker = _MAKERS.get(certificate.id) or _MAKERS.get(name)
    if maker is None:
        raise Unusable(f"there is no figure for {name!r}", name, (0, len(name)), f"there are {', '.join(_MAKERS)}")
    try:
        with styled():
            figure: Figure = maker(certificate, problem, notation)
    except (Undecided, witness.NotNumeric, witness.Undefined) as error:
        raise Unusable(f"this cannot be drawn: {error}") from error
    return figure


def rendered(figure: Figure, form: str) -> bytes:
    """The figure as the bytes of an "svg", "pdf" or "png" file, the same ones each time. Raises Unusable."""
    if form not in _UNSAID:
        raise Unusable(f"a figure cannot be written as {form!r}", form, (0, len(form)), "there are .svg, .pdf and .png")
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format=form, metadata=dict.fromkeys(_UNSAID[form]), dpi=200)
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> None:
    """Write the figure; the suffix says as what. Raises Unusable for another suffix than .svg, .pdf and .png."""
    content = rendered(figure, Path(path).suffix.lower().lstrip("."))
    Path(path).write_bytes(content)


# --- the figures --------------------------------------------------------------------------------------------------


def regimes(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """One path for a learning rate of each regime, and the regimes along the axis of learning rates."""
    problem, rate, style = witness.concrete(problem), rate_of(problem), style_for(certificate, notation, "e")
    table = witness.claimed_regimes(certificate.derivation)
    if len(problem.loss.parameters) != 1 or not table:
        raise Unusable("this figure shows the regimes of a loss of one parameter")
    values = plain_values(certificate, problem, *table.values())
    cut = witness.pieces(table, rate, values)
    ends = [piece.low for piece in cut if piece.is_point]
    if len(ends) < 2:
        raise Unusable("the regimes do not depend on the learning rate in a way that can be drawn on an axis")
    chosen = {piece.name: witness.inside(piece, (ends[-1] - ends[0]) / 20) for piece in cut}
    point = None
    if witness.is_affine(problem, {**values, rate: chosen["monotone"]}):
        point = float(witness.fixed_point(problem, {**values, rate: chosen["monotone"]})[0][0])
    words = mathtext(apply("e" if point is None else problem.loss.parameters[0], symbol("t")), style)
    figure = new_figure(6.3, 4.4)
    grid = figure.subplot_mosaic("abc\ndef\nzzz", height_ratios=[1, 1, 0.62])
    for place, name in zip("abcdef", sorted(chosen, key=lambda name: chosen[name]), strict=False):
        _path_panel(grid[place], problem, {**values, rate: chosen[name]}, name, point, style)
        grid[place].tick_params(labelbottom=place in "def", labelleft=place in "ad")
        grid[place].set_xlabel(mathtext(symbol("t"), style) if place in "def" else "", labelpad=1)
        grid[place].set_ylabel(words if place in "ad" else "")
    _strip(grid["z"], cut, chosen, _endpoint_labels(table, rate, values, style))
    grid["z"].set_xlabel(mathtext(symbol(rate), style), loc="right", labelpad=-9)
    return figure


def _path_panel(
    axes: Any, problem: witness.Problem, values: Values, name: str, point: float | None, style: Style
) -> None:
    """θ_0, θ_1, … for one learning rate; where no ``point`` is given, e_0, e_1, … of the linearised iteration."""
    parameter, steps = problem.loss.parameters[0], 8
    sequence, at, base = ("e", None, 0.0) if point is None else (parameter, problem.loss.at.get(parameter), point)
    path = witness.errors(problem, values, steps) if point is None else witness.path(problem, values, steps, [base + 1])
    axes.axhline(base, color=FAINT, linewidth=0.8, zorder=0)
    axes.plot(path[:, 0].astype(float), "o-", color=COLOURS.get(name, INK), markersize=3.6, linewidth=1.0)
    axes.set(ylim=(base - 2.3, base + 2.3), xlim=(-0.4, steps + 0.4), xticks=range(0, steps + 1, 2))
    named = at is not None and float(witness.evaluate(at, values)) == base
    here = "$0$" if point is None else mathtext(at, style) if named and at is not None else "fixed point"
    axes.set_yticks([base, base + 1], [here, mathtext(apply(sequence, ZERO), style)])
    axes.set_title(name.replace("-", " "), fontsize=10, loc="left", pad=3)


def _endpoint_labels(table: Mapping[str, Term], rate: str, values: Values, style: Style) -> dict[float, str]:
    """For each point of the axis that is a region by itself, the term that the certificate gives for it."""
    points = [region for region in table.values() if region.head == "Eq" and region.args[0] == symbol(rate)]
    return {float(witness.evaluate(point.args[1], values)): on_one_line(point.args[1], style) for point in points}


def _strip(axes: Any, cut: list[witness.Piece], chosen: Mapping[str, Any], labels: Mapping[float, str]) -> None:
    """The axis of learning rates: a bar is an interval, a dot a regime at a single point, a triangle a path above."""
    ends = [float(piece.low) for piece in cut if piece.is_point]
    margin = 0.34 * (ends[-1] - ends[0])
    low, high = ends[0] - margin, ends[-1] + margin
    for piece in cut:
        colour, words = COLOURS.get(piece.name, INK), piece.name.replace("-", " ")
        if piece.is_point:
            at = float(piece.low)
            axes.plot(at, 0, "o", color=colour, markersize=9, markeredgecolor="white", markeredgewidth=1.2, zorder=3)
            axes.text(at, 0.65, words, ha="center", va="bottom")
            continue
        left = low if piece.low is None else float(piece.low)
        right = high if piece.high is None else float(piece.high)
        axes.barh(0, right - left, 0.8, left, color=colour, linewidth=0, zorder=1)
        ink = INK if colour == ORANGE else "white"
        axes.text((left + right) / 2, -0.02, words, color=ink, ha="center", va="center", zorder=2)
        if left < chosen[piece.name] < right:
            axes.plot(float(chosen[piece.name]), -0.62, "^", color=colour, markersize=5, clip_on=False)
    axes.set(xlim=(low, high), ylim=(-0.85, 1.3), yticks=[])
    axes.set_xticks(ends, [labels.get(end, f"${end:g}$") for end in ends])
    axes.spines["left"].set_visible(False)


def zigzag(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Contour lines of a loss of two parameters, with paths without overshoot, zigzagging, and too fast."""
    rate = rate_of(problem)
    problem = witness.valley(problem, ("x", "y") if notation == "notes" else ("theta_1", "theta_2"))
    names, body = problem.loss.parameters, problem.loss.body
    calm, stable = fields(certificate, "text", "convergent")
    spectrum, vectors = witness.curvatures(problem, {})
    values = {"mu": float(spectrum[0]), "L_max": float(spectrum[-1])}
    ends = [max(map(float, witness.boundaries(region, rate, values)), default=0.0) for region in (calm, stable)]
    if body is None or problem.loss.constants or not 0 < ends[0] < ends[1]:
        raise Unusable("this figure shows a loss of two parameters, without further constants, at a minimum")
    rates = [0.7 * ends[0], 0.1 * ends[0] + 0.9 * ends[1], 1.03 * ends[1]]
    point = witness.centre(problem, {})
    start = point + vectors @ np.array([2.0, 0.5])
    paths = [witness.path(problem, {rate: eta}, 12, list(start)) for eta in rates]
    style = style_of_terms([symbol(rate), *map(symbol, names)], notation)
    window = witness.window(np.concatenate([*paths, point[None]]))
    (left, right), (low, high) = window
    figure = new_figure(6.3, min(0.85 + 1.7 * (high - low) / (right - left), 4.0))
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, eta, path, colour in zip(panels, rates, paths, (BLUE, ORANGE, RED), strict=True):
        contours(axes, body, names, window)
        axes.plot(*path.T, "-o", color=colour, markersize=3, linewidth=1.0)
        axes.plot(*start, "o", color=INK, markersize=4)
        axes.plot(*point, "+", color=INK, markersize=7)
        axes.set(xlim=window[0], ylim=window[1], aspect="equal", xlabel=mathtext(symbol(names[0]), style))
        axes.set_title(setting(rate, eta, style), fontsize=10, loc="left", pad=4)
    panels[0].set_ylabel(mathtext(symbol(names[1]), style))
    return figure


def hyperbolas(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Gradient flow along the curves on which the conserved quantity is constant, gradient descent beside them."""
    quantities = fields(certificate, "quantities")[0].args
    names, rate, eta = problem.loss.parameters, rate_of(problem), 0.2
    if len(names) != 2 or problem.loss.body is None or not quantities:
        raise Unusable("this figure shows a conserved quantity of two parameters")
    conserved, style = quantities[0], style_for(certificate, notation, rate)
    values = witness.usual_values(problem.loss.constants, witness.assumptions(certificate.derivation))
    centre = witness.centre(problem, values)
    window = [(float(c - 1.6), float(c + 1.6)) for c in centre]
    starts = witness.arriving(problem, values, centre, 1.45)
    figure = new_figure(4.6, 4.1)
    axes = figure.subplots()
    grid = witness.grid(names, window)
    level = [float(witness.evaluate(conserved, {**values, **dict(zip(names, start, strict=True))})) for start in starts]
    levels = sorted({round(value, 9) for value in level})
    height = witness.evaluate(conserved, {**values, **grid})
    axes.contour(*grid.values(), height, levels=levels, colors=FAINT, linewidths=2.6, linestyles="solid")
    dots: dict[str, Any] = {"color": ORANGE, "markersize": 3.4, "linewidth": 0.8}
    for start in starts:
        _flow_line(axes, witness.flow_within(problem, values, list(start), 4.0), window)
        path = witness.path(problem, {**values, rate: eta}, 12, list(start))
        axes.plot(*path.T, "o:", **dots, zorder=3)
    axes.plot([], [], color=BLUE, linewidth=1.1, label="gradient flow")
    axes.plot([], [], "o:", **dots, label=f"gradient descent, {setting(rate, eta, style)}")
    axes.plot([], [], color=FAINT, linewidth=2.6, label=f"{mathtext(conserved, style)} constant")
    axes.set(xlim=window[0], ylim=window[1], aspect="equal")
    axes.set(xlabel=mathtext(symbol(names[0]), style), ylabel=mathtext(symbol(names[1]), style))
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1.2, handlelength=1.6)
    return figure


def _flow_line(axes: Any, line: Any, window: witness.Window) -> None:
    """The flow's path, with an arrow on it where it is inside the window and long enough."""
    axes.plot(*line.T, color=BLUE, linewidth=1.1, zorder=2)
    seen = line[np.all([(low < line[:, i]) & (line[:, i] < high) for i, (low, high) in enumerate(window)], axis=0)]
    length = np.cumsum(np.hypot(*np.diff(seen, axis=0).T))
    if len(length) < 10 or length[-1] < 0.3:
        return
    middle = int(np.searchsorted(length, length[-1] * 0.3))
    arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 0, "mutation_scale": 10, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=seen[middle + 2], xytext=seen[middle], arrowprops=arrow, zorder=4)


def variance(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The stationary variance against the learning rate: exact, to leading order, and simulated."""
    problem, rate, style = witness.concrete(problem), rate_of(problem), style_for(certificate, notation)
    exact, leading, exists = fields(certificate, "exact", "leading", "exists_iff")
    values = plain_values(certificate, problem, exact, leading, exists)
    edge = max(map(float, witness.boundaries(exists, rate, values)), default=0.0)
    if edge <= 0:
        raise Unusable("there is no stationary variance for positive learning rates")
    figure = new_figure(5.2, 3.3)
    axes = figure.subplots()
    eta = np.linspace(0, edge, 400)[1:-1]
    for term, label, line, colour in ((exact, "exact", "-", BLUE), (leading, "leading order", "--", ORANGE)):
        height = witness.evaluate(term, {**values, rate: eta})
        axes.plot(eta, height, line, color=colour, label=f"{label}: {mathtext(term, style).replace('frac', 'dfrac')}")
    sampled = edge * np.array([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9])
    found = [witness.second_moment(problem, {**values, rate: at}, runs=1000, window=40, seed=1) for at in sampled]
    bars = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
    axes.errorbar(sampled, [one.mean for one in found], bars, fmt="o", color=INK, markersize=3, capsize=2.5,
                  linewidth=0.9, zorder=3, label=r"simulated, with $99.9\,\%$ intervals")  # fmt: skip
    axes.axvline(edge, color=RED, linestyle=":", linewidth=1.2, label="no stationary value from here on")
    top = float(witness.evaluate(exact, {**values, rate: 0.92 * edge}))
    axes.set(xlim=(0, 1.06 * edge), ylim=(0, top), xlabel=mathtext(symbol(rate), style))
    moment = expect(power(witness.meaning_of_error(certificate.derivation), 2))
    axes.set_ylabel(f"{mathtext(moment, style)}  for large {mathtext(symbol('t'), style)}")
    given = settings(values, free_symbols(exact) | free_symbols(leading), style)
    axes.legend(loc="upper left", title=given, title_fontsize=9.5, alignment="left", labelspacing=0.6)
    return figure


def exponential(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The powers of the iteration for two learning rates, over elapsed time, beside the exponential they tend to."""
    problem, rate, style = witness.concrete(problem), rate_of(problem), style_for(certificate, notation, "e")
    limit, powers, valid = fields(certificate, "limit", "of", "valid_for")
    values = plain_values(certificate, problem, valid)
    largest = max(map(float, witness.boundaries(valid, rate, values)), default=0.0)
    if largest <= 0:
        raise Unusable("this figure needs learning rates for which the iteration converges without overshooting")
    figure = new_figure(5.2, 3.1)
    axes = figure.subplots()
    tau = np.linspace(0, 4 * largest, 300)[1:]
    axes.plot(tau, witness.evaluate(limit, {**values, "tau": tau}), color=INK, label=mathtext(limit, style), zorder=1)
    for share, colour, marker in ((0.2, BLUE, "o"), (0.6, ORANGE, "s")):
        eta, steps = share * largest, int(4 / share)
        errors = witness.errors(problem, {**values, rate: eta}, steps)[:, 0].astype(float)
        between = witness.evaluate(powers, {**values, "tau": tau, "n": tau / eta})
        axes.plot(tau, between, color=colour, linewidth=0.7)
        axes.plot(eta * np.arange(steps + 1), errors / errors[0], marker, color=colour, markersize=4, clip_on=False,
                  zorder=3, label=f"iterated, {setting(rate, eta, style)}")  # fmt: skip
    elapsed = eq(symbol("tau"), mul(symbol(rate), symbol("t")))
    axes.set(xlim=(0, tau[-1]), ylim=(0, 1.04), xlabel=mathtext(elapsed, style), ylabel=_relative_error(problem, style))
    axes.legend(title=settings(values, free_symbols(limit), style), title_fontsize=9.5, alignment="left")
    return figure


def _relative_error(problem: witness.Problem, style: Style) -> str:
    """(θ_t - θ*)/(θ_0 - θ*), or e_t/e_0 where the point has no name."""
    name = problem.loss.parameters[0]
    at = problem.loss.at.get(name)
    if at is None or at.head != "Symbol":
        return on_one_line(div(apply("e", symbol("t")), apply("e", ZERO)), style)
    now, first = (mathtext(sub(apply(name, time), at), style)[1:-1] for time in (symbol("t"), ZERO))
    return f"$({now})/({first})$"


_MAKERS: dict[str, Callable[[Certificate, Any, str], Any]] = {
    "heavy-ball.stability": stability, "stability": stability,
    "gd.conditioning": paths, "conditioning": paths, "gd.slower-direction": multipliers, "speed": multipliers,
    "heavy-ball.roots": momentum, "roots": momentum,
    "gd.regimes": regimes, "ranges": regimes,
    "gd.spectral-ranges": zigzag, "gd.regimes-several": zigzag, "spectral-ranges": zigzag,
    "flow.conserved": hyperbolas, "conserved": hyperbolas,
    "gd.exponential-law": exponential, "exponential": exponential,
    "spectrum.law": spectrum, "spectrum": spectrum,
    "sgd.stationary-variance": variance, "sgd.minibatch-variance": variance, "variance": variance,
}  # fmt: skip
