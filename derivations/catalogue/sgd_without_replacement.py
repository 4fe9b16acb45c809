"""Stationary variance when the batch is drawn without replacement: sigma**2/N*(D - N)/(D - 1) in the place of sigma**2/N.

Setting     At each step N of the D samples are drawn, none twice; the noise of all samples adds up to nothing, a sample's has the
            variance sigma**2, every pair is as likely, and the steps are independent.
Statement   Two samples of a batch have the covariance -sigma**2/(D - 1); a step's noise has the variance
            v = sigma**2*(D - N)/(N*(D - 1)), and E e_t**2 -> c**2*v/(1 - m**2) for e_{t+1} = m*e_t - c*eps_t, -1 < m < 1.
Idea        The square of the sum over all samples is nothing: D squares and D*(D - 1) products. So the covariance is known.
Endpoints   N = D: no noise at all. N = 1: as with replacement. On the border of the stable range the second moment grows linearly.
References  [mandt2017]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, eq, expect, for_all, free_symbols, power
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.affine import leading_order
from derivations.tactics.linear import T
from derivations.tactics.moments import NOISE, batch_premise, mean_and_lemma, noisy_recurrence, second_moment
from derivations.tactics.proof import Proof
from derivations.tactics.sampling import covariance_step
from derivations.tactics.stationary import stationary


def derive(problem: Problem) -> Derivation:
    if problem.noise != "without-replacement":
        raise Undecided("this is about batches drawn without replacement; ask for them with --noise without-replacement")
    proof = Proof()
    noisy = noisy_recurrence(proof, problem)
    mean, lemma = mean_and_lemma(proof, noisy)
    _, solution = second_moment(proof, noisy, lemma)
    found = stationary(proof, noisy, mean, solution)
    own = eq(expect(power(NOISE, 2)), noisy.variance)
    step = proof.step("instantiate", own, noisy.moments, values={"s": T, "t": T}, because="the noise of one step")
    every = proof.step("generalise", for_all("t", own), step, because="the step was arbitrary")
    pair = covariance_step(proof)
    parts = [found.converges, found.grows or mean, every, pair]
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 0, 3),
        "exact": select("text", 0, 1, 0, 3),
        "exists_iff": select("text", 0, 0),
        "at_step": select("text", 0, 1, 2, 1, 1),
        "variance_of_a_step": select("text", 2, 1, 1),
        "covariance_of_two_samples": select("text", 3, 1),
    }
    rate = next(iter(problem.optimizer.hyperparameters), "")
    if rate in free_symbols(found.value):
        known = [*batch_premise(proof), *(h.label for h in proof.hypotheses if h.claim.head == "Ne")]
        leading = leading_order(proof, found.value, found.inside, rate, known)
        parts += leading
        answer |= {"leading": select("text", 5, 1, 0, 1, 0)} if leading else {}
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    proof.remark(
        "What drawing without replacement changes",
        ("The samples of a batch are correlated: what one of them has, the others lack. The factor is 1 for batches of one, and "
         "0 for the whole data set.",),
        pair, every,
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="sgd.without-replacement",
    title="Stationary variance with batches drawn without replacement",
    question="variance",
    derive=derive,
    summary="Drawing a batch without replacement makes its samples compensate one another, which lessens the noise.",
    references=("mandt2017",),
    problem=lambda: read_problem(noise="without-replacement"),
    order=84,
)
