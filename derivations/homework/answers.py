"""Answers as they are understood: the mathematics in a text, synonyms folded, and which passage answers which part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.homework.keys import Part
from derivations.homework.readings import as_condition
from derivations.homework.synonyms import Synonyms
from derivations.language.terms import Term, conj, free_symbols, substitute, subterms
from derivations.reading.searching import Passage, without_trivial

RELATIONS = frozenset({"Lt", "Le", "Gt", "Ge", "Ne"})
_RANGES = RELATIONS | {
    "And", "Or", "Not", "In", "Interval", "Union", "Intersection", "Set", "ForAll", "Exists", "True", "False", "Implies", "Iff",
}  # fmt: skip
_EQUATIONS = frozenset({"Eq", "Approx", "Proportional", "Tends"})
_MATRICES = frozenset({"Matrix", "Tuple", "Transpose"})
_BOUNDS = frozenset({"Lt", "Le", "Gt", "Ge"})
_TRUTHS = _RANGES - {"Interval", "Union", "Intersection", "Set"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as a term with its synonyms folded; ``lead`` are the words before it."""

    term: Term
    span: tuple[int, int]
    lead: str
    after: str
    marked: bool = False


def as_interval(term: Term, text: str, variable: object = None) -> Term:
    """Where a range is asked for, (a, b) is an open interval and [a, b] a closed one; its ends do not speak of the unknown."""
    if term.head != "Tuple" or len(term.args) != 2 or term.span is None:
        return term
    if any(node == Term("Symbol", (variable,)) for node in subterms(term)):
        return term
    if _descending(*term.args):
        return term  # two numbers, no interval
    kind = "closed" if text[term.span[0] : term.span[0] + 1] == "[" else "open"
    return Term("Interval", (*term.args, kind, kind), term.span)


def _descending(low: Term, high: Term) -> bool:
    """Whether these are two numbers, the larger one first."""
    first, second = (_plain_number(one) for one in (low, high))
    return first is not None and second is not None and first > second


def _plain_number(term: Term) -> Fraction | None:
    """A number, or minus one, or a quotient of two."""
    if term.head == "Number":
        value: Fraction = term.args[0]
        return value
    if term.head == "Neg":
        inner = _plain_number(term.args[0])
        return None if inner is None else -inner
    if term.head == "Div" and all(arg.head == "Number" for arg in term.args) and term.args[1].args[0]:
        return _plain_number(Term("Number", (term.args[0].args[0] / term.args[1].args[0],)))
    return None


def candidates(passages: Iterable[Passage], synonyms: Synonyms) -> list[Candidate]:
    """The passages that could be read, in the text's order. A name that the answer defines otherwise is no synonym."""
    passages = tuple(passages)
    synonyms = synonyms.as_defined(passages)
    return [
        Candidate(term, one.span, one.before.rstrip("$` "), one.after, one.marked)
        for one in passages
        if one.term is not None and not one.defines
        for term in (without_trivial(synonyms.folded(_without_names(_at_all_steps(one.term)))),)
        if not (term.head == "Eq" and term.args[0] == term.args[1] != one.term.args[0])  # says what a synonym says
    ]


def _at_all_steps(term: Term) -> Term:
    """Of an equation "for all t" the equation."""
    return term.args[1] if term.head == "ForAll" and term.args[0] == "t" and term.args[1].head in _EQUATIONS else term


def _without_names(term: Term) -> Term:
    """Of "θ = …, λ" the equation: a name at the end of a list of statements begins the words that follow."""
    if term.head in ("In", "And"):
        return _in_coordinate(term)
    if term.head == "Eq" and term.args[0].head == "ImaginaryUnit":  # "I = x² - y²" calls it I
        value: Term = term.args[1]
        return value
    if term.head == "Eq" and term.args[1].head == "Tuple" and term.args[1].args and term.args[1].args[-1].head == "Symbol":
        first, *rest = term.args[1].args
        return Term("Eq", (term.args[0], first), term.span) if all(one.head == "Symbol" for one in rest) else term
    if term.head == "Tuple" and any(one.head in _EQUATIONS | _TRUTHS for one in term.args):
        return _listed(term)
    return term


def _listed(term: Term) -> Term:
    """A list of statements without the names in it, and without values that an equation beside them gives; bounds are one range."""
    given = [one for one in term.args if one.head == "Eq"]
    kept = tuple(one for one in term.args if one.head != "Symbol" and all(one != equation.args[1] for equation in given))
    if len(kept) > 1 and all(one.head in _BOUNDS for one in kept):
        return Term("And", kept, term.span)
    values = [one for one in kept if one.head not in _EQUATIONS | _TRUTHS]
    meant = {one.args[0].args[0]: one.args[1] for one in given if one.args[0].head == "Symbol"}
    if len(values) == 1 and len(meant) == len(kept) - 1 and set(meant) <= free_symbols(values[0]):  # "A e^(-t), A = θ_0"
        return substitute(values[0], meant)
    return kept[0] if len(kept) == 1 else Term("Tuple", kept, term.span)


