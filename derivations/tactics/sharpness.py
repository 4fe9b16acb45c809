"""The sharpness along a curve of minima: the one curvature that is not zero, and for which learning rates it can be lived with."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    eq,
    for_all,
    free_symbols,
    iff,
    lt,
    matrix,
    mul,
    ne,
    neg,
    predicate,
    sub,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.losses import exact_value, refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, derivative, is_zero, tidy
from derivations.tactics.conditions import Prover
from derivations.tactics.integrals import Field, fresh, gradient_field, partial
from derivations.tactics.linear import T, closed_form, declare_problem, learning_rate, refuse_nested_gradient, updated
from derivations.tactics.proof import Proof
from derivations.tactics.regimes import geometric_facts
from derivations.tactics.solving import step_forward


@dataclass(frozen=True)
class Curvatures:
    """The Hessian at the point, as symbols and as values; its eigenvalue besides 0; labels of the entries, the whole, and both."""

    said: list[list[Term]]
    values: list[list[Term]]
    sharpness: Term
    entries: list[str]
    whole: str
    spectrum: str

    def across(self, u: Term, v: Term) -> Term:
        """What the Hessian sees of (u, v): a row of it, which is an eigenvector, times (u, v)."""
        a, b = self.values[1] if is_zero(self.values[0][0]) else self.values[0]
        return _combination((a, u), (b, v))


def _combination(*parts: tuple[Term, Term]) -> Term:
    """a*u + b*v, without zeros, ones, and factors with a minus sign."""
    terms = []
    for factor, part in parts:
        value = exact_value(factor)
        negative = factor.head == "Neg" or (value is not None and value < 0)
        size = tidy(neg(factor)) if negative else factor
        if not is_zero(size):
            term = part if size == ONE else mul(size, part)
            terms.append(neg(term) if negative else term)
    return add(*terms)


def critical_curve(proof: Proof, problem: Problem) -> tuple[Field, list[str], list[str]]:
    """The loss's gradient, the labels of what the point needs, and of that the gradient vanishes there."""
    loss = problem.loss
    refuse_taken(loss)
    if len(loss.parameters) != 2 or len(problem.optimizer.state) != 1 or not loss.at:
        raise Undecided("this question needs a loss of two parameters, a curve of points with --at, and a method without memory")
    declare_problem(proof, problem, loss)
    known = {item.claim for item in proof.hypotheses}
    for node in (node for value in loss.at.values() for node in subterms(value)):
        wanted = ne(node.args[1], ZERO) if node.head == "Div" else lt(ZERO, node.args[0]) if node.head == "Sqrt" else None
        if wanted is not None and free_symbols(wanted) and wanted not in known:
            proof.assume(wanted, "so that there is such a point")
            known.add(wanted)
    field = gradient_field(proof, loss)
    given = [item.label for item in proof.hypotheses]
    values = [tidy(substitute(part, loss.at)) for part in field.gradient]
    if not all(is_zero(value) for value in values):
        raise Undecided("the gradient does not vanish at that point")
    point = tuple(loss.at[name] for name in field.names)
    labels = [
        proof.step("derivative", eq(partial(i, point), ZERO), field.derivatives[i], *given, because="it is a critical point")
        for i in (0, 1)
    ]
    return field, given, labels


def curvatures(proof: Proof, problem: Problem, field: Field, given: list[str]) -> Curvatures:
    """The Hessian, and that its eigenvalues are 0 and one other. Raises Undecided if the Hessian is not singular."""
    point = tuple(problem.loss.at[name] for name in field.names)
    labels, values, said = [], {}, {}
    for i, j in ((0, 0), (0, 1), (1, 1)):
        orders = tuple((i == k) + (j == k) for k in (0, 1))
        values[i, j] = tidy(substitute(derivative(field.gradient[i], field.names[j]), problem.loss.at))
        said[i, j] = Term("Derivative", ("L", orders, *point))
        claim = eq(said[i, j], values[i, j])
        labels.append(proof.step("derivative", claim, field.derivatives[i], *given, because="differentiate again, there"))
    determinant = tidy(add(mul(values[0, 0], values[1, 1]), Term("Neg", (mul(values[0, 1], values[0, 1]),))))
    if not is_zero(determinant):
        raise Undecided("no curve of critical points goes through that point: the Hessian is not singular")
    rows, names = ([[part[0, 0], part[0, 1]], [part[0, 1], part[1, 1]]] for part in (values, said))
    whole = proof.step("identity", eq(matrix(names), matrix(rows)), *labels, *given, because="the Hessian there")
    sharpness = tidy(add(values[0, 0], values[1, 1]))
    claim = predicate("eigenvalues", matrix(rows), ZERO, sharpness)
    spectrum = proof.step("eigenvalues", claim, *given, because="flat along the curve, and one curvature across it")
    return Curvatures(names, rows, sharpness, labels, whole, spectrum)


