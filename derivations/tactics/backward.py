"""Backward error analysis: of which loss gradient descent follows the flow, up to the third order in the learning rate.

The flow of M = L + c*eta*|grad L|**2 is expanded in time by differentiating its equations; the coefficient c for which the second
order agrees with one step is solved for. The remainder is bounded by the third derivatives of the flow's path.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.kernel.rules.analysis import Differentiation
from derivations.language.errors import Undecided
from derivations.language.terms import (
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    implies,
    le,
    mul,
    neg,
    number,
    power,
    rebuild,
    smooth,
    sub,
    substitute,
    symbol,
)
from derivations.problems.losses import refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, equal, tidy
from derivations.tactics.descent import _updates
from derivations.tactics.integrals import fresh, gradient_field, partial
from derivations.tactics.linear import declare_problem, gradient_steps, learning_rate
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Gradient:
    """The loss's parameters, its value and partial derivatives as terms, and the labels of the steps that say so."""

    names: tuple[str, ...]
    value: Term
    parts: tuple[Term, ...]
    labels: tuple[str, ...]
    smooth: dict[str, int]

    @property
    def at(self) -> tuple[Term, ...]:
        return tuple(map(symbol, self.names))

    def along(self, term: Term, moment: Term) -> Term:
        """A term in the parameters, said of the path at that moment."""
        return substitute(term, {name: apply(name, moment) for name in self.names})


@dataclass(frozen=True)
class Path:
    """The path of the modified flow: the labels of its first two derivatives at 0, and their values."""

    first: tuple[Term, ...]
    second: tuple[Term, ...]
    labels: tuple[tuple[str, str], ...]
    known: tuple[str, ...]


def loss_gradient(proof: Proof, problem: Problem) -> Gradient:
    """The loss and its partial derivatives: explicit for a polynomial, else of a smooth function L of one parameter."""
    loss = problem.loss
    refuse_taken(loss)
    declare_problem(proof, problem, loss)
    xs = tuple(map(symbol, loss.parameters))
    if loss.body is None:
        labels, _ = gradient_steps(proof, loss, 3)
        return Gradient(loss.parameters, apply("L", *xs), (partial(0, xs),), (labels[0],), {"L": 3})
    field = gradient_field(proof, loss)
    definition = proof.definitions[-1].label
    return Gradient(field.names, loss.body, field.gradient, (definition, *field.derivatives, *field.conditions), {})


def require_descent(problem: Problem, given: Gradient) -> str:
    """The name of the learning rate. Raises Undecided unless one step is x - eta*grad L(x)."""
    method = problem.optimizer
    rate = learning_rate(method)
    if len(method.state) == 1:
        steps = _updates(problem, given.names, lambda i, at: given.parts[i])
        wanted = [sub(x, mul(symbol(rate), part)) for x, part in zip(given.at, given.parts, strict=True)]
        if all(equal(one, other) for one, other in zip(steps, wanted, strict=True)):
            return rate
    raise Undecided(f"the modified loss is found for steps along the gradient so far; {method.name} makes others")


def modified_loss(proof: Proof, given: Gradient, rate: str, weight: str) -> tuple[str, Term]:
    """M(x) = L(x) + c*eta*|grad L(x)|**2 by definition, and with the derivatives carried out: the label and the value."""
    xs, squares = given.at, [power(partial(i, given.at), 2) for i in range(len(given.names))]
    proof.declare("M", "function", "modified loss")
    said = add(apply("L", *xs), mul(symbol(weight), symbol(rate), add(*squares)))
    label = proof.define(_for_all(given.names, eq(apply("M", *xs), said)), "the modified loss")
    explicit = add(given.value, mul(symbol(weight), symbol(rate), add(*(power(part, 2) for part in given.parts))))
    if explicit == said:
        return label, explicit
    claim = _for_all(given.names, eq(apply("M", *xs), explicit))
    return proof.step("rewrite", claim, label, *given.labels, because="insert the loss and its derivatives"), explicit


