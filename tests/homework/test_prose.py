"""Answers in prose: which formula is meant, what is taken back, and ranges that are given by words, exceptions and opposites.

The keys are the tests' own: no proof, no sheet. A range is confirmed by sampling in exact fractions, without the checker.
"""

from fractions import Fraction

import pytest

from derivations.homework.checking import Checker
from derivations.homework.cues import cue
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.revisions import corrected_from, without_struck
from derivations.language.statements import Symbol
from derivations.language.terms import Term
from derivations.reading import read_formula

NAMES = (Symbol("eta", "real"), Symbol("lam", "real"), Symbol("x", "real"))
WORDS = vocabulary(NAMES)
POSITIVE = tuple(read_formula(text, WORDS) for text in ("eta > 0", "lam > 0"))


def checker(kind: str, key: str, *subjects: str, **settings: object) -> Checker:
    formula = read_formula(key, WORDS)
    named = tuple(read_formula(one, WORDS) for one in subjects)
    return Checker(TaskKey("own", "1", 1.0, (Part(kind, formula, subjects=named, settings=settings),), NAMES, POSITIVE))


BELOW = checker("range", "0 < eta & eta < 1/lam", variable="eta", says=("convergent",))
BETWEEN = checker("range", "1/lam < eta & eta < 2/lam", variable="eta", says=("convergent", "oscillating"))
BEYOND = checker("range", "eta >= 2/lam", variable="eta", says=("divergent",))
NOWHERE = checker("range", "eta < 0", variable="eta")
VALUE = checker("expression", "1/lam", "eta")


def verdict(task: Checker, text: str) -> str:
    return task.check(text).verdict


RANGES = [
    # in words
    (BELOW, "η strictly less than 1/λ", "correct"),
    (BELOW, "as long as the stepsize stays below 1/λ", "correct"),
    (BELOW, "positive and smaller than 1/λ", "correct"),
    (BELOW, "η must not exceed 1/λ", "incorrect"),  # the end does not belong to it
    (BELOW, "at most 1/λ", "incorrect"),
    (BEYOND, "η must be at least 2/λ", "correct"),
    (BEYOND, "not less than 2/λ", "correct"),
    (BEYOND, "if η exceeds 2/λ", "incorrect"),
    (BETWEEN, "greater than 1/λ and less than 2/λ", "correct"),
    (BETWEEN, "between 1/λ and 2/λ, exclusive", "correct"),
    (BETWEEN, "between 1/λ and 2/λ inclusive", "incorrect"),
    (BETWEEN, "between 1/λ and 2/λ, including 2/λ", "incorrect"),
    (BELOW, "Lernraten kleiner als 1/λ", "correct"),
    # nothing and everything
    (BETWEEN, "Never.", "incorrect"),
    (BETWEEN, "there is no such η", "incorrect"),
    (BETWEEN, "for all η", "incorrect"),
    (NOWHERE, "none", "correct"),
    (NOWHERE, "for every learning rate", "incorrect"),
    (BELOW, "no idea", "undecided"),
    # exceptions and denials
    (BEYOND, "all η except 0 < η < 2/λ", "correct"),
    (BEYOND, "outside (0, 2/λ)", "correct"),
    (BEYOND, "outside [0, 2/λ]", "incorrect"),
    (BELOW, "it converges unless η ≥ 1/λ", "correct"),
    (BELOW, "if not η ≥ 1/λ", "correct"),
    (BELOW, "whenever it is not true that η ≥ 1/λ", "correct"),
    # by the opposite
    (BELOW, "it diverges iff η ≥ 1/λ", "correct"),
    (BELOW, "it diverges iff η > 1/λ", "incorrect"),
    (BELOW, "diverges for η ≥ 1/λ", "undecided"),
    (BELOW, "diverges for η ≥ 1/λ, converges for η < 1/λ", "correct"),
    (BELOW, "converges for η < 1/λ, diverges for η > 1/(2λ)", "undecided"),  # contradicts itself
    (BELOW, "η < 1/λ converges, η ≥ 1/λ does not", "correct"),
    (BEYOND, "it converges for η < 2/λ; otherwise not", "correct"),
    (BETWEEN, "overshoots for η > 1/λ, converges for η < 2/λ", "correct"),
    (BETWEEN, "diverges iff η ≥ 2/λ", "undecided"),  # says nothing of the other property
    (BEYOND, "η > 2/λ diverges, η = 2/λ stays bounded without converging", "correct"),
    # the answer among other formulas
    (BELOW, "we need 1 - ηλ > 0, so η < 1/λ", "correct"),
    (BELOW, "η < 1/λ since 1 - ηλ > 0", "correct"),
    (BELOW, "η < 1/λ because otherwise (η ≥ 1/λ) it diverges", "correct"),
    (BELOW, "η < 2/λ or maybe η < 1/λ", "undecided"),
    (BELOW, "η < 2/λ. η < 1/λ.", "undecided"),
    (BELOW, "0 < η < 1/λ if λ > 1, otherwise 0 < η < 1", "undecided"),
]
VALUES = [
    ("I think it is η = 1/λ", "correct"),
    ("probably 1/λ", "correct"),
    ("not 2/λ but 1/λ", "correct"),
    ("first I thought 2/λ, but it is 1/λ", "correct"),
    ("η = 1/λ (not 2/λ)", "correct"),
    ("either 1/λ or 2/λ", "undecided"),
    ("one over lambda", "correct"),
    ("twice 1/λ", "undecided"),
    ("at most 1/λ", "incorrect"),  # one value is asked for
    ("η less than 1/λ", "incorrect"),
    ("η = 1/λ for λ = 2 as well", "correct"),
    ("η = 2/λ. Wait, no: η = 1/λ", "correct"),
    ("η = 1/λ. Wait, no: η = 2/λ", "incorrect"),
    ("η = 2/λ\nCorrection: η = 1/λ", "correct"),
    ("~~η = 2/λ~~ η = 1/λ", "correct"),
    ("~~η = 1/λ~~ η = 2/λ", "incorrect"),
    ("\\sout{\\eta = \\frac{2}{\\lambda}} \\eta = \\frac{1}{\\lambda}", "correct"),
    ("<del>η = 2/λ</del> η = 1/λ", "correct"),
]


