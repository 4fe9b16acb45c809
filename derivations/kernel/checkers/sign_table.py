"""What follows for one real quantity N from polynomial relations in it: isolated roots, and a sample between any two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq, fmpq_poly

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.checkers.numbers import check_roots, enclosure, roots_between, sturm_sequence
from derivations.kernel.errors import Refused
from derivations.kernel.facts import constant_ball, is_constant, is_relation
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.terms import Term, add, mul, number, power, sub, subterms

Number = tuple[Fraction, Fraction]  # an interval of rational ends; a point where both are equal
MAX_DEGREE, MAX_HALVINGS = 60, 400
_HOLDS = {"Lt": (1,), "Le": (0, 1), "Gt": (-1,), "Ge": (-1, 0), "Eq": (0,), "Ne": (-1, 1)}
_LOGIC = frozenset({"And", "Or", "Not", "Implies", "Iff", "True", "False"})


def sign_table(s: Situation) -> None:
    """Premises ⊢ claim, if it holds for every real N for which they do; all are made of relations between polynomials in N.

    N is the witness's product of variables. The coefficients are rational; a relation of degree one may have algebraic ones, such
    as N < sqrt(3)/3. Premises in which anything else occurs are left out. Refuses where some N, a root or a sample between two
    of them, makes the premises possible and the claim not certain; a relation is never certain where a denominator vanishes.
    """
    quantity = s.term("variable")
    algebra = Algebra(s.table, [s.claim, quantity, *s.premises])
    reader = _Reader(s, algebra, quantity)
    wanted = reader.formula(s.claim)
    given = []
    for premise in s.premises:
        if all(node.head in _LOGIC or is_relation(node) for node in _formulas(premise)):
            try:
                given.append(reader.formula(premise))
            except Refused:
                continue
    for place in _places(algebra, reader):
        truths = [part(place) for part in given]
        if False not in truths and wanted(place) is not True:
            raise Refused("does-not-follow", f"the claim fails {place.text}")


def _formulas(formula: Term) -> list[Term]:
    if formula.head not in _LOGIC:
        return [formula]
    return [part for arg in formula.args for part in _formulas(arg)] or [formula]


# --- reading the relations ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """b*N + a with a and b algebraic numbers: it vanishes at ``root``, and grows with N if ``up``."""

    root: Term
    up: bool


class _Reader:
    """Relations as signs of polynomials in N, each known by a number; ``polys`` and ``marks`` are those of each kind."""

    def __init__(self, s: Situation, algebra: Algebra, quantity: Term) -> None:
        self.s, self.algebra = s, algebra
        top, bottom = algebra.value(quantity)
        parts = algebra.monomials(top)
        fine = bottom.is_constant() and len(parts) == 1 and parts[0][0] == bottom.leading_coefficient() and parts[0][1]
        require(bool(fine), "witness", "the quantity must be a product of variables")
        self.powers = dict(parts[0][1])
        plain = all(algebra.atoms[i].head == "Symbol" for i in self.powers)
        require(plain and not s.table.is_random(quantity), "witness", "the quantity must be a product of variables")
        self.polys: list[fmpq_poly] = []
        self.marks: list[Mark] = []

    def formula(self, formula: Term) -> Callable[[Place], bool | None]:
        if is_relation(formula):
            return self._relation(formula)
        require(formula.head in _LOGIC, "shape", f"{formula.head} is no relation in one quantity")
        parts = [self.formula(arg) for arg in formula.args]
        return lambda place: _TABLES[formula.head]([part(place) for part in parts])

    def _relation(self, relation: Term) -> Callable[[Place], bool | None]:
        algebra = self.algebra
        left, right = relation.args
        (top, bottom), divisors, radicands = algebra.afresh(lambda: algebra.difference(right, left))
        for value in radicands:
            require(all(_is_known(algebra, poly) for poly in value), "shape", "a root of what is not a number")
            signs = [_constant_sign(algebra, algebra.reduce(poly)) for poly in value]
            require(signs in ([1, 1], [-1, -1]), "may-be-negative", "a radicand may be negative")
        sign_of, below = self._sign(top), self._sign(bottom)
        inner = [self._sign(poly) for poly in divisors]
        allowed = _HOLDS[relation.head]

        def truth(place: Place) -> bool | None:
            if below(place) == 0 or any(part(place) == 0 for part in inner):
                return None
            return sign_of(place) * below(place) in allowed

        return truth

    def _sign(self, poly: Poly) -> Callable[[Place], int]:
        algebra, poly = self.algebra, self.algebra.reduce(poly)
        if poly.is_zero():
            return lambda place: 0
        known = _constant_sign(algebra, poly)
        if known is not None:
            return lambda place: known
        by_degree: dict[int, Poly] = {}
        for coefficient, factors in algebra.monomials(poly):
            inside = {i: e for i, e in factors if i in self.powers}
            rest = algebra.one * coefficient
            for i, e in factors:
                if i not in self.powers:
                    rest *= algebra.generators[i] ** e
            degree = next(iter(inside.values())) // next(self.powers[i] for i in inside) if inside else 0
            fine = {i: degree * e for i, e in self.powers.items() if degree} == inside
            require(fine, "shape", "a relation in something else than that quantity")
            by_degree[degree] = by_degree.get(degree, algebra.zero) + rest
        if all(part.is_constant() for part in by_degree.values()):
            return self._rational(by_degree)
        return self._linear(by_degree)

    def _rational(self, by_degree: dict[int, Poly]) -> Callable[[Place], int]:
        require(max(by_degree) <= MAX_DEGREE, "too-large", "a polynomial of high degree")
        values = [by_degree[k].leading_coefficient() if by_degree.get(k) else fmpq(0) for k in range(max(by_degree) + 1)]
        self.polys.append(fmpq_poly(values))
        index = len(self.polys) - 1
        return lambda place: place.signs[index]

    def _linear(self, by_degree: dict[int, Poly]) -> Callable[[Place], int]:
        algebra = self.algebra
        require(set(by_degree) <= {0, 1} and 1 in by_degree, "shape", "an algebraic coefficient in degree two or more")
        known = all(part.is_zero() or _is_known(algebra, part) for part in by_degree.values())
        require(known, "shape", "a relation in something else than that quantity")
        slope = _constant_sign(algebra, by_degree[1])
        require(slope not in (None, 0), "sign-unknown", "a coefficient whose sign is not known")
        constant, lead = by_degree.get(0, algebra.zero), by_degree[1]
        root = Term("Neg", (Term("Div", (algebra.term_of_poly(constant), algebra.term_of_poly(lead))),))
        self.marks.append(Mark(root, slope == 1))
        index = len(self.marks) - 1
        return lambda place: place.sides[index]


def _is_known(algebra: Algebra, poly: Poly) -> bool:
    return bool(poly.is_constant()) or constant_ball(algebra, poly) is not None


def _constant_sign(algebra: Algebra, poly: Poly) -> int | None:
    """The sign of a constant; None for what is not constant."""
    if poly.is_zero():
        return 0
    if poly.is_constant():
        return 1 if poly.leading_coefficient() > 0 else -1
    if not all(is_constant(algebra.atoms[i]) for _, factors in algebra.monomials(poly) for i, _ in factors):
        return None
    ball = constant_ball(algebra, poly)
    require(ball is not None and bool(ball > 0 or ball < 0), "sign-unknown", "the sign of a constant is not clear")
    return 1 if ball > 0 else -1


def _and(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def _or(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


_TABLES: dict[str, Callable[[list[bool | None]], bool | None]] = {
    "And": _and,
    "Or": _or,
    "Not": lambda values: _not(values[0]),
    "Implies": lambda values: _or([_not(values[0]), values[1]]),
    "Iff": lambda values: None if None in values else values[0] == values[1],
    "True": lambda values: True,
    "False": lambda values: False,
}


# --- the places at which the signs are looked at ------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """The signs of the polynomials and of the marks for one N."""

    signs: tuple[int, ...]
    sides: tuple[int, ...]
    text: str


@dataclass
class _End:
    """A point of the line: in (low, high), or at low = high; a root of the product of all polynomials, or a mark, or both."""

    low: Fraction
    high: Fraction
    root: bool
    marks: list[int]


def _places(algebra: Algebra, reader: _Reader) -> list[Place]:
    whole = fmpq_poly([1])
    for poly in reader.polys:
        whole = whole * poly / whole.gcd(poly) if poly.degree() > 0 else whole
    require(whole.degree() <= MAX_DEGREE, "too-large", "polynomials of high degree")
    whole = whole / whole.gcd(whole.derivative()) if whole.degree() > 0 else whole
    ends = _with_marks(algebra, reader.marks, whole, [_End(a, b, True, []) for a, b in isolate(whole)])
    _separate(whole, ends)
    found = []
    for k in range(len(ends) + 1):
        between = _between(ends, k)
        sides = tuple(_side(mark, i, ends, k - 1, k) for i, mark in enumerate(reader.marks))
        found.append(Place(tuple(_sign_at(poly, between) for poly in reader.polys), sides, f"at {between}"))
        if k < len(ends):
            sides = tuple(_side(mark, i, ends, k, k) for i, mark in enumerate(reader.marks))
            signs = tuple(_sign_near(poly, ends[k]) for poly in reader.polys)
            found.append(Place(signs, sides, f"near {float(ends[k].low):.6g}"))
    return found


def _between(ends: list[_End], k: int) -> Fraction:
    if not ends:
        return Fraction(0)
    if k == 0:
        return ends[0].low - 1
    return ends[-1].high + 1 if k == len(ends) else (ends[k - 1].high + ends[k].low) / 2


def _side(mark: Mark, i: int, ends: list[_End], left: int, right: int) -> int:
    """The sign of a mark's polynomial between two ends, or at one (left = right)."""
    own = next(k for k, end in enumerate(ends) if i in end.marks)
    sign = 0 if left == right == own else 1 if own <= left else -1
    return sign if mark.up else -sign


