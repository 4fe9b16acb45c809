"""The regimes of a geometric sequence, and for which learning rates each occurs.

The error is e_t = m**t*e_0. What m does is known (the rule ``geometric``); what is found here is the condition on the
hyperparameters: first on h = 1 - m, then, where h is proportional to the learning rate, on the learning rate itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import (
    FALSE,
    INFINITY,
    ONE,
    TRUE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    disj,
    div,
    eq,
    for_all,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    number,
    predicate,
    sub,
    substitute,
    symbol,
    tends,
)
from derivations.problems.losses import exact_value
from derivations.tactics.algebra import coefficient_of, factored, is_zero, tidy
from derivations.tactics.linear import Error, T
from derivations.tactics.proof import Proof

NAMES = ("monotone", "one_step", "overshooting", "period_two", "divergent", "constant", "convergent", "not_convergent")
MEANING = {
    "monotone": "it converges without overshooting",
    "one_step": "it is there after one step",
    "overshooting": "it converges and overshoots at every step",
    "period_two": "it jumps back and forth between two values",
    "divergent": "its distance grows beyond all bounds",
    "constant": "it does not move",
    "convergent": "it converges",
    "not_convergent": "it does not converge to the point",
}


@dataclass(frozen=True)
class Regimes:
    """Labels of the proved equivalences: by h = 1 - m, and by the learning rate for positive and negative factor."""

    facts: dict[str, str]
    by_product: dict[str, str]
    product: Term


def behaviours(error: Term) -> dict[str, Term]:
    """What each regime says of the error e_t."""
    after = substitute(error, {"t": add(T, ONE)})
    settles = tends(error, "t", INFINITY, ZERO)
    return {
        "monotone": conj(settles, for_all("t", lt(ZERO, mul(error, after)))),
        "one_step": for_all("t", eq(after, ZERO)),
        "overshooting": conj(settles, for_all("t", lt(mul(error, after), ZERO))),
        "period_two": for_all("t", eq(after, neg(error))),
        "divergent": tends(Term("Abs", (error,)), "t", INFINITY, INFINITY),
        "constant": for_all("t", eq(after, error)),
        "convergent": settles,
        "not_convergent": Term("Not", (settles,)),
    }


def conditions(h: Term) -> dict[str, Term]:
    """For which h = 1 - m each regime occurs; where h is a number, whether it does."""
    value = exact_value(h)
    if value is not None:
        holds = {
            "monotone": 0 < value < 1, "one_step": value == 1, "overshooting": 1 < value < 2, "period_two": value == 2,
            "divergent": value < 0 or value > 2, "constant": value == 0, "convergent": 0 < value < 2,
            "not_convergent": value <= 0 or value >= 2,
        }  # fmt: skip
        return {name: TRUE if true else FALSE for name, true in holds.items()}
    return {
        "monotone": conj(lt(ZERO, h), lt(h, ONE)),
        "one_step": eq(h, ONE),
        "overshooting": conj(lt(ONE, h), lt(h, TWO)),
        "period_two": eq(h, TWO),
        "divergent": disj(lt(h, ZERO), lt(TWO, h)),
        "constant": eq(h, ZERO),
        "convergent": conj(lt(ZERO, h), lt(h, TWO)),
        "not_convergent": disj(le(h, ZERO), le(TWO, h)),
    }


def prove_regimes(proof: Proof, error: Error) -> Regimes:
    """Definitions of the regimes, and P ⇔ (condition on h) for each."""
    defined = {}
    for name, meaning in behaviours(error.term).items():
        proof.declare(name, "property", MEANING[name])
        defined[name] = proof.define(iff(predicate(name), meaning), MEANING[name])
    away = proof.assume(ne(error.start, ZERO), "it does not start at the point itself")
    facts = geometric_facts(proof, error.term, error.ratio, error.start, error.closed, away, *error.conditions)
    h = factored(sub(ONE, error.ratio))
    needed = {
        "monotone": ("settles", "same-side"), "one_step": ("lands",), "overshooting": ("settles", "other-side"),
        "period_two": ("flips",), "divergent": ("grows",), "constant": ("stays",), "convergent": ("settles",),
        "not_convergent": ("settles",),
    }  # fmt: skip
    by_product = {}
    for name, condition in conditions(h).items():
        used = [facts[key] for key in needed[name]]
        words = "which of these signs the multiplier has" if name == "monotone" else ""
        by_product[name] = proof.step(
            "signs", iff(predicate(name), condition), defined[name], *used, because=words or "likewise"
        )
    return Regimes(facts, by_product, h)


def geometric_facts(proof: Proof, e: Term, m: Term, start: Term, closed: str, *known: str) -> dict[str, str]:
    """What the geometric sequence e = m**t*start does, start not being zero."""
    after = substitute(e, {"t": add(T, ONE)})
    claims = {
        "settles": (tends(e, "t", INFINITY, ZERO), conj(lt(neg(ONE), m), lt(m, ONE)),
                    "powers vanish just for a base between -1 and 1"),
        "grows": (tends(Term("Abs", (e,)), "t", INFINITY, INFINITY), disj(lt(m, neg(ONE)), lt(ONE, m)),
                  "and grow beyond all bounds just when it is larger than 1 in size"),
        "same-side": (for_all("t", lt(ZERO, mul(e, after))), lt(ZERO, m), "the error keeps its sign"),
        "other-side": (for_all("t", lt(mul(e, after), ZERO)), lt(m, ZERO), "the error changes its sign at every step"),
        "lands": (for_all("t", eq(after, ZERO)), eq(m, ZERO), "nothing is left after the first step"),
        "flips": (for_all("t", eq(after, neg(e))), eq(m, neg(ONE)), "the error is only reflected"),
        "stays": (for_all("t", eq(after, e)), eq(m, ONE), "nothing changes"),
    }  # fmt: skip
    return {
        key: proof.step("geometric", iff(what, when), closed, *known, term=e, ratio=m, start=start, because=words)
        for key, (what, when, words) in claims.items()
    }


def rate_and_factor(h: Term, rate: str) -> Term | None:
    """c with h = c*rate, if h is proportional to the learning rate."""
    factor, rest = coefficient_of(h, symbol(rate))
    if not is_zero(rest) or rate in free_symbols(factor):
        return None
    return tidy(factor)


def regions(rate: Term, factor: Term, positive: bool) -> dict[str, Term]:
    """For which learning rates each regime occurs, h being factor*rate and the sign of the factor known."""
    one, two = (_over(number(k), factor) for k in (1, 2))

    def order(a: Term, b: Term) -> Term:
        return lt(a, b) if positive else lt(b, a)

    def between(a: Term, b: Term) -> Term:
        return conj(order(a, rate), order(rate, b)) if positive else conj(order(rate, b), order(a, rate))

    return {
        "monotone": between(ZERO, one),
        "one_step": eq(rate, one),
        "overshooting": between(one, two),
        "period_two": eq(rate, two),
        "divergent": disj(lt(rate, ZERO), lt(two, rate)) if positive else disj(lt(rate, two), lt(ZERO, rate)),
        "constant": eq(rate, ZERO),
        "convergent": between(ZERO, two),
        "not_convergent": disj(le(rate, ZERO), le(two, rate)) if positive else disj(le(rate, two), le(ZERO, rate)),
    }


def _over(top: Term, factor: Term) -> Term:
    return tidy(div(top, factor))


def solve_for_rate(proof: Proof, regimes: Regimes, rate: str, factor: Term, positive: bool) -> str:
    """P ⇔ (condition on the learning rate) for each regime, under a condition on the sign of the factor if it is not a number."""
    found = regions(symbol(rate), factor, positive)
    table = conj(*(iff(predicate(name), found[name]) for name in NAMES))
    if exact_value(factor) is None:
        table = implies(lt(ZERO, factor) if positive else lt(factor, ZERO), table)
    words = "solve each condition for the learning rate" + ("" if positive else ", the signs being reversed")
    return proof.step("signs", table, *(regimes.by_product[name] for name in NAMES), because=words)
