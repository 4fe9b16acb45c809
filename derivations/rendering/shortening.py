"""What a page leaves out so that it can be read: names of one meaning in one row, long lists and sums with dots in the middle.

Only pages are shortened. Certificates and records, and what the kernel checks, have everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import TypeVar

from derivations.language.notation import Glyph
from derivations.language.statements import Symbol, is_function
from derivations.language.terms import Term, subterms, symbol
from derivations.rendering.style import Style

DOTS = "…"
MANY_NAMES = 40  # from so many names on, a statement's page is shortened
_TERMS, _LIST, _SIDE, _RUN = 8, 6, 6, 8  # of a sum, a list, a matrix, likewise steps or hypotheses that are shown whole
_ROW = 4  # names of one meaning that are listed one by one

T = TypeVar("T")


def with_dots(style: Style) -> Style:
    """The style, knowing how dots are written."""
    return replace(style, glyphs=MappingProxyType({**style.glyphs, DOTS: Glyph(r"\ldots", DOTS)}))


# --- formulas ---------------------------------------------------------------------------------------------------------


def shortened(term: Term) -> Term:
    """Long sums, lists and matrices with dots in the middle; the formula is for reading alone."""
    if term.head == "Add":
        return Term("Add", _middle_out(term.args, _TERMS, 3, 2, shortened))
    if term.head == "Matrix":
        rows = [Term("Tuple", _middle_out(row.args, _SIDE, 2, 1, shortened)) for row in _ends(term.args, _SIDE, 2, 1)]
        if len(term.args) > _SIDE:
            rows.insert(2, Term("Tuple", (symbol(DOTS),) * len(rows[0].args)))
        return Term("Matrix", tuple(rows))
    if term.head in ("Tuple", "Set"):
        return Term(term.head, _middle_out(term.args, _LIST, 2, 1, shortened))
    args = tuple(shortened(arg) if isinstance(arg, Term) else arg for arg in term.args)
    return term if args == term.args else Term(term.head, args)


def _ends(items: Sequence[T], most: int, first: int, last: int) -> Sequence[T]:
    return items if len(items) <= most else [*items[:first], *items[-last:]]


def _middle_out(
    items: Sequence[Term], most: int, first: int, last: int, change: Callable[[Term], Term]
) -> tuple[Term, ...]:
    """The items, changed; in the place of those in the middle of a long list stand dots."""
    kept = list(map(change, _ends(items, most, first, last)))
    if len(items) > most:
        kept.insert(first, symbol(DOTS))
    return tuple(kept)


# --- rows -------------------------------------------------------------------------------------------------------------


def notation_rows(variables: Iterable[Symbol]) -> tuple[tuple[Symbol, ...], ...]:
    """The names in the rows in which they are listed: many of one meaning in one, and each but once.

    What is a variable and, at a given time, a function of that name, is one to the reader.
    """
    rows: list[tuple[Symbol, ...]] = []
    listed = [item for item in variables if item.meaning and item.domain != "property"]
    plain = {item.name for item in listed if not is_function(item)}
    once = [item for item in listed if not (item.domain == "function" and item.name in plain)]
    for _, group in groupby(once, key=lambda item: (item.domain, _without_numbers(item.meaning))):
        run = tuple(group)
        rows += [run] if len(run) > _ROW else [(item,) for item in run]
    return tuple(rows)


def _without_numbers(meaning: str) -> str:
    return re.sub(r"\d+", DOTS, meaning)


def notation_of(row: Sequence[Symbol], each: Callable[[Symbol], Term]) -> tuple[Term, str]:
    """A row's names, the first, the second and the last of many, and their meaning: of many that of the first."""
    if len(row) == 1:
        return each(row[0]), row[0].meaning
    names = Term("Set", (each(row[0]), each(row[1]), symbol(DOTS), each(row[-1])))
    meanings = {item.meaning for item in row}
    return names, row[0].meaning if len(meanings) == 1 else f"{row[0].meaning}, and so on"


def runs(items: Sequence[T], alike: Callable[[T], object]) -> list[tuple[list[T], list[T]]]:
    """Consecutive items that are alike, as those that are shown and those that are not: of many the first two and the last."""
    found = []
    for _, group in groupby(items, key=alike):
        run = list(group)
        found.append((run, []) if len(run) <= _RUN else ([*run[:2], run[-1]], run[2:-1]))
    return found


def kind(term: Term) -> frozenset[str]:
    """Whether a formula speaks of matrices, of norms, of properties: laws of one form are alike in that."""
    return frozenset(node.head for node in subterms(term)) & {"Transpose", "Abs", "Predicate"}
