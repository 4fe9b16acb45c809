"""Grading students who had different numbers: each by the key of the variant that was handed out, and reproducibly."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from derivations.homework.grading.run import Summary, grade
from derivations.homework.placeholders import Draws, variant_code
from derivations.homework.rosters import Seeds, own_seed, read_roster, seed_of, seeds_of
from derivations.homework.sheets import read_sheet
from derivations.language.errors import Unusable

SHEET = """
title = "Own numbers"
[draw]
a = "2..40"
[[task]]
id = "1"
points = 4
text = '''
Let the curvature be ${a}$. Which rates
converge?

Give a range.
'''
kind = "range"
key = "0 < eta < 2/{a}"
symbols = ["eta"]
assume = ["eta > 0"]
variable = "eta"
[[task]]
id = "2"
points = 2
text = "What is {a} times {a}?"
kind = "number"
key = "{a}*{a}"
"""
STUDENTS = ("Ada", "Emmy", "Ölga", "Sofja")


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    (tmp_path / "own.toml").write_text(SHEET)
    return str(tmp_path / "own.toml")


def number(draws: Draws, seed: str) -> Fraction:
    """What a text draws, by the drawing alone: no proof and no key."""
    return draws.drawn(seed, "", 0)[0]["a"]


def answers(path: Path, sheet: str, seed: str | None = None) -> str:
    """A folder of documents: everybody squares the own number, or the one that ``seed`` draws, and repeats the question."""
    draws = read_sheet(sheet).draws[""]
    folder = path / "submissions"
    folder.mkdir(exist_ok=True)
    for student in STUDENTS:
        a = number(draws, seed or f"summer/{student}")
        question = f"Let the curvature be ${a}$. Which rates\nconverge?\n\nGive a range."
        text = f"## Task 1\n{question}\n\n0 < eta < 2/{a}\n\n**Task 2** {a * a}\n"
        (folder / f"{student}.md").write_text(text, encoding="utf-8")
    return str(folder)


def run(path: Path, sheet: str, seeds: Seeds | None, out: str = "out", **options: Any) -> Summary:
    return grade([str(path / "submissions")], sheet, str(path / out), jobs=0, seeds=seeds, **options)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_everybody_is_graded_by_the_own_numbers(tmp_path: Path, sheet: str) -> None:
    answers(tmp_path, sheet)
    numbers = {number(read_sheet(sheet).draws[""], f"summer/{student}") for student in STUDENTS}
    assert len(numbers) == len(STUDENTS)  # else the test would show nothing
    summary = run(tmp_path, sheet, Seeds("summer", each=True))
    assert summary.verdicts["correct"] == 2 * len(STUDENTS) and not summary.problems
    found = rows(tmp_path / "out")
    assert {one["variant"] for one in found} == {variant_code(f"summer/{student}") for student in STUDENTS}
    assert all("curvature" not in one["answer"] for one in found)  # the author's words, with whatever numbers
    page = (tmp_path / "out" / "feedback" / "Ada.html").read_text(encoding="utf-8")
    assert variant_code("summer/Ada") in page
    others = run(tmp_path, sheet, Seeds("winter", each=True), "others")
    assert others.verdicts["correct"] == 0 and others.verdicts["incorrect"] == 2 * len(STUDENTS)


def test_the_same_bytes_however_it_is_checked_and_resumed(tmp_path: Path, sheet: str) -> None:
    answers(tmp_path, sheet)
    run(tmp_path, sheet, Seeds("summer", each=True))
    grade([str(tmp_path / "submissions")], sheet, str(tmp_path / "two"), jobs=2, seeds=Seeds("summer", each=True))

    def killed(count: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, sheet, Seeds("summer", each=True), "killed", progress=killed)
    journal = (tmp_path / "killed" / ".partial" / "journal").read_text()
    assert journal.count('"format"') == len(STUDENTS)  # the keys are kept, too
    assert run(tmp_path, sheet, Seeds("summer", each=True), "killed").resumed >= 1
    assert contents(tmp_path / "out") == contents(tmp_path / "two") == contents(tmp_path / "killed")


def test_one_variant_for_all_and_what_another_seed_changes(tmp_path: Path, sheet: str) -> None:
    answers(tmp_path, sheet, "anna")
    first = run(tmp_path, sheet, Seeds("anna"))
    assert first.verdicts["correct"] == 2 * len(STUDENTS) and not first.changed
    again = run(tmp_path, sheet, Seeds("ben"))
    assert len(again.changed) == 2 * len(STUDENTS)
    codes = (variant_code("anna"), variant_code("ben"))
    assert {one.variants for one in again.changed} == {codes}
    with (tmp_path / "out" / "changes.csv").open(encoding="utf-8", newline="") as file:
        assert {(row["variant before"], row["variant now"]) for row in csv.DictReader(file)} == {codes}
    assert not run(tmp_path, sheet, Seeds("ben")).changed


def test_nobody_is_graded_by_numbers_that_nobody_named(tmp_path: Path, sheet: str) -> None:
    answers(tmp_path, sheet)
    (tmp_path / "roster.csv").write_text(
        "student;seed\r\nAda;summer/Ada\r\nO\u0308lga;summer/Ölga\r\nEmmy;summer/Emmy\r\n", encoding="utf-8"
    )
    summary = run(tmp_path, sheet, seeds_of(None, False, str(tmp_path / "roster.csv")))
    assert summary.verdicts["correct"] == 6 and summary.verdicts["undecided"] == 2
    assert any("Sofja" in one for one in summary.problems)
    left = [one for one in rows(tmp_path / "out") if one["student"] == "Sofja"]
    assert all(one["verdict"] == "undecided" and "which variant" in one["reason"] for one in left)


def test_a_sheet_that_leaves_nothing_open_has_no_variants(tmp_path: Path, sheet: str) -> None:
    answers(tmp_path, sheet)
    (tmp_path / "plain.toml").write_text(SHEET.replace("[draw]\na = \"2..40\"\n", "").replace("{a}", "3"))
    with pytest.raises(Unusable, match="no variants"):
        run(tmp_path, str(tmp_path / "plain.toml"), Seeds("anna"))


@pytest.mark.parametrize(
    ("text", "seed", "said"),
    [
        ("name\nAda\n", "s", "no column student"),
        ("student\nAda\n", None, "no seed for this student"),
        ("student,seed\nAda,a\nAda,b\n", None, "another seed above"),
        ("student,seed\n", None, "no student"),
    ],
)
def test_rosters_that_cannot_be_used(tmp_path: Path, text: str, seed: str | None, said: str) -> None:
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(Unusable, match=said):
        read_roster(str(tmp_path / "r.csv"), seed)


def test_whose_seed_it_is(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("student,seed\nAda,\nEmmy,own\n")
    assert read_roster(str(tmp_path / "r.csv"), "s") == {"Ada": "s/Ada", "Emmy": "own"}
    assert seed_of("s", "Ada") == own_seed("s", "Ada") == "s/Ada" and own_seed("s", None) == "s"
    seeds = seeds_of("s", True, str(tmp_path / "r.csv"))
    assert seeds is not None and [seeds.of(name) for name in ("Ada", "Emmy", "Karl")] == ["s/Ada", "own", "s/Karl"]
    assert seeds_of(None, False, None) is None
    for wrong in (lambda: own_seed(None, "Ada"), lambda: seeds_of(None, True, None)):
        with pytest.raises(Unusable, match="--seed"):
            wrong()
