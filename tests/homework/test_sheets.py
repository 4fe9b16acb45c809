"""Solved sheets: every task has a proof, each proof stands in one place, and the files are the same each time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from derivations.cli.main import run
from derivations.homework import typesetting
from derivations.homework.sheets import parse_sheet, read_sheet
from derivations.homework.solutions import Solution, answer_parts, laid_out, solve
from derivations.homework.typesetting import can_typeset, typeset
from derivations.homework.writing import Folder, write_sheet
from derivations.language.certificates import certificate_from_json
from derivations.language.errors import Unusable
from derivations.rendering.sheet import markdown_solutions

needs_latex = pytest.mark.skipif(not can_typeset(), reason="there is no pdflatex")


@pytest.fixture(scope="module")
def solutions() -> tuple[Solution, ...]:
    return solve(read_sheet("lecture3"))


def test_every_task_is_solved(solutions: tuple[Solution, ...]) -> None:
    for solution in solutions:
        assert solution.proofs, solution.task.id
        assert solution.proofs[0].status in ("proved", "cited")
        assert answer_parts(solution.proofs[0], solution.task.answer), solution.task.id


def test_answers_are_the_part_that_is_asked_for(solutions: tuple[Solution, ...]) -> None:
    text = markdown_solutions(laid_out(read_sheet("lecture3"), solutions, "lecture"))
    answers = dict(re.findall(r"## Task (\S+) .*?\*\*Answer\.\*\* (.*?)\n", text, re.DOTALL))
    assert answers["1.b.1"] == r"$0 < \eta < \frac{1}{\lambda}$"
    assert answers["1.b.2"] == r"$\frac{1}{\lambda} < \eta < \frac{2}{\lambda}$"
    assert answers["3.a.eigenvalues"] == "$1$, $-1$"
    assert answers["3.a.nature"] == "saddle"
    assert answers["4.b"].endswith(r"\frac{\eta\sigma^2}{N\lambda(2-\eta\lambda)}$")


def test_a_shared_proof_is_printed_once(solutions: tuple[Solution, ...]) -> None:
    sheet = laid_out(read_sheet("lecture3"), solutions, "lecture")
    printed = [proof.id for task in sheet.tasks for proof in task.certificates]
    assert len(printed) == len(set(printed))
    tasks = {task.id: task for task in sheet.tasks}
    assert not tasks["1.b.1"].certificates
    assert tasks["1.b.1"].note == "The proof stands under Task 1.b.3."
    assert tasks["1.b.3"].proves == ("1.b.1", "1.b.2", "1.b.3")
    assert tasks["1.b.3"].note == ""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def write(solutions: tuple[Solution, ...], folder: Path, notation: str = "lecture") -> list[str]:
    said: list[str] = []
    kinds = ("problems", "solutions")
    write_sheet(read_sheet("lecture3"), solutions, Folder(str(folder)), kinds, notation, said.append)
    return said


def test_the_other_notation(solutions: tuple[Solution, ...], tmp_path: Path) -> None:
    assert all("no PDF" in line for line in write(solutions, tmp_path, "notes"))
    assert "α" not in (tmp_path / "solutions.tex").read_text()
    assert "\\alpha" in (tmp_path / "solutions.tex").read_text()


def test_same_inputs_same_bytes(solutions: tuple[Solution, ...], tmp_path: Path) -> None:
    said = write(solutions, tmp_path / "one")
    assert write(solutions, tmp_path / "two") == said
    assert all("no PDF" in line for line in said)  # in particular no line is too wide
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one == two
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    for kind in ("problems", "solutions"):
        assert {f"{kind}.{end}" for end in ("tex", "html", "md")} <= one.keys()
        assert f"{kind}.pdf" in one or not can_typeset()
        assert b"<code>" not in one[f"{kind}.html"]
    for name, content in one.items():
        if name.startswith("certificates/"):
            certificate_from_json(json.loads(content))


def test_problems_hold_no_solutions(solutions: tuple[Solution, ...], tmp_path: Path) -> None:
    write_sheet(read_sheet("lecture3"), solutions, Folder(str(tmp_path)), ("problems",), "lecture", print)
    assert {path.stem for path in tmp_path.iterdir()} == {"problems"}
    assert "Answer" not in (tmp_path / "problems.md").read_text()


OWN = """
title = "Own"
[[task]]
id = "saddle"
points = 3
text = "Which kind of point is the origin for $x^2 - 3 y^2$?"
question = "hessian"
given = { loss = "x**2 - 3*y**2", at = "x=0,y=0" }
answer = "nature"
[[task]]
id = "again"
points = 1
text = "And its eigenvalues?"
question = "hessian"
given = { loss = "x**2 - 3*y**2", at = "x=0,y=0" }
answer = "eigenvalues"
[[task]]
id = "words"
points = 1
text = "Why?"
kind = "words"
key = "two signs"
"""


def test_a_sheet_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    assert run(["sheet", str(tmp_path / "own.toml"), "-o", str(tmp_path / "out"), "--solutions"]) == 0
    text = (tmp_path / "out" / "solutions.md").read_text()
    assert "**Answer.** saddle" in text
    assert "**Answer.** $2$, $-6$" in text or "**Answer.** $-6$, $2$" in text
    assert "two signs" in text
    assert text.count("#### Proof") == 1
    assert not (tmp_path / "out" / "problems.md").exists()
    assert str(tmp_path / "out" / "solutions.md") in capsys.readouterr().out.splitlines()


def test_what_cannot_be_solved_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unsolved = OWN.replace('question = "hessian"', 'question = "newton"').replace("answer =", "#")
    (tmp_path / "own.toml").write_text(unsolved)
    assert run(["sheet", str(tmp_path / "own.toml"), "-o", str(tmp_path / "out")]) == 3
    assert "task saddle has no solution" in capsys.readouterr().err
    (tmp_path / "own.toml").write_text(OWN.replace("x=0,y=0", "x=1,y=0"))
    assert run(["sheet", str(tmp_path / "own.toml"), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "task saddle" in said
    assert "not a critical point" in said


def test_without_latex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(typesetting.shutil, "which", lambda name: None)
    (tmp_path / "own.toml").write_text(OWN)
    assert run(["sheet", str(tmp_path / "own.toml"), "-o", str(tmp_path / "out"), "--problems"]) == 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "texlive-latex-recommended" in said


@needs_latex
def test_what_latex_does_not_accept(tmp_path: Path) -> None:
    source = tmp_path / "bad.tex"
    source.write_text(r"\documentclass{article}\begin{document}\nonsense\end{document}")
    with pytest.raises(Unusable) as caught:
        typeset(source)
    assert "Undefined control sequence" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tex"]


@needs_latex
def test_latex_runs_no_programs(tmp_path: Path) -> None:
    source = tmp_path / "bad.tex"
    source.write_text(
        r"\documentclass{article}\begin{document}\immediate\write18{touch executed}"
        r"\immediate\openout3=../derivations-written x\end{document}"
    )
    with pytest.raises(Unusable):
        typeset(source)
    assert not (tmp_path / "executed").exists()
    assert not (tmp_path.parent / "derivations-written.tex").exists()


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unusable):
        Folder(str(tmp_path / "file")).write("x/y", "z")


def test_formulas_of_the_author_cannot_reach_files(tmp_path: Path) -> None:
    spec = parse_sheet(
        'title = "t"\n[[task]]\nid = "a"\npoints = 1\ntext = \'$\\input{/etc/passwd}$\'\nkind = "words"\nkey = "x"\n',
        "t",
    )
    folder = Folder(str(tmp_path))
    write_sheet(spec, solve(spec), folder, ("problems",), "lecture", lambda line: None)
    assert r"\input{/etc" not in (tmp_path / "problems.tex").read_text()
