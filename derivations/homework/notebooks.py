"""Filling the places of a homework notebook that wait for a solution."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from derivations.language.errors import Unusable
from derivations.rendering.sheet import Sheet, Task, markdown_task_parts

_PLACE = re.compile(r"your\s+solution\s+here", re.IGNORECASE)
_EXERCISE = re.compile(
    r"^\W*(?:Exc?ercise|Exercise|Problem|Task|Question)\s*(\d+)\b(?!\s*\.\s*\(?[a-z])", re.IGNORECASE
)
_LABEL = re.compile(
    r"^[\s>]*+(?:[-*+]\s++|#++\s*+)?+[*_\s]*+(?:Task|Exc?ercise|Problem|Question)?\s*+\(?"
    r"(?P<label>\d+\.\(?[a-z]\)?(?:\.\d+)?|[a-z]\.\d+)\)?(?![\w.]*\w)",
    re.IGNORECASE,
)


def read_notebook(path: str) -> dict[str, Any]:
    """The notebook as JSON data. Raises Unusable if the file is none."""
    try:
        with open(path, encoding="utf-8") as file:
            data: dict[str, Any] = json.load(file)
    except OSError as error:
        raise Unusable(f"cannot read the notebook: {error.strerror}", path, (0, len(path))) from error
    except (ValueError, RecursionError) as error:
        raise Unusable("this is not a notebook: it is not JSON", path, (0, len(path))) from error
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list) or not all(
        isinstance(cell, dict) and _is_text(cell.get("source")) for cell in cells
    ):
        raise Unusable("this is not a notebook of format 4: it has no list of cells", path, (0, len(path)))
    return data


def _is_text(source: Any) -> bool:
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def fill(notebook: dict[str, Any], sheet: Sheet) -> tuple[dict[str, Any], list[str]]:
    """The notebook with each task's solution below its "Your solution here", and the ids of the tasks filled in.

    A place belongs to the tasks whose labels stand between it and the place before; without labels, to all tasks of the
    exercise whose heading stands there. The notebook that was given stays as it is.
    """
    reader = _Reader(sheet)
    cells = []
    for cell in notebook["cells"]:
        if cell.get("cell_type") != "markdown":
            cells.append(cell)
            continue
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        filled = reader.cell(source)
        cells.append(cell if filled == source else {**cell, "source": filled})
    return {**notebook, "cells": cells}, reader.filled


class _Reader:
    """Goes through the notebook's words line by line, and keeps what was said since the last place for a solution."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.exercise = ""
        self.labels: list[str] = []
        self.heading = False  # whether an exercise began since the last place
        self.filled: list[str] = []

    def cell(self, source: str) -> str:
        lines: list[str] = []
        for line in source.split("\n"):
            lines.append(line)
            if _PLACE.search(line):
                lines += self._solutions(list(self._tasks()))
                self.labels, self.heading = [], False
            else:
                self._read(line)
        return "\n".join(lines)

    def _read(self, line: str) -> None:
        label = _LABEL.match(line)
        if label:
            name = re.sub(r"[()]", "", label["label"].lower())
            if name[0].isdigit():
                self.exercise = name.partition(".")[0]
            else:
                name = f"{self.exercise}.{name}"
            self.labels.append(name)
            return
        exercise = _EXERCISE.match(line)
        if exercise:
            self.exercise, self.heading = exercise[1], True

    def _tasks(self) -> Iterable[Task]:
        labels = self.labels or ([self.exercise] if self.heading else [])
        for task in self.sheet.tasks:
            if any(task.id == label or task.id.startswith(f"{label}.") for label in labels):
                yield task

    def _solutions(self, tasks: list[Task]) -> list[str]:
        lines: list[str] = []
        for task in tasks:
            _, solution = markdown_task_parts(self.sheet, task)
            lines += ["", f"### Task {task.id}", "", *solution.split("\n")]
            self.filled.append(task.id)
        return lines


def notebook_text(notebook: dict[str, Any]) -> str:
    """The notebook as its file has it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
