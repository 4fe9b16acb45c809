"""The best rate of a method with two states on all curvatures between mu and L: found at the ends, proved for all.

Some of the conditions for the disc hold with equality at the optimum (``rate_search``). That nothing is better, and that the rate
is kept in between, is proved by certificates, or there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
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
    div,
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
    subterms,
    symbol,
)
from derivations.tactics.algebra import Bridge
from derivations.tactics.conditions import Prover, Way
from derivations.tactics.integrals import fresh
from derivations.tactics.lower_bounds import certificate, factors_of, way_to
from derivations.tactics.proof import Proof
from derivations.tactics.rate_search import SAMPLE, Curve, curve, roots_of
from derivations.tactics.second_order import TwoStates, convergence, jury, jury_conditions


@dataclass(frozen=True)
class Range:
    """The ends of the range of curvatures, as square roots too, and what is known of them; p and q as functions."""

    low: Term
    high: Term
    ordered: tuple[str, ...]  # labels of 0 < mu, mu < L, 0 < L
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
    """The hyperparameters and the rate that were found; the curve on which they lie, and labels of what is positive."""

    values: dict[str, Term]
    rate: Term
    curve: Curve
    positive: tuple[str, ...]


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
    above = proof.step("polynomial-implication", lt(ZERO, top), *given, terms=({"premises": (0,)}, {"premises": (1,)}),
                       because="add both")  # fmt: skip
    return Range(mu, top, (*given, above), functions, (meanings[0], meanings[1]), names)


def optimum(prover: Prover, states: TwoStates, hyper: tuple[str, ...], span: Range) -> Optimum:
    """The best hyperparameters, square roots and all, and that these roots and the rate are positive. Raises Undecided."""
    bridge, r = Bridge(), sp.Symbol("rate", real=True)
    p, q, lam = (bridge.to_sympy(part) for part in (states.trace, states.product, states.curvature))
    free, ends = [bridge.to_sympy(symbol(name)) for name in hyper], (bridge.to_sympy(span.low), bridge.to_sympy(span.high))
    bounds = [gap for claim in prover.spare for gap in _gaps(claim, bridge)]
    check = sp.lambdify(free, bounds, "math")
    found = curve(p, q, lam, free, lambda point: all(value >= 0 for value in check(*point)), ends, r)
    roots = roots_of(found, ends, r)
    written = dict(zip(roots.symbols, map(sp.sqrt, roots.radicands), strict=True))
    values = {}
    for name, value in zip(hyper, found.values, strict=True):
        inserted = sp.factor(value.subs(r, roots.rate).subs(roots.inverse))
        values[name] = _quotient(inserted, written, ends, bridge)
    rate = _quotient(roots.rate, written, ends, bridge)
    return Optimum(values, rate, found, _positive(prover, span, roots.radicands, rate, bridge))


def _quotient(value: Any, written: dict[Any, Any], ends: tuple[Any, Any], bridge: Bridge) -> Term:
    """A quotient of products, the roots inserted, with sums that are positive for mu = 1, L = 9."""
    sides = []
    for part in sp.fraction(sp.factor(value)):
        constant, factors = sp.factor_list(part)
        terms = []
        for factor, exponent in factors:
            sample = factor.subs(written).subs(dict(zip(ends, SAMPLE, strict=True)))
            sign = 1 if sample > 0 else -1
            constant *= sign**exponent
            terms.append(bridge.to_term((sp.expand(sign * factor) ** exponent).subs(written)))
        sides.append((constant, terms))
    (above, top), (below, bottom) = sides
    number, rest = sp.fraction(sp.Rational(above) / sp.Rational(below))
    over = ([bridge.to_term(number)] if number != 1 or not top else []) + top
    under = ([bridge.to_term(rest)] if rest != 1 else []) + bottom
    return div(mul(*over), mul(*under)) if under else mul(*over)


def _gaps(claim: Term, bridge: Bridge) -> Iterator[Any]:
    """What a range of hyperparameters says is not negative."""
    for one in claim.args if claim.head == "And" else (claim,):
        if one.head in ("Lt", "Le", "Gt", "Ge"):
            left, right = map(bridge.to_sympy, one.args)
            yield left - right if one.head in ("Gt", "Ge") else right - left


def _positive(prover: Prover, span: Range, radicands: Sequence[Any], rate: Term, bridge: Bridge) -> tuple[str, ...]:
    """The square roots, what stands under them, and the numerator of the rate are positive."""
    proof = prover.proof
    have = {proof.claims[label]: label for label in span.ordered}
    for radicand in radicands:
        inside = bridge.to_term(radicand)
        if lt(ZERO, inside) not in have:
            have[lt(ZERO, inside)] = _step(prover, lt(ZERO, inside), have, 1, "add what is positive")
        root = lt(ZERO, Term("Sqrt", (inside,)))
        have[root] = proof.step("signs", root, have[lt(ZERO, inside)], because="a root of what is positive")
    top = rate.args[0] if rate.head == "Div" else rate
    parts = [part for factor in (top.args if top.head == "Mul" else (top,)) if factor.head == "Add" for part in factor.args]
    above = add(*(part for part in parts if part.head != "Neg"))
    below = add(*(part.args[0] for part in parts if part.head == "Neg"))
    order = lt(below, above)
    words = "the product of difference and sum is the difference of the squares"
    have[order] = _step(prover, order, have, 2, words, [add(above, below)], signs=False)
    return tuple(have.values())


def _step(
    prover: Prover, claim: Term, have: dict[Term, str], degree: int, because: str,
    multipliers: Sequence[Term] = (), signs: bool = True,
) -> str:  # fmt: skip
    """A step with the claim, from what is known. Raises Undecided where none is found."""
    way = way_to(prover, claim, list(have), degree, multipliers, signs)
    if way is None:
        raise Undecided("the best rate was found, but no proof that nothing is better")
    return prover.step(claim, _with_radicands(way, claim, have), have, because)


def _with_radicands(way: Way, claim: Term, have: Mapping[Term, str]) -> Way:
    """The premises also say that what stands under the square roots is positive."""
    formulas = [claim, *way.premises, *(part for part in way.witness.values() if isinstance(part, Term))]
    inside = {node.args[0] for formula in formulas for node in subterms(formula) if node.head == "Sqrt"}
    more = [one for one in have if one.head == "Lt" and one.args[0] == ZERO and one.args[1] in inside and one not in way.premises]
    return Way(way.rule, (*way.premises, *more), way.witness)


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
        _split(prover, span, best, rho, labels, _active(states, span, best, rho), items[0].label)
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


def _active(states: TwoStates, span: Range, best: Optimum, rho: Term) -> list[Term]:
    """The conditions that hold with equality at the optimum."""
    every = [part for curvature in (span.low, span.high) for part in closed_conditions(rho, *_at(states, curvature))]
    return [every[i] for i in best.curve.active]


def _at(states: TwoStates, curvature: Term) -> tuple[Term, Term]:
    values = {states.curvature.args[0]: curvature}
    return substitute(states.trace, values), substitute(states.product, values)


def closed_conditions(rho: Term, p: Term, q: Term) -> tuple[Term, ...]:
    """-rho**2 <= q, q <= rho**2, -(rho**2 + q) <= p*rho, p*rho <= rho**2 + q."""
    most, product = add(power(rho, 2), q), mul(rho, p)
    return le(neg(power(rho, 2)), q), le(q, power(rho, 2)), le(neg(most), product), le(product, most)


def _split(
    prover: Prover, span: Range, best: Optimum, rho: Term, labels: dict[Term, tuple[str, ...]], active: list[Term], positive: str
) -> None:
    """rate <= rho: clear for rho >= 1; else L*bottom(rho) <= mu*top(rho) by a certificate, a product with rho - rate."""
    proof, claim = prover.proof, le(best.rate, rho)
    below, above = lt(rho, ONE), le(ONE, rho)
    either = proof.step("signs", disj(below, above), because="one of the two")
    known = {proof.claims[label]: label for label in (*span.ordered, *best.positive, positive)}
    branches = []
    for case in (below, above):
        item = proof.supposing(case, "this case")
        have = {**known, case: item.label}
        with proof.inside() as steps:
            if case == below:
                crossed, multiplier = _crossed(span, best, rho)
                have[crossed] = _compared(prover, span, best, rho, crossed, {one: labels[one] for one in active}, have)
                for part in multiplier.args if multiplier.head == "Mul" else (multiplier,):
                    if free_symbols(part) and lt(ZERO, part) not in have:
                        have[lt(ZERO, part)] = _step(prover, lt(ZERO, part), have, 2, "a sum of what is positive")
                _step(prover, claim, have, 1, "divide by what is positive", [multiplier], signs=False)
            else:
                _step(prover, claim, have, 2, "the rate is smaller than 1", _bottoms(best.rate), signs=False)
        branches.append(proof.branch("rho < 1" if case == below else "rho >= 1", steps, item))
    proof.step("cases", claim, either, branches=tuple(branches), because="in both cases")


def _bottoms(term: Term) -> list[Term]:
    return [term.args[1]] if term.head == "Div" else []


def _crossed(span: Range, best: Optimum, rho: Term) -> tuple[Term, Term]:
    """L*bottom(rho) <= mu*top(rho), and the positive factor by which it is more than rate <= rho."""
    bridge = Bridge()
    r, low, high = map(bridge.to_sympy, (rho, span.low, span.high))
    (variable,) = best.curve.top.free_symbols | best.curve.bottom.free_symbols
    top, bottom = (sp.factor(part.subs(variable, r)) for part in (best.curve.top, best.curve.bottom))
    claim = le(bridge.to_term(high * bottom), bridge.to_term(low * top))
    roots = roots_of(best.curve, (low, high), variable)
    written = dict(zip(roots.symbols, map(sp.sqrt, roots.radicands), strict=True))
    gap = sp.factor((low * top - high * bottom).subs(roots.inverse))
    factor = sp.factor(sp.cancel(gap / (r - roots.rate)))
    return claim, bridge.to_term(sp.Mul(*(part.subs(written) for part in sp.Mul.make_args(factor))))


def _compared(
    prover: Prover, span: Range, best: Optimum, rho: Term, crossed: Term, labels: dict[Term, tuple[str, ...]], have: dict[Term, str]
) -> str:
    """L*bottom(rho) <= mu*top(rho), from the conditions that decide; perhaps on both sides of the best hyperparameter."""
    proof, active = prover.proof, list(labels)
    known = dict(have)
    for one in active:
        known[one] = proof.step("signs", one, *labels[one], because="one of the conditions")
    if (label := _one_side(prover, span, best, crossed, active, known)) is not None:
        return label
    bridge = Bridge()
    (variable,) = best.curve.top.free_symbols | best.curve.bottom.free_symbols
    for name, value in zip(best.values, best.curve.values, strict=True):
        if bridge.to_sympy(span.low) in value.free_symbols:
            continue
        top, bottom = sp.fraction(sp.factor(value.subs(variable, bridge.to_sympy(rho))))
        sign = -1 if bottom.could_extract_minus_sign() or bottom.subs(bridge.to_sympy(rho), sp.Rational(1, 2)) < 0 else 1
        at = bridge.to_term(sp.expand(sign * top)), bridge.to_term(sp.expand(sign * bottom) * bridge.to_sympy(symbol(name)))
        cases = lt(at[1], at[0]), le(at[0], at[1])
        either = proof.step("signs", disj(*cases), because="one of the two")
        branches = []
        for case in cases:
            item = proof.supposing(case, "this side of the best choice")
            with proof.inside() as steps:
                if _one_side(prover, span, best, crossed, active, {**known, case: item.label}) is None:
                    raise Undecided("the best rate was found, but no proof that nothing is better")
            branches.append(proof.branch("less than the best" if case == cases[0] else "at least the best", steps, item))
        return proof.step("cases", crossed, either, branches=tuple(branches), because="on both sides")
    raise Undecided("the best rate was found, but no proof that nothing is better")


def _one_side(prover: Prover, span: Range, best: Optimum, crossed: Term, active: list[Term], have: dict[Term, str]) -> str | None:
    """A certificate: each deciding condition times mu or L and what is positive. None where there is none."""
    known = dict(have)
    curvatures = (span.low, span.high)
    for part in factors_of(active, curvatures):
        if lt(ZERO, part) not in known and prover.sign(part, known) != {1}:
            way = way_to(prover, lt(ZERO, part), [one for one in known if one not in active], 2, [ONE])
            if way is not None:
                known[lt(ZERO, part)] = prover.step(lt(ZERO, part), way, known, "a sum of products of what is positive")
    positive = [one for one in [*known, *prover.known] if one.head in ("Lt", "Le", "And") and one not in active]
    bridge = Bridge()
    scaled = {name for name, value in zip(best.values, best.curve.values, strict=True)
              if bridge.to_sympy(span.low) in value.free_symbols}  # fmt: skip
    names = {name for one in active for name in free_symbols(one)} - {x.args[0] for x in curvatures} - scaled
    usable = [part for one in positive for part in (one.args if one.head == "And" else (one,))
              if free_symbols(part) <= names and part.head in ("Lt", "Le")]  # fmt: skip
    multipliers = [ONE, *(one.args[1] for one in usable if one.head == "Lt" and one.args[0] == ZERO)]
    for one, other in combinations_with_replacement(multipliers, 2):
        factor = mul(*(part for part in (one, other) if part != ONE))
        witness = certificate(crossed, active, curvatures, usable, factor, prover)
        if witness is not None:
            premises, terms = witness
            way = Way("polynomial-implication", premises, {"terms": terms, **({} if factor == ONE else {"multiplier": factor})})
            return prover.step(crossed, way, known, "multiply out: a sum of products of what is positive")
    return None


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
            have = {proof.claims[label]: label for label in (*span.ordered, *best.positive)}
            have |= {item.claim: item.label for item in (*first, *second)}
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
    disc = proof.step("roots-within", iff(explicit, conj(*parts)), *span.ordered, *best.positive,
                      because="when both roots lie in that disc")  # fmt: skip
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
        way = way_to(prover, lt(ZERO, bottom), roots, 4)
        if way is not None:
            way = _with_radicands(way, bottom, have)
            have[lt(ZERO, bottom)] = prover.step(lt(ZERO, bottom), way, have, "what stands below is positive")
    way = way_to(prover, part, list(have), 3, [bottom], signs=False)
    if way is None:
        raise Undecided("no proof was found that the rate is kept between the ends")
    return prover.step(part, _with_radicands(way, part, have), have, "insert the hyperparameters and multiply out")
