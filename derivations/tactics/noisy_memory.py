"""From the problem to z_{t+1} = M*z_t + g*eps_t: both errors of a method with one memory, the gradient carrying noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

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
    mul,
    neg,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    total,
)
from derivations.problems.losses import Loss
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, coefficient_of, factored, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import T, first_step, flat, minus, plus, replace_calls
from derivations.tactics.linear_systems import Gradient, Nonzero, explicit_rules
from derivations.tactics.moments import NOISE, averaged, batch_premise, noise_moments
from derivations.tactics.n_states import declare_constants, gradient_of, point_of
from derivations.tactics.proof import Proof

Pair = tuple[Term, Term]
LATER = add(T, ONE)


@dataclass(frozen=True)
class Direction:
    """z_{t+1} = rows*z_t + gains*noise: ``now`` are the two errors at t, the labels those of the recurrences and of E noise = 0.

    ``start`` are the names of the starting values, ``noiseless`` those of the iteration without noise, ``conditions`` the labels of
    what makes denominators non-zero.
    """

    now: Pair
    rows: tuple[Pair, Pair]
    gains: Pair
    noise: Term
    recurrences: tuple[str, str]
    no_mean: str
    conditions: tuple[str, ...]
    start: tuple[str, str]
    noiseless: tuple[str, str]
    rate: str

    def given(self, proof: Proof) -> tuple[str, ...]:
        """Labels of what makes denominators non-zero."""
        return (*batch_premise(proof), *self.conditions)

    def at(self, i: int, when: Term) -> Term:
        return first_step(self.now[i]) if when == ZERO else substitute(self.now[i], {"t": when})

    def column(self, i: int, j: int) -> Term:
        """Entry i of the noiseless iteration from the start whose entry j is 1 and whose other entry is 0."""
        return apply(self.noiseless[i], T, *(ONE if k == j else ZERO for k in (0, 1)))


@dataclass(frozen=True)
class Memory(Direction):
    """A single direction, with labels of ∀s∀t E eps_s*eps_t = delta_st*variance and ∀t E z_0*eps_t = 0 for both errors."""

    variance: Term
    moments: str
    starts: tuple[str, str]

    def second(self, i: int, j: int, when: Term = T) -> Term:
        """E z_i*z_j at that step."""
        one, other = self.at(i, when), self.at(j, when)
        return expect(power(one, 2) if i == j else mul(one, other))


def noisy_states(prover: Prover, problem: Problem) -> Memory:
    """The recurrence of both errors with noise in the gradient, from the problem's own update."""
    proof = prover.proof
    method, loss = problem.optimizer, point_of(problem)
    if len(method.state) != 2:
        raise Undecided(f"{method.name} has {len(method.state)} states; the variance is found for one or two so far")
    one_gradient(method)
    names, start, noiseless, error = _declared(proof, problem, loss)
    gradient = gradient_of(proof, loss)
    no_mean, moments, first, variance = noise_moments(proof, problem)
    found = linear_recurrence(prover, method, names, ("e", error), gradient, NOISE)
    if not gradient.exact and not is_zero(sub(found.limits[0], loss.at[loss.parameters[0]])):
        raise Undecided(f"{method.name} does not stay at the critical point of this loss, which is not quadratic")
    second = _uncorrelated_start(proof, problem, first_step(found.errors[1]))
    rate = next(iter(method.hyperparameters), "")
    return Memory(found.errors, found.rows, found.gains, NOISE, found.recurrences, no_mean, found.conditions, start, noiseless,
                  rate, variance, moments, (first, second))  # fmt: skip


@dataclass(frozen=True)
class Recurrence:
    """The errors at t of both states from the ``limits``, their matrix and gains, and the labels of their recurrences."""

    errors: Pair
    limits: Pair
    rows: tuple[Pair, Pair]
    gains: Pair
    conditions: tuple[str, ...]
    recurrences: tuple[str, str]


