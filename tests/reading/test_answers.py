"""Answers as people write them: each spelling against a formula that the strict reader reads, or against a refusal."""

import pytest

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.reading import Vocabulary, read_answer, read_formula, vocabulary_for

NAMES = (
    "eta", "lam", "theta", "theta_star", "theta_0", "t", "N", "sigma", "mu", "L_max", "H", "eps", "i", "theta_1", "theta_2",
    "x", "y",
)  # fmt: skip
FUNCTIONS = {"theta": 1, "eps": 1, "e": 1, "L": None, "lam": 1}
TASK = vocabulary_for(NAMES, FUNCTIONS)

# what a student writes, and the same in the strict language
SAME = [
    ("]0, 1/λ[", "Interval(0, 1/lam, True, True)"),
    ("η ∈ [0; 1/λ)", "Contains(eta, Interval(0, 1/lam, False, True))"),
    (r"\eta \in \left]0, \frac1\lambda\right]", "Contains(eta, Interval(0, 1/lam, True, False))"),
    (r"\eta \notin (0, 1)", "Not(Contains(eta, Interval(0, 1, True, True)))"),
    ("η in (0,1) or (2,3)", "Contains(eta, Union(Interval(0,1,True,True), Interval(2,3,True,True)))"),
    ("(-∞,0] U [2/λ,∞)", "Union(Interval(-oo, 0, True, False), Interval(2/lam, oo, False, True))"),
    (r"\mathbb{R}\setminus\{0\}", "Union(Interval(-oo, 0, True, True), Interval(0, oo, True, True))"),
    ("η > 0 and < 1/λ", "eta > 0 and eta < 1/lam"),
    ("η < 0 or > 2/λ", "eta < 0 or eta > 2/lam"),
    ("η =< 1/λ", "eta <= 1/lam"),
    ("η > 0, η < 1/λ", "eta > 0 and eta < 1/lam"),
    (r"\{\eta \mid 0<\eta<1/\lambda\}", "0 < eta and eta < 1/lam"),
    ("{η : η < 1/λ}", "eta < 1/lam"),
    ("x = 1, y = 2", "x = 1 and y = 2"),
    ("x = 1 or -1", "x = 1 or x = -1"),
    ("+-1", "PlusMinus(1)"),
    ("∓1", "PlusMinus(1)"),
    ("0,05", "1/20"),
    ("2,5·10^-3", "(5/2)*10^(-3)"),
    ("η < 0,5", "eta < 1/2"),
    ("0,5 η", "1/2*eta"),
    ("0{,}05", "1/20"),
    ("(1-0,5η)^t", "(1 - 1/2*eta)^t"),
    ("5%", "1/20"),
    ("[0 1; 1 0]", "[[0, 1], [1, 0]]"),
    ("[1 -1; -1 1]", "[[1, -1], [-1, 1]]"),
    ("[0,1;1,0]", "[[0, 1], [1, 0]]"),
    ("[[0 1] [1 0]]", "[[0, 1], [1, 0]]"),
    ("np.array([[0,1],[1,0]])", "[[0, 1], [1, 0]]"),
    ("{{0,1},{1,0}}", "[[0, 1], [1, 0]]"),
    (r"\operatorname{diag}(2, 20)", "[[2, 0], [0, 20]]"),
    (r"\begin{pmatrix}0&1\cr1&0\end{pmatrix}", "[[0, 1], [1, 0]]"),
    ("2|θ|", "2*abs(theta)"),
    ("|1-ηλ|^t |θ_0-θ*|", "abs(1-eta*lam)^t*abs(theta_0-theta_star)"),
    (r"\|\theta\|", "abs(theta)"),
    ("||θ||", "abs(theta)"),
    ("L''", "L''(theta_star)"),
    (r"1/\mathcal{L}^{\prime\prime}_*", "1/L''(theta_star)"),
    (r"\frac{d^2\mathcal{L}}{d\theta^2}\big|_{\theta^*}", "L''(theta_star)"),
    (r"\left.\frac{d^2 L}{d\theta^2}\right|_{\theta=\theta^*}", "L''(theta_star)"),
    ("d²L/dθ²", "L''(theta)"),
    (r"\partial_\theta^2 L(\theta^*)", "L''(theta_star)"),
    ("∇²L(θ*)", "L''(theta_star)"),
    (r"\mathrm{Var}_x(\partial_\theta \mathcal{L})", "Var(L'(theta))"),
    (r"\mathrm{Var}_x\,\partial_\theta\mathcal{L}", "Var(L'(theta))"),
    ("<θ²>", "E(theta^2)"),
    ("η<ε²>/(2λ)", "eta*E(eps^2)/(2*lam)"),
    ("θ^t", "theta(t)"),
    (r"\theta^{t+1}", "theta(t+1)"),
    ("θ^2", "theta**2"),
    ("theta[t]", "theta(t)"),
    ("e^(-ηλt)", "exp(-eta*lam*t)"),
    ("ησ²/(Nλ(2-ηλ))", "eta*sigma^2/(N*lam*(2-eta*lam))"),
    ("1/max_i λ_i", "1/L_max"),
    (r"1/\lambda_{\max}(H)", "1/L_max"),
    ("1/H(θ*)", "1/H"),
    (r"0<\eta<2/\lambda_i \quad \forall i", "ForAll(i, 0 < eta and eta < 2/lam(i))"),
    ("η < min_i 2/λ_i", "ForAll(i, eta < 2/lam(i))"),
    ("t → ∞", "Tends(t, t, oo, oo)"),
    ("η := 1/λ", "eta = 1/lam"),
    ("2NL''(θ*)", "2*N*L''(theta_star)"),
    ("θ1² − θ2²", "theta_1^2 - theta_2^2"),
    ("2η/3.", "2*eta/3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "strict"), SAME)
def test_another_spelling(text: str, strict: str) -> None:
    assert read_answer(text, TASK) == _folded(read_formula(strict, TASK))


def _folded(term: Term) -> Term:
    """A quotient of numbers as the number it is, as decimals are read."""
    args = tuple(_folded(arg) if isinstance(arg, Term) else arg for arg in term.args)
    if (
        term.head == "Div"
        and all(arg.head == "Number" for arg in args)
        and args[1].args[0] in (20, 2)
        and args[0].args[0] in (1, 5)
    ):
        return Term("Number", (args[0].args[0] / args[1].args[0],))
    return Term(term.head, args)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, -1", 2),
        ("1 and -1", 2),
        ("1; -1; 3", 3),
        ("-1,1", 2),
        ("2,20", 2),
        ("(0,9; 0,5)", 2),
        ("5 → 3.5 → 2.45", 3),
    ],
)
def test_values_in_a_list(text: str, values: int) -> None:
    term = read_answer(text, TASK)
    assert (term.head, len(term.args)) == ("Tuple", values)


