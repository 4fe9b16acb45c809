"""What the Hessian must be for the problem to be well posed: symmetric, and positive definite.

Setting     Gradient descent on a quadratic loss of n parameters with symmetric Hessian, in its eigenbasis (v_i, lam_i).
Statement   With eta > 0 an eigen-direction converges only if lam_i > 0, and does so for 0 < eta*lam_i < 2; where lam_i = 0 it
            does not move; where lam_i < 0 it grows beyond all bounds. lam_i is the second-order change along v_i.
Idea        The multiplier of each direction is 1 - eta*lam_i.
Endpoints   Semidefinite: the error in the flat directions stays. Indefinite: it grows, except for starts without a component there.
References  [nocedal2006]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, apply, conj, for_all, iff, implies, lt, predicate, symbol
from derivations.problems.questions import Problem
from derivations.tactics.proof import Proof
from derivations.tactics.spectral import II, Spectral, condition_steps, spectral


def derive(problem: Problem) -> Derivation:
    if problem.loss.is_named and not problem.loss.is_family:
        raise Undecided("in several parameters the curvatures are a family, and none has a value of its own; give a loss instead")
    if not problem.loss.is_named:
        raise Undecided("for a loss given by an expression ask for its Hessian")
    proof = Proof()
    found = spectral(proof, problem, bounded=False)
    proof.declare("symmetric_Hessian", "property", "the order of differentiation does not matter")
    proof.declare("positive_definite_Hessian", "property", "every eigenvalue is positive: the Hessian is positive definite")
    label = found.bounds["symmetric"]
    same = proof.define(iff(predicate("symmetric_Hessian"), proof.claims[label]), "symmetric")
    positive = proof.define(
        iff(predicate("positive_definite_Hessian"), for_all("i", lt(ZERO, apply("lam", II)))), "positive definite"
    )
    symmetric = proof.step("signs", predicate("symmetric_Hessian"), same, label, because="second derivatives commute")
    needs, zero, negative, enough, form = condition_steps(proof, found)
    well = _well_posed(proof, found, needs, positive)
    labels = [symmetric, well, zero, negative, enough, form]
    proof.step("conjunction", conj(*(proof.claims[one] for one in labels)), *labels, because="all together")
    proof.remark(
        "If the Hessian is only semidefinite, or indefinite",
        ("In a direction without curvature the iteration keeps its starting value; in a direction of negative curvature it "
         "runs away "
         "from the critical point. A start without any component there converges, but no rounding error may ever occur.",),
        zero, negative,
    )  # fmt: skip
    return proof.finish({"kind": "words", "words": [select("name", 0), select("name", 1, 1)]}, problem.sources)


def _well_posed(proof: Proof, found: Spectral, needs: str, positive: str) -> str:
    """If eta > 0 and every direction converges, every eigenvalue is positive."""
    settles = proof.claims[found.facts["settles"]].args[0]
    given = conj(lt(ZERO, symbol(found.rate)), for_all("i", settles))
    case = proof.supposing(given, "a positive learning rate that converges in every direction")
    with proof.inside() as steps:
        every = proof.step("signs", for_all("i", settles), case.label, because="in every direction")
        here = proof.step("instantiate", settles, every, values={"i": II}, because="in this one")
        rate = proof.step("signs", lt(ZERO, symbol(found.rate)), case.label, because="the learning rate is positive")
        rule = proof.step(
            "instantiate",
            lt(ZERO, apply("lam", II)),
            needs,
            rate,
            here,
            values={"i": II},
            because="so its curvature is positive",
        )
        all_of = proof.step("generalise", for_all("i", lt(ZERO, apply("lam", II))), rule, because="in every direction")
        proof.step("signs", predicate("positive_definite_Hessian"), positive, all_of, because="by definition")
    branch = proof.branch("if it converges", steps, case)
    return proof.step(
        "suppose", implies(given, predicate("positive_definite_Hessian")), branches=(branch,), because="convergence needs it"
    )


RESULT = Result(
    id="hessian.conditions",
    title="What the Hessian must be",
    question="hessian-conditions",
    derive=derive,
    summary="Symmetric and positive definite: convergence with a positive learning rate needs it in every eigen-direction.",
    references=("nocedal2006",),
    tasks=("lecture3:2.hessian",),
    order=48,
)
