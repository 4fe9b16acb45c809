"""Mean of all iterates: its variance is sigma**2/(lam**2*T) in the end, whatever the learning rate.

Setting     e_{t+1} = m*e_t - c*eps_t with noise of variance v, uncorrelated over time; a_t is the mean of e_0, ..., e_t.
Statement   (t + 1)*E a_t**2 -> c**2*v/(1 - m)**2 for -1 < m < 1: for gradient descent sigma**2/lam**2, whatever the start.
Idea        The sum's moments follow affine recurrences: what is summed knows of earlier noise only.
Endpoints   m -> 1: the mean forgets ever more slowly, and the limit grows beyond all bounds. m -> -1: the limit stays finite
            although the variance of the iterates themselves does not.
References  [polyak1992], [mandt2017]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    expect,
    for_all,
    free_symbols,
    implies,
    lt,
    mul,
    neg,
    power,
    sub,
    substitute,
    symbol,
    tends,
    total,
)
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem
from derivations.tactics.algebra import factored, replaced_everywhere
from derivations.tactics.averaging import (
    LATER,
    Running,
    Solved,
    below_one,
    combined,
    running_moments,
    solve_moments,
    vanishing,
)
from derivations.tactics.linear import T
from derivations.tactics.moments import (
    E_NEXT,
    E_T,
    NOISE,
    Noisy,
    batch_premise,
    mean_and_lemma,
    noisy_recurrence,
    second_moment,
)
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.stationary import stable_range

SQUARE, START = expect(power(E_T, 2)), expect(power(apply("e", ZERO), 2))


@dataclass(frozen=True)
class Setting:
    """The noisy iteration: its stable range, its stationary variance, the labels of its recurrence and of its mean.

    The multiplier has a name, m; ``meaning`` is what it stands for, and ``named`` the label that says so.
    """

    noisy: Noisy
    inside: Term
    value: Term
    own: str
    centre: str
    batch: tuple[str, ...]
    meaning: Term
    named: str

    def explicit(self, proof: Proof, label: str, values: Sequence[Term], known: Sequence[str]) -> str:
        """The claim with these terms in m written in the problem's own constants, and m, too."""
        claim, rules = proof.claims[label], [self.named]
        known = [*known, *self._signs_inserted(proof, known)]
        for value in dict.fromkeys(sorted(values, key=lambda term: -len(str(term)))):
            plain = factored(self.inserted(value))
            if free_symbols(value) & free_symbols(self.noisy.ratio) and plain != value:
                rules.append(proof.step("identity", eq(value, plain), self.named, *known, because="insert what m stands for"))
                claim = replaced_everywhere(claim, value, plain)
        return proof.step("rewrite", self.inserted(claim), label, *reversed(rules), because="in the constants of the problem")

    def _signs_inserted(self, proof: Proof, known: Sequence[str]) -> list[str]:
        """What is known of m, said of what it stands for."""
        found = []
        for label in dict.fromkeys(known):
            claim = self.inserted(proof.claims[label])
            if claim != proof.claims[label]:
                found.append(proof.step("rewrite", claim, label, self.named, because="in the constants of the problem"))
        return found

    def inserted(self, term: Term) -> Term:
        return replaced_everywhere(term, self.noisy.ratio, self.meaning)


def setting_of(proof: Proof, problem: Problem) -> tuple[Setting, set[str]]:
    """The noisy iteration with a name for its multiplier, and the names that are taken."""
    noisy = noisy_recurrence(proof, problem)
    m = noisy.ratio
    if not free_symbols(m) and exact_value(m) in (-1, 0, 1):
        raise Undecided("the multiplier is 0 or 1 in size for every learning rate: averages are not treated there")
    centre, lemma = mean_and_lemma(proof, noisy)
    own, _ = second_moment(proof, noisy, lemma)
    inside, _ = stable_range(factored(sub(ONE, m)), noisy.rate)
    taken = {*problem.loss.parameters, *problem.loss.constants, *problem.optimizer.hyperparameters, "e", "L", "w"}
    return _shortened(proof, noisy, inside, own, centre, taken), taken


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    mean = _mean(proof, *setting_of(proof, problem))
    proof.remark(
        "The learning rate does not matter for the mean of all iterates",
        ("A larger learning rate makes the iterates fluctuate more, and forget faster. In the mean over all of them both effects "
         "cancel.",),
        mean,
    )  # fmt: skip
    answer = {
        "kind": "expression",
        "text": select("text", 1, 0, 3),
        "polyak_ruppert": select("text", 1, 0, 3),
        "stationary_mean": select("text", 1, 1, 1, 1, 1),
        "valid_for": select("text", 0),
    }
    return proof.finish(answer, problem.sources)


