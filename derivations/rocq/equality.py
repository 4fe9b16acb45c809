"""From one formula to another that says the same, or that differs by equal (or equivalent) parts.

The scripts follow the structure of the two formulas, as the kernel's ``same`` and ``replaceable`` do (kernel/formulas.py): each
part that differs is proved equal or equivalent by itself, and a congruence puts the parts together. There is no search in Rocq.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import match, same, same_kind, strip
from derivations.kernel.situation import CHANCE
from derivations.language.errors import Malformed
from derivations.language.terms import BINDERS, RELATIONS, Term, bound_name, free_symbols, neg, substitute, symbol
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise

_LOGIC = {"And": "and_congr", "Or": "or_congr", "Implies": "imp_congr", "Iff": "iff_congr"}
_SHIFT = {"Lt": "lt_same", "Le": "le_same", "Eq": "eq_same", "Ne": "ne_same"}


@dataclass(frozen=True, slots=True)
class Equality:
    """Proofs of equality and equivalence in the context of a goal; ``rules`` are equations or equivalences that may be used."""

    goal: Goal
    rules: tuple[Premise, ...] = ()

    def inside(self, name: str) -> Equality:
        """Under a binder: rules that speak of a fixed variable of that name are of no use there."""
        rules = (rule for rule in self.rules if name not in free_symbols(strip(rule.term)[1]) - set(strip(rule.term)[0]))
        return Equality(self.goal.within(name), tuple(rules))

    # --- numbers --------------------------------------------------------------------------------------------------

    def equal(self, left: Term, right: Term) -> str:
        """A script for ``left = right`` between real terms."""
        say = self.goal.real
        if say(left) == say(right):
            return "reflexivity."
        if same_kind(self.goal.table, left, right):
            return self._without_conditions(left, right)
        rule = self._by_rule(left, right, "eq_trans")
        if rule is not None:
            return rule
        return self.parts(left, right)

    def _without_conditions(self, left: Term, right: Term) -> str:
        if _binds(left) or _binds(right):
            try:
                return self.parts(left, right)
            except Unsupported:
                pass
        from derivations.rocq.algebra import Canon

        return Canon(self.goal, (), field=False).equation(left, right)

    def parts(self, left: Term, right: Term) -> str:
        """A script for an equality of two terms with one head, part by part."""
        if left.head != right.head or len(left.args) != len(right.args):
            raise Unsupported(f"{self.goal.real(left)} and {self.goal.real(right)} differ in their form")
        if left.head == "Sum":
            return self._sums(left, right)
        if left.head == "Expect":
            opening = f"apply (expectation_ext HE). {self.goal.introduce_outcome()}"
            return opening + self.inside(CHANCE).equal(left.args[0], right.args[0])
        if left.head in BINDERS or left.head in ("Diff", "Det", "Delta"):
            raise Unsupported(f"an equality inside {left.head}")
        holes: list[str] = []
        proofs: list[tuple[Term, Term]] = []
        args: list[Any] = []
        for one, other in zip(left.args, right.args, strict=True):
            if not isinstance(one, Term) or one == other or self._same_text(left, one, other):
                args.append(one)
                continue
            hole = f"_h{len(holes) + 1}|real"
            holes.append(self.goal.names.variable(hole))
            proofs.append((one, other))
            args.append(symbol(hole))
        pattern = self.goal.real(Term(left.head, tuple(args)))
        return self._filled(pattern, holes, proofs)

    def _same_text(self, whole: Term, one: Term, other: Term) -> bool:
        """Natural numbers have a normal form as text; so have equal arguments."""
        try:
            if self._is_natural_place(whole, one):
                return self.goal.writer.natural(one) == self.goal.writer.natural(other)
            return self.goal.real(one) == self.goal.real(other)
        except Unsupported:
            return False

    def _is_natural_place(self, whole: Term, argument: Term) -> bool:
        if whole.head == "Pow":
            return argument is whole.args[1] and argument.head != "Number"
        if whole.head == "Apply":
            position = next(i for i, arg in enumerate(whole.args[1:]) if arg is argument)
            return self.goal.names.result_kind(whole.args[0], position) == "nat"
        return whole.head == "Delta"

    def _filled(self, pattern: str, holes: list[str], proofs: list[tuple[Term, Term]]) -> str:
        """f a b = f c d from a = c and b = d."""
        if not holes:
            return "reflexivity."
        names, lines = [], []
        for one, other in proofs:
            name = self.goal.fresh("Q")
            lines.append(f"assert ({name} : {self.goal.real(one)} = {self.goal.real(other)}). {{ {self.equal(one, other)} }}")
            names.append(name)
        if len(holes) > 5:
            return " ".join([*lines, f"rewrite {', '.join(names)}.", "reflexivity."])
        function = f"(fun {' '.join(holes)} : R => {pattern})"
        number = "" if len(holes) == 1 else str(len(holes))
        return " ".join([*lines, f"exact (f_equal{number} {function} {' '.join(names)})."])

    def _sums(self, left: Term, right: Term) -> str:
        name, first, last, body = left.args
        other, other_first, other_last, other_body = right.args
        writer = self.goal.writer
        span, other_span = ((writer.natural(a), writer.count(a, b)) for a, b in ((first, last), (other_first, other_last)))
        if span != other_span:
            raise Unsupported("sums over different ranges")
        if other != name:
            other_body = substitute(other_body, {other: symbol(name)})
        inner = self.inside(name)
        return f"apply fsum_ext. {self.range_introduction(name)}{inner.equal(body, other_body)}"

    def range_introduction(self, name: str) -> str:
        """``intros`` for the variable of a sum; an index gets its bound from the range."""
        variable = self.goal.names.variable(name)
        bound = self.goal.names.bound(name)
        room = self.goal.make_room(name)
        raw = self.goal.fresh("B")
        if bound is None:
            return f"{room}intros {variable} {raw}. "
        return f"{room}intros {variable} {raw}. assert (B{variable} : {bound}) by lia. "

    # --- rules ----------------------------------------------------------------------------------------------------

    def _by_rule(self, left: Term, right: Term, transitivity: str) -> str | None:
        """left = pattern = replacement = right, by one of the rules in one of its directions."""
        for rule in self.rules:
            names, body = strip(rule.term)
            wanted = "Iff" if transitivity == "iff_trans" else "Eq"
            if body.head != wanted or not (free_symbols(body) - set(names)) <= self.goal.here:
                continue
            for pattern, replacement, turned in ((*body.args, False), (*body.args[::-1], True)):
                found: dict[str, Term] = {}
                try:
                    fits = match(self.goal.table, pattern, left, frozenset(names), found)
                    if not fits or not set(found) >= set(names) & free_symbols(replacement):
                        continue
                    new = substitute(replacement, found)
                    if not same_kind(self.goal.table, new, right):
                        continue
                except (Malformed, Refused):
                    continue
                values = {name: found[name] for name in names if name in found}
                proof = self.goal.applied(rule, values)
                old = substitute(pattern, found)
                return self._chain(left, old, new, right, proof, turned, transitivity)
        return None

    def _chain(self, left: Term, old: Term, new: Term, right: Term, proof: str, turned: bool, transitivity: str) -> str:
        plain, numbers = Equality(self.goal), transitivity == "eq_trans"
        say = self.goal.real if numbers else self.goal.say
        again = plain.equal if numbers else plain.equivalent
        back = f"({'eq_sym' if numbers else 'iff_sym'} {proof})"
        script = self.goal.exactly(back if turned else proof)

        def step(middle: Term) -> str:
            return f"transitivity ({say(middle)})." if numbers else f"apply (iff_trans (B := {say(middle)}))."

        if say(new) != say(right):
            script = f"{step(new)} {{ {script} }} {{ {again(new, right)} }}"
        if say(left) != say(old):
            script = f"{step(old)} {{ {again(left, old)} }} {{ {script} }}"
        return script

    # --- formulas -------------------------------------------------------------------------------------------------

    def equivalent(self, left: Term, right: Term) -> str:
        """A script for ``left <-> right``."""
        say = self.goal.say
        if say(left) == say(right):
            return "apply iff_refl."
        rule = self._by_rule(left, right, "iff_trans")
        if rule is not None:
            return rule
        turn = "apply (iff_trans (ge_is_le _ _)). " if left.head == "Ge" else ""
        turn += "eapply iff_trans; [| apply iff_sym, ge_is_le]. " if right.head == "Ge" else ""
        left, right = _upright(left), _upright(right)
        if left.head in RELATIONS and right.head in RELATIONS:
            return turn + self._relations(left, right)
        if left.head != right.head or len(left.args) != len(right.args):
            raise Unsupported("formulas of different form")
        if left.head in _LOGIC:
            return self._connective(left.head, left.args, right.args)
        if left.head == "Not":
            return f"apply not_congr. {self.equivalent(left.args[0], right.args[0])}"
        if left.head in ("ForAll", "Exists"):
            return self._quantifiers(left, right)
        if left.head == "Tends":
            return self._limits(left, right)
        if left.head == "Predicate":
            return self._predicates(left, right)
        raise Unsupported(f"an equivalence between two {left.head}")

    def _connective(self, head: str, left: tuple[Term, ...], right: tuple[Term, ...]) -> str:
        if len(left) == 1:
            return self.equivalent(left[0], right[0])
        rest = self._connective(head, left[1:], right[1:])
        return f"apply {_LOGIC[head]}. {{ {self.equivalent(left[0], right[0])} }} {{ {rest} }}"

    def _quantifiers(self, left: Term, right: Term) -> str:
        (name, body), (other, other_body) = left.args, right.args
        if other != name:
            other_body = substitute(other_body, {other: symbol(name)})
        lemma = "all_congr" if left.head == "ForAll" else "ex_congr"
        inner = self.inside(name).equivalent(body, other_body)
        if self.goal.names.bound(name) is not None:
            lemma += "_bounded"
        return f"apply {lemma}. {self.goal.introduce(name)}{inner}"

    def _limits(self, left: Term, right: Term) -> str:
        body, name, to, limit = left.args
        other_body, other, other_to, other_limit = right.args
        if other != name:
            other_body = substitute(other_body, {other: symbol(name)})
        kind = "seq" if self.goal.names.variable_type(name) == "nat" else "fun"
        script = self.goal.introduce(name) + self.inside(name).equal(body, other_body)
        if kind == "fun" and self.goal.writer.extended(to) != self.goal.writer.extended(other_to):
            raise Unsupported("limits at different places")
        if self.goal.writer.extended(limit) == self.goal.writer.extended(other_limit):
            return f"apply lim_{kind}_congr. {script}"
        return f"apply lim_{kind}_congr_finite. {{ {script} }} {{ {self.equal(limit, other_limit)} }}"

    def _relations(self, left: Term, right: Term) -> str:
        if left.head == right.head and left.args[0].head not in ("Matrix", "Diff") and right.args[0].head not in ("Matrix", "Diff"):
            if not self.rules or same_kind(self.goal.table, left, right):
                script = self._moved(left, right)
                if script is not None:
                    return script
            return self._sides(left, right)
        if left.head == right.head == "Eq" and left.args[0].head == right.args[0].head == "Diff":
            return self._open_derivatives(left, right)
        raise Unsupported("relations of different form")

    def _sides(self, left: Term, right: Term) -> str:
        if left.head == "Eq" and self.goal.real(left.args[0]) == self.goal.real(right.args[1]):
            right = Term("Eq", right.args[::-1])
            turned = "{ split; intros; symmetry; assumption. }"
            return f"apply (iff_trans (B := {self.goal.say(right)})). {{ {self._sides(left, right)} }} {turned}"
        names, lines = [], []
        for one, other in zip(left.args, right.args, strict=True):
            name = self.goal.fresh("Q")
            lines.append(f"assert ({name} : {self.goal.real(one)} = {self.goal.real(other)}). {{ {self.equal(one, other)} }}")
            names.append(name)
        symbol_text = {"Lt": "<", "Le": "<=", "Eq": "=", "Ne": "<>"}[left.head]
        function = f"(fun x y : R => x {symbol_text} y)"
        return " ".join([*lines, f"exact (eq_iff (f_equal2 {function} {' '.join(names)}))."])

    def _moved(self, left: Term, right: Term) -> str | None:
        """l1 < r1 and l2 < r2 with r1 - l1 = r2 - l2 (for equations perhaps with the other sign)."""
        if left.args == right.args:
            return "apply iff_refl."
        one, other = (Term("Add", (r.args[1], neg(r.args[0]))) for r in (left, right))
        try:
            if same(self.goal.table, one, other):
                return f"apply {_SHIFT[left.head]}. {self._without_conditions(one, other)}"
            if left.head in ("Eq", "Ne") and same(self.goal.table, one, Term("Add", (right.args[0], neg(right.args[1])))):
                other = Term("Add", (right.args[0], neg(right.args[1])))
                return f"apply {_SHIFT[left.head]}_back. {self._without_conditions(one, other)}"
        except Refused:
            return None
        return None

    def _open_derivatives(self, left: Term, right: Term) -> str:
        (one, value), (other, other_value) = left.args, right.args
        if one.args[1] != other.args[1]:
            raise Unsupported("derivatives by different variables")
        inner = self.goal.introduce(one.args[1]) + self.inside(one.args[1]).equal(one.args[0], other.args[0])
        return f"apply is_derive_congr. {{ {inner} }} {{ {self.equal(value, other_value)} }}"

    def _predicates(self, left: Term, right: Term) -> str:
        """A predicate of equal arguments; matrices and tuples are compared entry by entry."""
        holes: list[str] = []
        proofs: list[tuple[Term, Term]] = []

        def pattern(one: Term, other: Term) -> Term:
            if one.head in ("Predicate", "Matrix", "Tuple"):
                if one.head != other.head or len(one.args) != len(other.args):
                    raise Unsupported("predicates of different form")
                pairs = zip(one.args, other.args, strict=True)
                return Term(one.head, tuple(pattern(a, b) if isinstance(a, Term) else a for a, b in pairs))
            if one == other or self.goal.real(one) == self.goal.real(other):
                return one
            hole = f"_h{len(holes) + 1}|real"
            holes.append(self.goal.names.variable(hole))
            proofs.append((one, other))
            return symbol(hole)

        pattern(left, right)
        lines, names = [], []
        for one, other in proofs:
            name = self.goal.fresh("Q")
            lines.append(f"assert ({name} : {self.goal.real(one)} = {self.goal.real(other)}). {{ {self.equal(one, other)} }}")
            names.append(name)
        return " ".join([*lines, f"rewrite {', '.join(names)}." if names else "", "apply iff_refl."])


def _upright(formula: Term) -> Term:
    """a > b is b < a."""
    if formula.head in ("Gt", "Ge"):
        return Term({"Gt": "Lt", "Ge": "Le"}[formula.head], formula.args[::-1])
    return formula


def _binds(term: Term) -> bool:
    return any(bound_name(node) for node in _nodes(term)) or any(node.head == "Expect" for node in _nodes(term))


def _nodes(term: Term) -> list[Term]:
    return [term, *(inner for arg in term.args if isinstance(arg, Term) for inner in _nodes(arg))]


# --- whole hypotheses ---------------------------------------------------------------------------------------------------


def convert(goal: Goal, proof: str, given: Term, wanted: Term) -> str:
    """A script for ``wanted`` from a proof of ``given``, where the two are the same up to normal forms."""
    if goal.say(given) == goal.say(wanted):
        return f"exact {proof}."
    if given.head == wanted.head == "And":
        parts = _given_parts(goal, proof, given)
        found = _conjunction(goal, parts, wanted)
        if found is not None:
            return found
    name = goal.fresh("Z")
    equivalent = Equality(goal).equivalent(given, wanted)
    return f"assert ({name} : ({goal.say(given)}) <-> ({goal.say(wanted)})). {{ {equivalent} }} exact (proj1 {name} {proof})."


def _given_parts(goal: Goal, proof: str, given: Term) -> list[tuple[Term, str]]:
    parts = [(given, proof)]
    rest = proof
    if given.head == "And":
        for i, part in enumerate(given.args):
            last = i == len(given.args) - 1
            parts += _given_parts(goal, rest if last else f"(proj1 {rest})", part)
            rest = f"(proj2 {rest})"
    return parts


def _conjunction(goal: Goal, parts: list[tuple[Term, str]], wanted: Term) -> str | None:
    """Each part of the wanted conjunction from a part of the given one."""
    for term, proof in parts:
        if same_kind(goal.table, term, wanted):
            return convert(goal, proof, term, wanted) if term.head != "And" or goal.say(term) == goal.say(wanted) else _structural(
                goal, proof, term, wanted)  # fmt: skip
    if wanted.head != "And":
        return None
    return conjunction_of(goal, parts, wanted)


def _structural(goal: Goal, proof: str, given: Term, wanted: Term) -> str:
    name = goal.fresh("Z")
    equivalent = Equality(goal).equivalent(given, wanted)
    return f"assert ({name} : ({goal.say(given)}) <-> ({goal.say(wanted)})). {{ {equivalent} }} exact (proj1 {name} {proof})."


def conjunction_of(goal: Goal, parts: list[tuple[Term, str]], wanted: Term) -> str | None:
    """A script for a conjunction whose parts (or whose parts' parts) are among the given ones."""
    scripts = []
    for part in wanted.args:
        script = _conjunction(goal, parts, part)
        if script is None:
            return None
        scripts.append(script)
    text = scripts[-1]
    for script in reversed(scripts[:-1]):
        text = f"split. {{ {script} }} {{ {text} }}"
    return text


def find(goal: Goal, premises: Sequence[Premise], wanted: Term) -> str | None:
    """A script for a formula that is the same as one of the premises."""
    for premise in premises:
        if not premise.every_outcome and same_kind(goal.table, premise.term, wanted):
            return convert(goal, premise.name, premise.term, wanted)
    return None
