"""What kind of critical point each of several points is: the second-order change of the loss in every direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import Any

import sympy as sp

from derivations.kernel.checkers.numbers import enclosure
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    exists,
    iff,
    implies,
    le,
    lt,
    matrix,
    mul,
    ne,
    neg,
    number,
    power,
    predicate,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.tactics.algebra import Bridge, is_zero, tidy
from derivations.tactics.coordinates import TABLE
from derivations.tactics.hessians import for_all_of, partial, unit
from derivations.tactics.proof import Proof
from derivations.tactics.spectra import eigenvalue_steps, relation

MAX_DIRECTION = 40


def is_short(term: Term) -> bool:
    """Whether fractions and square roots do, so that SymPy may calculate with it."""
    return all(node.head != "RootOf" for node in subterms(term))


def settled(term: Term) -> Term:
    """The number in its shortest form, where there is no root of a longer polynomial in it."""
    return tidy(term, lambda value: sp.radsimp(sp.expand(value))) if is_short(term) else term


@dataclass(frozen=True)
class Second:
    """The names of the parameters and of the direction's components, and the second derivatives (i <= j) with their labels."""

    names: tuple[str, ...]
    directions: tuple[str, ...]
    entries: dict[tuple[int, int], Term]
    first: list[str]
    form: str

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return list(combinations_with_replacement(range(len(self.names)), 2))


def orders_of(i: int, j: int, n: int) -> list[int]:
    return [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)]


def define_form(proof: Proof, names: tuple[str, ...], entries: dict[tuple[int, int], Term], first: list[str]) -> Second:
    """q(x, u) = Σ d_i d_j L(x)·u_i·u_j, for all points x and directions u."""
    taken = {name for name, _ in proof.variables}
    stem = next(s for s in ("u", "v", "w", "direction") if not any(name == s or name.startswith(f"{s}_") for name in taken))
    directions = tuple(f"{stem}_{i + 1}" for i in range(len(names))) if len(names) > 1 else (stem,)
    for name in directions:
        proof.declare(name, "real", "component of a direction")
    proof.declare("q", "function", "second-order change of the loss in a direction")
    x, u, n = [symbol(name) for name in names], [symbol(name) for name in directions], len(names)
    parts = []
    for i, j in combinations_with_replacement(range(n), 2):
        entry = partial("L", orders_of(i, j, n), x)
        parts.append(mul(entry, power(u[i], 2)) if i == j else mul(TWO, entry, u[i], u[j]))
    claim = for_all_of((*names, *directions), eq(apply("q", *x, *u), add(*parts)))
    label = proof.define(claim, "the second-order change of the loss in a direction")
    return Second(names, directions, entries, first, label)


WORDS = {
    "minimum": "critical, and the second-order change is positive in every direction",
    "maximum": "critical, and the second-order change is negative in every direction",
    "saddle": "critical, and the loss rises in one direction and falls in another",
    "degenerate": "critical, the second-order change has one sign and vanishes in some direction: it does not decide",
}


def _meaning(second: Second, name: str, at: Sequence[Term]) -> Term:
    """What the word means at this point."""
    u, n = [symbol(d) for d in second.directions], len(second.names)
    change = apply("q", *at, *u)
    away = disj(*(ne(one, ZERO) for one in u))
    critical = [eq(partial("L", unit(i, n), list(at)), ZERO) for i in range(n)]

    def some(body: Term) -> Term:
        for d in reversed(second.directions):
            body = exists(d, body)
        return body

    def every(body: Term) -> Term:
        return for_all_of(second.directions, body)

    parts = {
        "minimum": lambda: [every(implies(away, lt(ZERO, change)))],
        "maximum": lambda: [every(implies(away, lt(change, ZERO)))],
        "saddle": lambda: [some(lt(change, ZERO)), some(lt(ZERO, change))],
        "degenerate": lambda: [some(conj(away, eq(change, ZERO))), disj(every(le(ZERO, change)), every(le(change, ZERO)))],
    }[name]()
    return conj(*critical, *parts)


