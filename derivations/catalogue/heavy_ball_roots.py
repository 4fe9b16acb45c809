"""The roots of a method with one memory: whether it converges, whether it oscillates, and at which rate.

Setting     A method of two states on a quadratic loss, its hyperparameters with values or under hypotheses; the errors solve
            e_{t+2} = p*e_{t+1} - q*e_t.
Statement   z**2 - p*z + q; a complex pair of roots if p**2 < 4*q, and then both have the modulus sqrt(q): for every rho > 0
            they lie within rho iff q <= rho**2. Whether the iteration converges from every start. Heavy ball with the learning
            rate of Newton's step has p = q = beta: every momentum slows it down, since without one a single step is enough.
Idea        The conditions of Schur and Cohn for a disc of radius rho; all but q <= rho**2 hold for a complex pair.
Endpoints   p**2 = 4*q: a double root. q = 0: one root is zero, no memory is left.
References  [polyak1964], [jury1964]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import (
    TRUE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    div,
    for_all,
    iff,
    implies,
    le,
    lt,
    mul,
    number,
    power,
    predicate,
    sub,
    symbol,
)
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import (
    TwoStates,
    characteristic_polynomial,
    convergence,
    disc_conditions,
    jury,
    jury_conditions,
    two_states,
)


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    states = two_states(proof, problem)
    prover = Prover(proof, [(claim, "the range of a hyperparameter")
                            for claim in problem.optimizer.hyperparameters.values() if claim != TRUE])  # fmt: skip
    polynomial = characteristic_polynomial(proof, [list(row) for row in states.rows], (states.trace, states.product))
    oscillates = _oscillation(prover, states)
    radius = _radius(proof, states, oscillates)
    settles = _convergence(proof, prover, states)
    labels = [*states.updates, polynomial, oscillates, radius, settles]
    proof.remark(
        "What the complex pair means",
        ("Both roots have the same size, the square root of their product: that is how much of the error is left after a step, "
         "in the long run, while it swings from side to side.",),
        oscillates, radius,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    answer: dict[str, Any] = {
        "kind": "expression", "text": select("text", 4, 1, 1, 1, 0), "modulus_squared": select("text", 4, 1, 1, 1, 0),
        "radius": select("text", 4), "characteristic_polynomial": select("text", 2, 1, 1), "oscillates": select("text", 3),
        "convergent": select("text", 5), "verdict": [select("text", 5), select("text", 3), select("text", 4, 1, 1, 1)],
    }  # fmt: skip
    return proof.finish(answer, problem.sources)


def _oscillation(prover: Prover, states: TwoStates) -> str:
    """p**2 < 4*q: the roots are a complex pair. Raises Undecided where that is not known."""
    claim = lt(power(states.trace, 2), mul(number(4), states.product))
    way = prover.way(claim, ())
    if way is None:
        raise Undecided("the roots are not known to be a complex pair; give values with --set, or hypotheses with --assume")
    return prover.step(claim, way, {}, "the discriminant is negative")


def _radius(proof: Proof, states: TwoStates, oscillates: str) -> str:
    """∀rho > 0: both roots have at most the modulus rho iff q <= rho**2."""
    name = proof.declare(fresh("rho", {name for name, _ in proof.variables}), "real", "a rate")
    rho, p, q = symbol(name), states.trace, states.product
    positive = proof.supposing(lt(ZERO, rho), "any radius")
    inside, most = predicate("roots_within", rho, p, q), le(q, power(rho, 2))
    conditions = disc_conditions(rho, p, q)
    with proof.inside() as steps:
        disc = proof.step("roots-within", iff(inside, conditions), positive.label, because="when both roots lie in that disc")
        there = proof.supposing(conditions, "they do")
        with proof.inside() as forth:
            proof.step("signs", most, there.label, because="a part of it")
        given = proof.supposing(most, "the product is at most that")
        with proof.inside() as back:
            parts = [given.label if part == most else _square_sum(proof, part, oscillates, rho, p) for part in conditions.args]
            proof.step("conjunction", conditions, *parts, because="all conditions")
        branches = (proof.branch("the conditions", forth, there), proof.branch("the product", back, given))
        same = proof.step("suppose", iff(conditions, most), branches=branches, because="for a complex pair one of them decides")
        proof.step("rewrite", iff(inside, most), disc, same, because="put both together")
    claim = implies(lt(ZERO, rho), iff(inside, most))
    step = proof.step("suppose", claim, branches=(proof.branch("a radius", steps, positive),), because="for this radius")
    return proof.step("generalise", for_all(name, claim), step, because="for every radius")


def _square_sum(proof: Proof, claim: Term, oscillates: str, rho: Term, p: Term) -> str:
    """The claim, since its gap is (4*q - p**2)/4 and squares."""
    half = div(p, TWO)
    squares = [add(rho, half)] if p in _factors(claim) and claim.args[0].head == "Neg" else [sub(rho, half)]
    if p not in _factors(claim):
        squares = [half, rho]
    terms = ({"coefficient": "1/4", "premises": (0,)}, *({"square": one} for one in squares))
    return proof.step("polynomial-implication", claim, oscillates, terms=terms, because="a sum of squares and of what is positive")


def _factors(claim: Term) -> tuple[Term, ...]:
    """The factors of the side that is a product."""
    return next((side.args for side in claim.args if side.head == "Mul"), ())


def _convergence(proof: Proof, prover: Prover, states: TwoStates) -> str:
    """The iteration converges from every start, or it does not."""
    known, whole = jury(proof, states), convergence(states)
    conditions = jury_conditions(states.trace, states.product)
    ways = [prover.way(condition, ()) for condition in conditions]
    if all(way is not None for way in ways):
        labels = [prover.step(one, way, {}, "it holds") for one, way in zip(conditions, ways, strict=True) if way is not None]
        every = proof.step("signs", whole, known, *labels, because="all four conditions hold")
        start = {name: symbol(name) for name in states.start}
        return proof.step("instantiate", whole.args[1].args[1], every, values=start, because="from any start")
    for condition in conditions:
        opposite = le(*reversed(condition.args))
        way = prover.way(opposite, ())
        if way is not None:
            label = prover.step(opposite, way, {}, "this one fails")
            return proof.step("signs", Term("Not", (whole,)), known, label, because="one condition fails")
    raise Undecided("whether it converges depends on the hyperparameters; ask for its stability")


def _newton() -> Problem:
    return read_problem("5*x**2", optimizer="heavy-ball", settings=("eta=1/10",), assume=("0 < beta", "beta < 1"))


RESULT = Result(
    id="heavy-ball.roots",
    title="What a memory does to the roots",
    question="roots",
    derive=derive,
    summary="A complex pair of roots oscillates, and its size is the square root of the product of the roots.",
    references=("polyak1964", "jury1964"),
    tasks=("stage3:8.2", "stage3:8.3", "stage3:8.4"),
    problem=_newton,
    order=66,
)
