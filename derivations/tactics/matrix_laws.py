"""Conserved polynomials gathered into matrices: Σ c_k·G_k for Gram matrices G_k = A·Aᵀ or AᵀA of the blocks A of a model.

All rational combinations are found of which every entry, every diagonal entry, or the trace lies in the span of the laws: these
are W_2ᵀW_2 - W_1W_1ᵀ, v_j² - |w_j|² for every unit j, and |a|² - |b|².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from flint import nmod_mat

from derivations.kernel.sparse import Monomial, Sparse, scaled, total
from derivations.language.ascii import CALLS, CONSTANTS
from derivations.language.terms import ZERO, Term, add, apply, eq, for_all, mul, neg, number, power, substitute, symbol
from derivations.problems.models import Block
from derivations.tactics.first_integrals import PRIME, Rows, indexed, null_space
from derivations.tactics.integrals import fresh
from derivations.tactics.model_flow import ModelFlow
from derivations.tactics.proof import Proof

MAX_SIDE = 60  # of a Gram matrix of which all entries are compared with the laws


@dataclass(frozen=True)
class Gram:
    """A·Aᵀ (``of_rows``) or AᵀA of a block with the parameters' positions as its entries."""

    block: Block
    positions: tuple[tuple[int, ...], ...]  # the vectors whose products are the entries
    of_rows: bool

    @property
    def size(self) -> int:
        return len(self.positions)

    def entry(self, i: int, j: int) -> Sparse:
        pairs = zip(self.positions[i], self.positions[j], strict=True)
        return total({(min(pair), max(pair)): 1} for pair in pairs)

    def trace(self) -> Sparse:
        return total(self.entry(i, i) for i in range(self.size))


@dataclass(frozen=True)
class Combination:
    """Whole multiples of Gram matrices; ``kind`` says what of it is conserved: all entries, the diagonal, or the trace."""

    kind: str
    parts: tuple[tuple[int, Gram], ...]

    def polynomials(self) -> list[Sparse]:
        """What is conserved, one polynomial for each pair i <= j, each i, or the trace."""
        n = self.parts[0][1].size
        if self.kind == "all":
            return [self._entry(i, j) for i in range(n) for j in range(i, n)]
        if self.kind == "diagonal":
            return [self._entry(i, i) for i in range(n)]
        return [total(scaled(gram.trace(), c) for c, gram in self.parts)]

    def _entry(self, i: int, j: int) -> Sparse:
        return total(scaled(gram.entry(i, j), c) for c, gram in self.parts)


# --- search -----------------------------------------------------------------------------------------------------------


def grams(flow: ModelFlow) -> list[Gram]:
    place = {name: i for i, name in enumerate(flow.names)}
    found = []
    for block in flow.model.blocks:
        n = block.columns
        rows = tuple(tuple(place[name] for name in block.names[i * n : (i + 1) * n]) for i in range(block.rows))
        found += [Gram(block, rows, True), Gram(block, tuple(zip(*rows, strict=True)), False)]
    return found


def combinations(flow: ModelFlow, laws: Sequence[Sparse]) -> list[Combination]:
    """Those of all entries first, then diagonals that these do not give, then traces that neither gives."""
    space = Rows()
    columns: dict[Monomial, int] = {}
    for law in laws:
        space.add(indexed(law, columns))
    every = grams(flow)
    found: list[Combination] = []
    for kind in ("all", "diagonal"):
        for size in sorted(
            {gram.size for gram in every if 1 < gram.size <= (MAX_SIDE if kind == "all" else len(flow.names))}
        ):
            alike = [gram for gram in every if gram.size == size]
            found += _new(kind, alike, space, columns, found)
    seen: dict[str, Gram] = {}
    for gram in every:
        seen.setdefault(gram.block.name, gram)
    if not every:
        return []
    return found + _new("trace", list(seen.values()), space, columns, found)


