"""What stands beside a right formula may take a part of it back: conditions, contrasts, letters with another meaning."""

from functools import cache

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key


@cache
def checkers() -> dict[str, Checker]:
    return {f"{name}:{task.task}": Checker(task) for name in ("lecture3", "stage3") for task in sheet_key(name).tasks}


def verdict(task: str, answer: str) -> str:
    return checkers()[task].check(answer).verdict


@pytest.mark.parametrize("answer", (
    "0 < η < 1/λ provided that λ > 2",
    "η < 1/λ for λ < 1",
    "For λ < 1: η < 1/λ",
    "Assume λ > 1. Then 0 < η < 1/λ.",
    r"$0 < \eta < 1/\lambda$, $\lambda > 2$",
    r"$\eta\in(0,1/\lambda)$ with $\lambda = 3$",
    "for λ between 0 and 1: η < 1/λ",
))  # fmt: skip
def test_a_condition_on_another_name_narrows_the_range(answer: str) -> None:
    """λ = 2, η = 1/4 (or λ = 1/2, η = 1) belongs to the right range and not to that of the answer."""
    one = checkers()["lecture3:1.b.1"].check(answer)
    assert one.verdict == "incorrect", one
    assert one.evidence.kind == "counterexample" and "lam" in one.evidence.at


@pytest.mark.parametrize("answer", (
    "0 < η < 1/λ where λ > 0",
    "0 < η ≤ 1/λ for all λ > 0",
    "For λ < 0 never; for λ > 0: η < 1/λ",
    r"$\eta\in(0,1/\lambda)$ with $\lambda = L''(\theta^*) > 0$",
    "Since λ > 0 at a minimum, η must satisfy 0 < η ≤ 1/λ",
))  # fmt: skip
def test_what_the_task_assumes_anyway_narrows_nothing(answer: str) -> None:
    assert verdict("lecture3:1.b.1", answer) == "correct"


def test_a_value_for_special_cases_is_not_the_answer() -> None:
    assert verdict("lecture3:4.b", "ησ²/(2Nλ) for λ = 1") == "undecided"
    assert verdict("lecture3:4.b", "ησ²/(2Nλ)") == "correct"
    assert verdict("lecture3:1.a", "θ_t = θ* + (1-ηλ)^t(θ_0-θ*) only for t ≤ 1") == "undecided"
    assert verdict("lecture3:1.a", "Let λ = 2L''(θ*). Then θ_t = θ*+(1-ηλ)^t(θ_0-θ*)") == "undecided"
    assert verdict("lecture3:1.a", "Let λ = L''(θ*). Then θ_t = θ*+(1-ηλ)^t(θ_0-θ*)") == "correct"


@pytest.mark.parametrize("task, answer, expected", (
    ("lecture3:1.b.2", "λη lies strictly between 1 and 2", "correct"),
    ("lecture3:1.b.2", "λη lies strictly between one and two", "correct"),
    ("lecture3:1.b.2", "2η lies between 1/λ and 2/λ", "incorrect"),
    ("lecture3:1.b.2", "1 - ηλ must lie between -1 and 0", "correct"),
    ("lecture3:1.b.2", "1 - ηλ must lie between -1 and 0, both included", "incorrect"),
    ("lecture3:1.b.1", "1 - ηλ is positive", "correct"),
    ("lecture3:1.b.1", r"$1-\eta\lambda$ is negative", "incorrect"),
    ("lecture3:1.b.4", r"$1-\eta\lambda$ vanishes, so $\eta=1/\lambda$", "correct"),
))  # fmt: skip
def test_words_say_where_the_value_of_a_formula_lies(task: str, answer: str, expected: str) -> None:
    assert verdict(task, answer) == expected


@pytest.mark.parametrize("answer, expected", (
    ("Let k = L''(θ*). Then θ_t = θ* + (1-ηk)^t(θ_0-θ*)", "correct"),
    ("Let k = 2L''(θ*). Then θ_t = θ* + (1-ηk)^t(θ_0-θ*)", "incorrect"),
    ("Let β = 1 - ηλ. θ_t = θ* + β^t (θ_0 - θ*)", "correct"),
    ("Let β = 1 + ηλ. θ_t = θ* + β^t (θ_0 - θ*)", "incorrect"),
    ("Let A = θ_0 − θ*. Then θ_t = θ* + A(1-ηλ)^t", "correct"),
    ("Let A = θ* − θ_0. Then θ_t = θ* + A(1-ηλ)^t", "incorrect"),
    (r"Soit $u_n=\theta_n-\theta^*$. Alors $u_n=(1-\eta\lambda)^n u_0$", "correct"),
    (r"Soit $u_n=\theta_n-\theta^*$. Alors $u_n=(1-\eta\lambda)^{n-1} u_0$", "incorrect"),
    ("θ_t = θ* + (1-ηλ)^t (θ_0-θ*), so θ_∞ = θ*", "correct"),
))  # fmt: skip
def test_a_letter_means_what_the_answer_says(answer: str, expected: str) -> None:
    assert verdict("lecture3:1.a", answer) == expected


@pytest.mark.parametrize("task, answer, wrong", (
    ("stage3:2.3", "in the direction where y is constant", "correct"),
    ("stage3:2.3", "along the line y = const", "correct"),
    ("stage3:2.3", "perpendicular to y", "correct"),
    ("stage3:3.2", "constant in x but not in y", "correct"),
    ("stage3:3.2", "constant, except in y", "correct"),
    ("lecture3:3.a.nature", "It looks like a saddle, but it is a minimum", "correct"),
    ("lecture3:3.a.nature", "looks like a saddle but isn't", "correct"),
    ("lecture3:3.a.nature", "It looks like a minimum, but it is a saddle", "incorrect"),
    ("stage3:6.1", "smallest 10, largest 2, κ = 5", "correct"),
    ("stage3:6.1", "largest ten, smallest two, condition number five", "incorrect"),
    ("lecture3:4.a", r"$|\theta_t| = |\theta_0|(1-\eta\lambda)^t \to |\theta_0|e^{-2\eta\lambda t}$", "correct"),
    ("lecture3:4.a", "(1-λ)^{ηt}", "correct"),
    ("lecture3:1.b.3", "η ≥ 2/λ (η = 2/λ: converges)", "correct"),
    ("lecture3:1.b.3", "η ≥ 2/λ (η = 2/λ excluded)", "correct"),
    ("lecture3:1.b.2", "η between 1/λ and 2/λ except 3/(2λ)", "correct"),
    ("lecture3:1.b.1", "Since 1 - ηλ is positive, η < 2/λ", "correct"),
    ("stage3:2.3", "the direction of smallest change is y", "correct"),
    ("lecture3:1.b.3", "η ≥ 2/λ (η = 2/λ: jumps back and forth for ever)", "incorrect"),
    ("lecture3:2.range", "λ_1 ≥ λ_2 ≥ … ≥ λ_n > 0, then 0 < η < 1/λ_n", "correct"),
    ("lecture3:2.range", "λ_1 ≥ λ_2 ≥ … ≥ λ_n > 0, then 0 < η < 1/λ_1", "incorrect"),
))  # fmt: skip
def test_what_must_not_be_said_of_an_answer(task: str, answer: str, wrong: str) -> None:
    assert verdict(task, answer) != wrong
