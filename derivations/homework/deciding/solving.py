"""An equation solved for one of its parts: both sides are fractions of polynomials in that part, of low degree."""

from __future__ import annotations

from fractions import Fraction as Rational

from derivations.language.terms import ONE, ZERO, Term, add, div, mul, neg, number, substitute, subterms, symbol

MAX_DEGREE = 2
Poly = dict[int, Term]  # degree -> coefficient
Fraction = tuple[Poly, Poly]


def solved(equation: Term, subject: Term) -> Term | None:
    """The value that the equation gives to the subject; None where it is not linear in it."""
    whole = gathered(equation, subject)
    if whole is None or set(whole) - {0, 1} or 1 not in whole:
        return None
    return div(neg(whole[0]), whole[1]) if 0 in whole else ZERO


def solved_square(equation: Term, subject: Term) -> Term | None:
    """The value that the equation gives to the subject's square; None where it is of another form."""
    whole = gathered(equation, subject)
    if whole is None or set(whole) != {0, 2}:
        return None
    return div(neg(whole[0]), whole[2])


def gathered(equation: Term, subject: Term) -> Poly | None:
    """left - right as a polynomial in the subject, denominators multiplied out; None where the degree is too high."""
    left, right = (_fraction(side, subject) for side in equation.args)
    if left is None or right is None:
        return None
    if left[1] == right[1]:
        return _sum(left[0], _scaled(right[0]))
    one, other = _product(left[0], right[1]), _product(right[0], left[1])
    return None if one is None or other is None else _sum(one, _scaled(other))


def occurs(subject: Term, term: Term) -> bool:
    return any(node == subject for node in subterms(term))


def _fraction(term: Term, subject: Term) -> Fraction | None:
    if term == subject:
        return {1: ONE}, {0: ONE}
    if not occurs(subject, term):
        return {0: term}, {0: ONE}
    if term.head == "Neg":
        inner = _fraction(term.args[0], subject)
        return inner and (_scaled(inner[0]), inner[1])
    if term.head in ("Add", "Mul", "Div"):
        parts = [_fraction(arg, subject) for arg in term.args]
        if any(part is None for part in parts):
            return None
        return _combined(term.head, [part for part in parts if part is not None])
    if term.head == "Pow" and term.args[1].head == "Number" and term.args[1].args[0] in (-2, -1, 1, 2):
        inner = _fraction(term.args[0], subject)
        count = int(term.args[1].args[0])
        if inner is not None and abs(count) == 2:
            inner = _combined("Mul", [inner, inner])
        return inner if inner is None or count > 0 else (inner[1], inner[0])
    return None


def _combined(head: str, parts: list[Fraction]) -> Fraction | None:
    result: Fraction | None = parts[0]
    for part in parts[1:]:
        if result is None:
            return None
        if head == "Add":
            if result[1] == part[1]:
                result = _sum(result[0], part[0]), result[1]
                continue
            tops = _product(result[0], part[1]), _product(part[0], result[1])
            top = None if tops[0] is None or tops[1] is None else _sum(tops[0], tops[1])
            bottom = _product(result[1], part[1])
        else:
            up, down = part if head == "Mul" else (part[1], part[0])
            top, bottom = _product(result[0], up), _product(result[1], down)
        result = None if top is None or bottom is None else (top, bottom)
    return result


def _sum(one: Poly, other: Poly) -> Poly:
    return {k: add(*(poly[k] for poly in (one, other) if k in poly)) for k in sorted({*one, *other})}


def _scaled(poly: Poly) -> Poly:
    return {k: neg(part) for k, part in poly.items()}


def _product(one: Poly, other: Poly) -> Poly | None:
    found: Poly = {}
    for i, a in one.items():
        for j, b in other.items():
            if i + j > MAX_DEGREE:
                return None
            part = a if b == ONE else b if a == ONE else mul(a, b)
            found[i + j] = add(found[i + j], part) if i + j in found else part
    return found


def coefficient_of(equation: Term, subject: Term) -> Term | None:
    """What the subject is multiplied with, all denominators multiplied out."""
    whole = gathered(equation, subject)
    return None if whole is None else whole.get(1)


# --- steps ------------------------------------------------------------------------------------------------------------


def shifted(said: Term, subject: Term) -> Term:
    """x(t) = f(x(t - 1)) for all t says x(t + 1) = f(x(t)): moved by the steps that bring the latest value to the subject."""
    if subject.head != "Apply" or len(subject.args) != 2 or occurs(subject, said):
        return said
    own = _step(subject.args[1])
    used = [_step(node.args[1]) for node in subterms(said) if node.head == "Apply" and node.args[0] == subject.args[0]]
    if own is None or not used or any(one is None or one[0] != own[0] for one in used):
        return said
    latest = max(one[1] for one in used if one is not None)
    steps = own[1] - latest
    moved = substitute(said, {own[0]: add(symbol(own[0]), number(steps))})
    return _plain_steps(moved, subject.args[0], own[0])


def _step(index: Term) -> tuple[str, Rational] | None:
    """(t, k) for an index t + k."""
    if index.head == "Symbol":
        return index.args[0], Rational(0)
    if index.head == "Neg" and index.args[0].head == "Number":
        return "", -index.args[0].args[0]
    if index.head == "Number":
        return "", index.args[0]
    if index.head != "Add":
        return None
    parts = [_step(arg) for arg in index.args]
    names = [part[0] for part in parts if part is not None and part[0]]
    if any(part is None for part in parts) or len(names) != 1:
        return None
    return names[0], sum((part[1] for part in parts if part is not None), Rational(0))


def _plain_steps(term: Term, name: str, counter: str) -> Term:
    """The indices of the sequence written as t, t + 1, t - 1."""
    if term.head == "Apply" and term.args[0] == name and len(term.args) == 2:
        step = _step(term.args[1])
        if step is not None and step[0] == counter:
            index = symbol(counter)
            shift = step[1]
            index = index if shift == 0 else add(index, number(shift)) if shift > 0 else add(index, neg(number(-shift)))
            return Term("Apply", (name, index))
    args = tuple(_plain_steps(arg, name, counter) if isinstance(arg, Term) else arg for arg in term.args)
    return Term(term.head, args, term.span)
