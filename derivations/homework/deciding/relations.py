"""What an answer says of a variable, as a formula of relations: intervals, sets, chains, negations, "for all i" opened."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from derivations.homework.deciding.looks import look_over
from derivations.homework.deciding.points import holds
from derivations.homework.deciding.values import place_at
from derivations.language.errors import DerivationsError
from derivations.language.terms import (
    FALSE,
    RELATIONS,
    TRUE,
    Term,
    conj,
    disj,
    free_symbols,
    le,
    lt,
    neg,
    rebuild,
    subterms,
    symbol,
)

MAX_NODES = 300
MAX_DEGREE = 40
_TURNED = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le", "Eq": "Eq", "Ne": "Ne"}


class NoRange(DerivationsError):
    """A term that says no range; ``message`` is a sentence for the student."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers lam(i) that lie between two of them, the least and the greatest, as hypotheses say."""

    name: str
    least: Term
    greatest: Term



def families(hypotheses: Iterable[Term]) -> dict[str, Family]:
    """The families of which hypotheses say: for all i, least <= lam(i) and lam(i) <= greatest, and both are among them."""
    bounds: dict[str, dict[str, Term]] = {}
    reached: set[tuple[str, Term]] = set()
    for formula in hypotheses:
        if formula.head not in ("ForAll", "Exists"):
            continue
        for part in formula.args[1].args if formula.args[1].head == "And" else (formula.args[1],):
            found = _about_member(part, formula.args[0])
            if found is None:
                continue
            name, head, bound = found
            if formula.head == "ForAll" and head in ("Le", "Ge"):
                bounds.setdefault(name, {})[head] = bound
            elif formula.head == "Exists" and head == "Eq":
                reached.add((name, bound))
    whole = {name: sides for name, sides in bounds.items() if len(sides) == 2}
    found_families = (Family(name, sides["Ge"], sides["Le"]) for name, sides in whole.items())
    return {one.name: one for one in found_families if {(one.name, one.least), (one.name, one.greatest)} <= reached}


def _about_member(relation: Term, index: str) -> tuple[str, str, Term] | None:
    """(lam, Le, b) for lam(i) <= b."""
    if relation.head not in RELATIONS:
        return None
    left, right = relation.args
    for one, other, head in ((left, right, relation.head), (right, left, _TURNED[relation.head])):
        if one.head == "Apply" and one.args[1:] == (symbol(index),):
            return one.args[0], head, other
    return None


def bounded(said: Term, names: Container[str]) -> frozenset[str]:
    """The heads in a term. Raises NoRange if it is too long, too deep, or has names that nobody declared."""
    look = look_over(said, names, MAX_NODES)
    if look.trouble:
        raise NoRange(look.trouble)
    if _degree(said) > MAX_DEGREE:
        raise NoRange("the powers in it are too high")
    return look.heads


def _degree(term: Term) -> int:
    """A bound for the degree of all polynomials that the term may lead to."""
    head = term.head
    if head in ("Number", "Symbol"):
        return 1 if head == "Symbol" else 0
    parts = [_degree(arg) for arg in term.args if type(arg) is Term]
    if head == "Pow" and term.args[1].head == "Number":
        size = abs(term.args[1].args[0])
        return int(parts[0] * size) + 1 if size < 1000 else MAX_DEGREE + 1
    if head in ("Mul", "Div") or (head == "Add" and "Div" in [arg.head for arg in term.args]):
        return sum(parts)
    return max(parts, default=0)


