"""Laying out a long quotient in ascending powers of the learning rate, each coefficient factored."""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.language.terms import ONE, Term, add, div, mul, neg, symbol
from derivations.tactics.algebra import Bridge


def laid_out(value: Term, rate: str) -> Term:
    """An equal term, each long factor of numerator and denominator in ascending powers of the rate."""
    bridge = Bridge()
    about = bridge.to_sympy(symbol(rate))
    parts = sp.fraction(sp.factor(sp.together(bridge.to_sympy(value))))
    plain, long = zip(*(_apart(bridge, part, about) for part in parts), strict=True)
    front = bridge.to_term(plain[0] / plain[1])
    size = front.args[0] if front.head == "Neg" else front
    top, bottom = size.args if size.head == "Div" else (size, ONE)
    top, bottom = (_product(first, rest) for first, rest in zip((top, bottom), long, strict=True))
    result = top if bottom == ONE else div(top, bottom)
    return neg(result) if front.head == "Neg" else result


def _product(first: Term, rest: tuple[Term, ...]) -> Term:
    if first == ONE and rest:
        return mul(*rest)
    return mul(*(first.args if first.head == "Mul" else (first,)), *rest)


def _apart(bridge: Bridge, product: Any, rate: Any) -> tuple[Any, tuple[Term, ...]]:
    """The factors that are short, with a sign; and the sums with the rate in them, none of which begins with a minus."""
    plain, long = sp.Integer(1), []
    for factor in sp.Mul.make_args(product):
        if not factor.is_Add or not factor.has(rate) or not factor.is_polynomial(rate):
            plain *= factor
            continue
        negative = bridge.to_term(sp.factor(factor.subs(rate, 0))).head == "Neg"
        plain, sum_ = (-plain, -factor) if negative else (plain, factor)
        long.append(_collected(bridge, sp.expand(sum_), rate))
    return plain, tuple(long)


def _collected(bridge: Bridge, total: Any, rate: Any) -> Term:
    """The sum, or powers of the rate with their coefficients, whichever is shorter."""
    parts = [rate**k * sp.factor(coefficient) for (k,), coefficient in reversed(sp.Poly(total, rate).terms())]
    if sp.count_ops(sp.Add(*parts)) >= sp.count_ops(total):
        return bridge.to_term(total)
    return add(*map(bridge.to_term, parts))
