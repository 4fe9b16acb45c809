"""Second moments of two directions with one memory each: E z_t*w_t' -> S, the solution of S = M*S*N' + C*g*h'.

z_{t+1} = M*z_t + g*xi_t and w_{t+1} = N*w_t + h*zeta_t, E xi_s*zeta_t = delta_st*C. What is left of the start,
E z_t*w_t' - S = M**t*(E z_0*w_0' - S)*(N**t)', is carried by the two iterations without noise. S exists where no product of a root
of z**2 - p*z + q and one of w**2 - P*w + Q is 1, that is, where R = (1 - q*Q)**2 + Q*p**2 + q*P**2 - (1 + q*Q)*p*P is not 0; and
2*(1 + q)*(1 + Q)*R = (1 - q*Q)*((1 - Q**2)*((1 + q)**2 - p**2) + (1 - q**2)*((1 + Q)**2 - P**2))
+ (1 + q*Q)*((1 + Q)*p - (1 + q)*P)**2, which is positive where both directions are stable.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.polys.matrices import DomainMatrix

from derivations.kernel.formulas import strip
from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    conj,
    eq,
    expect,
    for_all,
    implies,
    lt,
    mul,
    ne,
    power,
    sub,
    substitute,
    symbol,
    tends,
)
from derivations.tactics.algebra import Bridge, factored, tidy
from derivations.tactics.conditions import Prover, Region, simplified
from derivations.tactics.covariance import (
    Moment,
    bottoms,
    conditions_inside,
    factors_of,
    for_every_solution,
    nonzero_factors,
    stationary_equations,
)
from derivations.tactics.linear import T, flat
from derivations.tactics.noiseless import (
    carried_means,
    each_of,
    noiseless_iteration,
    parts_of,
    small_columns,
)
from derivations.tactics.noisy_memory import LATER, Direction, combination
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import trace_and_product

ENTRIES = ((0, 0), (0, 1), (1, 0), (1, 1))
NAMES = ("S_11", "S_12", "S_21", "S_22")


@dataclass(frozen=True)
class Directions:
    """Two directions and E noise(s)*noise'(t) = delta_st*covariance, the label of it for all s, t.

    ``starts`` are the labels of ∀t E z_0*noise'_t = 0 for both errors of the first, and of the second with the first's noise.
    """

    one: Direction
    other: Direction
    covariance: Term
    moments: str
    starts: tuple[tuple[str, str], tuple[str, str]]

    @property
    def alone(self) -> bool:
        return self.one.now == self.other.now

    def second(self, i: int, j: int, when: Term = T) -> Term:
        """E z_i*w_j at that step."""
        one, other = self.one.at(i, when), self.other.at(j, when)
        return expect(power(one, 2) if one == other else mul(one, other))

    def given(self, proof: Proof) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.one.given(proof), *self.other.given(proof))))


# --- the iteration without noise, in one direction ----------------------------------------------------------------


@dataclass(frozen=True)
class Free:
    """One direction without noise: labels of when it vanishes, of its columns, of the stable region and of E z -> 0 there."""

    vanishes: Term
    criterion: str
    conditions: tuple[Term, ...]
    columns: tuple[str, ...]
    region: Region
    means: str


def free(prover: Prover, line: Direction, region: Region | None = None) -> Free:
    """Where the iteration without noise vanishes from every start; there the means tend to 0. ``region`` if it is known already."""
    proof = prover.proof
    prover.labels |= {item.claim: item.label for item in proof.hypotheses if item.claim not in prover.labels}
    vanishes, criterion, conditions, columns = noiseless_iteration(proof, line)
    means = carried_means(proof, line, [*columns, *line.given(proof)])
    region = region or simplified(prover, conditions, line.rate, "solve the conditions for the hyperparameters")
    case = proof.supposing(region.formula, "the stable region")
    with proof.inside() as steps:
        small = _vanishing(proof, line, (vanishes, criterion, conditions, region), case.label)
        limits = [proof.step("limit", tends(expect(line.now[i]), "t", INFINITY, ZERO), label, *small,
                             because="the noiseless iteration vanishes")
                  for i, label in enumerate(means)]  # fmt: skip
        both = conj(*(proof.claims[label] for label in limits))
        proof.step("conjunction", both, *limits, because="together")
    branches = (proof.branch("inside the stable region", steps, case),)
    gone = proof.step("suppose", implies(region.formula, both), branches=branches, because="the means forget their start")
    return Free(vanishes, criterion, conditions, tuple(columns), region, gone)


def _vanishing(
    proof: Proof, line: Direction, about: tuple[Term, str, tuple[Term, ...], Region], inside: str
) -> list[str]:
    """Labels of the limits of the entries of M**t, inside the region."""
    vanishes, criterion, conditions, region = about
    inner = conditions_inside(proof, conditions, region, inside)
    gone = proof.step("rewrite", vanishes, inner, criterion, because="so the noiseless iteration vanishes")
    return small_columns(proof, line, gone)


# --- second moments -----------------------------------------------------------------------------------------------


def uncorrelated(proof: Proof, two: Directions, turned: bool) -> list[str]:
    """Labels of E z_t*zeta_t = 0, or of E w_t*xi_t = 0, for both errors: by induction, E z_t*zeta_{t+k} = 0 for all k."""
    line, noisy = (two.other, two.one) if turned else (two.one, two.other)
    k = symbol(proof.declare("k", "natural", "a number of steps ahead"))

    def claim(when: Term, noise: Term) -> Term:
        return conj(*(eq(expect(mul(line.at(i, when), _at(noisy.noise, noise))), ZERO) for i in (0, 1)))

    every = for_all("k", claim(T, add(T, k)))
    with proof.inside() as base:
        begun = [proof.step("instantiate", part, label, values={"t": k}, because="the start is uncorrelated with the noise")
                 for part, label in zip(claim(ZERO, k).args, two.starts[turned], strict=True)]  # fmt: skip
        both = proof.step("conjunction", claim(ZERO, k), *begun, because="for both states")
        proof.step("generalise", for_all("k", claim(ZERO, k)), both, because="at every step")
    hypothesis = proof.supposing(every, "the claim for t")
    later = add(T, ONE, k)
    with proof.inside() as step:
        known = proof.step("instantiate", claim(T, later), hypothesis.label, values={"k": add(k, ONE)},
                           because="the claim for t, one step further ahead")  # fmt: skip
        parts = parts_of(proof, known)
        apart = _noise_at(proof, two, (later, T) if turned else (T, later), "the noise of different steps")
        reached = [proof.step("expectation", part, line.recurrences[i], *parts, apart, *two.given(proof),
                              because="insert the recurrence; the steps differ, so Kronecker's delta is 0")
                   for i, part in enumerate(claim(LATER, later).args)]  # fmt: skip
        both = proof.step("conjunction", claim(LATER, later), *reached, because="for both states")
        proof.step("generalise", for_all("k", claim(LATER, later)), both, because="k was arbitrary")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    lemma = proof.step("induction", for_all("t", every), branches=branches, because="the state depends on earlier noise only")
    now = proof.step("instantiate", claim(T, T), lemma, values={"t": T, "k": ZERO}, because="in particular")
    return parts_of(proof, now)


def _at(term: Term, when: Term) -> Term:
    return substitute(term, {"t": when})


def _noise_at(proof: Proof, two: Directions, steps: tuple[Term, Term], because: str) -> str:
    one, other = _at(two.one.noise, steps[0]), _at(two.other.noise, steps[1])
    same = steps[0] == steps[1]
    product = power(one, 2) if one == other else mul(one, other)
    right = two.covariance if same else mul(Term("Delta", steps), two.covariance)
    values = dict(zip("st", steps, strict=True))
    return proof.step("instantiate", eq(expect(product), right), two.moments, values=values, because=because)


def moments_of(proof: Proof, two: Directions) -> list[Moment]:
    """The recurrences of the four second moments, row by row."""
    one, other = two.one, two.other
    apart = [label for turned in ((False,) if two.alone else (False, True)) for label in uncorrelated(proof, two, turned)]
    own = _noise_at(proof, two, (T, T), "the noise of one step")
    atoms = [two.second(c, d) for c, d in ENTRIES]
    found = []
    for a, b in ENTRIES:
        factors = tuple(tidy(mul(one.rows[a][c], other.rows[b][d])) for c, d in ENTRIES)
        gain = tidy(mul(one.gains[a], other.gains[b]))
        noise = combination((gain,), (two.covariance,)) if gain != ZERO else ZERO
        parts = combination((*factors, ONE if noise != ZERO else ZERO), (*atoms, noise))
        used = dict.fromkeys((one.recurrences[a], other.recurrences[b]))
        label = proof.step("expectation", eq(two.second(a, b, LATER), parts), *used, *apart, own, *two.given(proof),
                           because="multiply the recurrences: the cross terms vanish")  # fmt: skip
        found.append(Moment(a, b, factors, noise, label))
    return found


def stationary_entries(entries: list[Moment]) -> tuple[Term, ...]:
    """The solution of the four equations. Raises Undecided where they have none, or several."""
    bridge = Bridge()
    system = sp.eye(4) - sp.Matrix(4, 4, [bridge.to_sympy(factor) for entry in entries for factor in entry.factors])
    right = sp.Matrix([bridge.to_sympy(entry.noise) for entry in entries])
    whole = DomainMatrix.from_Matrix(system.row_join(right)).to_field()
    left, last = whole.extract(range(4), range(4)), whole.extract(range(4), [4])
    if left.rank() < 4:
        raise Undecided("the equations for the stationary second moments have no unique solution")
    solution = left.lu_solve(last).to_Matrix()
    return tuple(factored(bridge.to_term(sp.factor(part))) for part in solution)


# --- they tend to the stationary values ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Settling:
    """Label of: inside the region of both directions the four moments tend to ``values``."""

    values: tuple[Term, ...]
    region: Term
    converges: str


def settling(
    prover: Prover, two: Directions, freed: tuple[Free, Free], values: tuple[Term, ...], entries: list[Moment]
) -> Settling:
    """Where both iterations without noise vanish the second moments tend to their stationary values."""
    proof, lines = prover.proof, (two.one, two.other)
    columns = [*dict.fromkeys((*freed[0].columns, *freed[1].columns)), *two.given(proof)]
    formula = _carried(proof, two, entries, columns)
    formulas = tuple(dict.fromkeys(one.region.formula for one in freed))
    region = conj(*formulas)
    case = proof.supposing(region, "both directions are stable")
    with proof.inside() as steps:
        inside = {formula: case.label if len(formulas) == 1 else proof.step("part", formula, case.label, because="a part of it")
                  for formula in formulas}  # fmt: skip
        small = [_vanishing(proof, line, (one.vanishes, one.criterion, one.conditions, one.region), inside[one.region.formula])
                 for line, one in zip(lines, freed, strict=True)]  # fmt: skip
        gone = list(dict.fromkeys(label for labels in small[: 1 if two.alone else 2] for label in labels))
        known = [*_defined(prover, two, freed, values, inside), *two.given(proof)]
        equations = [proof.step("identity", equation, *known, because="insert it into the equation of the stationary values")
                     for equation in stationary_equations(entries, values)]  # fmt: skip
        chosen = dict(zip(NAMES, values, strict=True))
        inserted = proof.step("instantiate", substitute(strip(proof.claims[formula])[1].args[1], chosen), formula, *equations,
                              values=chosen, because="the values are stationary")  # fmt: skip
        shown = [proof.step("limit", tends(two.second(a, b), "t", INFINITY, value), label, *gone, *known,
                            because="the noiseless iterations vanish")
                 for (a, b), value, label in zip(ENTRIES, values, each_of(proof, inserted), strict=True)]  # fmt: skip
        both = conj(*(proof.claims[label] for label in shown))
        proof.step("conjunction", both, *shown, because="together")
    branches = (proof.branch("both directions are stable", steps, case),)
    converges = proof.step("suppose", implies(region, both), branches=branches,
                           because="what is left of the start is carried by the noiseless iterations")  # fmt: skip
    return Settling(values, region, converges)


def _carried(proof: Proof, two: Directions, entries: list[Moment], columns: list[str]) -> str:
    """∀S: if S solves the stationary equations, ∀t E z_t*w_t' = S + M**t*(E z_0*w_0' - S)*(N**t)', entry by entry."""
    values = tuple(symbol(proof.declare(name, "real", "stationary second moment")) for name in NAMES)
    deviations = [sub(two.second(c, d, ZERO), value) for (c, d), value in zip(ENTRIES, values, strict=True)]
    claims = []
    for (a, b), value in zip(ENTRIES, values, strict=True):
        left = [flat(mul(two.one.column(a, c), two.other.column(b, d), deviation))
                for (c, d), deviation in zip(ENTRIES, deviations, strict=True)]  # fmt: skip
        claims.append(eq(two.second(a, b), add(value, *left)))
    return for_every_solution(proof, entries, values, conj(*claims), columns, "the noiseless iterations")


