"""The Hessian's spectrum at matching weights of a linear network with one hidden layer, for uncorrelated inputs of variance 1.

Setting     f(theta; x) = V*W*x with W of size k x d, V of size m x k; E x*x^T = 1. The Hessian sends (A, B) to (V^T*C, C*W^T) with
            C = V*A + B*W (shown in spectrum.linear).
Statement   Its non-zero eigenvalues are the sums alpha + beta of an eigenvalue of V*V^T and one of W^T*W, and there are no others;
            gradient descent is stable just for 0 < eta < 2/(|V|**2 + |W|**2), with the operator norms.
Idea        The Hessian acts on C as V*V^T from the left plus W^T*W from the right, so that eigenvectors multiply.
Endpoints   eta at the bound: the direction of the largest eigenvalue alternates for ever.
References  [couto2025]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.linear_layers import layers_of
from derivations.tactics.linear_stability import stable_learning_rates
from derivations.tactics.linear_sums import (
    bases,
    directions_of_layers,
    no_other_eigenvalues,
    sums_are_eigenvalues,
)
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    layers = layers_of(model)
    proof = Proof()
    hessian = directions_of_layers(proof, layers)
    known = bases(proof, layers)
    parts = [
        sums_are_eigenvalues(proof, layers, hessian, known),
        no_other_eigenvalues(proof, layers, hessian, known),
        stable_learning_rates(proof, layers),
    ]
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    each, region = [0, 1, 0, 0, 1, 1, 1, 0], [2, 1, 1]
    answer = {
        "kind": "family",
        "text": select("text", *each),
        "eigenvalues": [select("text", *each)],
        "eigenvector": [select("text", 0, 0, i) for i in (0, 1)],
        "largest": select("text", *region, 1, 1, 1),
        "stable": select("text", *region),
    }
    proof.remark(
        "Multiplicities",
        ("The direction made from the eigenvectors e and u changes the end-to-end map by a multiple of e*u^T. These matrices are "
         "orthonormal, so that equal sums count as often as there are pairs with this sum.",),
        parts[0],
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="spectrum.uncorrelated",
    title="Spectrum of the Hessian of a linear network for uncorrelated inputs",
    question="spectrum",
    derive=derive,
    summary="Its non-zero eigenvalues are sums, one eigenvalue of each layer; the largest one bounds the learning rate.",
    references=("couto2025",),
    problem=lambda: read_problem(model="linear[2,3,2]"),
    order=69,
    models=True,
)
