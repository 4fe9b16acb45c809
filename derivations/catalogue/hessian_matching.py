"""The Hessian at matching weights is the mean of the products of the gradients: H = E J^T*J, for every model and law of the inputs.

Setting     f_p(theta; x) = sum_i phi_pi(theta)*x_i, x_i features of the data of any law, phi twice continuously differentiable; the
            mean square L = sum_p E(f_p(theta') - f_p(theta))**2/2; the weights theta' are moved along any two curves through theta.
Statement   There the slopes of L vanish, and d^2L/da db = sum_p sum_ij M_ij*(d phi_pi/da)*(d phi_pj/db), M_ij = E x_i*x_j, which is
            sum_p E (df_p/da)*(df_p/db). For a polynomial model that is given: all entries, in its weights and its inputs' moments.
Idea        Differentiate twice: what is multiplied by f(theta') - f(theta) vanishes at theta' = theta.
Endpoints   Only at matching weights: elsewhere the second derivatives of f come in, times what is left of the error.
References  [couto2025]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.catalogue.spectrum_weights import derive as spectrum
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.models import Model
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.matching import every_model
from derivations.tactics.model_hessian import of_model
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if problem.model is not None:
        return _of(problem, problem.model)
    proof = Proof()
    labels = every_model(proof)
    proof.remark(
        "Every entry of the Hessian",
        ("Moved along the axes of two weights, the mixed derivative is the entry of the Hessian for these two. Along one curve "
         "alone it is a mean of squares, so no eigenvalue is negative; it vanishes where the outputs do not change to first "
         "order.",),
        labels[2], labels[5],
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    answer = {
        "kind": "equation",
        "text": select("text", 2),
        "mixed": select("text", 2, 1),
        "mean": select("text", 3, 1),
        "along_one": select("text", 5, 1),
        "slopes": [select("text", i) for i in range(2)],
    }
    return proof.finish(answer, problem.sources)


def _of(problem: Problem, model: Model) -> Derivation:
    """The entries for one model; at given weights as numbers, with their eigenvalues."""
    if problem.weights:
        return spectrum(problem)
    proof = Proof()
    whole, moments = of_model(proof, model)
    proof.remark(
        "Which directions the loss cannot feel",
        ("A direction that changes no coefficient of the outputs to first order is annihilated by this matrix, whatever the law of "
         "the inputs is.",),
        whole,
    )  # fmt: skip
    at = (0, 1) if moments else (1,)
    answer: dict[str, Any] = {
        "kind": "matrix",
        "text": select("text", *at),
        "matrix": select("text", *at),
        "hessian": select("rows", *at),
    }
    if moments:
        answer["moments"] = [select("text", 1 + i) for i in range(len(moments))]
        labels = (whole, *moments)
        proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="with what the letters mean")
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="hessian.matching",
    title="The Hessian at matching weights: the mean of the products of the gradients",
    question="hessian",
    derive=derive,
    summary="Where a model computes what its teacher computes, the Hessian of the mean square needs first derivatives alone.",
    references=("couto2025",),
    problem=default_problem,
    order=68,
    models=True,
    weights=True,
    inputs=True,
)
