"""Mathematics in texts: what is found, where, and that words are never made into products of letters."""

import random
import time

import pytest

from derivations.language.ascii import ascii_text
from derivations.reading import vocabulary_for
from derivations.reading.passages import read_passages

from .test_answers import TASK

# a text, and its formulas
FOUND = [
    ("The range is 0 < η < 1/λ, because the factor stays positive.", ["(0 < eta) & (eta < 1/lam)"]),
    ("so eta = 1/lambda (one step)", ["eta == 1/lam"]),
    ("Answer: -1 and 1", ["[-1, 1]"]),
    (r"We need $0 < \eta < \frac{1}{\mathcal{L}''(\theta^*)}$.", ["(0 < eta) & (eta < 1/D(L, 2)(theta_star))"]),
    (r"We need $\eta$ in $(0, 1/\lambda)$.", ["Contains(eta, Interval(0, 1/lam, True, True))"]),
    (r"$\eta > 0$ and $\eta < 1/\lambda$", ["(eta > 0) & (eta < 1/lam)"]),
    ("learning rate < 1/lambda", ["eta < 1/lam"]),
    ("variance = eta*sigma^2/(2*N*lam)", ["eta*sigma**2/(2*N*lam)"]),
    ("Q(θ1,θ2) = θ1² − θ2²", ["theta_1**2 - theta_2**2"]),
    ("θ1² − θ2² = const.", ["theta_1**2 - theta_2**2"]),
    ("i.e. 0<η<1/λ", ["(0 < eta) & (eta < 1/lam)"]),
    ("**0 < η < 1/λ**", ["(0 < eta) & (eta < 1/lam)"]),
    ("`0 < eta < 1/lam`", ["(0 < eta) & (eta < 1/lam)"]),
    ("It is a saddle point.", []),
    ("I am not sure, it is in a way stable", []),
    ("η = 1/λ, reached in 1 step", ["eta == 1/lam"]),
    (r"$\lambda\eta=1 \iff \eta=\lambda^{-1}$", ["lam*eta == 1", "eta == lam**(-1)"]),
    (r"\begin{align} \eta &= 1/\lambda \\ &= 2/(2\lambda) \end{align}", ["(eta == 1/lam) & (1/lam == 2/(2*lam))"]),
    ("η = 1/λ\n  = 2/(2λ)", ["(eta == 1/lam) & (1/lam == 2/(2*lam))"]),
    ("- η > 0\n- η < 1/λ", ["eta > 0", "eta < 1/lam"]),
    (r"$H = \begin{pmatrix}0&1\\1&0\end{pmatrix}$, eigenvalues $\pm1$", ["H == Matrix([[0, 1], [1, 0]])", "PlusMinus(1)"]),
    (r"\boxed{\eta = \frac{1}{\lambda}}", ["eta == 1/lam"]),
    (r"0<\eta<2/\lambda \text{ where } \lambda > 0", ["(0 < eta) & (eta < 2/lam)", "lam > 0"]),
    ("η&lt;1/λ", ["eta < 1/lam"]),
    ("With r = 1 - ηλ we get θ_t = r^t θ_0", ["1 - eta*lam", "theta(t) == (1 - eta*lam)**t*theta_0"]),
    ("∝ exp(−ηλt)", ["exp(-eta*lam*t)"]),
    ("0,76 (converges) and -0,2 (oscillates)", ["19/25", "-1/5"]),
    ("0,5 η σ² / (N λ)", ["1/2*eta*sigma**2/(N*lam)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "formulas"), FOUND)
def test_what_is_found(text: str, formulas: list[str]) -> None:
    passages = read_passages(text, TASK)
    assert [ascii_text(one.term) for one in passages if one.term is not None] == formulas
    assert not [one.error for one in passages if one.error is not None]


@pytest.mark.parametrize(("text", "formulas"), FOUND)
def test_words_and_passages_are_the_whole_text(text: str, formulas: list[str]) -> None:
    passages = read_passages(text, TASK)
    for i, one in enumerate(passages):
        start, end = one.span
        assert text[start - len(one.before) : start] == one.before
        assert text[end : end + len(one.after)] == one.after
        if i == 0:
            assert one.before == text[:start]
    if passages:
        assert passages[-1].after == text[passages[-1].span[1] :]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("I say 0 < η < q here", "q"),
        ("it is η < threshold2", "threshold2"),
        ("so е < 1/λ", "е"),
        ("we get η = 1/2λ", "/2λ"),
        (r"thus $\eta < \frac{1}{$", "{"),
        ("β is η = 0,5", "0,5"),
    ],
)
def test_what_cannot_be_read_is_shown_in_the_text(text: str, part: str) -> None:
    errors = [one.error for one in read_passages(text, TASK) if one.error is not None]
    assert errors
    assert any(text[slice(*(error.span or (0, 0)))] == part for error in errors)
    assert all(error.source == text for error in errors)


def test_marked_mathematics_is_known() -> None:
    passages = read_passages(r"$\eta > 0$ because λ > 0", TASK)
    assert [one.marked for one in passages] == [True, False]


def test_implications_stay_together_on_demand() -> None:
    (one,) = read_passages("η = 1/λ => ηλ = 1", TASK, whole=True)
    assert one.term is not None
    assert one.term.head == "Implies"


def test_places_are_those_of_the_text() -> None:
    text = r"First $\theta$ and then: $0 < \eta < \frac{1}{\lambda}$."
    last = read_passages(text, TASK)[-1]
    assert last.term is not None
    assert text[slice(*last.term.span)] == r"0 < \eta < \frac{1}{\lambda}"
    quotient = last.term.args[1].args[1]
    assert text[slice(*quotient.span)] == r"\frac{1}{\lambda}"


def test_an_open_vocabulary_makes_no_names_of_words() -> None:
    own = vocabulary_for(["a", "b"], open=True)
    assert [ascii_text(one.term) for one in read_passages("the result is a + b because it holds", own) if one.term] == [
        "a + b"
    ]


HOSTILE = [
    "__import__('os').system('x')", "9^9^9^9^9", "10**9!", "{" * 2000, r"\frac{1}{" * 900, "x+" * 50_000, "x+" * 4900, "(" * 9900,
    "|" * 9900, "[" * 4900 + "]" * 4900, "[1 2; " * 1600, "$" * 9900, "`" * 9900, "= \n" * 3300, "<" * 9900, "a<b>" * 2400,
    "max_i " * 1600, "max(" * 2400, "<=> x" * 1900, "1 -> " * 1900, r"\text{ a " * 1100, r"\begin{align}" * 700, "> " * 4900,
    "H(" * 90 + ")" * 90, "λ(" * 4900, "e^" * 4900, r"\write18{ls} \input{x}", "η\x00", "\u202e" * 4000, "so η < 1/λ, then " * 550,
    "<b " * 3300, "**a" * 3300, "$x$ and " * 1200, "L'" * 4900, "{a|" * 3300, "∀i " * 3300,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_end_soon(text: str) -> None:
    started = time.perf_counter()
    read_passages(text, TASK)
    assert time.perf_counter() - started < 1  # 0.1 s on a quiet machine


def test_no_text_raises_anything() -> None:
    """Random pieces of mathematics and prose in random order."""
    pieces = [piece for text, _ in FOUND for piece in text.split(" ")] + [
        "|", "(", ")", "[", "]", "{", "}", "$", "\\(", "\\)", "&", "\\\\", "^", "_", "'", "d/d", "∂", "∇", "max_i", "Var_x",
        "ℝ", "∖",
        "0,5", ";", ":", "->", "±", "%", "for all i", "\\frac", "\\left.", "\\right|", "\\begin{cases}", "\n", "U", "\\binom{1}",
    ]  # fmt: skip
    draw = random.Random(7)
    for _ in range(2500):
        text = draw.choice(["", " "]).join(draw.choices(pieces, k=draw.randint(1, 12)))
        for one in read_passages(text, TASK):
            assert 0 <= one.span[0] <= one.span[1] <= len(text)
            assert (one.term is None) != (one.error is None)
