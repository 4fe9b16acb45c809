"""Replaying a certificate that came as a file from anywhere."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from derivations.cli.limits import PATIENCE, within
from derivations.language.errors import DerivationsError, Malformed

if TYPE_CHECKING:
    from derivations.language.certificates import Certificate

SIZE = 20_000_000  # bytes
DEPTH = 900  # brackets inside brackets; what the serialiser itself writes stays far below
_NUMBER = re.compile(r"-?\d{1,20000}(/\d{1,20000})?")
Verdict = tuple[int, str]


def verdict(path: str) -> Verdict:
    """0 and what is proved, 1 and why it is refused, or 2 and why it cannot be read."""
    try:
        data = load(path)
    except Malformed as error:
        return 2, f"unreadable: {error}"
    import derivations.kernel.checker  # noqa: F401 -- once, and not in each of the processes that replay

    try:
        return 0, within(PATIENCE, lambda: _accepted(replayed(data)))
    except DerivationsError as error:
        return 1, f"refused: {error}"


def _accepted(certificate: Certificate) -> str:
    fits = _fits_its_problem(certificate)
    if fits is False:
        raise Malformed("the statement is not the one of the problem that the certificate names")
    problem = certificate.derivation.problem if fits else {}
    about = ", ".join(f"{key} {_shown(value)}" for key, value in problem.items())
    steps = sum(certificate.report.rules.values())
    return f"ok: {certificate.id}{f' for {about}' if about else ''}, {certificate.status}, {steps} steps"


def _fits_its_problem(certificate: Certificate) -> bool | None:
    """Whether deriving the problem anew gives this very statement; None where that cannot be told (a file that is not there)."""
    from derivations.catalogue.discovery import derive_result, results
    from derivations.problems.questions import read_problem

    given = certificate.derivation.problem
    if not given:
        return None
    try:
        problem = read_problem(
            given.get("loss"), given.get("at"), given.get("optimizer"), given.get("noise"), given.get("parameters"),
            tuple(given.get("assume", ())), tuple(given.get("set", ())), given.get("start"), given.get("steps"), given.get("field"),
        )  # fmt: skip
        again = derive_result({one.id: one for one in results()}[certificate.id], problem)
    except DerivationsError:
        return None
    return again.derivation.statement == certificate.derivation.statement


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(c if c.isprintable() else "�" for c in text)[:120]


def load(path: str) -> dict[str, Any]:
    """The JSON in the file. Raises Malformed unless it is of a size, a depth and a shape that a certificate has."""
    try:
        if os.path.getsize(path) > SIZE:
            raise Malformed("the file is too large for a certificate")
        with open(path, encoding="utf-8") as file:
            data = json.load(file, object_pairs_hook=_pairs)
    except OSError as error:
        raise Malformed(f"cannot read it: {error.strerror}") from error
    except RecursionError as error:
        raise Malformed("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        raise Malformed(f"it is not JSON: {error}") from error
    _look_through(data)
    if not isinstance(data, dict) or "format" not in data:
        raise Malformed("this is not a certificate")
    return data


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _look_through(data: Any) -> None:
    """Raises Malformed for what would take long to read: deep nesting, and numbers that are not written out."""
    layer, depth = [data], 0
    while layer:
        depth += 1
        if depth > DEPTH:
            raise Malformed("it is nested too deeply")
        deeper: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                _look_at_number(item.get("number"))
                deeper += item.values()
            elif isinstance(item, list):
                if len(item) == 2 and item[0] == "Number":
                    _look_at_number(item[1])
                deeper += item
        layer = deeper


def _look_at_number(text: Any) -> None:
    if isinstance(text, str) and not _NUMBER.fullmatch(text):
        raise Malformed(f"not a number: {text[:40]!r}")


def replayed(data: dict[str, Any]) -> Certificate:
    """The certificate, if its seal fits, every step follows, and it says what the result of its name says."""
    from derivations.kernel.checker import verify
    from derivations.language.certificates import certificate_from_json

    certificate = certificate_from_json(data)
    verify(certificate)
    _compare(certificate)
    return certificate


def _compare(certificate: Certificate) -> None:
    """Raises Malformed where a certificate bears the name of a result and says something else."""
    from derivations.catalogue.discovery import differences, index, stored_data

    rows = {row["id"]: row for row in index()}
    if certificate.id not in rows:
        raise Malformed(f"there is no result {certificate.id[:60]!r}")
    if certificate.question != rows[certificate.id]["question"] or certificate.title != rows[certificate.id]["title"]:
        raise Malformed(f"{certificate.id} has another title and question")
    if not certificate.derivation.problem:
        found = differences(certificate, stored_data(certificate.id))
        if found:
            raise Malformed(f"this is not the {' and not the '.join(found)} of {certificate.id}")
