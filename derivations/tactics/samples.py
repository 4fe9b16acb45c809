"""Random points at which a claim is tried before a proof is looked for: many claims do not hold, and that is seen at once.

Nothing here is trusted, and nothing is proved: a counterexample in floating point saves the search, that is all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zlib import crc32

import numpy as np

from derivations.language.terms import Term

COUNT, NEAR = 20_000, 1e-9
_Truth = tuple[Any, Any]  # where it certainly holds, where it certainly fails
_UNKNOWN: _Truth = (np.zeros(COUNT, bool), np.zeros(COUNT, bool))
_CERTAIN: dict[str, _Truth] = {"True": (~_UNKNOWN[0], _UNKNOWN[0]), "False": (_UNKNOWN[0], ~_UNKNOWN[0])}


class Samples:
    """The values of terms at random points, a column for each variable."""

    def __init__(self) -> None:
        self.values: dict[Term, Any] = {}
        self.truths: dict[Term, _Truth] = {}

    def refuted(self, claim: Term, premises: Iterable[Term]) -> bool:
        """Whether the claim fails at a point at which the premises hold."""
        wrong = self.truth(claim)[1]
        for premise in premises:
            if not wrong.any():
                return False
            wrong = wrong & self.truth(premise)[0]
        return bool(wrong.any())

    def signs(self, term: Term, premises: Iterable[Term]) -> frozenset[int]:
        """The signs that the term has where the premises hold."""
        value = self.value(term)
        here = np.ones(COUNT, bool)
        for premise in premises:
            here = here & self.truth(premise)[0]
        return frozenset(sign for sign in (-1, 1) if bool((here & (sign * value > NEAR)).any()))

    def truth(self, formula: Term) -> _Truth:
        if formula not in self.truths:
            self.truths[formula] = self._truth(formula)
        return self.truths[formula]

    def _truth(self, formula: Term) -> _Truth:
        head, args = formula.head, formula.args
        if head in _CERTAIN:
            return _CERTAIN[head]
        if head in ("And", "Or"):
            parts = [self.truth(arg) for arg in args]
            every, some = (0, 1) if head == "And" else (1, 0)
            pair = {every: np.all([p[every] for p in parts], axis=0), some: np.any([p[some] for p in parts], axis=0)}
            return pair[0], pair[1]
        if head == "Not":
            return self.truth(args[0])[::-1]
        if head in ("Implies", "Iff"):
            (a, not_a), (b, not_b) = map(self.truth, args)
            if head == "Implies":
                return not_a | b, a & not_b
            return (a & b) | (not_a & not_b), (a & not_b) | (not_a & b)
        return self._relation(head, args) if head in ("Lt", "Le", "Gt", "Ge", "Eq", "Ne") else _UNKNOWN

    def _relation(self, head: str, args: tuple[Term, ...]) -> _Truth:
        left, right = map(self.value, args)
        margin = NEAR * (1 + np.abs(left) + np.abs(right))
        with np.errstate(invalid="ignore"):
            above, below = right - left > margin, left - right > margin
        if head in ("Eq", "Ne"):
            apart = above | below
            return (_UNKNOWN[0], apart) if head == "Eq" else (apart, _UNKNOWN[0])
        return (above, below) if head in ("Lt", "Le") else (below, above)

    def value(self, term: Term) -> Any:
        """The term at all points; nan where it is not defined or has a head that is not treated."""
        if term not in self.values:
            with np.errstate(all="ignore"):
                self.values[term] = self._value(term)
        return self.values[term]

    def _value(self, term: Term) -> Any:
        head, args = term.head, term.args
        if head == "Number":
            return np.full(COUNT, float(args[0]))
        if head == "Symbol":
            return _column(args[0])
        if head in ("Add", "Mul"):
            parts = [self.value(arg) for arg in args]
            return (np.sum if head == "Add" else np.prod)(parts, axis=0)
        if head == "Neg":
            return -self.value(args[0])
        if head == "Div":
            return self.value(args[0]) / np.where(self.value(args[1]) == 0, np.nan, self.value(args[1]))
        if head == "Pow" and args[1].head == "Number":
            return self.value(args[0]) ** float(args[1].args[0])
        return np.sqrt(self.value(args[0])) if head == "Sqrt" else np.full(COUNT, np.nan)


def _column(name: str) -> Any:
    """Values of all sizes and signs, many of them between 0 and 1; the same for the same name."""
    draw = np.random.default_rng(crc32(name.encode()))
    small, large = draw.uniform(0, 1, COUNT), draw.uniform(-4, 4, COUNT)
    wide = np.exp(draw.uniform(-5, 5, COUNT)) * draw.choice([-1, 1], COUNT)
    return np.choose(draw.integers(0, 4, COUNT), [small, small, large, wide])
