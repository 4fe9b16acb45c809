"""Sheets as they are written down: the lecture's own, and those with mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivations.homework.formulas import formula
from derivations.homework.sheets import parse_sheet, read_sheet
from derivations.language.errors import Unusable
from derivations.rendering.markup import formulas

POINTS = {
    "1.a": 10, "1.b.1": 5, "1.b.2": 5, "1.b.3": 5, "1.b.4": 5, "2.range": 12, "2.hessian": 8, "3.a.hessian": 4,
    "3.a.eigenvalues": 3, "3.a.nature": 3, "3.b": 10, "4.a": 10, "4.b": 20,
}  # fmt: skip


def test_the_lectures_tasks() -> None:
    sheet = read_sheet("lecture3")
    assert {task.id: task.points for task in sheet.tasks} == POINTS
    assert sum(task.points for task in sheet.tasks) == 100
    assert sheet.notation == "lecture"


def test_its_formulas_can_be_read() -> None:
    unread = [text for task in read_sheet("lecture3").tasks for text in formulas(task.text) if formula(text) is None]
    assert unread == []


TASK = '[[task]]\nid = "a"\npoints = 1\ntext = "Find it."\nquestion = "hessian"\n'


def test_a_sheet_of_ones_own(tmp_path: Path) -> None:
    target = tmp_path / "own.toml"
    target.write_text(f'title = "Own"\n{TASK}given = {{ loss = "x*y", at = "x=0,y=0" }}\nanswer = "nature"\n')
    sheet = read_sheet(str(target))
    assert sheet.name == ""
    assert sheet.tasks[0].given == {"loss": "x*y", "at": "x=0,y=0"}


def test_an_own_key_is_kept() -> None:
    text = 'title = "t"\n[[task]]\nid = "k"\npoints = 2.5\ntext = "x"\nkind = "range"\nkey = "0 < eta"\nsymbols = ["eta"]\n'
    task = parse_sheet(text, "t.toml").tasks[0]
    assert task.own == {"kind": "range", "key": "0 < eta", "symbols": ["eta"]}


BROKEN = {
    'titel = "t"\n' + TASK: ["unknown.toml", "titel", "did you mean title?"],
    TASK: ["there is no title"],
    'title = "t"\n': ["there is no task"],
    'title = "t"\n[task]\nid = "a"\n': ["wrong type"],
    'title = "t"\n' + TASK + TASK: ["task 2 (a)", "another task has this id"],
    'title = "t"\n' + TASK.replace('id = "a"\n', ""): ["task 1", "there is no id"],
    'title = "t"\n' + TASK.replace('"a"', '"../a"'): ["letters, digits"],
    'title = "t"\n' + TASK.replace("hessian", "hesian"): ["task 1 (a)", "did you mean hessian?"],
    'title = "t"\n' + TASK.replace('question = "hessian"', ""): ["neither a question nor a key"],
    'title = "t"\n' + TASK.replace('question = "hessian"', 'kind = "rang"\nkey = "x"'): ["did you mean range?"],
    'title = "t"\n' + TASK.replace("points = 1", 'points = "1"'): ["points is of the wrong type"],
    'title = "t"\n' + TASK.replace("points = 1", "points = -1"): ["task 1 (a)", "-1"],
    'title = "t"\n' + TASK + 'given = { los = "x" }\n': ["task 1 (a), given", "did you mean loss?"],
    'title = "t"\nnotation = "note"\n' + TASK: ["did you mean notes?"],
    "title = \n": ["not valid TOML", "line 1"],
}


@pytest.mark.parametrize(("text", "said"), BROKEN.items())
def test_mistakes(text: str, said: list[str]) -> None:
    with pytest.raises(Unusable) as caught:
        parse_sheet(text, "unknown.toml")
    assert all(part in str(caught.value) for part in said)


def test_files_that_are_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\x00")
    for name in ("nothing.toml", str(tmp_path / "bytes.toml"), "lecture33"):
        with pytest.raises(Unusable):
            read_sheet(name)