def _sign_at(poly: fmpq_poly, at: Fraction) -> int:
    value = poly(fmpq(at.numerator, at.denominator))
    return int(value > 0) - int(value < 0)


def _sign_near(poly: fmpq_poly, end: _End) -> int:
    """The sign at the one root of all polynomials in the interval, or anywhere in it if there is none."""
    if end.low == end.high or not end.root or poly.degree() < 1:
        return _sign_at(poly, end.low)
    sequence = sturm_sequence([Fraction(int(c.p), int(c.q)) for c in poly.coeffs()])
    return 0 if roots_between(sequence, end.low, end.high) else _sign_at(poly, end.low)


def isolate(poly: fmpq_poly) -> list[Number]:
    """Disjoint intervals, each with one real root inside, of a polynomial without multiple roots; a rational root as a point."""
    if poly.degree() < 1:
        return []
    sequence = sturm_sequence([Fraction(int(c.p), int(c.q)) for c in poly.coeffs()])
    coefficients = [Fraction(int(c.p), int(c.q)) for c in poly.coeffs()]
    bound = 1 + max(abs(c / coefficients[-1]) for c in coefficients)
    found: list[Number] = []
    waiting = [(-bound, bound)]
    while waiting:
        low, high = waiting.pop()
        count = roots_between(sequence, low, high)
        if count == 1:
            found.append((low, high))
        elif count > 1:
            middle, step = (low + high) / 2, (high - low) / 64
            while _sign_at(poly, middle) == 0:
                middle += step
                step /= 2
            waiting += [(low, middle), (middle, high)]
    return sorted(found)


