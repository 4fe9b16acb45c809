"""The edge of stability: at which learning rate a minimum lets go, and the two-cycle that is born there, exactly.

Setting     A polynomial loss of one parameter, a critical point p, F(x) = x - eta*L'(x) or another method without memory.
Statement   -1 < F'(p) < 1 iff eta lies below 2/L''(p) (for L''(p) > 0). There, (F(F(x)) - x)/(x - p)**3 has a limit: where it is
            negative two steps still bring x nearer. F(F(x)) = x just at the zeros of polynomials that are found: critical points
            and two-cycles. The slope of two steps on each cycle; for which learning rates it lies between -1 and 1, so that the
            cycle attracts; and a condition without which the cycle is not real.
Idea        F(x) - x divides F(F(x)) - x; reduce the slope modulo the other factors.
Endpoints   eta = 2/L''(p): the limit decides. At the upper end of a cycle's range its slope is -1: the next doubling.
References  [cohen2021], [strogatz2015]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.border import border_steps
from derivations.tactics.cycles import (
    factors,
    loses_stability,
    one_step_map,
    real_only_if,
    slope_is_small,
    slope_on_cycle,
    twice,
    where_cycles_are,
)
from derivations.tactics.linear import one_parameter
from derivations.tactics.proof import Proof
from derivations.tactics.solving import step_forward


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    loss, name = one_parameter(problem)
    border = border_steps(proof, problem).twice
    step = one_step_map(proof, name, next(iter(problem.optimizer.hyperparameters)))
    edge = loses_stability(proof, step, loss.at[name])
    second, label = twice(proof, step)
    found = factors(step, second)
    forward = step_forward(proof, step.rate)
    parts = [edge, border, where_cycles_are(proof, step, second, label, found, forward)]
    cycles: list[dict[str, Any]] = []
    for factor in found:
        slope, value = slope_on_cycle(proof, step, factor)
        row: dict[str, Any] = {"points": select("text", len(parts), 1, 0), "slope": select("text", len(parts), 1, 1, 1)}
        parts.append(slope)
        real = real_only_if(proof, step, factor, forward)
        row["real_only_if"] = [select("text", len(parts) + i, 1, 1) for i in range(len(real))]
        parts += real
        region = slope_is_small(proof, step, value, forward)
        if region is not None:
            small = proof.claims[region].head == "Iff"
            row["slope_small" if small else "slope_never_small"] = select("text", len(parts), *([1] if small else []))
            parts.append(region)
        cycles.append(row)
    proof.step("conjunction", conj(*(proof.claims[one] for one in parts)), *parts, because="the edge, and what lies beyond it")
    proof.remark(
        "What happens beyond the edge",
        ("The sharpness at which the point lets go is 2 divided by the learning rate. A negative limit there means that the "
         "two-cycle born at the edge attracts: the iteration does not run away, it jumps between two points about the minimum.",),
        edge, border,
    )  # fmt: skip
    answer = {"kind": "region", "text": select("text", 0, 1), "two_steps": select("text", 1, 3), "cycles": cycles}
    return proof.finish(answer, problem.sources)


def _double_well() -> Problem:
    return default_problem().with_loss(read_loss("(x**2 - 1)**2/4", "x", "x=1"))


RESULT = Result(
    id="gd.edge-of-stability",
    title="The edge of stability, and the two-cycle beyond it",
    question="edge-of-stability",
    derive=derive,
    summary="Where a minimum loses its stability, and for which learning rates a two-cycle holds the iteration there.",
    references=("cohen2021", "strogatz2015"),
    problem=_double_well,
    order=76,
)
