"""Deciding formulas: every verdict is checked again without the program, by fractions and by 40 digits."""

from __future__ import annotations

import random
import re
import time
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.verdicts import Finding, evidence_to_json
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import Term
from derivations.reading import read_formula
from tests.homework.recompute import differs, value

NAMES = ("eta", "lam", "theta_0", "theta_star", "sigma", "beta", "tau", "theta_1", "theta_2", "C")
SYMBOLS = (
    *(Symbol(name, "real") for name in NAMES), Symbol("t", "natural"), Symbol("N", "natural"),
    Symbol("theta", "sequence"), Symbol("x", "sequence"), Symbol("L", "function"),
)  # fmt: skip
VOCABULARY = vocabulary(SYMBOLS)


def formula(text: str) -> Term:
    return read_formula(text, VOCABULARY)


def setting(*hypotheses: str) -> Setting:
    return setting_of(TaskKey("own", "1", 1.0, (), SYMBOLS, tuple(map(formula, hypotheses))))


POSITIVE = setting("eta > 0", "lam > 0")


def found(
    kind: str, key: str, said: str, where: Setting = POSITIVE, subjects: tuple[str, ...] = (), **settings: Any
) -> Finding:
    part = Part(kind, formula(key), subjects=tuple(map(formula, subjects)), settings=settings)
    finding = decide(part, formula(said), where)
    if finding.verdict == "incorrect":
        evidence = evidence_to_json(finding.evidence)
        assert evidence["kind"] == "counterexample" and differs(evidence), said
    if finding.verdict == "correct":
        assert finding.evidence.kind == "proof" and finding.evidence.status == "proved" and finding.evidence.rules, said
    return finding


def rows(text: str) -> list[tuple[str, str]]:
    pairs = (line.split(maxsplit=1) for line in text.strip().splitlines())
    return [(verdict, said.strip()) for verdict, said in pairs]


CLOSED = "theta_star + (1 - eta*lam)**t*(theta_0 - theta_star)"
CLOSED_FORM = rows(r"""
correct    theta(t) = (1 - (1 - eta*lam)^t)*theta_star + (1 - eta*lam)^t*theta_0
correct    theta(t) - theta_star = (1 - eta*lam)^t*(theta_0 - theta_star)
correct    (theta(t) - theta_star)/(theta_0 - theta_star) = (1 - eta*lam)^t
correct    theta(t+1) = theta_star + (1 - eta*lam)^(t+1)*(theta_0 - theta_star)
incorrect  theta(t+1) = theta_star + (1 - eta*lam)^t*(theta_0 - theta_star)
correct    theta_star + (-1)^t*(eta*lam - 1)^t*(theta_0 - theta_star)
correct    theta_star + (1 - eta*lam)^(t+1)/(1 - eta*lam)*(theta_0 - theta_star)
incorrect  theta_star + (1 + eta*lam)^t*(theta_0 - theta_star)
incorrect  theta_star + exp(-eta*lam*t)*(theta_0 - theta_star)
incorrect  theta_star + (1 - eta*lam)^(t-1)*(theta_0 - theta_star)
undecided  theta_star + exp(t*log(1 - eta*lam))*(theta_0 - theta_star)
incorrect  theta_star + exp(t*log(1 - eta*lam/2))*(theta_0 - theta_star)
incorrect  theta_star + sqrt((1 - eta*lam)^(2t))*(theta_0 - theta_star)
undecided  theta(t) = theta(t)
undecided  theta(t+1) = theta(t) - eta*lam*(theta(t) - theta_star)
undecided  9**9**9**9
""")


@pytest.mark.parametrize(("verdict", "said"), CLOSED_FORM)
def test_a_closed_form(verdict: str, said: str) -> None:
    assert found("expression", CLOSED, said, subjects=("theta(t)",)).verdict == verdict


STEP = rows(r"""
correct    eta = 1/lam
correct    eta*lam = 1
correct    1/eta = lam
correct    1 - eta*lam = 0
correct    lam^{-1}
correct    sqrt(1/lam^2)
correct    1/abs(lam)
correct    exp(-log(lam))
incorrect  eta = 1
incorrect  2/lam
incorrect  eta^2 = 4/lam^2
undecided  eta^2 = 1/lam^2
undecided  eta = eta
undecided  1/L''(theta_0)
""")


