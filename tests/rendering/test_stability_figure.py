"""The figure of a region of stability: what is shaded comes from the certificate, the points from iterating."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derivations import witness
from derivations.catalogue.discovery import answer
from derivations.language.errors import Unusable
from derivations.language.terms import Term, number
from derivations.problems.questions import read_problem
from derivations.rendering.figures import figure_for, rendered


def draw(**given: Any) -> Any:
    certificate, problem = answer("stability", read_problem(**given))
    return figure_for("stability", certificate, problem)


def points(figure: Any) -> tuple[Any, Any]:
    """The points at which the iteration converges, and those at which it does not."""
    lines = figure.axes[0].lines
    return np.array(lines[0].get_data()), np.array(lines[1].get_data())


def test_heavy_ball_points_lie_where_the_spectral_radius_says() -> None:
    figure = draw(optimizer="heavy-ball")
    converging, others = points(figure)
    assert converging.shape[1] > 20 and others.shape[1] > 30
    for chosen, stable in ((converging, True), (others, False)):
        for eta, beta in chosen.T:
            radius = max(abs(np.linalg.eigvals([[1 + beta - eta, -beta], [1, 0]])))
            assert (radius < 1) == stable
    assert rendered(figure, "svg") == rendered(figure, "svg")
    low, high = figure.axes[0].get_xlim()
    assert -1.5 < low < 0 and 4 < high < 6
    assert [axis.get_text() for axis in (figure.axes[0].xaxis.label, figure.axes[0].yaxis.label)] == [r"$\eta$", r"$\beta$"]


@pytest.mark.parametrize("name", ["nesterov", "gradient-descent", "weight-decay"])
def test_every_point_agrees_with_the_shading(name: str) -> None:
    certificate, problem = answer("stability", read_problem(optimizer=name))
    region = witness.claimed_field(certificate.derivation, "region")
    figure = figure_for("stability", certificate, problem)
    names = [*problem.optimizer.hyperparameters, "lam"][:2]
    for chosen, stable in zip(points(figure), (True, False), strict=True):
        assert chosen.shape[1] > 1
        for pair in chosen.T:
            at = {"lam": 1.0, **dict(zip(names, map(float, pair), strict=True))}
            assert witness.holds(region, at) == stable, at


def test_what_is_shaded_is_the_certificates_formula() -> None:
    certificate, problem = answer("stability", read_problem(optimizer="heavy-ball"))
    statement = certificate.derivation.statement
    conclusion = _replaced(statement.conclusion, number(2), number(3))
    derivation = replace(certificate.derivation, statement=replace(statement, conclusion=conclusion))
    altered = figure_for("stability", replace(certificate, derivation=derivation), problem)
    assert altered.axes[0].get_xlim()[1] > 6, "the border moved with the formula"


def _replaced(term: Any, old: Any, new: Any) -> Any:
    if term == old:
        return new
    return Term(term.head, tuple(_replaced(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args))


def test_fewer_than_two_quantities_cannot_be_drawn() -> None:
    with pytest.raises(Unusable, match="two quantities"):
        draw(loss="x**2", at="x=0")
