"""What breaks conservation laws, against networks that are trained here in NumPy: random data, a random loss, no symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from derivations.catalogue.discovery import derive_result, results
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.terms import Term, at_path, number, symbol
from derivations.problems.models import read_model
from derivations.problems.optimizers import step_order
from derivations.problems.questions import read_problem
from derivations.witness import evaluate

RESULTS = {result.id: result for result in results()}
Gradient = Callable[[np.ndarray], np.ndarray]


def random_loss(model: str, seed: int) -> tuple[tuple[str, ...], Gradient]:
    """The names of the parameters, and the gradient of sum_k r(f(theta; x_k) - y_k) for random data and a random r."""
    spec, draw = read_model(model), np.random.default_rng(seed)
    samples = [
        {name: float(v) for name, v in zip(spec.data, draw.normal(size=len(spec.data)), strict=True)} for _ in range(3)
    ]
    targets = draw.normal(size=(3, len(spec.outputs)))
    tilt = draw.uniform(0.2, 1.0)

    def loss(theta: Any) -> Any:
        total = 0.0
        for sample, target in zip(samples, targets, strict=True):
            values = {**sample, **dict(zip(spec.parameters, theta, strict=True))}
            for output, y in zip(spec.outputs, target, strict=True):
                gap = plain(output, values) - y
                total = total + gap**2 / 2 + tilt * np.sin(gap)
        return total

    def gradient(theta: np.ndarray) -> np.ndarray:
        """By complex steps: exact to rounding."""
        found = []
        for j in range(len(theta)):
            there = theta.astype(complex)
            there[j] += 1e-30j
            found.append(loss(there).imag / 1e-30)
        return np.array(found)

    return spec.parameters, gradient


def plain(term: Term, values: dict[str, Any]) -> Any:
    """The value of a polynomial, complex numbers among its variables."""
    parts = [plain(arg, values) for arg in term.args if isinstance(arg, Term)]
    match term.head:
        case "Number":
            return float(term.args[0])
        case "Symbol":
            return values[term.args[0]]
        case "Add":
            return sum(parts)
        case "Mul":
            return np.prod(parts)
        case "Neg":
            return -parts[0]
        case "Div":
            return parts[0] / parts[1]
        case "Pow":
            return parts[0] ** int(term.args[1].args[0])
    raise AssertionError(term.head)


def fields(name: str, key: str, **problem: Any) -> list[Term]:
    """A field of each quantity of the answer, its functions of time read as variables."""
    derivation = derive_result(RESULTS[name], read_problem(**problem)).derivation
    rows = derivation.answer["quantities"]
    return [variables(at_path(derivation.statement.conclusion, tuple(row[key]["at"]))) for row in rows]


def variables(term: Term) -> Term:
    if term.head == "Apply":
        return symbol(term.args[0])
    return Term(term.head, tuple(variables(arg) if isinstance(arg, Term) else arg for arg in term.args))


LARGER = (
    "monomial[1;2;3]",
    "linear[2,3,2]",
    "relu[2,2,1;bias]",
    "product[4]",
    "diagonal[3]",
    "squares[2]",
    "attention[2,1]",
)
MODELS = ["linear[2,2,1]", *(pytest.param(one, marks=pytest.mark.long) for one in LARGER)]


@pytest.mark.parametrize("model", MODELS)
def test_the_drift_of_gradient_descent(model: str) -> None:
    names, gradient = random_loss(model, 1)
    quantities = fields("model.conserved-drift", "quantity", model=model)
    changes = fields("model.conserved-drift", "change", model=model)
    theta, eta = np.random.default_rng(2).uniform(-1, 1, len(names)), 0.03
    for _ in range(3):
        slope = gradient(theta)
        after = theta - eta * slope
        values = dict(zip(names, theta, strict=True)) | {f"g_{j + 1}": g for j, g in enumerate(slope)} | {"eta": eta}
        for quantity, change in zip(quantities, changes, strict=True):
            moved = plain(quantity, dict(zip(names, after, strict=True))) - plain(quantity, values)
            assert abs(moved - plain(change, values)) < 1e-11
            assert abs(moved) > 1e-9  # it does change
        theta = after


def test_the_drift_of_deep_linear_networks_in_matrices() -> None:
    """By matrix calculus alone: L = |W_3*W_2*W_1*X - Y|**2/2."""
    draw, eta = np.random.default_rng(8), 0.05
    shapes = {"W_1": (2, 2), "W_2": (2, 2), "W_3": (1, 2)}
    w = {name: draw.uniform(-1, 1, shape) for name, shape in shapes.items()}
    x, y = draw.normal(size=(2, 5)), draw.normal(size=(1, 5))
    gap = w["W_3"] @ w["W_2"] @ w["W_1"] @ x - y
    slopes = {
        "G_1": (w["W_3"] @ w["W_2"]).T @ gap @ x.T,
        "G_2": w["W_3"].T @ gap @ (w["W_1"] @ x).T,
        "G_3": gap @ (w["W_2"] @ w["W_1"] @ x).T,
    }
    after = {name: w[name] - eta * slopes[f"G_{name[2:]}"] for name in w}
    derivation = derive_result(RESULTS["model.conserved-drift"], read_problem(model="linear[2,2,2,1]")).derivation
    assert len(derivation.answer["blocks"]) == 2
    for i in range(2):
        equation = at_path(derivation.statement.conclusion, (i, 1))

        def at(term: Term) -> Any:
            if term.head == "Apply":
                return after[term.args[0]] if term.args[1].head == "Add" else (w | slopes)[term.args[0]]
            return eta

        left, right = (_in_matrices(side, at) for side in equation.args)
        assert np.allclose(left, right, atol=1e-12)
        assert abs(left).max() > 1e-4


def _in_matrices(term: Term, at: Callable[[Term], Any]) -> Any:
    """The value of sums, products and transposes."""
    if term.head in ("Apply", "Symbol"):
        return at(term)
    parts = [_in_matrices(arg, at) for arg in term.args if isinstance(arg, Term) and arg.head != "Number"]
    match term.head:
        case "Add":
            return sum(parts[1:], parts[0])
        case "Neg":
            return -parts[0]
        case "Pow":
            return parts[0] ** 2
        case "Transpose":
            return parts[0].T
    return parts[0] @ parts[1] if np.ndim(parts[0]) else parts[0] * parts[1]


def test_the_drift_under_weight_decay() -> None:
    names, gradient = random_loss("linear[2,2,1]", 3)
    problem = {"model": "linear[2,2,1]", "optimizer": "decoupled-weight-decay"}
    quantities, afters = (fields("model.conserved-drift", key, **problem) for key in ("quantity", "after_a_step"))
    theta, eta, gamma = np.random.default_rng(4).uniform(-1, 1, len(names)), 0.1, 0.2
    slope = gradient(theta)
    after = dict(zip(names, (1 - gamma) * theta - eta * slope, strict=True))
    values = dict(zip(names, theta, strict=True)) | {f"g_{j + 1}": g for j, g in enumerate(slope)}
    for quantity, said in zip(quantities, afters, strict=True):
        assert abs(plain(quantity, after) - plain(said, {**values, "eta": eta, "gamma": gamma})) < 1e-12


@pytest.mark.parametrize(
    "model", ["linear[2,1,2]", pytest.param("relu[2,2,1;bias]", marks=pytest.mark.long), "monomial[1;2;3]"]
)
def test_weight_decay_along_the_flow(model: str) -> None:
    names, gradient = random_loss(model, 5)
    quantities, factors = (fields("model.weight-decay", key, model=model) for key in ("quantity", "factor"))
    gamma, start = 0.4, np.random.default_rng(6).uniform(-1, 1, len(names))
    end = runge_kutta(lambda theta: -gradient(theta) - gamma * theta, start, 0.5, 100)
    factor = float(evaluate(factors[0], {"gamma": gamma, "tau": 0.5}))
    assert 0 < factor < 0.8
    for quantity, said in zip(quantities, factors, strict=True):
        assert said == factors[0]
        before, after = (plain(quantity, dict(zip(names, theta, strict=True))) for theta in (start, end))
        assert abs(after - factor * before) < 1e-7
        assert abs(before) > 1e-2
    assert abs(end @ end - factor * (start @ start)) > 1e-3  # what is not conserved without decay does not decay so


def runge_kutta(field: Callable[[np.ndarray], np.ndarray], x: np.ndarray, until: float, steps: int) -> np.ndarray:
    h = until / steps
    for _ in range(steps):
        a = field(x)
        b = field(x + h * a / 2)
        c = field(x + h * b / 2)
        x = x + h * (a + 2 * b + 2 * c + field(x + h * c)) / 6
    return x


@pytest.mark.parametrize(
    ("loss", "names", "count"),
    [
        ("x**2 + 10*y**2", "x,y", 1), ("x**2 + y**2", "x,y", 1), ("x**2/2 + y**2/3", "x,y", 1), ("x**2 + x*y + y**2", "x,y", 1),
        ("x**4 + y**4", "x,y", 1), ("a**2*b + b**3", "a,b", 1), ("p**2 + 2*q**2 + 3*r**2", "p,q,r", 2),
        ("(x - 1)**2 + 2*(y + 3)**2", "x,y", 1),
    ],
)  # fmt: skip
def test_rational_quantities(loss: str, names: str, count: int) -> None:
    """Where no polynomial is conserved a quotient is: constant along a path that is integrated here."""
    problem = read_problem(loss=loss, parameters=names)
    certificate = derive_result(RESULTS["flow.conserved"], problem)
    derivation, variables_ = certificate.derivation, names.split(",")
    answer = certificate.answer
    assert (answer["independent"], answer["complete"], certificate.report.status) == (count, True, "proved")
    quantities = at_path(derivation.statement.conclusion, tuple(derivation.answer["quantities"]["at"])).args
    body = problem.loss.body
    assert body is not None

    def field(x: np.ndarray) -> np.ndarray:
        units = np.eye(len(x)) * 1e-30j
        return np.array([-plain(body, dict(zip(variables_, x + unit, strict=True))).imag / 1e-30 for unit in units])

    start = np.array([0.8, 0.5, 0.6])[: len(variables_)]
    end = runge_kutta(field, start, 0.2, 400)
    for quantity in quantities:
        before, after = (plain(quantity, dict(zip(variables_, x, strict=True))) for x in (start, end))
        assert abs(after / before - 1) < 1e-8
        assert abs(plain(quantity, dict(zip(variables_, start + 0.01, strict=True))) / before - 1) > 1e-4


@pytest.mark.parametrize(("loss", "names"), [("x**2 + 10*y**2", "x,y"), ("p**2 + 2*q**2 + 3*r**2", "p,q,r")])
def test_the_drift_of_rational_quantities(loss: str, names: str) -> None:
    """Two steps of gradient descent, by hand: each multiplies the quotient by the factor."""
    problem, variables_ = read_problem(loss=loss, parameters=names), names.split(",")
    rows = fields("gd.conserved-drift", "quantity", loss=loss, parameters=names)
    factors = fields("gd.conserved-drift", "factor", loss=loss, parameters=names)
    body, eta = problem.loss.body, 0.03
    assert body is not None and len(rows) == len(variables_) - 1
    x = np.array([0.8, 0.5, 0.6])[: len(variables_)]
    for _ in range(2):
        units = np.eye(len(x)) * 1e-30j
        slope = np.array([plain(body, dict(zip(variables_, x + unit, strict=True))).imag / 1e-30 for unit in units])
        for quantity, factor in zip(rows, factors, strict=True):
            before, after = (plain(quantity, dict(zip(variables_, at, strict=True))) for at in (x, x - eta * slope))
            assert abs(after / before - float(evaluate(factor, {"eta": eta}))) < 1e-10
        x = x - eta * slope


MEMORIES = ("nesterov", "ema-momentum", "delayed", "optimistic", "quasi-hyperbolic")


@pytest.mark.parametrize("method", ["heavy-ball", *(pytest.param(one, marks=pytest.mark.long) for one in MEMORIES)])
def test_the_form_that_a_method_with_memory_multiplies(method: str) -> None:
    """Iterated here by the method's own update rule."""
    problem = read_problem(loss="3*x**2/2", parameters="x", at="x=0", optimizer=method)
    derivation = derive_result(RESULTS["method.form"], problem).derivation
    (row,) = derivation.answer["quantities"]
    quantity, factor = (
        variables(at_path(derivation.statement.conclusion, tuple(row[key]["at"]))) for key in ("quantity", "factor")
    )
    spec = problem.optimizer
    hyper = {name: 0.3 + 0.05 * i for i, name in enumerate(spec.hyperparameters)}
    state = dict(zip(spec.state, (0.7, -0.4), strict=True))
    multiplier = float(evaluate(factor, hyper))
    for _ in range(3):
        known: dict[str, float] = {**hyper, **state}
        for name in step_order(spec):
            known[f"{name}_next"] = float(evaluate(_with_slope(spec.update[name]), known))
        after = {name: known[f"{name}_next"] for name in spec.state}
        values = [float(evaluate(quantity, {**hyper, **_renamed(one, spec.state)})) for one in (state, after)]
        assert abs(values[1] - multiplier * values[0]) < 1e-12
        assert abs(values[0]) > 1e-6
        state = after


