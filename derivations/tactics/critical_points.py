"""All critical points of a polynomial or rational loss: which real points make the gradient vanish, and a proof that there is
no other.

The gradient's equations are combined until one variable is left (p(x) = 0) or one is given by the others (y = q(x)). A tree
of cases over the irreducible factors of such p leads to the points; it is searched first (``searched``) and proved afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import sympy as sp
from flint import fmpz_poly

from derivations.kernel.algebra import Algebra
from derivations.kernel.checkers.numbers import enclosure
from derivations.kernel.facts import Facts
from derivations.kernel.table import Table
from derivations.language.statements import Symbol
from derivations.language.terms import Term, subterms
from derivations.tactics.algebra import Bridge
from derivations.tactics.coordinates import TABLE, rational, roots_of, solved_for, written
from derivations.tactics.elimination import (
    Polynomial,
    Relation,
    degree,
    factors_of,
    relation,
    whole,
)

MAX_DEGREE = 40  # of an eliminant
SEPARATOR = "_t"  # a combination of the variables


class TooHard(Exception):
    """No relation was found in reasonable time: perhaps there are infinitely many solutions."""


class Dependent(TooHard):
    """Two variables are roots of polynomials over Q, but which root the one is depends on the other."""


@dataclass(frozen=True)
class Class:
    """A variable that is some root of an irreducible polynomial of degree two or more."""

    name: str
    coefficients: tuple[int, ...]
    roots: tuple[Term, ...]


@dataclass(frozen=True)
class Point:
    """Coordinates by name; ``shaped`` gives q(others) for those that were found so, ``minimal`` their polynomials where they are
    written in another way than the kernel's algebra sees."""

    at: dict[str, Term]
    shaped: dict[str, Term]
    minimal: dict[str, list[int]]


@dataclass
class Context:
    """What is known at a place of the tree: equations (= 0), values, classes, and variables given by the classes."""

    equations: list[Polynomial]
    fixed: dict[str, Fraction] = field(default_factory=dict)
    classes: list[Class] = field(default_factory=list)
    shaped: dict[str, Polynomial] = field(default_factory=dict)

    def open(self, names: Sequence[str]) -> list[str]:
        known = {*self.fixed, *self.shaped, *(c.name for c in self.classes)}
        return [name for name in names if name not in known]


@dataclass
class Shape:
    """y - q(x) = 0, as a combination of the equations."""

    name: str
    found: Relation
    rest: Node


@dataclass
class Split:
    """p(y) = 0, as a combination of the equations; ``parts`` are the irreducible factors with real roots, and what follows."""

    name: str
    found: Relation
    parts: list[tuple[tuple[int, ...], Context, Node]]
    without: list[tuple[int, ...]]


@dataclass
class Reduced:
    """p(y) = 0, as a combination of the equations, where p has multiple roots: the same without them is an equation, too."""

    name: str
    found: Relation
    once: Polynomial
    context: Context
    rest: Node


@dataclass
class Leaf:
    """All variables are known: each choice of roots gives a point, or None where that choice does not solve the system."""

    context: Context
    points: list[tuple[tuple[Term, ...], Point | None]]


@dataclass
class Curve:
    """The equations have a common factor: it vanishes, or all the ``quotients`` do (``rest``; None where they cannot).

    ``real`` is false where the factor has one sign at all real points.
    """

    factor: Polynomial
    real: bool
    quotients: list[Polynomial]
    context: Context
    rest: Node | None


Node = Shape | Split | Reduced | Leaf | Curve


@dataclass(frozen=True)
class System:
    """The variables; perhaps the first is a whole combination of the others, by which their values are told apart."""

    names: tuple[str, ...]
    weights: tuple[int, ...] = ()

    @property
    def equation(self) -> Polynomial:
        """w_1*x_1 + … - t"""
        n = len(self.names)
        own = {tuple(int(j == i) for j in range(n)): Fraction(w) for i, w in enumerate(self.weights, 1) if w}
        return {**own, tuple(int(j == 0) for j in range(n)): Fraction(-1)}


def searched(equations: list[Polynomial], names: tuple[str, ...]) -> tuple[System, Context, Node]:
    """The tree for a system of polynomial equations. Raises TooHard where no relation is found."""
    context, reason = Context([whole(g) for g in equations]), None
    try:
        return System(names), context, _node(context, names)
    except Dependent as error:
        reason = error
    for weights in _weights(len(names)):
        system = System((SEPARATOR, *names), weights)
        wider = [{(0, *m): c for m, c in g.items()} for g in context.equations]
        larger = Context([*wider, system.equation])
        try:
            return system, larger, _node(larger, system.names)
        except Dependent as error:
            reason = error
    raise reason


def _weights(count: int) -> list[tuple[int, ...]]:
    """Small whole weights without a zero, the first being 1."""
    found = [(1, *rest) for rest in product((1, -1, 2, -2, 3, -3), repeat=count - 1)]
    return sorted(found, key=lambda w: sum(map(abs, w)))[:8]


