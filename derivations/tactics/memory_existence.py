"""Stationary second moments exist iff the method is stable: S = M*S*M' + v*g*g' with S >= 0, for one memory and v > 0.

Let p, q be trace and determinant of M, k = M*g - p*g, and suppose that det(g, M*g) = d != 0: the noise reaches both states. For
w = (k_2, -k_1) and u = (-g_2, g_1) the equation gives (w + u)'*S*(w + u)*(1 - q)*(1 + q - p) = 2*v*d**2, and with w - u the same
with 1 + q + p. So neither factor vanishes, and all have one sign: Jury's conditions. In the stable region, for c = (a, b),
2*(1 - q)*(1 + q - p)*(1 + q + p)*c'*S*c = v*((1 + q + p)*(c'*g + c'*k)**2 + (1 + q - p)*(c'*g - c'*k)**2).
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    for_all,
    iff,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    number,
    power,
    sub,
    substitute,
    symbol,
)
from derivations.tactics.algebra import factored, is_zero, tidy
from derivations.tactics.conditions import Prover, Region
from derivations.tactics.covariance import NAMES, moment_equations, nonzero_factors, stationary_equations
from derivations.tactics.noiseless import parts_of
from derivations.tactics.noisy_memory import Pair, combination
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import trace_and_product

UNKNOWN = tuple(map(symbol, NAMES))


@dataclass(frozen=True)
class Alone:
    """S = M*S*M' + v*g*g' for one direction, its solution, Jury's conditions and the region that equals them.

    ``start`` are names for the coefficients of a combination of both states, ``given`` labels of what makes denominators non-zero.
    """

    rows: tuple[Pair, Pair]
    gains: Pair
    variance: Term
    values: tuple[Term, ...]
    conditions: tuple[Term, ...]
    region: Region
    start: tuple[str, str]
    given: tuple[str, ...]

    def equations(self, values: tuple[Term, ...]) -> list[Term]:
        """noise = S - M*S*M', entry by entry."""
        return stationary_equations(moment_equations(self.rows, self.gains, self.variance), values)


@dataclass(frozen=True)
class Frame:
    """Trace p, determinant q, gains g, k = M*g - p*g, d = det(g, M*g) up to its sign, as terms."""

    p: Term
    q: Term
    g: Pair
    k: Pair
    d: Term

    @property
    def sums(self) -> tuple[Term, Term]:
        """1 + q - p and 1 + q + p."""
        return sub(add(ONE, self.q), self.p), add(ONE, self.q, self.p)

    def sides(self, turned: bool) -> tuple[Pair, Pair, Pair]:
        """w, +-u and their sum."""
        sign = -1 if turned else 1
        w = (self.k[1], tidy(neg(self.k[0])))
        u = (tidy(mul(number(-sign), self.g[1])), tidy(mul(number(sign), self.g[0])))
        return w, u, (tidy(add(w[0], u[0])), tidy(add(w[1], u[1])))


def frame(proof: Proof, m: Alone) -> Frame:
    """The frame in which the iteration is x(t + 1) = p*x(t) - q*x(t - 1) + noise."""
    p, q = trace_and_product(proof, m.rows)
    moved = [add(*(mul(entry, gain) for entry, gain in zip(row, m.gains, strict=True))) for row in m.rows]
    k = [tidy(sub(one, mul(p, gain))) for one, gain in zip(moved, m.gains, strict=True)]
    d = factored(sub(mul(m.gains[0], moved[1]), mul(m.gains[1], moved[0])))
    if is_zero(d):
        raise Undecided("the noise does not reach both states")
    return Frame(p, q, m.gains, (k[0], k[1]), d.args[0] if d.head == "Neg" else d)


def second_moment_of(a: Term, b: Term, values: tuple[Term, ...]) -> Term:
    """The second moment of a*z_1 + b*z_2."""
    return add(mul(power(a, 2), values[0]), mul(TWO, a, b, values[1]), mul(power(b, 2), values[2]))


