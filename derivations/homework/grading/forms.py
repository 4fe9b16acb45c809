"""Forms: templates that are rendered once, with holes; to fill one is to join its pieces, which thousands of pages need."""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Template
from markupsafe import Markup, escape

_EDGE = "\x00"  # no template and no name of a hole has it


class Form:
    """A template's text around the values of its variables, which are escaped here as Jinja would do it."""

    def __init__(self, template: Template, holes: Iterable[str]) -> None:
        text = template.render({hole: Markup(f"{_EDGE}{hole}{_EDGE}") for hole in holes})
        self._pieces = text.split(_EDGE)  # text and holes in turn

    def __call__(self, values: dict[str, str]) -> str:
        pieces = list(self._pieces)
        pieces[1::2] = [escape(values[hole]) for hole in pieces[1::2]]
        return "".join(pieces)
