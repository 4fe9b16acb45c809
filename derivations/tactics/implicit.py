"""Implicit steps: the new value stands on both sides. Solved for it, and what the iteration does for which step sizes.

The multiplier is a rational function of the learning rate times the curvature, or of the learning rate alone. Where it lies between
two numbers is a union of intervals in that product, found by SymPy and proved by the signs of its factors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    FALSE,
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    eq,
    for_all,
    free_symbols,
    iff,
    le,
    lt,
    mul,
    ne,
    neg,
    predicate,
    substitute,
    symbol,
)
from derivations.problems.losses import exact_value
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, coefficient_of, factored, is_zero, tidy
from derivations.tactics.linear import (
    T,
    closed_form,
    declare_problem,
    gradient_steps,
    minus,
    one_parameter,
    replace_calls,
    require_critical,
)
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import MEANING, NAMES, behaviours, geometric_facts, occurs


@dataclass(frozen=True)
class Solved:
    """e_{t+1} = m*e_t, found from an implicit step: the error, m, its start, labels of both forms, and what m needs."""

    error: Term
    ratio: Term
    start: Term
    recurrence: str
    closed: str
    condition: str
    curvature: Term
    rate: str


def unbounded(method: Optimizer) -> Optimizer:
    """The method without the ranges of its hyperparameters: what is shown of an implicit step holds for all of them."""
    return replace(method, hyperparameters=dict.fromkeys(method.hyperparameters, TRUE))


def solved_step(proof: Proof, problem: Problem) -> Solved:
    """The error's recurrence. Raises Undecided unless the step is implicit and the gradient affine."""
    loss, name = one_parameter(problem)
    method = problem.optimizer
    old, new = method.parameter, f"{method.parameter}_next"
    if new not in free_symbols(method.update[old]):
        raise Undecided(f"a step of {method.name} is explicit; this question is about steps that have the new value on both sides")
    proof.declare("t", "natural")
    proof.declare(name, "sequence", "parameter after t steps")
    declare_problem(proof, replace(problem, optimizer=unbounded(method)), loss)
    labels, gradient = gradient_steps(proof, loss, 1)
    if gradient is None:
        raise Undecided("an implicit step is solved where the gradient is affine: give a quadratic loss")
    require_critical(loss, gradient)
    curvature, _ = coefficient_of(gradient, symbol(name))
    now, after, point = apply(name, T), apply(name, add(T, ONE)), loss.at[name]

    def rule(slope: Any) -> Term:
        return substitute(replace_calls(method.update[old], "grad", slope), {old: now, new: after})

    equation = eq(after, rule(lambda x: Term("Derivative", ("L", (1,), x))))
    said = proof.assume(for_all("t", equation), "one step, the new value on both sides")
    explicit = rule(lambda x: substitute(gradient, {name: x}))
    inserted = proof.step("rewrite", for_all("t", eq(after, explicit)), said, labels[1], because="insert the derivative")
    own, rest = coefficient_of(explicit, after)
    bottom = tidy(add(ONE, neg(own)))
    if is_zero(bottom):
        raise Undecided("the step has no solution, or any: the new value drops out of it")
    condition = proof.assume(ne(bottom, ZERO), "the step has one solution")
    gain, _ = coefficient_of(rest, now)
    ratio = factored(Term("Div", (gain, bottom)))
    error = minus(now, point)
    claim = eq(minus(after, point), mul(ratio, error))
    here = proof.step("instantiate", eq(after, explicit), inserted, values={"t": T}, because="at one step")
    solved = proof.step("signs", claim, here, condition, because="solve for the new value, and subtract the fixed point")
    proof.declare(f"{name}_0", "real", "initial value")
    begin = proof.define(eq(symbol(f"{name}_0"), apply(name, ZERO)), "where it starts")
    start = minus(symbol(f"{name}_0"), point)
    closed = closed_form(proof, solved, error, ratio, start, [begin, condition])
    return Solved(error, ratio, start, solved, closed, condition, curvature, next(iter(method.hyperparameters), ""))


def product(solved: Solved) -> Term:
    """The learning rate, or its product with the curvature, of which alone the multiplier is a function; 1 if it is a number."""
    names = free_symbols(solved.ratio)
    if len(names) < 2:
        return symbol(*names) if names else ONE
    eta, curvature = symbol(solved.rate), solved.curvature
    bridge = Bridge()
    h = sp.Dummy("h")
    (name,) = free_symbols(curvature) or {""}
    if names != {solved.rate, name}:
        raise Undecided("the multiplier depends on more than the learning rate and one curvature")
    known = bridge.to_sympy(curvature)
    constant = bridge.to_sympy(symbol(name))
    there = bridge.to_sympy(solved.ratio).subs(constant, sp.solve(known * bridge.to_sympy(eta) - h, constant)[0])
    if sp.cancel(there).free_symbols - {h}:
        raise Undecided("the multiplier is no function of the learning rate times the curvature")
    return tidy(mul(eta, curvature))


