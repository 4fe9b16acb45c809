"""Verdicts: what checking an answer came to, and the evidence that stands behind it, as data.

``correct`` only with a proof, ``incorrect`` only with a counterexample that anyone can recompute; everything else goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERDICTS = ("correct", "partial", "incorrect", "undecided", "unreadable", "missing")
FOR_A_PERSON = frozenset({"undecided", "unreadable"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proof, a counterexample, or none.

    ``claim`` is what was proved, or what fails, as ASCII text in Python's grammar. A counterexample gives exact values to the
    variables (``at``); there ``answer`` and ``key``, two texts of the same kind, have the two different ``values``: whoever puts
    the numbers in can see it. ``rules`` are the kernel's rules that a proof uses; ``status`` is "proved", or "decided" where an
    oracle alone stands behind it.
    """

    kind: str = "none"  # proof, counterexample, none
    claim: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict)  # of "answer" and "key": exact, or decimals that a ball makes certain
    rules: tuple[str, ...] = ()
    status: str = ""
    detail: str = ""  # one sentence


NONE = Evidence()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a decider came to about one part of an answer. ``credit`` is the share of the part's points that it is worth."""

    verdict: str
    reason: str
    evidence: Evidence = NONE
    credit: float = 0.0
    misconception: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """Where an answer stands in what was handed in."""

    file: str = ""
    cell: int | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on an answer to a task, one line of ``verdicts.jsonl``. ``parts`` are the findings on each thing asked for."""

    sheet: str
    task: str
    answer: str
    read_as: str | None
    verdict: str
    points: float
    max_points: float
    reason: str
    evidence: Evidence = NONE
    misconception: str | None = None
    remarks: tuple[str, ...] = ()
    parts: tuple[tuple[str, Finding], ...] = ()
    span: tuple[int, int] | None = None  # the part of the answer that the reason speaks of
    student: str | None = None
    where: Where | None = None


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Only what is there: a proof has no point, a counterexample no rules."""
    content: dict[str, Any] = {"kind": evidence.kind, "at": dict(evidence.at), "detail": evidence.detail}
    for name in ("claim", "answer", "key", "status"):
        if getattr(evidence, name):
            content[name] = getattr(evidence, name)
    if evidence.values:
        content["values"] = dict(evidence.values)
    if evidence.rules:
        content["rules"] = list(evidence.rules)
    return content


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """One line of verdicts.jsonl, and what ``check --json`` prints."""
    where = verdict.where
    content: dict[str, Any] = {
        "sheet": verdict.sheet,
        "task": verdict.task,
        "student": verdict.student,
        "answer": verdict.answer,
        "read_as": verdict.read_as,
        "verdict": verdict.verdict,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "reason": verdict.reason,
        "evidence": evidence_to_json(verdict.evidence),
        "misconception": verdict.misconception,
        "where": None
        if where is None
        else {"file": where.file, "cell": where.cell, "line": where.line, "column": where.column},
    }
    if verdict.remarks:
        content["remarks"] = list(verdict.remarks)
    if verdict.span is not None:
        content["span"] = list(verdict.span)
    if len(verdict.parts) > 1:
        content["parts"] = [
            {"name": name, "verdict": one.verdict, "reason": one.reason, "evidence": evidence_to_json(one.evidence)}
            for name, one in verdict.parts
        ]
    return content
