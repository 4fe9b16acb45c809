"""Formulas of the tests' own: made at random, rewritten, and evaluated over fractions, or to forty digits where roots occur.

A formula is a tuple: ("number", 1/2), ("name", "eta"), ("+", a, b), ("*", a, b), ("-", a), ("/", a, b), ("^", a, b), a function,
a relation, or a connective. None of the program's code is used, so that a mistake in it cannot hide here.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import mpmath

Node = tuple[Any, ...]
Value = Any  # Fraction, mpf, bool, or None where there is none
T = TypeVar("T")
FUNCTIONS = ("sqrt", "exp", "log", "abs")
RELATIONS = {"<": "Lt", "<=": "LtE", ">": "Gt", ">=": "GtE", "=": "Eq", "!=": "NotEq"}
_NEAR = mpmath.mpf(10) ** -25
LARGEST = 400  # of an exponent


class Choices:
    """Choices that bytes make; where there are none left, the first of everything."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self, low: int, high: int) -> int:
        size = 1 if high - low < 256 else 2
        found = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return low + found % (high - low + 1)

    @staticmethod
    def index(place: int, of: int) -> bytes:
        """The bytes that choose this place among so many."""
        return place.to_bytes(1 if of - 1 < 256 else 2, "big")

    def pick(self, several: Sequence[T]) -> T:
        return several[self.number(0, len(several) - 1)]

    def flag(self) -> bool:
        return self.number(0, 1) == 1

    def rest(self) -> bytes:
        return self.data[self.at :]


# --- formulas in Python's grammar ---------------------------------------------------------------------------------------


@cache
def parsed(text: str) -> Node:
    return _node(ast.parse(text, mode="eval").body)


def _node(tree: ast.AST) -> Node:
    match tree:
        case ast.Constant(value=value):
            return ("number", Fraction(str(value)))
        case ast.Name(id=name):
            return ("name", name)
        case ast.UnaryOp(operand=operand):
            return ("-", _node(operand))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _node(left), _node(right)
            if isinstance(op, ast.Sub):
                return ("+", one, ("-", other))
            return ({"Add": "+", "Mult": "*", "Div": "/", "Pow": "^"}[type(op).__name__], one, other)
        case ast.Call(func=ast.Name(id=name), args=args):
            return (name, *map(_node, args))
        case ast.BoolOp(op=op, values=values):
            return ("and" if isinstance(op, ast.And) else "or", *map(_node, values))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            sides = [_node(left), *map(_node, rest)]
            signs = {name: sign for sign, name in RELATIONS.items()}
            links = [(signs[type(op).__name__], *pair) for op, pair in zip(ops, pairwise(sides), strict=True)]
            return links[0] if len(links) == 1 else ("and", *links)
        case ast.List(elts=members):
            return ("matrix" if isinstance(members[0], ast.List) else "row", *map(_node, members))
        case ast.Set(elts=members):
            return ("set", *map(_node, members))
    raise ValueError(ast.dump(tree))


# --- values -------------------------------------------------------------------------------------------------------------


def value(node: Node, at: dict[str, Fraction]) -> Value:
    """The value at a point; None where it is not defined, or too large to be worked out."""
    head = node[0]
    if head == "number":
        return node[1]
    if head == "name":
        return at.get(node[1])
    found = [value(arg, at) for arg in node[1:]]
    if head in ("and", "or"):
        if (head == "or") in found:  # one is enough
            return head == "or"
        return None if None in found else head == "and"
    if None in found:
        return None
    if head in ("matrix", "row", "set"):
        return found
    try:
        result = applied(head, found)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    if isinstance(result, mpmath.mpc):
        return None
    return result


def applied(head: str, found: list[Value]) -> Value:
    if head == "+":
        return _summed(found)
    if head == "*":
        result: Value = Fraction(1)
        for one in found:
            result = _times(result, one)
        return result
    if head == "-":
        return -found[0]
    if head == "/":
        if found[1] == 0:
            return None
        return found[0] / found[1] if _exact(*found) else as_float(found[0]) / as_float(found[1])
    if head == "^":
        return _power(*found)
    if head == "abs":
        return abs(found[0])
    if head in FUNCTIONS:
        argument = as_float(found[0])
        if abs(argument) > 10**8 or (head in ("sqrt", "log") and argument < 0) or (head == "log" and argument == 0):
            return None
        root = getattr(mpmath, head)(argument)
        if head == "sqrt" and _exact(found[0]):
            exact = Fraction(int(mpmath.nint(root * 10**6)), 10**6)
            return exact if exact * exact == found[0] else root
        return root
    return _compared(head, *found)


def _exact(*several: Value) -> bool:
    return all(isinstance(one, Fraction) for one in several)


def as_float(one: Value) -> Any:
    return mpmath.mpf(one.numerator) / one.denominator if isinstance(one, Fraction) else one


def _summed(found: list[Value]) -> Value:
    return sum(found, Fraction(0)) if _exact(*found) else mpmath.fsum(map(as_float, found))


def _times(one: Value, other: Value) -> Value:
    return one * other if _exact(one, other) else as_float(one) * as_float(other)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) > LARGEST or (base == 0 and exponent < 0):
            return None
        large = isinstance(base, Fraction) and max(abs(base.numerator), base.denominator) > 10**30
        return as_float(base) ** int(exponent) if large or not _exact(base) else base ** int(exponent)
    if base == 1 and _exact(base):
        return Fraction(1)
    if base <= 0:
        return None
    return mpmath.power(as_float(base), as_float(exponent)) if abs(exponent) < LARGEST else None


def _compared(sign: str, one: Value, other: Value) -> bool | None:
    if not _exact(one, other):
        one, other = as_float(one), as_float(other)
        if abs(one - other) <= _NEAR * (1 + abs(one) + abs(other)):
            return None if sign not in ("=", "!=", "<=", ">=") else sign != "!="
    return {
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
        "=": one == other,
        "!=": one != other,
    }[sign]  # type: ignore[no-any-return]


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal, as far as forty digits tell."""
    if isinstance(one, (bool, list)) or isinstance(other, (bool, list)):
        return type(one) is type(other) and (one == other if isinstance(one, bool) else _same_lists(one, other))
    if _exact(one, other):
        return bool(one == other)
    one, other = as_float(one), as_float(other)
    return bool(abs(one - other) <= _NEAR * (1 + abs(one) + abs(other)))


def _same_lists(one: list[Value], other: list[Value]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))
