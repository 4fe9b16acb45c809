"""The ways in: an expression, a formula, a point, a map, a list of names."""

from __future__ import annotations

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.formulas import misplaced_truth, read_list
from derivations.reading.functions import variable
from derivations.reading.grammar import GRAMMAR
from derivations.reading.reader import ANY, RELATION, Reader
from derivations.reading.vocabulary import OPEN, Vocabulary

_LEVELS_LIMIT = 250  # of the term; whoever walks over it recursively must not run out of stack
_SURELY_SHALLOW = 120  # a term has no more levels than about two for each character of its text


def read_expression(text: str, vocabulary: Vocabulary) -> Term:
    """The expression that is written. Raises Unusable, with the place, where it cannot be read in exactly one way."""
    return _read(text, vocabulary, RELATION)


def read_formula(text: str, vocabulary: Vocabulary) -> Term:
    """The same for relations, chains, connectives and sets as well as expressions."""
    return _read(text, vocabulary, ANY)


def read_point(text: str, vocabulary: Vocabulary) -> dict[str, Term]:
    """``x=3/2, y=0``: a value for each variable."""
    return _assignments(text, vocabulary, ("relation", "Eq"), "x=3/2, y=0")


def read_map(text: str, vocabulary: Vocabulary) -> dict[str, Term]:
    """``x: y, y: -x``: an expression for each variable."""
    return _assignments(text, vocabulary, (":", ":"), "x: y, y: -x")


def read_names(text: str) -> tuple[str, ...]:
    """``x, y``: names, under which any may be declared."""
    reader = Reader(text, OPEN, GRAMMAR)
    names: list[str] = []
    while True:
        token = reader.tokens[reader.at]
        name = variable(reader)
        if name in names:
            raise reader.error(f"{name} stands here twice", token, "name each one once")
        names.append(name)
        if not reader.accept(","):
            break
    finish(reader)
    return tuple(names)


def _read(text: str, vocabulary: Vocabulary, level: int) -> Term:
    reader = Reader(text, vocabulary, GRAMMAR)
    term = reader.parse(level)
    if reader.tokens[reader.at][0] == "," and level == ANY:
        term = read_list(reader, term)
    finish(reader)
    check(reader, term, level == ANY)
    return term


def finish(reader: Reader) -> None:
    token = reader.tokens[reader.at]
    if token[0] != "end":
        raise reader.unexpected(token)


def check(reader: Reader, term: Term, formula: bool) -> None:
    if reader.truths:
        error = misplaced_truth(reader, term, formula)
        if error is not None:
            raise error
    if len(reader.text) > _SURELY_SHALLOW:
        _check_levels(reader, term)


def _check_levels(reader: Reader, term: Term) -> None:
    layer, levels = [term], 0
    while layer:
        levels += 1
        if levels > _LEVELS_LIMIT:
            raise _too_deep(reader, layer[0])
        layer = [part for node in layer for part in node.args if isinstance(part, Term)]


def _too_deep(reader: Reader, term: Term) -> Unusable:
    start, end = term.span or (0, 1)
    return reader.fail("the formula is nested too deeply", start, end, "name a part of it, or multiply it out")


def _assignments(text: str, vocabulary: Vocabulary, sign: tuple[str, str], example: str) -> dict[str, Term]:
    reader = Reader(text, vocabulary, GRAMMAR)
    found: dict[str, Term] = {}
    while True:
        start = reader.tokens[reader.at]
        name = variable(reader)
        token = reader.tokens[reader.at]
        if token[:2] != sign:
            raise reader.error(f"expected '{'=' if sign[1] == 'Eq' else ':'}' here", token, f"write it as {example}")
        if name in found:
            raise reader.error(f"{name} stands here twice", start, "give each variable one value")
        reader.at += 1
        found[name] = reader.parse(RELATION)
        check(reader, found[name], False)
        if not reader.accept(","):
            break
    finish(reader)
    return found
