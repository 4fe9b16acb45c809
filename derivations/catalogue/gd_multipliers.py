"""By what each eigen-direction is multiplied at each step, and what that number does.

Setting     A method without memory on a loss near a critical point, every constant with a value.
Statement   The error along each eigenvector of the Hessian is multiplied by a number m at each step. It stays on its side or
            oscillates as m > 0 or m < 0, and it converges or diverges as |m| < 1 or |m| > 1.
Idea        Project on the eigenvectors; the powers of m decide.
Endpoints   m = 0: there after one step. m = -1: reflected for ever. m = 1: does not move.
References  [polyak1964]
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.curvatures import always
from derivations.tactics.directions import directions
from derivations.tactics.iterates import iteration_steps, own_multiplier
from derivations.tactics.linear import error_recurrence
from derivations.tactics.multipliers import Multipliers
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof, found = _recurrences(problem)
    multipliers = Multipliers(proof)
    parts: list[str] = []
    rows, numbers = [], []
    for ratio, label in found:
        side, fate = multipliers.steps(ratio)
        every = always(proof, label)
        at = len(parts)
        parts += [every, side, fate]
        numbers.append(select("text", at + 1, 1))
        rows.append({"update": select("text", at), "side": select("name", at + 1), "fate": select("name", at + 2)})
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    answer: dict[str, Any] = {"kind": "set", "text": select("text", 1, 1), "multipliers": numbers, "directions": rows}
    return proof.finish(answer, problem.sources)


def _recurrences(problem: Problem) -> tuple[Proof, list[tuple[Term, str]]]:
    """The multiplier of each direction and the label of its recurrence: of each coordinate where none depends on another.

    Otherwise the errors along the eigenvectors, the steepest direction first.
    """
    if len(problem.optimizer.state) == 1 and not problem.loss.at:
        proof = Proof()
        iteration = iteration_steps(proof, replace(problem, start={}))
        own = [own_multiplier(iteration, name) for name in iteration.names]
        if None not in own:
            return proof, [(ratio, iteration.labels[name]) for ratio, name in zip(own, iteration.names, strict=True) if ratio]
    proof = Proof()
    if len(problem.loss.parameters) == 1:
        error = error_recurrence(proof, problem)
        return proof, [(error.ratio, error.recurrence)]
    return proof, [(one.ratio, one.recurrence) for one in directions(proof, problem, facts=False)[1]]


def _valley() -> Problem:
    return read_problem("x**2 + 5*y**2", settings=("eta=1/4",))


RESULT = Result(
    id="gd.multipliers",
    title="The multiplier of each direction",
    question="multipliers",
    derive=derive,
    summary="By what the error in each eigen-direction is multiplied at each step: its sign and its size say what it does.",
    references=("polyak1964",),
    problem=_valley,
    tasks=("stage3:7.1", "stage3:7.2", "stage3:7.3", "stage3:9.2"),
    order=46,
)
