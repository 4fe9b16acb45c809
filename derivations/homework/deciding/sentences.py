"""Sentences: a text's words with their places, its clauses, and what in them is denied or only supposed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from derivations.language.notation import GREEK

_WORD = re.compile(r"\\?[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)?|>=|<=|[<>=≥≤≻;:!?,.()\n]")
_THAT_IS = re.compile(r"i\.\s?e\.")
_DOTS = re.compile(r"\.{2,}")
_LETTERS = {letter: name for name, letter in GREEK.items()}
_TRANSLATED = {
    "nicht": "not", "und": "and", "kein": "no", "keine": "no", "beide": "both", "weder": "neither", "noch": "nor",
    "ohne": "without", "aber": "but", "weil": "because", "denn": "because", "wenn": "if", "falls": "if", "ist": "is", "sind": "are",
}  # fmt: skip
_DENYING = frozenset(["fails", "lacks", "avoids", "without", "wrong", "false", "doubt", "untrue"])
_UNNEEDED = frozenset(["needed", "required", "necessary", "essential", "important", "true", "needs"])
_LAYOUT = frozenset(
    [
        "text",
        "mathrm",
        "textbf",
        "emph",
        "left",
        "right",
        "mathbf",
        "mathcal",
        "bf",
        "it",
        "quad",
        "begin",
        "end",
        "textit",
    ]
)
_ENDS = frozenset({".", ";", ":", "!", "?", "\n", "(", ")"})
_TURNS = frozenset(["but", "while", "whereas", "although", "though", "however", "because", "since", "hence", "therefore", "thus"])
_STOPS = frozenset([".", ";", "!", "?", "\n"])
_SAME_THOUGHT = frozenset([":", "(", ")"])
_TO_THE_END = frozenset(["otherwise", "else"])
_SUPPOSING = frozenset(["if", "unless", "when", "whenever", "otherwise", "else", "suppose", "assuming", "once"])
_SOME = frozenset(["a", "an", "one", "some", "any"])  # "with a negative eigenvalue it diverges" supposes one
_NEGATORS = frozenset(
    [
        "wont",
        "doubt",
        "false",
        "untrue",
        "wrong",
        "cant",
        "fails",
        "instead",
        "rather",
        "unlike",
        "avoid",
        "avoids",
        "avoiding",
        "lacks",
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "without",
        "none",
        "nothing",
        "hardly",
        "non",
        "nobody",
        "dont",
        "doesnt",
        "isnt",
    ]
)
_RESUMES = frozenset({"not", "it", "they", "this", "so", "then"})  # after a comma they begin a thought of its own
_EVERY = frozenset(["both", "all", "each", "it", "they", "every", "everything", "everybody"])
_REACH = 6
_MOST = 4000  # words of an answer that are looked at
_LONGEST = 80  # words of a clause; what goes on for longer is cut


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case, and its place; ``continues``: it opens a clause that goes on with the one before.

    ``supposed``: it opens a clause that says only what would be so.
    """

    text: str
    start: int
    end: int
    continues: bool = False
    supposed: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """The words, numbers and punctuation marks of a text; Greek letters by their names, LaTeX's layout left out."""
    found: list[Word] = []
    plain = _DOTS.sub(lambda found: " " * len(found.group()), text)
    plain = _THAT_IS.sub(lambda found: "thus".ljust(len(found.group())), plain)
    for match in _WORD.finditer(plain):
        word = match.group().lower().lstrip("\\").replace("’", "'")
        if word in _LAYOUT and match.group().startswith("\\"):
            continue
        if word == "cannot" or word.endswith("n't"):
            word = "not"
        elif word.endswith("'s"):
            word = word[:-2]
        word = _TRANSLATED.get(word, "lambda" if word == "lam" else word)
        found.append(Word(_LETTERS.get(word, word), match.start(), match.end()))
        if len(found) >= _MOST:
            break
    return tuple(found)


def clauses(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """The parts between full stops, semicolons, brackets, and words that turn the thought, each with what it is like.

    What "if" and "when" suppose ends at a comma, what follows "otherwise" with the sentence, and both where a conclusion is drawn.
    """
    part: list[Word] = []
    continues = supposed = False
    supposing = ""
    words = _without_asides(words)
    for i, word in enumerate(words):
        resumes = word.text == "," and (
            (supposed and supposing not in _TO_THE_END) or (i + 1 < len(words) and words[i + 1].text in _RESUMES)
        )
        opens = word.text in _SUPPOSING or (word.text == "for" and i > 0 and words[i - 1].text in ("since", "because"))
        opens = opens or (word.text == "with" and not part and i + 1 < len(words) and words[i + 1].text in _SOME)
        if word.text in _ENDS or word.text in _TURNS or resumes or (opens and part):
            if part:
                yield tuple(part)
            continues = word.text not in _STOPS
            kept = word.text in _SAME_THOUGHT or (word.text == "," and supposing in _TO_THE_END)
            supposed = supposed and kept
            part = []
        if opens:
            supposed, supposing = True, word.text
        elif word.text in _ENDS or word.text in _TURNS or resumes:
            continue
        part.append(replace(word, continues=continues, supposed=supposed) if not part else word)
        if len(part) >= _LONGEST:
            yield tuple(part)
            part, continues = [], True
    if part:
        yield tuple(part)


def _without_asides(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Without single numbers in brackets: "small (2) in x" is one clause."""
    kept: list[Word] = []
    at = 0
    while at < len(words):
        inside = words[at].text == "(" and at + 2 < len(words) and words[at + 2].text == ")" and kept
        if inside and words[at + 1].text.replace(".", "").isdigit() and kept[-1].text.isalpha():
            at += 3
            continue
        kept.append(words[at])
        at += 1
    return tuple(kept)


def is_denied(clause: tuple[Word, ...], at: int) -> bool:
    """Whether a word before this place, in its reach, denies what stands here; "not only" denies nothing."""
    denied = is_unneeded(clause, at)
    for i in range(max(0, at - _REACH), at):
        word = clause[i].text
        if word == "," or (word == "and" and clause[i + 1].text in _EVERY):
            denied = False
        elif word in _NEGATORS:
            only = i + 1 < len(clause) and clause[i + 1].text in ("only", "just", "merely", "longer")
            double = denied and word in _DENYING and any(one.text in _NEGATORS for one in clause[max(0, i - 3) : i])
            denied = denied if only else not double  # "never fails"
    return denied


def is_unneeded(clause: tuple[Word, ...], at: int) -> bool:
    """ "… is not needed" behind it."""
    behind = [word.text for word in clause[at + 1 : at + 7]]
    return any(one == "not" and other in _UNNEEDED for one, other in pairwise(behind)) or "unnecessary" in behind


def is_supposed(clause: tuple[Word, ...]) -> bool:
    """Whether the clause says only what would be so."""
    return clause[0].supposed or any(word.text in ("would", "were") for word in clause)
