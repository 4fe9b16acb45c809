"""Concepts: what an answer in words may say, in families of which one concept holds, and the phrases that say it.

The families stand in vocabulary.toml; an author's sheet may bring its own. A word with one slip of the pen counts as the word.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from derivations.homework.deciding.sentences import Word, words_of
from derivations.homework.keys import Part

_NO_CONCEPTS = frozenset(["opposites", "relative", "comparison", "reverse", "denials", "weak", "together"])
_GAP = 6  # words that "~" in a phrase may stand for
Phrase = tuple[tuple[str, bool], ...]  # words, and whether the rest of the word is free


@dataclass(frozen=True, slots=True)
class Family:
    """Concepts of which one holds, each with its phrases; ``opposites``: to deny one of the first two is to say the other.

    ``more`` and ``less`` are words of comparison; ``denials`` say which concept the denial of another is; ``weak`` ones count
    only where no other is said; of a ``relative`` family what is supposed turns what is said: it grows if … shrinks.
    """

    concepts: tuple[str, ...]
    phrases: Mapping[str, tuple[tuple[Phrase, str], ...]]  # first letter → phrase, concept
    opposites: bool = False
    relative: bool = False
    denials: Mapping[str, str] = field(default_factory=dict)
    weak: frozenset[str] = frozenset()
    together: tuple[tuple[str, ...], ...] = ()  # two concepts that said together mean a third: (one, other, both)
    more: tuple[Phrase, ...] = ()
    less: tuple[Phrase, ...] = ()

    @property
    def compares(self) -> bool:
        return bool(self.more)


def phrase(text: str) -> Phrase:
    """ "oscillat* about" as words, of which the first may go on."""
    marked = [(part.rstrip("*"), part.endswith("*")) for part in text.split()]
    found: list[tuple[str, bool]] = []
    for part, free in marked:
        if part == "~":
            found.append(("~", False))
            continue
        inner = [word.text for word in words_of(part)]
        found += [(word, free and i == len(inner) - 1) for i, word in enumerate(inner)]
    return tuple(found)


def family(rows: Mapping[str, object]) -> Family:
    """A family as the vocabulary's file, or an author, describes it."""
    phrases: dict[str, list[tuple[Phrase, str]]] = {}
    concepts = [name for name in rows if name not in _NO_CONCEPTS]
    for concept in concepts:
        for text in (concept.replace("-", " "), *_texts(rows[concept])):
            one = phrase(text)
            if one:
                phrases.setdefault(one[0][0][:1], []).append((one, concept))
    ordered = {key: tuple(sorted(value, key=lambda pair: -len(pair[0]))) for key, value in phrases.items()}
    more, less = (tuple(phrase(text) for text in _texts(rows.get(name, ()))) for name in ("comparison", "reverse"))
    denials = dict(pair for pair in rows.get("denials", ()))  # type: ignore[attr-defined]
    weak = frozenset(_texts(rows.get("weak", ())))
    together = tuple(tuple(one) for one in rows.get("together", ()))  # type: ignore[attr-defined]
    opposed, relative = rows.get("opposites") is True, rows.get("relative") is True
    return Family(tuple(concepts), ordered, opposed, relative, denials, weak, together, more, less)


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


def phrase_end(words: tuple[Word, ...], at: int, one: Phrase) -> int:
    """Where the phrase ends that begins at this word; 0 if it does not."""
    for i, (text, free) in enumerate(one):
        if text == "~":
            rest = one[i + 1 :]
            return next((end for gap in range(_GAP + 1) if (end := phrase_end(words, at + gap, rest))), 0)
        if at >= len(words) or not (words[at].text.startswith(text) if free else words[at].text == text):
            return 0
        at += 1
    return at


def occurrences(words: tuple[Word, ...], one: Family) -> Iterator[tuple[int, int, str]]:
    """(first word, word after the last, concept) of each phrase, the longest at each place."""
    at = 0
    while at < len(words):
        hits = [(phrase_end(words, at, phrase), concept) for phrase, concept in one.phrases.get(words[at].text[:1], ())]
        end, concept = max(hits, default=(0, ""), key=lambda hit: hit[0])
        if end:
            yield at, end, concept
        at = max(end, at + 1)


def spans_of(words: tuple[Word, ...], one: Family) -> list[tuple[int, int]]:
    """Where the phrases of a family stand among the words."""
    return [(start, end) for start, end, _ in occurrences(words, one)]


@cache
def _known() -> tuple[frozenset[str], Mapping[str, str]]:
    """The words of the vocabulary, and each of them without one of its letters."""
    words = {word for one in families().values() for rows in one.phrases.values() for phrase, _ in rows for word, _ in phrase}
    words |= {word for one in families().values() for phrase in (*one.more, *one.less) for word, _ in phrase}
    words = {word for word in words if len(word) >= 5}
    return frozenset(words), {word[:i] + word[i + 1 :]: word for word in words for i in range(1, len(word))}


def corrected(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with one slip of the pen mended where that gives a word of the vocabulary: sadle, oscilates, positiv."""
    known, shorter = _known()
    return tuple(replace(word, text=_mended(word.text, known, shorter)) if 5 <= len(word.text) <= 24 else word for word in words)


def _mended(word: str, known: frozenset[str], shorter: Mapping[str, str]) -> str:
    if word.endswith("est") or any(word[:size] in known for size in range(5, len(word) + 1)):
        return word  # a superlative is no slip of a comparative
    for size in range(len(word), 4, -1):
        head, tail = word[:size], word[size:]
        if head in shorter:
            return shorter[head] + tail
        for i in range(1, size):
            less = head[:i] + head[i + 1 :]
            if less in known or (tail == "" and size > 5 and less in shorter):
                return (less if less in known else shorter[less]) + tail
    return word
