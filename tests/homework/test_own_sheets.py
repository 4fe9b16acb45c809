"""Sheets that an author writes himself, for any field: verdicts from the mathematics, and errors that name the place."""

from functools import cache
from typing import Any

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import keys_of, vetted
from derivations.homework.sheets import parse_sheet
from derivations.homework.verdicts import evidence_to_json
from derivations.language.errors import Unusable
from tests.homework.recompute import differs

TASKS = {
    "twice": 'kind = "set"\nkey = "{2, 3, 3}"\nsymbols = ["lam"]',
    "nothing": 'kind = "set"\nkey = "{}"\nsymbols = ["x"]',
    "pair": 'kind = "set"\nkey = "{a + b, a - b}"\nsymbols = ["a", "b"]',
    "count": 'kind = "range"\nkey = "n >= 3"\nsymbols = ["n: natural"]\nvariable = "n"',
    "damped": 'kind = "range"\nkey = "b**2 < 4*m*k"\nsymbols = ["b", "m", "k"]\n'
    'assume = ["b > 0", "m > 0", "k > 0"]\nvariable = "b"',
    "steps": 'kind = "range"\nkey = "t >= log(1/eps)/log(2)"\nsymbols = ["t", "eps"]\nassume = ["0 < eps < 1"]\nvariable = "t"',
    "circle": 'kind = "equation"\nkey = "x**2 + y**2 = 4"\nsymbols = ["x", "y"]',
    "line": 'kind = "equation"\nkey = "a*x + b*y = c"\nsymbols = ["a", "b", "c", "x", "y"]\nassume = ["a > 0", "b > 0"]',
    "shown": 'kind = "chain"\nkey = "(a + b)**2 - (a - b)**2 = 4*a*b"\nsymbols = ["a", "b"]',
    "root": 'kind = "expression"\nkey = "sqrt(x)*sqrt(y)"\nsymbols = ["x", "y"]\nassume = ["x >= 0", "y >= 0"]',
    "next": 'kind = "expression"\nkey = "x + 1"\nsymbols = ["x"]',
    "gravity": 'kind = "number"\nkey = 9.81\ntolerance = 0.01',
    "turning": 'kind = "set"\nkey = "{I, -I}"\nsymbols = ["lam"]',
    "lag": 'kind = "range"\nkey = "(1 - sqrt(eta*lam))**2 < beta"\nsymbols = ["eta", "lam", "beta"]\nvariable = "beta"\n'
    'assume = ["eta > 0", "lam > 0", "0 <= beta < 1", "eta*lam < 1"]',
    "below": 'kind = "range"\nkey = "0 < eta < 4"\nsymbols = ["eta"]\nassume = ["eta > 0"]\nvariable = "eta"',
    "outside": 'kind = "range"\nkey = "x <= -2 or x >= 2"\nsymbols = ["x"]\nvariable = "x"',
    "interval": 'kind = "range"\nkey = "(0, 1)"\nsymbols = ["x"]\nvariable = "x"',
    "point": 'kind = "range"\nkey = "eta = 1/lam"\nsymbols = ["eta", "lam"]\nassume = ["eta > 0", "lam > 0"]\nvariable = "eta"',
    "inverse": 'kind = "matrix"\nkey = "[[d, -b], [-c, a]]/(a*d - b*c)"\nsymbols = ["a", "b", "c", "d"]\n'
    'assume = ["a*d - b*c != 0"]',
    "vector": 'kind = "up-to-scale"\nkey = "[1, 2]"\nsymbols = []',
    "period": 'kind = "up-to-scale"\nkey = "sqrt(l/g)"\nsymbols = ["l", "g", "m"]\nassume = ["l > 0", "g > 0", "m > 0"]',
    "roots": 'kind = "up-to-scale"\nkey = "lam**2 - 3*lam + 2"\nsymbols = ["lam"]\nvariable = "lam"',
    "primitive": 'kind = "up-to-constant"\nkey = "log(x)**2/2"\nsymbols = ["x"]\nassume = ["x > 0"]\nvariable = "x"',
    "area": 'kind = "number"\nkey = "pi/4"\nsymbols = []\ntolerance = "1e-3"',
    "exact": 'kind = "number"\nkey = "5/36"\nsymbols = []',
    "product": 'kind = "expression"\nkey = "2*x*sin(x) + x**2*cos(x)"\nsymbols = ["x"]',
    "monomial": 'kind = "leading-term"\nkey = "x**3/6"\nsymbols = ["x"]\nvariable = "x"\nat = "0"',
    "sine": 'kind = "leading-term"\nkey = "x - sin(x)"\nsymbols = ["x"]\nvariable = "x"\nat = "0"',
    "energy": 'kind = "leading-term"\nkey = "sqrt(1 + v**2/c**2) - 1"\nsymbols = ["v", "c"]\nassume = ["c > 0"]\n'
    'variable = "v"\nat = "0"',
    "logarithm": 'kind = "leading-term"\nkey = "log(1 + 1/n)"\nsymbols = ["n"]\nassume = ["n > 0"]\nvariable = "n"\nat = "oo"',
    "growth": 'kind = "asymptotic"\nkey = "n**2/2 + n"\nsymbols = ["n"]\nassume = ["n > 0"]\nvariable = "n"\nat = "oo"',
    "compound": 'kind = "asymptotic"\nkey = "(1 - k/n)**n"\nsymbols = ["n: natural", "k"]\n'
    'assume = ["k > 0", "n >= 1"]\nvariable = "n"\nat = "oo"',
}  # fmt: skip

