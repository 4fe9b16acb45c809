"""Comparisons in words: each phrase says the relation that it says, keeps every place, and leaves other words alone."""

import pytest

from derivations.homework.names import vocabulary
from derivations.language.statements import Symbol
from derivations.reading import read_formula
from derivations.reading.comparisons import as_relations, compares

NAMES = vocabulary((Symbol("eta", "real"), Symbol("lam", "real")))
PHRASES = {
    ">": ["greater than", "larger than", "is bigger than", "must be more than", "exceeds", "is above", "größer als"],
    "<": ["less than", "strictly less than", "is smaller than", "stays below", "has to be lower than", "doesn't reach"],
    ">=": ["at least", "is at least", "greater than or equal to", "not less than", "must not be smaller than", "mindestens"],
    "<=": ["at most", "must be at most", "doesn't exceed", "not larger than", "cannot be greater than", "höchstens", "up to"],
}
PAIRS = [(sign, phrase) for sign, phrases in PHRASES.items() for phrase in phrases]


@pytest.mark.parametrize(("sign", "phrase"), PAIRS)
def test_a_phrase_is_a_relation(sign: str, phrase: str) -> None:
    text = f"η {phrase} 2/λ"
    written = as_relations(text, NAMES)
    assert len(written) == len(text) and written.endswith(" 2/λ")
    assert read_formula(written, NAMES) == read_formula(f"η {sign} 2/λ", NAMES)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("at most 1/λ", "eta <= 1/λ"),
        ("the stepsize must be below 1/λ", "eta < 1/λ"),
        ("greater than 1/λ and less than 2/λ", "eta > 1/λ and eta < 2/λ"),
        ("η positive and smaller than 1/λ", "η > 0 and eta < 1/λ"),
        ("η less than one over λ", "η < 1/λ"),
        ("$\\eta$ is at least $2/\\lambda$", "$\\eta$ >= $2/\\lambda$"),
        ("η greater than zero", "η > 0"),
    ],
)
def test_what_is_compared_may_be_left_out(text: str, relation: str) -> None:
    written = as_relations(text, NAMES, "eta")
    assert len(written) == len(text)
    read = [read_formula(part.replace("$", ""), NAMES) for part in (written.removeprefix("the stepsize "), relation)]
    assert read[0] == read[1]


@pytest.mark.parametrize(
    "text",
    [
        "the multiplier is less than 1",  # no name of the task, and not the unknown
        "the error is even and less than 1",
        "it takes more than two attempts",
        "2 over there",
        "the Hessian is positive definite",
        "from here to there",
        "",
    ],
)
def test_other_words_stay(text: str) -> None:
    written = as_relations(text, NAMES, "eta")
    assert len(written) == len(text) and "η <" not in written and "eta" not in written


def test_what_could_not_be_read_is_noticed() -> None:
    assert compares(as_relations("η positive and at most the usual value", NAMES, "eta"))
    assert not compares(as_relations("η positive and at most 1/λ", NAMES, "eta"))


def test_a_long_text_takes_no_time() -> None:
    text = "at most " * 1200
    assert as_relations(text, NAMES, "eta") == text
