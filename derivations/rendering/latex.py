"""Boxes as LaTeX mathematics."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from derivations.language.terms import Term
from derivations.rendering import boxes
from derivations.rendering.boxes import Box, height
from derivations.rendering.display import display_lines
from derivations.rendering.escaping import escape
from derivations.rendering.layout import layout
from derivations.rendering.style import Style

LINE_WIDTH = 66.0
_FENCES = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": r"\{", "}": r"\}", "⟨": r"\langle", "⟩": r"\rangle",
}  # fmt: skip
_SPACES = {"thin": r"\,", "medium": r"\;", "quad": r"\quad "}


def latex(term: Term, style: Style) -> str:
    """The term in LaTeX mathematics, exactly in the order it has."""
    return print_latex(layout(term, style))


def latex_lines(term: Term, style: Style, limit: float = LINE_WIDTH) -> str:
    """The term in display mathematics: one line, or several in an ``aligned`` environment."""
    broken = display_lines(term, style, limit)
    if len(broken) == 1:
        return print_latex(broken[0].box)
    rows = []
    for line in broken:
        lead = _lead(line.box)
        rows.append(
            "&" + r"\quad" * line.indent + (" " if line.indent and not lead else "") + lead + print_latex(line.box)
        )
    return "\\begin{aligned}[t]\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _lead(box: Box) -> str:
    """An empty group before a line that begins with a sign, so that the sign keeps its spacing."""
    return "{}" if _starts_with_operator(box) else ""


def _starts_with_operator(box: Box) -> bool:
    return isinstance(box, boxes.Row) and isinstance(box.items[0], boxes.Operator) and box.items[0].role != "prefix"


def print_latex(box: Box, script: bool = False) -> str:
    """The LaTeX of one box; ``script`` inside exponents and indices, where delimiters stay small."""
    return _PRINTERS[type(box)](box, script)


def _row(box: boxes.Row, script: bool) -> str:
    return _join([_PRINTERS[type(item)](item, script) for item in box.items])


def _fraction(box: boxes.Fraction, script: bool) -> str:
    command = r"\tfrac" if box.small else r"\frac"
    return f"{command}{{{print_latex(box.top, script)}}}{{{print_latex(box.bottom, script)}}}"


def _scripts(box: boxes.Scripts, script: bool) -> str:
    text = print_latex(box.base, script)
    text += f"_{_script(box.sub)}" if box.sub is not None else ""
    return text + (f"^{_script(box.sup)}" if box.sup is not None else "")


def _table(box: boxes.Table, script: bool) -> str:
    gap = r" \\[0.8ex] " if any(height(entry) > 1 for entries in box.rows for entry in entries) else r" \\ "
    matrix = gap.join(" & ".join(print_latex(entry, script) for entry in entries) for entries in box.rows)
    return rf"\begin{{pmatrix}} {matrix} \end{{pmatrix}}"


def _stack(box: boxes.Stack, script: bool) -> str:
    lines = r" \\ ".join(f"&{_lead(line)}{print_latex(line, script)}" for line in box.lines)
    return rf"\begin{{aligned}} {lines} \end{{aligned}}"


def _operator(box: boxes.Operator, script: bool) -> str:
    match box.role:
        case "relation" if script:
            return box.latex.strip()
        case "list":
            return r",\quad " if box.text == "," else rf"\quad{box.latex}\quad "
        case "relation" | "logic":
            return f" {box.latex} "
        case "times":
            return f" {box.latex} " if box.text else box.latex
        case "comma":
            return ","
    return box.latex


def _script(box: Box) -> str:
    text = print_latex(box, script=True).strip()
    return text if len(text) == 1 else f"{{{text}}}"


def _limits(box: boxes.Limits, script: bool) -> str:
    below = print_latex(box.below, script=True)
    if isinstance(box.base, boxes.Operator) and box.base.role == "relation":
        return rf" \xrightarrow[{below}]{{}} "
    above = f"^{_script(box.above)}" if box.above is not None else ""
    sign = box.base.latex.replace(r"\operatorname", r"\operatorname*")
    return f"{sign}_{{{below}}}{above} "


def _fenced(box: boxes.Fenced, script: bool) -> str:
    inner = print_latex(box.body, script)
    tall = 0 if script else height(box.body)
    left, right = _FENCES.get(box.left, box.left), _FENCES.get(box.right, box.right)
    if box.left == "|":
        left, right = (r"\lvert", r"\rvert") if tall < 2 else ("|", "|")
    if tall == 0:
        return _join([left, inner, right])
    if tall == 1:
        return _join([rf"\bigl{left}", inner, rf"\bigr{right}"])
    return _join([rf"\left{left}", inner, rf"\right{right}"])


def _join(pieces: list[str]) -> str:
    """The pieces side by side, with a space where a command would run into a letter."""
    text = ""
    for piece in pieces:
        gap = " " if piece[:1].isalpha() and _ends_with_command(text) else ""
        text += gap + piece
    return re.sub(r" {2,}", " ", text) if "  " in text else text


_PRINTERS: Mapping[type, Callable[[Any, bool], str]] = {
    boxes.Atom: lambda box, script: box.latex,
    boxes.Operator: _operator,
    boxes.Row: _row,
    boxes.Fraction: _fraction,
    boxes.Scripts: _scripts,
    boxes.Primes: lambda box, script: print_latex(box.base, script) + "'" * box.count,
    boxes.Limits: _limits,
    boxes.Radical: lambda box, script: rf"\sqrt{{{print_latex(box.body, script)}}}",
    boxes.Fenced: _fenced,
    boxes.Table: _table,
    boxes.Stack: _stack,
    boxes.Words: lambda box, script: rf"\text{{{escape(box.text)}}}",
    boxes.Space: lambda box, script: _SPACES[box.size],
}


def _ends_with_command(text: str) -> bool:
    word = text[text.rfind("\\") + 1 :]
    return word.isalpha() and word.isascii() and len(word) < len(text)
