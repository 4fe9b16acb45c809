"""How long things take: commands against a Python that does nothing, checks of answers beside Math-Verify, derivations, replays,
and the reader beside SymPy's.

Medians over several runs. What is compared takes turns within one run, so that a slow moment of the machine does not fall on
one of them alone; work within this process is measured in processor time. A target that is missed is marked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from derivations.catalogue.discovery import FOLDER, derive_result, index, results
from derivations.catalogue.result import Result
from derivations.cli.verifying import load, replayed
from derivations.reading import read_expression, vocabulary_for

sys.path.insert(0, str(Path(__file__).parent))
from bench_checking import checking
from bench_stability import stability
from bench_timing import line, medians

RUNS, FEW = 21, 3  # of what takes long, few
CERTIFICATES = [str(Path(FOLDER) / f"{row['id']}.json") for row in index()]
SHOWN = "sgd.stationary-variance"
COMMANDS: dict[str, tuple[list[str], float]] = {
    "python -c pass": (["-c", "pass"], 1),
    "derivations list": (["-m", "derivations.cli", "list"], 6),
    f"derivations show {SHOWN}": (["-m", "derivations.cli", "show", SHOWN], 10),
    "  the same with --format json": (["-m", "derivations.cli", "show", SHOWN, "--format", "json"], 10),
    "  the same with --format html": (["-m", "derivations.cli", "show", SHOWN, "--format", "html"], 0),
}
VERIFYING = ["-m", "derivations.cli", "verify", *CERTIFICATES]
PLAIN = (
    "theta - eta*lam*(theta - theta_star)",
    "eta*sigma**2/(lam*(2 - eta*lam))",
    "(1 - eta*lam)**(2*t)*theta_0 + eta**2*sigma**2",
    "exp(-eta*lam*t)*sqrt(1 + beta**2) - log(2*x)",
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    "theta_1*theta_2 - 3/7*theta_1**2",
)
LATEX = (
    r"\theta - \eta \lambda (\theta - \theta_{s})",
    r"\frac{\eta \sigma^2}{\lambda (2 - \eta \lambda)}",
    r"(1 - \eta \lambda)^{2 t} \theta_{0} + \eta^2 \sigma^2",
    r"e^{-\eta \lambda t} \sqrt{1 + \beta^2} - \log(2 x)",
    r"(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    r"\theta_{1} \theta_{2} - \frac{3}{7} \theta_{1}^2",
)
NAMES = vocabulary_for(
    ("eta", "lam", "beta", "sigma", "t", "x", "y", "theta", "theta_star", "theta_s", "theta_0", "theta_1", "theta_2")
)


def processes() -> None:
    """The commands that people wait for, in fresh processes."""

    with TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
        environment["PYTHONPYCACHEPREFIX"] = folder  # compiled once, as for anybody who runs the program a second time

        def run(arguments: list[str]) -> Callable[[], object]:
            command = [sys.executable, *arguments]
            return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=True)

        works = {name: run(arguments) for name, (arguments, _) in COMMANDS.items()}
        medians(works, 1)
        found = medians(works, RUNS, time.perf_counter)
        verified = medians({"all": run(VERIFYING)}, FEW, time.perf_counter)["all"]
    base = found["python -c pass"]
    for name, (_, limit) in COMMANDS.items():
        ratio = found[name] / base
        wanted = f"at most {limit:g} times" if limit > 1 else ""
        line(name, f"{1000 * found[name]:7.1f} ms {ratio:6.1f} times", wanted, bool(wanted) and ratio > limit)
    line(f"derivations verify, {len(CERTIFICATES)} certificates", f"{verified:.1f} s")


def deriving(runs: int = 1) -> None:
    """Every result, derived anew and checked: in this process without what SymPy remembers, and all in a fresh one."""
    from sympy.core.cache import clear_cache

    def work(result: Result) -> Callable[[], object]:
        return lambda: (clear_cache(), derive_result(result))

    derive_result(results()[0])  # what is imported late is imported now
    found = medians({one.id: work(one) for one in results()}, runs)
    for name, value in sorted(found.items(), key=lambda item: -item[1]):
        line(f"  derive {name}", f"{value:.2f} s")
    fresh = [sys.executable, "-m", "derivations.catalogue.build", "--check"]
    together = {"all": lambda: subprocess.run(fresh, stderr=subprocess.DEVNULL, check=False)}
    total = medians(together, runs, time.perf_counter)["all"]
    line(f"derive all {len(found)}, in a fresh process", f"{total:.2f} s", "less than 20 s", total >= 20)


def replaying(runs: int = FEW) -> None:
    """Every committed certificate, read from its file and replayed by the kernel."""
    total = medians({"all": lambda: [replayed(load(path)) for path in CERTIFICATES]}, runs)["all"]
    line(f"replay {len(CERTIFICATES)} certificates", f"{total:.3f} s", "less than 1 s", total >= 1)


def reading(runs: int = 5) -> None:
    """Formulas a second. SymPy's parse_expr runs what it reads: only formulas of our own are ever given to it."""
    ours = medians(
        {
            "our reader, plain": lambda: [read_expression(text, NAMES) for _ in range(200) for text in PLAIN],
            "our reader, LaTeX": lambda: [read_expression(text, NAMES) for _ in range(200) for text in LATEX],
        },
        runs,
    )
    for name, value in ours.items():
        line(name, f"{200 * len(PLAIN) / value:9.0f} formulas a second")
    for name, work in (("parse_expr, plain", _parse_expr), ("parse_latex, LaTeX", _parse_latex)):
        parse = work()
        if parse is None:
            line(f"SymPy's {name}", "NOT THERE", "it needs antlr4-python3-runtime 4.11, Math-Verify another one")
            continue
        value = medians({name: lambda parse=parse: parse()}, runs)[name]  # type: ignore[misc]
        line(f"SymPy's {name}", f"{len(PLAIN) / value:9.0f} formulas a second")


def _parse_expr() -> Callable[[], object] | None:
    from sympy import Symbol
    from sympy.parsing.sympy_parser import parse_expr

    names: dict[str, Any] = {name: Symbol(name) for name in ("beta", "lam", "sigma", "eta", "theta", "t", "x", "y")}
    return lambda: [parse_expr(text, local_dict=names, evaluate=False) for text in PLAIN]


def _parse_latex() -> Callable[[], object] | None:
    from sympy.parsing.latex import parse_latex

    try:
        parse_latex(LATEX[0])
    except ImportError:
        return None
    return lambda: [parse_latex(text) for text in LATEX]


def main() -> None:
    for part in (processes, checking, replaying, reading, stability, deriving):
        part()
        print()


if __name__ == "__main__":
    main()
