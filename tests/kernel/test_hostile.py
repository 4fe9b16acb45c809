"""Hostile data: what is nested, large or of another type is refused, quickly and with the kernel's own error."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.language.errors import Malformed
from derivations.language.serialise import MAX_DEPTH, term_from_json
from derivations.language.statements import Derivation, Statement, Step, Symbol
from derivations.language.terms import ONE, ZERO, Term, div, eq, power, symbol, total, well_formed

X = symbol("x")
NAMES = (Symbol("x", "real"), Symbol("s", "natural"), Symbol("f", "function"))


def claiming(claim: Term, rule: str = "identity", **witness: object) -> Derivation:
    return Derivation(Statement(NAMES, (), (), claim), (Step("1", rule, claim, (), witness),))


def nested(head: str, depth: int, inner: Term) -> Term:
    for _ in range(depth):
        inner = Term(head, (inner,))
    return inner


def sums(depth: int) -> Term:
    body: Term = ONE
    for _ in range(depth):
        body = total("s", ZERO, ONE, body)
    return body


def tower(height: int) -> Term:
    term = symbol("x")
    for _ in range(height):
        term = power(term, 300)
    return term


HOSTILE = {
    "negations": nested("Not", 351, eq(X, X)),
    "signs": eq(nested("Neg", 350, X), X),
    "exponentials": eq(nested("Exp", 350, X), X),
    "sums in sums": eq(sums(60), ONE),
    "a tower of powers": eq(tower(8), X),
    "a large power of a sum": eq(power(Term("Add", (X, ONE)), 10**12), X),
    "a large power of a number": eq(power(Term("Number", (Fraction(3),)), 10**9), ONE),
    "a continued fraction": eq(
        __import__("functools").reduce(lambda term, _: div(ONE, Term("Add", (X, term))), range(120), X), X
    ),
    "a long product": eq(Term("Mul", tuple(Term("Add", (X, Term("Number", (Fraction(i),)))) for i in range(3000))), X),
    "a derivative without variables": eq(Term("Derivative", ("f", ())), ZERO),
    "an empty maximum": eq(Term("Max", ()), ZERO),
    "an infinite exponent": eq(power(X, Term("Infinity")), ZERO),
    "an empty sum": eq(Term("Add", ()), ONE),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("rule", ["identity", "signs", "number-sign", "derivative", "smooth"])
def test_a_hostile_claim_is_refused_in_time(name: str, rule: str) -> None:
    claim = well_formed(HOSTILE[name])
    start = time.process_time()
    with pytest.raises((Refused, Malformed)):
        check(claiming(claim, rule))
    assert time.process_time() - start < 2


@pytest.mark.parametrize("text", ["1e9999999999", "1e-9999999999", "9" * 5000, "0x10", "1_000", " 1", "1/0", "nan", "٣"])
def test_only_plain_rational_numbers_are_read(text: str) -> None:
    start = time.process_time()
    with pytest.raises(Malformed):
        term_from_json(["Number", text])
    assert time.process_time() - start < 1


def test_json_nested_too_deeply_is_refused() -> None:
    data: list[object] = ["Symbol", "x"]
    for _ in range(MAX_DEPTH + 1):
        data = ["Neg", data]
    with pytest.raises(Malformed):
        term_from_json(data)


@pytest.mark.parametrize("witness", [{"terms": 5}, {"terms": [5]}, {"terms": [{"coefficient": "x"}]}, {"terms": [{"premises": 3}]}])
def test_a_witness_of_another_type_is_refused(witness: dict[str, object]) -> None:
    with pytest.raises(Refused):
        check(claiming(Term("Le", (ZERO, X)), "polynomial-implication", **witness))
