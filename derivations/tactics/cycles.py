"""Two-cycles of gradient descent on a polynomial loss: where they lie, exactly, and what two steps do to what is near them.

F(F(x)) - x is a polynomial; F(x) - x divides it. Its other factors are the two-cycles. The slope of two steps, F'(x)*F'(F(x)), is
reduced modulo each factor: where what is left does not depend on x, it is one number for the whole cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    apply,
    conj,
    disj,
    eq,
    for_all,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    mul,
    neg,
    number,
    sub,
    substitute,
    symbol,
)
from derivations.tactics.algebra import Bridge, derivative, tidy
from derivations.tactics.conditions import Prover, readable
from derivations.tactics.proof import Proof
from derivations.tactics.solving import solved

MAX_DEGREE = 16


@dataclass(frozen=True)
class Map:
    """x -> F(x): its name, the label of ∀x F(x) = value, and the label of ∀x F'(x) = slope."""

    name: str
    value: Term
    label: str
    slope: Term
    slope_label: str
    rate: str

    @property
    def x(self) -> Term:
        return symbol(self.name)


def one_step_map(proof: Proof, name: str, rate: str) -> Map:
    """The method's map F, defined before with its derivative inserted, and its slope."""
    x = symbol(name)
    image = apply("F", x)
    label, value = next(
        (label, claim.args[1].args[1]) for label, claim in reversed(proof.claims.items())
        if claim.head == "ForAll" and claim.args[1].head == "Eq" and claim.args[1].args[0] == image
    )  # fmt: skip
    slope = derivative(value, name)
    claim = for_all(name, eq(Term("Derivative", ("F", (1,), x)), slope))
    slope_label = proof.step("derivative", claim, label, because="the slope of one step")
    return Map(name, value, label, slope, slope_label, rate)


def loses_stability(proof: Proof, step: Map, point: Term) -> str:
    """-1 < F'(p) < 1 iff the learning rate times the curvature lies between 0 and 2."""
    at = Term("Derivative", ("F", (1,), point))
    value = tidy(substitute(step.slope, {step.name: point}))
    put = {step.name: point}
    there = proof.step("instantiate", eq(at, substitute(step.slope, put)), step.slope_label, values=put, because="the slope there")
    known = proof.step("identity", eq(at, value), there, because="insert it")
    prover = Prover(proof)
    low, high = (readable(prover, one, step.rate, ()) for one in (lt(value, ONE), lt(neg(ONE), value)))
    inside = conj(lt(neg(ONE), value), lt(value, ONE))
    region = proof.step("signs", iff(inside, conj(low, high)), because="solve for the learning rate")
    claim = iff(conj(lt(neg(ONE), at), lt(at, ONE)), conj(low, high))
    return proof.step("rewrite", claim, region, known, because="the slope at the point")


def twice(proof: Proof, step: Map) -> tuple[Term, str]:
    """F(F(x)) as a polynomial, and the label of that it is, for every x."""
    image = apply("F", step.x)
    then = eq(apply("F", image), substitute(step.value, {step.name: image}))
    again = proof.step("instantiate", then, step.label, values={step.name: image}, because="the second step")
    second = substitute(step.value, {step.name: step.value})
    both = proof.step("rewrite", eq(then.args[0], second), again, step.label, because="insert the first step")
    return second, both


def factors(step: Map, second: Term) -> list[Term]:
    """The factors of F(F(x)) - x that F(x) - x has not: polynomials in x. Raises Undecided for too high a degree."""
    bridge = Bridge()
    x = bridge.to_sympy(step.x)
    once, two = (sp.expand(bridge.to_sympy(sub(value, step.x))) for value in (step.value, second))
    if not two.is_polynomial(x) or sp.degree(two, x) > MAX_DEGREE:
        raise Undecided("the two-cycles are found for polynomial losses of degree up to five")
    still = [factor for factor, _ in sp.factor_list(once)[1] if factor.has(x)]
    rest = [factor for factor, _ in sp.factor_list(sp.cancel(two / once))[1] if factor.has(x)]
    fresh_ones = [factor for factor in rest if all(sp.cancel(factor / other).has(x) for other in still)]
    return [bridge.to_term(one) for one in fresh_ones]


def where_cycles_are(
    proof: Proof, step: Map, second: Term, label: str, found: list[Term], forward: str
) -> str:
    """∀x F(F(x)) = x iff F(x) = x, or one of the factors vanishes."""
    beyond = [eq(mul(*found), ZERO)] if found else []
    split = proof.step("signs", iff(eq(second, step.x), disj(eq(step.value, step.x), *beyond)), forward,
                       because="factor what two steps change")  # fmt: skip
    claim = iff(eq(apply("F", apply("F", step.x)), step.x), disj(eq(apply("F", step.x), step.x), *beyond))
    here = proof.step("rewrite", claim, split, label, step.label, because="said of the steps")
    return proof.step("generalise", for_all(step.name, claim), here, because="for every x")


