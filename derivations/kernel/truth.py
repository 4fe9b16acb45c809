"""Truth tables over the signs of factors: what follows from what by comparing signs alone.

Factors on one *line*, that is a + b*N for one N with constants a and b (1 - 2*x and 1 - 20*x), do not have independent signs:
only the patterns that occur as N runs over the real numbers are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts, constant_ball, is_constant, is_relation, product_sign
from derivations.kernel.formulas import formula_key
from derivations.language.terms import Term, free_symbols, subterms

MAX_ROWS = 200_000
Row = dict[str, int]
Truth = Callable[[Row], "bool | None"]
Order = tuple[str, str, int, int, tuple[tuple[str, int], ...]]


def follows_by_signs(algebra: Algebra, claim: Term, premises: list[Term]) -> None:
    """Raises Refused unless the claim holds for all signs of the factors and all truth values of the other parts.

    Relations are compared through their irreducible factors, all other parts are either true or false. Where a denominator
    vanishes a relation counts as unknown: as possibly true in a premise, as not shown in the claim.
    """
    _require_apart([claim, *premises])
    facts = Facts(algebra, premises)
    names: dict[str, tuple[int, ...]] = {}
    given = [_compile(facts, premise, names) for premise in premises]
    wanted = _compile(facts, claim, names)
    facts.require_radicands()
    for signs in possible_rows(facts, names, given):
        if wanted(signs) is not True:
            raise Refused("does-not-follow", "the claim fails for " + _row_text(facts, signs))


def possible_rows(
    facts: Facts, names: dict[str, tuple[int, ...]], given: list[Truth], orders: Iterable[Order] = (), most: int = MAX_ROWS
) -> Iterator[Row]:
    """The rows of signs in which nothing given is false.

    An order (f, g, s, c, factors) says that f - s*g is the constant c times the factors, given with the parity of their exponents.
    """
    lines = _lines(facts, names)
    for name in names:
        if name in facts.known:
            names[name] = tuple(sorted(facts.known[name]))
    on_lines = {name for line in lines for name in line.names}
    blocks = [line.patterns(names) for line in lines]
    blocks += [[{name: value} for value in values] for name, values in names.items() if name not in on_lines]
    rows = 1
    for block in blocks:
        rows *= len(block)
    if rows > most:
        raise Refused("too-large", f"a table of signs with {rows} rows")
    orders = list(orders)
    for parts in product(*blocks):
        signs: Row = {}
        for part in parts:
            signs.update(part)
        if any(premise(signs) is False for premise in given) or not all(line.fits(signs) for line in lines):
            continue
        if all(_ordered_rightly(order, signs) for order in orders):
            yield signs


def _ordered_rightly(order: Order, signs: Row) -> bool:
    """Whether the signs of f and s*g go with that of f - s*g."""
    one, other, side, constant, factors = order
    gap = product_sign(constant, factors, signs)
    difference = signs[one] - side * signs[other]
    return difference >= 0 if gap > 0 else difference <= 0 if gap < 0 else difference == 0


def _require_apart(formulas: list[Term]) -> None:
    """Raises Refused where a sum binds a variable that is also free: what is known of the one would be used for the other."""
    relations = [part for formula in formulas for part in _relations(formula)]
    summed = {node.args[0] for relation in relations for node in subterms(relation) if node.head == "Sum"}
    if any(summed & free_symbols(relation) for relation in relations):
        raise Refused("scope", "a variable of a sum occurs outside that sum, too")


def _relations(formula: Term) -> list[Term]:
    if is_relation(formula):
        return [formula]
    return [part for arg in formula.args for part in _relations(arg)] if formula.head in _TABLES else []


@dataclass(frozen=True, slots=True)
class Line:
    """Factors a + b*N: ``marks`` are the values of N where one vanishes, in order, with the factors and whether they grow with N.

    ``own`` are the factors of N itself; the mark at 0 carries the name ``"#" + N``.
    """

    base: str
    marks: tuple[tuple[tuple[str, bool], ...], ...]
    own: tuple[tuple[str, int], ...]

    @property
    def names(self) -> set[str]:
        return {name for mark in self.marks for name, _ in mark}

    def patterns(self, allowed: dict[str, tuple[int, ...]]) -> list[Row]:
        """The signs of the factors for N below, at and above each mark, as far as they are allowed."""
        rows = []
        for position in range(2 * len(self.marks) + 1):  # even: between marks, odd: at a mark
            row: Row = {}
            for k, mark in enumerate(self.marks):
                side = (position > 2 * k + 1) - (position < 2 * k + 1)
                row |= {name: side if up else -side for name, up in mark}
            if all(value in allowed.get(name, (-1, 0, 1)) for name, value in row.items()):
                rows.append(row)
        return rows

    def fits(self, signs: Row) -> bool:
        """Whether the sign of N is that of the product of its factors."""
        return product_sign(1, self.own, signs) == signs["#" + self.base]


def _lines(facts: Facts, names: dict[str, tuple[int, ...]]) -> list[Line]:
    """The lines on which the factors lie; the factors of each N join the table."""
    groups: dict[str, tuple[Poly, list[tuple[Any, str, bool]]]] = {}
    taken: set[str] = set()
    for name in [name for name in names if name in facts.polys]:
        found = _on_line(facts.algebra, facts.polys[name])
        if found is not None:
            base, at, up = found
            groups.setdefault(str(base), (base, []))[1].append((at, name, up))
    lines = []
    for text, (base, members) in groups.items():
        own = facts.factors(base)[1]
        if {name for name, _ in own} & taken or facts.factors(base)[0] < 0:
            continue
        marks = _ordered([*members, (0, "#" + text, True)])
        taken |= {name for mark in marks for name, _ in mark}
        lines.append(Line(text, marks, tuple((name, exponent % 2) for name, exponent in own)))
        for name, _ in own:
            names.setdefault(name, (-1, 0, 1))
    return lines


def _on_line(algebra: Algebra, poly: Poly) -> tuple[Poly, Any, bool] | None:
    """(N, value of N at which it vanishes, whether it grows with N) of a factor b*N + a; None if it has no such form or a = 0."""
    constant = [i for i, atom in enumerate(algebra.atoms) if is_constant(atom)]
    inner: dict[tuple[tuple[int, int], ...], Poly] = {}
    for coefficient, factors in algebra.monomials(poly):
        moving = tuple((i, e) for i, e in factors if i not in constant)
        part = algebra.one * coefficient
        for i, e in factors:
            if i in constant:
                part *= algebra.generators[i] ** e
        inner[moving] = inner.get(moving, algebra.zero) + part
    start = inner.pop((), algebra.zero)
    if start.is_zero() or not inner:
        return None
    lead = inner[max(inner)]
    base = algebra.zero
    for moving, part in inner.items():
        ratio = part / lead if part == lead or (part.is_constant() and lead.is_constant()) else None
        if ratio is None:
            return None
        term = algebra.one * ratio
        for i, e in moving:
            term *= algebra.generators[i] ** e
        base += term
    a, b = _size(algebra, start), _size(algebra, lead)
    if a is None or b is None or not (b > 0 or b < 0):
        return None
    return base, -a / b, bool(b > 0)


def _size(algebra: Algebra, poly: Poly) -> Any:
    """A constant as an exact rational or a ball."""
    return poly.leading_coefficient() if poly.is_constant() else constant_ball(algebra, poly)


def _ordered(members: list[tuple[Any, str, bool]]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """The marks in order; one that cannot be told apart from another for certain is left out."""
    marks: list[tuple[Any, list[tuple[str, bool]]]] = []
    for at, name, up in reversed(members):
        for mark in marks:
            if type(at) is type(mark[0]) and at == mark[0]:
                mark[1].append((name, up))
                break
        else:
            if all(at < other or at > other for other, _ in marks):
                marks.append((at, [(name, up)]))
    placed = sorted(range(len(marks)), key=lambda i: sum(bool(marks[j][0] < marks[i][0]) for j in range(len(marks))))
    return tuple(tuple(marks[i][1]) for i in placed)


def opaque_parts(formula: Term) -> frozenset[Term]:
    """The parts that a truth table cannot look into."""
    if is_relation(formula):
        return frozenset()
    if formula.head in _TABLES:
        return frozenset().union(*(opaque_parts(arg) for arg in formula.args))
    return frozenset({formula})


def _row_text(facts: Facts, signs: Row) -> str:
    parts = []
    for name, value in signs.items():
        if name in facts.known:
            parts.append(f"{facts.readable(name)} {'<=>'[value + 1]} 0")
    return ", ".join(parts) or "the other parts as they are"


def _compile(facts: Facts, formula: Term, names: dict[str, tuple[int, ...]]) -> Truth:
    """The formula as a function of signs, by Kleene's three-valued logic."""
    if is_relation(formula):
        leaf = facts.leaf(formula)
        for name in [name for name, _ in leaf.top] + list(leaf.bottom):
            names[name] = (-1, 0, 1)
        return leaf.truth
    parts = [_compile(facts, arg, names) for arg in formula.args] if formula.head in _TABLES else []
    if formula.head in _TABLES:
        combine = _TABLES[formula.head]
        return lambda signs: combine([part(signs) for part in parts])
    key = "?" + formula_key(facts.algebra.table, formula)
    names[key] = (0, 1)
    return lambda signs: bool(signs[key])


def _and(values: list[Any]) -> bool | None:
    return False if False in values else None if None in values else True


def _or(values: list[Any]) -> bool | None:
    return True if True in values else None if None in values else False


def _not(values: list[Any]) -> bool | None:
    return None if values[0] is None else not values[0]


_TABLES: dict[str, Callable[[list[Any]], bool | None]] = {
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Implies": lambda values: _or([_not(values[:1]), values[1]]),
    "Iff": lambda values: None if None in values else values[0] == values[1],
    "True": lambda values: True,
    "False": lambda values: False,
}
