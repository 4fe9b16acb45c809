"""What is said of an answer: in the sheet's letters, formulas as people write them, wrong steps named without changing points."""

from __future__ import annotations

import re

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key
from derivations.homework.keys import TaskKey
from derivations.homework.reasons import Sentences, sentence


def key(name: str) -> TaskKey:
    sheet, _, task = name.partition(":")
    found = sheet_key(sheet).task(task)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("task", "text", "shown"),
    [
        ("lecture3:1.b.1", "at eta = 3/4, lam = 2 your range holds", "at η = 3/4, λ = 2 your range holds"),
        ("lecture3:1.a", "but (1 - eta*lam)**t is exact", "but (1 − ηλ)^t is exact"),
        ("lecture3:1.a", "theta_0 and theta_star are exchanged", "θ₀ and θ* are exchanged"),
        ("lecture3:1.b.1", "the expected one is (0 < eta) & (eta < 1/lam); yours is", "the expected one is 0 < η < 1/λ; yours is"),
        ("lecture3:1.b.1", "lam and 1/lam are mixed up (a (lam)", "λ and 1/λ are mixed up (a (λ)"),
        ("lecture3:4.b", r"it is $\sigma^2/N$, and eta", "it is σ²/N, and η"),
        ("stage3:1.3", "x(t + 1) and eta", "x_{k+1} and α"),  # the notes' letters
        ("lecture3:1.a", "laminate, metabeta, \\eta and 'eta'", "laminate, metabeta, \\eta and 'eta'"),
        ("lecture3:1.a", "no formula, 23/4 and -29", "no formula, 23/4 and -29"),
    ],
)
def test_formulas_in_sentences(task: str, text: str, shown: str) -> None:
    sentences = Sentences(key(task))
    assert sentences.plain(text) == shown
    markup = sentences.html(text)
    assert ("<math" in markup) == (shown != text) and "**" not in markup


def test_markup_is_made_here_only() -> None:
    """Whatever the text, no tag but MathML's comes out."""
    hostile = ["<b>eta</b>", "eta < <script>alert(1)</script>", "$<img src=x>$ & lam", "eta*" * 500, "((((eta" * 50, "$" * 9]
    for text in hostile:
        tags = set(re.findall(r"</?([a-z]+)", Sentences(key("lecture3:1.a")).html(text)))
        assert tags <= {"math", "mrow", "mi", "mo", "mn", "msub", "msup", "mfrac"}, tags


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("only an end is wrong", "Only an end is wrong."),
        ("η = 1 belongs to it", "η = 1 belongs to it."),
        ("eta = 1 is no such value", "eta = 1 is no such value."),
        ("That is right.", "That is right."),
        ("", ""),
    ],
)
def test_a_sentence_has_a_beginning_and_an_end(text: str, shown: str) -> None:
    assert sentence(text) == shown


def test_a_reason_is_for_people_and_its_evidence_for_machines() -> None:
    verdict = Checker(key("lecture3:1.b.1")).check("0 < eta < 2/lam")
    assert "η" in verdict.reason and "eta" not in verdict.reason
    assert set(verdict.evidence.at) == {"eta", "lam"} and verdict.evidence.answer.isascii()


@pytest.mark.parametrize(
    ("work", "wrong"),
    [
        ("(1 - eta*lam)^2 = 1 - eta^2*lam^2 = 1 - (eta*lam)^2", True),
        ("(1 - eta*lam)^2 = 1 - 2*eta*lam + eta^2*lam^2 = 1 - eta*lam*(2 - eta*lam)", False),
        ("1 - eta*lam = 1 - 4 = -3", False),  # values that the words may have given
    ],
)
def test_a_wrong_step_is_named_and_changes_no_points(work: str, wrong: bool) -> None:
    checker = Checker(key("lecture3:1.b.1"))
    text = f"Since ${work}$, the range is $0 < eta < 1/lam$"
    alone, shown = checker.check("0 < eta < 1/lam"), checker.check(text)
    assert (shown.verdict, shown.points) == (alone.verdict, alone.points) == ("correct", 5)
    assert any("look again at the step" in one for one in shown.remarks) == wrong
