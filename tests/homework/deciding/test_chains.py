"""Derivations line by line: each verdict on a link is checked against the mathematics, and every counterexample recomputed."""

import random
import time
from dataclasses import replace
from fractions import Fraction

import pytest

from derivations.homework.deciding.chains import decide, decide_lines, remark_on, review
from derivations.homework.deciding.lines import Line, lines_of, rows_of
from derivations.homework.deciding.linking import ChainFinding, check_chain
from derivations.homework.deciding.setting import setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.language.ascii import ascii_text
from derivations.language.statements import Symbol
from derivations.language.terms import Term, matrix, number
from derivations.reading import read_formula, vocabulary_for
from tests.homework.recompute import value

NAMES = {
    "eta": "real",
    "lam": "real",
    "sigma": "real",
    "x": "real",
    "y": "real",
    "z": "real",
    "N": "natural",
    "t": "natural",
}
VOCABULARY = vocabulary_for([*NAMES, "V", "A"], ["theta", "A_1", "A_2"], open=True)


def read(text: str) -> Term:
    return read_formula(text, VOCABULARY)


def setting(*hypotheses: str):  # type: ignore[no-untyped-def]
    functions = [Symbol("theta", "sequence"), Symbol("A_1", "function"), Symbol("A_2", "function")]
    symbols = (*(Symbol(name, domain) for name, domain in NAMES.items()), *functions)
    return setting_of(
        TaskKey("sheet", "task", 10.0, (), symbols, tuple(map(read, hypotheses or ("eta > 0", "lam > 0", "N > 0"))))
    )


def lines(*texts: str) -> list[Line]:
    """Lines of text; one that begins with => or <=> is joined so to the line before."""
    found: list[Line] = []
    for text in texts:
        joint = "iff" if text.startswith("<=>") else "implies" if text.startswith("=>") else ""
        first, *rest = lines_of(read(text.removeprefix("<=>").removeprefix("=>")))
        found += [replace(first, joint=joint), *rest]
    return found


def checked(*texts: str, given: tuple[str, ...] = ()) -> ChainFinding:
    chain = check_chain(lines(*texts), setting(*given))
    for one in chain.links:
        if one.evidence.kind == "counterexample" and one.status == "refuted":
            recompute(one.evidence.answer, one.evidence.values["answer"], dict(one.evidence.at))
            recompute(one.evidence.key, one.evidence.values["key"], dict(one.evidence.at))
            assert one.evidence.values["answer"] != one.evidence.values["key"]
    return chain


def recompute(text: str, said: str, at: dict[str, str]) -> None:
    """The value of a text at the point is what the evidence says."""
    found = value(text, at)
    if said in ("True", "False"):
        assert found is (said == "True")
    elif said != "undefined":
        assert abs(found - value(said, {})) < 1e-9


def statuses(chain: ChainFinding) -> list[str]:
    return [one.status for one in chain.links]


RIGHT = [
    ("(x + 1)**2 = x**2 + 2*x + 1 = x*(x + 2) + 1",),
    ("2*x + 1 = 5", "=> 2*x = 4", "=> x = 2"),
    ("2*x + 1 = 5", "<=> 2*x = 4", "<=> x = 2"),
    ("x**2 = 4", "<=> (x = 2) or (x = -2)"),
    ("sqrt(x) = y", "=> x = y**2"),
    ("eta*lam < 2", "<=> eta < 2/lam"),
    ("abs(1 - eta*lam) < 1", "<=> (-1 < 1 - eta*lam) and (1 - eta*lam < 1)", "<=> (0 < eta) and (eta < 2/lam)"),
    ("x**2 - 3*x + 2 < 0", "<=> (1 < x) and (x < 2)"),
    ("theta(t + 1) = theta(t) - eta*lam*theta(t) = (1 - eta*lam)*theta(t)",),
    ("1 - eta*lam <= exp(-eta*lam) = 1/exp(eta*lam)",),
    ("x = 1", "y = 2", "x + y = 3", "x*y = 2"),
    ("exp(x)*exp(y) = exp(x + y) = exp(y + x)",),
    ("x < y", "=> x + z < y + z"),
]


@pytest.mark.parametrize("texts", RIGHT, ids=" ".join)
def test_right_work_is_proved(texts: tuple[str, ...]) -> None:
    found = checked(*texts)
    assert set(statuses(found)) <= {"proved", "given"} and "proved" in statuses(found)
    assert all(one.evidence.rules for one in found.links if one.status == "proved")


