"""Any number of parameters: the noisy recurrences along two eigenvectors of the Hessian, from sums over all coordinates."""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.formulas import strip
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    expect,
    for_all,
    mul,
    sub,
    substitute,
    symbol,
    total,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, is_zero, tidy
from derivations.tactics.linear import T, flat, refuse_nested_gradient, replace_calls
from derivations.tactics.proof import Proof
from derivations.tactics.spectral_covariance import LATER, Line, S, Two, shifted

II, J, K, ELL, N = (symbol(name) for name in ("i", "j", "k", "l", "n"))


def _sum(index: str, body: Term) -> Term:
    return total(index, ONE, N, body)


def family(proof: Proof, problem: Problem) -> Two:
    """n parameters: the recurrences along eigenvectors i and j, and the moments of the noise there."""
    name = _declare(proof, problem)
    star = f"{name}_star"

    def error(t: Term, k: Term) -> Term:
        return sub(apply(name, t, k), apply(star, k))

    inside = _sum("j", mul(apply("H", K, J), error(T, J)))
    gradient = proof.define(for_all("t", for_all("k", eq(apply("g", T, K), inside))), "the gradient of a quadratic loss")
    noisy = add(apply("g", T, K), apply("eps", T, K))
    step = proof.define(for_all("t", for_all("k", eq(apply(name, LATER, K), _update(problem, apply(name, T, K), noisy)))),
                        "one step of the method, the gradient carrying noise")  # fmt: skip
    defined = proof.define(for_all("t", for_all("i", eq(apply("c", T, II), _along(error(T, K))))), "coordinates in the eigenbasis")
    noise = proof.define(for_all("t", for_all("i", eq(apply("xi", T, II), _along(apply("eps", T, K))))), "the noise along them")
    recurrence, ratio, gain = _decoupled(proof, problem, (gradient, step, defined, noise), error)
    no_mean, moments, starts = _noise(proof, name, defined, noise)

    def line(index: Term) -> Line:
        there = {"i": index}
        label = recurrence if index == II else proof.step(
            "instantiate", substitute(strip(proof.claims[recurrence])[1], there), recurrence, values={"t": T, **there},
            because="likewise in the other direction")  # fmt: skip
        return Line(apply("c", T, index), apply("xi", T, index), substitute(ratio, there), gain, label, no_mean)

    return Two(line(II), line(J), starts, moments, apply("C", II, J))


def _along(body: Term) -> Term:
    """The component along eigenvector i."""
    return _sum("k", mul(apply("v", II, K), body))


def _declare(proof: Proof, problem: Problem) -> str:
    hyper = problem.optimizer.hyperparameters
    if len(problem.optimizer.state) != 1:
        raise Undecided(f"{problem.optimizer.name} has memory; in n dimensions only methods without memory are treated here so far")
    proof.declare("n", "natural")
    proof.declare("t", "natural")
    proof.declare("s", "natural", "another step")
    for index, words in (("i", "eigen-direction"), ("j", "eigen-direction"), ("k", "coordinate"), ("l", "coordinate")):
        proof.declare(index, f"index:{N.args[0]}", words)
    name = problem.optimizer.parameter
    for random, words in (
        (name, "parameter k after t steps"), ("g", "component k of the gradient after t steps"),
        ("eps", "component k of the gradient's noise at step t"),
        ("c", "coordinate of the error along eigenvector i after t steps"),
        ("xi", "noise of the gradient along eigenvector i at step t"),
    ):  # fmt: skip
        proof.declare(random, "random", words)
    for given, words in (
        (f"{name}_star", "the minimum"), ("H", "Hessian"), ("v", "component k of eigenvector i"),
        ("lam", "eigenvalue of the Hessian"),
        ("R", "covariance of the noise's components"), ("C", "covariance of the noise in the eigenbasis"),
    ):  # fmt: skip
        proof.declare(given, "family", words)
    for one, claim in hyper.items():
        proof.declare(one, "real")
        if claim != TRUE:
            proof.assume(claim, "the range of a hyperparameter")
    return name


def _update(problem: Problem, value: Term, gradient: Term) -> Term:
    refuse_nested_gradient(problem.optimizer)
    name = problem.optimizer.parameter
    return flat(substitute(replace_calls(problem.optimizer.update[name], "grad", lambda at: gradient), {name: value}))


