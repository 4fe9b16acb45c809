"""Hostile answers: each ends soon, with a verdict, without an exception and without an effect."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from derivations.homework import cues
from derivations.homework.verdicts import VERDICTS
from derivations.reading.passages import too_much

from .backtracking import patterns, worst
from .fuzzing import checkers
from .hostile import WHOLE, floods, hostile

MOST = 0.2  # seconds of work
TASKS = (
    "lecture3:1.a",
    "lecture3:1.b.1",
    "lecture3:1.b.4",
    "lecture3:2.range",
    "lecture3:2.hessian",
    "lecture3:3.a.hessian",
    "lecture3:3.a.eigenvalues",
    "lecture3:3.b",
    "lecture3:4.a",
    "lecture3:4.b",
    "stage3:1.3",
    "stage3:4.1",
    "stage3:4.2",
    "stage3:4.3",
    "stage3:5.1",
    "stage3:6.1",
    "stage3:6.3",
    "stage3:7.1",
    "stage3:8.3",
    "own:expression",
    "own:power",
    "own:root",
    "own:equation",
    "own:range",
    "own:region",
    "own:union",
    "own:matrix",
    "own:set",
    "own:list",
    "own:number",
    "own:leading-term",
    "own:asymptotic",
    "own:up-to-scale",
    "own:up-to-constant",
    "own:words",
    "own:chain",
)
_EFFECTS = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.remove",
    "os.mkdir",
    "subprocess.Popen",
    "socket.connect",
    "shutil.rmtree",
)


class _Watch:
    """The effects that the interpreter reports while it is on; a hook cannot be taken away again."""

    def __init__(self) -> None:
        self.on, self.seen = False, list[str]()
        sys.addaudithook(self.hook)

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        written = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if self.on and (event in _EFFECTS or written):
            self.seen.append(event)


@cache
def watch() -> _Watch:
    return _Watch()


@contextmanager
def no_effect() -> Iterator[None]:
    one = watch()
    one.seen.clear()
    one.on = True
    try:
        yield
    finally:
        one.on = False
    assert not one.seen


def ends_well(task: str, name: str, text: str) -> None:
    """Within the time, the better of three tries, so that other work on the machine does not count."""
    one, spent = checkers()[task], float("inf")
    for _ in range(3):
        start = time.process_time()
        verdict = one.check(text)
        spent = min(spent, time.process_time() - start)
        if spent < MOST:
            break
    assert spent < MOST, f"{task}, {name}: {spent:.2f} s"
    assert verdict.verdict in VERDICTS, (task, name)
    if verdict.verdict == "correct":  # only where a word of it could be the answer
        assert any(part.kind == "words" for part in one.key.parts), (task, name)


def met(place: int, stride: int) -> list[tuple[str, str]]:
    """(name, text) of the hostile answers that the task at this place meets."""
    return list(islice(hostile().items(), place % stride, None, stride))


@pytest.mark.parametrize("task", TASKS)
def test_each_ends_soon_with_a_verdict_and_without_effect(task: str) -> None:
    """Every answer meets a task, and every kind of key one answer in so many."""
    checkers()[task].check("1")  # what is made ready once
    with no_effect():
        for name, text in met(TASKS.index(task), len(TASKS)):
            ends_well(task, name, text)


@pytest.mark.long
@pytest.mark.parametrize("task", sorted(checkers()))
def test_every_hostile_answer_to_every_task(task: str) -> None:
    checkers()[task].check("1")
    with no_effect():
        for name, text in hostile(depth=60).items():
            ends_well(task, name, text)


def test_too_much_is_refused_for_its_length() -> None:
    tasks = sorted(checkers())
    for i, (name, text) in enumerate(floods().items()):
        one = checkers()[tasks[i % len(tasks)]]
        start = time.process_time()
        verdict = one.check(text)
        assert verdict.verdict == "unreadable" and "this could" not in verdict.reason, name
        assert time.process_time() - start < MOST / 4, name


# --- regular expressions ------------------------------------------------------------------------------------------------

BOUND = 0.06  # seconds for an answer of the greatest length
NOT_ANSWERS = ("placeholders", "notebooks", "lint", "typesetting")  # what an author writes
# is shown so many letters only
IN_PART = dict.fromkeys(("derivations.reading.comparisons._LAST", "derivations.reading.comparisons._FORMULA"), 60)


@pytest.mark.parametrize("size", [WHOLE // 8, pytest.param(WHOLE, marks=pytest.mark.long)])
def test_no_regular_expression_backtracks_without_end(size: int) -> None:
    """Attacked at every repetition, each needs time in proportion to the length."""
    found = patterns(("derivations.reading", "derivations.homework", "derivations.language"))
    assert len(found) > 80
    found |= {f"cue {name}": (one.pattern, "match" if one.begins else "find") for name, one in cues._cues().items()}
    slow = []
    for name, (pattern, how) in found.items():
        if any(word in name for word in NOT_ANSWERS):
            continue
        bound = BOUND * size / WHOLE
        spent, text = worst(pattern, IN_PART.get(name, size), bound, how, None if ".grading." in name else too_much)
        if spent > bound:
            slow.append(f"{name}: {spent:.3f} s on {len(text)} characters, {text[:50]!r}")
    assert not slow, "\n".join(slow)


def test_the_attacks_find_what_backtracks() -> None:
    import re

    for pattern in (r"(a|aa)+$", r"\s*x?\s*$", r".*.*=", r"[^,]*\s*,"):
        assert worst(re.compile(pattern), WHOLE, BOUND)[0] > BOUND, pattern
    for pattern in (r"ab\s*+x?\s*+y", r"\bab{1,9}c", r"[a-z]{1,5}="):
        assert worst(re.compile(pattern), WHOLE, BOUND)[0] < BOUND, pattern


def test_an_answer_is_checked_without_sympy() -> None:
    code = (
        "import sys; from derivations.cli.main import run; code = run(['check', 'lecture3:1.b.1', '0 < eta < 1/lambda']);"
        "assert code == 0; bad = {'sympy', 'numpy', 'z3', 'matplotlib'} & set(sys.modules); assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "correct" in done.stdout


# --- what once was wrong ------------------------------------------------------------------------------------------------

WRONG = {  # answer → verdicts that it may have
    ("stage3:6.2", "η < 1/5 and η = 0"): {"incorrect", "undecided"},  # the two cases were read as an alternative
    ("lecture3:3.a.eigenvalues", "$\\ n, $f_{yy}=20$ the curvature"): set(VERDICTS)
    - {"correct"},  # the tokens ended inside an index
    ("own:set", "hence {-a, 0, a, sqrt(2)}."): {"correct"},  # the a was read as an article
}


SLOW = (  # what only the long run over all tasks showed
    ("lecture3:1.a", "nested: sums"),  # was added up summand by summand, 9**60 of them
    ("lecture3:3.a.hessian", "nested: roots"),  # was made ready as if it were a key
    ("lecture3:3.a.hessian", "nested: calls"),
    ("lecture3:4.a", "formula: denominators"),  # its limit was looked for again for each further right form
    ("lecture3:4.a", "formula: series"),
    ("lecture3:4.a", "nested: towers"),
    ("lecture3:4.b", "nested: sums"),
)


@pytest.mark.parametrize(("task", "name"), SLOW)
def test_what_once_was_slow(task: str, name: str) -> None:
    checkers()[task].check("1")
    ends_well(task, name, hostile(depth=60)[name])


@pytest.mark.parametrize(("task", "text"), WRONG)
def test_what_the_fuzzer_found(task: str, text: str) -> None:
    assert checkers()[task].check(text).verdict in WRONG[task, text]


def test_the_sheet_with_all_kinds_has_them_all() -> None:
    from derivations.homework.deciding.kinds import MODULES

    kinds = {part.kind for name, one in checkers().items() if name.startswith("own:") for part in one.key.parts}
    assert kinds >= set(MODULES) - {"property", "member"}, set(MODULES) - kinds  # those two rest on a derivation
    assert {part.kind for task in TASKS for part in checkers()[task].key.parts} >= set(MODULES)
    assert Path(__file__).with_name("own_keys.toml").exists()
