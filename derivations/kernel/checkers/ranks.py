"""Ranks of Jacobians of polynomial models: in how many directions the parameters change the output as a function of the data.

The Jacobian's rank at θ is the dimension of the span of the ∂f/∂θ_j(θ; ·), polynomials in the data x (for several outputs, lists of
polynomials). Where no polynomial in the data vanishes almost surely, it is the rank of E ∇f·∇fᵀ: the Hessian of the mean square
½·E|f(θ'; x) - f(θ; x)|² in θ' at θ' = θ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod

from flint import fmpq, fmpq_mat, nmod_mat

from derivations.kernel.situation import Rule, Situation, require
from derivations.kernel.sparse import Monomial, Sparse, expanded, gradient, product, scaled, total, value
from derivations.language.statements import Step
from derivations.language.terms import Term, number, predicate

PRIME = 2**61 - 1
Column = tuple[int, Monomial]  # an output, and a monomial of the data


@dataclass(frozen=True)
class Outputs:
    """Outputs as sparse polynomials: the parameters' positions come first, then those of the data."""

    parameters: tuple[Term, ...]
    data: tuple[Term, ...]
    polys: tuple[Sparse, ...]

    def slopes(self) -> list[dict[Column, Sparse]]:
        """Of each parameter, ∂f/∂θ_j: a polynomial in the parameters for each output and monomial of the data."""
        found: list[dict[Column, Sparse]] = [{} for _ in self.parameters]
        for output, poly in enumerate(self.polys):
            for j, part in gradient(poly).items():
                if j < len(found):
                    for monomial, coefficient in part.items():
                        own = tuple(i for i in monomial if i < len(found))
                        column = output, tuple(i for i in monomial if i >= len(found))
                        found[j].setdefault(column, {})[own] = coefficient
        return found


def outputs_of(outputs: Term, parameters: Term, data: Term) -> Outputs:
    """Raises Refused unless these are lists of polynomials over Q and of different variables."""
    require(
        outputs.head == parameters.head == data.head == "Tuple", "shape", "outputs, parameters and data must be lists"
    )
    names = (*parameters.args, *data.args)
    fine = all(one.head == "Symbol" for one in names) and len(set(names)) == len(names)
    require(fine, "shape", "the variables must be different")
    positions = {one: i for i, one in enumerate(names)}
    return Outputs(parameters.args, data.args, tuple(expanded(one, positions) for one in outputs.args))


def rank_modulo(model: Outputs, point: Sequence[int]) -> int:
    """The Jacobian's rank at a point modulo the prime: the true one is not lower."""
    columns: dict[Column, int] = {}
    entries = []
    for j, row in enumerate(model.slopes()):
        for column, poly in row.items():
            require(
                all(c.denominator % PRIME for c in poly.values()),
                "too-large",
                "a denominator is a multiple of the prime",
            )
            entries.append((j, columns.setdefault(column, len(columns)), value(poly, point, PRIME)))
    matrix = nmod_mat(max(len(model.parameters), 1), max(len(columns), 1), PRIME)
    for j, i, entry in entries:
        matrix[j, i] = entry
    return int(matrix.rank())


def _claimed(s: Situation, name: str, more: int = 0) -> tuple[int, Outputs, tuple[Term, ...]]:
    """The number, the outputs, and what stands behind the data."""
    found, count, outputs, parameters, data, *rest = s.claimed("Predicate")
    require(found == name and len(rest) == more, "shape", f"the claim should be of the form {name}")
    require(count.head == "Number" and count.args[0].denominator == 1, "shape", "a rank is a whole number")
    return int(count.args[0]), outputs_of(outputs, parameters, data), tuple(rest)


def rank_at_least(s: Situation) -> None:
    """At the witness's point the ∂f/∂θ_j, polynomials in x, span r dimensions  ⊢  for almost every θ they span at least r.

    "Almost every": outside the zeros of a polynomial that is not 0. The rank is taken modulo a prime, which can only lower it.
    Refuses any other number than that of the witness's point, which must be one of whole numbers.
    """
    count, model, _ = _claimed(s, "rank_at_least")
    require(count == rank_modulo(model, _whole_point(s, model)), "not-equal", "the rank at that point is another")


def _whole_point(s: Situation, model: Outputs) -> list[int]:
    point = s.witness.get("point", ())
    fine = len(point) == len(model.parameters) and all(type(one) is int for one in point)
    require(fine, "witness", "the point must give a whole number for each parameter")
    return list(point)


