"""The package in Python: what goes in, what comes out, and what is said where something is wrong."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import derivations
from derivations import Derivation, Loss, catalogue, derive, optimizers
from derivations.catalogue.discovery import derive_question, index
from derivations.language.certificates import certificate_from_json, certificate_to_json
from derivations.language.errors import Undecided, Unusable
from derivations.problems.questions import read_problem
from derivations.rendering.formats import FORMATS

x, y, eta, beta, theta = sp.symbols("x y eta beta theta")
lam = sp.Symbol("lambda", positive=True)


def test_importing_it_loads_nothing() -> None:
    code = (
        "import sys, derivations\n"
        "heavy = ('sympy', 'numpy', 'scipy', 'flint', 'matplotlib', 'click', 'derivations.api')\n"
        "print([name for name in heavy if name in sys.modules])\n"
        "from derivations import catalogue, derive, optimizers, Loss\n"
        "catalogue['gd.regimes'], optimizers.heavy_ball, Loss('x**2', at='x=0')\n"
        "print([name for name in heavy[:6] if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines() == ["[]", "[]"]


def test_the_face_is_complete() -> None:
    assert set(derivations.__all__) <= set(dir(derivations))
    for name in derivations.__all__:
        assert getattr(derivations, name)
    with pytest.raises(AttributeError, match="grade_it"):
        _ = derivations.grade_it


# --- the catalogue --------------------------------------------------------------------------------------------------


def test_the_catalogue_by_id() -> None:
    assert list(catalogue) == [row["id"] for row in index()]
    assert len(catalogue) == len(index()) and "gd.regimes" in catalogue and "gd.regime" not in catalogue
    found = catalogue["gd.regimes"]
    assert isinstance(found, Derivation) and found.status == "proved"
    assert found.problem.optimizer.name == "gradient-descent"
    with pytest.raises(Unusable, match=r"did you mean gd\.regimes"):
        catalogue["gd.regime"]
    assert derivations.catalogue.__path__, "it is still the package that it was"


@pytest.mark.parametrize("name", [row["id"] for row in index()])
def test_every_result_turns_into_sympy(name: str) -> None:
    found = catalogue[name]
    assert isinstance(found.sympy(), sp.Basic)
    assert all(isinstance(item.sympy(), sp.Basic) for item in found.statement.hypotheses.values())
    assert found.answer.sympy() is not None
    for key in found.answer:
        found.answer.sympy(key)


# --- asking ---------------------------------------------------------------------------------------------------------


def test_stability_of_the_heavy_ball() -> None:
    found = derive("stability", optimizer=optimizers.heavy_ball)
    e, b, c = sp.symbols("eta beta lam")
    assert found.answer.sympy() == sp.And(sp.Lt(-1, b), sp.Lt(b, 1), sp.Lt(0, e * c), sp.Lt(e * c, 2 * b + 2))
    assert found.answer["region"] == "(-1 < beta) & (beta < 1) & (0 < eta*lam) & (eta*lam < 2*(1 + beta))"
    assert found.verify() is found
    assert sp.expand(found.answer.sympy("characteristic_polynomial").subs({b: 0, e: 1, c: 1})) == sp.Symbol("z") ** 2


def test_a_loss_and_a_point_as_mappings() -> None:
    found = derive("hessian", loss="x*y", at={"x": 0, "y": 0})
    assert found.answer.sympy() == sp.Matrix([[0, 1], [1, 0]])
    assert found.answer.sympy("eigenvalues") == [1, -1]
    assert found.answer["nature"] == "saddle" and found.answer.sympy("signature") == [1, 1, 0]


def test_sympy_in_sympy_out() -> None:
    """Independent of the engine: the Hessian that SymPy computes itself."""
    loss = (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
    found = derive("hessian", loss, at={x: 3, y: 2})
    assert found.answer.sympy() == sp.hessian(loss, (x, y)).subs({x: 3, y: 2})
    assert set(found.answer.sympy("eigenvalues")) == set(found.answer.sympy().eigenvals())


def test_what_sympy_assumes_becomes_a_hypothesis_and_the_symbols_come_back() -> None:
    found = derive("ranges", lam * x**2 / 2, parameters=[x], at={x: 0})
    assert "lam > 0" in [str(item) for item in found.statement.hypotheses.values()]
    assert found.answer.sympy().free_symbols == {lam, eta}
    assert found.answer.sympy().subs({lam: 4, eta: sp.Rational(1, 8)}) == sp.true
    free = derive("ranges", sp.Symbol("lambda") * x**2 / 2, parameters=[x], at={x: 0})
    assert "lam > 0" not in map(str, free.statement.hypotheses.values())


def test_numbers_of_every_kind_are_exact() -> None:
    wanted = derive("newton", values="lam=1/10").answer["text"]
    for value in (0.1, "0.1", Fraction(1, 10), Decimal("0.1"), np.float32(0.1), sp.Rational(1, 10), sp.Float("0.1")):
        assert derive("newton", values={"lam": value}).answer["text"] == wanted == "10"
    assert derive("hessian", 0.05 * x**2, at={x: 0}).answer["text"] == "Matrix([[1/10]])"


TEXTS = {
    "state": ["theta", "m"],
    "hyperparameters": {"eta": "eta > 0", "beta": "0 <= beta < 1"},
    "update": {"m": "beta*m - eta*grad(theta)", "theta": "theta + m_next"},
}


def test_an_optimizer_from_sympy_from_a_mapping_and_from_toml() -> None:
    grad, m = sp.Function("grad"), sp.Symbol("m")
    rules = {m: beta * m - eta * grad(theta), theta: "theta + m_next"}
    bounds = {"eta": eta > 0, "beta": "0 <= beta < 1"}
    mine = optimizers({"name": "mine", "state": [theta, m], "hyperparameters": bounds, "update": rules})
    text = (
        'name = "mine"\nstate = ["theta", "m"]\n[hyperparameters]\neta = "eta > 0"\nbeta = "0 <= beta < 1"\n'
        '[update]\nm = "beta*m - eta*grad(theta)"\ntheta = "theta + m_next"\n'
    )
    assert optimizers(text) == optimizers({**TEXTS, "name": "mine"}) == mine
    assert derive("stability", optimizer=mine).problem.optimizer == mine
    assert set(optimizers) == {name.replace("_", "-") for name in dir(optimizers)}


def test_an_own_optimizer_stands_in_the_certificate() -> None:
    found = derive("stability", optimizer={"state": ["x"], "hyperparameters": ["eta"], "update": {"x": "x - 2*eta*grad(x)"}})
    data = certificate_to_json(found.certificate)
    given = certificate_from_json(data).derivation.problem
    assert read_problem(optimizer=given["optimizer"]).optimizer == found.problem.optimizer


def test_the_same_question_as_the_command_line() -> None:
    one = derive("ranges", "x**4/4 - x**2/2", at="x=1")
    other = derive_question("ranges", read_problem("x**4/4 - x**2/2", at="x=1"))
    assert certificate_to_json(one.certificate) == certificate_to_json(other)
    assert certificate_to_json(derive("ranges", Loss("x**4/4 - x**2/2", at="x=1")).certificate) == certificate_to_json(other)


def test_a_start_and_a_number_of_steps() -> None:
    found = derive("iterates", x**2 + 10 * y**2, start={x: 5, y: 1}, steps=2, values={eta: "1/20"})
    assert found.answer.sympy("text").has(sp.Rational(9, 2)) and found.certificate.derivation.problem["steps"] == "2"


def test_a_time_limit() -> None:
    assert derive("hessian", "x*y", at="x=0,y=0", timeout=60).answer["nature"] == "saddle"
    with pytest.raises(Undecided, match="within"):
        derive("stability", optimizer="heavy-ball", timeout=1e-6)


# --- what is wrong --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: derive("hessian", "x**"), "x**\n   ^^"),
        (lambda: derive("hesian"), "did you mean hessian"),
        (lambda: derive("hessian", y * sp.gamma(x) + 1), "  y*gamma(x) + 1\n    ^^^^^^^^"),
        (lambda: derive("hessian", sp.Piecewise((x, x > 0), (0, True))), "no counterpart"),
        (lambda: derive("hessian", sp.Symbol("x_{1}") ** 2), "cannot be used here"),
        (lambda: derive("hessian", sp.Symbol("e") * x**2), "'e' does not stand for a variable"),
        (lambda: derive("hessian", sp.pi * x**2), "no counterpart"),
        (lambda: derive("hessian", x * sp.Symbol("x", real=True)), "two different symbols"),
        (lambda: derive("hessian", x * y, at={x: 0}), "no coordinate 'y'"),
        (lambda: derive("hessian", x * y, at={x: 0, y: [1]}), "[1]"),
        (lambda: derive("hessian", x > 0), "^"),
        (lambda: derive("stability", optimizer="heavy-bal"), "did you mean heavy-ball"),
        (lambda: derive("stability", optimizer={"state": ["x"], "update": {"x": "x - et*grad(x)"}}), "x - et*grad(x)\n      ^^"),
        (lambda: optimizers("name = \n"), "TOML"),
        (lambda: derive("stability", values={"nu": 1}), "'nu' is no constant"),
        (lambda: derive("stability", optimizer="heavy-ball").answer.sympy("regions"), "no 'regions'"),
        (lambda: catalogue["flow.conserved"].answer.formula("text"), "no formula"),
        (lambda: derive("hessian", True), "expected a text"),
        (lambda: derive("hessian", x * y, at={x: float("nan"), y: 0}), "expected a text"),
        (lambda: derive("hessian", x * y, at={x: sp.oo, y: sp.nan}), "no counterpart"),
        (lambda: derive("hessian", sp.I * x**2), "no counterpart"),
        (lambda: Loss("generic").sympy(), "smoothness"),
    ],
)
def test_errors_are_the_projects_own(ask: object, says: str) -> None:
    with pytest.raises(Unusable) as error:
        ask()  # type: ignore[operator]
    assert says in str(error.value)


def test_no_text_is_run() -> None:
    for text in ("__import__('os').system('true')", "().__class__", "exec('1')", "lambda: 1"):
        with pytest.raises(Unusable):
            derive("hessian", text)


def test_a_misspelt_optimizer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="did you mean heavy_ball"):
        _ = optimizers.hevy_ball


# --- showing itself -------------------------------------------------------------------------------------------------


def test_it_shows_itself() -> None:
    found = derive("hessian", loss="x*y", at={"x": 0, "y": 0})
    assert found._repr_html_().startswith('<div class="derivation">') and "<math" in found._repr_html_()
    assert found._repr_latex_().startswith("$") and "pmatrix" in found._repr_latex_()
    assert found.text().startswith(found.title) and found.latex().startswith(r"\documentclass")
    assert found.html().startswith("<!DOCTYPE html>") and "hessian.nature" in repr(found)
    assert r"\begin{theorem}" in found.theorem() == found.statement.latex()
    assert found.bibtex().startswith("@misc{derivations-hessian-nature-")
    for form in (*FORMATS, "certificate"):
        assert found.render(form)
    with pytest.raises(Unusable, match="did you mean latex"):
        found.render("latx")


def test_formulas_print_themselves() -> None:
    loss = Loss(lam * x**2 / 2, parameters=[x], at={x: 1})
    assert repr(loss) == "Loss('lam*x**2/2', parameters='x', at='x=1')"
    assert loss.formula is not None and str(loss.formula) == "lam*x**2/2" and r"\lambda" in loss.formula.latex()
    assert loss.sympy() == lam * x**2 / 2
    assert loss.parameters == ("x",) and loss.constants == ("lam",)
    assert Loss("generic").formula is None
    moved = Loss(loss, at={x: 2})
    assert moved.sympy() == loss.sympy() and moved.read.at != loss.read.at
    answer = derive("stability", optimizer="heavy-ball").answer
    assert answer._repr_latex_() is not None and r"\eta\lambda" in answer.latex("region")
