"""Steps for inequalities: how a claim follows, by signs or by a certificate, from what is given and the hypotheses.

A claim that fails at a random point is not looked at any further; factors whose sign a certificate shows become lemmas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

import sympy as sp

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts
from derivations.kernel.rules import RULES
from derivations.kernel.situation import Situation
from derivations.kernel.table import Table
from derivations.language.errors import Malformed
from derivations.language.terms import FALSE, RELATIONS, TRUE, ZERO, Term, free_symbols, lt
from derivations.tactics.algebra import Bridge
from derivations.tactics.certificates import find, gap, is_small
from derivations.tactics.one_quantity import relations_in
from derivations.tactics.proof import Proof
from derivations.tactics.samples import Samples

MAX_ROWS = 5_000
STRICT = {"Lt": True, "Gt": True, "Le": False, "Ge": False}


@dataclass(frozen=True)
class Way:
    """How a claim follows: the rule, the premises it needs, the witness, and which premises have to be shown first, and how."""

    rule: str
    premises: tuple[Term, ...]
    witness: Mapping[str, Any]
    first: tuple[tuple[Term, Way], ...] = ()


class Prover:
    """Finds and writes steps for inequalities. ``spare`` are claims that become hypotheses of the statement once needed.

    ``lemmas`` follow from the hypotheses alone; one is written as a step once it is needed. ``helpers`` are terms by which a
    certificate may multiply, where they are positive.
    """

    def __init__(self, proof: Proof, spare: Iterable[tuple[Term, str]] = ()) -> None:
        self.proof = proof
        self.spare = dict(spare)
        self.ways: dict[tuple[object, ...], Way | None] = {}
        self.lemmas: dict[Term, Way] = {}
        self.helpers: tuple[Term, ...] = ()
        self.squares = True
        self.context: tuple[Term, ...] = ()
        self.samples = Samples()
        self.labels: dict[Term, str] = {item.claim: item.label for item in proof.hypotheses}

    @property
    def known(self) -> list[Term]:
        """Hypotheses that are or may be made, as far as they are inequalities."""
        have = [item.claim for item in self.proof.hypotheses if item.claim.head in (*STRICT, "And", "Ne")]
        return [*have, *(claim for claim in self.spare if claim not in have), *self.lemmas]

    def accepts(self, rule: str, claim: Term, premises: Sequence[Term], witness: Mapping[str, Any]) -> bool:
        table = Table(self.proof.variables.values())
        try:
            RULES[rule](Situation(table, claim, tuple(premises), witness, (), frozenset()))
        except (Refused, Malformed):
            return False
        return True

    def way(
        self, claim: Term, given: Sequence[Term], degree: int = 3, multipliers: Sequence[Term] = (), signs: bool = True,
        certificate: bool = True,
    ) -> Way | None:  # fmt: skip
        """How the claim follows from what is given, with the known hypotheses if it must be.

        ``degree`` bounds the products of a certificate; ``multipliers`` are terms that may be tried if they are positive.
        Without ``signs`` only a certificate is looked for, without ``certificate`` none.
        """
        names = tuple(self.proof.variables)
        asked = (claim, tuple(given), tuple(self.known), names, degree, tuple(multipliers), signs, certificate,
                 self.helpers, self.squares)  # fmt: skip
        if asked not in self.ways:
            self.ways[asked] = self._way(claim, given, degree, multipliers, signs, certificate)
        return self.ways[asked]

    def _way(
        self, claim: Term, given: Sequence[Term], degree: int, multipliers: Sequence[Term], signs: bool, certificate: bool
    ) -> Way | None:
        everything = [*given, *self.known]
        if self.refuted(claim, everything):
            return None
        context = [one for one in given if one in self.context]
        alone = [[one] for one in given if one not in context] if len(given) > 1 else []
        if context:
            alone += [[*one, *context] for one in alone]
        choices = [*alone, [*given], *([*one, *self._near([claim, *one])] for one in alone), everything] if signs else []
        for premises in choices:
            if not self.refuted(claim, premises) and self._follows(claim, premises):
                return Way("signs", self._fewer(claim, premises), {})
        if not certificate and signs:
            return None
        found = self._certificate(claim, everything, degree, multipliers)
        return found or self._one_of(claim, given) or (self._above_and_below(claim, given) if signs else None)

    def _above_and_below(self, claim: Term, given: Sequence[Term]) -> Way | None:
        """0 < f/g, because 0 < f and 0 < g, or f < 0 and g < 0."""
        if claim.head not in STRICT:
            return None
        bridge = Bridge()
        parts = [bridge.to_term(part) for part in sp.fraction(sp.factor(sp.together(gap(claim, bridge))))]
        seen = self.samples.signs(parts[1], [*given, *self.known])
        if not free_symbols(parts[1]) or len(seen) != 1:
            return None
        below = lt(ZERO, parts[1]) if seen == {1} else lt(parts[1], ZERO)
        above = Term("Lt" if STRICT[claim.head] else "Le", (ZERO, parts[0]) if seen == {1} else (parts[0], ZERO))
        ways = [(one, self.way(one, given)) for one in (below, above)]
        shown = tuple((one, way) for one, way in ways if way is not None)
        fine = len(shown) == 2 and self.accepts("signs", claim, (below, above), {})
        return Way("signs", (below, above), {}, shown) if fine else None

    def _one_of(self, claim: Term, given: Sequence[Term]) -> Way | None:
        """A disjunction, by one of its parts."""
        for part in claim.args if claim.head == "Or" else ():
            way = self.way(part, given)
            if way is not None:
                return Way("signs", (part,), {}, ((part, way),))
        return None

    def _near(self, claims: Sequence[Term]) -> list[Term]:
        """What is known of the variables in the claims and of no others."""
        names = frozenset().union(*map(free_symbols, claims))
        return [one for one in self.known if free_symbols(one) <= names]

    def refuted(self, claim: Term, premises: Sequence[Term]) -> bool:
        """Whether a random point shows that the claim does not follow from the premises; not asked of whole numbers."""
        plain = all(self._is_real(name) for one in (claim, *premises) for name in free_symbols(one))
        return plain and self.samples.refuted(claim, premises)

    def _is_real(self, name: str) -> bool:
        declared = self.proof.variables.get((name, False))
        return declared is not None and declared.domain == "real"

    def _follows(self, claim: Term, premises: Sequence[Term]) -> bool:
        most = MAX_ROWS * (20 if claim.head == "Iff" else 1)
        return self._rows(claim, premises) <= most and self.accepts("signs", claim, premises, {})

    def _rows(self, claim: Term, premises: Sequence[Term]) -> int:
        """The size of the table of signs, about: a search should not wait for large ones."""
        algebra = Algebra(Table(self.proof.variables.values()), [claim, *premises])
        try:
            facts = Facts(algebra, premises)
            for relation in relations_in(claim):
                facts.leaf(relation)
        except Refused:
            return 0
        lines = {name for name, poly in facts.polys.items() if len(poly) > 1 and _constant_part(poly) != 0}
        return prod(len(signs) * (5 if name in lines and len(signs) > 1 else 1) for name, signs in facts.known.items())

    def _certificate(
        self, claim: Term, given: list[Term], degree: int, multipliers: Sequence[Term]
    ) -> Way | None:
        if claim.head not in STRICT:
            return None
        premises = [part for one in given for part in (one.args if one.head == "And" else (one,))]
        candidates = multipliers or (*(part for one in (claim, *premises) for part in _coefficients(one)), *self.helpers)
        size, squares = degree if len(premises) <= 10 else 2, self.squares and is_small(claim)
        first: tuple[tuple[Term, Way], ...] = ()
        witness = find(claim, premises, size, squares=squares)
        for factor in dict.fromkeys(candidates) if witness is None else ():
            shown = self._positive(factor, premises)
            witness = None if shown is None else find(claim, premises, size, (factor,), squares=squares, plain=False)
            if witness is not None:
                first = shown or ()
                break
        if witness is None:
            return None
        more = [one for one, _ in first]
        if not self.accepts("polynomial-implication", claim, [*premises, *more], witness):
            return None
        kept, numbers = self._used(claim, [*premises, *more], witness)
        terms = _renumbered(witness["terms"], numbers)
        return Way("polynomial-implication", kept, {**witness, "terms": terms}, first)

    def _positive(self, factor: Term, premises: list[Term]) -> tuple[tuple[Term, Way], ...] | None:
        """What is to be shown first so that a multiplier is positive: nothing, or a certificate; None if it may be negative."""
        if not all(map(self._is_real, free_symbols(factor))):
            return () if self.sign(factor, premises) == {1} else None
        if -1 in self.samples.signs(factor, premises):
            return None
        if self.sign(factor, premises) == {1}:
            return ()
        claim = lt(ZERO, factor)
        witness = find(claim, premises, 2, squares=False)
        if witness is None or not self.accepts("polynomial-implication", claim, premises, witness):
            return None
        kept, numbers = self._used(claim, premises, witness)
        terms = _renumbered(witness["terms"], numbers)
        return ((claim, Way("polynomial-implication", kept, {"terms": terms})),)

    def _used(self, claim: Term, premises: list[Term], witness: Mapping[str, Any]) -> tuple[tuple[Term, ...], dict[int, int]]:
        """The premises that the certificate names, and those that its multiplier's sign needs."""
        named = sorted({i for term in witness["terms"] for i in term.get("premises", ())})
        others = [i for i in range(len(premises)) if i not in named]
        numbers = {i: k for k, i in enumerate(named)}
        terms = _renumbered(witness["terms"], numbers)
        kept = list(others)
        if self.accepts("polynomial-implication", claim, [premises[i] for i in named], {**witness, "terms": terms}):
            kept = []
        for i in kept[:]:
            fewer = [k for k in kept if k != i]
            if self.accepts("polynomial-implication", claim, [premises[k] for k in (*named, *fewer)], {**witness, "terms": terms}):
                kept = fewer
        return tuple(premises[i] for i in (*named, *kept)), numbers

    def _fewer(self, claim: Term, premises: Sequence[Term]) -> tuple[Term, ...]:
        """The premises without those that are not needed."""
        kept = list(premises)
        for one in reversed(premises):
            fewer = [other for other in kept if other is not one]
            if not self.refuted(claim, fewer) and self._follows(claim, fewer):
                kept = fewer
        return tuple(kept)

    def sign(self, term: Term, given: Iterable[Term] = (), lemmas: bool = True) -> frozenset[int]:
        """The signs that the term may have under what is known and given, as far as the kernel sees at once."""
        claims = [*given, *(one for one in self.known if lemmas or one not in self.lemmas)]
        algebra = Algebra(Table(self.proof.variables.values()), [term, *claims])
        try:
            return Facts(algebra, claims).sign(algebra.value(term))
        except Refused:
            return frozenset({-1, 0, 1})

    def signed(self, term: Term, given: Sequence[Term] = ()) -> frozenset[int]:
        """The same, and a lemma is looked for where the hypotheses leave but one strict sign: 0 < 2 - a - b."""
        found = self.sign(term, given)
        if len(found) == 1 or not all(map(self._is_real, free_symbols(term))):
            return found
        seen = self.samples.signs(term, self.known)
        if len(seen) != 1:
            return found
        claim = lt(ZERO, term) if seen == {1} else lt(term, ZERO)
        if claim not in self.lemmas:
            way = self._certificate(claim, self.known, 2, ())
            if way is None:
                return found
            self.lemmas[claim] = way
        return seen

    def prepare(self, way: Way, given: Sequence[Term]) -> None:
        """Writes the lemmas and makes the hypotheses that a way needs besides what is given: before a branch begins."""
        for _, before in way.first:
            self.prepare(before, given)
        for one in way.premises:
            if one not in given and (one in self.lemmas or one in self.spare):
                self._label(one)

    def step(self, claim: Term, way: Way, labels: Mapping[Term, str], because: str) -> str:
        """Writes the step; a spare claim that it needs becomes a hypothesis."""
        labels = {**labels, **{one: self.step(one, before, labels, "for the next step") for one, before in way.first}}
        premises = [labels.get(one) or self._label(one) for one in way.premises]
        return self.proof.step(way.rule, claim, *premises, because=because, **way.witness)

    def _label(self, claim: Term) -> str:
        if claim in self.lemmas and claim not in self.labels:
            self.labels[claim] = self.step(claim, self.lemmas[claim], {}, "by the ranges of the hyperparameters")
        made = {item.claim: item.label for item in self.proof.hypotheses}
        for known, label in {**made, **self.labels}.items():
            if claim == known or (known.head == "And" and claim in known.args):
                return label if claim == known else self._part(claim, label)
        whole = next(one for one in self.spare if claim == one or (one.head == "And" and claim in one.args))
        self.labels[whole] = self.proof.assume(whole, self.spare[whole])
        return self._label(claim)

    def _part(self, claim: Term, label: str) -> str:
        return self.proof.step("signs", claim, label, because="a part of it")


