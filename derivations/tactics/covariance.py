"""Second moments of a noisy method with one memory: their recurrence, their stationary values, and that they tend to them.

With z the errors of both states, z_{t+1} = M*z_t + g*eps_t. The stationary second moments S solve S = M*S*M' + v*g*g'. What is
left, E z_t*z_t' - S, is carried by the iteration without noise: it is M**t*(E z_0*z_0' - S)*(M**t)', and the columns of M**t are
the noiseless iterations from the starts (1, 0) and (0, 1), which vanish by Schur and Cohn's criterion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sympy as sp

from derivations.kernel.formulas import strip
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    expect,
    for_all,
    free_symbols,
    implies,
    mul,
    ne,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.tactics.algebra import Bridge, factored, tidy
from derivations.tactics.conditions import Prover, Region, simplified
from derivations.tactics.expansions import leading_term
from derivations.tactics.linear import T, flat
from derivations.tactics.moments import NOISE
from derivations.tactics.noiseless import (
    by_induction,
    carried_means,
    each_of,
    noiseless_iteration,
    parts_of,
    small_columns,
)
from derivations.tactics.noisy_memory import LATER, Memory, Pair, combination
from derivations.tactics.proof import Proof

INDICES = ((0, 0), (0, 1), (1, 1))


# --- moments ------------------------------------------------------------------------------------------------------


def no_correlation(proof: Proof, m: Memory) -> tuple[str, str]:
    """Labels of E z_t*eps_t = 0 for both errors: by induction, E z_t*eps_{t+k} = 0 for all k."""
    k = symbol(proof.declare("k", "natural", "a number of steps ahead"))

    def claim(when: Term, noise: Term) -> Term:
        return conj(*(eq(expect(mul(m.at(i, when), apply("eps", noise))), ZERO) for i in (0, 1)))

    every = for_all("k", claim(T, add(T, k)))
    with proof.inside() as base:
        begun = [proof.step("instantiate", part, label, values={"t": k}, because="the start is uncorrelated with the noise")
                 for part, label in zip(claim(ZERO, k).args, m.starts, strict=True)]  # fmt: skip
        both = proof.step("conjunction", claim(ZERO, k), *begun, because="for both states")
        proof.step("generalise", for_all("k", claim(ZERO, k)), both, because="at every step")
    hypothesis = proof.supposing(every, "the claim for t")
    later = add(T, ONE, k)
    with proof.inside() as step:
        known = proof.step("instantiate", claim(T, later), hypothesis.label, values={"k": add(k, ONE)},
                           because="the claim for t, one step further ahead")  # fmt: skip
        parts = parts_of(proof, known)
        apart = proof.step("instantiate", eq(expect(mul(NOISE, apply("eps", later))), mul(Term("Delta", (T, later)), m.variance)),
                           m.moments, values={"s": T, "t": later}, because="the noise of different steps")  # fmt: skip
        reached = [proof.step("expectation", part, m.recurrences[i], *parts, apart, *m.given(proof),
                              because="insert the recurrence; the steps differ, so Kronecker's delta is 0")
                   for i, part in enumerate(claim(LATER, later).args)]  # fmt: skip
        both = proof.step("conjunction", claim(LATER, later), *reached, because="for both states")
        proof.step("generalise", for_all("k", claim(LATER, later)), both, because="k was arbitrary")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    lemma = proof.step("induction", for_all("t", every), branches=branches, because="the state depends on earlier noise only")
    now = proof.step("instantiate", claim(T, T), lemma, values={"t": T, "k": ZERO}, because="in particular")
    first, second = parts_of(proof, now)
    return first, second


@dataclass(frozen=True)
class Equation:
    """E z_i*z_j after a step is a combination of the second moments, with ``factors``, and of the ``noise``."""

    i: int
    j: int
    factors: tuple[Term, ...]
    noise: Term


@dataclass(frozen=True)
class Moment(Equation):
    """The same, and the label of this recurrence."""

    recurrence: str


def moment_equations(rows: tuple[Pair, Pair], gains: Pair, variance: Term) -> list[Equation]:
    """What S = M*S*M' + v*g*g' says of S_11, S_12, S_22."""
    found = []
    for i, j in INDICES:
        (a, b), (c, d) = rows[i], rows[j]
        factors = (tidy(mul(a, c)), tidy(add(mul(a, d), mul(b, c))), tidy(mul(b, d)))
        gain = tidy(mul(gains[i], gains[j]))
        found.append(Equation(i, j, factors, combination((gain,), (variance,)) if gain != ZERO else ZERO))
    return found


def second_moments(proof: Proof, m: Memory, lemma: tuple[str, str]) -> list[Moment]:
    """The recurrences of E z_1**2, E z_1*z_2, E z_2**2."""
    own = proof.step("instantiate", eq(expect(power(NOISE, 2)), m.variance), m.moments, values={"s": T, "t": T},
                     because="the noise of one step")  # fmt: skip
    atoms = tuple(m.second(i, j) for i, j in INDICES)
    found = []
    for one in moment_equations(m.rows, m.gains, m.variance):
        i, j = one.i, one.j
        parts = combination((*one.factors, ONE if one.noise != ZERO else ZERO), (*atoms, one.noise))
        label = proof.step("expectation", eq(m.second(i, j, LATER), parts), *dict.fromkeys((m.recurrences[i], m.recurrences[j])),
                           *lemma, own, *m.given(proof),
                           because="multiply the recurrences: the cross terms vanish")  # fmt: skip
        found.append(Moment(i, j, one.factors, one.noise, label))
    return found


def stationary_values(rows: tuple[Pair, Pair], gains: Pair, variance: Term) -> tuple[Term, Term, Term]:
    """The solution of S = M*S*M' + v*g*g'. Raises Undecided where it has none, or several."""
    bridge = Bridge()
    matrix = sp.Matrix(2, 2, [bridge.to_sympy(entry) for row in rows for entry in row])
    column = sp.Matrix([bridge.to_sympy(gain) for gain in gains])
    unknown = sp.symbols("_s0:3")
    s = sp.Matrix([[unknown[0], unknown[1]], [unknown[1], unknown[2]]])
    gap = matrix * s * matrix.T + bridge.to_sympy(variance) * column * column.T - s
    system, right = sp.linear_eq_to_matrix([gap[i, j] for i, j in INDICES], unknown)
    determinant = sp.factor(system.det())
    if determinant == 0:
        raise Undecided("the equations for the stationary second moments have no unique solution")
    found = [factored(bridge.to_term(sp.factor(part / determinant))) for part in system.adjugate() * right]
    return found[0], found[1], found[2]


@dataclass(frozen=True)
class Settled:
    """Label of: inside the region the moments tend to ``values``, the means to 0; the region equals Jury's ``conditions``."""

    values: tuple[Term, ...]
    region: Region
    converges: str
    forgets: str
    conditions: tuple[Term, ...]


