"""Words around formulas that are too wide for a line."""

from __future__ import annotations

import pytest

from derivations.rendering.boxes import Atom, Row, Table, Words, width
from derivations.rendering.breaking import lines

WORDS = (
    "with the units in the rows of ",
    " and the kernel ",
    " the Hessian at matching weights has rank ",
    ", nullity ",
    "; it is ",
)
NAMES = ("A", "K", "4", "0")
MATRIX = Table(tuple((Atom("1", "number"),) * 6 for _ in range(6)))


def sentence() -> Row:
    parts = [part for words, name in zip(WORDS, NAMES, strict=False) for part in (Words(words), Atom(name, "variable"))]
    return Row((*parts, Words(WORDS[-1]), MATRIX))


@pytest.mark.parametrize("limit", [50.0, 62.0, 82.0])
def test_words_before_a_matrix_fill_lines_of_the_width(limit: float) -> None:
    found = lines(sentence(), limit)
    assert len(found) > 2
    for line in found:
        assert width(line.box) + 3.0 * line.indent <= limit
    said = [item for line in found for item in (line.box.items if isinstance(line.box, Row) else (line.box,))]
    assert tuple(said) == sentence().items
