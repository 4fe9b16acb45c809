"""A sheet's keys beside themselves: empty ranges, further right forms that say nothing new, rubric entries that never apply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from derivations.homework.deciding.kinds import MODULES, decide
from derivations.homework.deciding.misconceptions import NAMES
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.homework.placeholders import Draws, places
from derivations.homework.sheets import SheetSpec
from derivations.homework.solutions import Solution, given_problem, same_problem, selected
from derivations.kernel.errors import Refused
from derivations.language.ascii import ascii_text
from derivations.language.errors import DerivationsError
from derivations.language.terms import ZERO, Term, free_symbols, lt

Row = tuple[str, str, str]  # kind, message, hint
FEW = 10  # variants
PLAIN = 2  # numbers up to this one occur in formulas anyway
_CRAMPED = re.compile(r"(\\[A-Za-z]+|[_^])\{([A-Za-z]\w*)\}")


def key_findings(solution: Solution, key: TaskKey) -> Iterator[Row]:
    """The findings on a task's key."""
    try:
        setting = setting_of(key)
    except Refused:
        return
    yield from _source(solution, key)
    yield from _weights(solution.task.own.get("part", ()))
    for part in key.parts:
        if part.kind == "range" and isinstance(part.key, Term):
            yield from _extent(part.key, setting)
        yield from _accepted(part, setting)
    for entry in key.rubric:
        yield from _rubric(entry, key, setting)


def _source(solution: Solution, key: TaskKey) -> Iterator[Row]:
    """Where the key comes from: a proof of something weaker than proved, or a proof of another problem than the task gives."""
    if not solution.task.question:
        return
    status = key.proof.get("status", "")
    if status not in ("", "proved"):
        yield "not-proved", f"the key is {status}, not proved", "the page of the result says what it rests on"
    given = given_problem(solution.task)
    for proof, problem in zip(solution.proofs, solution.problems, strict=True):
        if any(selected(proof, answer) for answer in solution.task.asked):
            if given is not None and not same_problem(problem, given):
                yield (
                    "other-problem",
                    f"the key comes from {proof.id} as it stands, which treats another problem than is given",
                    "",
                )
            return


def _weights(parts: Any) -> Iterator[Row]:
    """Weights of parts that do not add up to one; one part of each group counts."""
    weights: dict[str, Fraction] = {}
    for i, part in enumerate(parts):
        if "weight" in part:
            weights[str(part.get("group", f"#{i}"))] = Fraction(str(part["weight"]))
    groups = {str(part.get("group", f"#{i}")) for i, part in enumerate(parts)}
    total = sum(weights.values(), Fraction(len(groups) - len(weights)))  # what has no weight has 1
    if weights and len(groups) > 1 and total != 1:
        yield (
            "weights",
            f"the weights of the parts add up to {float(total):g}, not to 1",
            "points are divided in proportion to them",
        )


def _extent(region: Term, setting: Setting) -> Iterator[Row]:
    """A range that has no point, or every one, under the task's own assumptions."""
    premises = region.args if region.head == "And" else (region,)
    nothing = lt(ZERO, ZERO)
    if region.head == "False" or any(
        setting.proves(nothing, rule, premises) for rule in ("signs", "polynomial-implication")
    ):
        yield "empty", f"no value is in the range {ascii_text(region)} under the task's own assumptions", ""
    elif region.head == "True" or all(
        any(setting.proves(one, rule) for rule in ("signs", "polynomial-implication")) for one in premises
    ):
        yield "everything", f"every value is in the range {ascii_text(region)} under the task's own assumptions", ""


def _accepted(part: Part, setting: Setting) -> Iterator[Row]:
    """Further right forms that are right anyway."""
    if part.kind not in MODULES:
        return
    bare = replace(part, accept=())
    for form in part.accept:
        if _decided(bare, form, setting) == "correct":
            yield (
                "accept",
                f"{ascii_text(form)} is accepted anyway, being the same as the key",
                "it can be left out of accept",
            )


