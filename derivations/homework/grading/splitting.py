"""A document split into answers at the labels of its tasks, and at the places that wait for a solution.

A block begins at a label. A block that names a group of tasks (3.a of 3.a.hessian, 3.a.nature) is the answer to each of them that
has none of its own; if it is a list with as many items as tasks, each task gets its item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from derivations.homework.grading.labels import Label, Labels, Outline, Path
from derivations.homework.grading.submissions import Cell, Found, tidy
from derivations.homework.verdicts import Where

_PLACE = re.compile(
    r"(?:\byour\s+(?:solution|answer|code)\s+(?:goes\s+)?here|\btype\s+your\s+answer\s+here|\b(?:write|put|enter)\s+your\s+(?:solution|answer)\b"
    r"|\bdeine\s+lösung\b|\b(?:ihre|hier)\s+(?:lösung|antwort)\b)",
    re.IGNORECASE,
)
_PLACE_LINE = re.compile(r"[\s>*_#\[(<!-]*[^\n]{0,60}$")
_LEAD = re.compile(
    r"[\s>]*+(?:\*\*|__|\\textbf\{)?\s*+(?:(?:my\s+)?(?:answer|solution|antwort|lösung))\s*+(?:\*\*|__|\})?\s*+[:.]\s*+(?:\*\*|__|\})?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:^|[.:;!?)*]\s+)(?:find|show|determine|compute|derive|prove|consider|what|which|why|how|calculate|explain|state|extend|evaluate"
    r"|zeigen?|bestimmen?|berechnen?|betrachten?|welche[rns]?)\b|\?[ \t]*+(?:\*\*|__)?[ \t]*+$",
    re.MULTILINE,
)
_ASKS_FIRST = re.compile(_ASKS.pattern, re.IGNORECASE | re.MULTILINE)
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|\(?[a-z]\)|\\item)\s+", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?:```|~~~)")


@dataclass(slots=True)
class _Block:
    """Text below a label (or several, at a place), not yet assigned to tasks."""

    paths: tuple[Path, ...]
    lines: list[str] = field(default_factory=list)
    cell: int | None = None
    line: int = 1
    column: int = 1
    asked: bool = False  # it stands where only the author's words stand
    place: bool = False


class Statements:
    """The paragraphs of a sheet, with any numbers where it leaves them open."""

    def __init__(self, texts: Iterable[str], places: Iterable[str] = ()) -> None:
        names = "|".join(map(re.escape, sorted(places)))
        place = re.compile(rf"\{{(?:{names})(?::\w+)?\}}" if names else r"(?!)")
        self.plain: set[str] = set()
        self.open: list[re.Pattern[str]] = []
        for text in texts:
            pieces = place.split(text)
            if len(pieces) == 1:
                self.plain.add(text)
            else:
                self.open.append(re.compile(r"[-+\d./, ]{0,16}".join(map(re.escape, pieces))))

    def hold(self, text: str) -> bool:
        return text in self.plain or any(one.fullmatch(text) for one in self.open)


class Splitter:
    """Reads one document. ``statements`` are paragraphs of the sheet itself, which are nobody's answer.

    Where ``{name}`` stands in one for one of ``places``, students have numbers of their own.
    """

    def __init__(self, labels: Labels, statements: Iterable[str] = (), places: Iterable[str] = ()) -> None:
        self.labels = labels
        self.statements = Statements(map(_squeezed, statements), places)

    def answers(self, cells: Iterable[Cell], file: str) -> list[Found]:
        """The answers in the order in which they stand."""
        reading = _Reading(self.labels)
        for cell in cells:
            reading.cell(cell)
        found: list[tuple[str, str, _Block, bool]] = []
        for block in reading.blocks:
            if not block.asked:
                found += self._assigned(block)
        found = [one for one in found if one[1]]
        own = {task for task, _, _, shared in found if not shared}
        last_place = {task: number for number, (task, _, block, _) in enumerate(found) if block.place}
        return [
            Found(task, text, Where(file, block.cell, block.line, block.column))
            for number, (task, text, block, shared) in enumerate(found)
            if not (shared and task in own) and (block.place or number > last_place.get(task, -1))
        ]

    def _assigned(self, block: _Block) -> list[tuple[str, str, _Block, bool]]:
        tasks = tuple(dict.fromkeys(task for path in block.paths for task in self.labels.tasks(path)))
        exact = [self.labels.paths[path] for path in block.paths if path in self.labels.paths]
        if len(exact) == 1 and len(block.paths) == 1:
            tasks = (exact[0],)
        text = self._answer(block)
        if len(tasks) < 2:
            return [(task, text, block, False) for task in tasks]
        items = _items(text)
        if len(items) == len(tasks):
            return [(task, item, block, True) for task, item in zip(tasks, items, strict=True)]
        return [(task, text, block, True) for task in tasks]

    def _answer(self, block: _Block) -> str:
        """The block without the author's words at its beginning; where it begins moves along."""
        paragraphs = _paragraphs(block.lines)
        kept = [one for one in paragraphs if not self.statements.hold(_squeezed(one[1]))]
        if not block.place:
            while len(kept) > 1 and (_ASKS.search(kept[0][1]) or _ASKS_FIRST.match(kept[0][1])):
                kept.pop(0)
        if not kept:
            return ""
        start, last = kept[0][0], kept[-1][0] + kept[-1][1].count("\n")
        skipped = {number for number, text in paragraphs if (number, text) not in kept}
        lines = [line for number, line in _numbered(block.lines, skipped, start, last)]
        first = lines[0] if lines else ""
        lead = _LEAD.match(first)
        rest = first[lead.end() :] if lead else first
        if start:
            block.column = 1
        block.line += start
        block.column += len(first) - len(rest.lstrip())
        return tidy("\n".join([rest, *lines[1:]]))


