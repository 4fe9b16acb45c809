"""Terms rewritten by what is known of signs: |x| = x, sqrt(x**2*y) = x*sqrt(y), log(x*y) = log x + log y, exp(t*log x) = x**t.

Each new form is equal to the old one wherever that is defined, and asks for no less: its own denominators and radicands are
obligations as ever, and what stood in a denominator still stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm

from flint import fmpq

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.facts import NOT_MINUS, PLUS, Facts
from derivations.language.terms import ONE, TWO, Term, add, div, mul, neg, number, power, rebuild, subterms

NOT_PLUS = frozenset({-1, 0})
MAX_PRIME = 1_000


class Canonical:
    """Rewrites terms for one algebra and the facts in it."""

    def __init__(self, algebra: Algebra, facts: Facts, together: tuple[Term, ...] = ()) -> None:
        self.algebra, self.facts = algebra, facts
        self.parts: dict[str, int] = {}  # monomial -> the common denominator of its coefficients in all exponentials
        for node in (node for term in together for node in subterms(term) if node.head == "Exp"):
            for key, _, coefficient in self.exponents(node.args[0]):
                self.parts[key] = lcm(self.parts.get(key, 1), int(coefficient.q))

    def exponents(self, argument: Term) -> list[tuple[str, list[tuple[int, int]], fmpq]]:
        """The monomials of an exponential's argument with their coefficients; none where it is no polynomial."""
        top, bottom = self.algebra.value(argument)
        if not bottom.is_constant():
            return []
        parts = self.algebra.monomials(top / bottom.leading_coefficient())
        return [(str(sorted(factors)), factors, fmpq(coefficient)) for coefficient, factors in parts]

    def of(self, term: Term) -> Term:
        """The term with its roots, logarithms, absolute values … in one form, innermost first. Raises Refused as ``value`` does."""
        if not any(node.head in _FORMS or node.head == "Pow" for node in subterms(term)):
            return term
        if term.head in ("Sum", "Expect", "Variance", "Diff", "Delta", "Derivative", "RootOf"):
            return term  # what is known out here need not hold in there
        inner = rebuild(term, self.of)
        if inner.head == "Pow" and inner.args[1].head in ("Number", "Div"):
            inner = _as_root(inner)
        form = _FORMS.get(inner.head)
        return inner if form is None else form(self, inner)


def _as_root(term: Term) -> Term:
    """x**(k/2) is sqrt(x)**k."""
    base, exponent = term.args
    if exponent.head == "Div":
        if not all(part.head == "Number" for part in exponent.args) or exponent.args[1].args[0] == 0:
            return term
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    value = exponent.args[0]
    return power(Term("Sqrt", (base,)), int(value * 2)) if value.denominator == 2 else term


def _absolute(self: Canonical, term: Term) -> Term:
    """|f**2*g/h| is f**2*|g|/|h|; what has a known sign loses the bars."""
    inner = term.args[0]
    sign = self.facts.sign(self.algebra.value(inner))
    return inner if sign <= NOT_MINUS else neg(inner) if sign <= NOT_PLUS else term


def _split(self: Canonical, poly: Poly) -> tuple[Fraction, list[tuple[Poly, int, frozenset[int]]]]:
    """The constant, and the irreducible factors with their exponents and signs."""
    constant, parts = self.algebra.reduce(poly).factor()
    self.facts.factors(poly)
    return _fraction(constant), [
        (part, int(e), self.facts.known.get(str(part), frozenset({-1, 0, 1}))) for part, e in parts
    ]


def _fraction(value: fmpq) -> Fraction:
    value = fmpq(value)
    return Fraction(int(value.p), int(value.q))


