"""LaTeX → term → LaTeX: what is printed reads as what it was, but for kinds of formulas that are listed here with a reason."""

from __future__ import annotations

from collections import defaultdict

import pytest

from derivations.catalogue.discovery import index, stored
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import same
from derivations.kernel.table import Table
from derivations.language.errors import Unusable
from derivations.language.statements import Derivation, is_function
from derivations.language.terms import ZERO, Term, subterms
from derivations.reading import Vocabulary, read_formula, vocabulary_for
from derivations.rendering.latex import latex
from derivations.rendering.style import style_of

from .mutants import formulas

IDS = [row["id"] for row in index()]


def exception(term: Term, domains: dict[str, str]) -> str | None:
    """Why a formula is not read back as it was, if that is known."""
    nodes = list(subterms(term))
    heads = {node.head for node in nodes}
    applied = [node for node in nodes if node.head == "Apply"]
    if "Predicate" in heads:
        return "a property is printed in words"
    if "RootOf" in heads:
        return "an algebraic number is printed by its place among the roots"
    if "Smooth" in heads:
        return "C^k is printed without a variable"
    if "Diff" in heads or any(node.head == "Derivative" and len(node.args[1]) > 1 for node in nodes):
        return "partial and open derivatives are printed only"
    if any(len(node.args) > 2 and domains[node.args[0]] in ("sequence", "random") for node in applied):
        return "which index of a sequence is the step is not printed"
    if any(node.args[0][-1].isdigit() or node.args[0][-2:-1] == "_" for node in applied):
        return "a number or a letter below a name looks like an index"
    if any(node.args[1:] == (ZERO,) for node in applied):
        return "the start of a sequence is printed like the variable for it"
    if any(node.head == "Implies" and any(part.head == "ForAll" for part in node.args) for node in nodes):
        return "words after a formula are read as said of all of it"
    if any(node.head == "And" and any(part.head in ("ForAll", "And", "Tends") for part in node.args) for node in nodes):
        return "a list of statements is printed with commas and words"
    if any(node.head == "Or" and len(node.args) > 2 and any(part.head == "And" for part in node.args) for node in nodes):
        return "alternatives are printed with commas and words"
    if heads & {"True", "False"}:
        return "truth and falsehood are printed as words"
    if any(part.head == "And" and len(part.args) > 2 for node in nodes if node.head in ("Iff", "Implies") for part in node.args):
        return "a list of conditions on one side of an arrow is printed with commas"
    if any(node.head == "Exists" and node.args[1].head in ("And", "Exists") for node in nodes):
        return "what is said to exist is printed with its properties, separated by commas"
    if any(node.head == "Implies" for node in nodes[1:]):
        return "implications inside a formula are printed with words"
    if any(node.head == "Mul" and any(map(_applied, node.args[1:])) for node in nodes):
        return "letters without a space between them are read as one name"
    return None


def _applied(factor: object) -> bool:
    """A function's value, or a power of one."""
    return isinstance(factor, Term) and (factor.head == "Apply" or (factor.head == "Pow" and _applied(factor.args[0])))


def vocabulary(derivation: Derivation, notation: str) -> Vocabulary:
    arities: dict[str, set[int]] = defaultdict(set)
    for _, claim in formulas(derivation):
        for node in subterms(claim):
            if node.head in ("Apply", "Derivative"):
                arities[node.args[0]].add(len(node.args) - (1 if node.head == "Apply" else 2))
    rows = derivation.statement.variables
    functions = {
        row.name: next(iter(arities[row.name])) if len(arities[row.name]) == 1 else None
        for row in rows
        if is_function(row) and row.domain != "property"
    }
    return vocabulary_for([row.name for row in rows if not is_function(row)], functions, notation)


def read_back(term: Term, text: str, names: Vocabulary, table: Table) -> str | None:
    """What went wrong; None if the term that is read is the one that was printed, or means the same."""
    try:
        found = read_formula(text, names)
        alike = found == term or same(table, found, term)
    except (Unusable, Refused) as error:
        return str(error)
    return None if alike else f"read as {found!r}"


@pytest.mark.parametrize("notation", ["lecture", "notes"])
@pytest.mark.parametrize("name", IDS)
def test_formulas_are_read_back(name: str, notation: str) -> None:
    derivation = stored(name).derivation
    style, names = style_of(derivation, notation), vocabulary(derivation, notation)
    domains = {row.name: row.domain for row in derivation.statement.variables if is_function(row)}
    table, wrong = Table(derivation.statement.variables), []
    for label, claim in formulas(derivation):
        text = latex(claim, style)
        problem = read_back(claim, text, names, table)
        if problem is not None and exception(claim, domains) is None:
            wrong.append(f"{label}: {text}: {problem}")
    assert not wrong, "\n".join(wrong)


def test_most_formulas_are_read_back() -> None:
    counts: dict[str, int] = defaultdict(int)
    for name in IDS:
        derivation = stored(name).derivation
        style, names = style_of(derivation), vocabulary(derivation, "lecture")
        domains = {row.name: row.domain for row in derivation.statement.variables if is_function(row)}
        table = Table(derivation.statement.variables)
        for _, claim in formulas(derivation):
            problem = read_back(claim, latex(claim, style), names, table)
            counts["read back" if problem is None else exception(claim, domains) or "unexplained"] += 1
    print("\n" + "\n".join(f"{count:5} {reason}" for reason, count in sorted(counts.items(), key=lambda row: -row[1])))
    assert counts["read back"] > sum(counts.values()) / 2
