"""What a page leaves out so that it can be read: names of one meaning in one row, long lists and sums with dots in the middle.

Only pages are shortened. Certificates and records, and what the kernel checks, have everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from derivations.language.notation import Glyph
from derivations.language.statements import Symbol, is_function
from derivations.language.terms import Term, subterms, symbol
from derivations.rendering.style import Style

DOTS = "…"
MANY_NAMES = 40  # from so many names on, a statement's page is shortened
_TERMS, _LIST, _SIDE, _RUN = 8, 6, 6, 8  # of a sum, a list, a matrix, likewise steps or hypotheses that are shown whole
_LARGE, _FEW = 100, 3  # names and numbers in a large formula, and how many terms of its sums are shown whole
_GROUP, _GROUPS = 12, 4  # the size of groups that are told to be alike, and how many of them are shown whole
_ROW = 4  # names of one meaning that are listed one by one

T = TypeVar("T")


def with_dots(style: Style) -> Style:
    """The style, knowing how dots are written."""
    return replace(style, glyphs=MappingProxyType({**style.glyphs, DOTS: Glyph(r"\ldots", DOTS)}))


# --- formulas ---------------------------------------------------------------------------------------------------------


def shortened(term: Term) -> Term:
    """Long sums, lists and matrices with dots in the middle, shorter ones in a large formula; the formula is for reading alone."""
    large = sum(node.head in ("Symbol", "Apply", "Number") for node in subterms(term)) > _LARGE
    return _shortened(term, _FEW if large else _TERMS)


def _shortened(term: Term, most: int) -> Term:
    """The same; of a sum with more terms than these the first ones and the last."""

    def within(part: Term) -> Term:
        return _shortened(part, most)

    if term.head == "Add":
        return Term("Add", _middle_out(term.args, most, (most + 1) // 3, max(1, most // 4), within))
    if term.head == "Matrix":
        rows = [Term("Tuple", _middle_out(row.args, _SIDE, 2, 1, within)) for row in _ends(term.args, _SIDE, 2, 1)]
        if len(term.args) > _SIDE:
            rows.insert(2, Term("Tuple", (symbol(DOTS),) * len(rows[0].args)))
        return Term("Matrix", tuple(rows))
    if term.head in ("Tuple", "Set"):
        return Term(term.head, _middle_out(term.args, _LIST, 2, 1, within))
    args = tuple(within(arg) if isinstance(arg, Term) else arg for arg in term.args)
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


class Run(NamedTuple):
    """Consecutive items that are alike: those that are shown first, those that are left out, and those that end it."""

    first: list[Any]
    left_out: list[Any]
    last: list[Any]


def runs(items: Sequence[T], alike: Callable[[T], object]) -> list[Run]:
    """The items; of many that are alike the first two and the last are shown, of many alike groups the first and the last.

    Groups are alike if their items are, one after the other: law, change, law, change, …
    """
    keys, found, i = list(map(alike, items)), [], 0
    while i < len(items):
        size, copies = _repeated(keys, i)
        end, shown = i + copies * size, max(1, 2 // size) * size
        if copies == 1:
            found.append(Run([*items[i:end]], [], []))
        else:
            found.append(Run([*items[i : i + shown]], [*items[i + shown : end - size]], [*items[end - size : end]]))
        i = end
    return found


def _repeated(keys: Sequence[object], start: int) -> tuple[int, int]:
    """The size of the group that is repeated from here on, and how often; 1 and 1 if it is not often enough to be shortened."""
    for size in range(1, _GROUP + 1):
        group, copies = keys[start : start + size], 1
        while len(group) == size and keys[start + copies * size : start + (copies + 1) * size] == group:
            copies += 1
        if copies > (_RUN if size == 1 else _GROUPS):
            return size, copies
    return 1, 1


def kind(term: Term) -> frozenset[str]:
    """Whether a formula speaks of matrices, of norms, of properties: laws of one form are alike in that."""
    return frozenset(node.head for node in subterms(term)) & {"Transpose", "Abs", "Predicate"}
