"""A claim and its premises as a table of signs in Rocq: factors, leaves, other propositions, and what is known of each.

Every relation l < r is tied to its factors by an equation r - l = c*f1^e1*.../(g1^k1*...), proved by algebra where no denominator
vanishes. Signs that a factor has by its kind (a square, an exponential, a natural number) and the order of the factors on one
line (1 - 20*x vanishes before 1 - 2*x) join as further premises, each with its own proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from derivations.kernel.algebra import Algebra, Poly
from derivations.kernel.errors import Refused
from derivations.kernel.facts import Facts, is_relation
from derivations.kernel.formulas import formula_key
from derivations.kernel.truth import Line, _lines, _on_line
from derivations.language.terms import ONE, ZERO, Term, div, le, lt, mul, ne, number, power, sub, subterms, symbol
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.kinds import Kinds, proper, root_bounds

Given = Sequence[tuple[Term, str]]  # formulas, each with its proof
_CONNECTIVES = {"And": "Yes", "Or": "No"}  # and what they are without arguments
_FIXED = {"True": "BySigns.Yes", "False": "BySigns.No"}


@dataclass
class Sheet:
    """The factors, leaves and other propositions of one claim and its premises, and the assertions about them."""

    goal: Goal
    given: list[tuple[Term, str]]
    prove: Callable[[Goal, Term, Given], str]  # proves a further claim, or raises Unsupported
    lines: list[str] = field(default_factory=list)
    premises: list[tuple[str, str]] = field(default_factory=list)  # a formula of BySigns and its proof
    factors: dict[str, Poly] = field(default_factory=dict)
    leaves: dict[str, tuple[int, str, str, str]] = field(default_factory=dict)  # number, data, sides, proof
    others: dict[str, int] = field(default_factory=dict)
    first_of_key: dict[str, Term] = field(default_factory=dict)
    roots: list[Premise] = field(default_factory=list)
    _of_roots: list[str] | None = None

    def script(self, claim: Term) -> str:
        formulas = [formula for formula, _ in self.given]
        self.algebra = Algebra(self.goal.table, [claim, *formulas])
        self.facts = Facts(self.algebra, formulas)
        for formula in (*formulas, claim):
            self._split_all(formula)
        self._radicands()
        for formula, proof in self.given:
            self.premises.append((self.formula(formula), proof))
        wanted = self.formula(claim)
        lines = _lines(self.facts, dict.fromkeys(self.factors, (-1, 0, 1)))
        for line in lines:
            self._order(line)
        self._kinds()
        return "\n".join([*self.lines, self._conclusion(wanted)])

    def _conclusion(self, wanted: str) -> str:
        leaves = list(self.leaves.values())
        parts = [
            _listed(f"({self.text(name)})" for name in self.factors), _listed(leaf[1] for leaf in leaves),
            _listed(leaf[2] for leaf in leaves), _listed(f"({text})" for text in self.others),
            conjoined([leaf[3] for leaf in leaves]), f"{len(self.factors)} {len(self.others)}",
            _listed(formula for formula, _ in self.premises), wanted, "_", *(proof for _, proof in self.premises),
        ]  # fmt: skip
        return "refine (BySigns.signs_sound\n  " + "\n  ".join(parts) + ").\nvm_compute; reflexivity."

    def _nested(self, claim: Term) -> str | None:
        """A proof of a further claim from the premises without roots and powers; None where there is none."""
        try:
            return self.prove(self.goal, claim, [pair for pair in self.given if not any(map(_is_involved, subterms(pair[0])))])
        except Unsupported:
            return None

    # --- factors --------------------------------------------------------------------------------------------------

    def factor(self, name: str) -> Term:
        return proper(self.algebra.term_of_poly(self.factors[name]))

    def text(self, name: str) -> str:
        return self.goal.real(self.factor(name))

    def number(self, name: str) -> int:
        return list(self.factors).index(name)

    def split(self, poly: Poly) -> tuple[Fraction, list[tuple[str, int]]]:
        """The constant, and the irreducible factors with their exponents."""
        poly = self.algebra.reduce(poly)
        if poly.is_zero():
            return Fraction(0), []
        constant, parts = poly.factor()
        self.facts.factors(poly)
        for part, _ in parts:
            self.factors.setdefault(str(part), part)
        return Fraction(int(constant.p), int(constant.q)), [(str(part), int(e)) for part, e in parts]

    def _split_all(self, formula: Term) -> None:
        """Meet all factors before anything is said about them."""
        if is_leaf(formula):
            self._fraction(formula)
        elif is_connective(formula):
            for arg in formula.args:
                self._split_all(arg)

    def _fraction(self, relation: Term) -> tuple[Fraction, list[tuple[str, int]], list[tuple[str, int]], list[str]]:
        """right - left: the constant, the factors above, those below, and those of denominators that it has lost."""
        whole, divisors, _ = self.algebra.afresh(lambda: self.algebra.difference(relation.args[1], relation.args[0]))
        top, bottom = whole
        constant, above = self.split(top)
        divisor, below = self.split(bottom)
        inner = [name for poly in divisors for name, _ in self.split(poly)[1]]
        return constant / divisor, above, below, [name for name in dict.fromkeys(inner) if name not in dict(below)]

    def _radicands(self) -> None:
        """The radicands are not negative, by what is said without roots."""
        for atom in list(self.algebra.atoms):
            if atom.head == "Sqrt" and atom.args[0].head != "Number":
                claim = le(ZERO, atom.args[0])
                script = self._nested(claim)
                if script is not None:
                    name = self.goal.fresh("Q")
                    self.lines.append(f"assert ({name} : {self.goal.say(claim)}).\n{{ {script} }}")
                    self.roots.append(Premise(name, claim))

    # --- formulas -------------------------------------------------------------------------------------------------

    def formula(self, formula: Term) -> str:
        """The formula in the syntax of BySigns."""
        head, args = formula.head, formula.args
        if is_leaf(formula):
            return self._leaf(formula)
        if head in _FIXED:
            return _FIXED[head]
        if head in _CONNECTIVES:
            if not args:
                return f"BySigns.{_CONNECTIVES[head]}"
            *front, text = [self.formula(arg) for arg in args]
            for part in reversed(front):
                text = f"(BySigns.{head} {part} {text})"
            return text
        if is_connective(formula):
            return f"(BySigns.{head} {' '.join(self.formula(arg) for arg in args)})"
        return self._other(formula)

    def _other(self, formula: Term) -> str:
        """A proposition that is not looked into; one that says the same as an earlier one is tied to it."""
        text = self.goal.say(formula)
        new = text not in self.others
        place = self.others.setdefault(text, len(self.others))
        first = self.first_of_key.setdefault(formula_key(self.goal.table, formula), formula)
        if new and self.goal.say(first) != text:
            from derivations.rocq.equality import Equality

            name = self.goal.fresh("Q")
            script = Equality(self.goal).equivalent(first, formula)
            self.lines.append(f"assert ({name} : ({self.goal.say(first)}) <-> ({text})).\n{{ {script} }}")
            one = self.others[self.goal.say(first)]
            self.premises.append((f"(BySigns.Iff (BySigns.Other {one}) (BySigns.Other {place}))", name))
        return f"(BySigns.Other {place})"

    def _leaf(self, relation: Term) -> str:
        text = self.goal.say(relation)
        if text not in self.leaves:
            constant, above, below, inner = self._fraction(relation)
            sign = "Plus" if constant > 0 else "Minus" if constant < 0 else "Zero"
            data = (
                f"BySigns.Leaf BySigns.{relation.head} BySigns.{sign} {self._powers(above)} {self._powers(below)} "
                f"{_listed(str(self.number(name)) for name in inner)}%nat"
            )
            sides = f"({self.goal.real(relation.args[0])}, {self.goal.real(relation.args[1])})"
            proof = self._described(relation, constant, above, below, inner)
            self.leaves[text] = len(self.leaves), data, sides, proof
        return f"(BySigns.Rel {self.leaves[text][0]})"

    def _powers(self, parts: list[tuple[str, int]]) -> str:
        return _listed(f"({self.number(name)}, {exponent})" for name, exponent in parts) + "%nat"

    def _described(
        self, relation: Term, constant: Fraction, above: list[tuple[str, int]], below: list[tuple[str, int]], inner: list[str]
    ) -> str:
        """Name of an assertion: right - left is c times the quotient of products of factors, where none below vanishes."""
        goal = self.goal
        conditions = [ne(self.factor(name), ZERO) for name in (*dict(below), *inner)]
        proofs = [Premise(goal.fresh("Z"), condition) for condition in conditions]
        left = sub(relation.args[1], relation.args[0])
        quotient = div(self._product(above), self._product(below)) if below else self._product(above)
        scalar, name = goal.fresh("F"), goal.fresh("K")
        sign = f"0 < {scalar}" if constant > 0 else f"{scalar} < 0" if constant < 0 else f"{scalar} = 0"
        said = f"exists {scalar} : R, {sign} /\\ {goal.real(left)} = {scalar} * ({goal.real(quotient)})"
        said = " -> ".join([*(goal.say(condition) for condition in conditions), said])
        introduction = f"intros {' '.join(p.name for p in proofs)}. " if proofs else ""
        equation = leaf_equation(goal, left, mul(number(constant), quotient), [*proofs, *self.roots])
        value = goal.real(number(constant))
        self.lines.append(f"assert ({name} : {said}).\n{{ {introduction}exists ({value}). split; [clear; lra |]. {equation} }}")
        return name

    def _product(self, parts: list[tuple[str, int]]) -> Term:
        terms = [power(self.factor(name), exponent) for name, exponent in parts]
        if not terms:
            return ONE
        result = terms[-1]
        for term in reversed(terms[:-1]):
            result = mul(term, result)
        return result

    # --- what is known besides ------------------------------------------------------------------------------------

    def _kinds(self) -> None:
        """Signs that factors have by their kind."""
        kinds = Kinds(self.goal, self.algebra, self._nested)
        for name, poly in self.factors.items():
            found = kinds.of_factor(poly)
            if found is not None:
                self.premises.append((f"(BySigns.Sign BySigns.{found[0]} {self.number(name)})", found[1]))
        self.lines += kinds.lines

    def _order(self, line: Line) -> None:
        """Of two neighbouring marks m < m' of N, one has N < m' or m < N."""
        bounds = [*(proof for _, proof in root_bounds(self.algebra)), *self._algebraic_bounds()]
        names = [self.goal.fresh("Z") for _ in bounds]
        poses = "".join(f"pose proof {proof} as {name}. " for proof, name in zip(bounds, names, strict=True))
        linear = "first [lra | nra]" if bounds else "lra"
        pairs = [(low, high) for before, after in pairwise(line.marks) for low in before for high in after]
        for (low, low_up), (high, high_up) in pairs:
            below, first, second = self._side(line, high, not high_up)
            above, third, fourth = self._side(line, low, low_up)
            name, case = self.goal.fresh("K"), self.goal.fresh("Z")
            split = f"destruct (Rlt_le_dec ({first}) ({second})) as [{case}|{case}]; [left | right]"
            script = f"{poses}{split}; clear - {' '.join([case, *names])}; {linear}."
            self.lines.append(f"assert ({name} : {first} < {second} \\/ {third} < {fourth}).\n{{ {script} }}")
            self.premises.append((f"(BySigns.Or {below} {above})", name))

    def _algebraic_bounds(self) -> list[str]:
        """Proofs of low < r < high for the algebraic numbers that occur."""
        from derivations.rocq.templates.roots import root_fact

        if self._of_roots is None:
            facts = [root_fact(self.goal, atom) for atom in map(proper, self.algebra.atoms) if atom.head == "RootOf"]
            self.lines += [line for line, _ in facts]
            self._of_roots = [f"(proj1 {fact})" for _, fact in facts]
        return self._of_roots

    def _side(self, line: Line, name: str, positive: bool) -> tuple[str, str, str]:
        """That a factor on a line, or the N of the line, is positive (or negative): for BySigns, and the two sides."""
        own = name in self.factors
        term = self.factor(name) if own else proper(self.algebra.term_of_poly(self._base(line)))
        sides = (ZERO, term) if positive else (term, ZERO)
        text = f"(BySigns.Sign BySigns.{'Lt' if positive else 'Gt'} {self.number(name)})" if own else self._leaf(lt(*sides))
        return text, self.goal.real(sides[0]), self.goal.real(sides[1])

    def _base(self, line: Line) -> Poly:
        """The N of a line."""
        for name in line.names & self.factors.keys():
            found = _on_line(self.algebra, self.factors[name])
            if found is not None and str(found[0]) == line.base:
                return found[0]
        raise Unsupported("a line without factors")


def leaf_equation(goal: Goal, left: Term, right: Term, facts: Sequence[Premise]) -> str:
    """A script for ``left = right``; ``facts`` say which factors are not zero and which radicands are not negative."""
    if _equal_by_ring(goal, left, right):
        return "field." if any(_divides(node) for side in (left, right) for node in subterms(side)) else "ring."
    from derivations.rocq.algebra import equation_script

    return equation_script(goal, left, right, premises=facts)


def _divides(node: Term) -> bool:
    return node.head == "Div" or (node.head == "Number" and node.args[0].denominator != 1)


def _equal_by_ring(goal: Goal, left: Term, right: Term) -> bool:
    """Whether the two are one polynomial in their parts, equal parts being the same text."""
    names: dict[str, Term] = {}
    sides = [_in_letters(goal, side, names) for side in (left, right)]
    if None in sides:
        return False
    algebra = Algebra(goal.table, [*names.values(), *(side for side in sides if side is not None)], field=False)
    try:
        return algebra.is_zero(algebra.difference(*(side for side in sides if side is not None)))
    except Refused:
        return False


def _in_letters(goal: Goal, term: Term, names: dict[str, Term]) -> Term | None:
    """A polynomial with a letter for each part that is not arithmetic; None where something is divided by more than a number."""
    if term.head == "Number":
        return term
    if term.head in ("Add", "Mul", "Neg"):
        parts = [_in_letters(goal, arg, names) for arg in term.args]
        return None if None in parts else Term(term.head, tuple(parts))
    if term.head == "Div" or (term.head == "Pow" and is_whole(term.args[1])):
        inner = _in_letters(goal, term.args[0], names)
        fine = term.args[1].head == "Number" and (term.head == "Div" or term.args[1].args[0] >= 0)
        return Term(term.head, (inner, term.args[1])) if inner is not None and fine else None
    text = goal.real(term)
    return names.setdefault(text, symbol(f"_letter{len(names)}|real"))


def is_leaf(formula: Term) -> bool:
    """A relation between numbers, but no equation for an open derivative: Rocq states that as one proposition."""
    return is_relation(formula) and not any(node.head == "Diff" for node in subterms(formula))


def _is_involved(term: Term) -> bool:
    """A root, or a power whose exponent is not a number: their signs rest on those of other terms."""
    return term.head in ("Sqrt", "Pow") and (term.head == "Sqrt" or not is_whole(term.args[1]))


def is_whole(exponent: Term) -> bool:
    return exponent.head == "Number" and exponent.args[0].denominator == 1


def is_connective(formula: Term) -> bool:
    return formula.head in ("And", "Or", "Not", "Implies", "Iff")


def _listed(parts: Iterable[str]) -> str:
    return f"[{'; '.join(parts)}]"


def conjoined(names: list[str]) -> str:
    """Proof of a conjunction from the proofs of its parts."""
    if not names:
        return "I"
    text = names[-1]
    for name in reversed(names[:-1]):
        text = f"(conj {name} {text})"
    return text
