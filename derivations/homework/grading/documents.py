r"""Notebooks, LaTeX, Markdown and plain text as cells: what the author wrote, where an answer may stand.

nbgrader marks cells in ``metadata.nbgrader`` (grade_id, solution, task), otter by the tag ``otter_answer_cell``, by
``<!-- BEGIN QUESTION name: … -->`` and by raw cells with ``# BEGIN SOLUTION``. ``\input`` and ``\write18`` are text like any other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from derivations.homework.grading.labels import Labels
from derivations.homework.grading.submissions import Cell
from derivations.language.errors import Unusable

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUESTION = re.compile(r"\bBEGIN QUESTION\b(?P<rest>.*?)(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_NAME = re.compile(r"^[ \t]*+(?:#[ \t]*+)?name:[ \t]*+[\"']?([^\n\"']+)", re.MULTILINE)
_DUTY = re.compile(r"#\s*(BEGIN|END) (SOLUTION|TESTS?|QUESTION|PROMPT)\b", re.IGNORECASE)
_TEX_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_BODY = re.compile(r"\\begin\s*\{document\}|\\end\s*\{document\}")
_ENUMERATE = re.compile(r"\\(begin|end)\s*\{(enumerate|itemize)\}|\\item\b(?!\s*\[)")
_EMPTY = re.compile(r"[\s#*_>]*+(?:YOUR (?:ANSWER|CODE) HERE|raise NotImplementedError\(\))?[\s*_]*+", re.IGNORECASE)


def blanked(text: str, pattern: re.Pattern[str]) -> str:
    """The text with what the pattern finds as blanks, so that every line and column stays where it is."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def markdown_cells(text: str) -> list[Cell]:
    return [Cell(blanked(text, _COMMENT))]


def latex_cells(text: str) -> list[Cell]:
    """The document's body without its comments; items of an enumeration are counted as LaTeX counts them."""
    text = blanked(text, _TEX_COMMENT)
    marks = list(_BODY.finditer(text))
    if marks and "begin" in marks[0][0]:
        end = marks[1].start() if len(marks) > 1 else len(text)
        text = re.sub(r"[^\n]", " ", text[: marks[0].end()]) + text[marks[0].end() : end]
    return [Cell(_counted(text))]


def _counted(text: str) -> str:
    r"""``\item`` in an enumeration as ``\item[(b)]`` or ``\item[(2)]``: letters outside, numbers inside."""
    depth: list[list[Any]] = []
    pieces, at = [], 0
    for found in _ENUMERATE.finditer(text):
        if found[1] == "begin":
            depth.append([found[2], 0])
        elif found[1] == "end":
            depth = depth[:-1]
        elif depth and depth[-1][0] == "enumerate":
            depth[-1][1] += 1
            level = sum(kind == "enumerate" for kind, _ in depth)
            count = depth[-1][1]
            label = chr(96 + count) if level == 1 and count <= 26 else str(count)
            pieces += [text[at : found.end()], f"[({label})]"]
            at = found.end()
    return "".join([*pieces, text[at:]])


def notebook_cells(text: str, file: str, labels: Labels) -> list[Cell]:
    """Raises Unusable if the text is no notebook of format 4."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{file}: this is not a notebook: it is not JSON") from error
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise Unusable(f"{file}: this is not a notebook of format 4: it has no list of cells")
    reading = _Notebook(labels)
    return [
        one
        for number, cell in enumerate(cells, start=1)
        if isinstance(cell, dict)
        for one in reading.cell(cell, number)
    ]


class _Notebook:
    """Goes through the cells: ``question`` is what otter's comments have opened, ``solving`` holds between its raw cells."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.question: str | None = None
        self.solving = False

    def cell(self, cell: Mapping[str, Any], number: int) -> list[Cell]:
        source = cell.get("source")
        text = source if isinstance(source, str) else "".join(map(str, source)) if isinstance(source, list) else ""
        raw_metadata = cell.get("metadata")
        metadata: Mapping[str, Any] = raw_metadata if isinstance(raw_metadata, dict) else {}
        kind = cell.get("cell_type")
        if kind == "raw" or (kind != "markdown" and _DUTY.match(text.strip())):
            return self._raw(text, number)
        grader = metadata.get("nbgrader")
        if isinstance(grader, dict):
            return self._nbgrader(grader, text, number, kind)
        tags = metadata.get("tags")
        if self.solving or (isinstance(tags, list) and "otter_answer_cell" in tags):
            return self._answer(self.question, text, number)
        if kind != "markdown":
            return []
        for found in _QUESTION.finditer(text):
            name = _NAME.search(found["rest"])
            self.question = (self.labels.find(name[1]) or self.labels.within(name[1])) if name else None
        return [Cell(blanked(text, _COMMENT), number)]

    def _raw(self, text: str, number: int) -> list[Cell]:
        for begins, what in _DUTY.findall(text):
            if what.upper() == "SOLUTION":
                self.solving = begins.upper() == "BEGIN"
            elif what.upper() == "QUESTION" and begins.upper() == "BEGIN":
                name = _NAME.search(text)
                self.question = (self.labels.find(name[1]) or self.labels.within(name[1])) if name else None
                return [Cell("", number, "statement", self.question)] if self.question else []
        return []

    def _nbgrader(self, grader: Mapping[str, Any], text: str, number: int, kind: Any) -> list[Cell]:
        identity = str(grader.get("grade_id", ""))
        task = self.labels.find(identity) or self.labels.within(identity)
        if grader.get("solution") or grader.get("task"):
            return self._answer(task, text, number)
        if kind != "markdown":
            return []
        return [Cell(blanked(text, _COMMENT), number, "statement")]

    def _answer(self, task: str | None, text: str, number: int) -> list[Cell]:
        """A cell for an answer, in which other tasks may be labelled too if its own name says nothing."""
        text = "" if _EMPTY.fullmatch(text) else blanked(text, _COMMENT)
        return [Cell(text, number, "answer", task)] if task else [Cell(text, number, "answer", None, True)]
