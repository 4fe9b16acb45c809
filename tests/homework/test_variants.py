"""Variants: the same text draws the same sheet everywhere, each is a new problem with its own proof, and the sheet itself stays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derivations.cli.main import run
from derivations.homework.keying import keys_of
from derivations.homework.placeholders import filled, plain, read_draws, variant_code
from derivations.homework.sheets import SheetSpec, parse_sheet, read_sheet
from derivations.homework.variants import Variant, drawn
from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.problems.losses import exact_value


@pytest.fixture(scope="module")
def sheet() -> SheetSpec:
    return read_sheet("stage3")


@pytest.fixture(scope="module")
def anna(sheet: SheetSpec) -> Variant:
    return drawn(sheet, "anna")


def test_the_same_text_draws_the_same(sheet: SheetSpec, anna: Variant) -> None:
    assert drawn(sheet, "anna").spec == anna.spec
    # Written down once: another machine, or another version of Python, must draw the same.
    assert anna.spec.variant == "DD5H5J"
    values, _ = sheet.draws[""].drawn("anna", "", 0)
    assert {name: values[name] for name in ("steep", "flat", "high", "slow", "half")} == {
        "steep": 10, "flat": 3, "high": 6, "slow": Fraction(1, 25), "half": 2,
    }  # fmt: skip
    assert variant_code("é") == variant_code("é")  # however the letter is composed


def numbers(term: Term | tuple[str, ...]) -> list[Fraction]:
    assert isinstance(term, Term)
    return [exact_value(arg) for arg in term.args]


def test_keys_are_those_of_the_drawn_problem(sheet: SheetSpec, anna: Variant) -> None:
    """The keys beside what one calculates by hand from the drawn numbers."""
    values, _ = sheet.draws[""].drawn("anna", "", 0)
    keys = keys_of(anna.spec, anna.solutions)
    assert not keys.missing
    low, tall = values["low"], values["tall"]

    multipliers = keys.task("7.2")
    assert multipliers is not None
    eta = values["bolder"]
    assert numbers(multipliers.parts[0].key) == [1 - eta * low, 1 - eta * tall]

    points = keys.task("5.1")
    assert points is not None
    eta, x, y = values["slow"], values["start_x"], values["start_y"]
    key = points.parts[0].key
    assert isinstance(key, Term)
    for row in key.args:
        x, y = x * (1 - eta * low), y * (1 - eta * tall)
        assert numbers(row) == [x, y]

    momentum = keys.task("8.1")
    assert momentum is not None
    position, step, found = values["rest"], Fraction(0), []
    for _ in range(3):
        step = values["heavy"] * step - values["newton"] * values["curvature"] * position
        position += step
        found.append(position)
    assert numbers(momentum.parts[0].key) == found

    assert str(2 / (2 * values["big"])) == str(exact_value(_upper(keys.task("9.1").parts[0].key)))  # type: ignore[union-attr]


def _upper(region: Term | tuple[str, ...]) -> Term:
    """The upper end of 0 < eta < end."""
    assert isinstance(region, Term)
    return next(one.args[1] for one in region.args if one.args[0].head == "Symbol")


def test_every_variant_is_proved(anna: Variant) -> None:
    assert all(one.proofs and one.proofs[0].status == "proved" for one in anna.solutions)


@pytest.mark.long
def test_many_variants_are_proved(sheet: SheetSpec) -> None:
    found = [drawn(sheet, f"student {i}") for i in range(25)]
    assert all(one.proofs for variant in found for one in variant.solutions)
    assert len({str(variant.spec.tasks) for variant in found}) == 25


def test_without_a_seed_nothing_changes(sheet: SheetSpec) -> None:
    texts = {task.id: task for task in sheet.tasks}
    assert "$f(x, y) = x^2 + 5 y^2$" in texts["4.1"].text
    assert texts["5.1"].given == {
        "loss": "(2*x**2 + 10*y**2)/2", "set": ["eta=0.05"], "start": "x=5,y=1", "steps": "2",
    }  # fmt: skip
    assert texts["8.3"].own["part"][2]["words"]["faster-here"][:2] == ["0.3", "0,3"]
    assert not any("{steep}" in task.text or "{low}" in task.text for task in sheet.tasks)


OWN = """
title = "Own"
[[task]]
id = "1"
points = 2
question = "hessian"
given = {{ loss = "{{a:times}}x**2 + {{b}}*x*y + y**2", at = "x=0,y=0" }}
answer = "eigenvalues"
kind = "set"
text = "Eigenvalues of the Hessian of ${{a:factor}}x^2 + {{b}} xy + y^2$?"
[task.draw]
a = {a}
b = "2..8"
{more}
"""


def test_numbers_whose_answer_is_not_nice_are_drawn_again() -> None:
    """With a = 1 the eigenvalues are 2 ± b, whole numbers; with a = 2 they are 3 ± sqrt(1 + b²), which are not."""
    spec = parse_sheet(OWN.format(a="[1, 2]", more='nice = "integer"'), "own.toml")
    found = [drawn(spec, str(seed)) for seed in range(6)]
    assert all(
        "x**2" in one.spec.tasks[0].given["loss"] and "2*x**2" not in one.spec.tasks[0].given["loss"] for one in found
    )
    assert any(one.said for one in found)
    with pytest.raises(Unusable, match="20 draws"):
        drawn(parse_sheet(OWN.format(a="[2, 3]", more='nice = "integer"'), "own.toml"), "x")


def test_conditions_hold() -> None:
    table = {"a": "1..9", "b": {"range": "1..9", "default": 5}, "c": "= a*b", "where": ["a < b", "c <= 20"]}
    draws = read_draws(table, "sheet.toml")
    for seed in range(40):
        values, _ = draws.drawn(str(seed), "", 0)
        assert values["a"] < values["b"] and values["a"] * values["b"] == values["c"] <= 20
    assert len({tuple(draws.drawn(str(seed), "", 0)[0].items()) for seed in range(40)}) > 8


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": []}, "values are given"),
        ({"a": "9..1"}, "no values"),
        ({"a": "0..1 step 0.0001"}, "too many"),
        ({"a": ["x"]}, "not a number"),
        ({"a": [1], "where": ["a > 2"]}, "own values"),
        ({"a": [1], "where": ["zz > 2"]}, "unknown symbol"),
        ({"a": [1], "nice": "prime"}, "nice is one of"),
        ({"a b": [1]}, "cannot be the name"),
        ({"b": "= 2"}, "nothing is drawn"),
        ({"a": {"range": "1..3", "default": 7}}, "none of the values"),
    ],
)
def test_what_cannot_be_drawn(table: dict[str, object], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        read_draws(table, "sheet.toml")


def test_filling_in() -> None:
    values = {"a": Fraction(-3), "b": Fraction(1, 3), "c": Fraction(1), "d": Fraction(5, 2)}
    assert filled("(x - {a})**2", values) == "(x - (-3))**2"
    assert filled("eta={a}", values) == "eta=-3"
    assert filled("x**{b}*{d}", values) == "x**(1/3)*2.5"
    text = r"\frac{{a}}{x} {c:factor}x {d:comma} {c:times}y {a:signed} {d:fraction}"
    assert filled(text, values, True) == r"\frac{-3}{x} x 2,5 y - 3 5/2"
    assert filled({"text": "{a}", "given": ["{z}"]}, values) == {"text": "-3", "given": ["{z}"]}
    assert plain(Fraction(1, 20)) == "0.05" and plain(Fraction(-1, 8)) == "-0.125" and plain(Fraction(1, 7)) == "1/7"


def test_a_written_variant_bears_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN.format(a="[1, 2, 3, 4, 5, 6]", more=""))
    assert run(["sheet", str(own), "-o", str(tmp_path), "--seed", "anna", "--seed", "ben"]) == 0
    names = {path.name for path in tmp_path.glob("*.md")}
    codes = {name: variant_code(name) for name in ("anna", "ben")}
    assert names == {f"{kind}-{code}.md" for kind in ("problems", "solutions") for code in codes.values()}
    texts = {name: (tmp_path / f"problems-{code}.md").read_text() for name, code in codes.items()}
    assert texts["anna"].startswith("# Own, variant DD5H5J")
    assert "anna" not in texts["anna"] and texts["anna"].split("\n")[2:] != texts["ben"].split("\n")[2:]
    assert {path.stem.rpartition("-")[2] for path in (tmp_path / "certificates").iterdir()} == set(codes.values())
    assert "'anna'" in capsys.readouterr().err


def test_a_sheet_without_open_numbers_has_no_variants(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["sheet", "lecture3", "-o", str(tmp_path), "--seed", "x"]) == 2
    assert "leaves no number open" in capsys.readouterr().err
