"""Models whose coefficients are sums of squares, phi_i = sum_j a_j*theta_j**2: their gradient flow in closed form.

With s_i' = c_i, s_i(0) = 0 the flow multiplies theta_j by exp(-2*a_j*s_i), so from equal starts alpha the coefficient is
alpha**2*F(-4*s_i), F(y) = sum_j a_j*exp(a_j*y). If F has an inverse G, G(phi_i/alpha**2) = -4*s_i: the flow is one of steepest
descent in the mirror map whose potential q has the derivative G.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from derivations.language.errors import Undecided
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    div,
    eq,
    for_all,
    mul,
    ne,
    neg,
    number,
    power,
    substitute,
    symbol,
)
from derivations.problems.models import Model
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import flat
from derivations.tactics.model_flow import coefficients
from derivations.tactics.model_steps import free_names
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term


@dataclass(frozen=True)
class Squares:
    """phi_i = sum_j a_j*theta_j**2 for each i: the parameters' positions with their a_j."""

    model: Model
    parts: tuple[dict[int, Fraction], ...]


def sums_of_squares(model: Model) -> Squares:
    """Raises Undecided unless every coefficient is such a sum, of parameters that no other coefficient has."""
    parts: list[dict[int, Fraction]] = []
    for one in coefficients(model):
        if any(len(monomial) != 2 or len(set(monomial)) != 1 for monomial in one.poly):
            raise Undecided("this is about models whose coefficients are sums of squares of parameters, such as squares[2]")
        parts.append({monomial[0]: Fraction(c) for monomial, c in one.poly.items()})
    used = [j for part in parts for j in part]
    if len(used) != len(set(used)):
        raise Undecided("a parameter occurs in two coefficients, so that its flow has no closed form")
    return Squares(model, tuple(parts))


@dataclass(frozen=True)
class Shape:
    """F(y) = 2*n*a*sinh(a*y), or n*a*exp(a*y), as far as it is one of these."""

    size: Fraction
    rate: Fraction
    odd: bool

    def inverse(self, top: Term, bottom: Term = ONE) -> Term:
        """G(top/bottom), the y with F(y) = top/bottom."""
        inner = Term("Asinh" if self.odd else "Log", (self.scaled(top, bottom),))
        return per(inner, self.rate)

    def grown(self, y: Term) -> Term:
        """F(y)."""
        return _scaled(self.size, Term("Sinh" if self.odd else "Exp", (_scaled(self.rate, y),)))

    def scaled(self, top: Term, bottom: Term = ONE) -> Term:
        """sinh(a*y), or exp(a*y), from F(y) = top/bottom."""
        whole = per(top, self.size)
        if bottom == ONE:
            return whole
        return div(whole.args[0], mul(whole.args[1], bottom)) if whole.head == "Div" else div(whole, bottom)


def shape(rates: dict[int, Fraction]) -> Shape | None:
    """None where F has no inverse that can be written down."""
    counts = Counter(rates.values())
    if len(counts) == 1:
        ((rate, n),) = counts.items()
        return Shape(n * rate, rate, False)
    rate = max(counts)
    if len(counts) == 2 and counts.get(rate) == counts.get(-rate):
        return Shape(2 * counts[rate] * rate, rate, True)
    return None


def per(term: Term, value: Fraction) -> Term:
    """term/value as one fraction."""
    top = term if value.denominator == 1 else mul(number(value.denominator), term)
    return top if value.numerator == 1 else div(top, number(value.numerator))


def growth(rates: dict[int, Fraction], y: Term) -> Term:
    """F(y), with pairs of exponentials as hyperbolic sines. ``y`` is a multiple of a term by a number."""
    counts, parts = Counter(rates.values()), []
    for rate in sorted({abs(one) for one in counts}):
        pairs = min(counts[rate], counts[-rate])
        if pairs:
            parts.append(_scaled(2 * pairs * rate, Term("Sinh", (_scaled(rate, y),))))
        for sign in (rate, -rate):
            if left := counts[sign] - pairs:
                parts.append(_scaled(left * sign, Term("Exp", (_scaled(sign, y),))))
    return add(*parts)


