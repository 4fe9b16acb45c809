"""Accents: a dot is a derivative by time, a bar over a product or a power an average, an arrow or a hat marks a vector."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.language.terms import Term
from derivations.reading.reader import POWER, Reader
from derivations.reading.tokens import Token

ACCENTS = {  # commands that stand before their letter
    "\\dot": "dot",
    "\\overline": "average",
    "\\bar": "average",
    "\\vec": "",
    "\\overrightarrow": "",
    "\\hat": "hat",
}
_BEHIND = {"dot above": "dot", "arrow above": "", "hat above": "hat"}  # Unicode's accents, which follow their letter
_LETTERS = {"\\imath": "i", "\\jmath": "j", "i": "i", "j": "j"}
_TIME = "t"


def with_accents(tokens: list[Token], names: Mapping[str, str]) -> list[Token]:
    """The tokens with each accent as a token of its own before what it stands on, without the braces around a single name."""
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        kind, value, start, end = tokens[at]
        accent = ACCENTS.get(value) if kind == "name" else None
        if kind in _BEHIND and result:
            letter = result.pop()
            _put(result, _BEHIND[kind], letter, letter[2], names)
        elif accent is None:
            result.append(tokens[at])
        elif accent == "average":
            result.append((accent, value, start, end))
        else:
            braced = [one[0] for one in tokens[at + 1 : at + 4]] == ["{", "name", "}"]
            letter = tokens[at + 2 if braced else at + 1]
            if letter[0] != "name" or (accent == "hat" and _unit(letter[1], names) is None):
                result.append(tokens[at])
            else:
                _put(result, accent, letter, start, names)
                at += 3 if braced else 1
        at += 1
    return result


def _put(result: list[Token], accent: str, letter: Token, start: int, names: Mapping[str, str]) -> None:
    kind, value, _, end = letter
    if accent == "dot":
        result.append(("dot", "dot", letter[2], letter[2]))
        start = letter[2]
    elif accent == "hat":
        value = _unit(value, names) or value
    result.append((kind, value, start, end))


def _unit(value: str, names: Mapping[str, str]) -> str | None:
    """The declared name of the unit vector that a hat makes of a letter: \\hat x is e_x, \\hat e_1 is e_1."""
    if value == "e" or value.startswith("e_"):
        return value
    return next((one for one in (f"e_{value}", _LETTERS.get(value, "")) if one in names), None)


def read_dot(reader: Reader, token: Token, level: int) -> Term:
    """\\dot θ, \\dot θ_1: the derivative of what depends on time."""
    inner = reader.parse(POWER)
    known = _TIME in reader.names.values()
    name = inner.args[0] if inner.head in ("Symbol", "Apply") and len(inner.args) <= 2 else None
    if name is None or not known:
        raise reader.error("a dot is read above a name that depends on time", token, "write it as d/dt")
    time = inner.args[1] if inner.head == "Apply" else Term("Symbol", (_TIME,), inner.span)
    return Term("Derivative", (name, (1,), time), (token[2], reader.end()))


def read_mean(reader: Reader, token: Token, level: int) -> Term:
    """\\overline{θ^2} is an average; a bar above a single name makes another name of it."""
    inner = reader.parse(POWER)
    if inner.head in ("Symbol", "Apply", "Number"):
        raise reader.error(f"'{token[1]}' is not read", token, "leave the accent out, or use an index")
    return Term("Expect", (inner,), (token[2], reader.end()))