def modified_path(proof: Proof, given: Gradient, modified: tuple[str, Term], rate: str) -> Path:
    """The path of the modified flow, three times continuously differentiable, and its first derivatives at time 0."""
    xs, (label, value) = given.at, modified
    time = fresh("tau", (*given.names, *free_symbols(value)))
    proof.declare(time, "real", "time")
    moment = symbol(time)
    curves = tuple(apply(name, moment) for name in given.names)
    smoothness = [proof.assume(smooth(_curve(proof, name), 3), "a path of the flow") for name in given.names]
    slopes = [tidy(Differentiation(name, given.smooth).of(value)) for name in given.names]
    equations, begun = [], []
    extra = given.labels[:1] if given.smooth else ()
    for i, name in enumerate(given.names):
        speed = Term("Derivative", (name, (1,), moment))
        said = proof.assume(for_all(time, eq(speed, neg(_of_modified(i, curves)))), "the flow of the modified loss")
        slope = proof.step("derivative", _for_all(given.names, eq(_of_modified(i, xs), slopes[i])), label, *extra,
                           because="differentiate the modified loss")  # fmt: skip
        claim = for_all(time, eq(speed, given.along(tidy(neg(slopes[i])), moment)))
        equations.append(proof.step("rewrite", claim, said, slope, because="insert it into the flow"))
    first = tuple(given.along(tidy(neg(slope)), ZERO) for slope in slopes)
    for i, name in enumerate(given.names):
        claim = eq(Term("Derivative", (name, (1,), ZERO)), first[i])
        begun.append(proof.step("instantiate", claim, equations[i], values={time: ZERO}, because="at the start"))
    second, labels = [], []
    for i, name in enumerate(given.names):
        value_there = _second(given, proof.claims[equations[i]].args[1].args[1], time, first)
        second.append(value_there)
        claim = eq(Term("Derivative", (name, (2,), ZERO)), value_there)
        again = proof.step("derivative", claim, equations[i], *smoothness, *extra, *begun, because="differentiate once more")
        labels.append((begun[i], again))
    return Path(first, tuple(second), tuple(labels), tuple(smoothness))


def _of_modified(i: int, at: tuple[Term, ...]) -> Term:
    """dM/dx_i at a point."""
    return Term("Derivative", ("M", *partial(i, at).args[1:]))


def _curve(proof: Proof, name: str) -> str:
    return proof.declare(name, "function", "path of the flow")


def _second(given: Gradient, velocity: Term, time: str, first: tuple[Term, ...]) -> Term:
    """d/dtau of the velocity along the path, at time 0."""
    smooth_names = {**given.smooth, **dict.fromkeys(given.names, 3)}
    found = substitute(Differentiation(time, smooth_names).of(velocity), {time: ZERO})
    values = {Term("Derivative", (name, (1,), ZERO)): value for name, value in zip(given.names, first, strict=True)}

    def insert(term: Term) -> Term:
        return values.get(term) or rebuild(term, insert)

    return tidy(insert(found))


def _for_all(names: tuple[str, ...], formula: Term) -> Term:
    for name in reversed(names):
        formula = for_all(name, formula)
    return formula


def expansions(proof: Proof, given: Gradient, path: Path, rate: str, weight: str) -> tuple[list[str], Term]:
    """|x(eta) - (a step and what it misses)| <= C*eta**3/6 for each parameter; and the c that the second order asks for."""
    eta, bound = symbol(rate), symbol(fresh("C", (*given.names, rate)))
    proof.declare(bound.args[0], "real", "bound of the third derivatives")
    forward = _forward(proof, eta)
    labels, wanted = [], []
    for i, name in enumerate(given.names):
        x = symbol(_time(proof))
        within = conj(le(ZERO, x), le(x, eta))
        third = Term("Abs", (Term("Derivative", (name, (3,), x)),))
        limited = proof.assume(for_all(x.args[0], implies(within, le(third, bound))), "during one step")
        terms, order_two = _orders(given, i, path, eta)
        wanted.append(order_two)
        reached = add(apply(name, ZERO), *terms)
        claim = le(Term("Abs", (sub(apply(name, eta), reached),)), tidy(mul(bound, power(eta, 3), number("1/6"))))
        labels.append(proof.step(
            "taylor-bound", claim, path.known[i], *forward, limited, *path.labels[i],
            function=apply(name, x), start=ZERO, end=eta, bound=bound, order=3,
            because="the path of the flow, by its derivatives at the start and the remainder of Lagrange",
        ))  # fmt: skip
    return labels, _solved(wanted, weight)


