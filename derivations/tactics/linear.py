"""From a problem to the recurrence of its error: e_{t+1} = m*e_t, exactly where the update is affine, else linearised.

The names, definitions and hypotheses come from the problem; the slope m, the fixed point and the closed form are found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import (
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    for_all,
    free_symbols,
    mul,
    ne,
    power,
    rebuild,
    smooth,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.losses import Loss, refuse_taken
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, derivative, factored, is_zero, tidy
from derivations.tactics.proof import Proof

T = symbol("t")


@dataclass(frozen=True)
class Error:
    """The error after t steps: ``term`` = ratio**t * start, proved in the step ``closed``.

    ``exact`` is false where it is the error of the linearised iteration; ``recurrence`` is the label of e_{t+1} = m*e_t,
    ``update`` that of the explicit update (of the slope, if linearised), ``known`` are labels of what the local rate needs.
    """

    term: Term
    ratio: Term
    start: Term
    point: Term
    curvature: Term
    exact: bool
    recurrence: str
    closed: str
    update: str
    known: dict[str, str]
    conditions: tuple[str, ...] = ()


def flat(term: Term) -> Term:
    """Products of products as one product, numbers in front; sums of sums as one sum."""
    term = rebuild(term, flat)
    if term.head in ("Mul", "Add"):
        parts = [part for arg in term.args for part in (arg.args if arg.head == term.head else (arg,))]
        if term.head == "Mul":
            parts.sort(key=lambda part: part.head != "Number")
        return Term(term.head, tuple(parts))
    return term


def minus(left: Term, right: Term) -> Term:
    """left - right, without writing "- 0"."""
    return left if right == ZERO else sub(left, right)


def plus(left: Term, right: Term) -> Term:
    """left + right, without writing "0 +"."""
    return right if left == ZERO else add(left, right)


def first_step(term: Term) -> Term:
    """A term in t at the first step, t = 0, with 0 + 1 written as 1."""

    def change(node: Term) -> Term:
        return ONE if node == add(ZERO, ONE) else rebuild(node, change)

    return change(substitute(term, {"t": ZERO}))


def replace_calls(term: Term, name: str, value: object) -> Term:
    """Every ``name(x)`` replaced by value(x)."""
    if term.head == "Apply" and term.args[0] == name:
        return value(replace_calls(term.args[1], name, value))  # type: ignore[operator,no-any-return]
    return rebuild(term, lambda arg: replace_calls(arg, name, value))


def one_parameter(problem: Problem) -> tuple[Loss, str]:
    """The loss with its point filled in; raises Unusable or Undecided for what has another form."""
    loss = problem.loss
    if len(loss.parameters) != 1:
        raise Undecided("this question needs a loss of one parameter")
    refuse_taken(loss)
    if len(problem.optimizer.state) != 1:
        raise Undecided(f"{problem.optimizer.name} has memory; only methods without memory are treated here so far")
    if not loss.at:
        loss = Loss(
            loss.parameters, loss.body, {loss.parameters[0]: only_critical_point(loss)}, loss.source, loss.at_source
        )
    return loss, loss.parameters[0]


def only_critical_point(loss: Loss) -> Term:
    """The one critical point of a loss of one parameter. Raises Unusable if there are several or none is found."""
    import sympy as sp

    from derivations.tactics.algebra import Bridge

    assert loss.body is not None
    (name,) = loss.parameters
    bridge = Bridge()
    gradient = sp.together(sp.diff(bridge.to_sympy(loss.body), bridge.to_sympy(symbol(name))))
    top = sp.numer(gradient)
    x = bridge.to_sympy(symbol(name))
    found = []
    if top.is_polynomial(x):
        poly = sp.Poly(top, x)
        if poly.degree() == 1:
            found = [bridge.to_term(sp.cancel(-poly.coeff_monomial(1) / poly.coeff_monomial(x)))]
        elif not poly.free_symbols_in_domain:
            found = [bridge.to_term(root) for root in sorted(set(sp.real_roots(poly)))]
    if len(found) != 1:
        known = ", ".join(f"{name}={ascii_text(root)}" for root in found)
        hint = f"its critical points are {known}" if known else f'for example --at "{name}=0"'
        raise Unusable("say near which critical point, with --at", loss.source, (0, len(loss.source)), hint)
    return found[0]


def require_critical(loss: Loss, gradient: Term) -> None:
    """Raises Unusable unless the gradient vanishes at the point."""
    value = tidy(substitute(gradient, loss.at))
    if not is_zero(value):
        where = ", ".join(f"{name} = {ascii_text(term)}" for name, term in loss.at.items())
        text = loss.at_source or loss.source
        raise Unusable(
            f"{where} is not a critical point: the derivative there is {ascii_text(value)}", text, (0, len(text))
        )


def declare_problem(proof: Proof, problem: Problem, loss: Loss) -> None:
    """The names and hypotheses that the problem brings."""
    hyper = problem.optimizer.hyperparameters
    for name in (*hyper, *loss.constants):
        proof.declare(name, "real")
    for name, claim in hyper.items():
        if claim != TRUE:
            proof.assume(claim, "the range of a hyperparameter")
        del name
    for claim in problem.assume:
        for name in free_symbols(claim):
            proof.declare(name, "real")
        proof.assume(claim, "assumed")


def gradient_steps(proof: Proof, loss: Loss, order: int) -> tuple[dict[int, str], Term | None]:
    """Definition of the loss and its derivatives up to ``order``, each a step; label 0 is the definition."""
    name = loss.parameters[0]
    x = symbol(name)
    proof.declare(name, "real", "parameter")
    proof.declare("L", "function")
    if loss.body is None:
        label = proof.assume(smooth("L", order), "the loss is smooth near its minimum")
        return {0: label}, None
    labels = {0: proof.define(for_all(name, eq(apply("L", x), loss.body)), "the loss")}
    body = loss.body
    extra = nonzero_conditions(proof, body, name)
    for k in range(1, order + 1):
        body = derivative(body, name)
        claim = for_all(name, eq(Term("Derivative", ("L", (k,), x)), body))
        labels[k] = proof.step(
            "derivative",
            claim,
            labels[k - 1],
            *extra,
            because="differentiate the loss" if k == 1 else "differentiate again",
        )
    return labels, derivative(loss.body, name)


def nonzero_conditions(proof: Proof, body: Term, name: str) -> list[str]:
    """Conditions on constants that the loss needs; where the parameter itself is in a denominator, a root or a logarithm,
    the signs must show for every value that the loss is smooth."""
    labels = []
    for node in subterms(body):
        if node.head == "Div" and free_symbols(node.args[1]):
            if name not in free_symbols(node.args[1]):
                labels.append(proof.assume(ne(node.args[1], ZERO), "a denominator of the loss"))
            elif 0 in signs_of(proof, node.args[1]):
                raise Undecided(f"the loss is not defined everywhere: {ascii_text(node.args[1])} may be zero")
        if node.head in ("Log", "Sqrt") and name in free_symbols(node) and signs_of(proof, node.args[0]) != {1}:
            raise Undecided(f"the loss is not smooth everywhere: {ascii_text(node.args[0])} may not be positive")
        if node.head in ("Abs", "Tan") and name in free_symbols(node):
            raise Undecided(f"a loss with {node.head.lower()} of the parameter is not smooth everywhere")
    return labels


def signs_of(proof: Proof, term: Term) -> frozenset[int]:
    """The signs that a term may have, as far as the kernel sees them at once."""
    from derivations.kernel.algebra import Algebra
    from derivations.kernel.facts import Facts
    from derivations.kernel.table import Table

    claims = [item.claim for item in proof.hypotheses]
    algebra = Algebra(Table(proof.variables.values()), [term, *claims])
    return Facts(algebra, claims).sign(algebra.value(term))


def error_recurrence(proof: Proof, problem: Problem, begin: str = "") -> Error:
    """The error's recurrence and closed form: exact for an affine update, else for the linearised iteration.

    An update that is not affine is iterated from every starting value s, theta(t, s), if ``begin`` gives a name for s.
    """
    loss, name = one_parameter(problem)
    if is_implicit(problem.optimizer):
        return _implicit(proof, problem, loss)
    proof.declare("t", "natural")
    proof.declare(name, "sequence", f"{'parameter' if name == 'theta' else name} after t steps")
    declare_problem(proof, problem, loss)
    labels, gradient = gradient_steps(proof, loss, 2 if loss.body is None else 1)
    if gradient is not None:
        require_critical(loss, gradient)
        slope, _ = _affine(gradient, symbol(name))
        if slope is not None:
            return _exact(proof, problem, loss, labels, gradient)
    return _linearised(proof, problem, loss, labels, gradient, begin)


def _affine(term: Term, atom: Term) -> tuple[Term | None, Term | None]:
    try:
        return coefficient_of(term, atom)
    except Undecided:
        return None, None


def updated(problem: Problem, at: Term, gradient: object) -> Term:
    """The new value of the parameter as a term in the old one, grad(x) replaced."""
    name = problem.optimizer.parameter
    if f"{name}_next" in free_symbols(problem.optimizer.update[name]):
        message = f"{problem.optimizer.name} defines {name}_next by itself; implicit steps are not treated by this question so far"
        raise Undecided(message)
    rule = replace_calls(problem.optimizer.update[name], "grad", gradient)
    return flat(substitute(rule, {name: at}))


def learning_rate(method: Optimizer) -> str:
    """The first hyperparameter. Raises Undecided if each has a value."""
    if not method.hyperparameters:
        raise Undecided(f"this question is about the learning rate, and every hyperparameter of {method.name} has a value here")
    return next(iter(method.hyperparameters))


def is_implicit(method: Optimizer) -> bool:
    """Whether the new value of the parameter stands on both sides of its update."""
    return f"{method.parameter}_next" in free_symbols(method.update[method.parameter])


def _implicit(proof: Proof, problem: Problem, loss: Loss) -> Error:
    """The recurrence of a step that has to be solved for the new value."""
    from derivations.tactics.implicit import solved_step

    found = solved_step(proof, problem)
    name = loss.parameters[0]
    after, point = apply(name, add(T, ONE)), loss.at[name]
    solved = eq(after, plus(point, mul(found.ratio, found.error)))
    here = proof.step("signs", solved, found.recurrence, found.condition, because="solved for the new value")
    every = proof.step("generalise", for_all("t", solved), here, because="the step was arbitrary")
    return Error(found.error, found.ratio, found.start, point, found.curvature, True, found.recurrence, found.closed, every, {},
                 (found.condition,))  # fmt: skip


def nested_gradient(method: Optimizer) -> bool:
    """Whether the gradient is taken elsewhere than at the parameter's old value."""
    calls = (node for rule in method.update.values() for node in subterms(rule) if node.head == "Apply" and node.args[0] == "grad")
    return any(call.args[1] != symbol(method.parameter) for call in calls)


