"""Ranges of whole numbers: right if the kernel proves them equal at every one, wrong at one where they differ.

Between and beyond the marks of both nothing changes, so the whole numbers about the marks are looked at one by one, and the
kernel's sign table covers what lies beyond them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from typing import TYPE_CHECKING

from flint import fmpq

from derivations.homework.deciding.balls import as_ball
from derivations.homework.deciding.ends import Cell
from derivations.homework.verdicts import Evidence, Finding
from derivations.kernel.checkers.sign_table import sign_table
from derivations.kernel.errors import Refused
from derivations.kernel.situation import Situation
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term, conj, free_symbols, iff, implies, le, number, substitute, symbol

if TYPE_CHECKING:
    from derivations.homework.deciding.range_keys import Key
    from derivations.homework.deciding.range_lines import Answer, Line

MOST = 60  # whole numbers that are looked at one by one
FARTHEST = 10_000


def lowest(domain: str) -> int | None:
    """The least number of a domain of whole numbers; None where there is none."""
    return 0 if domain == "natural" else 1 if domain.startswith("index:") else None


def is_whole(domain: str) -> bool:
    return domain in ("natural", "integer") or domain.startswith("index:")


def belongs(number: fmpq, domain: str) -> bool:
    """Whether the number is one of the domain."""
    least = lowest(domain)
    return not is_whole(domain) or (number.q == 1 and (least is None or number >= least))


def finding(key: Key, answer: Answer) -> Finding:
    """The finding on a range of a whole number."""
    spans: list[tuple[int, int]] = []
    for line in key.lines:
        span = _span(line, answer, key)
        if span is None:
            continue
        spans.append(span)
        wrong = _difference(key, line, answer, range(span[0], span[1] + 1))
        if wrong is not None:
            return key.foreign(answer) or Finding("incorrect", wrong.detail, wrong)
    rules = key.proved(answer) or (_by_cases(key, answer, spans[0]) if spans else ())
    if not rules:
        foreign = key.foreign(answer)
        return foreign or Finding("undecided", "whether this is the same range could not be worked out")
    claim = f"Equivalent({ascii_text(answer.formula)}, {key.text})"
    claim = f"Implies({key.told}, {claim})" if key.told else claim
    return Finding("correct", "", Evidence("proof", claim, rules=rules, status="proved"), 1.0)


def _span(line: Line, answer: Answer, key: Key) -> tuple[int, int] | None:
    """From the whole number before the first mark to the one behind the last."""
    axis = answer.along(line.variable, line.place)
    if axis is None:
        return None
    ends = [end for mark in (*line.marks, *axis.marks) for end in _about(mark.at)]
    least = lowest(key.setting.table.variables[line.variable])
    low, high = min(ends, default=0) - 1, max(ends, default=0) + 1
    low = low if least is None else max(low, least)
    return (low, max(low, high)) if high - low <= MOST and low > -FARTHEST and high < FARTHEST else None


def _about(at: object) -> Iterable[int]:
    ball = as_ball(at)
    if not abs(ball) < FARTHEST:
        return (FARTHEST,)
    middle = float(ball.mid())
    return floor(middle), ceil(middle)


def _difference(key: Key, line: Line, answer: Answer, numbers: Iterable[int]) -> Evidence | None:
    """The counterexample at the whole number nearest to zero at which just one of the two holds."""
    for k in sorted(numbers, key=lambda k: (abs(k), k < 0)):
        evidence = key.evidence(line, Cell(fmpq(k), False, True, None, None), answer)
        if evidence is not None:
            return evidence
    return None


def _by_cases(key: Key, answer: Answer, span: tuple[int, int]) -> tuple[str, ...]:
    """The rules that prove the two equivalent at each whole number of the span, and beyond it; none if they do not."""
    if (free_symbols(answer.opened) | free_symbols(key.opened)) - {key.variable}:
        return ()
    claim, name = iff(answer.opened, key.opened), key.variable
    least, (low, high) = lowest(key.setting.table.variables[name]), span
    beyond = [le(number(high), symbol(name))]
    if least is None or low > least:
        beyond.append(
            conj(le(symbol(name), number(low)), *([] if least is None else [le(number(least), symbol(name))]))
        )
    if not all(_holds_beyond(key, claim, side) for side in beyond):
        return ()
    singles = (substitute(claim, {name: number(k)}) for k in range(low + 1, high))
    return ("cases", "sign-table", "signs") if all(key.setting.proves(one, "signs") for one in singles) else ()


def _holds_beyond(key: Key, claim: Term, side: Term) -> bool:
    witness = {"variable": symbol(key.variable)}
    given = tuple(key.given)
    try:
        sign_table(Situation(key.setting.table, implies(side, claim), given, witness, (), frozenset()))
    except (Refused, ArithmeticError, LookupError):
        return False
    return True
