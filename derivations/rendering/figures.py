"""Figures: what a certificate says, drawn beside what the iteration does.

Every formula drawn is a term of the certificate's conclusion, evaluated; every path and every simulated point comes
from ``witness``. Nothing is derived here, and no formula is typed in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.notation import glyphs
from derivations.language.terms import ZERO, Term, apply, div, eq, expect, free_symbols, mul, power, sub, symbol
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of, style_of_terms

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = Mapping[str, Any]

# Okabe and Ito's colours, told apart by every kind of colour vision.
BLUE, GREEN, ORANGE, PURPLE, RED, GREY = "#0072B2", "#009E73", "#E69F00", "#CC79A7", "#D55E00", "#666666"
COLOURS = {
    "monotone": BLUE, "one-step": GREEN, "overshooting": ORANGE, "period-two": PURPLE, "divergent": RED,
    "constant": GREY,
}  # fmt: skip
_FAINT, _INK = "#BBBBBB", "#222222"
_STYLE: dict[str, Any] = {
    "font.family": "STIXGeneral", "mathtext.fontset": "stix", "font.size": 10, "axes.labelsize": 11,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "legend.fontsize": 9.5, "legend.frameon": False,
    "axes.linewidth": 0.6, "axes.edgecolor": _INK, "axes.labelcolor": _INK, "text.color": _INK, "xtick.color": _INK,
    "ytick.color": _INK, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "axes.spines.top": False,
    "axes.spines.right": False, "lines.linewidth": 1.4, "figure.facecolor": "white", "axes.facecolor": "white",
    "svg.hashsalt": "derivations", "svg.fonttype": "path", "pdf.fonttype": 42, "axes.unicode_minus": True,
}  # fmt: skip
_UNSAID = {"svg": ("Date", "Creator"), "pdf": ("CreationDate", "Creator", "Producer"), "png": ("Software",)}


# --- making and saving --------------------------------------------------------------------------------------------


@contextmanager
def _styled() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's configuration says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def available() -> dict[str, str]:
    """What can be drawn: a question or a result's id, and what its figure shows."""
    return {name: (maker.__doc__ or "").splitlines()[0] for name, maker in _MAKERS.items()}


