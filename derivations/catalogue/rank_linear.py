"""Rank and nullity of the Hessian at matching weights of a linear network with one hidden layer, in any sizes.

Setting     f(theta; x) = V*W*x with W of size k x d, V of size m x k, S = E x*x^T. The Hessian sends (A, B) to (V^T*N, N*W^T) with
            N = (V*A + B*W)*S (shown in spectrum.linear).
Statement   If S and V*V^T are nonsingular, the Hessian annihilates just the directions that do not change V*W to first order, and
            these make up a space of dimension k*(d + m) - m*d. With one output V*V^T = |v|**2, which is nonsingular if v != 0.
Idea        (A, B) -> (A - V^T*(V*V^T)^(-1)*C, B) is a projection onto these directions; its trace counts them.
Endpoints   V*V^T singular: the same number if W^T*W is nonsingular (rank.linear-wide). S singular, or both singular with one
            output: the rank is less than m*d.
References  [couto2025]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.linear_kernel import annihilated, counted, no_force_above, nonsingular_moments, nonsingular_top
from derivations.tactics.linear_layers import layers_of
from derivations.tactics.linear_sums import directions_of_layers
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    layers = layers_of(model)
    if model.blocks[0].rows < len(model.outputs):
        raise Undecided("this result is about networks that have at least as many hidden units as outputs")
    proof = Proof()
    hessian = directions_of_layers(proof, layers, moments=True)
    moments, top = nonsingular_moments(proof, layers), nonsingular_top(proof, layers)

    def forceless(given: Term, case: str) -> str:
        return no_force_above(proof, layers, hessian, given, case, top)

    parts = [annihilated(proof, layers, hessian, moments, forceless), *counted(proof, layers, hessian, top)]
    return concluded(proof, parts, "second", problem)


def concluded(proof: Proof, parts: list[str], unchanged: str, problem: Problem) -> Derivation:
    """The parts together; the last one is the trace of a projection, which leaves one of the two layers as it is."""
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    trace = len(parts) - 1
    answer = {
        "kind": "number",
        "text": select("text", trace, 1),
        "nullity": select("text", trace, 1),
        "parameters": select("text", trace, 1, 0),
        "rank": select("text", trace, 1, 1, 0),
        "kernel": select("text", 0, 1),
    }
    proof.remark(
        "Why a trace counts directions",
        (f"The matrix with the entries X and Y, and ones for the {unchanged} layer, leaves a direction that changes nothing as it "
         "is, and makes such a direction of any other: it is a projection. Its eigenvalues are 1, as often as the dimension of "
         "that space says, and 0; the trace is their sum.",),
        parts[-1],
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="rank.linear",
    title="Nullity of the Hessian of a linear network with one hidden layer, in any sizes",
    question="rank",
    derive=derive,
    summary="It annihilates the directions that do not change the end-to-end map, and these are counted.",
    references=("couto2025",),
    problem=lambda: read_problem(model="linear[3,4,1]"),
    order=73,
    models=True,
)
