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
    from derivations.catalogue.discovery import index, questions, unknown
    from derivations.cli.limits import within

    ids = [row["id"] for row in index()]
    if name not in questions() and name not in ids:
        raise unknown("question", name, [*questions(), *ids], f"there are {', '.join(questions())}")
    problem = read_options(given)
    with working(f"deriving {name}"):
        return within(seconds, lambda: _derived(name, problem))


def _derived(name: str, problem: Problem | None) -> tuple[Certificate, Problem]:
    from derivations.catalogue.discovery import derive_question, derive_result, results

    catalogue = {result.id: result for result in results()}
    found = derive_result(catalogue[name], problem) if name in catalogue else derive_question(name, problem)
    return found, problem or catalogue[found.id].problem()
