"""Boxes as MathML Core, which browsers typeset without scripts."""

from __future__ import annotations

from html import escape

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
    match box:
        case boxes.Atom():
            return _atom(box)
        case boxes.Operator():
            return _operator(box, script)
        case boxes.Row(items):
            return f"<mrow>{''.join(print_mathml(item, script) for item in items)}</mrow>"
        case boxes.Fraction(top, bottom, small):
            text = f"<mfrac>{print_mathml(top, script)}{print_mathml(bottom, script)}</mfrac>"
            return f'<mstyle displaystyle="false">{text}</mstyle>' if small else text
        case boxes.Scripts():
            return _scripts(box, script)
        case boxes.Primes(base, count):
            prime = f'<mo lspace="0.05em" rspace="0" form="postfix">{_PRIMES[count]}</mo>'  # the glyph is raised already
            return f"<mrow>{print_mathml(base, script)}{prime}</mrow>"
        case boxes.Limits():
            return _limits(box)
        case boxes.Radical(body):
            return f"<msqrt>{print_mathml(body, script)}</msqrt>"
        case boxes.Fenced():
            return _fenced(box, script)
        case boxes.Table(rows):
            cells = "".join(
                f"<mtr>{''.join(f'<mtd>{print_mathml(entry)}</mtd>' for entry in entries)}</mtr>" for entries in rows
            )
            return f'<mrow><mo fence="true">(</mo><mtable>{cells}</mtable><mo fence="true">)</mo></mrow>'
        case boxes.Stack(stacked):
            cell = '<mtd style="text-align: left">'
            inner = "".join(f"<mtr>{cell}{print_mathml(line)}</mtd></mtr>" for line in stacked)
            return f'<mtable displaystyle="true">{inner}</mtable>'
        case boxes.Words(text):
            return f"<mtext>{_spaced(text)}</mtext>"
        case boxes.Space(size):
            return f'<mspace width="{_SPACES[size]}"></mspace>'


def _spaced(text: str) -> str:
    """Escaped text whose outer spaces survive."""
    inner = escape(text.strip())
    left = "\u00a0" if text[:1] == " " else ""
    right = "\u00a0" if text[-1:] == " " else ""
    return f"{left}{inner}{right}"


def _atom(box: boxes.Atom) -> str:
    text = escape(box.text)
    if box.kind == "number":
        return f"<mn>{text}</mn>"
    if box.kind == "sign" and box.text in "()!*∗⋆":
        return f'<mo stretchy="false" lspace="0" rspace="0">{text}</mo>'
    upright = box.kind != "variable" or (len(box.text) == 1 and "Α" <= box.text <= "Ω")
    return f'<mi mathvariant="normal">{text}</mi>' if upright and len(box.text) == 1 else f"<mi>{text}</mi>"


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


def _limits(box: boxes.Limits) -> str:
    below = print_mathml(box.below, True)
    if isinstance(box.base, boxes.Operator) and box.base.role == "relation":
        arrow = '<mo stretchy="false" lspace="0" rspace="0">⟶</mo>'
        gap = '<mspace width="0.278em"></mspace>'
        return f"{gap}<munder>{arrow}{below}</munder>{gap}"
    sign = f"<mo>{escape(box.base.text)}</mo>" if isinstance(box.base, boxes.Operator) else _atom(box.base)
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
