"""Writes the committed certificates: derives every result anew and has the kernel check it.

``python -m derivations.catalogue.build`` writes them, or those that are named; with ``--check`` it compares, and exits with 1 where
something differs.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from derivations.catalogue.discovery import FOLDER, derive_result, differences, results, stored_data
from derivations.catalogue.result import Result
from derivations.language.certificates import Certificate, certificate_to_json
from derivations.language.errors import DerivationsError

Talk = Callable[[str], object]


def build(folder: Path, talk: Talk, only: Sequence[str] = ()) -> bool:
    """Writes the certificates of every result, or of those named; False if one could not be derived (what it had is left)."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / "index.json"
    before = {row["id"]: row for row in json.loads(listed.read_text(encoding="utf-8"))} if listed.exists() else {}
    rows, fine = [], True
    for result in results():
        if only and result.id not in only:
            rows += [before[result.id]] if result.id in before else []
            continue
        certificate = _derived(result, talk)
        if certificate is not None:
            (folder / f"{result.id}.json").write_text(certificate_text(certificate), encoding="utf-8")
            rows.append(index_row(result, certificate))
        else:
            fine = False
            rows += [before[result.id]] if result.id in before else []
    for path in folder.glob("*.json"):
        if path != listed and path.stem not in {row["id"] for row in rows}:
            path.unlink()
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    listed.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return fine


def compare(talk: Talk) -> bool:
    """Derives every result and compares what it says with what is committed."""
    fine = True
    for result in results():
        certificate = _derived(result, talk)
        if certificate is None:
            fine = False
            continue
        try:
            found = differences(certificate, stored_data(result.id))
        except DerivationsError:
            found = ["certificate: none is committed"]
        if found:
            fine = False
            talk(f"{result.id} differs in its {', '.join(found)}")
    return fine


def _derived(result: Result, talk: Talk) -> Certificate | None:
    start = time.perf_counter()
    try:
        certificate = derive_result(result)
    except DerivationsError as error:
        talk(f"{result.id}: {error}")
        return None
    talk(f"{result.id:32} {len(certificate.derivation.steps):3} steps {time.perf_counter() - start:6.2f} s")
    return certificate


def certificate_text(certificate: Certificate) -> str:
    """The certificate as it is committed: one line for each of its fields, one for each step."""
    data = certificate_to_json(certificate)
    lines = ",\n".join(f"{json.dumps(key)}:{_lines(key, value)}" for key, value in data.items())
    return f"{{\n{lines}\n}}\n"


def _lines(key: str, value: Any) -> str:
    if key == "derivation":
        return "{\n" + ",\n".join(f"{json.dumps(name)}:{_lines(name, part)}" for name, part in value.items()) + "}"
    if key in ("steps", "remarks") and value:
        return "[\n" + ",\n".join(_compact(item) for item in value) + "]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def index_row(result: Result, certificate: Certificate) -> dict[str, Any]:
    """What ``list`` says of the result; the seal ties it to what Rocq was asked."""
    return {
        "id": result.id,
        "title": result.title,
        "question": result.question,
        "tasks": list(result.tasks),
        "status": certificate.status,
        "seal": certificate_to_json(certificate)["seal"],
        "summary": result.summary,
        "order": result.order,
    }


def main(arguments: list[str]) -> int:
    def talk(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    unknown = {name for name in arguments if name != "--check"} - {result.id for result in results()}
    if unknown or ("--check" in arguments and len(arguments) > 1):
        talk(f"usage: python -m derivations.catalogue.build [--check | RESULT...]; there is no {sorted(unknown)}")
        return 2
    fine = compare(talk) if arguments == ["--check"] else build(Path(FOLDER), talk, arguments)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
