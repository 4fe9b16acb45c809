"""Exact arithmetic of terms: each is a quotient of polynomials over Q in *atoms* (symbols, theta(t), m**t, sqrt(2) …).

Two modes. With ``field=False`` a quotient by what is not a constant is an atom of its own, so that everything said holds
without conditions: this gives the canonical keys. With ``field=True`` quotients are cancelled, and every denominator met is
kept in ``denominators``, every radicand in ``radicands``: the rule must show them non-zero, non-negative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import comb, gcd
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpz

from derivations.kernel import sums
from derivations.kernel.errors import Refused
from derivations.kernel.table import Table
from derivations.language.terms import Term, div, mul, neg, number, power, subterms

Poly = Any  # flint.fmpq_mpoly; python-flint ships no types
Value = tuple[Poly, Poly]  # numerator, denominator

MAX_EXPONENT = 400
MAX_DEGREE = 800
MAX_TERMS = 20_000
MAX_BITS = 20_000
MAX_ROOT = 60
_QUICK = frozenset({"Number", "Symbol", "Neg", "Add", "Mul"})  # to look one up takes longer than to work it out
_ATOMIC = frozenset({"Symbol", "Apply", "Derivative", "Diff", "Pow", "Sqrt", "Exp", "Expect", "Sum", "Delta", "Div"})


def _room(terms: Iterable[Term]) -> int:
    """A number of generators that should do for the atoms in these terms."""
    distinct = {node for term in terms for node in subterms(term) if node.head in _ATOMIC}
    deep = any(_nesting(node) > 2 for node in distinct if node.head == "Sum")
    needed = (6 if deep else 2) * len(distinct) + 6  # three sums in a row are named in six orders
    return next((size for size in (8, 16, 32, 64, 128, 256) if size >= needed), 512)


def _nesting(term: Term) -> int:
    """How many sums stand inside one another."""
    inner = max((_nesting(arg) for arg in term.args if type(arg) is Term), default=0)
    return inner + (term.head == "Sum")


class Algebra:
    """Turns terms into quotients of polynomials; ``rewrites`` maps the key of an atom to the term to be put in its place."""

    def __init__(self, table: Table, terms: Iterable[Term], field: bool = True, room: int = 0) -> None:
        self.table, self.field = table, field
        self.most = MAX_TERMS  # of a polynomial that is worked out
        terms = list(terms)
        self.context = fmpq_mpoly_ctx.get([f"g{i}" for i in range(max(_room(terms), room))], Ordering.lex)
        self.generators = self.context.gens()
        self.zero, self.one = self.context.constant(0), self.context.constant(1)
        self.atoms: list[Term] = []  # the term of each generator
        self.names: list[str] = []  # and its key
        self.index: dict[str, int] = {}
        self.rewrites: dict[str, Term] = {}
        self.denominators: list[Poly] = []
        self.radicands: list[Value] = []
        self.in_mean: list[tuple[Value, int]] = []  # random ones within an expectation, and the sign that none may have
        self.positive: set[int] = set()  # generators that are positive whatever the variables are
        self.nonnegative: set[int] = set()
        self.relations: dict[int, tuple[str, Any]] = {}  # generator -> ("square", polynomial) or ("root", coefficients)
        self._values: dict[Term, Value] = {}
        self._powers: dict[str, tuple[bool, Value, int]] = {}
        self._depth = 0

    def copied(self) -> Algebra:
        """The same atoms, values and obligations, to go on from without a trace in this one."""
        other = object.__new__(Algebra)
        for name, part in vars(self).items():
            setattr(other, name, part.copy() if type(part) in (list, dict, set) else part)
        return other

    # --- values ---------------------------------------------------------------------------------------------------

    def value(self, term: Term) -> Value:
        """Numerator and denominator. Raises Refused where the term is no arithmetic or would grow too large."""
        head = term.head
        known = None if head in _QUICK else self._values.get(term)
        if known is None:
            handler = _HANDLERS.get(head)
            if handler is None:
                raise Refused("shape", f"{head} is not a number")
            self._depth += 1
            if self._depth > 200:
                raise Refused("too-large", "a formula is nested too deeply, or a definition runs in a circle")
            known = handler(self, term)
            self._depth -= 1
            if head not in _QUICK:
                self._values[term] = known
        return known

    def afresh(self, compute: Callable[[], Value]) -> tuple[Value, list[Poly], list[Value]]:
        """A value, and all denominators and radicands met on the way to it, even if they were met before."""
        before, self._values = self._values, {}
        divisors, radicands = len(self.denominators), len(self.radicands)
        value = compute()
        self._values = before | self._values
        return value, self.denominators[divisors:], self.radicands[radicands:]

    def difference(self, left: Term, right: Term) -> Value:
        return self.plus(self.value(left), self.scale(self.value(right), -1))

    def is_zero(self, value: Value) -> bool:
        return bool(self.reduce(value[0]).is_zero())

    def constant(self, value: Fraction | int) -> Value:
        fraction = value if type(value) is Fraction else Fraction(value)
        if max(fraction.numerator.bit_length(), fraction.denominator.bit_length()) > MAX_BITS:
            raise Refused("too-large", "a number is too long")
        return self.context.constant(fmpq(fraction.numerator, fraction.denominator)), self.one

    def plus(self, a: Value, b: Value) -> Value:
        if a[1] is b[1] or a[1] == b[1]:
            return a[0] + b[0], a[1]
        return self.product(a[0], b[1]) + self.product(b[0], a[1]), self.product(a[1], b[1])

    def times(self, a: Value, b: Value) -> Value:
        bottom = self.one if a[1] is self.one and b[1] is self.one else self.product(a[1], b[1])
        return self.product(a[0], b[0]), bottom

    def scale(self, a: Value, factor: int) -> Value:
        return a[0] * factor, a[1]

    def product(self, a: Poly, b: Poly) -> Poly:
        if len(a) * len(b) > 40 * self.most or (a and b and a.total_degree() + b.total_degree() > MAX_DEGREE):
            raise Refused("too-large", "a product has too many terms")
        return a * b

    def raised(self, a: Value, exponent: int) -> Value:
        for poly in a:
            bits = max((c.bit_length() for q in poly.coeffs() for c in (q.p, q.q)), default=1)
            degree = poly.total_degree() if poly else 0
            if exponent > MAX_EXPONENT or degree * exponent > MAX_DEGREE or bits * exponent > MAX_BITS or (
                len(poly) > 1 and comb(len(poly) + exponent - 1, exponent) > self.most
            ):
                raise Refused("too-large", f"a power with exponent {exponent} has too many terms")
        return a[0] ** exponent, a[1] ** exponent

    def quotient(self, top: Value, bottom: Value) -> Value:
        """top/bottom; the numerator of ``bottom`` is noted as a denominator unless it is a constant."""
        numerator = self.reduce(bottom[0])
        if numerator.is_zero():
            raise Refused("may-be-zero", "division by zero")
        if not numerator.is_constant():
            self.denominators.append(numerator)
        return self.product(top[0], bottom[1]), self.product(top[1], numerator)

    def perfect_power(self, value: Value) -> tuple[bool, Value, int]:
        """As ``_perfect_power``, worked out once for each value."""
        name = f"{value[0]}/{value[1]}"
        found = self._powers.get(name)
        if found is None:
            found = self._powers[name] = _perfect_power(self, value)
        return found

    # --- atoms ----------------------------------------------------------------------------------------------------

    def atom(self, key: str, term: Term) -> Value:
        """The generator for this key; or, where it is to be rewritten, the value of what replaces it."""
        if key in self.rewrites:
            return self.value(self.rewrites[key])
        return self.generators[self.slot(key, term)], self.one

    def slot(self, key: str, term: Term) -> int:
        if key not in self.index:
            if len(self.atoms) >= len(self.generators):
                raise Refused("too-large", "a formula has too many different parts")
            self.index[key] = len(self.atoms)
            self.atoms.append(term)
            self.names.append(key)
        return self.index[key]

    def key(self, value: Value) -> str:
        """Canonical text of a value: equal texts mean equal values (under the conditions noted so far)."""
        top, bottom = self.reduce(value[0]), value[1]
        if not bottom.is_constant():
            common = top.gcd(bottom)
            top, bottom = top / common, bottom / common
        if bottom.is_constant():
            return self._poly_key(top / bottom.leading_coefficient())
        lead = self._parts(bottom)[0][1]
        return f"({self._poly_key(top / lead)})/({self._poly_key(bottom / lead)})"

    def _parts(self, poly: Poly) -> list[tuple[str, Any]]:
        parts = []
        for exponents, coefficient in poly.to_dict().items():
            factors = sorted((self.names[i], e) for i, e in enumerate(exponents) if e)
            parts.append(("*".join(f"{name}^{e}" if e > 1 else name for name, e in factors), coefficient))
        return sorted(parts)

    def _poly_key(self, poly: Poly) -> str:
        return "+".join(f"{c}*{m}" if m else str(c) for m, c in self._parts(poly)) or "0"

    def monomials(self, poly: Poly) -> list[tuple[Any, list[tuple[int, int]]]]:
        """Coefficient and (generator, exponent) pairs of each term of a polynomial."""
        return [
            (coefficient, [(i, int(e)) for i, e in enumerate(exponents) if e])
            for exponents, coefficient in poly.to_dict().items()
        ]

    def reduce(self, poly: Poly) -> Poly:
        """The polynomial modulo the relations of its algebraic generators: s**2 = c, p(alpha) = 0."""
        for slot in sorted(self.relations, reverse=True):
            if slot < len(self.atoms) and poly.degrees()[slot] >= (
                2 if self.relations[slot][0] == "square" else len(self.relations[slot][1]) - 1
            ):
                poly = self._reduce_one(poly, slot)
        return poly

    def _reduce_one(self, poly: Poly, slot: int) -> Poly:
        kind, data = self.relations[slot]
        generator = self.generators[slot]
        by_degree: dict[int, Poly] = {}
        for exponents, coefficient in poly.to_dict().items():
            rest = tuple(0 if i == slot else e for i, e in enumerate(exponents))
            term = self.context.from_dict({rest: coefficient})
            by_degree[exponents[slot]] = by_degree.get(exponents[slot], self.zero) + term
        if kind == "square":
            return sum((part * data ** (degree // 2) * generator ** (degree % 2) for degree, part in by_degree.items()), self.zero)
        size = len(data) - 1  # a monic polynomial: generator**size = -sum data[i]*generator**i
        for degree in range(max(by_degree), size - 1, -1):
            lead = by_degree.pop(degree, self.zero)
            for i in range(size):
                by_degree[degree - size + i] = by_degree.get(degree - size + i, self.zero) - lead * data[i]
        return sum((part * generator**degree for degree, part in by_degree.items()), self.zero)

    def _square(self, slot: int, value: Value) -> None:
        """Remember that the generator's square is this value, if that is a polynomial."""
        if value[1].is_constant():
            self.relations[slot] = ("square", value[0] / value[1].leading_coefficient())

    def term_of(self, coefficient: Any, factors: list[tuple[int, int]]) -> Term:
        """A monomial as a term."""
        parts = [self.atoms[i] if e == 1 else power(self.atoms[i], e) for i, e in factors]
        scalar = Fraction(int(coefficient.p), int(coefficient.q))
        return mul(*parts) if scalar == 1 and parts else mul(number(scalar), *parts)

    def written(self, value: Value) -> Term:
        """A value with a constant denominator as a term."""
        return self.term_of_poly(value[0] / value[1].leading_coefficient())

    def term_of_poly(self, poly: Poly) -> Term:
        terms = [self.term_of(c, factors) for c, factors in self.monomials(poly)]
        return Term("Add", tuple(terms)) if len(terms) > 1 else terms[0] if terms else number(0)

    def linear_form(self, term: Term) -> tuple[dict[str, int], int] | None:
        """A whole-number combination of products of whole-number variables and a constant; None if it is not one."""
        plain = Algebra(self.table, [term], field=False)
        top, bottom = plain.value(term)
        form: dict[str, int] = {}
        offset = 0
        for coefficient, factors in plain.monomials(top / bottom.leading_coefficient()):
            if coefficient.q != 1:
                return None
            names = [plain.atoms[i] for i, _ in factors]
            if any(atom.head != "Symbol" or not self.table.is_whole(atom.args[0]) for atom in names):
                return None
            if not factors:
                offset = int(coefficient)
            else:
                form["*".join(f"{plain.names[i]}^{e}" for i, e in sorted(factors))] = int(coefficient)
        return form, offset

    def is_natural(self, term: Term) -> bool:
        form = self.linear_form(term)
        return form is not None and form[1] >= 0 and all(c >= 0 for c in form[0].values())

    def separated(self, left: Term, right: Term) -> bool:
        """Whether two whole-number expressions differ whatever their variables are."""
        form = self.linear_form(Term("Add", (left, neg(right))))
        if form is None:
            return False
        coefficients, offset = form
        low = offset >= 1 and all(c >= 0 for c in coefficients.values())
        high = offset <= -1 and all(c <= 0 for c in coefficients.values())
        return low or high


