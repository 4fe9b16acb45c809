"""Rows of numbers on lines of their own, with brackets drawn around them or without: a matrix as it looks on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

Place = tuple[int, int]
Block = tuple[Place, list[list[Place]]]

_OPENING, _CLOSING = "[(|⎡⎢⎣⎛⎜⎝┌│└⌈⌊", "])|⎤⎥⎦⎞⎟⎠┐│┘⌉⌋"
_NUMBER = r"[-+−]?\d{1,12}(?:\.\d{0,12})?(?:/\d{1,12})?"
_NAME = r"(?:[^\W\d]{1,12}[ \t]*+(?:\([^()\n]{0,12}\))?[ \t]*+=[ \t]*+(?:\n[ \t]*+)?+)?+"
_ROW = re.compile(
    rf"^[ \t]*+{_NAME}[{re.escape(_OPENING)}]{{0,2}}[ \t]*+(?P<entries>{_NUMBER}(?:[ \t]++{_NUMBER}){{1,9}}+)[ \t]*+"
    rf"[{re.escape(_CLOSING)}]{{0,2}}[ \t]*+[.,;]?[ \t]*+$",
    re.MULTILINE,
)
_ENTRY = re.compile(r"\S+")
_MOST = 10


def blocks(text: str) -> Iterator[Block]:
    """Each stretch of two or more rows with as many numbers each: where it stands, and the places of its entries."""
    rows: list[tuple[Place, list[Place]]] = []
    for found in _ROW.finditer(text):
        entries = [one.span() for one in _ENTRY.finditer(text, *found.span("entries"))]
        joined = rows and not text[rows[-1][0][1] : found.start()].strip(" \t\n") and len(entries) == len(rows[-1][1])
        named = "=" in text[found.start() : found.start("entries")]
        if rows and (not joined or named or text.count("\n", rows[-1][0][1], found.start()) > 1):
            yield from _block(rows)
            rows = []
        rows.append((found.span(), entries))
    yield from _block(rows)


def _block(rows: list[tuple[Place, list[Place]]]) -> Iterator[Block]:
    if 1 < len(rows) <= _MOST:
        yield (rows[0][0][0], rows[-1][0][1]), [entries for _, entries in rows]


def without(text: str, places: list[Place]) -> str:
    """The text with spaces in these places."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
