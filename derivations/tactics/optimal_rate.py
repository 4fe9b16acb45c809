"""The best rate of a method with two states on all curvatures between mu and L: found at the ends, proved for all.

What is searched: hyperparameters for which the characteristic polynomial has a double root r at the one end of the range and
-r at the other. That nothing is better, and that the rate is kept in between, is proved by certificates, or there is no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    eq,
    for_all,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    mul,
    neg,
    power,
    predicate,
    substitute,
    symbol,
)
from derivations.tactics.algebra import Bridge
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import TwoStates, convergence, jury, jury_conditions


@dataclass(frozen=True)
class Range:
    """The ends of the range of curvatures, as square roots too, and what is known of them; p and q as functions."""

    low: Term
    high: Term
    ordered: tuple[str, ...]  # labels of 0 < mu, mu < L, 0 < L, 0 < sqrt(mu), 0 < sqrt(L), sqrt(mu) < sqrt(L)
    functions: tuple[str, str]
    meanings: tuple[str, str]
    names: tuple[str, ...]  # the hyperparameters, then the curvature

    def coefficients(self, curvature: Term) -> tuple[Term, Term]:
        """p(eta, beta, lam) and q(eta, beta, lam) at some curvature."""
        arguments = (*map(symbol, self.names[:-1]), curvature)
        return apply(self.functions[0], *arguments), apply(self.functions[1], *arguments)

    def within(self, rho: Term, curvature: Term) -> Term:
        return predicate("roots_within", rho, *self.coefficients(curvature))


@dataclass(frozen=True)
class Optimum:
    """The hyperparameters and the rate that were found."""

    values: dict[str, Term]
    rate: Term


def curvatures(proof: Proof, states: TwoStates, hyper: tuple[str, ...]) -> Range:
    """Declares 0 < mu < L and the coefficients of the characteristic polynomial as functions of what they depend on."""
    if states.curvature.head != "Symbol" or len(hyper) != 2:
        raise Undecided("the best rate is looked for where the curvature is one symbol and the method has two hyperparameters")
    taken = {name for name, _ in proof.variables}
    low, high = fresh("mu", taken), fresh("L_max", taken)
    functions = fresh("p", taken), fresh("q", taken)
    proof.real(low, high)
    names = (*hyper, states.curvature.args[0])
    meanings = []
    for name, value, what in zip(functions, (states.trace, states.product), ("trace", "determinant"), strict=True):
        proof.declare(name, "function", f"{what} of the matrix of the recurrence")
        claim: Term = eq(apply(name, *map(symbol, names)), value)
        for variable in reversed(names):
            claim = for_all(variable, claim)
        meanings.append(proof.define(claim, f"the {what} of the matrix"))
    mu, top = symbol(low), symbol(high)
    given = [proof.assume(lt(ZERO, mu), "the smallest curvature"), proof.assume(lt(mu, top), "the largest curvature")]
    m, s = Term("Sqrt", (mu,)), Term("Sqrt", (top,))
    above = proof.step("polynomial-implication", lt(ZERO, top), *given, terms=({"premises": (0,)}, {"premises": (1,)}),
                       because="add both")  # fmt: skip
    first = proof.step("signs", lt(ZERO, m), given[0], because="a root of what is positive")
    second = proof.step("signs", lt(ZERO, s), above, because="likewise")
    words = "the product of difference and sum is the difference of the squares"
    order = proof.step("polynomial-implication", lt(m, s), given[1], given[0], above, first, second, terms=({"premises": (0,)},),
                       multiplier=add(s, m), because=words)  # fmt: skip
    return Range(mu, top, (*given, above, first, second, order), functions, (meanings[0], meanings[1]), names)


def double_roots(states: TwoStates, hyper: tuple[str, ...], low: Term, high: Term) -> Optimum:
    """Hyperparameters with p = 2r at the one end, p = -2r at the other, q = r**2 at both. Raises Undecided if there are none."""
    bridge = Bridge()
    m, s, r = sp.Symbol("m", positive=True), sp.Symbol("s", positive=True), sp.Symbol("r", real=True)
    p, q = bridge.to_sympy(states.trace), bridge.to_sympy(states.product)
    lam, free = bridge.to_sympy(states.curvature), [bridge.to_sympy(symbol(name)) for name in hyper]
    equations = [p.subs(lam, m**2) - 2 * r, p.subs(lam, s**2) + 2 * r, q.subs(lam, m**2) - r**2, q.subs(lam, s**2) - r**2]
    roots = {m: sp.sqrt(bridge.to_sympy(low)), s: sp.sqrt(bridge.to_sympy(high))}
    options = []
    for found in sp.solve(equations, [*free, r], dict=True):
        size = found.get(r, sp.nan).subs({m: 1, s: 3})
        if len(found) == 3 and size.is_Rational and 0 < size < 1:
            options.append((size, found))
    if not options:
        raise Undecided("no hyperparameters were found for which both ends of the range have double roots of the same size")
    found = min(options, key=lambda option: option[0])[1]

    def said(value: Any) -> Term:
        return bridge.to_term(sp.factor(value).subs(roots))

    return Optimum({name: said(found[x]) for name, x in zip(hyper, free, strict=True)}, said(found[r]))


# --- nothing is better --------------------------------------------------------------------------------------------


def lower_bound(prover: Prover, states: TwoStates, span: Range, best: Optimum) -> str:
    """Whatever the hyperparameters: if the roots at both ends have modulus at most rho, then rho is at least the rate."""
    proof = prover.proof
    rho = symbol(proof.declare(fresh("rho", {name for name, _ in proof.variables}), "real", "a rate"))
    claim, assumed = le(best.rate, rho), (lt(ZERO, rho), span.within(rho, span.low), span.within(rho, span.high))
    items = [proof.supposing(one, "assumed") for one in assumed]
    with proof.inside() as steps:
        labels: dict[Term, tuple[str, ...]] = {}
        for item, curvature in zip(items[1:], (span.low, span.high), strict=True):
            labels |= _conditions(proof, states, span, rho, curvature, item.label, items[0].label)
        _split(prover, span, best, rho, labels, items[0].label)
    branch = proof.branch("such hyperparameters", steps, *items)
    return proof.step("suppose", implies(conj(*assumed), claim), branches=(branch,), because="no choice does better")


def _conditions(
    proof: Proof, states: TwoStates, span: Range, rho: Term, curvature: Term, within: str, positive: str
) -> dict[Term, tuple[str, ...]]:
    """The four conditions for the disc, and the labels from which each follows."""
    p, q = _at(states, curvature)
    explicit, parts = predicate("roots_within", rho, p, q), closed_conditions(rho, p, q)
    inserted = proof.step("rewrite", explicit, within, *span.meanings, because="insert the coefficients")
    disc = proof.step("roots-within", iff(explicit, conj(*parts)), positive,
                      because="when both roots lie in that disc")  # fmt: skip
    return dict.fromkeys(parts, (inserted, disc))


def _at(states: TwoStates, curvature: Term) -> tuple[Term, Term]:
    values = {states.curvature.args[0]: curvature}
    return substitute(states.trace, values), substitute(states.product, values)


def closed_conditions(rho: Term, p: Term, q: Term) -> tuple[Term, ...]:
    """-rho**2 <= q, q <= rho**2, -(rho**2 + q) <= p*rho, p*rho <= rho**2 + q."""
    most, product = add(power(rho, 2), q), mul(rho, p)
    return le(neg(power(rho, 2)), q), le(q, power(rho, 2)), le(neg(most), product), le(product, most)


def _split(prover: Prover, span: Range, best: Optimum, rho: Term, labels: dict[Term, tuple[str, ...]], positive: str) -> None:
    """rate <= rho: clear for rho >= 1; else by a certificate, after both sides of it are squared."""
    proof, claim = prover.proof, le(best.rate, rho)
    below, above = lt(rho, ONE), le(ONE, rho)
    either = proof.step("signs", disj(below, above), because="one of the two")
    known = {proof.claims[label]: label for label in (*span.ordered, positive)}
    branches = []
    for case in (below, above):
        item = proof.supposing(case, "this case")
        have = {**known, case: item.label}
        with proof.inside() as steps:
            if case == below:
                crossed, conjugate = _crossed(best, rho)
                shown = prover.way(lt(ZERO, conjugate), list(have), 2)
                if shown is None:
                    raise Undecided("no proof was found that nothing is better")
                have[lt(ZERO, conjugate)] = prover.step(lt(ZERO, conjugate), shown, have, "the sum of two positive sides")
                way = prover.way(crossed, [*labels, *have], 4, [mul(conjugate, rho), conjugate])
                if way is None:
                    raise Undecided("no proof was found that nothing is better")
                for one in way.premises:
                    if one in labels:
                        have[one] = proof.step("signs", one, *labels[one], because="one of the conditions")
                have[crossed] = prover.step(crossed, way, have, "multiply out: a sum of products of what is positive")
            last = prover.way(claim, list(have), 2, _bottoms(best.rate), signs=False)
            if last is None:
                raise Undecided("no proof was found that nothing is better")
            prover.step(claim, last, have, "divide" if case == below else "the rate is smaller than 1")
        branches.append(proof.branch("rho < 1" if case == below else "rho >= 1", steps, item))
    proof.step("cases", claim, either, branches=tuple(branches), because="in both cases")


def _bottoms(term: Term) -> list[Term]:
    return [term.args[1]] if term.head == "Div" else []


def _crossed(best: Optimum, rho: Term) -> tuple[Term, Term]:
    """rate <= rho as B <= A between positive sums, and A + B, by which it is multiplied to compare the squares."""
    bridge = Bridge()
    r = bridge.to_sympy(rho)
    top, bottom = sp.fraction(sp.together(bridge.to_sympy(best.rate)))
    parts = sp.Add.make_args(sp.expand(r * bottom - top))
    groups: dict[Any, list[Any]] = {}
    for part in parts:
        groups.setdefault(part.subs(r, 1) / part.subs(r, 1).as_coeff_Mul()[0], []).append(part)
    sums = [sp.factor(sp.Add(*group)) for group in groups.values()]
    half = {r: sp.Rational(1, 2)}
    above = sp.Add(*(one for one in sums if one.subs(half).as_coeff_Mul()[0] > 0))
    below = sp.Add(*(-one for one in sums if one.subs(half).as_coeff_Mul()[0] < 0))
    return le(bridge.to_term(below), bridge.to_term(above)), bridge.to_term(above + below)


# --- and it is attained -------------------------------------------------------------------------------------------


def attained(prover: Prover, states: TwoStates, span: Range, best: Optimum) -> str:
    """With these hyperparameters, for every curvature between the ends: the rate is kept, and the iteration converges."""
    proof, curvature = prover.proof, states.curvature
    chosen = tuple(eq(symbol(name), value) for name, value in best.values.items())
    between = (le(span.low, curvature), le(curvature, span.high))
    first = [proof.supposing(one, "these hyperparameters are chosen") for one in chosen]
    second = [proof.supposing(one, "a curvature in the range") for one in between]
    converges = jury(proof, states)
    with proof.inside() as outer:
        with proof.inside() as inner:
            have = {proof.claims[label]: label for label in span.ordered} | {item.claim: item.label for item in (*first, *second)}
            disc = _inside_disc(prover, states, span, best, have)
            limit = _converges(prover, states, best, converges, have)
            proof.step("conjunction", conj(proof.claims[disc], proof.claims[limit]), disc, limit, because="both")
        branch = proof.branch("between the ends", inner, *second)
        kept = implies(conj(*between), conj(span.within(best.rate, curvature), convergence(states)))
        proof.step("suppose", kept, branches=(branch,), because="for every curvature in the range")
    branch = proof.branch("these hyperparameters", outer, *first)
    return proof.step("suppose", implies(conj(*chosen), kept), branches=(branch,), because="the choice keeps this rate")


def _inside_disc(prover: Prover, states: TwoStates, span: Range, best: Optimum, have: dict[Term, str]) -> str:
    """The four conditions for the disc, and that the roots lie in it."""
    proof, p, q = prover.proof, states.trace, states.product
    explicit, parts = predicate("roots_within", best.rate, p, q), closed_conditions(best.rate, p, q)
    shown = [_kept(prover, part, best, have) for part in parts]
    both = proof.step("conjunction", conj(*parts), *shown, because="all four conditions")
    disc = proof.step("roots-within", iff(explicit, conj(*parts)), *span.ordered, because="when both roots lie in that disc")
    inside = proof.step("rewrite", explicit, both, disc, because="so they do")
    here = {name: symbol(name) for name in span.names}
    own = [proof.step("instantiate", eq(one, value), label, values=here, because="by definition")
           for one, value, label in zip(span.coefficients(states.curvature), (p, q), span.meanings, strict=True)]  # fmt: skip
    within = span.within(best.rate, states.curvature)
    same = proof.step("rewrite", iff(within, explicit), *own, equation=True, because="insert the coefficients")
    return proof.step("rewrite", within, inside, same, because="in terms of p and q")


def _converges(prover: Prover, states: TwoStates, best: Optimum, rule: str, have: dict[Term, str]) -> str:
    """The four conditions for the open unit disc, and that the iteration converges from every start."""
    proof, parts = prover.proof, jury_conditions(states.trace, states.product)
    shown = [_kept(prover, part, best, have) for part in parts]
    both = proof.step("conjunction", conj(*parts), *shown, because="all four of Jury's conditions")
    return proof.step("rewrite", convergence(states), both, rule, because="so it converges")


def _kept(prover: Prover, part: Term, best: Optimum, have: dict[Term, str]) -> str:
    """One condition, the hyperparameters inserted; multiplied by what then stands below."""
    bridge = Bridge()
    values = {bridge.to_sympy(symbol(name)): bridge.to_sympy(value) for name, value in best.values.items()}
    left, right = (bridge.to_sympy(side).subs(values) for side in part.args)
    bottom = bridge.to_term(sp.denom(sp.factor(sp.together(right - left))))
    if free_symbols(bottom) and lt(ZERO, bottom) not in have:
        roots = [one for one in have if one.head == "Lt" and one.args[0] == ZERO]
        way = prover.way(lt(ZERO, bottom), roots, 4)
        if way is not None:
            have[lt(ZERO, bottom)] = prover.step(lt(ZERO, bottom), way, have, "what stands below is positive")
    way = prover.way(part, list(have), 3, [bottom], signs=False)
    if way is None:
        raise Undecided("no proof was found that the rate is kept between the ends")
    return prover.step(part, way, have, "insert the hyperparameters and multiply out")
