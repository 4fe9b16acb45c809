"""Sampled spectra, beside what was derived and by themselves: numbers that anybody can recompute."""

from __future__ import annotations

import re

import numpy as np
import pytest

from derivations.witness.spectra import draw

from .helpers import Program


def test_a_wide_network_is_sampled_beside_its_law(program: Program) -> None:
    done = program("derive", "spectrum", "--model", "linear[60,120,1]")
    assert (done.code, done.err) == (0, "")
    low, high = map(float, re.findall(r"from ([\d.]+) to ([\d.]+)\n", done.out)[0])
    assert np.allclose([low, high], [(1 - 0.5**0.5) ** 2, (1 + 0.5**0.5) ** 2], atol=1e-4)
    found = re.findall(r"seed (\d): x from ([\d.]+) to ([\d.]+), Kolmogorov distance ([\d.]+)", done.out)
    assert [row[0] for row in found] == ["1", "2", "3"]
    for seed, smallest, largest, distance in found:
        net = draw(60, 120, int(seed))
        values = np.linalg.eigvalsh(net.lower.T @ net.lower)
        assert np.allclose([float(smallest), float(largest)], [values[0], values[-1]], atol=1e-4)
        assert 0 < float(distance) < 0.1


def test_the_same_as_json(program: Program) -> None:
    done = program("derive", "spectrum.law", "--model", "linear[9,4,1]", "--format", "json").json
    assert done["status"] == "cited" and done["answer"]["atom"] == "5/9"
    assert [row["seed"] for row in done["sampled"]["draws"]] == [1, 2, 3]
    assert "sampled" not in program("derive", "spectrum.law", "--model", "linear[d,k,1]", "--format", "json").json


@pytest.mark.parametrize(("model", "parameters", "rank"), [("polynomial[4;6;z**2 + z**3]", 30, 29), ("linear[50,90,1]", 4590, 50)])
def test_sample(program: Program, model: str, parameters: int, rank: int) -> None:
    done = program("sample", "--model", model, "--samples", "200", "--json").json
    assert (done["parameters"], done["rank"]) == (parameters, rank)
    assert 0 < done["smallest"] <= done["quartiles"][1] <= done["largest"]
    again = program("sample", "--model", model, "--samples", "200")
    assert f"{done['largest']:.6g}" in again.out and again.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "linear[d,k,1]"), "whole numbers"),
        (("--model", "linear[9999,9999,1]"), "not sampled"),
        (("--model", "erf[2;3]", "--samples", "0"), "number of samples"),
        (("--model", "linear[90,90,2]"), "8,280 parameters"),
        (("--model", "nonsense"), "a model is"),
    ],
)
def test_what_cannot_be_sampled(program: Program, arguments: tuple[str, ...], message: str) -> None:
    done = program("sample", *arguments)
    assert done.code == 2 and message in done.err and done.out == ""


@pytest.mark.parametrize("question", ["conserved", "rank", "drift"])
def test_other_questions_need_a_model_that_is_written_out(program: Program, question: str) -> None:
    done = program("derive", question, "--model", "linear[200,400,1]")
    assert done.code == 2 and "80,400 parameters" in done.err
