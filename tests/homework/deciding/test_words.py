"""What is said in words: the concept, its denial, of what it is said, and what is only supposed."""

import pytest

from derivations.homework.deciding.sayings import entities_of
from derivations.homework.deciding.words import decide_words
from derivations.homework.keys import Part

SADDLE = [
    ("a saddle point", "correct"),
    ("It's a saddle since the eigenvalues have opposite signs.", "correct"),
    ("neither a minimum nor a maximum, so a saddle", "correct"),
    ("not only a critical point: a saddle", "correct"),
    ("\\textbf{Saddle}", "correct"),
    ("minimum", "incorrect"),
    ("It is not a saddle", "incorrect"),
    ("not a saddle but a minimum", "incorrect"),
    ("degenerate", "incorrect"),
    ("not a minimum", "undecided"),
    ("a saddle or a maximum", "undecided"),
    ("if it were a maximum, both eigenvalues would be negative", None),
    ("the eigenvalues are 1 and -1", None),
]
ABOUT = [
    # text, what it says of x and of y, both being one-sided
    ("No.", "correct", "correct"),
    ("neither oscillates", "correct", "correct"),
    ("both coordinates shrink without oscillating", "correct", "correct"),
    ("x converges monotonically and y oscillates", "correct", "incorrect"),
    ("y changes sign every step, x doesn't oscillate", "correct", "incorrect"),
    ("oscillation in y only", "correct", "incorrect"),
    ("only the second oscillates", "correct", "incorrect"),
    ("Now y oscillates, x does not.", "correct", "incorrect"),
    ("r_1 = 0.9: monotone; r_2 = -0.5: sign flips", "correct", "incorrect"),
    ("0.9 (monotone), -0.5 (alternating)", "correct", "incorrect"),
    ("both oscillate", "incorrect", "incorrect"),
    ("the first stays on the same side; the second flips its sign", "correct", "incorrect"),
    ("$\\theta$ is a parameter", None, None),
]
STEEPER = [
    ("y", "correct"),
    ("the y-direction is steeper", "correct"),
    ("x is flatter than y", "correct"),
    ("steeper in y than in x", "correct"),
    ("the second coordinate", "correct"),
    ("x", "incorrect"),
    ("x is steeper than y", "incorrect"),
]


def verdict(part: Part, text: str, entities: tuple[str, ...] = ()) -> str | None:
    found = decide_words(part, text, entities_of(entities, {}))
    return None if found is None else found[0].verdict


@pytest.mark.parametrize(("text", "expected"), SADDLE)
def test_a_concept_its_denial_and_what_excludes_it(text: str, expected: str | None) -> None:
    assert verdict(Part("words", ("saddle",)), text) == expected


@pytest.mark.parametrize(("text", "of_x", "of_y"), ABOUT)
def test_of_what_it_is_said(text: str, of_x: str | None, of_y: str | None) -> None:
    parts = [Part("words", ("one sided",), settings={"about": name, "no": "one-sided"}) for name in ("x", "y")]
    assert [verdict(part, text, ("x", "y")) for part in parts] == [of_x, of_y]


@pytest.mark.parametrize(("text", "expected"), STEEPER)
def test_a_comparison(text: str, expected: str) -> None:
    assert verdict(Part("words", ("y",)), text) == expected


def test_an_authors_own_words() -> None:
    part = Part("words", ("osmosis",))
    assert verdict(part, "It is osmosis.") == "correct"
    assert verdict(part, "not osmosis") == "incorrect"
    assert verdict(part, "diffusion") is None
    named = Part("words", ("faster-here",), settings={"words": (("faster-here", "0.3", "here"), ("faster-before", "0.8"))})
    assert verdict(named, "faster with 0.3") == "correct"
    assert verdict(named, "it is slower with 0.8") == "correct"
    assert verdict(named, "faster for 0.8") == "incorrect"


def test_the_wrong_word_is_the_evidence() -> None:
    found = decide_words(Part("words", ("saddle",)), "I think it is a minimum.")
    assert found is not None
    finding, span = found
    assert "I think it is a minimum."[slice(*span)] == "minimum"
    assert finding.evidence.kind == "counterexample"
    assert finding.evidence.values == {"answer": "minimum", "key": "saddle"}