def _with_slope(term: Term) -> Term:
    """grad(x) is 3*x."""
    if term.head == "Apply":
        return Term("Mul", (number(3), _with_slope(term.args[1])))
    return Term(term.head, tuple(_with_slope(arg) if isinstance(arg, Term) else arg for arg in term.args))


def _renamed(state: dict[str, float], names: tuple[str, ...]) -> dict[str, float]:
    """The parameter is called x in the loss."""
    return {"x" if i == 0 else name: state[name] for i, name in enumerate(names)}


def test_what_is_said_of_where_the_quotient_is_defined() -> None:
    """A number as the cofactor: not zero at the start is enough. Otherwise the path has to stay off the curve."""
    for loss, condition in (("x**2 + 10*y**2", "x(0) != 0"), ("x**4 + y**4", "ForAll(tau, x(tau) != 0)")):
        derivation = derive_result(RESULTS["flow.conserved"], read_problem(loss=loss, parameters="x,y")).derivation
        assert condition in [ascii_text(item.claim) for item in derivation.statement.hypotheses]


@pytest.mark.parametrize("name", ["model.conserved-drift", "model.weight-decay"])
def test_a_model_without_laws_has_none_to_lose(name: str) -> None:
    with pytest.raises(Undecided, match="conserves nothing"):
        derive_result(RESULTS[name], read_problem(model="polynomial[2;1;z + z**2]"))
    with pytest.raises(Undecided):
        derive_result(RESULTS[name], read_problem(loss="x*y"))


