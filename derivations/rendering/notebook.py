"""A page as the cells of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.rendering.markdown import markdown_sections
from derivations.rendering.page import Page

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook_cells(page: Page) -> list[NotebookNode]:
    """One Markdown cell for each part of the page; their ids follow from the page's, so a rebuild changes nothing."""
    from nbformat.v4 import new_markdown_cell

    return [
        new_markdown_cell(source, id=f"{page.id[:48]}-{i}".replace(".", "-").replace(":", "-"))
        for i, source in enumerate(markdown_sections(page), start=1)
    ]
