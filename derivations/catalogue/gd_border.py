"""At the end of the stable range: what a loss that is not quadratic decides, and a corrected distance.

Setting     A polynomial or rational loss of one parameter, a critical point p, L''(p) != 0, gradient descent x' = F(x).
Statement   With eta = 2/L''(p), where the slope of F at p is -1: (F(F(x)) - x)/(x - p)**3 has a limit, found here. For the general
            quartic it is -(2/3)*(3*L'''**2 - L''*L'''')/L''**2 in the derivatives at p: two steps bring a nearby x nearer iff
            it is negative. With any other eta a correction psi(x) = (x - p) + k*(x - p)**2 satisfies
            (psi(F(x)) - m*psi(x))/(x - p)**2 -> 0, m the slope.
Idea        Compose the update with itself and expand; the second order cancels.
Endpoints   Where the limit is 0 the next order decides. m = 0 and m = 1 have no such correction.
References  [koenigs1884], [strogatz2015]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.border import border_steps
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    border = border_steps(proof, problem)
    twice, correction = border.twice, border.corrected(proof)
    proof.step("conjunction", conj(proof.claims[twice], proof.claims[correction]), twice, correction, because="both")
    proof.remark(
        "The nonlinear verdict at the border",
        ("At this learning rate the linearised iteration jumps back and forth for ever. A negative limit means that two steps "
         "together bring a nearby start nearer to the point, slowly; a positive one that they drive it away.",),
        twice,
    )  # fmt: skip
    proof.remark(
        "A better measure of the distance",
        ("Measured by this corrected distance, the error is multiplied by the slope at each step up to terms of third order: one "
         "order better than the plain distance does.",),
        correction,
    )  # fmt: skip
    answer = {"kind": "expression", "text": select("text", 0, 3)}
    return proof.finish(answer, problem.sources)


def _quartic() -> Problem:
    loss = read_loss("lam*x**2/2 + a*x**3/6 + b*x**4/24", "x", "x=0")
    return default_problem().with_loss(loss)


RESULT = Result(
    id="gd.border",
    title="At the end of the stable range, and a better distance",
    question="border",
    derive=derive,
    summary="Where the linearisation is silent the third and fourth derivatives decide.",
    references=("koenigs1884", "strogatz2015"),
    problem=_quartic,
    order=35,
)
