"""One answer judged: whatever its text, something comes of it, and as JSON, so that it can be kept, sent and resumed alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from derivations.homework.keys import TaskKey
from derivations.homework.verdicts import Verdict, verdict_to_json
from derivations.language.errors import DerivationsError

Check = Callable[[str], Verdict]
Make = Callable[[TaskKey], Check]
Item = tuple[str, str]  # task, answer

_UNFORESEEN = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, AssertionError, RuntimeError)
TOO_LONG = "checking this answer took too long; a person will look at it"
TOO_MUCH = "checking this answer needed too much memory; a person will look at it"
BROKE_OFF = "checking this answer broke off; a person will look at it"


def checker(key: TaskKey) -> Check:
    """The check of answers to a task."""
    from derivations.homework.checking import Checker

    return Checker(key).check


class Judge:
    """Checks answers to all tasks of a sheet; each task's key is made ready when its first answer comes."""

    def __init__(self, keys: Mapping[str, TaskKey], make: Make = checker) -> None:
        self.keys, self.make = keys, make
        self.checks: dict[str, Check] = {}

    def prepare(self) -> None:
        """Makes all keys ready; one that cannot be is left for its first answer to complain of."""
        for task, key in self.keys.items():
            try:
                self.checks[task] = self.make(key)
            except (DerivationsError, *_UNFORESEEN):
                continue

    def __call__(self, task: str, text: str) -> str:
        """The verdict as JSON, of no student and no place."""
        try:
            check = self.checks.get(task)
            if check is None:
                check = self.checks[task] = self.make(self.keys[task])
            return json.dumps(verdict_to_json(check(text)))
        except MemoryError:
            return given_up(self.keys[task], text, TOO_MUCH)
        except DerivationsError as error:
            return given_up(self.keys[task], text, f"this could not be checked: {error}")
        except _UNFORESEEN as error:
            return given_up(self.keys[task], text, f"{BROKE_OFF} ({type(error).__name__})")


def given_up(key: TaskKey, text: str, reason: str) -> str:
    """The verdict on an answer that could not be checked."""
    return json.dumps(verdict_to_json(Verdict(key.sheet, key.task, text, None, "undecided", 0.0, key.points, reason)))


def judged_apart(
    keys: Mapping[str, TaskKey], make: Make, items: Sequence[Item], deadline: float, memory: int
) -> list[str]:
    """The verdicts on a batch, found in a process that can be killed: what an executor is given to do."""
    from derivations.homework.grading.crew import Crew

    with Crew(keys, make, 1, deadline, memory) as crew:
        found = dict(crew.run(enumerate(items)))
    return [found[number] for number in range(len(items))]
