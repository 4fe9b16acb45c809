"""Methods with one memory: from the problem to the linear recurrence of two errors, and when it converges.

The states' names, the definitions and the starts come from the problem; the fixed point, the matrix of the recurrence and
its characteristic polynomial are found. Nothing here knows a method by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    iff,
    lt,
    matrix,
    mul,
    ne,
    neg,
    power,
    rebuild,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.losses import Loss, refuse_taken
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, coefficient_of, derivative, factored, is_zero, tidy
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import (
    T,
    flat,
    gradient_steps,
    minus,
    only_critical_point,
    replace_calls,
    require_critical,
)
from derivations.tactics.proof import Proof

Pair = tuple[Term, Term]


@dataclass(frozen=True)
class TwoStates:
    """x(t + 1) - c = m11*(x(t) - c) + m12*(y(t) - d), and so for y: labels ``updates``; x(0) = a, y(0) = b: labels ``starts``.

    ``trace`` and ``product`` are p and q of the characteristic polynomial z**2 - p*z + q.
    """

    names: tuple[str, str]
    start: tuple[str, str]
    limits: Pair
    rows: tuple[Pair, Pair]
    trace: Term
    product: Term
    updates: tuple[str, str]
    starts: tuple[str, str]
    conditions: tuple[str, ...]
    curvature: Term

    def now(self, i: int) -> Term:
        return apply(self.names[i], T, *map(symbol, self.start))


def explicit_rules(method: Optimizer) -> dict[str, Term]:
    """The new value of each state as a term in the old ones, each NAME_next replaced. Raises Undecided for an implicit step."""

    def resolved(name: str, waiting: tuple[str, ...]) -> Term:
        if name in waiting:
            raise Undecided(f"{method.name} defines {name}_next by itself; implicit steps are not treated here so far")

        def change(node: Term) -> Term:
            if node.head == "Symbol" and node.args[0].removesuffix("_next") in method.state and node.args[0] not in method.state:
                return resolved(node.args[0].removesuffix("_next"), (*waiting, name))
            return rebuild(node, change)

        return change(method.update[name])

    return {name: resolved(name, ()) for name in method.state}


def quadratic_loss(problem: Problem) -> Loss:
    """The problem's loss with its point filled in. Raises Undecided where it is not quadratic, or has several parameters."""
    loss = problem.loss
    if len(loss.parameters) != 1 or loss.body is None:
        raise Undecided("methods with memory are treated for losses of one parameter that are given")
    refuse_taken(loss)
    name = loss.parameters[0]
    if free_symbols(derivative(derivative(loss.body, name), name)) & {name}:
        raise Undecided("methods with memory are treated for quadratic losses only, so far")
    if not loss.at:
        loss = Loss(loss.parameters, loss.body, {name: only_critical_point(loss)}, loss.source, loss.at_source)
    return loss


def two_states(proof: Proof, problem: Problem) -> TwoStates:
    """The recurrence of the errors of a method with two states on a quadratic loss."""
    method, loss = problem.optimizer, quadratic_loss(problem)
    if len(method.state) != 2:
        raise Undecided(f"{method.name} has {len(method.state)} states; one or two are treated here so far")
    names, start = _declared(proof, problem, loss)
    labels, gradient = gradient_steps(proof, loss, 1)
    assert gradient is not None
    require_critical(loss, gradient)
    now = {old: apply(name, T, *map(symbol, start)) for old, name in zip(method.state, names, strict=True)}
    at = {old: substitute(rule, now) for old, rule in explicit_rules(method).items()}
    slope = [flat(replace_calls(at[old], "grad", lambda x: Term("Derivative", ("L", (1,), x)))) for old in method.state]
    updates = [proof.define(_always(start, eq(_after(name, start), rule)), "one step: the new ", symbol(name))
               for name, rule in zip(names, slope, strict=True)]  # fmt: skip
    starts = [proof.assume(_both(start, eq(apply(name, ZERO, *map(symbol, start)), symbol(a))), "the start of ", symbol(name))
              for name, a in zip(names, start, strict=True)]  # fmt: skip
    parameter = loss.parameters[0]
    instances = [
        proof.step("instantiate", eq(node, substitute(gradient, {parameter: node.args[2]})), labels[1],
                   values={parameter: node.args[2]}, because="the derivative at the current point")
        for node in dict.fromkeys(node for rule in slope for node in subterms(rule)) if node.head == "Derivative"
    ]  # fmt: skip
    inserted = [flat(replace_calls(at[old], "grad", lambda x: substitute(gradient, {parameter: x}))) for old in method.state]
    rows, shift = _matrix(inserted, tuple(now.values()))
    limits, conditions = _fixed_point(proof, rows, shift)
    found = [_error_update(proof, names, start, i, limits, rows, [updates[i], *instances, *conditions]) for i in (0, 1)]
    trace, product = _coefficients(proof, rows)
    return TwoStates(names, start, limits, rows, trace, product, (found[0], found[1]), (starts[0], starts[1]),
                     tuple(conditions), tidy(derivative(gradient, parameter)))  # fmt: skip


