"""Ranges with square roots: with s for the root of A, and one of A's names written by s, they are ranges of polynomials.

s = sqrt(A) is positive where A is, and A = s**2 gives a name in which A is linear as a function of s and the others; so what holds
for all such s holds for all values of the names. The kernel proves it in s.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.solving import gathered
from derivations.kernel.errors import Refused
from derivations.kernel.regions import Regions, opened
from derivations.kernel.table import Table
from derivations.language.errors import Malformed
from derivations.language.statements import Symbol
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    div,
    eq,
    free_symbols,
    le,
    lt,
    ne,
    neg,
    power,
    rebuild,
    substitute,
    subterms,
    symbol,
)

MOST_ROOTS = 3


@dataclass(frozen=True, slots=True)
class _Problem:
    """Two formulas, and what is given, about the names of a table."""

    setting: Setting
    given: tuple[Term, ...]
    mine: Term
    right: Term


def proved_equal(setting: Setting, given: tuple[Term, ...], mine: Term, right: Term) -> bool:
    """Whether the kernel proves that the two hold for the same values, after their roots are taken for variables."""
    problem: _Problem | None = _Problem(setting, given, mine, right)
    for count in range(MOST_ROOTS):
        assert problem is not None
        root = _innermost(problem.mine) or _innermost(problem.right)
        if root is None:
            return count > 0 and _equal(problem)
        problem = _without(root, problem, f"root_{count}")
        if problem is None:
            return False
    return problem is not None and _equal(problem)


def _innermost(term: Term) -> Term | None:
    """A root of something with names in it that has no such root inside."""
    roots = [node for node in subterms(term) if node.head == "Sqrt" and free_symbols(node)]
    return next((one for one in roots if not any(node.head == "Sqrt" for node in subterms(one.args[0]))), None)


def _equal(problem: _Problem) -> bool:
    try:
        Regions(problem.setting.table, problem.given, problem.right).require_equal(opened(problem.mine))
    except (Refused, ArithmeticError):
        return False
    return True


def _without(root: Term, problem: _Problem, name: str) -> _Problem | None:
    """The same problem with a variable for the root; None where its radicand may be negative, or gives no name."""
    inside, setting = root.args[0], Setting(problem.setting.table, problem.given)
    sign = next((relation for relation in (lt, le) if setting.proves(relation(ZERO, inside), "signs")), None)
    if sign is None or name in setting.table.variables:
        return None
    s = symbol(name)
    names = [Symbol(*row) for group in (setting.table.variables, setting.table.functions) for row in group.items()]
    table = Table([*names, Symbol(name, "real")])
    wider = Setting(table, (sign(ZERO, s), *problem.given))
    for one in sorted(free_symbols(inside)):
        value = _solved(eq(power(s, 2), inside), symbol(one), wider)
        if value is not None and setting.table.variables.get(one) == "real":
            break
    else:
        return None

    def changed(term: Term) -> Term:
        return substitute(_put(term, root, s), {one: value})

    try:
        below = (
            (lt(s, ONE),) if setting.proves(lt(inside, ONE), "signs") else ()
        )  # s < 1 where s**2 < 1, since s is not negative
        given = (sign(ZERO, s), *below, *map(changed, problem.given))
        return _Problem(Setting(table, given), given, changed(problem.mine), changed(problem.right))
    except Malformed:
        return None


def _put(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda arg: _put(arg, old, new))


def _solved(equation: Term, subject: Term, setting: Setting) -> Term | None:
    """The value that a linear equation gives to the subject, if its coefficient is not zero."""
    whole = gathered(equation, subject)
    if whole is None or set(whole) - {0, 1} or 1 not in whole or not setting.proves(ne(whole[1], ZERO), "signs"):
        return None
    return div(neg(whole[0]), whole[1]) if 0 in whole else ZERO