def linear_recurrence(
    prover: Prover, method: Optimizer, names: tuple[str, str], called: tuple[str, str], gradient: Gradient, noise: Term
) -> Recurrence:
    """z_{t+1} = M*z_t + g*noise for the errors of the states of these names, from the method's own update."""
    proof, rules = prover.proof, explicit_rules(method)
    now = {old: apply(name, T) for old, name in zip(method.state, names, strict=True)}
    rules_at = [substitute(rules[old], now) for old in method.state]
    said = [_with_gradient(rule, lambda x: add(gradient.said(x), noise)) for rule in rules_at]
    words = ", the gradient carrying noise"
    steps = [proof.define(for_all("t", eq(apply(name, LATER), rule)), "one step: the new ", symbol(name), words)
             for name, rule in zip(names, said, strict=True)]  # fmt: skip
    inserted = [_with_gradient(rule, lambda x: add(gradient.inserted(x), noise)) for rule in rules_at]
    nonzero = Nonzero(prover)
    nonzero.require(said, "so that the step is defined", inside=True)
    instances = [*gradient.known(said), *nonzero.labels]
    updates = [proof.step("identity", eq(apply(name, LATER), rule), step, *instances, because="insert it into the update")
               for name, rule, step in zip(names, inserted, steps, strict=True)]  # fmt: skip
    rows, gains, shift = _coefficients(inserted, tuple(now.values()), noise)
    limits = _fixed_point(rows, shift)
    nonzero.require([*rows[0], *rows[1], *gains, *limits], "so that there is a fixed point", inside=True)
    conditions = nonzero.labels
    errors, known = _errors(proof, names, limits, called, conditions)
    recurrences = [_recurrence(proof, errors, i, (*rows[i], gains[i]), noise, [updates[i], *known, *conditions])
                   for i in (0, 1)]  # fmt: skip
    return Recurrence(errors, limits, rows, gains, tuple(conditions), (recurrences[0], recurrences[1]))


def combination(factors: Iterable[Term], atoms: Iterable[Term]) -> Term:
    """m1*x + m2*y + ... without zeros and ones."""
    return add(*(_multiple(factor, atom) for factor, atom in zip(factors, atoms, strict=True) if factor != ZERO))


def _multiple(factor: Term, atom: Term) -> Term:
    if factor.head == "Neg":
        return neg(_multiple(factor.args[0], atom))
    return atom if factor == ONE else flat(mul(factor, atom))


def _with_gradient(rule: Term, gradient: object) -> Term:
    return flat(replace_calls(rule, "grad", gradient))


def one_gradient(method: Optimizer) -> None:
    """Raises Undecided unless the method takes the gradient at one point in each step."""
    name, rules = method.name, explicit_rules(method)
    calls = {node.args[1] for rule in rules.values() for node in subterms(rule) if node.head == "Apply" and node.args[0] == "grad"}
    if len({tidy(at) for at in calls}) > 1:
        raise Undecided(f"{name} takes the gradient at several points in one step; how their noise is correlated is not said")
    if not calls:
        raise Undecided(f"{name} does not use the gradient")


def _declared(proof: Proof, problem: Problem, loss: Loss) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str], str]:
    """Declares the names: both states, the starting values, both noiseless errors, and the error of the parameter."""
    method, parameter = problem.optimizer, loss.parameters[0]
    constants = declare_constants(proof, problem, loss)
    taken = constants | {parameter, "t", "s", "k", "L", "e", "eps", "xi", "i", "j"}
    memory = fresh(method.state[1] if method.state[1] not in taken else "memory", taken)
    start = (fresh("a", taken | {memory}), fresh("b", taken | {memory}))
    noiseless = (fresh("p", taken | {memory}), fresh("q", taken | {memory}))
    proof.declare("t", "natural")
    proof.declare("s", "natural", "another step")
    proof.declare(parameter, "random", f"{'parameter' if parameter == 'theta' else parameter} after t steps")
    proof.declare(memory, "random", "memory of the method after t steps")
    proof.declare("eps", "random", "noise of the gradient at step t")
    proof.declare("e", "random", "distance from the fixed point after t steps")
    for name in sorted(constants):
        proof.declare(name, "real")
    for name, of in zip(start, ("parameter", "memory"), strict=True):
        proof.declare(name, "real", f"distance of the {of} at the start")
    for name, of in zip(noiseless, ("parameter", "memory"), strict=True):
        proof.declare(name, "sequence", f"distance of the {of} after t steps without noise")
    for claim in problem.assume:
        proof.assume(claim, "assumed")
    return (parameter, memory), start, noiseless, fresh("f", taken | {memory, *start, *noiseless})


