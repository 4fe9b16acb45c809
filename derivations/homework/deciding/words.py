"""Words: whether an answer says the concept that a proof shows, and denies none of it.

Concepts stand in families of which one holds (minimum, maximum, saddle, degenerate); where a family has only two, to deny one is
to say the other. Phrases are found in the text, with their denials ("not a minimum", "without overshooting"), with what they are
said of (of x, of both directions), and with conditions ("if an eigenvalue were negative …", which asserts nothing). Words are
never guessed: what is said in two ways goes to a person.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from derivations.homework.deciding.sentences import Word, clauses, is_denied, is_supposed, words_of
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term

_REFERRING = frozenset({"it", "this", "that", "they"})
_EVERY = frozenset(
    ["both", "each", "all", "every", "either", "neither", "coordinates", "directions", "components", "none", "everything"]
)
_INTO = frozenset(["in", "along", "for", "of"])
_ORDER = {"first": 0, "second": 1, "flat": 0, "steep": 1, "third": 2}
_YES, _NO = frozenset({"yes", "yep", "yeah", "true"}), frozenset({"no", "nope", "false"})

Phrase = tuple[tuple[str, bool], ...]  # words, and whether the rest of the word is free


@dataclass(frozen=True, slots=True)
class Family:
    """Concepts of which one holds, each with its phrases; ``opposites``: there are only two. ``compare`` are (more, less) words."""

    concepts: tuple[str, ...]
    phrases: Mapping[str, tuple[tuple[Phrase, str], ...]]  # first word's beginning → phrase, concept
    opposites: bool = False
    more: tuple[Phrase, ...] = ()
    less: tuple[Phrase, ...] = ()

    @property
    def compares(self) -> bool:
        return bool(self.more)


@dataclass(frozen=True, slots=True)
class Said:
    """A concept that the text asserts or denies, of what ("" where it does not say of what), and where."""

    concept: str
    asserted: bool
    about: frozenset[str]
    span: tuple[int, int]


def phrase(text: str) -> Phrase:
    """ "oscillat* about" as words, of which the first may go on."""
    marked = [(part.rstrip("*"), part.endswith("*")) for part in text.split()]
    found: list[tuple[str, bool]] = []
    for part, free in marked:
        inner = [word.text for word in words_of(part)]
        found += [(word, free and i == len(inner) - 1) for i, word in enumerate(inner)]
    return tuple(found)


def family(rows: Mapping[str, object]) -> Family:
    """A family as the vocabulary's file, or an author, describes it."""
    phrases: dict[str, list[tuple[Phrase, str]]] = {}
    concepts = [name for name in rows if name not in ("opposites", "comparison", "reverse")]
    for concept in concepts:
        for text in (concept.replace("-", " "), *_texts(rows[concept])):
            one = phrase(text)
            if one:
                phrases.setdefault(one[0][0][:3], []).append((one, concept))
    ordered = {key: tuple(sorted(value, key=lambda pair: -len(pair[0]))) for key, value in phrases.items()}
    more, less = (tuple(phrase(text) for text in _texts(rows.get(name, ()))) for name in ("comparison", "reverse"))
    return Family(tuple(concepts), ordered, rows.get("opposites") is True, more, less)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


@cache
def families() -> dict[str, Family]:
    """The families of the vocabulary, by the concepts in them."""
    path = os.path.join(os.path.dirname(__file__), "vocabulary.toml")
    with open(path, "rb") as file:
        found = [family(rows) for rows in tomllib.load(file).values()]
    return {concept: one for one in found for concept in one.concepts}


def concept_name(name: str) -> str:
    """A property's name as a concept: "positive definite Hessian" is positive-definite, "one sided" is one-sided."""
    plain = re.sub(r"[\s_-]+", "-", name.strip().lower())
    known = families()
    return next((one for one in (plain, plain.removesuffix("-hessian"), f"{plain}-sequence") if one in known), plain)


def family_of(part: Part, concept: str) -> Family:
    """The family in which the key's concept stands: the author's words, the vocabulary's, or the word by itself."""
    own = part.settings.get("words", ())
    if own:
        comparing = families()["y"]
        return replace(family({row[0]: row[1:] for row in own}), more=comparing.more, less=comparing.less)
    return families().get(concept) or family({concept: ()})


