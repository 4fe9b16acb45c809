"""Equality of rational functions, with linearity of sums and expectations."""

from __future__ import annotations

from derivations.rocq.algebra import equation_script
from derivations.rocq.goal import Goal


def identity(goal: Goal) -> str:
    """a = b by canonical forms and ``field``; matrices entry by entry."""
    left, right = goal.claim.args
    if left.head == "Matrix":
        return matrices(goal)
    return equation_script(goal, left, right, goal.premises)


def matrices(goal: Goal) -> str:
    """Each entry by itself, then both matrices are one."""
    left, right = goal.claim.args
    lines, names = [], []
    for one_row, other_row in zip(left.args, right.args, strict=True):
        for one, other in zip(one_row.args, other_row.args, strict=True):
            if goal.real(one) != goal.real(other):
                name = goal.fresh("Q")
                script = equation_script(goal, one, other, goal.premises)
                lines.append(f"assert ({name} : {goal.real(one)} = {goal.real(other)}). {{ {script} }}")
                names.append(name)
    return "\n".join([*lines, *(f"rewrite ?{name}." for name in names), "reflexivity."])
