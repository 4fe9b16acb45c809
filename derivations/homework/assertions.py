"""Assertions: whether the clause that a formula stands in says that it is so, or denies it, or makes something else of it.

A right formula is a right answer only if it is given as one. "θ_t = … is not true", "slower than e^(-ηλt)", "e.g. η = 1/λ" and
"half of it" mention one. Words of denial that speak of something else ("does not overshoot for η < 1/λ") deny nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from derivations.homework.answers import Candidate
from derivations.homework.conditions import clause_after, clause_before, denies
from derivations.homework.cues import cue
from derivations.homework.deciding.concepts import Family, families, family_of, spans_of
from derivations.homework.deciding.sentences import Word, words_of
from derivations.homework.keys import Part

_DENIALS = frozenset(
    ("not", "no", "never", "neither", "nor", "none", "nowhere", "nothing", "hardly", "without", "wrong", "false", "untrue",
     "incorrect", "fails", "fail", "doubt", "mistake", "mistaken", "invalid", "impossible", "unable", "lacks", "falsch", "jamais",
     "pas")
)  # fmt: skip
_HARMLESS = frozenset(
    ("only", "just", "merely", "longer", "other", "else", "matter", "doubt", "loss", "more", "less", "need", "surprisingly",
     "exceed", "exceeds", "exceeding", "larger", "greater", "bigger", "smaller", "beyond", "above", "below")
)  # fmt: skip
_REACH = 6  # words after a denial that may be what it denies
_LAYOUT = re.compile(r"\\(?:text\w*|mathrm|mbox|quad|qquad|,|;)|[{}$]")
_OTHER = re.compile(
    r"[\s$,]*\bor\s+"
    r"(?!equivalently|in\s+other|simply|just|written|that\s+is|put|shorter|as\b|better|rather|alternatively)[a-z]",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"^[\s,;(]*(?:and|but)?\s*not[\s(]*$", re.IGNORECASE)  # "6, not 5": what is denied comes next
_ANSWERED = re.compile(r"\bno\s*:\s*$", re.IGNORECASE)  # a question, not a formula
_TASK_FAMILIES = ("one-sided", "convergent")


def doubted(part: Part, one: Candidate, known: Iterable[Family]) -> str:
    """Why a formula may not be meant as the answer; "" if its clause says nothing of the kind.

    ``known`` are the families of words in which the task itself thinks: what they deny is no formula.
    """
    if not any(map(str.isalpha, one.lead + one.after)):
        return ""
    lead, after = _LAYOUT.sub(" ", one.lead), _LAYOUT.sub(" ", one.after)
    known = tuple(known)
    lead, after = _ANSWERED.sub(" ", lead), _CONTRAST.sub("", after)
    if cue("modified", lead) is not None or cue("continues", after) is not None:
        return "a part of the formula is in words; write it out in signs"
    if any(_denies(words_of(words), known) for words in (clause_before(lead), clause_after(after))):
        return "this may say that the formula does not hold; say what does"
    if part.kind == "property" and any(denies(words, "constant") for words in (clause_before(lead), clause_after(after))):
        return "this may say that it changes; say what is conserved"
    if part.kind != "member" and cue("example", lead) is not None:
        return "this is an example; what is asked for is more than one"
    if _OTHER.match(after):
        return "another answer is offered beside the formula; which one is meant?"
    return ""


def families_of(parts: Iterable[Part]) -> tuple[Family, ...]:
    """The families of words in which a task thinks: those of what it asks for in words, and of what its ranges are ranges of."""
    found: list[Family] = []
    for part in parts:
        concepts = tuple(part.settings.get("says", ()))
        found += [families()[name] for name in concepts if name in families()]
        if concepts:
            found += [families()[name] for name in _TASK_FAMILIES]
        if part.kind == "words" and isinstance(part.key, tuple):
            found += [family_of(part, name) for name in part.key]
        if part.kind == "property":
            found.append(families()["constant"])
    return tuple({id(one): one for one in found}.values())


def _denies(words: tuple[Word, ...], known: tuple[Family, ...]) -> bool:
    """Whether a word of denial is left that denies none of what the task speaks of."""
    places = [at for at, word in enumerate(words) if word.text in _DENIALS]
    if not places:
        return False
    spans = [span for one in known for span in spans_of(words, one)]
    told = {at for at in places for start, end in spans if start <= at < end or at < start <= at + _REACH}
    return any(at not in told and not _is_harmless(words, at) for at in places)


def _is_harmless(words: tuple[Word, ...], at: int) -> bool:
    """ "not only" and "no other" deny nothing."""
    return at + 1 < len(words) and words[at + 1].text in _HARMLESS
