"""First integrals of a polynomial flow: how many are independent, how many there can be, and that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb, prod

from flint import fmpq, fmpq_mat, nmod_mat

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.errors import Refused
from derivations.kernel.facts import PLUS, Facts
from derivations.kernel.formulas import same
from derivations.kernel.rules.algebra import facts_of
from derivations.kernel.rules.analysis import Differentiation
from derivations.kernel.situation import Situation, require
from derivations.kernel.sparse import expanded, gradient
from derivations.language.terms import (
    ZERO,
    Term,
    apply,
    eq,
    for_all,
    free_symbols,
    number,
    substitute,
    subterms,
    symbol,
)

PRIME = 2**61 - 1
MAX_MONOMIALS = 3000
MAX_DEGREE = 60


def _variables(s: Situation, term: Term) -> list[str]:
    require(
        term.head == "Tuple" and all(arg.head == "Symbol" for arg in term.args),
        "shape",
        "a list of variables is needed",
    )
    names = [arg.args[0] for arg in term.args]
    require(len(set(names)) == len(names), "shape", "the variables must be different")
    paths = any(node.head == "Apply" and node.args[0] in names for node in subterms(s.claim))
    require(not paths, "shape", "a quantity, or a field, depends on where one is, not on where one started")
    return names


def _there(s: Situation, terms: list[Term], names: list[str]) -> list[Term]:
    """The terms at the point that the witness gives: numbers, or terms in which none of the variables occurs."""
    point = s.witness.get("point", {})
    for name in names:
        value = point.get(name)
        fine = isinstance(value, Term) and not free_symbols(value) & set(names)
        require(fine, "witness", "the point must give a number for each variable")
        s.table.check_names(value)
    return [substitute(term, {name: point[name] for name in names}) for term in terms]


def _moves_so(s: Situation, field: Term, names: list[str]) -> None:
    """Raises Refused unless the premises say dx_i/dτ = f_i(x(τ)) for all τ and every i."""
    require(field.head == "Tuple" and len(field.args) == len(names), "shape", "a field has one component per variable")
    for x, part in zip(names, field.args, strict=True):
        fine = any(
            same(s.table, p, for_all(tau, eq(Term("Diff", (apply(x, symbol(tau)), tau)), _on_path(part, names, symbol(tau)))))
            for p, tau in _for_all_times(s, names)
        )
        require(fine, "does-not-follow", f"no premise says that {x} moves with this field")


def _for_all_times(s: Situation, names: list[str]) -> list[tuple[Term, str]]:
    """The premises about all times, and how each calls the time: a real variable that the claim does not speak of."""
    quantified = [(p, p.args[0]) for p in s.premises if p.head == "ForAll"]
    taken = {*names, *free_symbols(s.claim)}
    return [(p, tau) for p, tau in quantified if tau not in taken and s.table.domain(tau) == "real"]


def _on_path(term: Term, names: list[str], time: Term) -> Term:
    return substitute(term, {x: apply(x, time) for x in names})


def _facts(s: Situation, terms: list[Term]) -> tuple[Algebra, Facts]:
    about = replace(s, premises=tuple(p for p in s.premises if p.head != "ForAll"))
    algebra = Algebra(s.table, [*terms, *about.premises])
    return algebra, facts_of(about, algebra)


def independent(s: Situation) -> None:
    """Q_1, …, Q_m are conserved; their Jacobian has rank k at the witness's point  ⊢  k of them are independent near it.

    Where constants occur, k = m and the minor of the witness's columns must be non-zero by the signs that the premises give.
    Refuses when the rank there is lower, a quantity may not be differentiable, or no premise says that it is conserved.
    """
    name, count, quantities, variables = s.claimed("Predicate")
    require(name == "independent", "shape", "the claim should count independent quantities")
    require(quantities.head == "Tuple", "shape", "a list of quantities is needed")
    names = _variables(s, variables)
    times = [tau for _, tau in _for_all_times(s, names)]
    for q in quantities.args:
        kept = [for_all(tau, eq(_on_path(q, names, symbol(tau)), _on_path(q, names, ZERO))) for tau in dict.fromkeys(times)]
        fine = any(one in s.premises for one in kept) or any(same(s.table, p, one) for one in kept for p in s.premises)
        require(fine, "does-not-follow", "no premise says that the quantity is conserved")
    known = _polynomial_rank(s, quantities.args, names)
    if known is not None:
        require(count == number(known), "not-equal", "the rank at that point is another")
        return
    derivatives = [Differentiation(x, {}) for x in names]
    rows = [_there(s, [d.of(q) for d in derivatives], names) for q in quantities.args]
    nonzero = _there(s, [term for d in derivatives for term in d.nonzero], names)
    positive = _there(s, [term for d in derivatives for term in d.positive], names)
    algebra, facts = _facts(s, [*(entry for row in rows for entry in row), *nonzero, *positive])
    values = [[algebra.value(entry) for entry in row] for row in rows]
    require(
        all(0 not in facts.sign(algebra.value(term)) for term in nonzero),
        "may-be-zero",
        "a denominator may be zero at that point",
    )
    require(
        all(facts.sign(algebra.value(term)) == PLUS for term in positive),
        "sign-unknown",
        "not known to be differentiable there",
    )
    if all(part.is_constant() for row in values for value in row for part in value):
        entries = [
            fmpq(0) if top.is_zero() else top.leading_coefficient() / bottom.leading_coefficient()
            for row in values
            for top, bottom in row
        ]
        rank = int(fmpq_mat(len(rows), len(names), entries).rank())
        require(count == number(rank), "not-equal", "the rank at that point is another")
    else:
        columns = s.witness.get("columns", ())
        fine = len(columns) == len(set(columns)) == len(rows) and all(
            type(j) is int and 0 <= j < len(names) for j in columns
        )
        require(fine, "witness", "the witness should name as many columns as there are quantities")
        minor = Term("Matrix", tuple(Term("Tuple", tuple(row[j] for j in columns)) for row in rows))
        require(0 not in facts.sign(algebra.value(Term("Det", (minor,)))), "may-be-zero", "the minor may be zero")
        require(count == number(len(rows)), "not-equal", "all the quantities are independent")
    facts.require_domain()


def _polynomial_rank(s: Situation, quantities: Sequence[Term], names: list[str]) -> int | None:
    """The rank of the Jacobian at the point, of polynomials at a point of rational numbers; None where they are something else."""
    positions = {symbol(x): j for j, x in enumerate(names)}
    point = _there(s, [symbol(x) for x in names], names)
    if any(value.head != "Number" for value in point):
        return None
    exact = [value.args[0] for value in point]
    values = [x.numerator if x.denominator == 1 else x for x in exact]
    try:
        slopes = [gradient(expanded(q, positions)) for q in quantities]
    except Refused:
        return None
    matrix = fmpq_mat(len(quantities), len(names))
    for i, parts in enumerate(slopes):
        for j, poly in parts.items():
            entry = Fraction(sum(c * prod(values[k] for k in monomial) for monomial, c in poly.items()))
            matrix[i, j] = fmpq(entry.numerator, entry.denominator)
    return int(matrix.rank())


def at_most_independent(s: Situation) -> None:
    """dx_i/dτ = f_i(x) for all τ; f does not vanish at the witness's point  ⊢  at most n - 1 conserved ones are independent.

    Refuses when the field may vanish there, or no premise says that the variables move with it.
    """
    name, count, field, variables = s.claimed("Predicate")
    require(name == "at_most_independent", "shape", "the claim should bound the number of quantities")
    names = _variables(s, variables)
    _moves_so(s, field, names)
    parts = _there(s, list(field.args), names)
    algebra, facts = _facts(s, parts)
    values = [algebra.value(part) for part in parts]
    require(
        any(0 not in facts.sign(value) for value in values), "does-not-follow", "the field may vanish at that point"
    )
    require(count == number(len(names) - 1), "not-equal", "the bound is the number of variables less one")
    facts.require_domain()


def no_polynomial(s: Situation) -> None:
    """dx_i/dτ = f_i(x) for all τ; Q ↦ ∇Q·f on polynomials of degree at most d has rank (number of monomials) - 1
    ⊢  only constants are conserved among them.

    The rank is taken modulo a prime, which can only lower it. Refuses when the rank is lower, or no premise says that the
    variables move with that field.
    """
    name, degree, field, variables = s.claimed("Predicate")
    require(name == "no_polynomial", "shape", "the claim should exclude polynomials up to a degree")
    names = _variables(s, variables)
    _moves_so(s, field, names)
    algebra = Algebra(s.table, [s.claim])
    components: list[Poly] = []
    for part in field.args:
        top, bottom = algebra.value(part)
        require(bottom.is_constant(), "shape", "the field must be polynomial")
        components.append(top / bottom.leading_coefficient())
    slots = [algebra.slot(x, Term("Symbol", (x,))) for x in names]
    require(degree.head == "Number" and degree.args[0].denominator == 1, "shape", "a degree is a whole number")
    total = int(degree.args[0])
    require(0 < total <= MAX_DEGREE, "too-large", "a degree from 1 to that limit is needed")
    require(comb(len(names) + total, total) - 1 <= MAX_MONOMIALS, "too-large", "too many monomials")
    require(len(components) == len(names) > 0, "shape", "a field has one component per variable")
    monomials = [m for d in range(1, total + 1) for m in combinations_with_replacement(range(len(names)), d)]
    require(
        all(i in slots for f in components for _, fs in algebra.monomials(f) for i, _ in fs),
        "shape",
        "a parameter occurs",
    )
    rows: list[dict[int, fmpq]] = []
    columns: dict[tuple[int, ...], int] = {}
    for monomial in monomials:
        poly = algebra.one
        for i in monomial:
            poly *= algebra.generators[slots[i]]
        image = sum((poly.derivative(slots[i]) * components[i] for i in set(monomial)), algebra.zero)
        rows.append({columns.setdefault(e, len(columns)): c for e, c in image.to_dict().items()})
    matrix = nmod_mat(len(rows), max(len(columns), 1), PRIME)
    for i, row in enumerate(rows):
        for j, c in row.items():
            require(int(c.q) % PRIME != 0, "too-large", "a denominator is a multiple of the prime")
            matrix[i, j] = int(c.p) * pow(int(c.q), -1, PRIME) % PRIME
    require(matrix.rank() == len(monomials), "does-not-follow", "some polynomial is conserved, or the prime is unlucky")
