"""What has been found so far, kept in DIR/.partial, so that a run that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from derivations.homework.keys import SheetKey, TaskKey, sheet_key_to_json
from derivations.language.errors import Unusable
from derivations.version import __version__

_FLUSH = 200  # verdicts


def fingerprint(key: TaskKey, checked_by: str) -> str:
    """A hash of all that the verdict on an answer depends on, but the answer."""
    content = sheet_key_to_json(SheetKey(key.sheet, "", (key,)))
    return hashlib.sha256(json.dumps([__version__, checked_by, content], sort_keys=True).encode()).hexdigest()


def answer_hash(key_hash: str, text: str) -> str:
    return hashlib.sha256(f"{key_hash}\n{text}".encode()).hexdigest()


class Journal:
    """Verdicts by the hashes of key and answer, appended as they are found. Only one run at a time may have it."""

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.folder = folder / ".partial"
        self.path = self.folder / "journal"
        self.fresh = fresh
        self.pending: list[str] = []
        self.file: IO[bytes] | None = None
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
            _lock(self._lock, str(self.folder.parent))
            if self.fresh:
                self.path.unlink(missing_ok=True)
            self.file = self.path.open("a+b")
        except OSError as error:
            raise Unusable(
                f"cannot write to it: {error.strerror}", str(self.folder), (0, len(str(self.folder)))
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.flush()
        assert self.file is not None and self._lock is not None
        self.file.close()
        os.close(self._lock)
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, wanted: Iterable[str]) -> dict[str, str]:
        """The verdicts of a former run; a last line that was not finished is cut off."""
        assert self.file is not None
        hashes = frozenset(wanted)
        found: dict[str, str] = {}
        self.file.seek(0)
        end = 0
        for line in self.file:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            name, _, verdict = line.decode("utf-8", "replace").rstrip("\n").partition(" ")
            if name in hashes and _is_json(verdict):
                found[name] = verdict
        self.file.truncate(end)
        return found

    def add(self, name: str, verdict: str) -> None:
        self.pending.append(f"{name} {verdict}\n")
        if len(self.pending) >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        assert self.file is not None
        if self.pending:
            self.file.write("".join(self.pending).encode())
            self.file.flush()
            self.pending = []


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _lock(descriptor: int, folder: str) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unusable("another run is grading into this folder", folder, (0, len(folder))) from error
