"""Sayings: which concepts a text asserts or denies, and of what, clause by clause.

Phrases are found with their denials ("not a minimum", "without overshooting"), with what they are said of (of x, of both
directions), and with conditions ("if an eigenvalue were negative …", which asserts nothing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from derivations.homework.deciding.concepts import Family, Phrase, corrected, occurrences, phrase, phrase_end
from derivations.homework.deciding.sentences import Word, clauses, is_denied, is_supposed, is_unneeded, words_of

_REFERRING = frozenset({"it", "this", "that", "they"})
_EVERY = frozenset(["both", "each", "all", "every", "everything", "either", "neither", "none", "nothing"]) | {
    "coordinates", "directions", "components",
}  # fmt: skip
_TIMES = frozenset(["step", "steps", "time", "times", "iteration", "iterations", "update", "move", "single", "round", "other"])
_JOINING = frozenset(["and", "or", "nor", ",", "the"])
_SEEMING = frozenset(["seems", "seem", "seemed", "looks", "look", "looked", "appears", "resembles", "scheint", "semble"])
_CONTRAST = re.compile(
    r"\b(?:seems?|looks?|appears|resembles|scheint|semble)\b[^.]{0,200}\b(?:but|however|yet|although|aber|mais|in fact|actually)\b",
    re.IGNORECASE,
)
_ACROSS = frozenset(["perpendicular", "orthogonal", "normal", "across", "senkrecht"])
_FIXED = frozenset(["const", "constant", "fixed", "unchanged"])
_RELATIVE = frozenset(["where", "which", "whose", "wo"])
_DO = frozenset(["does", "do", "did", "is", "are", "will"])
INTO = frozenset(["in", "along", "for", "of"])
_ORDINALS = ("first", "second", "third", "fourth")
_NUMBERED = ("r", "lambda", "direction", "coordinate", "component", "eigenvalue", "multiplier", "mu", "m")


@dataclass(frozen=True, slots=True)
class Said:
    """A concept that the text asserts or denies, of what ("" where it does not say of what), and where."""

    concept: str
    asserted: bool
    about: frozenset[str]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entities:
    """What may be spoken of (the coordinates, the directions), in order, and how each may be called."""

    names: tuple[str, ...] = ()
    called: tuple[tuple[Phrase, str], ...] = ()

    def at(self, clause: tuple[Word, ...], at: int) -> tuple[frozenset[str], int]:
        """What is spoken of at this word, and where that ends."""
        best = max(((phrase_end(clause, at, one), name) for one, name in self.called), default=(0, ""))
        if best[0]:
            return frozenset({best[1]}), best[0]
        timed = at + 1 < len(clause) and clause[at + 1].text in _TIMES  # "every step" speaks of all times, not of all directions
        if clause[at].text in _EVERY and self.names and not timed:
            return frozenset(self.names), at + 1
        return frozenset(), at

    def mentions(self, clause: tuple[Word, ...]) -> Iterator[tuple[int, frozenset[str]]]:
        """Where in a clause something is spoken of, and what."""
        at = 0
        while at < len(clause):
            names, end = self.at(clause, at)
            if names:
                yield at, names
            at = max(end, at + 1)


def entities_of(names: Iterable[str], further: Mapping[str, Iterable[str]]) -> Entities:
    """The first is also called "first", "r 1", "lambda 1" …, and by what the author adds."""
    names = tuple(names)
    called: list[tuple[Phrase, str]] = []
    for i, name in enumerate(names):
        usual = [name, *(f"{base} {i + 1}" for base in _NUMBERED), *(_ORDINALS[i : i + 1])]
        called += [(phrase(text), name) for text in (*usual, *further.get(name, ())) if phrase(text)]
    return Entities(names, tuple(called))


@lru_cache(maxsize=4)
def clauses_of(text: str) -> tuple[tuple[Word, ...], ...]:
    """The clauses of an answer, for all the parts that are decided one after the other."""
    return tuple(clauses(corrected(words_of(text))))


def said(text: str, one: Family, entities: Entities) -> tuple[Said, ...]:
    """What the text asserts and denies of the family's concepts."""
    found: list[Said] = []
    seeming: list[Said] = []
    current: frozenset[str] = frozenset()
    for clause in clauses_of(text):
        known = len(found)
        if seeming and _CONTRAST.search(text, 0, clause[0].start):
            seeming = []
        if not clause[0].continues and clause[0].text not in _REFERRING:
            current = frozenset()
        mentions = dict(entities.mentions(clause))
        hits = list(occurrences(clause, one))
        if found and not hits and clause[0].continues and is_unneeded(clause, -1):  # "sufficient, but not necessary"
            found[-1] = replace(found[-1], asserted=False)
        if not clause[0].supposed and not is_supposed(clause):
            found += _in_clause(clause, hits, mentions, current, entities)
        if found:
            found += _in_short(clause, hits, mentions, found[-1])
        if mentions:
            current = mentions[max(mentions)]
        if any(word.text in _SEEMING for word in clause):
            seeming, found = [*seeming, *found[known:]], found[:known]
    return tuple(found or seeming)  # "it looks like a minimum, but it is a saddle"


