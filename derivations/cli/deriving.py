"""Deriving, with something to look at where it takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.cli.progress import working

if TYPE_CHECKING:
    from derivations.language.certificates import Certificate
    from derivations.problems.questions import Problem


def derived(name: str, problem: Problem | None) -> Certificate:
    """The answer to a question, or the result of that id, for this problem (None: the result's own)."""
    from derivations.catalogue.discovery import derive_question, derive_result, index, questions, results, unknown

    ids = [row["id"] for row in index()]
    if name not in questions() and name not in ids:
        raise unknown("question", name, [*questions(), *ids], f"there are {', '.join(questions())}")
    with working(f"deriving {name}"):
        if name in ids:
            return derive_result(next(result for result in results() if result.id == name), problem)
        return derive_question(name, problem)
