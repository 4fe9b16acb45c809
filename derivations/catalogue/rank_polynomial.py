"""The rank of the Hessian at matching weights: the effective number of parameters of a polynomial model.

Setting     f(theta; x) polynomial in the parameters and the data; L(theta') = E|f(theta'; x) - f(theta; x)|**2/2.
Statement   The Hessian of L at theta' = theta has rank r for almost every theta; with --at, exactly so much at that point.
Idea        It is the mean of the gradients' products: its kernel holds the directions along which the output does not change, as a
            function of the data. Below: the rank at one point. Above: the coefficients are few, or directions are redundant.
Endpoints   Four double-point exceptions of Alexander and Hirschowitz, where one form more is singular than one would count.
References  [couto2025], [alexander1995]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj, lt, number, predicate
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.proof import Proof
from derivations.tactics.ranks import about, declare, generic, of_hessian, polynomial, rank_at, rich_data


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    if model.gates and problem.weights:
        raise Undecided(
            "whether the data tell the units apart depends on the weights: gates of parallel units are one and the same"
        )
    proof = Proof()
    outputs = polynomial(model)
    declare(proof, model)
    data = rich_data(proof, model, outputs)
    rank, reason, steps = generic(proof, model)
    whole = of_hessian(proof, model, rank, reason, [*steps, data])
    if not problem.weights:
        return proof.finish(_fields([], select("name", 7), **_directions(reason, 7)), problem.sources)
    return _at(proof, problem, data, (rank, reason, whole))


def _directions(reason: Term, *path: int) -> dict[str, Any]:
    """The redundant directions, if it is these that bound the rank."""
    if reason.args[0] != "redundant_directions":
        return {}
    return {"directions": [select("text", *path, i) for i in range(2, len(reason.args))]}


def _at(proof: Proof, problem: Problem, data: str, known: tuple[int, Term, str]) -> Derivation:
    """The exact rank at the given weights, and whether it is the generic one."""
    model, (most, why, whole) = problem.model, known
    assert model is not None
    point = Term("Tuple", tuple(problem.weights[name] for name in model.parameters))
    rank = rank_at(polynomial(model), point)
    exact = proof.step("rank-there", predicate("rank_there", number(rank), *about(model), point),
                       because="the rank of a matrix of rational numbers")  # fmt: skip
    there = of_hessian(proof, model, rank, point, [exact, data], there=True)
    parts, reason, more = [there, whole], select("name", 1, 7), _directions(why, 1, 7)
    if rank < most:
        parts.append(proof.step("number-sign", lt(number(rank), number(most)), because="these weights are special"))
        reason, more = select("text", 2), {}
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    return proof.finish(_fields([0], reason, generic_rank=select("number", 1, 1), **more), problem.sources)


def _fields(of: list[int], reason: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer's fields: rank, parameters and nullity stand in this order in the claim."""
    rank, parameters, nullity = (select("number", *of, i) for i in (1, 2, 3))
    return {
        "kind": "number",
        "text": select("text", *of, 1),
        "rank": rank,
        "parameters": parameters,
        "nullity": nullity,
        "reason": reason,
        **more,
    }


RESULT = Result(
    id="rank.polynomial",
    title="Rank of the Hessian of a polynomial model: its effective number of parameters",
    question="rank",
    derive=derive,
    summary="How many directions in parameter space a polynomial model's loss can feel at matching weights, and why no more.",
    references=("couto2025", "alexander1995"),
    problem=lambda: read_problem(model="monomial[2;2;4]"),
    order=70,
    models=True,
    weights=True,
)
