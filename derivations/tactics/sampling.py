"""A batch drawn without replacement: the noise of all samples adds up to nothing, so that two of them are correlated.

At each step the data set of D samples is put into a random order; xi(t, i) is the noise of the one that comes i-th, and the
weights w(i), 1 or 0, say which places make up the batch of N.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof

NOISE, S = apply("eps", T), symbol("s")
PLACE, OTHER = symbol("i"), symbol("j")


@dataclass(frozen=True)
class Sampled:
    """Names of the data set's size, of the weights and of the covariance of two samples; labels of what is known of them."""

    size: Term
    batch: Term
    weight: str
    covariance: Term
    whole: str
    bounds: tuple[str, ...]
    moments: str
    mean_of: str

    def over(self, name: str, body: Term) -> Term:
        """The sum over the whole data set."""
        return total(name, ONE, self.size, body)

    def noise(self, step: Term, place: Term) -> Term:
        return apply("xi", step, place)


def delta(one: Term, other: Term) -> Term:
    return Term("Delta", (one, other))


def sampled_noise(proof: Proof, problem: Problem, sigma: Term) -> tuple[str, str, str, Term]:
    """Labels of E eps_t = 0, E eps_s eps_t = delta_st*v, E e_0 eps_t = 0, and v = sigma**2/N*(D - N)/(D - 1)."""
    drawn = _drawn(proof, problem, sigma)
    one, start = drawn.noise(T, PLACE), apply("e", ZERO)
    zero = proof.assume(for_all("t", for_all("i", eq(expect(one), ZERO))), "each sample's noise has mean zero")
    apart = proof.assume(for_all("t", for_all("i", eq(expect(mul(start, one)), ZERO))), "and is uncorrelated with the start")
    mean = _vanishing(proof, drawn, NOISE, one, zero)
    at_start = _vanishing(proof, drawn, mul(start, NOISE), mul(start, one), apart)
    return mean, batch_moments(proof, drawn, sigma), at_start, batch_variance(drawn, sigma)


def batch_variance(drawn: Sampled, sigma: Term) -> Term:
    return div(mul(sigma, sub(drawn.size, drawn.batch)), mul(drawn.batch, sub(drawn.size, ONE)))


def _drawn(proof: Proof, problem: Problem, sigma: Term) -> Sampled:
    """The names, definitions and hypotheses of the sampling."""
    taken = {*problem.loss.parameters, *problem.loss.constants, *problem.optimizer.hyperparameters}
    size, weight, covariance = (fresh(taken, *names) for names in (("D", "D_all"), ("w", "w_in"), ("c", "c_two")))
    rows = (("t", "natural", ""), ("s", "natural", "another step"), ("N", "natural", ""), (size, "natural", "number of samples"),
            ("i", f"index:{size}", "place in the order of a step"), ("j", f"index:{size}", "another place"),
            ("xi", "random", "noise of the gradient of the sample in place i at step t"),
            (weight, "family", "1 for the places that make up the batch, else 0"),
            (covariance, "real", "covariance of the noise of two samples"))  # fmt: skip
    for name, domain, meaning in rows:
        proof.declare(name, domain, meaning)
    many, few, c, w = symbol(size), symbol("N"), symbol(covariance), apply(weight, PLACE)
    one = apply("xi", T, PLACE)
    mean_of = proof.define(for_all("t", eq(NOISE, div(total("i", ONE, many, mul(w, one)), few))), "the mean over the batch")
    bounds = (proof.assume(lt(ZERO, few), "the batch is not empty"), proof.assume(lt(few, many), "nor is it the whole data set"),
              proof.assume(lt(ONE, many), "which has several samples"))  # fmt: skip
    proof.assume(for_all("i", eq(power(w, 2), w)), "each weight is 0 or 1")
    proof.assume(eq(total("i", ONE, many, w), few), "N of them are 1")
    whole = proof.assume(for_all("t", eq(total("i", ONE, many, one), ZERO)), "over the whole data set the noise adds up to nothing")
    product = expect(mul(apply("xi", S, PLACE), apply("xi", T, OTHER)))
    same = delta(PLACE, OTHER)
    claim = eq(product, mul(delta(S, T), add(mul(same, sigma), mul(sub(ONE, same), c))))
    for name in ("j", "i", "t", "s"):
        claim = for_all(name, claim)
    moments = proof.assume(claim, "all orders are equally likely: all samples have one variance and all pairs one covariance; "
                                  "the steps are independent")  # fmt: skip
    return Sampled(many, few, weight, c, whole, bounds, moments, mean_of)


