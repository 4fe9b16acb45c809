"""One step of a student's work: whether a claim follows from what stands before it, a point where it does not, what it needs.

Every part that is no arithmetic, such as theta(t) or a mean, is a variable of its own here: what is proved for all its values is
proved for the one that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from typing import Any

from derivations.homework.deciding import samples
from derivations.homework.deciding.balls import Unknown
from derivations.homework.deciding.existence import existing
from derivations.homework.deciding.samples import NoValue
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.sizes import is_manageable
from derivations.homework.deciding.trials import MAX_POINTS, Point, Trials
from derivations.homework.deciding.values import Place, place_at
from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts
from derivations.kernel.rules import RULES
from derivations.kernel.situation import Situation
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import FALSE, RELATIONS, ZERO, Term, free_symbols, subterms, symbol

OPAQUE = frozenset({"Apply", "Derivative", "Diff", "Expect", "Variance", "Sum", "Delta", "Factorial", "Det"})
MAX_CANDIDATES = 6
MAX_ATTEMPTS, MAX_SEARCHES, MAX_CONDITIONS = 160, 6, 4  # in one work
_BY_CASES = frozenset({"Abs", "Max", "Min"})
_FAULTS = (Refused, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)



@dataclass(frozen=True, slots=True)
class Failure:
    """A point at which the premises hold and the claim does not, or (``undefined``) has no value."""

    point: Point
    undefined: bool


class Workplace:
    """The setting of a task together with the names that a student's work brings with it."""

    def __init__(self, setting: Setting, terms: Iterable[Term]) -> None:
        self.setting = setting
        self.names: dict[Term, str] = {}
        terms = list(terms)
        declared = setting.table
        symbols = [
            Symbol(name, domain) for names in (declared.variables, declared.functions) for name, domain in names.items()
        ]
        taken = {one.name for one in symbols}
        for node in chain.from_iterable(map(subterms, (*terms, *setting.hypotheses))):
            if node.head in OPAQUE and node not in self.names:
                self.names[node] = _fresh("q", len(self.names), taken)
            if node.head == "Symbol" and node.args[0] not in declared.variables and node.args[0] not in taken:
                taken.add(node.args[0])
                symbols.append(Symbol(node.args[0], "real"))
        symbols += [Symbol(name, "real") for name in self.names.values()]
        self.shown = {name: ascii_text(node) for node, name in self.names.items()}
        self.table = Table(symbols)
        self.hypotheses = tuple(
            self.plain(one) for one in setting.hypotheses if one.head in RELATIONS or one.head in ("And", "Or")
        )
        self.trials = Trials(self.table, self.hypotheses)
        self.attempts = self.searches = self.conditions = 0

    def plain(self, term: Term) -> Term:
        """The term with a variable for each part that is no arithmetic."""
        if term in self.names:
            return symbol(self.names[term])
        if not any(isinstance(arg, Term) for arg in term.args):
            return term
        return Term(term.head, tuple(self.plain(arg) if isinstance(arg, Term) else arg for arg in term.args), term.span)

    # --- proof ----------------------------------------------------------------------------------------------------

    def proof(self, claim: Term, premises: tuple[Term, ...] = (), cases: int = 2) -> str:
        """The rule by which the claim follows from the premises and the hypotheses; "" if none was found.

        A premise that is an equation or inequality says, too, that both its sides exist.
        """
        while claim.head == "Implies":
            premises, claim = (*premises, claim.args[0]), claim.args[1]
        if not all(map(is_manageable, (claim, *premises))):
            return ""
        if claim.head == "Iff":
            one, other = claim.args
            first = self.proof(other, (*premises, one))
            return first and self.proof(one, (*premises, other)) and first
        split = next(
            (node for node in chain.from_iterable(map(subterms, (claim, *premises))) if node.head in _BY_CASES), None
        )
        if split is not None:
            return self._by_cases(split, claim, premises, cases) if cases else ""
        premises = tuple(dict.fromkeys((*premises, *(one for premise in premises for one in existing(premise)))))
        if claim.head == "And":
            rules = [self.proof(part, premises, cases) for part in claim.args]
            return rules[0] if all(rules) else ""
        if claim.head == "Eq" and self._equal(claim, premises):
            return "identity"
        if self._rule("signs", claim, premises):
            return "signs"
        unknown = free_symbols(claim).union(*map(free_symbols, premises))
        if len(unknown) == 1 and self._rule("sign-table", claim, premises, {"variable": symbol(next(iter(unknown)))}):
            return "sign-table"
        return "bounds" if claim.head in ("Le", "Ge") and self._bound(claim, premises) else ""

    def _equal(self, claim: Term, premises: tuple[Term, ...]) -> bool:
        """As an identity; or one in which an equation among the premises, read in either direction, replaces a name."""
        turned = tuple(Term("Eq", one.args[::-1]) if one.head == "Eq" else one for one in premises)
        return any(self._rule("identity", claim, given) for given in dict.fromkeys(((), premises, turned)))

    def _by_cases(self, split: Term, claim: Term, premises: tuple[Term, ...], cases: int) -> str:
        """|u| is u or -u, and the larger of a and b is one of the two: each case is proved for itself."""
        one, other = (split.args[0], ZERO) if split.head == "Abs" else split.args[:2]
        least = (
            split.args[0] if split.head == "Abs" else Term(split.head, split.args[1:]) if len(split.args) > 2 else other
        )
        if len(split.args) > 2:
            return ""
        low, high = (Term("Neg", (one,)), one) if split.head == "Abs" else (least, one)
        if split.head == "Min":
            low, high = high, low
        rule = ""
        for relation, value in (("Ge", high), ("Lt", low)):
            given = tuple(_exchanged(premise, split, value) for premise in premises)
            rule = self.proof(_exchanged(claim, split, value), (*given, Term(relation, (one, other))), cases - 1)
            if not rule:
                return ""
        return rule

    def _rule(self, name: str, claim: Term, premises: tuple[Term, ...], witness: dict[str, Any] | None = None) -> bool:
        self.attempts += 1 + len(premises) // 2  # with many premises it takes longer
        if self.attempts > MAX_ATTEMPTS:
            return False
        given = self.hypotheses + premises
        try:
            RULES[name](Situation(self.table, claim, given, witness or {}, (), frozenset()))
        except _FAULTS:
            return False
        return True

    def _bound(self, claim: Term, premises: tuple[Term, ...]) -> bool:
        """1 + x <= exp(x), 1 - t*h <= (1 - h)**t and the like, as they stand."""
        low, high = claim.args if claim.head == "Le" else claim.args[::-1]
        at_most = Term("Le", (low, high))
        for node in subterms(claim):
            tries: list[dict[str, Any]] = []
            if node.head == "Exp":
                tries.append({"kind": "exp-below", "x": node.args[0]})
                tries.append({"kind": "exp-above", "h": Term("Neg", (node.args[0],))})
            if node.head == "Pow" and node.args[1].head == "Symbol":
                gap = Term("Add", (Term("Number", (Fraction(1),)), Term("Neg", (node.args[0],))))
                tries.append({"kind": "bernoulli", "h": gap, "t": node.args[1]})
            if any(self._rule("bounds", at_most, premises, witness) for witness in tries):
                return True
        return False

    def contradictory(self, premises: tuple[Term, ...]) -> bool:
        """Whether the premises cannot all hold, so that anything would follow from them; also where they are too large to tell."""
        return not all(map(is_manageable, premises)) or self._rule("signs", FALSE, premises)

    # --- refutation -----------------------------------------------------------------------------------------------

    def failure(self, claim: Term, premises: tuple[Term, ...] = ()) -> Failure | None:
        """A point where hypotheses and premises hold and the claim does not: rather one where it is false than undefined."""
        while claim.head == "Implies":
            premises, claim = (*premises, claim.args[0]), claim.args[1]
        if claim.head != "Iff":
            self.searches += 1
        if self.searches > MAX_SEARCHES or not all(map(is_manageable, (claim, *premises))):
            return None
        if claim.head == "Iff":
            one, other = claim.args
            return self.failure(other, (*premises, one)) or self.failure(one, (*premises, other))
        undefined: Failure | None = None
        rough: Failure | None = None
        known = self.trials.names((claim, *premises))
        told = [one for one in self.hypotheses if free_symbols(one) <= known]
        for point in islice(self.trials.points(claim, premises), MAX_POINTS):
            place = place_at(point)
            if not all(samples.holds(one, place) for one in (*told, *premises)):
                continue
            found = _status(claim, place)
            if found == "false":
                failure = Failure(self._needed(point, (claim, *premises)), False)
                if all(number.denominator & (number.denominator - 1) == 0 for number in failure.point.values()):
                    return failure  # numbers that binary fractions are: whoever recomputes it need not round
                rough = rough or failure
            if found == "undefined" and undefined is None:
                undefined = Failure(self._needed(point, (claim, *premises)), True)
        return rough or undefined

    def _needed(self, point: Point, terms: Iterable[Term]) -> Point:
        names = frozenset().union(*map(free_symbols, terms))
        return {name: value for name, value in point.items() if name in names}

    # --- what a step needs ----------------------------------------------------------------------------------------

    def condition(self, claim: Term, premises: tuple[Term, ...] = (), failure: Failure | None = None) -> Term | None:
        """A condition under which the claim does follow: that a factor is not zero, or has a sign; None if none was found.

        Where it is known to fail at a point, the condition excludes that point.
        """
        while claim.head == "Implies":
            premises, claim = (*premises, claim.args[0]), claim.args[1]
        if claim.head == "Iff":
            one, other = claim.args
            forth, back = self.proof(other, (*premises, one)), self.proof(one, (*premises, other))
            if forth and not back:
                return self.condition(one, (*premises, other), failure)
            return self.condition(other, (*premises, one), failure) if back and not forth else None
        if claim.head not in RELATIONS or (claim.head != "Eq" and not premises):
            return None
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            return None
        factors = sorted(
            islice(self._factors((claim, *premises)), 2 * MAX_CANDIDATES), key=lambda one: len(ascii_text(one))
        )
        for heads in (("Ne",), ("Gt", "Lt"), ("Ge",)):
            for factor in factors[:MAX_CANDIDATES]:
                for head in heads:
                    further = Term(head, (factor, ZERO))
                    if failure is not None and samples.holds(further, place_at(failure.point)):
                        continue
                    if self._helps(further, claim, premises):
                        return further
        return None

    def _helps(self, further: Term, claim: Term, premises: tuple[Term, ...]) -> bool:
        """Whether the claim follows with it, but not from it alone, and it can be true."""
        if not self.proof(claim, (*premises, further)) or self.contradictory((*premises, further)):
            return False
        if self.contradictory((claim, further)):
            return False
        return not (premises and self._rule("signs", claim, (further,)))

    def _factors(self, formulas: Iterable[Term]) -> Iterator[Term]:
        """The irreducible factors of both sides' difference, of denominators, and what stands below a root or in a logarithm."""
        seen: set[str] = set()
        for formula in formulas:
            for relation in samples.relations_in(formula):
                if not is_manageable(relation):
                    continue
                try:
                    algebra = Algebra(self.table, [relation])
                    top, bottom = algebra.difference(*relation.args)
                    facts = Facts(algebra)
                    radicands = [part for value in algebra.radicands for part in value]
                    inside = [
                        algebra.value(node.args[0])[0] for node in subterms(relation) if node.head in ("Log", "Sqrt")
                    ]
                    polys = [*algebra.denominators, bottom, top, *radicands, *inside]
                    names = [name for poly in polys if not poly.is_zero() for name, _ in facts.factors(poly)[1]]
                except Refused:
                    continue
                for name in names:
                    term = algebra.term_of_poly(facts.polys[name])
                    text = ascii_text(term)
                    if text not in seen:
                        seen.add(text)
                        yield term


def _fresh(stem: str, count: int, taken: set[str]) -> str:
    name = f"{stem}{count}"
    while name in taken:
        name += "q"
    taken.add(name)
    return name


def _exchanged(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return new
    return Term(term.head, tuple(_exchanged(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args))


def _status(claim: Term, place: Place) -> str:
    """ "true", "false", "undefined" (where one side has a value and the other has none), or "unknown"."""
    undefined = [_is_undefined(side, place) for side in claim.args] if claim.head in RELATIONS else []
    if any(undefined):
        return "unknown" if all(undefined) else "undefined"
    try:
        return "true" if samples.truth(claim, place) else "false"
    except NoValue:
        return "undefined"
    except Unknown:
        return "unknown"


def _is_undefined(side: Term, place: Place) -> bool:
    try:
        samples.value(side, place)
    except NoValue:
        return True
    except Unknown:
        return False
    return False
