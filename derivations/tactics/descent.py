"""What a finite learning rate leaves of the flow: the drift of conserved quantities, powers and exponentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    eq,
    for_all,
    free_symbols,
    implies,
    le,
    mul,
    ne,
    neg,
    number,
    power,
    rebuild,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.darboux import Quotient
from derivations.tactics.integrals import Field, fresh, gradient_field, partial
from derivations.tactics.linear import T, closed_form, declare_problem, flat
from derivations.tactics.proof import Proof


def descent(proof: Proof, problem: Problem) -> tuple[Field, tuple[Term, ...], tuple[str, ...]]:
    """The problem's own update: new values as terms in the old ones, and the labels of its explicit steps."""
    loss, method = problem.loss, problem.optimizer
    if len(method.state) != 1:
        raise Undecided(f"{method.name} has memory; only methods without memory are treated here so far")
    clash = {"t", *method.hyperparameters} & set(loss.parameters)
    if clash:
        raise Undecided(
            f"a parameter is called {min(clash)}, as the method's own names are; please give it another name"
        )
    proof.declare("t", "natural")
    declare_problem(proof, problem, loss)
    field = gradient_field(proof, loss)
    for name in field.names:
        proof.declare(name, "sequence", "parameter after t steps")
    said = _updates(problem, field.names, partial)
    values = dict(zip(field.names, _updates(problem, field.names, lambda i, at: _inserted(field, i, at)), strict=True))
    labels = []
    for i, (name, rule) in enumerate(zip(field.names, said, strict=True)):
        after = apply(name, add(T, ONE))
        label = proof.define(for_all("t", eq(after, field.at(rule, T))), "one step of the method")
        claim = for_all("t", eq(after, flat(field.at(values[name], T))))
        labels.append(proof.step("rewrite", claim, label, field.derivatives[i], because="insert the derivative"))
    return field, tuple(values.values()), tuple(labels)


def _inserted(field: Field, i: int, at: tuple[Term, ...]) -> Term:
    return substitute(field.gradient[i], dict(zip(field.names, at, strict=True)))


def _updates(problem: Problem, names: tuple[str, ...], gradient: Any) -> tuple[Term, ...]:
    """The update rule for each parameter, as a term in all of them."""
    old = problem.optimizer.parameter
    rule = problem.optimizer.update[old]
    if any(node.head == "Apply" and node.args[1] != symbol(old) for node in subterms(rule)):
        raise Undecided(
            f"{problem.optimizer.name} asks for the gradient at another point; that is not treated here so far"
        )
    xs = tuple(map(symbol, names))

    def component(term: Term, i: int) -> Term:
        if term.head == "Apply":
            return gradient(i, xs)  # type: ignore[no-any-return]
        return xs[i] if term == symbol(old) else rebuild(term, lambda arg: component(arg, i))

    return tuple(flat(component(rule, i)) for i in range(len(names)))


@dataclass(frozen=True)
class Change:
    """Q(x(t+1)) = factor*Q(x(t)), if there is a factor, and Q(x(t+1)) - Q(x(t)) = difference."""

    quantity: Term
    factor: Term | None
    difference: Term


def change(field: Field, quantity: Term, update: tuple[Term, ...]) -> Change:
    """The change of Q, or of Q plus a constant that is found, where that makes Q divide it."""
    bridge = Bridge()
    before = bridge.to_sympy(quantity)
    after = bridge.to_sympy(substitute(quantity, dict(zip(field.names, update, strict=True))))
    difference = sp.factor(after - before)
    xs = [bridge.to_sympy(x) for x in field.variables]
    others = sorted(
        difference.free_symbols - set(xs) - {bridge.to_sympy(symbol(name)) for name in field.constants}, key=str
    )
    unknown = sp.Dummy("k")
    over = sp.QQ.frac_field(unknown, *(bridge.to_sympy(symbol(name)) for name in field.constants))
    top = sp.Poly(difference, *xs, *others, domain=over)
    for shift in _shifts(top, sp.Poly(before + unknown, *top.gens, domain=top.domain), unknown):
        ratio, rest = sp.div(top, sp.Poly(before + shift, *top.gens, domain=top.domain))
        if rest.is_zero:
            return Change(
                bridge.to_term(sp.expand(before + shift)),
                _factor(bridge, sp.cancel(ratio.as_expr()), xs),
                bridge.to_term(difference),
            )
    return Change(quantity, None, bridge.to_term(difference))


