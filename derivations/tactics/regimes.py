"""The regimes of a geometric sequence, and for which learning rates each occurs.

The error is e_t = m**t*e_0. What m does is known (the rule ``geometric``); what is found here is the condition on the
hyperparameters: first on h = 1 - m, then, where h is proportional to the learning rate, on the learning rate itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.language.errors import Undecided
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

if TYPE_CHECKING:
    from derivations.tactics.prover import Prover

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


def occurs(name: str, h: Fraction) -> bool:
    """Whether a regime occurs where h = 1 - m is this number."""
    holds = {
        "monotone": 0 < h < 1, "one_step": h == 1, "overshooting": 1 < h < 2, "period_two": h == 2, "divergent": h < 0 or h > 2,
        "constant": h == 0, "convergent": 0 < h < 2, "not_convergent": h <= 0 or h >= 2,
    }  # fmt: skip
    return holds[name]


def conditions(h: Term) -> dict[str, Term]:
    """For which h = 1 - m each regime occurs; where h is a number, whether it does."""
    value = exact_value(h)
    if value is not None:
        return {name: TRUE if occurs(name, value) else FALSE for name in NAMES}
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
    try:
        factor, rest = coefficient_of(h, symbol(rate))
    except Undecided:
        return None
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


def solve_conditions(proof: Proof, regimes: Regimes, rate: str) -> dict[str, str]:
    """P ⇔ (region) for each regime whose condition on h can be solved: exactly, where h is rational in one quantity."""
    from derivations.tactics.conditions import simplified
    from derivations.tactics.one_quantity import quantity_of
    from derivations.tactics.prover import Prover

    prover, found = Prover(proof), dict(regimes.by_product)
    always = _Always(prover)
    for name, label in regimes.by_product.items():
        regime, condition = proof.claims[label].args
        if condition in (TRUE, FALSE):
            continue
        single = quantity_of([condition]) is not None
        if not single and (less := always.without(condition)) != condition:
            words = "the rest always holds, or never"
            found[name] = proof.step("signs", iff(regime, less), label, *always.used, because=words)
            condition = less
        if condition in (TRUE, FALSE) or (condition.head in ("Or", "Eq") and not single):
            continue
        parts = condition.args if condition.head == "And" else (condition,)
        region = simplified(prover, parts, rate, "solve the condition", condition)
        if region.solved and region.label and region.formula != condition:
            found[name] = proof.step("signs", iff(regime, region.formula), found[name], region.label, because="put together")
    return found


class _Always:
    """Which relations hold for all values of the hyperparameters, or for none; ``used`` are the labels of what shows it."""

    def __init__(self, prover: Prover) -> None:
        self.prover, self.labels, self.used = prover, dict[Term, str | None](), list[str]()

    def holds(self, relation: Term) -> bool:
        if relation not in self.labels:
            way = self.prover.way(relation, ())
            words = "for all values of the hyperparameters"
            self.labels[relation] = None if way is None else self.prover.step(relation, way, {}, words)
        label = self.labels[relation]
        self.used += [label] if label else []
        return bool(label)

    def without(self, formula: Term) -> Term:
        """The formula without its parts that always hold, or never."""
        self.used = []
        return self._without(formula)

    def _without(self, formula: Term) -> Term:
        if formula.head in ("And", "Or"):
            parts = [self._without(part) for part in formula.args]
            return conj(*parts) if formula.head == "And" else disj(*parts)
        if formula.head == "Eq":
            left, right = formula.args
            return FALSE if self.holds(lt(left, right)) or self.holds(lt(right, left)) else formula
        low, high = formula.args
        if self.holds(formula):
            return TRUE
        return FALSE if self.holds((le if formula.head == "Lt" else lt)(high, low)) else formula
