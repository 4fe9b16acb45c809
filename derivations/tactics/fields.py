"""A vector field where the gradient stands: every state has one component for each parameter, all in one linear iteration.

The Jacobian of a field need not be symmetric, so nothing is decoupled: the whole matrix, states times parameters, is treated.
A field that is affine is treated exactly; another one by its Jacobian at a point where it vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    free_symbols,
    matrix,
    mul,
    rebuild,
    substitute,
    symbol,
)
from derivations.problems.fields import VectorField
from derivations.problems.optimizers import Optimizer, step_order
from derivations.problems.questions import Problem
from derivations.tactics.algebra import derivative, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.hessians import for_all_of, partial, unit
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import T, flat, nonzero_conditions
from derivations.tactics.linear_systems import (
    Gradient,
    NoFixedPoint,
    States,
    explicit_rules,
    is_implicit,
    linear_system,
)
from derivations.tactics.n_states import MAX_STATES, declare_starts, require_stays
from derivations.tactics.new_values import Step
from derivations.tactics.proof import Proof

Vector = tuple[Term, ...]
Map = Callable[[Vector], Vector]


def field_systems(proof: Proof, problem: Problem, prover: Prover) -> tuple[list[States], list[str]]:
    """The iteration of the errors of all states; labels of what is to be said beside: the Jacobian of a field not affine."""
    method, field = problem.optimizer, problem.vector_field
    assert field is not None
    count = len(method.state) * len(field.parameters)
    if count > MAX_STATES:
        states, size = len(method.state), len(field.parameters)
        raise Undecided(f"{states} states of {size} components are {count} numbers; at most {MAX_STATES} are treated")
    constants = _declare_constants(proof, problem, field)
    if is_affine(field):
        if field.at:
            _point(field)
        names = _names(proof, method, field, constants, "")
        said = inserted = _exact(field)
        labels: list[str] = []
        beside: list[str] = []
    else:
        point = _point(field)
        require_stays(method, list(point))
        labels, jacobian, beside = _jacobian(proof, field, point)
        names = _names(proof, method, field, constants, "e_")
        orders = [unit(j, len(point)) for j in range(len(point))]
        derivatives = [[partial(_function(field, i), one, list(point)) for one in orders] for i in range(len(point))]
        said, inserted = _linear(derivatives), _linear(jacobian)
    start = declare_starts(proof, {*constants, *names, *field.parameters}, ["initial value"] * len(names))
    step = _step(method, field, names, start, (said, inserted))
    gradient = Gradient(lambda x: x, lambda x: x, lambda terms: labels, ZERO, exact=not beside)
    try:
        return [linear_system(proof, prover, names, start, step, gradient)], beside
    except NoFixedPoint as error:
        note = f"; {', '.join(field.constants)}, without a component, is taken for a constant" if field.constants else ""
        raise Undecided(f"the method has no fixed point on this field{note}") from error


def is_affine(field: VectorField) -> bool:
    """Whether the Jacobian is constant."""
    names = field.parameters
    slopes = [derivative(one, name) for one in field.components.values() for name in names]
    return not any(free_symbols(tidy(slope)) & set(names) for slope in slopes)


# --- names --------------------------------------------------------------------------------------------------------


def _declare_constants(proof: Proof, problem: Problem, field: VectorField) -> set[str]:
    assumed = [*problem.assume, *problem.optimizer.hyperparameters.values()]
    constants = {*field.constants, *problem.optimizer.hyperparameters, *(name for one in assumed for name in free_symbols(one))}
    proof.declare("t", "natural")
    for name in sorted(constants):
        proof.declare(name, "real")
    for claim in problem.assume:
        proof.assume(claim, "assumed")
    return constants


def _names(proof: Proof, method: Optimizer, field: VectorField, constants: set[str], before: str) -> tuple[str, ...]:
    """Names for the components of the states, declared: the parameters' own for the first state, else state and parameter."""
    found = [] if before else list(field.parameters)
    wanted = [f"{state}_{name}" for state in method.state[1:] for name in field.parameters]
    for name in [*(f"{before}{name}" for name in field.parameters if before), *wanted]:
        found.append(fresh(name, constants | {*field.parameters, *found}))
    states = [f"error of {name}, linearised at the point," if before else f"parameter {name}" for name in field.parameters]
    states += [f"memory {state} for {name}" for state in method.state[1:] for name in field.parameters]
    for name, what in zip(found, states, strict=True):
        proof.declare(name, "sequence", f"{what} after t steps")
    return tuple(found)


def _function(field: VectorField, i: int) -> str:
    return fresh(f"V_{field.parameters[i]}", {*field.parameters, *field.constants})


# --- the field ----------------------------------------------------------------------------------------------------


