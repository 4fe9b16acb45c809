"""Methods of any number of states: from the problem to the linear iteration of the errors, one for each curvature.

States' names, definitions and starts come from the problem; fixed point, matrix and polynomial are found. A loss that is not
quadratic is replaced by its expansion at the point; one of several parameters, along its eigenvectors, by one curvature each.
Nothing here knows a method by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from derivations.language.errors import Undecided
from derivations.language.terms import ONE, TRUE, ZERO, Term, add, apply, free_symbols, mul, sub, substitute, symbol
from derivations.problems.losses import Loss, refuse_taken
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem
from derivations.tactics.algebra import derivative, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import (
    T,
    at_the_point,
    derivative_instances,
    gradient_steps,
    minus,
    only_critical_point,
    replace_calls,
    require_critical,
)
from derivations.tactics.linear_systems import Gradient, States, explicit_rules, is_implicit, linear_system, step_of
from derivations.tactics.proof import Proof

MAX_STATES = 8


def states_of(proof: Proof, problem: Problem, prover: Prover | None = None) -> States:
    """The iteration of the method's errors on a loss of one parameter."""
    method = problem.optimizer
    if len(method.state) > MAX_STATES:
        raise Undecided(f"{method.name} has {len(method.state)} states; at most {MAX_STATES} are treated")
    loss = point_of(problem)
    parameter = loss.parameters[0]
    names, start = declared(proof, problem, loss)
    prover = prover or Prover(proof, ranges(method))
    gradient = gradient_of(proof, loss)
    found = _iteration(proof, prover, method, names, start, gradient)
    if not gradient.exact and not is_zero(sub(found.limits[0], loss.at[parameter])):
        raise Undecided(f"{method.name} does not stay at the critical point of this loss, which is not quadratic")
    return found


def ranges(method: Optimizer) -> list[tuple[Term, str]]:
    """What the method says of its hyperparameters: claims that become hypotheses where they are needed."""
    return [(claim, "the range of a hyperparameter") for claim in method.hyperparameters.values() if claim != TRUE]


def point_of(problem: Problem) -> Loss:
    """The problem's loss of one parameter with its point filled in."""
    loss = problem.loss
    if len(loss.parameters) != 1:
        raise Undecided("this question needs a loss of one parameter")
    refuse_taken(loss)
    if not loss.at:
        at = {loss.parameters[0]: only_critical_point(loss)}
        return Loss(loss.parameters, loss.body, at, loss.source, loss.at_source)
    return loss


def gradient_of(proof: Proof, loss: Loss) -> Gradient:
    """The gradient of a loss of one parameter: exact for a quadratic one, else expanded to first order at the point."""
    name = loss.parameters[0]
    labels, slope = gradient_steps(proof, loss, 2 if loss.body is None else 1)
    if slope is not None:
        require_critical(loss, slope)
        if name not in free_symbols(derivative(slope, name)):
            return _exact_gradient(proof, loss, labels[1], slope)
    point = loss.at[name]
    _, curvature, second, _ = at_the_point(proof, loss, labels, slope)
    at = Term("Derivative", ("L", (2,), point))
    return Gradient(
        lambda x: mul(at, minus(x, point)), lambda x: mul(curvature, minus(x, point)), lambda said: [second], curvature, exact=False
    )


def _exact_gradient(proof: Proof, loss: Loss, label: str, slope: Term) -> Gradient:
    name = loss.parameters[0]

    def inserted(x: Term) -> Term:
        return substitute(slope, {name: x})

    def known(said: Iterable[Term]) -> list[str]:
        return derivative_instances(proof, label, name, slope, said)

    return Gradient(lambda x: Term("Derivative", ("L", (1,), x)), inserted, known, tidy(derivative(slope, name)))