def linearised(proof: Proof, problem: Problem, found: Curvatures, given: list[str]) -> tuple[list[Term], list[str]]:
    """The linearised error in both coordinates at step t, and labels of its updates with the Hessian inserted."""
    rate = next(iter(problem.optimizer.hyperparameters), "")
    taken = {name for name, _ in proof.variables} | {rate}
    names, points = problem.loss.parameters, list(problem.loss.at.values())
    if not all(is_zero(sub(updated(problem, point, lambda _: ZERO), point)) for point in points):
        raise Undecided("the method does not stay at the critical points; only gradient steps are treated here so far")
    proof.declare("t", "natural")
    errors = []
    for i, name in enumerate(names):
        letter = proof.declare(fresh(f"e_{i + 1}", taken), "sequence", f"error in the coordinate {name}, linearised at the point")
        errors.append(apply(letter, T))
    labels = []
    for i, error in enumerate(errors):
        after = substitute(error, {"t": add(T, ONE)})
        rule, explicit = (
            updated(problem, error, lambda _, row=row: add(mul(row[0], errors[0]), mul(row[1], errors[1])))
            for row in (found.said[i], found.values[i])
        )
        defined = proof.define(for_all("t", eq(after, rule)), "the iteration, its gradient expanded at the point")
        labels.append(proof.step("identity", eq(after, explicit), defined, *found.entries, *given, because="insert the Hessian"))
    return errors, labels


def settles_iff(proof: Proof, problem: Problem, found: Curvatures, given: list[str]) -> tuple[str, str]:
    """The error across the curve vanishes iff the learning rate times the sharpness is below 2, and grows iff above."""
    rate = learning_rate(problem.optimizer)
    refuse_nested_gradient(problem.optimizer)
    errors, updates = linearised(proof, problem, found, given)
    forward = step_forward(proof, rate)
    prover = Prover(proof)
    way = prover.way(lt(ZERO, found.sharpness), ())
    if way is None:
        learning_rate(problem.optimizer)
        raise Undecided("the curvature across the curve is not known to be positive")
    positive = prover.step(lt(ZERO, found.sharpness), way, {}, "it curves upwards")
    error, ratio, line = _across(proof, problem, found, errors, [*updates, *given])
    begin = substitute(error, {"t": ZERO})
    away = proof.assume(ne(begin, ZERO), "it does not start on the curve")
    known = [*given, forward]
    closed = closed_form(proof, line, error, ratio, begin, known)
    facts = geometric_facts(proof, error, ratio, begin, closed, away, *known)
    product = tidy(mul(symbol(rate), found.sharpness))
    rows = (("settles", tends(error, "t", INFINITY, ZERO), lt(product, TWO)),
            ("grows", tends(Term("Abs", (error,)), "t", INFINITY, INFINITY), lt(TWO, product)))  # fmt: skip
    first, second = (
        proof.step("signs", iff(what, region), facts[key], positive, forward, *given, because="solve for the product")
        for key, what, region in rows
    )
    return first, second


def _across(
    proof: Proof, problem: Problem, found: Curvatures, errors: list[Term], known: list[str]
) -> tuple[Term, Term, str]:
    """The error across the curve at step t, its multiplier m, and the label of error(t + 1) = m*error(t)."""
    mark = symbol("_across")
    ratio, _ = coefficient_of(updated(problem, mark, lambda at: mul(found.sharpness, at)), mark)
    name = proof.declare(fresh("e", {name for name, _ in proof.variables}), "sequence", "linearised error across the curve")
    error = apply(name, T)
    defined = proof.define(for_all("t", eq(error, found.across(*errors))), "the error across the curve")
    after, *later = (substitute(part, {"t": add(T, ONE)}) for part in (error, *errors))
    moved = proof.step("instantiate", eq(after, found.across(*later)), defined, values={"t": add(T, ONE)}, because="one step later")
    words = "it is an eigenvector of the Hessian"
    return error, ratio, proof.step("identity", eq(after, mul(ratio, error)), moved, defined, *known, because=words)


def together(proof: Proof, labels: list[str]) -> None:
    proof.step("conjunction", conj(*(proof.claims[label] for label in labels)), *labels, because="all together")
