"""The first iterates of a method from a given start, exactly; and what each coordinate does that is only multiplied.

Setting     Any explicit method on any loss, a start, and a number of steps; memories begin at zero unless their start is given.
Statement   One step as a formula in the values before it; the values after 1, 2, … steps, as exact numbers (or formulas in the
            constants that have no value). Where a coordinate is multiplied by a number m at each step: whether it stays on
            its side or oscillates, and whether it converges or diverges.
Idea        Insert the gradient into the update; put in the values before, step by step. The powers of m decide the rest.
Endpoints   m = 0: there after one step. m = -1: reflected for ever. m = 1: does not move.
References  [polyak1964]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.iterates import Iteration, first_steps, iteration_steps, own_multiplier
from derivations.tactics.multipliers import Multipliers
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    found = iteration_steps(proof, problem)
    rows = first_steps(proof, found, problem.steps)
    labels = [found.labels[name] for name in found.names]
    points = [conj(*(proof.claims[label] for label in row)) for row in rows]
    answer: dict[str, Any] = {"kind": "points", "text": select("text", len(labels)),
                              "update": [select("text", i, 1, 1) for i in range(len(labels))]}  # fmt: skip
    answer["points"] = [select("pairs", len(labels) + k) for k in range(len(rows))]
    parts = [*(proof.claims[label] for label in labels), *points]
    shown = [*labels, *(label for row in rows for label in row)]
    directions = _behaviours(proof, found, len(parts))
    if directions:
        answer["directions"] = [row for row, _ in directions]
        for _, more in directions:
            parts += [proof.claims[label] for label in more]
            shown += more
    answer["table"] = [*answer["points"], *answer.get("directions", ())]
    proof.step("conjunction", conj(*parts), *shown, because="all together")
    return proof.finish(answer, problem.sources)


def _behaviours(proof: Proof, found: Iteration, place: int) -> list[tuple[dict[str, Any], list[str]]]:
    """For each coordinate that is only multiplied by a number: where its update stands in the conclusion, and what it does."""
    rows: list[tuple[dict[str, Any], list[str]]] = []
    multipliers = None
    for i, name in enumerate(found.names):
        ratio = own_multiplier(found, name)
        if ratio is None or exact_value(ratio) is None:
            continue
        multipliers = multipliers or Multipliers(proof)
        side, fate = multipliers.steps(ratio)
        at = place + 2 * len(rows)
        row = {"update": select("text", i, 1, 1), "side": select("name", at), "fate": select("name", at + 1)}
        words = "It is multiplied by the same number at each step; the powers of that number say what it does."
        if not rows:
            proof.remark("A coordinate that is only multiplied", (words,), side, fate)
        rows.append((row, [side, fate]))
    return rows


def _zigzag() -> Problem:
    return read_problem("x**2 + 5*y**2", settings=("eta=3/20",), start="x=5,y=1")


RESULT = Result(
    id="method.iterates",
    title="The first steps of a method",
    question="iterates",
    derive=derive,
    summary="The first iterates of any method from a given start, as exact numbers, and which coordinates oscillate or diverge.",
    references=("polyak1964",),
    tasks=("stage3:5.1", "stage3:5.2", "stage3:5.3", "stage3:8.1"),
    problem=_zigzag,
    order=47,
)
