"""Regions of one variable, numerically: where their relations turn into equalities, and what holds in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derivations.language.terms import RELATIONS, Term, free_symbols, subterms
from derivations.witness.arithmetic import Undefined, div, floating, is_exact, mul, sub
from derivations.witness.evaluate import NotNumeric, evaluate, holds
from derivations.witness.exact import solve

_POINTS = (Fraction(15, 7), Fraction(29, 9), Fraction(-24, 5))  # none at which a formula is likely to be singular


@dataclass(frozen=True, slots=True)
class Piece:
    """A point (low = high) or an open interval on which the region ``name`` holds; None is an infinite end."""

    low: Any
    high: Any
    name: str

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high


def equality(relation: Term, name: str, values: Mapping[str, Any]) -> Any:
    """The value of ``name`` at which both sides are equal, if their difference is (a + b x)/(1 + d x) in it; else None.

    Found from three points and put back in; exact for rational values.
    """
    left, right = relation.args

    def gap(at: Any) -> Any:
        here = {**values, name: at}
        return sub(evaluate(left, here), evaluate(right, here))

    try:
        found = [gap(point) for point in _POINTS]
        rows = [[Fraction(1), point, -mul(point, value)] for point, value in zip(_POINTS, found, strict=True)]
        constant, slope, _ = solve(rows, found)
        root = -div(constant, slope)
        remaining = gap(root)
    except (Undefined, NotNumeric, ZeroDivisionError):
        return None
    there = remaining == 0 if is_exact(remaining) else abs(remaining) < 1e-9 * (1 + abs(floating(found[0])))
    return root if there else None


def boundaries(region: Term, name: str, values: Mapping[str, Any]) -> list[Any]:
    """The points, in increasing order, at which a relation of the region turns into an equality."""
    relations = [node for node in subterms(region) if node.head in RELATIONS and name in free_symbols(node)]
    found = [equality(relation, name, values) for relation in relations]
    return sorted({root for root in found if root is not None})


def pieces(regions: Mapping[str, Term], name: str, values: Mapping[str, Any]) -> list[Piece]:
    """The line cut at every boundary: points and open intervals in increasing order, each with its region.

    A piece on which none of the regions holds is left out; where several do, the first one named counts.
    """
    cuts = sorted({cut for region in regions.values() for cut in boundaries(region, name, values)})
    if not cuts:
        candidates: list[tuple[Any, Any, Any]] = [(None, None, Fraction(0))]
    else:
        candidates = [(None, cuts[0], cuts[0] - 1)]
        for low, high in zip(cuts, [*cuts[1:], None], strict=True):
            candidates.append((low, low, low))
            candidates.append((low, high, low + 1 if high is None else (low + high) / 2))
    found = []
    for low, high, sample in candidates:
        here = {**values, name: sample}
        true = next((key for key, region in regions.items() if holds(region, here)), None)
        if true is not None:
            found.append(Piece(low, high, true))
    return found


def inside(piece: Piece, margin: Any) -> Any:
    """A number in the piece: the point, the middle, or one that lies ``margin`` beyond its only finite end."""
    if piece.low is None or piece.high is None:
        if piece.low is not None:
            return piece.low + margin
        return margin if piece.high is None else piece.high - margin
    return (piece.low + piece.high) / 2


def as_floats(numbers: Sequence[Any]) -> list[float]:
    return [float(floating(number)) for number in numbers]
