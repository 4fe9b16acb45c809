"""The potential of a mirror map: q with q' = G, q = 0 where G = 0, and how it behaves near there and far away."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.language.errors import Undecided
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
    for_all,
    implies,
    le,
    lt,
    mul,
    neg,
    number,
    power,
    smooth,
    sub,
    substitute,
    symbol,
    tends,
)
from derivations.tactics.algebra import Bridge
from derivations.tactics.diagonal import Shape, asinh_of_sinh, per, vanishing
from derivations.tactics.proof import Proof

Z = symbol("z")


@dataclass(frozen=True)
class Potential:
    """q as a function that is defined, the term that it is, and the point where it has its minimum 0."""

    form: Shape
    body: Term
    centre: Term
    definition: str
    smooth: bool


def derivative_at(order: int, at: Term) -> Term:
    return Term("Derivative", ("q", (order,), at))


def potential(proof: Proof, form: Shape) -> Potential:
    """q(z) = the integral of G from the zero of G to z. Raises Undecided where no antiderivative is found."""
    bridge = Bridge()
    z = bridge.to_sympy(symbol(proof.declare("z", "real", "a coefficient in units of its scale")))
    proof.declare("q", "function", "potential of the mirror map")
    slope = bridge.to_sympy(form.inverse(Z))
    centre = sp.Integer(0) if form.odd else sp.Rational(form.size)
    whole = sp.integrate(slope, z)
    if whole.has(sp.Integral):
        raise Undecided("no antiderivative of the mirror map was found")
    body = bridge.to_term(sp.expand(whole - sp.limit(whole, z, centre)))
    definition = proof.define(for_all("z", eq(apply("q", Z), body)), "the integral of the mirror map")
    return Potential(form, body, bridge.to_term(centre), definition, form.odd)


def slope(proof: Proof, found: Potential) -> str:
    """q'(z) = G(z); only for z > 0 where G is a logarithm."""
    return _derived(proof, found, 1, found.form.inverse(Z), found.definition, "differentiate the potential")


def curvature(proof: Proof, found: Potential, first: str) -> str:
    """q''(z), which is positive: q is convex."""
    bridge = Bridge()
    z = bridge.to_sympy(Z)
    body = bridge.to_term(sp.simplify(sp.diff(bridge.to_sympy(found.form.inverse(Z)), z)))
    return _derived(proof, found, 2, body, first, "and again")


def _derived(proof: Proof, found: Potential, order: int, body: Term, known: str, because: str) -> str:
    if not found.smooth:
        raise Undecided("the potential is studied so far for coefficients with as many squares added as taken away")
    return proof.step("derivative", for_all("z", eq(derivative_at(order, Z), body)), known, because=because)


def convex(proof: Proof, second: str) -> str:
    """q'' > 0."""
    value = proof.claims[second].args[1].args[1]
    positive = proof.step("signs", lt(ZERO, value), because="a root is positive")
    there = proof.step("rewrite", lt(ZERO, derivative_at(2, Z)), positive, second, because="insert it")
    return proof.step("generalise", for_all("z", proof.claims[there]), there, because="everywhere")


def near_the_start(proof: Proof, found: Potential, first: str, second: str) -> str:
    """(q(z) - q''(0)*z**2/2)/z**2 -> 0 as z -> 0, by Taylor's formula."""
    even = proof.step("smooth", smooth("q", 2), found.definition, because="made of functions with all derivatives")
    labels = [even]
    bridge = Bridge()
    for k, known in ((0, found.definition), (1, first), (2, second)):
        left = apply("q", ZERO) if k == 0 else derivative_at(k, ZERO)
        right = substitute(proof.claims[known].args[1].args[1], {"z": ZERO})
        inserted = proof.step("instantiate", eq(left, right), known, values={"z": ZERO}, because="at 0")
        value = bridge.to_term(sp.nsimplify(bridge.to_sympy(right)))
        plain = proof.step("identity", eq(right, value), because="calculate")
        labels.append(proof.step("rewrite", eq(left, value), inserted, plain, because="insert it"))
    half = _half(proof.claims[labels[-1]].args[1])
    claim = tends(div(sub(apply("q", Z), _times(half, power(Z, 2))), power(Z, 2)), "z", ZERO, ZERO)
    return proof.step("taylor", claim, *labels, function=apply("q", Z), order=2, because="Taylor's formula of second order")