def _time(proof: Proof) -> str:
    return next(row.name for row in proof.variables.values() if row.meaning == "time")


def _forward(proof: Proof, eta: Term) -> list[str]:
    """That the learning rate is not negative: a hypothesis that is there already, or a new one."""
    forward = (le(ZERO, eta), Term("Lt", (ZERO, eta)), Term("Gt", (eta, ZERO)))
    known = [item.label for item in proof.hypotheses if item.claim in forward]
    return known[:1] or [proof.assume(le(ZERO, eta), "a step forward")]


def _orders(given: Gradient, i: int, path: Path, eta: Term) -> tuple[list[Term], Term]:
    """What the path adds to its start in the time eta, to second order in time, order by order in eta; and the second order."""
    bridge = Bridge()
    half = sp.Rational(1, 2)
    e = bridge.to_sympy(eta)
    change = e * bridge.to_sympy(path.first[i]) + e**2 * half * bridge.to_sympy(path.second[i])
    parts = sp.Poly(sp.expand(change), e)
    terms = []
    for (order,), coefficient in sorted(parts.terms()):
        terms.append(bridge.to_term(sp.factor(coefficient * e**order)))
    return terms, bridge.to_term(sp.factor(parts.coeff_monomial(e**2)))


def _solved(wanted: list[Term], weight: str) -> Term:
    """The value of c at which every second order vanishes."""
    if all(term == ZERO for term in wanted):
        raise Undecided("the gradient is the same everywhere: the steps follow the flow exactly, and no loss need be modified")
    bridge = Bridge()
    c = bridge.to_sympy(symbol(weight))
    common = sp.gcd_list([sp.factor(bridge.to_sympy(term)) for term in wanted if term != ZERO])
    factors = [factor for factor, _ in sp.factor_list(common)[1] if factor.has(c)]
    if len(factors) != 1 or sp.Poly(factors[0], c).degree() != 1 or factors[0].free_symbols != {c}:
        raise Undecided("no multiple of the squared gradient makes the second order agree")
    return bridge.to_term(sp.solve(factors[0], c)[0])


def sharper(proof: Proof, modified: str, general: list[str], weight: str, value: Term) -> str:
    """c = 1/4 implies: what the modified loss and the expansions become there."""
    c = symbol(weight)
    case = proof.supposing(eq(c, value), "the second order agrees")
    put: dict[str, Term] = {weight: value}
    with proof.inside() as steps:
        loss = _neat_loss(substitute(proof.claims[modified], put))
        parts = [proof.step("rewrite", loss, modified, case.label, because="insert it")]
        for label in general:
            claim = _without_second(substitute(proof.claims[label], put))
            parts.append(proof.step("rewrite", claim, label, case.label, because="the second order vanishes"))
        both = conj(*(proof.claims[part] for part in parts))
        proof.step("conjunction", both, *parts, because="together")
    return proof.step("suppose", implies(eq(c, value), both), branches=(proof.branch("agreement", steps, case),),
                      because="with this multiple of the squared gradient")  # fmt: skip


def _neat_loss(formula: Term) -> Term:
    """The modified loss with its number in front of the squares tidied."""
    if formula.head == "ForAll":
        return for_all(formula.args[0], _neat_loss(formula.args[1]))
    left, right = formula.args
    start, extra = right.args
    factor, rate, squares = extra.args
    return eq(left, add(start, mul(tidy(mul(factor, rate)), squares)))


def _without_second(claim: Term) -> Term:
    """The bound with each order tidied, and those that vanish left out."""
    inside, right = claim.args[0].args[0], claim.args[1]
    end, reached = inside.args[0], inside.args[1].args[0]
    start, *terms = reached.args
    kept = [term for term in map(_factored, terms) if term != ZERO]
    return le(Term("Abs", (sub(end, add(start, *kept)),)), right)


def _factored(term: Term) -> Term:
    return tidy(term, sp.factor)

