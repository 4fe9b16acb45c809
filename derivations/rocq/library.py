"""The theories that emitted files stand on: their texts, their lemmas, and the statements in Spec.v."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

THEORIES = Path(__file__).parent / "theories"
ORDER = ("Basics", "Sums", "Signs", "Sequences", "Calculus", "Numbers", "Matrices", "SecondOrder", "Discs", "Growth", "Naturals",
         "Polynomials", "Fields", "Spans", "Ranks", "Hessians", "RankChecks", "Moments", "Prelude", "Spec")  # fmt: skip
_NAMED = re.compile(
    r"^\s*(?:Lemma|Theorem|Definition|Fixpoint|Ltac|Inductive|Corollary|Fact|Record|Notation)\s+([A-Za-z_][\w']*)", re.MULTILINE
)


@cache
def sources() -> dict[str, str]:
    """The theories, in the order in which they are compiled."""
    return {name: (THEORIES / f"{name}.v").read_text(encoding="utf-8") for name in ORDER}


def theories_hash() -> str:
    """SHA-256 of all theories: a record of an outcome is bound to it."""
    text = "\0".join(f"{name}\0{source}" for name, source in sources().items())
    return hashlib.sha256(text.encode()).hexdigest()


def strip_comments(text: str) -> str:
    """The text without its comments, which may be nested."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"\(\*|\*\)", text):
        if found.group() == "(*":
            if depth == 0:
                parts.append(text[start : found.start()])
            depth += 1
        elif depth:
            depth -= 1
            start = found.end()
    return "".join([*parts, text[start:]]) if depth == 0 else "".join(parts)


@cache
def lemmas() -> dict[str, str]:
    """Every lemma, definition and tactic of the theories, and the file that it stands in."""
    read = ((name, source) for name, source in sources().items() if name != "Spec")  # which no emitted file imports
    return {found: name for name, source in read for found in _NAMED.findall(strip_comments(source))}


def used_lemmas(text: str) -> tuple[str, ...]:
    """The names from the theories that an emitted file mentions."""
    known = lemmas()
    return tuple(sorted({word for word in re.findall(r"[\w']+", text) if word in known}))


@cache
def spec_names() -> frozenset[str]:
    """The statements in Spec.v."""
    return frozenset(re.findall(r"^Definition (\w+) : Prop :=", strip_comments(sources()["Spec"]), re.MULTILINE))
