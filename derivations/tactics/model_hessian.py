"""The Hessian of one polynomial model at matching weights, entry by entry, in its weights and the moments of its inputs.

f_o(θ; x) = Σ_k φ_k(θ)·m_k(x) with monomials m_k of the data. With f* the output at the weights themselves,
L(t) = ½·Σ_o E (f_o(t) - f_o*)² = ½·Σ_kl (φ_k(t) - φ_k*)·(φ_l(t) - φ_l*)·E m_k·m_l, whose second derivatives are found by the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from derivations.kernel.sparse import Monomial, Sparse, gradient, product, total
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    TWO,
    Term,
    add,
    apply,
    div,
    eq,
    expect,
    for_all,
    matrix,
    mul,
    number,
    power,
    sub,
    symbol,
)
from derivations.problems.models import Model
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.ranks import polynomial
from derivations.tactics.sparse import as_term

MOST_PARAMETERS, MOST_FEATURES = 8, 12


@dataclass(frozen=True, eq=False)
class Feature:
    """A monomial of the data in an output, its coefficient as a polynomial in the parameters, and the name of that function."""

    output: int
    monomial: Monomial
    coefficient: Sparse
    name: str


@dataclass(frozen=True)
class Setting:
    """One model: its weights, the weights that are moved, its data as random numbers, its features, and names for what is said."""

    model: Model
    features: tuple[Feature, ...]
    moved: tuple[str, ...]
    loss: str
    moments: dict[Monomial, str]

    def here(self) -> list[Term]:
        return [symbol(name) for name in self.model.parameters]

    def there(self) -> list[Term]:
        return [symbol(name) for name in self.moved]

    def random(self, monomial: Monomial) -> Term:
        """The monomial of the data."""
        size = len(self.model.parameters)
        parts = [(apply(self.model.data[i - size]), len(list(same))) for i, same in groupby(sorted(monomial))]
        factors = [one if count == 1 else power(one, count) for one, count in parts]
        return ONE if not factors else factors[0] if len(factors) == 1 else mul(*factors)

    def moment(self, joined: Monomial) -> Term:
        """The mean of a monomial of the data, by its name; 1 of the constant one."""
        return symbol(self.moments[tuple(sorted(joined))]) if joined else ONE

    def output(self, which: int, at: list[Term]) -> Term:
        """The output at these weights, but for what no weight changes."""
        return _sum([_times(apply(one.name, *at), self.random(one.monomial)) for one in self.features if one.output == which])

    def gap(self, one: Feature) -> Term:
        """By how much its coefficient has changed."""
        return sub(apply(one.name, *self.there()), apply(one.name, *self.here()))

    def products(self) -> list[tuple[list[Term], Monomial]]:
        """The products of two changes of coefficients of one output, each once, and of their monomials."""
        found: list[tuple[list[Term], Monomial]] = []
        for i, one in enumerate(self.features):
            found.append(([power(self.gap(one), 2)], one.monomial * 2))
            found += [([TWO, self.gap(one), self.gap(other)], one.monomial + other.monomial)
                      for other in self.features[i + 1 :] if one.output == other.output]  # fmt: skip
        return found

    def pairs(self) -> list[tuple[Feature, Feature]]:
        """All pairs of features of one output."""
        return [(one, other) for one in self.features for other in self.features if one.output == other.output]


def _times(*factors: Term) -> Term:
    kept = [one for one in factors if one != ONE]
    return mul(*kept) if len(kept) > 1 else kept[0] if kept else ONE


def setting(model: Model) -> Setting:
    """Raises Undecided where the model is not polynomial, has gates, or is too large for a symbolic Hessian."""
    if model.gates or model.units is not None:
        raise Undecided("this model is no polynomial in its weights: its Hessian at given weights, and its rank, are found "
                        "with `derive rank` and --at")  # fmt: skip
    polys, size = polynomial(model).polys, len(model.parameters)
    if size > MOST_PARAMETERS:
        raise Undecided(f"the model has {size} parameters; a Hessian in symbols is written out for at most {MOST_PARAMETERS}. "
                        "At given weights (--at) ask for its spectrum")  # fmt: skip
    grouped: dict[tuple[int, Monomial], Sparse] = {}
    for output, poly in enumerate(polys):
        for one, c in poly.items():
            own, data = tuple(i for i in one if i < size), tuple(i for i in one if i >= size)
            grouped.setdefault((output, data), {})[own] = c
    moving = {key: poly for key, poly in grouped.items() if set(poly) != {()}}
    if len(moving) > MOST_FEATURES:
        raise Undecided(f"the outputs have {len(moving)} monomials of the data; here at most {MOST_FEATURES} are treated")
    return _named(model, moving)


def _named(model: Model, grouped: dict[tuple[int, Monomial], Sparse]) -> Setting:
    size = len(model.parameters)
    taken = {*model.parameters, *model.data}

    def new(name: str) -> str:
        taken.add(found := fresh(name, taken))
        return found

    moved = tuple(new(f"t_{i + 1}") for i in range(size))
    features = tuple(Feature(output, data, poly, new(f"phi_{i}"))
                     for i, ((output, data), poly) in enumerate(sorted(grouped.items()), start=1))  # fmt: skip
    joined = sorted({tuple(sorted(one.monomial + other.monomial)) for one in features for other in features
                     if one.output == other.output} - {()}, key=lambda one: (len(one), one))  # fmt: skip
    powers = {one: "_".join(str(one.count(size + i)) for i in range(len(model.data))) for one in joined}
    moments = {one: new(f"mu_{text}") for one, text in powers.items()}
    return Setting(model, features, moved, new("L"), moments)


def _every(names: Sequence[str], claim: Term) -> Term:
    for name in reversed(names):
        claim = for_all(name, claim)
    return claim


# --- the loss ---------------------------------------------------------------------------------------------------------


def _define(proof: Proof, s: Setting) -> tuple[list[str], str, list[str]]:
    """Labels of the definitions of the coefficients, the loss and the moments."""
    for name in s.model.parameters:
        proof.declare(name, "real", "weight")
    for name in s.moved:
        proof.declare(name, "real", "weight that is moved")
    for name in s.model.data:
        proof.declare(name, "random", "input, of any law with these moments")
    there, coefficients = s.there(), []
    for one in s.features:
        proof.declare(one.name, "function", "coefficient of a monomial of the inputs")
        claim = eq(apply(one.name, *there), as_term(one.coefficient, s.moved))
        coefficients.append(proof.define(_every(s.moved, claim), "what stands in front of ", s.random(one.monomial)))
    proof.declare(s.loss, "function", "mean square at the moved weights")
    gaps = [expect(power(sub(s.output(p, there), s.output(p, s.here())), 2)) for p in range(len(s.model.outputs))]
    loss = proof.define(_every(s.moved, eq(apply(s.loss, *there), mul(div(ONE, TWO), _sum(gaps)))),
                        "mean square of what the moved weights compute less what the weights compute")  # fmt: skip
    moments = []
    for monomial, name in s.moments.items():
        proof.declare(name, "real", "moment of the inputs")
        moments.append(proof.define(eq(symbol(name), expect(s.random(monomial))), "a moment of the inputs"))
    return coefficients, loss, moments


def _sum(parts: Sequence[Term]) -> Term:
    return add(*parts) if len(parts) > 1 else parts[0] if parts else number(0)


def _square(proof: Proof, s: Setting, loss: str, moments: list[str]) -> str:
    """The loss by the moments, for all moved weights."""
    value, half = apply(s.loss, *s.there()), div(ONE, TWO)
    by_means = eq(value, mul(half, _sum([_times(*gaps, expect(s.random(joined))) for gaps, joined in s.products()])))
    label = proof.step("expectation", by_means, loss, because="the mean is linear")
    by_name = eq(value, mul(half, _sum([_times(*gaps, s.moment(joined)) for gaps, joined in s.products()])))
    label = proof.step("expectation", by_name, label, *moments, because="by the names of the moments")
    return proof.step("generalise", _every(s.moved, by_name), label, because="for all moved weights")


# --- its second derivatives -------------------------------------------------------------------------------------------


def entries(s: Setting) -> list[list[Term]]:
    """Σ_kl E m_k·m_l·∂_aφ_k·∂_bφ_l, multiplied out."""
    size = len(s.model.parameters)
    joined = list(s.moments)
    names = [*s.model.parameters, *(s.moments[one] for one in joined)]
    slopes = {one: gradient(one.coefficient) for one in s.features}

    def entry(a: int, b: int) -> Term:
        parts: list[Sparse] = []
        for one, other in s.pairs():
            if a in slopes[one] and b in slopes[other]:
                key = tuple(sorted(one.monomial + other.monomial))
                moment: Sparse = {(size + joined.index(key),) if key else (): 1}
                parts.append(product(moment, product(slopes[one][a], slopes[other][b])))
        poly = total(parts)
        return as_term(poly, names) if poly else number(0)

    return [[entry(a, b) for b in range(size)] for a in range(size)]


def of_model(proof: Proof, model: Model) -> tuple[str, list[str]]:
    """The label of the step that gives the Hessian as a matrix, and those of the moments' definitions."""
    s = setting(model)
    coefficients, loss, moments = _define(proof, s)
    square = _square(proof, s, loss, moments)
    smooth = [proof.step("smooth", Term("Smooth", (one.name, Fraction(2))), label, because="a polynomial")
              for label, one in zip(coefficients, s.features, strict=True)]  # fmt: skip
    everywhere, here = (_slopes(proof, s, coefficients, at) for at in (s.there(), s.here()))
    found, size, labels = entries(s), len(model.parameters), []
    for a in range(size):
        first = proof.step("derivative", _every(s.moved, _slope_of_loss(s, a)), square, *smooth, *everywhere[a],
                           because="differentiate once")  # fmt: skip
        for b in range(a, size):
            claim = eq(_partial(s.loss, [a, b], s.here()), found[a][b])
            labels.append(proof.step("derivative", claim, first, *smooth, *here[b],
                                     because="and again, at the weights: what is multiplied by a gap vanishes there"))  # fmt: skip
    symbols = [[_partial(s.loss, [a, b], s.here()) for b in range(size)] for a in range(size)]
    whole = proof.step("identity", eq(matrix(symbols), matrix(found)), *labels, because="the Hessian at matching weights")
    return whole, moments


