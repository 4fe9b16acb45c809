"""When a growing iteration has reached a given distance: after so many steps, a quotient of logarithms."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    expect,
    for_all,
    iff,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    sub,
    symbol,
    total,
)
from derivations.problems.losses import exact_value
from derivations.tactics.algebra import factored
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import Error, T
from derivations.tactics.moments import E_T, Noisy, batch_premise
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Growth:
    """1 < m (by hypothesis, unless the problem's own assumptions give it) and 1 < m**2: their labels."""

    prover: Prover
    ratio: Term
    grows: str
    squared: str

    def positive(self, term: Term, because: str, *given: str) -> str:
        """The label of 0 < term. Raises Undecided if no proof is found."""
        labels = {self.prover.proof.claims[label]: label for label in (self.grows, self.squared, *given)}
        way = self.prover.way(lt(ZERO, term), list(labels))
        if way is None:
            raise Undecided("a sign that the logarithm needs was not found")
        return self.prover.step(lt(ZERO, term), way, labels, because)


def growth(proof: Proof, ratio: Term) -> Growth:
    """That the direction grows."""
    claim, value = lt(ONE, ratio), exact_value(ratio)
    if value is not None and value <= 1:
        raise Undecided("the multiplier of this direction is not larger than 1: it is no direction of escape")
    prover = Prover(proof, [(claim, "the direction grows")])
    way = prover.way(claim, ())
    if way is None:
        raise Undecided("the multiplier of this direction is not known to be larger than 1: it is no direction of escape")
    grows = prover.labels[claim] if claim in prover.labels else prover.step(claim, way, {}, "a step away from the point")
    square = lt(ONE, power(ratio, 2))
    found = prover.way(square, [claim])
    if found is None:
        raise Undecided("the multiplier of this direction is not known to be larger than 1")
    return Growth(prover, ratio, grows, prover.step(square, found, {claim: grows}, "and so does its square"))


def level(proof: Proof) -> Term:
    """The distance R to be reached."""
    return symbol(proof.declare(fresh("R", ()), "real", "distance to be reached"))


def noiseless_escape(proof: Proof, error: Error) -> str:
    """R**2 <= e_t**2 iff log(R**2/e_0**2)/log(m**2) <= t, for every t."""
    found = growth(proof, error.ratio)
    radius = level(proof)
    far = proof.assume(lt(ZERO, radius), "a distance")
    away = proof.assume(ne(error.start, ZERO), "it does not start at the point itself")
    ratio, start, goal = power(error.ratio, 2), power(error.start, 2), power(radius, 2)
    squares = eq(power(error.term, 2), mul(power(ratio, T), start))
    solved = mul(power(error.ratio, T), error.start)
    same = proof.step("identity", eq(power(solved, 2), squares.args[1]), *error.conditions, because="a power of a power")
    whole = proof.step("rewrite", eq(power(error.term, 2), power(solved, 2)), error.closed, equation=True, because="square it")
    squared = proof.step("rewrite", squares, whole, same, because="a power of the square")
    begun = proof.step("signs", lt(ZERO, start), away, *error.conditions, because="a square")
    wanted = proof.step("signs", lt(ZERO, goal), far, because="a square")
    reached = proof.step(
        "reaches", iff(le(goal, squares.args[1]), le(_logarithms(goal, start, ratio), T)), found.squared, begun, wanted,
        *error.conditions, ratio=ratio, start=start, level=goal, step=T, because="take logarithms, which are increasing",
    )  # fmt: skip
    return _said_of(proof, reached, power(error.term, 2), squared)


def _logarithms(goal: Term, start: Term, ratio: Term) -> Term:
    return div(Term("Log", (div(goal, start),)), Term("Log", (ratio,)))


def _said_of(proof: Proof, reached: str, quantity: Term, equation: str) -> str:
    """The equivalence said of the quantity that equals the power, for every t."""
    low, when = proof.claims[reached].args
    claim = iff(le(low.args[0], quantity), when)
    label = proof.step("rewrite", claim, reached, equation, because="said of the distance")
    return proof.step("generalise", for_all("t", claim), label, because="for every number of steps")


# --- with noise -------------------------------------------------------------------------------------------------------


def second_moment_closed(proof: Proof, noisy: Noisy, solution: str, found: Growth) -> tuple[str, Term]:
    """E e_t**2 = (m**2)**t*(E e_0**2 + K) - K with K = c**2*v/(m**2 - 1): the label for every t, and K."""
    ratio = power(noisy.ratio, 2)
    powers = total("s", ZERO, sub(T, ONE), power(ratio, symbol("s")))
    closed = div(sub(ONE, power(ratio, T)), sub(ONE, ratio))
    summed = proof.step("geometric-sum", eq(powers, closed), found.squared, ratio=ratio, because="the geometric sum")
    share = factored(div(mul(power(noisy.gain, 2), noisy.variance), sub(ratio, ONE)))
    begin = expect(power(apply("e", ZERO), 2))
    rest = share.args[0] if share.head == "Neg" else neg(share)
    claim = eq(expect(power(E_T, 2)), add(mul(power(noisy.ratio, mul(TWO, T)), add(begin, share)), rest))
    known = (found.squared, found.grows, *batch_premise(proof))
    label = proof.step("expectation", claim, solution, summed, *known, because="insert it")
    return proof.step("generalise", for_all("t", claim), label, because="at every step"), share


def noisy_escape(proof: Proof, noisy: Noisy, moment: str, share: Term, found: Growth) -> str:
    """R**2 <= E e_t**2 iff log((R**2 + K)/(E e_0**2 + K))/log(m**2) <= t, for every t."""
    radius = level(proof)
    ratio, begin = power(noisy.ratio, 2), expect(power(apply("e", ZERO), 2))
    given = [item.label for item in proof.hypotheses if item.claim.head in ("Lt", "Le", "Gt", "Ge", "Ne")]
    kept = found.positive(share, "there is noise")
    square = proof.step("signs", le(ZERO, begin), because="a mean of squares")
    reach = proof.step("signs", le(ZERO, power(radius, 2)), because="a square")
    start, goal = add(begin, share), add(power(radius, 2), share)
    known = (found.squared, found.grows, *given)
    both = ({"premises": (0,)}, {"premises": (1,)})
    begun, wanted = (
        proof.step("polynomial-implication", lt(ZERO, whole), kept, part, *known, terms=both, because="a sum of the two")
        for whole, part in ((start, square), (goal, reach))
    )
    reached = proof.step(
        "reaches", iff(le(goal, mul(power(ratio, T), start)), le(_logarithms(goal, start, ratio), T)), found.squared, begun, wanted,
        *given, ratio=ratio, start=start, level=goal, step=T, because="take logarithms, which are increasing",
    )  # fmt: skip
    now = expect(power(E_T, 2))
    plain = iff(le(power(radius, 2), now), le(add(power(radius, 2), share), add(now, share)))
    moved = proof.step("signs", plain, found.squared, *given, because="add the noise's share on both sides")
    same = proof.step("expectation", eq(add(now, share), mul(power(ratio, T), start)), moment, found.squared, found.grows,
                      *batch_premise(proof), because="what is added makes it a power")  # fmt: skip
    inserted = iff(le(power(radius, 2), now), le(goal, mul(power(ratio, T), start)))
    there = proof.step("rewrite", inserted, moved, same, because="insert it")
    claim = iff(le(power(radius, 2), now), proof.claims[reached].args[1])
    label = proof.step("rewrite", claim, there, reached, because="said of the second moment")
    return proof.step("generalise", for_all("t", claim), label, because="for every number of steps")
