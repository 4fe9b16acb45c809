"""Why an accepted mutant is harmless: it means the same, says less, or is true of numbers that the kernel has never seen."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import same
from derivations.kernel.table import Table
from derivations.language.errors import Malformed
from derivations.language.statements import Derivation, Step
from derivations.language.terms import Term, conj, implies

from .models import Unknown, true_in
from .mutants import formulas
from .worlds import world

ENOUGH = 4  # models in which a mutant must be true
_TRIED = 40
_NARROWER = {"real": ("natural", "integer"), "integer": ("natural",)}


def reason(original: Derivation, mutant: Derivation) -> str | None:
    """Why the mutant, which the kernel accepted, is true all the same; None if nothing shows it."""
    before, after = formulas(original), formulas(mutant)
    pairs = [(label, old, new) for (label, old), (_, new) in zip(before, after, strict=False) if old != new]
    same_names = original.statement.variables == mutant.statement.variables
    if same_names and len(before) == len(after):
        if not pairs:
            return "another proof of the same claims"
        table = Table(mutant.statement.variables)
        if all(equivalent(table, old, new) for _, old, new in pairs):
            return "the same meaning"
        given = {item.label for item in original.statement.hypotheses}
        defined = {item.label for item in original.statement.definitions}
        less = all(
            weaker(table, new, old) if label in given else weaker(table, old, new)
            for label, old, new in pairs
            if label not in defined
        )
        if less and not any(label in defined for label, _, _ in pairs):
            return "it says less"
    if is_true_of_numbers(mutant, {label for label, _, _ in pairs}):
        return "true in models"
    return None


def equivalent(table: Table, old: Term, new: Term) -> bool:
    try:
        return same(table, old, new)
    except (Refused, Malformed):
        return False


def weaker(table: Table, old: Term, new: Term) -> bool:
    """Whether the new formula follows from the old one by its form alone."""
    if old == new or equivalent(table, old, new):
        return True
    if new.head == "And":
        return all(weaker(table, old, part) for part in new.args)
    if old.head == "Or":
        return all(weaker(table, part, new) for part in old.args)
    if old.head == "And" and any(weaker(table, part, new) for part in old.args):
        return True
    if new.head == "Or" and any(weaker(table, old, part) for part in new.args):
        return True
    if old.head == new.head == "Implies":
        return weaker(table, new.args[0], old.args[0]) and weaker(table, old.args[1], new.args[1])
    if old.head == new.head == "Iff":
        return any(
            all(weaker(table, a, b) and weaker(table, b, a) for a, b in zip(old.args, args, strict=True))
            for args in (new.args, new.args[::-1])
        )
    if old.head == "Iff" and new.head == "Implies":
        return any(weaker(table, implies(*args), new) for args in (old.args, old.args[::-1]))
    if new.head == "Implies" and weaker(table, old, new.args[1]):
        return True
    if old.head == new.head in ("ForAll", "Exists") and old.args[0] == new.args[0]:
        return weaker(table, old.args[1], new.args[1])
    if old.head == "ForAll" and weaker(table, old.args[1], new):
        return True
    implied = {("Lt", "Le"), ("Lt", "Ne"), ("Eq", "Le"), ("Gt", "Ge"), ("Gt", "Ne"), ("Eq", "Ge")}
    return (old.head, new.head) in implied and old.args == new.args


def is_true_of_numbers(mutant: Derivation, changed: set[str]) -> bool:
    """Whether its conclusion and the changed claims hold in every model of its hypotheses that was tried, and in enough."""
    claims = [mutant.statement.conclusion, *(claim for label, claim in _claims(mutant.steps, ()) if label in changed)]
    found = 0
    for seed in range(_TRIED):
        try:
            model = world(mutant.statement, seed)
            if all(true_in(model, item.claim) for item in mutant.statement.hypotheses):
                if not all(true_in(model, claim) for claim in claims):
                    return False
                found += 1
        except Unknown:
            continue
        if found >= 3 * ENOUGH:
            return True
    return found >= ENOUGH


def _claims(steps: tuple[Step, ...], assumed: tuple[Term, ...]) -> Iterator[tuple[str, Term]]:
    """Every claim with its label, under the assumptions of the branches that it stands in."""
    for step in steps:
        yield step.label, implies(conj(*assumed), step.claim) if assumed else step.claim
        for branch in step.branches:
            yield from _claims(branch.steps, (*assumed, *(item.claim for item in branch.hypotheses)))
