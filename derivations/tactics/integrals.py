"""Gradient flow, and what it conserves.

Conserved polynomials are the null space of the linear map Q -> grad Q · f on polynomials up to some degree. It is
computed modulo a prime (exactly, where the loss has constants) and lifted to Q; the kernel checks each Q identically.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, islice, product
from math import comb, gcd, isqrt, lcm
from typing import Any

import sympy as sp
from flint import nmod_mat

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ZERO,
    Term,
    apply,
    eq,
    for_all,
    free_symbols,
    ne,
    neg,
    number,
    predicate,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.losses import Loss
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, derivative, tidy
from derivations.tactics.proof import Proof

PRIME = 2**61 - 1
MAX_MONOMIALS, MAX_WITH_CONSTANTS, MAX_DEGREE = 400, 60, 6

Exponents = tuple[int, ...]
Polynomial = dict[Exponents, Any]  # exponents -> coefficient


@dataclass(frozen=True)
class Field:
    """The loss's gradient: its components as terms and as polynomials, and the labels of the steps that give them.

    ``conditions`` are labels of what the constants must fulfil; ``centre`` is the point where the loss is studied.
    """

    names: tuple[str, ...]
    gradient: tuple[Term, ...]
    polynomials: tuple[Polynomial, ...]
    derivatives: tuple[str, ...]
    constants: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    centre: tuple[Term, ...] = ()

    @property
    def variables(self) -> tuple[Term, ...]:
        return tuple(map(symbol, self.names))

    def at(self, term: Term, *where: Term) -> Term:
        """A term in the parameters, said of the path (or sequence) at that time."""
        return substitute(term, {name: apply(name, *where) for name in self.names})


@dataclass(frozen=True)
class Flow:
    """dx/dtau = -grad L: the field as terms in the parameters, and the labels of its explicit equations."""

    field: Field
    velocity: tuple[Term, ...]
    equations: tuple[str, ...]
    time: str


def fresh(name: str, taken: Iterable[str]) -> str:
    """The name, or the name with a number if something else is called so."""
    options = (name, *(f"{name}_{i}" for i in range(1, 100)))
    return next(option for option in options if option not in set(taken))


# --- the problem's definitions ------------------------------------------------------------------------------------


def gradient_field(proof: Proof, loss: Loss) -> Field:
    """The definition of the loss and its partial derivatives. Raises Undecided unless it is a polynomial over Q."""
    if loss.body is None:
        raise Undecided("this question needs the loss as a polynomial in its parameters")
    names = loss.parameters
    for name in names:
        proof.declare(name, "real", "parameter")
    for name in loss.constants:
        proof.declare(name, "real")
    proof.declare("L", "function")
    xs = tuple(map(symbol, names))
    definition = proof.define(_for_all(names, eq(apply("L", *xs), loss.body)), "the loss")
    conditions = _conditions(proof, loss)
    gradient = tuple(derivative(loss.body, name) for name in names)
    polynomials = tuple(_polynomial(part, names) for part in gradient)
    if not any(polynomials):
        raise Undecided("this loss does not depend on its parameters")
    steps = tuple(
        proof.step("derivative", _for_all(names, eq(partial(i, xs), part)), definition, *conditions,
                   because="differentiate the loss" if i == 0 else "and by the next parameter")
        for i, part in enumerate(gradient)
    )  # fmt: skip
    centre = tuple(loss.at[name] for name in names) if loss.at else ()
    return Field(names, gradient, polynomials, steps, loss.constants, tuple(conditions), centre)


def _for_all(names: Iterable[str], body: Term) -> Term:
    for name in reversed(tuple(names)):
        body = for_all(name, body)
    return body


def partial(i: int, at: tuple[Term, ...]) -> Term:
    """dL/dx_i at a point."""
    return Term("Derivative", ("L", tuple(int(j == i) for j in range(len(at))), *at))


def _conditions(proof: Proof, loss: Loss) -> list[str]:
    """That the constants in denominators do not vanish."""
    assert loss.body is not None
    bottoms = {node.args[1]: None for node in subterms(loss.body) if node.head == "Div" and free_symbols(node.args[1])}
    if any(free_symbols(bottom) & set(loss.parameters) for bottom in bottoms):
        raise Undecided("this question needs the loss as a polynomial in its parameters")
    return [proof.assume(ne(bottom, ZERO), "a denominator of the loss") for bottom in bottoms]


def _polynomial(term: Term, names: tuple[str, ...]) -> Polynomial:
    """Coefficients by exponents: numbers, or rational functions of the loss's constants."""
    bridge = Bridge()
    expression = bridge.to_sympy(term)
    try:
        poly = sp.Poly(expression, *(bridge.to_sympy(symbol(name)) for name in names))
    except sp.PolynomialError:
        poly = None
    if poly is None or any(
        node.head not in ("Symbol", "Add", "Mul", "Neg", "Div", "Pow", "Number") for node in subterms(term)
    ):
        raise Undecided("this question needs the loss as a polynomial with rational coefficients")
    return {exponents: coefficient for exponents, coefficient in poly.terms() if coefficient != 0}


