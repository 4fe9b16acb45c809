"""Samples: terms at a few fixed points, to see quickly which of many formulas an answer may be equal to. Nothing is decided by it.

A point gives a rational number to each symbol, and to each part that is no arithmetic (a value of a sequence, a mean) one that
depends on what the part says alone. Values are exact; with exp, log or a root in it, a value is a ball.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isqrt
from zlib import crc32

from flint import arb, fmpq

from derivations.kernel.table import Table
from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import Term, subterms

Value = Fraction | arb
Point = Mapping[str, Fraction]

MAX_EXPONENT = 1_000
MAX_BITS = 4_000
MAX_NODES = 400
_LARGE_BALL = 100_000
_TRIALS = 400

_FUNCTIONS = {
    "Sqrt": arb.sqrt, "Exp": arb.exp, "Log": arb.log, "Sin": arb.sin, "Cos": arb.cos, "Tan": arb.tan, "Sinh": arb.sinh,
    "Cosh": arb.cosh, "Tanh": arb.tanh, "Asinh": arb.asinh, "Atan": arb.atan,
}  # fmt: skip
_OPAQUE = frozenset({"Apply", "Derivative", "Diff", "Expect", "Variance", "Sum", "Delta", "RootOf", "Factorial", "Det"})


class Unknown(DerivationsError):
    """There is no value that can be told: it is too large, or no number."""


class Undefined(Unknown):
    """There is certainly no value: a division by zero, a root of a negative number, a logarithm of what is not positive."""


def value(term: Term, point: Point) -> Value:
    """The term's value. Raises Unknown where it has none."""
    head, args = term.head, term.args
    if head == "Number":
        return args[0]  # type: ignore[no-any-return]
    if head == "Symbol":
        return _of_symbol(args[0], point)
    if head in _OPAQUE:
        return _of_text(ascii_text(term))
    if head == "Pow":
        return _power(args[0], args[1], point)
    if head not in _ARITHMETIC and head not in _FUNCTIONS:
        raise Unknown(head)
    parts = [value(arg, point) for arg in args]
    if head in _FUNCTIONS:
        return _function(head, parts[0])
    result = _combined(head, parts)
    if isinstance(result, Fraction) and result.denominator.bit_length() + result.numerator.bit_length() > MAX_BITS:
        raise Unknown("a long number")
    return result


_ARITHMETIC = frozenset({"Add", "Mul", "Neg", "Div", "Abs", "Max", "Min"})


def _combined(head: str, parts: list[Value]) -> Value:
    if head == "Neg":
        return -parts[0]
    if head == "Abs":
        return abs(parts[0])
    if head == "Div":
        if parts[1] == 0:  # exactly: a ball around zero is not equal to it
            raise Undefined("division by zero")
        return _quotient(parts[0], parts[1])
    result = parts[0]
    for part in parts[1:]:
        if head in ("Max", "Min"):
            if not (isinstance(result, Fraction) and isinstance(part, Fraction)):
                raise Unknown(head)
            result = max(result, part) if head == "Max" else min(result, part)
            continue
        if type(result) is not type(part):
            result, part = as_ball(result), as_ball(part)
        result = result + part if head == "Add" else result * part
    return result


def _quotient(top: Value, bottom: Value) -> Value:
    if isinstance(top, Fraction) and isinstance(bottom, Fraction):
        return top / bottom
    return as_ball(top) / as_ball(bottom)


def as_ball(number: Value) -> arb:
    return arb(fmpq(number.numerator, number.denominator)) if isinstance(number, Fraction) else number


def _of_symbol(name: str, point: Point) -> Fraction:
    found = point.get(name)
    return _of_text(name) if found is None else found


def _of_text(text: str) -> Fraction:
    """A number between 1 and 2 that depends on the text alone."""
    return 1 + Fraction(crc32(text.encode()) % 997 + 1, 1009)


def _power(base: Term, exponent: Term, point: Point) -> Value:
    low, high = value(base, point), value(exponent, point)
    if isinstance(low, Fraction) and isinstance(high, Fraction) and high.denominator == 1:
        count = abs(high.numerator)
        if count > MAX_EXPONENT or count * (low.numerator.bit_length() + low.denominator.bit_length()) > MAX_BITS:
            raise Unknown("a large power")
        if low == 0 and high < 0:
            raise Undefined("division by zero")
        return low ** int(high)
    if high == Fraction(1, 2):
        return _function("Sqrt", low)
    ball = as_ball(low)
    if ball == 0 and as_ball(high) > 0:
        return Fraction(0)
    if not ball > 0:
        raise Unknown("a power of what is not positive")
    return _finite(_bounded(ball) ** _bounded(as_ball(high)))


def _function(head: str, argument: Value) -> Value:
    if head == "Sqrt" and isinstance(argument, Fraction):
        if argument < 0:
            raise Undefined("a root of a negative number")
        root = Fraction(isqrt(argument.numerator), isqrt(argument.denominator))
        if root * root == argument:
            return root
    ball = as_ball(argument)
    if (head == "Log" and ball <= 0) or (head == "Sqrt" and ball < 0):
        raise Undefined("a root or logarithm")
    if isinstance(argument, Fraction) and argument in _EASY.get(head, {}):
        return _EASY[head][argument]
    return _finite(_FUNCTIONS[head](_bounded(ball)))


_EASY = {
    "Exp": {Fraction(0): Fraction(1)}, "Log": {Fraction(1): Fraction(0)}, "Sin": {Fraction(0): Fraction(0)},
    "Cos": {Fraction(0): Fraction(1)}, "Tan": {Fraction(0): Fraction(0)}, "Sinh": {Fraction(0): Fraction(0)},
    "Cosh": {Fraction(0): Fraction(1)}, "Tanh": {Fraction(0): Fraction(0)}, "Asinh": {Fraction(0): Fraction(0)},
    "Atan": {Fraction(0): Fraction(0)},
}  # fmt: skip


