"""Values and derivatives of terms, against numbers computed by other means."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    expect,
    for_all,
    lt,
    matrix,
    mul,
    ne,
    neg,
    number,
    power,
    symbol,
    tends,
    total,
)
from derivations.reading import read_expression, vocabulary_for
from derivations.witness import NotNumeric, Undefined, derivative, evaluable, evaluate, gradient, hessian, holds

x, y, k = symbol("x"), symbol("y"), symbol("k")


def read(text: str) -> Term:
    return read_expression(text, vocabulary_for((), open=True))


def test_rationals_stay_exact() -> None:
    term = add(div(ONE, x), neg(mul(number("0.05"), power(y, 2))))
    assert evaluate(term, {"x": 3, "y": Fraction(1, 7)}) == Fraction(1, 3) - Fraction(1, 980)
    assert isinstance(evaluate(term, {"x": 3, "y": Fraction(1, 7)}), Fraction)
    assert evaluate(Term("Sqrt", (number("9/16"),)), {}) == Fraction(3, 4)
    assert isinstance(evaluate(Term("Sqrt", (number("2"),)), {}), float)
    assert evaluate(power(number("1/2"), number(-3)), {}) == 8


def test_arrays_are_taken_entry_by_entry() -> None:
    grid = np.linspace(-2, 2, 9)
    found = evaluate(read("x**2/2 - 3*x + exp(-x)"), {"x": grid})
    assert found.dtype == float
    assert np.allclose(found, grid**2 / 2 - 3 * grid + np.exp(-grid))
    assert evaluate(conj(lt(ZERO, x), lt(x, ONE)), {"x": np.array([-1.0, 0.5, 2.0])}).tolist() == [False, True, False]


def test_an_array_of_fractions_stays_exact() -> None:
    grid = np.array([Fraction(1, 3), Fraction(2, 3)], dtype=object)
    assert list(evaluate(add(power(x, 2), ONE), {"x": grid})) == [Fraction(10, 9), Fraction(13, 9)]


@pytest.mark.parametrize(
    "term",
    [
        div(ONE, ZERO),
        power(ZERO, -1),
        Term("Log", (number(-1),)),
        Term("Log", (ZERO,)),
        Term("Sqrt", (number(-1),)),
        power(number(-1), number("1/2")),
        Term("Factorial", (number("1/2"),)),
    ],
)
def test_exact_arguments_outside_the_domain_are_refused(term: Term) -> None:
    with pytest.raises(Undefined):
        evaluate(term, {})
    assert not holds(lt(ZERO, term), {})


def test_floats_outside_the_domain_follow_ieee() -> None:
    assert evaluate(div(ONE, x), {"x": 0.0}) == math.inf
    assert math.isnan(evaluate(Term("Log", (x,)), {"x": -1.0}))


@pytest.mark.parametrize(
    "term",
    [tends(x, "t", INFINITY, ZERO), expect(x), x, apply("theta", ZERO), for_all("t", lt(ZERO, x)), Term("BigO", (x,))],
)
def test_what_is_no_number_is_refused(term: Term) -> None:
    with pytest.raises(NotNumeric):
        evaluate(term, {"y": 1, "t": 1} if term == x else {"x": 1})
    assert not evaluable(term, ["y"])


def test_sequences_sums_quantifiers_and_parts() -> None:
    values = {"n": 10}
    assert evaluate(total("k", ONE, symbol("n"), power(k, 2)), values) == 385
    assert evaluate(total("k", ONE, ZERO, k), values) == 0
    assert evaluate(apply("theta", number(3)), {}, {"theta": lambda t: 2**t}) == 8
    claim = for_all("t", lt(symbol("t"), power(number(2), symbol("t"))))
    assert evaluate(claim, {}, ranges={"t": range(20)})
    assert not evaluate(for_all("t", ne(symbol("t"), number(7))), {}, ranges={"t": range(20)})
    assert evaluate(mul(number(2), expect(x)), {}, parts={expect(x): Fraction(1, 3)}) == Fraction(2, 3)
    assert evaluate(Term("Delta", (number(2), k)), {"k": 2}) == 1


def test_matrices_sets_and_roots() -> None:
    rows = matrix([[ONE, x], [x, number(3)]])
    assert evaluate(Term("Det", (rows,)), {"x": 2}) == -1
    assert evaluate(eq(Term("Transpose", (rows,)), rows), {"x": 5})
    assert evaluate(Term("Det", (matrix([[ZERO, ONE], [ONE, ZERO]]),)), {}) == -1
    assert evaluate(Term("Det", (matrix([[ONE, ONE], [ONE, ONE]]),)), {}) == 0
    inside = Term("In", (x, Term("Interval", (ZERO, ONE, "open", "closed"))))
    assert [bool(evaluate(inside, {"x": v})) for v in (0, Fraction(1, 2), 1, 2)] == [False, True, True, False]
    root = Term("RootOf", (add(power(x, 3), neg(number(2))), "x", ONE, number(2), Fraction(0)))
    assert evaluate(root, {}) == pytest.approx(2 ** (1 / 3), abs=1e-14)
    assert evaluate(Term("Max", (x, ONE, number(-2))), {"x": 3}) == 3
    assert not evaluate(disj(lt(x, ZERO), Term("Not", (lt(x, number(4)),))), {"x": 3})


@given(
    body=st.sampled_from(
        [
            "x**4/4 - x**2/2 + x*y**3",
            "exp(-x**2)*sin(y) + x/(3 + y**2)",
            "sqrt(1 + x**2)*tanh(x*y) + atan(y)",
            "log(2 + x**2 + y**2)*cos(x - y) + asinh(x*y)",
            "sinh(x/3)*cosh(y/3) + abs(x - 10)",
            "(2 + sin(x))**(1 + y**2)",
            "tan(x/4)*(x + y)**3",
        ]
    ),
    a=st.floats(-2, 2),
    b=st.floats(-2, 2),
)
def test_gradient_and_hessian_against_finite_differences(body: str, a: float, b: float) -> None:
    term, point, h = read(body), {"x": a, "y": b}, 1e-5

    def shifted(name: str, by: float) -> dict[str, float]:
        return {**point, name: point[name] + by}

    exact = gradient(term, ["x", "y"], point)
    for i, name in enumerate(point):
        central = (evaluate(term, shifted(name, h)) - evaluate(term, shifted(name, -h))) / (2 * h)
        assert float(exact[i]) == pytest.approx(central, rel=1e-6, abs=1e-7)
    rows = hessian(term, ["x", "y"], point)
    for i, name in enumerate(point):
        up, down = (gradient(term, ["x", "y"], shifted(name, by)) for by in (h, -h))
        for j in range(2):
            assert float(rows[i][j]) == pytest.approx((up[j] - down[j]) / (2 * h), rel=1e-6, abs=1e-7)
    assert float(rows[0][1]) == pytest.approx(float(rows[1][0]), abs=1e-12)


def test_derivatives_of_rational_functions_are_exact() -> None:
    found = derivative(read("x**3/(1 + x)"), "x", {"x": Fraction(1, 2)})
    assert found == Fraction(3 * Fraction(1, 4) * Fraction(3, 2) - Fraction(1, 8)) / Fraction(9, 4)
    third = Term("Derivative", ("L", (3,), x))
    assert evaluate(third, {"x": 2}, {"L": lambda u: evaluate(power(x, 5), {"x": u})}) == 240
    mixed = Term("Derivative", ("L", (1, 1), x, y))
    assert evaluate(mixed, {"x": 2, "y": 3}, {"L": lambda u, v: evaluate(mul(power(x, 2), y), {"x": u, "y": v})}) == 4


def test_nested_open_derivatives_do_not_mix() -> None:
    inner = Term("Diff", (add(x, y), "y"))
    assert evaluate(Term("Diff", (mul(x, inner), "x")), {"x": 5, "y": 7}) == 1
    assert evaluate(Term("Diff", (Term("Diff", (power(x, 3), "x")), "x")), {"x": 5}) == 30
