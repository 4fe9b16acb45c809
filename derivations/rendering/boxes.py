"""Boxes: what a formula looks like, before it is known in which format it will be printed.

The layout decides order, parentheses and spacing once; the printers for LaTeX, MathML and the terminal spell it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Atom(NamedTuple):
    """A name, number or sign: ``kind`` is "variable" (italic), "upright", "number" or "sign"."""

    text: str
    latex: str
    kind: str = "variable"


class Operator(NamedTuple):
    """A sign between or before its operands; ``role`` gives its spacing and where a line may break.

    ============ =====================================================================
    "list"       the words "and", "or" between statements, or a wide comma
    "logic"      implication and equivalence
    "relation"   = < ≤ ∈ →
    "binary"     + − ∪
    "prefix"     the sign of −x, ±x, ¬x
    "times"      multiplication: nothing (juxtaposition), a thin space, or a dot
    "slash"      a fraction within the line
    "comma"      between arguments
    ============ =====================================================================
    """

    text: str
    latex: str
    role: str


class Row(NamedTuple):
    items: tuple[Box, ...]


class Fraction(NamedTuple):
    """``small``: set in the size of the text, as the numeric factor in front of a product."""

    top: Box
    bottom: Box
    small: bool = False


class Scripts(NamedTuple):
    base: Box
    sub: Box | None = None
    sup: Box | None = None


@dataclass(frozen=True, slots=True)
class Primes:
    """A function's name with ``count`` primes."""

    base: Box
    count: int


class Limits(NamedTuple):
    """A large sign with something below and above it: a sum, a limit's arrow."""

    base: Operator | Atom
    below: Box
    above: Box | None = None


class Radical(NamedTuple):
    body: Box


class Fenced(NamedTuple):
    """``body`` between delimiters; ``left`` and ``right`` are one of ( ) [ ] { } | ⟨ ⟩."""

    body: Box
    left: str = "("
    right: str = ")"


class Table(NamedTuple):
    """The entries of a matrix, row by row (its delimiters are parentheses)."""

    rows: tuple[tuple[Box, ...], ...]


class Stack(NamedTuple):
    """A formula in several lines inside a larger one, as a long numerator; one line where lines cannot be stacked."""

    lines: tuple[Box, ...]


class Words(NamedTuple):
    """Upright text with its own spaces."""

    text: str


class Space(NamedTuple):
    """A horizontal space: "thin", "medium" or "quad"."""

    size: str = "quad"


Box = Atom | Operator | Row | Fraction | Scripts | Primes | Limits | Radical | Fenced | Table | Stack | Words | Space


def row(*items: Box) -> Box:
    """The items side by side; rows inside a row stay together."""
    return items[0] if len(items) == 1 else Row(items)


def parts(box: Box) -> Iterator[Box]:
    """The boxes directly inside this one."""
    match box:
        case Row(items):
            yield from items
        case Fraction(top, bottom):
            yield from (top, bottom)
        case Scripts(base, sub, sup):
            yield from (part for part in (base, sub, sup) if part is not None)
        case Limits(base, below, above):
            yield from (part for part in (base, below, above) if part is not None)
        case Primes(base) | Radical(base) | Fenced(base):
            yield base
        case Table(rows):
            for entries in rows:
                yield from entries
        case Stack(lines):
            yield from lines


def height(box: Box) -> int:
    """How tall the box stands: 0 as a letter, 1 as a letter with a bracketed superscript, 2 as a fraction or more."""
    match box:
        case Fraction(small=False) | Table() | Limits() | Stack():
            return 2
        case Fraction() | Radical() | Fenced():
            return max(1, *(height(part) for part in parts(box)))
        case Scripts(base, _, sup):
            raised = isinstance(sup, Fenced | Fraction) or (sup is not None and height(sup) > 0)
            return max(height(base), 1 if raised else 0)
    return max((height(part) for part in parts(box)), default=0)


_SPACING = {"list": 7.0, "logic": 7.0, "relation": 3.6, "binary": 3.0, "prefix": 1.6, "slash": 1.0, "comma": 1.5}


def width(box: Box) -> float:
    """An estimate of the printed width, in widths of a digit."""
    match box:
        case Atom(text, _, kind):
            return len(text) * (1.15 if kind == "variable" else 1.0)
        case Operator(text, latex, "times"):
            return 1.9 if text else 0.4 if latex else 0.0
        case Operator(text, _, role):
            return _SPACING.get(role, 1.0) + max(0, len(text) - 1)
        case Fraction(top, bottom, small):
            return max(width(top), width(bottom)) * (0.75 if small else 1.0) + 0.6
        case Scripts(base, sub, sup):
            return width(base) + 0.75 * max(width(part) if part else 0.0 for part in (sub, sup)) + 0.2
        case Primes(base, count):
            return width(base) + 0.5 * count
        case Limits(base, below, above):
            return max(3.0, width(base), 0.75 * width(below), 0.75 * width(above) if above else 0.0) + 0.5
        case Table(rows):
            columns = zip(*rows, strict=False)
            return sum(max(map(width, column)) + 2.0 for column in columns) + 2.0
        case Stack(lines):
            return max(map(width, lines), default=0.0)
        case Words(text):
            return 0.95 * len(text)
        case Space(size):
            return {"thin": 0.4, "medium": 0.6, "quad": 2.0}[size]
    return sum(map(width, parts(box))) + (1.7 if isinstance(box, Radical | Fenced) else 0.0)