@pytest.mark.parametrize(("task", "text", "expected"), RANGES)
def test_ranges_in_prose(task: Checker, text: str, expected: str) -> None:
    assert verdict(task, text) == expected


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values_in_prose(text: str, expected: str) -> None:
    assert verdict(VALUE, text) == expected


def test_without_a_declared_concept_the_opposite_is_no_answer() -> None:
    plain = checker("range", "0 < eta & eta < 1/lam", variable="eta")
    assert verdict(plain, "it diverges iff η ≥ 1/λ") != "correct"


CONVERGES = Checker(TaskKey("own", "2", 1.0, (Part("words", ("convergent",)),), NAMES))
SERIES = checker("range", "-1 < x & x < 1", variable="x")
FROM_THREE = checker("range", "x >= 3", variable="x")
ROOTS = checker("set", "{2, 3}")
SIX = checker("number", "6")
OTHERS = [
    (SERIES, "x greater than -1 and smaller than 1", "correct"),
    (SERIES, "|x|<1, not |x|≤1", "correct"),
    (SERIES, "the absolute value of x must be below 1", "undecided"),
    (SERIES, "x at least -1 and at most 1", "incorrect"),
    (SERIES, "all real numbers", "incorrect"),
    (SERIES, "outside [-1, 1]", "incorrect"),
    (FROM_THREE, "no smaller than 3", "correct"),
    (FROM_THREE, "x = 3 or larger", "undecided"),
    (FROM_THREE, "x above 3 (3 included)", "undecided"),
    (FROM_THREE, "x > 3", "incorrect"),
    (ROOTS, "either 2 or 3", "correct"),
    (ROOTS, "2 and 3, not 4", "correct"),
    (SIX, "5, no wait, 6", "correct"),
    (SIX, "6 not 5", "correct"),
    (SIX, "5 or 6", "undecided"),
    (SIX, "6 squared", "undecided"),
    (CONVERGES, "it never fails to converge", "correct"),
    (CONVERGES, "I doubt that it converges", "incorrect"),
    (CONVERGES, "converges? no", "undecided"),
    (CONVERGES, "diverges. Wait, it converges", "correct"),
    (CONVERGES, "it would converge if it were smaller", "undecided"),
]


@pytest.mark.parametrize(("task", "text", "expected"), OTHERS)
def test_other_fields(task: Checker, text: str, expected: str) -> None:
    assert verdict(task, text) == expected


SIGNS = [(">", "more than"), ("<", "less than"), (">=", "at least"), ("<=", "at most"), (">=", "not less than")]


def holds(sign: str, value: Fraction, bound: Fraction) -> bool:
    return {">": value > bound, "<": value < bound, ">=": value >= bound, "<=": value <= bound}[sign]


@pytest.mark.parametrize("end", ["1", "2"])
@pytest.mark.parametrize(("sign", "phrase"), SIGNS)
@pytest.mark.parametrize(
    ("key", "low", "high", "ends"), [("1/lam < eta & eta < 2/lam", 1, 2, ""), ("eta >= 2/lam", 2, None, "low")]
)
def test_a_comparison_in_words_is_right_just_where_its_set_is(
    sign: str, phrase: str, end: str, key: str, low: int, high: int | None, ends: str
) -> None:
    """With λ = 1 both sets are sampled at multiples of 1/4."""
    points = [Fraction(n, 4) for n in range(1, 21)]
    wanted = [(x > low or (ends == "low" and x == low)) and (high is None or x < high) for x in points]
    same = wanted == [holds(sign, x, Fraction(end)) for x in points]
    found = verdict(checker("range", key, variable="eta"), f"η {phrase} {end}/λ")
    assert found == ("correct" if same else "incorrect")


def test_a_task_that_counts_only_what_is_not_struck_out() -> None:
    assert without_struck("a ~~b c~~ d") == "a         d"
    assert without_struck("\\sout{x {y} z} w") == " " * 14 + "w".rjust(len("\\sout{x {y} z} w") - 14)
    assert len(without_struck("~~" * 4000)) == 8000
    text = "x = 1. Wait, no: x = 2. Sorry, x = 3"
    assert text[corrected_from(text) :].strip(" ,") == "x = 3"
    assert corrected_from("x = 1") == 0 and corrected_from("I am sorry") == 0


def test_cues_stand_where_they_have_to() -> None:
    assert cue("withdrawn", "it is not ") and not cue("withdrawn", "not only that, it is ")
    assert cue("counted", "in step ") and not cue("counted", "the first step: ")
    assert cue("concludes", "and hence ") and not cue("concludes", "whence ")
    assert cue("hedges", "either 1 or 2, not sure") and not cue("hedges", "one of them vanishes")


def test_a_word_that_excludes_what_is_asked_is_evidence() -> None:
    found = BETWEEN.check("Never.")
    assert found.evidence.kind == "counterexample" and found.evidence.values == {"answer": "False", "key": "True"}
    assert found.span is not None and found.answer[slice(*found.span)] == "Never"


def test_the_empty_range_as_a_term() -> None:
    assert Checker(TaskKey("own", "1", 1.0, (Part("range", Term("False"), settings={"variable": "eta"}),), NAMES, POSITIVE)).check(
        "there are none"
    ).verdict == "correct"  # fmt: skip