ANSWERS = """
twice       correct    2, 3, 3
twice       correct    2 (once), 3 (twice)
twice       correct    2, and 3 with multiplicity 2
twice       correct    λ1=2, λ2=3, λ3=3
twice       incorrect  {2, 3}
twice       incorrect  {2, 2, 3}
twice       incorrect  2 (twice), 3 (once)
twice       incorrect  2 with multiplicity 2, 3
nothing     correct    \\emptyset
nothing     incorrect  x = 1
nothing     incorrect  {0}
pair        correct    \\lambda_{1,2} = a \\pm b
pair        correct    \\frac{1}{2}\\left(2a \\pm 2b\\right)
pair        incorrect  a \\pm 2b
count       correct    n > 2
count       correct    n^2 >= 9
count       correct    2n > 5
count       incorrect  n > 3
count       incorrect  n >= 3.5
damped      correct    b < 2 sqrt(mk)
damped      correct    b/(2m) < \\sqrt{k/m}
damped      correct    |b| < 2\\sqrt{mk}
damped      correct    m > b²/(4k)
damped      incorrect  b <= 2 sqrt(mk)
damped      incorrect  b < sqrt(mk)
steps       correct    t >= -log(eps)/log(2)
steps       correct    t ln 2 ≥ -ln(eps)
steps       incorrect  t >= log(1/eps)
circle      correct    y^2 = 4 - x^2
circle      incorrect  x^2+y^2=2
circle      incorrect  x^2-y^2=4
line        correct    ax + by = c
line        correct    2ax + 2by = 2c
line        incorrect  ax - by = c
shown       correct    (a+b)^2-(a-b)^2 = a^2+2ab+b^2-(a^2-2ab+b^2) = 4ab
shown       partial    (a+b)^2-(a-b)^2 = a^2+2ab+b^2-(a^2-2ab-b^2) = 4ab
root        correct    (xy)^{1/2}
root        incorrect  sqrt(x+y)
next        unreadable floor(x+1)
next        unreadable sgn(x)+1
next        undecided  twice x+1
gravity     correct    9.8
gravity     correct    9,815
gravity     incorrect  9.83
turning     correct    \\lambda = \\pm i
turning     correct    0±1i
turning     correct    \\pm \\sqrt{-1}
turning     incorrect  ±2i
turning     incorrect  1, -1
turning     incorrect  i
lag         correct    \\sqrt{\\beta} > 1 - \\sqrt{\\eta\\lambda}
lag         correct    |1+β-ηλ| < 2√β
lag         correct    \\eta\\lambda > (1-\\sqrt\\beta)^2
lag         incorrect  beta > (1 - eta lam)^2
lag         incorrect  beta >= (1 - sqrt(eta lam))^2
below       undecided  η < 4 is necessary but not sufficient
below       undecided  η < 4 unless it is stiff
below       correct    sqrt(eta) < 2
below       correct    up to 4 (exclusive)
below       incorrect  sqrt(eta) < 4
below       incorrect  up to and including 4
outside     undecided  x >= 2, x <= -2
outside     incorrect  x >= 2 and x <= -2
outside     correct    x >= 2 or x <= -2
interval    correct    x(1-x) > 0
interval    incorrect  [0, 1]
interval    incorrect  x < 1
point       correct    eta*lam = 1
point       incorrect  η = λ
inverse     correct    \\frac{1}{ad-bc}\\begin{pmatrix} d & -b \\\\ -c & a\\end{pmatrix}
inverse     correct    \\begin{pmatrix} d/(ad-bc) & -b/(ad-bc) \\\\ -c/(ad-bc) & a/(ad-bc)\\end{pmatrix}
inverse     incorrect  \\frac{1}{ad-bc}\\begin{pmatrix} d & b \\\\ c & a\\end{pmatrix}
inverse     incorrect  \\begin{pmatrix} a & b \\\\ c & d\\end{pmatrix}
vector      correct    \\frac{1}{\\sqrt5}(1,2)^T
vector      correct    (-1, -2)
vector      incorrect  (0, 0)
vector      incorrect  (1, -2)
vector      incorrect  (1, 2, 0)
period      correct    2*pi*sqrt(l/g)
period      correct    C \\sqrt{l/g}
period      undecided  sqrt(l/g)*m
period      incorrect  sqrt(g/l)
roots       correct    λ^2-3λ+2 = 0
roots       correct    (1-λ)(2-λ)
roots       incorrect  λ^2-3λ+2 = 1
primitive   correct    \\frac12 \\ln^2(x) + c
primitive   correct    \\frac{1}{2}\\ln^2 x + C
primitive   incorrect  \\ln(x)^2
area        correct    π/4
area        correct    0.785
area        incorrect  \\frac{\\pi}{2}
exact       correct    5:36
exact       undecided  0.139
exact       incorrect  0.2
product     correct    2x sin x + x^2 cos x
product     correct    f'(x) = 2x\\sin(x)+x^2\\cos(x)
product     incorrect  2x sin x - x^2 cos x
monomial    undecided  x^3/6 - x^5/120
monomial    incorrect  x^3/3
sine        correct    x^3/6
sine        correct    x^3/6 + O(x^5)
sine        correct    x^3/6 - x^5/120
sine        incorrect  x^3/6 + x^4
energy      correct    \\frac{v^2}{2c^2}
energy      incorrect  v^2/c^2
logarithm   correct    1/n - 1/(2n^2)
logarithm   incorrect  1/n^2
growth      correct    n(n+1)/2
growth      incorrect  n^2
growth      incorrect  n^3
compound    correct    e^{-k}
compound    correct    (1+k/n)^{-n}
compound    incorrect  (1+k/n)^n
compound    incorrect  1-k
"""
ROWS = [line.split(maxsplit=2) for line in ANSWERS.strip().splitlines()]


