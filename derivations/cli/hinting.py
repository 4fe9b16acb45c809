"""What ``hint`` does: find the task, take the hint from its proof, print it in the format that was asked for."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from html import escape as escape_html
from typing import TYPE_CHECKING

from derivations.catalogue.discovery import unknown
from derivations.cli.output import emit, width
from derivations.cli.showing import check_choices
from derivations.homework.hints import Hint, Hints, Line, hints_for
from derivations.homework.sheets import SheetSpec, TaskSpec, read_sheet
from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.suggestions import nearest
from derivations.rendering.page import label_text
from derivations.rendering.style import Style, style_of

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("text", "latex", "html", "md", "json")


def hint(name: str, level: int, seed: str | None, form: str, notation: str | None, output: str | None) -> int:
    """0; Undecided where the task has no derivation to take a hint from."""
    if form not in FORMATS:
        raise unknown("format", form, list(FORMATS))
    spec, task = found_task(name, seed)
    notation = notation or spec.notation
    check_choices("text", notation)
    hints = hints_for(spec, task)
    style = style_of(hints.proof.derivation, notation)
    chosen = hints.at(level)
    chosen = replace(chosen, lines=tuple(line for line in chosen.lines if not _says_nothing(line, style)))
    printers: dict[str, Callable[[Hints, Hint, Style], str]] = {
        "text": _text, "latex": _latex, "html": _html, "md": _markdown, "json": _json,
    }  # fmt: skip
    emit(printers[form](hints, chosen, style), output)
    return 0


def found_task(name: str, seed: str | None = None) -> tuple[SheetSpec, TaskSpec]:
    """The task that SHEET:TASK names. Raises Unusable, with the nearest name, where there is none."""
    sheet, colon, task = name.rpartition(":")
    if not colon or not sheet:
        raise Unusable("a task is named as SHEET:TASK", name, (0, len(name)), "for instance lecture3:1.b.1")
    spec = read_sheet(sheet)
    known = [one.id for one in spec.tasks]
    if task not in known:
        hint = nearest(task, known) or f"there are {', '.join(known)}"
        start = len(sheet) + 1
        raise Unusable(f"the sheet {sheet} has no such task", name, (start, max(len(name), start + 1)), hint)
    if seed is not None:
        from derivations.homework.variants import variant

        spec = variant(spec, seed)
    return spec, next(one for one in spec.tasks if one.id == task)


def _says_nothing(line: Line, style: Style) -> bool:
    """Whether both sides of an equation are written alike, as a starting value and the sequence at 0 are."""
    from derivations.rendering.unicode import unicode

    claim = line.claim
    return claim is not None and claim.head == "Eq" and unicode(claim.args[0], style) == unicode(claim.args[1], style)


def _title(hints: Hints, one: Hint) -> str:
    return f"Task {hints.task.id}, hint {one.level} of {one.levels}: {one.title}"


def _more(hints: Hints, one: Hint) -> str:
    if one.level < one.levels:
        return f"The next hint is --level {one.level + 1}; the whole solution is --level {one.levels}."
    return f"The proof is part of the result {hints.proof.id} ({hints.proof.status})."


def _mark(line: Line) -> str:
    return label_text(line.label) if line.label else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- text ---------------------------------------------------------------------------------------------------------


def _text(hints: Hints, one: Hint, style: Style) -> str:
    from derivations.rendering.text import prose_text
    from derivations.rendering.unicode import unicode, unicode_lines

    style, columns = style.in_terminal(), max(width(), 40)
    lines = [_title(hints, one), ""]
    if one.answer:
        shown = [part if isinstance(part, str) else unicode(part, style) for part in one.answer]
        lines += [*textwrap.wrap(f"Answer: {', '.join(shown)}", columns, subsequent_indent="  "), ""]
    for line in one.lines:
        indent = "  " + "  " * line.depth
        mark = f"{_mark(line):<6}" if line.label else ""
        words = prose_text(line.words, style)
        words = words if line.claim is None or not words or words.endswith(":") else f"{words}:"
        lines += textwrap.wrap(words, columns, initial_indent=indent + mark,
                               subsequent_indent=indent + " " * len(mark)) or ([indent + mark] if mark else [])  # fmt: skip
        if line.claim is not None:
            inner = indent + " " * len(mark) + "  "
            lines += [inner + row for row in unicode_lines(line.claim, style, columns - len(inner))]
    lines += ["", *textwrap.wrap(_more(hints, one), columns)]
    return "\n".join(row.rstrip() for row in lines) + "\n"


# --- documents ----------------------------------------------------------------------------------------------------


def _latex(hints: Hints, one: Hint, style: Style) -> str:
    from derivations.rendering.documents import prose_latex, wrap_document
    from derivations.rendering.escaping import escape
    from derivations.rendering.latex import latex_lines

    def formula(term: Term) -> str:
        return rf"\fitted{{{latex_lines(term, style)}}}"

    pieces = []
    if one.answer:
        shown = (escape(part) if isinstance(part, str) else formula(part) for part in one.answer)
        pieces.append(rf"\textbf{{Answer.}} {', '.join(shown)}")
    for line in one.lines:
        words = _sentence(prose_latex(line.words, style))
        claim = "" if line.claim is None else f" {formula(line.claim)}"
        pieces.append(f"{escape(_mark(line))} {words.rstrip(':')}{':' if claim and words else ''}{claim}".strip())
    return wrap_document(_title(hints, one), "\n\n".join(rf"\noindent {piece}" for piece in pieces))


def _html(hints: Hints, one: Hint, style: Style) -> str:
    from derivations.rendering.html import formula_html, prose_html, wrap_html

    pieces = [f"<header><h1>{escape_html(_title(hints, one))}</h1></header>"]
    if one.answer:
        shown = [escape_html(part) if isinstance(part, str) else formula_html(part, style, 82) for part in one.answer]
        pieces.append(f'<div class="answer"><strong>Answer</strong> {"".join(shown)}</div>')
    for line in one.lines:
        words = f"{escape_html(_mark(line))} {_sentence(prose_html(line.words, style))}".strip()
        pieces.append(f"<p>{words}</p>" + ("" if line.claim is None else formula_html(line.claim, style, 82)))
    pieces.append(f'<p class="note"><em>{escape_html(_more(hints, one))}</em></p>')
    return wrap_html(_title(hints, one), f'<div class="sheet narrow">{"".join(pieces)}</div>')


def _markdown(hints: Hints, one: Hint, style: Style) -> str:
    from derivations.rendering.latex import latex
    from derivations.rendering.markdown import escape, prose_markdown

    pieces = [f"## {escape(_title(hints, one))}"]
    if one.answer:
        shown = (escape(part) if isinstance(part, str) else f"${latex(part, style)}$" for part in one.answer)
        pieces.append(f"**Answer.** {', '.join(shown)}")
    for line in one.lines:
        words = _sentence(prose_markdown(line.words, style))
        pieces.append(f"{escape(_mark(line))} {words}".strip())
        if line.claim is not None:
            pieces.append(f"$${latex(line.claim, style)}$$")
    return "\n\n".join([*pieces, escape(_more(hints, one))]) + "\n"


def _json(hints: Hints, one: Hint, style: Style) -> str:
    from derivations.language.ascii import ascii_text
    from derivations.rendering.latex import latex
    from derivations.rendering.text import prose_text

    rows = [
        {
            "label": line.label,
            "depth": line.depth,
            "words": prose_text(line.words, style.in_terminal()),
            "claim": None if line.claim is None else ascii_text(line.claim),
            "latex": None if line.claim is None else latex(line.claim, style),
        }
        for line in one.lines
    ]
    answer = [part if isinstance(part, str) else ascii_text(part) for part in one.answer]
    content = {"task": hints.task.id, "level": one.level, "levels": one.levels, "title": one.title, "lines": rows,
               "answer": answer, "result": hints.proof.id, "status": hints.proof.status}  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
