"""The iteration without noise, from every start: when it vanishes, and what it carries of the start.

The columns of M**t are the iterations from the starts (1, 0) and (0, 1), which vanish by Schur and Cohn's criterion.
"""

from __future__ import annotations

from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    expect,
    for_all,
    matrix,
    mul,
    substitute,
    symbol,
    tends,
)
from derivations.tactics.linear import T
from derivations.tactics.noisy_memory import LATER, Direction, combination
from derivations.tactics.proof import Proof
from derivations.tactics.second_order import jury_conditions, trace_and_product


def parts_of(proof: Proof, label: str) -> list[str]:
    return [proof.step("part", part, label, because="a part of it") for part in proof.claims[label].args]


def noiseless_iteration(proof: Proof, m: Direction) -> tuple[Term, str, tuple[Term, ...], list[str]]:
    """Defines the iteration without noise, from every start.

    That it vanishes from every start; the label of when it does; Jury's conditions; the updates and starts of the entries of M**t.
    """
    a, b = m.start
    now = tuple(apply(name, T, symbol(a), symbol(b)) for name in m.noiseless)
    updates, starts = [], []
    for name, row in zip(m.noiseless, m.rows, strict=True):
        after = apply(name, LATER, symbol(a), symbol(b))
        claim = for_all("t", for_all(a, for_all(b, eq(after, combination(row, (now[0], now[1]))))))
        updates.append(proof.define(claim, "the same iteration without noise"))
    for name, first in zip(m.noiseless, m.start, strict=True):
        claim = for_all(a, for_all(b, eq(apply(name, ZERO, symbol(a), symbol(b)), symbol(first))))
        starts.append(proof.assume(claim, "the start of ", symbol(name)))
    conditions = jury_conditions(*trace_and_product(proof, m.rows))
    limits = [tends(apply(name, T, *map(symbol, m.start)), "t", INFINITY, ZERO) for name in m.noiseless]
    vanishes = for_all(a, for_all(b, conj(*limits)))
    words = "without noise it converges iff both roots of the characteristic polynomial lie in the unit disc"
    criterion = proof.step("schur-quadratic", Term("Iff", (vanishes, conj(*conditions))), *updates, *starts,
                           matrix=matrix([list(row) for row in m.rows]), because=words)  # fmt: skip
    return vanishes, criterion, conditions, _from_unit_starts(proof, m, updates, starts)


def _unit(m: Direction, j: int) -> dict[str, Term]:
    return {name: (ONE if k == j else ZERO) for k, name in enumerate(m.start)}


def _from_unit_starts(proof: Proof, m: Direction, updates: list[str], starts: list[str]) -> list[str]:
    """Labels of the updates and the starts of the four entries of M**t."""
    found = []
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        after = eq(substitute(m.column(i, j), {"t": LATER}), combination(m.rows[i], (m.column(0, j), m.column(1, j))))
        found.append(proof.step("instantiate", after, updates[i], values={"t": T, **_unit(m, j)}, because="from this start"))
        begun = eq(substitute(m.column(i, j), {"t": ZERO}), ONE if i == j else ZERO)
        found.append(proof.step("instantiate", begun, starts[i], values=_unit(m, j), because="at the start"))
    return found


def small_columns(proof: Proof, m: Direction, gone: str) -> list[str]:
    """Labels of the limits of the four entries of M**t."""
    labels = []
    for j in (0, 1):
        claim = conj(*(tends(m.column(i, j), "t", INFINITY, ZERO) for i in (0, 1)))
        labels += parts_of(proof, proof.step("instantiate", claim, gone, values=_unit(m, j), because="from this start"))
    return labels


def carried_means(proof: Proof, m: Direction, columns: list[str]) -> list[str]:
    """Labels of ∀t E z_t = M**t*E z_0, entry by entry."""
    first = [expect(m.at(i, ZERO)) for i in (0, 1)]
    claim = conj(*(eq(expect(m.now[i]), add(*(mul(m.column(i, j), first[j]) for j in (0, 1)))) for i in (0, 1)))
    recurrences = [
        proof.step("expectation", eq(expect(m.at(i, LATER)), combination(m.rows[i], (expect(m.now[0]), expect(m.now[1])))),
                   m.recurrences[i], m.no_mean, *m.given(proof), because="take expectations: the noise has mean zero")
        for i in (0, 1)
    ]  # fmt: skip
    return each_of(proof, by_induction(proof, claim, recurrences, columns, "the means follow the noiseless iteration"))


def by_induction(proof: Proof, claim: Term, recurrences: list[str], given: list[str], because: str) -> str:
    """Label of ∀t A(t) ∧ B(t) ∧ …: the recurrences prove the parts together."""
    with proof.inside() as base:
        goal = substitute(claim, {"t": ZERO})
        begun = [proof.step("expectation", part, *given, because="at the start") for part in goal.args]
        proof.step("conjunction", goal, *begun, because="together")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        parts = parts_of(proof, hypothesis.label)
        goal = substitute(claim, {"t": LATER})
        reached = [proof.step("expectation", part, recurrence, *parts, *given, because="insert the claim for t")
                   for part, recurrence in zip(goal.args, recurrences, strict=True)]  # fmt: skip
        proof.step("conjunction", goal, *reached, because="together")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because=because)


def each_of(proof: Proof, label: str) -> list[str]:
    """Labels of ∀t A(t), ∀t B(t), … from ∀t A(t) ∧ B(t) ∧ …."""
    now = proof.step("instantiate", proof.claims[label].args[1], label, values={"t": T}, because="for this t")
    labels = parts_of(proof, now)
    return [proof.step("generalise", for_all("t", proof.claims[part]), part, because="for every t") for part in labels]
