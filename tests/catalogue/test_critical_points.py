"""All critical points, against a search that shares nothing with them: Newton's method from many starts, in NumPy."""

from __future__ import annotations

import random
import time
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from derivations.catalogue.critical_points import RESULT
from derivations.catalogue.discovery import derive_result
from derivations.language.errors import Undecided
from derivations.problems.questions import read_problem

Array = NDArray[np.float64]
Polynomial = dict[tuple[int, ...], float]
NAMES = "xyz"


@cache
def answer(loss: str) -> dict[str, Any]:
    return dict(derive_result(RESULT, read_problem(loss=loss)).answer)


def places(found: dict[str, Any]) -> list[dict[str, float]]:
    return [
        {name: float(text) for name, text in point["approx"].items()} if "approx" in point
        else {name: eval(text, {"__builtins__": {}}) for name, text in point["at"].items()}
        for point in found["points"]
    ]  # fmt: skip


def natures(loss: str) -> list[str]:
    return sorted(point["nature"] for point in answer(loss)["points"])


# --- an independent search ----------------------------------------------------------------------------------------------


def slope(polynomial: Polynomial, i: int) -> Polynomial:
    return {
        tuple(e - (j == i) for j, e in enumerate(m)): c * m[i] for m, c in polynomial.items() if m[i]
    }  # fmt: skip


def at(polynomial: Polynomial, x: Array) -> Array:
    """The values at many points, the rows of x."""
    return sum((c * np.prod(x ** np.array(m), axis=1) for m, c in polynomial.items()), np.zeros(len(x)))


