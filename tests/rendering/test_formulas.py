"""What each kind of formula looks like, in LaTeX and in the terminal; and that every term prints in every format."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language.statements import Symbol
from derivations.language.terms import (
    HEADS,
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    exists,
    expect,
    for_all,
    iff,
    implies,
    le,
    lt,
    matrix,
    mul,
    neg,
    number,
    power,
    predicate,
    sub,
    symbol,
    tends,
    total,
    well_formed,
)
from derivations.rendering.latex import latex, latex_lines
from derivations.rendering.mathml import mathml, mathml_lines
from derivations.rendering.style import Style, style_of_terms
from derivations.rendering.unicode import unicode, unicode_lines

ROWS = (
    Symbol("theta", "sequence"),
    Symbol("c", "sequence"),
    Symbol("eps", "random"),
    Symbol("H", "family"),
    Symbol("v", "family"),
    Symbol("nu", "family"),
    Symbol("L", "function"),
)
eta, lam, star, t, i, j, x, y = map(symbol, ("eta", "lam", "theta_star", "t", "i", "j", "x", "y"))
a, b, c = map(symbol, "abc")
RATE = sub(ONE, mul(eta, lam))
NAMES = [eta, lam, star, t, i, j, symbol("theta_0"), symbol("sigma")]


def style(notation: str, term: Term) -> Style:
    return style_of_terms([term], notation, ROWS)


def theta(at: Term) -> Term:
    return apply("theta", at)


def prime(order: int, at: Term) -> Term:
    return Term("Derivative", ("L", (order,), at))


FORMULAS = [
    # term, LaTeX in the lecture's notation, in the notes', Unicode
    (theta(add(t, ONE)), r"\theta^{(t+1)}", "x_{k+1}", "θ_{t+1}"),
    (power(theta(t), 2), r"\bigl(\theta^{(t)}\bigr)^2", "x_k^2", "θ_t²"),
    (apply("c", t, i), "c_i^{(t)}", "c_{i,k}", "c_{i,t}"),
    (apply("H", i, j), "H_{ij}", "A_{ij}", "H_ij"),
    (apply("nu", i), r"\nu_i", r"\nu_i", "ν_i"),
    (power(apply("nu", ONE), 2), r"\nu_1^2", r"\nu_1^2", "ν₁²"),
    (apply("H", add(i, ONE), j), "H_{i+1,j}", "A_{i+1,j}", "H_{i+1,j}"),
    (power(RATE, t), r"(1-\eta\lambda)^t", r"(1-\alpha\lambda)^k", "(1 − ηλ)^t"),
    (prime(1, theta(t)), r"\mathcal{L}'\bigl(\theta^{(t)}\bigr)", "f'(x_k)", "ℒ'(θ_t)"),
    (prime(2, star), r"\mathcal{L}''(\theta^*)", r"f''(x^{\star})", "ℒ''(θ*)"),
    (prime(4, star), r"\mathcal{L}^{(4)}(\theta^*)", r"f^{(4)}(x^{\star})", "ℒ^(4)(θ*)"),
    (mul(number("1/2"), lam, power(sub(symbol("theta"), star), 2)),
     r"\tfrac{1}{2}\lambda(\theta-\theta^*)^2", None, "½λ(θ − θ*)²"),
    (conj(lt(ZERO, mul(eta, lam)), lt(mul(eta, lam), TWO)), r"0 < \eta\lambda < 2", None, "0 < ηλ < 2"),
    (expect(power(apply("eps", t), 2)),
     r"\bigl\langle\bigl(\varepsilon^{(t)}\bigr)^2\bigr\rangle", r"\mathbb{E}[\varepsilon_k^2]", "⟨ε_t²⟩"),
    (tends(theta(t), "t", INFINITY, star),
     r"\theta^{(t)} \xrightarrow[t\to\infty]{} \theta^*", None, "θ_t → θ*  as t → ∞"),
    (symbol("theta_0"), r"\theta^{(0)}", "x_0", "θ₀"),
    (Term("Exp", (neg(div(mul(lam, t), TWO)),)), r"e^{-\lambda t/2}", None, "e^(−λt/2)"),
    (Term("Delta", (i, j)), r"\delta_{ij}", None, "δ_ij"),
]  # fmt: skip

ORDINARY = [
    (mul(TWO, TWO, x), r"2 \cdot 2x", "2·2x"),
    (mul(x, TWO), r"x \cdot 2", "x·2"),
    (mul(neg(x), y), "(-x)y", "(−x)y"),
    (neg(add(x, y)), "-(x+y)", "−(x + y)"),
    (sub(x, add(a, b)), "x-(a+b)", "x − (a + b)"),
    (add(x, neg(neg(y))), "x-(-y)", "x − (−y)"),
    (add(x, number(-2)), "x-2", "x − 2"),
    (mul(number(-2), x), "-2x", "−2x"),
    (power(number(-1), t), "(-1)^t", "(−1)^t"),
    (power(power(x, 2), 3), "(x^2)^3", "(x²)³"),
    (power(x, power(TWO, 3)), "x^{2^3}", "x^(2³)"),
    (power(div(a, b), 2), r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
    (power(number("1/2"), 2), r"\left(\frac{1}{2}\right)^2", "(½)²"),
    (mul(div(a, b), c), r"\frac{a}{b}c", "(a/b)c"),
    (div(add(a, b), mul(b, c)), r"\frac{a+b}{bc}", "(a + b)/(bc)"),
    (div(div(a, b), c), r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
    (mul(div(ONE, TWO), x), r"\tfrac{1}{2}x", "½x"),
    (power(div(ONE, TWO), 2), r"\left(\frac{1}{2}\right)^2", "(½)²"),
    (mul(number("3/7"), x), r"\tfrac{3}{7}x", "(3/7)x"),
    (power(star, 2), r"(\theta^*)^2", "(θ*)²"),
    (mul(symbol("lr"), symbol("decay")), r"\mathit{lr}\,\mathit{decay}", "lr·decay"),
    (Term("Sqrt", (add(x, ONE),)), r"\sqrt{x+1}", "√(x + 1)"),
    (Term("Abs", (sub(x, y),)), r"\lvert x-y\rvert", "|x − y|"),
    (power(Term("Sin", (x,)), 2), r"\sin^2(x)", "sin²(x)"),
    (mul(total("i", ONE, TWO, i), x), r"\left(\sum_{i=1}^2 i\right)x", "(∑_{i=1}^2 i)x"),
    (matrix([[a, ZERO], [ONE, b]]), r"\begin{pmatrix} a & 0 \\ 1 & b \end{pmatrix}", "[[a, 0], [1, b]]"),
    (Term("Derivative", ("L", (1, 1), x, y)), r"\frac{\partial^2\mathcal{L}}{\partial x\partial y}", "∂²ℒ/(∂x∂y)"),
    (Term("Derivative", ("L", (2, 0), ONE, y)), r"\partial_1^2\mathcal{L}(1,y)", "∂₁²ℒ(1, y)"),
    (Term("Diff", (power(x, 2), "x")), r"\frac{\mathrm{d}}{\mathrm{d}x}x^2", "d/dx"),
    (Term("Diff", (mul(x, y), "x")), r"\frac{\partial}{\partial x}(xy)", "∂/∂x"),
    (Term("Smooth", ("L", Fraction(3))), r"\mathcal{L} \in C^3", "ℒ ∈ C³"),
    (Term("Interval", (ZERO, TWO, "open", "closed")), "(0,2]", "(0, 2]"),
    (predicate("one_step"), r"\text{one step}", "one step"),
    (Term("Not", (predicate("one_step"),)), r"\text{not }\text{one step}", "not one step"),
    (for_all("x", for_all("y", le(x, y))), r"x \leq y\quad \text{for all }x,y", "x ≤ y  for all x, y"),
    (for_all("x", implies(lt(x, y), le(x, y))), r"\text{for all }x\text{:}", "for all x:  x < y  ⟹  x ≤ y"),
    (iff(for_all("x", lt(x, y)), lt(x, y)), None, "(x < y  for all x)  ⟺  x < y"),
    (disj(conj(lt(x, y), lt(a, b)), lt(y, x)), None, "(x < y and a < b) or y < x"),
    (exists("x", eq(x, y)), r"\exists\,x\text{: }x = y", "∃x: x = y"),
    (conj(lt(x, y), lt(a, b), lt(c, a)), r"x < y,\quad a < b\quad\text{and}\quad c < a", "x < y, a < b and c < a"),
]  # fmt: skip


@pytest.mark.parametrize(("term", "lecture", "notes", "plain"), FORMULAS)
def test_notations(term: Term, lecture: str, notes: str | None, plain: str) -> None:
    assert latex(term, style("lecture", term)) == lecture
    assert unicode(term, style("lecture", term)) == plain
    if notes is not None:
        assert latex(term, style("notes", term)) == notes


@pytest.mark.parametrize(("term", "tex", "plain"), ORDINARY)
def test_parentheses_and_products(term: Term, tex: str | None, plain: str | None) -> None:
    assert tex is None or tex in latex(term, style("lecture", term))
    assert plain is None or plain in unicode(term, style("lecture", term))


def test_a_chain_takes_in_what_continues_it() -> None:
    term = conj(lt(x, y), lt(y, a), lt(b, a))
    assert unicode(term, style("lecture", term)) == "x < y < a and b < a"


NAME = st.sampled_from(
    ["x", "eta", "lam", "theta", "theta_star", "theta_0", "alpha_1", "decay", "L", "t", "H", "w_max"]
)


def terms() -> st.SearchStrategy[Term]:
    leaves = st.one_of(
        st.fractions(-5, 5, max_denominator=9).map(lambda value: Term("Number", (value,))),
        NAME.map(symbol),
        st.sampled_from([INFINITY, Term("ImaginaryUnit"), Term("True"), Term("False")]),
    )
    return st.recursive(
        leaves, lambda inner: st.sampled_from(sorted(HEADS)).flatmap(lambda h: headed(h, inner)), max_leaves=12
    )


def headed(head: str, inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    """Terms with that head and such arguments as it takes."""
    if head == "Interval":
        side = st.sampled_from(["open", "closed"])
        return st.tuples(inner, inner, side, side).map(lambda args: Term(head, args))
    kinds: list[st.SearchStrategy[tuple[object, ...]]] = []
    for kind in HEADS[head]:
        if kind == "term*":
            kinds.append(st.lists(inner, max_size=3).map(tuple))
        else:
            kinds.append(ATOMS.get(kind, inner).map(lambda value: (value,)))
    return st.tuples(*kinds).map(lambda groups: Term(head, tuple(part for group in groups for part in group)))


ATOMS: dict[str, st.SearchStrategy[object]] = {
    "name": NAME,
    "number": st.fractions(0, 9, max_denominator=1),
    "orders": st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple),
}


def check(term: Term, notation: str) -> None:
    """Every printer prints it: balanced braces, well-formed MathML, some text."""
    well_formed(term)
    how = style(notation, term)
    for text in (latex(term, how), latex_lines(term, how, 20)):
        bare = re.sub(r"\\[{}]", "", text)
        depth = 0
        for brace in re.findall("[{}]", bare):
            depth += 1 if brace == "{" else -1
            assert depth >= 0, text
        assert depth == 0, text
        assert text.count(r"\left") - text.count(r"\leftarrow") - text.count(r"\leq") <= text.count(r"\right"), text
    for formula in (mathml(term, how), *(line for _, line in mathml_lines(term, how, 20))):
        ElementTree.fromstring(f"<p>{formula}</p>")
    assert "\n" not in unicode(term, how)
    assert "".join(unicode_lines(term, how, 500)).split() == unicode(term, how).split() or term.head == "And"
    assert unicode_lines(term, how, 12)


@settings(deadline=None)
@given(terms(), st.sampled_from(["lecture", "notes"]))
def test_every_term_prints(term: Term, notation: str) -> None:
    check(term, notation)


@pytest.mark.parametrize("head", sorted(HEADS))
@pytest.mark.parametrize("notation", ["lecture", "notes"])
def test_every_head_prints(head: str, notation: str) -> None:
    @settings(deadline=None, max_examples=30)
    @given(headed(head, st.sampled_from([x, TWO, add(x, neg(y)), lt(x, y), theta(t), div(a, b)])))
    def prints(term: Term) -> None:
        check(term, notation)

    prints()


def test_nothing_is_lost_when_lines_break() -> None:
    """The letters of a broken formula are those of the unbroken one, in their order."""
    term = eq(theta(add(t, ONE)), add(*(mul(power(RATE, number(k)), theta(number(k))) for k in range(12))))
    how = style("lecture", term)
    broken = unicode_lines(term, how, 40)
    assert len(broken) > 3
    assert "".join(broken).replace(" ", "") == unicode(term, how).replace(" ", "")
    assert max(map(len, broken)) <= 60


def test_a_long_fraction_breaks_inside() -> None:
    term = eq(x, div(add(*(mul(number(1000 + k), power(a, k)) for k in range(2, 30))), add(a, b)))
    assert r"\frac{\begin{aligned}" in latex_lines(term, style("lecture", term), 60)
    assert "<mtable" in mathml_lines(term, style("lecture", term))[0][1]
    assert max(map(len, unicode_lines(term, style("lecture", term), 60))) <= 66
    assert "<mtable" not in mathml(div(add(a, b, c, x, y, eta, lam), add(a, b, c, x, y, eta)), style("lecture", term))


def test_a_deep_product_prints_quickly() -> None:
    term: Term = x
    for _ in range(60):
        term = div(mul(eta, add(term, ONE)), mul(TWO, y))
    check(term, "lecture")
