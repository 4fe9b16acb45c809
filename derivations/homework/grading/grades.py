"""Grades as tables and as Gradescope's results.json."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from derivations.homework.grading.rows import Change, Row, Student, line_data
from derivations.homework.grading.safety import cell, visible
from derivations.homework.reasons import sentence

Shown = Callable[[str, str], str]
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


def grades(students: Iterable[Student], tasks: Sequence[str]) -> Iterator[str]:
    """The lines of grades.csv: a student, the points for each task, their sum."""
    yield table_line(("student", *tasks, "total"))
    for student in students:
        yield _numbers(student)


def _numbers(student: Student) -> str:
    """A line of grades: points are written as numbers, also where a person gave negative ones."""
    name = table_line((student.name,)).rstrip("\n")
    return ",".join([name, *map(number, student.points), number(student.total)]) + "\n"


def lines(students: Iterable[Student]) -> Iterator[str]:
    """The lines of verdicts.jsonl."""
    written = json.JSONEncoder(ensure_ascii=False).encode
    missing: dict[str, list[str]] = {}  # of a task, where it does not depend on the student: what stands around the name
    for student in students:
        name = written(student.name)
        for row in student.rows:
            if row.unique >= 0 or row.override is not None or student.variant:
                yield written(line_data(student, row)) + "\n"
                continue
            around = missing.get(row.data["task"])
            if around is None:
                around = missing[row.task] = (written({**row.data, "student": None}) + "\n").split("null", 1)
            yield f"{around[0]}{name}{around[1]}"


def changes_table(changes: Iterable[Change]) -> Iterator[str]:
    """The lines of changes.csv. Where a person has decided, the program's points are what would have counted."""
    yield table_line(
        ("student", "task", "verdict before", "verdict now", "program's points before", "program's points now",
         "points before", "points now", "decided by a person", "variant before", "variant now")
    )  # fmt: skip
    for one in changes:
        before, now = one.before, one.now
        points = (number(before[1]), number(now[1]), number(before[2]), number(now[2]))
        yield table_line((one.student, one.task, before[0], now[0], *points, "yes" if one.overridden else "no", *one.variants))


_RESULTS = """{
 "score": %s,
 "max_score": %s,
 "output": %s,
 "output_format": "text",
 "test_output_format": "text",
 "visibility": "visible",
 "tests": [
  %s
 ]
}
"""


class Gradescope:
    """Makes students' results.json for Gradescope, whose texts are plain; ``shown`` prints a task's formulas in Unicode.

    What is the same for several students is written once.
    """

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self._made: dict[tuple[str, int], str] = {}

    def __call__(self, student: Student) -> str:
        pending = ", ".join(student.pending)
        output = f"A person will still look at: {pending}." if pending else "All answers have been checked."
        most = sum([float(row.data["max_points"]) for row in student.rows])
        tests = ",\n  ".join(map(self._test, student.rows))
        return _RESULTS % (json.dumps(round(student.total, 2)), json.dumps(most), json.dumps(output), tests)

    def _test(self, row: Row) -> str:
        if row.override is not None:
            return self._written(row)
        key = (row.data["task"], row.unique)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._written(row)
        return found

    def _written(self, row: Row) -> str:
        return json.dumps({
            "name": f"Task {row.task}",
            "number": row.task,
            "score": row.points,
            "max_score": row.data["max_points"],
            "output": said(row, self.shown),
        })  # fmt: skip


def said(row: Row, shown: Shown) -> str:
    """What is said of an answer, in plain text."""
    words = SENTENCES[row.verdict]
    pieces = [f"{words[:1].upper()}{words[1:]}. {sentence(row.data['reason'])}".strip()]
    pieces += [sentence(remark) for remark in row.data.get("remarks", ())]
    for name, text in counterexample(row, shown):
        pieces.append(f"{name[:1].upper()}{name[1:]}{'' if name == 'At' else ':'} {shown(row.task, text)}")
    if row.override is not None:
        pieces.append(f"Changed by a person: {number(row.override.points)} points. {row.override.comment}".strip())
    return visible("\n".join(pieces))


def counterexample(row: Row, shown: Shown) -> list[tuple[str, str]]:
    """The point of a counterexample and the two values there, if there is one and the reason has not told it all."""
    evidence = row.data["evidence"]
    if evidence["kind"] != "counterexample":
        return []
    at = ", ".join(f"{name} = {value}" for name, value in evidence["at"].items())
    values, reason = evidence.get("values", {}), str(row.data["reason"])
    if at and shown(row.task, at) in reason and all(one in ("True", "False") or one in reason for one in values.values()):
        return []
    found = [("At", at)] if at else []
    for name, words in (("answer", "your answer gives"), ("key", "right is")):
        if name in values:
            found.append((words, {"True": "true", "False": "false"}.get(values[name], values[name])))
    return found
