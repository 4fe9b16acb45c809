"""The value of a term, given the values of its symbols: exact where everything in it is rational, else floating.

Nothing is simplified and no formula is known here: each head is computed as it stands. Derivatives are computed by
forward differentiation (``arithmetic.Dual``), exactly for rational functions and to rounding for the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import FUNCTIONS, RELATIONS, Term, free_symbols, subterms
from derivations.witness import arithmetic
from derivations.witness.arithmetic import Dual, Undefined, Value, as_value, level_of, parts, settle_pair
from derivations.witness.exact import determinant

__all__ = ["NotNumeric", "Undefined", "derivative", "evaluable", "evaluate", "gradient", "hessian", "holds"]

_LONGEST_SUM = 1_000_000
_WITHOUT_VALUE = frozenset(
    {"Tends", "Smooth", "Expect", "Variance", "BigO", "Approx", "Proportional", "PlusMinus", "ImaginaryUnit"}
)
_NEEDS_MORE = frozenset({"Apply", "Derivative", "Predicate", "ForAll", "Exists"})


class NotNumeric(DerivationsError):
    """A term that has no numeric value: a limit, an expectation, or a name that no value was given for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a term stand for."""

    values: Mapping[str, Value]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    ranges: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    parts: Mapping[Term, Value] = field(default_factory=dict)

    def having(self, name: str, value: Value) -> Scope:
        return Scope({**self.values, name: value}, self.functions, self.ranges, self.parts)


def evaluate(
    term: Term,
    values: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]] | None = None,
    ranges: Mapping[str, Iterable[Any]] | None = None,
    parts: Mapping[Term, Any] | None = None,
) -> Any:
    """The number (or truth value, or tuple of entries) that the term stands for.

    ``values`` gives numbers or arrays for symbols: whole numbers and Fractions are exact, floats and arrays are not,
    and arrays are taken entry by entry. ``functions`` gives a callable for each sequence, function, family or
    predicate; ``ranges`` the finitely many values over which a quantifier is tried; ``parts`` values for whole
    subterms, such as an expectation. Raises NotNumeric for what has no value, Undefined where an exact argument is
    outside the domain.
    """
    known = {name: as_value(value) for name, value in values.items()}
    given = {part: as_value(value) for part, value in (parts or {}).items()}
    with np.errstate(all="ignore"):
        return _value(term, Scope(known, functions or {}, ranges or {}, given))


def holds(term: Term, values: Mapping[str, Any], **more: Any) -> bool:
    """Whether the formula is true there; one that is undefined there is not. Raises NotNumeric as ``evaluate`` does."""
    try:
        truth = evaluate(term, values, **more)
    except Undefined:
        return False
    return bool(np.all(truth))


def evaluable(term: Term, names: Iterable[str]) -> bool:
    """Whether values for these names alone give the term a value: no functions, quantifiers, limits or expectations."""
    heads = {node.head for node in subterms(term)}
    return not heads & (_WITHOUT_VALUE | _NEEDS_MORE) and free_symbols(term) <= set(names)


def derivative(term: Term, name: str, values: Mapping[str, Any], **more: Any) -> Any:
    """d term/d name at the point, by forward differentiation."""
    known = {key: as_value(value) for key, value in values.items()}
    level = 1 + level_of(*known.values())
    seeded = {**known, name: Dual(level, known[name], Fraction(1))}
    return parts(evaluate(term, seeded, **more), level)[1]


def gradient(term: Term, names: Sequence[str], values: Mapping[str, Any]) -> list[Any]:
    """(d term/d x_1, ..., d term/d x_n) at the point."""
    return [derivative(term, name, values) for name in names]


def hessian(term: Term, names: Sequence[str], values: Mapping[str, Any]) -> list[list[Any]]:
    """The matrix of d^2 term/(d x_i d x_j) at the point, row by row."""
    known = {key: as_value(value) for key, value in values.items()}
    level = 1 + level_of(*known.values())
    rows = []
    for name in names:
        seeded = {**known, name: Dual(level, known[name], Fraction(1))}
        rows.append([parts(entry, level)[1] for entry in gradient(term, names, seeded)])
    return rows


# --- one function for each kind of head ---------------------------------------------------------------------------


def _value(term: Term, scope: Scope) -> Any:
    if scope.parts and term in scope.parts:
        return scope.parts[term]
    if term.head in FUNCTIONS:
        return arithmetic.call(term.head, _value(term.args[0], scope))
    if term.head in RELATIONS:
        return _related(term.head, _value(term.args[0], scope), _value(term.args[1], scope))
    compute = _HEADS.get(term.head)
    if compute is None:
        raise NotNumeric(f"{ascii_text(term)[:80]} has no numeric value")
    return compute(term, scope)


def _arguments(term: Term, scope: Scope) -> list[Any]:
    return [_value(arg, scope) for arg in term.args]


def _symbol(term: Term, scope: Scope) -> Value:
    name = term.args[0]
    if name not in scope.values:
        raise NotNumeric(f"no value was given for {name}")
    return scope.values[name]


def _largest(term: Term, scope: Scope) -> Value:
    head = "Ge" if term.head == "Max" else "Le"
    return reduce(lambda u, v: arithmetic.choose(_related(head, u, v), u, v), _arguments(term, scope))


def _factorial(term: Term, scope: Scope) -> Value:
    value = _value(term.args[0], scope)
    if not isinstance(value, Fraction) or value.denominator != 1 or not 0 <= value <= 10_000:
        raise Undefined("the factorial of a number that is not natural, or beyond 10000")
    return Fraction(math.factorial(int(value)))


def _root(term: Term, scope: Scope) -> float:
    """Bisection with exact signs: the only root between low and high."""
    body, name, low, high, _ = term.args
    a, b = (_value(end, scope) for end in (low, high))
    left = _value(body, scope.having(name, a))
    for _ in range(80):
        middle = (a + b) / 2
        here = _value(body, scope.having(name, middle))
        if here == 0:
            return arithmetic.floating(middle)  # type: ignore[no-any-return]
        if (here > 0) == (left > 0):
            a = middle
        else:
            b = middle
    return arithmetic.floating((a + b) / 2)  # type: ignore[no-any-return]


def _whole(value: Value, what: str) -> int:
    number = plain_number(value)
    if number != int(number):
        raise Undefined(f"{what} is not a whole number")
    return int(number)


def plain_number(value: Value) -> Any:
    """A single number without slopes. Raises NotNumeric for an array."""
    value = arithmetic.plain(value)
    if np.ndim(value) != 0 or not np.isfinite(arithmetic.floating(value)):
        raise NotNumeric("a single finite number is needed here")
    return value


def _sum(term: Term, scope: Scope) -> Value:
    name, first, last, body = term.args
    start, stop = (_whole(_value(end, scope), "an end of the sum") for end in (first, last))
    if stop - start > _LONGEST_SUM:
        raise NotNumeric(f"a sum of {stop - start} terms is too long")
    total: Value = Fraction(0)
    for index in range(start, stop + 1):
        total = arithmetic.add(total, _value(body, scope.having(name, Fraction(index))))
    return total


def _delta(term: Term, scope: Scope) -> Value:
    return arithmetic.choose(_related("Eq", *_arguments(term, scope)), Fraction(1), Fraction(0))


def _function(name: str, scope: Scope) -> Callable[..., Any]:
    if name not in scope.functions:
        raise NotNumeric(f"no function was given for {name}")
    return scope.functions[name]


def _apply(term: Term, scope: Scope) -> Any:
    result = _function(term.args[0], scope)(*(_value(arg, scope) for arg in term.args[1:]))
    return result if isinstance(result, (bool, np.bool_, Dual, np.ndarray)) else as_value(result)


def _partial(term: Term, scope: Scope) -> Value:
    """Derivative(name, (k, ...), x, ...): the function is called with duals, one level for each differentiation."""
    function, orders = _function(term.args[0], scope), term.args[1]
    return _differentiated(function, orders, [_value(arg, scope) for arg in term.args[2:]], scope)


def _differentiated(function: Callable[..., Any], orders: tuple[int, ...], args: list[Value], scope: Scope) -> Value:
    place = next((i for i, order in enumerate(orders) if order), None)
    if place is None:
        return function(*args)
    level = 1 + level_of(*args, *scope.values.values())
    seeded = [Dual(level, arg, Fraction(1)) if i == place else arg for i, arg in enumerate(args)]
    fewer = tuple(order - (i == place) for i, order in enumerate(orders))
    return parts(_differentiated(function, fewer, seeded, scope), level)[1]


def _diff(term: Term, scope: Scope) -> Value:
    body, name = term.args
    if name not in scope.values:
        raise NotNumeric(f"no value was given for {name}")
    level = 1 + level_of(*scope.values.values())
    seeded = scope.having(name, Dual(level, scope.values[name], Fraction(1)))
    return parts(_value(body, seeded), level)[1]


def _related(head: str, left: Any, right: Any) -> Any:
    if isinstance(left, tuple) and isinstance(right, tuple):
        same = len(left) == len(right) and all(_related("Eq", u, v) for u, v in zip(left, right, strict=True))
        return same if head == "Eq" else not same
    left, right = settle_pair(left, right)
    return _COMPARE[head](left, right)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": lambda u, v: u == v,
    "Ne": lambda u, v: u != v,
    "Lt": lambda u, v: u < v,
    "Le": lambda u, v: u <= v,
    "Gt": lambda u, v: u > v,
    "Ge": lambda u, v: u >= v,
}


def _not(value: Any) -> Any:
    return not value if isinstance(value, (bool, np.bool_)) else np.logical_not(value)


def _and(term: Term, scope: Scope) -> Any:
    """Arguments are tried in turn, and one false number decides: what follows it may be undefined."""
    return _joined(term, scope, np.logical_and, False)


def _joined(term: Term, scope: Scope, join: Callable[[Any, Any], Any], decides: bool) -> Any:
    result: Any = not decides
    for arg in term.args:
        result = join(result, _value(arg, scope))
        if np.ndim(result) == 0 and bool(result) is decides:
            return decides
    return bool(result) if np.ndim(result) == 0 else result


def _or(term: Term, scope: Scope) -> Any:
    return _joined(term, scope, np.logical_or, True)


def _implies(term: Term, scope: Scope) -> Any:
    return _or(Term("Or", (Term("Not", (term.args[0],)), term.args[1])), scope)


def _quantified(term: Term, scope: Scope) -> Any:
    name, body = term.args
    if name not in scope.ranges:
        raise NotNumeric(f"no range was given for {name}")
    truths = [_value(body, scope.having(name, as_value(value))) for value in scope.ranges[name]]
    join = np.logical_and if term.head == "ForAll" else np.logical_or
    return reduce(join, truths, term.head == "ForAll")


def _inside(term: Term, scope: Scope) -> Any:
    element, container = _value(term.args[0], scope), term.args[1]
    if container.head in ("Union", "Intersection"):
        found = [_inside(Term("In", (term.args[0], part)), scope) for part in container.args]
        return reduce(np.logical_or if container.head == "Union" else np.logical_and, found)
    if container.head == "Interval":
        low, high, left, right = container.args
        above = _related("Lt" if left == "open" else "Le", _value(low, scope), element)
        below = _related("Lt" if right == "open" else "Le", element, _value(high, scope))
        return np.logical_and(above, below)
    if container.head != "Set":
        raise NotNumeric(f"membership in {ascii_text(container)[:80]}")
    return reduce(np.logical_or, [_related("Eq", element, one) for one in _arguments(container, scope)], False)


_HEADS: dict[str, Callable[[Term, Scope], Any]] = {
    "Number": lambda term, scope: term.args[0],
    "Symbol": _symbol,
    "Infinity": lambda term, scope: math.inf,
    "Add": lambda term, scope: reduce(arithmetic.add, _arguments(term, scope), Fraction(0)),
    "Mul": lambda term, scope: reduce(arithmetic.mul, _arguments(term, scope), Fraction(1)),
    "Neg": lambda term, scope: arithmetic.negative(_value(term.args[0], scope)),
    "Div": lambda term, scope: arithmetic.div(*_arguments(term, scope)),
    "Pow": lambda term, scope: arithmetic.power(*_arguments(term, scope)),
    "Max": _largest,
    "Min": _largest,
    "Factorial": _factorial,
    "RootOf": _root,
    "Apply": _apply,
    "Predicate": _apply,
    "Derivative": _partial,
    "Diff": _diff,
    "Sum": _sum,
    "Delta": _delta,
    "Tuple": lambda term, scope: tuple(_arguments(term, scope)),
    "Set": lambda term, scope: tuple(_arguments(term, scope)),
    "Matrix": lambda term, scope: tuple(_arguments(term, scope)),
    "Transpose": lambda term, scope: tuple(zip(*_value(term.args[0], scope), strict=True)),
    "Det": lambda term, scope: determinant(_value(term.args[0], scope)),
    "True": lambda term, scope: True,
    "False": lambda term, scope: False,
    "And": _and,
    "Or": _or,
    "Not": lambda term, scope: _not(_value(term.args[0], scope)),
    "Implies": _implies,
    "Iff": lambda term, scope: np.equal(*_arguments(term, scope)),
    "ForAll": _quantified,
    "Exists": _quantified,
    "In": _inside,
}
