"""The eigen-directions of a minimum with rational curvatures: multipliers in the learning rate, and when all of them vanish."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    conj,
    for_all,
    free_symbols,
    iff,
    lt,
    neg,
    power,
    predicate,
    tends,
)
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem
from derivations.tactics.directions import directions
from derivations.tactics.linear import T, error_recurrence, learning_rate
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Curved:
    """Hessian, eigenvalues, the multiplier of each direction, and labels of the recurrences (for all t), the steepest first."""

    entries: list[list[Term]]
    values: list[Term]
    ratios: list[Term]
    recurrences: list[str]
    rate: str

    def inside(self, ratio: Term) -> Term:
        """-1 < m < 1."""
        return conj(lt(neg(ONE), ratio), lt(ratio, ONE))

    def safe(self, proof: Proof) -> str:
        """safe ⇔ -1 < m_i < 1 for all i, where safe says that the powers of every multiplier vanish."""
        powers = [power(ratio, T) for ratio in self.ratios]
        proof.declare("t", "natural")
        proof.declare("safe", "property", "the error tends to zero in every eigen-direction, from every start")
        vanish = [tends(one, "t", INFINITY, ZERO) for one in powers]
        defined = proof.define(iff(predicate("safe"), conj(*vanish)), "the powers of every multiplier tend to zero")
        facts = [
            proof.step("geometric", iff(what, self.inside(ratio)), term=one, ratio=ratio, start=ONE,
                       because="powers vanish just for a base between -1 and 1")
            for what, one, ratio in zip(vanish, powers, self.ratios, strict=True)
        ]  # fmt: skip
        claim = iff(predicate("safe"), conj(*(part for ratio in self.ratios for part in self.inside(ratio).args)))
        return proof.step("signs", claim, defined, *facts, because="each direction by its multiplier")


def always(proof: Proof, label: str) -> str:
    """The label of the claim for all t, if it is not so already."""
    claim = proof.claims[label]
    return label if claim.head == "ForAll" else proof.step("generalise", for_all("t", claim), label, because="at every step")


def curved_directions(proof: Proof, problem: Problem) -> Curved:
    """The directions of the problem. Raises Undecided unless all curvatures are positive rational numbers."""
    rate = next(iter(problem.optimizer.hyperparameters), "")
    if len(problem.loss.parameters) == 1:
        error = error_recurrence(proof, problem)
        found, entries = [(error.curvature, error.ratio, error.recurrence)], [[error.curvature]]
    else:
        hessian, along = directions(proof, problem, facts=False)
        entries, found = hessian.entries, [(one.eigenvalue, one.ratio, one.recurrence) for one in along]
    sizes = [exact_value(value) for value, _, _ in found]
    if any(size is None or size <= 0 for size in sizes):
        raise Undecided("this question needs a minimum whose curvatures are rational numbers")
    learning_rate(problem.optimizer)
    if any(free_symbols(ratio) != {rate} for _, ratio, _ in found):
        raise Undecided("this question needs a method with a learning rate and no other constant; give values with --set")
    labels = [always(proof, label) for _, _, label in found]
    return Curved(entries, [value for value, _, _ in found], [ratio for _, ratio, _ in found], labels, rate)
