"""Implicit Euler multiplies the error by 1/(1 + h), h = eta*lambda: it converges to every minimum, and to maxima as well.

Setting     theta(t+1) = theta(t) - eta*L'(theta(t+1)), or another step with the new value on both sides; a quadratic loss.
Statement   With m the multiplier found, each regime for exactly these h: convergent iff h < -2 or h > 0, monotone iff h > 0,
            overshooting iff h < -2, period two iff h = -2, constant iff h = 0, divergent iff -2 < h < 0 (h = -1 excepted).
Idea        Solve the step for the new value; what a geometric sequence does depends on its ratio.
Endpoints   h = -1: the step has no solution, or any. h = -2 and h = 0 are cases of their own.
References  [hairer2006], [hairer1996]
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj, eq, for_all, mul, power
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.implicit import regimes, solved_step
from derivations.tactics.linear import T
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import NAMES


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    solved = solved_step(proof, problem)
    found = regimes(proof, solved)
    labels = [solved.closed, *(found[name][0] for name in NAMES)]
    grown = for_all("t", eq(solved.error, mul(power(solved.ratio, T), solved.start)))
    table = [proof.claims[found[name][0]] for name in NAMES]
    proof.step("conjunction", conj(grown, *table), *labels, because="the multiplier, and what it does")
    proof.remark(
        "Stable is not the same as right",
        ("A large step settles also where the flow runs away: at a maximum whose curvature times the learning rate lies beyond the "
         "lower end, the iteration converges to the maximum. That it converges does not say that a minimum was found.",),
        found["convergent"][0], found["overshooting"][0],
    )  # fmt: skip
    place = {name: i + 1 for i, name in enumerate(NAMES)}
    shown = [name for name in NAMES if found[name][1] and name not in ("convergent", "not_convergent")]
    answer: dict[str, Any] = {
        "kind": "region",
        "text": select("text", place["convergent"], *([1] if found["convergent"][1] else [])),
        "multiplier": select("text", 0, 1, 1, 0, 0),
        "regimes": [{"name": select("name", place[name], 0), "region": select("text", place[name], 1)} for name in shown],
        "never": [select("name", place[name], 0) for name in NAMES if not found[name][1]],
    }
    return proof.finish(answer, problem.sources)


def _implicit() -> Problem:
    return replace(default_problem(), optimizer=read_optimizer("implicit-euler"))


RESULT = Result(
    id="implicit.regimes",
    title="What implicit steps do for every learning rate",
    question="ranges",
    derive=derive,
    summary="Implicit Euler is stable at every minimum and, for large steps, at maxima too.",
    references=("hairer2006", "hairer1996"),
    problem=_implicit,
    order=23,
)
