"""Variance at the end of an epoch that takes every sample once: of order eta**3, where independent samples give order eta.

Setting     e_{t+1} = m*e_t - c*eps_t; an epoch of D steps takes the D samples in random order, so its noise adds up
            to nothing; a sample's noise has the variance sigma**2, all pairs have one covariance, and the epochs are independent.
Statement   Two samples of an epoch have the covariance -sigma**2/(D - 1), and for -1 < m < 1, at the ends of the epochs,
            E e**2 -> c**2*sigma**2/((D - 1)*(1 - m)**2)*(D*(1 - m)/(1 + m) - (1 - m**D)/(1 + m**D)).
Idea        From place to place: what the state knows of the rest of its epoch is -g*c*sum m**i. From epoch to epoch: an affine
            recurrence, whose source is a multiple of D*sum m**(2*i) - (sum m**i)**2, positive by Cauchy and Schwarz.
Endpoints   m = 1: an epoch brings nothing at all, and E e**2 stays what it was. m = -1, or |m| > 1: it grows beyond all bounds.
            D = 1: no noise at all, which is why several samples are supposed.
References  [mandt2017], [mishchenko2020]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, ZERO, Term, add, apply, conj, div, eq, expect, mul, ne, power, sub, symbol
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.algebra import factored, tidy
from derivations.tactics.linear import closed_form, flat
from derivations.tactics.moments import E_NEXT, E_T, Noisy, noisy_recurrence
from derivations.tactics.multiplicative import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.reshuffled_limits import Given, outgrows, settles, stands_still, stationary_value
from derivations.tactics.reshuffled_order import leading_order
from derivations.tactics.reshuffling import (
    epoch_of,
    epoch_recurrence,
    pair_covariance,
    reshuffled,
    with_short_multiplier,
)
from derivations.tactics.stationary import stable_range


def derive(problem: Problem) -> Derivation:
    if problem.noise != "reshuffling":
        raise Undecided("this is about epochs that take every sample once; ask for them with --noise reshuffling")
    proof = Proof()
    noisy = noisy_recurrence(proof, problem, reshuffled)
    if exact_value(noisy.ratio) in (1, -1):
        raise Undecided("the multiplier is 1 in size for every learning rate: without curvature there is no stationary variance")
    given, mean, pair = _epochs(proof, problem, noisy)
    inside, outside = stable_range(factored(sub(ONE, noisy.ratio)), noisy.rate)
    value = _value(noisy, given.epoch.size)
    moves = (proof.assume(ne(noisy.gain, ZERO), "the method does move"), proof.assume(ne(symbol("sigma"), ZERO), "there is noise"))
    parts = [settles(proof, given, inside, mean, value), outgrows(proof, given, outside, moves), stands_still(proof, given), pair]
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 0, 3),
        "exact": select("text", 0, 1, 0, 3),
        "exists_iff": select("text", 0, 0),
        "at_epoch": select("text", 0, 1, 2, 1, 1),
        "covariance_of_two_samples": select("text", 3, 1),
    }
    claims = [proof.claims[label] for label in parts]
    order = leading_order(proof, noisy, value, given.epoch, given.other, moves[1])
    if order is not None:
        parts, claims = [*parts, order[0]], [*claims, order[1]]
        answer["leading"] = select("text", 4, 0, 1)
    proof.step("conjunction", conj(*claims), *parts, because="all together")
    return proof.finish(answer, problem.sources)


def _epochs(proof: Proof, problem: Problem, noisy: Noisy) -> tuple[Given, str, str]:
    """The recurrence from epoch to epoch, the label of E e_t = m**t*E e_0 and that of the covariance of two samples."""
    meaning = noisy.ratio
    short, named = with_short_multiplier(proof, problem, noisy)
    epoch = epoch_of(proof, short)
    pair = pair_covariance(proof, epoch, short.variance)
    recurrence, source = epoch_recurrence(proof, short, epoch, pair)
    step = proof.step("expectation", eq(expect(E_NEXT), mul(short.ratio, expect(E_T))), short.recurrence, short.no_mean,
                      because="take expectations: the noise has mean zero")  # fmt: skip
    mean = closed_form(proof, step, expect(E_T), short.ratio, expect(apply("e", ZERO)), [])
    other = fresh({*problem.loss.parameters, *problem.loss.constants, *problem.optimizer.hyperparameters}, "x", "y", "z_any")
    proof.declare(other, "real", "any number")
    return Given(short, meaning, named, epoch, recurrence, source, other), mean, pair


def _value(noisy: Noisy, size: Term) -> Term:
    """The stationary value in the problem's constants, what cancels in front being cancelled."""
    gap, beyond = factored(sub(ONE, noisy.ratio)), tidy(add(ONE, noisy.ratio))
    value = stationary_value(noisy.gain, noisy.variance, size, noisy.ratio, gap, beyond)
    front = factored(div(mul(power(noisy.gain, 2), noisy.variance), power(gap, 2)))
    top, bottom = front.args if front.head == "Div" else (front, ONE)
    below = sub(size, ONE) if bottom == ONE else flat(mul(bottom, sub(size, ONE)))
    return mul(div(top, below), value.args[1])


RESULT = Result(
    id="sgd.reshuffling",
    title="Stationary variance with random reshuffling",
    question="variance",
    derive=derive,
    summary="Epochs that take every sample once end with a variance of third order in the learning rate.",
    references=("mandt2017", "mishchenko2020"),
    problem=lambda: read_problem(noise="reshuffling"),
    order=85,
)
