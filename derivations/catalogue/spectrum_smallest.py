"""The smallest non-zero eigenvalue of the Hessian at matching weights of a linear network with one output, and its multiplicity.

Setting     f(theta; x) = v*W*x with W of size k x d, E x*x^T = 1, k <= d and the rows of W independent. The non-zero eigenvalues of
            the Hessian are those of |v|**2 + W^T*W (shown in spectrum.linear).
Statement   None of these is below |v|**2, and the vectors that belong to |v|**2 are those that W annihilates; they make up a space
            of dimension d - k.
Idea        u^T*(|v|**2 + W^T*W)*u = |v|**2*|u|**2 + |W*u|**2; 1 - W^T*(W*W^T)^(-1)*W is a projection, and its trace is d - k.
Endpoints   k = d: W annihilates nothing, and the smallest eigenvalue is above |v|**2.
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
from derivations.tactics.linear_smallest import independent_rows, not_smaller, smallest
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    layers = layers_of(model)
    if layers.outputs:
        raise Undecided("this result is about linear networks with one output")
    if model.blocks[0].rows > len(model.data):
        raise Undecided("this result is about networks that have at most as many hidden units as inputs")
    proof = Proof()
    layers.declare(proof, moments=False)
    rows = independent_rows(proof, layers)
    parts = [not_smaller(proof, layers), *smallest(proof, layers, rows)]
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 0),
        "smallest": select("text", 0, 1, 0),
        "multiplicity": select("text", 3, 1),
    }
    proof.remark(
        "Why a trace counts directions",
        ("As Q times Q is Q, it is a projection, onto the vectors that it leaves as they are. Its eigenvalues are 1, as often as "
         "the dimension of that space says, and 0; the trace is their sum.",),
        parts[-1],
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="spectrum.smallest",
    title="The smallest non-zero eigenvalue of the Hessian of a linear network",
    question="spectrum",
    derive=derive,
    summary="For uncorrelated inputs it is the square of the length of v, and it decides how long learning takes.",
    references=("couto2025",),
    problem=lambda: read_problem(model="linear[3,2,1]"),
    order=69,
    models=True,
)
