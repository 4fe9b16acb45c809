"""Largest and smallest curvature, the condition number, and the learning rates that are safe in every direction.

Setting     A method without memory on a loss with a minimum; mu <= lam_i <= L_max the eigenvalues of its Hessian there.
Statement   The eigenvalues, mu, L_max and kappa = L_max/mu; the error along each eigenvector is multiplied by m_i at each step,
            and all of them tend to zero iff the learning rate is in the range that is given. Gradient descent: 0 < eta < 2/L_max.
Idea        The powers of m vanish iff -1 < m < 1; the steepest direction asks most.
Endpoints   kappa = 1: all directions are alike. At eta = 2/L_max the steepest direction is reflected for ever.
References  [polyak1964], [nocedal2006]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, Term, conj, eq, iff, le, lt, matrix, predicate, substitute, symbol
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.algebra import tidy
from derivations.tactics.conditions import Prover, simplified
from derivations.tactics.curvatures import Curved, curved_directions
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    found = curved_directions(proof, problem)
    rate = found.rate
    spectrum = proof.step("eigenvalues", predicate("eigenvalues", matrix(found.entries), *found.values),
                          because="these are all eigenvalues of the Hessian")  # fmt: skip
    extremes = _extremes(proof, found.values)
    safe = found.safe(proof)
    condition = conj(*(part for ratio in found.ratios for part in found.inside(ratio).args))
    region = simplified(Prover(proof), condition.args, rate, "the steepest direction asks most")
    claim = iff(predicate("safe"), region.formula)
    solved = proof.step("rewrite", claim, safe, region.label, because="solve for the learning rate")
    ordered = sorted(range(len(found.values)), key=lambda i: exact_value(found.values[i]))
    labels = [spectrum, *extremes, solved, *found.recurrences]
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    answer: dict[str, Any] = {
        "kind": "region", "text": select("text", 3, 1), "safe": select("text", 3, 1), "largest": select("text", 0, 2 + ordered[-1]),
        "smallest": select("text", 0, 2 + ordered[0]), "condition_number": select("text", 2, 1),
        "eigenvalues": [select("text", 0, 2 + i) for i in range(len(found.values))],
    }  # fmt: skip
    answer["extremes"] = [answer[key] for key in ("largest", "smallest", "condition_number")]
    path = _upper(region.formula, rate)
    if path is not None:
        answer["bound"] = select("text", 3, 1, *path)
    _remark(proof, found, solved)
    return proof.finish(answer, problem.sources)


def _upper(region: Term, rate: str) -> tuple[int, ...] | None:
    """Where the upper end of the range stands in it."""
    for i, part in enumerate(region.args):
        if part.head == "Lt" and part.args[0] == symbol(rate):
            return (i, 1)
    return None


def _extremes(proof: Proof, values: list[Term]) -> list[str]:
    """Labels of: all eigenvalues lie between two of them, mu and L_max, and kappa, their ratio, is this number."""
    ordered = sorted(values, key=exact_value)
    found = []
    for name, value, words in (("L_max", ordered[-1], "largest"), ("mu", ordered[0], "smallest")):
        proof.declare(name, "real", f"{words} curvature")
        found.append(proof.define(eq(symbol(name), value), f"the {words} eigenvalue"))
    order = conj(lt(ZERO, symbol("mu")), *(part for value in ordered for part in
                                           (le(symbol("mu"), value), le(value, symbol("L_max")))))  # fmt: skip
    between = proof.step("signs", order, *found, because="compare them all with these two")
    proof.declare("kappa", "real", "condition number")
    ratio = Term("Div", (symbol("L_max"), symbol("mu")))
    defined = proof.define(eq(symbol("kappa"), ratio), "the condition number")
    claim = eq(symbol("kappa"), tidy(substitute(ratio, {"L_max": ordered[-1], "mu": ordered[0]})))
    return [between, proof.step("identity", claim, defined, *found, because="divide")]


def _remark(proof: Proof, found: Curved, solved: str) -> None:
    if len(found.values) < 2:
        return
    words = (
        "The steepest direction alone limits the learning rate. A flat direction could bear larger steps, by a factor up to the "
        "condition number, and has to wait for the steep one."
    )
    proof.remark("What the condition number says", (words,), solved)


def _valley() -> Problem:
    return read_problem("x**2 + 5*y**2")


RESULT = Result(
    id="gd.conditioning",
    title="Condition number and safe learning rates",
    question="conditioning",
    derive=derive,
    summary="The largest curvature limits the learning rate; its ratio to the smallest one says how long the flat direction waits.",
    references=("polyak1964", "nocedal2006"),
    tasks=("stage3:6.1", "stage3:6.2", "stage3:6.4", "stage3:9.1"),
    problem=_valley,
    order=48,
)
