"""What a template is given: the claim to prove, its premises as named hypotheses, the witness, and what the branches show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from derivations.kernel.formulas import strip
from derivations.kernel.situation import CHANCE
from derivations.kernel.table import Table
from derivations.language.terms import ONE, ZERO, Term, free_symbols, substitute
from derivations.rocq.errors import Unsupported
from derivations.rocq.names import Names
from derivations.rocq.writing import Writer


@dataclass(frozen=True, slots=True)
class Entry:
    """A formula in scope: its Rocq name, and the variables (and perhaps the outcome) that its Rocq type quantifies in front."""

    name: str
    term: Term
    implicit: tuple[str, ...] = ()
    outcomes: bool = False


@dataclass(frozen=True, slots=True)
class Premise:
    """A hypothesis in the context: ``name`` has the type ``say(term)``; with ``every_outcome`` the type ``forall w, say(term)``.

    ``entry`` is the formula in scope that it is an instance of.
    """

    name: str
    term: Term
    every_outcome: bool = False
    entry: Entry | None = None


def instance_of(entry: Entry, names: Names, here: frozenset[str]) -> Premise:
    """An earlier claim, for the variables that stand in the context, or for some value of those that do not."""
    text, values = entry.name, {}
    for name in entry.implicit:
        variable, bound = names.variable(name), names.bound(name)
        if name in here:
            text += f" {variable}{f' B{variable}' if bound else ''}"
        else:
            values[name] = ONE if bound else ZERO
            number = values[name].args[0]
            text += f" {number}%nat" if names.variable_type(name) == "nat" else f" {number}"
            text += " ltac:(lia)" if bound else ""
    outcome = CHANCE in here
    if entry.outcomes and outcome:
        text += " w"
    term = substitute(entry.term, values)
    return Premise(f"({text})" if " " in text else text, term, entry.outcomes and not outcome, entry)


@dataclass(frozen=True, slots=True)
class ShownBranch:
    """A branch of a step. ``script`` proves its steps, once its assumptions are introduced under ``names``.

    After it, ``proof`` has the type ``say(claim)``, for the variables that are in the context.
    """

    assumptions: tuple[Term, ...]
    names: tuple[str, ...]
    claim: Term
    script: str
    proof: str
    entry: Entry | None = None


@dataclass(frozen=True)
class Goal:
    """A step as its template sees it. ``here`` are the variables that stand in the Rocq context (with ``Bi`` for an index i).

    ``known`` are all formulas in scope (definitions, hypotheses, earlier steps), for templates that need one that is no premise.
    """

    writer: Writer
    claim: Term
    premises: tuple[Premise, ...]
    witness: Mapping[str, Any]
    branches: tuple[ShownBranch, ...]
    fixed: frozenset[str]
    here: frozenset[str]
    known: Mapping[str, Premise] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def names(self) -> Names:
        return self.writer.names

    @property
    def table(self) -> Table:
        return self.writer.table

    def say(self, formula: Term) -> str:
        """Rocq text of a formula; a random one outside an expectation speaks of the outcome w."""
        return self.writer.formula(formula)

    def real(self, term: Term) -> str:
        return self.writer.real(term)

    def fresh(self, letter: str = "Q") -> str:
        """A name that occurs nowhere else: a capital letter of Q, K, Z, F, N and a number."""
        return f"{letter}{next(self.numbers)}"

    def term(self, name: str) -> Term:
        """A term from the witness."""
        value = self.witness.get(name)
        if not isinstance(value, Term):
            raise Unsupported(f"the witness gives no {name}")
        return value

    # --- applying what is for all ---------------------------------------------------------------------------------

    def applied(self, premise: Premise, values: Mapping[str, Term] | None = None, outcome: str = "w") -> str:
        """Proof of a premise's body for values of its leading variables (by default: the variables of the same names)."""
        names, _ = strip(premise.term)
        text = premise.name + (f" {outcome}" if premise.every_outcome else "")
        for name in names:
            value = (values or {}).get(name)
            text += f" {self._value(name, value)}{self._bound_proof(name, value)}"
        return f"({text})" if " " in text else text

    def _value(self, name: str, value: Term | None) -> str:
        if value is None:
            if name not in self.here:
                raise Unsupported(f"no value for {name}")
            return self.names.variable(name)
        if self.names.variable_type(name) == "nat":
            return self.writer.natural(value)
        return f"({self.real(value)})"

    def _bound_proof(self, name: str, value: Term | None) -> str:
        if self.names.bound(name) is None:
            return ""
        if value is None:
            return f" B{self.names.variable(name)}"
        if value.head == "Symbol" and value.args[0] in self.here and self.table.domain(value.args[0]) == self.table.domain(name):
            return f" B{self.names.variable(value.args[0])}"
        return " ltac:(lia)"

    def value_text(self, name: str, value: Term, proof: bool = True) -> str:
        """A value for a quantified variable, as an argument of a proof (with the proof of its bound, unless that is not wanted)."""
        return f" {self._value(name, value)}{self._bound_proof(name, value) if proof else ''}"

    def exactly(self, proof: str) -> str:
        """``exact``; where a natural number was put in for a variable, its sums are brought into normal form first."""
        if "(S " not in proof and "0%nat" not in proof and "%nat" not in proof:
            return f"exact {proof}."
        name = self.fresh("Q")
        return f"first [exact {proof} | pose proof {proof} as {name}; natural_forms {name}; by_naturals {name}]."

    def introduce(self, name: str) -> str:
        """``intros`` for a variable that is quantified, with its bound; one of that name in the context gets another name first."""
        variable, bound = self.names.variable(name), self.names.bound(name)
        return f"{self.make_room(name)}intros {variable}{f' B{variable}' if bound else ''}. "

    def introduce_outcome(self) -> str:
        """``intros w``, for the outcome of an expectation."""
        return f"{self.make_room(CHANCE)}intros w. "

    def make_room(self, name: str) -> str:
        """Renames a variable that stands in the context already: from now on its name means another one."""
        if name not in self.here:
            return ""
        variable = "w" if name == CHANCE else self.names.variable(name)
        text = f"rename {variable} into {self.fresh('Z')}. "
        if name != CHANCE and self.names.bound(name):
            text += f"rename B{variable} into {self.fresh('Z')}. "
        return text

    def again(self, premise: Premise) -> Premise:
        """The premise for the variables that stand in the context by now."""
        return premise if premise.entry is None else instance_of(premise.entry, self.names, self.here)

    def branch_again(self, branch: ShownBranch) -> ShownBranch:
        """What the branch shows, for the variables that stand in the context by now."""
        if branch.entry is None:
            return branch
        shown = instance_of(branch.entry, self.names, self.here)
        return replace(branch, claim=shown.term, proof=shown.name)

    def closed_value(self, value: Term) -> Term:
        """The value with 1 for every variable that stands nowhere in the context: what is claimed does not depend on it."""
        return substitute(value, dict.fromkeys(free_symbols(value) - self.here, ONE))

    def within(self, *names: str) -> Goal:
        """The same goal with further variables in the context."""
        return self.replace(here=self.here | set(names))

    def replace(self, **changes: Any) -> Goal:
        """The same goal but for these fields."""
        return replace(self, **changes)


Template = Callable[[Goal], str]
