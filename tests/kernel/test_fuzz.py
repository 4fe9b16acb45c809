"""Random questions to the rules that decide by themselves: what they accept must hold for numbers drawn at random."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts
from derivations.kernel.formulas import same
from derivations.kernel.table import Table
from derivations.kernel.truth import follows_by_signs
from derivations.language.statements import Symbol
from derivations.language.terms import (
    Term,
    add,
    conj,
    disj,
    div,
    eq,
    iff,
    implies,
    mul,
    ne,
    neg,
    number,
    power,
    sub,
    symbol,
)
from derivations.witness import NotNumeric, Undefined, evaluate

REALS = ("x", "y", "a")
ROWS = (*(Symbol(name, "real") for name in REALS), Symbol("t", "natural"))
VALUES = [Fraction(n, d) for n in range(-4, 5) for d in (1, 2, 3)]


def expression(draw: random.Random, depth: int) -> Term:
    if depth == 0 or draw.random() < 0.25:
        kind = draw.random()
        return symbol(draw.choice(REALS)) if kind < 0.75 else symbol("t") if kind < 0.8 else number(draw.randint(-2, 3))
    left, right = expression(draw, depth - 1), expression(draw, depth - 1)
    return draw.choice([
        lambda: add(left, right), lambda: sub(left, right), lambda: mul(left, right), lambda: mul(left, right),
        lambda: div(left, right), lambda: power(left, 2), lambda: neg(left), lambda: Term("Abs", (left,)),
        lambda: Term("Sqrt", (left,)), lambda: power(left, symbol("t")), lambda: power(left, -1),
    ])()  # fmt: skip


def relation(draw: random.Random, depth: int = 2) -> Term:
    head = draw.choice(["Lt", "Le", "Gt", "Ge", "Eq", "Ne"])
    return Term(head, (expression(draw, depth), draw.choice([number(0), number(1), expression(draw, 1)])))


def formula(draw: random.Random) -> Term:
    one, other = relation(draw), relation(draw)
    return draw.choice([one, one, conj(one, other), disj(one, other), implies(one, other), iff(one, other)])


def assignments(draw: random.Random, count: int) -> list[dict[str, Any]]:
    return [{**{name: draw.choice(VALUES) for name in REALS}, "t": draw.randint(0, 3)} for _ in range(count)]


def truth(term: Term, values: dict[str, Any]) -> bool | None:
    """None where the term is not defined, or only known in floats to be near equality."""
    try:
        for node in _relations(term):
            left, right = (evaluate(side, values) for side in node.args)
            if not (isinstance(left, Fraction) and isinstance(right, Fraction)) and abs(float(left) - float(right)) < 1e-9:
                return None
        return bool(evaluate(term, values))
    except (Undefined, NotNumeric, OverflowError):
        return None


def _relations(term: Term) -> list[Term]:
    if term.head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne"):
        return [term]
    return [node for arg in term.args if isinstance(arg, Term) for node in _relations(arg)]


@pytest.mark.parametrize("seed", range(8))
def test_what_follows_by_signs_is_true(seed: int) -> None:
    draw, accepted = random.Random(seed), 0
    for _ in range(400):
        premises = [relation(draw, draw.randint(1, 2)) for _ in range(draw.randint(0, 3))]
        claim = _weakened(draw, premises) if premises and draw.random() < 0.5 else formula(draw)
        try:
            follows_by_signs(Algebra(Table(ROWS), [claim, *premises]), claim, premises)
        except Refused:
            continue
        accepted += 1
        for values in assignments(draw, 60):
            if all(truth(premise, values) for premise in premises):
                assert truth(claim, values) is not False, (claim, premises, values)
    assert accepted >= 8


def _weakened(draw: random.Random, premises: list[Term]) -> Term:
    """Something near the premises, so that a good part of the questions is answered with yes."""
    part = draw.choice(premises)
    left, right = part.args
    gap = sub(right, left)
    return draw.choice([
        Term({"Lt": "Le", "Gt": "Ge", "Eq": "Le"}.get(part.head, part.head), part.args),
        Term(part.head, (number(0), gap)), Term(part.head, (mul(left, left), mul(right, right))),
        disj(part, relation(draw)), ne(left, right), eq(mul(gap, gap), number(0)),
        Term(draw.choice(["Lt", "Le"]), (number(0), mul(gap, gap))),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_terms_with_one_value_are_equal_where_they_are_defined(seed: int) -> None:
    """Random rewritings of a term: what the algebra calls equal has equal numbers, and most rewritings are recognised."""
    draw, equal = random.Random(seed), 0
    for _ in range(250):
        one = expression(draw, 3)
        other = _rewritten(draw, one) if draw.random() < 0.6 else expression(draw, 2)
        try:
            algebra = Algebra(Table(ROWS), [one, other])
            if not algebra.is_zero(algebra.difference(one, other)):
                continue
            Facts(algebra).require_domain()
        except Refused:
            continue
        equal += 1
        for values in assignments(draw, 25):
            assert truth(eq(one, other), values) is not False, (one, other, values)
    assert equal >= 10


def _rewritten(draw: random.Random, term: Term) -> Term:
    args = tuple(_rewritten(draw, arg) if isinstance(arg, Term) else arg for arg in term.args)
    if term.head in ("Add", "Mul") and draw.random() < 0.6:
        return Term(term.head, args[::-1])
    if term.head == "Pow" and args[1] == number(2):
        return mul(args[0], args[0])
    if term.head == "Neg":
        return mul(number(-1), args[0])
    return Term(term.head, args)


@pytest.mark.parametrize("seed", range(4))
def test_formulas_with_one_key_are_true_together(seed: int) -> None:
    draw, alike = random.Random(seed), 0
    for _ in range(300):
        one = formula(draw)
        other = draw.choice([_rewritten(draw, one), formula(draw)])
        try:
            if not same(Table(ROWS), one, other):
                continue
        except Refused:
            continue
        alike += 1
        for values in assignments(draw, 25):
            both = truth(one, values), truth(other, values)
            assert None in both or both[0] == both[1], (one, other, values)
    assert alike >= 20