def refuse_nested_gradient(method: Optimizer) -> None:
    """Raises Undecided where the gradient is taken elsewhere than at the parameter's old value."""
    if nested_gradient(method):
        name = method.parameter
        words = f"{method.name} takes the gradient elsewhere than at {name}"
        raise Undecided(f"{words}; in several parameters this question does not treat that so far")


def _exact(proof: Proof, problem: Problem, loss: Loss, labels: dict[int, str], gradient: Term) -> Error:
    name = loss.parameters[0]
    now, after, start = apply(name, T), apply(name, add(T, ONE)), symbol(f"{name}_0")
    proof.declare(f"{name}_0", "real", "initial value")
    rule = updated(problem, now, lambda x: Term("Derivative", ("L", (1,), x)))
    step = proof.define(for_all("t", eq(after, rule)), "one step of the method")
    begin = proof.define(eq(start, apply(name, ZERO)), "where it starts")
    instances = derivative_instances(proof, labels[1], name, gradient, [rule])
    explicit = updated(problem, now, lambda x: substitute(gradient, {name: x}))
    update = proof.step("identity", eq(after, explicit), step, *instances, because="insert it into the update")
    ratio, shift = coefficient_of(explicit, now)
    if is_zero(sub(ONE, ratio)) and not is_zero(shift):
        raise Undecided("the method has no fixed point on this loss")
    point, conditions = fixed_point(proof, loss, ratio, shift)
    error = minus(now, point)
    claim = eq(minus(after, point), mul(ratio, error))
    recurrence = proof.step("identity", claim, update, *conditions, because="subtract the fixed point on both sides")
    closed = closed_form(proof, recurrence, error, ratio, minus(start, point), [begin, *conditions])
    curvature = tidy(derivative(gradient, name))
    every = proof.step("generalise", for_all("t", eq(after, explicit)), update, because="the step was arbitrary")
    return Error(
        error, ratio, minus(start, point), point, curvature, True, recurrence, closed, every, {}, tuple(conditions)
    )


