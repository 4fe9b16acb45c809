"""Networks with one hidden layer and normal inputs: their Hessian at given weights, and its rank.

Every block is a derivative of one function, the expected product of two units. Its entries are sums of rational multiples of roots,
powers of π and arctangents; vectors that the Hessian annihilates for rational reasons are found by linear algebra over Q.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from derivations.kernel.checkers.balls import Constant, Key, blocks, plus, times
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
    _require_no_kink(units, rows, top)
    try:
        return blocks(list(units.arguments), rows, top, (units.kernel, units.coinciding, units.opposite))
    except Refused as error:
        raise Undecided(f"at these weights the Hessian's entries are not found: {error}") from error


def _require_no_kink(units: Units, rows: Sequence[Sequence[Fraction]], top: Sequence[Fraction]) -> None:
    """Raises Undecided for a unit without weights whose activation has no derivative at 0."""
    off = next((j for j, row in enumerate(rows) if not any(row)), None)
    if not units.kink or off is None:
        return
    kink = f"{units.activation} has a kink at 0"
    raise Undecided(
        f"unit {off + 1} has no weights, and {kink}: the output has no derivative in its weights there, so no Hessian is given"
        if top[off]
        else f"unit {off + 1} has no weights in either layer, and {kink}: it changes the output to second order only. "
        "Its rows and columns of the Hessian are zero: leave the unit out, and ask for the rank of the rest"
    )


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
        [*explained(units, weights, matrix), "a ball around the determinant of the other rows and columns excludes 0"]
    )
    proof.step("units-rank", claim, given, rows=tuple(pivots), because=words)
    return reason


def _definitions(proof: Proof, model: Model, units: Units) -> tuple[list[Term], list[str]]:
    """K(a, b), and where they are others, those for parallel and for opposite a and b: the functions and their definitions."""
    arguments = [symbol(name) for name in units.arguments]
    parallel = "the same to second order where b is a {} multiple of a"
    words = ("E σ(a·x)·σ(b·x)", parallel.format("positive"), parallel.format("negative"))
    functions: list[Term] = []
    labels: list[str] = []
    for i, (body, said) in enumerate(zip((units.kernel, units.coinciding, units.opposite), words, strict=True)):
        if i and body == units.kernel:
            functions, labels = [*functions, functions[0]], [*labels, labels[0]]
            continue
        name = fresh("K" if not i else f"K_{i - 1}", (*units.arguments, *model.parameters))
        proof.declare(name, "function", f"{said}, σ(z) = {units.activation}, x standard normal")
        for argument in units.arguments:
            proof.declare(argument, "real", "weight of a unit")
        claim = eq(apply(name, *arguments), body)
        for argument in reversed(units.arguments):
            claim = for_all(argument, claim)
        functions.append(apply(name, *arguments))
        labels.append(proof.define(claim, f"{said} for standard normal x"))
    same = functions[2] == functions[0]  # a third function is named where it is another one
    return functions[:2] if same else functions, labels[:2] if same else labels


def explained(units: Units, weights: Weights, matrix: Sequence[Sequence[Constant]]) -> list[str]:
    """What about these weights makes directions redundant, in words."""
    rows, top = _values(units, weights)
    found = [f"{units.top.names[j]} = 0: the weights of unit {j + 1} do not matter" for j, v in enumerate(top) if not v]
    found += [
        f"unit {j + 1} has no weights: it does not depend on the input" for j, row in enumerate(rows) if not any(row)
    ]
    scaled = [str(j + 1) for j, v in enumerate(top) if v and _annihilated(matrix, _scaling(rows, top, j))]
    if scaled:
        found.append(f"the weights of a unit ({', '.join(scaled)}) may be scaled and its output weight scaled back")
    products = [row[-len(top) :] for row in matrix[-len(top) :]]
    opposite = []
    for i, one in enumerate(rows):
        for j, other in enumerate(rows[:i]):
            pair, square = f"{j + 1} and {i + 1}", times(products[i][j], products[i][j])
            if any(one) and any(other) and square == times(products[i][i], products[j][j]):
                found.append(f"units {pair} are multiples of one another, as functions of the input")
            if any(one) and _opposite(one, other) and not square and top[i] and top[j]:
                opposite.append(pair)
    if len(opposite) > 1:
        found.append(f"units {'; '.join(opposite)} are opposite: each such pair can change the output by any linear function")
    return found


def _scaling(rows: Sequence[Sequence[Fraction]], top: Sequence[Fraction], j: int) -> list[Fraction]:
    """The direction in which the weights of unit j grow and its output weight shrinks by the same factor."""
    own = [x if i == j else Fraction(0) for i, row in enumerate(rows) for x in row]
    return own + [-v if i == j else Fraction(0) for i, v in enumerate(top)]


def _annihilated(matrix: Sequence[Sequence[Constant]], vector: Sequence[Fraction]) -> bool:
    parts: list[tuple[int, Constant]] = [(j, {(1, 0, ()): c}) for j, c in enumerate(vector) if c]
    return not any(plus(*(times(row[j], c) for j, c in parts)) for row in matrix)


def _opposite(one: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    """Whether the second is a negative multiple of the first, which is not zero."""
    i = next(i for i, x in enumerate(one) if x)
    ratio = other[i] / one[i]
    return ratio < 0 and [ratio * x for x in one] == list(other)
