"""Lines of work: a = b = c <= d, and lines of equations joined by => or <=>, taken apart into the links that have to hold.

A *link* joins two expressions by a relation (a = b, c <= d), or two statements by => or <=>. A line that stands alone, or is the
first, is *given*: it is what the work starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derivations.homework.verdicts import NONE, Evidence
from derivations.language.terms import RELATIONS, Term, add, conj, mul, subterms

Span = tuple[int, int]
APPROXIMATE = frozenset({"Approx", "Proportional", "Tends"})
LOOSE = frozenset({"BigO", "PlusMinus", "Infinity"})  # what holds these is not looked at
MAX_LINES = 40
MAX_ENTRIES = 64  # of a matrix that is multiplied out


@dataclass(frozen=True, slots=True)
class Line:
    """What is written on a line, where, and how it is joined to the line before: "implies", "iff", or "" for a line break."""

    term: Term
    span: Span | None = None
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """``left relation right``: what a line says about two expressions, or that a statement follows from the one before.

    ``relation`` is a head such as Eq or Le, or Implies or Iff. ``line`` counts from 1. ``first`` marks the link that opens a line:
    there the left side may be only a name for the right one.
    """

    left: Term
    relation: str
    right: Term
    line: int
    span: Span | None = None
    first: bool = True

    @property
    def claim(self) -> Term:
        return Term(self.relation, (self.left, self.right))


@dataclass(frozen=True, slots=True)
class LinkFinding:
    """What came of a link.

    ``status`` is "proved", "given", "refuted", "conditional" (right only where a condition holds that nobody has stated: there both
    sides exist, or a factor is not zero), or "open" (left to a person). ``condition`` says which. ``follows`` is the number of the
    first wrong line that this one rests on.
    """

    link: Link
    status: str
    reason: str = ""
    evidence: Evidence = NONE
    condition: str = ""
    follows: int | None = None


def lines_of(term: Term, span: Span | None = None) -> tuple[Line, ...]:
    """The lines in one term: the parts of implications, equivalences, lists and conjunctions; a chain is one line."""
    return tuple(_lines(term, span or term.span, ""))[:MAX_LINES]


def _lines(term: Term, span: Span | None, joint: str) -> Iterator[Line]:
    if term.head in ("Implies", "Iff"):
        left, right = term.args
        yield from _lines(left, left.span or span, joint)
        yield from _lines(right, right.span or span, "implies" if term.head == "Implies" else "iff")
    elif term.head == "Tuple" and any(_is_statement(arg) for arg in term.args):
        for i, arg in enumerate(term.args):
            yield from _lines(arg, arg.span or span, "" if i else joint)
    elif term.head == "And" and chained(term) is None:
        for i, part in enumerate(_grouped(term)):
            yield from (
                _lines(part, part.span or span, "" if i else joint) if part != term else [Line(part, span, joint)]
            )
    else:
        yield Line(term, span, joint)


def _is_statement(term: Term) -> bool:
    return term.head in RELATIONS | APPROXIMATE or term.head in ("And", "Or", "Implies", "Iff", "Not")


def _grouped(term: Term) -> list[Term]:
    """The parts of a conjunction, those that share their sides joined into chains; order relations stay together (a range)."""
    groups: list[list[Term]] = []
    for part in term.args:
        if (
            groups
            and part.head in RELATIONS
            and groups[-1][-1].head in RELATIONS
            and groups[-1][-1].args[1] == part.args[0]
        ):
            groups[-1].append(part)
        else:
            groups.append([part])
    if all(len(group) == 1 and group[0].head not in ("Eq", "And", "Implies", "Iff") for group in groups):
        return [term]
    return [conj(*group) for group in groups]


def chained(term: Term) -> tuple[Term, ...] | None:
    """The links of a chain such as a = b <= c; None for anything else. a < x < b, with no equation in it, is a range."""
    if term.head != "And" or any(part.head not in RELATIONS | APPROXIMATE for part in term.args):
        return None
    for one, other in zip(term.args, term.args[1:], strict=False):
        if one.args[1] != other.args[0]:
            return None
    return term.args if any(part.head in ("Eq", "Approx", "Proportional") for part in term.args) else None


def links_of(lines: Iterable[Line]) -> Iterator[tuple[Line, int, tuple[Link, ...]]]:
    """Each line with its number and the links within it; a line that is no chain of relations has none."""
    for number, line in enumerate(lines, 1):
        parts = chained(line.term) or ((line.term,) if line.term.head in RELATIONS | APPROXIMATE else ())
        yield (
            line,
            number,
            tuple(
                Link(part.args[0], part.head, part.args[1], number, part.span or line.span, first=i == 0)
                for i, part in enumerate(parts)
            ),
        )


def is_exact(term: Term) -> bool:
    """Whether it says something exact: no approximation, no unspecified remainder, no two signs at once."""
    return all(node.head not in APPROXIMATE | LOOSE for node in subterms(term))


# --- matrices -----------------------------------------------------------------------------------------------------

Rows = list[list[Term]]


def rows_of(term: Term) -> Rows | None:
    """The entries of a matrix expression (sums, products, multiples, transposes; a list is a column); None for anything else."""
    head, args = term.head, term.args
    if head == "Matrix":
        return [list(row.args) for row in args]
    if head == "Tuple" and args and not any(_is_statement(arg) for arg in args):
        return [[arg] for arg in args] if not any(arg.head == "Tuple" for arg in args) else None
    if head == "Neg":
        return _each(rows_of(args[0]), lambda entry: Term("Neg", (entry,)))
    if head == "Transpose":
        rows = rows_of(args[0])
        if args[0].head == "Tuple":  # (a, b)^T is the column
            return rows
        return None if rows is None else [list(column) for column in zip(*rows, strict=False)]
    if head == "Div":
        return _each(rows_of(args[0]), lambda entry: Term("Div", (entry, args[1])))
    if head == "Add":
        return _sum([rows_of(arg) for arg in args])
    if head == "Mul":
        return _product(args)
    return None


def _each(rows: Rows | None, change: object) -> Rows | None:
    return None if rows is None else [[change(entry) for entry in row] for row in rows]  # type: ignore[operator]


def _sum(parts: list[Rows | None]) -> Rows | None:
    matrices = [part for part in parts if part is not None]
    if len(matrices) < len(parts) or not matrices or len({(len(rows), len(rows[0])) for rows in matrices if rows}) != 1:
        return None
    return [[add(*entries) for entries in zip(*rows, strict=False)] for rows in zip(*matrices, strict=False)]


def _product(args: tuple[Term, ...]) -> Rows | None:
    result: Rows | None = None
    factors: list[Term] = []
    for arg in args:
        rows = rows_of(arg)
        if rows is None:
            factors.append(arg)
        elif result is None:
            result = rows
        elif not rows or not result or len(result[0]) != len(rows) or len(result) * len(rows[0]) > MAX_ENTRIES:
            return None
        else:
            columns = list(zip(*rows, strict=False))
            result = [
                [add(*(mul(a, b) for a, b in zip(row, column, strict=False))) for column in columns] for row in result
            ]
    return _each(result, lambda entry: mul(*factors, entry)) if factors else result