def derivative_instances(proof: Proof, label: str, name: str, gradient: Term, terms: Iterable[Term]) -> list[str]:
    """The derivative at each point where the terms ask for it, inner ones first; within a point it is inserted already."""

    def change(term: Term) -> Term:
        if term.head == "Derivative" and term.args[:2] == ("L", (1,)):
            return substitute(gradient, {name: change(term.args[2])})
        return rebuild(term, change)

    nodes = [node for term in terms for node in subterms(term) if node.head == "Derivative" and node.args[:2] == ("L", (1,))]
    points = dict.fromkeys(change(node.args[2]) for node in reversed(nodes))
    return [
        proof.step("instantiate", eq(Term("Derivative", ("L", (1,), at)), substitute(gradient, {name: at})), label,
                   values={name: at}, because="the derivative at the current point")
        for at in points
    ]  # fmt: skip


def fixed_point(proof: Proof, loss: Loss, ratio: Term, shift: Term) -> tuple[Term, list[str]]:
    """Where m*x + b = x: the critical point if the method stays there, else the solution, under the condition it needs."""
    point = loss.at[loss.parameters[0]]
    if is_zero(sub(add(mul(ratio, point), shift), point)):
        return point, []
    found = factored(Term("Div", (shift, sub(ONE, ratio))))
    conditions = [
        proof.assume(ne(node.args[1], ZERO), "so that there is a fixed point")
        for node in subterms(found)
        if node.head == "Div" and free_symbols(node.args[1])
    ]
    return found, conditions


