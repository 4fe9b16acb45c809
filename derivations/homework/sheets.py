"""Sheets as their authors write them: a title, and tasks with their points, words, questions or keys (TOML)."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.catalogue.discovery import questions, unknown
from derivations.homework.placeholders import Draws, Values, filled, read_draws
from derivations.language.errors import Unusable
from derivations.language.notation import NOTATIONS

FOLDER = os.path.join(os.path.dirname(__file__), "sheets")
KINDS = (
    "range", "expression", "equation", "matrix", "set", "number", "leading-term", "asymptotic", "up-to-scale",
    "up-to-constant", "words", "chain", "list", "property", "member",
)  # fmt: skip
GIVEN = (
    "loss", "at", "optimizer", "noise", "parameters", "assume", "set", "start", "steps", "field", "model", "covariance", "moments",
)  # fmt: skip

_SHEET = {"title": str, "notation": str, "task": list, "symbols": list, "assume": list, "synonyms": list, "draw": dict}
_TASK = {
    "id": str, "points": (int, float), "text": str, "question": str, "given": dict, "answer": str, "accept": list,
    "rubric": list, "kind": str, "key": (str, list, int, float), "symbols": list, "assume": list, "variable": str,
    "at": str, "fixed": str, "tolerance": (str, int, float), "part": list, "subjects": list, "synonyms": list,
    "readings": list, "only_synonyms": list, "names": list, "words": dict, "labels": dict,
    "yes": str, "no": str, "draw": dict, "says": list,
}  # fmt: skip
_TEXTS = frozenset(["symbols", "assume", "accept", "subjects", "synonyms", "only_synonyms", "names", "called"])
_TYPES = {str: "a text in quotes", list: "a list in brackets", dict: "a table", (int, float): "a number"}
# One of several things that a task asks for; what is not said here is taken from the task.
PART = {
    "name": str, "answer": str, "kind": str, "key": (str, list, int, float), "accept": list, "subjects": list, "variable": str,
    "at": str, "fixed": str, "tolerance": (str, int, float), "weight": (int, float), "group": str, "about": str, "only": str,
    "optional": str, "yes": str, "no": str, "names": list, "words": dict, "called": list, "labels": dict,
    "alone": str, "veto": str, "says": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A task: what is asked, and either the question whose derivation answers it or a key of the author's own.

    ``given`` are the options of ``derive``; ``answer`` names the part of the derivation's answer that is asked for;
    ``own`` holds what belongs to an author's key (kind, key, symbols …) and to the marking (accept, rubric).
    """

    id: str
    points: float
    text: str
    question: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    answer: str = "text"
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[str, ...]:
        """The parts of the derivation's answer that the task asks for."""
        return tuple(str(part.get("answer", self.answer)) for part in self.own.get("part", ())) or (self.answer,)


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A sheet; ``name`` is that of the package's own sheets, by which results name their tasks ("" for others).

    ``draws`` are the numbers left open by the sheet ("") and by its tasks, ``data`` the file with the places that they go to;
    ``variant`` is the code of the variant that this is, "" for the sheet as it stands.
    """

    title: str
    tasks: tuple[TaskSpec, ...]
    notation: str = "lecture"
    name: str = ""
    common: Mapping[str, Any] = field(default_factory=dict)  # symbols, assumptions and synonyms of all tasks
    draws: Mapping[str, Draws] = field(default_factory=dict, repr=False)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    where: str = ""
    variant: str = ""

    @property
    def heading(self) -> str:
        """The title, with the variant that it is."""
        return f"{self.title}, variant {self.variant}" if self.variant else self.title


def own_sheets() -> list[str]:
    """The names of the sheets that come with the package."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(FOLDER) if name.endswith(".toml"))


def read_sheet(name: str) -> SheetSpec:
    """A sheet of the package by its name, or one from a TOML file. Raises Unusable, naming file and task."""
    if name in own_sheets():
        return parse_sheet(_text(os.path.join(FOLDER, f"{name}.toml")), name, name)
    if not name.endswith(".toml"):
        raise unknown("sheet", name, own_sheets(), f"there are {', '.join(own_sheets())}, or a .toml file")
    return parse_sheet(_text(name), name)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(2_000_000)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Unusable(f"cannot read the sheet: {reason}", path, (0, len(path))) from error


