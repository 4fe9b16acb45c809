"""What a finite learning rate does to the quantities that a model's gradient flow conserves.

Setting     f(theta; x) = sum_i phi_i(theta)*m_i(x); theta(t+1) = theta(t) - eta*g(t), g(t) = sum_i c_i(t)*grad phi_i, the c_i
            being any sequences: any data, any loss, any choice of a mini-batch.
Statement   Q(theta(t+1)) - Q(theta(t)) = eta**2*Q(g(t)) for a quadratic form Q that the flow conserves; in general the sum of
            (-eta)**k*D^k Q(theta)[g, ..., g]/k! over k >= 2. With weight decay a power of its factor times Q remains.
            In matrices: W_2^T W_2 - W_1 W_1^T changes by eta**2*(G_2^T G_2 - G_1 G_1^T), G_i the gradient in W_i.
Idea        Taylor's formula. The first order vanishes, because Q is conserved.
Endpoints   Linear Q are kept exactly. The change has no sign of its own: Q is in general indefinite.
References  [marcotte2023], [du2018]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.matrix_drift import drift_of_matrices
from derivations.tactics.matrix_laws import arranged
from derivations.tactics.model_steps import conserved, declare_steps, drift, law
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if problem.model is None:
        raise Undecided("this result is about a model: give one with --model")
    proof = Proof()
    flow, found = conserved(problem.model)
    listed = arranged(flow, found.polynomials)
    laws = [law(poly, len(flow.names)) for poly in listed.polynomials]
    steps = declare_steps(proof, flow, problem.optimizer, sorted({j for one in laws for j in one.moving()}))
    drifts = [drift(proof, steps, one) for one in laws]
    entries = [label for label in drifts if label is not None]
    if not entries:
        raise Undecided("the conserved quantities that were found are not homogeneous, so that shrinking mixes their parts")
    blocks = drift_of_matrices(proof, flow, steps, listed, [label or "" for label in drifts])
    parts = [*blocks, *entries]
    whole = proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    at: list[tuple[int, ...]] = [(i,) for i in range(len(blocks), len(parts))]
    if len(parts) == 1:
        proof.steps.pop()
        whole, at = parts[0], [()]
    before = (0, 1, 0) if steps.keep == ONE else (1, 0, 1)
    if steps.keep == ONE:
        rows = [{"quantity": select("text", *i, 1, 0, 1, 0), "change": select("text", *i, 1, 1)} for i in at]
        words = ("The coefficients are any sequences, so this holds for every data set, every loss and every choice of a "
                 "mini-batch. Halving the learning rate halves what is lost over a fixed time.",)  # fmt: skip
    else:
        rows = [{"quantity": select("text", *i, 1, 1, 0, 1), "factor": select("text", *i, 1, 1, 0, 0),
                 "after_a_step": select("text", *i, 1, 1)} for i in at]  # fmt: skip
        words = ("What the flow without decay conserves is forgotten at this rate; only the gradients, to second order, feed it.",)
    proof.remark("Whatever the data", words, whole)
    matrices = [{"quantity": select("quantity", i, 1, *before), "change": select("text", i, 1, 1)} for i in range(len(blocks))]
    text = (matrices or rows)[0].get("change") or rows[0]["after_a_step"]
    return proof.finish({"kind": "expression", "text": text, "blocks": matrices, "quantities": rows}, problem.sources)


RESULT = Result(
    id="model.conserved-drift",
    title="What a finite learning rate does to what a model's flow conserves",
    question="drift",
    derive=derive,
    summary="By exactly how much each step of gradient descent changes the conserved quantities of a model, whatever the data.",
    references=("marcotte2023", "du2018"),
    problem=lambda: read_problem(model="linear[2,2,2]"),
    order=66,
    models=True,
)
