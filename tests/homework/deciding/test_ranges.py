"""Ranges: every spelling of one set is right, every other set is refuted by a point, as sampling in fractions confirms."""

import random
import re
from fractions import Fraction
from typing import Any

import pytest

from derivations.homework.deciding.misconceptions import NAMES as KNOWN
from derivations.homework.deciding.ranges import decide
from derivations.homework.deciding.relations import with_brackets
from derivations.homework.deciding.setting import Setting, setting_of
from derivations.homework.keys import Part, TaskKey
from derivations.homework.names import vocabulary
from derivations.homework.verdicts import Finding, evidence_to_json
from derivations.language.statements import Symbol
from derivations.language.terms import Term, number, symbol
from derivations.reading import read_formula
from tests.homework.recompute import differs

NAMES = (
    Symbol("eta", "real"), Symbol("lam", "real"), Symbol("mu", "real"), Symbol("L_max", "real"), Symbol("u", "real"),
    Symbol("v", "real"), Symbol("beta", "real"), Symbol("i", "index:n"), Symbol("n", "natural"), Symbol("lam", "family"),
)  # fmt: skip
WORDS = vocabulary(NAMES)


def formula(text: str) -> Term:
    return read_formula(text, WORDS)


class Task:
    """A range with its hypotheses."""

    def __init__(
        self, key: str, hypotheses: list[str], variable: str = "eta", further: tuple[Term, ...] = (), **settings: Any
    ) -> None:
        accept = tuple(formula(text) for text in settings.pop("accept", ()))
        settings = {**settings, "variable": variable} if variable else settings
        self.part = Part("range", formula(key), accept=accept, settings=settings)
        told = (*map(formula, hypotheses), *further)
        self.setting: Setting = setting_of(TaskKey("own", "1", 1.0, (self.part,), NAMES, told))

    def __call__(self, said: str | Term) -> Finding:
        found = decide(self.part, formula(said) if isinstance(said, str) else said, self.setting)
        if found.verdict == "correct":
            assert found.evidence.kind == "proof" and found.evidence.status == "proved" and found.evidence.rules
        if found.verdict == "incorrect":
            assert differs(evidence_to_json(found.evidence)), found
        return found


POSITIVE = ["eta > 0", "lam > 0"]
SLOW = Task("0 < eta & eta < 1/lam", POSITIVE, accept=["0 < eta & eta <= 1/lam"])
FAST = Task("1/lam < eta & eta < 2/lam", POSITIVE, others=(("monotone", formula("0 < eta & eta < 1/lam")),))
BEYOND = Task("eta >= 2/lam", POSITIVE)


@pytest.mark.parametrize(
    "said",
    ["0 < eta < 1/lam", "1/lam > eta > 0", "eta in (0, 1/lam)", "(0, 1/lam)", "0 < 1 - eta*lam < 1", "lam < 1/eta",
    "2*eta*lam < 2",
     "eta*lam in (0, 1)", "not (eta >= 1/lam)", "0 <= eta < 1/lam", "eta < 1/lam", "0 < eta <= 1/lam",
     "|1 - eta*lam| < 1 and eta*lam < 1",
     "1 - eta*lam > 0 => eta < 1/lam", "sqrt(lam)*sqrt(lam)*eta < 1", "eta < min(1/lam, 2/lam)", "eta/(1/lam) < 1"],
)  # fmt: skip
def test_spellings_of_the_slow_range(said: str) -> None:
    assert SLOW(said).verdict == "correct"


@pytest.mark.parametrize(
    "said",
    ["1/lam < eta < 2/lam", "|eta - 3/(2*lam)| < 1/(2*lam)", "lam/2 < 1/eta < lam", "-1 < 1 - eta*lam < 0",
    "|1-eta*lam| < 1 and eta*lam > 1",
     "(eta*lam - 1)*(eta*lam - 2) < 0", "eta > 1/lam and eta < 2/lam", "2/lam > eta > 1/lam"],
)  # fmt: skip
def test_spellings_of_the_fast_range(said: str) -> None:
    assert FAST(said).verdict == "correct"


@pytest.mark.parametrize(
    "said",
    ["eta >= 2/lam", "|1 - eta*lam| >= 1", "not (0 < eta < 2/lam)", "(1 - eta*lam)**2 >= 1", "eta > 2/lam or eta = 2/lam",
    "[2/lam, oo)",
     "eta <= 0 or eta >= 2/lam", "(-oo, 0] ∪ [2/lam, oo)", "max(eta*lam, 2) = eta*lam", "eta = 2/lam and eta > 2/lam"],
)  # fmt: skip
def test_spellings_of_what_diverges(said: str) -> None:
    assert BEYOND(said).verdict == "correct"


