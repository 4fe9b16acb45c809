"""How often an element occurs, said in words: "3 (twice)" and "3 with multiplicity 2" are 3, 3."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from derivations.homework.answers import Candidate
from derivations.language.terms import Term

MOST = 20
_TIMES = {
    "once": 1, "simple": 1, "single": 1, "twice": 2, "double": 2, "doubly": 2, "triple": 3, "thrice": 3, "two times": 2,
    "three times": 3, "threefold": 3, "twofold": 2, "repeated": 2,
}  # fmt: skip
_BEHIND = re.compile(
    rf"[\s$*]*+[(\[,]?\s*+(?:(?:is|as|an?|counted|appears|occurs|which is)\b)*+\s*+(?:a\s+)?({'|'.join(_TIMES)})\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"multiplicity\s*+(?:is|of|=|:)?\s*+\$?$", re.IGNORECASE)


def repeated(several: Iterable[Candidate]) -> list[Candidate]:
    """The elements, each as often as the words around it say."""
    found: list[Candidate] = []
    for candidate in several:
        one, term = candidate, candidate.term
        if found and _NUMBERED.search(one.lead):
            count, *rest = term.args if term.head == "Tuple" else (term,)
            if _is_count(count):
                found[-1] = _copied(found[-1], int(count.args[0]))
                if not rest:
                    continue
                one = replace(one, term=rest[0] if len(rest) == 1 else Term("Tuple", tuple(rest), term.span))
        behind = _BEHIND.match(one.after)
        found.append(_copied(one, _TIMES[behind.group(1).lower()]) if behind else one)
    return found


def _is_count(term: Term) -> bool:
    return term.head == "Number" and term.args[0].denominator == 1 and 1 <= term.args[0] <= MOST


def _copied(one: Candidate, count: int) -> Candidate:
    """The last of the candidate's elements so many times."""
    if count == 1:
        return one
    before, last = (one.term.args[:-1], one.term.args[-1]) if one.term.head == "Tuple" else ((), one.term)
    return replace(one, term=Term("Tuple", (*before, *[last] * count), one.term.span))
