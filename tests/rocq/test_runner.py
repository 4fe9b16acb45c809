"""What the runner refuses: words that postulate, axioms that are not the library's, another statement; and a missing compiler."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli.helpers import Program

from derivations.catalogue.discovery import index, stored, stored_data
from derivations.kernel.table import Table
from derivations.language.certificates import certificate_to_json
from derivations.language.serialise import derivation_from_json
from derivations.language.statements import Derivation, Hypothesis, Statement, Step, Symbol
from derivations.language.terms import ONE, Term, add, apply, eq, for_all, symbol
from derivations.rocq.emit import HEAD, emit, rocq_name
from derivations.rocq.errors import Unsupported
from derivations.rocq.names import Names
from derivations.rocq.runner import WHITELIST, Workplace, assumptions, forbidden


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(capsys)


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Proof. Admitted.", "Axiom f : False.", "Parameter x : R.", "  admit.", "Hypothesis H : False."])
def test_words_that_postulate_are_found(text: str) -> None:
    assert forbidden(HEAD + text)


@pytest.mark.parametrize("text", ["(* Axiom *) Lemma a : True.", "Lemma no_axiom : True.", "(* (* Admitted *) Admitted *)"])
def test_comments_and_other_words_are_not(text: str) -> None:
    assert forbidden(HEAD + text) is None


def test_a_comment_that_does_not_close_hides_nothing_that_coqc_reads(workplace: Workplace) -> None:
    outcome = workplace.certify("open", HEAD + "Theorem open : True. (* Proof. exact I. Qed.")
    assert not outcome.accepted


def test_printed_assumptions_are_read() -> None:
    assert assumptions("Closed under the global context\n") == set()
    printed = "Axioms:\nClassicalDedekindReals.sig_not_dec : forall P : Prop, {~ ~ P} + {~ P}\nmine : False\n"
    assert assumptions(printed) == {"ClassicalDedekindReals.sig_not_dec", "mine"}
    assert assumptions("something else") - WHITELIST


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_postulate_in_other_words_is_found_by_its_axiom(workplace: Workplace) -> None:
    """A section variable of a false type, or a primitive that postulates: ``Print Assumptions`` sees what the text hides."""
    text = HEAD + "Require Import Coq.Logic.ProofIrrelevance.\nTheorem other : forall (P : Prop) (a b : P), a = b.\n"
    outcome = workplace.certify("other", text + "Proof. exact proof_irrelevance. Qed.\n")
    assert not outcome.accepted and "proof_irrelevance" in outcome.reason


def test_a_theorem_of_another_statement_is_refused(workplace: Workplace) -> None:
    outcome = workplace.certify("gd_regimes", HEAD + "Theorem gd_regimes : True.\nProof. exact I. Qed.\n")
    assert not outcome.accepted and "Spec" in outcome.reason


def test_an_unfinished_proof_is_refused(workplace: Workplace) -> None:
    outcome = workplace.certify("unfinished", HEAD + "Theorem unfinished : 1 = 2.\nProof. lra. Qed.\n")
    assert not outcome.accepted


# --- names ----------------------------------------------------------------------------------------------------------


def _identity(*names: tuple[str, str], claim: Term, label: str = "1") -> Derivation:
    statement = Statement(tuple(Symbol(*name) for name in names), (), (), claim)
    return Derivation(statement, (Step(label, "identity", claim),))


NAMES = ["x", "fun", "S", "exp", "lam", "arg1", "x_h1", "S1", "H1", "signs_sound", "E", "w", "Ω", "ä", "INR", "delta", "fsum", "at"]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_variable_disturbs(name: str, workplace: Workplace) -> None:
    claim = eq(add(symbol(name), symbol("y")), add(symbol("y"), symbol(name)))
    derivation = _identity((name, "real"), ("y", "real"), claim=for_all(name, claim))
    step = replace(derivation.steps[0], claim=claim)
    last = Step("2", "generalise", for_all(name, claim), ("1",))
    whole = replace(derivation, steps=(step, last))
    outcome = workplace.certify(f"name_{NAMES.index(name)}", emit(whole, f"name_{NAMES.index(name)}"))
    assert outcome.accepted, outcome.reason


def test_a_partial_derivative_captures_no_variable() -> None:
    """The bound variables of nested derivatives are none of the user's."""
    table = Table((Symbol("arg1", "real"), Symbol("arg2", "real"), Symbol("L", "function")))
    formula = eq(Term("Derivative", ("L", (1, 1), symbol("arg2"), symbol("arg1"))), ONE)
    names = Names(table, [formula])
    assert {names.variable("arg1"), names.variable("arg2")} == {"arg1'", "arg2'"}


