"""Slips are named where a wrong answer is exactly what they lead to, and nowhere else; the rubric gives its points for them."""

import time
import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from derivations.homework.deciding.kinds import decide
from derivations.homework.deciding.misconceptions import ADVICE, NAMES, Misconceptions, find, leading_term
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.deciding.slips import expression_slips
from derivations.homework.keys import Part, TaskKey
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import Term
from derivations.reading import read_formula, vocabulary_for
from tests.homework.recompute import value

DATA = tomllib.loads(files("derivations.homework.deciding").joinpath("slips.toml").read_text(encoding="utf-8"))
VOCABULARY = vocabulary_for(DATA["names"])
SYMBOLS = tuple(Symbol(name, domain) for name, domain in DATA["names"].items())
WRONG = Finding("incorrect", "it is not right", Evidence("counterexample"))
NUMBERS = {
    "eta": "0.37",
    "lam": "1.3",
    "mu": "0.7",
    "L_max": "1.9",
    "sigma": "1.7",
    "beta": "0.3",
    "theta_0": "2.3",
    "theta_star": "0.6",
}
NUMBERS |= {"x": "0.9", "y": "2.2", "N": "3", "t": "4"}


def read(text: str) -> Term:
    return read_formula(text, VOCABULARY)


def task_of(case: dict[str, Any], rubric: tuple[dict[str, Any], ...] = ()) -> TaskKey:
    settings: dict[str, Any] = {"variable": case.get("variable", "eta"), "at": read("0")}
    if "others" in case:
        settings["others"] = tuple((name, read(text)) for name, text in case["others"].items())
    part = Part(case.get("kind", "expression"), read(case["key"]), settings=settings)
    told = tuple(map(read, DATA["settings"]["assume"]))
    return TaskKey("sheet", "task", 10.0, (part,), SYMBOLS, told, rubric=rubric)


CASES = [(case, said) for case in DATA["slip"] for said in case["said"]]


@pytest.mark.parametrize(("case", "said"), CASES, ids=lambda one: one if isinstance(one, str) else one["name"])
def test_each_slip_is_named(case: dict[str, Any], said: str) -> None:
    task = task_of(case)
    setting = setting_of(task)
    assert decide(task.parts[0], read(said), setting).verdict != "correct"
    found = Misconceptions(task, setting).find(task.parts[0], read(said), WRONG)
    assert found.misconception == case["name"]
    assert found.reason.startswith("Not quite") and found.reason.endswith(".") and found.verdict == "incorrect"


@pytest.mark.parametrize(("case", "said"), CASES, ids=lambda one: one if isinstance(one, str) else one["name"])
def test_each_case_is_wrong(case: dict[str, Any], said: str) -> None:
    """Independently: the two texts have different values at some of many numbers."""
    if case.get("kind") in ("matrix", "list"):
        assert ascii_text(read(said)) != ascii_text(read(case["key"]))
        return
    points = [{**NUMBERS, "eta": f"({step}/({NUMBERS['lam']}))"} for step in ("0.25", "1", "1.5", "2", "2.5")]
    points = [*points, *({**NUMBERS, "eta": f"({step}/({NUMBERS['L_max']}))"} for step in ("0.5", "1.01", "1.5"))]
    texts = [ascii_text(read(text)) for text in (case["key"], said)]
    assert any(value(texts[0], point) != value(texts[1], point) for point in points)


def test_every_name_has_a_case() -> None:
    assert {case["name"] for case in DATA["slip"]} == set(ADVICE) < NAMES


@pytest.mark.parametrize(
    "said", ["7*eta", "lam**3", "eta*sigma**2/(3*lam)", "eta/lam + 1", "exp(eta)", "theta_0", "1/(lam - lam)", "0"]
)
def test_other_wrong_answers_have_no_name(said: str) -> None:
    task = task_of({"key": "eta*sigma**2/(2*lam)"})
    found = Misconceptions(task, setting_of(task)).find(task.parts[0], read(said), WRONG)
    assert found == WRONG


@pytest.mark.parametrize(
    "said", ["eta < 5/lam", "(1/(3*lam) < eta) & (eta < 7/lam)", "lam < 3", "eta = 1/lam", "False"]
)
def test_other_wrong_ranges_have_no_name(said: str) -> None:
    task = task_of({"kind": "range", "key": "(1/lam < eta) & (eta < 2/lam)"})
    found = Misconceptions(task, setting_of(task)).find(task.parts[0], read(said), WRONG)
    assert found == WRONG


