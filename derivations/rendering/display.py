"""A formula set off from the text: the lines it takes, whatever the format."""

from __future__ import annotations

from derivations.language.terms import Term
from derivations.rendering.boxes import Fenced, row
from derivations.rendering.breaking import TYPESET, How, Line, lines
from derivations.rendering.layout import layout
from derivations.rendering.logic import AND, WIDE_COMMA, chains
from derivations.rendering.style import Style

_STATEMENTS = frozenset({"Iff", "Implies", "ForAll", "Exists", "Or"})


def display_lines(term: Term, style: Style, limit: float, how: How = TYPESET) -> list[Line]:
    """The lines of a displayed formula; statements joined by "and" stand below one another, without parentheses."""
    items = conjuncts(term)
    if len(items) < 2 or not any(item.head in _STATEMENTS for item in items):
        return lines(layout(term, style), limit, how)
    found: list[Line] = []
    for i, item in enumerate(items, start=1):
        box = layout(item, style)
        own = lines(Fenced(box) if item.head == "Or" else box, limit - 4, how)
        if i < len(items):
            sign = AND if i == len(items) - 1 else WIDE_COMMA
            own[-1] = Line(own[-1].indent, row(own[-1].box, sign))
        found += own
    return found


def conjuncts(term: Term) -> tuple[Term, ...]:
    """What a term joins by "and", with chains of inequalities kept whole."""
    if term.head != "And" or not term.args:
        return (term,)
    return tuple(group[0] if len(group) == 1 else Term("And", group) for group in chains(term.args))


def is_table(term: Term) -> bool:
    """Whether a claim is a condition with a list of consequences, better shown as a heading and a list."""
    return term.head == "Implies" and term.args[1].head == "And" and len(conjuncts(term.args[1])) > 2


def claims(conclusion: Term) -> tuple[Term, ...]:
    """The single claims of a conclusion, however its "and" is nested."""
    items = conjuncts(conclusion)
    if len(items) < 2:
        return items
    return tuple(part for item in items for part in claims(item))
