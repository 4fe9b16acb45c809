"""Answers along lines: numbers for all variables but one, and at and between the marks of the line what holds there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from derivations.homework.deciding.axes import Axis, along
from derivations.homework.deciding.balls import Unknown
from derivations.homework.deciding.ends import Cell
from derivations.homework.deciding.marks import Mark, Spots, places
from derivations.homework.deciding.values import Place
from derivations.language.terms import Term


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, as relations; and the same without absolute values and negations."""

    formula: Term
    opened: Term
    applied: frozenset[Term] = frozenset()
    _axes: dict[tuple[str, int], tuple[Place, Axis | None]] = field(default_factory=dict, repr=False, compare=False)

    def along(self, variable: str, place: Place) -> Axis | None:
        """The answer along a line; None where it is not known there. It is worked out once for all who ask for the place."""
        found = self._axes.get((variable, id(place)))
        if found is None:
            try:
                found = place, along(self.opened, variable, place)
            except (Unknown, ArithmeticError):
                found = place, None
            self._axes[variable, id(place)] = found
        return found[1]


Row = tuple[Any, bool, "bool | None", "bool | None", "tuple[bool | None, ...]"]  # place, whether a mark, what holds there
Table = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers for all variables but one, and along it the key, the hypotheses about it, and the other regimes."""

    variable: str
    place: Place
    key: Axis
    domain: Axis
    others: tuple[tuple[str, Axis], ...]
    known: tuple[Any, ...] = ()  # the exact marks
    spots: Spots = field(default_factory=lambda: Spots(()))  # at and between the marks of all of these
    table: Table = ()  # the truths there

    def compared(self, answer: Answer) -> list[Cell]:
        """The parts of the line on which nothing changes; none where that cannot be told."""
        truths = self._truths(answer)
        return [Cell(at, is_mark, inside, right, mine, rest) for (at, is_mark, inside, right, rest), mine in truths]

    def differs(self, answer: Answer) -> bool:
        """Whether the answer certainly differs from the key at a place of the line."""
        for (_, _, inside, right, _), mine in self._truths(answer):
            if inside is True and right is not None and mine is not None and right != mine:
                return True
        return False

    def _truths(self, answer: Answer) -> Iterable[tuple[Row, bool | None]]:
        """The places with what holds there; none where that cannot be told."""
        axis = answer.along(self.variable, self.place)
        if axis is None:
            return ()
        if all(mark.exact and mark.at in self.known for mark in axis.marks):
            return zip(self.table, axis.truths(self.spots), strict=True)
        found = places((*self.marks, *axis.marks))
        if found is None:
            return ()
        return zip(self._between(found), axis.truths(Spots([at for at, _ in found])), strict=True)

    def truths(self, found: list[tuple[Any, bool]], spots: Spots) -> Table:
        """Of places (and whether they are marks) also whether the hypotheses, the key and the other regimes hold there."""
        regimes = zip(*(other.truths(spots) for _, other in self.others), strict=True) if self.others else repeat(())
        rows = zip(found, self.domain.truths(spots), self.key.truths(spots), regimes, strict=False)
        return tuple([(at, is_mark, inside, right, rest) for (at, is_mark), inside, right, rest in rows])

    def _between(self, found: list[tuple[Any, bool]]) -> Table:
        """The same of more places: at and around a further mark everything is as between its two neighbours in the table."""
        k, rows = 0, []
        for at, is_mark in found:
            here = self.table[k]
            if is_mark and k + 1 < len(self.table):
                mark = self.table[k + 1][0]
                if mark is at or (mark.exact and at.exact and mark.at == at.at):
                    here = self.table[k + 1]
                    k += 2
            rows.append((at, is_mark, *here[2:]))
        return tuple(rows)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return (*self.key.marks, *self.domain.marks, *(mark for _, other in self.others for mark in other.marks))
