"""Quantities written with matrices of parameters: W_2ᵀW_2 - W_1W_1ᵀ = C, |v|² - |w|², tr(…), as their entries."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.homework.deciding.matrices import NoMatrix, Rows, matrix_of
from derivations.language.terms import TWO, Term, add, free_symbols, power, rebuild, sub, subterms

EQUATIONS = frozenset({"Eq", "Approx"})
_WHOLE = frozenset({"Matrix", "Tuple", "Transpose"})
_TRACES = frozenset({"tr", "Tr"})


def with_entries(said: Term, matrices: Mapping[Term, Term], variables: frozenset[str]) -> Term:
    """The quantity with its matrices multiplied out: a Matrix, or a number. What an equation sets constant is its left - right.

    Raises NoMatrix where sizes do not fit, or a matrix stands where a number should.
    """
    term = _numbers(_named(said, matrices))
    if not _is_whole(term):
        return term
    if term.head in EQUATIONS:
        sides = [_moving(side, variables) for side in term.args]
        kept = [side for side in sides if side is not None]
        if not kept:
            raise NoMatrix("nothing in this equation depends on the parameters")
        term = kept[0] if len(kept) == 1 else sub(*kept)
    return _matrix(matrix_of(term))


def entries(matrix: Term, variables: frozenset[str]) -> list[Term]:
    """The different entries; where some depend on the variables, those."""
    found = list(dict.fromkeys(entry for row in matrix.args for entry in row.args))
    return [entry for entry in found if free_symbols(entry) & variables] or found[:1]


def _named(term: Term, matrices: Mapping[Term, Term]) -> Term:
    return matrices[term] if term in matrices else rebuild(term, lambda arg: _named(arg, matrices))


def _matrix(rows: Rows) -> Term:
    return Term("Matrix", tuple(Term("Tuple", tuple(row)) for row in rows))


def _is_whole(term: Term) -> bool:
    return any(node.head in _WHOLE for node in subterms(term))


def _numbers(term: Term) -> Term:
    """The term with norms and traces of matrices as sums of entries."""
    if term.head == "Pow" and term.args[0].head == "Abs" and term.args[1] == TWO and _is_whole(term.args[0]):
        return _squared(term.args[0].args[0])
    term = rebuild(term, _numbers)
    if term.head == "Abs" and _is_whole(term):
        return Term("Sqrt", (_squared(term.args[0]),))
    if term.head == "Apply" and term.args[0] in _TRACES and len(term.args) == 2 and _is_whole(term.args[1]):
        rows = matrix_of(term.args[1])
        if len(rows) != len(rows[0]):
            raise NoMatrix("the trace is taken of a matrix that is not square")
        return add(*(row[i] for i, row in enumerate(rows)))
    return term


def _squared(whole: Term) -> Term:
    """|W|²: the squares of all entries."""
    return add(*(power(entry, 2) for row in matrix_of(whole) for entry in row))


def _moving(side: Term, variables: frozenset[str]) -> Term | None:
    """The side without the summands that no parameter occurs in."""
    summands = side.args if side.head == "Add" else (side,)
    kept = [one for one in summands if free_symbols(one) & variables]
    return add(*kept) if kept else None