def slope_on_cycle(proof: Proof, step: Map, factor: Term) -> tuple[str, Term]:
    """∀x P(x) = 0 ⇒ F'(x)*F'(F(x)) = its remainder modulo P, and that remainder."""
    bridge = Bridge()
    x = bridge.to_sympy(step.x)
    image = apply("F", step.x)
    product = mul(step.slope, substitute(step.slope, {step.name: step.value}))
    quotient, rest = sp.div(sp.expand(bridge.to_sympy(product)), bridge.to_sympy(factor), x)
    value = bridge.to_term(sp.factor(sp.cancel(rest)))
    case = proof.supposing(eq(factor, ZERO), "a point of the cycle")
    cofactor = bridge.to_term(sp.cancel(-quotient))
    known = [item.label for item in proof.hypotheses if item.claim.head in ("Ne", "Lt", "Gt")]
    with proof.inside() as steps:
        bounds = []
        for low, high, times in ((product, value, cofactor), (value, product, bridge.to_term(sp.cancel(quotient)))):
            term = {"premises": (0,), "factor": neg(times)}
            words = "divide by the factor"
            bounds.append(proof.step("polynomial-implication", le(low, high), case.label, *known, terms=(term,), because=words))
        proof.step("signs", eq(product, value), *bounds, *known, because="both ways")
    label = proof.step("suppose", implies(eq(factor, ZERO), eq(product, value)),
                       branches=(proof.branch("on the cycle", steps, case),), because="reduce modulo the factor")  # fmt: skip
    there = Term("Derivative", ("F", (1,), image))
    outer = proof.step("instantiate", eq(there, substitute(step.slope, {step.name: image})), step.slope_label,
                       values={step.name: image}, because="the slope at the second point")  # fmt: skip
    explicit = eq(there, substitute(step.slope, {step.name: step.value}))
    second = proof.step("rewrite", explicit, outer, step.label, because="insert the step")
    here = Term("Derivative", ("F", (1,), step.x))
    itself = {step.name: step.x}
    first = proof.step("instantiate", eq(here, step.slope), step.slope_label, values=itself, because="the slope at the first")
    same = proof.step("identity", eq(mul(here, there), product), first, second, because="multiply the slopes")
    claim = implies(eq(factor, ZERO), eq(mul(here, there), value))
    whole = proof.step("rewrite", claim, label, same, because="said of the slopes")
    return proof.step("generalise", for_all(step.name, claim), whole, because="for every x"), value


def real_only_if(proof: Proof, step: Map, factor: Term, forward: str) -> list[str]:
    """∀x P(x) = 0 ⇒ (a condition on the learning rate), for P a quadratic in x or in x**2 without other constants.

    The discriminant is not negative, since it is a square on the cycle; and a quadratic in x**2 whose ends are positive has a
    negative coefficient in between.
    """
    bridge = Bridge()
    x, eta = bridge.to_sympy(step.x), bridge.to_sympy(symbol(step.rate))
    poly = sp.Poly(bridge.to_sympy(factor), x)
    if poly.degree() == 4 and all(power % 2 == 0 for (power,) in poly.monoms()):
        w = x**2
    elif poly.degree() == 2:
        w = x
    else:
        return []
    a, b, c = (poly.coeff_monomial(w**k) for k in (2, 1, 0))
    if (a * b * c).free_symbols - {eta} or (a + b + c).free_symbols - {eta}:
        return []
    square = {"square": bridge.to_term(sp.expand(2 * a * w + b))}
    on_cycle = {"premises": (0,), "factor": bridge.to_term(4 * a)}
    certificates: list[tuple[Any, str, tuple[dict[str, Any], ...]]] = [(sp.expand(b**2 - 4 * a * c), "Le", (square, on_cycle))]
    root = sp.sqrt(sp.factor(a))
    root = root.args[0] if root.func is sp.Abs else root
    if w != x and c.is_Rational and c > 0 and root.is_polynomial(eta):
        terms = ({"coefficient": str(c)}, {"square": bridge.to_term(root * w)}, {"premises": (0,), "factor": ONE})
        certificates.append((-b, "Lt", terms))
    found = [_necessary(proof, step, factor, forward, bridge.to_term(sp.factor(value)), head, terms, w != x)
             for value, head, terms in certificates]  # fmt: skip
    return [label for label in found if label is not None]


def _necessary(
    proof: Proof, step: Map, factor: Term, forward: str, value: Term, head: str, terms: tuple[dict[str, Any], ...], even: bool
) -> str | None:
    """∀x P(x) = 0 ⇒ 0 <= value (or 0 < value, shown through 0 < value*x**2), solved; None where that says nothing."""
    prover = Prover(proof)
    condition = Term(head, (ZERO, value))
    region, label = solved(prover, condition, step.rate)
    if region.head in ("True", "False"):
        return None
    case = proof.supposing(eq(factor, ZERO), "a point of the cycle")
    with proof.inside() as steps:
        if head == "Lt" and even:
            times = lt(ZERO, mul(value, Term("Pow", (step.x, number(2)))))
            shown = proof.step("polynomial-implication", times, case.label, forward, terms=terms, because="on the cycle")
            here = proof.step("signs", condition, shown, because="a square is not negative")
        else:
            words = "on the cycle it is a square"
            here = proof.step("polynomial-implication", condition, case.label, forward, terms=terms, because=words)
        proof.step("signs", region, label, here, because="solved for the learning rate")
    claim = implies(eq(factor, ZERO), region)
    branch = proof.branch("on the cycle", steps, case)
    whole = proof.step("suppose", claim, branches=(branch,), because="where there is such a cycle")
    return proof.step("generalise", for_all(step.name, claim), whole, because="for every x")


