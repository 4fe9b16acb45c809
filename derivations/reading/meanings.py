"""Letters to which an answer gives a meaning: "let k = L''(θ*)", "s = θ_1 + θ_2 and d = θ_1 - θ_2", "q := 1 - ηλ".

Such a letter means that and nothing else, also where the notation has another use for it. The task's own names keep their meaning:
"let η = 1/λ" is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from derivations.language.errors import Malformed
from derivations.language.notation import GREEK
from derivations.reading.keys import key_of
from derivations.reading.vocabulary import Vocabulary

_WORDS = (
    r"let|write|writing|put|putting|set|setting|with|where|define|defining|denote|denoting|call|calling|abbreviate|using|"
    r"soit|posons|notons|avec|où|sei|seien|setze|mit|wobei|definiere|sea|con|donde|siano|sia"
)
_GIVEN = re.compile(
    r"(?<![\w\\^_{'’)])(?P<name>\\[A-Za-z]+|[^\W\d_])(?:²|\^\{?2\}?)?+\s*+(?P<sign>:=|≔|\\coloneqq|=|\\equiv|≡)\s*+(?P<value>[^,;:$\n<>≤≥]{2,80})"
)
_BEFORE = re.compile(
    rf"(?:\b(?P<word>{_WORDS})\b(?:\s++(?:now|us|also|the|man))?+|(?P<more>,|\band\b|\bund\b|\bet\b|\by\b))[\s$(]*+$", re.IGNORECASE
)
_NEAR = 30  # letters before a letter that are looked at
_BARE = re.compile(r"\s*(?:\\?[A-Za-z]+|[^\W\d_])?\d*\s*")
_ENTRIES = re.compile(r"\[|\bdiag\b|matrix|\\binom")
_COUNTS = frozenset(["t", "n", "N", "i"])  # no formula stands for them
_MOST = 8


def with_meanings(text: str, vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary without the letters that the answer defines."""
    if "=" not in text and "≔" not in text and "equiv" not in text:
        return vocabulary
    taken = set(_defined(text, vocabulary))
    if not taken:
        return vocabulary
    kept = {spelling: name for spelling, name in vocabulary.spellings.items() if spelling not in taken}
    return replace(vocabulary, spellings=kept)


def _defined(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The keys of the letters that have another use, and are defined and used again."""
    last = -1  # where the definition before ends, if there is one
    for found in islice(_GIVEN.finditer(text), _MOST):
        before = _BEFORE.search(text, max(0, found.start() - _NEAR), found.start())
        goes_on = before is not None and before["more"] is not None and 0 <= last == _start(text, before.start())
        if not ((before is not None and before["word"]) or goes_on or found["sign"] != "="):
            last = -1
            continue
        last = _start(text, found.end())
        key = _key(found.group("name"))
        name = vocabulary.names.get(key, vocabulary.applied.get(key, "")) if key else ""
        value = found.group("value")
        if name and not _BARE.fullmatch(value) and _is_free(key, name, value, text, vocabulary) and _is_used(found, text):
            yield key


def _start(text: str, at: int) -> int:
    """The place after the last sign before this one that is no space and no dollar."""
    return len(text[:at].rstrip(" $"))


def _is_free(key: str, name: str, value: str, text: str, vocabulary: Vocabulary) -> bool:
    """Whether the letter may have a meaning: the task does not speak of it, or the answer has another letter for that."""
    if name in vocabulary.spare:
        return not (key == name and _ENTRIES.search(value))
    if key == name:
        return False
    if name in _COUNTS or (name in vocabulary.functions and not _is_applied(key, text)):
        return True
    others = [one for one, meant in vocabulary.spellings.items() if meant == name and one != key]
    letters = {GREEK[one] for one in others if one in GREEK}
    return any(letter in text for letter in letters) or any(
        re.search(rf"(?<![A-Za-z\\])\\?{re.escape(one)}(?![A-Za-z])", text) for one in others
    )


def _is_applied(key: str, text: str) -> bool:
    """Whether the letter stands somewhere as a function or a sequence, with an index or an argument."""
    letters = "|".join(re.escape(one) for one in (key, GREEK.get(key, key)))
    return re.search(rf"(?<![A-Za-z])\\?(?:{letters})\s*(?:_|\(|\^\s*\{{?\s*\(|['′\[₀-₉ₜₖₙᵗ])", text) is not None


def _is_used(found: re.Match[str], text: str) -> bool:
    """Whether the letter stands in the text once more."""
    name = re.escape(found.group("name"))
    rest = text[: found.start("name")] + " " + text[found.end("name") :]
    return re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z])", rest) is not None


def _key(spelling: str) -> str:
    try:
        return key_of(spelling)
    except (Malformed, IndexError):
        return ""
