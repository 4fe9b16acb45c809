"""The rank of a polynomial model's Jacobian: in how many directions the parameters change the output.

Below: the rank at a point without structure. Above: the number of coefficients; the number of parameters less that of independent
fields u(θ) with u·∇f = 0, found by linear algebra; forms that are singular at the points where the units are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import comb
from typing import Any

from flint import nmod_mat

from derivations.kernel.checkers.ranks import (
    EXCEPTION,
    PRIME,
    Column,
    Outputs,
    outputs_of,
    rank_modulo,
    rank_over_q,
    singular_forms,
)
from derivations.kernel.errors import Refused
from derivations.kernel.sparse import Monomial, Sparse, gradient, value
from derivations.language.errors import Undecided
from derivations.language.terms import Term, number, predicate, symbol
from derivations.problems.models import Model
from derivations.tactics.first_integrals import Rows, null_space, point_without_structure
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term, primitive

FEW_UNKNOWNS, MAX_UNKNOWNS = 3_000, 60_000
Field = dict[int, Sparse]


def about(model: Model) -> tuple[Term, Term, Term]:
    """The outputs, the parameters and the data, as lists."""
    lists = (model.outputs, map(symbol, model.parameters), map(symbol, model.data))
    outputs, parameters, data = (Term("Tuple", tuple(one)) for one in lists)
    return outputs, parameters, data


def polynomial(model: Model) -> Outputs:
    """The outputs as polynomials. Raises Undecided where they are none."""
    try:
        return outputs_of(*about(model))
    except Refused as error:
        raise Undecided(f"of this model nothing is known so far: {error}") from error


@dataclass(frozen=True)
class Bound:
    """An upper bound of the rank, why, and what the kernel's rule needs to see it."""

    rank: int
    rule: str
    reason: Term
    witness: Mapping[str, Any]
    words: str


def generic(proof: Proof, model: Model) -> tuple[int, Term, list[str]]:
    """The rank for almost every value of the parameters, why it is not higher, and the steps that say so.

    Raises Undecided where the bounds do not meet.
    """
    outputs = polynomial(model)
    point = point_without_structure(len(model.parameters))
    low = rank_modulo(outputs, point)
    most: list[Bound] = []
    for bound in _bounds(model, outputs, point, low):
        most.append(bound)
        if bound.rank == low:
            break
    else:
        raise Undecided(
            f"the rank is at least {low} and at most {min(one.rank for one in most)}: no proof of more was found"
        )
    below = proof.step("rank-at-least", predicate("rank_at_least", number(low), *about(model)), point=tuple(point),
                       because="so it is at a point of whole numbers, hence wherever a certain minor does not vanish")  # fmt: skip
    above = proof.step(bound.rule, predicate("rank_at_most", number(low), *about(model), bound.reason), because=bound.words,
                       **bound.witness)  # fmt: skip
    return low, bound.reason, [below, above]


def _bounds(model: Model, outputs: Outputs, point: list[int], low: int) -> Iterator[Bound]:
    """Upper bounds, those that are easy to find first."""
    columns = {column for row in outputs.slopes() for column in row}
    yield Bound(
        len(point), "rank-at-most", predicate("few_parameters", number(len(point))), {}, "there are no more parameters"
    )
    yield Bound(len(columns), "rank-at-most", predicate("few_coefficients", number(len(columns))), {},
                "a polynomial in the data has no more coefficients than that")  # fmt: skip
    bound = two_layers(model, outputs)
    if bound is not None and bound.witness["degree"] > 2 and bound.rank < len(point) - len(bound.witness["top"]):
        yield bound  # less than the scales of the units explain
    yield _redundancies(model, outputs, point, low, 1)
    unknowns = _unknowns(len(model.parameters), 2)
    if unknowns <= FEW_UNKNOWNS:
        yield _redundancies(model, outputs, point, low, 2)
    if bound is not None:
        yield bound
    if FEW_UNKNOWNS < unknowns <= MAX_UNKNOWNS:
        yield _redundancies(model, outputs, point, low, 2)


