"""From the problem to two directions: z_{t+1} = M_i*z_t + g*xi_i(t) for each of two curvatures, with noise of any covariance."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ZERO,
    Term,
    apply,
    eq,
    expect,
    for_all,
    free_symbols,
    mul,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover, Region, simplified
from derivations.tactics.covariance import stationary_values
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import T, minus
from derivations.tactics.linear_systems import Gradient
from derivations.tactics.memory_existence import Alone, memory_existence
from derivations.tactics.n_states import declare_constants
from derivations.tactics.noisy_memory import Direction, linear_recurrence, one_gradient
from derivations.tactics.pair_covariance import Directions
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import jury_conditions, trace_and_product

S = symbol("s")


def require_memory(problem: Problem) -> None:
    """Raises Undecided unless the method has one memory, takes one gradient in a step, and the noise is additive."""
    method = problem.optimizer
    if len(method.state) != 2:
        raise Undecided(f"{method.name} has {len(method.state)} states; here methods with one memory are treated")
    if problem.noise != "additive":
        raise Undecided("in several parameters noise with a given covariance is treated, --noise additive")
    one_gradient(method)


def two_directions(prover: Prover, problem: Problem) -> tuple[Directions, tuple[Term, Term]]:
    """Two eigen-directions of a quadratic loss, with curvatures, minimum and noise of their own; and both curvatures."""
    proof = prover.proof
    if not problem.loss.is_family or problem.loss.body is None:
        raise Undecided("two directions with curvatures of their own belong to a quadratic loss without values")
    taken = declare_constants(proof, problem, problem.loss) - set(problem.loss.constants)
    proof.declare("t", "natural")
    proof.declare("s", "natural", "another step")
    for name in sorted(taken):
        proof.declare(name, "real")
    start = (fresh("a", taken), fresh("b", taken))
    for name, of in zip(start, ("parameter", "memory"), strict=True):
        proof.declare(name, "real", f"distance of the {of} at the start")
    curvatures, minima = (_of_each(proof, name, words, taken)
                          for name, words in (("lam", "curvature"), ("c", "coordinate of the minimum")))  # fmt: skip
    for claim in problem.assume:
        for values in zip(curvatures, minima, strict=True):
            proof.assume(substitute(claim, dict(zip(problem.loss.constants, values, strict=True))), "assumed")
    one, other = (_direction(prover, problem, d, start, taken, (curvatures[d - 1], minima[d - 1])) for d in (1, 2))
    covariance = symbol(proof.declare(fresh("C", taken), "real", "covariance of the noise in the two directions"))
    product = expect(mul(_at_s(one.noise), other.noise))
    claim = for_all("s", for_all("t", eq(product, mul(Term("Delta", (S, T)), covariance))))
    moments = proof.assume(claim, "it is uncorrelated over time, with any covariance in the two directions")
    starts = _uncorrelated(proof, one, other), _uncorrelated(proof, other, one)
    return Directions(one, other, covariance, moments, starts), curvatures


@dataclass(frozen=True)
class EachCurvature:
    """For every curvature: the region of stability for either direction, and the label of where a stationary state exists."""

    regions: tuple[Region, Region] | tuple[None, None]
    exists: str


def each_curvature(prover: Prover, two: Directions, curvatures: tuple[Term, Term]) -> EachCurvature:
    """Solves Jury's conditions once, for any curvature, and says that stationary second moments exist in that region only.

    Where the step divides by the curvature each direction is treated by itself, and the existence is left out.
    """
    proof, line = prover.proof, two.one
    taken = {name for name, _ in proof.variables}
    lam = proof.declare(fresh("lam", taken), "real", "any curvature")
    any_one = {curvatures[0].args[0]: symbol(lam)}
    rows = tuple(tuple(substitute(entry, any_one) for entry in row) for row in line.rows)
    gains = tuple(substitute(gain, any_one) for gain in line.gains)
    below = [node.args[1] for entry in (*rows[0], *rows[1], *gains) for node in subterms(entry) if node.head == "Div"]
    if any(lam in free_symbols(bottom) for bottom in below):
        return EachCurvature((None, None), "")
    conditions = jury_conditions(*trace_and_product(proof, rows))
    prover.labels |= {item.claim: item.label for item in proof.hypotheses if item.claim not in prover.labels}
    region = simplified(prover, conditions, line.rate, "solve the conditions for the hyperparameters")
    variance = symbol(proof.declare(fresh("V", taken), "real", "variance of the noise in this direction"))
    matrix = ((rows[0][0], rows[0][1]), (rows[1][0], rows[1][1]))
    column = (gains[0], gains[1])
    alone = Alone(matrix, column, variance, stationary_values(matrix, column, variance), conditions, region, line.start, ())
    found = memory_existence(prover, alone)
    claim = for_all(lam, for_all(variance.args[0], proof.claims[found]))
    exists = proof.step("generalise", claim, found, because="for every curvature, and noise of every size")
    first, second = (_for_curvature(proof, region, lam, value) for value in curvatures)
    return EachCurvature((first, second), exists)


def _for_curvature(proof: Proof, region: Region, lam: str, value: Term) -> Region:
    """The region for this curvature."""
    here = {lam: value}
    label = region.label
    if label:
        every = proof.step("generalise", for_all(lam, proof.claims[label]), label, because="for every curvature")
        label = proof.step("instantiate", substitute(proof.claims[label], here), every, values=here, because="in this direction")
    parts = tuple(substitute(part, here) for part in region.parts)
    return Region(parts, substitute(region.formula, here), label, region.solved)


def _uncorrelated(proof: Proof, line: Direction, noisy: Direction) -> tuple[str, str]:
    """Hypotheses ∀t E z_0*noise'_t = 0, for parameter and memory."""
    first, second = (for_all("t", eq(expect(mul(line.at(i, ZERO), noisy.noise)), ZERO)) for i in (0, 1))
    start = proof.assume(first, "and uncorrelated with the start")
    return start, proof.assume(second, "and with the memory at the start, which is 0 as a rule")


