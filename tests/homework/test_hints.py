"""Hints: each is a part of the proof, the first two do not tell the answer, and no search is needed for the package's sheets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from derivations.cli.main import run
from derivations.homework import stored
from derivations.homework.hints import hints_for
from derivations.homework.sheets import own_sheets, parse_sheet, read_sheet
from derivations.homework.stored import committed_proofs, files_of
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import Term

TASKS = [(name, task.id) for name in own_sheets() for task in read_sheet(name).tasks]


@pytest.mark.parametrize(("sheet", "name"), TASKS)
def test_every_task_has_hints(sheet: str, name: str) -> None:
    spec = read_sheet(sheet)
    task = next(one for one in spec.tasks if one.id == name)
    hints = hints_for(spec, task)
    assert [one.level for one in hints.hints] == list(range(1, len(hints.hints) + 1))
    assert all(one.levels == len(hints.hints) and one.lines for one in hints.hints)
    assert 3 <= len(hints.hints) <= 9
    assert hints.hints[-1].answer and not any(one.answer for one in hints.hints[:-1])
    labels = {step.label for step in hints.proof.derivation.steps}
    told = {line.label for one in hints.hints[1:-1] for line in one.lines if line.depth == 0}
    assert told <= labels and told == {line.label for line in hints.hints[-1].lines if line.label in labels}


def right_sides(term: Term | str) -> list[str]:
    """The answer's values as texts: what stands right of the sign, and the entries of a matrix that are no mere numbers."""
    if isinstance(term, str):
        return []
    while term.head == "ForAll":
        term = term.args[1]
    if term.head in ("Eq", "Iff", "Tends"):
        return right_sides(term.args[-1])
    if term.head in ("Matrix", "Tuple"):
        return [ascii_text(term), *(text for arg in term.args for text in right_sides(arg))]
    return [ascii_text(term)]


@pytest.mark.parametrize(("sheet", "name"), TASKS)
def test_the_first_hints_do_not_tell(sheet: str, name: str) -> None:
    spec = read_sheet(sheet)
    hints = hints_for(spec, next(one for one in spec.tasks if one.id == name))
    answers = {
        text for part in hints.hints[-1].answer for text in right_sides(part) if not re.fullmatch(r"-?\w+", text)
    }
    words = {part for part in hints.hints[-1].answer if isinstance(part, str)}
    for one in hints.hints[:2]:
        for line in one.lines:
            said = "" if line.claim is None else ascii_text(line.claim)
            assert not [text for text in answers if re.search(rf"(?<![\w.]){re.escape(text)}(?![\w*])", said)], said
            assert not [word for word in words if word in "".join(part for part in line.words if isinstance(part, str))]


def test_committed_proofs_are_current() -> None:
    """What a fresh derivation states and answers is what is committed; run ``python -m derivations.homework.stored`` if not."""
    for name in own_sheets():
        for path, content in files_of(read_sheet(name)).items():
            committed = Path(stored.FOLDER, path).read_text(encoding="utf-8")
            if "/" not in path:
                assert committed == content
                continue
            old, new = json.loads(committed), json.loads(content)
            assert old["derivation"]["statement"] == new["derivation"]["statement"], path
            assert old["answer"] == new["answer"], path


def test_a_changed_task_is_not_taken_for_the_committed_one() -> None:
    spec = read_sheet("stage3")
    assert all(committed_proofs(spec, task) for task in spec.tasks)
    text = 'title = "T"\n[[task]]\nid = "2.1"\npoints = 1\ntext = "x"\nquestion = "derivatives"\ngiven = { loss = "x**2" }\n'
    changed = parse_sheet(text, "stage3", "stage3")
    assert committed_proofs(changed, changed.tasks[0]) == ()


def test_without_search() -> None:
    """No hint of the package's sheets waits for SymPy."""
    program = (
        "import sys\nfrom derivations.cli.main import run\n"
        "codes = [run(['hint', name, '--level', '2']) for name in ('lecture3:4.b', 'stage3:7.1', 'stage3:5.2', 'stage3:8.4')]\n"
        "assert codes == [0, 0, 0, 0] and 'sympy' not in sys.modules and 'z3' not in sys.modules, sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)


def test_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hint", "lecture3:1.b.1"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Task 1.b.1, hint 1 of 9: The idea") and "--level 2" in text
    assert run(["hint", "lecture3:1.b.1", "--level", "99", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["level"] == found["levels"] == 9
    assert found["answer"] == ["(0 < eta) & (eta < 1/lam)"]
    assert found["lines"][-1]["claim"].startswith("Implies(0 < lam")
    for form, sign in (("latex", r"\begin{document}"), ("html", "<math"), ("md", "$$")):
        assert run(["hint", "stage3:1.3", "--level", "3", "--format", form]) == 0
        assert sign in capsys.readouterr().out


def test_names_that_there_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hint", "lecture3:1.b.7"]) == 2
    assert "no such task" in capsys.readouterr().err
    assert run(["hint", "lectur3:1.a"]) == 2
    assert "did you mean lecture3?" in capsys.readouterr().err
    assert run(["hint", "1.a"]) == 2
    assert run(["hint", "lecture3:1.a", "--format", "pdf"]) == 2


def test_no_derivation_no_hint() -> None:
    spec = parse_sheet(
        'title = "T"\n[[task]]\nid = "1"\npoints = 1\ntext = "x"\nkind = "expression"\nkey = "2*eta"\n', "own.toml"
    )
    with pytest.raises(Undecided, match="no derivation"):
        hints_for(spec, spec.tasks[0])


def test_hints_of_a_sheet_of_ones_own() -> None:
    """Nothing is known of this loss in advance; the matrix is that of its second derivatives."""
    text = 'title = "T"\n[[task]]\nid = "1"\npoints = 1\ntext = "x"\nquestion = "hessian"\nanswer = "matrix"\n'
    spec = parse_sheet(text + 'given = { loss = "3*x**2 - 7*x*y", at = "x=0,y=0" }\n', "own.toml")
    hints = hints_for(spec, spec.tasks[0])
    assert "3*x**2 - 7*x*y" in "".join(ascii_text(line.claim) for line in hints.at(1).lines if line.claim)
    assert ascii_text(hints.at(99).answer[0]).endswith("Matrix([[6, -7], [-7, 0]])")  # type: ignore[arg-type]
