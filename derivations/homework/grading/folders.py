"""Files and folders of submissions, read without following a link or opening an archive, within limits of size.

A path is a table, one student's file, or a folder: with a folder for each student, a file for each, or one student's files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derivations.homework.grading.documents import latex_cells, markdown_cells, notebook_cells
from derivations.homework.grading.labels import Labels
from derivations.homework.grading.safety import visible
from derivations.homework.grading.splitting import Splitter
from derivations.homework.grading.submissions import Cell, Found, Submissions, encodable
from derivations.homework.grading.tables import read_table
from derivations.language.errors import Unusable

FILE_LIMIT = 5_000_000  # bytes
TABLE_LIMIT = 500_000_000
FOLDER_LIMIT = 50_000_000
COUNT_LIMIT = 1_000
DEPTH_LIMIT = 12
_TEXTS = (".md", ".markdown", ".txt", ".tex", ".ipynb")
_TABLES = (".csv", ".tsv")
_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
_UNREADABLE = (
    ".pdf",
    ".doc",
    ".docx",
    ".odt",
    ".rtf",
    ".pages",
    ".xls",
    ".xlsx",
    ".ods",
    ".html",
    ".htm",
    ".png",
    ".jpg",
    ".jpeg",
    ".heic",
    ".lyx",
    ".qmd",
)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    shown: str  # relative to what was named
    size: int

    @property
    def ending(self) -> str:
        return os.path.splitext(self.path)[1].lower()

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.path))[0]


def gather(
    paths: Iterable[str], labels: Labels, statements: Sequence[str] = (), places: Iterable[str] = ()
) -> Submissions:
    """Everything that was handed in. Raises Unusable if a path that was named cannot be used at all.

    ``statements`` are the sheet's own paragraphs, with ``{name}`` for each of ``places`` where any number may stand.
    """
    gathering = _Gathering(Splitter(labels, statements, places), labels)
    paths = list(paths)
    alone = _students(paths)
    for path in paths:
        gathering.path(path, path in alone)
    if not gathering.into.students:
        problems = "\n".join(gathering.into.problems[:10])
        raise Unusable("there is no submission in what was named" + (f":\n{problems}" if problems else ""))
    return gathering.into


def _students(paths: Sequence[str]) -> frozenset[str]:
    """Of several folders those that are one student's each (submissions/*), though there are folders in them."""
    inner = {path: _folders(path) for path in paths if os.path.isdir(path)}
    names = [name for found in inner.values() for name in found]
    works = [path for path in paths if not path.lower().endswith(_TABLES)]
    if len(works) > 1 and (len(set(names)) < len(names) or all(len(found) < 2 for found in inner.values())):
        return frozenset(inner)
    return frozenset()


