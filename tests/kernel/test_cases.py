"""The rows beside each rule (``derivations/kernel/cases``): what it accepts, what it refuses and why, what it cannot do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import derivations.kernel
from derivations.kernel.errors import Refused
from derivations.kernel.rules import RULES
from derivations.kernel.situation import Shown, Situation
from derivations.kernel.table import Table
from derivations.language.errors import Malformed
from derivations.language.terms import well_formed

from .writing import formula, symbols, witness

FOLDER = Path(derivations.kernel.__file__).parent / "cases"
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
KINDS = ("accepted", "refused", "known_limit")
ROWS = [
    pytest.param(rule, kind, row, id=f"{rule}-{kind}-{i}")
    for rule, data in FILES.items()
    for kind in KINDS
    for i, row in enumerate(data[kind])
]


def outcome(rule: str, row: Mapping[str, Any]) -> str:
    """ "accepted", or the reason for which the rule refuses."""
    names = {**FILES[rule]["names"], **row.get("names", {})}
    table = Table(symbols(names))

    def read(text: str) -> Any:
        term = well_formed(formula(text, names))
        table.check_names(term)
        return term

    branches = tuple(
        Shown(str(i), tuple(map(read, branch.get("assume", ()))), read(branch["shows"]))
        for i, branch in enumerate(row.get("branches", ()))
    )
    premises, claim = tuple(map(read, row.get("premises", ()))), read(row["claim"])
    data = {key: witness(value, names) for key, value in row.get("witness", {}).items()}
    try:
        RULES[rule](Situation(table, claim, premises, data, branches, frozenset(row.get("fixed", ()))))
    except Refused as refusal:
        return refusal.reason
    except Malformed:
        return "shape"
    except (AttributeError, LookupError, TypeError, ValueError):
        return "witness"
    return "accepted"


@pytest.mark.parametrize(("rule", "kind", "row"), ROWS)
def test_row(rule: str, kind: str, row: dict[str, Any]) -> None:
    expected = "accepted" if kind == "accepted" else row["reason"]
    assert outcome(rule, row) == expected, row.get("because")
    assert kind == "accepted" or row["reason"] != "accepted"


def test_every_rule_has_its_file() -> None:
    assert set(FILES) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_file_is_instructive(rule: str) -> None:
    data = FILES[rule]
    assert set(data) == {"names", *KINDS}
    assert len(data["accepted"]) >= 3
    assert len(data["refused"]) >= 5
    assert len(data["known_limit"]) >= 1
    assert all(row.get("because") for row in data["known_limit"])
    allowed = {"claim", "premises", "witness", "branches", "fixed", "names", "reason", "because"}
    assert all(set(row) <= allowed for kind in KINDS for row in data[kind])