def _declared(proof: Proof, problem: Problem, loss: Loss) -> tuple[tuple[str, str], tuple[str, str]]:
    """Declares the names: the two sequences (the parameter bears the loss's name) and their starting values."""
    method, parameter = problem.optimizer, loss.parameters[0]
    constants = {*loss.constants, *method.hyperparameters, *(name for one in problem.assume for name in free_symbols(one))}
    memory = method.state[1] if method.state[1] not in constants | {parameter, "t", "L"} else fresh("memory", constants)
    start = (fresh("a", constants | {parameter, memory}), fresh("b", constants | {parameter, memory}))
    proof.declare("t", "natural")
    proof.declare(parameter, "sequence", f"{'parameter' if parameter == 'theta' else parameter} after t steps")
    proof.declare(memory, "sequence", "memory of the method after t steps")
    for name in sorted(constants):
        proof.declare(name, "real")
    for name, of in zip(start, ("parameter", "memory"), strict=True):
        proof.declare(name, "real", f"initial value of the {of}")
    for claim in problem.assume:
        proof.assume(claim, "assumed")
    return (parameter, memory), start


def _always(start: tuple[str, str], body: Term) -> Term:
    return for_all("t", _both(start, body))


def _both(start: tuple[str, str], body: Term) -> Term:
    return for_all(start[0], for_all(start[1], body))


def _after(name: str, start: tuple[str, str]) -> Term:
    return apply(name, add(T, ONE), *map(symbol, start))


def _matrix(rules: list[Term], now: tuple[Term, ...]) -> tuple[tuple[Pair, Pair], Pair]:
    """m and s with new = m*old + s. Raises Undecided where a rule is not affine."""
    rows, shift = [], []
    for rule in rules:
        first, rest = coefficient_of(rule, now[0])
        second, left = coefficient_of(rest, now[1])
        rows.append((first, second))
        shift.append(left)
    return (rows[0], rows[1]), (shift[0], shift[1])


def _fixed_point(proof: Proof, rows: tuple[Pair, Pair], shift: Pair) -> tuple[Pair, list[str]]:
    """The solution of z = m*z + s, under the conditions that its denominators need."""
    bridge = Bridge()
    m = sp.Matrix(2, 2, [bridge.to_sympy(entry) for row in rows for entry in row])
    s = sp.Matrix([bridge.to_sympy(part) for part in shift])
    system = sp.eye(2) - m
    determinant = sp.factor(system.det())
    if determinant == 0:
        raise Undecided("the method has no single fixed point on this loss")
    found = [factored(bridge.to_term(sp.factor(part / determinant))) for part in system.adjugate() * s]
    conditions = [
        proof.assume(ne(node.args[1], ZERO), "so that there is a fixed point")
        for node in dict.fromkeys(node for part in found for node in subterms(part))
        if node.head == "Div" and free_symbols(node.args[1])
    ]
    return (found[0], found[1]), conditions


def combination(row: Pair, atoms: Pair) -> Term:
    """m1*x + m2*y without zeros and ones."""
    parts = [_multiple(factor, atom) for factor, atom in zip(row, atoms, strict=True) if factor != ZERO]
    return add(*parts)


