"""Prose: which words and signs of a sentence are mathematics, and the runs of them that could be formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from derivations.language.notation import GREEK
from derivations.reading.characters import SPACES, SUBSCRIPTS, SUPERSCRIPTS, letter_key
from derivations.reading.commands import COMMANDS, FURTHER, SINGLE
from derivations.reading.functions import BARE, CALLS
from derivations.reading.suggestions import splittings
from derivations.reading.tokens import canonical
from derivations.reading.vocabulary import Vocabulary

MATH, SIGN, JOINT, STOP, WORD = range(
    5
)  # an operand; an operator or bracket; and, or, in; punctuation; a word of prose


class Atom(NamedTuple):
    """A piece of a sentence: what it is, and where."""

    kind: int
    start: int
    end: int
    text: str


# Words that are never names, whatever is declared, unless a sign of mathematics stands beside them.
_COMMON = """
a i an as at be by do go he if is it me my no of on so to up us we am are was the and or in not for all any per let
    get has its may one out see set too two use via who why yes yet can but nor how you with from that this then than thus
    when where which while since because hence must only each both such here there have will would into over under same
    mean case step steps value values rate size test real line new now our off own put run say she true try way also even
    every gives equal equals is's ok st nd rd th iff wrt min's max's point end and/or ie eg
"""
ENGLISH = frozenset(_COMMON.split())
_SCRIPTS = frozenset([*SUPERSCRIPTS, *SUBSCRIPTS])
_JOINTS = frozenset(["and", "or", "in"])
# After a number these say that it is a value; any other word is what is counted ("3 steps").
_VALUED = """
and or is are because since as for if when where which with so thus hence but by at in then that this from since while
    max min largest smallest condition cond kappa
    to would will has have not only also the a an respectively resp therefore iff whereas works converges equals
