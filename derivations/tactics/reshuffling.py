"""Each epoch takes every sample once, in random order: the noise of the steps of an epoch adds up to nothing.

Step t*D + i, i < D, is the one in place i of epoch t. Two different places of an epoch have one covariance, which follows from
the vanishing sum; different epochs are independent. A *walk* through an epoch is x_{i+1} = r*x_i - g*eps(t*D + i): the distance
from the fixed point is one, and so is the partial sum of the noise (r = 1, g = -1), from which the covariance is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
    implies,
    le,
    lt,
    mul,
    neg,
    power,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.questions import Problem
from derivations.tactics.linear import T
from derivations.tactics.moments import E_NEXT, E_T, NOISE, Noisy
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof

S, PLACE, J, K = (symbol(name) for name in ("s", "i", "j", "k"))
COVARIANCE = "covariance of the noise in two places of an epoch"


@dataclass(frozen=True)
class Epoch:
    """The number of samples and the covariance of two places; labels: 1 < D, the moments of the noise, its vanishing sum."""

    size: Term
    covariance: Term
    several: str
    pairs: str
    whole: str

    def noise(self, epoch: Term, place: Term) -> Term:
        return apply("eps", self.step(epoch, place))

    def step(self, epoch: Term, place: Term) -> Term:
        return add(mul(epoch, self.size), place)

    def together(self, square: Term, mixed: Term) -> Term:
        """E (sum of x(i)*eps(i))**2 for sums A of x(i)**2 and B of x(i): D*A - B**2 times the variance, over D - 1."""
        return sub(mul(self.size, square), power(mixed, 2))


@dataclass(frozen=True)
class Walk:
    """x(j) with x(j + 1) = ratio*x(j) - gain*eps(t*D + j), which the step ``recurrence`` says for every j.

    ``plain`` and ``squares`` are the sums of ratio**i and of ratio**(2*i) over i < j; ``splits`` say how they grow by a term.
    """

    at: Callable[[Term], Term]
    ratio: Term
    gain: Term
    recurrence: str
    plain: Term
    squares: Term
    splits: tuple[str, ...]


# --- what is given ----------------------------------------------------------------------------------------------------


def reshuffled(proof: Proof, problem: Problem) -> tuple[str, str, str, Term]:
    """Labels of E eps_t = 0, of the moments within and between epochs, of E e_0*eps_t = 0; and the variance of a step."""
    taken = {*problem.loss.parameters, *problem.loss.constants, *problem.optimizer.hyperparameters}
    size, covariance = fresh(taken, "D", "D_all"), fresh(taken, "c", "c_two")
    rows = (("sigma", "real", ""), (size, "natural", "number of samples"), ("i", "natural", "place in the order of an epoch"),
            ("j", "natural", "another place"), ("k", "natural", "a number of places ahead"),
            (covariance, "real", COVARIANCE))  # fmt: skip
    for name, domain, meaning in rows:
        proof.declare(name, domain, meaning)
    many, c, sigma = symbol(size), symbol(covariance), power(symbol("sigma"), 2)
    epoch = Epoch(many, c, "", "", "")
    mean = proof.assume(for_all("t", eq(expect(NOISE), ZERO)), "the noise has mean zero")
    proof.assume(lt(ONE, many), "there are several samples")
    ahead = total("i", ZERO, sub(many, ONE), epoch.noise(T, PLACE))
    proof.assume(for_all("t", eq(ahead, ZERO)),
                 "an epoch takes every sample once, and over all samples the noise adds up to nothing")  # fmt: skip
    same = Term("Delta", (PLACE, J))
    product = expect(mul(epoch.noise(S, PLACE), epoch.noise(T, J)))
    moments = mul(Term("Delta", (S, T)), add(mul(same, sigma), mul(sub(ONE, same), c)))
    claim = implies(_both(lt(PLACE, many), lt(J, many)), eq(product, moments))
    for name in ("j", "i", "t", "s"):
        claim = for_all(name, claim)
    pairs = proof.assume(claim, "all orders are equally likely: all places have one variance and all pairs one covariance; "
                                "the epochs are independent")  # fmt: skip
    start = proof.assume(for_all("t", eq(expect(mul(apply("e", ZERO), NOISE)), ZERO)), "the start is uncorrelated with the noise")
    return mean, pairs, start, sigma


def _both(one: Term, other: Term) -> Term:
    return Term("And", (one, other))


def epoch_of(proof: Proof, noisy: Noisy) -> Epoch:
    """What ``reshuffled`` assumed."""
    several = next(h for h in proof.hypotheses if h.claim.head == "Lt" and h.claim.args[0] == ONE)
    whole = next(h for h in proof.hypotheses if h.claim.head == "ForAll" and h.claim.args[1].args[0].head == "Sum")
    covariance = next(row.name for row in proof.variables.values() if row.meaning == COVARIANCE)
    return Epoch(several.claim.args[1], symbol(covariance), several.label, noisy.moments, whole.label)


# --- a walk through an epoch ------------------------------------------------------------------------------------------


def power_sums(proof: Proof, ratio: Term) -> tuple[Term, Term, tuple[str, ...]]:
    """Σ_{i<j} r**i and Σ_{i<j} (r**2)**i, and labels of how each begins with 1 where it goes on."""
    sums, labels = [], []
    for base in (ratio, power(ratio, 2)):
        whole = total("i", ZERO, sub(J, ONE), power(base, PLACE))
        shifted = total("i", ZERO, sub(J, ONE), power(base, add(PLACE, ONE)))
        longer = substitute(whole, {"j": add(J, ONE)})
        labels.append(proof.step("sum-split", eq(longer, add(power(base, ZERO), shifted)), because="split off the first term"))
        sums.append(whole)
    return sums[0], sums[1], tuple(labels)


def correlation(proof: Proof, epoch: Epoch, walk: Walk, start: Sequence[str]) -> str:
    """∀j ∀k j + k < D ⇒ E x(j)*eps(t*D + j + k) = -g*c*Σ_{i<j} r**i, by induction on the place j.

    ``start`` are labels from which E x(0)*eps(t*D + k) = 0 follows where k < D.
    """
    def claim(place: Term, ahead: Term) -> Term:
        value = neg(mul(walk.gain, epoch.covariance, substitute(walk.plain, {"j": place})))
        return eq(expect(mul(walk.at(place), epoch.noise(T, add(place, ahead)))), value)

    def ranged(place: Term) -> Term:
        return for_all("k", implies(lt(add(place, K), epoch.size), claim(place, K)))

    with proof.inside() as base:
        _for_places(proof, ranged(ZERO), lambda within: proof.step(
            "expectation", claim(ZERO, K), *_applied(proof, start, within), because="the epoch's noise is new"))  # fmt: skip
    hypothesis, later = proof.supposing(ranged(J), "the claim for j"), add(J, ONE)

    def reach(within: str) -> str:
        before = proof.step("instantiate", claim(J, add(K, ONE)), hypothesis.label, within, values={"k": add(K, ONE)},
                            because="the claim for j, one place further ahead")  # fmt: skip
        apart = pair(proof, epoch, (T, J), (T, add(later, K)), (within,))
        return proof.step("expectation", claim(later, K), walk.recurrence, before, apart, *walk.splits,
                          because="insert the step: two different places")  # fmt: skip

    with proof.inside() as step:
        _for_places(proof, ranged(later), reach)
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    return proof.step("induction", for_all("j", ranged(J)), branches=branches, because="what the walk knows of later places")


def _applied(proof: Proof, labels: Sequence[str], within: str) -> list[str]:
    """What these claims, ∀k k < D ⇒ …, say of the place k."""
    return [proof.step("instantiate", proof.claims[label].args[1].args[1], label, within, values={"k": K}, because="here")
            for label in labels]  # fmt: skip


def _for_places(proof: Proof, claim: Term, reach: Callable[[str], str]) -> str:
    """∀k A ⇒ B (or ∀s ∀k A ⇒ B), B being shown under A by ``reach``."""
    inner = claim
    while inner.head == "ForAll":
        inner = inner.args[1]
    case = proof.supposing(inner.args[0], "the place lies in the epoch")
    with proof.inside() as steps:
        reach(case.label)
    whole = proof.step("suppose", inner, branches=(proof.branch("within the epoch", steps, case),), because="for these places")
    return proof.step("generalise", claim, whole, because="the place was arbitrary")


def below(proof: Proof, smaller: Term, size: Term, larger: str) -> str:
    """smaller < size, from a label of a + b < size or of a + 1 <= size, what is added being no less than needed."""
    claim, given = lt(smaller, size), proof.claims[larger]
    if given == claim:
        return larger
    if given.head == "Le":
        return proof.step("polynomial-implication", claim, larger, terms=({"premises": (0,)}, {}), because="in particular")
    rest = _difference(given.args[0], smaller)
    natural = proof.step("signs", le(ZERO, rest), because="a number of places")
    return proof.step("polynomial-implication", claim, larger, natural, terms=({"premises": (0,)}, {"premises": (1,)}),
                      because="in particular")  # fmt: skip


def _difference(larger: Term, smaller: Term) -> Term:
    """What a sum has more than another, whose terms are among its own."""
    parts, less = _summands(larger), _summands(smaller)
    for part in less:
        parts.remove(part)
    return add(*parts)


def _summands(term: Term) -> list[Term]:
    return [part for arg in term.args for part in _summands(arg)] if term.head == "Add" else [] if term == ZERO else [term]


def pair(proof: Proof, epoch: Epoch, one: tuple[Term, Term], other: tuple[Term, Term], within: Sequence[str]) -> str:
    """E eps*eps for two steps, each given by epoch and place; ``within`` are labels that say that the places lie in it."""
    ranges = []
    for _, place in (one, other):
        known = next((label for label in within if _summands(proof.claims[label].args[0]) == _summands(place)
                      and proof.claims[label].head == "Lt"), None)  # fmt: skip
        ranges.append(known or below(proof, place, epoch.size, within[0]))
    values = {"s": one[0], "t": other[0], "i": one[1], "j": other[1]}
    body = proof.claims[epoch.pairs]
    while body.head == "ForAll":
        body = body.args[1]
    claim = substitute(body.args[1], values)
    return proof.step("instantiate", claim, epoch.pairs, *ranges, values=values, because="the noise of two steps")


def second_moment_of(proof: Proof, epoch: Epoch, walk: Walk, knows: str, sigma: Term) -> str:
    """∀j j <= D ⇒ E x(j)**2 = r**(2*j)*E x(0)**2 + g**2*(A*sigma**2 + (B**2 - A)*c), A = Σ r**(2*i), B = Σ r**i over i < j."""
    def claim(place: Term) -> Term:
        squares, plain = (substitute(term, {"j": place}) for term in (walk.squares, walk.plain))
        noise = add(mul(squares, sigma), mul(sub(power(plain, 2), squares), epoch.covariance))
        start = mul(power(walk.ratio, mul(TWO, place)), expect(power(walk.at(ZERO), 2)))
        return eq(expect(power(walk.at(place), 2)), add(start, mul(power(walk.gain, 2), noise)))

    def go(strict: str, before: str) -> None:
        antecedent = proof.step("signs", lt(add(J, ZERO), epoch.size), strict, because="the place lies in the epoch")
        value = proof.claims[knows].args[1].args[1].args[1]
        none = proof.step("instantiate", substitute(value, {"k": ZERO}), knows, antecedent, values={"j": J, "k": ZERO},
                          because="what the walk knows of the place")  # fmt: skip
        own = pair(proof, epoch, (T, J), (T, J), (strict,))
        proof.step("expectation", claim(add(J, ONE)), walk.recurrence, before, none, own, *walk.splits, because="square the step")

    return through_the_epoch(proof, epoch.size, claim,
                             lambda: proof.step("expectation", claim(ZERO), because="at the start of the epoch"), go)  # fmt: skip


def through_the_epoch(proof: Proof, size: Term, claim: Callable[[Term], Term], begin: Callable[[], object],
                      go: Callable[[str, str], object]) -> str:  # fmt: skip
    """∀j j <= D ⇒ claim(j), by induction: ``begin`` shows claim(0), ``go`` claim(j + 1) from labels of j < D and of claim(j)."""
    def ranged(place: Term) -> Term:
        return implies(le(place, size), claim(place))

    later = add(J, ONE)
    first, case = (proof.supposing(le(place, size), "the place") for place in (ZERO, later))
    with proof.inside() as base:
        with proof.inside() as inner:
            begin()
        proof.step("suppose", ranged(ZERO), branches=(proof.branch("the start", inner, first),), because="at the start")
    hypothesis = proof.supposing(ranged(J), "the claim for j")
    with proof.inside() as step:
        with proof.inside() as inner:
            strict = below(proof, J, size, case.label)
            weak = proof.step("signs", le(J, size), strict, because="in particular")
            before = proof.step("instantiate", claim(J), hypothesis.label, weak, values={}, because="the claim for j")
            go(strict, before)
        proof.step("suppose", ranged(later), branches=(proof.branch("the next place", inner, case),), because="one place on")
    branches = (proof.branch("j = 0", base), proof.branch("from j to j + 1", step, hypothesis))
    return proof.step("induction", for_all("j", ranged(J)), branches=branches, because="from place to place")


def at_the_end(proof: Proof, epoch: Epoch, moment: str, because: str) -> str:
    """The second moment of a walk at j = D."""
    full = proof.step("signs", le(epoch.size, epoch.size), because="the whole epoch")
    claim = substitute(proof.claims[moment].args[1].args[1], {"j": epoch.size})
    return proof.step("instantiate", claim, moment, full, values={"j": epoch.size}, because=because)


# --- the covariance of two places -------------------------------------------------------------------------------------


def pair_covariance(proof: Proof, epoch: Epoch, sigma: Term) -> str:
    """c = -sigma**2/(D - 1): the sum over the epoch is nothing, and so is its second moment, D*sigma**2 + D*(D - 1)*c."""
    def part(place: Term) -> Term:
        return total("i", ZERO, sub(place, ONE), epoch.noise(T, PLACE))

    split = proof.step("sum-split", eq(part(add(J, ONE)), add(part(J), epoch.noise(T, J))), because="split off the last term")
    walk = Walk(part, ONE, neg(ONE), split, J, J, ())
    knows = correlation(proof, epoch, walk, ())
    moment = second_moment_of(proof, epoch, walk, knows, sigma)
    end = at_the_end(proof, epoch, moment, "the square of the whole sum")
    nothing = proof.step("expectation", eq(expect(power(part(epoch.size), 2)), ZERO), epoch.whole, because="but the sum is nothing")
    size = epoch.size
    zero = eq(add(mul(size, sigma), mul(size, sub(size, ONE), epoch.covariance)), ZERO)
    counted = eq(expect(power(part(size), 2)), zero.args[0])
    third = proof.step("expectation", counted, end, because="D squares, and D*(D - 1) products")
    fourth = proof.step("rewrite", zero, nothing, third, because="so these add up to nothing")
    claim = eq(epoch.covariance, neg(div(sigma, sub(size, ONE))))
    return proof.step("signs", claim, fourth, epoch.several, because="solve for the covariance")


# --- the distance from epoch to epoch ---------------------------------------------------------------------------------


def new_epochs(proof: Proof, epoch: Epoch, noisy: Noisy, every: str) -> str:
    """∀t ∀s ∀k k < D ⇒ E e(t*D)*eps((t + s)*D + k) = 0: by induction on the epoch, and in it on the place."""
    size = epoch.size

    def unrelated(now: Term, ahead: Term) -> Term:
        return eq(expect(mul(apply("e", now), epoch.noise(ahead, K))), ZERO)

    def ranged(at: Term) -> Term:
        body = implies(lt(K, size), unrelated(mul(at, size), add(at, S)))
        return for_all("s", for_all("k", body))

    with proof.inside() as base:
        _for_places(proof, ranged(ZERO), lambda _: proof.step(
            "instantiate", unrelated(mul(ZERO, size), add(ZERO, S)), noisy.uncorrelated_start,
            values={"t": epoch.step(S, K)}, because="the start knows no noise"))  # fmt: skip
    hypothesis, after = proof.supposing(ranged(T), "the claim for t"), add(T, ONE)
    then = add(after, S)

    def along(place: Term) -> Term:
        return unrelated(epoch.step(T, place), then)

    def reach(within: str) -> str:
        known = proof.step("instantiate", unrelated(mul(T, size), add(T, add(S, ONE))), hypothesis.label, within,
                           values={"s": add(S, ONE), "k": K}, because="the claim for t, one epoch further ahead")  # fmt: skip

        def go(strict: str, before: str) -> None:
            apart = pair(proof, epoch, (T, J), (then, K), (strict, within))
            at = proof.step("instantiate", _stepped(noisy, epoch), every, values={"t": epoch.step(T, J)}, because="one step")
            proof.step("expectation", along(add(J, ONE)), at, before, apart, because="different epochs")

        through = through_the_epoch(proof, size, along, lambda: proof.step(
            "expectation", along(ZERO), known, because="at the start of the epoch"), go)  # fmt: skip
        full = proof.step("signs", le(size, size), because="the whole epoch")
        goal = unrelated(mul(after, size), then)
        return proof.step("instantiate", goal, through, full, values={"j": size}, because="at the end of the epoch")

    with proof.inside() as step:
        _for_places(proof, ranged(after), reach)
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", ranged(T)), branches=branches, because="the state depends on earlier noise only")


def _stepped(noisy: Noisy, epoch: Epoch) -> Term:
    """The recurrence at step t*D + j."""
    now, after = epoch.step(T, J), epoch.step(T, add(J, ONE))
    return eq(apply("e", after), sub(mul(noisy.ratio, apply("e", now)), mul(noisy.gain, apply("eps", now))))


def epoch_recurrence(proof: Proof, noisy: Noisy, epoch: Epoch, covariance: str) -> tuple[str, Term]:
    """E e((t + 1)*D)**2 = m**(2*D)*E e(t*D)**2 + source, with the sums of powers of m in the source."""
    every = proof.step("generalise", for_all("t", proof.claims[noisy.recurrence]), noisy.recurrence, because="at every step")
    unrelated = new_epochs(proof, epoch, noisy, every)
    body = implies(lt(K, epoch.size), eq(expect(mul(apply("e", mul(T, epoch.size)), epoch.noise(T, K))), ZERO))
    here = proof.step("instantiate", for_all("k", body), unrelated, values={"t": T, "s": ZERO}, because="the epoch that begins")
    step = proof.step("instantiate", _stepped(noisy, epoch), every, values={"t": epoch.step(T, J)}, because="one step in the epoch")
    plain, squares, splits = power_sums(proof, noisy.ratio)
    walk = Walk(lambda place: apply("e", epoch.step(T, place)), noisy.ratio, noisy.gain, step, plain, squares, splits)
    knows = correlation(proof, epoch, walk, (here,))
    moment = second_moment_of(proof, epoch, walk, knows, noisy.variance)
    end = at_the_end(proof, epoch, moment, "after the whole epoch")
    size = epoch.size
    plain, squares = (substitute(term, {"j": size}) for term in (plain, squares))
    source = source_of(noisy, epoch, epoch.together(squares, plain))
    now, after = (expect(power(apply("e", mul(at, size)), 2)) for at in (T, add(T, ONE)))
    claim = eq(after, add(mul(power(noisy.ratio, mul(TWO, size)), now), source))
    return proof.step("expectation", claim, end, covariance, epoch.several, because="insert the covariance"), source


def source_of(noisy: Noisy, epoch: Epoch, together: Term) -> Term:
    """What an epoch's noise adds to the second moment."""
    return mul(div(mul(power(noisy.gain, 2), noisy.variance), sub(epoch.size, ONE)), together)


def with_short_multiplier(proof: Proof, problem: Problem, noisy: Noisy) -> tuple[Noisy, str]:
    """The iteration with a name for its multiplier, and the label that says what the name stands for."""
    taken = {*problem.loss.parameters, *problem.loss.constants, *problem.optimizer.hyperparameters}
    name = fresh(taken, "m", "m_step")
    proof.declare(name, "real", "the multiplier of a step")
    label = proof.define(eq(symbol(name), noisy.ratio), "the multiplier of a step")
    claim = eq(E_NEXT, sub(mul(symbol(name), E_T), mul(noisy.gain, NOISE)))
    recurrence = proof.step("identity", claim, noisy.recurrence, label, because="with a name for the multiplier")
    return replace(noisy, ratio=symbol(name), recurrence=recurrence), label
