"""Leading order for a small learning rate: m**j = 1 - j*h + j*(j - 1)/2*h**2 - j*(j - 1)*(j - 2)/6*h**3 + h**3*r(j), h = 1 - m.

The rest r is defined by a recurrence from place to place, r(j + 1) = m*r(j) + h*j*(j - 1)*(j - 2)/6, and vanishes with the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    for_all,
    free_symbols,
    lt,
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
from derivations.tactics.algebra import Bridge, factored, is_zero, replaced_everywhere
from derivations.tactics.moments import Noisy
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.reshuffling import Epoch, J

HIGHEST = 6  # orders of the learning rate that are looked at


def binomial(count: Term, order: int) -> Term:
    """count*(count - 1)*…/order!."""
    factors, whole = [sub(count, number(i)) if i else count for i in range(order)], 1
    for i in range(2, order + 1):
        whole *= i
    return div(mul(*factors), number(whole)) if whole > 1 else mul(*factors)


def cubic(h: Term, count: Term) -> Term:
    """(1 - h)**count up to the third order in h."""
    first, second, third = (mul(binomial(count, order), h if order == 1 else power(h, order)) for order in (1, 2, 3))
    return sub(add(sub(ONE, first), second), third)


def leading_of(value: Term, whole: Term, h: Term, size: Term, rate: str) -> Term | None:
    """The first term of the value's expansion in the rate, if it is found."""
    bridge = Bridge()
    x: Any = bridge.to_sympy(symbol(rate))
    smooth = sp.cancel(bridge.to_sympy(replaced_everywhere(value, whole, cubic(h, size))))
    for order in range(1, HIGHEST):
        coefficient = sp.cancel(smooth / x**order).subs(x, 0)
        if coefficient.is_finite is False or coefficient in (sp.zoo, sp.nan):
            return None
        if sp.cancel(coefficient) != 0:
            return factored(bridge.to_term(sp.factor(coefficient) * x**order))
    return None


def leading_order(proof: Proof, noisy: Noisy, value: Term, epoch: Epoch, other: str, noise: str) -> tuple[str, Term] | None:
    """value/leading → 1 for a vanishing learning rate, and the label that says it of ``other`` in the place of the rate.

    None where the multiplier is no polynomial in the rate, or does not tend to 1.
    (Of the rate itself something is supposed, of the other name nothing.)
    """
    rate, m, size = noisy.rate, noisy.ratio, epoch.size
    h = factored(sub(ONE, m))
    if rate not in free_symbols(h) or any(rate in free_symbols(part.args[1]) for part in subterms(h) if part.head == "Div"):
        return None
    if not is_zero(substitute(h, {rate: ZERO})):
        return None
    leading = leading_of(value, power(m, size), h, size, rate)
    if leading is None:
        return None
    some = proof.step("signs", lt(ZERO, size), epoch.several, because="there are samples")
    known = [epoch.several, some, noise, *_nonzero(proof, (leading, h), rate)]
    as_other = {rate: symbol(other)}
    power_at, vanishes = _rest(proof, substitute(m, as_other), substitute(h, as_other), size, other)
    claim = tends(substitute(div(value, leading), as_other), other, ZERO, ONE)
    label = proof.step("limit", claim, power_at, vanishes, *known, because="expand to the third order")
    return label, tends(div(value, leading), rate, ZERO, ONE)


def _nonzero(proof: Proof, terms: Sequence[Term], rate: str) -> list[str]:
    """Labels that say that the constants in these products and quotients do not vanish."""
    known, labels = {item.claim for item in proof.hypotheses}, []
    whole = {name for (name, _), row in proof.variables.items() if row.domain == "natural"} | {rate, "sigma"}
    for part in dict.fromkeys(part for term in terms for part in _factors(term)):
        if free_symbols(part) - whole and ne(part, ZERO) not in known:
            labels.append(proof.assume(ne(part, ZERO), "it does not vanish"))
    return [*labels, *(item.label for item in proof.hypotheses if item.claim.head == "Ne" and item.label not in labels)]


def _factors(term: Term) -> list[Term]:
    """The factors of a product or quotient that are no numbers."""
    if term.head in ("Neg", "Mul", "Div"):
        return [part for arg in term.args for part in _factors(arg)]
    if term.head == "Pow" and term.args[1].head == "Number":
        return _factors(term.args[0])
    return [term] if free_symbols(term) else []


def _rest(proof: Proof, m: Term, h: Term, size: Term, rate: str) -> tuple[str, str]:
    """Labels of m**D = cubic + h**3*r(D) for every rate, and of r(D) → 0 as the rate vanishes."""
    name = fresh({row for row, _ in proof.variables}, "r", "r_rest")
    proof.declare(name, "sequence", "what the third order leaves of m**j, over h**3")
    scale, later = symbol(rate), add(J, ONE)
    now, after = apply(name, J, scale), apply(name, later, scale)
    goes_on = proof.define(for_all("j", for_all(rate, eq(after, add(mul(m, now), mul(h, binomial(J, 3)))))),
                           "the rest of the expansion of a power")  # fmt: skip
    begins = proof.assume(for_all(rate, eq(apply(name, ZERO, scale), ZERO)), "which begins with nothing")
    claim = eq(power(m, J), add(cubic(h, J), mul(power(h, 3), now)))
    with proof.inside() as base:
        proof.step("identity", substitute(claim, {"j": ZERO}), begins, because="the power 0 is 1")
    hypothesis = proof.supposing(claim, "the claim for j")
    with proof.inside() as step:
        one = proof.step("instantiate", eq(after, add(mul(m, now), mul(h, binomial(J, 3)))), goes_on,
                         values={"j": J, rate: scale}, because="the rest at the next place")  # fmt: skip
        goal, before = substitute(claim, {"j": later}), mul(m, claim.args[1])
        factor = proof.step("identity", eq(goal.args[0], mul(m, power(m, J))), because="one factor more")
        known = proof.step("rewrite", eq(goal.args[0], before), factor, hypothesis.label, because="insert the claim for j")
        sorted_out = proof.step("identity", eq(before, goal.args[1]), one, because="sort by powers")
        proof.step("rewrite", goal, known, sorted_out, because="together")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    every = proof.step("induction", for_all("j", claim), branches=branches, because="expand the powers")
    at = proof.step("instantiate", substitute(claim, {"j": size}), every, values={"j": size}, because="for an epoch")
    power_at = proof.step("generalise", for_all(rate, proof.claims[at]), at, because="for every learning rate")
    gone = tends(now, rate, ZERO, ZERO)
    with proof.inside() as base:
        proof.step("limit", substitute(gone, {"j": ZERO}), begins, because="there is none")
    hypothesis = proof.supposing(gone, "the claim for j")
    with proof.inside() as step:
        proof.step("limit", substitute(gone, {"j": later}), goes_on, hypothesis.label, because="both terms vanish")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    all_vanish = proof.step("induction", for_all("j", gone), branches=branches, because="from place to place")
    vanishes = proof.step("instantiate", substitute(gone, {"j": size}), all_vanish, values={"j": size}, because="for an epoch")
    return power_at, vanishes
