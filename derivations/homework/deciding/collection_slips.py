"""Slips on a matrix, a list or a set: transposed, exchanged, and a slip on all elements or on one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from derivations.homework.deciding.slips import MAX_SLIPS, Slipped, expression_slips
from derivations.kernel.table import Table
from derivations.language.terms import ONE, TWO, Term, div, mul, neg, power


def collection_slips(key: Term, table: Table) -> list[Slipped]:
    """Slips on a matrix, list or set: transposed, exchanged, and those on all its elements or on one of them."""
    found = list(_arranged(key))
    entries = [node for row in key.args for node in (row.args if key.head == "Matrix" else (row,))]
    if not entries or len(entries) > 30:
        return found
    for name, say, change in _ON_ALL:
        found.append(Slipped(name, _mapped(key, change), f"{say}, in every place"))
    for place, term in _places(key):
        for slip in expression_slips(term, table)[:40]:
            if not slip.later:
                found.append(Slipped(slip.name, _replaced(key, place, slip.term), f"in one place {slip.say}"))
    return found[:MAX_SLIPS]


_ON_ALL: tuple[tuple[str, str, Callable[[Term], Term]], ...] = (
    ("sign", "the sign is reversed", neg),
    ("factor-two", "twice the right value", lambda term: mul(TWO, term)),
    ("factor-two", "half the right value", lambda term: div(term, TWO)),
    ("squared", "the square of the right value", lambda term: power(term, 2)),
    ("squared", "the square root of the right value", lambda term: Term("Sqrt", (term,))),
    ("reciprocal", "one over the right value", lambda term: div(ONE, term)),
)


def _arranged(key: Term) -> Iterator[Slipped]:
    if key.head == "Matrix" and key.args:
        yield Slipped("transposed", transposed(key), "rows and columns are exchanged")
        rows = tuple(Term("Tuple", row.args[::-1]) for row in key.args)
        yield Slipped("swapped", Term("Matrix", rows[::-1]), "the coordinates are exchanged")
        yield Slipped("swapped", Term("Matrix", key.args[::-1]), "the rows are exchanged")
    if key.head == "Tuple" and len(key.args) > 1:
        if all(arg.head == "Tuple" for arg in key.args):
            turned = tuple(Term("Tuple", arg.args[::-1]) for arg in key.args)
            yield Slipped("swapped", Term("Tuple", turned), "the coordinates are exchanged")
        for i, j in combinations(range(min(len(key.args), 8)), 2):
            args = list(key.args)
            args[i], args[j] = args[j], args[i]
            yield Slipped("swapped", Term("Tuple", tuple(args)), f"the entries {i + 1} and {j + 1} are exchanged")


def transposed(key: Term) -> Term:
    columns = zip(*(row.args for row in key.args), strict=False)
    return Term("Matrix", tuple(Term("Tuple", tuple(column)) for column in columns))


def _mapped(key: Term, change: Callable[[Term], Term]) -> Term:
    if key.head in ("Matrix", "Tuple", "Set"):
        return Term(key.head, tuple(_mapped(arg, change) for arg in key.args))
    return change(key)


def _places(key: Term, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Term]]:
    for i, arg in enumerate(key.args):
        if arg.head in ("Matrix", "Tuple", "Set"):
            yield from _places(arg, (*path, i))
        else:
            yield (*path, i), arg


def _replaced(key: Term, path: tuple[int, ...], new: Term) -> Term:
    if not path:
        return new
    args = list(key.args)
    args[path[0]] = _replaced(args[path[0]], path[1:], new)
    return Term(key.head, tuple(args))