def slope_is_small(proof: Proof, step: Map, value: Term, forward: str) -> str | None:
    """-1 < slope < 1 iff the learning rate lies between two numbers, where the slope depends on the learning rate alone."""
    if free_symbols(value) != {step.rate}:
        return None
    eta, bridge = symbol(step.rate), Bridge()
    x = bridge.to_sympy(eta)
    inside = conj(lt(neg(ONE), value), lt(value, ONE))
    expression = bridge.to_sympy(value)
    bounds = (expression > -1, expression < 1)
    where = sp.Intersection(*(sp.solve_univariate_inequality(one, x, relational=False) for one in bounds))
    forwards, parts = sp.Interval.open(0, sp.oo), where.args if isinstance(where, sp.Union) else (where,)
    pieces: list[Any] = [part for part in (part.intersect(forwards) for part in parts) if part is not sp.EmptySet]
    if not pieces:
        return proof.step("signs", Term("Not", (inside,)), forward, because="for no learning rate")
    if len(pieces) > 1 or not isinstance(pieces[0], sp.Interval):
        return None
    ends = [bridge.to_term(end) for end in (pieces[0].start, pieces[0].end) if abs(end) != sp.oo]
    region = conj(*(lt(end, eta) if i == 0 else lt(eta, end) for i, end in enumerate(ends)))
    return _both_ways(proof, inside, region, forward)


def _both_ways(proof: Proof, inside: Term, region: Term, *known: str) -> str | None:
    prover = Prover(proof)
    branches = []
    for given, wanted, name in ((inside, region, "the slope is small"), (region, inside, "the learning rate lies there")):
        case = proof.supposing(given, "assumed")
        parts = given.args if given.head == "And" else (given,)
        with proof.inside() as steps:
            labels: dict[Term, str] = {}
            for part in parts:
                whole = part == given
                labels[part] = case.label if whole else proof.step("signs", part, case.label, *known, because="a part of it")
            shown = []
            for goal in wanted.args if wanted.head == "And" else (wanted,):
                way = prover.way(goal, list(parts))
                if way is not None:
                    shown.append(prover.step(goal, way, labels, "the signs of its factors"))
                    continue
                made = _by_conjugate(proof, goal, labels, known[0])
                if made is None:
                    return None
                shown.append(made)
            if len(shown) > 1:
                proof.step("conjunction", wanted, *shown, because="both")
        branches.append(proof.branch(name, steps, case))
    return proof.step("suppose", iff(inside, region), branches=tuple(branches), because="solve for the learning rate")


def _by_conjugate(proof: Proof, goal: Term, labels: dict[Term, str], forward: str) -> str | None:
    """eta < r from 0 < c*(r - eta)*(eta - r') with r' < 0 < eta and c > 0, or the other way round; None where it is not so."""
    bridge, eta = Bridge(), proof.claims[forward].args[1]
    x = bridge.to_sympy(eta)
    for given, label in labels.items():
        bound, quadratic, backwards = (goal, given, False) if goal.args[0] == eta else (given, goal, True)
        gap = sp.expand(bridge.to_sympy(quadratic.args[1]) - bridge.to_sympy(quadratic.args[0]))
        if bound.args[0] != eta or sp.degree(gap, x) != 2:
            continue
        end, lead = bridge.to_sympy(bound.args[1]), sp.LC(gap, x)
        other = sp.expand(-sp.Poly(gap, x).coeff_monomial(x) / lead - end)
        if sp.expand(gap - lead * (x - end) * (x - other)) != 0 or not (lead < 0 and other < 0):
            continue
        size, away = bridge.to_term(-other), bridge.to_term(sp.expand(x - other))
        positive = proof.step("signs", lt(ZERO, size), because="a positive number")
        further = proof.step("polynomial-implication", lt(ZERO, away), forward, positive,
                             terms=({"premises": (0,)}, {"premises": (1,)}), because="a sum of positive numbers")  # fmt: skip
        if backwards:
            return proof.step("polynomial-implication", goal, label, further, because="multiply the two factors",
                              terms=({"coefficient": str(-lead), "premises": (0, 1)},))  # fmt: skip
        return proof.step("polynomial-implication", goal, label, further, because="divide by the other factor", multiplier=away,
                          terms=({"coefficient": str(-1 / lead), "premises": (0,)},))  # fmt: skip
    return None
