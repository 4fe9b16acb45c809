"""The code blocks of a page of the documentation, and the commands in them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ANYTHING = "…"
_BLOCK = re.compile(r"^```(\{code-block\} )?(\w+)\n(?::caption: ([^\n]+)\n\n?)?(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    caption: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line after "$ ", and what the page says that it prints."""

    line: str
    output: tuple[str, ...]


def blocks(page: str) -> list[Block]:
    """The page's code blocks, in order; a caption is the name of a file, or the title of a piece of code."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [Block(match[2], match[3] or "", match[4]) for match in _BLOCK.finditer(text)]


def commands(block: Block) -> list[Command]:
    found: list[Command] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], ()))
        else:
            found[-1] = Command(found[-1].line, (*found[-1].output, line))
    return found


class Shell:
    """One shell in one folder, in which `derivations` is the program of this copy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.code = folder, 0

    def run(self, line: str) -> list[str]:
        """What the command prints, standard error included."""
        script = f'derivations() {{ "{sys.executable}" -m derivations.cli "$@"; }}\n(exit {self.code})\n{line}'
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, text=True, encoding="utf-8", timeout=300, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment(),
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout.splitlines()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}


def agrees(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether what is printed is what is shown; a line "…" stands for any lines, "… " in a line for any characters."""
    pattern = ""
    for line in shown:
        if line.strip() == ANYTHING:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split(ANYTHING)) + r"[ ]*\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None
