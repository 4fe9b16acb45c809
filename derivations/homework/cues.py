"""Cues: words around a formula that announce an answer, withdraw one, or make it a reason, an exception or an alternative.

The table is ``cues.toml``; here it becomes patterns, one for each cue.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_GAP = r".{0,60}?"


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern; ``begins``: it begins the words; ``words``: of these, one of each phrase, one is in whatever it is found in."""

    pattern: re.Pattern[str]
    begins: bool
    words: tuple[str, ...]

    def find(self, words: str, low: str) -> re.Match[str] | None:
        """Where it is in the words, of which ``low`` are the small letters."""
        if not any(map(low.__contains__, self.words)):
            return None
        return self.pattern.match(words) if self.begins else self.pattern.search(words)


@cache
def _cues() -> dict[str, Cue]:
    path = os.path.join(os.path.dirname(__file__), "cues.toml")
    with open(path, "rb") as file:
        rows = tomllib.load(file)
    return {name: _cue(row["where"], row["phrases"]) for name, row in rows.items()}


def _cue(where: str, phrases: list[str]) -> Cue:
    pattern = re.compile(_placed(where, phrases), re.IGNORECASE | re.DOTALL)
    return Cue(pattern, where == "after", tuple(sorted(set(map(_rarest, phrases)), key=len)))


def _rarest(phrase: str) -> str:
    """The longest piece of a phrase that stands in it as it is."""
    pieces = [piece.rstrip("*") for word in phrase.lower().split() if word != "~" for piece in word.split("'")]
    return max(pieces, key=len)


def _placed(where: str, phrases: Iterable[str]) -> str:
    """The pattern of phrases that stand where they have to."""
    any_of = "|".join(sorted(map(_pattern, phrases), key=len, reverse=True))
    if where == "beside":
        return rf"(?:{any_of})\s*$"
    if where == "before":
        return rf"(?:{any_of})\s*+[:,]?\s*+[($}}\\]*+\s*+$"
    return rf"[\s$)]*+(?:{any_of})" if where == "after" else rf"(?:{any_of})"


def _pattern(phrase: str) -> str:
    """A phrase with any spaces between its words, which are whole."""
    words = [
        _GAP if word == "~" else re.escape(word.rstrip("*")).replace("'", "['’]?") + (r"\w*" if word.endswith("*") else "")
        for word in phrase.split()
    ]
    start = r"\b" if phrase[0].isalnum() else ""
    end = r"\b" if phrase[-1].isalnum() else ""
    return start + r"\s++".join(words).replace(rf"\s++{_GAP}\s++", _GAP) + end


def cue(name: str, words: str) -> re.Match[str] | None:
    """The cue of this name in the words, if it is there."""
    return _cues()[name].find(words, words.lower()) if words else None


def says(name: str, words: str) -> bool:
    """Whether a word of a phrase of the cue may be among the words."""
    low = words.lower()
    return any(map(low.__contains__, _cues()[name].words))


def alternatives(name: str) -> str:
    """The phrases of a cue as the source of a pattern."""
    return _cues()[name].pattern.pattern