def _bounded(ball: arb) -> arb:
    if not abs(ball) < _LARGE_BALL:
        raise Unknown("a large number")
    return ball


def _finite(ball: arb) -> arb:
    if not ball.is_finite():
        raise Unknown("undefined")
    return ball


def alike(one: Value, other: Value) -> bool:
    """Whether two values may be the same number."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    return bool(as_ball(one).overlaps(as_ball(other)))


def is_small(term: Term) -> bool:
    """Whether it has at most ``MAX_NODES`` parts."""
    return all(i < MAX_NODES for i, _ in enumerate(subterms(term)))


# --- truth --------------------------------------------------------------------------------------------------------


def truth(formula: Term, point: Point, variable: str = "") -> bool:
    """Whether the formula holds; an interval or a set is one of the variable. Raises Unknown where that cannot be said."""
    head, args = formula.head, formula.args
    if head in ("And", "Intersection"):
        return all([truth(arg, point, variable) for arg in args])
    if head in ("Or", "Union"):
        return any([truth(arg, point, variable) for arg in args])
    if head == "Not":
        return not truth(args[0], point, variable)
    if head in ("Implies", "Iff"):
        one, other = (truth(arg, point, variable) for arg in args)
        return (not one) or other if head == "Implies" else one == other
    if head in ("True", "False"):
        return head == "True"
    if head == "In":
        return _member(value(args[0], point), args[1], point)
    if head in ("Interval", "Set") and variable:
        return _member(_of_symbol(variable, point), formula, point)
    if head in _COMPARE:
        return _COMPARE[head](_order(value(args[0], point), value(args[1], point)))
    raise Unknown(head)


_COMPARE = {
    "Lt": lambda sign: sign < 0, "Le": lambda sign: sign <= 0, "Gt": lambda sign: sign > 0, "Ge": lambda sign: sign >= 0,
    "Eq": lambda sign: sign == 0, "Ne": lambda sign: sign != 0,
}  # fmt: skip


def _order(one: Value, other: Value) -> int:
    """-1, 0, 1"""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return (one > other) - (one < other)
    gap = as_ball(one) - as_ball(other)
    if gap > 0:
        return 1
    if gap < 0:
        return -1
    raise Unknown("two numbers that are close")


def _member(number: Value, where: Term, point: Point) -> bool:
    if where.head in ("Union", "Or"):
        return any([_member(number, part, point) for part in where.args])
    if where.head in ("Intersection", "And"):
        return all([_member(number, part, point) for part in where.args])
    if where.head == "Set":
        return any(_order(number, value(part, point)) == 0 for part in where.args)
    if where.head != "Interval":
        raise Unknown(where.head)
    low, high, left, right = where.args
    return _inside(number, low, left, point, 1) and _inside(number, high, right, point, -1)


def _inside(number: Value, end: Term, kind: str, point: Point, side: int) -> bool:
    if end.head == "Infinity" or (end.head == "Neg" and end.args[0].head == "Infinity"):
        return (end.head == "Neg") == (side > 0)
    sign = _order(number, value(end, point)) * side
    return sign > 0 or (sign == 0 and kind == "closed")


# --- points -------------------------------------------------------------------------------------------------------


def points(table: Table, hypotheses: Iterable[Term], count: int, also: Iterable[Term] = ()) -> list[dict[str, Fraction]]:
    """That many points at which the hypotheses hold and the other terms have values; fewer if they are not found soon."""
    names = [name for name in table.variables]
    told, terms = list(hypotheses), list(also)
    found: list[dict[str, Fraction]] = []
    for trial in range(_TRIALS):
        point = {name: _drawn(name, table, trial) for name in names}
        if all(_holds(one, point) for one in told) and all(_has_value(one, point) for one in terms):
            found.append(point)
            if len(found) == count:
                break
    return found


def _drawn(name: str, table: Table, trial: int) -> Fraction:
    seed = crc32(f"{name}:{trial}".encode())
    if table.variables[name] != "real":
        return Fraction(seed % 5 + 2)
    top, bottom = seed % 89 + 11, (seed >> 8) % 61 + 17
    return Fraction(top * 2, bottom * (1 + (seed >> 16) % 6))


def _holds(formula: Term, point: Point) -> bool:
    if formula.head == "ForAll" or not is_small(formula):
        return True
    try:
        return truth(formula, point)
    except Unknown:
        return True


def _has_value(term: Term, point: Point) -> bool:
    try:
        value(term, point)
    except Unknown:
        return False
    return True


def critical(relations: Iterable[Term], variable: str, point: Point) -> list[Fraction]:
    """The values of the variable at which the two sides of a relation are equal, where their difference is linear in it."""
    found: set[Fraction] = set()
    for relation in relations:
        gaps = []
        for at in (1, 2, 3):
            try:
                left, right = (value(arg, {**point, variable: Fraction(at)}) for arg in relation.args[:2])
            except Unknown:
                break
            if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
                break
            gaps.append(left - right)
        if len(gaps) == 3 and gaps[2] - gaps[1] == gaps[1] - gaps[0] != 0:
            found.add(1 - gaps[0] / (gaps[1] - gaps[0]))
    return sorted(found)


def relations_in(formula: Term) -> list[Term]:
    return [node for node in subterms(formula) if node.head in _COMPARE]


def shown(number: Value) -> str:
    """The exact number, or the decimals that the ball makes certain."""
    return str(number) if isinstance(number, Fraction) else str(number.str(12, radius=False))
