"""Algebraic numbers: what is known of ``root_in p low high``, and complete sets of conjugates among eigenvalues."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb

from flint import fmpq, fmpq_poly

from derivations.kernel.algebra import rational_coefficients
from derivations.kernel.errors import Refused
from derivations.language.terms import ONE, Term, add, div, mul, number, power, sub, substitute, subterms, symbol
from derivations.rocq.algebra import equation_script
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal


def product(values: list[Term], z: Term) -> Term:
    """(z - l_1) ((z - l_2) (... 1)), as ``from_roots`` computes it."""
    result = ONE
    for value in reversed(values):
        result = mul(sub(z, value), result)
    return result


def root_fact(goal: Goal, root: Term) -> tuple[str, str]:
    """A line, and the name of what it proves: low < root < high and p(root) = 0. The polynomial must change its sign."""
    body, name, low, high, _ = root.args
    at = [substitute(body, {name: end}) for end in (low, high)]
    fact, variable, function = goal.fresh("K"), goal.names.variable(name), goal.fresh("F")
    inner = goal.within(name)
    ends = " * ".join(f"({goal.real(one)})" for one in at)
    stated = (
        f"{goal.real(low)} < {goal.real(root)} < {goal.real(high)} /\\ {goal.real(substitute(body, {name: root}))} = 0"
    )
    steps = f"[lra | continuous_polynomial {function} | change ({ends} < 0); lra]"
    return (
        f"pose (fun {variable} : R => {inner.real(body)}) as {function}.\n"
        f"assert ({fact} : {stated}).\n{{ apply (root_in_zero {function}); {steps}. }}",
        fact,
    )


def conjugates(goal: Goal, values: list[Term], z: Term) -> tuple[Term, list[str], str]:
    """A form of the product of the (z - l_i) without algebraic numbers; lines that prove more, and a tactic for the rest.

    A complete set of conjugates makes a factor p(z)/lead, where p is their polynomial.
    """
    roots = [value for value in values if value.head == "RootOf"]
    if not roots:
        return product(values, z), [], "reflexivity."
    plain = [value for value in values if value.head != "RootOf"]
    factors, lines, names = [product(plain, z)], [], []
    for body, name in dict.fromkeys((root.args[0], root.args[1]) for root in roots):
        group = Counter(root for root in roots if root.args[:2] == (body, name))
        coefficients = rational_coefficients(goal.table, body, name)
        times = next(iter(group.values()))
        if len(group) != len(coefficients) - 1 or set(group.values()) != {times}:
            raise Unsupported("an algebraic eigenvalue comes without all its conjugates")
        at = substitute(body, {name: z})
        more, proof = factored(goal, list(group), at, z)
        lines += more
        names.append(proof)
        factors.append(power(div(at, number(coefficients[-1])), times))
    return mul(*factors), lines, f"{' '.join(f'rewrite {name}.' for name in names)} field."


def factored(goal: Goal, roots: list[Term], at: Term, z: Term) -> tuple[list[str], str]:
    """p(z) = lead times the product of the (z - r_i), from the zeros r_i, which are different."""
    body, name = roots[0].args[:2]
    coefficients = [number(c) for c in rational_coefficients(goal.table, body, name)]
    facts = [root_fact(goal, root) for root in roots]
    listed, polynomial, proof = goal.writer.vector(roots), goal.writer.vector(coefficients), goal.fresh("Q")
    zeros = "constructor."
    for root, (_, fact) in zip(reversed(roots), reversed(facts), strict=True):
        value = goal.real(substitute(body, {name: root}))
        zeros = f"constructor; [transitivity ({value}); [cbn [poly]; field | exact (proj2 {fact})] |]. {zeros}"
    right = mul(coefficients[-1], product(roots, z))
    return [
        *(line for line, _ in facts),
        f"assert ({proof} : {goal.real(at)} = {goal.real(right)}).",
        f"{{ transitivity (poly {polynomial} {goal.real(z)}); [cbn [poly]; field |].",
        f"  apply (poly_from_roots {listed} {polynomial} {goal.real(z)}); [reflexivity | different_numbers |]. {zeros} }}",
    ], proof


def equal_numbers(goal: Goal, left: Term, right: Term) -> str:
    """By algebra; an algebraic number's power r^n is replaced by what its polynomial says."""
    roots = list(dict.fromkeys(node for side in (left, right) for node in subterms(side) if node.head == "RootOf"))
    if not roots:
        return equation_script(goal, left, right, ())
    if len(roots) == 1:
        try:
            return _by_division(goal, left, right, roots[0])
        except Refused:
            pass  # there are other numbers in it
    lines, relations = [], []
    for root in roots:
        line, fact = root_fact(goal, root)
        *rest, lead = rational_coefficients(goal.table, *root.args[:2])
        lower = Term("Add", tuple(mul(number(-c / lead), power(root, k)) for k, c in enumerate(rest)))
        relations.append(goal.fresh("K"))
        stated = f"({goal.real(root)}) ^ {len(rest)} = {goal.real(lower)}"
        lines += [line, f"assert ({relations[-1]} : {stated}). {{ destruct {fact}. lra. }}"]
    return "\n".join([*lines, f"field [{' '.join(relations)}]; nonzero."])


