"""Which text draws each student's variant of a sheet: one for all, one that each student's own follows from, or a table of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from derivations.homework.small_tables import read_rows
from derivations.language.errors import Unusable


@dataclass(frozen=True, slots=True)
class Seeds:
    """``shared`` draws one variant for all, or with ``each`` a variant of each student's own; ``named`` says otherwise of some."""

    shared: str | None = None
    each: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, student: str) -> str | None:
        """The text that draws the student's variant; None if nobody said."""
        named = self.named.get(_plain(student))
        if named is not None or self.shared is None:
            return named
        return seed_of(self.shared, student) if self.each else self.shared


def seed_of(seed: str, student: str) -> str:
    """The text that draws a student's own variant, where a course has one seed for all: SEED/STUDENT."""
    return f"{seed}/{student}"


def own_seed(seed: str | None, student: str | None) -> str | None:
    """The text that draws the variant of which somebody speaks by --seed and --student."""
    if student is None:
        return seed
    if seed is None:
        raise Unusable("a student's own variant needs the text that draws all of them: --seed TEXT", student, (0, len(student)))
    return seed_of(seed, student)


def read_roster(path: str, seed: str | None) -> dict[str, str]:
    """Each student of the table with the text of the column ``seed``; where that is empty, or missing, with SEED/STUDENT.

    Raises Unusable where the table is none, names somebody twice, or leaves a text open though there is no ``seed``.
    """
    found: dict[str, str] = {}
    name = Path(path).name
    for line, row in read_rows(Path(path), ("student", "seed"), ("student",)):
        student, own = row["student"], row.get("seed", "")
        if not student:
            continue
        if not own and seed is None:
            hint = "give it a column seed, or give --seed TEXT"
            raise Unusable(f"{name}, line {line}: there is no seed for this student", student, (0, len(student)), hint)
        text = own or seed_of(str(seed), student)
        if found.setdefault(student, text) != text:
            raise Unusable(f"{name}, line {line}: this student has another seed above", student, (0, len(student)))
    if not found:
        raise Unusable("there is no student in it", path, (0, len(path)))
    return found


def seeds_of(seed: str | None, each: bool, roster: str | None) -> Seeds | None:
    """What the options of ``grade`` say; None for the sheet as it stands. Without ``each`` only a roster's students have seeds."""
    if roster is not None:
        named = {_plain(student): text for student, text in read_roster(roster, seed).items()}
        return Seeds(seed if each else None, each, named)
    if each and seed is None:
        raise Unusable("a variant for each student needs --seed TEXT, or --seeds FILE.csv")
    return None if seed is None else Seeds(seed, each)


def _plain(student: str) -> str:
    """The name as it is compared: however a file system composes its letters, and without a spreadsheet's apostrophe."""
    name = unicodedata.normalize("NFC", student).strip()
    return name[1:] if name[:1] == "'" and name[1:2] in ("=", "+", "-", "@") else name
