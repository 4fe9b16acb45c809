"""Rows: what every student got for every task, by the program and by a person, and what a new run changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivations.homework.grading.overrides import Override
from derivations.homework.verdicts import FOR_A_PERSON

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A student's answer to a task. ``data`` is the line of verdicts.jsonl, ``override`` what a person decided."""

    data: Data
    override: Override | None = None
    earlier: int = 0
    unique: int = -1  # the same for identical answers

    @property
    def student(self) -> str:
        return str(self.data["student"])

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
class Change:
    """What is different from the run before: of the program's verdict and points, and of the points that count."""

    student: str
    task: str
    before: tuple[str, float, float]  # verdict, the program's points, the points that count
    now: tuple[str, float, float]
    overridden: bool


def line_data(verdict: Data, student: str, where: Data | None, override: Override | None) -> Data:
    """The line of verdicts.jsonl: the verdict with the student, the place, and what a person said."""
    data = {**verdict, "student": student, "where": where}
    if override is not None:
        data["override"] = {"points": override.points, "comment": override.comment}
        if override.verdict:
            data["override"]["verdict"] = override.verdict
    return data


def former_lines(path: Path) -> dict[tuple[str, str], tuple[str, float, float]]:
    """What an earlier run wrote; a line that is none is passed over."""
    found: dict[tuple[str, str], tuple[str, float, float]] = {}
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                entry = _former(line)
                if entry is not None:
                    found[entry[0]] = entry[1]
    except OSError:
        return {}
    return found


def _former(line: str) -> tuple[tuple[str, str], tuple[str, float, float]] | None:
    try:
        data = json.loads(line)
        points = float(data["points"])
        final = float(data["override"]["points"]) if "override" in data else points
        return (str(data["student"]), str(data["task"])), (str(data["verdict"]), points, final)
    except (ValueError, LookupError, TypeError):
        return None


def changes(former: Mapping[tuple[str, str], tuple[str, float, float]], rows: Iterable[Row]) -> list[Change]:
    """Where a former line and the row now differ, in the rows' order; then what is no longer there."""
    if not former:
        return []
    found, seen = [], set()
    for row in rows:
        place = (row.student, row.task)
        seen.add(place)
        before = former.get(place, ("", 0.0, 0.0))
        now = (str(row.data["verdict"]), float(row.data["points"]), row.points)
        if before != now:
            found.append(Change(*place, before, now, row.override is not None))
    gone = [Change(*place, before, ("", 0.0, 0.0), False) for place, before in former.items() if place not in seen]
    return found + gone
