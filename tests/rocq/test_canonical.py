"""Canonical forms in Rocq: roots, logarithms, exponentials, |x|, Max, powers whose exponents may be negative.

What the kernel's rule `identity` accepts, coqc accepts; for what is false, or lacks its condition, no script is written.
"""

from __future__ import annotations

import contextlib

import pytest
from kernel.writing import formula

from derivations.kernel.errors import Refused
from derivations.rocq.errors import Unsupported
from derivations.rocq.runner import Workplace
from derivations.rocq.templates.algebra import identity

from .helpers import accepts, as_derivation, theorems_accepted
from .test_signs import certified, lemma

NAMES = {
    "x": "real",
    "y": "real",
    "z": "real",
    "m": "real",
    "s": "natural",
    "t": "natural",
    "f": "function",
    "e": "sequence",
}

CLAIMS: list[tuple[list[str], str]] = [  # premises, claim
    # roots
    (["0 <= x", "0 <= y"], "sqrt(x*y) = sqrt(x)*sqrt(y)"),
    (["0 < x", "x < 1"], "sqrt((1 - x)**2/x) = (1 - x)/sqrt(x)"),
    (["x < y"], "sqrt((x - y)**2*exp(2*x)*m**2) = (y - x)*exp(x)*Abs(m)"),
    (["0 < x", "x < 1"], "sqrt((1 - x)**(t - 1)) = sqrt((1 - x)**t)*sqrt(1/(1 - x))"),
    (["0 < x"], "f(sqrt(x**2)) + e(t)*sqrt(4*x**2) = f(x) + 2*x*e(t)"),
    # several parts at once, and a premise that replaces a part
    (["0 < x"], "sqrt(x**2) + exp(log(x)) + log(exp(x)) + sqrt(4*x**2) + Abs(2*x) + Abs(-x) = 8*x"),
    (["y = x**2", "0 < x"], "sqrt(y) = x"),
    # logarithms
    ([], "log(2*exp(x)**3) - log(8/9) = 2*log(3) - 2*log(2) + 3*x"),
    (["0 < x"], "log(x/x) = 0"),
    # exponentials
    (["0 < x"], "exp(-3*log(x)/2) = 1/(x*sqrt(x))"),
    (["0 < x", "x < 1"], "exp(2*t*log(1 - x) + y) = (1 - x)**(2*t)*exp(y)"),
    ([], "exp(-x/2)**4*exp(x/3) = exp(-5*x/3)"),
    ([], "sinh(2*x) = 2*sinh(x)*cosh(x)"),
    ([], "tanh(x) = (exp(2*x) - 1)/(exp(2*x) + 1)"),
    ([], "exp(-t*x)*exp(x)**t = 1"),
    # powers
    ([], "(-1)**(t + 1)*(-2)**t = -2**t"),
    (["m != 0"], "m**(t - 1)*m**(1 - s) = m**t/m**s"),
    ([], "2**(2*t - s) = 4**t*2**(-s)"),
    ([], "exp(x)**(t - s)*exp(2*x)**(-t) = exp(-t*x - s*x)"),
    (["0 < x"], "(2*x/2)**(t + 1) = x*x**t"),
]
EXTREMES: list[tuple[list[str], str]] = [
    (["x <= y", "y <= z"], "Max(x, y, z) = z"),
    (["0 < x"], "Min(x, -x)**2 = x**2"),
]
WRONG: list[tuple[list[str], str]] = [
    (["0 < x"], "sqrt(x**2) = -x"),
    ([], "sqrt(x**2*y**2) = x*y"),
    (["0 <= x"], "exp(log(x)) = x"),  # x may be 0
    (["x < 0"], "log(x**2) = 2*log(x)"),
    (["x < 0"], "exp(t*log(x)) = x**t"),
    (["0 < x"], "exp(log(x)/3) = sqrt(x)"),
    ([], "m**(t - s)*m**s = m**t"),
    (["m != 0"], "m**(t - s) = m**s/m**t"),
    ([], "(-1)**t = 1"),
    (["x <= y"], "Max(x, y) = x"),
    ([], "Max(x, y) = y"),
]


@pytest.mark.parametrize(("premises", "claim"), CLAIMS, ids=[claim for _, claim in CLAIMS])
def test_the_kernel_accepts_these(premises: list[str], claim: str) -> None:
    assert accepts(as_derivation("identity", {"premises": premises, "claim": claim}, NAMES))


def test_coqc_accepts_what_the_kernel_accepts(workplace: Workplace) -> None:
    rows = [*CLAIMS, *EXTREMES]
    lemmas = [lemma(f"row_{k}", NAMES, given, formula(claim, NAMES), identity) for k, (given, claim) in enumerate(rows)]
    accepted, reason = certified(workplace, lemmas, "canonical_rows")
    assert accepted, reason


def test_what_is_wrong_or_lacks_a_condition_is_not_certified(workplace: Workplace) -> None:
    written = {}
    for k, (premises, claim) in enumerate(WRONG):
        with contextlib.suppress(Unsupported, Refused):
            written[f"wrong_{k}"] = lemma(f"wrong_{k}", NAMES, premises, formula(claim, NAMES), identity)
    assert len(written) >= len(WRONG) // 3
    assert not theorems_accepted(workplace, written)
