"""The folder that a run writes to: files come into being whole, under their own names only once they are finished."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from derivations.language.errors import Unusable


class Folder:
    """``written`` lists the files, relative to the folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = os.fspath(path)
        self.written: list[str] = []
        self._places: set[str] = set()  # folders that are there
        self._new: set[str] = set()  # those of them that were made now, so that each file in them is new

    def write(self, name: str, content: Iterable[str]) -> None:
        """Raises Unusable if the file cannot be written."""
        target, made = f"{self._root}/{name}", f"{self._root}/.partial/new"
        place = os.path.dirname(target)
        try:
            data = b"".join(piece.encode("utf-8", "backslashreplace") for piece in content)
            if place not in self._places:
                self._make(place)
            if place not in self._new and _holds(target, data):
                self.written.append(name)
                return
            with open(made, "wb", buffering=0) as file:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
            os.replace(made, target)  # takes the place of a link, and does not follow it
        except OSError as error:
            raise Unusable(f"cannot write to it: {error.strerror}", target, (0, len(target))) from error
        self.written.append(name)

    def _make(self, place: str) -> None:
        self._places.add(place)
        try:
            os.mkdir(place)
        except FileNotFoundError:
            os.makedirs(place)
        except FileExistsError:
            if os.path.isdir(place):
                return
            raise
        self._new.add(place)

    def remove(self, name: str) -> None:
        """Takes away what an earlier run wrote."""
        target = self.path / name
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)


def _holds(path: str, data: bytes) -> bool:
    """Whether the file is there already, with this content."""
    try:
        with open(path, "rb") as file:
            return not os.path.islink(path) and file.read(len(data) + 1) == data
    except FileNotFoundError:
        return False
