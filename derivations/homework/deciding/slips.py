"""Slips: a wrong answer is often the right one to which something usual happened, and each such thing is an operator on terms.

An operator takes the right answer (any term) and gives the wrong ones that it leads to. Nothing here knows a task: what is
special about a symbol (a batch size, the largest of several) is asked of its role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.notation import ROLE
from derivations.language.terms import (
    ONE,
    TWO,
    Term,
    add,
    div,
    free_symbols,
    is_number,
    mul,
    neg,
    number,
    power,
    substitute,
    subterms,
    symbol,
)

MAX_SLIPS = 400
MAX_PARTS = 120  # of a key that operators are applied to part by part


@dataclass(frozen=True, slots=True)
class Slipped:
    """A wrong answer that a slip leads to. With ``later`` = t the answer is the key one step late: answer(t + 1) = key(t)."""

    name: str
    term: Term
    say: str
    later: str = ""


Change = Callable[[Term], Iterable[Term]]


def everywhere(term: Term, change: Change) -> Iterator[Term]:
    """The term with one of its parts changed, for each part and each change."""
    yield from change(term)
    for i, arg in enumerate(term.args):
        if isinstance(arg, Term):
            for new in everywhere(arg, change):
                yield Term(term.head, (*term.args[:i], new, *term.args[i + 1 :]))


def expression_slips(key: Term, table: Table) -> list[Slipped]:
    """All slips on an expression, each wrong answer once, the more telling names first."""
    small = sum(1 for _ in subterms(key)) <= MAX_PARTS
    found = [slip for operator in (_OPERATORS if small else _WHOLE) for slip in operator(key, table)]
    seen: set[tuple[Term, str]] = {(key, "")}
    kept = []
    for slip in found:
        if (slip.term, slip.later) not in seen:
            seen.add((slip.term, slip.later))
            kept.append(slip)
    return kept[:MAX_SLIPS]


# --- factors and signs --------------------------------------------------------------------------------------------


def missing_half(key: Term, table: Table) -> Iterator[Slipped]:
    """a*b/2 -> a*b: a factor 1/2, or a 2 below a fraction bar, is left out."""
    for term in everywhere(key, _without_half):
        yield Slipped("missing-half", term, "a factor 1/2 is missing")


def _without_half(part: Term) -> Iterator[Term]:
    if part.head == "Number" and part.args[0].denominator == 2:
        yield number(part.args[0] * 2)
    if part.head == "Div":
        top, bottom = part.args
        if bottom == TWO:
            yield top
        elif bottom.head == "Mul" and TWO in bottom.args:
            yield div(top, _without(bottom, bottom.args.index(TWO)))


def _without(product: Term, at: int) -> Term:
    return mul(*product.args[:at], *product.args[at + 1 :])


def factor_two(key: Term, table: Table) -> Iterator[Slipped]:
    """k -> 2*k, k/2"""
    yield Slipped("factor-two", mul(TWO, key), "it is twice the right value")
    yield Slipped("factor-two", div(key, TWO), "it is half the right value")

    def change(part: Term) -> Iterator[Term]:
        if part.head == "Add":
            for i, arg in enumerate(part.args):
                for new in (mul(TWO, arg), div(arg, TWO)):
                    yield add(*part.args[:i], new, *part.args[i + 1 :])

    for term in everywhere(key, change):
        yield Slipped("factor-two", term, "one of its terms is twice or half what it should be")


def sign(key: Term, table: Table) -> Iterator[Slipped]:
    """k -> -k; a + b -> a - b anywhere in it."""
    yield Slipped("sign", neg(key), "the sign is reversed")
    for term in everywhere(key, _one_sign):
        yield Slipped("sign", term, "a sign inside the formula is reversed")


def _one_sign(part: Term) -> Iterator[Term]:
    if part.head == "Add":
        for i, arg in enumerate(part.args):
            yield add(*part.args[:i], _opposite(arg), *part.args[i + 1 :])
    if part.head == "Exp":
        yield Term("Exp", (_opposite(part.args[0]),))


def _opposite(term: Term) -> Term:
    if term.head == "Neg":
        return term.args[0]  # type: ignore[no-any-return]
    return number(-term.args[0]) if is_number(term) else neg(term)


def reciprocal(key: Term, table: Table) -> Iterator[Slipped]:
    """k -> 1/k; s -> 1/s for one of its symbols."""
    yield Slipped("reciprocal", div(ONE, key), "it is one over the right value")
    for name in _quantities(key, table):
        term = substitute(key, {name: div(ONE, symbol(name))})
        yield Slipped("reciprocal", term, f"{name} and 1/{name} are mixed up")


# --- steps --------------------------------------------------------------------------------------------------------


def off_by_one_step(key: Term, table: Table) -> Iterator[Slipped]:
    """k(t) -> k(t + 1), k(t - 1) for a whole number t that counts steps."""
    for name in sorted(free_symbols(key)):
        if table.variables.get(name) == "natural" and _counts(key, name):
            later = substitute(key, {name: add(symbol(name), ONE)})
            yield Slipped("off-by-one-step", later, f"it is the value one step later, for {name} + 1")
            yield Slipped("off-by-one-step", key, f"it is the value one step earlier, for {name} - 1", name)


def _counts(key: Term, name: str) -> bool:
    """Whether the variable counts something: it stands in an exponent or is the index of a sequence."""
    places = [node.args[1] for node in subterms(key) if node.head == "Pow"]
    places += [arg for node in subterms(key) if node.head == "Apply" for arg in node.args[1:]]
    places += [node.args[0] for node in subterms(key) if node.head == "Exp"]
    return any(name in free_symbols(place) for place in places)


def asymptotic_as_exact(key: Term, table: Table) -> Iterator[Slipped]:
    """(1 - x)**t <-> exp(-x*t), which are equal to first order in x only."""

    for term in other_of_power_and_exponential(key, table):
        exact = any(node.head == "Exp" for node in subterms(key))
        say = (
            "this power and the exponential agree for small steps only, and the exponential was asked for"
            if exact
            else "the exponential is an approximation for small steps, and the exact value was asked for"
        )
        yield Slipped("asymptotic-as-exact", term, say)


def other_of_power_and_exponential(key: Term, table: Table) -> Iterator[Term]:
    """(1 - x)**t as exp(-x*t), exp(-x*t) as (1 - x)**t, anywhere in it, for a whole number t."""

    def change(part: Term) -> Iterator[Term]:
        if part.head == "Pow" and any(table.variables.get(name) == "natural" for name in free_symbols(part.args[1])):
            yield Term("Exp", (_times(_less_one(part.args[0]), part.args[1]),))
        if part.head == "Exp":
            for name in sorted(free_symbols(part)):
                if table.variables.get(name) == "natural":
                    yield power(add(ONE, substitute(part.args[0], {name: ONE})), symbol(name))

    return everywhere(key, change)


def _less_one(term: Term) -> Term:
    """1 - x as -x"""
    if term.head == "Add" and ONE in term.args and len(term.args) > 1:
        at = term.args.index(ONE)
        return add(*term.args[:at], *term.args[at + 1 :])
    return add(term, number(-1))


def _times(one: Term, other: Term) -> Term:
    """The product, in one list of factors, so that each can be seen."""
    if one.head == "Neg":
        return neg(_times(one.args[0], other))
    return mul(*(one.args if one.head == "Mul" else (one,)), other)


# --- symbols ------------------------------------------------------------------------------------------------------


def missing_factor(key: Term, table: Table) -> Iterator[Slipped]:
    """a*s -> a, a/s -> a: a symbol, or a whole factor, is left out."""
    for name in sorted(free_symbols(key)):
        kind, what = _called(name)
        for term in everywhere(key, lambda part, name=name: _dropped(part, name)):  # type: ignore[misc]
            yield Slipped(kind, term, f"{what} is missing")


def missing_product(key: Term, table: Table) -> Iterator[Slipped]:
    """a*(b + c) -> a: a whole factor is left out."""
    for term in everywhere(key, _factor_dropped):
        yield Slipped("missing-factor", term, "a factor is missing")


def _called(name: str) -> tuple[str, str]:
    meaning = ROLE[name].meaning if name in ROLE else ""
    return (
        ("missing-batch-size", f"the batch size {name}")
        if meaning == "batch size"
        else ("missing-factor", f"the factor {name}")
    )


def _dropped(part: Term, name: str) -> Iterator[Term]:
    """A product or quotient without the symbol or its power."""
    alone = symbol(name)

    def is_it(term: Term) -> bool:
        return term == alone or (term.head == "Pow" and term.args[0] == alone)

    if part.head == "Mul":
        for i, arg in enumerate(part.args):
            if is_it(arg):
                yield _without(part, i)
    if part.head == "Div":
        if is_it(part.args[1]):
            yield part.args[0]
        if is_it(part.args[0]):
            yield div(ONE, part.args[1])


def _factor_dropped(part: Term) -> Iterator[Term]:
    if part.head == "Mul" and len(part.args) > 1:
        for i, arg in enumerate(part.args):
            if not is_number(arg):
                yield _without(part, i)
    if part.head == "Div":
        yield part.args[0]


def missing_term(key: Term, table: Table) -> Iterator[Slipped]:
    """a + b -> a"""

    def change(part: Term) -> Iterator[Term]:
        if part.head == "Add" and len(part.args) > 1:
            for i, arg in enumerate(part.args):
                if not is_number(arg):
                    yield add(*part.args[:i], *part.args[i + 1 :])

    for term in everywhere(key, change):
        yield Slipped("missing-term", term, "a term of the sum is missing")


def squared(key: Term, table: Table) -> Iterator[Slipped]:
    """s -> s**2 and s**2 -> s for one of its parts."""
    for name in sorted(free_symbols(key) & set(table.variables)):
        alone = symbol(name)
        for term in everywhere(key, lambda part, alone=alone: [power(alone, 2)] if part == alone else []):  # type: ignore[misc]
            yield Slipped("squared", term, f"the power of {name} is too high, or too low below the fraction bar")
    for term in everywhere(key, _power_lowered):
        yield Slipped("squared", term, "a square is missing")
    yield Slipped("squared", power(key, 2), "it is the square of the right value")


def _power_lowered(part: Term) -> Iterator[Term]:
    if part.head == "Pow" and is_number(part.args[1]) and part.args[1].args[0] == 2:
        yield part.args[0]


def missing_root(key: Term, table: Table) -> Iterator[Slipped]:
    """sqrt(a) -> a; and a -> sqrt(a) for the whole."""

    def change(part: Term) -> Iterator[Term]:
        if part.head == "Sqrt":
            yield part.args[0]
        if part.head == "Pow" and is_number(part.args[1]) and part.args[1].args[0] == Fraction(1, 2):
            yield part.args[0]

    for term in everywhere(key, change):
        yield Slipped("missing-root", term, "a square root is missing")
    yield Slipped("squared", Term("Sqrt", (key,)), "it is the square root of the right value")


def smallest_for_largest(key: Term, table: Table) -> Iterator[Slipped]:
    """The largest of several quantities where the smallest belongs, or the other way round."""
    opposites = _opposites(table)
    for name in sorted(free_symbols(key) & set(opposites)):
        other = opposites[name]
        say = f"{other} stands where {name} belongs"
        yield Slipped("smallest-for-largest", substitute(key, {name: symbol(other)}), say)
    swapped_heads = {"Max": "Min", "Min": "Max"}
    for term in everywhere(key, lambda p: [Term(swapped_heads[p.head], p.args)] if p.head in swapped_heads else []):
        yield Slipped("smallest-for-largest", term, "the largest and the smallest are mixed up")


def _opposites(table: Table) -> dict[str, str]:
    """Each declared largest (smallest) something, and the smallest (largest) of the same."""
    meanings = {name: ROLE[name].meaning for name in table.variables if name in ROLE}
    found: dict[str, str] = {}
    for name, meaning in meanings.items():
        for one, other in (("largest ", "smallest "), ("smallest ", "largest ")):
            wanted = other + meaning.removeprefix(one) if meaning.startswith(one) else None
            found.update((name, role) for role in meanings if meanings[role] == wanted)
    return found


def swapped(key: Term, table: Table) -> Iterator[Slipped]:
    """Two symbols exchanged, or two values of a sequence."""
    for one, other in combinations(sorted(free_symbols(key) & set(table.variables))[:8], 2):
        if table.variables[one] != table.variables[other]:
            continue
        term = substitute(key, {one: symbol(other), other: symbol(one)})
        yield Slipped("swapped", term, f"{one} and {other} are exchanged")
    values = list(dict.fromkeys(node for node in subterms(key) if node.head == "Apply"))[:6]
    for first, second in combinations(values, 2):
        term = exchanged(key, {first: second, second: first})
        yield Slipped("swapped", term, f"{ascii_text(first)} and {ascii_text(second)} are exchanged")


def exchanged(term: Term, new: dict[Term, Term]) -> Term:
    """The term with parts replaced by others."""
    found = new.get(term)
    if found is not None:
        return found
    return Term(term.head, tuple(exchanged(arg, new) if isinstance(arg, Term) else arg for arg in term.args))


def _quantities(key: Term, table: Table) -> list[str]:
    """The variables in it, but for whole numbers that count steps."""
    names = (name for name in free_symbols(key) if name in table.variables)
    return sorted(name for name in names if table.variables[name] == "real" or not _counts(key, name))


_WHOLE = (sign, factor_two, reciprocal)
_OPERATORS = (
    sign,
    missing_half,
    factor_two,
    off_by_one_step,
    asymptotic_as_exact,
    smallest_for_largest,
    missing_factor,
    swapped,
    squared,
    missing_root,
    reciprocal,
    missing_product,
    missing_term,
)
# Where two slips lead to the same answer, the first name is the more telling one.
_NAMES = (
    "sign", "missing-half", "factor-two", "off-by-one-step", "asymptotic-as-exact", "smallest-for-largest", "missing-batch-size",
    "missing-factor", "swapped", "transposed", "missing-root", "squared", "reciprocal", "missing-term",
)  # fmt: skip
RANK = {name: place for place, name in enumerate(_NAMES)}


def equation_slips(key: Term, table: Table) -> list[Slipped]:
    """Slips on the right side of an equation, and two values of a sequence exchanged in it."""
    left, right = key.args
    found = [
        replace(slip, term=Term("Eq", (left, slip.term))) for slip in expression_slips(right, table) if not slip.later
    ]
    return [*swapped(key, table), *found][:MAX_SLIPS]
