"""Numbers and signs that an answer writes as words: "minus one", "2 divided by λ", "condition number five"; d2f/dx2 for d²f/dx².

The text keeps its length, so that every place in it stays where it is.
"""

from __future__ import annotations

import re

_VALUES = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "null": "0", "eins": "1", "zwei": "2", "drei": "3",
    "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "zwanzig": "20",
}  # fmt: skip
_WORD = "(?:" + "|".join(sorted(_VALUES, key=len, reverse=True)) + ")"
_HINTS = (*_VALUES, "div", "÷", "durch", "d2", "d3")  # one is in whatever the next finds; looking for each is quicker
_HINT = re.compile(rf"\b{_WORD}\b|\bdiv|÷|\bdurch\b|\bd[23]\w", re.IGNORECASE)
_SIGNED = re.compile(
    rf"(?<![\d)]\s)(?<!plus\s)(?<!plus or\s)(?<!plus/)\b(?P<sign>minus|negative|plus)\s+(?P<value>{_WORD})\b"
    r"(?=\s*(?:[.,;:)!]|$|\b(?:and|or|und|oder|with|both)\b))",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    rf"(?!.*\bplus\s*+(?:/|-|or\b)?+\s*+minus\b)\s*+(?:(?:{_WORD}|\d+|plus|minus|negative|and|or|und|oder)\b[\s,;.-]*+)++",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"\b(?P<value>{_WORD})\b", re.IGNORECASE)
_LABELLED = re.compile(
    rf"\b(?:number|kappa|largest|smallest|eigenvalues?|κ)\b\s*+(?:(?:is|are|of)\b|[=:])?+\s*+(?P<value>\b{_WORD})\b"
    r"(?=\s*+(?:[.,;:)!]|$|\b(?:and|und)\b))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"(?P<between>\bbetween\s+)(?P<low>{_WORD})(?P<and>\s+and\s+)(?P<high>{_WORD})\b", re.IGNORECASE)
_QUOTIENT = re.compile(
    r"(?<=[\d)])(?:\s+(?:div|divided\s+by|durch|geteilt\s+durch)\s+|÷)(?=[\d(\\$]|[^\W\d_](?![a-z]{2})|lam|mu\b|eta\b)",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\bd(?P<top>[23])(?=[A-Za-z]?\w{0,6}\s*/\s*d[a-z]\w{0,6}?(?P=top)\b)")
_BELOW = re.compile(r"(?<=d[²³])(?P<name>\s*[A-Za-z]?\w{0,6}\s*/\s*d[a-z]\w{0,6}?)(?P<order>[23])\b")
_SMALL = {"2": "²", "3": "³"}


def in_signs(text: str) -> str:
    """The text with these words as signs, place by place the same."""
    if not any(map(text.lower().__contains__, _HINTS)) or not _HINT.search(text):
        return text
    text = _QUOTIENT.sub(lambda found: "/".ljust(len(found.group())), text)
    text = _ORDER.sub(lambda found: f"d{_SMALL[found.group('top')]}", text)
    text = _BELOW.sub(lambda found: f"{found.group('name')}{_SMALL[found.group('order')]}", text)
    text = _BETWEEN.sub(lambda found: f"{found['between']}{_digits(found['low'])}{found['and']}{_digits(found['high'])}", text)
    text = _SIGNED.sub(_signed, text)
    if _WHOLE.fullmatch(text):
        return _SINGLE.sub(_number, text)
    return _LABELLED.sub(_last_number, text)


def _digits(word: str) -> str:
    return _VALUES[word.lower()].ljust(len(word))


def _number(found: re.Match[str]) -> str:
    return _digits(found.group())


def _last_number(found: re.Match[str]) -> str:
    before = found.group()[: found.start("value") - found.start()]
    return before + _digits(found.group("value"))


def _signed(found: re.Match[str]) -> str:
    sign = "" if found.group("sign").lower() == "plus" else "-"
    return f"{sign}{_VALUES[found.group('value').lower()]}".ljust(len(found.group()))
