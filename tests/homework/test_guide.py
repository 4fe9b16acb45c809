"""The docstrings of the homework rooms lead through all of their modules, and through no others."""

import re
from pathlib import Path

import pytest

import derivations.homework as room

ROOM = Path(room.__file__).parent


@pytest.mark.parametrize("folder", [ROOM, ROOM / "deciding", ROOM / "grading"], ids=lambda folder: folder.name)
def test_every_module_has_its_place_in_the_guide(folder: Path) -> None:
    named = set(re.findall(r"``([a-z_]+)``", (folder / "__init__.py").read_text(encoding="utf-8")))
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert not modules - named, f"say in {folder.name}/__init__.py what these are for: {sorted(modules - named)}"
    others = {"reading", "deciding", "grading", "undecided"}
    assert named - modules <= others, f"there is no such module: {sorted(named - modules - others)}"
