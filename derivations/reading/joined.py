"""Names without anything between them: etalam is eta*lam, abS_12 is a*b*S_12, NL' is N*L'."""

from __future__ import annotations

from derivations.reading.arithmetic import transposes
from derivations.reading.reader import Reader
from derivations.reading.suggestions import splittings
from derivations.reading.tokens import Token, canonical


def with_last_indexed(word: str, index: str, reader: Reader) -> list[tuple[str, ...]]:
    """The ways to write abS_12 as a*b*S_12: names without a space between them, the last one with the index."""
    ends = [word[at:] for at in range(1, len(word)) if f"{canonical(word[at:])}{index}" in reader.names]
    return [(*way, end) for end in ends for way in splittings(word[: -len(end)], reader.names)]


def with_last_applied(word: str, reader: Reader) -> tuple[str, ...]:
    """NL before a prime as N*L, if there is just one way: the last one is a function."""
    applied = reader.vocabulary.applied
    if word in applied:
        return ()
    ends = [word[at:] for at in range(1, len(word)) if word[at:] in applied]
    ways = [(*way, end) for end in ends for way in splittings(word[: -len(end)], reader.names)]
    return ways[0] if len(ways) == 1 else ()


def taken_apart(reader: Reader, token: Token, parts: tuple[str, ...], index: str = "") -> Token:
    """Each of the names becomes a token of its own, the last one with the index; the first of the tokens, which is to be read."""
    if reader.loose and parts[0] == "d" and len(parts) == 2:
        raise reader.error("a differential is not read here", token, "leave out what only says by which variable")
    here = reader.at - 1
    above = reader.tokens[here - 1][0] == "^" or (
        reader.tokens[here + 1][0] == "^" and not transposes(reader, here + 2)
    )
    if above and not reader.latex:
        message = f"it is not clear how much of '{token[1]}' the power concerns"
        raise reader.error(message, token, f"write {' * '.join(parts)}, with parentheses")
    split, start = [], token[2]
    for part in parts:
        split.append(("name", canonical(part), start, start + len(part)))
        start += len(part)
    kind, last, begin, end = split[-1]
    split[-1] = (kind, f"{last}{index}", begin, end + len(index))
    reader.tokens[here : here + 1] = split
    return split[0]
