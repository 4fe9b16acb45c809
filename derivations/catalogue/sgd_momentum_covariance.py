"""Stationary covariance of a method with memory in several parameters: one entry for each two directions of the Hessian.

Setting     z_{t+1} = M_i*z_t + g*xi_i(t), z the errors of parameter and memory along eigenvector i of the Hessian; noise of mean
            zero, E xi_i(s)*xi_j(t) = delta_st*C_ij with any C, uncorrelated with the start.
Statement   E z_t*w_t' -> S, the solution of S = M_i*S*M_j' + C_ij*g*g', where both directions are stable. Heavy ball:
            S_ij = eta*C_ij*(1 - beta**2)/D_ij,
            D_ij = (1 - beta)**2*(1 + beta)*(lam_i + lam_j) - eta*(lam_i - beta*lam_j)*(lam_j - beta*lam_i).
Idea        Multiply the recurrences: the cross terms vanish. What is left of the start, M_i**t*(E z_0*w_0' - S)*(M_j**t)', is
            carried by the iterations without noise. S exists, since no product of an eigenvalue of M_i and one of M_j is 1.
Endpoints   On the border of the stable region of a direction, and beyond, there is no stationary state with noise in it.
References  [mandt2017], [liu2021], [jury1964]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj, free_symbols
from derivations.problems.losses import quadratic
from derivations.problems.optimizers import read_optimizer
from derivations.problems.questions import Problem
from derivations.tactics.conditions import Prover
from derivations.tactics.n_states import ranges
from derivations.tactics.pair_covariance import free, moments_of, settling, stationary_entries
from derivations.tactics.proof import Proof
from derivations.tactics.rate_layout import laid_out
from derivations.tactics.spectral_covariance import leading_covariance
from derivations.tactics.two_directions import each_curvature, require_memory, two_directions


def derive(problem: Problem) -> Derivation:
    require_memory(problem)
    proof = Proof()
    prover = Prover(proof, ranges(problem.optimizer))
    two, curvatures = two_directions(prover, problem)
    entries = moments_of(proof, two)
    values = tuple(laid_out(value, two.one.rate) for value in stationary_entries(entries))
    each = each_curvature(prover, two, curvatures)
    freed = (free(prover, two.one, each.regions[0]), free(prover, two.other, each.regions[1]))
    found = settling(prover, two, freed, values, entries)
    labels = [found.converges, *(one.means for one in freed)]
    exact = select("text", 0, 1, 0, 3)
    answer = {
        "kind": "expression",
        "text": exact,
        "exact": exact,
        "covariance": exact,
        "settles_if": select("text", 0, 0),
        "mean": select("text", 1, 1, 0, 3),
        "parameter_and_memory": select("text", 0, 1, 1, 3),
        "memory_and_parameter": select("text", 0, 1, 2, 3),
        "memories": select("text", 0, 1, 3, 3),
    }
    if each.exists:
        labels.append(each.exists)
        answer["exists_iff"] = select("text", 3, 1, 1, 1, 1)
        answer["exists_given"] = select("text", 3, 1, 1, 0)
    rate = two.one.rate
    if rate in free_symbols(values[0]):
        labels += leading_covariance(proof, values[0], rate)
        answer["leading"] = select("text", len(labels) - 1, 1, 0, 1, 0)
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    return proof.finish(answer, problem.sources)


def _problem() -> Problem:
    return Problem(quadratic(), read_optimizer("heavy-ball"))


RESULT = Result(
    id="sgd.momentum-covariance",
    title="Stationary covariance with memory in several parameters",
    question="variance",
    derive=derive,
    summary="With memory, too, each entry of the covariance settles by itself, for noise that does not commute with the Hessian.",
    references=("mandt2017", "liu2021", "jury1964"),
    problem=_problem,
    order=88,
)
