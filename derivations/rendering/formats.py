"""A certificate in the format that was asked for by name."""

from __future__ import annotations

import json

from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.rendering.page import Figure, page_of

FORMATS = ("text", "latex", "theorem", "html", "md", "json", "bibtex")


def render(
    certificate: Certificate,
    form: str = "text",
    notation: str = "lecture",
    width: int = 80,
    figures: tuple[Figure, ...] = (),
) -> str:
    """The whole document as text; ``width`` is the terminal's. Raises Unusable for a format that there is not."""
    if form == "json":
        from derivations.rendering.record import record

        return json.dumps(record(certificate, notation), indent=2, ensure_ascii=False) + "\n"
    if form == "bibtex":
        from derivations.rendering.bibtex import bibtex

        return bibtex(certificate)
    if form == "theorem":
        from derivations.rendering.theorem import theorem

        return theorem(certificate, notation)
    page = page_of(certificate, notation, figures)
    if form == "text":
        from derivations.rendering.text import text

        return text(page, width)
    if form == "md":
        from derivations.rendering.markdown import markdown

        return markdown(page)
    if form == "latex":
        from derivations.rendering.documents import latex_document

        return latex_document(page)
    if form == "html":
        from derivations.rendering.html import html_document

        return html_document(page)
    raise Unusable(f"unknown format {form!r}", hint=f"the formats are {', '.join(FORMATS)}")
