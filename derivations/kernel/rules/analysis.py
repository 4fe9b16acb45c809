"""Rules of calculus: derivatives, Taylor's formula, the local rate of an iteration, quantities kept by a flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import fits, same, strip
from derivations.kernel.rules.algebra import facts_of, prepared, require_equal
from derivations.kernel.situation import Situation, require
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    exists,
    for_all,
    free_symbols,
    implies,
    le,
    lt,
    mul,
    neg,
    number,
    power,
    sub,
    substitute,
    symbol,
    total,
)

Smooth = dict[str, int]  # function -> how often it may be differentiated


class Differentiation:
    """d/dx of a term, with what must hold for it: denominators non-zero, arguments positive, functions smooth enough.

    Where ``curves`` are allowed, x(tau) has the open derivative d x(tau)/d tau: the rule must see to it that there is one.
    """

    def __init__(self, name: str, smooth: Smooth, curves: bool = False) -> None:
        self.name, self.smooth, self.curves = name, smooth, curves
        self.nonzero: list[Term] = []
        self.positive: list[Term] = []

    def of(self, term: Term) -> Term:
        if self.name not in free_symbols(term):
            return ZERO
        rule = _DERIVATIVES.get(term.head)
        if rule is None:
            raise Refused("shape", f"{term.head} cannot be differentiated here")
        return rule(self, term)

    def chain(self, outer: Term, inner: Term) -> Term:
        return mul(outer, self.of(inner))


def _d_mul(d: Differentiation, term: Term) -> Term:
    args = term.args
    return add(*(mul(*args[:i], d.of(arg), *args[i + 1 :]) for i, arg in enumerate(args)))


def _d_div(d: Differentiation, term: Term) -> Term:
    top, bottom = term.args
    d.nonzero.append(bottom)
    return div(sub(mul(d.of(top), bottom), mul(top, d.of(bottom))), power(bottom, 2))


def _d_pow(d: Differentiation, term: Term) -> Term:
    base, exponent = term.args
    value = -exponent.args[0].args[0] if exponent.head == "Neg" and exponent.args[0].head == "Number" else exponent.args[0]
    whole = isinstance(value, Fraction) and value.denominator == 1
    require(whole, "shape", "only whole powers are differentiated here")
    if value < 0:
        return d.of(div(ONE, power(base, int(-value))))
    return mul(number(value), power(base, int(value) - 1), d.of(base)) if value else ZERO


def _d_sqrt(d: Differentiation, term: Term) -> Term:
    d.positive.append(term.args[0])
    return div(d.of(term.args[0]), mul(TWO, term))


def _d_log(d: Differentiation, term: Term) -> Term:
    d.positive.append(term.args[0])
    return div(d.of(term.args[0]), term.args[0])


def _d_tan(d: Differentiation, term: Term) -> Term:
    cosine = Term("Cos", term.args)
    d.nonzero.append(cosine)
    return div(d.of(term.args[0]), power(cosine, 2))


def _d_apply(d: Differentiation, term: Term) -> Term:
    """Chain rule for a function of real numbers; a curve x(tau) gives the open derivative d x(tau)/d tau."""
    name, *args = term.args
    if name not in d.smooth:
        require(d.curves and args == [symbol(d.name)], "shape", f"nothing is known about the derivative of {name}")
        return Term("Diff", (term, d.name))
    require(d.smooth[name] >= 1, "does-not-follow", f"{name} is not known to be differentiable")
    parts = []
    for i, arg in enumerate(args):
        orders = tuple(1 if j == i else 0 for j in range(len(args)))
        parts.append(d.chain(Term("Derivative", (name, orders, *args)), arg))
    return add(*parts)


def _d_derivative(d: Differentiation, term: Term) -> Term:
    name, orders, *args = term.args
    require(sum(orders) < d.smooth.get(name, 0), "does-not-follow", f"{name} is not known to be smooth enough")
    parts = []
    for i, arg in enumerate(args):
        raised = tuple(k + 1 if j == i else k for j, k in enumerate(orders))
        parts.append(d.chain(Term("Derivative", (name, raised, *args)), arg))
    return add(*parts)


def _d_sum(d: Differentiation, term: Term) -> Term:
    """A finite sum, term by term, over a range that does not depend on the variable."""
    name, first, last, body = term.args
    fine = name != d.name and d.name not in free_symbols(first) | free_symbols(last)
    require(fine, "scope", "the range of a sum depends on the variable")
    asked = len(d.nonzero) + len(d.positive)
    slope = total(name, first, last, d.of(body))
    require(len(d.nonzero) + len(d.positive) == asked, "shape", "a summand may have no derivative")
    return slope


def _of_argument(outer: Callable[[Term], Term]) -> Callable[[Differentiation, Term], Term]:
    return lambda d, term: d.chain(outer(term.args[0]), term.args[0])


_DERIVATIVES: dict[str, Callable[[Differentiation, Term], Term]] = {
    "Symbol": lambda d, term: ONE,
    "Add": lambda d, term: add(*(d.of(arg) for arg in term.args)),
    "Neg": lambda d, term: neg(d.of(term.args[0])),
    "Mul": _d_mul,
    "Div": _d_div,
    "Pow": _d_pow,
    "Sqrt": _d_sqrt,
    "Log": _d_log,
    "Tan": _d_tan,
    "Exp": lambda d, term: d.chain(term, term.args[0]),
    "Sin": _of_argument(lambda x: Term("Cos", (x,))),
    "Cos": _of_argument(lambda x: neg(Term("Sin", (x,)))),
    "Sinh": _of_argument(lambda x: Term("Cosh", (x,))),
    "Cosh": _of_argument(lambda x: Term("Sinh", (x,))),
    "Tanh": _of_argument(lambda x: sub(ONE, power(Term("Tanh", (x,)), 2))),
    "Asinh": _of_argument(lambda x: div(ONE, Term("Sqrt", (add(ONE, power(x, 2)),)))),
    "Atan": _of_argument(lambda x: div(ONE, add(ONE, power(x, 2)))),
    "Apply": _d_apply,
    "Derivative": _d_derivative,
    "Sum": _d_sum,
}


def _smoothness(premises: tuple[Term, ...]) -> Smooth:
    return {p.args[0]: int(p.args[1]) for p in premises if p.head == "Smooth"}


def _obligations(s: Situation, algebra: Algebra, d: Differentiation) -> None:
    facts = facts_of(s, algebra)
    for term in d.nonzero:
        require(0 not in facts.sign(algebra.value(term)), "may-be-zero", "a denominator may be zero where it is differentiated")
    for term in d.positive:
        require(facts.sign(algebra.value(term)) == {1}, "sign-unknown", "not known to be positive where it is differentiated")
    facts.require_domain()


def derivative(s: Situation) -> None:
    """f(x) = body for all x  ⊢  f'(x) = body', by the ten rules of differentiation (also at a point, and of higher order).

    The first premise is the definition of f, or of a derivative of f. Refuses when the claim is not the derivative, when a
    denominator or a logarithm's argument is not safe, or a named function is not known to be smooth enough.
    """
    names, known = strip(s.premises[0] if s.premises else s.claim)
    require(known.head == "Eq" and bool(s.premises), "shape", "the first premise must define the function")
    start, body = known.args
    every, claim = strip(s.claim)
    require(not set(every) & free_symbols(s.premises[0]), "scope", "what the claim varies, the definition keeps fixed")
    left, right = s.claimed("Eq", claim)
    name, orders, *at = s.claimed("Derivative", left)
    begun = start.args[1] if start.head == "Derivative" else (0,) * len(orders)
    arguments = start.args[2:] if start.head == "Derivative" else start.args[1:]
    fine = start.head in ("Apply", "Derivative") and start.args[0] == name and arguments == tuple(map(symbol, names))
    fine = fine and 0 < len(names) == len(set(names))
    require(fine and len(begun) == len(orders) == len(at), "shape", "the first premise must define that function")
    missing = [new - old for new, old in zip(orders, begun, strict=True)]
    require(min(missing) >= 0 and sum(missing) <= 8, "shape", "that derivative is not one of the premise's")
    there = dict(zip(names, at, strict=True))
    for variable, value in there.items():
        fine = fits(s.table, value, s.table.domain(variable), s.premises[0])
        require(fine, "domain", f"the function is not known there: {variable} is {s.table.domain(variable)}")
    for variable, count in zip(names, missing, strict=True):
        require(not count or s.table.domain(variable) == "real", "domain", "the function must be known for all real numbers")
        for _ in range(count):
            d = Differentiation(variable, _smoothness(s.premises))
            body = d.of(body)
            d.nonzero, d.positive = ([substitute(term, there) for term in terms] for terms in (d.nonzero, d.positive))
            rest = replace(s, premises=s.premises[1:])
            _obligations(rest, Algebra(s.table, [body, *d.nonzero, *d.positive, *rest.premises]), d)
    body = substitute(body, there)
    shorter = replace(s, claim=eq(body, right), premises=tuple(p for p in s.premises[1:] if p.head != "Smooth"))
    algebra = prepared(shorter)
    _require_equal(shorter, algebra, body, right, "this is not the derivative")
    facts_of(shorter, algebra).require_domain()


def _require_equal(s: Situation, algebra: Algebra, left: Term, right: Term, otherwise: str) -> None:
    """Raises Refused unless the two are equal, as they stand or in canonical form; obligations are left to the caller."""
    try:
        require_equal(algebra, facts_of(s, algebra), left, right)
    except Refused as refusal:
        raise Refused("not-equal", otherwise) if refusal.reason == "not-equal" else refusal from None


_SMOOTH = frozenset(
    {"Number", "Symbol", "Add", "Mul", "Neg", "Pow", "Exp", "Sin", "Cos", "Sinh", "Cosh", "Tanh", "Asinh", "Atan"}
)


def smooth(s: Situation) -> None:
    """f(x) = body for all x, body built from polynomials, exp, sin, … and smooth functions  ⊢  f has k continuous derivatives.

    Refuses when a denominator may be zero, a root's or a logarithm's argument may not be positive, or an inner function is
    not known to be smooth enough.
    """
    name, order = s.claimed("Smooth")
    require(order >= 1 and order.denominator == 1, "shape", "how many derivatives there are is a positive whole number")
    names, known = strip(s.premises[0] if s.premises else s.claim)
    require(known.head == "Eq" and known.args[0] == apply(name, *map(symbol, names)), "shape", "the first premise must define it")
    fine = len(names) == len(set(names)) and all(s.table.domain(x) == "real" for x in names)
    require(fine, "domain", "the function must be known for all real numbers")
    available = _smoothness(s.premises[1:])
    others = tuple(p for p in s.premises[1:] if p.head != "Smooth")
    rest = replace(s, premises=others, bound=s.bound | set(names))  # what holds for one x does not help
    algebra = Algebra(s.table, [known, *rest.premises])
    facts = facts_of(rest, algebra)

    def check(term: Term) -> None:
        if not free_symbols(term) & set(names):
            return
        if term.head in ("Apply", "Derivative"):
            used = sum(term.args[1]) if term.head == "Derivative" else 0
            enough = available.get(term.args[0], 0) >= used + order
            require(enough, "does-not-follow", f"{term.args[0]} is not known to be smooth enough")
        elif term.head == "Div":
            require(0 not in facts.sign(algebra.value(term.args[1])), "may-be-zero", "a denominator may be zero")
        elif term.head in ("Sqrt", "Log"):
            fine = facts.sign(algebra.value(term.args[0])) == {1}
            require(fine, "sign-unknown", "an argument of a root or a logarithm may not be positive")
        else:
            require(term.head in _SMOOTH, "shape", f"{term.head} may have no derivative")
            if term.head == "Pow":
                exponent = term.args[1].args[0]
                natural = isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent >= 0
                require(natural, "shape", "an exponent that is no natural number")
        for arg in term.args:
            if isinstance(arg, Term):
                check(arg)

    check(known.args[1])
    facts.require_domain()


def taylor(s: Situation) -> None:
    """f has k continuous derivatives  ⊢  (f(x) - Σ_{j≤k} f⁽ʲ⁾(a)/j!·(x-a)ʲ)/(x-a)ᵏ → 0 as x → a.

    Premises may give values of derivatives at a. Refuses when the order exceeds the smoothness, or the polynomial is another.
    """
    body, x, a, limit = s.claimed("Tends")
    f, order = s.term("function"), s.witness.get("order")
    fine = f.head in ("Apply", "Derivative") and len(f.args) == (2 if f.head == "Apply" else 3) and f.args[-1] == symbol(x)
    require(fine, "witness", "a function of the variable is needed")
    used = f.args[1][0] if f.head == "Derivative" else 0
    enough = type(order) is int and order >= 1 and _smoothness(s.premises).get(f.args[0], 0) >= order + used
    require(enough, "does-not-follow", "the function is not known to be smooth enough")
    assert isinstance(order, int)
    require(x not in free_symbols(a) and limit == ZERO, "scope", "the point depends on the variable")
    require(s.table.domain(x) == "real", "domain", "the variable must be a real number")
    top, bottom = s.claimed("Div", body)
    step, parts, factorial = sub(symbol(x), a), [], 1
    for j in range(order + 1):
        factorial *= max(j, 1)
        value = apply(f.args[0], a) if used + j == 0 else Term("Derivative", (f.args[0], (used + j,), a))
        parts.append(div(mul(value, power(step, j)), number(factorial)))
    shorter = replace(s, claim=eq(top, sub(f, add(*parts))), premises=tuple(p for p in s.premises if p.head != "Smooth"))
    algebra = prepared(shorter)
    require(same(s.table, bottom, power(step, order)), "shape", "the denominator must be that power of x - a")
    require(algebra.is_zero(algebra.difference(*shorter.claim.args)), "not-equal", "this is not the Taylor polynomial")
    facts_of(shorter, algebra).require_domain()


def local_rate(s: Situation) -> None:
    """x(t + 1, b) = F(x(t, b)) and x(0, b) = b for all t, b;  F(a) = a, F'(a) = m, F' continuous
    ⊢  ∀ρ: |m| < ρ < 1 ⇒ ∃δ>0: ∀b: |b - a| < δ ⇒ ∀t |x(t, b) - a| ≤ ρᵗ·|b - a|.

    One radius serves all starting values b. The witness gives x(t, b), F, a, m and the names of t, δ and b. Refuses when a
    premise is missing, or holds for some t or b only; when a or m depends on t, b, ρ or δ; and when the claim has another form.
    """
    x, f, a, m = s.term("sequence"), s.term("function"), s.term("at"), s.term("slope")
    t, d, b = (s.witness.get(key) for key in ("step", "radius", "start"))
    fine = isinstance(t, str) and isinstance(d, str) and isinstance(b, str) and f.head == "Apply"
    require(fine, "witness", "step, radius and start are names, F is a function")
    assert isinstance(t, str) and isinstance(d, str) and isinstance(b, str)
    rho, inner = s.claimed("ForAll")
    step, begin, name = symbol(t), symbol(b), f.args[0]
    require(x.head == "Apply" and x.args[1:] == (step, begin), "shape", "expected x(t, b) with a step and a starting value")
    require(s.table.functions.get(x.args[0]) == "sequence", "domain", f"{x.args[0]} is no sequence")
    domains = [s.table.variables.get(one) for one in (t, d, b, rho)]
    require(domains == ["natural", "real", "real", "real"], "domain", "steps are natural numbers; radius, start and rate are real")
    fixed = free_symbols(a) | free_symbols(m)
    require(not {t, d, b, rho} & fixed and len({t, d, b, rho}) == 4, "scope", "a bound variable occurs in the data")
    require(not any(map(s.table.is_random, (apply(name, a), m))), "scope", "the radius would depend on the outcome")
    needed = [
        for_all(t, for_all(b, eq(apply(x.args[0], add(step, ONE), begin), apply(name, x)))),
        for_all(b, eq(apply(x.args[0], ZERO, begin), begin)),
        eq(apply(name, a), a),
        eq(Term("Derivative", (name, (1,), a)), m),
    ]
    for wanted in needed:
        require(any(same(s.table, wanted, p) for p in s.premises), "does-not-follow", "a premise of the rule is missing")
    require(_smoothness(s.premises).get(name, 0) >= 1, "does-not-follow", f"{name} is not known to be differentiable")
    distance, far = Term("Abs", (sub(x, a),)), Term("Abs", (sub(begin, a),))
    decay = for_all(t, le(distance, mul(power(symbol(rho), step), far)))
    near = exists(d, conj(lt(ZERO, symbol(d)), for_all(b, implies(lt(far, symbol(d)), decay))))
    wanted = implies(conj(lt(Term("Abs", (m,)), symbol(rho)), lt(symbol(rho), ONE)), near)
    require(same(s.table, inner, wanted), "shape", "the claim is not the local rate")


def conserved(s: Situation) -> None:
    """dx_i/dτ = f_i(x) for all τ, and Σ ∂Q/∂x_i·f_i = 0 identically  ⊢  Q(x(τ)) = Q(x(0)) for all τ.

    The premises are the equations of the flow. Refuses when the derivative along the flow does not vanish identically.
    """
    name, body = s.claimed("ForAll")
    left, right = s.claimed("Eq", body)
    require(s.table.domain(name) == "real", "domain", "the time must be a real variable")
    require(same(s.table, right, substitute(left, {name: ZERO})), "shape", "the right side must be the value at time 0")
    d = Differentiation(name, _smoothness(s.premises), curves=True)
    along = d.of(left)
    shorter = replace(s, claim=eq(along, ZERO))
    algebra = prepared(shorter)
    _require_equal(shorter, algebra, along, ZERO, "its derivative along the flow does not vanish")
    algebra.value(left)  # it must be defined, also in what does not depend on the time
    require(not any(algebra.atoms[i].head == "Diff" for i in range(len(algebra.atoms))), "does-not-follow",
            "an equation of the flow is missing")  # fmt: skip
    _obligations(shorter, algebra, d)