def newton_search(loss: Polynomial, n: int, starts: int = 300, steps: int = 60) -> list[Array]:
    """Real points where the gradient vanishes, by Newton's method from random starts, each once."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(starts, n)) * rng.choice([0.3, 1.0, 3.0, 10.0], size=(starts, 1))
    gradient = [slope(loss, i) for i in range(n)]
    hessian = [[slope(g, j) for j in range(n)] for g in gradient]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            g = np.stack([at(one, x) for one in gradient], axis=1)
            h = np.stack([np.stack([at(one, x) for one in row], axis=1) for row in hessian], axis=1)
            move = (np.linalg.pinv(np.nan_to_num(h, posinf=1e30, neginf=-1e30)) @ np.nan_to_num(g)[:, :, None])[:, :, 0]
            x = np.clip(x - move, -1e6, 1e6)
        g = np.stack([at(one, x) for one in gradient], axis=1)
    found: list[Array] = []
    for point, size in zip(x, np.abs(g).max(axis=1), strict=True):
        near = any(np.abs(point - other).max() < 1e-4 * (1 + np.abs(point).max()) for other in found)
        if size < 1e-9 * (1 + np.abs(point).max()) ** 3 and not near:
            found.append(point)
    return found


def polynomial_text(loss: Polynomial) -> str:
    return " + ".join(
        f"({int(c)})*" + "*".join(f"{NAMES[j]}**{e}" for j, e in enumerate(m) if e) for m, c in loss.items()
    )


def drawn(seed: int) -> tuple[Polynomial, int]:
    """A random polynomial with whole coefficients: degree 3 or 4 in two variables, sparse or of degree 3 in three."""
    draw = random.Random(seed)
    n = draw.choice([1, 2, 2, 2, 3])
    top = draw.choice([3, 4]) if n < 3 else 3
    share = draw.choice([0.4, 0.7, 1.0]) if n < 3 else 0.5
    exponents = [m for m in product(range(top + 1), repeat=n) if 0 < sum(m) <= top]
    loss: Polynomial = {m: float(draw.choice([-3, -2, -1, 1, 2, 3])) for m in exponents if draw.random() < share}
    for j in range(n):  # every variable occurs
        loss.setdefault(tuple(2 * int(i == j) for i in range(n)), 1.0)
    return loss, n


def agrees(loss: Polynomial, n: int) -> str:
    """Compares the proved list with the search; says what the list came to."""
    try:
        found = answer(polynomial_text(loss))
    except Undecided:
        return "undecided"
    listed = [np.array([place[NAMES[j]] for j in range(n)]) for place in places(found)]
    for point in listed:
        size = max(abs(float(at(slope(loss, i), point[None, :])[0])) for i in range(n))
        assert size < 1e-6 * (1 + np.abs(point).max()) ** 3, "the gradient does not vanish at a listed point"
    searched = newton_search(loss, n)
    if not found["complete"]:
        return "family"
    for point in searched:
        assert any(np.abs(point - other).max() < 2e-2 for other in listed), f"{point} was missed"
    missed = [p for p in listed if np.abs(p).max() < 5 and all(np.abs(p - other).max() > 1e-2 for other in searched)]
    assert len(missed) <= len(listed) // 4, f"the search does not find {missed}"
    return "complete"


@pytest.mark.parametrize("seed", (0, 1, 2, 3, 4, 6, 7, 8))
def test_random_polynomials_agree_with_a_numeric_search(seed: int) -> None:
    assert agrees(*drawn(seed)) == "complete"


@pytest.mark.long
def test_many_random_polynomials_agree_with_a_numeric_search() -> None:
    outcomes = [agrees(*drawn(seed)) for seed in range(100, 160)]
    assert outcomes.count("complete") >= 57, outcomes


# --- what the textbooks know ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("(1 - x)**2 + 100*(y - x**2)**2", ["minimum"]),
        ("2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2", ["minimum"] * 3 + ["saddle"] * 2),
        ("x**4 - 3*x*y + y**2", ["minimum", "minimum", "saddle"]),
        ("x**3 - 3*x*y**2", ["degenerate"]),
        ("x*y", ["saddle"]),
        ("(x**2 - 1)**2 + y**2", ["minimum", "minimum", "saddle"]),
        ("x**3 + x", []),
        ("x**2/(1 + x**2)", ["minimum"]),
        ("x**4", ["degenerate"]),
        ("-x**2 - y**2 - z**2", ["maximum"]),
        ("(x**2 + y**2 - 1)**2 + (x - y**2)**2", ["maximum"] + ["minimum"] * 3 + ["saddle"] * 3),
        ("x**4/4 + y**4/4 - x**2 - y**2 + x**2*y**2/3", ["maximum"] + ["minimum"] * 4 + ["saddle"] * 4),
    ],
)
def test_well_known_losses(loss: str, expected: list[str]) -> None:
    assert natures(loss) == expected
    assert answer(loss)["complete"] is True


def test_himmelblau_has_nine_critical_points() -> None:
    start = time.process_time()
    found = answer("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
    assert time.process_time() - start < 10
    assert found["complete"] is True
    assert natures("(x**2 + y - 11)**2 + (x + y**2 - 7)**2") == ["maximum"] + ["minimum"] * 4 + ["saddle"] * 4
    known = [(3, 2), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126), (-0.270845, -0.923039)]
    for x, y in known:
        assert any(abs(p["x"] - x) < 1e-5 and abs(p["y"] - y) < 1e-5 for p in places(found))
    values = {(point["nature"], point["value_approx"]) for point in found["points"]}
    assert ("minimum", "0") in values
    assert any(nature == "maximum" and value.startswith("181.6165") for nature, value in values)


@pytest.mark.long
def test_the_six_hump_camel_has_fifteen() -> None:
    loss = "(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2"
    assert natures(loss) == ["maximum"] * 2 + ["minimum"] * 6 + ["saddle"] * 7
    assert answer(loss)["complete"] is True
    lowest = min(answer(loss)["points"], key=lambda point: float(point["value_approx"]))
    assert lowest["value_approx"].startswith("-1.0316284534")


@pytest.mark.parametrize(
    ("loss", "family"),
    [
        ("(x*y - 1)**2", ["x*y - 1 == 0"]),
        ("(x + y)**2", ["x + y == 0"]),
        ("x**2*y**2 + z**2", ["(z == 0) & (x*y == 0)"]),
    ],
)
def test_infinitely_many_points_are_never_called_a_complete_list(loss: str, family: list[str]) -> None:
    found = answer(loss)
    assert found["complete"] is False
    assert found["family"] == family


@pytest.mark.parametrize("loss", ["exp(x) - x", "x + 1/x", "sqrt(1 + x**2)"])
def test_what_is_not_treated_is_undecided(loss: str) -> None:
    with pytest.raises(Undecided):
        answer(loss)


def test_exact_coordinates_can_be_read_back() -> None:
    sympy = pytest.importorskip("sympy")
    for point in answer("2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2")["points"]:
        for name, text in point["at"].items():
            value = sympy.sympify(text, locals={"RootOf": sympy.CRootOf})
            assert abs(float(value.evalf(20)) - float(point.get("approx", {name: text})[name])) < 1e-9


def test_eigenvalues_are_those_of_the_hessian() -> None:
    found = answer("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
    for point, place in zip(found["points"], places(found), strict=True):
        x, y = place["x"], place["y"]
        hessian = np.array([[12 * x**2 + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y**2 - 26]])
        expected = np.linalg.eigvalsh(hessian)[::-1]
        assert np.allclose([float(text) for text in point["eigenvalues_approx"]], expected, rtol=1e-8)