class Natures:
    """Adds the steps for one point after the other; each word is defined when it is first needed."""

    def __init__(self, proof: Proof, second: Second) -> None:
        self.proof, self.second = proof, second
        self.defined: dict[str, str] = {}

    def at(self, at: list[Term], zero: list[str]) -> tuple[str, str, str | None]:
        """The word for the point, the label that it is that, and the label of its eigenvalues where they are short enough."""
        point = _AtPoint(self.proof, self.second, at)
        spectrum = point.eigenvalue_step()
        name, parts = point.nature_steps()
        meaning = _meaning(self.second, name, at)
        both = self.proof.step("conjunction", meaning, *zero, *parts, because="critical, and the second order is known")
        claim = iff(predicate(name, *at), meaning)
        values = dict(zip(self.second.names, at, strict=True))
        there = self.proof.step("instantiate", claim, self._define(name), values=values, because=f"what {name} means here")
        return name, self.proof.step("signs", predicate(name, *at), there, both, because="by definition"), spectrum

    def _define(self, name: str) -> str:
        if name not in self.defined:
            self.proof.declare(name, "property", WORDS[name])
            x = [symbol(one) for one in self.second.names]
            claim = for_all_of(self.second.names, iff(predicate(name, *x), _meaning(self.second, name, x)))
            self.defined[name] = self.proof.define(claim, WORDS[name])
        return self.defined[name]


def _behind(formula: Term, count: int) -> Term:
    """What stands behind that many universal quantifiers."""
    return formula if count == 0 else _behind(formula.args[1], count - 1)


