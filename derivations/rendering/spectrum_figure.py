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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_USUAL = (400, 800)  # where the sizes are letters
_LARGEST = 800  # inputs or units of what is drawn
_SEED = 1


def widths_drawn(problem: witness.Problem) -> list[tuple[int, int]]:
    """Three networks, the last one with the model's sizes unless these are very large, the others narrower by four each."""
    model = problem.model
    sizes = model.widths[:2] if model is not None and len(model.widths) == 3 else ()
    inputs, units = (one for one in sizes if isinstance(one, int)) if sizes and all(isinstance(one, int) for one in sizes) else _USUAL
    common = gcd(inputs, units)
    least = inputs // common, units // common
    most = max(1, min(common, _LARGEST // max(least)))
    times = sorted({max(1, most // 16), max(1, most // 4), most})
    return [(least[0] * n, least[1] * n) for n in times]


def spectrum(certificate: Certificate, problem: witness.Problem, notation: str = "lecture") -> Figure:
    """The density of a limiting spectrum, and the eigenvalues of one sampled network of each of three widths."""
    if "distribution" not in certificate.answer or "edges" not in certificate.answer:
        raise Unusable("this figure shows a limiting spectrum")
    sizes = widths_drawn(problem)
    law = law_at(certificate.derivation, *sizes[-1])
    style = style_for(certificate, notation, "c", "x", "w", "d", "k", "p_0")
    figure = new_figure(2.15 * len(sizes) + 0.4, 2.75)
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (inputs, units) in zip(panels, sizes, strict=True):
        _panel(axes, law, compared(law, inputs, units, _SEED), style)
        axes.set_title(f"{_given('d', inputs, style)}, {_given('k', units, style)}", fontsize=10, loc="left", pad=4)
    panels[0].set_ylabel("density")
    margin = 0.06 * (law.high - law.low)
    panels[0].set(xlim=(min(law.low - margin, -margin if law.share else law.low - margin), law.high + margin), ylim=(0, _top(law)))
    figure.legend(handles=_legend(law, style), loc="outside upper center", ncols=3, handlelength=1.5, columnspacing=1.4)
    return figure


def _given(name: str, value: int, style: Style) -> str:
    return f"${mathtext(symbol(name), style)[1:-1]} = {value}$"


def _panel(axes: Any, law: LimitingLaw, sample: Comparison, style: Style) -> None:
    """A histogram of what is not 0, scaled to the share that it is, with the density on it."""
    positive = sample.eigenvalues[sample.eigenvalues > 0]
    bins = int(np.clip(2 * np.sqrt(len(positive)), 8, 40))
    edges = np.linspace(min(law.low, float(positive[0])), max(law.high, float(positive[-1])), bins + 1)
    count, _ = np.histogram(positive, edges)
    height = count / (len(sample.eigenvalues) * np.diff(edges))
    axes.stairs(height, edges, fill=True, color=BLUE, alpha=0.35, linewidth=0)
    places = law.low + (law.high - law.low) * np.sin(np.linspace(0, np.pi / 2, 600)) ** 2
    axes.plot(places[1:-1], law.density(places)[1:-1], color=RED, linewidth=1.5)
    if law.share:
        zero = float(np.mean(sample.eigenvalues == 0))
        axes.plot([0, 0], [0, _top(law) * 0.82 * zero], color=ORANGE, linewidth=3, solid_capstyle="butt")
    axes.set_xlabel(f"{mathtext(symbol('x'), style)[:-1]}/{mathtext(symbol('w'), style)[1:]}")
    axes.text(0.97, 0.93, f"distance {sample.distance:.3f}", transform=axes.transAxes, ha="right", va="top", color=INK, fontsize=9.5)


def _top(law: LimitingLaw) -> float:
    """The height of the axis: above the density's maximum, or where it is infinite above what it is over most of its range."""
    inner = law.low + (law.high - law.low) * np.linspace(0.012, 0.988, 400)
    return 1.3 * float(np.max(law.density(inner)))


def _legend(law: LimitingLaw, style: Style) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], color=RED, linewidth=1.5, label="limiting density"),
                          Patch(color=BLUE, alpha=0.35, linewidth=0, label="one sampled network")]  # fmt: skip
    if law.share:
        words = f"share ${mathtext(symbol('p_0'), style)[1:-1]} = {law.share:.3g}$ at 0"
        handles.append(Line2D([], [], color=ORANGE, linewidth=3, label=words))
    return handles
