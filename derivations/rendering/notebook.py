"""A page as the cells of a notebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivations.rendering.markdown import markdown_sections
from derivations.rendering.page import Page
from derivations.rendering.sheet import Sheet, markdown_task_parts

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook_cells(page: Page) -> list[NotebookNode]:
    """One Markdown cell for each part of the page; their ids follow from the page's, so a rebuild changes nothing."""
    return _cells(page.id, markdown_sections(page))


def sheet_cells(sheet: Sheet, solutions: bool = False) -> list[NotebookNode]:
    """A heading cell, then one cell for each task; with ``solutions``, each task's solution in a cell of its own."""
    found = _cells("sheet", [f"# {sheet.title}"])
    for task in sheet.tasks:
        problem, solution = markdown_task_parts(sheet, task)
        found += _cells(f"task-{task.id}", [problem, solution] if solutions and solution else [problem])
    return found


def _cells(name: str, sources: list[str]) -> list[NotebookNode]:
    from nbformat.v4 import new_markdown_cell

    stem = re.sub(r"[^A-Za-z0-9]+", "-", name)[:48]
    return [new_markdown_cell(source, id=f"{stem}-{i}") for i, source in enumerate(sources, start=1)]