def _vanishing(proof: Proof, drawn: Sampled, of: Term, one: Term, zero: str) -> str:
    """∀t E of = 0, from the vanishing of each sample's part."""
    weight = apply(drawn.weight, PLACE)
    opened = eq(expect(of), div(drawn.over("i", mul(weight, expect(one))), drawn.batch))
    first = proof.step("expectation", opened, drawn.mean_of, *drawn.bounds, because="the expectation is linear")
    none = eq(expect(of), div(drawn.over("i", mul(weight, ZERO)), drawn.batch))
    second = proof.step("rewrite", none, first, zero, because="each part has mean zero")
    claim = eq(expect(of), ZERO)
    label = proof.step("expectation", claim, second, *drawn.bounds, because="nothing is left")
    return proof.step("generalise", for_all("t", claim), label, because="the step was arbitrary")


def pair_covariance(proof: Proof, drawn: Sampled, sigma: Term) -> str:
    """c = -sigma**2/(D - 1): the square of a sum that is nothing has D squares and D*(D - 1) products."""
    one, two = drawn.noise(T, PLACE), drawn.noise(T, OTHER)
    both = expect(power(drawn.over("i", one), 2))
    opened = eq(both, drawn.over("i", drawn.over("j", expect(mul(one, two)))))
    first = proof.step("expectation", opened, because="the square of the sum as a double sum")
    same = delta(PLACE, OTHER)
    inner = mul(delta(T, T), add(mul(same, sigma), mul(sub(ONE, same), drawn.covariance)))
    filled = eq(both, drawn.over("i", drawn.over("j", inner)))
    second = proof.step("rewrite", filled, first, drawn.moments, because="insert the moments")
    size = drawn.size
    counted = eq(both, add(mul(size, sigma), mul(size, sub(size, ONE), drawn.covariance)))
    third = proof.step("expectation", counted, second, because="D squares, and D*(D - 1) products")
    nothing = proof.step("expectation", eq(both, ZERO), drawn.whole, because="but the sum is nothing")
    zero = eq(add(mul(size, sigma), mul(size, sub(size, ONE), drawn.covariance)), ZERO)
    fourth = proof.step("rewrite", zero, nothing, third, because="so these add up to nothing")
    claim = eq(drawn.covariance, neg(div(sigma, sub(size, ONE))))
    return proof.step("signs", claim, fourth, *drawn.bounds, because="solve for the covariance")


def covariance_step(proof: Proof) -> str:
    """The label of the step that gives the covariance of two samples."""
    return next(step.label for step in proof.steps if step.claim.head == "Eq" and step.claim.args[0].head == "Symbol")


def batch_moments(proof: Proof, drawn: Sampled, sigma: Term) -> str:
    """∀s ∀t E eps_s*eps_t = delta_st*v."""
    pair = pair_covariance(proof, drawn, sigma)
    w, v, few = apply(drawn.weight, PLACE), apply(drawn.weight, OTHER), drawn.batch
    binary, count = (next(h for h in proof.hypotheses if h.claim == claim)
                     for claim in (for_all("i", eq(power(w, 2), w)), eq(drawn.over("i", w), few)))  # fmt: skip
    squares = proof.step("rewrite", eq(drawn.over("i", power(w, 2)), drawn.over("i", w)), binary.label, equation=ONE,
                         because="weights are their own squares")  # fmt: skip
    many = proof.step("rewrite", eq(drawn.over("i", power(w, 2)), few), squares, count.label,
                      because="so the squares add up to N, too")  # fmt: skip
    at_s = substitute(proof.claims[drawn.mean_of].args[1], {"t": S})
    other = proof.step("instantiate", at_s, drawn.mean_of, values={"t": S}, because="likewise at step s")
    both = expect(mul(apply("eps", S), NOISE))

    def doubled(inner: Term) -> Term:
        return eq(both, div(drawn.over("i", drawn.over("j", mul(w, v, inner))), power(few, 2)))

    product = expect(mul(drawn.noise(S, PLACE), drawn.noise(T, OTHER)))
    first = proof.step("expectation", doubled(product), drawn.mean_of, other, *drawn.bounds,
                       because="the expectation is linear: a double sum")  # fmt: skip
    same = delta(PLACE, OTHER)
    moments = mul(delta(S, T), add(mul(same, sigma), mul(sub(ONE, same), drawn.covariance)))
    second = proof.step("rewrite", doubled(moments), first, drawn.moments, because="insert the moments")
    result = eq(both, mul(delta(S, T), batch_variance(drawn, sigma)))
    third = proof.step("expectation", result, second, many, count.label, pair, *drawn.bounds,
                       because="N squares, and N*(N - 1) products with the covariance found")  # fmt: skip
    return proof.step("generalise", for_all("s", for_all("t", result)), third, because="the steps were arbitrary")
