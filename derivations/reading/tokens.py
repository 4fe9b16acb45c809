"""The scanner: text to tokens, in one pass from left to right.

A token is (kind, value, start, end); the kinds are those of ``commands`` and "number", "name", "end". Superscript and
subscript characters (x², θ₀) become ``^{2}`` and ``_{0}`` with the spans they have in the text.
"""

from __future__ import annotations

import re

from derivations.language.errors import Unusable
from derivations.reading.characters import FRACTIONS, SPACES, SUBSCRIPTS, SUPERSCRIPTS, explain, letter_key
from derivations.reading.commands import (
    COMMANDS,
    ENVIRONMENTS,
    FURTHER,
    OPERATORS,
    PHRASES,
    SINGLE,
    TEXTS,
    WORDS,
)

Token = tuple[str, str, int, int]

LENGTH_LIMIT = 20_000
SIGNS_LIMIT = 2_500  # names, numbers and signs of a formula in an answer
DIGITS_LIMIT = 100
EXPONENT_LIMIT = 100  # of a decimal such as 1e-3

_ALPHA = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_WORD = _ALPHA | _DIGITS
_LONG = frozenset("<>=!*")  # an operator of more than one character may begin here
_AFTER_INTERVAL = frozenset(["end", "union", "intersection", ")", ",", "}", "set}", "and", "or", "relation"])
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))


def tokenize(text: str, loose: bool = False, start: int = 0) -> list[Token]:
    """The tokens of the text from ``start`` on, closed by one of kind "end". Raises Unusable at the first thing that is no token.

    With ``loose`` there are further signs, such as the semicolon, which only answers are read with.
    """
    if len(text) - start > LENGTH_LIMIT:
        raise Unusable(
            f"the formula is too long ({len(text) - start} characters; the limit is {LENGTH_LIMIT})",
            text,
            (start, start + 1),
            "split it up",
        )
    latex = is_latex(text[start:])
    start, end = _unwrapped(text, start)
    tokens: list[Token] = []
    _scan(text, start, end, latex, tokens, loose)
    if loose and len(tokens) > SIGNS_LIMIT:
        raise _unusable("the formula is too long", text, tokens[SIGNS_LIMIT][2], end, "split it up")
    tokens.append(("end", "", end, end))
    if "[" in text:
        _close_intervals(tokens)
    return tokens


def _close_intervals(tokens: list[Token]) -> None:
    """In ]a, b[ the last bracket closes: nothing that could stand inside it follows."""
    for at, (kind, value, start, end) in enumerate(tokens):
        if kind == "[" and tokens[at + 1][0] in _AFTER_INTERVAL:
            tokens[at] = ("closing [", value, start, end)


def is_latex(text: str) -> bool:
    """Whether TeX's reading of ``x^12`` and of bare braces applies: there is a command or a dollar sign."""
    return "\\" in text or "$" in text


def _unwrapped(text: str, start: int) -> tuple[int, int]:
    """Where the formula begins and ends without surrounding space, ``$...$``, ``\\(...\\)`` or ``\\[...\\]``."""
    end = len(text)
    while True:
        while start < end and text[start] in SPACES:
            start += 1
        while start < end and text[end - 1] in SPACES:
            end -= 1
        for opening, closing in _WRAPPERS:
            if text.startswith(opening, start, end) and text.endswith(closing, start + len(opening), end):
                start, end = start + len(opening), end - len(closing)
                break
        else:
            return start, end


def _scan(text: str, at: int, end: int, latex: bool, tokens: list[Token], loose: bool = False) -> None:
    append = tokens.append
    while at < end:
        char = text[at]
        if char in SPACES:
            at += 1
        elif char in _ALPHA:
            stop = at + 1
            while stop < end and text[stop] in _WORD:
                stop += 1
            if stop < end and text[stop] == "_":
                stop = _tail_of_word(text, stop, end)
            word = text[at:stop]
            kind, value = WORDS.get(word) or ("name", word)
            if kind == "keyword":
                raise _unusable(f"'{word}' is a word of Python, not a name", text, at, stop, "choose another name")
            append((kind, canonical(value) if "lambda" in value else value, at, stop))
            at = stop
        elif char == "\\":
            at = _command(text, at, end, tokens)
        elif char in _DIGITS or (char == "." and text[at + 1 : at + 2] in _DIGITS):
            at = _number(text, at, end, latex, tokens)
        elif char in _LONG:
            sign = next(text[at : at + size] for size in (3, 2, 1) if text[at : at + size] in OPERATORS)
            append((*OPERATORS[sign], at, at + len(sign)))
            at += len(sign)
        elif char in SINGLE:
            at = _single(text, at, end, latex, tokens)
        elif loose and char in FURTHER:
            append((*FURTHER[char], at, at + 1))
            at += 1
        else:
            at = _beyond_ascii(text, at, end, latex, tokens)


