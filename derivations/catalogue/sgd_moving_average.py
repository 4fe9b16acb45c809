"""Moving average of the iterates: variance times (1 - alpha)*(1 + alpha*m)/((1 + alpha)*(1 - alpha*m)).

Setting     e_{t+1} = m*e_t - c*eps_t with noise uncorrelated over time; b_{t+1} = alpha*b_t + (1 - alpha)*e_t, 0 < alpha < 1.
Statement   Where E e_t**2 -> V, E b_t**2 tends to that factor times V.
Idea        E b*e and E b**2 follow affine recurrences: what is averaged knows of earlier noise only.
Endpoints   alpha -> 0: no averaging. alpha -> 1: the factor vanishes, and the start is never forgotten. alpha = m: treated for the
            stationary state only, as the closed form has another shape there.
References  [polyak1992], [mandt2017]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.catalogue.sgd_averaging import SQUARE, START, Setting, setting_of, small_multiplier
from derivations.language.answers import select
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
    implies,
    lt,
    mul,
    ne,
    sub,
    substitute,
    symbol,
    tends,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import factored
from derivations.tactics.averaging import (
    LATER,
    Running,
    below_one,
    constant_moments,
    levels_of,
    running_moments,
    solve_moments,
    vanishing,
)
from derivations.tactics.linear import T
from derivations.tactics.moments import E_T, NOISE
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    moving, stationary = _moving(proof, *setting_of(proof, problem))
    proof.step("conjunction", conj(proof.claims[moving], proof.claims[stationary]), moving, stationary, because="both together")
    proof.remark(
        "A moving average helps where it is longer than the memory of the iteration",
        ("The factor is that of averaging independent values, times one that says how much the iterates resemble one another.",),
        moving,
    )  # fmt: skip
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 1, 3),
        "exact": select("text", 0, 1, 1, 3),
        "factor": select("text", 0, 1, 1, 3, 0),
        "valid_for": select("text", 1, 0),
    }
    return proof.finish(answer, problem.sources)



def _moving(proof: Proof, given: Setting, taken: set[str]) -> tuple[str, str]:
    """Labels of what the moving average's variance tends to, and of what it is in the stationary state."""
    name, weight = fresh(taken, "b", "ema"), fresh(taken, "alpha", "rho", "weight")
    alpha, m = symbol(weight), given.noisy.ratio
    proof.declare(name, "random", "moving average of the distances")
    proof.declare(weight, "real", "weight of the past in the moving average")
    now, after = apply(name, T), apply(name, LATER)
    step = proof.define(for_all("t", eq(after, add(mul(alpha, now), mul(sub(ONE, alpha), E_T)))), "the moving average")
    bounds = (proof.assume(lt(ZERO, alpha), "the past counts"), proof.assume(lt(alpha, ONE), "and so does the present"))
    start = proof.assume(for_all("t", eq(expect(mul(apply(name, ZERO), NOISE)), ZERO)), "the average starts without the noise, too")
    run = Running(name, alpha, sub(ONE, alpha), step, start)
    moments = running_moments(proof, given.noisy, run)
    levels = levels_of(given.noisy, run, given.value)
    factor = factored(div(levels[2], given.value))
    begin = {"s": START, "p": substitute(moments.mixed, {"t": ZERO}), "q": substitute(moments.square, {"t": ZERO})}
    case = proof.supposing(conj(given.inside, ne(alpha, m)), "the stable range")
    with proof.inside() as steps:
        small, *apart = _apart(proof, given, alpha, bounds, case.label)
        known = (*bounds, small, *apart, case.label, *given.batch)
        solved = solve_moments(proof, given.noisy, run, given.own, moments, given.value, begin, known)
        gone = (vanishing(proof, m, small), vanishing(proof, alpha, below_one(proof, alpha, *bounds)))
        limits = [proof.step("limit", tends(term, "t", INFINITY, value), closed, *gone, *known, because="let t grow")
                  for term, value, closed in ((SQUARE, given.value, solved.of_state),
                                              (moments.square, mul(factor, given.value), solved.closed))]  # fmt: skip
        limits.append(proof.step("limit", tends(expect(E_T), "t", INFINITY, ZERO), given.centre, gone[0], given.named,
                                 because="the distance has the mean zero in the end"))  # fmt: skip
        both = proof.step("conjunction", conj(*(proof.claims[one] for one in limits)), *limits, because="together")
        given.explicit(proof, both, (given.value, factor), known)
    claim = implies(case.claim, proof.claims[steps[-1].label])
    settles = proof.step("suppose", claim, branches=(proof.branch("inside the stable range", steps, case),),
                         because="the average forgets its start")  # fmt: skip
    state = proof.supposing(given.inside, "the stable range")
    starts = [eq(begin[key], level) for key, level in zip("spq", (given.value, levels[1], mul(factor, given.value)), strict=True)]
    with proof.inside() as steps:
        small, *apart = _apart(proof, given, alpha, bounds, state.label)
        begun = [proof.supposing(one, "the stationary state") for one in starts]
        with proof.inside() as inner:
            constant_moments(proof, given.own, moments, (given.value, levels[1], mul(factor, given.value)),
                             [one.label for one in begun], (*bounds, small, *apart, state.label, *given.batch))  # fmt: skip
        kept = proof.claims[inner[-1].label]
        whole = proof.step("suppose", implies(conj(*starts), kept), branches=(proof.branch("the stationary state", inner, *begun),),
                           because="the moments stay what they are")  # fmt: skip
        given.explicit(proof, whole, (given.value, levels[1], factor), (*bounds, small, *apart, state.label, *given.batch))
    claim = implies(state.claim, proof.claims[steps[-1].label])
    stays = proof.step("suppose", claim, branches=(proof.branch("inside the stable range", steps, state),),
                       because="also where the average forgets at the iteration's own rate")  # fmt: skip
    return settles, stays


def _apart(proof: Proof, given: Setting, alpha: Term, bounds: tuple[str, str], inside: str) -> tuple[str, str, str]:
    """Labels of -1 < m < 1, of 0 < 1 - alpha*m and of 0 < 1 + alpha."""
    m = given.noisy.ratio
    small = small_multiplier(proof, given, inside)
    upper = proof.step("signs", lt(m, ONE), small, because="in particular")
    apart = proof.step("polynomial-implication", lt(ZERO, sub(ONE, mul(alpha, m))), bounds[1], bounds[0], upper,
                       terms=({"premises": (0,)}, {"premises": (1, 2)}), because="a product of numbers below 1")  # fmt: skip
    above = proof.step("polynomial-implication", lt(ZERO, add(ONE, alpha)), bounds[0], terms=({"premises": (0,)}, {}),
                       because="a sum of positive numbers")  # fmt: skip
    return small, apart, above

RESULT = Result(
    id="sgd.moving-average",
    title="The variance of a moving average",
    question="moving-average",
    derive=derive,
    summary="A moving average of the iterates lessens their variance by a factor of its weight and of the multiplier of a step.",
    references=("polyak1992", "mandt2017"),
    order=88,
)
