"""Tasks with keys of the tests' own, and whether an answer of known meaning agrees with them at many points."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import mpmath

from .arithmetic import LARGEST, Node, Value, applied, as_float, parsed, same, value


@dataclass(frozen=True, slots=True)
class Question:
    """A task, the right answers to it in Python's grammar, and points at which answers are compared.

    ``given`` must hold at them; ``on`` are further points, with one name in terms of the others.
    """

    task: str
    kind: str
    keys: tuple[str, ...]
    given: str = "0 < 1"
    names: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    on: tuple[tuple[str, str], ...] = ()

    @property
    def all_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.names, *self.whole)))


_POSITIVE = "eta > 0 and lam > 0"
_ENDS = (("eta", "1/lam"), ("eta", "2/lam"))
QUESTIONS = (
    Question(
        "own:expression",
        "expression",
        ("(1 - eta*lam)**2/(2 - eta*lam)",),
        f"{_POSITIVE} and eta*lam < 2",
        ("eta", "lam"),
    ),
    Question("own:power", "expression", ("(1 - eta*lam)**t*exp(-lam)",), _POSITIVE, ("eta", "lam"), ("t",)),
    Question("own:root", "expression", ("(a + sqrt(a**2 + 4*b**2))/2",), names=("a", "b")),
    Question(
        "own:equation", "equation", ("x**2 + y**2 == 2*x*y + 1",), names=("x", "y"), on=(("x", "y + 1"), ("x", "y - 1"))
    ),
    Question("own:range", "range", ("0 < eta < 2/lam",), "lam > 0", ("eta", "lam"), on=(*_ENDS, ("eta", "0*lam"))),
    Question(
        "own:region",
        "range",
        ("abs(beta) < 1 and 0 < eta < 2*(1 + beta)/lam",),
        "lam > 0",
        ("eta", "lam", "beta"),
        on=(("eta", "2*(1 + beta)/lam"), ("eta", "2/lam"), ("beta", "1 + 0*eta")),
    ),
    Question("own:union", "range", ("-1 < x < 0 or x > 1",), names=("x",), on=(("x", "0"), ("x", "1"), ("x", "-1"))),
    Question("own:matrix", "matrix", ("[[2*a, b], [b, 1/a]]",), "a > 0", ("a", "b")),
    Question("own:set", "set", ("{-a, 0, a, sqrt(2)}",), names=("a",)),
    Question(
        "own:leading-term",
        "leading",
        ("eta*sigma**2/(lam*(2 - eta*lam))",),
        f"{_POSITIVE} and sigma > 0 and eta*lam < 2",
        ("eta", "lam", "sigma"),
    ),
    Question("own:asymptotic", "asymptotic", ("exp(-eta*lam*t)",), _POSITIVE, ("eta", "lam"), ("t",)),
    Question("own:up-to-scale", "scale", ("a**2 - b**2",), names=("a", "b")),
    Question("own:up-to-constant", "constant", ("x**2*exp(-y)",), "y == 1/3", ("x", "y")),
    Question(
        "lecture3:1.a",
        "expression",
        ("theta_star + (1 - eta*lam)**t*(theta_0 - theta_star)",),
        _POSITIVE,
        ("eta", "lam", "theta_0", "theta_star"),
        ("t",),
    ),
    Question("lecture3:1.b.1", "range", ("0 < eta < 1/lam", "0 < eta <= 1/lam"), _POSITIVE, ("eta", "lam"), on=_ENDS),
    Question("lecture3:1.b.2", "range", ("1/lam < eta < 2/lam",), _POSITIVE, ("eta", "lam"), on=_ENDS),
    Question("lecture3:1.b.3", "range", ("eta <= 0 or 2/lam <= eta",), _POSITIVE, ("eta", "lam"), on=_ENDS),
    Question("lecture3:1.b.4", "expression", ("1/lam",), _POSITIVE, ("eta", "lam")),
    Question(
        "lecture3:4.b",
        "leading",
        ("eta*sigma**2/(N*lam*(2 - eta*lam))", "eta*sigma**2/(lam*(2 - eta*lam))"),
        f"{_POSITIVE} and sigma > 0 and eta*lam < 2",
        ("eta", "lam", "sigma"),
        ("N",),
    ),
    Question("stage3:6.2", "range", ("0 < eta < 1/5",), _POSITIVE, ("eta",), on=(("eta", "1/5"), ("eta", "1/6"))),
    Question(
        "stage3:9.1",
        "range",
        ("0 < eta < 1/100",),
        _POSITIVE,
        ("eta",),
        on=(("eta", "1/100"), ("eta", "1/50"), ("eta", "1/200")),
    ),
)
FRACTIONS = tuple(
    map(
        Fraction,
        (
            "1",
            "2",
            "1/2",
            "-1",
            "3",
            "1/3",
            "-1/2",
            "3/2",
            "1/5",
            "-2",
            "1/10",
            "5/2",
            "1/7",
            "-3",
            "7/4",
            "1/60",
            "1/150",
            "4",
            "0",
            "9",
        ),
    )
)


@cache
def points(question: Question) -> tuple[dict[str, Fraction], ...]:
    """Points at which the hypotheses hold, always the same ones."""
    found = list(_points(question, 24))
    for name, text in question.on:
        for at in _points(question, 6):
            there = {**at, name: value(parsed(text), at)}
            if value(parsed(question.given), {"lam": Fraction(1), **there}) is True:
                found.append(there)
    return tuple(found)


def _points(question: Question, count: int) -> Iterator[dict[str, Fraction]]:
    source = random.Random(question.task)
    for _ in range(2000):
        at = {name: source.choice(FRACTIONS) * source.choice((1, 1, Fraction(3, 7))) for name in question.names}
        at |= {name: Fraction(source.randint(1, 6)) for name in question.whole}
        if value(parsed(question.given), {"lam": Fraction(1), **at}) is True:
            count -= 1
            yield at
            if not count:
                return


def agrees(question: Question, meant: Node) -> str | None:
    """Why an answer cannot be right; None if it agrees with one of the keys wherever both are defined."""
    with mpmath.workdps(40):
        reasons = [_disagrees(question, parsed(key), meant) for key in question.keys]
    return None if None in reasons else reasons[0]


def _disagrees(question: Question, key: Node, meant: Node) -> str | None:
    if question.kind in ("leading", "asymptotic"):
        return _in_the_limit(question, key, meant)
    compared = 0
    first: Value = None
    for at in points(question):
        one, other = value(meant, at), value(key, at)
        if one is None or other is None:
            continue
        if question.kind == "set":
            if (
                not isinstance(one, list)
                or not all(any(same(a, b) for b in other) for a in one)
                or not all(any(same(a, b) for b in one) for a in other)
            ):
                return f"at {_shown(at)} the sets differ"
            continue
        if question.kind in ("scale", "constant"):
            if other == 0 and question.kind == "scale":
                if one != 0:
                    return f"at {_shown(at)} it is not 0"
                continue
            now = as_float(one) / as_float(other) if question.kind == "scale" else as_float(one) - as_float(other)
            first = now if first is None else first
            if not same(first, now) or (question.kind == "scale" and now == 0):
                return f"at {_shown(at)} the factor or constant is another one"
        elif not same(one, other):
            return f"at {_shown(at)} it is {one} and not {other}"
        compared += 1
    return None if compared or question.kind == "set" else "it is defined nowhere"


def _in_the_limit(question: Question, key: Node, meant: Node) -> str | None:
    """The quotient tends to 1 as eta tends to 0, eta*t fixed."""
    for at in points(question)[:4]:
        small = Fraction(1, 10**6)
        there = {**at, "eta": small} | ({"t": Fraction(10**6)} if "t" in at and question.kind == "asymptotic" else {})
        one, other = _large(meant, there), _large(key, there)
        if one is not None and other and abs(as_float(one) / as_float(other) - 1) > 0.01:
            return f"for small eta, at {_shown(at)}, the quotient is {mpmath.nstr(as_float(one) / as_float(other), 6)}"
    return None


def _large(node: Node, at: dict[str, Fraction]) -> Value:
    """The value where an exponent is large: powers by logarithms."""
    if node[0] == "^" and (exponent := _large(node[2], at)) is not None and abs(exponent) > LARGEST:
        base = _large(node[1], at)
        return mpmath.power(as_float(base), as_float(exponent)) if base is not None and base > 0 else None
    if node[0] in ("number", "name"):
        return value(node, at)
    found = [_large(arg, at) for arg in node[1:]]
    if None in found:
        return None
    result = applied(node[0], found)
    return None if isinstance(result, mpmath.mpc) else result


def _shown(at: dict[str, Fraction]) -> str:
    return ", ".join(f"{name} = {number}" for name, number in at.items())
