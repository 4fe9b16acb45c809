"""Numbers that a sheet leaves open: from which values each is drawn, what must hold between them, and filling them in.

A table ``draw`` of the sheet, or of a task, gives each name a list of values, a range or a formula in the other names::

    [task.draw]
    a = [2, 1, 3]                  # the first one is the value of the sheet itself
    b = "2..12"                    # 2, 3, …, 12; also "0.1..0.9 step 0.2" and "-3..3 nonzero"
    c = { range = "1..9", default = 5 }
    total = "= a + b"              # computed
    where = ["a < b"]

In the texts of the tasks ``{a}`` is then the value of a, ``{a:factor}`` the same in front of a letter: "", "-", "3 ".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivations.language.errors import Unusable
from derivations.language.terms import Term, number, substitute
from derivations.problems.losses import exact_value
from derivations.reading import read_expression, read_formula, vocabulary_for

MOST_VALUES = 1_000
MOST_TRIES = 2_000  # draws until the conditions hold
NICE = ("integer", "rational")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
_RANGE = re.compile(r"\s*(-?[\d./]+)\s*\.\.\s*(-?[\d./]+)\s*(?:step\s+([\d./]+)\s*)?(nonzero)?\s*")
_PLACE = re.compile(r"\{([A-Za-z]\w*)(?::(\w+))?\}")
Values = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Draws:
    """What a table draws: ``choices`` in the order of the table (the value of the sheet itself first), then what is computed.

    ``conditions`` must hold between the values; ``nice`` says what kind of numbers the answer must consist of.
    """

    choices: tuple[tuple[str, tuple[Fraction, ...]], ...] = ()
    computed: tuple[tuple[str, Term], ...] = ()
    conditions: tuple[Term, ...] = ()
    nice: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in (*self.choices, *self.computed))

    def usual(self) -> dict[str, Fraction]:
        """The values of the sheet itself."""
        return self._completed({name: values[0] for name, values in self.choices})

    def drawn(self, seed: str, scope: str, first: int) -> tuple[dict[str, Fraction], int]:
        """The values that a text draws for a scope, and which draw it was: the first from ``first`` on that fits the conditions.

        The same on every machine. Raises Unusable if none does.
        """
        for attempt in range(first, first + MOST_TRIES):
            values = self._completed(
                {name: values[_hash(len(values), seed, scope, name, attempt)] for name, values in self.choices}
            )
            if self.allows(values):
                return values, attempt
        raise Unusable(f"no values were found that satisfy the conditions on {', '.join(self.names)}")

    def allows(self, values: Values) -> bool:
        return all(_holds(condition, values) for condition in self.conditions)

    def count(self, most: int) -> int:
        """How many different draws there are, as far as ``most``."""
        found = {tuple(self.drawn(str(i), "count", 0)[0].values()) for i in range(8 * most)}
        return min(len(found), most)

    def _completed(self, values: dict[str, Fraction]) -> dict[str, Fraction]:
        for name, formula in self.computed:
            value = exact_value(substitute(formula, _terms(values)))
            if value is None:
                raise Unusable(f"{name} has no value where {_shown(values)}")
            values[name] = value
        return values


def variant_code(seed: str) -> str:
    """A short name of what a text draws, which does not tell the text."""
    digest = hashlib.sha256(f"variant\0{unicodedata.normalize('NFC', seed)}".encode()).digest()
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what looks like another one
    place = int.from_bytes(digest[:8], "big")
    return "".join(letters[place // len(letters) ** i % len(letters)] for i in range(6))


def _hash(count: int, *parts: object) -> int:
    text = unicodedata.normalize("NFC", "\0".join(map(str, parts)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big") % count


def _terms(values: Values) -> dict[str, Term]:
    return {name: number(value) for name, value in values.items()}


def _shown(values: Values) -> str:
    return ", ".join(f"{name} = {plain(value)}" for name, value in values.items())


def _holds(claim: Term, values: Values) -> bool:
    """Whether a condition holds. Raises Unusable where it is none that can be evaluated."""
    if claim.head in ("And", "Or"):
        parts = (_holds(part, values) for part in claim.args)
        return all(parts) if claim.head == "And" else any(parts)
    if claim.head == "Not":
        return not _holds(claim.args[0], values)
    if claim.head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne"):
        left, right = (exact_value(substitute(side, _terms(values))) for side in claim.args)
        if left is None or right is None:
            return False
        found = {"Lt": left < right, "Le": left <= right, "Gt": left > right, "Ge": left >= right, "Eq": left == right}
        return bool(found.get(claim.head, left != right))
    raise Unusable("a condition is made of comparisons", repr(claim), (0, len(repr(claim))))


# --- reading ------------------------------------------------------------------------------------------------------


def read_draws(table: Mapping[str, Any], where: str, before: tuple[str, ...] = ()) -> Draws:
    """The draws of a table; ``before`` are names that it must not use. Raises Unusable, naming the entry."""
    choices: list[tuple[str, tuple[Fraction, ...]]] = []
    formulas: list[tuple[str, str]] = []
    for name, entry in table.items():
        if name in ("where", "nice"):
            continue
        if not _NAME.fullmatch(name) or name in before:
            reason = "the sheet draws this name, too" if name in before else "this cannot be the name of a drawn number"
            raise Unusable(f"{where}: {reason}", name, (0, len(name)))
        if isinstance(entry, str) and entry.lstrip().startswith("="):
            formulas.append((name, entry.lstrip()[1:]))
        else:
            choices.append((name, _values(entry, f"{where}, {name}")))
    if not choices:
        raise Unusable(f"{where}: nothing is drawn", hint='a number is drawn as a = [2, 3, 5], or b = "1..9"')
    nice = table.get("nice", "")
    if nice and nice not in NICE:
        raise Unusable(f"{where}: nice is one of {', '.join(NICE)}", str(nice), (0, len(str(nice))))
    vocabulary = vocabulary_for([*(name for name, _ in choices), *(name for name, _ in formulas)])
    conditions = table.get("where", [])
    try:
        computed = tuple((name, read_expression(text, vocabulary)) for name, text in formulas)
        claims = tuple(read_formula(str(text), vocabulary) for text in conditions)
    except Unusable as error:
        raise Unusable(f"{where}: {error.message}", error.source, error.span, error.hint) from error
    found = Draws(tuple(choices), computed, claims, nice)
    if not found.allows(found.usual()):
        raise Unusable(f"{where}: the sheet's own values ({_shown(found.usual())}) do not satisfy the conditions",
                       hint="the first value of a list is the sheet's own; a range takes default = …")  # fmt: skip
    return found


def _values(entry: Any, where: str) -> tuple[Fraction, ...]:
    """The values of an entry, the sheet's own first."""
    if isinstance(entry, Mapping):
        unknown = set(entry) - {"range", "values", "default", "step", "nonzero"}
        if unknown or ("range" in entry) == ("values" in entry):
            raise Unusable(f"{where}: a table has range or values, and perhaps default, step and nonzero")
        step = f" step {entry['step']}" if "step" in entry else ""
        values = _values(f"{entry['range']}{step}" if "range" in entry else entry["values"], where)
        values = tuple(value for value in values if value or entry.get("nonzero") is not True)
        default = _fraction(entry["default"], where) if "default" in entry else values[0]
        if default not in values:
            raise Unusable(f"{where}: the default is none of the values", plain(default), (0, len(plain(default))))
        return (default, *(value for value in values if value != default))
    if isinstance(entry, list) and entry:
        return tuple(dict.fromkeys(_fraction(value, where) for value in entry[:MOST_VALUES]))
    if isinstance(entry, str) and (match := _RANGE.fullmatch(entry)):
        first, last = _fraction(match[1], where), _fraction(match[2], where)
        step_size = _fraction(match[3] or 1, where)
        if step_size <= 0 or last < first or (last - first) / step_size > MOST_VALUES:
            raise Unusable(f"{where}: this range has no values, or too many", entry, (0, len(entry)))
        count = int((last - first) / step_size) + 1
        return tuple(value for i in range(count) if (value := first + i * step_size) or not match[4])
    shown = repr(entry)[:80]
    raise Unusable(f'{where}: values are given as [2, 3, 5], as "1..9", or as "= a + b"', shown, (0, len(shown)))


