"""Mean and second moment of a noisy affine iteration: recurrences, closed forms, limits.

The update is affine in the gradient, the gradient carries noise that is uncorrelated over time and with the start. That the
noise is uncorrelated with the state is a lemma by induction, not a hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    expect,
    for_all,
    free_symbols,
    lt,
    mul,
    neg,
    power,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.losses import Loss
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, derivative, is_zero, tidy
from derivations.tactics.linear import (
    T,
    closed_form,
    declare_problem,
    derivative_instances,
    fixed_point,
    gradient_steps,
    minus,
    one_parameter,
    plus,
    require_critical,
    updated,
)
from derivations.tactics.proof import Proof

E_T, E_NEXT, NOISE = apply("e", T), apply("e", add(T, ONE)), apply("eps", T)


@dataclass(frozen=True)
class Noisy:
    """e_{t+1} = ratio*e_t - gain*eps_t, and the labels of the noise's moments; ``power_of`` is E eps_t**2."""

    ratio: Term
    gain: Term
    point: Term
    recurrence: str
    no_mean: str
    moments: str
    uncorrelated_start: str
    variance: Term
    rate: str


Moments = Callable[[Proof, Problem], tuple[str, str, str, Term]]


def noisy_recurrence(proof: Proof, problem: Problem, moments: Moments | None = None) -> Noisy:
    """The error's recurrence with noise in the gradient, from the problem's own update; ``moments`` says what is known of it."""
    known = moments or noise_moments
    loss, name = one_parameter(problem)
    proof.declare("t", "natural")
    proof.declare("s", "natural", "another step")
    proof.declare(name, "random", "parameter after t steps")
    proof.declare("eps", "random", "noise of the gradient at step t")
    proof.declare("e", "random", "distance from the fixed point after t steps")
    declare_problem(proof, problem, loss)
    labels, gradient = gradient_steps(proof, loss, 1)
    if gradient is not None:
        require_critical(loss, gradient)
    if gradient is None or not _is_affine(gradient, name):
        return _linearised(proof, problem, loss, labels, gradient, known)
    noise = known(proof, problem)
    now, after = apply(name, T), apply(name, add(T, ONE))
    noisy = updated(problem, now, lambda x: add(Term("Derivative", ("L", (1,), x)), NOISE))
    step = proof.define(for_all("t", eq(after, noisy)), "one step, the gradient carrying noise")
    explicit = updated(problem, now, lambda x: add(substitute(gradient, {name: x}), NOISE))
    instances = derivative_instances(proof, labels[1], name, gradient, [noisy])
    update = proof.step("identity", eq(after, explicit), step, *instances, because="insert it into the update")
    gain = tidy(neg(coefficient_of(explicit, NOISE)[0]))
    ratio, rest = coefficient_of(explicit, now)
    shift = tidy(add(rest, mul(gain, NOISE)))
    point, conditions = fixed_point(proof, loss, ratio, shift)
    error = proof.define(for_all("t", eq(E_T, minus(now, point))), "the distance from the fixed point")
    later = proof.step(
        "instantiate",
        eq(E_NEXT, minus(after, point)),
        error,
        values={"t": add(T, ONE)},
        because="the distance one step later",
    )
    before = proof.step(
        "identity", eq(now, plus(point, E_T)), error, *conditions, because="the parameter in terms of its distance"
    )
    claim = eq(E_NEXT, sub(mul(ratio, E_T), mul(gain, NOISE)))
    recurrence = proof.step(
        "identity", claim, later, update, before, *conditions, because="the recurrence of the distance"
    )
    rate = next(iter(problem.optimizer.hyperparameters), "")
    return Noisy(ratio, gain, point, recurrence, *noise, rate)


def _is_affine(gradient: Term, name: str) -> bool:
    try:
        coefficient_of(gradient, symbol(name))
    except Undecided:
        return False
    return True


