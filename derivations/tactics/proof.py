"""Building a derivation: names, definitions and hypotheses are declared, steps are appended, labels are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from derivations.kernel.checker import check
from derivations.language.notation import ROLE
from derivations.language.statements import (
    FUNCTION_DOMAINS,
    Branch,
    Derivation,
    Hypothesis,
    Prose,
    Remark,
    Statement,
    Step,
    Symbol,
)
from derivations.language.terms import Term


@dataclass
class Proof:
    """A derivation under construction; ``step`` returns the label of what it added."""

    variables: dict[tuple[str, bool], Symbol] = field(default_factory=dict)
    definitions: list[Hypothesis] = field(default_factory=list)
    hypotheses: list[Hypothesis] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    claims: dict[str, Term] = field(default_factory=dict)
    _count: int = 0
    _assumptions: int = 0

    def declare(self, name: str, domain: str, meaning: str = "") -> str:
        """A name, unless it is declared already; its meaning comes from the notation table if none is given."""
        row = Symbol(name, domain, meaning or (ROLE[name].meaning if name in ROLE else ""))
        key = (name, domain in FUNCTION_DOMAINS)
        self.variables.setdefault(key, row)
        return name

    def real(self, *names: str) -> None:
        for name in names:
            self.declare(name, "real")

    def define(self, claim: Term, *reason: str | Term) -> str:
        label = f"D{len(self.definitions) + 1}"
        self.definitions.append(Hypothesis(label, claim, reason))
        self.claims[label] = claim
        return label

    def assume(self, claim: Term, *reason: str | Term) -> str:
        label = f"H{len(self.hypotheses) + 1}"
        self.hypotheses.append(Hypothesis(label, claim, reason))
        self.claims[label] = claim
        return label

    def step(
        self,
        rule: str,
        claim: Term,
        *premises: str,
        because: str | Prose = "",
        branches: tuple[Branch, ...] = (),
        **witness: Any,
    ) -> str:
        self._count += 1
        label = str(self._count)
        words = (because,) if isinstance(because, str) else because
        self.steps.append(Step(label, rule, claim, premises, witness, words, branches))
        self.claims[label] = claim
        return label

    @contextmanager
    def inside(self) -> Iterator[list[Step]]:
        """Steps added within go into the list that is given, not into the proof itself."""
        outer, self.steps = self.steps, []
        inner = self.steps
        try:
            yield inner
        finally:
            self.steps = outer

    def supposing(self, claim: Term, *reason: str | Term) -> Hypothesis:
        """An assumption for a branch, with a label of its own."""
        self._assumptions += 1
        item = Hypothesis(f"A{self._assumptions}", claim, reason)
        self.claims[item.label] = claim
        return item

    def branch(self, name: str, steps: list[Step], *assumptions: Hypothesis) -> Branch:
        return Branch(name, tuple(assumptions), tuple(steps))

    def move_before_last(self, label: str) -> None:
        """Put the newest step before the one that was last, which stays the conclusion."""
        assert self.steps[-1].label == label
        self.steps[-2:] = [self.steps[-1], self.steps[-2]]

    def remark(self, title: str, text: Prose, *about: str) -> None:
        self.remarks.append(Remark(title, text, about))

    def finish(self, answer: Mapping[str, Any], problem: Mapping[str, Any]) -> Derivation:
        """The derivation, its conclusion being the last step's claim; raises Refused if the kernel does.

        Steps that lead nowhere are left out, and the rest are numbered in order.
        """
        self._prune()
        statement = Statement(
            tuple(self.variables.values()),
            tuple(self.definitions),
            tuple(self.hypotheses),
            self.steps[-1].claim,
        )
        derivation = Derivation(statement, tuple(self.steps), answer, tuple(self.remarks), problem)
        check(derivation)
        return derivation

    def _prune(self) -> None:
        wanted = {label for remark in self.remarks for label in remark.about} | {self.steps[-1].label}
        for step in reversed(self.steps):
            if step.label in wanted:
                wanted |= _mentioned(step)
        kept = [step for step in self.steps if step.label in wanted]
        names: dict[str, str] = {}
        self.steps = [_renumbered(step, names, str(i), count(1)) for i, step in enumerate(kept, start=1)]
        self.remarks = [replace(r, about=tuple(names.get(label, label) for label in r.about)) for r in self.remarks]


def _mentioned(step: Step) -> set[str]:
    found = set(step.premises)
    for branch in step.branches:
        for inner in branch.steps:
            found |= _mentioned(inner)
    return found


def _renumbered(step: Step, names: dict[str, str], number: str, below: count[int]) -> Step:
    """The step with its number; those of its branches, however deep, are numbered below it in order: 7.1, 7.2 …"""
    names[step.label] = number
    whole, branches = number.split(".", maxsplit=1)[0], []
    for branch in step.branches:
        inner = tuple(_renumbered(one, names, f"{whole}.{next(below)}", below) for one in branch.steps)
        branches.append(replace(branch, steps=inner))
    premises = tuple(names.get(label, label) for label in step.premises)
    return replace(step, label=names[step.label], premises=premises, branches=tuple(branches))
