"""Pages: a student's feedback, what a person has to look at, and the overview. Each is one file; Jinja escapes what it is given."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from derivations.homework.grading.formulas import Formulas
from derivations.homework.grading.grades import SENTENCES, counterexample, number, table_line
from derivations.homework.grading.rows import Row
from derivations.homework.grading.safety import visible
from derivations.homework.keys import TaskKey
from derivations.homework.reasons import sentence
from derivations.homework.verdicts import VERDICTS
from derivations.language.terms import Term

_SHOWN = 4000  # characters of an answer
_AROUND = 1500
KeyOf = Callable[[str, str], TaskKey | None]  # of a student's task
_FEW = 4


class Pages:
    """The templates, and what is the same on many pages: the markup of an answer that several students gave is made once."""

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
        self._answer = self.environment.get_template("answer.html.j2")
        self._feedback = self.environment.get_template("feedback.html.j2")
        self._made: dict[Any, Markup] = {}
        self._formulas: dict[str, Formulas] = {}
        self._read: dict[tuple[str, str], Markup] = {}

    def feedback(self, rows: Sequence[Row]) -> str:
        """A student's page."""
        return self._feedback.render(
            title=self.title,
            student=visible(rows[0].student, ""),
            variant=rows[0].data.get("variant", ""),
            points=number(sum(row.points for row in rows)),
            most=number(sum(self.points.values())),
            pending=", ".join(row.task for row in rows if row.open),
            answers=[self._article(row) for row in rows],
        )

    def review(self, rows: Sequence[Row]) -> str:
        """All answers that need a person, identical ones together."""
        groups: dict[str, dict[int, list[Row]]] = {task: {} for task in self.ids}
        for row in rows:
            if row.open:
                groups[row.task].setdefault(row.unique, []).append(row)
        tasks = [(task, [self._group(one) for one in found.values()]) for task, found in groups.items() if found]
        return self.environment.get_template("review.html.j2").render(
            title=self.title,
            tasks=tasks,
            count=sum(row.open for row in rows),
            different=sum(len(found) for _, found in tasks),
        )

    def index(self, students: Sequence[Sequence[Row]], names: Mapping[str, str], problems: Sequence[str]) -> str:
        """The overview of the whole class."""
        totals = [sum(row.points for row in rows) for rows in students]
        slips = Counter(
            (row.task, str(row.data["misconception"])) for rows in students for row in rows if row.data["misconception"]
        )
        order = {task: number for number, task in enumerate(self.ids)}
        return self.environment.get_template("index.html.j2").render(
            title=self.title,
            kinds=VERDICTS,
            tasks=[self._task(task, [rows[i] for rows in students]) for i, task in enumerate(self.ids)],
            students=[
                {"name": visible(rows[0].student, ""), "file": names[rows[0].student], "points": number(total),
                 "open": sum(row.open for row in rows), "missing": sum(row.data["verdict"] == "missing" for row in rows)}
                for rows, total in zip(students, totals, strict=True)
            ],
            open=sum(row.open for rows in students for row in rows),
            histogram=_histogram(totals, sum(self.points.values())),
            misconceptions=[(key, slips[key]) for key in sorted(slips, key=lambda key: (-slips[key], order[key[0]], key[1]))],
            problems=problems,
        )  # fmt: skip

    def prepare(self, unique: int, verdict: str) -> None:
        """Makes the markup of an answer that will be shown without its place."""
        self._article(Row({**json.loads(verdict), "where": None}, unique=unique))

    # --- answers ----------------------------------------------------------------------------------------------------

    def _article(self, row: Row) -> Markup:
        """The markup of a row without its place, made once for identical answers that no person touched."""
        place = _place(row)
        if row.override is not None or place:
            return self._render(row, place)
        key = (row.task, row.unique)
        if key not in self._made:
            self._made[key] = self._render(row, "")
        return self._made[key]

    def _render(self, row: Row, place: str) -> Markup:
        data = row.data
        return Markup(
            self._answer.render(
                task=row.task,
                verdict=row.verdict,
                words=SENTENCES[row.verdict],
                points=number(row.points),
                most=number(float(data["max_points"])),
                program=number(float(data["points"])),
                said=_marked(str(data["answer"]), data.get("span"), row.verdict),
                read_as=self._read_as(row),
                reason="" if row.verdict == "missing" else self._sentence(row.task, data["reason"]),
                witness=self._witness(row),
                parts=self._parts(row),
                remarks=[self._sentence(row.task, remark) for remark in data.get("remarks", ())],
                override=row.override,
                where=place,
            )
        )

    def _parts(self, row: Row) -> list[tuple[str, str, str, Markup]]:
        """Each thing that was asked for, with what the reason of the whole does not say of it already."""
        key = self.keys.get(row.task)
        optional = {part.name for part in key.parts if "optional" in part.settings} if key is not None else frozenset()
        found = []
        for one in row.data.get("parts", ()):
            if one["verdict"] == "missing" and one["name"] in optional:
                continue
            again = one["verdict"] in ("correct", "missing") or one["reason"] in row.data["reason"]
            text = Markup("") if again else self._sentence(row.task, one["reason"])
            found.append((visible(one["name"], ""), one["verdict"], SENTENCES[one["verdict"]], text))
        return found if len(found) > 1 else []

    def _right(self, row: Row) -> Markup:
        """What is right, for the person who decides."""
        key = self.key_of(row.student, row.task)
        printer = self._printer(row.task) if row.task in self.keys else None
        pieces = []
        for part in key.parts if key is not None and printer is not None else ():
            name = f"{_escaped(part.name)}: " if part.name else ""
            if not isinstance(part.key, Term):
                pieces.append(name + _escaped(", ".join(part.key)))
            elif part.key.head != "True" and printer is not None:
                pieces.append(name + printer.term(part.key))
        return Markup("; ").join(map(Markup, pieces))

    def _read_as(self, row: Row) -> Markup:
        latex = row.data["read_as"]
        if not latex or row.task not in self.keys:
            return Markup("")
        return self._formula(row.task, latex)

    def _witness(self, row: Row) -> list[tuple[str, Markup]]:
        """The counterexample, its point as a formula."""
        found = [(name, Markup(_escaped(words))) for name, words in counterexample(row, self.plain)]
        if found and found[0][0] == "At":
            at = [self._formula(row.task, f"{name} = {value}") for name, value in row.data["evidence"]["at"].items()]
            found[0] = ("At", Markup(", ").join(at))
        return found

    def _formula(self, task: str, text: str) -> Markup:
        """MathML of a formula in one of the task's letters, each made once."""
        key = (task, text)
        if key not in self._read:
            self._read[key] = Markup(self._printer(task).html(text))
        return self._read[key]

    def _sentence(self, task: str, text: str) -> Markup:
        """A sentence with a capital and a stop, its formulas typeset."""
        if task not in self.keys:
            return Markup(_escaped(sentence(text)))
        return Markup(self._printer(task).sentence(sentence(text)))

    def plain(self, task: str, text: str) -> str:
        """A sentence about a task with its formulas in Unicode."""
        return self._printer(task).sentences.plain(text) if task in self.keys else text

    def _printer(self, task: str) -> Formulas:
        if task not in self._formulas:
            self._formulas[task] = Formulas(self.keys[task])
        return self._formulas[task]

    def _group(self, rows: Sequence[Row]) -> dict[str, Any]:
        row = rows[0]
        return {
            "verdict": row.data["verdict"],
            "most": number(float(row.data["max_points"])),
            "students": rows,
            "said": _marked(str(row.data["answer"]), row.data.get("span"), row.verdict),
            "read_as": self._read_as(row),
            "right": self._right(row),
            "variant": row.data.get("variant", ""),
            "reason": self._sentence(row.task, row.data["reason"]),
            "places": [_student_place(one) for one in rows],
            "lines": "".join(table_line((one.student, one.task, "", "")) for one in rows),
        }

    def _task(self, task: str, rows: Sequence[Row]) -> dict[str, Any]:
        counts = Counter(row.verdict for row in rows)
        return {
            "id": task,
            "counts": [(kind, counts[kind]) for kind in VERDICTS],
            "mean": number(sum(row.points for row in rows) / len(rows)) if rows else "",
            "most": number(self.points[task]),
        }


