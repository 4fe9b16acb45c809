"""Times side by side: medians over several runs of works that take turns, and the lines that show them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Clock = Callable[[], float]


def seconds(work: Callable[[], object], clock: Clock) -> float:
    start = clock()
    work()
    return clock() - start


def medians(works: Mapping[str, Callable[[], object]], runs: int, clock: Clock = time.process_time) -> dict[str, float]:
    """The median time of each, one run of all after the other."""
    rounds = [[seconds(work, clock) for work in works.values()] for _ in range(runs)]
    return dict(zip(works, map(statistics.median, zip(*rounds, strict=True)), strict=True))


def line(name: str, found: str, limit: str = "", missed: bool = False) -> None:
    print(f"{name:52} {found:>26}{f'   {limit}' if limit else ''}{'   MISSED' if missed else ''}", flush=True)
