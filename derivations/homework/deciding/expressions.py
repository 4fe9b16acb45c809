"""Expressions: an answer is a formula for the value asked for, or an equation that gives it; also up to a factor, or a constant.

An equation may be rearranged in any way: it is solved for what the task asks for, and the solution compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.homework.deciding.comparing import Comparison, compare, endless, refuted
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.numbers import decide_number
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.solving import coefficient_of, occurs, shifted, solved, solved_square
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.terms import (
    ZERO,
    Term,
    children,
    div,
    eq,
    free_symbols,
    function_names,
    number,
    power,
    sub,
    substitute,
    subterms,
    symbol,
)

_ATOMS = frozenset({"Symbol", "Apply", "Expect", "Variance", "Derivative"})
_EQUATIONS = frozenset({"Eq", "Approx"})
_CONSTANT = re.compile(r"[CcKk](_\d+)?|const(ant)?")


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a formula for the key's value."""
    assert isinstance(part.key, Term)
    if part.kind == "up-to-scale" and part.key.head in ("Matrix", "Tuple", "Transpose"):
        from derivations.homework.deciding.matrices import decide_up_to_scale

        return decide_up_to_scale(part, said, setting)
    if part.kind in ("up-to-scale", "up-to-constant"):
        return _up_to(part, part.key, said, setting)
    value = said_value(part, said, setting)
    if isinstance(value, Finding):
        return value
    never = endless(value, part.key, setting)
    if never is not None:
        return never
    if "tolerance" in part.settings and not free_symbols(part.key) and not function_names(part.key):
        return decide_number(part, value, setting)
    finding = compare(value, part.key, setting)
    if finding.verdict == "incorrect" and not free_symbols(value) and not free_symbols(part.key):
        return decide_number(part, value, setting)
    return finding


# --- what is said -------------------------------------------------------------------------------------------------


def said_value(part: Part, said: Term, setting: Setting) -> Term | Finding:
    """The value that an answer gives; the finding, where it gives none."""
    assert isinstance(part.key, Term)
    said = chain_ends(said)
    if said.head in ("Iff", "Implies") and all(side.head in _EQUATIONS for side in said.args):
        return said_value(part, said.args[-1], setting)
    if said.head == "And":
        return _one_of(part, said, setting)
    if said.head in ("Tends", "Proportional", "BigO", "Or", "Lt", "Le", "Gt", "Ge", "Ne", "In"):
        if said.head == "Tends" and (said.args[3].head != "Infinity" or said.args[0].head != "Symbol"):
            return said.args[3]  # type: ignore[no-any-return]
        return Finding("undecided", "this is not a formula for the value asked for")
    if said.head not in _EQUATIONS:
        return said
    return _from_equation(part, part.key, Term("Eq", said.args), setting)


def chain_ends(term: Term) -> Term:
    """a = b = c says a = c."""
    if term.head != "And" or not all(link.head in _EQUATIONS for link in term.args):
        return term
    linked = all(one.args[1] == other.args[0] for one, other in zip(term.args, term.args[1:], strict=False))
    return Term("Eq", (term.args[0].args[0], term.args[-1].args[1]), term.span) if linked else term


def _one_of(part: Part, said: Term, setting: Setting) -> Term | Finding:
    """The equation of several that speaks of what is asked for."""
    speaking = [
        one for one in said.args if one.head in _EQUATIONS and any(occurs(subject, one) for subject in part.subjects)
    ]
    if len(speaking) == 1:
        return said_value(part, speaking[0], setting)
    return Finding("undecided", "several formulas stand here; which one is the answer?")


def _from_equation(part: Part, key: Term, equation: Term, setting: Setting) -> Term | Finding:
    for subject in part.subjects:
        equation = shifted(equation, subject)
    left, right = equation.args
    for one, other in ((left, right), (right, left)):
        if one in part.subjects and not occurs(one, other):
            return other  # type: ignore[no-any-return]
    for subject in _subjects(part, key, equation):
        value = solved(equation, subject)
        if value is not None:
            return (
                Finding("undecided", "this equation holds for any value")
                if drops_out(equation, subject, setting)
                else value
            )
        square = solved_square(equation, subject)
        if square is not None:
            return _from_square(square, key, setting)
    if left.head in _ATOMS and not occurs(left, right) and left.head != "Symbol":
        return right  # type: ignore[no-any-return]
    return _sides(key, left, right, setting)


def drops_out(equation: Term, subject: Term, setting: Setting) -> bool:
    """Whether an equation that is linear in the subject does not depend on it."""
    factor = coefficient_of(equation, subject)
    return factor is not None and factor.head != "Number" and setting.proves(eq(factor, ZERO), "identity")


