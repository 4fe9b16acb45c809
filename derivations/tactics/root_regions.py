"""The regimes of one method: the conditions on p and q with the method's p and q inserted, and solved where that is easy.

Also that there is no other regime: whatever p and q are, one of them occurs, and no two.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    FALSE,
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    conj,
    disj,
    eq,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    ne,
    neg,
    number,
    power,
    predicate,
    sub,
)
from derivations.tactics.conditions import Prover, Region, one_quantity, readable, simplified
from derivations.tactics.linear import flat
from derivations.tactics.proof import Proof
from derivations.tactics.roots import (
    MEANING,
    NAMES,
    Condition,
    Roots,
    behaviours,
    conditions,
    inner,
    lemma,
    real_roots,
    way_about,
)

_NEGATED = {"Lt": le, "Le": lt}


@dataclass
class Regimes:
    """Finds and writes the regimes of one method; ``general`` are the labels of P ⇔ (condition on p and q)."""

    prover: Prover
    roots: Roots
    rate: str
    general: dict[str, str] = field(default_factory=dict)
    groups: dict[Term, Region] = field(default_factory=dict)

    @property
    def proof(self) -> Proof:
        return self.prover.proof

    def prove(self) -> dict[str, str]:
        """P ⇔ region for every regime: labels by name."""
        lemmas = {"real": real_roots(self.proof, self.roots)}
        found = {}
        for name, meaning in behaviours(self.roots).items():
            self.proof.declare(name, "property", MEANING[name])
            defined = self.proof.define(iff(predicate(name), meaning), MEANING[name])
            known = lemma(self.prover, self.roots, name, lemmas)
            region = self.proof.claims[known].args[1]
            claim = iff(predicate(name), region)
            self.general[name] = self.proof.step("rewrite", claim, defined, known, because="what the roots then satisfy")
            found[name] = self._solved(name, conditions()[name])
        return found

    def _solved(self, name: str, condition: Condition) -> str:
        """P ⇔ region in the hyperparameters."""
        proof, P, negated = self.proof, predicate(name), name == "divergent"
        whole = condition.formula(*self.roots.values)
        claim = iff(P, Term("Not", (whole,)) if negated else whole)
        step = proof.step("rewrite", claim, self.general[name], *self.roots.meanings, because="insert sum and product of the roots")
        labels, parts = [], []
        together = condition.together(*self.roots.values)
        if together:
            group = self.group(together)
            labels.append(group.label)
            parts.append(group.formula)
        for one in condition.apart(*self.roots.values):
            formula, label = self._pretty(one)
            labels += [label] if label else []
            parts.append(formula)
        region = _joined(parts)
        final = _negation(region) if negated else region
        premises = [step, *labels]
        claims = [proof.claims[label] for label in premises]
        alone = one_quantity(self.prover, (), whole, "solve for what occurs in it", ())
        if alone is not None:
            region = Term("Not", (alone.formula,)) if negated else alone.formula
            short = _negation(alone.formula) if negated else region
            put = proof.step("rewrite", iff(P, region), step, alone.label, because="put together")
            if short == region or not self.prover.accepts("signs", iff(P, short), [iff(P, region)], {}):
                return put
            return proof.step("signs", iff(P, short), put, because="where it is not")
        if self.prover.accepts("signs", iff(P, final), claims, {}):
            return proof.step("signs", iff(P, final), *premises, because="solve the conditions for the hyperparameters")
        plain = conj(*parts) if together else conj(TRUE, *parts)
        claim = iff(P, Term("Not", (plain,)) if negated else plain)
        put = proof.step("rewrite", claim, step, *labels, because="solve the conditions for the hyperparameters")
        if self.prover.accepts("signs", iff(P, final), [claim], {}):
            return proof.step("signs", iff(P, final), put, because="leave out what is always so")
        return put

    def group(self, together: tuple[Term, ...]) -> Region:
        """Inequalities that are simplified together."""
        key = conj(*together)
        if key not in self.groups:
            self.groups[key] = simplified(self.prover, together, self.rate, "solve the conditions for the hyperparameters")
        return self.groups[key]

    def _pretty(self, one: Term) -> tuple[Term, str | None]:
        """A relation in a form for reading, and the label of one ⇔ that form (None: it is the same)."""
        options = [self._read(part) for part in one.args] if one.head == "Or" else [self._read(one)]
        formula = TRUE if TRUE in options else disj(*dict.fromkeys(part for part in options if part != FALSE))
        for option in (formula, flat(one)):
            way = self.prover.way(iff(one, option), (), certificate=False)
            if way is not None:
                return option, None if option == one else self.prover.step(iff(one, option), way, {}, "the same, written shorter")
        return one, None

    def _read(self, one: Term) -> Term:
        """A relation solved for what stands alone in it, if that is linear; TRUE or FALSE where it is decided."""
        for constant in (FALSE, TRUE):
            if self.prover.way(iff(one, constant), (), certificate=False) is not None:
                return constant
        if one.head == "Eq":
            low = readable(self.prover, le(*one.args), self.rate, ())
            if low.head != "Le":
                return one
            turned = low.args[0] == ZERO or (self.rate in free_symbols(low.args[1]) and self.rate not in free_symbols(low.args[0]))
            return eq(*(low.args[::-1] if turned else low.args))
        squared = [side for side in one.args if side.head == "Pow"]
        return flat(one) if squared else readable(self.prover, one, self.rate, ())


def _joined(parts: list[Term]) -> Term:
    """The conjunction without nesting and without what is always so; FALSE if some part is."""
    flattened = [one for part in parts for one in (part.args if part.head == "And" else (part,))]
    if FALSE in flattened:
        return FALSE
    return conj(*dict.fromkeys(one for one in flattened if one != TRUE))


def _negation(region: Term) -> Term:
    """Where the region is not."""
    if region in (TRUE, FALSE):
        return FALSE if region == TRUE else TRUE
    parts = region.args if region.head == "And" else (region,)
    if all(one.head in (*_NEGATED, "Eq", "Ne") for one in parts):
        return disj(*(_opposite(one) for one in parts))
    return Term("Not", (region,))


def _opposite(one: Term) -> Term:
    if one.head in _NEGATED:
        return _NEGATED[one.head](*one.args[::-1])
    return ne(*one.args) if one.head == "Eq" else eq(*one.args)


# --- no other regime --------------------------------------------------------------------------------------------------


def complete(regimes: Regimes) -> str:
    """One of the regimes occurs, and no two: in terms of p and q, then in words."""
    proof, roots = regimes.proof, regimes.roots
    regions = [proof.claims[regimes.general[name]].args[1] for name in NAMES]
    known = _facts(regimes.prover, roots)
    words = "compare the signs of p, q, 1 + q - p, 1 + q + p and p**2 - 4*q"
    some = proof.step("signs", disj(*regions), *known, because=words)
    only = conj(*(implies(one, Term("Not", (disj(*regions[i + 1:]),))) for i, one in enumerate(regions[:-1])))
    single = proof.step("signs", only, *known, because=words)
    names = [predicate(name) for name in NAMES]
    every = list(regimes.general.values())
    first = proof.step("rewrite", disj(*names), some, *every, because="in words")
    claim = conj(*(implies(one, Term("Not", (disj(*names[i + 1:]),))) for i, one in enumerate(names[:-1])))
    second = proof.step("rewrite", claim, single, *every, because="in words")
    return proof.step("conjunction", conj(disj(*names), claim), first, second, because="one, and no two")


def _facts(prover: Prover, roots: Roots) -> list[str]:
    """What the signs of p, q, 1 + q - p, 1 + q + p, p**2 - 4*q have to do with one another."""
    p, q = roots.p, roots.q
    above, below = lt(ZERO, add(ONE, q, neg(p))), lt(ZERO, add(ONE, q, p))
    pair, four = lt(power(p, 2), mul_four(q)), le(mul_four(q), power(p, 2))
    squares = [le(ZERO, power(part, 2)) for part in (p, sub(ONE, q), add(ONE, q, p), add(ONE, q, neg(p)))]
    inside = lt(neg(ONE), q)
    table: list[tuple[tuple[Term, ...], tuple[Term, ...]]] = [
        ((pair,), (lt(ZERO, q), lt(ZERO, add(ONE, q)), above, below)),
        ((eq(p, ZERO), four), (le(q, ZERO),)),
        ((eq(p, ZERO), eq(q, ZERO)), (eq(mul_four(q), power(p, 2)), above, below)),
        ((lt(ZERO, p), le(ZERO, q)), (below,)),
        ((le(p, neg(add(ONE, q))), inside), (above,)),
    ]
    return [_fact(prover, given, wanted, squares, add(ONE, q)) for given, wanted in table]


def mul_four(q: Term) -> Term:
    return Term("Mul", (number(4), q))


def _fact(prover: Prover, given: tuple[Term, ...], wanted: tuple[Term, ...], squares: list[Term], factor: Term) -> str:
    proof = prover.proof
    items = [proof.supposing(one, "assumed") for one in given]
    with proof.inside() as steps:
        have = {item.claim: item.label for item in items}
        labels = []
        for one in wanted:
            if one.head == "Eq":
                have[one] = proof.step("identity", one, *have.values(), because="both sides are zero")
                labels.append(have[one])
                continue
            way = way_about(one, tuple(have), 1) or way_about(one, (*have, *squares), 1, (factor,))
            if way is None:
                raise Undecided(f"no proof was found of {ascii_text(one)}")
            for premise in way.premises:
                if premise not in have:
                    have[premise] = proof.step("signs", premise, because="a square")
            have[one] = prover.step(one, way, have, "multiply out: a sum of what is not negative")
            labels.append(have[one])
        if len(labels) > 1:
            proof.step("conjunction", conj(*wanted), *labels, because="all of it")
    branch = proof.branch("these signs", steps, *items)
    return proof.step("suppose", implies(conj(*given), conj(*wanted)), branches=(branch,), because="so the other signs are known")


def convergent(regimes: Regimes, rule: str, left: Term, defined: str) -> str:
    """convergent ⇔ region, from Jury's conditions."""
    proof = regimes.proof
    group = regimes.group(inner(*regimes.roots.values))
    step = proof.step("rewrite", iff(left, proof.claims[rule].args[1]), defined, rule, because="insert the conditions")
    if proof.claims[rule].args[1] == group.formula:
        return step
    return proof.step("rewrite", iff(left, group.formula), step, group.label, because="put together")
