"""Each command, as a user types it: what is printed where, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivations.catalogue.discovery import index
from derivations.cli.group import NAMES
from derivations.cli.quick import quick
from derivations.cli.showing import FORMATS

from .helpers import Program

FIELDS = {"id", "title", "question", "tasks", "status", "certified"}


def test_list(program: Program) -> None:
    done = program("list")
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) == len(index())
    assert "sgd.stationary-variance" in done.out


def test_list_as_json(program: Program) -> None:
    rows = program("list", "--json").json
    assert all(set(row) == FIELDS for row in rows)
    assert {row["status"] for row in rows} <= {"proved", "decided", "cited"}
    assert any("lecture3:4.b" in row["tasks"] for row in rows)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("notation", ["lecture", "notes"])
def test_show(program: Program, form: str, notation: str) -> None:
    done = program("show", "gd.regimes", "--format", form, "--notation", notation)
    assert (done.code, done.err) == (0, "")
    assert len(done.out) > 500
    if form in ("json", "certificate"):
        assert done.json["id"] == "gd.regimes"


def test_every_result_is_shown(program: Program) -> None:
    for row in index():
        done = program("show", row["id"])
        assert done.code == 0
        assert row["title"] in done.out


def test_the_quick_way_and_the_full_parser_agree(program: Program, tmp_path: Path) -> None:
    arguments = ["show", "gd.regimes", "--format=md", "--notation", "notes", "-o"]
    assert quick([*arguments, "x"]) is not None
    assert quick(["show", "gd.regimes", "--formt", "md"]) is None
    assert quick(["show", "--help"]) is None
    quickly, fully = tmp_path / "quickly", tmp_path / "fully"
    assert program(*arguments, str(quickly)).code == 0
    assert program("show", "--format=md", "--notation", "notes", "--output", str(fully), "--", "gd.regimes").code == 0
    assert quickly.read_bytes() == fully.read_bytes()


def test_width_follows_the_terminal(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def longest(columns: str) -> int:
        monkeypatch.setenv("COLUMNS", columns)
        return max(map(len, program("show", "gd.linearised-recurrence").out.splitlines()))

    assert longest("60") <= 60 < longest("140") <= 140


def test_derive(program: Program) -> None:
    record = program("derive", "hessian", "--loss", "x**4/4 - x**2/2", "--at", "x=1", "--format", "json").json
    assert record["answer"]["matrix"] == "Matrix([[2]])"
    assert record["answer"]["nature"] == "minimum"
    assert record["status"] == "proved"


def test_derive_the_results_own_problem(program: Program) -> None:
    by_question = program("derive", "recurrence", "--format", "certificate")
    by_name = program("derive", "gd.linearised-recurrence", "--format", "certificate")
    assert by_question.json == by_name.json
    assert by_question.json["derivation"]["problem"] == {}


def test_derive_says_what_it_could_not_decide(program: Program) -> None:
    arguments = ("derive", "recurrence", "--optimizer", "heavy-ball")
    done = program(*arguments)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("undecided: ")
    done = program(*arguments, "--format", "json")
    assert done.code == 3
    assert done.json["status"] == "undecided"
    assert "memory" in done.json["reason"]


def test_output_goes_to_the_file(program: Program, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    done = program("show", "hessian.nature", "--format", "html", "-o", str(target))
    assert (done.code, done.out) == (0, "")
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    done = program("show", "hessian.nature", "-o", str(tmp_path / "nowhere" / "page"))
    assert done.code == 2
    assert "cannot write" in done.err


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_plot(program: Program, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"regimes.{ending}"
    assert program("plot", "gd.regimes", "-o", str(target)).code == 0
    first = target.read_bytes()
    assert program("plot", "ranges", "-o", str(target)).code == 0
    assert target.read_bytes() == first


def test_plot_refuses(program: Program, tmp_path: Path) -> None:
    assert program("plot", "gd.regimes", "-o", str(tmp_path / "x.jpg")).code == 2
    assert program("plot", "gd.newton-step", "-o", str(tmp_path / "x.svg")).code == 2
    assert list(tmp_path.iterdir()) == []


def test_doctor(program: Program) -> None:
    done = program("doctor")
    assert done.code == 0
    assert "pdflatex" in done.out
    assert "sympy" in done.out


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples(program: Program, name: str) -> None:
    for flag in ("--help", "-h"):
        done = program(name, flag)
        assert done.code == 0
        assert f"derivations {name}" in done.out.partition("\n")[2]


def test_help_and_version(program: Program) -> None:
    assert all(name in program("--help").out for name in NAMES)
    assert program("--version").out.startswith("derivations ")
    done = program()
    assert done.code == 2
    assert "Usage" in done.err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["show", "sgd.stationary-varience"], "sgd.stationary-variance"),
        (["show", "gd.regimes", "--format", "latx"], "latex"),
        (["show", "gd.regimes", "--notation", "lectures"], "lecture"),
        (["derive", "hesian"], "hessian"),
        (["derive", "ranges", "--optimizer", "heavy-bal"], "heavy-ball"),
        (["sheet", "lecture", "-o", "x"], "lecture3"),
        (["shwo", "gd.regimes"], "show"),
        (["show", "gd.regimes", "--notatoin", "notes"], "--notation"),
    ],
)
def test_did_you_mean(program: Program, arguments: list[str], meant: str) -> None:
    done = program(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "did you mean" in done.err.lower()
    assert meant in done.err


def test_commands_of_later_versions_do_not_exist(program: Program) -> None:
    for name in ("check", "hint", "grade"):
        assert program(name).code == 2


def test_committed_index_fits_the_certificates(program: Program) -> None:
    for row in index():
        data = json.loads(program("show", row["id"], "--format", "certificate").out)
        assert [data[key] for key in ("title", "question", "tasks", "status")] == [
            row[key] for key in ("title", "question", "tasks", "status")
        ]
