"""A conjunction of inequalities as a region: each solved for what a reader looks for, those that follow from the others left out.

That the region means the same is proved both ways, by signs and by certificates; what cannot be proved to follow stays. Where the
sign of a denominator is open, there is a region for each of its signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.statements import Branch, Hypothesis
from derivations.language.terms import FALSE, TRUE, ZERO, Term, conj, disj, free_symbols, iff, lt
from derivations.tactics.algebra import Bridge
from derivations.tactics.certificates import gap
from derivations.tactics.one_quantity import MAX_DEGREE, Line, quantity_of
from derivations.tactics.prover import STRICT, Prover, Way, length
from derivations.tactics.readings import place, readable, split, tidied

__all__ = ["Prover", "Region", "Way", "one_quantity", "readable", "simplified", "tidied"]


@dataclass(frozen=True)
class Region:
    """The relations that are left, as a formula, and the label of (conditions) ⇔ (region); not ``solved``: just the conditions.

    ``cases`` are the relations of each case, where the formula is a disjunction of cases.
    """

    parts: tuple[Term, ...]
    formula: Term
    label: str
    solved: bool = True
    cases: tuple[tuple[Term, ...], ...] = ()


@dataclass(frozen=True)
class _Task:
    """The conditions, the formula in which they stand (perhaps grouped), and which denominators do not vanish."""

    prover: Prover
    conditions: tuple[Term, ...]
    whole: Term
    rate: str
    nonzero: tuple[Term, ...]
    because: str


def simplified(
    prover: Prover, conditions: tuple[Term, ...], rate: str, because: str, whole: Term | None = None, nonzero: Sequence[Term] = ()
) -> Region:
    """The region of the conditions, and the step that proves it; none (an empty label) where it is the conditions themselves.

    ``whole`` is the formula in which the conditions stand, if it is not their conjunction; ``nonzero`` says which denominators in
    them are not zero, as hypotheses.
    """
    whole = conj(*conditions) if whole is None else whole
    task = _Task(prover, conditions, whole, rate, tuple(nonzero), because)
    for constant in (FALSE, TRUE):
        way = prover.way(iff(whole, constant), nonzero)
        if way is not None:
            return Region((constant,), constant, prover.step(iff(whole, constant), way, {}, because))
    found = one_quantity(prover, conditions, whole, because, nonzero) or _empty(task)
    if found is not None:
        return found
    prover.helpers, prover.squares = _helpers(conditions), False
    try:
        return _solved(task)
    finally:
        prover.helpers, prover.squares, prover.context = (), True, ()


def _solved(task: _Task) -> Region:
    for relations in _readings(task, ()):
        found = _proved(task, tuple(relations))
        if found is not None:
            return found
    return _by_cases(task) or _shortened(task) or _as_they_are(task)


def _helpers(conditions: tuple[Term, ...]) -> tuple[Term, ...]:
    """The sums among the conditions' factors: a certificate may multiply by one of them, if it is positive."""
    bridge, found = Bridge(), []
    for one in (one for one in conditions if one.head in STRICT):
        top, bottom = sp.fraction(sp.together(gap(one, bridge)))
        found += [factor for factor, _ in sp.factor_list(top * bottom)[1] if factor.is_Add]
    return tuple(bridge.to_term(factor) for factor in dict.fromkeys(found))


def _as_they_are(task: _Task) -> Region:
    parts = tuple(tidied(one) if one.head in STRICT else one for one in task.conditions)
    formula, prover = conj(*parts), task.prover
    way = prover.way(iff(task.whole, formula), task.nonzero, certificate=False) if formula != task.whole else None
    if way is not None:
        return Region(parts, formula, prover.step(iff(task.whole, formula), way, {}, task.because), solved=False)
    return Region(task.conditions, task.whole, "", solved=False)