_ONE_WORD = re.compile(r"[^\W\d_]+[.:= \t$]*")


def _behind(word: str) -> re.Pattern[str]:
    """ "(largest)", "is the largest": a label right behind a number."""
    return re.compile(rf"[ \t$*]*[(\[]?[ \t]*(?:is|as|=|being)?[ \t]*(?:the[ \t]+)?{re.escape(word)}")


def labelled(part: Part, several: list[Candidate]) -> list[Candidate]:
    """Values with the names that the words around them give: "2 (smallest)", "largest: 10"."""
    labels = part.settings.get("labels", ())
    return [_with_label(one, labels) for one in several] if labels else several


def _with_label(one: Candidate, labels: tuple[tuple[Term, ...], ...]) -> Candidate:
    value = one.term.args[1] if one.term.head == "Eq" else one.term
    links = one.term.args
    chained = one.term.head == "And" and all(link.head == "Eq" for link in links)
    if chained and all(links[i].args[1] == links[i + 1].args[0] for i in range(len(links) - 1)):
        value = one.term.args[-1].args[1]
        if any(link.args[0].head == link.args[1].head == "Div" for link in links):
            return one  # a/b = 10/2 names a and b, too
        if any(one.term.args[0].args[0] == name for name, *_ in labels):
            return replace(one, term=Term("Eq", (one.term.args[0].args[0], value), one.span))
    if any(one.term.head == "Eq" and one.term.args[0] == name for name, *_ in labels) or value.head in ("Tuple", "And", "Matrix"):
        return one
    after, before = one.after[:24].lower(), one.lead[-48:].lower()
    places = [(before.rfind(str(word)), name) for name, *words in labels for word in words if str(word) in before]
    behind = [name for name, *words in labels if any(_behind(str(word)).match(after) for word in words)]
    if len(behind) == 1 and not any(_ONE_WORD.fullmatch(before, at) for at, _ in places):
        return replace(one, term=Term("Eq", (behind[0], value), one.span))
    at, nearest = max(places, key=lambda place: place[0], default=(0, None))
    if nearest is not None and not any(sign in ",;" or sign.isdigit() for sign in before[at:]):
        return replace(one, term=Term("Eq", (nearest, value), one.span))
    return one


def in_coordinates(part: Part, several: list[Candidate]) -> list[Candidate]:
    """Values with the coordinate that the word before them names: "x: 2, y: 20"."""
    names = "|".join(re.escape(str(name)) for name in part.settings.get("coordinates", ()) if len(str(name)) == 1)
    if not names:
        return several
    label = re.compile(rf"(?:^|[^\w]|[\s_])({names})(?:[ -](?:component|coordinate|direction|part|entry))?\s*(?:[:=]|is)?\s*\$?$")
    behind = re.compile(rf"[\s$]*(?:in|along|for)\s+(?:the\s+)?\$?({names})\b")
    found = []
    for one in several:
        said = (label.search(one.lead) or behind.match(one.after)) if not _is_truth(one.term) else None
        name = Term("Symbol", (said.group(1),)) if said else None
        found.append(one if name is None else replace(one, term=Term("Eq", (name, one.term), one.span)))
    return found


def _in_coordinate(term: Term) -> Term:
    """ "2 in x and 20 in y", said of coordinates, as equations for them."""
    links = term.args if term.head == "And" else (term,)
    placed = all(one.head == "In" and one.args[0].head == "Number" and one.args[1].head == "Symbol" for one in links)
    if not placed:
        return term
    found = tuple(Term("Eq", (one.args[1], one.args[0]), one.span) for one in links)
    return found[0] if len(found) == 1 else Term("And", found, term.span)


def _is_truth(term: Term) -> bool:
    return term.head in _EQUATIONS | _TRUTHS or any(node.head in _MATRICES for node in subterms(term))


# --- does a term answer a part? -------------------------------------------------------------------------------------


def unknown_of(part: Part) -> str | None:
    """The variable whose value an expression is, if it is the value of one: eta = 1/lam."""
    names = [one.args[0] for one in part.subjects if one.head == "Symbol"]
    return str(names[0]) if names and part.kind == "expression" and isinstance(part.key, Term) else None


def of_unknown(part: Part, term: Term) -> Term:
    """Of equations that are all claimed, those for what is asked, where the others are about the iterates."""
    name = unknown_of(part)
    if name is None or term.head != "And" or any(one.head != "Eq" for one in term.args):
        return term
    mine = [one for one in term.args if name in free_symbols(one)]
    rest = [one for one in term.args if name not in free_symbols(one)]
    return conj(*mine) if mine and all(any(node.head == "Apply" for node in subterms(one)) for one in rest) else term


