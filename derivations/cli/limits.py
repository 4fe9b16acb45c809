"""Work in a process of its own, which can be given up: a running computation in exact arithmetic hears no signal."""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from derivations.language.errors import DerivationsError, Undecided, Unusable

PATIENCE = 60.0  # seconds
MEMORY = 8_000_000_000  # bytes of address space
Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What the work returns or raises. Raises Undecided where it takes longer, or more memory than there should be.

    What is returned must be data: it comes back through a pipe.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(writing, work)
    os.close(writing)
    try:
        content = _read(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if content is None:
        raise Undecided(f"no answer was found within {seconds:g} seconds; --timeout allows more")
    if not content:
        raise Undecided("the search for an answer broke off, probably for want of memory")
    kind, result = pickle.loads(content)
    if kind == "result":
        return result  # type: ignore[no-any-return]
    raise {"unusable": Unusable, "undecided": Undecided, "expected": DerivationsError}.get(kind, RuntimeError)(result)


def _work(writing: int, work: Callable[[], Any]) -> NoReturn:
    """The other process: works, tells the outcome, and ends without any of the tidying that belongs to the first one."""
    code = 1
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
        content = pickle.dumps(_outcome(work))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        code = 0
    finally:
        os._exit(code)


def _outcome(work: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "result", work()
    except Unusable as error:
        return "unusable", str(error)
    except Undecided as error:
        return "undecided", str(error)
    except DerivationsError as error:
        return "expected", str(error)
    except MemoryError:
        return "undecided", "the search for an answer needs too much memory"
    except RecursionError:
        return "undecided", "the formulas that the search meets are nested too deeply"
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, AssertionError, RuntimeError) as error:
        if sys.excepthook is sys.__excepthook__:  # --debug
            import traceback

            traceback.print_exc()
        return "unforeseen", f"{type(error).__name__}: {error}"


def _read(reading: int, deadline: float) -> bytes | None:
    """Everything that comes through the pipe; None if it is not complete in time."""
    content = bytearray()
    while True:
        ready, _, _ = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return None
        piece = os.read(reading, 1 << 20)
        if not piece:
            return bytes(content)
        content += piece
