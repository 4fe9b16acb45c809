"""The page on answers names every part that the committed results have, under the question of the result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from derivations.catalogue.discovery import index, stored_data
from derivations.language.certificates import certificate_from_json

from .blocks import DOCS

PAGE = (DOCS / "answers.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^##+ ", PAGE, flags=re.MULTILINE)
COMMON = next(one for one in SECTIONS if one.startswith("In every answer"))
RESULTS = {row["id"]: row["question"] for row in index()}
NAMES_OF_THE_PROBLEM = {"at", "approx", "optimal"}  # below these stand its variables


def parts(answer: Any) -> Iterator[str]:
    for name, value in answer.items() if isinstance(answer, dict) else ():
        yield name
        for row in () if name in NAMES_OF_THE_PROBLEM else value if isinstance(value, (list, tuple)) else (value,):
            yield from parts(row)


@pytest.mark.parametrize("question", sorted(set(RESULTS.values())))
def test_every_part_of_an_answer_is_explained(question: str) -> None:
    (section,) = (one for one in SECTIONS if f"`{question}`" in one.split("\n", 1)[0])
    for result in (one for one, asked in RESULTS.items() if asked == question):
        answer = certificate_from_json(stored_data(result)).answer
        told = {name for name in parts(answer) if name.isidentifier() and not re.search(r"\d", name)}
        assert not {name for name in told if f"`{name}`" not in section + COMMON}, result


def test_no_question_is_made_up() -> None:
    asked = {name for one in SECTIONS for name in re.findall(r"`([\w-]+)`", one.split("\n", 1)[0])}
    assert asked == set(RESULTS.values())