# --- one handler per head ---------------------------------------------------------------------------------------------


def _number(self: Algebra, term: Term) -> Value:
    return self.constant(term.args[0])


def _symbol(self: Algebra, term: Term) -> Value:
    self.table.domain(term.args[0])
    return self.atom(term.args[0], term)


def _add(self: Algebra, term: Term) -> Value:
    if not term.args:
        return self.constant(0)
    result = self.value(term.args[0])
    for arg in term.args[1:]:
        result = self.plus(result, self.value(arg))
    return result


def _mul(self: Algebra, term: Term) -> Value:
    if not term.args:
        return self.constant(1)
    result = self.value(term.args[0])
    for arg in term.args[1:]:
        result = self.times(result, self.value(arg))
    return result


def _neg(self: Algebra, term: Term) -> Value:
    return self.scale(self.value(term.args[0]), -1)


def _div(self: Algebra, term: Term) -> Value:
    top, bottom = self.value(term.args[0]), self.value(term.args[1])
    if self.field or bottom[0].is_constant():
        return self.quotient(top, bottom)
    return self.times(top, self.atom(f"1/[{self.key(bottom)}]", div(number(1), term.args[1])))


def _pow(self: Algebra, term: Term) -> Value:
    base, exponent = term.args
    if exponent.head == "Neg" and exponent.args[0].head == "Number":
        exponent = number(-exponent.args[0].args[0])
    elif exponent.head == "Div" and exponent.args[0].head == exponent.args[1].head == "Number" and exponent.args[1].args[0]:
        exponent = number(exponent.args[0].args[0] / exponent.args[1].args[0])
    if exponent.head == "Number":
        value = exponent.args[0]
        if value.denominator == 2:
            return self.value(power(Term("Sqrt", (base,)), int(value * 2)))
        if value.denominator != 1:
            raise Refused("shape", f"the exponent {value} is not a whole number")
        if value >= 0:
            return self.raised(self.value(base), int(value))
        return self.value(div(number(1), power(base, int(-value))))
    return _symbolic_power(self, base, exponent)