def _linearised(proof: Proof, problem: Problem, loss: Loss, labels: dict[int, str], gradient: Term | None,
                moments: Moments) -> Noisy:  # fmt: skip
    """The noisy iteration with its gradient expanded to first order at the point."""
    (name,) = loss.parameters
    point = loss.at[name]
    if not is_zero(sub(updated(problem, point, lambda at: ZERO), point)):
        raise Undecided("the method does not stay at the critical point of this loss, which is not quadratic")
    second = Term("Derivative", ("L", (2,), point))
    known = []
    if gradient is None:
        for free in free_symbols(point):
            proof.declare(free, "real")
        proof.declare("lam", "real")
        proof.assume(eq(Term("Derivative", ("L", (1,), point)), ZERO), "it is a critical point")
        curvature: Term = symbol("lam")
        known.append(proof.define(eq(curvature, second), "the curvature"))
    else:
        curvature = tidy(substitute(derivative(gradient, name), loss.at))
        known.append(proof.step("derivative", eq(second, curvature), labels[1], because="the curvature at the point"))
    noise = moments(proof, problem)
    proof.variables.pop((name, True), None)
    rule = updated(problem, E_T, lambda at: add(mul(second, at), NOISE))
    step = proof.define(for_all("t", eq(E_NEXT, rule)), "the distance, the gradient expanded to first order at the point")
    moved = updated(problem, E_T, lambda at: add(mul(curvature, at), NOISE))
    gain = tidy(neg(coefficient_of(moved, NOISE)[0]))
    ratio = coefficient_of(moved, E_T)[0]
    claim = eq(E_NEXT, sub(mul(ratio, E_T), mul(gain, NOISE)))
    recurrence = proof.step("identity", claim, step, *known, because="the recurrence of the distance")
    rate = next(iter(problem.optimizer.hyperparameters), "")
    return Noisy(ratio, gain, point, recurrence, *noise, rate)


def noise_moments(proof: Proof, problem: Problem) -> tuple[str, str, str, Term]:
    """Labels of E eps_t = 0, E eps_s eps_t = delta_st*variance, E e_0 eps_t = 0; and the variance of a step's noise."""
    s, sigma = symbol("s"), power(symbol("sigma"), 2)
    proof.declare("sigma", "real")
    if problem.noise == "additive":
        mean = proof.assume(for_all("t", eq(expect(NOISE), ZERO)), "the noise has mean zero")
        product = expect(mul(apply("eps", s), NOISE))
        claim = for_all("s", for_all("t", eq(product, mul(Term("Delta", (s, T)), sigma))))
        moments = proof.assume(claim, "it is uncorrelated over time, with variance ", sigma)
        start = proof.assume(
            for_all("t", eq(expect(mul(apply("e", ZERO), NOISE)), ZERO)), "and uncorrelated with the start"
        )
        return mean, moments, start, sigma
    if problem.noise == "without-replacement" and len(problem.optimizer.state) == 1:
        from derivations.tactics.sampling import sampled_noise  # which needs this module's names

        return sampled_noise(proof, problem, sigma)
    if problem.noise != "minibatch":
        raise Undecided(f"noise of the kind {problem.noise!r} has results of its own")
    return _batch_noise(proof, sigma)


