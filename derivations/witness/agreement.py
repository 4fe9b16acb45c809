"""A claim against somebody's own step function: drawn points, the claim at each, and what the step does there.

A step is a callable ``step(state, **values)`` that returns the next state. The state is an array with one row for each name
of the optimizer's state and one column for each parameter, axes of length one left out: for gradient descent in one
dimension a number, for the heavy ball ``(theta, v)``. Of the values it is given those that it has arguments for.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.statements import Derivation
from derivations.language.terms import Term, free_symbols, number, substitute
from derivations.problems.questions import Problem
from derivations.witness.arithmetic import Undefined, floating
from derivations.witness.claims import assumptions, claimed, claimed_field, claimed_regimes
from derivations.witness.classify import classify
from derivations.witness.evaluate import NotNumeric, evaluable, evaluate, holds
from derivations.witness.examples import concrete
from derivations.witness.regimes import is_affine
from derivations.witness.sample import Vacuous, domains_of, sample
from derivations.witness.update import fixed_point, initial_state, jacobian, pack, point_of, step_of

UserStep = Callable[..., Any]
Point = Mapping[str, Fraction]
MOST = 10  # counterexamples that are kept
_STEPS = 6


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Values at which a claim and an iteration disagree, and how."""

    values: Point
    claimed: str
    found: str

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return f"at {where}: claimed {self.claimed}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a comparison came to: how many points agree, by what was found there; how many were too near a border to tell."""

    claim: str
    agreeing: Mapping[str, int]
    near: int
    disagreeing: int
    counterexamples: tuple[Counterexample, ...] = ()

    @property
    def points(self) -> int:
        """How many points were tried."""
        return sum(self.agreeing.values()) + self.near + self.disagreeing

    def __bool__(self) -> bool:
        return not self.disagreeing and sum(self.agreeing.values()) > 0

    def __str__(self) -> str:
        parts = [f"{count} {name}" for name, count in self.agreeing.items() if count]
        parts += [f"{self.near} too near a border to tell"] if self.near else []
        head = f"{self.disagreeing or 'none'} of {self.points} points disagree{'s' * (self.disagreeing < 2)}"
        return "\n".join([f"{self.claim}: {head} ({', '.join(parts) or 'none agrees'})", *map(str, self.counterexamples)])


def agreement(
    derivation: Derivation,
    problem: Problem,
    step: UserStep | None = None,
    points: int = 1000,
    *,
    values: Mapping[str, Any] | None = None,
    start: Any = None,
    seed: int = 0,
    tolerance: float = 1e-6,
) -> Agreement:
    """The answer against the step (the problem's own where none is given) at ``points`` drawn points, half of them inside.

    A region of stability is held against the spectral radius of the step's Jacobian at its fixed point, regimes against the
    iterates of the linearised step, a closed form against the iterates themselves. ``values`` fixes some of the names;
    ``start`` is a state near the fixed point, for a step whose state is not the optimizer's. Nearer than ``tolerance`` to
    a border nothing is counted. Raises Unusable where the answer holds no such claim, or the step cannot be called.
    """
    judge = _judge(derivation, tolerance)
    fixed = {name: _exact(value) for name, value in (values or {}).items()}
    drawn = _draw(derivation, judge.regions, fixed, points, seed)
    rule = _OwnRule(problem) if step is None else _UserRule(step, problem, start)
    agreeing: dict[str, int] = {}
    wrong: list[Counterexample] = []
    near = 0
    for at in drawn:
        verdict = judge(at, rule)
        if verdict is None:
            near += 1
        elif verdict[0] == verdict[1]:
            agreeing[verdict[1]] = agreeing.get(verdict[1], 0) + 1
        else:
            wrong.append(Counterexample(at, *verdict))
    return Agreement(judge.claim, agreeing, near, len(wrong), tuple(wrong[:MOST]))


