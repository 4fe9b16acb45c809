"""Networks with one hidden layer and normal inputs: their Hessian at given weights, and its rank.

Every block is a derivative of one function, the expected product of two units. Its entries are sums of rational multiples of roots,
powers of π and arctangents; vectors that the Hessian annihilates for rational reasons are found by linear algebra over Q.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from derivations.kernel.checkers.balls import Constant, Key, blocks
from derivations.kernel.errors import Refused
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    Term,
    add,
    apply,
    div,
    eq,
    for_all,
    mul,
    neg,
    number,
    power,
    predicate,
    symbol,
)
from derivations.problems.models import PI, Model, Units
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof

Weights = Mapping[str, Fraction]


def default_weights(model: Model) -> dict[str, Fraction]:
    """Small rationals that satisfy no simple equation: no two units alike, none of them off."""
    names = model.parameters
    return {name: Fraction((-1) ** (i * i // 3) * (i % 5 + 1 + i // 5), i % 3 + 2) for i, name in enumerate(names)}


def hessian(units: Units, weights: Weights) -> list[list[Constant]]:
    """The Hessian at these weights. Raises Undecided where the kernel is not smooth, or an entry is not of the form."""
    rows, top = _values(units, weights)
    try:
        return blocks(list(units.arguments), rows, top, units.kernel, units.coinciding)
    except Refused as error:
        raise Undecided(f"at these weights the Hessian's entries are not found: {error}") from error


def _values(units: Units, weights: Weights) -> tuple[list[list[Fraction]], list[Fraction]]:
    width = units.weights.columns
    rows = [
        [weights[name] for name in units.weights.names[j * width : (j + 1) * width]] for j in range(units.weights.rows)
    ]
    return rows, [weights[name] for name in units.top.names]


def null_vectors(matrix: Sequence[Sequence[Constant]]) -> tuple[list[list[Fraction]], list[int]]:
    """A basis of the rational vectors that the matrix annihilates term by term, and the columns that stay independent."""
    size = len(matrix)
    equations: dict[tuple[int, Key], list[Fraction]] = {}
    for i, row in enumerate(matrix):
        for j, entry in enumerate(row):
            for key, c in entry.items():
                equations.setdefault((i, key), [Fraction(0)] * size)[j] = c
    rows = list(equations.values()) or [[Fraction(0)] * size]
    reduced, rank = fmpq_mat(len(rows), size, [fmpq(c.numerator, c.denominator) for row in rows for c in row]).rref()
    pivots = [next(j for j in range(size) if reduced[i, j] != 0) for i in range(rank)]
    vectors = []
    for free in sorted(set(range(size)) - set(pivots)):
        vector = [Fraction(0)] * size
        vector[free] = Fraction(1)
        for i, pivot in enumerate(pivots):
            vector[pivot] = -Fraction(int(reduced[i, free].p), int(reduced[i, free].q))
        vectors.append(vector)
    return vectors, pivots


# --- as terms ---------------------------------------------------------------------------------------------------------


def as_term(value: Constant) -> Term:
    """The constant as a sum."""
    parts = [_product(key, c) for key, c in sorted(value.items(), key=lambda item: (item[1] < 0, item[0]))]
    return add(*parts) if parts else number(0)


def _product(key: Key, c: Fraction) -> Term:
    root, power_of_pi, inner = key
    size = abs(c)
    top: list[Term] = [number(size.numerator)] if size.numerator != 1 else []
    top += [_root(Fraction(1), root)] if root != 1 else []
    top += [PI if power_of_pi == 1 else power(PI, power_of_pi)] if power_of_pi > 0 else []
    top += [Term("Atan", (_root(*one),)) for one in inner]
    bottom: list[Term] = [number(size.denominator)] if size.denominator != 1 else []
    bottom += [PI if power_of_pi == -1 else power(PI, -power_of_pi)] if power_of_pi < 0 else []
    body = mul(*top) if top else ONE
    body = number(size) if not inner and root == 1 and not power_of_pi else div(body, mul(*bottom)) if bottom else body
    return neg(body) if c < 0 else body


def _root(c: Fraction, n: int) -> Term:
    """c·√n, for positive c."""
    if n == 1:
        return number(c)
    top = mul(*([number(c.numerator)] if c.numerator != 1 else []), Term("Sqrt", (number(n),)))
    return top if c.denominator == 1 else div(top, number(c.denominator))


def _matrix(rows: Sequence[Sequence[Term]]) -> Term:
    return Term("Matrix", tuple(Term("Tuple", tuple(row)) for row in rows))


# --- the proof --------------------------------------------------------------------------------------------------------


def hessian_and_rank(proof: Proof, model: Model, units: Units, weights: Weights) -> Term:
    """The steps that give the Hessian and its rank; why the rank is what it is. Raises Undecided where no proof is found."""
    matrix = hessian(units, weights)
    vectors, pivots = null_vectors(matrix)
    functions, definitions = _definitions(proof, model, units)
    rows, top = _values(units, weights)
    where = _matrix([[*map(number, row), number(v)] for row, v in zip(rows, top, strict=True)])
    written = _matrix([[as_term(x) for x in row] for row in matrix])
    about = (written, where, Term("Tuple", tuple(map(symbol, units.arguments))), *functions)
    given = proof.step("hessian-of-units", predicate("hessian_of_units", *about), *definitions,
                       because="its blocks are derivatives of that function, times output weights")  # fmt: skip
    size, rank = len(matrix), len(pivots)
    listed = [Term("Tuple", tuple(map(number, vector))) for vector in vectors]
    reason = (
        predicate("null_vectors", number(len(listed)), *listed)
        if listed
        else predicate("nonzero_determinant", number(size))
    )
    claim = predicate("units_rank", number(rank), number(size), number(size - rank), reason, *about)
    words = "; ".join(
        [*explained(units, weights), "a ball around the determinant of the other rows and columns excludes 0"]
    )
    proof.step("units-rank", claim, given, rows=tuple(pivots), because=words)
    return reason


def _definitions(proof: Proof, model: Model, units: Units) -> tuple[list[Term], list[str]]:
    """K(a, b), and where it is another one, that for parallel a and b: the functions and their definitions."""
    arguments = [symbol(name) for name in units.arguments]
    functions: list[Term] = []
    labels: list[str] = []
    for body, words in (
        (units.kernel, "E σ(a·x)·σ(b·x)"),
        (units.coinciding, "the same to second order where b is a positive multiple of a"),
    ):
        if functions and body == units.kernel:
            functions, labels = functions * 2, labels * 2
            break
        name = fresh("K" if not functions else "K_0", (*units.arguments, *model.parameters))
        proof.declare(name, "function", f"{words}, σ(z) = {units.activation}, x standard normal")
        for argument in units.arguments:
            proof.declare(argument, "real", "weight of a unit")
        claim = eq(apply(name, *arguments), body)
        for argument in reversed(units.arguments):
            claim = for_all(argument, claim)
        functions.append(apply(name, *arguments))
        labels.append(proof.define(claim, f"{words} for standard normal x"))
    return functions, labels


def explained(units: Units, weights: Weights) -> list[str]:
    """What about these weights makes directions redundant, in words."""
    rows, top = _values(units, weights)
    found = [f"{units.top.names[j]} = 0: the weights of unit {j + 1} do not matter" for j, v in enumerate(top) if not v]
    found += [
        f"unit {j + 1} has no weights: it does not depend on the input" for j, row in enumerate(rows) if not any(row)
    ]
    for i, one in enumerate(rows):
        for j, other in enumerate(rows[:i]):
            sign = next((s for s in (1, -1) if any(one) and [s * x for x in one] == other), 0)
            if sign:
                words = "the same weights" if sign > 0 else "opposite weights"
                found.append(f"units {j + 1} and {i + 1} have {words}: they are one function of the input up to a sign")
    return found