def _node(context: Context, names: tuple[str, ...]) -> Node:
    waiting = context.open(names)
    if not waiting:
        return _leaf(context, names)
    if context.classes:
        for name in waiting:
            found = _shape(context, name, names)
            if found is not None:
                inner = Context(context.equations, context.fixed, context.classes, {**context.shaped, name: found.polynomial})
                return Shape(name, found, _node(inner, names))
    reason: Dependent | None = None
    try:
        options = _eliminants(context, waiting, names)
    except TooHard:
        return _curve(context, names)
    if context.classes:
        for name, found in options:
            once = _once(found.polynomial, names.index(name))
            if degree(once) < degree(found.polynomial) and once not in context.equations:
                inner = Context([*context.equations, once], context.fixed, context.classes, context.shaped)
                return Reduced(name, found, once, inner, _node(inner, names))
    for name, found in options:
        try:
            return _cases(context, name, found, names)
        except Dependent as error:
            reason = error
    assert reason is not None
    raise reason


def _once(polynomial: Polynomial, place: int) -> Polynomial:
    """The product of the irreducible factors of a polynomial in one variable."""
    dense = fmpz_poly([int(c) for c in _dense(polynomial, place)])
    once = dense // dense.gcd(dense.derivative())
    size = max(map(len, polynomial))
    return whole({tuple(k if j == place else 0 for j in range(size)): Fraction(int(c))
                  for k, c in enumerate(once.coeffs()) if c})  # fmt: skip


def _curve(context: Context, names: tuple[str, ...]) -> Curve:
    """Split off the common factor of the equations. Raises TooHard where there is none."""
    if context.classes or not context.equations:
        raise TooHard("no equation in one variable alone was found")
    x = sp.symbols(list(names))
    polynomials = [sp.Poly({m: sp.Rational(c.numerator, c.denominator) for m, c in g.items()}, *x) for g in context.equations]
    common = polynomials[0]
    for one in polynomials[1:]:
        common = common.gcd(one)
    if common.total_degree() == 0:
        raise TooHard("no equation in one variable alone was found")
    factor = whole(_from_sympy(common.sqf_part()))
    quotients = [_from_sympy(one.quo(common)) for one in polynomials]
    real = _may_be_zero(factor, names)
    if any(degree(one) == 0 for one in quotients):
        return Curve(factor, real, quotients, context, None)
    inner = Context([whole(one) for one in quotients], context.fixed)
    return Curve(factor, real, quotients, inner, _node(inner, names))


def _may_be_zero(polynomial: Polynomial, names: tuple[str, ...]) -> bool:
    """Whether the kernel cannot see from the signs of its terms that the polynomial has no zero."""
    term = written(polynomial, names)
    algebra = Algebra(Table([Symbol(name, "real") for name in names]), [term])
    return 0 in Facts(algebra).sign(algebra.value(term))


def _from_sympy(polynomial: Any) -> Polynomial:
    return {m: Fraction(int(c.p), int(c.q)) for m, c in polynomial.terms() if c}


def _cases(context: Context, name: str, found: Relation, names: tuple[str, ...]) -> Split:
    coefficients = _dense(found.polynomial, names.index(name))
    parts: list[tuple[tuple[int, ...], Context, Node]] = []
    without = []
    for factor in factors_of(coefficients):
        roots = roots_of(factor)
        if not roots:
            without.append(tuple(factor))
            continue
        inner = context_with(context, names, name, factor, roots)
        parts.append((tuple(factor), inner, _node(inner, names)))
    return Split(name, found, parts, without)


def context_with(
    context: Context, names: tuple[str, ...], name: str, factor: Sequence[int], roots: Sequence[Term]
) -> Context:
    """What is known once the variable is a root of that factor."""
    place = names.index(name)
    if len(factor) == 2:
        value = Fraction(-factor[0], factor[1])
        equations = [whole(put) for g in context.equations if (put := substituted(g, place, value))]
        return Context(equations, {**context.fixed, name: value}, context.classes, context.shaped)
    new = {tuple(k if j == place else 0 for j in range(len(names))): Fraction(c) for k, c in enumerate(factor) if c}
    classes = [*context.classes, Class(name, tuple(factor), tuple(roots))]
    return Context([*context.equations, new], context.fixed, classes, context.shaped)


def substituted(polynomial: Polynomial, place: int, value: Fraction) -> Polynomial:
    """The polynomial with a number for one variable; empty where it vanishes."""
    found: Polynomial = {}
    for m, c in polynomial.items():
        at = tuple(0 if j == place else e for j, e in enumerate(m))
        found[at] = found.get(at, Fraction(0)) + c * value ** m[place]
    return {m: c for m, c in found.items() if c}


def _most(context: Context, waiting: Sequence[str]) -> int:
    degrees = sorted((degree(g) for g in context.equations), reverse=True)
    count = len(waiting) + len(context.classes)
    return min(MAX_DEGREE, max(prod(sorted(degrees)[-count:]), *degrees))


