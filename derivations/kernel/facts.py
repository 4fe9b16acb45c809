"""What the premises say about signs: every relation is a statement about the signs of irreducible factors.

``0 < eta*lam`` and ``0 < lam`` give ``0 < eta`` because eta*lam has the factors eta and lam. A relation between quotients
says nothing where a denominator vanishes, so each factor of a denominator counts as unknown there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from derivations.kernel.algebra import Algebra, Poly, Value
from derivations.kernel.checkers.numbers import enclosure
from derivations.kernel.errors import Refused
from derivations.language.terms import RELATIONS, Term, free_symbols, function_names, subterms

Signs = frozenset[int]
MOST_KEPT = 200  # factored polynomials
ANY, PLUS, NOT_MINUS, NOT_ZERO = frozenset({-1, 0, 1}), frozenset({1}), frozenset({0, 1}), frozenset({-1, 1})
_HOLDS: dict[str, Signs] = {  # signs of right - left for which the relation holds
    "Lt": PLUS, "Le": NOT_MINUS, "Gt": frozenset({-1}), "Ge": frozenset({-1, 0}), "Eq": frozenset({0}), "Ne": NOT_ZERO,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leaf:
    """A relation, as the sign of a constant times a product of factors; ``bottom`` are the factors of all its denominators."""

    relation: str
    constant: int
    top: tuple[tuple[str, int], ...]
    bottom: tuple[str, ...]
    rooted: bool  # whether there is a root of anything but a rational number in it

    def truth(self, signs: dict[str, int]) -> bool | None:
        """Whether it holds under these signs of the factors; None where a denominator vanishes."""
        if any(signs[name] == 0 for name in self.bottom):
            return None
        return product_sign(self.constant, self.top, signs) in _HOLDS[self.relation]


def product_sign(sign: int, factors: Iterable[tuple[str, int]], signs: dict[str, int]) -> int:
    """The sign of a product of factors, given with the parity of their exponents."""
    for name, odd in factors:
        sign *= signs[name] if odd else signs[name] ** 2
    return sign


class Facts:
    """Signs of irreducible factors, as far as a list of true formulas and the kinds of the atoms tell.

    What is said of random quantities is used inside expectations only where it holds for ``all_outcomes``.
    """

    def __init__(self, algebra: Algebra, formulas: Iterable[Term] = (), all_outcomes: bool = False) -> None:
        self.algebra = algebra
        self.known: dict[str, Signs] = {}
        self.polys: dict[str, Poly] = {}
        self.leaves: list[Leaf] = []
        self.all_outcomes = all_outcomes
        relations = [part for formula in formulas for part in _conjuncts(formula) if is_relation(part)]
        self.leaves = [self.leaf(relation) for relation in relations]
        self.slopes = {atom for atom in algebra.atoms if atom.head == "Diff" and _occurs_in(atom, relations)}
        self.without_roots = [part for part, leaf in zip(relations, self.leaves, strict=True) if not leaf.rooted]
        changed = True
        while changed:
            changed = sum(self._learn(leaf) for leaf in self.leaves) > 0

    def copied(self, algebra: Algebra) -> Facts:
        """The same facts for a copy of the algebra; what is learnt of new factors leaves no trace in this one."""
        other = object.__new__(type(self))
        for name, part in vars(self).items():
            setattr(other, name, part.copy() if type(part) is dict else part)
        other.algebra = algebra
        return other

    def leaf(self, relation: Term) -> Leaf:
        algebra = self.algebra
        (top, bottom), divisors, radicands = algebra.afresh(lambda: algebra.difference(relation.args[1], relation.args[0]))
        constant, factors = self.factors(top)
        sign, below = self.factors(bottom)
        inner = [self.factors(poly)[1] for poly in divisors]  # also those that the value has lost: x in 1/(1/x) and in f(x/x)
        odd = [(name, exponent % 2) for name, exponent in factors] + [(name, exponent % 2) for name, exponent in below]
        odd += [(name, 0) for part in inner for name, _ in part if name not in dict(odd)]
        names = tuple(name for part in (below, *inner) for name, _ in part)
        return Leaf(relation.head, constant * sign, tuple(odd), names, bool(radicands))

    def factors(self, poly: Poly) -> tuple[int, list[tuple[str, int]]]:
        """Sign of the constant, and the irreducible factors with their exponents."""
        poly = self.algebra.reduce(poly)
        if poly.is_zero():
            return 0, []
        if len(poly) > self.algebra.most:
            raise Refused("too-large", "a polynomial with too many terms to be factored")
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
                found.add(product_sign(constant * sign, wanted, signs))
        return frozenset(found)

    def require_nonzero(self, polys: Iterable[Poly]) -> None:
        """Raises Refused unless every polynomial is known not to vanish."""
        for poly in polys:
            constant, factors = self.factors(poly)
            if constant == 0:
                raise Refused("may-be-zero", "a denominator is zero")
            for name, _ in factors:
                if 0 in self.known[name]:
                    raise Refused("may-be-zero", f"a denominator may be zero: {self.readable(name)}")

    def require_domain(self) -> None:
        """Raises Refused unless all denominators met are non-zero and all radicands non-negative."""
        self.require_nonzero(self.algebra.denominators)
        self.require_radicands()

    def require_radicands(self) -> None:
        """Raises Refused unless all radicands met are non-negative by what is said without roots: s*s >= 0 is no proof."""
        if any(atom.head == "Diff" and atom not in self.slopes for atom in self.algebra.atoms):
            raise Refused("does-not-follow", "no premise says that there is this derivative")
        if self.algebra.radicands:
            plain = Facts(self.algebra, self.without_roots)
            for value in self.algebra.radicands:
                if -1 in plain.sign(value):
                    raise Refused("may-be-negative", "a radicand may be negative")
        if self.algebra.in_mean:
            random = self.algebra.table.is_random
            plain = Facts(self.algebra, [part for part in self.without_roots if self.all_outcomes or not random(part)])
            if any(sign in plain.sign(value) for value, sign in self.algebra.in_mean):
                raise Refused("scope", "what stands inside an expectation may be undefined for another outcome")

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
        """Signs that follow from the atoms alone: squares, exponentials, natural numbers, absolute values, constants."""
        ball = constant_ball(self.algebra, poly)
        if ball is not None and (ball > 0 or ball < 0):
            return PLUS if ball > 0 else frozenset({-1})
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
        if term.head == "Sqrt" and self.sign(algebra.value(term.args[0])) == PLUS:
            return PLUS
        if slot in algebra.nonnegative:
            return NOT_MINUS
        if term.head == "Symbol" and algebra.table.is_whole(term.args[0]):
            return PLUS if algebra.table.domain(term.args[0]).startswith("index:") else NOT_MINUS
        if term.head == "Pow":
            base = self.sign(algebra.value(term.args[0]))
            return base if base in (PLUS, NOT_MINUS) else ANY if 0 in base else NOT_ZERO
        if term.head == "Factorial" and algebra.is_natural(term.args[0]):
            return PLUS
        return ANY


class SharedFacts(Facts):
    """Facts for many claims: a polynomial in the atoms known from the start is factored once, up to a constant, for all copies."""

    def __init__(self, algebra: Algebra, formulas: Iterable[Term] = ()) -> None:
        self._shared: tuple[dict[str, tuple[int, list[tuple[str, int]], list[Poly]]]] = ({},)
        self._atoms = len(algebra.generators)
        super().__init__(algebra, formulas)
        self._atoms = len(algebra.atoms)

    def factors(self, poly: Poly) -> tuple[int, list[tuple[str, int]]]:
        if len(self.algebra.atoms) > self._atoms:
            return super().factors(poly)
        poly = self.algebra.reduce(poly)
        if poly.is_zero():
            return 0, []
        lead = poly.leading_coefficient()
        monic = poly / lead
        text = str(monic)
        (shared,) = self._shared
        found = shared.get(text)
        if found is None:
            constant, named = super().factors(monic)
            found = constant, named, [self.polys[name] for name, _ in named]
            if len(shared) > MOST_KEPT:
                shared.clear()
            shared[text] = found
        for (name, _), part in zip(found[1], found[2], strict=True):
            if name not in self.known:
                self.known[name], self.polys[name] = ANY, part
                self.known[name] = self._by_kind(part)
        return (found[0] if lead > 0 else -found[0]), found[1]


def _occurs_in(atom: Term, formulas: list[Term]) -> bool:
    return any(atom == node for formula in formulas for node in subterms(formula))


def is_constant(atom: Term) -> bool:
    """Whether an atom is an algebraic number, such as sqrt(2)."""
    return atom.head in ("Sqrt", "RootOf") and not free_symbols(atom) and not function_names(atom)


def constant_ball(algebra: Algebra, poly: Poly) -> Any:
    """A ball around the value of a polynomial in constants such as sqrt(2); None if a variable occurs in it."""
    slots = {i for _, factors in algebra.monomials(poly) for i, _ in factors}
    if not slots or not all(is_constant(algebra.atoms[i]) for i in slots):
        return None
    return enclosure(algebra.table, algebra.term_of_poly(poly))


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


def is_relation(formula: Term) -> bool:
    return formula.head in RELATIONS and formula.args[0].head not in ("Matrix", "Tuple", "Set")