@pytest.mark.parametrize(
    ("task", "said", "name"),
    [(FAST, "1/lam <= eta < 2/lam", "end-included"), (FAST, "eta in [1/lam, 2/lam]", "end-included"),
    (BEYOND, "eta > 2/lam", "end-missing"),
     (SLOW, "eta < 1/(2*lam)", "factor-two"), (SLOW, "0 < eta < lam", "reciprocal"), (SLOW, "eta > 1/lam", "reversed"),
     (SLOW, "eta < -1/lam", "empty"), (SLOW, "eta > 0", "everything"), (FAST, "0 < eta < 2/lam", "contains-other-regime"),
     (FAST, "0 < eta < 1/lam", "other-regime"), (FAST, "2/lam < eta < 1/lam", "empty"), (FAST, "1/lam < eta < 3/lam",
     "superset"),
     (FAST, "eta > 1/lam", "missing-side"), (FAST, "1/lam < eta < 3/(2*lam)", "subset"), (SLOW, "eta = 1/lam", "disjoint"),
     (Task("1/lam < eta & eta < 2/lam", POSITIVE), "eta < 2/lam", "no-lower-end")],
)  # fmt: skip
def test_mistakes_have_names(task: Task, said: str, name: str) -> None:
    found = task(said)
    assert (found.verdict, found.misconception) == ("incorrect", name) and name in KNOWN


@pytest.mark.parametrize("said", ["1/lam", "eta", "eta = ±1/lam and beta", "eta < 1/lam(1)", "eta*mu", "eta < theta"])
def test_what_says_no_range_is_left_to_a_person(said: str) -> None:
    try:
        term = formula(said)
    except ValueError:
        return
    except Exception as error:  # noqa: BLE001
        assert type(error).__name__ == "Unusable"
        return
    assert SLOW(term).verdict == "undecided"


def test_a_pair_of_ends_is_a_range_if_the_text_says_which() -> None:
    for text in ("(1/lam, 2/lam)", "eta = (1/lam, 2/lam)", "[1/lam, 2/lam]"):
        assert FAST(text).verdict == "undecided"
    assert SLOW("(0, 1/lam)").verdict == "correct"  # both ways
    assert FAST("(2/lam, 3/lam)").verdict == "incorrect"
    for text, verdict in (
        ("(1/lam, 2/lam)", "correct"),
        ("[1/lam, 2/lam]", "incorrect"),
        (r"\left(\frac1\lambda,\frac2\lambda\right)", "correct"),
    ):
        assert FAST(with_brackets(formula(text), text)).verdict == verdict


def test_remarks() -> None:
    assert "eta > 0" in SLOW("eta < 1/lam").remarks[0]
    assert "eta = 0" in SLOW("0 <= eta < 1/lam").remarks[0]
    assert "accepted" in SLOW("0 < eta <= 1/lam").remarks[0]
    assert SLOW("0 < eta < 1/lam").remarks == ()


def test_an_undefined_relation_does_not_hold() -> None:
    task = Task("0 < eta & eta < 1/lam", ["lam > 0"])
    assert task("1/eta > lam").verdict == "correct"
    assert task("1/eta >= lam").verdict == "incorrect"
    assert task("eta < 1/lam").verdict == "incorrect"


def test_several_variables() -> None:
    task = Task("u = 0 | v = 0", [], variable="")
    assert task("u*v = 0").verdict == "correct"
    assert task("|u*v| <= 0").verdict == "correct"
    for said in ("u = 0 & v = 0", "u = v", "v = 0", "u != 0 & v != 0"):
        assert task(said).verdict == "incorrect"
    stable = Task("0 < eta*lam & eta*lam < 2*(1 + beta)", ["0 <= beta", "beta < 1", "lam > 0"], variable="")
    assert stable("eta > 0 & eta < (2 + 2*beta)/lam").verdict == "correct"
    assert stable("0 < eta < 2/lam").verdict == "incorrect"


def test_the_steepest_of_many_directions() -> None:
    between = formula("mu <= lam(i) & lam(i) <= L_max")
    reached = [
        Term("Exists", ("i", Term("Eq", (Term("Apply", ("lam", symbol("i"))), symbol(end))))) for end in ("mu", "L_max")
    ]
    task = Task(
        "0 < eta & eta < 1/L_max",
        ["eta > 0", "mu > 0", "mu <= L_max", "L_max > 0"],
        further=(Term("ForAll", ("i", between)), *reached),
    )
    for said in ("eta < 1/lam(i)", "0 < 1 - eta*lam(i) < 1", "eta*lam(i) < 1"):
        assert task(Term("ForAll", ("i", formula(said)))).verdict == "correct"
    for said in ("|1 - eta*lam(i)| < 1", "eta < 2/lam(i)"):
        assert task(Term("ForAll", ("i", formula(said)))).verdict == "incorrect"
    assert task(Term("Exists", ("i", formula("eta < 1/lam(i)")))).verdict == "incorrect"
    assert task("eta < 1/mu & eta < 1/L_max").verdict == "correct"
    assert task("eta < 1/max(mu, L_max)").verdict == "correct"
    assert task("eta < 2/(mu + L_max)").verdict == "incorrect"
    assert task("eta < 1/mu").verdict == "incorrect"


