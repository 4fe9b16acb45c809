"""Proofs about what is bound: the variable of a sum, the outcome of an expectation.

Equations are put together here; products of sums are gathered into one sum, and sums exchanged (theories/Sums.v).
"""

from __future__ import annotations

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.situation import CHANCE
from derivations.language.terms import (
    Term,
    div,
    free_symbols,
    mul,
    neg,
    number,
    power,
    rebuild,
    substitute,
    symbol,
    total,
)
from derivations.rocq.algebra import Canon
from derivations.rocq.goal import Goal

Range = tuple[str, Term, Term]
Form = tuple[Term, str]  # a canonical form, and a script that proves the term equal to it


# --- putting proofs together ------------------------------------------------------------------------------------------


def chain(goal: Goal, left: Term, first: tuple[str, Term], then: Form) -> Form:
    """left = middle = right, from proofs of both."""
    (one, middle), (right, other) = first, then
    texts = [unnamed_text(goal, term) for term in (left, middle, right)]
    if texts[0] == texts[1]:
        return right, other
    if texts[1] == texts[2]:
        return right, one
    return right, f"transitivity ({goal.real(middle)}). {{ {one} }} {other}"


def unnamed_text(goal: Goal, term: Term) -> str:
    """Rocq text in which the names of bound variables do not matter."""
    return goal.real(_numbered(goal, term, 0))


def _numbered(goal: Goal, term: Term, depth: int) -> Term:
    if term.head == "Sum":
        name, first, last, body = term.args
        own = f"_z{depth}|{goal.table.domain(name)}"
        body = _numbered(goal, substitute(body, {name: symbol(own)}), depth + 1)
        return total(own, _numbered(goal, first, depth), _numbered(goal, last, depth), body)
    return rebuild(term, lambda part: _numbered(goal, part, depth))


def enter(goal: Goal, name: str) -> str:
    """Put the variable of a sum, or the outcome, into the context."""
    if name == CHANCE:
        return "enter_outcome w."
    variable = goal.names.variable(name)
    return f"{'enter_range' if goal.names.bound(name) is None else 'enter_index'} {variable} B{variable}."


def function(goal: Goal, name: str, body: Term) -> str:
    binder = "w : Omega" if name == CHANCE else f"{goal.names.variable(name)} : nat"
    return f"(fun {binder} => {goal.real(body)})"


# --- terms ------------------------------------------------------------------------------------------------------------


def nested(ranges: list[Range], body: Term) -> Term:
    """A sum over several variables, the first outermost."""
    for name, first, last in reversed(ranges):
        body = total(name, first, last, body)
    return body


def length(span: Range) -> Term:
    """The number of summands."""
    return Term("Add", (span[2], neg(span[1]), number(1)))


def extent(goal: Goal, span: Range) -> str:
    """First index and number of summands."""
    return f"{goal.writer.natural(span[1])} {goal.writer.count(span[1], span[2])}"


def factors_of(term: Term) -> list[Term]:
    """The factors of a product, a power with a whole exponent counting as often as it says."""
    if term.head == "Mul":
        return [factor for arg in term.args for factor in factors_of(arg)]
    if term.head == "Pow" and term.args[1].head == "Number":
        exponent = term.args[1].args[0]
        if exponent > 0 and exponent.denominator == 1:
            return [term.args[0]] * int(exponent)
    return [term]


def first_sum(factors: list[Term]) -> int | None:
    """The place of the first factor that is a sum."""
    return next((i for i, factor in enumerate(factors) if factor.head == "Sum"), None)


def written(plain: Algebra, value: Value) -> Term:
    """A value of the kernel's algebra as a term."""
    top, bottom = value
    if bottom.is_constant():
        return proper(plain.written(value))
    return div(proper(plain.term_of_poly(top)), proper(plain.term_of_poly(bottom)))


def proper(term: Term) -> Term:
    """A term that the kernel built, with its exponents written as terms, and the variables of its sums under names of ours.

    The kernel's names ``_s0``, ``_s1`` are for what it has built; it does not expect them in what it is given.
    """
    if term.head == "Pow" and not isinstance(term.args[1], Term):
        return power(proper(term.args[0]), number(int(term.args[1])))
    if term.head == "Sum" and term.args[0].startswith("_s"):
        name, first, last, body = term.args
        own = f"_k{name[2:]}"
        while own in free_symbols(body):
            own = f"_k{own[1:]}"
        return total(own, proper(first), proper(last), proper(substitute(body, {name: symbol(own)})))
    return rebuild(term, proper)


# --- sums of products -------------------------------------------------------------------------------------------------


def flattened(goal: Goal, factors: list[Term]) -> tuple[list[Range], list[Term]]:
    """The ranges and the factors of a product of sums, each variable under a name of its own."""
    ranges: list[Range] = []
    while (place := first_sum(factors)) is not None:
        name, first, last, body = factors[place].args
        own = f"_t{next(goal.numbers)}|{goal.table.domain(name)}"
        factors = [*factors[:place], *factors[place + 1 :], *factors_of(substitute(body, {name: symbol(own)}))]
        ranges.append((own, first, last))
    return ranges, factors


def gathered(goal: Goal, left: Term, factors: list[Term], ranges: list[Range], product: Term) -> str:
    """A product of sums is the sum of the product: the sums are pulled out one after the other, as ``flattened`` does."""
    place = first_sum(factors)
    if place is None:
        return arranged(goal, left, product)
    span, say = ranges[0], goal.real
    body = substitute(factors[place].args[3], {factors[place].args[0]: symbol(span[0])})
    others = [*factors[:place], *factors[place + 1 :]]
    rest = mul(*others)
    apart, joined = Term("Mul", (rest, nested([span], body))), Term("Mul", (rest, body))
    script = (
        f"transitivity ({say(apart)}). {{ ring. }} " if unnamed_text(goal, left) != unnamed_text(goal, apart) else ""
    )
    pulled = f"symmetry. exact (fsum_scal_l {extent(goal, span)} ({say(rest)}) {function(goal, span[0], body)})."
    script += f"transitivity ({say(nested([span], joined))}). {{ {pulled} }} apply fsum_ext. {enter(goal, span[0])} "
    return script + gathered(goal.within(span[0]), joined, [*others, *factors_of(body)], ranges[1:], product)


def arranged(goal: Goal, left: Term, right: Term) -> str:
    """Two products of the same factors."""
    if unnamed_text(goal, left) == unnamed_text(goal, right):
        return "reflexivity."
    if sorted(map(goal.real, factors_of(left))) == sorted(map(goal.real, factors_of(right))):
        return "ring."
    return Canon(goal, (), False).equation(left, right)


def permuted(goal: Goal, ranges: list[Range], order: list[Range], product: Term) -> str:
    """Sums may be exchanged: neighbours change places until the order is the wanted one; the last equation stays open."""
    script, current = "", list(ranges)
    for target, span in enumerate(order):
        for place in range(current.index(span), target, -1):
            depth = place - 1
            outside, (one, other), inside = current[:depth], current[depth : depth + 2], current[depth + 2 :]
            current = [*outside, other, one, *inside]
            names = [goal.names.variable(name) for name, _, _ in (one, other)]
            function = f"(fun {' '.join(names)} : nat => {goal.real(nested(inside, product))})"
            swap = f"exact (fsum_swap {extent(goal, one)} {extent(goal, other)} {function})."
            swap = " ".join([*(f"apply fsum_ext. {enter(goal, name)}" for name, _, _ in outside), swap])
            script += f"transitivity ({goal.real(nested(current, product))}). {{ {swap} }} "
    return script
