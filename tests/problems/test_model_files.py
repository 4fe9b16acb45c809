"""Models of one's own: matrices against NumPy, and errors that quote the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivations.language.errors import Unusable
from derivations.problems.model_files import model_from
from derivations.problems.models import Model, read_model
from derivations.witness import evaluate


def outputs_at(model: Model, values: dict[str, np.ndarray]) -> np.ndarray:
    """The outputs where each matrix has these entries."""
    here = {}
    for name, array in values.items():
        for place, value in np.ndenumerate(array):
            here["_".join([name, *(str(i + 1) for i in place)])] = float(value)
    return np.array([float(evaluate(one, here)) for one in model.outputs])


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("A*B*x", lambda a, b, v, x: a @ b @ x),
        ("transpose(v)*B*x", lambda a, b, v, x: v @ b @ x),
        ("A*v - 2*x", lambda a, b, v, x: a @ v - 2 * x),
        ("transpose(A)*A - B*transpose(B)", lambda a, b, v, x: (a.T @ a - b @ b.T).ravel()),
        ("Abs(A)**2*x_1 + v_3", lambda a, b, v, x: np.array([(a**2).sum() * x[0] + v[2]])),
    ],
)
def test_matrices_are_multiplied_out(output: str, expected: Any) -> None:
    draw = np.random.default_rng(4)
    sizes = {"A": (2, 3), "B": (3, 2), "v": (3,), "x": (2,)}
    values = {name: draw.normal(size=size) for name, size in sizes.items()}
    model = model_from({"parameters": {"A": "2x3", "B": "3 x 2", "v": "3"}, "data": {"x": "2"}, "output": output})
    assert np.allclose(outputs_at(model, values), np.atleast_1d(expected(*values.values())))
    assert [(block.name, block.rows, block.columns) for block in model.blocks] == [
        ("A", 2, 3),
        ("B", 3, 2),
        ("v", 3, 1),
    ]
    assert model.data == ("x_1", "x_2") and len(model.parameters) == 15


def test_a_single_number_in_a_table_keeps_its_name() -> None:
    model = model_from({"parameters": {"g": "1", "w": "2"}, "data": ["x"], "output": "g*w_1*w_2*x"})
    assert model.parameters == ("g", "w_1", "w_2") and [block.name for block in model.blocks] == ["w"]


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"output": "u*exp(v*x)"}, "exp(v*x)", "polynomial"),
        ({"output": "u*sin(x)"}, "sin(x)", "a name of its own among the data"),
        ({"output": "u*x/v"}, "u*x/v", "polynomial"),
        ({"output": "u**v"}, "v", "exponent"),
        ({"output": "u*v*x + c"}, "c", "neither a parameter nor data"),
        ({"parameters": ["u", "v", "u"]}, "u", "stands twice"),
        ({"parameters": ["u", "v", "x"]}, "x", "stands twice"),
        ({"parameters": ["u v"]}, "u v", "is no name"),
        ({"parameters": ["u", "in"]}, "in", "no name"),
        ({"parameters": ["u", "E"]}, "E", "means something else"),
        ({"parameters": "u, v"}, "u, v", "list of names"),
        ({"parameters": {"u": "2", "u_1": "1"}}, "u_1", "an entry of u"),
        ({"parameters": {"u": "2xx3"}}, "2xx3", "rows x columns"),
        ({"parameters": {"u": "900x900"}}, "900x900", "810,000 entries"),
        ({"parameters": {"u": "2x3", "v": "2"}, "output": "u*v"}, "u*v", "n columns"),
        ({"parameters": {"u": "2x3"}, "output": "u*u^T"}, "T", "transpose"),
        ({"outptu": "u"}, "outptu", "did you mean output?"),
    ],
    ids=str,
)
def test_an_error_quotes_the_place(change: dict[str, Any], place: str, said: str) -> None:
    with pytest.raises(Unusable) as error:
        model_from({"parameters": ["u", "v"], "data": ["x"], "output": "u*v*x", **change})
    assert error.value.span is not None
    assert error.value.source[slice(*error.value.span)] == place
    assert said in f"{error.value.message} {error.value.hint}"


@pytest.mark.parametrize(
    ("text", "line", "place"),
    [('parameters = ["u"\ndata = ["x"]\n', 2, "d"), ('output = "u*x', 1, ""), ("= 3", 1, "=")],
)
def test_what_is_no_toml_is_shown_with_its_line(tmp_path: Path, text: str, line: int, place: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable) as error:
        read_model(str(path))
    assert f"line {line}" in error.value.message and error.value.span is not None
    assert text[slice(*error.value.span)] == place


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("linear[2,3", "3", "not closed"),
        ("linaer[2,3]", "linaer", "did you mean linear?"),
        ("relu[2,3]", "2,3", "2 sizes where 3 to 12"),
        ("linear[2,0]", "2,0", "whole numbers from 1"),
        ("polynomial[2;2;z**2 + a]", "a", "polynomial in z"),
        ("polynomial[2;2;exp(z)]", "exp(z)", "polynomial"),
        ("relu[2,3,1;bais]", "2,3,1;bais", "bias"),
    ],
)
def test_a_family_with_a_slip_is_pointed_at(text: str, place: str, said: str) -> None:
    with pytest.raises(Unusable) as error:
        read_model(text)
    assert error.value.span is not None
    assert error.value.source[slice(*error.value.span)] == place
    assert said in f"{error.value.message} {error.value.hint}"


def test_lambda_is_called_lam_as_in_answers() -> None:
    model = model_from({"parameters": ["lambda", "b"], "data": ["y"], "output": "lambda*b*y"})
    assert model.parameters == ("lam", "b")
    assert evaluate(model.outputs[0], {"lam": 2, "b": 3, "y": 5}) == 30


def test_capitals_are_read() -> None:
    assert read_model("Linear[2,3,2]").parameters == read_model("linear[2,3,2]").parameters