def _numbered(lines: list[str], skipped: set[int], start: int, last: int) -> Iterable[tuple[int, str]]:
    """The lines from ``start`` to ``last`` without the paragraphs that begin at ``skipped``."""
    skipping = False
    for number, line in enumerate(lines[: last + 1]):
        if number in skipped:
            skipping = True
        elif not line.strip():
            skipping = False
        if number >= start and not skipping:
            yield number, line


def _paragraphs(lines: list[str]) -> list[tuple[int, str]]:
    """The paragraphs, with the number of the line where each begins; a display formula belongs to what is before it."""
    found: list[tuple[int, list[str]]] = []
    open_, display = False, False
    for number, line in enumerate(lines):
        display ^= line.count("$$") % 2 == 1
        if not line.strip() and not display:
            open_ = False
        elif open_:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            open_ = True
    return [(number, "\n".join(content)) for number, content in found]


def _items(text: str) -> list[str]:
    """The items of a list that the text consists of."""
    items: list[list[str]] = []
    for line in text.split("\n"):
        found = _ITEM.match(line)
        if found:
            items.append([line[found.end() :]])
        elif items:
            items[-1].append(line)
        elif line.strip():
            return []
    return [tidy("\n".join(item)) for item in items]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class _Reading:
    """Goes through the lines of a document and keeps what was said before."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.blocks: list[_Block] = []
        self.outline = Outline()
        self.pending: list[tuple[int, _Block]] = []  # labels since the last place, with the cells they stand in
        self.placed: set[Path] = set()
        self.count = 0
        self.last_place = -1
        self.fenced = False

    def cell(self, cell: Cell) -> None:
        self.count += 1
        if cell.task is not None:
            path = next(path for path, task in self.labels.paths.items() if task == cell.task)
            self.outline.enter(Label(path, 0, 9), (cell.task,))
            self._open((path,), cell, 1, 1, cell.kind == "answer")
            self.placed.add(path)
            self.pending = []
        elif cell.place:
            self._place(cell, 1)
        elif self.blocks and not cell.place and cell.text.strip():
            self._continue(cell)
        self.fenced = False
        for number, line in enumerate(cell.text.replace("\r\n", "\n").split("\n"), start=1):
            self._line(line, number, cell)

    def _continue(self, cell: Cell) -> None:
        """A new cell below the same label: what stands in it belongs to the block, which begins here if it was empty so far."""
        block = self.blocks[-1]
        if cell.kind == "statement" or block.asked:
            self._open(block.paths, cell, 1, 1, block.place)
            self.blocks[-1].asked = cell.kind == "statement"
        elif not any(line.strip() for line in block.lines):
            block.cell, block.line, block.column, block.lines = cell.number, 1, 1, []
        else:
            block.lines.append("")

    def _line(self, line: str, number: int, cell: Cell) -> None:
        if _FENCE.match(line):
            self.fenced = not self.fenced
        place = _PLACE.search(line)
        if place and _PLACE_LINE.match(line[place.end() :]):
            if not cell.place and cell.kind != "answer":
                self._place(cell, number + 1)
            elif self.blocks:
                self.blocks[-1].line, self.blocks[-1].lines = number + 1, []
            return
        end, line_left = 0, line
        while not self.fenced:
            label = self.labels.label(line_left, self.outline) if cell.task is None else None
            if label is None:
                break
            line_left = _unclosed(line_left[label.end :], line_left[: label.end])
            end = len(line) - len(line_left)
            self.outline.enter(label, self.labels.tasks(label.path))
            self._open((label.path,), cell, number, end + 1)
            self.blocks[-1].asked = cell.kind == "statement"
            if not line_left.strip():
                break
        if self.blocks:
            self.blocks[-1].lines.append(line_left if end else line)

    def _open(self, paths: tuple[Path, ...], cell: Cell, line: int, column: int, place: bool = False) -> None:
        block = _Block(paths, [], cell.number, line, column, place=place)
        self.blocks.append(block)
        if not place:
            self.pending.append((self.count, block))

    def _place(self, cell: Cell, line: int) -> None:
        """An answer begins here: to the tasks whose labels stand since the last place and whose answers are still open."""
        asked = [
            block for number, block in self.pending if number != self.last_place and not set(block.paths) <= self.placed
        ]
        group = asked[-1].paths[0][0] if asked else None
        asked = [block for block in asked if block.paths[0][0] == group]
        for block in asked:
            block.asked = True
        paths = tuple(dict.fromkeys(path for block in asked for path in block.paths))
        finer = [one for one in paths if not any(other != one and other[: len(one)] == one for other in paths)]
        context = self.outline.context
        self.outline.current = None
        if len(finer) > 1 and group is not None:
            self.outline.context = (group,)
        self._open(tuple(finer) or ((context,) if context else ()), cell, line, 1, True)
        self.placed |= set(paths)
        self.pending = []
        self.last_place = self.count


def _unclosed(rest: str, before: str) -> str:
    """What follows a label, without the signs that close its markup: ``**1.a** …``, ``\\section{1.a} …``."""
    depth = before.count("{") - before.count("}")
    rest = rest.lstrip()
    if depth > 0 and "}" in rest and re.match(r"[^{}$\\]*\}", rest):
        rest = rest[rest.index("}") + 1 :]
    if before.count("**") % 2 == 1 and "**" in rest:
        title, _, rest = rest.partition("**")
        rest = f"{title} {rest}" if re.search(r"[$=<>≤≥\\]", title) else rest
    return re.sub(r"^\s*(?:</\w+>|\*\*|__|[\])}:.](?=\s|$))+\s*", "", rest)
