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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from derivations.homework.deciding.sentences import Word, clauses, is_denied, is_supposed, is_unneeded, words_of
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term

_REFERRING = frozenset({"it", "this", "that", "they"})
_EVERY = frozenset(["both", "each", "all", "every", "everything", "either", "neither", "none", "nothing"]) | {
    "coordinates", "directions", "components",
}  # fmt: skip
_TIMES = frozenset(["step", "steps", "time", "times", "iteration", "iterations", "update", "move", "single", "round", "other"])
_REASONS = frozenset(["since", "because", "as", "it", "they", "but", "so"])
_DO = frozenset(["does", "do", "did", "is", "are", "will"])
_FASTER = frozenset(["faster", "slower", "quicker", "quickly", "fastest", "slowly"])
_INTO = frozenset(["in", "along", "for", "of"])
_ORDINALS = ("first", "second", "third", "fourth")
_NUMBERED = ("r", "lambda", "direction", "coordinate", "component", "eigenvalue", "multiplier", "mu", "m")
_DRAWN = re.compile(
    r"\b(i\.\s?e\.|so|hence|thus|therefore|that is|together|altogether|overall)\b[^.;\n]{0,20}$", re.IGNORECASE
)
_ASKED = re.compile(r"(?<![^.?!;:\n])[^.?!;:\n]{0,200}\?(?=\s*(?:no|nope|nein)\b)", re.IGNORECASE)  # what "no" answers
_NOT_ONLY = re.compile(r"\b(?:not|nicht)\s+(?:only|just|merely|nur)\s+(?:(?:the|a|an|along|on|in|of|for)\s+)*$", re.IGNORECASE)
_NO_CONCEPTS = frozenset(["opposites", "relative", "comparison", "reverse", "denials", "weak", "together"])
_GAP = 6  # words that "~" in a phrase may stand for
_YES, _NO = frozenset({"yes", "yep", "yeah", "true"}), frozenset({"no", "nope", "false"})

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


# --- what is said ---------------------------------------------------------------------------------------------------


def _at(words: tuple[Word, ...], at: int, one: Phrase) -> int:
    """Where the phrase ends that begins at this word; 0 if it does not."""
    for i, (text, free) in enumerate(one):
        if text == "~":
            rest = one[i + 1 :]
            return next((end for gap in range(_GAP + 1) if (end := _at(words, at + gap, rest))), 0)
        if at >= len(words) or not (words[at].text.startswith(text) if free else words[at].text == text):
            return 0
        at += 1
    return at


def _found(words: tuple[Word, ...], one: Family) -> Iterator[tuple[int, int, str]]:
    """(first word, word after the last, concept) of each phrase, the longest at each place."""
    at = 0
    while at < len(words):
        hits = [(_at(words, at, phrase), concept) for phrase, concept in one.phrases.get(words[at].text[:1], ())]
        end, concept = max(hits, default=(0, ""), key=lambda hit: hit[0])
        if end:
            yield at, end, concept
        at = max(end, at + 1)


def spans_of(words: tuple[Word, ...], one: Family) -> list[tuple[int, int]]:
    """Where the phrases of a family stand among the words."""
    return [(start, end) for start, end, _ in _found(words, one)]


@dataclass(frozen=True, slots=True)
class Entities:
    """What may be spoken of (the coordinates, the directions), in order, and how each may be called."""

    names: tuple[str, ...] = ()
    called: tuple[tuple[Phrase, str], ...] = ()

    def at(self, clause: tuple[Word, ...], at: int) -> tuple[frozenset[str], int]:
        """What is spoken of at this word, and where that ends."""
        best = max(((_at(clause, at, one), name) for one, name in self.called), default=(0, ""))
        if best[0]:
            return frozenset({best[1]}), best[0]
        timed = at + 1 < len(clause) and clause[at + 1].text in _TIMES  # "every step" speaks of all times, not of all directions
        if clause[at].text in _EVERY and self.names and not timed:
            return frozenset(self.names), at + 1
        return frozenset(), at


def entities_of(names: Iterable[str], further: Mapping[str, Iterable[str]]) -> Entities:
    """The first is also called "first", "r 1", "lambda 1" …, and by what the author adds."""
    names = tuple(names)
    called: list[tuple[Phrase, str]] = []
    for i, name in enumerate(names):
        usual = [name, *(f"{base} {i + 1}" for base in _NUMBERED), *(_ORDINALS[i : i + 1])]
        called += [(phrase(text), name) for text in (*usual, *further.get(name, ())) if phrase(text)]
    return Entities(names, tuple(called))


@lru_cache(maxsize=4)
def _clauses(text: str) -> tuple[tuple[Word, ...], ...]:
    """The clauses of an answer, for all the parts that are decided one after the other."""
    return tuple(clauses(corrected(words_of(text))))


def said(text: str, one: Family, entities: Entities) -> tuple[Said, ...]:
    """What the text asserts and denies of the family's concepts."""
    found: list[Said] = []
    current: frozenset[str] = frozenset()
    for clause in _clauses(text):
        if not clause[0].continues and clause[0].text not in _REFERRING:
            current = frozenset()
        mentions = dict(_mentions(clause, entities))
        hits = list(_found(clause, one))
        if found and not hits and clause[0].continues and is_unneeded(clause, -1):  # "sufficient, but not necessary"
            found[-1] = replace(found[-1], asserted=False)
        for place, (start, end, concept) in enumerate(hits):
            following = hits[place + 1][0] if place + 1 < len(hits) else len(clause)
            here = _group(clause, mentions, start, end, following) or _before(mentions, start) or current
            if not clause[0].supposed and not is_supposed(clause):
                found.append(Said(concept, not is_denied(clause, start), here, (clause[start].start, clause[end - 1].end)))
                if _only(clause, mentions, here) and len(here) < len(entities.names):
                    rest = frozenset(entities.names) - here
                    found.append(replace(found[-1], asserted=not found[-1].asserted, about=rest))
        last = hits[-1][1] if hits else 0
        left_out = [at for at in mentions if at >= last]
        short = clause[-1].text
        if found and left_out and (short == "not" or short in _DO):  # "y oscillates, x does not", "x does not oscillate, y does"
            about = frozenset().union(*(mentions[at] for at in left_out))
            found.append(Said(found[-1].concept, short != "not", about, (clause[left_out[0]].start, clause[-1].end)))
        if mentions:
            current = mentions[max(mentions)]
    return tuple(found)


