"""The characteristic polynomial of a linear iteration, laid out for reading: det(z - M) = z**n + ..."""

from __future__ import annotations

from derivations.language.terms import ONE, Term, add, eq, for_all, matrix, neg, power, symbol
from derivations.tactics.algebra import is_zero, tidy
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import minus
from derivations.tactics.linear_systems import Row, States
from derivations.tactics.new_values import multiple
from derivations.tactics.proof import Proof


def characteristic_polynomial(proof: Proof, states: States) -> str:
    """∀z det(z*I - M) = z**n + ..."""
    z = _variable(proof)
    shifted = matrix([[minus(symbol(z), entry) if i == j else tidy(neg(entry)) for j, entry in enumerate(row)]
                      for i, row in enumerate(states.rows)])  # fmt: skip
    claim = eq(Term("Det", (shifted,)), polynomial_in(z, states.coefficients))
    step = proof.step("identity", claim, *states.conditions, because="expand the determinant")
    return proof.step("generalise", for_all(z, claim), step, because="for every number")


def _variable(proof: Proof) -> str:
    """The variable of characteristic polynomials, declared if it is not."""
    meaning = "variable of the characteristic polynomial"
    known = [one.name for one in proof.variables.values() if one.meaning == meaning]
    return known[0] if known else proof.declare(fresh("z", {name for name, _ in proof.variables}), "real", meaning)


def polynomial_in(z: str, coefficients: Row) -> Term:
    """The polynomial with these coefficients, the highest first, without zeros, ones and double signs."""
    parts: list[Term] = []
    degree = len(coefficients) - 1
    for i, c in enumerate(coefficients):
        k = degree - i
        variable = power(symbol(z), k) if k > 1 else symbol(z) if k else ONE
        if not is_zero(c):
            parts.append(_signed(c, variable))
    return add(*(part for one in parts for part in (one.args if one.head == "Add" else (one,))))


def _signed(c: Term, variable: Term) -> Term:
    """c*z**k; a sum of more negative terms than positive ones is written with a minus in front."""
    negative = c.head == "Add" and 2 * sum(part.head == "Neg" for part in c.args) > len(c.args)
    if (negative and variable != ONE) or (negative and c.args[0].head == "Neg"):
        return neg(multiple(tidy(neg(c)), variable))
    return c if variable == ONE else multiple(c, variable)


def linear_polynomial(proof: Proof, ratio: Term) -> str:
    """∀z det([z - m]) = z - m."""
    z = _variable(proof)
    claim = eq(Term("Det", (matrix([[minus(symbol(z), ratio)]]),)), minus(symbol(z), ratio))
    step = proof.step("identity", claim, because="expand the determinant")
    return proof.step("generalise", for_all(z, claim), step, because="for every number")

