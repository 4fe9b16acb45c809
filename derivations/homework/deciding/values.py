"""Exact values of terms at points: a rational number, a ball that certainly holds the value, or "undefined", a value of its own.

A point gives numbers to the variables. What is applied to arguments (theta(t), L''(x)) gets a value of its own for every name and
every value of the arguments, as if it were a further variable: the values of a sequence or of a function at finitely many places
can be any numbers. So can the first moments of the members of a random sequence, or their second moments if positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any
from zlib import crc32

from flint import arb, ctx, fmpq, fmpz

from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import TWO, Term

MAX_EXPONENT = 2_000
MAX_BITS = 20_000
MAX_SUMMANDS = 100
MAX_FACTORIAL = 200
MAX_BALL = 10_000
PRECISIONS = (64, 256, 1024)


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
Point = Mapping[str, Fraction]

_OPAQUE = frozenset({"Apply", "Derivative"})
_SMALL = tuple(
    map(Fraction, ("2", "3", "5", "1/2", "4", "7", "3/2", "-1", "1/3", "6", "-2", "9", "5/2", "8", "-3", "11", "1/5"))
)


@dataclass(slots=True)
class Place:
    """A point at work: numbers of the variables, and the values that were given to theta(t) and the like so far."""

    numbers: dict[str, fmpq]
    seed: int = 0
    given: dict[str, fmpq] = field(default_factory=dict)  # name and values of the arguments -> value
    written: dict[str, fmpq] = field(default_factory=dict)  # the same by the text of the term

    def opaque(self, key: str, term: Term) -> fmpq:
        found = self.given.get(key)
        if found is None:
            pick = _SMALL[crc32(f"{key}/{self.seed}".encode()) % len(_SMALL)]
            taken = set(map(str, self.given.values()))
            for step in range(len(_SMALL)):
                if str(pick) not in taken:
                    break
                pick = _SMALL[(crc32(key.encode()) + step) % len(_SMALL)]
            found = self.given[key] = fmpq(pick.numerator, pick.denominator)
        self.written[ascii_text(term)] = found
        return found


def place_at(point: Point, seed: int = 0) -> Place:
    return Place({name: fmpq(number.numerator, number.denominator) for name, number in point.items()}, seed)


def value(term: Term, point: Point) -> Value:
    """The term's value at the point. Raises Unknown where it cannot be told."""
    return as_fraction(evaluate(term, place_at(point)))


def as_fraction(number: Number) -> Value:
    return Fraction(int(number.p), int(number.q)) if isinstance(number, fmpq) else number


def evaluate(term: Term, place: Place) -> Number:
    """The term's value at the place, with balls of the precision in force. Raises Unknown where it cannot be told."""
    handler = _HANDLERS.get(term.head)
    if handler is None:
        raise Unknown(f"{term.head} has no value")
    return handler(term, place)


def evaluate_all(term: Term, places: Sequence[Place]) -> list[Number]:
    """The term's values at several places, worked out side by side. Raises Unknown if it has not a value at each."""
    head, args = term.head, term.args
    if head == "Symbol":
        try:
            return [place.numbers[args[0]] for place in places]
        except KeyError:
            raise Unknown(f"{args[0]} has no value") from None
    if head == "Number":
        return [_number(term, places[0])] * len(places) if places else []
    if head in _TOGETHER:
        columns = [evaluate_all(arg, places) for arg in args]
        return _all_checked(reduce(_TOGETHER[head], columns)) if columns else _each(term, places)
    if head == "Neg":
        return [-one for one in evaluate_all(args[0], places)]
    if head == "Div":
        tops, bottoms = (evaluate_all(arg, places) for arg in args)
        if all(type(one) is fmpq and one for one in bottoms):
            return _all_checked([top / bottom for top, bottom in zip(tops, bottoms, strict=True)])
        return _defined([divided(top, bottom) for top, bottom in zip(tops, bottoms, strict=True)])
    if head == "Pow" and args[1].head == "Number" and args[1].args[0].denominator == 1:
        exponent = args[1].args[0].numerator
        return _defined([whole_power(base, exponent) for base in evaluate_all(args[0], places)])
    return _each(term, places)


def _all_checked(numbers: list[Number]) -> list[Number]:
    for number in numbers:
        if type(number) is not fmpq or number.height_bits() > MAX_BITS:
            _checked(number)
    return numbers


def _each(term: Term, places: Sequence[Place]) -> list[Number]:
    return _defined([evaluate(term, place) for place in places])


def _defined(numbers: list[Number]) -> list[Number]:
    for number in numbers:
        if number is UNDEFINED:
            raise Unknown("undefined")
    return numbers