def _mentions(clause: tuple[Word, ...], entities: Entities) -> Iterator[tuple[int, frozenset[str]]]:
    at = 0
    while at < len(clause):
        names, end = entities.at(clause, at)
        if names:
            yield at, names
        at = max(end, at + 1)


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
        if at in mentions and any(clause[i].text in _INTO for i in range(end, at)):
            return mentions[at]
        if clause[at].text == ",":
            break
    near: frozenset[str] = frozenset()
    for at in reversed([at for at in mentions if at < start]):
        between = {clause[i].text for i in range(at + 1, start)}
        if near and not between & {"and", "or", "nor", ","}:
            break
        joined = near and all(clause[i].text in ("and", "or", "nor", ",", "the") for i in range(at + 1, _next(mentions, at)))
        if near and not joined:
            break
        near |= mentions[at]
    return near


def _next(mentions: Mapping[int, frozenset[str]], at: int) -> int:
    return min(place for place in mentions if place > at)


def compared(text: str, one: Family) -> tuple[Said, ...]:
    """What a comparison says: "y is steeper", "x is flatter than y", "larger in y than in x" all say y."""
    found: list[Said] = []
    for clause in _clauses(text):
        than = next((i for i, word in enumerate(clause) if _is_than(clause, i)), len(clause))
        hits = list(_found(clause, one))
        front = [hit for hit in hits if hit[0] < than] or hits
        if not front or is_supposed(clause) or len({hit[2] for hit in front}) > 1:
            continue
        inside = {at for start, end, _ in hits for at in range(start, end)}
        turned = any(at not in inside and _at(clause, at, less) for at in range(than) for less in one.less)
        start, end, concept = front[0]
        if turned != (start > than) and concept in one.concepts[:2]:
            concept = one.concepts[1 - one.concepts.index(concept)]
        span = (clause[start].start, clause[end - 1].end)
        found.append(Said(concept, not is_denied(clause, start), frozenset(), span))
    return tuple(found)


def _is_than(clause: tuple[Word, ...], at: int) -> bool:
    """ "than", or what is often written for it."""
    word, after = clause[at].text, clause[at + 1].text if at + 1 < len(clause) else ""
    if word == "as" and at > 2 and clause[at - 2].text == "as":
        return any(one.text in ("times", "twice") for one in clause[:at])  # "ten times as steep as"
    return word == "than" or (word == "then" and after in _INTO | {"the", "with"})


@cache
def _known() -> tuple[frozenset[str], Mapping[str, str]]:
    """The words of the vocabulary, and each of them without one of its letters."""
    words = {word for one in families().values() for rows in one.phrases.values() for phrase, _ in rows for word, _ in phrase}
    words = {word for word in words if len(word) >= 5}
    return frozenset(words), {word[:i] + word[i + 1 :]: word for word in words for i in range(1, len(word))}


def corrected(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with one slip of the pen mended where that gives a word of the vocabulary: sadle, oscilates, positiv."""
    known, shorter = _known()
    return tuple(replace(word, text=_mended(word.text, known, shorter)) if 5 <= len(word.text) <= 24 else word for word in words)


def _mended(word: str, known: frozenset[str], shorter: Mapping[str, str]) -> str:
    if any(word[:size] in known for size in range(5, len(word) + 1)):
        return word
    for size in range(len(word), 4, -1):
        head, tail = word[:size], word[size:]
        if head in shorter:
            return shorter[head] + tail
        for i in range(1, size):
            less = head[:i] + head[i + 1 :]
            if less in known or (tail == "" and size > 5 and less in shorter):
                return (less if less in known else shorter[less]) + tail
    return word


# --- the verdict ----------------------------------------------------------------------------------------------------


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
    for clause in _clauses(text):
        for at, names in _mentions(clause, entities):
            near = clause[max(at - 2, 0) : at]
            if names == {about} and near and near[0].text.isdigit() and near[-1].text in _INTO:
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
        if _is_more(text, one, meant[0][1]) or (one.relative and _is_turned(text, one, key)):
            return Finding("undecided", "the words do not say clearly enough what is meant"), meant[0][1].span
        return _right(part, key), meant[0][1].span
    if asserted and key not in asserted and wrong is not None and certain and len(asserted) == 1:
        return _wrong(part, key, next(iter(asserted))), wrong.span
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
    supposed = [clause for clause in _clauses(text) if clause[0].supposed or is_supposed(clause)]
    return any(concept != key for clause in supposed for _, _, concept in _found(clause, one))


def _is_compared(text: str, at: int) -> bool:
    """Whether a comparison follows: "it shrinks faster" tells of two things, and not first of all that it shrinks."""
    following = words_of(text[at : at + 20])
    return bool(following) and following[0].text in _FASTER


def _is_conclusion(text: str, at: int) -> bool:
    """Whether what stands here is drawn from what stands before it."""
    return bool(_DRAWN.search(text[:at]))


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