def _empty(task: _Task) -> Region | None:
    """conditions ⇔ False, if one of them or two contradict what is known."""
    prover = task.prover
    for chosen in (*((one,) for one in task.conditions), *combinations(task.conditions, 2)):
        if prover.way(FALSE, [*chosen, *task.nonzero], certificate=False) is not None:
            ways = [_branch(task, chosen, (FALSE,), task.whole, FALSE, "the conditions"),
                    _branch(task, (FALSE,), task.conditions, FALSE, task.whole, "no such values")]  # fmt: skip
            claim = iff(task.whole, FALSE)
            return Region((FALSE,), FALSE, prover.proof.step("suppose", claim, branches=tuple(ways), because=task.because))
    return None


def _readings(task: _Task, case: tuple[Term, ...]) -> Iterator[list[Term]]:
    """Ways to write the conditions (in a case): each one solved, first with the help of the shorter ones."""
    prover, rate, given = task.prover, task.rate, [*task.nonzero, *case]
    simple = [one for one in task.conditions if one.head in STRICT]
    conditions = tuple(dict.fromkeys(part for one in simple for part in split(prover, one, given)))
    others = [one for one in task.conditions if one.head not in STRICT]
    alone = {one: readable(prover, one, rate, given, divide=False) for one in conditions}
    relations = [readable(prover, one, rate, ()) for one in case]
    for one in sorted(conditions, key=lambda one: (len(free_symbols(alone[one])), length(alone[one]))):
        helped = alone[one]
        if len(free_symbols(helped)) > 1:
            helped = readable(prover, one, rate, [*given, *relations], divide=False)
        if helped not in (TRUE, *relations) and (helped != FALSE or case):
            relations.append(helped)
    for option in (relations, [one for one in alone.values() if one not in (TRUE, FALSE)]):
        kept = [FALSE] if FALSE in option else _needed(prover, [*option, *others], rate)
        divided = [_divided(prover, one, rate) for one in kept]
        for parts in dict.fromkeys((tuple(divided), tuple(kept))):
            yield sorted(parts, key=lambda one: place(one, rate)) if parts != (FALSE,) else [FALSE]


def _divided(prover: Prover, relation: Term, rate: str) -> Term:
    """The relation solved once more, with a quotient where the sign of the divisor is known."""
    option = readable(prover, relation, rate, ()) if relation.head in STRICT else relation
    return relation if option in (TRUE, FALSE) else option


def _proved(task: _Task, parts: tuple[Term, ...]) -> Region | None:
    """conditions ⇔ parts, both ways, if that can be shown."""
    prover, region, claim = task.prover, conj(*parts), iff(task.whole, conj(*parts))
    known = [one for one in task.nonzero if one not in parts]
    for given, wanted in ((parts, task.conditions), (task.conditions, parts)):
        if any(prover.refuted(one, [*given, *known, *prover.known]) for one in wanted):
            return None
    if not _reachable(task, parts, task.conditions, known) or not _reachable(task, task.conditions, parts, known):
        return None
    if conj(*task.conditions) == region == task.whole:
        return Region(parts, region, prover.proof.step("signs", claim, because=task.because))
    ways = [_branch(task, task.conditions, parts, task.whole, region, "the conditions"),
            _branch(task, parts, task.conditions, region, task.whole, "the region")]  # fmt: skip
    return Region(parts, region, prover.proof.step("suppose", claim, branches=tuple(ways), because=task.because))


def _reachable(task: _Task, given: Sequence[Term], wanted: Sequence[Term], known: Sequence[Term]) -> bool:
    """Whether there is a way to each of the claims; what the ways need besides is written, so that all branches may use it."""
    ways = []
    for one in wanted:
        way = None if one in given else task.prover.way(one, [*given, *known])
        if way is None and one not in given:
            return False
        ways += [way] if way else []
    for way in ways:
        task.prover.prepare(way, [*given, *known])
    return True


def _shortened(task: _Task) -> Region | None:
    """Each condition as short as it can be shown to be by itself, without those that follow from the others."""
    prover, parts = task.prover, []
    for one in task.conditions:
        for part in split(prover, one, task.nonzero) if one.head in STRICT else [one]:
            option = readable(prover, part, task.rate, task.nonzero) if part.head in STRICT else part
            ways = [prover.way(b, [a, *task.nonzero]) for a, b in ((part, option), (option, part))]
            same = option not in (TRUE, FALSE) and None not in ways
            parts.append(option if same else tidied(part) if part.head in STRICT else part)
    return _proved(task, tuple(_needed(prover, parts, task.rate)))


