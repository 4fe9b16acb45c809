"""Entries of matrices and partial derivatives by the index below a name: H_{11}, H_{xy}, f_x, f_{xy}."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.terms import Term
from derivations.reading.keys import script_key
from derivations.reading.leibniz import below, partial
from derivations.reading.reader import Reader
from derivations.reading.tokens import Token

HESSIANS = frozenset({"H"})  # the names of matrices
_NO_VARIABLES = frozenset(["t", "i", "j", "n", "N", "k"])  # what counts is no variable to differentiate by
_MOST = 4


def entry(reader: Reader, name: str, start: int) -> Term | None:
    """H_{11}, H_{1,2}, H_{ij}, H_{xy} from the underscore on; None, and nothing read, if it is no entry."""
    here = reader.at
    if name not in HESSIANS:
        return None
    reader.at += 1
    braced = reader.accept("{")
    found: list[Term] = []
    while len(found) <= _MOST and (not found or braced) and reader.tokens[reader.at][0] in ("number", "name", ","):
        if not reader.accept(","):
            found += _indices(reader, reader.tokens[reader.at])
    if len(found) != 2 or (braced and not reader.accept("}")):
        reader.at = here
        return None
    return Term("Apply", (name, *found), (start, reader.end()))


def _indices(reader: Reader, token: Token) -> list[Term]:
    span = (token[2], token[3])
    reader.at += 1
    if token[0] == "number":
        return [Term("Number", (Fraction(digit),), span) for digit in token[1] if digit.isdecimal()]
    key = token[1]
    if reader.tokens[reader.at][0] == "_":
        script = script_key(reader.tokens, reader.at + 1)
        if script is not None and f"{key}_{script[0]}" in reader.names:
            key, reader.at = f"{key}_{script[0]}", script[1]
    names = [key] if key in reader.names else list(key)
    return [Term("Symbol", (reader.names.get(one, one),), span) for one in names]


def entry_in_word(name: str, index: str, span: tuple[int, int], reader: Reader) -> Term | None:
    """H_11, H_1_2 and H_xy as one word."""
    if name not in HESSIANS:
        return None
    letters = [char for part in index.split("_") for char in part]
    if len(letters) != 2:
        return None
    numbers = all(char.isdecimal() for char in letters)
    known = numbers or all(char in reader.names or char in "ij" for char in letters)
    found = [
        Term("Number", (Fraction(char),), span) if numbers else Term("Symbol", (reader.names.get(char, char),), span)
        for char in letters
    ]
    return Term("Apply", (name, *found), span) if known else None


def slope(reader: Reader, name: str, start: int) -> Term | None:
    """f_x, f_{xy} from the underscore on, for a function f of these variables; None, and nothing read, if it is something else."""
    here = reader.at
    if not _depends(reader, name) or not _is_plain(reader):
        return None
    names = below(reader)
    if set(names) & _NO_VARIABLES:
        reader.at = here
        return None
    return _partial(reader, name, names, start)


def _is_plain(reader: Reader) -> bool:
    """Whether only names of variables stand in the index here."""
    at = reader.at + 1
    braced = reader.tokens[at][0] == "{"
    at += braced
    while True:
        kind, value, *_ = reader.tokens[at]
        known = value in reader.names or all(char in reader.names for char in value)
        script = script_key(reader.tokens, at + 2) if kind == "name" and reader.tokens[at + 1][0] == "_" else None
        if kind != "name" or not (known or (script and f"{value}_{script[0]}" in reader.names)):
            return False
        at = script[1] if script else at + 1
        if not braced or reader.tokens[at][0] == "}":
            return True
        at += reader.tokens[at][0] == ","


def slope_in_word(reader: Reader, name: str, index: str, start: int) -> Term | None:
    """f_x and f_xy as one word."""
    letters = [index] if index in reader.names else list(index)
    known = all(char in reader.names for char in letters)
    if not _depends(reader, name) or not known or len(letters) > _MOST or set(letters) & _NO_VARIABLES:
        return None
    return _partial(reader, name, [reader.names[char] for char in letters], start)


def _depends(reader: Reader, name: str) -> bool:
    functions = reader.vocabulary.functions
    return reader.loose and name in functions and functions[name] is None


def _partial(reader: Reader, name: str, names: list[str], start: int) -> Term:
    opening = reader.tokens[reader.at]
    if opening[0] == "(" and opening[2] == reader.end():  # where it is taken: the variables stand for it
        reader.at += 1
        reader.depth += 4
        reader.parts(opening, ")")
        reader.depth -= 4
    return partial(reader, name, {one: names.count(one) for one in names}, start)