def _new(
    kind: str, alike: list[Gram], space: Rows, columns: dict[Monomial, int], known: list[Combination]
) -> list[Combination]:
    """Combinations of Gram matrices of this kind that are conserved and do not follow from those that are known."""
    pairs = [(i, j) for i in range(alike[0].size) for j in range(i, alike[0].size)] if kind == "all" else \
            [(i, i) for i in range(alike[0].size)]  # fmt: skip
    rows: dict[tuple[int, int], dict[int, int]] = {}
    for k, gram in enumerate(alike):
        parts = [gram.trace()] if kind == "trace" else [gram.entry(i, j) for i, j in pairs]
        for number_, part in enumerate(parts):
            for column, c in space.reduced(indexed(part, columns)).items():
                rows.setdefault((number_, column), {})[k] = c
    matrix = nmod_mat(max(len(rows), 1), len(alike), PRIME)
    for i, row in enumerate(rows.values()):
        for k, c in row.items():
            matrix[i, k] = c
    fresh_ones = Rows()
    for one in known:
        fresh_ones.add(_vector(one, kind, alike))
    found = []
    for vector in null_space(matrix):
        one = Combination(kind, tuple((c, alike[k]) for k, c in _primitive(vector).items()))
        if fresh_ones.add(_vector(one, kind, alike)):
            found.append(one)
    return found


def _vector(one: Combination, kind: str, alike: list[Gram]) -> dict[int, int]:
    """The coefficients of a combination; for a trace, of the squared norms of the blocks. Nothing, if it is of other matrices."""
    place = {gram.block.name if kind == "trace" else (gram.block.name, gram.of_rows): k for k, gram in enumerate(alike)}
    keys = [(gram.block.name if kind == "trace" else (gram.block.name, gram.of_rows), c) for c, gram in one.parts]
    if not all(key in place for key, _ in keys):
        return {}
    found: dict[int, int] = {}
    for key, c in keys:
        found[place[key]] = found.get(place[key], 0) + c
    return found


def _primitive(vector: dict[int, Fraction]) -> dict[int, int]:
    """The whole multiple without a common divisor; the first coefficient is negative, as what comes in stands on the right."""
    scale = lcm(*(c.denominator for c in vector.values()))
    whole = {k: int(c * scale) for k, c in sorted(vector.items()) if c}
    divisor = reduce(gcd, whole.values())
    sign = -1 if whole[min(whole)] > 0 else 1
    return {k: sign * c // divisor for k, c in whole.items()}


# --- statement --------------------------------------------------------------------------------------------------------


@dataclass
class Matrices:
    """The blocks as functions of time, defined in the proof when they are first asked for."""

    proof: Proof
    flow: ModelFlow
    known: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)  # entries -> name and label
    used: list[str] = field(default_factory=list)  # labels, of those used in the claim that is being written

    def named(self, wanted: str, rows: Sequence[Sequence[str]], meaning: str) -> str:
        """The name of the matrix with these parameters as its entries."""
        key = tuple(name for row in rows for name in row)
        if key not in self.known:
            others = (name for name, _ in self.known.values())
            taken = {*self.flow.names, *self.flow.functions, *others, *CALLS, *CONSTANTS}
            name, time = fresh(wanted, taken), symbol(self.flow.time)
            self.proof.declare(name, "matrix", meaning)
            body = Term("Matrix", tuple(Term("Tuple", tuple(apply(x, time) for x in row)) for row in rows))
            self.known[key] = name, self.proof.define(for_all(self.flow.time, eq(apply(name, time), body)))
        name, label = self.known[key]
        self.used.append(label)
        return name

    def block(self, block: Block) -> Term:
        n = block.columns
        rows = [block.names[i * n : (i + 1) * n] for i in range(block.rows)]
        meaning = "vector of parameters" if block.columns == 1 else "matrix of parameters"
        return apply(self.named(block.name, rows, meaning), symbol(self.flow.time))

    def norm(self, wanted: str, names: Sequence[str], meaning: str) -> Term:
        """|w|² of a vector of parameters; the square of its entry if it has but one."""
        time = symbol(self.flow.time)
        if len(names) == 1:
            return power(apply(names[0], time), 2)
        return power(Term("Abs", (apply(self.named(wanted, [[x] for x in names], meaning), time),)), 2)

    def product(self, gram: Gram) -> Term:
        matrix = self.block(gram.block)
        return mul(matrix, Term("Transpose", (matrix,))) if gram.of_rows else mul(Term("Transpose", (matrix,)), matrix)

    def square(self, gram: Gram, i: int) -> Term:
        """The i-th diagonal entry as the square of a norm: of the i-th row, or column, of the block."""
        names = [self.flow.names[j] for j in gram.positions[i]]
        letter, _, index = gram.block.name.lower().partition("_")
        wanted = "_".join(part for part in (letter if gram.of_rows else "u", index, str(i + 1)) if part)
        return self.norm(
            wanted, names, f"{'row' if gram.of_rows else 'column'} {i + 1} of {gram.block.name}"
        )

    def size(self, gram: Gram) -> Term:
        """|A|², the sum of the squares of all entries."""
        if len(gram.block.names) == 1:
            return power(apply(gram.block.names[0], symbol(self.flow.time)), 2)
        return power(Term("Abs", (self.block(gram.block),)), 2)


