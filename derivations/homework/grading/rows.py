"""Rows: what every student got for every task, by the program and by a person, and what a new run changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from derivations.homework.grading.overrides import Override
from derivations.homework.verdicts import FOR_A_PERSON

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """An answer to a task. ``data`` is the verdict on it, as JSON, and ``override`` what a person decided.

    All students without an answer to a task have the same row, unless a person decided something.
    """

    data: Data
    where: Data | None = None
    override: Override | None = None
    earlier: int = 0
    unique: int = -1  # the same for identical answers

    @property
    def task(self) -> str:
        return str(self.data["task"])

    @property
    def points(self) -> float:
        """What counts: a person's points before the program's."""
        return float(self.data["points"]) if self.override is None else self.override.points

    @property
    def verdict(self) -> str:
        return (
            self.override.verdict if self.override is not None and self.override.verdict else str(self.data["verdict"])
        )

    @property
    def open(self) -> bool:
        """Whether a person still has to look at it."""
        return self.override is None and self.data["verdict"] in FOR_A_PERSON


@dataclass(frozen=True, slots=True)
class Student:
    """A student's rows, one for each task of the sheet, in its order; ``variant`` is the code of the variant, if there is one."""

    name: str
    rows: tuple[Row, ...]
    variant: str = ""
    points: tuple[float, ...] = field(init=False)  # of each row
    total: float = field(init=False)
    pending: tuple[str, ...] = field(init=False)  # the tasks that a person still has to look at

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", tuple([row.points for row in self.rows]))
        object.__setattr__(self, "total", sum(self.points))
        object.__setattr__(self, "pending", tuple([row.task for row in self.rows if row.open]))


def line_data(student: Student, row: Row) -> Data:
    """The line of verdicts.jsonl: the verdict with the student, the place, the variant, and what a person said."""
    data = {**row.data, "student": student.name, "where": row.where}
    if student.variant:
        data["variant"] = student.variant
    if row.override is not None:
        data["override"] = {"points": row.override.points, "comment": row.override.comment}
        if row.override.verdict:
            data["override"]["verdict"] = row.override.verdict
    return data


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from the run before: of the program's verdict and points, and of the points that count."""

    student: str
    task: str
    before: tuple[str, float, float]  # verdict, the program's points, the points that count
    now: tuple[str, float, float]
    overridden: bool
    variants: tuple[str, str] = ("", "")  # the codes of the variants that the student had: another one has other keys


Place = tuple[str, str]  # student, task
Standing = tuple[str, float, float]  # verdict, the program's points, the points that count


def former_lines(path: Path) -> tuple[dict[Place, Standing], dict[str, str]]:
    """What an earlier run wrote, and which variant each student had; a line that is none is passed over."""
    found: dict[Place, Standing] = {}
    variants: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                entry = _former(line)
                if entry is not None:
                    place, found[place], variants[place[0]] = entry[0], entry[1], entry[2]
    except OSError:
        return {}, {}
    return found, variants


def _former(line: str) -> tuple[Place, Standing, str] | None:
    try:
        data = json.loads(line)
        points = float(data["points"])
        final = float(data["override"]["points"]) if "override" in data else points
        place = str(data["student"]), str(data["task"])
        return place, (str(data["verdict"]), points, final), str(data.get("variant", ""))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def changes(former: Mapping[Place, Standing], students: Iterable[Student], variants: Mapping[str, str]) -> list[Change]:
    """Where a former line and the row now differ, also in their variants, in the rows' order; then what is no longer there."""
    if not former:
        return []
    found, seen = [], set()
    for student, row in [(one, row) for one in students for row in one.rows]:
        place = (student.name, row.task)
        seen.add(place)
        before = former.get(place, ("", 0.0, 0.0))
        now = (str(row.data["verdict"]), float(row.data["points"]), row.points)
        codes = (variants.get(student.name, ""), student.variant)
        other = codes[0] != codes[1] and now[0] != "missing"
        if before != now or other:
            codes = codes if place in former else ("", codes[1])
            found.append(Change(*place, before, now, row.override is not None, codes))
    gone = [
        Change(*place, before, ("", 0.0, 0.0), False, (variants.get(place[0], ""), ""))
        for place, before in former.items()
        if place not in seen
    ]
    return found + gone
