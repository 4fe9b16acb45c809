"""Least squares by batches: the gradient's noise is proportional to the distance, E e_{t+1}**2 = r*E e_t**2 + b.

A batch of N samples (x_i, y_i), y_i = p*x_i + zeta_i; the loss of a sample is (theta*x_i - y_i)**2/2, so that the mean over
the samples has the curvature E x**2. The fourth moment of the inputs decides how much the batch's curvature fluctuates.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

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
    expect,
    for_all,
    free_symbols,
    le,
    lt,
    mul,
    neg,
    power,
    sub,
    symbol,
    total,
)
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem
from derivations.tactics.affine import Affine
from derivations.tactics.algebra import coefficient_of, derivative, factored, is_zero, tidy
from derivations.tactics.linear import T, declare_problem, minus, one_parameter, plus, updated
from derivations.tactics.proof import Proof

E_T, E_NEXT = apply("e", T), apply("e", add(T, ONE))
SAMPLE, OTHER, SIZE = symbol("i"), symbol("j"), symbol("N")


@dataclass(frozen=True)
class LeastSquares:
    """e_{t+1} = keep*e_t + step*(e_t*Q - R), Q the mean of x_i**2 over the batch and R that of x_i*zeta_i."""

    keep: Term
    step: Term
    curvature: Term
    kurtosis: str
    inputs: str
    noise: str
    label: str
    recurrence: str
    some: str
    spread: str
    convex: tuple[str, ...]

    def x(self, index: Term) -> Term:
        return apply(self.inputs, T, index)

    def zeta(self, index: Term) -> Term:
        return apply(self.noise, T, index)


def fresh(taken: Collection[str], *options: str) -> str:
    """The first of these names that is not taken."""
    return next(name for name in options if name not in taken)


def least_squares(proof: Proof, problem: Problem) -> LeastSquares:
    """The recurrence of the distance from the best parameter, from the problem's own update."""
    loss, name = one_parameter(problem)
    if loss.body is None:
        raise Undecided("multiplicative noise is treated for quadratic losses, those of least squares")
    curvature = tidy(derivative(derivative(loss.body, name), name))
    if name in free_symbols(curvature):
        raise Undecided("multiplicative noise is treated for quadratic losses, those of least squares")
    if (value := exact_value(curvature)) is not None and value <= 0:
        raise Undecided("the curvature of least squares is the mean of the squared inputs, and positive")
    keep, step = _coefficients(problem, name, loss.at[name])
    taken = {name, *loss.constants, *problem.optimizer.hyperparameters}
    options = (("x", "u", "x_in"), ("zeta", "xi"), ("k", "kappa", "k_in"), ("y", "w", "y_in"))
    inputs, noise, kurtosis, label = (fresh(taken, *names) for names in options)
    for variable, domain, meaning in (
        ("t", "natural", ""), ("N", "natural", ""), ("i", "index:N", "sample in the batch"),
        ("j", "index:N", "another sample in the batch"), (name, "random", "parameter after t steps"),
        ("e", "random", "distance from the best parameter"), (inputs, "random", "input of sample i at step t"),
        (noise, "random", "noise of its label"), (label, "random", "its label"),
        ("sigma", "real", "standard deviation of a label's noise"),
        (kurtosis, "real", "fourth moment of the input, over the square of the second"),
    ):  # fmt: skip
        proof.declare(variable, domain, meaning)
    declare_problem(proof, problem, loss)
    some = proof.assume(lt(ZERO, SIZE), "the batch is not empty")
    convex = () if value is not None else (proof.assume(lt(ZERO, curvature), "the inputs are not all zero"),)
    spread = proof.assume(le(ONE, symbol(kurtosis)), "no fourth moment is smaller than the square of the second")
    found = LeastSquares(keep, step, curvature, kurtosis, inputs, noise, label, "", some, spread, convex)
    recurrence = _recurrence(proof, problem, found, name, loss.at[name])
    return LeastSquares(keep, step, curvature, kurtosis, inputs, noise, label, recurrence, some, spread, convex)


def _coefficients(problem: Problem, name: str, point: Term) -> tuple[Term, Term]:
    """(a, c) with update - p = a*(theta - p) + c*gradient. Raises Undecided for an update of another form."""
    now, slope = symbol(name), apply("gradient", T)

    def gradient(at: Term) -> Term:
        if at != symbol(problem.optimizer.parameter):
            raise Undecided("the method takes the gradient elsewhere than at the parameter: its noise is not treated here")
        return slope

    explicit = updated(problem, now, gradient)
    step, rest = coefficient_of(explicit, slope)
    keep, shift = coefficient_of(rest, now)
    if {name} & free_symbols(step):
        raise Undecided("the method's step depends on the parameter")
    if not is_zero(sub(add(mul(keep, point), shift), point)):
        raise Undecided("noise that grows with the distance is treated where the method stays at the best parameter")
    return keep, step


