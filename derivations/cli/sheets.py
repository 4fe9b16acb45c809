"""What ``sheet`` does: read it, solve it, write it, and say what was written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.cli.limits import within
from derivations.cli.output import emit, talk
from derivations.cli.progress import working
from derivations.cli.showing import check_choices
from derivations.homework.sheets import SheetSpec, read_sheet
from derivations.language.errors import Unusable

if TYPE_CHECKING:
    from derivations.homework.solutions import Solution


@dataclass(frozen=True, slots=True)
class Hand:
    """A sheet to be written: the text that draws its numbers, and the student whose folder it goes to."""

    seed: str | None = None
    student: str = ""


@dataclass(frozen=True, slots=True)
class _How:
    kinds: tuple[str, ...]
    notebook: tuple[str, dict[str, Any]] | None
    notation: str
    seconds: float


def hands_out(seeds: tuple[str, ...], students: tuple[str, ...], roster: str | None) -> tuple[Hand, ...]:
    """Which sheets the options ask for."""
    from derivations.homework.rosters import read_roster, seed_of

    if not students and roster is None:
        return tuple(Hand(seed) for seed in seeds) or (Hand(),)
    seed = seeds[0] if seeds else None
    named = read_roster(roster, seed) if roster is not None else {}
    named |= {student: seed_of(str(seed), student) for student in students}
    return tuple(Hand(text, student) for student, text in named.items())


def write(
    name: str,
    output: str,
    kinds: tuple[str, ...],
    into: str | None,
    notation: str | None,
    seconds: float,
    hands: tuple[Hand, ...] = (Hand(),),
) -> int:
    """0 if every task was solved (or brings its own key), 3 if one was not; a folder for each student, if there are any."""
    from derivations.homework.grading.safety import file_names

    spec = read_sheet(name)
    notation = notation or spec.notation
    check_choices("text", notation)
    how = _How(kinds, (into, _notebook(into, output)) if into else None, notation, seconds)
    folders = file_names(hand.student for hand in hands if hand.student)
    rows, outcomes = [], []
    for hand in hands:
        folder = os.path.join(output, folders[hand.student]) if hand.student else output
        code, outcome = _written(spec, folder, how, hand.seed)
        rows.append((hand.student, str(hand.seed), code))
        outcomes.append(outcome)
    if folders:
        emit(f"{_table(output, rows)}\n")
    return max(outcomes)


def _table(output: str, rows: list[tuple[str, str, str]]) -> Path:
    """Who had which variant, as ``grade --seeds`` reads it."""
    from derivations.homework.grading.grades import table_line
    from derivations.homework.writing import Folder

    lines = [table_line(row) for row in (("student", "seed", "variant"), *rows)]
    return Folder(output).write("variants.csv", "".join(lines))


def _written(spec: SheetSpec, output: str, how: _How, seed: str | None) -> tuple[str, int]:
    """The code of the variant, and 0 if every task of it was solved."""
    with working(f"writing {spec.title}"):
        from derivations.homework.notebooks import fill, notebook_text
        from derivations.homework.writing import Folder, write_sheet

        spec, solutions = _solved(spec, seed, how.seconds)
        folder = Folder(output)
        sheet = write_sheet(spec, solutions, folder, how.kinds, how.notation, talk)
        if how.notebook is not None:
            into, notebook = how.notebook
            filled, tasks = fill(notebook, sheet)
            stem, end = os.path.splitext(os.path.basename(into))
            folder.write(f"{stem}-{spec.variant}{end}" if spec.variant else stem + end, notebook_text(filled))
            talk(f"filled in: {', '.join(tasks) if tasks else 'nothing, no place for a solution was recognised'}")
    emit("".join(f"{path}\n" for path in folder.written))
    missing = [one for one in solutions if not one.proofs and "key" not in one.task.own]
    for one in missing:
        talk(f"task {one.task.id} has no solution: {one.reason}")
    return spec.variant, 3 if missing and "solutions" in how.kinds else 0


def _solved(spec: SheetSpec, seed: str | None, seconds: float) -> tuple[SheetSpec, tuple[Solution, ...]]:
    """The sheet, or the variant of it that a text draws, with its solutions."""
    if seed is None:
        from derivations.homework.solutions import solve

        return spec, within(seconds, lambda: solve(spec))
    from derivations.homework.variants import drawn

    found = within(seconds, lambda: drawn(spec, seed))
    for line in found.said:
        talk(line)
    talk(f"variant {found.spec.variant} is drawn by {seed!r}")
    return found.spec, found.solutions


def lint(name: str, as_json: bool, seconds: float) -> int:
    """0 if the sheet leaves nothing open that its author should know of, 1 if it does."""
    import json

    spec = read_sheet(name)
    with working(f"reading {spec.title}"):
        from derivations.homework.linting import findings

        found = within(seconds, lambda: findings(spec))
    if as_json:
        rows = [{"task": one.task, "kind": one.kind, "message": one.message, "hint": one.hint} for one in found]
        emit(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        emit("".join(f"{one}\n" for one in found))
        talk(f"{len(found)} findings" if len(found) != 1 else "1 finding")
    return 1 if found else 0


def _notebook(into: str, output: str) -> dict[str, Any]:
    """The notebook, unless writing its copy would overwrite it."""
    from derivations.homework.notebooks import read_notebook

    target = os.path.join(output, os.path.basename(into))
    if os.path.exists(target) and os.path.exists(into) and os.path.samefile(target, into):
        raise Unusable(
            "the copy would overwrite the notebook itself; name another folder with -o", into, (0, len(into))
        )
    return read_notebook(into)
