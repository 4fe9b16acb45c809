"""Inequalities by explicit certificates: m*f = sum of c*(product of what is positive)*(square), with positive numbers c.

A linear program (Handelman) or a semidefinite one (sums of squares) guesses in floating point; the guess is solved again, or
rounded, exactly, and the kernel's rule ``polynomial-implication`` multiplies out. That nothing is found is no refutation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy as sp

from derivations.language.terms import ONE, Term
from derivations.tactics.polynomials import Dense, Monomial, Problem, dense, gap, is_small, merged, problem_of, times

__all__ = ["Dense", "dense", "exact_weights", "find", "gap", "is_small", "ldl", "times", "vertex"]

Witness = dict[str, Any]
MAX_COLUMNS, MAX_BASIS = 4000, 14
_SMALLEST = (Fraction(1, 100), Fraction(1, 10_000))  # how much a strictly positive term must weigh at least


def find(
    claim: Term,
    premises: Sequence[Term],
    degree: int = 3,
    multipliers: Iterable[Term] = (),
    squares: bool = True,
    plain: bool = True,
) -> Witness | None:
    """A witness for ``polynomial-implication``: claim (f > 0 or f >= 0) from the premises (relations), in this order.

    Products of up to ``degree`` premises are tried, then (unless ``squares`` is false) squares times premises. ``multipliers`` are
    positive terms that f may be multiplied by (that it must be, unless ``plain``). Premises x = term are inserted; only relations
    that are polynomial then (also in square roots) take part.
    """
    for factor in (*((ONE,) if plain else ()), *multipliers):
        problem = problem_of(claim, premises, factor)
        if problem is None:
            continue
        for size in range(1, degree + 1):
            terms = _handelman(problem, size)
            if terms is not None:
                return _witness(terms, factor)
        terms = _squares(merged(problem)) if squares else None
        if terms is not None:
            return _witness(terms, factor)
    return None


def _witness(terms: list[dict[str, Any]], factor: Term) -> Witness:
    found: Witness = {"terms": tuple(terms)}
    if factor != ONE:
        found["multiplier"] = factor
    return found


# --- products of premises -----------------------------------------------------------------------------------------


def _products(problem: Problem, size: int) -> Iterator[tuple[tuple[int, ...], Dense, bool]]:
    """Products of up to ``size`` premises that are inequalities: places, polynomial, whether certainly positive."""
    one: Dense = {(0,) * len(problem.generators): Fraction(1)}
    usable = [(place, poly, strict) for place, poly, strict, equation in problem.given if not equation]
    for count in range(size + 1):
        for chosen in combinations_with_replacement(usable, count):
            poly = one
            for _, factor, _ in chosen:
                poly = times(poly, factor)
            yield tuple(place for place, _, _ in chosen), poly, all(strict for _, _, strict in chosen)


def _monomials(problem: Problem) -> Iterator[tuple[tuple[int, ...], Dense, bool]]:
    """For each monomial of the goal, a product of premises that is a multiple of it: 0 < x and 0 <= y give 0 <= x**3*y**2."""
    single = [(place, *next(iter(poly.items())), strict) for place, poly, strict, equation in problem.given
              if not equation and len(poly) == 1]  # fmt: skip
    single = [one for one in single if one[2] > 0 and any(one[1])]
    for monomial in problem.goal:
        left, places, coefficient, positive = list(monomial), [], Fraction(1), True
        for place, exponents, c, strict in sorted(single, key=lambda one: (-sum(one[1]), not one[3])):
            while all(a >= b for a, b in zip(left, exponents, strict=True)):
                left = [a - b for a, b in zip(left, exponents, strict=True)]
                places.append(place)
                coefficient, positive = coefficient * c, positive and strict
        if places and not any(left):
            yield tuple(places), {monomial: coefficient}, positive


def _handelman(problem: Problem, size: int) -> list[dict[str, Any]] | None:
    """f = sum of c*products, c >= 0, by a linear program whose vertex is then solved for exactly."""
    columns = list(_products(problem, size))
    columns += [one for one in _monomials(problem) if len(one[0]) > size]
    if len(columns) > MAX_COLUMNS:
        return None
    for least in _SMALLEST if problem.strict else (Fraction(0),):
        chosen = vertex(problem.goal, columns, least)
        if chosen is not None:
            break
    else:
        return None
    weights = exact_weights([columns[i][1] for i in chosen], problem.goal)
    if weights is None or any(c < 0 for c in weights):
        return None
    terms = [_term(c, columns[i][0]) for i, c in zip(chosen, weights, strict=True) if c]
    strict = any(columns[i][2] for i, c in zip(chosen, weights, strict=True) if c)
    return terms if strict or not problem.strict else None


def _term(weight: Fraction, places: tuple[int, ...], square: Term | None = None) -> dict[str, Any]:
    term: dict[str, Any] = {} if weight == 1 else {"coefficient": str(weight)}
    if places:
        term["premises"] = places
    if square is not None:
        term["square"] = square
    return term


def vertex(goal: Dense, columns: list[tuple[tuple[int, ...], Dense, bool]], least: Fraction) -> list[int] | None:
    """The columns that a vertex of the linear program uses: few, and of low degree if possible."""
    from scipy.optimize import linprog

    rows = sorted({m for _, poly, _ in columns for m in poly} | set(goal))
    index = {m: i for i, m in enumerate(rows)}
    table = np.zeros((len(rows), len(columns)))
    for j, (_, poly, _) in enumerate(columns):
        for m, c in poly.items():
            table[index[m], j] = float(c)
    right = np.array([float(goal.get(m, 0)) for m in rows])
    cost = np.array([1 + len(places) / 100 for places, _, _ in columns])
    bound = (np.array([[-float(strict) for _, _, strict in columns]]), [-float(least)]) if least else (None, None)
    found = linprog(cost, A_ub=bound[0], b_ub=bound[1], A_eq=table, b_eq=right, bounds=(0, None), method="highs-ds")
    return [j for j, value in enumerate(found.x) if value > 1e-9] if found.status == 0 else None


def exact_weights(columns: list[Dense], goal: Dense) -> list[Fraction] | None:
    """Rational c with sum c_j*columns_j = goal, free ones zero; None if there are none."""
    rows = sorted({m for poly in columns for m in poly} | set(goal))
    table = [[poly.get(m, Fraction(0)) for poly in columns] + [goal.get(m, Fraction(0))] for m in rows]
    pivots: list[int] = []
    for j in range(len(columns)):
        top = len(pivots)
        at = next((i for i in range(top, len(table)) if table[i][j]), None)
        if at is None:
            continue
        table[top], table[at] = table[at], table[top]
        table[top] = [value / table[top][j] for value in table[top]]
        for i, row in enumerate(table):
            if i != top and row[j]:
                table[i] = [a - row[j] * b for a, b in zip(row, table[top], strict=True)]
        pivots.append(j)
    if any(row[-1] for row in table[len(pivots):]):
        return None
    solution = [Fraction(0)] * len(columns)
    for i, j in enumerate(pivots):
        solution[j] = table[i][-1]
    return solution


# --- sums of squares ----------------------------------------------------------------------------------------------


def _squares(problem: Problem) -> list[dict[str, Any]] | None:
    """f = sum of squares times premises (Putinar), for claims that are not strict; a strict one needs a constant left over."""
    degree = max((sum(m) for m in problem.goal), default=0)
    blocks = []
    for places, poly, _ in _products(problem, 1):
        basis = _basis(problem.goal, (degree - max(sum(m) for m in poly)) // 2, places)
        if basis and len(basis) <= MAX_BASIS:
            blocks.append((places, poly, basis))
    blocks = _without_zeros(problem.goal, blocks)
    if not blocks:
        return None
    goals = [(problem.goal, Fraction(0))]
    if problem.strict:
        origin = (0,) * len(problem.generators)
        goals = [({**problem.goal, origin: problem.goal.get(origin, Fraction(0)) - part}, part) for part in _SMALLEST]
    for goal, part in goals:
        matrices = _gram(goal, [(poly, basis) for _, poly, basis in blocks])
        if matrices is not None:
            terms = [_term(part, ())] if part else []
            for (places, _, basis), gram in zip(blocks, matrices, strict=True):
                terms += [_term(weight, places, _polynomial(problem, basis, vector)) for weight, vector in gram]
            return terms
    return None


def _basis(goal: Dense, degree: int, places: tuple[int, ...]) -> list[Monomial]:
    """Monomials that may occur in the squares: half of Newton's box and degrees of the goal."""
    if degree < 0 or not goal:
        return []
    size = len(next(iter(goal)))
    most = [max(m[i] for m in goal) for i in range(size)]
    least = min(sum(m) for m in goal) if not places else 0
    found: list[Monomial] = [()]
    for i in range(size):
        found = [(*m, e) for m in found for e in range(most[i] // 2 + 1) if sum(m) + e <= degree]
    return [m for m in found if 2 * sum(m) >= least]


def _without_zeros(
    goal: Dense, blocks: list[tuple[tuple[int, ...], Dense, list[Monomial]]]
) -> list[tuple[tuple[int, ...], Dense, list[Monomial]]]:
    """The bases without monomials whose square would stand alone where the goal has nothing."""
    while True:
        makers: dict[Monomial, set[tuple[int, int, int]]] = {}
        for k, (_, poly, basis) in enumerate(blocks):
            for i, one in enumerate(basis):
                for j, other in enumerate(basis[: i + 1]):
                    for m in poly:
                        makers.setdefault(tuple(map(sum, zip(one, other, m, strict=True))), set()).add((k, i, j))
        alone = {next(iter(found)) for m, found in makers.items() if len(found) == 1 and not goal.get(m)}
        out = {(k, i) for k, i, j in alone if i == j}
        if not out:
            return [block for block in blocks if block[2]]
        blocks = [(places, poly, [m for i, m in enumerate(basis) if (k, i) not in out])
                  for k, (places, poly, basis) in enumerate(blocks)]  # fmt: skip


def _polynomial(problem: Problem, basis: list[Monomial], vector: list[Fraction]) -> Term:
    expression = sum(
        sp.Rational(c.numerator, c.denominator) * sp.prod([g**e for g, e in zip(problem.generators, m, strict=True)])
        for m, c in zip(basis, vector, strict=True)
    )
    return problem.bridge.to_term(sp.expand(expression))


def _gram(goal: Dense, blocks: list[tuple[Dense, list[Monomial]]]) -> list[list[tuple[Fraction, list[Fraction]]]] | None:
    """Positive semidefinite Gram matrices, exactly: a point inside the cone is found, rounded, and decomposed."""
    places = [(k, i, j) for k, (_, basis) in enumerate(blocks) for i in range(len(basis)) for j in range(i + 1)]
    columns = []
    for k, i, j in places:
        poly, basis = blocks[k]
        shift = tuple(a + b for a, b in zip(basis[i], basis[j], strict=True))
        columns.append({tuple(a + b for a, b in zip(m, shift, strict=True)): c * (1 if i == j else 2) for m, c in poly.items()})
    rows = sorted({m for column in columns for m in column} | set(goal))
    table = np.array([[float(column.get(m, 0)) for column in columns] for m in rows])
    right = np.array([float(goal.get(m, 0)) for m in rows])
    guess = _interior(table, right, places, [len(basis) for _, basis in blocks])
    if guess is None:
        return None
    for bottom in (1, 2, 4, 12, 60, 64, 720, 10**4, 10**6, 10**9):
        rounded = [Fraction(round(value * bottom), bottom) for value in guess]
        exact = _projected(columns, rows, goal, rounded)
        found = None if exact is None else _decomposed(exact, places, blocks)
        if found is not None:
            return found
    return None


def _interior(table: Any, right: Any, places: list[tuple[int, int, int]], sizes: list[int]) -> Any:
    """A point of the affine space whose matrices have a lowest eigenvalue as large as possible (up to 1), by Newton's method."""
    point = np.linalg.lstsq(table, right, rcond=None)[0]
    if not np.allclose(table @ point, right, atol=1e-7):
        return None
    _, values, vectors = np.linalg.svd(table)
    free = vectors[int(np.sum(values > 1e-9)) :]
    start = [0, *np.cumsum(sizes)]
    origin, *ways = (_assembled(one, places, start) for one in (point, *free))
    moves = np.array([*ways, -np.eye(start[-1])])  # the last variable is the eigenvalue t that is to be raised
    x = np.zeros(len(moves))
    x[-1] = float(np.linalg.eigvalsh(origin)[0]) - 1
    for weight in 10.0 ** np.arange(9):
        for _ in range(15):
            x, moved = _newton(origin, moves, x, weight)
            if not moved:
                break
        if x[-1] > 1e-2:
            break
    return point + x[:-1] @ free if x[-1] > -1e-6 else None


def _newton(origin: Any, moves: Any, x: Any, weight: float) -> tuple[Any, bool]:
    """One damped step of Newton's method for the minimum of -weight*t - log det(matrix - t) - log(2 - t)."""
    inverse = np.linalg.inv(origin + np.tensordot(x, moves, 1))
    turned = inverse @ moves
    gradient = -np.trace(turned, axis1=1, axis2=2)
    hessian = np.einsum("kij,lji->kl", turned, turned)
    gradient[-1] += 1 / (2 - x[-1]) - weight
    hessian[-1, -1] += 1 / (2 - x[-1]) ** 2
    step = np.linalg.lstsq(hessian, -gradient, rcond=1e-13)[0]
    decrease = float(-gradient @ step)
    step /= 1 + max(decrease, 0) ** 0.5
    while x[-1] + step[-1] >= 2 or np.linalg.eigvalsh(origin + np.tensordot(x + step, moves, 1))[0] <= 0:
        step /= 2
        if np.max(np.abs(step)) < 1e-14:
            return x, False
    return x + step, decrease > 1e-6


def _assembled(point: Any, places: list[tuple[int, int, int]], start: list[int]) -> Any:
    """The matrices of a point, as the blocks of one."""
    whole = np.zeros((start[-1], start[-1]))
    for value, (k, i, j) in zip(point, places, strict=True):
        whole[start[k] + i, start[k] + j] = whole[start[k] + j, start[k] + i] = value
    return whole


def _projected(columns: list[Dense], rows: list[Monomial], goal: Dense, point: list[Fraction]) -> list[Fraction] | None:
    """An exact point of the affine space near the given one: what is missing is added by least squares."""
    missing: Dense = {}
    for m in rows:
        rest = goal.get(m, Fraction(0)) - sum((c.get(m, Fraction(0)) * x for c, x in zip(columns, point, strict=True)), Fraction(0))
        if rest:
            missing[m] = rest
    if not missing:
        return point
    gram = [{m: sum((c.get(m, Fraction(0)) * c.get(n, Fraction(0)) for c in columns), Fraction(0)) for m in rows} for n in rows]
    weights = exact_weights(gram, missing)
    if weights is None:
        return None
    by_row = dict(zip(rows, weights, strict=True))
    return [x + sum((by_row[m] * c for m, c in column.items()), Fraction(0)) for x, column in zip(point, columns, strict=True)]


def _decomposed(
    point: list[Fraction], places: list[tuple[int, int, int]], blocks: list[tuple[Dense, list[Monomial]]]
) -> list[list[tuple[Fraction, list[Fraction]]]] | None:
    """Each matrix as a sum of weights times squares of linear forms, by LDL^T; None unless all are positive semidefinite."""
    matrices = [[[Fraction(0)] * len(basis) for _ in basis] for _, basis in blocks]
    for value, (k, i, j) in zip(point, places, strict=True):
        matrices[k][i][j] = matrices[k][j][i] = value
    found = [ldl(one) for one in matrices]
    return None if any(one is None for one in found) else [one for one in found if one is not None]


def ldl(matrix: list[list[Fraction]]) -> list[tuple[Fraction, list[Fraction]]] | None:
    """(d, v) with matrix = sum d*v*v^T, d > 0; None unless the matrix is positive semidefinite."""
    rest, found = [row[:] for row in matrix], []
    for k in range(len(rest)):
        pivot = rest[k][k]
        if pivot < 0 or (pivot == 0 and any(rest[k])):
            return None
        if pivot:
            vector = [value / pivot for value in rest[k]]
            found.append((pivot, vector))
            rest = [[value - pivot * a * b for value, b in zip(row, vector, strict=True)]
                    for row, a in zip(rest, vector, strict=True)]  # fmt: skip
    return found
