"""What ``plot`` does: derive, draw, write."""

from __future__ import annotations

import os
from typing import Any

from derivations.catalogue.discovery import unknown
from derivations.cli.deriving import derived
from derivations.cli.progress import working
from derivations.cli.showing import check_choices
from derivations.language.errors import Unusable

ENDINGS = (".svg", ".pdf", ".png")


def plot(name: str, given: dict[str, Any], seconds: float, notation: str, output: str) -> int:
    """Writes the figure. Raises Unusable where there is none, or the file cannot be written."""
    check_choices("text", notation)
    if os.path.splitext(output)[1].lower() not in ENDINGS:
        raise unknown("kind of picture", os.path.splitext(output)[1] or output, list(ENDINGS))
    certificate, problem = derived(name, given, seconds)
    with working(f"drawing {name}"):
        from derivations.rendering.figures import figure_for, save

        figure = figure_for(certificate.question, certificate, problem, notation)
        try:
            save(figure, output)
        except OSError as error:
            raise Unusable(f"cannot write to it: {error.strerror}", output, (0, len(output))) from error
    return 0
