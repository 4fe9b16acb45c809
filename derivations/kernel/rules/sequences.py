"""Rules about what sequences do: geometric sequences, limits, the exponential limit."""

from __future__ import annotations

from derivations.kernel.algebra import Algebra, Poly, Value
from derivations.kernel.errors import Refused
from derivations.kernel.facts import PLUS, Facts
from derivations.kernel.formulas import same, strip
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Situation, require
from derivations.language.terms import (
    INFINITY,
    Term,
    add,
    conj,
    disj,
    eq,
    for_all,
    free_symbols,
    lt,
    mul,
    neg,
    number,
    power,
    sub,
    substitute,
    symbol,
    tends,
)

ZERO, ONE = number(0), number(1)


def geometric(s: Situation) -> None:
    """e_t = mᵗ·c with c ≠ 0:  e_t → 0 ⇔ -1 < m < 1;  |e_t| → ∞ ⇔ m < -1 ∨ 1 < m;  ∀t 0 < e_t·e_{t+1} ⇔ 0 < m;
    ∀t e_t·e_{t+1} < 0 ⇔ m < 0;  ∀t e_{t+1} = 0 ⇔ m = 0;  ∀t e_{t+1} = -e_t ⇔ m = -1;  ∀t e_{t+1} = e_t ⇔ m = 1.

    Also 1 < m ⇒ e_t → ∞ for c > 0. Without c ≠ 0 only condition ⇒ property, and not for those that c = 0 spoils. That
    ∀t e_t = mᵗ·c is a premise, unless e_t is written so; the witness gives e_t, m, c and the name of the step. Refuses when it is
    not known to be of that form, or the claim is none of these.
    """
    e, m, c = s.term("term"), s.term("ratio"), s.term("start")
    t = s.witness.get("step", "t")
    require(isinstance(t, str) and s.table.domain(t) == "natural", "witness", "the step must be a natural number")
    require(t not in free_symbols(m) | free_symbols(c), "scope", "ratio and start must not depend on the step")
    form = mul(power(m, symbol(t)), c)
    known = same(s.table, e, form) or any(same(s.table, p, for_all(t, eq(e, form))) for p in s.premises)
    require(known, "shape", "e_t = m**t*c is no premise")
    after = substitute(e, {t: add(symbol(t), ONE)})
    inner, outer = conj(lt(neg(ONE), m), lt(m, ONE)), disj(lt(m, neg(ONE)), lt(ONE, m))
    table = [
        (tends(e, t, INFINITY, ZERO), inner, True),
        (tends(Term("Abs", (e,)), t, INFINITY, INFINITY), outer, False),
        (for_all(t, lt(ZERO, mul(e, after))), lt(ZERO, m), False),
        (for_all(t, lt(mul(e, after), ZERO)), lt(m, ZERO), False),
        (for_all(t, eq(after, ZERO)), eq(m, ZERO), True),
        (for_all(t, eq(after, neg(e))), eq(m, neg(ONE)), True),
        (for_all(t, eq(after, e)), eq(m, ONE), True),
    ]
    algebra = Algebra(s.table, [c, *s.premises])
    facts = Facts(algebra, [p for p in s.premises if not free_symbols(p) & s.bound])
    sign = facts.sign(algebra.value(c))
    facts.require_domain()
    started = 0 not in sign
    if sign == PLUS and same(s.table, s.claim, Term("Implies", (lt(ONE, m), tends(e, t, INFINITY, INFINITY)))):
        return
    for behaviour, condition, anyway in table:
        if same(s.table, s.claim, Term("Iff", (behaviour, condition))):
            require(started, "may-be-zero", "the sequence may start at zero")
            return
        if (started or anyway) and same(s.table, s.claim, Term("Implies", (condition, behaviour))):
            return
    raise Refused("does-not-follow", "this is not what a geometric sequence does")


