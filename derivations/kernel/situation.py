"""What a rule is given: the claim, its premises, the witness, what the branches showed, and the names in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import bound_names, strip
from derivations.kernel.table import Table
from derivations.language.terms import Term, subterms


@dataclass(frozen=True, slots=True)
class Shown:
    """A branch that was checked: its assumptions and the claim of its last step."""

    name: str
    assumptions: tuple[Term, ...]
    claim: Term


@dataclass(frozen=True, slots=True)
class Situation:
    """A step as its rule sees it. ``fixed`` are the variables that the assumptions in force speak of.

    ``bound`` are the variables bound in the claim or inside a premise, also when a rule goes on with a part of the claim: a
    premise about such a variable as a fixed one cannot be used there.
    """

    table: Table
    claim: Term
    premises: tuple[Term, ...]
    witness: Mapping[str, Any]
    branches: tuple[Shown, ...]
    fixed: frozenset[str]
    bound: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        here = bound_names([self.claim, *(strip(premise)[1] for premise in self.premises)])
        object.__setattr__(self, "bound", self.bound | here)

    def require_all_outcomes(self, premise: Term) -> None:
        """Raises Refused for a premise about one outcome, where there is an expectation that it could be used in."""
        if CHANCE in self.fixed and self.table.is_random(premise):
            parts = (node for formula in (self.claim, *self.premises) for node in subterms(formula))
            require(not any(node.head in ("Expect", "Variance") for node in parts), "scope", "it may hold for one outcome only")

    def term(self, name: str) -> Term:
        """A term from the witness."""
        value = self.witness.get(name)
        if not isinstance(value, Term):
            raise Refused("witness", f"the witness should give a term {name!r}")
        self.table.check_names(value)
        return value

    def claimed(self, head: str, of: Term | None = None) -> tuple[Any, ...]:
        """The arguments of the claim (or of a part of it), which must have this head."""
        formula = self.claim if of is None else of
        if formula.head != head:
            raise Refused("shape", f"expected {head}, found {formula.head}")
        return formula.args


CHANCE = "_chance"  # stands among the fixed variables where an assumption speaks of one outcome


Rule = Callable[[Situation], None]


def require(condition: bool, reason: str, message: str) -> None:
    if not condition:
        raise Refused(reason, message)
