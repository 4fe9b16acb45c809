"""A room imports only what the table of rooms lets it, and reading what is committed stays light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("sympy", "numpy", "scipy", "flint", "z3", "matplotlib", "rich", "jinja2", "nbformat", "importlib.metadata")
LISTENING = f"""
import sys
from derivations.cli.main import run
code = run(sys.argv[1:])
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def test_no_room_imports_what_it_must_not() -> None:
    pytest.importorskip("importlinter")
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--json"],
        ["show", "sgd.stationary-variance"],
        ["show", "gd.regimes", "--format", "json", "--notation", "notes"],
        ["show", "gd.regimes", "--format", "html"],
        ["--help"],
        ["derive", "--help"],
    ],
    ids=" ".join,
)
def test_what_is_committed_is_read_without_algebra(arguments: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", LISTENING, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert done.stdout
