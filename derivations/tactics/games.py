"""Games of two players on one loss: the first descends, the second ascends; the form that the flow keeps and each method changes.

A step of a method is linear in the players' strategies where the loss is quadratic. A quadratic form Q with Q(step) = c*Q is an
eigenvector of the step's action on quadratic forms: found exactly, over the field of rational functions of the constants.
"""

from __future__ import annotations

from collections.abc import Callable
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
    eq,
    for_all,
    free_symbols,
    iff,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    rebuild,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.losses import refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import Bridge, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import Field, Flow, conserved_polynomials, fresh, gradient_field, keep, partial
from derivations.tactics.linear import T, closed_form, declare_problem, flat
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import geometric_facts
from derivations.tactics.solving import solved, step_forward

Pair = tuple[Term, Term]


@dataclass(frozen=True)
class Game:
    """The loss's two parameters, the direction in which each player moves, and the labels of the derivatives."""

    field: Field
    direction: Pair
    rate: str

    @property
    def taken(self) -> set[str]:
        return {*self.field.names, *self.field.constants, self.rate, "t", "L"}


@dataclass(frozen=True)
class Form:
    """A quadratic form Q of the strategies, and the factor c with Q(step) = c*Q.

    Q = a*d_1**2 + b*d_1*d_2 + c*d_2**2 with the ``coefficients`` a, b, c and the ``distances`` d_i from the equilibrium.
    """

    quantity: Term
    factor: Term
    coefficients: tuple[Term, Term, Term]
    distances: Pair


@dataclass(frozen=True)
class Players:
    """The sequences of a method: their names, and the labels of their explicit steps."""

    names: tuple[str, str]
    after: Pair
    labels: tuple[str, str]

    def at(self, field: Field, term: Term, moment: Term) -> Term:
        return substitute(term, {old: apply(new, moment) for old, new in zip(field.names, self.names, strict=True)})


def game(proof: Proof, problem: Problem) -> Game:
    """The game that the loss sets. Raises Undecided unless it is quadratic, in two parameters, and the method has no memory."""
    loss, method = problem.loss, problem.optimizer
    refuse_taken(loss)
    if len(loss.parameters) != 2:
        raise Undecided("a game of two players needs a loss of two parameters: the first descends, the second ascends")
    if len(method.state) != 1:
        raise Undecided(f"{method.name} has memory; only methods without memory are treated here so far")
    if f"{method.parameter}_next" in free_symbols(method.update[method.parameter]):
        raise Undecided(f"a step of {method.name} is implicit; that is not treated here so far")
    declare_problem(proof, problem, loss)
    field = gradient_field(proof, loss)
    if any(sum(exponents) > 1 for part in field.polynomials for exponents in part):
        raise Undecided("this question needs a quadratic loss: only then is a step linear in the strategies")
    rate = next(iter(method.hyperparameters), "")
    if rate:
        step_forward(proof, rate)
    proof.declare("t", "natural")
    down, up = field.gradient
    return Game(field, (tidy(neg(down)), up), rate)


# --- the flow ---------------------------------------------------------------------------------------------------------


def flow_keeps(proof: Proof, given: Game) -> str:
    """The quadratic polynomial that the flow of the game conserves."""
    field = given.field
    first, second = field.polynomials
    reversed_field = Field(field.names, given.direction, (first, {e: -c for e, c in second.items()}), field.derivatives,
                           field.constants, field.conditions, field.centre)  # fmt: skip
    kept = conserved_polynomials(reversed_field, 2)
    if not kept:
        raise Undecided("the flow of this game conserves no quadratic polynomial")
    time = proof.declare(fresh("tau", given.taken), "real", "time")
    moment, equations = symbol(time), []
    path = tuple(apply(name, moment) for name in field.names)
    for i, name in enumerate(field.names):
        proof.declare(name, "function", "strategy at that time")
        slope = partial(i, path)
        said = proof.assume(for_all(time, eq(Term("Diff", (path[i], time)), neg(slope) if i == 0 else slope)),
                            "the first player descends" if i == 0 else "the second ascends")  # fmt: skip
        claim = for_all(time, eq(Term("Diff", (path[i], time)), field.at(given.direction[i], moment)))
        equations.append(proof.step("rewrite", claim, said, field.derivatives[i], because="insert the derivative"))
    return keep(proof, Flow(reversed_field, given.direction, tuple(equations), time), kept[0])


# --- methods ----------------------------------------------------------------------------------------------------------


def _moved(rule: Term, old: str, at: Pair, slopes: Callable[[int, Pair], Term], i: int) -> Term:
    """Component i of an update rule at the strategies; grad(x) is the loss's derivative, with the sign of the player."""
    if rule == symbol(old):
        return at[i]
    if rule.head == "Apply":
        inner = tuple(_moved(rule.args[1], old, at, slopes, j) for j in (0, 1))
        slope = slopes(i, (inner[0], inner[1]))
        return slope if i == 0 else neg(slope)
    return rebuild(rule, lambda arg: _moved(arg, old, at, slopes, i))


