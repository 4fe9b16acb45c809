"""The proofs of the package's own sheets, as they were committed: those that the catalogue does not hold lie beside this file.

``python -m derivations.homework.stored`` writes them, after a task or what derives its answer has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from derivations.catalogue.discovery import stored, stored_data
from derivations.homework.sheets import SheetSpec, TaskSpec, own_sheets, read_sheet
from derivations.language.certificates import Certificate, unsealed_certificate

FOLDER = os.path.join(os.path.dirname(__file__), "proofs")


def committed_proofs(spec: SheetSpec, task: TaskSpec) -> tuple[Certificate, ...]:
    """The proofs that a task of one of the package's sheets was solved with; none where it is not just that task."""
    path = os.path.join(FOLDER, f"{spec.name}.json")
    if not spec.name or spec.variant or not os.path.isfile(path):
        return ()
    entry = _read(path).get(task.id)
    if entry is None or entry["question"] != task.question or entry["given"] != task.given:
        return ()
    return tuple(_proof(spec.name, one) for one in entry["proofs"])


def _proof(sheet: str, name: Mapping[str, str]) -> Certificate:
    if "result" in name:
        return stored(name["result"])
    return unsealed_certificate(_read(os.path.join(FOLDER, sheet, f"{name['file']}.json")))


def _read(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)


# --- writing ------------------------------------------------------------------------------------------------------


def files_of(spec: SheetSpec) -> dict[str, str]:
    """What is committed for a sheet: the content of each file, by its name in the folder."""
    from derivations.catalogue.build import certificate_text
    from derivations.homework.solutions import key_of, solve

    names: dict[str, dict[str, str]] = {}
    files, tasks = {}, {}
    for solution in solve(spec):
        task = solution.task
        for proof in solution.proofs:
            if key_of(proof) in names:
                continue
            if stored_data(proof.id)["derivation"].get("problem", {}) == dict(proof.derivation.problem):
                names[key_of(proof)] = {"result": proof.id}
            else:
                names[key_of(proof)] = {"file": f"{proof.id}-{task.id}"}
                files[f"{spec.name}/{proof.id}-{task.id}.json"] = certificate_text(proof)
        proofs = [names[key_of(proof)] for proof in solution.proofs]
        tasks[task.id] = {"question": task.question, "given": dict(task.given), "proofs": proofs}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in tasks.items())
    return {f"{spec.name}.json": f"{{\n{lines}\n}}\n", **files}


def write(names: Iterable[str]) -> None:
    """Writes the committed proofs of these sheets, and removes what is no longer one."""
    for name in names:
        files = files_of(read_sheet(name))
        for old in Path(FOLDER, name).glob("*.json"):
            if f"{name}/{old.name}" not in files:
                old.unlink()
        for path, content in files.items():
            Path(FOLDER, path).parent.mkdir(parents=True, exist_ok=True)
            Path(FOLDER, path).write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(own_sheets())