def _exact(field: VectorField) -> Map:
    def at(x: Vector) -> Vector:
        values = dict(zip(field.parameters, x, strict=True))
        return tuple(substitute(one, values) for one in field.components.values())

    return at


def _linear(entries: Sequence[Sequence[Term]]) -> Map:
    """x becomes the matrix times x."""

    def at(x: Vector) -> Vector:
        return tuple(
            add(*(one if entry == ONE else mul(entry, one) for entry, one in zip(row, x, strict=True) if entry != ZERO))
            for row in entries
        )

    return at


def _point(field: VectorField) -> Vector:
    """The point that was given, if the field vanishes there. Raises Unusable otherwise."""
    zeros = ",".join(f"{name}=0" for name in field.parameters)
    if not field.at:
        raise Unusable("this field is not affine: say near which of its zeros, with --at", field.source, (0, len(field.source)),
                       f'for example --at "{zeros}"')  # fmt: skip
    point = tuple(field.at[name] for name in field.parameters)
    values = [tidy(value) for value in _exact(field)(point)]
    if not all(is_zero(value) for value in values):
        shown = ", ".join(map(ascii_text, values))
        raise Unusable(f"the field does not vanish there: it is ({shown})", field.at_source, (0, len(field.at_source)))
    return point


def _jacobian(proof: Proof, field: VectorField, point: Vector) -> tuple[list[str], list[list[Term]], list[str]]:
    """Labels of the Jacobian's entries at the point, these entries, and the labels of: it vanishes there, and the matrix."""
    names, n = field.parameters, len(point)
    for name in names:
        proof.declare(name, "real", "parameter")
    entries: list[list[Term]] = [[ZERO] * n for _ in range(n)]
    labels, symbols, zeros = [], [], []
    for i, component in enumerate(field.components.values()):
        function = proof.declare(_function(field, i), "function", f"component of the field for {names[i]}")
        value = apply(function, *map(symbol, names))
        defined = proof.define(for_all_of(names, eq(value, component)), "the field's component for ", symbol(names[i]))
        conditions = [label for name in names for label in nonzero_conditions(proof, component, name)]
        here = dict(zip(names, point, strict=True))
        vanishes = eq(apply(function, *point), ZERO)
        known = proof.step("instantiate", eq(apply(function, *point), substitute(component, here)), defined, values=here,
                           because="its value at the point")  # fmt: skip
        zeros.append(proof.step("identity", vanishes, known, because="it vanishes at the point"))
        symbols.append([partial(function, unit(j, n), list(point)) for j in range(n)])
        for j, name in enumerate(names):
            entries[i][j] = tidy(substitute(derivative(component, name), here))
            claim = eq(symbols[i][j], entries[i][j])
            labels.append(proof.step("derivative", claim, defined, *conditions, because="differentiate, at the point"))
    whole = proof.step("identity", eq(matrix(symbols), matrix(entries)), *labels, because="the Jacobian at the point")
    return labels, entries, [*zeros, whole]


# --- the step -----------------------------------------------------------------------------------------------------


def _step(method: Optimizer, field: VectorField, names: tuple[str, ...], start: tuple[str, ...], maps: tuple[Map, Map]) -> Step:
    """One step of the method, every state a vector."""
    n, implicit = len(field.parameters), is_implicit(method)
    rules = dict(method.update) if implicit else explicit_rules(method)
    now = [apply(name, T, *map(symbol, start)) for name in names]
    after = [apply(name, add(T, ONE), *map(symbol, start)) for name in names]
    values: dict[str, Vector] = {}
    for i, state in enumerate(method.state):
        values[state], values[f"{state}_next"] = tuple(now[i * n : i * n + n]), tuple(after[i * n : i * n + n])
    said, inserted = (tuple(part for state in method.state for part in _components(rules[state], values, one, n)) for one in maps)
    order = tuple(method.state.index(state) * n + j for state in step_order(method) for j in range(n))
    if implicit:
        return Step(said, inserted, order, True)
    return Step(tuple(map(flat, said)), tuple(map(flat, inserted)), order, False)


def _components(rule: Term, values: Mapping[str, Vector], field: Map, n: int) -> Vector:
    """The rule for each component: states are vectors, grad is the field, all else is done component by component."""
    if rule.head == "Symbol":
        return values.get(rule.args[0], (rule,) * n)
    if rule.head == "Apply" and rule.args[0] == "grad":
        return field(_components(rule.args[1], values, field, n))
    parts = {arg: _components(arg, values, field, n) for arg in rule.args if isinstance(arg, Term)}
    return tuple(rebuild(rule, lambda arg, i=i: parts[arg][i]) for i in range(n))  # type: ignore[misc]
