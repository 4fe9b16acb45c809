"""Losses: a function of some parameters, and the point near which it is studied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import comb, prod
from typing import Any

from derivations.language.errors import Unusable
from derivations.language.terms import (
    Term,
    add,
    free_symbols,
    mul,
    neg,
    number,
    power,
    substitute,
    subterms,
    symbol,
)
from derivations.reading import read_expression, read_names, read_point, vocabulary_for

NAMED = ("quadratic", "generic")
MAX_EXPONENT, MAX_TERMS = 60, 2000
TAKEN = {
    "t": "the step", "s": "a step or a start", "k": "a number of steps", "tau": "time", "n": "a number of steps", "rho": "a rate",
    "delta": "a radius", "L": "the loss", "F": "one step of the method",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loss:
    """L(parameters) = body, studied at ``at``; ``body`` is None for a loss of which only smoothness is known.

    ``constants`` are the names in the body that are not parameters; ``source`` is the text it was read from.
    """

    parameters: tuple[str, ...]
    body: Term | None
    at: dict[str, Term] = field(default_factory=dict)
    source: str = ""
    at_source: str = ""

    @property
    def constants(self) -> tuple[str, ...]:
        names = frozenset() if self.body is None else free_symbols(self.body)
        for value in self.at.values():
            names |= free_symbols(value)
        return tuple(sorted(names - set(self.parameters)))

    @property
    def is_named(self) -> bool:
        return self.source in NAMED

    @property
    def is_family(self) -> bool:
        """Whether it is a named loss none of whose constants has a value: it then stands for every curvature."""
        plain = all(value.head == "Symbol" for value in self.at.values())
        return self.is_named and plain and (self.body is None or len(self.constants) == 2)


def quadratic(names: Mapping[str, str] | None = None) -> Loss:
    """L(theta) = lam/2*(theta - theta_star)**2, near its critical point theta_star; ``names`` are other names for these."""
    name, star, lam = ((names or {}).get(one, one) for one in ("theta", "theta_star", "lam"))
    body = mul(number("1/2"), symbol(lam), power(add(symbol(name), neg(symbol(star))), 2))
    return Loss((name,), body, {name: symbol(star)}, "quadratic")


def generic(names: Mapping[str, str] | None = None) -> Loss:
    """A smooth loss of one parameter, near a critical point theta_star, of which nothing else is known."""
    name, star = ((names or {}).get(one, one) for one in ("theta", "theta_star"))
    return Loss((name,), None, {name: symbol(star)}, "generic")


def read_loss(text: str, parameters: str | None = None, at: str | None = None) -> Loss:
    """A named loss, or an expression; its parameters are its free symbols unless they are given.

    Raises Unusable, pointing at the place, for what cannot be read or is not differentiable at the point.
    """
    if text in NAMED:
        return _named(text, parameters, at)
    body = read_expression(text, vocabulary_for((), open=True))
    names = sorted(free_symbols(body), key=_natural_order)
    if parameters is not None:
        chosen = read_names(parameters)
        for name in chosen:
            if name not in names:
                start = max(parameters.find(name), 0)
                raise Unusable(f"the loss does not depend on {name!r}", parameters, (start, start + len(name)))
        names = list(chosen)
    if not names:
        raise Unusable(
            "this loss has no parameter", text, (0, len(text)), "a loss is an expression such as x**2 + 10*y**2"
        )
    refuse_unsupported(body, text)
    point = read_point_of(at, names) if at else {}
    loss = Loss(tuple(names), body, point, text, at or "")
    if point:
        _refuse_singular(loss, at or "")
    return loss


def _named(text: str, parameters: str | None, at: str | None) -> Loss:
    if parameters is not None or at is not None:
        given = parameters if parameters is not None else at or ""
        raise Unusable(f"the loss {text!r} brings its own parameter and point", given, (0, len(given)))
    return quadratic() if text == "quadratic" else generic()


def refuse_names(names: Iterable[str], text: str, taken: Mapping[str, str]) -> None:
    """Raises Unusable for a name in the text that the proofs use for something else."""
    for name in sorted(names):
        start = max(text.find(name), 0)
        message = f"{name!r} stands for {taken[name]} in the proofs"
        raise Unusable(message, text, (start, start + len(name)), "give it another name")


def refuse_taken(loss: Loss) -> None:
    """Raises Unusable for a loss with a name that the proofs about iterations need for themselves."""
    if loss.body is not None and not loss.is_named:
        refuse_names(free_symbols(loss.body) & set(TAKEN), loss.source, TAKEN)


def _natural_order(name: str) -> tuple[str, int]:
    digits = "".join(c for c in name if c.isdigit())
    return name.rstrip("0123456789_"), int(digits) if digits else -1


def read_point_of(at: str, names: Iterable[str], whose: str = "the loss") -> dict[str, Term]:
    """A coordinate for each of these parameters. Raises Unusable, quoting and pointing."""
    point = read_point(at, vocabulary_for((), open=True))
    names = list(names)
    for name, value in point.items():
        if name not in names:
            start = max(at.find(name), 0)
            hint = f"its parameters are {', '.join(names)}"
            raise Unusable(f"{name!r} is not a parameter of {whose}", at, (start, start + len(name)), hint)
        if free_symbols(value) & set(names):
            start, end = value.span or (0, len(at))
            raise Unusable("a coordinate of the point depends on a parameter", at, (start, end))
    missing = [name for name in names if name not in point]
    if missing:
        raise Unusable(
            f"the point has no coordinate {missing[0]!r}", at, (len(at), len(at)), f'write --at "{missing[0]}=0"'
        )
    return {name: point[name] for name in names}


_SUPPORTED = frozenset(
    {"Number", "Symbol", "Add", "Mul", "Neg", "Div", "Pow", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Sinh",
     "Cosh", "Tanh", "Asinh",
     "Atan", "Abs"}
)  # fmt: skip


def refuse_unsupported(body: Term, text: str, what: str = "a loss") -> None:
    """Raises Unusable for what has no derivatives here, or is too large."""
    for node in subterms(body):
        if node.head not in _SUPPORTED:
            raise Unusable(f"{what} cannot contain {node.head.lower()}", text, node.span or (0, len(text)))
        if node.head == "Pow":
            _refuse_exponent(node, text)
        if node.head == "Div" and not free_symbols(node.args[1]) and exact_value(node.args[1]) == 0:
            raise Unusable("this divides by zero", text, node.span or (0, len(text)))
    if expanded_size(body) > MAX_TERMS:
        this = what.replace("a ", "this ")
        raise Unusable(f"multiplied out, {this} would have more than {MAX_TERMS:,} terms", text, (0, len(text)))


def _refuse_exponent(node: Term, text: str) -> None:
    """Exponents are numbers of moderate size; whatever else is written there is not computed first."""
    exponent = node.args[1]
    value = exact_value(exponent) if all(part.head != "Pow" for part in subterms(exponent)) else None
    if value is None or abs(value) > MAX_EXPONENT or value.denominator not in (1, 2):
        hint = f"an exponent is a whole number, or a half, of size at most {MAX_EXPONENT}"
        raise Unusable("this exponent cannot be used", text, exponent.span or node.span or (0, len(text)), hint)


def expanded_size(term: Term) -> int:
    """A bound on the number of terms of a sum when it is multiplied out, cut off above the limit."""
    if term.head in ("Add", "Mul"):
        sizes = [expanded_size(arg) for arg in term.args]
        return min(sum(sizes) if term.head == "Add" else prod(sizes), 10 * MAX_TERMS)
    if term.head == "Pow":
        size, value = expanded_size(term.args[0]), exact_value(term.args[1])
        times = abs(int(value)) if value is not None else 1
        return min(comb(size + times - 1, times), 10 * MAX_TERMS)
    if term.head in ("Neg", "Div"):
        return max(map(expanded_size, (arg for arg in term.args if isinstance(arg, Term))))
    return 1


def _refuse_singular(loss: Loss, at: str) -> None:
    """|x|, sqrt(x), log(x) and quotients where they have no derivative at the point: found by putting in the numbers."""
    assert loss.body is not None
    for node in subterms(loss.body):
        if node.head not in ("Abs", "Sqrt", "Log", "Div"):
            continue
        inner = node.args[1] if node.head == "Div" else node.args[0]
        value = exact_value(substitute(inner, loss.at))
        bad = value is not None and (value == 0 or (node.head in ("Sqrt", "Log") and value < 0))
        if bad and free_symbols(inner) & set(loss.parameters):
            raise Unusable(
                f"the loss is not differentiable at {at}: see this part of it", loss.source, node.span or (0, 1)
            )


def exact_value(term: Term) -> Any:
    """The rational value of an arithmetic term without variables; None if it has none."""
    from fractions import Fraction

    parts = [exact_value(arg) if isinstance(arg, Term) else arg for arg in term.args]
    if any(part is None for part in parts):
        return None
    if term.head == "Number":
        return term.args[0]
    if term.head == "Add":
        return sum(parts, Fraction(0))
    if term.head == "Mul":
        result = Fraction(1)
        for part in parts:
            result *= part
        return result
    if term.head == "Neg":
        return -parts[0]
    if term.head == "Div":
        return parts[0] / parts[1] if parts[1] else None
    if term.head == "Pow" and parts[1].denominator == 1 and abs(parts[1]) <= 1000 and (parts[0] or parts[1] >= 0):
        return parts[0] ** int(parts[1])
    return abs(parts[0]) if term.head == "Abs" else None
