"""Bound variables: the names that a sum, a quantifier or a limit brings with it."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.reading.keys import script_key
from derivations.reading.reader import Reader
from derivations.reading.tokens import Token

_OPENING = frozenset(["(", "[", "{", "set{", "langle", "lvert", "begin"])
_CLOSING = frozenset([")", "]", "}", "set}", "rangle", "rvert"])


def bound_variable(reader: Reader) -> tuple[str, Mapping[str, str]]:
    """The name here, under its own key and whatever it may mean outside, and the names that are left beside it."""
    token = reader.expect("name", "the variable that is bound")
    name = token[1]
    if reader.tokens[reader.at][0] == "_":
        script = script_key(reader.tokens, reader.at + 1)
        if script is not None:
            name, reader.at = f"{name}_{script[0]}", script[1]
    if not name.isidentifier():
        raise reader.error("this cannot be the name of a bound variable", token)
    return name, forget(reader.names, name)


def forget(names: Mapping[str, str], bound: str) -> Mapping[str, str]:
    """The names without other spellings of the one that is now bound: they would be captured."""
    if bound not in names.values():
        return names
    return {key: name for key, name in names.items() if name != bound}


def skip_argument(reader: Reader, opening: Token) -> None:
    """Steps over an argument and the comma after it without reading it."""
    depth = 0
    while True:
        kind = reader.tokens[reader.at][0]
        if kind == "end":
            raise reader.unclosed(opening, reader.tokens[reader.at])
        if depth == 0 and (kind == "," or kind in _CLOSING):
            break
        depth += (kind in _OPENING) - (kind in _CLOSING)
        reader.at += 1
    reader.expect(",", "a comma", "the variable follows the body")
