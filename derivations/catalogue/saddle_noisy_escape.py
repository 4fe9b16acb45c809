"""Noise leaves a saddle from the very point: E e_t**2 = (m**2)**t*(E e_0**2 + K) - K, and when it reaches R**2.

Setting     e_{t+1} = m*e_t - c*eps_t with m > 1, E eps_t = 0, E eps_s*eps_t = delta_st*v, E e_0*eps_t = 0.
Statement   With K = c**2*v/(m**2 - 1): the second moment in closed form, E e_t = m**t*E e_0, and
            R**2 <= E e_t**2 iff log((R**2 + K)/(E e_0**2 + K))/log(m**2) <= t, for every t and every R.
Idea        Square the recurrence, sum the geometric series; take logarithms.
Endpoints   v = 0: without noise nothing leaves the point itself. E e_0**2 = 0: log(1 + R**2/K)/log(m**2) steps suffice.
References  [lee2016], [jin2017]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.catalogue.saddle_escape import descending
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem
from derivations.tactics.escape import growth, noisy_escape, second_moment_closed
from derivations.tactics.expansions import nonzero_factors
from derivations.tactics.moments import mean_and_lemma, noisy_recurrence, second_moment
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    noisy = noisy_recurrence(proof, problem)
    mean, lemma = mean_and_lemma(proof, noisy)
    _, solution = second_moment(proof, noisy, lemma)
    nonzero_factors(proof, noisy.variance, "")
    found = growth(proof, noisy.ratio)
    moment, share = second_moment_closed(proof, noisy, solution, found)
    reached = noisy_escape(proof, noisy, moment, share, found)
    parts = (moment, reached, mean)
    proof.step("conjunction", conj(*(proof.claims[part] for part in parts)), *parts, because="how it grows, and when; and the mean")
    proof.remark(
        "No start is too close to the saddle",
        ("The noise acts as a start at a distance of its own: with it the logarithm stays finite even from the saddle itself.",),
        moment, reached,
    )  # fmt: skip
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 1),
        "at_step": select("text", 0, 1, 1),
        "steps": select("text", 1, 1, 1, 0),
        "iff": select("text", 1, 1, 1),
        "mean": select("text", 2, 1, 1),
    }
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="saddle.noisy-escape",
    title="How long it takes to leave a saddle with noise",
    question="escape",
    derive=derive,
    summary="With noise in the gradient the distance from a saddle grows from nothing, geometrically.",
    references=("lee2016", "jin2017"),
    problem=descending,
    order=75,
)
