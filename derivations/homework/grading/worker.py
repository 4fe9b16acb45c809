"""``python -m derivations.homework.grading.worker``: a process that judges answers until nobody sends any more.

It is sent pickles, each after its length: where modules are, then the judge and the memory it may use, then batches of answers.
It says that it is ready by an empty message, then sends each verdict in a message of its own, so that whoever waits knows which
answer it is that takes so long.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

SIZE = struct.Struct(">I")


def receive(stream: BinaryIO) -> Any:
    """The next message; None when there are no more."""
    head = stream.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    return pickle.loads(stream.read(*SIZE.unpack(head)))


def framed(content: bytes) -> bytes:
    return SIZE.pack(len(content)) + content


def limit_memory(size: int) -> None:
    """Lets the process have no more than so many bytes of address space, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.dup(1)
    os.dup2(2, 1)  # whatever prints does not speak into the answers
    commands = sys.stdin.buffer
    sys.path[:] = receive(commands)
    judge, memory = receive(commands)
    limit_memory(memory)
    judge.prepare()
    _write(out, framed(b""))
    while (batch := receive(commands)) is not None:
        for task, text in batch:
            _write(out, framed(judge(task, text).encode()))


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


if __name__ == "__main__":
    main()
