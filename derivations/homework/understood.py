"""An answer as it was read: what is struck out left away, comparisons in words as relations, and its formulas found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivations.homework.answers import Candidate, candidates, fits
from derivations.homework.conditions import Spoken
from derivations.homework.cues import cue
from derivations.homework.keys import Part
from derivations.homework.readings import look_alike, unknown_function, whole_ones, without_left_side
from derivations.homework.revisions import corrected_from, without_struck
from derivations.homework.synonyms import Synonyms
from derivations.language.errors import Unusable
from derivations.reading.comparisons import as_relations, compares
from derivations.reading.passages import read_passages
from derivations.reading.searching import Passage
from derivations.reading.vocabulary import Vocabulary
from derivations.reading.wording import in_signs

_SENTENCE = re.compile(r"[.;\n]")


@dataclass(frozen=True, slots=True)
class Understood:
    """``text`` is the answer without what is struck out, place by place the same; ``error`` what of it could not be read.

    ``passages`` are its formulas, ``revised`` is where its last correction begins, and ``whole`` what it says in words of a whole
    range: nothing, or everything.
    """

    text: str
    passages: tuple[Passage, ...]
    error: Unusable | None = None
    vague: bool = False  # whether a comparison in words is left that could not be read
    revised: int = 0
    whole: Candidate | None = None

    def lines(self, synonyms: Synonyms) -> list[Candidate]:
        """Its formulas with these synonyms folded."""
        return candidates(self.passages, synonyms)

    def current(self, part: Part, lines: list[Candidate], alone: bool) -> list[Candidate]:
        """Of the part's formulas those that no correction takes back; for a range what words say of it where there is none.

        A correction that gives no answer to the part may be about another one, unless the part is ``alone``.
        """
        later = [one for one in lines if one.span[0] >= self.revised]
        kept = later if later and (alone or any(fits(part, one.term) for one in later)) else lines
        if part.kind == "range" and self.whole is not None:
            last = max((one.span[1] for one in kept if fits(part, one.term)), default=-1)
            if last < 0 or (last < self.whole.span[0] and cue("concludes", self.whole.lead) is not None):
                return [self.whole]
        return kept

    @property
    def words(self) -> tuple[str, ...]:
        """The texts in which words are looked for, one after the other: what follows a correction, and the whole."""
        return (" " * self.revised + self.text[self.revised :], self.text) if self.revised else (self.text,)


def understood(written: str, vocabulary: Vocabulary, unknown: str, spoken: Spoken) -> Understood:
    """The answer as it is understood where ``unknown`` is what ranges are about. Raises Unusable."""
    text = without_struck(written)
    plain = as_relations(in_signs(text), vocabulary, unknown)
    passages = read_passages(plain, vocabulary)
    whole = spoken(text)
    unread = [one for one in passages if one.term is None and one.error is not None and not _is_beside(one, whole, unknown)]
    unread = [one for one in unread if not _is_in_reason(one, passages, plain)]
    error = unread[0].error if unread else None
    error = error or look_alike(text) or without_left_side(plain, passages) or unknown_function(plain, passages)
    return Understood(text, whole_ones(plain, passages), error, compares(plain), corrected_from(text), whole[-1] if whole else None)


def _is_beside(one: Passage, whole: list[Candidate], unknown: str) -> bool:
    """Whether a formula that could not be read belongs to a reason, or to what words say clearly: it is not the answer.

    Nor is what "if" and "for" lead to, where no range is asked for.
    """
    reason = cue("reason", _SENTENCE.split(one.before)[-1]) is not None
    reason = reason or (not unknown and cue("condition", one.before) is not None)
    return reason or any(one.span[0] < said.span[1] and said.span[0] < one.span[1] for said in whole)


def _is_in_reason(one: Passage, passages: tuple[Passage, ...], text: str) -> bool:
    """Whether the sentence gives its answer first, and then a reason, to which this belongs."""
    start = max((stop.end() for stop in _SENTENCE.finditer(text, 0, one.span[0])), default=0)
    reason = cue("reason", text[start : one.span[0]])
    if reason is None:
        return False
    end = start + reason.start()
    return any(other.term is not None and start <= other.span[0] and other.span[1] <= end for other in passages)
