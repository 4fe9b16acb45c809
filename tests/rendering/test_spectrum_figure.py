"""The figure of a limiting spectrum: the same bytes each time, true sizes and distances on it, and a bar where a share is 0."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue import spectrum_law
from derivations.catalogue.discovery import derive_result, stored
from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.problems.questions import read_problem
from derivations.rendering.figures import figure_for, rendered
from derivations.rendering.spectrum_figure import widths_drawn
from derivations.witness.laws import compared, law_at


@cache
def certified(model: str) -> Certificate:
    return derive_result(spectrum_law.RESULT, read_problem(model=model))


def drawn(model: str) -> Any:
    return certified(model), figure_for("spectrum", certified(model), read_problem(model=model))


def texts(figure: Any) -> list[str]:
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return [item.get_text() for item in figure.findobj(Text) if item.get_text() and item.get_visible()]


def test_the_same_bytes_and_the_distances_on_it() -> None:
    certificate, figure = drawn("linear[16,32,1]")
    one, two = (rendered(each, "svg") for each in (figure, drawn("linear[16,32,1]")[1]))
    assert one == two and not re.search(rb"20\d\d-\d\d-\d\d", one)
    words = texts(figure)
    law = law_at(certificate.derivation, 16, 32)
    for inputs, units in ((1, 2), (4, 8), (16, 32)):
        assert f"$d = {inputs}$, $k = {units}$" in words
        assert f"distance {compared(law, inputs, units, 1).distance:.3f}" in words


def test_the_density_drawn_is_that_of_the_certificate() -> None:
    certificate, figure = drawn("linear[16,32,1]")
    law = law_at(certificate.derivation, 16, 32)
    for axes in figure.axes:
        (line,) = (one for one in axes.lines if len(one.get_xdata()) > 100)
        assert np.allclose(line.get_ydata(), law.density(np.asarray(line.get_xdata())))


def test_a_share_at_zero_and_an_infinite_density() -> None:
    certificate, figure = drawn("linear[32,16,1]")
    assert any("p_0" in one or "p_{0}" in one for one in texts(figure))
    assert law_at(certificate.derivation, 32, 16).share == 0.5
    _, touching = drawn("linear[16,16,1]")
    assert all(0 < axes.get_ylim()[1] < 10 for axes in touching.axes)


def test_which_widths_are_drawn() -> None:
    assert widths_drawn(read_problem(model="linear[2000,4000,1]")) == [(25, 50), (100, 200), (400, 800)]
    assert widths_drawn(read_problem(model="linear[d,k,1]"))[-1] == (400, 800)
    assert widths_drawn(read_problem(model="linear[3,7,1]")) == [(3, 7)]


def test_another_spectrum_has_no_such_figure() -> None:
    with pytest.raises(Unusable, match="limiting spectrum"):
        figure_for("spectrum", stored("spectrum.linear"), read_problem(model="linear[3,4,1]"))