def _shortened(proof: Proof, noisy: Noisy, inside: Term, own: str, centre: str, taken: set[str]) -> Setting:
    """The iteration with the name m for its multiplier."""
    batch, words = batch_premise(proof), "the multiplier of a step"
    name, p = fresh(taken, "m", "m_step"), mul(power(noisy.gain, 2), noisy.variance)
    proof.declare(name, "real", words)
    m = symbol(name)
    of_m = proof.define(eq(m, noisy.ratio), words)
    claim = eq(E_NEXT, sub(mul(m, E_T), mul(noisy.gain, NOISE)))
    recurrence = proof.step("identity", claim, noisy.recurrence, of_m, *batch, because="with a name for the multiplier")
    claim = eq(expect(power(E_NEXT, 2)), add(mul(power(m, 2), SQUARE), p))
    square = proof.step("expectation", claim, own, of_m, *batch, because="likewise")
    short = replace(noisy, ratio=m, recurrence=recurrence)
    return Setting(short, inside, div(p, sub(ONE, power(m, 2))), square, centre, batch, noisy.ratio, of_m)


def small_multiplier(proof: Proof, given: Setting, inside: str) -> str:
    """-1 < m < 1, from the range of what m stands for."""
    m, there = given.noisy.ratio, below_one(proof, given.meaning, inside)
    return proof.step("rewrite", conj(lt(neg(ONE), m), lt(m, ONE)), there, given.named, because="that is the multiplier")


# --- the mean of all iterates -----------------------------------------------------------------------------------------


def _mean(proof: Proof, given: Setting, taken: set[str]) -> str:
    """(t + 1)*E a_t**2 → its limit, and E a_t**2 in the stationary state."""
    run, mean, share, same = _running_sum(proof, given, taken)
    moments = running_moments(proof, given.noisy, run)
    m, scaled = given.noisy.ratio, mul(LATER, expect(power(mean, 2)))
    case = proof.supposing(given.inside, "the stable range")
    with proof.inside() as steps:
        small = small_multiplier(proof, given, case.label)
        known = (small, case.label, *given.batch)
        begin = {"s": START, "p": START, "q": START}
        solved = solve_moments(proof, given.noisy, run, given.own, moments, given.value, begin, (same, *known))
        slope, part = solved.coefficients[4], share[0]
        rest = combined((factored(sub(solved.coefficients[0], slope)), *solved.coefficients[1:3], ZERO, ZERO), solved.shapes)
        form = eq(scaled, add(slope, mul(rest, part)))
        closed = proof.step("expectation", form, solved.closed, *share[1:], *known, because="insert the closed form")
        every = proof.step("generalise", for_all("t", form), closed, because="for every t")
        gone = (vanishing(proof, m, small),
                proof.step("limit", tends(part, "t", INFINITY, ZERO), share[1],
                           because="one over the number of iterates vanishes"))  # fmt: skip
        settled = proof.step("limit", tends(form.args[1], "t", INFINITY, slope), *gone, *known, because="let t grow")
        limit = proof.step("rewrite", tends(scaled, "t", INFINITY, slope), settled, every,
                           because="that is the variance, times the number")  # fmt: skip
        centred = proof.step("limit", tends(expect(E_T), "t", INFINITY, ZERO), given.centre, gone[0], given.named,
                             because="the distance has the mean zero in the end")  # fmt: skip
        exact = _from_the_state(proof, given, solved, mean, (*share[1:], *known))
        parts = (limit, exact, centred)
        both = proof.step("conjunction", conj(*(proof.claims[one] for one in parts)), *parts, because="together")
        given.explicit(proof, both, (given.value, slope, *_row(solved, given)), known)
    claim = implies(given.inside, proof.claims[steps[-1].label])
    return proof.step("suppose", claim, branches=(proof.branch("inside the stable range", steps, case),),
                      because="the correlations of the iterates add up")  # fmt: skip


