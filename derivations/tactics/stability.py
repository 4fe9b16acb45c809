"""Where a linear iteration converges, and where its largest multiplier or root lies on the unit circle: both as regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.kernel.checkers.schur import conditions as schur_conditions
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
    rebuild,
    tends,
)
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.conditions import Prover, Region, one_quantity, simplified, tidied
from derivations.tactics.linear import Error
from derivations.tactics.linear_systems import States, converges, matrix_of
from derivations.tactics.one_quantity import quantity_of
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import geometric_facts
from derivations.tactics.second_order import jury_conditions, trace_and_product

STABLE = "it converges from every start"
MARGINAL = "the largest root of its characteristic polynomial lies on the unit circle"


@dataclass(frozen=True)
class Stability:
    """Labels of: stable ⇔ region, and marginal ⇔ border, if that was found; not ``solved``: the region is the conditions."""

    stable: str
    marginal: str | None
    solved: bool = True


@dataclass(frozen=True)
class Criterion:
    """Of one iteration: its convergence, when it converges, and when its roots lie in the closed disc (None: not known)."""

    converges: Term
    conditions: tuple[Term, ...]
    rule: str
    within: Term | None
    closed: tuple[Term, ...]
    disc: str


def stability_of(prover: Prover, systems: Sequence[States], rate: str) -> Stability:
    """When all the iterations converge, and when their largest root lies on the circle, each solved for the hyperparameters."""
    proof = prover.proof
    proof.declare("stable", "property", STABLE)
    stable = predicate("stable")
    criteria = [_two_states(proof, one) if len(one.names) == 2 else _n_states(proof, one) for one in systems]
    nonzero = list(dict.fromkeys(claim for one in systems for claim in _known(proof, one)))
    meaning = proof.define(iff(stable, conj(*(one.converges for one in criteria))), STABLE)
    whole = conj(*(conj(*one.conditions) for one in criteria))
    step = proof.step("rewrite", iff(stable, whole), meaning, *(one.rule for one in criteria), because="insert the conditions")
    flat = tuple(dict.fromkeys(part for one in criteria for part in one.conditions))
    inner = simplified(prover, flat, rate, "solve the conditions for the hyperparameters", whole, nonzero)
    first = _inserted(proof, stable, step, inner)
    if any(one.within is None for one in criteria):
        return Stability(first, None, inner.solved)
    return Stability(first, _marginal(prover, criteria, rate, inner, (step, first), nonzero), inner.solved)


def _known(proof: Proof, states: States) -> list[Term]:
    return [claim for label in states.conditions for claim in (proof.claims[label],)]


def _inserted(proof: Proof, left: Term, step: str, region: Region) -> str:
    """left ⇔ conditions and conditions ⇔ region give left ⇔ region."""
    if proof.claims[step].args[1] == region.formula:
        return step
    return proof.step("rewrite", iff(left, region.formula), step, region.label, because="put together")


def _marginal(
    prover: Prover, criteria: Sequence[Criterion], rate: str, inner: Region, known: tuple[str, str], nonzero: Sequence[Term]
) -> str:
    """marginal ⇔ the border: in the closed disc, but not stable."""
    proof, marginal, stable = prover.proof, predicate("marginal"), predicate("stable")
    proof.declare("marginal", "property", MARGINAL)
    within = conj(*(one.within for one in criteria if one.within is not None))
    defined = proof.define(iff(marginal, conj(within, Term("Not", (stable,)))), MARGINAL)
    closed = conj(*(conj(*one.closed) for one in criteria))
    discs, words = [one.disc for one in criteria], "inside the closed disc, but not inside the open one"
    unsolved, first = known
    if quantity_of([closed]) is not None:
        border = conj(closed, Term("Not", (proof.claims[unsolved].args[1],)))
        alone = one_quantity(prover, (), border, "solve for what occurs in it", nonzero)
        if alone is not None:
            step = proof.step("rewrite", iff(marginal, border), defined, unsolved, *discs, because=words)
            return _inserted(proof, marginal, step, alone)
    if inner.formula == FALSE:
        empty = proof.step("signs", iff(marginal, within), defined, first, because="it is never stable")
        step = proof.step("rewrite", iff(marginal, closed), empty, *discs, because=words)
    else:
        border = conj(closed, Term("Not", (inner.formula,)))
        step = proof.step("rewrite", iff(marginal, border), defined, first, *discs, because=words)
    flat = tuple(dict.fromkeys(part for one in criteria for part in one.closed))
    if inner.solved:
        outer = simplified(prover, flat, rate, "solve them in the same way", closed, nonzero)
        if outer.solved:
            return _border(prover, inner, outer, step, closed, nonzero)
    return _without_not(prover, marginal, step, nonzero)


def _border(prover: Prover, inner: Region, outer: Region, step: str, closed: Term, nonzero: Sequence[Term]) -> str:
    """marginal ⇔ the closed region, and one of the inequalities of the open one is an equality."""
    proof, marginal = prover.proof, predicate("marginal")
    if proof.claims[step].args[1] != closed:
        plain = conj(outer.formula, Term("Not", (inner.formula,)))
    else:
        plain = outer.formula
    if proof.claims[step].args[1] != plain:
        step = proof.step("rewrite", iff(marginal, plain), step, outer.label, because="the closed conditions, solved")
    for ends in (equalities(outer), equalities(inner)):
        option = outer.formula if inner.formula == FALSE else conj(*(one for one in (*outer.parts, ends) if one != TRUE))
        way = prover.way(iff(plain, option), ()) if option != plain else None
        if way is not None:
            same = prover.step(iff(plain, option), way, {}, "one of the inequalities is an equality")
            return proof.step("rewrite", iff(marginal, option), step, same, because="put together")
    return _without_not(prover, marginal, step, nonzero)


def _without_not(prover: Prover, marginal: Term, step: str, nonzero: Sequence[Term]) -> str:
    """The same with "not (a < b and …)" written as "b <= a or …"."""
    plain = prover.proof.claims[step].args[1]
    option = negated(plain, False)
    way = prover.way(iff(plain, option), nonzero, certificate=False)
    if option == plain or way is None:
        return step
    same = prover.step(iff(plain, option), way, {}, "what it means not to be inside")
    return prover.proof.step("rewrite", iff(marginal, option), step, same, because="put together")


_OPPOSITE = {"Lt": "Le", "Le": "Lt", "Eq": "Ne", "Ne": "Eq"}


def negated(formula: Term, no: bool = True) -> Term:
    """The formula, or its negation, without "not"."""
    head, args = formula.head, formula.args
    if head == "Not":
        return negated(args[0], not no)
    if head in ("And", "Or"):
        join = conj if (head == "And") != no else disj
        return join(*(negated(arg, no) for arg in args))
    if not no:
        return formula
    if head in ("True", "False"):
        return FALSE if head == "True" else TRUE
    return Term(_OPPOSITE[head], args[::-1] if head in ("Lt", "Le") else args)


# --- the criteria -------------------------------------------------------------------------------------------------


def _two_states(proof: Proof, states: States) -> Criterion:
    """Jury's conditions, open and closed."""
    p, q = trace_and_product(proof, states.rows)
    converging, conditions = converges(states), jury_conditions(p, q)
    words = "both roots of the characteristic polynomial lie in the unit disc iff these four conditions hold"
    rule = proof.step("schur-quadratic", iff(converging, conj(*conditions)), *states.updates, *states.starts,
                      matrix=matrix_of(states), because=words)  # fmt: skip
    most, within = add(ONE, q), predicate("roots_within", ONE, p, q)
    closed = (le(neg(ONE), q), le(q, ONE), le(neg(most), p), le(p, most))
    words = "the same conditions, with the border"
    disc = proof.step("roots-within", iff(within, conj(*closed)), *states.conditions, because=words)
    return Criterion(converging, conditions, rule, within, closed, disc)