def _plus(term: Term) -> Term:
    """a - (-b) is a + b, and a*(-b) is -(a*b)."""
    term = rebuild(term, _plus)
    if term.head == "Mul" and sum(arg.head == "Neg" for arg in term.args) == 1:
        return neg(mul(*(arg.args[0] if arg.head == "Neg" else arg for arg in term.args)))
    if term.head == "Neg" and term.args[0].head == "Neg":
        return term.args[0].args[0]  # type: ignore[no-any-return]
    return term


def play(proof: Proof, problem: Problem, given: Game, names: tuple[str, str], alternating: bool) -> Players:
    """The method's steps for both players; in turns, the second sees what the first has just done."""
    field, method = given.field, problem.optimizer
    rule, old = method.update[method.parameter], method.parameter
    for name in names:
        proof.declare(name, "sequence", "strategy after t steps")
    now: Pair = (apply(names[0], T), apply(names[1], T))
    then: Pair = (apply(names[0], add(T, ONE)), apply(names[1], add(T, ONE)))
    xs: Pair = (symbol(field.names[0]), symbol(field.names[1]))

    def slopes(i: int, at: Pair) -> Term:
        return substitute(field.gradient[i], dict(zip(field.names, at, strict=True)))

    def step(i: int, at: Pair, how: Callable[[int, Pair], Term]) -> Term:
        return flat(_plus(_moved(rule, old, at, how, i)))

    after: list[Term] = []
    labels = []
    for i, who in enumerate(("the first player's step", "the second player's step")):
        seen: Pair = (step(0, now, partial), now[1]) if alternating and i == 1 else now
        rule_now = step(i, seen, partial)
        said = proof.define(for_all("t", eq(then[i], rule_now)), who)
        plain = _inserted(proof, field, said)
        place: Pair = (after[0], xs[1]) if alternating and i == 1 else xs
        after.append(tidy(step(i, place, slopes)))
        value = substitute(after[i], {old: apply(new, T) for old, new in zip(field.names, names, strict=True)})
        claim = eq(then[i], value)
        here = proof.step("identity", claim, plain, *field.conditions, because="and tidy it")
        labels.append(proof.step("generalise", for_all("t", claim), here, because="at every step"))
    return Players(names, (after[0], after[1]), (labels[0], labels[1]))


def _inserted(proof: Proof, field: Field, label: str) -> str:
    """The formula with the loss's derivatives carried out, the inner ones first."""

    def innermost(term: Term) -> Term:
        if term.head == "Derivative" and all(node.head != "Derivative" for arg in term.args[2:] for node in subterms(arg)):
            return substitute(field.gradient[term.args[1].index(1)], dict(zip(field.names, term.args[2:], strict=True)))
        return rebuild(term, innermost)

    while any(node.head == "Derivative" for node in subterms(proof.claims[label])):
        label = proof.step("rewrite", innermost(proof.claims[label]), label, *field.derivatives, because="insert the derivative")
    return label


# --- forms ------------------------------------------------------------------------------------------------------------


def form_of(given: Game, players: Players) -> Form:
    """The definite quadratic form around the equilibrium that a step multiplies by a factor. Raises Undecided if there is none."""
    bridge = Bridge()
    xs = [bridge.to_sympy(x) for x in given.field.variables]
    step = [sp.expand(bridge.to_sympy(part)) for part in players.after]
    matrix = sp.Matrix(2, 2, lambda i, j: sp.diff(step[i], xs[j]))
    centre = sp.solve([part - x for part, x in zip(step, xs, strict=True)], xs, dict=True)
    if len(centre) != 1 or len(centre[0]) != 2:
        raise Undecided("this game has no single equilibrium")
    (a, b), (c, d) = matrix.tolist()
    action = sp.Matrix([[a * a, a * c, c * c], [2 * a * b, a * d + b * c, 2 * c * d], [b * b, b * d, d * d]])
    unknown = sp.Dummy("c")
    polynomial = sp.factor_list((action - unknown * sp.eye(3)).det(method="berkowitz"))[1]
    for part, _ in polynomial:
        if not part.has(unknown) or sp.Poly(part, unknown).degree() != 1:
            continue
        factor = sp.cancel(sp.solve(part, unknown)[0])
        for vector in (action - factor * sp.eye(3)).applyfunc(sp.cancel).nullspace():
            found = _definite(sp.Matrix(vector), bridge.to_sympy(symbol(given.rate)) if given.rate else sp.Dummy())
            if found is not None:
                moved = [x - centre[0][x] for x in xs]
                quantity = found[0] * moved[0] ** 2 + found[1] * moved[0] * moved[1] + found[2] * moved[1] ** 2
                first, mixed, last = map(bridge.to_term, found)
                away = (bridge.to_term(moved[0]), bridge.to_term(moved[1]))
                return Form(bridge.to_term(quantity), tidy(bridge.to_term(factor)), (first, mixed, last), away)
    raise Undecided("no definite quadratic form is multiplied by a factor at each step")


