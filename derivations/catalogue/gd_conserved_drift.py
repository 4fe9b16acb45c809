"""What a finite learning rate does to the quantities that gradient flow conserves.

Setting     x(t+1) = x(t) - eta*grad L(x(t)), or another method without memory; Q conserved by the flow of L.
Statement   Q(x(t+1)) = c*Q(x(t)) where Q, up to a constant, divides Q∘F. If c is constant: Q(x(t)) = c**t*Q(x(0)),
            1 - t*(1 - c) <= c**t <= 1 for small learning rates, and c(tau/n)**n tends to its limit over a fixed time.
            Otherwise the exact change per step. A quotient that the flow conserves is treated where no polynomial is.
Idea        Divide the polynomial Q∘F by Q. The first order in eta vanishes, because the flow conserves Q.
Endpoints   c = 1: conserved by the iteration, too. c = 0: lost at once.
References  [hairer2006], [marcotte2023]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.flow_conserved import RESULT as FLOW
from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, Term, conj, free_symbols
from derivations.problems.questions import Problem
from derivations.tactics.darboux import rational_integrals
from derivations.tactics.descent import (
    all_steps,
    change,
    descent,
    exponential_limit,
    one_step,
    quotient_step,
    slow_loss,
)
from derivations.tactics.integrals import conserved_polynomials, search_degree
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    field, update, labels = descent(proof, problem)
    quantities = conserved_polynomials(field, search_degree(field))
    parts: list[str] = []
    rows: list[dict[str, Any]] = []
    for quotient in () if quantities else rational_integrals(field, ()):
        label = quotient_step(proof, field, labels, quotient, update)
        if label is not None:
            rows.append({"quantity": select("text", len(parts), 1, 1, 1), "factor": select("text", len(parts), 1, 1, 0)})
            parts.append(label)
    if not quantities and not parts:
        raise Undecided("the flow of this loss conserves no polynomial of low degree, so there is no drift to speak of")
    for quantity in quantities:
        found = change(field, quantity, update)
        factor = found.factor
        first = len(parts)
        parts.append(one_step(proof, field, labels, found))
        if factor is None or factor == ONE:
            rows.append({"quantity": select("text", first, 1, 0, 1, 0), "change": select("text", first, 1, 1)})
            continue
        rows.append({"quantity": select("text", first, 1, 1, 1), "factor": select("text", first, 1, 1, 0)})
        if not free_symbols(factor) & set(field.names):
            rows[-1] |= _selectors(first + 1)
            later = _over_time(proof, problem, all_steps(proof, field, found.quantity, factor, parts[-1]), factor)
            rows[-1] = {key: value for key, value in rows[-1].items() if key != "limit" or len(later) == 3}
            parts += later
    text = rows[0].get("factor") or rows[0]["change"]
    if len(parts) > 1:
        proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    else:
        text, rows = _without_first(text), [{key: _without_first(value) for key, value in rows[0].items()}]
    return proof.finish({"kind": "expression", "text": text, "quantities": rows}, problem.sources)


def _without_first(selector: dict[str, Any]) -> dict[str, Any]:
    """The same selector for a conclusion that is not a conjunction."""
    return {**selector, "at": selector["at"][1:]}


def _selectors(position: int) -> dict[str, Any]:
    """Where the parts of ``_over_time`` stand that begin at this position of the conclusion."""
    return {"closed_form": select("text", position, 1, 1), "limit": select("text", position + 2, 3)}


def _over_time(proof: Proof, problem: Problem, closed: str, factor: Term) -> list[str]:
    """After t steps; how slowly it is lost; and what is left of it after a fixed time, in the limit."""
    parts = [closed, slow_loss(proof, factor)]
    rate = next(iter(problem.optimizer.hyperparameters), "")
    limit = exponential_limit(proof, factor, rate) if rate else None
    if limit is not None:
        parts.append(limit)
        proof.remark(
            "The curve of the flow is left slowly",
            ("This is how much of the quantity is left after many steps. What is left after a fixed time is what the "
             "flow leaves only in the limit of small learning rates.",),
            *parts[1:],
        )  # fmt: skip
    return parts


RESULT = Result(
    id="gd.conserved-drift",
    title="What a finite learning rate does to conserved quantities",
    question="drift",
    derive=derive,
    summary="By how much each step of gradient descent changes what gradient flow conserves.",
    references=("hairer2006", "marcotte2023"),
    tasks=("lecture3:3.b",),
    problem=FLOW.problem,
    order=65,
)
