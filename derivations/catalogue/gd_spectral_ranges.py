"""n parameters: the largest eigenvalue of the Hessian limits the learning rate.

Setting     A quadratic loss of n parameters with symmetric Hessian H, orthonormal eigenvectors v_i, eigenvalues lam_i with
            0 < mu <= lam_i <= L_max, both bounds attained; gradient descent, in the coordinates c_i along the eigenvectors.
Statement   c_i(t) = (1 - eta*lam_i)**t*c_i(0). No overshoot in any eigen-direction iff 0 < eta < 1/L_max; convergence in every
            one iff 0 < eta < 2/L_max. Without overshoot the flattest direction shrinks by less than 1 - mu/L_max a step.
Idea        Exchange sums, use symmetry: the directions decouple. The steepest one is the first to fail.
Endpoints   eta = 1/L_max: the steepest direction is there in one step. eta = 2/L_max: it jumps back and forth.
References  [polyak1964], [nocedal2006]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, for_all
from derivations.problems.questions import Problem
from derivations.tactics.proof import Proof
from derivations.tactics.spectral import region_steps, spectral, zigzag_steps

LISTED = ("monotone", "one_step", "overshooting", "period_two", "divergent", "constant", "convergent")


def derive(problem: Problem) -> Derivation:
    if problem.loss.is_named and not problem.loss.is_family:
        raise Undecided("in several parameters the curvatures are a family, and none has a value of its own; give a loss instead")
    if not problem.loss.is_named:
        raise Undecided("for a loss given by an expression see the regimes of one or several parameters")
    proof = Proof()
    found = spectral(proof, problem)
    regions = region_steps(proof, found)
    slow, across = zigzag_steps(proof, found)
    inner = proof.claims[found.closed]
    every = proof.step("generalise", for_all("i", inner), found.closed, because="in every direction")
    labels = [*(regions[name] for name in LISTED), every, slow, across]
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    proof.remark(
        "No overshoot means: in no eigen-direction",
        ("The coordinates that decouple are those along the eigenvectors. A single parameter is a mixture of them and may "
         "well pass "
         "its final value although no eigen-direction overshoots.",),
        every,
    )  # fmt: skip
    proof.remark(
        "Condition number and zigzag",
        ("The steepest direction limits the learning rate, the flattest one then hardly moves: without overshoot its error "
         "shrinks at "
         "each step by less than one minus the inverse of the condition number. With a larger learning rate the steepest "
         "direction changes sides at every step while the flattest one creeps on.",),
        slow, across,
    )  # fmt: skip
    answer = {
        "kind": "region",
        "text": select("text", 0, 1),
        "regimes": [{"name": select("name", i, 0), "region": select("text", i, 1)} for i in range(len(LISTED) - 1)],
        "convergent": select("text", LISTED.index("convergent"), 1),
        "endpoints": [{"at": select("text", i, 1), "behaviour": select("name", i, 0)} for i in
                      (LISTED.index("constant"), LISTED.index("one_step"), LISTED.index("period_two"))],
    }  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="gd.spectral-ranges",
    title="Several parameters: the largest curvature limits the learning rate",
    question="spectral-ranges",
    derive=derive,
    summary="In the eigenbasis of the Hessian the directions decouple; the steepest one decides.",
    references=("polyak1964", "nocedal2006"),
    tasks=("lecture3:2.range",),
    order=40,
)
