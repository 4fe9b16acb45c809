"""Sets, lists and matrices: elements and entries, names, order, shape; each refutation recomputed from its evidence."""

from itertools import permutations
from typing import Any

import pytest

from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.setting import setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.verdicts import Finding, evidence_to_json
from derivations.language.statements import Symbol
from derivations.language.terms import Term
from derivations.reading import read_formula
from tests.homework.recompute import differs

NAMES = (
    Symbol("x", "real"), Symbol("y", "real"), Symbol("kappa", "real"), Symbol("mu", "real"), Symbol("L_max", "real"),
    Symbol("z", "real"),
    Symbol("x", "sequence"), Symbol("y", "sequence"), Symbol("lam", "family"), Symbol("lam", "real"), Symbol("h", "function"),
)  # fmt: skip
WORDS = vocabulary(NAMES)


def formula(text: str) -> Term:
    """A text, or a list of texts with ";" between."""
    parts = [read_formula(part, WORDS) for part in text.split(";")]
    return parts[0] if len(parts) == 1 else Term("Tuple", tuple(parts))


def found(kind: str, key: str, said: str, **settings: Any) -> Finding:
    subjects = settings.pop("subjects", ())
    part = Part(kind, formula(key), subjects=tuple(map(formula, subjects)), settings=settings)
    setting = setting_of(TaskKey("own", "1", 1.0, (part,), NAMES))
    result = decide(part, formula(said), setting)
    if result.verdict == "correct":
        assert result.evidence.kind == "proof" and result.evidence.rules
    if result.verdict == "incorrect" or (result.verdict == "partial" and result.evidence.kind == "counterexample"):
        assert differs(evidence_to_json(result.evidence)), result
    return result


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("{1, -1}", "correct"), ("-1; 1", "correct"), ("±1", "correct"), ("lam = 1 or lam = -1", "correct"), ("lam = ±1",
    "correct"),
     ("lam in {-1, 1}", "correct"), ("[1, -1]", "correct"), ("±sqrt(1)", "correct"), ("lam(1) = 1; lam(2) = -1", "correct"),
     ("lam(1) = 3 - 2 = 1; lam(2) = -1", "correct"), ("1", "incorrect"), ("1; 1", "incorrect"), ("±2", "incorrect"),
     ("{-1, 0, 1}", "incorrect"),
     ("1 ± 1", "incorrect"), ("±sqrt(2)", "incorrect"), ("±I", "incorrect"), ("±x", "undecided"),
     ("1; x; -1", "correct"), ("{0}", "incorrect"),
     ("±h(1)", "undecided")],
)  # fmt: skip
def test_sets(said: str, verdict: str) -> None:
    assert found("set", "{1, -1}", said).verdict == verdict


def test_a_set_does_not_count_unless_told() -> None:
    assert found("set", "{2, 3}", "2; 3; 2").verdict == "correct"
    assert found("set", "{2, 2, 3}", "2; 3; 2", multiplicity=True).verdict == "correct"
    assert found("set", "{2, 2, 3}", "2; 3", multiplicity=True).verdict == "incorrect"


def test_sets_of_formulas_and_points() -> None:
    assert found("set", "{x + y, x - y}", "x - y; y + x").verdict == "correct"
    assert found("set", "{x + y, x - y}", "x - y; y - x").verdict == "incorrect"
    assert found("set", "{(0, 0), (1, 2)}", "(1, 2); (0, 0)").verdict == "correct"
    assert found("set", "{(0, 0), (1, 2)}", "(2, 1); (0, 0)").verdict == "incorrect"
    assert found("set", "{(0, 0), (1, 2)}", "(0, 0)").verdict == "incorrect"


def test_sets_in_any_order_against_python() -> None:
    for said in permutations(["1/2", "2", "-3", "0.5", "4/2"], 3):
        same = {eval(one) for one in said} == {0.5, 2, -3}
        assert found("set", "{1/2, 2, -3}", ";".join(said)).verdict == ("correct" if same else "incorrect")