def test_a_decimal_comma_beside_a_semicolon() -> None:
    assert [str(part.args[0]) for part in read_answer("(0,9; 0,5)", TASK).args] == ["9/10", "1/2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("η = 0,5", "could be a decimal"),
        ("1/2λ", "not clear what is divided"),
        ("±1 ∓ 2", "together"),
        ("е + 1", "looks like 'e'"),
        ("η\x00", "invisible"),
        ("η \u202e", "invisible"),
        ("ｘ", "is not read"),
        (r"\mathbb{R}\setminus\{0, 1\}", "difference of sets"),
        (r"\max_i |\lambda_i|", "only in a bound"),
        ("η < q", "unknown symbol 'q'"),
        (r"\hat{x}", "is not read"),
        ("θ_t → 5 →", "missing"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(Unusable, match=message) as caught:
        read_answer(text, TASK)
    assert caught.value.source == text
    start, end = caught.value.span or (-1, -1)
    assert 0 <= start < end <= len(text) + 1


def test_a_product_is_no_member_of_a_family() -> None:
    assert read_answer("λ(2 - η)", TASK).head == "Mul"
    assert read_answer("λ(i)", TASK).head == "Apply"


def test_what_is_not_declared_is_not_read() -> None:
    bare = Vocabulary({"x": "x"})
    for text in ("L''", "max_i λ_i", "θ^t", "d²L/dθ²", "H(θ*)"):
        with pytest.raises(Unusable):
            read_answer(text, bare)
