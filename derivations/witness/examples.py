"""Problems to show a general statement on: an instance where the problem itself leaves its loss open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derivations.language.errors import Undecided
from derivations.language.terms import Term
from derivations.problems.losses import quadratic, read_loss
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem, read_setting
from derivations.witness.evaluate import evaluable, evaluate, holds

_USUAL = {"N": Fraction(4), "gamma": Fraction(1, 2)}


def concrete(problem: Problem) -> Problem:
    """The problem, with a quadratic loss where nothing is known of its own."""
    return problem.with_loss(quadratic()) if problem.loss.body is None and problem.vector_field is None else problem


def valley(problem: Problem, names: tuple[str, str] = ("x", "y")) -> Problem:
    """The problem if its loss has two parameters; else the same with x**2 + 10*y**2 in these names, at its minimum."""
    if problem.loss.body is not None and len(problem.loss.parameters) == 2:
        return problem
    x, y = names
    return problem.with_loss(read_loss(f"{x}**2 + 10*{y}**2", f"{x},{y}", f"{x}=0,{y}=0"))


def freed(problem: Problem) -> tuple[Problem, dict[str, float]]:
    """The problem without the values that were given for its method's hyperparameters, and these values."""
    method = read_optimizer(problem.sources.get("optimizer", problem.optimizer.name))
    given = dict(read_setting(text) for text in problem.sources.get("set", ()))
    values = {name: float(evaluate(value, {})) for name, value in given.items() if name in method.hyperparameters}
    return replace(problem, optimizer=method), values


def usual_values(names: Iterable[str], assuming: Iterable[Term] = ()) -> Mapping[str, Any]:
    """Plain values for these names, 1 for most, under which the assumptions hold.

    Where they do not hold, some signs are changed; raises Undecided if that does not help.
    """
    names = sorted(names)
    claims = [claim for claim in assuming if evaluable(claim, names)]
    for pattern in range(1 << min(len(names), 8)):
        values = {
            name: _USUAL.get(name, Fraction(1)) * (-1 if index < 8 and pattern >> index & 1 else 1)
            for index, name in enumerate(names)
        }
        if all(holds(claim, values) for claim in claims):
            return values
    raise Undecided("no plain values were found under which the assumptions hold")
