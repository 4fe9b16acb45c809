"""When a method converges from every start: exactly if the roots of its characteristic polynomial lie in the unit disc.

Setting     A method of any number of states on a quadratic loss, or linearised; one step multiplies the errors by a matrix M.
Statement   It converges from every start iff all roots of det(z - M) lie in the unit disc; solved for the hyperparameters.
            For two states: |q| < 1 and |p| < 1 + q. Heavy ball: -1 < beta < 1 and 0 < eta*lam < 2*(1 + beta).
Idea        Each component of the error solves a linear recurrence. Solve Jury's conditions; leave out what follows.
Endpoints   Marginal: the largest root lies on the unit circle, and some start does not converge.
References  [polyak1964], [jury1964], [schur1918], [cohn1922], [lienard1914]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.characteristic import characteristic_polynomial, linear_polynomial
from derivations.tactics.conditions import Prover
from derivations.tactics.linear import error_recurrence
from derivations.tactics.linear_systems import is_implicit
from derivations.tactics.n_states import ranges, systems_of
from derivations.tactics.proof import Proof
from derivations.tactics.stability import one_state_stability, stability_of


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    method = problem.optimizer
    rate = next(iter(method.hyperparameters), "")
    alone = problem.vector_field is None and len(problem.loss.parameters) == 1
    if alone and len(method.state) == 1 and not is_implicit(method):
        error = error_recurrence(proof, problem)
        updates, polynomials = [error.recurrence], [linear_polynomial(proof, error.ratio)]
        found = one_state_stability(Prover(proof, ranges(method)), error, rate)
    else:
        prover = Prover(proof, ranges(method))
        systems, beside = systems_of(proof, problem, prover)
        updates = [*beside, *(label for one in systems for label in one.updates)]
        polynomials = [characteristic_polynomial(proof, one) for one in systems]
        found = stability_of(prover, systems, rate)
    shown = [*updates, *polynomials, found.stable, *([found.marginal] if found.marginal else [])]
    proof.step("conjunction", conj(*(proof.claims[label] for label in shown)), *shown,
               because="the recurrence, its characteristic polynomial, and where it converges")  # fmt: skip
    if found.marginal:
        words = "The largest root lies on the unit circle there, and some start does not converge."
        proof.remark("On the border of the region", (words,), found.marginal)
    if not found.solved:
        words = "These are the conditions themselves: no shorter form was found that the kernel could prove to mean the same."
        proof.remark("The region is not solved for the hyperparameters", (words,), found.stable)
    return proof.finish(_answer(len(updates), len(polynomials), found.marginal is not None), problem.sources)


def _answer(first: int, count: int, bordered: bool) -> dict[str, object]:
    """Places in the conclusion: recurrences, characteristic polynomials, stable iff, marginal iff."""
    region = select("text", first + count, 1)
    polynomials = [select("text", first + i, 1, 1) for i in range(count)]
    return {
        "kind": "region",
        "text": region,
        "region": region,
        **({"marginal": select("text", first + count + 1, 1)} if bordered else {}),
        "characteristic_polynomial": polynomials[0] if count == 1 else polynomials,
    }


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="heavy-ball.stability",
    title="For which hyperparameters a method converges",
    question="stability",
    derive=derive,
    summary="A method converges from every start exactly if the roots of its characteristic polynomial lie in the unit disc.",
    references=("polyak1964", "jury1964", "schur1918", "cohn1922", "lienard1914"),
    problem=_problem,
    order=60,
    fields=True,
)
