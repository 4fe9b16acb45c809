"""The limiting spectrum that a certificate gives, beside the spectra of sampled networks of growing width."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations import witness
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.terms import symbol
from derivations.rendering.drawing import BLUE, INK, ORANGE, RED, mathtext, new_figure, style_for
from derivations.rendering.style import Style
from derivations.witness.laws import Comparison, LimitingLaw, compared, law_at
from derivations.witness.spectra import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_USUAL = (400, 800)  # where the sizes are letters
_LARGEST = 800  # inputs or units of what is drawn
_SEED = 1


def widths_drawn(problem: witness.Problem) -> list[tuple[int, int]]:
    """Three networks, the last one with the model's sizes unless these are very large, the others narrower by four each."""
    widths = problem.model.widths if problem.model is not None else ()
    sizes = [one for one in widths[:2] if isinstance(one, int)]
    inputs, units = sizes if len(sizes) == 2 else _USUAL
    common = gcd(inputs, units)
    least = inputs // common, units // common
    most = max(1, min(common, _LARGEST // max(least)))
    times = sorted({max(1, most // 16), max(1, most // 4), most})
    return [(least[0] * n, least[1] * n) for n in times]


def spectrum(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The density of a limiting spectrum, and the eigenvalues of one sampled network of each of three widths."""
    if not {"distribution", "density", "edges", "atom"} <= set(certificate.answer):
        raise Unusable("this figure shows a limiting spectrum, of a linear network that is wide")
    sizes = widths_drawn(problem)
    law = law_at(certificate.derivation, *sizes[-1])
    samples = [compared(law, *one, _SEED) for one in sizes]
    style = style_for(certificate, notation, "x", "w", "d", "k", "p_0")
    figure = new_figure(2.15 * len(sizes) + 0.4, 3.0)
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    histograms = [_histogram(law, one) for one in samples]
    top = _top(law, max(float(np.max(height)) for height, _ in histograms))
    for axes, (height, edges), sample, (inputs, units) in zip(panels, histograms, samples, sizes, strict=True):
        axes.stairs(height, edges, fill=True, color=BLUE, alpha=0.35, linewidth=0)
        _law(axes, law, 0.6 * top)
        axes.set_title(f"{_given('d', inputs, style)}, {_given('k', units, style)}", fontsize=10, loc="left", pad=4)
        axes.set_xlabel(f"{mathtext(symbol('x'), style)[:-1]}/{mathtext(symbol('w'), style)[1:]}")
        words = f"distance {sample.distance:.3f}"
        axes.text(0.97, 0.95, words, transform=axes.transAxes, ha="right", va="top", color=INK, fontsize=9.5)
    panels[0].set_ylabel("density")
    margin = 0.06 * (law.high - law.low)
    panels[0].set(xlim=(min(law.low, 0.0 if law.share else law.low) - margin, law.high + margin), ylim=(0, top))
    title = f"{mathtext(symbol('x'), style)}: eigenvalue of the Hessian less $|v|^2$; distance: Kolmogorov's"
    figure.legend(handles=_legend(law, style), loc="outside upper center", ncols=3, title=title, title_fontsize=9.5,
                  handlelength=1.5, columnspacing=1.4)  # fmt: skip
    return figure


def _given(name: str, value: int, style: Style) -> str:
    return f"${mathtext(symbol(name), style)[1:-1]} = {value}$"


def _histogram(law: LimitingLaw, sample: Comparison) -> tuple[Array, Array]:
    """Heights and edges for what is not 0, scaled to the share that it is."""
    positive = sample.eigenvalues[sample.eigenvalues > 0]
    bins = int(np.clip(2 * np.sqrt(len(positive)), 8, 40))
    edges = np.linspace(min(law.low, float(positive[0])), max(law.high, float(positive[-1])), bins + 1)
    count, _ = np.histogram(positive, edges)
    return count / (len(sample.eigenvalues) * np.diff(edges)), edges


def _law(axes: Any, law: LimitingLaw, bar: float) -> None:
    """The density, and a bar for the share at 0, which has none."""
    places = law.low + (law.high - law.low) * np.sin(np.linspace(0, np.pi / 2, 600)) ** 2
    axes.plot(places[1:-1], law.density(places)[1:-1], color=RED, linewidth=1.5)
    if law.share:
        axes.plot([0, 0], [0, bar], color=ORANGE, linewidth=3, solid_capstyle="butt")


def _top(law: LimitingLaw, highest: float) -> float:
    """The height of the axis; where the density is infinite at an end, what it is over most of its range decides."""
    inner = law.low + (law.high - law.low) * np.linspace(0.012, 0.988, 400)
    most = float(np.max(law.density(inner)))
    return 1.25 * (max(most, highest) if law.low > 0 else most)


def _legend(law: LimitingLaw, style: Style) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], color=RED, linewidth=1.5, label="limiting density"),
                          Patch(color=BLUE, alpha=0.35, linewidth=0, label="one sampled network")]  # fmt: skip
    if law.share:
        words = f"{mathtext(symbol('p_0'), style)[:-1]} = {law.share:.3g}$ at 0, not to scale"
        handles.append(Line2D([], [], color=ORANGE, linewidth=3, label=words))
    return handles
