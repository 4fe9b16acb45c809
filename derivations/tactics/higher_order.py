"""Beyond the second order, for one parameter: the first derivative that does not vanish at the point."""

from __future__ import annotations

from math import factorial

from derivations.language.terms import apply, div, eq, number, power, sub, substitute, subterms, symbol, tends
from derivations.tactics.algebra import derivative, is_zero, tidy
from derivations.tactics.hessians import Hessian
from derivations.tactics.linear import minus
from derivations.tactics.proof import Proof

MAX_ORDER = 12
RATIONAL = frozenset({"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow"})


def higher_order_steps(proof: Proof, hessian: Hessian) -> str | None:
    """(L(x) - L(a))/(x - a)**k -> L^(k)(a)/k!, k the order of the first derivative that does not vanish at a.

    None for a loss that is not rational, or flat to a high order.
    """
    loss = hessian.loss
    (name,) = loss.parameters
    assert loss.body is not None
    point, body, order = loss.at[name], derivative(loss.body, name), 1
    while is_zero(tidy(substitute(body, loss.at))):
        body, order = derivative(body, name), order + 1
        if order > MAX_ORDER:
            return None
    if any(node.head not in RATIONAL for node in subterms(loss.body)):
        return None
    value, defined = tidy(substitute(body, loss.at)), proof.definitions[0].label
    start = tidy(substitute(loss.body, loss.at))
    there = proof.step(
        "instantiate", eq(apply("L", point), start), defined, values={name: point}, because="the loss there"
    )
    coefficient = tidy(div(value, number(factorial(order))))
    ratio = div(sub(apply("L", symbol(name)), apply("L", point)), power(minus(symbol(name), point), order))
    words = "near the point the loss changes like this power of the distance"
    return proof.step("limit", tends(ratio, name, point, coefficient), defined, there, because=words)