_TOGETHER: dict[str, Callable[[list[Number], list[Number]], list[Number]]] = {
    "Add": lambda one, other: [a + b for a, b in zip(one, other, strict=True)],
    "Mul": lambda one, other: [a * b for a, b in zip(one, other, strict=True)],
}


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


# --- one handler per head ---------------------------------------------------------------------------------------------


def _number(term: Term, place: Place) -> Number:
    number = term.args[0]
    return _checked(fmpq(number.numerator, number.denominator))


def _symbol(term: Term, place: Place) -> Number:
    found = place.numbers.get(term.args[0])
    if found is None:
        raise Unknown(f"{term.args[0]} has no value")
    return found


def _sum(term: Term, place: Place) -> Number:
    result: Number = None
    for arg in term.args:
        part = evaluate(arg, place)
        if result is None or part is UNDEFINED:
            result = part
        elif result is not UNDEFINED:
            result = result + part
    return _ZERO if result is None else _checked(result)


def _product(term: Term, place: Place) -> Number:
    result: Number = None
    for arg in term.args:
        part = evaluate(arg, place)
        if result is None or part is UNDEFINED:
            result = part
        elif result is not UNDEFINED:
            result = result * part
    return _ONE if result is None else _checked(result)


def _checked(number: Number) -> Number:
    if type(number) is fmpq:
        if number.height_bits() > MAX_BITS:
            raise Unknown("a long number")
    elif type(number) is arb and not number.is_finite():
        raise Unknown("no bound")
    return number


def _minus(term: Term, place: Place) -> Number:
    part = evaluate(term.args[0], place)
    return part if part is UNDEFINED else -part


def _quotient(term: Term, place: Place) -> Number:
    top, bottom = evaluate(term.args[0], place), evaluate(term.args[1], place)
    return divided(top, bottom)


def divided(top: Number, bottom: Number) -> Number:
    if top is UNDEFINED or bottom is UNDEFINED:
        return UNDEFINED
    if type(bottom) is fmpq:
        return UNDEFINED if bottom == 0 else _checked(top / bottom)
    if not (bottom > 0 or bottom < 0):
        raise Unknown("a divisor that may be zero")
    return _checked(top / bottom)


def _power(term: Term, place: Place) -> Number:
    base, exponent = evaluate(term.args[0], place), evaluate(term.args[1], place)
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
    return divided(_ONE, result) if exponent < 0 else _checked(result)


def _real_power(base: Number, exponent: Number) -> Number:
    """A power of a positive number. One of a negative number with such an exponent is left open: books differ on (-8)**(1/3)."""
    if isinstance(base, fmpq) and base == 0:
        ball = as_ball(exponent)
        if ball > 0:
            return _ZERO
        if ball < 0:
            return UNDEFINED
    low = as_ball(base)
    if not low > 0:
        raise Unknown("a power of what may not be positive")
    if isinstance(exponent, fmpq) and isinstance(base, fmpq) and exponent.q <= 12:
        exact = _exact_root(base, int(exponent.q))
        if exact is not None:
            return whole_power(exact, int(exponent.p))
    return _checked(_bounded(_bounded(low).log() * _bounded(as_ball(exponent))).exp())


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


def _root(term: Term, place: Place) -> Number:
    return square_root(evaluate(term.args[0], place))


def _absolute(term: Term, place: Place) -> Number:
    part = evaluate(term.args[0], place)
    return part if part is UNDEFINED else abs(part)


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


_AT = {  # the exact values of elementary functions
    "Exp": (0, 1), "Log": (1, 0), "Sin": (0, 0), "Cos": (0, 1), "Tan": (0, 0), "Sinh": (0, 0), "Cosh": (0, 1), "Tanh": (0, 0),
    "Asinh": (0, 0), "Atan": (0, 0),
}  # fmt: skip
_BALLS: dict[str, Callable[[arb], arb]] = {
    "Exp": arb.exp, "Log": arb.log, "Sin": arb.sin, "Cos": arb.cos, "Tan": arb.tan, "Sinh": arb.sinh, "Cosh": arb.cosh,
    "Tanh": arb.tanh, "Asinh": arb.asinh, "Atan": arb.atan,
}  # fmt: skip


def _elementary(term: Term, place: Place) -> Number:
    argument = evaluate(term.args[0], place)
    if argument is UNDEFINED:
        return UNDEFINED
    at, exact = _AT[term.head]
    if isinstance(argument, fmpq) and argument == at:
        return fmpq(exact)
    ball = as_ball(argument)
    if term.head == "Log":
        if ball <= 0:
            return UNDEFINED
        if not ball > 0:
            raise Unknown("a logarithm of what may not be positive")
        return _checked(ball.log())
    return _checked(_BALLS[term.head](_bounded(ball)))


