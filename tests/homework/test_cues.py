"""Cues: each phrase of the table is found by its cue, whatever stands in its gap."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from derivations.homework import cues

ROWS = tomllib.loads(Path(cues.__file__).with_name("cues.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_phrase_is_found(name: str) -> None:
    for phrase in ROWS[name]["phrases"]:
        words = phrase.replace(" ~ ", " whatever is ").replace("*", "")
        for said in (words, words[0].upper() + words[1:], words.replace(" ", "  "), words.replace("'", "’")):
            assert cues.cue(name, said) is not None, said
            assert cues.says(name, said), said


def test_a_word_of_a_phrase_is_no_phrase() -> None:
    assert cues.cue("hedges", "either of them") is None
    assert cues.cue("exactly", "the only one") is None
