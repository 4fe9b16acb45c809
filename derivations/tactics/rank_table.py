"""Ranks for f = Σ_j v_j·(w_j·x)^p with d inputs and k units, for many d, k and p at once.

From below by the rank at a point of whole numbers; from above by the number of coefficients, by the directions that are redundant
(the scale of each unit; the rotations among units where p = 2), and by forms that are singular at the units.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb, factorial, prod

from flint import nmod_mat

from derivations.kernel.checkers.ranks import PRIME, singular_forms
from derivations.kernel.errors import Refused
from derivations.language.errors import Undecided
from derivations.tactics.first_integrals import point_without_structure


@dataclass(frozen=True)
class Cell:
    """The rank, and what counting alone would lead one to expect: the parameters less one scale each, or all coefficients."""

    degree: int
    inputs: int
    units: int
    rank: int
    expected: int
    reason: str

    @property
    def cited(self) -> bool:
        """Whether the upper bound rests on a theorem that is not proved here."""
        return self.reason == "double-points" and self.degree % 2 == 1


def table(degree: int, inputs: Iterable[int], most_units: int) -> dict[tuple[int, int], Cell]:
    """The cells for 1 to so many units. Raises Undecided where the bounds do not meet."""
    return {
        (d, k): _cell(degree, d, k, rank)
        for d in inputs
        for k, rank in enumerate(ranks(degree, d, most_units), start=1)
    }


def ranks(degree: int, inputs: int, most_units: int) -> list[int]:
    """The dimension of the span of the x_i·(w_j·x)^(p-1), j ≤ k, for k = 1, 2, …, at whole numbers w and modulo a prime.

    They are the gradients by the w_j; that by v_j is a combination of them.
    """
    point = point_without_structure(inputs * most_units)
    monomials = {one: n for n, one in enumerate(combinations_with_replacement(range(inputs), degree))}
    rows: list[list[int]] = []
    for j in range(most_units):
        weights = point[j * inputs : (j + 1) * inputs]
        lower = combinations_with_replacement(range(inputs), degree - 1)
        power = {one: _multinomial(one) * prod(weights[i] for i in one) for one in lower}
        for i in range(inputs):
            row = [0] * len(monomials)
            for one, c in power.items():
                row[monomials[tuple(sorted((*one, i)))]] = c % PRIME
            rows.append(row)
    size = len(monomials)
    return [int(nmod_mat(k * inputs, size, [c for row in rows[: k * inputs] for c in row], PRIME).rank())
            for k in range(1, most_units + 1)]  # fmt: skip


def _multinomial(monomial: tuple[int, ...]) -> int:
    return factorial(len(monomial)) // prod(factorial(monomial.count(i)) for i in set(monomial))


def _cell(degree: int, inputs: int, units: int, rank: int) -> Cell:
    coefficients = comb(inputs + degree - 1, degree)
    bounds = {"few-coefficients": coefficients, "redundant-directions": units * inputs}
    if degree == 2 and units <= inputs:
        bounds["rotations"] = units * inputs - comb(units, 2)
    with suppress(Refused):
        bounds["double-points"] = coefficients - singular_forms(degree, inputs, units)
    reason = min(bounds, key=lambda name: bounds[name])
    if bounds[reason] != rank:
        raise Undecided(f"for p = {degree}, d = {inputs}, k = {units} the rank is from {rank} to {bounds[reason]}")
    return Cell(degree, inputs, units, rank, min(units * inputs, coefficients), reason)
