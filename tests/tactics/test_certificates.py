"""Certificates: what is a sum of squares, or of products of premises, is found to be one; what is false never is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.kernel.rules import RULES
from derivations.kernel.situation import Situation
from derivations.kernel.table import Table
from derivations.language.statements import Symbol
from derivations.language.terms import Term, free_symbols
from derivations.reading import read_expression, read_formula, vocabulary_for
from derivations.tactics.certificates import find, ldl

VOCABULARY = vocabulary_for((), open=True)
coefficient = st.builds(Fraction, st.integers(-4, 4), st.integers(1, 3))
weight = st.builds(Fraction, st.integers(1, 6), st.integers(1, 4))


def formula(text: str) -> Term:
    return read_formula(text, VOCABULARY)


def proved(claim: str, premises: list[str], degree: int = 3, multipliers: tuple[str, ...] = ()) -> bool:
    """Whether a certificate is found; the kernel must accept what is."""
    wanted, given_ = formula(claim), tuple(map(formula, premises))
    witness = find(wanted, given_, degree, [read_expression(text, VOCABULARY) for text in multipliers])
    if witness is None:
        return False
    names = frozenset[str]().union(*(free_symbols(one) for one in (wanted, *given_)))
    table = Table([Symbol(name, "real") for name in sorted(names)])
    RULES["polynomial-implication"](Situation(table, wanted, given_, witness, (), frozenset()))
    return True


@pytest.mark.parametrize(
    ("claim", "premises", "multipliers"),
    [
        ("0 < 1 + b", ["0 < 2*(1 + b) - h", "0 < h"], ()),
        ("0 < 1 - b + b*h", ["0 <= b", "b < 1", "0 < h"], ()),
        ("0 < 1 - x**4", ["0 < x + 1", "0 < 1 - x"], ()),
        ("0 <= 1 - x**4", ["0 <= 1 - x**2"], ()),
        ("x <= 1", ["x**2 <= 1", "0 < x + 1"], ("x + 1",)),
        ("0 <= (a**2 + b**2)*(x**2 + y**2) - (a*x + b*y)**2", [], ()),
        ("0 < x**6 - 3*x**4 + 3*x**2 + 1", [], ()),
        ("0 <= x**4 - 3*x*y + y**2 + 81/64", [], ()),
        ("0 <= x**3 + y**3 + z**3 - 3*x*y*z", ["0 <= x", "0 <= y", "0 <= z"], ()),
        ("0 <= (x**2 + y**2 + 1)*(x**4*y**2 + x**2*y**4 + 1 - 3*x**2*y**2)", [], ()),
        ("sqrt(m) < sqrt(s)", ["m < s", "0 < m", "0 < s", "0 < sqrt(m) + sqrt(s)"], ("sqrt(m) + sqrt(s)",)),
    ],
)
def test_what_is_known_to_have_a_certificate(claim: str, premises: list[str], multipliers: tuple[str, ...]) -> None:
    assert proved(claim, premises, 4, multipliers)


@pytest.mark.parametrize(
    ("claim", "premises"),
    [
        ("0 < x**2 - 2*x*y + y**2", []),  # zero for x = y
        ("0 <= x**4 - 3*x*y + y**2 + 80/64", []),
        ("0 <= x**3", []),
        ("0 < x*y", ["0 < x", "0 <= y"]),
        ("1 < x", ["1 <= x"]),
        ("0 <= x**4*y**2 + x**2*y**4 + 1 - 3*x**2*y**2", []),  # true (Motzkin), but no sum of squares
    ],
)
def test_what_has_none(claim: str, premises: list[str]) -> None:
    assert not proved(claim, premises)


@given(st.lists(st.tuples(weight, st.lists(st.sampled_from(["x", "y", "1 - x", "2 - x - y"]), min_size=1, max_size=3)), min_size=1,
                max_size=4))  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_sums_of_products_are_found(parts: list[tuple[Fraction, list[str]]]) -> None:
    total = " + ".join("*".join([f"({c})", *(f"({factor})" for factor in factors)]) for c, factors in parts)
    assert proved(f"0 < {total}", ["0 < x", "0 < y", "x < 1", "x + y < 2"])


@given(st.lists(st.tuples(weight, st.lists(coefficient, min_size=4, max_size=4)), min_size=4, max_size=6))
@settings(max_examples=25, deadline=None)
def test_sums_of_squares_are_found(squares: list[tuple[Fraction, list[Fraction]]]) -> None:
    basis = ["1", "x", "y", "x*y"]
    forms = ["+".join(f"({c})*{m}" for c, m in zip(row, basis, strict=True)) for _, row in squares]
    total = " + ".join(f"({c})*({one})**2" for (c, _), one in zip(squares, forms, strict=True))
    gram = [[sum((c * row[i] * row[j] for c, row in squares), Fraction(0)) for j in range(4)] for i in range(4)]
    parts = ldl(gram)
    assert parts is not None
    assume(len(parts) == 4)  # in the interior, where rounding cannot leave the cone
    assert proved(f"0 <= {total}", [])


@given(st.lists(coefficient, min_size=6, max_size=6), st.tuples(coefficient, coefficient))
@settings(max_examples=60, deadline=None)
def test_nothing_false_is_found(row: list[Fraction], at: tuple[Fraction, Fraction]) -> None:
    """A quadratic polynomial that is made negative at a point is not found to be non-negative."""
    x, y = at
    monomials: list[tuple[str, Any]] = [("1", 1), ("x", x), ("y", y), ("x**2", x * x), ("x*y", x * y), ("y**2", y * y)]
    value = sum((c * m for c, (_, m) in zip(row, monomials, strict=True)), Fraction(0))
    text = " + ".join(f"({c})*{m}" for c, (m, _) in zip(row, monomials, strict=True))
    assert not proved(f"0 <= {text} - ({value}) - 1/1000", [])


@given(st.lists(st.lists(coefficient, min_size=3, max_size=3), min_size=3, max_size=3))
def test_the_decomposition_is_exact(half: list[list[Fraction]]) -> None:
    matrix = [[sum((half[k][i] * half[k][j] for k in range(3)), Fraction(0)) for j in range(3)] for i in range(3)]
    parts = ldl(matrix)
    assert parts is not None
    for i in range(3):
        for j in range(3):
            assert sum((d * v[i] * v[j] for d, v in parts), Fraction(0)) == matrix[i][j]
    lowered = [[value - (i == j) * (sum(row) ** 2 + 1) * 100 for j, value in enumerate(row)] for i, row in enumerate(matrix)]
    if lowered[0][0] < 0:
        assert ldl(lowered) is None
