"""How weight decay makes a model forget what its gradient flow conserves.

Setting     f(theta; x) = sum_i phi_i(theta)*m_i(x); dtheta/dtau = -sum_i c_i(tau)*grad phi_i - gamma*theta, the c_i any functions.
Statement   Q(theta(tau)) = exp(-d*gamma*tau)*Q(theta(0)) for every homogeneous Q of degree d that the flow without decay conserves.
Idea        exp(d*gamma*tau)*Q has derivative zero: the decay multiplies Q by -d*gamma, by Euler's formula, and the rest vanishes.
Endpoints   gamma = 0: conserved. gamma > 0: what is left in the long run is Q = 0, for deep linear networks balanced layers.
References  [marcotte2023], [du2018]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import conj, symbol
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.integrals import fresh
from derivations.tactics.model_steps import decay, decaying_flow, model_laws
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    if problem.model is None:
        raise Undecided("this result is about a model: give one with --model")
    proof = Proof()
    flow, found = model_laws(problem.model)
    laws = [one for one in found if one.degree is not None]
    if not laws:
        raise Undecided("the conserved quantities that were found are not homogeneous: decay mixes their parts")
    rate = proof.declare(fresh("gamma", (*problem.model.parameters, *problem.model.data)), "real")
    equations = decaying_flow(proof, flow, symbol(rate), sorted({j for one in laws for j in one.moving()}))
    parts = [decay(proof, flow, one, symbol(rate), equations) for one in laws]
    at: list[tuple[int, ...]] = [(i,) for i in range(len(parts))]
    if len(parts) == 1:
        whole, at = parts[0], [()]
    else:
        whole = proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    words = ("However the data and the loss drive the parameters, what the flow conserves without decay is forgotten at "
             "this rate. In the long run only its size at the start over an exponential is left: "
             "balance is what decay leads to.",)  # fmt: skip
    proof.remark("Whatever the data", words, whole)
    rows = [{"quantity": select("text", *i, 1, 0), "factor": select("text", *i, 1, 1, 0)} for i in at]
    return proof.finish({"kind": "expression", "text": rows[0]["factor"], "quantities": rows}, problem.sources)


RESULT = Result(
    id="model.weight-decay",
    title="How weight decay forgets what a model's flow conserves",
    question="decay",
    derive=derive,
    summary="With weight decay every homogeneous conserved quantity of a model shrinks exponentially, whatever the data.",
    references=("marcotte2023", "du2018"),
    problem=lambda: read_problem(model="linear[2,1,2]"),
    order=67,
    models=True,
)
