"""Every refusal says what is wrong, where exactly, and what to do about it."""

import time

import pytest

from derivations.language.errors import Unusable
from derivations.reading import Vocabulary, read_expression, read_formula

from .vocabularies import ANYTHING, LECTURE

# text, the part that the caret is under (with its position where it occurs twice), the message, the hint
CASES = [
    ("etaq + 1", "etaq", "unknown symbol 'etaq'", "did you mean eta?"),
    ("x + zz", "zz", "unknown symbol 'zz'", "declare it with --parameters"),
    (r"\kappa x", r"\kappa", r"unknown symbol '\kappa'", "declare"),
    (r"x_{7} + y", "x_{7}", "unknown symbol 'x_{7}'", ""),
    (r"\frc{1}{2}", r"\frc", r"unknown LaTeX command '\frc'", r"did you mean \frac?"),
    (r"\partial x", r"\partial", "is not read", "L'(x)"),
    ("foo(x)", "foo", "unknown function 'foo'", "factor"),
    ("sqt(x)", "sqt", "unknown function 'sqt'", "did you mean sqrt?"),
    ("eval(x)", "eval", "unknown function 'eval'", ""),
    ("(x + y", "(", "this '(' is never closed", "balance"),
    (r"\frac{x}{y", ("{", 8), "this '{' is never closed", "balance"),
    ("x^{", "{", "this '{' is never closed", ""),
    (r"\left\{x, y", r"\{", r"this '\{' is never closed", ""),
    ("2*(x]", "(", "this '(' is closed by ']'", "balance"),
    ("x + y)", ")", "was never opened", "delete"),
    ("x + }", "}", "was never opened", "delete"),
    (r"\begin{pmatrix} x & y", r"\begin{pmatrix}", "is never closed", ""),
    ("x +", "+", "something is missing after '+'", ""),
    ("x * / y", "/", "something is missing before '/'", ""),
    ("* x", "*", "something is missing before '*'", ""),
    ("x <", "<", "something is missing after '<'", ""),
    ("()", "()", "nothing between the parentheses", ""),
    ("", "", "there is nothing to read", "type a formula"),
    ("   ", "   ", "there is nothing to read", ""),
    ("x y ; a", ";", "is not part of a formula", "and"),
    ("x > 0, y > 0", ",", "',' cannot stand here", "and"),
    ("0,05", ",", "',' cannot stand here", "point"),
    ("x.y", ".", "is not part of a formula", "attributes"),
    ("x[0]", "[", "square brackets after a name", "x_1"),
    ("x = 'a'", "'", "something is missing before", ""),
    ('x + "a"', '"', "quotation mark", ""),
    ("__import__('os')", "__import__", "not a name that may be used", "underscores"),
    ("x__y", "x__y", "not a name that may be used", ""),
    ("import os", "import", "a word of Python", ""),
    ("x if y else a", "if", "a word of Python", ""),
    ("lambda x: x", ":", "':' cannot stand here", ""),
    ("1/2x", "/2x", "not clear what is divided", "1/(2x) or (1/2)x"),
    ("1/2 x", "/2 x", "not clear what is divided", ""),
    ("a/b(x)", "/b(", "not clear what is divided", ""),
    ("1/ab", "/ab", "not clear what is divided", ""),
    (r"\eta^12", "12", "LaTeX takes only the first character", "{12}"),
    (r"\theta_12", "12", "LaTeX takes only the first character", "{12}"),
    (r"\eta^ab", "ab", "LaTeX takes only the first character", "{ab}"),
    (r"\sqrt ab", "ab", "LaTeX takes only the first character", "{ab}"),
    ("x 2", "2", "a number cannot follow 'x' directly", "number first"),
    ("2 3", "3", "a number cannot follow '2' directly", ""),
    ("e^-eta t", "-eta t", "not clear where the exponent ends", "parentheses"),
    ("e^2t", "2t", "not clear where the exponent ends", ""),
    (r"\log ab", "ab", "not clear where the argument", "parentheses"),
    (r"\sin x/2", "x/", "not clear where the argument", ""),
    (r"\exp -x", "-", "begins with a sign", ""),
    ("√x²", "√x²", "not clear how far the root goes", ""),
    ("theta* x", "theta* x", "not clear whether '*' belongs to the name", "theta_star"),
    (r"x^{(2)}", "x^{(", "an index here or an exponent", "x_1"),
    ("x^{a}^{b}", ("^", 5), "two exponents", ""),
    (r"x^2_1", "_", "the index follows the exponent", ""),
    ("L + 1", "L", "L is a function and needs an argument", "L(x)"),
    ("L''", "L''", "needs to be told where", "L''(x)"),
    ("x' + 1", "x'", "x is a variable", ""),
    ("H(i)", "H(i)", "H takes 2 arguments, found 1", ""),
    ("sqrt(x, y)", "sqrt(x, y)", "sqrt takes 1 argument, found 2", ""),
    ("е + x", "е", "looks like 'e'", "Cyrillic 'е' (U+0435); type the Latin letter"),
    ("Α + x", "Α", "looks like 'A'", "Greek 'Α' (U+0391)"),
    ("x\u200by", "\u200b", "invisible character", "delete"),
    ("x \u202e+ y", "\u202e", "invisible character", "delete"),
    ("x\x00", "\x00", "invisible character", "delete"),
    ("x\x07y", "\x07", "invisible character", "delete"),
    ("ｘ + y", "ｘ", "is not read", "type that instead"),
    ("x ☃ y", "☃", "is not part of a formula", ""),
    ("1" * 101, "1" * 101, "101 digits", "power"),
    ("1e999999999", "1e999999999", "too large", "power"),
    ("(x < 1) + 2", "x < 1", "a relation stands here", "and"),
    ("x and y < 1 + a and 3", "3", "a number stands here", ""),
    (r"\begin{cases} x \end{cases}", r"\begin{cases}", "environment 'cases'", "pmatrix"),
    (r"\begin{pmatrix} x & y \\ a \end{pmatrix}", ("a ", 25), "this row has 1 entries", ""),
    ("[[x, y], [a]]", "[a]", "this row has 1 entries", ""),
    (r"\sum_{s} x", r"}", "first and its last index", r"\sum_{s=0}"),
    (r"\sum x", r"\sum", "first and its last index", ""),
    (r"\text{for which } x", r"\text{for which }", "words inside the formula", ""),
    ("x $ y", "$", "is not part of a formula", "dollar"),
    (r"\left. x \right|", r"\left.", "hides one side", ""),
    (r"\sin^{-1} x", "^", "inverse or a reciprocal", ""),
    ("x!!", ("!", 2), "double factorials", ""),
    ("{x}^2", "{x}", "braces mean a set", "parentheses"),
    ("2{x}", "{", "a set cannot follow", "parentheses"),
    (r"\forall x > 0", ">", "expected a colon", r"\forall x: x < 1"),
    (r"\frac{\partial}{\partial x} ab", "ab", "not clear where the argument", "parentheses"),
    ("x {y}", "{", "a set cannot follow", ""),
    (r"\theta_{t,s}", r"\theta_{t,s}", "theta takes 1 argument, found 2", ""),
    ("(x<1, y)", ",", "',' cannot stand here", ""),
    ("etalam^2", "etalam", "how much of 'etalam' the power concerns", "parentheses"),
    ("x < 1 | 2", "2", "a number stands here", "abs(x)"),
    ("2|x|", ("|", 3), "something is missing after '|'", "abs(x)"),
    ("Sum(x, (k, 0, t)", "(", "is never closed", ""),
    ("Matrix([x, y])", ("x", 8), "expected a row", "[[a, b], [c, d]]"),
    ("D(foo, 2)(x)", "foo", "unknown function 'foo'", "declared"),
    (r"\lim_{t\to\infty} x", r"\lim", "value of the limit is missing", r"\lim_{t"),
    (r"\hat{x}", r"\hat", "is not read", "accent"),
]


