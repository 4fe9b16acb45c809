"""The Hessian of a network with one hidden layer and normal inputs, at given weights: full rank proved, or why it is less.

Setting     f(theta; x) = sum_j v_j*sigma(w_j . x), x standard normal, K(a, b) = E sigma(a . x)*sigma(b . x) in closed form.
Statement   At matching weights the Hessian of E|f(theta'; x) - f(theta; x)|**2/2 is this matrix, and has this rank.
Idea        Every block is a derivative of K. Vectors that it annihilates are found over Q and checked exactly; that the rest is
            independent is seen by enclosing a determinant in a ball that excludes 0.
Endpoints   Two units with equal or opposite weights; a unit without output weight; a unit without weights: then it drops.
References  [couto2025], [williams1997], [cho2009]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.kernels import default_weights, hessian_and_rank
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None or model.units is None:
        raise Undecided(
            "this result is about a network with one hidden layer whose units have a known expected product"
        )
    if model.gates and not problem.weights:
        raise Undecided("for a network with gates the Hessian's entries are found at given weights: add --at")
    given = {name: value.args[0] for name, value in problem.weights.items()} or default_weights(model)
    proof = Proof()
    reason = hessian_and_rank(proof, model, model.units, given)
    answer: dict[str, Any] = {
        "kind": "number",
        "text": select("text", 1),
        "rank": select("number", 1),
        "parameters": select("number", 2),
        "nullity": select("number", 3),
        "reason": select("name", 4),
        "weights": select("rows", 6),
        "hessian": select("rows", 5),
    }
    if reason.args[0] == "null_vectors":
        answer["directions"] = [select("text", 4, i) for i in range(2, len(reason.args))]
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="rank.kernel",
    title="Rank of the Hessian of a network with one hidden layer and normal inputs",
    question="rank",
    derive=derive,
    summary="At given rational weights the Hessian's entries in closed form, and a proof that its rank is full, or why it is not.",
    references=("couto2025", "williams1997", "cho2009"),
    problem=lambda: read_problem(model="erf[1;2]"),
    order=71,
    models=True,
    weights=True,
)
