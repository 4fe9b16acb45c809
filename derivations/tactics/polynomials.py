"""Inequalities as polynomials by their coefficients: what a certificate is looked for with.

Premises x = term are inserted; a square root becomes a variable of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

import sympy as sp

from derivations.language.ascii import ascii_text
from derivations.language.terms import ONE, ZERO, Term, subterms, symbol
from derivations.tactics.algebra import Bridge

Monomial = tuple[int, ...]
Dense = dict[Monomial, Fraction]
STRICT = frozenset({"Lt", "Gt"})
_ARITHMETIC = frozenset({"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow"})


@dataclass(frozen=True)
class Problem:
    """Polynomials as coefficients by exponents: the goal, and the premises with their place in the list and strictness."""

    goal: Dense
    strict: bool
    given: tuple[tuple[int, Dense, bool, bool], ...]  # place, polynomial, strict, equation
    bridge: Bridge
    generators: tuple[Any, ...]
    roots: dict[Any, Any]


def gap(relation: Term, bridge: Bridge) -> Any:
    """What the relation says is positive (or not negative, or zero), as a SymPy expression."""
    left, right = (bridge.to_sympy(side) for side in relation.args)
    return left - right if relation.head in ("Gt", "Ge") else right - left


def problem_of(claim: Term, premises: Sequence[Term], factor: Term) -> Problem | None:
    quick = _plain(claim, premises, factor)
    if quick is not None:
        return quick
    bridge = Bridge()
    roots = _roots([claim, *premises, factor], bridge)
    equal = [tuple(bridge.to_sympy(side) for side in one.args) for one in premises
             if one.head == "Eq" and one.args[0].head in ("Symbol", "Apply")]  # fmt: skip

    def plain(expression: Any) -> Any:
        return sp.expand(sp.cancel(sp.together(expression.subs(equal).subs(roots))))

    goal = plain(gap(claim, bridge) * bridge.to_sympy(factor))
    given = [(i, plain(gap(one, bridge)), one.head) for i, one in enumerate(premises)
             if one.head in ("Lt", "Le", "Gt", "Ge", "Eq")]  # fmt: skip
    generators = tuple(sorted(set().union(goal.free_symbols, *(part.free_symbols for _, part, _ in given)), key=str))
    target = dense(goal, generators)
    if target is None:
        return None
    rows = []
    for i, part, head in given:
        poly = dense(part, generators)
        if poly:
            rows.append((i, poly, head in STRICT, head == "Eq"))
    return Problem(target, claim.head in STRICT, tuple(rows), bridge, generators, roots)


def _plain(claim: Term, premises: Sequence[Term], factor: Term) -> Problem | None:
    """The same where all are polynomials in real variables: None for others, and where a premise may be inserted."""
    if any(one.head == "Eq" for one in premises):
        return None
    relations = [(i, one) for i, one in enumerate(premises) if one.head in ("Lt", "Le", "Gt", "Ge")]
    parts = [_gap_polynomial(one) for one in (claim, Term("Lt", (ZERO, factor)), *(one for _, one in relations))]
    if None in parts:
        return None
    names = sorted(frozenset().union(*(variables for variables, _ in filter(None, parts))))
    bridge = Bridge()
    generators = tuple(bridge.to_sympy(symbol(name)) for name in names)
    goal, multiplier, *rest = (_among(part, names) for part in filter(None, parts))
    given = tuple((i, poly, one.head in STRICT, False) for (i, one), poly in zip(relations, rest, strict=True) if poly)
    return Problem(times(goal, multiplier), claim.head in STRICT, given, bridge, generators, {})


def merged(problem: Problem) -> Problem:
    """With one variable for x*y where the goal speaks of this product only; premises that speak of x or y alone are left out."""
    size = len(problem.generators)
    for i, j in combinations(range(size), 2):
        if all(m[i] == m[j] for m in problem.goal) and any(m[i] for m in problem.goal):
            rest = [k for k in range(size) if k != j]
            generators = [problem.generators[k] * (problem.generators[j] if k == i else 1) for k in rest]
            given = [(place, {tuple(m[k] for k in rest): c for m, c in poly.items()}, strict, equation)
                     for place, poly, strict, equation in problem.given if all(m[i] == m[j] for m in poly)]  # fmt: skip
            goal = {tuple(m[k] for k in rest): c for m, c in problem.goal.items()}
            return merged(Problem(goal, problem.strict, tuple(given), problem.bridge, tuple(generators), problem.roots))
    return problem


def is_small(claim: Term) -> bool:
    """Whether sums of squares are worth trying: few variables or a low degree, a product that occurs as a whole counting as one."""
    problem = problem_of(claim, (), ONE)
    if problem is None:
        return True
    goal = merged(problem).goal
    degree, count = max((sum(m) for m in goal), default=0), len(next(iter(goal), ()))
    return degree <= 3 or (count <= 3 and degree <= 4)


@lru_cache(4096)
def _gap_polynomial(relation: Term) -> tuple[tuple[str, ...], Dense] | None:
    """The variables, and the polynomial in them that the relation says is positive (or not negative)."""
    if any(node.head not in _ARITHMETIC for side in relation.args for node in subterms(side)):
        return None
    bridge = Bridge()
    expression = sp.expand(sp.cancel(sp.together(gap(relation, bridge))))
    variables = tuple(sorted(expression.free_symbols, key=str))
    poly = dense(expression, variables)
    return None if poly is None else (tuple(map(str, variables)), poly)


def _among(part: tuple[tuple[str, ...], Dense], names: Sequence[str]) -> Dense:
    """The polynomial with an exponent for each of the names."""
    places = [names.index(name) for name in part[0]]
    found: Dense = {}
    for monomial, c in part[1].items():
        exponents = [0] * len(names)
        for place, exponent in zip(places, monomial, strict=True):
            exponents[place] = exponent
        found[tuple(exponents)] = c
    return found


def _roots(terms: list[Term], bridge: Bridge) -> dict[Any, Any]:
    """With s in place of every square root, s**2 in place of what stands under it (solved for a symbol), all is polynomial."""
    found: dict[Any, Any] = {}
    nodes = {node.args[0]: node for term in terms for node in subterms(term) if node.head == "Sqrt"}
    for inside, node in sorted(nodes.items(), key=lambda pair: (pair[0].head != "Symbol", ascii_text(pair[0]))):
        radicand = bridge.to_sympy(inside)
        linear = [x for x in sorted(radicand.free_symbols - set(found), key=str) if sp.diff(radicand, x).is_Rational]
        if linear:
            s = sp.Symbol(f"root_{ascii_text(inside)}", real=True)
            bridge.atoms[s] = node
            slope = sp.diff(radicand, linear[0])
            rest = sp.expand(radicand - slope * linear[0]).subs(found)
            found[sp.sqrt(radicand)], found[linear[0]] = s, (s**2 - rest) / slope
    return found


def dense(expression: Any, generators: tuple[Any, ...]) -> Dense | None:
    if not generators:
        return {(): Fraction(int(expression.p), int(expression.q))} if expression.is_Rational else None
    if not expression.is_polynomial(*generators):
        return None
    poly = sp.Poly(expression, *generators)
    if not all(c.is_Rational for c in poly.coeffs()):
        return None
    return {m: Fraction(int(c.p), int(c.q)) for m, c in poly.terms() if c != 0}


def times(one: Dense, other: Dense) -> Dense:
    result: Dense = {}
    for m, c in one.items():
        for n, d in other.items():
            key = tuple(a + b for a, b in zip(m, n, strict=True))
            result[key] = result.get(key, Fraction(0)) + c * d
    return {m: c for m, c in result.items() if c}
