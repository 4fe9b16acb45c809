"""From a step of any number of states to the linear iteration of its errors: matrix, fixed point, characteristic coefficients.

Explicit steps and implicit ones (the new values stand on both sides); rules may divide, and what must not vanish is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    matrix,
    ne,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.optimizers import Optimizer, step_order
from derivations.tactics.algebra import Bridge, factored, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.linear import T, flat, replace_calls
from derivations.tactics.new_values import Known, Step, error_updates, solved
from derivations.tactics.proof import Proof

Row = tuple[Term, ...]


@dataclass(frozen=True)
class States:
    """x_i(t + 1) - c_i = sum of m_ij*(x_j(t) - c_j): labels ``updates``; x_i(0) = a_i: labels ``starts``.

    ``coefficients`` are those of det(z - m), the highest, 1, first; ``conditions`` are the labels of what makes denominators
    non-zero, ``nonzero`` those among them that are hypotheses of their own; ``exact`` is false for a linearised iteration.
    """

    names: tuple[str, ...]
    start: tuple[str, ...]
    limits: Row
    rows: tuple[Row, ...]
    coefficients: Row
    updates: tuple[str, ...]
    starts: tuple[str, ...]
    conditions: tuple[str, ...]
    nonzero: tuple[Term, ...]
    curvature: Term
    exact: bool = True

    def now(self, i: int) -> Term:
        return apply(self.names[i], T, *map(symbol, self.start))



@dataclass(frozen=True)
class Gradient:
    """grad(x) as the definitions write it, and as it is inserted; ``known`` gives the labels of what makes both equal."""

    said: Callable[[Term], Term]
    inserted: Callable[[Term], Term]
    known: Callable[[Iterable[Term]], list[str]]
    curvature: Term
    exact: bool = True



# --- the method's step --------------------------------------------------------------------------------------------------




def explicit_rules(method: Optimizer) -> dict[str, Term]:
    """The new value of each state as a term in the old ones, each NAME_next replaced. Raises Undecided for an implicit step."""
    new: dict[str, Term] = {}
    for name in step_order(method):
        rule = method.update[name]
        if f"{name}_next" in free_symbols(rule):
            raise Undecided(f"{method.name} defines {name}_next by itself; implicit steps are not treated here so far")
        new[f"{name}_next"] = substitute(rule, new)
    return {name: new[f"{name}_next"] for name in method.state}


def is_implicit(method: Optimizer) -> bool:
    """Whether the new value of some state stands on both sides of its update."""
    return any(f"{name}_next" in free_symbols(rule) for name, rule in method.update.items())


def step_of(method: Optimizer, values: Mapping[str, Term], gradient: Gradient) -> Step:
    implicit = is_implicit(method)
    rules = dict(method.update) if implicit else explicit_rules(method)
    at = [substitute(rules[name], dict(values)) for name in method.state]
    said = tuple(replace_calls(rule, "grad", gradient.said) for rule in at)
    inserted = tuple(replace_calls(rule, "grad", gradient.inserted) for rule in at)
    order = tuple(method.state.index(name) for name in step_order(method))
    if implicit:
        return Step(said, inserted, order, True)
    return Step(tuple(map(flat, said)), tuple(map(flat, inserted)), order, False)


# --- the iteration of the errors ---------------------------------------------------------------------------------------


def linear_system(
    proof: Proof, prover: Prover, names: tuple[str, ...], start: tuple[str, ...], step: Step, gradient: Gradient
) -> States:
    """Definitions (hypotheses for an implicit step), starts, fixed point and the errors' updates."""
    bridge = Bridge()
    now = [apply(name, T, *map(symbol, start)) for name in names]
    after = [apply(name, add(T, ONE), *map(symbol, start)) for name in names]
    found = solved(bridge, step, now, after)
    state = proof.assume if step.implicit else proof.define
    words = "one step: an equation for the new " if step.implicit else "one step: the new "
    defined = [state(_always(start, eq(new, rule)), words, symbol(name))
               for name, new, rule in zip(names, after, step.said, strict=True)]  # fmt: skip
    starts = [proof.assume(every(start, eq(apply(name, ZERO, *map(symbol, start)), symbol(a))), "the start of ", symbol(name))
              for name, a in zip(names, start, strict=True)]  # fmt: skip
    rows = [[tidy(bridge.to_term(entry)) for entry in row] for row in found.rows.tolist()]
    limits = _fixed_point(found.rows, found.shift, bridge)
    nonzero = Nonzero(prover)
    nonzero.require(found.denominators, "so that the step is defined")
    nonzero.require([*(entry for row in rows for entry in row)], "so that the step is defined", inside=True)
    nonzero.require(limits, "so that there is a fixed point", inside=True)
    known = Known(now, after, limits, defined, [*gradient.known(step.said), *nonzero.labels])
    labels = error_updates(proof, bridge, step, found, known)
    updates = [proof.step("generalise", _always(start, proof.claims[labels[i]]), labels[i], because="step and start were arbitrary")
               for i in range(len(names))]  # fmt: skip
    coefficients = _coefficients(found.rows, bridge)
    return States(names, start, tuple(limits), tuple(map(tuple, rows)), coefficients, tuple(updates), tuple(starts),
                  tuple(nonzero.labels), tuple(nonzero.own), gradient.curvature, gradient.exact)  # fmt: skip


