"""Several parameters, a given loss: the regimes in every eigen-direction of its Hessian.

Setting     A loss of two or more parameters near a critical point; the iteration, linearised there (exact if it is quadratic).
Statement   Along each eigenvector of the Hessian the error is multiplied by 1 - eta*lam_i; hence the learning rates for which it
            converges without overshooting in any direction, converges, diverges in some direction, and so on.
Idea        Project on the eigenvectors: the recurrences decouple. Combine the conditions of all directions.
Endpoints   Where one direction is at an end of its range the others need not be. An indefinite Hessian never converges.
References  [polyak1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, matrix, predicate
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.directions import directions, region_steps
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import NAMES


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    rate = next(iter(problem.optimizer.hyperparameters), "")
    if not rate:
        raise Undecided("the regimes of several parameters are ranges of a learning rate; here it has a value already")
    hessian, found = directions(proof, problem)
    regions = region_steps(proof, found, rate)
    values = predicate("eigenvalues", matrix(hessian.entries), *(d.eigenvalue for d in found))
    spectrum = proof.step("eigenvalues", values, because="these are all eigenvalues of the Hessian")
    labels = [*(regions[name] for name in NAMES), spectrum, *(d.closed for d in found)]
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    shown = [i for i, name in enumerate(NAMES) if name not in ("convergent", "not_convergent")]
    answer = {
        "kind": "region",
        "text": select("text", NAMES.index("monotone"), 1),
        "regimes": [{"name": select("name", i, 0), "region": select("text", i, 1)} for i in shown],
        "convergent": select("text", NAMES.index("convergent"), 1),
        "not_convergent": select("text", NAMES.index("not_convergent"), 1),
        "eigenvalues": [select("text", len(NAMES), 2 + i) for i in range(len(found))],
        "endpoints": [{"at": select("text", i, 1), "behaviour": select("name", i, 0)} for i in
                      (NAMES.index("constant"), NAMES.index("period_two"))],
    }  # fmt: skip
    return proof.finish(answer, problem.sources)


def _valley() -> Problem:
    return default_problem().with_loss(read_loss("x**2 + 10*y**2", at="x=0,y=0"))


RESULT = Result(
    id="gd.regimes-several",
    title="Regimes of a given loss of several parameters",
    question="ranges",
    derive=derive,
    summary="Each eigen-direction of the Hessian has its own regimes; the steepest one limits the learning rate.",
    references=("polyak1964",),
    problem=_valley,
    order=45,
)
