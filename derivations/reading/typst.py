"""Calls that arrange or decorate: mat(a, b; c, d) and vec(a, b), frac(a, b), norm(x), as Typst and calculators write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derivations.language.terms import Term
from derivations.reading.brackets import equal_rows
from derivations.reading.reader import ANY, Reader
from derivations.reading.tokens import Token


def read_layout(reader: Reader, word: str, start: int) -> Term | None:
    """The call whose word has been read; None if it is another one."""
    opening = reader.tokens[reader.at]
    handler = _HANDLERS.get(word)
    if handler is None or opening[0] != "(" or opening[2] != reader.end():
        return None
    reader.depth += 6  # there are as many calls between this one and one inside it
    found = handler(reader, opening, start)
    reader.depth -= 6
    return found


def _matrix(reader: Reader, opening: Token, start: int) -> Term:
    reader.at += 1
    reader.depth += 2
    rows: list[list[Term]] = [[]]
    while reader.tokens[reader.at][0] not in (")", "end"):
        rows[-1].append(reader.parse(ANY))
        if reader.accept(";"):
            rows.append([])
        elif not reader.accept(","):
            break
    reader.close(opening, ")")
    reader.depth -= 2
    span = (start, reader.end())
    if not rows[0]:
        raise reader.fail("the matrix is empty", *span, "write mat(a, b; c, d)")
    if len(rows) == 1 and len(rows[0]) == 1 and rows[0][0].head in ("Matrix", "Tuple"):
        return rows[0][0]
    return Term("Matrix", equal_rows(reader, [Term("Tuple", tuple(row), span) for row in rows if row]), span)


def _column(reader: Reader, opening: Token, start: int) -> Term:
    reader.at += 1
    entries = reader.parts(opening, ")")
    span = (start, reader.end())
    return Term("Matrix", tuple(Term("Tuple", (one,), one.span) for one in entries), span)


def _fraction(reader: Reader, opening: Token, start: int) -> Term:
    reader.at += 1
    parts = reader.parts(opening, ")")
    if len(parts) != 2:
        raise reader.fail("a fraction has two parts", start, reader.end(), "write (a)/(b)")
    return Term("Div", tuple(parts), (start, reader.end()))


def _norm(reader: Reader, opening: Token, start: int) -> Term:
    reader.at += 1
    parts = reader.parts(opening, ")")
    if len(parts) != 1:
        raise reader.fail("this norm is not read", start, reader.end(), "write what the norm stands for")
    return Term("Abs", tuple(parts), (start, reader.end()))


_HANDLERS: Mapping[str, Callable[[Reader, Token, int], Term]] = {
    "mat": _matrix, "matrix": _matrix, "array": _matrix, "asarray": _matrix, "tensor": _matrix, "vec": _column,
    "vector": _column, "column": _column, "frac": _fraction, "norm": _norm,
}  # fmt: skip
LAYOUTS = frozenset(_HANDLERS)
