"""Random answers: no exception, no hang, no wrong ``correct``."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations.homework.verdicts import Evidence, Verdict

from .arithmetic import parsed, value
from .fuzzing import Trial, _oracle, checkers, complaint, rows, seed_of, trial, tried
from .questions import QUESTIONS, Question, agrees, points

FIXED = settings(
    max_examples=250, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@FIXED
@given(st.binary(min_size=30, max_size=300))
def test_random_answers(data: bytes) -> None:
    one = trial(data)
    assert complaint(one) == "", one


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_many_random_answers(seed: int) -> None:
    source = random.Random(seed)
    found = [tried(source.randbytes(source.choice((20, 60, 200, 400)))) for _ in range(5_000)]
    assert not [(one.task, one.text, wrong) for one, wrong in found if wrong]


def test_the_bytes_of_a_seed_give_the_answer_back() -> None:
    for task, text in rows()[::40]:
        assert (trial(seed_of(task, text)).task, trial(seed_of(task, text)).text) == (task, text)


# --- the judge can tell right from wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.task)
def test_the_keys_of_the_tests_are_those_of_the_program(question: Question) -> None:
    text = question.keys[0].replace("==", "=")
    assert checkers()[question.task].check(text).verdict == "correct"
    assert all(agrees(question, parsed(key)) is None for key in question.keys)
    assert len(points(question)) >= 10


WRONG = {
    "own:expression": "(1 - eta*lam)**2/(2 + eta*lam)",
    "own:power": "(1 - eta*lam)**t*exp(lam)",
    "own:root": "(a - sqrt(a**2 + 4*b**2))/2",
    "own:equation": "x == y + 1",
    "own:range": "0 <= eta < 2/lam",
    "own:region": "abs(beta) < 1 and 0 < eta < 2/lam",
    "own:union": "-1 < x < 0 or x >= 1",
    "own:matrix": "[[2*a, b], [-b, 1/a]]",
    "own:set": "{-a, 0, a}",
    "own:leading-term": "eta*sigma**2/lam",
    "own:asymptotic": "exp(-lam*t)",
    "own:up-to-scale": "a**2 + b**2",
    "own:up-to-constant": "x**2*exp(y)",
    "lecture3:1.b.1": "0 < eta < 2/lam",
    "stage3:9.1": "0 < eta <= 1/100",
}


@pytest.mark.parametrize("task", WRONG)
def test_a_wrong_answer_that_is_called_correct_is_found(task: str) -> None:
    question = next(one for one in QUESTIONS if one.task == task)
    assert agrees(question, parsed(WRONG[task])) is not None
    assert checkers()[task].check(WRONG[task].replace("==", "=")).verdict != "correct"


def test_a_wrong_verdict_is_a_finding() -> None:
    question = next(one for one in QUESTIONS if one.task == "own:expression")
    wrong = Trial("own:expression", "x", parsed("eta"), False)
    right = Trial("own:expression", "x", parsed(question.keys[0]), True)
    verdict = Verdict("own", "expression", "x", None, "correct", 2, 2, "", Evidence("proof", status="proved"))
    assert _oracle(wrong, verdict).startswith("correct, but") and _oracle(right, verdict) == ""
    refused = Verdict("own", "expression", "x", None, "incorrect", 0, 2, "")
    assert _oracle(right, refused).startswith("incorrect, but")


def test_values_are_those_of_the_rules() -> None:
    at = {"x": parsed("3")[1], "t": parsed("2")[1]}
    for text, expected in {"x**t - 1/2": "17/2", "sqrt(x + 1)": "2", "-x**2": "-9", "abs(-x)/t": "3/2"}.items():
        assert value(parsed(text), at) == value(parsed(expected), at)
    assert value(parsed("1/(x - 3)"), at) is None and value(parsed("sqrt(1 - x)"), at) is None
    assert value(parsed("0 < x < 4 and not_there < 1"), at) is None and value(parsed("x < 1 or x > 2"), at) is True