def test_a_method_with_memory_is_not_treated() -> None:
    with pytest.raises(Undecided, match="memory"):
        derive_result(RESULTS["model.conserved-drift"], read_problem(model="linear[1,1,1]", optimizer="heavy-ball"))


# --- implicit bias -----------------------------------------------------------------------------------------------------


def test_the_path_and_the_mirror_map_of_a_diagonal_network() -> None:
    """Three inputs, two examples: the flow is integrated with the summed slopes beside it."""
    names, gradient = random_loss("squares[3]", 7)
    spec, alpha, until = read_model("squares[3]"), 0.7, 0.3
    beta_slope = _slope_in_coefficients(gradient)

    def field(state: np.ndarray) -> np.ndarray:
        return np.concatenate([-gradient(state[:6]), beta_slope(state[:6])])

    end = runge_kutta(field, np.concatenate([np.full(6, alpha), np.zeros(3)]), until, 60)
    assert names == spec.parameters
    problem = {"model": "squares[3]"}
    derivation = derive_result(RESULTS["bias.mirror"], read_problem(**problem)).derivation
    values = dict(zip(names, end[:6], strict=True)) | {f"s_{i + 1}": end[6 + i] for i in range(3)} | {"alpha": alpha}
    assert max(abs(end[6:])) > 0.02
    for row in derivation.answer["coefficients"]:
        coefficient, said, mirror = (variables(at_path(derivation.statement.conclusion, tuple(row[key]["at"])))
                                     for key in ("coefficient", "path", "mirror"))  # fmt: skip
        assert abs(float(evaluate(coefficient, values)) - float(evaluate(said, values))) < 1e-8
        left, right = (float(evaluate(side, values)) for side in mirror.args)
        assert abs(left - right) < 1e-8


