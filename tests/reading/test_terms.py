"""What is written is what the term says: text beside the ASCII of the term it is read as."""

import pytest

from derivations.language.ascii import ascii_text
from derivations.reading import read_formula

from .vocabularies import ANYTHING, LECTURE, NOTES

SAME = [
    # nothing is evaluated, cancelled or rearranged
    "x/x",
    "x - x",
    "2*x*y",
    "2*3",
    "a - b",
    "a - b + y",
    "a/b/x",
    "a*b/x",
    "a*(b/x)",
    "a - (b - x)",
    "-x**2",
    "(-x)**2",
    "x**y**2",
    "(x**y)**2",
    "x**(-1)",
    "-(x + y)",
    "-x*y",
    "x*(-y)",
    "sqrt(x)*sqrt(x)",
    "exp(log(x))",
    "x**0",
    # relations and logic
    "x == y",
    "x != y",
    "x < y",
    "x >= y",
    "(x < 1) & (y > 2)",
    "(x < 1) | (y > 2)",
    "Not(x < 1)",
    "((x < 1) & (y < 1)) | (x > 2)",
    "Implies(x < 1, x < 2)",
    "Equivalent(x < 1, 1 > x)",
    "True",
    "False",
    "ForAll(z, z > x)",
    "Exists(z, z > x)",
    "Contains(x, Interval(0, 1, True, False))",
    # functions, sums, moments, matrices
    "theta(t + 1)",
    "H(i, j)",
    "D(L, 2)(x)",
    "L(theta_star)",
    "Sum(x**s, (s, 0, t - 1))",
    "E(theta(t)**2)",
    "Var(x)",
    "KroneckerDelta(i, j)",
    "Matrix([[x, y], [0, 1]])",
    "Matrix([[x], [y]])",
    "det(Matrix([[x]]))",
    "transpose(x)",
    "FiniteSet(x, y)",
    "FiniteSet()",
    "[x, y]",
    "Max(x, y)",
    "Min(x, y, 1)",
    "factorial(x)",
    "O(eta**2)",
    "oo",
    "-oo",
    "I",
    "Diff(x**2, x)",
    "Tends(theta(t), t, oo, theta_star)",
    "RootOf(8*z**3 - 9, z, 1, 2)",
    "Smooth(L, 3)",
    "PlusMinus(x)",
    "Union(Interval(0, 1, True, True), Interval(2, 3, False, False))",
]