def rank_at_most(s: Situation) -> None:
    """∂f/∂θ_1, …, ∂f/∂θ_D use n monomials, or Σ_j u_j(θ)·∂f/∂θ_j = 0 identically for m fields u, independent at the witness's
    point  ⊢  for every θ they span at most n, or at most D - m dimensions.

    The last argument of the claim says which: ``few_coefficients`` with n, ``redundant_directions`` with m and the fields, or just
    ``few_parameters`` with D. Refuses when a field changes an output, when the fields are not independent at the point modulo a
    prime, and any other number.
    """
    count, model, (reason,) = _claimed(s, "rank_at_most", 1)
    slopes = model.slopes()
    counted = {
        "few_coefficients": len({column for row in slopes for column in row}),
        "few_parameters": len(model.parameters),
    }
    if reason.args[0] in counted:
        size = counted[reason.args[0]]
        fine = count == size and reason == predicate(reason.args[0], number(size))
        require(fine, "not-equal", "the bound is the number of coefficients, or of parameters")
        return
    require(reason.args[0] == "redundant_directions", "shape", "no such reason for a bound is known here")
    given = reason.args[2:]
    require(reason.args[1] == number(len(given)), "not-equal", "there is another number of directions")
    _require_redundant(model, slopes, given, _whole_point(s, model))
    fine = count == len(model.parameters) - len(given)
    require(fine, "not-equal", "the bound is the number of parameters less that of directions")


def _require_redundant(
    model: Outputs, slopes: list[dict[Column, Sparse]], given: tuple[Term, ...], point: Sequence[int]
) -> None:
    """Raises Refused unless no output changes along these fields, and they are independent at the point modulo the prime."""
    positions = {one: i for i, one in enumerate(model.parameters)}
    fine = all(one.head == "Tuple" and len(one.args) == len(positions) for one in given)
    require(fine, "shape", "a direction has one component for each parameter")
    fields = [[expanded(part, positions) for part in one.args] for one in given]
    matrix = nmod_mat(max(len(fields), 1), max(len(positions), 1), PRIME)
    for i, direction in enumerate(fields):
        along: dict[Column, list[Sparse]] = {}
        for j, part in enumerate(direction):
            require(
                all(c.denominator % PRIME for c in part.values()),
                "too-large",
                "a denominator is a multiple of the prime",
            )
            matrix[i, j] = value(part, point, PRIME)
            for column, slope in slopes[j].items() if part else ():
                along.setdefault(column, []).append(product(part, slope))
        require(not any(total(parts) for parts in along.values()), "not-equal", "that direction changes the output")
    require(matrix.rank() == len(fields), "does-not-follow", "the directions are not independent at that point")


def double_points(s: Situation) -> None:
    """f = Σ_j v_j·σ(w_j·x), σ(z) = c·(z + a)^p, or that without its parts of degree 0 and 1
    ⊢  the ∂f/∂θ_i span at most (dimension of forms of degree p in n variables) - (forms singular at the k points) dimensions.

    With a = 0 the points are the w_j; else n counts one variable more, and the points are (w_j, a). Where degrees 0 and 1 are left
    out, e_0 is one point more, and its n dimensions are taken off again. For even p = 2e and m = (forms of degree e) - k > 0, the
    products of two forms that vanish at the points are singular there and span 2m - 1 dimensions or more. For odd p only
    (p, n, k) = (3, 5, 7), where one form is singular. Cited: Alexander and Hirschowitz 1995. Refuses another model or number.
    """
    count, model, (reason,) = _claimed(s, "rank_at_most", 1)
    weights, top, degree = s.witness["weights"], s.witness["top"], s.witness["degree"]
    scale, shift = s.term("scale").args[0], s.term("shift").args[0]
    fine = len(model.polys) == 1 and 1 < degree <= 12 and len(weights) == len(top) > 0
    require(fine, "shape", "one output of two layers is needed")
    place = {one.args[0]: i for i, one in enumerate((*model.parameters, *model.data))}
    units = []
    for row, name in zip(weights, top, strict=True):
        own = {place[one] for one in (*row, name)}
        fine = len(row) == len(model.data) and max(own) < len(model.parameters)
        require(fine, "witness", "a unit has one parameter for each input, and one more")
        inner: Sparse = {(place[w], place[x.args[0]]): Fraction(1) for w, x in zip(row, model.data, strict=True)}
        power: Sparse = {(place[name],): scale}
        for _ in range(degree):
            power = product(power, total([inner, {(): shift}]))
        units.append(power)
    whole = total(units)
    low = {one: c for one, c in whole.items() if sum(i >= len(model.parameters) for i in one) < 2}
    without = scaled(low, Fraction(-1))
    dropped = bool(shift) and model.polys[0] == total([whole, without])
    require(dropped or model.polys[0] == whole, "not-equal", "the output is not of that form")
    variables, points = len(model.data) + bool(shift), len(units) + dropped
    require(
        reason == predicate("double_points", number(degree), number(variables), number(points)),
        "not-equal",
        "other points",
    )
    bound = comb(variables + degree - 1, degree) - singular_forms(degree, variables, points) - dropped * variables
    require(count == bound, "not-equal", "this is not the bound")


