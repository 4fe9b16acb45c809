"""Checking an answer: read it, find what answers each part, decide it, and say so with the evidence.

The verdict on the whole: correct if every part is, incorrect if no part is right and one is wrong, partial if some are right,
and undecided where a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from derivations.homework.answers import (
    Candidate,
    as_interval,
    candidates,
    fits,
    is_set,
    labelled,
    named_part,
    range_of,
    unknown_of,
    unread,
)
from derivations.homework.choosing import arrangements, chosen, hedged, joined, narrowed
from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.misconceptions import Misconceptions
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.deciding.words import Entities, decide_words, entities_of
from derivations.homework.keys import Part, Reading, TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.readings import LOOK_ALIKE, look_alike, powers_of, quantified, whole_ones, without_left_side
from derivations.homework.verdicts import Finding, Verdict, Where
from derivations.language.errors import DerivationsError, Malformed, Unusable
from derivations.language.terms import Term, free_symbols, substitute, subterms
from derivations.reading.passages import Passage, read_passages
from derivations.reading.vocabulary import Vocabulary
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of_terms

Found = tuple[Finding, "Candidate | None"]
_REASONS = {"correct": "That is right.", "partial": "A part of this is right."}
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
    misconceptions: Misconceptions = field(init=False, repr=False)
    entities: Entities = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", vocabulary(self.key.symbols, self.key.open))
        object.__setattr__(self, "setting", setting_of(self.key))
        object.__setattr__(self, "entities", _entities(self.key.parts))
        object.__setattr__(self, "misconceptions", Misconceptions(self.key, self.setting))
        object.__setattr__(self, "style", style_of_terms((), self.key.notation, self.key.symbols))

    def check(self, text: str, student: str | None = None, where: Where | None = None) -> Verdict:
        """What the answer comes to. Nothing in a text makes it raise."""
        try:
            passages = read_passages(text, self.vocabulary)
        except Unusable as trouble:
            return self._verdict(text, [("", Finding("unreadable", str(trouble.message)), None)], trouble, student, where)
        error = unread(passages) or look_alike(text) or without_left_side(text, passages)
        found = self._parts(text, whole_ones(text, passages))
        verdict = self._verdict(text, found, error, student, where)
        ranges = any(part.kind == "range" for part in self.key.parts) and verdict.verdict == "correct"
        if error is not None and (ranges or verdict.verdict == "incorrect" or error.hint == LOOK_ALIKE):
            return self._verdict(text, [("", _unreadable(text, error), None)], error, student, where)
        return self._with_decimals(verdict, text, student, where)

    def _with_decimals(self, verdict: Verdict, text: str, student: str | None, where: Where | None) -> Verdict:
        """Where commas are not clear, decimal ones, if the answer is right with them."""
        if verdict.verdict in ("correct", "incorrect") or not _COMMAS.search(text):
            return verdict
        other = self.check(_COMMAS.sub(".", text), student, where)
        if other.verdict != "correct":
            return verdict
        remark = "The commas between digits were read as decimal points."
        return replace(other, answer=text, remarks=(*other.remarks, remark))

    # --- parts ------------------------------------------------------------------------------------------------------

    def _parts(self, text: str, passages: Iterable[Passage]) -> list[tuple[str, Finding, Candidate | None]]:
        """The finding on each part, in the key's order."""
        passages = tuple(passages)
        lines = candidates(passages, self.key.synonyms)
        formulas = tuple(part for part in self.key.parts if part.kind != "words")
        shares = _shares(formulas, lines)
        found: list[tuple[str, Finding, Candidate | None]] = []
        for part in self.key.parts:
            if part.kind == "words":
                alone = "alone" in part.settings and len(lines) > 1
                said = None if alone else decide_words(part, text, self.entities)
                finding, place = said if said else (_MISSING, None)
                found.append((part.name, finding, place and Candidate(Term("True"), place, "", "")))
            else:
                finding, one = self._formula(part, shares[formulas.index(part)], text, passages)
                found.append((part.name, finding, one))
        return found

    def _formula(self, part: Part, lines: list[Candidate], text: str, passages: tuple[Passage, ...]) -> Found:
        found = self._decided(part, lines, text)
        if found[0].verdict in ("incorrect", "undecided"):
            for reading in self.key.readings:
                other = self._under(part, reading, text, passages)
                if other is not None:
                    return other
        finding, one = found
        if hedged(text) and finding.verdict in ("correct", "incorrect"):
            return Finding("undecided", "several answers are offered; it is not clear which one is meant"), one
        if finding.verdict == "incorrect" and one is not None:
            finding = self.misconceptions.find(part, value_of(part, one.term), finding)
        return finding, one

    def _under(self, part: Part, reading: Reading, text: str, passages: tuple[Passage, ...]) -> Found | None:
        """The finding where the answer is right under another reading of it."""
        lines = candidates(passages, (*reading.pairs, *self.key.synonyms))
        finding, one = self._decided(part, lines, text)
        if finding.verdict != "correct":
            return None
        low = text.lower()
        remarks = (*finding.remarks, reading.say) if reading.say else finding.remarks
        if not reading.words or any(word in low for word in reading.words):
            return replace(finding, remarks=remarks), one
        share = reading.points / self.key.points if self.key.points else 0.0
        return replace(finding, verdict="partial", credit=share, reason=reading.say, remarks=finding.remarks), one

    def _decided(self, part: Part, lines: list[Candidate], text: str) -> Found:
        if part.kind in ("list", "set", "chain"):
            fitting = narrowed(part, [one for one in lines if fits(part, one.term)])
            fitting = labelled(part, fitting)
            if not fitting:
                return _MISSING, None
            whole = joined(fitting)
            first: Finding | None = None
            given = frozenset().union(*map(free_symbols, self.key.hypotheses)) - free_symbols_of(part)
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

    def _decide(self, part: Part, term: Term, text: str) -> Finding:
        """The decider's finding on what a candidate says, also compared with the further right forms."""
        said = value_of(part, term)
        if part.kind == "expression" and unknown_of(part) is not None and is_set(said):
            part = range_of(part)
        if part.kind == "range":
            said = quantified(as_interval(said, text, part.settings.get("variable")), text, self.setting.table.variables)
            if said.head == "Tuple":
                return Finding("undecided", "this is not a range")
            foreign = self._foreign(part, said)
            if foreign:
                return Finding("undecided", f"{foreign} does not belong to what is asked")
        said = self._renamed(part, said)
        try:
            return self._compared(part, said)
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
        known = frozenset().union(*(free_symbols(term) for term in (part.key, *part.accept) if isinstance(term, Term)))
        for names in map(free_symbols, self.key.hypotheses):
            known |= names if names & known else frozenset()
        return min(free_symbols(said) - known, default="")

    # --- the whole --------------------------------------------------------------------------------------------------

    def _verdict(
        self,
        text: str,
        found: list[tuple[str, Finding, Candidate | None]],
        error: Unusable | None,
        student: str | None,
        where: Where | None,
    ) -> Verdict:
        finding, credit = combined(self.key.parts, [(one, None if place is None else place.span) for _, one, place in found])
        terms = [one.term for _, _, one in found if one is not None and one.term.head != "True"]
        if finding.verdict == "missing":
            finding = _unreadable(text, error)
        span = next((one.span for _, single, one in found if one is not None and single == finding), None)
        if finding.verdict == "unreadable" and error is not None and error.span is not None:
            span = error.span
        return Verdict(
            self.key.sheet,
            self.key.task,
            text,
            self._read_as(terms),
            finding.verdict,
            round(self.key.points * credit, 2),
            self.key.points,
            finding.reason or _REASONS.get(finding.verdict, ""),
            finding.evidence,
            finding.misconception or None,
            tuple(dict.fromkeys(remark for _, one, _ in found for remark in one.remarks)),
            tuple((name, one) for name, one, _ in found),
            span,
            student,
            where,
        )

    def _read_as(self, terms: list[Term]) -> str | None:
        """LaTeX of what was understood, in the sheet's notation."""
        try:
            return r" \quad ".join(dict.fromkeys(latex(term, self.style) for term in terms)) or None
        except (Malformed, RecursionError):
            return None


