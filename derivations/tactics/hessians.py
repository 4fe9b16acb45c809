"""Gradient and Hessian of a loss at a point, its eigenvalues, and what kind of critical point it is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import sympy as sp
from sympy.solvers.solveset import NonlinearError

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    exists,
    for_all,
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
    sub,
    substitute,
    symbol,
)
from derivations.problems.losses import Loss
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, derivative, expanded, is_zero, tidy
from derivations.tactics.linear import nonzero_conditions
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Hessian:
    """The values at the point and the labels of the steps that prove them."""

    loss: Loss
    gradient: list[str]
    entries: list[list[Term]]
    matrix: str


def partial(name: str, orders: list[int], at: list[Term]) -> Term:
    return Term("Derivative", (name, tuple(orders), *at))


def unit(i: int, n: int) -> list[int]:
    return [1 if j == i else 0 for j in range(n)]


def for_all_of(names: tuple[str, ...], body: Term) -> Term:
    for name in reversed(names):
        body = for_all(name, body)
    return body


def point_of(loss: Loss) -> Loss:
    """The loss with its point; without one, the only critical point of a quadratic loss."""
    if loss.at:
        return loss
    assert loss.body is not None
    bridge = Bridge()
    variables = [bridge.to_sympy(symbol(name)) for name in loss.parameters]
    gradient = [sp.diff(bridge.to_sympy(loss.body), x) for x in variables]
    try:
        equations, right = sp.linear_eq_to_matrix(gradient, variables)
        known = not equations.has(*variables) and equations.rank() == len(variables)
    except NonlinearError:
        known = False
    if not known:
        zeros = ",".join(f"{name}=0" for name in loss.parameters)
        raise Unusable(
            "say at which point, with --at", loss.source, (0, len(loss.source)), f'for example --at "{zeros}"'
        )
    solution = equations.LUsolve(right)
    at = {name: tidy(bridge.to_term(sp.cancel(value))) for name, value in zip(loss.parameters, solution, strict=True)}
    return Loss(loss.parameters, loss.body, at, loss.source, loss.at_source)


def hessian_steps(proof: Proof, problem: Problem) -> Hessian:
    """Definition of the loss, its gradient at the point (which must vanish) and its Hessian there, each entry a step."""
    loss = point_of(problem.loss)
    if loss.body is None:
        raise Undecided("this question needs a loss given by an expression")
    names, n = loss.parameters, len(loss.parameters)
    if n > 8:
        raise Undecided("a Hessian with more than eight rows is not treated here so far")
    for name in names:
        proof.declare(name, "real", "parameter")
    for name in loss.constants:
        proof.declare(name, "real", "a constant")
    for claim in problem.assume:
        for name in free_symbols(claim):
            proof.declare(name, "real")
        proof.assume(claim, "assumed")
    proof.declare("L", "function")
    variables, at = [symbol(name) for name in names], [loss.at[name] for name in names]
    defined = proof.define(for_all_of(names, eq(apply("L", *variables), loss.body)), "the loss")
    conditions = [label for name in names for label in nonzero_conditions(proof, loss.body, name)]
    slopes, first = [], []
    for i, name in enumerate(names):
        slopes.append(derivative(loss.body, name))
        claim = for_all_of(names, eq(partial("L", unit(i, n), variables), slopes[i]))
        words = f"differentiate by the {_ordinal(i)} parameter" if n > 1 else "differentiate"
        first.append(proof.step("derivative", claim, defined, *conditions, because=words))
    _require_critical(loss, slopes)
    gradient = [
        proof.step("derivative", eq(partial("L", unit(i, n), at), ZERO), first[i], because="it vanishes at the point")
        for i in range(n)
    ]
    return Hessian(loss, gradient, *_second_order(proof, loss, slopes, first))


def _ordinal(i: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")[i]


def _require_critical(loss: Loss, slopes: list[Term]) -> None:
    values = [tidy(substitute(slope, loss.at)) for slope in slopes]
    if not all(is_zero(value) for value in values):
        where = ", ".join(f"{name} = {ascii_text(value)}" for name, value in loss.at.items())
        shown = ", ".join(map(ascii_text, values))
        text = loss.at_source or loss.source
        raise Unusable(f"{where} is not a critical point: the gradient there is ({shown})", text, (0, len(text)))


def _second_order(proof: Proof, loss: Loss, slopes: list[Term], first: list[str]) -> tuple[list[list[Term]], str]:
    names, n = loss.parameters, len(loss.parameters)
    at = [loss.at[name] for name in names]
    entries: list[list[Term]] = [[ZERO] * n for _ in range(n)]
    labels = []
    symbols: list[list[Term]] = [[ZERO] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            orders = [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)]
            symbols[i][j] = partial("L", orders, at)
            if j < i:
                entries[i][j] = entries[j][i]
                continue
            entries[i][j] = tidy(substitute(derivative(slopes[i], names[j]), loss.at))
            claim = eq(symbols[i][j], entries[i][j])
            labels.append(proof.step("derivative", claim, first[i], because="differentiate again, at the point"))
    claim = eq(matrix(symbols), matrix(entries))
    return entries, proof.step("identity", claim, *labels, because="the Hessian at the point")


# --- eigenvalues ------------------------------------------------------------------------------------------------------


def eigenvalue_steps(proof: Proof, entries: list[list[Term]]) -> tuple[str, list[Term]]:
    """The eigenvalues with multiplicity, and the label of the step that proves them."""
    values, premises = eigenvalues(proof, entries)
    claim = predicate("eigenvalues", matrix(entries), *values)
    return proof.step(
        "eigenvalues", claim, *premises, because="the characteristic polynomial has just these roots"
    ), values


def eigenvalues(proof: Proof, entries: list[list[Term]]) -> tuple[list[Term], list[str]]:
    bridge = Bridge()
    given = sp.Matrix([[bridge.to_sympy(entry) for entry in row] for row in entries])
    characteristic = given.charpoly()
    z, polynomial = characteristic.gen, characteristic.as_expr()
    found: list[Any] = []
    premises: list[str] = []
    for factor, multiplicity in sp.factor_list(polynomial, z)[1]:
        poly = sp.Poly(factor, z)
        if poly.degree() == 1:
            roots = [bridge.to_term(sp.cancel(-poly.coeff_monomial(1) / poly.coeff_monomial(z)))]
        elif poly.degree() == 2:
            roots = _quadratic(proof, poly, z, bridge, entries, premises)
        else:
            roots = _isolated(poly)
        found += [(root, multiplicity) for root in roots]
    values = [root for root, multiplicity in found for _ in range(multiplicity)]
    return sorted(values, key=_numeric, reverse=True), premises


def _numeric(term: Term) -> float:
    if term.head == "RootOf":
        return float(term.args[2].args[0])
    bridge = Bridge()
    value = bridge.to_sympy(term)
    return float(value) if value.is_number else 0.0


def _quadratic(
    proof: Proof, poly: Any, z: Any, bridge: Bridge, entries: list[list[Term]], premises: list[str]
) -> list[Term]:
    """Both roots of a quadratic factor; a discriminant with constants in it gets a proof that it is not negative."""
    a, b, c = (poly.coeff_monomial(z**k) for k in (2, 1, 0))
    discriminant = sp.expand(b**2 - 4 * a * c)
    if discriminant.free_symbols and len(entries) == 2:
        (p, q), (_, r) = entries
        square = add(power(sub(p, r), 2), mul(number(4), power(q, 2)))
        terms = ({"coefficient": 1, "square": sub(p, r)}, {"coefficient": 4, "square": q})
        premises.append(proof.step("polynomial-implication", le(ZERO, square), terms=terms, because="a sum of squares"))
        root = Term("Sqrt", (square,))
        middle = add(p, r)
        return [div(add(middle, root), number(2)), div(sub(middle, root), number(2))]
    root = sp.sqrt(sp.factor(discriminant))
    return [bridge.to_term(sp.factor(sp.radsimp((-b + sign * root) / (2 * a)))) for sign in (1, -1)]


def _isolated(poly: Any) -> list[Term]:
    """The real roots of an irreducible polynomial over Q, each with a narrow isolating interval."""
    if poly.free_symbols_in_domain or not all(c.is_Rational for c in poly.all_coeffs()):
        raise Undecided("the eigenvalues are roots of a polynomial of degree three or more with symbols in it")
    z = symbol("z")
    body = add(*(mul(_fraction(c), power(z, int(k))) if k else _fraction(c) for (k,), c in poly.terms()))
    intervals = [pair for pair, _ in poly.intervals(eps=sp.Rational(1, 10**13))]
    return [
        Term("RootOf", (expanded(body), "z", _fraction(low), _fraction(high), Fraction(i)))
        for i, (low, high) in enumerate(intervals)
    ]


def _fraction(value: Any) -> Term:
    return number(Fraction(int(value.p), int(value.q)))


def sign_steps(proof: Proof, values: list[Term]) -> list[str] | None:
    """For each distinct eigenvalue a step with its sign; None where a sign depends on constants."""
    labels = []
    given = [item.label for item in proof.hypotheses]
    for value in dict.fromkeys(values):
        if free_symbols(value):
            sign = _symbolic_sign(proof, value)
            if sign is None:
                return None
            claim = relation(value, sign)
            labels.append(proof.step("signs", claim, *given, because="its sign follows from the assumptions"))
            continue
        bridge = Bridge()
        size = float(value.args[2].args[0]) if value.head == "RootOf" else bridge.to_sympy(value)
        sign = int(bool(size > 0)) - int(bool(size < 0))
        labels.append(proof.step("number-sign", relation(value, sign), because="the sign of this number"))
    return labels


def _symbolic_sign(proof: Proof, value: Term) -> int | None:
    from derivations.kernel.errors import Refused
    from derivations.kernel.rules.logic import signs
    from derivations.kernel.situation import Situation
    from derivations.kernel.table import Table

    table = Table(proof.variables.values())
    for sign in (1, -1, 0):
        claims = tuple(item.claim for item in proof.hypotheses)
        try:
            signs(Situation(table, relation(value, sign), claims, {}, (), frozenset()))
        except Refused:
            continue
        return sign
    return None


def relation(value: Term, sign: int) -> Term:
    return lt(ZERO, value) if sign > 0 else lt(value, ZERO) if sign < 0 else eq(value, ZERO)


# --- the nature of the point ------------------------------------------------------------------------------------------


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
                found = _symbolic_sign(proof, tidy(at)) or 0
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
