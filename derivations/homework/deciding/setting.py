"""What a task takes for granted, prepared once for all answers to it: the names with their domains, and the hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from derivations.homework.keys import TaskKey
from derivations.kernel.errors import Refused
from derivations.kernel.rules import RULES
from derivations.kernel.situation import Situation
from derivations.kernel.table import Table
from derivations.language.statements import Symbol
from derivations.language.terms import Term, free_symbols

MOST_READY = 200
COUNTERS = ("k", "j", "i", "s", "m")  # over these an answer's own sums may run, if they are not names of the task
MOST_RECENT = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """``table`` declares the names, ``hypotheses`` hold throughout. A proof found here is the kernel's, by one of its rules."""

    table: Table
    hypotheses: tuple[Term, ...]
    _ready: dict[tuple[str, int], tuple[Term, Any]] = field(default_factory=dict, repr=False, compare=False)
    _recent: dict[tuple[Any, int], tuple[Term, Any]] = field(default_factory=dict, repr=False, compare=False)

    def ready(self, what: str, key: Term, make: Callable[[Term, Setting], Any]) -> Any:
        """What is prepared once for a right answer: the same object whenever it is asked for the same key."""
        found = self._ready.get((what, id(key)))
        if found is None or found[0] is not key:
            if len(self._ready) > MOST_READY:
                self._ready.clear()
            found = self._ready[what, id(key)] = (key, make(key, self))
        return found[1]

    def recent(self, what: Any, said: Term, make: Callable[[], Any]) -> Any:
        """What was worked out about an answer a moment ago, so that several right answers can be compared with it."""
        found = self._recent.get((what, id(said)))
        if found is None or found[0] is not said:
            if len(self._recent) > MOST_RECENT:
                self._recent.clear()
            found = self._recent[what, id(said)] = (said, make())
        return found[1]

    def proves(self, claim: Term, rule: str, further: tuple[Term, ...] = ()) -> bool:
        """Whether the kernel's rule gives the claim from the hypotheses, and further premises."""
        try:
            RULES[rule](Situation(self.table, claim, self.hypotheses + further, {}, (), frozenset()))
        except (Refused, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return False
        return True


def related(names: Iterable[str], hypotheses: Iterable[Term]) -> frozenset[str]:
    """The names, and those that hypotheses connect with them."""
    found, groups = frozenset(names), [free_symbols(one) for one in hypotheses]
    for _ in groups:
        found = found.union(*(group for group in groups if group & found))
    return found


def setting_of(key: TaskKey) -> Setting:
    """The setting of a task. Raises Refused where its names clash."""
    taken = {one.name for one in key.symbols}
    counters = (Symbol(name, "natural") for name in COUNTERS if name not in taken)
    return Setting(Table((*key.symbols, *counters)), key.hypotheses)
