r"""Which task a line speaks of: "Task (1.a)", "**1.b.2**", "(b.2)" below exercise 1, "Exercise 3a", "1b)", ``\section{Task 2}``.

A label is a path of parts (1, b, 2). It names a task, or a group of tasks whose ids begin with it; below "Exercise 1", "b)" is 1.b.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str, ...]

_WORD = (
    r"(?:(?:task|exc?ercise|problem|question|part|answer|solution|aufgabe|teilaufgabe|übung|lösung|antwort|teil|frage|exc?|prob|qn?|nr|no)\b"
    r"\.?\s*(?:to|of|zu|for|no\.?|nr\.?)?\s*)"
)
_PIECE = r"\d{1,3}|[ivx]{2,4}(?![a-z])|[a-z](?![a-z])"
_SEPARATOR = re.compile(r"[)\]]?(?:[.\-_: ]{0,2}[(]?)")
_FOLLOWS = re.compile(r"[)\].:*_}]*(?=\s|[<#–—\[-]|$)")
_LEVELS = {"chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_OPERATOR = re.compile(r"\s*(?:[=<>+*/^≤≥≈·×∝−\\]|-\s*[\w\\(]|[-–—]\s*\d|\d)")
_MARKUP = re.compile(
    r"[\s>]*(?:\\noindent\s*)?(?P<mark>#{1,6}|(?:[-*+](?=\s)\s*)?(?:\*\*|__)|\\(?:sub)*(?:section|paragraph|chapter)\*?\s*(?:\[[^\]]*\])?\{(?:\\textbf\{)?"
    r"|\\(?:textbf|emph|underline|textit|textsc|item\s*\[)\{?|\\item\b|\\noindent\b|\{\\bf(?:series)?|<(?:h[1-6]|b|strong|li|p)>"
    r"|\\begin\{(?:exercise|problem|task|question|solution|answer|aufgabe)\*?\}[\[{]?|[-*+•](?=\s)|_|\*)?[\s*_{]*",
    re.IGNORECASE,
)
_STRONG = re.compile(r"#|\*\*|__|\\(?!item\b(?!\s*\[)|noindent)|\{\\bf|<[hbs]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """What a line's beginning names; the text goes on at ``end``."""

    path: Path
    end: int
    level: int