WRONG = [
    (("(x + 1)**2 = x**2 + x + 1 = x*(x + 1) + 1",), 1, ""),
    (("2*x + 1 = 5", "=> 2*x = 6", "=> x = 3"), 2, ""),
    (("x**2 = 4", "=> x = 2"), 2, "x + 2 != 0"),
    (("x**2 = x", "=> x = 1"), 2, "x != 0"),
    (("x*y = x*z", "=> y = z"), 2, "x != 0"),
    (("sqrt(x) = y", "<=> x = y**2"), 2, None),
    (("1/x < 2", "=> 1 < 2*x"), 2, "x > 0"),
    (("sqrt(x**2) = x = x + 0",), 1, None),
    (("theta(t + 1) = theta(t) - eta*lam*theta(t) = (1 + eta*lam)*theta(t)",), 1, ""),
    (("eta*lam < 2", "=> eta < 1/lam"), 2, None),
    (("x < 1", "<=> x < 2"), 2, None),
    (("x**2 > 4", "=> x > 2"), 2, None),
    (("(x < 1) and (y < 1)", "=> x*y < 1"), 2, None),
    (("1/x + 1/y = 2/(x + y) = 2/(y + x)",), 1, None),
    (("sqrt(x**2 + y**2) = x + y = y + x",), 1, None),
    (("exp(x + y) = exp(x) + exp(y) = exp(y) + exp(x)",), 1, None),
]


@pytest.mark.parametrize(
    ("texts", "line", "needs"), WRONG, ids=lambda one: " ".join(one) if isinstance(one, tuple) else str(one)
)
def test_the_first_wrong_line_is_named(texts: tuple[str, ...], line: int, needs: str | None) -> None:
    wrong = checked(*texts).first_wrong
    assert wrong is not None and wrong.link.line == line and f"line {line}" in wrong.reason
    assert wrong.evidence.kind == "counterexample"
    assert needs is None or wrong.condition == needs


CONDITIONAL = [
    (("x/x = 1 = 1",), "x != 0"),
    (("log(x**2) = 2*log(x) = 2*log(x)",), "x > 0"),
    (("x < y", "=> x*z < y*z"), "z > 0"),
    (("(x**2 - 1)/(x - 1) = x + 1 = 1 + x",), "x - 1 != 0"),
]


@pytest.mark.parametrize(("texts", "needs"), CONDITIONAL, ids=str)
def test_undefined_is_a_value_and_the_condition_is_asked_for(texts: tuple[str, ...], needs: str) -> None:
    found = checked(*texts)
    assert found.first_wrong is None and found.first_conditional is not None
    assert found.first_conditional.condition == needs and needs in found.first_conditional.reason


def test_a_hypothesis_makes_the_condition_needless() -> None:
    assert statuses(checked("x/x = 1 = 1", given=("x > 0",))) == ["proved", "proved"]
    assert statuses(checked("x*y = x*z", "=> y = z", given=("x < 0",))) == ["given", "proved"]


def test_lines_after_a_wrong_one_are_right_following_from_it() -> None:
    found = checked("2*x + 1 = 5", "=> 2*x = 6", "=> x = 3", "=> x**2 = 9")
    assert statuses(found) == ["given", "refuted", "proved", "proved"]
    assert [one.follows for one in found.links] == [None, None, 2, 2]
    assert found.links[2].reason == "right, following from line 2" and found.share == pytest.approx(2 / 3)


def test_nothing_follows_from_a_contradiction() -> None:
    found = checked("x = 1", "=> x = x + 1", "=> y = 7")
    assert "proved" not in statuses(found)


def test_a_chain_proves_nothing_from_a_contradiction() -> None:
    found = checked("eta = -1", "x = x + 1 = x + 2")
    assert "proved" not in statuses(found)


def test_a_symbol_beside_a_vector_may_be_a_matrix() -> None:
    assert checked("A*(1, 0) = (2, 0) = 2*(1, 0)").first_wrong is None


def test_a_definition_is_no_mistake() -> None:
    """eta_c = 1/lam, an update, a value that is named: a line may bring in a name; nothing refutes it."""
    for texts in (
        ("V = eta**2/lam = eta*eta/lam",),
        ("theta(t + 1) = 2*theta(t) = theta(t) + theta(t)",),
        ("x = 2", "y = 3*z"),
    ):
        assert checked(*texts).first_wrong is None


def test_what_brings_in_a_new_name_is_not_refuted() -> None:
    assert checked("V = eta*lam = x").first_wrong is None
    assert checked("theta(t) = eta*theta(t) = theta(t + 1)").first_wrong is None


