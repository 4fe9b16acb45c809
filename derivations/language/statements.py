"""Statements, steps and derivations: a theorem and its proof, as data.

Everything here is frozen and can be written to JSON and read back (see ``serialise``). Words for the reader are ``Prose``:
text with terms in it, so that they too are printed in the notation asked for. Words never change a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.language.terms import Term

Prose = tuple[str | Term, ...]

VARIABLE_DOMAINS = ("real", "natural", "integer")  # or "index:n": a whole number from 1 to n
FUNCTION_DOMAINS = ("sequence", "random", "function", "family", "matrix", "property")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name, what it ranges over, and what it means.

    ``domain`` is "real", "natural", "integer" or "index:n" for a variable; "sequence" (of real numbers, by step),
    "random" (a sequence of random variables), "function" (of real numbers), "family" (real numbers by index), "matrix" (matrices
    of real numbers) or "property" (a predicate that the statement defines) for what is applied to arguments.
    """

    name: str
    domain: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A labelled assumption or definition: ``H2``: 0 < eta*lambda < 2, because "stability"."""

    label: str
    claim: Term
    reason: Prose = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """For all ``variables``: under ``definitions`` and ``hypotheses`` the ``conclusion`` holds."""

    variables: tuple[Symbol, ...]
    definitions: tuple[Hypothesis, ...]
    hypotheses: tuple[Hypothesis, ...]
    conclusion: Term


@dataclass(frozen=True, slots=True)
class Branch:
    """A proof inside a proof: under further ``hypotheses`` the steps reach the last one's claim."""

    name: str
    hypotheses: tuple[Hypothesis, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """``claim`` follows by ``rule`` from the claims labelled ``premises``; ``because`` says so in words."""

    label: str
    rule: str
    claim: Term
    premises: tuple[str, ...] = ()
    witness: Mapping[str, Any] = field(default_factory=dict)
    because: Prose = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What the sheet does not say: words, and the labels of the checked steps that carry them."""

    title: str
    text: Prose
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """A statement, the steps that prove it, and where in its conclusion the answer stands (see ``answers``)."""

    statement: Statement
    steps: tuple[Step, ...]
    answer: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    problem: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What a checked proof rests on."""

    rules: Mapping[str, int]
    oracles: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()  # labels of hypotheses that no step needed

    @property
    def status(self) -> str:
        """``cited`` if a named theorem is used unproved, ``decided`` if an oracle alone stands behind a step, else ``proved``."""
        return "cited" if self.citations else "decided" if self.oracles else "proved"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking an answer came to; ``evidence`` is the proof or counterexample that stands behind it."""

    kind: str  # correct, partial, incorrect, undecided, unreadable
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def is_function(symbol: Symbol) -> bool:
    """Whether the symbol is applied to arguments (a sequence, a function, a family, a property)."""
    return symbol.domain in FUNCTION_DOMAINS
