"""Stationary covariances in the eigenbasis of the Hessian: S_ij = c**2*C_ij/(1 - m_i*m_j), for noise of any covariance C.

Along eigenvector i the error follows c_i(t+1) = m_i*c_i(t) - c*xi_i(t), xi_i being the noise in that direction. The product of
two such recurrences is one for E c_i*c_j: a single affine recurrence for each pair, whether C commutes with the Hessian or not.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    div,
    eq,
    expect,
    for_all,
    iff,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.tactics.algebra import factored, tidy
from derivations.tactics.covariance import bottoms, factors_of, where_defined
from derivations.tactics.expansions import leading_term
from derivations.tactics.linear import T, closed_form, flat
from derivations.tactics.proof import Proof

S = symbol("s")
LATER = add(T, ONE)


@dataclass(frozen=True)
class Line:
    """now(t+1) = ratio*now(t) + gain*noise(t) along one eigenvector, ``recurrence`` its label; E now(t) is ``mean``."""

    now: Term
    noise: Term
    ratio: Term
    gain: Term
    recurrence: str
    no_mean: str


@dataclass(frozen=True)
class Two:
    """Two directions: labels of ∀t E one(0)*noise'(t) = 0, both ways, and of ∀s∀t E noise(s)*noise'(t) = delta_st*covariance."""

    one: Line
    other: Line
    starts: tuple[str, str]
    moments: str
    covariance: Term

    def product(self, when: Term = T) -> Term:
        """E one*other at that step."""
        one, other = at(self.one.now, when), at(self.other.now, when)
        return expect(power(one, 2) if one == other else mul(one, other))


def at(term: Term, when: Term) -> Term:
    return substitute(term, {"t": when})


def shifted(start: Term, factor: Term, change: Term) -> Term:
    """start + factor*change, a minus sign taken out of the factor."""
    return sub(start, mul(factor.args[0], change)) if factor.head == "Neg" else add(start, mul(factor, change))


@dataclass(frozen=True)
class Covariance:
    """Labels: the recurrence of E c_i*c_j; its limit ``value`` inside the ``region``; the means there."""

    value: Term
    region: Term
    recurrence: str
    converges: str


# --- one pair of directions ---------------------------------------------------------------------------------------


def uncorrelated(proof: Proof, two: Two, turned: bool) -> str:
    """Label of E c_i(t)*xi_j(t) = 0, or of E c_j(t)*xi_i(t) = 0: by induction, E c_i(t)*xi_j(t + s) = 0 for all s."""
    one, other = (two.other, two.one) if turned else (two.one, two.other)

    def product(when: Term, noise: Term) -> Term:
        return eq(expect(mul(at(one.now, when), at(other.noise, noise))), ZERO)

    claim, later = for_all("s", product(T, add(T, S))), add(T, ONE, S)
    with proof.inside() as base:
        label = proof.step("instantiate", product(ZERO, S), two.starts[turned], values={"t": S},
                           because="the start is uncorrelated with the noise")  # fmt: skip
        proof.step("generalise", for_all("s", product(ZERO, S)), label, because="at every step")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        known = proof.step("instantiate", product(T, later), hypothesis.label, values={"s": add(S, ONE)},
                           because="the claim for t, one step further ahead")  # fmt: skip
        steps = (later, T) if turned else (T, later)
        noise = mul(at(two.one.noise, steps[0]), at(two.other.noise, steps[1]))
        apart = proof.step("instantiate", eq(expect(noise), mul(Term("Delta", steps), two.covariance)), two.moments,
                           values=dict(zip("st", steps, strict=True)), because="the noise of different steps")  # fmt: skip
        reached = proof.step("expectation", product(LATER, later), one.recurrence, known, apart,
                             because="insert the recurrence; the steps differ, so Kronecker's delta is 0")  # fmt: skip
        proof.step("generalise", for_all("s", product(LATER, later)), reached, because="s was arbitrary")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    lemma = proof.step("induction", for_all("t", claim), branches=branches, because="the state depends on earlier noise only")
    return proof.step("instantiate", product(T, T), lemma, values={"t": T, "s": ZERO}, because="in particular")


def second_moment(proof: Proof, two: Two) -> str:
    """Label of E c_i*c_j(t+1) = m_i*m_j*E c_i*c_j(t) + c**2*C_ij."""
    one, other = two.one, two.other
    apart = [uncorrelated(proof, two, turned) for turned in ((False,) if one.now == other.now else (False, True))]
    product = expect(power(one.noise, 2) if one.now == other.now else mul(one.noise, other.noise))
    own = proof.step("instantiate", eq(product, two.covariance), two.moments, values={"s": T, "t": T},
                     because="the noise of one step")  # fmt: skip
    noise = flat(mul(tidy(mul(one.gain, other.gain)), two.covariance))
    right = add(mul(_product(one.ratio, other.ratio), two.product()), noise)
    return proof.step("expectation", eq(two.product(LATER), right), *dict.fromkeys((one.recurrence, other.recurrence)), *apart, own,
                      because="multiply the recurrences: the cross terms vanish")  # fmt: skip


def _product(one: Term, other: Term) -> Term:
    return power(one, 2) if one == other else mul(one, other)


def stationary_covariance(proof: Proof, two: Two) -> Covariance:
    """Inside the stable range of both directions E c_i*c_j tends to c**2*C_ij/(1 - m_i*m_j)."""
    recurrence = second_moment(proof, two)
    ratio = _product(two.one.ratio, two.other.ratio)
    value = factored(div(mul(two.one.gain, two.other.gain, two.covariance), sub(ONE, ratio)))
    region = conj(*dict.fromkeys(part for line in (two.one, two.other) for part in stable_range(line.ratio)))
    case = proof.supposing(region, "the stable range of both directions")
    with proof.inside() as steps:
        nonzero = _nonzero(proof, two, ratio, case.label)
        closed = _closed(proof, two, value, recurrence, nonzero)
        gone = [vanishing_powers(proof, m, case.label) for m in dict.fromkeys((two.one.ratio, two.other.ratio))]
        limit = tends(two.product(), "t", INFINITY, value)
        settled = proof.step("limit", limit, closed, *gone, nonzero, because="let t grow")
        together = conj(limit, proof.claims[closed])
        proof.step("conjunction", together, settled, closed, because="together")
    branches = (proof.branch("inside the stable range", steps, case),)
    converges = proof.step("suppose", implies(region, together), branches=branches,
                           because="what is left of the start shrinks by a constant factor")  # fmt: skip
    return Covariance(value, region, recurrence, converges)


def stable_range(ratio: Term) -> tuple[Term, Term]:
    """-1 < m < 1, written as 0 < h < 2 for h = 1 - m."""
    h = tidy(sub(ONE, ratio))
    return lt(ZERO, h), lt(h, TWO)


def _nonzero(proof: Proof, two: Two, ratio: Term, case: str) -> str:
    """Label of 1 - m_i*m_j != 0, since 2*(1 - m_i*m_j) = (1 - m_i)*(1 + m_j) + (1 + m_i)*(1 - m_j) > 0."""
    ranges = [proof.step("part", part, case, because="a part of it") for part in proof.claims[case].args]
    terms = tuple({"coefficient": "1/2", "premises": pair} for pair in (((0, 3), (1, 2)) if len(ranges) == 4 else ((0, 1), (0, 1))))
    words = "a sum of products of what is positive"
    above = proof.step("polynomial-implication", lt(ratio, ONE), *ranges, terms=terms, because=words)
    return proof.step("signs", ne(factored(sub(ONE, ratio)), ZERO), above, because="it is not zero")


def vanishing_powers(proof: Proof, m: Term, case: str) -> str:
    """Label of m**t -> 0, where the case is the stable range of m, or says so of m among others."""
    size = proof.step("signs", conj(lt(neg(ONE), m), lt(m, ONE)), case, because="the multiplier is smaller than 1 in size")
    vanish = implies(proof.claims[size], tends(power(m, T), "t", INFINITY, ZERO))
    rule = proof.step("geometric", vanish, term=power(m, T), ratio=m, start=ONE, because="powers of such a number vanish")
    return proof.step("instantiate", vanish.args[1], rule, size, values={}, because="here")


def _decay(two: Two) -> Term:
    """m_i**t*m_j**t."""
    m, k = two.one.ratio, two.other.ratio
    return power(m, mul(TWO, T)) if m == k else mul(power(m, T), power(k, T))


def _closed(proof: Proof, two: Two, value: Term, recurrence: str, nonzero: str) -> str:
    """Label of ∀t E c_i*c_j = S + m_i**t*m_j**t*(E c_i*c_j at the start - S)."""
    claim = eq(two.product(), add(value, flat(mul(_decay(two), sub(two.product(ZERO), value)))))
    with proof.inside() as base:
        proof.step("expectation", at(claim, ZERO), nonzero, because="the power 0 is 1")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        proof.step("expectation", at(claim, LATER), recurrence, hypothesis.label, nonzero, because="insert the claim for t")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because="the deviation shrinks by the same factor")


def stationary_mean(proof: Proof, line: Line) -> str:
    """Label of: inside the stable range of its direction E c_i tends to 0."""
    m, mean, start = line.ratio, expect(line.now), expect(at(line.now, ZERO))
    after = proof.step("expectation", eq(expect(at(line.now, LATER)), mul(m, mean)), line.recurrence, line.no_mean,
                       because="take expectations: the noise has mean zero")  # fmt: skip
    closed = closed_form(proof, after, mean, m, start, [])
    region = conj(*stable_range(m))
    case = proof.supposing(region, "the stable range")
    with proof.inside() as steps:
        gone = vanishing_powers(proof, m, case.label)
        goal = tends(mean, "t", INFINITY, ZERO)
        proof.step("limit", goal, closed, gone, because="the mean tends to the fixed point")
    branches = (proof.branch("inside the stable range", steps, case),)
    return proof.step("suppose", implies(region, goal), branches=branches, because="the mean forgets its start")


def existence(proof: Proof, line: Line, covariance: Term) -> str:
    """Label of: with noise in a direction, c**2*C + m**2*S = S has a solution S >= 0 iff the direction is stable."""
    m, noise = line.ratio, flat(mul(tidy(power(line.gain, 2)), covariance))
    h, name = tidy(sub(ONE, m)), proof.declare("S", "real", "stationary second moment")
    unknown, rest = symbol(name), sub(ONE, power(m, 2))
    stationary = conj(le(ZERO, unknown), eq(mul(rest, unknown), noise))
    exists, region = Term("Exists", (name, stationary)), conj(*stable_range(m))
    given = conj(ne(tidy(neg(line.gain)), ZERO), lt(ZERO, covariance))
    outer = proof.supposing(given, "the method moves, and there is noise in this direction")
    with proof.inside() as steps:
        some = proof.step("signs", lt(ZERO, noise), outer.label, because="there is noise")
        there = proof.supposing(exists, "a stationary second moment")
        with proof.inside() as forwards:
            here = proof.supposing(stationary, "such a number")
            with proof.inside() as inner:
                _stable_if_stationary(proof, h, mul(rest, unknown), here.label, some)
            branch = proof.branch("such a number", inner, here)
            proof.step("obtain", region, there.label, branches=(branch,), because="whatever it is")
        inside = proof.supposing(region, "the stable range")
        with proof.inside() as backwards:
            value = div(noise, rest)
            sides = [proof.step("part", part, inside.label, because="a part of it") for part in region.args]
            above = proof.step("polynomial-implication", lt(ZERO, rest), *sides, terms=({"premises": (0, 1)},),
                               because="the product of both")  # fmt: skip
            least = proof.step("signs", le(ZERO, value), some, above, because="a quotient of positive numbers")
            solves = proof.step("identity", eq(mul(rest, value), noise), above, because="it solves the equation")
            both = proof.step("conjunction", substitute(stationary, {name: value}), least, solves, because="together")
            proof.step("exhibit", exists, both, values={name: value}, because="there is one")
        ways = (proof.branch("it exists", forwards, there), proof.branch("it is stable", backwards, inside))
        proof.step("suppose", iff(exists, region), branches=ways, because="both ways")
    branches = (proof.branch("with noise", steps, outer),)
    words = "a stationary second moment exists in the stable range only"
    return proof.step("suppose", implies(given, iff(exists, region)), branches=branches, because=words)


def _stable_if_stationary(proof: Proof, h: Term, product: Term, here: str, some: str) -> None:
    """From S >= 0 and (1 - m**2)*S = noise > 0: 0 < h < 2, since 2*h = h*(2 - h) + h**2, and likewise for 2 - h."""
    least, solves = (proof.step("part", part, here, because="a part of it") for part in proof.claims[here].args)
    larger = proof.step("polynomial-implication", lt(ZERO, product), some, solves, because="it is the noise",
                        terms=({"premises": (0,)}, {"coefficient": -1, "premises": (1,), "factor": ONE}))  # fmt: skip
    both = proof.step("signs", lt(ZERO, mul(h, sub(TWO, h))), larger, least, because="the other factor is not negative")
    sides = [
        proof.step("polynomial-implication", claim, both, because="a sum of what is positive and a square",
                   terms=({"coefficient": "1/2", "premises": (0,)}, {"coefficient": "1/2", "square": square}))
        for claim, square in zip((lt(ZERO, h), lt(h, TWO)), (h, sub(TWO, h)), strict=True)
    ]  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[side] for side in sides)), *sides, because="together")


def leading_covariance(proof: Proof, value: Term, rate: str) -> tuple[str, str]:
    """Labels of: value/rate -> its leading coefficient as the learning rate vanishes; and what the leading order leaves out."""
    leading = leading_term(value, rate)
    below = [node.args[1] for node in subterms(leading) if node.head == "Div"]
    limit = tends(mul(div(ONE, symbol(rate)), value), rate, ZERO, tidy(div(leading, symbol(rate))))
    slope = where_defined(proof, limit, [*below, *(leading_term(bottom, rate) for bottom in bottoms([value]))], rate)
    lost = tidy(sub(ONE, div(leading, value)))
    below += [node.args[1] for part in (value, lost) for node in subterms(part) if node.head == "Div"]
    conditions = ne(mul(*dict.fromkeys(factor for part in below for factor in factors_of(part))), ZERO)
    difference = eq(sub(value, leading), mul(lost, value))
    case = proof.supposing(conditions, "no denominator vanishes")
    with proof.inside() as steps:
        proof.step("identity", difference, case.label, because="subtract")
    branches = (proof.branch("where it is defined", steps, case),)
    rest = proof.step("suppose", implies(conditions, difference), branches=branches, because="what the leading order leaves out")
    return slope, rest
