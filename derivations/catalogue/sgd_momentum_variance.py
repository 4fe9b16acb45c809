"""Stationary variance of a method with one memory at a quadratic minimum, and all its second moments.

Setting     z_{t+1} = M*z_t + g*eps_t, z the errors of parameter and memory, with E eps_t = 0, E eps_s*eps_t = delta_st*v,
            E z_0*eps_t = 0 (v = sigma**2 for a step's gradient, sigma**2/N for the mean over a batch of N samples).
Statement   E z_t*z_t' -> S, the solution of S = M*S*M' + v*g*g', and E z_t -> 0, where both roots of the characteristic
            polynomial lie in the unit disc. Heavy ball: E e_t**2 -> eta*v*(1 + beta)/(lam*(1 - beta)*(2*(1 + beta) - eta*lam)).
Idea        Multiply the recurrences: the cross terms vanish, as the state depends on earlier noise only. What is left of the start,
            E z_t*z_t' - S = M**t*(E z_0*z_0' - S)*(M**t)', is carried by the iteration without noise, which vanishes.
Endpoints   On the border of the stable region the deviation does not vanish from every start.
References  [mandt2017], [liu2021], [jury1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, free_symbols
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.covariance import leading_order, no_correlation, second_moments, settled
from derivations.tactics.memory_existence import Alone, memory_existence
from derivations.tactics.n_states import ranges
from derivations.tactics.noisy_memory import noisy_states
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if len(problem.optimizer.state) == 1:
        raise Undecided("for a method without memory see its own result")
    proof = Proof()
    prover = Prover(proof, ranges(problem.optimizer))
    states = noisy_states(prover, problem)
    lemma = no_correlation(proof, states)
    moments = second_moments(proof, states, lemma)
    found = settled(prover, states, moments)
    exist = memory_existence(prover, Alone(states.rows, states.gains, states.variance, found.values, found.conditions, found.region,
                                           states.start, states.given(proof)))  # fmt: skip
    parts, exact = [found.converges, found.forgets, exist], select("text", 0, 1, 0, 3)
    answer = {
        "kind": "expression",
        "text": exact,
        "exact": exact,
        "exists_iff": select("text", 2, 1, 1),
        "exists_given": select("text", 2, 0),
        "settles_if": select("text", 0, 0),
        "forgets_start_iff": select("text", 1, 1),
        "mean": select("text", 0, 1, 3, 3),
        "memory": select("text", 0, 1, 2, 3),
        "cross_moment": select("text", 0, 1, 1, 3),
    }
    leading = leading_order(prover, found, states.rate) if states.rate in free_symbols(found.values[0]) else []
    if leading:
        parts += leading
        answer["leading"] = select("text", 4, 1, 0, 1, 0)
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    proof.remark(
        "What memory does to the noise",
        ("A step's noise stays in the memory and enters the following steps, too: the moments of parameter and memory are tied "
         "together and only solve their equations together.",),
        *(one.recurrence for one in moments),
    )  # fmt: skip
    return proof.finish(answer, problem.sources)


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="sgd.momentum-variance",
    title="Stationary variance of a method with memory",
    question="variance",
    derive=derive,
    summary="Noise in the gradient enters the memory, too; the second moments of parameter and memory settle together.",
    references=("mandt2017", "liu2021", "jury1964"),
    problem=_problem,
    order=86,
)