Hit = tuple[int, int, str]
Mentions = Mapping[int, frozenset[str]]


def _in_clause(
    clause: tuple[Word, ...], hits: list[Hit], mentions: Mentions, current: frozenset[str], entities: Entities
) -> Iterator[Said]:
    """What a clause says with the family's phrases, each of what is named next to it, or was spoken of before."""
    for place, (start, end, concept) in enumerate(hits):
        following = hits[place + 1][0] if place + 1 < len(hits) else len(clause)
        here = _group(clause, mentions, start, end, following) or _before(mentions, start) or current
        found = Said(concept, not is_denied(clause, start), here, (clause[start].start, clause[end - 1].end))
        yield found
        if _only(clause, mentions, here) and len(here) < len(entities.names):
            yield replace(found, asserted=not found.asserted, about=frozenset(entities.names) - here)


def _in_short(clause: tuple[Word, ...], hits: list[Hit], mentions: Mentions, before: Said) -> Iterator[Said]:
    """What a clause says by "not" or "does" alone: "y oscillates, x does not", "it is constant, but not in y"."""
    if not hits and _is_limited(clause):
        yield replace(before, asserted=not before.asserted, about=frozenset().union(*mentions.values()))
    last = hits[-1][1] if hits else 0
    left_out = [at for at in mentions if at >= last]
    short = clause[-1].text
    if left_out and _are_listed(clause, left_out) and (short == "not" or short in _DO):
        about = frozenset().union(*(mentions[at] for at in left_out))
        yield Said(before.concept, short != "not", about, (clause[left_out[0]].start, clause[-1].end))


def _is_limited(clause: tuple[Word, ...]) -> bool:
    """ "… but not in y": what was said before holds somewhere, and elsewhere not."""
    return clause[0].continues and clause[0].text == "not" and len(clause) > 1 and clause[1].text in INTO


def _are_listed(clause: tuple[Word, ...], places: list[int]) -> bool:
    """Whether nothing but "and" is between them: in "y oscillates, x does not" they are x, in "y grows and x does not" both."""
    inner = range(min(places) + 1, max(places))
    return all(at in places or clause[at].text in _JOINING for at in inner)


def _before(mentions: Mapping[int, frozenset[str]], start: int) -> frozenset[str]:
    earlier = [at for at in mentions if at < start]
    return mentions[max(earlier)] if earlier else frozenset()


def _only(clause: tuple[Word, ...], mentions: Mapping[int, frozenset[str]], here: frozenset[str]) -> bool:
    """Whether it is said of these alone: "only y oscillates", "oscillation in y only"."""
    places = [at for at, names in mentions.items() if names == here]
    near = range(min(places) - 3, max(places) + 3) if places else range(0)
    return any(0 <= at < len(clause) and clause[at].text in ("only", "just", "alone") for at in near)