def _slope_in_coefficients(gradient: Gradient) -> Gradient:
    """dL/dbeta_i = dL/du_i/(2*u_i), for beta_i = u_i**2 - v_i**2."""
    return lambda theta: gradient(theta)[:3] / (2 * theta[:3])


def test_the_potential_by_quadrature() -> None:
    """q is the integral of its slope, and as large as is said near the start and far away."""
    for model, scale in (("squares[1]", 2.0), ("squares[2]", 2.0)):
        derivation = derive_result(RESULTS["bias.potential"], read_problem(model=model)).derivation
        body, slope = (
            at_path(derivation.statement.conclusion, tuple(derivation.answer[key]["at"])) for key in ("text", "slope")
        )

        def slope_at(x: float, slope: Term = slope) -> float:
            return float(evaluate(slope, {"z": x}))

        for z in (-3.0, 0.5, 40.0):
            area, _ = quad(slope_at, 0, z)
            assert abs(float(evaluate(body, {"z": z})) - area) < 1e-9 * max(1, area)
            assert abs(slope_at(scale * np.sinh(z / 40)) - z / 40) < 1e-12
        assert abs(float(evaluate(body, {"z": 1e-3})) / 1e-6 - 0.25) < 1e-6
        assert abs(float(evaluate(body, {"z": 1e9})) / (1e9 * np.log(1e9)) - 1) < 0.06


