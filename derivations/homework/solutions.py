"""Solving a sheet: the proofs of each task, where each is printed, and the answer as it stands in the conclusion."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from derivations.catalogue.discovery import derive_question, derive_result, index, results, stored
from derivations.catalogue.result import Result
from derivations.homework.formulas import formula
from derivations.homework.sheets import SheetSpec, TaskSpec
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import Term, at_path
from derivations.problems.questions import Problem, read_problem
from derivations.rendering.page import Figure, words
from derivations.rendering.sheet import Answer, Sheet, Task
from derivations.rendering.style import style_of


@dataclass(frozen=True, slots=True)
class Solution:
    """What solves a task: the proofs, the one that its answer is taken from first, and the problems that they treat.

    ``reason`` says why there are none.
    """

    task: TaskSpec
    proofs: tuple[Certificate, ...] = ()
    problems: tuple[Problem, ...] = ()
    reason: str = ""


def solve(spec: SheetSpec) -> tuple[Solution, ...]:
    """The solutions of all tasks, in the sheet's order. Raises Unusable where what a task gives cannot be used."""
    catalogue = results()
    return tuple(_solve(spec, task, catalogue) for task in spec.tasks)


def solve_task(spec: SheetSpec, task: TaskSpec) -> Solution:
    """The solution of one task."""
    return _solve(spec, task, results() if task.question else ())


def _solve(spec: SheetSpec, task: TaskSpec, catalogue: tuple[Result, ...]) -> Solution:
    try:
        problem = given_problem(task)
        named = [one for one in catalogue if spec.name and f"{spec.name}:{task.id}" in one.tasks]
        found = [_proof(result, problem) for result in _chosen(named, task, problem)]
        if task.question and not found:
            found = [_by_question(catalogue, task, problem)]
    except Unusable as error:
        raise Unusable(f"task {task.id}: {error.message}", error.source, error.span, error.hint) from error
    except Undecided as error:
        return Solution(task, reason=str(error))
    found.sort(key=lambda pair: pair[0].question != task.question)
    if found and task.answer == "text" and not any("text" in proof.derivation.answer for proof, _ in found):
        task = replace(task, answer=_main_part(found[0][0]))
    proofs, problems = tuple(pair[0] for pair in found), tuple(pair[1] for pair in found)
    return Solution(task, proofs, problems, "" if proofs else "nothing in the catalogue answers it so far")


def _main_part(certificate: Certificate) -> str:
    """The field that answers the question by itself: what the answer's kind names, else the first."""
    fields = [name for name in certificate.derivation.answer if name != "kind"]
    kind = str(certificate.derivation.answer.get("kind", ""))
    return kind if kind in fields or not fields else fields[0]


def given_problem(task: TaskSpec) -> Problem | None:
    """The problem that a task gives; None if it gives none."""
    given = task.given
    if not given:
        return None
    return read_problem(
        given.get("loss"),
        given.get("at"),
        given.get("optimizer"),
        given.get("noise"),
        given.get("parameters"),
        tuple(given.get("assume", ())),
        tuple(given.get("set", ())),
        given.get("start"),
        given.get("steps"),
        given.get("field"),
        given.get("model"),
        given.get("covariance"),
        given.get("moments"),
    )


def _chosen(named: list[Result], task: TaskSpec, problem: Problem | None) -> list[Result]:
    """Of several results for one question those that treat just this problem, if there are such."""
    fitting = [one for one in named if one.question == task.question and same_problem(one.problem(), problem)]
    return [one for one in named if not fitting or one in fitting or one.question != task.question]


def same_problem(one: Problem, other: Problem | None) -> bool:
    """Whether two problems differ at most in the words they were given in."""
    return other is None or _bare(one) == _bare(other)


def _bare(problem: Problem) -> Problem:
    return replace(problem, loss=replace(problem.loss, source="", at_source=""), sources={})