def _folders(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return [
                one.name
                for one in entries
                if one.is_dir(follow_symlinks=False) and not one.name.startswith((".", "__"))
            ]
    except OSError:
        return []


class _Gathering:
    def __init__(self, splitter: Splitter, labels: Labels) -> None:
        self.labels, self.splitter = labels, splitter
        self.into = Submissions()

    def problem(self, text: str) -> None:
        self.into.problems.append(visible(encodable(text), "\n"))

    def path(self, path: str, alone: bool = False) -> None:
        """A path that was named; ``alone`` says that a folder is one student's."""
        if "\0" in path:
            raise Unusable("a path has no NUL", path, (0, len(path)))
        if os.path.isdir(path):
            self._folder(path, alone)
            return
        try:
            size = os.stat(path).st_size
        except OSError as error:
            raise Unusable(f"cannot read the submission: {error.strerror}", path, (0, len(path))) from error
        file = _File(path, encodable(os.path.basename(path)), size)
        if file.ending in _TABLES:
            text = self._read(file, TABLE_LIMIT, follow=True)
            if text is not None:
                read_table(text, file.shown, self.labels, self.into)
        elif file.ending in _TEXTS:
            self._document(file, file.stem, follow=True)
        else:
            raise Unusable(
                "a submission is a .csv, .ipynb, .tex or .md file, or a folder of them", path, (0, len(path))
            )

    # --- folders ----------------------------------------------------------------------------------------------------

    def _folder(self, path: str, alone: bool) -> None:
        """Folders in it are students; files beside them are students by their names."""
        root = os.path.abspath(path)
        name = os.path.basename(root) or root
        if alone:
            self._student(name, self._files(root, name))
            return
        folders, files = [], []
        for entry in self._entries(root):
            if entry.is_dir(follow_symlinks=False):
                told = len(self.into.problems)
                inner = self._files(entry.path, entry.name)
                if inner or len(self.into.problems) > told:  # also somebody whose files cannot be read handed something in
                    folders.append((entry.name, inner))
            elif (file := self._file(entry, entry.name)) is not None:
                files.append(file)
        for student, inner in folders:
            self._student(student, inner)
        tables = [file for file in files if file.ending in _TABLES]
        texts = [file for file in files if file.ending in _TEXTS]
        if folders or tables:
            for file in tables:
                self.path(file.path)
            for file in texts:
                self._document(file, file.stem)
        elif texts:
            self._loose(name, texts)

    def _loose(self, name: str, files: list[_File]) -> None:
        """Files alone: several students' if two of them answer the same task, else the parts of one student's work."""
        found = [(file, self._answers(file) or []) for file in files]
        tasks = [task for _, answers in found for task in {one.task for one in answers}]
        if len(files) > 1 and len(tasks) != len(set(tasks)):
            for file, answers in found:
                self._add(file.stem, answers)
            return
        if len(files) > 1:
            self.problem(
                f"{name}: no two of its files answer the same task, so all are taken for the work of one student, {name}"
            )
        for _, answers in found:
            self._add(name, answers)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(
                    (one for one in entries if not one.name.startswith((".", "__"))), key=lambda one: one.name
                )
        except OSError as error:
            self.problem(f"{folder}: cannot be read: {error.strerror}")
            return []

    def _file(self, entry: os.DirEntry[str], shown: str) -> _File | None:
        """The file, unless it is a link, an archive or something else that is not read; that is reported."""
        ending = os.path.splitext(entry.name)[1].lower()
        if entry.is_symlink():
            self.problem(f"{shown}: is a link, which is not followed")
        elif ending in _ARCHIVES:
            self.problem(f"{shown}: is an archive, which is not opened")
        elif ending in _UNREADABLE:
            self.problem(f"{shown}: a {ending} file cannot be read; .ipynb, .tex, .md and .csv can")
        elif ending in (*_TEXTS, *_TABLES):
            try:
                return _File(entry.path, encodable(shown), entry.stat(follow_symlinks=False).st_size)
            except OSError as error:
                self.problem(f"{shown}: cannot be read: {error.strerror}")
        return None

    def _files(self, folder: str, shown: str, depth: int = 0) -> list[_File]:
        """All files of a student's folder that can be read, deeper ones after their neighbours."""
        if depth > DEPTH_LIMIT:
            self.problem(f"{shown}: folders are nested too deeply")
            return []
        files: list[_File] = []
        inner: list[_File] = []
        for entry in self._entries(folder):
            name = f"{shown}/{entry.name}"
            if not entry.is_symlink() and entry.is_dir(follow_symlinks=False):
                inner += self._files(entry.path, name, depth + 1)
            elif (file := self._file(entry, name)) is not None:
                files.append(file)
            if len(files) + len(inner) > COUNT_LIMIT:
                break
        return files + inner

    def _student(self, student: str, files: list[_File]) -> None:
        if len(files) > COUNT_LIMIT:
            self.problem(f"{student}: more than {COUNT_LIMIT} files; the rest is not read")
            files = files[:COUNT_LIMIT]
        left = FOLDER_LIMIT
        self.into.student(student)
        for file in files:
            left -= file.size
            if left < 0:
                self.problem(
                    f"{student}: more than {FOLDER_LIMIT // 1_000_000} MB; {file.shown} and what follows is not read"
                )
                break
            self._document(file, student)

    # --- files ------------------------------------------------------------------------------------------------------

    def _document(self, file: _File, student: str, follow: bool = False) -> None:
        if file.ending in _TABLES:
            text = self._read(file, FILE_LIMIT)
            if text is not None:
                self._table(text, file, student)
            return
        answers = self._answers(file, follow)
        if answers is not None:
            self._add(student, answers)
            if not answers:
                self.problem(
                    f"{file.shown}: no answer was found; each begins with its task's label, such as {self.labels.ids[0]}"
                )

    def _table(self, text: str, file: _File, student: str) -> None:
        try:
            read_table(text, file.shown, self.labels, self.into, student)
        except Unusable as error:
            self.problem(error.message)

    def _add(self, student: str, answers: list[Found]) -> None:
        one = self.into.student(student)
        for answer in answers:
            one.add(answer.task, answer.text, answer.where)

    def _answers(self, file: _File, follow: bool = False) -> list[Found] | None:
        text = self._read(file, FILE_LIMIT, follow)
        if text is None:
            return None
        try:
            return self.splitter.answers(self._cells(text, file), file.shown)
        except Unusable as error:
            self.problem(error.message)
            return None

    def _cells(self, text: str, file: _File) -> list[Cell]:
        if file.ending == ".ipynb":
            return notebook_cells(text, file.shown, self.labels)
        return latex_cells(text) if file.ending == ".tex" else markdown_cells(text)

    def _read(self, file: _File, limit: int, follow: bool = False) -> str | None:
        """The text of a regular file of bearable size; None, and a line among the problems, if there is none."""
        flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
        try:
            descriptor = os.open(file.path, flags)
            with os.fdopen(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    self.problem(f"{file.shown}: is no file that could be read")
                    return None
                content = stream.read(limit + 1)
        except OSError as error:
            self.problem(f"{file.shown}: cannot be read: {error.strerror}")
            return None
        if len(content) > limit:
            self.problem(f"{file.shown}: is larger than {limit // 1_000_000} MB and is not read")
            return None
        return self._decoded(content, file)

    def _decoded(self, content: bytes, file: _File) -> str:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16", "replace")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.problem(f"{file.shown}: is not UTF-8; read as Windows' Western encoding")
            return content.decode("cp1252", "replace")
