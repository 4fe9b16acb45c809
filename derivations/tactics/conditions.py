"""A conjunction of inequalities as a region: each solved for what a reader looks for, those that follow from the others left out.

That the region means the same is proved both ways, by signs and by certificates; what cannot be proved to follow stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts
from derivations.kernel.rules import RULES
from derivations.kernel.situation import Situation
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed, Undecided
from derivations.language.statements import Branch
from derivations.language.terms import FALSE, TRUE, Term, conj, free_symbols, iff, symbol
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.certificates import find, gap
from derivations.tactics.proof import Proof

STRICT = {"Lt": True, "Gt": True, "Le": False, "Ge": False}


@dataclass(frozen=True)
class Way:
    """How a claim follows: the rule, the premises it needs, and the witness."""

    rule: str
    premises: tuple[Term, ...]
    witness: Mapping[str, Any]


class Prover:
    """Finds and writes steps for inequalities. ``spare`` are claims that become hypotheses of the statement once needed."""

    def __init__(self, proof: Proof, spare: Iterable[tuple[Term, str]] = ()) -> None:
        self.proof = proof
        self.spare = dict(spare)
        self.labels: dict[Term, str] = {item.claim: item.label for item in proof.hypotheses}

    @property
    def known(self) -> list[Term]:
        """Hypotheses that are or may be made, as far as they are inequalities."""
        have = [item.claim for item in self.proof.hypotheses if item.claim.head in (*STRICT, "And", "Ne")]
        return [*have, *(claim for claim in self.spare if claim not in have)]

    def accepts(self, rule: str, claim: Term, premises: Sequence[Term], witness: Mapping[str, Any]) -> bool:
        table = Table(self.proof.variables.values())
        try:
            RULES[rule](Situation(table, claim, tuple(premises), witness, (), frozenset()))
        except (Refused, Malformed):
            return False
        return True

    def way(
        self, claim: Term, given: Sequence[Term], degree: int = 3, multipliers: Sequence[Term] = (), signs: bool = True
    ) -> Way | None:
        """How the claim follows from what is given, with the known hypotheses if it must be.

        ``degree`` bounds the products of a certificate; ``multipliers`` are terms that may be tried if they are positive.
        Without ``signs`` only a certificate is looked for.
        """
        if not signs:
            return self._certificate(claim, [*given, *self.known], degree, multipliers)
        for premises in ([*given], [*given, *self.known]):
            if self.accepts("signs", claim, premises, {}):
                return Way("signs", self._fewer(claim, premises, "signs", {}), {})
        return self._certificate(claim, [*given, *self.known], degree, multipliers)

    def _certificate(self, claim: Term, given: list[Term], degree: int, multipliers: Sequence[Term]) -> Way | None:
        if claim.head not in STRICT:
            return None
        premises = [part for one in given for part in (one.args if one.head == "And" else (one,))]
        candidates = multipliers or _coefficients([claim, *premises])
        positive = [factor for factor in candidates if self.sign(factor, premises) == {1}]
        witness = find(claim, premises, degree, positive)
        if witness is None or not self.accepts("polynomial-implication", claim, premises, witness):
            return None
        kept, numbers = self._used(claim, premises, witness)
        terms = tuple({**term, **({"premises": tuple(numbers[i] for i in term["premises"])} if "premises" in term else {})}
                      for term in witness["terms"])  # fmt: skip
        return Way("polynomial-implication", kept, {**witness, "terms": terms})

    def _used(self, claim: Term, premises: list[Term], witness: Mapping[str, Any]) -> tuple[tuple[Term, ...], dict[int, int]]:
        """The premises that the certificate names, and those that its multiplier's sign needs."""
        named = sorted({i for term in witness["terms"] for i in term.get("premises", ())})
        others = [i for i in range(len(premises)) if i not in named]
        numbers = {i: k for k, i in enumerate(named)}
        terms = tuple({**term, **({"premises": tuple(numbers[i] for i in term["premises"])} if "premises" in term else {})}
                      for term in witness["terms"])  # fmt: skip
        kept = list(others)
        for i in others:
            fewer = [k for k in kept if k != i]
            if self.accepts("polynomial-implication", claim, [premises[k] for k in (*named, *fewer)], {**witness, "terms": terms}):
                kept = fewer
        return tuple(premises[i] for i in (*named, *kept)), numbers

    def _fewer(self, claim: Term, premises: list[Term], rule: str, witness: Mapping[str, Any]) -> tuple[Term, ...]:
        """The premises without those that are not needed."""
        kept = list(premises)
        for one in reversed(premises):
            fewer = [other for other in kept if other is not one]
            if self.accepts(rule, claim, fewer, witness):
                kept = fewer
        return tuple(kept)

    def sign(self, term: Term, given: Iterable[Term] = ()) -> frozenset[int]:
        """The signs that the term may have under what is known and given, as far as the kernel sees at once."""
        claims = [*given, *self.known]
        algebra = Algebra(Table(self.proof.variables.values()), [term, *claims])
        try:
            return Facts(algebra, claims).sign(algebra.value(term))
        except Refused:
            return frozenset({-1, 0, 1})

    def step(self, claim: Term, way: Way, labels: Mapping[Term, str], because: str) -> str:
        """Writes the step; a spare claim that it needs becomes a hypothesis."""
        premises = [labels.get(one) or self._label(one) for one in way.premises]
        return self.proof.step(way.rule, claim, *premises, because=because, **way.witness)

    def _label(self, claim: Term) -> str:
        for known, label in self.labels.items():
            if claim == known or (known.head == "And" and claim in known.args):
                return label if claim == known else self._part(claim, label)
        whole = next(one for one in self.spare if claim == one or (one.head == "And" and claim in one.args))
        self.labels[whole] = self.proof.assume(whole, self.spare[whole])
        return self._label(claim)

    def _part(self, claim: Term, label: str) -> str:
        return self.proof.step("signs", claim, label, because="a part of it")


