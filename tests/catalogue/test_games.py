"""Vector fields where the gradient stands, and names of one's own that mean something else elsewhere: against NumPy."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import answer
from derivations.kernel.checker import check
from derivations.language.answers import resolve
from derivations.language.errors import Undecided, Unusable
from derivations.language.statements import Derivation
from derivations.problems.optimizers import NAMED
from derivations.problems.questions import read_problem
from derivations.witness import holds
from derivations.witness.claims import claimed_field

NEAR = 1e-6
GAME, ROTATING = "x: y, y: -x", [[0, 1], [-1, 0]]
# a method, values for its hyperparameters but eta, a field, its Jacobian
CASES: list[tuple[str, dict[str, str], str, list[list[float]]]] = [
    ("gradient-descent", {}, GAME, ROTATING),
    ("optimistic", {}, GAME, ROTATING),
    ("extragradient", {}, GAME, ROTATING),
    ("lookahead", {"alpha": "1/2"}, GAME, ROTATING),
    ("implicit-euler", {}, GAME, ROTATING),
    ("gradient-descent", {}, "x: x/2 + y, y: -x + 3*y", [[0.5, 1], [-1, 3]]),
    ("gradient-descent", {}, "x: x + y, y: -x + y - z, z: y + z/2", [[1, 1, 0], [-1, 1, -1], [0, 1, 0.5]]),
    ("implicit-euler", {}, "x: x + y, y: z - x, z: y", [[1, 1, 0], [-1, 0, 1], [0, 1, 0]]),
    ("heavy-ball", {"beta": "-1/2"}, "x: y, y: y - x", [[0, 1], [-1, 1]]),
    ("optimistic", {}, "x: 2*x - 1, y: y - x", [[2, 0], [-1, 1]]),
]


def step_matrix(name: str, field: Any, values: dict[str, float]) -> Any:
    """One step of the method on vectors, from each unit vector; the implicit method solved by hand."""
    jacobian, n = np.array(field, dtype=float), len(field)
    if name == "implicit-euler":
        return np.linalg.inv(np.eye(n) + values["eta"] * jacobian)
    state, update = NAMED[name]["state"], NAMED[name]["update"]
    columns = []
    for unit in np.eye(n * len(state)):
        scope = {**values, "grad": lambda x: jacobian @ x, **dict(zip(state, unit.reshape(len(state), n), strict=True))}
        left = dict(update)
        while left:
            for one, rule in list(left.items()):
                if not any(f"{other}_next" in rule for other in left):
                    scope[f"{one}_next"] = eval(rule, {}, scope)
                    del left[one]
        columns.append(np.concatenate([scope[f"{one}_next"] for one in state]))
    return np.array(columns).T


def derived(field: str, **more: Any) -> Derivation:
    return answer("stability", read_problem(field=field, **more))[0].derivation


def region(derivation: Derivation) -> str:
    return str(resolve(derivation.answer, derivation.statement.conclusion)["region"])


@pytest.mark.parametrize(("name", "values", "field", "jacobian"), CASES)
def test_the_region_is_where_the_spectral_radius_is_small(
    name: str, values: dict[str, str], field: str, jacobian: list[list[float]]
) -> None:
    found = derived(field, optimizer=name, settings=tuple(f"{key}={value}" for key, value in values.items()))
    claim, border = claimed_field(found, "region"), claimed_field(found, "marginal")
    for k in range(-30, 80) if len(jacobian) == 2 else range(-6, 60, 3):
        eta = Fraction(k, 29)
        if name != "gradient-descent" and eta <= 0:
            continue
        given = {"eta": float(eta), **{key: float(Fraction(value)) for key, value in values.items()}}
        size = float(max(abs(np.linalg.eigvals(step_matrix(name, jacobian, given)))))
        if abs(size - 1) > NEAR:
            assert holds(claim, {"eta": eta}) == (size < 1), (eta, size)
            assert not holds(border, {"eta": eta}), (eta, size)


def test_known_games() -> None:
    """Simultaneous steps never converge on the bilinear game; optimistic ones up to 1/sqrt(3), extragradient ones up to 1."""
    assert region(derived(GAME)) == "False"
    assert region(derived(GAME, optimizer="optimistic")) == "(0 < eta) & (eta < sqrt(3)/3)"
    assert region(derived(GAME, optimizer="extragradient")) == "(0 < eta) & (eta < 1)"
    assert region(derived(GAME, optimizer="implicit-euler")) == "True"
    assert check(derived(GAME, optimizer="extragradient")).status == "proved"


def test_constants_in_the_field() -> None:
    claim = claimed_field(derived("x: a*x + y, y: -x + a*y"), "region")
    for eta in (Fraction(k, 7) for k in range(-10, 30, 2)):
        for a in (Fraction(k, 5) for k in range(-8, 9)):
            size = abs(1 - float(eta * a) + 1j * float(eta))
            assert abs(size - 1) < NEAR or holds(claim, {"eta": eta, "a": a}) == (size < 1), (eta, a)


def test_a_field_that_is_not_affine_is_linearised() -> None:
    curved = derived("x: y + sin(x), y: -x + y - y**3", at="x=0,y=0")
    assert region(curved) == region(derived("x: y + x, y: -x + y")) == "(0 < eta) & (eta < 1)"
    assert any(step.rule == "derivative" for step in curved.steps)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"field": "x: y, y: -x", "loss": "x*y"}, "--loss cannot be given as well"),
        ({"field": "x: y", "parameters": "x,y"}, "no component for 'y'"),
        ({"field": "x: y, y: -x", "parameters": "x"}, "'y', which is no parameter"),
        ({"field": "x y"}, "expected ':'"),
        ({"field": "x: y, x: y"}, "stands here twice"),
        ({"field": "x: y, y: foo(x)"}, "unknown function 'foo'"),
        ({"field": "x: eta*y, y: -x"}, "a hyperparameter of the method"),
        ({"field": "x: y, y: -x", "at": "x=0,y=0,w=1"}, "'w' is not a parameter of the field"),
        ({"field": ""}, "no component"),
    ],
)
def test_fields_that_cannot_be_used(given: dict[str, str], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        read_problem(**given)  # type: ignore[arg-type]


def test_what_is_not_treated_is_said() -> None:
    for given, message in (({"field": "x: y"}, "y, without a component"), ({"field": "x: y**2, y: -x", "at": "x=1,y=0"}, "vanish"),
                           ({"field": "x: y**2, y: -x"}, "with --at"),
                           ({"field": "a: b, b: c, c: d, d: f, f: a", "optimizer": "heavy-ball"}, "10 numbers")):  # fmt: skip
        with pytest.raises((Undecided, Unusable), match=message):
            answer("stability", read_problem(**given))  # type: ignore[arg-type]
    with pytest.raises(Undecided, match="is about a loss"):
        answer("ranges", read_problem(field=GAME))


# --- names --------------------------------------------------------------------------------------------------------


def own(name: str, memory: str = "w") -> dict[str, Any]:
    """Momentum with this name for the learning rate."""
    update = {memory: f"beta*{memory} - {name}*grad(theta)", "theta": f"theta + {memory}_next"}
    hyper = {name: f"{name} > 0", "beta": "0 <= beta < 1"}
    return {"name": "own", "state": ["theta", memory], "hyperparameters": hyper, "update": update}


LATE = [pytest.param(name, marks=pytest.mark.long) for name in ("mu", "N", "a", "b", "s", "m", "v", "E", "S", "k", "sigma", "x")]


@pytest.mark.parametrize("name", ["lam", "L", "t", "e", "pi", "z", "theta_star", *LATE])
def test_a_hyperparameter_may_have_any_name(name: str) -> None:
    certificate, problem = answer("stability", read_problem(optimizer=own(name), assume=(f"{name} < 3",)))
    curvature = "h" if name == "lam" else "lam"
    claim, names = claimed_field(certificate.derivation, "region"), {one.name for one in certificate.derivation.statement.variables}
    assert {name, curvature} <= names
    assert name in problem.optimizer.hyperparameters
    for rate, size in ((Fraction(1), Fraction(1)), (Fraction(1), Fraction(7, 2)), (Fraction(2), Fraction(2))):
        assert holds(claim, {name: rate, curvature: size, "beta": Fraction(1, 2)}) == (rate * size < 3)


@pytest.mark.parametrize("memory", ["x", "y_prev", "m1", "lam", "t"])
def test_a_state_may_have_any_name(memory: str) -> None:
    found = answer("stability", read_problem(optimizer=own("eta", memory)))[0].derivation
    assert region(found) == "(0 < eta*lam) & (eta*lam < 2*(1 + beta))"


def test_the_imaginary_unit_gives_way() -> None:
    method = {**own("I"), "state": ["w"], "update": {"w": "w - I*grad(w)"}}
    derivation = answer("ranges", read_problem(optimizer=method))[0].derivation
    assert "the method's own I" in {one.meaning for one in derivation.statement.variables if one.name == "I_1"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hyperparameters": {"eta": "1 < eta < 0"}}, "no value is in this range"),
        ({"hyperparameters": {"eta": "0 < gamma"}}, "unknown symbol 'gamma'"),
        ({"hyperparameters": {"if": ""}}, "cannot be a name"),
        ({"hyperparameters": {"lam": "", "lambda": ""}}, "declared twice"),
        ({"state": []}, "one name or more"),
        ({"update": {"theta": "theta - grad(theta)/0"}}, "divides by zero"),
        ({"update": {"theta": "theta - rate*grad(theta)"}}, r"under \[hyperparameters\]"),
    ],
)
def test_hopeless_specifications_cannot_be_used(change: dict[str, Any], message: str) -> None:
    plain = {"state": ["theta"], "hyperparameters": {"eta": ""}, "update": {"theta": "theta - eta*grad(theta)"}}
    with pytest.raises(Unusable, match=message):
        read_problem(optimizer={**plain, **change})


@pytest.mark.parametrize(
    ("rule", "message"),
    [("grad(theta)**2", "not affine"), ("theta - eta*grad(0)", "no fixed point"), ("theta_next - grad(theta)", "determine")],
)
def test_hopeless_updates_are_undecided(rule: str, message: str) -> None:
    method = {"state": ["theta"], "hyperparameters": {"eta": ""}, "update": {"theta": rule}}
    with pytest.raises(Undecided, match=message):
        answer("stability", read_problem(optimizer=method))
