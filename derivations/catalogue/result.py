"""A result: a question, the function that derives its answer for a problem, and where it is discussed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivations.language.statements import Derivation
from derivations.problems.questions import Problem, default_problem


@dataclass(frozen=True, slots=True)
class Result:
    """One entry of the catalogue. ``derive`` works for every problem that the question applies to.

    ``tasks`` are the sheet's tasks that the result solves; ``answers`` lists the questions of the command line it answers.
    """

    id: str
    title: str
    question: str
    derive: Callable[[Problem], Derivation]
    summary: str
    references: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    problem: Callable[[], Problem] = default_problem
    order: int = 100  # place in the list
    fields: bool = False  # whether a vector field may stand where the gradient stands
    models: bool = False  # whether it is about a model, whatever the data and the loss
    weights: bool = False  # whether it can be asked at given values of the model's parameters
    inputs: bool = False  # whether the covariance, or moments, of the model's inputs can be given
    wide: bool = False  # whether it can be asked of a model that is too wide to be written out
