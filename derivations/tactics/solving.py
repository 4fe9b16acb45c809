"""One inequality solved for the learning rate, what is known to be positive being divided out."""

from __future__ import annotations

import sympy as sp

from derivations.language.terms import ZERO, Term, iff, lt, symbol
from derivations.tactics.algebra import Bridge
from derivations.tactics.conditions import Prover, readable, simplified
from derivations.tactics.proof import Proof


def step_forward(proof: Proof, rate: str) -> str:
    """0 < eta: the label of a hypothesis that is there already, or of a new one."""
    eta = symbol(rate)
    known = [item.label for item in proof.hypotheses if item.claim in (lt(ZERO, eta), Term("Gt", (eta, ZERO)))]
    return known[0] if known else proof.assume(lt(ZERO, eta), "a step forward")


def solved(prover: Prover, condition: Term, rate: str) -> tuple[Term, str]:
    """The condition without the factors that are known to be positive, solved for the learning rate, and the label of the step."""
    bridge = Bridge()
    low, high = map(bridge.to_sympy, condition.args)
    sign, rest = 1, sp.Integer(1)
    constant, factors = sp.factor_list(high - low)
    for factor, times in [(constant, 1), *factors]:
        part = bridge.to_term(factor)
        negative = prover.sign(part) == {-1}
        sign *= -1 if negative and times % 2 else 1
        rest *= 1 if negative or prover.way(lt(ZERO, part), ()) is not None else factor**times
    shorter = readable(prover, Term(condition.head, (ZERO, bridge.to_term(sp.expand(sign * rest)))), rate, ())
    way = prover.way(iff(condition, shorter), ())
    if way is not None:
        return shorter, prover.step(iff(condition, shorter), way, {}, "solve for the learning rate")
    region = simplified(prover, (condition,), rate, "solve for the learning rate")
    return region.formula, region.label
