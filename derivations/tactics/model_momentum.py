"""A model's flow with momentum, theta'' + g*theta' = -sum_i c_i*grad phi_i: what rotations keep, and what is lost.

A motion theta -> A*theta + b with antisymmetric A that leaves every phi_i alone, grad phi_i · (A*theta + b) = 0, gives
J = theta' · (A*theta + b) with J' = -g*J. A quadratic form Q that the flow without momentum keeps obeys Q'' + g*Q' = 2*Q(theta').
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from flint import nmod_mat

from derivations.kernel.sparse import Sparse, gradient, product, total
from derivations.language.errors import Undecided
from derivations.language.terms import ZERO, Term, add, apply, eq, for_all, mul, neg, number, substitute, symbol
from derivations.problems.models import Model
from derivations.tactics.first_integrals import PRIME, null_space
from derivations.tactics.integrals import fresh
from derivations.tactics.model_flow import ModelFlow, coefficients
from derivations.tactics.model_steps import Law, free_names, meaning, shrinks
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term, primitive

MAX_PARAMETERS = 400


def motions(model: Model) -> list[Sparse]:
    """J as polynomials in theta (positions j) and theta' (D + j), for a basis of the motions that leave the phi_i alone."""
    size = len(model.parameters)
    if size > MAX_PARAMETERS:
        raise Undecided(f"{size} parameters are too many for the search for rotations so far")
    unknown: list[tuple[int, ...]] = [*combinations(range(size), 2), *((j,) for j in range(size))]
    rows: dict[tuple[int, tuple[int, ...]], dict[int, int]] = {}
    for i, part in enumerate(coefficients(model)):
        slopes = gradient(part.poly)
        for column, one in enumerate(unknown):
            for monomial, c in _turned(slopes, one).items():
                entry = rows.setdefault((i, monomial), {})
                entry[column] = c.numerator * pow(c.denominator, -1, PRIME) % PRIME
    found = []
    for vector in _solutions(list(rows.values()), len(unknown)):
        terms: Sparse = {}
        for column, c in vector.items():
            one = unknown[column]
            if len(one) == 1:
                terms[(size + one[0],)] = c
            else:
                terms |= {(one[0], size + one[1]): c, (one[1], size + one[0]): -c}
        found.append(primitive(terms))
    return found


def _solutions(rows: list[dict[int, int]], count: int) -> Iterator[dict[int, Fraction]]:
    """A basis of the null space. A row of one entry rules out its column; what no row joins is solved apart."""
    users: dict[int, list[int]] = {}
    for i, row in enumerate(rows):
        for column in row:
            users.setdefault(column, []).append(i)
    out: set[int] = set()
    waiting = [next(iter(row)) for row in rows if len(row) == 1]
    while waiting:
        column = waiting.pop()
        if column not in out:
            out.add(column)
            for i in users[column]:
                rows[i].pop(column, None)
                if len(rows[i]) == 1:
                    waiting.append(next(iter(rows[i])))
    seen = set(out)
    for start in range(count):
        if start not in seen:
            block = _joined(start, rows, users, seen)
            yield from _block_solutions(block, {i for column in block for i in users.get(column, ())}, rows)


def _joined(start: int, rows: list[dict[int, int]], users: dict[int, list[int]], seen: set[int]) -> list[int]:
    """The columns that rows join to this one."""
    seen.add(start)
    block, waiting = [], [start]
    while waiting:
        column = waiting.pop()
        block.append(column)
        new = {other for i in users.get(column, ()) for other in rows[i]} - seen
        seen |= new
        waiting += new
    return sorted(block)


def _block_solutions(block: list[int], numbers: set[int], rows: list[dict[int, int]]) -> Iterator[dict[int, Fraction]]:
    place = {column: j for j, column in enumerate(block)}
    different = {tuple(sorted((place[column], c) for column, c in rows[i].items())) for i in numbers}
    matrix = nmod_mat(max(len(different), 1), len(block), PRIME)
    for i, row in enumerate(different):
        for j, c in row:
            matrix[i, j] = c
    for vector in null_space(matrix):
        yield {block[j]: c for j, c in vector.items()}


def _turned(slopes: dict[int, Sparse], motion: tuple[int, ...]) -> Sparse:
    """x_j*dphi/dx_k - x_k*dphi/dx_j for a rotation (j, k), dphi/dx_j for a shift (j,)."""
    if len(motion) == 1:
        return {monomial: Fraction(c) for monomial, c in slopes.get(motion[0], {}).items()}
    j, k = motion
    parts = [product(slopes[b], {(a,): Fraction(sign)}) for a, b, sign in ((j, k, 1), (k, j, -1)) if b in slopes]
    return total(parts)