def weighted(parts: list[tuple[int, Term]]) -> Term:
    """Σ c_k·t_k, positive terms first."""
    ordered = sorted(parts, key=lambda part: part[0] < 0)
    terms = [term if abs(c) == 1 else mul(number(abs(c)), term) for c, term in ordered]
    return add(*(neg(term) if c < 0 else term for (c, _), term in zip(ordered, terms, strict=True)))


@dataclass(frozen=True)
class Arranged:
    """The laws as they are listed: those that combinations consist of, then the rest; ``entries`` are their numbers, -1 for 0."""

    polynomials: tuple[Sparse, ...]
    combinations: tuple[Combination, ...]
    entries: tuple[tuple[int, ...], ...]


def arranged(flow: ModelFlow, laws: Sequence[Sparse]) -> Arranged:
    """The same space of laws by another basis: entries of matrices as far as they go."""
    found = combinations(flow, laws)
    listed: list[Sparse] = []
    place: dict[frozenset[tuple[Monomial, object]], int] = {}
    space, columns = Rows(), dict[Monomial, int]()
    entries = []
    for one in found:
        numbers = []
        for poly in one.polynomials():
            key = frozenset(poly.items())
            if poly and key not in place:
                place[key] = place[frozenset(scaled(poly, -1).items())] = len(listed)
                listed.append(poly)
                space.add(indexed(poly, columns))
            numbers.append(place[key] if poly else -1)
        entries.append(tuple(numbers))
    listed += [law for law in laws if space.add(indexed(law, columns))]
    return Arranged(tuple(listed), tuple(found), tuple(entries))


def gathered(proof: Proof, flow: ModelFlow, laws: Arranged, kept: Sequence[str]) -> list[str]:
    """The steps that say it of matrices and norms; ``kept`` are the labels of the laws."""
    matrices, steps = Matrices(proof, flow), []
    for one, numbers in zip(laws.combinations, laws.entries, strict=True):
        if one.kind == "all":
            whole = weighted([(c, matrices.product(gram)) for c, gram in one.parts])
            steps.append(_step(matrices, whole, numbers, kept, "entry by entry"))
        elif one.kind == "diagonal":
            for i, n in enumerate(numbers):
                whole = weighted([(c, matrices.square(gram, i)) for c, gram in one.parts])
                steps.append(_step(matrices, whole, (n,), kept, "the same, said of norms"))
        else:
            whole = weighted([(c, matrices.size(gram)) for c, gram in one.parts])
            steps.append(_step(matrices, whole, numbers, kept, "the same, said of norms"))
    return steps


def _step(matrices: Matrices, whole: Term, numbers: Sequence[int], kept: Sequence[str], words: str) -> str:
    laws = [kept[n] for n in dict.fromkeys(numbers) if n >= 0]
    flow, defined = matrices.flow, list(dict.fromkeys(matrices.used))
    matrices.used.clear()
    start = substitute(whole, {flow.time: ZERO})
    return matrices.proof.step("entrywise", for_all(flow.time, eq(whole, start)), *defined, *laws, because=words)