def _of_each(proof: Proof, name: str, words: str, taken: set[str]) -> tuple[Term, Term]:
    """A constant for each direction."""
    one, other = (symbol(proof.declare(fresh(f"{name}_{d}", taken), "real", f"{words} along eigenvector {d}")) for d in (1, 2))
    return one, other


def _at_s(noise: Term) -> Term:
    return apply(noise.args[0], S)


def _direction(
    prover: Prover, problem: Problem, d: int, start: tuple[str, str], taken: set[str], place: tuple[Term, Term]
) -> Direction:
    """The recurrence along eigenvector d."""
    proof, method = prover.proof, problem.optimizer
    where = f"along eigenvector {d}"
    names = [fresh(f"{name}_{d}", taken) for name in method.state]
    for name, what in zip(names, ("parameter", "memory"), strict=True):
        proof.declare(name, "random", f"coordinate of the {what} {where} after t steps")
    noise = apply(proof.declare(fresh(f"xi_{d}", taken), "random", f"noise of the gradient {where} at step t"), T)
    error = proof.declare(fresh(f"e_{d}", taken), "random", f"distance from the fixed point {where} after t steps")
    curvature, minimum = place
    noiseless = [fresh(f"{name}_{d}", taken) for name in ("p", "q")]
    for name, of in zip(noiseless, ("parameter", "memory"), strict=True):
        proof.declare(name, "sequence", f"distance of the {of} {where} after t steps without noise")

    def slope(x: Term) -> Term:
        return mul(curvature, minus(x, minimum))

    gradient = Gradient(slope, slope, lambda said: [], curvature)
    no_mean = proof.assume(for_all("t", eq(expect(noise), ZERO)), "the noise has mean zero")
    found = linear_recurrence(prover, method, (names[0], names[1]), (error, fresh(f"f_{d}", taken)), gradient, noise)
    rate = next(iter(method.hyperparameters), "")
    return Direction(found.errors, found.rows, found.gains, noise, found.recurrences, no_mean, found.conditions, start,
                     (noiseless[0], noiseless[1]), rate)  # fmt: skip