def _extreme(term: Term, place: Place) -> Number:
    largest = term.head == "Max"
    parts = [evaluate(arg, place) for arg in term.args]
    if not parts or UNDEFINED in parts:
        return UNDEFINED
    best = parts[0]
    for part in parts[1:]:
        above, below = _ball_or_exact(part, best)
        if above > below:
            best = part if largest else best
        elif above < below:
            best = best if largest else part
        elif not (type(above) is fmpq and above == below):
            raise Unknown("two numbers that could not be told apart")
    return best


def _ball_or_exact(one: Number, other: Number) -> tuple[Number, Number]:
    return (one, other) if type(one) is type(other) else (as_ball(one), as_ball(other))


def _factorial(term: Term, place: Place) -> Number:
    number = evaluate(term.args[0], place)
    if not isinstance(number, fmpq) or number.q != 1 or not 0 <= number <= MAX_FACTORIAL:
        raise Unknown("a factorial")
    return fmpq(fmpz.fac_ui(int(number.p)))


def _opaque(term: Term, place: Place) -> Number:
    """theta(t), L''(x): equal arguments give equal values."""
    parts = [str(term.args[1])] if term.head == "Derivative" else []
    for arg in term.args[1:]:
        if isinstance(arg, Term):
            number = evaluate(arg, place)
            if number is UNDEFINED:
                return UNDEFINED
            if not isinstance(number, fmpq):
                raise Unknown("an argument that is not rational")
            parts.append(str(number))
    return place.opaque(f"{term.args[0]}({','.join(parts)})", term)


def _mean(term: Term, place: Place) -> Number:
    """A first or second moment of theta(t): a value of its own, as long as no other moment of theta occurs."""
    body, order = term.args[0], "variance" if term.head == "Variance" else "first"
    if order == "first" and body.head == "Pow" and body.args[1] == TWO:
        body, order = body.args[0], "second"
    if body.head != "Apply":
        raise Unknown("a mean of this kind")
    number = _opaque(body, Place(place.numbers, place.seed))
    parts = [evaluate(arg, place) for arg in body.args[1:]]
    if number is UNDEFINED:
        return UNDEFINED
    name = f"moment of {body.args[0]}: "
    if any(key.startswith(name) and not key.startswith(name + order) for key in place.given):
        raise Unknown("moments that depend on each other")
    key = f"{name}{order} {parts}"
    place.given.setdefault(key, abs(number) if order != "first" else number)
    return place.opaque(key, term)


def _total(term: Term, place: Place) -> Number:
    name, first, last, body = term.args
    ends = [evaluate(first, place), evaluate(last, place)]
    if not all(isinstance(end, fmpq) and end.q == 1 for end in ends):
        raise Unknown("a sum without whole ends")
    low, high = (int(end.p) for end in ends)
    if high - low >= MAX_SUMMANDS:
        raise Unknown("a long sum")
    before = place.numbers.get(name)
    result: Number = _ZERO
    for k in range(low, high + 1):
        place.numbers[name] = fmpq(k)
        part = evaluate(body, place)
        result = UNDEFINED if UNDEFINED in (part, result) else result + part
    if before is None:
        place.numbers.pop(name, None)
    else:
        place.numbers[name] = before
    return _checked(result)


def _delta(term: Term, place: Place) -> Number:
    left, right = (evaluate(arg, place) for arg in term.args)
    if not (isinstance(left, fmpq) and isinstance(right, fmpq)):
        raise Unknown("indices that are no numbers")
    return _ONE if left == right else _ZERO


def _algebraic(term: Term, place: Place) -> Number:
    from derivations.kernel.checkers.numbers import enclosure
    from derivations.kernel.table import Table

    return enclosure(Table(()), term)


_ZERO, _ONE = fmpq(0), fmpq(1)
_HANDLERS: dict[str, Callable[[Term, Place], Number]] = {
    "Number": _number, "Symbol": _symbol, "Add": _sum, "Mul": _product, "Neg": _minus, "Div": _quotient, "Pow": _power,
    "Sqrt": _root, "Abs": _absolute, "Max": _extreme, "Min": _extreme, "Factorial": _factorial, "Sum": _total, "Delta": _delta,
    "Expect": _mean, "Variance": _mean, "RootOf": _algebraic, **dict.fromkeys(_OPAQUE, _opaque), **dict.fromkeys(_AT, _elementary),
}  # fmt: skip