def _recurrence(proof: Proof, problem: Problem, m: LeastSquares, name: str, point: Term) -> str:
    """The label of e_{t+1} = a*e_t + c*(e_t*Q - R)."""
    x, y, zeta = m.x(SAMPLE), apply(m.label, T, SAMPLE), m.zeta(SAMPLE)
    labels = proof.define(for_all("t", for_all("i", eq(y, plus(_times(point, x), zeta)))), "a label: the best prediction and noise")
    now, after = apply(name, T), apply(name, add(T, ONE))

    def gradient(at: Term) -> Term:
        return div(total("i", ONE, SIZE, mul(sub(mul(at, x), y), x)), SIZE)

    sample = div(power(sub(mul(symbol(name), x), y), 2), TWO)
    step = proof.define(for_all("t", eq(after, updated(problem, now, gradient))),
                        "one step, with the gradient of the batch's mean of ", sample)  # fmt: skip
    error = proof.define(for_all("t", eq(E_T, minus(now, point))), "the distance from the best parameter")
    later = proof.step("instantiate", eq(E_NEXT, minus(after, point)), error, values={"t": add(T, ONE)},
                       because="the distance one step later")  # fmt: skip
    before = proof.step("identity", eq(now, plus(point, E_T)), error, because="the parameter in terms of its distance")
    claim = eq(E_NEXT, add(_times(m.keep, E_T), mul(m.step, sub(mul(E_T, _batch(power(x, 2))), _batch(mul(x, zeta))))))
    return proof.step("finite-sum", claim, later, step, labels, before, m.some,
                      because="the recurrence of the distance: the batch has a curvature of its own")  # fmt: skip


def _times(factor: Term, term: Term) -> Term:
    return ZERO if factor == ZERO else term if factor == ONE else mul(factor, term)


def _batch(term: Term) -> Term:
    return div(total("i", ONE, SIZE, term), SIZE)


def _pairs(term: Term) -> Term:
    return div(total("i", ONE, SIZE, total("j", ONE, SIZE, term)), power(SIZE, 2))


def mean_recurrence(proof: Proof, m: LeastSquares) -> tuple[str, Term]:
    """The label of E e_{t+1} = (a + c*curvature)*E e_t, and that factor."""
    x, zeta, mean = m.x(SAMPLE), m.zeta(SAMPLE), expect(E_T)
    apart = proof.assume(for_all("t", for_all("i", eq(expect(mul(E_T, power(x, 2))), mul(mean, expect(power(x, 2)))))),
                         "a step's samples are independent of the distance, which depends on earlier ones")  # fmt: skip
    second = proof.assume(for_all("t", for_all("i", eq(expect(power(x, 2)), m.curvature))), "the curvature")
    zero = proof.assume(for_all("t", for_all("i", eq(expect(mul(x, zeta)), ZERO))), "a label's noise has mean zero for every input")
    opened = add(_times(m.keep, mean), mul(m.step, sub(_batch(expect(mul(E_T, power(x, 2)))), _batch(expect(mul(x, zeta))))))
    first = proof.step("expectation", eq(expect(E_NEXT), opened), m.recurrence, m.some, because="take expectations")
    split = add(_times(m.keep, mean), mul(m.step, sub(_batch(mul(mean, expect(power(x, 2)))), _batch(ZERO))))
    parted = proof.step("rewrite", eq(expect(E_NEXT), split), first, apart, zero, because="samples are independent of the state")
    factor = tidy(add(m.keep, mul(m.step, m.curvature)))
    known = add(_times(m.keep, mean), mul(m.step, sub(_batch(mul(mean, m.curvature)), _batch(ZERO))))
    inserted = proof.step("rewrite", eq(expect(E_NEXT), known), parted, second, because="insert the second moment")
    claim = eq(expect(E_NEXT), mul(factor, mean))
    return proof.step("expectation", claim, inserted, m.some, because="N equal terms"), factor


