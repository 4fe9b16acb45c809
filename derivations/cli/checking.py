"""What ``check`` does: find the task's key, check the answer, say the verdict and why."""

from __future__ import annotations

import json
import sys

from derivations.cli.output import emit
from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key
from derivations.homework.keys import SheetKey, TaskKey
from derivations.homework.verdicts import Verdict, verdict_to_json
from derivations.language.errors import Unusable
from derivations.reading.suggestions import nearest

_MOST = 200_000  # characters of an answer that are read
_CODES = {"correct": 0, "partial": 1, "incorrect": 1, "missing": 1}
_SIGNS = {"correct": "✓", "partial": "±", "incorrect": "✗"}


def check(task: str, answer: str, as_json: bool, seed: str | None) -> int:
    """0 if the answer is correct, 1 if it is not, 3 if a person has to look at it."""
    key = task_key(task, seed)
    text = sys.stdin.buffer.read(_MOST).decode("utf-8", "replace") if answer == "-" else answer
    verdict = Checker(key).check(text)
    emit(json.dumps(verdict_to_json(verdict), ensure_ascii=False, indent=1) + "\n" if as_json else said(verdict))
    return _CODES.get(verdict.verdict, 3)


def task_key(name: str, seed: str | None = None) -> TaskKey:
    """The key of SHEET:TASK. Raises Unusable, with the nearest name, where there is no such sheet or task."""
    sheet, colon, task = name.rpartition(":")
    if not colon or not sheet:
        raise Unusable("a task is named as SHEET:TASK", name, (0, len(name)), "for instance lecture3:1.b.1")
    keys = seeded(sheet, seed) if seed else sheet_key(sheet)
    found = keys.task(task)
    if found is None:
        start = len(sheet) + 1
        if task in keys.missing:
            raise Unusable(f"there is no key to this task: {keys.missing[task]}", name, (start, len(name)))
        known = [one.task for one in keys.tasks]
        hint = nearest(task, known) or f"there are {', '.join(known)}"
        raise Unusable(f"the sheet {sheet} has no such task", name, (start, max(len(name), start + 1)), hint)
    return found


def seeded(sheet: str, seed: str) -> SheetKey:
    """The keys of the variant of a sheet that a text draws."""
    from derivations.homework.keying import keys_of
    from derivations.homework.sheets import read_sheet
    from derivations.homework.variants import drawn

    found = drawn(read_sheet(sheet), seed)
    return keys_of(found.spec, found.solutions)


def said(verdict: Verdict) -> str:
    """The verdict in a few lines for the terminal."""
    lines = [f"{_SIGNS.get(verdict.verdict, '?')} {verdict.verdict}  ({verdict.points:g} of {verdict.max_points:g} points)"]
    lines.append(f"  {verdict.reason}")
    if verdict.read_as:
        lines.append(f"  read as: {verdict.read_as}")
    evidence = verdict.evidence
    if evidence.at:
        lines.append("  at " + ", ".join(f"{name} = {value}" for name, value in evidence.at.items()))
    if evidence.values:
        lines.append("  " + "; ".join(f"the {name} gives {value}" for name, value in evidence.values.items()))
    if evidence.detail and evidence.detail != verdict.reason and not evidence.at:
        lines.append(f"  {evidence.detail}")
    if verdict.misconception:
        lines.append(f"  looks like: {verdict.misconception}")
    lines += [f"  remark: {remark}" for remark in verdict.remarks]
    if len(verdict.parts) > 1:
        lines += [f"  {name or 'part'}: {one.verdict}" + (f" ({one.reason})" if one.reason else "") for name, one in verdict.parts]
    if verdict.verdict in ("undecided", "unreadable"):
        lines += _pointer(verdict)
        lines.append("  A person has to look at this one.")
    return "\n".join(lines) + "\n"


def _pointer(verdict: Verdict) -> list[str]:
    """The place in the answer, with a caret below it."""
    if verdict.span is None:
        return []
    shown = str(Unusable("", verdict.answer, verdict.span)).split("\n")[1:]
    return ["  " + line for line in shown if line.strip()]
