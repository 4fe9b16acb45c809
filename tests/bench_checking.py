"""Checking answers: how many a second, how soon a first one, beside Math-Verify on the same answers, and by kind of answer.

The answers are made here, so that it is known which are right: formulas for a variance and ranges of a learning rate, no two alike,
each in a LaTeX that both sides read. Math-Verify gets each as it wants it, in dollars. It says right or wrong; we also write the
evidence, the grades and the pages.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench_timing import line, medians

from derivations.homework.checking import Checker
from derivations.homework.grading.run import grade
from derivations.homework.keying import sheet_key

COUNT, FEW, RUNS = 4000, 100, 10
CORPUS = Path(__file__).parent / "homework" / "corpus"
GOLD = {"4.b": r"$\frac{\eta\sigma^2}{N\lambda(2-\eta\lambda)}$", "1.b.1": r"$0 < \eta < \frac{1}{\lambda}$"}
FORMULAS = (  # the value times a/b
    r"\frac{A\eta\sigma^2}{BN\lambda(2-\eta\lambda)}",
    r"\frac{A\eta\sigma^2}{N\lambda(C-B\eta\lambda)}",
    r"\frac{A\eta^2\sigma^2}{BN(1-(1-\eta\lambda)^2)}",
    r"\frac{\sigma^2}{BN}\cdot\frac{A\eta}{2\lambda-\eta\lambda^2}",
)
RANGES = (  # from 0 to a/b over lambda
    r"0 < B\eta < \frac{A}{\lambda}",
    r"\eta \in \left(0, \frac{A}{B\lambda}\right)",
    r"\frac{A}{\lambda} > B\eta > 0",
    r"0 < B\eta\lambda < A",
    r"\eta > 0 \text{ and } B\lambda\eta < A",
)
THEIRS = "from math_verify import parse, verify; print(verify(parse({gold!r}), parse({said!r})))"


class Written(NamedTuple):
    """An answer to a task, and whether it is right."""

    task: str
    text: str
    right: bool


def written(count: int, random: Random) -> list[Written]:
    """So many answers, formulas and ranges in turn, half of them right, no two alike."""
    found: dict[str, Written] = {}
    while len(found) < count:
        task, forms = (("4.b", FORMULAS), ("1.b.1", RANGES))[len(found) % 2]
        right = random.random() < 0.5
        below = random.randint(2, 900)
        above = below if right else random.choice((2 * below, 3 * below, below + 1, 2 * below + 1))
        text = random.choice(forms)
        for letter, number in (("A", above), ("B", below), ("C", 2 * below)):
            text = text.replace(letter, str(number))
        found.setdefault(text, Written(task, f"${text}$", right))
    return list(found.values())


def checking() -> None:
    """All of it."""
    answers = written(COUNT, Random(1))
    ours = speed_of_grading(answers)
    line("our checks", f"{ours[0]:.0f} answers a second", "at least 2000", ours[0] < 2000)
    line("  the whole of a run of grading, with its pages", f"{ours[1]:.0f} answers a second")
    line("  accepted", counted(answers, ours[2]))
    theirs = find_spec("math_verify") is not None
    if theirs:
        speed, accepted = speed_of_others(answers[:FEW])
        line("Math-Verify", f"{speed:.0f} answers a second", f"ours {ours[0] / speed:.0f} times")
        line(f"  accepted, of the first {FEW}", counted(answers[:FEW], accepted))
        line("  ours, of these", counted(answers[:FEW], ours[2][:FEW]))
    else:
        line("Math-Verify", "NOT THERE", "pip install 'derivations[bench]'")
    cold(theirs)
    kinds()


def counted(answers: list[Written], accepted: list[bool]) -> str:
    """How many of the right ones and of the wrong ones were accepted."""
    right = [found for one, found in zip(answers, accepted, strict=True) if one.right]
    wrong = [found for one, found in zip(answers, accepted, strict=True) if not one.right]
    return f"{sum(right)} of {len(right)} right, {sum(wrong)} of {len(wrong)} wrong"


# --- many answers ---------------------------------------------------------------------------------------------------


def speed_of_grading(answers: list[Written]) -> tuple[float, float, list[bool]]:
    """Answers a second on one core, checked and with their rows; those of a whole run; and which were accepted.

    What a run with one answer to each task takes is start-up, and not counted.
    """
    with TemporaryDirectory() as folder:
        few = _graded(answers[:2], Path(folder) / "few")
        many = _graded(answers, Path(folder) / "many")
        with (Path(folder) / "many" / "out" / "verdicts.jsonl").open(encoding="utf-8") as file:
            rows = [json.loads(text) for text in file]
    accepted = {row["student"]: row["verdict"] == "correct" for row in rows if row["verdict"] != "missing"}
    left = len(answers) - 2
    return left / (many[0] - few[0]), left / (many[1] - few[1]), [accepted[f"s{i}"] for i in range(len(answers))]


def _graded(answers: list[Written], folder: Path) -> tuple[float, float]:
    """Seconds until the last verdict is there, and until everything is written."""
    folder.mkdir()
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("student", "task", "answer"))
        table.writerows((f"s{i}", one.task, one.text) for i, one in enumerate(answers))
    start = time.process_time()
    last = [start]
    grade(
        [str(folder / "answers.csv")], "lecture3", str(folder / "out"), jobs=0,
        progress=lambda done, of: last.append(time.process_time()),
    )  # fmt: skip
    return last[-1] - start, time.process_time() - start


def speed_of_others(answers: list[Written]) -> tuple[float, list[bool]]:
    """The same for Math-Verify, its start-up not counted either."""
    import logging

    from math_verify import parse, verify

    logging.disable(logging.ERROR)
    gold = {task: parse(text) for task, text in GOLD.items()}
    verify(gold["4.b"], parse(GOLD["4.b"]))
    start = time.process_time()
    accepted = [bool(verify(gold[one.task], parse(one.text))) for one in answers]
    took = time.process_time() - start
    logging.disable(logging.NOTSET)
    return len(answers) / took, accepted


# --- one answer in a fresh process ------------------------------------------------------------------------------------


def cold(theirs: bool) -> None:
    """From the shell to the verdict."""
    said = r"$\frac{3\eta\sigma^2}{N\lambda(6-3\eta\lambda)}$"
    commands = {"derivations check, in a fresh process": ["-m", "derivations.cli", "check", "lecture3:4.b", said]}
    if theirs:
        commands["  a Python that verifies it with Math-Verify"] = ["-c", THEIRS.format(gold=GOLD["4.b"], said=said)]
    with TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
        environment["PYTHONPYCACHEPREFIX"] = folder

        def run(arguments: list[str]) -> Callable[[], object]:
            return lambda: subprocess.run(
                [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment, check=True
            )

        works = {name: run(arguments) for name, arguments in commands.items()}
        medians(works, 1)
        found = medians(works, RUNS, time.perf_counter)
    for i, (name, value) in enumerate(found.items()):
        limit = "" if i else "less than 300 ms"
        line(name, f"{1000 * value:.0f} ms", limit, not i and value >= 0.3)


# --- kinds of answers -------------------------------------------------------------------------------------------------


def kinds() -> None:
    """The median time of an answer of each kind, over the answers of the test corpus."""
    times: dict[str, list[float]] = {}
    for kind, check, text in _corpus():
        check(text)
        start = time.process_time()
        check(text)
        times.setdefault(kind, []).append(time.process_time() - start)
    for kind, found in sorted(times.items()):
        line(f"  an answer, {kind}", f"{1000 * statistics.median(found):.2f} ms", f"{len(found)} answers")


def _corpus() -> Iterator[tuple[str, Callable[[str], Any], str]]:
    for sheet in ("lecture3", "stage3"):
        keys = sheet_key(sheet)
        checks = {key.task: Checker(key) for key in keys.tasks}
        kind = {key.task: " and ".join(sorted({part.kind for part in key.parts})) for key in keys.tasks}
        with (CORPUS / f"{sheet}.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                task = row["task"].partition(":")[2]
                yield kind[task], checks[task].check, row["answer"]


if __name__ == "__main__":
    checking()
