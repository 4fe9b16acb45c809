"""What an author writes beside a question follows the drawn numbers, too: synonyms, words, accepted forms."""

from __future__ import annotations

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import keys_of
from derivations.homework.sheets import read_sheet
from derivations.homework.variants import drawn


@pytest.mark.parametrize("seed", ["anna"])
def test_the_matrix_of_a_variant_is_the_drawn_one(seed: str) -> None:
    spec = read_sheet("stage3")
    low, tall = (spec.draws[""].drawn(seed, "", 0)[0][name] for name in ("low", "tall"))
    assert (low, tall) != (2, 10)  # the sheet's own
    found = drawn(spec, seed)
    task = keys_of(found.spec, found.solutions).task("4.1")
    assert task is not None
    assert Checker(task).check(f"H e_1 = {low} e_1, H e_2 = {tall} e_2").verdict == "correct"
    assert Checker(task).check("H e_1 = 2 e_1, H e_2 = 10 e_2").verdict in ("incorrect", "partial")
