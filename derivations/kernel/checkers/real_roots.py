"""Polynomial equations: combinations of equations, all real roots of a polynomial, and when two expressions are one root."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from flint import fmpq

from derivations.kernel.algebra import Algebra, rational_coefficients
from derivations.kernel.checkers.numbers import enclosure, number_sign, roots_between, sturm_sequence
from derivations.kernel.rules.algebra import facts_of
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.terms import Term, eq, free_symbols, function_names, lt, sub, subterms

_PLAIN = frozenset({"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow", "Sqrt", "RootOf", "Apply", "Derivative", "Eq"})


def combination(s: Situation) -> None:
    """l_1 = r_1, l_2 = r_2, …  ⊢  l = r, because l - r = Σ a_i·(l_i - r_i).

    The witness lists the factors a_i, one for each premise. Refuses when the two sides of that sum differ, when a denominator
    may be zero, and where there is a sum, an expectation or anything random.
    """
    left, right = s.claimed("Eq")
    factors = s.witness.get("factors")
    fine = isinstance(factors, tuple) and len(factors) == len(s.premises) and all(isinstance(a, Term) for a in factors)
    require(fine, "witness", "a factor for each premise is needed")
    assert isinstance(factors, tuple)
    for formula in (s.claim, *s.premises, *factors):
        plain = all(node.head in _PLAIN for node in subterms(formula)) and not s.table.is_random(formula)
        require(plain, "shape", "only equations between plain numbers are combined")
        s.table.check_names(formula)
    algebra = Algebra(s.table, [s.claim, *s.premises, *factors])
    gap = algebra.difference(left, right)
    for premise, factor in zip(s.premises, factors, strict=True):
        part = algebra.times(algebra.value(factor), algebra.difference(*s.claimed("Eq", premise)))
        gap = algebra.plus(gap, algebra.scale(part, -1))
    require(algebra.is_zero(gap), "not-equal", "the combination does not add up")
    facts_of(s, algebra).require_domain()


def real_roots(s: Situation) -> None:
    """p(x) = 0  ⇔  x = r_1 ∨ … ∨ x = r_k, p a polynomial over Q that has k real roots by Sturm's count, r_i different roots of it.

    For k = 0 the right side is False. Refuses when p is constant or not over Q, when an r_i is no root, when two are not told
    apart, or when there are more real roots.
    """
    equation, solutions = s.claimed("Iff")
    left, right = s.claimed("Eq", equation)
    parts = solutions.args if solutions.head == "Or" else () if solutions.head == "False" else (solutions,)
    names = free_symbols(equation)
    require(len(names) == 1, "shape", "an equation in one variable is needed")
    (name,) = names
    values = [s.claimed("Eq", part) for part in parts]
    require(all(x == Term("Symbol", (name,)) for x, _ in values), "shape", f"the solutions should be values of {name}")
    coefficients = rational_coefficients(s.table, sub(left, right), name)
    roots = [value for _, value in values]
    for value in roots:
        require_root(s, coefficients, value)
    balls = [enclosure(s.table, value) for value in roots]
    order = sorted(balls, key=lambda ball: float(ball.mid()))
    require(all(bool(a < b) for a, b in pairwise(order)), "sign-unknown", "two of the roots are not told apart")
    bound = 2 + max(abs(c / coefficients[-1]) for c in coefficients)
    count = roots_between(sturm_sequence(coefficients), -bound, bound)
    require(count == len(roots), "does-not-follow", f"the polynomial has {count} real roots")


def require_root(s: Situation, coefficients: list[Fraction], value: Term) -> None:
    """Raises Refused unless the constant is defined and the polynomial, given by its coefficients, vanishes there exactly."""
    require(not free_symbols(value) and not function_names(value), "shape", "a root must be a constant")
    if value.head != "Number":
        _require_defined(s, value)
    algebra = Algebra(s.table, [value])
    top, bottom = algebra.value(value)
    require(bottom.is_constant(), "shape", "a root must be written without irrational denominators")
    point, result = top / bottom.leading_coefficient(), algebra.zero
    for c in reversed(coefficients):  # Horner's scheme, reduced at each step
        result = algebra.reduce(algebra.product(result, point)) + fmpq(c.numerator, c.denominator)
    require(bool(algebra.reduce(result).is_zero()), "not-equal", "this is not a root of the polynomial")


def _require_defined(s: Situation, value: Term) -> None:
    number_sign(Situation(s.table, eq(value, value), (), {}, (), s.fixed))


def same_root(s: Situation) -> None:
    """a = b, both being roots of p between low and high, where p has only one root.

    The witness gives the polynomial p, its variable, low and high. Refuses when a or b is no root of p or does not lie
    between the two, or when p has another root there.
    """
    one, other = s.claimed("Eq")
    name, low, high = s.witness.get("variable"), s.term("low"), s.term("high")
    require(isinstance(name, str), "witness", "the polynomial's variable is needed")
    assert isinstance(name, str)
    coefficients = rational_coefficients(s.table, s.term("polynomial"), name)
    a, b = _rational(s, low), _rational(s, high)
    fine = a < b and roots_between(sturm_sequence(coefficients), a, b) == 1
    require(fine, "does-not-follow", "there is not just one root in the interval")
    for value in (one, other):
        require_root(s, coefficients, value)
        for claim in (lt(low, value), lt(value, high)):
            number_sign(Situation(s.table, claim, (), {}, (), s.fixed))


def _rational(s: Situation, term: Term) -> Fraction:
    top, bottom = Algebra(s.table, [term], field=False).value(term)
    require(top.is_constant() and bottom.is_constant(), "witness", "the ends of the interval must be rational")
    value = top.leading_coefficient() / bottom.leading_coefficient() if top else fmpq(0)
    return Fraction(int(value.p), int(value.q))


RULES: dict[str, Rule] = {"combination": combination, "real-roots": real_roots, "same-root": same_root}
