"""How tightly a formula binds: what decides where parentheses must stand."""

from __future__ import annotations

from typing import NamedTuple

from derivations.rendering.boxes import Box, Fenced

LIST, QUANTIFIED, EQUIVALENCE, IMPLICATION, DISJUNCTION, CONJUNCTION, NEGATION = range(7)
RELATION, SUM, LARGE, PRODUCT, QUOTIENT, POWER, ATOM = 10, 20, 28, 30, 35, 40, 50


class Laid(NamedTuple):
    """A box, and how tightly what it says binds."""

    box: Box
    level: int


def at_least(laid: Laid, level: int) -> Box:
    """The box, in parentheses where it binds less tightly than asked."""
    return laid.box if laid.level >= level else Fenced(laid.box)
