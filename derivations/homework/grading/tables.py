"""Tables of answers: rows of student, task, answer, or a column for each task; comma, semicolon or tab between the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from derivations.homework.grading.labels import Labels
from derivations.homework.grading.submissions import Submissions, tidy
from derivations.homework.verdicts import Where
from derivations.language.errors import Unusable

_STUDENTS = (
    "student",
    "students",
    "student_id",
    "studentid",
    "name",
    "user",
    "username",
    "matriculation",
    "id",
    "email",
    "studierende",
)
_TASKS = ("task", "tasks", "task_id", "question", "exercise", "problem", "item", "aufgabe")
_ANSWERS = ("answer", "answers", "response", "solution", "text", "antwort", "lösung")
_FIELD = 8_000_000  # characters of a cell

Rows = Iterator[tuple[int, list[str]]]


def read_table(text: str, file: str, labels: Labels, into: Submissions, student: str | None = None) -> None:
    """Puts the table's answers to their students. In a student's own folder all rows are that student's.

    Raises Unusable if there are no columns for what is needed.
    """
    delimiter, header = _header(text)
    rows = _rows(text, delimiter, file, into)
    if header is None and labels.find("".join(_first(text, delimiter)[1:2])) is None:
        raise Unusable(
            f"{file}: a table of answers has the columns student, task, answer", text.split("\n", 1)[0][:200], (0, 1),
            "the first line names the columns",
        )  # fmt: skip
    names = ["student", "task", "answer"] if header is None else header
    if header is not None:
        next(rows, None)
    who = _column(names, _STUDENTS)
    if who is None and student is None:
        raise Unusable(f"{file}: there is no column for the student", text.split("\n", 1)[0][:200], (0, 1))
    put = _Putting(file, labels, into, student)
    what, how = _column(names, _TASKS), _column(names, _ANSWERS)
    if what is not None and how is not None:
        _long(rows, who, what, how, put)
    else:
        _wide(rows, who, names, labels, put)


class _Putting:
    """Puts an answer where it belongs, or says why it cannot be used."""

    def __init__(self, file: str, labels: Labels, into: Submissions, student: str | None) -> None:
        self.file, self.labels, self.into, self.student = file, labels, into, student
        self.tasks: dict[str, str | None] = {}

    def __call__(self, student: str, task: str, answer: str, line: int, column: int) -> None:
        if task not in self.tasks:
            self.tasks[task] = self.labels.find(task)
        found = self.tasks[task]
        if self.student is not None:
            student = self.student
        if not student.strip():
            self.into.problems.append(f"{self.file}, line {line}: no student is named")
        elif found is None:
            self.into.problems.append(f"{self.file}, line {line}: there is no task {task[:60]!r} on the sheet")
        else:
            one = self.into.student(student.strip())
            if text := tidy(answer):
                one.add(found, text, Where(self.file, None, line, column))


def _long(rows: Rows, who: int | None, what: int, how: int, put: _Putting) -> None:
    size = max(who or 0, what, how) + 1
    for line, row in rows:
        if len(row) < size:
            put.into.problems.append(f"{put.file}, line {line}: {size} cells are needed, there are {len(row)}")
        else:
            put(row[who] if who is not None else "", row[what], row[how], line, how + 1)


def _wide(rows: Rows, who: int | None, names: Sequence[str], labels: Labels, put: _Putting) -> None:
    columns = [(number, name) for number, name in enumerate(names) if number != who and labels.find(name)]
    if not columns:
        raise Unusable(
            f"{put.file}: a table of answers has the columns student, task, answer", ",".join(names)[:200], (0, 1),
            "or the column student and one for each task",
        )  # fmt: skip
    for line, row in rows:
        for number, name in columns:
            if number < len(row):
                put(row[who] if who is not None and who < len(row) else "", name, row[number], line, number + 1)


def _header(text: str) -> tuple[str, list[str] | None]:
    """The sign between the cells, and the names of the columns if the first line names them."""
    best: tuple[int, str, list[str] | None] = (0, ",", None)
    for delimiter in (",", ";", "\t", "|"):
        names = [" ".join(name.lower().split()) for name in _first(text, delimiter)]
        known = sum(name in group for name in names for group in (_STUDENTS, _TASKS, _ANSWERS))
        if known > best[0] and (len(names) > 1 or best[2] is None):
            best = (known, delimiter, names)
    if best[2] is None:
        sizes = {delimiter: len(_first(text, delimiter)) for delimiter in (",", ";", "\t")}
        best = (0, next((one for one, size in sizes.items() if size == 3), ","), None)
    return best[1], best[2]


def _first(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text.split("\n", 1)[0], newline=""), delimiter=delimiter), [])


def _column(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _rows(text: str, delimiter: str, file: str, into: Submissions) -> Rows:
    """The rows with the line where each begins; a line that is no row is reported and passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    former = csv.field_size_limit(_FIELD)
    try:
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                into.problems.append(f"{file}, line {line}: {error}")
                continue
            if any(row):
                yield line, row
    finally:
        csv.field_size_limit(former)
