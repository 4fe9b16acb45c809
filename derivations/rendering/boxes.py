"""Boxes: what a formula looks like, before it is known in which format it will be printed.

The layout decides order, parentheses and spacing once; the printers for LaTeX, MathML and the terminal spell it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


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
    if isinstance(box, Atom | Operator | Words | Space):
        return 0
    if isinstance(box, Table | Limits | Stack) or (isinstance(box, Fraction) and not box.small):
        return 2
    if isinstance(box, Scripts):
        raised = isinstance(box.sup, Fenced | Fraction) or (box.sup is not None and height(box.sup) > 0)
        return max(height(box.base), 1 if raised else 0)
    least = 1 if isinstance(box, Fraction | Radical | Fenced) else 0
    return max(map(height, parts(box)), default=0) or least


_SPACING = {"list": 7.0, "logic": 7.0, "relation": 3.6, "binary": 3.0, "prefix": 1.6, "slash": 1.0, "comma": 1.5}


def width(box: Box) -> float:
    """An estimate of the printed width, in widths of a digit."""
    return _WIDTHS[type(box)](box)


def _width_of_atom(box: Atom) -> float:
    return len(box.text) * (1.15 if box.kind == "variable" else 1.0)


def _width_of_operator(box: Operator) -> float:
    if box.role == "times":
        return 1.9 if box.text else 0.4 if box.latex else 0.0
    return _SPACING.get(box.role, 1.0) + max(0, len(box.text) - 1)


def _width_of_scripts(box: Scripts) -> float:
    return width(box.base) + 0.75 * max(_width_of_script(part) if part else 0.0 for part in (box.sub, box.sup)) + 0.2


def _width_of_script(box: Box) -> float:
    """No space is set after the commas of a script."""
    commas = sum(isinstance(item, Operator) and item.role == "comma" for item in box.items) if isinstance(box, Row) else 0
    return width(box) - commas


def _width_of_limits(box: Limits) -> float:
    return max(3.0, width(box.base), 0.75 * width(box.below), 0.75 * width(box.above) if box.above else 0.0) + 0.5


def _width_of_table(box: Table) -> float:
    return sum(max(map(width, column)) + 2.0 for column in zip(*box.rows, strict=False)) + 2.0


_SPACES = {"thin": 0.4, "medium": 0.6, "quad": 2.0}
_WIDTHS: Mapping[type, Callable[[Any], float]] = {
    Atom: _width_of_atom,
    Operator: _width_of_operator,
    Row: lambda box: sum([_WIDTHS[type(item)](item) for item in box.items]),
    Fraction: lambda box: max(width(box.top), width(box.bottom)) * (0.75 if box.small else 1.0) + 0.6,
    Scripts: _width_of_scripts,
    Primes: lambda box: width(box.base) + 0.5 * box.count,
    Limits: _width_of_limits,
    Radical: lambda box: width(box.body) + 1.7,
    Fenced: lambda box: width(box.body) + 1.5,
    Table: _width_of_table,
    Stack: lambda box: max(map(width, box.lines), default=0.0),
    Words: lambda box: 0.95 * len(box.text),
    Space: lambda box: _SPACES[box.size],
}