def memory_existence(prover: Prover, m: Alone) -> str:
    """Label of: with noise that reaches both states, stationary second moments exist iff the method is stable."""
    proof, shape = prover.proof, frame(prover.proof, m)
    a, b = m.start
    positive = for_all(a, for_all(b, le(ZERO, second_moment_of(symbol(a), symbol(b), UNKNOWN))))
    stationary = conj(positive, *m.equations(UNKNOWN))
    exists = stationary
    for name in reversed(NAMES):
        exists = Term("Exists", (name, exists))
    reach = prover.way(ne(shape.d, ZERO), [])
    given = lt(ZERO, m.variance) if reach else conj(lt(ZERO, m.variance), ne(shape.d, ZERO))
    equal = iff(exists, conj(*m.conditions))
    outer = proof.supposing(given, "there is noise" if reach else "there is noise, and it reaches both states")
    with proof.inside() as steps:
        if reach:
            noise, reaches = outer.label, prover.step(ne(shape.d, ZERO), reach, {}, "the noise reaches both states")
        else:
            noise, reaches = parts_of(proof, outer.label)
        known = [*nonzero_factors(prover, (*m.rows[0], *m.rows[1], *m.gains), []), *m.given]
        forwards = proof.supposing(exists, "stationary second moments")
        with proof.inside() as there:
            _obtained(proof, exists, forwards.label, _Ways(shape, m.conditions, (noise, reaches), known))
        backwards = proof.supposing(conj(*m.conditions), "the stable region")
        with proof.inside() as here:
            _exhibited(prover, m, shape, exists, (backwards.label, noise))
        ways = (proof.branch("they exist", there, forwards), proof.branch("it is stable", here, backwards))
        both = proof.step("suppose", equal, branches=ways, because="both ways")
        if m.region.label:
            equal = iff(exists, m.region.formula)
            proof.step("rewrite", equal, both, m.region.label, because="insert the region")
    branches = (proof.branch("with noise", steps, outer),)
    words = "a stationary state exists in the stable region only"
    return proof.step("suppose", implies(given, equal), branches=branches, because=words)


# --- where they exist the method is stable ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ways:
    """What the first half needs: the frame, Jury's conditions, labels of 0 < v and d != 0, and those of non-zero denominators."""

    frame: Frame
    conditions: tuple[Term, ...]
    noise: tuple[str, str]
    known: list[str]


def _obtained(proof: Proof, exists: Term, label: str, ways: _Ways) -> str:
    """Label of Jury's conditions from ∃S: the quantifiers are opened one by one."""
    if exists.head != "Exists":
        return _stable(proof, label, ways)
    body = exists.args[1]
    case = proof.supposing(body, "such numbers")
    with proof.inside() as steps:
        _obtained(proof, body, case.label, ways)
    branch = proof.branch("such numbers", steps, case)
    return proof.step("obtain", conj(*ways.conditions), label, branches=(branch,), because="whatever they are")


def _stable(proof: Proof, label: str, ways: _Ways) -> str:
    shape = ways.frame
    positive, *equations = parts_of(proof, label)
    scale = mul(proof.claims[ways.noise[0]].args[1], power(shape.d, 2))
    reached = proof.step("signs", lt(ZERO, scale), *ways.noise, *ways.known, because="there is noise")
    inside, less = sub(ONE, shape.q), []
    for turned, outer in zip((False, True), shape.sums, strict=True):
        moment = second_moment_of(*shape.sides(turned)[2], UNKNOWN)
        least = _instance(proof, positive, moment, shape.sides(turned)[2])
        terms = ({"coefficient": 2, "premises": (0,)}, *_multiples(shape, turned))
        above = proof.step("polynomial-implication", lt(ZERO, mul(moment, inside, outer)), reached, *equations, *ways.known,
                           terms=terms, because="the equations give this product")  # fmt: skip
        less.append(proof.step("signs", lt(ZERO, mul(inside, outer)), above, least, *ways.known,
                               because="the other factor is not negative"))  # fmt: skip
    return _all_positive(proof, shape, ways, less)


def _instance(proof: Proof, positive: str, moment: Term, at: Pair) -> str:
    claim = proof.claims[positive]
    names = (claim.args[0], claim.args[1].args[0])
    return proof.step("instantiate", le(ZERO, moment), positive, values=dict(zip(names, at, strict=True)),
                      because="the second moment of this combination")  # fmt: skip


