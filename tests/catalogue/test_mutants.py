"""Mutation: what the checker accepts after a small change of a certificate must still be true."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from derivations.catalogue.discovery import FOLDER, index, stored
from derivations.kernel.checker import check
from derivations.kernel.errors import Refused
from derivations.language.errors import Malformed
from derivations.language.statements import Derivation

from .harmless import reason
from .mutants import Mutant, mutants

IDS = [row["id"] for row in index()]
SEED = 20240
Recorder = Callable[[str, object], None]


def drawn(derivation: Derivation, each: int, most: int) -> list[Mutant]:
    """At most so many mutants of each kind and mode, and at most so many in all; always the same ones."""
    groups: dict[tuple[str, bool], list[Mutant]] = defaultdict(list)
    for mutant in mutants(derivation):
        groups[mutant.kind, mutant.everywhere].append(mutant)
    generator = random.Random(SEED)
    found = [one for group in groups.values() for one in generator.sample(group, min(each, len(group)))]
    return generator.sample(found, min(most, len(found)))


def verdict(original: Derivation, mutant: Mutant) -> tuple[str, float]:
    """ "refused", or why it is harmless, or "FALSE"; and how many seconds the checker took."""
    changed = mutant.build()
    start = time.process_time()
    try:
        check(changed)
    except (Refused, Malformed):
        return "refused", time.process_time() - start
    seconds = time.process_time() - start
    return reason(original, changed) or "FALSE", seconds


def attack(name: str, each: int, record: Recorder, most: int = 10_000) -> None:
    derivation = stored(name).derivation
    counts: Counter[tuple[str, str]] = Counter()
    wrong, slow = [], []
    for mutant in drawn(derivation, each, most):
        found, seconds = verdict(derivation, mutant)
        counts[mutant.kind, found] += 1
        if found == "FALSE":
            wrong.append(f"{mutant.kind} at {mutant.where or 'the conclusion'} ({'everywhere' * mutant.everywhere})")
        if seconds > 2:
            slow.append(f"{mutant.kind} at {mutant.where}: {seconds:.1f} s")
    record("mutants", [[kind, found, count] for (kind, found), count in counts.items()])
    assert sum(counts.values()) >= min(18, most)
    assert not wrong, f"{name}: accepted, and nothing shows that they are true: {wrong}"
    assert not slow, f"{name}: {slow}"


@pytest.mark.parametrize("name", IDS)
def test_a_mutant_is_refused_or_true(name: str, record_property: Recorder) -> None:
    size = (Path(FOLDER) / f"{name}.json").stat().st_size  # of a large one each check takes long
    attack(name, 2, record_property, 8 if size > 80_000 else 18 if size > 30_000 else 10_000)


@pytest.mark.long
@pytest.mark.parametrize("name", IDS)
def test_many_mutants_are_refused_or_true(name: str, record_property: Recorder) -> None:
    attack(name, 40, record_property)


def test_the_judge_notices_what_is_false() -> None:
    """A changed conclusion is refused by the kernel; if it were not, it would be called false here."""
    judged = []
    for name in ("gd.newton-step", "gd.exponential-law", "hessian.nature"):
        derivation = stored(name).derivation
        for mutant in mutants(derivation):
            if not mutant.where and not mutant.everywhere and mutant.kind in ("direction", "constant", "strictness"):
                with pytest.raises((Refused, Malformed)):
                    check(mutant.build())
                judged.append(reason(derivation, mutant.build()) is None)
    assert len(judged) >= 20
    assert sum(judged) >= len(judged) // 2  # the others say less, or the same