def _proof(result: Result, problem: Problem | None) -> tuple[Certificate, Problem]:
    """The committed proof, or one for the problem at hand if the question is asked about that one."""
    own = result.problem()
    if problem is None or same_problem(own, problem):
        committed = result.id in {row["id"] for row in index()}
        return (stored(result.id) if committed else derive_result(result)), own
    try:
        return derive_result(result, problem), problem
    except (Undecided, Unusable):
        return stored(result.id), own  # what the result says by itself belongs to the task all the same


def _by_question(catalogue: tuple[Result, ...], task: TaskSpec, problem: Problem | None) -> tuple[Certificate, Problem]:
    answering = [result for result in catalogue if result.question == task.question]
    for result in answering:
        if problem is None or same_problem(result.problem(), problem):
            return _proof(result, problem)
    assert problem is not None
    return derive_question(task.question, problem), problem


# --- the answer ---------------------------------------------------------------------------------------------------


def answer_parts(certificate: Certificate, part: str) -> tuple[Term | str, ...]:
    """The part of the answer that is asked for, as it stands in the conclusion; empty if there is no such part."""
    specification, conclusion = certificate.derivation.answer, certificate.derivation.statement.conclusion
    value = specification[part] if part in specification else _regime(certificate, part)
    return () if value is None else tuple(_parts(value, conclusion))


def selected(certificate: Certificate, path: str) -> list[Term | str]:
    """The part of the answer that a dotted path leads to ("regimes.0.region"), as sentences of the conclusion; or nothing."""
    value, conclusion = selectors(certificate, path), certificate.derivation.statement.conclusion
    return [] if value is None else list(_points(value, conclusion)) or _parts(value, conclusion)


def is_points(certificate: Certificate, path: str) -> bool:
    """Whether the path leads to points, each of which has a place."""
    return _has_places(selectors(certificate, path))


def _has_places(value: Any) -> bool:
    rows = value if isinstance(value, (list, tuple)) else ()
    places = [row.get("at") if isinstance(row, Mapping) else None for row in rows]
    return bool(places) and all(isinstance(one, Mapping) and one.get("$") == "pairs" for one in places)


def _points(value: Any, conclusion: Term) -> Iterator[Term]:
    """The places of points: numbers, or tuples of their coordinates."""
    for row in value if _has_places(value) else ():
        term = at_path(conclusion, tuple(row["at"]["at"]))
        place = tuple(one.args[1] for one in (term.args if term.head == "And" else (term,)))
        yield place[0] if len(place) == 1 else Term("Tuple", place)


def selectors(certificate: Certificate, path: str) -> Any:
    """The selectors of the part of the answer that a dotted path leads to, or of the regime of that name; None if there is none."""
    value: Any = certificate.derivation.answer
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, (list, tuple)) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _regime(certificate, path)
    return None if isinstance(value, str) else value


def there_are(certificate: Certificate) -> list[str]:
    """The parts of the answer that may be asked for: its fields, and its regimes by their names."""
    answer, conclusion = certificate.derivation.answer, certificate.derivation.statement.conclusion
    regimes = [str(at_path(conclusion, tuple(row["name"]["at"])).args[0]) for row in answer.get("regimes", ())]
    return [*(name for name in answer if name != "kind"), *(name.replace("_", "-") for name in regimes)]


def _regime(certificate: Certificate, name: str) -> Any:
    conclusion = certificate.derivation.statement.conclusion
    for row in certificate.derivation.answer.get("regimes", ()):
        if words(str(at_path(conclusion, tuple(row["name"]["at"])).args[0])) == words(name):
            return row["region"]
    return None


