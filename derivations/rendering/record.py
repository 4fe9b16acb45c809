"""A certificate as the JSON record that ``show`` and ``derive`` print (docs: the command line's contract)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivations.language.ascii import ascii_text
from derivations.language.certificates import Certificate
from derivations.language.statements import Prose, Report, Step
from derivations.language.terms import Term, at_path
from derivations.rendering.latex import latex
from derivations.rendering.style import Style, style_of
from derivations.rendering.text import prose_text


def record(certificate: Certificate, notation: str = "lecture") -> dict[str, Any]:
    """The certificate as JSON data; formulas are ASCII, with their LaTeX beside them."""
    derivation = certificate.derivation
    statement, style = derivation.statement, style_of(derivation, notation)
    answer = {**certificate.answer, **_answer_latex(derivation.answer, statement.conclusion, style)}
    return {
        "id": certificate.id,
        "title": certificate.title,
        "question": certificate.question,
        "statement": {
            "definitions": [ascii_text(item.claim) for item in statement.definitions],
            "hypotheses": [ascii_text(item.claim) for item in statement.hypotheses],
            "conclusion": ascii_text(statement.conclusion),
            "latex": latex(statement.conclusion, style),
        },
        "answer": answer,
        "steps": [_step(step, style, certificate.report) for step in derivation.steps],
        "status": certificate.status,
        "rests_on": {
            "rules": sorted(certificate.report.rules),
            "oracles": list(certificate.report.oracles),
            "citations": list(certificate.report.citations),
        },
        "unused": list(certificate.report.unused),
        "remarks": [
            {"title": item.title, "text": _plain(item.text), "about": list(item.about)} for item in derivation.remarks
        ],
        "tasks": list(certificate.tasks),
        "references": list(certificate.references),
        "endpoints": answer.get("endpoints", []),
        "counterexample": None,
    }


def _step(step: Step, style: Style, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {
        "label": step.label,
        "rule": step.rule,
        "claim": ascii_text(step.claim),
        "latex": latex(step.claim, style),
        "because": prose_text(step.because, style),
        "premises": list(step.premises),
        "status": _status(step, report),
    }
    if step.branches:
        found["branches"] = [
            {
                "name": branch.name,
                "hypotheses": [{"label": item.label, "claim": ascii_text(item.claim)} for item in branch.hypotheses],
                "steps": [_step(inner, style, report) for inner in branch.steps],
            }
            for branch in step.branches
        ]
    return found


_CITING = ("linear-iteration", "schur-cohn", "schur-cohn-closed")  # in degree three and more they rest on theorems that are cited


def _status(step: Step, report: Report) -> str:
    """The status of one step, from its rule: cited, decided by an oracle, or proved."""
    if step.rule == "cite" or (report.citations and step.rule in _CITING):
        return "cited"
    return "decided" if step.rule in ("oracle", "decide", *report.oracles) else "proved"


def _answer_latex(answer: Mapping[str, Any], conclusion: Term, style: Style) -> dict[str, str]:
    selector = answer.get("text")
    if not isinstance(selector, Mapping) or "$" not in selector:
        return {}
    return {"latex": latex(at_path(conclusion, tuple(selector["at"])), style)}


def _plain(prose: Prose) -> str:
    return "".join(part if isinstance(part, str) else ascii_text(part) for part in prose)