def _n_states(proof: Proof, states: States) -> Criterion:
    """Schur and Cohn's criterion for the factors of the characteristic polynomial."""
    polynomial = Term("Tuple", states.coefficients)
    inside, within = predicate("roots_in_disc", polynomial), predicate("roots_in_closed_disc", polynomial)
    converging, factors = converges(states), _factors(states)
    witness: dict[str, Any] = {} if len(factors) == 1 else {"factors": tuple(Term("Tuple", one) for one in factors)}
    words = "a linear iteration converges from every start iff all roots of its characteristic polynomial lie in the unit disc"
    radius = proof.step("linear-iteration", iff(converging, inside), *states.updates, *states.starts, *states.conditions,
                        matrix=matrix_of(states), because=words)  # fmt: skip
    conditions = tuple(dict.fromkeys(_tidied(one) for factor in factors for one in schur_conditions(factor, False)))
    words = "the criterion of Schur and Cohn"
    criterion = proof.step("schur-cohn", iff(inside, conj(*conditions)), *states.conditions, because=words, **witness)
    rule = proof.step("rewrite", iff(converging, conj(*conditions)), radius, criterion, because="insert the criterion")
    if max(map(len, factors)) > 5:
        return Criterion(converging, conditions, rule, None, (), "")
    closed = tuple(dict.fromkeys(_tidied(one) for factor in factors for one in schur_conditions(factor, True)))
    words = "the same, with the border"
    disc = proof.step("schur-cohn-closed", iff(within, conj(*closed)), *states.conditions, because=words, **witness)
    return Criterion(converging, conditions, rule, within, closed, disc)