def test_flow_finds_the_interpolating_solution_of_smallest_potential() -> None:
    """Least squares with one example and two inputs: no other coefficients that fit have a smaller sum of q(beta/alpha**2)."""
    x, y = np.array([1.0, 0.4]), 1.3
    derivation = derive_result(RESULTS["bias.potential"], read_problem(model="squares[2]")).derivation
    q = at_path(derivation.statement.conclusion, tuple(derivation.answer["text"]["at"]))
    for alpha, sparse in ((0.05, True), (3.0, False)):

        def field(state: np.ndarray) -> np.ndarray:
            u, v = state[:2], state[2:]
            gap = (u**2 - v**2) @ x - y
            return np.concatenate([-2 * gap * x * u, 2 * gap * x * v])

        state = runge_kutta(field, np.full(4, alpha), 12.0, 4000)
        beta = state[:2] ** 2 - state[2:] ** 2
        assert abs(beta @ x - y) < 1e-6
        cost = [
            sum(float(evaluate(q, {"z": z / alpha**2})) for z in beta + t * np.array([-0.4, 1.0]))
            for t in (-0.01, 0.0, 0.01)
        ]
        assert cost[1] < min(cost[0], cost[2])
        assert (abs(beta[1] / beta[0]) < 0.2) == sparse  # the smallest norm would give 0.4


# --- momentum ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "rotations"), [("linear[2,2,1]", 1), ("relu[1,2,1]", 0)])
def test_what_momentum_keeps_and_loses(model: str, rotations: int) -> None:
    """The motion is integrated with the sums over time beside it, from a start that is not at rest."""
    derivation = derive_result(RESULTS["model.momentum"], read_problem(model=model)).derivation
    conclusion, answer = derivation.statement.conclusion, derivation.answer
    names, gradient = random_loss(model, 11)
    size, friction, until = len(names), 0.7, 0.4
    forms = fields("model.weight-decay", "quantity", model=model)

    def field(state: np.ndarray) -> np.ndarray:
        theta, speed, time = state[:size], state[size : 2 * size], state[-1]
        values = dict(zip(names, speed, strict=True))
        sums = [np.exp(friction * time) * plain(form, values) for form in forms]
        return np.concatenate([speed, -friction * speed - gradient(theta), sums, [1.0]])

    start = np.concatenate([np.random.default_rng(12).uniform(-1, 1, 2 * size), np.zeros(len(forms) + 1)])
    end = runge_kutta(field, start, until, 100)

    def values_at(state: np.ndarray) -> dict[str, Any]:
        found = dict(zip(names, state[:size], strict=True)) | {"g": friction, "tau": until}
        found |= {f"p_{j + 1}": float(state[size + j]) for j in range(size)}
        return found | {f"k_{i + 1}": float(state[2 * size + i]) for i in range(len(forms))}

    assert len(answer["quantities"]) == rotations
    for selector in answer["quantities"]:
        term = variables(at_path(conclusion, tuple(selector["at"])))
        before, after = (plain(term, values_at(state)) for state in (start, end))
        assert abs(after - np.exp(-friction * until) * before) < 1e-8
        assert abs(before) > 1e-2
    assert len(answer["lost"]) == len(forms)
    for i, (row, form) in enumerate(zip(answer["lost"], forms, strict=True)):
        rate = variables(at_path(conclusion, tuple(row["rate"]["at"])))
        before, after = (plain(rate, values_at(state)) for state in (start, end))
        assert abs(after - np.exp(-friction * until) * (before + 2 * end[2 * size + i])) < 1e-8
        assert abs(end[2 * size + i]) > 1e-3  # it is lost, not only damped
        step = [
            plain(form, dict(zip(names, start[:size] + h * start[size : 2 * size], strict=True))) for h in (-1e-5, 1e-5)
        ]
        assert abs((step[1] - step[0]) / 2e-5 - before) < 1e-8  # it is the rate


def test_a_symmetric_product_keeps_nothing_but_turns() -> None:
    """U*U^T has no conserved quantity under gradient flow; with momentum its rotations give one."""
    answer = derive_result(RESULTS["model.momentum"], read_problem(model="symmetric[2,2]")).answer
    assert (len(answer["quantities"]), answer["lost"]) == (1, [])