CONDITIONS = {  # on the multiplier m
    "monotone": lambda m: conj(lt(ZERO, m), lt(m, ONE)),
    "one_step": lambda m: eq(m, ZERO),
    "overshooting": lambda m: conj(lt(neg(ONE), m), lt(m, ZERO)),
    "period_two": lambda m: eq(m, neg(ONE)),
    "divergent": lambda m: disj(lt(m, neg(ONE)), lt(ONE, m)),
    "constant": lambda m: eq(m, ONE),
    "convergent": lambda m: conj(lt(neg(ONE), m), lt(m, ONE)),
    "not_convergent": lambda m: disj(le(m, neg(ONE)), le(ONE, m)),
}


def regimes(proof: Proof, solved: Solved) -> dict[str, tuple[str, bool]]:
    """Each regime occurs just for these values of the product; the label, and whether there are any."""
    defined = {}
    for name, meaning in behaviours(solved.error).items():
        proof.declare(name, "property", MEANING[name])
        defined[name] = proof.define(iff(predicate(name), meaning), MEANING[name])
    away = proof.assume(ne(solved.start, ZERO), "it does not start at the point itself")
    facts = geometric_facts(proof, solved.error, solved.ratio, solved.start, solved.closed, away, solved.condition)
    needed = {
        "monotone": ("settles", "same-side"), "one_step": ("lands",), "overshooting": ("settles", "other-side"),
        "period_two": ("flips",), "divergent": ("grows",), "constant": ("stays",), "convergent": ("settles",),
        "not_convergent": ("settles",),
    }  # fmt: skip
    h, found = product(solved), {}
    for name in NAMES:
        region = region_of(name, h, solved)
        if region is None and name == "convergent":
            region = FALSE
        claim = Term("Not", (predicate(name),)) if region is None else iff(predicate(name), region)
        used = [facts[key] for key in needed[name]]
        words = "which of these signs the multiplier has" if name == NAMES[0] else "likewise"
        found[name] = (proof.step("signs", claim, defined[name], *used, solved.condition, because=words), region is not None)
    return found


def region_of(name: str, h: Term, solved: Solved) -> Term | None:
    """The regime's condition on m as a union of intervals in the product h; None if it never holds."""
    value = exact_value(solved.ratio)
    if value is not None:
        return TRUE if occurs(name, 1 - value) else None
    condition = CONDITIONS[name](solved.ratio)
    bridge = Bridge()
    x = sp.Dummy("x", real=True)
    if h.head in ("Symbol", "Number"):
        ratio = bridge.to_sympy(solved.ratio).subs(bridge.to_sympy(h), x)
    else:
        eta = bridge.to_sympy(symbol(solved.rate))
        ratio = sp.cancel(bridge.to_sympy(solved.ratio).subs(eta, x / bridge.to_sympy(solved.curvature)))
    domain = sp.Reals - sp.solveset(sp.denom(sp.together(ratio)), x, sp.Reals)
    where = _where(condition, solved.ratio, ratio, x).intersect(domain)
    parts = [_interval(part, h, bridge) for part in _pieces(where)]
    return disj(*parts) if parts else None


def _where(condition: Term, atom: Term, ratio: Any, x: Any) -> Any:
    if condition.head in ("And", "Or"):
        sets = [_where(part, atom, ratio, x) for part in condition.args]
        return sp.Intersection(*sets) if condition.head == "And" else sp.Union(*sets)
    bridge = Bridge()
    mark = sp.Dummy("m", real=True)
    left, right = (mark if side == atom else bridge.to_sympy(side) for side in condition.args)
    relation = {"Lt": sp.Lt, "Le": sp.Le, "Eq": sp.Eq}[condition.head](left, right)
    relation = relation.subs(mark, ratio)
    if relation in (sp.true, sp.false):
        return sp.Reals if relation == sp.true else sp.EmptySet
    if condition.head == "Eq":
        return sp.solveset(relation, x, sp.Reals)
    return sp.solve_univariate_inequality(relation, x, relational=False)


def _pieces(where: Any) -> list[Any]:
    if where is sp.EmptySet:
        return []
    return list(where.args) if isinstance(where, sp.Union) else [where]


def _interval(part: Any, h: Term, bridge: Bridge) -> Term:
    if isinstance(part, sp.FiniteSet):
        return disj(*(eq(h, bridge.to_term(value)) for value in sorted(part.args)))
    if not isinstance(part, sp.Interval):
        raise Undecided("the values of the product for which it holds are no union of intervals")
    low, high = (None if abs(end) == sp.oo else bridge.to_term(end) for end in (part.start, part.end))
    below = [] if low is None else [Term("Lt" if part.left_open else "Le", (low, h))]
    above = [] if high is None else [Term("Lt" if part.right_open else "Le", (h, high))]
    return conj(*below, *above)