def limit(s: Situation) -> None:
    """f → l by the rules of calculation: f is a rational function of what has a limit (premises), and of the variable itself.

    At infinity the degrees in the variable decide; at a finite point the common factor is cancelled. f → ∞ when f = a + b·g, g → ∞
    (or g a positive power of the variable) and b > 0. Refuses when a denominator may be zero in the limit, or f has another limit.
    """
    body, name, to, target = s.claimed("Tends")
    require(name not in free_symbols(to) | free_symbols(target), "scope", "the limit speaks of another variable of that name")
    fine = not s.table.domain(name).startswith("index:") if to == INFINITY else s.table.domain(name) == "real"
    require(fine, "domain", "the variable does not come near that end")
    algebra = prepared(s)
    value = algebra.value(body)
    value = _cancelled(algebra, value)
    facts = facts_of(s, algebra)
    at, growing = _limits(s, algebra, name, to)
    slots = {i for i in range(len(algebra.atoms)) if name in free_symbols(algebra.atoms[i]) and _occurs(value, i)}
    variable = algebra.index.get(name, -1)
    wanted = algebra.constant(0) if target == INFINITY else algebra.value(target)  # its denominators count, too
    if target == INFINITY:
        _to_infinity(algebra, facts, value, slots, growing | ({variable: 1} if to == INFINITY else {}))
        _eventually_defined(algebra, facts, name, to, at)
        facts.require_radicands()
        return
    unknown = slots - set(at) - {variable}
    require(not unknown, "does-not-follow", "a part of it has no known limit")
    if to == INFINITY:
        result = _at_infinity(algebra, value, variable, at, bool(slots & set(at)))
    else:
        place = algebra.value(to)  # also where the variable does not occur: there must be such a place
        at = {**at, variable: place} if variable >= 0 else at
        result = _substituted(algebra, value, at)
    facts.require_nonzero([result[1]])
    _eventually_defined(algebra, facts, name, to, at)
    gap = algebra.plus(result, algebra.scale(wanted, -1))
    require(algebra.is_zero(gap), "not-equal", "the limit is another one")
    facts.require_radicands()


def _cancelled(algebra: Algebra, value: Value) -> Value:
    top, bottom = algebra.reduce(value[0]), algebra.reduce(value[1])
    common = top.gcd(bottom) if not top.is_zero() else bottom
    return top / common, bottom / common


def _occurs(value: Value, slot: int) -> bool:
    return any(poly.degrees()[slot] > 0 for poly in value)


def _limits(s: Situation, algebra: Algebra, name: str, to: Term) -> tuple[dict[int, Value], dict[int, int]]:
    """The limits of atoms that the premises give, and the atoms of which some power grows beyond all bounds."""
    at: dict[int, Value] = {}
    growing: dict[int, int] = {}
    for premise in s.premises:
        inner = strip(premise)[1]
        if inner.head != "Tends" or inner.args[1] != name or not _same_end(s, inner.args[2], to):
            continue
        body, _, _, target = inner.args
        top, bottom = algebra.value(body)
        parts = algebra.monomials(top)
        if not bottom.is_one() or len(parts) != 1 or parts[0][0] != 1 or len(parts[0][1]) != 1:
            continue
        slot, exponent = parts[0][1][0]
        if target == INFINITY:
            growing[slot] = exponent
        elif exponent == 1:
            require(name not in free_symbols(target), "scope", "a limit depends on the variable")
            at[slot] = algebra.value(target)
    return at, growing


def _same_end(s: Situation, one: Term, other: Term) -> bool:
    return one == other or (INFINITY not in (one, other) and same(s.table, one, other))


def _substituted(algebra: Algebra, value: Value, at: dict[int, Value]) -> Value:
    """The value with atoms replaced by their limits; both polynomials are scaled by the same denominators."""
    results = []
    for poly in value:
        total = algebra.constant(0)
        for coefficient, factors in algebra.monomials(poly):
            part: Value = (algebra.one * coefficient, algebra.one)
            for i, e in factors:
                base = at.get(i, (algebra.generators[i], algebra.one))
                part = algebra.times(part, algebra.raised(base, e))
            total = algebra.plus(total, part)
        results.append(total)
    top, bottom = results
    return top[0] * bottom[1], top[1] * bottom[0]


def _at_infinity(algebra: Algebra, value: Value, variable: int, at: dict[int, Value], mixed: bool) -> Value:
    """The limit for a variable that grows: by degrees, if no other atom depends on it; else by substitution."""
    if variable < 0 or not _occurs(value, variable):
        return _substituted(algebra, value, at)
    require(not mixed, "does-not-follow", "powers of the variable are mixed with other limits")
    top, bottom = (_leading(algebra, poly, variable) for poly in value)
    require(top[0] <= bottom[0], "does-not-follow", "it grows beyond all bounds")
    return (top[1] if top[0] == bottom[0] else algebra.zero), bottom[1]