def _definite(vector: Any, eta: Any) -> list[Any] | None:
    """The form scaled so that its first coefficient is 1, if it is definite for small learning rates (and constants equal to 1)."""
    if vector[0] == 0:
        return None
    entries = [sp.factor(entry / vector[0]) for entry in vector]
    plain = [entry.subs(eta, 0) for entry in entries]
    sample = [entry.subs(dict.fromkeys(entry.free_symbols, 1)) for entry in plain]
    return entries if 4 * sample[0] * sample[2] - sample[1] ** 2 > 0 else None


@dataclass(frozen=True)
class Kept:
    """The labels of Q(x(t)) = c**t*Q(x(0)), and of what follows from the size of c."""

    closed: str
    behaviour: tuple[str, ...]


def one_form(proof: Proof, given: Game, players: Players, form: Form) -> Kept:
    """Q after t steps; where c is not 1, for which learning rates Q vanishes or grows beyond all bounds."""
    field = given.field
    now, then = (players.at(field, form.quantity, moment) for moment in (T, add(T, ONE)))
    begin = players.at(field, form.quantity, ZERO)
    step = eq(then, mul(form.factor, now)) if form.factor != ONE else eq(then, now)
    label = proof.step("identity", step, *players.labels, *field.conditions, because="insert the steps of both players")
    if form.factor == ONE:
        return Kept(_never_changes(proof, label, now, begin), ())
    every = proof.step("generalise", for_all("t", step), label, because="at every step")
    closed = closed_form(proof, every, now, form.factor, begin, list(field.conditions))
    return Kept(closed, _size(proof, given, now, begin, form.factor, closed))


def _never_changes(proof: Proof, recurrence: str, now: Term, begin: Term) -> str:
    """Q(x(t)) = Q(x(0)) by induction."""
    claim = eq(now, begin)
    with proof.inside() as base:
        proof.step("identity", substitute(claim, {"t": ZERO}), because="at the start")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        goal = substitute(claim, {"t": add(T, ONE)})
        proof.step("rewrite", goal, recurrence, hypothesis.label, because="insert the claim for t")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because="by induction on t")


def _size(proof: Proof, given: Game, now: Term, begin: Term, factor: Term, closed: str) -> tuple[str, ...]:
    """Q -> 0 iff c < 1, and Q -> oo iff c > 1, each solved for the learning rate; only one of them, where it always holds."""
    away = proof.assume(ne(begin, ZERO), "the game does not start at its equilibrium")
    prover = Prover(proof)
    low = prover.way(lt(neg(ONE), factor), ())
    if low is None:
        raise Undecided("the sign of the factor was not found")
    above = prover.step(lt(neg(ONE), factor), low, {}, "the factor is not negative")
    facts = geometric_facts(proof, now, factor, begin, closed, away)
    settles, grows = tends(now, "t", INFINITY, ZERO), tends(Term("Abs", (now,)), "t", INFINITY, INFINITY)
    rows = (("settles", lt(factor, ONE), settles, "it vanishes"), ("grows", lt(ONE, factor), grows, "it grows beyond all bounds"))
    for key, condition, what, words in rows:
        way = prover.way(condition, ())
        if way is not None:
            always = prover.step(condition, way, {}, "for every learning rate")
            return (proof.step("signs", what, facts[key], always, above, because=words),)
    if not given.rate:
        raise Undecided("the learning rate has a value, and the constants decide whether the game settles; give them values too")
    labels = []
    for key, condition, what, words in rows:
        region, label = solved(prover, condition, given.rate)
        labels.append(proof.step("signs", iff(what, region), facts[key], label, above, because=f"{words} just for these"))
    return tuple(labels)


def bounds(proof: Proof, given: Game, players: Players, form: Form, closed: str) -> list[str]:
    """k*x(t)**2 <= Q(x(0)) for each player, from the square that completes Q, where Q does not change."""
    if form.factor != ONE:
        return []
    bridge, field = Bridge(), given.field
    first, mixed, last = map(bridge.to_sympy, form.coefficients)
    moved = [bridge.to_sympy(distance) for distance in form.distances]
    labels = []
    for i, (own, other) in enumerate(((first, last), (last, first))):
        if not other.is_Rational or other <= 0:
            continue
        rest = tidy(bridge.to_term(own - mixed**2 / (4 * other)))
        square = bridge.to_term(moved[1 - i] + mixed / (2 * other) * moved[i])
        mine = players.at(field, form.distances[i], T)
        low = le(mul(rest, power(mine, 2)), players.at(field, form.quantity, T))
        term = {"coefficient": str(other), "square": players.at(field, square, T)}
        below = proof.step("polynomial-implication", low, terms=(term,), because="the rest is a square")
        inserted = le(low.args[0], proof.claims[closed].args[1].args[1])
        here = proof.step("rewrite", inserted, below, closed, because="what does not change is what it was at the start")
        labels.append(proof.step("generalise", for_all("t", inserted), here, because="at every step"))
    return labels


def looks_ahead(problem: Problem) -> bool:
    """Whether the method takes the gradient at another place than where it stands."""
    method = problem.optimizer
    return any(
        node.head == "Apply" and node.args[1] != symbol(method.parameter)
        for node in subterms(method.update[method.parameter])
    )