def _scaled(factor: Fraction, term: Term) -> Term:
    """factor*term without factors of 1 and products of numbers."""
    negative = term.head == "Neg"
    inner = term.args[0] if negative else term
    if inner.head == "Mul" and inner.args[0].head == "Number":
        factor, inner = factor * inner.args[0].args[0], flat(mul(*inner.args[1:]))
    factor = -factor if negative else factor
    if inner.head == "Sinh" and inner.args[0].head == "Neg":  # an odd function
        factor, inner = -factor, Term("Sinh", inner.args[0].args)
    body = inner if abs(factor) == 1 else flat(mul(number(abs(factor)), inner))
    return neg(body) if factor < 0 else body


# --- the path ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Path:
    """The flow of such a model from equal starts, as hypotheses, and theta_j(tau) = alpha*exp(-2*a_j*s_i(tau)) as steps."""

    squares: Squares
    time: str
    start: str
    sums: tuple[str, ...]
    solved: dict[int, str]

    def coefficient(self, i: int) -> Term:
        """phi_i on the path."""
        names, part = self.squares.model.parameters, self.squares.parts[i]
        term = as_term({(j, j): c for j, c in part.items()}, names)
        return substitute(term, {name: apply(name, symbol(self.time)) for name in names})

    def total(self, i: int) -> Term:
        return apply(self.sums[i], symbol(self.time))


def path(proof: Proof, squares: Squares) -> Path:
    model, count = squares.model, len(squares.parts)
    names = model.parameters
    time, start = fresh("tau", (*names, *model.data)), fresh("alpha", (*names, *model.data))
    slopes, sums = free_names(model, "c", count), free_names(model, "s", count)
    if set(slopes) & set(sums):
        sums = free_names(model, "k", count)
    tau = symbol(time)
    proof.declare(time, "real", "time")
    proof.declare(start, "real", "size of the parameters at the start")
    for name in names:
        proof.declare(name, "function", "parameter at that time")
    for i in range(count):
        proof.declare(slopes[i], "function", f"the loss's slope in the coefficient {i + 1}")
        proof.declare(sums[i], "function", f"the same slope, summed up to that time, of the coefficient {i + 1}")
    solved: dict[int, str] = {}
    for i, part in enumerate(squares.parts):
        rises = proof.assume(for_all(time, eq(Term("Diff", (apply(sums[i], tau), time)), apply(slopes[i], tau))), "sum of slopes")
        zero = proof.assume(eq(apply(sums[i], ZERO), ZERO), "nothing yet")
        for j, rate in part.items():
            push = _scaled(-2 * rate, mul(apply(slopes[i], tau), apply(names[j], tau)))
            moves = proof.assume(for_all(time, eq(Term("Diff", (apply(names[j], tau), time)), push)), "gradient flow")
            begins = proof.assume(eq(apply(names[j], ZERO), symbol(start)), "equal starts")
            solved[j] = _solved(proof, (names[j], sums[i], time, start), rate, (rises, zero, moves, begins))
    return Path(squares, time, start, sums, solved)


def _solved(proof: Proof, names: tuple[str, str, str, str], rate: Fraction, labels: tuple[str, str, str, str]) -> str:
    """theta(tau) = alpha*exp(-2*a*s(tau)), because exp(2*a*s)*theta is conserved."""
    name, total, time, start = names
    rises, zero, moves, begins = labels
    tau = symbol(time)

    def product(at: Term, sign: int = 1) -> Term:
        return Term("Exp", (_scaled(sign * 2 * rate, apply(total, at)),))

    now = apply(name, tau)
    kept = proof.step("conserved", for_all(time, eq(mul(product(tau), now), mul(product(ZERO), apply(name, ZERO)))), rises, moves,
                      because="the exponential makes up for the change")  # fmt: skip
    first = proof.step("identity", eq(mul(product(ZERO), apply(name, ZERO)), symbol(start)), zero, begins, because="at the start")
    plain = proof.step("rewrite", for_all(time, eq(mul(product(tau), now), symbol(start))), kept, first, because="insert it")
    split = proof.step("identity", eq(now, mul(product(tau, -1), mul(product(tau), now))),
                       because="multiply and divide by the exponential")  # fmt: skip
    there = proof.step("rewrite", eq(now, mul(product(tau, -1), symbol(start))), split, plain, because="the product is constant")
    ordered = eq(now, mul(symbol(start), product(tau, -1)))
    again = proof.step("rewrite", ordered, there, there, because="in another order") if ordered != proof.claims[there] else there
    return proof.step("generalise", for_all(time, ordered), again, because="at every time")