def _marked(text: str, span: Sequence[int] | None, verdict: str) -> Markup:
    """The answer as it was given, the part that the reason speaks of marked where something is wrong with it."""
    start, end = span if span is not None and verdict not in ("correct", "missing") else (0, 0)
    left = max(0, start - _AROUND) if len(text) > _SHOWN else 0
    right = min(len(text), left + _SHOWN)
    while 0 < end < len(text) and text[end - 1].isalpha() and text[end].isalpha():
        end += 1  # no mark ends within a word
    end = min(end, right)
    if not left <= start < end or (start, end) == (0, len(text)):
        body = _escaped(text[left:right])
    else:
        body = f"{_escaped(text[left:start])}<mark>{_escaped(text[start:end])}</mark>{_escaped(text[end:right])}"
    return Markup(f"{'…' if left else ''}{body}{'…' if right < len(text) else ''}")


def _escaped(text: str) -> str:
    return escape(visible(text))


def _location(row: Row) -> str:
    where = row.data["where"] or {}
    pieces = [visible(str(where.get("file", "")), "")]
    pieces += [f"{name} {where[name]}" for name in ("cell", "line") if where.get(name) is not None]
    return ", ".join(pieces)


def _student_place(row: Row) -> str:
    """Where a student's answer is; a folder of the student's name already says whose it is."""
    student, location = visible(row.student, ""), _location(row)
    return location if location.startswith(f"{student}/") else f"{student} ({location})"



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


def _place(row: Row) -> str:
    """Where the answer was found, in a document (in a table it says nothing), and whether there were others before."""
    where = row.data["where"] or {}
    document = bool(where) and not str(where.get("file", "")).lower().endswith((".csv", ".tsv"))
    found = f"Found in {_location(row)}." if document else ""
    if row.earlier:
        others = "An earlier answer" if row.earlier == 1 else f"{row.earlier} earlier answers"
        found = f"{found} {others} to this task did not count; the last one does.".strip()
    return found


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
