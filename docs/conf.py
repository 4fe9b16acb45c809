"""How the documentation is built; beside it the proof of every result is written as a page of its own."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from derivations import __version__
from derivations.catalogue.discovery import index, stored
from derivations.rendering.formats import render
from derivations.rendering.page import Figure

project = "derivations"
author = "The derivations authors"
copyright = author
version = release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["theory.md"]  # included in index.md
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
myst_url_schemes = {"http": None, "https": None, "proof": "proofs/{{path}}.html"}

html_theme = "furo"
html_title = "derivations"


def write_proofs(app: Sphinx, exception: Exception | None) -> None:
    """The page of every result, where the links proof:ID lead."""
    if exception is None and app.builder.name == "html":
        folder = Path(app.outdir) / "proofs"
        folder.mkdir(exist_ok=True)
        for row in index():
            page = render(stored(row["id"]), "html", figures=_figures(row["id"]))
            (folder / f"{row['id']}.html").write_text(page, encoding="utf-8")


def _figures(name: str) -> tuple[Figure, ...]:
    """The picture of a result, if there is one among the images."""
    picture = Path(__file__).parent / "images" / f"{name}.svg"
    return (Figure("The answer, drawn.", picture.read_bytes()),) if picture.exists() else ()


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write_proofs)
