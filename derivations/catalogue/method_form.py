"""What a method with memory multiplies at each step: a quadratic form in parameter and memory.

Setting     A method with two states on a quadratic loss: z(t+1) = M z(t) for z = (x - x*, memory).
Statement   Q(z(t+1)) = c*Q(z(t)) with c the product of the roots, so Q(z(t)) = c**t*Q(z(0)): for the heavy ball c = beta, and
            Q = eta*lambda*e**2 + (1 - beta - eta*lambda)*e*v + beta*v**2 for e = theta - theta*.
Idea        A step acts linearly on quadratic forms; Q is an eigenvector of this action.
Endpoints   c = 1: conserved by the iteration, as energy is by a flow without friction. c = 0: the memory is lost at once.
References  [hairer2006]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import conj
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.map_forms import map_form, multiplied
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import two_states


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    states = two_states(proof, problem)
    step, closed = multiplied(proof, states, map_form(states))
    proof.remark(
        "What it says of the path",
        ("Where the roots are a complex pair the form is definite: its curves are ellipses, and each step carries the state "
         "from one to the next. Where they are real its two zero lines are the slow and the fast direction.",),
        step,
    )  # fmt: skip
    proof.step("conjunction", conj(proof.claims[step], proof.claims[closed]), step, closed, because="both")
    row = {"quantity": select("text", 0, 1, 1, 1, 1, 1), "factor": select("text", 0, 1, 1, 1, 1, 0),
           "closed_form": select("text", 1, 1, 1, 1, 1)}  # fmt: skip
    return proof.finish({"kind": "expression", "text": row["factor"], "quantities": [row]}, problem.sources)


RESULT = Result(
    id="method.form",
    title="The quadratic form that a method with memory multiplies",
    question="drift",
    derive=derive,
    summary="Each step of a method with memory multiplies a quadratic form of parameter and memory by the product of its roots.",
    references=("hairer2006",),
    problem=lambda: read_problem(optimizer="heavy-ball"),
    order=69,
)
