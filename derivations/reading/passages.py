"""Passages: the mathematics in a text, whatever it stands in, with the words between.

Marked mathematics ($…$, displays, code) is found first, then what can be read as a formula in the sentences around it. What looks
like mathematics and cannot be read is a passage with an error; everything else is in the words before and after the passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.answers import read_prepared
from derivations.reading.definitions import own_names
from derivations.reading.markup import blanked, with_decimals, without_comments
from derivations.reading.meanings import with_meanings
from derivations.reading.prose import ENGLISH
from derivations.reading.rows import blocks, without
from derivations.reading.searching import Passage, Search
from derivations.reading.vocabulary import Vocabulary

LENGTH_LIMIT = 10_000
BLANKS_LIMIT = 200  # in a row; whatever looks for words with spaces between them stays quick
_BLANKS = re.compile(rf"\s{{{BLANKS_LIMIT}}}")
_WORDS = re.compile(r"[A-Za-z]{2,}")
_COMPARING = re.compile(r"[<>=≤≥]|\\le")


_LETTER = r"(?:\\?(?:lam(?:bda)?|eta|mu|alpha)|[^\W\d_])(?:_\w+)?"
_RATIO = re.compile(  # 5:36, and the 2:λ of "η < 2:λ" and "2:λ < η"
    r"(?<=\d):(?=\d+(?![\w.:]))"
    rf"|(?:(?<=[<>≤≥=]\d)|(?<=[<>≤≥=] \d)|(?<=\A\d)):(?={_LETTER}\s*(?:$|[,.;)$]|and\b|or\b|(?<=\A\d:\S)\s*[<≤]))"
)


def too_much(text: str) -> str:
    """Why an answer is not read at all; "" if it is."""
    if len(text) > LENGTH_LIMIT:
        return f"the answer is too long ({len(text)} characters; the limit is {LENGTH_LIMIT})"
    return f"there are more than {BLANKS_LIMIT} blanks in a row" if _BLANKS.search(text) else ""


def read_passages(text: str, vocabulary: Vocabulary, whole: bool = False) -> tuple[Passage, ...]:
    """All formulas of a text in its order. The two sides of ⇒ and ⇔ are passages of their own unless ``whole``."""
    message = too_much(text)
    if message:
        return (Passage(None, Unusable(message, text[:200], (0, 1), "shorten it"), (0, len(text))),)
    plain = with_decimals(blanked(text))
    plain = _RATIO.sub("/", plain) if ":" in plain else plain
    tables = _tables(plain, vocabulary) if "\n" in plain else []
    plain = without(plain, [one.span for one in tables]) if tables else plain
    plain, vocabulary = own_names(plain, vocabulary)
    vocabulary = with_meanings(plain, vocabulary)
    quick = _bare(plain, vocabulary)
    if quick is not None:
        found = [Passage(quick, None, quick.span or (0, len(text)))]
    else:
        found = _searched(text, without_comments(plain), vocabulary)
    if tables:
        found = sorted((*found, *tables), key=lambda one: one.span)
    if not whole:
        found = [part for one in found for part in _sides(one)]
    return tuple(_with_words(text, found))


def _searched(text: str, plain: str, vocabulary: Vocabulary) -> list[Passage]:
    """The passages; searched again where a name is used before the answer says what it stands for."""
    search = Search(text, plain, vocabulary)
    found = search.passages()
    unknown = any(one.error is not None and one.error.message.startswith("unknown symbol") for one in found)
    once = {name: value for name, value in search.defined.items() if list(search.naming.values()).count(name) == 1}
    if unknown and once:
        again = Search(text, plain, vocabulary)
        again.defined = dict(once)
        return again.passages()
    return found


def _tables(plain: str, vocabulary: Vocabulary) -> list[Passage]:
    """The matrices that stand row by row on lines of their own."""
    found = []
    for span, rows in blocks(plain):
        entries = [[read_prepared(plain, vocabulary, start, end) for start, end in row] for row in rows]
        found.append(Passage(Term("Matrix", tuple(Term("Tuple", tuple(row), span) for row in entries), span), None, span))
    return found


def _bare(plain: str, vocabulary: Vocabulary) -> Term | None:
    """The term if the whole text is one formula."""
    if any(sign in plain for sign in ("$", "\n", "`", "\\[", "\\(")) or "**" in plain[:3] or _exclaims(plain):
        return None
    words = _WORDS.findall(plain) if vocabulary.open or " " in plain else ()
    if any(word.lower() in ENGLISH and word not in ("and", "or", "in", "not") for word in words):
        return None
    if vocabulary.open and any(len(word) > 1 and not _is_name(word, vocabulary) for word in words):
        return None
    try:
        return read_prepared(plain, vocabulary)
    except Unusable:
        return None


def _exclaims(plain: str) -> bool:
    """Whether the mark at the end belongs to a sentence: x < 2!"""
    return plain.rstrip().endswith("!") and bool(_COMPARING.search(plain))


def _is_name(word: str, vocabulary: Vocabulary) -> bool:
    from derivations.language.notation import GREEK
    from derivations.reading.commands import COMMANDS
    from derivations.reading.functions import CALLS

    known = word in vocabulary.names or word in vocabulary.applied
    return known or word in GREEK or word in CALLS or word in COMMANDS or word in ("and", "or", "in", "lam")


def _sides(one: Passage) -> list[Passage]:
    """The statements that ⇒ and ⇔ join, each by itself."""
    if one.term is None:
        return [one]
    listed = one.term.head in ("And", "Tuple") and any(arg.head in ("Implies", "Iff") for arg in one.term.args)
    if one.term.head not in ("Implies", "Iff") and not listed:
        return [one]
    parts = [replace(one, term=arg, span=arg.span or one.span) for arg in one.term.args]
    return [part for side in parts for part in _sides(side)]


def _with_words(text: str, found: list[Passage]) -> Iterator[Passage]:
    """The passages with what stands between them."""
    at = 0
    for i, one in enumerate(found):
        following = found[i + 1].span[0] if i + 1 < len(found) else len(text)
        before, after = text[at : max(at, one.span[0])], text[one.span[1] : max(following, one.span[1])]
        yield Passage(one.term, one.error, one.span, before, after, one.marked, one.defines)
        at = one.span[1]