# --- a denominator of either sign ---------------------------------------------------------------------------------


def _by_cases(task: _Task) -> Region | None:
    """A region for each sign of a denominator: d ≠ 0 is known, d > 0 or d < 0."""
    for one in task.nonzero:
        term = one.args[0]
        if one.head == "Ne" and one.args[1] == ZERO and task.prover.sign(term, task.nonzero) == {-1, 1}:
            cases = [lt(ZERO, term), lt(term, ZERO)]
            task.prover.context = (*task.nonzero, *cases)
            found = [_in_case(task, case) for case in cases]
            if all(parts is not None for parts in found):
                return _of_cases(task, one, cases, [parts for parts in found if parts is not None])
    return None


def _in_case(task: _Task, case: Term) -> tuple[Term, ...] | None:
    """The region in a case: relations that follow from the conditions there, and from which these follow; FALSE for none."""
    for parts in _readings(task, (case,)):
        given = [*task.conditions, case]
        if not _reachable(task, given, parts, task.nonzero):
            continue
        if parts == [FALSE] or _reachable(task, parts, task.conditions, task.nonzero):
            return tuple(parts)
    return None


def _of_cases(task: _Task, nonzero: Term, cases: list[Term], found: list[tuple[Term, ...]]) -> Region | None:
    prover, proof = task.prover, task.prover.proof
    left = [parts for parts in found if parts != (FALSE,)]
    if not left:
        return None
    region = disj(*(conj(*parts) for parts in left))
    label = prover.labels.get(nonzero)
    if label is None:
        return None
    assumed = proof.supposing(task.whole, "assumed")
    with proof.inside() as steps:
        labels = _taken_apart(task, task.whole, assumed)
        either = proof.step("signs", disj(*cases), label, because="it is not zero")
        branches = []
        for case, parts in zip(cases, found, strict=True):
            supposed = proof.supposing(case, "assumed")
            with proof.inside() as inner:
                end = _derived(task, labels | {case: supposed.label}, parts, conj(*parts))
                if conj(*parts) != region:
                    proof.step("signs", region, end, because="this is one of the cases" if parts != (FALSE,) else "there is none")
            branches.append(proof.branch("this sign", inner, supposed))
        proof.step("cases", region, either, branches=tuple(branches), because="for either sign")
    there = proof.branch("the conditions", steps, assumed)
    claim = iff(task.whole, region)
    step = proof.step("suppose", claim, branches=(there, _back(task, region, left)), because=task.because)
    return Region((region,), region, step, cases=tuple(left))


def _back(task: _Task, region: Term, left: list[tuple[Term, ...]]) -> Branch:
    """From the region, a disjunction of cases, to the conditions."""
    if len(left) == 1:
        return _branch(task, left[0], task.conditions, region, task.whole, "the region")
    proof, assumed, branches = task.prover.proof, task.prover.proof.supposing(region, "assumed"), []
    with proof.inside() as steps:
        for parts in left:
            supposed = proof.supposing(conj(*parts), "assumed")
            with proof.inside() as inner:
                _derived(task, _taken_apart(task, conj(*parts), supposed), task.conditions, task.whole)
            branches.append(proof.branch("this case", inner, supposed))
        proof.step("cases", task.whole, assumed.label, branches=tuple(branches), because="in each of the cases")
    return proof.branch("the region", steps, assumed)


def _taken_apart(task: _Task, formula: Term, assumed: Hypothesis) -> dict[Term, str]:
    """Labels of the relations of a conjunction that is assumed."""
    relations = list(dict.fromkeys(_conjuncts(formula)))
    if relations == [formula]:
        return {formula: assumed.label}
    proof = task.prover.proof
    return {one: proof.step("part", one, assumed.label, because="a part of it") for one in relations}


