"""A quadratic loss is its own second-order expansion: what the entries of its Hessian measure.

Setting     A quadratic loss L of any number of parameters, a point x, a step u.
Statement   L(x + u) = L(x) + sum_i d_i L*u_i + 1/2*sum_ij H_ij*u_i*u_j, exactly, from every point. A step along one axis adds
            H_ii*u_i**2/2 to what the slope says; the steps along two axes interact by H_ij*u_i*u_j and nothing else. H is the
            Hessian at every point.
Idea        Multiply out.
Endpoints   H_ij = 0: the loss along one axis does not depend on where one is along the other.
References  [nocedal2006]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    free_symbols,
    mul,
    neg,
    power,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.derivatives import Slopes, everywhere, gradient_symbols, slope_steps
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    slopes = slope_steps(proof, problem)
    if any(free_symbols(entry) & set(slopes.names) for row in slopes.hessian for entry in row):
        raise Undecided("this loss is not quadratic, so its second-order expansion leaves something out")
    n, taken = len(slopes.names), {name for name, _ in proof.variables}
    steps = [proof.declare(fresh(f"u_{i + 1}" if n > 1 else "u", taken), "real", "a step") for i in range(n)]
    known: dict[Term, str] = {}

    def exactly(claim: Term, words: str) -> str:
        return proof.step("identity", claim, *_facts(proof, slopes, claim, known), *slopes.conditions, because=words)

    whole = exactly(_whole(slopes, steps), "multiply out: there is nothing of higher order")
    axes = [exactly(_axis(slopes, steps, i), "a step along one axis") for i in range(n)]
    pairs = [exactly(_pair(slopes, steps, i, j), "what two steps do together, beyond each alone")
             for i in range(n) for j in range(i + 1, n)]  # fmt: skip
    hessian = everywhere(proof, slopes)[1]
    labels = [whole, *axes, *pairs, hessian]
    proof.remark(
        "What the entries of the Hessian measure",
        ("A diagonal entry is the curvature along its axis: how much the loss rises beyond what the slope predicts. An entry "
         "beside the diagonal says how much a step along one axis changes the slope along the other.",),
        *axes, *pairs,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    answer: dict[str, Any] = {"kind": "expression", "text": select("text", 0, 1)}
    answer["axes"] = [select("text", 1 + i, 1) for i in range(n)]
    answer["together"] = [select("text", 1 + n + k, 1) for k in range(len(pairs))]
    return proof.finish(answer, problem.sources)


def _moved(slopes: Slopes, steps: list[str], which: set[int]) -> Term:
    """L at the point, with the steps along some axes added."""
    at = [add(x, symbol(steps[i])) if i in which else x for i, x in enumerate(slopes.variables)]
    return apply("L", *at)


def _whole(slopes: Slopes, steps: list[str]) -> Term:
    n, u = len(steps), [symbol(name) for name in steps]
    first = [mul(slope, x) for slope, x in zip(gradient_symbols(slopes.variables), u, strict=True)]
    square = [
        mul(div(ONE, TWO), slopes.hessian[i][i], power(u[i], 2)) if i == j else mul(slopes.hessian[i][j], u[i], u[j])
        for i in range(n) for j in range(i, n) if slopes.hessian[i][j] != ZERO
    ]  # fmt: skip
    return eq(_moved(slopes, steps, set(range(n))), add(_moved(slopes, steps, set()), *first, *square))


def _axis(slopes: Slopes, steps: list[str], i: int) -> Term:
    u = symbol(steps[i])
    slope = mul(gradient_symbols(slopes.variables)[i], u)
    beyond = add(_moved(slopes, steps, {i}), neg(_moved(slopes, steps, set())), neg(slope))
    return eq(beyond, mul(div(ONE, TWO), slopes.hessian[i][i], power(u, 2)))


def _pair(slopes: Slopes, steps: list[str], i: int, j: int) -> Term:
    both, one, other, none = (_moved(slopes, steps, which) for which in ({i, j}, {i}, {j}, set()))
    entry = slopes.hessian[i][j]
    right = ZERO if entry == ZERO else mul(entry, symbol(steps[i]), symbol(steps[j]))
    return eq(sub(sub(both, one), sub(other, none)), right)


def _facts(proof: Proof, slopes: Slopes, claim: Term, known: dict[Term, str]) -> list[str]:
    """Labels of the values of the loss, and of the slopes, that the claim speaks of."""
    found = []
    for node in dict.fromkeys(subterms(claim)):
        if node.head == "Derivative":
            found.append(slopes.first[node.args[1].index(1)])
        if node.head == "Apply":
            if node not in known:
                values = dict(zip(slopes.names, node.args[1:], strict=True))
                assert slopes.loss.body is not None
                there = eq(node, substitute(slopes.loss.body, values))
                known[node] = proof.step("instantiate", there, slopes.defined, values=values, because="the loss there")
            found.append(known[node])
    return found


def _valley() -> Problem:
    return default_problem().with_loss(read_loss("x**2 + 10*y**2"))


RESULT = Result(
    id="loss.quadratic-model",
    title="What the entries of a Hessian measure",
    question="model",
    derive=derive,
    summary="A quadratic loss is exactly its second-order expansion; the diagonal of the Hessian is the curvature along the axes.",
    references=("nocedal2006",),
    tasks=("stage3:3.3",),
    problem=_valley,
    order=51,
)
