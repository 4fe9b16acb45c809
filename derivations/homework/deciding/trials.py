"""Trial points: small numbers for the variables of a claim and its premises, at which a step of work may be seen to fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise, product
from zlib import crc32

from derivations.homework.deciding import samples
from derivations.homework.deciding.existence import conjuncts
from derivations.homework.deciding.samples import Monomials
from derivations.homework.deciding.setting import related
from derivations.homework.deciding.sizes import is_manageable
from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.terms import Term, free_symbols

MAX_POINTS = 200
MAX_TURNS = 3  # in which points are looked for around the ends of ranges
MAX_MONOMIALS = 60
_NICE = tuple(
    map(Fraction, ("1", "2", "3", "1/2", "-1", "4", "0", "-2", "1/4", "-3", "3/2", "5", "-1/2", "9", "1/3", "10", "-5", "1/10"))
)
_WHOLE = tuple(map(Fraction, (1, 2, 3, 0, 4, 5)))
Point = dict[str, Fraction]


class Trials:
    """The points that are tried, for a table of names and what is assumed of them."""

    def __init__(self, table: Table, hypotheses: Iterable[Term]) -> None:
        self.table, self.hypotheses = table, tuple(hypotheses)
        self._polynomials: dict[Term, Monomials | None] = {}

    def points(self, claim: Term, premises: tuple[Term, ...]) -> Iterator[Point]:
        """Points with small numbers; where the premises are equations, they are solved for one of their variables."""
        equations = [part for one in premises for part in conjuncts(one) if part.head == "Eq"]
        names = sorted(self.names((claim, *premises)))
        relations = [one for formula in (claim, *premises) for one in samples.relations_in(formula)]
        for turn, point in enumerate(self._grid(names)):
            yield from self._solved(point, equations, turn)
            if turn < MAX_TURNS and not equations:
                yield from self._around(point, relations)

    def _around(self, point: Point, relations: list[Term]) -> Iterator[Point]:
        """Points at, between and beyond those where the sides of a relation are equal, along each variable."""
        for name in point:
            ends = samples.marks(relations, name, point)
            if ends and self.table.variables[name] == "real":
                for number in (ends[0] - 1, *ends, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + 1):
                    yield {**point, name: number}

    def names(self, formulas: Iterable[Term]) -> frozenset[str]:
        """The variables in the formulas, and those that a hypothesis connects with them."""
        found = frozenset().union(*map(free_symbols, formulas))
        return related(found, self.hypotheses) & frozenset(self.table.variables)

    def _grid(self, names: list[str]) -> Iterator[Point]:
        choices = {name: _WHOLE if self.table.variables[name] != "real" else _NICE for name in names}
        if len(names) <= 2:
            places = product(*(range(len(values)) for values in choices.values()))
            for place in sorted(places, key=sum):  # small numbers first
                yield {name: choices[name][i] for name, i in zip(names, place, strict=True)}
            return
        for turn in range(MAX_POINTS):
            reach = 3 + turn // 20
            yield {
                name: values[crc32(f"{name}:{turn}".encode()) % min(reach, len(values))]
                for name, values in choices.items()
            }

    def _solved(self, point: Point, equations: list[Term], turn: int) -> Iterator[Point]:
        """The points with one variable for each equation changed so that it holds."""
        points, fixed = [point], set[str]()
        for equation in equations:
            monomials = self._monomials(equation)
            names = sorted(free_symbols(equation) - fixed)
            if monomials is None or not names:
                continue
            name = names[turn % len(names)]
            fixed |= free_symbols(equation)
            points = [{**one, name: root} for one in points[:4] for root in samples.roots(monomials, name, one)]
        yield from points

    def _monomials(self, equation: Term) -> Monomials | None:
        """The polynomial that the equation says is zero; None where it is none in the variables alone."""
        if equation not in self._polynomials:
            self._polynomials[equation] = None
            if not is_manageable(equation):
                return None
            try:
                algebra = Algebra(self.table, [equation])
                parts = algebra.monomials(algebra.difference(*equation.args)[0])
            except Refused:
                return None
            if len(parts) <= MAX_MONOMIALS and all(algebra.atoms[i].head == "Symbol" for _, factors in parts for i, _ in factors):
                self._polynomials[equation] = [
                    (Fraction(int(c.p), int(c.q)), {algebra.atoms[i].args[0]: e for i, e in factors})
                    for c, factors in parts
                ]
        return self._polynomials[equation]
