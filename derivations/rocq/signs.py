"""What follows by comparing signs of factors, in Rocq: the kernel's table of signs (kernel/truth.py) is replayed by reflection.

Here a claim is taken apart and its premises are chosen; the table itself is written in sheets.py, and theories/Signs.v proves that
such a table shows what it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import _conjuncts
from derivations.kernel.truth import follows_by_signs, opaque_parts
from derivations.language.terms import ZERO, Term, function_names, ne
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.kinds import proper
from derivations.rocq.sheets import Given, Sheet, conjoined, is_connective, is_leaf, is_whole


def signs_script(goal: Goal, claim: Term, premises: Given) -> str:
    """A script that proves ``say(claim)`` from the formulas of which the proofs are given.

    A claim A -> B is shown as B under A, a conjunction part by part.
    """
    given, lines = list(premises), []
    while claim.head == "Implies":
        name = goal.fresh("N")
        lines.append(f"intros {name}.")
        given.append((claim.args[0], name))
        claim = claim.args[1]
    if claim.head != "And" or not claim.args:
        return "\n".join([*lines, _part(goal, claim, given)])
    names = []
    for part in claim.args:
        names.append(goal.fresh("Q"))
        lines.append(f"assert ({names[-1]} : {goal.say(part)}).\n{{ {_part(goal, part, given)} }}")
    return "\n".join([*lines, f"exact {conjoined(names)}."])


def nonzero_scripts(goal: Goal, terms: Iterable[Term], premises: Given) -> list[tuple[str, str]]:
    """Assertions that the terms are not zero, nor their irreducible factors, nor the factors that they are written with.

    Each comes with its name; a later one may use an earlier one.
    """
    found: dict[str, tuple[Term, str]] = {}
    lines: list[tuple[str, str]] = []
    premises = [pair for pair in premises if any(map(is_leaf, _conjuncts(pair[0])))]

    def show(part: Term, script: str | None = None) -> bool:
        text = goal.real(part)
        if text not in found and part.head != "Number":
            known = [(ne(one, ZERO), proof) for one, proof in found.values()]
            script = script or _first(goal, ne(part, ZERO), ([*known, *premises], premises))
            if script is None:
                return False
            found[text] = part, goal.fresh("N")
            lines.append((f"assert ({found[text][1]} : {text} <> 0).\n{{ {script} }}", found[text][1]))
        return True

    for term in terms:
        for factor in _factors(goal, term, premises):
            show(factor)
        hidden = [piece for piece in _pieces(term) if not show(piece)]
        if term in hidden:
            raise Unsupported(f"the signs do not show {goal.real(term)} <> 0")
        for piece in hidden:  # x*y is not zero, so neither is x
            name = goal.fresh("Z")
            show(piece, f"intros {name}. apply {found[goal.real(term)][1]}. rewrite {name}. unfold Rdiv. ring.")
    return lines


def _first(goal: Goal, claim: Term, choices: Iterable[Given]) -> str | None:
    """A script from the first of these sets of premises that will do: a premise about sqrt(x**t) may hide the sign of x**t."""
    for premises in choices:
        try:
            return signs_script(goal, claim, premises)
        except Unsupported:
            continue
    return None


def _pieces(term: Term) -> list[Term]:
    """The factors of a term as it is written, innermost first, and the term."""
    if term.head == "Mul":
        return [piece for arg in term.args for piece in _pieces(arg)] + [term]
    if term.head in ("Neg", "Div") or (term.head == "Pow" and is_whole(term.args[1])):
        return [*_pieces(term.args[0]), term]
    return [term]


def _factors(goal: Goal, term: Term, premises: Given) -> list[Term]:
    """The irreducible factors of the numerator of a term."""
    algebra = Algebra(goal.table, [term, *(formula for formula, _ in premises)])
    poly = algebra.reduce(algebra.value(term)[0])
    return [proper(algebra.term_of_poly(part)) for part, _ in poly.factor()[1]] if not poly.is_zero() else []


def _part(goal: Goal, claim: Term, given: Given) -> str:
    said = goal.say(claim)
    for formula, proof in given:
        if goal.say(formula) == said:
            return f"exact {proof}."
    return Sheet(goal, _needed(goal, claim, given), signs_script).script(claim)


def _follows(goal: Goal, claim: Term, formulas: list[Term]) -> bool:
    try:
        follows_by_signs(Algebra(goal.table, [claim, *formulas]), claim, formulas)
    except Refused:
        return False
    return True


def _needed(goal: Goal, claim: Term, given: Given) -> list[tuple[Term, str]]:
    """As few of the premises as will do: the first choice that does, and then without each that can be spared."""
    for choice in _choices(goal, claim, given):
        if _follows(goal, claim, [formula for formula, _ in choice]):
            break
    else:
        raise Unsupported(f"the signs do not show {goal.say(claim)}")
    needed = choice
    for pair in choice:
        fewer = [other for other in needed if other is not pair]
        if _follows(goal, claim, [formula for formula, _ in fewer]):
            needed = fewer
    return needed


def _choices(goal: Goal, claim: Term, given: Given) -> Iterator[list[tuple[Term, str]]]:
    """Sets of premises that may do, small ones first: those that speak of no further functions; those that share a factor with

    the claim, those that share one with these, and so on; then those that speak of no further parts, as the kernel has it; all.
    """
    about, named = opaque_parts(claim), function_names(claim)
    near = [pair for pair in given if opaque_parts(pair[0]) <= about]
    plain = [pair for pair in near if function_names(pair[0]) <= named]
    if len(plain) < len(near):
        yield plain
    if len(near) > 2:
        found = _factors_of(goal, claim)
        parts = [_factors_of(goal, formula) for formula, _ in near]
        before = -1
        for _ in near:
            chosen = [k for k, part in enumerate(parts) if part & found]
            if len(chosen) in (before, len(near)):
                break
            yield [near[k] for k in chosen]
            before = len(chosen)
            found = found.union(*(parts[k] for k in chosen))
    yield near
    if len(near) < len(given):
        yield list(given)


def _factors_of(goal: Goal, formula: Term) -> frozenset[str]:
    """Canonical names of the irreducible factors of the relations in a formula."""
    if is_leaf(formula):
        algebra = Algebra(goal.table, [formula])
        try:
            polys = [algebra.reduce(poly) for poly in algebra.difference(*formula.args)]
            parts = [part for poly in polys if not poly.is_zero() for part, _ in poly.factor()[1]]
        except Refused:
            return frozenset()
        return frozenset(min(algebra.key((part, algebra.one)), algebra.key((-part, algebra.one))) for part in parts)
    if is_connective(formula):
        return frozenset().union(*(_factors_of(goal, arg) for arg in formula.args))
    return frozenset()