def _slopes(proof: Proof, s: Setting, coefficients: list[str], at: list[Term]) -> list[list[str]]:
    """For each parameter the steps that give the coefficients' derivatives by it, for all moved weights or at the weights."""
    names = [one.args[0] for one in at]
    bound = s.moved if at == s.there() else ()
    found: list[list[str]] = [[] for _ in at]
    for label, one in zip(coefficients, s.features, strict=True):
        parts = gradient(one.coefficient)
        for j, labels in enumerate(found):
            value = as_term(parts[j], names) if j in parts else number(0)
            claim = _every(bound, eq(_partial(one.name, [j], at), value))
            labels.append(proof.step("derivative", claim, label, because="differentiate the coefficient"))
    return found


def _slope_of_loss(s: Setting, a: int) -> Term:
    """∂_aL = Σ_kl E m_k·m_l·∂_aφ_k·(φ_l - φ_l*)."""
    parts = []
    for one, other in s.pairs():
        slope = gradient(one.coefficient).get(a)
        if slope:
            parts.append(_times(as_term(slope, s.moved), s.gap(other), s.moment(one.monomial + other.monomial)))
    return eq(_partial(s.loss, [a], s.there()), _sum(parts))


def _partial(name: str, by: list[int], at: list[Term]) -> Term:
    return Term("Derivative", (name, tuple(by.count(j) for j in range(len(at))), *at))
