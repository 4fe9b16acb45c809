"""Numbers and signs in words, as signs, place by place the same."""

import pytest

from derivations.reading.wording import in_signs


@pytest.mark.parametrize("text, expected", (
    ("minus one and plus one", "-1        and 1       "),
    ("η < 1 div λ", "η < 1/    λ"),
    ("η < 2 divided by λ", "η < 2/           λ"),
    ("condition number five", "condition number 5   "),
    ("ten, two, five", "10 , 2  , 5   "),
    ("strictly between one and two", "strictly between 1   and 2  "),
    ("d2f/dx2 = 2", "d²f/dx² = 2"),
))  # fmt: skip
def test_words_become_signs(text: str, expected: str) -> None:
    assert in_signs(text) == expected and len(expected) == len(text)


@pytest.mark.parametrize("text", (
    "plus or minus one", "one step is enough", "in one direction it grows, in the other one it shrinks", "divided into two cases",
    "two eigenvalues", "3 minus one half", "the first one", "x1 and x2", "divergent",
))  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert in_signs(text) == text
