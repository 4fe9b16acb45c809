"""Looks at a term before anything is worked out: what it is made of, and whether it is too long, too deep, or foreign here."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from derivations.homework.deciding.setting import Setting
from derivations.language.terms import Term, subterms

MAX_NODES = 500
MAX_DEPTH = 80
MAX_SUMS = 12
MAX_EXPONENTS = 24  # that are no numbers
MAX_DIGITS = 400  # binary digits of a number
APPLIED = frozenset({"Apply", "Derivative", "Expect", "Variance"})
_QUANTIFIERS = frozenset({"ForAll", "Exists"})
_COMPARED = frozenset(
    {"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow", "Abs", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Sinh", "Cosh",
     "Tanh", "Asinh", "Atan", "Max", "Min", "Factorial", "RootOf", "Apply", "Derivative", "Sum", "Delta", "Expect", "Variance"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What a term is made of: its heads, variables, and values of sequences and functions; or the trouble with it."""

    trouble: str = ""
    heads: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    applied: frozenset[Term] = frozenset()


def unfit(said: Term, setting: Setting) -> str:
    """Why a term is not looked at: too long, too deep, or with names of nothing known; empty if it is fine."""
    return look_at(said, setting).trouble


def look_at(said: Term, setting: Setting) -> Look:
    """What a formula for a number is made of, or why it is none."""
    look: Look = setting.recent("look", said, lambda: _of_a_number(look_over(said, setting.table.variables, MAX_NODES)))
    return look


def look_over(said: Term, declared: Container[str], most: int) -> Look:
    """All parts of a term, level by level; not further than the bounds allow, of which ``most`` is for their number."""
    bound, heads, names = set[str](), set[str](), set[str]()
    nodes, sums, exponents, level, applied = 0, 0, 0, [said], []
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > most:
            return Look("the formula is too long")
        below: list[Term] = []
        for node in level:
            head = node.head
            if head == "Symbol":
                if node.args[0] not in declared and node.args[0] not in bound:
                    return Look(f"{node.args[0]} is not a name of this task")
                names.add(node.args[0])
            elif head == "Number":
                value = node.args[0]
                if value.numerator.bit_length() > MAX_DIGITS or value.denominator.bit_length() > MAX_DIGITS:
                    return Look("a number in it is too long")
            else:
                heads.add(head)
                sums += head == "Sum"
                exponents += head == "Pow" and node.args[1].head != "Number"
                if head in APPLIED:
                    applied.append(node)
                elif head in _QUANTIFIERS:
                    bound.add(node.args[0])
                below += [arg for arg in node.args if type(arg) is Term]
        level = below
        if sums > MAX_SUMS:
            return Look("there are too many sums in it")
        if exponents > MAX_EXPONENTS:
            return Look("there are too many powers in it")
        if not level:
            return Look("", frozenset(heads), frozenset(names), frozenset(applied))
    return Look("the formula is nested too deeply")


def _of_a_number(look: Look) -> Look:
    """The same, if its heads are those of formulas for a number."""
    if look.trouble or look.heads <= _COMPARED:
        return look
    return Look("± leaves open which sign is meant" if "PlusMinus" in look.heads else "this is not a formula for a number")


def applied_in(term: Term) -> frozenset[Term]:
    """The values of sequences and functions in a term."""
    return frozenset(node for node in subterms(term) if node.head in APPLIED)