def second_moment(proof: Proof, m: LeastSquares) -> Affine:
    """E e_{t+1}**2 = ratio*E e_t**2 + source, from the moments of the samples."""
    x, z, u, w, square = m.x(SAMPLE), m.zeta(SAMPLE), m.x(OTHER), m.zeta(OTHER), expect(power(E_T, 2))
    delta, k, sigma = Term("Delta", (SAMPLE, OTHER)), symbol(m.kurtosis), power(symbol("sigma"), 2)

    def law(left: Term, right: Term, *reason: str) -> str:
        names = ("t", "i", "j") if "j" in free_symbols(left) else ("t", "i")
        claim = eq(left, right)
        for name in reversed(names):
            claim = for_all(name, claim)
        return next((h.label for h in proof.hypotheses if h.claim == claim), None) or proof.assume(claim, *reason)

    one, two = power(x, 2), mul(power(x, 2), power(u, 2))
    moments = [expect(mul(power(E_T, 2), one)), expect(mul(E_T, x, z)), expect(mul(power(E_T, 2), two)),
               expect(mul(E_T, one, u, w)), expect(mul(x, z, u, w))]  # fmt: skip
    parted = [mul(square, expect(one)), ZERO, mul(square, expect(two)), ZERO, mul(delta, m.curvature, sigma)]
    fourth = mul(add(ONE, mul(sub(k, ONE), delta)), power(m.curvature, 2))
    values = [mul(square, m.curvature), ZERO, mul(square, fourth), ZERO, parted[4]]
    reasons = ("its square is as independent of them", "a label's noise is independent of inputs and distance",
               "likewise for two samples", "likewise for two samples",
               "labels' noises are uncorrelated and independent of the inputs")  # fmt: skip
    apart = [law(left, right, reason) for left, right, reason in zip(moments, parted, reasons, strict=True)]
    second = law(expect(one), m.curvature)
    fourths = law(expect(two), fourth, "the fourth moment of an input; different samples are independent")

    def written(parts: list[Term]) -> Term:
        a, c = m.keep, m.step
        single, mixed, double, other, noise = parts
        return add(mul(power(a, 2), square), mul(TWO, a, c, sub(_batch(single), _batch(mixed))),
                   mul(power(c, 2), add(sub(_pairs(double), mul(TWO, _pairs(other))), _pairs(noise))))  # fmt: skip

    after = expect(power(E_NEXT, 2))
    opened = proof.step("expectation", eq(after, written(moments)), m.recurrence, m.some, because="square it: double sums")
    split = proof.step("rewrite", eq(after, written(parted)), opened, *apart, because="the samples are independent of the state")
    inserted = proof.step("rewrite", eq(after, written(values)), split, second, fourths, because="insert the samples' moments")
    a, c, lam = m.keep, m.step, m.curvature
    ratio = _ratio(a, c, lam, k)
    source = tidy(div(mul(power(c, 2), sigma, lam), SIZE))
    recurrence = proof.step("expectation", eq(after, add(mul(ratio, square), source)), inserted, m.some,
                            because="Kronecker's delta leaves N equal terms of N**2")  # fmt: skip
    terms = ({"premises": (0,), "square": add(a, mul(c, lam))}, {"premises": (1,), "square": mul(c, lam)})
    positive = proof.step("polynomial-implication", le(ZERO, ratio), m.some, m.spread, terms=terms, multiplier=SIZE,
                          because="the squared mean factor, and what the inputs' spread adds")  # fmt: skip
    ranges = [h.label for h in proof.hypotheses if h.claim.head in ("Lt", "Le", "Gt", "Ge")]
    return Affine(square, ratio, source, recurrence, positive, tuple(ranges))


def _ratio(a: Term, c: Term, lam: Term, k: Term) -> Term:
    """a**2 + 2*a*c*lam + c**2*lam**2*(1 + (k - 1)/N), the mean part in powers of the step."""
    mean = tidy(add(power(a, 2), mul(TWO, a, c, lam)))
    return add(mean, mul(factored(mul(power(c, 2), power(lam, 2))), add(ONE, div(sub(k, ONE), SIZE))))


def squared_mean_below(proof: Proof, m: LeastSquares, factor: Term, below: str) -> str:
    """-1 < a + c*curvature < 1 where the factor of the second moment is below 1."""
    terms = ({"premises": (0, 1)}, {"premises": (2,), "square": mul(m.step, m.curvature)})
    label = proof.step("polynomial-implication", lt(power(factor, 2), ONE), m.some, below, m.spread, terms=terms, multiplier=SIZE,
                       because="the square of a mean is no larger than the mean of the squares")  # fmt: skip
    sides = []
    for claim, root in ((lt(neg(ONE), factor), add(ONE, factor)), (lt(factor, ONE), sub(ONE, factor))):
        half = ({"premises": (0,)}, {"square": root})
        sides.append(proof.step("polynomial-implication", claim, label, terms=half, multiplier=TWO,
                                because="twice the gap is what the square leaves and a square"))  # fmt: skip
    return proof.step("conjunction", conj(*(proof.claims[one] for one in sides)), *sides, because="together")
