"""What ``grade`` does: grade, list what was written, and tell the person at the terminal what came of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from derivations.cli.output import emit, talk
from derivations.cli.progress import PATIENCE
from derivations.homework.grading.rows import Change
from derivations.homework.grading.run import Summary, grade, summary_to_json
from derivations.homework.rosters import seeds_of
from derivations.language.errors import Unusable

_LISTED = 10  # changes and problems that are told one by one


@dataclass(frozen=True, slots=True)
class Options:
    jobs: int
    scheduler: str | None
    deadline: float
    memory: int
    fresh: bool
    as_json: bool
    seed: str | None = None
    each: bool = False
    seeds: str | None = None


def grading(paths: tuple[str, ...], sheet: str, output: str, options: Options) -> int:
    """0 once everything is graded, whatever the grades. Raises Unusable for input that cannot be used."""
    seeds = seeds_of(options.seed, options.each, options.seeds)
    with _executor(options.scheduler) as executor, _Progress() as progress:
        summary = grade(
            paths,
            sheet,
            output,
            executor,
            options.jobs,
            options.deadline,
            options.memory,
            options.fresh,
            progress=progress.checked,
            seeds=seeds,
            drawing=progress.drawn,
        )
    _tell(summary, output)
    if options.as_json:
        emit(json.dumps(summary_to_json(summary), indent=1, ensure_ascii=False) + "\n")
    else:
        emit("".join(f"{Path(output) / name}\n" for name in summary.files))
    return 0


@contextmanager
def _executor(address: str | None) -> Iterator[Executor | None]:
    """The executor of a Dask cluster."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise Unusable(
            "a scheduler needs Dask, which is not installed",
            address,
            (0, len(address)),
            "pip install 'derivations[dask]'",
        ) from error
    try:
        client = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise Unusable(f"there is no Dask scheduler: {error}", address, (0, len(address))) from error
    with client, client.get_executor() as executor:
        yield executor


class _Progress:
    """One line on stderr that says how far it has come, for what takes more than a second in front of somebody."""

    def __init__(self) -> None:
        self.started = self.last = time.monotonic()
        self.shown = False
        self.wanted = sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def checked(self, count: int, total: int) -> None:
        self._show(f"checked {count} of {total} different answers", count)

    def drawn(self, count: int, total: int) -> None:
        self._show(f"drew {count} of {total} variants, each with its proofs")
        if count == total:
            self.started = time.monotonic()

    def _show(self, text: str, count: int = 0) -> None:
        now = time.monotonic()
        if not self.wanted or now - self.started < PATIENCE or now - self.last < 0.2:
            return
        self.last, self.shown = now, True
        speed = f", {count / (now - self.started):.0f} a second" if count else ""
        sys.stderr.write(f"\r\033[K{text}{speed}")
        sys.stderr.flush()


def _tell(summary: Summary, output: str) -> None:
    verdicts = ", ".join(f"{count} {name}" for name, count in summary.verdicts.items() if count)
    talk(f"{_count(summary.students, 'student')}, {_count(summary.answers, 'answer')}: {verdicts}")
    if summary.resumed:
        talk(
            f"{_count(summary.resumed, 'answer')} had been checked by a run that did not finish; --fresh checks them anew"
        )
    if summary.overridden:
        talk(f"{_count(summary.overridden, 'decision')} of a person from overrides.csv")
    if summary.changed:
        tasks = sorted({one.task for one in summary.changed})
        talk(f"changed since the last run, in {', '.join(tasks)} ({Path(output) / 'changes.csv'}):")
        _some([_change(one) for one in summary.changed])
    if summary.problems:
        talk(f"{_count(len(summary.problems), 'problem')}:")
        _some(list(summary.problems))
    if summary.for_review:
        needs = "needs" if summary.for_review == 1 else "need"
        talk(f"{_count(summary.for_review, 'answer')} {needs} a person: {Path(output) / 'for-review.html'}")


def _change(one: Change) -> str:
    before, now = (f"{verdict} ({points:g})" if verdict else "nothing" for verdict, points, _ in (one.before, one.now))
    other = f", variant {one.variants[0] or '(none)'} → {one.variants[1] or '(none)'}" if len(set(one.variants)) > 1 else ""
    kept = f"; a person's {one.now[2]:g} points stand" if one.overridden else ""
    return f"{one.student}, {one.task}: {before} → {now}{other}{kept}"


def _some(entries: list[str]) -> None:
    for entry in entries[:_LISTED]:
        talk(f"  {entry}")
    if len(entries) > _LISTED:
        talk(f"  and {len(entries) - _LISTED} more")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
