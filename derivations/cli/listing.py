"""What ``list`` prints, from the one file that the catalogue keeps for it."""

from __future__ import annotations

from typing import Any

from derivations.catalogue.discovery import index
from derivations.cli.output import emit


def listing(json: bool) -> int:
    """Every result with its question and status; with ``json`` as one JSON value."""
    rows = index()
    emit(_as_json(rows) if json else _as_text(rows))
    return 0


def _as_json(rows: list[dict[str, Any]]) -> str:
    from json import dumps

    fields = ("id", "title", "question", "tasks", "status", "certified")
    return dumps([{field: row[field] for field in fields} for row in rows], indent=2, ensure_ascii=False) + "\n"


def _as_text(rows: list[dict[str, Any]]) -> str:
    for row in rows:
        row["status"] += {True: ", certified", False: ", refused by Rocq", None: ""}[row["certified"]]
    columns = [[row[field] for row in rows] for field in ("id", "question", "status")]
    sizes = [max((len(item) for item in column), default=0) for column in columns]
    lines = []
    for row in rows:
        cells = zip((row["id"], row["question"], row["status"]), sizes, strict=True)
        tasks = f"  [{_tasks(row['tasks'])}]" if row["tasks"] else ""
        lines.append("  ".join(f"{cell:{size}}" for cell, size in cells) + f"  {row['title']}{tasks}")
    return "\n".join([*lines, ""])


def _tasks(tasks: list[str]) -> str:
    """``lecture3:1.a`` and its like, the sheet named once."""
    sheets: dict[str, list[str]] = {}
    for task in tasks:
        sheet, _, name = task.partition(":")
        sheets.setdefault(sheet, []).append(name)
    return "; ".join(f"{sheet} {', '.join(names)}" for sheet, names in sheets.items())
