"""Ranks of Hessians at matching weights, against NumPy: gradients at random inputs, finite differences, quadrature."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from math import comb, erf, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.statements import Derivation
from derivations.language.terms import Term, number
from derivations.problems.questions import read_problem
from derivations.tactics.rank_table import table
from derivations.witness import evaluate, gradient

ARGUMENTS = {"erf": "w_1_1=1,w_1_2=2,w_2_1=-1,w_2_2=1/2,w_3_1=3/4,w_3_2=-2,v_1=1,v_2=-2,v_3=1/3"}
RELU = "w_1_1_1=1,w_1_1_2=2,w_1_2_1=-1,w_1_2_2=1/2,w_1_3_1=3/4,w_1_3_2=-2,w_2_1_1=1,w_2_1_2=-2,w_2_1_3=1/3"


def rank_of(model: str, at: str | None = None) -> Certificate:
    return derive_question("rank", read_problem(model=model, at=at))


# --- polynomial models ------------------------------------------------------------------------------------------------

POLYNOMIAL = [
    ("monomial[2;2;2]", 3), ("monomial[3;2;2]", 5), ("monomial[3;5;4]", 14), ("monomial[5;7;3]", 34), ("monomial[3;3;3]", 9),
    ("polynomial[4;6;z**2 + z**3]", 29), ("polynomial[4;7;(z + 1)**3]", 34), ("polynomial[2;2;z + z**2]", 5),
    ("polynomial[2;4;z + z**3]", 6), ("linear[2,3,2]", 4), ("linear[3,2,3]", 8), ("linear[2,2,2,2]", 4), ("attention[2,1]", 5),
    ("symmetric[3,2]", 5), ("product[4]", 1), ("convolution[3,3]", 5), ("squares[3]", 3),
]  # fmt: skip


@pytest.mark.parametrize(("model", "rank"), POLYNOMIAL, ids=str)
def test_the_generic_rank(model: str, rank: int) -> None:
    """The rank of the gradients at random weights and inputs, computed in floating point."""
    answer = rank_of(model).answer
    given = read_problem(model=model).model
    assert given is not None
    draw = np.random.default_rng(3)
    here = dict(zip(given.parameters, draw.uniform(0.5, 1.5, len(given.parameters)) * draw.choice([-1, 1], len(given.parameters)),
                    strict=True))  # fmt: skip
    rows = [[float(x) for x in gradient(one, list(given.parameters), {**here, **{x: draw.normal() for x in given.data}})]
            for _ in range(len(given.parameters) + 2) for one in given.outputs]  # fmt: skip
    singular = np.linalg.svd(np.array(rows), compute_uv=False)
    assert int(sum(singular > 1e-9 * singular[0])) == answer["rank"] == rank
    assert answer["parameters"] == len(given.parameters) == answer["rank"] + answer["nullity"]


def test_what_is_cited_says_so() -> None:
    """Squares of forms prove the exceptions of even degree; that of degree three rests on a theorem, also where it is inherited."""
    assert rank_of("monomial[3;5;4]").report.status == "proved"
    for model in ("monomial[5;7;3]", "polynomial[4;6;z**2 + z**3]"):
        report = rank_of(model).report
        assert report.status == "cited"
        assert "Hirschowitz" in report.citations[0]


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    """p*q*x + (p*q)**2*y sees the product only; r not at all."""
    path = tmp_path / "own.toml"
    path.write_text(
        'parameters = ["p", "q", "r"]\ndata = ["x", "y"]\noutput = "p*q*x + (p*q)**2*y + 0*r"\n', encoding="utf-8"
    )
    answer = rank_of(str(path)).answer
    assert (answer["rank"], answer["nullity"], answer["reason"]) == (1, 2, "redundant-directions")


def test_the_hessian_of_the_loss_itself() -> None:
    """Finite differences of ½·E(f(θ') - f(θ))² under a Gaussian: its rank, and the directions that it annihilates."""
    certificate = rank_of("monomial[2;2;4]")
    model = read_problem(model="monomial[2;2;4]").model
    assert model is not None
    nodes, weights = np.polynomial.hermite_e.hermegauss(10)  # exact for the degrees that occur
    x, y = (one.ravel() for one in np.meshgrid(nodes, nodes))
    mass = np.outer(weights, weights).ravel() / sum(weights) ** 2
    start = np.array([0.7, -0.4, 0.5, 0.9, 0.8, -0.6])

    def output(theta: np.ndarray) -> np.ndarray:
        here = dict(zip(model.parameters, theta, strict=True))
        return np.asarray(evaluate(model.outputs[0], {**here, "x_1": x, "x_2": y}), dtype=float)

    teacher = output(start)
    size, step = len(start), 1e-3
    unit = np.eye(size) * step
    found = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            for s in (1, -1):
                for t in (1, -1):
                    loss = mass @ (output(start + s * unit[i] + t * unit[j]) - teacher) ** 2 / 2
                    found[i, j] += s * t * loss / (4 * step**2)
    values = np.linalg.eigvalsh(found)
    assert int(sum(values > 1e-3 * values[-1])) == certificate.answer["rank"] == 4
    here = dict(zip(model.parameters, start, strict=True))
    reason = certificate.derivation.statement.conclusion.args[7]
    for field in reason.args[2:]:
        direction = np.array([float(evaluate(part, here)) for part in field.args])
        assert np.linalg.norm(found @ direction) < 1e-3 * values[-1] * np.linalg.norm(direction)


def test_at_given_weights() -> None:
    """The exact rank there; where two units are parallel it is less than the generic one, and the answer says so."""
    special = "w_1_1=1,w_1_2=2,w_2_1=2,w_2_2=4,v_1=1,v_2=1/3"
    answer = rank_of("monomial[2;2;3]", special).answer
    assert (answer["rank"], answer["generic_rank"], answer["reason"]) == (2, 4, "2 < 4")
    plain = rank_of("monomial[2;2;3]", special.replace("w_2_2=4", "w_2_2=3")).answer
    assert (plain["rank"], plain["generic_rank"], plain["reason"]) == (4, 4, "few-coefficients")


@pytest.mark.parametrize(
    ("at", "place"),
    [("w_1_1=1", "w_1_1=1"), ("w_1_1=1,u=2", "u"), ("w_1_1=sqrt(2),w_1_2=1,v=1", "w_1_1=sqrt(2)")],
)
def test_an_incomplete_point_is_refused(at: str, place: str) -> None:
    with pytest.raises(Unusable) as error:
        read_problem(model="monomial[2;1;2]", at=at)
    assert error.value.span is not None
    start, end = error.value.span
    assert at[start:end] == place


# --- a false rank -----------------------------------------------------------------------------------------------------


def changed(term: Any, old: Term, new: Term) -> Any:
    if term == old:
        return new
    return Term(term.head, tuple(changed(arg, old, new) for arg in term.args)) if isinstance(term, Term) else term


def claiming(derivation: Derivation, rank: int, instead: int) -> Derivation:
    """The proof with another rank, and another nullity, wherever they stand as a first argument."""

    def edit(claim: Term) -> Term:
        name, *args = claim.args
        counts = [number(instead)]
        if name.startswith("hessian"):
            counts += [args[1], number(args[1].args[0] - instead)]
        return Term("Predicate", (name, *counts, *args[len(counts) :]))

    steps = tuple(replace(step, claim=edit(step.claim)) for step in derivation.steps)
    return replace(derivation, steps=steps, statement=replace(derivation.statement, conclusion=steps[-1].claim))


@pytest.mark.parametrize("model", ["monomial[3;5;4]", "monomial[2;2;4]", "polynomial[4;6;z**2 + z**3]"])
@pytest.mark.parametrize("by", [1, -1])
def test_a_false_rank_is_refused(model: str, by: int) -> None:
    certificate = rank_of(model)
    rank = certificate.answer["rank"]
    check(claiming(certificate.derivation, rank, rank))
    with pytest.raises(Refused):
        check(claiming(certificate.derivation, rank, rank + by))


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_and_its_exceptions() -> None:
    start = time.process_time()
    cells = [cell for p in (1, 2, 3, 4) for cell in table(p, range(1, 7), 15).values()]
    assert time.process_time() - start < 5
    assert len(cells) == 360
    fewer = {
        (cell.degree, cell.inputs, cell.units): (cell.rank, cell.expected)
        for cell in cells
        if cell.rank != cell.expected
    }
    assert {key: pair for key, pair in fewer.items() if key[0] != 2} == {
        (3, 5, 7): (34, 35), (4, 3, 5): (14, 15), (4, 4, 9): (34, 35), (4, 5, 14): (69, 70)
    }  # fmt: skip
    for cell in cells:
        if cell.degree == 2:  # matrices W^T·V·W: symmetric ones of size d and rank at most k
            k = min(cell.units, cell.inputs)
            assert cell.rank == k * cell.inputs - comb(k, 2)


@pytest.mark.parametrize(("p", "d", "k"), [(2, 4, 3), (3, 3, 3), (3, 5, 7), (4, 3, 5), (4, 2, 4)])
def test_cells_of_the_table_in_floating_point(p: int, d: int, k: int) -> None:
    draw = np.random.default_rng(1)
    weights = draw.normal(size=(k, d))
    inputs = draw.normal(size=(comb(d + p - 1, p) + 5, d))
    rows = np.concatenate([inputs * ((inputs @ w) ** (p - 1))[:, None] for w in weights], axis=1)
    singular = np.linalg.svd(rows, compute_uv=False)
    assert int(sum(singular > 1e-10 * singular[0])) == table(p, [d], k)[d, k].rank


# --- one hidden layer with normal inputs ------------------------------------------------------------------------------


def values_of(certificate: Certificate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weights, the output weights and the Hessian that the conclusion states."""
    conclusion = certificate.derivation.statement.conclusion
    found, units = (
        [[float(evaluate(entry, {})) for entry in row.args] for row in conclusion.args[i].args] for i in (5, 6)
    )
    return np.array(units)[:, :-1], np.array(units)[:, -1], np.array(found)


def test_the_error_function_by_quadrature() -> None:
    weights, top, found = values_of(rank_of("erf[2;3]", ARGUMENTS["erf"]))
    nodes, mass = np.polynomial.hermite_e.hermegauss(90)
    total = sum(mass) ** 2
    expected = np.zeros_like(found)
    for x, p in zip(nodes, mass, strict=True):
        for y, q in zip(nodes, mass, strict=True):
            point = np.array([x, y])
            z = weights @ point
            slope = np.sqrt(2 / np.pi) * np.exp(-(z**2) / 2)
            row = np.concatenate([((top * slope)[:, None] * point).ravel(), [erf(one / sqrt(2)) for one in z]])
            expected += p * q / total * np.outer(row, row)
    assert np.abs(found - expected).max() < 1e-6
    assert abs(np.linalg.det(found) / 1.7268784568e-13 - 1) < 1e-3


@pytest.mark.parametrize(
    ("at", "rank"),
    [
        (RELU, 6),
        (RELU.replace("w_1_2_1=-1,w_1_2_2=1/2", "w_1_2_1=2,w_1_2_2=4"), 4),
        (RELU.replace("w_2_1_2=-2", "w_2_1_2=0"), 5),
        (RELU.replace("w_1_2_1=-1,w_1_2_2=1/2", "w_1_2_1=-2,w_1_2_2=-4"), 6),
    ],
    ids=["general", "parallel", "no output weight", "opposite"],
)
def test_rectified_units_by_quadrature(at: str, rank: int) -> None:
    """In polar coordinates, between the angles at which a unit switches; E r² = 2."""
    certificate = rank_of("relu[2,3,1]", at)
    weights, top, found = values_of(certificate)
    switches = sorted(
        angle % (2 * np.pi) for w in weights for angle in (np.arctan2(w[0], -w[1]), np.arctan2(-w[0], w[1]))
    )
    nodes, mass = np.polynomial.legendre.leggauss(20)
    expected = np.zeros_like(found)
    for low, high in pairwise([*switches, switches[0] + 2 * np.pi]):
        for node, part in zip(nodes, mass, strict=True):
            angle = (low + high) / 2 + node * (high - low) / 2
            point = np.array([np.cos(angle), np.sin(angle)])
            z = weights @ point
            row = np.concatenate([((top * (z > 0))[:, None] * point).ravel(), np.maximum(z, 0)])
            expected += 2 * part * (high - low) / (4 * np.pi) * np.outer(row, row)
    assert np.abs(found - expected).max() < 1e-9
    assert (certificate.answer["rank"], certificate.answer["nullity"]) == (rank, 9 - rank)


@pytest.mark.parametrize(
    ("instead", "rank"),
    [
        ({}, 9),
        ({"w_2_1": "-1", "w_2_2": "-2"}, 6),
        ({"w_2_1": "1", "w_2_2": "2"}, 6),
        ({"w_2_1": "2", "w_2_2": "4"}, 9),
        ({"v_2": "0"}, 7),
        ({"w_2_1": "0", "w_2_2": "0"}, 8),
    ],
    ids=["general", "opposite", "equal", "parallel", "no output weight", "no weights"],
)
def test_where_the_rank_drops(instead: dict[str, str], rank: int) -> None:
    parts = dict(part.split("=") for part in ARGUMENTS["erf"].split(","))
    certificate = rank_of("erf[2;3]", ",".join(f"{name}={value}" for name, value in {**parts, **instead}.items()))
    answer, (_, _, found) = certificate.answer, values_of(certificate)
    assert (answer["rank"], answer["nullity"], certificate.report.status) == (rank, 9 - rank, "cited")
    singular = np.linalg.svd(found, compute_uv=False)
    assert int(sum(singular > 1e-11)) == rank
    assert answer["reason"] == ("null-vectors" if rank < 9 else "nonzero-determinant")


def drawn_units(draw: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights among few, so that many are equal, opposite or parallel, and output weights of which some are zero."""
    choice = np.array([[1, 2], [-1, -2], [2, 4], [1, -1], [-3, 3], [0, 1]])
    return choice[draw.integers(len(choice), size=count)], draw.choice([-2, 0, 1, 3], size=count)


def span(vectors: list[Any]) -> int:
    return int(np.linalg.matrix_rank(np.array(vectors))) if len(vectors) else 0


def rank_of_erf(weights: np.ndarray, top: np.ndarray) -> int:
    """Units with equal or opposite weights are one: it gives its inputs' slopes, where some output weight is not 0, and itself."""
    classes = {max(tuple(w), tuple(-w)) for w in weights}
    return sum(
        1 + 2 * any(v and max(tuple(w), tuple(-w)) == one for w, v in zip(weights, top, strict=True)) for one in classes
    )


def rank_of_relu(weights: np.ndarray, top: np.ndarray) -> int:
    """A ray gives the linear functions on its half-plane, or just itself; two halves of one line give all of them, but once."""
    rays: dict[tuple[int, ...], list[Any]] = {}
    for w, v in zip(weights, top, strict=True):
        ray = tuple(w // np.gcd.reduce(np.abs(w)))
        rays[ray] = list(np.eye(2)) if v or span(rays.get(ray, [])) == 2 else rays.get(ray, [np.array(ray)])
    lines = []
    for ray, here in rays.items():
        there = rays.get(tuple(-x for x in ray), [])
        if there and ray > (0, 0):
            lines += here if len(here) <= len(there) else there
    return sum(map(len, rays.values())) - (len(lines) - span(lines))


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (0, 2, 3, 4, 5, 6, 7))])
def test_where_the_rank_drops_and_nowhere_else(seed: int) -> None:
    """Against the formulas for all weights, which are proved on the page about ranks."""
    draw = np.random.default_rng(seed)
    for model, units, formula in (("erf[2;3]", 3, rank_of_erf), ("relu[2,4,1]", 4, rank_of_relu)):
        weights, top = drawn_units(draw, units)
        names = read_problem(model=model).model
        assert names is not None
        at = ",".join(f"{x}={y}" for x, y in zip(names.parameters, [*weights.ravel(), *top], strict=True))
        assert rank_of(model, at).answer["rank"] == formula(weights, top), at


def test_what_is_redundant_is_explained() -> None:
    four = ("w_1_1_1=1,w_1_1_2=2,w_1_2_1=-1,w_1_2_2=-2,w_1_3_1=1,w_1_3_2=-1,w_1_4_1=-3,w_1_4_2=3,"
            "w_2_1_1=1,w_2_1_2=2,w_2_1_3=1,w_2_1_4=3")  # fmt: skip
    said = " ".join(rank_of("relu[2,4,1]", four).derivation.steps[-1].because)
    assert "units 1 and 2; 3 and 4 are opposite" in said
    assert "(1, 2, 3, 4) may be scaled" in said
    said = " ".join(rank_of("erf[1;2]", "w_1=1,w_2=-1,v_1=1,v_2=2").derivation.steps[-1].because)
    assert "units 1 and 2 are multiples of one another" in said


@pytest.mark.parametrize(("top", "said"), [("1", "no derivative in its weights"), ("0", "second order only")])
def test_a_kink_gives_no_hessian(top: str, said: str) -> None:
    """Where a rectified unit has no weights there is no answer, rather than that of independent gates, and it is said why."""
    with pytest.raises(Undecided, match=said):
        rank_of("relu[2,2,1]", f"w_1_1_1=1,w_1_1_2=2,w_1_2_1=0,w_1_2_2=0,w_2_1_1=1,w_2_1_2={top}")
    assert rank_of("relu[2,2,1]").answer["rank"] == 4
