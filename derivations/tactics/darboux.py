"""Rational first integrals from invariant curves: polynomials f with grad f · V = K*f, K a polynomial, the cofactor of f.

The cofactor of a product is the sum of the cofactors, so a product of powers f_1**n_1*...*f_m**n_m is conserved exactly when
n_1*K_1 + ... + n_m*K_m = 0: linear algebra over the integers. Candidates for f are the factors of the components of V and of the
extactic determinant det(V^i x_j), which every invariant hyperplane divides, and eigenvectors where V is affine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd, lcm
from typing import Any

import sympy as sp
from flint import fmpz_mat
from sympy.polys.matrices import DomainMatrix

from derivations.language.terms import Term, div, mul, power
from derivations.tactics.algebra import Bridge
from derivations.tactics.integrals import Field

MAX_PARAMETERS, MAX_SIZE, MAX_EXPONENT, MAX_CURVES, MAX_EXTACTIC = 4, 300, 60, 12, 40


@dataclass(frozen=True)
class Quotient:
    """A conserved quotient of products of powers, and the invariant polynomials that must not vanish for it to be defined.

    Beside each of these stands its cofactor, if that is a number.
    """

    quantity: Term
    bottoms: tuple[tuple[Term, Any], ...]


def rational_integrals(field: Field, known: Sequence[Term]) -> list[Quotient]:
    """Conserved quotients that are functionally independent of what is known and of each other, n - 1 in all at most."""
    if len(field.names) > MAX_PARAMETERS or field.constants or len(known) >= len(field.names) - 1:
        return []
    bridge = Bridge()
    xs = [bridge.to_sympy(x) for x in field.variables]
    velocity = [_expression(part, xs) for part in field.polynomials]
    curves = invariant_curves(velocity, xs)[:MAX_CURVES]
    there = dict(zip(xs, (sp.Rational(2 + 3 * i, 1 + i) + sp.Rational(1, 7) for i in range(len(xs))), strict=True))
    gradients = [_slopes(bridge.to_sympy(q), xs, there) for q in known]
    found: list[Quotient] = []
    for exponents in _relations([cofactor for _, cofactor in curves], xs):
        powers = [(f, n) for (f, _), n in zip(curves, exponents, strict=True) if n]
        top, bottom = _sides(powers, xs)
        row = _slopes(sp.prod(f**n for f, n in top) / sp.prod(f**n for f, n in bottom), xs, there)
        if bottom and row is not None and sp.Matrix([*gradients, row]).rank() == len(gradients) + 1:
            gradients.append(row)
            below = tuple((bridge.to_term(f), _constant(dict(curves)[f])) for f, _ in bottom)
            found.append(Quotient(div(_product(top, bridge), _product(bottom, bridge)), below))
    return found[: len(field.names) - 1 - len(known)]


def _constant(cofactor: Any) -> Any:
    return cofactor.as_expr() if cofactor.is_ground else None


def _expression(poly: Any, xs: list[Any]) -> Any:
    return sp.Add(*(c * sp.prod(x**k for x, k in zip(xs, e, strict=True)) for e, c in poly.items()))


def _slopes(expression: Any, xs: list[Any], there: dict[Any, Any]) -> list[Any] | None:
    """The gradient at a point; None where it is not defined there."""
    row = [sp.diff(expression, x).subs(there) for x in xs]
    return row if all(one.is_Rational for one in row) else None


# --- invariant curves ------------------------------------------------------------------------------------------------


def invariant_curves(velocity: list[Any], xs: list[Any]) -> list[tuple[Any, Any]]:
    """Irreducible polynomials whose derivative along the field they divide, with the quotient."""
    found: dict[Any, Any] = {}
    for candidate in _candidates(velocity, xs):
        along = sum(sp.diff(candidate, x) * part for x, part in zip(xs, velocity, strict=True))
        quotient, rest = sp.div(sp.Poly(along, *xs), sp.Poly(candidate, *xs))
        if rest.is_zero and candidate not in found:
            found[candidate] = quotient
    return sorted(found.items(), key=lambda pair: (sp.Poly(pair[0], *xs).total_degree(), str(pair[0])))


def _candidates(velocity: list[Any], xs: list[Any]) -> Iterable[Any]:
    for expression in [*velocity, *_eigenvectors(velocity, xs), *_extactics(velocity, xs)]:
        if expression != 0:
            for factor, _ in sp.factor_list(expression, *xs)[1]:
                yield sp.Poly(factor, *xs).primitive()[1].as_expr()


def _eigenvectors(velocity: list[Any], xs: list[Any]) -> Iterable[Any]:
    """Affine forms that an affine field multiplies by a rational number."""
    if any(sp.Poly(part, *xs).total_degree() > 1 for part in velocity):
        return
    matrix = sp.Matrix([[sp.diff(part, x) for x in xs] for part in velocity])
    shift = sp.Matrix([part.subs(dict.fromkeys(xs, 0)) for part in velocity])
    for value, _, vectors in matrix.T.eigenvects():
        for vector in vectors if value.is_Rational and value != 0 else ():
            form = (vector.T * sp.Matrix(xs))[0] + (vector.T * shift)[0] / value
            yield sp.expand(form * lcm(*(int(c.q) for c in sp.Poly(form, *xs).coeffs())))


def _extactics(velocity: list[Any], xs: list[Any]) -> Iterable[Any]:
    """det(V^i b_j), i = 1, 2, ..., for the monomials b_j up to degree 1, and up to 2 for a short field in the plane."""
    fields = [sp.Poly(part, *xs) for part in velocity]
    bases = [list(xs)]
    affine = all(field.total_degree() <= 1 for field in fields)
    if len(xs) == 2 and not affine and sum(len(field.terms()) for field in fields) <= 8:
        bases.append([*xs, *(a * b for i, a in enumerate(xs) for b in xs[i:])])
    for basis in bases:
        rows: list[list[Any]] = []
        last = [sp.Poly(b, *xs) for b in basis]
        while len(rows) < len(basis) and all(len(poly.terms()) <= MAX_SIZE for poly in last):
            last = [sum((poly.diff(x) * field for x, field in zip(xs, fields, strict=True)), sp.Poly(0, *xs)) for poly in last]
            rows.append([poly.as_expr() for poly in last])
        degree = sum(max(sp.Poly(entry, *xs).total_degree() for entry in row) for row in rows)
        if len(rows) == len(basis) and degree <= MAX_EXTACTIC:
            over = sp.QQ[tuple(xs)]
            yield over.to_sympy(DomainMatrix.from_list_sympy(len(rows), len(rows), rows).convert_to(over).to_dense().det())


# --- powers ----------------------------------------------------------------------------------------------------------


def _relations(cofactors: list[Any], xs: list[Any]) -> list[list[int]]:
    """Integers n with sum n_i*K_i = 0: a basis with small entries."""
    monomials = sorted({e for poly in cofactors for e, _ in poly.terms()})
    if not cofactors:
        return []
    matrix = sp.Matrix(len(monomials), len(cofactors), lambda i, j: cofactors[j].as_dict().get(monomials[i], 0))
    basis = []
    for vector in matrix.nullspace():
        scale = lcm(*(int(c.q) for c in vector))
        whole = [int(c * scale) for c in vector]
        basis.append([c // gcd(*whole) for c in whole])
    if not basis:
        return []
    short = fmpz_mat(basis).lll() if len(basis) > 1 else fmpz_mat(basis)
    rows = [[int(short[i, j]) for j in range(len(cofactors))] for i in range(len(basis))]
    return sorted((row for row in rows if max(map(abs, row)) <= MAX_EXPONENT), key=lambda row: (sum(map(abs, row)), row))


def _sides(powers: list[tuple[Any, int]], xs: list[Any]) -> tuple[list[tuple[Any, int]], list[tuple[Any, int]]]:
    """Numerator and denominator, the numerator of lower degree; where they agree, of later variables."""
    above, below = ([(f, abs(n)) for f, n in powers if n * sign > 0] for sign in (1, -1))

    def weight(side: list[tuple[Any, int]]) -> tuple[int, list[int]]:
        used = [any(f.has(x) for f, _ in side) for x in xs]
        return sum(n * sp.Poly(f, *xs).total_degree() for f, n in side), [int(one) for one in used]

    return (above, below) if not below or (above and weight(above) <= weight(below)) else (below, above)


def _product(powers: list[tuple[Any, int]], bridge: Bridge) -> Term:
    factors = [bridge.to_term(f) if n == 1 else power(bridge.to_term(f), n) for f, n in powers]
    return mul(*factors)
