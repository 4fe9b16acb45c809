"""Conditions in which only one quantity occurs (eta*lam, or the last hyperparameter): their region, with exact ends.

All real roots of all polynomials are found, and the truth of the formula at each of them and between any two; the kernel's rule
``sign-table`` does the same by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    FALSE,
    RELATIONS,
    TRUE,
    Term,
    add,
    conj,
    disj,
    eq,
    free_symbols,
    lt,
    mul,
    number,
    power,
    symbol,
)
from derivations.tactics.algebra import Bridge, tidy

_HOLDS = {"Lt": (1,), "Le": (0, 1), "Gt": (-1,), "Ge": (-1, 0), "Eq": (0,), "Ne": (-1, 1)}
MAX_DEGREE = 24


def quantity_of(formulas: Iterable[Term]) -> Term | None:
    """The product of variables N such that the relations in the formulas are rational in N; None if there is none."""
    bridge = Bridge()
    relations = [one for formula in formulas for one in relations_in(formula)]
    names = sorted(frozenset().union(*(free_symbols(one) for one in relations)))
    if not names:
        return None
    if len(names) == 1:
        return symbol(names[0])
    generators = [bridge.to_sympy(symbol(name)) for name in names]
    exponents: set[tuple[int, ...]] = set()
    for one in relations:
        for part in _fraction(one, bridge):
            if not part.is_polynomial(*generators):
                return None
            exponents |= {tuple(map(int, m)) for m in sp.Poly(part, *generators).monoms()}
    exponents -= {(0,) * len(names)}
    if not exponents:
        return None
    first = min(exponents)
    content = gcd(*first)
    least = tuple(e // content for e in first)
    common = 0
    for vector in exponents:
        times = max(vector) // max(least)
        if tuple(times * e for e in least) != vector:
            return None
        common = gcd(common, times)
    return tidy(bridge.to_term(sp.prod([x ** (e * common) for x, e in zip(generators, least, strict=True)])))


def relations_in(formula: Term) -> list[Term]:
    if formula.head in RELATIONS:
        return [formula]
    return [part for arg in formula.args if isinstance(arg, Term) for part in relations_in(arg)]


def _fraction(relation: Term, bridge: Bridge) -> tuple[Any, Any]:
    """Numerator and denominator of what the relation compares with zero: right - left."""
    left, right = (bridge.to_sympy(side) for side in relation.args)
    top, bottom = sp.fraction(sp.together(right - left))
    return sp.expand(top), sp.expand(bottom)


# --- the region ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Root:
    size: Any  # to many digits
    factor: Any
    index: int


class Line:
    """The polynomials of a formula in one quantity, and the places at which their signs are looked at."""

    def __init__(self, formulas: Iterable[Term], quantity: Term) -> None:
        self.bridge, self.quantity = Bridge(), quantity
        self.x = sp.Symbol("quantity", real=True)
        self.parts: dict[Term, tuple[Any, Any]] = {}
        self.factors: dict[Any, tuple[int, list[tuple[Any, int]]]] = {}
        for formula in formulas:
            for one in relations_in(formula):
                self.parts[one] = tuple(self._univariate(part) for part in _fraction(one, self.bridge))
        found: set[Any] = set()
        for pair in self.parts.values():
            for part in pair:
                found |= {factor for factor, _ in self._factored(part)[1]}
        roots = [_Root(sp.re(r.evalf(60)), factor, i) for factor in found for i, r in enumerate(_real_roots(factor, self.x))]
        self.roots = sorted(roots, key=lambda root: root.size)

    def _univariate(self, part: Any) -> Any:
        monomial = self.bridge.to_sympy(self.quantity)
        names = sorted(monomial.free_symbols, key=str)
        if not names or not part.free_symbols:
            return part
        lead, *rest = names
        power_ = sp.degree(monomial, lead)
        plain = sp.expand(part.subs(dict.fromkeys(rest, 1)))
        return sp.expand(sum(c * self.x ** (int(k) // int(power_)) for (k,), c in sp.Poly(plain, lead).terms()))

    def _factored(self, part: Any) -> tuple[int, list[tuple[Any, int]]]:
        if part not in self.factors:
            if (part.free_symbols - {self.x}) or not part.is_polynomial(self.x):
                raise Undecided("numbers that are not written with square roots")
            rational = part.has(self.x) and all(c.is_Rational for c in sp.Poly(part, self.x).all_coeffs())
            constant, factors = sp.factor_list(part, self.x) if rational else _linear(part, self.x)
            sign = 0 if constant == 0 else 1 if constant.evalf(50) > 0 else -1
            self.factors[part] = sign, [(factor, int(e)) for factor, e in factors]
        return self.factors[part]

    @property
    def degree(self) -> int:
        return sum(int(sp.degree(factor, self.x)) for factor in {root.factor for root in self.roots})

    def truth(self, formula: Term, k: int) -> bool:
        """Whether it holds at place k: between two roots if k is even, at the root (k - 1)/2 if it is odd."""
        if formula.head in ("True", "False"):
            return formula.head == "True"
        if formula.head in ("And", "Or"):
            return (all if formula.head == "And" else any)(self.truth(arg, k) for arg in formula.args)
        if formula.head == "Not":
            return not self.truth(formula.args[0], k)
        top, bottom = (self._sign(part, k) for part in self.parts[formula])
        return bottom != 0 and top * bottom in _HOLDS[formula.head]

    def _sign(self, part: Any, k: int) -> int:
        sign, factors = self._factored(part)
        for factor, exponent in factors:
            sign *= self._factor_sign(factor, k) ** exponent
        return sign

    def _factor_sign(self, factor: Any, k: int) -> int:
        if k % 2 and self.roots[k // 2].factor == factor:
            return 0
        value = factor.subs(self.x, self._place(k))
        return 1 if value.evalf(50) > 0 else -1

    def _place(self, k: int) -> Any:
        sizes = [root.size for root in self.roots]
        if k % 2:
            return sizes[k // 2]
        if not sizes:
            return sp.Integer(0)
        low = sizes[k // 2 - 1] if k else sizes[0] - 2
        high = sizes[k // 2] if k // 2 < len(sizes) else sizes[-1] + 2
        return (low + high) / 2

    def region(self, formula: Term) -> Term:
        """The formula's truth set as a union of intervals and points."""
        truths = [self.truth(formula, k) for k in range(2 * len(self.roots) + 1)]
        if all(truths):
            return TRUE
        pieces, k = [], 0
        while k < len(truths):
            start = k
            while k < len(truths) and truths[k]:
                k += 1
            if k > start:
                pieces.append(self._piece(start, k - 1))
            k += 1
        return disj(*pieces) if pieces else FALSE

    def _piece(self, first: int, last: int) -> Term:
        if first == last and first % 2:
            return eq(self.quantity, self._end(first // 2))
        parts = []
        if first:
            low = self._end((first - 1) // 2)
            parts.append(Term("Le", (low, self.quantity)) if first % 2 else lt(low, self.quantity))
        if last < 2 * len(self.roots):
            high = self._end(last // 2)
            parts.append(Term("Le", (self.quantity, high)) if last % 2 else lt(self.quantity, high))
        return conj(*parts)

    def _end(self, i: int) -> Term:
        root = self.roots[i]
        return root_term(root.factor, self.x, root.index)


def _linear(part: Any, x: Any) -> tuple[Any, list[tuple[Any, int]]]:
    """A constant, or a + b*x with algebraic a and b as b times (x - root)."""
    if not part.has(x):
        return part, []
    a, b = part.subs(x, 0), sp.diff(part, x)
    if b.has(x):
        raise Undecided("algebraic coefficients in degree two or more")
    return b, [(x + sp.radsimp(a / b), 1)]


def _real_roots(factor: Any, x: Any) -> list[Any]:
    if sp.degree(factor, x) == 1:
        return [sp.radsimp(-factor.subs(x, 0) / sp.diff(factor, x))]
    return list(sp.real_roots(sp.Poly(factor, x)))


def root_term(factor: Any, x: Any, index: int) -> Term:
    """The real root of that number of an irreducible polynomial: rational, with a square root, or isolated."""
    bridge, poly = Bridge(), sp.Poly(factor, x)
    if poly.degree() <= 2:
        roots = [sp.radsimp(root) for root in _real_roots(factor, x)]
        return tidy(bridge.to_term(sp.factor(roots[index])), sp.factor)
    z = symbol("z")
    _, integral = poly.clear_denoms()
    body = add(*(mul(number(int(c)), power(z, int(k))) if k else number(int(c)) for (k,), c in integral.terms()))
    low, high = [pair for pair, _ in integral.intervals(eps=sp.Rational(1, 10**13))][index]
    ends = [number(f"{end.p}/{end.q}") for end in (low, high)]
    return Term("RootOf", (tidy(body, sp.expand), "z", *ends, number(index).args[0]))
