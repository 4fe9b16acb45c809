"""Descent with exact line search in a valley along the axes: the step size, and the recurrence that it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.statements import Branch
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
    for_all,
    free_symbols,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    sub,
    substitute,
    symbol,
)
from derivations.problems.losses import refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import equal, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.derivatives import Slopes, slope_steps
from derivations.tactics.hessians import partial, unit
from derivations.tactics.linear import T
from derivations.tactics.proof import Proof

SIZE = "eta"


def times(factor: Term, term: Term) -> Term:
    """factor*term, without writing a factor 1."""
    return term if factor == ONE else mul(factor, term)


@dataclass(frozen=True)
class Search:
    """The iteration: names and curvatures of both coordinates, and the labels of what is known of it."""

    names: tuple[str, str]
    curvatures: tuple[Term, Term]
    positive: list[str]
    updates: tuple[str, str]
    search: str
    defined: str
    slopes: Slopes

    @property
    def now(self) -> list[Term]:
        return [apply(name, T) for name in self.names]

    @property
    def after(self) -> list[Term]:
        return [apply(name, add(T, ONE)) for name in self.names]

    @property
    def size(self) -> Term:
        return apply(SIZE, T)

    def best(self) -> Term:
        """2/(a + c)."""
        return tidy(div(TWO, add(*self.curvatures)))

    def ratio(self, i: int) -> Term:
        """What the coordinate is multiplied by with that step size: q, and -q."""
        return tidy(sub(ONE, mul(self.best(), self.curvatures[i])))

    def balanced(self) -> Term:
        """(a*x)**2 = (c*y)**2: both components of the gradient have the same size."""
        x, y = (power(times(h, now), 2) for h, now in zip(self.curvatures, self.now, strict=True))
        return eq(x, y)


def search_steps(proof: Proof, problem: Problem) -> Search:
    """Definitions of the iteration; its line search as a hypothesis. Raises Undecided for a loss of another form."""
    refuse_taken(problem.loss)
    if len(problem.loss.parameters) != 2 or SIZE in problem.loss.constants:
        raise Undecided("exact line search is treated for losses of two parameters")
    slopes = slope_steps(proof, problem)
    names, (a, c) = (slopes.names[0], slopes.names[1]), (slopes.hessian[0][0], slopes.hessian[1][1])
    plain = all(equal(slope, mul(h, symbol(name))) for slope, h, name in zip(slopes.gradient, (a, c), names, strict=True))
    if not plain or free_symbols(a) & set(names) or free_symbols(c) & set(names):
        raise Undecided("exact line search is treated for quadratic losses along the axes, with their minimum at the origin")
    prover = Prover(proof)
    positive = []
    for h in (a, c, tidy(add(a, c))):
        way = prover.way(lt(ZERO, h), ())
        if way is None:
            raise Undecided("the curvatures are not known to be positive; say so with --assume")
        positive.append(prover.step(lt(ZERO, h), way, {}, "the curvatures are positive"))
    proof.declare("t", "natural")
    proof.declare(SIZE, "sequence", "step size of step t")
    updates, now = [], [apply(name, T) for name in names]
    for name in names:
        proof.declare(name, "sequence", f"{name} after t steps")
    for i, name in enumerate(names):
        slope = partial("L", unit(i, 2), now)
        rule = sub(now[i], mul(apply(SIZE, T), slope))
        said = proof.define(for_all("t", eq(apply(name, add(T, ONE)), rule)), "a step against the gradient")
        here = proof.step("instantiate", eq(slope, substitute(slopes.gradient[i], dict(zip(names, now, strict=True)))),
                          slopes.first[i], values=dict(zip(names, now, strict=True)), because="the derivative there")  # fmt: skip
        value = mul(sub(ONE, times((a, c)[i], apply(SIZE, T))), now[i])
        updates.append(proof.step("identity", eq(apply(name, add(T, ONE)), value), said, here, because="insert it"))
    return Search(names, (a, c), positive, (updates[0], updates[1]), _hypothesis(proof, names), slopes.defined, slopes)


def _hypothesis(proof: Proof, names: tuple[str, str]) -> str:
    """∀t, z: the step goes at least as far down as a step of any other size z along the gradient."""
    z, now = symbol(proof.declare("z", "real", "any other step size")), [apply(name, T) for name in names]
    along = [sub(x, mul(z, partial("L", unit(i, 2), now))) for i, x in enumerate(now)]
    reached = apply("L", *(apply(name, add(T, ONE)) for name in names))
    return proof.assume(for_all("t", for_all("z", le(reached, apply("L", *along)))), "no other step size goes lower")


def reduced(proof: Proof, search: Search, balanced: str) -> tuple[str, str]:
    """From (a*x_t)**2 = (c*y_t)**2: labels of x_{t+1} = q*x_t and y_{t+1} = -q*y_t."""
    x, moving = search.now[0], proof.supposing(ne(search.now[0], ZERO), "it has not arrived")
    goals = tuple(eq(after, mul(search.ratio(i), search.now[i])) for i, after in enumerate(search.after))
    both = conj(*goals)
    with proof.inside() as far:
        size = _size(proof, search, balanced, moving.label)
        parts = [proof.step("identity", goal, update, size, *search.positive, because="insert the step size")
                 for goal, update in zip(goals, search.updates, strict=True)]  # fmt: skip
        proof.step("conjunction", both, *parts, because="both coordinates")
    still = proof.supposing(eq(x, ZERO), "it is there already")
    with proof.inside() as near:
        claim = eq(power(times(search.curvatures[0], ZERO), 2), search.balanced().args[1])
        flat = proof.step("rewrite", claim, balanced, still.label, because="put it in")
        other = proof.step("signs", eq(search.now[1], ZERO), flat, *search.positive, because="then the other is there too")
        parts = [proof.step("identity", goal, update, still.label, other, *search.positive, because="nothing moves")
                 for goal, update in zip(goals, search.updates, strict=True)]  # fmt: skip
        proof.step("conjunction", both, *parts, because="both coordinates")
    either = proof.step("signs", Term("Or", (eq(x, ZERO), ne(x, ZERO))), because="either it is there or not")
    branches: tuple[Branch, ...] = (proof.branch("arrived", near, still), proof.branch("on the way", far, moving))
    label = proof.step("cases", both, either, branches=branches, because="in both cases")
    return label, label


def _size(proof: Proof, search: Search, balanced: str, moving: str) -> str:
    """eta(t) = 2/(a + c), by comparison with that step size."""
    (a, c), (x, y), best, eta = search.curvatures, search.now, search.best(), search.size
    values = dict(zip(search.names, (x, y), strict=True))
    after = search.after
    along = [sub(now, mul(best, partial("L", unit(i, 2), [x, y]))) for i, now in enumerate((x, y))]
    instance = le(apply("L", *after), apply("L", *along))
    lower = proof.step("instantiate", instance, search.search, values={"t": T, "z": best}, because="compare with this step size")
    facts = []
    for point in (after, along):
        there = dict(zip(search.names, point, strict=True))
        assert search.slopes.loss.body is not None
        claim = eq(apply("L", *point), substitute(search.slopes.loss.body, there))
        facts.append(proof.step("instantiate", claim, search.defined, values=there, because="the loss there"))
    known = [proof.step("instantiate", eq(partial("L", unit(i, 2), [x, y]), substitute(search.slopes.gradient[i], values)),
                        search.slopes.first[i], values=values, because="the derivative there") for i in (0, 1)]  # fmt: skip
    q = search.ratio(0)
    reached = [times(h, power(mul(sub(ONE, times(h, eta)), now), 2)) for h, now in ((a, x), (c, y))]
    compared = [times(h, power(mul(q, now), 2)) for h, now in ((a, x), (c, y))]
    explicit = []
    for parts, point, fact in ((reached, after, facts[0]), (compared, along, facts[1])):
        value = div(add(*parts), TWO)
        used = search.updates if point is after else known
        inserted = proof.step("identity", eq(proof.claims[fact].args[1], value), *used, *search.positive, because="insert")
        explicit.append(proof.step("rewrite", eq(apply("L", *point), value), fact, inserted, because="so much is the loss there"))
    shown = le(div(add(*reached), TWO), div(add(*compared), TWO))
    gap = proof.step("rewrite", shown, lower, *explicit, because="insert both values")
    square = mul(*([] if a == ONE else [power(a, 2)]), tidy(add(a, c)), power(x, 2), power(sub(eta, best), 2))
    factor = neg(div(sub(power(q, 2), power(sub(ONE, mul(eta, c)), 2)), mul(TWO, c)))
    small = proof.step("polynomial-implication", le(div(square, TWO), ZERO), gap, balanced, *search.positive,
                       terms=({"premises": (0,)}, {"premises": (1,), "factor": factor}),
                       because="the difference is a square, since both slopes have the same size")  # fmt: skip
    return proof.step("signs", eq(eta, best), small, moving, *search.positive, because="a square is not negative")


def always_balanced(proof: Proof, search: Search, begin: list[str]) -> str:
    """∀t (a*x_t)**2 = (c*y_t)**2, by induction from the start."""
    claim = search.balanced()
    first = substitute(claim, {"t": ZERO})
    with proof.inside() as base:
        proof.step("identity", first, *begin, because="the start is chosen so")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        moved, _ = reduced(proof, search, hypothesis.label)
        parts = [proof.step("signs", part, moved, *search.positive, because="a part of it") for part in proof.claims[moved].args]
        after = substitute(claim, {"t": add(T, ONE)})
        q = power(search.ratio(0), 2)
        sides = [mul(q, side) for side in claim.args]
        left = [proof.step("identity", eq(side, one), *parts, *search.positive, because="insert the step")
                for side, one in zip(after.args, sides, strict=True)]  # fmt: skip
        same = proof.step("signs", eq(sides[0], sides[1]), hypothesis.label, *search.positive, because="multiply both sides")
        proof.step("rewrite", after, same, *left, because="put them together")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because="by induction on t")


def start_values(proof: Proof, problem: Problem, search: Search) -> list[str]:
    """Labels of the start: the given one, if both slopes have the same size there, or (c, a)."""
    a, c = search.curvatures
    values = dict(problem.start) or dict(zip(search.names, (c, a), strict=True))
    if set(values) != set(search.names):
        raise Undecided("a start needs a value for both parameters")
    x, y = (values[name] for name in search.names)
    if not is_zero(sub(power(mul(a, x), 2), power(mul(c, y), 2))):
        raise Undecided("only a start at which both slopes have the same size keeps its shape from step to step")
    return [proof.assume(eq(apply(name, ZERO), values[name]), "the start") for name in search.names]


def implied(proof: Proof, search: Search, balanced: str) -> str:
    """∀t x_t ≠ 0 ⇒ eta(t) = 2/(a + c)."""
    here = proof.step("instantiate", search.balanced(), balanced, values={"t": T}, because="at this step")
    moving = proof.supposing(ne(search.now[0], ZERO), "it has not arrived")
    with proof.inside() as steps:
        _size(proof, search, here, moving.label)
    claim = implies(ne(search.now[0], ZERO), eq(search.size, search.best()))
    label = proof.step("suppose", claim, branches=(proof.branch("on the way", steps, moving),), because="as long as it moves")
    return proof.step("generalise", for_all("t", claim), label, because="at every step")
