"""What each result rests on: rules of the kernel, lemmas and axioms of Rocq, with line counts, read off files and records.

Nothing of the kernel is loaded for it: the lines are counted in the sources.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any

import derivations
from derivations.catalogue.discovery import index, record, stored, unknown
from derivations.rocq.library import lemmas, sources, spec_names

PACKAGE = Path(derivations.__file__).parent
WIDTH = 100
Parts = list[tuple[str, str]]


def trust(name: str | None) -> str:
    """The page as text: of one result, or of all with what they share in front."""
    rows = index()
    if name is not None:
        rows = [row for row in rows if row["id"] == name] or _missing(name)
    pieces = [] if name is not None else [_block("What every result rests on", shared())]
    pieces += [_block(f"{row['id']}: {row['title']}", of_result(row)) for row in rows]
    return "\n".join(pieces)


def _missing(name: str) -> list[dict[str, Any]]:
    raise unknown("result", name, [row["id"] for row in index()], "`derivations list` shows them all")


def _block(title: str, parts: Parts) -> str:
    lines = [title, "=" * len(title)]
    for key, value in parts:
        lines.append(fill(f"{key}: {value}", WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False))
    return "\n".join([*lines, ""])


def shared() -> Parts:
    """The machinery behind all results, with its size."""
    kernel = kernel_files()
    core = sum(lines for path, lines in kernel.items() if "checkers/" not in path)
    special = {path: lines for path, lines in kernel.items() if "checkers/" in path and lines}
    known = record()
    parts = [
        ("kernel", f"{core} lines of Python (code, without comments and docstrings) and python-flint"),
        ("special checkers", ", ".join(f"{Path(path).stem} {lines}" for path, lines in sorted(special.items()))),
        ("Rocq theories", ", ".join(f"{name} {len(text.splitlines())}" for name, text in sources().items()) + " lines"),
        ("lemmas and tactics there", str(len(lemmas()))),
        ("statements written by hand", f"{len(spec_names())} in Spec.v"),
    ]
    if "coqc" in known:
        parts.append(("compiler", f"coqc {known['coqc']} with Coquelicot"))
    return parts


def of_result(row: dict[str, Any]) -> Parts:
    """One result: its status, the rules with their lines, the lemmas, the axioms."""
    certificate = stored(row["id"])
    report, rules = certificate.report, rule_lines()
    counted = [f"{rule} ({rules[rule][1]} lines, used {count}×)" for rule, count in sorted(report.rules.items())]
    parts = [("status", certificate.status), ("rules of the kernel", ", ".join(counted))]
    for title, items in (("oracles", report.oracles), ("cited", report.citations), ("hypotheses not needed", report.unused)):
        parts += [(title, ", ".join(items))] if items else []
    parts += [(key, value) for key, value in certificate.certified.items() if key != "axioms"]
    found = record()["results"].get(row["id"], {})
    if row["certified"] is None:
        return parts
    where: dict[str, list[str]] = {}
    for lemma in found["lemmas"]:
        where.setdefault(lemmas().get(lemma, "?"), []).append(lemma)
    parts += [(f"lemmas of {theory}", ", ".join(names)) for theory, names in sorted(where.items())]
    return [*parts, ("axioms", ", ".join(found["axioms"]) or "none")]


@cache
def kernel_files() -> dict[str, int]:
    """Lines of code of each file of the kernel."""
    files = sorted((PACKAGE / "kernel").rglob("*.py"))
    return {str(path.relative_to(PACKAGE)): len(_code_lines(path.read_text(encoding="utf-8"))) for path in files}


@cache
def rule_lines() -> dict[str, tuple[str, int]]:
    """The file of each rule's function and the lines of its code; what it calls is counted with its file."""
    found = {}
    for path in sorted((PACKAGE / "kernel").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        code = _code_lines(text)
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                lines = {line for line in code if node.lineno <= line <= (node.end_lineno or node.lineno)}
                found[node.name.replace("_", "-")] = (str(path.relative_to(PACKAGE)), len(lines))
    return found


def _code_lines(text: str) -> set[int]:
    """The numbers of the lines that hold code: no blank ones, comments or docstrings."""
    lines = {i for i, line in enumerate(text.splitlines(), 1) if line.strip() and not line.strip().startswith("#")}
    return lines - set(_docstring_lines(ast.parse(text)))


def _docstring_lines(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)
