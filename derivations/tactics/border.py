"""Beyond the linearisation, for one parameter: two steps at the end of the stable range, and the corrected distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    for_all,
    free_symbols,
    mul,
    ne,
    number,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, coefficient_of, derivative, tidy
from derivations.tactics.higher_order import RATIONAL
from derivations.tactics.linear import (
    declare_problem,
    gradient_steps,
    learning_rate,
    minus,
    one_parameter,
    require_critical,
    updated,
)
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Border:
    """x, the point, F(x) with the gradient inserted, the slope at the point; the labels of ∀x F(x) = that, and of two steps."""

    x: Term
    point: Term
    explicit: Term
    slope: Term
    every: str
    twice: str

    def corrected(self, proof: Proof) -> str:
        """Label of the limit of the corrected distance."""
        return _corrected(proof, self.x, self.point, self.explicit, self.slope, self.every)


def border_steps(proof: Proof, problem: Problem) -> Border:
    """The map F, and the label of the limit of two steps at the learning rate at which its slope is -1."""
    loss, name = one_parameter(problem)
    rate = learning_rate(problem.optimizer)
    if loss.body is None or any(node.head not in RATIONAL for node in subterms(loss.body)):
        raise Undecided("this question needs a polynomial or rational loss of one parameter")
    declare_problem(proof, problem, loss)
    labels, gradient = gradient_steps(proof, loss, 1)
    assert gradient is not None
    require_critical(loss, gradient)
    x, point = symbol(name), loss.at[name]
    proof.declare("F", "function")
    rule = updated(problem, x, lambda at: Term("Derivative", ("L", (1,), at)))
    defined = proof.define(for_all(name, eq(apply("F", x), rule)), "one step of the method")
    explicit = updated(problem, x, lambda at: substitute(gradient, {name: at}))
    update = proof.step("identity", eq(apply("F", x), explicit), defined, labels[1], because="insert the derivative")
    every = proof.step("generalise", for_all(name, eq(apply("F", x), explicit)), update, because="for every value")
    slope = tidy(substitute(derivative(explicit, name), loss.at))
    end = _where(slope, rate)
    twice = _two_steps(proof, x, point, substitute(rule, {rate: end}), substitute(explicit, {rate: end}), labels[1])
    return Border(x, point, explicit, slope, every, twice)


def _where(slope: Term, rate: str) -> Term:
    """The learning rate at which the slope is -1."""
    try:
        factor, start = coefficient_of(slope, symbol(rate))
    except Undecided:
        message = f"the border is found where the slope is a multiple of {rate} and a constant; here it is {ascii_text(slope)}"
        raise Undecided(message) from None
    if factor == ZERO:
        raise Undecided("the slope does not depend on the learning rate")
    return tidy(div(sub(number(-1), start), factor))


def _two_steps(proof: Proof, x: Term, point: Term, rule: Term, explicit: Term, slope: str) -> str:
    """(G(G(x)) - x)/(x - p)**3 as x tends to p, G the update at the end of the stable range."""
    (name,) = x.args
    once, twice, first = apply("G", x), apply("G", apply("G", x)), tidy(explicit)
    proof.declare("G", "function", "the update at the end of the stable range")
    known = _nonzero(proof, explicit)
    defined = proof.define(for_all(name, eq(once, rule)), "the update with the learning rate at which its slope is -1")
    one = proof.step("identity", eq(once, first), defined, slope, *known, because="insert the derivative")
    every = proof.step("generalise", for_all(name, eq(once, first)), one, because="for every value")
    then = eq(twice, substitute(first, {name: once}))
    again = proof.step("instantiate", then, every, values={name: once}, because="the second step")
    second = substitute(first, {name: first})
    both = proof.step("rewrite", eq(twice, second), again, every, because="insert the first step")
    general = proof.step("generalise", for_all(name, eq(twice, second)), both, because="for every value")
    distance = power(minus(x, point), 3)
    value = _value(div(sub(second, x), distance), name, point)
    return proof.step("limit", tends(div(sub(twice, x), distance), name, point, value), general, *known,
                      because="the first and second orders cancel")  # fmt: skip


def _corrected(proof: Proof, x: Term, point: Term, explicit: Term, slope: Term, every: str) -> str:
    """psi(x) = (x - p) + k*(x - p)**2 with (psi(F(x)) - m*psi(x))/(x - p)**2 -> 0; k is found."""
    (name,) = x.args
    curve = div(substitute(derivative(derivative(explicit, name), name), {name: point}), number(2))
    factor = tidy(div(curve, sub(slope, power(slope, 2))))

    def corrected(at: Term) -> Term:
        square = mul(factor, power(minus(at, point), 2))
        return minus(at, point) if factor == ZERO else add(minus(at, point), square)

    proof.declare("psi", "function", "a corrected distance from the point")
    image = apply("F", x)
    defined = proof.define(for_all(name, eq(apply("psi", x), corrected(x))), "the corrected distance")
    then = eq(apply("psi", image), corrected(image))
    after = proof.step("instantiate", then, defined, values={name: image}, because="after a step")
    moved = proof.step("rewrite", eq(apply("psi", image), corrected(explicit)), after, every, because="insert the step")
    general = proof.step("generalise", for_all(name, proof.claims[moved]), moved, because="for every value")
    change = sub(apply("psi", image), mul(slope, apply("psi", x)))
    known = _nonzero(proof, factor)
    claim = tends(div(change, power(minus(x, point), 2)), name, point, ZERO)
    return proof.step("limit", claim, general, defined, *dict.fromkeys((*known, *_nonzero(proof, explicit))),
                      because="the second order cancels")  # fmt: skip


def _value(ratio: Term, name: str, point: Term) -> Term:
    bridge = Bridge()
    expression: Any = sp.cancel(sp.together(bridge.to_sympy(ratio)))
    x = bridge.to_sympy(symbol(name))
    return bridge.to_term(sp.factor(sp.cancel(expression.subs(x, bridge.to_sympy(point)))))


def _nonzero(proof: Proof, term: Term) -> list[str]:
    """Labels of the hypotheses that the denominators of a term do not vanish."""
    bridge = Bridge()
    bottom = sp.fraction(sp.together(bridge.to_sympy(term)))[1]
    known = {item.claim: item.label for item in proof.hypotheses}
    labels = []
    for factor, _ in sp.factor_list(bottom)[1]:
        claim = ne(bridge.to_term(factor), ZERO)
        bound = {row.name for row in proof.variables.values() if row.meaning == "parameter"}
        if free_symbols(claim) and not free_symbols(claim) & bound:
            known[claim] = known.get(claim) or proof.assume(claim, "it does not vanish")
            labels.append(known[claim])
    return labels
