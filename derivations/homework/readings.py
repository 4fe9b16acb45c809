"""What has to be cleared up before an answer is decided: what is not readable as a whole, letters that only look right, indices.

Nothing here repairs: a formula of which a part could not be read is no formula, and a Cyrillic letter is not a Latin one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from derivations.language.errors import Unusable
from derivations.language.terms import ONE, ZERO, Term, mul, power, rebuild, subterms
from derivations.reading.searching import Passage

NO_NAME = "this name is not one of the task's"
LOOK_ALIKE = "type the Latin or the Greek letter"
NO_FUNCTION = "the task knows no function of this name; write the value with those that are usual"
_WORD_BEFORE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,7}$")
_CALLED = re.compile(r"\((?!\s*\[)(?![^()]*\)\s*[=:≈])")  # no array, and no name of what is given after it: spec(H) = …
_SAID = """
    interval range set point pair vector is at in for by to and or so then from that case values value either both answer
    region domain row with than not as on of if array zeros ones matrix tuple list
"""
_SAID_BEFORE = frozenset(_SAID.split())
_FOREIGN = re.compile(r"[\u0400-\u058f\u13a0-\u13ff\u2c80-\u2cff\ua640-\ua69f\uff21-\uff5a\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_BRACKETS = re.compile(r"[{}()\[\],\s]*")
_LEFT = re.compile(r"(?:\bor|\band|,|∨|∧)\s+([A-Za-z])\s*[=<>≤≥]\s*$")
_SOME = re.compile(r"\b(at least one|some|for one|there is an?|exists)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(all|every|each|any)\b|∀|\\forall", re.IGNORECASE)


def look_alike(text: str) -> Unusable | None:
    """A letter of another script, or a sign that turns the direction of writing, if there is one."""
    found = _FOREIGN.search(text)
    if found is None:
        return None
    name = unicodedata.name(found.group(), "an unknown sign").lower()
    return Unusable(f"this is '{name}', not the letter that it looks like", text, found.span(), LOOK_ALIKE)


def without_left_side(text: str, passages: Iterable[Passage]) -> Unusable | None:
    """A value of a name that nobody declared, among statements: the "w = " before the 0 of "u = 0 or w = 0"."""
    for one in passages:
        found = _LEFT.search(one.before)
        if found is not None:
            at = one.span[0] - len(one.before) + found.start(1)
            return Unusable(NO_NAME, text, (at, at + 1), "use the names of the task")
    return None


def unknown_function(text: str, passages: Iterable[Passage]) -> Unusable | None:
    """A word right before the brackets of a formula, as in floor(x + 1): a function that is not known, whose value is meant."""
    for one in passages:
        start = one.span[0] - (text[: one.span[0]][-1:] == "(")
        found = _WORD_BEFORE.search(text, 0, start) if _CALLED.match(text, start) else None
        if found is not None and found.group().lower() not in _SAID_BEFORE:
            return Unusable(f"unknown function '{found.group()}'", text, found.span(), NO_FUNCTION)
    return None


def whole_ones(text: str, passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Without the pieces of a formula of which another piece could not be read: what only brackets part belongs together."""
    passages = tuple(passages)
    broken = [one.span for one in passages if one.term is None]
    changed = bool(broken)
    while changed:
        torn = [one.span for one in passages if one.span not in broken and any(_touch(text, one.span, span) for span in broken)]
        broken += torn
        changed = bool(torn)
    return tuple(one for one in passages if one.term is None or one.span not in broken)


def _touch(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = sorted((one, other))
    return bool(_BRACKETS.fullmatch(text[first[1] : second[0]]))


def quantified(term: Term, text: str, indices: frozenset[str]) -> Term:
    """lam_i < 1 with "for all" or "for some" beside it: the index is bound."""
    free = {node.args[0] for node in subterms(term) if node.head == "Symbol" and node.args[0] in indices} if indices else set()
    if len(free) != 1 or any(node.head in ("ForAll", "Exists") for node in subterms(term)):
        return term
    if _SOME.search(text):
        return Term("Exists", (free.pop(), term), term.span)
    return Term("ForAll", (free.pop(), term), term.span) if _ALL.search(text) else term


def powers_of(term: Term) -> Term:
    """exp(a)**n is exp(n*a), and exp(n*log(x)) is x**n where that is defined."""
    term = rebuild(term, powers_of)
    if term.head == "Pow" and term.args[0].head == "Exp":
        return Term("Exp", (mul(term.args[1], term.args[0].args[0]),), term.span)
    if term.head == "Exp" and term.args[0].head == "Mul":
        factors = term.args[0].args
        logs = [one for one in factors if one.head == "Log"]
        if len(logs) == 1:
            rest = tuple(one for one in factors if one is not logs[0])
            return power(logs[0].args[0], mul(*rest) if rest else ONE)
    return term


def as_condition(term: Term, names: tuple[str, ...]) -> Term | None:
    """What vectors such as (u, 0) or (0, v) say of their entries: v = 0 or u = 0; None for anything else."""
    if term.head in ("Or", "And", "Union", "Tuple", "Set") and not _is_vector(term, names):
        found = [as_condition(arg, names) for arg in term.args if isinstance(arg, Term)]
        return Term("Or", tuple(one for one in found if one is not None), term.span) if found and None not in found else None
    entries = _entries(term)
    if len(entries) != len(names) or not _is_vector(term, names):
        return None
    fixed = [Term("Eq", (Term("Symbol", (name,)), entry)) for name, entry in zip(names, entries, strict=True) if entry == ZERO]
    return fixed[0] if len(fixed) == 1 else None


def _entries(term: Term) -> tuple[Term, ...]:
    if term.head == "Transpose":
        return _entries(term.args[0])
    if term.head == "Matrix":
        return tuple(entry for row in term.args for entry in row.args)
    return tuple(one for one in term.args if isinstance(one, Term)) if term.head in ("Tuple", "Interval") else ()


def _is_vector(term: Term, names: tuple[str, ...]) -> bool:
    """Whether every entry is 0 or the variable that stands there."""
    entries = [one for one in _entries(term) if isinstance(one, Term)]
    return len(entries) == len(names) and all(
        entry in (ZERO, Term("Symbol", (name,))) for entry, name in zip(entries, names, strict=True)
    )
