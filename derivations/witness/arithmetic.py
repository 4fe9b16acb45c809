"""Arithmetic that is exact as long as it can be, floating from there on, and differentiates where asked.

A value is a ``Fraction``; an array of Fractions (dtype object); a float or an array of floats; or a ``Dual`` over any
of these. A rational that meets a float becomes a float; nothing floating becomes rational again. Where an exact
argument leaves the domain of an operation (1/0, log(-1)) ``Undefined`` is raised; floats follow IEEE 754 (inf, nan).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.language.errors import DerivationsError

Value = Any  # Fraction, float, array of either, or Dual
_EXACT_BITS = 1 << 18  # beyond this size a power is computed in floats


class Undefined(DerivationsError):
    """An expression that has no value at the point where it was evaluated."""


@dataclass(frozen=True, slots=True)
class Dual:
    """value + slope*d with d*d = 0: the slope of f(x + d) is f'(x). ``level`` tells nested differentiations apart."""

    level: int
    value: Value
    slope: Value


def as_value(given: Value) -> Value:
    """The given number, array or list as a value: whole numbers are exact."""
    if isinstance(given, (Fraction, Dual, float)):
        return given
    if isinstance(given, (bool, np.bool_)):
        raise TypeError("a truth value is not a number")
    if isinstance(given, (int, np.integer)):
        return Fraction(int(given))
    if isinstance(given, np.ndarray) and given.dtype == object:
        return given
    return float(given) if np.ndim(given) == 0 else np.asarray(given, dtype=float)


def is_exact(value: Value) -> bool:
    """Whether the value is rational (for a dual: itself and its slope)."""
    if isinstance(value, Dual):
        return is_exact(value.value) and is_exact(value.slope)
    return isinstance(value, Fraction) or (isinstance(value, np.ndarray) and value.dtype == object)


