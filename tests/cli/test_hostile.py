"""Input that nobody should type: one message that points at the place, exit code 2, and nothing executed."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .helpers import Program

LONG = "+".join(["x**2"] * 17_000)  # about 100 kB

LOSSES = {
    "import": "__import__('os').system('touch executed')",
    "attribute": "x.__class__.__mro__[1]",
    "lambda": "(lambda: 1)()",
    "unbalanced brace": r"\frac{x^2}{2",
    "unbalanced parenthesis": "((x - 1)**2",
    "nul": "x**2\0",
    "nothing": "",
    "only a number": "7",
    "unknown function": "softplus(x)",
    "deep": "(" * 5000 + "x" + ")" * 5000,
    "control characters": "x\x1b[2J**2",
    "surrogate": "x\udcff",
}


def watched(function: Callable[..., Any], text: str) -> Callable[..., Any]:
    """The function, which must not be given this text (the standard library calls it with texts of its own)."""

    def called(*arguments: Any, **more: Any) -> Any:
        assert not (text and isinstance(arguments[0], str) and text in arguments[0]), "text from outside was evaluated"
        return function(*arguments, **more)

    return called


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
def test_losses(program: Program, monkeypatch: pytest.MonkeyPatch, loss: str) -> None:
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, watched(getattr(builtins, name), loss))
    done = program("derive", "ranges", "--loss", loss, "--at", "x=0")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert "^" in done.err or not loss
    assert len(done.err) < 1000
    assert "\x1b" not in done.err
    assert not Path("executed").exists()


def test_a_very_long_formula(program: Program) -> None:
    start = time.perf_counter()
    done = program("derive", "hessian", "--loss", LONG + "+", "--at", "x=0")
    assert (done.code, done.out) == (2, "")
    assert "^" in done.err
    done = program("derive", "hessian", "--loss", LONG, "--at", "x=0")
    assert done.code in (2, 3)
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize("loss", ["abs(x)", "sqrt(x)", "log(x)", "1/x"])
def test_a_loss_without_a_derivative_there(program: Program, loss: str) -> None:
    for question in ("hessian", "ranges"):
        done = program("derive", question, "--loss", loss, "--at", "x=0")
        assert done.code == 2
        assert "not differentiable" in done.err
        assert "^" in done.err


@pytest.mark.parametrize("question", ["hessian", "ranges"])
def test_a_point_that_is_not_critical(program: Program, question: str) -> None:
    done = program("derive", question, "--loss", "x**2", "--at", "x=1")
    assert done.code == 2
    assert "not a critical point" in done.err
    assert "^" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--at", "x=1"],
        ["--loss", "x**2", "--at", "y=1"],
        ["--loss", "x**2", "--at", "x"],
        ["--loss", "x**2 + y**2", "--at", "x=1"],
        ["--loss", "x**2", "--parameters", "y"],
        ["--noise", "pink"],
        ["--optimizer", "/etc/passwd"],
        ["--optimizer", "nowhere.toml"],
        ["--set", "eta"],
        ["--set", "kappa=1"],
        ["--assume", "eta >"],
        ["--assume", "zeta > 0"],
    ],
    ids=" ".join,
)
def test_options(program: Program, arguments: list[str]) -> None:
    done = program("derive", "ranges", *arguments)
    assert (done.code, done.out) == (2, "")
    assert "^" in done.err


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "index", "x" * 10_000, "gd.regimes\0", "-x"])
def test_names_of_results(program: Program, name: str) -> None:
    done = program("show", name)
    assert (done.code, done.out) == (2, "")
    assert len(done.err) < 1000
