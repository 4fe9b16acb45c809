"""Fuzzes reader and checker: bytes become answers (``tests.homework.fuzzing``), and every verdict is judged.

With atheris the bytes are steered by what they reach in derivations.reading and derivations.homework; without it they are drawn by
Hypothesis. FUZZ_INPUTS says how many inputs there are (a million), FUZZ_SEED where the choice begins. A finding is a file with the
bytes, and its answer beside it; with findings the exit status is 1.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
FOLDER = Path(os.environ.get("FUZZ_FOLDER", "build/fuzz"))
SAID_EVERY = 1_000
LONGEST = 2_000  # bytes
MOST_FINDINGS = 100
ROOT = Path(__file__).resolve().parents[2]


class Judge:
    """Counts the inputs, keeps the findings, and ends the run when there were enough."""

    def __init__(self, fuzzing: ModuleType, offset: int = 0) -> None:
        self.fuzzing, self.count, self.findings = fuzzing, offset, 0
        self.start, self.first = time.monotonic(), offset
        (FOLDER / "findings").mkdir(parents=True, exist_ok=True)

    def __call__(self, data: bytes) -> None:
        one, wrong = self.fuzzing.tried(data)
        self.count += 1
        if wrong:
            self.keep(data, one, wrong)
        if self.count % SAID_EVERY == 0:
            print(self.said(), flush=True)

    def keep(self, data: bytes, one: object, wrong: str) -> None:
        self.findings += 1
        if self.findings <= MOST_FINDINGS:
            place = FOLDER / "findings" / f"{SEED}-{self.count:07d}"
            place.write_bytes(data)
            place.with_suffix(".txt").write_text(f"{wrong}\n{one!r}\n", encoding="utf-8", errors="backslashreplace")
            print(f"FINDING {place}: {wrong[:300]}\n    {ascii(one)[:400]}", flush=True)

    @property
    def done(self) -> bool:
        return self.count >= INPUTS

    def said(self) -> str:
        spent = time.monotonic() - self.start
        return f"{self.count} inputs, {(self.count - self.first) / spent:.0f} a second, {self.findings} findings"


def with_atheris(atheris: ModuleType) -> None:
    """Does not come back: the fuzzer ends the process."""
    with atheris.instrument_imports(include=["derivations.reading", "derivations.homework"]):
        fuzzing = importlib.import_module("tests.homework.fuzzing")
        for module in dict.fromkeys(importlib.import_module("derivations.homework.deciding.kinds").MODULES.values()):
            importlib.import_module(f"derivations.homework.deciding.{module}")
        fuzzing.checkers()
    judge = Judge(fuzzing)
    seeds = FOLDER / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    for i, (task, text) in enumerate(fuzzing.rows()):
        (seeds / f"{i:04d}").write_bytes(fuzzing.seed_of(task, text))

    def one_input(data: bytes) -> None:
        judge(data)
        if judge.done:
            print(judge.said(), flush=True)
            os._exit(1 if judge.findings else 0)

    found = FOLDER / "corpus"
    found.mkdir(exist_ok=True)
    options = [
        f"-max_len={LONGEST}",
        "-timeout=60",
        f"-seed={SEED}",
        "-verbosity=0",
        "-rss_limit_mb=0",
        f"-artifact_prefix={FOLDER}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(found), str(seeds)], one_input)
    atheris.Fuzz()


def with_hypothesis() -> int:
    """The same without steering; first the corpus, then what Hypothesis draws."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    judge = Judge(importlib.import_module("tests.homework.fuzzing"))
    for task, text in judge.fuzzing.rows():
        judge(judge.fuzzing.seed_of(task, text))
    turn = SEED
    while not judge.done:
        turn += 1
        size = min(5_000, INPUTS - judge.count)

        @seeded(turn)
        @settings(max_examples=size, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.binary(min_size=20, max_size=400))
        def draw(data: bytes, judge: Callable[[bytes], None] = judge) -> None:
            judge(data)

        draw()
    print(judge.said())
    return 1 if judge.findings else 0


def main() -> int:
    sys.path.insert(0, str(ROOT))
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        print("atheris is not installed (pip install '.[fuzz]'): Hypothesis draws the inputs, whatever they reach")
        return with_hypothesis()
    with_atheris(atheris)
    return 0


if __name__ == "__main__":
    sys.exit(main())
