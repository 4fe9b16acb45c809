"""A derivation under other names: every name that is in a mapping is replaced, wherever it stands; what it says is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derivations.language.statements import Branch, Derivation, Hypothesis, Remark, Statement, Step
from derivations.language.terms import HEADS, Term


def renamed(derivation: Derivation, names: Mapping[str, str], meanings: Mapping[str, str]) -> Derivation:
    """The derivation with these names for others; ``meanings`` says what a name stands for, where the old words do not fit."""
    if not names:
        return derivation
    rename = _Renaming(names)
    given = derivation.statement
    variables = tuple(
        replace(one, name=names.get(one.name, one.name), meaning=meanings.get(one.name, one.meaning)) for one in given.variables
    )
    statement = Statement(
        variables, tuple(map(rename.hypothesis, given.definitions)), tuple(map(rename.hypothesis, given.hypotheses)),
        rename.term(given.conclusion),
    )  # fmt: skip
    remarks = tuple(Remark(one.title, rename.prose(one.text), one.about) for one in derivation.remarks)
    return replace(derivation, statement=statement, steps=tuple(map(rename.step, derivation.steps)), remarks=remarks)


class _Renaming:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def term(self, term: Term) -> Term:
        kinds = HEADS[term.head]
        args = []
        for i, arg in enumerate(term.args):
            name = i < len(kinds) and kinds[i] == "name" and term.head != "Interval"
            args.append(self.term(arg) if isinstance(arg, Term) else self.names.get(arg, arg) if name else arg)
        return Term(term.head, tuple(args), term.span)

    def prose(self, words: tuple[str | Term, ...]) -> tuple[str | Term, ...]:
        return tuple(self.term(one) if isinstance(one, Term) else one for one in words)

    def hypothesis(self, one: Hypothesis) -> Hypothesis:
        return Hypothesis(one.label, self.term(one.claim), self.prose(one.reason))

    def step(self, one: Step) -> Step:
        branches = tuple(
            Branch(branch.name, tuple(map(self.hypothesis, branch.hypotheses)), tuple(map(self.step, branch.steps)))
            for branch in one.branches
        )
        defaults = {"step": "t"} if one.rule == "geometric" and "t" in self.names else {}
        witness = {key: self.data(value) for key, value in {**defaults, **one.witness}.items()}
        return replace(one, claim=self.term(one.claim), because=self.prose(one.because), branches=branches, witness=witness)

    def data(self, value: Any) -> Any:
        """A part of a witness: terms, and names as texts and as keys."""
        if isinstance(value, Term):
            return self.term(value)
        if isinstance(value, str):
            return self.names.get(value, value)
        if isinstance(value, Mapping):
            return {self.names.get(key, key): self.data(one) for key, one in value.items()}
        return type(value)(map(self.data, value)) if isinstance(value, (tuple, list)) else value