READ_AS = [
    # numbers
    ("0.05", "1/20"),
    (".5", "1/2"),
    ("2.", "2"),
    ("1e-3", "1/1000"),
    ("½", "1/2"),
    ("2.50", "5/2"),
    # products without a sign, powers
    ("2x", "2*x"),
    ("2 x y", "2*x*y"),
    ("ηλ", "eta*lam"),
    ("(a)(b)", "a*b"),
    ("2(1-x)", "2*(1 - x)"),
    ("etalam", "eta*lam"),
    (r"2\eta\lambda", "2*eta*lam"),
    (r"\eta(2-\eta\lambda)", "eta*(2 - eta*lam)"),
    ("2x^2", "2*x**2"),
    ("x^12", "x**12"),
    ("x²", "x**2"),
    ("x⁻¹", "x**(-1)"),
    ("(1-ηλ)ᵗ", "(1 - eta*lam)**t"),
    ("x^-1", "x**(-1)"),
    ("2x/y", "2*x/y"),
    ("1/(2x)", "1/(2*x)"),
    (r"\frac{1}{2}x", "1/2*x"),
    (r"\frac12", "1/2"),
    (r"\frac1{x}", "1/x"),
    ("a·b×x", "a*b*x"),
    ("a−b", "a - b"),
    ("+x", "x"),
    ("x - - y", "x - (-y)"),
    ("x*-y*a", "x*(-y)*a"),
    ("x!", "factorial(x)"),
    ("ab", "a*b"),
    (r"a b^2", "a*b**2"),
    (r"\eta ab^2", "eta*a*b**2"),
    ("2^-x", "2**(-x)"),
    ("x^{a+b}", "x**(a + b)"),
    # LaTeX
    (r"\frac{\eta\sigma^2}{\lambda(2-\eta\lambda)}", "eta*sigma**2/(lam*(2 - eta*lam))"),
    (r"$x$", "x"),
    (r"\(x\)", "x"),
    (r"\[ x \]", "x"),
    (r"$$x$$", "x"),
    (r"\dfrac{x}{\tfrac{1}{y}}", "x/(1/y)"),
    (r"x \cdot y \times a", "x*y*a"),
    (r"\left( 1 - \eta\lambda \right)^{2t}", "(1 - eta*lam)**(2*t)"),
    (r"\bigl[1-x\bigr]^2", "(1 - x)**2"),
    (r"\sqrt{x}", "sqrt(x)"),
    (r"\sqrt[3]{x}", "x**(1/3)"),
    (r"\sqrt x", "sqrt(x)"),
    (r"\sqrt2", "sqrt(2)"),
    ("√2", "sqrt(2)"),
    ("√(x+1)", "sqrt(x + 1)"),
    (r"x\,y\;\!a\quad b~s", "x*y*a*b*s"),
    (r"e^{-\eta\lambda t}", "exp(-eta*lam*t)"),
    (r"\mathrm{e}^{x}", "exp(x)"),
    ("e**x", "exp(x)"),
    ("e", "exp(1)"),
    (r"\exp(x)", "exp(x)"),
    (r"\exp\left(x\right)", "exp(x)"),
    (r"\sin x", "sin(x)"),
    (r"\sin^2 x \cos y", "sin(x)**2*cos(y)"),
    (r"\log(1+x)/2", "log(1 + x)/2"),
    ("ln(x)", "log(x)"),
    (r"\arctan(x)", "atan(x)"),
    (r"\max\{x, y\}", "Max(x, y)"),
    (r"\min(x,y)", "Min(x, y)"),
    (r"|x|", "Abs(x)"),
    (r"\lvert x \rvert", "Abs(x)"),
    (r"2\left|x\right|", "2*Abs(x)"),
    ("||x|-1|", "Abs(Abs(x) - 1)"),
    (r"\langle x \rangle", "E(x)"),
    (r"\mathbb{E}[x^2]", "E(x**2)"),
    (r"\mathbb E(x)", "E(x)"),
    ("E[x]", "E(x)"),
    ("⟨x²⟩", "E(x**2)"),
    (r"\mathrm{Var}(x)", "Var(x)"),
    (r"\operatorname{Var}[x]", "Var(x)"),
    (r"x \pm y", "x + PlusMinus(y)"),
    ("±x", "PlusMinus(x)"),
    (r"\sum_{s=0}^{t-1} (1-x)^s y + a", "Sum((1 - x)**s*y, (s, 0, t - 1)) + a"),
    (r"2\sum_{s=0}^t s", "2*Sum(s, (s, 0, t))"),
    (r"\delta_{s,t}", "KroneckerDelta(s, t)"),
    (r"\delta_{st}", "KroneckerDelta(s, t)"),
    ("δ_st", "KroneckerDelta(s, t)"),
    (r"\begin{pmatrix} x & y \\ 0 & 1 \end{pmatrix}", "Matrix([[x, y], [0, 1]])"),
    ("[[x,y],[0,1]]", "Matrix([[x, y], [0, 1]])"),
    (r"\begin{bmatrix} x \\ y \\ \end{bmatrix}", "Matrix([[x], [y]])"),
    (r"\begin{array}{cc} x & y \end{array}", "Matrix([[x, y]])"),
    (r"\begin{vmatrix} x & y \\ 0 & 1 \end{vmatrix}", "det(Matrix([[x, y], [0, 1]]))"),
    (r"\mathbf{x}^\top", "transpose(x)"),
    (r"\{x, y\}", "FiniteSet(x, y)"),
    ("{x, y}", "FiniteSet(x, y)"),
    ("(x, y)", "[x, y]"),
    (r"\mathcal{O}(\eta^2)", "O(eta**2)"),
    (r"\infty", "oo"),
    ("-∞", "-oo"),
    # names
    (r"\theta^*", "theta_star"),
    (r"\theta^{*}", "theta_star"),
    (r"\theta^\star", "theta_star"),
    ("θ*", "theta_star"),
    ("theta*", "theta_star"),
    ("theta_star", "theta_star"),
    ("theta* - x", "theta_star - x"),
    (r"\theta^{(0)}", "theta_0"),
    ("θ_0", "theta_0"),
    ("θ₀", "theta_0"),
    ("theta_0", "theta_0"),
    ("theta0", "theta_0"),
    ("θ⁽⁰⁾", "theta_0"),
    ("lr", "eta"),
    (r"\lambda_{\max}", "L_max"),
    ("λ_max", "L_max"),
    ("lambda_max", "L_max"),
    ("lambda", "lam"),
    (r"\mathit{lr}", "eta"),
    (r"\theta^{(t)}", "theta(t)"),
    ("θ_t", "theta(t)"),
    ("theta_t", "theta(t)"),
    ("theta(t)", "theta(t)"),
    ("θ_{t+1}²", "theta(t + 1)**2"),
    (r"\theta^{(t)} - \theta^*", "theta(t) - theta_star"),
    (r"\theta^{(2)}(1-x)", "theta(2)*(1 - x)"),
    ("θ_t(1-x)", "theta(t)*(1 - x)"),
    ("L'(x)", "D(L, 1)(x)"),
    (r"L''(\theta^*)", "D(L, 2)(theta_star)"),
    (r"\mathcal{L}''(\theta^\star)", "D(L, 2)(theta_star)"),
    ("ℒ″(x)", "D(L, 2)(x)"),
    ("L^{(3)}(x)", "D(L, 3)(x)"),
    (r"L^{\prime\prime}(x)^2", "D(L, 2)(x)**2"),
    ("H_{ij}", "H(i, j)"),
    ("H_{i,j}", "H(i, j)"),
    ("H_ij", "H(i, j)"),
    ("H_{12}", "H(1, 2)"),
    ("𝜂𝜆", "eta*lam"),
    (r"\boldsymbol{\theta_0}", "theta_0"),
    # relations, chains, logic, intervals
    ("0 < x <= 2", "(0 < x) & (x <= 2)"),
    ("0 < x > y", "(0 < x) & (x > y)"),
    ("a = b = x < y", "(a == b) & (b == x) & (x < y)"),
    ("x = 1", "x == 1"),
    (r"x \neq 1", "x != 1"),
    ("x ≠ 1", "x != 1"),
    (r"x \leqslant 1", "x <= 1"),
    ("x ≥ 1", "x >= 1"),
    (r"x\lt y", "x < y"),
    (r"x \approx 1", "x ~ 1"),
    (r"x ∝ y", "x ~ y"),
    ("x < 1 and y > 2", "(x < 1) & (y > 2)"),
    ("x < 1 & y > 2 | x = 0", "((x < 1) & (y > 2)) | (x == 0)"),
    ("0 < x <= 2 and y > 0", "(0 < x) & (x <= 2) & (y > 0)"),
    ("(0 < x <= 2) and y > 0", "((0 < x) & (x <= 2)) & (y > 0)"),
    ("not x < 1 and y > 2", "(Not(x < 1)) & (y > 2)"),
    (r"x<1 \wedge y>2 \lor x=0", "((x < 1) & (y > 2)) | (x == 0)"),
    (r"\eta>0,\quad\lambda>0\quad\text{and}\quad x<1", "(eta > 0) & (lam > 0) & (x < 1)"),
    ("x=1, 0<y<2 or x=2", "(x == 1) | ((0 < y) & (y < 2)) | (x == 2)"),
    ("x<1 => x<2", "Implies(x < 1, x < 2)"),
    (r"x<1 \Leftrightarrow x<2", "Equivalent(x < 1, x < 2)"),
    (r"\eta \in (0, 2/\lambda]", "Contains(eta, Interval(0, 2/lam, True, False))"),
    ("η ∈ ]0, 2/λ[", "Contains(eta, Interval(0, 2/lam, True, True))"),
    (r"(0,1) \cup [2, 3)", "Union(Interval(0, 1, True, True), Interval(2, 3, False, True))"),
    ("x in [0,1]", "Contains(x, Interval(0, 1, False, False))"),
    (r"]a, b[ \cap ]x, y]", "Intersection(Interval(a, b, True, True), Interval(x, y, True, False))"),
    (r"\lim_{t\to\infty} \theta_t = \theta^*", "Tends(theta(t), t, oo, theta_star)"),
    (r"\forall z: z > x", "ForAll(z, z > x)"),
    (r"\exists\,a, b\text{: }a > b", "Exists(a, Exists(b, a > b))"),
    (r"x > 0\quad\text{for all }x", "ForAll(x, x > 0)"),
    (r"\theta^{(t)} \xrightarrow[t\to\infty]{} 0", "Tends(theta(t), t, oo, 0)"),
    (r"\frac{\mathrm{d}}{\mathrm{d}x}(x^2)", "Diff(x**2, x)"),
    (r"\frac{\partial}{\partial x}\left(x y\right)^2", "Diff((x*y)**2, x)"),
    (r"\beta^{(t-1)/2}", "beta**((t - 1)/2)"),
    (r"e^{(1-x)t}", "exp((1 - x)*t)"),
    (r"e^{(x)}", "exp(x)"),
    (r"(x<1,\ y<1 \text{ and } a<1)", "(x < 1) & (y < 1) & (a < 1)"),
]


