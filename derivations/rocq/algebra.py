"""Equality of real terms in Rocq: proved equations bring both sides into a canonical form, then ``ring`` or ``field`` closes.

The canonical form follows the kernel's (kernel/algebra.py): atoms are replaced by the premises that say so, powers with natural
exponents are split (m^(2t+1) is (m^t)^2 * m), exponentials are split by monomials, and of several ways to write one atom the
first is kept. Every replacement is an assertion with its own small proof, so that coqc sees each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from derivations.kernel.algebra import Algebra, _perfect_power, rational_coefficients
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import strip
from derivations.kernel.situation import CHANCE
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    mul,
    neg,
    number,
    power,
    subterms,
    symbol,
)
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise

_SPARE = [symbol(f"spare{i}") for i in range(40)]  # room for atoms that turn up on the way
_ARITHMETIC = frozenset({"Add", "Mul", "Neg", "Div"})
_OPAQUE = frozenset({"Apply", "Derivative", "Factorial", "Diff"})
_AT_ZERO = {
    "Sin": ("0", "sin_0"), "Cos": ("1", "cos_0"), "Tan": ("0", "tan_0"), "Sinh": ("0", "sinh_0"), "Cosh": ("1", "cosh_0"),
    "Tanh": ("0", "tanh_0"), "Asinh": ("0", "asinh_0"), "Atan": ("0", "atan_0"),
}  # fmt: skip


class Canon:
    """Canonical forms under the premises of a goal. ``lines`` are the assertions made on the way, ``equations`` their names."""

    def __init__(self, goal: Goal, premises: Sequence[Premise] = (), field: bool = True, nonzero: Sequence[Premise] | None = None):
        self.goal, self.field, self.premises, self.nonzero = goal, field, tuple(premises), nonzero
        self.plain = Algebra(goal.table, [goal.claim, *(p.term for p in premises), *_SPARE], field=field)
        self.lines: list[str] = []
        self.equations: list[str] = []
        self.relations: list[str] = []
        self.bottoms: list[Term] = []
        self._memo: dict[Term, Term] = {}
        self._representatives: dict[str, Term] = {}
        self._noted: set[tuple[str, str]] = set()
        self._depth = 0
        self.rewrites: dict[str, tuple[Term, Term, str]] = {}
        for premise in self.premises:
            self._use(premise)

    def _use(self, premise: Premise) -> None:
        """A premise of the form atom = expression is used from left to right."""
        names, body = strip(premise.term)
        unknown = set(names) - self.goal.here
        if body.head != "Eq" or body.args[0].head in ("Number", "Matrix", "Tuple", "Diff") or unknown:
            return
        if premise.every_outcome and CHANCE not in self.goal.here:
            return
        if not free_symbols(body) <= self.goal.here:
            return
        key = self._premise_key(body.args[0])
        if key is not None:
            self.rewrites[key] = (body.args[0], body.args[1], self.goal.applied(premise))

    def _premise_key(self, left: Term) -> str | None:
        plain = Algebra(self.goal.table, [left])
        try:
            top, bottom = plain.value(left)
        except Refused:
            return None
        if bottom.is_one() and len(top) == 1:
            ((coefficient, factors),) = plain.monomials(top)
            if coefficient == 1 and len(factors) == 1 and factors[0][1] == 1:
                return plain.names[factors[0][0]]
        return None

    # --- canonical forms ------------------------------------------------------------------------------------------

    def of(self, term: Term) -> Term:
        """The canonical form; the equations that lead to it are remembered."""
        known = self._memo.get(term)
        if known is None:
            self._depth += 1
            if self._depth > 100:
                raise Unsupported("the premises replace one another in a circle")
            known = self._memo[term] = self._form(term)
            self._depth -= 1
        return known

    def _form(self, term: Term) -> Term:
        head, args = term.head, term.args
        if head == "Number":
            return term
        if head in ("Add", "Mul", "Neg"):
            return Term(head, tuple(self.of(arg) for arg in args))
        if head == "Div":
            return self._quotient(self.of(args[0]), args[1])
        if head == "Pow":
            return self._power(term)
        if head == "Sum":
            from derivations.rocq.sums import sum_form

            return self._by(term, sum_form(self, term))
        if head == "Expect":
            from derivations.rocq.sums import expectation_form

            return self._by(term, expectation_form(self, term))
        if head == "Delta":
            from derivations.rocq.sums import delta_form

            return self._by(term, delta_form(self, term))
        if head == "Variance":
            mean = Term("Expect", args)
            return self.of(Term("Add", (Term("Expect", (power(args[0], 2),)), neg(power(mean, 2)))))
        handler = _FORMS.get(head, Canon._atom)
        return handler(self, term)

    def _by(self, term: Term, form: tuple[Term, str]) -> Term:
        canonical, script = form
        self.note(term, canonical, script)
        return canonical

    def note(self, left: Term, right: Term, script: str) -> None:
        """Assert an equation, unless both sides are one text or it is known already."""
        one, other = self.goal.real(left), self.goal.real(right)
        if one == other or (one, other) in self._noted:
            return
        self._noted.add((one, other))
        name = self.goal.fresh("N")
        self.lines.append(f"assert ({name} : {one} = {other}). {{ {script} }}")
        self.equations.append(name)

    def _quotient(self, top: Term, bottom: Term) -> Term:
        below = self.of(bottom)
        if self._constant(below) is not None:
            return div(top, below)
        if not self.field:
            below = self._representative(f"1/[{self.plain.key(self.plain.value(below))}]", below)
        self.bottoms.append(below)
        return div(top, below)

    def _constant(self, term: Term) -> Fraction | None:
        top, bottom = self.plain.value(term)
        if not (top.is_constant() and bottom.is_constant()):
            return None
        return Fraction(str(top.leading_coefficient() / bottom.leading_coefficient())) if not top.is_zero() else Fraction(0)

    def _representative(self, key: str, term: Term) -> Term:
        """The first way in which the atom was written; an equation for any other."""
        first = self._representatives.setdefault(key, term)
        if first != term and self.goal.real(first) != self.goal.real(term):
            self.note(term, first, self._written_otherwise(term, first))
        return first

    def _written_otherwise(self, term: Term, first: Term) -> str:
        """That the two are equal: by their parts, or, for sums and products of atoms, by arithmetic."""
        if term.head in _ARITHMETIC or (term.head == "Pow" and term.args[1].head == "Number"):
            return f"{self._close()}."
        return equal_by_parts(self.goal, term, first)

    def _atom(self, term: Term) -> Term:
        """A symbol, or a function of arguments: replaced where a premise says so."""
        if term.head in ("Apply", "Derivative", *_AT_ZERO, "Log"):
            term = Term(term.head, tuple(self._argument(term, i) if isinstance(a, Term) else a for i, a in enumerate(term.args)))
        if term.head in _AT_ZERO and self._constant(term.args[0]) == 0:
            value, lemma = _AT_ZERO[term.head]
            zero = f"replace ({self.goal.real(term.args[0])}) with 0 by field. apply {lemma}."
            self.note(term, number(value), zero)
            return number(value)
        if term.head == "Log" and self._constant(term.args[0]) == 1:
            self.note(term, ZERO, f"replace ({self.goal.real(term.args[0])}) with 1 by field. apply ln_1.")
            return ZERO
        return self.replaced(self.key_of(term), term)

    def _argument(self, term: Term, position: int) -> Term:
        """Arguments that are natural numbers have a normal form as text already."""
        argument = term.args[position]
        assert isinstance(argument, Term)
        if term.head == "Apply" and self.goal.names.result_kind(term.args[0], position - 1) == "nat":
            return argument
        return self.of(argument)

    def key_of(self, term: Term) -> str:
        """The kernel's key of an atom."""
        ((_, factors),) = self.plain.monomials(self.plain.value(term)[0])
        return self.plain.names[factors[0][0]]

    def replaced(self, key: str, term: Term) -> Term:
        """What a premise puts in the place of the atom, in canonical form; or its representative."""
        rule = self.rewrites.get(key)
        if rule is None:
            return self._representative(key, term)
        left, right, proof = rule
        canonical = self.of(right)
        say = self.goal.real
        script = "" if say(left) == say(term) else f"transitivity ({say(left)}). {{ {equal_by_parts(self.goal, term, left)} }} "
        self.note(term, canonical, f"{script}transitivity ({say(right)}); [exact {proof} | {self.rewriting()}reflexivity].")
        return canonical

    def rewriting(self) -> str:
        """A tactic that applies all equations found so far, followed by a semicolon."""
        if not self.equations:
            return ""
        return "repeat first [" + " | ".join(f"rewrite {name}" for name in reversed(self.equations)) + "]; "

    # --- powers and functions with laws ---------------------------------------------------------------------------

    def _power(self, term: Term) -> Term:
        base, exponent = term.args
        if exponent.head == "Neg" and exponent.args[0].head == "Number":
            exponent = number(-exponent.args[0].args[0])
        if exponent.head != "Number":
            return self._natural_power(base, exponent)
        value: Fraction = exponent.args[0]
        if value == Fraction(1, 2):
            return self.of(Term("Sqrt", (base,)))
        if value >= 0:
            return power(self.of(base), int(value))
        return self._negative_power(self.of(base), int(-value))

    def _negative_power(self, base: Term, exponent: int) -> Term:
        """/ x ^ n is 1 / x ^ n."""
        if not self.field and self._constant(base) is None:
            return self._negative_power_as_atom(base, exponent)
        if self._constant(base) is None:
            self.bottoms.append(base)
        written, quotient = power(base, -exponent), div(ONE, power(base, exponent))
        self.note(written, quotient, "symmetry. exact (Rmult_1_l _).")
        return quotient

    def _negative_power_as_atom(self, base: Term, exponent: int) -> Term:
        """Where denominators may vanish: 1 / x ^ n is an atom, and 1 / x another one."""
        raised = power(base, exponent) if exponent > 1 else base
        below = self._representative(f"1/[{self.plain.key(self.plain.value(raised))}]", raised)
        self.bottoms.append(below)
        quotient = div(ONE, below)
        self.note(power(base, -exponent), quotient, f"{self.rewriting()}unfold Rdiv; rewrite ?pow_1, Rmult_1_l; reflexivity.")
        return quotient

    def _natural_power(self, base: Term, exponent: Term) -> Term:
        form = self.plain.linear_form(exponent)
        if form is None:
            raise Unsupported("an exponent that is no natural number")
        if base.head == "Exp":
            return self._power_of_exponential(base, exponent)
        inner = self.of(base)
        written = power(inner, exponent)
        minus, root, times = _perfect_power(self.plain, self.plain.value(inner))
        key = self.plain.key(root)
        rooted = inner if times == 1 and not minus else self.plain.written(root)
        rooted = self._representatives.setdefault(f"base {key}", rooted)
        factors: list[Term] = [power(inner, form[1])] if form[1] and (key != "1" or minus) else []
        for name, count in sorted(form[0].items()):
            variables = _product(name)
            if minus and count % 2:
                factors.append(power(number(-1), variables))
            if key != "1":
                part = self.replaced(f"[{key}]^[{name}]", power(rooted, variables))
                factors.append(part if times * count == 1 else power(part, times * count))
        canonical = mul(*factors) if factors else ONE
        say = self.goal.real
        sign = "(-1) * " if minus else ""
        same = say(inner) == say(rooted) and times == 1 and not minus
        start = "" if same else f"replace ({say(inner)}) with ({sign}({say(rooted)}) ^ {times}) by {self._close()}. "
        if key == "1":
            one = "(-1)" if minus else "1"
            start = f"replace ({say(inner)}) with ({one}) by {self._close()}. " if say(inner) != one else ""
            self.note(written, canonical, start + ("powers." if minus else "apply pow1."))
            return canonical
        self.note(written, canonical, f"{start}powers.")
        return canonical

    def _power_of_exponential(self, base: Term, exponent: Term) -> Term:
        """exp x ^ t is exp (t x)."""
        joined = Term("Exp", (mul(exponent, base.args[0]),))
        inner, canonical = self.of(base), self.of(joined)
        say = self.goal.real
        script = f"transitivity ({say(joined)}); [apply exp_power; natural_real; ring | {self.rewriting()}reflexivity]."
        self.note(power(base, exponent), canonical, script)
        if say(inner) != say(base):
            whole, name = say(power(base, exponent)), self.goal.fresh("Q")
            back = f"assert ({name} : {say(base)} = {say(inner)}) by ({self.rewriting()}reflexivity). rewrite <- {name}. "
            self.note(power(inner, exponent), canonical, f"{back}transitivity ({whole}); [reflexivity | {script[:-1]}].")
        return canonical

    def _exponential(self, term: Term) -> Term:
        """exp (2x - y) is exp x ^ 2 / exp y."""
        inner = self.of(term.args[0])
        written = Term("Exp", (inner,))
        top, bottom = self.plain.value(inner)
        if not self.field or not bottom.is_constant():
            return self._representative(f"exp[{self.plain.key((top, bottom))}]", written)
        above: list[Term] = []
        below: list[Term] = []
        sum_parts = []
        for coefficient, factors in self.plain.monomials(top / bottom.leading_coefficient()):
            unit = self.plain.term_of(coefficient / coefficient.p, factors)
            count = int(coefficient.p)
            key = "*".join(f"{self.plain.names[i]}^{e}" for i, e in sorted(factors, key=lambda pair: self.plain.names[pair[0]]))
            atom = self._representative(f"exp[{key}/{coefficient.q}]", Term("Exp", (unit,)))
            (above if count > 0 else below).append(atom if abs(count) == 1 else power(atom, abs(count)))
            sign = "" if count > 0 else "- "
            sum_parts.append(f"{sign}(INR {abs(count)} * ({self.goal.real(atom.args[0])}))")
        canonical = mul(*above) if above else ONE
        if below:
            canonical = div(canonical, mul(*below))
        split = " + ".join(sum_parts) or "0"
        script = f"replace ({self.goal.real(inner)}) with ({split}) by (simpl INR; {self._close()}). exponentials."
        self.note(written, canonical, script)
        return canonical

    def _square_root(self, term: Term) -> Term:
        inner = self.of(term.args[0])
        written = Term("Sqrt", (inner,))
        value = self._constant(inner)
        if value is not None:
            return self._root_of_rational(written, value)
        first = self._representative(f"sqrt[{self.plain.key(self.plain.value(inner))}]", written)
        if self.field:
            self._relation(first, inner, f"apply pow2_sqrt. {self._signs(Term('Le', (ZERO, first.args[0])))}")
        return first

    def _root_of_rational(self, written: Term, value: Fraction) -> Term:
        """sqrt (12/5) is 2 * sqrt 3 * sqrt 5 / 5."""
        self.plain.value(written)
        top, bottom = self.plain.value(written)
        canonical = self.plain.written((top, bottom)) if not top.is_zero() else ZERO
        for node in subterms(canonical):
            if node.head == "Sqrt":
                self._relation(node, node.args[0], "apply pow2_sqrt; lra.")
        say = self.goal.real
        if say(canonical) != say(written):
            script = f"apply sqrt_is; [{_root_nonneg()} | {self._ring()}]."
            self.note(written, canonical, script)
        return canonical

    def _relation(self, atom: Term, square: Term, script: str) -> None:
        """Remember that the atom's square is that term."""
        text = self.goal.real(atom)
        if (text, "square") in self._noted:
            return
        self._noted.add((text, "square"))
        name = self.goal.fresh("K")
        self.lines.append(f"assert ({name} : ({text}) ^ 2 = {self.goal.real(square)}). {{ {script} }}")
        self.relations.append(name)

    def _algebraic(self, term: Term) -> Term:
        """A root of a polynomial: the polynomial's leading power may be replaced."""
        from derivations.rocq.templates.roots import root_fact

        coefficients = rational_coefficients(self.goal.table, *term.args[:2])
        text, degree = self.goal.real(term), len(coefficients) - 1
        if (text, "root") not in self._noted:
            self._noted.add((text, "root"))
            line, fact = root_fact(self.goal, term)
            rest = add(*(mul(number(-c / coefficients[-1]), power(term, i)) for i, c in enumerate(coefficients[:-1])))
            name = self.goal.fresh("K")
            proof = f"generalize (proj2 {fact}). generalize ({text}). intros. lra."
            self.lines += [line, f"assert ({name} : ({text}) ^ {degree} = {self.goal.real(rest)}). {{ {proof} }}"]
            self.relations.append(name)
        return self._representative(self.key_of(term), term)

    def _determinant(self, term: Term) -> Term:
        """The expansion along the rows."""
        from derivations.rocq.templates.integrals import determinant

        expanded = determinant([row.args for row in term.args[0].args])
        canonical = self.of(expanded)
        middle = self.goal.real(expanded)
        self.note(term, canonical, f"transitivity ({middle}); [compute_matrices; ring | {self.rewriting()}reflexivity].")
        return canonical

    def _absolute(self, term: Term) -> Term:
        inner = self.of(term.args[0])
        written = Term("Abs", (inner,))
        value = self._constant(inner)
        if value is not None:
            lemma = "rewrite Rabs_pos_eq by lra" if value >= 0 else "rewrite Rabs_left by lra"
            self.note(written, number(abs(value)), f"{lemma}. field.")
            return number(abs(value))
        value_of = self.plain.value(inner)
        key = min(self.plain.key(value_of), self.plain.key(self.plain.scale(value_of, -1)))
        first = self._representatives.setdefault(f"abs[{key}]", written)
        if self.goal.real(first) != self.goal.real(written):
            other = self.goal.real(first.args[0])
            same, turned = (f"apply (f_equal Rabs); {self._close()}", f"rewrite <- (Rabs_Ropp ({other}))")
            self.note(written, first, f"first [{same} | {turned}; {same}].")
        if self.field:
            self._relation(first, power(first.args[0], 2), "apply pow2_abs.")
        return first

    # --- closing --------------------------------------------------------------------------------------------------

    def _ring(self) -> str:
        with_relations = f" [{' '.join(self.relations)}]" if self.relations else ""
        return f"field{with_relations}; nonzero"

    def _close(self) -> str:
        """For equations between canonical terms that need no conditions beyond those in the context."""
        return f"({self._ring()})" if self.field else "(unfold Rdiv; first [ring | field; nonzero])"

    def _signs(self, claim: Term) -> str:
        from derivations.rocq.signs import signs_script

        given = self.premises if self.nonzero is None else (*self.premises, *self.nonzero)
        return signs_script(self.goal, claim, [pair for premise in given if (pair := usable(self.goal, premise))])

    def conditions(self) -> list[str]:
        """Assertions that the denominators are not zero."""
        distinct: dict[str, Term] = {self.goal.real(term): term for term in self.bottoms}
        if not distinct or self.nonzero is not None:
            return []
        from derivations.rocq.signs import nonzero_scripts

        pairs = [pair for premise in self.premises if (pair := usable(self.goal, premise))]
        return [line for line, _ in nonzero_scripts(self.goal, list(distinct.values()), pairs)]

    def equation(self, left: Term, right: Term) -> str:
        """A script that proves ``left = right``."""
        one, other = self.of(left), self.of(right)
        say = self.goal.real
        rewrite = self.rewriting()
        sides = (f"transitivity ({say(side)}); [{rewrite}reflexivity |]. symmetry." for side in (one, other))
        middle = " ".join(sides) if rewrite else ""
        if say(one) == say(other):
            return " ".join([*self.lines, middle, "reflexivity."])
        if not self.field:
            return " ".join([*self.lines, middle, *self._abstract_inverses(), "field; nonzero."])
        conditions = self.conditions()
        return " ".join([*self.lines, middle, *conditions, f"{self._ring()}."])

    def _abstract_inverses(self) -> list[str]:
        distinct = {self.goal.real(term): None for term in self.bottoms}
        if not distinct:
            return []
        return ["unfold Rdiv."] + [
            f"let Z := eval unfold Rdiv in (/ ({text})) in generalize Z; intros {self.goal.fresh('Z')}."
            for text in reversed(distinct)
        ]

    def equal(self, left: Term, right: Term, goal: Goal) -> str:
        """A script for an equality in another context (under a binder), with the same premises."""
        return Canon(goal, self.premises, self.field, self.nonzero).equation(left, right)


