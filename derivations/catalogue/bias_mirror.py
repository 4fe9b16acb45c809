"""Where gradient flow leads a model whose coefficients are sums of squares: the path, and the mirror map that it follows.

Setting     f(theta; x) = sum_i beta_i*m_i(x) with beta_i = sum_j a_j*theta_j**2; gradient flow from theta_j = alpha; s_i the slope
            of the loss in beta_i, summed over time.
Statement   theta_j(tau) = alpha*exp(-2*a_j*s_i(tau)), so beta_i = alpha**2*F(-4*s_i) with F(y) = sum_j a_j*exp(a_j*y): for
            u**2 - v**2 it is -2*alpha**2*sinh(4*s_i). If F has an inverse G: G(beta_i/alpha**2) = -4*s_i.
Idea        exp(2*a_j*s_i)*theta_j has derivative zero.
Endpoints   Large alpha: the path of linear regression. Small alpha: coefficients wait, and then grow one after the other.
References  [woodworth2020], [gunasekar2017]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.diagonal import coefficient_path, mirror, path, shape, sums_of_squares
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if problem.model is None:
        raise Undecided("this result is about a model: give one with --model")
    squares = sums_of_squares(problem.model)
    proof = Proof()
    found = path(proof, squares)
    parts = list(found.solved.values())
    rows: list[dict[str, Any]] = []
    mirrors: list[str] = []
    for i, rates in enumerate(squares.parts):
        rows.append({"coefficient": select("text", len(parts), 1, 0), "path": select("text", len(parts), 1, 1)})
        parts.append(coefficient_path(proof, found, i))
        form = shape(rates)
        if form is not None:
            rows[-1]["mirror"] = select("text", len(parts), 1)
            mirrors.append(mirror(proof, found, i, form))
            parts.append(mirrors[-1])
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    if len(mirrors) == len(squares.parts):
        proof.remark(
            "What is found in the end",
            ("For a loss that is a sum over data, the summed slopes are combinations of the data's monomials, one factor for each "
             "example. If the flow ends where every example is fitted, these equations are therefore the conditions for the "
             "smallest sum of q(beta_i/alpha**2) among all coefficients that fit, where the derivative of the potential q is "
             "this inverse function; q is convex, so the conditions are sufficient [woodworth2020].",),
            *mirrors,
        )  # fmt: skip
    return proof.finish({"kind": "expression", "text": rows[0]["path"], "coefficients": rows}, problem.sources)


RESULT = Result(
    id="bias.mirror",
    title="Where gradient flow leads coefficients that are sums of squares",
    question="bias",
    derive=derive,
    summary="The path of a diagonal network in closed form, and the mirror map that tells which interpolating solution it finds.",
    references=("woodworth2020", "gunasekar2017"),
    problem=lambda: read_problem(model="squares[1]"),
    order=70,
    models=True,
)
