"""The notes' sheet: every task solved by a proof, and each number found again by NumPy or plain fractions."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.homework.formulas import formula
from derivations.homework.sheets import read_sheet
from derivations.homework.solutions import Solution, answer_parts, laid_out, solve
from derivations.homework.writing import Folder, write_sheet
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.problems.questions import read_problem
from derivations.rendering.markup import formulas
from derivations.rendering.sheet import markdown_solutions
from derivations.witness import holds
from derivations.witness.claims import claimed_regimes

IDS = [
    "1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "6.1", "6.2", "6.3",
    "6.4", "7.1", "7.2", "7.3", "8.1", "8.2", "8.3", "8.4", "9.1", "9.2",
]  # fmt: skip


@cache
def solved() -> dict[str, Solution]:
    return {solution.task.id: solution for solution in solve(read_sheet("stage3"))}


def answer(task: str) -> dict[str, Any]:
    found: dict[str, Any] = solved()[task].proofs[0].answer
    return found


@cache
def printed() -> dict[str, str]:
    text = markdown_solutions(laid_out(read_sheet("stage3"), tuple(solved().values()), "notes"))
    return dict(re.findall(r"## Task (\S+) .*?\*\*Answer\.\*\* (.*?)\n", text, re.DOTALL))


def exact(text: str) -> Fraction:
    assert re.fullmatch(r"[-\d/ ]+", text)
    return Fraction(text.replace(" ", ""))


def test_the_notes_tasks() -> None:
    sheet = read_sheet("stage3")
    assert [task.id for task in sheet.tasks] == IDS
    assert sum(task.points for task in sheet.tasks) == 100
    assert sheet.notation == "notes"
    assert [text for task in sheet.tasks for text in formulas(task.text) if formula(text, "notes") is None] == []


@pytest.mark.parametrize("task", IDS)
def test_every_task_has_a_proof_with_its_answer(task: str) -> None:
    solution = solved()[task]
    assert solution.proofs, solution.reason
    assert solution.proofs[0].status == "proved"
    assert answer_parts(solution.proofs[0], solution.task.answer)
    assert solution.proofs[0].question == solution.task.question


def test_what_is_printed() -> None:
    assert printed()["1.1"] == r"$f'(x) = \lambda x$, $f''(x) = \lambda$"
    assert printed()["1.3"] == r"$x_{k+1} = x_k-\alpha\lambda x_k$"
    assert printed()["6.1"] == r"$10$, $2$, $\kappa = 5$"
    assert printed()["6.2"] == r"$0 < \alpha < \frac{1}{5}$"
    assert printed()["9.1"] == r"$0 < \alpha < \frac{1}{100}$"
    assert "oscillating, divergent" in printed()["9.2"]
    assert r"\eta" not in " ".join(printed().values())


# --- the numbers, once more -----------------------------------------------------------------------------------------


A = np.array([[2.0, 0.0], [0.0, 10.0]])


def test_gradient_and_hessian_by_differences() -> None:
    def loss(x: Any) -> float:
        return float(x[0] ** 2 + 10 * x[1] ** 2)

    at, step = np.array([1.0, 1.0]), 1e-4
    axes = step * np.eye(2)
    slopes = [(loss(at + u) - loss(at - u)) / (2 * step) for u in axes]
    assert answer("2.2")["value"] == "Matrix([[2], [20]])"
    assert np.allclose(slopes, [2, 20])
    assert printed()["2.3"].index("partial_1") < printed()["2.3"].index("<") < printed()["2.3"].index("partial_2")

    def mixed(u: Any, v: Any) -> float:
        return (loss(at + u + v) - loss(at + u - v) - loss(at - u + v) + loss(at - u - v)) / (4 * step**2)

    curved = [[mixed(u, v) for v in axes] for u in axes]
    assert answer("3.1")["hessian"] == "Matrix([[2, 0], [0, 20]])"
    assert np.allclose(curved, [[2, 0], [0, 20]], atol=1e-5)
    assert "constant" in answer("3.2")


def test_only_two_lines_are_kept() -> None:
    assert answer("4.2")["image"] == "Matrix([[2], [10]])"
    assert np.allclose(A @ [1, 1], [2, 10])
    kept = [k for k in range(180) if abs(np.linalg.det(np.column_stack([d := direction(k), A @ d]))) < 1e-9]
    assert kept == [0, 90]
    assert answer("4.3")["text"] == "(u == 0) | (v == 0)"


def direction(degrees: int) -> Any:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


@pytest.mark.parametrize(("task", "alpha"), [("5.1", Fraction(1, 20)), ("5.2", Fraction(3, 20)), ("5.3", Fraction(1, 4))])
def test_two_steps(task: str, alpha: Fraction) -> None:
    x, y = Fraction(5), Fraction(1)
    for row in answer(task)["points"]:
        x, y = x - alpha * 2 * x, y - alpha * 10 * y
        assert [exact(value) for value in row.values()] == [x, y]
    assert len(answer(task)["points"]) == 2
    for found, curvature in zip(answer(task)["directions"], (2, 10), strict=True):
        _fits(found, 1 - alpha * curvature)


def _fits(found: dict[str, str], multiplier: Fraction) -> None:
    powers = [multiplier**t for t in range(150)]
    assert (found["side"] == "oscillating") == all(a * b < 0 for a, b in pairwise(powers))
    assert (found["fate"] == "convergent") == (abs(powers[-1]) < 1e-3)
    assert (found["fate"] == "divergent") == (abs(powers[-1]) > 1e3)


@pytest.mark.parametrize(("task", "alpha"), [("7.1", Fraction(1, 20)), ("7.2", Fraction(3, 25)), ("7.3", Fraction(1, 4))])
def test_multipliers(task: str, alpha: Fraction) -> None:
    found = answer(task)
    assert [exact(one) for one in found["multipliers"]] == [1 - 2 * alpha, 1 - 10 * alpha]
    for row, curvature in zip(found["directions"], (2, 10), strict=True):
        _fits(row, 1 - alpha * curvature)


@pytest.mark.parametrize(("task", "curvatures"), [("6.1", (2, 10)), ("6.4", (5, 6)), ("9.1", (200,))])
def test_conditioning(task: str, curvatures: tuple[int, ...]) -> None:
    found = answer(task)
    assert exact(found["condition_number"]) == Fraction(max(curvatures), min(curvatures))
    bound = exact(found["bound"])
    for alpha in (bound * Fraction(99, 100), bound * Fraction(101, 100)):
        largest = max(abs(1 - alpha * one) ** 4000 for one in curvatures)
        assert (largest < 1e-9) == (alpha < bound)
    assert np.linalg.cond(np.diag(np.array(curvatures, dtype=float))) == pytest.approx(float(exact(found["condition_number"])))


def test_the_premise_of_6_3_is_false_near_the_end() -> None:
    regions = claimed_regimes(solved()["6.3"].proofs[0].derivation)
    assert list(regions) == ["flat-slower", "alike", "steep-slower"]
    for k in range(1, 400):
        alpha = Fraction(k, 2000)
        flat, steep = abs(1 - 2 * alpha), abs(1 - 10 * alpha)
        name = "alike" if flat == steep else "flat-slower" if flat > steep else "steep-slower"
        held = {one for one, region in regions.items() if holds(region, {"eta": alpha})}
        assert held == {name}
    at = exact(answer("6.3")["counterexample"]["at"])
    assert abs(1 - 2 * at) < abs(1 - 10 * at) < 1


def test_momentum_by_its_two_step_recurrence() -> None:
    alpha, beta, curvature = Fraction(1, 10), Fraction(4, 5), 10
    before = now = Fraction(1)
    for row in answer("8.1")["points"]:
        before, now = now, (1 - alpha * curvature + beta) * now - beta * before
        assert exact(next(iter(row.values()))) == now
    assert now == Fraction(-16, 25)


@pytest.mark.parametrize(("task", "beta"), [("8.2", Fraction(4, 5)), ("8.3", Fraction(3, 10))])
def test_the_size_of_the_roots(task: str, beta: Fraction) -> None:
    roots = np.roots([1, -float(beta), float(beta)])
    assert np.allclose(abs(roots) ** 2, float(exact(answer(task)["modulus_squared"])))
    assert all(abs(roots.imag) > 0.1)
    assert answer(task)["modulus_squared"] == str(beta)
    assert answer("8.4")["modulus_squared"] == "beta"


# --- other problems -------------------------------------------------------------------------------------------------


def derive(question: str, **given: Any) -> Certificate:
    return derive_question(question, read_problem(**given))


@pytest.mark.parametrize("seed", range(6))
def test_first_steps_of_methods_on_a_cubic(seed: int) -> None:
    """Heavy ball, Nesterov and extragradient on a*x**3 + b*x*y + c*y**2, against plain fractions."""
    draw = np.random.default_rng(seed)
    a, b, c, x, y = (int(n) for n in draw.integers(1, 4, 5))
    eta, beta = Fraction(1, int(draw.integers(3, 9))), Fraction(1, int(draw.integers(2, 5)))

    def slope(at: list[Fraction]) -> list[Fraction]:
        return [3 * a * at[0] ** 2 + b * at[1], b * at[0] + 2 * c * at[1]]

    for method in ("heavy-ball", "nesterov", "extragradient"):
        settings = (f"eta={eta}", f"beta={beta}") if method != "extragradient" else (f"eta={eta}",)
        found = derive("iterates", loss=f"{a}*x**3 + {b}*x*y + {c}*y**2", optimizer=method, settings=settings,
                       start=f"x={x},y={y}", steps="2").answer["points"]  # fmt: skip
        at, v = [Fraction(x), Fraction(y)], [Fraction(0)] * 2
        for row in found:
            if method == "extragradient":
                middle = [p - eta * g for p, g in zip(at, slope(at), strict=True)]
                at = [p - eta * g for p, g in zip(at, slope(middle), strict=True)]
            else:
                ahead = [p + beta * w for p, w in zip(at, v, strict=True)] if method == "nesterov" else at
                v = [beta * w - eta * g for w, g in zip(v, slope(ahead), strict=True)]
                at = [p + w for p, w in zip(at, v, strict=True)]
            assert [exact(value) for value in list(row.values())[:2]] == at


def test_a_coupled_loss_has_its_own_directions() -> None:
    found = derive("multipliers", loss="x**2 + x*y + y**2", settings=("eta=1/2",)).answer
    sizes = np.linalg.eigvalsh(np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert sorted(float(exact(one)) for one in found["multipliers"]) == pytest.approx(sorted(1 - 0.5 * sizes))
    speed = derive("speed", loss="x**2 + x*y + y**2").answer
    assert speed["best"] == "1/2"  # 2/(1 + 3)
    kept = derive("eigenvectors", loss="x**2 + x*y + y**2", start="x=3,y=3").answer
    assert kept["tried"] == "kept(3, 3)"


@pytest.mark.parametrize(
    ("question", "given", "error"),
    [
        ("iterates", {"loss": "x**2", "start": "y=1"}, Unusable),
        ("iterates", {"loss": "x**2", "start": "x=1", "steps": "40"}, Unusable),
        ("iterates", {"loss": "x**2", "optimizer": "implicit-euler"}, Undecided),
        ("multipliers", {"loss": "x**2"}, Undecided),
        ("conditioning", {"loss": "x**2 - y**2"}, Undecided),
        ("speed", {"loss": "x**2 + y**2"}, Undecided),
        ("eigenvectors", {"loss": "x**2 + y**2"}, Undecided),
        ("model", {"loss": "x**3"}, Undecided),
        ("roots", {"optimizer": "heavy-ball"}, Undecided),
    ],
)
def test_what_does_not_apply_is_said(question: str, given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        derive(question, **given)


def test_the_files(tmp_path: Path) -> None:
    said: list[str] = []
    folder = Folder(str(tmp_path))
    write_sheet(read_sheet("stage3"), tuple(solved().values()), folder, ("problems", "solutions"), "notes", said.append)
    assert all("no PDF" in line for line in said)  # in particular no line is too wide
    assert {f"{kind}.{end}" for kind in ("problems", "solutions") for end in ("tex", "html", "md")} <= {
        path.name for path in tmp_path.iterdir()
    }
