"""Signs of constants by ball arithmetic, and the count of real roots in an interval by Sturm's theorem."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from flint import arb, ctx, fmpq, fmpq_poly

from derivations.kernel.algebra import Algebra, rational_coefficients
from derivations.kernel.errors import Refused
from derivations.kernel.situation import Situation, require
from derivations.kernel.table import Table
from derivations.language.terms import Term, free_symbols

PRECISIONS = (64, 256, 1024)


def number_sign(s: Situation) -> None:
    """A relation between constants: equality by exact algebra, inequality by an enclosing ball that excludes zero.

    Refuses when a variable occurs, or 1,024 bits do not separate the two sides.
    """
    require(not free_symbols(s.claim), "shape", "only constants are compared")
    left, right = s.claimed(s.claim.head)
    algebra = Algebra(s.table, [left, right])
    difference = algebra.difference(right, left)
    zero = algebra.is_zero(difference)
    check_roots(s.table, left)
    check_roots(s.table, right)
    sign = 0 if zero else _sign(s.table, Term("Add", (right, Term("Neg", (left,)))))
    for top, bottom in algebra.radicands:
        radicand = Term("Div", (algebra.term_of_poly(top), algebra.term_of_poly(bottom)))
        require(_sign(s.table, radicand) > 0, "may-be-negative", "a radicand may be negative")
    for poly in algebra.denominators:
        require(_sign(s.table, algebra.term_of_poly(poly)) != 0, "may-be-zero", "a denominator may be zero")
    holds = {"Lt": sign > 0, "Le": sign >= 0, "Gt": sign < 0, "Ge": sign <= 0, "Ne": sign != 0, "Eq": sign == 0}
    require(holds.get(s.claim.head, False), "does-not-follow", "the numbers are not so related")


def _sign(table: Table, term: Term) -> int:
    before = ctx.prec
    try:
        for bits in PRECISIONS:
            ctx.prec = bits
            ball = _ball(table, term)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
    finally:
        ctx.prec = before
    raise Refused("sign-unknown", "the numbers could not be told apart")


def enclosure(table: Table, term: Term) -> arb:
    """A ball around a constant, with 256 bits."""
    before = ctx.prec
    try:
        ctx.prec = PRECISIONS[1]
        return _ball(table, term)
    finally:
        ctx.prec = before


def _ball(table: Table, term: Term) -> arb:
    head = term.head
    if head == "Number":
        value = term.args[0]
        return arb(fmpq(value.numerator, value.denominator))
    if head == "RootOf":
        low, high = isolated(table, term, Fraction(1, 2**ctx.prec))
        middle, radius = (low + high) / 2, (high - low) / 2
        return arb(fmpq(middle.numerator, middle.denominator), fmpq(radius.numerator, radius.denominator))
    parts = [_ball(table, arg) for arg in term.args if isinstance(arg, Term)]
    if head == "Add":
        return sum(parts, arb(0))
    if head == "Mul":
        result = arb(1)
        for part in parts:
            result *= part
        return result
    simple = {"Neg": lambda x: -x, "Div": lambda x, y: x / y, "Sqrt": arb.sqrt, "Exp": arb.exp, "Log": arb.log, "Sin": arb.sin,
              "Cos": arb.cos, "Tan": arb.tan, "Tanh": arb.tanh, "Sinh": arb.sinh, "Cosh": arb.cosh, "Atan": arb.atan,
              "Asinh": arb.asinh, "Abs": abs, "Pow": lambda x, y: x**y}  # fmt: skip
    if head == "Pow" and term.args[1].head == "Number" and term.args[1].args[0].denominator == 1:
        return parts[0] ** int(term.args[1].args[0])
    if head not in simple:
        raise Refused("shape", f"{head} has no enclosure")
    return simple[head](*parts)


def check_roots(table: Table, term: Term) -> None:
    """Raises Refused unless every RootOf in the term isolates exactly one root."""
    if term.head == "RootOf":
        isolated(table, term, Fraction(1))
    for arg in term.args:
        if isinstance(arg, Term):
            check_roots(table, arg)


def isolated(table: Table, root: Term, width: Fraction) -> tuple[Fraction, Fraction]:
    """An interval of at most this width that contains the root, and no other root of the polynomial."""
    if root not in table.spans:
        table.spans[root] = _checked(table, root)
    poly, a, b = table.spans[root]
    rising = _evaluate(poly, b) > 0
    while b - a > width:  # the one root between the ends is simple: there the polynomial changes its sign
        middle = (a + b) / 2
        value = _evaluate(poly, middle)
        if value == 0:
            return middle, middle
        a, b = (a, middle) if (value > 0) == rising else (middle, b)
    table.spans[root] = poly, a, b
    return a, b


def _checked(table: Table, root: Term) -> tuple[fmpq_poly, Fraction, Fraction]:
    """The polynomial without multiple roots, and the interval that is given, which must be that of the root's number."""
    body, name, low, high, below = root.args
    require(low.head == high.head == "Number", "shape", "the ends of an isolating interval must be rational")
    coefficients = rational_coefficients(table, body, name)
    sequence = sturm_sequence(coefficients)
    a, b = low.args[0], high.args[0]
    require(a < b and roots_between(sequence, a, b) == 1, "does-not-follow", "the interval does not isolate one root")
    bound = 1 + max(abs(c / coefficients[-1]) for c in coefficients)
    require(roots_between(sequence, -bound - 1, a) == below, "not-equal", "the root is not the one of that number")
    return sequence[0], a, b


def sturm_sequence(coefficients: list[Fraction]) -> list[fmpq_poly]:
    first = fmpq_poly([fmpq(c.numerator, c.denominator) for c in coefficients])
    first = first / first.gcd(first.derivative())
    sequence = [first, first.derivative()]
    while sequence[-1].degree() > 0:
        remainder = -(sequence[-2] % sequence[-1])
        if remainder == 0:
            break
        sequence.append(remainder)
    return sequence


def roots_between(sequence: list[fmpq_poly], low: Fraction, high: Fraction) -> int:
    """Number of distinct real roots in the open interval; its ends must be no roots."""
    for end in (low, high):
        require(_evaluate(sequence[0], end) != 0, "does-not-follow", "an end of the interval is a root")
    return _changes(sequence, low) - _changes(sequence, high)


def _evaluate(poly: fmpq_poly, at: Fraction) -> fmpq:
    return poly(fmpq(at.numerator, at.denominator))


def _changes(sequence: list[fmpq_poly], at: Fraction) -> int:
    signs = [1 if v > 0 else -1 for v in (_evaluate(poly, at) for poly in sequence) if v != 0]
    return sum(a != b for a, b in pairwise(signs))