def declared(proof: Proof, problem: Problem, loss: Loss) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Declares the names: the sequences (the parameter bears the loss's name) and their starting values."""
    method, parameter = problem.optimizer, loss.parameters[0]
    constants = declare_constants(proof, problem, loss)
    memories: list[str] = []
    for name in method.state[1:]:
        fine = name not in constants | {parameter, "t", "L", *memories}
        memories.append(name if fine else fresh("memory", constants | {parameter, *memories, *method.state}))
    proof.declare("t", "natural")
    proof.declare(parameter, "sequence", f"{'parameter' if parameter == 'theta' else parameter} after t steps")
    for i, name in enumerate(memories):
        proof.declare(name, "sequence", f"{'' if i == 0 else 'further '}memory of the method after t steps")
    for name in sorted(constants):
        proof.declare(name, "real")
    of = ["parameter", *["memory"] * len(memories)]
    starts = declare_starts(proof, constants | {parameter, *memories}, [f"initial value of the {one}" for one in of])
    for claim in problem.assume:
        proof.assume(claim, "assumed")
    return (parameter, *memories), starts


def declare_starts(proof: Proof, taken: set[str], meanings: Sequence[str]) -> tuple[str, ...]:
    """Names for the starting values with these meanings, declared."""
    starts: list[str] = []
    for letter, meaning in zip("abcdfghk", meanings, strict=False):
        starts.append(proof.declare(fresh(letter, taken | {*starts}), "real", meaning))
    return tuple(starts)


def declare_constants(proof: Proof, problem: Problem, loss: Loss) -> set[str]:
    assumed = (name for one in problem.assume for name in free_symbols(one))
    bounds = (name for one in problem.optimizer.hyperparameters.values() for name in free_symbols(one))
    return {*loss.constants, *problem.optimizer.hyperparameters, *assumed, *bounds}



def _iteration(
    proof: Proof, prover: Prover, method: Optimizer, names: tuple[str, ...], start: tuple[str, ...], gradient: Gradient
) -> States:
    now = [apply(name, T, *map(symbol, start)) for name in names]
    after = [apply(name, add(T, ONE), *map(symbol, start)) for name in names]
    values = dict(zip(method.state, now, strict=True))
    values |= {f"{name}_next": term for name, term in zip(method.state, after, strict=True)}
    step = step_of(method, values, gradient)
    return linear_system(proof, prover, names, start, step, gradient)



def systems_of(proof: Proof, problem: Problem, prover: Prover) -> tuple[list[States], list[str]]:
    """The iterations whose convergence the method's comes to: one, or one for each eigenvalue of the Hessian.

    With them the labels of what is to be said beside: the Hessian and its eigenvalues.
    """
    if problem.vector_field is not None:
        from derivations.tactics.fields import field_systems

        return field_systems(proof, problem, prover)
    if len(problem.loss.parameters) == 1:
        return [states_of(proof, problem, prover)], []
    return _along_eigenvectors(proof, problem, prover)


def _along_eigenvectors(proof: Proof, problem: Problem, prover: Prover) -> tuple[list[States], list[str]]:
    """The method linearised at the point, along each eigenvector: there the gradient is eigenvalue times coordinate."""
    from derivations.tactics.hessians import hessian_steps
    from derivations.tactics.spectra import eigenvalue_steps

    method = problem.optimizer
    refuse_taken(problem.loss)
    hessian = hessian_steps(proof, problem)
    if any(free_symbols(entry) for row in hessian.entries for entry in row):
        raise Undecided("a Hessian with constants in it; give them values with --set")
    require_stays(method, [hessian.loss.at[name] for name in hessian.loss.parameters])
    label, values = eigenvalue_steps(proof, hessian.entries)
    constants = declare_constants(proof, problem, hessian.loss)
    proof.declare("t", "natural")
    for name in sorted(constants):
        proof.declare(name, "real")
    start = declare_starts(proof, constants | set(hessian.loss.parameters), ["initial value"] * len(method.state))
    systems = []
    for i, value in enumerate(dict.fromkeys(values)):
        names = tuple(fresh(f"{name}_{i + 1}", constants | {*start, *hessian.loss.parameters}) for name in ("e", *method.state[1:]))
        for k, name in enumerate(names):
            what = "memory" if k else "error"
            words = f"{what} along an eigenvector of the {_ordinal(i)} eigenvalue, linearised at the point"
            proof.declare(name, "sequence", words)
        systems.append(_iteration(proof, prover, method, names, start, _along(value)))
    return systems, [hessian.matrix, label]


def _along(value: Term) -> Gradient:
    def times(x: Term) -> Term:
        return ZERO if value == ZERO else mul(value, x)

    return Gradient(times, times, lambda said: [], value, exact=False)


def require_stays(method: Optimizer, point: list[Term]) -> None:
    """Raises Undecided unless the method stays at a critical point, each memory being zero or the point itself."""
    if is_implicit(method):
        old: dict[str, Term] = {f"{name}_next": symbol(name) for name in method.state}
        rules = {name: substitute(rule, old) for name, rule in method.update.items()}
    else:
        rules = explicit_rules(method)
    for value in point:
        if not any(_is_fixed(method, rules, (value, *memory)) for memory in product((ZERO, value), repeat=len(method.state) - 1)):
            raise Undecided(f"{method.name} does not stay at the critical point; only methods that do are treated here")


def _is_fixed(method: Optimizer, rules: Mapping[str, Term], state: tuple[Term, ...]) -> bool:
    """Whether the state does not change where the gradient is zero."""
    here = dict(zip(method.state, state, strict=True))
    return all(
        is_zero(sub(substitute(replace_calls(rules[name], "grad", lambda x: ZERO), here), here[name])) for name in method.state
    )


def _ordinal(i: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")[i]
