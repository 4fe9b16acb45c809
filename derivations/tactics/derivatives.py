"""Gradient and Hessian of a loss as functions of its parameters, and their values at a point that need not be critical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import ZERO, Term, apply, eq, free_symbols, matrix, ne, substitute, subterms, symbol
from derivations.problems.losses import Loss
from derivations.problems.questions import Problem
from derivations.tactics.algebra import derivative, tidy
from derivations.tactics.hessians import for_all_of, partial, unit
from derivations.tactics.linear import signs_of
from derivations.tactics.proof import Proof

MAX_PARAMETERS = 6


@dataclass(frozen=True)
class Slopes:
    """The partial derivatives of first and second order as terms in the parameters, and the labels that prove them."""

    loss: Loss
    gradient: list[Term]
    hessian: list[list[Term]]
    defined: str
    first: list[str]
    second: dict[tuple[int, int], str]
    conditions: list[str]

    @property
    def names(self) -> tuple[str, ...]:
        return self.loss.parameters

    @property
    def variables(self) -> list[Term]:
        return [symbol(name) for name in self.names]


def slope_steps(proof: Proof, problem: Problem, second: bool = True) -> Slopes:
    """The definition of the loss and its derivatives up to the second order, each a step, for all parameters."""
    loss = problem.loss
    names, n = loss.parameters, len(loss.parameters)
    if loss.body is None:
        raise Undecided("this question needs a loss given by an expression")
    if n > MAX_PARAMETERS:
        raise Undecided(f"a loss of more than {MAX_PARAMETERS} parameters is not treated here so far")
    for name in names:
        proof.declare(name, "real", "parameter")
    for name in (*loss.constants, *(name for claim in problem.assume for name in sorted(free_symbols(claim)))):
        proof.declare(name, "real")
    for claim in problem.assume:
        proof.assume(claim, "assumed")
    proof.declare("L", "function")
    variables = [symbol(name) for name in names]
    defined = proof.define(for_all_of(names, eq(apply("L", *variables), loss.body)), "the loss")
    conditions = domain_conditions(proof, loss)
    gradient, first = [], []
    for i, name in enumerate(names):
        gradient.append(derivative(loss.body, name))
        claim = for_all_of(names, eq(partial("L", unit(i, n), variables), gradient[i]))
        first.append(proof.step("derivative", claim, defined, *conditions, because=_words(names, i)))
    hessian, labels = _second_order(proof, names, gradient, first, conditions) if second else ([], {})
    return Slopes(loss, gradient, hessian, defined, first, labels, conditions)


def _words(names: Sequence[str], i: int) -> tuple[str | Term, ...]:
    return ("differentiate by ", symbol(names[i])) if len(names) > 1 else ("differentiate",)


def _second_order(
    proof: Proof, names: tuple[str, ...], gradient: list[Term], first: list[str], conditions: list[str]
) -> tuple[list[list[Term]], dict[tuple[int, int], str]]:
    n, variables = len(names), [symbol(name) for name in names]
    hessian, labels = [[derivative(gradient[i], names[j]) for j in range(n)] for i in range(n)], {}
    for i in range(n):
        for j in range(i, n):
            hessian[j][i] = hessian[i][j]
            claim = for_all_of(names, eq(second_partial(i, j, variables), hessian[i][j]))
            labels[i, j] = proof.step("derivative", claim, first[i], *conditions, because="differentiate again")
    return hessian, labels


def second_partial(i: int, j: int, at: list[Term]) -> Term:
    """d_i d_j L at a point."""
    n = len(at)
    return partial("L", [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)], at)


def domain_conditions(proof: Proof, loss: Loss) -> list[str]:
    """Conditions on the constants in denominators. Raises Undecided for a loss that is not smooth for every parameter."""
    assert loss.body is not None
    parameters, labels = set(loss.parameters), []
    for node in dict.fromkeys(subterms(loss.body)):
        varies = bool(free_symbols(node) & parameters)
        if node.head == "Div" and free_symbols(node.args[1]):
            if not free_symbols(node.args[1]) & parameters:
                labels.append(proof.assume(ne(node.args[1], ZERO), "a denominator of the loss"))
            elif 0 in signs_of(proof, node.args[1]):
                raise Undecided(f"the loss is not defined everywhere: {ascii_text(node.args[1])} may be zero")
        if node.head in ("Log", "Sqrt") and varies and signs_of(proof, node.args[0]) != {1}:
            raise Undecided(f"the loss is not smooth everywhere: {ascii_text(node.args[0])} may not be positive")
        if node.head in ("Abs", "Tan") and varies:
            raise Undecided(f"a loss with {node.head.lower()} of a parameter is not smooth everywhere")
    return labels


# --- gradient and Hessian as columns and matrices -----------------------------------------------------------------


def column(parts: Sequence[Term]) -> Term:
    """A column of numbers; a single one is just itself."""
    return parts[0] if len(parts) == 1 else matrix([[part] for part in parts])


def square(rows: list[list[Term]]) -> Term:
    """A matrix; with a single entry it is just that entry."""
    return rows[0][0] if len(rows) == 1 else matrix(rows)


def gradient_symbols(at: list[Term]) -> list[Term]:
    """The partial derivatives of L at a point, as symbols."""
    return [partial("L", unit(i, len(at)), at) for i in range(len(at))]


def hessian_symbols(at: list[Term]) -> list[list[Term]]:
    """The second partial derivatives of L at a point, as symbols."""
    n = len(at)
    return [[second_partial(min(i, j), max(i, j), at) for j in range(n)] for i in range(n)]


def everywhere(proof: Proof, slopes: Slopes) -> tuple[str, str]:
    """Labels of: for all parameters, the gradient is this column, and the Hessian is this matrix."""
    at, n = slopes.variables, len(slopes.names)
    if n == 1:
        return slopes.first[0], slopes.second[0, 0]
    found = []
    for shown, value, known in (
        (column(gradient_symbols(at)), column(slopes.gradient), slopes.first),
        (square(hessian_symbols(at)), square(slopes.hessian), list(slopes.second.values())),
    ):
        words = "the partial derivatives side by side"
        step = proof.step("identity", eq(shown, value), *known, *slopes.conditions, because=words)
        found.append(proof.step("generalise", for_all_of(slopes.names, eq(shown, value)), step, because="at every point"))
    return found[0], found[1]


def at_point(proof: Proof, slopes: Slopes, at: dict[str, Term]) -> tuple[list[Term], list[str]]:
    """The gradient's components at a point, and labels of the steps that prove them."""
    values, labels = [], []
    where = [at[name] for name in slopes.names]
    for i, slope in enumerate(slopes.gradient):
        values.append(tidy(substitute(slope, at)))
        given = proof.step("instantiate", eq(gradient_symbols(where)[i], substitute(slope, at)), slopes.first[i], values=dict(at),
                           because="at the point")  # fmt: skip
        claim = eq(gradient_symbols(where)[i], values[i])
        labels.append(proof.step("identity", claim, given, *slopes.conditions, because="compute it"))
    return values, labels
