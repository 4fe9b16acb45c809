"""Nullity of the Hessian at matching weights of a linear network whose lower layer has independent columns, whatever V is.

Setting     f(theta; x) = V*W*x with W of size k x d, V of size m x k, S = E x*x^T. The Hessian sends (A, B) to (V^T*N, N*W^T) with
            N = (V*A + B*W)*S (shown in spectrum.linear).
Statement   If S and W^T*W are nonsingular, the Hessian annihilates just the directions that do not change V*W to first order, and
            these make up a space of dimension k*(d + m) - m*d, even where V = 0.
Idea        (A, B) -> (A, B - C*(W^T*W)^(-1)*W^T) is a projection onto these directions; its trace counts them.
Endpoints   V = 0 and W of rank below d: the rank is less than m*d.
References  [couto2025]
"""

from __future__ import annotations

from derivations.catalogue.rank_linear import concluded
from derivations.catalogue.result import Result
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import Term
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.linear_kernel import annihilated, nonsingular_moments
from derivations.tactics.linear_kernel_below import counted_below, independent_columns, no_force_below
from derivations.tactics.linear_layers import layers_of
from derivations.tactics.linear_sums import directions_of_layers
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    layers = layers_of(model)
    if model.blocks[0].rows < len(model.data):
        raise Undecided("this result is about networks that have at least as many hidden units as inputs")
    proof = Proof()
    hessian = directions_of_layers(proof, layers, moments=True)
    moments, rows = nonsingular_moments(proof, layers), independent_columns(proof, layers)

    def forceless(given: Term, case: str) -> str:
        return no_force_below(proof, layers, hessian, given, case, rows)

    parts = [annihilated(proof, layers, hessian, moments, forceless), *counted_below(proof, layers, hessian, rows)]
    return concluded(proof, parts, "first", problem)


RESULT = Result(
    id="rank.linear-wide",
    title="Nullity of the Hessian of a linear network with independent columns of its lower layer",
    question="rank",
    derive=derive,
    summary="With enough hidden units it is the same for every upper layer, even for one that is zero.",
    references=("couto2025",),
    problem=lambda: read_problem(model="linear[3,4,1]"),
    order=74,
    models=True,
)
