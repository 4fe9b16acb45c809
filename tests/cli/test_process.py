"""The program as a process of its own: what it imports, what it says when it fails, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
PROGRAM = [sys.executable, "-m", "derivations.cli"]


def process(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**ENVIRONMENT, **more}
    return subprocess.run([*PROGRAM, *arguments], env=environment, capture_output=True, timeout=60, check=False)


def test_output_is_utf8_whatever_the_locale() -> None:
    done = process("show", "gd.regimes", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "η" in done.stdout.decode()


def test_unusable_input_has_no_traceback() -> None:
    done = process("derive", "ranges", "--loss", "x**2 +", "--at", "x=0")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert b"^" in done.stderr
    assert b"Traceback" in process("--debug", "derive", "ranges", "--loss", "x**2 +", "--at", "x=0").stderr


def test_an_error_that_nobody_foresaw() -> None:
    broken = (
        "import sys; from derivations.cli import listing, main; del listing.emit; sys.argv = ['x', 'list']; main.main()"
    )
    done = subprocess.run([sys.executable, "-c", broken], env=ENVIRONMENT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert b"report" in done.stderr


def test_nobody_reads_on() -> None:
    with subprocess.Popen([*PROGRAM, "show", "sgd.stationary-variance"], env=ENVIRONMENT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 141


def test_interrupted() -> None:
    command = [*PROGRAM, "sheet", "lecture3", "-o", os.devnull]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in said
