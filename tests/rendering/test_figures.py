"""Figures: the same bytes each time, no dates, the notation asked for, and nothing on them that is not in a certificate."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue import (
    flow_conserved,
    gd_exponential_law,
    gd_regimes,
    gd_regimes_several,
    gd_spectral_ranges,
    sgd_minibatch_variance,
    sgd_stationary_variance,
)
from derivations.catalogue.discovery import derive_result
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.terms import Term, number, substitute, symbol
from derivations.problems.questions import Problem, read_problem
from derivations.rendering.figures import available, figure_for, rendered, save

RESULTS = {
    result.id: result
    for result in (
        gd_regimes.RESULT, gd_spectral_ranges.RESULT, gd_regimes_several.RESULT, flow_conserved.RESULT,
        sgd_stationary_variance.RESULT, sgd_minibatch_variance.RESULT, gd_exponential_law.RESULT,
    )
}  # fmt: skip


def certificate(name: str, problem: Problem | None = None) -> tuple[Certificate, Problem]:
    given = problem or RESULTS[name].problem()
    return derive_result(RESULTS[name], given), given


def draw(name: str, problem: Problem | None = None, notation: str = "lecture") -> Any:
    return figure_for(name, *certificate(name, problem), notation)


def texts(figure: Any) -> list[str]:
    """Everything written on the figure."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return [item.get_text() for item in figure.findobj(Text) if item.get_text() and item.get_visible()]


@pytest.mark.parametrize("notation", ["lecture", "notes"])
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_same_bytes_twice_and_no_date(name: str, notation: str) -> None:
    one, two = (rendered(draw(name, notation=notation), "svg") for _ in range(2))
    assert one == two
    assert one.lstrip().startswith(b"<?xml")
    assert b"<dc:date>" not in one
    assert not re.search(rb"20\d\d-\d\d-\d\d", one)


def test_same_bytes_in_another_process_with_another_hash_seed() -> None:
    code = (
        "import sys, hashlib\n"
        "from derivations.catalogue import sgd_minibatch_variance as a\n"
        "from derivations.catalogue.discovery import derive_result\n"
        "from derivations.rendering.figures import figure_for, rendered\n"
        "c = derive_result(a.RESULT, a.RESULT.problem())\n"
        "figure = figure_for('variance', c, a.RESULT.problem())\n"
        "print(*(hashlib.sha256(rendered(figure, form)).hexdigest() for form in ('svg', 'pdf', 'png')))"
    )
    figure = draw("sgd.minibatch-variance")
    mine = [hashlib.sha256(rendered(figure, form)).hexdigest() for form in ("svg", "pdf", "png")]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert found.stdout.split() == mine


def test_a_users_configuration_changes_nothing() -> None:
    import matplotlib

    before = rendered(draw("gd.regimes"), "svg")
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "black", "savefig.bbox": "tight"}):
        assert rendered(draw("gd.regimes"), "svg") == before
        assert matplotlib.rcParams["font.size"] == 20


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_saved_by_suffix(tmp_path: Path, suffix: str, start: bytes) -> None:
    figure = draw("gd.exponential-law")
    path = tmp_path / f"figure.{suffix}"
    save(figure, path)
    assert path.read_bytes().startswith(start)
    assert path.read_bytes() == rendered(figure, suffix)
    assert b"CreationDate" not in path.read_bytes()


def test_another_suffix_and_a_question_without_a_figure() -> None:
    figure = draw("gd.exponential-law")
    with pytest.raises(Unusable, match="jpg"):
        save(figure, "figure.jpg")
    other = replace(certificate("gd.regimes")[0], id="none")
    with pytest.raises(Unusable, match="no figure"):
        figure_for("rank", other, RESULTS["gd.regimes"].problem())
    assert set(RESULTS) <= set(available())
    assert all(available().values())


