"""Certificates: a derivation together with what a replay of it came to, sealed.

A certificate is what ``show`` reads, what ``verify`` replays and what the catalogue commits. Its ``answer`` and ``status`` are
recomputed whenever it is verified; the seal (SHA-256 of everything else in it) binds them to the proof they were computed from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.language.answers import resolve
from derivations.language.errors import Malformed
from derivations.language.serialise import FORMAT, derivation_from_json, derivation_to_json, seal
from derivations.language.statements import Derivation, Report


@dataclass(frozen=True, slots=True)
class Certificate:
    """A checked derivation with its heading. ``summary`` is one sentence; ``references`` are keys of the bibliography."""

    id: str
    title: str
    question: str
    derivation: Derivation
    report: Report
    summary: str = ""
    tasks: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    certified: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return self.report.status

    @property
    def answer(self) -> dict[str, Any]:
        """Recomputed from the conclusion each time it is asked for."""
        return resolve(self.derivation.answer, self.derivation.statement.conclusion)


def certificate_to_json(certificate: Certificate) -> dict[str, Any]:
    content = {
        "format": FORMAT,
        "id": certificate.id,
        "title": certificate.title,
        "question": certificate.question,
        "summary": certificate.summary,
        "tasks": list(certificate.tasks),
        "references": list(certificate.references),
        "status": certificate.status,
        "rests_on": report_to_json(certificate.report),
        "answer": certificate.answer,
        "derivation": derivation_to_json(certificate.derivation),
    }
    return {**content, "seal": seal(content)}


def report_to_json(report: Report) -> dict[str, Any]:
    return {
        "rules": dict(sorted(report.rules.items())),
        "oracles": list(report.oracles),
        "citations": list(report.citations),
        "unused": list(report.unused),
    }


def certificate_from_json(data: Any) -> Certificate:
    """The certificate as written, with its claims about itself still unchecked (``kernel.verify`` checks them).

    Raises Malformed if it is not a certificate of this format or its seal does not fit its content.
    """
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Malformed(f"this is not a certificate of format {FORMAT}")
    content = {key: value for key, value in data.items() if key != "seal"}
    if data.get("seal") != seal(content):
        raise Malformed("the seal does not fit the content: the certificate was changed after it was made")
    return unsealed_certificate(data)


def unsealed_certificate(data: Any) -> Certificate:
    """As ``certificate_from_json``, without looking at the seal (the tests that attack the kernel use it)."""
    try:
        rests_on = data["rests_on"]
        certificate = Certificate(
            data["id"],
            data["title"],
            data["question"],
            derivation_from_json(data["derivation"]),
            Report(
                dict(rests_on["rules"]),
                tuple(rests_on["oracles"]),
                tuple(rests_on["citations"]),
                tuple(rests_on["unused"]),
            ),
            data["summary"],
            tuple(data["tasks"]),
            tuple(data["references"]),
        )
    except (KeyError, TypeError) as error:
        raise Malformed(f"this is not a certificate: {error!r}") from error
    if data["status"] != certificate.status:
        raise Malformed(f"the status {data['status']!r} does not follow from what the proof rests on")
    try:
        answer = json.loads(json.dumps(certificate.answer))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"the answer's places are not of the form that they should have: {error!r}") from error
    if data["answer"] != answer:
        raise Malformed("the answer is not the one that the conclusion contains")
    return certificate
