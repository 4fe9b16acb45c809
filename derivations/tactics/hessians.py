"""Gradient and Hessian of a loss at a point, its eigenvalues, and what kind of critical point it is."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.solvers.solveset import NonlinearError

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import (
    ZERO,
    Term,
    apply,
    eq,
    for_all,
    free_symbols,
    matrix,
    substitute,
    symbol,
)
from derivations.problems.losses import Loss
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, derivative, is_zero, tidy
from derivations.tactics.linear import nonzero_conditions
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Hessian:
    """The values at the point and the labels of the steps that prove them."""

    loss: Loss
    gradient: list[str]
    entries: list[list[Term]]
    matrix: str


def partial(name: str, orders: list[int], at: list[Term]) -> Term:
    return Term("Derivative", (name, tuple(orders), *at))


def unit(i: int, n: int) -> list[int]:
    return [1 if j == i else 0 for j in range(n)]


def for_all_of(names: tuple[str, ...], body: Term) -> Term:
    for name in reversed(names):
        body = for_all(name, body)
    return body


def point_of(loss: Loss) -> Loss:
    """The loss with its point; without one, the only critical point of a quadratic loss."""
    if loss.at:
        return loss
    assert loss.body is not None
    bridge = Bridge()
    variables = [bridge.to_sympy(symbol(name)) for name in loss.parameters]
    gradient = [sp.diff(bridge.to_sympy(loss.body), x) for x in variables]
    try:
        equations, right = sp.linear_eq_to_matrix(gradient, variables)
        known = not equations.has(*variables) and equations.rank() == len(variables)
    except NonlinearError:
        known = False
    if not known:
        zeros = ",".join(f"{name}=0" for name in loss.parameters)
        raise Unusable(
            "say at which point, with --at", loss.source, (0, len(loss.source)), f'for example --at "{zeros}"'
        )
    solution = equations.LUsolve(right)
    at = {name: tidy(bridge.to_term(sp.cancel(value))) for name, value in zip(loss.parameters, solution, strict=True)}
    return Loss(loss.parameters, loss.body, at, loss.source, loss.at_source)


def hessian_steps(proof: Proof, problem: Problem) -> Hessian:
    """Definition of the loss, its gradient at the point (which must vanish) and its Hessian there, each entry a step."""
    loss = point_of(problem.loss)
    if loss.body is None:
        raise Undecided("this question needs a loss given by an expression")
    names, n = loss.parameters, len(loss.parameters)
    if n > 8:
        raise Undecided("a Hessian with more than eight rows is not treated here so far")
    for name in names:
        proof.declare(name, "real", "parameter")
    for name in loss.constants:
        proof.declare(name, "real", "a constant")
    for claim in problem.assume:
        for name in free_symbols(claim):
            proof.declare(name, "real")
        proof.assume(claim, "assumed")
    proof.declare("L", "function")
    variables, at = [symbol(name) for name in names], [loss.at[name] for name in names]
    defined = proof.define(for_all_of(names, eq(apply("L", *variables), loss.body)), "the loss")
    conditions = [label for name in names for label in nonzero_conditions(proof, loss.body, name)]
    slopes, first = [], []
    for i, name in enumerate(names):
        slopes.append(derivative(loss.body, name))
        claim = for_all_of(names, eq(partial("L", unit(i, n), variables), slopes[i]))
        words = f"differentiate by the {_ordinal(i)} parameter" if n > 1 else "differentiate"
        first.append(proof.step("derivative", claim, defined, *conditions, because=words))
    _require_critical(loss, slopes)
    gradient = [
        proof.step("derivative", eq(partial("L", unit(i, n), at), ZERO), first[i], because="it vanishes at the point")
        for i in range(n)
    ]
    return Hessian(loss, gradient, *_second_order(proof, loss, slopes, first))


def _ordinal(i: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")[i]


def _require_critical(loss: Loss, slopes: list[Term]) -> None:
    values = [tidy(substitute(slope, loss.at)) for slope in slopes]
    if not all(is_zero(value) for value in values):
        where = ", ".join(f"{name} = {ascii_text(value)}" for name, value in loss.at.items())
        shown = ", ".join(map(ascii_text, values))
        text = loss.at_source or loss.source
        raise Unusable(f"{where} is not a critical point: the gradient there is ({shown})", text, (0, len(text)))


def _second_order(proof: Proof, loss: Loss, slopes: list[Term], first: list[str]) -> tuple[list[list[Term]], str]:
    names, n = loss.parameters, len(loss.parameters)
    at = [loss.at[name] for name in names]
    entries: list[list[Term]] = [[ZERO] * n for _ in range(n)]
    labels = []
    symbols: list[list[Term]] = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            orders = [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)]
            symbols[i][j] = partial("L", orders, at)
            if j < i:
                entries[i][j] = entries[j][i]
                continue
            entries[i][j] = tidy(substitute(derivative(slopes[i], names[j]), loss.at))
            claim = eq(symbols[i][j], entries[i][j])
            labels.append(proof.step("derivative", claim, first[i], because="differentiate again, at the point"))
    claim = eq(matrix(symbols), matrix(entries))
    return entries, proof.step("identity", claim, *labels, because="the Hessian at the point")