@pytest.mark.parametrize(("verdict", "said"), STEP)
def test_a_learning_rate(verdict: str, said: str) -> None:
    assert found("expression", "1/lam", said, subjects=("eta",)).verdict == verdict


ROOTS = rows(r"""
correct    beta^{1/2}
correct    beta^0.5
correct    exp(log(beta)/2)
correct    sqrt(4*beta)/2
correct    beta^{3/2}/beta
correct    sqrt(beta^3/beta^2)
incorrect  beta
incorrect  -sqrt(beta)
incorrect  sqrt(2*beta)
""")


@pytest.mark.parametrize(("verdict", "said"), ROOTS)
def test_roots(verdict: str, said: str) -> None:
    assert found("expression", "sqrt(beta)", said, setting("0 < beta", "beta < 1")).verdict == verdict


def test_what_is_right_but_for_a_hole_says_so_and_what_is_undefined_on_a_region_is_left_to_a_person() -> None:
    free = setting()
    assert "only where" in found("expression", "sigma", "sigma**2/sigma", free).remarks[0]
    assert found("expression", "sigma", "sqrt(sigma)**2", free).verdict == "undecided"
    assert found("expression", "sigma", "sqrt(sigma)**4", free).verdict == "incorrect"
    assert found("expression", "sigma", "abs(sigma)", free).verdict == "incorrect"
    assert found("expression", "sigma", "sigma*(abs(eta) - eta)/(abs(eta) - eta)").verdict != "correct"


NUMBERS = rows("""
correct    0.894
correct    0.8944
correct    2*sqrt(5)/5
correct    sqrt(0.8)
undecided  0.89
incorrect  0.895
incorrect  2/5
""")


@pytest.mark.parametrize(("verdict", "said"), NUMBERS)
@pytest.mark.parametrize("kind", ["number", "expression"])
def test_numbers(kind: str, verdict: str, said: str) -> None:
    exact = kind == "number" and verdict == "correct" and "." in said and "sqrt" not in said  # without a tolerance
    assert found(kind, "2/sqrt(5)", said).verdict == ("undecided" if exact else verdict)


def test_a_tolerance_is_a_distance() -> None:
    assert found("number", "2/sqrt(5)", "0.9", tolerance="0.01").verdict == "correct"
    assert found("number", "2/sqrt(5)", "0.91", tolerance="0.01").verdict == "incorrect"
    assert found("number", "1/5", "0.21").verdict == "incorrect"


@pytest.mark.parametrize(
    ("kind", "said", "verdict"),
    [
        ("up-to-scale", "eta*lam", "correct"), ("up-to-scale", "-3*eta*lam*sqrt(2)", "correct"), ("up-to-scale", "0", "incorrect"),
        ("up-to-scale", "eta*lam + 1", "incorrect"), ("up-to-scale", "eta**2*lam", "incorrect"),
        ("up-to-constant", "2*eta*lam + 7", "correct"), ("up-to-constant", "2*eta*lam + lam", "incorrect"),
    ],
)  # fmt: skip
def test_up_to_a_factor_or_a_constant(kind: str, said: str, verdict: str) -> None:
    assert found(kind, "2*eta*lam", said).verdict == verdict


def test_a_constant_may_depend_on_what_is_not_named() -> None:
    assert found("up-to-constant", "2*eta*lam", "2*eta*lam + lam", variable="eta").verdict == "correct"
    assert found("up-to-constant", "2*eta*lam", "2*eta*lam + eta", variable="eta").verdict == "incorrect"


RECURRENCE = rows("""
correct    x(t+1) = (1 - eta*lam)*x(t)
correct    x(t) = (1 - eta*lam)*x(t-1)
correct    x(t+1) - x(t) = -eta*lam*x(t)
correct    (1 - eta*lam)*x(t)
correct    (x(t+1) - x(t))/eta + lam*x(t) = 0
correct    x(t) - eta*lam*x(t) = x(t+1)
incorrect  x(t+1) = (1 + eta*lam)*x(t)
incorrect  x(t+1) = x(t) - eta*x(t)
undecided  x(t+1) = x(t+1)
undecided  x(t) = (1 - eta*lam)^t*x(0)
""")


@pytest.mark.parametrize(("verdict", "said"), RECURRENCE)
def test_equations(verdict: str, said: str) -> None:
    assert found("equation", "x(t+1) = x(t) - eta*lam*x(t)", said).verdict == verdict


