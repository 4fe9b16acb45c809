"""What the attacks on the kernel share: each is a function that builds a proof of something false; the kernel must refuse it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.language.statements import Derivation

Attack = Callable[[], Derivation]


def attacks() -> tuple[Callable[[Attack], Attack], Any]:
    """A decorator that collects the attacks of a file, and the decorator of the test that is run for each of them."""
    collected: list[Attack] = []

    def attack(function: Attack) -> Attack:
        collected.append(function)
        return function

    return attack, pytest.mark.parametrize("build", collected, ids=lambda function: function.__name__)


def refused(build: Attack) -> None:
    """The kernel refuses one of the steps, or the definitions."""
    derivation = build()
    with pytest.raises(Refused):
        check(derivation)
