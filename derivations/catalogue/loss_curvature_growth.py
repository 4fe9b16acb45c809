"""How the curvature of a loss changes with the constants in it.

Setting     A loss L(x, c, ...) of one parameter x, as a function of its constants c, ... too.
Statement   The slope L', the curvature L'' as a function of the constants, and the derivative of L'' by each of them.
Idea        Differentiate twice by the parameter and once by the constant.
Endpoints   A constant on which the curvature does not depend has the derivative 0. One in a denominator is left fixed.
References  [nocedal2006]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import apply, conj, eq, free_symbols, subterms, symbol
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.algebra import derivative
from derivations.tactics.derivatives import domain_conditions
from derivations.tactics.hessians import for_all_of, partial
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    loss = problem.loss
    quotients = [node for node in subterms(loss.body) if node.head == "Div"] if loss.body is not None else []
    below = {name for node in quotients for name in free_symbols(node.args[1])}
    constants = tuple(name for name in loss.constants if name not in below)
    if loss.body is None or len(loss.parameters) != 1 or not constants:
        raise Undecided("this question needs a loss of one parameter with constants in it, given by an expression")
    proof = Proof()
    names = (*loss.parameters, *constants)
    proof.declare(names[0], "real", "parameter")
    for name in loss.constants:
        proof.declare(name, "real")
    proof.declare("L", "function")
    at = [symbol(name) for name in names]
    label = proof.define(for_all_of(names, eq(apply("L", *at), loss.body)), "the loss, as a function of its constants too")
    conditions = domain_conditions(proof, loss)
    value, labels, rest = loss.body, [], [0] * len(constants)
    for order, why in ((1, "differentiate by the parameter"), (2, "differentiate again")):
        value = derivative(value, names[0])
        claim = for_all_of(names, eq(partial("L", [order, *rest], at), value))
        labels.append(proof.step("derivative", claim, label, *conditions, because=why))
        label = labels[-1]
    for i, name in enumerate(constants):
        orders = [2, *(int(j == i) for j in range(len(rest)))]
        claim = for_all_of(names, eq(partial("L", orders, at), derivative(value, name)))
        words = ("differentiate the curvature by ", symbol(name))
        labels.append(proof.step("derivative", claim, label, *conditions, because=words))
    proof.step("conjunction", conj(*(proof.claims[one] for one in labels)), *labels, because="all together")
    body = (1,) * len(names)
    growth = [select("text", 2 + i, *body, 1) for i in range(len(constants))]
    answer = {"kind": "expression", "text": growth[0], "gradient": select("text", 0, *body, 1),
              "curvature": select("text", 1, *body, 1), "growth": growth}  # fmt: skip
    return proof.finish(answer, problem.sources)


def _parabola() -> Problem:
    return default_problem().with_loss(read_loss("lam*x**2/2", "x"))


RESULT = Result(
    id="loss.curvature-growth",
    title="How the curvature depends on the constants",
    question="curvature",
    derive=derive,
    summary="The curvature of a loss of one parameter as a function of its constants, and how fast it grows with each.",
    references=("nocedal2006",),
    tasks=("stage3:1.2",),
    problem=_parabola,
    order=46,
)