def _shifts(top: Any, shifted: Any, unknown: Any) -> list[Any]:
    """Constants k for which Q + k may divide the change of Q; 0 first."""
    rest = sp.div(top, shifted)[1]
    conditions = [sp.numer(sp.together(c)) for c in rest.coeffs() if c != 0]
    common = sp.gcd_list(conditions) if conditions else sp.Integer(0)
    roots = sp.roots(sp.Poly(common, unknown)) if common.has(unknown) and sp.Poly(common, unknown).degree() <= 2 else {}
    return [sp.Integer(0), *(root for root in roots if root != 0 and root.is_Rational)]


def _factor(bridge: Bridge, growth: Any, xs: list[Any]) -> Term:
    """1 + growth; the growth factored where it depends on the parameters."""
    if not growth.has(*xs):
        return tidy(bridge.to_term(1 + growth))
    lost = bridge.to_term(sp.factor(-growth))
    return add(ONE, lost.args[0]) if lost.head == "Neg" else sub(ONE, lost)


def one_step(proof: Proof, field: Field, labels: tuple[str, ...], change: Change) -> str:
    """Q after one step: c times Q, or Q and its exact change."""
    after, now = field.at(change.quantity, add(T, ONE)), field.at(change.quantity, T)
    if change.factor is not None and change.factor != ONE:
        claim = eq(after, mul(field.at(change.factor, T), now))
        words = "insert the update: what the flow conserves is multiplied by this factor"
    else:
        claim = eq(sub(after, now), field.at(change.difference, T))
        words = "insert the update: nothing changes" if change.factor == ONE else "insert the update: this much is left"
    label = proof.step("identity", claim, *labels, *field.conditions, because=words)
    return proof.step("generalise", for_all("t", claim), label, because="at every step")


def quotient_step(proof: Proof, field: Field, labels: tuple[str, ...], quotient: Quotient, update: tuple[Term, ...]) -> str | None:
    """Q(x(t+1)) = c*Q(x(t)) for a quotient, where its denominators do not vanish; None unless there is such a number c."""
    bridge = Bridge()
    xs = [bridge.to_sympy(x) for x in field.variables]
    before = bridge.to_sympy(quotient.quantity)
    after = bridge.to_sympy(substitute(quotient.quantity, dict(zip(field.names, update, strict=True))))
    factor = sp.factor(sp.cancel(sp.together(after / before)))
    if factor.has(*xs):
        return None
    defined = []
    for curve, _ in quotient.bottoms:
        claim = for_all("t", ne(field.at(curve, T), ZERO))
        known = {item.claim: item.label for item in proof.hypotheses}
        away = known.get(claim) or proof.assume(claim, "where the quotient is defined")
        following = ne(field.at(curve, add(T, ONE)), ZERO)
        defined += [away, proof.step("instantiate", following, away, values={"t": add(T, ONE)}, because="at the next step")]
    now, then = (field.at(quotient.quantity, moment) for moment in (T, add(T, ONE)))
    label = proof.step("identity", eq(then, mul(bridge.to_term(factor), now)), *labels, *field.conditions, *defined,
                       because="insert the update: what the flow conserves is multiplied by this factor")  # fmt: skip
    return proof.step("generalise", for_all("t", proof.claims[label]), label, because="at every step")


def all_steps(proof: Proof, field: Field, quantity: Term, factor: Term, step: str) -> str:
    """Q(x(t)) = c**t*Q(x(0)) by induction."""
    return closed_form(proof, step, field.at(quantity, T), factor, field.at(quantity, ZERO), list(field.conditions))


def _whole(proof: Proof) -> list[str]:
    """Labels of the hypotheses that something does not vanish."""
    return [item.label for item in proof.hypotheses if item.claim.head == "Ne"]


def slow_loss(proof: Proof, factor: Term) -> str:
    """1 - t*h <= c**t <= 1 for 0 <= h <= 1, where h = 1 - c."""
    h = tidy(sub(ONE, factor))
    always = Bridge().to_sympy(h).is_nonnegative
    condition = le(h, ONE) if always else conj(le(ZERO, h), le(h, ONE))
    case = proof.supposing(condition, "a learning rate that is not too large")
    grown = power(factor, T)
    known = [case.label, *_whole(proof)]
    with proof.inside() as steps:
        low = proof.step(
            "bounds",
            le(sub(ONE, mul(T, h)), grown),
            *known,
            kind="bernoulli",
            h=h,
            t=T,
            because="Bernoulli's inequality",
        )
        high = proof.step(
            "bounds", le(grown, ONE), *known, kind="power", a=factor, b=ONE, t=T, because="powers of a number up to 1"
        )
        bounds = conj(proof.claims[low], proof.claims[high])
        proof.step("conjunction", bounds, low, high, because="both")
    label = proof.step(
        "suppose",
        implies(condition, bounds),
        branches=(proof.branch("a small learning rate", steps, case),),
        because="how much is lost in t steps",
    )
    return proof.step("generalise", for_all("t", proof.claims[label]), label, because="for every t")