def sheet(name: str, rest: str) -> str:
    return f"title = 'Own'\n[[task]]\nid = '{name}'\npoints = 4\ntext = 'Find it.'\n{rest}\n"


@cache
def checker(name: str) -> Checker:
    return Checker(vetted(keys_of(parse_sheet(sheet(name, TASKS[name]), "own.toml"))).tasks[0])


@pytest.mark.parametrize(("name", "expected", "answer"), ROWS, ids=lambda text: text)
def test_verdicts(name: str, expected: str, answer: str) -> None:
    verdict = checker(name).check(answer)
    assert verdict.verdict == expected, verdict.reason
    evidence: dict[str, Any] = evidence_to_json(verdict.evidence)
    if verdict.verdict == "correct":
        assert evidence["kind"] == "proof" and evidence["status"] == "proved"
    if verdict.verdict == "incorrect":
        assert evidence["kind"] == "counterexample" and differs(evidence)


def test_whole_numbers_are_refuted_at_whole_numbers() -> None:
    verdict = checker("count").check("n > 3")
    assert verdict.evidence.at == {"n": "3"}


# --- keys from proofs -------------------------------------------------------------------------------------------------

DERIVED = """
title = "Derived"
[[task]]
id = "decay"
points = 5
text = "For which learning rates does it not overshoot?"
question = "ranges"
given = { optimizer = "weight-decay", loss = "quadratic" }
answer = "monotone"
variable = "eta"
[[task]]
id = "plain"
points = 5
text = "For which learning rates does it not overshoot?"
question = "ranges"
given = { optimizer = "gradient-descent", loss = "quadratic" }
answer = "monotone"
rubric = [{ when = "contains-other-regime", points = 2, say = "This contains overshooting, too." }]
[[task]]
id = "wells"
points = 5
text = "Find the critical points."
question = "critical-points"
given = { loss = "x**4/4 - x**2/2" }
answer = "points"
symbols = ["x"]
[[task]]
id = "best"
points = 5
text = "What is the best rate?"
question = "rate"
given = { optimizer = "gradient-descent", loss = "quadratic" }
answer = "optimal_rate"
"""


@cache
def derived() -> dict[str, Checker]:
    return {task.task: Checker(task) for task in vetted(keys_of(parse_sheet(DERIVED, "own.toml"))).tasks}


