"""Stability of the named methods and of methods of our own against the spectral radius of one step, computed by running it."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.heavy_ball_stability import derive
from derivations.kernel.checker import check
from derivations.language.answers import resolve
from derivations.language.errors import Undecided, Unusable
from derivations.language.statements import Derivation
from derivations.problems.optimizers import NAMED
from derivations.problems.questions import read_problem
from derivations.witness import holds
from derivations.witness.claims import claimed_field

from .methods import OWN, Spec, step_matrix, written

SPECS: dict[str, Spec] = {name: (one["state"], one["hyperparameters"], one["update"]) for name, one in NAMED.items()} | OWN
NEAR = 1e-6
SEEN = {"never-stable": {False}, "stable-for-all": {True}}
QUICK = ["heavy-ball", "quasi-hyperbolic", "implicit-euler", "lookahead", "delay-two", "implicit-momentum", "never-stable",
         "optimistic-momentum", "rational"]  # fmt: skip


def drawn(draw: random.Random, bound: str) -> Fraction:
    """A value in the range that the text gives, or between -3/2 and 4."""
    low = 0.0 if any(part in bound for part in (">= 0", "> 0", "0 <")) else -1.5
    high = 1.0 if "< 1" in bound or "<= 1" in bound else 4.0
    while True:
        value = Fraction(draw.randint(int(low * 997), int(high * 997)), 997)
        inside = eval(bound, {}, dict.fromkeys(_names(bound), value)) if bound else True
        if inside:
            return value


def _names(bound: str) -> set[str]:
    return {part for part in bound.replace("<", " ").replace(">", " ").replace("=", " ").split() if part.isidentifier()}


def compare(derivation: Derivation, spec: Spec, points: int, seed: str) -> None:
    region = claimed_field(derivation, "region")
    border = claimed_field(derivation, "marginal") if "marginal" in derivation.answer else None
    draw, seen = random.Random(seed), set()
    for _ in range(points):
        values = {name: drawn(draw, bound) for name, bound in spec[1].items()}
        values |= {"lam": Fraction(draw.randint(-1500, 3000), draw.choice([997, 9973])), "theta_star": Fraction(1, 3)}
        try:
            matrix = step_matrix(spec, {name: float(value) for name, value in values.items()})
        except ZeroDivisionError:
            continue
        size = float(max(abs(np.linalg.eigvals(matrix))))
        if abs(size - 1) < NEAR:
            continue
        assert holds(region, values) == (size < 1), (values, size)
        assert border is None or not holds(border, values), (values, size)
        seen.add(size < 1)
    assert seen == SEEN.get(seed, {True, False})


def derived(name: str, folder: Path, **more: Any) -> Derivation:
    return derive(read_problem(optimizer=name if name in NAMED else written(name, folder), **more))


@pytest.mark.parametrize("name", QUICK)
def test_the_region_is_where_the_spectral_radius_is_small(name: str, tmp_path: Path) -> None:
    compare(derived(name, tmp_path), SPECS[name], 300, name)


@pytest.mark.long
@pytest.mark.parametrize("name", SPECS)
def test_the_region_on_many_points(name: str, tmp_path: Path) -> None:
    compare(derived(name, tmp_path), SPECS[name], 10_000, name)


def answer(derivation: Derivation) -> dict[str, Any]:
    return dict(resolve(derivation.answer, derivation.statement.conclusion))


def test_known_regions(tmp_path: Path) -> None:
    known = {
        "implicit-euler": "(eta*lam < -2) | (0 < eta*lam)",
        "optimistic": "(0 < eta*lam) & (eta*lam < 2/3)",
        "extragradient": "(0 < eta*lam) & (eta*lam < 1)",
        "delayed": "(0 < eta*lam) & (eta*lam < 1)",
        "quasi-hyperbolic": "(0 < eta*lam) & (eta*lam*(1 + beta - 2*beta*nu) < 2*(1 + beta))",
        "ema-momentum": "(0 < eta*lam) & (eta*lam < 2*(1 + beta)/(1 - beta))",
        "adam-frozen": "(0 < eta*lam) & (eta*lam < 2*scale*(1 + beta)/(1 - beta))",
        "triple-momentum": "(beta - 1 < eta*gamma*lam) & (0 < eta*lam) & (eta*lam*(1 + 2*gamma) < 2*(1 + beta))",
    }
    for name, region in known.items():
        assert answer(derived(name, tmp_path))["region"] == region, name


def test_known_borders(tmp_path: Path) -> None:
    known = {
        "lookahead": "(eta*lam == 0) | (eta*lam == 2)",
        "extragradient": "(eta*lam == 0) | (eta*lam == 1)",
        "implicit-euler": "(eta*lam == -2) | (eta*lam == 0)",
        "never-stable": "eta*lam == 0",
    }
    for name, border in known.items():
        assert answer(derived(name, tmp_path))["marginal"] == border, name


def test_three_spellings_of_one_method_have_one_region(tmp_path: Path) -> None:
    spellings = ["nesterov", "nesterov-by-two-points", "nesterov-by-differences", "nesterov-by-momentum"]
    assert len({answer(derived(name, tmp_path))["region"] for name in spellings}) == 1


def test_what_is_proved_and_what_is_cited(tmp_path: Path) -> None:
    assert check(derived("nesterov", tmp_path)).status == "proved"
    report = check(derived("delay-two", tmp_path))
    assert report.status == "cited"
    assert any("Schur-Cohn" in theorem for theorem in report.citations)


def test_losses_that_are_not_quadratic(tmp_path: Path) -> None:
    well = derived("heavy-ball", tmp_path, loss="x**4/4 - x**2/2", at="x=1")
    assert holds(claimed_field(well, "region"), {"eta": Fraction(1), "beta": Fraction(1, 2)})
    assert not holds(claimed_field(well, "region"), {"eta": Fraction(2), "beta": Fraction(1, 2)})
    assert answer(derived("heavy-ball", tmp_path, loss="x**4/4 - x**2/2", at="x=0"))["region"] == "False"
    assert answer(derived("nesterov", tmp_path, loss="generic"))["region"] == answer(derived("nesterov", tmp_path))["region"]


def test_several_parameters(tmp_path: Path) -> None:
    """A method converges along every eigenvector, or not at all: checked with the eigenvalues that NumPy finds."""
    for name, values in (("heavy-ball", {"beta": Fraction(1, 2)}), ("implicit-euler", {}), ("optimistic", {})):
        for loss, at, matrix in (("x**2 + x*y + 3*y**2", "x=0,y=0", [[2, 1], [1, 6]]), ("x*y", "x=0,y=0", [[0, 1], [1, 0]])):
            region = claimed_field(derived(name, tmp_path, loss=loss, at=at), "region")
            for eta in (Fraction(k, 20) for k in range(1, 60)):
                here = {**values, "eta": eta}
                found = [dict(here, lam=float(size)) for size in np.linalg.eigvalsh(np.array(matrix))]
                if any(abs(1 + float(eta) * one["lam"]) < NEAR for one in found):
                    continue
                steps = [step_matrix(SPECS[name], {key: float(value) for key, value in one.items()}) for one in found]
                size = max(float(max(abs(np.linalg.eigvals(step)))) for step in steps)
                assert abs(size - 1) < NEAR or holds(region, here) == (size < 1), (name, loss, eta, size)


@pytest.mark.parametrize(
    ("state", "update", "message"),
    [
        (["x", "v"], {"x": "x - eta*grad(x)"}, "has no update"),
        (["x"], {"x": "x - eta*grad(x)", "w": "x"}, "is no state"),
        (["x"], {"x": "x - step*grad(x)"}, "step"),
        (["x", "v"], {"x": "x + v_next", "v": "v + x_next"}, "need each other"),
        (["x", "x"], {"x": "x"}, "twice"),
    ],
)
def test_specifications_that_cannot_be_used(state: list[str], update: dict[str, str], message: str, tmp_path: Path) -> None:
    file = written("bad", tmp_path, (state, {"eta": "eta > 0"}, update))
    with pytest.raises(Unusable, match=message):
        read_problem(optimizer=file)


def test_what_is_not_linear_is_said(tmp_path: Path) -> None:
    for update in ("x - eta*grad(x)**2", "x - eta*grad(x_next**2)", "x*x_next - eta*grad(x)"):
        file = written("odd", tmp_path, (["x"], {"eta": "eta > 0"}, {"x": update}))
        with pytest.raises(Undecided):
            derive(read_problem(optimizer=file))
    with pytest.raises(Undecided, match="continuous time"):
        read_problem(optimizer="gradient-flow")