# --- what is said ---------------------------------------------------------------------------------------------------


def _at(words: tuple[Word, ...], at: int, one: Phrase) -> bool:
    return at + len(one) <= len(words) and all(
        words[at + i].text.startswith(text) if free else words[at + i].text == text for i, (text, free) in enumerate(one)
    )


def _found(words: tuple[Word, ...], one: Family) -> Iterator[tuple[int, int, str]]:
    """(first word, word after the last, concept) of each phrase, the longest at each place."""
    at = 0
    while at < len(words):
        hits = [pair for pair in one.phrases.get(words[at].text[:3], ()) if _at(words, at, pair[0])]
        if hits:
            length = len(hits[0][0])
            yield at, at + length, hits[0][1]
            at += length
        else:
            at += 1


def said(text: str, one: Family, entities: tuple[str, ...] = ()) -> tuple[Said, ...]:
    """What the text asserts and denies of the family's concepts."""
    found: list[Said] = []
    current: frozenset[str] = frozenset()
    for clause in clauses(words_of(text)):
        if not clause or clause[0].text not in _REFERRING:
            current = current if clause and clause[0].continues else frozenset()
        supposed = is_supposed(clause)
        mentions = dict(_mentions(clause, entities))
        used = False
        for start, end, concept in _found(clause, one):
            here = _group(clause, mentions, start, end)
            if not here and not used:
                before = frozenset().union(*(names for at, names in mentions.items() if at < start))
                here = before or current
            elif not here:
                between = frozenset().union(*(names for at, names in mentions.items() if at < start))
                here = between or current
            used = True
            if not supposed:
                span = (clause[start].start, clause[end - 1].end)
                found.append(Said(concept, not is_denied(clause, start), here, span))
        if mentions:
            current = frozenset().union(*mentions.values())
    return tuple(found)


def _mentions(clause: tuple[Word, ...], entities: tuple[str, ...]) -> Iterator[tuple[int, frozenset[str]]]:
    for at, word in enumerate(clause):
        if word.text in entities:
            yield at, frozenset({word.text})
        elif word.text in _ORDER and _ORDER[word.text] < len(entities):
            yield at, frozenset({entities[_ORDER[word.text]]})
        elif word.text in _EVERY and entities:
            yield at, frozenset(entities)


def _group(
    clause: tuple[Word, ...], mentions: Mapping[int, frozenset[str]], start: int, end: int
) -> frozenset[str]:
    """What a concept is said of by the words next to it: "x and y oscillate", "oscillation in y"."""
    for at in range(end, min(end + 4, len(clause))):
        if at in mentions and at > end - 1 and any(clause[i].text in _INTO for i in range(end, at)):
            return mentions[at]
    near: frozenset[str] = frozenset()
    at = start - 1
    while at >= 0 and start - at <= 6:
        if at in mentions:
            near |= mentions[at]
            joined = at >= 1 and clause[at - 1].text in ("and", "or", "nor", ",")
            if not joined:
                break
            at -= 1
        elif near and clause[at].text not in ("and", "or", "nor", ","):
            break
        at -= 1
    return near


def compared(text: str, one: Family) -> tuple[Said, ...]:
    """What a comparison says: "y is steeper", "x is flatter than y", "larger in y than in x" all say y."""
    found: list[Said] = []
    for clause in clauses(words_of(text)):
        than = next((i for i, word in enumerate(clause) if word.text == "than"), len(clause))
        hits = list(_found(clause, one))
        front = [hit for hit in hits if hit[0] < than] or hits
        if not front or is_supposed(clause):
            continue
        turned = any(_at(clause, at, less) for at in range(than) for less in one.less)
        named = {hit[2] for hit in front}
        if len(named) > 1:
            continue
        start, end, concept = front[0]
        if (turned and front[0][0] < than) != (front == hits and not hits[0][0] < than):
            others = [name for name in one.concepts if name != concept]
            if len(others) != 1:
                continue
            concept = others[0]
        span = (clause[start].start, clause[end - 1].end)
        found.append(Said(concept, not any(is_denied(clause, at) for at in range(start, start + 1)), frozenset(), span))
    return tuple(found)


# --- the verdict ----------------------------------------------------------------------------------------------------


