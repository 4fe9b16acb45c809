"""The best rate of a method with one state on all curvatures between mu and L: its factor is r at the one end, -r at the other."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    for_all,
    free_symbols,
    implies,
    le,
    lt,
    mul,
    neg,
    power,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.tactics.algebra import Bridge, coefficient_of, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import Error, T
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Multiplier:
    """m(rate, curvature), declared as a function, for curvatures from ``low`` to ``high``; ``ordered`` are labels of 0 < mu < L."""

    name: str
    rate: str
    curvature: str
    body: Term
    meaning: str
    low: Term
    high: Term
    ordered: tuple[str, ...]

    def at(self, curvature: Term) -> Term:
        return apply(self.name, symbol(self.rate), curvature)

    def inserted(self, proof: Proof, curvature: Term) -> str:
        """Label of: m at this curvature is what its definition says."""
        value = substitute(self.body, {self.curvature: curvature})
        return proof.step("instantiate", eq(self.at(curvature), value), self.meaning,
                          values={self.rate: symbol(self.rate), self.curvature: curvature}, because="by definition")  # fmt: skip


@dataclass(frozen=True)
class Best:
    """The learning rate and the rate that were found."""

    value: Term
    rate: Term


def multiplier(proof: Proof, error: Error, rate: str) -> Multiplier:
    """Declares 0 < mu < L and the multiplier as a function. Raises Undecided unless it is affine in learning rate and curvature."""
    if not rate or error.curvature.head != "Symbol" or not error.exact:
        raise Undecided("the best rate is looked for where the curvature is one symbol and the method has a learning rate")
    curvature = error.curvature.args[0]
    for name in (rate, curvature):
        slope, _ = coefficient_of(error.ratio, symbol(name))
        if is_zero(slope):
            raise Undecided(f"one step's factor does not depend on {name}")
    taken = {name for name, _ in proof.variables}
    low, high, name = fresh("mu", taken), fresh("L_max", taken), fresh("m", taken)
    proof.real(low, high)
    proof.declare(name, "function", "factor of the error in one step")
    meaning = proof.define(for_all(rate, for_all(curvature, eq(apply(name, symbol(rate), symbol(curvature)), error.ratio))),
                           "the factor of one step")  # fmt: skip
    mu, top = symbol(low), symbol(high)
    given = [proof.assume(lt(ZERO, mu), "the smallest curvature"), proof.assume(lt(mu, top), "the largest curvature")]
    above = proof.step("polynomial-implication", lt(ZERO, top), *given, terms=({"premises": (0,)}, {"premises": (1,)}),
                       because="add both")  # fmt: skip
    return Multiplier(name, rate, curvature, error.ratio, meaning, mu, top, (*given, above))


def best(proof: Proof, span: Multiplier) -> Best:
    """The learning rate with m = r at mu and m = -r at L. The rate's sign becomes a hypothesis where it is not known."""
    bridge = Bridge()
    eta, r = bridge.to_sympy(symbol(span.rate)), sp.Symbol("r", real=True)
    low, high = (bridge.to_sympy(substitute(span.body, {span.curvature: end})) for end in (span.low, span.high))
    solved = sp.solve([low - r, high + r], [eta, r], dict=True)
    if len(solved) != 1 or len(solved[0]) != 2:
        raise Undecided("no learning rate was found for which the factors at both ends of the range are opposite")
    value, rate = (bridge.to_term(sp.factor(solved[0][x])) for x in (eta, r))
    sign, unknown = 1, sp.Integer(1)
    constant, factors = sp.factor_list(sp.numer(sp.factor(solved[0][r])))
    for part, exponent in ((constant, 1), *factors):
        found = Prover(proof).sign(bridge.to_term(part))
        sign, unknown = (sign * min(found) ** exponent, unknown) if found in ({1}, {-1}) else (sign, unknown * part**exponent)
    if unknown != 1:
        proof.assume(lt(ZERO, tidy(bridge.to_term(sign * unknown))), "so that the rate is positive")
    return Best(value, rate)


def no_better(prover: Prover, span: Multiplier, found: Best) -> str:
    """Whatever the learning rate: if the factors at both ends have size at most rho, then rho is at least the rate."""
    proof = prover.proof
    rho = symbol(proof.declare(fresh("rho", {name for name, _ in proof.variables}), "real", "a rate"))
    assumed = tuple(one for end in (span.low, span.high) for one in _between(rho, span.at(end)))
    items = [proof.supposing(one, "assumed") for one in assumed]
    with proof.inside() as steps:
        have = {proof.claims[label]: label for label in span.ordered} | {item.claim: item.label for item in items}
        for end in (span.low, span.high):
            label = span.inserted(proof, end)
            have[proof.claims[label]] = label
        proof_of(prover, le(found.rate, rho), have, "multiply out: a combination of both ends", "that nothing is better")
    branch = proof.branch("such a learning rate", steps, *items)
    return proof.step("suppose", implies(conj(*assumed), le(found.rate, rho)), branches=(branch,), because="no choice does better")


