"""Pages: a student's feedback, what a person has to look at, and the overview. Each is one file; what it is given is escaped."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from derivations.homework.grading.articles import Articles, escaped, location, marked
from derivations.homework.grading.forms import Form
from derivations.homework.grading.grades import number, table_line
from derivations.homework.grading.rows import Row, Student
from derivations.homework.grading.safety import visible
from derivations.homework.keys import TaskKey
from derivations.homework.verdicts import VERDICTS
from derivations.language.terms import Term

KeyOf = Callable[[str, str], TaskKey | None]  # of a student's task
Answer = tuple[Student, Row]
_FEW = 4
_HOLES = ("title", "student", "variant", "points", "most", "pending", "answers")  # of a student's page


class Pages:
    """The templates, and the articles on answers, which stand on many pages."""

    def __init__(
        self, title: str, ids: Sequence[str], points: Mapping[str, float], keys: Mapping[str, TaskKey], key_of: KeyOf
    ) -> None:
        self.title, self.ids, self.points, self.keys, self.key_of = title, ids, points, keys, key_of
        self.environment = Environment(
            loader=PackageLoader("derivations.homework.grading", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        source, _, _ = PackageLoader("derivations.homework.grading", "templates").get_source(
            self.environment, "page.css"
        )
        self.environment.globals["css"] = Markup(source)
        self.articles = Articles(keys)
        self._feedback = Form(self.environment.get_template("feedback.html.j2"), _HOLES)
        self._most = number(sum(points.values()))

    def feedback(self, student: Student) -> str:
        """A student's page."""
        return self._feedback({
            "title": self.title,
            "student": visible(student.name, ""),
            "variant": f", variant {student.variant}" if student.variant else "",
            "points": number(student.total),
            "most": self._most,
            "pending": f"; a person will still look at {', '.join(student.pending)}" if student.pending else "",
            "answers": Markup("".join(map(self.articles.article, student.rows))),
        })  # fmt: skip

    def review(self, students: Sequence[Student]) -> str:
        """All answers that need a person, identical ones together."""
        groups: dict[str, dict[int, list[Answer]]] = {task: {} for task in self.ids}
        for student in students:
            for row in student.rows if student.pending else ():
                if row.open:
                    groups[row.task].setdefault(row.unique, []).append((student, row))
        tasks = [(task, [self._group(one) for one in found.values()]) for task, found in groups.items() if found]
        return self.environment.get_template("review.html.j2").render(
            title=self.title,
            tasks=tasks,
            count=sum(len(student.pending) for student in students),
            different=sum(len(found) for _, found in tasks),
        )

    def index(self, students: Sequence[Student], names: Mapping[str, str], problems: Sequence[str]) -> str:
        """The overview of the whole class."""
        rows = [row for student in students for row in student.rows if row.data["misconception"]]
        slips = Counter((row.task, str(row.data["misconception"])) for row in rows)
        order = {task: number for number, task in enumerate(self.ids)}
        return self.environment.get_template("index.html.j2").render(
            title=self.title,
            kinds=VERDICTS,
            tasks=[self._task(task, [student.rows[i] for student in students]) for i, task in enumerate(self.ids)],
            students=[
                {"name": visible(one.name, ""), "file": names[one.name], "points": number(one.total), "open": len(one.pending),
                 "missing": sum([row.data["verdict"] == "missing" for row in one.rows])}
                for one in students
            ],
            open=sum(len(student.pending) for student in students),
            histogram=_histogram([student.total for student in students], sum(self.points.values())),
            misconceptions=[(key, slips[key]) for key in sorted(slips, key=lambda key: (-slips[key], order[key[0]], key[1]))],
            problems=problems,
        )  # fmt: skip

    def prepare(self, unique: int, verdict: str) -> None:
        """Makes the markup of an answer that will be shown without its place."""
        self.articles.article(Row(json.loads(verdict), unique=unique))

    def _right(self, student: Student, row: Row) -> Markup:
        """What is right, for the person who decides."""
        key = self.key_of(student.name, row.task)
        printer = self.articles.printer(row.task) if row.task in self.keys else None
        pieces = []
        for part in key.parts if key is not None and printer is not None else ():
            name = f"{escaped(part.name)}: " if part.name else ""
            if not isinstance(part.key, Term):
                pieces.append(name + escaped(", ".join(part.key)))
            elif part.key.head != "True" and printer is not None:
                pieces.append(name + printer.term(part.key))
        return Markup("; ").join(map(Markup, pieces))

    def _group(self, answers: Sequence[Answer]) -> dict[str, Any]:
        student, row = answers[0]
        return {
            "verdict": row.data["verdict"],
            "most": number(float(row.data["max_points"])),
            "students": answers,
            "said": marked(str(row.data["answer"]), row.data.get("span"), row.verdict),
            "read_as": self.articles.read_as(row),
            "right": self._right(student, row),
            "variant": student.variant,
            "reason": self.articles.sentence(row.task, row.data["reason"]),
            "places": [_place(*one) for one in answers],
            "lines": "".join(table_line((one.name, row.task, "", "")) for one, _ in answers),
        }

    def _task(self, task: str, rows: Sequence[Row]) -> dict[str, Any]:
        counts = Counter(row.verdict for row in rows)
        return {
            "id": task,
            "counts": [(kind, counts[kind]) for kind in VERDICTS],
            "mean": number(sum(row.points for row in rows) / len(rows)) if rows else "",
            "most": number(self.points[task]),
        }


def _place(student: Student, row: Row) -> str:
    """Where a student's answer is; a folder of the student's name already says whose it is."""
    name, place = visible(student.name, ""), location(row)
    return place if place.startswith(f"{name}/") else f"{name} ({place})"


class Ahead:
    """Prepares the pages of the verdicts that are ``left``, a few at a time, while other answers are being checked."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.left: deque[tuple[int, str]] = deque()

    def __call__(self) -> bool:
        """Whether there was anything to do."""
        few = [self.left.popleft() for _ in range(min(_FEW, len(self.left)))]
        for unique, verdict in few:
            self.pages.prepare(unique, verdict)
        return bool(few)


def _histogram(totals: Sequence[float], most: float) -> dict[str, Any] | None:
    """Ten bars of the students' totals."""
    if len(totals) < 2 or most <= 0:
        return None
    counts = Counter(min(max(int(10 * total / most), 0), 9) for total in totals)
    tallest = max(counts.values())
    bars = []
    for i in range(10):
        height = round(100 * counts[i] / tallest, 1)
        label = f"{number(most * i / 10)}–{number(most * (i + 1) / 10)}"
        bars.append(
            {
                "x": 52 * i + 4,
                "width": 44,
                "middle": 52 * i + 26,
                "y": 125 - height,
                "height": height,
                "count": counts[i],
                "label": label,
            }
        )
    return {"width": 520, "bars": bars}