def test_approximations_are_left_to_a_person() -> None:
    found = check_chain([Line(Term("Approx", (read("exp(-x)"), read("1 - x"))))], setting())
    assert found.first_wrong is None


def test_random_chains_against_fractions() -> None:
    """Links between random polynomials: proved only where all values agree, refuted only where the point says so."""
    draw = random.Random(7)
    here = setting()
    for _ in range(60):
        a, b, c, d = (draw.randint(-3, 3) for _ in range(4))
        left = f"({a}*x + {b})*({c}*x + {d})"
        slip = draw.choice([0, 0, 1, -2])
        right = f"{a * c}*x**2 + {a * d + b * c + slip}*x + {b * d}"
        (one, _) = check_chain(lines(f"{left} = {right} = {right}"), here).links
        equal = all(
            (a * at + b) * (c * at + d) == a * c * at**2 + (a * d + b * c + slip) * at + b * d
            for at in map(Fraction, range(-3, 4))
        )
        assert one.status == ("proved" if equal else "refuted")
        if not equal:
            at = Fraction(one.evidence.at["x"])
            assert (
                (a * at + b) * (c * at + d)
                == Fraction(one.evidence.values["key"])
                != Fraction(one.evidence.values["answer"])
            )


def test_random_steps_between_inequalities_against_fractions() -> None:
    """a*x < b => c*x < d, compared with the two half lines."""
    draw = random.Random(11)
    here = setting()
    grid = [Fraction(k, 4) for k in range(-60, 61)]
    for _ in range(60):
        a, c = (draw.choice([-2, -1, 1, 2]) for _ in range(2))
        b, d = (draw.randint(-3, 3) for _ in range(2))
        follows = a * c > 0 and Fraction(b, abs(a)) <= Fraction(d, abs(c))
        assert follows == all(c * at < d for at in grid if a * at < b)
        (_, step) = check_chain(lines(f"{a}*x < {b}", f"=> {c}*x < {d}"), here).links
        assert step.status == ("proved" if follows else "refuted"), (a, b, c, d)


# --- the decider ------------------------------------------------------------------------------------------------------


VARIANCE = (
    "V = (1 - eta*lam)**2*V + eta**2*sigma**2/N",
    "=> V*(2*eta*lam - eta**2*lam**2) = eta**2*sigma**2/N",
    "=> V = eta*sigma**2/(N*lam*(2 - eta*lam))",
)


def test_work_that_ends_with_the_key() -> None:
    here = setting("eta > 0", "lam > 0", "N > 0", "eta*lam < 2")
    part = Part("chain", read("(x - 1)*(x + 1)"))
    found = decide(part, read("(x + 1)**2 - 2*(x + 1) = (x + 1)*(x - 1) = x**2 - 1"), here)
    assert found.verdict == "correct" and found.evidence.kind == "proof" and "identity" in found.evidence.rules
    wrong = decide(part, read("(x + 1)**2 - 2*(x + 1) = (x + 1)*(x - 2) = x**2 - 1"), here)
    assert wrong.verdict == "partial" and "line 1" in wrong.reason and "result is right" in wrong.reason
    assert wrong.evidence.kind == "counterexample"
    steps = decide_lines(Part("chain", ()), lines(*VARIANCE), here)
    assert steps.verdict == "correct"


def test_a_condition_that_nobody_states() -> None:
    found = decide_lines(Part("chain", ()), lines(*VARIANCE), setting("eta > 0", "lam > 0", "N > 0"))
    assert found.verdict == "partial" and "eta*lam - 2 != 0" in found.reason


def test_a_wrong_end_with_steps_that_follow() -> None:
    here = setting()
    found = decide_lines(Part("chain", read("x = 2")), lines("2*x + 1 = 5", "=> 2*x = 6", "=> x = 3"), here)
    assert found.verdict == "partial" and found.credit == pytest.approx(0.5) and "line 2" in found.reason
    assert "right, following from line 2" in found.remarks


