"""Hints for a task, from the steps of its proof: the idea, the next step, further steps, the whole solution.

Only the steps that lead to what the task asks for are told. The answer itself is not shown before the third hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.homework.sheets import SheetSpec, TaskSpec
from derivations.homework.stored import committed_proofs
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided
from derivations.language.statements import Branch, Derivation, Hypothesis, Prose, Step
from derivations.language.terms import Term, at_path, subterms

MOST_BETWEEN = 6  # hints between the next step and the whole solution
# What a step of this kind does, for somebody who looks for an idea; what only calculates is not named.
IDEAS: Mapping[str, str] = {
    "derivative": "differentiate",
    "taylor": "expand in powers of the distance from the point (Taylor)",
    "taylor-bound": "expand in powers of the distance from the point, with a bound on the rest (Taylor)",
    "local-rate": "compare the iteration near the point with the linear one",
    "induction": "find a formula for every step and prove it by induction",
    "expectation": "take expectations: they are linear, and what is uncorrelated drops out",
    "geometric": "ask what the powers of a number do: its sign and its size decide",
    "signs": "look at the signs of the factors",
    "polynomial-implication": "turn it into inequalities between polynomials",
    "sign-table": "make a table of signs",
    "cases": "distinguish cases",
    "limit": "take a limit",
    "limit-exponential": "recognise the limit that defines the exponential function",
    "squeeze": "enclose it between two things with the same limit",
    "bounds": "compare powers with the exponential function",
    "geometric-sum": "sum a geometric series",
    "finite-sum": "rearrange a sum",
    "eigenvalues": "find the eigenvalues from the characteristic polynomial",
    "signature": "count the signs of the eigenvalues",
    "positive-definite": "complete squares",
    "quadratic-form": "complete squares",
    "conserved": "differentiate a quantity along the flow with the chain rule",
    "independent": "count with the rank of a Jacobian",
    "schur-quadratic": "ask where the roots of the characteristic polynomial lie",
    "roots-within": "ask how large the roots of the characteristic polynomial are",
    "linear-iteration": "ask how large the eigenvalues of the iteration are",
    "schur-cohn": "ask where the roots of the characteristic polynomial lie",
    "real-roots": "find all roots of a polynomial",
    "number-sign": "compare two numbers",
    "reaches": "take logarithms",
    "suppose": "suppose the condition and see what follows",
}
_BOOKKEEPING = frozenset({"conjunction", "generalise", "part"})
_LAST = 3  # the first hint in which the answer may occur


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a hint says: words, and a formula if there is one; ``label`` is what the proof calls it."""

    words: Prose
    claim: Term | None = None
    label: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Hint:
    """The hint of a level out of ``levels``; the last one is the whole solution, with the ``answer``."""

    level: int
    levels: int
    title: str
    lines: tuple[Line, ...]
    answer: tuple[Term | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """All hints for a task; ``proof`` is the one that they are taken from."""

    task: TaskSpec
    proof: Certificate
    hints: tuple[Hint, ...] = field(default=())

    def at(self, level: int) -> Hint:
        """The hint of a level, the last one for any that is higher."""
        return self.hints[min(max(level, 1), len(self.hints)) - 1]


def hints_for(spec: SheetSpec, task: TaskSpec) -> Hints:
    """The hints for a task. Raises Undecided where it has no derivation to take them from."""
    proofs = committed_proofs(spec, task)
    if not proofs and task.question:
        from derivations.homework.solutions import solve_task

        found = solve_task(spec, task)
        proofs = found.proofs
        if not proofs:
            raise Undecided(f"there is no hint for task {task.id}: {found.reason}")
    if not proofs:
        raise Undecided(f"there is no hint for task {task.id}: it has a key of its author's own and no derivation")
    return hints_from(task, proofs)


def hints_from(task: TaskSpec, proofs: tuple[Certificate, ...]) -> Hints:
    """The hints that the proofs of a task give."""
    from derivations.homework.solutions import selected, selectors

    wanted = task.asked
    proof = next((one for one in proofs if any(selected(one, answer) for answer in wanted)), proofs[0])
    answer = tuple(dict.fromkeys(part for one in wanted for part in selected(proof, one)))
    places = [place for one in wanted for place in _places(selectors(proof, one))]
    return Hints(task, proof, _levels(proof.derivation, _asked(proof.derivation, places), answer))


# --- which steps --------------------------------------------------------------------------------------------------


def _places(value: Any) -> list[tuple[int, ...]]:
    """Where in the conclusion the selectors point to."""
    if isinstance(value, Mapping):
        if "$" in value:
            return [tuple(value["at"])]
        value = list(value.values())
    return [place for item in value for place in _places(item)] if isinstance(value, (list, tuple)) else []


def _asked(derivation: Derivation, places: list[tuple[int, ...]]) -> list[Step]:
    """The steps that lead to these places of the conclusion, in the order of the proof.

    Where they do not begin with what is given, those before them belong to it, too.
    """
    conclusion = derivation.statement.conclusion
    by_claim = {step.claim: step for step in reversed(derivation.steps[:-1])}
    ends = {by_claim[part].label for place in places for part in _around(conclusion, place) if part in by_claim}
    if not ends:
        return list(derivation.steps)
    by_label = {step.label: step for step in derivation.steps}
    needed: set[str] = set()
    waiting = list(ends)
    while waiting:
        label = waiting.pop()
        if label in by_label and label not in needed:
            needed.add(label)
            waiting += _premises(by_label[label])
    if derivation.steps[0].label not in needed:
        last = max(i for i, step in enumerate(derivation.steps) if step.label in needed)
        return list(derivation.steps[: last + 1])
    return [step for step in derivation.steps if step.label in needed]


def _around(conclusion: Term, place: tuple[int, ...]) -> Iterator[Term]:
    """The first part of the conclusion on the way to a place that is not a conjunction, and what lies beyond."""
    for length in range(len(place) + 1):
        part = at_path(conclusion, place[:length])
        if isinstance(part, Term) and part.head != "And":
            yield part
            return


def _premises(step: Step) -> list[str]:
    inner = [label for branch in step.branches for one in branch.steps for label in _premises(one)]
    return [*step.premises, *inner]


# --- what they say ------------------------------------------------------------------------------------------------


def _levels(derivation: Derivation, steps: list[Step], answer: tuple[Term | str, ...]) -> tuple[Hint, ...]:
    told = list(_lines(steps))
    first, rest = told[:1], told[1:]
    groups = _groups(rest)
    levels = 3 + len(groups)
    hints = [
        Hint(1, levels, "The idea", tuple(_idea(derivation, steps, answer))),
        Hint(2, levels, "The first step", tuple(_guarded(line, answer) for line in first)),
    ]
    for level, group in enumerate(groups, start=_LAST):
        hints.append(Hint(level, levels, "The next step" if len(group) == 1 else "The next steps", tuple(group)))
    used = _given(derivation, steps)
    stated = (*derivation.statement.definitions, *derivation.statement.hypotheses)
    given = [Line(item.reason, item.claim, item.label) for item in stated if item in used]
    hints.append(Hint(levels, levels, "The whole solution", (*given, *told), answer))
    return tuple(hints)


def _groups(lines: list[Line]) -> list[list[Line]]:
    size = max(1, -(-len(lines) // MOST_BETWEEN))
    return [lines[i : i + size] for i in range(0, len(lines), size)]


def _lines(steps: Iterable[Step], depth: int = 0) -> Iterator[Line]:
    """The steps one after the other, those of a proof inside a proof after what it is for; without mere bookkeeping."""
    for step in steps:
        if step.rule in _BOOKKEEPING:
            continue
        yield Line(step.because, step.claim, step.label, depth)
        for branch in step.branches:
            yield from _branch(branch, depth + 1)


def _branch(branch: Branch, depth: int) -> Iterator[Line]:
    for item in branch.hypotheses:
        yield Line(item.reason or ("suppose",), item.claim, item.label, depth)
    yield from _lines(branch.steps, depth)


def _idea(derivation: Derivation, steps: list[Step], answer: tuple[Term | str, ...]) -> Iterator[Line]:
    """What to begin with, and what kind of arguments follow."""
    given = [item for item in _given(derivation, steps) if not _tells(item.claim, answer)]
    named = derivation.statement.definitions
    begin = [item for item in given if item in named][:1] or given[:1]
    for item in begin:
        yield Line(("Begin with what is given:",), item.claim)
    ideas = list(dict.fromkeys(IDEAS[step.rule] for step in _all(steps) if step.rule in IDEAS))
    if ideas:
        yield Line((f"The way from there: {'; then '.join(ideas[:4])}.",))
    supposed = [item for item in given if item not in named and item not in begin][:2]
    for item in supposed:
        yield Line(("What is assumed is needed:",), item.claim)


def _all(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        for branch in step.branches:
            yield from _all(branch.steps)


def _given(derivation: Derivation, steps: list[Step]) -> list[Hypothesis]:
    """The definitions and hypotheses that these steps use, in the order in which they do."""
    statement = derivation.statement
    known = {item.label: item for item in (*statement.definitions, *statement.hypotheses)}
    used = dict.fromkeys(label for step in steps for label in _premises(step) if label in known)
    return [known[label] for label in used]


def _guarded(line: Line, answer: tuple[Term | str, ...]) -> Line:
    """The line without its formula, if that would tell the answer."""
    if line.claim is None or not _tells(line.claim, answer):
        return line
    return Line(line.words, None, line.label, line.depth)


def _tells(claim: Term, answer: tuple[Term | str, ...]) -> bool:
    """Whether a formula has (a part of) the answer in it: a value of it, or a bare number or name on a side of an equation."""
    values = {value for one in answer if isinstance(one, Term) for value in _values(one)}
    plain = {value for value in values if value.head in ("Number", "Symbol", "Neg") and _is_plain(value)}
    nodes = list(subterms(claim))
    sides = {arg for node in nodes if node.head in ("Eq", "Iff", "Tends") for arg in node.args[-1:]}
    sides |= {arg for node in nodes if node.head == "Predicate" for arg in node.args[1:]}
    named = {node.args[0] for node in nodes if node.head == "Predicate"}
    said = {one for one in answer if isinstance(one, str)}
    return (
        any(node in values - plain for node in nodes)
        or bool(plain & sides)
        or any(str(name).replace("_", " ") in said for name in named)
    )


def _is_plain(term: Term) -> bool:
    return term.head in ("Number", "Symbol") or (term.head == "Neg" and _is_plain(term.args[0]))


def _values(term: Term) -> Iterator[Term]:
    """What an answer says the value of something is: itself, its right side, its entries."""
    while term.head == "ForAll":
        term = term.args[1]
    if term.head in ("Eq", "Iff", "Tends"):
        yield from _values(term.args[-1])
        return
    yield term
    if term.head in ("Matrix", "Tuple", "Set", "And", "Or"):
        for arg in term.args:
            yield from _values(arg)
