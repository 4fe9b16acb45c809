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
        self.partial = path / ".partial"
        self.written: list[str] = []

    def write(self, name: str, content: Iterable[str]) -> None:
        """Raises Unusable if the file cannot be written."""
        target, made = self.path / name, self.partial / "new"
        try:
            with made.open("w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
                file.writelines(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_symlink():
                target.unlink()
            os.replace(made, target)
        except OSError as error:
            raise Unusable(f"cannot write to it: {error.strerror}", str(target), (0, len(str(target)))) from error
        self.written.append(name)

    def remove(self, name: str) -> None:
        """Takes away what an earlier run wrote."""
        target = self.path / name
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)