def floating(value: Value) -> Value:
    """The value in floats; rationals too large for a float become infinite."""
    if isinstance(value, Dual):
        return Dual(value.level, floating(value.value), floating(value.slope))
    if isinstance(value, Fraction):
        return _float(value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.array([_float(entry) for entry in value.ravel()]).reshape(value.shape)
    return value


def _float(value: Fraction | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _settled(left: Value, right: Value) -> tuple[Value, Value]:
    if is_exact(left) == is_exact(right):
        return left, right
    return floating(left), floating(right)


def level_of(*values: Value) -> int:
    """The highest level of differentiation among the values, 0 if there is none."""
    return max((value.level for value in values if isinstance(value, Dual)), default=0)


def parts(value: Value, level: int) -> tuple[Value, Value]:
    """Value and slope at this level; what does not depend on it has slope 0."""
    if isinstance(value, Dual) and value.level == level:
        return value.value, value.slope
    return value, Fraction(0)


def plain(value: Value) -> Value:
    """The value without its slopes."""
    while isinstance(value, Dual):
        value = value.value
    return value


# --- operations ---------------------------------------------------------------------------------------------------


def add(left: Value, right: Value) -> Value:
    """u + v, and u' + v'."""
    if level := level_of(left, right):
        (u, du), (v, dv) = parts(left, level), parts(right, level)
        return Dual(level, add(u, v), add(du, dv))
    left, right = _settled(left, right)
    return left + right


def negative(value: Value) -> Value:
    return mul(Fraction(-1), value)


def sub(left: Value, right: Value) -> Value:
    return add(left, negative(right))


def mul(left: Value, right: Value) -> Value:
    """u v, and u' v + u v'."""
    if level := level_of(left, right):
        (u, du), (v, dv) = parts(left, level), parts(right, level)
        return Dual(level, mul(u, v), add(mul(du, v), mul(u, dv)))
    left, right = _settled(left, right)
    return left * right


def div(left: Value, right: Value) -> Value:
    """u / v, and (u' - (u/v) v')/v. Raises Undefined for an exact v = 0."""
    if level := level_of(left, right):
        (u, du), (v, dv) = parts(left, level), parts(right, level)
        quotient = div(u, v)
        return Dual(level, quotient, div(sub(du, mul(quotient, dv)), v))
    left, right = _settled(left, right)
    if not is_exact(right):
        return np.true_divide(left, right)
    if np.any(right == 0):
        raise Undefined("division by zero")
    return left / right


def power(base: Value, exponent: Value) -> Value:
    """u^n, and n u^(n-1) u'; for an exponent that varies too, u^v (v' log u + v u'/u)."""
    if level := level_of(base, exponent):
        (u, du), (n, dn) = parts(base, level), parts(exponent, level)
        if isinstance(exponent, Dual) and exponent.level == level:
            value = power(u, n)
            return Dual(level, value, mul(value, add(mul(dn, call("Log", u)), div(mul(n, du), u))))
        if isinstance(n, Fraction) and n == 0:
            return power(u, n)
        return Dual(level, power(u, n), mul(mul(n, power(u, sub(n, Fraction(1)))), du))
    whole = isinstance(exponent, Fraction) and exponent.denominator == 1
    if is_exact(base) and whole and _bits(base) * abs(exponent) < _EXACT_BITS:
        if exponent < 0 and np.any(base == 0):
            raise Undefined("division by zero")
        return base ** int(exponent)
    value = np.power(floating(base), floating(exponent))
    return _defined(value, base, exponent, text="a power that is not real")


def _bits(value: Value) -> int:
    entries: Iterable[Any] = value.ravel() if isinstance(value, np.ndarray) else (value,)
    return max((max(abs(entry.numerator).bit_length(), entry.denominator.bit_length()) for entry in entries), default=1)


def _defined(value: Value, *arguments: Value, text: str) -> Value:
    if all(isinstance(argument, Fraction) for argument in arguments) and not np.isfinite(value):
        raise Undefined(text)
    return value


_NUMPY: dict[str, Callable[[Value], Value]] = {
    "Exp": np.exp, "Log": np.log, "Sin": np.sin, "Cos": np.cos, "Tan": np.tan, "Sinh": np.sinh, "Cosh": np.cosh,
    "Tanh": np.tanh, "Asinh": np.arcsinh, "Atan": np.arctan, "Sqrt": np.sqrt,
}  # fmt: skip

_ONE, _TWO = Fraction(1), Fraction(2)
_SLOPE: dict[str, Callable[[Value], Value]] = {
    "Abs": lambda x: div(x, call("Abs", x)),
    "Exp": lambda x: call("Exp", x),
    "Log": lambda x: div(_ONE, x),
    "Sqrt": lambda x: div(_ONE, mul(_TWO, call("Sqrt", x))),
    "Sin": lambda x: call("Cos", x),
    "Cos": lambda x: negative(call("Sin", x)),
    "Tan": lambda x: add(_ONE, power(call("Tan", x), _TWO)),
    "Sinh": lambda x: call("Cosh", x),
    "Cosh": lambda x: call("Sinh", x),
    "Tanh": lambda x: sub(_ONE, power(call("Tanh", x), _TWO)),
    "Asinh": lambda x: div(_ONE, call("Sqrt", add(_ONE, power(x, _TWO)))),
    "Atan": lambda x: div(_ONE, add(_ONE, power(x, _TWO))),
}


def call(name: str, value: Value) -> Value:
    """f(u), and f'(u) u', for an elementary function by the name of its head."""
    if isinstance(value, Dual):
        return Dual(value.level, call(name, value.value), mul(_SLOPE[name](value.value), value.slope))
    if name == "Abs":
        return abs(value)
    if name == "Sqrt" and isinstance(value, Fraction) and value >= 0:
        top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if top * top == value.numerator and bottom * bottom == value.denominator:
            return Fraction(top, bottom)
    return _defined(_NUMPY[name](floating(value)), value, text=f"{name.lower()} outside its domain")


def choose(condition: Value, yes: Value, no: Value) -> Value:
    """``yes`` where the condition holds, else ``no``, slopes included."""
    if isinstance(condition, (bool, np.bool_)):
        return yes if condition else no
    if level := level_of(yes, no):
        (u, du), (v, dv) = parts(yes, level), parts(no, level)
        return Dual(level, choose(condition, u, v), choose(condition, du, dv))
    return np.where(condition, floating(yes), floating(no))


def settle_pair(left: Value, right: Value) -> tuple[Value, Value]:
    """Both without slopes, and both exact or both floating: ready to be compared."""
    return _settled(plain(left), plain(right))


# --- vectors ------------------------------------------------------------------------------------------------------


def component(vector: Value, index: int) -> Value:
    """The coordinate of a vector whose first axis counts coordinates, slope included."""
    if isinstance(vector, Dual):
        return Dual(vector.level, component(vector.value, index), component(vector.slope, index))
    return vector[index] if isinstance(vector, np.ndarray) else vector


def stack(entries: list[Value], shape: tuple[int, ...] = ()) -> Value:
    """The vector with these coordinates, each of the given shape."""
    if level := level_of(*entries):
        both = [parts(entry, level) for entry in entries]
        return Dual(level, stack([value for value, _ in both], shape), stack([slope for _, slope in both], shape))
    if all(is_exact(entry) for entry in entries):
        vector = np.empty((len(entries), *shape), dtype=object)
        for index, entry in enumerate(entries):
            vector[index] = entry
        return vector
    return np.stack([np.broadcast_to(np.asarray(floating(entry), dtype=float), shape) for entry in entries])
