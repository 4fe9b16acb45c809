"""Certification by coqc: which results, where their files go, what is said of each, and the committed record of it.

``python -m derivations.cli.certifying -o DIR`` certifies the whole catalogue and writes the record; ``make certify`` calls it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivations.catalogue.discovery import RECORD, index, stored, stored_data
from derivations.cli.output import emit
from derivations.cli.progress import working
from derivations.language.certificates import Certificate
from derivations.language.errors import DerivationsError
from derivations.rocq.emit import emit as rocq_text
from derivations.rocq.emit import rocq_name
from derivations.rocq.errors import Unsupported
from derivations.rocq.library import theories_hash, used_lemmas
from derivations.rocq.runner import Outcome, Workplace, version

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be certified: how it is called here and in Rocq, its certificate, and the file's text or why there is none."""

    title: str
    name: str
    certificate: Certificate
    text: str
    problem: str = ""


def certify(names: tuple[str, ...], output: str | None, record: bool = False) -> int:
    """0 if coqc accepts everything, 1 if it refuses something, 3 if nothing is refused and something has no file."""
    items = [_item(name) for name in names or [row["id"] for row in index()]]
    files = [item for item in items if not item.problem]
    with _folder(output) as folder:
        place = Workplace(folder)
        started = time.perf_counter()
        with working(f"compiling the theories with coqc {version()}"):
            place.prepare()
        with working(f"checking {len(files)} theorems, {place.jobs} at a time"):
            outcomes = place.certify_all((item.name, item.text) for item in files)
        seconds = time.perf_counter() - started
    code = 0
    for item in items:
        if item.problem:
            emit(f"{item.title}: not certified: {item.problem}\n")
            code = code or 3
        else:
            emit(f"{item.title}: {_words(outcomes[item.name], item.text)}\n")
            code = code if outcomes[item.name].accepted else 1
    sys.stderr.write(f"{seconds:.0f} s\n")
    if record:
        _write({item.certificate.id: _row(item, outcomes.get(item.name)) for item in items})
    return code


def _words(outcome: Outcome, text: str) -> str:
    if not outcome.accepted:
        return f"refused: {outcome.reason}"
    stated = ", the statement of Spec.v" if outcome.specified else ""
    axioms = f"; axioms: {', '.join(outcome.axioms)}" if outcome.axioms else "; no axioms"
    return f"certified{stated} ({len(text.splitlines())} lines{axioms})"


def _item(given: str) -> Item:
    """A result of the catalogue, or a certificate in a file; the name of the latter is none that Spec.v knows."""
    certificate = _from_file(given) if given.endswith(".json") else stored(given)
    name = rocq_name(certificate.id)
    if given.endswith(".json"):
        name = f"{name}__{rocq_name(Path(given).stem)}"
    try:
        return Item(given, name, certificate, rocq_text(certificate.derivation, name))
    except Unsupported as problem:
        return Item(given, name, certificate, "", str(problem))


def _from_file(path: str) -> Certificate:
    from derivations.cli.verifying import load
    from derivations.language.certificates import certificate_from_json

    return certificate_from_json(load(path))


@contextmanager
def _folder(output: str | None) -> Iterator[Path]:
    if output is not None:
        Path(output).mkdir(parents=True, exist_ok=True)
        yield Path(output)
        return
    with tempfile.TemporaryDirectory(prefix="derivations-") as folder:
        yield Path(folder)


def _row(item: Item, outcome: Outcome | None) -> Row:
    """What is recorded of one result, bound by hashes to its certificate and to what coqc read."""
    if outcome is None:
        return {"certified": None, "seal": stored_data(item.certificate.id)["seal"], "reason": item.problem}
    return {
        "certified": outcome.accepted,
        "seal": stored_data(item.certificate.id)["seal"],
        "file": hashlib.sha256(item.text.encode()).hexdigest(),
        "lines": len(item.text.splitlines()),
        "specified": outcome.specified,
        "axioms": list(outcome.axioms),
        "lemmas": list(used_lemmas(item.text)),
        **({} if outcome.accepted else {"reason": outcome.reason}),
    }


def _write(rows: dict[str, Row]) -> None:
    data = {"coqc": version(), "theories": theories_hash(), "results": rows}
    Path(RECORD).write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    output = arguments[1] if arguments[:1] == ["-o"] and len(arguments) == 2 else os.path.join("build", "rocq")
    try:
        return certify((), output, record=True)
    except DerivationsError as error:
        sys.stderr.write(f"{error}\n")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
