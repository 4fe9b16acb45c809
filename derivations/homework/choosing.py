"""Which of several passages is the answer: the last one that nobody takes back, if what comes before leads to it.

Two answers that contradict each other are no answer: they go to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from derivations.homework.answers import Candidate, fits
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.terms import Term, free_symbols, subterms

MOST = 8  # passages of an answer that are decided
_TAKEN_BACK = re.compile(
    r"\b(not|instead of|rather than|unlike|never|wrong|isn't|is not|and not|but not)\s*:?\s*$", re.IGNORECASE
)
_CONCLUDES = re.compile(
    r"\b(so|hence|therefore|thus|then|i\.?e|that is|answer|final(ly)?|gives?|means?|iff|conclu\w+|which|result\w*|get|"
    r"obtain\w*|both|together|combin\w+|follows|equivalent\w*|implies|must|need|simplif\w+|in other words|equals|becomes?|"
    r"yields?|solution)\b|[⇒→⟹⇔∴]|=>|\\implies|\\Rightarrow",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"\bor\s*(maybe|perhaps|possibly|else|even)?\s*:?\s*$|\b(maybe|perhaps|possibly|alternatively)\b", re.IGNORECASE
)
_GOES_ON = re.compile(r"\s*(times|multiplied by|something|over|divided by|plus|minus)\b(?!\s*\$)", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(curvature|direction|eigenvalue|coordinate|step|exercise|component|cell|task|case|part|equation|line|page)s?\s*$", re.IGNORECASE
)
_GIVES_VALUE = re.compile(r"(\b(is|be|are|equals?|answer|gives?|value|get|result|by|obtain|to)|[=:≈∝⇒→])\s*\$?$", re.IGNORECASE)
_HEDGES = re.compile(
    r"\bor (maybe|perhaps|is it|possibly|without|with the)\b|\bone of (the two|these|them)\b|\bnot sure which\b|\beither\b.*\bor\b.*(not sure|\?|don't know|idk)",
    re.IGNORECASE | re.DOTALL,
)
_ASIDES = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"[\s$,;]*(?:\\quad|\\text\{)?\s*(and|or|∧|∨)\s*\}?(?:also|as well as)?(?:\\quad)?[\s$,:]*", re.IGNORECASE)
_COLLECTED = frozenset(["list", "set", "chain"])
_ASIDE = re.compile(
    r"\b(since|because|as|where|with|assuming|given|while|whereas|note that|recall|from|at|at the point|point|by|using|let|of|than|in)\s*:?\s*$",
    re.IGNORECASE,
)


def chosen(
    part: Part, candidates: list[Candidate], decide: Callable[[Candidate], Finding], text: str
) -> tuple[Finding, Candidate] | None:
    """The finding on the passage that is the answer, and the passage; None where no passage could be one."""
    fitting = narrowed(part, [one for one in candidates if fits(part, one.term)])
    if part.kind == "range":
        fitting = _together(fitting, text)
    if not fitting:
        return None
    last = fitting[-1]
    finding = decide(last)
    others = fitting[-MOST:-1]
    if not others:
        return finding, last
    if finding.verdict == "correct":
        return _leading(finding, last, others, decide)
    findings = [(decide(one), one) for one in others]
    right = [(found, one) for found, one in findings if found.verdict == "correct"]
    if right:
        concluded = [pair for pair in right if _CONCLUDES.search(pair[1].lead)]
        if concluded and not _CONCLUDES.search(last.lead):
            return concluded[-1]
        return _two(finding), last
    if finding.verdict == "undecided":
        return finding, last
    return finding, last


def _together(fitting: list[Candidate], text: str) -> list[Candidate]:
    """Relations with nothing but "and" or "or" between them are one; and so are those that bound one side each."""
    found: list[Candidate] = []
    for one in fitting:
        between = text[found[-1].span[1] : one.span[0]] if found else ""
        joint = _JOINT.fullmatch(_ASIDES.sub(" ", between))
        if joint is not None:
            found[-1] = _merged("Or" if joint.group(1).lower() == "or" else "And", [found[-1], one])
        else:
            found.append(one)
    simple = len(found) > 1 and all(one.term.head in ("Lt", "Le", "Gt", "Ge") for one in found)
    return [_merged("And", found)] if simple else found


def _merged(head: str, several: list[Candidate]) -> Candidate:
    span = (several[0].span[0], several[-1].span[1])
    parts = tuple(arg for one in several for arg in (one.term.args if one.term.head == head else (one.term,)))
    return replace(several[0], term=Term(head, parts, span), span=span, after=several[-1].after)


def _leading(
    finding: Finding, last: Candidate, others: list[Candidate], decide: Callable[[Candidate], Finding]
) -> tuple[Finding, Candidate]:
    """The last passage is right: do the others lead up to it, or do they contradict it?"""
    if _CONCLUDES.search(last.lead) and not _EITHER.search(last.lead):
        return finding, last
    contradicting = [one for one in others if decide(one).verdict == "incorrect"]
    if not contradicting:
        return finding, last
    return _two(finding), last


def hedged(text: str) -> bool:
    """Whether the text offers several answers and leaves the choice to the reader."""
    return bool(_HEDGES.search(text))


def _two(finding: Finding) -> Finding:
    reason = "there are several answers that differ; it is not clear which one is meant"
    return Finding("undecided", reason, remarks=finding.remarks)


def narrowed(part: Part, fitting: list[Candidate]) -> list[Candidate]:
    """Without what is taken back, mere names, and asides, as long as something is left."""
    for drop in (_is_taken_back, _is_stray_number, _is_mere_name, _is_aside):
        kept = [one for one in fitting if not drop(one)]
        fitting = kept or ([] if drop in (_is_taken_back, _is_stray_number) and part.kind not in _COLLECTED else fitting)
    if part.kind == "matrix":
        shaped = [one for one in fitting if any(node.head in ("Matrix", "Tuple") for node in subterms(one.term))]
        fitting = shaped or fitting
    named = [one for one in fitting if _speaks_of_subject(part, one.term)]
    if named and part.kind != "list":
        return named
    if part.kind == "range" and "variable" in part.settings:
        speaking = [one for one in fitting if part.settings["variable"] in free_symbols(one.term)]
        return speaking or fitting
    return fitting


def _is_taken_back(one: Candidate) -> bool:
    return bool(_TAKEN_BACK.search(one.lead))


def _is_stray_number(one: Candidate) -> bool:
    """A number that prose mentions, as in "see cell 4", or what goes on in words, as in "x times something"."""
    if _GOES_ON.match(one.after):
        return True
    lead = one.lead.strip()
    if one.term.head == "Number" and _COUNTS.search(lead):
        return True
    return one.term.head == "Number" and not one.marked and bool(lead) and not _GIVES_VALUE.search(lead)


def _is_mere_name(one: Candidate) -> bool:
    return one.term.head in ("Symbol", "Apply", "Derivative", "Expect", "Variance")


def _is_aside(one: Candidate) -> bool:
    return bool(_ASIDE.search(one.lead))


def _speaks_of_subject(part: Part, term: Term) -> bool:
    if term.head == "And":
        return any(_speaks_of_subject(part, arg) for arg in term.args if isinstance(arg, Term))
    return term.head in ("Eq", "Approx", "Proportional", "Tends") and any(arg in part.subjects for arg in term.args)


def joined(candidates: list[Candidate]) -> Candidate:
    """Several passages as one list."""
    if len(candidates) == 1:
        return candidates[0]
    members = tuple(one.term for one in candidates)
    return replace(
        candidates[0], term=Term("Tuple", members), span=(candidates[0].span[0], candidates[-1].span[1])
    )
