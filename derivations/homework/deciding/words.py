"""Words: whether an answer says the concept that a proof shows, and denies none of it.

Of a family of concepts (minimum, maximum, saddle, degenerate) one holds; where a family has only two, to deny one is to say the
other. Words are never guessed: what is said in two ways goes to a person.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derivations.homework.deciding.concepts import Family, concept_name, family_of, occurrences
from derivations.homework.deciding.sayings import INTO, Entities, Said, clauses_of, compared, meaning, said
from derivations.homework.deciding.sentences import is_supposed, words_of
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term

_REASONS = frozenset(["since", "because", "as", "it", "they", "but", "so"])
_FASTER = frozenset(["faster", "slower", "quicker", "quickly", "fastest", "slowly"])
_DRAWN = re.compile(
    r"\b(i\.\s?e\.|so|hence|thus|therefore|that is|together|altogether|overall|in fact|actually|in reality|in truth|tatsächlich)\b"
    r"[^.;\n]{0,20}$",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?<![^.?!;:\n])[^.?!;:\n]{0,200}\?(?=\s*(?:no|nope|nein)\b)", re.IGNORECASE)  # what "no" answers
_NOT_ONLY = re.compile(r"\b(?:not|nicht)\s+(?:only|just|merely|nur)\s+(?:(?:the|a|an|along|on|in|of|for)\s+)*$", re.IGNORECASE)
_EXCEPT = re.compile(  # what is said holds somewhere, and not elsewhere
    r"[^.;\n]{0,60}\b(?:except|apart from|unless|other than|außer|sauf|only (?:for|if|when|where|at|along)|"
    r"(?:for|if|when|at) [^.;\n]{1,30} only)\b",
    re.IGNORECASE,
)
_YES, _NO = frozenset({"yes", "yep", "yeah", "true"}), frozenset({"no", "nope", "false"})


def decide_words(part: Part, text: str, entities: Entities | None = None) -> tuple[Finding, tuple[int, int]] | None:
    """The finding on a part whose key is words, and where the word stands; None where the text does not speak of it."""
    entities = entities or Entities()
    text = _ASKED.sub(lambda found: " " * len(found.group()), text)
    wanted = part.key if isinstance(part.key, tuple) else ()
    findings = []
    for name in wanted:
        found = _decide(part, concept_name(name), text, entities)
        if found is not None:
            findings.append(found)
    if not findings:
        return _other_number(part, text, entities)
    worst = min(findings, key=lambda pair: _RANK[pair[0].verdict])
    right = sum(one.verdict == "correct" for one, _ in findings)
    if 0 < right < len(wanted) and worst[0].verdict != "undecided":
        reason = worst[0].reason if worst[0].verdict == "incorrect" else "this is a part of what is asked for"
        return replace(worst[0], verdict="partial", credit=right / len(wanted), reason=reason), worst[1]
    return worst


def _other_number(part: Part, text: str, entities: Entities) -> tuple[Finding, tuple[int, int]] | None:
    """Where numbers are words of the part ("20" for "high"), another number that is given for what the part is about."""
    about, known = str(part.settings.get("about", "")), part.settings.get("words", ())
    if not about or not any(word.isdigit() for _, *words in known for word in words):
        return None
    for clause in clauses_of(text):
        for at, names in entities.mentions(clause):
            near = clause[max(at - 2, 0) : at]
            if names == {about} and near and near[0].text.isdigit() and near[-1].text in INTO:
                return Finding("undecided", f"it is not clear what {near[0].text} says of {about}"), (near[0].start, clause[at].end)
    return None


_RANK = {"incorrect": 0, "undecided": 1, "partial": 2, "correct": 3}


def _decide(part: Part, key: str, text: str, entities: Entities) -> tuple[Finding, tuple[int, int]] | None:
    one = family_of(part, key)
    found = compared(text, one) if one.compares and not part.settings.get("about") else said(text, one, entities)
    about, certain = str(part.settings.get("about", "")), True
    if about and len(entities.names) > 1:
        found, certain = _said_of(about, found, entities, one)
        if not certain and part.settings.get("words"):
            return None
    meant = [(meaning(item, one), item) for item in found]
    plain = _yes_or_no(part, text)
    if not any(concept for concept, _ in meant) and plain is not None:
        meant, certain = [(concept_name(plain[0]), Said(plain[0], True, frozenset(), plain[1]))], True
    asserted = {concept for concept, _ in meant if concept}
    asserted = asserted - one.weak or asserted
    for first, second, both in one.together:
        asserted = asserted - {first, second} | {both} if {first, second} <= asserted else asserted
    if len(asserted) > 1:
        plain_ones = [(concept, item) for concept, item in meant if not _is_compared(text, item.span[1])]
        meant = plain_ones or meant
        asserted = {concept for concept, _ in meant if concept}
    if len(asserted) > 1 and _is_conclusion(text, meant[-1][1].span[0]) and meant[-1][0]:
        asserted, meant = {meant[-1][0]}, meant[-1:]
    if not found and not asserted:
        return None
    if one.opposites and _neither(one, found):
        return _wrong(part, key, "neither"), found[0].span
    wrong = next((item for concept, item in meant if concept != key), None)
    denied = next((item for item in found if item.concept == key and not item.asserted and not one.opposites), None)
    if asserted == {key} and denied is None:
        excepted = _EXCEPT.match(text, meant[0][1].span[1]) is not None
        if excepted or _is_more(text, one, meant[0][1]) or (one.relative and _is_turned(text, one, key)):
            return Finding("undecided", "the words do not say clearly enough what is meant"), meant[0][1].span
        return _right(part, key), meant[0][1].span
    if asserted and key not in asserted and wrong is not None and certain:
        return _wrong(part, key, " and ".join(sorted(asserted))), wrong.span
    if denied is not None and key not in asserted:
        return _wrong(part, key, f"not {denied.concept}"), denied.span
    span = found[0].span if found else meant[0][1].span
    if asserted and len(asserted) > 1:
        return Finding("undecided", "two things are said that exclude each other: " + " and ".join(sorted(asserted))), span
    return Finding("undecided", "the words do not say clearly enough what is meant"), span


def _said_of(
    about: str, found: tuple[Said, ...], entities: Entities, one: Family
) -> tuple[tuple[Said, ...], bool]:
    """What is said of this one, and whether that is certain; several things said of nobody are said in order."""
    named = tuple(item for item in found if about in item.about)
    if named:
        return named, True
    loose = tuple(item for item in found if not item.about)
    turns = [item for item in loose if item.asserted or one.opposites]
    if len(turns) == len(entities.names) and len(found) == len(loose):
        return (turns[entities.names.index(about)],), True
    return loose, False


def _neither(one: Family, found: tuple[Said, ...]) -> bool:
    """Whether of a pair of opposites both are denied."""
    pair = set(one.concepts[:2])
    return not any(item.asserted for item in found) and pair <= {item.concept for item in found}


def _is_more(text: str, one: Family, item: Said) -> bool:
    """ "not only" before it: of concepts that exclude each other something else holds, too."""
    return not one.opposites and _NOT_ONLY.search(text[: item.span[0]]) is not None


def _is_turned(text: str, one: Family, key: str) -> bool:
    """Whether another concept of the family is only supposed: "it grows when … shrinks" says that it shrinks with it."""
    supposed = [clause for clause in clauses_of(text) if clause[0].supposed or is_supposed(clause)]
    return any(concept != key for clause in supposed for _, _, concept in occurrences(clause, one))


def _is_compared(text: str, at: int) -> bool:
    """Whether a comparison follows: "it shrinks faster" tells of two things, and not first of all that it shrinks."""
    following = words_of(text[at : at + 20])
    return bool(following) and following[0].text in _FASTER


def _is_conclusion(text: str, at: int) -> bool:
    """Whether what stands here is drawn from what stands before it."""
    return bool(_DRAWN.search(text[:at]))


def _yes_or_no(part: Part, text: str) -> tuple[str, tuple[int, int]] | None:
    """What a plain yes or no says, where the task asks for one."""
    words = words_of(text)
    plain = [
        word for i, word in enumerate(words)
        if word.text in _YES | _NO
        and (i == 0 or not words[i - 1].text.isalpha())
        and (i == 0 or i + 1 == len(words) or not words[i + 1].text.isalpha() or words[i + 1].text in _REASONS)
    ]  # fmt: skip
    said = {"no" if word.text in _NO else "yes" for word in plain}
    if len(said) != 1 or not said & set(part.settings):
        return None
    return str(part.settings[said.pop()]), (plain[0].start, plain[0].end)


def _shown(part: Part) -> str:
    shown = [ascii_text(term) for term in part.settings.get("shown", ()) if isinstance(term, Term)]
    return " and ".join(shown)


def _plain(concept: str) -> str:
    return concept.replace("-", " ")


def _right(part: Part, key: str) -> Finding:
    shown = _shown(part)
    detail = f"proved: {shown}" if shown else f"the answer says what the key asks for: {_plain(key)}"
    return Finding("correct", f"right: {_plain(key)}", Evidence("proof", shown or key, status="proved", detail=detail), 1.0)


def _wrong(part: Part, key: str, word: str) -> Finding:
    shown = _shown(part)
    detail = f"the word is {_plain(word)!r}; the key's is {_plain(key)!r}" + (f", that is {shown}" if shown else "")
    values = {"answer": _plain(word), "key": _plain(key)}
    about = f" of {part.settings['about']}" if part.settings.get("about") else ""
    evidence = Evidence("counterexample", shown or key, answer=_plain(word), key=_plain(key), values=values, detail=detail)
    return Finding("incorrect", f"\"{_plain(word)}\" is not what holds{about}", evidence)
