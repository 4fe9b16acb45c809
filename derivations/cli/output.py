"""Where output goes: standard output or the file that ``-o`` names, always as UTF-8."""

from __future__ import annotations

import os
import sys


class Closed(BaseException):
    """Nobody reads the output any more."""


def emit(text: str, output: str | None = None) -> None:
    """Writes to the file, or to standard output. Raises Unusable if the file cannot be written."""
    if output is None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Closed from None
        return
    try:
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        from derivations.language.errors import Unusable

        reason = getattr(error, "strerror", None) or str(error)
        raise Unusable(f"cannot write to it: {reason}", output, (0, len(output))) from error


def talk(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def width() -> int:
    """How many characters a line of the terminal has; 80 where there is no terminal."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and len(columns) < 5 and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
