"""What the gradient flow of a model conserves, whatever the data and the loss.

Setting     f(theta; x) = sum_i phi_i(theta)*m_i(x); dtheta/dtau = -sum_i c_i(tau)*grad phi_i, the c_i being any functions.
Statement   Q(theta(tau)) = Q(theta(0)) for polynomials Q that are found; how many of them are functionally independent, and how
            many functions with zero derivative along all grad phi_i can be, near some point.
Idea        grad Q · grad phi_i = 0 for all i is a linear system for Q. What is conserved along fields is conserved along
            their brackets: if the gradients and their brackets span r of D dimensions, at most D - r are independent.
Endpoints   A single data set can conserve more. Gates of ReLU units count as data: between two switches.
References  [marcotte2023], [du2018]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.matrix_laws import arranged, gathered
from derivations.tactics.model_flow import at_most, count, incomplete, keep, model_flow, search
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term


def derive(problem: Problem) -> Derivation:
    if problem.model is None:
        raise Undecided("this result is about a model: give one with --model")
    proof = Proof()
    flow = model_flow(proof, problem.model)
    laws = search(flow)
    listed = arranged(flow, laws.polynomials)
    laws = laws.listed(listed.polynomials)
    quantities = [as_term(poly, flow.names) for poly in laws.polynomials]
    kept = [keep(proof, flow, quantity, {flow.names[i] for monomial in poly for i in monomial})
            for quantity, poly in zip(quantities, laws.polynomials, strict=True)]  # fmt: skip
    blocks = gathered(proof, flow, listed, kept)
    parts = [*blocks, *kept, count(proof, flow, laws, quantities, kept), at_most(proof, flow, laws)]
    end = len(blocks) + len(kept)
    answer = {
        "kind": "quantities",
        "blocks": [select("quantity", i, 1, 0) for i in range(len(blocks))],
        "quantities": select("texts", end, 2),
        "independent": select("number", end, 1),
        "complete": select("same", end, 1, other=[end + 1, 1]),
        "degree": select("degree", end),
        "at_most": select("number", end + 1, 1),
    }
    if not laws.complete:
        proof.remark(*incomplete(laws), parts[-2], parts[-1])
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    return proof.finish(answer, problem.sources)


RESULT = Result(
    id="model.conserved",
    title="What the gradient flow of a model conserves",
    question="conserved",
    derive=derive,
    summary="The quantities that gradient flow keeps for all data and all losses, and how many independent ones there can be.",
    references=("marcotte2023", "du2018"),
    problem=lambda: read_problem(model="linear[2,2,2]"),
    order=62,
    models=True,
)