def _symbolic_power(self: Algebra, base: Term, exponent: Term) -> Value:
    """base**(2*t + 1) is (base**t)**2 * base, with base**t an atom; exp(x)**t is exp(t*x). The exponent is whole.

    base**(t - 1) is base**t/base, and the base is noted as a denominator (also where t >= 1: more is demanded than needed).
    """
    if base.head == "Exp":
        return self.value(Term("Exp", (mul(exponent, base.args[0]),)))
    form = self.linear_form(exponent)
    if form is None:
        raise Refused("domain", "an exponent must be a whole number")
    up = {name: count for name, count in form[0].items() if count > 0}, max(form[1], 0)
    down = {name: -count for name, count in form[0].items() if count < 0}, max(-form[1], 0)
    if not any(down):
        return _raised(self, base, up)
    if not self.field:
        raise Refused("domain", "an exponent must not be negative here")
    return self.quotient(_raised(self, base, up), _raised(self, base, down))


def _raised(self: Algebra, base: Term, form: tuple[dict[str, int], int]) -> Value:
    """base to the power of a combination of whole-number variables without negative coefficients."""
    value = self.value(base)
    result = self.raised(value, form[1])
    minus, root, times = self.perfect_power(value)
    key, written = self.key(root), base if times == 1 and not minus else self.written(root)
    for name, count in form[0].items():
        parts = [part.rsplit("^", 1) for part in name.split("*")]
        factors = [Term("Symbol", (symbol,)) for symbol, times_over in parts for _ in range(int(times_over))]
        if minus and count % 2:
            sign = self.atom(f"[-1]^[{name}]", power(number(-1), mul(*factors)))
            if f"[-1]^[{name}]" in self.index:
                self._square(self.index[f"[-1]^[{name}]"], self.constant(1))
            result = self.times(result, sign)
        if key != "1":
            generator = self.atom(f"[{key}]^[{name}]", power(written, mul(*factors)))
            result = self.times(result, self.raised(generator, 1 if root[0].is_zero() else times * count))  # 0**(2*t) is 0**t
    return result


