"""The Hessian of a polynomial model's mean square at matching weights, at rational weights, from the moments of its data.

Of L(θ') = ½·E|f(θ'; x) - f(θ; x)|², f polynomial in θ and x, all second derivatives at θ' = θ are E ∂f/∂θ_i·∂f/∂θ_j, summed over
the outputs: what else there is has the factor f(θ'; x) - f(θ; x). They are sums of products of coefficients and of moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derivations.kernel.checkers.ranks import Column, exact_value, outputs_of
from derivations.kernel.situation import Rule, Situation, require
from derivations.kernel.sparse import Monomial, expanded
from derivations.language.terms import Term

KNOWN = ("normal_inputs", "second_moments", "moments")


def hessian_there(s: Situation) -> None:
    """The moments of the data are known  ⊢  hessian_there(H, f, θ, x, point), H_ij = Σ E ∂f/∂θ_i·∂f/∂θ_j at the point.

    The premise says that the data are normal with mean 0 and a covariance matrix, or gives their second moments, or a list of
    moments; none is needed where the outputs do not depend on data. Refuses when a moment that occurs is not known, when the point
    or the premise is not of rational numbers, and any other matrix.
    """
    name, matrix, *about, point = s.claimed("Predicate")
    require(name == "hessian_there" and len(about) == 3, "shape", "the claim should be about a Hessian at a point")
    model = outputs_of(*about)
    fine = point.head == "Tuple" and all(one.head == "Number" for one in point.args) and len(point.args) == len(model.parameters)
    require(fine, "shape", "the point must give a rational number for each parameter")
    values = [one.args[0] for one in point.args]
    slopes = [{column: exact_value(poly, values) for column, poly in row.items()} for row in model.slopes()]
    known = [p for p in s.premises if p.head == "Predicate" and p.args[0] in KNOWN and p.args[1] == about[2]]
    require(len(known) == 1 or not about[2].args, "does-not-follow", "one premise must say what the moments of the data are")
    law = Law(known[0] if known else None, about[2], len(model.parameters))
    rows = [row.args for row in matrix.args] if matrix.head == "Matrix" else []
    fine = len(rows) == len(slopes) and all(len(row) == len(rows) for row in rows)
    require(fine, "shape", "the Hessian has a row and a column for each parameter")
    for row, first in zip(rows, slopes, strict=True):
        for entry, second in zip(row, slopes, strict=True):
            wanted = law.mean_product(first, second)
            require(entry.head == "Number" and entry.args[0] == wanted, "not-equal", "an entry of the Hessian is another")


class Law:
    """What a premise says of the moments of the data, whose positions start after those of the parameters."""

    def __init__(self, premise: Term | None, data: Term, start: int) -> None:
        self.kind: str = premise.args[0] if premise is not None else "none"
        self.start = start
        self.found: dict[Monomial, Fraction] = {(): Fraction(1)}
        self.covariance: list[list[Fraction]] = []
        if premise is not None and self.kind == "moments":
            self.found |= _listed(premise, {one: start + i for i, one in enumerate(data.args)})
        elif premise is not None:
            self.covariance = _covariance(premise, len(data.args))

    def mean_product(self, one: Mapping[Column, Fraction], other: Mapping[Column, Fraction]) -> Fraction:
        """E Σ f·g over the outputs, of polynomials in the data."""
        parts = [a * b * self.mean(m + n) for (o, m), a in one.items() for (p, n), b in other.items() if o == p and a and b]
        return sum(parts, Fraction(0))

    def mean(self, monomial: Monomial) -> Fraction:
        """E of a product of data: the sum over all pairs that the first factor can be in, for normal data."""
        key = tuple(sorted(monomial))
        if key not in self.found:
            fine = self.kind == "normal_inputs" or (self.kind == "second_moments" and len(key) == 2)
            require(fine, "does-not-follow", "a moment of the data that occurs is not known")
            first, *rest = key
            parts = ((self.covariance[first - self.start][other - self.start], (*rest[:i], *rest[i + 1 :]))
                     for i, other in enumerate(rest))  # fmt: skip
            self.found[key] = sum((c * self.mean(left) for c, left in parts if c), Fraction(0))
        return self.found[key]


def _covariance(premise: Term, size: int) -> list[list[Fraction]]:
    """The rational, symmetric matrix that the premise gives."""
    (matrix,) = premise.args[2:]
    rows = [row.args for row in matrix.args] if matrix.head == "Matrix" else []
    fine = len(rows) == size and all(len(row) == size and all(one.head == "Number" for one in row) for row in rows)
    require(fine, "shape", "there must be a matrix of rational numbers with a row for each of the data")
    require(all(rows[i][j] == rows[j][i] for i in range(size) for j in range(i)), "shape", "the matrix is not symmetric")
    return [[one.args[0] for one in row] for row in rows]


def _listed(premise: Term, positions: Mapping[Term, int]) -> dict[Monomial, Fraction]:
    """The moments that the premise lists, each for a product of data."""
    products, values = premise.args[2:]
    found: dict[Monomial, Fraction] = {}
    require(len(products.args) == len(values.args), "shape", "a product, or a value, is missing")
    for one, value in zip(products.args, values.args, strict=True):
        poly = expanded(one, positions)
        require(len(poly) == 1 and value.head == "Number", "shape", "a moment is the rational mean of a product of data")
        ((monomial, coefficient),) = poly.items()
        require(coefficient == 1 and monomial not in found, "shape", "a moment is given once, of a product of data alone")
        found[monomial] = value.args[0]
    return found


RULES: dict[str, Rule] = {"hessian-there": hessian_there}
