"""Hessians of networks with one hidden layer from the expected product of two units, and their ranks by ball arithmetic.

The numbers that occur are finite sums Σ c·√n·π^m·arctan(x)⋯ with rational c; equal sums of this form are equal numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import gcd

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpz

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import strip
from derivations.kernel.situation import Rule, Situation, require
from derivations.kernel.sparse import longest
from derivations.language.statements import Step
from derivations.language.terms import Term, number, predicate

Argument = tuple[Fraction, int]  # c·√n
Key = tuple[int, int, tuple[Argument, ...]]  # the n without squares, the power of π, the arctangents
Constant = dict[Key, Fraction]

PRECISIONS = (64, 256, 1024)
MAX_BITS = 96  # of a radicand, which is factored
MAX_LENGTH = 100_000  # of a number's numerator and denominator, in bits
MAX_PARAMETERS = 60


# --- exact constants --------------------------------------------------------------------------------------------------


def constant(term: Term, values: Mapping[str, Fraction], known: dict[int, Constant] | None = None) -> Constant:
    """The term's value with these values of its variables. Raises Refused where it is undefined or not of the form.

    ``known`` are values of objects that the term shares with others, by their identity.
    """
    known = {} if known is None else known
    if id(term) not in known:
        known[id(term)] = _value(
            term, [constant(arg, values, known) for arg in term.args if isinstance(arg, Term)], values
        )
    return known[id(term)]


def _value(term: Term, parts: list[Constant], values: Mapping[str, Fraction]) -> Constant:
    match term.head:
        case "Number":
            return _rational(term.args[0])
        case "Symbol" if term.args[0] in values:
            return _rational(values[term.args[0]])
        case "Neg":
            return times(parts[0], _rational(Fraction(-1)))
        case "Add":
            return plus(*parts)
        case "Mul":
            result = _rational(Fraction(1))
            for part in parts:
                result = times(result, part)
            return result
        case "Div":
            return times(parts[0], _inverse(parts[1]))
        case "Pow" if term.args[1].head == "Number" and term.args[1].args[0].denominator == 1:
            exponent = int(term.args[1].args[0])
            require(abs(exponent) <= 16, "too-large", "an exponent is too large")
            result, base = _rational(Fraction(1)), _inverse(parts[0]) if exponent < 0 else parts[0]
            for _ in range(abs(exponent)):
                result = times(result, base)
            return result
        case "Sqrt":
            return _root(parts[0])
        case "Atan":
            return _arctangent(parts[0])
    raise Refused("shape", f"{term.head} has no value here")


def plus(*parts: Constant) -> Constant:
    result: Constant = {}
    for part in parts:
        for key, c in part.items():
            result[key] = result.get(key, Fraction(0)) + c
    return {key: c for key, c in result.items() if c}


def times(one: Constant, other: Constant) -> Constant:
    products: list[Constant] = []
    require(longest(one) + longest(other) <= MAX_LENGTH, "too-large", "a number has too many digits")
    for (n, m, left), c in one.items():
        for (k, power, right), d in other.items():
            common = gcd(n, k)
            products.append({(n * k // common**2, m + power, tuple(sorted(left + right))): c * d * common})
    return plus(*products)


def _rational(value: Fraction) -> Constant:
    return {(1, 0, ()): value} if value else {}


def _only(value: Constant) -> tuple[int, int, Fraction]:
    """n, m and c of a number c·√n·π^m."""
    require(bool(value), "may-be-zero", "a denominator is zero")
    ((n, m, inner), c), *more = value.items()
    require(not more and not inner, "shape", "sums of roots, and arctangents, are not taken apart here")
    return n, m, c


def _inverse(value: Constant) -> Constant:
    n, m, c = _only(value)
    return {(n, -m, ()): 1 / (c * n)}


def _root(value: Constant) -> Constant:
    """√(p/q) = √(p·q)/q, squares taken out."""
    if not value:
        return {}
    n, m, c = _only(value)
    require(n == 1 and m == 0, "shape", "a root of what is no rational number")
    require(c > 0, "may-be-negative", "a root of a negative number")
    whole = c.numerator * c.denominator
    require(whole.bit_length() <= MAX_BITS, "too-large", "a radicand is too large")
    outside, inside = 1, 1
    for prime, count in fmpz(whole).factor():
        outside *= int(prime) ** (count // 2)
        inside *= int(prime) ** (count % 2)
    return {(inside, 0, ()): Fraction(outside, c.denominator)}


def _arctangent(value: Constant) -> Constant:
    """Odd; arctan 1 = π/4."""
    if not value:
        return {}
    n, m, c = _only(value)
    require(m == 0, "shape", "an arctangent of π")
    if n == abs(c) == 1:
        return {(1, 1, ()): c / 4}
    return {(1, 0, ((abs(c), n),)): Fraction(1 if c > 0 else -1)}


def ball(value: Constant) -> arb:
    """An enclosure, with the precision in force."""
    result = arb(0)
    for (n, m, inner), c in value.items():
        part = _arb(c) * arb(n).sqrt() * arb.pi() ** m
        for argument, k in inner:
            part *= (_arb(argument) * arb(k).sqrt()).atan()
        result += part
    return result


def _arb(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


# --- Hessians of networks with one hidden layer -----------------------------------------------------------------------


def hessian_of_units(s: Situation) -> None:
    """K(a, b) = … for all a, b;  K₀(a, b) = … for all a, b;  K₁(a, b) = … for all a, b
    ⊢  H has the blocks v_i·v_j·∂_a∂_b K(w_i, w_j), v_j·∂_b K(w_i, w_j) and K(w_i, w_j), with K₀ for K where w_j = c·w_i, c > 0,
    and K₁ where c < 0.

    With E σ(a·x)·σ(b·x) = K(a, b), and K₀, K₁ the same to second order where b = c·a, this is the Hessian of
    ½·E|f(θ'; x) - f(θ; x)|² in θ' at θ' = θ, f = Σ_j v_j·σ(w_j·x): E ∇f·∇fᵀ. Rows first belong to the w_j, one after the other,
    then to v; each row of the units' matrix is (w_j, v_j). Without a third function K stands for K₁. That σ has this K is cited.
    Refuses where an entry differs, K is not symmetric, or it is not smooth at the weights.
    """
    name, given, units, arguments, *functions = s.claimed("Predicate")
    count = len(functions)
    fine = name == "hessian_of_units" and 2 <= count <= 3 and len(s.premises) >= count
    require(fine, "shape", "the claim should give a Hessian, with two or three functions")
    names = [one.args[0] for one in arguments.args]
    require(
        all(s.table.domain(one) == "real" for one in names), "domain", "the kernel must be known for all real numbers"
    )
    weights, top = _units(units, len(names))
    bodies = [_body(premise, names, one) for premise, one in zip(s.premises, functions, strict=False)]
    rows = _rows(given)
    expected = blocks(names, weights, top, bodies)
    require([len(row) for row in rows] == [len(expected)] * len(expected), "not-equal", "the matrix has another size")
    mirrored = [list(column) for column in zip(*expected, strict=True)]
    require(expected == mirrored, "not-equal", "an expected product does not depend on the order: K(a, b) = K(b, a)")
    found = [[constant(entry, {}) for entry in row] for row in rows]
    require(found == expected, "not-equal", "an entry is another one")


def blocks(
    names: list[str], weights: list[list[Fraction]], top: list[Fraction], bodies: Sequence[Term]
) -> list[list[Constant]]:
    """The Hessian, from the expected product of two units, and those to second order where their weights are parallel, opposite."""
    size, units = len(names) // 2, len(top)
    count = units * (size + 1)
    require(count <= MAX_PARAMETERS, "too-large", "too many parameters")
    result: list[list[Constant]] = [[{} for _ in range(count)] for _ in range(count)]
    near, *others = (_Slopes(names, body) for body in bodies)
    slopes = {0: near, 1: others[0], -1: others[1] if len(others) > 1 else near}
    for i in range(units):
        for j in range(units):
            here = dict(zip(names, (*weights[i], *weights[j]), strict=True))
            v = _rational(top[i]), _rational(top[j])
            known: dict[int, Constant] = {}
            derivative = partial(slopes[_along(weights[i], weights[j])].at, here, known)
            for q in range(size):
                column = j * size + q
                edge = times(v[1], derivative(size + q))
                result[units * size + i][column] = result[column][units * size + i] = edge
                for p in range(size):
                    result[i * size + p][column] = times(times(*v), derivative(p, size + q))
            result[units * size + i][units * size + j] = derivative()
    return result


def _along(one: list[Fraction], other: list[Fraction]) -> int:
    """The sign of c where the second is c times the first, and 0 where it is no multiple; 1 if both are zero."""
    i = next((i for i, x in enumerate(one) if x), 0)
    ratio = other[i] / one[i] if one[i] else Fraction(1)
    return (ratio > 0) - (ratio < 0) if [ratio * x for x in one] == other else 0


class _Slopes:
    """A function's derivatives, by the positions of the variables, with what must hold for them."""

    def __init__(self, names: list[str], body: Term) -> None:
        self.names = names
        self.known: dict[tuple[int, ...], tuple[Term, list[Term], list[Term]]] = {(): (body, [], [])}

    def at(self, here: Mapping[str, Fraction], known: dict[int, Constant], *by: int) -> Constant:
        term, nonzero, positive = self._of(by)
        for one in nonzero:
            require(
                bool(constant(one, here, known)), "may-be-zero", "a denominator vanishes where it is differentiated"
            )
        for one in positive:
            fine = bool(ball(constant(one, here, known)) > 0)
            require(fine, "sign-unknown", "not known to be positive where it is differentiated")
        return constant(term, here, known)

    def _of(self, by: tuple[int, ...]) -> tuple[Term, list[Term], list[Term]]:
        from derivations.kernel.rules.analysis import Differentiation  # which imports this module

        if by not in self.known:
            term, nonzero, positive = self._of(by[:-1])
            d = Differentiation(self.names[by[-1]], {})
            derivative = d.of(term)
            self.known[by] = derivative, [*nonzero, *d.nonzero], [*positive, *d.positive]
        return self.known[by]


def _body(premise: Term, names: list[str], function: Term) -> Term:
    """What the premise defines K(a, b) as. Raises Refused unless it does so for all a and b."""
    every, formula = strip(premise)
    fine = formula.head == "Eq" and formula.args[0] == function and function.head == "Apply"
    fine = fine and [arg.args for arg in function.args[1:]] == [(one,) for one in names] and set(every) == set(names)
    require(
        fine and len(set(names)) == len(names), "does-not-follow", "no premise defines this function for all arguments"
    )
    body: Term = formula.args[1]
    return body


def _rows(matrix: Term) -> list[tuple[Term, ...]]:
    require(matrix.head == "Matrix", "shape", "a matrix is needed")
    return [row.args for row in matrix.args]


def _units(units: Term, arguments: int) -> tuple[list[list[Fraction]], list[Fraction]]:
    rows = [[_fraction(entry) for entry in row] for row in _rows(units)]
    fine = all(2 * len(row) == arguments + 2 for row in rows)
    require(fine, "shape", "a unit has a weight for each input, and one more")
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def _fraction(term: Term) -> Fraction:
    value = constant(term, {})
    require(set(value) <= {(1, 0, ())}, "shape", "a rational number is needed")
    return value.get((1, 0, ()), Fraction(0))


def units_rank(s: Situation) -> None:
    """H is the Hessian; H·u = 0 exactly for n independent u; a ball around some minor of size r = D - n excludes 0
    ⊢  H has rank r and nullity n.

    The argument before H says why: ``null_vectors`` with n and the u, or ``nonzero_determinant`` with D. The
    witness gives the minor's rows, which are its columns, too. Refuses when 1,024 bits do not keep the minor away from 0.
    """
    name, count, parameters, nullity, reason, *about = s.claimed("Predicate")
    require(name == "units_rank", "shape", "the claim should give a Hessian's rank")
    require(predicate("hessian_of_units", *about) in s.premises, "does-not-follow", "no premise gives the Hessian")
    matrix = [[constant(entry, {}) for entry in row] for row in _rows(about[0])]
    vectors = (
        [[_fraction(entry) for entry in one.args] for one in reason.args[2:]]
        if reason.args[0] == "null_vectors"
        else []
    )
    size, rank = len(matrix), len(matrix) - len(vectors)
    require(all(len(row) == size for row in matrix), "shape", "a Hessian has as many columns as rows")
    full = predicate("nonzero_determinant", number(size))
    due = predicate("null_vectors", number(len(vectors)), *reason.args[2:]) if vectors else full
    require(reason == due, "not-equal", "the reason does not fit")
    require(
        (count, parameters, nullity) == (number(rank), number(size), number(len(vectors))), "not-equal", "another rank"
    )
    require(all(len(one) == size for one in vectors), "shape", "a vector has one entry for each parameter")
    for one in vectors:
        images = (plus(*(times(entry, _rational(c)) for entry, c in zip(row, one, strict=True))) for row in matrix)
        require(not any(images), "not-equal", "the Hessian does not annihilate that vector")
    flat = [fmpq(c.numerator, c.denominator) for one in vectors for c in one]
    fine = not vectors or fmpq_mat(len(vectors), size, flat).rank() == len(vectors)
    require(fine, "does-not-follow", "the vectors are dependent")
    chosen = s.witness.get("rows", ())
    fine = len(set(chosen)) == len(chosen) == rank and all(type(i) is int and 0 <= i < size for i in chosen)
    require(fine, "witness", "as many rows as the rank must be named")
    require(
        not rank or separated([[matrix[i][j] for j in chosen] for i in chosen]), "sign-unknown", "the minor may vanish"
    )


def separated(matrix: list[list[Constant]]) -> bool:
    """Whether a ball around the determinant excludes zero."""
    before = ctx.prec
    try:
        for bits in PRECISIONS:
            ctx.prec = bits
            if not arb_mat([[ball(entry) for entry in row] for row in matrix]).det().contains(0):
                return True
    finally:
        ctx.prec = before
    return False


THEOREM = "the expected product of two units in closed form"


def citation(step: Step) -> str | None:
    return THEOREM if step.rule == "hessian-of-units" else None


RULES: dict[str, Rule] = {"hessian-of-units": hessian_of_units, "units-rank": units_rank}
