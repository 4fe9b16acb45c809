"""Which of several passages is the answer: the last one that nobody takes back, if what comes before leads to it.

Two answers that contradict each other are no answer: they go to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

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
    r"\b(curvature|direction|eigenvalue|coordinate|step|exercise|component|cell|task|case|part|equation|line|page)s?\s*$",
    re.IGNORECASE,
)
_GIVES_VALUE = re.compile(r"(\b(is|be|are|equals?|answer|gives?|value|get|result|by|obtain|to)|[=:≈∝⇒→])\s*\$?$", re.IGNORECASE)
_HEDGES = re.compile(
    r"\bor (maybe|perhaps|is it|possibly|without|with the)\b|\bone of (the two|these|them)\b|\bnot sure which\b|"
    r"\beither\b.*\bor\b.*(not sure|\?|don't know|idk)",
    re.IGNORECASE | re.DOTALL,
)
_ASIDES = re.compile(r"\([^()]*\)")
_JOINT = re.compile(r"[\s$,;]*(?:\\quad|\\text\{)?\s*(and|or|∧|∨)\s*\}?(?:also|as well as)?(?:\\quad)?[\s$,:]*", re.IGNORECASE)
_COLLECTED = frozenset(["list", "set", "chain"])
_ASIDE = re.compile(
    r"\b(since|because|as|where|with|assuming|given|while|whereas|note that|recall|from|at|at the point|point|by|using|let|of|"
    r"than|in)\s*:?\s*$",
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
    if part.kind in _COLLECTED:
        return [one for one in fitting if not _is_taken_back(one) and not _is_counted(one)]
    for drop in (_is_taken_back, _is_stray_number, _is_mere_name, _is_aside):
        kept = [one for one in fitting if not drop(one)]
        fitting = kept or ([] if drop in (_is_taken_back, _is_stray_number) else fitting)
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
    if _is_counted(one):
        return True
    return one.term.head == "Number" and not one.marked and bool(lead) and not _GIVES_VALUE.search(lead)


def _is_counted(one: Candidate) -> bool:
    """A number that says which: the curvature 2, step 1."""
    return one.term.head == "Number" and bool(_COUNTS.search(one.lead.strip()))


def _is_mere_name(one: Candidate) -> bool:
    return one.term.head in ("Symbol", "Apply", "Derivative", "Expect", "Variance")


def _is_aside(one: Candidate) -> bool:
    return bool(_ASIDE.search(one.lead))


def _speaks_of_subject(part: Part, term: Term) -> bool:
    if term.head == "And":
        return any(_speaks_of_subject(part, arg) for arg in term.args if isinstance(arg, Term))
    return term.head in ("Eq", "Approx", "Proportional", "Tends") and any(arg in part.subjects for arg in term.args)


def arrangements(part: Part, several: list[Candidate], given: frozenset[str]) -> Iterator[Term]:
    """The lists that several passages may be: all of them, the points among them, coordinate by coordinate, the values alone.

    ``given`` are names whose values the task says; an equation for one of them is no answer.
    """
    yield joined(several).term
    wanted = part.key.args if isinstance(part.key, Term) else ()
    values = [value for one in several if not _is_given(one.term, given) for value in _values(one.term)]
    if wanted and all(one.head == "Tuple" for one in wanted):
        size, width = len(wanted), len(wanted[0].args)
        points = [one for one in values if one.head == "Tuple" and len(one.args) == width]
        rows = [one for one in values if one.head == "Tuple" and len(one.args) in (size, size + 1)]
        numbers = [one for one in values if one.head != "Tuple"]
        if len(points) in (size, size + 1):  # perhaps with the start before them
            yield Term("Tuple", tuple(points[-size:]))
        if len(rows) == width:
            yield Term("Tuple", tuple(Term("Tuple", tuple(row.args[i - size] for row in rows)) for i in range(size)))
        if len(numbers) >= size * width:
            yield Term("Tuple", tuple(Term("Tuple", tuple(numbers[i * width : (i + 1) * width])) for i in range(size)))
        return
    equations = [_values(one.term)[0] for one in several if one.term.head in ("Eq", "And") and not _is_given(one.term, given)]
    numbers = [one for one in values if not free_symbols(one) and one.head not in _NO_NUMBERS]
    for chosen_ones in (equations, numbers):
        if len(chosen_ones) == len(wanted):
            yield Term("Tuple", tuple(chosen_ones))


_NO_NUMBERS = frozenset(["Tuple", "Interval", "In", "Lt", "Le", "Gt", "Ge", "And", "Or", "Union"])


def _is_given(term: Term, given: frozenset[str]) -> bool:
    return term.head == "Eq" and term.args[0].head == "Symbol" and term.args[0].args[0] in given


def _values(term: Term) -> list[Term]:
    """What is given a value last: of a = b = c the c; the members of a list of points."""
    if term.head == "And" and term.args[-1].head in ("Eq", "Approx"):
        chained = all(one.args[1] == two.args[0] for one, two in pairwise(term.args) if one.head == "Eq")
        return [term.args[-1].args[1]] if chained else [value for one in term.args for value in _values(one)]
    if term.head in ("Eq", "Approx"):
        return [term.args[1]]
    if term.head == "Matrix" and all(len(row.args) == 1 for row in term.args):
        return [Term("Tuple", tuple(row.args[0] for row in term.args))]
    if term.head == "Tuple" and any(one.head in ("Tuple", "Eq", "And") for one in term.args):
        return [value for one in term.args for value in _values(one)]
    return [term]


def joined(candidates: list[Candidate]) -> Candidate:
    """Several passages as one list."""
    if len(candidates) == 1:
        return candidates[0]
    members = tuple(one.term for one in candidates)
    return replace(
        candidates[0], term=Term("Tuple", members), span=(candidates[0].span[0], candidates[-1].span[1])
    )
