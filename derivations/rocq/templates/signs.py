"""The rule `signs`: what follows for all signs of the factors (derivations/rocq/signs.py)."""

from __future__ import annotations

from derivations.kernel.situation import CHANCE
from derivations.rocq.goal import Goal
from derivations.rocq.signs import signs_script


def signs(goal: Goal) -> str:
    """A premise for every outcome is used for the outcome at hand; quantified premises are propositions like others."""
    given = []
    for premise in goal.premises:
        if not premise.every_outcome:
            given.append((premise.term, premise.name))
        elif CHANCE in goal.here or goal.table.is_random(goal.claim):
            given.append((premise.term, f"({premise.name} w)"))
    return signs_script(goal, goal.claim, given)
