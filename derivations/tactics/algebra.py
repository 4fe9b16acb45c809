"""Terms to SymPy and back: what comes back is laid out as a textbook would write it (``2 - eta*lam``, one fraction bar).

Nothing here is trusted: a tidied term enters a proof only through a step that the kernel checks.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    mul,
    neg,
    number,
    power,
    rebuild,
    symbol,
)

_ORDER = {name: i for i, name in enumerate((
    "N", "eta", "alpha", "beta", "gamma", "nu", "kappa", "lam", "tau", "t", "sigma"))}  # fmt: skip
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "Exp": sp.exp, "Log": sp.log, "Sin": sp.sin, "Cos": sp.cos, "Tan": sp.tan, "Sinh": sp.sinh, "Cosh": sp.cosh,
    "Tanh": sp.tanh, "Asinh": sp.asinh, "Atan": sp.atan, "Abs": sp.Abs, "Sqrt": sp.sqrt,
}  # fmt: skip
_HEADS = {function: head for head, function in _FUNCTIONS.items() if head != "Sqrt"}


class Bridge:
    """Translates terms; what SymPy need not look into (theta(t), E[...], sums) becomes a symbol that is translated back."""

    def __init__(self) -> None:
        self.atoms: dict[Any, Term] = {}
        self.symbols: dict[Term, Any] = {}

    def to_sympy(self, term: Term) -> Any:
        head, args = term.head, term.args
        if head == "Number":
            return sp.Rational(args[0].numerator, args[0].denominator)
        if head == "Add":
            return sp.Add(*map(self.to_sympy, args))
        if head == "Mul":
            return sp.Mul(*map(self.to_sympy, args))
        if head == "Neg":
            return -self.to_sympy(args[0])
        if head == "Div":
            return self.to_sympy(args[0]) / self.to_sympy(args[1])
        if head == "Pow":
            return self.to_sympy(args[0]) ** self.to_sympy(args[1])
        if head in _FUNCTIONS:
            return _FUNCTIONS[head](self.to_sympy(args[0]))
        return self._atom(term)

    def _atom(self, term: Term) -> Any:
        if term not in self.symbols:
            if term.head == "Symbol":
                made = sp.Symbol(term.args[0], real=True)
            else:
                made = sp.Symbol(f"atom{len(self.symbols)}_{ascii_text(term)}", real=True)
            self.symbols[term], self.atoms[made] = made, term
        return self.symbols[term]

    def to_term(self, expression: Any) -> Term:
        """The expression as a term, laid out for reading."""
        if expression in self.atoms:
            return self.atoms[expression]
        if expression.is_Rational:
            return _rational(Fraction(int(expression.p), int(expression.q)))
        if expression.is_Add:
            return self._sum(expression)
        if expression.is_Mul or (expression.is_Pow and expression.exp.is_Rational and expression.exp < 0):
            return self._product(expression)
        if expression.is_Pow:
            base, exponent = expression.as_base_exp()
            if exponent == sp.Rational(1, 2):
                return Term("Sqrt", (self.to_term(base),))
            if exponent.is_Rational and exponent.q == 2:
                return power(Term("Sqrt", (self.to_term(base),)), int(exponent.p))
            return power(self.to_term(base), self.to_term(exponent))
        if expression.func in _HEADS:
            return Term(_HEADS[expression.func], tuple(map(self.to_term, expression.args)))
        if expression is sp.E:
            return Term("Exp", (ONE,))
        if expression in (sp.nan, sp.zoo):
            raise Undecided("for these values something would have to be divided by zero")
        raise Undecided(f"{expression} has no counterpart here")

    def _sum(self, expression: Any) -> Term:
        parts = [(self.to_term(part), part) for part in expression.args]
        ascending = _is_ascending(parts)
        parts.sort(key=lambda pair: _sum_key(pair[0], ascending))
        return add(*(term for term, _ in parts))

    def _leads_negative(self, expression: Any) -> bool:
        """Whether the term that decides a sum's sign to the eye is negative: the lowest in eta, lam …, else the highest."""
        parts = [(self.to_term(part), part) for part in expression.args]
        ascending = _is_ascending(parts)
        lead = min(parts, key=lambda pair: _sum_key(pair[0], ascending)[1:])
        return lead[0].head == "Neg"

    def _product(self, expression: Any) -> Term:
        sign, top, bottom = 1, [], []
        coefficient = Fraction(1)
        for given in sp.Mul.make_args(expression):
            factor, (base, exponent) = given, given.as_base_exp()
            if factor.is_Rational:
                coefficient *= Fraction(int(factor.p), int(factor.q))
                continue
            if base.is_Add and exponent.is_Integer and self._leads_negative(base):
                coefficient *= 1 if exponent % 2 == 0 else -1
                base = sp.Add(*(-part for part in base.args))
                factor = base**exponent
            if exponent.is_Rational and exponent < 0:
                bottom.append(self.to_term(base ** (-exponent)))
            else:
                top.append(self.to_term(factor))
        if coefficient < 0:
            sign, coefficient = -1, -coefficient
        top, bottom = sorted(top, key=_factor_key), sorted(bottom, key=_factor_key)
        if coefficient.numerator != 1 or not top:
            top.insert(0, number(coefficient.numerator))
        if coefficient.denominator != 1:
            bottom.insert(0, number(coefficient.denominator))
        result = div(mul(*top), mul(*bottom)) if bottom else mul(*top)
        return result if sign > 0 else neg(result)