def gradient_flow(proof: Proof, problem: Problem) -> Flow:
    """The flow as hypotheses, and its equations with the derivatives carried out."""
    loss = problem.loss
    field = gradient_field(proof, loss)
    time = fresh("tau", (*loss.parameters, *loss.constants))
    proof.declare(time, "real", "time")
    path = tuple(apply(name, symbol(time)) for name in field.names)
    for name in field.names:
        proof.declare(name, "function", "parameter at that time")
    velocity = tuple(tidy(neg(part)) for part in field.gradient)
    equations = []
    for i, moving in enumerate(path):
        speed = Term("Diff", (moving, time))
        said = proof.assume(for_all(time, eq(speed, neg(partial(i, path)))), "gradient flow")
        explicit = for_all(time, eq(speed, field.at(velocity[i], symbol(time))))
        equations.append(
            proof.step("rewrite", explicit, said, field.derivatives[i], because="insert the derivative into the flow")
        )
    return Flow(field, velocity, tuple(equations), time)


# --- search ---------------------------------------------------------------------------------------------------------


def search_degree(field: Field) -> int:
    """Up to which degree polynomials are searched: as far as their number stays small."""
    most, n = (MAX_WITH_CONSTANTS if field.constants else MAX_MONOMIALS), len(field.names)
    return max((d for d in range(3, MAX_DEGREE + 1) if comb(n + d, d) <= (most if d <= 4 else most // 3)), default=2)


def conserved_polynomials(field: Field, degree: int) -> list[Term]:
    """Functionally independent conserved polynomials, those of low degree first, as primitive integer polynomials."""
    n = len(field.names)
    monomials = [
        _exponents(chosen, n) for d in range(1, degree + 1) for chosen in combinations_with_replacement(range(n), d)
    ]
    columns = [_along(monomial, field.polynomials) for monomial in monomials]
    if len(monomials) > 4 * MAX_MONOMIALS:
        raise Undecided(f"{n} parameters are too many for the search for conserved quantities")
    found: list[Term] = []
    gradients: list[list[int]] = []
    for vector in _exact_kernel(columns) if field.constants else _rational_kernel(columns):
        if len(found) == n - 1:
            break
        poly = {monomials[j]: c for j, c in vector.items()}
        row = _gradient_somewhere(poly, n, field.constants)
        if nmod_mat([*gradients, row], PRIME).rank() == len(found) + 1:
            gradients.append(row)
            found.append(primitive(poly, field))
    return found


def _exponents(chosen: tuple[int, ...], n: int) -> Exponents:
    return tuple(chosen.count(i) for i in range(n))


def _lowered(exponents: Exponents, i: int) -> Exponents:
    return tuple(e - (j == i) for j, e in enumerate(exponents))


def _along(monomial: Exponents, gradient: tuple[Polynomial, ...]) -> Polynomial:
    """grad(monomial) · grad L."""
    result: Polynomial = {}
    for i, count in enumerate(monomial):
        for exponents, coefficient in gradient[i].items() if count else ():
            key = tuple(map(sum, zip(_lowered(monomial, i), exponents, strict=True)))
            result[key] = result.get(key, 0) + count * coefficient
    return result


def _rational_kernel(columns: list[Polynomial]) -> list[dict[int, Any]]:
    """A basis of the kernel over Q, each vector ending at a free column: computed modulo a prime, then lifted."""
    rows = {key: i for i, key in enumerate(dict.fromkeys(key for column in columns for key in column))}
    matrix = nmod_mat(max(len(rows), 1), len(columns), PRIME)
    for j, column in enumerate(columns):
        for key, value in column.items():
            matrix[rows[key], j] = int(value.p) * pow(int(value.q), -1, PRIME) % PRIME
    reduced, rank = matrix.rref()
    pivots: list[int] = []
    for i in range(rank):
        start = pivots[-1] + 1 if pivots else 0
        pivots.append(next(j for j in range(start, len(columns)) if int(reduced[i, j]) != 0))
    basis = []
    for j in sorted(set(range(len(columns))) - set(pivots)):
        entries = {pivot: -int(reduced[i, j]) % PRIME for i, pivot in enumerate(pivots) if int(reduced[i, j]) != 0}
        basis.append({**{pivot: _lifted(value) for pivot, value in entries.items()}, j: sp.Integer(1)})
    return basis


def _lifted(value: int) -> Any:
    """The fraction of small numerator and denominator that is this number modulo the prime."""
    bound = isqrt(PRIME // 2)
    a, b, u, v = PRIME, value, 0, 1
    while b > bound:
        a, b, u, v = b, a % b, v, u - (a // b) * v
    return sp.Rational(b, v)


def _exact_kernel(columns: list[Polynomial]) -> list[dict[int, Any]]:
    """The same over the field of rational functions in the constants."""
    rows = {key: i for i, key in enumerate(dict.fromkeys(key for column in columns for key in column))}
    matrix = sp.zeros(max(len(rows), 1), len(columns))
    for j, column in enumerate(columns):
        for key, value in column.items():
            matrix[rows[key], j] = value
    reduced, pivots = sp.polys.matrices.DomainMatrix.from_Matrix(matrix).to_field().rref()
    dense = reduced.to_Matrix()
    basis = []
    for j in sorted(set(range(len(columns))) - set(pivots)):
        entries = {pivot: -dense[i, j] for i, pivot in enumerate(pivots) if dense[i, j] != 0}
        basis.append({**entries, j: sp.Integer(1)})
    return basis


def _gradient_somewhere(poly: Polynomial, n: int, constants: tuple[str, ...]) -> list[int]:
    """The gradient at a point without structure, modulo the prime: its rank can only be too low."""
    point = [pow(3 + 2 * i, 7 + i, PRIME) for i in range(n)]
    values = {sp.Symbol(name, real=True): 1009 + 17 * i for i, name in enumerate(constants)}
    gradient = [0] * n
    for exponents, coefficient in poly.items():
        value = sp.Rational(coefficient.subs(values))
        number_mod = int(value.p) * pow(int(value.q), -1, PRIME)
        for i in range(n):
            if exponents[i]:
                part = number_mod * exponents[i]
                for x, e in zip(point, _lowered(exponents, i), strict=True):
                    part = part * pow(x, e, PRIME) % PRIME
                gradient[i] = (gradient[i] + part) % PRIME
    return gradient


def primitive(poly: Polynomial, field: Field) -> Term:
    """The polynomial without common factor, its leading coefficient positive, laid out for reading."""
    bridge = Bridge()
    xs = [bridge.to_sympy(x) for x in field.variables]
    for name in field.constants:
        bridge.to_sympy(symbol(name))
    lead = poly[max(poly, key=lambda exponents: (sum(exponents), exponents))]
    if all(c.is_Rational for c in poly.values()):
        scale = sp.Rational(lcm(*(int(c.q) for c in poly.values())), gcd(*(int(c.p) for c in poly.values())))
        coefficients = {e: c * scale * sp.sign(lead) for e, c in poly.items()}
    else:
        bottom = sp.lcm_list([sp.denom(sp.together(c)) for c in poly.values()])
        whole = {e: sp.cancel(c * bottom) for e, c in poly.items()}
        common = sp.gcd_list(list(whole.values()))
        sign = -1 if sp.cancel(lead * bottom / common).could_extract_minus_sign() else 1
        coefficients = {e: sp.cancel(sign * c / common) for e, c in whole.items()}
    parts = [c * sp.prod(x**k for x, k in zip(xs, e, strict=True)) for e, c in coefficients.items()]
    return bridge.to_term(sp.expand(sp.Add(*parts)))


# --- the conclusion -------------------------------------------------------------------------------------------------


def keep(proof: Proof, flow: Flow, quantity: Term, *defined: str) -> str:
    """Q(x(tau)) = Q(x(0)) for all tau; ``defined`` are labels of what says that Q's denominators do not vanish."""
    claim = eq(flow.field.at(quantity, symbol(flow.time)), flow.field.at(quantity, ZERO))
    words = "its derivative along the flow vanishes identically"
    known = (*flow.equations, *flow.field.conditions, *defined)
    return proof.step("conserved", for_all(flow.time, claim), *known, because=words)


def count(proof: Proof, field: Field, quantities: list[Term], kept: list[str]) -> str:
    """The quantities, conserved by the steps ``kept``, are independent: their gradients are, at a point."""
    names, size = field.names, len(quantities)
    claim = predicate("independent", number(size), Term("Tuple", tuple(quantities)), Term("Tuple", field.variables))
    jacobian = [[derivative(q, name) for name in names] for q in quantities]
    point, columns, factor = _point_where(field, jacobian)
    known = _nonvanishing(proof, field, factor)
    words = "their gradients are linearly independent at a point" if size > 1 else "it is not constant"
    if not size:
        words = "there is none"
    return proof.step("independent", claim, *kept, *known, point=point, columns=columns, because=words)


def at_most(proof: Proof, flow: Flow) -> str:
    """There are at most n - 1 independent quantities, since the flow moves somewhere."""
    field = flow.field
    point, _, factor = _point_where(field, [list(flow.velocity)])
    claim = predicate(
        "at_most_independent",
        number(len(field.names) - 1),
        Term("Tuple", flow.velocity),
        Term("Tuple", field.variables),
    )
    return proof.step("at-most-independent", claim, *flow.equations, *_nonvanishing(proof, field, factor), point=point,
                      because="the flow moves, so at most one fewer than the parameters can be kept")  # fmt: skip


def none_up_to(proof: Proof, flow: Flow, degree: int) -> str:
    """No polynomial up to that degree is conserved but constants."""
    if flow.field.constants:
        held = ", ".join(flow.field.constants)
        raise Undecided(
            f"no conserved polynomial was found that serves for all values of {held}; give them values, with --set"
        )
    claim = predicate(
        "no_polynomial", number(degree), Term("Tuple", flow.velocity), Term("Tuple", flow.field.variables)
    )
    return proof.step(
        "no-polynomial",
        claim,
        *flow.equations,
        because="of the polynomials up to this degree only constants have derivative zero along the flow",
    )


def _point_where(field: Field, matrix: list[list[Term]]) -> tuple[dict[str, Term], tuple[int, ...], Term]:
    """A point, columns and their minor there, which is a product of constants: the rows are independent."""
    bridge = Bridge()
    xs = [bridge.to_sympy(x) for x in field.variables]
    entries = (
        sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in matrix]) if matrix else sp.zeros(0, len(xs))
    )
    centre = [bridge.to_sympy(part) for part in field.centre]
    near = (
        [tuple(map(sum, zip(centre, point, strict=True))) for point in islice(_points(len(xs)), len(xs) + 2)]
        if centre
        else []
    )
    for without_constants in (True, False):
        for values in (*near, *_points(len(xs))):
            there = entries.subs(dict(zip(xs, values, strict=True)))
            for columns in combinations(range(len(xs)), len(matrix)):
                minor = sp.factor(there.extract(list(range(len(matrix))), list(columns)).det())
                plain = (
                    minor.is_Rational
                    if without_constants
                    else not any(part.is_Add for part in sp.preorder_traversal(minor))
                )
                if minor != 0 and plain:
                    point = {
                        name: bridge.to_term(value if isinstance(value, sp.Basic) else sp.Integer(value))
                        for name, value in zip(field.names, values, strict=True)
                    }
                    return point, columns, bridge.to_term(minor)
    raise Undecided("no point was found at which independence can be seen for all values of the constants")


def _points(n: int) -> Iterable[tuple[int, ...]]:
    """Small whole points first."""
    yield (1,) * n
    yield from ((0,) * i + (1,) + (0,) * (n - 1 - i) for i in range(n))
    yield (0,) * n
    yield tuple(range(1, n + 1))
    yield tuple((-1) ** i * (i + 2) for i in range(n))
    yield from (tuple((a * (i + 1) ** 2 + b * i) % 11 - 4 for i in range(n)) for a, b in product(range(1, 6), range(4)))


def _nonvanishing(proof: Proof, field: Field, factor: Term) -> list[str]:
    """Labels of the hypotheses that these constants do not vanish, and of what the loss itself needs."""
    labels = list(field.conditions)
    for name in sorted(free_symbols(factor)):
        known = {item.claim: item.label for item in proof.hypotheses}
        claim = ne(symbol(name), ZERO)
        labels.append(
            known.get(claim) or known.get(Term("Lt", (ZERO, symbol(name)))) or proof.assume(claim, "it does not vanish")
        )
    return list(dict.fromkeys(labels))