def attained(prover: Prover, span: Multiplier, found: Best) -> str:
    """With this learning rate: r at the one end, -r at the other, in between no more than that; and r < 1."""
    proof = prover.proof
    chosen = proof.supposing(eq(symbol(span.rate), found.value), "this learning rate is chosen")
    between = (le(span.low, symbol(span.curvature)), le(symbol(span.curvature), span.high))
    second = [proof.supposing(one, "a curvature in the range") for one in between]
    with proof.inside() as outer:
        have = {proof.claims[label]: label for label in span.ordered} | {chosen.claim: chosen.label}
        for part in (found.rate, found.value):
            _positive_below(prover, part, have)
        ends = [_end(prover, span, have, end, value)
                for end, value in ((span.low, found.rate), (span.high, neg(found.rate)))]  # fmt: skip
        small = proof_of(prover, lt(found.rate, ONE), have, "the rate is smaller than 1", "that the rate is smaller than 1")
        with proof.inside() as inner:
            here = have | {item.claim: item.label for item in second}
            words = "insert the learning rate and multiply out", "that the rate is kept between the ends"
            shown = [proof_of(prover, one, here, *words) for one in _between(found.rate, span.body)]
            label = span.inserted(proof, symbol(span.curvature))
            bounds = _between(found.rate, span.at(symbol(span.curvature)))
            both = proof.step("conjunction", conj(*_between(found.rate, span.body)), *shown, because="both")
            proof.step("rewrite", conj(*bounds), both, label, because="in terms of the factor")
        branch = proof.branch("between the ends", inner, *second)
        kept = implies(conj(*between), conj(*bounds))
        within = proof.step("suppose", kept, branches=(branch,), because="for every curvature in the range")
        every = (*ends, small, within)
        together = conj(*(proof.claims[one] for one in every))
        proof.step("conjunction", together, *every, because="all together")
    branch = proof.branch("this learning rate", outer, chosen)
    return proof.step("suppose", implies(chosen.claim, together), branches=(branch,), because="the choice keeps this rate")


def by_condition_number(prover: Prover, span: Multiplier, found: Best) -> str | None:
    """The rate in terms of kappa = L/mu, if it depends on nothing else of the range."""
    proof, bridge = prover.proof, Bridge()
    kappa = fresh("kappa", {name for name, _ in proof.variables})
    ratio = bridge.to_sympy(found.rate).subs(bridge.to_sympy(span.high), bridge.to_sympy(symbol(kappa)) * bridge.to_sympy(span.low))
    top, bottom = (bridge.to_term(sp.expand(part)) for part in sp.fraction(sp.factor(sp.cancel(ratio))))
    value = div(top, bottom)
    if span.low.args[0] in free_symbols(value):
        return None
    proof.real(kappa)
    meaning = proof.define(eq(symbol(kappa), div(span.high, span.low)), "the condition number")
    have = {proof.claims[label]: label for label in span.ordered}
    _positive_below(prover, found.rate, have)
    return proof.step("identity", eq(found.rate, value), meaning, *have.values(), because="divide by the smallest curvature")


def proof_of(prover: Prover, claim: Term, have: dict[Term, str], because: str, what: str) -> str:
    """A step with the claim, multiplied by what stands below in it. Raises Undecided where no certificate is found."""
    bridge = Bridge()
    values = {bridge.to_sympy(one.args[0]): bridge.to_sympy(one.args[1]) for one in have if one.head == "Eq"}
    difference = bridge.to_sympy(sub(*claim.args[::-1])).subs(values).subs(values)
    bottom = _positive_below(prover, bridge.to_term(sp.factor(sp.together(difference))), have)
    way = prover.way(claim, list(have), 3, [bottom], signs=False)
    if way is None:
        raise Undecided(f"no proof was found {what}")
    return prover.step(claim, way, have, because)


def _positive_below(prover: Prover, term: Term, have: dict[Term, str]) -> Term:
    """What stands below in the term; that it is positive is put among what is known, if it can be shown."""
    bridge = Bridge()
    bottom = bridge.to_term(sp.denom(sp.factor(sp.together(bridge.to_sympy(term)))))
    claim = lt(ZERO, bottom)
    if free_symbols(bottom) and claim not in have:
        way = prover.way(claim, [one for one in have if one.head == "Lt"], 3)
        if way is not None:
            have[claim] = prover.step(claim, way, have, "what stands below is positive")
    return bottom


def _between(rho: Term, value: Term) -> tuple[Term, Term]:
    return le(neg(rho), value), le(value, rho)


def _end(prover: Prover, span: Multiplier, have: dict[Term, str], end: Term, value: Term) -> str:
    """m at an end of the range, the learning rate inserted."""
    proof = prover.proof
    label = span.inserted(proof, end)
    explicit = eq(proof.claims[label].args[1], value)
    known = [*have.values(), *(label for claim, label in prover.labels.items() if claim not in have)]
    step = proof.step("identity", explicit, *known, because="insert the learning rate")
    return proof.step("rewrite", eq(span.at(end), value), step, label, because="by definition")


def squares(proof: Proof, error: Error) -> str:
    """∀t e_{t+1}**2 = |m|**2*e_t**2."""
    after, step = substitute(error.term, {"t": add(T, ONE)}), mul(error.ratio, error.term)
    squared = proof.step("rewrite", eq(power(after, 2), power(step, 2)), error.recurrence, equation=True,
                         because="square both sides")  # fmt: skip
    if any(node.head == "Div" and free_symbols(node.args[1]) for node in subterms(error.ratio)):
        raise Undecided(f"the rate of a multiplier with a denominator, {ascii_text(error.ratio)}, is not treated so far")
    value = mul(power(Term("Abs", (error.ratio,)), 2), power(error.term, 2))
    same = proof.step("identity", eq(power(step, 2), value), *error.conditions, because="the square of a product")
    both = proof.step("rewrite", eq(power(after, 2), value), squared, same, because="put together")
    return proof.step("generalise", for_all("t", eq(power(after, 2), value)), both, because="the step was arbitrary")
