"""Tasks about models: what is kept for all data is right, in matrices or entry by entry, and what changes is refuted."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import keys_of
from derivations.homework.sheets import parse_sheet

SHEET = """
title = "Models"
[[task]]
id = "layers"
points = 4
question = "conserved"
given = { model = "linear[2,3,2]" }
text = "What is conserved?"
[[task]]
id = "units"
points = 4
question = "conserved"
given = { model = "relu[2,2,1]" }
text = "What is conserved?"
[[task]]
id = "rank"
points = 2
question = "rank"
given = { model = "monomial[3;2;3]" }
text = "What is the rank?"
"""

RIGHT = {
    "layers": (
        r"$W_2^\top W_2 - W_1 W_1^\top$",
        "$W_1W_1^T - W_2^TW_2 = const$",
        "W_2ᵀW_2 − W_1W_1ᵀ stays constant during training",
        "W_2^T W_2 = W_1 W_1^T + C",
        "W_2(t)^T W_2(t) - W_1(t) W_1(t)^T = W_2(0)^T W_2(0) - W_1(0)W_1(0)^T",
        r"$\operatorname{tr}(W_2^TW_2) - \|W_1\|_F^2$",
        "w_{2,1,1}^2 + w_{2,2,1}^2 - w_{1,11}^2 - w_{1,1,2}^2",
        "3*(w_{2,1,1}w_{2,1,2} + w_{2,2,1}w_{2,2,2} - w_{1,1,1}w_{1,2,1} - w_{1,1,2}w_{1,2,2})^3",
    ),
    "units": (
        "w_{2,1,1}^2 - |w_{1,1}|^2",
        r"$w_{2,1,1}^2 = \|w_{1,1}\|^2 + C_1$ and $w_{2,1,2}^2 = \|w_{1,2}\|^2 + C_2$",
        "w_{2,1,2}(t)^2 - w_{1,2,1}(t)^2 - w_{1,2,2}(t)^2 = C",
    ),
    "rank": ("6",),
}
WRONG = {
    "layers": ("$W_2^T W_2 + W_1W_1^T$", "W_2^T W_2", "W_2 W_1", "W_2W_2^T - W_1^TW_1", "w_{1,1,1}^2 + w_{1,1,2}^2"),
    "units": ("w_{2,1,1}^2 + |w_{1,1}|^2", "w_{2,1,1}^2 - |w_{1,2}|^2"),
    "rank": ("8", "7"),
}
UNCLEAR = {
    "layers": ("W_2 W_2 - W_1", "tr(W_1)", "7", "w_{2,1,1}^2*t", r"$W_2^TW_2 - W_1W_1^T = C$ and $W_2W_1 = C$"),
    "units": ("w_{2,1,1}^2 - |w_{1,1}|^2 = C and w_{2,1,1}^2 + |w_{1,1}|^2 = C",),
}


@cache
def checkers() -> dict[str, Checker]:
    return {task.task: Checker(task) for task in keys_of(parse_sheet(SHEET, "models.toml")).tasks}


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(task, text) for task, texts in table.items() for text in texts]


@pytest.mark.parametrize(("task", "text"), pairs(RIGHT))
def test_what_does_not_change_is_right(task: str, text: str) -> None:
    verdict = checkers()[task].check(text)
    assert verdict.verdict == "correct", verdict.reason


@pytest.mark.parametrize(("task", "text"), pairs(WRONG))
def test_what_changes_is_refuted(task: str, text: str) -> None:
    verdict = checkers()[task].check(text)
    assert verdict.verdict == "incorrect", verdict.reason
    assert verdict.evidence.kind == "counterexample"


@pytest.mark.parametrize(("task", "text"), pairs(UNCLEAR))
def test_what_is_unclear_goes_to_a_person(task: str, text: str) -> None:
    assert checkers()[task].check(text).verdict in ("undecided", "incorrect", "unreadable")


def test_the_flow_of_the_key_is_that_of_a_loss_on_data() -> None:
    """With the loss's slopes put in, the key's equations are minus the gradient of a loss by finite differences."""
    (part,) = checkers()["layers"].key.parts
    flow = {str(variable.args[0]): field for variable, field in part.settings["flow"]}
    rng = np.random.default_rng(5)
    names = list(flow)
    theta, x, y = rng.normal(size=len(names)), rng.normal(size=2), rng.normal(size=2)

    def output(values: np.ndarray) -> np.ndarray:
        return np.asarray(values[6:].reshape(2, 3) @ values[:6].reshape(3, 2) @ x)

    def loss(values: np.ndarray) -> float:
        return float(np.sum((output(values) - y) ** 4))

    assert names[:6] == [f"w_1_{i}_{j}" for i in (1, 2, 3) for j in (1, 2)]
    residual = 4 * (output(theta) - y) ** 3
    slopes = {f"slope_{2 * i + j + 1}": residual[i] * x[j] for i in range(2) for j in range(2)}
    for k, name in enumerate(names):
        step = 1e-6 * np.eye(len(names))[k]
        difference = (loss(theta + step) - loss(theta - step)) / 2e-6
        assert np.isclose(value(flow[name], {**dict(zip(names, theta, strict=True)), **slopes}), -difference, rtol=1e-5)


def value(term, at):  # type: ignore[no-untyped-def]
    """A sum of products, in floats."""
    parts = [value(arg, at) for arg in term.args] if term.head in ("Add", "Mul", "Neg", "Pow") else []
    return {
        "Add": lambda: sum(parts),
        "Mul": lambda: np.prod(parts),
        "Neg": lambda: -parts[0],
        "Pow": lambda: parts[0] ** parts[1],
        "Symbol": lambda: at[term.args[0]],
        "Number": lambda: float(term.args[0]),
    }[term.head]()
