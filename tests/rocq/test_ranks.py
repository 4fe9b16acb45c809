"""Ranks of Hessians of polynomial models in Rocq: other models and weights; a wrong rank, bound or direction is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from derivations.catalogue.discovery import derive_question
from derivations.language.statements import Derivation, Step
from derivations.language.terms import Term, number
from derivations.problems.questions import read_problem
from derivations.rocq.emit import emit
from derivations.rocq.errors import Unsupported
from derivations.rocq.runner import Workplace

from .helpers import refusals, theorems_accepted

# A model, weights or nothing, and the rank and nullity that anyone can count.
MODELS: dict[str, tuple[dict[str, Any], int, int]] = {
    "few_parameters": ({"model": "linear[2,2]"}, 4, 0),  # a matrix
    "few_coefficients": ({"model": "monomial[2;3;3]"}, 4, 5),  # cubic forms in two variables: 4
    "redundant": ({"model": "linear[2,1,2]"}, 3, 1),  # matrices of rank one: 2 + 2 - 1
    "gates": ({"model": "relu[2,1,1]"}, 2, 1),  # one unit: only its product with the weight above counts
    "special": (
        {"model": "linear[2,1,2]", "at": "w_1_1_1=1/2,w_1_1_2=-3,w_2_1_1=0,w_2_2_1=0"},
        2,
        2,
    ),  # one layer is zero
}


def derivation(name: str) -> Derivation:
    return derive_question("rank", read_problem(**MODELS[name][0])).derivation


@pytest.fixture(scope="module")
def derivations() -> dict[str, Derivation]:
    return {name: derivation(name) for name in MODELS}


def test_ranks_that_anyone_can_count(workplace: Workplace, derivations: dict[str, Derivation]) -> None:
    theorems = {f"of_{name}": emit(one, f"of_{name}") for name, one in derivations.items()}
    for name, (_, rank, nullity) in MODELS.items():
        assert f"hessian_has_rank E {rank} {rank + nullity} {nullity} " in theorems[f"of_{name}"]
    assert "definite_moments E" in theorems["of_gates"] and "full_support E" in theorems["of_redundant"]
    assert refusals(workplace, "ranks", theorems) == {}


# --- what is wrong is refused -----------------------------------------------------------------------------------------


def _counted(term: Term, by: int) -> Term:
    """The claim with another rank, and the nullity that fits."""
    if term.head != "Predicate":
        return Term(term.head, tuple(_counted(arg, by) if isinstance(arg, Term) else arg for arg in term.args))
    name, count, *rest = term.args
    if name in ("hessian_rank", "hessian_rank_there"):
        size, nullity, *rest = rest
        rest = [size, number(nullity.args[0] - by), *rest]
    elif name not in ("rank_at_least", "rank_at_most", "rank_there"):
        return term
    return Term("Predicate", (name, number(count.args[0] + by), *rest))


def changed(one: Derivation, change: Callable[[Term], Term]) -> Derivation:
    """Every claim changed in the same way: the steps agree with each other, and with the statement."""
    steps: tuple[Step, ...] = tuple(replace(step, claim=change(step.claim)) for step in one.steps)
    return replace(one, statement=replace(one.statement, conclusion=change(one.statement.conclusion)), steps=steps)


@pytest.mark.long
def test_another_rank_is_refused(workplace: Workplace, derivations: dict[str, Derivation]) -> None:
    """One less in all claims, with the steps that belong to that: coqc refuses. One more: there are not so many slopes."""
    theorems = {}
    for name in ("few_coefficients", "redundant", "gates"):
        theorems[f"less_{name}"] = emit(changed(derivations[name], lambda claim: _counted(claim, -1)), f"less_{name}")
        with pytest.raises(Unsupported, match="the rank at that point is lower"):
            emit(changed(derivations[name], lambda claim: _counted(claim, 1)), "more")
    theorems["right"] = emit(derivations["gates"], "right")
    assert theorems_accepted(workplace, theorems) == {"right"}


def test_another_direction_number_or_sample_is_refused(
    workplace: Workplace, derivations: dict[str, Derivation]
) -> None:
    """In the text itself, as if the templates were wrong: every number of the claims, of the tests and of the directions."""
    text = emit(derivations["redundant"], "whole")
    theorems = {"whole": text}
    patterns = {
        "rank": (r"hessian_has_rank E 3 4 1", "hessian_has_rank E 4 4 0"),
        "nullity": (r"hessian_has_rank E 3 4 1", "hessian_has_rank E 3 4 0"),
        "low": (r"changes_at_least 3 4 2", "changes_at_least 4 4 2"),
        "high": (r"changes_at_most_everywhere 3", "changes_at_most_everywhere 2"),
        "directions": (r"redundant_directions 1 4 2", "redundant_directions 2 4 2"),
        "sign": (r"=> - ", "=> "),
        "degree": (r"e_mul \(e_var 2\)", "e_mul (e_var 3)"),
        "samples": (r"\(whole_point (.*?)\) \[.*?\]%Z\] ", r"(whole_point \1) [[(0); (0)]%Z] "),
        "support": (r"full_support E \[x_1; x_2\]\)", "full_support E [x_1; x_1])"),
    }
    for name, (pattern, new) in patterns.items():
        wrong = re.sub(pattern, new, text)
        assert wrong != text, name
        theorems[f"another_{name}"] = wrong.replace("Theorem whole", f"Theorem another_{name}")
    assert theorems_accepted(workplace, theorems) == {"whole"}


@pytest.mark.long
def test_the_words_mean_what_they_should(workplace: Workplace) -> None:
    text = Path(__file__).with_name("ranks.v").read_text(encoding="utf-8")
    assert refusals(workplace, "words", {"hessian_of_a_product": text}) == {}
