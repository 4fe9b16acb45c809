"""Two to four parameters of a given loss: the noisy recurrences along the eigenvectors of its Hessian, found exactly."""

from __future__ import annotations

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
    free_symbols,
    mul,
    substitute,
    symbol,
)
from derivations.problems.losses import refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, is_zero, tidy
from derivations.tactics.directions import eigenvectors
from derivations.tactics.hessians import Hessian, hessian_steps, partial, unit
from derivations.tactics.linear import T, flat, refuse_nested_gradient, replace_calls
from derivations.tactics.proof import Proof
from derivations.tactics.spectra import eigenvalues
from derivations.tactics.spectral_covariance import LATER, Line, Two, at, shifted

MAX_PARAMETERS = 4
S = symbol("s")


def eigen_directions(proof: Proof, problem: Problem) -> list[Two]:
    """All pairs (i, j) with i <= j of eigen-directions, in the order of the rows of the covariance."""
    n, method = len(problem.loss.parameters), problem.optimizer
    if not 2 <= n <= MAX_PARAMETERS:
        raise Undecided(f"between 2 and {MAX_PARAMETERS} parameters are treated here")
    if len(method.state) != 1:
        raise Undecided(f"{method.name} has memory; in several parameters only methods without memory are treated here so far")
    refuse_taken(problem.loss)
    for name, claim in method.hyperparameters.items():
        proof.declare(name, "real")
        if claim != TRUE:
            proof.assume(claim, "the range of a hyperparameter")
    hessian = hessian_steps(proof, problem)
    if any(free_symbols(entry) for row in hessian.entries for entry in row):
        raise Undecided("a Hessian with constants in it; give them values with --set")
    proof.declare("t", "natural")
    proof.declare("s", "natural", "another step")
    updates = _errors(proof, problem, hessian)
    values, _ = eigenvalues(proof, hessian.entries)
    vectors = eigenvectors(hessian.entries, values)
    hypotheses = _component_moments(proof, n)
    lines, noises = [], []
    for i, (value, vector) in enumerate(zip(values, vectors, strict=True)):
        line, noise = _line(proof, problem, i, value, vector, updates, hypotheses[0])
        lines.append(line)
        noises.append(noise)
    return [_pair(proof, (i, j), (lines[i], lines[j]), (vectors[i], vectors[j]), noises, hypotheses)
            for i in range(n) for j in range(i, n)]  # fmt: skip


def _error(i: int, when: Term = T) -> Term:
    return apply(f"e_{i + 1}", when)


def _noise(i: int, when: Term = T) -> Term:
    return apply(f"eps_{i + 1}", when)


def _update(problem: Problem, value: Term, gradient: Term) -> Term:
    refuse_nested_gradient(problem.optimizer)
    name = problem.optimizer.parameter
    return flat(substitute(replace_calls(problem.optimizer.update[name], "grad", lambda at: gradient), {name: value}))


def _errors(proof: Proof, problem: Problem, hessian: Hessian) -> list[str]:
    """Labels of the recurrences of the errors in the given coordinates, the gradient (expanded at the point) carrying noise."""
    loss = hessian.loss
    n, points = len(loss.parameters), [loss.at[name] for name in loss.parameters]
    if not all(is_zero(tidy(add(_update(problem, p, ZERO), Term("Neg", (p,))))) for p in points):
        raise Undecided("the method does not stay at the critical point; only gradient steps are treated here so far")
    for i, name in enumerate(loss.parameters):
        proof.declare(f"e_{i + 1}", "random", f"error in the coordinate {name} after t steps, linearised at the point")
    for i, name in enumerate(loss.parameters):
        proof.declare(f"eps_{i + 1}", "random", f"noise of the derivative by {name} at step t")
    entries = [step.label for step in proof.steps if step.rule == "derivative"]
    labels = []
    for i in range(n):
        second = [partial("L", [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)], points) for j in range(n)]
        slopes = [mul(slope, _error(j)) for j, slope in enumerate(second)]
        rule = _update(problem, _error(i), add(*slopes, _noise(i)))
        words = "one step, the gradient expanded at the point and carrying noise"
        defined = proof.define(for_all("t", eq(_error(i, LATER), rule)), words)
        inserted = add(tidy(add(*(mul(hessian.entries[i][j], _error(j)) for j in range(n)))), _noise(i))
        claim = eq(_error(i, LATER), _update(problem, _error(i), inserted))
        labels.append(proof.step("identity", claim, defined, *entries, because="insert the second derivatives"))
    return labels


