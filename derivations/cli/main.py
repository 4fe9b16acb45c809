"""Where the program starts: what fails on purpose becomes a message and an exit code.

0 done, 1 checked and not correct, 2 wrong usage or unusable input, 3 could not decide; 130 and 141 as shells have them.
"""

from __future__ import annotations

import os
import sys
from types import TracebackType

OUR_FAULT = 2


def main() -> None:
    """The entry point of ``derivations``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    if len(arguments) == len(sys.argv) - 1:
        sys.excepthook = _apologise
    code = run(arguments, debug=len(arguments) < len(sys.argv) - 1)
    if code == 0 and arguments[:1] in (["list"], ["show"]):
        _leave()
    sys.exit(code)


def _leave() -> None:
    """Ends the process at once: what only reads and prints leaves nothing behind that would need tidying."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def run(arguments: list[str], debug: bool = False) -> int:
    """The exit code of the program for these arguments; with ``debug`` errors are left as they are raised."""
    from derivations.cli.output import Closed

    try:
        from derivations.cli.quick import quick

        work = quick(arguments)
        if work is not None:
            return work()
        from derivations.cli.group import dispatch

        return dispatch(arguments)
    except KeyboardInterrupt:
        return 130
    except Closed:
        return 141
    except _expected() as error:
        if debug:
            raise
        return _explain(error)


def _expected() -> type[BaseException]:
    """The family of errors whose text is meant for the user (looked up only once something was raised)."""
    from derivations.language.errors import DerivationsError

    return DerivationsError


def _explain(error: BaseException) -> int:
    """What went wrong, on stderr, and the exit code that says so."""
    from derivations.language.errors import Undecided

    undecided = isinstance(error, Undecided)
    sys.stderr.write(f"{'undecided' if undecided else 'error'}: {error}\n")
    return 3 if undecided else 2


def _apologise(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """One line for an error that nobody foresaw."""
    what = " ".join(str(error).split())[:160]
    sys.stderr.write(
        f"error: this should not have happened ({kind.__name__}: {what}). Please report it, "
        "with what `derivations --debug …` prints for the same command.\n"
    )
    sys.exit(OUR_FAULT)
