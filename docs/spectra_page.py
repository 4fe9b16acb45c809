"""The page with the limiting spectrum of wide linear networks, and spectra of sampled networks."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from derivations.catalogue import spectrum_law
from derivations.catalogue.discovery import derive_result
from derivations.cli.sampling import of_model
from derivations.language.certificates import Certificate
from derivations.problems.models import read_model
from derivations.problems.questions import read_problem
from derivations.rendering.figures import figure_for, rendered
from derivations.witness.laws import compared, law_at

FIGURE = Path(__file__).parent / "images" / "spectrum.law.svg"
DRAWN = "linear[400,800,1]"
RATIOS, TIMES, DRAWS = ((1, 2), (1, 1), (2, 1)), (8, 32, 128, 256), 3
MODELS = ("polynomial[4;6;z**2 + z**3]", "erf[3;6]", "relu[3,6,1]", "linear[3,4,2]")

INTRODUCTION = """At matching weights the non-zero eigenvalues of the Hessian of f = v·W·x are |v|² + x, one for each input, with x
an eigenvalue of WᵀW ([proof](proof:spectrum.linear)). For normal weights of variance w/k, k hidden units and d = c·k inputs the x
follow, as k grows, the law of Marchenko and Pastur ([marchenko1967](bibliography.md#marchenko1967)): that is `cited`. What is
said of this law is proved ([proof](proof:spectrum.law)): its distribution function in closed form, hence that density and
share at 0 make one; the mean and the variance at every width; which learning rates are stable. How the loss decays after a long
time rests on Watson's lemma ([watson1918](bibliography.md#watson1918)).

`derivations derive spectrum --model "linear[200,400,1]"` prints the law with three sampled networks beside it;
`derivations derive spectrum.law` has letters for the sizes, and
`derivations plot spectrum.law --model "linear[600,200,1]" -o law.svg` draws it."""

DISTANCES = """Kolmogorov's distance between the law and the eigenvalues of one sampled network, with w = 1, is the largest
difference between the two shares of eigenvalues up to a value. The mean of {} draws:"""

OTHERS = """For other models there is no such law, and the spectrum is sampled: normal weights and inputs, 2,000 of them, nothing
proved. `derivations sample --model "erf[20;50]"` prints the same for a model of one's own. Eigenvalues below 10⁻¹² of the largest
count as 0; compare [the ranks that are proved](ranks.md)."""


def spectra_page(note: str) -> str:
    """Distances at growing width, moments, and other models' spectra."""
    parts = [note, "# Spectra of wide networks", INTRODUCTION,
             "```{image} images/spectrum.law.svg\n:alt: Limiting density and sampled spectra at three widths\n```",
             "## Distance from the law", DISTANCES.format(DRAWS), _distances(),
             "## Mean and variance at finite width", _moments(), "## Other models", OTHERS, _others()]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def write_figure() -> None:
    """The picture on the page."""
    problem = read_problem(model=DRAWN)
    certificate = derive_result(spectrum_law.RESULT, problem)
    FIGURE.write_bytes(rendered(figure_for("spectrum.law", certificate, problem), "svg"))


def _distances() -> str:
    rows = ["| c | " + " | ".join(f"k = {n}" for n in TIMES) + " |", "|---" * (len(TIMES) + 1) + "|"]
    for inputs, units in RATIOS:
        general = _derived("linear[1,1,1]" if inputs == units else "linear[d,k,1]").derivation
        found = []
        for n in TIMES:
            sizes = inputs * n // units, n
            law = law_at(general, *sizes)
            found.append(float(np.mean([compared(law, *sizes, seed).distance for seed in range(1, DRAWS + 1)])))
        rows.append(f"| {Fraction(inputs, units)} | " + " | ".join(f"{one:.3f}" for one in found) + " |")
    return "\n".join(rows)


@cache
def _derived(model: str) -> Certificate:
    return derive_result(spectrum_law.RESULT, read_problem(model=model))


def _moments() -> str:
    rows = ["| model | mean | variance |", "|---|---|---|"]
    for name in ("linear[d,k,1]", "linear[200,400,1]"):
        answer = _derived(name).answer
        rows.append(f"| `{name}` | `{answer['mean']}` | `{answer['variance']}` |")
    return "\n".join(rows)


def _others() -> str:
    rows = ["| model | parameters | not 0 | smallest of these | largest |", "|---|---|---|---|---|"]
    for name in MODELS:
        found = of_model(read_model(name), 2000, 1)
        rows.append(f"| `{name}` | {found['parameters']} | {found['rank']} | {found['smallest']:.2g} | {found['largest']:.3g} |")
    return "\n".join(rows)