def test_regimes_come_from_the_conclusion() -> None:
    """An endpoint changed in the certificate is changed on the axis: nothing about it is typed in."""
    given, problem = certificate("gd.regimes")
    written = texts(figure_for("ranges", given, problem))
    assert {r"$1/\lambda$", r"$2/\lambda$", r"$\eta$", "monotone", "overshooting", "period two"} <= set(written)
    statement = given.derivation.statement
    changed = substitute_term(statement.conclusion, Term("Div", (number(2), symbol("lam"))), symbol("lam"), number(3))
    derivation = replace(given.derivation, statement=replace(statement, conclusion=changed))
    altered = texts(figure_for("ranges", replace(given, derivation=derivation), problem))
    assert r"$2/3$" in altered
    assert r"$2/\lambda$" not in altered


def substitute_term(term: Term, part: Term, name: Term, value: Term) -> Term:
    """The term with each occurrence of ``part`` having a value put in for the name."""
    if term == part:
        return substitute(term, {name.args[0]: value})
    args = tuple(substitute_term(arg, part, name, value) if isinstance(arg, Term) else arg for arg in term.args)
    return Term(term.head, args)


def test_notation() -> None:
    assert {r"$\alpha$", "$k$", "$x_k$"} <= set(texts(draw("gd.regimes", notation="notes")))
    assert {r"$\eta$", "$t$", r"$\theta^{(t)}$"} <= set(texts(draw("gd.regimes")))
    assert {"$x$", "$y$", r"$\alpha = 0.035$"} <= set(texts(draw("gd.spectral-ranges", notation="notes")))
    assert r"gradient descent, $\alpha = 0.2$" in texts(draw("flow.conserved", notation="notes"))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("gd.regimes", {"loss": "x**4/4 - x**2/2", "at": "x=0"}),
        ("gd.regimes", {"loss": "x**4/4 - x**2/2", "at": "x=1"}),
        ("gd.regimes", {"optimizer": "weight-decay"}),
        ("gd.regimes-several", {"loss": "x**2 + x*y + 3*y**2", "at": "x=0,y=0"}),
        ("flow.conserved", {"loss": "(x*y - 1)**2/2"}),
        ("flow.conserved", {"loss": "x**2*y"}),
        ("flow.conserved", {"loss": "x**2/2 + y**2"}),
        ("sgd.stationary-variance", {"loss": "3*(x - 1)**2", "noise": "additive"}),
        ("sgd.stationary-variance", {"optimizer": "weight-decay", "noise": "additive"}),
        ("gd.exponential-law", {"loss": "x**4/4 - x**2/2", "at": "x=1"}),
    ],
)
def test_other_problems_can_be_drawn(name: str, problem: dict[str, Any]) -> None:
    assert rendered(draw(name, read_problem(**problem)), "svg")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("gd.regimes-several", {"loss": "x**2 - y**2", "at": "x=0,y=0"}),
        ("flow.conserved", {"loss": "x**2 + y**4 + x*y + y**3"}),
        ("flow.conserved", {"loss": "x*y*z"}),
    ],
)
def test_what_cannot_be_drawn_is_said(name: str, problem: dict[str, Any]) -> None:
    with pytest.raises(Unusable, match="figure"):
        draw(name, read_problem(**problem))


def test_simulated_points_lie_on_the_exact_curve() -> None:
    axes = draw("sgd.stationary-variance").axes[0]
    exact = axes.lines[0]
    bars = axes.collections[0].get_segments()
    assert len(bars) == 7
    for (eta, low), (_, high) in bars:
        assert low <= np.interp(eta, *exact.get_data()) <= high


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_no_text_is_cut_off(name: str) -> None:
    from matplotlib.text import Text

    figure = draw(name)
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    for item in figure.findobj(Text):
        if item.get_text() and item.get_visible() and item.axes is not None:
            box = item.get_window_extent()
            assert box.x0 > -1, item.get_text()
            assert box.y0 > -1, item.get_text()
            assert box.x1 < width + 1, item.get_text()
            assert box.y1 < height + 1, item.get_text()
