"""A run of grading: gather, check each different answer once, keep what a person decided, write what comes of it.

``grade(paths, sheet, output)`` is the whole of it; an executor (of threads, of processes, of a Dask cluster) may do the checking.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from derivations.homework.grading.crew import Crew, Numbered
from derivations.homework.grading.folder import Folder
from derivations.homework.grading.folders import gather
from derivations.homework.grading.grades import Gradescope, changes_table, grades, lines
from derivations.homework.grading.journal import Journal, answer_hash, fingerprint
from derivations.homework.grading.judging import Item, Judge, Make, checker, judged_apart
from derivations.homework.grading.keyed import Keyed, Progress, keyed, unkeyed, with_variants
from derivations.homework.grading.labels import Labels
from derivations.homework.grading.overrides import Overrides, read_overrides
from derivations.homework.grading.pages import Ahead, Pages
from derivations.homework.grading.rows import Change, Row, Student, changes, former_lines
from derivations.homework.grading.safety import file_names
from derivations.homework.grading.submissions import Submissions
from derivations.homework.keys import SheetKey, TaskKey
from derivations.homework.rosters import Seeds
from derivations.homework.verdicts import VERDICTS, Verdict, verdict_to_json
from derivations.language.errors import DerivationsError

DEADLINE = 5.0  # seconds for one answer
MEMORY = 2_000_000_000  # bytes of address space for a process that checks
_AT_ONCE = 64  # batches that an executor has at a time


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to. ``files`` are relative to the folder; ``changed`` is what differs from the run before."""

    sheet: str
    students: int
    answers: int
    verdicts: Mapping[str, int]
    for_review: int
    overridden: int
    resumed: int
    changed: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def summary_to_json(summary: Summary) -> dict[str, Any]:
    return asdict(summary)


def grade(
    paths: Iterable[str],
    sheet: str | SheetKey,
    output: str,
    executor: Executor | None = None,
    jobs: int = 1,
    deadline: float = DEADLINE,
    memory: int = MEMORY,
    fresh: bool = False,
    make: Make = checker,
    progress: Progress | None = None,
    seeds: Seeds | None = None,
    drawing: Progress | None = None,
) -> Summary:
    """Grades what the paths hold, and writes verdicts, grades, feedback, and pages for the person who looks after it.

    ``jobs`` processes check answers (0: this process, which cannot be freed of an answer that takes too long); an executor, if
    one is given, does it instead; ``seeds`` tell which variant of the sheet each student had. ``progress`` and ``drawing`` are told
    how many answers were checked, and variants drawn, of how many. Raises Unusable for input that cannot be used; an answer never
    makes it raise.
    """
    task = keyed(sheet) if seeds is None else unkeyed(sheet)
    labels = Labels(task.ids)
    handed_in = gather(paths, labels, task.statements, task.placeholders)
    folder = Folder(Path(output))
    with Journal(folder.path, fresh) as journal:
        if seeds is not None:
            task = with_variants(task, seeds, handed_in.students, journal, handed_in.problems, drawing)
        unique = _unique(task, handed_in)
        hashes = {name: fingerprint(key, f"{make.__module__}.{make.__qualname__}") for name, key in task.keys.items()}
        names = [answer_hash(hashes.get(name, ""), text) for name, text in unique]
        known = journal.read(names)
        verdicts: list[str] = [known.get(name, "") for name in names]
        for number, (name, text) in enumerate(unique):
            if name not in task.keys:
                verdicts[number] = _without_key(task, name, text)
        todo = [(number, item) for number, item in enumerate(unique) if not verdicts[number]]
        ahead = Ahead(Pages(task.title, task.ids, task.points, task.by_task(), task.key))
        how = _How(task.keys, make, executor, jobs, deadline, memory, ahead)
        for count, (number, verdict) in enumerate(_judged(todo, how), start=1):
            verdicts[number] = verdict
            ahead.left.append((number, verdict))
            journal.add(names[number], verdict)
            if progress is not None:
                progress(count, len(todo))
        journal.flush()
        return _write(task, handed_in, unique, verdicts, folder, labels, len(known), ahead.pages)


def _unique(sheet: Keyed, handed_in: Submissions) -> dict[Item, int]:
    """Each different answer to what a task asks of a student, with its number."""
    found: dict[Item, int] = {}
    for student in handed_in.students.values():
        for name, answer in student.answers.items():
            found.setdefault((sheet.key_of(student.name, name), answer.text), len(found))
    return found


def _without_key(sheet: Keyed, name: str, text: str) -> str:
    task = name.rstrip("\n")
    verdict = Verdict(sheet.name, task, text, None, "undecided", 0.0, sheet.points[task], sheet.reason(name))
    return json.dumps(verdict_to_json(verdict))


# --- checking -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _How:
    keys: Mapping[str, TaskKey]
    make: Make
    executor: Executor | None
    jobs: int
    deadline: float
    memory: int
    meanwhile: Callable[[], bool]


