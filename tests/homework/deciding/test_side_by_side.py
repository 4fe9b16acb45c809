"""What is worked out for several places, or several right answers, at once is what each would give by itself."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from flint import fmpq

from derivations.homework.deciding import samples
from derivations.homework.deciding.asymptotics import decide, refuted_at_once
from derivations.homework.deciding.axes import along
from derivations.homework.deciding.balls import UNDEFINED, Unknown
from derivations.homework.deciding.marks import Mark, Spots, places, signs_at
from derivations.homework.deciding.range_keys import Key
from derivations.homework.deciding.setting import Setting
from derivations.homework.deciding.values import Place, evaluate, evaluate_all, place_at
from derivations.homework.keys import Part
from derivations.kernel.algebra import Algebra
from derivations.kernel.facts import Facts, SharedFacts
from derivations.kernel.regions import opened
from derivations.kernel.table import Table
from derivations.language.statements import Symbol
from derivations.language.terms import Term
from derivations.reading import read_formula, vocabulary_for

NAMES = ("eta", "lam", "x")
WORDS = vocabulary_for(NAMES)
TABLE = Table(tuple(Symbol(name, "real") for name in NAMES))
TERMS = (
    "eta*lam - 2*x", "(1 - eta*lam)**3/(x - 1)", "-(eta/lam)**2 + 5/7", "sqrt(x**2 + 1)*eta", "x**-2 - eta", "exp(-eta)*lam",
    "(eta + lam)*(eta - lam)/(x*x)", "log(x)/eta", "abs(x - 1/2)**3",
)  # fmt: skip
RELATIONS = (
    "0 < eta < 2/lam", "eta*lam <= 1 or x > 3", "not (eta > 1)", "(1 - eta*lam)**2 < 1 and x != 0", "eta in (0, 1/lam]",
)  # fmt: skip


def formula(text: str) -> Term:
    return read_formula(text, WORDS)


def drawn(count: int, seed: int) -> list[Place]:
    random = Random(seed)
    return [
        place_at({name: Fraction(random.randint(-6, 6), random.randint(1, 4)) for name in NAMES}) for _ in range(count)
    ]


@pytest.mark.parametrize("text", TERMS)
def test_values_at_several_places(text: str) -> None:
    term = formula(text)
    fine = []
    for place in drawn(60, 1):
        try:
            defined = evaluate(term, place) is not UNDEFINED
        except Unknown:
            defined = False
        if not defined:
            with pytest.raises(Unknown):
                evaluate_all(term, [place])
        else:
            fine.append(place)
    assert len(fine) > 10
    together, apart = evaluate_all(term, fine), [evaluate(term, place) for place in fine]
    assert [str(one) for one in together] == [str(one) for one in apart]


@pytest.mark.parametrize("text", RELATIONS)
def test_truths_at_several_places(text: str) -> None:
    relation, several = formula(text), []
    for place in drawn(60, 2):
        if place.numbers["lam"] != 0:
            several.append(place)
    found = samples.truths(relation, several, "eta")
    assert found == [samples.truth(relation, place, "eta") for place in several]
    assert {True, False} == set(found)


def test_an_unknown_at_one_place_is_unknown_of_all() -> None:
    places_ = [place_at({"eta": Fraction(1), "lam": Fraction(n), "x": Fraction(1)}) for n in (1, 0, 2)]
    with pytest.raises(Unknown):
        samples.truths(formula("eta < 1/lam"), places_)


def test_signs_of_a_polynomial_at_many_places() -> None:
    random = Random(3)
    for size in (1, 2, 3, 5):
        poly = [fmpq(random.randint(-5, 5), 3) for _ in range(size - 1)] + [fmpq(2)]
        numbers = [fmpq(random.randint(-9, 9), 4) for _ in range(12)]
        spots = Spots([Mark(x) if i % 2 else x for i, x in enumerate(numbers)])
        values = [sum((c * x**i for i, c in enumerate(poly)), fmpq(0)) for x in numbers]
        assert signs_at(poly, spots) == [(value > 0) - (value < 0) for value in values]


@pytest.mark.parametrize(
    "said", ["0 < eta < 3/(2*lam)", "eta < 1/lam", "eta**2 < 2", "-1 < eta < 5/lam", "eta = 1/lam or eta > 7"]
)
def test_a_line_with_further_marks(said: str) -> None:
    """Around marks of the answer's own the key is what it is by itself."""
    setting = Setting(TABLE, (formula("lam > 0"), formula("eta > 0")))
    key = Key(formula("0 < eta < 2/lam"), setting, "eta", [("other", formula("1/lam < eta < 2/lam"))])
    answer = key.read(formula(said))
    for line in key.lines:
        axis = along(answer.opened, "eta", line.place)
        found = places((*line.marks, *axis.marks))
        assert found is not None
        cells = line.compared(answer)
        assert [(str(cell.at), cell.is_mark) for cell in cells] == [(str(at), is_mark) for at, is_mark in found]
        spots = Spots([at for at, _ in found])
        assert [cell.right for cell in cells] == line.key.truths(spots)
        assert [cell.inside for cell in cells] == line.domain.truths(spots)
        assert [cell.regimes for cell in cells] == [(one,) for one in line.others[0][1].truths(spots)]
        assert line.differs(answer) == any(cell.differs for cell in cells)


def test_what_was_worked_out_of_another_answer_is_not_taken() -> None:
    setting, made = Setting(TABLE, ()), []
    for text in ("eta", "lam", "eta"):
        term = formula(text)
        for _ in range(2):
            assert setting.recent("text", term, lambda text=text: made.append(text) or text) == text
    assert made == ["eta", "lam", "eta"]


@pytest.mark.parametrize(
    "text", ["6*eta*lam - 3*eta", "(eta - lam)*(eta + lam)*x", "-x**2*(2 - eta*lam)", "x + 1", "5 - 10*x"]
)
def test_shared_facts_are_facts(text: str) -> None:
    """Signs by factors that are kept for all claims are those found anew, in copies that know a further atom, too."""
    premises = [formula("eta > 0"), formula("lam > 0"), formula("eta*lam < 2"), formula("x > 1")]
    known = [opened(one) for one in premises]
    algebra = Algebra(TABLE, [*known, formula(text), formula("exp(x)")], room=32)
    plain, shared = Facts(algebra, known), SharedFacts(algebra, known)
    for _ in range(2):
        copied = algebra.copied()
        facts = shared.copied(copied)
        value = copied.value(formula(text))
        assert facts.sign(value) == plain.sign(value)
        assert facts.factors(value[0])[0] == plain.factors(value[0])[0]
    copied.value(formula("exp(x)"))
    assert shared.copied(copied).sign(copied.value(formula(text))) == plain.sign(value)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("eta/(lam*(2 - eta*lam))", False),
        ("eta/(2*lam)", False),  # the leading term
        ("eta/(2*lam) + eta**2/4", False),  # two terms
        ("3*eta/(6*lam - 3*eta*lam**2)", False),
        ("eta/lam", True),
        ("eta/(2*lam) + eta**2/5", True),
    ],
)
def test_what_is_refuted_at_once_is_not_right(said: str, wrong: bool) -> None:
    setting = Setting(TABLE, (formula("lam > 0"), formula("eta > 0"), formula("eta*lam < 2")))
    part = Part(
        "leading-term", formula("eta/(lam*(2 - eta*lam))"), "", 1.0, (), (), {"variable": "eta", "at": formula("0")}
    )
    assert refuted_at_once(part, formula(said), setting) == wrong
    assert (decide(part, formula(said), setting).verdict == "correct") == (not wrong)
