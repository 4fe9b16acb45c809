"""Checking an answer: read it, find what answers each part, decide it, and say so with the evidence.

The verdict on the whole: correct if every part is, incorrect if no part is right and one is wrong, partial if some are right,
and undecided where a person has to look.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derivations.homework.answers import (
    Candidate,
    as_interval,
    fits,
    in_coordinates,
    is_set,
    labelled,
    range_of,
    unknown_of,
    vectors_of,
)
from derivations.homework.arranging import arrangements, joined
from derivations.homework.assertions import doubted, families_of
from derivations.homework.choosing import chosen, hedged, narrowed
from derivations.homework.combining import combined
from derivations.homework.conditions import Spoken, spoken
from derivations.homework.cues import cue
from derivations.homework.deciding.asymptotics import refuted_at_once
from derivations.homework.deciding.chains import has_steps, remark_on, review
from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.misconceptions import Misconceptions
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.deciding.words import Entities, Family, decide_words
from derivations.homework.keys import Part, Reading, TaskKey
from derivations.homework.multiplicities import repeated
from derivations.homework.names import vocabulary
from derivations.homework.portions import entities, shares, value_of
from derivations.homework.readings import LOOK_ALIKE, NO_FUNCTION, NO_NAME, quantified
from derivations.homework.reasons import Sentences
from derivations.homework.understood import Understood, understood
from derivations.homework.verdicts import Finding, Verdict, Where
from derivations.language.errors import DerivationsError, Malformed, Unusable
from derivations.language.terms import Term, free_symbols, substitute, subterms
from derivations.reading.arithmetic import UNCLEAR_DIVISION
from derivations.reading.passages import too_much
from derivations.reading.vocabulary import Vocabulary
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of_terms

Found = tuple[Finding, "Candidate | None"]
_REASONS = {"correct": "That is right.", "partial": "A part of this is right."}
_AND = re.compile(r"\band\b|∧|\\wedge|\\land|&", re.IGNORECASE)
_MOST_COMMAS = 100
_COMMAS = re.compile(r"(?<=\d),(?=\d)")
_LARGER = frozenset(["missing-side", "no-lower-end", "superset", "everything"])
_MISSING = Finding("missing", "this part of the answer was not found")


def check(key: TaskKey, text: str) -> Verdict:
    """The verdict on one answer. For many answers to a task make one ``Checker``."""
    return Checker(key).check(text)


@dataclass(frozen=True, slots=True)
class Checker:
    """A task's key made ready for many answers."""

    key: TaskKey
    vocabulary: Vocabulary = field(init=False, repr=False)
    setting: Setting = field(init=False, repr=False)
    style: Style = field(init=False, repr=False)
    sentences: Sentences = field(init=False, repr=False)
    misconceptions: Misconceptions = field(init=False, repr=False)
    entities: Entities = field(init=False, repr=False)
    families: tuple[Family, ...] = field(init=False, repr=False)
    unknown: str = field(init=False, repr=False)  # of the ranges that are asked for
    spoken: Spoken = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", vocabulary(self.key.symbols, self.key.open))
        object.__setattr__(self, "setting", setting_of(self.key))
        object.__setattr__(self, "entities", entities(self.key.parts))
        object.__setattr__(self, "families", families_of(self.key.parts))
        object.__setattr__(self, "misconceptions", Misconceptions(self.key, self.setting))
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
        found = self._parts(answer)
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
        work = [(one.term, one.span) for one in answer.lines(self.key.synonyms)]
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

    # --- parts ------------------------------------------------------------------------------------------------------

    def _parts(self, answer: Understood) -> list[tuple[str, Finding, Candidate | None]]:
        """The finding on each part, in the key's order."""
        lines = answer.lines(self.key.synonyms)
        formulas = tuple(part for part in self.key.parts if part.kind != "words")
        portions = shares(formulas, lines)
        found: list[tuple[str, Finding, Candidate | None]] = []
        for part in self.key.parts:
            if part.kind == "words":
                finding, one = self._words(part, answer, alone=len(lines) <= 1)
            else:
                finding, one = self._formula(part, portions[formulas.index(part)], answer)
            found.append((part.name, finding, one))
        return found

    def _words(self, part: Part, answer: Understood, alone: bool) -> Found:
        """What the answer says in words; some parts count only where no formulas stand beside them."""
        if "alone" not in part.settings or alone:
            for text in answer.words:
                said = decide_words(part, text, self.entities)
                if said is not None:
                    return said[0], Candidate(Term("True"), said[1], "", "")
        return _MISSING, None

    def _formula(self, part: Part, lines: list[Candidate], answer: Understood) -> Found:
        found = self._decided(part, answer.current(part, lines, len(self.key.parts) == 1), answer.text)
        if found[0].verdict in ("incorrect", "undecided"):
            for reading in self.key.readings:
                other = self._under(part, reading, answer, lines)
                if other is not None:
                    return other
        finding, one = found
        if part.kind == "range" and answer.vague and finding.misconception in _LARGER:
            return Finding("undecided", "a comparison in words could not be read; write it with < or >"), one
        limited = cue("weakens", answer.text) is not None or (one is not None and "unless" in one.after)
        if part.kind == "range" and finding.verdict == "correct" and limited:
            return Finding("undecided", "the condition is right, but it is not clear whether you take it for the answer"), one
        if finding.verdict == "correct" and one is not None and one.term.head not in ("True", "False", "Not"):
            doubt = doubted(part, one, self.families)
            if doubt:
                return Finding("undecided", doubt), one
        if hedged(answer.text) and finding.verdict in ("correct", "incorrect"):
            return Finding("undecided", "several answers are offered; it is not clear which one is meant"), one
        if finding.verdict == "incorrect" and one is not None:
            finding = self.misconceptions.find(part, value_of(part, one.term), finding)
        return finding, one

    def _under(self, part: Part, reading: Reading, answer: Understood, before: list[Candidate]) -> Found | None:
        """The finding where the answer is right under another reading of it; ``before`` are its lines without this one."""
        lines = answer.lines((*reading.pairs, *self.key.synonyms))
        current = answer.current(part, lines, len(self.key.parts) == 1)
        fitting = [value_of(part, one.term) for one in current if fits(part, one.term)]
        if lines == before or (fitting and all(refuted_at_once(part, one, self.setting) for one in fitting)):
            return None
        finding, one = self._decided(part, current, answer.text)
        if finding.verdict != "correct":
            return None
        low = answer.text.lower()
        remarks = (*finding.remarks, reading.say) if reading.say else finding.remarks
        if not reading.words or any(word in low for word in reading.words):
            return replace(finding, remarks=remarks), one
        share = reading.points / self.key.points if self.key.points else 0.0
        return replace(finding, verdict="partial", credit=share, reason=reading.say, remarks=finding.remarks), one

    def _decided(self, part: Part, lines: list[Candidate], text: str) -> Found:
        if part.kind == "matrix":
            found = self._entrywise(part, lines, text)
            if found is not None:
                return found
        if part.kind in ("list", "set", "chain"):
            fitting = narrowed(part, [one for one in lines if fits(part, one.term)])
            fitting = labelled(part, fitting)
            fitting = repeated(fitting) if part.kind == "set" else fitting
            if not fitting:
                return _MISSING, None
            whole = joined(fitting)
            first: Finding | None = None
            given = self._given - _symbols_of(part)
            for term in arrangements(part, fitting, given) if part.kind == "list" else (whole.term,):
                finding = self._decide(part, term, text)
                if finding.verdict == "correct":
                    return finding, whole
                first = first or finding
            assert first is not None
            if len(fitting) == 1:
                return first, whole
            found = chosen(part, lines, lambda one: self._decide(part, one.term, text), text)
            return found if found and found[0].verdict == "correct" else (first, whole)
        return chosen(part, lines, lambda one: self._decide(part, one.term, text), text) or (_MISSING, None)

    def _entrywise(self, part: Part, lines: list[Candidate], text: str) -> Found | None:
        """The finding on a matrix whose entries are given one by one, in several places."""
        from derivations.homework.deciding.matrices import entries_of

        named = in_coordinates(part, narrowed(part, lines))
        whole = entries_of(part, [one.term for one in named])
        if whole is None or any(node.head == "Matrix" for one in lines for node in subterms(one.term)):
            return None
        finding = self._decide(part, whole, text)
        return (finding, replace(joined(lines), term=whole)) if finding.verdict in ("correct", "incorrect") else None

    def _decide(self, part: Part, term: Term, text: str) -> Finding:
        """The decider's finding on what a candidate says, also compared with the further right forms."""
        said = value_of(part, term)
        if "group" in part.settings and said is not term and term.head == "Eq" and free_symbols(term.args[0]) & self._given:
            return Finding("undecided", "this gives a value to a name of the task")
        if part.kind == "expression" and unknown_of(part) is not None and is_set(said):
            part = range_of(part)
        if part.kind == "range":
            said = vectors_of(part, said) or said
            said = quantified(as_interval(said, text, part.settings.get("variable")), text, self.setting.table.variables)
            if said.head == "Tuple":
                return Finding("undecided", "this is not a range")
            foreign = self._foreign(part, said)
            if foreign:
                return Finding("undecided", f"{foreign} does not belong to what is asked")
        unsolved = said.head == "Eq" and said.args[0].head in ("Pow", "Add", "Mul", "Neg", "Abs", "Det")
        if part.kind == "set" and unsolved and said.args[1].head not in ("Set", "Tuple", "PlusMinus"):
            return Finding("undecided", "this is an equation; which values solve it?")
        said = self._renamed(part, said)
        try:
            finding = self._compared(part, said)
            listed = finding.misconception == "empty" and said.head == "And" and not _AND.search(text)
            if listed and self._compared(part, Term("Or", said.args, said.span)).verdict == "correct":
                return Finding("undecided", "nothing satisfies all of these at once; is there an 'or' between them?")
            return finding
        except DerivationsError as error:
            return Finding("undecided", f"this could not be decided: {error}")
        except RecursionError:
            return Finding("undecided", "the formula is nested too deeply")

    def _compared(self, part: Part, said: Term) -> Finding:
        """Compared with the key and the further right forms, first with the one that speaks of the same things."""
        if part.kind == "range" or not part.accept or not isinstance(part.key, Term):
            return decide(part, said, self.setting)
        mine = free_symbols(said)
        forms = sorted((part.key, *part.accept), key=lambda form: len(free_symbols(form) ^ mine))
        first: Finding | None = None
        for form in forms:
            if part.kind == "equation" and form.head != "Eq" and said.head == "Eq":
                continue
            kind = "expression" if part.kind == "equation" and form.head != "Eq" and said.head != "Eq" else part.kind
            finding = decide(replace(part, kind=kind, key=form, accept=()), said, self.setting)
            if finding.verdict == "correct":
                return finding
            first = first or finding
        return first or decide(part, said, self.setting)

    def _renamed(self, part: Part, said: Term) -> Term:
        """With the key's letter for the step, where the answer has another one: x_{n+1} = r x_n."""
        if not isinstance(part.key, Term) or part.kind in ("list", "set", "range"):
            return said
        whole = {name for name, domain in self.setting.table.variables.items() if domain == "natural"}
        mine, wanted = free_symbols(said) & whole, free_symbols(part.key) & whole
        if len(mine - wanted) == len(wanted - mine) == 1:
            return substitute(said, {min(mine - wanted): Term("Symbol", (min(wanted - mine),))})
        return said

    def _foreign(self, part: Part, said: Term) -> str:
        """A symbol of the answer that neither the key nor what is assumed speaks of."""
        assert isinstance(part.key, Term)
        known: frozenset[str] = self.setting.ready("spoken of", part.key, lambda *_: self._spoken_of(part))
        return min(free_symbols(said) - known, default="")

    def _spoken_of(self, part: Part) -> frozenset[str]:
        known = frozenset().union(*(free_symbols(term) for term in (part.key, *part.accept) if isinstance(term, Term)))
        known |= {str(part.settings["variable"])} if "variable" in part.settings else frozenset()
        for names in map(free_symbols, self.key.hypotheses):
            known |= names if names & known else frozenset()
        return known

    @property
    def _given(self) -> frozenset[str]:
        """The names of which the task assumes something."""
        return frozenset().union(*map(free_symbols, self.key.hypotheses))

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
            tuple((name, replace(one, reason=shown(one.reason)) if one.reason else one) for name, one, _ in found),
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


def _placed(part: Part, finding: Finding, place: Candidate | None) -> tuple[Finding, tuple[int, int] | None, bool]:
    if place is None:
        return finding, None, False
    return finding, place.span, place.term.head == "Eq" and place.term.args[0] in part.subjects


def _symbols_of(part: Part) -> frozenset[str]:
    return free_symbols(part.key) if isinstance(part.key, Term) else frozenset()


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