def _judged(todo: Sequence[Numbered], how: _How) -> Iterator[tuple[int, str]]:
    """The verdicts, in the order in which they come."""
    if how.executor is not None:
        yield from _by_executor(todo, how, how.executor)
    elif how.jobs < 1:
        judge = Judge(how.keys, how.make)
        for number, item in todo:
            yield number, judge(*item)
    elif todo:
        with Crew(how.keys, how.make, how.jobs, how.deadline, how.memory, how.meanwhile) as crew:
            yield from crew.run(todo)


def _by_executor(todo: Sequence[Numbered], how: _How, executor: Executor) -> Iterator[tuple[int, str]]:
    """Batches of answers, each judged in a process of its own wherever the executor works: there too one can be killed."""
    size = min(max(len(todo) // 32, 50), 2000)
    batches = iter([todo[start : start + size] for start in range(0, len(todo), size)])
    running: dict[Future[list[str]], Sequence[Numbered]] = {}
    while True:
        while len(running) < _AT_ONCE and (batch := next(batches, None)) is not None:
            items = [item for _, item in batch]
            keys = {task: how.keys[task] for task, _ in items}
            running[executor.submit(judged_apart, keys, how.make, items, how.deadline, how.memory)] = batch
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            numbers = [number for number, _ in running.pop(future)]
            yield from zip(numbers, _outcome(future), strict=True)


def _outcome(future: Future[list[str]]) -> list[str]:
    try:
        return future.result()
    except (OSError, RuntimeError, ImportError) as error:
        raise DerivationsError(f"the executor could not check a batch of answers: {error}") from error


# --- writing ------------------------------------------------------------------------------------------------------


def _write(
    sheet: Keyed,
    handed_in: Submissions,
    unique: Mapping[Item, int],
    verdicts: Sequence[str],
    folder: Folder,
    labels: Labels,
    resumed: int,
    pages: Pages,
) -> Summary:
    problems = list(handed_in.problems)
    overrides = read_overrides(folder.path, list(handed_in.students), labels, sheet.points, problems)
    data = [json.loads(one) for one in verdicts]
    missing = [Row(_missing(sheet, task)) for task in sheet.ids]
    students = [_student(sheet, name, handed_in, unique, data, missing, overrides) for name in handed_in.students]
    former, codes = former_lines(folder.path / "verdicts.jsonl")
    changed = changes(former, students, codes)
    names = file_names(handed_in.students)
    _forget(folder, {student for student, _ in former}, names)
    gradescope = Gradescope(pages.articles.plain)
    for one in students:
        folder.write(f"feedback/{names[one.name]}.html", [pages.feedback(one)])
        folder.write(f"gradescope/{names[one.name]}/results.json", [gradescope(one)])
    folder.write("for-review.html", [pages.review(students)])
    folder.write("index.html", [pages.index(students, names, problems)])
    if changed:
        folder.write("changes.csv", changes_table(changed))
    else:
        folder.remove("changes.csv")
    folder.write("grades.csv", grades(students, sheet.ids))
    folder.write("verdicts.jsonl", lines(students))
    counts = Counter([str(row.data["verdict"]) for student in students for row in student.rows])
    return Summary(
        sheet.name,
        len(students),
        sum(len(student.answers) for student in handed_in.students.values()),
        {name: counts[name] for name in VERDICTS},
        sum(len(student.pending) for student in students),
        len(overrides),
        resumed,
        tuple(changed),
        tuple(problems),
        tuple(folder.written),
    )


def _forget(folder: Folder, former: set[str], names: Mapping[str, str]) -> None:
    """Takes away the pages of students who are no longer there."""
    for name in sorted(set(file_names(former).values()) - set(names.values())):
        folder.remove(f"feedback/{name}.html")
        folder.remove(f"gradescope/{name}")


def _student(
    sheet: Keyed,
    name: str,
    handed_in: Submissions,
    unique: Mapping[Item, int],
    data: Sequence[dict[str, Any]],
    missing: Sequence[Row],
    overrides: Overrides,
) -> Student:
    """The student's rows, one for each task of the sheet."""
    answers = handed_in.students[name].answers
    rows = list(missing)
    for i, task in enumerate(sheet.ids):
        answer, override = answers.get(task), overrides.get((name, task)) if overrides else None
        if answer is not None:
            number = unique[sheet.key_of(name, task), answer.text]
            place = answer.where
            where = {"file": place.file, "cell": place.cell, "line": place.line, "column": place.column}
            rows[i] = Row(data[number], where, override, answer.earlier, number)
        elif override is not None:
            rows[i] = replace(missing[i], override=override)
    return Student(name, tuple(rows), sheet.variants.get(name, ""))


def _missing(sheet: Keyed, task: str) -> dict[str, Any]:
    reason = "no answer to this task was found"
    return verdict_to_json(Verdict(sheet.name, task, "", None, "missing", 0.0, sheet.points[task], reason))