def _component_moments(proof: Proof, n: int) -> tuple[list[str], dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """Hypotheses: E eps_k = 0; E eps_k(s)*eps_l(t) = delta_st*R_kl; E e_k(0)*eps_l(t) = 0."""
    means = [proof.assume(for_all("t", eq(expect(_noise(k)), ZERO)), "the noise has mean zero") for k in range(n)]
    pairs, apart = {}, {}
    for k in range(n):
        for m in range(k, n):
            name = proof.declare(f"R_{k + 1}{m + 1}", "real", "covariance of two components of the noise" if m > k else
                                 "variance of a component of the noise")  # fmt: skip
            product = expect(mul(_noise(k, S), _noise(m)))
            claim = eq(product, mul(Term("Delta", (S, T)), symbol(name)))
            pairs[k, m] = proof.assume(for_all("s", for_all("t", claim)), "it is uncorrelated over time")
    for k in range(n):
        for m in range(n):
            claim = eq(expect(mul(_error(k, ZERO), _noise(m))), ZERO)
            apart[k, m] = proof.assume(for_all("t", claim), "and uncorrelated with the start")
    return means, pairs, apart


def _projection(vector: list[Term], component: list[Term]) -> Term:
    parts = [one if part == ONE else mul(part, one) for part, one in zip(vector, component, strict=True) if part != ZERO]
    return add(*parts)


def _line(
    proof: Proof, problem: Problem, i: int, value: Term, vector: list[Term], updates: list[str], means: list[str]
) -> tuple[Line, tuple[str, str]]:
    """c_i(t+1) = m_i*c_i(t) + gain*xi_i(t), c_i and xi_i being the projections of error and noise; labels of both."""
    n = len(vector)
    error = proof.declare(f"c_{i + 1}", "random", f"error along eigenvector {i + 1} after t steps")
    noise = proof.declare(f"xi_{i + 1}", "random", f"noise along eigenvector {i + 1} at step t")
    now, drawn = apply(error, T), apply(noise, T)
    whole, part = (_projection(vector, [one(k) for k in range(n)]) for one in (_error, _noise))
    defined = proof.define(for_all("t", eq(now, whole)), "the error along an eigenvector")
    along = proof.define(for_all("t", eq(drawn, part)), "the noise along it")
    later = proof.step("instantiate", eq(at(now, LATER), at(whole, LATER)), defined, values={"t": LATER},
                       because="its coordinate one step later")  # fmt: skip
    weight = symbol("weight")
    gain = coefficient_of(_update(problem, ZERO, weight), weight)[0]
    moved = _update(problem, now, mul(symbol("curvature"), now))
    ratio = substitute(tidy(coefficient_of(moved, now)[0]), {"curvature": value})
    ratio = ratio if value.head == "RootOf" else tidy(ratio)
    claim = eq(at(now, LATER), shifted(mul(ratio, now), gain, drawn))
    step = proof.step("identity", claim, later, defined, along, *updates, because="the eigenvector decouples")
    opened = _projection(vector, [expect(_noise(k)) for k in range(n)])
    used = [means[k] for k in range(n) if vector[k] != ZERO]
    mean = proof.step("expectation", eq(expect(drawn), opened), along, because="the expectation is linear")
    zero = proof.step("expectation", eq(expect(drawn), ZERO), mean, *used, because="each term vanishes")
    zero = proof.step("generalise", for_all("t", proof.claims[zero]), zero, because="the step was arbitrary")
    return Line(now, drawn, ratio, gain, step, zero), (defined, along)


def _pair(
    proof: Proof, which: tuple[int, int], lines: tuple[Line, Line], vectors: tuple[list[Term], list[Term]],
    noises: list[tuple[str, str]], hypotheses: tuple[list[str], dict[tuple[int, int], str], dict[tuple[int, int], str]],
) -> Two:  # fmt: skip
    """Both lines, and the moments of their noise from those of its components."""
    (i, j), (one, other), n = which, lines, len(vectors[0])
    _, pairs, apart = hypotheses
    name = proof.declare(f"C_{i + 1}{j + 1}", "real", "covariance of the noise along two eigenvectors" if i < j else
                         "variance of the noise along an eigenvector")  # fmt: skip
    entries = {(k, m): symbol(f"R_{min(k, m) + 1}{max(k, m) + 1}") for k in range(n) for m in range(n)}
    form = tidy(add(*(mul(vectors[0][k], vectors[1][m], entries[k, m]) for k in range(n) for m in range(n))))
    turned = proof.define(eq(symbol(name), form), "the covariance of the noise, turned to the eigenvectors")
    here = proof.step("instantiate", at(proof.claims[noises[i][1]].args[1], S), noises[i][1], values={"t": S},
                      because="the noise at step s")  # fmt: skip
    needed = [pairs[k, m] for k in range(n) for m in range(k, n)]
    mirrored = [proof.step("instantiate", _mirrored(k, m), pairs[k, m], values={"s": T, "t": S}, because="steps exchanged")
                for k in range(n) for m in range(k + 1, n)]  # fmt: skip
    claim = eq(expect(mul(at(one.noise, S), other.noise)), mul(Term("Delta", (S, T)), symbol(name)))
    product = proof.step("expectation", claim, here, noises[j][1], turned, *needed, *mirrored,
                         because="the expectation is linear; insert the moments of the components")  # fmt: skip
    moments = proof.step("generalise", for_all("s", for_all("t", claim)), product, because="the steps were arbitrary")
    starts = []
    for a, b in ((i, j), (j, i)):
        first, second = (one, other) if a == i else (other, one)
        begun = proof.step("instantiate", at(proof.claims[noises[a][0]].args[1], ZERO), noises[a][0], values={"t": ZERO},
                           because="the coordinate at the start")  # fmt: skip
        zero = eq(expect(mul(at(first.now, ZERO), second.noise)), ZERO)
        label = proof.step("expectation", zero, begun, noises[b][1], *apart.values(), because="each term vanishes")
        starts.append(proof.step("generalise", for_all("t", zero), label, because="the step was arbitrary"))
    return Two(one, other, (starts[0], starts[1]), moments, symbol(name))


def _mirrored(k: int, m: int) -> Term:
    """E eps_k(t)*eps_m(s) = delta_ts*R_km."""
    return eq(expect(mul(_noise(k, T), _noise(m, S))), mul(Term("Delta", (T, S)), symbol(f"R_{k + 1}{m + 1}")))