def _decided(part: Part, said: Term, setting: Setting) -> str:
    try:
        return decide(part, said, setting).verdict
    except DerivationsError:
        return "undecided"


def _rubric(entry: Mapping[str, Any], key: TaskKey, setting: Setting) -> Iterator[Row]:
    """Entries that never apply: to a mistake that is not known, to no part, or to a right answer."""
    when, form = entry.get("when"), entry.get("form")
    if when and when not in NAMES:
        near = get_close_matches(str(when), NAMES, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(NAMES))}"
        yield "rubric", f"the rubric's entry for {when!r} never applies: there is no such mistake", hint
    if not when and form is None:
        yield "rubric", "an entry of the rubric never applies", "it needs when = a mistake, or form = an answer"
    parts = [part for part in key.parts if entry.get("part", part.name) == part.name]
    if not parts:
        yield "rubric", f"an entry of the rubric is for the part {entry['part']!r}, which there is not", ""
    if isinstance(form, Term):
        right = [part for part in parts if part.kind in MODULES and _decided(part, form, setting) == "correct"]
        if right:
            yield "rubric", f"the rubric's entry for {ascii_text(form)} never applies: that answer is right", ""
    if float(entry.get("points", 0)) > key.points:
        yield "rubric", f"an entry of the rubric gives {float(entry['points']):g} of {key.points:g} points", ""


# --- the sheet ----------------------------------------------------------------------------------------------------


def sheet_findings(spec: SheetSpec) -> Iterator[Row]:
    """The findings on what the sheet draws for its variants."""
    for scope, draws in spec.draws.items():
        tasks = [item for item in spec.data["task"] if not scope or item["id"] == scope]
        yield from _draws(draws, tasks, f"task {scope}" if scope else "the sheet")
        for item in tasks:
            yield from _left_behind(item, draws)


def _draws(draws: Draws, tasks: list[Any], whose: str) -> Iterator[Row]:
    used = places(tasks)
    needed = {name for _, term in draws.computed for name in free_symbols(term)}
    needed |= {name for claim in draws.conditions for name in free_symbols(claim)}
    for name in draws.names:
        if name not in used | needed:
            yield (
                "draw",
                f"{whose} draws {name}, which stands in no text and no formula",
                f"write {{{name}}} where it belongs",
            )
    count = draws.count(FEW)
    if count < FEW:
        yield "draw", f"{whose} has only {count} variant{'s' if count != 1 else ''}", "give the numbers more values"
    for item in tasks:
        for match in _CRAMPED.finditer(str(item.get("text", ""))):
            if match[2] in draws.names:
                hint = f"write {match[1]}{{{{{match[2]}}}}} if the value is meant"
                yield "draw", f"{match[0]} in task {item['id']} loses its braces when the number is put in", hint


_NUMBER = re.compile(r"(?<![\w.{])\d+(?:\.\d+)?(?![\w.}])")
_BESIDE = ("synonyms", "only_synonyms", "accept", "words", "key", "readings", "rubric", "labels")


def _left_behind(item: Mapping[str, Any], draws: Draws) -> Iterator[Row]:
    """Numbers beside a task's question that stay when those of its text change: the sheet's own value of what is drawn."""
    usual = {value: name for name, value in draws.usual().items() if name in places(item) and value > PLAIN}
    beside = [item, *(part for part in item.get("part", ()) if isinstance(part, Mapping))]
    for text in (text for one in beside for key in _BESIDE if key in one for text in _strings(one[key])):
        for found in _NUMBER.finditer(text):
            name = usual.get(Fraction(found[0]))
            if name is not None:
                hint = f"write {{{name}}} if it is the drawn number"
                yield "draw", f"{text!r} in task {item['id']} has {found[0]}, whatever is drawn for {name}", hint


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping | list):
        for one in data.values() if isinstance(data, Mapping) else data:
            yield from _strings(one)