class Labels:
    """The labels of a sheet: its ids and their beginnings, in the spellings that occur."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = tuple(ids)
        self.paths: dict[Path, str] = {path_of(one): one for one in self.ids}
        self.order = {one: number for number, one in enumerate(self.ids)}
        self.prefixes = {path[:size] for path in self.paths for size in range(1, len(path) + 1)}
        words = sorted(
            {re.escape(one) for path in self.paths for one in path if len(one) > 1 and one.isalpha()},
            key=lambda one: (-len(one), one),
        )
        named = "|".join(words) or r"(?!)"
        self._head = re.compile(rf"[\[(]*(?P<word>{_WORD}+)?[#:]?\s*\(?", re.IGNORECASE)
        self._piece = re.compile(rf"(?:{named})(?![a-z])|{_PIECE}", re.IGNORECASE)
        self._names = re.compile(rf"(?P<core>{named})\s*(?:\*\*|__)?\s*(?P<tail>[:=]|\*\*)", re.IGNORECASE)

    def tasks(self, path: Path) -> tuple[str, ...]:
        """The tasks whose ids begin with the path."""
        return tuple(name for one, name in self.paths.items() if one[: len(path)] == path)

    def find(self, text: str) -> str | None:
        """The task that a cell of a table, or the name of a notebook's cell, names."""
        stripped = text.strip()
        if stripped in self.order:
            return stripped
        bare = re.sub(rf"^(?:[\w-]*:|{_WORD})+[\s:._-]*", "", stripped, flags=re.IGNORECASE)
        tasks = self.tasks(path) if (path := path_of(bare)) else ()
        if len(tasks) == 1 or path in self.paths:
            return self.paths.get(path) or tasks[0]
        return None

    def within(self, text: str) -> str | None:
        """The task that some piece of a name such as ``hw3_ex1b2_answer`` names, if only one does."""
        found = {self.find(text)}
        found |= {
            self.find(one[0])
            for one in re.finditer(
                r"\d+(?:[._-]?[a-z](?![a-z]))?(?:[._-]?\d+)?(?:[._-][a-z]{3,})?", text, re.IGNORECASE
            )
        }
        found -= {None}
        return found.pop() if len(found) == 1 else None

    def label(self, line: str, outline: Outline) -> Label | None:
        """The label at the beginning of a line, read below what stands before."""
        markup = _MARKUP.match(line)
        assert markup is not None
        head = self._head.match(line, markup.end())
        assert head is not None
        mark = markup["mark"] or ""
        level = 0 if head["word"] and not mark else _level(mark)
        ends = self._ends(line, head.end())
        for size in range(len(ends), 0, -1):
            end = ends[size - 1]
            follows = _FOLLOWS.match(line, end)
            if follows is None:
                continue
            core, rest = line[head.end() : end], line[follows.end() :]
            path = self._resolve(path_of(core), outline, bool(head["word"]), level)
            if path is None:
                continue
            strong = bool(head["word"]) or level < _PLAIN
            opened = markup.end() < head.end() and "(" in head[0]
            if strong or self._meant(path, core, opened, follows[0], rest, outline):
                return Label(path, follows.end(), level)
            return None
        return self._named(line, markup, outline)

    def _ends(self, line: str, start: int) -> list[int]:
        """Where the pieces of a label that begins here end, one after the other."""
        ends: list[int] = []
        found = self._piece.match(line, start)
        while found and len(ends) < 6:
            ends.append(found.end())
            separator = _SEPARATOR.match(line, found.end())
            assert separator is not None
            found = self._piece.match(line, separator.end())
        return ends

    def _meant(self, path: Path, core: str, opened: bool, follows: str, rest: str, outline: Outline) -> bool:
        """Whether what could be a label is meant as one, where no markup says so: 1.5, 2 and a may also begin a formula."""
        pieces = path_of(core)
        closed, colon, alone = ")" in follows or "]" in follows, follows[-1:] in (":", "."), not rest.strip()
        onward = self._onward(path, outline.current)
        if len(pieces) > 1 and not all(piece.isdigit() for piece in pieces):
            return closed or colon or alone or "." in core or not _OPERATOR.match(rest)
        if len(pieces) > 1:
            return (closed or colon or alone or not _OPERATOR.match(rest)) and (onward or closed or ":" in follows)
        child = len(path) > 1 and path[:-1] in (outline.context, outline.context[:-1])
        if len(path) == 1:
            return onward and alone and (closed or colon)
        if _OPERATOR.match(rest) and not closed and not colon:
            return False
        return (
            (closed or opened or colon) and (child or pieces[0].isalpha()) and (onward or path[:-1] == outline.context)
        )

    def _named(self, line: str, markup: re.Match[str], outline: Outline) -> Label | None:
        """A task named by the last part of its id: "Hessian: …" below 3.a."""
        found = self._names.match(line, markup.end())
        if found is None:
            return None
        path = self._resolve((found["core"].lower(),), outline, False, _PLAIN)
        end = markup.end() if found["tail"] == "=" else found.end()
        return None if path is None else Label(path, end, _PLAIN)

    def _onward(self, path: Path, current: str | None) -> bool:
        """Whether the label comes later on the sheet than the task before: 1.5 may also be a number."""
        tasks = self.tasks(path)
        return bool(tasks) and (current is None or self.order[tasks[0]] > self.order[current])

    def _resolve(self, path: Path, outline: Outline, word: bool, level: int) -> Path | None:
        """The path as it stands, or below a label before: a heading below a larger one, (2) below 1.b."""
        below = [outline.context[:size] + path for size in range(len(outline.context), 0, -1)]
        if word or len(path) > 1:
            candidates = [path, *below]
        elif level < _PLAIN:
            parent = outline.parent(level)
            candidates = [*(parent[:size] + path for size in range(len(parent), 0, -1)), path, *below]
        else:
            candidates = [*below, path]
        return next((one for path in candidates for one in (path, _numbered(path)) if one in self.prefixes), None)


_PLAIN = 9
_BOLD = 7


def _level(mark: str) -> int:
    """How large a heading the markup makes: 1 the largest, 9 none."""
    if mark.startswith("#"):
        return len(mark)
    if command := re.match(r"\\(\w+)", mark):
        return _LEVELS.get(command[1].lower(), _PLAIN if command[1] == "item" else _BOLD)
    return _BOLD if _STRONG.match(mark) or "**" in mark or "__" in mark else _PLAIN


class Outline:
    """The labels that a place in a document stands below."""

    def __init__(self) -> None:
        self.context: Path = ()
        self.current: str | None = None
        self._headings: list[tuple[int, Path]] = []

    def enter(self, label: Label, tasks: tuple[str, ...]) -> None:
        self.context = label.path
        self.current = tasks[0] if tasks else self.current
        if label.level < _PLAIN:
            self._headings = [one for one in self._headings if one[0] < label.level] + [(label.level, label.path)]

    def parent(self, level: int) -> Path:
        """The heading that a heading of this level stands below."""
        return next((path for one, path in reversed(self._headings) if one < level), ())


def path_of(text: str) -> Path:
    """1.b.2, 1b2, (1)(b).2, "1 - b" as (1, b, 2)."""
    return tuple(re.findall(r"\d+|[^\W\d_]+", text.lower()))


def _numbered(path: Path) -> Path:
    """A last part in Roman numerals as a number."""
    return (*path[:-1], str(_ROMAN[path[-1]])) if path and path[-1] in _ROMAN else path