def _decoupled(
    proof: Proof, problem: Problem, labels: tuple[str, str, str, str], error: Callable[[Term, Term], Term]
) -> tuple[str, Term, Term]:
    """∀t∀i c_i(t+1) = m_i*c_i(t) + gain*xi_i(t): exchange the sums, use the symmetry and the eigenvector, collect."""
    gradient, step, defined, noise = labels
    z, weight = symbol("z"), symbol("weight")
    gain = coefficient_of(_update(problem, ZERO, weight), weight)[0]
    if not is_zero(sub(_update(problem, z, weight), add(z, mul(gain, weight)))):
        raise Undecided(f"{problem.optimizer.name}: only plain gradient steps are treated in n dimensions so far")
    symmetric = proof.assume(for_all("i", for_all("j", eq(apply("H", II, J), apply("H", J, II)))), "second derivatives commute")
    product = _sum("l", mul(apply("H", J, ELL), apply("v", II, ELL)))
    stretched = mul(apply("lam", II), apply("v", II, J))
    eigen = proof.assume(for_all("i", for_all("j", eq(product, stretched))), "eigenvectors of the Hessian")
    column = _sum("l", mul(apply("H", ELL, J), apply("v", II, ELL)))
    mirrored = proof.step("rewrite", for_all("i", for_all("j", eq(column, stretched))), eigen, symmetric,
                          because="the Hessian is symmetric")  # fmt: skip
    after = apply("c", LATER, II)
    later = proof.step("instantiate", eq(after, _along(error(LATER, K))), defined, values={"t": LATER, "i": II},
                       because="the coordinate one step later")  # fmt: skip

    def moved(slope: Term) -> Term:
        change = add(_sum("j", mul(slope, error(T, J))), _along(apply("eps", T, K)))
        return eq(after, shifted(_along(error(T, K)), gain, change))

    exchanged = proof.step("finite-sum", moved(column), later, step, gradient, because="insert the step and exchange the two sums")
    inserted = proof.step("rewrite", moved(stretched), exchanged, mirrored, because="it is an eigenvector")
    ratio = tidy(add(ONE, mul(gain, apply("lam", II))))
    claim = eq(after, shifted(mul(ratio, apply("c", T, II)), gain, apply("xi", T, II)))
    found = proof.step("finite-sum", claim, inserted, defined, noise, because="collect: the directions decouple")
    every = proof.step("generalise", for_all("t", for_all("i", claim)), found, because="step and direction were arbitrary")
    return every, ratio, gain


def _noise(proof: Proof, name: str, defined: str, noise: str) -> tuple[str, str, tuple[str, str]]:
    """∀t∀i E xi_i(t) = 0; ∀s∀t E xi_i(s)*xi_j(t) = delta_st*C_ij; ∀t E c_i(0)*xi_j(t) = 0 and with i and j exchanged."""
    one, other, begun = apply("eps", T, K), apply("eps", T, ELL), apply(name, ZERO, K)
    zero = proof.assume(for_all("t", for_all("k", eq(expect(one), ZERO))), "the noise has mean zero")
    pair = eq(expect(mul(apply("eps", S, K), other)), mul(Term("Delta", (S, T)), apply("R", K, ELL)))
    every = for_all("s", for_all("t", for_all("k", for_all("l", pair))))
    pairs = proof.assume(every, "it is uncorrelated over time, with any covariance")
    every = for_all("t", for_all("k", for_all("l", eq(expect(mul(begun, other)), ZERO))))
    apart = proof.assume(every, "and uncorrelated with the start")

    def both(body: Term) -> Term:
        return _sum("k", _sum("l", mul(apply("v", II, K), apply("v", J, ELL), body)))

    every = for_all("i", for_all("j", eq(apply("C", II, J), both(apply("R", K, ELL)))))
    turned = proof.define(every, "its covariance in the eigenbasis")
    no_mean = _vanishing(proof, expect(apply("xi", T, II)), _along(expect(one)), [noise], [zero])
    no_mean = proof.step("generalise", for_all("t", for_all("i", proof.claims[no_mean])), no_mean, because="they were arbitrary")
    there = [_there(proof, noise, "xi", when, index, "eps") for when, index in ((S, II), (T, J))]
    product = expect(mul(apply("xi", S, II), apply("xi", T, J)))
    opened = proof.step("expectation", eq(product, both(pair.args[0])), *there, because="the expectation is linear: a double sum")
    inserted = proof.step("rewrite", eq(product, both(pair.args[1])), opened, pairs, because="insert the moments of the components")
    result = eq(product, mul(Term("Delta", (S, T)), apply("C", II, J)))
    summed = proof.step("expectation", result, inserted, turned, because="the sum is the covariance in the eigenbasis")
    moments = proof.step("generalise", for_all("s", for_all("t", result)), summed, because="the steps were arbitrary")
    first = proof.step("instantiate", substitute(strip(proof.claims[defined])[1], {"t": ZERO}), defined,
                       values={"t": ZERO, "i": II}, because="the coordinate at the start")  # fmt: skip
    moment = sub(expect(mul(begun, other)), mul(apply(f"{name}_star", K), expect(other)))
    left = expect(mul(apply("c", ZERO, II), apply("xi", T, J)))
    start = _vanishing(proof, left, both(moment), [first, there[1]], [apart, zero])
    every = for_all("i", for_all("j", for_all("t", eq(left, ZERO))))
    label = proof.step("generalise", every, start, because="directions and step were arbitrary")
    starts = [proof.step("instantiate", for_all("t", substitute(eq(left, ZERO), values)), label, values=values, because=words)
              for values, words in (({"i": II, "j": J}, "in these directions"), ({"i": J, "j": II}, "and exchanged"))]  # fmt: skip
    return no_mean, moments, (starts[0], starts[1])


def _there(proof: Proof, label: str, name: str, when: Term, index: Term, component: str) -> str:
    claim = eq(apply(name, when, index), substitute(_along(apply(component, T, K)), {"t": when, "i": index}))
    return proof.step("instantiate", claim, label, values={"t": when, "i": index}, because="the noise in this direction")


def _vanishing(proof: Proof, left: Term, opened: Term, known: list[str], zeros: list[str]) -> str:
    """left = 0, being a sum in which every expectation vanishes."""
    label = proof.step("expectation", eq(left, opened), *known, because="the expectation is linear")
    return proof.step("rewrite", eq(left, ZERO), label, *zeros, because="each term vanishes")