def parse_sheet(text: str, where: str, name: str = "") -> SheetSpec:
    """The sheet that a TOML text describes; ``where`` is how messages call it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unusable(f"{where} is not valid TOML: {error}") from error
    return sheet_of(data, where, name)


def sheet_of(data: dict[str, Any], where: str, name: str = "", drawn: Mapping[str, Values] | None = None) -> SheetSpec:
    """The sheet that such data describe, with these numbers for what it (""), or a task, leaves open; else with its own."""
    check = _Checks(where)
    check.keys(data, _SHEET)
    draws = _draws(data, check)
    values = {scope: (drawn or {}).get(scope) or one.usual() for scope, one in draws.items()}
    notation = data.get("notation", "lecture")
    if notation not in NOTATIONS:
        raise unknown("notation", notation, list(NOTATIONS))
    if not data.get("task"):
        raise Unusable(f"{where}: there is no task", hint="each task begins with [[task]]")
    tasks: list[TaskSpec] = []
    for number, item in enumerate(data["task"], start=1):
        own = {**values.get("", {}), **values.get(_name(item), {})}
        tasks.append(_task(filled(item, own), _Checks(f"{where}, task {number}"), {task.id for task in tasks}))
    common: dict[str, Any] = {key: data[key] for key in ("symbols", "assume", "synonyms") if key in data}
    return SheetSpec(check.needed(data, "title"), tuple(tasks), notation, name, common, draws, data, where)


def _draws(data: dict[str, Any], check: _Checks) -> dict[str, Draws]:
    """What the sheet draws for all its tasks (""), and each task for itself."""
    found: dict[str, Draws] = {}
    if "draw" in data:
        found[""] = read_draws(data["draw"], f"{check.where}, draw")
    shared = found[""].names if found else ()
    for item in data.get("task", ()):
        if isinstance(item, dict) and isinstance(item.get("draw"), dict):
            found[_name(item)] = read_draws(item["draw"], f"{check.where}, task {_name(item)}, draw", shared)
    return found


def _name(item: Any) -> str:
    return str(item.get("id", "?")) if isinstance(item, dict) else "?"


@dataclass(frozen=True, slots=True)
class _Checks:
    """Checks on a table of the file, whose complaints say where it stands."""

    where: str

    def keys(self, data: Any, known: Mapping[str, Any]) -> None:
        if not isinstance(data, dict):
            raise Unusable(f"{self.where}: expected a table", hint="each task begins with [[task]]")
        for key, value in data.items():
            if key not in known:
                raise Unusable(f"{self.where}: {unknown('key', key, list(known))}")
            if not isinstance(value, known[key]) or isinstance(value, bool):
                shown, wanted = repr(value)[:200], _TYPES.get(known[key], "a text in quotes, or a number")
                raise Unusable(f"{self.where}: {key} is of the wrong type", shown, (0, len(shown)), f"it has to be {wanted}")
            if key in _TEXTS:
                self._texts(key, value)

    def _texts(self, key: str, value: list[Any]) -> None:
        for one in value:
            if not isinstance(one, str):
                shown = repr(one)[:200]
                raise Unusable(f"{self.where}: {key} is a list of texts", shown, (0, len(shown)), "put quotes around each of them")

    def needed(self, data: Mapping[str, Any], key: str) -> Any:
        if key not in data or data[key] == "":
            raise Unusable(f"{self.where}: there is no {key}")
        return data[key]


def _task(data: Any, check: _Checks, taken: set[str]) -> TaskSpec:
    check.keys(data, _TASK)
    name = check.needed(data, "id")
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise Unusable(f"{check.where}: an id has letters, digits, dots and hyphens only", name, (0, len(name)))
    check = _Checks(f"{check.where} ({name})")
    if name in taken:
        raise Unusable(f"{check.where}: another task has this id", name, (0, len(name)))
    points = check.needed(data, "points")
    if not 0 <= points < 10_000:
        raise Unusable(f"{check.where}: so many points cannot be", str(points), (0, len(str(points))))
    own = {key: value for key, value in data.items() if key in list(_TASK)[6:] and key not in ("given", "draw")}
    question = data.get("question", "")
    _check_question(check, question, data)
    for number, part in enumerate(data.get("part", ()), start=1):
        _check_part(_Checks(f"{check.where}, part {number}"), part)
    given = data.get("given", {})
    check_given = _Checks(f"{check.where}, given")
    check_given.keys(given, {key: list if key in ("assume", "set") else str for key in GIVEN})
    return TaskSpec(name, points, check.needed(data, "text"), question, given, data.get("answer", "text"), own)


def _check_part(check: _Checks, part: Any) -> None:
    check.keys(part, PART)
    if "answer" not in part and "key" not in part:
        raise Unusable(f"{check.where}: there is neither an answer nor a key")
    if "kind" in part and part["kind"] not in KINDS:
        raise Unusable(f"{check.where}: {unknown('kind', part['kind'], list(KINDS))}")


def _check_question(check: _Checks, question: str, data: Mapping[str, Any]) -> None:
    """A task has a question that somebody answers, or a key of a kind that there is."""
    if question and question not in questions():
        raise Unusable(f"{check.where}: {unknown('question', question, list(questions()))}")
    parts = data.get("part", ())
    if not question and not (parts and all(isinstance(one, dict) and "key" in one and "kind" in {**data, **one} for one in parts)):
        kind = data.get("kind")
        if kind is None or "key" not in data:
            raise Unusable(f"{check.where}: there is neither a question nor a key", hint="a key needs kind and key")
        if kind not in KINDS:
            raise Unusable(f"{check.where}: {unknown('kind', kind, list(KINDS))}")