def _shape(context: Context, name: str, names: tuple[str, ...]) -> Relation | None:
    place = names.index(name)
    own = tuple(int(j == place) for j in range(len(names)))
    ranges = []
    for other in names:
        size = next((len(c.coefficients) - 1 for c in context.classes if c.name == other), 1)
        ranges.append(range(size))
    lower = sorted(product(*ranges), key=lambda m: (sum(m), m), reverse=True)
    top = max(sum(lower[0]), *map(degree, context.equations))
    most = min(max(top + 2, sum(sorted(map(degree, context.equations))[-len(names) :])), MAX_DEGREE)
    return relation(context.equations, [own, *lower], most, exactly=True)


def _eliminants(context: Context, waiting: Sequence[str], names: tuple[str, ...]) -> list[tuple[str, Relation]]:
    """The variables that have an eliminant, with it, the lowest first. Raises TooHard where there is none."""
    found = []
    for name in (waiting[:1] if waiting[0] == SEPARATOR else waiting) if context.equations else ():
        place, most = names.index(name), _most(context, waiting)
        powers = [tuple(k if j == place else 0 for j in range(len(names))) for k in range(most, -1, -1)]
        one = relation(context.equations, powers, most)
        if one is not None:
            found.append((name, one))
    if not found:
        raise TooHard("no equation in one variable alone was found")
    return sorted(found, key=lambda pair: degree(pair[1].polynomial))


def _dense(polynomial: Polynomial, place: int) -> list[Fraction]:
    top = max(m[place] for m in polynomial)
    found = [Fraction(0)] * (top + 1)
    for m, c in polynomial.items():
        found[m[place]] = c
    return found


# --- the points -------------------------------------------------------------------------------------------------------


def _leaf(context: Context, names: tuple[str, ...]) -> Leaf:
    points = []
    for roots in product(*(c.roots for c in context.classes)):
        chosen = {c.name: root for c, root in zip(context.classes, roots, strict=True)}
        points.append((roots, _point(context, names, chosen)))
    return Leaf(context, points)


def _point(context: Context, names: tuple[str, ...], chosen: Mapping[str, Term]) -> Point | None:
    shaped = {name: solved_for(q, name, names, chosen) for name, q in context.shaped.items()}
    values = {**{n: rational(v) for n, v in context.fixed.items()}, **chosen, **shaped}
    balls = {name: enclosure(TABLE, value) for name, value in values.items()}
    for g in context.equations:
        value = sum((_ball(c) * prod((balls[n] ** e for n, e in zip(names, m, strict=True)), start=_ball(Fraction(1)))
                     for m, c in g.items()), start=_ball(Fraction(0)))  # fmt: skip
        if not value.contains(0):
            return None
        if len(chosen) > 1:
            algebra = Algebra(TABLE, [one := written(g, names, values)])
            if not algebra.is_zero(algebra.value(one)):
                raise Dependent(f"{' and '.join(chosen)} depend on each other")
    minimal: dict[str, list[int]] = {}
    for name in shaped:
        values[name], polynomial = presented(values[name], context, name, names)
        if polynomial:
            minimal[name] = polynomial
    return Point({name: values[name] for name in names if name != SEPARATOR}, shaped, minimal)


def _ball(value: Fraction) -> Any:
    from flint import arb, fmpq

    return arb(fmpq(value.numerator, value.denominator))


def presented(value: Term, context: Context, name: str, names: tuple[str, ...]) -> tuple[Term, list[int]]:
    """The number as a fraction, with square roots, or as a root of its own minimal polynomial (which is given, too)."""
    if not any(node.head == "RootOf" for node in subterms(value)) or all(len(c.coefficients) == 3 for c in context.classes):
        bridge = Bridge()
        return bridge.to_term(sp.radsimp(sp.expand(bridge.to_sympy(value)))), []
    place = names.index(name)
    size = prod(len(c.coefficients) - 1 for c in context.classes)
    most = max(size, *map(degree, context.equations))
    powers = [tuple(k if j == place else 0 for j in range(len(names))) for k in range(size, -1, -1)]
    found = relation([*context.equations, context.shaped[name]], powers, min(most + 2, MAX_DEGREE))
    if found is None:
        return value, []
    ball = enclosure(TABLE, value)
    for factor in factors_of(_dense(found.polynomial, place)):
        for root in roots_of(factor):
            if enclosure(TABLE, root).overlaps(ball):
                return root, factor
    return value, []


def leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, (Shape, Reduced, Curve)):
        yield from leaves(node.rest) if node.rest is not None else ()
    else:
        for _, _, rest in node.parts:
            yield from leaves(rest)


def in_order(points: list[Point], names: Sequence[str]) -> list[Point]:
    """By the first coordinate, then by the second and so on."""
    return sorted(points, key=lambda point: [float(enclosure(TABLE, point.at[name]).mid()) for name in names])


def curves(node: Node | None, fixed: Mapping[str, Fraction]) -> Iterator[tuple[dict[str, Fraction], Polynomial]]:
    """The curves of solutions: values of some variables, and a polynomial in the others that vanishes."""
    if isinstance(node, Curve):
        if node.real:
            yield dict(fixed), node.factor
        yield from curves(node.rest, fixed)
    elif isinstance(node, (Shape, Reduced)):
        yield from curves(node.rest, fixed)
    elif isinstance(node, Split):
        for _, context, rest in node.parts:
            yield from curves(rest, context.fixed)
