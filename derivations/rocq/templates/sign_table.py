"""Relations in one quantity, in Rocq: irreducible quadratic factors by their roots, the rest is a table of signs.

The order of the linear factors on the line is what the table of signs knows already (derivations/rocq/sheets.py).
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.algebra import Algebra, Poly
from derivations.language.terms import (
    RELATIONS,
    ZERO,
    Term,
    add,
    conj,
    disj,
    div,
    eq,
    iff,
    lt,
    mul,
    number,
    power,
    sub,
    subterms,
)
from derivations.rocq.algebra import equation_script
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.kinds import proper
from derivations.rocq.signs import signs_script
from derivations.rocq.templates.numbers import number_sign


def sign_table(goal: Goal) -> str:
    """By the signs of the factors, once those of the quadratic ones are known.

    a·N² + b·N + c is a·(N + b/2a)² + d with a·d > 0, or a·(N - r)·(N - s) with irrational r < s.
    """
    quantity = goal.term("variable")
    given = [(premise.term, premise.name) for premise in goal.premises]
    formulas = [goal.claim, *(formula for formula, _ in given)]
    relations = [node for formula in formulas for node in subterms(formula) if node.head in RELATIONS]
    algebra = Algebra(goal.table, [quantity, *relations])
    monomial = algebra.reduce(algebra.value(quantity)[0])
    lines, known = [], set()
    for relation in relations:
        for poly in algebra.difference(relation.args[1], relation.args[0]):
            for factor, _ in algebra.reduce(poly).factor()[1] if not poly.is_zero() else ():
                if str(factor) in known or factor.is_constant():
                    continue
                known.add(str(factor))
                found = _coefficients(algebra, factor, monomial)
                if len(found) > 2:
                    claim, script = _known(goal, proper(algebra.term_of_poly(factor)), quantity, found)
                    name = goal.fresh("K")
                    lines.append(f"assert ({name} : {goal.say(claim)}).\n{{ {script} }}")
                    given.append((claim, name))
    return "\n".join([*lines, signs_script(goal, goal.claim, given)])


def _coefficients(algebra: Algebra, poly: Poly, monomial: Poly) -> list[Fraction]:
    """The rational coefficients of a polynomial in the quantity, the constant first; those of degree one may be algebraic: none."""
    rest = poly
    powers = {str(monomial**k): k for k in range(poly.total_degree() + 1)}
    coefficients: dict[int, Fraction] = {}
    for c, factors in algebra.monomials(rest):
        term = algebra.one
        for i, e in factors:
            term *= algebra.generators[i] ** e
        if str(term) not in powers:
            if poly.total_degree() <= monomial.total_degree():
                return []
            raise Unsupported("algebraic coefficients in degree two or more")
        degree = powers[str(term)]
        coefficients[degree] = Fraction(int(c.p), int(c.q))
    return [coefficients.get(k, Fraction(0)) for k in range(max(coefficients) + 1)]


def _known(goal: Goal, factor: Term, quantity: Term, coefficients: list[Fraction]) -> tuple[Term, str]:
    """What is known of the sign of a quadratic factor, and its proof."""
    if len(coefficients) != 3:
        raise Unsupported("an irreducible polynomial of degree three or more")
    c, b, a = coefficients
    between = b * b - 4 * a * c > 0
    return (_with_roots if between else _without_roots)(goal, factor, quantity, coefficients)


def _with_roots(goal: Goal, factor: Term, quantity: Term, coefficients: list[Fraction]) -> tuple[Term, str]:
    """a*N**2 + b*N + c = a*(N - r)*(N - s) with irrational r < s is zero there, and has the other sign than a between the two."""
    c, b, a = coefficients
    middle, root = number(-b / (2 * a)), Term("Sqrt", (number((b * b - 4 * a * c) / (4 * a * a)),))
    low, high = sub(middle, root), add(middle, root)
    zero = iff(eq(factor, ZERO), disj(eq(quantity, low), eq(quantity, high)))
    sides = (factor, ZERO) if a > 0 else (ZERO, factor)
    claim = conj(zero, iff(lt(*sides), conj(lt(low, quantity), lt(quantity, high))))
    whole, equal, order = mul(number(a), mul(sub(quantity, low), sub(quantity, high))), goal.fresh("Z"), goal.fresh("Z")
    script, apart = equation_script(goal, factor, whole, ()), number_sign(goal.replace(claim=lt(low, high), premises=()))
    return claim, (
        f"assert ({equal} : {goal.real(factor)} = {goal.real(whole)}).\n{{ {script} }}\n"
        f"assert ({order} : {goal.real(low)} < {goal.real(high)}).\n{{ {apart} }}\n"
        f"apply (between_roots_{'up' if a > 0 else 'down'} _ ({goal.real(number(a))})); [lra | exact {order} | exact {equal}]."
    )


def _without_roots(goal: Goal, factor: Term, quantity: Term, coefficients: list[Fraction]) -> tuple[Term, str]:
    """The sign of a quadratic without real roots, and its proof."""
    c, b, a = coefficients
    rest = c - b * b / (4 * a)
    claim = lt(ZERO, factor) if a > 0 else lt(factor, ZERO)
    middle = add(quantity, div(number(b), number(2 * a)))
    whole = add(mul(number(a), power(middle, 2)), number(rest))
    name, square = goal.fresh("Z"), goal.fresh("Z")
    script = equation_script(goal, sub(factor, ZERO), sub(whole, ZERO), ())
    return claim, (
        f"assert ({name} : {goal.real(sub(factor, ZERO))} = {goal.real(sub(whole, ZERO))}).\n{{ {script} }}\n"
        f"assert ({square} := pow2_ge_0 ({goal.real(middle)})). lra."
    )
