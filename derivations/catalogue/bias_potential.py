"""Which interpolating solution a diagonal network prefers: the potential of its mirror map, in the kernel and the rich regime.

Setting     f(theta; x) = sum_i beta_i*m_i(x), beta_i = sum_j a_j*theta_j**2, as many squares added as taken away: from equal
            starts alpha gradient flow has beta_i = alpha**2*F(-4*s_i), F(y) = k*sinh(a*y).
Statement   q with q'(F(y)) = y is strictly convex and even; for u**2 - v**2 q(z) = 2 - sqrt(z**2 + 4) + z*asinh(z/2).
            Kernel regime: (q(z) - z**2/4)/z**2 → 0 as z → 0. Rich regime: z*log(z) - z <= q(z) <= z*log(z) - z + 2 for z > 0.
Idea        Integrate the inverse of F; Taylor's formula at 0; the tangent of the logarithm far away.
Endpoints   z = beta/alpha**2: large alpha is the kernel regime, the smallest norm; small alpha the rich one, nearly the smallest
            sum of |beta_i|.
References  [woodworth2020]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.diagonal import shape, sums_of_squares
from derivations.tactics.potentials import (
    convex,
    curvature,
    even,
    far_away,
    inverts,
    near_the_start,
    potential,
    slope,
)
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if problem.model is None:
        raise Undecided("this result is about a model: give one with --model")
    forms = {shape(rates) for rates in sums_of_squares(problem.model).parts}
    form = forms.pop()
    if forms or form is None or not form.odd:
        raise Undecided("the potential is studied so far for coefficients alike, with as many squares added as taken away")
    proof = Proof()
    found = potential(proof, form)
    first = slope(proof, found)
    second = curvature(proof, found, first)
    limit, bounds = near_the_start(proof, found, first, second), far_away(proof, found)
    parts = [found.definition, inverts(proof, found, first), first, convex(proof, second), even(proof, found), limit, bounds]
    proof.remark(
        "From the kernel to the rich regime",
        ("Gradient flow that fits all examples ends at the coefficients with the smallest sum of q(beta_i/alpha**2) among "
         "those that fit [woodworth2020]. For a large start all the ratios are small, and that is the smallest sum of squares; "
         "for a small start they are large, and the sum of |beta_i| decides, up to logarithms.",),
        limit, bounds,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    answer = {"kind": "expression", "text": select("text", 0, 1, 1), "slope": select("text", 2, 1, 1),
              "kernel_regime": select("text", 5), "rich_regime": select("text", 6, 1)}  # fmt: skip
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="bias.potential",
    title="The potential of a diagonal network, in the kernel and the rich regime",
    question="potential",
    derive=derive,
    summary="What gradient flow of a diagonal network minimises among all coefficients that fit, for large and for small starts.",
    references=("woodworth2020",),
    problem=lambda: read_problem(model="squares[1]"),
    order=71,
    models=True,
)
