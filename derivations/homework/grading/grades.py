"""Grades as tables and as Gradescope's results.json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from derivations.homework.grading.rows import Change, Row
from derivations.homework.grading.safety import cell, visible

SENTENCES = {
    "correct": "correct", "partial": "partly right", "incorrect": "not right", "missing": "no answer",
    "undecided": "a person will look at it", "unreadable": "a person will look at it",
}  # fmt: skip


def number(value: float) -> str:
    """Points as they are written: 5, 2.5, 0.33."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".") if value else "0"


def table_line(row: Sequence[str]) -> str:
    """The cells as a line of a table, none of them a formula of a spreadsheet."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([cell(one) for one in row])
    return text.getvalue()


def grades(students: Iterable[Sequence[Row]], tasks: Sequence[str]) -> Iterator[str]:
    """The lines of grades.csv: a student, the points for each task, their sum."""
    yield table_line(("student", *tasks, "total"))
    for rows in students:
        points = [row.points for row in rows]
        yield _numbers(rows[0].student, points)


def _numbers(student: str, points: Sequence[float]) -> str:
    """A line of grades: points are written as numbers, also where a person gave negative ones."""
    name = table_line((student,)).rstrip("\n")
    return ",".join([name, *map(number, points), number(sum(points))]) + "\n"


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of verdicts.jsonl."""
    for row in rows:
        yield json.dumps(row.data, ensure_ascii=False) + "\n"


def changes_table(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of changes.csv. Where a person has decided, the program's points are what would have counted."""
    yield table_line(
        ("student", "task", "verdict before", "verdict now", "program's points before", "program's points now",
         "points before", "points now", "decided by a person")
    )  # fmt: skip
    for one in changes:
        before, now = one.before, one.now
        points = (number(before[1]), number(now[1]), number(before[2]), number(now[2]))
        yield table_line((one.student, one.task, before[0], now[0], *points, "yes" if one.overridden else "no"))


def gradescope(rows: Sequence[Row]) -> str:
    """A student's results.json for Gradescope, whose texts are plain."""
    tests = [
        {
            "name": f"Task {row.task}",
            "number": row.task,
            "score": row.points,
            "max_score": row.data["max_points"],
            "output": said(row),
        }
        for row in rows
    ]
    pending = [row.task for row in rows if row.open]
    output = f"A person will still look at: {', '.join(pending)}." if pending else "All answers have been checked."
    content = {
        "score": round(sum(row.points for row in rows), 2),
        "max_score": sum(float(row.data["max_points"]) for row in rows),
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    return json.dumps(content, indent=1) + "\n"


def said(row: Row) -> str:
    """What is said of an answer, in plain text."""
    pieces = [f"{SENTENCES[row.verdict]}: {row.data['reason']}" if row.data["reason"] else SENTENCES[row.verdict]]
    pieces += list(row.data.get("remarks", ()))
    pieces += [f"{name} {words}" for name, words in counterexample(row)]
    if row.override is not None:
        pieces.append(f"Changed by a person: {number(row.override.points)} points. {row.override.comment}".strip())
    return visible("\n".join(pieces))


def counterexample(row: Row) -> list[tuple[str, str]]:
    """The point of a counterexample and the two values there, if there is one."""
    evidence = row.data["evidence"]
    if evidence["kind"] != "counterexample":
        return []
    at = ", ".join(f"{name} = {value}" for name, value in evidence["at"].items())
    values = evidence.get("values", {})
    found = [("At", at)] if at else []
    for name, words in (("answer", "your answer gives"), ("key", "right is")):
        if name in values:
            found.append((words, {"True": "true", "False": "false"}.get(values[name], values[name])))
    return found
