"""Arithmetic of values: rational numbers are exact, others balls that certainly hold them; what has no value is "undefined".

Whatever would be too long, or a ball that is too wide to tell (a divisor that may be zero), raises Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from derivations.language.errors import DerivationsError

MAX_EXPONENT = 2_000
MAX_BITS = 20_000
MAX_BALL = 10_000


class Unknown(DerivationsError):
    """No value can be told: it is too large, not a real number, or bounded by nothing."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """The value of what has no value: 1/0, sqrt(-1), log(0)."""

    def __str__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()
Number = Any  # fmpq, arb or UNDEFINED; python-flint ships no types
Value = Any  # Fraction, arb or UNDEFINED
ZERO, ONE = fmpq(0), fmpq(1)


def as_fraction(number: Number) -> Value:
    return Fraction(int(number.p), int(number.q)) if isinstance(number, fmpq) else number


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls of so many bits inside."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def checked(number: Number) -> Number:
    """The number itself. Raises Unknown if it is too long, or a ball without bound."""
    if type(number) is fmpq:
        if number.height_bits() > MAX_BITS:
            raise Unknown("a long number")
    elif type(number) is arb and not number.is_finite():
        raise Unknown("no bound")
    return number


def divided(top: Number, bottom: Number) -> Number:
    if top is UNDEFINED or bottom is UNDEFINED:
        return UNDEFINED
    if type(bottom) is fmpq:
        return UNDEFINED if bottom == 0 else checked(top / bottom)
    if not (bottom > 0 or bottom < 0):
        raise Unknown("a divisor that may be zero")
    return checked(top / bottom)


def powered(base: Number, exponent: Number) -> Number:
    if base is UNDEFINED or exponent is UNDEFINED:
        return UNDEFINED
    if isinstance(exponent, fmpq):
        if exponent.q == 1:
            return whole_power(base, int(exponent.p))
        if exponent.q == 2:
            root = square_root(base)
            return UNDEFINED if root is UNDEFINED else whole_power(root, int(exponent.p))
    return _real_power(base, exponent)


def whole_power(base: Number, exponent: int) -> Number:
    """base**exponent; 0**0 = 1."""
    count = abs(exponent)
    if isinstance(base, fmpq):
        if base == 0 and exponent < 0:
            return UNDEFINED
        if base in (0, 1, -1):
            return base ** (count if count < 2 else 2 + count % 2)
        if count > MAX_EXPONENT or count * max(base.p.bit_length(), base.q.bit_length()) > MAX_BITS:
            raise Unknown("a large power")
    elif count > MAX_EXPONENT:
        raise Unknown("a large power")
    result = base**count
    return divided(ONE, result) if exponent < 0 else checked(result)


def _real_power(base: Number, exponent: Number) -> Number:
    """A power of a positive number. One of a negative number with such an exponent is left open: books differ on (-8)**(1/3)."""
    if isinstance(base, fmpq) and base == 0:
        ball = as_ball(exponent)
        if ball > 0:
            return ZERO
        if ball < 0:
            return UNDEFINED
    low = as_ball(base)
    if not low > 0:
        raise Unknown("a power of what may not be positive")
    if isinstance(exponent, fmpq) and isinstance(base, fmpq) and exponent.q <= 12:
        exact = _exact_root(base, int(exponent.q))
        if exact is not None:
            return whole_power(exact, int(exponent.p))
    return checked(_bounded(_bounded(low).log() * _bounded(as_ball(exponent))).exp())


def _exact_root(number: fmpq, degree: int) -> fmpq | None:
    """The exact root of a positive rational number, if it is rational."""
    if max(number.p.bit_length(), number.q.bit_length()) > MAX_BITS:
        raise Unknown("a long number")
    top, bottom = fmpz(number.p).root(degree), fmpz(number.q).root(degree)
    return fmpq(top, bottom) if top**degree == number.p and bottom**degree == number.q else None


def square_root(number: Number) -> Number:
    if isinstance(number, Undefined):
        return UNDEFINED
    if isinstance(number, fmpq):
        if number < 0:
            return UNDEFINED
        exact = _exact_root(number, 2) if number != 0 else number
        return arb(number).sqrt() if exact is None else exact
    if number < 0:
        return UNDEFINED
    if not number > 0:
        raise Unknown("a root of what may be negative")
    return number.sqrt()


def sign(number: Number) -> int | None:
    """Of an exact number or a ball; None where it cannot be told."""
    if type(number) is fmpq:
        return 0 if not number else 1 if number.p > 0 else -1  # a rational number is compared more slowly
    return 1 if number > 0 else -1 if number < 0 else None


def as_ball(number: Number) -> arb:
    return arb(number) if isinstance(number, fmpq) else number


def _bounded(ball: arb) -> arb:
    if not abs(ball) < MAX_BALL:
        raise Unknown("a large number")
    return ball


def comparable(one: Number, other: Number) -> tuple[Number, Number]:
    """Both as balls if only one of them is exact."""
    return (one, other) if type(one) is type(other) else (as_ball(one), as_ball(other))


EXACT_AT = {  # the exact values of elementary functions
    "Exp": (0, 1), "Log": (1, 0), "Sin": (0, 0), "Cos": (0, 1), "Tan": (0, 0), "Sinh": (0, 0), "Cosh": (0, 1), "Tanh": (0, 0),
    "Asinh": (0, 0), "Atan": (0, 0),
}  # fmt: skip
_BALLS: dict[str, Callable[[arb], arb]] = {
    "Exp": arb.exp, "Log": arb.log, "Sin": arb.sin, "Cos": arb.cos, "Tan": arb.tan, "Sinh": arb.sinh, "Cosh": arb.cosh,
    "Tanh": arb.tanh, "Asinh": arb.asinh, "Atan": arb.atan,
}  # fmt: skip


def elementary(name: str, argument: Number) -> Number:
    """The value of exp, log and the like."""
    if argument is UNDEFINED:
        return UNDEFINED
    at, exact = EXACT_AT[name]
    if isinstance(argument, fmpq) and argument == at:
        return fmpq(exact)
    ball = as_ball(argument)
    if name == "Log":
        if ball <= 0:
            return UNDEFINED
        if not ball > 0:
            raise Unknown("a logarithm of what may not be positive")
        return checked(ball.log())
    return checked(_BALLS[name](_bounded(ball)))