def canonical(word: str) -> str:
    """The word with ``lambda``, which Python keeps for itself, written ``lam``: lambda_max is lam_max."""
    return "_".join("lam" if part == "lambda" else part for part in word.split("_"))


def _unusable(message: str, text: str, start: int, end: int, hint: str = "") -> Unusable:
    return Unusable(message, text, (start, end), hint)


def _tail_of_word(text: str, at: int, end: int) -> int:
    """Where a word ends whose first part stands before the underscore at ``at``: x_1, theta_star, but not x_{1}."""
    while at + 1 < end and text[at] == "_" and text[at + 1] in _WORD:
        at += 1
        while at < end and text[at] in _WORD:
            at += 1
    return at


def _single(text: str, at: int, end: int, latex: bool, tokens: list[Token]) -> int:
    char = text[at]
    if char == "~" and latex:  # a space in TeX, "about" in plain text
        return at + 1
    if char == ":" and text[at + 1 : at + 2] == "=":
        tokens.append(("relation", "Eq", at, at + 2))
        return at + 2
    if char == "_" and at + 1 < end and text[at + 1] == "_":
        start = tokens[-1][2] if tokens and tokens[-1][3] == at else at
        stop = at
        while stop < end and (text[stop] in _WORD or text[stop] == "_"):
            stop += 1
        raise _unusable(
            f"'{text[start:stop]}' is not a name that may be used here", text, start, stop, "use single underscores"
        )
    tokens.append((*SINGLE[char], at, at + 1))
    return at + 1


def _number(text: str, at: int, end: int, latex: bool, tokens: list[Token]) -> int:
    stop = _digits(text, at, end)
    if stop < end and text[stop] == "." and not (stop + 1 < end and text[stop + 1] in _ALPHA):
        stop = _digits(text, stop + 1, end)
    if stop - at > DIGITS_LIMIT:
        raise _unusable(
            f"the number has {stop - at} digits; the limit is {DIGITS_LIMIT}", text, at, stop, "write it as a power"
        )
    if stop < end and text[stop] in "eE" and not latex:
        mark = stop + 2 if text[stop + 1 : stop + 2] in ("+", "-") else stop + 1
        after = _digits(text, mark, end)
        if after > mark:
            if after - mark > 3 or int(text[mark:after]) > EXPONENT_LIMIT:
                raise _unusable(
                    "the exponent of the decimal number is too large", text, at, after, "write a power of 10"
                )
            stop = after
    tokens.append(("number", text[at:stop], at, stop))
    return stop


def _digits(text: str, at: int, end: int) -> int:
    while at < end and text[at] in _DIGITS:
        at += 1
    return at


def _command(text: str, at: int, end: int, tokens: list[Token]) -> int:
    stop = at + 1
    while stop < end and text[stop] in _ALPHA:
        stop += 1
    if stop == at + 1:  # a command of one sign: \, \{ \\
        stop = min(stop + 1, end)
    name = text[at + 1 : stop]
    kind, value = COMMANDS.get(name) or ("name", "\\" + name)  # the vocabulary may know it; else the reader complains
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(text, at, stop, end, tokens)
    if kind != "skip":
        tokens.append((kind, value or name, at, stop))
    return stop


def _skip_spaces(text: str, at: int, end: int) -> int:
    while at < end and text[at] in SPACES:
        at += 1
    return at


def _row_end(text: str, start: int, at: int, end: int, tokens: list[Token]) -> int:
    """``\\\\`` or ``\\\\[2pt]``: the end of a row, and perhaps how far the next one is below."""
    tokens.append(("row", "", start, at))
    spacing = _SPACING.match(text, at, end)
    return spacing.end() if spacing else at


