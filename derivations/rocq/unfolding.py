"""Equations between matrices written entry by entry: Rocq is told A_ij(τ) = B_ij(τ) for all τ, for every i and j."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derivations.kernel.formulas import strip
from derivations.language.errors import Malformed
from derivations.language.matrices import Rows, entry_of, rows_of
from derivations.language.statements import Derivation, Step
from derivations.language.terms import Term, conj, eq, for_all, subterms
from derivations.rocq.errors import Unsupported

Known = Mapping[str, tuple[str, Rows]]


def unfolded(derivation: Derivation) -> Derivation:
    """The derivation without matrices: each is put where it is spoken of. The same, if there are none."""
    statement = derivation.statement
    names = {item.name for item in statement.variables if item.domain == "matrix"}
    if not names:
        return derivation
    known: dict[str, tuple[str, Rows]] = {}
    gone = set()
    for item in (*statement.definitions, *statement.hypotheses):
        variables, body = strip(item.claim)
        name = body.args[0].args[0] if body.head == "Eq" and body.args[0].head == "Apply" else None
        if name in names - set(known) and body.args[1].head == "Matrix" and len(variables) == 1:
            known[name] = variables[0], tuple(row.args for row in body.args[1].args)
            gone.add(item.label)
    new = replace(
        statement,
        variables=tuple(item for item in statement.variables if item.domain != "matrix"),
        definitions=tuple(item for item in statement.definitions if item.label not in gone),
        hypotheses=tuple(
            replace(item, claim=_entries(item.claim, known)) for item in statement.hypotheses if item.label not in gone
        ),
        conclusion=_entries(statement.conclusion, known),
    )
    return replace(derivation, statement=new, steps=tuple(_step(step, known, gone) for step in derivation.steps))


def _step(step: Step, known: Known, gone: set[str]) -> Step:
    premises = tuple(label for label in step.premises if label not in gone)
    return replace(step, claim=_entries(step.claim, known), premises=premises)


def _entries(formula: Term, known: Known) -> Term:
    """The formula, each equation between matrices, or with norms of them, for all times replaced by those of the entries."""
    if not any(node.head == "Apply" and node.args[0] in known for node in subterms(formula)):
        return formula
    if formula.head == "And":
        return Term("And", tuple(_entries(part, known) for part in formula.args))
    names, body = strip(formula)
    if body.head != "Eq" or len(names) != 1:
        raise Unsupported("only equations between matrices for all times are written in Rocq")
    try:
        sides = [rows_of(side, known) for side in body.args]
        if sides[0] is None or sides[1] is None:
            return for_all(names[0], eq(*(entry_of(side, known) for side in body.args)))
    except Malformed as error:
        raise Unsupported(str(error)) from error
    if [*map(len, sides[0])] != [*map(len, sides[1])]:
        raise Unsupported("the two sides are not of one size")
    pairs = (pair for rows in zip(*sides, strict=True) for pair in zip(*rows, strict=True))
    return conj(*(for_all(names[0], eq(one, other)) for one, other in pairs))
