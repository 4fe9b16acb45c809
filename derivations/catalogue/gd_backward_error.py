"""Gradient descent follows the flow of L + (eta/4)*|grad L|**2 up to the third order in the learning rate.

Setting     x(tau) moves with dx/dtau = -grad M(x), M = L + c*eta*|grad L|**2 with a constant c; |x_i'''| <= C for 0 <= tau <= eta.
Statement   |x(eta) - (x(0) - eta*grad L(x(0)) + the second and third order in eta)| <= C*eta**3/6, both orders explicit. The second
            vanishes for one c, which is found: 1/4. For c = 0 this is the flow of the loss itself, off by a second order.
Idea        Differentiate the flow's equation: the path's Taylor polynomial in time; compare with one step.
Endpoints   eta = 0: nothing moves. Where grad L = 0 both stay. The flow is supposed to exist for all times.
References  [hairer2006], [barrett2021]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import generic
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.backward import (
    expansions,
    loss_gradient,
    modified_loss,
    modified_path,
    require_descent,
    sharper,
)
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    given = loss_gradient(proof, problem)
    rate = require_descent(problem, given)
    weight = proof.declare(fresh("c", (*given.names, *problem.loss.constants)), "real", "multiple of the squared gradient")
    modified = modified_loss(proof, given, rate, weight)
    path = modified_path(proof, given, modified, rate)
    general, value = expansions(proof, given, path, rate, weight)
    best = sharper(proof, modified[0], general, weight, value)
    claims = [proof.claims[label] for label in general]
    proof.step("conjunction", conj(*claims, proof.claims[best]), *general, best, because="for every multiple, and for that one")
    proof.remark(
        "What the finite step adds to the loss",
        ("The second order vanishes for this multiple alone: to that order a step of gradient descent is a piece of the flow of a "
         "loss in which steep places cost more. For the multiple 0 it says how far a step is from the flow of the loss itself.",),
        *general, best,
    )  # fmt: skip
    at = len(claims)
    several = tuple(range(1, len(claims) + 1))
    answer = {
        "kind": "expression",
        "text": select("text", at, 1, 0, *([1] * len(given.names)), 1),
        "coefficient": select("text", at, 0, 1),
        "remainders": [select("text", at, 1, i, 0, 0) for i in several],
        "bounds": [select("text", at, 1, i, 1) for i in several],
        "for_every_multiple": [select("text", i, 0, 0) for i in range(at)],
    }
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="gd.backward-error",
    title="The loss whose flow gradient descent follows",
    question="expansion",
    derive=derive,
    summary="A step of gradient descent is a piece of the flow of a modified loss, up to the third order in the learning rate.",
    references=("hairer2006", "barrett2021"),
    problem=lambda: default_problem().with_loss(generic()),
    order=70,
)
