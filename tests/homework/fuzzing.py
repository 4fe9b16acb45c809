"""Random answers, made from bytes by a grammar, and what must be true of the verdicts on them.

Every choice takes bytes, so that Hypothesis can shrink an answer and a coverage-guided fuzzer can steer it. Of an answer that the
grammar made from a formula its meaning is known: ``arithmetic`` evaluates it, with none of the program's code, and a verdict
``correct`` on a formula with another value is a finding, as is ``incorrect`` on one that was only rewritten.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from derivations.homework.checking import Checker
from derivations.homework.keying import keys_of, sheet_key
from derivations.homework.sheets import read_sheet
from derivations.homework.verdicts import VERDICTS, Verdict, verdict_to_json

from .arithmetic import Choices, Node
from .hostile import pieces
from .mutations import answer_to
from .questions import QUESTIONS, Question, agrees
from .recompute import differs
from .spelling import spelled

FOLDER = Path(__file__).parent
LONGEST = 0.25  # seconds of work; more than one answer may take, for a machine with other work
_PLAIN_KINDS = ("expression", "range")


@cache
def checkers() -> dict[str, Checker]:
    """A checker for every task of both sheets and of the sheet with all kinds of own keys."""
    keys = {name: sheet_key(name) for name in ("lecture3", "stage3")}
    keys["own"] = keys_of(read_sheet(str(FOLDER / "own_keys.toml")))
    return {f"{name}:{task.task}": Checker(task) for name, key in keys.items() for task in key.tasks}


@cache
def rows() -> tuple[tuple[str, str], ...]:
    """(task, answer) of the corpus."""
    found = []
    for sheet in ("lecture3", "stage3"):
        with open(FOLDER / "corpus" / f"{sheet}.csv", encoding="utf-8", newline="") as file:
            found += [(row["task"], row["answer"]) for row in csv.DictReader(file)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Trial:
    """An answer to a task; ``meant`` is its meaning where that is known, ``right`` whether it is the key rewritten."""

    task: str
    text: str
    meant: Node | None = None
    right: bool = False


def trial(data: bytes) -> Trial:
    """The answer that the bytes describe: a formula, a splice of answers, pieces of hostile ones, or text as it stands."""
    choices = Choices(data)
    make = choices.pick((_formula, _formula, _formula, _splice, _pieces, _text))
    return make(choices)


def _formula(choices: Choices) -> Trial:
    question = choices.pick(QUESTIONS)
    meant, right = answer_to(question, choices)
    return Trial(question.task, spelled(meant, choices), meant, right)


def _splice(choices: Choices) -> Trial:
    """The beginning of one answer, the end of another, perhaps a piece left out or repeated."""
    task, one = choices.pick(rows())
    other_task, other = choices.pick(rows())
    cut, start = choices.number(0, len(one)), choices.number(0, len(other))
    text = one[:cut] + choices.pick(("", " ", "\n", ", ", " = ", " and ", "$")) + other[start:]
    if choices.flag():
        at = choices.number(0, len(text))
        text = text[:at] + text[min(len(text), at + choices.number(0, 9)) :]
    if choices.flag():
        at, size = choices.number(0, len(text)), choices.number(1, 12)
        text = text[: at + size] * 2 + text[at + size :]
    return Trial(choices.pick((task, other_task, *checkers())), text)


def _pieces(choices: Choices) -> Trial:
    parts = [choices.pick(pieces()) * choices.pick((1, 1, 1, 2, 5, 40)) for _ in range(choices.number(1, 25))]
    return Trial(choices.pick(tuple(checkers())), "".join(parts))


def _text(choices: Choices) -> Trial:
    task = choices.pick(tuple(checkers()))
    return Trial(task, choices.rest().decode("utf-8", "replace" if choices.flag() else "surrogateescape"))


def seed_of(task: str, text: str) -> bytes:
    """Bytes from which ``trial`` makes this answer to this task."""
    return (
        bytes([5])
        + Choices.index(tuple(checkers()).index(task), len(checkers()))
        + text.encode("utf-8", "surrogateescape")
    )


# --- what must be true --------------------------------------------------------------------------------------------------


def complaint(one: Trial) -> str:
    """What is wrong with the verdict on an answer; "" if nothing is. An exception is not caught."""
    start = time.process_time()
    verdict = checkers()[one.task].check(one.text)
    if time.process_time() - start > LONGEST:
        start = time.process_time()
        checkers()[one.task].check(one.text)
        spent = time.process_time() - start
        if spent > LONGEST:
            return f"it takes {spent:.2f} s"
    if verdict.verdict not in VERDICTS or not 0 <= verdict.points <= verdict.max_points:
        return f"{verdict.verdict} with {verdict.points} of {verdict.max_points} points"
    return _evidence(verdict) or _oracle(one, verdict)


def _evidence(verdict: Verdict) -> str:
    """Correct only with a proof, incorrect only with a counterexample; the text kept as it was given."""
    evidence = verdict_to_json(verdict)["evidence"]
    if verdict.verdict == "correct" and (evidence["kind"] != "proof" or not evidence.get("status")):
        return "correct without a proof"
    if verdict.verdict == "incorrect" and (
        evidence["kind"] != "counterexample" or evidence["values"]["answer"] == evidence["values"]["key"]
    ):
        return "incorrect without a counterexample"
    return ""


def _oracle(one: Trial, verdict: Verdict) -> str:
    if one.meant is None:
        return ""
    question: Question = next(question for question in QUESTIONS if question.task == one.task)
    if verdict.verdict == "correct":
        found = agrees(question, one.meant)
        return "" if found is None else f"correct, but {found}"
    if verdict.verdict == "incorrect":
        if one.right:
            return f"incorrect, but it is the key rewritten: {verdict.reason}"
        evidence = verdict_to_json(verdict)["evidence"]
        if question.kind in _PLAIN_KINDS and evidence["at"] and not differs(evidence):
            return f"the counterexample is none: {evidence}"
    return ""


def tried(data: bytes, judge: Callable[[Trial], str] = complaint) -> tuple[Trial, str]:
    """The answer from these bytes and what is wrong with its verdict, an exception included."""
    one = trial(data)
    try:
        return one, judge(one)
    except (
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        NameError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        return one, f"{type(error).__name__}: {error}"