def _renumbered(terms: Iterable[Mapping[str, Any]], numbers: Mapping[int, int]) -> tuple[dict[str, Any], ...]:
    """The terms of a certificate with the premises numbered anew."""
    return tuple({**term, **({"premises": tuple(numbers[i] for i in term["premises"])} if "premises" in term else {})}
                 for term in terms)  # fmt: skip


def _constant_part(poly: Any) -> Any:
    return next((c for exponents, c in poly.to_dict().items() if not any(exponents)), 0)


@lru_cache(1024)
def _coefficients(relation: Term) -> tuple[Term, ...]:
    """Sums that stand as factors of a symbol's coefficient: candidates for a multiplier."""
    if relation.head not in RELATIONS:
        return ()
    bridge, found = Bridge(), []
    expression = sp.expand(sp.numer(sp.together(gap(relation, bridge))))
    for x in sorted(expression.free_symbols, key=str):
        if expression.is_polynomial(x):
            found += [part for part, _ in sp.factor_list(sp.diff(expression, x).subs(x, 0))[1] if part.is_Add]
    return tuple(bridge.to_term(part) for part in dict.fromkeys(found))


@lru_cache(1024)
def length(relation: Term) -> tuple[int, int]:
    """Degree and number of terms; a formula of several relations counts as longer than each relation."""
    if relation in (TRUE, FALSE):
        return 0, 0
    if relation.head not in STRICT:
        return 1000, 1000
    bridge = Bridge()
    expression = sp.expand(sp.numer(sp.together(gap(relation, bridge))))
    if not expression.free_symbols:
        return 0, 1
    return int(sp.Poly(expression, *sorted(expression.free_symbols, key=str)).total_degree()), len(sp.Add.make_args(expression))
