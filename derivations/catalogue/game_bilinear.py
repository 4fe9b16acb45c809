"""The game on a bilinear loss: the flow turns in circles, simultaneous steps spiral outwards, steps in turns stay near a circle.

Setting     L(x, y) quadratic; x descends, y ascends: dx/dtau = -dL/dx, dy/dtau = dL/dy, and the same by steps of a method.
Statement   The flow conserves a quadratic form. A step multiplies such a form Q by c: Q(x(t)) = c**t*Q(x(0)); for which
            learning rates it vanishes and for which it grows. In turns (the second player sees the first one's move) another
            form is multiplied; where its factor is 1 it bounds both players. For L = x*y: c = 1 + eta**2, and
            x**2 + y**2 - eta*x*y is conserved.
Idea        A quadratic form that a linear step multiplies is an eigenvector of the step's action on quadratic forms.
Endpoints   c = 1: nothing is gained or lost. At the equilibrium nothing moves. Beyond the bound's zero it says nothing.
References  [hairer2006], [gidel2019]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.games import Game, bounds, flow_keeps, form_of, game, looks_ahead, one_form, play
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    given = game(proof, problem)
    parts = [flow_keeps(proof, given)]
    answer: dict[str, Any] = {"kind": "quantities", "quantities": [select("text", 0, 1, 0)]}
    together = _method(proof, problem, given, parts, alternating=False)
    answer["simultaneous"] = together
    answer["text"] = together.get("factor", together["quantity"])
    if not looks_ahead(problem):
        answer["alternating"] = _method(proof, problem, given, parts, alternating=True)
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="the flow, and the steps")
    proof.remark(
        "Why it is no minimisation",
        ("Where both players descend, the same loss has a saddle, and the flow leaves it along a hyperbola. Here one of them "
         "ascends: the flow turns around the equilibrium and neither reaches it nor leaves it; the steps decide everything.",),
        parts[0],
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


def _method(proof: Proof, problem: Problem, given: Game, parts: list[str], alternating: bool) -> dict[str, Any]:
    """Adds what a method does to ``parts``; the places of its answer."""
    letters = ("p", "q") if alternating else ("u", "v")
    first = fresh(letters[0], given.taken)
    names = (first, fresh(letters[1], {*given.taken, first}))
    players = play(proof, problem, given, names, alternating)
    form = form_of(given, players)
    kept = one_form(proof, given, players, form)
    at = len(parts)
    parts.append(kept.closed)
    if not kept.behaviour:
        places = {"quantity": select("text", at, 1, 0)}
        limits = bounds(proof, given, players, form, kept.closed)
        parts.extend(limits)
        return {**places, "bounds": [select("text", at + 1 + i, 1) for i in range(len(limits))]}
    parts.extend(kept.behaviour)
    places = {"quantity": select("text", at, 1, 0), "factor": select("text", at, 1, 1, 0, 0)}
    if len(kept.behaviour) == 1:
        return {**places, "behaviour": select("text", at + 1)}
    return {
        **places,
        "converges": select("text", at + 1, 1),
        "diverges": select("text", at + 2, 1),
    }


def _bilinear() -> Problem:
    return default_problem().with_loss(read_loss("x*y", None, None))


RESULT = Result(
    id="game.bilinear",
    title="The bilinear game",
    question="game",
    derive=derive,
    summary="The flow of a bilinear game turns in circles; simultaneous steps leave them, steps in turns stay near one.",
    references=("hairer2006", "gidel2019"),
    problem=_bilinear,
    order=72,
)
