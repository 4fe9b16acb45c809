"""Relations and logic as boxes: chains of inequalities, "and", quantifiers, limits."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from derivations.language.terms import Term, free_symbols
from derivations.rendering.boxes import Atom, Box, Fenced, Limits, Operator, Row, Scripts, Space, Words, row
from derivations.rendering.levels import (
    ATOM,
    CONJUNCTION,
    DISJUNCTION,
    EQUIVALENCE,
    IMPLICATION,
    NEGATION,
    POWER,
    QUANTIFIED,
    RELATION,
    SUM,
    Laid,
    at_least,
)
from derivations.rendering.style import Style

Lay = Callable[[Term, Style], Laid]

ELEMENT, ARROW = Operator("∈", r"\in", "relation"), Operator("→", r"\to", "relation")
AND, OR = Operator("and", r"\text{and}", "list"), Operator("or", r"\text{or}", "list")
WIDE_COMMA = Operator(",", ",", "list")
IFF, IMPLIES = Operator("⟺", r"\iff", "logic"), Operator("⟹", r"\implies", "logic")
_SIGNS = MappingProxyType({
    "Eq": Operator("=", "=", "relation"), "Ne": Operator("≠", r"\neq", "relation"),
    "Lt": Operator("<", "<", "relation"), "Le": Operator("≤", r"\leq", "relation"),
    "Gt": Operator(">", ">", "relation"), "Ge": Operator("≥", r"\geq", "relation"),
    "Approx": Operator("≈", r"\approx", "relation"), "Proportional": Operator("∝", r"\propto", "relation"),
    "In": ELEMENT,
})  # fmt: skip
_CHAINS = (frozenset({"Lt", "Le", "Eq"}), frozenset({"Gt", "Ge", "Eq"}))


def single_variable(body: Term, name: str) -> bool:
    """Whether a derivative by ``name`` is an ordinary one: no other variable occurs in what is differentiated."""
    return free_symbols(body) <= {name}


def _relation(term: Term, style: Style, lay: Lay) -> Laid:
    left, right = (at_least(lay(arg, style), RELATION + 1) for arg in term.args)
    return Laid(Row((left, _SIGNS[term.head], right)), RELATION)


def chains(terms: tuple[Term, ...]) -> list[tuple[Term, ...]]:
    """The terms in their order, those that continue one another (0 < x, x < 2) put together."""
    groups: list[list[Term]] = []
    for term in terms:
        if groups and _continues(groups[-1], term):
            groups[-1].append(term)
        else:
            groups.append([term])
    return [tuple(group) for group in groups]


def _continues(group: list[Term], term: Term) -> bool:
    heads = {term.head, *(one.head for one in group)}
    return any(heads <= kind for kind in _CHAINS) and group[-1].args[1] == term.args[0]


def _chain(group: tuple[Term, ...], style: Style, lay: Lay) -> Laid:
    items: list[Box] = [at_least(lay(group[0].args[0], style), RELATION + 1)]
    for term in group:
        items += [_SIGNS[term.head], at_least(lay(term.args[1], style), RELATION + 1)]
    return Laid(Row(tuple(items)), RELATION)


def _conjunction(term: Term, style: Style, lay: Lay) -> Laid:
    if not term.args:
        return _word("true")
    laid = [_chain(group, style, lay) if len(group) > 1 else lay(group[0], style) for group in chains(term.args)]
    return _listed(laid, AND, CONJUNCTION)


def _disjunction(term: Term, style: Style, lay: Lay) -> Laid:
    if not term.args:
        return _word("false")
    return _listed([lay(arg, style) for arg in term.args], OR, DISJUNCTION)


def _listed(laid: list[Laid], joiner: Operator, level: int) -> Laid:
    """ "a, b and c": commas, and the word before the last."""
    if len(laid) == 1:
        return laid[0]
    boxes = [at_least(one, NEGATION) for one in laid]
    items = [boxes[0]]
    for i, box in enumerate(boxes[1:], start=2):
        items += [joiner if i == len(boxes) else WIDE_COMMA, box]
    return Laid(Row(tuple(items)), level)


def _negation(term: Term, style: Style, lay: Lay) -> Laid:
    inner = lay(term.args[0], style)
    if term.args[0].head == "Predicate":
        words = "it is not so that " if term.args[0].args[0] in _PHRASES else "not "
        return Laid(Row((Words(words), inner.box)), NEGATION)
    return Laid(Row((Operator("¬", r"\neg", "prefix"), at_least(inner, POWER))), NEGATION)


def _two_sided(sign: Operator, level: int) -> Callable[[Term, Style, Lay], Laid]:
    def handler(term: Term, style: Style, lay: Lay) -> Laid:
        left, right = (lay(arg, style) for arg in term.args)
        box = right.box if _is_postfixed(term.args[1]) else at_least(right, level + 1)
        return Laid(Row((at_least(left, level + 1), sign, box)), level)

    return handler


def _bound(term: Term) -> tuple[list[str], Term]:
    """The names of quantifiers of one kind that follow one another, and what stands below them."""
    names, body = [term.args[0]], term.args[1]
    while body.head == term.head and body.args[0] not in names:
        names.append(body.args[0])
        body = body.args[1]
    return names, body


def _is_postfixed(term: Term) -> bool:
    """Whether "for all t" can stand behind the statement without being misread."""
    return term.head == "ForAll" and _bound(term)[1].head in (*_SIGNS, "Tends", "Predicate", "Smooth")


def _names(names: list[str], style: Style) -> list[Box]:
    items: list[Box] = []
    for name in names:
        items += [Operator(",", ",", "comma"), style.name(name)] if items else [style.name(name)]
    return items


def _universal(term: Term, style: Style, lay: Lay) -> Laid:
    names, body = _bound(term)
    laid = lay(body, style)
    if _is_postfixed(term):
        return Laid(Row((laid.box, Space(), Words("for all "), *_names(names, style))), QUANTIFIED)
    return Laid(Row((Words("for all "), *_names(names, style), Words(":"), Space(), laid.box)), QUANTIFIED)


def _existential(term: Term, style: Style, lay: Lay) -> Laid:
    names, body = _bound(term)
    sign = Atom("∃", r"\exists", "sign")
    return Laid(Row((sign, Space("thin"), *_names(names, style), Words(": "), lay(body, style).box)), QUANTIFIED)


def _word(text: str) -> Laid:
    return Laid(Words(text), ATOM)


# How a property that the kernel knows is said: the words between the arguments, which are named by their positions.
_PHRASES: MappingProxyType[str, tuple[str | int, ...]] = MappingProxyType({
    "eigenvalues": (0, " has the eigenvalues ", -1),
    "signature": (0, " has ", 1, " positive, ", 2, " negative and ", 3, " zero eigenvalues"),
    "positive_definite": (0, " is positive definite"),
    "independent": ("the number of functionally independent quantities in ", 1, " is ", 0),
    "at_most_independent": ("the number of those that the flow ", 1, " can conserve is at most ", 0),
    "at_most_in_common": ("the number of those that are conserved along the gradients of all of ", 1, " is at most ", 0),
    "rank_at_least": ("for almost every ", 2, " the gradients of ", 1, " span at least ", 0, " dimensions"),
    "rank_at_most": ("for every ", 2, " the gradients of ", 1, " span at most ", 0, " dimensions: ", 4),
    "rank_there": ("at ", 2, " = ", 4, " the gradients of ", 1, " span ", 0, " dimensions"),
    "hessian_rank": ("for almost every ", 4, " the Hessian of the model ", 3, " at matching weights has rank ", 0, " of ", 1,
                     ", nullity ", 2, ": ", 6),
    "hessian_rank_there": ("at ", 4, " = ", 6, " the Hessian of the model ", 3, " at matching weights has rank ", 0, " of ", 1,
                           ", nullity ", 2),
    "hessian_there": ("at ", 2, " = ", 4, " the Hessian of the model ", 1, " at matching weights is ", 0),
    "normal_inputs": (0, " are jointly normal with mean 0 and the covariance ", 1),
    "second_moments": ("the expected products of two of ", 0, " are ", 1),
    "moments": ("the expected values of ", 1, " are ", 2),
    "hessian_of_units": ("with the units in the rows of ", 1, " and the kernel ", 3, " the Hessian at matching weights is ", 0),
    "units_rank": ("with the units in the rows of ", 5, " and the kernel ", 7, " the Hessian at matching weights has rank ", 0,
                   " of ", 1, ", nullity ", 2, ": ", 3, "; it is ", 4),
    "null_vectors": ("it annihilates these ", 0, ": ", -1),
    "nonzero_determinant": ("its determinant is not zero",),
    "few_parameters": ("there are no more than ", 0, " parameters"),
    "few_coefficients": ("only ", 0, " monomials of the data occur"),
    "redundant_directions": ("the output does not change along these ", 0, ": ", -1),
    "double_points": ("forms of degree ", 0, " in ", 1, " variables that are singular at ", 2, " points"),
    "full_support": ("no polynomial in the data ", 0, " but 0 vanishes almost surely, and all their moments are finite"),
    "definite_moments": ("the second moments of ", 0, " form a positive definite matrix"),
    "no_polynomial": ("up to the degree ", 0, " the flow ", 1, " conserves no polynomial but the constants"),
    "independent_normal": (0, " are independent and normal with mean 0 and variance ", 1),
    "limiting_spectrum": ("in the limit the eigenvalues of the Gram matrix have the density ", 3, " between ", 4, " and ", 5,
                          ", and the share ", 6, " of them is 0"),
    "long_time_integral": ("after a long time the integral of ", 0, " from ", 2, " to ", 3, " is, up to a factor that tends to 1, ",
                           4),
    "roots_within": ("the two roots with sum ", 1, " and product ", 2, " have modulus at most ", 0),
    "roots_in_disc": ("all roots of the polynomial with the coefficients ", 0, ", the highest first, have modulus below 1"),
    "roots_in_closed_disc":
        ("all roots of the polynomial with the coefficients ", 0, ", the highest first, have modulus at most 1"),
})  # fmt: skip


def _phrase(phrase: tuple[str | int, ...], args: list[Term], style: Style, lay: Lay) -> Laid:
    items: list[Box] = []
    for part in phrase:
        if isinstance(part, str):
            items.append(Words(part))
        elif part < 0:
            rest = args[-part:]
            for i, arg in enumerate(rest):
                items += [Operator(",", ",", "comma")] if i else []
                items.append(at_least(lay(arg, style), RELATION + 1))
        elif args[part].head == "Predicate":  # a reason, in words
            items.append(lay(args[part], style).box)
        else:
            items.append(at_least(lay(args[part], style), RELATION + 1))
    return Laid(Row(tuple(items)), RELATION)


def _predicate(term: Term, style: Style, lay: Lay) -> Laid:
    name, *args = term.args
    if name in _PHRASES and args:
        return _phrase(_PHRASES[name], args, style, lay)
    words = Words(name.replace("_", " "))
    if not args:
        return Laid(words, ATOM)
    items: list[Box] = []
    for arg in args:
        box = at_least(lay(arg, style), RELATION + 1)
        items += [Operator(",", ",", "comma"), box] if items else [box]
    return Laid(Row((words, Fenced(row(*items)))), ATOM)


def _tends(term: Term, style: Style, lay: Lay) -> Laid:
    body, name, to, limit = term.args
    left, right = (at_least(lay(arg, style), RELATION + 1) for arg in (body, limit))
    where = row(style.small().name(name), ARROW, at_least(lay(to, style.small()), SUM))
    arrow = Limits(Operator("→", r"\xrightarrow", "relation"), where)
    return Laid(Row((left, arrow, right)), RELATION)


def _smooth(term: Term, style: Style, lay: Lay) -> Laid:
    order = lay(Term("Number", (term.args[1],)), style.small()).box
    return Laid(Row((style.name(term.args[0]), ELEMENT, Scripts(Atom("C", "C"), sup=order))), RELATION)


def _interval(term: Term, style: Style, lay: Lay) -> Laid:
    low, high, left, right = term.args
    ends = row(
        at_least(lay(low, style), RELATION + 1),
        Operator(",", ",", "comma"),
        at_least(lay(high, style), RELATION + 1),
    )
    return Laid(Fenced(ends, "[" if left == "closed" else "(", "]" if right == "closed" else ")"), ATOM)


def _joined(sign: Operator) -> Callable[[Term, Style, Lay], Laid]:
    def handler(term: Term, style: Style, lay: Lay) -> Laid:
        if not term.args:
            return Laid(Atom("∅", r"\emptyset", "sign"), ATOM)
        if len(term.args) == 1:
            return lay(term.args[0], style)
        items: list[Box] = []
        for arg in term.args:
            box = at_least(lay(arg, style), SUM + 1)
            items += [sign, box] if items else [box]
        return Laid(Row(tuple(items)), SUM)

    return handler


HANDLERS: MappingProxyType[str, Callable[[Term, Style, Lay], Laid]] = MappingProxyType({
    **dict.fromkeys(_SIGNS, _relation),
    "And": _conjunction, "Or": _disjunction, "Not": _negation, "Implies": _two_sided(IMPLIES, IMPLICATION),
    "Iff": _two_sided(IFF, EQUIVALENCE), "ForAll": _universal, "Exists": _existential, "Predicate": _predicate,
    "Tends": _tends, "Smooth": _smooth, "Interval": _interval, "Union": _joined(Operator("∪", r"\cup", "binary")),
    "Intersection": _joined(Operator("∩", r"\cap", "binary")),
    "True": lambda term, style, lay: _word("true"), "False": lambda term, style, lay: _word("false"),
})  # fmt: skip
