"""First integrals of a polynomial flow: how many are independent, how many there can be, and that there are none."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

from flint import fmpq, fmpq_mat, nmod_mat

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.rules.analysis import Differentiation
from derivations.kernel.situation import Situation, require
from derivations.language.terms import Term, number

PRIME = 2**61 - 1
MAX_MONOMIALS = 3000


def _variables(s: Situation, term: Term) -> list[str]:
    require(term.head == "Tuple" and all(arg.head == "Symbol" for arg in term.args), "shape", "a list of variables is needed")
    names = [arg.args[0] for arg in term.args]
    require(len(set(names)) == len(names), "shape", "the variables must be different")
    return names


def _at(s: Situation, term: Term, names: list[str]) -> Fraction:
    """The value of a term at the rational point that the witness gives."""
    point = s.witness.get("point", {})
    algebra = Algebra(s.table, [term])
    for name in names:
        value = point.get(name)
        require(isinstance(value, Term) and value.head == "Number", "witness", "the point must give a number for each variable")
        algebra.rewrites[name] = value
    top, bottom = algebra.value(term)
    require(top.is_constant() and bottom.is_constant(), "shape", "not a number at that point")
    quotient = fmpq(0) if top.is_zero() else top.leading_coefficient() / bottom.leading_coefficient()
    return Fraction(int(quotient.p), int(quotient.q))


def independent(s: Situation) -> None:
    """The Jacobian of Q_1, …, Q_m has rank k at the witness's point  ⊢  k of the quantities are functionally independent near it.

    Refuses when the rank at that point is lower.
    """
    name, count, quantities, variables = s.claimed("Predicate")
    require(name == "independent", "shape", "the claim should count independent quantities")
    names = _variables(s, variables)
    rows = [[_at(s, Differentiation(x, {}).of(q), names) for x in names] for q in quantities.args]
    matrix = fmpq_mat(len(rows), len(names), [fmpq(c.numerator, c.denominator) for row in rows for c in row])
    require(count == number(int(matrix.rank())), "not-equal", "the rank at that point is another")


def at_most_independent(s: Situation) -> None:
    """The field on n variables does not vanish at the witness's point  ⊢  near it at most n - 1 conserved quantities are independent.

    Refuses when the field vanishes there.
    """
    name, count, field, variables = s.claimed("Predicate")
    require(name == "at_most_independent", "shape", "the claim should bound the number of quantities")
    names = _variables(s, variables)
    require(len(field.args) == len(names), "shape", "a field has one component per variable")
    require(any(_at(s, part, names) != 0 for part in field.args), "does-not-follow", "the field vanishes at that point")
    require(count == number(len(names) - 1), "not-equal", "the bound is the number of variables less one")


def no_polynomial(s: Situation) -> None:
    """The map Q ↦ ∇Q·f on polynomials of degree at most d has rank (number of monomials) - 1  ⊢  only constants are conserved.

    The rank is taken modulo a prime, which can only lower it. Refuses when the rank is lower.
    """
    name, degree, field, variables = s.claimed("Predicate")
    require(name == "no_polynomial", "shape", "the claim should exclude polynomials up to a degree")
    names = _variables(s, variables)
    algebra = Algebra(s.table, [s.claim])
    components: list[Poly] = []
    for part in field.args:
        top, bottom = algebra.value(part)
        require(bottom.is_constant(), "shape", "the field must be polynomial")
        components.append(top / bottom.leading_coefficient())
    slots = [algebra.slot(x, Term("Symbol", (x,))) for x in names]
    total = int(degree.args[0])
    monomials = [m for d in range(1, total + 1) for m in combinations_with_replacement(range(len(names)), d)]
    require(0 < len(monomials) <= MAX_MONOMIALS and len(components) == len(names), "too-large", "too many monomials")
    require(all(i in slots for f in components for _, fs in algebra.monomials(f) for i, _ in fs), "shape", "a parameter occurs")
    rows, columns = [], {}
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
