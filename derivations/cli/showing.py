"""A certificate in the format that was asked for, on its way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.catalogue.discovery import stored, unknown
from derivations.cli.output import emit, width

if TYPE_CHECKING:
    from derivations.language.certificates import Certificate

FORMATS = ("text", "latex", "theorem", "html", "md", "json", "certificate", "rocq", "bibtex")
NOTATIONS = ("lecture", "notes")


def check_choices(form: str, notation: str) -> None:
    """Raises Unusable, with the nearest one that there is, for a format or notation that there is not."""
    if form not in FORMATS:
        raise unknown("format", form, list(FORMATS))
    if notation not in NOTATIONS:
        raise unknown("notation", notation, list(NOTATIONS))


def show(name: str, form: str, notation: str, output: str | None) -> int:
    """The committed certificate of a result."""
    check_choices(form, notation)
    emit(rendered(stored(name), form, notation, 80 if output else width()), output)
    return 0


def rendered(certificate: Certificate, form: str, notation: str, columns: int) -> str:
    """The certificate in this format, ``columns`` wide where that means anything."""
    if form == "text":
        from derivations.rendering.page import page_of
        from derivations.rendering.text import text

        return text(page_of(certificate, notation), columns)
    if form == "certificate":
        from json import dumps

        from derivations.language.certificates import certificate_to_json

        return dumps(certificate_to_json(certificate), indent=1, ensure_ascii=False) + "\n"
    if form == "rocq":
        return rocq(certificate)
    from derivations.rendering.formats import render

    return render(certificate, form, notation, columns)


def rocq(certificate: Certificate) -> str:
    """The certificate as a Rocq file. Raises Undecided where a step has no template."""
    from derivations.language.errors import Undecided
    from derivations.rocq.emit import emit as written
    from derivations.rocq.errors import Unsupported

    try:
        return written(certificate.derivation, certificate.id)
    except Unsupported as problem:
        raise Undecided(f"this has no Rocq file: {problem}") from problem
