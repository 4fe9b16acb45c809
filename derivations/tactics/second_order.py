"""Methods with one memory: from the problem to the linear recurrence of two errors, and when it converges.

The states' names, the definitions and the starts come from the problem; the fixed point, the matrix of the recurrence and
its characteristic polynomial are found. Nothing here knows a method by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.kernel.checkers.second_order import closed_jury
from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    iff,
    lt,
    matrix,
    mul,
    neg,
    power,
    sub,
    symbol,
    tends,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import is_zero, tidy
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import T, flat, minus
from derivations.tactics.n_states import states_of
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


def two_states(proof: Proof, problem: Problem) -> TwoStates:
    """The recurrence of the errors of a method with two states on a loss of one parameter."""
    if len(problem.optimizer.state) != 2:
        raise Undecided(f"{problem.optimizer.name} has {len(problem.optimizer.state)} states; two are treated here")
    found = states_of(proof, problem)
    if not found.exact:
        raise Undecided("methods with memory are treated for quadratic losses only here")
    (a, b), (c, d) = found.names, found.start
    rows = tuple((row[0], row[1]) for row in found.rows)
    trace, product = trace_and_product(proof, found.rows)
    return TwoStates((a, b), (c, d), (found.limits[0], found.limits[1]), (rows[0], rows[1]), trace, product,
                     (found.updates[0], found.updates[1]), (found.starts[0], found.starts[1]), found.conditions,
                     found.curvature)  # fmt: skip


def trace_and_product(proof: Proof, rows: Sequence[Sequence[Term]]) -> Pair:
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
    return for_all(states.start[0], for_all(states.start[1], conj(*limits)))


def disc_conditions(rho: Term, p: Term, q: Term) -> Term:
    """The conditions for both roots of z**2 - p*z + q to lie in the closed disc of radius rho."""
    return closed_jury(rho, p, q)


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


