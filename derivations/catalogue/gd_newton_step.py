"""Newton's step: the one learning rate that reaches the minimum of a quadratic loss at once.

Setting     A loss of one parameter near a critical point p with curvature L''(p) != 0; Newton's map N(x) = x - L'(x)/L''(x).
Statement   Quadratic: the first step lands on p iff eta = 1/L''(p), and N(x) = p for every x. Otherwise: with eta = 1/L''(p) the
            slope of the update at p is 0, and for a polynomial loss (F(x) - p)/(x - p)**2 and (N(x) - p)/(x - p)**2 have
            limits of opposite sign: both converge quadratically, from opposite sides.
Idea        The multiplier 1 - eta*L''(p) vanishes; expand to second order.
Endpoints   L''(p) = 0: there is no such learning rate, and Newton's map is not defined at p.
References  [nocedal2006] theorem 3.5
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, ZERO, Term, conj, div, eq, for_all, free_symbols, iff, ne, sub, symbol
from derivations.problems.questions import Problem
from derivations.tactics.algebra import tidy
from derivations.tactics.linear import Error, error_recurrence, first_step, learning_rate
from derivations.tactics.newton import newton_steps, second_order_steps
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import rate_and_factor


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    error = error_recurrence(proof, problem)
    rate = learning_rate(problem.optimizer)
    factor = rate_and_factor(sub(ONE, error.ratio), rate)
    if factor is None:
        raise Undecided("the multiplier of this method is not 1 - eta*(curvature)")
    if factor == ZERO:
        raise Undecided("there is no curvature at the point, so no learning rate is Newton's")
    curved = [] if not free_symbols(factor) else [proof.assume(ne(factor, ZERO), "there is curvature")]
    best = tidy(div(ONE, factor))
    labels = [_landing(proof, error, rate, best, curved)]
    if error.exact:
        labels += newton_steps(proof, problem, error, curved)
    else:
        labels += second_order_steps(proof, problem, error, rate, best)
    if error.exact and len(labels) > 1:
        words = "On a quadratic loss the two methods take the same step, from every start. On any other they part: see an own loss."
        proof.remark("Newton's method and this learning rate", (words,), labels[1])
    if len(labels) > 2:
        words = (
            "Both approach the point quadratically: the error after a step is proportional to the square of the error before. The "
            "two factors differ in sign, so the methods come from opposite sides."
        )
        proof.remark("Newton's method and this learning rate", (words,), *labels[1:])
    if len(labels) > 1:
        proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
        answer = {"kind": "expression", "text": select("text", 0, 1, 1), "condition": select("text", 0, 1)}
    else:
        answer = {"kind": "expression", "text": select("text", 1, 1), "condition": select("text", 1)}
    return proof.finish(answer, problem.sources)


def _landing(proof: Proof, error: Error, rate: str, best: Term, curved: list[str]) -> str:
    """The first step lands on the point (or the slope of the update vanishes there) iff eta is the inverse curvature."""
    target = eq(symbol(rate), best)
    if not error.exact:
        slope = proof.claims[error.update].args[0]
        zero = proof.step("signs", iff(eq(error.ratio, ZERO), target), *curved, because="solve for the learning rate")
        return proof.step(
            "rewrite", iff(eq(slope, ZERO), target), zero, error.update, because="this is the slope at the point"
        )
    away = proof.assume(ne(error.start, ZERO), "it does not start at the point itself")
    at_zero = first_step(error.term)
    begin = proof.definitions[2].label
    first = proof.step("instantiate", first_step(proof.claims[error.recurrence]), _general(proof, error), values={"t": ZERO},
                       because="the first step")  # fmt: skip
    landed = proof.claims[first].args[0]
    product = proof.claims[first].args[1]
    started = proof.step("identity", eq(at_zero, error.start), begin, *error.conditions, because="the start")
    nonzero = proof.step("rewrite", ne(at_zero, ZERO), away, started, because="it starts elsewhere")
    zero = proof.step(
        "signs",
        iff(eq(product, ZERO), target),
        nonzero,
        *curved,
        *error.conditions,
        because="a product vanishes with one of its factors",
    )
    return proof.step(
        "rewrite", iff(eq(landed, ZERO), target), zero, first, because="this is the distance after one step"
    )


def _general(proof: Proof, error: Error) -> str:
    return proof.step(
        "generalise", for_all("t", proof.claims[error.recurrence]), error.recurrence, because="at every step"
    )


RESULT = Result(
    id="gd.newton-step",
    title="Newton's step",
    question="newton",
    derive=derive,
    summary="One learning rate, the inverse of the curvature, reaches the minimum of a quadratic loss in one step.",
    references=("nocedal2006",),
    tasks=("lecture3:1.b.4",),
    order=30,
)
