"""The nature of a critical point: directions in which the loss rises, falls or stays level to second order."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    eq,
    exists,
    free_symbols,
    iff,
    implies,
    le,
    lt,
    matrix,
    mul,
    ne,
    neg,
    number,
    power,
    predicate,
    substitute,
    symbol,
)
from derivations.tactics.algebra import Bridge, expanded, tidy
from derivations.tactics.hessians import Hessian, for_all_of, partial, unit
from derivations.tactics.proof import Proof
from derivations.tactics.spectra import relation, symbolic_sign


@dataclass(frozen=True)
class Form:
    """The quadratic form of the Hessian in directions u, and the label of its explicit value."""

    names: tuple[str, ...]
    value: Term
    label: str


def form_steps(proof: Proof, hessian: Hessian) -> Form:
    """Definition of q(u) = sum of d_i d_j L*u_i*u_j at the point, and its explicit value."""
    loss, n = hessian.loss, len(hessian.loss.parameters)
    names = tuple(f"u_{i + 1}" for i in range(n)) if n > 1 else ("u",)
    for name in names:
        proof.declare(name, "real", "component of a direction")
    proof.declare("q", "function", "second-order change of the loss in a direction")
    u, at = [symbol(name) for name in names], [loss.at[name] for name in loss.parameters]
    parts = []
    for i in range(n):
        for j in range(i, n):
            orders = [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)]
            entry = partial("L", orders, at)
            parts.append(mul(entry, power(u[i], 2)) if i == j else mul(number(2), entry, u[i], u[j]))
    defined = proof.define(
        for_all_of(names, eq(apply("q", *u), add(*parts))), "the second-order change of the loss in a direction"
    )
    value = expanded(add(*(mul(hessian.entries[i][j], u[i], u[j]) for i in range(n) for j in range(n))))
    entries = [step.label for step in proof.steps if step.rule == "derivative" and step.claim.head == "Eq"]
    label = proof.step(
        "identity", eq(apply("q", *u), value), defined, *entries, because="insert the second derivatives"
    )
    return Form(names, value, label)


def nature_steps(proof: Proof, hessian: Hessian, values: list[Term], signs: list[str]) -> tuple[str, str]:
    """The nature of the point by the signs of its eigenvalues, and the label of the step that proves it."""
    form = form_steps(proof, hessian)
    kinds = {proof.claims[label].head + str(proof.claims[label].args[0] == ZERO) for label in signs}
    up, down = "LtTrue" in kinds, "LtFalse" in kinds
    flat = any(proof.claims[label].head == "Eq" for label in signs)
    if up and down:
        return "saddle", _saddle(proof, hessian, form)
    if flat:
        return "degenerate", _degenerate(proof, hessian, form, sign=-1 if down else 1)
    return ("minimum", _definite(proof, hessian, form, 1)) if up else ("maximum", _definite(proof, hessian, form, -1))


def _define_nature(proof: Proof, hessian: Hessian, name: str, words: str, *parts: Term) -> tuple[str, Term]:
    proof.declare(name, "property", words)
    meaning = conj(*(proof.claims[label] for label in hessian.gradient), *parts)
    return proof.define(iff(predicate(name), meaning), words), meaning


def _conclude(proof: Proof, hessian: Hessian, name: str, defined: str, meaning: Term, *labels: str) -> str:
    both = proof.step(
        "conjunction", meaning, *hessian.gradient, *labels, because="critical, and the second order is known"
    )
    return proof.step("signs", predicate(name), defined, both, because="by definition")


def _saddle(proof: Proof, hessian: Hessian, form: Form) -> str:
    """Directions in which the loss falls and rises: eigenvectors where they are rational, else found by trying small ones."""
    u = [symbol(name) for name in form.names]
    claims, labels = [], []
    for sign in (-1, 1):
        direction = _direction(proof, form, sign)
        values = dict(zip(form.names, direction, strict=True))
        at = apply("q", *direction)
        size = tidy(substitute(form.value, values))
        instance = proof.step(
            "instantiate", eq(at, size), _general(proof, form), values=values, because="in this direction"
        )
        wanted = lt(at, ZERO) if sign < 0 else lt(ZERO, at)
        signed = proof.step(
            "rewrite",
            wanted,
            _number_sign(proof, size, sign),
            instance,
            because="the loss falls" if sign < 0 else "and rises",
        )
        claim = apply("q", *u)
        general = lt(claim, ZERO) if sign < 0 else lt(ZERO, claim)
        for name in reversed(form.names):
            general = exists(name, general)
        labels.append(proof.step("exhibit", general, signed, values=values, because="such a direction exists"))
        claims.append(general)
    words = "critical, and the loss rises in one direction and falls in another"
    defined, meaning = _define_nature(proof, hessian, "saddle", words, *claims)
    return _conclude(proof, hessian, "saddle", defined, meaning, *labels)


def _number_sign(proof: Proof, size: Term, sign: int) -> str:
    rule = "signs" if free_symbols(size) else "number-sign"
    given = [item.label for item in proof.hypotheses] if free_symbols(size) else []
    return proof.step(rule, relation(size, sign), *given, because="the sign of the change")


def _general(proof: Proof, form: Form) -> str:
    claim = for_all_of(form.names, proof.claims[form.label])
    known = next((label for label, one in proof.claims.items() if one == claim), None)
    return known or proof.step("generalise", claim, form.label, because="for every direction")


def _direction(proof: Proof, form: Form, sign: int) -> list[Term]:
    """A direction with small whole components in which the form has the sign."""
    from itertools import product

    bridge = Bridge()
    value = bridge.to_sympy(form.value)
    u = [bridge.to_sympy(symbol(name)) for name in form.names]
    test = sp.lambdify(u, value) if not value.free_symbols - set(u) else None
    for size in range(1, 60 if test else 3):
        for candidate in product(range(-size, size + 1), repeat=len(u)):
            lead = next((c for c in candidate if c), 0)
            if max(map(abs, candidate)) != size or lead < 0:
                continue
            if test is None:
                at = substitute(form.value, {name: number(c) for name, c in zip(form.names, candidate, strict=True)})
                found = symbolic_sign(proof, tidy(at)) or 0
            else:
                found = test(*candidate)
            if (found > 0) == (sign > 0) and found != 0:
                return [number(c) for c in candidate]
    raise Undecided("no simple direction was found in which the loss has that sign")


def _definite(proof: Proof, hessian: Hessian, form: Form, sign: int) -> str:
    entries = hessian.entries if sign > 0 else [[tidy(neg(e)) for e in row] for row in hessian.entries]
    lower, pivots = _ldl(entries)
    given = [item.label for item in proof.hypotheses]
    claim = predicate("positive_definite", matrix(entries))
    label = proof.step("positive-definite", claim, *given, lower=tuple(map(tuple, lower)), pivots=tuple(pivots),
                       because="all pivots are positive")  # fmt: skip
    u = [symbol(name) for name in form.names]
    away, change = disj(*(ne(x, ZERO) for x in u)), apply("q", *u)
    explicit = form.value if sign > 0 else neg(form.value)
    shape = proof.step("quadratic-form", for_all_of(form.names, implies(away, lt(ZERO, explicit))), label,
                       because="so its quadratic form is positive")  # fmt: skip
    signed = implies(away, lt(ZERO, change) if sign > 0 else lt(change, ZERO))
    body = proof.step(
        "rewrite",
        signed,
        shape,
        form.label,
        because="which is the second-order change, up to its sign" if sign < 0 else "which is the second-order change",
    )
    claim = for_all_of(form.names, signed)
    general = proof.step("generalise", claim, body, because="in every direction")
    name = "minimum" if sign > 0 else "maximum"
    words = f"critical, and the second-order change is {'positive' if sign > 0 else 'negative'} in every direction"
    defined, meaning = _define_nature(proof, hessian, name, words, claim)
    return _conclude(proof, hessian, name, defined, meaning, general)


def _ldl(entries: list[list[Term]]) -> tuple[list[list[Term]], list[Term]]:
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in entries])
    n = given.rows
    lower = sp.eye(n)
    pivots: list[Any] = []
    for j in range(n):
        pivot = sp.cancel(given[j, j] - sum(lower[j, k] ** 2 * pivots[k] for k in range(j)))
        pivots.append(pivot)
        for i in range(j + 1, n):
            rest = given[i, j] - sum(lower[i, k] * lower[j, k] * pivots[k] for k in range(j))
            lower[i, j] = sp.cancel(rest / pivot) if pivot != 0 else sp.Integer(0)
    rows = [[bridge.to_term(lower[i, j]) if i != j else ONE for j in range(n)] for i in range(n)]
    return rows, [bridge.to_term(pivot) for pivot in pivots]


def _degenerate(proof: Proof, hessian: Hessian, form: Form, sign: int) -> str:
    """The form has one sign and vanishes in some direction: the second order does not decide."""
    u = [symbol(name) for name in form.names]
    null = _null_direction(hessian.entries)
    values = dict(zip(form.names, null, strict=True))
    at = apply("q", *null)
    instance = proof.step(
        "instantiate", eq(at, ZERO), _general(proof, form), values=values, because="in this direction nothing changes"
    )
    away = disj(*(ne(x, ZERO) for x in u))
    there = substitute(away, values)
    some = proof.step("signs", there, because="it is a direction")
    pair = proof.step("conjunction", conj(there, eq(at, ZERO)), some, instance, because="together")
    flat = conj(away, eq(apply("q", *u), ZERO))
    for name in reversed(form.names):
        flat = exists(name, flat)
    exists_flat = proof.step("exhibit", flat, pair, values=values, because="there is a flat direction")
    explicit = form.value if sign > 0 else neg(form.value)
    terms = _squares(hessian.entries, form.names, sign)
    bounded = proof.step("polynomial-implication", le(ZERO, explicit), terms=terms, because="a sum of squares")
    change = apply("q", *u)
    one = le(ZERO, change) if sign > 0 else le(change, ZERO)
    one_sign = proof.step("rewrite", one, bounded, form.label, because="which is the second-order change")
    claim = for_all_of(form.names, one)
    general = proof.step("generalise", claim, one_sign, because="for every direction")
    words = "critical, the second-order change has one sign and vanishes in some direction: it does not decide"
    defined, meaning = _define_nature(proof, hessian, "degenerate", words, claim, flat)
    return _conclude(proof, hessian, "degenerate", defined, meaning, general, exists_flat)


def _null_direction(entries: list[list[Term]]) -> list[Term]:
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in entries])
    vector = given.nullspace()[0]
    scale = lcm(*(int(c.q) for c in vector)) if all(c.is_Rational for c in vector) else 1
    return [bridge.to_term(sp.cancel(c * scale)) for c in vector]


def _squares(entries: list[list[Term]], names: tuple[str, ...], sign: int) -> tuple[dict[str, Any], ...]:
    """A semidefinite form as a sum of squares with positive rational coefficients."""
    signed = entries if sign > 0 else [[tidy(neg(e)) for e in row] for row in entries]
    bridge = Bridge()
    form = sp.expand(sum(
        bridge.to_sympy(signed[i][j]) * bridge.to_sympy(symbol(names[i])) * bridge.to_sympy(symbol(names[j]))
        for i in range(len(names)) for j in range(len(names))))  # fmt: skip
    terms = []
    for name in names:
        x = bridge.to_sympy(symbol(name))
        pivot = form.coeff(x, 2)
        if pivot == 0:
            continue
        square = sp.expand(sp.diff(form, x) / (2 * pivot))
        if not pivot.is_Rational:
            raise Undecided("a semidefinite Hessian with irrational pivots")
        terms.append({"coefficient": Fraction(int(pivot.p), int(pivot.q)), "square": bridge.to_term(square)})
        form = sp.expand(form - pivot * square**2)
    return tuple(terms)
