"""The proof that a gradient vanishes at certain points and nowhere else, from the tree that the search found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from derivations.kernel.checkers.numbers import enclosure
from derivations.language.terms import (
    ZERO,
    Term,
    conj,
    disj,
    eq,
    iff,
    number,
    substitute,
    symbol,
)
from derivations.tactics.coordinates import BOUND, TABLE, written
from derivations.tactics.critical_points import (
    Context,
    Node,
    Point,
    System,
)
from derivations.tactics.critical_tree import Known, Tree, of, place_of
from derivations.tactics.elimination import Polynomial
from derivations.tactics.hessians import partial, unit
from derivations.tactics.proof import Proof


def coordinates(point: Point, names: Sequence[str]) -> list[Term]:
    return [point.at[name] for name in names]


def gradient_is_zero(at: Sequence[Term]) -> Term:
    n = len(at)
    return conj(*(eq(partial("L", unit(i, n), list(at)), ZERO) for i in range(n)))


# --- at a point -------------------------------------------------------------------------------------------------------


def vanishing_steps(proof: Proof, point: Point, names: tuple[str, ...], first: list[str]) -> tuple[list[str], dict[str, str]]:
    """Labels of L_i(point) = 0, and for each coordinate in another form the label of q(others) = coordinate."""
    n = len(names)
    inner = [point.shaped[name] if name in point.minimal else point.at[name] for name in names]
    labels = [
        proof.step("derivative", eq(partial("L", unit(i, n), inner), ZERO), first[i], because="it vanishes at this point")
        for i in range(n)
    ]
    equal = {name: _same_root(proof, point, name) for name in names if name in point.minimal}
    used = {name: label for name, label in equal.items() if point.shaped[name] != point.at[name]}
    if used:
        at = coordinates(point, names)
        labels = [
            proof.step(
                "rewrite", eq(partial("L", unit(i, n), at), ZERO), label, *used.values(), because="the coordinates in short"
            )
            for i, label in enumerate(labels)
        ]
    return labels, equal


def _same_root(proof: Proof, point: Point, name: str) -> str:
    value, polynomial = point.at[name], written(of(point.minimal[name]), (BOUND,))
    if value.head == "RootOf":
        low, high = value.args[2:4]
    else:
        low, high = _around(value)
    return proof.step("same-root", eq(point.shaped[name], value), polynomial=polynomial, variable=BOUND, low=low, high=high,
                      because="both are the one root of a polynomial in a short interval")  # fmt: skip


def _around(value: Term) -> tuple[Term, Term]:
    middle = round(Fraction(float(enclosure(TABLE, value).mid())) * 10**9)
    return number(Fraction(middle - 2, 10**9)), number(Fraction(middle + 2, 10**9))


# --- nowhere else ----------------------------------------------------------------------------------------------------


def complete_steps(
    proof: Proof, names: tuple[str, ...], system: System, context: Context, node: Node,
    equations: list[tuple[Polynomial, Term, str]], points: list[Point], zero: list[list[str]],
    equal: Mapping[Term, str], along: list[Term],
) -> str:  # fmt: skip
    """∀x, y: gradient zero ⇔ (x, y) is one of the points. ``equations`` are polynomials, what they stand for, and the first
    derivatives' labels; ``zero`` the labels of the vanishing gradient at each point; ``along`` formulas of curves."""
    variables = [symbol(name) for name in names]
    critical, goal = gradient_is_zero(variables), disj(*along, *(place_of(point, names) for point in points))
    claim = iff(critical, goal)
    there = proof.supposing(critical, "a critical point")
    with proof.inside() as forward:
        known = []
        for i, (polynomial, slope, label) in enumerate(equations):
            part = proof.claims[there.label] if len(names) == 1 else critical.args[i]
            own = there.label if len(names) == 1 else proof.step("part", part, there.label, because="a part of it")
            stated = proof.step("rewrite", eq(slope, ZERO), own, label, because="insert the derivative")
            wanted = eq(written(polynomial, names), ZERO)
            if proof.claims[stated] != wanted:
                stated = proof.step("signs", wanted, stated, because="multiplied out, without its denominator")
            known.append(Known(polynomial, stated))
        if system.weights:  # the equation of the combination itself says nothing
            known = [Known({(0, *m): c for m, c in one.polynomial.items()}, one.label) for one in known]
            known.append(Known(system.equation, ""))
        Tree(proof, system, goal, equal).walk(node, context, known, {})
    back = proof.supposing(goal, "one of the points")
    with proof.inside() as backward:
        ways = [_from_curve(proof, names, formula, equations, critical) for formula in along]
        ways += [_from_point(proof, names, point, labels, critical) for point, labels in zip(points, zero, strict=True)]
        _backward(proof, critical, [*along, *(place_of(point, names) for point in points)], ways, back.label)
    branches = (proof.branch("critical", forward, there), proof.branch("a point", backward, back))
    both = proof.step("suppose", claim, branches=branches, because="both directions")
    for name in reversed(names):
        claim = Term("ForAll", (name, claim))
    return proof.step("generalise", claim, both, because="for all parameters")


Way = Callable[[str], str]


def _backward(proof: Proof, critical: Term, formulas: list[Term], ways: list[Way], label: str) -> None:
    """At each of the places the gradient vanishes; a way goes from the label that says where we are to the gradient."""
    if not ways:
        proof.step("signs", critical, label, because="there is none")
    elif len(ways) == 1:
        ways[0](label)
    else:
        branches = []
        for formula, way in zip(formulas, ways, strict=True):
            item = proof.supposing(formula, "a case")
            with proof.inside() as steps:
                way(item.label)
            branches.append(proof.branch("there", steps, item))
        proof.step("cases", critical, label, branches=tuple(branches), because="at each of them")


def _from_point(proof: Proof, names: tuple[str, ...], point: Point, labels: list[str], critical: Term) -> Way:
    def way(assumed: str) -> str:
        at = coordinates(point, names)
        both = proof.step("conjunction", gradient_is_zero(at), *labels, because="the gradient there") if len(at) > 1 else labels[0]
        parts = [assumed] if len(at) == 1 else [
            proof.step("part", eq(symbol(name), value), assumed, because="a coordinate")
            for name, value in zip(names, at, strict=True)
        ]  # fmt: skip
        return proof.step("rewrite", critical, both, *parts, because="the gradient vanishes there")

    return way


def _from_curve(
    proof: Proof, names: tuple[str, ...], formula: Term, equations: list[tuple[Polynomial, Term, str]], critical: Term
) -> Way:
    def way(assumed: str) -> str:
        parts = list(formula.args) if formula.head == "And" else [formula]
        labels = [proof.step("part", part, assumed, because="a part of it") for part in parts] if len(parts) > 1 else [assumed]
        values = {part.args[0].args[0]: part.args[1] for part in parts[:-1]}
        done = []
        for (_, slope, label), wanted in zip(equations, critical.args if len(names) > 1 else [critical], strict=True):
            inserted = eq(substitute(slope, values), ZERO)
            step = proof.step("signs", inserted, labels[-1], because="the curve's equation is a factor")
            if inserted != eq(slope, ZERO):
                step = proof.step("rewrite", eq(slope, ZERO), step, *labels[:-1], because="these are the values")
            here = proof.step("instantiate", eq(wanted.args[0], slope), label, values={n: symbol(n) for n in names},
                              because="the derivative here")  # fmt: skip
            done.append(proof.step("rewrite", wanted, step, here, because="which is the derivative"))
        return proof.step("conjunction", critical, *done, because="the gradient vanishes") if len(done) > 1 else done[0]

    return way
