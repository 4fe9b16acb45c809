"""Gradient and Hessian of a loss: the slopes and the curvatures along its coordinates, at every point.

Setting     A loss of any number of parameters, given by an expression; a point, which need not be critical.
Statement   The partial derivatives of first and second order as functions of the parameters; whether the Hessian is the same
            at every point; the gradient at the point, and which coordinate is the steeper one there.
Idea        Differentiate twice; put in the point.
Endpoints   The Hessian is constant iff the loss is quadratic. Two slopes of the same size are said to be equal.
References  [nocedal2006] section 2.1
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj, eq, free_symbols, lt, symbol
from derivations.problems.losses import exact_value, read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.derivatives import (
    Slopes,
    at_point,
    column,
    everywhere,
    gradient_symbols,
    hessian_symbols,
    second_partial,
    slope_steps,
    square,
)
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    slopes = slope_steps(proof, problem)
    n = len(slopes.names)
    labels = list(everywhere(proof, slopes))
    gradient, hessian = ((k, *(1,) * n, 1) for k in (0, 1))
    answer: dict[str, Any] = {
        "kind": "matrix", "text": select("text", *gradient), "gradient": select("text", *gradient),
        "hessian": select("text", *hessian),
    }  # fmt: skip
    if not any(free_symbols(entry) & set(slopes.names) for row in slopes.hessian for entry in row):
        answer["constant"] = select("text", len(labels))
        labels.append(_constant(proof, slopes))
        words = "The Hessian does not depend on the point: the curvature is the same everywhere."
        proof.remark("A quadratic loss", (words,), labels[-1])
    if problem.loss.at:
        answer["value"] = select("text", len(labels), 1)
        values, known = at_point(proof, slopes, problem.loss.at)
        where = [problem.loss.at[name] for name in slopes.names]
        claim = eq(column(gradient_symbols(where)), column(values))
        together = proof.step("identity", claim, *known, because="both slopes at the point") if n > 1 else known[0]
        labels.append(together)
        steeper = _steeper(proof, slopes, values, known)
        if steeper:
            answer["steeper"] = [select("text", len(labels) + i) for i in range(len(steeper))]
            labels += steeper
    answer["both"] = [answer["gradient"], answer["hessian"]]
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    return proof.finish(answer, problem.sources)


def _constant(proof: Proof, slopes: Slopes) -> str:
    """The Hessian at one point is the Hessian at another."""
    taken = {name for name, _ in proof.variables}
    others: list[str] = []
    for letter, _ in zip("pqrsuv", slopes.names, strict=False):
        others.append(proof.declare(fresh(letter, {*taken, *others}), "real", "a coordinate of another point"))
    there = {name: symbol(other) for name, other in zip(slopes.names, others, strict=True)}
    here, moved = (square(hessian_symbols(at)) for at in (slopes.variables, list(there.values())))
    known = []
    for (i, j), label in slopes.second.items():
        claim = eq(second_partial(i, j, list(there.values())), slopes.hessian[i][j])
        known += [label, proof.step("instantiate", claim, label, values=there, because="the same at another point")]
    return proof.step("identity", eq(here, moved), *known, *slopes.conditions, because="each entry is the same at any two points")


def _steeper(proof: Proof, slopes: Slopes, values: list[Term], known: list[str]) -> list[str]:
    """The sizes of the slopes at the point, in their order, where they are numbers."""
    where = list(slopes.loss.at.values())
    sizes = [(abs(size), i) for i, size in enumerate(map(exact_value, values)) if size is not None]
    found: list[str] = []
    if len(sizes) != len(values):
        return found
    ordered = sorted(sizes)
    for (small, i), (large, j) in pairwise(ordered):
        low, high = (Term("Abs", (gradient_symbols(where)[k],)) for k in (i, j))
        claim = eq(low, high) if small == large else lt(low, high)
        number = proof.step("signs", _sizes(claim, values, (i, j)), because="compare the sizes")
        found.append(proof.step("rewrite", claim, number, known[i], known[j], because="these are the slopes"))
    return found


def _sizes(claim: Term, values: list[Term], pair: tuple[int, int]) -> Term:
    """The comparison with the values in place of the partial derivatives."""
    return Term(claim.head, tuple(Term("Abs", (values[k],)) for k in pair))


def _valley() -> Problem:
    return default_problem().with_loss(read_loss("x**2 + 10*y**2", at="x=1,y=1"))


RESULT = Result(
    id="loss.derivatives",
    title="Gradient and Hessian of a loss",
    question="derivatives",
    derive=derive,
    summary="The slopes and the curvatures along the coordinates at every point, and the steepest coordinate at one point.",
    references=("nocedal2006",),
    tasks=("stage3:1.1", "stage3:2.1", "stage3:2.2", "stage3:2.3", "stage3:3.1", "stage3:3.2"),
    problem=_valley,
    order=46,
)