VARIANCE = rows("""
correct    eta*sigma^2/(N*lam*(2 - eta*lam))
correct    eta^2*sigma^2/(N*(1 - (1 - eta*lam)^2))
correct    eta*sigma^2/(2*N*lam)
correct    eta*sigma^2/(2*N*lam) + eta^2*sigma^2/(4*N)
correct    eta*sigma^2/(2*N*lam) + O(eta^2)
incorrect  eta*sigma^2/(N*lam)
incorrect  eta*sigma^2/(2*N*lam) + eta^2
incorrect  eta*sigma^2/(2*N*lam) + eta^2*sigma^2/(2*N)
incorrect  eta*sigma^2/(2*lam)
incorrect  0
undecided  eta*sigma^2/(N*lam) + O(eta)
incorrect  eta*sigma^2/(N*lam) + O(eta^2)
""")


@pytest.mark.parametrize(("verdict", "said"), VARIANCE)
def test_leading_terms(verdict: str, said: str) -> None:
    where = setting("eta > 0", "lam > 0", "eta*lam < 2", "N > 0")
    assert found("leading-term", "eta*sigma^2/(N*lam*(2 - eta*lam))", said, where, variable="eta").verdict == verdict


LIMIT = rows("""
correct    theta_star + exp(-eta*lam*t)*(theta_0 - theta_star)
correct    theta(t) - theta_star = exp(-eta*lam*t)*(theta_0 - theta_star)
correct    theta_star + (1 - eta*lam/2)^(2t)*(theta_0 - theta_star)
correct    theta_star + (1/(1 + eta*lam))^t*(theta_0 - theta_star)
incorrect  theta_star + exp(-lam*t)*(theta_0 - theta_star)
incorrect  theta_star + exp(-eta*lam*t/2)*(theta_0 - theta_star)
incorrect  theta_star + (1 - eta*lam*t)*(theta_0 - theta_star)
incorrect  theta_star + (1 + eta*lam)^t*(theta_0 - theta_star)
incorrect  theta_star + (1 - lam)^t*(theta_0 - theta_star)
incorrect  theta_star
""")


@pytest.mark.parametrize(("verdict", "said"), LIMIT)
def test_limits_with_a_product_held_fixed(verdict: str, said: str) -> None:
    finding = found("asymptotic", CLOSED, said, subjects=("theta(t)",), variable="eta", fixed=formula("eta*t"))
    assert finding.verdict == verdict
    at = {"lam": "1", "theta_0": "3", "theta_star": "1"}
    bare = ascii_text(formula(said).args[1] if "=" in said else formula(said))
    start = "theta_star + " if "=" in said else ""
    gaps = [abs(_number(start + bare, at, n) - _number(CLOSED, at, n)) for n in (10**3, 10**6)]
    assert (gaps[1] < 1e-4 and gaps[1] <= gaps[0]) == (verdict == "correct")


def _number(text: str, at: dict[str, str], steps: int) -> Any:
    """The value with eta*t = 1 after so many steps."""
    return mpmath.mpmathify(value(text, at | {"eta": f"1/{steps}", "t": str(steps)}))


FLOW = ((formula("theta_1"), formula("-theta_2")), (formula("theta_2"), formula("-theta_1")))
CONSERVED = rows("""
correct    theta_2^2 - theta_1^2
correct    theta_1^2 - theta_2^2 = C
correct    theta_1^2 = theta_2^2 + C
correct    theta_1 = sqrt(theta_2^2 + C)
correct    theta_2 = -sqrt(theta_1^2 - C)
correct    exp(theta_1^2 - theta_2^2)
correct    abs(theta_1^2 - theta_2^2)
correct    sqrt(theta_1^2 - theta_2^2)
correct    log(theta_1 + theta_2) + log(theta_1 - theta_2)
correct    theta_1^2 - theta_2^2 = theta_0
incorrect  theta_1*theta_2
incorrect  theta_1^2 + theta_2^2 = C
incorrect  theta_1 = sqrt(C - theta_2^2)
incorrect  theta_1 = theta_2
incorrect  theta_1 - theta_1
incorrect  5
incorrect  C
""")


@pytest.mark.parametrize(("verdict", "said"), CONSERVED)
def test_conserved_quantities(verdict: str, said: str) -> None:
    assert found("property", "theta_1^2 - theta_2^2", said, flow=FLOW).verdict == verdict


# --- against fractions ------------------------------------------------------------------------------------------------


