"""Stationary covariance of stochastic gradient descent in several parameters, entry by entry in the eigenbasis of the Hessian.

Setting     A quadratic loss with symmetric Hessian H, eigenvectors v_i, eigenvalues lam_i; noise of mean zero, uncorrelated over
            time and with the start, with any covariance R; c_i the error along v_i, C_ij = sum_kl v_ik*v_jl*R_kl.
Statement   E c_i*c_j -> eta*C_ij/(lam_i + lam_j - eta*lam_i*lam_j) for 0 < eta*lam_i < 2 and 0 < eta*lam_j < 2; the deviation
            shrinks by (1 - eta*lam_i)*(1 - eta*lam_j) at each step.
Idea        In the eigenbasis the equation S = (1 - eta*H)*S*(1 - eta*H) + eta**2*C is one equation for each entry, whether C and H
            commute or not.
Endpoints   (1 - eta*lam_i)*(1 - eta*lam_j) = 1: the entry grows linearly, or stays where it is if C_ij = 0.
References  [mandt2017], [liu2021]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, for_all, substitute, symbol
from derivations.problems.questions import Problem
from derivations.tactics.eigen_covariance import eigen_directions
from derivations.tactics.family_covariance import family
from derivations.tactics.proof import Proof
from derivations.tactics.spectral_covariance import (
    existence,
    leading_covariance,
    stationary_covariance,
    stationary_mean,
)


def derive(problem: Problem) -> Derivation:
    if problem.loss.is_named and not problem.loss.is_family:
        raise Undecided("in several parameters the curvatures are a family, and none has a value of its own; give a loss instead")
    if problem.noise != "additive":
        raise Undecided("in several parameters noise with a given covariance is treated, --noise additive")
    proof = Proof()
    if problem.loss.is_named:
        return _family(proof, problem)
    return _concrete(proof, problem)


def _concrete(proof: Proof, problem: Problem) -> Derivation:
    """A loss of two to four parameters: each pair of its eigen-directions."""
    pairs = eigen_directions(proof, problem)
    rate = next(iter(problem.optimizer.hyperparameters), "")
    found = [stationary_covariance(proof, two) for two in pairs]
    labels, answers = [one.converges for one in found], []
    alone = [two for two in pairs if two.one is two.other]
    exist = [existence(proof, two.one, two.covariance) for two in alone]
    means = [stationary_mean(proof, two.one) for two in alone]
    leading = [leading_covariance(proof, one.value, rate)[1] for one in found] if rate else []
    labels += [*exist, *means, *leading]
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    shift = len(found) + len(exist) + len(means)
    for k, (two, one) in enumerate(zip(pairs, found, strict=True)):
        answers.append({
            "entry": select("text", k, 1, 0, 0), "exact": select("text", k, 1, 0, 3), "settles_if": select("text", k, 0),
            **({"leading": select("text", shift + k, 1, 0, 1, 0)} if rate else {}),
        })  # fmt: skip
        del two, one
    region = [select("text", len(found) + k, 1, 1) for k in range(len(exist))]
    answer = {"kind": "family", "text": answers[0]["exact"], "covariance": answers, "exists_iff": region}
    return proof.finish(answer, problem.sources)


def _family(proof: Proof, problem: Problem) -> Derivation:
    """Any number of parameters: one pair of directions stands for all."""
    two = family(proof, problem)
    diagonal = substitute(two.covariance, {"j": symbol("i")})
    rate = next(iter(problem.optimizer.hyperparameters), "")
    found = stationary_covariance(proof, two)
    claims = {
        found.converges: ("i", "j"),
        existence(proof, two.one, diagonal): ("i",),
        stationary_mean(proof, two.one): ("i",),
        **(dict.fromkeys(leading_covariance(proof, found.value, rate), ("i", "j")) if rate else {}),
    }
    labels = []
    for label, names in claims.items():
        claim = proof.claims[label]
        for name in reversed(names):
            claim = for_all(name, claim)
        labels.append(proof.step("generalise", claim, label, because="for all directions"))
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    exact = select("text", 0, 1, 1, 1, 0, 3)
    answer = {
        "kind": "expression",
        "text": exact,
        "exact": exact,
        "covariance": exact,
        "exists_iff": select("text", 1, 1, 1, 1),
        "settles_if": select("text", 0, 1, 1, 0),
        "at_step": select("text", 0, 1, 1, 1, 1, 1, 1),
        "mean": select("text", 2, 1, 1, 3),
        **({"leading": select("text", 4, 1, 1, 1, 0, 1, 0)} if rate else {}),
    }
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="sgd.covariance",
    title="Stationary covariance in several parameters",
    question="variance",
    derive=derive,
    summary="In the eigenbasis of the Hessian each entry of the covariance settles by itself, for noise of any covariance.",
    references=("mandt2017", "liu2021"),
    order=87,
)