def _half(value: Term) -> Term:
    bridge = Bridge()
    return bridge.to_term(bridge.to_sympy(value) / 2)


def _times(factor: Term, term: Term) -> Term:
    return term if factor == ONE else mul(factor, term)


def inverts(proof: Proof, found: Potential, first: str) -> str:
    """q'(F(y)) = y: the potential belongs to the coefficients that grow like F."""
    undone = asinh_of_sinh(proof)
    name = proof.claims[undone].args[0]
    y = symbol(name)
    grown = found.form.grown(y)
    there = proof.step("instantiate", eq(derivative_at(1, grown), found.form.inverse(grown)), first, values={"z": grown},
                       because="at that coefficient")  # fmt: skip
    x = mul(number(found.form.rate), y) if found.form.rate != 1 else y
    plain, sine = found.form.scaled(grown), Term("Sinh", (x,))
    same = proof.step("identity", eq(plain, sine), because="cancel")
    again = proof.step("instantiate", eq(Term("Asinh", (sine,)), x), undone, values={name: x}, because="for this number")
    back = proof.step("rewrite", eq(Term("Asinh", (plain,)), x), again, same, because="insert it")
    scaled = per(x, found.form.rate)
    ends = proof.step("rewrite", eq(derivative_at(1, grown), scaled), there, back, because="insert it")
    if found.form.rate != 1:
        split = proof.step("identity", eq(scaled, y), because="cancel")
        ends = proof.step("rewrite", eq(derivative_at(1, grown), y), ends, split, because="insert it")
    return proof.step("generalise", for_all(name, eq(derivative_at(1, grown), y)), ends, because="for every y")


def even(proof: Proof, found: Potential) -> str:
    """q(-z) = q(z), because G is odd."""
    argument = found.form.scaled(Z)
    inner = Term("Asinh", (argument,))
    flipped = Term("Asinh", (substitute(argument, {"z": neg(Z)}),))
    odd = vanishing(proof, "z", flipped, neg(inner))
    there = proof.step("instantiate", eq(apply("q", neg(Z)), substitute(found.body, {"z": neg(Z)})), found.definition,
                       values={"z": neg(Z)}, because="the definition for -z")  # fmt: skip
    same = proof.step("identity", eq(substitute(found.body, {"z": neg(Z)}), found.body), odd, because="the mirror map is odd")
    here = proof.step("rewrite", eq(apply("q", neg(Z)), found.body), there, same, because="insert it")
    label = proof.step("rewrite", eq(apply("q", neg(Z)), apply("q", Z)), here, found.definition, because="the definition for z")
    return proof.step("generalise", for_all("z", proof.claims[label]), label, because="for every z")


# --- far away ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Far:
    """Terms for z > 0: r = sqrt(z**2 + k**2), A = log((z + r)/k), L = log(2*z/k), and the labels of z > 0, z <= r, r <= z + k."""

    root: Term
    long: Term
    short: Term
    positive: str
    above: str
    below: str
    sum_positive: str