def _place(text: str, part: str | tuple[str, int]) -> tuple[int, int]:
    start = part[1] if isinstance(part, tuple) else text.index(part)
    found = part[0].rstrip() if isinstance(part, tuple) else part
    assert text.startswith(found, start)
    return start, start + len(found)


@pytest.mark.parametrize(("text", "part", "message", "hint"), CASES)
def test_refusal(text: str, part: str | tuple[str, int], message: str, hint: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_formula(text, LECTURE)
    error = caught.value
    assert message in error.message
    assert error.source == text
    assert error.span == _place(text, part)
    assert hint in error.hint
    assert "\n" not in error.message


def test_an_expression_is_not_a_relation() -> None:
    with pytest.raises(Unusable) as caught:
        read_expression("x = y", LECTURE)
    assert caught.value.span == (2, 3)
    assert "not an equation" in caught.value.hint


@pytest.mark.parametrize("text", ["f(x)", "x(y+1)", r"\eta(2-x)"])
def test_an_open_vocabulary_does_not_call_what_it_does_not_know(text: str) -> None:
    with pytest.raises(Unusable, match="unknown function"):
        read_formula(text, ANYTHING)


def test_an_open_vocabulary_does_not_guess_letters_in_latex() -> None:
    with pytest.raises(Unusable, match="one name or a product"):
        read_formula(r"\frac{xy}{2}", ANYTHING)


def test_two_ways_to_split_a_word() -> None:
    with pytest.raises(Unusable, match="could be"):
        read_formula("abc", Vocabulary({"a": "a", "bc": "bc", "ab": "ab", "c": "c"}))


def test_a_decimal_or_a_product_with_e() -> None:
    with pytest.raises(Unusable, match="decimal or a product"):
        read_formula("2e-3", Vocabulary({"e": "e"}))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 150 + "x" + ")" * 150,
        "(" * 9000,
        "-" * 10_000 + "x",
        "x^" * 5000 + "x",
        "x" + "/x" * 5000,
        "[" * 5000,
        "|" * 5000,
        "sqrt(" * 1000 + "x" + ")" * 1000,
        r"\frac{x}{" * 1000 + "x" + "}" * 1000,
        "x+(" * 2000 + "x" + ")" * 2000,
        "not " * 4000 + "x<1",
        "(" * 90 + "x" + "/x)" * 90,
        ("(" * 60 + "x" + ("/x" * 80 + ")") * 60),
        "x => " * 3000 + "x",
        r"\sin " * 2000 + "x",
        r"\sqrt" * 3000 + "x",
        "Sum(" * 2000 + "x",
        "e^" * 5000 + "x",
        "Matrix([[" * 2000,
    ],
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    try:
        read_formula(text, LECTURE)
    except Unusable as error:
        assert error.span is not None
    assert time.perf_counter() - started < 2


def test_a_hundred_brackets_are_read() -> None:
    assert read_formula("(" * 95 + "x" + ")" * 95, LECTURE).head == "Symbol"
    with pytest.raises(Unusable, match="nested too deeply"):
        read_formula("(" * 101 + "x" + ")" * 101, LECTURE)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(Unusable, match="too long"):
        read_formula("x+" * 10_000 + "x", LECTURE)
