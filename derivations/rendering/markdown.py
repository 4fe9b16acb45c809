"""A page as Markdown with LaTeX mathematics, as GitHub and Jupyter show it."""

from __future__ import annotations

import re

from derivations.language.statements import Prose
from derivations.language.terms import Term
from derivations.rendering.latex import latex, latex_lines
from derivations.rendering.page import UNSAID, Entry, Figure, Given, Page, SubProof
from derivations.rendering.prose import with_names
from derivations.rendering.style import Style
from derivations.rendering.text import branch_title, by_line, rests_on


def markdown(page: Page) -> str:
    """The whole page as one Markdown text."""
    return "\n\n".join(markdown_sections(page)) + "\n"


def markdown_sections(page: Page) -> list[str]:
    """The page in its natural pieces: heading, statement, proof, remarks, what it rests on."""
    head = [f"# {escape(page.title)}", escape(page.summary or page.question)]
    head.append(f"**Status: {page.status}** — {page.meaning}.")
    pieces = ["\n\n".join(part for part in [*head, _answer(page)] if part), *markdown_body(page)]
    pieces += [markdown_figure(figure) for figure in page.figures]
    rows = [f"- {escape(name)}: {escape(value)}" for name, value in rests_on(page)]
    return [*pieces, "\n\n".join(["## What this rests on", "\n".join(rows)])]


def markdown_body(page: Page, level: int = 2) -> list[str]:
    """Statement, proof and remarks, under headings of that level."""
    heading = "#" * level
    pieces = [_statement(page, heading), "\n\n".join([f"{heading} Proof", *_entries(page.entries, page.style)])]
    return [*pieces, "\n\n".join([f"{heading} {UNSAID}", *_notes(page)])] if page.notes else pieces


def escape(text: str) -> str:
    """Prose for Markdown: what would be markup is shown as it is."""
    return re.sub(r"([\\`*_\[\]<>$#|~])", r"\\\1", text)


def prose_markdown(prose: Prose, style: Style) -> str:
    return "".join(escape(part) if isinstance(part, str) else f"${latex(part, style)}$" for part in prose)


def display(term: Term, style: Style) -> str:
    """A formula on lines of its own."""
    return f"$$\n{latex_lines(term, style)}\n$$"


def _answer(page: Page) -> str:
    rows = (
        f"- {escape(name)}{': ' if name else ''}{escape(value) if isinstance(value, str) else f'${latex(value, page.style)}$'}"
        for name, value in page.answer
    )
    return "\n".join(rows)


def _statement(page: Page, heading: str) -> str:
    pieces = [f"{heading} Statement"]
    symbols = ", ".join(
        f"${latex(names, page.style)}$ ({with_names(meaning, escape, lambda term: f'${latex(term, page.style)}$')})"
        for names, meaning in page.notation
    )
    pieces += [f"Notation: {symbols}."] if symbols else []
    for title, rows in (("Definitions", page.definitions), ("Hypotheses", page.hypotheses)):
        if rows:
            pieces.append(f"**{title}**\n\n" + "\n".join(_given(item, page.style) for item in rows))
    return "\n\n".join([*pieces, "**Claim**", *(display(item, page.style) for item in page.conclusion)])


def _given(item: Given, style: Style) -> str:
    reason = prose_markdown(item.reason, style)
    unused = " (no step needs it)" if item.unused else ""
    return f"- {item.mark.text}: ${latex(item.claim, style)}${' — ' + reason if reason else ''}{unused}"


def _entries(entries: tuple[Entry, ...], style: Style) -> list[str]:
    pieces: list[str] = []
    for entry in entries:
        reason = prose_markdown(entry.because, style)
        pieces.append(f"**{entry.mark.text}** {reason} *{escape(by_line(entry))}*".replace("  ", " "))
        pieces.append(display(entry.claim, style))
        for branch in entry.branches:
            pieces += _branch(branch, style)
    return pieces


def _branch(branch: SubProof, style: Style) -> list[str]:
    """A sub-proof as a quotation, so that its end can be seen."""
    inner = [f"**{escape(branch_title(branch.name))}.**"]
    if branch.given:
        inner.append("\n".join(_given(item, style) for item in branch.given))
    text = "\n\n".join([*inner, *_entries(branch.entries, style)])
    return ["\n".join(f"> {line}".rstrip() for line in text.split("\n"))]


def _notes(page: Page) -> list[str]:
    pieces: list[str] = []
    for note in page.notes:
        pieces.append(f"**{escape(note.title)}.** {prose_markdown(note.text, page.style)}")
        pieces += [f"{mark.text}\n\n{display(claim, page.style)}" for mark, claim in note.claims]
    return pieces


def markdown_figure(figure: Figure) -> str:
    """A figure by its path, or its caption alone."""
    return f"![{escape(figure.caption)}](<{figure.path}>)" if figure.path else f"*{escape(figure.caption)}*"