def settled(prover: Prover, m: Memory, moments: list[Moment]) -> Settled:
    """Where the noiseless iteration converges, the second moments tend to their stationary values."""
    proof, values = prover.proof, stationary_values(m.rows, m.gains, m.variance)
    prover.labels |= {item.claim: item.label for item in proof.hypotheses if item.claim not in prover.labels}
    vanishes, criterion, conditions, columns = noiseless_iteration(proof, m)
    formula = _carried_deviation(proof, m, moments, [*columns, *m.given(proof)])
    means = carried_means(proof, m, [*columns, *m.given(proof)])
    region = simplified(prover, conditions, m.rate, "solve the conditions for the hyperparameters")
    case = proof.supposing(region.formula, "the stable region")
    with proof.inside() as steps:
        inner = conditions_inside(proof, conditions, region, case.label)
        gone = proof.step("rewrite", vanishes, inner, criterion, because="so the noiseless iteration vanishes")
        small = small_columns(proof, m, gone)
        known = [*nonzero_factors(prover, values, [case.label, inner]), *m.given(proof)]
        equations = [proof.step("identity", equation, *known, because="insert it into the equation of the stationary values")
                     for equation in stationary_equations(moments, values)]  # fmt: skip
        chosen = dict(zip(NAMES, values, strict=True))
        inserted = proof.step("instantiate", substitute(strip(proof.claims[formula])[1].args[1], chosen), formula, *equations,
                              values=chosen, because="the values are stationary")  # fmt: skip
        shown = [proof.step("limit", tends(m.second(one.i, one.j), "t", INFINITY, value), label, *small, *known,
                            because="the noiseless iterations vanish")
                 for one, value, label in zip(moments, values, each_of(proof, inserted), strict=True)]  # fmt: skip
        shown += [proof.step("limit", tends(expect(m.now[i]), "t", INFINITY, ZERO), label, *small, because="likewise")
                  for i, label in enumerate(means)]  # fmt: skip
        both = conj(*(proof.claims[label] for label in shown))
        proof.step("conjunction", both, *shown, because="together")
    branches = (proof.branch("inside the stable region", steps, case),)
    converges = proof.step("suppose", implies(region.formula, both), branches=branches,
                           because="what is left of the start is carried by the noiseless iteration")  # fmt: skip
    forgets = criterion if not region.label else proof.step(
        "rewrite", Term("Iff", (vanishes, region.formula)), criterion, region.label, because="insert the region")
    return Settled(values, region, converges, forgets, conditions)


