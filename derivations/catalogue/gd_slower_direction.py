"""Which of two directions converges more slowly: the flat one for small learning rates, the steep one near the end of the range.

Setting     A loss of two parameters at a minimum with the curvatures a < b; a method without memory, m_a and m_b its multipliers.
Statement   Among the learning rates for which both directions converge, the flat one is the slower (m_b**2 < m_a**2), both are
            alike, or the steep one is the slower, each for exactly the range that is found. Gradient descent: eta < 2/(a + b),
            eta = 2/(a + b), eta > 2/(a + b). A learning rate is given at which the steep direction is the slower one.
Idea        m_a**2 - m_b**2 is a product of factors that are linear in the learning rate.
Endpoints   a = b: both are alike for every learning rate; that case is left out.
References  [polyak1964]
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import Term, conj, div, eq, iff, lt, number, power, predicate, substitute, symbol
from derivations.problems.losses import exact_value
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.algebra import Bridge
from derivations.tactics.curvatures import Curved, curved_directions
from derivations.tactics.proof import Proof

WORDS = {
    "flat_slower": "both directions converge, and the flat one more slowly",
    "alike": "both directions converge, and equally fast",
    "steep_slower": "both directions converge, and the steep one more slowly",
}


def derive(problem: Problem) -> Derivation:
    if len(problem.loss.parameters) != 2:
        raise Undecided("this question compares the two directions of a loss of two parameters")
    proof = Proof()
    found = curved_directions(proof, problem)
    low, middle, high = _ends(found)
    safe = found.safe(proof)
    rate, (steep, flat) = symbol(found.rate), (power(ratio, 2) for ratio in found.ratios)
    comparisons = {"flat_slower": lt(steep, flat), "alike": eq(steep, flat), "steep_slower": lt(flat, steep)}
    regions = {
        "flat_slower": conj(lt(low, rate), lt(rate, middle)), "alike": eq(rate, middle),
        "steep_slower": conj(lt(middle, rate), lt(rate, high)),
    }  # fmt: skip
    labels = []
    for name, meaning in comparisons.items():
        proof.declare(name, "property", WORDS[name])
        defined = proof.define(iff(predicate(name), conj(predicate("safe"), meaning)), WORDS[name])
        claim = iff(predicate(name), regions[name])
        labels.append(proof.step("signs", claim, defined, safe, because="factor the difference of the two squares"))
    example = _example(proof, found.rate, regions["steep_slower"], comparisons["steep_slower"])
    labels += [example, *found.recurrences]
    proof.remark(
        "The steep direction can be the slower one",
        ("That the flat direction is always the one that has to wait is true for small learning rates only. Near the end of the "
         "range the steep direction jumps from side to side and loses less at each step than the flat one does.",),
        labels[2], example,
    )  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
    return proof.finish(_answer(), problem.sources)


def _answer() -> dict[str, Any]:
    regimes = [{"name": select("name", i, 0), "region": select("text", i, 1)} for i in range(3)]
    return {
        "kind": "region", "text": select("text", 0, 1), "regimes": regimes, "best": select("text", 1, 1, 1),
        "multipliers": [select("text", 4 + i, 1, 1, 0) for i in range(2)],
        "comparison": [*(select("text", i) for i in range(3)), select("text", 3)],
        "counterexample": {"at": select("text", 3, 0, 1), "shows": select("text", 3, 2)},
    }  # fmt: skip


def _ends(found: Curved) -> tuple[Term, Term, Term]:
    """The ends of the range in which both converge, and the learning rate at which both are equally fast within it."""
    import sympy as sp

    bridge = Bridge()
    rate, ratios = bridge.to_sympy(symbol(found.rate)), [bridge.to_sympy(ratio) for ratio in found.ratios]
    equal = sp.solve(ratios[0] ** 2 - ratios[1] ** 2, rate) if sp.expand(ratios[0] - ratios[1]) != 0 else []
    ends = sorted({root for ratio in ratios for sign in (1, -1) for root in sp.solve(ratio - sign, rate)} | set(equal))

    def sizes(at: Any) -> Any:
        return max(abs(ratio.subs(rate, at)) for ratio in ratios)

    gaps = [(low, high) for low, high in pairwise(ends) if sizes((low + high) / 2) < 1]
    inner = [root for root in equal if sizes(root) < 1]
    if len(gaps) != 2 or len(inner) != 1 or not all(end.is_Rational for end in ends):
        raise Undecided("the two directions do not change places within the range in which both converge")
    return bridge.to_term(gaps[0][0]), bridge.to_term(inner[0]), bridge.to_term(gaps[1][1])


def _example(proof: Proof, rate: str, region: Term, comparison: Term) -> str:
    """A learning rate in the region, and the comparison there, in numbers."""
    low, high = (exact_value(part) for part in (region.args[0].args[0], region.args[1].args[1]))
    value = _simple_between(low, high)
    at = {rate: div(number(value.numerator), number(value.denominator)) if value.denominator > 1 else number(value.numerator)}
    claim = conj(*(substitute(part, at) for part in (*region.args, comparison)))
    return proof.step("signs", claim, because="compute both multipliers for one such learning rate")


def _simple_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction with the smallest power of two below the line that lies strictly between."""
    bottom = 1
    while not low < Fraction(int(low * bottom) + 1, bottom) < high:
        bottom *= 2
    return Fraction(int(low * bottom) + 1, bottom)


def _valley() -> Problem:
    return read_problem("x**2 + 5*y**2")


RESULT = Result(
    id="gd.slower-direction",
    title="Which direction converges more slowly",
    question="speed",
    derive=derive,
    summary="The flat direction is the slower one for small learning rates; near the end of the stable range the steep one is.",
    references=("polyak1964",),
    tasks=("stage3:6.3",),
    problem=_valley,
    order=49,
)
