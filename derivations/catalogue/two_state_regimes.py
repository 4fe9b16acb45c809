"""What a method with one memory does for all hyperparameters: the table of regimes by the roots of z**2 - p*z + q.

Setting     A method of two states on a quadratic loss; one step multiplies the errors by a matrix M, det(z - M) = z**2 - p*z + q.
Statement   Two real roots in [0, 1): monotone; in (-1, 1), one negative: overshooting; a pair not real, inside: oscillating;
            both zero: one step; -1, 1 and the other inside: period two, constant; both on the circle: marginal; else divergent.
            Each exactly in a region of hyperparameters; one of them always occurs, and no two.
Idea        p = r + s, q = r*s. The discriminant tells real roots from others, 1 + q - p = (1 - r)*(1 - s) their side of 1.
Endpoints   All of them are regimes of their own: a root 1, a root -1, both on the circle, both zero.
References  [polyak1964], [jury1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import TRUE, conj, iff, predicate
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.proof import Proof
from derivations.tactics.root_regions import Regimes, complete, convergent
from derivations.tactics.roots import NAMES, declared
from derivations.tactics.second_order import characteristic_polynomial, convergence, jury, two_states


def derive(problem: Problem) -> Derivation:
    method = problem.optimizer
    if len(method.state) != 2:
        raise Undecided(f"{method.name} has {len(method.state)} states; regimes by two roots are those of two states")
    proof = Proof()
    states = two_states(proof, problem)
    ranges = [(claim, "the range of a hyperparameter") for claim in method.hyperparameters.values() if claim != TRUE]
    roots = declared(proof, (states.trace, states.product))
    regimes = Regimes(Prover(proof, ranges), roots, next(iter(method.hyperparameters), ""))
    polynomial = characteristic_polynomial(proof, [list(row) for row in states.rows], roots.values, states.conditions)
    found = regimes.prove()
    proof.declare("convergent", "property", "it converges from every start")
    defined = proof.define(iff(predicate("convergent"), convergence(states)), "it converges from every start")
    limit = convergent(regimes, jury(proof, states), predicate("convergent"), defined)
    shown = (*states.updates, polynomial, limit, *(found[name] for name in NAMES), complete(regimes))
    proof.step("conjunction", conj(*(proof.claims[label] for label in shown)), *shown,
               because="the recurrence, where it converges, and the table of regimes")  # fmt: skip
    words = (
        "Real roots: each error is in the long run a power of the larger root. A pair that is not real turns: the error swings, "
        "and its envelope is a power of the modulus, the square root of q."
    )
    proof.remark("What the roots tell of the errors", (words,), found["oscillating"])
    return proof.finish(_answer(len(states.updates)), problem.sources)


def _answer(first: int) -> dict[str, object]:
    """Places in the conclusion: recurrences, characteristic polynomial, convergent iff, then the regimes."""
    places = {name: first + 2 + i for i, name in enumerate(NAMES)}
    region = select("text", places["monotone"], 1)
    ends = ("one_step", "period_two", "constant", "marginal")
    return {
        "kind": "region",
        "text": region,
        "regimes": [{"name": select("name", at, 0), "region": select("text", at, 1)} for at in places.values()],
        "convergent": select("text", first + 1, 1),
        "characteristic_polynomial": select("text", first, 1, 1),
        "endpoints": [{"at": select("text", places[name], 1), "behaviour": select("name", places[name], 0)} for name in ends],
    }


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="heavy-ball.regimes",
    title="Regimes of a method with one memory, by the roots of its characteristic polynomial",
    question="ranges",
    derive=derive,
    summary="Monotone, overshooting, oscillating: which roots the characteristic polynomial has, for which hyperparameters.",
    references=("polyak1964", "jury1964"),
    problem=_problem,
    order=61,
)
