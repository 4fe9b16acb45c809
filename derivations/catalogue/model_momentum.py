"""What momentum keeps and what it loses of the quantities that a model's gradient flow conserves.

Setting     theta'' + g*theta' = -sum_i c_i(tau)*grad phi_i(theta), the c_i any functions: any data, any loss.
Statement   J = theta'·(A*theta + b) is multiplied by exp(-g*tau) for every motion, A antisymmetric, that leaves all phi_i alone. A
            quadratic form Q that the flow without momentum conserves has the rate exp(-g*tau)*(Q'(0) + 2*k(tau)), where k is the
            integral of exp(g*s)*Q(theta'(s)) from 0 to tau.
Idea        exp(g*tau)*J has derivative zero, and so has exp(g*tau)*Q' - 2*k: the slopes of the loss drop out.
Endpoints   At rest J = 0 stays so. Q is kept only if Q(theta') vanishes all the time: in general it is lost.
References  [marcotte2024]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.model_momentum import lost, momentum, motions, moving
from derivations.tactics.model_steps import Law, free_names, model_laws
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    found, laws = motions(model), _quadratic(problem)
    if not found and not laws:
        raise Undecided("no rotation leaves this model alone, and its flow conserves no quadratic form that momentum could lose")
    size = len(model.parameters)
    used = {i % size for one in found for monomial in one for i in monomial} | {j for one in laws for j in one.moving()}
    proof = Proof()
    made = moving(proof, model, sorted(used))
    parts = [momentum(proof, made, one) for one in found]
    sums = free_names(model, "k", len(laws), *made.flow.functions, *made.velocities)
    parts += [lost(proof, made, one, name) for one, name in zip(laws, sums, strict=True)]
    at = [(i,) for i in range(len(parts))] if len(parts) > 1 else [()]
    if len(parts) > 1:
        proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    if laws:
        proof.remark(
            "What is lost",
            ("The quantities that gradient flow conserves are in general no longer conserved with momentum [marcotte2024]: "
             "from rest, each of these rates grows with the same quadratic form of the velocities.",),
            *parts[len(found) :],
        )  # fmt: skip
    answer: dict[str, Any] = {"kind": "quantities", "quantities": [select("text", *i, 1, 0) for i in at[: len(found)]]}
    if found:
        answer["factor"] = select("text", *at[0], 1, 1, 0)
    answer["lost"] = [{"rate": select("text", *i, 1, 0), "is": select("text", *i, 1, 1)} for i in at[len(found) :]]
    return proof.finish(answer, problem.sources)


def _quadratic(problem: Problem) -> list[Law]:
    """The conserved quadratic forms of the flow without momentum; none where nothing is conserved."""
    assert problem.model is not None
    try:
        return [one for one in model_laws(problem.model)[1] if one.degree == 2]
    except Undecided:
        return []


RESULT = Result(
    id="model.momentum",
    title="What momentum keeps of a model's conserved quantities, and what it loses",
    question="momentum",
    derive=derive,
    summary="With momentum, rotations of the parameters give conserved quantities up to friction; others are lost at a known rate.",
    references=("marcotte2024",),
    problem=lambda: read_problem(model="linear[1,2,1]"),
    order=68,
    models=True,
)
