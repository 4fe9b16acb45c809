"""Common first integrals of polynomial vector fields V_1, …, V_m: all Q with grad Q · V_i = 0 for every i.

Found by linear algebra modulo a prime on monomials of bounded degree, reconstructed over Q, and compared exactly. How many there
can be of any kind: the fields and their brackets span r dimensions at a point, so at most D - r are independent near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb, isqrt, lcm
from random import Random

from flint import nmod_mat

from derivations.kernel.sparse import (
    Monomial,
    Sparse,
    VectorField,
    bracket,
    gradient,
    product,
    scaled,
    total,
    value,
    without,
)
from derivations.tactics.sparse import primitive

PRIME = 2**61 - 1
MAX_MONOMIALS = 600_000
MAX_BRACKETS = 400
MAX_PRODUCTS = 3000



def whole(vector: VectorField) -> VectorField:
    """A multiple of the field with whole coefficients."""
    scale = lcm(*(c.denominator for poly in vector.values() for c in poly.values()))
    return {i: scaled(poly, Fraction(scale)) for i, poly in vector.items()}


# --- search -----------------------------------------------------------------------------------------------------------


def first_integrals(fields: Sequence[VectorField], size: int, degree: int) -> list[Sparse]:
    """A basis of the conserved polynomials whose monomials all have degree 1 to ``degree``, exactly verified.

    The linear system falls apart into blocks that share no equation, so that each is small.
    """
    found: list[Sparse] = []
    system = _System(fields, size, degree)
    for block in system.blocks():
        for poly in system.kernel(block):
            law = primitive(poly)
            if is_conserved(law, fields):
                found.append(law)
    return sorted(found, key=lambda poly: (max(map(len, poly)), len(poly), sorted(poly)))


def not_products(laws: Sequence[Sparse]) -> list[Sparse]:
    """Those of the laws, which come by degree, that are no combinations of products of the ones before."""
    kept: list[Sparse] = []
    space, columns = Rows(), dict[Monomial, int]()
    reached = 0
    for law in laws:
        degree = max(map(len, law))
        if degree > reached:
            reached = degree
            for _, poly in _products(kept, degree):
                space.add(indexed(poly, columns))
        if space.add(indexed(law, columns)):
            kept.append(law)
    return kept


def _products(laws: Sequence[Sparse], degree: int) -> list[tuple[int, Sparse]]:
    """Products of at least two of the laws, up to that degree; not all of them, where they are very many."""
    found: list[tuple[int, Sparse]] = []
    newest: list[tuple[int, Sparse]] = list(enumerate(laws))
    while newest and len(found) < MAX_PRODUCTS:
        newest = [(n, product(poly, laws[n])) for last, poly in newest for n in range(last, len(laws))
                  if max(map(len, poly)) + max(map(len, laws[n])) <= degree][:MAX_PRODUCTS]  # fmt: skip
        found += newest
    return found


def indexed(poly: Sparse, columns: dict[Monomial, int]) -> dict[int, int]:
    """The coefficients modulo the prime, by the number of the monomial."""
    found = {}
    for monomial, c in poly.items():
        exact = Fraction(c)
        found[columns.setdefault(monomial, len(columns))] = exact.numerator * pow(exact.denominator, -1, PRIME) % PRIME
    return found


def is_conserved(poly: Sparse, fields: Sequence[VectorField]) -> bool:
    """Whether its derivative along every field is the zero polynomial."""
    parts = gradient(poly)
    return not any(total(product(parts[i], vector[i]) for i in parts if i in vector) for vector in fields)


class _System:
    """Columns are monomials, rows the coefficients of grad Q · V_i; a row of one entry rules out its column."""

    def __init__(self, fields: Sequence[VectorField], size: int, degree: int) -> None:
        self.touching: list[list[tuple[int, Monomial, int]]] = [[] for _ in range(size)]
        for number, vector in enumerate(map(whole, fields)):
            for i, poly in vector.items():
                self.touching[i] += [(number, monomial, int(c)) for monomial, c in poly.items()]
        self.columns: list[Monomial] = []
        self.rows: dict[tuple[int, Monomial], dict[int, int]] = {}
        for d in range(1, degree + 1):
            for monomial in combinations_with_replacement(range(size), d):
                self._add(monomial)
        self.rows = {key: row for key, entries in self.rows.items() if (row := {j: c for j, c in entries.items() if c})}
        self.users: list[list[tuple[int, Monomial]]] = [[] for _ in self.columns]
        for key, row in self.rows.items():
            for j in row:
                self.users[j].append(key)
        self.alive = self._eliminated()

    def _add(self, monomial: Monomial) -> None:
        column = len(self.columns)
        self.columns.append(monomial)
        for i in set(monomial):
            rest, count = without(monomial, i), monomial.count(i)
            for number, other, c in self.touching[i]:
                row = self.rows.setdefault((number, tuple(sorted(rest + other))), {})
                row[column] = row.get(column, 0) + c * count

    def _eliminated(self) -> list[bool]:
        alive = [True] * len(self.columns)
        waiting = [next(iter(row)) for row in self.rows.values() if len(row) == 1]
        while waiting:
            column = waiting.pop()
            if not alive[column]:
                continue
            alive[column] = False
            for key in self.users[column]:
                row = self.rows[key]
                row.pop(column, None)
                if len(row) == 1:
                    waiting.append(next(iter(row)))
        return alive

    def blocks(self) -> Iterator[list[int]]:
        """Columns that are joined by rows."""
        seen = [not one for one in self.alive]
        for start in range(len(self.columns)):
            if seen[start]:
                continue
            seen[start], block, waiting = True, [], [start]
            while waiting:
                column = waiting.pop()
                block.append(column)
                for key in self.users[column]:
                    for other in self.rows[key]:
                        if not seen[other]:
                            seen[other] = True
                            waiting.append(other)
            yield sorted(block)

    def kernel(self, block: list[int]) -> Iterator[Sparse]:
        """A basis of the solutions on one block, lifted from the prime to Q."""
        place = {column: j for j, column in enumerate(block)}
        rows = {tuple(sorted((place[c], v) for c, v in self.rows[key].items())): None for c in block for key in self.users[c]}
        matrix = nmod_mat(max(len(rows), 1), len(block), PRIME)
        for i, row in enumerate(rows):
            for j, c in row:
                matrix[i, j] = c % PRIME
        for vector in null_space(matrix):
            yield {self.columns[block[j]]: c for j, c in vector.items()}


def null_space(matrix: nmod_mat) -> Iterator[dict[int, Fraction]]:
    """A basis of the kernel, each vector 1 at a free column and lifted to small fractions elsewhere."""
    reduced, rank = matrix.rref()
    pivots: list[int] = []
    for i in range(rank):
        start = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(start, matrix.ncols()) if int(reduced[i, j]) != 0))
    for free in sorted(set(range(matrix.ncols())) - set(pivots)):
        entries = {pivot: -int(reduced[i, free]) % PRIME for i, pivot in enumerate(pivots) if int(reduced[i, free]) != 0}
        yield {**{pivot: lifted(entry) for pivot, entry in entries.items()}, free: Fraction(1)}


def lifted(residue: int) -> Fraction:
    """The fraction of small numerator and denominator that is this number modulo the prime."""
    bound = isqrt(PRIME // 2)
    a, b, u, v = PRIME, residue, 0, 1
    while b > bound:
        a, b, u, v = b, a % b, v, u - (a // b) * v
    return Fraction(b, v)


# --- independence -----------------------------------------------------------------------------------------------------


def point_without_structure(size: int) -> list[int]:
    """Whole numbers that satisfy no small equation by accident; always the same."""
    random = Random(size)
    return [random.randint(-40, 40) or 41 for _ in range(size)]


class Rows:
    """Vectors modulo the prime, kept in echelon form: ``add`` says whether one is independent of those before."""

    def __init__(self) -> None:
        self.pivots: dict[int, dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self.pivots)

    def add(self, entries: dict[int, int]) -> bool:
        rest = self._reduced(entries, whole=False)
        if rest:
            lead = min(rest)
            inverse = pow(rest[lead], -1, PRIME)
            self.pivots[lead] = {j: c * inverse % PRIME for j, c in rest.items()}
        return bool(rest)

    def reduced(self, entries: dict[int, int]) -> dict[int, int]:
        """The vector less a combination of those here, with zeros where these begin: nothing, if it lies in their span."""
        return self._reduced(entries, whole=True)

    def _reduced(self, entries: dict[int, int], whole: bool) -> dict[int, int]:
        vector = {j: c % PRIME for j, c in entries.items() if c % PRIME}
        done: dict[int, int] = {}
        while vector:
            lead = min(vector)
            row = self.pivots.get(lead)
            if row is None:
                if not whole:
                    return vector
                done[lead] = vector.pop(lead)
                continue
            factor = vector[lead]
            for j, c in row.items():
                left = (vector.get(j, 0) - factor * c) % PRIME
                if left:
                    vector[j] = left
                else:
                    vector.pop(j, None)
        return done


def independent(laws: Sequence[Sparse], point: Sequence[int]) -> list[int]:
    """The positions of laws, the first ones, whose gradients at the point are linearly independent."""
    rows = Rows()
    return [n for n, law in enumerate(laws)
            if rows.add({i: value(part, point, PRIME) for i, part in gradient(law).items()})]  # fmt: skip


# --- how many there can be --------------------------------------------------------------------------------------------


@dataclass
class Span:
    """Fields and brackets whose values at the point are linearly independent.

    ``brackets`` are pairs of earlier entries, entries being the given fields and then the brackets in their order; ``chosen`` are
    the entries with independent values.
    """

    chosen: list[int] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)


def span_at(fields: Sequence[VectorField], size: int, point: Sequence[int], enough: int) -> Span:
    """Brackets are tried, those of the given fields first, until ``enough`` values are independent or nothing new comes."""
    span, rows = Span(), Rows()
    entries = [_Entry(whole(vector), point) for vector in fields]
    span.chosen = [n for n, entry in enumerate(entries) if rows.add(entry.values)]
    newest = list(range(len(fields)))
    while newest and len(rows) < enough:
        added: list[int] = []
        for a, b in _pairs(len(fields), newest):
            if len(rows) >= enough or len(span.brackets) >= MAX_BRACKETS:
                return span
            if rows.add(_bracket_value(entries[a], entries[b])):
                span.brackets.append((a, b))
                span.chosen.append(len(entries))
                added.append(len(entries))
                entries.append(_Entry(bracket(entries[a].vector, entries[b].vector), point))
        newest = added
    return span


def _pairs(count: int, newest: list[int]) -> Iterator[tuple[int, int]]:
    """Each given field with each of the newest entries."""
    return ((a, b) for a in range(count) for b in newest if b >= count or b > a)


class _Entry:
    """A field with its value and its Jacobian at the point; the latter when it is first asked for."""

    def __init__(self, vector: VectorField, point: Sequence[int]) -> None:
        self.vector, self.point = vector, point
        self.values = {i: value(poly, point, PRIME) for i, poly in vector.items()}

    @cached_property
    def jacobian(self) -> dict[int, dict[int, int]]:
        return {i: {j: value(part, self.point, PRIME) for j, part in gradient(poly).items()} for i, poly in self.vector.items()}

    def along(self, values: dict[int, int]) -> dict[int, int]:
        """The Jacobian times a vector."""
        return {i: sum(c * values[j] for j, c in row.items() if j in values) % PRIME for i, row in self.jacobian.items()}


def _bracket_value(one: _Entry, other: _Entry) -> dict[int, int]:
    """[V, W] at the point, without the polynomials."""
    forth, back = other.along(one.values), one.along(other.values)
    return {i: (forth.get(i, 0) - back.get(i, 0)) % PRIME for i in {**forth, **back}}


def monomial_count(size: int, degree: int) -> int:
    """How many monomials of degree 1 to ``degree`` there are."""
    return comb(size + degree, degree) - 1
