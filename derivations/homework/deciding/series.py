"""Elementary functions as the beginnings of their power series: with them, formulas expand like rational functions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial

from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    is_number,
    mul,
    number,
    power,
    rebuild,
    sub,
)

First = Callable[[Term], Term | None]  # the value that an argument tends to, None where it has none


class NoSeries(ValueError):
    """There is no power series at the place."""


def polynomial(term: Term, name: str, first: First, degree: int) -> Term | None:
    """The term with every function of the variable replaced by its series up to the degree; None where one has no series."""
    try:
        return _replaced(term, name, first, degree)
    except NoSeries:
        return None


def _replaced(term: Term, name: str, first: First, degree: int) -> Term:
    if name not in free_symbols(term):
        return term
    term = rebuild(term, lambda arg: _replaced(arg, name, first, degree))
    if term.head in _AT_ZERO or term.head in ("Exp", "Log", "Sqrt"):
        return _function(term.head, term.args[0], first, degree)
    if term.head == "Pow":
        base, exponent = term.args
        if name in free_symbols(exponent):
            if name in free_symbols(base) or (is_number(base) and base.args[0] <= 0):
                raise NoSeries
            return _function("Exp", mul(exponent, Term("Log", (base,))), first, degree)
        if not (is_number(exponent) and exponent.args[0].denominator == 1):
            return _binomial(base, exponent, first, degree)
    return term


def _split(argument: Term, first: First) -> tuple[Term, Term]:
    """The value that the argument tends to, and what it differs from that."""
    start = first(argument)
    if start is None:
        raise NoSeries
    return start, argument if start == ZERO else sub(argument, start)


def _function(head: str, argument: Term, first: First, degree: int) -> Term:
    start, rest = _split(argument, first)
    if head == "Exp":
        series = _sum([Fraction(1, factorial(k)) for k in range(degree + 1)], rest)
        return series if start == ZERO else mul(Term("Exp", (start,)), series)
    if head == "Sqrt":
        return _binomial(argument, number(Fraction(1, 2)), first, degree)
    if head == "Log":
        if start == ZERO:
            raise NoSeries
        series = _sum([Fraction(0), *(Fraction((-1) ** (k + 1), k) for k in range(1, degree + 1))], _over(rest, start))
        return series if start == ONE else add(Term("Log", (start,)), series)
    if start != ZERO:
        raise NoSeries
    return _sum([_AT_ZERO[head](k) for k in range(degree + 1)], rest)


def _binomial(base: Term, exponent: Term, first: First, degree: int) -> Term:
    """u**a = c**a*(1 + a*w + a*(a - 1)/2*w**2 + …) with u = c*(1 + w)."""
    start, rest = _split(base, first)
    if start == ZERO:
        raise NoSeries
    w = _over(rest, start)
    terms, factor = [ONE], ONE
    for k in range(1, degree + 1):
        factor = div(mul(factor, sub(exponent, number(k - 1))), number(k))
        terms.append(mul(factor, power(w, k)))
    series = add(*terms)
    return series if start == ONE else mul(power(start, exponent), series)


def _over(rest: Term, start: Term) -> Term:
    return rest if start == ONE else div(rest, start)


def _sum(coefficients: list[Fraction], rest: Term) -> Term:
    kept = [(k, c) for k, c in enumerate(coefficients) if c]
    return add(*(mul(number(c), power(rest, k)) if k else number(c) for k, c in kept)) if kept else ZERO


def _odd(k: int, signs: bool) -> Fraction:
    return Fraction((-1) ** (k // 2) if signs else 1, factorial(k)) if k % 2 else Fraction(0)


def _even(k: int, signs: bool) -> Fraction:
    return Fraction(0) if k % 2 else Fraction((-1) ** (k // 2) if signs else 1, factorial(k))


_AT_ZERO: dict[str, Callable[[int], Fraction]] = {
    "Sin": lambda k: _odd(k, True), "Cos": lambda k: _even(k, True), "Sinh": lambda k: _odd(k, False),
    "Cosh": lambda k: _even(k, False), "Atan": lambda k: Fraction((-1) ** (k // 2), k) if k % 2 else Fraction(0),
}  # fmt: skip
