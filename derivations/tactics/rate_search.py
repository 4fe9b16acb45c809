"""Which conditions decide the best rate of a method with two states, and what the best hyperparameters then are.

The best rate is looked for in numbers first. There, some of the conditions for the disc hold with equality; these equations are
solved for the hyperparameters and for L, all as functions of the rate r and of mu, then r is expressed by square roots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import sympy as sp

from derivations.language.errors import Undecided

SAMPLE = (1.0, 9.0)  # mu and L in the numeric search
NEAR = 2e-3


@dataclass(frozen=True)
class Curve:
    """The best hyperparameters as functions of the rate r and of mu; ``active`` are the places of the conditions that decide."""

    active: tuple[int, ...]
    values: tuple[Any, ...]
    top: Any  # L*bottom = mu*top, both polynomials in r
    bottom: Any


def conditions(p: Callable[[Any], Any], q: Callable[[Any], Any], r: Any, ends: Sequence[Any]) -> list[Any]:
    """What is not negative if both roots of z**2 - p*z + q lie in the disc of radius r, at each end of the range."""
    return [part for end in ends for part in (r**2 + q(end), r**2 - q(end), r**2 + q(end) + p(end) * r, r**2 + q(end) - p(end) * r)]


def curve(
    p: Any, q: Any, lam: Any, free: Sequence[Any], allowed: Callable[[Sequence[float]], bool], ends: tuple[Any, Any], r: Any
) -> Curve:
    """The curve of best hyperparameters through the best ones that the numeric search finds. Raises Undecided if there is none."""
    at = [lambda end, part=part: part.subs(lam, end) for part in (p, q)]
    best, point = _search(p, q, lam, free, allowed)
    exact = conditions(at[0], at[1], r, ends)
    values = dict(zip((*free, r, *ends), (*point, best, *SAMPLE), strict=True))
    close = [i for i, part in enumerate(exact) if abs(float(part.subs(values))) < NEAR]
    for active in combinations(close, len(free) + 1):
        found = _solved([exact[i] for i in active], free, ends, r, best)
        if found is not None:
            return Curve(active, *found)
    raise Undecided(f"the best rate for mu = 1, L = 9 is about {best:.5f}, but no equations were found that give it in closed form")


def _solved(equations: list[Any], free: Sequence[Any], ends: tuple[Any, Any], r: Any, best: float) -> Any:
    low, high = ends
    for found in sp.solve(equations, [*free, high], dict=True):
        if len(found) != len(free) + 1 or not all(value.is_rational_function(r, low) for value in found.values()):
            continue
        top, bottom = sp.fraction(sp.factor(found[high] / low))
        if low in (top * bottom).free_symbols:
            continue
        size = float((top / bottom).subs(r, best))
        if abs(size - SAMPLE[1] / SAMPLE[0]) < 0.1:
            sign = 1 if bottom.subs(r, best) > 0 else -1
            return tuple(sp.factor(found[x]) for x in free), sp.expand(sign * top), sp.expand(sign * bottom)
    return None


def _search(p: Any, q: Any, lam: Any, free: Sequence[Any], allowed: Callable[[Sequence[float]], bool]) -> tuple[float, list[float]]:
    """The smallest spectral radius over the two ends of the sample's range: from the best points of a grid downhill."""
    from scipy.optimize import minimize

    ends = [sp.lambdify(list(free), [part.subs(lam, sp.Rational(end)) for part in (p, q)], "math") for end in SAMPLE]

    def radius(point: Any) -> float:
        if not allowed(point):
            return 10.0 + float(np.sum(np.square(point)))
        try:
            pairs = [end(*point) for end in ends]
        except ZeroDivisionError:
            return 10.0
        roots = [np.sqrt(complex(a * a - 4 * b)) for a, b in pairs]
        return max(float(abs(a + sign * root)) / 2 for (a, _), root in zip(pairs, roots, strict=True) for sign in (1, -1))

    first = [0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.4, 0.7, 1.2]
    grid = product(first, *([-0.3, 0.05, 0.2, 0.35, 0.5, 0.7] for _ in free[1:]))
    starts = sorted(grid, key=radius)[:6]
    best: tuple[float, list[float]] = (np.inf, [])
    for start in starts:
        point, options = np.array(start), {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 600}
        for _ in range(3):
            point = minimize(radius, point, method="Nelder-Mead", options=options).x
        best = min(best, (float(radius(point)), list(map(float, point))), key=lambda pair: pair[0])
    if not best[1] or best[0] >= 1:
        raise Undecided("no hyperparameters were found for which the method converges at both ends of the range")
    return best


@dataclass(frozen=True)
class Roots:
    """The rate as a rational function of symbols m, s for the square roots of ``radicands``; ``inverse``: mu and L by m and s."""

    rate: Any
    symbols: tuple[Any, ...]
    radicands: tuple[Any, ...]
    inverse: dict[Any, Any]


def roots_of(found: Curve, ends: tuple[Any, Any], r: Any) -> Roots:
    """r from L*bottom = mu*top. Raises Undecided where square roots of two linear forms do not do."""
    low, high = ends
    equation = sp.Poly(sp.expand(low * found.top - high * found.bottom), r)
    if equation.degree() != 2:
        raise Undecided(f"the best rate is a root of {equation.as_expr()} = 0, which is not quadratic in it")
    parts = [part for part, exponent in sp.factor_list(equation.discriminant())[1] if exponent % 2]
    radicands = tuple(sorted(parts, key=lambda part: (low not in part.free_symbols, sp.count_ops(part))))
    symbols = tuple(sp.Symbol(name, positive=True) for name in ("m", "s"))
    inverse = sp.solve([part - x**2 for part, x in zip(radicands, symbols, strict=False)], [low, high], dict=True)
    if len(radicands) != 2 or len(inverse) != 1 or len(inverse[0]) != 2:
        raise Undecided(f"the best rate needs other square roots than of two linear forms: of {equation.discriminant()}")
    sample = {x: sp.sqrt(part.subs({low: SAMPLE[0], high: SAMPLE[1]})) for x, part in zip(symbols, radicands, strict=True)}
    inserted = sp.factor(equation.as_expr().subs(inverse[0]))
    for rate in sp.solve(inserted, r):
        if 0 < float(rate.subs(sample)) < 1 and rate.is_rational_function(*symbols):
            return Roots(sp.factor(rate), symbols, radicands, inverse[0])
    raise Undecided("no rate between 0 and 1 was found")
