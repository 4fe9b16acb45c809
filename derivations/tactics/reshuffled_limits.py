"""Second moment at the end of an epoch: q_{t+1} = m**(2*D)*q_t + source, where it settles, where it grows, and where m = 1.

The source is a positive multiple of D*A - B**2, A = Σ m**(2*i) and B = Σ m**i over i < D: by Cauchy and Schwarz it is not
negative, and where 1 <= m**2 it is at least (D - 1)*(1 - m)**2.
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
    power,
    sub,
    substitute,
    symbol,
    tends,
    total,
)
from derivations.tactics.affine import Affine, Range, grows
from derivations.tactics.algebra import replaced_everywhere
from derivations.tactics.averaging import below_one, by_induction, vanishing
from derivations.tactics.linear import T, flat
from derivations.tactics.moments import E_T, Noisy
from derivations.tactics.proof import Proof
from derivations.tactics.reshuffling import PLACE, Epoch, J

START = expect(power(apply("e", ZERO), 2))


class Ends(Affine):
    """The second moment at the ends of the epochs; it starts with that of e_0."""

    @property
    def start(self) -> Term:
        return START


@dataclass(frozen=True)
class Given:
    """The iteration with m for its multiplier, which is ``meaning`` as the step ``named`` says; its epochs' recurrence.

    ``other`` is a name for any real number.
    """

    noisy: Noisy
    meaning: Term
    named: str
    epoch: Epoch
    recurrence: str
    source: Term
    other: str

    @property
    def ends(self) -> Term:
        return expect(power(apply("e", mul(T, self.epoch.size)), 2))

    def sums(self, place: Term) -> tuple[Term, Term]:
        """A = Σ (m**2)**i and B = Σ m**i, i < place."""
        m = self.noisy.ratio
        squares, plain = (total("i", ZERO, sub(place, ONE), power(base, PLACE)) for base in (power(m, 2), m))
        return squares, plain

    def excess(self, place: Term) -> Term:
        """place*A - B**2."""
        squares, plain = self.sums(place)
        return sub(mul(place, squares), power(plain, 2))

    def positive(self, proof: Proof) -> str:
        """0 <= m**(2*D)."""
        m, size = self.noisy.ratio, self.epoch.size
        return proof.step("polynomial-implication", le(ZERO, power(m, mul(TWO, size))), terms=({"square": power(m, size)},),
                          because="a square")  # fmt: skip


def stationary_value(gain: Term, sigma: Term, size: Term, m: Term, gap: Term, beyond: Term) -> Term:
    """c**2*sigma**2/((D - 1)*(1 - m)**2)*(D*(1 - m)/(1 + m) - (1 - m**D)/(1 + m**D)), 1 - m and 1 + m being given as terms."""
    front = div(mul(power(gain, 2), sigma), mul(sub(size, ONE), power(gap, 2)))
    whole = power(m, size)
    return mul(front, sub(div(flat(mul(size, gap)), beyond), div(sub(ONE, whole), add(ONE, whole))))


# --- inside the stable range ------------------------------------------------------------------------------------------


def settles(proof: Proof, given: Given, inside: Term, mean: str, plain: Term) -> str:
    """inside ⇒ E e(t*D)**2 → V, E e_t → 0 and the closed form for every t; V is ``plain`` in the problem's constants."""
    m, size = given.noisy.ratio, given.epoch.size
    case = proof.supposing(inside, "the stable range")
    with proof.inside() as steps:
        there = below_one(proof, given.meaning, case.label)
        small = proof.step("rewrite", conj(lt(neg(ONE), m), lt(m, ONE)), there, given.named, because="that is the multiplier")
        less, within = _power_within(proof, given, small)
        known = (given.epoch.several, small, less, within)
        recurrence = _summed(proof, given, small)
        value = stationary_value(given.noisy.gain, given.noisy.variance, size, m, sub(ONE, m), add(ONE, m))
        kept = power(power(m, size), mul(TWO, T))
        solution = eq(given.ends, add(value, mul(kept, sub(START, value))))
        closed = by_induction(proof, solution, recurrence, (), known)
        forgets = vanishing(proof, power(m, size), within)
        limit = proof.step("limit", tends(given.ends, "t", INFINITY, value), closed, forgets, *known, because="let t grow")
        gone = vanishing(proof, m, small)
        centred = proof.step("limit", tends(expect(E_T), "t", INFINITY, ZERO), mean, gone,
                            because="the mean tends to the fixed point")  # fmt: skip
        parts = (limit, centred, closed)
        both = proof.step("conjunction", conj(*(proof.claims[one] for one in parts)), *parts, because="together")
        plainly = proof.step("rewrite", replaced_everywhere(proof.claims[within], m, given.meaning), within, given.named,
                             because="in the constants of the problem")  # fmt: skip
        nicer = proof.step("identity", eq(value, plain), given.named, *known, there, plainly, case.label,
                           because="in the constants of the problem")  # fmt: skip
        claim = replaced_everywhere(replaced_everywhere(proof.claims[both], value, plain), m, given.meaning)
        proof.step("rewrite", claim, both, nicer, given.named, because="in the constants of the problem")
    return proof.step("suppose", implies(inside, claim), branches=(proof.branch("inside the stable range", steps, case),),
                      because="from epoch to epoch, and let t grow")  # fmt: skip


