"""The decider of each kind of answer, imported when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Finding
from derivations.language.terms import Term

# kind → module of this room whose ``decide`` is asked
MODULES = {
    "expression": "expressions", "equation": "equations", "number": "numbers", "leading-term": "asymptotics",
    "asymptotic": "asymptotics", "up-to-scale": "expressions", "up-to-constant": "expressions", "property": "properties",
    "range": "ranges", "member": "members", "matrix": "matrices", "set": "collections", "list": "collections", "chain": "chains",
}  # fmt: skip


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """What the decider of the part's kind comes to."""
    return _decider(part.kind)(part, said, setting)


@cache
def _decider(kind: str) -> Callable[[Part, Term, Setting], Finding]:
    decider: Callable[[Part, Term, Setting], Finding] = import_module(f"derivations.homework.deciding.{MODULES[kind]}").decide
    return decider