def _redundancies(model: Model, outputs: Outputs, point: list[int], low: int, degree: int) -> Bound:
    """The number of parameters less that of independent fields of that degree along which no output changes."""
    chosen: list[Field] = []
    rows = Rows()
    for direction in directions(outputs, degree):
        if len(chosen) + low == len(point):
            break
        if rows.add({j: value(part, point, PRIME) for j, part in direction.items()}):
            chosen.append(direction)
    fields = [
        Term("Tuple", tuple(as_term(one.get(j, {}), model.parameters) for j in range(len(point)))) for one in chosen
    ]
    witness = {"point": tuple(point)}
    words = "these directions lie in the kernel of the Jacobian, and they are independent at a point"
    return Bound(len(point) - len(chosen), "rank-at-most", predicate("redundant_directions", number(len(fields)), *fields), witness,
                 words)  # fmt: skip


# --- directions along which nothing changes ---------------------------------------------------------------------------


def _unknowns(size: int, degree: int) -> int:
    return size * comb(size + degree, degree)


def directions(outputs: Outputs, degree: int) -> list[Field]:
    """A basis of the fields u(θ) of at most that degree with Σ_j u_j·∂f/∂θ_j = 0, the shortest first.

    The unknowns are the coefficients of the u_j; the linear system falls apart into blocks that share no equation.
    """
    slopes = outputs.slopes()
    size = len(slopes)
    unknowns = [
        (j, one)
        for d in range(degree + 1)
        for one in combinations_with_replacement(range(size), d)
        for j in range(size)
    ]
    numbers: dict[tuple[Column, Monomial], int] = {}
    columns = [
        [(numbers.setdefault((column, tuple(sorted(one + own))), len(numbers)), c)
         for column, poly in slopes[j].items() for own, c in poly.items()] for j, one in unknowns
    ]  # fmt: skip
    found: list[Field] = []
    for block in _blocks(columns, len(numbers)):
        for vector in _kernel(columns, block):
            direction: Field = {}
            for i, coefficient in vector.items():
                j, one = unknowns[block[i]]
                direction.setdefault(j, {})[one] = coefficient
            found.append(_tidied(direction, size))
    return sorted(
        found, key=lambda field: (max(map(len, (m for p in field.values() for m in p))), len(field), sorted(field))
    )


def _tidied(direction: Field, size: int) -> Field:
    """A multiple with whole coefficients without a common divisor."""
    joined = {(*one, size + j): c for j, part in direction.items() for one, c in part.items()}
    tidy: Field = {}
    for (*one, j), c in primitive(joined).items():
        tidy.setdefault(j - size, {})[tuple(one)] = c
    return tidy


def _blocks(columns: list[list[tuple[int, int | Fraction]]], rows: int) -> Iterator[list[int]]:
    """Columns that are joined by rows, without those that a row of one entry rules out."""
    users: list[set[int]] = [set() for _ in range(rows)]
    for n, column in enumerate(columns):
        for row, _ in column:
            users[row].add(n)
    alive = [True] * len(columns)
    waiting = [row for row, using in enumerate(users) if len(using) == 1]
    while waiting:
        using = users[waiting.pop()]
        if len(using) == 1:
            (n,) = using
            alive[n] = False
            for row, _ in columns[n]:
                users[row].discard(n)
                if len(users[row]) == 1:
                    waiting.append(row)
    seen = [not one for one in alive]
    for start in range(len(columns)):
        if seen[start]:
            continue
        seen[start], block, open_ = True, [], [start]
        while open_:
            n = open_.pop()
            block.append(n)
            for row, _ in columns[n]:
                fresh = [other for other in users[row] if not seen[other]]
                open_ += fresh
                for other in fresh:
                    seen[other] = True
        yield sorted(block)


def _kernel(columns: list[list[tuple[int, int | Fraction]]], block: list[int]) -> Iterator[dict[int, Fraction]]:
    """A basis of the solutions on one block."""
    rows: dict[int, int] = {}
    entries = [(rows.setdefault(row, len(rows)), i, c) for i, n in enumerate(block) for row, c in columns[n]]
    matrix = nmod_mat(max(len(rows), 1), len(block), PRIME)
    for row, i, c in entries:
        matrix[row, i] = (int(matrix[row, i]) + c.numerator * pow(c.denominator, -1, PRIME)) % PRIME
    return null_space(matrix)


# --- two layers -------------------------------------------------------------------------------------------------------


