"""Mutants of a derivation: one small change each, made in one place or wherever the changed formula occurs.

``changes`` are the changes of a term; ``mutants`` applies them at every formula of a derivation and adds changes of the
proof's structure. A mutant is built only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from derivations.kernel.rules import RULES
from derivations.language.statements import Branch, Derivation, Hypothesis, Step, is_function
from derivations.language.terms import BINDERS, INFINITY, ONE, RELATIONS, ZERO, Term, free_symbols, neg, number

Edit = Callable[[Term], Term]


@dataclass(frozen=True, slots=True)
class Mutant:
    """``kind`` of change; ``everywhere``: made wherever the formula occurs; ``where``: the label of the changed formula."""

    kind: str
    everywhere: bool
    where: str
    build: Callable[[], Derivation]


# --- changes of a term ----------------------------------------------------------------------------------------------

_NUMERIC = frozenset({"Symbol", "Apply", "Mul", "Div", "Pow", "Sqrt", "Derivative", "Sum", "Expect", "Abs", "Exp"})
_STRICT = {"Lt": "Le", "Le": "Lt", "Gt": "Ge", "Ge": "Gt", "Eq": "Le", "Ne": "Lt"}
_TURNED = {"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le", "Eq": "Ne", "Ne": "Eq"}


def changes(term: Term, names: Mapping[str, str]) -> Iterator[tuple[str, Term]]:
    """Every single change of the term, with its kind. ``names`` are the declared variables and their domains."""
    yield from _here(term, names)
    for i, arg in enumerate(term.args):
        if isinstance(arg, Term):
            for kind, changed in changes(arg, names):
                yield kind, Term(term.head, (*term.args[:i], changed, *term.args[i + 1 :]))


def _here(term: Term, names: Mapping[str, str]) -> Iterator[tuple[str, Term]]:
    head, args = term.head, term.args
    if head == "Number":
        value = args[0]
        yield from (("constant", number(other)) for other in {value + 1, value * 2, -value} - {value})
    if head in _NUMERIC:
        yield "sign", neg(term)
    if head == "Neg":
        yield "sign", args[0]
    if head == "Pow":
        yield from (("exponent", Term("Pow", (args[0], _shifted(args[1], by)))) for by in (1, -1))
    if head in ("Sum", "Tends", "ForAll", "Exists", "RootOf"):
        yield from _of_binder(term, names)
    if head == "Symbol":
        same = [n for n, domain in names.items() if n != args[0] and domain == names.get(args[0])]
        yield from (("symbol", Term("Symbol", (name,))) for name in same)
    if head in RELATIONS:
        yield "strictness", Term(_STRICT[head], args)
        yield "direction", Term(_TURNED[head], args)
    yield from _of_logic(term)


def _shifted(exponent: Term, by: int) -> Term:
    if exponent.head == "Number":
        return number(exponent.args[0] + by)
    return Term("Add", (exponent, number(by)))


def _of_binder(term: Term, names: Mapping[str, str]) -> Iterator[tuple[str, Term]]:
    head, args = term.head, term.args
    at = BINDERS[head]
    for name in names:
        if name != args[at]:
            yield "binder", Term(head, (*args[:at], name, *args[at + 1 :]))
    if head == "Tends":
        body, name, to, limit = args
        goals = [goal for goal in (ZERO, ONE, INFINITY) if goal != limit]
        yield from (("limit", Term(head, (body, name, to, goal))) for goal in goals)
        yield "limit", Term(head, (body, name, INFINITY if to != INFINITY else ZERO, limit))
    if head in ("ForAll", "Exists"):
        yield "quantifier", Term("Exists" if head == "ForAll" else "ForAll", args)
        yield "quantifier", args[1]
    if head == "RootOf":
        yield "constant", Term(head, (*args[:4], Fraction(args[4] + 1)))


def _of_logic(term: Term) -> Iterator[tuple[str, Term]]:
    head, args = term.head, term.args
    if head in ("And", "Or"):
        yield "connective", Term("Or" if head == "And" else "And", args)
        for i in range(len(args)):
            rest = (*args[:i], *args[i + 1 :])
            yield "part dropped", rest[0] if len(rest) == 1 else Term(head, rest)
    if head in ("Implies", "Iff"):
        yield "connective", Term("And", args)
        yield "sides", Term(head, args[::-1])
        yield "part dropped", args[1]
    if head == "Implies":
        yield "connective", Term("Iff", args)
    if head == "Predicate" and args[0] == "signature":
        yield "constant", Term(head, (args[0], args[1], *args[:1:-1]))


# --- the formulas of a derivation -----------------------------------------------------------------------------------


def with_formulas(derivation: Derivation, edit: Callable[[str, Term], Term]) -> Derivation:
    """The derivation with every formula changed; ``edit`` is told its label ("" for the conclusion)."""

    def given(items: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
        return tuple(replace(item, claim=edit(item.label, item.claim)) for item in items)

    def step(one: Step) -> Step:
        branches = tuple(Branch(b.name, given(b.hypotheses), tuple(map(step, b.steps))) for b in one.branches)
        return replace(one, claim=edit(one.label, one.claim), branches=branches)

    old = derivation.statement
    new = replace(
        old,
        definitions=given(old.definitions),
        hypotheses=given(old.hypotheses),
        conclusion=edit("", old.conclusion),
    )
    return replace(derivation, statement=new, steps=tuple(map(step, derivation.steps)))


def formulas(derivation: Derivation) -> list[tuple[str, Term]]:
    found: list[tuple[str, Term]] = []

    def keep(label: str, claim: Term) -> Term:
        found.append((label, claim))
        return claim

    with_formulas(derivation, keep)
    return found


def put(term: Term, old: Term, new: Term) -> Term:
    """The term with every part that is ``old`` replaced."""
    if term == old:
        return new
    args = tuple(put(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args)
    return term if args == term.args else Term(term.head, args)


def with_witnesses(derivation: Derivation, edit: Edit) -> Derivation:
    """The derivation with every term in a witness changed."""

    def value(data: Any) -> Any:
        if isinstance(data, Term):
            return edit(data)
        if isinstance(data, Mapping):
            return {key: value(item) for key, item in data.items()}
        return tuple(map(value, data)) if isinstance(data, (list, tuple)) else data

    def step(one: Step) -> Step:
        branches = tuple(replace(b, steps=tuple(map(step, b.steps))) for b in one.branches)
        return replace(one, witness=value(one.witness), branches=branches)

    return replace(derivation, steps=tuple(map(step, derivation.steps)))


# --- mutants --------------------------------------------------------------------------------------------------------


def mutants(derivation: Derivation) -> Iterator[Mutant]:
    """All mutants of the derivation."""
    names = {item.name: item.domain for item in derivation.statement.variables if not is_function(item)}
    for position, (label, claim) in enumerate(formulas(derivation)):
        for kind, changed in changes(claim, names):
            yield Mutant(kind, False, label, _once(derivation, position, changed))
            yield Mutant(kind, True, label, _everywhere(derivation, claim, changed))
    yield from _of_premises(derivation)
    yield from _of_given(derivation)
    yield from _of_witnesses(derivation, names)
    yield from _of_domains(derivation)


def _once(derivation: Derivation, position: int, changed: Term) -> Callable[[], Derivation]:
    def build() -> Derivation:
        count = iter(range(10**6))
        return with_formulas(derivation, lambda _, claim: changed if next(count) == position else claim)

    return build


def _everywhere(derivation: Derivation, old: Term, new: Term) -> Callable[[], Derivation]:
    def build() -> Derivation:
        return with_witnesses(
            with_formulas(derivation, lambda _, claim: put(claim, old, new)), lambda term: put(term, old, new)
        )

    return build


def _steps(derivation: Derivation) -> list[Step]:
    found: list[Step] = []

    def visit(steps: tuple[Step, ...]) -> None:
        for step in steps:
            found.append(step)
            for branch in step.branches:
                visit(branch.steps)

    visit(derivation.steps)
    return found


def with_step(derivation: Derivation, old: Step, new: Step) -> Derivation:
    def step(one: Step) -> Step:
        if one is old:
            return new
        return replace(one, branches=tuple(replace(b, steps=tuple(map(step, b.steps))) for b in one.branches))

    return replace(derivation, steps=tuple(map(step, derivation.steps)))


def _step_mutant(derivation: Derivation, kind: str, old: Step, new: Step) -> Mutant:
    return Mutant(kind, False, old.label, lambda: with_step(derivation, old, new))


def _of_premises(derivation: Derivation) -> Iterator[Mutant]:
    labels = [label for label, _ in formulas(derivation) if label]
    for step in _steps(derivation):
        for i, premise in enumerate(step.premises):
            rest = (*step.premises[:i], *step.premises[i + 1 :])
            yield _step_mutant(derivation, "premise dropped", step, replace(step, premises=rest))
            for label in labels:
                if label != premise:
                    other = (*step.premises[:i], label, *step.premises[i + 1 :])
                    yield _step_mutant(derivation, "premise", step, replace(step, premises=other))
        for rule in RULES:
            if rule != step.rule:
                yield _step_mutant(derivation, "rule", step, replace(step, rule=rule))
        for i in range(len(step.branches)):
            fewer = (*step.branches[:i], *step.branches[i + 1 :])
            yield _step_mutant(derivation, "branch dropped", step, replace(step, branches=fewer))


def _of_given(derivation: Derivation) -> Iterator[Mutant]:
    """A hypothesis or definition left out, there and wherever it is a premise."""
    statement = derivation.statement
    for name in ("hypotheses", "definitions"):
        items = getattr(statement, name)
        for i, item in enumerate(items):
            fewer = replace(statement, **{name: (*items[:i], *items[i + 1 :])})
            kind = f"{name} dropped"
            yield Mutant(kind, False, item.label, lambda fewer=fewer: replace(derivation, statement=fewer))
            yield Mutant(
                kind, True, item.label, lambda fewer=fewer, item=item: _without(derivation, fewer, item.label)
            )


def _without(derivation: Derivation, statement: Any, label: str) -> Derivation:
    def step(one: Step) -> Step:
        branches = tuple(replace(b, steps=tuple(map(step, b.steps))) for b in one.branches)
        return replace(one, premises=tuple(p for p in one.premises if p != label), branches=branches)

    return replace(derivation, statement=statement, steps=tuple(map(step, derivation.steps)))


def _of_witnesses(derivation: Derivation, names: Mapping[str, str]) -> Iterator[Mutant]:
    for step in _steps(derivation):
        for key, value in step.witness.items():
            rest = {k: v for k, v in step.witness.items() if k != key}
            yield _step_mutant(derivation, "witness", step, replace(step, witness=rest))
            for other in _other(value, names):
                yield _step_mutant(derivation, "witness", step, replace(step, witness={**step.witness, key: other}))


def _other(value: Any, names: Mapping[str, str]) -> Iterator[Any]:
    """Other witnesses: terms, numbers and names changed, parts left out, and data of another type."""
    yield from (None, "x", 7, (), {"coefficient": "x"})
    if isinstance(value, Term):
        yield from (changed for _, changed in changes(value, names))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, Fraction)):
        yield from (value + 1, -value, value * 2)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in _other(item, names))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield (*value[:i], *value[i + 1 :])
            yield from ((*value[:i], other, *value[i + 1 :]) for other in _other(item, names))


def _of_domains(derivation: Derivation) -> Iterator[Mutant]:
    statement = derivation.statement
    for i, item in enumerate(statement.variables):
        others = ("real", "natural", "integer", "index:2", "index:3", "sequence", "random", "function", "property")
        for domain in others:
            if domain == item.domain:
                continue
            rows = (*statement.variables[:i], replace(item, domain=domain), *statement.variables[i + 1 :])
            changed = replace(statement, variables=rows)
            yield Mutant("domain", True, item.name, lambda changed=changed: replace(derivation, statement=changed))


def unbound(term: Term, names: Mapping[str, str]) -> bool:
    """Whether only declared variables occur free."""
    return free_symbols(term) <= set(names)
