"""Where a linear iteration converges, and where its largest multiplier or root lies on the unit circle: both as regions."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import (
    FALSE,
    INFINITY,
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    conj,
    disj,
    eq,
    free_symbols,
    iff,
    le,
    lt,
    ne,
    neg,
    predicate,
    tends,
)
from derivations.tactics.conditions import Prover, Region, simplified
from derivations.tactics.linear import Error
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import geometric_facts
from derivations.tactics.second_order import TwoStates, convergence, jury, jury_conditions

STABLE = "it converges from every start"
MARGINAL = "the largest root of its characteristic polynomial lies on the unit circle"


@dataclass(frozen=True)
class Stability:
    """Labels of: stable ⇔ region, and marginal ⇔ border."""

    stable: str
    marginal: str


def two_state_stability(prover: Prover, states: TwoStates, rate: str) -> Stability:
    """Jury's conditions, open and closed, each solved for the hyperparameters."""
    proof, p, q = prover.proof, states.trace, states.product
    proof.declare("stable", "property", STABLE)
    proof.declare("marginal", "property", MARGINAL)
    stable, marginal = predicate("stable"), predicate("marginal")
    within = predicate("roots_within", ONE, p, q)
    meaning = proof.define(iff(stable, convergence(states)), STABLE)
    border = proof.define(iff(marginal, conj(within, Term("Not", (stable,)))), MARGINAL)
    rule = jury(proof, states)
    inner = simplified(prover, jury_conditions(p, q), rate, "solve the conditions for the hyperparameters")
    first = _chained(proof, stable, [meaning, rule, inner.label], inner.formula)
    most = add(ONE, q)
    conditions = (le(neg(ONE), q), le(q, ONE), le(neg(most), p), le(p, most))
    disc = proof.step("roots-within", iff(within, conj(*conditions)), because="the same conditions, with the border")
    outer = simplified(prover, conditions, rate, "solve them in the same way")
    inside = _chained(proof, within, [disc, outer.label], outer.formula)
    return Stability(first, _border(prover, inner, outer, [border, first, inside]))


def _chained(proof: Proof, left: Term, labels: list[str], region: Term) -> str:
    """left ⇔ A, A ⇔ B, …  give  left ⇔ region."""
    first, *others = labels
    for label in others:
        right = proof.claims[label].args[1]
        if right != proof.claims[first].args[1]:
            words = "put together" if right == region else "insert the conditions"
            first = proof.step("rewrite", iff(left, right), first, label, because=words)
    return first


def _border(prover: Prover, inner: Region, outer: Region, known: list[str]) -> str:
    """marginal ⇔ the closed region, and one of the inequalities of the open one is an equality; or it is not the open one."""
    proof, marginal = prover.proof, predicate("marginal")
    plain = conj(outer.formula, Term("Not", (inner.formula,)))
    step = proof.step("rewrite", iff(marginal, plain), *known, because="inside the closed disc, but not inside the open one")
    for ends in (equalities(outer), equalities(inner)):
        option = outer.formula if inner.formula == FALSE else conj(*(one for one in (*outer.parts, ends) if one != TRUE))
        way = prover.way(iff(plain, option), ())
        if way is not None:
            same = prover.step(iff(plain, option), way, {}, "one of the inequalities is an equality")
            return proof.step("rewrite", iff(marginal, option), step, same, because="put together")
    return step


def equalities(region: Region) -> Term:
    """One of the inequalities of the region is an equality; what stands alone is written on the left."""
    relations = [one for one in region.parts if one.head in ("Lt", "Le")]
    return disj(*(eq(*(one.args if free_symbols(one.args[0]) else one.args[::-1])) for one in relations))


def one_state_stability(prover: Prover, error: Error, rate: str) -> Stability:
    """-1 < m < 1, solved for the hyperparameters; and m = -1 or m = 1."""
    proof, m = prover.proof, error.ratio
    proof.declare("stable", "property", "it converges")
    proof.declare("marginal", "property", "its distance from the point does not change")
    away = proof.assume(ne(error.start, ZERO), "it does not start at the point itself")
    meaning = proof.define(iff(predicate("stable"), tends(error.term, "t", INFINITY, ZERO)), "it converges")
    facts = geometric_facts(proof, error.term, m, error.start, error.closed, away, *error.conditions)
    flips, stays = (proof.claims[facts[key]].args[0] for key in ("flips", "stays"))
    border = proof.define(iff(predicate("marginal"), disj(flips, stays)), "its distance from the point does not change")
    inner = simplified(prover, (lt(neg(ONE), m), lt(m, ONE)), rate, "solve the conditions for the hyperparameters")
    first = proof.step("signs", iff(predicate("stable"), inner.formula), meaning, facts["settles"], inner.label,
                       because="put together")  # fmt: skip
    ends = equalities(inner)
    known = [border, facts["flips"], facts["stays"]]
    claims = [proof.claims[label] for label in known]
    for option in (ends, disj(eq(m, neg(ONE)), eq(m, ONE))):
        claim = iff(predicate("marginal"), option)
        if prover.accepts("signs", claim, claims, {}):
            break
    return Stability(first, proof.step("signs", claim, *known, because="a factor of size one"))
