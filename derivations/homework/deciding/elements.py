"""Elements of the sets and lists that an answer gives, each with the name it is given: r = ±1, {1, -1}, "a = 2 and b = 3"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from derivations.homework.deciding.setting import Setting
from derivations.language.terms import Term, free_symbols, neg, rebuild, substitute, subterms

MOST = 40  # elements
EQUATIONS = frozenset({"Eq", "Approx"})
_NAMES = frozenset({"Symbol", "Apply", "Derivative"})


@dataclass(frozen=True, slots=True)
class Member:
    """An element of an answer, and the name it is given."""

    value: Term
    name: Term | None = None


def depth_of(key: Term) -> int:
    """How many coordinates an element has; 0 for numbers."""
    return len(key.args[0].args) if key.args and key.args[0].head == "Tuple" else 0


def members_of(term: Term, depth: int, name: Term | None = None) -> Iterator[Member]:
    head, args = term.head, term.args
    term, head, args = (flat, flat.head, flat.args) if (flat := _vector(term)) is not None else (term, head, args)
    if head == "Tuple" and depth and len(args) == depth and not any(arg.head in _GROUPS for arg in args):
        yield Member(term, name)
    elif head in ("Tuple", "Set", "Or", "Union"):
        for arg in args:
            yield from members_of(arg, depth, name)
    elif head == "And":
        equations = tuple(link for link in args if link.head not in _COMPARING)  # r = 0.5 < 1 gives one value
        for chain in chains(equations or args):
            yield from _named(chain, depth)
    elif head in EQUATIONS:
        yield from _named([args[0], args[1]], depth)
    elif head in _COMPARING and not free_symbols(args[0]) and args[0].head not in _GROUPS:  # 0.5 < 1
        yield from members_of(args[0], depth, name)
    elif head == "In":
        yield from members_of(args[1], depth, args[0])
    elif head in ("Implies", "Iff"):
        yield from members_of(args[1], depth, name)
    elif any(node.head == "PlusMinus" for node in subterms(term)):
        for sign in (1, -1):
            yield Member(_with_sign(term, sign), name)
    else:
        yield Member(term, name)


_COMPARING = frozenset({"In", "Lt", "Le", "Gt", "Ge", "Ne"})
_GROUPS = frozenset({"Tuple", "Set", "Matrix", "Transpose", "And", "Or", "Eq", "Approx"})


def _vector(term: Term) -> Term | None:
    """A column or row as a list."""
    if term.head == "Transpose":
        return _vector(term.args[0]) or term.args[0]
    if term.head != "Matrix":
        return None
    rows = term.args
    if len(rows) == 1:
        return Term("Tuple", rows[0].args, term.span)
    if all(len(row.args) == 1 for row in rows):
        return Term("Tuple", tuple(row.args[0] for row in rows), term.span)
    return Term("Tuple", rows, term.span)


def chains(links: tuple[Term, ...]) -> Iterator[list[Term]]:
    """The sides of each chain a = b = c; what is no equation stands alone."""
    sides: list[Term] = []
    for link in links:
        if link.head in EQUATIONS and sides and sides[-1] == link.args[0]:
            sides.append(link.args[1])
            continue
        if sides:
            yield sides
        sides = [*link.args] if link.head in EQUATIONS else []
        if not sides:
            yield [link]
    if sides:
        yield sides


def _named(sides: list[Term], depth: int) -> Iterator[Member]:
    """The last side is the value of those that are names."""
    *before, last = sides
    for one, other in pairwise(sides):
        yield from _alongside(one, other)
    names = [_vector(side) or side for side in before]
    names = [side for side in names if side.head in _NAMES or side.head in ("Tuple", "Abs")]
    if not names:
        yield from members_of(last, depth)
    for name in names:
        yield from members_of(last, depth, name)


def _alongside(one: Term, other: Term) -> Iterator[Member]:
    """a/b = 10/2 says a = 10 and b = 2."""
    if one.head == other.head == "Div":
        for name, value in zip(one.args, other.args, strict=True):
            if name.head in _NAMES and not free_symbols(value):
                yield Member(value, name)


def _with_sign(term: Term, sign: int) -> Term:
    if term.head == "PlusMinus":
        return term.args[0] if sign > 0 else neg(term.args[0])
    return rebuild(term, lambda arg: _with_sign(arg, sign))


def numbers_among(members: list[Member], setting: Setting) -> list[Member]:
    """The elements where numbers are asked for: names that are only spoken of left out, an index i as the imaginary unit."""
    named = [member for member in members if member.value.head != "Symbol"]
    units = {
        name: Term("ImaginaryUnit")
        for name, domain in setting.table.variables.items()
        if name == "i" and domain.startswith("index:")
    }
    return [replace(member, value=substitute(member.value, units)) for member in named or members]
