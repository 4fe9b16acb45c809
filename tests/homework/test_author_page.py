"""docs/how-to/write-a-sheet.md beside the program: every key and every kind is there, and the table of kinds is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from derivations.homework import sheets
from derivations.homework.checking import Checker
from derivations.homework.keying import keys_of
from derivations.homework.sheets import KINDS, PART, sheet_of

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-sheet.md").read_text(encoding="utf-8")
SAID = {name for code in re.findall(r"`([^`\n]+)`", PAGE) for name in re.findall(r"[\w-]+", code)}
ROWS = {
    row[0]: row
    for line in PAGE.splitlines()
    if (row := re.findall(r"`([^`]+)`", line)) and row[0] in KINDS and len(line.split(" | ")) > 3
}
OWN: dict[str, dict[str, Any]] = {
    "expression": {"symbols": ["eta", "lam"]},
    "equation": {"symbols": ["x", "y"]},
    "range": {"symbols": ["eta", "lam"], "assume": ["lam > 0"], "variable": "eta"},
    "member": {"symbols": ["x"], "variable": "x"},
    "number": {"tolerance": "1e-3"},
    "leading-term": {"symbols": ["eta", "lam"], "assume": ["eta > 0", "lam > 0"], "variable": "eta", "at": "0"},
    "asymptotic": {"symbols": ["eta", "lam", "t: natural"], "assume": ["eta > 0"], "variable": "eta", "at": "0", "fixed": "eta*t"},
    "up-to-scale": {"symbols": ["x", "y"]},
    "up-to-constant": {"symbols": ["x"]},
    "chain": {"symbols": ["x"], "assume": ["x != 1"]},
}


@pytest.mark.parametrize("table", ["_SHEET", "_TASK", "PART"])
def test_every_key_of_a_sheet_is_explained(table: str) -> None:
    missing = set(getattr(sheets, table)) - SAID
    assert not missing and set(PART) >= {"name", "weight"}


def test_every_kind_has_a_row() -> None:
    assert set(ROWS) == set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "property"])
def test_the_table_of_kinds_is_true(kind: str) -> None:
    _, key, *_, right, wrong = ROWS[kind]
    said = ["saddle"] if kind == "words" else key
    task = {"id": "1", "points": 2, "text": "?", "kind": kind, "key": said, **OWN.get(kind, {})}
    found = keys_of(sheet_of({"title": "t", "task": [task]}, "t.toml")).task("1")
    assert found is not None
    assert [Checker(found).check(text).verdict for text in (right, wrong)] == ["correct", "incorrect"]


def test_the_row_of_properties_is_true() -> None:
    from derivations.homework.keying import sheet_key

    key = next(task for task in sheet_key("lecture3").tasks if any(part.kind == "property" for part in task.parts))
    assert [Checker(key).check(text).verdict for text in ROWS["property"][-2:]] == ["correct", "incorrect"]
