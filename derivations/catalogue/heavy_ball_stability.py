"""When a method converges from every start: exactly if the roots of its characteristic polynomial lie in the unit disc.

Setting     A method of one or two states on a quadratic loss; z - x* = errors, one step multiplies them by a matrix M.
Statement   It converges from every start iff |q| < 1 and |p| < 1 + q, where det(z - M) = z**2 - p*z + q; solved for the
            hyperparameters. Heavy ball: -1 < beta < 1 and 0 < eta*lam < 2*(1 + beta).
Idea        Each component of the error solves a recurrence of second order. Solve Jury's conditions; leave out what follows.
Endpoints   Marginal: the largest root lies on the unit circle, and some start does not converge.
References  [polyak1964], [jury1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import TRUE, conj
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.linear import error_recurrence
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import characteristic_polynomial, two_states
from derivations.tactics.stability import one_state_stability, two_state_stability


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    rate = next(iter(problem.optimizer.hyperparameters), "")
    ranges = [(claim, "the range of a hyperparameter") for claim in problem.optimizer.hyperparameters.values() if claim != TRUE]
    if len(problem.optimizer.state) == 1:
        error = error_recurrence(proof, problem)
        updates: tuple[str, ...] = (error.recurrence,)
        rows, coefficients = [[error.ratio]], None
        found = one_state_stability(Prover(proof, ranges), error, rate)
    else:
        states = two_states(proof, problem)
        updates, rows, coefficients = states.updates, [list(row) for row in states.rows], (states.trace, states.product)
        found = two_state_stability(Prover(proof, ranges), states, rate)
    polynomial = characteristic_polynomial(proof, rows, coefficients)
    shown = (*updates, polynomial, found.stable, found.marginal)
    proof.step("conjunction", conj(*(proof.claims[label] for label in shown)), *shown,
               because="the recurrence, its characteristic polynomial, and where it converges")  # fmt: skip
    words = "The largest root lies on the unit circle there, and some start does not converge."
    proof.remark("On the border of the region", (words,), found.marginal)
    return proof.finish(_answer(len(updates)), problem.sources)


def _answer(first: int) -> dict[str, object]:
    """Places in the conclusion: recurrences, characteristic polynomial, stable iff, marginal iff."""
    region = select("text", first + 1, 1)
    return {
        "kind": "region",
        "text": region,
        "region": region,
        "marginal": select("text", first + 2, 1),
        "characteristic_polynomial": select("text", first, 1, 1),
    }


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="heavy-ball.stability",
    title="For which hyperparameters a method converges",
    question="stability",
    derive=derive,
    summary="A method converges from every start exactly if the roots of its characteristic polynomial lie in the unit disc.",
    references=("polyak1964", "jury1964"),
    problem=_problem,
    order=60,
)
