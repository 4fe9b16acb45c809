"""Averages of a noisy iteration: b_{t+1} = a*b_t + g*e_t, their second moments beside those of e_{t+1} = m*e_t - c*eps_t.

E b*e and E b**2 follow affine recurrences in which E e**2 occurs; their closed forms are combinations of m**(2*t), a**t*m**t
and a**(2*t), found by comparing coefficients. The moving average is the case g = 1 - a, the running sum a = g = 1, with the
newest value e_{t+1} in the place of e_t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    expect,
    for_all,
    implies,
    lt,
    mul,
    neg,
    power,
    substitute,
    symbol,
    tends,
)
from derivations.tactics.algebra import Bridge, factored
from derivations.tactics.linear import T
from derivations.tactics.moments import E_NEXT, E_T, NOISE, Noisy, batch_premise
from derivations.tactics.proof import Proof

K, LATER = symbol("k"), add(T, ONE)


@dataclass(frozen=True)
class Running:
    """b_{t+1} = carry*b_t + take*e_t (where ``newest``: e_{t+1}) is the step ``recurrence``; ``start`` says ∀t E b_0*eps_t = 0."""

    name: str
    carry: Term
    take: Term
    recurrence: str
    start: str
    newest: bool = False

    def at(self, step: Term) -> Term:
        return apply(self.name, step)


@dataclass(frozen=True)
class Moments:
    """Labels of E b_{t+1}*e_{t+1} = …, E b_{t+1}**2 = …, and the two moments."""

    mixed: Term
    square: Term
    of_mixed: str
    of_square: str


def running_moments(proof: Proof, noisy: Noisy, run: Running) -> Moments:
    """The recurrences of E b*e and E b**2: what is averaged knows of earlier noise only."""
    lemma = _uncorrelated(proof, run)
    b, after, m = run.at(T), run.at(LATER), noisy.ratio
    mixed, square, lag = expect(mul(b, E_T)), expect(power(b, 2)), ONE if run.newest else m
    new, link = expect(power(E_NEXT if run.newest else E_T, 2)), m if run.newest else ONE
    own = next(label for label, claim in proof.claims.items() if claim == eq(expect(mul(E_T, NOISE)), ZERO))
    premises = (run.recurrence, noisy.recurrence, lemma, own, *batch_premise(proof))
    claim = eq(expect(mul(after, E_NEXT)), add(mul(run.carry, m, mixed), mul(run.take, lag, new)))
    of_mixed = proof.step("expectation", claim, *premises, because="multiply both recurrences: the noise is new")
    claim = eq(expect(power(after, 2)), add(mul(power(run.carry, 2), square), mul(TWO, run.carry, run.take, link, mixed),
                                            mul(power(run.take, 2), new)))  # fmt: skip
    of_square = proof.step("expectation", claim, *premises, because="square the recurrence of the average")
    return Moments(mixed, square, of_mixed, of_square)


def _ahead(of: Term, steps: Term) -> Term:
    return eq(expect(mul(of, apply("eps", steps))), ZERO)


def _uncorrelated(proof: Proof, run: Running) -> str:
    """E b_t*eps_t = 0: E b_t*eps_{t+k} = 0 for all t and k, by induction on t."""
    state = for_all("t", for_all("k", _ahead(E_T, add(T, K))))
    known = next(label for label, claim in proof.claims.items() if claim == state)
    claim = for_all("k", _ahead(run.at(T), add(T, K)))
    with proof.inside() as base:
        first = proof.step("instantiate", _ahead(run.at(ZERO), K), run.start, values={"t": K}, because="the start knows no noise")
        proof.step("generalise", for_all("k", _ahead(run.at(ZERO), K)), first, because="at every step")
    hypothesis = proof.supposing(claim, "the claim for t")
    later = add(T, ONE, K)
    with proof.inside() as step:
        before = proof.step("instantiate", _ahead(run.at(T), later), hypothesis.label, values={"k": add(K, ONE)},
                            because="the claim for t, one step further ahead")  # fmt: skip
        own = proof.step("instantiate", _ahead(E_T, later), known, values={"t": T, "k": add(K, ONE)}, because="so does the state")
        state_then = proof.step("instantiate", _ahead(E_NEXT, later), known, values={"t": LATER, "k": K},
                                because="the state knows earlier noise only")  # fmt: skip
        goal = _ahead(run.at(LATER), later)
        reached = proof.step("expectation", goal, run.recurrence, before, own, state_then, *batch_premise(proof),
                             because="insert the recurrence")  # fmt: skip
        proof.step("generalise", for_all("k", goal), reached, because="k was arbitrary")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    lemma = proof.step("induction", for_all("t", claim), branches=branches, because="the average knows earlier noise only")
    here = eq(expect(mul(run.at(T), NOISE)), ZERO)
    return proof.step("instantiate", here, lemma, values={"t": T, "k": ZERO}, because="in particular")


@dataclass(frozen=True)
class Solved:
    """E b_t**2 is the sum of coefficients times shapes, which ``closed`` says for all t; ``of_state`` is that of E e_t**2."""

    coefficients: tuple[Term, ...]
    shapes: tuple[Term, ...]
    closed: str
    of_state: str


def solve_moments(proof: Proof, noisy: Noisy, run: Running, own: str, moments: Moments, value: Term,
                  begin: dict[str, Term], known: Sequence[str]) -> Solved:  # fmt: skip
    """The closed forms, by induction, in a branch where 1 - m**2 is not zero; ``own`` is the recurrence of E e_t**2.

    ``begin`` are the moments at the start: "s" of e_0, "p" mixed, "q" of b_0.
    """
    shapes = _basis(noisy.ratio, run.carry)
    found = _coefficients(noisy.ratio, run, value, begin)
    rows = (("s", expect(power(E_T, 2)), own), ("p", moments.mixed, moments.of_mixed), ("q", moments.square, moments.of_square))
    labels: list[str] = []
    for name, term, recurrence in rows:
        claim = eq(term, combined(found[name], shapes))
        labels.append(by_induction(proof, claim, recurrence, labels, known))
    return Solved(tuple(found["q"]), shapes, labels[-1], labels[0])


def constant_moments(proof: Proof, own: str, moments: Moments, levels: Sequence[Term], begun: Sequence[str],
                     known: Sequence[str]) -> list[str]:  # fmt: skip
    """∀t E e**2, E b*e, E b**2 stay what they are at the start, if these are the levels; ``begun`` says so."""
    rows = ((expect(power(E_T, 2)), own), (moments.mixed, moments.of_mixed), (moments.square, moments.of_square))
    labels: list[str] = []
    for (term, recurrence), level, start in zip(rows, levels, begun, strict=True):
        labels.append(by_induction(proof, eq(term, level), recurrence, labels, (start, *known)))
    return labels


def levels_of(noisy: Noisy, run: Running, value: Term) -> list[Term]:
    """The stationary values of E e**2, E b*e and E b**2."""
    begin = {name: symbol(f"start_{name}") for name in ("s", "p", "q")}
    found = _coefficients(noisy.ratio, run, value, begin)
    return [found[name][0] for name in ("s", "p", "q")]


def by_induction(proof: Proof, claim: Term, recurrence: str, before: Sequence[str], known: Sequence[str]) -> str:
    """∀t claim, from its recurrence and the closed forms of what occurs in it."""
    with proof.inside() as base:
        proof.step("expectation", substitute(claim, {"t": ZERO}), *known, because="at the start")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        instances = []
        for label in before:
            body = proof.claims[label].args[1]
            for at in (T, LATER):
                claimed = substitute(body, {"t": at})
                instances.append(proof.step("instantiate", claimed, label, values={"t": at}, because="known already"))
        goal = substitute(claim, {"t": LATER})
        proof.step("expectation", goal, recurrence, hypothesis.label, *instances, *known, because="insert the claim for t")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because="by induction on t")


def _basis(m: Term, a: Term) -> tuple[Term, ...]:
    """1, m**(2*t), a**t*m**t, a**(2*t) and t."""
    if a == ONE:
        return ONE, power(power(m, T), 2), power(m, T), ZERO, T
    return ONE, power(power(m, T), 2), mul(power(a, T), power(m, T)), power(power(a, T), 2), ZERO


def combined(coefficients: Sequence[Term], shapes: Sequence[Term]) -> Term:
    parts = [c if shape == ONE else mul(c, shape) for c, shape in zip(coefficients, shapes, strict=True)
             if ZERO not in (shape, c)]  # fmt: skip
    return add(*parts)


def _coefficients(m: Term, run: Running, value: Term, begin: dict[str, Term]) -> dict[str, list[Term]]:
    """What stands before each shape in E e**2, E b*e, E b**2: linear equations, from the recurrences and the starts."""
    bridge = Bridge()
    mm, aa, gg, vv = (bridge.to_sympy(term) for term in (m, run.carry, run.take, value))
    start = {name: bridge.to_sympy(term) for name, term in begin.items()}
    factors = (sp.S.One, mm**2, aa * mm, aa**2, sp.S.One)  # by what each shape is multiplied from t to t + 1
    summed, new = run.carry == ONE, factors if run.newest else (1,) * 5
    lag, link = (1, mm) if run.newest else (mm, 1)
    s: list[Any] = [vv, start["s"] - vv, sp.S.Zero, sp.S.Zero, sp.S.Zero]
    solved = {"s": s}
    solved["p"] = _row(factors, aa * mm, [sp.cancel(gg * lag * s[i] * new[i]) for i in range(5)], start["p"], summed)
    forces = [sp.cancel(2 * aa * gg * link * solved["p"][i] + gg**2 * s[i] * new[i]) for i in range(5)]
    solved["q"] = _row(factors, aa**2, forces, start["q"], summed)
    return {name: [factored(bridge.to_term(sp.factor(c))) if c != 0 else ZERO for c in row] for name, row in solved.items()}


def _row(factors: Sequence[Any], keep: Any, forces: Sequence[Any], start: Any, summed: bool) -> list[Any]:
    """x_{t+1} = keep*x_t + sum of forces: each shape's coefficient, that of the homogeneous solution from the start."""
    row: list[Any] = [sp.S.Zero] * 5
    own = next((i for i in (2, 3) if sp.cancel(factors[i] - keep) == 0), 0)
    if summed and own == 3:
        own = 0  # the sum's square: what it keeps is the constant, and a constant force makes it grow
    for i in range(4):
        if i == own or (summed and i == 3):
            continue
        if forces[i] != 0:
            row[i] = sp.cancel(forces[i] / (factors[i] - keep))
    if own == 0:
        row[4] = forces[0]
    elif forces[own] != 0:
        raise Undecided("two parts of the average decay at the same rate")
    row[own] = sp.cancel(start - sum(row[i] for i in range(4)))
    return row


def vanishing(proof: Proof, base: Term, small: str) -> str:
    """base**t → 0, ``small`` saying -1 < base < 1."""
    claim = tends(power(base, T), "t", INFINITY, ZERO)
    rule = proof.step("geometric", implies(proof.claims[small], claim), term=power(base, T), ratio=base, start=ONE,
                      because="powers of such a number vanish")  # fmt: skip
    return proof.step("instantiate", claim, rule, small, values={}, because="here")


def below_one(proof: Proof, base: Term, *known: str) -> str:
    """-1 < base < 1."""
    return proof.step("signs", conj(lt(neg(ONE), base), lt(base, ONE)), *known, because="it is smaller than 1 in size")