def _power_within(proof: Proof, given: Given, small: str) -> tuple[str, str]:
    """m**(2*D) < 1 and -1 < m**D < 1, for D > 1."""
    m, size, square = given.noisy.ratio, given.epoch.size, power(given.noisy.ratio, 2)
    below = proof.step("signs", lt(square, ONE), small, because="the multiplier is smaller than 1 in size")
    no_more = proof.step("bounds", le(power(square, J), power(ONE, J)), below, kind="power", a=square, b=ONE, t=J,
                         because="no power of it is above 1")  # fmt: skip
    claim = implies(lt(ZERO, J), le(power(square, J), square))
    later = substitute(claim, {"j": add(J, ONE)})
    hypothesis, case = proof.supposing(claim, "the claim for j"), proof.supposing(later.args[0], "some power")
    with proof.inside() as base:
        proof.step("signs", substitute(claim, {"j": ZERO}), because="there is nothing to show")
    with proof.inside() as step:
        with proof.inside() as inner:
            proof.step("polynomial-implication", later.args[1], no_more, terms=({"premises": (0,), "square": m},),
                       because="one factor more")  # fmt: skip
        proof.step("suppose", later, branches=(proof.branch("a power", inner, case),), because="for this power")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    every = proof.step("induction", for_all("j", claim), branches=branches, because="powers decrease")
    some = proof.step("signs", lt(ZERO, size), given.epoch.several, because="there are samples")
    at = proof.step("instantiate", le(power(square, size), square), every, some, values={"j": size}, because="after an epoch")
    less = proof.step("polynomial-implication", lt(power(m, mul(TWO, size)), ONE), at, below,
                      terms=({"premises": (0,)}, {"premises": (1,)}), because="an epoch forgets")  # fmt: skip
    whole = power(m, size)
    within = proof.step("signs", conj(lt(neg(ONE), whole), lt(whole, ONE)), less, because="so the power itself is below 1 in size")
    return less, within


def _summed(proof: Proof, given: Given, small: str) -> str:
    """The label of the recurrence from epoch to epoch without sums."""
    m, size = given.noisy.ratio, given.epoch.size
    labels, closed = [], []
    for base, whole in zip((power(m, 2), m), given.sums(size), strict=True):
        closed.append(div(sub(ONE, power(base, size)), sub(ONE, base)))
        labels.append(proof.step("geometric-sum", eq(whole, closed[-1]), small, ratio=base, because="the geometric sum"))
    excess = sub(mul(size, closed[0]), power(closed[1], 2))
    claim = replaced_everywhere(proof.claims[given.recurrence], given.excess(size), excess)
    return proof.step("expectation", claim, given.recurrence, *labels, small, given.epoch.several, because="insert them")


# --- outside of it ----------------------------------------------------------------------------------------------------


