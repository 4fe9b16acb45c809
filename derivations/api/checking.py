"""Checking answers from Python: ``check("lecture3:1.b.1", "0 < eta < 1/lambda")``."""

from __future__ import annotations

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key
from derivations.homework.verdicts import Verdict
from derivations.language.errors import Unusable


def check(task: str, answer: str) -> Verdict:
    """The verdict on an answer to SHEET:TASK, with its evidence; SHEET is a name or a .toml file.

    >>> from derivations import check
    >>> verdict = check("lecture3:3.a.nature", "a saddle point")
    >>> verdict.verdict, verdict.points
    ('correct', 3.0)

    Raises Unusable where there is no such sheet or task; nothing in an answer raises.
    """
    sheet, colon, name = task.rpartition(":")
    key = sheet_key(sheet).task(name) if colon and sheet else None
    if key is None:
        raise Unusable("there is no such task", task, (0, len(task)), "a task is named as SHEET:TASK, as lecture3:1.b.1")
    return Checker(key).check(answer)
