"""What is installed, and how to get what is not."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata

PACKAGES = ("click", "sympy", "python-flint", "numpy", "scipy", "matplotlib", "jinja2", "nbformat", "rich")
OPTIONAL = {"z3-solver": "finds counterexamples: pip install z3-solver"}
PROGRAMS = {
    "pdflatex": "makes the PDFs of sheets: apt-get install texlive-latex-base texlive-latex-recommended",
    "coqc": "certifies results a second time: apt-get install coq libcoq-coquelicot",
}


def report() -> Iterator[str]:
    """A line for each."""
    from derivations import __version__

    yield _line("derivations", __version__)
    yield _line("Python", platform.python_version())
    for name in PACKAGES:
        yield _line(name, _package(name) or f"missing: pip install {name}")
    for name, use in OPTIONAL.items():
        yield _line(name, _package(name) or f"not installed (optional); {use}")
    for name, use in PROGRAMS.items():
        yield _line(name, _program(name) or f"not installed (optional); {use}")


def _line(name: str, found: str) -> str:
    return f"{name:14} {found}"


def _package(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _program(name: str) -> str:
    """The version that a program says it has; "" if there is no such program."""
    path = shutil.which(name)
    if path is None:
        return ""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "there, but it does not start"
    first = next(iter(done.stdout.splitlines()), "")
    found = re.search(r"version (\S+)|(\d+(?:\.\d+)+\S*)", first)
    return f"{found[1] or found[2]} ({path})" if found else f"there ({path})"
