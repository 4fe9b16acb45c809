"""Splitting: a stretch of mathematics that is no formula as a whole, as the parts that could be."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.reading.prose import JOINT, MATH, SIGN, STOP, Atom

EQUATING = frozenset(["=", "≈", ":=", "∝", "~", "\\approx", "\\propto", "\\sim", "\\simeq", "\\equiv"])
_ARROWS = frozenset(
    [
        "=>",
        "<=>",
        "->",
        "⇒",
        "⇔",
        "→",
        "⟹",
        "⟺",
        "\\Rightarrow",
        "\\implies",
        "\\iff",
        "\\Leftrightarrow",
        "\\to",
        "\\Longrightarrow",
    ]
)
_SPACES = frozenset(["\\,", "\\;", "\\:", "\\ ", "\\!", "\\quad", "\\qquad", "\\\\", "&", "#"])
_BEFORE = _ARROWS | _SPACES | {")", "}", "\\}", "*", "'", "/", "×", "·"}
_AFTER = _ARROWS | _SPACES | {"(", "[", "{", "\\{", "-"}


def trimmed(run: list[Atom]) -> list[Atom]:
    """Without punctuation, connecting words and brackets at the edges that enclose nothing here."""
    first, last = 0, len(run)
    while first < last and (run[first].kind in (STOP, JOINT) or run[first].text in _BEFORE):
        first += 1
    while first < last and (run[last - 1].kind in (STOP, JOINT) or run[last - 1].text in _AFTER):
        last -= 1
    return run[first:last]


def speaks(run: list[Atom], is_marked: bool) -> bool:
    """Whether there is something in it that could be a formula: not just one letter of a sentence."""
    operands = [atom for atom in run if atom.kind == MATH]
    if not operands:
        return False
    return is_marked or len(run) > 1 or len(run[0].text) > 1 or not run[0].text.isascii() or run[0].text.isdigit()


def looks_mathematical(run: list[Atom]) -> bool:
    signs = [atom for atom in run if atom.kind == SIGN and atom.text not in "()[]{}'"]
    return bool(signs) or len(run) == 1 or any(not atom.text.isprintable() for atom in run)


_PAIRS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}


def _at_brackets(run: list[Atom]) -> list[list[Atom]]:
    """The parts between brackets that open or close only outside of the run."""
    stack: list[int] = []
    single: list[int] = []
    for at, atom in enumerate(run):
        if atom.text in _PAIRS:
            stack.append(at)
        elif atom.text in _PAIRS.values():
            if stack:
                stack.pop()
            else:
                single.append(at)
    return _cut(run, sorted({*single, *stack}))


def _at_spaces(run: list[Atom]) -> list[list[Atom]]:
    """The parts between wide spaces."""
    return _cut(run, [at for at in _level(run) if run[at].text in ("\\quad", "\\qquad")])


def _at_arrows(run: list[Atom]) -> list[list[Atom]]:
    """The statements that arrows join."""
    return _cut(run, [at for at in _level(run) if run[at].text in _ARROWS])


def _at_remarks(run: list[Atom]) -> list[list[Atom]]:
    """Without the relations that stand in brackets beside a formula: 1/6 (0 < x)."""
    places: list[int] = []
    opening, related = -1, False
    for at, atom in enumerate(run):
        if atom.text == "(" and opening < 0:
            opening, related = at, False
        elif opening >= 0 and atom.text in _RELATIONS:
            related = True
        elif opening >= 0 and atom.text == ")" and at - opening > 1:
            places += [opening, at] if related else []
            opening = -1
    return _cut(run, places)


_RELATIONS = frozenset(["<", ">", "<=", ">=", "=", "≤", "≥", "≠", "\\le", "\\leq", "\\ge", "\\geq", "\\neq"])


def _at_commas(run: list[Atom]) -> list[list[Atom]]:
    return _cut(run, [at for at in _level(run) if run[at].text in (",", ";")])


def _at_joints(run: list[Atom]) -> list[list[Atom]]:
    return _cut(run, [at for at in _level(run) if run[at].kind == JOINT])


def _level(run: list[Atom]) -> Iterator[int]:
    """The places outside of all brackets."""
    depth = 0
    for at, atom in enumerate(run):
        depth += (atom.text in _PAIRS) - (atom.text in _PAIRS.values())
        if depth <= 0:
            yield at


def _cut(run: list[Atom], places: list[int]) -> list[list[Atom]]:
    parts, begin = [], 0
    for at in [*places, len(run)]:
        if at > begin:
            parts.append(run[begin:at])
        begin = at + 1
    return parts


SPLITS = (_at_brackets, _at_spaces, _at_arrows, _at_remarks, _at_commas, _at_joints)