def _batch_noise(proof: Proof, sigma: Term) -> tuple[str, str, str, Term]:
    """The noise of a mini-batch is the mean of its samples' noise: E eps_s eps_t = delta_st*sigma**2/N."""
    size, s, i, j = symbol("N"), symbol("s"), symbol("i"), symbol("j")
    proof.declare("N", "natural")
    proof.declare("i", "index:N", "sample in the batch")
    proof.declare("j", "index:N", "another sample in the batch")
    proof.declare("xi", "random", "noise of the gradient of sample i at step t")
    one = apply("xi", T, i)
    whole = div(total("i", ONE, size, one), size)
    mean_of = proof.define(for_all("t", eq(NOISE, whole)), "the mean over the batch")
    some = proof.assume(lt(ZERO, size), "the batch is not empty")
    zero = proof.assume(for_all("t", for_all("i", eq(expect(one), ZERO))), "each sample's noise has mean zero")
    product = expect(mul(apply("xi", s, i), apply("xi", T, j)))
    deltas = mul(Term("Delta", (s, T)), Term("Delta", (i, j)), sigma)
    claim = for_all("s", for_all("t", for_all("i", for_all("j", eq(product, deltas)))))
    pairs = proof.assume(claim, "different samples and different steps are uncorrelated, each with variance ", sigma)
    at_start = expect(mul(apply("e", ZERO), one))
    apart = proof.assume(for_all("t", for_all("i", eq(at_start, ZERO))), "and uncorrelated with the start")
    mean = averaged(proof, expect(NOISE), expect(one), mean_of, zero, some)
    start = averaged(proof, expect(mul(apply("e", ZERO), NOISE)), at_start, mean_of, apart, some)
    other = proof.step(
        "instantiate",
        eq(apply("eps", s), substitute(whole, {"t": s})),
        mean_of,
        values={"t": s},
        because="likewise at step s",
    )
    both = expect(mul(apply("eps", s), NOISE))
    doubled = div(total("i", ONE, size, total("j", ONE, size, product)), power(size, 2))
    opened = proof.step(
        "expectation", eq(both, doubled), mean_of, other, some, because="the expectation is linear: a double sum"
    )
    inserted = div(total("i", ONE, size, total("j", ONE, size, deltas)), power(size, 2))
    with_deltas = proof.step(
        "rewrite", eq(both, inserted), opened, pairs, because="only equal samples at equal steps contribute"
    )
    variance = div(sigma, size)
    result = eq(both, mul(Term("Delta", (s, T)), variance))
    summed = proof.step(
        "expectation",
        result,
        with_deltas,
        some,
        because="Kronecker's delta leaves one of the two sums, with N equal terms",
    )
    every = proof.step("generalise", for_all("s", for_all("t", result)), summed, because="the steps were arbitrary")
    return mean, every, start, variance


def averaged(proof: Proof, left: Term, inner: Term, mean_of: str, zero: str, some: str) -> str:
    """∀t left = 0, left being the mean over the batch of what vanishes for each sample."""
    size = symbol("N")
    opened = eq(left, div(total("i", ONE, size, inner), size))
    label = proof.step("expectation", opened, mean_of, some, because="the expectation is linear")
    vanishing = proof.step("rewrite", eq(left, ZERO), label, zero, because="each term vanishes")
    return proof.step("generalise", for_all("t", eq(left, ZERO)), vanishing, because="the step was arbitrary")


def mean_and_lemma(proof: Proof, noisy: Noisy) -> tuple[str, str]:
    """Labels of ∀t E e_t = m**t*E e_0, and of E e_t eps_t = 0."""
    m = noisy.ratio
    mean = proof.step("expectation", eq(expect(E_NEXT), mul(m, expect(E_T))), noisy.recurrence, noisy.no_mean,
                      because="take expectations: the noise has mean zero")  # fmt: skip
    closed = closed_form(proof, mean, expect(E_T), m, expect(apply("e", ZERO)), [])
    return closed, _uncorrelated(proof, noisy)