def _multiple(factor: Term, atom: Term) -> Term:
    if factor.head == "Neg":
        return neg(_multiple(factor.args[0], atom))
    return atom if factor == ONE else flat(mul(factor, atom))


def _error_update(
    proof: Proof, names: tuple[str, str], start: tuple[str, str], i: int, limits: Pair, rows: tuple[Pair, Pair], known: list[str]
) -> str:
    """∀t, a, b: the error of state i after a step is a combination of both errors."""
    now = tuple(minus(apply(name, T, *map(symbol, start)), limit) for name, limit in zip(names, limits, strict=True))
    claim = eq(minus(_after(names[i], start), limits[i]), combination(rows[i], (now[0], now[1])))
    words = "subtract the fixed point" if limits[i] != ZERO else "insert the derivative"
    step = proof.step("identity", claim, *known, because=words)
    return proof.step("generalise", _always(start, claim), step, because="step and start were arbitrary")


def _coefficients(proof: Proof, rows: tuple[Pair, Pair]) -> Pair:
    """p and q, as short as possible while the kernel sees without conditions that they are trace and determinant."""
    from derivations.kernel.formulas import same
    from derivations.kernel.table import Table

    (m11, m12), (m21, m22) = rows
    table = Table(proof.variables.values())
    exact = (add(m11, m22), sub(mul(m11, m22), mul(m12, m21)))
    short = tuple(tidy(part) for part in exact)
    chosen = [two if same(table, one, two) else one for one, two in zip(exact, short, strict=True)]
    return chosen[0], chosen[1]


# --- what the rule gives ------------------------------------------------------------------------------------------


def jury_conditions(p: Term, q: Term) -> tuple[Term, ...]:
    """-1 < q, q < 1, -(1 + q) < p, p < 1 + q."""
    return lt(neg(ONE), q), lt(q, ONE), lt(neg(add(ONE, q)), p), lt(p, add(ONE, q))


def convergence(states: TwoStates) -> Term:
    """Both states tend to the fixed point, from every start."""
    limits = [tends(states.now(i), "t", INFINITY, states.limits[i]) for i in (0, 1)]
    return _both(states.start, conj(*limits))


def jury(proof: Proof, states: TwoStates) -> str:
    """The iteration converges from every start iff Jury's conditions hold."""
    claim = iff(convergence(states), conj(*jury_conditions(states.trace, states.product)))
    words = "both roots of the characteristic polynomial lie in the unit disc iff these four conditions hold"
    return proof.step("schur-quadratic", claim, *states.updates, *states.starts, matrix=matrix([list(row) for row in states.rows]),
                      because=words)  # fmt: skip


def characteristic_polynomial(proof: Proof, rows: list[list[Term]], coefficients: Pair | None, known: tuple[str, ...] = ()) -> str:
    """∀z det(z*I - M) = z**2 - p*z + q; for one state z - m."""
    z = fresh("z", {name for name, _ in proof.variables})
    proof.declare(z, "real", "variable of the characteristic polynomial")
    shifted = matrix([[minus(symbol(z), entry) if i == j else tidy(neg(entry)) for j, entry in enumerate(row)]
                      for i, row in enumerate(rows)])  # fmt: skip
    polynomial = minus(symbol(z), rows[0][0]) if coefficients is None else _monic(z, *coefficients)
    claim = eq(Term("Det", (shifted,)), polynomial)
    step = proof.step("identity", claim, *known, because="expand the determinant")
    return proof.step("generalise", for_all(z, claim), step, because="for every number")


def _monic(z: str, p: Term, q: Term) -> Term:
    """z**2 - p*z + q without zeros and double signs."""
    parts: list[Term] = [power(symbol(z), 2)]
    if not is_zero(p):
        parts.append(mul(p.args[0], symbol(z)) if p.head == "Neg" else neg(symbol(z) if p == ONE else mul(p, symbol(z))))
    return add(*parts) if is_zero(q) else flat(add(*parts, q))


