"""What models conserve: the counts of the literature, matrix forms, and the flow itself integrated with random data and losses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from derivations.catalogue.discovery import derive_question
from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided
from derivations.language.terms import Term, number
from derivations.problems.model_files import model_from
from derivations.problems.models import Model
from derivations.problems.questions import read_problem
from derivations.rendering.html import html_document
from derivations.rendering.page import page_of

QUICK = {
    "product[2]": 1, "product[4]": 3, "linear[2,2,2]": 3, "linear[3,3,3]": 6, "linear[4,4,4]": 10, "linear[2,2,2,2]": 6,
    "relu[5,5,1]": 5, "relu[3,3,1;bias]": 3, "relu[2,2,2]": 2, "diagonal[5]": 5, "squares[5]": 5, "symmetric[3,1]": 0,
    "symmetric[3,2]": 0, "monomial[2;2;2]": 2, "monomial[2;2;3]": 2, "monomial[2;3;2]": 3, "convolution[3,3]": 1,
    "attention[2,1]": 3, "attention[2,2]": 7, "linear[1,2,1]": 3, "linear[1,3,1]": 5, "linear[1,5,1]": 9, "linear[2,5,2]": 14,
    "linear[2,4,1]": 9,
}  # fmt: skip
SLOW = {"linear[5,5,5,5]": 30, "linear[8,8,8]": 36, "linear[10,10,10]": 55, "relu[20,10,1]": 10, "relu[50,20,1]": 20,
        "attention[4,3]": 13}  # fmt: skip
ROWS = [*QUICK.items(), *(pytest.param(*row, marks=pytest.mark.long) for row in SLOW.items())]


@cache
def derived(model: str) -> Certificate:
    return derive_question("conserved", read_problem(model=model))


def derived_from(**data: Any) -> Certificate:
    return derive_question("conserved", replace(read_problem(model="product[2]"), model=model_from(data)))


@pytest.mark.parametrize(("model", "count"), ROWS)
def test_there_are_as_many_as_is_known_and_no_others(model: str, count: int) -> None:
    answer = derived(model).answer
    assert (answer["independent"], answer["at_most"], answer["complete"]) == (count, count, True)
    assert len(answer["quantities"]) >= count


@pytest.mark.parametrize(
    ("model", "blocks"),
    [
        ("linear[2,3,2]", ["transpose(W_2)*W_2 - W_1*transpose(W_1)"]),
        ("linear[2,2,2,2]", ["transpose(W_2)*W_2 - W_1*transpose(W_1)", "transpose(W_3)*W_3 - W_2*transpose(W_2)"]),
        ("relu[3,2,1;bias]", [f"w_2_1_{j}**2 - Abs(w_1_{j})**2 - b_1_{j}**2" for j in (1, 2)]),
        ("monomial[2;2;3]", ["3*v_1**2 - Abs(w_1)**2", "3*v_2**2 - Abs(w_2)**2"]),
        ("convolution[3,2]", ["Abs(b)**2 - Abs(a)**2"]),
        ("attention[2,2]", ["transpose(K)*K - transpose(Q)*Q", "O_1*transpose(O_1) - transpose(V)*V", "Abs(V)**2 - Abs(Q)**2"]),
        ("symmetric[3,2]", []),
    ],
)
def test_laws_are_gathered_into_matrices_and_norms(model: str, blocks: list[str]) -> None:
    assert derived(model).answer["blocks"] == blocks


@pytest.mark.parametrize("model", ["linear[2,3,2]", "relu[2,3,1;bias]", "monomial[2;2;3]", "attention[2,1]", "squares[3]"])
def test_flow_with_random_data_and_a_random_loss_keeps_them(model: str) -> None:
    given = read_problem(model=model).model
    assert given is not None
    generator = np.random.default_rng(7)
    start = generator.normal(size=len(given.parameters)) * 0.6
    end = _flowed(given, start, generator)
    names = given.parameters
    for text in derived(model).answer["quantities"]:
        before, after = (_value(text, dict(zip(names, map(float, point), strict=True))) for point in (start, end))
        assert after == pytest.approx(before, abs=1e-6)
    assert abs((end**2).sum() - (start**2).sum()) > 1e-3  # no law: it has moved


def _value(text: str, values: dict[str, float]) -> float:
    result: float = eval(compile(text, "law", "eval"), {"__builtins__": {}}, values)  # our own text, in Python's grammar
    return result


def _flowed(model: Model, point: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """dθ/dτ = -Σ_n ∂ℓ(f(θ; x_n), y_n)/∂θ with ℓ(f, y) = log cosh(f - y) + 0.3·f², by the classical method of order four."""
    functions = [_compiled(output) for output in model.outputs]
    samples = generator.normal(size=(8, len(model.data)))
    targets = generator.normal(size=(8, len(functions)))

    def loss(theta: np.ndarray) -> Any:
        total: Any = 0.0
        for sample, target in zip(samples, targets, strict=True):
            values = {**dict(zip(model.parameters, theta, strict=True)), **dict(zip(model.data, sample, strict=True))}
            for function, y in zip(functions, target, strict=True):
                f = function(values)
                total += np.log(np.cosh(f - y)) + 0.3 * f**2
        return total

    def slope(theta: np.ndarray) -> np.ndarray:
        step = 1e-30  # a complex step: exact to rounding
        shifts = np.eye(len(theta)) * 1j * step
        return np.array([-np.imag(loss(theta + shift)) / step for shift in shifts])

    h = 0.002
    for _ in range(60):
        k1 = slope(point)
        k2 = slope(point + h / 2 * k1)
        k3 = slope(point + h / 2 * k2)
        k4 = slope(point + h * k3)
        point = point + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return point


def _compiled(term: Term) -> Callable[[dict[str, Any]], Any]:
    """The term as a function of values: its own few rules, so that it shares nothing with what is tested."""

    def compute(values: dict[str, Any]) -> Any:
        def at(node: Term) -> Any:
            if node.head == "Symbol":
                return values[node.args[0]]
            if node.head == "Number":
                return float(node.args[0])
            parts = [at(arg) for arg in node.args]
            if node.head == "Add":
                return sum(parts)
            if node.head == "Mul":
                return np.prod(parts)
            return -parts[0] if node.head == "Neg" else parts[0] ** parts[1]

        return at(term)

    return compute


# --- refusals ---------------------------------------------------------------------------------------------------------


def _edited(rule: str, change: Callable[[Term], Term]) -> None:
    """Replays the derivation for linear[2,2,2] with the first claim by the rule changed, wherever it stands."""
    derivation = derived("linear[2,2,2]").derivation
    old = next(step.claim for step in derivation.steps if step.rule == rule)
    new = change(old)
    assert new != old
    conclusion = _replaced(derivation.statement.conclusion, old, new)
    steps = tuple(replace(step, claim=_replaced(step.claim, old, new)) for step in derivation.steps)
    check(replace(derivation, statement=replace(derivation.statement, conclusion=conclusion), steps=steps))


def _replaced(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return new
    return Term(term.head, tuple(_replaced(arg, old, new) if isinstance(arg, Term) else arg for arg in term.args))


@pytest.mark.parametrize("rule", ["conserved-polynomial", "entrywise"])
def test_broken_law_is_refused(rule: str) -> None:
    def without_signs(term: Term) -> Term:
        if term.head == "Neg":
            return term.args[0]
        return Term(term.head, tuple(without_signs(arg) if isinstance(arg, Term) else arg for arg in term.args))

    with pytest.raises(Refused):
        _edited(rule, without_signs)


@pytest.mark.parametrize("rule", ["independent", "at-most-in-common"])
@pytest.mark.parametrize("count", [2, 4])
def test_wrong_count_is_refused(rule: str, count: int) -> None:
    with pytest.raises(Refused):
        _edited(rule, lambda claim: Term("Predicate", (claim.args[0], number(count), *claim.args[2:])))


def test_matrix_law_without_one_of_its_entries_is_refused() -> None:
    derivation = derived("linear[2,2,2]").derivation
    steps = [replace(step, premises=step.premises[:-1]) if step.rule == "entrywise" else step for step in derivation.steps]
    with pytest.raises(Refused):
        check(replace(derivation, steps=tuple(steps)))


# --- models of one's own ----------------------------------------------------------------------------------------------


def test_model_without_laws_is_proved_to_have_none() -> None:
    answer = derived_from(parameters=["u", "v"], data=["x", "y"], output="u*v*x + u**2*y").answer
    assert (answer["quantities"], answer["independent"], answer["at_most"], answer["complete"]) == ([], 0, 0, True)


def test_unusual_names_and_a_parameter_that_stands_still() -> None:
    answer = derived_from(
        parameters=["alpha", "tau", "c_1", "idle"], data=["x", "y"], gates=["s"], output="s*(alpha*x + tau*y)*c_1"
    ).answer
    assert answer["complete"] and answer["independent"] == 2 == len(answer["quantities"])
    assert "idle" in answer["quantities"]


def test_products_of_laws_are_not_listed_again() -> None:
    answer = derived_from(parameters=["a", "b", "c"], data=["x"], output="(a - 2*b)**3*c*x").answer
    assert answer["quantities"] == ["2*a + b", "3*a**2 + 4*a*b + 3*c**2"]


def test_what_is_not_known_to_be_complete_is_said() -> None:
    found = derived_from(parameters=["u", "v"], data=["x"], output="u**2*v**4*x + v**7*x")
    answer = found.answer
    assert (answer["independent"], answer["at_most"], answer["complete"]) == (0, 1, False)
    (remark,) = found.derivation.remarks
    assert "at most: 1" in "".join(map(str, remark.text))


def test_other_models_are_undecided() -> None:
    with pytest.raises(Undecided, match="does not depend"):
        derived_from(parameters=["u", "v"], data=["x"], output="x")
    with pytest.raises(Undecided, match=r"erf\(z/sqrt\(2\)\)"):
        derive_question("conserved", read_problem(model="erf[2;2]"))


@pytest.mark.parametrize("names", [["c_1", "r_2", "g", "q", "p_1"], ["c", "r", "g", "q", "p"]])
def test_the_coefficients_of_the_flow_get_a_letter_of_their_own(names: list[str]) -> None:
    """Data and parameters may be called as the functions of time would be."""
    found = derived_from(parameters=names, data=["c0"], output=f"{'*'.join(names)}*c0")
    functions = {one.name for one in found.derivation.statement.variables if one.domain == "function"}
    assert found.answer["complete"] and len(functions - {*names, "c0"}) == 1


def test_matrices_of_ones_own_are_those_of_the_family() -> None:
    """W_2·W_1·x by its matrices has the laws of linear[2,3,2], written with its own names."""
    found = derived_from(parameters={"A": "2x3", "B": "3x2"}, data={"x": "2"}, output="A*B*x").answer
    assert found["blocks"] == ["transpose(A)*A - B*transpose(B)"] or found["blocks"] == ["B*transpose(B) - transpose(A)*A"]
    assert (found["independent"], found["complete"]) == (derived("linear[2,3,2]").answer["independent"], True)


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 5, 1), (2, 5, 2), (3, 2, 4, 2), (1, 4, 2, 3)])
def test_the_formula_for_linear_networks_counts_the_known_laws(widths: tuple[int, ...]) -> None:
    """The rank of the gradients of W_(i+1)^T*W_(i+1) - W_i*W_i^T at a random point is the sum of the k(2r + 1 - k)/2."""
    draw = np.random.default_rng(2)
    layers = [draw.normal(size=(above, below)) for below, above in pairwise(widths)]
    rows = []
    for i, (below, above) in enumerate(pairwise(layers)):
        for j in range(len(below)):
            for k in range(j + 1):
                slopes = [np.zeros_like(layer) for layer in layers]
                for p, q in ((j, k), (k, j)):
                    slopes[i][p] -= below[q]
                    slopes[i + 1][:, p] += above[:, q]
                rows.append(np.concatenate([slope.ravel() for slope in slopes]))
    counts = [(r, min(n + m, r)) for n, r, m in zip(widths, widths[1:], widths[2:], strict=False)]
    assert np.linalg.matrix_rank(np.array(rows)) == sum(k * (2 * r + 1 - k) // 2 for r, k in counts)


def test_answer_follows_the_names() -> None:
    one = derived_from(parameters=["p", "q"], data=["x"], output="p*q**2*x").answer["quantities"]
    other = derived_from(parameters=["a", "b"], data=["x"], output="a*b**2*x").answer["quantities"]
    assert [text.replace("p", "a").replace("q", "b") for text in one] == other == ["2*a**2 - b**2"]


@pytest.mark.parametrize("model", ["linear[3,3,3]", "relu[8,9,1]"])
def test_page_of_a_large_model_is_short_and_its_links_lead_somewhere(model: str) -> None:
    page = page_of(derived(model))
    source = html_document(page)
    links, anchors = set(re.findall(r'href="#([^"]+)"', source)), set(re.findall(r' id="([^"]+)"', source))
    assert links and links <= anchors
    assert len(source) < 300_000
    assert len(page.hypotheses) == 4 and page.conclusion[0] == derived(model).derivation.statement.conclusion.args[0]


@pytest.mark.long
@pytest.mark.parametrize(("question", "model"), [("drift", "relu[8,9,1]"), ("decay", "linear[5,5,5]")])
def test_a_page_about_what_breaks_many_laws_is_short(question: str, model: str) -> None:
    """Of many laws that are alike the first and the last are shown, with their steps; the certificate has them all."""
    certificate = derive_question(question, read_problem(model=model))
    page = page_of(certificate)
    source = html_document(page)
    links, anchors = set(re.findall(r'href="#([^"]+)"', source)), set(re.findall(r' id="([^"]+)"', source))
    assert links and links <= anchors
    assert len(source) < 400_000
    assert len(page.entries) < 30 < len(certificate.derivation.steps)
