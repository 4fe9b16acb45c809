"""Solving one step for its new values: what they are in the old ones, and the proof for each, one after the other.

An implicit step has its new values on both sides. They are eliminated in order; where one needs later ones (the components of a
vector do) these are put in at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import ONE, ZERO, Term, add, eq, free_symbols, mul, neg, rebuild, subterms, symbol
from derivations.tactics.algebra import Bridge, factored, tidy
from derivations.tactics.linear import flat, minus
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Step:
    """One step of a method, as it is said and with the gradient inserted: terms in the states now, and in new ones if implicit.

    ``order`` is an order in which each new value needs earlier ones only, or itself.
    """

    said: tuple[Term, ...]
    inserted: tuple[Term, ...]
    order: tuple[int, ...]
    implicit: bool


@dataclass(frozen=True)
class Solved:
    """new = m*old + s: SymPy's m (``rows``) and s (``shift``), and the terms that must not vanish for it.

    ``later`` and ``before`` are the coefficients of the new values that come later, and of the old ones, in each equation when
    the earlier new values have been eliminated; None where no equation needs a later one.
    """

    rows: Any
    shift: Any
    denominators: list[Term]
    later: Any = None
    before: Any = None


def solved(bridge: Bridge, step: Step, now: list[Term], after: list[Term]) -> Solved:
    """The new values. Raises Undecided where a rule is not affine, or a new value is not determined."""
    old, new = [bridge.to_sympy(x) for x in now], [bridge.to_sympy(x) for x in after]
    quotients = [node for rule in step.said for node in subterms(rule) if node.head == "Div"]
    denominators = [node.args[1] for node in quotients if free_symbols(node.args[1])]
    found: dict[Any, Any] = {}
    for i in step.order:
        rule = _eliminated(bridge.to_sympy(step.inserted[i]), found)
        slope = sp.cancel(sp.together(sp.diff(rule, new[i])))
        if slope.has(*new):
            raise Undecided(f"the implicit step {ascii_text(after[i])} = … is not affine in the new value")
        if slope != 0:
            bottom = sp.factor(sp.numer(sp.together(1 - slope)))
            if bottom == 0:
                raise Undecided(f"the implicit step {ascii_text(after[i])} = … does not determine the new value")
            denominators.append(factored(bridge.to_term(bottom)))
            rule = rule.subs(new[i], 0) / (1 - slope)
        found[new[i]] = sp.together(rule)
    parts: list[Any] = []
    if any(rule.has(*new) for rule in found.values()):
        parts = [_slopes(found, new, new), _slopes(found, new, old)]
        for i in reversed(step.order):
            found[new[i]] = sp.together(found[new[i]].subs(found))
    rows = _slopes(found, new, old)
    for i in range(len(new)):
        if any(one.row(i).has(*old, *new) for one in (rows, *parts)):
            raise Undecided(f"the update of {after[i].args[0]} is not affine in the states, even where the gradient is affine")
    shift = sp.Matrix([sp.cancel(sp.together(found[x].subs(dict.fromkeys(old, 0)))) for x in new])
    return Solved(rows, shift, list(dict.fromkeys(denominators)), *parts)


def _eliminated(rule: Any, found: Mapping[Any, Any]) -> Any:
    for value, known in found.items():
        rule = rule.subs(value, known)
    return rule


def _slopes(found: Mapping[Any, Any], new: list[Any], by: list[Any]) -> Any:
    return sp.Matrix([[sp.cancel(sp.together(sp.diff(found[x], y))) for y in by] for x in new])


# --- the proof ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What the proof of the errors' updates stands on: values, the fixed point, labels of definitions and of further conditions."""

    now: list[Term]
    after: list[Term]
    limits: Sequence[Term]
    defined: list[str]
    conditions: list[str]

    def errors(self, values: list[Term]) -> list[Term]:
        return [minus(x, c) for x, c in zip(values, self.limits, strict=True)]


def error_updates(proof: Proof, bridge: Bridge, step: Step, found: Solved, known: Known) -> dict[int, str]:
    """Labels of: the error of each state after the step is a combination of the errors before."""
    rows = _terms(bridge, found.rows)
    claims = [eq(new, combination(row, known.errors(known.now))) for new, row in zip(known.errors(known.after), rows, strict=True)]
    labels: dict[int, str] = {}
    if found.later is None:
        for i in step.order:
            labels[i] = _error_update(proof, i, claims[i], step, known, labels)
        return labels
    coupled = [row + rest for row, rest in zip(_terms(bridge, found.later), _terms(bridge, found.before), strict=True)]
    errors = [*known.errors(known.after), *known.errors(known.now)]
    for i in step.order:
        labels[i] = _error_update(proof, i, eq(errors[i], combination(coupled[i], errors)), step, known, labels)
    for i in reversed(step.order):
        needed = {errors[j]: labels[j] for j in range(len(known.after)) if coupled[i][j] != ZERO}
        if needed:
            left, right = proof.claims[labels[i]].args
            put = eq(left, _put(right, {error: proof.claims[label].args[1] for error, label in needed.items()}))
            used = proof.step("rewrite", put, labels[i], *needed.values(), because="insert the other new values")
            labels[i] = proof.step("identity", claims[i], used, *known.conditions, because="collect")
    return labels


def _terms(bridge: Bridge, rows: Any) -> list[list[Term]]:
    return [[tidy(bridge.to_term(entry)) for entry in row] for row in rows.tolist()]


def _error_update(proof: Proof, i: int, claim: Term, step: Step, known: Known, labels: Mapping[int, str]) -> str:
    """The error of state i after a step is a combination of errors: from its definition, or solving an implicit step."""
    after, conditions, used = known.after, known.conditions, known.defined[i]
    if not step.implicit:
        words = "insert the derivative, and subtract the fixed point"
        return proof.step("identity", claim, used, *conditions, because=words)
    rule = step.inserted[i]
    if rule != step.said[i]:
        used = proof.step("rewrite", eq(after[i], rule), used, *conditions, because="insert the derivative")
    else:
        names = proof.claims[used]
        values = {}
        while names.head == "ForAll":
            values[names.args[0]] = symbol(names.args[0])
            names = names.args[1]
        used = proof.step("instantiate", eq(after[i], rule), used, values=values, because="at any step, from any start")
    while earlier := [j for j in labels if after[j] in set(subterms(rule))]:
        solutions = {j: _solution(proof, labels[j], after[j]) for j in earlier}
        rule = _put(rule, {after[j]: proof.claims[label].args[1] for j, label in solutions.items()})
        used = proof.step("rewrite", eq(after[i], rule), used, *solutions.values(), because="insert the new values found so far")
    return proof.step("signs", claim, used, *conditions, because="solve for the new value, and subtract the fixed point")


def _put(term: Term, values: Mapping[Term, Term]) -> Term:
    return values[term] if term in values else rebuild(term, lambda arg: _put(arg, values))


def _solution(proof: Proof, label: str, new: Term) -> str:
    left, right = proof.claims[label].args
    if left == new:
        return label
    return proof.step("signs", eq(new, add(left.args[1].args[0], right)), label, because="add the fixed point again")


def combination(row: Iterable[Term], atoms: Iterable[Term]) -> Term:
    """m1*x1 + m2*x2 + ... without zeros and ones."""
    return add(*(multiple(factor, atom) for factor, atom in zip(row, atoms, strict=True) if factor != ZERO))


def multiple(factor: Term, atom: Term) -> Term:
    """factor*atom, without a one and with a minus in front."""
    if factor.head == "Neg":
        return neg(multiple(factor.args[0], atom))
    return atom if factor == ONE else flat(mul(factor, atom))
