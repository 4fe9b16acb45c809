"""What is made to be pasted: the theorem compiles with amsmath and amsthm alone, the entries are BibTeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derivations.catalogue.discovery import derive_question, index, stored
from derivations.problems.questions import read_problem
from derivations.rendering.bibtex import bibtex, entries
from derivations.rendering.theorem import theorem

IDS = [row["id"] for row in index()]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("notation", ["lecture", "notes"])
def test_theorems_compile_with_amsmath_alone(notation: str, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb,amsthm}\n\\newtheorem{theorem}{Theorem}\n\\begin{document}\n"
    body = "\n".join(theorem(stored(name), notation) for name in IDS)
    (tmp_path / "paste.tex").write_text(f"{head}{body}\\end{{document}}\n", encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paste.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-1500:]
    assert "multiply defined" not in done.stdout


@pytest.mark.parametrize("name", IDS)
def test_a_theorem_says_what_it_rests_on(name: str) -> None:
    text = theorem(stored(name))
    assert f"% {name}: {stored(name).status}" in text and f"\\label{{thm:{name}}}" in text
    assert text.count(r"\begin{") == text.count(r"\end{") and "proofline" not in text and "hyperlink" not in text


@pytest.mark.parametrize("name", IDS)
def test_entries_are_bibtex(name: str) -> None:
    text = bibtex(stored(name))
    keys = re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)
    assert keys[0].startswith(f"derivations-{name.replace('.', '-')}-")
    assert text.count("{") == text.count("}") and stored(name).status in text
    assert len(keys) == 1 + len([key for key in stored(name).references if key in entries()])


def test_another_problem_is_another_entry() -> None:
    one, two = (bibtex(derive_question("hessian", read_problem(loss, at="x=0,y=0"))) for loss in ("x*y", "x**2 + y**2"))
    assert one.split(",")[0] != two.split(",")[0]
    assert "for loss x*y, at x=0,y=0" in one


def test_every_work_of_the_bibliography_has_an_entry() -> None:
    works = set(re.findall(r"^\((\w+)\)=$", (DOCS / "bibliography.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert works <= set(entries()), "references.bib has no entry for a work that bibliography.md lists"
