"""Restrictions: "η < 1/λ for λ < 1" says nothing of λ ≥ 1, so that it is the range and λ < 1, both together.

A relation without the unknown restricts the range that it stands beside with a word of condition. What the task assumes anyway
restricts nothing: the decider finds that the two together are still the range.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from derivations.homework.answers import RELATIONS, Candidate, as_interval
from derivations.homework.cues import cue
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.terms import Term, conj, free_symbols

_PARTED = re.compile(r"[.;\n]")
_LETTER = re.compile(r"[^\W\d_]")
_THEN = re.compile(r"[\s$.;:,]*(?:then|so|thus|hence|dann|alors|we\s+(?:have|get|need))?[\s$,:]*", re.IGNORECASE)
_FURTHER = re.compile(r"\s*[$,]*\s*(?:and|or|und|oder|as well|too|also|likewise|auch|∧|∨)\b", re.IGNORECASE)
_LINKS = RELATIONS | {"Eq", "In"}


def narrowed_by(
    part: Part, last: Candidate, several: list[Candidate], text: str, decide: Callable[[Candidate], Finding]
) -> Finding | None:
    """The finding on a right range together with what restricts it, where that is wrong; a right value for special cases only."""
    if part.kind != "range":
        beside = [one for one in several if _restricts(one, last, several, text)]
        special = any(_is_special(part, one.term, cue("exactly", one.lead) is not None) for one in beside)
        return Finding("undecided", "this seems to be said of special values only; say what holds in general") if special else None
    variable = part.settings.get("variable")
    if variable is None:
        return None
    for one in several:
        if _is_condition(one.term, str(variable)) and _restricts(one, last, several, text):
            both = conj(one.term, as_interval(last.term, text, variable))
            finding = decide(replace(last, term=Term(both.head, both.args, last.span)))
            if finding.verdict in ("incorrect", "partial"):
                said = f"with this further condition it is not the whole answer: {finding.evidence.detail}"
                return replace(finding, reason=said, misconception="")
            mine = one.term.head == "Eq" or (isinstance(part.key, Term) and free_symbols(one.term) <= free_symbols(part.key))
            if finding.verdict == "undecided" and mine:
                return finding
    return None


def _is_condition(term: Term, variable: str) -> bool:
    """Whether it compares, and not what is asked for."""
    names = free_symbols(term)
    links = term.args if term.head == "And" else (term,)
    return bool(names) and variable not in names and all(link.head in _LINKS for link in links)


def _is_special(part: Part, term: Term, only: bool) -> bool:
    """Whether a name that the key speaks of, and that is not asked for, is given a value, or a bound other than 0.

    ``only``: the answer says that what it gives holds nowhere else.
    """
    if not isinstance(part.key, Term) or term.head not in _LINKS or term.head == "In":
        return False
    name, value = term.args if term.args[0].head == "Symbol" else term.args[::-1]
    if name.head != "Symbol" or name in part.subjects or name.args[0] not in free_symbols(part.key) or value == name:
        return False
    usual = value.head == "Number" and value.args[0] == 0 and not only
    return term.head == "Eq" or (not free_symbols(value) and not usual)


def _restricts(one: Candidate, last: Candidate, several: list[Candidate], text: str) -> bool:
    """Whether it is said to be a condition of the range, in the same sentence, and nothing goes on behind it with another case."""
    conditional = cue("condition", one.lead) is not None or cue("restricting", one.lead) is not None
    if one.span[0] >= last.span[1]:
        between = text[last.span[1] : one.span[0]]
        listed = not _LETTER.search(between)
        return (conditional or listed) and not _PARTED.search(between) and not _FURTHER.match(one.after)
    if one.span[1] <= last.span[0]:
        between = text[one.span[1] : last.span[0]]
        nearer = any(one.span[1] <= other.span[0] and other.span[1] <= last.span[0] for other in several)
        return conditional and not nearer and (not _PARTED.search(between) or _THEN.fullmatch(between) is not None)
    return False
