"""The best rate of the heavy ball on all quadratic losses with curvature between mu and L.

Setting     A method with one memory on a quadratic loss; the errors obey a recurrence with det(z - M) = z**2 - p*z + q.
Statement   If the roots at lam = mu and at lam = L have modulus at most rho, then rho >= (sqrt(L) - sqrt(mu))/(sqrt(L) + sqrt(mu)),
            whatever eta and beta are; eta = 4/(sqrt(L) + sqrt(mu))**2, beta = rate**2 keep that rate for all mu <= lam <= L.
Idea        At the optimum both ends have double roots, r and -r. Lower bound: combine three of the conditions for the disc.
Endpoints   mu = L: the rate would be 0, in one step and without momentum. At double roots powers of t stand beside the rate.
References  [polyak1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import TRUE, conj
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.linear import T
from derivations.tactics.optimal_rate import attained, curvatures, lower_bound, optimum
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import characteristic_polynomial, two_states


def derive(problem: Problem) -> Derivation:
    method = problem.optimizer
    if len(method.state) != 2:
        raise Undecided("the best rate is looked for, so far, for methods with one memory")
    proof = Proof()
    hyper = tuple(method.hyperparameters)
    states = two_states(proof, problem)
    span = curvatures(proof, states, hyper)
    ranges = [(claim, "the range of a hyperparameter") for claim in method.hyperparameters.values() if claim != TRUE]
    prover, rows = Prover(proof, ranges), [list(row) for row in states.rows]
    best = optimum(prover, states, hyper, span)
    polynomial = characteristic_polynomial(proof, rows, span.coefficients(states.curvature), span.meanings)
    shown = (*states.updates, polynomial, lower_bound(prover, states, span, best), attained(prover, states, span, best))
    proof.step("conjunction", conj(*(proof.claims[label] for label in shown)), *shown,
               because="the recurrence, that nothing is better, and what is best")  # fmt: skip
    words = "Where the characteristic polynomial then has a double root, beside the powers of the rate stand "
    proof.remark("What the rate does not say", (words, "the same powers times ", T, "."), shown[-1])
    answer = {"kind": "expression", "text": select("text", 3, 1, 0), "optimal_rate": select("text", 3, 1, 0),
              "spectral_radius": select("text", 4, 1, 1, 0, 1), "optimal": select("pairs", 4, 0),
               "characteristic_polynomial": select("text", 2, 1, 1)}  # fmt: skip
    return proof.finish(answer, problem.sources)


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="heavy-ball.optimal-rate",
    title="The best rate over a range of curvatures",
    question="rate",
    derive=derive,
    summary="Over all curvatures in a range no choice of the hyperparameters beats this rate, and one choice attains it.",
    references=("polyak1964",),
    problem=_problem,
    order=62,
)