def _coefficients(relations: Sequence[Term]) -> list[Term]:
    """Sums that stand as factors of a symbol's coefficient: candidates for a multiplier."""
    bridge, found = Bridge(), []
    for one in relations:
        expression = sp.expand(sp.numer(sp.together(gap(one, bridge))))
        for x in sorted(expression.free_symbols, key=str):
            if expression.is_polynomial(x):
                found += [part for part, _ in sp.factor_list(sp.diff(expression, x).subs(x, 0))[1] if part.is_Add]
    return [bridge.to_term(part) for part in dict.fromkeys(found)]


# --- one condition ------------------------------------------------------------------------------------------------


def readable(prover: Prover, condition: Term, rate: str, given: Sequence[Term]) -> Term:
    """The condition solved for a single variable, or for the learning rate times what stands beside it; TRUE or FALSE if clear."""
    bridge = Bridge()
    difference = sp.factor(sp.together(gap(condition, bridge)))
    if sp.denom(difference).free_symbols:
        return condition
    constant, factors = sp.factor_list(difference)
    sign, left = 1 if constant > 0 else -1, sp.Integer(1)
    bound = len(difference.free_symbols) == 1 and sp.Poly(difference).total_degree() == 1  # said even if a hypothesis says it
    for factor, exponent in factors:
        found = prover.sign(bridge.to_term(factor), given) if factor.is_Add and not bound else frozenset()
        if found in ({1}, {-1}):
            sign *= min(found) ** exponent
        else:
            left *= factor**exponent
    strict = STRICT[condition.head]
    if not left.free_symbols:
        value = constant * left if factors == [] else sign
        return TRUE if value > 0 or (value == 0 and not strict) else FALSE
    if constant == 0:
        return FALSE if strict else TRUE
    return _solved(prover, bridge, sign * left, rate, given, strict)


def _relation(low: Term, high: Term, strict: bool) -> Term:
    return Term("Lt" if strict else "Le", (low, high))


def _solved(prover: Prover, bridge: Bridge, expression: Any, rate: str, given: Sequence[Term], strict: bool) -> Term:
    """expression > 0 (or >= 0), solved."""
    symbols = sorted(expression.free_symbols, key=str)
    expanded = sp.expand(expression)
    x = symbols[0] if len(symbols) == 1 else bridge.to_sympy(symbol(rate))
    slope, rest = sp.diff(expanded, x), expanded.subs(x, 0)
    if x in symbols and not slope.has(x):
        sign, moved, kept = 1, sp.Integer(1), sp.Integer(1)
        constant, factors = sp.factor_list(slope)
        sign, moved = (1 if constant > 0 else -1), abs(constant) if rest != 0 else sp.Integer(1)
        for factor, exponent in factors:
            found = prover.sign(bridge.to_term(factor), given)
            if found in ({1}, {-1}):
                sign, moved = sign * min(found) ** exponent, moved * factor**exponent * min(found) ** exponent
            else:
                kept *= factor**exponent
        product, bound = tidy(bridge.to_term(x * kept)), tidy(bridge.to_term(sp.factor(-rest / moved) * sign))
        if product.head == "Neg":
            product, bound, sign = product.args[0], tidy(Term("Neg", (bound,))), -sign
        return _relation(bound, product, strict) if sign > 0 else _relation(product, bound, strict)
    parts = sp.Add.make_args(expanded)
    above = sp.Add(*(part for part in parts if not part.could_extract_minus_sign()))
    below = sp.Add(*(-part for part in parts if part.could_extract_minus_sign()))
    return _relation(tidy(bridge.to_term(below)), tidy(bridge.to_term(above)), strict)


