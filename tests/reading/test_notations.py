"""Notations that students bring along: entries, partial derivatives, accents, updates, Typst's and paper's matrices, own names."""

import pytest

from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading import read_answer, read_formula, vocabulary_for
from derivations.reading.passages import read_passages
from derivations.reading.rows import blocks

NAMES = (
    "eta", "lam", "theta", "theta_star", "theta_0", "t", "L_max", "mu", "H", "theta_1", "theta_2", "x", "y", "e_x", "e_1", "tau",
)  # fmt: skip
FUNCTIONS = {"theta": 1, "e": 1, "L": None, "theta_1": 1, "theta_2": 1, "x": 1}
TASK = vocabulary_for(NAMES, FUNCTIONS)

SAME = [  # what is written, and the same in the strict language
    ("H_{12}", "H(1, 2)"),
    ("H_11", "H(1, 1)"),
    ("H₂₁", "H(2, 1)"),
    ("H_{xy}", "H(x, y)"),
    ("f_x", "D(L, 1)(x)"),
    ("f_{xy}", "D(L, 1, 1)(x, y)"),
    ("f_xx(1, 1)", "D(L, 2)(x)"),
    (r"\partial_1\partial_2 L", "D(L, 1, 1)(theta_1, theta_2)"),
    (r"\frac{\partial^2 L}{\partial\theta_1\partial\theta_2}", "D(L, 1, 1)(theta_1, theta_2)"),
    ("∂²L/∂θ₁²", "D(L, 2)(theta_1)"),
    ("∂²L/(∂x∂y)", "D(L, 1, 1)(x, y)"),
    ("d/dt(x^2)", "Diff(x^2, t)"),
    ("d(x^2)/dt", "Diff(x^2, t)"),
    (r"\dot\theta_1", "D(theta_1, 1)(t)"),
    ("θ̇₁", "D(theta_1, 1)(t)"),
    ("dθ₁/dt", "D(theta_1, 1)(t)"),
    (r"\vec{e}_1", "e_1"),
    (r"\hat e_x", "e_x"),
    (r"\hat{x}", "e_x"),
    (r"\overline{\theta^2}", "E(theta^2)"),
    ("x ← (1-ηλ)x", "x(t+1) = (1 - eta*lam)*x(t)"),
    ("x <- (1 - ηλ)x", "x(t+1) = (1 - eta*lam)*x(t)"),
    (r"x^+ = (1-\eta\lambda)x", "x(t+1) = (1 - eta*lam)*x(t)"),
    ("x_new = (1-ηλ) x_old", "x(t+1) = (1 - eta*lam)*x(t)"),
    ("x_(t+1) = 2 x_t", "x(t+1) = 2*x(t)"),
    ("x^{t+1} = 2 x^t", "x(t+1) = 2*x(t)"),
    ("θ₁²(t)", "theta_1(t)^2"),
    ("mat(0, 1; 1, 0)", "[[0, 1], [1, 0]]"),
    ("mat(0,1;1,0)", "[[0, 1], [1, 0]]"),
    ("(2, 0; 0, 20)", "[[2, 0], [0, 20]]"),
    ("vec(2x, 20y)", "[[2*x], [20*y]]"),
    (r"\binom20", "[[2], [0]]"),
    (r"\begin{pmatrix}2&\\&20\end{pmatrix}", "[[2, 0], [0, 20]]"),
    ("λmax", "L_max"),
    (r"\lambda^{\max}", "L_max"),
    ("max(eigvals(H))", "L_max"),
    ("2 λ_± ", "2*lam"),
    ("η plus.minus 1", "eta + PlusMinus(1)"),
    ("minus 3", "-3"),
    ("x/(2η) λ", "x/(2*eta)*lam"),
    (r"(1-\eta\lambda)^tx_0", "(1 - eta*lam)^t*x(0)"),
    ("ℝ∖(0, 2)", "Union(Interval(-oo, 0, True, False), Interval(2, oo, False, True))"),
    (r"\{(x,y): x=0\} \cup \{(x,y): y=0\}", "x = 0 or y = 0"),
]


def _plain(term: Term) -> str:
    return ascii_text(term).replace("**1)", ")")


@pytest.mark.parametrize(("text", "strict"), SAME)
def test_what_it_is_read_as(text: str, strict: str) -> None:
    assert _plain(read_answer(text, TASK)) == _plain(read_formula(strict, vocabulary_for(NAMES, {**FUNCTIONS, "H": None})))


@pytest.mark.parametrize("text", ["2x dx", r"\dot 3", "1 ← 2", r"\bar\lambda", r"\hat{q}", "mat()", "H_{1", r"\binom1"])
def test_what_stays_unread(text: str) -> None:
    with pytest.raises(Unusable):
        read_answer(text, TASK)


def _formulas(text: str) -> list[str]:
    return [ascii_text(one.term) for one in read_passages(text, TASK) if one.term is not None and not one.defines]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("H =\n0 1\n1 0", ["Matrix([[0, 1], [1, 0]])"]),
        ("⎡0 1⎤\n⎣1 0⎦", ["Matrix([[0, 1], [1, 0]])"]),
        ("|2 0|\n|0 20|", ["Matrix([[2, 0], [0, 20]])"]),
        ("δ_t = (1-ηλ)^t δ_0 with δ_t = θ_t - θ*", ["e(t) == (1 - eta*lam)**t*e(0)", "e(t) == theta(t) - theta_star"]),
        ("η < 1/λ₁ where λ₁ is the largest eigenvalue", ["eta < 1/L_max"]),
        ("η < 1/M, M = max_i λ_i", ["eta < 1/L_max"]),
        ("q = 1-ηλ, so q^t", ["(1 - eta*lam)**t"]),
        ("θ₁ = q^2, q := 1-ηλ", ["theta_1 == (1 - eta*lam)**2"]),
    ],
)
def test_names_and_matrices_of_a_text(text: str, formulas: list[str]) -> None:
    assert _formulas(text) == formulas


def test_a_matrix_is_found_only_where_rows_have_the_same_length() -> None:
    assert not list(blocks("1 2 3\n4 5"))
    assert [len(rows) for _, rows in blocks("a\n1 2\n3 4\n5 6\nb")] == [3]


@pytest.mark.parametrize(("divides", "strict"), [("all", "1/(2*x)"), ("first", "1/2*x")])
def test_both_ways_to_read_a_division(divides: str, strict: str) -> None:
    from dataclasses import replace

    found = read_answer("1/2x", replace(TASK, divides=divides))
    assert ascii_text(found) == ascii_text(read_formula(strict, TASK))
