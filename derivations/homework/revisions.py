"""What a student takes back: text that is struck out, and all that stands before "wait, no:" where something follows it."""

from __future__ import annotations

import re

from derivations.homework.cues import cue

_STRUCK = (
    re.compile(r"~~(?=\S)[^~]{1,2000}~~"),
    re.compile(r"<(s|del|strike)>[^<]{1,2000}</\1>", re.IGNORECASE),
)
_COMMAND = re.compile(r"\\(?:sout|st|xout|hcancel)\s*\{")


def without_struck(text: str) -> str:
    """The text with spaces in place of what is struck out; its length is the same."""
    if "~~" in text or "</" in text:
        for pattern in _STRUCK:
            text = pattern.sub(lambda found: " " * len(found.group()), text)
    while found := _COMMAND.search(text) if "\\" in text else None:
        close = _closing(text, found.end())
        text = text[: found.start()] + " " * (close - found.start()) + text[close:]
    return text


def _closing(text: str, at: int) -> int:
    """Behind the brace that closes the one before this place; the end of the text if there is none."""
    depth = 1
    for place in range(at, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place + 1
    return len(text)


def corrected_from(text: str) -> int:
    """Where the last correction begins; 0 if there is none."""
    at = 0
    while found := cue("corrects", text[at:]):
        at += found.end()
    return at if text[at:].strip() else 0
