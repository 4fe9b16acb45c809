"""Hostile answers: each ends soon, with a verdict, without an exception and without an effect."""

import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key
from derivations.homework.verdicts import VERDICTS

TASKS = ("lecture3:1.a", "lecture3:1.b.1", "lecture3:2.range", "lecture3:3.a.hessian", "lecture3:3.b", "lecture3:4.a",
         "lecture3:4.b",
         "stage3:5.1", "stage3:6.1", "stage3:4.1", "lecture3:2.hessian")  # fmt: skip
MOST = 0.2  # seconds of work
HOSTILE = {
    "code": "__import__('os').system('touch owned')",
    "lambda": "(lambda: exec('import os'))()",
    "f-string": "{eta.__class__.__mro__}",
    "tower": "9**9**9**9**9",
    "latex tower": "x^{x^{x^{x^{x^{x}}}}}",
    "big power": "(1 + eta*lam)**(10**9)",
    "expansion": "(eta + lam + sigma + N + theta_0)**200",
    "factorial": "(10**9)!",
    "factorial below": "0 < eta < (10**9)!",
    "exponent": "1e999999999*eta",
    "braces": "{" * 2000 + "}" * 2000,
    "parentheses": "(" * 2000 + "1" + ")" * 2000,
    "fractions": r"\frac{1}{" * 500 + "2" + "}" * 500,
    "roots": r"\sqrt{" * 500 + "2" + "}" * 500,
    "digits": "7" * 100_000,
    "letters": "a" * 100_000,
    "words": "eta " * 25_000,
    "signs": "+-" * 50_000,
    "dollars": "$" * 100_000,
    "backslashes": "\\" * 100_000,
    "spaces": " " * 100_000,
    "newlines": "\n- " * 30_000,
    "dots": "no, " * 20_000,
    "almost": ("not " * 2000) + "a saddle",
    "NUL": "0 < eta\x00 < 1/lam",
    "surrogate": "eta \ud800 < 1",
    "Cyrillic": "0 < е < 1/λ",
    "full width": "０ < ｅｔａ < 1",
    "direction": "0 < \u202eeta\u202c < 1/lam",
    "input": r"\input{/etc/passwd}",
    "write18": r"\immediate\write18{rm -rf /}",
    "definition": r"\def\x{\x\x}\x",
    "script": "<script>alert(1)</script> 0 < eta < 1/lam",
    "spreadsheet": '=HYPERLINK("http://x","y")',
    "ranges": " and ".join(f"eta < {i}/lam" for i in range(1, 400)),
    "unions": " or ".join(f"({i}/lam < eta < {i + 1}/lam)" for i in range(300)),
    "denials": "not " * 500 + "eta > 0",
    "absolute": "|" * 400 + "eta" + "|" * 400 + " < 1",
    "matrix": "[" + ",".join("[" + ",".join("1" * 1 for _ in range(120)) + "]" for _ in range(120)) + "]",
    "set": "{" + ",".join(map(str, range(8000))) + "}",
    "symbols": "*".join(f"eta**{i}*(lam + {i})" for i in range(1, 200)),
    "rationals": "+".join(f"1/{10**30 + i}" for i in range(200)),
    "powers of t": "((1 - eta*lam)**t)**t**t**t",
}  # fmt: skip


@cache
def checker(task: str) -> Checker:
    sheet, _, name = task.partition(":")
    key = sheet_key(sheet).task(name)
    assert key is not None
    return Checker(key)


@pytest.mark.parametrize("task", TASKS)
def test_each_ends_soon_with_a_verdict_and_without_effect(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = checker(task)
    monkeypatch.chdir(tmp_path)
    one.check("1")  # what is made ready once
    for name, text in HOSTILE.items():
        start = time.process_time()
        verdict = one.check(text)
        spent = time.process_time() - start
        assert verdict.verdict in VERDICTS and verdict.verdict != "correct", (name, verdict.verdict)
        assert spent < MOST * 2, f"{name}: {spent:.2f} s"  # twice, for a machine with other work
    assert not list(tmp_path.iterdir())


def test_an_answer_is_checked_without_sympy() -> None:
    code = (
        "import sys; from derivations.cli.main import run; code = run(['check', 'lecture3:1.b.1', '0 < eta < 1/lambda']);"
        "assert code == 0; bad = {'sympy', 'numpy', 'z3', 'matplotlib'} & set(sys.modules); assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "correct" in done.stdout