def _multiples(shape: Frame, turned: bool) -> list[dict[str, object]]:
    """(w + u)'*S*(w + u)*(1 - q)*(1 + q - p) - 2*v*d**2 as a combination of the three equations, each left side minus right."""
    (w1, w2), (u1, u2), _ = shape.sides(turned)
    p, q = (neg(shape.p) if turned else shape.p), shape.q
    mixed = mul(TWO, sub(sub(ONE, q), p))
    last = add(mul(sub(ONE, q), sub(add(ONE, q), p)), mul(TWO, power(q, 2)))
    factors = (
        add(mul(TWO, power(w1, 2)), mul(mixed, w1, u1), mul(last, power(u1, 2))),
        add(mul(number(4), w1, w2), mul(mixed, add(mul(w1, u2), mul(w2, u1))), mul(TWO, last, u1, u2)),
        add(mul(TWO, power(w2, 2)), mul(mixed, w2, u2), mul(last, power(u2, 2))),
    )
    return [{"premises": (i,), "factor": tidy(factor)} for i, factor in enumerate(factors, start=1)]


def _all_positive(proof: Proof, shape: Frame, ways: _Ways, less: list[str]) -> str:
    """Jury's conditions from 0 < (1 - q)*(1 + q - p) and 0 < (1 - q)*(1 + q + p), whose sum is 2*(1 - q**2)."""
    q, low, high, known = shape.q, *shape.sums, ways.known
    halves = ({"coefficient": "1/4", "premises": (0,)}, {"coefficient": "1/4", "premises": (1,)})
    words = "a sum of what is positive and a square"
    first = [
        proof.step("polynomial-implication", claim, *less, *known, because=words,
                   terms=(*halves, {"coefficient": "1/2", "square": square}))
        for claim, square in ((ways.conditions[0], add(ONE, q)), (ways.conditions[1], sub(ONE, q)))
    ]  # fmt: skip
    sides = [proof.step("signs", lt(ZERO, side), one, first[1], *known, because="the other factor is positive")
             for side, one in ((low, less[0]), (high, less[1]))]  # fmt: skip
    last = [proof.step("polynomial-implication", claim, side, *known, terms=({"premises": (0,)},), because="the same")
            for claim, side in zip(ways.conditions[2:], reversed(sides), strict=True)]  # fmt: skip
    return proof.step("conjunction", conj(*ways.conditions), *first, *last, because="together")


# --- where the method is stable they exist ------------------------------------------------------------------------


def _exhibited(prover: Prover, m: Alone, shape: Frame, exists: Term, labels: tuple[str, str]) -> str:
    """Label of ∃S, the solution found: no second moment of a combination is negative."""
    proof, (case, noise) = prover.proof, labels
    parts = parts_of(proof, case)
    known = [*nonzero_factors(prover, m.values, [case, noise]), *m.given]
    equations = [proof.step("identity", equation, *known, because="it solves the equation")
                 for equation in m.equations(m.values)]  # fmt: skip
    a, b = map(symbol, m.start)
    along, across = (combination(pair, (a, b)) for pair in (shape.g, shape.k))
    low, high = shape.sums
    claim = le(ZERO, second_moment_of(a, b, m.values))
    terms = ({"premises": (0, 3), "square": add(along, across)}, {"premises": (0, 4), "square": sub(along, across)})
    least = proof.step("polynomial-implication", claim, noise, *parts, *known, terms=terms,
                       multiplier=mul(TWO, sub(ONE, shape.q), low, high), because="a sum of squares")  # fmt: skip
    every = proof.step("generalise", for_all(m.start[0], for_all(m.start[1], claim)), least, because="for every combination")
    chosen = dict(zip(NAMES, m.values, strict=True))
    body = exists
    while body.head == "Exists":
        body = body.args[1]
    both = proof.step("conjunction", substitute(body, chosen), every, *equations, because="together")
    return proof.step("exhibit", exists, both, values=chosen, because="there is one")