def _exact(value: Any) -> Fraction:
    """The number as it is written: 0.1 is 1/10."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        shown = repr(value)[:60]
        raise Unusable("a value is a number", shown, (0, len(shown))) from None


# --- where --------------------------------------------------------------------------------------------------------


def _draw(derivation: Derivation, regions: tuple[Term, ...], fixed: Point, points: int, seed: int) -> list[dict[str, Fraction]]:
    """Points that satisfy the hypotheses; each of the regions gets its share, the last of them is anywhere."""
    known = {name: number(value) for name, value in fixed.items()}
    domains = domains_of(derivation.statement)
    if unknown := set(fixed) - set(domains):
        raise Unusable(f"the theorem does not speak of {min(unknown)!r}", hint=f"it speaks of {', '.join(sorted(domains))}")
    domains = {name: kind for name, kind in domains.items() if name not in fixed}
    claims = [substitute(claim, known) for claim in assumptions(derivation) if evaluable(claim, [*domains, *fixed])]
    shares = [substitute(region, known) for region in regions if evaluable(region, [*domains, *fixed])]
    generator = random.Random(seed)
    found: list[dict[str, Fraction]] = []
    for region in shares:
        some = points // (2 * len(shares))
        found += sample([*claims, region], domains, some, generator, near=shares, least=0, tries=40 * some)
    found += sample(claims, domains, points - len(found), generator, near=shares, least=0)
    if not found:
        raise Vacuous("no values were found that satisfy the hypotheses")
    return [{**fixed, **values} for values in found]


# --- what a step does ---------------------------------------------------------------------------------------------


class _UserRule:
    """A user's step: its Jacobian at its fixed point, by differences, and its iterates."""

    def __init__(self, step: UserStep, problem: Problem, start: Any) -> None:
        self.step, self.problem, self.start = step, problem, start
        kinds = inspect.signature(step).parameters.values()
        self.takes_all = any(kind.kind is inspect.Parameter.VAR_KEYWORD for kind in kinds)
        named = [one for one in list(kinds)[1:] if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        self.takes = {one.name for one in named}
        self.needs = {one.name for one in named if one.default is one.empty}

    def shape(self) -> tuple[int, ...]:
        if self.start is not None:
            return np.shape(self.start)
        return tuple(size for size in (len(self.problem.optimizer.state), len(self.problem.loss.parameters)) if size > 1)

    def map(self, at: Point) -> Callable[[Any], Any]:
        """The step for these values, from a flat state to a flat state."""
        if missing := self.needs - set(at):
            hint = f"the values drawn are those of {', '.join(at)}; give others a default"
            raise Unusable(f"the step asks for {min(missing)!r}, of which the theorem does not speak", hint=hint)
        given = {name: float(value) for name, value in at.items() if self.takes_all or name in self.takes}
        shape = self.shape()

        def one(flat: Any) -> Any:
            state = flat.reshape(shape) if shape else float(flat[0])
            after = np.asarray(self.step(state, **given), dtype=float).ravel()
            if after.shape != flat.shape:
                raise Unusable(f"the step returns {after.size} numbers for a state of {flat.size}")
            return after

        return one

    def linear(self, at: Point) -> tuple[Any, Any]:
        """The fixed point of the step, by Newton's method, and its Jacobian there."""
        step = self.map(at)
        here = self._near(at)
        for _ in range(50):
            matrix = _slopes(step, here)
            residual, moving = step(here) - here, np.eye(len(here)) - matrix
            if np.all(np.abs(residual) <= 1e-13 * (1 + np.abs(here))) or np.linalg.cond(moving) > 1e12:
                break
            here = here + np.linalg.solve(moving, residual)
        return here, matrix

    def _near(self, at: Point) -> Any:
        """The state from which the fixed point is looked for: the given one, or the fixed point of the problem's own step."""
        if self.start is not None:
            return np.asarray(self.start, dtype=float).ravel()
        try:
            return np.asarray(floating(pack(fixed_point(self.problem, at))), dtype=float)
        except (Undefined, NotNumeric, Unusable, np.linalg.LinAlgError, ZeroDivisionError):
            return np.zeros(max(1, int(np.prod(self.shape()))))


class _OwnRule:
    """The problem's own step, differentiated exactly."""

    def __init__(self, problem: Problem) -> None:
        self.problem = concrete(problem)

    def linear(self, at: Point) -> tuple[Any, Any]:
        try:
            point = fixed_point(self.problem, at)
        except Undefined:
            if not is_affine(self.problem, at):
                raise
            point = initial_state(self.problem, at, point_of(self.problem, at))  # an affine step has the same slope everywhere
        return floating(pack(point)), floating(jacobian(step_of(self.problem, at), point))


_Rule = _UserRule | _OwnRule


def _slopes(step: Callable[[Any], Any], here: Any) -> Any:
    """The Jacobian: central differences, wide ones for an affine step (they are exact), else extrapolated narrow ones."""
    wide, half = _differences(step, here, 1.0), _differences(step, here, 0.5)
    if np.allclose(wide, half, rtol=1e-9, atol=1e-9):
        return wide
    width = 1e-3
    return (4 * _differences(step, here, width / 2) - _differences(step, here, width)) / 3


def _differences(step: Callable[[Any], Any], here: Any, width: float) -> Any:
    moves = width * np.eye(len(here))
    return np.stack([(step(here + move) - step(here - move)) / (2 * width) for move in moves], axis=1)


# --- what is claimed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judge:
    """What is claimed at a point and what a step does there, in words; None too near a border to tell."""

    claim: str
    regions: tuple[Term, ...]
    compare: Callable[[Point, Any], tuple[str, str] | None]

    def __call__(self, at: Point, rule: Any) -> tuple[str, str] | None:
        try:
            with np.errstate(all="ignore"):
                return self.compare(at, rule)
        except Undefined:
            return None


def _judge(derivation: Derivation, tolerance: float) -> _Judge:
    answer = derivation.answer
    if "regimes" in answer:
        return _regimes(claimed_regimes(derivation), tolerance)
    for key in ("region", "convergent"):
        if key in answer:
            return _stable(claimed_field(derivation, key), tolerance)
    if "closed_form" in answer:
        return _closed_form(claimed(derivation, answer["closed_form"]), tolerance)
    hint = "a region, regimes or a closed form can be compared with a step"
    raise Unusable("this answer says nothing that a step could be held against", hint=hint)


def _stable(region: Term, tolerance: float) -> _Judge:
    def compare(at: Point, rule: _Rule) -> tuple[str, str] | None:
        radius = float(np.max(np.abs(np.linalg.eigvals(rule.linear(at)[1]))))
        if not np.isfinite(radius) or abs(radius - 1) < tolerance:
            return None
        words = "stable", "not stable"
        said, does = words[not holds(region, at)], words[not radius < 1]
        return (said, does if said == does else f"{does}: the spectral radius is {radius:.9g}")

    return _Judge(f"stable iff {ascii_text(region)}", (region,), compare)


def _regimes(table: Mapping[str, Term], tolerance: float) -> _Judge:
    """For one parameter: the iterates m**t of the linearised step, whose ends are m = -1, 0, 1."""

    def compare(at: Point, rule: _Rule) -> tuple[str, str] | None:
        _, matrix = rule.linear(at)
        if matrix.shape != (1, 1):
            raise Unusable("regimes are compared for one state of one parameter")
        factor = float(matrix[0, 0])
        if min(abs(factor - end) for end in (-1, 0, 1)) < tolerance:
            return None
        said = next((name for name, region in table.items() if holds(region, at)), "none of the regimes")
        does = classify([Fraction(factor) ** k for k in range(_STEPS)])
        return (said, does if said == does else f"{does}: the multiplier is {factor:.9g}")

    return _Judge("the table of regimes", tuple(table.values()), compare)


def _closed_form(form: Term, tolerance: float) -> _Judge:
    """x* + m**t (x_0 - x*) of the linearised step, for the first few t: for an affine step these are its iterates."""
    start = next((name for name in sorted(free_symbols(form)) if name.endswith("_0")), "")

    def compare(at: Point, rule: _Rule) -> tuple[str, str] | None:
        point, matrix = rule.linear(at)
        if matrix.shape != (1, 1):
            raise Unusable("a closed form is compared for one state of one parameter")
        error = float(at.get(start, 1)) - point[0]
        for t in range(_STEPS):
            said, does = float(floating(evaluate(form, {**at, "t": t}))), point[0] + error * matrix[0, 0] ** t
            if not (np.isfinite(said) and np.isfinite(does)):
                return None
            if abs(said - does) > tolerance * (1 + abs(said) + abs(point[0])):
                return (f"{said:.9g} after {t} steps", f"{does:.9g}")
        return ("equal", "equal")

    return _Judge(f"after t steps it is {ascii_text(form)}", (), compare)