def conditions_inside(proof: Proof, conditions: tuple[Term, ...], region: Region, case: str) -> str:
    """Label of Jury's conditions inside the region; a region that is these conditions has no label of its own."""
    if not region.label:
        return proof.step("signs", conj(*conditions), case, because="these are the conditions")
    return proof.step("rewrite", conj(*conditions), case, region.label, because="the conditions hold")


def nonzero_factors(prover: Prover, values: Iterable[Term], given: Iterable[str]) -> list[str]:
    """Labels of: no factor of a denominator of the values vanishes, by what is given and the hypotheses on hyperparameters.

    Raises Undecided, before any step is written, if that is not known of one.
    """
    proof = prover.proof
    whole = {label: proof.claims[label] for label in given}
    parts = [part for claim in whole.values() for part in (claim.args if claim.head == "And" else (claim,))]
    ways = {}
    for factor in dict.fromkeys(factor for bottom in bottoms(values) for factor in factors_of(bottom)):
        ways[factor] = prover.way(ne(factor, ZERO), parts)
        if ways[factor] is None:
            raise Undecided(f"it is not known whether {ascii_text(factor)} may be zero in the stable region")
    labels: dict[Term, str] = {}
    for label, claim in whole.items():
        labels |= dict(zip(claim.args, parts_of(proof, label), strict=True)) if claim.head == "And" else {claim: label}
    return [prover.step(ne(factor, ZERO), way, labels, "it does not vanish there") for factor, way in ways.items() if way]


def bottoms(values: Iterable[Term]) -> list[Term]:
    return [node.args[1] for value in values for node in subterms(value) if node.head == "Div"]


def factors_of(value: Term) -> list[Term]:
    """The irreducible factors of a polynomial that are no numbers."""
    bridge = Bridge()
    factors = [bridge.to_term(factor) for factor, _ in sp.factor_list(bridge.to_sympy(value))[1]]
    return [factor for factor in factors if free_symbols(factor)]


# --- what is left of the start ------------------------------------------------------------------------------------

NAMES = ("S_11", "S_12", "S_22")


def stationary_equations(moments: Sequence[Equation], values: tuple[Term, ...]) -> list[Term]:
    """noise = S - M*S*M', entry by entry."""
    return [eq(one.noise, sub(values[k], combination(one.factors, values))) for k, one in enumerate(moments)]


def _carried_deviation(proof: Proof, m: Memory, moments: list[Moment], columns: list[str]) -> str:
    """∀S: if S solves the stationary equations, ∀t E z_t*z_t' = S + M**t*(E z_0*z_0' - S)*(M**t)', entry by entry."""
    values = tuple(symbol(proof.declare(name, "real", "stationary second moment")) for name in NAMES)
    deviations = [sub(m.second(one.i, one.j, ZERO), value) for one, value in zip(moments, values, strict=True)]
    claim = conj(*(eq(m.second(one.i, one.j), add(value, *_carried(m, one.i, one.j, deviations)))
                   for one, value in zip(moments, values, strict=True)))  # fmt: skip
    return for_every_solution(proof, moments, values, claim, columns, "the noiseless iteration")


