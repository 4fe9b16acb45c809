"""The gradient of a loss as a system of polynomial equations, each component a step."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import Term, apply, eq, free_symbols, subterms, symbol
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, derivative
from derivations.tactics.elimination import Polynomial, whole
from derivations.tactics.hessians import for_all_of, partial, unit
from derivations.tactics.linear import signs_of
from derivations.tactics.proof import Proof

MAX_PARAMETERS = 6
ALGEBRAIC = frozenset({"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow"})


@dataclass(frozen=True)
class Gradient:
    """The slopes, the labels of L_i = slope for all parameters, and the numerators of the slopes."""

    names: tuple[str, ...]
    body: Term
    defined: str
    slopes: list[Term]
    first: list[str]
    numerators: list[Polynomial]


def gradient_steps(proof: Proof, problem: Problem) -> Gradient:
    """Definition of the loss and its first derivatives. Raises Undecided for a loss that is not rational, or has constants."""
    loss = problem.loss
    if loss.body is None:
        raise Undecided("this question needs a loss given by an expression")
    names, n = loss.parameters, len(loss.parameters)
    if n > MAX_PARAMETERS:
        raise Undecided(f"all critical points in more than {MAX_PARAMETERS} parameters are not searched for")
    _require_rational(loss.body, names)
    for name in names:
        proof.declare(name, "real", "parameter")
    proof.declare("L", "function")
    x = [symbol(name) for name in names]
    defined = proof.define(for_all_of(names, eq(apply("L", *x), loss.body)), "the loss")
    for node in subterms(loss.body):
        if _may_vanish(proof, node):
            raise Undecided(f"the loss is not defined everywhere: a denominator of {ascii_text(node)} may be zero")
    slopes, first = [], []
    for i, name in enumerate(names):
        slopes.append(derivative(loss.body, name))
        claim = for_all_of(names, eq(partial("L", unit(i, n), x), slopes[i]))
        first.append(proof.step("derivative", claim, defined, because=f"differentiate by {name}"))
    numerators = [_numerator(slope, names) for slope in slopes]
    if not any(numerators):
        raise Undecided("the loss is the same everywhere: every point is a critical point")
    return Gradient(names, loss.body, defined, slopes, first, numerators)


def _require_rational(body: Term, names: tuple[str, ...]) -> None:
    constants = sorted(free_symbols(body) - set(names))
    if constants:
        known = "has no value" if len(constants) == 1 else "have no values"
        raise Undecided(f"all critical points are found for given numbers, and {', '.join(constants)} {known} (see --set)")
    for node in subterms(body):
        if node.head not in ALGEBRAIC or (node.head == "Pow" and not _is_whole(node.args[1])):
            raise Undecided(f"all critical points are found for polynomials and their quotients, not with {node.head.lower()}")


def _may_vanish(proof: Proof, node: Term) -> bool:
    """Whether the term divides by something that may be zero."""
    if node.head == "Div":
        return 0 in signs_of(proof, node.args[1])
    return node.head == "Pow" and node.args[1].head == "Neg" and 0 in signs_of(proof, node.args[0])


def _is_whole(exponent: Term) -> bool:
    value = exponent.args[0] if exponent.head == "Number" else exponent.args[0].args[0] if exponent.head == "Neg" else None
    return isinstance(value, Fraction) and value.denominator == 1


def _numerator(slope: Term, names: tuple[str, ...]) -> Polynomial:
    """The slope's numerator; for a polynomial the slope itself."""
    bridge = Bridge()
    expression: Any = bridge.to_sympy(slope)
    x = [bridge.to_sympy(symbol(name)) for name in names]
    _, bottom = sp.fraction(sp.together(expression))
    polynomial = sp.Poly(expression if not bottom.free_symbols else sp.cancel(expression).as_numer_denom()[0], *x)
    found = {m: Fraction(int(c.p), int(c.q)) for m, c in polynomial.terms() if c}
    return found if not bottom.free_symbols or not found else whole(found)
