"""Boxes as one line of Unicode text for the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from derivations.language.terms import Term
from derivations.rendering import boxes
from derivations.rendering.boxes import Box
from derivations.rendering.breaking import How
from derivations.rendering.display import display_lines
from derivations.rendering.layout import layout
from derivations.rendering.style import Style

_LOWER = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_UPPER = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/8": "⅛", "3/8": "⅜", "5/8": "⅝", "7/8": "⅞"}
_SPACES = {"thin": "", "medium": " ", "quad": "  "}
_LEVELS = {
    "list": 0, "logic": 0, "comma": 0, "relation": 1, "binary": 2, "prefix": 2, "times": 3, "slash": 3, "large": 3,
}  # fmt: skip
_SPACED = {"list": " {} ", "logic": "  {}  ", "relation": " {} ", "binary": " {} "}
_SUM, _PRODUCT, _ATOM = 2, 3, 4


def unicode(term: Term, style: Style) -> str:
    """The term as one line of text."""
    return print_unicode(layout(term, style.in_terminal()))


def unicode_lines(term: Term, style: Style, limit: float) -> list[str]:
    """The term in lines of text of about that width."""
    shown = _printer()
    broken = display_lines(term, style.in_terminal(), limit, How(lambda box: len(shown(box))))
    return [part for line in broken for part in _wrapped(shown(line.box).strip(), "  " * line.indent, limit)]


def _printer() -> Callable[[Box], str]:
    """Prints boxes, each only once however often it is measured; it keeps them, so that none takes another's place."""
    known: dict[int, tuple[Box, str]] = {}

    def shown(box: Box) -> str:
        found = known.get(id(box))
        if found is None:
            found = known[id(box)] = (box, print_unicode(box))
        return found[1]

    return shown


def _wrapped(text: str, indent: str, limit: float) -> list[str]:
    """A line that is still too long, broken before its signs and after its commas."""
    found, current = [], indent
    for piece in re.split(r"(?= [+−=<≤>≥] )|(?<=, )", text):
        if len(current) + len(piece) > limit and current.strip():
            found.append(current.rstrip())
            current = indent + "    " + piece.lstrip()
        else:
            current += piece
    return [*found, current]


def print_unicode(box: Box) -> str:
    """The box in one line."""
    return _PRINTERS[type(box)](box)


def _text(box: boxes.Atom | boxes.Words) -> str:
    return box.text


def _fraction(box: boxes.Fraction) -> str:
    upper, lower = _at_least(box.top, _PRODUCT), _at_least(box.bottom, _ATOM)
    return _VULGAR.get(f"{upper}/{lower}", f"{_unslashed(box.top, upper)}/{lower}")


def _scripts(box: boxes.Scripts) -> str:
    return print_unicode(box.base) + _lower(box.sub) + _upper(box.sup)


def _limits(box: boxes.Limits) -> str:
    text = print_unicode(box.base).rstrip() + f"_{{{print_unicode(box.below).replace(' ', '')}}}"
    return text + (f"^{_braced(box.above)}" if box.above is not None else "") + " "


def _radical(box: boxes.Radical) -> str:
    text = print_unicode(box.body)
    return f"√{text}" if len(text) == 1 or text.isdecimal() else f"√({text})"


def _table(box: boxes.Table) -> str:
    return "[" + ", ".join(f"[{', '.join(map(print_unicode, entries))}]" for entries in box.rows) + "]"


def _operator(box: boxes.Operator) -> str:
    if box.role == "comma" or (box.role == "list" and box.text == ","):
        return ", "
    return _SPACED.get(box.role, "{}").format(box.text)


def _row(items: tuple[Box, ...]) -> str:
    texts = [print_unicode(item) for item in items]
    text, where = "", ""
    for i, item in enumerate(items):
        if isinstance(item, boxes.Operator) and item.role == "times":
            text += _times(item, items[i - 1], texts[i + 1], text) if 0 < i < len(items) - 1 else item.text
        elif isinstance(item, boxes.Limits) and isinstance(item.base, boxes.Operator) and item.base.role == "relation":
            text += " → "  # a limit: what tends where is said behind it
            where = f"  as {print_unicode(item.below)}"
        elif isinstance(item, boxes.Fraction) and "/" in texts[i] and _beside_times(items, i):
            text += f"({texts[i]})"
        else:
            text += texts[i]
    return text + where


