"""Which of several passages is the answer: the last one that nobody takes back, if what comes before leads to it.

Two answers that contradict each other are no answer: they go to a person. What the words around a passage say is in ``cues``.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.homework.answers import Candidate, fits, unknown_of
from derivations.homework.conditions import Decide, clause_after, clause_before, is_left_out, one_range, said_of
from derivations.homework.cues import cue
from derivations.homework.enclosures import enclosed, with_exception
from derivations.homework.keys import Part
from derivations.homework.restrictions import narrowed_by
from derivations.homework.verdicts import Finding
from derivations.language.terms import Term, free_symbols, subterms

_LETTER = re.compile(r"[^\W\d_]{2}")
MOST = 8  # passages of an answer that are decided
COLLECTED = frozenset(["list", "set", "chain"])
_RELATIONS = frozenset(["Lt", "Le", "Gt", "Ge", "Eq", "Ne"])
_NAMES = frozenset(["Symbol", "Apply", "Derivative", "Expect", "Variance"])


def chosen(part: Part, candidates: list[Candidate], decide: Decide, text: str) -> tuple[Finding, Candidate] | None:
    """The finding on the passage that is the answer, and the passage; None where no passage could be one."""
    if part.kind == "range" or unknown_of(part) is not None:
        unknown = part.settings.get("variable") or unknown_of(part)
        candidates = with_exception(enclosed(candidates, text, unknown), text, unknown)
    fitting = narrowed(part, [one for one in candidates if fits(part, one.term)])
    if not fitting:
        return None
    if any(cue("cases", one.lead) is not None and not _is_aside(one) for one in fitting):
        return Finding("undecided", "the answer distinguishes cases; the task asks for one answer"), fitting[-1]
    if part.kind == "range":
        found = one_range(part, fitting[-MOST:], text, decide)
        if isinstance(found, Finding):
            return found, fitting[-1]
        fitting = found
    *others, last = fitting[-MOST:]
    if cue("modified", last.lead) is not None:
        return Finding("undecided", "a part of the formula is in words; write it out in signs"), last
    finding = decide(last)
    if finding.verdict == "correct":
        finding = narrowed_by(part, last, candidates, text, decide) or finding
    if _is_about_ends(finding, last, candidates, text, decide):
        return _differing(finding), last
    if not others:
        return finding, last
    settled = _last_right if finding.verdict == "correct" else _last_wrong
    return settled(finding, last, others, decide)


def _last_right(finding: Finding, last: Candidate, others: list[Candidate], decide: Decide) -> tuple[Finding, Candidate]:
    """The last passage is right: do the others lead up to it, or do they contradict it?"""
    leads_up = cue("concludes", last.lead) and not cue("alternative", last.lead) and not cue("doubted", last.lead)
    if leads_up or all(decide(one).verdict != "incorrect" for one in others):
        return finding, last
    return _differing(finding), last


def _last_wrong(finding: Finding, last: Candidate, others: list[Candidate], decide: Decide) -> tuple[Finding, Candidate]:
    """The last passage is not right: was one before it that is, and was that one the conclusion?"""
    right = [(found, one) for one in others if (found := decide(one)).verdict == "correct"]
    concluded = [pair for pair in right if cue("concludes", pair[1].lead)]
    if concluded and not cue("concludes", last.lead):
        return concluded[-1]
    return (_differing(finding) if right else finding), last


def _is_about_ends(finding: Finding, last: Candidate, candidates: list[Candidate], text: str, decide: Decide) -> bool:
    """Whether only an end is wrong, and something else in the answer says of an end what is right."""
    behind = text[last.span[1] : last.span[1] + 40]
    if finding.misconception == "end-missing":
        return cue("included", behind) is not None or any(_completes(one, last, decide) for one in candidates)
    return finding.misconception == "end-included" and cue("excluded", behind) is not None


def _completes(one: Candidate, last: Candidate, decide: Decide) -> bool:
    """Whether it is an equation for the end that the range leaves out: "… and at η = 2/λ it oscillates for ever"."""
    return one.term.head == "Eq" and decide(replace(last, term=Term("Or", (last.term, one.term)))).verdict == "correct"


def _differing(finding: Finding) -> Finding:
    reason = "there are several answers that differ; it is not clear which one is meant"
    return Finding("undecided", reason, remarks=finding.remarks)


def hedged(text: str) -> bool:
    """Whether the text offers several answers and leaves the choice to the reader."""
    return cue("hedges", text) is not None


# --- what could be meant ----------------------------------------------------------------------------------------------


def narrowed(part: Part, fitting: list[Candidate]) -> list[Candidate]:
    """Without what is taken back, mere names, and asides, as long as something is left."""
    if part.kind in COLLECTED:
        fitting = [one for one in fitting if not _is_withdrawn(one) and (_is_labelled(part, one) or not _is_counted(one))]
        fitting = [one for one in fitting if not all(node.head in _NAMES for node in _members(one.term))] or fitting
        fitting = [one for one in fitting if cue("enclosing", one.lead) is None] or fitting
        return _without_steps(fitting) if part.kind == "set" else fitting
    fitting = [one for one in fitting if not (_is_withdrawn(one, part.kind == "range") or _is_stray_number(one) or _is_limit(one))]
    if part.kind == "range":
        fitting = [one for one in fitting if one.term.head not in _RELATIONS or free_symbols(one.term)]
        fitting = [one for one in fitting if not _is_pair_of_values(one)]
    fitting = [one for one in fitting if one.term.head not in _NAMES] or [one for one in fitting if not _is_mention(one)]
    fitting = [one for one in fitting if not _is_aside(one)] or fitting
    if part.kind == "range":
        fitting = [one for one in fitting if not _is_end_remark(part, one, fitting[0])] or fitting
    if part.kind not in ("range", "member"):
        fitting = [one for one in fitting if cue("condition", one.lead) is None and not _is_remark(one)] or fitting
    if part.kind == "matrix":
        return [one for one in fitting if any(node.head in ("Matrix", "Tuple") for node in subterms(one.term))] or fitting
    named = [one for one in fitting if _speaks_of_subject(part, one.term)]
    if part.kind != "equation":
        named = [one for one in named if not _is_implicit(part, one.term)] or named
    if named:
        return named + [one for one in fitting if one.span > named[-1].span and _concludes_value(part, one)]
    variable = part.settings.get("variable")
    if part.kind == "range" and variable is not None:
        return [one for one in fitting if variable in free_symbols(one.term)] or fitting
    if part.kind == "member":
        fitting = said_of(part, fitting)
        return [one for one in fitting if Term("Symbol", (variable,)) in one.term.args] or fitting
    return fitting


def _without_steps(several: list[Candidate]) -> list[Candidate]:
    """Where names are given values, without the equations for other formulas: det(H - λ) = λ² - 1 = 0."""
    lefts = [_left(one.term) for one in several]
    if not any(left is not None and left.head == "Symbol" for left in lefts):
        return several
    return [one for one, left in zip(several, lefts, strict=True) if left is None or left.head in _NAMES]


def _left(term: Term) -> Term | None:
    """The left side of an equation, or of the first in a chain."""
    while term.head == "And":
        term = term.args[0]
    return term.args[0] if term.head in ("Eq", "Approx") else None


def _is_implicit(part: Part, term: Term) -> bool:
    """Whether an equation has on both sides what is asked for: a step, where another equation gives the value."""
    if term.head not in ("Eq", "Approx"):
        return False
    return any(all(subject in tuple(subterms(side)) for side in term.args) for subject in part.subjects)


def _is_withdrawn(one: Candidate, is_range: bool = False) -> bool:
    """Whether it is called wrong; of a range, what holds everywhere else may be the answer."""
    excepted = is_range and cue("excepted", one.lead) is not None
    return (cue("withdrawn", one.lead) is not None and not excepted) or cue("rejected", one.after) is not None


def _is_limit(one: Candidate) -> bool:
    """Whether it only says to what a name tends (η → 0), or a sequence in the end (θ_∞ = θ*)."""
    term, infinity = one.term, Term("Infinity")
    if term.head == "Tends":
        return bool(term.args[0].head == "Symbol")
    return term.head in ("Eq", "Approx") and term.args[0].head == "Apply" and term.args[0].args[-1] == infinity


def _is_aside(one: Candidate) -> bool:
    """Whether it only gives a reason or a name; "as" does, "as well as" and "as long as" do not."""
    return cue("aside", one.lead) is not None and cue("joins", one.lead) is None and cue("condition", one.lead) is None


def _is_stray_number(one: Candidate) -> bool:
    """A number that prose mentions, as in "see cell 4", or what goes on in words, as in "x times something"."""
    goes_on = cue("continues", one.after)
    if goes_on is not None and not one.after[goes_on.end() :].lstrip().startswith("$"):
        return True
    bare = one.term.head == "Number" and not one.marked and bool(one.lead.strip())
    return _is_counted(one) or (bare and cue("valued", one.lead) is None and cue("corrects", one.lead) is None)


def _is_pair_of_values(one: Candidate) -> bool:
    """Whether it is "a and b" without brackets, and no word before it says that something lies between the two."""
    if one.term.head != "Tuple" or not isinstance(one.term.args[0], Term) or one.term.span is None:
        return False
    bare = one.term.args[0].span is not None and one.term.args[0].span[0] == one.term.span[0]
    lead = one.lead.strip()
    return bare and bool(lead) and not lead.endswith(":") and cue("enclosing", one.lead) is None


def _is_mention(one: Candidate) -> bool:
    """A name that a sentence speaks of, as in "λ has no influence" or "the bigger λ the flatter": it is not given as a value."""
    if cue("valued", one.lead) is not None or cue("called", one.lead) is not None:
        return False
    before, after = clause_before(one.lead), clause_after(one.after)
    return bool(_LETTER.search(before)) or (bool(_LETTER.search(after)) and cue("placed", after) is None)


def _is_labelled(part: Part, one: Candidate) -> bool:
    """Whether the words before say which of the values that are asked for it is: the largest eigenvalue 6."""
    near = one.lead[-40:].lower()
    return any(str(word) in near for _, *words in part.settings.get("labels", ()) for word in words)


def _is_remark(one: Candidate) -> bool:
    """Whether it stands in brackets of its own."""
    return one.lead.rstrip(" $").endswith("(") and one.after.lstrip(" $").startswith(")")


def _is_end_remark(part: Part, one: Candidate, first: Candidate) -> bool:
    """Whether it begins what brackets behind the range say of a single value: η ≥ 2/λ (η = 2/λ: it jumps to and fro).

    What contradicts the range is no remark.
    """
    if one.span <= first.span or one.term.head != "Eq" or not one.lead.rstrip(" $").endswith("("):
        return False
    if is_left_out(one):
        return False
    goes_on = one.after.lstrip(" $")[:1] in (":", ",", "–", "-") or _LETTER.match(one.after.lstrip(" $"))
    return bool(goes_on) and said_of(part, [one]) == [one]


def _concludes_value(part: Part, one: Candidate) -> bool:
    """Whether it is a value that follows, of a name that the answer has chosen itself: ⇒ V = …"""
    if cue("concludes", one.lead) is None or not isinstance(part.key, Term):
        return False
    last = one.term.args[-1] if one.term.head == "And" else one.term
    return last.head in ("Eq", "Approx") and free_symbols(last.args[1]) <= free_symbols(part.key)


def _members(term: Term) -> tuple[Term, ...]:
    return term.args if term.head in ("Tuple", "And") else (term,)


def _is_counted(one: Candidate) -> bool:
    """A number that says which: the curvature 2, step 1."""
    return one.term.head == "Number" and cue("counted", one.lead) is not None


def _speaks_of_subject(part: Part, term: Term) -> bool:
    if term.head == "And":
        return any(_speaks_of_subject(part, arg) for arg in term.args if isinstance(arg, Term))
    return term.head in ("Eq", "Approx", "Proportional", "Tends") and any(arg in part.subjects for arg in term.args)
