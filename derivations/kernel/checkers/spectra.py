"""Eigenvalues, signatures and definiteness of symmetric matrices."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

from flint import fmpq, fmpq_mat

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.checkers.integrals import at_most_independent, independent, no_polynomial
from derivations.kernel.checkers.numbers import isolated, number_sign
from derivations.kernel.facts import PLUS
from derivations.kernel.formulas import same, strip
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    eq,
    free_symbols,
    lt,
    mul,
    number,
    power,
    sub,
    substitute,
    symbol,
)

FRESH = symbol("_z|real")


def _symmetric(s: Situation, matrix: Term) -> list[tuple[Term, ...]]:
    require(matrix.head == "Matrix" and bool(matrix.args), "shape", "a matrix is needed")
    rows = [row.args for row in matrix.args]
    require(all(len(row) == len(rows) for row in rows), "shape", "the matrix is not square")
    for i, row in enumerate(rows):
        for j in range(i):
            require(same(s.table, row[j], rows[j][i]), "shape", "the matrix is not symmetric")
    return rows


def eigenvalues(s: Situation) -> None:
    """det(z·I - M) = ∏(z - λ_i), M symmetric  ⊢  M has the eigenvalues λ_1, …, λ_n, with multiplicity.

    Algebraic numbers given by an isolating interval must come with all their conjugates. Refuses when the polynomials differ
    or an interval does not isolate.
    """
    name, matrix, *values = s.claimed("Predicate")
    require(name == "eigenvalues", "shape", "the claim should name the eigenvalues of a matrix")
    rows = _symmetric(s, matrix)
    require(len(values) == len(rows), "not-equal", "there are as many eigenvalues as rows")
    shifted = Term("Matrix", tuple(
        Term("Tuple", tuple(sub(FRESH if i == j else ZERO, entry) for j, entry in enumerate(row)))
        for i, row in enumerate(rows)))  # fmt: skip
    algebra = _with_room(s, shifted, prepared(s))
    product = algebra.constant(1)
    for value in values:
        if value.head != "RootOf":
            product = algebra.times(product, algebra.difference(FRESH, value))
    for part in _conjugates(s, algebra, [value for value in values if value.head == "RootOf"]):
        product = algebra.times(product, part)
    polynomial = algebra.value(_characteristic(rows) or Term("Det", (shifted,)))
    gap = algebra.plus(polynomial, algebra.scale(product, -1))
    require(algebra.is_zero(gap), "not-equal", "these are not the eigenvalues")
    facts_of(s, algebra).require_domain()


def _characteristic(rows: list[tuple[Term, ...]]) -> Term | None:
    """The characteristic polynomial in the fresh variable, of a matrix of rational numbers."""
    entries = [entry.args[0] for row in rows for entry in row if entry.head == "Number"]
    if len(entries) < len(rows) ** 2:
        return None
    given = fmpq_mat(len(rows), len(rows), [fmpq(x.numerator, x.denominator) for x in entries])
    coefficients = given.charpoly().coeffs()
    return Term("Add", tuple(mul(number(Fraction(int(c.p), int(c.q))), power(FRESH, k)) for k, c in enumerate(coefficients)))


def _with_room(s: Situation, shifted: Term, algebra: Algebra) -> Algebra:
    larger = Algebra(s.table, [s.claim, shifted, *s.premises])
    larger.rewrites.update(algebra.rewrites)
    return larger


def _conjugates(s: Situation, algebra: Algebra, roots: list[Term]) -> list[Value]:
    """The polynomial of each complete set of conjugates, in the fresh variable."""
    parts: list[Value] = []
    for body, name in {(root.args[0], root.args[1]) for root in roots}:
        group = Counter(root for root in roots if root.args[:2] == (body, name))
        plain = Algebra(s.table, [body, FRESH])
        poly = plain.value(body)[0]
        degree = poly.degrees()[plain.index[name]]
        spans = sorted(isolated(s.table, root, root.args[3].args[0] - root.args[2].args[0]) for root in group)
        disjoint = all(a[1] <= b[0] for a, b in pairwise(spans))
        complete = len(group) == degree and disjoint and len(set(group.values())) == 1
        require(complete, "does-not-follow", "an algebraic eigenvalue comes without all its conjugates")
        value = algebra.value(substitute(body, {name: FRESH}))
        lead = max(algebra.monomials(value[0]), key=lambda part: sum(e for _, e in part[1]))[0]
        for _ in range(next(iter(group.values()))):
            parts.append((value[0] / lead, algebra.one))
    return parts


def signature(s: Situation) -> None:
    """M has the eigenvalues λ_i, and the sign of each is known  ⊢  M has p positive, n negative and z zero eigenvalues.

    Refuses when the eigenvalues of that matrix are no premise, a sign is not, or the counts differ.
    """
    name, matrix, *counts = s.claimed("Predicate")
    require(name == "signature" and len(counts) == 3, "shape", "the claim should give three counts")
    known = [p for p in s.premises if p.head == "Predicate" and p.args[0] == "eigenvalues" and same(s.table, p.args[1], matrix)]
    require(len(known) == 1, "does-not-follow", "the eigenvalues of the matrix are no premise")
    found = [0, 0, 0]
    for value in known[0].args[2:]:
        options = [lt(ZERO, value), lt(value, ZERO), eq(value, ZERO)]
        signs = [i for i, one in enumerate(options) if any(same(s.table, one, p) for p in s.premises)]
        require(len(signs) >= 1, "sign-unknown", "the sign of an eigenvalue is no premise")
        found[signs[0]] += 1
    require(counts == [number(k) for k in found], "not-equal", "the counts are others")


def positive_definite(s: Situation) -> None:
    """M = L·D·Lᵀ, L lower triangular with ones on its diagonal, D diagonal and positive  ⊢  M is positive definite.

    The witness gives L and D. Refuses when the product is not M or a pivot is not known to be positive.
    """
    name, matrix = s.claimed("Predicate")
    require(name == "positive_definite", "shape", "the claim should be that a matrix is positive definite")
    rows = _symmetric(s, matrix)
    size = len(rows)
    lower, pivots = s.witness.get("lower"), s.witness.get("pivots")
    fine = isinstance(lower, tuple) and isinstance(pivots, tuple) and len(lower) == len(pivots) == size
    require(fine, "witness", "factors of the right size are needed")
    assert isinstance(lower, tuple) and isinstance(pivots, tuple)
    algebra = prepared(s)
    facts = facts_of(s, algebra)
    for i in range(size):
        fine = len(lower[i]) == size and lower[i][i] == ONE and all(lower[i][j] == ZERO for j in range(i + 1, size))
        require(fine, "witness", "the factor is not unit lower triangular")
        require(facts.sign(algebra.value(pivots[i])) == PLUS, "sign-unknown", "a pivot is not known to be positive")
        for j in range(size):
            product = Term("Add", tuple(mul(lower[i][k], pivots[k], lower[j][k]) for k in range(size)))
            require(algebra.is_zero(algebra.difference(rows[i][j], product)), "not-equal", "the factors do not give the matrix")
    facts.require_domain()


def quadratic_form(s: Situation) -> None:
    """M is positive definite  ⊢  ∀u  u ≠ 0 ⇒ 0 < Σ M_ij·u_i·u_j.

    Refuses when the form is not that of the matrix in the premise.
    """
    names, body = strip(s.claim)
    given, conclusion = s.claimed("Implies", body)
    known = [p for p in s.premises if p.head == "Predicate" and p.args[0] == "positive_definite"]
    require(len(known) == 1, "does-not-follow", "that the matrix is positive definite is no premise")
    rows = _symmetric(s, known[0].args[1])
    u = [symbol(name) for name in names]
    require(len(u) == len(rows) and not set(names) & free_symbols(known[0]), "shape", "one variable per row is needed")
    some = [Term("Ne", (x, ZERO)) for x in u]
    require(same(s.table, given, some[0] if len(some) == 1 else Term("Or", tuple(some))), "shape", "the claim must be for u not 0")
    low, form = s.claimed("Lt", conclusion)
    wanted = Term("Add", tuple(mul(rows[i][j], u[i], u[j]) for i in range(len(u)) for j in range(len(u))))
    algebra = prepared(s)
    fine = low == ZERO and algebra.is_zero(algebra.difference(form, wanted))
    require(fine, "not-equal", "this is not the form of the matrix")
    facts_of(s, algebra).require_domain()


RULES: dict[str, Rule] = {
    "eigenvalues": eigenvalues,
    "signature": signature,
    "positive-definite": positive_definite,
    "quadratic-form": quadratic_form,
    "number-sign": number_sign,
    "independent": independent,
    "at-most-independent": at_most_independent,
    "no-polynomial": no_polynomial,
}
