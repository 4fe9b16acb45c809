"""What a sheet leaves open: what its author should know before students see it, found by deriving the sheet, not from a list.

A task's words are compared with what its proof supposes and says: hypotheses that the words do not mention, ends of a range that
they do not speak of, claims that the proof refutes; and its key with itself and with the names that answers may use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from derivations.homework.keying import keys_of
from derivations.homework.keys import TaskKey
from derivations.homework.lint_keys import key_findings, sheet_findings
from derivations.homework.lint_texts import text_findings
from derivations.homework.lint_words import Words
from derivations.homework.sheets import SheetSpec, TaskSpec
from derivations.homework.solutions import Solution, solve_task, there_are
from derivations.language.errors import DerivationsError, Malformed, Unusable

_REFERENCE = re.compile(r"\b(?:exercises?|tasks?|problems?)\s+([\w.]+)|\b(\d+(?:\.\w+)+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """Something that a task ("" for the sheet) leaves open, of a ``kind``, and what can be done about it."""

    task: str
    kind: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.task or 'sheet'}: {self.message}" + (f" ({self.hint})" if self.hint else "")


def findings(spec: SheetSpec) -> list[LintFinding]:
    """All findings on a sheet, task by task; what holds for several tasks of one exercise is said at the first."""
    found = [LintFinding("", *row) for row in sheet_findings(spec)]
    said: set[tuple[str, str, str]] = set()
    for task in spec.tasks:
        exercise = task.id.split(".")[0]
        for finding in _task_findings(spec, task):
            if (exercise, finding.kind, finding.message) not in said:
                said.add((exercise, finding.kind, finding.message))
                found.append(finding)
    return found


def _task_findings(spec: SheetSpec, task: TaskSpec) -> list[LintFinding]:
    try:
        solution = solve_task(spec, task)
        key = _key(spec, solution)
    except Unusable as error:
        return [LintFinding(task.id, "unreadable", _one_line(error), error.hint)]
    except Malformed as error:
        kind = "no-derivation" if task.question and not solution.proofs else "no-key"
        return [LintFinding(task.id, kind, f"there is no key: {error}", _parts_there_are(solution))]
    words = Words(task, _context(spec, task), spec.notation)
    rows = [*text_findings(spec, solution, key, words), *key_findings(solution, key)]
    return [LintFinding(task.id, *row) for row in rows]


def _key(spec: SheetSpec, solution: Solution) -> TaskKey:
    keys = keys_of(replace(spec, tasks=(solution.task,)), (solution,))
    if not keys.tasks:
        raise Malformed(keys.missing[solution.task.id])
    return keys.tasks[0]


def _parts_there_are(solution: Solution) -> str:
    """What the task could ask for instead."""
    if not solution.proofs:
        return "derive the question by itself to see what is missing" if solution.task.question else ""
    return f"the parts of the answer are {', '.join(there_are(solution.proofs[0]))}"


def _one_line(error: DerivationsError) -> str:
    """The message with the place that it points at, in one line."""
    if isinstance(error, Unusable) and error.source and error.span:
        start, end = error.span
        place = error.source[start : max(end, start + 1)][:40]
        message = re.sub(r"^task \S+: ", "", error.message)
        return f"{message}: '{error.source[:80]}', at '{place or 'its end'}'".replace("\n", " ")
    return str(error).replace("\n", " ")


def _context(spec: SheetSpec, task: TaskSpec) -> list[str]:
    """The words that a reader of the task has before him: its own, those before it in its exercise, and what it refers to."""
    exercise, texts = task.id.split(".")[0], []
    referred = {name.rstrip(".") for match in _REFERENCE.finditer(task.text) for name in match.groups() if name}
    for other in spec.tasks:
        if other.id == task.id:
            break
        if other.id.split(".")[0] in {exercise, *referred} or any(
            other.id == name or other.id.startswith(f"{name}.") for name in referred
        ):
            texts.append(other.text)
    return [*texts, task.text]