def _styled(text: str, start: int, at: int, end: int, tokens: list[Token]) -> int:
    """``\\mathrm{Var}``, ``\\mathcal L``: one name; ``\\boldsymbol{\\theta_1}``: the braces without the style."""
    at = _skip_spaces(text, at + (text[at : at + 1] == "*"), end)
    if at < end and text[at] in _ALPHA:
        tokens.append(("name", text[at], start, at + 1))
        return at + 1
    close = text.find("}", at, end)
    if not text.startswith("{", at) or close < 0:
        return at
    inside = text[at + 1 : close].strip()
    parts = inside.replace("-", "_").split("_")
    if inside.startswith("\\") and inside[1:] in COMMANDS and COMMANDS[inside[1:]][0] == "name":
        tokens.append((*COMMANDS[inside[1:]], start, close + 1))
    elif inside and all(part and part[0] in _WORD and _WORD.issuperset(part) for part in parts):
        kind, value = WORDS.get(inside, ("name", canonical("_".join(parts))))
        tokens.append(("name" if kind == "keyword" else kind, value, start, close + 1))
    elif inside in PHRASES:
        tokens.append((*PHRASES[inside], start, close + 1))
    elif text[start + 1 : at].strip(" *") in TEXTS:
        raise _unusable("there are words inside the formula", text, start, close + 1, "write the formula alone")
    else:
        return at
    return close + 1


def _sized(text: str, start: int, at: int, end: int, tokens: list[Token]) -> int:
    """``\\left(`` is a parenthesis; ``\\left|`` knows that it opens."""
    name, at = text[start + 1 : at], _skip_spaces(text, at, end)
    sign = text[at : at + 1]
    if sign == ".":
        raise _unusable(f"\\{name}. hides one side of a bracket", text, start, at + 1, "write both brackets")
    side = "l" if name == "left" or name.endswith("l") else "r" if name == "right" or name.endswith("r") else ""
    if side and sign and sign in "|<>":
        tokens.append((side + ("vert" if sign == "|" else "angle"), sign, at, at + 1))
        return at + 1
    return at


def _environment(text: str, start: int, at: int, end: int, tokens: list[Token]) -> int:
    close = text.find("}", at, end)
    name = text[at + 1 : close].strip() if text.startswith("{", at) and close > 0 else ""
    if name.rstrip("*") not in ENVIRONMENTS:
        close = max(close, at - 1)
        raise _unusable(f"the environment '{name}' is not read", text, start, close + 1, "a matrix is \\begin{pmatrix}")
    close += 1
    if name == "array" and text[start + 1 : at] == "begin":  # its column specification says nothing about the entries
        close = text.find("}", close, end) + 1 if text.startswith("{", close) else close
    kind = "begin" if text[start + 1 : at] == "begin" else "end environment"
    tokens.append((kind, name, start, close or end))
    return close or end


_SPACING = re.compile(r"\[-?[0-9.]{1,8} ?(?:pt|ex|em|mm|cm)\]")
_SPECIAL = {"row": _row_end, "style": _styled, "size": _sized, "environment": _environment}


def _beyond_ascii(text: str, at: int, end: int, latex: bool, tokens: list[Token]) -> int:
    char = text[at]
    key = letter_key(char)
    if key is not None:
        tokens.append(("name", key, at, at + 1))
        return at + 1
    if char in SUPERSCRIPTS or char in SUBSCRIPTS:
        return _script(text, at, end, tokens)
    if char in FRACTIONS:
        tokens.append(("number", FRACTIONS[char], at, at + 1))
        return at + 1
    message, hint = explain(char)
    raise _unusable(message, text, at, at + 1, hint)


def _script(text: str, at: int, end: int, tokens: list[Token]) -> int:
    sign, table = ("^", SUPERSCRIPTS) if text[at] in SUPERSCRIPTS else ("_", SUBSCRIPTS)
    stop = at
    while stop < end and text[stop] in table:
        stop += 1
    tokens += [(sign, sign, at, at), ("{", "{", at, at)]
    inner: list[Token] = []
    plain = "".join(table[char] for char in text[at:stop])
    _scan(plain, 0, len(plain), False, inner)
    tokens += [(kind, value, at + first, at + last) for kind, value, first, last in inner]
    tokens.append(("}", "}", stop, stop))
    return stop
