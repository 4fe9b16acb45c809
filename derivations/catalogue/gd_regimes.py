"""What the iteration does for every learning rate: the complete table of regimes, every endpoint included.

Setting     e_t = m**t*e_0 with e_0 != 0: the error, exactly for a quadratic loss, else of the linearised iteration.
Statement   With h = 1 - m: monotone iff 0 < h < 1, one step iff h = 1, overshooting iff 1 < h < 2, period two iff h = 2,
            divergent iff h < 0 or h > 2, constant iff h = 0; and the same solved for the learning rate.
Idea        Each property of a geometric sequence is a condition on its ratio.
Endpoints   All six are cases of their own. At h = 2 a nonlinear loss may converge or not; at h = 0 nothing is decided.
References  [polyak1964], [strogatz2015] section 10.1
"""

from __future__ import annotations

from dataclasses import replace

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, conj, eq, for_all, implies
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem
from derivations.tactics.linear import Error, error_recurrence, is_implicit, signs_of
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import NAMES, Regimes, prove_regimes, rate_and_factor, solve_conditions, solve_for_rate


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    if is_implicit(problem.optimizer):
        raise Undecided("for a step with the new value on both sides see its own result")
    error = error_recurrence(proof, problem)
    regimes = prove_regimes(proof, error)
    rate = next(iter(problem.optimizer.hyperparameters), "")
    factor = rate_and_factor(regimes.product, rate) if rate else None
    if factor is None:
        regimes = replace(regimes, by_product=solve_conditions(proof, regimes, rate))
    table = conj(*(proof.claims[regimes.by_product[name]] for name in NAMES))
    parts, labels = [table], list(regimes.by_product.values())
    path: tuple[int, ...] = ()
    assuming = {}
    value = None if factor is None else exact_value(factor)
    if factor is not None and value != 0:
        labels.append(solve_for_rate(proof, regimes, rate, factor, value is None or value > 0))
        parts.append(proof.claims[labels[-1]])
        path = (1,)
    if factor is not None and value is None:
        labels.append(solve_for_rate(proof, regimes, rate, factor, False))
        parts.append(proof.claims[labels[-1]])
        known = signs_of(proof, factor)
        if not known:
            raise Undecided("the assumptions contradict one another")
        place = 2 if known == {-1} else 1
        path, assuming = (place, 1), {"assuming": select("text", place, 0)}
    proof.step("conjunction", conj(*parts), *labels, because="the table, and the table solved for the learning rate")
    _remarks(proof, error, regimes)
    return proof.finish({**_answer(path), **assuming}, problem.sources)


def _remarks(proof: Proof, error: Error, regimes: Regimes) -> None:
    still = eq(error.start, ZERO)
    case = proof.supposing(still, "it starts at the point itself")
    with proof.inside() as steps:
        staying = for_all("t", eq(error.term, ZERO))
        proof.step("rewrite", staying, error.closed, case.label, because="nothing is multiplied")
    branch = proof.branch("starting at the point", steps, case)
    rest = proof.step("suppose", implies(still, staying), branches=(branch,), because="a start at the point stays there")
    proof.move_before_last(rest)
    proof.remark(
        "Started at the point itself",
        ("Then every regime is the same: nothing moves, whatever the learning rate. This is why the theorem excludes it.",),
        rest,
    )
    words = (
        "At the two ends of the stable range a quadratic loss jumps back and forth for ever, or does not move. If the loss is "
        "not quadratic the linearised iteration decides nothing there: the terms that were neglected do."
    )
    proof.remark("At the ends of the stable range", (words,), regimes.by_product["period_two"], regimes.by_product["constant"])


def _answer(path: tuple[int, ...]) -> dict[str, object]:
    """The regions; ``path`` leads to the table."""
    shown = [i for i, name in enumerate(NAMES) if name not in ("convergent", "not_convergent")]
    ends = [NAMES.index(name) for name in ("constant", "one_step", "period_two")]
    return {
        "kind": "region",
        "text": select("text", *path, NAMES.index("monotone"), 1),
        "regimes": [{"name": select("name", *path, i, 0), "region": select("text", *path, i, 1)} for i in shown],
        "convergent": select("text", *path, NAMES.index("convergent"), 1),
        "not_convergent": select("text", *path, NAMES.index("not_convergent"), 1),
        "endpoints": [{"at": select("text", *path, i, 1), "behaviour": select("name", *path, i, 0)} for i in ends],
    }


RESULT = Result(
    id="gd.regimes",
    title="What the iteration does for every learning rate",
    question="ranges",
    derive=derive,
    summary="Monotone, one step, overshooting, period two, divergent or constant: each for exactly these learning rates.",
    references=("polyak1964", "strogatz2015"),
    tasks=("lecture3:1.b.1", "lecture3:1.b.2", "lecture3:1.b.3"),
    order=20,
)
