"""Expansions at 0 and at infinity, exactly, by the kernel's polynomials; of elementary functions by their series."""

from __future__ import annotations

from typing import Any

from derivations.homework.deciding.series import polynomial
from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.terms import (
    INFINITY,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    is_number,
    mul,
    power,
    subterms,
    symbol,
)

MAX_COEFFICIENTS = 8
MAX_FUNCTIONS = 6
_FUNCTIONS = frozenset({"Exp", "Log", "Sqrt", "Sin", "Cos", "Sinh", "Cosh", "Atan"})


DEGREES = (10, 12)  # up to which functions are taken for polynomials; what both agree on is no matter of where they are cut off


def expansion(term: Term, name: str, at: Term, table: Table, count: int) -> tuple[int, list[Term]] | None:
    """(order, coefficients) in powers of u, the variable at 0 or one over it at infinity; None where there is none."""
    heads = {node.head for node in subterms(term)}
    if not heads & _FUNCTIONS and not any(_moves(node, name) for node in subterms(term)):
        return _rational(term, name, at, table, count)
    if sum(node.head in _FUNCTIONS for node in subterms(term)) > MAX_FUNCTIONS:
        return None

    def first(argument: Term) -> Term | None:
        found = _rational(argument, name, at, table, 1)
        return None if found is None or found[0] < 0 else found[1][0] if found[0] == 0 else ZERO

    found: list[tuple[int, list[Term]]] = []
    for degree in DEGREES:
        plain = polynomial(term, name, first, degree)
        one = None if plain is None else _rational(plain, name, at, table, count)
        if one is None:
            return None
        found.append(one)
    return found[0] if found[0] == found[1] else None


def _moves(node: Term, name: str) -> bool:
    """Whether it is a power that no rational function is."""
    if node.head != "Pow" or name not in free_symbols(node):
        return False
    exponent = node.args[1]
    return not (is_number(exponent) and exponent.args[0].denominator == 1)


def _rational(term: Term, name: str, at: Term, table: Table, count: int) -> tuple[int, list[Term]] | None:
    """The same for a rational function."""
    if not (at == INFINITY or (is_number(at) and at.args[0] == 0)):
        return None
    algebra = Algebra(table, [term, symbol(name)])
    try:
        top, bottom = algebra.value(term)
        slot = algebra.index.get(name, -1)
        if any(name in free_symbols(atom) for i, atom in enumerate(algebra.atoms) if i != slot):
            return None
        sign = -1 if at == INFINITY else 1
        above, below = (_by_degree(algebra, algebra.reduce(poly), slot, sign) for poly in (top, bottom))
        if not above:
            return 0, [ZERO]
        return _divided(algebra, above, below, min(count, MAX_COEFFICIENTS))
    except (Refused, ArithmeticError):
        return None


def _by_degree(algebra: Algebra, poly: Any, slot: int, sign: int) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for coefficient, factors in algebra.monomials(poly):
        degree, part = 0, algebra.one * coefficient
        for i, e in factors:
            if i == slot:
                degree = sign * e
            else:
                part *= algebra.generators[i] ** e
        found[degree] = found.get(degree, algebra.zero) + part
    return {degree: part for degree, part in found.items() if not part.is_zero()}


def _divided(algebra: Algebra, above: dict[int, Any], below: dict[int, Any], count: int) -> tuple[int, list[Term]]:
    """c_j = (a_j - sum of b_i*c_(j-i) over i >= 1)/b_0, the lowest degrees taken out."""
    first, last = min(above), min(below)
    lead: Value = (below[last], algebra.one)
    found: list[Value] = []
    for j in range(count):
        value: Value = (above.get(first + j, algebra.zero), algebra.one)
        for i in range(1, j + 1):
            if last + i in below:
                part = algebra.times((below[last + i], algebra.one), found[j - i])
                value = algebra.plus(value, algebra.scale(part, -1))
        found.append(_cancelled(algebra, algebra.quotient(value, lead)))
    return first - last, [_written(algebra, value) for value in found]


def _cancelled(algebra: Algebra, value: Value) -> Value:
    """Without the common factor, the denominator's first coefficient being 1."""
    top, bottom = value
    if top.is_zero():
        return top, algebra.one
    if bottom.is_constant():
        return value
    common = top.gcd(bottom)
    top, bottom = top / common, bottom / common
    first = 1 / bottom.leading_coefficient()
    return top * first, bottom * first


def _written(algebra: Algebra, value: Value) -> Term:
    if value[1].is_constant():
        return algebra.written(value)
    return div(algebra.term_of_poly(value[0]), algebra.term_of_poly(value[1]))


def truncations(term: Term, name: str, at: Term, table: Table, count: int) -> list[tuple[int, Term]]:
    """The sums of the first terms of the expansion, each with the degree at which it was cut off; those that add a term."""
    found = expansion(term, name, at, table, count)
    if found is None:
        return []
    order, coefficients = found
    rows: list[tuple[int, Term]] = []
    kept: list[Term] = []
    for j, coefficient in enumerate(coefficients):
        if is_number(coefficient) and coefficient.args[0] == 0:
            continue
        degree = (order + j) * (-1 if at == INFINITY else 1)
        kept.append(mul(coefficient, power(symbol(name), degree)) if degree else coefficient)
        rows.append((order + j, add(*kept)))
    return rows
