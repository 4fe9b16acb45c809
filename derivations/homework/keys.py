"""Answer keys: what is right for each task, under which hypotheses, and which names an answer may use; JSON in and out.

A key is taken from the conclusion of a proof (``keying``) or from an author's sheet. For the package's own sheets the keys are
committed beside this file, so that an answer is checked without deriving anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.language.errors import Malformed
from derivations.language.serialise import term_from_json, term_to_json
from derivations.language.statements import Symbol
from derivations.language.terms import Term

FOLDER = os.path.join(os.path.dirname(__file__), "answer_keys")
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked for, and what is right.

    ``key`` is a term, or for ``words`` the names of the concepts that must be said. ``accept`` are further right forms;
    ``subjects`` what an equation's left side may be (theta(t), Var …) when the key is its value. ``settings`` belong to the kind:
    ``variable``, ``at``, ``fixed``, ``tolerance``, ``flow`` (equations of a flow, for ``property``) …
    """

    kind: str
    key: Term | tuple[str, ...]
    name: str = ""
    weight: float = 1.0
    accept: tuple[Term, ...] = ()
    subjects: tuple[Term, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Another way to understand an answer that is not right as it stands: ``pairs`` say what is read as what.

    It holds outright if one of ``words`` is said, or if there are none; else it is worth ``points``. ``say`` goes with the verdict.
    """

    pairs: tuple[tuple[Term, Term], ...]
    words: tuple[str, ...] = ()
    points: float = 0.0
    say: str = ""


@dataclass(frozen=True, slots=True)
class TaskKey:
    """The key to a task.

    ``symbols`` are all names that an answer may use; ``synonyms`` are pairs of a pattern and what it is read as (a curvature
    written L''(theta_star) and lam are one thing); ``readings`` are tried where an answer is not right as it stands
    (sigma**2 may be the variance of one sample or of a whole step). ``proof`` says which result the key was taken from
    (id, status, seal); it is empty for an author's own key.
    """

    sheet: str
    task: str
    points: float
    parts: tuple[Part, ...]
    symbols: tuple[Symbol, ...]
    hypotheses: tuple[Term, ...] = ()
    synonyms: tuple[tuple[Term, Term], ...] = ()
    readings: tuple[Reading, ...] = ()
    rubric: tuple[Mapping[str, Any], ...] = ()
    proof: Mapping[str, str] = field(default_factory=dict)
    notation: str = "lecture"
    open: bool = False  # whether undeclared names are read as variables of that name


@dataclass(frozen=True, slots=True)
class SheetKey:
    """The keys of a sheet, task by task in its order; ``missing`` are the tasks for which there is none, with the reason."""

    sheet: str
    title: str
    tasks: tuple[TaskKey, ...]
    missing: Mapping[str, str] = field(default_factory=dict)

    def task(self, name: str) -> TaskKey | None:
        return next((one for one in self.tasks if one.task == name), None)


# --- JSON ---------------------------------------------------------------------------------------------------------


def _part_to_json(part: Part) -> dict[str, Any]:
    content: dict[str, Any] = {"kind": part.kind, "name": part.name, "weight": part.weight}
    content["key"] = term_to_json(part.key) if isinstance(part.key, Term) else {"words": list(part.key)}
    content["accept"] = [term_to_json(one) for one in part.accept]
    content["subjects"] = [term_to_json(one) for one in part.subjects]
    content["settings"] = {name: _setting_to_json(value) for name, value in part.settings.items()}
    return content


def _setting_to_json(value: Any) -> Any:
    if isinstance(value, Term):
        return {"term": term_to_json(value)}
    if isinstance(value, (list, tuple)):
        return [_setting_to_json(item) for item in value]
    return value


def _setting(value: Any) -> Any:
    if isinstance(value, dict):
        return term_from_json(value["term"])
    return tuple(_setting(item) for item in value) if isinstance(value, list) else value


def _part(data: Any) -> Part:
    key = data["key"]
    return Part(
        data["kind"],
        tuple(key["words"]) if isinstance(key, dict) else term_from_json(key),
        data["name"],
        data["weight"],
        tuple(map(term_from_json, data["accept"])),
        tuple(map(term_from_json, data["subjects"])),
        {name: _setting(value) for name, value in data["settings"].items()},
    )


def _pairs_to_json(pairs: tuple[tuple[Term, Term], ...]) -> list[Any]:
    return [[term_to_json(one), term_to_json(other)] for one, other in pairs]


def _pairs(data: Any) -> tuple[tuple[Term, Term], ...]:
    return tuple((term_from_json(one), term_from_json(other)) for one, other in data)


def _task_to_json(task: TaskKey) -> dict[str, Any]:
    return {
        "task": task.task,
        "points": task.points,
        "parts": [_part_to_json(part) for part in task.parts],
        "symbols": [[one.name, one.domain, one.meaning] for one in task.symbols],
        "hypotheses": [term_to_json(one) for one in task.hypotheses],
        "synonyms": _pairs_to_json(task.synonyms),
        "readings": [[_pairs_to_json(one.pairs), list(one.words), one.points, one.say] for one in task.readings],
        "rubric": [{name: _setting_to_json(value) for name, value in one.items()} for one in task.rubric],
        "proof": dict(task.proof),
        "notation": task.notation,
        "open": task.open,
    }


def _task(data: Any, sheet: str) -> TaskKey:
    return TaskKey(
        sheet,
        data["task"],
        data["points"],
        tuple(map(_part, data["parts"])),
        tuple(Symbol(*one) for one in data["symbols"]),
        tuple(map(term_from_json, data["hypotheses"])),
        _pairs(data["synonyms"]),
        tuple(Reading(_pairs(pairs), tuple(words), points, say) for pairs, words, points, say in data["readings"]),
        tuple({name: _setting(value) for name, value in one.items()} for one in data["rubric"]),
        data["proof"],
        data["notation"],
        data["open"],
    )


def sheet_key_to_json(key: SheetKey) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "sheet": key.sheet,
        "title": key.title,
        "tasks": [_task_to_json(task) for task in key.tasks],
        "missing": dict(key.missing),
    }


def sheet_key_from_json(data: Any) -> SheetKey:
    """Raises Malformed if the data are no keys of this format."""
    try:
        if data["format"] != FORMAT:
            raise Malformed(f"these are no keys of format {FORMAT}")
        tasks = tuple(_task(one, data["sheet"]) for one in data["tasks"])
        return SheetKey(data["sheet"], data["title"], tasks, data["missing"])
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"these are no keys: {error!r}") from error


def committed(name: str) -> SheetKey | None:
    """The committed keys of one of the package's own sheets; None for any other."""
    path = os.path.join(FOLDER, f"{name}.json")
    if not name.isidentifier() or not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return sheet_key_from_json(json.load(file))