def _tidied(condition: Term) -> Term:
    """The condition with its determinants expanded, as 0 < f or 0 <= f."""
    if condition.head == "Or":
        return disj(*map(_tidied, condition.args))
    return tidied(rebuild(condition, lambda side: _expanded(side) if side.head == "Det" else side))


def _expanded(determinant: Term) -> Term:
    bridge = Bridge()
    rows = [[bridge.to_sympy(entry) for entry in row.args] for row in determinant.args[0].args]
    return bridge.to_term(sp.factor(sp.together(sp.Matrix(rows).det(method="berkowitz"))))


def _factors(states: States) -> list[tuple[Term, ...]]:
    """Monic factors of the characteristic polynomial over the rational functions, without new denominators; else the whole."""
    bridge, z = Bridge(), sp.Symbol("z")
    degree = len(states.coefficients) - 1
    whole = sum(bridge.to_sympy(c) * z ** (degree - i) for i, c in enumerate(states.coefficients))
    numerator, denominator = sp.fraction(sp.together(whole))
    _, parts = sp.factor_list(numerator)
    known = {factor for factor, _ in sp.factor_list(denominator)[1]}
    found: list[tuple[Term, ...]] = []
    for part, exponent in parts:
        if not part.has(z):
            continue
        coefficients = sp.Poly(part, z).all_coeffs()
        if any(factor.free_symbols and factor not in known for factor, _ in sp.factor_list(coefficients[0])[1]):
            return [states.coefficients]
        monic = (ONE, *(tidy(bridge.to_term(sp.factor(c / coefficients[0]))) for c in coefficients[1:]))
        found += [monic] * exponent
    return found


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
    known = [border, facts["flips"], facts["stays"]]
    return Stability(first, _one_state_border(prover, m, inner, known))


def _one_state_border(prover: Prover, m: Term, inner: Region, known: list[str]) -> str:
    """marginal ⇔ m = -1 or m = 1, solved if that can be: with what excludes one of the two, or in one quantity."""
    proof, marginal, plain = prover.proof, predicate("marginal"), disj(eq(m, neg(ONE)), eq(m, ONE))
    step = proof.step("signs", iff(marginal, plain), *known, because="a factor of size one")
    bounds = {one: way for one in (lt(neg(ONE), m), lt(m, ONE)) if (way := prover.way(one, ())) is not None}
    claim = iff(plain, equalities(inner))
    way = prover.way(claim, list(bounds), certificate=False)
    if way is not None:
        words = "for all values of the hyperparameters"
        labels = {one: prover.step(one, bounds[one], {}, words) for one in way.premises if one in bounds}
        same = prover.step(claim, way, labels, "solve for what occurs in it")
        return proof.step("rewrite", iff(marginal, claim.args[1]), step, same, because="put together")
    solved = one_quantity(prover, (), plain, "solve for what occurs in it", ())
    return _inserted(proof, marginal, step, solved) if solved is not None else step