def _uncorrelated(proof: Proof, noisy: Noisy) -> str:
    """E e_t eps_{t+k} = 0 for all t and k, by induction on t; hence E e_t eps_t = 0."""
    proof.declare("k", "natural", "a number of steps ahead")
    k = symbol("k")
    claim = for_all("k", eq(expect(mul(E_T, apply("eps", add(T, k)))), ZERO))
    with proof.inside() as base:
        start = eq(expect(mul(apply("e", ZERO), apply("eps", k))), ZERO)
        label = proof.step(
            "instantiate",
            start,
            noisy.uncorrelated_start,
            values={"t": k},
            because="the start is uncorrelated with the noise",
        )
        proof.step("generalise", for_all("k", start), label, because="at every step")
    hypothesis = proof.supposing(claim, "the claim for t")
    later = add(T, ONE, k)
    with proof.inside() as step:
        before = eq(expect(mul(E_T, apply("eps", later))), ZERO)
        known = proof.step(
            "instantiate",
            before,
            hypothesis.label,
            values={"k": add(k, ONE)},
            because="the claim for t, one step further ahead",
        )
        pair = eq(expect(mul(NOISE, apply("eps", later))), mul(Term("Delta", (T, later)), noisy.variance))
        apart = proof.step(
            "instantiate", pair, noisy.moments, values={"s": T, "t": later}, because="the noise of different steps"
        )
        goal = eq(expect(mul(E_NEXT, apply("eps", later))), ZERO)
        reached = proof.step("expectation", goal, noisy.recurrence, known, apart, *batch_premise(proof),
                             because="insert the recurrence; the steps differ, so Kronecker's delta is 0")  # fmt: skip
        proof.step("generalise", for_all("k", goal), reached, because="k was arbitrary")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    lemma = proof.step(
        "induction", for_all("t", claim), branches=branches, because="the state depends on earlier noise only"
    )
    return proof.step(
        "instantiate", eq(expect(mul(E_T, NOISE)), ZERO), lemma, values={"t": T, "k": ZERO}, because="in particular"
    )


def batch_premise(proof: Proof) -> tuple[str, ...]:
    """The premises about the size of the batch, if there is one: it is not empty, nor, without replacement, everything."""
    size = next((row.domain.removeprefix("index:") for row in proof.variables.values() if row.domain.startswith("index:")), "N")
    claims = {lt(ZERO, symbol("N")), lt(symbol("N"), symbol(size)), lt(ONE, symbol(size))}
    return tuple(item.label for item in proof.hypotheses if item.claim in claims)


def second_moment(proof: Proof, noisy: Noisy, lemma: str) -> tuple[str, str]:
    """Labels of E e_{t+1}**2 = m**2*E e_t**2 + c**2*v, and of its solution as a finite geometric sum."""
    m, c, v = noisy.ratio, noisy.gain, noisy.variance
    square, after = expect(power(E_T, 2)), expect(power(E_NEXT, 2))
    pair = eq(expect(power(NOISE, 2)), v)
    own = proof.step("instantiate", pair, noisy.moments, values={"s": T, "t": T}, because="the noise of one step")
    claim = eq(after, add(mul(power(m, 2), square), mul(power(c, 2), v)))
    recurrence = proof.step("expectation", claim, noisy.recurrence, lemma, own, *batch_premise(proof),
                            because="square the recurrence: the cross term vanishes")  # fmt: skip
    ratio, start = power(m, 2), expect(power(apply("e", ZERO), 2))
    s = symbol("s")
    powers = total("s", ZERO, sub(T, ONE), power(ratio, s))
    solution = eq(square, add(mul(power(ratio, T), start), mul(power(c, 2), v, powers)))
    with proof.inside() as base:
        proof.step("expectation", substitute(solution, {"t": ZERO}), *batch_premise(proof), because="the sum is empty")
    hypothesis = proof.supposing(solution, "the claim for t")
    with proof.inside() as step:
        longer = total("s", ZERO, T, power(ratio, s))
        shifted = total("s", ZERO, sub(T, ONE), power(ratio, add(s, ONE)))
        split = proof.step(
            "sum-split", eq(longer, add(power(ratio, ZERO), shifted)), because="split off the first term"
        )
        goal = eq(after, add(mul(power(ratio, add(T, ONE)), start), mul(power(c, 2), v, longer)))
        proof.step(
            "expectation", goal, recurrence, hypothesis.label, split, *batch_premise(proof), because="insert the claim for t"
        )
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return recurrence, proof.step(
        "induction", for_all("t", solution), branches=branches, because="unroll the recurrence"
    )
