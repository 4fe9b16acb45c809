"""Eigenvectors of a Hessian of two parameters: the only directions that it keeps.

Setting     A loss of two parameters with the Hessian H at a critical point, two different eigenvalues; any vector (u, v).
Statement   H*v_i = lam_i*v_i for both eigenvectors; H keeps the direction of (u, v), that is H*(u, v) = z*(u, v) for some z, iff
            (u, v) lies on the line of one of them. A given vector is tried.
Idea        u*(H*(u, v))_2 - v*(H*(u, v))_1 vanishes iff both are parallel; it is a product of two linear forms.
Endpoints   Equal eigenvalues: every direction is kept; that case is left out. The zero vector is kept by every matrix.
References  [nocedal2006] appendix A.1
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.eigenvectors import eigenvector_steps, image_steps, kept_steps, tried_steps
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if len(problem.loss.parameters) != 2:
        raise Undecided("this question treats the Hessian of a loss of two parameters")
    proof = Proof()
    image = image_steps(proof, problem)
    shown = eigenvector_steps(proof, image)
    kept, every = kept_steps(proof, image)
    labels = [*shown, kept]
    answer: dict[str, Any] = {"kind": "set", "text": select("text", 2, 1), "kept": select("text", 2),
                              "pairs": [select("text", i) for i in range(2)]}  # fmt: skip
    if problem.start:
        labels += tried_steps(proof, problem, image, every)
        answer["image"] = select("text", 3, 1)
        answer["tried"] = select("text", 4)
        answer["turned"] = [answer["image"], answer["tried"]]
    proof.remark(
        "Why only some directions",
        ("A vector that is a mixture of both eigenvectors has its two parts stretched by different factors, so it turns.",),
        kept,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    return proof.finish(answer, problem.sources)


def _valley() -> Problem:
    return read_problem("x**2 + 5*y**2", start="x=1,y=1")


RESULT = Result(
    id="hessian.eigenvectors",
    title="The directions that a Hessian keeps",
    question="eigenvectors",
    derive=derive,
    summary="The Hessian only stretches its eigenvectors; every other vector is turned.",
    references=("nocedal2006",),
    tasks=("stage3:4.1", "stage3:4.2", "stage3:4.3"),
    problem=_valley,
    order=52,
)
