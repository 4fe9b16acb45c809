"""All critical points of a loss, their nature, and that there are no others.

Setting     A loss given by a polynomial or a quotient of polynomials with rational coefficients.
Statement   The gradient vanishes at certain points and nowhere else; each is a minimum, a maximum, a saddle or degenerate.
Idea        Combine the equations of the gradient until one variable is left; count its real roots by Sturm's theorem; the
            other variables follow from it, case by case. Then differentiate twice at each point.
Endpoints   Where the gradient vanishes along a whole curve, the curve's equation is given instead, and the list is not complete.
References  [cox2015] chapter 3, [nocedal2006] section 2.1
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import ZERO, Term, apply, conj, eq, substitute, subterms, symbol
from derivations.problems.losses import Loss, read_loss
from derivations.problems.questions import Problem, default_problem
from derivations.tactics.algebra import derivative
from derivations.tactics.coordinates import BOUND, rational, written
from derivations.tactics.critical_points import Point, TooHard, curves, in_order, leaves, searched
from derivations.tactics.critical_proof import complete_steps, coordinates, vanishing_steps
from derivations.tactics.gradients import Gradient, gradient_steps
from derivations.tactics.hessians import Hessian
from derivations.tactics.higher_order import higher_order_steps
from derivations.tactics.point_natures import Natures, define_form, is_short, settled
from derivations.tactics.proof import Proof


def derive(problem: Problem) -> Derivation:
    proof = Proof()
    gradient = gradient_steps(proof, problem)
    names = gradient.names
    try:
        system, context, node = searched(gradient.numerators, names)
    except TooHard as reason:
        raise Undecided(f"the gradient's equations were not solved: {reason}") from reason
    if any(root.head == "RootOf" for leaf in leaves(node) for one in leaf.context.classes for root in one.roots):
        proof.declare(BOUND, "real", "a placeholder")
    points = in_order([point for leaf in leaves(node) for _, point in leaf.points if point is not None], names)
    zero, equal = [], {}
    for point in points:
        labels, same = vanishing_steps(proof, point, names, gradient.first)
        zero.append(labels)
        equal.update({point.shaped[name]: label for name, label in same.items()})
    equations = list(zip(gradient.numerators, gradient.slopes, gradient.first, strict=True))
    along = [
        conj(*(eq(symbol(name), rational(value)) for name, value in fixed.items()), eq(written(factor, names), ZERO))
        for fixed, factor in curves(node, {})
    ]
    complete = complete_steps(proof, names, system, context, node, equations, points, zero, equal, along)
    parts, answers = [complete], []
    natures = _natures(proof, gradient) if points else None
    for i, point in enumerate(points):
        assert natures is not None
        label, answer = _point_steps(proof, problem.loss, gradient, natures, coordinates(point, names), zero[i])
        parts.append(label)
        where = (0, *(1 for _ in names), 1, *((len(along) + i,) if len(points) + len(along) > 1 else ()))
        answers.append({"at": select("pairs", *where), **_placed(answer, i + 1), **_decimals(point, names, where)})
    if points:
        proof.step("conjunction", conj(*(proof.claims[part] for part in parts)), *parts, because="all together")
    every = (*((0,) if points else ()), *(1 for _ in names))
    answer = {"kind": "points", "text": select("text", *every, 1), "points": answers, "complete": select("only-points", *every)}
    if along:
        several = len(points) + len(along) > 1
        answer["family"] = [select("text", *every, 1, *((i,) if several else ())) for i in range(len(along))]
    return proof.finish(answer, problem.sources)


def _decimals(point: Point, names: tuple[str, ...], where: tuple[int, ...]) -> dict[str, Any]:
    """Decimals beside coordinates that are not rational."""
    if not any(node.head in ("RootOf", "Sqrt") for value in point.at.values() for node in subterms(value)):
        return {}
    one = len(names) == 1
    return {"approx": {name: select("decimal", *where, *(() if one else (k,)), 1) for k, name in enumerate(names)}}


def _natures(proof: Proof, gradient: Gradient) -> Natures:
    names = gradient.names
    entries = {
        (i, j): derivative(gradient.slopes[i], names[j]) for i in range(len(names)) for j in range(i, len(names))
    }
    return Natures(proof, define_form(proof, names, entries, gradient.first))


def _point_steps(
    proof: Proof, loss: Loss, gradient: Gradient, natures: Natures, at: list[Term], zero: list[str]
) -> tuple[str, dict[str, Any]]:
    """The nature of one point, the loss there and its eigenvalues; and where in that part of the conclusion they stand."""
    name, label, spectrum = natures.at(at, zero)
    values = dict(zip(gradient.names, at, strict=True))
    inserted = substitute(gradient.body, values)
    value = settled(inserted)
    there = proof.step("instantiate", eq(apply("L", *at), inserted), gradient.defined, values=values, because="the loss there")
    if value != inserted:
        there = proof.step("identity", eq(apply("L", *at), value), there, because="in short")
    labels = [label, there] + ([spectrum] if spectrum else [])
    answer: dict[str, Any] = {"nature": ("name", 0), "value": ("text", 1, 1), "value_approx": ("decimal", 1, 1)}
    if spectrum:
        count = len(proof.claims[spectrum].args) - 2
        answer["eigenvalues"] = [("text", 2, 2 + k) for k in range(count)]
        answer["eigenvalues_approx"] = [("decimal", 2, 2 + k) for k in range(count)]
    if name == "degenerate" and len(at) == 1 and is_short(at[0]):
        here = replace(loss, at=values)
        more = higher_order_steps(proof, Hessian(here, zero, [], ""))
        if more is not None:
            answer["higher_order"] = {"change": ("text", len(labels), 0), "tends_to": ("text", len(labels), 3)}
            labels.append(more)
    both = conj(*(proof.claims[one] for one in labels))
    return proof.step("conjunction", both, *labels, because="what is known of this point"), answer


def _placed(answer: dict[str, Any], place: int) -> dict[str, Any]:
    """The selectors of one point's answer, in the whole conclusion."""

    def put(one: Any) -> Any:
        if isinstance(one, dict):
            return {key: put(item) for key, item in one.items()}
        return [put(item) for item in one] if isinstance(one, list) else select(one[0], place, *one[1:])

    return {key: put(value) for key, value in answer.items()}


RESULT = Result(
    id="critical-points.all",
    title="All critical points of a loss",
    question="critical-points",
    derive=derive,
    summary="Every point at which the gradient vanishes, what each of them is, and a proof that there are no others.",
    references=("cox2015", "nocedal2006"),
    problem=lambda: default_problem().with_loss(read_loss("x**4 - 3*x*y + y**2")),
    order=52,
)