def _group(
    clause: tuple[Word, ...], mentions: Mapping[int, frozenset[str]], start: int, end: int, following: int
) -> frozenset[str]:
    """What a concept is said of by the words next to it: "x and y oscillate", "oscillation in y"."""
    for at in range(end, min(end + 5, following)):
        if at in mentions and any(clause[i].text in INTO for i in range(end, at)):
            further = [one for one in mentions if at <= one < following and _are_listed(clause, [at, one])]
            return frozenset().union(*(mentions[one] for one in further))
        if clause[at].text == ",":
            break
    near: frozenset[str] = frozenset()
    for at in reversed([at for at in mentions if at < start]):
        between = {clause[i].text for i in range(at + 1, start)}
        if near and not between & {"and", "or", "nor", ","}:
            break
        joined = near and all(clause[i].text in _JOINING for i in range(at + 1, _next(mentions, at)))
        if near and not joined:
            break
        near |= mentions[at]
    return near


def _next(mentions: Mapping[int, frozenset[str]], at: int) -> int:
    return min(place for place in mentions if place > at)


def compared(text: str, one: Family) -> tuple[Said, ...]:
    """What a comparison says: "y is steeper", "x is flatter than y", "larger in y than in x" all say y."""
    found: list[Said] = []
    heading: tuple[Word, ...] = ()  # "smallest slope: x"
    for clause in clauses_of(text):
        before, heading = heading, clause
        than = next((i for i, word in enumerate(clause) if _is_than(clause, i)), len(clause))
        hits = [hit for hit in occurrences(clause, one) if not _is_in_relative(clause, hit[0])]
        front = [hit for hit in hits if hit[0] < than] or hits
        if not front or is_supposed(clause) or len({hit[2] for hit in front}) > 1:
            continue
        inside = {at for start, end, _ in hits for at in range(start, end)}
        turned = any(at not in inside and phrase_end(clause, at, less) for at in range(than) for less in one.less)
        if before and ":" in text[before[-1].end : clause[0].start] and not any(occurrences(before, one)):
            turned = turned or any(phrase_end(before, at, less) for at in range(len(before)) for less in one.less)
        start, end, concept = front[0]
        if turned != (start > than) and concept in one.concepts[:2]:
            concept = one.concepts[1 - one.concepts.index(concept)]
        span = (clause[start].start, clause[end - 1].end)
        found.append(Said(concept, not is_denied(clause, start), frozenset(), span))
    return tuple(found)


def _is_in_relative(clause: tuple[Word, ...], at: int) -> bool:
    """ "where y is constant", "y = const", "perpendicular to y": said of the place, and not what is meant."""
    before = [word.text for word in clause[max(0, at - 3) : at] if word.text not in ("the", "only", "to")]
    after = [word.text for word in clause[at + 1 : at + 3]]
    fixed = bool(after) and (after[0] in _FIXED or (after[0] in ("=", "is", "stays", "kept", "held") and after[-1] in _FIXED))
    return fixed or (bool(before) and (before[-1] in _RELATIVE or before[-1] in _ACROSS))


def _is_than(clause: tuple[Word, ...], at: int) -> bool:
    """ "than", or what is often written for it."""
    word, after = clause[at].text, clause[at + 1].text if at + 1 < len(clause) else ""
    if word == "as" and at > 2 and clause[at - 2].text == "as":
        return any(one.text in ("times", "twice") for one in clause[:at])  # "ten times as steep as"
    return word == "than" or (word == "then" and after in INTO | {"the", "with"})


def meaning(item: Said, one: Family) -> str:
    """The concept that is said; "" where one is denied and several others are left."""
    if item.asserted:
        return item.concept
    if item.concept in one.denials:
        return one.denials[item.concept]
    if one.opposites:
        pair = one.concepts[:2]
        if item.concept in pair:
            return pair[1 - pair.index(item.concept)]
    return ""
