"""Newton's map beside gradient descent with the inverse curvature as its learning rate."""

from __future__ import annotations

from derivations.language.terms import (
    ONE,
    Term,
    apply,
    div,
    eq,
    for_all,
    free_symbols,
    mul,
    power,
    rebuild,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, derivative, tidy
from derivations.tactics.higher_order import RATIONAL
from derivations.tactics.linear import Error, flat, minus, one_parameter
from derivations.tactics.proof import Proof


def _newton_map(proof: Proof, name: str) -> str:
    x = symbol(name)
    proof.declare("N", "function", "Newton's map")
    slope, curvature = (Term("Derivative", ("L", (k,), x)) for k in (1, 2))
    return proof.define(for_all(name, eq(apply("N", x), sub(x, div(slope, curvature)))), "Newton's map")


def newton_steps(proof: Proof, problem: Problem, error: Error, curved: list[str]) -> list[str]:
    """∀x N(x) = p, for a quadratic loss and a method that stays at its minimum; nothing otherwise."""
    loss, name = one_parameter(problem)
    assert loss.body is not None
    if error.point != loss.at[name]:
        return []
    x, defined = symbol(name), _newton_map(proof, name)
    first = next(step.label for step in proof.steps if step.rule == "derivative")
    second = eq(Term("Derivative", ("L", (2,), x)), tidy(derivative(derivative(loss.body, name), name)))
    curvature = proof.step(
        "derivative", for_all(name, second), proof.definitions[0].label, because="differentiate twice"
    )
    claim = eq(apply("N", x), error.point)
    one = proof.step("identity", claim, defined, first, curvature, *curved, because="insert the derivatives")
    return [proof.step("generalise", for_all(name, claim), one, because="from every start")]


def second_order_steps(proof: Proof, problem: Problem, error: Error, rate: str, best: Term) -> list[str]:
    """The limits of (F(x) - p)/(x - p)**2, eta being the inverse curvature, and of (N(x) - p)/(x - p)**2."""
    loss, name = one_parameter(problem)
    if (
        loss.body is None
        or any(node.head not in RATIONAL for node in subterms(loss.body))
        or rate in free_symbols(loss.body)
    ):
        return []
    x, point = symbol(name), error.point
    defined = proof.definitions[0].label
    slopes = [
        proof.step("derivative", for_all(name, eq(Term("Derivative", ("L", (k,), x)), _derived(loss.body, name, k))), defined,
                   because="differentiate" if k == 1 else "differentiate again")
        for k in (1, 2)
    ]  # fmt: skip
    newton = _newton_map(proof, name)
    fixed = next(item for item in proof.definitions if item.claim.args[1].args[0] == apply("F", x))
    gradient = _without_ones(flat(substitute(fixed.claim.args[1].args[1], {rate: best})))
    labels = []
    for value, premises in ((gradient, ()), (apply("N", x), (newton,))):
        ratio = div(minus(value, point), power(minus(x, point), 2))
        found = _limit(proof, ratio, name, point, premises, slopes)
        labels.append(proof.step("limit", tends(ratio, name, point, found), *premises, *slopes,
                                 because="the error after a step, compared with the square of the error before"))  # fmt: skip
    return labels


def _without_ones(term: Term) -> Term:
    """Products without the factor 1."""
    term = rebuild(term, _without_ones)
    if term.head == "Mul":
        return mul(*(arg for arg in term.args if arg != ONE))
    return term


def _derived(body: Term, name: str, order: int) -> Term:
    for _ in range(order):
        body = derivative(body, name)
    return body


def _limit(proof: Proof, ratio: Term, name: str, point: Term, premises: tuple[str, ...], slopes: list[str]) -> Term:
    import sympy as sp

    for label in (*premises, *slopes):
        left, right = proof.claims[label].args[1].args
        ratio = _put(ratio, left, right)
    bridge = Bridge()
    expression = sp.cancel(sp.together(bridge.to_sympy(ratio)))
    return bridge.to_term(sp.factor(sp.cancel(expression.subs(bridge.to_sympy(symbol(name)), bridge.to_sympy(point)))))


def _put(term: Term, left: Term, right: Term) -> Term:
    if term == left:
        return right
    return Term(term.head, tuple(_put(arg, left, right) if isinstance(arg, Term) else arg for arg in term.args))
