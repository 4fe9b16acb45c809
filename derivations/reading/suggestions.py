"""What to say about a name that nobody declared: the nearest declared one, or how it falls apart into declared ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from derivations.language.errors import Unusable
from derivations.reading.commands import COMMANDS, UNSUPPORTED
from derivations.reading.tokens import canonical

if TYPE_CHECKING:
    from derivations.reading.reader import Reader

_LONGEST = 40  # longer words are nobody's misspelling of a name, and comparing them takes time


def splittings(word: str, names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """At most two ways to write the word as names put together (two already mean that it is not clear)."""
    if len(word) > _LONGEST:
        return []
    ways: list[list[tuple[str, ...]]] = [[] for _ in range(len(word) + 1)]
    ways[0].append(())
    for end in range(1, len(word) + 1):
        for start in range(end):
            if ways[start] and canonical(word[start:end]) in names:
                ways[end] += [(*way, word[start:end]) for way in ways[start]][: 2 - len(ways[end])]
    return ways[-1]


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or the empty text."""
    if len(word) > _LONGEST:
        return ""
    matches = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean {matches[0]}?" if matches else ""


def unknown_name(reader: Reader, key: str, start: int, end: int) -> Unusable:
    shown = reader.text[start:end]
    if key.startswith("\\"):
        command = key[1:]
        if command in UNSUPPORTED:
            return reader.fail(f"'{shown}' is not read", start, end, UNSUPPORTED[command])
        hint = nearest(command, COMMANDS).replace("mean ", "mean \\") or "see the documentation for what is read"
        return reader.fail(f"unknown LaTeX command '{shown}'", start, end, hint)
    if key in ("E", "Var"):
        return reader.fail(f"'{shown}' stands without brackets", start, end, f"write {key}[x], without an index")
    vocabulary = reader.vocabulary
    hint = nearest(key, [*reader.names, *vocabulary.applied])
    declare = "declare it with --parameters if it is a symbol of the problem"
    if reader.loose:
        declare = "the task does not use this name"
    return reader.fail(f"unknown symbol '{shown}'", start, end, hint or declare)


def unknown_function(reader: Reader, key: str, start: int, end: int) -> Unusable:
    from derivations.reading.functions import CALLS

    hint = nearest(key, [*reader.vocabulary.applied, *CALLS])
    return reader.fail(
        f"unknown function '{reader.text[start:end]}'", start, end, hint or f"write {key}*(…) if it is a factor"
    )
