"""Deriving, with something to look at where it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from derivations.cli.options import read_options
from derivations.cli.progress import working

if TYPE_CHECKING:
    from derivations.language.certificates import Certificate
    from derivations.problems.questions import Problem


def derived(name: str, given: dict[str, Any], seconds: float) -> tuple[Certificate, Problem]:
    """The answer to a question, or the result of that id, for what the options say (nothing: the result's own problem)."""
    from derivations.catalogue.discovery import answer, check_question
    from derivations.cli.limits import within

    check_question(name)
    problem = _own_problem(name, given) or read_options(given)
    with working(f"deriving {name}"):
        return within(seconds, lambda: answer(name, problem))


ADJUSTING = ("settings", "assume", "start", "steps")


def _own_problem(name: str, given: dict[str, Any]) -> Problem | None:
    """The problem of the result of that id with the values, assumptions and start that are given, if nothing else is."""
    from derivations.catalogue.discovery import results
    from derivations.problems.questions import adjusted

    used = [key for key, value in given.items() if value not in (None, ())]
    result = next((one for one in results() if one.id == name), None) if used else None
    if result is None or not set(used) <= set(ADJUSTING):
        return None
    settings, assume = (tuple(given.get(key) or ()) for key in ("settings", "assume"))
    return adjusted(result.problem(), settings, assume, given.get("start"), given.get("steps"))
