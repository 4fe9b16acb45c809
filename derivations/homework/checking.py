"""Checking an answer: read it, find what answers each part, decide it, and say so with the evidence.

The verdict on the whole: correct if every part is, incorrect if no part is right and one is wrong, partial if some are right,
and undecided where a person has to look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derivations.homework.answers import Candidate, unknown_of
from derivations.homework.combining import combined
from derivations.homework.conditions import Spoken, spoken
from derivations.homework.cues import cue
from derivations.homework.deciding.chains import has_steps, remark_on, review
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import spare_names, vocabulary
from derivations.homework.parts import Parts
from derivations.homework.readings import LOOK_ALIKE, NO_FUNCTION, NO_NAME
from derivations.homework.reasons import Sentences
from derivations.homework.understood import Understood, understood
from derivations.homework.verdicts import Finding, Verdict, Where
from derivations.language.errors import DerivationsError, Malformed, Unusable
from derivations.language.terms import Term
from derivations.reading.arithmetic import UNCLEAR_DIVISION
from derivations.reading.passages import too_much
from derivations.reading.vocabulary import Vocabulary
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of_terms

_REASONS = {"correct": "That is right.", "partial": "A part of this is right."}
_MOST_COMMAS = 100
_COMMAS = re.compile(r"(?<=\d),(?=\d)")


def check(key: TaskKey, text: str) -> Verdict:
    """The verdict on one answer. For many answers to a task make one ``Checker``."""
    return Checker(key).check(text)


@dataclass(frozen=True, slots=True)
class Checker:
    """A task's key made ready for many answers."""

    key: TaskKey
    vocabulary: Vocabulary = field(init=False, repr=False)
    setting: Setting = field(init=False, repr=False)
    parts: Parts = field(init=False, repr=False)
    style: Style = field(init=False, repr=False)
    sentences: Sentences = field(init=False, repr=False)
    unknown: str = field(init=False, repr=False)  # of the ranges that are asked for
    spoken: Spoken = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = vocabulary(self.key.symbols, self.key.open)
        object.__setattr__(self, "vocabulary", replace(names, spare=spare_names(self.key)))
        object.__setattr__(self, "setting", setting_of(self.key))
        object.__setattr__(self, "parts", Parts(self.key, self.setting))
        object.__setattr__(self, "style", style_of_terms((), self.key.notation, self.key.symbols))
        object.__setattr__(self, "sentences", Sentences(self.key, self.vocabulary, self.style))
        ranges = [part for part in self.key.parts if part.kind == "range" and "variable" in part.settings]
        unknowns = {str(part.settings["variable"]) for part in ranges}
        unknowns = unknowns or {one for part in self.key.parts if (one := unknown_of(part))}
        object.__setattr__(self, "unknown", unknowns.pop() if len(unknowns) == 1 else "")
        object.__setattr__(self, "spoken", spoken(self.unknown, self.vocabulary))

    def check(self, text: str, student: str | None = None, where: Where | None = None) -> Verdict:
        """What the answer comes to. Nothing in a text makes it raise."""
        said = too_much(text)
        if said:
            return self._verdict(text, [("", Finding("unreadable", said), None)], None, student, where)
        return self._checked(text, self.vocabulary, student, where)

    def _both_ways(self, text: str, student: str | None, where: Where | None) -> Verdict:
        """The verdict where 1/2x stands in the answer: that of both readings if they have the same."""
        one, other = (self._checked(text, replace(self.vocabulary, divides=way), student, where) for way in ("all", "first"))
        if one.verdict == other.verdict:
            return one
        reason = "it is not clear how far the division sign reaches: with brackets, as in 1/(2x) or (1/2)x, it can be told"
        return self._verdict(text, [("", Finding("undecided", reason), None)], None, student, where)

    def _checked(self, text: str, vocabulary: Vocabulary, student: str | None, where: Where | None) -> Verdict:
        try:
            answer = understood(text, vocabulary, self.unknown, self.spoken)
        except Unusable as trouble:
            return self._verdict(text, [("", Finding("unreadable", str(trouble.message)), None)], trouble, student, where)
        if answer.error is not None and answer.error.message == UNCLEAR_DIVISION:
            return self._both_ways(text, student, where)
        found = self.parts.found(answer)
        verdict = self._verdict(text, found, answer.error, student, where)
        if answer.error is not None and self._hangs_on(answer.error, found, verdict.verdict):
            left = self._verdict(text, [("", _unreadable(text, answer.error), None)], answer.error, student, where)
            return left if answer.error.hint == LOOK_ALIKE else self._with_decimals(left, text, student, where)
        return self._reviewed(self._with_decimals(verdict, text, student, where), answer)

    def _hangs_on(self, error: Unusable, found: list[tuple[str, Finding, Candidate | None]], verdict: str) -> bool:
        """Whether what could not be read may change the verdict: more may belong to a range, or be the part that was not found."""
        if error.message == NO_NAME and all(part.kind != "range" for part in self.key.parts):
            return False  # a value with a name of the answer's own
        if verdict == "incorrect" or error.hint in (LOOK_ALIKE, NO_FUNCTION):
            return True
        parts = [(part, one, place) for part, (_, one, place) in zip(self.key.parts, found, strict=True) if part.kind != "words"]
        if verdict == "partial":
            return any(one.verdict != "correct" and "group" not in part.settings for part, one, _ in parts)
        ranges = [place for part, _, place in parts if part.kind == "range" and place is not None]
        end = error.span[1] if error.span is not None else 0
        return verdict == "correct" and any(place.span[0] < end or not cue("concludes", place.lead) for place in ranges)

    def _reviewed(self, verdict: Verdict, answer: Understood) -> Verdict:
        """With a remark on the first wrong step of the work that the answer displays; it costs no points."""
        terms = [one.term for one in answer.passages if one.term is not None]
        if verdict.verdict == "unreadable" or not any(map(has_steps, terms)):
            return verdict
        kinds = {part.kind for part in self.key.parts}
        if "chain" in kinds or (verdict.verdict == "correct" and kinds & {"leading-term", "asymptotic"}):
            return verdict  # the work itself was judged, or "=" may stand for "to leading order"
        work = [(one.term, one.span) for one in answer.lines(self.parts.synonyms)]
        try:
            found = review(work, self.setting)
        except (DerivationsError, RecursionError):
            return verdict
        if not found:
            return verdict
        remark = self.sentences.plain(remark_on(found[0], verdict.answer, verdict.verdict == "correct"))
        return replace(verdict, remarks=tuple(dict.fromkeys((*verdict.remarks, remark))))

    def _with_decimals(self, verdict: Verdict, text: str, student: str | None, where: Where | None) -> Verdict:
        """Where commas are not clear, decimal ones, if the answer is right with them."""
        if verdict.verdict in ("correct", "incorrect") or not 0 < len(_COMMAS.findall(text)) <= _MOST_COMMAS:
            return verdict
        other = self.check(_COMMAS.sub(".", text), student, where)
        if other.verdict != "correct":
            return verdict
        remark = "The commas between digits were read as decimal points."
        return replace(other, answer=text, remarks=(*other.remarks, remark))

    # --- the whole --------------------------------------------------------------------------------------------------

    def _verdict(
        self,
        text: str,
        found: list[tuple[str, Finding, Candidate | None]],
        error: Unusable | None,
        student: str | None,
        where: Where | None,
    ) -> Verdict:
        placed = [_placed(part, one, place) for part, (_, one, place) in zip(self.key.parts, found, strict=False)]
        finding, credit = combined(self.key.parts, placed)
        terms = [one.term for _, _, one in found if one is not None and one.term.head != "True"]
        if finding.verdict == "missing":
            finding = _unreadable(text, error)
        span = next((one.span for _, single, one in found if one is not None and single == finding), None)
        if finding.verdict == "unreadable" and error is not None and error.span is not None:
            span = error.span
        shown = str if finding.verdict == "unreadable" else self.sentences.plain  # what is said of a text is said in its signs
        return Verdict(
            self.key.sheet,
            self.key.task,
            text,
            self._read_as(terms),
            finding.verdict,
            round(self.key.points * credit, 2),
            self.key.points,
            shown(finding.reason) or _REASONS.get(finding.verdict, ""),
            finding.evidence,
            finding.misconception or None,
            tuple(dict.fromkeys(shown(remark) for _, one, _ in found for remark in one.remarks)),
            tuple([(name, _said(one, shown(one.reason))) for name, one, _ in found]),
            span,
            student,
            where,
        )

    def _read_as(self, terms: list[Term]) -> str | None:
        """LaTeX of what was understood, in the sheet's notation."""
        try:
            return r" \quad ".join(dict.fromkeys(latex(one, self.style) for term in terms for one in _each(term))) or None
        except (Malformed, RecursionError):
            return None


def _said(finding: Finding, reason: str) -> Finding:
    """The finding with its reason in these words."""
    return finding if reason == finding.reason else replace(finding, reason=reason)


def _placed(part: Part, finding: Finding, place: Candidate | None) -> tuple[Finding, tuple[int, int] | None, bool]:
    if place is None:
        return finding, None, False
    return finding, place.span, place.term.head == "Eq" and place.term.args[0] in part.subjects


def _each(term: Term) -> tuple[Term, ...]:
    """The members of what was put together from several equations, each to be shown by itself."""
    inner: tuple[Term, ...] = term.args if term.head == "Tuple" else ()
    return inner if any(one.head in ("Eq", "And", "Approx") for one in inner) else (term,)


def _unreadable(text: str, error: Unusable | None) -> Finding:
    if error is not None:
        hint = f" ({error.hint})" if error.hint else ""
        return Finding("unreadable", f"this could not be read: {error.message}{hint}")
    if not text.strip():
        return Finding("unreadable", "there is nothing to read")
    return Finding("undecided", "no formula or word that answers the task was found")
