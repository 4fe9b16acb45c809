"""Small tables that people keep beside a sheet: a line of column names, then rows; comma, semicolon or tab between the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from derivations.language.errors import Unusable

_LIMIT = 50_000_000  # bytes
Rows = list[tuple[int, dict[str, str]]]


def read_rows(path: Path, columns: Sequence[str], needed: Sequence[str]) -> Rows:
    """The rows with the lines they stand in, cells by column. Raises Unusable if there is no such table."""
    text = _text(path)
    if not text.strip():
        return []
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if missing := [name for name in needed if name not in names]:
        raise Unusable(
            f"{path.name} has no column {missing[0]}", first[:200], (0, 1), f"columns: {','.join(columns)}"
        )
    try:
        return [
            (reader.line_num, {name: (row.get(column) or "").strip() for name, column in names.items()})
            for row in reader
        ]
    except csv.Error as error:
        raise Unusable(f"{path.name}, line {reader.line_num}: {error}") from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LIMIT)
    except OSError as error:
        raise Unusable(f"cannot read it: {error.strerror}", str(path), (0, len(str(path)))) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
