"""Ranges and regions: an answer is right if the kernel proves that it holds exactly where the key does, under the hypotheses.

It is wrong if there is a point at which just one of the two holds. A relation with an undefined side does not hold.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.homework.deciding import whole
from derivations.homework.deciding.range_keys import Key, heads_of
from derivations.homework.deciding.range_lines import Answer
from derivations.homework.deciding.relations import NoRange, is_pair, with_ends
from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.kernel.errors import Refused
from derivations.kernel.regions import opened
from derivations.language.errors import Malformed
from derivations.language.terms import Term, subterms


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a range."""
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a formula")
    key = _ready(part, part.key, setting)
    try:
        if "Tuple" in heads_of(said, setting) and any(is_pair(node) for node in subterms(said)):
            return _either(part, said, setting)
        answer = key.read(said)
    except NoRange as trouble:
        return Finding("undecided", trouble.message)
    except Refused:
        return Finding("undecided", "this could not be read as a range")
    finding = whole.finding(key, answer) if key.is_whole else key.finding(answer)
    if finding.verdict == "correct":
        return finding
    if key.variable and finding.misconception == "empty" and answer.formula.head == "And":
        listed = _as_cases(key, answer)
        if listed is not None:
            return listed
    for form in part.accept:
        other = _ready(part, form, setting)
        if not other.differs_at_once(answer):
            found = other.finding(answer)
            if found.verdict == "correct":
                remark = f"the expected answer is {key.text}; yours is accepted as well"
                return replace(found, remarks=(*found.remarks, remark))
    return finding


def differs_at_once(part: Part, said: Term, setting: Setting) -> bool:
    """Whether an answer certainly differs from the key: quicker than finding out in what way."""
    if not isinstance(part.key, Term):
        return False
    key = _ready(part, part.key, setting)
    try:
        return key.differs_at_once(key.read(said))
    except (NoRange, Refused):
        return False


def _as_cases(key: Key, answer: Answer) -> Finding | None:
    """The finding on "x = a and x > a" as a list of cases, if that is right and takes all of them: together the two say nothing."""
    links = answer.formula.args
    cases = [Term("Or", links)]
    cases += [Term("Or", tuple(one for one in links if one is not case)) for case in links if case.head == "Eq"]
    found, *less = (key.finding(Answer(one, opened(one))) for one in cases)
    if not less or found.verdict != "correct" or any(one.verdict == "correct" for one in less):
        return None
    return replace(found, remarks=(*found.remarks, "your conditions were read as cases, with an or between them"))


def _ready(part: Part, form: Term, setting: Setting) -> Key:
    variable, others = str(part.settings.get("variable", "")), part.settings.get("others", ())
    found: Key = setting.ready(f"range {variable}", form, lambda term, whole: Key(term, whole, variable, others))
    return found


def _either(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a pair of ends, if it does not matter whether they belong to the range."""
    findings = [decide(part, with_ends(said, ends), setting) for ends in ("open", "closed")]
    if findings[0].verdict == findings[1].verdict:
        return findings[0]
    return Finding("undecided", "do the ends belong to this range? It is not clear from how it is written")
