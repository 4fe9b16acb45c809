"""What a person decided: DIR/overrides.csv with the columns student, task, points, comment (and verdict); read, never written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from derivations.homework.grading.labels import Labels
from derivations.homework.grading.safety import cell
from derivations.homework.small_tables import read_rows
from derivations.homework.verdicts import VERDICTS

NAME = "overrides.csv"


@dataclass(frozen=True, slots=True)
class Override:
    """The points that a person gave, with a comment for the student."""

    points: float
    comment: str = ""
    verdict: str = ""


Overrides = Mapping[tuple[str, str], Override]


def read_overrides(
    folder: Path, students: list[str], labels: Labels, most: Mapping[str, float], problems: list[str]
) -> Overrides:
    """The overrides of known students and tasks; the others are reported. Raises Unusable if the file is no such table."""
    if not (folder / NAME).exists():
        return {}
    written = {cell(name): name for name in students} | {name: name for name in students}
    found: dict[tuple[str, str], Override] = {}
    for line, values in read_rows(folder / NAME, ("student", "task", "points", "comment"), ("student", "task", "points")):
        where = f"{NAME}, line {line}"
        student, task, points = written.get(values["student"]), labels.find(values["task"]), _number(values["points"])
        if student is None:
            problems.append(f"{where}: there is no student {values['student'][:60]!r}")
        elif task is None:
            problems.append(f"{where}: there is no task {values['task'][:60]!r}")
        elif points is None:
            problems.append(f"{where}: {values['points'][:60]!r} is no number of points")
        else:
            if (student, task) in found:
                problems.append(f"{where}: {student}, {task} stands here a second time; this line counts")
            if points > most[task]:
                problems.append(f"{where}: more points than task {task} has ({most[task]:g})")
            verdict = values.get("verdict", "")
            if verdict and verdict not in VERDICTS:
                problems.append(f"{where}: {verdict[:60]!r} is no verdict; there are {', '.join(VERDICTS)}")
            found[student, task] = Override(points, values.get("comment", ""), verdict if verdict in VERDICTS else "")
    return found


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