def coefficient_path(proof: Proof, found: Path, i: int) -> str:
    """phi_i(tau) = alpha**2*F(-4*s_i(tau))."""
    part = found.squares.parts[i]
    y = neg(mul(number(4), found.total(i)))
    claim = eq(found.coefficient(i), _times_square(found.start, growth(part, y)))
    label = proof.step("identity", claim, *(found.solved[j] for j in part), because="insert the parameters")
    return proof.step("generalise", for_all(found.time, claim), label, because="at every time")


def _times_square(start: str, term: Term) -> Term:
    """alpha**2*term, numbers in front."""
    square = power(symbol(start), 2)
    negative = term.head == "Neg"
    inner = term.args[0] if negative else term
    numbered = inner.head == "Mul" and inner.args[0].head == "Number"
    parts = [*inner.args[:1], square, *inner.args[1:]] if numbered else [square, inner]
    return neg(mul(*parts)) if negative else mul(*parts)


def mirror(proof: Proof, found: Path, i: int, form: Shape) -> str:
    """G(phi_i(tau)/alpha**2) = -4*s_i(tau)."""
    known = {claim: label for label, claim in proof.claims.items()}
    start = ne(symbol(found.start), ZERO)
    nonzero = known.get(start) or proof.assume(start, "at zero nothing would move")
    y = neg(mul(number(4), found.total(i)))
    data = found.coefficient(i), power(symbol(found.start), 2)
    inserted = [found.solved[j] for j in found.squares.parts[i]]
    claim, inner, x = eq(form.inverse(*data), y), form.scaled(*data), _scaled(form.rate, y)
    grown = Term("Sinh" if form.odd else "Exp", (x,))
    is_so = proof.step("identity", eq(inner, grown), nonzero, *inserted, because="insert the parameters")
    if form.odd:
        undone = asinh_of_sinh(proof)
        there = proof.step("instantiate", eq(Term("Asinh", (grown,)), x), undone, values={proof.claims[undone].args[0]: x},
                           because="for this number")  # fmt: skip
    else:
        there = proof.step("identity", eq(Term("Log", (grown,)), x), because="the logarithm of an exponential")
    back = proof.step("rewrite", eq(Term("Asinh" if form.odd else "Log", (inner,)), x), there, is_so, because="insert it")
    if form.rate != 1:
        split = proof.step("identity", eq(y, per(x, form.rate)), because="divide")
        back = proof.step("rewrite", claim, split, back, because="insert it")
    return proof.step("generalise", for_all(found.time, claim), back, because="at every time")


def asinh_of_sinh(proof: Proof) -> str:
    """asinh(sinh(y)) = y: the difference has derivative zero, and vanishes at 0."""
    for label, claim in proof.claims.items():
        if claim.head == "ForAll" and claim.args[1] == _undone(claim.args[0]):
            return label
    name = proof.declare(fresh("y", (one for one, _ in proof.variables)), "real")
    return vanishing(proof, name, *_undone(name).args)


def _undone(name: str) -> Term:
    return eq(Term("Asinh", (Term("Sinh", (symbol(name),)),)), symbol(name))


def vanishing(proof: Proof, name: str, left: Term, right: Term, *known: str) -> str:
    """left = right for all real values of a variable: their difference has derivative zero, and vanishes at 0."""
    gap = add(left, neg(right))
    begin = substitute(gap, {name: ZERO})
    constant = proof.step("conserved", for_all(name, eq(gap, begin)), *known, because="the difference has derivative zero")
    zero = proof.step("identity", eq(begin, ZERO), because="at 0")
    none = proof.step("rewrite", for_all(name, eq(gap, ZERO)), constant, zero, because="insert it")
    split = proof.step("identity", eq(left, add(gap, right)), because="add and take away")
    equal = proof.step("rewrite", eq(left, right), split, none, because="the difference is zero")
    return proof.step("generalise", for_all(name, eq(left, right)), equal, because="for every value")