def _entities(parts: tuple[Part, ...]) -> Entities:
    """What the parts' words are about; numbers that are asked for, one of each, are names of them, too."""
    names = tuple(dict.fromkeys(str(part.settings["about"]) for part in parts if "about" in part.settings))
    further: dict[str, list[str]] = {name: [] for name in names}
    for part in parts:
        if "about" in part.settings:
            further[str(part.settings["about"])] += list(part.settings.get("called", ()))
        if part.kind == "list" and isinstance(part.key, Term) and len(part.key.args) == len(names):
            for name, value in zip(names, part.key.args, strict=True):
                further[name] += _spellings(value)
    return entities_of(names, further)


def _spellings(value: Term) -> list[str]:
    """A number as a decimal, with a point and with a comma; the sign is no part of the word."""
    found = value.args[0] if value.head == "Number" else None
    if found is None or (10**6 * found).denominator != 1:
        return []
    decimal = f"{abs(float(found)):.6f}".rstrip("0").rstrip(".")
    return [decimal, decimal.replace(".", ",")] if "." in decimal else []


def _unreadable(text: str, error: Unusable | None) -> Finding:
    if error is not None:
        hint = f" ({error.hint})" if error.hint else ""
        return Finding("unreadable", f"this could not be read: {error.message}{hint}")
    if not text.strip():
        return Finding("unreadable", "there is nothing to read")
    return Finding("undecided", "no formula or word that answers the task was found")


