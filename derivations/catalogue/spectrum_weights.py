"""The Hessian's spectrum at matching, given weights of a polynomial model: exact eigenvalues, and the stable learning rates.

Setting     f(theta; x) polynomial in the weights and the inputs; rational weights; inputs standard normal, or normal with a given
            covariance, or of any law with given moments; L(theta') = E|f(theta'; x) - f(theta; x)|**2/2.
Statement   The Hessian of L at theta' = theta is this rational matrix, with these eigenvalues, the largest first, and this
            signature; gradient descent shrinks the error along all with lam > 0 iff 0 < eta < 2/lam_max.
Idea        H = E grad f * grad f^T: sums of products of coefficients and of the inputs' moments, by Isserlis' theorem.
Endpoints   lam = 0: directions that gradient descent leaves as they are. At weights where H = 0 every learning rate does.
References  [couto2025]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, Term, conj, lt, matrix, number, predicate
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.proof import Proof
from derivations.tactics.ranks import declare
from derivations.tactics.spectra import eigenvalue_steps, sign_steps
from derivations.tactics.weight_spectra import hessian_at, order_steps, stable_rates


def derive(problem: Problem) -> Derivation:
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    if not problem.weights:
        raise Undecided("exact eigenvalues are found at given weights: add --at")
    proof = Proof()
    declare(proof, model)
    given, entries = hessian_at(proof, model, problem)
    spectrum, values = eigenvalue_steps(proof, entries)
    signs = sign_steps(proof, values)
    assert signs is not None  # there are no constants in it
    known = {proof.claims[label] for label in signs}
    if any(lt(value, ZERO) in known for value in values):
        raise Undecided("no inputs have these moments: the mean of some square would be negative")
    positive = sum(lt(ZERO, value) in known for value in values)
    counts = (number(positive), ZERO, number(len(values) - positive))
    claim = predicate("signature", matrix(entries), *counts)
    signature = proof.step("signature", claim, spectrum, *signs, because="count the signs")
    parts = [given, spectrum, signature, *([stable_rates(proof, values[0])] if positive else []), *order_steps(proof, values)]
    _remarks(proof, parts, positive)
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    return proof.finish(_answer(values, positive), problem.sources)


def _answer(values: list[Term], positive: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "kind": "matrix",
        "text": select("text", 0, 1),
        "matrix": select("text", 0, 1),
        "hessian": select("rows", 0, 1),
        "eigenvalues": [select("text", 1, 2 + i) for i in range(len(values))],
        "approx": [select("decimal", 1, 2 + i) for i in range(len(values))],
        "rank": select("number", 2, 2),
        "nullity": select("number", 2, 4),
        "signature": [select("number", 2, 2 + i) for i in range(3)],
        "sharpness": select("text", 1, 2),
    }
    if positive:
        answer["smallest"] = select("text", 1, 1 + positive)
        answer["stable"] = select("text", 3, 1)
    return answer


def _remarks(proof: Proof, parts: list[str], positive: int) -> None:
    if positive:
        proof.remark(
            "What the eigenvalues tell of gradient descent",
            ("Near these weights each step multiplies the error along an eigenvector by one less the learning rate times its "
             "eigenvalue. The largest eigenvalue limits the learning rate; the smallest one that is not zero decides how long "
             "learning takes.",),
            parts[3],
        )  # fmt: skip
    proof.remark(
        "What stays as it is",
        ("Along an eigenvector with the eigenvalue zero the mean square does not change to second order: gradient descent, "
         "linearised, leaves such an error as it is.",),
        parts[2],
    )  # fmt: skip


RESULT = Result(
    id="spectrum.weights",
    title="Exact spectrum of the Hessian of a polynomial model at given weights",
    question="spectrum",
    derive=derive,
    summary="At matching, rational weights: the Hessian, its exact eigenvalues with multiplicity, and the stable learning rates.",
    references=("couto2025",),
    problem=lambda: read_problem(model="monomial[2;2;2]", at="w_1_1=1,w_1_2=0,w_2_1=1,w_2_2=1,v_1=1,v_2=-1"),
    order=72,
    models=True,
    weights=True,
    inputs=True,
)
