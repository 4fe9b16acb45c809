"""Expansions of rational functions at 0 and at infinity, exactly, by the kernel's polynomials."""

from __future__ import annotations

from typing import Any

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.terms import INFINITY, ZERO, Term, add, div, free_symbols, is_number, mul, power, symbol

MAX_COEFFICIENTS = 8


def expansion(term: Term, name: str, at: Term, table: Table, count: int) -> tuple[int, list[Term]] | None:
    """(order, coefficients) in powers of u, the variable at 0 or one over it at infinity; None if the term is not rational."""
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
    top, bottom = value
    if bottom.is_constant() or top.is_zero():
        return value
    common = top.gcd(bottom)
    return top / common, bottom / common


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
