"""Polynomial laws of flows with many parameters, checked in Rocq by computing with polynomials as data.

A term is written twice: as text, and as the ``expression`` of theories/Polynomials.v whose meaning is that text by definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flint import fmpq

from derivations.kernel.formulas import strip
from derivations.kernel.sparse import Sparse, expanded, gradient
from derivations.language.terms import ZERO, Term, apply, substitute, subterms, symbol
from derivations.rocq.derivatives import written
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.templates.calculus import close_equation
from derivations.rocq.writing import exponent_value

Positions = Mapping[Term, int]


def expression(term: Term, places: Positions) -> str:
    """The expression whose meaning is, by definition, what ``Writer.real`` writes. Raises Unsupported where it is no polynomial."""
    if term in places:
        return f"(e_var {places[term]})"
    head, args = term.head, term.args
    if head == "Number":
        value = args[0]
        whole = f"(e_num ({value.numerator}))"
        return whole if value.denominator == 1 else f"(e_div {whole} {value.denominator})"
    if head == "Neg":
        return f"(e_neg {expression(args[0], places)})"
    if head in ("Add", "Mul") and args:
        text = expression(args[0], places)
        for arg in args[1:]:
            minus = head == "Add" and arg.head == "Neg"
            kind = "e_sub" if minus else f"e_{head.lower()}"
            text = f"({kind} {text} {expression(arg.args[0] if minus else arg, places)})"
        return text
    if head in ("Add", "Mul"):
        return f"(e_num {int(head == 'Mul')})"
    if head == "Div" and args[1].head == "Number" and args[1].args[0].denominator == 1 and args[1].args[0] > 0:
        return f"(e_div {expression(args[0], places)} {args[1].args[0]})"
    if head == "Pow" and (exponent := exponent_value(args[1])) is not None and exponent.denominator == 1 and exponent >= 0:
        return f"(e_pow {expression(args[0], places)} {exponent})"
    raise Unsupported(f"{head} is not written in Rocq as a polynomial")


def listed(texts: Sequence[str], scope: str = "") -> str:
    return f"[{'; '.join(texts)}]{scope}"


def naturals(numbers: Sequence[int]) -> str:
    return listed([str(k) for k in numbers], "%nat")


# --- laws of a flow ---------------------------------------------------------------------------------------------------


def conserved_polynomial(goal: Goal) -> str:
    """The derivative along the flow, computed as a polynomial in all functions that occur, is the zero polynomial."""
    name, claim = goal.claim.args
    left, right = claim.args
    variable = name if name not in goal.here else f"_{goal.fresh()}|{goal.table.domain(name)}"
    time = symbol(variable)
    left, right = (substitute(side, {name: time}) for side in (left, right))
    inner = goal.within(variable)
    moves = _velocities(goal)
    paths = list(dict.fromkeys(node for node in subterms(left) if node.head == "Apply"))
    if any(path.args[0] not in moves or path.args[1:] != (time,) for path in paths):
        raise Unsupported("no premise says how the functions move")
    rates = [substitute(rate, {moment: time}) for rate, moment, _ in (moves[path.args[0]] for path in paths)]
    others = [node for rate in rates for node in subterms(rate) if node.head == "Apply"]
    places = {path: i for i, path in enumerate(dict.fromkeys((*paths, *others)))}
    curves = listed([written(inner, variable, path) for path in places])
    motion = "I"
    for path in reversed(paths):
        motion = f"(conj {moves[path.args[0]][2]} {motion})"
    terms = f"{curves} {listed([expression(rate, places) for rate in rates])} {expression(left, places)}"
    start, kept, here = substitute(left, {variable: ZERO}), goal.fresh("K"), goal.names.variable(variable)
    return "\n".join([
        f"assert ({kept} : forall {here} : R, {inner.real(left)} = {inner.real(start)}).",
        f"{{ refine (conserved_polynomial {terms} {motion} _). vm_compute. reflexivity. }}",
        f"intros {here}. apply (eq_trans ({kept} {here})).",
        close_equation(inner, start, right, []),
    ])  # fmt: skip


def _velocities(goal: Goal) -> dict[str, tuple[Term, str, str]]:
    """Of each function x that a premise dx/dτ = … for all τ speaks of: the right side, the time's name in it, the proof."""
    found = {}
    for premise in goal.premises:
        names, body = strip(premise.term)
        if len(names) == 1 and not premise.every_outcome and body.head == "Eq" and body.args[0].head == "Diff":
            (curve, moment), rate = body.args[0].args, body.args[1]
            if moment == names[0] and curve == apply(curve.args[0], symbol(moment)):
                found[curve.args[0]] = rate, moment, premise.name
    return found