def range_of(part: Part) -> Part:
    """The same question with a set as its answer: the one value."""
    name = unknown_of(part)
    key = Term("Eq", (Term("Symbol", (name,)), part.key))
    return replace(part, kind="range", key=key, accept=(), settings={**part.settings, "variable": name})


_ARRANGED = frozenset({"Tuple", "Matrix", "Transpose", "And", "Or", "Union"})


def vectors_of(part: Part, term: Term) -> Term | None:
    """What vectors say of their entries where a condition on the entries is asked for."""
    if "variable" in part.settings or not isinstance(part.key, Term) or all(node.head != "Eq" for node in subterms(part.key)):
        return None
    known = tuple(sorted(free_symbols(part.key)))
    return as_condition(term, known) if len(known) > 1 else None


def _is_range(part: Part, term: Term) -> bool:
    variable = part.settings.get("variable")
    if term.head in ("Implies", "Iff"):
        return _is_range(part, term.args[1])
    if variable is None and term.head in _ARRANGED and vectors_of(part, term) is not None:
        return True
    if term.head == "Tuple":
        return variable is not None and len(term.args) == 2
    if term.head in _EQUATIONS and variable is None:
        if not isinstance(part.key, Term) or not any(node.head == "Eq" for node in subterms(part.key)):
            return False
        return bool(free_symbols(term) & free_symbols(part.key))
    if term.head in _EQUATIONS:
        point = "group" in part.settings and isinstance(part.key, Term) and all(one.head != "Eq" for one in subterms(part.key))
        if isinstance(part.key, Term) and part.key.head == "Eq" and "group" not in part.settings:
            return variable in free_symbols(term)
        return not point and variable is not None and any(arg == Term("Symbol", (variable,)) for arg in term.args)
    if term.head not in _RANGES:
        return False
    if term.head in ("Interval", "Union", "True", "False", "Set"):
        return True
    speaks = {node.args[0] for node in subterms(term) if node.head == "Symbol"}
    return bool(speaks & free_symbols(part.key)) if variable is None and isinstance(part.key, Term) else variable in speaks


def _is_expression(part: Part, term: Term) -> bool:
    if term.head in _EQUATIONS:
        return True
    if term.head in ("Implies", "Iff"):
        return _is_expression(part, term.args[1])
    if unknown_of(part) is not None and _is_range(range_of(part), term):
        return True
    if term.head == "And":
        return any(arg.head in _EQUATIONS for arg in term.args)
    return term.head not in _TRUTHS and term.head not in ("Tuple", "Set", "Interval", "Union", "Matrix", "BigO")


def _is_matrix(part: Part, term: Term) -> bool:
    shaped = any(node.head in ("Matrix", "Tuple", "Transpose") for node in subterms(term))
    return shaped or term.head == "And" or _is_expression(part, term)


def _is_collection(part: Part, term: Term) -> bool:
    if term.head in ("Implies", "Iff"):
        return _is_collection(part, term.args[1])
    valued = term.head in RELATIONS and isinstance(term.args[0], Term) and not free_symbols(term.args[0])  # 0.5 < 1
    return valued or term.head not in _TRUTHS or term.head in ("And", "Or", "In")


def _is_member(part: Part, term: Term) -> bool:
    return term.head in ("Number", "Div", "Eq", "Neg", "Approx")


def _is_line(part: Part, term: Term) -> bool:
    return any(node.head in _EQUATIONS | _TRUTHS for node in subterms(term))


_FITS: dict[str, Callable[[Part, Term], bool]] = {
    "range": _is_range, "matrix": _is_matrix, "set": _is_collection, "list": _is_collection, "member": _is_member,
    "equation": lambda part, term: term.head in _EQUATIONS or term.head == "And" or _is_expression(part, term),
    "chain": _is_line,
}  # fmt: skip


def fits(part: Part, term: Term) -> bool:
    """Whether a term is of the shape of an answer to the part."""
    if part.kind == "up-to-scale" and isinstance(part.key, Term) and part.key.head in ("Matrix", "Tuple", "Transpose"):
        return _is_matrix(part, term)
    return _FITS.get(part.kind, _is_expression)(part, term)


def is_set(term: Term) -> bool:
    """Whether the term speaks of more than one value: a relation, an interval, a set."""
    return term.head in _RANGES


def named_part(parts: tuple[Part, ...], term: Term) -> Part | None:
    """The part whose subject an equation speaks of, if there is just one."""
    if term.head not in _EQUATIONS:
        return None
    found = [part for part in parts if any(term.args[0] == one for one in part.subjects)]
    return found[0] if len(found) == 1 else None
