"""Relations between the unknowns of a polynomial system, each with the factors by which it follows from the equations.

A relation with few monomials (only powers of x; or y and powers of x) is a combination of multiples m*g_i of the equations in
which all other monomials cancel: linear algebra. A prime field says which multiples are needed, and the factors are then
solved for over the rational numbers. Nothing here is trusted: the kernel adds the combination up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import gcd, lcm
from typing import Any

from flint import fmpz, fmpz_mat, fmpz_poly, nmod_mat

Monomial = tuple[int, ...]
Polynomial = dict[Monomial, Fraction]

PRIME = 9223372036854775783
MAX_CELLS = 700_000  # of the matrix of multiples


@dataclass(frozen=True)
class Relation:
    """polynomial = sum of factors[i]*equations[i]; its leading coefficient is positive, all are whole numbers."""

    polynomial: Polynomial
    factors: list[Polynomial]


def relation(equations: Sequence[Polynomial], wanted: Sequence[Monomial], most: int, exactly: bool = False) -> Relation | None:
    """A relation between the wanted monomials, given from the highest to the lowest, with as low a leading one as can be.

    Multiples of the equations up to the degree ``most`` are tried; ``exactly``: the first monomial must occur. None if there is
    no such relation.
    """
    least = min(degree(g) for g in equations)
    for top in range(least, most + 1):
        found = _at_degree(equations, [m for m in wanted if sum(m) <= top], top, exactly)
        if found is not None:
            return found
    return None


def degree(polynomial: Polynomial) -> int:
    return max((sum(m) for m in polynomial), default=0)


def monomials(variables: int, top: int) -> list[Monomial]:
    """All monomials up to that degree, by degree."""
    found = [m for m in product(range(top + 1), repeat=variables) if sum(m) <= top]
    return sorted(found, key=lambda m: (sum(m), m))


def _at_degree(equations: Sequence[Polynomial], wanted: list[Monomial], top: int, exactly: bool) -> Relation | None:
    variables = len(next(iter(equations[0])))
    rows = [
        (i, m)
        for m in monomials(variables, top - min(map(degree, equations)))
        for i, g in enumerate(equations)
        if sum(m) + degree(g) <= top
    ]
    chosen = set(wanted)
    columns = [m for m in reversed(monomials(variables, top)) if m not in chosen] + list(wanted)
    if not wanted or len(rows) * len(columns) > MAX_CELLS:
        return None
    place = {m: j for j, m in enumerate(columns)}
    entries = [0] * (len(rows) * len(columns))
    for k, (i, shift) in enumerate(rows):
        for m, c in equations[i].items():
            entries[k * len(columns) + place[_times(m, shift)]] = int(c)
    reduced, rank = nmod_mat(len(rows), len(columns), [c % PRIME for c in entries], PRIME).rref()
    pivots = _pivots(reduced, rank, len(columns))
    first = len(columns) - len(wanted)
    usable = [j for j in pivots if j >= first]
    if not usable or (exactly and usable[0] != first):
        return None
    target = usable[0] if exactly else usable[-1]
    chosen_rows = _independent_rows(entries, rows, columns, pivots, rank)
    return _solved(equations, entries, rows, columns, chosen_rows, pivots, target)


def _times(one: Monomial, other: Monomial) -> Monomial:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _pivots(reduced: Any, rank: int, width: int) -> list[int]:
    found, j = [], 0
    for i in range(rank):
        while int(reduced[i, j]) == 0:
            j += 1
        found.append(j)
    return found


def _independent_rows(entries: list[int], rows: list[Any], columns: list[Any], pivots: list[int], rank: int) -> list[int]:
    """The first rows that are independent, the low multiples being first."""
    width = len(columns)
    turned = [entries[k * width + j] % PRIME for j in pivots for k in range(len(rows))]
    reduced, _ = nmod_mat(rank, len(rows), turned, PRIME).rref()
    return _pivots(reduced, rank, len(rows))


def _solved(
    equations: Sequence[Polynomial], entries: list[int], rows: list[tuple[int, Monomial]], columns: list[Monomial],
    chosen: list[int], pivots: list[int], target: int,
) -> Relation | None:  # fmt: skip
    """The combination of the chosen rows with 1 at the target and 0 at the other pivots."""
    width, size = len(columns), len(pivots)
    square = fmpz_mat(size, size, [entries[k * width + j] for j in pivots for k in chosen])
    unit = fmpz_mat(size, 1, [1 if j == target else 0 for j in pivots])
    try:
        solution = square.solve(unit)
    except ZeroDivisionError:
        return None
    weights = {k: Fraction(int(solution[n, 0].p), int(solution[n, 0].q)) for n, k in enumerate(chosen)}
    found: Polynomial = {}
    factors: list[Polynomial] = [{} for _ in equations]
    for k, weight in weights.items():
        if weight:
            i, shift = rows[k]
            factors[i][shift] = weight
            for m, c in equations[i].items():
                at = _times(m, shift)
                found[at] = found.get(at, Fraction(0)) + weight * c
    found = {m: c for m, c in found.items() if c}
    allowed = set(columns[columns.index(columns[target]) :])
    if not set(found) <= allowed:
        return None
    scale = lcm(*(c.denominator for c in found.values()))
    scale_down = gcd(*(int(c * scale) for c in found.values()))
    by = Fraction(scale, scale_down)
    return Relation(
        {m: c * by for m, c in found.items()}, [{m: c * by for m, c in factor.items()} for factor in factors]
    )


def whole(polynomial: Polynomial) -> Polynomial:
    """The multiple with whole coefficients without a common divisor."""
    scale = lcm(*(c.denominator for c in polynomial.values()))
    divisor = gcd(*(int(c * scale) for c in polynomial.values()))
    return {m: c * scale / divisor for m, c in polynomial.items()}


# --- one variable -----------------------------------------------------------------------------------------------------


def factors_of(coefficients: Sequence[Fraction]) -> list[list[int]]:
    """The irreducible factors over Q (without multiplicity), constant coefficient first, by degree."""
    scale = lcm(*(c.denominator for c in coefficients))
    _, parts = fmpz_poly([int(c * scale) for c in coefficients]).factor()
    found = [[int(c) for c in part.coeffs()] for part, _ in parts if part.degree() > 0]
    found = [[-c for c in part] if part[-1] < 0 else part for part in found]
    return sorted(found, key=lambda part: (len(part), part))


def isolating_intervals(coefficients: Sequence[int], digits: int) -> list[tuple[Fraction, Fraction]]:
    """For each real root of a polynomial without multiple roots, in order, an interval of width 2/10**digits around it."""
    from flint import ctx

    before, scale = ctx.prec, 10**digits
    try:
        ctx.prec = int(digits * 3.4) + 64
        roots = [root.real for root, _ in fmpz_poly(list(coefficients)).complex_roots() if root.imag == 0]
    finally:
        ctx.prec = before
    middles = []
    for root in roots:
        mantissa, exponent = root.mid().man_exp()
        middles.append(round(Fraction(int(fmpz(mantissa))) * Fraction(2) ** int(exponent) * scale))
    return [(Fraction(m - 1, scale), Fraction(m + 1, scale)) for m in sorted(middles)]