def _from_square(square: Term, key: Term, setting: Setting) -> Finding:
    """An equation that gives only the square can be wrong, but leaves a sign open."""
    finding = compare(square, setting.ready("square", key, lambda term, _: power(term, 2)), setting)
    if finding.verdict != "correct":
        return finding
    return Finding("undecided", "the square is right; which root is meant is left open")


def _subjects(part: Part, key: Term, equation: Term) -> list[Term]:
    """What the equation may be solved for: the subjects in it, else the one name in it that the key does not have."""
    named = [one for one in part.subjects if occurs(one, equation)]
    if named:
        return sorted(named, key=lambda one: one.head == "Add")
    inside = [
        node
        for one in part.subjects
        for node in subterms(one)
        if node.head in ("Apply", "Expect") and occurs(node, equation)
    ]
    if inside:
        return []
    applied = list(dict.fromkeys(node for node in subterms(equation) if node.head in _ATOMS - {"Symbol"}))
    applied = [
        node for node in applied if not occurs(node, key) and not any(node in children(other) for other in applied)
    ]
    if applied:
        return applied if len(applied) == 1 else []
    further = sorted(free_symbols(equation) - free_symbols(key))
    return [symbol(further[0])] if len(further) == 1 else []


def _sides(key: Term, left: Term, right: Term, setting: Setting) -> Term | Finding:
    """An equation between two forms of the value: right if both are equal to the key."""
    one, other = compare(left, key, setting), compare(right, key, setting)
    if one.verdict == other.verdict == "correct":
        return right
    if "correct" in (one.verdict, other.verdict):
        wrong = left if other.verdict == "correct" else right
        if unfit(wrong, setting) == "" and compare(left, right, setting).verdict == "incorrect":
            return wrong
    return Finding("undecided", "it is not clear which value this equation gives")


# --- up to a factor or a constant -----------------------------------------------------------------------------------


def _up_to(part: Part, key: Term, said: Term, setting: Setting) -> Finding:
    """Both are divided by (or lessened by) their value at one point, and compared."""
    said = _of_sides(part, chain_ends(said))
    trouble = unfit(said, setting)
    if trouble:
        return Finding("undecided", trouble)
    names = _names(part, key)
    comparison: Comparison = setting.ready("comparison", key, Comparison)
    for k, (point, right) in enumerate(comparison.some_points()):
        at = {name: number(Fraction(point[name])) for name in names if name in point}
        if part.kind == "up-to-scale" and (right is None or right == 0):
            continue
        form = sub if part.kind == "up-to-constant" else div
        reduced = setting.ready(f"{part.kind} {k}", key, Reduced(form, at))
        finding = compare(form(said, substitute(said, at)), reduced, setting)
        if finding.verdict == "incorrect" and finding.evidence.values.get("answer") == "undefined":
            if compare(said, number(0), setting).verdict == "correct":
                return refuted(said, key, point, 0)
            continue
        if finding.verdict == "correct" and "variable" not in part.settings:
            return _without_further(said, key, finding)
        if finding.verdict == "incorrect":
            what = "a constant factor" if part.kind == "up-to-scale" else "a constant"
            return replace(finding, reason=f"it is not the right formula up to {what}: {finding.reason}")
        return finding
    return Finding("undecided", "no point was found at which both have a value")


def _without_further(said: Term, key: Term, finding: Finding) -> Finding:
    """Right if the factor, or what is added, has no name in it that could vary; C is a constant's usual name."""
    further = sorted(name for name in free_symbols(said) - free_symbols(key) if not _CONSTANT.fullmatch(name))
    if not further:
        return finding
    return Finding("undecided", f"it would be right if {further[0]} is a constant; the right formula does without it")


def _of_sides(part: Part, said: Term) -> Term:
    """The formula in an equation: f(x) = u says u; u = 0 says u where a factor does not count, u = 5 where a constant does not."""
    if said.head not in _EQUATIONS | {"Proportional"}:
        return said
    left, right = said.args
    if left.head in _ATOMS or free_symbols(right) or not free_symbols(left):
        return right  # type: ignore[no-any-return]
    return left if part.kind == "up-to-constant" or right == ZERO else sub(left, right)


@dataclass(frozen=True, slots=True)
class Reduced:
    """The key divided by, or lessened by, its value at a point."""

    form: Callable[[Term, Term], Term]
    at: dict[str, Term]

    def __call__(self, key: Term, setting: Setting) -> Term:
        return self.form(key, substitute(key, self.at))


def _names(part: Part, key: Term) -> list[str]:
    given = str(part.settings.get("variable", ""))
    names = [name.strip() for name in given.split(",") if name.strip()]
    return names or sorted(free_symbols(key))