@pytest.mark.parametrize("text", SAME)
def test_ascii_is_read_as_it_stands(text: str) -> None:
    assert ascii_text(read_formula(text, LECTURE)) == text


@pytest.mark.parametrize(("text", "expected"), READ_AS)
def test_spellings(text: str, expected: str) -> None:
    assert ascii_text(read_formula(text, LECTURE)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\alpha\lambda", "eta*lam"),
        ("x_k", "theta(t)"),
        (r"x^\star", "theta_star"),
        ("x_0", "theta_0"),
        ("f''(x_k)", "D(L, 2)(theta(t))"),
        (r"x_{k+1} = (1-\alpha\lambda) x_k", "theta(t + 1) == (1 - eta*lam)*theta(t)"),
    ],
)
def test_the_notes_notation(text: str, expected: str) -> None:
    assert ascii_text(read_formula(text, NOTES)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\theta_1", "theta_1"),
        ("θ₁", "theta_1"),
        ("θ_1", "theta_1"),
        ("theta_1", "theta_1"),
        ("theta1", "theta1"),
        ("λ", "lam"),
        (r"x^\star", "x_star"),
        (r"w_{1,2}", "w_1_2"),
        ("u1*v1 - 1", "u1*v1 - 1"),
        (r"\mathit{abc}^2", "abc**2"),
        ("(u*v - 1)**2/2", "(u*v - 1)**2/2"),
        ("exp(-x) + O", "exp(-x) + O"),
        (r"\lambda_{\max}", "lam_max"),
        (r"\mathrm{i}", "I"),
    ],
)
def test_an_open_vocabulary(text: str, expected: str) -> None:
    assert ascii_text(read_formula(text, ANYTHING)) == expected


