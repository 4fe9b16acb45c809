"""Answers as people write them: a formula, or a list of statements or values, joined by commas, semicolons, "and" and "or"."""

from __future__ import annotations

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading.arithmetic import start_of
from derivations.reading.conventions import adapt
from derivations.reading.entries import check, finish
from derivations.reading.formulas import MINUS, TRUTHS, as_set, links
from derivations.reading.grammar import ANSWERS
from derivations.reading.latex import read_for_all
from derivations.reading.markup import blanked
from derivations.reading.reader import AND, ANY, OR, Reader
from derivations.reading.shorthand import GREATEST, LEAST
from derivations.reading.vocabulary import Vocabulary

_SETS = frozenset(["Interval", "Union", "Intersection", "Set"])
_STOPS = ".,;:"


def read_answer(text: str, vocabulary: Vocabulary) -> Term:
    """The answer that is written, with all that people write and ``read_formula`` refuses.

    Statements in a list are all claimed (And); values in a list are a Tuple. Raises Unusable, with the place, where the text
    cannot be read in exactly one way.
    """
    plain = blanked(text)
    try:
        return read_prepared(plain, vocabulary)
    except Unusable as error:
        if error.source != plain or plain == text:
            raise
        raise Unusable(error.message, text, error.span, error.hint) from None


def read_prepared(plain: str, vocabulary: Vocabulary, start: int = 0, stop: int | None = None) -> Term:
    """The same for a text without markup, or a part of it; the places are those in the whole."""
    plain = plain[:stop]
    end = len(plain)
    while end > start and (plain[end - 1] in _STOPS or plain[end - 1].isspace()) and not plain.endswith("\\,", start, end):
        end -= 1
    reader = Reader(plain[:end], vocabulary, ANSWERS, loose=True, begin=start)
    reader.text = plain
    adapt(reader)
    term = _listed(reader, _resolved(reader, reader.parse(ANY)))
    finish(reader)
    if term.head == MINUS:
        term = _rest(reader, term)
    if reader.provisional:
        _refuse_further(reader, term)
    check(reader, term, True)
    return term


# --- lists --------------------------------------------------------------------------------------------------------


def _listed(reader: Reader, first: Term) -> Term:
    """a, b; c, and d: the statements or values of a list, and "for all i" behind it."""
    parts, joint, begun = [first], "", links(reader, first)
    token = reader.tokens[reader.at]
    if token[0] not in (",", ";", "quantifier"):
        return first
    while token[0] in (",", ";", "and", "or"):
        if joint and token[0] in ("and", "or") and joint not in (",", token[0]):
            raise reader.error("it is not clear how these belong together", token, "use brackets")
        joint = token[0] if token[0] in ("and", "or") else joint or ","
        reader.at += 1
        following = reader.tokens[reader.at]
        if token[0] in (",", ";") and following[0] in ("and", "or", "quantifier"):
            token = following
            continue
        part = _resolved(reader, reader.parse(AND if joint else OR))
        parts += links(reader, part)
        token = reader.tokens[reader.at]
    term = parts[0]
    if len(parts) > 1:
        term = _together(reader, "Or" if joint == "or" else "And", [*begun, *parts[1:]])
    if reader.tokens[reader.at][0] == "quantifier":
        term = read_for_all(reader, term, reader.tokens[reader.at])
    return term


def _together(reader: Reader, head: str, parts: list[Term]) -> Term:
    span = (start_of(parts[0]), reader.end())
    if all(part.head in TRUTHS for part in parts):
        reader.truths = True
        return Term(head, tuple(parts), span)
    return (
        _resolved(reader, Term(head, tuple(parts), span)) if head == "Or" else _values(Term("And", tuple(parts), span))
    )


def _resolved(reader: Reader, term: Term) -> Term:
    """ "1 and -1" is a list, "x = 1 or -1" two equations, "(0, 1) or (2, 3)" a union."""
    if term.head not in ("And", "Or") or all(part.head in TRUTHS for part in term.args):
        return term
    if term.head == "And":
        return _values(term)
    first, rest = term.args[0], term.args[1:]
    if all(_is_set(part) for part in term.args):
        return Term("Union", tuple(as_set(reader, part) for part in term.args), term.span)
    if first.head == "In" and all(_is_set(part) for part in rest):
        union = Term("Union", (first.args[1], *(as_set(reader, part) for part in rest)), term.span)
        return Term("In", (first.args[0], union), term.span)
    if first.head == "Eq" and all(part.head not in TRUTHS for part in rest):
        return Term("Or", (first, *(Term("Eq", (first.args[0], part), part.span) for part in rest)), term.span)
    return Term("Tuple", term.args, term.span)


def _is_set(term: Term) -> bool:
    return term.head in _SETS or (term.head == "Tuple" and len(term.args) == 2)


def _values(term: Term) -> Term:
    """A list of values; "λ = 1, -1" says that λ has them."""
    first, rest = term.args[0], term.args[1:]
    if first.head == "Eq" and rest and all(part.head not in TRUTHS for part in rest):
        values = Term("Tuple", (first.args[1], *rest), (start_of(first.args[1]), (term.span or (0, 0))[1]))
        return Term("Eq", (first.args[0], values), term.span)
    return Term("Tuple", term.args, term.span)


# --- what is left of A ∖ B ------------------------------------------------------------------------------------------


_FURTHER = {
    MINUS: ("this difference of sets is not read", "write a union of intervals"),
    LEAST: ("a minimum over an index stands only in a bound", "write x < y_i for all i"),
    GREATEST: ("a maximum over an index stands only in a bound", "write x > y_i for all i"),
}


def _refuse_further(reader: Reader, term: Term) -> None:
    stack = [term]
    while stack:
        node = stack.pop()
        if node.head in _FURTHER:
            message, hint = _FURTHER[node.head]
            raise reader.fail(message, *(node.span or (0, 1)), hint)
        stack += [arg for arg in node.args if isinstance(arg, Term)]


def _rest(reader: Reader, term: Term) -> Term:
    """ℝ ∖ {p} without a variable, as two intervals."""
    whole, without = term.args
    points: tuple[Term, ...] = without.args if without.head == "Set" else ()
    if (
        whole.head == "Interval"
        and len(points) == 1
        and whole.args[0].head == "Neg"
        and whole.args[1].head == "Infinity"
    ):
        low, high, left, right = whole.args
        below, above = (low, points[0], left, "open"), (points[0], high, "open", right)
        return Term("Union", (Term("Interval", below), Term("Interval", above)), term.span)
    if whole.head == "Interval" and without.head == "Interval" and whole.args[0].head == "Neg" and whole.args[1].head == "Infinity":
        low, high, left, right = without.args
        ends = {"open": "closed", "closed": "open"}
        below, above = (whole.args[0], low, "open", ends[left]), (high, whole.args[1], ends[right], "open")
        return Term("Union", (Term("Interval", below), Term("Interval", above)), term.span)
    return term