def decide_words(part: Part, text: str, entities: tuple[str, ...] = ()) -> tuple[Finding, tuple[int, int]] | None:
    """The finding on a part whose key is words, and where the word stands; None where the text does not speak of it."""
    findings = []
    for name in part.key if isinstance(part.key, tuple) else ():
        found = _decide(part, concept_name(name), text, entities)
        if found is not None:
            findings.append(found)
    if not findings:
        return None
    worst = min(findings, key=lambda pair: _RANK[pair[0].verdict])
    wanted = len(part.key)
    if worst[0].verdict == "correct" and len(findings) < wanted:
        credit = len(findings) / wanted
        return replace(worst[0], verdict="partial", credit=credit, reason="this is a part of what is asked for"), worst[1]
    return worst


_RANK = {"incorrect": 0, "undecided": 1, "partial": 2, "correct": 3}


def _decide(
    part: Part, key: str, text: str, entities: tuple[str, ...]
) -> tuple[Finding, tuple[int, int]] | None:
    one = family_of(part, key)
    found = compared(text, one) if one.compares else said(text, one, entities)
    about = str(part.settings.get("about", ""))
    if about:
        named = [item for item in found if about in item.about]
        loose = [item for item in found if not item.about]
        found = tuple(named or loose)
        certain = bool(named) or len(entities) < 2
    else:
        certain = True
    meant = [(_meaning(item, one), item) for item in found]
    plain = _yes_or_no(part, text)
    if not any(concept for concept, _ in meant) and plain is not None:
        meant, certain = [(concept_name(plain[0]), Said(plain[0], True, frozenset(), plain[1]))], True
    asserted = {concept for concept, _ in meant if concept}
    if not found and not asserted:
        return None
    wrong = next((item for concept, item in meant if concept != key), None)
    denied = next((item for item in found if item.concept == key and not item.asserted and not one.opposites), None)
    if asserted == {key} and denied is None:
        return _right(part, key), meant[0][1].span
    if asserted and key not in asserted and wrong is not None and certain and len(asserted) == 1:
        return _wrong(part, key, next(iter(asserted))), wrong.span
    if denied is not None and key not in asserted:
        return _wrong(part, key, f"not {denied.concept}"), denied.span
    span = found[0].span if found else meant[0][1].span
    if asserted and len(asserted) > 1:
        return Finding("undecided", "two things are said that exclude each other: " + " and ".join(sorted(asserted))), span
    return Finding("undecided", "the words do not say clearly enough what is meant"), span


def _meaning(item: Said, one: Family) -> str:
    """The concept that is said; "" where one is denied and several others are left."""
    if item.asserted:
        return item.concept
    if one.opposites:
        pair = one.concepts[:2]
        if item.concept in pair:
            return pair[1 - pair.index(item.concept)]
    return ""


def _yes_or_no(part: Part, text: str) -> tuple[str, tuple[int, int]] | None:
    """What a plain yes or no says, where the task asks for one."""
    words = words_of(text)
    for word in words[:1]:
        if word.text in _NO and "no" in part.settings:
            return str(part.settings["no"]), (word.start, word.end)
        if word.text in _YES and "yes" in part.settings:
            return str(part.settings["yes"]), (word.start, word.end)
    return None


def _shown(part: Part) -> str:
    shown = [ascii_text(term) for term in part.settings.get("shown", ()) if isinstance(term, Term)]
    return " and ".join(shown)


def _plain(concept: str) -> str:
    return concept.replace("-", " ")


def _right(part: Part, key: str) -> Finding:
    shown = _shown(part)
    detail = f"proved: {shown}" if shown else f"proved of it: {_plain(key)}"
    return Finding("correct", f"right: {_plain(key)}", Evidence("proof", shown or key, status="proved", detail=detail), 1.0)


def _wrong(part: Part, key: str, word: str) -> Finding:
    shown = _shown(part)
    detail = f"the word is {word!r}; what is proved is {_plain(key)!r}" + (f", that is {shown}" if shown else "")
    values = {"answer": _plain(word), "key": _plain(key)}
    about = f" of {part.settings['about']}" if part.settings.get("about") else ""
    evidence = Evidence("counterexample", shown or key, answer=_plain(word), key=_plain(key), values=values, detail=detail)
    return Finding("incorrect", f"\"{_plain(word)}\" is not what holds{about}", evidence)