def at_most_in_common(goal: Goal) -> str:
    """The gradients and brackets that the witness chooses are independent at its point: elimination over Q."""
    _, count, potentials, variables = goal.claim.args
    places = {x: i for i, x in enumerate(variables.args)}
    point = [_whole(goal.witness["point"][x.args[0]]) for x in variables.args]
    pairs = listed([f"({a}, {b})" for a, b in goal.witness.get("brackets", ())], "%nat")
    chosen, known = naturals(goal.witness["chosen"]), goal.fresh("K")
    fields = listed([expression(one, places) for one in potentials.args])
    data = f"{count.args[0]} {len(places)} {fields} {pairs} {chosen} {_point_text(point)}"
    return f"assert ({known} : spans {data} = true). {{ vm_compute. reflexivity. }}\nexact (at_most_by_span {data} {known})."


def _whole(value: object) -> int:
    if not isinstance(value, Term) or value.head != "Number" or value.args[0].denominator != 1:
        raise Unsupported("the point must be one of whole numbers")
    return int(value.args[0])


def _point_text(point: Sequence[int]) -> str:
    return listed([f"({x})" for x in point], "%Z")


# --- independence -----------------------------------------------------------------------------------------------------


def independent_polynomials(goal: Goal) -> str:
    """A minor of the Jacobian at the witness's point, a rational number, is not zero. Raises Unsupported for other quantities."""
    _, count, quantities, variables = goal.claim.args
    places = {x: i for i, x in enumerate(variables.args)}
    given = goal.witness.get("point", {})
    point = [_whole(given.get(x.args[0])) for x in variables.args]
    polys = [expanded(one, places) for one in quantities.args]
    rows, columns = minor([_gradient_at(poly, point) for poly in polys], int(count.args[0]))
    terms, known = listed([expression(one, places) for one in quantities.args]), goal.fresh("K")
    data = f"{count.args[0]} {len(places)} {terms} {_point_text(point)} {naturals(rows)} {naturals(columns)}"
    values = ", ".join(f"({x})" for x in point)
    return "\n".join([
        f"exists {values}." if values else "",
        f"assert ({known} : has_minor {data} = true). {{ vm_compute. reflexivity. }}",
        f"exact (rank_by_minor {data} {known}).",
    ])  # fmt: skip


def _gradient_at(poly: Sparse, point: Sequence[int]) -> dict[int, fmpq]:
    found = {}
    for j, part in gradient(poly).items():
        value = fmpq(0)
        for monomial, c in part.items():
            term = fmpq(c.numerator, c.denominator)
            for position in monomial:
                term *= point[position]
            value += term
        if value != 0:
            found[j] = value
    return found


def minor(rows: Sequence[Mapping[int, fmpq]], size: int) -> tuple[list[int], list[int]]:
    """Rows and columns of a minor of that size that is not zero: the pivots of an elimination that starts with short rows.

    The columns stand in the order of their rows' pivots.
    """
    pivots: list[tuple[int, int, dict[int, fmpq]]] = []
    for i in sorted(range(len(rows)), key=lambda i: len(rows[i])):
        left = dict(rows[i])
        for _, column, pivot in pivots:
            if column in left:
                factor = left[column] / pivot[column]
                for j, c in pivot.items():
                    left[j] = left.get(j, fmpq(0)) - factor * c
                left = {j: c for j, c in left.items() if c != 0}
        if left and len(pivots) < size:
            pivots.append((i, min(left, key=lambda j: sum(j in row for row in rows)), left))
    if len(pivots) < size:
        raise Unsupported("the rank at that point is lower")
    return [i for i, _, _ in pivots], [j for _, j, _ in pivots]


def entrywise(goal: Goal) -> str:
    """Each entry's equation (see ``unfolding``) is a premise, once both are multiplied out."""
    time = goal.fresh("K")
    known = "".join(f"pose proof ({premise.name} {time}) as {goal.fresh()}; " for premise in goal.premises)
    return f"repeat match goal with |- _ /\\ _ => split end; intros {time}; {known}lra."