def closed_form(proof: Proof, recurrence: str, error: Term, ratio: Term, start: Term, given: list[str]) -> str:
    """∀t error = ratio**t*start, by induction from error(t+1) = ratio*error(t)."""
    claim = eq(error, mul(power(ratio, T), start))
    with proof.inside() as base:
        proof.step("identity", substitute(claim, {"t": ZERO}), *given, because="the power 0 is 1")
    hypothesis = proof.supposing(claim, "the claim for t")
    with proof.inside() as step:
        goal = substitute(claim, {"t": add(T, ONE)})
        proof.step("rewrite", goal, recurrence, hypothesis.label, because="insert the claim for t into the recurrence")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", claim), branches=branches, because="by induction on t")


def _linearised(
    proof: Proof, problem: Problem, loss: Loss, labels: dict[int, str], gradient: Term | None, begin: str
) -> Error:
    """The linearisation of the update map at its fixed point, and its recurrence."""
    name = loss.parameters[0]
    x, point, start = symbol(name), loss.at[name], symbol(f"{name}_0")
    proof.declare(f"{name}_0", "real", "initial value")
    proof.declare("F", "function")
    proof.declare("e", "sequence")
    slope_l = lambda at: Term("Derivative", ("L", (1,), at))  # noqa: E731
    critical, curvature, second, smooth_l = at_the_point(proof, loss, labels, gradient)
    rule = updated(problem, x, slope_l)
    define_f = proof.define(for_all(name, eq(apply("F", x), rule)), "one step of the method")
    iterated, started = _iteration(proof, name, point, begin)
    slope_f = Term("Derivative", ("F", (1,), point))
    line = proof.define(for_all("t", eq(apply("e", add(T, ONE)), mul(slope_f, apply("e", T)))), "the linearised error")
    there = proof.step("instantiate", eq(apply("F", point), substitute(rule, {name: point})), define_f, values={name: point},
                       because="the update at the point")  # fmt: skip
    if not is_zero(sub(updated(problem, point, lambda at: ZERO), point)):
        raise Undecided("the method does not stay at the critical point of this loss, which is not quadratic")
    fixed = proof.step(
        "identity", eq(apply("F", point), point), there, critical, because="the derivative vanishes there"
    )
    ratio, _ = coefficient_of(updated(problem, x, lambda at: mul(curvature, at)), x)
    inner = [critical] if nested_gradient(problem.optimizer) else []
    slope = proof.step("derivative", eq(slope_f, ratio), define_f, smooth_l, second, *inner, because="differentiate the update")
    recurrence_claim = for_all("t", eq(apply("e", add(T, ONE)), mul(ratio, apply("e", T))))
    recurrence = proof.step("rewrite", recurrence_claim, line, slope, because="insert the slope")
    closed = closed_form(proof, recurrence, apply("e", T), ratio, minus(start, point), started)
    smooth_f = proof.step("smooth", smooth("F", 1), define_f, smooth_l, because="it is built from L'")
    known = {"fixed": fixed, "slope": slope, "smooth": smooth_f, "map": define_f, **iterated}
    if gradient is not None:
        explicit = for_all(name, eq(apply("F", x), updated(problem, x, lambda at: substitute(gradient, {name: at}))))
        known["map"] = _explicit_map(proof, problem, explicit, rule, define_f, labels[1], gradient)
    return Error(apply("e", T), ratio, minus(start, point), point, curvature, False, recurrence, closed, slope, known)