class _AtPoint:
    """The Hessian at one point, and what its quadratic form does."""

    def __init__(self, proof: Proof, second: Second, at: list[Term]) -> None:
        self.proof, self.second, self.point = proof, second, at
        n, values = len(at), dict(zip(second.names, at, strict=True))
        self.rows: list[list[Term]] = [[ZERO] * n for _ in range(n)]
        labels = []
        for i, j in second.pairs:
            entry = settled(substitute(second.entries[i, j], values))
            self.rows[i][j] = self.rows[j][i] = entry
            claim = eq(partial("L", orders_of(i, j, n), at), entry)
            labels.append(proof.step("derivative", claim, second.first[i], because="differentiate again, at the point"))
        self.u = [symbol(d) for d in second.directions]
        self.change = apply("q", *at, *self.u)
        terms = [
            mul(self.rows[i][j], power(self.u[i], 2)) if i == j else mul(TWO, self.rows[i][j], self.u[i], self.u[j])
            for i, j in second.pairs if self.rows[i][j] != ZERO
        ]  # fmt: skip
        self.value = settled(add(*terms)) if is_short(add(*terms)) else add(*terms)
        claim = substitute(_behind(proof.claims[second.form], n), values)
        form = proof.step("instantiate", claim, second.form, values=values, because="the second-order change at this point")
        self.form = proof.step("identity", eq(self.change, self.value), form, *labels,
                               because="insert the second derivatives")  # fmt: skip
        self.numbers = [[float(enclosure(TABLE, entry).mid()) for entry in row] for row in self.rows]

    # --- eigenvalues ----------------------------------------------------------------------------------------------

    def eigenvalue_step(self) -> str | None:
        n = len(self.rows)
        if all(is_short(entry) for row in self.rows for entry in row):
            try:
                label, values = eigenvalue_steps(self.proof, self.rows)
            except (Undecided, NotImplementedError):
                return None
            if any(node.head == "RootOf" for value in values for node in subterms(value)):
                self.proof.declare("z", "real", "a placeholder")
            return label
        if n > 2:
            return None
        values = self._of_two() if n == 2 else [self.rows[0][0]]
        claim = predicate("eigenvalues", matrix(self.rows), *values)
        return self.proof.step("eigenvalues", claim, because="the characteristic polynomial has just these roots")

    def _of_two(self) -> list[Term]:
        (a, b), (_, c) = self.rows
        if b == ZERO:
            return sorted((a, c), key=lambda one: -float(enclosure(TABLE, one).mid()))
        root = Term("Sqrt", (add(power(sub(a, c), 2), mul(number(4), power(b, 2))),))
        return [div(add(a, c, root), TWO), div(add(a, c, neg(root)), TWO)]

    # --- directions -----------------------------------------------------------------------------------------------

    def nature_steps(self) -> tuple[str, list[str]]:
        """The word, and labels of what it says besides that the gradient vanishes."""
        import numpy as np

        sizes = np.linalg.eigvalsh(np.array(self.numbers))
        small = 1e-9 * max(1.0, float(max(abs(sizes))))
        up, down = bool(sizes[-1] > small), bool(sizes[0] < -small)
        if up and down:
            return "saddle", [self._some(-1), self._some(1)]
        if up and sizes[0] > small:
            return "minimum", [self._definite(1)]
        if down and sizes[-1] < -small:
            return "maximum", [self._definite(-1)]
        return "degenerate", self._degenerate(-1 if down else 1)

    def _general(self) -> str:
        return self.proof.step("generalise", for_all_of(self.second.directions, self.proof.claims[self.form]), self.form,
                               because="for every direction")  # fmt: skip

    def _along(self, direction: Sequence[Term]) -> tuple[str, Term]:
        """The label of q(point, direction) = its size, and that size."""
        values = dict(zip(self.second.directions, direction, strict=True))
        size = settled(substitute(self.value, values))
        claim = eq(apply("q", *self.point, *direction), size)
        return self.proof.step("instantiate", claim, self._general(), values=values, because="in this direction"), size

    def _some(self, sign: int) -> str:
        """There is a direction in which the loss rises (falls)."""
        proof, direction = self.proof, self._direction(sign)
        label, size = self._along(direction)
        at = apply("q", *self.point, *direction)
        sure = proof.step("number-sign", relation(size, sign), because="the sign of the change")
        words = "the loss falls" if sign < 0 else "the loss rises"
        signed = proof.step("rewrite", relation(at, sign), sure, label, because=words)
        claim = relation(self.change, sign)
        for d in reversed(self.second.directions):
            claim = exists(d, claim)
        values = dict(zip(self.second.directions, direction, strict=True))
        return proof.step("exhibit", claim, signed, values=values, because="such a direction exists")

    def _direction(self, sign: int) -> list[Term]:
        """Small whole components with which the form clearly has that sign."""
        n = len(self.rows)
        for size in range(1, MAX_DIRECTION):
            best: tuple[float, tuple[int, ...]] | None = None
            for one in product(range(-size, size + 1), repeat=n):
                lead = next((c for c in one if c), 0)
                if max(map(abs, one)) != size or lead < 0:
                    continue
                value = sign * sum(self.numbers[i][j] * one[i] * one[j] for i in range(n) for j in range(n))
                scale = sum(abs(self.numbers[i][j] * one[i] * one[j]) for i in range(n) for j in range(n))
                if value > 1e-7 * scale and (best is None or value > best[0]):
                    best = value, one
            if best is not None:
                return [number(c) for c in best[1]]
        raise Undecided("no simple direction was found in which the loss has that sign")

    def _definite(self, sign: int) -> str:
        """The form has that sign in every direction: M = L·D·Lᵀ with a positive diagonal."""
        proof, names = self.proof, self.second.directions
        rows = self.rows if sign > 0 else [[settled(neg(entry)) for entry in row] for row in self.rows]
        lower, pivots = _factors(rows)
        claim = predicate("positive_definite", matrix(rows))
        label = proof.step("positive-definite", claim, lower=lower, pivots=pivots, because="all pivots are positive")
        away = disj(*(ne(x, ZERO) for x in self.u))
        explicit = self.value if sign > 0 else neg(self.value)
        shape = proof.step("quadratic-form", for_all_of(names, implies(away, lt(ZERO, explicit))), label,
                           because="so its quadratic form is positive")  # fmt: skip
        signed = implies(away, relation(self.change, sign))
        words = "which is the second-order change" + ("" if sign > 0 else ", up to its sign")
        body = proof.step("rewrite", signed, shape, self.form, because=words)
        return proof.step("generalise", for_all_of(names, signed), body, because="in every direction")

    def _degenerate(self, sign: int) -> list[str]:
        """The form has one sign and vanishes in some direction."""
        if not all(is_short(entry) for row in self.rows for entry in row):
            raise Undecided("at a point with long algebraic coordinates the Hessian seems to be singular")
        proof, names = self.proof, self.second.directions
        null = _null_direction(self.rows)
        label, size = self._along(null)
        at, values = apply("q", *self.point, *null), dict(zip(names, null, strict=True))
        if not is_zero(size):
            raise Undecided("the Hessian seems to be singular, but it is not")
        if size != ZERO:
            label = proof.step("identity", eq(at, ZERO), label, because="in this direction nothing changes")
        away = disj(*(ne(x, ZERO) for x in self.u))
        there = substitute(away, values)
        some = proof.step("signs", there, because="it is a direction")
        pair = proof.step("conjunction", conj(there, eq(at, ZERO)), some, label, because="together")
        flat = conj(away, eq(self.change, ZERO))
        for d in reversed(names):
            flat = exists(d, flat)
        exists_flat = proof.step("exhibit", flat, pair, values=values, because="there is a flat direction")
        explicit = self.value if sign > 0 else neg(self.value)
        bounded = proof.step("polynomial-implication", le(ZERO, explicit), terms=_squares(self.rows, names, sign),
                             because="a sum of squares")  # fmt: skip
        one = le(ZERO, self.change) if sign > 0 else le(self.change, ZERO)
        signed = proof.step("rewrite", one, bounded, self.form, because="which is the second-order change")
        whole = proof.step("generalise", for_all_of(names, one), signed, because="for every direction")
        options = disj(for_all_of(names, le(ZERO, self.change)), for_all_of(names, le(self.change, ZERO)))
        return [exists_flat, proof.step("signs", options, whole, because="it has one sign")]


