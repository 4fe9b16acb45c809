"""Relations between constants: rational arithmetic, and rational enclosures of roots, exponentials and logarithms."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isqrt

from flint import arb, ctx, fmpq

from derivations.kernel.algebra import Algebra, rational_coefficients
from derivations.language.terms import ONE, Term, div, neg, number, power, substitute
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.templates.roots import bernstein, bisected, equal_numbers, root_fact, value_at

_BITS = (12, 24, 48)
_MAX_TERMS = 40


def number_sign(goal: Goal) -> str:
    """left < right by enclosures that do not meet, left = right by algebra."""
    claim = goal.claim
    left, right = claim.args
    if claim.head in ("Gt", "Ge"):
        left, right = right, left
    algebra = Algebra(goal.table, [left, right])
    if algebra.is_zero(algebra.difference(right, left)):
        opening = {"Eq": "", "Le": "apply Req_le. ", "Ge": "apply Req_ge. symmetry. "}
        if claim.head not in opening:
            raise Unsupported("the two numbers are equal")
        return opening[claim.head] + equal_numbers(goal, left, right)
    problem = Unsupported("the two numbers could not be told apart")
    for bits in _BITS:
        balls = Enclosures(goal, bits)
        try:
            one, other = balls.of(left), balls.of(right)
        except Unsupported as unsupported:
            problem = unsupported  # perhaps more bits will do
            continue
        if one.high < other.low or other.high < one.low:
            return _separated(claim.head, balls.lines, one, other)
    raise problem


def _separated(head: str, lines: list[str], one: Ball, other: Ball) -> str:
    below = one.high < other.low
    first, second = (one, other) if below else (other, one)
    proof = f"(within_lt _ _ _ _ _ _ {first.proof} {second.proof} ltac:(lra))"
    closing = {
        ("Lt", True): "exact {}.", ("Gt", True): "exact {}.", ("Le", True): "exact (Rlt_le _ _ {}).",
        ("Ge", True): "exact (Rle_ge _ _ (Rlt_le _ _ {})).", ("Ne", True): "exact (Rlt_not_eq _ _ {}).",
        ("Ne", False): "exact (Rgt_not_eq _ _ {}).",
    }.get((head, below))  # fmt: skip
    if closing is None:
        raise Unsupported("the numbers are not so related")
    return "\n".join([*lines, closing.format(proof)])


class Ball:
    """low <= x <= high, with the name of its proof ``within low high x``."""

    __slots__ = ("high", "low", "proof")

    def __init__(self, low: Fraction, high: Fraction, proof: str) -> None:
        self.low, self.high, self.proof = low, high, proof


class Enclosures:
    """Enclosures of constants with ends that are multiples of 2**-bits, each with an assertion in ``lines``."""

    def __init__(self, goal: Goal, bits: int) -> None:
        self.goal, self.unit, self.bits = goal, Fraction(1, 2**bits), bits
        self.lines: list[str] = []
        self.known: dict[str, Ball] = {}

    def text(self, value: Fraction) -> str:
        return f"({self.goal.real(number(value))})"

    def down(self, value: Fraction) -> Fraction:
        return value if value.denominator <= 2**self.bits else floor(value / self.unit) * self.unit

    def up(self, value: Fraction) -> Fraction:
        return value if value.denominator <= 2**self.bits else ceil(value / self.unit) * self.unit

    def of(self, term: Term) -> Ball:
        text = self.goal.real(term)
        if text not in self.known:
            handler = _HANDLERS.get(term.head)
            if handler is None:
                raise Unsupported(f"no enclosure of {term.head}")
            value = _rational(term)
            self.known[text] = self._exactly(text, value) if value is not None else handler(self, term)
        return self.known[text]

    def _exactly(self, text: str, value: Fraction) -> Ball:
        low, high = self.down(value), self.up(value)
        equal = f"replace ({text}) with {self.text(value)} by field. "
        return self._stated(text, low, high, f"{equal}unfold within. lra.")

    def _stated(self, text: str, low: Fraction, high: Fraction, script: str) -> Ball:
        name = self.goal.fresh("Z")
        self.lines.append(f"assert ({name} : within {self.text(low)} {self.text(high)} ({text})). {{ {script} }}")
        return Ball(low, high, name)

    # --- arithmetic -----------------------------------------------------------------------------------------------

    def add(self, term: Term) -> Ball:
        result = self.of(term.args[0])
        for k, arg in enumerate(term.args[1:], 2):
            other = self.of(arg)
            low, high = self.down(result.low + other.low), self.up(result.high + other.high)
            script = f"apply (within_plus _ _ _ _ _ _ _ _ {result.proof} {other.proof}); lra."
            result = self._stated(self.goal.real(Term("Add", term.args[:k])), low, high, script)
        return result

    def times(self, one: Ball, other: Ball, text: str) -> Ball:
        ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
        script = f"apply (within_times _ _ _ _ _ _ _ _ {one.proof} {other.proof}); lra."
        return self._stated(text, self.down(min(ends)), self.up(max(ends)), script)

    def mul(self, term: Term) -> Ball:
        result = self.of(term.args[0])
        for k, arg in enumerate(term.args[1:], 2):
            result = self.times(result, self.of(arg), self.goal.real(Term("Mul", term.args[:k])))
        return result

    def neg(self, term: Term) -> Ball:
        one = self.of(term.args[0])
        script = f"apply (within_opposite _ _ _ _ _ {one.proof}); lra."
        return self._stated(self.goal.real(term), -one.high, -one.low, script)

    def inverse(self, one: Ball, text: str) -> Ball:
        if one.low <= 0 <= one.high:
            raise Unsupported("a denominator is not told apart from zero")
        lemma = "within_inverse" if one.low > 0 else "within_negative_inverse"
        script = f"apply ({lemma} _ _ _ _ _ {one.proof}); lra."
        return self._stated(text, self.down(1 / one.high), self.up(1 / one.low), script)

    def div(self, term: Term) -> Ball:
        top, bottom = term.args
        inverse = self.inverse(self.of(bottom), f"/ ({self.goal.real(bottom)})")
        return self.times(self.of(top), inverse, self.goal.real(term))

    def pow(self, term: Term) -> Ball:
        base, exponent = term.args
        value = _rational(exponent)
        if value == Fraction(1, 2):
            return self.sqrt(term)
        if value is None or value.denominator != 1:
            raise Unsupported("no enclosure of such a power")
        text = f"({self.goal.real(base)}) ^ "
        one = self.of(base)
        result = self._stated(f"{text}0", Fraction(1), Fraction(1), "unfold within; simpl; lra.")
        for k in range(1, abs(int(value)) + 1):
            result = self.times(one, result, f"{text}{k}")
        return result if value >= 0 else self.inverse(result, self.goal.real(term))

    def abs(self, term: Term) -> Ball:
        one = self.of(term.args[0])
        if one.low < 0 < one.high:
            raise Unsupported("the sign inside an absolute value is not known")
        word, low, high = ("positive", one.low, one.high) if one.low >= 0 else ("negative", -one.high, -one.low)
        return self._stated(self.goal.real(term), low, high, f"apply (within_abs_{word} _ _ _ _ _ {one.proof}); lra.")

    # --- functions ------------------------------------------------------------------------------------------------

    def sqrt(self, term: Term) -> Ball:
        one = self.of(term.args[0])
        if one.low < 0:
            raise Unsupported("a radicand is not told to be non-negative")
        low = Fraction(isqrt(floor(one.low / self.unit**2))) * self.unit
        high = Fraction(isqrt(ceil(one.high / self.unit**2) - 1) + 1) * self.unit if one.high > 0 else Fraction(0)
        return self._stated(self.goal.real(term), low, high, f"apply (within_sqrt _ _ _ _ _ {one.proof}); lra.")

    def exp(self, term: Term) -> Ball:
        one = self.of(term.args[0])
        (low, below), (high, above) = self.exp_low(one.low), self.exp_high(one.high)
        script = f"exact (within_exp _ _ _ _ _ {one.proof} {below} {above})."
        return self._stated(self.goal.real(term), low, high, script)

    def exp_low(self, at: Fraction) -> tuple[Fraction, str]:
        """A number and the name of a proof that it is at most exp(at)."""
        name = self.goal.fresh("Z")
        if at >= 0:
            terms = self._terms(at)
            low = self.down(_taylor(at, terms))
            script = f"apply (exp_at_least _ {terms}); [lra | cbn [exp_sum INR]; lra]."
        else:
            high, above = self.exp_high(-at)
            low = self.down(1 / high)
            opposite = f"replace {self.text(at)} with (- {self.text(-at)}) by lra. "
            script = f"{opposite}apply (exp_negative_at_least _ _ {self.text(high)} {above}). lra."
        self.lines.append(f"assert ({name} : {self.text(low)} <= exp {self.text(at)}). {{ {script} }}")
        return low, name

    def exp_high(self, at: Fraction) -> tuple[Fraction, str]:
        """A number and the name of a proof that it is at least exp(at)."""
        name = self.goal.fresh("Z")
        if at >= 0:
            terms = self._terms(at)
            high = self.up(_taylor(at, terms) / (1 - _next(at, terms + 1)))
            script = (
                f"apply (exp_at_most _ {terms}); [lra | cbn [exp_next INR]; lra | cbn [exp_sum exp_next INR]; lra]."
            )
        else:
            low, below = self.exp_low(-at)
            high = self.up(1 / low)
            opposite = f"replace {self.text(at)} with (- {self.text(-at)}) by lra. "
            script = f"{opposite}apply (exp_negative_at_most _ {self.text(low)} _ {below}); lra."
        self.lines.append(f"assert ({name} : exp {self.text(at)} <= {self.text(high)}). {{ {script} }}")
        return high, name

    def _terms(self, at: Fraction) -> int:
        for terms in range(1, _MAX_TERMS):
            if _next(at, terms + 1) < self.unit:
                return terms
        raise Unsupported("an exponential of a large number")

    def log(self, term: Term) -> Ball:
        one = self.of(term.args[0])
        if one.low <= 0:
            raise Unsupported("a logarithm of what may not be positive")
        low = self.down(_logarithm(one.low) - self.unit * 8 * max(Fraction(1), 1 / one.low))
        high = self.up(_logarithm(one.high) + self.unit * 8 * max(Fraction(1), 1 / one.high))
        (top, below), (bottom, above) = self.exp_high(low), self.exp_low(high)
        if top > one.low or bottom < one.high:
            raise Unsupported("a logarithm is not enclosed")
        ends = f"[lra | apply (Rle_trans _ _ _ {below}); lra | apply (Rle_trans _ {self.text(bottom)}); [lra | exact {above}]]"
        return self._stated(self.goal.real(term), low, high, f"apply (within_ln _ _ _ _ _ {one.proof}); {ends}.")

    def by_definition(self, term: Term) -> Ball:
        """sinh, cosh and tanh by exponentials, asinh by a logarithm."""
        x = term.args[0]
        up, down = Term("Exp", (x,)), Term("Exp", (neg(x),))
        meaning = {
            "Sinh": lambda: div(Term("Add", (up, neg(down))), number(2)),
            "Cosh": lambda: div(Term("Add", (up, down)), number(2)),
            "Asinh": lambda: Term("Log", (Term("Add", (x, Term("Sqrt", (Term("Add", (power(x, 2), ONE)),)))),)),
            "Tanh": lambda: div(Term("Sinh", (x,)), Term("Cosh", (x,))),
        }[term.head]()
        one = self.of(meaning)
        return self._stated(self.goal.real(term), one.low, one.high, f"exact {one.proof}.")

    def root(self, term: Term) -> Ball:
        """The first zero of a polynomial: above any place up to which there is none, below any where the sign has changed."""
        body, name, low, high, _ = term.args
        line, fact = root_fact(self.goal, term)
        self.lines.append(line)
        a, b = low.args[0], high.args[0]
        coefficients = rational_coefficients(self.goal.table, body, name)
        below, above = bisected(coefficients, a, b, self.unit)
        names = [self._root_bound(term, end, coefficients) for end in (below, above) if end not in (a, b)]
        known = "".join(f" assert ({self.goal.fresh('Z')} := {one})." for one in names)
        return self._stated(self.goal.real(term), below, above, f"unfold within. destruct {fact}.{known} lra.")

    def _root_bound(self, term: Term, end: Fraction, coefficients: list[Fraction]) -> str:
        """The name of a proof that the zero lies above (or below) this number."""
        body, name, low, high, _ = term.args
        a, b = low.args[0], high.args[0]
        inner, variable = self.goal.within(name), self.goal.names.variable(name)
        bound, function = self.goal.fresh("Z"), self.goal.fresh("F")
        value = [self.goal.real(substitute(body, {name: number(x)})) for x in (a, end, b)]
        continuous = f"continuous_polynomial {function}"
        if value_at(coefficients, a) * value_at(coefficients, end) < 0:
            stated = f"{self.goal.real(term)} < {self.text(end)}"
            proof = f"apply (root_in_below {function}); [lra | lra | {continuous} | change (({value[0]}) * ({value[1]}) < 0); lra]."
        else:
            stated = f"{self.text(end)} < {self.goal.real(term)}"
            proof = (
                f"apply (root_in_above {function}); [lra | {continuous} | change (({value[0]}) * ({value[2]}) < 0); lra |]. "
                f"unfold {function}. clear. intros x X. {self._no_zero(coefficients, a, end)}"
            )
        pose = f"pose (fun {variable} : R => {inner.real(body)}) as {function}."
        self.lines.append(f"{pose}\nassert ({bound} : {stated}). {{ {proof} }}")
        return bound

    def _no_zero(self, coefficients: list[Fraction], a: Fraction, b: Fraction, depth: int = 12) -> str:
        """A polynomial has no zero x with X : a <= x <= b, since its coefficients in Bernstein's basis have one sign there."""
        degree = len(coefficients) - 1
        signs = {c > 0 for c in bernstein(coefficients, a, b)} | (
            {None} if 0 in bernstein(coefficients, a, b) else set()
        )
        if len(signs) == 1 and None not in signs:
            facts = [
                f"assert ({self.goal.fresh('Z')} := bernstein {self.text(a)} {self.text(b)} x {k} {degree - k} X). "
                for k in range(degree + 1)
            ]
            return f"{''.join(facts)}apply below_or_above. {'right' if True in signs else 'left'}. lra."
        if not depth:
            raise Unsupported("a polynomial comes too near to zero")
        half, case = (a + b) / 2, self.goal.fresh("Z")
        left, right = self._no_zero(coefficients, a, half, depth - 1), self._no_zero(coefficients, half, b, depth - 1)
        here = [
            f"assert (Y : {self.text(p)} <= x <= {self.text(q)}) by lra; clear X; rename Y into X"
            for p, q in ((a, half), (half, b))
        ]
        return f"destruct (Rle_dec x {self.text(half)}) as [{case}|{case}]. {{ {here[0]}. {left} }} {{ {here[1]}. {right} }}"


