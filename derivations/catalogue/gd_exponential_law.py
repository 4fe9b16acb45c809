"""The exponential law: what the powers m**t of gradient descent have to do with exp(-lam*tau).

Setting     e_t = m**t*e_0, m = 1 - h the multiplier of the error, a function of the learning rate.
Statement   Exactly m**t; with learning rate tau/n, m**n -> exp(m'(0)*tau) as n -> oo; and for 0 <= h <= 1 and every t
            0 <= exp(-t*h) - m**t <= t*h**2/2.
Idea        Many small factors make an exponential; 1 - h <= exp(-h) <= 1 - h + h**2/2, raised to the power t.
Endpoints   h = 0: both are 1. h = 1: m**t is 0 from the first step on, exp(-t) is not. Negative m has no such law.
References  [polyak1964], [hairer2006]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import add, apply, conj, eq, for_all, free_symbols, mul, power
from derivations.problems.questions import Problem
from derivations.tactics.algebra import is_zero, tidy
from derivations.tactics.descent import distance_from_exponential, exponential_limit
from derivations.tactics.linear import T, error_recurrence
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    error = error_recurrence(proof, problem)
    rate = next(iter(problem.optimizer.hyperparameters), "")
    if rate not in free_symbols(error.ratio):
        raise Undecided("the exponential law is about small learning rates; here the multiplier does not depend on one")
    limit = exponential_limit(proof, error.ratio, rate)
    if limit is None:
        raise Undecided("a vanishing learning rate does not leave the error as it is: there is no limit at fixed time")
    bound = distance_from_exponential(proof, error.ratio)
    value = apply(problem.loss.parameters[0], T) if error.exact else add(error.point, error.term)
    power_of_start = mul(power(error.ratio, T), tidy(error.start) if is_zero(error.point) else error.start)
    solved = power_of_start if is_zero(error.point) else add(error.point, power_of_start)
    claims = [for_all("t", eq(value, solved)), proof.claims[limit], proof.claims[bound]]
    proof.step("conjunction", conj(*claims), error.closed, limit, bound,
               because="the exact power, its limit, and how far it is from the exponential")  # fmt: skip
    proof.remark(
        "Exponentially fast, with a small rate",
        ("The error decreases exponentially fast in the number of steps. With a small learning rate or curvature the "
         "rate is small; that does not make it slower than exponential.",),
        error.closed,
    )  # fmt: skip
    proof.remark(
        "When the exponential may be written for the power",
        ("They are two functions. The exponential is the limit of small learning rates over a fixed time; at a finite "
         "learning rate it is too large, by at most this, which is small while the number of steps times the square of "
         "one step's relative change is.",),
        limit, bound,
    )  # fmt: skip
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 1),
        "limit": select("text", 1, 3),
        "of": select("text", 1, 0),
        "approximation": select("text", 2, 1, 1, 1, 0, 0),
        "error_bound": select("text", 2, 1, 1, 1, 1),
        "valid_for": select("text", 2, 1, 0),
    }
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="gd.exponential-law",
    title="The exponential law of convergence",
    question="exponential",
    derive=derive,
    summary="The error is an exact power; an exponential in the limit of small learning rates, else this far from it.",
    references=("polyak1964", "hairer2006"),
    tasks=("lecture3:4.a",),
    order=70,
)
