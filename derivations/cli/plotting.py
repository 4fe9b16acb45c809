"""What ``plot`` does: derive, draw, write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from derivations.catalogue.discovery import results, unknown
from derivations.cli.deriving import derived
from derivations.cli.progress import working
from derivations.cli.showing import check_choices
from derivations.language.errors import Unusable

if TYPE_CHECKING:
    from derivations.problems.questions import Problem

ENDINGS = (".svg", ".pdf", ".png")


def plot(name: str, problem: Problem | None, notation: str, output: str) -> int:
    """Writes the figure. Raises Unusable where there is none, or the file cannot be written."""
    check_choices("text", notation)
    if os.path.splitext(output)[1].lower() not in ENDINGS:
        raise unknown("kind of picture", os.path.splitext(output)[1] or output, list(ENDINGS))
    certificate = derived(name, problem)
    with working(f"drawing {name}"):
        from derivations.rendering.figures import figure_for, save

        own = next(result for result in results() if result.id == certificate.id).problem
        figure = figure_for(certificate.question, certificate, problem or own(), notation)
        try:
            save(figure, output)
        except OSError as error:
            raise Unusable(f"cannot write to it: {error.strerror}", output, (0, len(output))) from error
    return 0