def _always(start: tuple[str, ...], body: Term) -> Term:
    return for_all("t", every(start, body))


def every(start: tuple[str, ...], body: Term) -> Term:
    for name in reversed(start):
        body = for_all(name, body)
    return body




def _fixed_point(rows: Any, shift: Any, bridge: Bridge) -> list[Term]:
    """A solution of z = m*z + s. Raises Undecided if there is none."""
    size = rows.rows
    if all(part == 0 for part in shift):
        return [ZERO] * size
    system = sp.eye(size) - rows
    determinant = sp.factor(system.det(method="berkowitz"))
    if determinant != 0:
        return [factored(bridge.to_term(sp.factor(part / determinant))) for part in system.adjugate() * shift]
    try:
        solution, free = system.gauss_jordan_solve(shift)
    except ValueError as error:
        raise NoFixedPoint("the method has no fixed point on this loss") from error
    return [factored(bridge.to_term(sp.factor(part.subs(dict.fromkeys(free, 0))))) for part in solution]


class NoFixedPoint(Undecided):
    """There is no state that a step leaves as it is."""


class Nonzero:
    """Denominators that must not vanish: shown by what is known of the hyperparameters, else assumed."""

    def __init__(self, prover: Prover) -> None:
        self.prover = prover
        self.labels: list[str] = []
        self.own: list[Term] = []
        self.treated: set[Term] = set()

    def require(self, terms: Iterable[Term], why: str, inside: bool = False) -> None:
        """Each term is not zero; ``inside``: each denominator in the terms is not."""
        for term in terms:
            parts = [node.args[1] for node in subterms(term) if node.head == "Div"] if inside else [term]
            for part in parts:
                for factor in _factors(part):
                    if free_symbols(factor) and factor not in self.treated:
                        self.treated.add(factor)
                        label = self._label(factor, why)
                        self.labels.append(label)
                        self.prover.labels[self.prover.proof.claims[label]] = label

    def _label(self, factor: Term, why: str) -> str:
        claim = ne(factor, ZERO)
        if 0 not in self.prover.sign(factor):
            way = self.prover.way(claim, ())
            if way is not None:
                return self.prover.step(claim, way, {}, "by the range of the hyperparameters")
        self.own.append(claim)
        return self.prover.proof.assume(claim, why)


def _factors(term: Term) -> list[Term]:
    bridge = Bridge()
    _, factors = sp.factor_list(sp.numer(sp.together(bridge.to_sympy(term))))
    return [bridge.to_term(factor) for factor, _ in factors]








def _coefficients(rows: Any, bridge: Bridge) -> Row:
    """Those of det(z - m), the highest first, laid out for reading."""
    z = sp.Symbol("z")
    polynomial = (z * sp.eye(rows.rows) - rows).det(method="berkowitz")
    numerator, denominator = sp.fraction(sp.together(polynomial))
    parts = sp.Poly(sp.expand(numerator), z).all_coeffs()
    return (ONE, *(tidy(bridge.to_term(sp.factor(part / denominator))) for part in parts[1:]))



# --- what is said of it -------------------------------------------------------------------------------------------------


def converges(states: States) -> Term:
    """All states tend to the fixed point, from every start."""
    limits = [tends(states.now(i), "t", INFINITY, limit) for i, limit in enumerate(states.limits)]
    return every(states.start, conj(*limits))


def matrix_of(states: States) -> Term:
    return matrix([list(row) for row in states.rows])

