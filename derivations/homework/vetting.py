"""An author's key looked at before any answer is: whether it is of its kind, and says what its kind needs.

What is wrong is an error for the author, with the place in the key; what only leaves something open is a matter for ``linting``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derivations.homework.deciding.balls import UNDEFINED, Unknown
from derivations.homework.deciding.ranges import decide as decide_range
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.deciding.values import evaluate, place_at
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import Names
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.statements import Symbol, is_function
from derivations.language.terms import FALSE, INFINITY, RELATIONS, ZERO, Term, conj, free_symbols

TRUTHS = RELATIONS | {"And", "Or", "Not", "In", "Implies", "Iff", "ForAll", "Exists", "True", "False"}
_PLACES = frozenset(["Interval", "Union", "Intersection", "Set"])
_WHOLE = frozenset(["Matrix", "Tuple", "Transpose", "Mul", "Add", "Neg", "Div"])
_SHAPES: dict[str, tuple[frozenset[str], str]] = {
    "range": (TRUTHS | _PLACES, "a range is given by relations, as 0 < x < 1, or as a set of numbers, as [0, 1)"),
    "member": (TRUTHS, "the key of a member is the condition that it satisfies, as x > 1"),
    "equation": (frozenset(["Eq", "And"]), "an equation is needed, as y = 2*x - 1"),
    "set": (frozenset(["Set", "Tuple"]), "a set is written {a, b}"),
    "list": (frozenset(["Tuple"]), "a list is written [a, b]"),
    "matrix": (_WHOLE, "a matrix is written [[a, b], [c, d]], a vector [a, b]"),
}
_VALUES = frozenset(["expression", "number", "leading-term", "asymptotic", "up-to-scale", "up-to-constant"])
_NEEDS_VARIABLE = frozenset(["leading-term", "asymptotic", "member"])


def vet(part: Part, text: Any, names: Names) -> None:
    """Raises Unusable where an author's key is none of its kind, or a setting that its kind needs is missing or wrong."""
    key, text = part.key, str(text)
    whole = (0, max(len(text), 1))
    if not isinstance(key, Term):
        return
    shapes, hint = _SHAPES.get(part.kind, (frozenset(), ""))
    if shapes and key.head not in shapes:
        raise Unusable(f"this is no key of kind {part.kind}", text, whole, hint)
    if part.kind in _VALUES and key.head in TRUTHS:
        raise Unusable(f"this is no key of kind {part.kind}", text, whole, "give the value alone, or name = value")
    if part.kind == "number":
        _number(key, text, part.settings)
    _variable(part, names)
    if not free_symbols(key) and part.kind in _VALUES and _is_undefined(key):
        raise Unusable("this key has no value", text, whole)


def vet_task(key: TaskKey) -> None:
    """Raises Unusable where what a task assumes is no statement, contradicts itself, or leaves nothing of a range."""
    for one in key.hypotheses:
        if one.head not in TRUTHS:
            text = ascii_text(one)
            raise Unusable("what is assumed is a statement, as x > 0", text, (0, len(text)))
    setting = setting_of(key)
    if key.hypotheses and setting.proves(FALSE, "signs"):
        text = ascii_text(conj(*key.hypotheses))
        raise Unusable("what is assumed contradicts itself", text, (0, len(text)))
    for part in key.parts:
        if not isinstance(part.key, Term) or part.kind != "range" or part.key.head == "False":
            continue
        if _is_empty(part, setting):
            text = ascii_text(part.key)
            hint = 'an empty range is "False"'
            raise Unusable("nothing satisfies this key under what is assumed", text, (0, len(text)), hint)


def leaves_something(symbols: tuple[Symbol, ...], parts: tuple[Part, ...], hypotheses: tuple[Term, ...]) -> bool:
    """Whether each of the ranges has something in it under these hypotheses."""
    taken = {one.name for one in symbols}
    further = {name for part in parts if isinstance(part.key, Term) for name in free_symbols(part.key)} - taken
    table = Table((*symbols, *(Symbol(name, "real") for name in sorted(further))))
    ranges = [part for part in parts if part.kind == "range" and isinstance(part.key, Term)]
    return not any(_is_empty(part, Setting(table, hypotheses)) for part in ranges)


def _is_empty(part: Part, setting: Setting) -> bool:
    """Whether the kernel proves that nothing is in the range."""
    alone = replace(part, accept=(), settings={**part.settings, "others": ()})
    return decide_range(alone, FALSE, setting).verdict == "correct"


def _number(key: Term, text: str, settings: Mapping[str, Any]) -> None:
    if free_symbols(key):
        name = min(free_symbols(key))
        raise Unusable(f"a number has no {name} in it", text, (0, len(text)), "use the kind expression for a formula")
    tolerance = str(settings.get("tolerance", "0"))
    try:
        fits = Fraction(tolerance) >= 0
    except (ValueError, ZeroDivisionError):
        fits = False
    if not fits:
        hint = 'a tolerance is a distance, as "1e-6" or "1/100"'
        raise Unusable("this is no tolerance", tolerance, (0, max(len(tolerance), 1)), hint)


def _variable(part: Part, names: Names) -> None:
    """The variable that a kind needs is there, and declared; it tends to 0 or to infinity."""
    given = str(part.settings.get("variable", ""))
    if part.kind in _NEEDS_VARIABLE and not given:
        raise Unusable(f"a key of kind {part.kind} needs a variable", hint='say variable = "x"')
    declared = {one.name for one in names.symbols if not is_function(one)}
    for name in filter(None, (piece.strip() for piece in given.split(","))):
        if name not in declared:
            hint = f"the symbols are {', '.join(sorted(declared))}"
            raise Unusable(f"the variable {name} is not one of the symbols", given, (0, len(given)), hint)
    at = part.settings.get("at")
    limit = at if part.kind in ("leading-term", "asymptotic") and isinstance(at, Term) else ZERO
    if limit not in (ZERO, INFINITY):
        raise Unusable('the variable tends to "0" or to "oo"', hint="substitute x = x0 + h for another point")


def _is_undefined(key: Term) -> bool:
    try:
        return evaluate(key, place_at({})) is UNDEFINED
    except Unknown:
        return False