def test_an_equation_for_the_unknown_is_understood() -> None:
    task = task_of({"key": "1/lam"})
    part = replace(task.parts[0], subjects=(read("eta"),))
    found = find(part, read("eta*lam = 2"), setting_of(task), WRONG)
    assert found.misconception == "factor-two"


def test_right_answers_are_left_alone() -> None:
    task = task_of({"key": "1/lam"})
    right = Finding("correct", "")
    assert Misconceptions(task, setting_of(task)).find(task.parts[0], read("2/lam"), right) is right


RUBRIC = (
    {"when": "factor-two", "points": 4, "say": "Half the way."},
    {"form": read("eta"), "points": 1, "say": "At least the symbol."},
)


@pytest.mark.parametrize(
    ("said", "verdict", "credit", "reason"),
    [
        ("2/lam", "partial", 0.4, "Half the way."),
        ("eta + 0", "partial", 0.1, "At least the symbol."),
        ("lam", "incorrect", 0.0, None),
        ("lam**7", "incorrect", 0.0, "it is not right"),
    ],
)
def test_the_rubric_gives_its_points(said: str, verdict: str, credit: float, reason: str | None) -> None:
    task = task_of({"key": "1/lam"}, RUBRIC)
    found = Misconceptions(task, setting_of(task)).find(task.parts[0], read(said), WRONG)
    assert (found.verdict, round(found.credit, 9)) == (verdict, credit)
    assert reason is None or found.reason == reason


def test_a_part_is_worth_its_weight_of_the_points() -> None:
    task = task_of({"key": "1/lam"}, RUBRIC)
    task = replace(task, parts=(task.parts[0], replace(task.parts[0], weight=3.0)))
    found = Misconceptions(task, setting_of(task)).find(task.parts[0], read("2/lam"), WRONG)
    assert found.credit == 1.0  # 4 points, and the part is worth 2.5


def test_the_leading_term_of_a_quotient() -> None:
    setting = setting_of(task_of({"key": "1/lam"}))
    lead = leading_term(read("eta*sigma**2/(N*lam*(2 - eta*lam))"), "eta", setting)
    assert lead is not None
    for numbers in (NUMBERS, {**NUMBERS, "eta": "2.1", "N": "5"}):
        at = {name: float(text) for name, text in numbers.items()}
        assert value(ascii_text(lead), numbers) == pytest.approx(
            at["eta"] * at["sigma"] ** 2 / (2 * at["N"] * at["lam"])
        )
    assert leading_term(read("1/lam"), "eta", setting) is None
    assert leading_term(read("log(eta)**eta"), "eta", setting) is None


def test_slips_differ_from_the_key_in_form() -> None:
    setting: Setting = setting_of(task_of({"key": "1/lam"}))
    key = read("eta*sigma**2/(N*lam*(2 - eta*lam))")
    slips = expression_slips(key, setting.table)
    assert len({(one.term, one.later) for one in slips}) == len(slips) > 20
    assert all(one.term != key or one.later for one in slips)


def test_a_refuted_answer_costs_little() -> None:
    """Under 1 ms on average when the slips are prepared (here with a wide margin for a busy machine)."""
    task = task_of({"kind": "leading-term", "variable": "eta", "key": "eta*sigma**2/(N*lam*(2 - eta*lam))"})
    known, part = Misconceptions(task, setting_of(task)), task.parts[0]
    answers = [read(f"eta*sigma**2*{k}/({k + 1}*lam*N)") for k in range(1, 60)]
    known.find(part, answers[0], WRONG)
    start = time.perf_counter()
    for said in answers:
        known.find(part, said, WRONG)
    assert (time.perf_counter() - start) / len(answers) < 0.004


@pytest.mark.parametrize(
    "said", ["9**9**9**9", "(x + y)**200", "1/0", "exp(exp(exp(exp(eta))))", "Matrix([[1]])", "eta < 1"]
)
def test_hostile_answers_end_soon(said: str) -> None:
    task = task_of({"key": "eta*sigma**2/(2*lam)"})
    start = time.perf_counter()
    assert Misconceptions(task, setting_of(task)).find(task.parts[0], read(said), WRONG).misconception == ""
    assert time.perf_counter() - start < 0.5
