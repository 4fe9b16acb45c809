"""What must not change a verdict: other names, another order of independent steps, a hypothesis that nothing needs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from derivations.catalogue.discovery import index, stored
from derivations.kernel.checker import check
from derivations.kernel.table import BUILT_IN
from derivations.language.serialise import derivation_from_json, derivation_to_json
from derivations.language.statements import Branch, Derivation, Hypothesis, Report, Step, Symbol
from derivations.language.terms import BINDERS, Term, le, power, symbol
from derivations.rendering.latex import latex
from derivations.rendering.style import style_of

IDS = [row["id"] for row in index()]


def said(report: Report) -> tuple[Mapping[str, int], str]:
    return report.rules, report.status


@cache
def said_of(name: str) -> tuple[Mapping[str, int], str]:
    """What is said of the result as it is committed."""
    return said(check(stored(name).derivation))


def _renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Names inside terms, and names that a witness gives as such (keys of ``values`` and ``point``, steps, radii)."""
    if isinstance(data, Term):
        args = tuple(
            names.get(arg, arg) if isinstance(arg, str) and not _is_built_in(data, i) else _renamed(arg, names)
            for i, arg in enumerate(data.args)
        )
        return Term(data.head, args)
    if isinstance(data, Mapping):
        return {names.get(key, key): _renamed(value, names) for key, value in data.items()}
    if isinstance(data, tuple):
        return tuple(_renamed(item, names) for item in data)
    return names.get(data, data) if isinstance(data, str) else data


def _is_built_in(term: Term, i: int) -> bool:
    return term.head == "Interval" or (term.head == "Predicate" and i == 0 and term.args[0] in BUILT_IN)


def renamed(derivation: Derivation, names: Mapping[str, str]) -> Derivation:
    def given(items: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
        return tuple(Hypothesis(item.label, _renamed(item.claim, names)) for item in items)

    def step(one: Step) -> Step:
        witness = {
            key: value if key == "kind" else _renamed(value, names) if isinstance(value, (Term, str)) else _inner(value)
            for key, value in one.witness.items()
        }
        if one.rule == "geometric" and "step" not in witness:  # it is called t unless the witness says otherwise
            witness["step"] = names.get("t", "t")
        branches = tuple(Branch(b.name, given(b.hypotheses), tuple(map(step, b.steps))) for b in one.branches)
        return replace(one, claim=_renamed(one.claim, names), witness=witness, branches=branches, because=())

    def _inner(value: Any) -> Any:
        if isinstance(value, Mapping) and {"coefficient", "premises", "square", "factor"} & set(value):
            return {key: _renamed(item, names) if isinstance(item, Term) else item for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(_renamed(item, names) if isinstance(item, Term) else _inner(item) for item in value)
        return _renamed(value, names) if isinstance(value, Mapping) else value

    old = derivation.statement
    rows = tuple(
        Symbol(names.get(row.name, row.name), _renamed_domain(row.domain, names), row.meaning) for row in old.variables
    )
    new = replace(
        old,
        variables=rows,
        definitions=given(old.definitions),
        hypotheses=given(old.hypotheses),
        conclusion=_renamed(old.conclusion, names),
    )
    return Derivation(new, tuple(map(step, derivation.steps)))


def _renamed_domain(domain: str, names: Mapping[str, str]) -> str:
    kind, colon, bound = domain.partition(":")
    return kind + colon + names.get(bound, bound)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", IDS)
def test_other_names(name: str, seed: int) -> None:
    derivation = stored(name).derivation
    known = sorted({row.name for row in derivation.statement.variables})
    fresh = [f"{chr(ord('z') - i % 26)}{i}q" for i in range(len(known))]
    random.Random(seed).shuffle(fresh)
    assert said(check(renamed(derivation, dict(zip(known, fresh, strict=True))))) == said_of(name)


@pytest.mark.parametrize("name", IDS)
def test_names_that_change_places(name: str) -> None:
    """Every variable takes the name of another one of its kind."""
    derivation = stored(name).derivation
    rows = derivation.statement.variables
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row.domain, [])
        if row.name not in groups[row.domain] and sum(other.name == row.name for other in rows) == 1:
            groups[row.domain].append(row.name)
    names = {a: b for group in groups.values() for a, b in zip(group, [*group[1:], *group[:1]], strict=True)}
    assert said(check(renamed(derivation, names))) == said_of(name)


def _shuffled(steps: tuple[Step, ...], generator: random.Random) -> tuple[Step, ...]:
    """The steps in another order in which each still comes after what it uses; the last stays the last."""
    labels = {step.label for step in steps}
    left, done, order = list(steps[:-1]), set[str](), []
    while left:
        ready = [step for step in left if _uses(step) & labels <= done]
        chosen = generator.choice(ready)
        left.remove(chosen)
        done.add(chosen.label)
        order.append(chosen)
    return (*order, steps[-1])


def _uses(step: Step) -> set[str]:
    return set(step.premises).union(*(_uses(inner) for branch in step.branches for inner in branch.steps))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", IDS)
def test_another_order_of_independent_steps(name: str, seed: int) -> None:
    derivation = stored(name).derivation
    mixed = replace(derivation, steps=_shuffled(derivation.steps, random.Random(seed)))
    assert said(check(mixed)) == said_of(name)


@pytest.mark.parametrize("name", IDS)
def test_a_hypothesis_that_nothing_needs_is_reported(name: str) -> None:
    derivation = stored(name).derivation
    statement = derivation.statement
    extra = replace(
        statement,
        variables=(*statement.variables, Symbol("q_extra", "real")),
        hypotheses=(*statement.hypotheses, Hypothesis("H_extra", le(symbol("q_extra"), power(symbol("q_extra"), 2)))),
    )
    report = check(replace(derivation, statement=extra))
    assert said(report) == said_of(name)
    assert report.unused == ("H_extra",)


@pytest.mark.parametrize("name", IDS)
def test_json_and_back(name: str) -> None:
    derivation = stored(name).derivation
    assert derivation_from_json(derivation_to_json(derivation)) == derivation


@pytest.mark.parametrize("name", IDS)
def test_printing_changes_nothing(name: str) -> None:
    """Terms are data: neither the notation nor the printer is known to a verdict."""
    derivation = stored(name).derivation
    before = derivation_to_json(derivation)
    for step in derivation.steps:
        assert latex(step.claim, style_of(derivation))
    assert derivation_to_json(derivation) == before


def test_every_binder_is_renamed() -> None:
    assert set(BINDERS) == {"Sum", "ForAll", "Exists", "Tends", "RootOf"}
