"""One folder with compiled theories for the whole session, shared by all processes of it."""

from __future__ import annotations

import fcntl
import os
import shutil

import pytest

from derivations.language.errors import Undecided
from derivations.rocq.runner import INSTALL, Workplace


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Compiled theories. Skips where there is no coqc, or no Coquelicot; a theory that coqc refuses is a failure."""
    if shutil.which("coqc") is None:
        pytest.skip(f"coqc is not installed ({INSTALL})")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "rocq"
    folder.mkdir(exist_ok=True)
    place = Workplace(folder, 1 if os.environ.get("PYTEST_XDIST_WORKER") else 2)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            place.prepare()
        except Undecided as problem:
            if INSTALL in str(problem):
                pytest.skip(str(problem))
            raise
    return place
