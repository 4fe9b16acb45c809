"""What gradient flow conserves.

Setting     dx_i/dtau = -dL/dx_i for a polynomial loss L(x_1, ..., x_n).
Statement   Q(x(tau)) = Q(x(0)) for polynomials and quotients Q that are found, functionally independent; there are at most n - 1
            such quantities. If none is found: no polynomial up to that degree is conserved but constants.
Idea        Q is conserved if grad Q · grad L vanishes identically: a linear system for the coefficients of Q. A product of
            powers of invariant polynomials, grad f · grad L = K*f, is conserved if its cofactors K cancel.
Endpoints   At critical points nothing moves. Where fewer than n - 1 are found, others may exist of another form.
References  [marcotte2023], [saxe2014]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj
from derivations.problems.losses import read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.darboux import rational_integrals
from derivations.tactics.exponentials import exponential_directions, stays_off
from derivations.tactics.integrals import (
    Flow,
    at_most,
    conserved_polynomials,
    count,
    gradient_flow,
    keep,
    none_up_to,
    search_degree,
)
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    flow = gradient_flow(proof, problem)
    degree = search_degree(flow.field)
    quantities = conserved_polynomials(flow.field, degree)
    kept = [keep(proof, flow, quantity) for quantity in quantities]
    for quotient in rational_integrals(flow.field, quantities):
        defined = [stays_off(proof, flow, curve, cofactor) for curve, cofactor in quotient.bottoms]
        kept.append(keep(proof, flow, quotient.quantity, *defined))
        quantities.append(quotient.quantity)
    parts = kept or list(flow.equations)
    counted, most = len(parts), len(parts) + 1
    parts = [*parts, count(proof, flow.field, quantities, kept), at_most(proof, flow)]
    answer = {
        "kind": "quantities",
        "quantities": select("texts", counted, 2),
        "independent": select("number", counted, 1),
        "complete": select("same", counted, 1, other=[most, 1]),
        "degree": select("degree", counted),
    }
    if not quantities and len(flow.field.names) > 1:
        parts.append(none_up_to(proof, flow, degree))
        answer["degree"] = select("number", most + 1, 1)
    paths = exponential_directions(proof, flow) if quantities else []
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    _remarks(proof, flow, quantities, parts, paths)
    return proof.finish(answer, problem.sources)


def _remarks(proof: Proof, flow: Flow, quantities: list[Term], parts: list[str], paths: list[str]) -> None:
    if paths:
        proof.remark(
            "Along which part of the curve",
            ("Each of these combinations is multiplied by an exponential, so it never changes its sign: the path stays "
             "on one branch of the curve through its start. A combination that is zero at the start stays zero; one "
             "that grows carries the path away.",),
            *paths,
        )  # fmt: skip
    if 0 < len(quantities) == len(flow.field.names) - 1:
        proof.remark(
            "There is nothing else",
            ("As many independent quantities are conserved as can be. Any other conserved quantity is a function of "
             "these, near a point where they are independent and the flow moves.",),
            *parts[-2:],
        )  # fmt: skip
    if not quantities and len(flow.field.names) > 1:
        proof.remark(
            "What is not excluded",
            ("Nothing is said of polynomials of higher degree, nor of other functions: near a point that is not "
             "critical a flow always has one conserved function fewer than it has parameters.",),
            parts[-1],
        )  # fmt: skip


def _product() -> Problem:
    return default_problem().with_loss(read_loss("theta_1*theta_2", None, None))


RESULT = Result(
    id="flow.conserved",
    title="What gradient flow conserves",
    question="conserved",
    derive=derive,
    summary="The polynomials and quotients that stay constant along gradient flow, and how many independent ones there can be.",
    references=("marcotte2023", "saxe2014"),
    tasks=("lecture3:3.b",),
    problem=_product,
    order=60,
)