def _shares(parts: tuple[Part, ...], lines: list[Candidate]) -> list[list[Candidate]]:
    """The passages for each part: by the subject of an equation, and otherwise one after the other."""
    if len(parts) <= 1 or any("group" in part.settings for part in parts):
        return [lines for _ in parts]
    lines = [piece for one in lines for piece in _pieces(one)]
    named = [(one, named_part(parts, one.term)) for one in lines]
    shares = [[one for one, owner in named if owner is part] for part in parts]
    free = [one for one, owner in named if owner is None]
    open_parts = [i for i, part in enumerate(parts) if not shares[i]]
    fitting = {i: [one for one in free if fits(parts[i], one.term)] for i in open_parts}
    same = len({parts[i].kind for i in open_parts}) == 1
    for place, i in enumerate(open_parts):
        mine = fitting[i]
        if same and len(open_parts) > 1:
            mine = [mine[place]] if len(mine) == len(open_parts) else mine[place : place + 1]
        shares[i] = mine
    return shares


def _pieces(one: Candidate) -> list[Candidate]:
    """The members of a list, and the equations of a conjunction."""
    if one.term.head in ("Tuple", "And") and all(isinstance(arg, Term) for arg in one.term.args):
        inner = one.term.args
        if one.term.head == "Tuple" or all(arg.head == "Eq" for arg in inner):
            return [replace(one, term=arg) for arg in inner]
    return [one]


def value_of(part: Part, term: Term) -> Term:
    """What an equation that only names its value says: the value. A chain says its last member."""
    known = free_symbols(part.key) if isinstance(part.key, Term) else frozenset()
    while term.head in ("Implies", "Iff") and part.kind not in ("chain", "range"):
        term = term.args[1]
    if term.head == "And" and part.kind not in ("range", "chain", "list", "set") and term.args[0].head in _NAMING:
        term = _equations_of(term)
    if term.head == "And" and part.kind not in ("range", "chain", "list", "set", "equation") and _is_chain(term):
        term = Term("Eq", (term.args[0].args[0], term.args[-1].args[1]), term.span)
    if term.head == "Approx":
        term = Term("Eq", term.args, term.span)
    if term.head == "Proportional" and part.kind in ("asymptotic", "up-to-scale"):
        bare: Term = term.args[1]
        return bare
    if part.kind == "asymptotic":
        term = powers_of(term)
    if part.kind in ("range", "equation", "chain", "property", "list", "set", "member") or term.head != "Eq":
        return term
    left: Term = term.args[0]
    right: Term = term.args[1]
    if left in part.subjects:
        return term
    if left.head == "Abs" and any(node in part.subjects for node in subterms(left)):
        return right
    atom = left.head in ("Symbol", "Apply", "Expect", "Variance", "Derivative", "Abs")
    return right if atom and not free_symbols(left) & known else term


