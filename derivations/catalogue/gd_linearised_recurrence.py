"""Gradient descent near a critical point: the error is multiplied by m = F'(x*) at each step.

Setting     x' = F(x), F the update map, F(x*) = x*.
Statement   x_t = x* + m**t*(x_0 - x*), exactly if F is affine; else for the linearised iteration, with
            (F(x) - x* - m*(x - x*))/(x - x*) -> 0; and for every rho with |m| < rho < 1 there is one radius delta > 0
            such that |x_t - x*| <= rho**t*|x_0 - x*| for all t, from every x_0 nearer to x* than delta.
Idea        Expand the update at its fixed point; solve the recurrence by induction.
Endpoints   |m| >= 1 gives no local rate; m = 1 is silent about the nonlinear iteration.
References  [ortega1970] theorem 10.1.3 (Ostrowski), [polyak1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    apply,
    conj,
    div,
    eq,
    exists,
    for_all,
    free_symbols,
    implies,
    le,
    lt,
    mul,
    power,
    sub,
    symbol,
    tends,
)
from derivations.problems.losses import generic
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import Error, T, error_recurrence, minus, plus
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    begin = fresh("s", _names(problem))
    error = error_recurrence(proof, problem, begin)
    name = problem.loss.parameters[0]
    value = apply(name, T) if error.exact else plus(error.point, error.term)
    solved = for_all("t", eq(value, plus(error.point, mul(power(error.ratio, T), error.start))))
    if error.exact:
        update = proof.claims[error.update]
        proof.step(
            "conjunction", conj(update, solved), error.update, error.closed, because="the update and its solution"
        )
        answer = {"kind": "expression", "text": select("text", 1, 1, 1), "update": select("text", 0, 1, 1),
                  "closed_form": select("text", 1, 1, 1)}  # fmt: skip
        proof.remark(
            "The loss is quadratic, so nothing is neglected",
            ("The formula holds for every learning rate and every start, also when the iteration diverges.",),
            error.closed,
        )
        return proof.finish(answer, problem.sources)
    remainder, rate = _remainder(proof, error, name), _rate(proof, error, problem, begin)
    shown = [proof.claims[label] for label in (error.known["map"], error.update)]
    shown += [solved, proof.claims[remainder], proof.claims[rate]]
    proof.step("conjunction", conj(*shown), error.known["map"], error.update, error.closed, remainder, rate,
               because="update, slope, solution, what was neglected, and what it means for the iteration itself")  # fmt: skip
    proof.remark(
        "How good the approximation is",
        ("The linear formula describes the linearised iteration. The iteration itself approaches the point at every rate that is "
         "larger than the size of the slope, from every start that is near enough. How near that is depends on the rate, not on "
         "the start.",),
        remainder, rate,
    )  # fmt: skip
    answer = {"kind": "expression", "text": select("text", 2, 1, 1), "update": select("text", 0, 1, 1),
              "slope": select("text", 1, 1), "closed_form": select("text", 2, 1, 1)}  # fmt: skip
    return proof.finish(answer, problem.sources)


def _remainder(proof: Proof, error: Error, name: str) -> str:
    """What the linearisation neglects, compared with the distance from the point."""
    x = symbol(name)
    rest = sub(apply("F", x), plus(error.point, mul(error.ratio, minus(x, error.point))))
    claim = tends(div(rest, minus(x, error.point)), name, error.point, ZERO)
    known = error.known
    return proof.step("taylor", claim, known["smooth"], known["fixed"], known["slope"], function=apply("F", x), order=1,
                      because="Taylor's formula for the update at the point")  # fmt: skip


def _names(problem: Problem) -> set[str]:
    """The names that the problem brings."""
    terms = (*problem.assume, *problem.loss.at.values())
    return {*problem.optimizer.hyperparameters, *problem.loss.constants, *(name for term in terms for name in free_symbols(term))}


def _rate(proof: Proof, error: Error, problem: Problem, begin: str) -> str:
    """The local linear rate of the iteration itself, from every start within one radius."""
    name, rate, radius = problem.loss.parameters[0], fresh("rho", _names(problem)), fresh("delta", _names(problem))
    rho = symbol(proof.declare(rate, "real", "any number between the size of the slope and 1"))
    delta = symbol(proof.declare(radius, "real", "how near is near enough"))
    start = symbol(begin)
    iterate = apply(name, T, start)
    near = Term("Abs", (minus(start, error.point),))
    decay = for_all("t", le(Term("Abs", (minus(iterate, error.point),)), mul(power(rho, T), near)))
    within = exists(radius, conj(lt(ZERO, delta), for_all(begin, implies(lt(near, delta), decay))))
    claim = for_all(rate, implies(conj(lt(Term("Abs", (error.ratio,)), rho), lt(rho, ONE)), within))
    needed = [error.known[key] for key in ("step", "begin", "fixed", "slope", "smooth")]
    return proof.step("local-rate", claim, *needed, sequence=iterate, function=apply("F", symbol(name)),
                      at=error.point, slope=error.ratio, step="t", radius=radius, start=begin,
                      because="a map with a small slope contracts near its fixed point")  # fmt: skip


def _generic() -> Problem:
    return default_problem().with_loss(generic())


RESULT = Result(
    id="gd.linearised-recurrence",
    title="Gradient descent near a critical point",
    question="recurrence",
    derive=derive,
    summary="The distance from the critical point is multiplied by the same number at every step.",
    references=("ortega1970", "polyak1964"),
    tasks=("lecture3:1.a",),
    problem=_generic,
    order=10,
)
