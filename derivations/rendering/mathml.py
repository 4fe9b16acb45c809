"""Boxes as MathML Core, which browsers typeset without scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from derivations.language.terms import Term
from derivations.rendering import boxes
from derivations.rendering.boxes import Box, height
from derivations.rendering.breaking import How, lines
from derivations.rendering.display import display_lines
from derivations.rendering.layout import layout
from derivations.rendering.style import Style

LINE_WIDTH = 62.0
_PIECE = 16.0  # digits that a formula may have before a narrow window may break it
_SPACES = {"thin": "0.167em", "medium": "0.278em", "quad": "1em"}
_MARGINS = {"list": "0.8em", "logic": "0.7em", "relation": "0.278em", "binary": "0.222em"}
_MOST = 500  # letters and signs that are kept
_PRIMES = {1: "′", 2: "″", 3: "‴"}


def mathml(term: Term, style: Style, display: bool = False) -> str:
    """The term as ``<math>`` elements; ``display`` sets fractions and sums in full size."""
    return _breakable(layout(term, style), display)


def mathml_lines(term: Term, style: Style, limit: float = LINE_WIDTH) -> list[tuple[int, str]]:
    """The term as display lines: how far each is indented, and its ``<math>`` elements.

    Browsers do not break formulas, so a line is a row of short ones, between which a narrow window may break.
    """
    return [(line.indent, _breakable(line.box)) for line in display_lines(term, style, limit)]


def _breakable(box: Box, display: bool = True) -> str:
    return "<wbr/>".join(_math(print_mathml(piece.box), display) for piece in lines(box, _PIECE, How(inside=False)))


def _math(body: str, display: bool) -> str:
    attribute = ' displaystyle="true"' if display else ""
    return f"<math{attribute}>{body}</math>"


def print_mathml(box: Box, script: bool = False) -> str:
    return _PRINTERS[type(box)](box, script)


def _row(box: boxes.Row, script: bool) -> str:
    return f"<mrow>{''.join([_PRINTERS[type(item)](item, script) for item in box.items])}</mrow>"


def _fraction(box: boxes.Fraction, script: bool) -> str:
    text = f"<mfrac>{print_mathml(box.top, script)}{print_mathml(box.bottom, script)}</mfrac>"
    return f'<mstyle displaystyle="false">{text}</mstyle>' if box.small else text


def _primes(box: boxes.Primes, script: bool) -> str:
    prime = f'<mo lspace="0.05em" rspace="0" form="postfix">{_PRIMES[box.count]}</mo>'  # the glyph is raised already
    return f"<mrow>{print_mathml(box.base, script)}{prime}</mrow>"


def _table(box: boxes.Table, script: bool) -> str:
    rows = ("".join(f"<mtd>{print_mathml(entry)}</mtd>" for entry in entries) for entries in box.rows)
    cells = "".join(f"<mtr>{entries}</mtr>" for entries in rows)
    return f'<mrow><mo fence="true">(</mo><mtable>{cells}</mtable><mo fence="true">)</mo></mrow>'


def _stack(box: boxes.Stack, script: bool) -> str:
    cell = '<mtd style="text-align: left">'
    inner = "".join(f"<mtr>{cell}{print_mathml(line)}</mtd></mtr>" for line in box.lines)
    return f'<mtable displaystyle="true">{inner}</mtable>'


def _spaced(text: str) -> str:
    """Escaped text whose outer spaces survive."""
    inner = escape(text.strip())
    left = "\u00a0" if text[:1] == " " else ""
    right = "\u00a0" if text[-1:] == " " else ""
    return f"{left}{inner}{right}"


@lru_cache(_MOST)
def _atom(box: boxes.Atom, script: bool) -> str:
    text = escape(box.text)
    if box.kind == "number":
        return f"<mn>{text}</mn>"
    if box.kind == "sign" and box.text in "()!*∗⋆":
        return f'<mo stretchy="false" lspace="0" rspace="0">{text}</mo>'
    upright = box.kind != "variable" or (len(box.text) == 1 and "Α" <= box.text <= "Ω")
    return f'<mi mathvariant="normal">{text}</mi>' if upright and len(box.text) == 1 else f"<mi>{text}</mi>"


@lru_cache(_MOST)
def _operator(box: boxes.Operator, script: bool) -> str:
    text = escape(box.text)
    if box.role == "times":
        return f"<mo>{text}</mo>" if text else _SPACE_THIN if box.latex else "<mo>\u2062</mo>"
    if box.role == "list" and box.text == ",":
        return f'<mo separator="true" lspace="0" rspace="1em">{text}</mo>'
    if box.role == "list":
        return f'<mspace width="0.8em"></mspace><mtext>{text}</mtext><mspace width="0.8em"></mspace>'
    if box.role == "comma":
        return f'<mo separator="true" lspace="0" rspace="{"0" if script else "0.167em"}">{text}</mo>'
    if box.role == "slash":
        return f'<mo stretchy="false" lspace="0" rspace="0">{text}</mo>'
    if box.role == "prefix":
        return f'<mo form="prefix" lspace="0" rspace="0">{text}</mo>'
    margin = "0" if script else _MARGINS.get(box.role, "0")
    return f'<mo form="infix" stretchy="false" lspace="{margin}" rspace="{margin}">{text}</mo>'


_MIDDLE = 'true" minsize="1.2em" maxsize="1.2em'
_SPACE_THIN = '<mspace width="0.167em"></mspace>'


def _scripts(box: boxes.Scripts, script: bool) -> str:
    base = print_mathml(box.base, script)
    sub = print_mathml(box.sub, True) if box.sub is not None else ""
    sup = print_mathml(box.sup, True) if box.sup is not None else ""
    tag = "msubsup" if sub and sup else "msub" if sub else "msup"
    return f"<{tag}>{base}{sub}{sup}</{tag}>"


def _limits(box: boxes.Limits, script: bool) -> str:
    below = print_mathml(box.below, True)
    if isinstance(box.base, boxes.Operator) and box.base.role == "relation":
        arrow = '<mo stretchy="false" lspace="0" rspace="0">⟶</mo>'
        gap = '<mspace width="0.278em"></mspace>'
        return f"{gap}<munder>{arrow}{below}</munder>{gap}"
    sign = f"<mo>{escape(box.base.text)}</mo>" if isinstance(box.base, boxes.Operator) else _atom(box.base, script)
    if box.above is None:
        return f"<munder>{sign}{below}</munder>{_SPACE_THIN}"
    return f"<munderover>{sign.replace('<mo>', _LARGE)}{below}{print_mathml(box.above, True)}</munderover>"


_LARGE = '<mo largeop="true" movablelimits="true" lspace="0" rspace="0.167em">'


def _fenced(box: boxes.Fenced, script: bool) -> str:
    tall = 0 if script else height(box.body)
    stretch = ("false", _MIDDLE, "true")[tall]
    sides = (
        f'<mo form="{form}" fence="true" stretchy="{stretch}" lspace="0" rspace="0">{escape(sign)}</mo>'
        for form, sign in (("prefix", box.left), ("postfix", box.right))
    )
    left, right = sides
    return f"<mrow>{left}{print_mathml(box.body, script)}{right}</mrow>"


_PRINTERS: Mapping[type, Callable[[Any, bool], str]] = {
    boxes.Atom: _atom,
    boxes.Operator: _operator,
    boxes.Row: _row,
    boxes.Fraction: _fraction,
    boxes.Scripts: _scripts,
    boxes.Primes: _primes,
    boxes.Limits: _limits,
    boxes.Radical: lambda box, script: f"<msqrt>{print_mathml(box.body, script)}</msqrt>",
    boxes.Fenced: _fenced,
    boxes.Table: _table,
    boxes.Stack: _stack,
    boxes.Words: lambda box, script: f"<mtext>{_spaced(box.text)}</mtext>",
    boxes.Space: lambda box, script: f'<mspace width="{_SPACES[box.size]}"></mspace>',
}
