"""Variants of a sheet: a text draws its numbers, and each is a new problem with its own proof and key.

The same text gives the same variant on every machine. Numbers for which a task has no proof, no key, or another kind of answer than
its words suppose, are drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.homework.keying import keys_of
from derivations.homework.placeholders import Values, places, variant_code
from derivations.homework.sheets import SheetSpec, TaskSpec, sheet_of
from derivations.homework.solutions import Solution, given_problem, same_problem, selected, solve_task
from derivations.language.errors import Unusable
from derivations.language.terms import Term, rebuild, subterms

MOST_DRAWS = 20
_ARITHMETIC = frozenset({"Number", "Neg", "Div", "Mul", "Add", "Pow"})


@dataclass(frozen=True, slots=True)
class Variant:
    """The sheet that a text draws, with its solutions; ``said`` tells what had to be drawn again, and why."""

    spec: SheetSpec
    solutions: tuple[Solution, ...]
    said: tuple[str, ...] = ()


def variant(spec: SheetSpec, seed: str) -> SheetSpec:
    """The sheet that a text draws. Raises Unusable where the sheet leaves no number open."""
    return drawn(spec, seed).spec


def drawn(spec: SheetSpec, seed: str) -> Variant:
    """The sheet that a text draws, and its solutions. For many texts make one ``Drawing``."""
    return Drawing(spec).drawn(seed)


class Drawing:
    """Draws variants of a sheet; a task for which two of them have the same numbers is solved once.

    Raises Unusable where the sheet leaves no number open.
    """

    def __init__(self, spec: SheetSpec) -> None:
        if not spec.draws:
            hint = "numbers are drawn from a table [draw], or [task.draw]: a = [2, 3, 5] for {a} in the text"
            raise Unusable(
                "this sheet leaves no number open, so it has no variants", spec.where, (0, len(spec.where)), hint
            )
        self.spec = spec
        self._usual = _Usual(spec)
        self._solved: dict[str, tuple[Solution, str]] = {}

    def drawn(self, seed: str) -> Variant:
        """The sheet that a text draws. Raises Unusable where a task has no solution for any of ``MOST_DRAWS`` draws."""
        spec, said = self.spec, list[str]()
        first = dict.fromkeys(spec.draws, 0)
        for _ in range(MOST_DRAWS):
            values, attempts = _values(spec, seed, first)
            found = replace(sheet_of(dict(spec.data), spec.where, spec.name, values), variant=variant_code(seed))
            solved = [self._solution(found, task) for task in found.tasks]
            again = {}
            for task, (_, reason) in zip(found.tasks, solved, strict=True):
                if reason and (scope := _scope(spec, task)) is not None:
                    again[scope] = reason
                    said.append(f"task {task.id}: drawn again, because {reason}")
            if not again:
                return Variant(found, tuple(solution for solution, _ in solved), tuple(said))
            first |= {scope: attempts[scope] + 1 for scope in again}
        raise Unusable(f"no numbers were found for this variant in {MOST_DRAWS} draws: {said[-1]}", seed, (0, len(seed)))

    def _solution(self, spec: SheetSpec, task: TaskSpec) -> tuple[Solution, str]:
        """The task's solution, and what speaks against its numbers."""
        name = repr(task)
        if name not in self._solved:
            solution = solve_task(spec, task)
            self._solved[name] = solution, self._usual.objection(spec, solution)
        return self._solved[name]


def _values(spec: SheetSpec, seed: str, first: Mapping[str, int]) -> tuple[dict[str, Values], dict[str, int]]:
    values: dict[str, Values] = {}
    attempts = {}
    for scope, draws in spec.draws.items():
        values[scope], attempts[scope] = draws.drawn(seed, scope, first[scope])
    return values, attempts


def _scope(spec: SheetSpec, task: TaskSpec) -> str | None:
    """Whose numbers a task depends on: its own, or else the sheet's; None where it depends on none."""
    if task.id in spec.draws:
        return task.id
    item = next(one for one in spec.data["task"] if one["id"] == task.id)
    return "" if "" in spec.draws and places(item) & set(spec.draws[""].names) else None


# --- what speaks against a draw -----------------------------------------------------------------------------------


class _Usual:
    """The tasks with the sheet's own numbers, solved when they are needed."""

    def __init__(self, spec: SheetSpec) -> None:
        self.spec = spec
        self._solutions: dict[str, Solution] = {}

    def objection(self, spec: SheetSpec, solution: Solution) -> str:
        """Why the numbers of a task cannot be used; "" if they can."""
        task = solution.task
        if task.question:
            reason = _unsolved(solution) or self._other_answer(solution)
            if reason:
                return reason
        key = keys_of(replace(spec, tasks=(task,)), (solution,))
        if task.id in key.missing:
            return key.missing[task.id]
        if any(part.kind == "range" and isinstance(part.key, Term) and part.key.head in ("False", "True")
               for one in key.tasks for part in one.parts):  # fmt: skip
            return "nothing, or everything, is in the range that is asked for"
        nice = next((one.nice for scope, one in spec.draws.items() if one.nice and scope in (task.id, "")), "")
        keys = [part.key for one in key.tasks for part in one.parts if isinstance(part.key, Term)]
        return "" if all(_is_nice(one, nice) for one in keys) else f"the numbers of its answer are not {nice}"

    def _other_answer(self, solution: Solution) -> str:
        """Whether what the author says in words of the answer could no longer be true: the proof says something of another form."""
        for part in solution.task.own.get("part", ()):
            if "key" in part and "answer" in part and part.get("kind") == "words":
                here = _shapes(solution, part["answer"])
                if here != _shapes(self._solution(solution.task.id), part["answer"]):
                    return "the answer is of another kind than the author's words say"
        return ""

    def _solution(self, name: str) -> Solution:
        if name not in self._solutions:
            task = next(one for one in self.spec.tasks if one.id == name)
            self._solutions[name] = solve_task(self.spec, task)
        return self._solutions[name]


def _unsolved(solution: Solution) -> str:
    """Why there is no proof for just these numbers; "" if there is one."""
    if not solution.proofs:
        return solution.reason
    given = given_problem(solution.task)
    for answer in solution.task.asked:
        rows = zip(solution.proofs, solution.problems, strict=True)
        problem = next((problem for proof, problem in rows if selected(proof, answer)), None)
        if problem is None or (given is not None and not same_problem(problem, given)):
            return "the question is not answered for these numbers"
    return ""


def _shapes(solution: Solution, answer: str) -> list[Term | str]:
    """What the proof says there, with every number replaced by one and the same."""
    found = next((one for proof in solution.proofs if (one := selected(proof, answer))), [])
    return [_shape(one) if isinstance(one, Term) else one for one in found]


def _shape(term: Term) -> Term:
    if term.head in _ARITHMETIC and all(one.head in _ARITHMETIC for one in subterms(term)):
        return Term("Number", (Fraction(1),))
    return rebuild(term, _shape)


def _is_nice(term: Term, nice: str) -> bool:
    if nice == "integer" and any(one.head == "Div" for one in subterms(term)):
        return False
    numbers = [one.args[0] for one in subterms(term) if one.head == "Number"]
    if nice == "integer" and any(one.denominator != 1 for one in numbers):
        return False
    return not nice or not any(one.head in ("Sqrt", "RootOf") for one in subterms(term))
