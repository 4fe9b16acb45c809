"""The best rate of a method without memory over a range of curvatures, and its spectral radius |m| at each of them.

Setting     e_{t+1} = m*e_t on a quadratic loss of curvature lam, m affine in lam and in the learning rate; 0 < mu < L.
Statement   If |m| <= rho at lam = mu and at lam = L then rho >= rate, whatever the learning rate; one learning rate keeps
            |m| <= rate for all mu <= lam <= L. Gradient descent: eta = 2/(L + mu), rate (L - mu)/(L + mu).
Idea        At the optimum m is the rate at the one end, minus the rate at the other. A combination of the two ends eliminates eta.
Endpoints   mu = L: the rate would be 0, Newton's step. mu = 0: it would be 1, which is no rate at all.
References  [polyak1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.linear import Error, error_recurrence
from derivations.tactics.one_state_rate import attained, best, by_condition_number, multiplier, no_better, squares
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    try:
        return _derived(problem, over_a_range=True)
    except Undecided:
        return _derived(problem, over_a_range=False)


def _derived(problem: Problem, over_a_range: bool) -> Derivation:
    proof = Proof()
    error = error_recurrence(proof, problem)
    labels = [error.recurrence, squares(proof, error)]
    radius = select("text", 1, 1, 1, 0, 0)
    answer: dict[str, object] = {"kind": "expression", "text": radius, "spectral_radius": radius}
    if over_a_range:
        labels += _range(proof, error, next(iter(problem.optimizer.hyperparameters), ""))
        answer |= {"text": select("text", 2, 1, 0), "optimal_rate": select("text", 2, 1, 0), "optimal": select("pairs", 3, 0)}
    if len(labels) > 4:
        answer["by_condition_number"] = select("text", 4, 1)
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels,
               because="what one step does, that nothing is better, and what is best" if over_a_range else "both")  # fmt: skip
    return proof.finish(answer, problem.sources)


def _range(proof: Proof, error: Error, rate: str) -> list[str]:
    """Labels of: nothing is better; the best is attained; and, where it can be said so, the rate by the condition number."""
    span = multiplier(proof, error, rate)
    found = best(proof, span)
    prover = Prover(proof)
    labels = [no_better(prover, span, found), attained(prover, span, found)]
    by_condition = by_condition_number(prover, span, found)
    words = "Any learning rate that is smaller is worse for the smallest curvature, any larger one for the largest."
    proof.remark("Why there is a best learning rate", (words,), labels[1])
    return labels if by_condition is None else [*labels, by_condition]


RESULT = Result(
    id="gd.optimal-rate",
    title="The best rate of a method without memory",
    question="rate",
    derive=derive,
    summary="Over all curvatures in a range no learning rate beats this rate, and one learning rate attains it.",
    references=("polyak1964",),
    order=25,
)
