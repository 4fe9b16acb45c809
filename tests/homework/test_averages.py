"""The mean of a square in the spellings that students use: E θ², E(θ)², ⟨θ²⟩, with or without brackets."""

from __future__ import annotations

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key

RIGHT = r"\frac{\eta\sigma^2}{N\lambda(2-\eta\lambda)}"


@pytest.fixture(scope="module")
def checker() -> Checker:
    key = sheet_key("lecture3").task("4.b")
    assert key is not None
    return Checker(key)


@pytest.mark.parametrize(
    "left",
    [r"E\theta^2", r"E[\theta^2]", r"\mathbb{E}\theta_t^2", r"\mathbb{E}\,\theta^2", r"E(\theta-\theta^*)^2",
     r"\mathbb{E}(\theta_t-\theta^*)^2", r"\langle\theta^2\rangle", r"\operatorname{Var}(\theta)"],
)  # fmt: skip
def test_whatever_the_mean_is_written_as(checker: Checker, left: str) -> None:
    assert checker.check(f"${left} = {RIGHT}$").verdict == "correct"
    assert checker.check(f"${left} = 3{RIGHT}$").verdict != "correct"
