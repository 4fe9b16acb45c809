"""Exact values of terms at points: a rational number, a ball that certainly holds the value, or "undefined", a value of its own.

A point gives numbers to the variables. What is applied to arguments (theta(t), L''(x)) gets a value of its own for every name and
every value of the arguments, as if it were a further variable: the values of a sequence or of a function at finitely many places
can be any numbers. So can the first moments of the members of a random sequence, or their second moments if positive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from zlib import crc32

from flint import fmpq, fmpz

from derivations.homework.deciding.balls import (
    EXACT_AT,
    MAX_BITS,
    ONE,
    UNDEFINED,
    ZERO,
    Number,
    Unknown,
    Value,
    as_fraction,
    checked,
    comparable,
    divided,
    elementary,
    powered,
    square_root,
    whole_power,
)
from derivations.language.ascii import ascii_text
from derivations.language.terms import TWO, Term

MAX_SUMMANDS = 100  # of nested sums the product
MAX_FACTORIAL = 200
PRECISIONS = (64, 256, 1024)
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
    summands: int = 1  # of the sums in which one stands, multiplied

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
            checked(number)
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


# --- one handler per head ---------------------------------------------------------------------------------------------


def _number(term: Term, place: Place) -> Number:
    number = term.args[0]
    return checked(fmpq(number.numerator, number.denominator))


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
    return ZERO if result is None else checked(result)


def _product(term: Term, place: Place) -> Number:
    result: Number = None
    for arg in term.args:
        part = evaluate(arg, place)
        if result is None or part is UNDEFINED:
            result = part
        elif result is not UNDEFINED:
            result = result * part
    return ONE if result is None else checked(result)


def _minus(term: Term, place: Place) -> Number:
    part = evaluate(term.args[0], place)
    return part if part is UNDEFINED else -part


def _quotient(term: Term, place: Place) -> Number:
    top, bottom = evaluate(term.args[0], place), evaluate(term.args[1], place)
    return divided(top, bottom)


def _power(term: Term, place: Place) -> Number:
    return powered(evaluate(term.args[0], place), evaluate(term.args[1], place))


def _root(term: Term, place: Place) -> Number:
    return square_root(evaluate(term.args[0], place))


def _absolute(term: Term, place: Place) -> Number:
    part = evaluate(term.args[0], place)
    return part if part is UNDEFINED else abs(part)


def _elementary(term: Term, place: Place) -> Number:
    return elementary(term.head, evaluate(term.args[0], place))


def _extreme(term: Term, place: Place) -> Number:
    largest = term.head == "Max"
    parts = [evaluate(arg, place) for arg in term.args]
    if not parts or UNDEFINED in parts:
        return UNDEFINED
    best = parts[0]
    for part in parts[1:]:
        above, below = comparable(part, best)
        if above > below:
            best = part if largest else best
        elif above < below:
            best = best if largest else part
        elif not (type(above) is fmpq and above == below):
            raise Unknown("two numbers that could not be told apart")
    return best


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
    if (high - low + 1) * place.summands > MAX_SUMMANDS:
        raise Unknown("a long sum")
    before, around = place.numbers.get(name), place.summands
    place.summands *= max(high - low + 1, 1)
    result: Number = ZERO
    try:
        for k in range(low, high + 1):
            place.numbers[name] = fmpq(k)
            part = evaluate(body, place)
            result = UNDEFINED if UNDEFINED in (part, result) else result + part
    finally:
        place.summands = around
        if before is None:
            place.numbers.pop(name, None)
        else:
            place.numbers[name] = before
    return checked(result)


def _delta(term: Term, place: Place) -> Number:
    left, right = (evaluate(arg, place) for arg in term.args)
    if not (isinstance(left, fmpq) and isinstance(right, fmpq)):
        raise Unknown("indices that are no numbers")
    return ONE if left == right else ZERO


def _algebraic(term: Term, place: Place) -> Number:
    from derivations.kernel.checkers.numbers import enclosure
    from derivations.kernel.table import Table

    return enclosure(Table(()), term)


_HANDLERS: dict[str, Callable[[Term, Place], Number]] = {
    "Number": _number, "Symbol": _symbol, "Add": _sum, "Mul": _product, "Neg": _minus, "Div": _quotient, "Pow": _power,
    "Sqrt": _root, "Abs": _absolute, "Max": _extreme, "Min": _extreme, "Factorial": _factorial, "Sum": _total, "Delta": _delta,
    "Expect": _mean, "Variance": _mean, "RootOf": _algebraic, **dict.fromkeys(_OPAQUE, _opaque),
    **dict.fromkeys(EXACT_AT, _elementary),
}  # fmt: skip