def exponential_limit(proof: Proof, factor: Term, rate: str) -> str | None:
    """m(tau/n)**n -> exp(m'(0)*tau): the limit of small learning rates over a fixed time; None unless m(0) = 1."""
    taken = free_symbols(factor) | {name for name, _ in proof.variables}
    time, n = fresh("tau", taken), fresh("n", taken)
    bridge = Bridge()
    expression, eta = bridge.to_sympy(factor), bridge.to_sympy(symbol(rate))
    if sp.cancel(expression.subs(eta, 0)) != 1:
        return None
    proof.declare(time, "real", "elapsed time, the number of steps times the learning rate" if time != "tau" else "")
    proof.declare(n, "natural", "number of steps into which the time is divided")
    tau, steps = bridge.to_sympy(symbol(time)), bridge.to_sympy(symbol(n))
    slope = sp.factor(sp.diff(expression, eta).subs(eta, 0) * tau)
    base = bridge.to_term(sp.expand(expression.subs(eta, tau / steps)))
    claim = tends(power(base, symbol(n)), n, INFINITY, Term("Exp", (bridge.to_term(slope),)))
    known = [item.label for item in proof.hypotheses]
    label = proof.step(
        "limit-exponential", claim, *known, because="many small factors, each close to 1, make an exponential"
    )
    if slope != 0:
        return label
    one = proof.step("identity", eq(claim.args[3], ONE), because="the exponential of 0")
    return proof.step("rewrite", tends(power(base, symbol(n)), n, INFINITY, ONE), label, one, because="insert it")


def distance_from_exponential(proof: Proof, ratio: Term) -> str:
    """0 <= exp(-t*h) - m**t <= t*h**2/2 for 0 <= h <= 1, where h = 1 - m."""
    h = tidy(sub(ONE, ratio))
    shrunk, curve = (Term("Exp", (tidy(neg(part)),)) for part in (h, mul(T, h)))
    grown = power(ratio, T)
    gap = sub(curve, grown)
    most = tidy(div(mul(T, power(h, 2)), number(2)))
    condition = conj(le(ZERO, h), le(h, ONE))
    case = proof.supposing(condition, "a learning rate up to that of Newton's step")
    whole = _whole(proof)
    with proof.inside() as steps:
        above = proof.step("signs", le(ZERO, h), case.label, *whole, because="by assumption")
        below = proof.step("signs", le(h, ONE), case.label, *whole, because="by assumption")
        low = proof.step(
            "bounds",
            le(ratio, shrunk),
            *whole,
            kind="exp-below",
            x=neg(h),
            because="the exponential lies above its tangent",
        )
        high = proof.step(
            "bounds",
            le(shrunk, add(sub(ONE, h), div(power(h, 2), number(2)))),
            case.label,
            *whole,
            kind="exp-above",
            h=h,
            because="and below its second-order polynomial",
        )
        one = proof.step(
            "polynomial-implication",
            le(shrunk, ONE),
            high,
            above,
            below,
            *whole,
            because="which is at most 1",
            terms=({"premises": (0,)}, {"premises": (1, 2)}, {"coefficient": "1/2", "square": h}),
        )
        first = proof.step(
            "bounds",
            le(grown, power(shrunk, T)),
            case.label,
            low,
            *whole,
            kind="power",
            a=ratio,
            b=shrunk,
            t=T,
            because="powers keep the order",
        )
        second = proof.step(
            "bounds",
            le(sub(power(shrunk, T), grown), mul(T, sub(shrunk, ratio))),
            case.label,
            low,
            one,
            *whole,
            kind="power-gap",
            a=shrunk,
            b=ratio,
            t=T,
            because="t factors, each off by at most this",
        )
        steps_are = proof.step("signs", le(ZERO, T), because="a number of steps is not negative")
        left = proof.step(
            "polynomial-implication",
            le(ZERO, gap),
            first,
            *whole,
            terms=({"premises": (0,)},),
            because="a power of an exponential is an exponential",
        )
        right = proof.step(
            "polynomial-implication",
            le(gap, most),
            second,
            steps_are,
            high,
            *whole,
            terms=({"premises": (0,)}, {"premises": (1, 2)}),
            because="insert the second-order bound",
        )
        both = conj(proof.claims[left], proof.claims[right])
        proof.step("conjunction", both, left, right, because="both")
    label = proof.step(
        "suppose",
        implies(condition, both),
        branches=(proof.branch("a small learning rate", steps, case),),
        because="how far the power is from the exponential",
    )
    return proof.step("generalise", for_all("t", proof.claims[label]), label, because="for every t")