_NAMING = frozenset(["Eq", "Approx", "Proportional"])


def _equations_of(chain: Term) -> Term:
    """Of a = b > 0 the equations before the inequality."""
    kept = [one for one in chain.args if one.head in _NAMING]
    if len(kept) == len(chain.args) or chain.args[: len(kept)] != tuple(kept):
        return chain
    return kept[0] if len(kept) == 1 else Term("And", tuple(kept), chain.span)


def free_symbols_of(part: Part) -> frozenset[str]:
    return free_symbols(part.key) if isinstance(part.key, Term) else frozenset()


def _is_chain(term: Term) -> bool:
    links = term.args
    return all(one.head in ("Eq", "Approx") for one in links) and all(
        links[i].args[1] == links[i + 1].args[0] for i in range(len(links) - 1)
    )


_COMMAS = re.compile(r"(?<=\d),(?=\d)")
Placed = tuple[Finding, "tuple[int, int] | None"]


def combined(parts: tuple[Part, ...], findings: list[Placed]) -> tuple[Finding, float]:
    """The finding on the whole, and the share of the points. Each finding comes with the place in the answer that it is on."""
    if len(findings) < len(parts):
        return findings[0][0], 0.0
    groups: dict[str, list[tuple[Part, Placed]]] = {}
    for i, (part, finding) in enumerate(zip(parts, findings, strict=True)):
        groups.setdefault(str(part.settings.get("group", f"#{i}")), []).append((part, finding))
    rows = [(_best(members), members[0][0]) for members in groups.values()]
    rows = [(one, part) for one, part in rows if not (one.verdict == "missing" and "optional" in part.settings)] or rows
    weight = sum(part.weight for _, part in rows) or 1.0
    credit = sum(part.weight * (1.0 if one.verdict == "correct" else one.credit) for one, part in rows) / weight
    verdicts = [one.verdict for one, _ in rows]
    if len(rows) == 1:
        return rows[0][0], credit
    return _whole(rows, verdicts, credit)


def _whole(rows: list[tuple[Finding, Part]], verdicts: list[str], credit: float) -> tuple[Finding, float]:
    def first(*kinds: str) -> tuple[Finding, Part]:
        return next((one, part) for one, part in rows if one.verdict in kinds)

    if set(verdicts) == {"correct"}:
        return rows[0][0], 1.0
    if set(verdicts) == {"missing"}:
        return rows[0][0], 0.0
    if "undecided" in verdicts or "unreadable" in verdicts:
        return first("undecided", "unreadable")[0], credit
    if "incorrect" in verdicts:
        wrong, part = first("incorrect")
        if credit > 0:
            about = f"{part.name}: " if part.name else ""
            return replace(wrong, verdict="partial", reason=f"{about}{wrong.reason}"), credit
        return wrong, 0.0
    absent = [part.name for one, part in rows if one.verdict == "missing" and part.name]
    right = first("correct", "partial")[0]
    reason = f"what is there is right; not found: {', '.join(absent)}" if absent else right.reason
    return replace(right, verdict="partial", reason=reason), credit


_ORDER = ("incorrect", "correct", "partial", "undecided", "unreadable", "missing")


def _best(members: list[tuple[Part, Placed]]) -> Finding:
    """Of alternatives one is enough; a wrong one beside it, elsewhere in the answer, counts."""
    right = [(one, place) for part, (one, place) in members if one.verdict == "correct" and "veto" not in part.settings]
    if right:
        places = [place for _, place in right]
        wrong = [
            one for part, (one, place) in members
            if one.verdict == "incorrect" and place not in places and part.kind in ("words", "range", "set")
        ]  # fmt: skip
        return wrong[0] if wrong else right[0][0]
    rest = [one for part, (one, _) in members if one.verdict != "correct"]
    return min(rest, key=lambda one: _ORDER.index(one.verdict))