def outgrows(proof: Proof, given: Given, outside: Term, moves: tuple[str, str]) -> str:
    """outside ∧ m ≠ 1 ⇒ E e(t*D)**2 → ∞; ``moves`` say that the method moves and that there is noise."""
    m, size, square = given.noisy.ratio, given.epoch.size, power(given.noisy.ratio, 2)
    case = proof.supposing(conj(outside, ne(given.meaning, ONE)), "outside the stable range")
    with proof.inside() as steps:
        far = proof.step("signs", le(ONE, power(given.meaning, 2)), case.label, because="the multiplier is 1 in size, or larger")
        large = proof.step("rewrite", le(ONE, square), far, given.named, because="that is the multiplier")
        other = proof.step("signs", ne(given.meaning, ONE), case.label, because="but it is not 1")
        apart = proof.step("rewrite", ne(m, ONE), other, given.named, because="that is the multiplier")
        spread = _excess_positive(proof, given, large, apart)
        ratio = power(m, mul(TWO, size))
        bound = proof.step("bounds", le(power(ONE, size), power(square, size)), large, kind="power", a=ONE, b=square, t=size,
                           because="so are its powers")  # fmt: skip
        border = disj(eq(ratio, ONE), lt(ONE, ratio))
        either = proof.step("signs", border, bound, because="the factor of an epoch is 1, or larger")
        q = Ends(given.ends, ratio, given.source, given.recurrence, given.positive(proof), (given.epoch.several,))
        growth = grows(proof, q, Range(lt(ratio, ONE), border, ()), (spread, *moves))
        proof.step("instantiate", proof.claims[growth].args[1], growth, either, values={}, because="here")
    goal = proof.claims[steps[-1].label]
    return proof.step("suppose", implies(case.claim, goal), branches=(proof.branch("outside the stable range", steps, case),),
                      because="noise adds up faster than it is forgotten")  # fmt: skip


def _excess_positive(proof: Proof, given: Given, large: str, apart: str) -> str:
    """0 < D*A - B**2, where 1 <= m**2 and m ≠ 1."""
    m, size = given.noisy.ratio, given.epoch.size
    gap = power(sub(ONE, m), 2)
    every = _spread(proof, given, large)
    claim = le(mul(sub(size, ONE), gap), given.excess(size))
    whole = proof.step("instantiate", claim, every, values={"j": size}, because="for the whole epoch")
    some = proof.step("signs", lt(ZERO, gap), apart, because="the multiplier is not 1")
    return proof.step("polynomial-implication", lt(ZERO, given.excess(size)), whole, given.epoch.several, some,
                      terms=({"premises": (0,)}, {"premises": (1, 2)}), because="the powers are not all equal")  # fmt: skip


def _spread(proof: Proof, given: Given, large: str) -> str:
    """∀j (j - 1)*(1 - m)**2 <= j*A - B**2, where 1 <= m**2: by two inductions."""
    m, square = given.noisy.ratio, power(given.noisy.ratio, 2)
    gap, nearest = power(sub(ONE, m), 2), _squares_around(proof, given)

    def claim(place: Term) -> Term:
        return le(mul(sub(place, ONE), gap), given.excess(place))

    one, two = add(J, ONE), add(J, TWO)
    begin = [_longer(proof, whole, ZERO) for whole in given.sums(ONE)]
    splits = [_longer(proof, whole, place) for place in (J, one) for whole in given.sums(add(place, ONE))]
    bound = proof.step("bounds", le(power(ONE, J), power(square, J)), large, kind="power", a=ONE, b=square, t=J,
                       because="powers of what is not below 1")  # fmt: skip
    with proof.inside() as base:
        proof.step("polynomial-implication", claim(ONE), *begin, terms=(), because="a single power")
    hypothesis = proof.supposing(claim(one), "the claim for j")
    with proof.inside() as step:
        squares, plain = given.sums(J)
        x = power(m, one)
        around = add(sub(squares, mul(TWO, x, plain)), mul(J, power(x, 2)))
        near = proof.step("instantiate", le(ZERO, around), nearest, values={"j": J, given.other: x},
                          because="around the next power")  # fmt: skip
        terms = ({"premises": (0,)}, {"premises": (1,)}, {"premises": (2,), "square": sub(ONE, m)})
        proof.step("polynomial-implication", claim(two), hypothesis.label, near, bound, *splits, terms=terms,
                   because="one power more: its distances from the others come in")  # fmt: skip
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    from_one = proof.step("induction", for_all("j", claim(one)), branches=branches, because="from one power on")
    again = proof.supposing(claim(J), "the claim for j")
    with proof.inside() as base:
        proof.step("polynomial-implication", claim(ZERO), terms=({"square": sub(ONE, m)},), because="no power at all")
    with proof.inside() as step:
        proof.step("instantiate", claim(one), from_one, values={"j": J}, because="known")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, again))
    return proof.step("induction", for_all("j", claim(J)), branches=branches, because="for every number of powers")