def test_irrational_ends() -> None:
    task = Task("-sqrt(2) < eta & eta < sqrt(2)", [])
    assert task("eta**2 < 2").verdict == "correct"
    assert task("|eta| < sqrt(2)").verdict == "correct"
    assert task("eta**2 < 3").verdict == "incorrect"
    assert task("eta < 7/5").verdict == "incorrect"
    assert task("eta**2 <= 2").verdict != "correct"
    assert Task("eta**3 < 2", [])("eta**3 < 2").verdict == "correct"
    assert Task("eta**3 - 3*eta + 1 > 0", [])("eta**3 > 3*eta").verdict == "incorrect"


# --- against sampling -----------------------------------------------------------------------------------------------

LAMS = [Fraction(1, 3), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(3)]
GRID = [Fraction(k, 12) for k in range(-30, 90)]


def bound(rng: random.Random) -> str:
    return rng.choice(["{}/lam", "{}/(2*lam)", "{}", "{}*lam", "{}/lam"]).format(rng.choice([0, 1, 1, 2, 3]))


def relation(rng: random.Random) -> str:
    sign = rng.choice(["<", "<=", ">", ">="])
    shape = rng.choice(["eta {} {}", "{1} {0} eta", "abs(1 - eta*lam) {} {}", "eta*lam {} {}", "(eta*lam - 1)**2 {} {}",
    "Max(eta, {1}) {0} {2}",
                        "Min(eta*lam, 1) {} {}", "1/eta {} {}", "abs(eta - {2}) {0} {1}"])  # fmt: skip
    return "(" + shape.format(sign, bound(rng), bound(rng)) + ")"


def range_text(rng: random.Random) -> str:
    parts = [relation(rng) for _ in range(rng.choice([1, 1, 2, 2, 3]))]
    return rng.choice([" & ", " & ", " | "]).join(parts)


def holds(text: str, eta: Fraction, lam: Fraction) -> bool:
    """By Python's own fractions; a relation with an undefined side does not hold."""
    parts = re.split(r" (\&|\|) ", text)
    values = []
    for part in parts[::2]:
        code = re.sub(r"(?<![\w.])(\d+)", r"F(\1)", part)
        env = {"F": Fraction, "eta": eta, "lam": lam, "abs": abs, "Max": max, "Min": min, "__builtins__": {}}
        try:
            values.append(bool(eval(code, env)))
        except ZeroDivisionError:
            values.append(False)
    return all(values) if "&" in parts[1::2] or len(values) == 1 else any(values)


def written(text: str) -> str:
    return text.replace("**2", "^2")


@pytest.mark.parametrize("seed", range(6))
def test_verdicts_against_sampling(seed: int) -> None:
    decided = against_sampling(seed, 12)
    assert decided > 5


@pytest.mark.long
def test_verdicts_against_sampling_for_long() -> None:
    assert sum(against_sampling(seed, 20, strict=False) for seed in range(100, 350)) > 4_950


def against_sampling(seed: int, count: int, strict: bool = True) -> int:
    rng = random.Random(seed)
    keys = [
        "eta < 1/lam",
        "(1/lam < eta) & (eta < 2/lam)",
        "(eta >= 2/lam)",
        "(eta < 1/lam) | (eta > 2/lam)",
        range_text(rng),
    ]
    key = rng.choice(keys)
    positive = rng.random() < 0.7
    task = Task(key, POSITIVE if positive else ["lam > 0"])
    decided = 0
    for _ in range(count):
        said = rng.choice([range_text(rng), key])
        found = task(said)
        grid = [eta for eta in GRID if eta > 0 or not positive]
        alike = all(holds(said, eta, lam) == holds(key, eta, lam) for lam in LAMS for eta in grid)
        if found.verdict == "correct":
            assert alike, (key, said)
        elif found.verdict == "incorrect":
            at = {name: Fraction(value) for name, value in found.evidence.at.items()}
            eta, lam = at.get("eta", Fraction(1)), at.get("lam", Fraction(1))
            assert holds(said, eta, lam) != holds(key, eta, lam), (key, said, at)
            assert lam > 0 and (eta > 0 or not positive)
        else:
            assert alike or not strict, ("left open", key, said)
        decided += found.verdict != "undecided"
    return decided


# --- hostile input --------------------------------------------------------------------------------------------------


def test_large_numbers_and_powers_end_soon() -> None:
    big = Term("Pow", (symbol("lam"), number(10**9)))
    for said in (
        Term("Lt", (symbol("eta"), big)),
        Term("Lt", (symbol("eta"), Term("Pow", (Term("Add", (symbol("eta"), symbol("lam"))), number(300))))),
        Term("Lt", (symbol("eta"), number(10**400))),
        Term("And", tuple(Term("Lt", (symbol("eta"), number(k))) for k in range(500))),
        Term("And", tuple(Term("Ne", (symbol("eta"), number(k))) for k in range(90))),
        Term("Lt", (symbol("eta"), Term("Max", tuple(number(k) for k in range(100))))),
        Term("Lt", (Term("Mul", tuple(Term("Add", (symbol("eta"), number(k))) for k in range(40))), number(1))),
    ):
        assert SLOW(said).verdict != "correct"
