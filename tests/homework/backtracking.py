"""Attacks on regular expressions: for every repetition in a pattern, long texts that begin to match and then do not.

The texts come from the pattern's own syntax tree: what stands before the repetition, its body many times, and a character that
nothing accepts; the same with the beginning repeated, so that the search starts anew at every place.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

LONG = 20  # a repetition of at least so many times is attacked
CHARACTERS = " a1\n,.($={x\\-*_é:"
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def patterns(rooms: tuple[str, ...]) -> dict[str, tuple[re.Pattern[str], str]]:
    """All compiled patterns in modules of these packages, by module and name, and how they are used: find, match or fullmatch."""
    found: dict[str, tuple[re.Pattern[str], str]] = {}
    for module in _modules(rooms):
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            inner = (
                value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else (value,)
            )
            used = set(re.findall(rf"\b{name}\.(\w+)", source))
            how = "match" if used == {"match"} else "fullmatch" if used and used <= {"match", "fullmatch"} else "find"
            for i, one in enumerate(inner):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found[f"{module.__name__}.{name}" + (f"[{i}]" if len(tuple(inner)) > 1 else "")] = (one, how)
    return found


def _modules(rooms: tuple[str, ...]) -> Iterator[ModuleType]:
    for room in rooms:
        package = importlib.import_module(room)
        yield package
        for one in pkgutil.walk_packages(package.__path__, f"{room}."):
            yield importlib.import_module(one.name)


def attacks(pattern: re.Pattern[str], size: int) -> Iterator[str]:
    """Texts of about so many characters."""
    seen: set[str] = set()
    for choice in range(2):
        whole = _sample(parser.parse(pattern.pattern, pattern.flags), choice)
        tree = parser.parse(pattern.pattern, pattern.flags)
        for before, body in _repeats(tree, "", choice):
            for unit, start in (
                (body, before),
                (before + body, ""),
                (before, ""),
                (whole[:-1], ""),
                (whole, ""),
                (body + before, before),
                (before + body * 150, ""),
            ):
                if unit and (start, unit) not in seen:
                    seen.add((start, unit))  # type: ignore[arg-type]
                    for end in ("\x00", ""):
                        yield start + unit * (size // len(unit)) + end


def _repeats(tree: Any, before: str, choice: int) -> Iterator[tuple[str, str]]:
    """(what comes before, the body) of each long repetition."""
    for op, arg in tree:
        if op in _REPEATS:
            least, most, body = arg
            one = _sample(body, choice)
            if most >= LONG:
                yield before, one
            yield from _repeats(body, before, choice)
            before += one * max(least, 1 if most < LONG else 0)
        elif op is codes.SUBPATTERN:
            yield from _repeats(arg[3], before, choice)
            before += _sample(arg[3], choice)
        elif op is codes.BRANCH:
            for branch in arg[1]:
                yield from _repeats(branch, before, choice)
            before += _sample(arg[1][choice % len(arg[1])], choice)
        elif op in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _repeats(arg[1], before, choice)
        elif op is codes.ATOMIC_GROUP:
            yield from _repeats(arg, before, choice)
            before += _sample(arg, choice)
        else:
            before += _single(op, arg, choice)


def _sample(tree: Any, choice: int) -> str:
    """A text that the tree is likely to match."""
    text = ""
    for op, arg in tree:
        if op in _REPEATS:
            text += _sample(arg[2], choice) * max(arg[0], 1)
        elif op is codes.SUBPATTERN:
            text += _sample(arg[3], choice)
        elif op is codes.BRANCH:
            text += _sample(arg[1][choice % len(arg[1])], choice)
        elif op is codes.ATOMIC_GROUP:
            text += _sample(arg, choice)
        else:
            text += _single(op, arg, choice)
    return text


def _single(op: Any, arg: Any, choice: int) -> str:
    if op is codes.LITERAL:
        return chr(arg)
    if op is codes.NOT_LITERAL or op is codes.ANY:
        return "a "[choice % 2] if op is codes.ANY or chr(arg) not in "a " else "b"
    if op is codes.IN:
        fitting = [char for char in CHARACTERS if _accepts(arg, char)]
        named = [chr(value) for kind, value in arg if kind is codes.LITERAL] if arg[0][0] is not codes.NEGATE else []
        both = fitting[:2] + named + fitting[2:]
        return both[choice % len(both)] if both else "a"
    return ""


def _accepts(members: Any, char: str) -> bool:
    negated = members[0][0] is codes.NEGATE
    for kind, value in members[1:] if negated else members:
        if kind is codes.LITERAL and ord(char) == value:
            return not negated
        if kind is codes.RANGE and value[0] <= ord(char) <= value[1]:
            return not negated
        if kind is codes.CATEGORY and re.match(_CLASSES[str(value)], char):
            return not negated
    return bool(negated)


_CLASSES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def seconds(pattern: re.Pattern[str], text: str, how: str) -> float:
    """The time to match a text, or to find every match in it."""
    start = time.process_time()
    if how == "find":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, how)(text)
    return time.process_time() - start


def worst(
    pattern: re.Pattern[str], size: int, bound: float, how: str = "find", refused: Callable[[str], object] | None = None
) -> tuple[float, str]:
    """The slowest attack of this size, or the first of a part of it that is too slow for its length.

    A text that is ``refused`` never meets the pattern.
    """
    slowest = (0.0, "")
    for texts in zip(
        *(attacks(pattern, one) for one in (22, 34, size // 64, size // 16, size // 4, size)), strict=True
    ):
        for part, text in zip((32, 32, 16, 8, 4, 1), texts, strict=True):
            if refused is not None and refused(text):
                continue
            spent = seconds(pattern, text, how)
            if spent > bound / part:
                spent = min(spent, seconds(pattern, text, how))
            slowest = max(slowest, (spent * part, text))
            if spent > bound / part:
                return slowest
    return slowest
