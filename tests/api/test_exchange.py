"""Terms as SymPy objects and back: numbers agree, symbols stay symbols, nothing is run."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language.errors import Unusable
from derivations.language.terms import FUNCTIONS, HEADS, Term, number, symbol, tends
from derivations.reading import read_formula, vocabulary_for
from derivations.tactics.exchange import from_sympy, signs_assumed, to_sympy
from derivations.witness import evaluate

x, y = sp.symbols("x y")


def read(text: str) -> Term:
    return read_formula(text, vocabulary_for((), {"f": 1}, open=True))


leaves = st.one_of(
    st.sampled_from([x, y]), st.integers(-5, 5).map(sp.Integer), st.fractions(-3, 3, max_denominator=7).map(sp.Rational)
)
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        st.tuples(inner, st.integers(2, 3)).map(lambda pair: pair[0] ** pair[1]),
        inner.map(lambda one: 1 / (1 + one**2)),
        inner.map(sp.sin),
        inner.map(lambda one: sp.sqrt(1 + one**2)),
    ),
    max_leaves=8,
)


@given(expressions, st.fractions(-2, 2, max_denominator=5), st.fractions(-2, 2, max_denominator=5))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_there_and_back_is_the_same_number(expression: sp.Expr, a: Fraction, b: Fraction) -> None:
    """The value by SymPy, by our own evaluation of the term, and by SymPy of what came back."""
    at = {x: sp.Rational(a.numerator, a.denominator), y: sp.Rational(b.numerator, b.denominator)}
    if expression.has(sp.zoo, sp.nan):
        return
    term = from_sympy(expression)
    wanted = complex(sp.N(expression.subs(at), 30))
    assert math.isclose(float(evaluate(term, {"x": a, "y": b})), wanted.real, rel_tol=1e-9, abs_tol=1e-9)
    assert abs(complex(sp.N(to_sympy(term).subs(at), 30)) - wanted) <= 1e-9 * (1 + abs(wanted))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0 < x < 1", sp.And(sp.Lt(0, x), sp.Lt(x, 1))),
        ("x < 0 or x != 2", sp.Or(x < 0, sp.Ne(x, 2))),
        ("sqrt(x)*exp(-y)", sp.sqrt(x) * sp.exp(-y)),
        ("f(x) = y", sp.Eq(sp.Function("f")(x), y)),
        ("abs(x) >= 1", sp.Abs(x) >= 1),
        ("x*tanh(y) - atan(x)", x * sp.tanh(y) - sp.atan(x)),
    ],
)
def test_formulas(text: str, wanted: sp.Basic) -> None:
    assert to_sympy(read(text)) == wanted


def test_derivatives_sums_roots_limits_and_quantifiers() -> None:
    f, t = sp.Function("L"), sp.Symbol("t")
    assert to_sympy(Term("Derivative", ("L", (2,), symbol("x")))) == sp.Derivative(f(x), x, x)
    moved = to_sympy(Term("Derivative", ("L", (1,), number(0))))
    assert moved.replace(f, lambda u: sp.exp(3 * u)).doit() == 3
    assert to_sympy(Term("Sum", ("k", number(1), symbol("n"), symbol("k")))).doit().subs("n", 4) == 10
    cube = Term("RootOf", (read("8*z**3 - 9"), "z", number(1), number(2), Fraction(0)))
    assert sp.simplify(8 * to_sympy(cube) ** 3 - 9) == 0
    limit = to_sympy(tends(Term("Div", (number(1), symbol("t"))), "t", Term("Infinity"), number(0)))
    assert limit.lhs == sp.Limit(1 / t, t, sp.oo) and limit.rhs == 0
    everywhere = to_sympy(Term("ForAll", ("t", read("t >= x"))))
    assert everywhere.free_symbols == {x}, "the variable stays bound"
    assert to_sympy(Term("Set", (number(1), symbol("x")))) == sp.FiniteSet(1, x)


def test_every_head_has_a_counterpart_or_a_clear_refusal() -> None:
    from derivations.tactics.exchange import _PLAIN, _SPECIAL

    assert set(HEADS) - set(_PLAIN) - set(_SPECIAL) == {"PlusMinus", "Approx", "Proportional"}
    assert set(_PLAIN) >= FUNCTIONS
    with pytest.raises(Unusable, match="no counterpart"):
        to_sympy(Term("PlusMinus", (symbol("x"),)))


def test_signs() -> None:
    one, two, three = sp.Symbol("lambda", positive=True), sp.Symbol("a", nonnegative=True), sp.Symbol("b", real=True)
    assert signs_assumed([one, two, three, sp.Symbol("c", zero=False, real=True)]) == ["lam > 0", "a >= 0", "c != 0"]