def _rational(term: Term) -> Fraction | None:
    """The value of a term in which only the four operations and whole powers of numbers occur."""
    if term.head == "Number":
        value: Fraction = term.args[0]
        return value
    if term.head not in ("Add", "Mul", "Neg", "Div", "Pow"):
        return None
    parts = [_rational(arg) for arg in term.args]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    if term.head == "Add":
        return sum(known, Fraction(0))
    if term.head == "Neg":
        return -known[0]
    if term.head == "Mul":
        result = Fraction(1)
        for part in known:
            result *= part
        return result
    if term.head == "Div":
        return known[0] / known[1] if known[1] else None
    if known[1].denominator != 1 or abs(known[1]) > 400 or (known[1] < 0 and not known[0]):
        return None
    return known[0] ** int(known[1])


def _taylor(at: Fraction, terms: int) -> Fraction:
    return sum((_next(at, k) for k in range(terms + 1)), Fraction(0))


def _next(at: Fraction, terms: int) -> Fraction:
    """at**terms / terms!"""
    result = Fraction(1)
    for k in range(1, terms + 1):
        result *= at / k
    return result


def _logarithm(value: Fraction) -> Fraction:
    """Roughly the logarithm."""
    before = ctx.prec
    try:
        ctx.prec = 128
        middle = arb(fmpq(value.numerator, value.denominator)).log().mid()
        mantissa, exponent = middle.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    finally:
        ctx.prec = before


_HANDLERS = {
    "Number": Enclosures.neg, "Add": Enclosures.add, "Mul": Enclosures.mul, "Neg": Enclosures.neg, "Div": Enclosures.div,
    "Pow": Enclosures.pow, "Abs": Enclosures.abs, "Sqrt": Enclosures.sqrt, "Exp": Enclosures.exp, "Log": Enclosures.log,
    "Sinh": Enclosures.by_definition, "Cosh": Enclosures.by_definition, "Tanh": Enclosures.by_definition,
    "Asinh": Enclosures.by_definition,
    "RootOf": Enclosures.root,
}  # fmt: skip
