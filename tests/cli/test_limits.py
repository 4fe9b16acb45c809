"""Work that is given up: what takes too long or too much memory ends with exit code 3, and leaves no process behind."""

from __future__ import annotations

import os
import time

import pytest

from derivations.cli.limits import within
from derivations.language.errors import DerivationsError, Malformed, Undecided, Unusable

from .helpers import Program


def test_results_and_errors_come_back() -> None:
    assert within(10, lambda: {"x": (1, 2)}) == {"x": (1, 2)}
    for kind in (Unusable, Undecided, Malformed):

        def fails(kind: type[DerivationsError] = kind) -> None:
            raise kind("so it is")

        with pytest.raises(DerivationsError, match="so it is"):
            within(10, fails)


def test_giving_up() -> None:
    start = time.monotonic()
    with pytest.raises(Undecided, match=r"within 0\.2 seconds"):
        within(0.2, lambda: time.sleep(60))
    assert time.monotonic() - start < 5
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_too_much_memory() -> None:
    with pytest.raises(Undecided, match="memory"):
        within(10, lambda: bytearray(10**14))


def test_dying() -> None:
    with pytest.raises(Undecided, match="broke off"):
        within(10, lambda: os._exit(7))


@pytest.mark.parametrize("loss", ["2**(2**(2**100))*x**2", "10**(10**9)*x**2", "(x + 1)**100000 - 100000*x"])
def test_numbers_that_are_too_large(program: Program, loss: str) -> None:
    done = program("derive", "ranges", "--loss", loss, "--at", "x=0", "--timeout", "2")
    assert (done.code, done.out) in ((3, ""), (2, ""))
