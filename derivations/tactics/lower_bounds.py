"""L*bottom <= mu*top from conditions that are affine in mu and L: each of them times mu or L and a product of what is positive.

A linear program finds the numbers; they are solved for exactly, and the kernel multiplies out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import sympy as sp

from derivations.language.terms import ZERO, Term, lt
from derivations.tactics.algebra import Bridge
from derivations.tactics.certificates import Dense, dense, exact_weights, find, gap, times, vertex
from derivations.tactics.conditions import Prover, Way

BESIDE, ALONE, MAX_COLUMNS = 2, 4, 6000  # how many positive factors beside a condition, and in a product without one


def factors_of(active: Sequence[Term], curvatures: Sequence[Term]) -> list[Term]:
    """Sums that are factors of the coefficients of mu and L, or of what stands without them, with both signs."""
    bridge, found = Bridge(), []
    ends = [bridge.to_sympy(one) for one in curvatures]
    for condition in active:
        poly = sp.Poly(sp.expand(gap(condition, bridge)), *ends)
        for coefficient in poly.coeffs():
            found += [part for part, _ in sp.factor_list(coefficient)[1] if part.is_Add]
    return [bridge.to_term(sp.expand(sign * part)) for part in dict.fromkeys(found) for sign in (1, -1)]


def certificate(
    claim: Term, active: Sequence[Term], curvatures: Sequence[Term], positive: Sequence[Term], factor: Term, prover: Prover
) -> tuple[tuple[Term, ...], tuple[dict[str, Any], ...]] | None:
    """The premises and the terms of a certificate for factor*claim; None if there is none."""
    bridge = Bridge()
    sizes = [lt(ZERO, one) for one in curvatures]
    premises = [*active, *sizes, *positive]
    goal = sp.expand(gap(claim, bridge) * bridge.to_sympy(factor))
    parts = [sp.expand(gap(one, bridge)) for one in premises]
    generators = tuple(sorted(set().union(goal.free_symbols, *(part.free_symbols for part in parts)), key=str))
    polys, target = [dense(part, generators) for part in parts], dense(goal, generators)
    if target is None or any(poly is None for poly in polys):
        return None
    columns = list(_columns([poly for poly in polys if poly is not None], len(active), len(sizes)))
    if len(columns) > MAX_COLUMNS:
        return None
    chosen = vertex(target, [(places, poly, False) for places, poly in columns], Fraction(0))
    weights = None if chosen is None else exact_weights([columns[i][1] for i in chosen], target)
    if chosen is None or weights is None or any(weight < 0 for weight in weights):
        return None
    return _written(claim, premises, [(w, columns[i][0]) for i, w in zip(chosen, weights, strict=True) if w], factor, prover)


def _columns(polys: list[Dense], conditions: int, sizes: int) -> Any:
    """Places and products: a condition (or none) times mu or L times positive ones."""
    first, others = range(conditions, conditions + sizes), range(conditions + sizes, len(polys))
    products: dict[tuple[int, ...], Dense] = {}
    one: Dense = {(0,) * len(next(iter(polys[0]))): Fraction(1)}
    for count in range(ALONE + 1):
        for places in combinations_with_replacement(others, count):
            products[places] = times(products[places[:-1]], polys[places[-1]]) if places else one
    for places, poly in products.items():
        for size in first:
            scaled = times(poly, polys[size])
            yield (size, *places), scaled
            if len(places) <= BESIDE:
                for k in range(conditions):
                    yield (k, size, *places), times(scaled, polys[k])


def _written(
    claim: Term, premises: list[Term], found: list[tuple[Fraction, tuple[int, ...]]], factor: Term, prover: Prover
) -> tuple[tuple[Term, ...], tuple[dict[str, Any], ...]] | None:
    """The certificate with the premises that it needs, if the kernel accepts it."""
    named = sorted({place for _, places in found for place in places})
    parts = factor.args if factor.head == "Mul" else (factor,)
    signs = [lt(ZERO, part) for part in parts if lt(ZERO, part) in premises]
    kept = list(dict.fromkeys([*(premises[i] for i in named), *signs]))
    terms = tuple({**({} if weight == 1 else {"coefficient": str(weight)}), "premises": tuple(map(named.index, places))}
                  for weight, places in found)  # fmt: skip
    witness = {"terms": terms, "multiplier": factor}
    return (tuple(kept), terms) if prover.accepts("polynomial-implication", claim, kept, witness) else None


def way_to(
    prover: Prover, claim: Term, given: Sequence[Term], degree: int, multipliers: Sequence[Term] = (), signs: bool = True
) -> Way | None:
    """How the claim follows, by signs or by a certificate in square roots; ``multipliers`` are used where they are positive."""
    premises = [part for one in (*given, *prover.known) for part in (one.args if one.head == "And" else (one,))]
    if signs and prover.accepts("signs", claim, premises, {}):
        return Way("signs", _fewer(prover, "signs", claim, premises, (), {}), {})
    positive = [factor for factor in multipliers if prover.sign(factor, premises) == {1}]
    witness = find(claim, premises, degree, positive)
    if witness is None or not prover.accepts("polynomial-implication", claim, premises, witness):
        return None
    named = tuple(sorted({i for term in witness["terms"] for i in term.get("premises", ())}))
    terms = tuple({**term, **({"premises": tuple(map(named.index, term["premises"]))} if "premises" in term else {})}
                  for term in witness["terms"])  # fmt: skip
    shorter = {**witness, "terms": terms}
    others = [one for i, one in enumerate(premises) if i not in named]
    first = tuple(premises[i] for i in named)
    return Way("polynomial-implication", _fewer(prover, "polynomial-implication", claim, others, first, shorter), shorter)


def _fewer(
    prover: Prover, rule: str, claim: Term, premises: Sequence[Term], first: tuple[Term, ...], witness: Mapping[str, Any]
) -> tuple[Term, ...]:
    """The first premises, and of the others only those that are needed."""
    kept = list(premises)
    for one in reversed(premises):
        fewer = [other for other in kept if other is not one]
        if prover.accepts(rule, claim, [*first, *fewer], witness):
            kept = fewer
    return (*first, *kept)
