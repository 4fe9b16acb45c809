"""What the premises say about signs: every relation is a statement about the signs of irreducible factors.

``0 < eta*lam`` and ``0 < lam`` give ``0 < eta`` because eta*lam has the factors eta and lam. A relation between quotients
says nothing where a denominator vanishes, so each factor of a denominator counts as unknown there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from derivations.kernel.algebra import Algebra, Poly, Value
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import formula_key
from derivations.language.terms import RELATIONS, Term

Signs = frozenset[int]
ANY, PLUS, NOT_MINUS, NOT_ZERO = frozenset({-1, 0, 1}), frozenset({1}), frozenset({0, 1}), frozenset({-1, 1})
_HOLDS: dict[str, Signs] = {  # signs of right - left for which the relation holds
    "Lt": PLUS, "Le": NOT_MINUS, "Gt": frozenset({-1}), "Ge": frozenset({-1, 0}), "Eq": frozenset({0}), "Ne": NOT_ZERO,
}  # fmt: skip
MAX_ROWS = 400_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """A relation, as the sign of a constant times a product of factors; ``bottom`` are the factors of denominators."""

    relation: str
    constant: int
    top: tuple[tuple[str, int], ...]
    bottom: tuple[str, ...]

    def truth(self, signs: dict[str, int]) -> bool | None:
        """Whether it holds under these signs of the factors; None where a denominator vanishes."""
        if any(signs[name] == 0 for name in self.bottom):
            return None
        return _product_sign(self.constant, self.top, signs) in _HOLDS[self.relation]


def _product_sign(sign: int, factors: Iterable[tuple[str, int]], signs: dict[str, int]) -> int:
    """The sign of a product of factors, given with the parity of their exponents."""
    for name, odd in factors:
        sign *= signs[name] if odd else signs[name] ** 2
    return sign


class Facts:
    """Signs of irreducible factors, as far as a list of true formulas and the kinds of the atoms tell."""

    def __init__(self, algebra: Algebra, formulas: Iterable[Term] = ()) -> None:
        self.algebra = algebra
        self.known: dict[str, Signs] = {}
        self.polys: dict[str, Poly] = {}
        self.leaves = [self.leaf(part) for formula in formulas for part in _conjuncts(formula) if _is_relation(part)]
        changed = True
        while changed:
            changed = any([self._learn(leaf) for leaf in self.leaves])

    def leaf(self, relation: Term) -> Leaf:
        top, bottom = self.algebra.difference(relation.args[1], relation.args[0])
        constant, factors = self.factors(top)
        sign, below = self.factors(bottom)
        odd = [(name, exponent % 2) for name, exponent in factors] + [(name, exponent % 2) for name, exponent in below]
        return Leaf(relation.head, constant * sign, tuple(odd), tuple(name for name, _ in below))

    def factors(self, poly: Poly) -> tuple[int, list[tuple[str, int]]]:
        """Sign of the constant, and the irreducible factors with their exponents."""
        poly = self.algebra.reduce(poly)
        if poly.is_zero():
            return 0, []
        constant, parts = poly.factor()
        named = []
        for part, exponent in parts:
            name = str(part)
            named.append((name, int(exponent)))
            if name not in self.known:
                self.known[name], self.polys[name] = ANY, part
                self.known[name] = self._by_kind(part)
        return (1 if constant > 0 else -1), named

    def sign(self, value: Value) -> Signs:
        """The signs that the value can have, its denominators being non-zero."""
        constant, factors = self.factors(value[0])
        sign, below = self.factors(value[1])
        wanted = [(name, exponent % 2) for name, exponent in factors + below]
        leaves = [leaf for leaf in self.leaves if any(name in dict(wanted) for name, _ in leaf.top)]
        names = sorted({name for name, _ in wanted}.union(*({name for name, _ in leaf.top} for leaf in leaves)))
        if len(names) > 8:
            names, leaves = sorted({name for name, _ in wanted}), []
        found = set()
        for row in product(*(sorted(self.known[name]) for name in names)):
            signs = dict(zip(names, row, strict=True))
            if all(leaf.truth(signs) is not False for leaf in leaves):
                found.add(_product_sign(constant * sign, wanted, signs))
        return frozenset(found)

    def require_nonzero(self, polys: Iterable[Poly]) -> None:
        """Raises Refused unless every polynomial is known not to vanish."""
        for poly in polys:
            for name, _ in self.factors(poly)[1]:
                if 0 in self.known[name]:
                    raise Refused("may-be-zero", f"a denominator may be zero: {self.readable(name)}")

    def require_domain(self) -> None:
        """Raises Refused unless all denominators met are non-zero and all radicands non-negative."""
        self.require_nonzero(self.algebra.denominators)
        for value in self.algebra.radicands:
            if -1 in self.sign(value):
                raise Refused("may-be-negative", "a radicand may be negative")

    def readable(self, name: str) -> str:
        for i in reversed(range(len(self.algebra.names))):
            name = name.replace(f"g{i}", self.algebra.names[i])
        return name

    def _learn(self, leaf: Leaf) -> bool:
        """Narrow the signs of the factors of a true relation; whether anything was learnt."""
        names = sorted({name for name, _ in leaf.top})
        if not names or len(names) > 6:
            return False
        rows = [dict(zip(names, row, strict=True)) for row in product(*(sorted(self.known[name]) for name in names))]
        rows = [row for row in rows if leaf.truth(row) is not False]
        changed = False
        for name in names:
            signs = frozenset(row[name] for row in rows)
            if signs != self.known[name]:
                self.known[name], changed = signs, True
        return changed

    def _by_kind(self, poly: Poly) -> Signs:
        """Signs that follow from the atoms alone: squares, exponentials, natural numbers, absolute values."""
        terms = [(c, [self._power_sign(i, e) for i, e in f]) for c, f in self.algebra.monomials(poly)]
        if len(terms) == 1 and len(terms[0][1]) == 1:
            return terms[0][1][0] if terms[0][0] > 0 else _times(frozenset({-1}), terms[0][1][0])
        signs = [_product(parts) for _, parts in terms]
        if any(sign not in (PLUS, NOT_MINUS) for sign in signs):
            return ANY
        if all(c > 0 for c, _ in terms):
            return PLUS if PLUS in signs else NOT_MINUS
        if all(c < 0 for c, _ in terms):
            return frozenset({-1}) if PLUS in signs else frozenset({-1, 0})
        return ANY

    def _power_sign(self, slot: int, exponent: int) -> Signs:
        signs = self._atom_sign(slot)
        return signs if exponent % 2 else frozenset(s * s for s in signs)

    def _atom_sign(self, slot: int) -> Signs:
        algebra, term = self.algebra, self.algebra.atoms[slot]
        if slot in algebra.positive:
            return PLUS
        if slot in algebra.nonnegative:
            return NOT_MINUS
        if term.head == "Symbol" and algebra.table.is_whole(term.args[0]):
            return PLUS if algebra.table.domain(term.args[0]).startswith("index:") else NOT_MINUS
        if term.head == "Pow":
            base = self.sign(algebra.value(term.args[0]))
            return base if base in (PLUS, NOT_MINUS, NOT_ZERO) else ANY
        if term.head == "Factorial":
            return PLUS
        return ANY


def _times(one: Signs, other: Signs) -> Signs:
    return frozenset(a * b for a in one for b in other)


def _product(parts: list[Signs]) -> Signs:
    result = PLUS
    for part in parts:
        result = _times(result, part)
    return result


def _conjuncts(formula: Term) -> list[Term]:
    if formula.head == "And":
        return [part for arg in formula.args for part in _conjuncts(arg)]
    return [formula]


def _is_relation(formula: Term) -> bool:
    return formula.head in RELATIONS and formula.args[0].head not in ("Matrix", "Tuple", "Set")


# --- truth tables -----------------------------------------------------------------------------------------------------


def follows_by_signs(algebra: Algebra, claim: Term, premises: list[Term]) -> None:
    """Raises Refused unless the claim holds for all signs of the factors and all truth values of the other parts.

    Relations are compared through their irreducible factors, all other parts are either true or false. Where a denominator
    vanishes a relation counts as unknown: as possibly true in a premise, as not shown in the claim.
    """
    facts = Facts(algebra, premises)
    names: dict[str, tuple[int, ...]] = {}
    given = [_compile(facts, premise, names) for premise in premises]
    wanted = _compile(facts, claim, names)
    if any(-1 in facts.sign(value) for value in algebra.radicands):
        raise Refused("may-be-negative", "a radicand may be negative")
    for name in names:
        if name in facts.known:
            names[name] = tuple(sorted(facts.known[name]))
    lines = _lines(facts, names)
    rows = 1
    for values in names.values():
        rows *= len(values)
    if rows > MAX_ROWS:
        raise Refused("too-large", f"a table of signs with {rows} rows")
    for row in product(*names.values()):
        signs = dict(zip(names, row, strict=True))
        if any(premise(signs) is False for premise in given) or not all(line.possible(signs) for line in lines):
            continue
        if wanted(signs) is not True:
            raise Refused("does-not-follow", "the claim fails for " + _row_text(facts, signs))


@dataclass(frozen=True, slots=True)
class Line:
    """Factors that differ from multiples of one polynomial N by constants: 1 - 2*x and 1 - 20*x for N = x.

    ``thresholds`` gives for each factor the value of N where it vanishes and whether it grows with N; ``own`` are the factors of N.
    """

    thresholds: tuple[tuple[str, Any, bool], ...]
    own: tuple[tuple[str, int], ...]

    def possible(self, signs: dict[str, int]) -> bool:
        """Whether some value of N gives all factors these signs."""
        low, high, exact = [], [], []
        sign = _product_sign(1, self.own, signs)
        for at, side in [(0, sign)] + [(at, signs[name] * (1 if up else -1)) for name, at, up in self.thresholds]:
            (exact if side == 0 else low if side > 0 else high).append(at)
        if exact:
            return all(at == exact[0] for at in exact) and all(at < exact[0] for at in low) and all(at > exact[0] for at in high)
        return not low or not high or max(low) < min(high)


def _lines(facts: Facts, names: dict[str, tuple[int, ...]]) -> list[Line]:
    """The lines on which at least one of the factors lies together with another, or with the factors of N itself."""
    groups: dict[str, tuple[Poly, list[tuple[str, Any, bool]]]] = {}
    for name in [name for name in names if name in facts.polys]:
        poly = facts.polys[name]
        constant = poly.to_dict().get((0,) * len(facts.algebra.generators), 0)
        moving = poly - constant
        if constant == 0 or moving.is_zero():
            continue
        lead = facts.algebra.monomials(moving)[0][0]
        base = moving / lead
        groups.setdefault(str(base), (base, []))[1].append((name, -constant / lead, lead > 0))
    lines = []
    for base, thresholds in groups.values():
        sign, own = facts.factors(base)
        if sign > 0:
            lines.append(Line(tuple(thresholds), tuple((name, exponent % 2) for name, exponent in own)))
            for name, _ in own:
                names.setdefault(name, tuple(sorted(facts.known[name])))
    return lines


def opaque_parts(formula: Term) -> frozenset[Term]:
    """The parts that a truth table cannot look into."""
    if _is_relation(formula):
        return frozenset()
    if formula.head in _TABLES:
        return frozenset().union(*(opaque_parts(arg) for arg in formula.args))
    return frozenset({formula})


def _row_text(facts: Facts, signs: dict[str, int]) -> str:
    parts = []
    for name, value in signs.items():
        if name in facts.known:
            parts.append(f"{facts.readable(name)} {'<=>'[value + 1]} 0")
    return ", ".join(parts) or "the other parts as they are"


Truth = Callable[[dict[str, int]], "bool | None"]


def _compile(facts: Facts, formula: Term, names: dict[str, tuple[int, ...]]) -> Truth:
    """The formula as a function of signs, by Kleene's three-valued logic."""
    if _is_relation(formula):
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
