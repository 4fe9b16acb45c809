"""Matrix expressions entry by entry: (A·B)_ij = Σ_k A_ik·B_kj, |A|² = Σ_ij A_ij², for matrices given by their entries."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.language.errors import Malformed
from derivations.language.terms import TWO, Term, add, mul, neg, power, substitute

Rows = tuple[tuple[Term, ...], ...]
Definitions = Mapping[
    str, tuple[str, Rows]
]  # of a function with matrices as values: its variable, and the rows in that variable


def rows_of(term: Term, known: Definitions) -> Rows | None:
    """The entries of a matrix expression, each a term in numbers; None for a number. Raises Malformed where sizes do not fit."""
    if term.head == "Matrix":
        return _checked(tuple(row.args for row in term.args))
    if term.head == "Apply" and term.args[0] in known and len(term.args) == 2:
        variable, rows = known[term.args[0]]
        return tuple(tuple(substitute(entry, {variable: term.args[1]}) for entry in row) for row in rows)
    if term.head == "Transpose":
        return tuple(zip(*_matrix(term.args[0], known), strict=True))
    if term.head == "Neg":
        inner = rows_of(term.args[0], known)
        return None if inner is None else tuple(tuple(map(neg, row)) for row in inner)
    if term.head == "Add":
        return _sum([rows_of(arg, known) for arg in term.args])
    if term.head == "Mul":
        return _product(term, known)
    return None


def entry_of(term: Term, known: Definitions) -> Term:
    """A number in which squares |A|² of norms may occur, written in entries."""
    if term.head == "Pow" and term.args[0].head == "Abs" and term.args[1] == TWO:
        inner = rows_of(term.args[0].args[0], known)
        if inner is not None:
            return add(*(power(entry, 2) for row in inner for entry in row))
    if term.head in ("Add", "Mul", "Neg"):
        return Term(term.head, tuple(entry_of(arg, known) for arg in term.args))
    return term


def _checked(rows: Rows) -> Rows:
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise Malformed("the rows of a matrix must be of one length")
    return rows


def _matrix(term: Term, known: Definitions) -> Rows:
    rows = rows_of(term, known)
    if rows is None:
        raise Malformed("a matrix is needed")
    return rows


def _sum(parts: list[Rows | None]) -> Rows | None:
    matrices = [part for part in parts if part is not None]
    if not matrices:
        return None
    if len({(len(one), len(one[0])) for one in matrices}) > 1 or len(matrices) < len(parts):
        raise Malformed("only matrices of one size can be added")
    return tuple(
        tuple(add(*(one[i][j] for one in matrices)) for j in range(len(row))) for i, row in enumerate(matrices[0])
    )


def _product(term: Term, known: Definitions) -> Rows | None:
    """The product from left to right; numbers among the factors multiply every entry."""
    parts = [(arg, rows_of(arg, known)) for arg in term.args]
    numbers = [entry_of(arg, known) for arg, rows in parts if rows is None]
    found: Rows | None = None
    for _, rows in parts:
        if rows is not None:
            found = rows if found is None else _times(found, rows)
    if found is None or not numbers:
        return found
    return tuple(tuple(mul(*numbers, entry) for entry in row) for row in found)


def _times(one: Rows, other: Rows) -> Rows:
    if len(one[0]) != len(other):
        raise Malformed("a matrix with n columns times one with n rows is needed")
    return tuple(
        tuple(add(*(mul(row[k], other[k][j]) for k in range(len(other)))) for j in range(len(other[0]))) for row in one
    )
