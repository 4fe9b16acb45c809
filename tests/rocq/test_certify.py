"""Every result of the catalogue, and results for other problems, as theorems that coqc accepts; the record of it is up to date."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from docs.blocks import blocks

from derivations.catalogue.discovery import derive_question, derive_result, index, record, stored_data
from derivations.language.certificates import Certificate
from derivations.problems.questions import read_problem
from derivations.rocq.emit import emit, rocq_name
from derivations.rocq.errors import Unsupported
from derivations.rocq.library import spec_names, theories_hash, used_lemmas
from derivations.rocq.runner import Workplace

from .helpers import emitted_file

IDS = [row["id"] for row in index()]
# Problems that no file of the catalogue knows: question, and what is given.
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "a double well": ("ranges", {"loss": "x**4/4 - x**2/2", "at": "x=1"}),
    "a loss with an exponential": ("ranges", {"loss": "exp(x) - x", "at": "x=0"}),
    "a loss with a logarithm": ("recurrence", {"loss": "log(1 + x**2)", "at": "x=0"}),
    "weight decay": ("recurrence", {"loss": "quadratic", "optimizer": "weight-decay"}),
    "decoupled weight decay": ("ranges", {"optimizer": "decoupled-weight-decay"}),
    "noise with weight decay": ("variance", {"optimizer": "weight-decay", "noise": "additive"}),
    "Himmelblau's minimum": ("hessian", {"loss": "(x**2 + y - 11)**2 + (x + y**2 - 7)**2", "at": "x=3,y=2"}),
    "eigenvalues with roots": ("hessian", {"loss": "x**2/2 + sqrt(2)*x*y + y**2/2", "at": "x=0,y=0"}),
    "eigenvalues of degree three": ("hessian", {"loss": "x**2 + 2*x*y + 2*y**2 + y*z + z**2", "at": "x=0,y=0,z=0"}),
    "a monkey saddle": ("hessian", {"loss": "x**3 - 3*x*y**2", "at": "x=0,y=0"}),
    "two parameters": ("ranges", {"loss": "x**2 + 3*y**2 + x*y", "at": "x=0,y=0"}),
    "three factors": ("conserved", {"loss": "x*y*z"}),
    "nothing polynomial": ("conserved", {"loss": "x**2 + 10*y**2"}),
    "nesterov": ("stability", {"optimizer": "nesterov"}),
    "an implicit step": ("stability", {"optimizer": "implicit-euler"}),
    "an implicit step in a game": ("stability", {"field": "x: y, y: -x", "optimizer": "implicit-euler"}),
}


# that these are the files that were certified is checked in every run
SLOW = ("sgd.moving-average", "sgd.reshuffling", "spectrum.weights")


# What Rocq has no words for yet, and what is certified without a statement that was written by hand. Both are to become empty.
NOT_WRITTEN_YET = ("rank.kernel", "hessian.matching", "spectrum.law")
NOT_STATED_YET = ("spectrum.weights",)
WRITTEN = [name for name in IDS if name not in NOT_WRITTEN_YET]


def test_the_record_is_up_to_date() -> None:
    """What is committed was said of these certificates, these files and these theories; ``make certify`` renews it."""
    known = record()
    assert known["theories"] == theories_hash()
    for name in WRITTEN:
        row, text = known["results"][name], emitted_file(name)
        assert row["seal"] == stored_data(name)["seal"], name
        assert row["file"] == hashlib.sha256(text.encode()).hexdigest(), name
        assert row["lemmas"] == list(used_lemmas(text)), name


def test_every_result_is_certified_and_has_a_statement_written_by_hand() -> None:
    assert [row["id"] for row in index() if row["certified"] is not True] == sorted(NOT_WRITTEN_YET, key=IDS.index)
    assert spec_names() == {rocq_name(name) for name in WRITTEN if name not in NOT_STATED_YET}


@pytest.mark.parametrize("name", NOT_WRITTEN_YET)
def test_what_is_not_certified_says_why(name: str) -> None:
    assert "is not written in Rocq" in record()["results"][name]["reason"]
    with pytest.raises(Unsupported, match="is not written in Rocq"):
        emitted_file(name)


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in SLOW)) for name in WRITTEN])
def test_coqc_accepts(name: str, workplace: Workplace) -> None:
    outcome = workplace.certify(rocq_name(name), emitted_file(name))
    assert outcome.accepted and outcome.specified == (name not in NOT_STATED_YET), outcome.reason
    assert list(outcome.axioms) == record()["results"][name]["axioms"]


@pytest.mark.parametrize("about", OTHERS)
def test_coqc_accepts_what_is_derived_for(about: str, workplace: Workplace) -> None:
    question, given = OTHERS[about]
    _accepted(derive_question(question, read_problem(**given)), f"other_{rocq_name(about)}", workplace)


def test_a_result_added_by_the_how_to_is_certified_as_it_is(workplace: Workplace, tmp_path: Path) -> None:
    (code,) = (b for b in blocks("how-to/add-a-result.md") if b.caption.endswith(".py"))
    path = tmp_path / code.caption
    path.write_text(code.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("example_to_certify", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _accepted(derive_result(module.RESULT), "how_to", workplace)
    _accepted(derive_result(module.RESULT, read_problem(loss="3*(x - 1)**2")), "how_to_other", workplace)


def _accepted(certificate: Certificate, name: str, workplace: Workplace) -> None:
    outcome = workplace.certify(name, emit(certificate.derivation, name))
    assert outcome.accepted, outcome.reason
