"""Whole pages in every format: well-formed, complete, escaped, and typeset without overfull lines."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from derivations.language.certificates import Certificate
from derivations.language.errors import Unusable
from derivations.language.statements import Derivation, Remark, Step
from derivations.language.terms import Term, apply, mul, symbol
from derivations.rendering.documents import latex_document
from derivations.rendering.formats import FORMATS, render
from derivations.rendering.html import html_document, html_fragment
from derivations.rendering.markdown import markdown
from derivations.rendering.notebook import notebook_cells, sheet_cells
from derivations.rendering.page import Figure, page_of
from derivations.rendering.record import record
from derivations.rendering.sheet import (
    Sheet,
    Task,
    html_problems,
    html_solutions,
    latex_problems,
    latex_solutions,
    markdown_problems,
    markdown_solutions,
)
from derivations.rendering.text import text

from .samples import induction, samples

CASES = [
    pytest.param(item, notation, id=f"{item.id}-{notation}") for item in samples() for notation in ("lecture", "notes")
]
VOID = {"meta", "link", "img", "br", "hr", "wbr"}


class Balance(HTMLParser):
    """Collects what is not closed, ids, links and anything that would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        source = found.get("src") or ""
        if (
            tag == "script"
            or any(name.startswith("on") for name in found)
            or (source and not source.startswith("data:"))
        ):
            self.wrong.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.wrong.append(f"{tag}/")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")


def parsed(source: str) -> Balance:
    balance = Balance()
    balance.feed(source)
    balance.close()
    assert not balance.open
    assert not balance.wrong
    assert len(set(balance.ids)) == len(balance.ids)
    assert {link[1:] for link in balance.links if link.startswith("#")} <= set(balance.ids)
    assert "http" not in re.sub(r"data:[^\"]*", "", source)
    for formula in re.findall(r"<math.*?</math>", source, re.DOTALL):
        ElementTree.fromstring(formula)
    return balance


