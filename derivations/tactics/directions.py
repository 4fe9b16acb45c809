"""Several parameters: along each eigenvector of the Hessian the error is a geometric sequence of its own.

The loss is given; its Hessian, eigenvalues and eigenvectors at the point are computed exactly (rational, quadratic or isolated
algebraic numbers), and that the projections decouple is an identity that the kernel checks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd, lcm
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
    div,
    eq,
    for_all,
    free_symbols,
    iff,
    lt,
    mul,
    ne,
    number,
    power,
    predicate,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.losses import exact_value, refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, coefficient_of, is_zero, tidy
from derivations.tactics.hessians import Hessian, hessian_steps, partial, unit
from derivations.tactics.linear import T, closed_form, flat, refuse_nested_gradient, replace_calls
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import MEANING, geometric_facts
from derivations.tactics.spectra import eigenvalues

MAX_PARAMETERS = 4


@dataclass(frozen=True)
class Direction:
    """One eigen-direction: the coordinate c_i(t), its multiplier, and the labels of what a geometric sequence does."""

    term: Term
    eigenvalue: Term
    ratio: Term
    recurrence: str
    closed: str
    facts: dict[str, str]


def directions(proof: Proof, problem: Problem, facts: bool = True) -> tuple[Hessian, list[Direction]]:
    """The decoupled recurrences of the problem, one for each eigenvector; without ``facts`` nothing is said of their starts."""
    n = len(problem.loss.parameters)
    if not 2 <= n <= MAX_PARAMETERS:
        raise Undecided(f"between 2 and {MAX_PARAMETERS} parameters are treated here")
    refuse_taken(problem.loss)
    if len(problem.optimizer.state) != 1:
        raise Undecided(f"{problem.optimizer.name} has memory; only methods without memory are treated here so far")
    hyper = problem.optimizer.hyperparameters
    for name, claim in hyper.items():
        proof.declare(name, "real")
        if claim != TRUE:
            proof.assume(claim, "the range of a hyperparameter")
    hessian = hessian_steps(proof, problem)
    if any(free_symbols(entry) for row in hessian.entries for entry in row):
        raise Undecided("a Hessian with constants in it; give them values with --set")
    proof.declare("t", "natural")
    errors, updates = _iteration(proof, problem, hessian)
    values, _ = eigenvalues(proof, hessian.entries)
    vectors = eigenvectors(hessian.entries, values)
    found = []
    for i, (value, vector) in enumerate(zip(values, vectors, strict=True)):
        found.append(_direction(proof, problem, i, value, vector, errors, updates, facts))
    return hessian, found


def _linear(problem: Problem, value: Term, gradient: Term) -> Term:
    """The update with the given gradient inserted."""
    refuse_nested_gradient(problem.optimizer)
    name = problem.optimizer.parameter
    rule = replace_calls(problem.optimizer.update[name], "grad", lambda at: gradient)
    return flat(substitute(rule, {name: value}))


def _iteration(proof: Proof, problem: Problem, hessian: Hessian) -> tuple[list[Term], list[str]]:
    """Terms of the error in each coordinate, and labels of its linear recurrence (exact for a quadratic loss)."""
    loss = hessian.loss
    names, n = loss.parameters, len(loss.parameters)
    points = [loss.at[name] for name in names]
    if not all(is_zero(sub(_linear(problem, p, ZERO), p)) for p in points):
        raise Undecided("the method does not stay at the critical point; only gradient steps are treated here so far")
    errors = [apply(f"e_{i + 1}", T) for i in range(n)]
    labels = []
    for i in range(n):
        proof.declare(f"e_{i + 1}", "sequence", f"error in the coordinate {names[i]}, linearised at the point")
    for i in range(n):
        slopes = [
            mul(partial("L", [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)], points), errors[j])
            for j in range(n)
        ]
        rule = _linear(problem, errors[i], add(*slopes))
        after = substitute(errors[i], {"t": add(T, ONE)})
        defined = proof.define(for_all("t", eq(after, rule)), "the iteration, its gradient expanded at the point")
        gradient = add(*(mul(hessian.entries[i][j], errors[j]) for j in range(n)))
        claim = eq(after, _linear(problem, errors[i], tidy(gradient)))
        entries = [step.label for step in proof.steps if step.rule == "derivative"]
        labels.append(proof.step("identity", claim, defined, *entries, because="insert the second derivatives"))
    return errors, labels


def eigenvectors(entries: list[list[Term]], values: list[Term]) -> list[list[Term]]:
    """An eigenvector for each eigenvalue, in the order given; for a multiple one as many as its multiplicity."""
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in entries])
    found: dict[Term, list[list[Term]]] = {}
    result = []
    for value in values:
        if value not in found:
            found[value] = _kernel(given, value, bridge)
        result.append(found[value].pop(0))
    return result


def _kernel(given: Any, value: Term, bridge: Bridge) -> list[list[Term]]:
    n = given.rows
    if value.head != "RootOf":
        shifted = given - bridge.to_sympy(value) * sp.eye(n)
        vectors = [vector.applyfunc(sp.radsimp) for vector in shifted.nullspace(simplify=True)]
        return [[tidy(bridge.to_term(sp.radsimp(c * _scale(vector)))) for c in vector] for vector in vectors]
    z = sp.Symbol("z")
    polynomial = sp.Poly(bridge.to_sympy(value.args[0]).subs(bridge.to_sympy(symbol("z")), z), z)
    adjugate = (given - z * sp.eye(n)).adjugate()
    for j in range(n):
        column = [sp.rem(sp.Poly(sp.expand(adjugate[i, j]), z), polynomial) for i in range(n)]
        if any(not c.is_zero for c in column):
            return [[_in_root(c, value, bridge) for c in column]]
    raise Undecided("no eigenvector was found")


def _scale(vector: Any) -> Any:
    """A factor that makes a rational vector whole, its first non-zero entry positive."""
    if not all(c.is_Rational for c in vector):
        return 1
    scale = lcm(*(int(c.q) for c in vector))
    lead = next(c for c in vector if c != 0)
    return sp.Rational(scale, gcd(*(int(c * scale) for c in vector))) * (1 if lead > 0 else -1)


def _in_root(poly: Any, root: Term, bridge: Bridge) -> Term:
    parts = []
    for (k,), c in poly.terms():
        coefficient = bridge.to_term(c)
        parts.append(mul(coefficient, power(root, int(k))) if k > 1 else mul(coefficient, root) if k else coefficient)
    return add(*parts)


def _direction(
    proof: Proof, problem: Problem, i: int, value: Term, vector: list[Term], errors: list[Term], updates: list[str],
    wanted: bool,
) -> Direction:  # fmt: skip
    """c_i = the projection of the error on the eigenvector; c_i(t+1) = m_i*c_i(t); what it does for every multiplier."""
    name = proof.declare(f"c_{i + 1}", "sequence", f"error along eigenvector {i + 1}")
    now, after, start = apply(name, T), apply(name, add(T, ONE)), apply(name, ZERO)
    projection = add(
        *(
            error if part == ONE else mul(part, error)
            for part, error in zip(vector, errors, strict=True)
            if part != ZERO
        )
    )
    defined = proof.define(
        for_all("t", eq(now, projection)), f"the error along the eigenvector of the {_which(i)} eigenvalue"
    )
    later = proof.step("instantiate", eq(after, substitute(projection, {"t": add(T, ONE)})), defined, values={"t": add(T, ONE)},
                       because="its coordinate one step later")  # fmt: skip
    moved = _linear(problem, now, mul(value, now))
    ratio = tidy(coefficient_of(moved, now)[0]) if value.head != "RootOf" else _ratio(problem, value)
    recurrence = proof.step(
        "identity", eq(after, mul(ratio, now)), later, defined, *updates, because="the eigenvector decouples"
    )
    if not wanted:
        return Direction(now, value, ratio, recurrence, "", {})
    away = proof.assume(ne(start, ZERO), "it does not start at the point in this direction")
    closed = closed_form(proof, recurrence, now, ratio, start, [])
    facts = geometric_facts(proof, now, ratio, start, closed, away)
    return Direction(now, value, ratio, recurrence, closed, facts)


def _ratio(problem: Problem, value: Term) -> Term:
    """The multiplier as a term in the hyperparameters, the eigenvalue being left as it is."""
    z = symbol("z")
    moved = _linear(problem, z, mul(symbol("curvature"), z))
    return substitute(tidy(coefficient_of(moved, z)[0]), {"curvature": value})


def _which(i: int) -> str:
    return ("largest", "second", "third", "fourth")[i]


def combined(found: list[Direction], proof: Proof) -> dict[str, Term]:
    """What each regime says of all directions together."""
    part: Callable[[str], list[Term]] = lambda key: [proof.claims[d.facts[key]].args[0] for d in found]  # noqa: E731
    settles, flips = part("settles"), part("flips")
    return {
        "monotone": conj(*settles, *part("same-side")),
        "one_step": conj(*part("lands")),
        "overshooting": conj(*settles, disj(*part("other-side"))),
        "period_two": conj(disj(*flips), *(disj(a, b) for a, b in zip(settles, flips, strict=True))),
        "divergent": disj(*part("grows")),
        "constant": conj(*part("stays")),
        "convergent": conj(*settles),
        "not_convergent": Term("Not", (conj(*settles),)),
    }


WORDS = {
    **MEANING,
    "monotone": "it converges without overshooting in any eigen-direction",
    "one_step": "it is there after one step",
    "overshooting": "it converges and overshoots in some eigen-direction",
    "period_two": "it jumps back and forth in some eigen-direction, and grows in none",
    "divergent": "its distance grows beyond all bounds in some eigen-direction",
    "convergent": "it converges in every eigen-direction",
    "not_convergent": "it does not converge in every eigen-direction",
}


def region_steps(proof: Proof, found: list[Direction], rate: str) -> dict[str, str]:
    """P ⇔ (condition on the learning rate) for each regime."""
    for d in found:
        if not free_symbols(d.ratio) <= {rate}:
            raise Undecided("a method with further hyperparameters; give them values with --set")
    labels = {}
    for name, meaning in combined(found, proof).items():
        proof.declare(name, "property", WORDS[name])
        defined = proof.define(iff(predicate(name), meaning), WORDS[name])
        said = set(subterms(meaning))
        needed = [label for d in found for label in d.facts.values() if proof.claims[label].args[0] in said]
        inner = _conditions(meaning, proof, needed)
        by_sign = proof.step(
            "rewrite", iff(predicate(name), inner), defined, *needed, because="each direction by its multiplier"
        )
        region = _region(inner, rate, found)
        labels[name] = proof.step("signs", iff(predicate(name), region), by_sign, because="solve for the learning rate")
    return labels


def _conditions(meaning: Term, proof: Proof, needed: list[str]) -> Term:
    """The meaning with each behaviour replaced by its condition."""
    known: dict[Term, Term] = {proof.claims[label].args[0]: proof.claims[label].args[1] for label in needed}

    def change(term: Term) -> Term:
        if term in known:
            return known[term]
        return Term(term.head, tuple(change(arg) for arg in term.args)) if term.head in ("And", "Or", "Not") else term

    return change(meaning)


def _region(condition: Term, rate: str, found: list[Direction]) -> Term:
    """The set of learning rates for which a condition holds, as a union of intervals with exact ends."""
    ends = sorted(_marks(found), key=lambda pair: pair[0])
    points: list[tuple[Any, Term | None]] = []
    for k, (at, term) in enumerate(ends):
        before = ends[k - 1][0] if k else at - 2
        points += [((before + at) / 2, None), (at, term)]
    points.append((ends[-1][0] + 2, None))
    truths = [_holds(condition, rate, at, term) for at, term in points]
    if all(truths):
        return TRUE
    pieces, k = [], 0
    while k < len(truths):
        if truths[k]:
            start = k
            while k + 1 < len(truths) and truths[k + 1]:
                k += 1
            pieces.append(_piece(symbol(rate), points, start, k))
        k += 1
    return disj(*pieces) if pieces else FALSE


def _marks(found: list[Direction]) -> list[tuple[float, Term]]:
    """Learning rates at which some multiplier is 1, 0 or -1, with a decimal value to order them by."""
    marks: dict[float, Term] = {}
    for d in found:
        if is_zero_number(d.eigenvalue):
            continue
        scale = 1 / decimal(d.eigenvalue)
        for k in (0, 1, 2):
            ratio_at = (
                tidy(div(number(k), d.eigenvalue)) if d.eigenvalue.head != "RootOf" else div(number(k), d.eigenvalue)
            )
            at = k * scale
            if not any(abs(at - other) < 1e-9 * max(1, abs(at)) for other in marks):
                marks[at] = ratio_at if k else ZERO
    if not marks:
        marks[0.0] = ZERO
    return list(marks.items())


def is_zero_number(term: Term) -> bool:
    return bool(exact_value(term) == 0)


def decimal(term: Term) -> float:
    """A decimal value of a constant, good enough to order it among others."""
    if term.head == "RootOf":
        return float((term.args[2].args[0] + term.args[3].args[0]) / 2)
    if any(node.head == "RootOf" for node in subterms(term)):
        return _with_roots(term)
    return float(Bridge().to_sympy(term))


def _with_roots(term: Term) -> float:
    def change(node: Term) -> Term:
        if node.head == "RootOf":
            return number(node.args[2].args[0])
        return Term(node.head, tuple(change(arg) if isinstance(arg, Term) else arg for arg in node.args))

    return float(Bridge().to_sympy(change(term)))


def _holds(condition: Term, rate: str, at: float, exactly: Term | None) -> bool:
    """Whether the condition holds at a learning rate; at a mark, differences below 1e-9 count as zero."""
    if condition.head in ("And", "Or"):
        parts = [_holds(arg, rate, at, exactly) for arg in condition.args]
        return all(parts) if condition.head == "And" else any(parts)
    if condition.head == "Not":
        return not _holds(condition.args[0], rate, at, exactly)
    value = number(f"{at:.17f}")
    gap = decimal(substitute(sub(condition.args[1], condition.args[0]), {rate: value}))
    if exactly is not None and abs(gap) < 1e-9:
        gap = 0.0
    return {"Lt": gap > 0, "Le": gap >= 0, "Eq": gap == 0}[condition.head]


def _piece(rate: Term, points: list[tuple[Any, Term | None]], first: int, last: int) -> Term:
    """The interval from one sample to another: samples at even places are open intervals, at odd places marks."""
    parts = []
    if first == last and first % 2:
        mark = points[first][1]
        assert mark is not None
        return eq(rate, mark)
    if first % 2:
        parts.append(Term("Le", (points[first][1], rate)))
    elif first > 0:
        parts.append(lt(points[first - 1][1], rate))  # type: ignore[arg-type]
    if last % 2:
        parts.append(Term("Le", (rate, points[last][1])))
    elif last < len(points) - 1:
        parts.append(lt(rate, points[last + 1][1]))  # type: ignore[arg-type]
    return conj(*parts)
