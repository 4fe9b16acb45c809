"""Linear iterations of two states, and the roots of z**2 - p*z + q: Schur and Cohn's criterion in degree two."""

from __future__ import annotations

from derivations.kernel.facts import PLUS
from derivations.kernel.formulas import same, strip
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    le,
    lt,
    mul,
    neg,
    power,
    sub,
    symbol,
)


def schur_quadratic(s: Situation) -> None:
    """x_{t+1} - c = m₁₁(x_t - c) + m₁₂(y_t - d),  y_{t+1} - d = m₂₁(x_t - c) + m₂₂(y_t - d)  for all t, a, b;  x_0 = a, y_0 = b
    ⊢  (∀a, b  x_t → c ∧ y_t → d)  ⇔  -1 < q ∧ q < 1 ∧ -(1 + q) < p ∧ p < 1 + q.

    Here p = m₁₁ + m₂₂, q = m₁₁m₂₂ - m₁₂m₂₁, and x(t, a, b), y(t, a, b) are sequences with the start among their arguments. The
    witness gives the matrix m. Refuses when an update or a start is no premise, or for some t, a, b only; when the matrix or (c, d)
    depends on t, a or b; and for any other condition.
    """
    states, condition = s.claimed("Iff")
    (a, b), pair = _two(strip(states)[0]), strip(states)[1]
    parts = s.claimed("And", pair)
    require(len(parts) == 2, "shape", "two limits are needed")
    (x, c, t), (y, d, again) = (_limit(s, part, a, b) for part in parts)
    require(t == again, "shape", "both limits must be for the same step")
    matrix = s.term("matrix")
    fine = matrix.head == "Matrix" and [len(row.args) for row in matrix.args] == [2, 2]
    require(fine, "witness", "a two by two matrix is needed")
    rows = [row.args for row in matrix.args]
    for part in (c, d, *rows[0], *rows[1]):
        fine = not {t, a, b} & free_symbols(part) and not s.table.is_random(part)
        require(fine, "scope", "the matrix and the limits must depend neither on the step nor on the start")
    for name, centre, row, start in ((x, c, rows[0], a), (y, d, rows[1], b)):
        now = [sub(apply(f, *map(symbol, (t, a, b))), at) for f, at in ((x, c), (y, d))]
        after = sub(apply(name, add(symbol(t), ONE), symbol(a), symbol(b)), centre)
        update = eq(after, add(mul(row[0], now[0]), mul(row[1], now[1])))
        begin = eq(apply(name, ZERO, symbol(a), symbol(b)), symbol(start))
        _premise(s, for_all(t, for_all(a, for_all(b, update))), f"the update of {name} by this matrix is no premise")
        _premise(s, for_all(a, for_all(b, begin)), f"that {name} starts at {start} is no premise")
    (m11, m12), (m21, m22) = rows
    trace, product = add(m11, m22), sub(mul(m11, m22), mul(m12, m21))
    require(same(s.table, condition, jury(trace, product)), "does-not-follow", "these are not Jury's conditions")


def jury(p: Term, q: Term) -> Term:
    """Jury's conditions: both roots of z**2 - p*z + q lie in the open unit disc."""
    return conj(lt(neg(ONE), q), lt(q, ONE), lt(neg(add(ONE, q)), p), lt(p, add(ONE, q)))


def _two(names: tuple[str, ...]) -> tuple[str, str]:
    require(len(set(names)) == len(names) == 2, "shape", "the limits must be for all values of the two starting values")
    return names[0], names[1]


def _limit(s: Situation, formula: Term, a: str, b: str) -> tuple[str, Term, str]:
    """(x, c, t) of the limit x(t, a, b) → c."""
    body, t, to, centre = s.claimed("Tends", formula)
    fine = s.table.domain(t) == "natural" and s.table.domain(a) == s.table.domain(b) == "real" and to == INFINITY
    require(fine, "domain", "steps are natural numbers that grow, starting values are real")
    require(body.head == "Apply" and body.args[1:] == tuple(map(symbol, (t, a, b))), "shape", "expected x(t, a, b)")
    name = body.args[0]
    require(s.table.functions.get(name) == "sequence" and centre.head != "Infinity", "shape", f"{name} is no sequence with a limit")
    return name, centre, t


def _premise(s: Situation, formula: Term, message: str) -> None:
    require(any(same(s.table, formula, one) for one in s.premises), "does-not-follow", message)


def roots_within(s: Situation) -> None:
    """0 < ρ  ⊢  both roots of z² - p·z + q have modulus at most ρ  ⇔  -ρ² ≤ q ∧ q ≤ ρ² ∧ -(ρ² + q) ≤ p·ρ ∧ p·ρ ≤ ρ² + q.

    Refuses when ρ is not known to be positive, a denominator in ρ, p or q may be zero, and for any other condition.
    """
    statement, condition = s.claimed("Iff")
    name, *args = s.claimed("Predicate", statement)
    require(name == "roots_within" and len(args) == 3, "shape", "the claim should be about a radius, a sum and a product of roots")
    rho, p, q = args
    algebra = prepared(s)
    facts = facts_of(s, algebra)
    signs = [facts.sign(algebra.value(part)) for part in (rho, p, q)]
    require(signs[0] == PLUS, "sign-unknown", "the radius is not known to be positive")
    facts.require_domain()
    require(same(s.table, condition, closed_jury(rho, p, q)), "does-not-follow", "these are not the conditions for that disc")


def closed_jury(rho: Term, p: Term, q: Term) -> Term:
    """The conditions for both roots of z**2 - p*z + q to lie in the closed disc of radius rho."""
    square = power(rho, 2)
    most = add(square, q)
    return conj(le(neg(square), q), le(q, square), le(neg(most), mul(p, rho)), le(mul(p, rho), most))


RULES: dict[str, Rule] = {"schur-quadratic": schur_quadratic, "roots-within": roots_within}