def _rational(value: Fraction) -> Term:
    size = abs(value)
    term = number(size) if size.denominator == 1 else div(number(size.numerator), number(size.denominator))
    return neg(term) if value < 0 else term


def _signless(term: Term) -> Term:
    return term.args[0] if term.head == "Neg" else term


def degree(term: Term) -> int:
    """How many symbols are multiplied in the term, roughly: enough to order the terms of a sum."""
    term = _signless(term)
    if term.head in ("Number", "Sqrt") and not free_symbols(term):
        return 0
    if term.head == "Mul":
        return sum(map(degree, term.args))
    if term.head == "Div":
        return degree(term.args[0]) - degree(term.args[1])
    if term.head == "Pow" and term.args[1].head == "Number":
        return degree(term.args[0]) * int(term.args[1].args[0])
    return 1 if free_symbols(term) or term.head not in ("Number", "Div") else 0


def _is_ascending(parts: list[tuple[Term, Any]]) -> bool:
    """Sums in hyperparameters go up (1 + beta - eta*lam), polynomials in parameters go down (x**3 - x)."""
    names = frozenset().union(*(free_symbols(term) for term, _ in parts))
    return bool(names & set(_ORDER)) or not names


def _sum_key(term: Term, ascending: bool) -> tuple[Any, ...]:
    negative = term.head == "Neg"
    size = degree(term)
    irrational = _signless(term).head != "Number" and not free_symbols(term)
    return (negative, size if ascending else -size, irrational, ascii_text(_signless(term)))


def _factor_key(term: Term) -> tuple[Any, ...]:
    base = term.args[0] if term.head == "Pow" else term
    kind = {"Number": 0, "Symbol": 2, "Sqrt": 1, "Apply": 3}.get(base.head, 4)
    rank = _ORDER.get(base.args[0], len(_ORDER)) if base.head == "Symbol" else 0
    return (kind, rank, ascii_text(term))


def tidy(term: Term, how: Callable[[Any], Any] | None = None) -> Term:
    """An equal term, as short as SymPy makes it, laid out for reading; ``how`` is the SymPy function to apply."""
    bridge = Bridge()
    expression = bridge.to_sympy(term)
    return bridge.to_term((how or _shortest)(expression))


def _shortest(expression: Any) -> Any:
    options = [sp.factor(sp.together(expression)), sp.expand(expression)]
    collected = sp.collect(options[1], sorted(options[1].free_symbols, key=str)) if options[1].is_Add else options[1]
    options += [collected]
    return min(options, key=lambda option: (_weight(option), options.index(option)))


def _weight(expression: Any) -> int:
    """Length in symbols, with a penalty for a product of sums."""
    return int(sp.count_ops(expression)) * 2 + sum(2 for node in sp.preorder_traversal(expression) if node.is_Add)


def expanded(term: Term) -> Term:
    return tidy(term, sp.expand)


def factored(term: Term) -> Term:
    return tidy(term, lambda expression: sp.factor(sp.together(expression)))


def derivative(term: Term, name: str) -> Term:
    """d term/d name, tidied; atoms other than the symbol itself count as constants."""
    bridge = Bridge()
    expression = bridge.to_sympy(term)
    result = sp.diff(expression, bridge.to_sympy(symbol(name)))
    return bridge.to_term(_shortest(result))


def equal(one: Term, other: Term) -> bool:
    """Whether SymPy finds the two equal (a guess: the kernel decides)."""
    bridge = Bridge()
    return bool(sp.cancel(sp.together(bridge.to_sympy(one) - bridge.to_sympy(other))) == 0)


def is_zero(term: Term) -> bool:
    return equal(term, ZERO)


def coefficient_of(term: Term, atom: Term) -> tuple[Term, Term]:
    """(a, b) with term = a*atom + b. Raises Undecided when the term is not affine in the atom."""
    bridge = Bridge()
    expression = sp.expand(bridge.to_sympy(term))
    x = bridge.to_sympy(atom)
    slope = sp.diff(expression, x)
    if slope.has(x):
        raise Undecided(f"{ascii_text(term)} is not affine in {ascii_text(atom)}")
    rest = sp.expand(expression - slope * x)
    return bridge.to_term(_shortest(slope)), bridge.to_term(_shortest(rest))


def replaced_everywhere(term: Term, old: Term, new: Term) -> Term:
    """The term with every part that is ``old``, as it is written, replaced."""
    return new if term == old else rebuild(term, lambda arg: replaced_everywhere(arg, old, new))