def _by_division(goal: Goal, left: Term, right: Term, root: Term) -> str:
    """left - right = q(r)·p(r), which is zero. Raises Refused unless left - right is a polynomial in r over Q."""
    line, fact = root_fact(goal, root)
    body, name = root.args[:2]
    gap = sub(_without(left, root, name), _without(right, root, name))
    top, bottom = (
        fmpq_poly([fmpq(c.numerator, c.denominator) for c in rational_coefficients(goal.table, poly, name)]) for poly in (gap, body)
    )
    quotient = [Fraction(int(c.p), int(c.q)) for c in (top / bottom).coeffs()]
    factor = add(*(mul(number(c), power(root, k)) for k, c in enumerate(quotient)))
    value, whole = substitute(body, {name: root}), goal.fresh("K")
    said = f"{goal.real(sub(left, right))} = ({goal.real(factor)}) * ({goal.real(value)})"
    return "\n".join([
        line,
        f"assert ({whole} : {said}) by (generalize ({goal.real(root)}); clear; intros; field).",
        f"apply Rminus_diag_uniq. etransitivity; [exact {whole} |]. rewrite (proj2 {fact}). ring.",
    ])  # fmt: skip


def _without(term: Term, root: Term, name: str) -> Term:
    """The term with a variable of that name in the place of the root."""
    if term == root:
        return symbol(name)
    return Term(term.head, tuple(_without(arg, root, name) if isinstance(arg, Term) else arg for arg in term.args))


# --- exact arithmetic on polynomials, constant first ------------------------------------------------------------------


def value_at(coefficients: list[Fraction], x: Fraction) -> Fraction:
    result = Fraction(0)
    for c in reversed(coefficients):
        result = result * x + c
    return result


def bisected(coefficients: list[Fraction], a: Fraction, b: Fraction, width: Fraction) -> tuple[Fraction, Fraction]:
    """A narrow interval around the one change of sign between a and b."""
    positive = value_at(coefficients, a) > 0
    low, high = a, b
    while high - low > width:
        half = (low + high) / 2
        if value_at(coefficients, half) == 0:
            half = (low + half) / 2
        if (value_at(coefficients, half) > 0) == positive:
            low = half
        else:
            high = half
    return low, high


def bernstein(coefficients: list[Fraction], a: Fraction, b: Fraction) -> list[Fraction]:
    """The coefficients in Bernstein's basis on [a, b]."""
    degree = len(coefficients) - 1
    scaled = [  # of p(a + (b - a) t)
        sum((coefficients[k] * comb(k, j) * a ** (k - j) for k in range(j, degree + 1)), Fraction(0)) * (b - a) ** j
        for j in range(degree + 1)
    ]
    return [
        sum((Fraction(comb(k, j), comb(degree, j)) * scaled[j] for j in range(k + 1)), Fraction(0))
        for k in range(degree + 1)
    ]
