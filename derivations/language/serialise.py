"""Derivations as JSON and back. The format is versioned; what does not fit it is refused with its place.

A term is a list: its head, then its arguments; a number is written as text, ``["Number", "1/20"]``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derivations.language.errors import Malformed
from derivations.language.statements import Branch, Derivation, Hypothesis, Prose, Remark, Statement, Step, Symbol
from derivations.language.terms import HEADS, Term, well_formed

FORMAT = 1
MAX_DEPTH = 400
MAX_DIGITS = 10_000


def term_to_json(term: Term) -> list[Any]:
    return [term.head, *(_atom_to_json(arg) for arg in term.args)]


def _atom_to_json(arg: Any) -> Any:
    if isinstance(arg, Term):
        return term_to_json(arg)
    if isinstance(arg, Fraction):
        return str(arg)
    return list(arg) if isinstance(arg, tuple) else arg


def term_from_json(data: Any) -> Term:
    """Raises Malformed unless the data are exactly a well-formed term."""
    return well_formed(_term(data, 0))


def _term(data: Any, depth: int) -> Term:
    if depth > MAX_DEPTH:
        raise Malformed("a term is nested too deeply")
    if not isinstance(data, list) or not data or data[0] not in HEADS:
        raise Malformed(f"not a term: {str(data)[:80]}")
    head, *rest = data
    kinds = HEADS[head]
    args = []
    for i, item in enumerate(rest):
        kind = kinds[min(i, len(kinds) - 1)] if kinds else "nothing"
        args.append(_atom(kind.rstrip("*"), item, depth))
    return Term(head, tuple(args))


def _atom(kind: str, item: Any, depth: int) -> Any:
    if kind == "term":
        return _term(item, depth + 1)
    if kind == "number":
        if not isinstance(item, str) or not re.fullmatch("-?[0-9]+(/[0-9]+)?", item):
            raise Malformed(f"not a number: {str(item)[:60]!r}")
        try:
            return Fraction(item)
        except (ValueError, ZeroDivisionError) as error:
            raise Malformed(f"not a number: {item[:60]!r}") from error
    return tuple(item) if kind == "orders" and isinstance(item, list) else item


def _prose_to_json(prose: Prose) -> list[Any]:
    return [part if isinstance(part, str) else {"term": term_to_json(part)} for part in prose]


def _prose(data: Any) -> Prose:
    return tuple(part if isinstance(part, str) else term_from_json(part["term"]) for part in data)


def _witness_to_json(value: Any) -> Any:
    if isinstance(value, Term):
        return {"term": term_to_json(value)}
    if isinstance(value, Mapping):
        return {"map": {key: _witness_to_json(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return [_witness_to_json(item) for item in value]
    if isinstance(value, Fraction):
        return {"number": str(value)}
    return value


def _witness(data: Any) -> Any:
    if isinstance(data, dict):
        if "term" in data:
            return term_from_json(data["term"])
        if "number" in data:
            return Fraction(data["number"])
        return {key: _witness(item) for key, item in data["map"].items()}
    return tuple(_witness(item) for item in data) if isinstance(data, list) else data


def _hypothesis_to_json(item: Hypothesis) -> dict[str, Any]:
    return {"label": item.label, "claim": term_to_json(item.claim), "reason": _prose_to_json(item.reason)}


def _hypothesis(data: Any) -> Hypothesis:
    return Hypothesis(_text(data["label"]), term_from_json(data["claim"]), _prose(data["reason"]))


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise Malformed(f"expected text, found {str(data)[:60]}")
    return data


def _step_to_json(step: Step) -> dict[str, Any]:
    return {
        "label": step.label,
        "rule": step.rule,
        "claim": term_to_json(step.claim),
        "premises": list(step.premises),
        "witness": {key: _witness_to_json(value) for key, value in step.witness.items()},
        "because": _prose_to_json(step.because),
        "branches": [
            {
                "name": branch.name,
                "hypotheses": [_hypothesis_to_json(item) for item in branch.hypotheses],
                "steps": [_step_to_json(inner) for inner in branch.steps],
            }
            for branch in step.branches
        ],
    }


def _step(data: Any, depth: int = 0) -> Step:
    if depth > 20:
        raise Malformed("proofs are nested too deeply")
    return Step(
        _text(data["label"]),
        _text(data["rule"]),
        term_from_json(data["claim"]),
        tuple(_text(label) for label in data["premises"]),
        {_text(key): _witness(value) for key, value in data["witness"].items()},
        _prose(data["because"]),
        tuple(
            Branch(
                _text(branch["name"]),
                tuple(_hypothesis(item) for item in branch["hypotheses"]),
                tuple(_step(inner, depth + 1) for inner in branch["steps"]),
            )
            for branch in data["branches"]
        ),
    )


def statement_to_json(statement: Statement) -> dict[str, Any]:
    return {
        "variables": [[item.name, item.domain, item.meaning] for item in statement.variables],
        "definitions": [_hypothesis_to_json(item) for item in statement.definitions],
        "hypotheses": [_hypothesis_to_json(item) for item in statement.hypotheses],
        "conclusion": term_to_json(statement.conclusion),
    }


def derivation_to_json(derivation: Derivation) -> dict[str, Any]:
    return {
        "statement": statement_to_json(derivation.statement),
        "steps": [_step_to_json(step) for step in derivation.steps],
        "answer": _plain(derivation.answer),
        "remarks": [
            {"title": item.title, "text": _prose_to_json(item.text), "about": list(item.about)}
            for item in derivation.remarks
        ],
        "problem": _plain(derivation.problem),
    }


def _plain(value: Any) -> Any:
    """Mappings and tuples as JSON has them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def derivation_from_json(data: Any) -> Derivation:
    """Raises Malformed unless the data are a derivation in this format."""
    try:
        statement = data["statement"]
        return Derivation(
            Statement(
                tuple(Symbol(*(_text(part) for part in row)) for row in statement["variables"]),
                tuple(_hypothesis(item) for item in statement["definitions"]),
                tuple(_hypothesis(item) for item in statement["hypotheses"]),
                term_from_json(statement["conclusion"]),
            ),
            tuple(_step(step) for step in data["steps"]),
            dict(data["answer"]),
            tuple(Remark(_text(r["title"]), _prose(r["text"]), tuple(r["about"])) for r in data["remarks"]),
            dict(data["problem"]),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Malformed(f"this is not a derivation: {error!r}") from error


def seal(data: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON text; binds a record to the content that it speaks of."""
    import hashlib  # only where a seal is made or checked: it takes a while to load

    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
