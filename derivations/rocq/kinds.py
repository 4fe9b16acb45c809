"""Signs that an expression has by its kind, proved: squares, exponentials, roots, natural numbers, sums of such, constants.

The Rocq counterpart of what kernel/facts.py knows of a factor before it looks at any premise.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

from flint import fmpq

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.facts import constant_ball, is_constant
from derivations.language.terms import ZERO, Term, le, lt, mul, ne, power, rebuild, substitute, symbol
from derivations.rocq.goal import Goal

POSITIVE, NONNEGATIVE, NONZERO, NEGATIVE, NONPOSITIVE = "Lt", "Le", "Ne", "Gt", "Ge"  # 0 < f, 0 <= f, 0 <> f, 0 > f, 0 >= f
DIGITS = 15
Known = tuple[str, str]  # one of the above, and a proof: of 0 < a, 0 <= a or a <> 0
Monomial = list[tuple[int, int]]  # numbers of atoms, with exponents


class Kinds:
    """``nested`` proves a further claim (about a radicand, or the base of a power) from the premises, or gives None.

    ``lines`` are the assertions that the proofs need.
    """

    def __init__(self, goal: Goal, algebra: Algebra, nested: Callable[[Term], str | None]) -> None:
        self.goal, self.algebra, self.nested = goal, algebra, nested
        self.lines: list[str] = []
        self._atoms: dict[int, Known | None] = {}

    def of_factor(self, poly: Poly) -> Known | None:
        """The relation of 0 to the polynomial, and its proof."""
        return self._of_constant(poly) or self._of_atom(poly) or self._of_sum(poly)

    def _of_atom(self, poly: Poly) -> Known | None:
        terms = self.algebra.monomials(poly)
        if len(terms) != 1 or terms[0][0] != 1 or len(terms[0][1]) != 1:
            return None
        known = self._power(*terms[0][1][0])
        if known is not None and known[0] == NONZERO:
            return NONZERO, f"(not_eq_sym {known[1]})"
        return known

    # --- sums of products -----------------------------------------------------------------------------------------

    def _of_sum(self, poly: Poly) -> Known | None:
        """A sum of terms of one sign."""
        terms = self.algebra.monomials(poly)
        up = all(c > 0 for c, _ in terms)
        if not up and not all(c < 0 for c, _ in terms):
            return None
        facts = [self._monomial(factors) if factors else (POSITIVE, "Rlt_0_1") for _, factors in terms]
        poses, strict = [], False
        for fact in facts:
            if fact is None:
                return None
            strict = strict or fact[0] == POSITIVE
            poses.append(fact[1])
        relation = (POSITIVE if strict else NONNEGATIVE) if up else NEGATIVE if strict else NONPOSITIVE
        return relation, self._by_lra(relation, poly, poses)

    def _by_lra(self, relation: str, poly: Poly, proofs: list[str]) -> str:
        name = self.goal.fresh("K")
        names = [self.goal.fresh("Z") for _ in proofs]
        sign = {POSITIVE: "<", NONNEGATIVE: "<=", NEGATIVE: ">", NONPOSITIVE: ">="}[relation]
        poses = " ".join(f"pose proof {proof} as {short}." for proof, short in zip(proofs, names, strict=True))
        text = self.goal.real(proper(self.algebra.term_of_poly(poly)))
        self.lines.append(f"assert ({name} : 0 {sign} {text}).\n{{ {poses} clear - {' '.join(names)}; lra. }}")
        return name

    def _monomial(self, factors: Monomial) -> Known | None:
        """A product of powers that are positive or not negative."""
        known = [self._power(slot, exponent) for slot, exponent in factors]
        result: Known | None = None
        for part in known:
            if part is None or part[0] == NONZERO:
                return None
            result = part if result is None else self._product(result, part)
        if result is None:
            return None
        name = self.goal.fresh("K")
        sign = "<" if result[0] == POSITIVE else "<="
        text = self.goal.real(proper(self.algebra.term_of(fmpq(1), factors)))
        self.lines.append(f"assert ({name} : 0 {sign} {text}) by exact {result[1]}.")
        return result[0], name

    @staticmethod
    def _product(one: Known, other: Known) -> Known:
        if one[0] == other[0] == POSITIVE:
            return POSITIVE, f"(Rmult_lt_0_compat _ _ {one[1]} {other[1]})"
        first, second = (proof if kind == NONNEGATIVE else f"(Rlt_le _ _ {proof})" for kind, proof in (one, other))
        return NONNEGATIVE, f"(Rmult_le_pos _ _ {first} {second})"

    def _power(self, slot: int, exponent: int) -> Known | None:
        known = self._atom(slot)
        if exponent == 1:
            return known
        text = self.goal.real(proper(self.algebra.atoms[slot]))
        if known is not None and known[0] == POSITIVE:
            return POSITIVE, f"(pow_lt ({text}) {exponent} {known[1]})"
        if known is not None and known[0] == NONZERO:
            if exponent % 2:
                return NONZERO, f"(pow_nonzero ({text}) {exponent} {known[1]})"
            return POSITIVE, f"(even_power_pos {exponent} ({text}) eq_refl {known[1]})"
        if exponent % 2 == 0:
            return NONNEGATIVE, f"(even_power_nonneg {exponent} ({text}) eq_refl)"
        return None if known is None else (NONNEGATIVE, f"(pow_le ({text}) {exponent} {known[1]})")

    # --- atoms ----------------------------------------------------------------------------------------------------

    def _atom(self, slot: int) -> Known | None:
        if slot not in self._atoms:
            self._atoms[slot] = self._of_head(slot, proper(self.algebra.atoms[slot]))
        return self._atoms[slot]

    def _of_head(self, slot: int, atom: Term) -> Known | None:
        if atom.head == "Exp":
            return POSITIVE, f"(exp_pos ({self.goal.real(atom.args[0])}))"
        if atom.head == "Abs":
            return NONNEGATIVE, f"(Rabs_pos ({self.goal.real(atom.args[0])}))"
        if atom.head == "Sqrt":
            return self._root(atom)
        if atom.head == "Symbol" and self.algebra.table.is_whole(atom.args[0]):
            variable = self.goal.names.variable(atom.args[0])
            index = self.goal.names.bound(atom.args[0]) is not None
            return (POSITIVE, f"(INR_positive _ _ B{variable})") if index else (NONNEGATIVE, f"(pos_INR {variable})")
        if atom.head == "RootOf":
            return self._algebraic(atom)
        if atom.head == "Pow":
            return self._symbolic_power(atom)
        if atom.head == "Expect" and slot in self.algebra.nonnegative:
            return self._expected_square(atom)
        return None

    def _algebraic(self, atom: Term) -> Known | None:
        """A zero of a polynomial, positive or negative as the numbers are that it lies between."""
        from derivations.rocq.templates.roots import root_fact

        low, high = atom.args[2:4]
        if low.head != "Number" or high.head != "Number" or low.args[0] < 0 < high.args[0]:
            return None
        line, fact = root_fact(self.goal, atom)
        name = self.goal.fresh("K")
        kind, sides = (POSITIVE, lt(ZERO, atom)) if low.args[0] >= 0 else (NONZERO, ne(atom, ZERO))
        self.lines += [line, f"assert ({name} : {self.goal.say(sides)}) by (destruct {fact}; lra)."]
        return kind, name

    def _root(self, atom: Term) -> Known:
        radicand = atom.args[0]
        proof = self._claimed(lt(ZERO, radicand))
        if proof is not None:
            return POSITIVE, f"(sqrt_lt_R0 _ {proof})"
        return NONNEGATIVE, f"(sqrt_pos ({self.goal.real(radicand)}))"

    def _symbolic_power(self, atom: Term) -> Known | None:
        base, exponent = self.goal.real(atom.args[0]), self.goal.writer.natural(atom.args[1])
        ways = ((lt, POSITIVE, "pow_lt"), (le, NONNEGATIVE, "pow_le"))
        for relation, kind, lemma in ways:
            proof = self._claimed(relation(ZERO, atom.args[0]))
            if proof is not None:
                return kind, f"({lemma} ({base}) {exponent} {proof})"
        proof = self._claimed(ne(atom.args[0], ZERO))
        return None if proof is None else (NONZERO, f"(pow_nonzero ({base}) {exponent} {proof})")

    def _claimed(self, claim: Term) -> str | None:
        script = self.nested(claim)
        if script is None:
            return None
        name = self.goal.fresh("K")
        self.lines.append(f"assert ({name} : {self.goal.say(claim)}).\n{{ {script} }}")
        return name

    def _expected_square(self, atom: Term) -> Known:
        """E[X^2] >= 0, where the square is a product of even powers."""
        body = atom.args[0]
        parts = body.args if body.head == "Mul" else (body,)
        halves = [power(part.args[0], int(part.args[1].args[0]) // 2) for part in parts]
        half = self.goal.real(power(mul(*halves), 2))
        name = self.goal.fresh("K")
        self.lines.append(
            f"assert ({name} : 0 <= {self.goal.real(atom)}).\n{{ rewrite (expectation_ext HE _ (fun w : Omega => {half})) "
            "by (intros; ring). apply (expectation_square_nonneg HE); random_variable HE. }"
        )
        return NONNEGATIVE, name

    # --- constants ------------------------------------------------------------------------------------------------

    def _of_constant(self, poly: Poly) -> Known | None:
        """A polynomial in square roots of rational numbers, by enclosing them."""
        ball = constant_ball(self.algebra, poly)
        if ball is None or not (ball > 0 or ball < 0):
            return None
        bounds = dict(root_bounds(self.algebra))
        relation = POSITIVE if ball > 0 else NEGATIVE
        proofs = []
        for _, factors in self.algebra.monomials(poly):
            slots = [slot for slot, exponent in factors for _ in range(exponent)]
            if any(slot not in bounds for slot in slots):
                return None
            if slots:
                proofs.append(self._product_bounds([self.algebra.atoms[slot] for slot in slots]))
        return relation, self._by_lra(relation, poly, proofs)

    @staticmethod
    def _product_bounds(roots: list[Term]) -> str:
        low, high, proof = root_enclosure(roots[0])
        for root in roots[1:]:
            below, above, other = root_enclosure(root)
            proof = f"(product_bounds {low} {high} {below} {above} _ _ ltac:(lra) ltac:(lra) {proof} {other})"
            low, high = f"({low} * {below})", f"({high} * {above})"
        return proof


def proper(term: Term, depth: int = 0) -> Term:
    """A term that the kernel's algebra wrote, such that it can be read again.

    Exponents are terms, and the variables of nested sums differ from the names that the algebra gives to such variables itself.
    """
    if term.head == "Pow" and not isinstance(term.args[1], Term):
        return power(proper(term.args[0], depth), int(term.args[1]))
    if term.head == "Sum" and term.args[0].startswith("_"):
        name, first, last, body = term.args
        fresh = f"_b{depth}|{name.split('|', 1)[1]}"
        return Term("Sum", (fresh, first, last, proper(substitute(body, {name: symbol(fresh)}), depth + 1)))
    return rebuild(term, lambda part: proper(part, depth))


def root_enclosure(root: Term) -> tuple[str, str, str]:
    """Two decimals between which the square root of a rational number lies, and the proof of that."""
    radicand = root.args[0].args[0]
    scale = 10**DIGITS
    whole = isqrt(radicand.numerator * scale**2 // radicand.denominator)
    text = str(radicand) if radicand.denominator == 1 else f"{radicand.numerator} / {radicand.denominator}"
    low, high = f"({whole} / {scale})", f"({whole + 1} / {scale})"
    above, below = (f"{lemma} {end} ({text}) ltac:(lra) ltac:(lra)" for lemma, end in (("sqrt_above", low), ("sqrt_below", high)))
    return low, high, f"(conj ({above}) ({below}))"


def root_bounds(algebra: Algebra) -> list[tuple[int, str]]:
    """The square roots of rational numbers among the atoms, each with the proof of an enclosure."""
    return [
        (slot, root_enclosure(atom)[2])
        for slot, atom in enumerate(algebra.atoms)
        if is_constant(atom) and atom.head == "Sqrt" and atom.args[0].head == "Number"
    ]
