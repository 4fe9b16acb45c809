"""Exact line search zigzags: from the worst start each coordinate is multiplied by the same q, and one of them changes its sign.

Setting     L = (a*x**2 + c*y**2)/2 with a, c > 0, descent along the gradient, at each step as far as the loss falls; a start at
            which both components of the gradient have the same size, such as (c, a).
Statement   x_t = q**t*x_0 and y_t = r**t*y_0 with r = -q and q = (c - a)/(c + a); every step has the size 2/(a + c).
Idea        The gradient keeps its shape. Compare the loss with what the step 2/(a + c) would reach: the difference is a square.
Endpoints   a = c: q = 0, the minimum is reached in one step. Other starts approach this zigzag.
References  [nocedal2006] section 3.3, [akaike1959]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import ONE, ZERO, add, apply, conj, eq, for_all, mul, neg, power, symbol
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.integrals import fresh
from derivations.tactics.line_search import always_balanced, implied, reduced, search_steps, start_values, times
from derivations.tactics.linear import T, closed_form
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    search = search_steps(proof, problem)
    begin = start_values(proof, problem, search)
    balanced = always_balanced(proof, search, begin)
    here = proof.step("instantiate", search.balanced(), balanced, values={"t": T}, because="at this step")
    moved, _ = reduced(proof, search, here)
    taken = {name for name, _ in proof.variables}
    q, r = (symbol(proof.declare(fresh(letter, taken), "real", "what a coordinate is multiplied by")) for letter in ("q", "r"))
    defined = proof.define(eq(q, search.ratio(0)), "what the first coordinate is multiplied by")
    opposite = proof.define(eq(r, neg(q)), "what the second coordinate is multiplied by")
    updates, closed_forms = [], []
    for i, (name, ratio) in enumerate(zip(search.names, (q, r), strict=True)):
        part = proof.step("signs", proof.claims[moved].args[i], moved, *search.positive, because="a part of it")
        updates.append(proof.step("generalise", for_all("t", proof.claims[part]), part, because="at every step"))
        claim = eq(apply(name, add(T, ONE)), mul(ratio, apply(name, T)))
        step = proof.step("identity", claim, part, defined, opposite, *search.positive, because="in short")
        closed = closed_form(proof, step, apply(name, T), ratio, apply(name, ZERO), [])
        start = proof.claims[begin[i]].args[1]
        claim = eq(apply(name, T), times(start, power(ratio, T)))
        step = proof.step("identity", claim, closed, begin[i], because="put in the start")
        closed_forms.append(proof.step("generalise", for_all("t", claim), step, because="at every step"))
    labels = [*updates, *closed_forms, implied(proof, search, balanced)]
    proof.remark(
        "Why it zigzags",
        ("The best step along the gradient is always the same, and too long for the steep direction: it jumps to the other side.",),
        *labels,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    answer: dict[str, Any] = {
        "kind": "expression", "text": select("text", 0, 1, 1, 0), "ratio": select("text", 0, 1, 1, 0),
        "closed_form": [select("text", i, 1, 1) for i in (2, 3)], "step_size": select("text", 4, 1, 1, 1),
    }  # fmt: skip
    return proof.finish(answer, problem.sources)


def _valley() -> Problem:
    return read_problem("(x**2 + kappa*y**2)/2", parameters="x,y", assume=("kappa > 0",))


RESULT = Result(
    id="line-search.zigzag",
    title="Exact line search zigzags",
    question="line-search",
    derive=derive,
    summary="Descent that goes as far as it can along each gradient jumps from side to side for ever, at the rate (c - a)/(c + a).",
    references=("nocedal2006", "akaike1959"),
    problem=_valley,
    order=53,
)
