"""Independent normal entries: their moments; the limiting spectrum of WᵀW; what is left of an integral after a long time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import factorial

from derivations.kernel.algebra import Algebra
from derivations.kernel.facts import PLUS, Facts
from derivations.kernel.formulas import same, strip
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.statements import Step
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    lt,
    mul,
    neg,
    number,
    power,
    sub,
    substitute,
    symbol,
)

PI = mul(number(4), Term("Atan", (ONE,)))
MAX_FACTORS, MAX_ORDER = 6, 8


def normal_moments(s: Situation) -> None:
    """The X_a, for all a, are independent and normal with mean 0 and variance v
    ⊢  E X_a·X_b·X_c·X_e = v²(δ_ab·δ_ce + δ_ac·δ_be + δ_ae·δ_bc).

    So for every even number of factors, over all ways to pair them (Isserlis); 0 for an odd number; for all indices. The premise
    says it for all indices, each an argument of its own. Refuses when another factor occurs, or the value is another one.
    """
    require(len(s.premises) == 1, "shape", "one premise about the entries is needed")
    names, known = strip(s.premises[0])
    kind, entry, variance = s.claimed("Predicate", known)
    fine = kind == "independent_normal" and entry.head == "Apply" and entry.args[1:] == tuple(map(symbol, names))
    fine = fine and 0 < len(names) == len(set(names)) and s.table.functions.get(entry.args[0]) == "random"
    require(fine, "shape", "the premise should be about all entries of a random family")
    fixed = not free_symbols(variance) & set(names) and not s.table.is_random(variance)
    require(fixed, "scope", "the variance must be the same number for all entries")
    every, claim = strip(s.claim)
    require(not free_symbols(variance) & set(every), "scope", "the claim varies the variance")
    left, right = s.claimed("Eq", claim)
    (body,) = s.claimed("Expect", left)
    factors = list(_factors(body))
    fine = all(one.head == "Apply" and one.args[0] == entry.args[0] and len(one.args) == len(names) + 1 for one in factors)
    require(fine and 0 < len(factors) <= MAX_FACTORS, "shape", "a product of up to six of the entries is needed")
    for one in factors:
        for name, index in zip(names, one.args[1:], strict=True):
            same_range = index.head == "Symbol" and s.table.domain(index.args[0]) == s.table.domain(name)
            require(same_range, "domain", "an index has another range")
    value = add(*(mul(*(_covariance(one, other, variance) for one, other in pairs)) for pairs in _pairings(factors)))
    algebra = Algebra(s.table, [value, right])
    require(algebra.is_zero(algebra.difference(value, right)), "not-equal", "the moment is another one")
    facts_of(s, algebra).require_domain()


def _factors(term: Term) -> Iterator[Term]:
    if term.head == "Mul":
        for arg in term.args:
            yield from _factors(arg)
    elif term.head == "Pow" and term.args[1].head == "Number" and term.args[1].args[0] in range(1, MAX_FACTORS + 1):
        for _ in range(int(term.args[1].args[0])):
            yield from _factors(term.args[0])
    else:
        yield term


def _pairings(factors: list[Term]) -> Iterator[list[tuple[Term, Term]]]:
    """All ways to pair them; none if their number is odd."""
    if not factors:
        yield []
        return
    first, *rest = factors
    for i, other in enumerate(rest):
        for more in _pairings(rest[:i] + rest[i + 1 :]):
            yield [(first, other), *more]


def _covariance(one: Term, other: Term, variance: Term) -> Term:
    return mul(variance, *(Term("Delta", pair) for pair in zip(one.args[1:], other.args[1:], strict=True)))


def density(c: Term, w: Term, x: Term, low: Term, high: Term) -> Term:
    return div(Term("Sqrt", (mul(sub(high, x), sub(x, low)),)), mul(TWO, PI, c, w, x))


def marchenko_pastur(s: Situation) -> None:
    """0 < c, 0 < w; a = w(1 - √c)², b = w(1 + √c)²
    ⊢  the limiting spectrum of WᵀW: density √((b - x)(x - a))/(2π·c·w·x) in (a, b), and the share max(0, 1 - 1/c) at 0.

    W has k rows and c·k columns of independent entries with mean 0 and variance w/k, k → ∞. Cited, not proved. The share is written
    (c - 1 + |c - 1|)/(2c). Refuses when a sign is not known, an end, the share or the density is another one, or x is not free.
    """
    name, c, w, listed, body, low, high, share = s.claimed("Predicate")
    require(name == "limiting_spectrum", "shape", "the claim should give a limiting spectrum")
    (x,) = s.claimed("Tuple", listed)
    require(s.table.domain(x.args[0]) == "real", "domain", "an eigenvalue is a real number")
    others = frozenset().union(*map(free_symbols, (c, w, low, high, share, *s.premises)))
    require(x.args[0] not in others, "scope", "something depends on the eigenvalue, or speaks of a fixed one")
    require(same(s.table, body, density(c, w, x, low, high)), "not-equal", "the density is another one")
    algebra = prepared(s)
    facts = facts_of(s, algebra)
    for one in (c, w):
        require(facts.sign(algebra.value(one)) == PLUS, "sign-unknown", "ratio and variance must be positive")
    root, over = Term("Sqrt", (c,)), sub(c, ONE)
    for given, wanted in ((low, mul(w, power(sub(ONE, root), 2))), (high, mul(w, power(add(ONE, root), 2))),
                          (share, div(add(over, Term("Abs", (over,))), mul(TWO, c)))):  # fmt: skip
        require(algebra.is_zero(algebra.difference(given, wanted)), "not-equal", "an end or the share at 0 is another one")
    facts.require_domain()


def watson(s: Situation) -> None:
    """A limiting spectrum with density ρ on (a, b);  (p(x)·ρ(x))²/(x - a)^m → K as x → a;  K > 0, p(a) > 0, a < b, r > 0, m ≥ -1
    ⊢  ∫ p(x)·ρ(x)·e^(-r·t·(x + s)) dx over (a, b)  ~  √K·Γ(m/2 + 1)·e^(-r·t·(a + s))/(r·t)^(m/2 + 1) as t → ∞.

    p is a polynomial in x; the witness gives p ("factor"), r ("rate"), s ("shift") and m ("order"). Watson's lemma, cited. Refuses
    when a condition is not known, when r, s, K or a depends on x or t, and when the integrand or the asymptote is another one.
    """
    name, body, listed, low, high, asymptote = s.claimed("Predicate")
    x, t = s.claimed("Tuple", listed)
    fine = name == "long_time_integral" and {x.head, t.head} == {"Symbol"} and x != t and len(s.premises) >= 2
    require(fine, "shape", "the claim should be about an integral, from a spectrum and its lower end")
    spectrum, limit, *rest = s.premises
    known = s.claimed("Predicate", spectrum)
    fine = known[0] == "limiting_spectrum" and (known[3].args, *known[5:7]) == ((x,), low, high)
    require(fine, "does-not-follow", "no premise gives a spectrum between these ends")
    factor, rate, shift, order = s.term("factor"), s.term("rate"), s.term("shift"), s.witness.get("order")
    require(type(order) is int, "witness", "the order is a whole number")
    assert isinstance(order, int)
    require(-1 <= order <= MAX_ORDER, "witness", "the order is small, and not below -1")
    amplitude = mul(factor, known[4])
    square = mul(power(factor, 2), div(mul(sub(high, x), sub(x, low)), power(mul(TWO, PI, *known[1:3], x), 2)))  # of the amplitude
    _behaviour(s, limit, square, (x, low, order))
    size = limit.args[3]
    names = {x.args[0], t.args[0]}
    outside = (rate, shift, size, low, high, *rest)
    fine = not any(names & free_symbols(one) for one in outside) and t.args[0] not in free_symbols(amplitude)
    require(fine, "scope", "something depends on the eigenvalue or on time, or speaks of a fixed one")
    integrand = mul(amplitude, Term("Exp", (neg(mul(rate, t, add(shift, x))),)))
    require(same(s.table, body, integrand), "shape", "the integrand is another one")
    _polynomial(s, factor, x)
    time = mul(rate, t)
    wanted = div(mul(size, _gamma_squared(order), Term("Exp", (neg(mul(TWO, time, add(shift, low))),))), power(time, order + 2))
    algebra = Algebra(s.table, [asymptote, wanted, factor, high, *rest])
    facts = Facts(algebra, [*rest, lt(ZERO, t), lt(ZERO, PI)])
    for one in (rate, size, sub(high, low), asymptote, substitute(factor, {x.args[0]: low})):
        require(facts.sign(algebra.value(one)) == PLUS, "sign-unknown", "something is not known to be positive")
    gap = algebra.difference(power(asymptote, 2), wanted)
    require(algebra.is_zero(gap), "not-equal", "the asymptote is another one")
    facts.require_domain()


def _behaviour(s: Situation, limit: Term, square: Term, where: tuple[Term, Term, int]) -> None:
    """Raises Refused unless the premise says where square/(x - low)^order tends as x -> low."""
    x, low, order = where
    shape, variable, end, _ = s.claimed("Tends", limit)
    step = sub(x, low)
    wanted = mul(square, step) if order < 0 else div(square, power(step, order))
    fine = variable == x.args[0] and end == low and same(s.table, shape, wanted)
    require(fine, "does-not-follow", "no premise gives the behaviour at the lower end")


def _polynomial(s: Situation, term: Term, x: Term) -> None:
    """Raises Refused unless the term is a polynomial in x."""
    plain = Algebra(s.table, [term], field=False)
    _, bottom = plain.value(term)
    fine = bottom.is_constant() and all(atom == x or x.args[0] not in free_symbols(atom) for atom in plain.atoms)
    require(fine, "shape", "the factor should be a polynomial in the eigenvalue")


def _gamma_squared(order: int) -> Term:
    """Γ(order/2 + 1)**2."""
    if order % 2 == 0:
        return number(factorial(order // 2) ** 2)
    n = (order + 1) // 2
    return mul(number(Fraction(factorial(2 * n), 4**n * factorial(n)) ** 2), PI)


THEOREMS = {
    "marchenko-pastur": "Marchenko and Pastur: the limiting spectrum of W^T*W for independent entries",
    "watson": "Watson's lemma: an integral with a large exponent is decided by the lower end",
}


def citation(step: Step) -> str | None:
    return THEOREMS.get(step.rule)


RULES: dict[str, Rule] = {"normal-moments": normal_moments, "marchenko-pastur": marchenko_pastur, "watson": watson}