class Relations:
    """Opens what answers say; ``variable`` is what a bare interval is about ("" if nothing)."""

    def __init__(self, variable: str, known: dict[str, Family], lemma: Callable[[Term, Term, Term], bool]) -> None:
        self.variable = variable
        self.families = known
        self.lemma = (
            lemma  # whether (formula, member, bounds) shows that the formula holds for each member between the bounds
        )

    def of(self, said: Term, heads: Iterable[str] | None = None) -> Term:
        """What is said; ``heads`` are those in it, if they are known. Raises NoRange where it says no range."""
        plain = heads is not None and _OPENED.isdisjoint(heads) and _is_formula(said)
        return said if plain else self._of(concluded(said))

    def _of(self, term: Term) -> Term:
        head, args = term.head, term.args
        if head in RELATIONS:
            return self._relation(term)
        if head == "And":
            return Term(head, tuple(self._of(arg) for arg in evaluated(args, self.variable)))
        if head == "Or":
            return Term(head, tuple(self._of(arg) for arg in args))
        if head == "Tuple" and args and all(arg.head in _SAYING for arg in args):
            return Term("And", tuple(self._of(arg) for arg in args))
        if head == "Not":
            return Term("Not", (self._of(args[0]),))
        if head in ("Implies", "Iff"):
            return Term(head, tuple(self._of(arg) for arg in args))
        if head in ("True", "False"):
            return TRUE if head == "True" else FALSE
        if head == "In":
            return self._member(args[0], args[1])
        if head in _SETS or head == "Tuple":
            if not self.variable:
                raise NoRange("it is not said what lies in this set")
            return self._member(symbol(self.variable), term)
        if head in ("ForAll", "Exists"):
            return self._quantified(term)
        if head == "PlusMinus" or any(node.head == "PlusMinus" for node in subterms(term)):
            raise NoRange("± leaves open which sign is meant")
        raise NoRange("this says a value, not for which values it holds: which side of it is meant?")

    # --- relations ----------------------------------------------------------------------------------------------------

    def _relation(self, term: Term) -> Term:
        left, right = term.args
        head = term.head
        if head in ("Eq", "Ne") and (right.head in _PLACES or left.head in _PLACES):
            inside = self._member(left, right) if right.head in _PLACES else self._member(right, left)
            return inside if head == "Eq" else Term("Not", (inside,))
        if _sign_of_infinity(left) or _sign_of_infinity(right):
            return _beside_infinity(head, _sign_of_infinity(left), _sign_of_infinity(right))
        if any(node.head == "PlusMinus" for node in subterms(term)):
            return self._both_signs(term)
        return term

    def _both_signs(self, term: Term) -> Term:
        """x = ±a says x = a or x = -a."""
        if term.head != "Eq" or sum(node.head == "PlusMinus" for node in subterms(term)) > 1:
            raise NoRange("± leaves open which sign is meant")
        return disj(*(self._relation(_with_sign(term, sign)) for sign in (1, -1)))

    # --- sets ---------------------------------------------------------------------------------------------------------

    def _member(self, value: Term, where: Term) -> Term:
        head, args = where.head, where.args
        if head in ("Union", "Or"):
            return disj(*(self._member(value, arg) for arg in args))
        if head in ("Intersection", "And") and not all(arg.head in RELATIONS for arg in args):
            return conj(*(self._member(value, arg) for arg in args))
        if head == "Set":
            if args and all(arg.head in _SAYING for arg in args):
                return conj(*(self._of(arg) for arg in args))
            return disj(*(self._relation(Term("Eq", (value, arg))) for arg in args))
        if head == "Interval":
            return self._between(value, args[0], args[1], args[2], args[3])
        if head in RELATIONS or head in ("And", "Or"):
            return self._of(where)
        raise NoRange("this is not a set of numbers")

    def _between(self, value: Term, low: Term, high: Term, left: str, right: str) -> Term:
        lower = self._relation((lt if left == "open" else le)(low, value))
        upper = self._relation((lt if right == "open" else le)(value, high))
        kept = [part for part in (lower, upper) if part.head != "True"]
        return conj(*kept)

    # --- families -----------------------------------------------------------------------------------------------------

    def _quantified(self, term: Term) -> Term:
        """For all i: what holds for the least and the greatest, if that shows it for those between."""
        index, body = term.args
        inner = self._of(body)
        members = {node for node in subterms(inner) if node.head == "Apply" and symbol(index) in node.args[1:]}
        if len(members) != 1:
            raise NoRange(f"for which {index} is this said?")
        member = next(iter(members))
        family = self.families.get(member.args[0])
        if family is None or member.args[1:] != (symbol(index),):
            raise NoRange(f"what is known of {member.args[0]} does not tell for which values this holds")
        ends = [_put(inner, member, end) for end in (family.least, family.greatest)]
        bounds = conj(le(family.least, member), le(member, family.greatest))
        if any(symbol(index) in subterms(end) for end in ends):
            raise NoRange(f"{index} stands for several things here")
        shown = inner if term.head == "ForAll" else Term("Not", (inner,))
        both = conj(*(end if term.head == "ForAll" else Term("Not", (end,)) for end in ends))
        if not self.lemma(shown, both, bounds):
            raise NoRange("whether it holds for all of them could not be decided")
        return conj(*ends) if term.head == "ForAll" else disj(*ends)


