"""Enclosures: "ηλ lies strictly between 1 and 2" says of the formula before it where its value is, "except 2" where it is not."""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.homework.answers import Candidate, as_interval, is_set
from derivations.homework.conditions import with_ends
from derivations.homework.cues import cue
from derivations.language.terms import Term, free_symbols

_LIES = re.compile(
    r"[\s$]*+(?:(?:lies?|is|are|must|has\s++to|have\s++to|should|be|being|stays?|falls|strictly|somewhere|liegt|muss|echt|est|doit|être|"
    r"compris|sits?)\s++)*+(?:between|within|inside|in|zwischen|entre)(?:\s++the)?+(?:\s++(?:(?:open|closed)\s++)?+(?:interval|range))?+[\s$]*+",
    re.IGNORECASE,
)
_LONGEST = 60
_PLACES = frozenset(["Tuple", "Interval", "Union"])
_NO_VALUES = frozenset(
    ["Number", "Lt", "Le", "Gt", "Ge", "Ne", "Eq", "And", "Or", "Not", "In", "Tuple", "Interval", "Union", "Set", "True", "False"]
)


def enclosed(several: list[Candidate], text: str, unknown: object) -> list[Candidate]:
    """Each formula with the interval that, by the words behind it, it lies in; for the unknown the interval is enough."""
    found: list[Candidate] = []
    name = Term("Symbol", (unknown,))
    for one in several:
        before = found[-1] if found else None
        if before is not None and one.term.head in _PLACES and before.term != name and _lies_in(before, one, text):
            place = as_interval(with_ends(one, text).term, text)
            if place.head in ("Interval", "Union"):
                span = (before.span[0], one.span[1])
                found[-1] = replace(before, term=Term("In", (before.term, place), span), span=span, after=one.after)
                continue
        found.append(one)
    return found


def _lies_in(value: Candidate, place: Candidate, text: str) -> bool:
    between = text[value.span[1] : place.span[0]]
    return value.term.head not in _NO_VALUES and len(between) < _LONGEST and _LIES.fullmatch(between) is not None


def with_exception(several: list[Candidate], text: str, unknown: object) -> list[Candidate]:
    """With the value behind "except" as an equation for the unknown, and the interval before it as a statement on it."""
    name = Term("Symbol", (unknown,))
    found: list[Candidate] = []
    for one in several:
        value = not is_set(one.term) and one.term.head not in ("Tuple", "Eq", "Approx", "Symbol")
        if unknown and value and unknown not in free_symbols(one.term) and cue("excepted", one.lead) is not None:
            place = as_interval(with_ends(found[-1], text).term, text) if found else one.term
            if place.head in ("Interval", "Union"):
                found[-1] = replace(found[-1], term=Term("In", (name, place), found[-1].term.span))
            found.append(replace(one, term=Term("Eq", (name, one.term), one.term.span)))
        else:
            found.append(one)
    return found
