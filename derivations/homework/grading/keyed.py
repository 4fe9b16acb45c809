"""The sheet as grading needs it: its tasks, what each student's answers are checked by, and its author's words.

Where students have variants, those who drew the same numbers for a task share its key, so that an answer is still checked once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from derivations.homework.grading.journal import Journal, fingerprint
from derivations.homework.keys import SheetKey, TaskKey, sheet_key_from_json, sheet_key_to_json
from derivations.homework.placeholders import variant_code
from derivations.homework.rosters import Seeds
from derivations.homework.sheets import SheetSpec, read_sheet
from derivations.language.errors import Unusable
from derivations.version import __version__

NO_KEY = "there is no key to this task; a person will look at the answer"
NO_VARIANT = "it is not known which variant of the sheet this student had; a person will look at the answer"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A sheet's tasks in order, their points, and keys by name: a key's name is its task's, or with variants a hash's.

    ``names`` gives for each student who has a variant the name of the key to each task, ``variants`` its code; ``drawn`` says that
    students have variants, so that nobody is checked by the numbers of the sheet itself.
    """

    name: str
    title: str
    ids: tuple[str, ...]
    points: Mapping[str, float]
    keys: Mapping[str, TaskKey]
    statements: tuple[str, ...] = ()
    placeholders: frozenset[str] = frozenset()
    spec: SheetSpec | None = None
    drawn: bool = False
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)

    def key_of(self, student: str, task: str) -> str:
        """The name of the key by which a student's answer is checked; none has it where there is no key."""
        return self.names.get(student, {}).get(task, f"{task}\n") if self.drawn else task

    def key(self, student: str, task: str) -> TaskKey | None:
        return self.keys.get(self.key_of(student, task))

    def reason(self, name: str) -> str:
        """Why there is no such key."""
        return NO_VARIANT if name.endswith("\n") else NO_KEY

    def by_task(self) -> dict[str, TaskKey]:
        """A key to each task: variants differ in their numbers, not in their letters."""
        return {key.task: key for key in reversed(list(self.keys.values()))}


def keyed(sheet: str | SheetKey) -> Keyed:
    """The sheet with its own keys."""
    if isinstance(sheet, SheetKey):
        ids = (*(key.task for key in sheet.tasks), *sheet.missing)
        points = {key.task: key.points for key in sheet.tasks} | dict.fromkeys(sheet.missing, 0.0)
        return Keyed(sheet.sheet, sheet.title, ids, points, {key.task: key for key in sheet.tasks})
    from derivations.homework.keying import sheet_key

    spec = read_sheet(sheet)
    return _of(spec, sheet_key(sheet))


def unkeyed(sheet: str | SheetKey) -> Keyed:
    """The sheet before its students' variants are drawn. Raises Unusable where it leaves no number open."""
    if isinstance(sheet, SheetKey):
        raise Unusable("variants are drawn from a sheet, not from keys", sheet.sheet, (0, len(sheet.sheet)))
    from derivations.homework.variants import Drawing

    spec = Drawing(read_sheet(sheet)).spec
    return replace(_of(spec, SheetKey(spec.name or spec.title, spec.title, ())), drawn=True)


def _of(spec: SheetSpec, key: SheetKey) -> Keyed:
    items = spec.data.get("task", ())
    return Keyed(
        key.sheet,
        key.title,
        tuple(task.id for task in spec.tasks),
        {task.id: task.points for task in spec.tasks},
        {one.task: one for one in key.tasks},
        tuple(paragraph for item in items for paragraph in str(item["text"]).split("\n\n")),
        frozenset(name for draws in spec.draws.values() for name in draws.names),
        spec,
    )


def with_variants(
    sheet: Keyed, seeds: Seeds, students: Iterable[str], journal: Journal, problems: list[str], progress: Progress | None
) -> Keyed:
    """The sheet with the keys of every student's variant. Whose variant is not known, or cannot be drawn, is among the problems."""
    texts: dict[str, list[str]] = {}
    for student in students:
        text = seeds.of(student)
        if text is None:
            problems.append(f"{student}: it is not said which variant of the sheet this student had")
        else:
            texts.setdefault(text, []).append(student)
    keys: dict[str, TaskKey] = {}
    names: dict[str, dict[str, str]] = {}
    for count, (text, key) in enumerate(_drawn(sheet, list(texts), journal), start=1):
        if isinstance(key, Unusable):
            problems.append(f"{', '.join(texts[text])}: the variant cannot be drawn: {key.message}")
        else:
            own = {one.task: (f"{one.task} {fingerprint(one, '')[:20]}", one) for one in key.tasks}
            keys |= dict(own.values())
            named = {task: name for task, (name, _) in own.items()}
            for student in texts[text]:
                names[student] = named
        if progress is not None:
            progress(count, len(texts))
    codes = {student: variant_code(text) for text, found in texts.items() for student in found if student in names}
    return replace(sheet, keys=keys, names=names, variants=codes)


def _drawn(sheet: Keyed, texts: list[str], journal: Journal) -> Iterator[tuple[str, SheetKey | Unusable]]:
    """The keys of each text's variant; a run that was killed has left those that it had found."""
    from derivations.homework.keying import keys_of
    from derivations.homework.variants import Drawing

    assert sheet.spec is not None
    content = json.dumps([__version__, sheet.spec.name, sheet.spec.data], sort_keys=True, default=str)
    hashes = {text: hashlib.sha256(f"variant\n{content}\n{text}".encode()).hexdigest() for text in texts}
    known = journal.read(hashes.values())
    drawing = Drawing(sheet.spec)
    for text, name in hashes.items():
        if name in known:
            yield text, sheet_key_from_json(json.loads(known[name]))
            continue
        try:
            variant = drawing.drawn(text)
        except Unusable as error:
            yield text, error
            continue
        found = keys_of(variant.spec, variant.solutions)
        journal.add(name, json.dumps(sheet_key_to_json(found)))
        journal.flush()
        yield text, found
