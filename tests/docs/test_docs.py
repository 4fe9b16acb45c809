"""What the documentation says is true: its commands print what is shown, its example is accepted, its pages are up to date."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from derivations.catalogue.discovery import derive_result, index, stored_data
from derivations.catalogue.result import Result
from derivations.kernel.checker import verify
from derivations.language.certificates import certificate_from_json, certificate_to_json
from derivations.rendering.formats import FORMATS, render

from .blocks import DOCS, ROOT, Shell, agrees, blocks, commands

PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
CONSOLE = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]


@pytest.mark.parametrize("page", CONSOLE)
def test_every_command_prints_what_the_page_shows(page: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    for block in blocks(page):
        if block.language in ("toml", "text") and block.caption:
            (tmp_path / block.caption).write_text(block.text, encoding="utf-8")
        if block.language != "console":
            continue
        found = commands(block)
        for command, later in zip(found, [*found[1:], None], strict=True):
            printed = shell.run(command.line)
            told = "\n".join([f"$ {command.line}", *printed])
            assert agrees(command.output, printed), told
            assert shell.code == 0 or (later is not None and later.line == "echo $?"), told


def test_the_tutorial_covers_the_ground() -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    for command in ("list", "show", "derive", "verify", "sheet"):
        assert f"$ derivations {command}" in text


def test_shortened_output_is_told_from_false_output() -> None:
    assert agrees(("a", "…", "d"), ["a", "b", "c", "d"])
    assert agrees(("a … d",), ["a b c d"])
    assert not agrees(("a", "…", "e"), ["a", "b", "c", "d"])
    assert not agrees(("a", "d"), ["a", "b", "c", "d"])


# --- the example of how to add a result ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    (code,) = (b for b in blocks("how-to/add-a-result.md") if b.caption.endswith(".py"))
    path = tmp_path_factory.mktemp("example") / code.caption
    path.write_text(code.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("example_of_the_documentation", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_is_proved_and_prints(example: ModuleType) -> None:
    result: Result = example.RESULT
    assert result.id not in {row["id"] for row in index()}, "the example of the page is in the catalogue by now"
    certificate = derive_result(result)
    assert certificate.status == "proved"
    assert certificate.answer["vanishes_iff"] == "1 - eta*lam == -1"
    verify(certificate_from_json(certificate_to_json(certificate)))
    for form in FORMATS:
        assert render(certificate, form)


def test_the_example_is_about_any_problem(example: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = (b for b in blocks("how-to/add-a-result.md") if b.caption == "try it")
    exec(compile(code.text, "add-a-result.md", "exec"), {"RESULT": example.RESULT})
    answers = capsys.readouterr().out.splitlines()[-3:]
    assert len(set(answers)) == 3 and "gamma" in answers[0] and "(1 - 6*eta)**t" in answers[1]


def test_the_example_has_the_sections_of_a_result(example: ModuleType) -> None:
    for section in ("Setting", "Statement", "Idea", "Endpoints", "References"):
        assert re.search(rf"^{section}  ", example.__doc__ or "", re.MULTILINE)


# --- generated pages, links, references ----------------------------------------------------------------------------


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_links_lead_somewhere() -> None:
    targets = {page: _targets((DOCS / page).read_text(encoding="utf-8")) for page in PAGES}
    for page in PAGES:
        folder = (DOCS / page).parent
        text = re.sub(r"^```.*?^```$", "", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if link.startswith("proof:"):
                assert link.removeprefix("proof:") in {row["id"] for row in index()}
                continue
            path, _, target = link.partition("#")
            found = str((folder / path).resolve().relative_to(DOCS))
            assert found in targets, f"{page}: {link}"
            assert not target or target in targets[found], f"{page}: {link}"


def _targets(text: str) -> set[str]:
    return set(re.findall(r"^\(([\w.-]+)\)=$", text, re.MULTILINE))


def test_every_reference_is_in_the_bibliography_and_every_work_is_referred_to() -> None:
    used = {key for row in index() for key in stored_data(row["id"])["references"]}
    assert used == _targets((DOCS / "bibliography.md").read_text(encoding="utf-8"))


def test_the_documentation_builds_without_warnings(tmp_path: Path) -> None:
    pytest.importorskip("furo")
    pytest.importorskip("myst_parser")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", str(DOCS), str(tmp_path / "html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for row in index():
        assert (tmp_path / "html" / "proofs" / f"{row['id']}.html").exists()
