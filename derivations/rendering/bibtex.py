"""BibTeX entries: one for a certificate, by its seal, and one for each work that it refers to."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from derivations.language.certificates import Certificate, certificate_to_json
from derivations.rendering.escaping import escape
from derivations.version import __version__

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n.*?^\}$", re.MULTILINE | re.DOTALL)


def bibtex(certificate: Certificate) -> str:
    """The entry for the certificate, then those of its references; a work without an entry is named in a comment."""
    known = entries()
    works = [known.get(key, f"% there is no entry for {key}") for key in certificate.references]
    return "\n\n".join([_own(certificate), *works]) + "\n"


def _own(certificate: Certificate) -> str:
    """The seal tells the certificate from every other; no date and no address stand in it, so none is given."""
    seal = certificate_to_json(certificate)["seal"]
    asked = ", ".join(f"{name} {_words(value)}" for name, value in certificate.derivation.problem.items())
    note = [certificate.status, f"result {certificate.id}", *([f"for {asked}"] if asked else []), f"certificate SHA-256 {seal}"]
    fields = {
        "author": "{The derivations authors}",
        "title": f"{{{escape(certificate.title)}}}",
        "howpublished": f"Machine-checked proof, {{\\ttfamily derivations}} {__version__}",
        "note": escape("; ".join(note)),
    }
    name = f"derivations-{re.sub(r'[^A-Za-z0-9]+', '-', certificate.id)}-{seal[:8]}"
    return "\n".join([f"@misc{{{name},", *(f"  {key} = {{{value}}}," for key, value in fields.items()), "}"])


def _words(value: object) -> str:
    """A part of the problem as words; a specification by its name."""
    if isinstance(value, dict):
        return str(value.get("name", "of one's own"))
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


@cache
def entries() -> dict[str, str]:
    """The works of the bibliography, by their keys."""
    text = files("derivations.rendering").joinpath("assets", "references.bib").read_text(encoding="utf-8")
    return {match[1]: match[0] for match in _ENTRY.finditer(text)}
