"""How long ``list`` and ``show`` take, against a Python that does nothing: medians of fresh processes."""

import statistics
import subprocess
import sys
import time

RUNS = 21
COMMANDS = {
    "python -c pass": (["-c", "pass"], 1),
    "derivations list": (["-m", "derivations.cli", "list"], 6),
    "derivations show sgd.stationary-variance": (["-m", "derivations.cli", "show", "sgd.stationary-variance"], 10),
}


def once(arguments: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    # The commands take turns, so that a slow moment of the machine does not fall on one of them alone.
    rounds = [[once(arguments) for arguments, _ in COMMANDS.values()] for _ in range(RUNS)]
    medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
    for (name, (_, limit)), median in zip(COMMANDS.items(), medians, strict=True):
        print(f"{name:42} {1000 * median:6.1f} ms {median / medians[0]:6.1f} times (at most {limit})")


if __name__ == "__main__":
    main()
