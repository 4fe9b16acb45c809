"""How long a direction of escape is followed: |e_t| reaches R after log(R**2/e_0**2)/log(m**2) steps, no sooner and no later.

Setting     e_t = m**t*e_0 along a direction of negative curvature, m > 1; exactly for a quadratic loss, else linearised.
Statement   R**2 <= e_t**2 iff log(R**2/e_0**2)/log(m**2) <= t, for every t and every R > 0.
Idea        Square, and take logarithms: they are increasing, and log(m**2) > 0.
Endpoints   e_0 = 0: it stays for ever. m = 1: nothing grows. The number of steps is logarithmic in the distance at the start.
References  [lee2016], [jin2017]
"""

from __future__ import annotations

from dataclasses import replace

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, conj, eq, for_all, lt, mul, power, symbol
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.escape import noiseless_escape
from derivations.tactics.linear import T, error_recurrence
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    error = error_recurrence(proof, problem)
    reached = noiseless_escape(proof, error)
    grown = for_all("t", eq(error.term, mul(power(error.ratio, T), error.start)))
    both = conj(grown, proof.claims[reached])
    proof.step("conjunction", both, error.closed, reached, because="how it grows, and when it is there")
    proof.remark(
        "Why the start matters so little, and so much",
        ("The number of steps grows only with the logarithm of how near to the saddle it starts. But a start with no part along "
         "this direction never leaves by it: without noise, such starts are the ones that converge to a saddle.",),
        reached,
    )  # fmt: skip
    answer = {
        "kind": "expression",
        "text": select("text", 1, 1, 1, 0),
        "growth": select("text", 0, 1, 1),
        "reaches": select("text", 1, 1, 0),
        "iff": select("text", 1, 1, 1),
    }
    return proof.finish(answer, problem.sources)


def descending() -> Problem:
    """A direction of negative curvature -g."""
    downhill = default_problem().with_loss(read_loss("-g*(theta - theta_star)**2/2", "theta", "theta=theta_star"))
    return replace(downhill, assume=(lt(ZERO, symbol("eta")), lt(ZERO, symbol("g"))))


RESULT = Result(
    id="saddle.escape",
    title="How long it takes to leave a saddle",
    question="escape",
    derive=derive,
    summary="Along a direction of negative curvature the distance grows geometrically: it is reached after so many steps.",
    references=("lee2016", "jin2017"),
    problem=descending,
    order=74,
)
