"""``derivations grade``: what it prints, what it exits with, and that it needs no SymPy for the package's own sheets."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .helpers import Program

ROOT = Path(__file__).parents[2]
OWN = """
title = "A sheet of one's own"
[[task]]
id = "1.a"
points = 4
text = "For which rates?"
kind = "range"
key = "0 < eta < 2/lam"
symbols = ["eta", "lam"]
assume = ["eta > 0", "lam > 0"]
variable = "eta"
[[task]]
id = "1.b"
points = 2
text = "How many?"
kind = "number"
key = "3/2"
"""


@pytest.fixture
def sheet(tmp_path: Path) -> str:
    (tmp_path / "own.toml").write_text(OWN)
    return str(tmp_path / "own.toml")


def handed_in(folder: Path) -> str:
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [
            ("Ada", "1.a", "0 < eta < 2/lam"),
            ("Ada", "1.b", "1.5"),
            ("Emmy", "1.a", "0 < eta < 1/lam"),
            ("Emmy", "9.z", "7"),
        ]
        csv.writer(file).writerows([("student", "task", "answer"), *rows])
    return str(folder / "answers.csv")


def test_a_table_is_graded(program: Program, tmp_path: Path, sheet: str) -> None:
    out = tmp_path / "out"
    done = program("grade", handed_in(tmp_path), "--sheet", sheet, "-o", str(out))
    assert done.code == 0, done.err
    assert str(out / "grades.csv") in done.out.splitlines() and str(out / "verdicts.jsonl") in done.out.splitlines()
    assert all(Path(line).is_file() for line in done.out.splitlines())
    assert "2 students, 3 answers: 2 correct, 1 incorrect, 1 missing" in done.err and "'9.z'" in done.err
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"student": "Ada", "1.a": "4", "1.b": "2", "total": "6"},
            {"student": "Emmy", "1.a": "0", "1.b": "0", "total": "0"},
        ]


def test_a_summary_as_json(program: Program, tmp_path: Path, sheet: str) -> None:
    done = program("grade", handed_in(tmp_path), "--sheet", sheet, "-o", str(tmp_path / "out"), "--json")
    assert done.code == 0
    assert done.json["students"] == 2 and done.json["verdicts"]["correct"] == 2 and "grades.csv" in done.json["files"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-file.csv", "--sheet", "{sheet}", "-o", "{out}"], "no-such-file.csv"),
        (["{answers}", "--sheet", "lecture33", "-o", "{out}"], "lecture3"),
        (["{sheet}", "--sheet", "{sheet}", "-o", "{out}"], "a submission is"),
        (["{answers}", "--sheet", "{sheet}", "-o", "{answers}"], "cannot write"),
        (["{answers}", "--sheet", "{sheet}", "-o", "{out}", "--jobs", "0"], "jobs"),
        (["{empty}", "--sheet", "{sheet}", "-o", "{out}"], "no submission"),
    ],
)
def test_what_cannot_be_used(program: Program, tmp_path: Path, sheet: str, arguments: list[str], said: str) -> None:
    (tmp_path / "empty").mkdir()
    places = {
        "sheet": sheet,
        "out": str(tmp_path / "out"),
        "answers": handed_in(tmp_path),
        "empty": str(tmp_path / "empty"),
    }
    done = program("grade", *(one.format(**places) for one in arguments))
    assert done.code == 2 and said in done.err and not (tmp_path / "out" / "grades.csv").exists()


def test_no_sympy_for_the_packages_own_sheets(tmp_path: Path) -> None:
    code = "import sys; from derivations.cli.main import run\ncode = run(sys.argv[1:])\n"
    code += "print('sympy' in sys.modules, file=sys.stderr); sys.exit(code)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    (tmp_path / "ada.md").write_text("**1.b.1** $0 < \\eta < 1/\\lambda$\n\n**4.b** eta\n")
    arguments = ["grade", str(tmp_path / "ada.md"), "--sheet", "lecture3", "-o", str(tmp_path / "out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "False"
    assert json.loads(done.stdout)["verdicts"]["correct"] == 1


def test_a_scheduler_that_is_not_there(
    program: Program, tmp_path: Path, sheet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = program(
        "grade", handed_in(tmp_path), "--sheet", sheet, "-o", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1"
    )
    assert done.code == 2 and "pip install 'derivations[dask]'" in done.err


DRAWN = OWN.replace("2/lam", "{a}/lam").replace("[[task]]", '[draw]\na = "2..12"\n[[task]]', 1)


def test_what_sheet_hands_out_is_what_grade_takes(program: Program, tmp_path: Path) -> None:
    """Each student's folder has a variant; the table beside them tells ``grade`` which."""
    (tmp_path / "own.toml").write_text(DRAWN)
    (tmp_path / "students.csv").write_text("student\nAda\nEmmy/x\n")
    sheet, out = str(tmp_path / "own.toml"), tmp_path / "handout"
    arguments = ("sheet", sheet, "-o", str(out), "--problems", "--seed", "s", "--roster", str(tmp_path / "students.csv"))
    done = program(*arguments)
    assert done.code == 0, done.err
    with (out / "variants.csv").open(encoding="utf-8", newline="") as file:
        found = {row["student"]: row for row in csv.DictReader(file)}
    assert list(found) == ["Ada", "Emmy/x"] and found["Ada"]["seed"] == "s/Ada"
    assert (out / "Ada" / f"problems-{found['Ada']['variant']}.md").is_file()
    key = program("check", f"{sheet}:1.a", "x", "--seed", "s", "--student", "Ada", "--json").json
    assert key["verdict"] != "correct"
    right = {
        student: next(a for a in range(2, 13) if program("check", f"{sheet}:1.a", f"0<eta<{a}/lam", "--seed", seed).code == 0)
        for student, seed in (("Ada", "s/Ada"), ("Emmy/x", "s/Emmy/x"))
    }
    with (tmp_path / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("student", "task", "answer"), *((s, "1.a", f"0<eta<{a}/lam") for s, a in right.items())])
    for options in (("--seeds", str(out / "variants.csv")), ("--seed", "s", "--each")):
        done = program("grade", str(tmp_path / "answers.csv"), "--sheet", sheet, "-o", str(tmp_path / "out"), "--json", *options)
        assert done.code == 0 and done.json["verdicts"]["correct"] == 2, done.err
    done = program("grade", str(tmp_path / "answers.csv"), "--sheet", sheet, "-o", str(tmp_path / "out"), "--each")
    assert done.code == 2 and "--seed" in done.err
