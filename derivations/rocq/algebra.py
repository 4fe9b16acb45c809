"""Equality of real terms in Rocq: proved equations bring both sides into a canonical form, then ``ring`` or ``field`` closes.

The canonical form follows the kernel's (kernel/algebra.py): atoms are replaced by the premises that say so, powers with natural
exponents are split (m^(2t+1) is (m^t)^2 * m), exponentials are split by monomials, and of several ways to write one atom the
first is kept. Every replacement is an assertion with its own small proof, so that coqc sees each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivations.kernel.algebra import Algebra
from derivations.kernel.errors import Refused
from derivations.kernel.formulas import strip
from derivations.kernel.situation import CHANCE
from derivations.language.terms import (
    Term,
    div,
    free_symbols,
    neg,
    number,
    power,
    symbol,
)
from derivations.rocq.errors import Unsupported
from derivations.rocq.forms import FORMS
from derivations.rocq.goal import Goal, Premise

SPARE = [symbol(f"spare{i}") for i in range(40)]  # room for atoms that turn up on the way
_ARITHMETIC = frozenset({"Add", "Mul", "Neg", "Div"})
_SPECIAL = {  # a place, the function's value there, and the lemma that says so
    "Sin": (0, 0, "sin_0"), "Cos": (0, 1, "cos_0"), "Tan": (0, 0, "tan_0"), "Sinh": (0, 0, "sinh_0"), "Cosh": (0, 1, "cosh_0"),
    "Tanh": (0, 0, "tanh_0"), "Asinh": (0, 0, "asinh_0"), "Atan": (0, 0, "atan_0"), "Log": (1, 0, "ln_1"),
}  # fmt: skip
_UNARY = frozenset({*_SPECIAL, "Exp", "Sqrt"})


class Canon:
    """Canonical forms under the premises of a goal. ``lines`` are the assertions made on the way, ``equations`` their names."""

    def __init__(self, goal: Goal, premises: Sequence[Premise] = (), field: bool = True, nonzero: Sequence[Premise] | None = None):
        self.goal, self.field, self.premises, self.nonzero = goal, field, tuple(premises), nonzero
        self.plain = Algebra(goal.table, [goal.claim, *(p.term for p in premises), *SPARE], field=field)
        self.lines: list[str] = []
        self.equations: list[str] = []
        self.relations: list[str] = []
        self.bottoms: list[Term] = []
        self._memo: dict[Term, Term] = {}
        self.representatives: dict[str, Term] = {}
        self.noted: set[tuple[str, str]] = set()
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
        handler = FORMS.get(head, Canon._atom)
        return handler(self, term)

    def _by(self, term: Term, form: tuple[Term, str]) -> Term:
        canonical, script = form
        self.note(term, canonical, script)
        return canonical

    def note(self, left: Term, right: Term, script: str) -> None:
        """Assert an equation, unless both sides are one text or it is known already."""
        one, other = self.goal.real(left), self.goal.real(right)
        if one == other or (one, other) in self.noted:
            return
        self.noted.add((one, other))
        name = self.goal.fresh("N")
        self.lines.append(f"assert ({name} : {one} = {other}). {{ {script} }}")
        self.equations.append(name)

    def _quotient(self, top: Term, bottom: Term) -> Term:
        below = self.of(bottom)
        if self.constant(below) is not None:
            return div(top, below)
        if not self.field:
            below = self.representative(f"1/[{self.plain.key(self.plain.value(below))}]", below)
        self.bottoms.append(below)
        return div(top, below)

    def constant(self, term: Term) -> Fraction | None:
        top, bottom = self.plain.value(term)
        if not (top.is_constant() and bottom.is_constant()):
            return None
        return Fraction(str(top.leading_coefficient() / bottom.leading_coefficient())) if not top.is_zero() else Fraction(0)

    def _is(self, term: Term, value: int) -> bool:
        """Whether the term is that number, wherever it is defined."""
        return self.plain.is_zero(self.plain.plus(self.plain.value(term), self.plain.constant(-value)))

    def representative(self, key: str, term: Term) -> Term:
        """The first way in which the atom was written; an equation for any other."""
        first = self.representatives.setdefault(key, term)
        if first != term and self.goal.real(first) != self.goal.real(term):
            self.note(term, first, self.written_otherwise(term, first))
        return first

    def written_otherwise(self, term: Term, first: Term) -> str:
        """That the two are equal: by their parts, or, for sums and products of atoms, by arithmetic."""
        if term.head in _ARITHMETIC or (term.head == "Pow" and term.args[1].head == "Number"):
            return f"{self.close()}."
        try:
            return equal_by_parts(self.goal, term, first)
        except Unsupported:
            if not self.field or term.head != first.head or term.head not in _UNARY:
                raise
            return f"apply f_equal. {self.close()}."

    def _atom(self, term: Term) -> Term:
        """A symbol, or a function of arguments: replaced where a premise says so."""
        if term.head in ("Apply", "Derivative", *_SPECIAL):
            term = Term(term.head, tuple(self._argument(term, i) if isinstance(a, Term) else a for i, a in enumerate(term.args)))
        place, value, lemma = _SPECIAL.get(term.head, (None, 0, ""))
        if place is not None and self._is(term.args[0], place):
            self.lines += self.conditions()
            script = f"replace ({self.goal.real(term.args[0])}) with {place} by {self.close()}. apply {lemma}."
            self.note(term, number(value), script)
            return number(value)
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
            return self.representative(key, term)
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

    def relation(self, atom: Term, square: Term, script: str) -> None:
        """Remember that the atom's square is that term."""
        text = self.goal.real(atom)
        if (text, "square") in self.noted:
            return
        self.noted.add((text, "square"))
        name = self.goal.fresh("K")
        self.lines.append(f"assert ({name} : ({text}) ^ 2 = {self.goal.real(square)}). {{ {script} }}")
        self.relations.append(name)

    # --- closing --------------------------------------------------------------------------------------------------

    def ring(self) -> str:
        with_relations = f" [{' '.join(self.relations)}]" if self.relations else ""
        return f"field{with_relations}; nonzero"

    def close(self) -> str:
        """For equations between canonical terms that need no conditions beyond those in the context."""
        return f"({self.ring()})" if self.field else "(unfold Rdiv; first [ring | field; nonzero])"

    def signs(self, claim: Term) -> str:
        from derivations.rocq.signs import signs_script

        given = self.premises if self.nonzero is None else (*self.premises, *self.nonzero)
        return signs_script(self.goal, claim, [pair for premise in given if (pair := usable(self.goal, premise))])

    def conditions(self) -> list[str]:
        """Assertions that the denominators are not zero, but for those that were shown before; none where quotients are atoms."""
        distinct: dict[str, Term] = {self.goal.real(term): term for term in self.bottoms}
        new = [term for text, term in distinct.items() if (text, "nonzero") not in self.noted]
        if not new or not self.field or self.nonzero is not None:
            return []
        from derivations.rocq.signs import nonzero_scripts

        self.noted |= {(self.goal.real(term), "nonzero") for term in new}
        pairs = [pair for premise in self.premises if (pair := usable(self.goal, premise))]
        return [line for line, _ in nonzero_scripts(self.goal, new, pairs)]

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
        return " ".join([*self.lines, middle, *conditions, f"{self.ring()}."])

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


def usable(goal: Goal, premise: Premise) -> tuple[Term, str] | None:
    """A premise without its leading quantifiers, for the variables of the same names, and its proof; nothing if one is missing."""
    names, body = strip(premise.term)
    if not set(names) <= goal.here or (premise.every_outcome and CHANCE not in goal.here):
        return None
    return body, goal.applied(premise)


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
    from derivations.rocq.canonical import equation_by_forms

    script = equation_by_forms(goal, left, right, premises, nonzero)
    return Canon(goal, premises, True, nonzero).equation(left, right) if script is None else script