UNIT = Part(
    "chain",
    Term("Tuple", (matrix([[number(0)], [number(10)]]), matrix([[number(2)], [number(0)]]))),
    subjects=(matrix([[read("A_1(0, 1)")], [read("A_2(0, 1)")]]), matrix([[read("A_1(1, 0)")], [read("A_2(1, 0)")]])),
)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (("A*(1, 0) = (2, 0) = 2*(1, 0)", "A*(0, 1) = (0, 10) = 10*(0, 1)"), "correct"),
        (("A*(0, 1) = 10*(0, 1)", "A*(1, 0) = 2*(1, 0)"), "correct"),
        (("Matrix([[2, 0], [0, 10]])*(1, 0) = (2, 0)", "Matrix([[2, 0], [0, 10]])*(0, 1) = (0, 10)"), "correct"),
        (("A*(1, 0) = (2, 0) = 2*(1, 0)",), "partial"),
        (("A*(1, 0) = (2, 0) = 2*(1, 0)", "A*(0, 1) = (10, 0)"), "partial"),
        (("A*(1, 0) = (10, 0) = 10*(1, 0)", "A*(0, 1) = (0, 2) = 2*(0, 1)"), "incorrect"),
        (("A*(1, 0) = (1, 0)", "A*(0, 1) = (0, 1)"), "incorrect"),
        (("2*(1, 0) = (2, 0)", "10*(0, 1) = (0, 10)"), "undecided"),
        (("Matrix([[2, 0], [0, 5]])*(0, 2) = (0, 10)", "A*(1, 0) = (2, 0)"), "partial"),
    ],
    ids=str,
)
def test_a_matrix_and_its_eigenvectors(texts: tuple[str, ...], verdict: str) -> None:
    found = decide(UNIT, Term("Tuple", tuple(map(read, texts))) if len(texts) > 1 else read(texts[0]), setting())
    assert found.verdict == verdict
    assert found.evidence.kind == {"correct": "proof", "incorrect": "counterexample"}.get(verdict, found.evidence.kind)


def test_products_of_matrices_entry_by_entry() -> None:
    rows = rows_of(read("2*Matrix([[1, 2], [3, 4]])*Matrix([[5], [6]]) - Matrix([[1], [1]])"))
    assert rows is not None
    assert [[value(ascii_text(entry), {}) for entry in row] for row in rows] == [[33], [77]]
    assert rows_of(read("Matrix([[1, 2]])*Matrix([[1, 2]])")) is None and rows_of(read("x + 1")) is None


# --- work shown with other answers ------------------------------------------------------------------------------------


def test_review_finds_the_first_refuted_link_only() -> None:
    here = setting()
    good = [
        (read("theta(t + 1) = theta(t) - eta*lam*theta(t) = (1 - eta*lam)*theta(t)"), (0, 5)),
        (read("eta = 1/lam"), (9, 12)),
    ]
    assert review(good, here) == ()
    bad = [*good, (read("(x + y)**2 = x**2 + y**2 = y**2 + x**2"), (20, 40))]
    (found,) = review(bad, here)
    assert found.status == "refuted" and found.link.span is not None


def test_review_takes_what_is_said_as_given() -> None:
    """x = 1 and y = 1 stand in the answer, and so x + y = 2*x*y is right there."""
    said = [(read("x = 1"), None), (read("y = 1"), None), (read("2*x*y = x + y = 2"), None)]
    assert review(said, setting()) == ()


HOSTILE = [
    "(x + y)**60 = (y + x)**60 = 1",
    "9**9**9 = x = y",
    "(x + y + z + 1)**39 = 1 = x",
    "x**400 = x**399 = 1",
    "exp(exp(exp(exp(x)))) = 1 = x",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_work_ends_soon(text: str) -> None:
    here = setting()
    start = time.perf_counter()
    check_chain(lines(*(text for _ in range(10))), here)
    assert time.perf_counter() - start < 0.5


def test_review_passes_over_letters_that_get_a_value() -> None:
    """kappa = L/mu = 10/2: words, or the task, may have said what L and mu are."""
    assert review([(read("z = x/y = 10/2 = 5"), None)], setting()) == ()
    assert review([(read("Abs(x) = x = 1*x"), None)], setting()) == ()
    assert len(review([(read("z = x/y = y/x"), None)], setting())) == 1


def test_a_wrong_step_is_quoted_and_told_with_its_point() -> None:
    text = "we have (x + y)^2 = x^2 + y^2 and so on"
    work = [(read("(x + y)**2 = x**2 + y**2 = y**2 + x**2"), (9, 29))]
    (found,) = review(work, setting())
    said = remark_on(found, text, True)
    assert "the final answer is right" in said and "the two sides differ" in said
    told = said.split("at ")[-1].split(" they")[0].split(", ")
    at = {name: Fraction(number) for name, number in (one.split(" = ") for one in told)}
    assert (at["x"] + at["y"]) ** 2 != at["x"] ** 2 + at["y"] ** 2
    assert remark_on(found, text, False).startswith("the first step that is not right")
