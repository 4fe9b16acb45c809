"""Ranges of which each bound is a value of its own, as log(1/eps)/log(2): they are equal if their bounds are."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.homework.deciding.comparing import compare
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.solving import gathered
from derivations.language.terms import ZERO, Term, div, eq, lt, neg, symbol

Bound = tuple[str, Term]  # "Lt", "Le", "Gt" or "Ge", and the value that the variable stands beside
_TURNED = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le"}


def same_bounds(mine: Term, right: Term, variable: str, setting: Setting) -> bool:
    """Whether both are conjunctions of the same bounds for the variable."""
    one, other = (_bounds(formula, variable, setting) for formula in (mine, right))
    if one is None or other is None or [head for head, _ in one] != [head for head, _ in other]:
        return False
    return all(compare(a, b, setting).verdict == "correct" for (_, a), (_, b) in zip(one, other, strict=True))


def _bounds(formula: Term, variable: str, setting: Setting) -> list[Bound] | None:
    relations: Iterable[Term] = formula.args if formula.head == "And" else (formula,)
    found = [_bound(one, variable, setting) for one in relations]
    kept = sorted((one for one in found if one is not None), key=lambda one: one[0])
    return kept if len(kept) == len(found) <= 4 else None


def _bound(relation: Term, variable: str, setting: Setting) -> Bound | None:
    """The bound that a relation gives if it is linear in the variable with a coefficient of a known sign."""
    if relation.head not in _TURNED:
        return None
    whole = gathered(eq(*relation.args), symbol(variable))
    if whole is None or set(whole) - {0, 1} or 1 not in whole:
        return None
    value = div(neg(whole[0]), whole[1]) if 0 in whole else ZERO
    if _holds(lt(ZERO, whole[1]), setting):
        return relation.head, value
    return (_TURNED[relation.head], value) if _holds(lt(whole[1], ZERO), setting) else None


def _holds(claim: Term, setting: Setting) -> bool:
    return any(setting.proves(claim, rule) for rule in ("signs", "number-sign"))
