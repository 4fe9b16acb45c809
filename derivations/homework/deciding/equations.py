"""Equations: right if they say the same as the key, in any arrangement, multiplied by what is not zero, or one step later.

Both are solved for what the key's left side names, and the solutions are compared; an equation that is linear in nothing is
compared up to a constant factor.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.homework.deciding.comparing import Comparison, compare
from derivations.homework.deciding.expressions import Reduced, chain_ends, drops_out
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.solving import occurs, shifted, solved, solved_square
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import ZERO, Term, div, free_symbols, number, sub, substitute, subterms, symbol

_EQUATIONS = frozenset({"Eq", "Approx"})
_ATOMS = ("Apply", "Symbol", "Expect", "Variance", "Derivative")


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on an equation, on several, or on the right side alone."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is an equation")
    wanted = _equations(part.key)
    if not wanted:
        raise Malformed("a key of this kind is an equation")
    found = _equations(said)
    if not found:
        if len(wanted) == 1 and unfit(said, setting) == "":
            return _right_side(said, wanted[0], setting)
        return Finding("undecided", "this is not an equation")
    if len(wanted) == 1 and len(found) > 1:
        said = chain_ends(said)
        if said.head not in _EQUATIONS:
            return _any_of([_one(one, wanted[0], setting) for one in found])
        found = [Term("Eq", said.args, said.span)]
    findings = [_any_of([_one(one, key, setting) for one in found]) for key in wanted]
    for verdict in ("undecided", "incorrect"):
        for finding in findings:
            if finding.verdict == verdict:
                return finding
    return findings[0]


def _equations(term: Term) -> list[Term]:
    if term.head in _EQUATIONS:
        return [Term("Eq", term.args, term.span)]
    if term.head == "And" and all(part.head in _EQUATIONS for part in term.args):
        return [Term("Eq", part.args, part.span) for part in term.args]
    return []


def _any_of(findings: list[Finding]) -> Finding:
    """Of several equations the one that answers: a right one, else one that is not known to be wrong."""
    order = ("correct", "undecided", "incorrect")
    return min(findings, key=lambda one: order.index(one.verdict))


def _right_side(said: Term, key: Term, setting: Setting) -> Finding:
    return (
        compare(said, key.args[1], setting)
        if key.args[0].head in _ATOMS
        else Finding("undecided", "this is not an equation")
    )


# --- one equation ---------------------------------------------------------------------------------------------------


def _one(said: Term, key: Term, setting: Setting) -> Finding:
    trouble = unfit(said.args[0], setting) or unfit(said.args[1], setting)
    if trouble:
        return Finding("undecided", trouble)
    subject, value = setting.ready("solved", key, _solved_key)
    if subject is None:
        return _up_to_factor(said, key, setting)
    said = shifted(said, subject)
    if not occurs(subject, said):
        return Finding("undecided", "the equation does not speak of what is asked for")
    mine = solved(said, subject)
    if mine is None:
        return Finding("undecided", "the equation could not be solved for what is asked for")
    if drops_out(said, subject, setting):
        return Finding("undecided", "this equation holds for any value, or for none")
    return compare(mine, value, setting)


def _solved_key(key: Term, setting: Setting) -> tuple[Term | None, Term | None]:
    """What the key is solved for: its left side, or the first part in which it is linear."""
    left, right = key.args
    if left.head in _ATOMS and not occurs(left, right):
        return left, right
    for node in subterms(key):
        if node.head in _ATOMS:
            value = solved(key, node)
            if value is not None:
                return node, value
    return None, None


def _up_to_factor(said: Term, key: Term, setting: Setting) -> Finding:
    """left - right of both, each divided by its value at one point."""
    mine, right = sub(*said.args), setting.ready("gap", key, lambda term, _: sub(*term.args))
    comparison: Comparison = setting.ready("comparison", right, Comparison)
    for point, value in comparison.some_points():
        if value is None or value == 0:
            continue
        at = {name: number(Fraction(x)) for name, x in point.items()}
        ratio = setting.ready("first ratio", right, Reduced(div, at))
        finding = compare(div(mine, substitute(mine, at)), ratio, setting)
        if finding.verdict == "correct":
            return finding
        return _off_the_curve(mine, right, setting) or Finding(
            "undecided", "whether this equation says the same as the right one could not be decided"
        )
    return Finding("undecided", "this equation could not be compared")


def _off_the_curve(mine: Term, right: Term, setting: Setting) -> Finding | None:
    """The finding from a point at which the right equation holds and the answer's does not."""
    comparison: Comparison = setting.ready("comparison", right, Comparison)
    for point, _ in comparison.some_points():
        for name in sorted(free_symbols(right)):
            rest = {other: number(Fraction(x)) for other, x in point.items() if other != name}
            value = _root(Term("Eq", (substitute(right, rest), ZERO)), name)
            at = None if value is None else {**rest, name: value}
            if at is None or compare(substitute(right, at), ZERO, setting).verdict != "correct":
                continue
            finding = compare(substitute(mine, at), ZERO, setting)
            if finding.verdict == "incorrect" and not free_symbols(substitute(mine, at)):
                return _not_on_it(mine, right, at, finding)
    return None


def _root(equation: Term, name: str) -> Term | None:
    """A number that satisfies an equation of degree one, or with a square alone."""
    value = solved(equation, symbol(name))
    if value is not None:
        return value
    square = solved_square(equation, symbol(name))
    return None if square is None else Term("Sqrt", (square,))


def _not_on_it(mine: Term, right: Term, at: dict[str, Term], finding: Finding) -> Finding:
    names = free_symbols(mine) | free_symbols(right)
    shown = {name: ascii_text(value) for name, value in at.items() if name in names}
    where = ", ".join(f"{name} = {value}" for name, value in shown.items())
    detail = f"at {where} the right equation holds, but yours does not"
    values = {"answer": finding.evidence.values["answer"], "key": "0"}
    one, other = ascii_text(mine), ascii_text(right)
    evidence = Evidence("counterexample", f"{one} == {other}", shown, one, other, values, detail=detail)
    return Finding("incorrect", detail, evidence)
