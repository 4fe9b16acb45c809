"""Certificates from anywhere: what was changed is found, and what cannot be read is said to be so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from derivations.catalogue.discovery import FOLDER, index, stored_data
from derivations.language.serialise import seal

from .helpers import Program

Change = Callable[[dict[str, Any]], None]


def test_the_committed_certificates(program: Program) -> None:
    done = program("verify", *(f"{FOLDER}/{row['id']}.json" for row in index()))
    assert done.code == 0
    assert all(": ok: " in line for line in done.out.splitlines())
    assert len(done.out.splitlines()) == len(index())


def test_what_was_derived_is_verified(program: Program, tmp_path: Path) -> None:
    target = tmp_path / "mine.json"
    program("derive", "hessian", "--loss", "x*y", "--at", "x=0,y=0", "--format", "certificate", "-o", str(target))
    done = program("verify", str(target))
    assert done.code == 0
    assert "loss x*y" in done.out


def changed(tmp_path: Path, change: Change, name: str = "hessian.nature", resealed: bool = True) -> str:
    data = json.loads(json.dumps(stored_data(name)))
    change(data)
    if resealed:
        data["seal"] = seal({key: value for key, value in data.items() if key != "seal"})
    target = tmp_path / "changed.json"
    target.write_text(json.dumps(data), encoding="utf-8")
    return str(target)


def _step(data: dict[str, Any]) -> None:
    data["derivation"]["steps"][5]["claim"][2] = ["Number", "2"]


def _weaker(data: dict[str, Any]) -> None:
    """A true statement, but not the one of that name: the last step is left out."""
    data["derivation"]["steps"] = data["derivation"]["steps"][:1]
    data["derivation"]["statement"]["conclusion"] = data["derivation"]["steps"][0]["claim"]
    data["derivation"]["answer"] = {"kind": "matrix"}
    data["derivation"]["remarks"] = []
    data["answer"] = {"kind": "matrix"}
    data["rests_on"] = {"rules": {"derivative": 1}, "oracles": [], "citations": [], "unused": []}


def _swapped_answer(data: dict[str, Any]) -> None:
    data["derivation"]["answer"]["eigenvalues"].reverse()
    data["answer"]["eigenvalues"].reverse()


CHANGES: dict[str, Change] = {
    "step": _step,
    "statement": _weaker,
    "answer": lambda data: data["answer"].update(nature="minimum"),
    "which part is the answer": _swapped_answer,
    "status": lambda data: data.update(status="cited"),
    "what it rests on": lambda data: data["rests_on"]["rules"].update(identity=99),
    "title": lambda data: data.update(title="A minimum"),
    "question": lambda data: data.update(question="variance"),
    "id": lambda data: data.update(id="gd.regimes"),
    "unknown id": lambda data: data.update(id="gd.mine"),
    "no steps": lambda data: data["derivation"].update(steps=[]),
    "no derivation": lambda data: data.update(derivation=None),
    "huge number": lambda data: data["derivation"]["statement"].update(conclusion=["Number", "1e999999999"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("resealed", [True, False], ids=["resealed", "as it was sealed"])
def test_changed_by_hand(program: Program, tmp_path: Path, change: Change, resealed: bool) -> None:
    done = program("verify", changed(tmp_path, change, resealed=resealed))
    assert done.code in (1, 2)
    assert ": refused: " in done.out or ": unreadable: not a number" in done.out


def test_the_step_that_fails_is_named(program: Program, tmp_path: Path) -> None:
    done = program("verify", changed(tmp_path, _step))
    assert done.code == 1
    assert "step (6)" in done.out


BROKEN = {
    "nothing": b"",
    "half": b'{"format": 1',
    "not text": b"\xff\xfe\x00",
    "a list": b"[]",
    "another object": b"{}",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep enough for json": b'{"format": 1, "x": ' + b"[" * 950 + b"]" * 950 + b"}",
    "a key twice": b'{"format": 1, "format": 1}',
    "long number": b'{"format": ' + b"9" * 100_000 + b"}",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_files(program: Program, tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "broken.json"
    target.write_bytes(content)
    done = program("verify", str(target))
    assert done.code == 2
    assert ": unreadable: " in done.out
    assert len(done.out) < 500


def test_files_that_are_none(program: Program, tmp_path: Path) -> None:
    good = f"{FOLDER}/hessian.nature.json"
    done = program("verify", str(tmp_path), str(tmp_path / "nothing.json"), good)
    assert done.code == 2
    assert [line.split(": ")[1] for line in done.out.splitlines()] == ["unreadable", "unreadable", "ok"]
    assert program("verify").code == 2
