"""Fuzzes reader and checker: bytes become answers (``tests.homework.fuzzing``), and every verdict is judged.

Two ways to find the bytes. Steered: atheris watches what derivations.reading and derivations.homework reach, and keeps the bytes
that reach something new; watching costs two thirds of the speed. Drawn: on every core, bytes at random, and changed copies of the
bytes that the steering kept and of the corpus. One input in ten is steered where atheris is installed, none where it is not.

FUZZ_INPUTS says how many inputs there are (a million), FUZZ_SEED where the choice begins, FUZZ_JOBS how many processes draw,
FUZZ_STEERED how many inputs are steered, FUZZ_FOLDER where everything is kept. A finding is a file with the bytes, and its answer
beside it; with findings the exit status is 1.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
JOBS = int(os.environ.get("FUZZ_JOBS", str(os.cpu_count() or 1)))
STEERED = int(os.environ.get("FUZZ_STEERED", str(INPUTS // 10)))
FOLDER = Path(os.environ.get("FUZZ_FOLDER", "build/fuzz"))
SAID_EVERY = 5_000
LONGEST = 2_000  # bytes
MOST_FINDINGS = 100
ROOT = Path(__file__).resolve().parents[2]


class Judge:
    """Counts the inputs of one process, and keeps the findings."""

    def __init__(self, fuzzing: ModuleType, name: str) -> None:
        self.fuzzing, self.name, self.count, self.findings = fuzzing, name, 0, 0
        self.start = time.monotonic()
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
            place = FOLDER / "findings" / f"{self.name}-{SEED}-{self.count:07d}"
            place.write_bytes(data)
            place.with_suffix(".txt").write_text(f"{wrong}\n{one!r}\n", encoding="utf-8", errors="backslashreplace")
            print(f"FINDING {place}: {wrong[:300]}\n    {ascii(one)[:400]}", flush=True)

    def said(self) -> str:
        spent = time.monotonic() - self.start
        return f"{self.name}: {self.count} inputs, {self.count / spent:.0f} a second, {self.findings} findings"


# --- steered --------------------------------------------------------------------------------------------------------------


def steered() -> None:
    """Does not come back: the fuzzer ends the process, with status 1 after findings."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["derivations.reading", "derivations.homework"]):
        fuzzing = importlib.import_module("tests.homework.fuzzing")
        for module in dict.fromkeys(importlib.import_module("derivations.homework.deciding.kinds").MODULES.values()):
            importlib.import_module(f"derivations.homework.deciding.{module}")
        fuzzing.checkers()
    judge = Judge(fuzzing, "steered")
    seeds, found = FOLDER / "seeds", FOLDER / "corpus"
    seeds.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    for i, (task, text) in enumerate(fuzzing.rows()):
        (seeds / f"{i:04d}").write_bytes(fuzzing.seed_of(task, text))

    def one_input(data: bytes) -> None:
        judge(data)
        if judge.count >= STEERED:
            print(judge.said(), flush=True)
            os._exit(1 if judge.findings else 0)

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


# --- drawn ----------------------------------------------------------------------------------------------------------------


def changed(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """``data`` with one to four changes: a byte set, a stretch left out, repeated, put in at random, or taken from ``other``."""
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randint(0, len(data)), chance.choice((1, 1, 2, 4, 8, 32))
        kind = chance.randrange(5)
        if kind == 0:
            data = data[:at] + chance.randbytes(1) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data[at + size :]
        elif kind == 2:
            data = data[: at + size] + data[at:]
        elif kind == 3:
            data = data[:at] + chance.randbytes(size) + data[at:]
        else:
            start = chance.randint(0, len(other))
            data = data[:at] + other[start : start + size] + data[at + size :]
    return data[:LONGEST]


def drawn(job: int, size: int) -> tuple[int, int]:
    """Judges ``size`` inputs, half of them random, half changed copies; how many there were and how many findings."""
    fuzzing = importlib.import_module("tests.homework.fuzzing")
    judge, chance = Judge(fuzzing, f"drawn {job}"), random.Random(f"{SEED} {job}")
    known = [fuzzing.seed_of(task, text) for task, text in fuzzing.rows()]
    known += [place.read_bytes() for place in sorted((FOLDER / "corpus").glob("*"))]
    while judge.count < size:
        one, other = chance.choice(known), chance.choice(known)
        judge(changed(one, other, chance) if chance.random() < 0.5 else chance.randbytes(chance.randint(20, 400)))
    return judge.count, judge.findings


def main() -> int:
    if "steered" in sys.argv:
        steered()
    first = time.monotonic()
    left, findings = INPUTS, 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed (pip install '.[fuzz]'): all inputs are drawn")
    elif STEERED:
        status = subprocess.run([sys.executable, __file__, "steered"], check=False).returncode
        if status not in (0, 1):
            print(f"the steered part ended with status {status}")
            return status
        findings, left = status, INPUTS - STEERED
    sizes = [left // JOBS + (job < left % JOBS) for job in range(JOBS)]
    with ProcessPoolExecutor(JOBS) as pool:
        counts = list(pool.map(drawn, range(JOBS), sizes))
    findings += sum(found for _, found in counts)
    print(f"{INPUTS} inputs in {time.monotonic() - first:.0f} s, {'findings: see above' if findings else 'no finding'}")
    return 1 if findings else 0


sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    sys.exit(main())
