"""What the powers of a number do: on which side they are, and whether they vanish or grow.

An error that is multiplied by m at each step is m**t times its start, so these are properties of the multiplier alone.
"""

from __future__ import annotations

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    conj,
    disj,
    eq,
    for_all,
    iff,
    lt,
    mul,
    neg,
    power,
    predicate,
    substitute,
    symbol,
    tends,
)
from derivations.problems.losses import exact_value
from derivations.tactics.linear import T
from derivations.tactics.proof import Proof

_M = symbol("m")
_NOW, _AFTER = power(_M, T), power(_M, add(T, ONE))

# name -> what it says of the powers of m, when it holds, and in words
SIDES: dict[str, tuple[Term, Term, str]] = {
    "one_sided": (for_all("t", lt(ZERO, mul(_NOW, _AFTER))), lt(ZERO, _M), "it stays on its side at every step"),
    "oscillating": (for_all("t", lt(mul(_NOW, _AFTER), ZERO)), lt(_M, ZERO), "it changes its side at every step"),
    "one_step": (for_all("t", eq(_AFTER, ZERO)), eq(_M, ZERO), "nothing is left after one step"),
}
FATES: dict[str, tuple[Term, Term, str]] = {
    "convergent": (tends(_NOW, "t", INFINITY, ZERO), conj(lt(neg(ONE), _M), lt(_M, ONE)), "its size tends to zero"),
    "divergent": (tends(Term("Abs", (_NOW,)), "t", INFINITY, INFINITY), disj(lt(_M, neg(ONE)), lt(ONE, _M)),
                  "its size grows beyond all bounds"),
    "period_two": (for_all("t", eq(_AFTER, neg(_NOW))), eq(_M, neg(ONE)), "it is reflected at every step"),
    "constant": (for_all("t", eq(_AFTER, _NOW)), eq(_M, ONE), "it does not move"),
}  # fmt: skip


def side_and_fate(multiplier: Term) -> tuple[str, str]:
    """The names of what a multiplier does. Raises Undecided unless it is a number."""
    value = exact_value(multiplier)
    if value is None:
        raise Undecided("the multiplier is not a rational number; give every constant a value with --set")
    side = "one_sided" if value > 0 else "oscillating" if value < 0 else "one_step"
    size = abs(value)
    fate = "convergent" if size < 1 else "divergent" if size > 1 else "period_two" if value < 0 else "constant"
    return side, fate


class Multipliers:
    """Writes the steps that say of numbers what their powers do; each property is defined once, when it is needed first."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.defined: dict[str, str] = {}
        proof.declare("t", "natural")
        proof.declare("m", "real", "multiplier of one step")

    def steps(self, multiplier: Term) -> tuple[str, str]:
        """Labels of the side and of the fate of a multiplier."""
        return self._step(*self._named(multiplier, 0), multiplier), self._step(*self._named(multiplier, 1), multiplier)

    def _named(self, multiplier: Term, which: int) -> tuple[str, tuple[Term, Term, str]]:
        name = side_and_fate(multiplier)[which]
        return name, (SIDES, FATES)[which][name]

    def _step(self, name: str, row: tuple[Term, Term, str], multiplier: Term) -> str:
        proof, (meaning, condition, words) = self.proof, row
        if name not in self.defined:
            proof.declare(name, "property", f"of a multiplier: {words}")
            claim = for_all("m", iff(predicate(name, _M), meaning))
            self.defined[name] = proof.define(claim, f"what is multiplied by it at each step: {words}")
        what, when = (substitute(part, {"m": multiplier}) for part in (meaning, condition))
        here = proof.step("instantiate", iff(predicate(name, multiplier), what), self.defined[name], values={"m": multiplier},
                          because="for this multiplier")  # fmt: skip
        fact = proof.step("geometric", iff(what, when), term=power(multiplier, T), ratio=multiplier, start=ONE,
                          because="what the powers of a number do")  # fmt: skip
        return proof.step("signs", predicate(name, multiplier), here, fact, because="and this number is such")
