"""Numbers: exact, or within a declared tolerance; where a formula is asked for, also rounded rightly to at least three digits."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq

from derivations.homework.deciding.balls import UNDEFINED, Number, Unknown, as_ball, precision
from derivations.homework.deciding.comparing import compare, refuted
from derivations.homework.deciding.looks import unfit
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import evaluate, place_at
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed
from derivations.language.terms import Term, free_symbols, function_names, number

BITS = 256
ENOUGH = 3  # digits of a rounded number


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """The finding on a number; an equation says its right side."""
    if said.head in ("Eq", "Approx"):
        said = next((side for side in reversed(said.args) if not free_symbols(side)), said.args[1])
    if free_symbols(said) or function_names(said):
        return compare(said, _key(part), setting)
    return decide_number(part, said, setting)


def _key(part: Part) -> Term:
    if not isinstance(part.key, Term):
        raise Malformed("a key of this kind is a formula")
    return part.key


def decide_number(part: Part, said: Term, setting: Setting) -> Finding:
    """Exactly the key; or nearer to it than the tolerance; or the key rounded."""
    key = _key(part)
    trouble = unfit(said, setting)
    if trouble:
        return Finding("undecided", trouble)
    exact = compare(said, key, setting)
    if exact.verdict == "correct":
        return exact
    with precision(BITS):
        try:
            mine, right = evaluate(said, place_at({})), evaluate(key, place_at({}))
        except Unknown:
            return exact
        if mine is UNDEFINED or right is UNDEFINED:
            return exact
        tolerance = part.settings.get("tolerance")
        if tolerance is not None:
            return _within(said, key, mine, right, _tolerance(str(tolerance)))
        rounded = _rounded(said, key, mine, right, exact)
        if part.kind == "number" and rounded.verdict == "correct":
            return Finding("undecided", "it is the right value rounded, but the exact one is asked for")
        return rounded


def _tolerance(text: str) -> Fraction:
    """ "0.01", or "1 %" of the right value as "0.01 relative" is not offered: a tolerance is a distance."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise Malformed(f"this is no tolerance: {text!r}") from error


def _within(said: Term, key: Term, mine: Number, right: Number, tolerance: Fraction) -> Finding:
    exactly = isinstance(mine, fmpq) and isinstance(right, fmpq)
    allowed = evaluate(number(tolerance), place_at({}))
    gap = abs(mine - right) - allowed if exactly else abs(as_ball(mine) - as_ball(right)) - as_ball(allowed)
    claim = f"Abs({ascii_text(said)} - ({ascii_text(key)})) <= {tolerance}"
    if gap <= 0:
        evidence = Evidence("proof", claim, rules=("number-sign",), status="proved")
        return Finding("correct", "", evidence, 1.0, remarks=("it is right within the tolerance",))
    if gap > 0:
        return refuted(said, key, {}, 0)
    return Finding("undecided", "it lies at the very edge of the tolerance")


def _rounded(said: Term, key: Term, mine: Number, right: Number, exact: Finding) -> Finding:
    """A decimal number that is the key to its last digit."""
    written = said.args[0].args[0] if said.head == "Neg" else said.args[0]
    digits = _digits(written) if isinstance(written, Fraction) else None
    if digits is None or (key.head == "Number" and _digits(key.args[0]) is not None):
        return exact
    count, unit = digits
    gap: arb = abs(as_ball(mine) - as_ball(right)) - as_ball(evaluate(number(unit / 2), place_at({})))
    if not gap <= 0:
        return exact
    if count < ENOUGH:
        return Finding("undecided", "it is the right value rounded to few digits")
    claim = f"Abs({ascii_text(said)} - ({ascii_text(key)})) <= {unit / 2}"
    evidence = Evidence("proof", claim, rules=("number-sign",), status="proved")
    return Finding(
        "correct", "", evidence, 1.0, remarks=(f"it is the right value rounded; exactly it is {ascii_text(key)}",)
    )


def _digits(value: Fraction) -> tuple[int, Fraction] | None:
    """How many digits a decimal number has, and the unit of the last; None for whole numbers and what is no decimal number."""
    places, rest = 0, value.denominator
    while rest % 10 == 0:
        places, rest = places + 1, rest // 10
    for prime in (2, 5):
        while rest % prime == 0:
            places, rest = places + 1, rest // prime
    if rest != 1 or places == 0 or places > 60:
        return None
    shifted = abs(value * 10**places)
    return len(str(shifted.numerator)), Fraction(1, 10**places)