def figure_for(name: str, certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The figure for a question or a result's id. Raises Unusable where there is none, or none for this problem."""
    maker = _MAKERS.get(certificate.id) or _MAKERS.get(name)
    if maker is None:
        raise Unusable(f"there is no figure for {name!r}", name, (0, len(name)), f"there are {', '.join(_MAKERS)}")
    try:
        with _styled():
            figure: Figure = maker(certificate, problem, notation)
    except (Undecided, witness.NotNumeric, witness.Undefined) as error:
        raise Unusable(f"this cannot be drawn: {error}") from error
    return figure


def rendered(figure: Figure, form: str) -> bytes:
    """The figure as the bytes of an "svg", "pdf" or "png" file, the same ones each time. Raises Unusable."""
    if form not in _UNSAID:
        raise Unusable(f"a figure cannot be written as {form!r}", form, (0, len(form)), "there are .svg, .pdf and .png")
    buffer = io.BytesIO()
    with _styled():
        figure.savefig(buffer, format=form, metadata=dict.fromkeys(_UNSAID[form]), dpi=200)
    return buffer.getvalue()


def save(figure: Figure, path: str | Path) -> None:
    """Write the figure; the suffix says as what. Raises Unusable for another suffix than .svg, .pdf and .png."""
    content = rendered(figure, Path(path).suffix.lower().lstrip("."))
    Path(path).write_bytes(content)


def _new(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


# --- reading the certificate --------------------------------------------------------------------------------------


def _fields(certificate: Certificate, *keys: str) -> list[Term]:
    return [witness.claimed_field(certificate.derivation, key) for key in keys]


def _rate(problem: witness.Problem) -> str:
    names = list(problem.optimizer.hyperparameters)
    if not names:
        raise Unusable("a figure needs a learning rate")
    return names[0]


def _values(certificate: Certificate, problem: witness.Problem, *terms: Term) -> Values:
    """Plain values for every constant but the learning rate."""
    names = {*problem.loss.constants, *problem.optimizer.hyperparameters}.union(*(free_symbols(t) for t in terms))
    return witness.usual_values(names - {_rate(problem)}, witness.assumptions(certificate.derivation))


def _math(term: Term, style: Style) -> str:
    """The term as matplotlib's mathtext."""
    return "$" + re.sub(r"\\[bB]igg?[lr]?(?![a-zA-Z])", "", latex(term, style)).replace(r"\tfrac", r"\frac") + "$"


def _short(term: Term, style: Style) -> str:
    """The same on one line: a quotient with a slash, as on the ticks of an axis."""
    if term.head != "Div":
        return _math(term, style)
    top, bottom = (_math(part, style).strip("$") for part in term.args)
    simple = term.args[1].head in ("Symbol", "Number", "Apply")
    return f"${top}/{bottom if simple else f'({bottom})'}$"


def _style(certificate: Certificate, notation: str, *names: str) -> Style:
    """The style of the certificate's page, with names that the figure needs beside its own."""
    style = style_of(certificate.derivation, notation)
    return replace(style, glyphs=glyphs({*style.glyphs, *names}, notation))


def _is(name: str, value: Any, style: Style) -> str:
    """η = 0.2, as one formula."""
    return f"${_math(symbol(name), style)[1:-1]} = {float(value):.3g}$"


def _given(values: Values, shown: frozenset[str], style: Style) -> str:
    """λ = 1, σ = 1: what was put in for the constants."""
    return ", ".join(_is(name, value, style) for name, value in values.items() if name in shown)


# --- the figures --------------------------------------------------------------------------------------------------


def regimes(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """One path for a learning rate of each regime, and the regimes along the axis of learning rates."""
    problem, rate, style = witness.concrete(problem), _rate(problem), _style(certificate, notation, "e")
    table = witness.claimed_regimes(certificate.derivation)
    if len(problem.loss.parameters) != 1 or not table:
        raise Unusable("this figure shows the regimes of a loss of one parameter")
    values = _values(certificate, problem, *table.values())
    cut = witness.pieces(table, rate, values)
    ends = [piece.low for piece in cut if piece.is_point]
    if len(ends) < 2:
        raise Unusable("the regimes do not depend on the learning rate in a way that can be drawn on an axis")
    chosen = {piece.name: witness.inside(piece, (ends[-1] - ends[0]) / 20) for piece in cut}
    point = None
    if witness.is_affine(problem, {**values, rate: chosen["monotone"]}):
        point = float(witness.fixed_point(problem, {**values, rate: chosen["monotone"]})[0][0])
    words = _math(apply("e" if point is None else problem.loss.parameters[0], symbol("t")), style)
    figure = _new(6.3, 4.4)
    grid = figure.subplot_mosaic("abc\ndef\nzzz", height_ratios=[1, 1, 0.62])
    for place, name in zip("abcdef", sorted(chosen, key=lambda name: chosen[name]), strict=False):
        _path_panel(grid[place], problem, {**values, rate: chosen[name]}, name, point, style)
        grid[place].tick_params(labelbottom=place in "def", labelleft=place in "ad")
        grid[place].set_xlabel(_math(symbol("t"), style) if place in "def" else "", labelpad=1)
        grid[place].set_ylabel(words if place in "ad" else "")
    _strip(grid["z"], cut, chosen, _endpoint_labels(table, rate, values, style))
    grid["z"].set_xlabel(_math(symbol(rate), style), loc="right", labelpad=-9)
    return figure


def _path_panel(
    axes: Any, problem: witness.Problem, values: Values, name: str, point: float | None, style: Style
) -> None:
    """θ_0, θ_1, … for one learning rate; where no ``point`` is given, e_0, e_1, … of the linearised iteration."""
    parameter, steps = problem.loss.parameters[0], 8
    sequence, at, base = ("e", None, 0.0) if point is None else (parameter, problem.loss.at.get(parameter), point)
    path = witness.errors(problem, values, steps) if point is None else witness.path(problem, values, steps, [base + 1])
    axes.axhline(base, color=_FAINT, linewidth=0.8, zorder=0)
    axes.plot(path[:, 0].astype(float), "o-", color=COLOURS.get(name, _INK), markersize=3.6, linewidth=1.0)
    axes.set(ylim=(base - 2.3, base + 2.3), xlim=(-0.4, steps + 0.4), xticks=range(0, steps + 1, 2))
    named = at is not None and float(witness.evaluate(at, values)) == base
    here = "$0$" if point is None else _math(at, style) if named and at is not None else "fixed point"
    axes.set_yticks([base, base + 1], [here, _math(apply(sequence, ZERO), style)])
    axes.set_title(name.replace("-", " "), fontsize=10, loc="left", pad=3)


def _endpoint_labels(table: Mapping[str, Term], rate: str, values: Values, style: Style) -> dict[float, str]:
    """For each point of the axis that is a region by itself, the term that the certificate gives for it."""
    points = [region for region in table.values() if region.head == "Eq" and region.args[0] == symbol(rate)]
    return {float(witness.evaluate(point.args[1], values)): _short(point.args[1], style) for point in points}


def _strip(axes: Any, cut: list[witness.Piece], chosen: Mapping[str, Any], labels: Mapping[float, str]) -> None:
    """The axis of learning rates: a bar is an interval, a dot a regime at a single point, a triangle a path above."""
    ends = [float(piece.low) for piece in cut if piece.is_point]
    margin = 0.34 * (ends[-1] - ends[0])
    low, high = ends[0] - margin, ends[-1] + margin
    for piece in cut:
        colour, words = COLOURS.get(piece.name, _INK), piece.name.replace("-", " ")
        if piece.is_point:
            at = float(piece.low)
            axes.plot(at, 0, "o", color=colour, markersize=9, markeredgecolor="white", markeredgewidth=1.2, zorder=3)
            axes.text(at, 0.65, words, ha="center", va="bottom")
            continue
        left = low if piece.low is None else float(piece.low)
        right = high if piece.high is None else float(piece.high)
        axes.barh(0, right - left, 0.8, left, color=colour, linewidth=0, zorder=1)
        ink = _INK if colour == ORANGE else "white"
        axes.text((left + right) / 2, -0.02, words, color=ink, ha="center", va="center", zorder=2)
        if left < chosen[piece.name] < right:
            axes.plot(float(chosen[piece.name]), -0.62, "^", color=colour, markersize=5, clip_on=False)
    axes.set(xlim=(low, high), ylim=(-0.85, 1.3), yticks=[])
    axes.set_xticks(ends, [labels.get(end, f"${end:g}$") for end in ends])
    axes.spines["left"].set_visible(False)


def zigzag(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Contour lines of a loss of two parameters, with paths without overshoot, zigzagging, and too fast."""
    rate = _rate(problem)
    problem = witness.valley(problem, ("x", "y") if notation == "notes" else ("theta_1", "theta_2"))
    names, body = problem.loss.parameters, problem.loss.body
    calm, stable = _fields(certificate, "text", "convergent")
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
    figure = _new(6.3, min(0.85 + 1.7 * (high - low) / (right - left), 4.0))
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, eta, path, colour in zip(panels, rates, paths, (BLUE, ORANGE, RED), strict=True):
        _contours(axes, body, names, window)
        axes.plot(*path.T, "-o", color=colour, markersize=3, linewidth=1.0)
        axes.plot(*start, "o", color=_INK, markersize=4)
        axes.plot(*point, "+", color=_INK, markersize=7)
        axes.set(xlim=window[0], ylim=window[1], aspect="equal", xlabel=_math(symbol(names[0]), style))
        axes.set_title(_is(rate, eta, style), fontsize=10, loc="left", pad=4)
    panels[0].set_ylabel(_math(symbol(names[1]), style))
    return figure


def _contours(axes: Any, body: Term, names: tuple[str, ...], window: witness.Window) -> None:
    """Contour lines of the loss, closer together where it is small: their square roots are equally spaced."""
    grid = witness.grid(names, window)
    height = witness.evaluate(body, grid)
    low, high = float(np.min(height)), float(np.max(height))
    levels = low + (high - low) * np.linspace(0, 1, 10)[1:] ** 2
    axes.contour(*grid.values(), height, levels=levels, colors=_FAINT, linewidths=0.7)


def hyperbolas(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """Gradient flow along the curves on which the conserved quantity is constant, gradient descent beside them."""
    quantities = _fields(certificate, "quantities")[0].args
    names, rate, eta = problem.loss.parameters, _rate(problem), 0.2
    if len(names) != 2 or problem.loss.body is None or not quantities:
        raise Unusable("this figure shows a conserved quantity of two parameters")
    conserved, style = quantities[0], _style(certificate, notation, rate)
    values = witness.usual_values(problem.loss.constants, witness.assumptions(certificate.derivation))
    centre = witness.centre(problem, values)
    window = [(float(c - 1.6), float(c + 1.6)) for c in centre]
    starts = witness.arriving(problem, values, centre, 1.45)
    figure = _new(4.6, 4.1)
    axes = figure.subplots()
    grid = witness.grid(names, window)
    level = [float(witness.evaluate(conserved, {**values, **dict(zip(names, start, strict=True))})) for start in starts]
    levels = sorted({round(value, 9) for value in level})
    height = witness.evaluate(conserved, {**values, **grid})
    axes.contour(*grid.values(), height, levels=levels, colors=_FAINT, linewidths=2.6, linestyles="solid")
    dots: dict[str, Any] = {"color": ORANGE, "markersize": 3.4, "linewidth": 0.8}
    for start in starts:
        _flow_line(axes, witness.flow_within(problem, values, list(start), 4.0), window)
        path = witness.path(problem, {**values, rate: eta}, 12, list(start))
        axes.plot(*path.T, "o:", **dots, zorder=3)
    axes.plot([], [], color=BLUE, linewidth=1.1, label="gradient flow")
    axes.plot([], [], "o:", **dots, label=f"gradient descent, {_is(rate, eta, style)}")
    axes.plot([], [], color=_FAINT, linewidth=2.6, label=f"{_math(conserved, style)} constant")
    axes.set(xlim=window[0], ylim=window[1], aspect="equal")
    axes.set(xlabel=_math(symbol(names[0]), style), ylabel=_math(symbol(names[1]), style))
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
    problem, rate, style = witness.concrete(problem), _rate(problem), _style(certificate, notation)
    exact, leading, exists = _fields(certificate, "exact", "leading", "exists_iff")
    values = _values(certificate, problem, exact, leading, exists)
    edge = max(map(float, witness.boundaries(exists, rate, values)), default=0.0)
    if edge <= 0:
        raise Unusable("there is no stationary variance for positive learning rates")
    figure = _new(5.2, 3.3)
    axes = figure.subplots()
    eta = np.linspace(0, edge, 400)[1:-1]
    for term, label, line, colour in ((exact, "exact", "-", BLUE), (leading, "leading order", "--", ORANGE)):
        height = witness.evaluate(term, {**values, rate: eta})
        axes.plot(eta, height, line, color=colour, label=f"{label}: {_math(term, style).replace('frac', 'dfrac')}")
    sampled = edge * np.array([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9])
    found = [witness.second_moment(problem, {**values, rate: at}, runs=1000, window=40, seed=1) for at in sampled]
    bars = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
    axes.errorbar(sampled, [one.mean for one in found], bars, fmt="o", color=_INK, markersize=3, capsize=2.5,
                  linewidth=0.9, zorder=3, label=r"simulated, with $99.9\,\%$ intervals")  # fmt: skip
    axes.axvline(edge, color=RED, linestyle=":", linewidth=1.2, label="no stationary value from here on")
    top = float(witness.evaluate(exact, {**values, rate: 0.92 * edge}))
    axes.set(xlim=(0, 1.06 * edge), ylim=(0, top), xlabel=_math(symbol(rate), style))
    moment = expect(power(witness.meaning_of_error(certificate.derivation), 2))
    axes.set_ylabel(f"{_math(moment, style)}  for large {_math(symbol('t'), style)}")
    given = _given(values, free_symbols(exact) | free_symbols(leading), style)
    axes.legend(loc="upper left", title=given, title_fontsize=9.5, alignment="left", labelspacing=0.6)
    return figure


def exponential(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The powers of the iteration for two learning rates, over elapsed time, beside the exponential they tend to."""
    problem, rate, style = witness.concrete(problem), _rate(problem), _style(certificate, notation, "e")
    limit, powers, valid = _fields(certificate, "limit", "of", "valid_for")
    values = _values(certificate, problem, valid)
    largest = max(map(float, witness.boundaries(valid, rate, values)), default=0.0)
    if largest <= 0:
        raise Unusable("this figure needs learning rates for which the iteration converges without overshooting")
    figure = _new(5.2, 3.1)
    axes = figure.subplots()
    tau = np.linspace(0, 4 * largest, 300)[1:]
    axes.plot(tau, witness.evaluate(limit, {**values, "tau": tau}), color=_INK, label=_math(limit, style), zorder=1)
    for share, colour, marker in ((0.2, BLUE, "o"), (0.6, ORANGE, "s")):
        eta, steps = share * largest, int(4 / share)
        errors = witness.errors(problem, {**values, rate: eta}, steps)[:, 0].astype(float)
        between = witness.evaluate(powers, {**values, "tau": tau, "n": tau / eta})
        axes.plot(tau, between, color=colour, linewidth=0.7)
        axes.plot(eta * np.arange(steps + 1), errors / errors[0], marker, color=colour, markersize=4, clip_on=False,
                  zorder=3, label=f"iterated, {_is(rate, eta, style)}")  # fmt: skip
    elapsed = eq(symbol("tau"), mul(symbol(rate), symbol("t")))
    axes.set(xlim=(0, tau[-1]), ylim=(0, 1.04), xlabel=_math(elapsed, style), ylabel=_relative_error(problem, style))
    axes.legend(title=_given(values, free_symbols(limit), style), title_fontsize=9.5, alignment="left")
    return figure


def _relative_error(problem: witness.Problem, style: Style) -> str:
    """(θ_t - θ*)/(θ_0 - θ*), or e_t/e_0 where the point has no name."""
    name = problem.loss.parameters[0]
    at = problem.loss.at.get(name)
    if at is None or at.head != "Symbol":
        return _short(div(apply("e", symbol("t")), apply("e", ZERO)), style)
    now, first = (_math(sub(apply(name, time), at), style)[1:-1] for time in (symbol("t"), ZERO))
    return f"$({now})/({first})$"


_MAKERS: dict[str, Callable[[Certificate, Any, str], Any]] = {
    "gd.regimes": regimes, "ranges": regimes,
    "gd.spectral-ranges": zigzag, "gd.regimes-several": zigzag, "spectral-ranges": zigzag,
    "flow.conserved": hyperbolas, "conserved": hyperbolas,
    "gd.exponential-law": exponential, "exponential": exponential,
    "sgd.stationary-variance": variance, "sgd.minibatch-variance": variance, "variance": variance,
}  # fmt: skip
