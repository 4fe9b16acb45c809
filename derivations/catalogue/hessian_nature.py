"""Hessian of a loss at a critical point, its eigenvalues, and the nature of the point.

Setting     A loss of any number of parameters, given by an expression, and a critical point of it.
Statement   The Hessian, its eigenvalues with multiplicity, its signature; minimum, maximum, saddle or degenerate.
Idea        Differentiate twice; factor the characteristic polynomial; exhibit directions, or complete squares.
Endpoints   A semidefinite Hessian decides nothing: then the next non-zero derivative is given, for one parameter.
References  [nocedal2006] section 2.1
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj, matrix, number, predicate
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.hessians import hessian_steps
from derivations.tactics.higher_order import higher_order_steps
from derivations.tactics.nature import nature_steps
from derivations.tactics.proof import Proof
from derivations.tactics.spectra import eigenvalue_steps, relation, sign_steps


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    hessian = hessian_steps(proof, problem)
    n = len(hessian.entries)
    spectrum, values = eigenvalue_steps(proof, hessian.entries)
    parts = [hessian.matrix, spectrum]
    answer = {
        "kind": "matrix",
        "text": select("text", 0, 1),
        "matrix": select("text", 0, 1),
        "eigenvalues": [select("text", 1, 2 + i) for i in range(n)],
    }
    if any(value.head == "RootOf" for value in values):
        answer["approx"] = [select("approx", 1, 2 + i) for i in range(n)]
    signs = sign_steps(proof, values)
    if signs is not None:
        known = {proof.claims[label] for label in signs}
        counts = [sum(relation(value, sign) in known for value in values) for sign in (1, -1, 0)]
        claim = predicate("signature", matrix(hessian.entries), *map(number, counts))
        parts.append(proof.step("signature", claim, spectrum, *signs, because="count the signs"))
        name, label = nature_steps(proof, hessian, values, signs)
        parts.append(label)
        proof.remark(*_meaning(name), *_evidence(proof, name))
        answer |= {"signature": [select("number", 2, 2 + i) for i in range(3)], "nature": select("name", 3)}
        if name == "degenerate" and n == 1:
            more = higher_order_steps(proof, hessian)
            if more is not None:
                parts.append(more)
                answer["higher_order"] = {"change": select("text", 4, 0), "tends_to": select("text", 4, 3)}
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    return proof.finish(answer, problem.sources)


_WORDS = {
    "saddle": ("What makes it a saddle", "The loss falls in one direction and rises in another. Gradient descent started on the "
               "falling side leaves the point; the gradient alone, which vanishes there, does not tell."),
    "minimum": ("What makes it a minimum", "To second order the loss rises in every direction."),
    "maximum": ("What makes it a maximum", "To second order the loss falls in every direction: gradient descent leaves the point."),
    "degenerate": ("What the second order leaves open", "In some direction the second-order change vanishes: terms of higher order "
                   "decide there, and the Hessian says nothing about them."),
}  # fmt: skip


def _meaning(name: str) -> tuple[str, tuple[str, ...]]:
    title, text = _WORDS[name]
    return title, (text,)


def _evidence(proof: Proof, name: str) -> list[str]:
    """The steps that say in which directions the loss rises, falls or stays level."""
    rules = ("exhibit",) if name in ("saddle", "degenerate") else ("generalise",)
    return [step.label for step in proof.steps if step.rule in rules][-2:]


def _product() -> Problem:
    return default_problem().with_loss(read_loss("theta_1*theta_2", at="theta_1=0,theta_2=0"))


RESULT = Result(
    id="hessian.nature",
    title="Hessian and nature of a critical point",
    question="hessian",
    derive=derive,
    summary="The Hessian at the point, its eigenvalues, and what their signs say of the point.",
    references=("nocedal2006",),
    tasks=("lecture3:3.a.hessian", "lecture3:3.a.eigenvalues", "lecture3:3.a.nature"),
    problem=_product,
    order=50,
)