def _beside_times(items: tuple[Box, ...], i: int) -> bool:
    neighbours = [items[j] for j in (i - 1, i + 1) if 0 <= j < len(items)]
    return any(isinstance(one, boxes.Operator) and one.role in ("times", "slash") for one in neighbours)


def _times(sign: boxes.Operator, left: Box, after: str, before: str) -> str:
    """A dot wherever the letters alone would be read otherwise in one line."""
    if sign.latex or (len(after) > 1 and after[:2].isalpha() and after[:2].isascii()):
        return "·"
    tail = _last(left)
    raised = isinstance(tail, boxes.Scripts) and not {"^", "_"}.isdisjoint(_lower(tail.sub) + _upper(tail.sup))
    named = before[-2:].isalpha() and before[-2:].isascii() and isinstance(tail, boxes.Atom) and len(tail.text) > 1
    return "·" if raised or named else ""


def _last(box: Box) -> Box:
    return _last(box.items[-1]) if isinstance(box, boxes.Row) and box.items else box


def _lower(sub: Box | None) -> str:
    if sub is None:
        return ""
    text = _tight(sub)
    return text.translate(_LOWER) if text.isdecimal() else f"_{text}" if text.isalpha() else f"_{{{text}}}"


def _upper(sup: Box | None) -> str:
    if sup is None:
        return ""
    text = _tight(sup)
    if text in ("*", "⋆"):
        return "*"
    if text.removeprefix("−").isdecimal():
        return text.translate(_UPPER)
    simple = len(text) == 1 or (isinstance(sup, boxes.Fenced) and text.startswith("("))
    return f"^{text}" if simple else f"^({text})"


def _braced(box: Box) -> str:
    text = _tight(box)
    return text if len(text) == 1 else f"{{{text}}}"


def _tight(box: Box) -> str:
    """The text inside a script, without spaces around its signs."""
    return print_unicode(box).replace(" ", "")


def _level(box: Box) -> int:
    """How tightly the printed line binds: fractions have become quotients here."""
    match box:
        case boxes.Stack(stacked):
            return min(map(_level, stacked), default=_ATOM)
        case boxes.Row(items):
            inner = [_LEVELS.get(item.role, _ATOM) for item in items if isinstance(item, boxes.Operator)]
            return min(inner, default=_ATOM if len(items) < 3 else _PRODUCT)
        case boxes.Fraction():
            vulgar = isinstance(box.top, boxes.Atom) and f"{box.top.text}/{_atom_text(box.bottom)}" in _VULGAR
            return _ATOM if vulgar else _PRODUCT
    return _ATOM


def _atom_text(box: Box) -> str:
    return box.text if isinstance(box, boxes.Atom) else ""


def _at_least(box: Box, level: int) -> str:
    text = print_unicode(box)
    return text if _level(box) >= level else f"({text})"


def _unslashed(box: Box, text: str) -> str:
    """A quotient above a fraction bar in parentheses, so that a/b/c is not printed."""
    return f"({text})" if isinstance(box, boxes.Fraction) and "/" in text and not text.startswith("(") else text


_PRINTERS: Mapping[type, Callable[[Any], str]] = {
    boxes.Atom: _text,
    boxes.Words: _text,
    boxes.Operator: _operator,
    boxes.Row: lambda box: _row(box.items),
    boxes.Fraction: _fraction,
    boxes.Scripts: _scripts,
    boxes.Primes: lambda box: print_unicode(box.base) + "'" * box.count,
    boxes.Limits: _limits,
    boxes.Radical: _radical,
    boxes.Fenced: lambda box: f"{box.left}{print_unicode(box.body)}{box.right}",
    boxes.Table: _table,
    boxes.Stack: lambda box: _row(box.lines),
    boxes.Space: lambda box: _SPACES[box.size],
}
