"""What a sheet leaves open is found from its proofs and its words: each finding goes away when the author says what was missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivations.cli.main import run
from derivations.homework.linting import LintFinding, findings
from derivations.homework.sheets import parse_sheet, read_sheet


def lint(tasks: str, more: str = "") -> list[LintFinding]:
    return findings(parse_sheet(f'title = "Own"\n{more}\n{tasks}', "own.toml"))


def task(text: str, rest: str, name: str = "1") -> str:
    return f"[[task]]\nid = \"{name}\"\npoints = 3\ntext = '''{text}'''\n{rest}\n"


def kinds(tasks: str, more: str = "") -> set[str]:
    return {one.kind for one in lint(tasks, more)}


RANGE = 'question = "ranges"\nanswer = "{}"'
SAID = r"Start at $\theta_0 - \theta^* \neq 0$, let $\lambda > 0$ and $\eta > 0$. "


def test_a_hypothesis_that_the_text_does_not_mention() -> None:
    silent = lint(
        task(
            r"When does it converge from one side, the end excluded, for $\eta > 0$, $\lambda > 0$?",
            RANGE.format("monotone"),
        )
    )
    assert [one.message for one in silent if one.kind == "unsaid"] == [
        "the proof supposes theta_0 - theta_star != 0; the text does not say so"
    ]
    assert (
        kinds(task(SAID + "When does it converge from one side, the end excluded?", RANGE.format("monotone"))) == set()
    )


def test_an_end_at_which_it_is_special() -> None:
    text = SAID + "When does it overshoot and converge?"
    found = [one for one in lint(task(text, RANGE.format("overshooting"))) if one.kind == "ends"]
    assert len(found) == 1 and "eta = 1/lam (one step) it is still convergent" in found[0].message
    assert kinds(task(text + " Leave out the ends.", RANGE.format("overshooting"))) == set()
    accepted = RANGE.format("overshooting") + '\naccept = ["1/lam <= eta and eta < 2/lam"]'
    assert kinds(task(text, accepted)) == set()


def test_an_assumption_about_the_learning_rate() -> None:
    key = 'kind = "range"\nkey = "0 < eta and eta < 2/lam"\nvariable = "eta"\nassume = ["eta > 0", "lam > 0"]'
    found = lint(task("When is it stable?", key))
    assert [one.message.split(";")[0] for one in found if one.kind == "assumed"] == [
        "answers are compared where eta > 0", "answers are compared where lam > 0",
    ]  # fmt: skip
    assert kinds(task(r"Let $\eta > 0$ and $\lambda > 0$. When is it stable?", key)) == set()


NOISE = """question = "variance"
given = { noise = "minibatch" }
answer = "exact"
kind = "leading-term"
variable = "eta"
at = "0"
"""


def test_whose_variance() -> None:
    assert "noise" in kinds(
        task(r"Batches of $N$; the gradient's variance is $\sigma^2$. What is $\langle \theta^2 \rangle$?", NOISE)
    )
    said = task(
        r"Batches of $N$; one sample's gradient has the variance $\sigma^2$. What is $\langle \theta^2 \rangle$?", NOISE
    )
    assert "noise" not in kinds(said)
    both = NOISE + '\nreadings = [{ as = ["sigma**2 = sigma**2/N"], say = "One step\'s." }]'
    assert "noise" not in kinds(task(r"The variance is $\sigma^2$.", both))


CLOSED = """question = "recurrence"
answer = "closed_form"
given = { loss = "lam*theta**2/2", parameters = "theta" }
subjects = ["theta(t)"]
"""


@pytest.mark.parametrize(
    ("formula", "false"),
    [
        (r"\theta_t = (1 - \eta\lambda)^t \theta_0", False),
        (r"\theta_t = (1 - \eta\lambda)^{t+1} \theta_0", True),
        (r"\theta_t = (1 + \eta\lambda)^t \theta_0", True),
        (r"\theta_t / \theta_0 = (1 - \eta\lambda)^t", False),
        (r"\theta_{t+1} = (1 - \eta\lambda) \theta_t", False),
    ],
)
def test_a_formula_that_the_proof_refutes(formula: str, false: bool) -> None:
    assert ("false-premise" in kinds(task(f"Show that ${formula}$.", CLOSED))) == false


def test_the_packages_own_sheets() -> None:
    found = findings(read_sheet("lecture3"))
    rows = {(one.task, one.kind) for one in found}
    assert {("1.b.1", "unsaid"), ("1.b.2", "ends"), ("4.a", "false-premise"), ("4.b", "unsaid")} <= rows
    assert next(one for one in found if one.task == "4.a").hint.startswith("the text does speak of a limit")
    assert not {one for one in rows if one[1] in ("no-key", "no-derivation", "not-proved", "empty", "noise", "rubric")}
    assert ("6.3", "false-premise") in {(one.task, one.kind) for one in findings(read_sheet("stage3"))}


WEIGHTS = """kind = "words"
key = "x"
[[task.part]]
name = "a"
key = "x"
weight = 0.5
[[task.part]]
name = "b"
key = "y"
weight = 0.6
"""


@pytest.mark.parametrize(
    ("rest", "kind", "part"),
    [
        ('kind = "expression"\nkey = "2*etaa"\nsymbols = ["eta"]', "unreadable", "unknown symbol 'etaa'"),
        ('kind = "range"\nkey = "eta < 0 and eta > 1"', "empty", "no value"),
        ('kind = "range"\nkey = "eta < 0"\nassume = ["eta > 0"]\nvariable = "lam"', "empty", "no value"),
        ('kind = "range"\nkey = "-1 < eta"\nassume = ["eta > 0"]\nvariable = "lam"', "everything", "every value"),
        ('kind = "expression"\nkey = "2*eta"\naccept = ["eta + eta"]', "accept", "eta + eta is accepted anyway"),
        ('kind = "expression"\nkey = "2*eta"\nrubric = [{ when = "sing", points = 1 }]', "rubric", "'sing' never applies"),
        ('kind = "expression"\nkey = "2*eta"\nrubric = [{ form = "eta*2", points = 1 }]', "rubric", "that answer is right"),
        ('kind = "expression"\nkey = "2*eta"\nrubric = [{ when = "sign", points = 9 }]', "rubric", "9 of 3 points"),
        ('question = "ranges"\nanswer = "monotonne"', "no-key", "no answer 'monotonne'"),
        ('question = "critical-points"\ngiven = { loss = "exp(x*y) + sin(x)" }', "no-derivation", "there is no key"),
        (WEIGHTS, "weights", "1.1"),
    ],
)  # fmt: skip
def test_keys(rest: str, kind: str, part: str) -> None:
    found = lint(task("Find it.", rest))
    assert [one for one in found if one.kind == kind and part in one.message], found


def test_formulas_of_the_text() -> None:
    own = 'kind = "expression"\nkey = "2*eta"\nsymbols = ["eta"]'
    found = lint(task(r"Find $\foo{x}$ from $\eta$ and $\mu$.", own))
    assert [(one.kind, "\\foo" in one.message) for one in found][:1] == [("unreadable", True)]
    assert [one.message for one in found if one.message.startswith("the text uses")] == [
        "the text uses mu, which is not declared: an answer with it cannot be read"
    ]
    assert kinds(task(r"Find $\eta$.", own)) == set()


def test_open_numbers() -> None:
    own = 'kind = "expression"\nkey = "{a}*eta"\n'
    cramped = task(r"Find $\eta^{a}$, that is $\frac{a}{2}$.", own)
    messages = [one.message for one in lint(cramped, "[draw]\na = [2, 3]\nb = [1, 2]")]
    assert any("draws b, which stands in no text" in one for one in messages)
    assert any("has only 4 variants" in one for one in messages)
    assert any("^{a} in task 1 loses its braces" in one for one in messages)
    fine = task(r"Find $\eta^{{a}}$.", own)
    assert lint(fine, '[draw]\na = "2..40"') == []


def test_at_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "own.toml"
    sheet.write_text('title = "Own"\n' + task("Find it.", 'kind = "range"\nkey = "eta < 0 and eta > 1"'))
    assert run(["sheet", str(sheet), "--lint"]) == 1
    assert capsys.readouterr().out.startswith("1: no value is in the range")
    assert run(["sheet", str(sheet), "--lint", "--json"]) == 1
    assert [row["kind"] for row in json.loads(capsys.readouterr().out)] == ["empty"]
    sheet.write_text('title = "Own"\n' + task("Find it.", 'kind = "expression"\nkey = "2*eta"'))
    assert run(["sheet", str(sheet), "--lint"]) == 0
    assert run(["sheet", str(tmp_path / "none.toml"), "--lint"]) == 2
    assert run(["sheet", str(sheet)]) == 2
    assert "-o" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["superset", "subset", "disjoint", "contains-other-regime", "end-included"])
def test_a_rubric_may_speak_of_how_two_ranges_differ(name: str) -> None:
    rest = f'kind = "range"\nkey = "0 < eta < 2"\nvariable = "eta"\nrubric = [{{ when = "{name}", points = 1 }}]'
    assert not [one for one in lint(task("Find it.", rest)) if one.kind == "rubric"]


def test_what_has_no_weight_has_one() -> None:
    parts = '[[task.part]]\nkey = "1"\nkind = "number"\n[[task.part]]\nkey = "2"\nkind = "number"\nweight = {}\noptional = "yes"\n'
    assert not [one for one in lint(task("Find it.", parts.format("0"))) if one.kind == "weights"]
    assert [one for one in lint(task("Find it.", parts.format("0.5"))) if one.kind == "weights"]


def test_numbers_that_a_variant_leaves_behind() -> None:
    rest = 'kind = "matrix"\nkey = "[[{a}, 0], [0, {a}]]"\nsynonyms = ["H = [[%s, 0], [0, 1]]"]\n[task.draw]\na = "7..40"\n'
    found = [one.message for one in lint(task("Find ${a}$.", rest % "7")) if one.kind == "draw"]
    assert len(found) == 1 and "whatever is drawn for a" in found[0]
    assert not [one for one in lint(task("Find ${a}$.", rest % "{a}")) if one.kind == "draw"]