def _square_root(self: Canonical, term: Term) -> Term:
    """sqrt(c*f**3*g**2/h) is f*|g|*sqrt(c)*sqrt(f)/(sqrt(h)…): factors of known sign get roots of their own."""
    top, bottom = self.algebra.value(term.args[0])
    if top.is_zero() or (top.is_constant() and bottom.is_constant()):
        return term
    scale, above = _split(self, top)
    under, below = _split(self, bottom)
    scale /= under
    outside: list[Term] = []
    divisors: list[Term] = []
    rest = [(number(1 if scale > 0 else -1), 1)]
    for parts, side, one in ((above, outside, 1), (below, divisors, -1)):
        for part, count, sign in parts:
            written = self.algebra.term_of_poly(part)
            size = written if sign <= NOT_MINUS else neg(written) if sign <= NOT_PLUS else Term("Abs", (written,))
            if count // 2:
                side.append(power(size, count // 2))
            if count % 2 and sign <= NOT_MINUS:
                side.append(Term("Sqrt", (written,)))
            elif count % 2:
                rest.append((written, one))
    outside.append(Term("Sqrt", (number(abs(scale)),)))
    kept = [part for part, one in rest if one > 0], [part for part, one in rest if one < 0]
    if len(rest) > 1 or scale < 0:
        inner = mul(*kept[0]) if not kept[1] else div(mul(*kept[0]), mul(*kept[1]))
        outside.append(Term("Sqrt", (inner,)))
    return div(mul(*outside), mul(*divisors)) if divisors else mul(*outside)


def _logarithm(self: Canonical, term: Term) -> Term:
    """log(c*f**2*g/h) is log c + 2*log f + log g - log h, if all factors are positive; log(exp(x)) is x."""
    top, bottom = self.algebra.value(term.args[0])
    if top.is_zero():
        return term
    scale, above = _split(self, top)
    under, below = _split(self, bottom)
    scale /= under
    parts = [*above, *((part, -count, sign) for part, count, sign in below)]
    if scale <= 0 or any(sign != PLUS for _, _, sign in parts):
        return term
    logs = [mul(number(count), _log_of(self.algebra.term_of_poly(part))) for part, count, _ in parts]
    for whole, sign in ((scale.numerator, 1), (scale.denominator, -1)):
        logs += [mul(number(sign * count), Term("Log", (number(prime),))) for prime, count in _primes(whole)]
    return add(*logs)


def _log_of(term: Term) -> Term:
    """log(exp(x)) is x."""
    return term.args[0] if term.head == "Exp" else Term("Log", (term,))


def _primes(whole: int) -> list[tuple[int, int]]:
    """The prime factors below a bound, with what is left as if it were prime."""
    found = []
    for prime in range(2, MAX_PRIME):
        if prime * prime > whole:
            break
        count = 0
        while whole % prime == 0:
            whole, count = whole // prime, count + 1
        if count:
            found.append((prime, count))
    return [*found, (whole, 1)] if whole > 1 else found


def _exponential(self: Canonical, term: Term) -> Term:
    """exp(k*t*log(x) + y) is x**(k*t)*exp(y), for whole k, whole variables t, and positive x; exp(log(x)/2) is sqrt(x).

    exp(x) is exp(x/2)**2 where exp(x/2) occurs, too.
    """
    factors: list[Term] = []
    rest: list[Term] = []
    for key, parts, coefficient in self.exponents(term.args[0]):
        power_of = _of_logarithm(self, parts, coefficient)
        common = self.parts.get(key, 1)
        if power_of is not None:
            factors.append(power_of)
        elif common > 1 and coefficient.q < common:
            unit = Term("Exp", (self.algebra.term_of(fmpq(1, common), parts),))
            factors.append(_power_of(unit, int(coefficient * common), []))
        else:
            rest.append(self.algebra.term_of(coefficient, parts))
    if not factors:
        return term
    return mul(*factors, Term("Exp", (add(*rest),))) if rest else mul(*factors)


def _of_logarithm(self: Canonical, parts: list[tuple[int, int]], coefficient: fmpq) -> Term | None:
    """exp(k*t*log(x)) as a power of x; None for another exponential."""
    algebra = self.algebra
    logs = [i for i, e in parts if algebra.atoms[i].head == "Log" and e == 1]
    if len(logs) != 1:
        return None
    others = [(i, e) for i, e in parts if i not in logs]
    whole = all(algebra.atoms[i].head == "Symbol" and algebra.table.is_whole(algebra.atoms[i].args[0]) for i, _ in others)
    base = algebra.atoms[logs[0]].args[0]
    if not whole or coefficient.q > 2 or (coefficient.q == 2 and others) or self.facts.sign(algebra.value(base)) != PLUS:
        return None
    root = base if coefficient.q == 1 else self.of(Term("Sqrt", (base,)))
    return _power_of(root, int(coefficient.p), [power(algebra.atoms[i], e) for i, e in others])


def _power_of(base: Term, count: int, variables: list[Term]) -> Term:
    if not variables:
        return power(base, count)
    raised = Term("Pow", (base, mul(number(abs(count)), *variables)))
    return raised if count > 0 else div(ONE, raised)


def _hyperbolic(self: Canonical, term: Term) -> Term:
    """sinh, cosh and tanh by their definitions."""
    up, down = Term("Exp", (term.args[0],)), Term("Exp", (neg(term.args[0]),))
    sine, cosine = add(up, neg(down)), add(up, down)
    if term.head == "Tanh":
        return div(sine, cosine)
    return div(sine if term.head == "Sinh" else cosine, TWO)


def _extreme(self: Canonical, term: Term) -> Term:
    """The largest (or smallest) of terms: each that is never above (below) another is left out."""
    kept = list(term.args)
    for one in term.args:
        for other in [part for part in kept if part is not one]:
            sign = self.facts.sign(self.algebra.difference(one, other))
            if one in kept and sign <= (NOT_PLUS if term.head == "Max" else NOT_MINUS):
                kept.remove(one)
    return kept[0] if len(kept) == 1 else Term(term.head, tuple(kept))


_FORMS: dict[str, Callable[[Canonical, Term], Term]] = {
    "Abs": _absolute, "Sqrt": _square_root, "Log": _logarithm, "Exp": _exponential, "Sinh": _hyperbolic, "Cosh": _hyperbolic,
    "Tanh": _hyperbolic, "Max": _extreme, "Min": _extreme,
}  # fmt: skip