def _halve(poly: fmpq_poly, end: _End) -> None:
    """Half the interval of a simple root."""
    if end.low == end.high:
        return
    middle = (end.low + end.high) / 2
    sign = _sign_at(poly, middle)
    if sign == 0:
        end.low = end.high = middle
    elif sign == _sign_at(poly, end.low):
        end.low = middle
    else:
        end.high = middle


def _with_marks(algebra: Algebra, marks: list[Mark], whole: fmpq_poly, ends: list[_End]) -> list[_End]:
    """The ends with those of the marks among them: a mark that is a root of a polynomial is the root in its ball."""
    roots = list(ends)
    for i, mark in enumerate(marks):
        check_roots(algebra.table, mark.root)
        same = next((end for end in ends if end.marks and _is_zero(algebra, sub(mark.root, marks[end.marks[0]].root))), None)
        if same is not None:
            same.marks.append(i)
            continue
        ball = _interval(algebra, mark.root)
        if whole.degree() > 0 and _is_zero(algebra, _inserted(whole, mark.root)):
            for _ in range(MAX_HALVINGS):
                near = [end for end in roots if not (end.high < ball[0] or ball[1] < end.low)]
                if len(near) == 1:
                    break
                for end in near:
                    _halve(whole, end)
            require(len(near) == 1, "sign-unknown", "a number could not be told apart from another")
            near[0].marks.append(i)
        else:
            ends = [*ends, _End(*ball, False, [i])]
    return ends


def _inserted(poly: fmpq_poly, value: Term) -> Term:
    terms = [mul(number(Fraction(int(c.p), int(c.q))), power(value, k)) if k else number(Fraction(int(c.p), int(c.q)))
             for k, c in enumerate(poly.coeffs()) if c]  # fmt: skip
    return add(*terms)


def _is_zero(algebra: Algebra, term: Term) -> bool:
    plain = Algebra(algebra.table, [term])
    return plain.is_zero(plain.value(term))


def _interval(algebra: Algebra, value: Term) -> Number:
    """A rational interval around a constant; a point if it is rational."""
    if not any(node.head in ("Sqrt", "RootOf") for node in subterms(value)):
        plain = Algebra(algebra.table, [value])
        top, bottom = plain.value(value)
        exact = fmpq(0) if top.is_zero() else top.leading_coefficient() / bottom.leading_coefficient()
        return (Fraction(int(exact.p), int(exact.q)),) * 2
    ball: Any = enclosure(algebra.table, value)
    middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
    low, high = middle - radius, middle + radius
    return Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))


def _separate(whole: fmpq_poly, ends: list[_End]) -> None:
    """Sorts the ends and narrows them until they are apart. Raises Refused where two marks cannot be told apart."""
    for _ in range(MAX_HALVINGS):
        ends.sort(key=lambda end: (end.low + end.high) / 2)
        close = [(a, b) for a, b in pairwise(ends) if a.high >= b.low]
        if not close:
            return
        for pair in close:
            for end in pair:
                if end.root:
                    _halve(whole, end)
    raise Refused("sign-unknown", "two numbers could not be told apart")


RULES: dict[str, Rule] = {"sign-table": sign_table}
