"""In what way a range is wrong, told from the places along a line where it and the right one differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from flint import fmpq

from derivations.homework.deciding.marks import Mark


class Cell(NamedTuple):
    """A part of a line on which nothing changes: a number in it, whether the hypotheses, the key and the answer hold there."""

    at: Any
    is_mark: bool
    inside: bool | None
    right: bool | None
    mine: bool | None
    regimes: tuple[bool | None, ...] = ()  # whether the other regimes hold there

    @property
    def differs(self) -> bool:
        return self.inside is True and self.right is not None and self.mine is not None and self.right != self.mine

    @property
    def exact(self) -> bool:
        return not isinstance(self.at, Mark) or self.at.exact

    @property
    def number(self) -> fmpq:
        return self.at.at if isinstance(self.at, Mark) else self.at

    @property
    def size(self) -> tuple[bool, int]:
        """Inner places before ends, short numbers before long ones."""
        if not self.exact:
            return True, 10_000
        return self.is_mark, int(self.number.p.bit_length() + self.number.q.bit_length())


@dataclass(frozen=True, slots=True)
class Difference:
    """The name of a mistake, and a sentence without a full stop."""

    name: str
    say: str


def described(cells: list[Cell], others: Iterable[str], variable: str) -> Difference:
    """What is wrong along a line; ``others`` are the names of the other regimes."""
    here = [cell for cell in cells if cell.inside]
    if any(cell.mine is None or cell.right is None for cell in here):
        return Difference("", "it is not the right range")
    if not any(cell.mine for cell in here):
        return Difference("empty", "nothing satisfies this")
    more = [cell for cell in here if cell.mine and not cell.right]
    less = [cell for cell in here if cell.right and not cell.mine]
    if all(cell.is_mark for cell in (*more, *less)):
        return _at_ends(more)
    if all(cell.mine for cell in here):
        return Difference("everything", "this excludes nothing")
    turned = [cell for cell in here if not cell.is_mark]
    if all(cell.mine != cell.right for cell in turned):
        return Difference("reversed", "this is just where it does not hold")
    regime = _regime(here, less, others)
    if regime is not None and all(cell.right is False for cell in here if cell.mine and not cell.is_mark):
        return regime
    return _scaled(here, variable) or regime or _sides(here, more, less)


def _at_ends(more: list[Cell]) -> Difference:
    if more:
        return Difference("end-included", "only an end is wrong: it does not belong to the range")
    return Difference("end-missing", "only an end is wrong: it belongs to the range, too")


def _regime(here: list[Cell], less: list[Cell], others: Iterable[str]) -> Difference | None:
    """Another regime instead of the right one, or beside it; its ends may be counted either way."""
    inner = [cell for cell in here if not cell.is_mark]
    mine = [cell for cell in inner if cell.mine]
    contained = None
    for i, name in enumerate(others):
        held = [cell for cell in inner if cell.regimes[i]]
        if held and held == mine:
            return Difference("other-regime", f"this is the range of another regime ({name})")
        if held and contained is None and not less and all(cell.mine and not cell.right for cell in held):
            contained = Difference("contains-other-regime", f"it contains another regime, too ({name})")
    return contained


def _sides(here: list[Cell], more: list[Cell], less: list[Cell]) -> Difference:
    if not less:
        first = next(i for i, cell in enumerate(here) if cell.right) if any(cell.right for cell in here) else 0
        last = max((i for i, cell in enumerate(here) if cell.right), default=0)
        below = [cell for cell in here[:first] if cell.mine]
        above = [cell for cell in here[last + 1 :] if cell.mine]
        if below == here[:first] and below and not above and len(below) == len(more):
            return Difference("no-lower-end", "the lower end is missing")
        if above == here[last + 1 :] and above and not below and len(above) == len(more):
            return Difference("missing-side", "the upper end is missing")
        return Difference("superset", "the range is too large")
    if not more:
        return Difference("subset", "the range is too small")
    if not any(cell.mine and cell.right for cell in here):
        return Difference("disjoint", "this has nothing in common with the right range")
    return Difference("", "it is not the right range")


# --- wrong constants --------------------------------------------------------------------------------------------------

Piece = tuple[Any, Any, bool, bool]  # ends (None: unbounded) and whether they belong to it


def _scaled(here: list[Cell], variable: str) -> Difference | None:
    """A bound that is twice or half the right one, or one over it."""
    mine, right = _pieces(here, "mine"), _pieces(here, "right")
    if mine is None or right is None or not variable or len(mine) != len(right):
        return None
    for factor in (fmpq(2), fmpq(1, 2)):
        if [_times(piece, factor) for piece in right] == mine:
            return Difference("factor-two", f"the bounds are {'twice' if factor > 1 else 'half'} the right ones")
    if len(mine) == 1 and _flipped(right[0]) in mine:
        return Difference("reciprocal", "a bound is turned upside down")
    return None


def _pieces(here: list[Cell], which: str) -> list[Piece] | None:
    """The intervals on which it holds, by their ends; None where an end is not exact."""
    found: list[Piece] = []
    start: tuple[Any, bool] | None = None
    for i, cell in enumerate(here):
        holds = getattr(cell, which)
        if holds and start is None:
            start = (cell, True) if cell.is_mark else (here[i - 1] if i else None, False)
        if start is not None and not holds:
            before = here[i - 1]
            end = (before, True) if before.is_mark else (cell, False)
            found.append((_number(start[0]), _number(end[0]), start[1], end[1]))
            start = None
    if start is not None:
        last = here[-1]
        found.append((_number(start[0]), _number(last) if last.is_mark else None, start[1], last.is_mark))
    ends = [end for piece in found for end in piece[:2]]
    return None if any(end is _OPEN for end in ends) else found


_OPEN = object()


def _number(cell: Cell | None) -> Any:
    if cell is None:
        return None
    return cell.number if cell.exact and cell.is_mark else _OPEN


def _times(piece: Piece, factor: fmpq) -> Piece:
    low, high, left, right = piece
    return low if low is None else low * factor, high if high is None else high * factor, left, right


def _flipped(piece: Piece) -> Piece | None:
    """(0, b) becomes (0, 1/b), and [b, oo) becomes [1/b, oo)."""
    low, high, left, right = piece
    if (high is not None and high <= 0) or (low is not None and low < 0):
        return None
    return 1 / low if low else low, 1 / high if high else high, left, right