def two_layers(model: Model, outputs: Outputs) -> Bound | None:
    """The bound of the rule ``double-points``, where f = Σ_j v_j·c·(w_j·x + a)^p up to what is of degree 0 and 1 in x."""
    if len(outputs.polys) != 1:
        return None
    count = len(model.parameters)
    units = _units(outputs.polys[0], count, count + len(model.data))
    if not units or len({one[2:] for one in units}) != 1:
        return None
    _, _, degree, scale, shift = units[0]
    affine = any(sum(i >= count for i in one) < 2 for one in outputs.polys[0])
    dropped = bool(shift) and not affine
    variables, points = len(model.data) + bool(shift), len(units) + dropped
    try:
        singular = singular_forms(degree, variables, points)
    except Refused:
        return None
    rank = comb(variables + degree - 1, degree) - singular - dropped * variables
    witness = {"top": tuple(model.parameters[one[0]] for one in units), "degree": degree, "scale": number(scale),
               "weights": tuple(tuple(model.parameters[i] for i in one[1]) for one in units), "shift": number(shift)}  # fmt: skip
    reason = predicate("double_points", number(degree), number(variables), number(points))
    return Bound(rank, "double-points", reason, witness, _in_words(degree, bool(shift), dropped))


def _in_words(degree: int, shifted: bool, dropped: bool) -> str:
    parts = ["the gradients span the forms of which each is divisible by a unit's to the power of the degree less one"]
    if shifted:
        parts.append(
            "made homogeneous, a unit is a power of a linear form, up to multiples of the new variable's high powers"
        )
    if dropped:
        parts.append("these count as one point more, which is taken off again")
    if degree % 2:
        parts.append(
            f"of the cubics in {EXCEPTION[1]} variables one is singular at {EXCEPTION[2]} points; one would count none"
        )
    else:
        parts.append(
            "the square of a form that vanishes at all points is singular there, and orthogonal to all of these"
        )
    return "; ".join(parts)


def _units(poly: Sparse, count: int, size: int) -> list[tuple[int, tuple[int, ...], int, Fraction, Fraction]]:
    """Of each parameter v in which f is linear with ∂f/∂v = c·(w·x + a)^p + … : v, w, p, c, a; nothing if a part does not fit."""
    inputs = range(count, size)
    found = []
    for v, slope in gradient(poly).items():
        if v >= count or any(v in one for one in slope):
            continue
        degree = max(sum(i >= count for i in one) for one in slope)
        pure = [[one for one in slope if one.count(x) == degree == len(one) - degree] for x in inputs]
        if degree < 2 or any(len(one) != 1 or len(set(one[0][:degree])) != 1 for one in pure):
            continue
        weights = tuple(one[0][0] for one in pure)
        scale = Fraction(slope[pure[0][0]])
        below = tuple([weights[0]] * (degree - 1) + [inputs[0]] * (degree - 1))
        found.append((v, weights, degree, scale, slope.get(below, Fraction(0)) / (degree * scale)))
    return found


# --- what it means for the Hessian ------------------------------------------------------------------------------------


def rich_data(proof: Proof, model: Model, outputs: Outputs) -> str:
    """The hypothesis that the data tell the directions apart."""
    data = about(model)[2]
    if not model.gates:
        return proof.assume(predicate("full_support", data), "so it is for normal inputs")
    columns = sorted({monomial for row in outputs.slopes() for _, monomial in row})
    names = (*model.parameters, *model.data)
    functions = Term("Tuple", tuple(as_term({monomial: Fraction(1)}, names) for monomial in columns))
    return proof.assume(predicate("definite_moments", functions, data), "gates and inputs")


def declare(proof: Proof, model: Model) -> None:
    for name in model.parameters:
        proof.declare(name, "real", "parameter")
    for name in model.data:
        proof.declare(name, "real", "gate" if name in model.gates else "input")


def rank_at(outputs: Outputs, point: Term) -> int:
    """The exact rank at a rational point."""
    return rank_over_q(outputs, [one.args[0] for one in point.args])


def of_hessian(proof: Proof, model: Model, rank: int, last: Term, steps: Sequence[str], there: bool = False) -> str:
    """The Hessian's rank and nullity, from the Jacobian's rank."""
    size = len(model.parameters)
    claim = predicate("hessian_rank_there" if there else "hessian_rank", number(rank), number(size), number(size - rank),
                      *about(model), last)  # fmt: skip
    words = "at matching weights it is the mean of the products of the gradients, so that its kernel is that of the Jacobian"
    return proof.step("hessian-rank", claim, *steps, because=words)
