"""What every result is tested for by existing: its certificate replays alone, is up to date, and holds in numbers."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from derivations.catalogue.discovery import FOLDER, derive_result, differences, index, results, stored, stored_data
from derivations.kernel.checker import verify
from derivations.language.answers import resolve
from derivations.language.certificates import certificate_from_json, certificate_to_json

from .models import Unknown, true_in
from .worlds import world

RESULTS = {result.id: result for result in results()}
IDS = [row["id"] for row in index()]

REPLAY = """
import json, sys, time

BLOCKED = ("sympy", "scipy", "z3", "numpy", "mpmath", "derivations.tactics", "derivations.problems", "derivations.reading")

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in BLOCKED):
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocker())
from pathlib import Path
from derivations.kernel.checker import verify
from derivations.language.certificates import certificate_from_json

total = 0.0
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    if path.name != "index.json":
        certificate = certificate_from_json(json.loads(path.read_text(encoding="utf-8")))
        start = time.process_time()
        verify(certificate)
        total += time.process_time() - start
        print(certificate.id)
for name in BLOCKED:
    assert name not in sys.modules, name
print(f"kernel time {total:.3f} s")
"""


def test_the_committed_certificates_replay_where_nothing_but_the_kernel_can_be_imported() -> None:
    done = subprocess.run([sys.executable, "-c", REPLAY, FOLDER], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    *ids, time_line = done.stdout.split("\n")[:-1]
    assert sorted(ids) == sorted(IDS)
    assert re.fullmatch(r"kernel time \d+\.\d+ s", time_line)
    print(f"\n{len(ids)} certificates, {time_line}")


def test_the_block_works() -> None:
    code = REPLAY.replace("from pathlib", "import sympy\nfrom pathlib", 1)
    done = subprocess.run([sys.executable, "-c", code, FOLDER], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "sympy is blocked" in done.stderr


def test_every_result_has_a_committed_certificate() -> None:
    assert sorted(IDS) == sorted(RESULTS)


@pytest.mark.parametrize("name", IDS)
def test_a_fresh_derivation_says_what_is_committed(name: str) -> None:
    certificate = derive_result(RESULTS[name])
    assert differences(certificate, stored_data(name)) == []
    assert certificate_to_json(certificate)["status"] == stored_data(name)["status"]


@pytest.mark.parametrize("name", IDS)
def test_the_answer_is_recomputed_from_the_conclusion(name: str) -> None:
    data = stored_data(name)
    certificate = certificate_from_json(data)
    derivation = certificate.derivation
    found = resolve(data["derivation"]["answer"], derivation.statement.conclusion)
    assert json.loads(json.dumps(found)) == data["answer"]
    assert derivation.steps[-1].claim == derivation.statement.conclusion


@pytest.mark.parametrize("name", IDS)
def test_no_hypothesis_is_unused(name: str) -> None:
    certificate = stored(name)
    unused = verify(certificate).unused
    print(f"{name}: unused {list(unused)}")
    assert unused == ()


@pytest.mark.parametrize("name", IDS)
def test_the_statement_holds_in_models_that_the_kernel_has_not_seen(name: str) -> None:
    """Not vacuous, and true of every set of numbers, functions and noises that satisfies the hypotheses."""
    statement = stored(name).derivation.statement
    held = 0
    for seed in range(60):
        model = world(statement, seed)
        try:
            if all(true_in(model, item.claim) for item in statement.hypotheses):
                assert true_in(model, statement.conclusion), f"false for {model.values}"
                held += 1
        except Unknown:
            continue
        if held == 16:
            break
    assert held >= 15, f"only {held} of 60 models satisfy the hypotheses: the statement may say nothing"