@pytest.mark.parametrize(("certificate", "notation"), CASES)
def test_html(certificate: Certificate, notation: str) -> None:
    page = page_of(certificate, notation, (Figure("a <curve>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "f.pdf"),))
    source = html_document(page)
    found = parsed(source)
    assert certificate.title in source
    assert len(found.links) >= len(certificate.derivation.steps) - 1
    assert "a &lt;curve&gt;" in source
    parsed(html_fragment(page))


@pytest.mark.parametrize(("certificate", "notation"), CASES)
def test_text(certificate: Certificate, notation: str) -> None:
    source = text(page_of(certificate, notation), 72)
    assert max(map(len, source.splitlines())) <= 80
    assert "\\" not in source
    assert "\x1b" not in source
    for step in certificate.derivation.steps:
        assert f"({step.label})" in source


@pytest.mark.parametrize(("certificate", "notation"), CASES)
def test_markdown_and_notebook(certificate: Certificate, notation: str) -> None:
    page = page_of(certificate, notation)
    source = markdown(page)
    assert source.count("$$") % 2 == 0
    cells = notebook_cells(page)
    assert "\n\n".join(cell.source for cell in cells) + "\n" == source
    import nbformat
    from nbformat.v4 import new_notebook

    nbformat.validate(new_notebook(cells=cells))


@pytest.mark.parametrize(("certificate", "notation"), CASES)
def test_record(certificate: Certificate, notation: str) -> None:
    found = json.loads(json.dumps(record(certificate, notation)))
    assert set(found) >= {"id", "title", "question", "statement", "answer", "steps", "status", "rests_on", "endpoints"}
    assert found["counterexample"] is None
    assert found["endpoints"] == []
    assert {"label", "rule", "claim", "latex", "because", "premises", "status"} <= set(found["steps"][0])
    assert found["answer"].items() >= certificate.answer.items()
    assert ("latex" in found["answer"]) == ("text" in certificate.answer)


def test_the_status_of_each_step() -> None:
    cited = record(samples()[2])
    assert [step["status"] for step in cited["steps"]] == ["proved", "proved", "cited"]


def test_references_lead_to_the_nearest_label() -> None:
    page = page_of(induction())
    inner = page.entries[2].branches[1].entries[1]
    assert [premise.text for premise in inner.premises] == ["(3.3)", "IH"]
    assert inner.premises[1].anchor == page.entries[2].branches[1].given[0].mark.anchor


def hostile() -> Certificate:
    """Words that would be markup or commands in each format."""
    words = (
        r"<script>alert(1)</script> \input{/etc/passwd} $x$ 50% & #1 _a_ *b* `c` ^^41 ~ {unbalanced ]( http) 名 — “q”"
    )
    step = Step("1", "identity", mul(symbol("x"), symbol("x")), (), {}, (words,))
    base = induction()
    derivation = Derivation(base.derivation.statement, (step,), {}, (Remark(words, (words,)),))
    return replace(base, title=words, summary=words, derivation=derivation, references=(words,))


def test_hostile_words_stay_words() -> None:
    page = page_of(hostile())
    parsed(html_document(page).replace("http)", ""))
    assert "<script" not in html_document(page)
    source = latex_document(page)
    assert r"\input{/etc" not in source
    assert "<script" not in markdown(page).replace(r"\<script", "")


def formula(source: str) -> Term | None:
    known = {r"\eta\lambda": mul(symbol("eta"), symbol("lam")), r"\theta^{(t)}": apply("theta", symbol("t"))}
    return known.get(source)


WORDS = (
    "For which $\\eta\\lambda$ does **it** *converge*, at 100% of `code_x` & more?\n\n"
    "- first\n  continued\n- second\n\n"
    "1. one\n2. two\n\n$$\\theta^{(t)}$$\n\nCosts \\$5; unread: $\\mathrm{a<b}$."
)


def sheet() -> Sheet:
    first, second, third = samples()
    tasks = (
        Task("1.a", 10, WORDS, (first,), r"\theta^{(t)}"),
        Task("1.b.1", 1, "Which?", (second, first)),
        Task("4.b", 2.5, "How large?", (third,), r"\eta\lambda"),
    )
    return Sheet("Sheet 3 & <more>", tasks, "lecture", formula)


def test_sheets() -> None:
    for source in (html_problems(sheet()), html_solutions(sheet())):
        parsed(source)
        assert "<strong>it</strong>" in source
        assert "<li>first\ncontinued</li>" in source
        assert "<code>\\mathrm{a&lt;b}</code>" in source
        assert "1 point<" in source
    assert "13.5 points in total" in markdown_problems(sheet())
    assert "## Task 4.b (2.5 points)" in markdown_solutions(sheet())
    assert "Proof" not in html_problems(sheet())
    assert r"100\% of \texttt{code\_x} \& more" in latex_problems(sheet())


def test_sheet_cells() -> None:
    assert len(sheet_cells(sheet())) == 4
    assert len(sheet_cells(sheet(), solutions=True)) == 7
    assert len({cell.id for cell in sheet_cells(sheet(), solutions=True)}) == 7


@pytest.mark.parametrize("form", FORMATS)
def test_formats(form: str) -> None:
    assert "\n" in render(induction(), form)


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(Unusable, match="html"):
        render(induction(), "docx")


def test_author_formulas_cannot_read_files() -> None:
    bad = Sheet("s", (Task("1", 1, r"$\input{/etc/passwd}$ and $a}$ and $\eta$"),))
    source = latex_problems(bad)
    assert r"$\eta$" in source
    assert r"\input{" not in source
    assert "$a}$" not in source


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", ["induction", "regimes", "variance", "hostile", "problems", "solutions", "notes"])
def test_pdflatex(name: str, tmp_path: Path) -> None:
    first, second, third = samples()
    sources = {
        "induction": lambda: latex_document(page_of(first)),
        "regimes": lambda: latex_document(page_of(second)),
        "variance": lambda: latex_document(page_of(third)),
        "notes": lambda: latex_document(page_of(third, "notes")),
        "hostile": lambda: latex_document(page_of(hostile())),
        "problems": lambda: latex_problems(sheet()),
        "solutions": lambda: latex_solutions(sheet()),
    }
    (tmp_path / "page.tex").write_text(sources[name](), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, errors="replace")
        assert done.returncode == 0, done.stdout[-1500:]
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    overfull = [float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert all(width <= 5 for width in overfull), overfull
    assert "undefined references" not in log


def test_importing_is_cheap() -> None:
    code = (
        "import sys, derivations.rendering.text, derivations.rendering.record, derivations.rendering.html, "
        "derivations.rendering.documents, derivations.rendering.notebook, derivations.rendering.sheet; "
        "print([m for m in ('nbformat', 'jinja2', 'sympy', 'numpy', 'matplotlib', 'flint', 'z3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
