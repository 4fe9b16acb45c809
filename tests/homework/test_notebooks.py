"""Filling in a homework notebook: the right tasks in the right places, and nothing else changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from derivations.cli.main import run
from derivations.homework.notebooks import fill, read_notebook
from derivations.homework.sheets import read_sheet
from derivations.homework.solutions import laid_out, solve
from derivations.language.errors import Unusable
from derivations.rendering.sheet import Sheet

PLACE = "> #### Your solution here"


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    spec = read_sheet("lecture3")
    return laid_out(spec, solve(spec), "lecture")


def notebook(*cells: str) -> dict[str, Any]:
    made: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": [f"{line}\n" for line in cell.split("\n")]}
        for cell in cells
    ]
    code = {"cell_type": "code", "metadata": {}, "source": f"# {PLACE}", "outputs": [], "execution_count": None}
    return {"cells": [*made, code], "metadata": {"kernel": "x"}, "nbformat": 4, "nbformat_minor": 4}


# The headings and labels of a homework notebook, as lecturers write them.
CELLS = (
    "# Lecture 3",
    "## Excercise 1 (Theory) (30/100)\n\n**Task (1.a)**\nShow it.\n\n**Task (1.b)**\n- (b.1) One. **(5 pts.)**\n- (b.4) Four.",
    PLACE,
    "## Excercise 2 (Theory) (20/100)\n\nGeneralize Problem **1.b.1**, that is\n- as in Problem **1.b.1**, with a Hessian",
    "> Hint: a hint",
    PLACE,
    f"## Exercise 3\n- (3.a) Find it. **(10 pts.)**\n- (3.b) And this.\n\n{PLACE}",
    "## Excercise 4 (Theory) (30/100)\n\n- **Task 4.a (10 pts.)** In this\n- **Task 4.b (20 pts.)** In that",
    PLACE,
)


def test_places_and_tasks(sheet: Sheet) -> None:
    given = notebook(*CELLS)
    before = copy.deepcopy(given)
    filled, tasks = fill(given, sheet)
    assert given == before
    assert tasks == [task.id for task in sheet.tasks]
    changed = [i for i, (old, new) in enumerate(zip(given["cells"], filled["cells"], strict=True)) if old != new]
    assert changed == [2, 5, 6, 8]
    assert filled["cells"][2]["source"].startswith(PLACE)
    assert "### Task 1.b.4" in filled["cells"][2]["source"]
    assert "### Task 2.range" not in filled["cells"][2]["source"]
    assert {key: filled[key] for key in ("metadata", "nbformat")} == {
        key: given[key] for key in ("metadata", "nbformat")
    }


def test_places_without_tasks_stay_empty(sheet: Sheet) -> None:
    given = notebook("Words without a label, see Problem 1.b.1", PLACE, "## Exercise 7", PLACE)
    assert fill(given, sheet) == (given, [])


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "homework.ipynb"
    source.write_text(json.dumps(notebook(*CELLS)))
    before = source.read_bytes()
    arguments = ["sheet", "lecture3", "--problems", "--into", str(source), "-o"]
    assert run([*arguments, str(tmp_path / "out")]) == 0
    assert source.read_bytes() == before
    filled = read_notebook(str(tmp_path / "out" / "homework.ipynb"))
    assert len(filled["cells"]) == len(CELLS) + 1
    assert "4.b" in capsys.readouterr().err
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.from_dict(filled))
    assert run([*arguments, str(tmp_path)]) == 2
    assert source.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": [1]}', '{"cells": [{"source": 1}]}', "[" * 100_000])
def test_files_that_are_no_notebooks(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.ipynb").write_text(content)
    with pytest.raises(Unusable):
        read_notebook(str(tmp_path / "bad.ipynb"))
    with pytest.raises(Unusable):
        read_notebook(str(tmp_path / "none.ipynb"))