def far_away(proof: Proof, found: Potential) -> str:
    """z*log(2*z/k) - z <= a*q(z) <= z*log(2*z/k) - z + k for z > 0, q'(z) = asinh(z/k)/a: the logarithm's tangent bounds both."""
    k = number(abs(found.form.size))
    root = Term("Sqrt", (add(power(Z, 2), power(k, 2) if k.args[0] != 2 else number(4)),))
    whole = add(Z, root)
    certain = proof.step("polynomial-implication", lt(ZERO, whole), multiplier=mul(TWO, root),
                         terms=({"square": whole}, {"coefficient": str(k.args[0] ** 2)}),
                         because="the root is larger than |z|")  # fmt: skip
    always = proof.step("generalise", for_all("z", proof.claims[certain]), certain, because="for every z")
    long = Term("Log", (per(whole, k.args[0]),))
    written = vanishing(proof, "z", Term("Asinh", (per(Z, k.args[0]),)), long, always)
    case = proof.supposing(lt(ZERO, Z), "a large coefficient")
    with proof.inside() as steps:
        above = proof.step("polynomial-implication", le(Z, root), case.label, certain, multiplier=whole,
                           terms=({"coefficient": str(k.args[0] ** 2)},), because="by squares")  # fmt: skip
        wide = proof.step("signs", lt(ZERO, add(Z, k, root)), case.label, certain, because="a sum of positive numbers")
        below = proof.step("polynomial-implication", le(root, add(Z, k)), case.label, wide, multiplier=add(Z, k, root),
                           terms=({"coefficient": str(2 * k.args[0]), "premises": (0,)},), because="by squares")  # fmt: skip
        short = Term("Log", (per(Z, k.args[0] / 2),))
        far = _Far(root, long, short, case.label, above, below, certain)
        parts = [_low(proof, found, far, written, k), _high(proof, found, far, written, k)]
        proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="both")
    bounds = implies(case.claim, steps[-1].claim)
    branch = proof.branch("a positive coefficient", steps, case)
    label = proof.step("suppose", bounds, branches=(branch,), because="far from the start")
    return proof.step("generalise", for_all("z", bounds), label, because="for every z")


def _tangent(proof: Proof, far: _Far, gap: Term, ratio: Term) -> str:
    """1 + log x <= x, for log x the gap of the two logarithms."""
    grown = Term("Exp", (gap,))
    bound = proof.step("bounds", le(add(ONE, gap), grown), far.positive, far.sum_positive, kind="exp-below", x=gap,
                       because="the exponential lies above its tangent")  # fmt: skip
    same = proof.step("identity", eq(grown, ratio), far.positive, far.sum_positive, because="the exponential of logarithms")
    return proof.step("rewrite", le(add(ONE, gap), ratio), bound, same, because="insert it")


def _low(proof: Proof, found: Potential, far: _Far, written: str, k: Term) -> str:
    """(z*L - z)/a <= q(z)."""
    whole = add(Z, far.root)
    tangent = _tangent(proof, far, sub(far.short, far.long), div(mul(TWO, Z), whole))
    order = proof.step("polynomial-implication", le(far.short, far.long), tangent, far.sum_positive, far.above, far.positive,
                       multiplier=whole, terms=({"premises": (0, 1)}, {"premises": (2,)}),
                       because="so the logarithms are in order")  # fmt: skip
    rate = str(1 / found.form.rate)
    claim = le(per(sub(mul(Z, far.short), Z), found.form.rate), apply("q", Z))
    return proof.step("polynomial-implication", claim, far.positive, order, far.below, found.definition, written, far.sum_positive,
                      terms=({"coefficient": rate, "premises": (0, 1)}, {"coefficient": rate, "premises": (2,)}),
                      because="insert the potential")  # fmt: skip


def _high(proof: Proof, found: Potential, far: _Far, written: str, k: Term) -> str:
    """q(z) <= (z*L - z + k)/a."""
    tangent = _tangent(proof, far, sub(far.long, far.short), div(add(Z, far.root), mul(TWO, Z)))
    rate = 1 / found.form.rate
    claim = le(apply("q", Z), per(add(mul(Z, far.short), neg(Z), k), found.form.rate))
    terms = ({"coefficient": str(rate), "premises": (0, 1)}, {"coefficient": str(rate / 2), "premises": (2,)})
    known = (far.positive, tangent, far.above, found.definition, written, far.sum_positive)
    return proof.step("polynomial-implication", claim, *known, terms=terms, because="insert the potential")  # fmt: skip