def singular_forms(degree: int, variables: int, points: int) -> int:
    """So many independent forms at least are singular at any so many points. Raises Refused where the rule knows of none."""
    if degree % 2:
        require(
            (degree, variables, points) == EXCEPTION, "does-not-follow", "no form is known to be singular at the points"
        )
        return 1
    vanishing = comb(variables + degree // 2 - 1, degree // 2) - points
    require(vanishing > 0, "does-not-follow", "a form of half the degree that vanishes at the points need not exist")
    return 2 * vanishing - 1


EXCEPTION = (3, 5, 7)
THEOREM = "Alexander and Hirschowitz: cubics in five variables with seven double points"


def citation(step: Step) -> str | None:
    """The theorem that a step of these rules cites, if any: where the degree is odd."""
    return THEOREM if step.rule == "double-points" and step.witness.get("degree", 0) % 2 else None


def rank_there(s: Situation) -> None:
    """The ∂f/∂θ_j at the point of the claim span r dimensions of polynomials in x, exactly  ⊢  rank_there(r, f, θ, x, point).

    The rank of a matrix over Q. Refuses any other number, and a point that is not one of rational numbers.
    """
    count, model, (point,) = _claimed(s, "rank_there", 1)
    fine = (
        point.head == "Tuple"
        and len(point.args) == len(model.parameters)
        and all(one.head == "Number" for one in point.args)
    )
    require(fine, "shape", "the point must give a rational number for each parameter")
    require(count == rank_over_q(model, [one.args[0] for one in point.args]), "not-equal", "the rank there is another")


def rank_over_q(model: Outputs, values: Sequence[Fraction]) -> int:
    """The Jacobian's rank at a rational point."""
    columns: dict[Column, int] = {}
    rows = [
        {columns.setdefault(key, len(columns)): exact_value(poly, values) for key, poly in row.items()}
        for row in model.slopes()
    ]
    matrix = fmpq_mat(max(len(rows), 1), max(len(columns), 1))
    for j, row in enumerate(rows):
        for i, entry in row.items():
            matrix[j, i] = fmpq(entry.numerator, entry.denominator)
    return int(matrix.rank())


def exact_value(poly: Sparse, values: Sequence[Fraction]) -> Fraction:
    result = Fraction(0)
    for monomial, coefficient in poly.items():
        result += coefficient * prod(values[position] for position in monomial)
    return result


def hessian_rank(s: Situation) -> None:
    """No polynomial in the data but 0 vanishes almost surely; the ∂f/∂θ_j span r dimensions for almost every θ (at a point)
    ⊢  at matching weights the Hessian of ½·E|f(θ'; x) - f(θ; x)|² has rank r and nullity D - r, for almost every θ (there).

    It is Σ E ∇f·∇fᵀ, and u·H·u = E|Σ_j u_j·∂f/∂θ_j|². Instead of the first premise, the second moments of the monomials of the data
    that occur in ∂f/∂θ may be known to form a positive definite matrix. Refuses when the bounds differ, or are of another model.
    """
    name, *args = s.claimed("Predicate")
    require(
        name in ("hessian_rank", "hessian_rank_there") and len(args) == 7,
        "shape",
        "the claim should be about a Hessian",
    )
    count, parameters, nullity, *rest = args
    about, last = tuple(rest[:3]), rest[3]
    model = outputs_of(*about)
    below, above = predicate("rank_at_least", count, *about), predicate("rank_at_most", count, *about, last)
    needed = [below, above] if name == "hessian_rank" else [predicate("rank_there", count, *about, last)]
    require(
        all(one in s.premises for one in needed), "does-not-follow", "no premise says that this is the Jacobian's rank"
    )
    require(
        any(_rich_enough(one, model) for one in s.premises),
        "does-not-follow",
        "the data may not tell the directions apart",
    )
    whole = len(model.parameters)
    require(parameters == number(whole), "not-equal", "there is another number of parameters")
    require(
        nullity == number(whole - count.args[0]), "not-equal", "the nullity is what the rank leaves of the parameters"
    )


def _rich_enough(premise: Term, model: Outputs) -> bool:
    """Whether the premise says that the monomials of the data that occur in ∂f/∂θ are independent in mean square."""
    if premise.head != "Predicate":
        return False
    if premise.args[0] == "full_support":
        return set(premise.args[1].args) == set(model.data)
    if premise.args[0] != "definite_moments" or set(premise.args[2].args) != set(model.data):
        return False
    positions = {one: i for i, one in enumerate((*model.parameters, *model.data))}
    known = [expanded(one, positions) for one in premise.args[1].args]
    return all({monomial: 1} in known for row in model.slopes() for _, monomial in row)


RULES: dict[str, Rule] = {
    "rank-at-least": rank_at_least,
    "rank-at-most": rank_at_most,
    "double-points": double_points,
    "rank-there": rank_there,
    "hessian-rank": hessian_rank,
}