def test_a_greater_sign_stays_one() -> None:
    assert read_formula("x > y", LECTURE).head == "Gt"
    assert read_formula("x >= y", LECTURE).head == "Ge"


def test_a_chain_shares_its_middle_term() -> None:
    chain = read_formula("0 < x <= 2", LECTURE)
    assert chain.args[0].args[1] is chain.args[1].args[0]


@pytest.mark.parametrize(
    ("text", "path", "part"),
    [
        ("1 + eta*lam", (1,), "eta*lam"),
        (r"x - \frac{a}{b}", (1, 0), r"\frac{a}{b}"),
        ("x - y", (1,), "- y"),
        ("x^{a+b}", (1,), "a+b"),
        ("2 L''(x) + 1", (0, 1), "L''(x)"),
        ("x² + θ₀", (1,), "θ₀"),
        ("0 < x <= y", (1,), "x <= y"),
        ("etalam", (1,), "lam"),
        ("(a, b]", (), "(a, b]"),
        (r"$x + \sqrt{y}$", (1,), r"\sqrt{y}"),
        (r"2\theta^{(0)}", (1,), r"\theta^{(0)}"),
    ],
)
def test_spans(text: str, path: tuple[int, ...], part: str) -> None:
    term = read_formula(text, LECTURE)
    for step in path:
        term = term.args[step]
    assert term.span is not None
    assert text[slice(*term.span)] == part
