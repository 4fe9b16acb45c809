"""What the second moment of a noisy affine iteration tends to, and how it grows where it tends to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.statements import Branch
from derivations.language.terms import (
    FALSE,
    INFINITY,
    ONE,
    TRUE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    expect,
    for_all,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    number,
    power,
    rebuild,
    sub,
    symbol,
    tends,
    total,
)
from derivations.problems.losses import exact_value
from derivations.tactics.algebra import factored
from derivations.tactics.linear import (
    T,
)
from derivations.tactics.moments import E_T, Noisy, batch_premise
from derivations.tactics.proof import Proof
from derivations.tactics.prover import Prover
from derivations.tactics.regimes import rate_and_factor, regions


@dataclass(frozen=True)
class Stationary:
    """Labels: convergence to ``value`` inside the stable range, growth outside, and the closed form inside."""

    value: Term
    inside: Term
    outside: Term
    converges: str
    grows: str | None


def stable_range(h: Term, rate: str) -> tuple[Term, Term]:
    """Where 0 < h < 2, and where not; solved for the learning rate if h is a number times it."""
    known = exact_value(h)
    if known is not None:
        return (TRUE, FALSE) if 0 < known < 2 else (FALSE, TRUE)
    factor = rate_and_factor(h, rate) if rate else None
    value = None if factor is None else exact_value(factor)
    if factor is None or not value:
        return conj(lt(ZERO, h), lt(h, TWO)), disj(le(h, ZERO), le(TWO, h))
    found = regions(symbol(rate), factor, value > 0)
    return found["convergent"], found["not_convergent"]


def stationary(proof: Proof, noisy: Noisy, mean: str, solution: str) -> Stationary:
    """E e_t**2 converges for 0 < h < 2, h = 1 - m, and grows beyond all bounds otherwise (unless there is no noise at all)."""
    m, c, v = noisy.ratio, noisy.gain, noisy.variance
    h = factored(sub(ONE, m))
    inside, outside = stable_range(h, noisy.rate)
    square = expect(power(E_T, 2))
    known = exact_value(m)
    if known is not None and abs(known) >= 1:
        raise Undecided(f"the multiplier is {known}, which is not smaller than 1 in size: there is no stationary variance")
    value = factored(div(mul(power(c, 2), v), sub(ONE, power(m, 2))))
    case = proof.supposing(inside, "the stable range")
    with proof.inside() as steps:
        small = conj(lt(neg(ONE), m), lt(m, ONE))
        size = proof.step("signs", small, case.label, because="the multiplier is smaller than 1 in size")
        vanish = implies(small, tends(power(m, T), "t", INFINITY, ZERO))
        rule = proof.step(
            "geometric", vanish, term=power(m, T), ratio=m, start=ONE, because="powers of such a number vanish"
        )
        gone = proof.step("instantiate", vanish.args[1], rule, size, values={}, because="here")
        also = _vanishing_size(proof, m)
        formula = _closed(proof, noisy, solution, case.label)
        limit = tends(square, "t", INFINITY, value)
        settled = proof.step("limit", limit, formula, gone, *also, case.label, *batch_premise(proof), because="let t grow")
        centred = tends(expect(E_T), "t", INFINITY, ZERO)
        middle = _mean_vanishes(proof, noisy, centred, mean, size) if also else proof.step(
            "limit", centred, mean, gone, because="the mean tends to the fixed point")  # fmt: skip
        both = conj(limit, centred, proof.claims[formula])
        proof.step("conjunction", both, settled, middle, formula, because="together")
    converges = proof.step("suppose", implies(inside, both), branches=(proof.branch("inside the stable range", steps, case),),
                           because="sum the geometric series and let t grow")  # fmt: skip
    grows = None if outside == FALSE else _growth(proof, noisy, solution, outside)
    return Stationary(value, inside, outside, converges, grows)


def _vanishing_size(proof: Proof, m: Term) -> list[str]:
    """|m|**t -> 0 for a negative number m: its even powers are those of its size."""
    known = exact_value(m)
    if known is None or known >= 0:
        return []
    vanish = tends(power(number(-known), T), "t", INFINITY, ZERO)
    size = number(-known)
    rule = proof.step("geometric", implies(conj(lt(neg(ONE), size), lt(size, ONE)), vanish), term=power(size, T), ratio=size,
                      start=ONE, because="powers of its size vanish")  # fmt: skip
    return [proof.step("signs", vanish, rule, because="it is smaller than 1")]


def _mean_vanishes(proof: Proof, noisy: Noisy, centred: Term, mean: str, small: str) -> str:
    """The mean is a geometric sequence whose ratio is smaller than 1 in size."""
    rule = proof.step("geometric", implies(proof.claims[small], centred), mean, term=expect(E_T), ratio=noisy.ratio,
                      start=expect(apply("e", ZERO)), because="the mean is a geometric sequence")  # fmt: skip
    return proof.step("instantiate", centred, rule, small, values={}, because="it tends to the fixed point")


def _closed(proof: Proof, noisy: Noisy, solution: str, inside: str) -> str:
    """E e_t**2 with the geometric sum carried out; 1 - m**2 is not zero."""
    m, c, v = noisy.ratio, noisy.gain, noisy.variance
    ratio = power(m, 2)
    powers = total("s", ZERO, sub(T, ONE), power(ratio, symbol("s")))
    closed = div(sub(ONE, power(ratio, T)), sub(ONE, ratio))
    summed = proof.step("geometric-sum", eq(powers, closed), inside, ratio=ratio, because="the geometric sum")
    start = expect(power(apply("e", ZERO), 2))
    value = factored(div(mul(power(c, 2), v), sub(ONE, ratio)))
    claim = eq(
        expect(power(E_T, 2)), add(mul(power(m, mul(TWO, T)), start), mul(value, sub(ONE, power(m, mul(TWO, T)))))
    )
    label = proof.step("expectation", claim, solution, summed, inside, *batch_premise(proof), because="insert it")
    return proof.step("generalise", for_all("t", claim), label, because="for every t")


def _growth(proof: Proof, noisy: Noisy, solution: str, outside: Term) -> str:
    """Outside the stable range the second moment grows: linearly where m**2 = 1, geometrically where m**2 > 1."""
    m, c = noisy.ratio, noisy.gain
    square = expect(power(E_T, 2))
    noise = [
        proof.assume(ne(c, ZERO), "the method does move"),
        proof.assume(ne(symbol("sigma"), ZERO), "there is noise"),
    ]
    goal = tends(square, "t", INFINITY, INFINITY)
    case = proof.supposing(outside, "outside the stable range")
    ratio = power(m, 2)
    with proof.inside() as steps:
        border = disj(eq(ratio, ONE), lt(ONE, ratio))
        either = _border(proof, noisy, border, outside, case.label)
        first = _linear_growth(proof, noisy, solution, goal, noise)
        second = _geometric_growth(proof, noisy, solution, goal, noise)
        proof.step("cases", goal, either, branches=(first, second), because="in both cases")
    return proof.step("suppose", implies(outside, goal), branches=(proof.branch("outside the stable range", steps, case),),
                      because="noise adds up faster than it is forgotten")  # fmt: skip


def _border(proof: Proof, noisy: Noisy, border: Term, outside: Term, case: str) -> str:
    """m**2 = 1 or 1 < m**2 outside the stable range; where this is said of h = 1 - m, from m**2 - 1 = h**2 - 2*h."""
    words = "the multiplier is 1 in size, or larger"
    if outside.head != "Or" or Prover(proof).accepts("signs", border, [outside], {}):
        return proof.step("signs", border, case, because=words)
    claim = le(ONE, power(noisy.ratio, 2))
    branches = []
    for part, name in zip(outside.args, ("below", "above"), strict=True):
        item = proof.supposing(part, "one side")
        with proof.inside() as steps:
            proof.step("polynomial-implication", claim, item.label,
                       terms=({"premises": (0, 0)}, {"coefficient": "2", "premises": (0,)}), because="multiply out")  # fmt: skip
        branches.append(proof.branch(name, steps, item))
    size = proof.step("cases", claim, case, branches=tuple(branches), because="on either side")
    return proof.step("signs", border, size, because=words)


def _linear_growth(proof: Proof, noisy: Noisy, solution: str, goal: Term, noise: list[str]) -> Branch:
    m, c, v = noisy.ratio, noisy.gain, noisy.variance
    start = expect(power(apply("e", ZERO), 2))
    case = proof.supposing(eq(power(m, 2), ONE), "the border")
    with proof.inside() as steps:
        with_ones = substitute_ratio(proof.claims[solution].args[1], power(m, 2))
        ones = proof.step("rewrite", with_ones, solution, case.label, because="the multiplier squared is 1")
        claim = eq(expect(power(E_T, 2)), add(start, mul(T, power(c, 2), v)))
        label = proof.step("expectation", claim, ones, *batch_premise(proof), because="every term of the sum is 1")
        formula = proof.step("generalise", for_all("t", claim), label, because="for every t")
        proof.step("limit", goal, formula, *noise, *batch_premise(proof), because="it grows linearly")
    return proof.branch("on the border", steps, case)


def substitute_ratio(claim: Term, ratio: Term) -> Term:
    """The claim with the ratio replaced by 1."""
    if claim == ratio:
        return ONE
    return rebuild(claim, lambda arg: substitute_ratio(arg, ratio))


def _geometric_growth(proof: Proof, noisy: Noisy, solution: str, goal: Term, noise: list[str]) -> Branch:
    m, c, v = noisy.ratio, noisy.gain, noisy.variance
    ratio, start = power(m, 2), expect(power(apply("e", ZERO), 2))
    case = proof.supposing(lt(ONE, ratio), "beyond the border")
    with proof.inside() as steps:
        powers = total("s", ZERO, sub(T, ONE), power(ratio, symbol("s")))
        closed = div(sub(power(ratio, T), ONE), sub(ratio, ONE))
        summed = proof.step("geometric-sum", eq(powers, closed), case.label, ratio=ratio, because="the geometric sum")
        growth = power(ratio, T)
        extra = div(mul(power(c, 2), v), sub(ratio, ONE))
        claim = eq(expect(power(E_T, 2)), sub(mul(growth, add(start, extra)), extra))
        label = proof.step("expectation", claim, solution, summed, case.label, *batch_premise(proof), because="insert it")
        formula = proof.step("generalise", for_all("t", claim), label, because="for every t")
        beyond = tends(growth, "t", INFINITY, INFINITY)
        rule = proof.step(
            "geometric",
            implies(lt(ONE, ratio), beyond),
            term=growth,
            ratio=ratio,
            start=ONE,
            because="powers of such a number grow",
        )
        grows = proof.step("instantiate", beyond, rule, case.label, values={}, because="here")
        begin = proof.step("signs", le(ZERO, start), because="the expectation of a square is not negative")
        more = proof.step(
            "signs", lt(ZERO, extra), case.label, *noise, *batch_premise(proof), because="all its factors are positive"
        )
        factor = proof.step("polynomial-implication", lt(ZERO, add(start, extra)), begin, more, case.label, *batch_premise(proof),
                            terms=({"premises": (0,)}, {"premises": (1,)}), because="so is the sum")  # fmt: skip
        proof.step(
            "limit", goal, formula, grows, factor, case.label, *batch_premise(proof), because="so the second moment grows too"
        )
    return proof.branch("beyond the border", steps, case)