def _longer(proof: Proof, whole: Term, last: Term) -> str:
    """Σ_{i<last+1} = Σ_{i<last} + the last term."""
    name, first, _, body = whole.args
    shorter = total(name, first, sub(last, ONE), body)
    return proof.step("sum-split", eq(whole, add(shorter, substitute(body, {name: last}))), because="split off the last term")


def _squares_around(proof: Proof, given: Given) -> str:
    """∀j ∀x 0 <= A - 2*x*B + j*x**2: a sum of squares (m**i - x)**2."""
    x = symbol(given.other)

    def claim(place: Term) -> Term:
        squares, plain = given.sums(place)
        return le(ZERO, add(sub(squares, mul(TWO, x, plain)), mul(place, power(x, 2))))

    with proof.inside() as base:
        none = proof.step("polynomial-implication", claim(ZERO), terms=(), because="no square at all")
        proof.step("generalise", for_all(given.other, claim(ZERO)), none, because="whatever the number")
    later = add(J, ONE)
    splits = [_longer(proof, whole, J) for whole in given.sums(later)]
    hypothesis = proof.supposing(for_all(given.other, claim(J)), "the claim for j")
    with proof.inside() as step:
        before = proof.step("instantiate", claim(J), hypothesis.label, values={given.other: x}, because="the claim for j")
        terms = ({"premises": (0,)}, {"square": sub(power(given.noisy.ratio, J), x)})
        label = proof.step("polynomial-implication", claim(later), before, *splits, terms=terms, because="one square more")
        proof.step("generalise", for_all(given.other, claim(later)), label, because="whatever the number")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    return proof.step("induction", for_all("j", for_all(given.other, claim(J))), branches=branches, because="a sum of squares")


# --- where nothing is forgotten and nothing amplified -----------------------------------------------------------------


def stands_still(proof: Proof, given: Given) -> str:
    """m = 1 ⇒ ∀t E e(t*D)**2 = E e_0**2: what an epoch brings adds up to nothing."""
    m = given.noisy.ratio
    case = proof.supposing(eq(given.meaning, ONE), "nothing is forgotten")
    with proof.inside() as steps:
        unit = proof.step("rewrite", eq(m, ONE), case.label, given.named, because="that is the multiplier")
        claim = replaced_everywhere(proof.claims[given.recurrence], m, ONE)
        ones = proof.step("rewrite", claim, given.recurrence, unit, because="the multiplier is 1")
        after, same = substitute(given.ends, {"t": add(T, ONE)}), eq(given.ends, START)
        kept = proof.step("expectation", eq(after, given.ends), ones, given.epoch.several, because="every power is 1")
        with proof.inside() as base:
            proof.step("expectation", substitute(same, {"t": ZERO}), because="at the start")
        hypothesis = proof.supposing(same, "the claim for t")
        with proof.inside() as step:
            proof.step("rewrite", substitute(same, {"t": add(T, ONE)}), kept, hypothesis.label, because="insert the claim for t")
        branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
        proof.step("induction", for_all("t", same), branches=branches, because="from epoch to epoch")
    alone = (proof.branch("without curvature", steps, case),)
    return proof.step("suppose", implies(case.claim, for_all("t", same)), branches=alone,
                      because="the noise of an epoch adds up to nothing")  # fmt: skip
