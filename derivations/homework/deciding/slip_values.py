"""Slips made ready to be met quickly: their values at a few points, or where on a line their ranges hold, beside an answer's.

Values that agree prove nothing; they only tell which slips are worth a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from derivations.homework.deciding import samples
from derivations.homework.deciding.balls import Unknown
from derivations.homework.deciding.samples import Number, alike
from derivations.homework.deciding.slips import Slipped
from derivations.homework.deciding.values import Place, evaluate_all, place_at
from derivations.language.terms import ONE, RELATIONS, Term, add, free_symbols, substitute, symbol

FORMULAS = frozenset({"property", "up-to-scale", "up-to-constant"})


@dataclass
class Prepared:
    """The slips on one part's key; ``values`` and ``truths`` are those at the points."""

    slips: list[Slipped]
    points: list[Place] = field(default_factory=list)
    values: list[list[Number]] = field(default_factory=list)
    truths: dict[tuple[bool, ...], list[Slipped]] = field(default_factory=dict)
    truths_within: dict[tuple[bool, ...], list[Slipped]] = field(default_factory=dict)
    inside: list[bool] = field(default_factory=list)  # at which points the hypotheses hold
    index: dict[str, list[int]] = field(default_factory=dict)  # slips by their exact values; those with balls under ""

    def agreeing(self, found: list[Number] | None, later: str, kind: str) -> list[int]:
        """The slips whose values may be these: exact ones are looked up, balls compared."""
        if found is None:
            return []
        if kind in ("set", "equation") or kind in FORMULAS:
            return [i for i, one in enumerate(self.slips) if one.later == later and agree(found, self.values[i], kind)]
        if not self.index:
            for i, values in enumerate(self.values):
                self.index.setdefault(_exactly(values), []).append(i)
        wanted = _exactly(found)
        likely = self.index.get("", []) + self.index.get(wanted, []) if wanted else range(len(self.slips))
        return [i for i in likely if self.slips[i].later == later and agree(found, self.values[i], kind)]

    def within(self, truths: tuple[bool, ...] | None) -> tuple[bool, ...] | None:
        """Of the truths at the points those where the hypotheses hold."""
        return None if truths is None else tuple(one for one, holds in zip(truths, self.inside, strict=True) if holds)


def likely_slips(kind: str, prepared: Prepared, said: Term) -> Iterator[tuple[Slipped, Term]]:
    """The slips whose values at the points may be those of a side of the answer, and that side."""
    places = [Place(one.numbers, one.seed, dict(one.given)) for one in prepared.points]
    agreeing: dict[int, Term] = {}
    for later in dict.fromkeys(slip.later for slip in prepared.slips):
        for side in _sides(said):
            shifted = one_later(side, later)
            for i in prepared.agreeing(values_at(shifted, places), later, kind):
                agreeing.setdefault(i, shifted)
    for i in sorted(agreeing):
        yield prepared.slips[i], agreeing[i]


def one_later(term: Term, name: str) -> Term:
    return substitute(term, {name: add(symbol(name), ONE)}) if name else term


def _sides(said: Term) -> list[Term]:
    """What may be compared with the key: the answer, and the sides of an equation."""
    if said.head == "And" and said.args:
        return _sides(said.args[-1])
    if said.head in ("Eq", "Approx", "Proportional"):
        return [said.args[1], said.args[0], said]
    return [said]


def _exactly(values: list[Number]) -> str:
    """The values as text, if all are exact."""
    return " ".join(map(str, values)) if set(map(type, values)) <= {fmpq} else ""


def agree(answer: list[Number] | None, values: list[Number], kind: str) -> bool:
    if answer is None or len(answer) != len(values):
        return False
    if kind == "set":
        return all(any(alike(one, other) for other in answer) for one in values)
    if kind == "equation" or kind in FORMULAS:
        return samples.proportional(answer, values)
    return all(alike(one, other) for one, other in zip(answer, values, strict=True))


def values_at(term: Term, points: Sequence[Place]) -> list[Number] | None:
    """The values of all entries at the first point, then those at the next; None if one is not known."""
    try:
        columns = [evaluate_all(entry, points) for entry in _entries(term)]
    except Unknown:
        return None
    return [number for row in zip(*columns, strict=True) for number in row]


def _entries(term: Term) -> list[Term]:
    """The numbers in a collection, row by row; an equation is the difference of its sides."""
    if term.head in ("Matrix", "Tuple", "Set"):
        return [entry for arg in term.args for entry in _entries(arg)]
    if term.head == "Eq":
        return [Term("Add", (term.args[0], Term("Neg", (term.args[1],))))]
    return [term]


def line_through(point: dict[str, Fraction], variable: str, formulas: list[Term], hypotheses: Iterable[Term]) -> list[Place]:
    """Places on a line: at the ends of the ranges, between them, and beyond, where the hypotheses on other variables hold."""
    relations = dict.fromkeys(one for formula in formulas for one in samples.relations_in(formula))
    ends = samples.marks(relations, variable, point) or [Fraction(0)]
    numbers = sorted({ends[0] - 1, *ends, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + 1})
    places = [place_at({**point, variable: number}) for number in numbers]
    told = [one for one in hypotheses if one.head in RELATIONS and variable not in free_symbols(one)]
    return [place for place in places if all(samples.holds(one, place) for one in told)]


def truths_at(formula: Term, points: Sequence[Place], variable: str) -> tuple[bool, ...] | None:
    try:
        return tuple(samples.truths(formula, points, variable))
    except Unknown:
        return None