# --- all of them --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Region:
    """The relations that are left, as a formula, and the label of (conditions) ⇔ (region)."""

    parts: tuple[Term, ...]
    formula: Term
    label: str


def simplified(prover: Prover, conditions: tuple[Term, ...], rate: str, because: str) -> Region:
    """The region of the conditions, and the step that proves it. Raises Undecided where no step does."""
    alone = [readable(prover, condition, rate, ()) for condition in conditions]
    single = [one for one in alone if len(free_symbols(one)) == 1]
    relations = [one if one in single else readable(prover, condition, rate, single)
                 for one, condition in zip(alone, conditions, strict=True)]  # fmt: skip
    whole = conj(*conditions)
    for constant in (FALSE, TRUE):
        way = prover.way(iff(whole, constant), ())
        if way is not None:
            return Region((constant,), constant, prover.step(iff(whole, constant), way, {}, because))
    kept = _needed(prover, [one for one in relations if one not in (TRUE, FALSE)])
    parts = tuple(sorted(kept, key=lambda one: _place(one, rate)))
    if any(prover.way(one, parts) is None for one in conditions) or any(prover.way(one, conditions) is None for one in parts):
        parts = conditions
    region = conj(*parts)
    if parts == conditions:
        return Region(parts, region, prover.proof.step("signs", iff(whole, region), because=because))
    ways = [_branch(prover, conditions, parts, "the conditions"), _branch(prover, parts, conditions, "the region")]
    return Region(parts, region, prover.proof.step("suppose", iff(whole, region), branches=tuple(ways), because=because))


def _needed(prover: Prover, relations: list[Term]) -> list[Term]:
    """Without those that follow from the others, the longest first.

    A bound of a single variable is what a reader looks for: it stays unless another such bound says more.
    """
    kept = list(dict.fromkeys(relations))
    for one in sorted(kept, key=_length, reverse=True):
        others = [other for other in kept if other != one]
        if len(free_symbols(one)) == 1:
            follows = prover.accepts("signs", one, [other for other in others if free_symbols(other) == free_symbols(one)], {})
        else:
            follows = prover.way(one, others) is not None
        if follows:
            kept = others
    return kept


def _length(relation: Term) -> tuple[int, int]:
    bridge = Bridge()
    expression = sp.expand(sp.numer(sp.together(gap(relation, bridge))))
    return int(sp.Poly(expression, *sorted(expression.free_symbols, key=str)).total_degree()), len(sp.Add.make_args(expression))


def _place(relation: Term, rate: str) -> tuple[Any, ...]:
    """What is solved for the learning rate last; lower bounds before upper ones."""
    left, right = relation.args
    names, solved = free_symbols(relation), right if rate in free_symbols(right) else left
    lower = not free_symbols(left) or (rate in free_symbols(right) and rate not in free_symbols(left))
    about = ascii_text(solved) if rate in names else min(names, default="")
    return rate in names, len(names) > 1 and rate not in names, about, not lower


def _branch(prover: Prover, given: tuple[Term, ...], wanted: tuple[Term, ...], name: str) -> Branch:
    """A branch from the given relations to all that are wanted."""
    proof = prover.proof
    assumed = [proof.supposing(one, "assumed") for one in given]
    labels = {item.claim: item.label for item in assumed}
    with proof.inside() as steps:
        shown = []
        for one in wanted:
            if one in labels:
                shown.append(labels[one])
                continue
            way = prover.way(one, given)
            if way is None:
                raise Undecided("no proof of the simplified region was found")
            words = "by the signs of its factors" if way.rule == "signs" else "multiply out: a sum of products of what is positive"
            shown.append(prover.step(one, way, labels, words))
        if len(wanted) > 1:
            proof.step("conjunction", conj(*wanted), *shown, because="all together")
    return proof.branch(name, steps, *assumed)
