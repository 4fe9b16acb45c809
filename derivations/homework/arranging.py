"""Lists of values as students arrange them: one by one, point by point, coordinate by coordinate, with or without their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derivations.homework.answers import Candidate
from derivations.homework.keys import Part
from derivations.language.terms import Term, free_symbols, subterms


def arrangements(part: Part, several: list[Candidate], given: frozenset[str]) -> Iterator[Term]:
    """The lists that several passages may be: all of them, the points among them, coordinate by coordinate, the values alone.

    ``given`` are names whose values the task says; an equation for one of them is no answer.
    """
    yield joined(several).term
    wanted = part.key.args if isinstance(part.key, Term) else ()
    several = _without_counters(part, several)
    values = [value for one in several if not _is_given(one.term, given) for value in _values(one.term)]
    if wanted and all(one.head == "Tuple" for one in wanted):
        size, width = len(wanted), len(wanted[0].args)
        points = [one for one in values if one.head == "Tuple" and len(one.args) == width]
        rows = [one for one in values if one.head == "Tuple" and len(one.args) in (size, size + 1)]
        numbers = [one for one in values if one.head != "Tuple"]
        if len(points) in (size, size + 1):  # perhaps with the start before them
            yield Term("Tuple", tuple(points[-size:]))
        if len(rows) == width:
            yield Term("Tuple", tuple(Term("Tuple", tuple(row.args[i - size] for row in rows)) for i in range(size)))
        if len(numbers) >= size * width:
            yield Term("Tuple", tuple(Term("Tuple", tuple(numbers[i * width : (i + 1) * width])) for i in range(size)))
        return
    equations = [_values(one.term)[0] for one in several if one.term.head in ("Eq", "And") and not _is_given(one.term, given)]
    single = [part for one in values for part in (one.args if one.head == "Tuple" else (one,))]
    numbers = [one for one in single if not free_symbols(one) and one.head not in _NO_NUMBERS]
    start = part.settings.get("start")
    after = numbers[1:] if start is not None and numbers and numbers[0] == start else numbers  # perhaps with the start before them
    for chosen_ones in (equations, numbers, after):
        if len(chosen_ones) == len(wanted) and _goes_with_names(part, several, chosen_ones):
            yield Term("Tuple", tuple(chosen_ones))


def _goes_with_names(part: Part, several: list[Candidate], values: list[Term]) -> bool:
    """Whether each value that the answer gives to a name stands in the name's place."""
    names = list(part.settings.get("names", ()))
    if len(names) != len(values):
        return True
    named = [node.args for one in several for node in subterms(one.term) if node.head == "Eq" and node.args[0] in names]
    return all(given == values[names.index(name)] for name, given in named if not free_symbols(given))


_NESTED = frozenset(["Tuple", "Eq", "And", "Matrix", "Transpose"])


def _without_counters(part: Part, several: list[Candidate]) -> list[Candidate]:
    """Without equations that only count the points, k = 1, where others speak of the coordinates."""
    names = {node.args[0] for one in part.settings.get("names", ()) for node in subterms(one) if node.head == "Apply"}
    speaking = [one for one in several if free_symbols(one.term) & names]
    counting = [one for one in several if one.term.head == "Eq" and one.term.args[0].head == "Symbol" and one not in speaking]
    return [one for one in several if one not in counting] if speaking else several


_NO_NUMBERS = frozenset(["Tuple", "Interval", "In", "Lt", "Le", "Gt", "Ge", "And", "Or", "Union"])


_BEYOND = frozenset(["In", "Lt", "Le", "Gt", "Ge", "Ne"])  # what is said of a value once it is there: a = 1/2 < 1


def _is_given(term: Term, given: frozenset[str]) -> bool:
    return term.head == "Eq" and term.args[0].head == "Symbol" and term.args[0].args[0] in given


def _values(term: Term) -> list[Term]:
    """What is given a value last: of a = b = c the c; the members of a list of points."""
    if term.head == "In":
        return [term.args[0]]
    if term.head == "And" and term.args[0].head == "Eq" and term.args[-1].head in _BEYOND:
        kept = tuple(one for one in term.args if one.head not in _BEYOND)
        return _values(kept[0] if len(kept) == 1 else Term("And", kept))
    if term.head == "And" and term.args[-1].head in ("Eq", "Approx"):
        chained = all(one.args[1] == two.args[0] for one, two in pairwise(term.args) if one.head == "Eq")
        return [term.args[-1].args[1]] if chained else [value for one in term.args for value in _values(one)]
    if term.head in ("Eq", "Approx"):
        return [term.args[1]]
    if term.head == "Matrix" and all(len(row.args) == 1 for row in term.args):
        return [Term("Tuple", tuple(row.args[0] for row in term.args))]
    if term.head == "Matrix":
        return [Term("Tuple", row.args) for row in term.args]
    if term.head == "Transpose":
        return _values(term.args[0])
    if term.head == "Tuple" and any(one.head in _NESTED for one in term.args):
        return [value for one in term.args for value in _values(one)]
    return [term]


def joined(candidates: list[Candidate]) -> Candidate:
    """Several passages as one list."""
    if len(candidates) == 1:
        return candidates[0]
    members = tuple(one.term for one in candidates)
    return replace(
        candidates[0], term=Term("Tuple", members), span=(candidates[0].span[0], candidates[-1].span[1])
    )
