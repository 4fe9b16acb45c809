"""Stationary variance of stochastic gradient descent at a quadratic minimum.

Setting     e_{t+1} = m*e_t - c*eps_t with E eps_t = 0, E eps_s*eps_t = delta_st*v, E e_0*eps_t = 0 (v = sigma**2 for a step's
            gradient, sigma**2/N for the mean over a batch of N samples).
Statement   E e_t**2 -> c**2*v/(1 - m**2) for -1 < m < 1; it grows beyond all bounds otherwise. To leading order in the
            learning rate it is proportional to it, and the relative error of the leading order is known exactly.
Idea        Square the recurrence: the cross term vanishes, because the state depends on earlier noise only. Sum the series.
Endpoints   m = -1 and m = 1 (no curvature): it grows linearly. |m| > 1: geometrically.
References  [mandt2017], [liu2021]
"""

from __future__ import annotations

from collections.abc import Mapping

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, ZERO, Term, conj, div, eq, free_symbols, mul, power, sub, symbol, tends
from derivations.problems.questions import Problem
from derivations.tactics.algebra import tidy
from derivations.tactics.conditions import Prover, simplified
from derivations.tactics.expansions import leading_term, nonzero_factors
from derivations.tactics.moments import mean_and_lemma, noisy_recurrence, second_moment
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import rate_and_factor
from derivations.tactics.stationary import Stationary, stationary


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    noisy = noisy_recurrence(proof, problem)
    mean, lemma = mean_and_lemma(proof, noisy)
    recurrence, solution = second_moment(proof, noisy, lemma)
    found = stationary(proof, noisy, mean, solution)
    parts = [found.converges, found.grows or mean]
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 0, 3),
        "exact": select("text", 0, 1, 0, 3),
        "exists_iff": select("text", 0, 0),
        "at_step": select("text", 0, 1, 2, 1, 1),
    }
    rate = next(iter(problem.optimizer.hyperparameters), "")
    leading = _leading_order(proof, found, rate) if rate in free_symbols(found.value) else []
    if leading:
        parts += leading
        answer["leading"] = select("text", 3, 1, 0, 1, 0)
    solved = _solved(proof, found.inside, rate)
    if solved:
        parts.append(solved)
        answer["exists_iff"] = select("text", len(parts) - 1, 1)
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    _remarks(proof, found, lemma, recurrence, parts, answer)
    return proof.finish(answer, problem.sources)


def _solved(proof: Proof, inside: Term, rate: str) -> str:
    """The stable range solved for one quantity, as an equivalence, where it is no multiple of the learning rate."""
    ends = [part for one in inside.args for part in one.args if rate in free_symbols(part)]
    if not ends or all(rate_and_factor(part, rate) is not None for part in ends):
        return ""
    region = simplified(Prover(proof), inside.args, rate, "solve the conditions for the hyperparameters", inside)
    return region.label if region.solved and region.formula != inside else ""


def _leading_order(proof: Proof, found: Stationary, rate: str) -> list[str]:
    """value/rate as the learning rate vanishes, and the exact difference of the value and its leading order; none if it stays."""
    leading = leading_term(found.value, rate)
    scale: Term = symbol(rate)
    order = next((k for k in range(9) if rate not in free_symbols(tidy(div(leading, power(scale, k))))), 0)
    if order == 0:
        return []
    known = nonzero_factors(proof, leading, rate)
    scale = scale if order == 1 else power(scale, order)
    per_rate = tends(mul(div(ONE, scale), found.value), rate, ZERO, tidy(div(leading, scale)))
    slope = proof.step("limit", per_rate, *known, because="for a small learning rate it is proportional to it")
    lost = tidy(sub(ONE, div(leading, found.value)))
    difference = eq(sub(found.value, leading), mul(lost, found.value))
    case = proof.supposing(found.inside, "the stable range")
    with proof.inside() as steps:
        proof.step("identity", difference, case.label, *known, because="subtract")
    claim = Term("Implies", (found.inside, difference))
    exact = proof.step("suppose", claim, branches=(proof.branch("inside the stable range", steps, case),),
                       because="what the leading order leaves out")  # fmt: skip
    return [slope, exact]


def _remarks(proof: Proof, found: Stationary, lemma: str, recurrence: str, parts: list[str], shown: Mapping[str, object]) -> None:
    if "leading" in shown:
        proof.remark(
            "What is lost at a finite learning rate",
            ("The formula that is usually quoted is the leading order in the learning rate. What it leaves out, relative to the "
             "exact value, is given here.",),
            parts[2], parts[3],
        )  # fmt: skip
    proof.remark(
        "Why the noise need not be Gaussian",
        ("No hypothesis speaks of the distribution of the noise. Mean zero and no correlation between different steps are all that "
         "the cross term needs, and the second moment is all that enters. The stationary distribution is "
         "Gaussian only if the noise is.",),
        lemma, recurrence,
    )  # fmt: skip
    if found.grows:
        words = "On the border of the stable range the second moment grows linearly, beyond it geometrically."
        proof.remark("When there is no stationary variance", (words,), found.grows)


def _additive(problem: Problem) -> Derivation:
    if problem.noise != "additive":
        raise Undecided("for the noise of a mini-batch see its own result")
    return derive(problem)


RESULT = Result(
    id="sgd.stationary-variance",
    title="Stationary variance of stochastic gradient descent",
    question="variance",
    derive=_additive,
    summary="Noise in the gradient keeps the parameter fluctuating about the minimum, with this variance.",
    references=("mandt2017", "liu2021"),
    tasks=("lecture3:4.b",),
    order=80,
)
