"""Several parameters: the error of a method on a quadratic loss is multiplied by a matrix at each step.

Setting     A quadratic loss of several parameters with one critical point x*; a method without memory, its update affine.
Statement   The gradient vanishes at x*, and x_{t+1} - x* = M*(x_t - x*) for all t, coordinate by coordinate. Gradient descent on
            x'*A*x/2 - b'*x: x* solves A*x = b, and M = 1 - eta*A.
Idea        Solve for the critical point; subtract it on both sides.
Endpoints   det A = 0: there is no critical point, or a whole line of them; that case is left out.
References  [polyak1964], [nocedal2006]
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    mul,
    ne,
    neg,
    rebuild,
    sub,
    substitute,
    subterms,
)
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.algebra import coefficient_of, is_zero
from derivations.tactics.derivatives import gradient_symbols
from derivations.tactics.hessians import point_of
from derivations.tactics.integrals import fresh
from derivations.tactics.iterates import Iteration, iteration_steps
from derivations.tactics.linear import T, flat, minus
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if len(problem.loss.parameters) < 2 or len(problem.optimizer.state) != 1:
        raise Undecided("this question needs a loss of several parameters and a method without memory")
    loss = point_of(problem.loss)
    point = [loss.at[name] for name in loss.parameters]
    proof = Proof()
    found = iteration_steps(proof, replace(problem, start={}))
    if not all(is_zero(sub(_at(found, i, point), part)) for i, part in enumerate(point)):
        raise Undecided("the method does not stay at the critical point of this loss")
    below = [node.args[1] for part in point for node in subterms(part) if node.head == "Div" and free_symbols(node.args[1])]
    conditions = [proof.assume(ne(one, ZERO), "so that there is one critical point") for one in dict.fromkeys(below)]
    critical = [_critical(proof, found, i, point, conditions) for i in range(len(point))]
    errors = _errors(proof, found, point)
    labels = [_error(proof, found, i, errors, conditions) for i in range(len(point))]
    proof.remark(
        "A linear dynamical system",
        ("The state is the error, and one step multiplies it by the same matrix, wherever it is.",),
        *labels,
    )  # fmt: skip
    shown = [*labels, *critical]
    proof.step("conjunction", conj(*(proof.claims[label] for label in shown)), *shown, because="all together")
    answer: dict[str, Any] = {"kind": "family", "text": select("text", 0, 1, 1),
                              "update": [select("text", i, 1, 1) for i in range(len(labels))]}  # fmt: skip
    answer["critical"] = [select("text", len(labels) + i) for i in range(len(point))]
    return proof.finish(answer, problem.sources)


def _critical(proof: Proof, found: Iteration, i: int, point: list[Term], conditions: list[str]) -> str:
    """The i-th slope vanishes at the point."""
    assert found.slopes is not None
    values = dict(zip(found.slopes.names, point, strict=True))
    slope = gradient_symbols(point)[i]
    here = proof.step("instantiate", eq(slope, substitute(found.slopes.gradient[i], values)), found.slopes.first[i], values=values,
                      because="the slope at the point")  # fmt: skip
    known = [*conditions, *found.slopes.conditions]
    return proof.step("identity", eq(slope, ZERO), here, *known, because="it vanishes there")


def _at(found: Iteration, i: int, point: list[Term]) -> Term:
    """The i-th coordinate after a step from the point."""
    values = {apply(name, T): part for name, part in zip(found.names, point, strict=True)}

    def change(term: Term) -> Term:
        return values[term] if term in values else rebuild(term, change)

    return change(found.updates[found.names[i]])


def _errors(proof: Proof, found: Iteration, point: list[Term]) -> list[tuple[str, str]]:
    """The names of the errors, and the labels of their definitions."""
    taken, errors = {name for name, _ in proof.variables}, []
    for i, (name, at) in enumerate(zip(found.names, point, strict=True)):
        error = proof.declare(fresh(f"e_{i + 1}", taken), "sequence", f"error of {name} after t steps")
        away = add(apply(name, T), at.args[0]) if at.head == "Neg" else minus(apply(name, T), at)
        errors.append((error, proof.define(for_all("t", eq(apply(error, T), away)), "the distance from the critical point")))
    return errors


def _error(proof: Proof, found: Iteration, i: int, errors: list[tuple[str, str]], conditions: list[str]) -> str:
    """∀t: the i-th error after a step, as a combination of the errors before it."""
    assert found.slopes is not None
    parts, rest = [], found.updates[found.names[i]]
    for name, (error, _) in zip(found.names, errors, strict=True):
        factor, rest = coefficient_of(rest, apply(name, T))
        if not is_zero(factor):
            parts.append(_multiple(factor, apply(error, T)))
    if any(node.head == "Apply" for node in subterms(rest)):
        raise Undecided("the update is not affine")
    (error, label), after = errors[i], {"t": add(T, ONE)}
    later = proof.step("instantiate", substitute(proof.claims[label].args[1], after), label, values=after,
                       because="the distance one step later")  # fmt: skip
    known = [one for _, one in errors] + [*conditions, *found.slopes.conditions]
    claim = eq(apply(error, add(T, ONE)), add(*parts))
    step = proof.step("identity", claim, later, found.labels[found.names[i]], *known, because="subtract the critical point")
    return proof.step("generalise", for_all("t", claim), step, because="at every step")


def _multiple(factor: Term, atom: Term) -> Term:
    if factor.head == "Neg":
        return neg(_multiple(factor.args[0], atom))
    return atom if factor == ONE else flat(mul(factor, atom))


def _bowl() -> Problem:
    return default_problem().with_loss(read_loss("(a*x**2 + 2*b*x*y + c*y**2)/2 - p*x - q*y", "x,y"))


RESULT = Result(
    id="gd.error-recurrence",
    title="The error as a linear dynamical system",
    question="recurrence",
    derive=derive,
    summary="On a quadratic loss of several parameters the error is multiplied by the matrix 1 - eta*A at each step.",
    references=("polyak1964", "nocedal2006"),
    problem=_bowl,
    order=44,
)
