"""How far a curve leaves its Taylor polynomial, and when a growing power reaches a level: two bounds that are not algebra."""

from __future__ import annotations

from dataclasses import replace
from math import factorial

from derivations.kernel.algebra import Algebra
from derivations.kernel.facts import PLUS
from derivations.kernel.formulas import same
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Situation, require
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    for_all,
    free_symbols,
    iff,
    implies,
    le,
    mul,
    number,
    power,
    sub,
)

MAX_ORDER = 8


def taylor_bound(s: Situation) -> None:
    """f has k continuous derivatives, a ≤ b and |f⁽ᵏ⁾(x)| ≤ M for a ≤ x ≤ b
    ⊢  |f(b) - Σ_{j<k} f⁽ʲ⁾(a)/j!·(b-a)ʲ| ≤ M·(b-a)ᵏ/k!.

    The witness gives f(x), a ("start"), b ("end"), M ("bound") and k ("order"); further premises may give the derivatives at a.
    Refuses when f is not known to be that smooth, a ≤ b or the bound on all of [a, b] is missing, or the claim is another.
    """
    f, a, b, most = (s.term(key) for key in ("function", "start", "end", "bound"))
    order = s.witness.get("order")
    fine = f.head == "Apply" and len(f.args) == 2 and f.args[1].head == "Symbol" and type(order) is int
    require(fine, "witness", "a function of one variable and an order are needed")
    assert isinstance(order, int)
    require(1 <= order <= MAX_ORDER, "witness", "the order should be a small positive number")
    name, x = f.args[0], f.args[1].args[0]
    require(s.table.domain(x) == "real" and s.table.functions.get(name) == "function", "domain", "a function of real numbers")
    smooth = max((p.args[1] for p in s.premises if p.head == "Smooth" and p.args[0] == name), default=0)
    require(smooth >= order, "does-not-follow", "the function is not known to be smooth enough")
    require(x not in free_symbols(a) | free_symbols(b) | free_symbols(most), "scope", "the data depend on the variable")
    within = conj(le(a, f.args[1]), le(f.args[1], b))
    wanted = for_all(x, implies(within, le(Term("Abs", (Term("Derivative", (name, (order,), f.args[1])),)), most)))
    require(any(same(s.table, p, wanted) for p in s.premises), "does-not-follow", "no premise bounds that derivative")
    others = replace(s, premises=tuple(p for p in s.premises if p.head not in ("Smooth", "ForAll")))
    left, right = s.claimed("Le")
    (inside,) = s.claimed("Abs", left)
    step, parts = sub(b, a), [apply(name, a)]
    for j in range(1, order):
        parts.append(div(mul(Term("Derivative", (name, (j,), a)), power(step, j)), number(factorial(j))))
    algebra = prepared(others)
    facts = facts_of(others, algebra)
    require(-1 not in facts.sign(algebra.value(step)), "sign-unknown", "the end is not known to lie after the beginning")
    gap = algebra.difference(inside, sub(apply(name, b), add(*parts)))
    require(algebra.is_zero(gap), "not-equal", "this is not the distance from the Taylor polynomial")
    limit = div(mul(most, power(step, order)), number(factorial(order)))
    require(algebra.is_zero(algebra.difference(right, limit)), "not-equal", "this is not the bound of the remainder")
    facts.require_domain()


def reaches(s: Situation) -> None:
    """1 < m, 0 < a, 0 < r, t natural  ⊢  r ≤ mᵗ·a ⇔ log(r/a)/log(m) ≤ t.

    The witness gives m ("ratio"), a ("start"), r ("level") and t ("step"). Refuses when one of the signs is not among those that
    the premises give, t is not a natural number, or the claim has another form.
    """
    m, a, r, t = (s.term(key) for key in ("ratio", "start", "level", "step"))
    algebra = Algebra(s.table, [s.claim, m, a, r, t, *s.premises])
    facts = facts_of(s, algebra)
    for low, high in ((ONE, m), (ZERO, a), (ZERO, r)):
        require(facts.sign(algebra.difference(high, low)) == PLUS, "sign-unknown", "a condition is not known to hold")
    require(algebra.is_natural(t), "domain", "the exponent must be a natural number")
    logarithms = div(Term("Log", (div(r, a),)), Term("Log", (m,)))
    wanted = iff(le(r, mul(power(m, t), a)), le(logarithms, t))
    plain = iff(le(r, power(m, t)), le(div(Term("Log", (r,)), Term("Log", (m,))), t)) if a == ONE else wanted
    fine = any(same(s.table, s.claim, one) for one in (wanted, plain))
    require(fine, "shape", "the claim is not when that power reaches that level")
    facts.require_domain()


RULES = {"taylor-bound": taylor_bound, "reaches": reaches}
