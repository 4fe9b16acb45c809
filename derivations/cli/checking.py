"""What ``check`` does: find the task's key, check the answer, say the verdict and why."""

from __future__ import annotations

import json
import re
import sys
import textwrap

from derivations.cli.output import emit, width
from derivations.homework.checking import Checker
from derivations.homework.keys import SheetKey, TaskKey, committed
from derivations.homework.reasons import Sentences, sentence
from derivations.homework.verdicts import Verdict, verdict_to_json
from derivations.language.errors import Unusable
from derivations.reading.suggestions import nearest

_MOST = 200_000  # characters of an answer that are read
_CODES = {"correct": 0, "partial": 1, "incorrect": 1, "missing": 1}
_VALUE = re.compile(r"\S+ = -?[\d./]+")
_SIGNS = {"correct": "✓", "partial": "±", "incorrect": "✗"}


def check(task: str, answer: str, as_json: bool, seed: str | None) -> int:
    """0 if the answer is correct, 1 if it is not, 3 if a person has to look at it."""
    key = task_key(task, seed)
    text = sys.stdin.buffer.read(_MOST).decode("utf-8", "replace") if answer == "-" else answer
    verdict = Checker(key).check(text)
    emit(json.dumps(verdict_to_json(verdict), ensure_ascii=False, indent=1) + "\n" if as_json else said(verdict, key))
    return _CODES.get(verdict.verdict, 3)


def task_key(name: str, seed: str | None = None) -> TaskKey:
    """The key of SHEET:TASK. Raises Unusable, with the nearest name, where there is no such sheet or task."""
    sheet, colon, task = name.rpartition(":")
    if not colon or not sheet:
        raise Unusable("a task is named as SHEET:TASK", name, (0, len(name)), "for instance lecture3:1.b.1")
    keys = seeded(sheet, seed) if seed else committed(sheet) or made(sheet)
    found = keys.task(task)
    if found is None:
        start = len(sheet) + 1
        if task in keys.missing:
            raise Unusable(f"there is no key to this task: {keys.missing[task]}", name, (start, len(name)))
        known = [one.task for one in keys.tasks]
        hint = nearest(task, known) or f"there are {', '.join(known)}"
        raise Unusable(f"the sheet {sheet} has no such task", name, (start, max(len(name), start + 1)), hint)
    return found


def made(sheet: str) -> SheetKey:
    """The keys of an author's sheet, from its own words and from proofs; for the package's sheets none of this is loaded."""
    from derivations.homework.keying import sheet_key

    return sheet_key(sheet)


def seeded(sheet: str, seed: str) -> SheetKey:
    """The keys of the variant of a sheet that a text draws."""
    from derivations.homework.keying import keys_of
    from derivations.homework.sheets import read_sheet
    from derivations.homework.variants import drawn

    found = drawn(read_sheet(sheet), seed)
    return keys_of(found.spec, found.solutions)


def said(verdict: Verdict, key: TaskKey) -> str:
    """The verdict in a few lines for the terminal."""
    sentences = Sentences(key)
    lines = [f"{_SIGNS.get(verdict.verdict, '?')} {verdict.verdict}  ({verdict.points:g} of {verdict.max_points:g} points)"]
    lines += _wrapped(sentence(verdict.reason))
    if verdict.read_as:
        lines += _wrapped(sentences.formula(verdict.read_as), "read as: ")
    lines += _wrapped(_evidence(verdict, sentences))
    if verdict.misconception:
        lines.append(f"  looks like: {verdict.misconception}")
    for remark in verdict.remarks:
        lines += _wrapped(sentence(remark), "remark: ")
    if len(verdict.parts) > 1:
        for name, one in verdict.parts:
            again = one.verdict in ("correct", "missing") or one.reason in verdict.reason
            said_of = one.verdict if again else f"{one.verdict}: {one.reason}"
            lines += _wrapped(said_of, f"{_SIGNS.get(one.verdict, '?')} {name or 'part'}: ")
    if verdict.verdict in ("undecided", "unreadable"):
        lines += _pointer(verdict)
        lines.append("  A person has to look at this one.")
    return "\n".join(lines) + "\n"


def _wrapped(text: str, label: str = "") -> list[str]:
    """The text in lines of the terminal's width, the further ones below its beginning."""
    kept = _VALUE.sub(lambda found: found[0].replace(" ", "\u00a0"), text)  # no line ends within x = 3
    lines = textwrap.wrap(
        kept, max(width(), 40), initial_indent=f"  {label}", subsequent_indent="  " + " " * min(len(label), 9),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace("\u00a0", " ") for line in lines]


def _evidence(verdict: Verdict, sentences: Sentences) -> str:
    """The point of a counterexample and the two values there, as far as the reason has not told them."""
    evidence = verdict.evidence
    if evidence.kind != "counterexample" or not evidence.at:
        return ""
    at = sentences.plain(", ".join(f"{name} = {value}" for name, value in evidence.at.items()))
    values = {name: sentences.plain(value) for name, value in evidence.values.items()}
    if at in verdict.reason and all(value in ("True", "False") or value in verdict.reason for value in values.values()):
        return ""
    shown = {"True": "holds", "False": "does not"}
    said = [f"{'your answer' if name == 'answer' else 'the right one'} {shown.get(value, f'gives {value}')}"
            for name, value in values.items()]  # fmt: skip
    return f"at {at}{' ' if said else ''}{', '.join(said)}"


def _pointer(verdict: Verdict) -> list[str]:
    """The place in the answer, with a caret below it."""
    if verdict.span is None:
        return []
    shown = str(Unusable("", verdict.answer, verdict.span)).split("\n")[1:]
    return ["  " + line for line in shown if line.strip()]
