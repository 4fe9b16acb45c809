"""Processes that judge answers side by side; one that takes too long over an answer is killed and replaced."""

from __future__ import annotations

import os
import pickle
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import Self

from derivations.homework.grading.judging import BROKE_OFF, TOO_LONG, TOO_MUCH, Item, Judge, Make, given_up
from derivations.homework.grading.worker import SIZE, framed
from derivations.homework.keys import TaskKey
from derivations.language.errors import DerivationsError

BATCH = 100
_START = 120.0  # seconds until a process must be ready
_PAUSE = 0.1
_BREATH = 0.001  # seconds in which verdicts gather, so that not each is fetched by itself
_MEMORY_SIGNALS = (-6, -9, -11)  # abort, kill, segmentation fault: how a process ends that gets no more memory
Numbered = tuple[int, Item]
Meanwhile = Callable[[], bool]


class _Worker:
    """One process, the batch that it has, and how far it has come."""

    def __init__(self, judge: bytes, path: bytes) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "derivations.homework.grading.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.ready = False
        self.batch: deque[Numbered] = deque()
        self.since = time.monotonic()
        self.received = bytearray()
        self._send(framed(path) + framed(judge))

    def give(self, batch: list[Numbered]) -> None:
        self.batch.extend(batch)
        self.since = time.monotonic()
        self._send(framed(pickle.dumps([item for _, item in batch])))

    def _send(self, content: bytes) -> None:
        view = memoryview(content)
        try:
            while view:
                view = view[self.stdin.write(view) or 0 :]
        except BrokenPipeError:
            pass  # its end is noticed where its answers are awaited

    def read(self) -> list[tuple[int, str]] | None:
        """The verdicts that have come; None if the process has ended."""
        content = os.read(self.stdout.fileno(), 1 << 20)
        if not content:
            return None
        self.received += content
        found, at = [], 0
        while len(self.received) - at >= SIZE.size:
            (size,) = SIZE.unpack_from(self.received, at)
            if len(self.received) - at - SIZE.size < size:
                break
            at += SIZE.size + size
            if not self.ready:
                self.ready = True
            else:
                number, _ = self.batch.popleft()
                found.append((number, self.received[at - size : at].decode()))
        del self.received[:at]
        self.since = time.monotonic()
        return found

    def end(self) -> int:
        """Kills it; gives how it ended."""
        ended = self.process.poll()
        self.process.kill()
        code = self.process.wait()
        self.stdin.close()
        self.stdout.close()
        return code if ended is None else ended


class Crew:
    """So many processes with the same judge. To be used with ``with``: at the end none is left.

    ``meanwhile`` does a little of something else while they work, and tells whether there was anything to do.
    """

    def __init__(
        self, keys: Mapping[str, TaskKey], make: Make, jobs: int, deadline: float, memory: int, meanwhile: Meanwhile | None = None
    ) -> None:
        self.keys, self.jobs, self.deadline = keys, max(1, jobs), deadline
        self.meanwhile = meanwhile
        self._judge = pickle.dumps((Judge(keys, make), memory))
        self._path = pickle.dumps(list(sys.path))
        self._workers: list[_Worker] = []
        self._failures = 0
        self._selector = selectors.DefaultSelector()
        self._again: deque[Numbered] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for worker in list(self._workers):
            self._dismiss(worker)
        self._selector.close()

    def run(self, items: Iterable[Numbered]) -> Iterator[tuple[int, str]]:
        """Each answer's number with the verdict on it, as they come."""
        left = iter(items)
        while True:
            self._employ(left)
            if not any(worker.batch for worker in self._workers):
                return
            gathering = False
            for key, _ in self._selector.select(_PAUSE):
                worker: _Worker = key.data
                found = worker.read()
                if found is None:
                    yield from self._lost(worker)
                elif worker.batch:
                    gathering = True
                    yield from found
                else:
                    yield from found
            if gathering and not (self.meanwhile is not None and self.meanwhile()):
                time.sleep(_BREATH)
            for worker in list(self._workers):
                if time.monotonic() - worker.since > (self.deadline if worker.ready else _START) and worker.batch:
                    yield from self._late(worker)

    def _employ(self, left: Iterator[Numbered]) -> None:
        """Gives work to all who have none, and starts further processes while there is more to do than they can have."""
        for number in range(self.jobs):
            worker = self._workers[number] if number < len(self._workers) else None
            if worker is not None and worker.batch:
                continue
            batch = [self._again.popleft() for _ in range(min(BATCH, len(self._again)))] or list(islice(left, BATCH))
            if not batch:
                return
            if worker is None:
                worker = _Worker(self._judge, self._path)
                self._workers.append(worker)
                self._selector.register(worker.stdout, selectors.EVENT_READ, worker)
            worker.give(batch)

    def _dismiss(self, worker: _Worker) -> int:
        self._workers.remove(worker)
        self._selector.unregister(worker.stdout)
        return worker.end()

    def _late(self, worker: _Worker) -> Iterator[tuple[int, str]]:
        self._dismiss(worker)
        yield from self._blamed(worker, TOO_LONG)

    def _lost(self, worker: _Worker) -> Iterator[tuple[int, str]]:
        code = self._dismiss(worker)
        yield from self._blamed(worker, TOO_MUCH if code in _MEMORY_SIGNALS else BROKE_OFF)

    def _blamed(self, worker: _Worker, reason: str) -> Iterator[tuple[int, str]]:
        """The answer that the process was at is given up; those after it are judged by another."""
        if not worker.ready:
            self._failures += 1
            if self._failures > 3:
                raise DerivationsError("the processes that check answers cannot be started")
        elif worker.batch:
            number, (task, text) = worker.batch.popleft()
            yield number, given_up(self.keys[task], text, reason)
        self._again.extend(worker.batch)
