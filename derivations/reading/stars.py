"""Stars: \\theta^* and x^\\star, and x* where it is a name and no product."""

from __future__ import annotations

from derivations.language.terms import Term
from derivations.reading.arithmetic import JUXTAPOSED
from derivations.reading.keys import script_key, star_end
from derivations.reading.reader import Reader
from derivations.reading.suggestions import unknown_name
from derivations.reading.tokens import Token


def read_star(reader: Reader, token: Token, key: str) -> Term | str:
    """x^*, x^\\star and x* where x_star is known; then x^*_0."""
    tokens, names = reader.tokens, reader.names
    after = star_end(tokens, reader.at)
    if after is None and tokens[reader.at][0] == "*" and f"{key}_star" in names:
        after = _plain_star_end(reader, token, key)
    if after is None:
        return key
    reader.at = after
    script = script_key(tokens, after + 1) if tokens[after][0] == "_" else None
    if script is not None:
        key, reader.at = f"{key}_{script[0]}", script[1]
    starred = f"{key}_star"
    if starred in names:
        return _named(reader, names[starred], token[2])
    if reader.vocabulary.open and starred.isidentifier():
        return _named(reader, starred, token[2])
    raise unknown_name(reader, starred, token[2], reader.end())


def _named(reader: Reader, name: str, start: int) -> Term:
    return Term("Symbol", (name,), (start, reader.end()))


def _plain_star_end(reader: Reader, token: Token, key: str) -> int | None:
    """Whether ``theta*`` is a name here or the beginning of a product: by what follows, else by the spaces."""
    star, following = reader.tokens[reader.at], reader.tokens[reader.at + 1]
    before, after = star[2] > reader.tokens[reader.at - 1][3], following[2] > star[3]
    signed = following[0] in ("-", "+", "±")
    operand = following[0] in JUXTAPOSED or following[0] in ("constant", "|", "set{") or signed
    if not operand:
        return reader.at + 1
    if following[0] == "+" and reader.loose and not before:  # θ*+(1 - x): nobody multiplies by +(…)
        return reader.at + 1
    if before or (not after and not signed):
        return None
    if signed and after and following[3] < reader.tokens[reader.at + 2][2]:  # theta* - x, with even spaces
        return reader.at + 1
    raise reader.fail(
        f"it is not clear whether '*' belongs to the name {key} or multiplies",
        *(token[2], following[3]),
        f"write {key}_star, or spaces on both sides of the sign",
    )
