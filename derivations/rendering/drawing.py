"""What all figures share: colours and fonts, formulas as matplotlib writes them, plain values, contour lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.notation import glyphs
from derivations.language.terms import Term, free_symbols, symbol
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Values = Mapping[str, Any]

# Okabe and Ito's colours, told apart by every kind of colour vision.
BLUE, GREEN, ORANGE, PURPLE, RED, GREY = "#0072B2", "#009E73", "#E69F00", "#CC79A7", "#D55E00", "#666666"
COLOURS = {
    "monotone": BLUE, "one-step": GREEN, "overshooting": ORANGE, "period-two": PURPLE, "divergent": RED,
    "constant": GREY,
}  # fmt: skip
FAINT, INK = "#BBBBBB", "#222222"
DEFAULTS: dict[str, Any] = {
    "font.family": "STIXGeneral", "mathtext.fontset": "stix", "font.size": 10, "axes.labelsize": 11,
    "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "legend.fontsize": 9.5, "legend.frameon": False,
    "axes.linewidth": 0.6, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "axes.spines.top": False,
    "axes.spines.right": False, "lines.linewidth": 1.4, "figure.facecolor": "white", "axes.facecolor": "white",
    "svg.hashsalt": "derivations", "svg.fonttype": "path", "pdf.fonttype": 42, "axes.unicode_minus": True,
}  # fmt: skip


@contextmanager
def styled() -> Iterator[None]:
    """matplotlib's own defaults and ours, whatever the user's configuration says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(DEFAULTS)
        yield


def new_figure(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


# --- reading the certificate --------------------------------------------------------------------------------------


def fields(certificate: Certificate, *keys: str) -> list[Term]:
    return [witness.claimed_field(certificate.derivation, key) for key in keys]


def rate_of(problem: witness.Problem) -> str:
    names = list(problem.optimizer.hyperparameters)
    if not names:
        raise Unusable("a figure needs a learning rate")
    return names[0]


def plain_values(certificate: Certificate, problem: witness.Problem, *terms: Term) -> Values:
    """Plain values for every constant but the learning rate."""
    names = {*problem.loss.constants, *problem.optimizer.hyperparameters}.union(*(free_symbols(t) for t in terms))
    return witness.usual_values(names - {rate_of(problem)}, witness.assumptions(certificate.derivation))


def mathtext(term: Term, style: Style) -> str:
    """The term as matplotlib's mathtext."""
    return "$" + re.sub(r"\\[bB]igg?[lr]?(?![a-zA-Z])", "", latex(term, style)).replace(r"\tfrac", r"\frac") + "$"


def on_one_line(term: Term, style: Style) -> str:
    """The same on one line: a quotient with a slash, as on the ticks of an axis."""
    if term.head != "Div":
        return mathtext(term, style)
    top, bottom = (mathtext(part, style).strip("$") for part in term.args)
    simple = term.args[1].head in ("Symbol", "Number", "Apply")
    return f"${top}/{bottom if simple else f'({bottom})'}$"


def style_for(certificate: Certificate, notation: str, *names: str) -> Style:
    """The style of the certificate's page, with names that the figure needs beside its own."""
    style = style_of(certificate.derivation, notation)
    return replace(style, glyphs=glyphs({*style.glyphs, *names}, notation))


def setting(name: str, value: Any, style: Style) -> str:
    """η = 0.2, as one formula."""
    return f"${mathtext(symbol(name), style)[1:-1]} = {float(value):.3g}$"


def settings(values: Values, shown: frozenset[str], style: Style) -> str:
    """λ = 1, σ = 1: what was put in for the constants."""
    return ", ".join(setting(name, value, style) for name, value in values.items() if name in shown)


def contours(axes: Any, body: Term, names: tuple[str, ...], window: witness.Window) -> None:
    """Contour lines of the loss, closer together where it is small: their square roots are equally spaced."""
    grid = witness.grid(names, window)
    height = witness.evaluate(body, grid)
    low, high = float(np.min(height)), float(np.max(height))
    levels = low + (high - low) * np.linspace(0, 1, 10)[1:] ** 2
    axes.contour(*grid.values(), height, levels=levels, colors=FAINT, linewidths=0.7)
