"""Eigenvalues of a symmetric matrix with multiplicity, exactly, and their signs."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpz_poly

from derivations.kernel.checkers.numbers import enclosure
from derivations.kernel.table import Table
from derivations.language.errors import Undecided
from derivations.language.statements import Symbol
from derivations.language.terms import (
    ZERO,
    Term,
    add,
    div,
    eq,
    free_symbols,
    le,
    lt,
    matrix,
    mul,
    neg,
    number,
    power,
    predicate,
    sub,
    symbol,
)
from derivations.tactics.algebra import Bridge
from derivations.tactics.proof import Proof

MOST_RADICAND = 10**12


def eigenvalue_steps(proof: Proof, entries: list[list[Term]]) -> tuple[str, list[Term]]:
    """The eigenvalues with multiplicity, and the label of the step that proves them."""
    values, premises = eigenvalues(proof, entries)
    if any(value.head == "RootOf" for value in values):
        proof.declare("z", "real", "variable of the polynomial of an algebraic number")
    claim = predicate("eigenvalues", matrix(entries), *values)
    return proof.step(
        "eigenvalues", claim, *premises, because="the characteristic polynomial has just these roots"
    ), values


def eigenvalues(proof: Proof, entries: list[list[Term]]) -> tuple[list[Term], list[str]]:
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in entries])
    characteristic = given.charpoly()
    z, polynomial = characteristic.gen, characteristic.as_expr()
    found: list[Any] = []
    premises: list[str] = []
    for factor, multiplicity in sp.factor_list(polynomial, z)[1]:
        poly = sp.Poly(factor, z)
        if poly.degree() == 1:
            roots = [bridge.to_term(sp.cancel(-poly.coeff_monomial(1) / poly.coeff_monomial(z)))]
        elif poly.degree() == 2 and not _far_from_radicals(poly, z):
            roots = _quadratic(proof, poly, z, bridge, entries, premises)
        else:
            roots = _isolated(poly)
        found += [(root, multiplicity) for root in roots]
    values = [root for root, multiplicity in found for _ in range(multiplicity)]
    return sorted(values, key=_numeric, reverse=True), premises


def _numeric(term: Term) -> Fraction:
    """About where a number lies; 0 for what is none."""
    if free_symbols(term):
        return Fraction(0)
    return _middle(enclosure(Table((Symbol("z", "real"),)), term))


def _far_from_radicals(poly: Any, z: Any) -> bool:
    """Whether the root in its zeros is of a number too large to be factored by trial."""
    a, b, c = (poly.coeff_monomial(z**k) for k in (2, 1, 0))
    discriminant = b**2 - 4 * a * c
    return bool(discriminant.is_Rational) and discriminant.p * discriminant.q > MOST_RADICAND


def _quadratic(
    proof: Proof, poly: Any, z: Any, bridge: Bridge, entries: list[list[Term]], premises: list[str]
) -> list[Term]:
    """Both roots of a quadratic factor; a discriminant with constants in it gets a proof that it is not negative."""
    a, b, c = (poly.coeff_monomial(z**k) for k in (2, 1, 0))
    discriminant = sp.expand(b**2 - 4 * a * c)
    if discriminant.free_symbols and len(entries) == 2:
        (p, q), (_, r) = entries
        square = add(power(sub(p, r), 2), mul(number(4), power(q, 2)))
        terms = ({"coefficient": 1, "square": sub(p, r)}, {"coefficient": 4, "square": q})
        premises.append(proof.step("polynomial-implication", le(ZERO, square), terms=terms, because="a sum of squares"))
        root = Term("Sqrt", (square,))
        middle = add(p, r)
        return [div(add(middle, root), number(2)), div(sub(middle, root), number(2))]
    root = sp.sqrt(sp.factor(discriminant))
    return [bridge.to_term(sp.factor(sp.radsimp((-b + sign * root) / (2 * a)))) for sign in (1, -1)]


def _isolated(poly: Any) -> list[Term]:
    """The real roots of an irreducible polynomial over Q, each with a narrow isolating interval."""
    if poly.free_symbols_in_domain or not all(c.is_Rational for c in poly.all_coeffs()):
        raise Undecided("the eigenvalues are roots of a polynomial of degree three or more with symbols in it")
    z = symbol("z")
    body = add(*(_monomial(_fraction(c), z, int(k)) for (k,), c in poly.terms()))
    intervals = _intervals(fmpz_poly([int(c) for c in reversed(poly.clear_denoms(convert=True)[1].all_coeffs())]))
    return [Term("RootOf", (body, "z", number(low), number(high), Fraction(i)))
            for i, (low, high) in enumerate(intervals)]  # fmt: skip


def _monomial(coefficient: Term, z: Term, k: int) -> Term:
    """c*z**k, its sign in front."""
    size = abs(coefficient.args[0])
    base = [z] if k == 1 else [power(z, k)] if k else []
    parts = [*([] if size == 1 and base else [number(size)]), *base]
    body = mul(*parts) if len(parts) > 1 else parts[0]
    return neg(body) if coefficient.args[0] < 0 else body


def _intervals(poly: fmpz_poly) -> list[tuple[Fraction, Fraction]]:
    """Of each real root, the smallest first, decimals between which it lies and no other root, nor zero."""
    before = ctx.prec
    try:
        for digits in (14, 28, 56, 112, 224):
            ctx.prec = 64 + 4 * digits
            roots = sorted(_middle(root.real) for root, _ in poly.complex_roots() if root.imag == 0)
            unit = Fraction(1, 10**digits)
            ends = [((low := floor(root / unit) - 1) * unit, (low + 3) * unit) for root in roots]
            if all(a[1] < b[0] for a, b in pairwise(ends)) and not any(low <= 0 <= high for low, high in ends):
                return ends
    finally:
        ctx.prec = before
    raise Undecided("two eigenvalues are too close to be told apart")


def _middle(ball: arb) -> Fraction:
    mantissa, exponent = ball.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _fraction(value: Any) -> Term:
    return number(Fraction(int(value.p), int(value.q)))


def sign_steps(proof: Proof, values: list[Term]) -> list[str] | None:
    """For each distinct eigenvalue a step with its sign; None where a sign depends on constants."""
    labels = []
    given = [item.label for item in proof.hypotheses]
    for value in dict.fromkeys(values):
        if free_symbols(value):
            sign = symbolic_sign(proof, value)
            if sign is None:
                return None
            claim = relation(value, sign)
            labels.append(proof.step("signs", claim, *given, because="its sign follows from the assumptions"))
            continue
        bridge = Bridge()
        size = float(value.args[2].args[0]) if value.head == "RootOf" else bridge.to_sympy(value)
        sign = int(bool(size > 0)) - int(bool(size < 0))
        labels.append(proof.step("number-sign", relation(value, sign), because="the sign of this number"))
    return labels


def symbolic_sign(proof: Proof, value: Term) -> int | None:
    from derivations.kernel.errors import Refused
    from derivations.kernel.rules.logic import signs
    from derivations.kernel.situation import Situation
    from derivations.kernel.table import Table

    table = Table(proof.variables.values())
    for sign in (1, -1, 0):
        claims = tuple(item.claim for item in proof.hypotheses)
        try:
            signs(Situation(table, relation(value, sign), claims, {}, (), frozenset()))
        except Refused:
            continue
        return sign
    return None


def relation(value: Term, sign: int) -> Term:
    return lt(ZERO, value) if sign > 0 else lt(value, ZERO) if sign < 0 else eq(value, ZERO)
