"""Hessians at matching weights against the loss itself: its differences, for normal and for skew inputs; eigenvalues by NumPy."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import Term
from derivations.problems.model_files import model_from
from derivations.problems.models import Model
from derivations.problems.questions import Problem, read_problem
from derivations.witness import evaluate

from .quadrature import Law, hessian, normal_nodes

QUICK = ("linear[1,2,1]", "linear[1,1,2]", "monomial[1;2;3]", "monomial[2;1;2]", "polynomial[1;2;z + z**2]", "symmetric[2,1]",
         "diagonal[2]", "squares[2]", "product[3]", "convolution[2,2]", "attention[1,1]")  # fmt: skip
SLOW = ("linear[2,2,2]", "monomial[2;2;2]", "polynomial[2;2;z + z**2]", "symmetric[2,2]", "diagonal[4]")
LARGER = ("linear[2,2,1]", "monomial[2;2;2]", "monomial[2;3;3]", "diagonal[9]", "linear[2,2,2,2]", "squares[3]")
LONG = ("linear[3,4,2]", "monomial[2;4;3]", "polynomial[2;3;1 + z - z**3/2]", "attention[2,1]", "symmetric[3,2]")
ODD_NAMES: dict[str, Any] = {
    "parameters": ["a", "L", "phi_1", "eta", "z"], "data": ["t_1", "mu_2_0"],
    "outputs": ["a*L*t_1 + phi_1**2*mu_2_0", "eta*t_1 - z*a + 3"],
}  # fmt: skip


def own(question: str, data: dict[str, Any], at: dict[str, Fraction] | None = None) -> Certificate:
    weights = {name: Term("Number", (value,)) for name, value in (at or {}).items()}
    return derive_question(question, replace(read_problem(model="product[2]"), model=model_from(data), weights=weights))


def drawn(names: tuple[str, ...], seed: int) -> dict[str, Fraction]:
    draw = random.Random(seed)
    return {name: Fraction(draw.randint(-6, 6), draw.randint(1, 4)) for name in names}


def written(point: dict[str, Fraction]) -> str:
    return ",".join(f"{name}={value}" for name, value in point.items())


def asked(problem: Problem) -> Model:
    assert problem.model is not None
    return problem.model


def by_differences(model: Model, point: dict[str, Fraction], law: Law) -> np.ndarray:
    return hessian(model.outputs, model.parameters, model.data, [float(point[name]) for name in model.parameters], law)


# --- in symbols -------------------------------------------------------------------------------------------------------


def skew(size: int) -> Law:
    """A few points of a law without any symmetry."""
    draw = np.random.default_rng(size)
    return draw.gamma(1.3, size=(40, size)) - 0.4 + draw.normal(size=(40, 1)), np.full(40, 1 / 40)


def at_numbers(certificate: Certificate, model: Model, point: dict[str, Fraction], law: Law) -> np.ndarray:
    """The entries that were derived, the moments taken from the law."""
    points, weights = law
    functions = {name: lambda column=points[:, i]: column for i, name in enumerate(model.data)}
    values: dict[str, Any] = dict(point)
    for item in certificate.derivation.statement.definitions:
        if item.claim.head == "Eq" and item.claim.args[1].head == "Expect":
            values[item.claim.args[0].args[0]] = float(weights @ evaluate(item.claim.args[1].args[0], {}, functions))
    whole = certificate.derivation.statement.conclusion
    rows = (whole.args[0] if whole.head == "And" else whole).args[1].args
    return np.array([[float(evaluate(entry, values)) for entry in row.args] for row in rows])


def with_long(quick: tuple[str, ...], slow: tuple[str, ...]) -> list[Any]:
    return [*quick, *(pytest.param(one, marks=pytest.mark.long) for one in slow)]


@pytest.mark.parametrize("family", with_long(QUICK, SLOW))
def test_the_entries_are_those_of_the_loss_for_any_law(family: str) -> None:
    problem = read_problem(model=family)
    model, certificate = asked(problem), derive_question("hessian", problem)
    assert certificate.status == "proved"
    assert certificate.id == "hessian.matching"
    for seed, law in enumerate((skew(len(model.data)), normal_nodes(np.eye(len(model.data))))):
        point = drawn(model.parameters, seed)
        expected = by_differences(model, point, law)
        assert np.allclose(at_numbers(certificate, model, point, law), expected, rtol=1e-5, atol=1e-5 * abs(expected).max())


def test_names_that_the_proof_uses_itself() -> None:
    model, certificate = model_from(ODD_NAMES), own("hessian", ODD_NAMES)
    point, law = drawn(model.parameters, 3), skew(2)
    expected = by_differences(model, point, law)
    assert np.allclose(at_numbers(certificate, model, point, law), expected, rtol=1e-5, atol=1e-5 * abs(expected).max())
    there = own("spectrum", ODD_NAMES, point)
    normal = by_differences(model, point, normal_nodes(np.eye(2)))
    assert np.allclose(numbers(there), normal, rtol=1e-5, atol=1e-5 * abs(normal).max())


def test_a_model_that_no_weight_changes() -> None:
    still = {"parameters": ["u", "v"], "data": ["x"], "output": "x + 0*u*v"}
    assert own("hessian", still).answer["hessian"] == [["0", "0"], ["0", "0"]]
    assert own("spectrum", still, {"u": Fraction(1), "v": Fraction(2)}).answer["eigenvalues"] == ["0", "0"]


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("linear[3,3]", "9 parameters; a Hessian in symbols is written out for at most 8"),
        ("monomial[3;2;4]", "15 monomials of the data; here at most 12"),
        ("relu[2,2,1]", "no polynomial in its weights"),
        ("erf[1;2]", "no polynomial in its weights"),
    ],
)
def test_what_is_too_large_or_no_polynomial(model: str, reason: str) -> None:
    with pytest.raises(Undecided, match=reason):
        derive_question("hessian", read_problem(model=model))


# --- at given weights -------------------------------------------------------------------------------------------------


@cache
def spectrum(model: str, at: str, covariance: str | None = None) -> Certificate:
    return derive_question("spectrum", read_problem(model=model, at=at, covariance=covariance))


def numbers(certificate: Certificate) -> np.ndarray:
    return np.array([[float(Fraction(entry)) for entry in row] for row in certificate.answer["hessian"]])


def agrees_with_numpy(certificate: Certificate) -> None:
    """Eigenvalues, rank, the largest learning rate: all from the matrix."""
    answer, matrix = certificate.answer, numbers(certificate)
    found = np.linalg.eigvalsh(matrix)[::-1]
    scale = max(abs(matrix).max(), 1)
    assert np.allclose([float(value) for value in answer["approx"]], found, rtol=1e-8, atol=1e-9 * scale)
    rank = int(np.linalg.matrix_rank(matrix))
    assert (answer["rank"], answer["nullity"]) == (rank, len(matrix) - rank)
    assert answer["signature"] == [rank, 0, len(matrix) - rank]
    assert ("stable" in answer) == (rank > 0)
    if rank:
        region = certificate.derivation.statement.conclusion.args[3].args[1]
        assert float(evaluate(region.args[1].args[1], {})) == pytest.approx(2 / found[0])
        assert answer["sharpness"] == answer["eigenvalues"][0]
        assert answer["smallest"] == answer["eigenvalues"][rank - 1]


@pytest.mark.parametrize("family", with_long((*QUICK, *LARGER), LONG))
def test_the_matrix_is_that_of_the_loss_and_its_eigenvalues_are_right(family: str) -> None:
    model = asked(read_problem(model=family))
    point = drawn(model.parameters, 1)
    certificate = spectrum(family, written(point))
    assert (certificate.status, certificate.id) == ("proved", "spectrum.weights")
    expected = by_differences(model, point, normal_nodes(np.eye(len(model.data)))) if len(model.data) < 4 else None
    if expected is not None:
        assert np.allclose(numbers(certificate), expected, rtol=1e-5, atol=1e-5 * max(abs(expected).max(), 1))
    agrees_with_numpy(certificate)


@pytest.mark.parametrize(
    ("family", "covariance"),
    [
        ("monomial[2;2;2]", "[[2,1],[1,3]]"),
        ("monomial[2;1;3]", "[[1,-1/2],[-1/2,0.25]]"),
        ("linear[3,2,1]", "[[2,1,0],[1,2,1],[0,1,2]]"),
        ("polynomial[1;2;z + z**2]", "3/2"),
    ],
)
def test_inputs_with_a_covariance(family: str, covariance: str) -> None:
    problem = read_problem(model=family)
    model, point = asked(problem), drawn(asked(problem).parameters, 4)
    certificate = spectrum(family, written(point), covariance)
    size = len(model.data)
    rows = np.array([float(Fraction(one)) for one in covariance.replace("[", "").replace("]", "").split(",")]).reshape(size, size)
    expected = by_differences(model, point, normal_nodes(rows))
    assert np.allclose(numbers(certificate), expected, rtol=1e-5, atol=1e-5 * max(abs(expected).max(), 1))
    agrees_with_numpy(certificate)


def test_where_only_second_moments_matter_nothing_else_is_supposed() -> None:
    supposed = [
        spectrum(model, at).derivation.statement.hypotheses[0].claim.args[0]
        for model, at in (("linear[2,1]", "w_1_1_1=1,w_1_1_2=2"), ("monomial[1;1;2]", "w_1=1,v_1=1"))
    ]
    assert supposed == ["second_moments", "normal_inputs"]
    assert spectrum("symmetric[2,1]", "u_1=1,u_2=2").derivation.statement.hypotheses == ()


def test_special_weights() -> None:
    nothing = spectrum("linear[2,2,1]", "w_1_1_1=0,w_1_1_2=0,w_1_2_1=0,w_1_2_2=0,w_2_1_1=0,w_2_1_2=0")
    assert nothing.answer["eigenvalues"] == ["0"] * 6
    assert "stable" not in nothing.answer
    twins = spectrum("monomial[2;2;2]", "w_1_1=1,w_1_2=-2,w_2_1=1,w_2_2=-2,v_1=1,v_2=1")
    assert twins.answer["rank"] == 2  # two units in one direction: x_1, x_2 times the unit's argument are left
    lone = spectrum("linear[3,1]", "w_1_1_1=-0.5,w_1_1_2=7,w_1_1_3=1/3")
    assert lone.answer["eigenvalues"] == ["1", "1", "1"]
    assert lone.answer["stable"] == "(0 < eta) & (eta < 2)"
    for one in (nothing, twins, lone):
        agrees_with_numpy(one)


def test_nearly_equal_eigenvalues_are_told_apart() -> None:
    small = "1/1000000000000"
    found = spectrum("diagonal[3]", f"u_1=1,v_1=0,u_2=1,v_2={small},u_3=1,v_3={small}", "[[1,0,0],[0,1,0],[0,0,1]]")
    assert found.answer["eigenvalues"] == [f"{10**24 + 1}/{10**24}"] * 2 + ["1"] + ["0"] * 3
    close = spectrum("linear[3,1]", "w_1_1_1=1,w_1_1_2=1,w_1_1_3=1", f"[[1,{small},0],[{small},1,{small}],[0,{small},1]]")
    assert len(set(close.answer["eigenvalues"])) == 3


def test_the_hessian_too_is_given_at_weights() -> None:
    at = "w_1=1,v_1=2"
    found = derive_question("hessian", read_problem(model="monomial[1;1;2]", at=at)).answer
    assert found["matrix"] == "Matrix([[48, 12], [12, 3]])"
    assert found["eigenvalues"] == ["51", "0"]


AT = "w_1_1_1=1,w_1_1_2=1"


@pytest.mark.parametrize(
    ("at", "covariance", "message", "quoted"),
    [
        ("w_1_1_1=1", None, "no value for w_1_1_2", "w_1_1_1=1"),
        ("w_1_1_1=1,w_1_1_2=1,w=2", None, "'w' is no parameter", "w"),
        ("w_1_1_1=sqrt(2),w_1_1_2=1", None, "no rational number|not a rational number", "w_1_1_1=sqrt(2)"),
        (AT, "[[1,2],[2,1]]", "negative eigenvalue", "[[1,2],[2,1]]"),
        (AT, "[[1,2],[0,1]]", "symmetric", "[[1,2],[0,1]]"),
        (AT, "[[1]]", "2 inputs", "[[1]]"),
        (AT, "[[1,a],[a,1]]", "rational", "[[1,a],[a,1]]"),
        (AT, "x_1", "matrix of rational numbers", "x_1"),
        (AT, "[[1/0,0],[0,1]]", "rational", "[[1/0,0],[0,1]]"),
        (None, "[[1,0],[0,1]]", "at given weights", "[[1,0],[0,1]]"),
    ],
)
def test_what_cannot_be_used_is_quoted(at: str | None, covariance: str | None, message: str, quoted: str) -> None:
    with pytest.raises(Unusable, match=message) as caught:
        read_problem(model="linear[2,1]", at=at, covariance=covariance)
    assert caught.value.span is not None
    first, last = caught.value.span
    assert caught.value.source[first:last] == quoted


def test_long_numbers_give_an_answer_or_a_reason() -> None:
    assert spectrum("monomial[1;1;2]", "w_1=10**300,v_1=1").answer["approx"] == ["3e+1200", "0"]
    with pytest.raises(Undecided, match="too many digits"):
        spectrum("monomial[1;2;3]", "w_1=10**900,v_1=1/3,w_2=10**990/7,v_2=-1")


def test_a_limit_is_stated() -> None:
    model = asked(read_problem(model="diagonal[21]"))
    with pytest.raises(Undecided, match="42 parameters; exact eigenvalues are found for at most 40"):
        spectrum("diagonal[21]", ",".join(f"{name}=1" for name in model.parameters))


def test_no_law_is_left_unsaid() -> None:
    with pytest.raises(Unusable, match="depend on no inputs"):
        read_problem(model="symmetric[2,1]", at="u_1=1,u_2=2", covariance="[[1]]")
    with pytest.raises(Undecided, match="--covariance is of no use"):
        derive_question("rank", read_problem(model="linear[2,1]", at=AT, covariance="[[1,0],[0,1]]"))


# --- any law of the inputs ----------------------------------------------------------------------------------------------

VALUES, SHARES = (Fraction(-1), Fraction(1, 2), Fraction(2)), (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))


def moments(highest: int) -> str:
    means = (sum(share * value**k for value, share in zip(VALUES, SHARES, strict=True)) for k in range(1, highest + 1))
    return ",".join(f"x**{k}={one}" for k, one in enumerate(means, start=1))


@pytest.mark.parametrize(("family", "highest"), [("polynomial[1;2;z + z**2]", 4), ("monomial[1;2;3]", 6)])
def test_inputs_of_any_law(family: str, highest: int) -> None:
    model = asked(read_problem(model=family))
    point = drawn(model.parameters, 2)
    certificate = derive_question("spectrum", read_problem(model=family, at=written(point), moments=moments(highest)))
    law = np.array([[float(one)] for one in VALUES]), np.array([float(one) for one in SHARES])
    expected = by_differences(model, point, law)
    assert np.allclose(numbers(certificate), expected, rtol=1e-5, atol=1e-5 * abs(expected).max())
    agrees_with_numpy(certificate)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("x**2=1,x**4=3", r"the mean of x\*\*3 is needed"),
        ("x**2=1,x**3=1/2,x**4=1/9", "no inputs have these moments"),
        ("x**2=1,x*x=1,x**3=0,x**4=3", "given once"),
    ],
)
def test_moments_that_do_not_suffice(given: str, reason: str) -> None:
    with pytest.raises(Undecided, match=reason):
        derive_question("spectrum", read_problem(model="polynomial[1;1;z + z**2]", at="w_1=1,v_1=-2", moments=given))


@pytest.mark.parametrize(
    ("given", "message", "quoted"),
    [
        ("x**2=1,y=1", "product of the inputs", "y=1"),
        ("x**2=a", "rational number", "x**2=a"),
        ("2*x=1", "product of the inputs", "2*x=1"),
        ("x**2=1,x**2=3", "twice", "x**2=3"),
        ("x", "rational number", "x"),
    ],
)
def test_moments_that_cannot_be_used_are_quoted(given: str, message: str, quoted: str) -> None:
    with pytest.raises(Unusable, match=message) as caught:
        read_problem(model="monomial[1;1;2]", at="w_1=1,v_1=1", moments=given)
    assert caught.value.span is not None
    first, last = caught.value.span
    assert caught.value.source[first:last] == quoted