def _running_sum(proof: Proof, given: Setting, taken: set[str]) -> tuple[Running, Term, tuple[Term, str, str], str]:
    """The sum of the iterates, their mean, 1/(t + 1) with its label and the mean's, and the label of u_0 = e_0."""
    summed, mean, share = fresh(taken, "u", "u_sum"), fresh(taken, "a", "a_mean"), fresh(taken, "r", "r_share")
    proof.declare(summed, "random", "sum of the distances up to step t")
    proof.declare(mean, "random", "their mean")
    proof.declare(share, "sequence", "one over their number")
    s = symbol("s")
    body = total("s", ZERO, T, apply("e", s))
    define = proof.define(for_all("t", eq(apply(summed, T), body)), "the sum of all distances so far")
    of_mean = proof.define(for_all("t", eq(apply(mean, T), div(apply(summed, T), LATER))), "their mean")
    of_share = proof.define(for_all("t", eq(apply(share, T), div(ONE, LATER))), "one over their number")
    longer = substitute(body, {"t": LATER})
    later = proof.step("instantiate", eq(apply(summed, LATER), longer), define, values={"t": LATER}, because="one step later")
    split = proof.step("sum-split", eq(longer, add(body, E_NEXT)), because="split off the last term")
    claim = eq(apply(summed, LATER), add(apply(summed, T), E_NEXT))
    recurrence = proof.step("finite-sum", claim, later, split, define, because="the sum grows by the new distance")
    none = substitute(body, {"t": ZERO})
    first = proof.step("instantiate", eq(apply(summed, ZERO), none), define, values={"t": ZERO}, because="at the start")
    alone = proof.step("sum-split", eq(none, add(total("s", ZERO, neg(ONE), apply("e", s)), apply("e", ZERO))), because="one term")
    same = proof.step("finite-sum", eq(apply(summed, ZERO), apply("e", ZERO)), first, alone, because="the sum starts with e_0")
    own = eq(expect(mul(apply("e", ZERO), NOISE)), ZERO)
    apart = proof.step("instantiate", own, given.noisy.uncorrelated_start, values={"t": T}, because="the start knows no noise")
    begin = eq(expect(mul(apply(summed, ZERO), NOISE)), ZERO)
    label = proof.step("expectation", begin, same, apart, because="nor does the sum at its start")
    start = proof.step("generalise", for_all("t", begin), label, because="at every step")
    return Running(summed, ONE, ONE, recurrence, start, newest=True), apply(mean, T), (apply(share, T), of_share, of_mean), same


def _from_the_state(proof: Proof, given: Setting, solved: Solved, mean: Term, known: tuple[str, ...]) -> str:
    """E e_0**2 = V ⇒ ∀t E a_t**2 = its closed form, that of the sum with V in the place of the start."""
    case = proof.supposing(eq(START, given.value), "the stationary state")
    row = _row(solved, given)
    claim = eq(expect(power(mean, 2)), div(combined(row, (*solved.shapes[:4], LATER)), power(LATER, 2)))
    with proof.inside() as steps:
        label = proof.step("expectation", claim, solved.closed, case.label, *known, because="the start is stationary")
        proof.step("generalise", for_all("t", claim), label, because="for every t")
    whole = implies(case.claim, for_all("t", claim))
    return proof.step("suppose", whole, branches=(proof.branch("the stationary state", steps, case),),
                      because="the variance of the mean at every step")  # fmt: skip


def _row(solved: Solved, given: Setting) -> tuple[Term, ...]:
    """The coefficients where E e_0**2 is stationary; t + 1 in the place of t."""
    level, *others, slope = (factored(replaced_everywhere(one, START, given.value)) for one in solved.coefficients)
    return (factored(sub(level, slope)), *others, slope)


RESULT = Result(
    id="sgd.averaging",
    title="The variance of the mean of all iterates",
    question="averaging",
    derive=derive,
    summary="In the mean of all iterates the learning rate cancels: what is left is the noise over the curvature, by their number.",
    references=("polyak1992", "mandt2017"),
    order=87,
)
