"""The Hessian's spectrum at matching weights of a linear network with one hidden layer, in any sizes and for any inputs.

Setting     f(theta; x) = V*W*x with W of size k x d, V of size m x k; L = E|f(theta'; x) - f(theta; x)|**2/2, S = E x*x^T.
Statement   The Hessian at theta' = theta sends the direction (A, B) to (V^T*N, N*W^T), N = (V*A + B*W)*S. Its eigenvectors with
            lam != 0 are those made from V*V^T*e = alpha*e and (alpha*1 + W^T*W)*S*u = lam*u; with one output alpha = |v|**2.
            With S = R*R^T (R = S**(1/2), say) that matrix has the eigenvalues of R^T*(alpha*1 + W^T*W)*R, but for 0.
Idea        H = D^T*S*D, D sending a direction to the change of the end-to-end map: D^T*S and D carry eigenvectors to and fro.
Endpoints   lam = 0: directions that do not change the end-to-end map, counted in rank.linear. S = 1: see spectrum.uncorrelated
            and spectrum.smallest.
References  [couto2025]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.linear_eigenvectors import eigenvectors, isotropic, lossless, root_of_moments
from derivations.tactics.linear_layers import hessian_map, layers_of
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    layers = layers_of(model)
    proof = Proof()
    hessian = hessian_map(proof, layers)
    parts = [
        hessian.proved,
        *eigenvectors(proof, layers, hessian),
        isotropic(proof, layers),
        lossless(proof, layers, hessian),
        root_of_moments(proof, layers),
    ]
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    law = select("text", 1, 0, 1 if layers.outputs else 0, 1)
    answer = {
        "kind": "family",
        "text": law,
        "law": law,
        "symmetric": select("text", 6, 0, 0, 1, 1),
        "hessian": select("text", 0, 1),
        "eigenvector": [select("text", 1, 0, i) for i in ((2, 3) if layers.outputs else (1, 2))],
        "uncorrelated": select("text", 4, 1, 1, 1, 0),
        "rayleigh": select("text", 3, 1),
    }
    _remarks(proof, parts)
    return proof.finish(answer, problem.sources)


def _remarks(proof: Proof, parts: list[str]) -> None:
    proof.remark(
        "Nothing is lost and nothing added",
        ("For a non-zero eigenvalue the two ways are inverse to one another, up to that eigenvalue: the direction made from u "
         "changes the end-to-end map by the eigenvalue times u, and a direction that the Hessian stretches is recovered from the "
         "change of the map that it makes. So multiplicities agree too.",),
        parts[1], parts[2], parts[5],
    )  # fmt: skip
    proof.remark(
        "What follows",
        ("The directions that belong to the eigenvalue 0 are counted in rank.linear. For uncorrelated inputs spectrum.uncorrelated "
         "says all eigenvalues and which learning rates are stable, spectrum.smallest the smallest one, which decides how long "
         "learning takes, and how often it occurs.",),
        parts[4],
    )  # fmt: skip


RESULT = Result(
    id="spectrum.linear",
    title="Spectrum of the Hessian of a linear network with one hidden layer",
    question="spectrum",
    derive=derive,
    summary="At matching weights its non-zero eigenvalues are those of a matrix with one row for each input, in any sizes.",
    references=("couto2025",),
    problem=lambda: read_problem(model="linear[3,4,1]"),
    order=69,
    models=True,
)