def test_a_label_cannot_smuggle_in_a_sentence() -> None:
    claim = eq(symbol("x"), symbol("x"))
    bad = Hypothesis("H1). Admitted. Theorem other : True. Proof. assert (H", claim)
    derivation = Derivation(Statement((Symbol("x", "real"),), (), (bad,), claim), (Step("1", "identity", claim),))
    with pytest.raises(Unsupported):
        emit(derivation, "smuggled")
    with pytest.raises(Unsupported):
        emit(_identity(("x", "real"), claim=claim, label="1 *) Admitted. (*"), "smuggled")


def test_a_function_and_a_variable_of_one_name_are_kept_apart(workplace: Workplace) -> None:
    claim = eq(apply("x", symbol("x")), apply("x", symbol("x")))
    text = emit(_identity(("x", "real"), ("x", "function"), claim=claim), "both")
    assert "x x'" in text and workplace.certify("both", text).accepted


# --- the command ----------------------------------------------------------------------------------------------------


def test_without_coqc_there_is_one_clear_line(program: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = program("certify", "gd.newton-step")
    assert done.code == 3 and done.out == "" and "apt-get install coq" in done.err


def test_a_name_that_is_no_result(program: Program, workplace: Workplace) -> None:
    done = program("certify", "gd.regime")
    assert done.code == 2 and "did you mean gd.regimes?" in done.err


def test_certify_prints_a_line_for_each_and_keeps_the_files(program: Program, workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "theories").symlink_to(workplace.theories)
    done = program("certify", "gd.newton-step", "hessian.two-parameters", "-o", str(tmp_path))
    assert done.code == 0, done.out
    assert [line.partition(": certified")[0] for line in done.out.splitlines()] == ["gd.newton-step", "hessian.two-parameters"]
    assert (tmp_path / "results" / "gd_newton_step.v").read_text(encoding="utf-8").startswith(HEAD)


def test_a_certificate_of_ones_own(program: Program, workplace: Workplace, tmp_path: Path) -> None:
    (tmp_path / "theories").symlink_to(workplace.theories)
    path = tmp_path / "mine.json"
    program("derive", "hessian", "--loss", "x*y + x**2", "--at", "x=0,y=0", "--format", "certificate", "-o", str(path))
    done = program("certify", str(path), "-o", str(tmp_path))
    assert done.code == 0 and "mine.json: certified (" in done.out, done.out


def test_a_false_certificate_is_refused_by_coqc_alone(program: Program, workplace: Workplace, tmp_path: Path) -> None:
    """The kernel is not asked here: an edited conclusion, with a seal that fits, has to fail in coqc."""
    (tmp_path / "theories").symlink_to(workplace.theories)
    data = json.dumps(stored_data("hessian.two-parameters")["derivation"])
    changed = derivation_from_json(json.loads(data.replace('["Number", "4"]', '["Number", "5"]')))
    whole = replace(stored("hessian.two-parameters"), derivation=changed)
    assert whole.derivation.statement.conclusion != stored("hessian.two-parameters").derivation.statement.conclusion
    path = tmp_path / "false.json"
    path.write_text(json.dumps(certificate_to_json(whole)), encoding="utf-8")
    done = program("certify", str(path), "-o", str(tmp_path))
    assert done.code == 1 and "refused" in done.out, done.out


def test_show_prints_the_file_and_what_the_result_rests_on(program: Program) -> None:
    shown = program("show", "gd.newton-step", "--format", "rocq")
    assert shown.code == 0 and f"Theorem {rocq_name('gd.newton-step')} :" in shown.out
    every = program("show", "--trust")
    assert every.code == 0 and all(f"{row['id']}: " in every.out for row in index())
    one = program("show", "gd.newton-step", "--trust")
    for word in ("rules of the kernel", "lemmas of Basics", "axioms", "certified by coqc", "Spec.gd_newton_step"):
        assert word in one.out
    assert program("show").code == 2


def test_the_page_says_that_it_is_certified(program: Program) -> None:
    assert stored("gd.regimes").certified
    for form in ("text", "html", "latex", "md"):
        assert "certified by coqc" in program("show", "gd.regimes", "--format", form).out.replace("\n", " ")
