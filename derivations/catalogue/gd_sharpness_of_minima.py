"""A curve of minima, each with its own sharpness: gradient descent can settle only where eta times the sharpness is below 2.

Setting     A loss of two parameters, a curve of critical points; F(x) = x - eta*grad L(x), linearised across the curve.
Statement   At each point of the curve the Hessian has the eigenvalues 0 and k, k found; the linearised error across the curve
            vanishes iff eta*k < 2 and grows beyond all bounds iff eta*k > 2. For (v*w - q)**2/2, v = c*sqrt(q), w = sqrt(q)/c:
            k = q*(c**2 + 1/c**2): the most balanced factorisations are the flattest.
Idea        Along a curve of critical points one eigenvalue is 0; the other is the trace.
Endpoints   eta*k = 2: the linearised error jumps back and forth for ever. Along the curve nothing moves.
References  [cohen2021], [saxe2014]
"""

from __future__ import annotations

from dataclasses import replace

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, lt, symbol
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.proof import Proof
from derivations.tactics.sharpness import critical_curve, curvatures, settles_iff, together


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    field, given, critical = critical_curve(proof, problem)
    found = curvatures(proof, problem, field, given)
    below, above = settles_iff(proof, problem, found, given)
    together(proof, [*critical, found.whole, found.spectrum, below, above])
    proof.remark(
        "The learning rate chooses among the minima",
        ("All points of the curve have the same loss. A large learning rate can settle at the flat ones only, and is driven away "
         "from the sharp ones.",),
        below, above,
    )  # fmt: skip
    answer = {
        "kind": "region",
        "text": select("text", 4, 1),
        "sharpness": select("text", 3, 3),
        "hessian": select("text", 2, 1),
        "settles_iff": select("text", 4, 1),
        "driven_away_iff": select("text", 5, 1),
    }
    return proof.finish(answer, problem.sources)


def _factorisation() -> Problem:
    loss = read_loss("(v*w - q)**2/2", "v,w", "v=c*sqrt(q),w=sqrt(q)/c")
    return replace(default_problem().with_loss(loss), assume=(lt(ZERO, symbol("q")),))


RESULT = Result(
    id="gd.sharpness-of-minima",
    title="Which of the minima on a curve a learning rate can settle at",
    question="edge-of-stability",
    derive=derive,
    summary="On a curve of minima the sharpness varies: a large learning rate settles at the flat ones only.",
    references=("cohen2021", "saxe2014"),
    problem=_factorisation,
    order=77,
)
