"""Regions that are equal: the rule ``signs`` under premises and for a right answer that are made ready once, for many claims.

Here a relation does not hold where one of its sides is undefined, and "not a < b" says b <= a. Absolute values, maxima and minima
are opened by cases; where the signs of single factors do not suffice, those of their differences are used, too: from
0 < 1 - x*z and 0 <= x*(z - y) follows 0 < 1 - x*y.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from math import prod

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts, SharedFacts, is_relation
from derivations.kernel.table import Table
from derivations.kernel.truth import Order, Row, Truth, possible_rows
from derivations.language.terms import (
    FALSE,
    TRUE,
    Term,
    conj,
    disj,
    le,
    lt,
    neg,
    rebuild,
    subterms,
)

MOST_TERMS = 60  # of a polynomial in a claim that comes from anyone
MOST_RELATIONS = 60
MOST_CASES = 64
MOST_IFF = 4
MOST_ORDERS = 14  # factors that are compared with each other
MOST_ROWS = 4_000
MOST_KEPT = 200
CASES = frozenset({"Abs", "Max", "Min"})
_OPENED = CASES | {"Not", "Implies", "Iff"}
_OTHERWISE = {"Lt": "Ge", "Le": "Gt", "Gt": "Le", "Ge": "Lt", "Eq": "Ne", "Ne": "Eq"}
_CLOSED = frozenset({"Expect", "Variance", "Sum", "Diff"})


class Regions:
    """What is known of the signs of factors under premises, and a formula that others are compared with.

    What was worked out for one claim, the factors of polynomials and the rows of signs, serves the others.
    """

    def __init__(self, table: Table, premises: Iterable[Term], formula: Term, room: int = 16) -> None:
        self.premises = tuple(part for part in premises if _is_plain(part))
        self.formula = opened(formula)
        algebra = Algebra(table, [*self.premises, self.formula], room=room)
        algebra.most = MOST_TERMS
        for part in (*self.premises, self.formula):
            for relation in (node for node in subterms(part) if is_relation(node)):
                algebra.difference(*relation.args)  # all atoms are known from now on
        algebra.radicands.clear()
        algebra.denominators.clear()
        self._facts = SharedFacts(algebra, self.premises)
        self._names: dict[str, tuple[int, ...]] = {}
        self._given = [_compiled(self._facts, part, self._names) for part in self.premises]
        self._key = _compiled(self._facts, self.formula, self._names)
        self._facts.require_radicands()
        algebra.radicands.clear()
        algebra.denominators.clear()
        self._rows: dict[tuple[str, ...], list[Row]] = {}

    def require_equal(self, claim: Term) -> None:
        """Raises Refused unless the premises show that the claim, which is opened, holds exactly where the formula does."""
        algebra = self._facts.algebra.copied()
        facts = self._facts.copied(algebra)
        names = dict(self._names)
        wanted = _compiled(facts, claim, names)
        facts.require_radicands()
        key = self._key
        for rows in self._tables(facts, names):
            if all(wanted(signs) == key(signs) for signs in rows):
                return
        raise Refused("does-not-follow", "the two do not hold for the same signs")

    def _tables(self, facts: Facts, names: dict[str, tuple[int, ...]]) -> Iterator[list[Row]]:
        """The rows of signs that the premises allow; and, if these do not do, fewer by the signs of differences."""
        known = len(facts.algebra.atoms) == len(self._facts.algebra.atoms)
        for finer in (False, True):
            at = (*sorted(names), "finer") if finer else tuple(sorted(names))
            rows = self._rows.get(at) if known else None
            if rows is None:
                orders = _orders(facts, names) if finer else ()
                rows = list(possible_rows(facts, dict(names), self._given, orders, MOST_ROWS))
                if known:
                    if len(self._rows) > MOST_KEPT:
                        self._rows.clear()
                    self._rows[at] = rows
            yield rows


def _is_plain(formula: Term) -> bool:
    """Whether a premise is made of relations alone: only these tell the signs of factors."""
    if formula.head in ("And", "Or"):
        return all(_is_plain(arg) for arg in formula.args)
    return is_relation(formula) and not any(node.head in _CLOSED for node in subterms(formula))


def _compiled(facts: Facts, formula: Term, names: dict[str, tuple[int, ...]]) -> Truth:
    """The formula as a function of signs; a relation with an undefined side is false."""
    head = formula.head
    if is_relation(formula):
        leaf = facts.leaf(formula)
        for name, _ in leaf.top:
            names[name] = (-1, 0, 1)
        for name in leaf.bottom:
            names[name] = (-1, 0, 1)
        truth = leaf.truth
        return lambda signs: truth(signs) is True
    if head in ("True", "False"):
        value = head == "True"
        return lambda signs: value
    if head not in ("And", "Or"):
        raise Refused("shape", f"{head} is no relation between numbers")
    parts = [_compiled(facts, arg, names) for arg in formula.args]
    if head == "And":
        return lambda signs: _all(parts, signs)
    return lambda signs: _any(parts, signs)


def _all(parts: list[Truth], signs: Row) -> bool:
    for part in parts:  # noqa: SIM110 - a loop is faster here
        if not part(signs):
            return False
    return True


def _any(parts: list[Truth], signs: Row) -> bool:
    for part in parts:  # noqa: SIM110
        if part(signs):
            return True
    return False


def _orders(facts: Facts, names: dict[str, tuple[int, ...]]) -> list[Order]:
    """Pairs of factors f, g whose difference or sum is a product of factors in the table."""
    found = []
    polys = [(name, facts.polys[name]) for name in names if name in facts.polys]
    if len(polys) > MOST_ORDERS:
        return []
    for (one, f), (other, g) in combinations(polys, 2):
        for side in (1, -1):
            constant, factors = facts.factors(f - side * g)
            parts = tuple((name, exponent % 2) for name, exponent in factors)
            if all(name in names for name, _ in parts) and not {one, other} & {name for name, _ in parts}:
                found.append((one, other, side, constant, parts))
    return found


# --- formulas without negation, absolute values, maxima and minima ----------------------------------------------------


def opened(formula: Term, heads: Iterable[str] | None = None) -> Term:
    """A formula of relations, conjunctions and disjunctions only; ``heads`` are those in it, if they are known.

    Raises Refused where it is made of anything else.
    """
    if heads is not None and _OPENED.isdisjoint(heads):
        return formula
    if sum(node.head == "Iff" for node in subterms(formula)) > MOST_IFF:
        raise Refused("too-large", "too many equivalences within each other")
    result = _opened(formula, False)
    if sum(1 for node in subterms(result) if is_relation(node)) > MOST_RELATIONS:
        raise Refused("too-large", "a formula with too many relations")
    return result


def _opened(formula: Term, denied: bool) -> Term:
    head, args = formula.head, formula.args
    if is_relation(formula):
        relation = Term(_OTHERWISE[head], args, formula.span) if denied else formula
        cases = prod(2 if node.head == "Abs" else len(node.args) for node in subterms(relation) if node.head in CASES)
        if cases > MOST_CASES:
            raise Refused("too-large", "too many absolute values, maxima and minima")
        return _by_cases(relation)
    if head in ("True", "False"):
        return TRUE if (head == "True") != denied else FALSE
    if head == "Not":
        return _opened(args[0], not denied)
    if head in ("And", "Or"):
        parts = tuple(_opened(arg, denied) for arg in args)
        return Term("And" if (head == "And") != denied else "Or", parts)
    if head == "Implies":
        return _opened(Term("Or", (Term("Not", args[:1]), args[1])), denied)
    if head == "Iff":
        both = Term("And", args)
        neither = Term("And", (Term("Not", args[:1]), Term("Not", args[1:])))
        return _opened(Term("Or", (both, neither)), denied)
    raise Refused("shape", f"{head} is no relation between numbers")


def _by_cases(relation: Term, depth: int = 0) -> Term:
    """The relation with its absolute values, maxima and minima opened."""
    node = _innermost(relation)
    if node is None:
        return relation
    if depth > 4:
        raise Refused("too-large", "too many absolute values")
    plain = _at_once(relation)
    if plain is not None:
        return Term(plain.head, tuple(_by_cases(part, depth + 1) for part in plain.args))
    cases = []
    for condition, value in _cases(node):
        cases.append(conj(*condition, _by_cases(_exchanged(relation, node, value), depth + 1)))
    return disj(*cases)


def _innermost(term: Term) -> Term | None:
    for arg in term.args:
        if isinstance(arg, Term):
            found = _innermost(arg)
            if found is not None:
                return found
    return term if term.head in CASES else None


def _cases(node: Term) -> list[tuple[list[Term], Term]]:
    args = node.args
    if node.head == "Abs":
        zero = Term("Number", (Fraction(0),))
        return [([le(zero, args[0])], args[0]), ([lt(args[0], zero)], neg(args[0]))]
    more = (lambda a, b: le(b, a)) if node.head == "Max" else le
    return [([more(one, other) for k, other in enumerate(args) if k != i], one) for i, one in enumerate(args)]


_SIDES = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le"}


def _at_once(relation: Term) -> Term | None:
    """|a| < b says a < b and -a < b; max(a, b) < c says a < c and b < c."""
    left, right = relation.args
    head = relation.head
    if head not in _SIDES:
        return None
    if left.head not in CASES:
        left, right, head = right, left, _SIDES[head]
    if left.head not in CASES:
        return None
    parts = (*left.args, neg(left.args[0])) if left.head == "Abs" else left.args
    together = (head in ("Lt", "Le")) == (left.head != "Min")
    return Term("And" if together else "Or", tuple(Term(head, (part, right)) for part in parts))


def _exchanged(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda arg: _exchanged(arg, old, new))