def _defined(
    prover: Prover, two: Directions, freed: tuple[Free, Free], values: tuple[Term, ...], inside: dict[Term, str]
) -> list[str]:
    """Labels of: no factor of a denominator of the values vanishes, each being one of R's or known otherwise."""
    proof, labels, rest = prover.proof, [], []
    regular = _resultant(prover, two, freed, inside)
    for factor in dict.fromkeys(factor for bottom in bottoms(values) for factor in factors_of(bottom)):
        claim = ne(factor, ZERO)
        if prover.accepts("signs", claim, [proof.claims[regular], *(proof.claims[one] for one in two.given(proof))], {}):
            labels.append(proof.step("signs", claim, regular, *two.given(proof), because="it does not vanish there"))
        else:
            rest.append(factor)
    inverse = [Term("Div", (ONE, factor)) for factor in rest]
    conditions = [conditions_inside(proof, one.conditions, one.region, inside[one.region.formula]) for one in freed]
    return [*labels, *nonzero_factors(prover, inverse, list(dict.fromkeys([*inside.values(), *conditions])))] if rest else labels


def _resultant(prover: Prover, two: Directions, freed: tuple[Free, Free], inside: dict[Term, str]) -> str:
    """Label of 0 < R."""
    proof, known = prover.proof, two.given(prover.proof)
    (p, q), (r, s) = (trace_and_product(proof, line.rows) for line in (two.one, two.other))
    jury = [conditions_inside(proof, one.conditions, one.region, inside[one.region.formula]) for one in freed]
    parts = [part for label in jury for part in parts_of(proof, label)]
    less, more = sub(ONE, mul(q, s)), add(ONE, mul(q, s))
    words = "a sum of products of what is positive"
    halves = [
        proof.step("polynomial-implication", lt(ZERO, term), *(parts[i] for i in (0, 1, 4, 5)), *known, because=words,
                   terms=tuple({"coefficient": "1/2", "premises": pair} for pair in pairs))
        for term, pairs in ((less, ((1, 2), (0, 3))), (more, ((0, 2), (1, 3))))
    ]  # fmt: skip
    value = sub(add(power(less, 2), mul(s, power(p, 2)), mul(q, power(r, 2))), mul(more, p, r))
    square = sub(mul(add(ONE, s), p), mul(add(ONE, q), r))
    terms = ({"premises": (0, 6, 7, 4, 5)}, {"premises": (0, 2, 3, 8, 9)}, {"premises": (1,), "square": square})
    factor = mul(TWO, add(ONE, q), add(ONE, s))
    return proof.step("polynomial-implication", lt(ZERO, value), *halves, *parts, *known, terms=terms, multiplier=factor,
                      because="a sum of squares and products of what is positive")  # fmt: skip
