"""Quadratic forms that a linear step with memory multiplies by a factor: Q(M z) = c*Q(z).

A step acts linearly on quadratic forms; Q is an eigenvector of that action, c its eigenvalue. For two states the product of the
roots is always one, so that c is a rational function of the hyperparameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    for_all,
    mul,
    neg,
    power,
    sub,
    substitute,
    symbol,
)
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.linear import T, closed_form, flat, minus
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import TwoStates


@dataclass(frozen=True)
class MapForm:
    """The coefficients of x**2, x*y and y**2, and the factor."""

    coefficients: tuple[Term, Term, Term]
    factor: Term

    def of(self, x: Term, y: Term) -> Term:
        parts = zip(self.coefficients, (power(x, 2), mul(x, y), power(y, 2)), strict=True)
        return add(*(_times(c, body) for c, body in parts if c != ZERO))


def _times(factor: Term, body: Term) -> Term:
    if factor.head == "Neg":
        return neg(_times(factor.args[0], body))
    return body if factor == ONE else flat(mul(factor, body))


def map_form(states: TwoStates) -> MapForm:
    """The form whose factor is the product of the roots: the null space of the action less that factor, without denominators."""
    bridge = Bridge()
    (a, b), (c, d) = ([bridge.to_sympy(entry) for entry in row] for row in states.rows)
    action = sp.Matrix([[a * a, a * c, c * c], [2 * a * b, a * d + b * c, 2 * c * d], [b * b, b * d, d * d]])
    factor = sp.cancel(a * d - b * c)
    space = (action - factor * sp.eye(3)).applyfunc(sp.cancel).nullspace()
    if not space:
        raise Undecided("no quadratic form is multiplied by the product of the roots")
    vector = [sp.cancel(entry) for entry in space[0]]
    bottom = sp.lcm_list([sp.fraction(sp.together(entry))[1] for entry in vector])
    whole = [sp.cancel(entry * bottom) for entry in vector]
    common = sp.gcd_list(whole)
    whole = [sp.factor(sp.cancel(entry / common)) for entry in whole]
    leading = next(entry for entry in whole if entry != 0)
    if leading.subs(dict.fromkeys(leading.free_symbols, sp.Rational(1, 10))) < 0:  # for small hyperparameters
        whole = [sp.factor(-entry) for entry in whole]
    first, mixed, last = (tidy(bridge.to_term(entry)) if entry != 0 else ZERO for entry in whole)
    return MapForm((first, mixed, last), states.product)


def multiplied(proof: Proof, states: TwoStates, form: MapForm) -> tuple[str, str]:
    """Q(x(t+1), y(t+1)) = c*Q(x(t), y(t)), and Q(x(t), y(t)) = c**t*Q(a, b) from every start."""
    labels = [_explicit(proof, states, i) for i in (0, 1)]
    now = [minus(states.now(i), states.limits[i]) for i in (0, 1)]
    after = [substitute(part, {"t": add(T, ONE)}) for part in now]
    begin = [minus(symbol(states.start[i]), states.limits[i]) for i in (0, 1)]
    claim = eq(form.of(after[0], after[1]), mul(form.factor, form.of(now[0], now[1])))
    step = proof.step("identity", claim, *labels, *states.conditions, because="insert the step: the form is multiplied")
    every = proof.step("generalise", for_all("t", claim), step, because="at every step")
    known = [*states.starts, *states.conditions]
    closed = closed_form(proof, every, form.of(now[0], now[1]), form.factor, form.of(begin[0], begin[1]), known)
    return _from_every_start(proof, states, every), _from_every_start(proof, states, closed)


def _from_every_start(proof: Proof, states: TwoStates, label: str) -> str:
    a, b = states.start
    return proof.step("generalise", for_all(a, for_all(b, proof.claims[label])), label, because="from every start")


def _explicit(proof: Proof, states: TwoStates, i: int) -> str:
    """x(t+1) alone on the left."""
    limit, label = states.limits[i], states.updates[i]
    if limit == ZERO:
        return label
    after = apply(states.names[i], add(T, ONE), *map(symbol, states.start))
    split = proof.step("identity", eq(after, add(sub(after, limit), limit)), because="add and take away")
    body = proof.claims[label]
    while body.head == "ForAll":
        body = body.args[1]
    return proof.step("rewrite", eq(after, add(body.args[1], limit)), split, label, because="insert the step")
