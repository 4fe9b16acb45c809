"""Articles: what a page says of one answer. Whatever comes from outside is escaped where it is put in."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from derivations.homework.grading.formulas import Formulas
from derivations.homework.grading.grades import SENTENCES, counterexample, number
from derivations.homework.grading.rows import Row
from derivations.homework.grading.safety import visible
from derivations.homework.keys import TaskKey
from derivations.homework.reasons import sentence

_SHOWN = 4000  # characters of an answer
_AROUND = 1500
_MOST = 1000  # formulas and sentences that are kept: those of points and of right answers come again
Block = tuple[str, str, str, Markup]  # a part's name, its verdict, that in words, and the reason


class Articles:
    """Writes the articles on answers to tasks with these keys; that on an answer that several students gave is made once."""

    def __init__(self, keys: Mapping[str, TaskKey]) -> None:
        self.keys = keys
        self._made: dict[tuple[str, int], Markup] = {}
        self._formulas: dict[str, Formulas] = {}
        self._known: dict[tuple[str, str, str], Markup] = {}

    def article(self, row: Row) -> Markup:
        """The markup of a row."""
        place = _place(row) if row.where is not None or row.earlier else ""
        if row.override is not None or place:
            return self._written(row, place)
        key = (row.task, row.unique)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._written(row, "")
        return found

    def _written(self, row: Row, place: str) -> Markup:
        data, verdict = row.data, escape(row.verdict)
        pieces = [
            f'<article>\n<header><h2>Task {escape(row.task)}</h2> <span class="badge {verdict}">{SENTENCES[row.verdict]}</span> '
            f'<span class="points">{number(row.points)} / {number(float(data["max_points"]))}</span></header>\n'
        ]
        said = marked(str(data["answer"]), data.get("span"), row.verdict)
        if said:
            read_as = self.read_as(row)
            pieces.append(f'<dl>\n<dt>Your answer</dt><dd class="{verdict}"><pre>{said}</pre></dd>\n')
            pieces.append(f"<dt>Read as</dt><dd>{read_as}</dd>\n</dl>\n" if read_as else "</dl>\n")
        reason = "" if row.verdict == "missing" else self.sentence(row.task, data["reason"])
        if reason:
            pieces.append(f'<p class="reason">{reason}</p>\n')
        witness = self._witness(row)
        if witness:
            rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in witness)
            pieces.append(f'<dl class="witness">{rows}</dl>\n')
        parts = self._parts(row)
        if parts:
            pieces.append(f'<ul class="parts">{"".join(map(_part, parts))}</ul>\n')
        pieces += [f'<p class="note">{self.sentence(row.task, remark)}</p>\n' for remark in data.get("remarks", ())]
        pieces += [_decided(row), f'<p class="where">{escape(place)}</p>\n' if place else "", "</article>"]
        return Markup("".join(pieces))

    def _parts(self, row: Row) -> list[Block]:
        """Each thing that was asked for, with what the reason of the whole does not say of it already."""
        parts = row.data.get("parts", ())
        if not parts:
            return []
        key = self.keys.get(row.task)
        optional = {part.name for part in key.parts if "optional" in part.settings} if key is not None else frozenset()
        found = []
        for one in parts:
            if one["verdict"] == "missing" and one["name"] in optional:
                continue
            again = one["verdict"] in ("correct", "missing") or one["reason"] in row.data["reason"]
            text = Markup("") if again else self.sentence(row.task, one["reason"])
            found.append((visible(one["name"], ""), one["verdict"], SENTENCES[one["verdict"]], text))
        return found if len(found) > 1 else []

    def read_as(self, row: Row) -> Markup:
        latex = row.data["read_as"]
        if not latex or row.task not in self.keys:
            return Markup("")
        return self._formula(row.task, latex)

    def _witness(self, row: Row) -> list[tuple[str, Markup]]:
        """The counterexample, its point as a formula."""
        found = [(name, Markup(escaped(words))) for name, words in counterexample(row, self.plain)]
        if found and found[0][0] == "At":
            at = [self._formula(row.task, f"{name} = {value}") for name, value in row.data["evidence"]["at"].items()]
            found[0] = ("At", Markup(", ").join(at))
        return found

    def _formula(self, task: str, text: str) -> Markup:
        """MathML of a formula in one of the task's letters."""
        return self._once(("formula", task, text), lambda: Markup(self.printer(task).html(text)))

    def sentence(self, task: str, text: str) -> Markup:
        """A sentence with a capital and a stop, its formulas typeset."""
        return self._once(("sentence", task, text), lambda: self._sentence(task, text))

    def _sentence(self, task: str, text: str) -> Markup:
        if task not in self.keys:
            return Markup(escaped(sentence(text)))
        return Markup(self.printer(task).sentence(sentence(text)))

    def _once(self, key: tuple[str, str, str], make: Callable[[], Markup]) -> Markup:
        found = self._known.get(key)
        if found is None:
            found = make()
            if len(self._known) < _MOST:
                self._known[key] = found
        return found

    def plain(self, task: str, text: str) -> str:
        """A sentence about a task with its formulas in Unicode."""
        return self.printer(task).sentences.plain(text) if task in self.keys else text

    def printer(self, task: str) -> Formulas:
        if task not in self._formulas:
            self._formulas[task] = Formulas(self.keys[task])
        return self._formulas[task]


def _part(part: Block) -> str:
    name, verdict, words, reason = part
    because = f": {reason}" if reason else ""
    return f'<li><span class="badge {escape(verdict)}">{words}</span> {escape(name) or "part"}{because}</li>'


def _decided(row: Row) -> str:
    """What a person said."""
    if row.override is None:
        return ""
    comment = f" {escape(row.override.comment)}" if row.override.comment else ""
    points, program = number(row.points), number(float(row.data["points"]))
    return f'<p class="person">Changed by a person: {points} points (the program had given {program}).{comment}</p>\n'


def marked(text: str, span: Sequence[int] | None, verdict: str) -> Markup:
    """The answer as it was given, the part that the reason speaks of marked where something is wrong with it."""
    start, end = span if span is not None and verdict not in ("correct", "missing") else (0, 0)
    left = max(0, start - _AROUND) if len(text) > _SHOWN else 0
    right = min(len(text), left + _SHOWN)
    while 0 < end < len(text) and text[end - 1].isalpha() and text[end].isalpha():
        end += 1  # no mark ends within a word
    end = min(end, right)
    if not left <= start < end or (start, end) == (0, len(text)):
        body = escaped(text[left:right])
    else:
        body = f"{escaped(text[left:start])}<mark>{escaped(text[start:end])}</mark>{escaped(text[end:right])}"
    return Markup(f"{'…' if left else ''}{body}{'…' if right < len(text) else ''}")


def escaped(text: str) -> str:
    return html.escape(visible(text))


def location(row: Row) -> str:
    where = row.where or {}
    pieces = [visible(str(where.get("file", "")), "")]
    pieces += [f"{name} {where[name]}" for name in ("cell", "line") if where.get(name) is not None]
    return ", ".join(pieces)


def _place(row: Row) -> str:
    """Where the answer was found, in a document (in a table it says nothing), and whether there were others before."""
    where = row.where or {}
    document = bool(where) and not str(where.get("file", "")).lower().endswith((".csv", ".tsv"))
    found = f"Found in {location(row)}." if document else ""
    if row.earlier:
        others = "An earlier answer" if row.earlier == 1 else f"{row.earlier} earlier answers"
        found = f"{found} {others} to this task did not count; the last one does.".strip()
    return found
