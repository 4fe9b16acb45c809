"""A certificate edited by hand and sealed again is refused wherever its meaning changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from derivations.catalogue.discovery import index, stored_data
from derivations.kernel.checker import verify
from derivations.kernel.errors import Refused
from derivations.language.certificates import certificate_from_json
from derivations.language.errors import Malformed
from derivations.language.serialise import seal

IDS = [row["id"] for row in index()]
Edit = Callable[[dict[str, Any]], None]


def edited(name: str, edit: Edit) -> dict[str, Any]:
    """The certificate after the edit, with a seal that fits it."""
    data = copy.deepcopy(stored_data(name))
    edit(data)
    content = {key: value for key, value in data.items() if key != "seal"}
    return {**content, "seal": seal(content)}


def change_answer(data: dict[str, Any]) -> None:
    answer = data["answer"]
    key = next(key for key, value in answer.items() if key != "kind" and value and isinstance(value, (str, list)))
    answer[key] = answer[key] + " + 1" if isinstance(answer[key], str) else answer[key][1:]


def add_to_answer(data: dict[str, Any]) -> None:
    data["answer"]["endpoints"] = ["and a remark of mine"]


def change_kind(data: dict[str, Any]) -> None:
    data["answer"]["kind"] = "words" if data["answer"]["kind"] != "words" else "number"


def change_both_answers(data: dict[str, Any]) -> None:
    """The words stand in the specification, too: it may bring none."""
    data["answer"]["text"] = data["derivation"]["answer"]["text"] = "eta < 3/lam"


def point_elsewhere(data: dict[str, Any]) -> None:
    data["derivation"]["answer"] = {**data["derivation"]["answer"], "text": {"$": "text", "at": []}}
    if data["answer"].get("text") is None:
        data["answer"]["text"] = "x"


def point_nowhere(data: dict[str, Any]) -> None:
    data["derivation"]["answer"] = {**data["derivation"]["answer"], "text": {"$": "text"}}


def change_status(data: dict[str, Any]) -> None:
    data["status"] = "cited" if data["status"] == "proved" else "proved"


FORMAL: list[Edit] = [
    change_answer, add_to_answer, change_kind, change_both_answers, point_elsewhere, point_nowhere, change_status,
]  # fmt: skip


@pytest.mark.parametrize("edit", FORMAL, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("name", IDS)
def test_an_answer_or_status_that_does_not_follow_is_malformed(name: str, edit: Edit) -> None:
    with pytest.raises(Malformed):
        certificate_from_json(edited(name, edit))


def cite_something(data: dict[str, Any]) -> None:
    data["rests_on"]["citations"] = ["a theorem"]
    data["status"] = "cited"


def count_a_rule_more(data: dict[str, Any]) -> None:
    rule = next(iter(data["rests_on"]["rules"]))
    data["rests_on"]["rules"][rule] += 1


def change_conclusion(data: dict[str, Any]) -> None:
    data["derivation"]["statement"]["conclusion"] = ["Not", data["derivation"]["statement"]["conclusion"]]
    data["derivation"]["answer"], data["answer"] = {"kind": "words"}, {"kind": "words"}


def claim_falsehood(data: dict[str, Any]) -> None:
    data["derivation"]["steps"][0]["claim"] = ["False"]


def conclude_falsehood(data: dict[str, Any]) -> None:
    data["derivation"]["statement"]["conclusion"] = data["derivation"]["steps"][-1]["claim"] = ["False"]
    data["derivation"]["answer"], data["answer"] = {"kind": "words"}, {"kind": "words"}


def drop_the_last_step(data: dict[str, Any]) -> None:
    data["derivation"]["steps"].pop()
    data["derivation"]["remarks"] = []


def drop_the_first_step(data: dict[str, Any]) -> None:
    data["derivation"]["steps"].pop(0)


def drop_a_definition(data: dict[str, Any]) -> None:
    statement = data["derivation"]["statement"]
    (statement["definitions"] or statement["hypotheses"]).pop(0)


def no_steps(data: dict[str, Any]) -> None:
    data["derivation"]["steps"] = []


def undeclare(data: dict[str, Any]) -> None:
    data["derivation"]["statement"]["variables"].pop(0)


PROOFS: list[Edit] = [
    cite_something, count_a_rule_more, change_conclusion, claim_falsehood, conclude_falsehood, drop_the_last_step,
    drop_the_first_step, drop_a_definition, no_steps, undeclare,
]  # fmt: skip


@pytest.mark.parametrize("edit", PROOFS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("name", IDS)
def test_a_proof_that_was_changed_is_refused(name: str, edit: Edit) -> None:
    certificate = certificate_from_json(edited(name, edit))
    with pytest.raises(Refused):
        verify(certificate)


@pytest.mark.parametrize("name", [row["id"] for row in index() if stored_data(row["id"])["derivation"]["statement"]["hypotheses"]])
def test_a_hypothesis_that_was_removed_is_missed(name: str) -> None:
    for i in range(len(stored_data(name)["derivation"]["statement"]["hypotheses"])):
        data = edited(name, lambda data, i=i: data["derivation"]["statement"]["hypotheses"].pop(i))
        with pytest.raises(Refused) as refusal:
            verify(certificate_from_json(data))
        assert refusal.value.reason in ("label", "domain", "scope")


@pytest.mark.parametrize("name", IDS)
def test_a_change_without_a_new_seal_is_noticed(name: str) -> None:
    data = copy.deepcopy(stored_data(name))
    data["title"] += "!"
    with pytest.raises(Malformed, match="seal"):
        certificate_from_json(data)


@pytest.mark.parametrize("name", IDS)
def test_the_words_do_not_matter(name: str) -> None:
    def rephrase(data: dict[str, Any]) -> None:
        for step in data["derivation"]["steps"]:
            step["because"] = ["for another reason"]

    verify(certificate_from_json(edited(name, rephrase)))
