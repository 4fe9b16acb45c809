"""Signs of which a text needs several: averages <x²>, the arrow of an update, (0, 1) U (2, 3), +/-, an index that follows closely.

Each function rewrites the tokens of an answer; what can be read in two ways stays as it is, or is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from derivations.reading.reader import Reader
from derivations.reading.tokens import Token


def with_averages(tokens: list[Token]) -> list[Token]:
    """η<x²>/2: what would follow the second sign were it a relation cannot follow one."""
    result = list(tokens)
    opening = -1
    for at, token in enumerate(tokens):
        if token[0] in ("relation", ",", ";", "and", "or"):
            closes = token[:2] == ("relation", "Gt") and opening >= 0
            if closes and tokens[at + 1][0] in ("/", "*", ")", "}", "end", "relation", "_", ","):
                result[opening] = ("langle", "<", *tokens[opening][2:])
                result[at] = ("rangle", ">", *token[2:])
                opening = -1
            else:
                opening = at if token[:2] == ("relation", "Lt") else -1
    return result


def with_numbered_letters(tokens: list[Token], text: str, names: Mapping[str, str]) -> list[Token]:
    """θ1 is θ_1 and λmax is λ_max: what follows a Greek letter closely is its index; λ₁,₂ speaks of two, and λ± of both signs."""
    result: list[Token] = []
    for at, token in enumerate(tokens):
        before = result[-1] if result else token
        close = bool(result) and before[3] == token[2]
        letter = before[0] == "name" and close and before[3] - before[2] == 1 and not text[before[2]].isascii()
        if token[0] == "star" and close and before[0] == "name" and f"{before[1]}_star" in names:  # θ⋆
            result[-1] = ("name", f"{before[1]}_star", before[2], token[3])
            continue
        numbered = token[0] == "number" and before[0] == "name" and close and token[1].isdecimal()
        if numbered or (letter and token[1] in ("max", "min")):
            result[-1] = ("name", f"{before[1]}_{token[1]}", before[2], token[3])
        elif letter and token[0] == "±" and tokens[at + 1][0] in ("relation", "end", "|", "rvert"):
            result[-1] = (*before[:3], token[3])
        elif (
            close
            and [one[0] for one in result[-3:]] == ["}", ",", "_"]
            and token[0] == "{"
            and before[2] == result[-3][3] + 1
        ):
            result[-3:] = [result[-2]]
        else:
            result.append(token)
    return result


def with_updates(tokens: list[Token], text: str) -> list[Token]:
    """x <- f(x), with a space behind the arrow: less than minus something has none."""
    result: list[Token] = []
    for token in tokens:
        arrow = token[0] == "-" and bool(result) and result[-1][:2] == ("relation", "Lt") and result[-1][3] == token[2]
        if arrow and text[token[3] : token[3] + 1].isspace():
            result[-1] = ("update", "←", result[-1][2], token[3])
        else:
            result.append(token)
    return result


def with_unions(tokens: list[Token]) -> list[Token]:
    """(0, 1) U (2, 3)"""
    return [
        ("union", "Union", token[2], token[3])
        if token[:2] == ("name", "U")
        and at
        and tokens[at - 1][0] in (")", "]", "closing [", "set}", "}")
        and tokens[at + 1][0] in ("(", "[", "]", "set{", "{")
        else token
        for at, token in enumerate(tokens)
    ]


def with_signs(reader: Reader) -> list[Token]:
    """-> is an arrow, +/- and +- are both signs; ∓ is as well, where no ± ties it to one of the two."""
    result: list[Token] = []
    tied = any(token[0] == "±" for token in reader.tokens)
    for token in reader.tokens:
        kinds = [one[0] for one in result[-2:]]
        close = bool(result) and result[-1][3] == token[2]
        if token[:2] == ("relation", "Gt") and close and kinds[-1:] == ["-"]:
            result[-1:] = [("to", "→", result[-1][2], token[3])]
        elif token[0] == "-" and close and kinds == ["+", "/"]:
            result[-2:] = [("±", "±", result[-2][2], token[3])]
        elif token[0] == "-" and close and kinds[-1:] == ["+"]:
            result[-1:] = [("±", "±", result[-1][2], token[3])]
        elif token[0] == "∓":
            if tied:
                raise reader.error("the signs ± and ∓ together are not read", token, "write the two formulas out")
            result.append(("±", "±", token[2], token[3]))
        else:
            result.append(token)
    return result
