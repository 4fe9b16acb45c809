"""Methods with one state, values at which something degenerates, and odd losses: answers against numbers, and clear reasons."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import answer, derive_result, results
from derivations.language.errors import Undecided, Unusable
from derivations.problems.questions import adjusted, read_problem
from derivations.rendering.formats import render

Values = dict[str, Fraction]

# one step from x with the gradient lam*x + noise, as the method is defined; what noise it adds is the slope in the noise
STEPS: dict[str, Callable[[Any, Any, Values], Any]] = {
    "gradient-descent": lambda x, eps, v: x - v["eta"] * (v["lam"] * x + eps),
    "preconditioned": lambda x, eps, v: x - v["eta"] * v["p"] * (v["lam"] * x + eps),
    "extragradient": lambda x, eps, v: x - v["eta"] * (v["lam"] * (x - v["eta"] * (v["lam"] * x + eps)) + eps),
    "lookahead": lambda x, eps, v: (1 - v["alpha"]) * x + v["alpha"] * _two_steps(x, eps, v),
    "implicit-euler": lambda x, eps, v: (x - v["eta"] * eps) / (1 + v["eta"] * v["lam"]),
}


def _two_steps(x: Any, eps: Any, v: Values) -> Any:
    for _ in range(2):
        x = STEPS["gradient-descent"](x, eps, v)
    return x


def asked(question: str, **given: Any) -> dict[str, Any]:
    return answer(question, read_problem(**given))[0].answer


def holds(text: str, values: Values) -> bool:
    return bool(eval(text, {"__builtins__": {}}, dict(values)))  # the answers' own grammar is Python's


def regime(m: Fraction) -> str:
    size = abs(m)
    if size > 1:
        return "divergent"
    names = {Fraction(1): "constant", Fraction(-1): "period-two", Fraction(0): "one-step"}
    return names.get(m, "monotone" if m > 0 else "overshooting")


def points(seed: str, count: int = 150) -> list[Values]:
    draw = random.Random(seed)
    some = [Fraction(k, 4) for k in (1, 2, 3, 4, 6, 8, 12)]
    return [{"eta": draw.choice(some), "lam": draw.choice([*some, *(-one for one in some), Fraction(0)]), "p": draw.choice(some),
             "alpha": draw.choice([Fraction(1, 4), Fraction(1, 2), Fraction(1)])} for _ in range(count)]  # fmt: skip


# --- methods with one state -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "settings"), [
    ("extragradient", ()), ("extragradient", ("eta=1/2",)), ("extragradient", ("lam=-3/2",)), ("lookahead", ()),
    ("lookahead", ("alpha=1/2",)), ("implicit-euler", ()), ("implicit-euler", ("eta=2",)), ("implicit-euler", ("lam=-1",)),
    ("gradient-descent", ("eta=1/2",)), ("gradient-descent", ("eta=0",)), ("preconditioned", ("p=2", "lam=-1")),
])  # fmt: skip
def test_regimes_are_those_of_the_multiplier(method: str, settings: tuple[str, ...]) -> None:
    found = asked("ranges", optimizer=method, settings=settings)
    fixed = {name: Fraction(value) for name, _, value in (text.partition("=") for text in settings)}
    regions = {row["name"]: row["region"] for row in found["regimes"]}
    for drawn in points(method):
        values = drawn | fixed
        if method == "implicit-euler" and values["eta"] * values["lam"] == -1:
            continue
        name = regime(STEPS[method](Fraction(1), Fraction(0), values))
        inside = [one for one, region in regions.items() if holds(region, values)]
        away = found.get("assuming")
        if away is None or holds(away, values):
            assert inside == [name], values


@pytest.mark.parametrize(("method", "noise"), [(one, "additive") for one in ("extragradient", "lookahead", "preconditioned")]
                         + [("extragradient", "minibatch")])  # fmt: skip
def test_the_stationary_variance_is_the_fixed_point_of_its_recursion(method: str, noise: str) -> None:
    found = asked("variance", optimizer=method, noise=noise)
    for drawn in points(method, 60):
        values = drawn | {"sigma": Fraction(3, 2), "N": Fraction(4)}
        m, c = (STEPS[method](Fraction(one), Fraction(1 - one), values) for one in (1, 0))
        assert holds(found["exists_iff"], values) == (abs(m) < 1)
        if abs(m) < 1:
            shared = values["sigma"] ** 2 / (4 if noise == "minibatch" else 1)
            exact = eval(found["exact"], {"__builtins__": {}}, dict(values))
            assert exact == c * c * shared / (1 - m * m)


@pytest.mark.parametrize("method", ["extragradient", "lookahead", "implicit-euler"])
@pytest.mark.parametrize("question", ["ranges", "variance", "sgd.covariance", "spectral-ranges"])
def test_nothing_is_said_of_a_method_that_takes_the_gradient_elsewhere(method: str, question: str) -> None:
    """In several parameters these questions know the gradient at the parameter only."""
    given = {} if question == "spectral-ranges" or "." in question else {"loss": "x**2 + 10*y**2", "at": "x=0,y=0"}
    with pytest.raises(Undecided):
        asked(question, optimizer=method, **given)


@pytest.mark.parametrize(
    ("method", "loss", "at"), [("extragradient", "x**4/4 - x**2/2", "x=1"), ("lookahead", "x**3 - x", "x=1/sqrt(3)")]
)
def test_the_slope_of_a_method_that_takes_the_gradient_elsewhere(method: str, loss: str, at: str) -> None:
    found = asked("recurrence", optimizer=method, loss=loss, at=at)
    point, curvature = (1.0, 2.0) if method == "extragradient" else (3**-0.5, 6 * 3**-0.5)
    values = {"eta": 0.1, "alpha": 0.5, "lam": curvature, "sqrt": np.sqrt}
    slope = eval(found["slope"], {"__builtins__": {}}, values)
    after = eval(found["update"], {"__builtins__": {}}, {**values, "x": point + 1e-6})
    assert abs((after - point) / 1e-6 - slope) < 1e-4
    assert abs(slope - STEPS[method](1.0, 0.0, values)) < 1e-9


def test_an_implicit_step_is_solved() -> None:
    found = asked("recurrence", optimizer="implicit-euler", loss="3*(x-1)**2")
    x = 5.0
    for t in range(4):
        value = eval(found["closed_form"], {"__builtins__": {}}, {"eta": 0.3, "t": t, "x_0": 5.0})
        assert abs(value - x) < 1e-12
        x = (x + 0.3 * 6) / (1 + 0.3 * 6)


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("eta", ["1/10", "1/6", "1/4", "3/10"])
def test_a_variance_in_numbers(eta: str) -> None:
    found = asked("variance", loss="3*(x-1)**2", noise="additive", settings=(f"eta={eta}",))
    rate, moment = Fraction(eta), Fraction(7)
    assert found["exists_iff"] == "True"
    for t in range(6):
        text = found["at_step"].replace("E(e(0)**2)", "start")
        assert eval(text, {"__builtins__": {}}, {"t": t, "sigma": 2, "start": 7}) == pytest.approx(float(moment))
        moment = (1 - 6 * rate) ** 2 * moment + rate**2 * 4
    assert eval(found["exact"], {"__builtins__": {}}, {"sigma": 2}) == pytest.approx(float(rate**2 * 4 / (1 - (1 - 6 * rate) ** 2)))


@pytest.mark.parametrize("eta", ["0", "1/3", "1", "-1"])
def test_no_variance_outside_the_stable_range(eta: str) -> None:
    with pytest.raises(Undecided, match="the multiplier is"):
        asked("variance", loss="3*(x-1)**2", settings=(f"eta={eta}",))


def test_a_result_keeps_its_own_problem_where_only_values_are_given() -> None:
    own = next(one for one in results() if one.id == "game.bilinear")
    found = derive_result(own, adjusted(own.problem(), ("eta=1/10",))).answer
    assert found["simultaneous"]["factor"] == "101/100"
    zigzag = next(one for one in results() if one.id == "line-search.zigzag")
    with pytest.raises(Unusable, match="contradicts"):
        adjusted(zigzag.problem(), ("kappa=-1",))


def test_a_family_has_no_values() -> None:
    with pytest.raises(Undecided, match="family"):
        asked("sgd.covariance", settings=("lam=1",))


@pytest.mark.long
@pytest.mark.parametrize("name", [one.id for one in results()])
def test_every_value_gives_an_answer_or_a_reason(name: str) -> None:
    result = next(one for one in results() if one.id == name)
    own = result.problem()
    for constant in sorted({*(own.vector_field or own.loss).constants, *own.optimizer.hyperparameters}):
        for value in ("0", "1", "1/2", "-1"):
            try:
                render(derive_result(result, adjusted(own, (f"{constant}={value}",))))
            except (Undecided, Unusable) as reason:
                assert not any(word in str(reason) for word in ("nan", "zoo", "counterpart", "memory")), (constant, value)


# --- losses -----------------------------------------------------------------------------------------------------------

LONG = " + ".join(f"{k + 1}*(x - 1)**{k % 5 + 2}" for k in range(150))


@pytest.mark.parametrize(("question", "given", "field", "value"), [
    ("hessian", {"settings": ("lam=0",)}, "nature", "degenerate"),
    ("ranges", {"loss": "x**4"}, "text", "False"),
    ("stability", {"loss": "-3*(x-1)**2"}, "text", "(-1/3 < eta) & (eta < 0)"),
    ("ranges", {"loss": r"\frac{1}{2}\lambda (x-1)^2", "parameters": "x"}, "text", "(0 < eta) & (eta < 1/lam)"),
    ("ranges", {"loss": "½*θ²"}, "text", "(0 < eta) & (eta < 1)"),
    ("ranges", {"loss": "0.5*x**2"}, "text", "(0 < eta) & (eta < 1)"),
    ("hessian", {"loss": LONG, "at": "x=1"}, "text", f"Matrix([[{sum(2 * (k + 1) for k in range(150) if k % 5 == 0)}]])"),
    ("stability", {"loss": "a**2 + b**2 + c**2 + d**2 + 2*f**2 + a*b"}, "text", "(0 < eta) & (eta < 1/2)"),
    ("critical-points", {"loss": "2*x + 1"}, "text", "False"),
])  # fmt: skip
def test_odd_losses(question: str, given: dict[str, Any], field: str, value: str) -> None:
    assert asked(question, **given)[field] == value


@pytest.mark.parametrize(("question", "given", "words"), [
    ("ranges", {"loss": "eta**2"}, "hyperparameter"), ("ranges", {"loss": "L**2"}, "the loss"),
    ("ranges", {"loss": "F**2"}, "one step"), ("hessian", {"loss": "x**2 + 0/0"}, "divides by zero"),
    ("critical-points", {"loss": "0*x**2", "parameters": "x"}, "same everywhere"),
    ("expansion", {"loss": "2*x + 1"}, "same everywhere"), ("hessian", {"loss": "3", "parameters": "x"}, "depend"),
    ("ranges", {"optimizer": "implicit-euler", "settings": ("eta=1", "lam=-1")}, "no solution"),
    ("game", {"loss": "a*x*y", "parameters": "x,y", "settings": ("eta=0",)}, "equilibrium"),
])  # fmt: skip
def test_what_has_no_answer_has_a_reason(question: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises((Undecided, Unusable), match=words):
        asked(question, **given)
