"""A derivation as one Rocq theorem: its definitions inside its statement, its steps as assertions, each by its rule's template.

A step's claim is written for all variables that no assumption in force speaks of; a premise is used for the variables of the
same names. Nothing is simplified on the way: what the certificate says is what coqc is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import strip
from derivations.kernel.situation import CHANCE
from derivations.kernel.table import Table
from derivations.language.statements import Branch, Derivation, Hypothesis, Step
from derivations.language.terms import Term, free_symbols, subterms
from derivations.rocq.equality import convert
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Entry, Goal, Premise, ShownBranch, instance_of
from derivations.rocq.names import NATURAL, Names, free_names
from derivations.rocq.ranks import data_of
from derivations.rocq.templates import TEMPLATES
from derivations.rocq.unfolding import unfolded
from derivations.rocq.writing import Writer

HEAD = "From Derivations Require Import Prelude.\n"


@dataclass(frozen=True)
class Scope:
    """What is in scope: formulas by label, variables that assumptions speak of, variables in the Rocq context."""

    entries: dict[str, Entry] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()

    def with_entry(self, label: str, entry: Entry) -> Scope:
        return Scope({**self.entries, label: entry}, self.fixed, self.here)

    def with_here(self, names: frozenset[str] | set[str]) -> Scope:
        return Scope(self.entries, self.fixed, self.here | names)


def emit(derivation: Derivation, name: str) -> str:
    """The text of the ``.v`` file with one theorem of that name. Raises Unsupported where a template is missing."""
    try:
        return Emitter(derivation).file(rocq_name(name))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise Unsupported(f"the data are not those of a derivation that the kernel accepts: {error!r}") from error


def rocq_name(name: str) -> str:
    """gd.regimes is gd_regimes."""
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def _given_name(label: str) -> str:
    """A label of a definition, hypothesis or assumption as a Rocq name. Raises Unsupported for any but the usual ones."""
    if not re.fullmatch(r"[DHA][0-9]{1,4}", label, re.ASCII):
        raise Unsupported("a label that is not of the form H1, D2 or A3")
    return label


def _step_name(label: str) -> str:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})*", label, re.ASCII):
        raise Unsupported("a step whose label is no number")
    return "S" + label.replace(".", "_")


def _formulas(derivation: Derivation) -> Iterator[Term]:
    statement = derivation.statement
    yield from (item.claim for item in (*statement.definitions, *statement.hypotheses))
    yield statement.conclusion
    yield from _of_steps(derivation.steps)


def _of_steps(steps: tuple[Step, ...]) -> Iterator[Term]:
    for step in steps:
        yield step.claim
        yield from (value for value in step.witness.values() if isinstance(value, Term))
        values = step.witness.get("values", {})
        yield from (value for value in values.values() if isinstance(value, Term))
        for branch in step.branches:
            yield from (item.claim for item in branch.hypotheses)
            yield from _of_steps(branch.steps)


def _inductions(steps: tuple[Step, ...]) -> Iterator[str]:
    """The variables that some step does induction over."""
    for step in steps:
        if step.rule == "induction" and step.claim.head == "ForAll":
            yield step.claim.args[0]
        for branch in step.branches:
            yield from _inductions(branch.steps)


class Emitter:
    """Writes one derivation. ``numbers`` gives names that occur nowhere else."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation = unfolded(derivation)
        self.statement = derivation.statement
        self.table = Table(self.statement.variables)
        self.names = Names(self.table, _formulas(derivation))
        self.writer = Writer(self.names, frozenset(_inductions(derivation.steps)))
        self.numbers = count(1)
        self.data = data_of(self._stated_formulas())
        self.random = self.data is not None or any(domain == "random" for domain in self.table.functions.values())

    # --- the statement --------------------------------------------------------------------------------------------

    def file(self, name: str) -> str:
        statement, introduction, scope = self._opening()
        conclusion = self._conclusion()
        random = self.table.is_random(self.statement.conclusion)
        if random:
            conclusion = f"forall w : Omega, {conclusion}"
        lines = [HEAD, f"Theorem {name} :", f"  {statement}", f"  {conclusion}.", "Proof.", introduction]
        script, scope = self._steps(self.derivation.steps, scope, "  ")
        last = scope.entries[self.derivation.steps[-1].label]
        goal = self._goal(self.statement.conclusion, scope.with_here({CHANCE}) if random else scope)
        proof = instance_of(last, self.names, goal.here)
        final = convert(goal, proof.name, last.term, self.statement.conclusion)
        return "\n".join([*lines, script, f"  {'intros w. ' if random else ''}{final}", "Qed.", ""])

    def _conclusion(self) -> str:
        """The conclusion, each of its parts on a line of its own."""
        claim = self.statement.conclusion
        if claim.head != "And" or len(claim.args) < 2:
            return self.writer.formula(claim)
        return " /\\\n  ".join(f"({self.writer.formula(part)})" for part in claim.args)

    def _opening(self) -> tuple[str, str, Scope]:
        """The binders, definitions and hypotheses of the theorem; the tactics that introduce them; what is in scope then."""
        forms = [self._definition(item) for item in self.statement.definitions]
        let_names = {kind_name for kind_name, _ in forms if kind_name}
        parts, introduction = [], []
        if self.random:
            parts.append("forall (Omega : Type) (V : (Omega -> R) -> Prop) (E : (Omega -> R) -> R), expectation V E ->")
            introduction.append("  intros Omega V E HE.")
        free = self._free_names()
        binders = []
        for symbol in self.statement.variables:
            is_function = symbol.name in self.table.functions and self.table.functions[symbol.name] == symbol.domain
            space = ("function" if is_function else "variable", symbol.name)
            if space in let_names or space not in free:
                continue
            rocq = self.names.functions[symbol.name] if is_function else self.names.variable(symbol.name)
            kind = self.names.function_type(symbol.name) if is_function else self.names.variable_type(symbol.name)
            binders.append((symbol.name, is_function, rocq, kind))
        if binders:
            parts.append(f"forall {' '.join(f'({rocq} : {kind})' for _, _, rocq, kind in binders)},")
            introduction.append(f"  intros {' '.join(rocq for _, _, rocq, _ in binders)}.")
        here = {name for name, is_function, _, _ in binders if not is_function}
        for name, is_function, rocq, _ in binders:
            bound = None if is_function else self.names.bound(name)
            if bound:
                parts.append(f"{bound} ->")
                introduction.append(f"  intros B{rocq}.")
        for name, is_function, rocq, _ in binders:
            if is_function and self.table.functions[name] == "random":
                arguments = [f"a{i}" for i in range(len(self.names.arguments[name]))]
                quantified = " ".join(f"({a} : {k})" for a, k in zip(arguments, self.names.arguments[name], strict=True))
                parts.append(f"(forall {quantified}, V ({' '.join((rocq, *arguments))})) ->")
                introduction.append(f"  intros M{rocq}.")
        here |= {name for space, name in let_names if space == "variable"}
        if self.data is not None:
            data = [self.names.variable(one.args[0]) for one in self.data]
            if data:
                parts.append(f"forall ({' '.join(data)} : Omega -> R),")
                introduction.append(f"  intros {' '.join(data)}.")
            parts.append(f"(* HX *) (List.Forall V [{'; '.join(data)}]) ->")
            introduction.append("  intros HX.")
        scope = Scope(fixed=self._fixed(), here=frozenset(here))
        for item, (let, text) in zip(self.statement.definitions, forms, strict=True):
            scope = self._enter(item, let, text, parts, introduction, scope)
        for item in self.statement.hypotheses:
            scope = self._enter(item, None, "", parts, introduction, scope)
        return "\n  ".join(parts), "\n".join(introduction), scope

    def _enter(
        self, item: Hypothesis, let: tuple[str, str] | None, text: str, parts: list[str], introduction: list[str], scope: Scope
    ) -> Scope:
        """A definition (a ``let``, or a recursion as a hypothesis) or a hypothesis."""
        _given_name(item.label)
        random = self.table.is_random(item.claim)
        formula = self.writer.formula(item.claim)
        stated = f"forall w : Omega, {formula}" if random else formula
        if let is None:
            parts.append(f"(* {item.label} *) ({stated}) ->")
            introduction.append(f"  intros {item.label}.")
        else:
            rocq = self.names.functions[let[1]] if let[0] == "function" else self.names.variable(let[1])
            parts.append(f"(* {item.label} *) {text}")
            proof = "(intros; first [reflexivity | exact (iff_refl _)])"
            member = ""
            if let[0] == "function" and self.table.functions[let[1]] == "random":
                arguments = " ".join(f"a{i}" for i in range(len(self.names.arguments[let[1]])))
                proof_of = f"(intros {arguments}; unfold {rocq}; random_variable HE)"
                member = f"assert (M{rocq} : forall {arguments}, V ({rocq} {arguments})) by {proof_of}. "
            introduction.append(f"  intros {rocq}. assert ({item.label} : {stated}) by {proof}. {member}clearbody {rocq}.")
        return scope.with_entry(item.label, Entry(item.label, item.claim, (), random))

    def _definition(self, item: Hypothesis) -> tuple[tuple[str, str] | None, str]:
        """What a definition gives a meaning to and the ``let`` that does; nothing for a recursion, which is a hypothesis."""
        left, right = strip(item.claim)[1].args
        if left.head == "Symbol":
            name = left.args[0]
            kind = self.names.variable_type(name)
            value = self.writer.natural(right) if kind == NATURAL else self.writer.real(right)
            return ("variable", name), f"let {self.names.variable(name)} : {kind} := {value} in"
        name, *arguments = left.args
        if any(argument.head != "Symbol" for argument in arguments):
            return None, ""
        binders = [f"({self.names.variable(a.args[0])} : {self.names.variable_type(a.args[0])})" for a in arguments]
        if self.table.functions[name] == "random":
            binders.append("(w : Omega)")
        value = self.writer.formula(right) if left.head == "Predicate" else self.writer.real(right)
        value = f"fun {' '.join(binders)} => {value}" if binders else value
        return ("function", name), f"let {self.names.functions[name]} : {self.names.function_type(name)} := {value} in"

    def _stated_formulas(self) -> list[Term]:
        items = (*self.statement.definitions, *self.statement.hypotheses)
        return [*(item.claim for item in items), self.statement.conclusion]

    def _free_names(self) -> set[tuple[str, str]]:
        """The variables and functions that the statement speaks of."""
        found: set[tuple[str, str]] = set()
        for formula in self._stated_formulas():
            found |= {("variable", name) for name in free_names(formula)}
            for node in subterms(formula):
                if node.head in ("Apply", "Derivative", "Predicate", "Smooth") and node.args[0] in self.table.functions:
                    found.add(("function", node.args[0]))
        return found | {("variable", name) for name in self._fixed()}

    def _fixed(self) -> frozenset[str]:
        items = (*self.statement.definitions, *self.statement.hypotheses)
        limits = (domain.removeprefix("index:") for domain in self.table.variables.values() if domain.startswith("index:"))
        ranges = frozenset(name for name in limits if not name.isdecimal())
        return ranges.union(*(free_names(item.claim) for item in items))

    # --- the steps ------------------------------------------------------------------------------------------------

    def _steps(self, steps: tuple[Step, ...], scope: Scope, indent: str) -> tuple[str, Scope]:
        lines = []
        for step in steps:
            try:
                text, entry = self._step(step, scope, indent)
            except Unsupported as problem:
                raise problem.at(step.label, step.rule) from None
            except Refused as refusal:
                raise Unsupported(f"the kernel refuses: {refusal.message}").at(step.label, step.rule) from refusal
            lines.append(text)
            scope = scope.with_entry(step.label, entry)
        return "\n".join(lines), scope

    def _step(self, step: Step, scope: Scope, indent: str) -> tuple[str, Entry]:
        claim = step.claim
        random = self.table.is_random(claim) and CHANCE not in scope.fixed
        implicit = tuple(sorted(free_names(claim) - scope.fixed))
        inner = scope.with_here({*implicit, CHANCE} if random else set(implicit))
        shown = tuple(self._branch(branch, inner, indent + "  ") for branch in step.branches)
        premises, poses = [], []
        for label in step.premises:
            premise = instance_of(scope.entries[label], self.names, inner.here)
            if " " in premise.name and set(scope.entries[label].implicit) <= inner.here:
                name = f"P{next(self.numbers)}"
                poses.append(f"pose proof {premise.name} as {name}.")
                premise = Premise(name, premise.term, premise.every_outcome, premise.entry)
            premises.append(premise)
        goal = self._goal(claim, inner, step.witness, tuple(premises), shown)
        template = TEMPLATES.get(step.rule)
        if template is None:
            raise Unsupported(f"the rule {step.rule} has no template")
        script = template(goal)
        name = _step_name(step.label)
        entry = Entry(name, claim, implicit, random)
        outside = self._goal(claim, scope)
        opening = f"{self._introductions(outside, implicit, random)}{' '.join(poses)}".strip()
        body = "\n".join(f"{indent}  {line}" for line in (f"{opening}\n{script}" if opening else script).splitlines())
        stated = f"(* ({step.label}) {step.rule} *)\n{indent}assert ({name} : {self._stated(claim, implicit, random)})."
        return f"{indent}{stated}\n{indent}{{\n{body}\n{indent}}}", entry

    def _stated(self, claim: Term, implicit: tuple[str, ...], random: bool) -> str:
        text = self.writer.formula(claim)
        if random:
            text = f"forall w : Omega, {text}"
        for name in reversed(implicit):
            bound = self.names.bound(name)
            text = f"forall {self.names.variable(name)} : {self.names.variable_type(name)}, {bound + ' -> ' if bound else ''}{text}"
        return text

    def _introductions(self, goal: Goal, implicit: tuple[str, ...], random: bool) -> str:
        """``intros`` for what a step's claim is about, seen from outside the step."""
        return "".join(map(goal.introduce, implicit)) + (goal.introduce_outcome() if random else "")

    def _branch(self, branch: Branch, scope: Scope, indent: str) -> ShownBranch:
        speaks = scope.fixed.union(*(free_symbols(item.claim) for item in branch.hypotheses))
        if any(self.table.is_random(item.claim) for item in branch.hypotheses):
            speaks |= {CHANCE}
        inner = Scope(scope.entries, speaks, scope.here.union(*(free_symbols(i.claim) for i in branch.hypotheses)))
        for item in branch.hypotheses:
            inner = inner.with_entry(item.label, Entry(_given_name(item.label), item.claim))
        script, after = self._steps(branch.steps, inner, "")
        last = after.entries[branch.steps[-1].label]
        proof = instance_of(last, self.names, inner.here)
        return ShownBranch(
            tuple(item.claim for item in branch.hypotheses), tuple(item.label for item in branch.hypotheses),
            proof.term, script, proof.name, last,
        )  # fmt: skip

    def _goal(
        self,
        claim: Term,
        scope: Scope,
        witness: Mapping[str, Any] = MappingProxyType({}),
        premises: tuple[Premise, ...] = (),
        shown: tuple[ShownBranch, ...] = (),
    ) -> Goal:
        known = {
            label: Premise(entry.name, entry.term, entry.outcomes)
            for label, entry in scope.entries.items()
            if not entry.implicit
        }
        return Goal(self.writer, claim, premises, witness, shown, scope.fixed, scope.here, known, self.numbers)