def _conjuncts(formula: Term) -> list[Term]:
    return [part for arg in formula.args for part in _conjuncts(arg)] if formula.head == "And" else [formula]


# --- one quantity -------------------------------------------------------------------------------------------------


def one_quantity(
    prover: Prover, conditions: tuple[Term, ...], whole: Term, because: str, nonzero: Sequence[Term]
) -> Region | None:
    """The region of conditions in which only one quantity occurs: intervals with exact ends; None for others."""
    quantity = quantity_of([whole, *nonzero])
    if quantity is None:
        return None
    bounds = [one for one in prover.known if one not in nonzero and free_symbols(one) == free_symbols(quantity) and _simple(one)]
    prover.proof.declare("z", "real", "variable of a polynomial")
    try:
        line = Line([whole, *nonzero, *bounds], quantity)
    except Undecided:
        return None
    if line.degree > MAX_DEGREE:
        return None
    for premises in ([*nonzero], [*nonzero, *bounds]):
        formula = line.region(conj(whole, *premises) if premises else whole)
        claim = iff(whole, formula)
        way = prover.way(claim, premises, certificate=False)
        witness = {"variable": quantity}
        if way is None and prover.accepts("sign-table", claim, premises, witness):
            way = Way("sign-table", tuple(premises), witness)
        if way is not None:
            parts = formula.args if formula.head == "And" else (formula,)
            if bounds and len(premises) == len(nonzero) and formula.head == "Or":
                continue  # perhaps one interval, where the hyperparameter may be
            return Region(tuple(parts), formula, prover.step(claim, way, {}, because))
    return None


def _simple(formula: Term) -> bool:
    return all(node.head in ("And", *STRICT) for node in (formula, *(formula.args if formula.head == "And" else ())))


# --- what is left, and the two branches ---------------------------------------------------------------------------


def _needed(prover: Prover, relations: list[Term], rate: str) -> list[Term]:
    """Without those that follow from the others, the longest first.

    A bound of a single variable is what a reader looks for: it stays unless another such bound says more, or (but for
    the learning rate) the method's own.
    """
    kept = list(dict.fromkeys(relations))
    for one in sorted(kept, key=length, reverse=True):
        others = [other for other in kept if other != one]
        if len(free_symbols(one)) == 1:
            own = () if rate in free_symbols(one) else prover.known
            like = [other for other in (*others, *own) if free_symbols(other) == free_symbols(one)]
            follows = prover.accepts("signs", one, like, {})
        else:
            follows = prover.way(one, others) is not None
        if follows:
            kept = others
    return kept


def _branch(
    task: _Task, given: tuple[Term, ...], wanted: tuple[Term, ...], start: Term, whole: Term, name: str
) -> Branch:
    """A branch from the given relations, which are those of ``start``, to all that are wanted, in one formula."""
    proof = task.prover.proof
    nested = start.head == "And" and any(part.head == "And" for part in start.args)
    assumed = [proof.supposing(one, "assumed") for one in ((start,) if nested else given)]
    labels = {item.claim: item.label for item in assumed}
    with proof.inside() as steps:
        if nested:
            labels = {one: proof.step("part", one, assumed[0].label, because="a part of it") for one in given}
        _derived(task, labels, wanted, whole)
    return proof.branch(name, steps, *assumed)


def _derived(task: _Task, labels: Mapping[Term, str], wanted: tuple[Term, ...], whole: Term) -> str:
    """Steps from what has labels to all that are wanted, in one formula; the label of this."""
    prover, shown = task.prover, []
    known = [one for one in task.nonzero if one not in labels]
    for one in wanted:
        if one in labels:
            shown.append(labels[one])
            continue
        way = prover.way(one, [*labels, *known])
        if way is None:
            raise Undecided("no proof of the simplified region was found")
        words = "by the signs of its factors" if way.rule == "signs" else "multiply out: a sum of products of what is positive"
        shown.append(prover.step(one, way, labels, words))
    if len(wanted) > 1:
        return prover.proof.step("conjunction", whole, *dict.fromkeys(shown), because="all together")
    return shown[0]
