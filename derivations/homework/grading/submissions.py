"""What was handed in, as data: students, their answers to tasks, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.homework.verdicts import Where


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given; ``earlier`` counts former answers to the same task, which it replaces."""

    text: str
    where: Where
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Student:
    name: str
    answers: dict[str, Answer] = field(default_factory=dict)

    def add(self, task: str, text: str, where: Where) -> None:
        """The last answer to a task counts."""
        former = self.answers.get(task)
        self.answers[task] = Answer(text, where, 0 if former is None else former.earlier + 1)


@dataclass(slots=True)
class Submissions:
    """All students in the order of the input, and what could not be used, one line each."""

    students: dict[str, Student] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def student(self, name: str) -> Student:
        name = encodable(name)
        return self.students.setdefault(name, Student(name))


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a document: a notebook's cell, or the whole of a text.

    ``kind`` is "text", "statement" (the author's words) or "answer"; ``task`` what its metadata name; ``place`` says that an answer
    begins here to what was asked just before.
    """

    text: str
    number: int | None = None
    kind: str = "text"
    task: str | None = None
    place: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An answer found in a document."""

    task: str
    text: str
    where: Where


def tidy(text: str) -> str:
    """The text with newlines of one kind, and without blank space around it: nothing that has a meaning changes."""
    return encodable(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def encodable(text: str) -> str:
    r"""The text with halves of characters, which no file can hold, spelled out as \udc80."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