def _random_text(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(("eta", "lam", "sigma", "2", "3", "1/2"))
    one, other = _random_text(rng, depth - 1), _random_text(rng, depth - 1)
    return rng.choice(
        (f"({one} + {other})", f"({one} - {other})", f"({one})*({other})", f"({one})/({other})", f"({one})**2")
    )


def _exact(text: str, at: dict[str, Fraction]) -> Fraction | None:
    """Python's own arithmetic of fractions; None where a division by zero is met."""
    try:
        return Fraction(eval(text, {"__builtins__": {}}, at | {"F": Fraction}))
    except ZeroDivisionError:
        return None


def _shuffled(rng: random.Random, text: str) -> str:
    """Another text, of the same value more often than not."""
    extra = _random_text(rng, 1)
    return rng.choice(
        (
            f"{text} + {extra} - {extra}",
            f"({text})*({extra})/({extra})",
            f"2*({text})/2",
            f"-(-({text}))",
            f"{text} + {extra}",
        )
    )


def test_no_verdict_contradicts_exact_arithmetic() -> None:
    rng, counts = random.Random(7), dict.fromkeys(("correct", "incorrect", "undecided"), 0)
    started = time.process_time()
    while time.process_time() - started < 2.5:
        key = _random_text(rng, 2)
        said = rng.choice((_shuffled(rng, key), _random_text(rng, 2)))
        finding = found("expression", key, said)
        counts[finding.verdict] += 1
        points = [
            {name: Fraction(rng.randint(1, 60), rng.randint(1, 9)) for name in ("eta", "lam", "sigma")}
            for _ in range(6)
        ]
        values = [(_exact(_fractions(key), at), _exact(_fractions(said), at)) for at in points]
        same = [one == other for one, other in values if one is not None and other is not None]
        if finding.verdict == "correct":
            assert all(same), (key, said)
        if finding.verdict == "incorrect" and same:
            assert not all(same) or "undefined" in finding.evidence.values.values(), (key, said)
    assert counts["correct"] > 50 and counts["incorrect"] > 50
    assert counts["undecided"] < 0.05 * sum(counts.values())


def _fractions(text: str) -> str:
    return re.sub(r"(?<![\w*])(\d+)", r"F(\1)", text)


# --- hostile, and fast --------------------------------------------------------------------------------------------------

LONG_SUM = "(1 + eta + lam + theta_0 + theta_star + sigma + beta + tau)"
HOSTILE = [
    f"{CLOSED} + {LONG_SUM}**9 - {LONG_SUM}**9", f"{CLOSED} + {LONG_SUM}**4*(1 + {LONG_SUM})**4*{LONG_SUM}**4 - {LONG_SUM}**9",
    f"{CLOSED} + (1 + eta)**400*(1 + lam)**399 - (1 + eta)**400*(1 + lam)**399", "eta**eta**eta**eta", "exp(exp(exp(9)))",
    "factorial(1000000000)", "eta**1000000", "(1 - eta*lam)**(10**9*t)", "exp(10**300*eta)", "*".join(["(1 + eta)"] * 200),
    f"{CLOSED}*" + "*".join(f"sqrt(eta + {i})/sqrt(eta + {i})" for i in range(1, 15)),
    f"{CLOSED}*({LONG_SUM}**5 - eta**7)/({LONG_SUM}**5 - eta**7)", "Max(" + ", ".join(f"eta + {i}" for i in range(60)) + ")",
]  # fmt: skip


@pytest.mark.parametrize("said", HOSTILE, ids=lambda said: said[-30:])
def test_hostile_formulas_end_soon(said: str) -> None:
    term, spent = formula(said), []
    for _ in range(2):  # the better of two: the test's own process collects its garbage at times
        started = time.process_time()
        finding = decide(Part("expression", formula(CLOSED)), term, POSITIVE)
        spent.append(time.process_time() - started)
    assert min(spent) < 0.2
    assert finding.verdict != "correct" or "sqrt" in said


def test_a_verdict_does_not_depend_on_earlier_ones() -> None:
    part, fresh = Part("expression", formula(CLOSED)), []
    for _, said in CLOSED_FORM:
        fresh.append(decide(part, formula(said), setting("eta > 0", "lam > 0")))
    shared = setting("eta > 0", "lam > 0")
    again = [decide(part, formula(said), shared) for _, said in reversed(CLOSED_FORM)]
    assert list(reversed(again)) == fresh
