"""Regions that are equal by signs: what is opened by cases, what is undefined, and what the signs of differences add."""

import pytest

from derivations.kernel.errors import Refused
from derivations.kernel.regions import Regions, opened
from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import Term, number, symbol
from derivations.reading import read_formula, vocabulary_for

NAMES = ("x", "y", "z", "a")
WORDS = vocabulary_for(NAMES, {})
TABLE = Table(Symbol(name, "real") for name in NAMES)


def formula(text: str) -> Term:
    return read_formula(text, WORDS)


def equal(premises: list[str], one: str, other: str) -> bool:
    try:
        Regions(TABLE, map(formula, premises), formula(one)).require_equal(opened(formula(other)))
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    ("premises", "one", "other", "same"),
    [
        (["0 < a"], "0 < x & x < 1/a", "0 < a*x & a*x < 1", True),
        (["0 < a"], "0 < x & x < 1/a", "0 < a*x & a*x <= 1", False),
        ([], "-1 < x & x < 1", "Abs(x) < 1", True),
        ([], "x < -1 | 1 < x", "Abs(x) >= 1", False),
        ([], "0 < x", "Abs(x) = x", False),
        ([], "0 <= x", "Abs(x) = x", True),
        ([], "x < 1 & x < 2", "Max(x, x - 1) < 1", True),
        ([], "x < 1", "Min(x, 1) < 1", True),
        ([], "0 < x", "0 < 1/x", True),
        ([], "0 < x", "0 <= 1/x", True),
        ([], "0 <= x", "0 <= 1/x", False),
        ([], "x < 0 | 0 < x", "1/x = 1/x", True),
        ([], "0 < x", "Not(1/x <= 0)", True),
        (["0 < x", "0 < y", "y <= z"], "x*z < 1", "x*y < 1 & x*z < 1", True),
        (["0 < x", "0 < y", "z <= y"], "x*z < 1", "x*y < 1 & x*z < 1", False),
        (["0 < x", "0 < y", "y <= z"], "x*z < 1", "x*Max(y, z) < 1", True),
        (["0 < x", "0 < y", "y <= z"], "x*z < 1", "x*Min(y, z) < 1", False),
    ],
)
def test_equal_regions(premises: list[str], one: str, other: str, same: bool) -> None:
    assert equal(premises, one, other) is same
    assert equal(premises, other, one) is same


def test_one_claim_leaves_no_trace_in_the_next() -> None:
    regions = Regions(TABLE, [formula("0 < a")], formula("x < 1/a"))
    for _ in range(3):
        regions.require_equal(formula("a*x < 1"))
        for wrong in ("a*x < 2", "a*y < 1", "a*x*x < 1"):
            with pytest.raises(Refused):
                regions.require_equal(formula(wrong))


def test_too_many_cases_are_refused() -> None:
    large = Term("Max", tuple(Term("Mul", (number(k), symbol("x"))) for k in range(30)))
    with pytest.raises(Refused):
        opened(Term("Lt", (Term("Add", (large, large)), number(1))))
    nested = formula("x < 0")
    for _ in range(30):
        nested = Term("Iff", (nested, formula("y < 0")))
    with pytest.raises(Refused):
        opened(nested)
    assert ascii_text(opened(formula("Not(x < 0 | y = 0)"))) == "(x >= 0) & (y != 0)"