@pytest.mark.parametrize(
    ("name", "verdict", "answer"),
    [
        ("decay", "correct", "η < 1/(λ+γ)"), ("decay", "correct", "0 < 1 - η(λ+γ) < 1"), ("decay", "incorrect", "η < 1/λ"),
        ("plain", "correct", "η < 1/λ"), ("plain", "correct", "0 < \\eta L''(\\theta^*) < 1"), ("plain", "partial", "η < 2/λ"),
        ("plain", "incorrect", "η ≤ 1/λ"), ("plain", "incorrect", "η > 1/λ"), ("wells", "correct", "x = 0, ±1"),
        ("wells", "correct", "x=-1, x=0, x=1"), ("wells", "incorrect", "x = 0, 1"), ("best", "correct", "(κ-1)/(κ+1)"),
        ("best", "correct", "(L-μ)/(L+μ)"), ("best", "incorrect", "1 - μ/L"),
    ],
)  # fmt: skip
def test_what_goes_without_saying_of_the_usual_quantities(name: str, verdict: str, answer: str) -> None:
    found = derived()[name].check(answer)
    assert found.verdict == verdict, found.reason


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rest", "parts"),
    [
        ('kind = "expresion"\nkey = "x"\nsymbols = ["x"]', ["expresion", "did you mean expression?"]),
        ('kind = "number"\nkey = "1"\ntolerence = "1"', ["tolerence", "did you mean tolerance?"]),
        ('kind = "number"\nkey = "1"\ntolerance = "abc"', ["abc", "1e-6"]),
        ('kind = "number"\nkey = "x"\nsymbols = ["x"]', ["a number has no x in it"]),
        ('kind = "expression"\nkey = "x + y"\nsymbols = ["x"]', ["unknown symbol 'y'", "symbols = ["]),
        ('kind = "expression"\nkey = "x"\nsymbols = ["x", 1]', ["symbols is a list of texts", "quotes"]),
        ('kind = "expression"\nkey = "x"\nsymbols = ["x", "x: natural"]', ["x is declared twice"]),
        ('kind = "expression"\nkey = "x"\nsymbols = ["x"]\nassume = ["x"]', ["what is assumed is a statement"]),
        ('kind = "expression"\nkey = "x"\nsymbols = ["x"]\nassume = ["x < 0", "x > 0"]', ["contradicts itself"]),
        ('kind = "expression"\nkey = "1/0"', ["this key has no value"]),
        ('kind = "expression"\nkey = "x < 1"\nsymbols = ["x"]', ["no key of kind expression"]),
        ('kind = "range"\nkey = "1 < x < 2"\nsymbols = ["x"]\nvariable = "x"\nassume = ["x < 0"]', ["nothing satisfies this key"]),
        ('kind = "range"\nkey = "x + 1"\nsymbols = ["x"]', ["no key of kind range", "0 < x < 1"]),
        ('kind = "range"\nkey = "x < 1"\nsymbols = ["x"]\nvariable = "y"', ["the variable y is not one of the symbols"]),
        ('kind = "leading-term"\nkey = "x"\nsymbols = ["x"]', ["needs a variable"]),
        ('kind = "leading-term"\nkey = "x"\nsymbols = ["x"]\nvariable = "x"\nat = "1"', ['to "0" or to "oo"']),
        ('kind = "set"\nkey = "x"\nsymbols = ["x"]', ["no key of kind set", "{a, b}"]),
        ('kind = "equation"\nkey = "x + 1"\nsymbols = ["x"]', ["no key of kind equation"]),
        ('kind = "expression"\nkey = "x"\nsymbols = ["x"]\nrubric = [{ when = "sign", points = "x" }]', ["points of a rubric"]),
        ('[[task.part]]\nname = "a"\nkind = "expression"', ["neither a question nor a key"]),
    ],
)  # fmt: skip
def test_errors_say_what_is_wrong(rest: str, parts: list[str]) -> None:
    with pytest.raises(Unusable) as caught:
        vetted(keys_of(parse_sheet(sheet("one", rest), "own.toml")))
    text = str(caught.value)
    assert all(part in text for part in parts), text


def test_parts_may_bring_their_own_keys() -> None:
    rest = 'symbols = ["a", "b"]\nassume = ["a > 0"]\n' + "".join(
        f'[[task.part]]\nname = "{name}"\nkind = "expression"\nkey = "{key}"\n'
        for name, key in (("place", "b/a"), ("value", "-b**2/(2*a)"))
    )
    both = Checker(vetted(keys_of(parse_sheet(sheet("two", rest), "own.toml"))).tasks[0])
    assert both.check("b/a and -b²/(2a)").verdict == "correct"
    assert both.check("b/a").verdict == "partial"