def _explicit_map(proof: Proof, problem: Problem, explicit: Term, rule: Term, define_f: str, first: str, gradient: Term) -> str:
    """∀x F(x) = the update with the loss's derivative inserted."""
    if not nested_gradient(problem.optimizer):
        return proof.step("rewrite", explicit, define_f, first, because="insert the derivative")
    name = problem.loss.parameters[0]
    instances = derivative_instances(proof, first, name, gradient, [rule])
    here = proof.step("identity", explicit.args[1], define_f, *instances, because="insert the derivative, the inner one first")
    return proof.step("generalise", explicit, here, because="at every point")


def _iteration(proof: Proof, name: str, point: Term, begin: str) -> tuple[dict[str, str], list[str]]:
    """x(t + 1) = F(x(t)), or x(t + 1, s) = F(x(t, s)) from every start s: its labels, and those of the linearised error's start."""
    start = symbol(f"{name}_0")
    if not begin:
        step = proof.define(for_all("t", eq(apply(name, add(T, ONE)), apply("F", apply(name, T)))), "the iteration")
        first = proof.define(eq(start, apply(name, ZERO)), "where it starts")
        same = proof.assume(eq(apply("e", ZERO), minus(apply(name, ZERO), point)), "it starts at the same distance")
        return {"step": step}, [same, first]
    s = symbol(proof.declare(begin, "real", "any starting value"))
    update = eq(apply(name, add(T, ONE), s), apply("F", apply(name, T, s)))
    step = proof.define(for_all("t", for_all(begin, update)), "the iteration, from every start")
    first = proof.assume(for_all(begin, eq(apply(name, ZERO, s), s)), "it starts at ", s)
    same = proof.assume(eq(apply("e", ZERO), minus(start, point)), "it starts at the distance of the initial value")
    return {"step": step, "begin": first}, [same]


def at_the_point(
    proof: Proof, loss: Loss, labels: dict[int, str], gradient: Term | None
) -> tuple[str, Term, str, str]:
    """L'(p) = 0 and L''(p) as steps or hypotheses; and that L is twice continuously differentiable."""
    name = loss.parameters[0]
    point = loss.at[name]
    first, second = (Term("Derivative", ("L", (k,), point)) for k in (1, 2))
    if gradient is None:
        for free in free_symbols(point):
            proof.declare(free, "real")
        critical = proof.assume(eq(first, ZERO), "it is a critical point")
        proof.declare("lam", "real")
        return critical, symbol("lam"), proof.define(eq(symbol("lam"), second), "the curvature"), labels[0]
    critical = proof.step("derivative", eq(first, ZERO), labels[0], because="the derivative vanishes at the point")
    curvature = tidy(substitute(derivative(gradient, name), loss.at))
    value = proof.step("derivative", eq(second, curvature), labels[0], because="the curvature there")
    smooth_l = proof.step("smooth", smooth("L", 2), labels[0], because="it is a smooth expression")
    return critical, curvature, value, smooth_l