@dataclass(frozen=True)
class Moving:
    """The equations as hypotheses: theta_j' = p_j, and p_j' = -g*p_j - sum_i c_i*dphi_i/dtheta_j."""

    flow: ModelFlow
    velocities: tuple[str, ...]
    friction: str
    speeds: dict[int, str]
    forces: dict[int, str]

    def at(self, poly: Sparse, time: Term) -> Term:
        names = (*self.flow.names, *self.velocities)
        return substitute(as_term(poly, names), {name: apply(name, time) for name in names})

    def equations(self, parameters: Sequence[int]) -> list[str]:
        return [label for j in parameters for label in (self.speeds[j], self.forces[j])]


def moving(proof: Proof, model: Model, parameters: Sequence[int]) -> Moving:
    """The flow with momentum, for the parameters that matter."""
    parts, names = coefficients(model), model.parameters
    time, friction = fresh("tau", (*names, *model.data)), fresh("g", (*names, *model.data))
    functions = free_names(model, "c", len(parts))
    velocities = free_names(model, "p", len(names), *functions)
    flow = ModelFlow(model, parts, functions, (), time)
    tau, fields = symbol(time), [gradient(part.poly) for part in parts]
    used = [i for i, field in enumerate(fields) if any(j in field for j in parameters)]
    proof.declare(time, "real", "time")
    proof.declare(friction, "real", "friction")
    for j in range(len(names)):
        proof.declare(names[j], "function", "parameter at that time")
    for j in parameters:
        proof.declare(velocities[j], "function", f"velocity of {names[j]}")
    for i in used:
        proof.declare(functions[i], "function", meaning(flow, i))
    made = Moving(flow, velocities, friction, {}, {})
    for j in parameters:
        speed = Term("Diff", (apply(names[j], tau), time))
        made.speeds[j] = proof.assume(for_all(time, eq(speed, apply(velocities[j], tau))), "the velocity")
    for j in parameters:
        pushes = [mul(apply(functions[i], tau), made.at(fields[i][j], tau)) for i in used if j in fields[i]]
        drag = neg(mul(symbol(friction), apply(velocities[j], tau)))
        right = add(drag, neg(add(*pushes))) if pushes else drag
        change = Term("Diff", (apply(velocities[j], tau), time))
        made.forces[j] = proof.assume(for_all(time, eq(change, right)), "gradient flow with momentum")
    return made


def momentum(proof: Proof, made: Moving, motion: Sparse) -> str:
    """J(tau) = exp(-g*tau)*J(0)."""
    size, time = len(made.flow.names), made.flow.time
    used = sorted({i % size for monomial in motion for i in monomial})
    values = made.at(motion, symbol(time)), made.at(motion, ZERO)
    words = "the motion changes no coefficient, so only friction acts on it; the exponential makes up for that"
    return shrinks(proof, time, values, mul(symbol(made.friction), symbol(time)), made.equations(used), words)


def lost(proof: Proof, made: Moving, one: Law, total_name: str) -> str:
    """Q' = exp(-g*tau)*(Q'(0) + 2*k(tau)), where k' = exp(g*tau)*Q(theta') and k(0) = 0, for a conserved quadratic form Q.

    Q' is written out, as grad Q · theta'.
    """
    size, time = len(made.flow.names), made.flow.time
    tau, used = symbol(time), one.moving()
    grown, shrunk = (Term("Exp", (part,)) for part in (mul(symbol(made.friction), tau), neg(mul(symbol(made.friction), tau))))
    energy: Sparse = {tuple(size + i for i in monomial): c for monomial, c in one.poly.items()}
    proof.declare(total_name, "function", "the same form of the velocities, times exp(g*s), integrated")
    summed, begun = apply(total_name, tau), Term("Exp", (ZERO,))
    rises = proof.assume(for_all(time, eq(Term("Diff", (summed, time)), mul(grown, made.at(energy, tau)))), "a sum over time")
    zero = proof.assume(eq(apply(total_name, ZERO), ZERO), "nothing yet")
    rate, start = made.at(one.terms[0], tau), made.at(one.terms[0], ZERO)
    gap = add(mul(grown, rate), neg(mul(number(2), summed)))
    first = add(mul(begun, start), neg(mul(number(2), apply(total_name, ZERO))))
    kept = proof.step("conserved", for_all(time, eq(gap, first)), *made.equations(used), rises,
                      because="the slope of the loss drops out, for it is orthogonal to the quantity's gradient")  # fmt: skip
    begin = proof.step("identity", eq(first, start), zero, because="at the start")
    plain = proof.step("rewrite", for_all(time, eq(gap, start)), kept, begin, because="insert it")
    split = proof.step("identity", eq(rate, mul(shrunk, add(gap, mul(number(2), summed)))), because="solve for the rate")
    solved = eq(rate, mul(shrunk, add(start, mul(number(2), summed))))
    label = proof.step("rewrite", solved, split, plain, because="insert it")
    return proof.step("generalise", for_all(time, solved), label, because="at every time")