def _product(name: str) -> Term:
    """``s^1*t^2``, the kernel's name of a product of variables, as a term."""
    parts = [part.rsplit("^", 1) for part in name.split("*")]
    return mul(*(symbol(variable) for variable, times in parts for _ in range(int(times))))


def usable(goal: Goal, premise: Premise) -> tuple[Term, str] | None:
    """A premise without its leading quantifiers, for the variables of the same names, and its proof; nothing if one is missing."""
    names, body = strip(premise.term)
    if not set(names) <= goal.here or (premise.every_outcome and CHANCE not in goal.here):
        return None
    return body, goal.applied(premise)


def _root_nonneg() -> str:
    return "repeat first [apply Rmult_le_pos | apply Rdiv_le_0_compat | apply sqrt_pos | lra]"


def equal_by_parts(goal: Goal, left: Term, right: Term) -> str:
    """Two ways to write one atom: its arguments are equal one by one, without any condition."""
    from derivations.rocq.equality import Equality

    return Equality(goal).parts(left, right)


def equation_script(
    goal: Goal, left: Term, right: Term, premises: Sequence[Premise] = (), nonzero: Sequence[Premise] | None = None
) -> str:
    """A script that proves ``say(left) = say(right)`` by the premises that are equations atom = expression, by ``field``, and

    by the non-zero denominators that the premises give by their signs (or that ``nonzero`` names).
    """
    return Canon(goal, premises, True, nonzero).equation(left, right)


_FORMS: dict[str, Callable[[Canon, Term], Term]] = {
    "Exp": Canon._exponential, "Sqrt": Canon._square_root, "Abs": Canon._absolute, "Det": Canon._determinant,
    "RootOf": Canon._algebraic,
}  # fmt: skip