def _coefficients(rules: list[Term], now: tuple[Term, ...], noise: Term) -> tuple[tuple[Pair, Pair], Pair, Pair]:
    """m, g, s with new = m*old + g*noise + s. Raises Undecided where a rule is not affine."""
    rows, gains, shift = [], [], []
    for rule in rules:
        first, rest = coefficient_of(rule, now[0])
        second, rest = coefficient_of(rest, now[1])
        gain, left = coefficient_of(rest, noise)
        rows.append((first, second))
        gains.append(gain)
        shift.append(left)
    return (rows[0], rows[1]), (gains[0], gains[1]), (shift[0], shift[1])


def _fixed_point(rows: tuple[Pair, Pair], shift: Pair) -> Pair:
    """The solution of z = m*z + s."""
    bridge = Bridge()
    system = sp.eye(2) - sp.Matrix(2, 2, [bridge.to_sympy(entry) for row in rows for entry in row])
    determinant = sp.factor(system.det())
    if determinant == 0:
        raise Undecided("the method has no single fixed point on this loss")
    right = sp.Matrix([bridge.to_sympy(part) for part in shift])
    found = [factored(bridge.to_term(sp.factor(part / determinant))) for part in system.adjugate() * right]
    return found[0], found[1]


def _errors(
    proof: Proof, names: tuple[str, str], limits: Pair, names_of_errors: tuple[str, str], conditions: list[str]
) -> tuple[Pair, list[str]]:
    """The errors at t (the memory itself where it tends to 0), and labels that lead from the states to them and back."""
    errors, labels = [], []
    for name, limit, called in zip(names, limits, names_of_errors, strict=True):
        now = apply(name, T)
        if called == names_of_errors[1] and is_zero(limit):
            errors.append(now)
            continue
        proof.declare(called, "random", "distance of the memory from its fixed point after t steps")
        error = apply(called, T)
        defined = proof.define(for_all("t", eq(error, minus(now, limit))), "the distance from the fixed point")
        after = eq(apply(called, LATER), minus(apply(name, LATER), limit))
        labels.append(proof.step("instantiate", after, defined, values={"t": LATER}, because="the distance one step later"))
        labels.append(proof.step("identity", eq(now, plus(limit, error)), defined, *conditions,
                                 because="the state in terms of its distance"))  # fmt: skip
        errors.append(error)
    return (errors[0], errors[1]), labels


def _uncorrelated_start(proof: Proof, problem: Problem, start: Term) -> str:
    """Label of ∀t E start*eps_t = 0; for a mini-batch from its samples."""
    product = expect(mul(start, NOISE))
    words = "and uncorrelated with the memory at the start, which is 0 as a rule"
    if problem.noise == "additive":
        return proof.assume(for_all("t", eq(product, ZERO)), words)
    one = apply("xi", T, symbol("i"))
    mean = next(item.label for item in proof.definitions if item.claim == _mean_over_batch(one))
    apart = proof.assume(for_all("t", for_all("i", eq(expect(mul(start, one)), ZERO))), words)
    return averaged(proof, product, expect(mul(start, one)), mean, apart, *batch_premise(proof))


def _mean_over_batch(one: Term) -> Term:
    return for_all("t", eq(NOISE, div(total("i", ONE, symbol("N"), one), symbol("N"))))


def _recurrence(proof: Proof, errors: Pair, i: int, factors: tuple[Term, ...], noise: Term, known: list[str]) -> str:
    """∀t: the error of state i after a step is a combination of both errors and the noise."""
    after = substitute(errors[i], {"t": LATER})
    claim = eq(after, combination(factors, (*errors, noise)))
    step = proof.step("identity", claim, *known, because="the recurrence of the distance")
    return proof.step("generalise", for_all("t", claim), step, because="the step was arbitrary")