def _perfect_power(self: Algebra, value: Value) -> tuple[bool, Value, int]:
    """(minus, r, k) with value = ±r**k and r of a sign chosen once for all: so that (m**2)**t is (m**t)**2, 4**t is (2**t)**2."""
    if not value[1].is_constant() or value[0].is_zero():
        return False, value, 1
    poly = value[0] / value[1].leading_coefficient()
    constant, factors = poly.factor()
    scale = Fraction(int(constant.p), int(constant.q))
    times = gcd(*(int(e) for _, e in factors))
    powers = range(times, 0, -1) if factors else range(min(_bits(scale), MAX_ROOT), 0, -1)
    exact = next((k for k in powers if times % k == 0 and _root(abs(scale), k) is not None), 1)
    root = self.one * fmpq(*(_root(abs(scale), exact) or abs(scale)).as_integer_ratio())
    for factor, e in factors:
        root *= factor ** (int(e) // exact)
    if self._parts(root)[0][1] < 0:
        root = -root
    return root**exact != poly, (root, self.one), exact


def _bits(value: Fraction) -> int:
    """A bound for k where value = ±r**k with a rational r that is not 1; 1 if there is none."""
    return max(value.numerator.bit_length(), value.denominator.bit_length()) - 1 or 1


def _root(value: Fraction, k: int) -> Fraction | None:
    """The exact k-th root of a positive rational number, if it is rational."""
    if k == 1:
        return value
    root = Fraction(*(int(fmpz(part).root(k)) for part in value.as_integer_ratio()))
    return root if root**k == value else None


def _square_root(self: Algebra, term: Term) -> Value:
    value = self.value(term.args[0])
    if value[0].is_constant() and value[1].is_constant():
        return _root_of_rational(self, value[0].leading_coefficient() / value[1].leading_coefficient() if value[0] else 0)
    key = f"sqrt[{self.key(value)}]"
    slot = self.slot(key, term)
    if self.field:
        self.radicands.append(value)
        self.nonnegative.add(slot)
        self._square(slot, value)
    return self.generators[slot], self.one


def _root_of_rational(self: Algebra, radicand: Any) -> Value:
    """sqrt(12/5) = 2*sqrt(3)*sqrt(5)/5: one generator for the root of each prime."""
    radicand = fmpq(radicand)
    if radicand < 0:
        raise Refused("may-be-negative", f"the square root of {radicand}")
    whole, result = int(radicand.p * radicand.q), self.constant(Fraction(1, int(radicand.q)))
    if whole.bit_length() > 64:
        raise Refused("too-large", "the square root of a long number")
    if whole == 0:
        return self.constant(0)
    prime = 2
    while whole > 1:
        if prime > 100_000:
            prime = whole  # what is left is treated as if it were prime: s*s = whole is all that is used of it
        count = 0
        while whole % prime == 0:
            whole, count = whole // prime, count + 1
        if count % 2:
            slot = self.slot(f"sqrt[{prime}]", Term("Sqrt", (number(prime),)))
            self._square(slot, self.constant(prime))
            self.positive.add(slot)
            result = self.times(result, (self.generators[slot], self.one))
        if count > 1:
            result = self.times(result, self.raised(self.constant(prime), count // 2))
        prime += 1
    return result


def _exponential(self: Algebra, term: Term) -> Value:
    """exp(2*x - y) is exp(x)**2/exp(y), each a positive atom."""
    value = self.value(term.args[0])
    if self.field and not value[1].is_constant() and not value[0].is_zero():
        common = value[0].gcd(value[1])
        value = value[0] / common, value[1] / common
    if not self.field or not value[1].is_constant():
        slot = self.slot(f"exp[{self.key(value)}]", term)
        self.positive.add(slot)
        return self.generators[slot], self.one
    result = self.constant(1)
    for coefficient, factors in self.monomials(value[0] / value[1].leading_coefficient()):
        unit = self.term_of(fmpq(1, coefficient.q), factors)
        key = "*".join(f"{self.names[i]}^{e}" for i, e in sorted(factors, key=lambda pair: self.names[pair[0]]))
        slot = self.slot(f"exp[{key}/{coefficient.q}]", Term("Exp", (unit,)))
        self.positive.add(slot)
        count = int(coefficient.p)
        self.raised((self.generators[slot], self.one), abs(count))
        part = self.generators[slot] ** abs(count)
        result = self.times(result, (part, self.one) if count > 0 else (self.one, part))
    return result


def _absolute(self: Algebra, term: Term) -> Value:
    value = self.value(term.args[0])
    if value[0].is_constant() and value[1].is_constant():
        return self.constant(abs(Fraction(str(value[0] / value[1].leading_coefficient()))) if value[0] else 0)
    key = min(self.key(value), self.key(self.scale(value, -1)))
    slot = self.slot(f"abs[{key}]", term)
    self.nonnegative.add(slot)
    if self.field:
        self._square(slot, self.raised(value, 2))
    return self.generators[slot], self.one


def _opaque(self: Algebra, term: Term) -> Value:
    """A function, sequence or derivative applied to arguments: equal arguments give the same atom."""
    if term.head != "Factorial" and self.table.functions.get(term.args[0]) == "matrix":
        raise Refused("domain", f"{term.args[0]} is a matrix, not a number")
    parts = [self.key(self.value(arg)) if isinstance(arg, Term) else str(arg) for arg in term.args]
    return self.atom(f"{term.head}[{';'.join(parts)}]", term)


_ODD = frozenset({"Sin", "Tan", "Sinh", "Tanh", "Asinh", "Atan"})
_AT_ZERO = {"Sin": 0, "Cos": 1, "Tan": 0, "Sinh": 0, "Cosh": 1, "Tanh": 0, "Asinh": 0, "Atan": 0}


def _rational(self: Algebra, value: Value) -> Fraction:
    """The rational number that a value is; 0 if it is none."""
    top, bottom = self.reduce(value[0]), value[1]
    common = top.gcd(bottom)
    top, bottom = top / common, bottom / common
    if not top.is_constant() or not bottom.is_constant():
        return Fraction(0)
    ratio = top.leading_coefficient() / bottom.leading_coefficient()
    return Fraction(int(ratio.p), int(ratio.q))


def _elementary(self: Algebra, term: Term) -> Value:
    """An elementary function: an atom, but for its value at 0 (for the logarithm: at 1)."""
    value = self.value(term.args[0])
    if term.head == "Log":
        value = self.plus(value, self.constant(-1))
    if self.is_zero(value):
        return self.constant(_AT_ZERO.get(term.head, 0))
    if term.head in _ODD and (plain := _rational(self, value)) < 0:
        return self.scale(self.value(Term(term.head, (number(-plain),))), -1)
    return _opaque(self, term)


def _open_derivative(self: Algebra, term: Term) -> Value:
    """An atom; what holds at one value of the variable must not be used inside, so nothing is rewritten there."""
    plain = Algebra(self.table, [term.args[0]], field=False)
    return self.atom(f"Diff[{plain.key(plain.value(term.args[0]))};{term.args[1]}]", term)


def _delta(self: Algebra, term: Term) -> Value:
    left, right = term.args
    if self.is_zero(self.difference(left, right)):
        return self.constant(1)
    if self.separated(left, right):
        return self.constant(0)
    parts = sorted(self.key(self.value(arg)) for arg in term.args)
    return self.atom(f"delta[{';'.join(parts)}]", term)


def _determinant(self: Algebra, term: Term) -> Value:
    matrix = term.args[0]
    rows = [row.args for row in matrix.args] if matrix.head == "Matrix" else []
    if not rows or any(len(row) != len(rows) for row in rows) or len(rows) > 8:
        raise Refused("shape", "a determinant needs a square matrix of at most eight rows")
    entries = [[self.value(entry) for entry in row] for row in rows]
    minors: dict[tuple[int, ...], Value] = {(): self.constant(1)}
    for row in entries:  # Laplace expansion, row by row, over sets of columns
        grown: dict[tuple[int, ...], Value] = {}
        for columns, minor in minors.items():
            for j in range(len(rows)):
                if j not in columns and not row[j][0].is_zero():
                    sign = -1 if sum(c > j for c in columns) % 2 else 1
                    chosen = tuple(sorted((*columns, j)))
                    part = self.scale(self.times(minor, row[j]), sign)
                    grown[chosen] = self.plus(grown[chosen], part) if chosen in grown else part
        minors = grown
    return minors.get(tuple(range(len(rows))), self.constant(0))


def _root_of(self: Algebra, term: Term) -> Value:
    """An algebraic number: the polynomial it is a root of may be divided out."""
    from derivations.kernel.checkers.numbers import isolated  # which needs this module

    if term not in self.table.roots:
        body, name, low, high, _ = term.args
        coefficients = rational_coefficients(self.table, body, name)
        isolated(self.table, term, Fraction(10) ** 9)
        monic = [c / coefficients[-1] for c in coefficients]
        key = f"root[{monic};{low.args};{high.args}]"
        self.table.roots[term] = key, [fmpq(c.numerator, c.denominator) for c in monic]
    key, relation = self.table.roots[term]
    slot = self.slot(key, term)
    self.relations[slot] = ("root", relation)
    return self.generators[slot], self.one


def rational_coefficients(table: Table, body: Term, name: str) -> list[Fraction]:
    """Coefficients, constant first, of a polynomial in one variable over Q. Raises Refused if it is not one."""
    plain = Algebra(table, [body], field=False)
    top, bottom = plain.value(body)
    found: dict[int, Fraction] = {}
    for coefficient, factors in plain.monomials(top / bottom.leading_coefficient()):
        if any(plain.atoms[i] != Term("Symbol", (name,)) for i, _ in factors):
            raise Refused("shape", f"not a polynomial in {name} over the rational numbers")
        found[factors[0][1] if factors else 0] = Fraction(int(coefficient.p), int(coefficient.q))
    if not found or max(found) == 0:
        raise Refused("shape", "a constant polynomial has no isolated root")
    return [found.get(i, Fraction(0)) for i in range(max(found) + 1)]


def _variance(self: Algebra, term: Term) -> Value:
    body = term.args[0]
    mean = Term("Expect", (body,))
    return self.value(Term("Add", (Term("Expect", (power(body, 2),)), neg(power(mean, 2)))))


_HANDLERS: dict[str, Callable[[Algebra, Term], Value]] = {
    "Number": _number, "Symbol": _symbol, "Add": _add, "Mul": _mul, "Neg": _neg, "Div": _div, "Pow": _pow,
    "Sqrt": _square_root, "Exp": _exponential, "Abs": _absolute, "Delta": _delta, "Det": _determinant, "RootOf": _root_of,
    "Diff": _open_derivative, "Sum": sums.sum_value, "Expect": sums.expectation, "Variance": _variance,
    **dict.fromkeys(("Apply", "Derivative", "Factorial"), _opaque), **dict.fromkeys((*_AT_ZERO, "Log"), _elementary),
}  # fmt: skip

