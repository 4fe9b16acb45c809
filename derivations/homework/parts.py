"""The parts of an answer: for each part of a task the formulas or words that answer it, and the finding on them."""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.homework.answers import (
    Candidate,
    as_interval,
    fits,
    in_coordinates,
    is_set,
    labelled,
    of_unknown,
    range_of,
    unknown_of,
    vectors_of,
)
from derivations.homework.arranging import arrangements, joined
from derivations.homework.assertions import doubted, families_of
from derivations.homework.choosing import COLLECTED, chosen, hedged, narrowed
from derivations.homework.cues import cue
from derivations.homework.deciding.asymptotics import refuted_at_once
from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.misconceptions import Misconceptions
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.words import decide_words
from derivations.homework.keys import Part, Reading, TaskKey
from derivations.homework.multiplicities import repeated
from derivations.homework.portions import entities, shares, value_of
from derivations.homework.readings import quantified
from derivations.homework.synonyms import Synonyms
from derivations.homework.understood import Understood
from derivations.homework.verdicts import Finding
from derivations.language.errors import DerivationsError
from derivations.language.terms import Term, free_symbols, substitute, subterms

Found = tuple[Finding, "Candidate | None"]
_AND = re.compile(r"\band\b|∧|\\wedge|\\land|&", re.IGNORECASE)
_LARGER = frozenset(["missing-side", "no-lower-end", "superset", "everything"])
_FEW_LINES = 4  # of which one may be the whole of the work by itself
_MISSING = Finding("missing", "this part of the answer was not found")


class Parts:
    """A task's parts made ready for many answers."""

    def __init__(self, key: TaskKey, setting: Setting) -> None:
        self.key, self.setting = key, setting
        self.synonyms = Synonyms(key.synonyms)
        self.entities, self.families = entities(key.parts), families_of(key.parts)
        self.misconceptions = Misconceptions(key, setting)
        self._readings = tuple((one, Synonyms((*one.pairs, *key.synonyms))) for one in key.readings)
        self._given = frozenset().union(*map(free_symbols, key.hypotheses))  # the names of which the task assumes something
        domains = setting.table.variables
        self._steps = frozenset(name for name, domain in domains.items() if domain == "natural")
        self._indices = frozenset(name for name, domain in domains.items() if domain.startswith("index:"))

    def found(self, answer: Understood) -> list[tuple[str, Finding, Candidate | None]]:
        """The finding on each part, in the key's order."""
        lines = answer.lines(self.synonyms)
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
            for reading, synonyms in self._readings:
                other = self._under(part, reading, answer.lines(synonyms), answer, lines)
                if other is not None:
                    return other
        finding, one = found
        if part.kind == "range" and answer.vague and finding.misconception in _LARGER:
            return Finding("undecided", "a comparison in words could not be read; write it with < or >"), one
        right = finding.verdict == "correct"
        if part.kind == "range" and right and (cue("weakens", answer.text) or (one is not None and "unless" in one.after)):
            return Finding("undecided", "the condition is right, but it is not clear whether you take it for the answer"), one
        if right and one is not None and one.term.head not in ("True", "False", "Not"):
            doubt = doubted(part, one, self.families)
            if doubt:
                return Finding("undecided", doubt), one
        if hedged(answer.text) and finding.verdict in ("correct", "incorrect"):
            return Finding("undecided", "several answers are offered; it is not clear which one is meant"), one
        if finding.verdict == "incorrect" and one is not None:
            finding = self.misconceptions.find(part, value_of(part, one.term), finding)
        return finding, one

    def _under(
        self, part: Part, reading: Reading, lines: list[Candidate], answer: Understood, before: list[Candidate]
    ) -> Found | None:
        """The finding where the answer is right under another reading of it; ``before`` are its lines without this one."""
        if lines == before:
            return None
        current = answer.current(part, lines, len(self.key.parts) == 1)
        fitting = [value_of(part, one.term) for one in current if fits(part, one.term)]
        if fitting and all(refuted_at_once(part, one, self.setting) for one in fitting):
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
        if part.kind in COLLECTED:
            return self._collected(part, lines, text)
        return chosen(part, lines, lambda one: self._decide(part, one.term, text), text) or (_MISSING, None)

    def _collected(self, part: Part, lines: list[Candidate], text: str) -> Found:
        """The finding on what may be given piece by piece: all the pieces together, or else one that is right by itself."""
        fitting = labelled(part, narrowed(part, [one for one in lines if fits(part, one.term)]))
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
        if len(fitting) == 1 or (part.kind == "chain" and len(fitting) > _FEW_LINES):
            return first, whole
        found = chosen(part, lines, lambda one: self._decide(part, one.term, text), text)
        return found if found and found[0].verdict == "correct" else (first, whole)

    def _entrywise(self, part: Part, lines: list[Candidate], text: str) -> Found | None:
        """The finding on a matrix whose entries are given one by one, in several places."""
        from derivations.homework.deciding.matrices import entries_of

        named = narrowed(part, in_coordinates(part, lines))
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
        said = of_unknown(part, said)
        if part.kind == "expression" and unknown_of(part) is not None and is_set(said):
            part = range_of(part)
        if part.kind == "range":
            said = vectors_of(part, said) or said
            said = quantified(as_interval(said, text, part.settings.get("variable")), text, self._indices)
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
        wanted = free_symbols(part.key) & self._steps
        mine = free_symbols(said) & self._steps if wanted else wanted
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


def _symbols_of(part: Part) -> frozenset[str]:
    return free_symbols(part.key) if isinstance(part.key, Term) else frozenset()