def _fraction(value: Any, where: str) -> Fraction:
    text = str(value)
    try:
        if isinstance(value, bool) or len(text) > 30:
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise Unusable(f"{where}: this is not a number", text[:60], (0, min(len(text), 60))) from error


# --- filling in ---------------------------------------------------------------------------------------------------


def filled(data: Any, values: Values, words: bool = False) -> Any:
    """The strings of a table with the values in the places of their names. ``words`` says that they are text, not formulas."""
    if isinstance(data, str):
        return _filled(data, values, words)
    if isinstance(data, Mapping):
        return {key: filled(value, values, words or key in ("text", "say", "words")) for key, value in data.items()}
    return [filled(item, values, words) for item in data] if isinstance(data, list) else data


def _filled(text: str, values: Values, words: bool) -> str:
    def value_at(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        shown = _formatted(values[match[1]], match[2] or "", match[0])
        if words or match[2] or not (shown.startswith("-") or "/" in shown):
            return shown
        alone = match.start() == 0 or text[match.start() - 1] in "=,([{"
        return shown if alone and text[match.end() : match.end() + 1] in ("", ",", ")", "]", "}") else f"({shown})"

    return _PLACE.sub(value_at, text) if values else text


def _formatted(value: Fraction, form: str, source: str) -> str:
    """A value in one of the forms that a placeholder can ask for."""
    if form == "":
        return plain(value)
    if form in ("factor", "times"):
        sign = {Fraction(1): "", Fraction(-1): "-"}.get(value)
        return sign if sign is not None else plain(value) + ("*" if form == "times" else " ")
    if form == "signed":
        return f"{'-' if value < 0 else '+'} {plain(abs(value))}"
    if form == "comma":
        return plain(value).replace(".", ",")
    if form == "fraction":
        return str(value)
    hint = "there are factor, times, signed, comma and fraction"
    raise Unusable("a drawn number has no such form", source, (0, len(source)), hint)


def plain(value: Fraction) -> str:
    """An exact decimal where there is a short one, else a fraction."""
    if value.denominator == 1:
        return str(value)
    for places in range(1, 7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return str(value)


def places(data: Any) -> frozenset[str]:
    """The names in curly braces in the strings of a table."""
    if isinstance(data, str):
        return frozenset(match[1] for match in _PLACE.finditer(data))
    if isinstance(data, Mapping):
        data = list(data.values())
    return frozenset().union(*map(places, data)) if isinstance(data, list) else frozenset()