def _factors(rows: list[list[Term]]) -> tuple[tuple[tuple[Term, ...], ...], tuple[Term, ...]]:
    """L and D with M = L·D·Lᵀ, by elimination."""
    n = len(rows)
    lower = [[ONE if i == j else ZERO for j in range(n)] for i in range(n)]
    pivots: list[Term] = []
    for j in range(n):
        used = [neg(mul(power(lower[j][k], 2), pivots[k])) for k in range(j) if lower[j][k] != ZERO]
        pivots.append(settled(add(rows[j][j], *used)))
        for i in range(j + 1, n):
            both = [k for k in range(j) if lower[i][k] != ZERO and lower[j][k] != ZERO]
            if rows[i][j] != ZERO or both:
                rest = [neg(mul(lower[i][k], lower[j][k], pivots[k])) for k in both]
                lower[i][j] = settled(div(add(rows[i][j], *rest), pivots[j]))
    return tuple(map(tuple, lower)), tuple(pivots)


def _null_direction(rows: list[list[Term]]) -> list[Term]:
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in rows])
    vectors = given.nullspace(simplify=True)
    if not vectors:
        raise Undecided("the Hessian seems to be singular, but it is not")
    scale = sp.ilcm(1, *(c.q for c in vectors[0] if c.is_Rational))
    return [bridge.to_term(sp.radsimp(sp.expand(c * scale))) for c in vectors[0]]


def _squares(rows: list[list[Term]], names: tuple[str, ...], sign: int) -> tuple[dict[str, Any], ...]:
    """A semidefinite form as a sum of squares with positive rational coefficients; square roots go into the squares."""
    bridge = Bridge()
    u = [bridge.to_sympy(symbol(name)) for name in names]
    n = len(names)
    form = sp.expand(sign * sum(bridge.to_sympy(rows[i][j]) * u[i] * u[j] for i in range(n) for j in range(n)))
    terms = []
    for x in u:
        pivot = sp.radsimp(form.coeff(x, 2))
        if pivot == 0:
            continue
        if not pivot.is_Rational:
            raise Undecided("a semidefinite Hessian with irrational pivots")
        square = sp.expand(sp.diff(form, x) / (2 * pivot))
        terms.append({"coefficient": Fraction(int(pivot.p), int(pivot.q)), "square": bridge.to_term(square)})
        form = sp.expand(form - pivot * square**2)
    return tuple(terms)