def _leading(algebra: Algebra, poly: Poly, variable: int) -> tuple[int, Poly]:
    degree = poly.degrees()[variable]
    part = algebra.zero
    for exponents, coefficient in poly.to_dict().items():
        if exponents[variable] == degree:
            rest = tuple(0 if i == variable else e for i, e in enumerate(exponents))
            part += algebra.context.from_dict({rest: coefficient})
    return degree, part


def _to_infinity(algebra: Algebra, facts: Facts, value: Value, slots: set[int], growing: dict[int, int]) -> None:
    """a + b*g with b > 0 and one growing g (or a power of it); nothing else may depend on the variable."""
    require(len(slots) == 1 and slots <= set(growing), "does-not-follow", "exactly one part should grow")
    (slot,) = slots
    fine = all(e % growing[slot] == 0 for _, fs in algebra.monomials(value[0]) for i, e in fs if i == slot)
    require(fine, "does-not-follow", "only a power of it is known to grow")
    require(not _occurs((value[1], algebra.one), slot), "shape", "the growing part stands in a denominator")
    degree, lead = _leading(algebra, value[0], slot)
    fine = degree >= 1 and facts.sign((lead, value[1])) == PLUS
    require(fine, "sign-unknown", "the coefficient of the growing part is not known to be positive")


def _eventually_defined(algebra: Algebra, facts: Facts, name: str, to: Term, at: dict[int, Value]) -> None:
    """Every denominator met must be non-zero near the end.

    It is a non-zero polynomial in the variable, or has a non-zero limit; where a part has none, it must be non-zero everywhere.
    """
    variable = algebra.index.get(name, -1)
    for poly in algebra.denominators:
        depends = [i for i in range(len(algebra.atoms)) if name in free_symbols(algebra.atoms[i]) and poly.degrees()[i] > 0]
        if depends == [variable]:
            _, part = _leading(algebra, poly, variable) if to == INFINITY else _lowest(algebra, poly, variable, at[variable])
        elif depends and set(depends) <= {*at, variable}:
            require(to != INFINITY or variable not in depends, "may-be-zero", "a denominator mixes the variable with other limits")
            part = _substituted(algebra, (poly, algebra.one), at)[0]
        else:
            part = poly
        facts.require_nonzero([part])


def _lowest(algebra: Algebra, poly: Poly, variable: int, at: Value) -> tuple[int, Poly]:
    """The first derivative at the point that is not identically zero: the polynomial vanishes there to that order only."""
    order = 0
    while True:
        top, _ = _substituted(algebra, (poly, algebra.one), {variable: at})
        if not algebra.reduce(top).is_zero():
            return order, top
        poly, order = poly.derivative(variable), order + 1


def limit_exponential(s: Situation) -> None:
    """m_n → 1 and n·(m_n - 1) → c, m_n a rational function of n  ⊢  (m_n)ⁿ → e^c as n → ∞.

    Refuses when m_n is not rational in n, or has other limits.
    """
    body, name, to, target = s.claimed("Tends")
    base, exponent = s.claimed("Pow", body)
    require(to == INFINITY and exponent == symbol(name), "shape", "the claim should be (m_n)**n -> exp(c) as n grows")
    require(s.table.domain(name) == "natural", "domain", "the variable must be a natural number")
    (c,) = s.claimed("Exp", target)
    for part, goal in ((base, ONE), (mul(symbol(name), sub(base, ONE)), c)):
        limit(Situation(s.table, tends(part, name, INFINITY, goal), s.premises, {}, (), s.fixed))


def squeeze(s: Situation) -> None:
    """l_n ≤ x_n ≤ u_n for all n, l_n → a, u_n → a  ⊢  x_n → a.

    Refuses when the bounds have different limits or are not for all n.
    """
    body, name, to, target = s.claimed("Tends")
    require(len(s.premises) >= 3, "shape", "bounds and their two limits are needed")
    bounds, *ends = s.premises
    names, inner = strip(bounds)
    require(to == INFINITY and names == (name,), "shape", "the bounds must be for all n")
    low = inner.args[0].args[0] if inner.head == "And" else None
    high = inner.args[1].args[1] if inner.head == "And" and len(inner.args) == 2 else None
    if low is None or high is None:
        raise Refused("shape", "the bounds should be low <= x and x <= high")
    wanted = conj(Term("Le", (low, body)), Term("Le", (body, high)))
    require(same(s.table, inner, wanted), "shape", "the bounds do not enclose the sequence")
    for end in (low, high):
        fine = any(same(s.table, tends(end, name, to, target), premise) for premise in ends)
        require(fine, "does-not-follow", "a bound does not have that limit")