def test_lists() -> None:
    key = "10; 2; 5"
    names = {"names": tuple(map(formula, ("L_max", "mu", "kappa")))}
    assert found("list", key, "10; 2; 5", **names).verdict == "correct"
    assert found("list", key, "kappa = 5; L_max = 10; mu = 2", **names).verdict == "correct"
    assert found("list", key, "kappa = L_max/mu = 10/2 = 5", **names).verdict == "correct"
    assert found("list", key, "2; 10; 5", **names).verdict == "undecided"
    assert found("list", key, "kappa = 5", **names).credit == pytest.approx(1 / 3)
    assert found("list", key, "L_max = 2; mu = 10; kappa = 1/5", **names).verdict == "incorrect"
    assert found("list", key, "10; 2; 5; 7", **names).verdict == "undecided"
    assert found("list", key, "kappa = 5; kappa = 4; L_max = 10; mu = 2", **names).verdict == "undecided"


def test_lists_of_points() -> None:
    key = "(9/2, 1/2); (81/20, 1/4)"
    names = {"names": tuple(map(formula, ("(x(1), y(1))", "(x(2), y(2))")))}
    for said in (
        "(4.5, 0.5); (4.05, 0.25)",
        "x(1) = 9/2; y(1) = 1/2; x(2) = 81/20; y(2) = 1/4",
        "(x(2), y(2)) = (4.05, 0.25); (x(1), y(1)) = (4.5, 1/2)",
    ):
        assert found("list", key, said, **names).verdict == "correct"
    assert found("list", key, "(4.5, 0.5); (4.0, 0.25)", **names).credit == 0.5
    assert found("list", key, "(0.5, 4.5); (0.25, 4.05)", **names).verdict == "incorrect"
    assert found("list", key, "(4.5, 0.5)", **names).verdict == "partial"


@pytest.mark.parametrize(
    ("key", "said", "verdict"),
    [("[[0,1],[1,0]]", "[[0,1],[1,0]]", "correct"), ("[[0,1],[1,0]]", "((0,1),(1,0))", "correct"), ("[[0,1],[1,0]]",
    "2*[[0,1/2],[1/2,0]]", "correct"),
     ("[[0,1],[1,0]]", "z = [[0,1],[1,0]]", "correct"), ("[[0,1],[1,0]]", "h(1,1) = h(2,2) = 0 & h(1,2) = h(2,1) = 1",
     "correct"),
     ("[[0,1],[1,0]]", "[[1,0],[0,1]]*[[0,1],[1,0]]", "correct"), ("[[0,1],[1,0]]", "[[1,1],[1,0]] - [[1,0],[0,0]]", "correct"),
     ("[[0,1],[1,0]]", "[[0,1],[-1,0]]", "incorrect"), ("[[0,1],[1,0]]", "[[0,1,0],[1,0,0],[0,0,0]]", "incorrect"),
     ("[[0,1],[1,0]]", "[0,1,1,0]", "undecided"), ("[[0,1],[1,0]]", "[0,1]", "undecided"),
     ("[[0,1],[1,0]]", "h(1,1) = 1 & h(2,2) = 1 & h(1,2) = h(2,1) = 0",
     "incorrect"),
     ("[[2*x],[20*y]]", "(2*x, 20*y)", "correct"), ("[[2*x],[20*y]]", "2*(x, 10*y)", "correct"), ("[[2*x],[20*y]]",
     "transpose([[2*x, 20*y]])", "correct"),
     ("[[2*x],[20*y]]", "(20*y, 2*x)", "incorrect"), ("[[2*x],[20*y]]", "2*x + 20*y", "incorrect"), ("[[2*x],[20*y]]",
     "[[2,0],[0,20]]", "incorrect"),
     ("[[2*x],[20*y]]", "(2*x, 20*y, 0)", "incorrect")],
)  # fmt: skip
def test_matrices(key: str, said: str, verdict: str) -> None:
    assert found("matrix", key, said).verdict == verdict


def test_a_transposed_matrix_is_told() -> None:
    result = found("matrix", "[[1, x], [0, 2]]", "[[1, 0], [x, 2]]")
    assert (result.verdict, result.misconception) == ("incorrect", "transposed")


def test_similar_matrices() -> None:
    assert found("matrix", "[[0,1],[1,0]]", "[[1,0],[0,-1]]", similar=True).verdict == "correct"
    assert found("matrix", "[[0,1],[1,0]]", "[[1,0],[0,1]]", similar=True).verdict == "incorrect"
    assert found("matrix", "[[1,0],[0,1]]", "[[1,1],[0,1]]", similar=True).verdict == "undecided"