_SETS = frozenset({"Interval", "Union", "Intersection", "Set"})
_PLACES = _SETS | {"Tuple"}
_SAYING = RELATIONS | {"And", "Or", "Not", "In", "Implies", "Iff", "ForAll", "Exists", "True", "False"}


_OPENED = frozenset(
    ["In", "Interval", "Union", "Intersection", "Set", "Tuple", "Implies", "Iff", "ForAll", "Exists", "PlusMinus", "Infinity", "Eq",
     "Approx"]
)  # fmt: skip


def _is_formula(term: Term) -> bool:
    return term.head in RELATIONS or (term.head in ("And", "Or", "Not") and all(_is_formula(arg) for arg in term.args))


def evaluated(links: tuple[Term, ...], variable: str) -> list[Term]:
    """x < a = b = c says x < c: a bound is worked out. Raises NoRange where numbers are equated that differ."""
    about = [any(node == symbol(variable) for node in subterms(link)) for link in links]
    if not variable or not any(about) or all(about):
        return list(links)
    kept: list[Term] = []
    end: Term | None = None  # of the chain that the last relation stands in
    for link, speaks in zip(links, about, strict=True):
        if speaks or link.head not in ("Eq", "Approx"):
            kept.append(link)
        elif end is not None and link.args[0] == end and kept and kept[-1].head in RELATIONS:
            _require_even(link)
            kept[-1] = Term(kept[-1].head, (kept[-1].args[0], link.args[1]), kept[-1].span)
        elif link.head == "Eq" and all(not free_symbols(side) for side in link.args):
            _require_even(link)
        else:
            kept.append(link)
        end = link.args[1] if len(link.args) == 2 else None
    return kept


def _require_even(link: Term) -> None:
    if link.head == "Approx":
        raise NoRange("a rounded bound: write the exact one")
    if not free_symbols(link) and holds(link, place_at({})) is not True:
        raise NoRange("two numbers are equated here that are not equal")


def is_pair(term: Term) -> bool:
    """Whether it may be an interval, of which the term does not say whether its ends belong to it."""
    return term.head == "Tuple" and len(term.args) == 2 and not any(arg.head in _SAYING | _PLACES for arg in term.args)


def with_ends(term: Term, ends: str) -> Term:
    """The term with its pairs as intervals, open or closed."""
    if is_pair(term):
        return Term("Interval", (*term.args, ends, ends), term.span)
    return rebuild(term, lambda arg: with_ends(arg, ends))


def without_ends(term: Term) -> Term:
    """The term with its intervals of two open or two closed ends as pairs: points and rows are written like them."""
    if term.head == "Interval" and term.args[2] == term.args[3]:
        return Term("Tuple", tuple(without_ends(arg) for arg in term.args[:2]), term.span)
    return rebuild(term, without_ends)


def with_brackets(term: Term, text: str) -> Term:
    """The term with its pairs as intervals, where the text that it was read from has the brackets for it: (a, b) or [a, b]."""
    if is_pair(term) and term.span is not None:
        written = text[term.span[0] : term.span[1]].replace("\\left", "").replace("\\right", "").strip()
        ends = {"()": "open", "[]": "closed"}.get(written[:1] + written[-1:])
        return term if ends is None else Term("Interval", (*term.args, ends, ends), term.span)
    return rebuild(term, lambda arg: with_brackets(arg, text))


def concluded(said: Term) -> Term:
    """A ⇒ B ⇔ C concludes C."""
    while said.head in ("Implies", "Iff") and len(said.args) == 2:
        said = said.args[1]
    if said.head == "And" and len(said.args) > 1 and all(arg.head in ("Implies", "Iff") for arg in said.args):
        return concluded(said.args[-1])
    return said


def _put(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda arg: _put(arg, old, new))


def _with_sign(term: Term, sign: int) -> Term:
    if term.head == "PlusMinus":
        return term.args[0] if sign > 0 else neg(term.args[0])
    return rebuild(term, lambda arg: _with_sign(arg, sign))


def _sign_of_infinity(term: Term) -> int:
    if term.head == "Infinity":
        return 1
    return -1 if term.head == "Neg" and term.args[0].head == "Infinity" else 0


def _beside_infinity(head: str, left: int, right: int) -> Term:
    """x < oo is true; what lies beyond infinity is nothing."""
    if head in ("Eq", "Ne"):
        return TRUE if (left == right) == (head == "Eq") else FALSE
    up = left < right
    return TRUE if (head in ("Lt", "Le")) == up and left != right else FALSE