def _parts(value: Any, conclusion: Term) -> list[Term | str]:
    if isinstance(value, Mapping) and "$" in value:
        path = tuple(value["at"])
        term = at_path(conclusion, path)
        if value["$"] == "name":
            return [words(str(term.args[0]))]
        if value["$"] == "texts":
            return [arg for arg in term.args if isinstance(arg, Term)]
        return [_sentence(conclusion, path)]
    if isinstance(value, Mapping):
        return [part for item in value.values() for part in _parts(item, conclusion)]
    return [part for item in value for part in _parts(item, conclusion)] if isinstance(value, (list, tuple)) else []


def _sentence(conclusion: Term, path: tuple[int, ...]) -> Term:
    """The equation or limit whose right side the path leads to, or else just what it leads to."""
    parent = at_path(conclusion, path[:-1])
    whole = (parent.head == "Eq" and path[-1] == 1) or (parent.head == "Tends" and path[-1] == 3)
    return parent if whole else at_path(conclusion, path)


# --- the sheet ----------------------------------------------------------------------------------------------------


def laid_out(
    spec: SheetSpec,
    solutions: tuple[Solution, ...],
    notation: str,
    figures: Mapping[str, tuple[Figure, ...]] | None = None,
) -> Sheet:
    """The sheet for rendering; a proof that serves several tasks is printed once, after the last one of its first run.

    ``figures`` are those of each proof, by its key.
    """
    places = _places(solutions)
    drawn: set[str] = set()
    tasks = []
    for position, solution in enumerate(solutions):
        here = tuple(proof for proof in solution.proofs if places[key_of(proof)][0] == position)
        pictures = [(key_of(proof), picture) for proof in here for picture in (figures or {}).get(key_of(proof), ())]
        fresh = tuple(picture for name, picture in pictures if name not in drawn)
        drawn |= {name for name, _ in pictures}
        tasks.append(_task(solution, here, places, notation, fresh))
    return Sheet(spec.heading, tuple(tasks), notation, partial(formula, notation=spec.notation))


def key_of(proof: Certificate) -> str:
    """What tells a proof from others: the result, and the problem that it was derived for."""
    return f"{proof.id} {json.dumps(proof.derivation.problem, sort_keys=True)}"


def _places(solutions: tuple[Solution, ...]) -> dict[str, tuple[int, list[str]]]:
    """For each proof the position of the task after which it is printed, and the tasks that it serves."""
    places: dict[str, tuple[int, list[str]]] = {}
    for position, solution in enumerate(solutions):
        for proof in solution.proofs:
            key = key_of(proof)
            at, served = places.get(key, (position, []))
            following = at == position - 1 and served[-1:] == [solutions[position - 1].task.id]
            places[key] = (position if following else at, [*served, solution.task.id])
    return places


def _task(
    solution: Solution,
    here: tuple[Certificate, ...],
    places: Mapping[str, tuple[int, list[str]]],
    notation: str,
    figures: tuple[Figure, ...],
) -> Task:
    task, note = solution.task, ""
    answer = None
    proves: list[str] = []
    for proof in solution.proofs:
        parts = (task.answer == "quantities" and answer_parts(proof, "blocks")) or answer_parts(proof, task.answer)
        if parts and answer is None:
            answer = Answer(parts, style_of(proof.derivation, notation))
    if solution.proofs and not here:
        served = places[key_of(solution.proofs[0])][1]
        last = next(iter(reversed(_run(served, task.id))))
        note = f"The proof stands under Task {last}."
    elif here:
        proves = places[key_of(here[0])][1] if len(here) == 1 else []
    if not solution.proofs:
        note = "" if "key" in task.own else f"No derivation: {solution.reason}."
    return Task(task.id, task.points, task.text, here, _own_key(solution), figures, answer, note, tuple(proves))


def _run(served: list[str], name: str) -> list[str]:
    return served if name in served else [name]


def _own_key(solution: Solution) -> str:
    """The author's key, where no proof says the answer."""
    if solution.proofs or "key" not in solution.task.own:
        return ""
    key = str(solution.task.own["key"])
    return key if solution.task.own["kind"] != "words" else rf"\text{{{key}}}"