"""
_AFTER_VALUE = frozenset(_VALUED.split())
_NUMBERED = """
step steps task exercise part lecture equation eq problem question
section no number figure case method first after iteration
"""
_COUNTED = frozenset(["step", "steps", "iteration", "iterations", "update", "updates", "schritt", "schritte", "times"])
_LABELS = frozenset(_NUMBERED.split())
_ATOM = re.compile(
    r"(?P<abbreviation>\b(?:i\.e|e\.g|w\.r\.t|s\.t|a\.s|w\.l\.o\.g|cf|resp|vs|i\.i\.d|a\.e)\.?(?![A-Za-z*+/^_=<>])|\.\.\.+)"
    r"|(?P<compound>[A-Za-z]{2,}(?:-[A-Za-z]{2,})+|\d+-?(?:st|nd|rd|th|D|dim\w*|d)\b|[A-Za-z]+['’](?:s|t|re|ll|ve|d|m)\b|\d+x\d+\b|\d+×\d+\b)"
    r"|(?P<group>\\(?:begin|end)\s?\{[A-Za-z]{1,20}\*?\}(?:\{[clr| ]{1,20}\})?"
    r"|\\(?:math[a-z]+|text[a-z]*|operatorname|mbox|rm|bm)\*?\s?\{[^{} ]{1,40}\})"
    r"|(?P<command>\\(?:[A-Za-z]+|.))"
    r"|(?P<letters_in_number>(?<![A-Za-z\\])[lIOo][.,]\d+)"
    r"|(?P<operator><=>|=>|<=|>=|=<|==|!=|<>|->|:=|\+/-)"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:\.(?=\s*(?:\]|-?\d+\.)))?|\.\d+)"
    r"|(?P<letters>[^\W\d_]+)"
    r"|(?P<other>\S)",
)
_NEXT = re.compile(r"\s*([^\W\d_]+)")
_NEXT_VERB = re.compile(r"\s+(?:is|are|was|has|will|wins|(?:converg|diverg|oscillat|shrink|grow|decay)\w*)\b")
_NEXT_NUMBER = re.compile(r"\s*\d")
_NEXT_WORD = re.compile(r"\s+[^\W\d_]{2}")
_NEXT_COMMAND = re.compile(r"\s*\\(?!text|emph|mathrm|mbox|quad)[A-Za-z\\]")
_TWICE = re.compile(r"\b([aIA])[ \t]{1,2}\1\b")
_GIVEN = re.compile(r"(?<![^\W_])(?<![\\_^])([A-Za-z])\s*+(?::=|=)")
_STOPS = frozenset('.,;:?!"“”„`«»…•–—‘…')
_RELATING = frozenset("=<>≤≥≠≈∈∝/*^+·×⩽⩾≪≫~@")
_BESIDE = _RELATING | frozenset("-−_(|)[]²³⁻'{}₀₁₂₃ₖₜᵢⁿᵗ")


def atoms(text: str, start: int, end: int, vocabulary: Vocabulary) -> Iterator[Atom]:
    """The atoms of a part of the text."""
    for found in _ATOM.finditer(text, start, end):
        kind, piece = str(found.lastgroup), found.group()
        if kind in ("abbreviation", "compound"):
            parts = re.split(r"[-]", piece)
            names = kind == "compound" and all(_of_names(part, vocabulary) for part in parts) and "'" not in piece
            yield Atom(MATH if names else WORD, found.start(), found.end(), piece)
        elif kind == "word":
            yield Atom(_word(piece, text, found.start(), found.end(), vocabulary), found.start(), found.end(), piece)
        elif kind == "letters":
            yield from _letters(piece, found.start(), text, vocabulary)
        elif kind == "operator":
            yield Atom(SIGN, found.start(), found.end(), piece)
        elif kind in ("number", "group", "letters_in_number"):
            yield Atom(MATH, found.start(), found.end(), piece)
        elif kind == "command":
            yield Atom(_command(piece, vocabulary), found.start(), found.end(), piece)
        else:
            yield Atom(_other(piece, text, found.start()), found.start(), found.end(), piece)


def _known(word: str, vocabulary: Vocabulary) -> bool:
    key = canonical(word)
    return key in vocabulary.names or key in vocabulary.applied


def _of_names(word: str, vocabulary: Vocabulary) -> bool:
    """Whether it is a name, or a short product of names: the ad and the bc of ad-bc."""
    return _known(word, vocabulary) or (len(word) <= 3 and bool(splittings(word, vocabulary.names)))


def _beside(text: str, start: int, end: int, signs: frozenset[str]) -> bool:
    """Whether the next sign on either side, spaces apart, is one of these."""
    at = start - 1
    while at >= 0 and text[at] in SPACES and text[at] != "\n":
        at -= 1
    if at >= 0 and (text[at] in signs or (text[at].isdigit() and at == start - 1)):
        return True
    at = end
    while at < len(text) and text[at] in SPACES and text[at] != "\n":
        at += 1
    return at < len(text) and text[at] in signs


def _amid_signs(text: str, start: int, end: int) -> bool:
    """Whether a sign of mathematics stands beside a letter that is also a word, and no word of prose behind it."""
    if _NEXT_WORD.match(text, end):
        return False
    return _beside(text, start, end, _BESIDE | {"&"}) or bool(_NEXT_COMMAND.match(text, end))


def _is_product(word: str, text: str, start: int, end: int, vocabulary: Vocabulary) -> bool:
    """Whether the letters of a short word are names that stand between signs, without a word of prose behind it: + by = c."""
    if not all(letter in vocabulary.names for letter in word) or _NEXT_WORD.match(text, end):
        return False
    return _beside(text, start, end, _RELATING | frozenset("+-−"))


def _word(word: str, text: str, start: int, end: int, vocabulary: Vocabulary) -> int:
    low = word.lower()
    if text[start - 1 : start] in ("_", "^") and start:
        return MATH
    if low in ("const", "constant") and _beside(text, start, end, _RELATING):
        return MATH
    if low in _JOINTS and word != "In":
        return JOINT
    if word == "i" and text[max(0, start - 4) : start].rstrip().endswith(("±", "\\pm")):
        return MATH
    if len(word) == 1:
        applied = word in vocabulary.names and text[end : end + 2].lstrip()[:1] in ("(", "[")  # A (1, 0), where A is a matrix
        if word in ("a", "I", "A") and not applied and not _beside(text, start, end, _RELATING):
            ended = text[end : end + 4].lstrip()[:1] in tuple(",;}])")
            listed = ended and (_beside(text, start, start, frozenset(",{([;")) or text[:start].rstrip()[-1:].isdigit())
            last = text[end : end + 9].lstrip(" \t")[:1] in ("", "\n") and _beside(text, start, start, frozenset("+-−"))
            twice = _TWICE.search(text, max(0, start - 3), end + 4) is not None  # an article would have a noun after it
            inside = text.rfind("{", 0, start) > text.rfind("}", 0, start) and not _NEXT_WORD.match(text, end)
            named = listed or last or twice or inside or _amid_signs(text, start, end)
            return MATH if word in vocabulary.names and named else WORD
        if text[:start].rstrip(" ")[-1:].isdigit() and text[start - 1 : start] == " " and _NEXT_VERB.match(text, end):
            return WORD  # "for α > 1/6 y is slower"
        near = _beside(text, start, end, _BESIDE) or text[end : end + 3].lstrip().startswith(":=")
        return MATH if _known(word, vocabulary) or near or word in _defined(text) else WORD
    if low in ENGLISH:
        return MATH if len(word) == 2 and _is_product(word, text, start, end, vocabulary) else WORD
    if word in CALLS or word in ("diag", "array", "var", "max", "min"):
        following = text[end : end + 1]
        return (
            MATH
            if following in ("(", "[", "_", "{", "^", "²", "³")
            or (following == " " and _operand_at(text, end, vocabulary))
            or (word in BARE | {"sqrt"} and _NEXT_NUMBER.match(text, end))
            else WORD
        )
    base = word.partition("_")[0]
    if word in GREEK or base in GREEK or base == "lam" or word == "oo":
        return MATH
    if base in ("E", "Var", "V", "max", "min") and "_" in word and base != word:
        return MATH
    if _known(word, vocabulary):
        plain = (len(word) > 3 and word.isalpha()) or word in ("learning_rate", "step_size", "batch_size")
        return MATH if not plain or _beside(text, start, end, _RELATING) else WORD
    if "_" in word or any(char.isdigit() for char in word):
        return MATH
    if is_slope(word, vocabulary) and _beside(text, start, end, _RELATING):
        return MATH
    ways = splittings(word, vocabulary.names)
    if ways:
        telling = any(len(part) > 2 for way in ways for part in way)
        return MATH if telling or (len(word) <= 3 and _beside(text, start, end, _BESIDE)) else WORD
    if (word[0] == "d" and text[end : end + 2] in ("/d", "^2")) or text[start - 1 : start + 1] == "/d":
        return MATH
    return WORD


@lru_cache(maxsize=4)
def _defined(text: str) -> frozenset[str]:
    """The letters of which the text says what they are: B e^{-t}, where B = …"""
    return frozenset(_GIVEN.findall(text))


def is_slope(word: str, vocabulary: Vocabulary) -> bool:
    """Whether it is the letter of a function or of the Hessian with one or two letters of variables behind it: fx, fxy, Hxx."""
    base, below = word[:1], word[1:]
    function = base in vocabulary.applied and vocabulary.functions.get(vocabulary.applied[base], 1) is None
    entry = vocabulary.names.get(base) == "H" and len(below) == 2
    return (function or entry) and 0 < len(below) < 3 and all(letter in "xyuvz" and letter in vocabulary.names for letter in below)


def _operand_at(text: str, at: int, vocabulary: Vocabulary) -> bool:
    """Whether a name follows, as in "max λ_i"."""
    found = _NEXT.match(text, at)
    if found is None:
        return False
    word = found.group(1)
    return letter_key(word[0]) is not None or _known(word.partition("_")[0], vocabulary)


def _letters(piece: str, start: int, text: str, vocabulary: Vocabulary) -> Iterator[Atom]:
    """Letters beyond ASCII: Greek ones are names, a word of another alphabet is a word, a single letter of it is suspect."""
    at = 0
    while at < len(piece):
        if letter_key(piece[at]) is not None or piece[at] in _SCRIPTS or piece[at] in FURTHER:
            yield Atom(MATH, start + at, start + at + 1, piece[at])
            at += 1
            continue
        stop = at
        while stop < len(piece) and letter_key(piece[stop]) is None and piece[stop] not in _SCRIPTS:
            stop += 1
        word = piece[at:stop]
        if word in ("max", "min") and at > 0:  # λmax
            yield Atom(MATH, start + at, start + stop, word)
            at = stop
            continue
        if word.isascii():
            near = at > 0 or stop < len(piece)
            kind = MATH if near and len(word) <= 2 else _word(word, text, start + at, start + stop, vocabulary)
            yield Atom(kind, start + at, start + stop, word)
            at = stop
            continue
        foreign = len(word) == 1 or any(char.isascii() for char in word)
        latin = all(char.isascii() or char in "äöüßéèàçñáíóúêîôâÄÖÜÉïœ" for char in word)
        yield Atom(MATH if foreign and not latin else WORD, start + at, start + stop, word)
        at = stop


def _command(piece: str, vocabulary: Vocabulary) -> int:
    name = piece[1:]
    entry = COMMANDS.get(name)
    if entry is None:
        return MATH if piece[1:].isalpha() else SIGN
    return (
        MATH
        if entry[0] in ("name", "function", "fraction", "sqrt", "constant", "sum", "environment", "style")
        else SIGN
    )


def _other(char: str, text: str, at: int) -> int:
    if char in "–—" and text[at - 1 : at] in (" ", "") and text[at + 1 : at + 2] == " ":
        return STOP
    if char == "!" and text[at + 1 : at + 2].strip():
        return SIGN
    if char in _STOPS and char != "–":
        return STOP
    if char == "'" or char in SINGLE or char in "<>=!*&%;" or char in FURTHER:
        return SIGN
    return MATH if not char.isprintable() or char.isalnum() or char in "½⅓⅔¼¾²³¹⁰ⁿ" else SIGN


# --- runs ---------------------------------------------------------------------------------------------------------


def runs(found: list[Atom]) -> Iterator[tuple[int, int]]:
    """The maximal stretches of atoms, first and behind the last, that no word and no end of a sentence interrupts."""
    begin, depth = 0, 0
    for at, atom in enumerate(found):
        if atom.kind == SIGN:
            depth = max(0, depth + (atom.text in ("(", "[", "{", "\\{")) - (atom.text in (")", "]", "}", "\\}")))
        elif atom.text.startswith(("\\begin", "\\end")):
            depth = max(0, depth + (1 if atom.text.startswith("\\begin") else -1))
        ends = (
            atom.kind == STOP
            and atom.text in (".", ":", "?", "!", "…", "•", "—", "–")
            and (depth == 0 or atom.text != ":")
        )
        if atom.kind == WORD or ends:
            if at > begin:
                yield begin, at
            begin, depth = at + 1, 0
    if len(found) > begin:
        yield begin, len(found)


def counted(found: list[Atom], first: int, last: int) -> bool:
    """Whether the whole number at the end, behind a comma, counts what the next word names: η = 1/λ, 1 step."""
    if last - first < 4 or last >= len(found) or found[last].kind != WORD or not found[last - 1].text.isdecimal():
        return False
    return found[last - 2].text in (",", ";") and found[last].text.lower() in _COUNTED


def is_count(found: list[Atom], first: int, last: int) -> bool:
    """Whether a lone whole number only counts or numbers something: 3 steps, task 4."""
    while first < last and found[first].kind in (JOINT, STOP):
        first += 1
    if last - first != 1 or not found[first].text.isdecimal():
        return False
    after = found[last].text.lower() if last < len(found) and found[last].kind == WORD else ""
    before = found[first - 1].text.lower() if first and found[first - 1].kind == WORD else ""
    if before == "number" and first > 1 and found[first - 2].text.lower() == "condition":
        return False  # the condition number 5
    return (bool(after) and after not in _AFTER_VALUE) or before in _LABELS