def for_every_solution(
    proof: Proof, moments: Sequence[Moment], values: tuple[Term, ...], claim: Term, columns: list[str], carrier: str
) -> str:
    """∀S: if S solves the stationary equations, ∀t the claim, by induction; ``carrier`` is what carries the deviation from S."""
    equations = conj(*stationary_equations(moments, values))
    case = proof.supposing(equations, "the equations of stationary second moments")
    with proof.inside() as steps:
        equated = zip(moments, parts_of(proof, case.label), strict=True)
        recurrences = [with_stationary_noise(proof, one, equation) for one, equation in equated]
        by_induction(proof, claim, recurrences, columns, f"the deviation is carried by {carrier}")
    branches = (proof.branch("stationary values", steps, case),)
    words = f"what is left of the start is carried by {carrier}"
    label = proof.step("suppose", implies(equations, for_all("t", claim)), branches=branches, because=words)
    every = proof.claims[label]
    for value in reversed(values):
        every = for_all(value.args[0], every)
    return proof.step("generalise", every, label, because="for every solution of the equations")


def with_stationary_noise(proof: Proof, moment: Moment, equation: str) -> str:
    """The moment's recurrence, the noise in it replaced by S - M*S*M'."""
    label = moment.recurrence
    left, right = proof.claims[label].args
    parts = right.args if right.head == "Add" else (right,)
    if moment.noise == ZERO:
        parts = (*parts, ZERO)
        label = proof.step("expectation", eq(left, add(*parts)), label, because="no noise enters it at once")
    inserted = add(*(proof.claims[equation].args[1] if part == moment.noise else part for part in parts))
    return proof.step("rewrite", eq(left, inserted), label, equation, because="the noise, as the stationary values have it")


def _carried(m: Memory, i: int, j: int, deviations: list[Term]) -> list[Term]:
    """Entry (i, j) of M**t*D*(M**t)', as summands."""
    (a, b), (c, d) = ((m.column(k, 0), m.column(k, 1)) for k in (i, j))
    if i == j:
        parts = (power(a, 2), mul(TWO, a, b), power(b, 2))
    else:
        parts = (mul(a, c), add(mul(a, d), mul(b, c)), mul(b, d))
    return [flat(mul(part, deviation)) for part, deviation in zip(parts, deviations, strict=True)]


# --- to leading order ---------------------------------------------------------------------------------------------


def leading_order(prover: Prover, found: Settled, rate: str) -> list[str]:
    """value/rate**k as the learning rate vanishes, and the exact difference of value and leading order; none if it stays."""
    proof, value = prover.proof, found.values[0]
    leading = leading_term(value, rate)
    order = next((k for k in range(9) if rate not in free_symbols(tidy(div(leading, power(symbol(rate), k))))), 0)
    if order == 0:
        return []
    scale = symbol(rate) if order == 1 else power(symbol(rate), order)
    limit = tends(mul(div(ONE, scale), value), rate, ZERO, tidy(div(leading, scale)))
    below = [leading_term(bottom, rate) for bottom in bottoms([value])]
    slope = where_defined(proof, limit, [*bottoms([leading]), *below], rate)
    lost = tidy(sub(ONE, div(leading, value)))
    case = proof.supposing(found.region.formula, "the stable region")
    with proof.inside() as steps:
        inner = conditions_inside(proof, found.conditions, found.region, case.label)
        try:
            known, right = nonzero_factors(prover, [value, leading, lost], [case.label, inner]), mul(lost, value)
        except Undecided:  # the value itself may vanish
            known, right = nonzero_factors(prover, [value, leading], [case.label, inner]), factored(sub(value, leading))
        difference = eq(sub(value, leading), right)
        proof.step("identity", difference, *known, because="subtract")
    claim = implies(found.region.formula, difference)
    branches = (proof.branch("inside the stable region", steps, case),)
    return [slope, proof.step("suppose", claim, branches=branches, because="what the leading order leaves out")]


def where_defined(proof: Proof, limit: Term, below: list[Term], small: str) -> str:
    """The limit in the small parameter, under the condition that no other factor of what stands in a denominator vanishes."""
    words = "for a small learning rate it is proportional to it"
    factors = dict.fromkeys(factor for value in below for factor in factors_of(value) if factor != symbol(small))
    if not factors:
        return proof.step("limit", limit, because=words)
    condition = ne(mul(*factors), ZERO)
    case = proof.supposing(condition, "no factor of the denominator vanishes")
    with proof.inside() as steps:
        proof.step("limit", limit, case.label, because=words)
    branches = (proof.branch("where it is defined", steps, case),)
    return proof.step("suppose", implies(condition, limit), branches=branches, because=words)
