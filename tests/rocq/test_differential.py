"""The kernel and coqc, side by side: what the kernel accepts, coqc accepts; what it refuses, coqc refuses, or it is true.

The rows beside each rule (``derivations/kernel/cases``) become proofs of one step. Random proofs are added.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest
from kernel.test_cases import FILES

from derivations.kernel.rules import RULES
from derivations.language.statements import Derivation
from derivations.rocq.emit import emit
from derivations.rocq.errors import Unsupported
from derivations.rocq.runner import Workplace

from .generated import accepted
from .helpers import NOT_WRITTEN, accepts, as_derivation, emit_boldly, refusals, theorems_accepted, under_hypotheses

Recorder = Callable[[str, object], None]


def _claim(rule: str, row: int) -> str:
    """A claim that is too long to be repeated."""
    return str(FILES[rule]["accepted"][row]["claim"])


# Accepted rows that have no Rocq text, or none that coqc takes: the rule, the claim, and why.
NOT_COVERED = {
    ("smooth", "Smooth(f, 2)", 3): "a function of two arguments",
    ("derivative", _claim("derivative", 7), 7): "a function of two arguments",
    ("linear-iteration", _claim("linear-iteration", 2), 2): "it rests on a cited theorem: three states",
    ("schur-cohn", _claim("schur-cohn", 2), 2): "it rests on a cited theorem: degree three",
    ("schur-cohn-closed", _claim("schur-cohn-closed", 2), 2): "it rests on a cited theorem: degree three",
    ("schur-cohn-closed", _claim("schur-cohn-closed", 3), 3): "it rests on a cited theorem: degree four",
    ("identity", _claim("identity", 24), 24): "the tactic does not know which functions are odd",
    ("sign-table", "0 < h**4 - h + 1", 3): "an irreducible polynomial of degree four",
}

# Rules about properties that Rocq has no words for yet: results that use them are not certified, and say so.
NOT_IN_ROCQ = ("double-points", "hessian-of-units", "units-rank", "normal-moments", "marchenko-pastur", "watson")

# Refused rows that coqc accepts, because they are true: the rule does not see it, or asks for more than truth. The rule, what
# its row says in explanation, and why it is true.
TRUE_ALL_THE_SAME = {
    (
        "at-most-independent",
        "another field",
    ): "the claim speaks of its field alone; that the flow is another one is not in it",
    ("at-most-independent", "how y moves is no premise"): "the claim speaks of its field alone",
    ("at-most-in-common", "another flow"): "the claim speaks of its polynomials alone; that the flow is another one is not in it",
    ("at-most-in-common", "how y moves is no premise"): "the claim speaks of its polynomials alone",
    ("at-most-in-common", "one and the same function for both fields"): "the claim speaks of its polynomials alone",
    (
        "independent",
        "not known to be conserved",
    ): "the gradients are independent, whether the quantity is conserved or not",
    (
        "no-polynomial",
        "another field",
    ): "the claim speaks of its field alone; that the flow is another one is not in it",
    ("no-polynomial", "how y moves is no premise"): "the claim speaks of its field alone",
    (
        "at-most-independent",
        "a field depends on where one is, not on where one started: here nothing moves, and x is conserved",
    ): "the claim speaks of its field alone, in which x(0) is a number like another",
    ("independent", "a quantity that is another one for each start"): "it is about gradients; x(0) is a number like another",
    ("cases", "a case is missing"): "a square is not negative, in the case that is missing neither",
    ("cases", "no disjunction"): "both parts hold, and the branch treats one of them",
    ("cases", "the case that is the claim itself needs a branch, too"): "the missing case is the claim itself",
    ("rank-at-least", "true, but not the rank at that point"): "at least two are at least one",
    ("hessian-there", "one moment is given twice"): "it has two values, and from that anything follows",
    ("hessian-there", "two laws"): "of which one is enough",
    ("hessian-there", "no covariance is like this"): "no data are normal in this sense; the mean follows all the same",
    ("conjunction", "x <= 1 is weaker, but it is no premise"): "x <= 1 follows from x < 1",
    ("conjunction", "a single formula"): "the claim is the premise",
    ("conjunction", "a premise that is a conjunction is not opened: use signs"): "the premise contains the part",
    ("exhibit", "the value may not be random"): "for each outcome there is such a number",
    ("finite-sum", "the index runs from 1 to n"): "both sides are the same; in Rocq the family has values beyond n",
    ("generalise", "join the premises first"): "both parts hold for all x",
    (
        "identity",
        "this needs the rule expectation",
    ): "an expectation is linear; the kernel has a rule of its own for that",
    ("instantiate", "a value for what is not quantified"): "the value too many does no harm",
    ("number-sign", "a variable occurs"): "x < x + 1",
    ("number-sign", "there is no such root"): "in Rocq there is a number sqrt(-1), and its product with zero is zero",
    ("number-sign", "there is no such number"): "in Rocq there is a number 1/0, and it is equal to itself",
    ("positive-definite", "not lower triangular"): "the matrix is positive definite; the template needs no witness",
    ("quadratic-form", "one variable per row"): "2*u**2 is positive unless u = 0",
    ("roots-within", "a condition is missing"): "the condition that is missing follows from two others",
    ("roots-within", "h may be zero"): "it holds for every number p/h, and in Rocq p/0 is one",
    ("roots-within", "the conditions stand in one order"): "the order of the conditions does not matter",
    ("signs", "sums of inequalities: use polynomial-implication"): "a sum of inequalities",
    ("signs", "transitivity between different factors"): "the order is transitive",
    ("suppose", "an assumption that is weaker than the parts"): "the branch assumes less",
    (
        "local-rate",
        "the slope is called like the start",
    ): "the slope is another variable than the start that is quantified over; Rocq keeps them apart",
    ("local-rate", "the slope is called like the radius"): "the slope is another variable than the radius",
    ("local-rate", "the start occurs twice"): "x(t, s, s) is a sequence that starts at s, too",
    (
        "local-rate",
        "how near is near enough may depend on chance",
    ): "in Rocq the radius may depend on the outcome: for each there is one",
    ("part", "weaker than a part, but no part"): "x < 2 follows from x < 1",
    ("part", "one premise"): "the claim is one of the premises",
    ("same-root", "the interval is empty"): "both sides are one number",
    (
        "combination",
        "what is said of n says nothing inside the sum",
    ): "the sums are the same, and outside of them n is 2",
    ("combination", "it may hold for one outcome only"): "the claim is the premise",
    ("entrywise", "sums of premises are not formed: the trace needs an equation of its own"): "the sum of the premises",
    ("real-roots", "there are two variables"): "x - y = 0 says x = y",
    ("linear-iteration", "the step may not be defined"): "it holds for every number m, and in Rocq 1/0 is one",
    ("sign-table", "the quantity must be a product"): "a square and one are positive, whatever is squared",
    ("sign-table", "two quantities"): "a term is moved to the other side",
    (
        "limit",
        "there may be no such place",
    ): "in Rocq a/a is some number, and the limit of a constant is the same everywhere",
}


NAMES = [rule for rule in RULES if rule not in NOT_IN_ROCQ]
BUNDLES = [NAMES[i : i + 6] for i in range(0, len(NAMES), 6)]  # rules whose rows go to one process


def theorem_name(*parts: object) -> str:
    return "_".join(str(part).replace("-", "_") for part in parts)


# --- rows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", BUNDLES, ids="+".join)
def test_coqc_accepts_what_the_rules_accept(rules: list[str], workplace: Workplace, record_property: Recorder) -> None:
    theorems, problems, known, count = {}, {}, set(), 0
    for rule in rules:
        for i, row in enumerate(FILES[rule]["accepted"]):
            name, count = theorem_name(rule, i), count + 1
            known |= {name} if (rule, str(row["claim"]), i) in NOT_COVERED else set()
            derivation = as_derivation(rule, row, FILES[rule]["names"])
            assert accepts(derivation), f"{name} is not the row any more: {row['claim']}"
            try:
                theorems[name] = emit(derivation, name)
            except Unsupported as problem:
                problems[name] = str(problem)
    problems |= refusals(workplace, f"accepted_{theorem_name(rules[0])}", theorems)
    record_property("accepted rows", [count, count - len(problems)])
    unexpected = {name: problem for name, problem in problems.items() if name not in known}
    assert not unexpected, "\n".join(f"{name}: {problem}" for name, problem in unexpected.items())
    assert known <= set(problems), f"covered by now: {known - set(problems)}"


@pytest.mark.parametrize("rule", NOT_IN_ROCQ)
def test_what_rocq_has_no_words_for_is_not_written(rule: str) -> None:
    for row in FILES[rule]["accepted"]:
        derivation = as_derivation(rule, row, FILES[rule]["names"])
        assert accepts(derivation)
        with pytest.raises(Unsupported, match="is not written in Rocq"):
            emit(derivation, "unwritten")


def test_the_list_of_what_is_not_covered_is_short() -> None:
    assert all(FILES[rule]["accepted"][i]["claim"] == claim for rule, claim, i in NOT_COVERED)
    assert 20 * len(NOT_COVERED) <= sum(len(data["accepted"]) for data in FILES.values())


@pytest.mark.parametrize(("rule", "row"), [("linear-iteration", 2), ("schur-cohn", 2), ("schur-cohn-closed", 3)])
def test_what_rests_on_a_cited_theorem_is_not_written(rule: str, row: int) -> None:
    """Three states and degree three or more: no template, and the reason is said."""
    derivation = as_derivation(rule, FILES[rule]["accepted"][row], FILES[rule]["names"])
    with pytest.raises(Unsupported, match="rests on a cited theorem"):
        emit(derivation, "cited")


@pytest.mark.parametrize("rules", BUNDLES, ids="+".join)
def test_coqc_refuses_what_the_rules_refuse_or_it_is_true(
    rules: list[str], workplace: Workplace, record_property: Recorder
) -> None:
    """Each row with the emitter's own text, and where a template refuses with whatever Coq's tactics can do instead."""
    theorems, rows = {}, {}
    for rule in rules:
        for kind in ("refused", "known_limit"):
            for i, row in enumerate(FILES[rule][kind]):
                name = theorem_name(rule, kind, i)
                if row.get("reason") == "too-large":  # refused unseen; Coq would compute for hours
                    continue
                with contextlib.suppress(*NOT_WRITTEN):
                    theorems[name] = emit_boldly(under_hypotheses(rule, row, FILES[rule]["names"]), name)
                    rows[name] = (rule, str(row.get("because", row["claim"])))
    accepted_by_coqc = theorems_accepted(workplace, theorems)
    record_property("refused rows", [len(theorems), len(accepted_by_coqc)])
    found, known = {rows[name] for name in accepted_by_coqc}, {row for row in TRUE_ALL_THE_SAME if row[0] in rules}
    assert len(found) == len(accepted_by_coqc), "two rows with one explanation"
    assert found == known, f"accepted: {found - known}; not accepted any more: {known - found}"
    for rule in rules:
        assert any(row[0] == rule and row not in found for row in rows.values()), f"{rule}: coqc refuses no row"


# --- random proofs --------------------------------------------------------------------------------------------------


def compare(seed: int, count: int, place: Workplace, record: Recorder) -> None:
    proofs: dict[str, Derivation] = {}
    for i, derivation in enumerate(accepted(random.Random(seed), count)):
        proofs[f"random_{seed}_{i}"] = derivation
    theorems, problems = {}, {}
    for name, derivation in proofs.items():
        try:
            theorems[name] = emit(derivation, name)
        except Unsupported as problem:
            problems[name] = str(problem)
    problems |= refusals(place, f"random_{seed}", theorems)
    record("random proofs", [len(proofs), len(problems)])
    assert len(proofs) >= count * 2 // 3
    assert not problems, "\n".join(f"{proofs[name].statement}\n{problem}" for name, problem in problems.items())


@pytest.mark.parametrize("seed", range(2))
def test_coqc_accepts_random_proofs_that_the_kernel_accepts(
    seed: int, workplace: Workplace, record_property: Recorder
) -> None:
    compare(seed, 24, workplace, record_property)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 22))
def test_coqc_accepts_many_random_proofs(seed: int, workplace: Workplace, record_property: Recorder) -> None:
    compare(seed, 48, workplace, record_property)


# --- the comparison itself ------------------------------------------------------------------------------------------


def test_a_theorem_that_is_wrong_is_named(workplace: Workplace) -> None:
    """Among right ones, the wrong ones are found, whichever way they are put to Coq."""
    theorems = {f"sum_{n}": f"\nTheorem sum_{n} :\n  1 + {n} = {n + n % 2}.\nProof. lra. Qed.\n" for n in range(1, 4)}
    right = {name for name in theorems if int(name[-1]) % 2}
    assert set(refusals(workplace, "sums", theorems)) == set(theorems) - right
    assert theorems_accepted(workplace, theorems) == right


def test_a_proof_that_gives_up_is_no_proof(workplace: Workplace) -> None:
    theorems = {
        "lazy": "\nTheorem lazy :\n  0 = 1.\nProof. Admitted.\n",
        "unfinished": "\nTheorem unfinished :\n  0 = 1.\nProof.\n",
    }
    assert set(refusals(workplace, "lazy", {"lazy": theorems["lazy"]})) == {"lazy"}
    assert theorems_accepted(workplace, {"unfinished": theorems["unfinished"]}) == set()
