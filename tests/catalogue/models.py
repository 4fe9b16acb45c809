"""Numbers that a statement may speak of, and whether its formulas are true of them: independent of the kernel.

A ``Model`` gives every variable a number and every function values: what is defined follows its definition, the rest is
drawn. Randomness is a finite set of outcomes. Quantifiers are tried on a few values, limits on large (small) ones.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derivations.language.statements import Statement, is_function
from derivations.language.terms import FALSE, RELATIONS, Term, rebuild, substitute, symbol
from derivations.witness import NotNumeric, Undefined, evaluate, gradient
from derivations.witness.arithmetic import Dual

from . import matrices, random_matrices, rank_models

TOLERANCE = 1e-9
_MEAN = "mean_over_outcomes"
Function = Callable[..., Any]


class Unknown(Exception):
    """The numbers do not decide the formula."""


@dataclass
class Model:
    """``values`` of the variables; ``functions`` by name; ``near`` are further real numbers on which quantifiers are tried."""

    values: dict[str, Any]
    functions: dict[str, Function]
    domains: dict[str, str]
    properties: dict[str, Term] = field(default_factory=dict)
    near: tuple[float, ...] = ()
    matrices: frozenset[str] = frozenset()  # the functions that have matrices as values

    def number(self, term: Term, values: Mapping[str, Any] | None = None) -> Any:
        try:
            with np.errstate(all="ignore"):
                return evaluate(_prepared(term), values or self.values, self.functions)
        except (NotNumeric, Undefined, LookupError, OverflowError, TypeError, ValueError) as error:
            raise Unknown(str(error)) from error

    def range_of(self, name: str) -> list[Any]:
        domain = self.domains[name]
        if domain == "real":
            return [-2.3, -1.0, -0.4, 0.0, 0.7, 1.0, 3.1, *self.near]
        if domain.startswith("index:"):
            bound = domain.removeprefix("index:")
            return list(range(1, int(bound if bound.isdecimal() else self.values[bound]) + 1))
        return list(range(-3 if domain == "integer" else 0, 5))


def _prepared(term: Term) -> Term:
    """Expectations as means over the outcomes."""
    term = rebuild(term, _prepared)
    if term.head == "Expect":
        return Term("Apply", (_MEAN, *term.args))
    return term


# --- truth ----------------------------------------------------------------------------------------------------------


def true_in(model: Model, formula: Term, values: Mapping[str, Any] | None = None) -> bool:
    """Whether the formula holds in the model, as far as it was tried. Raises Unknown where numbers do not tell."""
    here = dict(values if values is not None else model.values)
    head, args = formula.head, formula.args
    if head in RELATIONS and matrices.speaks_of(formula, model.matrices):
        left, right = (matrices.value(arg, model.matrices, lambda term: model.number(term, here)) for arg in args)
        return bool(np.allclose(left, right)) == (head == "Eq")
    if head in RELATIONS:
        return _related(head, model.number(args[0], here), model.number(args[1], here))
    if head == "Exists":
        only = _only_solution(model, formula, here)
        if only is not None:
            return true_in(model, only[0], {**here, **only[1]})
    if head in ("ForAll", "Exists"):
        tried = (true_in(model, args[1], {**here, args[0]: value}) for value in model.range_of(args[0]))
        return all(tried) if head == "ForAll" else any(tried)
    if head == "Tends":
        return _tends(model, formula, here)
    if head == "Predicate":
        return _property(model, formula, here)
    if head in ("True", "False", "Smooth"):
        return head != "False"
    parts = [lambda arg=arg: true_in(model, arg, here) for arg in args]
    if head in ("And", "Or"):
        return _joined(parts, head == "Or")
    if head == "Not":
        return not parts[0]()
    if head == "Implies":
        return not parts[0]() or parts[1]()
    if head == "Iff":
        return parts[0]() == parts[1]()
    raise Unknown(head)


def _only_solution(model: Model, formula: Term, here: Mapping[str, Any]) -> tuple[Term, dict[str, float]] | None:
    """What is said of reals that there are, and the reals, where linear equations among it leave no choice."""
    names = []
    while formula.head == "Exists":
        names.append(formula.args[0])
        formula = formula.args[1]
    equations = [part for part in (formula.args if formula.head == "And" else (formula,)) if part.head == "Eq"]
    domains = [model.domains[name] for name in names]
    if not set(domains) <= {"real", "natural", "integer"} or len(equations) < len(names):
        return None

    def gaps(values: Any) -> Any:
        at = {**here, **dict(zip(names, map(float, values), strict=True))}
        return np.array([float(model.number(one.args[1], at)) - float(model.number(one.args[0], at)) for one in equations])

    start, units, trial = gaps(np.zeros(len(names))), np.eye(len(names)), np.arange(1.0, len(names) + 1) + 0.7
    matrix = np.column_stack([gaps(unit) - start for unit in units])
    if not np.allclose(gaps(trial), start + matrix @ trial) or np.linalg.matrix_rank(matrix) < len(names):
        return None
    found = dict(zip(names, np.linalg.lstsq(matrix, -start, rcond=None)[0], strict=True))
    for name, domain in zip(names, domains, strict=True):
        whole = round(float(found[name]))
        if domain != "real" and (abs(found[name] - whole) > 1e-9 or (domain == "natural" and whole < 0)):
            return FALSE, {}
        found[name] = found[name] if domain == "real" else whole
    return formula, found


def _joined(parts: Iterable[Callable[[], bool]], decides: bool) -> bool:
    """Kleene's connectives: one part may decide although another is unknown."""
    unknown = None
    for part in parts:
        try:
            if part() is decides:
                return decides
        except Unknown as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return not decides


def _related(head: str, left: Any, right: Any) -> bool:
    if isinstance(left, tuple) or isinstance(right, tuple):
        rows = [np.array([[float(x) for x in row] for row in side]) for side in (left, right)]
        return bool(rows[0].shape == rows[1].shape and np.allclose(*rows)) == (head == "Eq")
    a, b = (_floats(side) for side in (left, right))
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        raise Unknown("a number that is not finite")
    gap, slack = b - a, TOLERANCE * np.maximum(1, np.maximum(abs(a), abs(b)))
    holds = {"Lt": gap > slack, "Le": gap >= -slack, "Gt": gap < -slack, "Ge": gap <= slack, "Eq": abs(gap) <= slack,
             "Ne": abs(gap) > slack}[head]  # fmt: skip
    return bool(np.all(holds))


def _floats(value: Any) -> Any:
    try:
        return np.asarray(value, dtype=float)
    except OverflowError:
        return np.asarray(math.inf if value > 0 else -math.inf)


def _tends(model: Model, formula: Term, here: dict[str, Any]) -> bool:
    body, name, to, limit = formula.args
    far = [40, 80, 160] if to.head == "Infinity" else [model.number(to, here) + step for step in (1e-2, 5e-3, 2.5e-3)]
    values = [float(np.mean(_floats(model.number(body, {**here, name: at})))) for at in far]
    if limit.head == "Infinity":
        if not all(map(math.isfinite, values)) or (values[2] > values[1] * 1.2 and values[1] > values[0]):
            return math.isnan(values[2]) or values[2] > 0
        if values[2] <= values[1] * 1.0001:
            return False
        raise Unknown("it may grow")
    if not all(map(math.isfinite, values)):
        return False
    goal = float(model.number(limit, here))
    errors = [abs(value - goal) for value in values]
    if errors[2] < 1e-7 or errors[2] < 0.7 * errors[1] < 0.5 * errors[0]:
        return True
    if errors[2] > 1e-4 and errors[2] > 0.95 * errors[1]:
        return False
    raise Unknown("it may converge")


def _property(model: Model, formula: Term, here: dict[str, Any]) -> bool:
    name, *args = formula.args
    if name in model.properties:
        names, body = _open(model.properties[name])
        return true_in(model, substitute(body.args[1], dict(zip(names, args, strict=True))), here)
    if name in ("eigenvalues", "signature", "positive_definite"):
        rows = np.array([[float(x) for x in row] for row in model.number(args[0], here)])
        found = np.linalg.eigvalsh(rows)
        if name == "positive_definite":
            return bool(found[0] > 0)
        if name == "eigenvalues":
            return bool(np.allclose(found, sorted(float(model.number(arg, here)) for arg in args[1:])))
        counts = [int(sum(found > 1e-9)), int(sum(found < -1e-9)), int(sum(abs(found) <= 1e-9))]
        return counts == [int(model.number(arg, here)) for arg in args[1:]]
    if name in ("independent", "at_most_independent"):
        return _counts(name, *args)
    if name == "at_most_in_common":
        return _spans_the_rest(*args)
    if name == "roots_within":
        rho, p, q = (float(model.number(arg, here)) for arg in args)
        return bool(max(abs(np.roots([1, -p, q]))) <= rho + 1e-7)
    if name in rank_models.NAMES:
        return rank_models.true_of_ranks(lambda term: model.number(term, here), name, args)
    if name in random_matrices.NAMES:
        return random_matrices.holds(lambda term, **more: model.number(term, {**here, **more}), name, args)
    raise Unknown(name)


def _counts(name: str, count: Term, quantities: Term, variables: Term) -> bool:
    """The rank of the gradients at a point; a field that does not vanish there leaves one quantity fewer than variables."""
    names = [variable.args[0] for variable in variables.args]
    point = {x: 0.7 + 0.31 * i for i, x in enumerate(names)}
    if name == "at_most_independent":
        moving = any(abs(float(evaluate(part, point))) > 1e-9 for part in quantities.args)
        return moving and len(quantities.args) == len(names) == count.args[0] + 1
    rows = [[float(slope) for slope in gradient(q, names, point)] for q in quantities.args]
    return int(np.linalg.matrix_rank(np.array(rows))) == count.args[0]


def _spans_the_rest(count: Term, potentials: Term, variables: Term) -> bool:
    """Whether the gradients of quadratic potentials and their brackets span all dimensions but so many, at a point."""
    names = [variable.args[0] for variable in variables.args]
    point = {x: 0.7 + 0.31 * i - 0.05 * i * i for i, x in enumerate(names)}

    def slopes(potential: Term, at: Mapping[str, float]) -> Any:
        return np.array([float(slope) for slope in gradient(potential, names, at)])

    fields = [slopes(one, point) for one in potentials.args]
    seconds = [np.array([slopes(one, {**point, x: point[x] + 1.0}) - field for x in names])
               for one, field in zip(potentials.args, fields, strict=True)]  # fmt: skip
    brackets = [b @ v - a @ w for a, v in zip(seconds, fields, strict=True) for b, w in zip(seconds, fields, strict=True)]
    return len(names) - int(np.linalg.matrix_rank(np.array([*fields, *brackets]), tol=1e-8)) <= count.args[0]


# --- models of a statement ------------------------------------------------------------------------------------------


def _open(formula: Term) -> tuple[list[str], Term]:
    names = []
    while formula.head == "ForAll":
        names.append(formula.args[0])
        formula = formula.args[1]
    return names, formula


def model_of(statement: Statement, seed: int, special: Mapping[str, Function] | None = None) -> Model:
    """A model in which the definitions hold; ``special`` gives functions for which drawing values would not do."""
    domains = {item.name: item.domain for item in statement.variables if not is_function(item)}
    model = Model(drawn_values(statement, seed), {_MEAN: _mean}, domains)
    model.matrices = frozenset(item.name for item in statement.variables if item.domain == "matrix")
    for item in statement.variables:
        if is_function(item) and item.domain != "property":
            model.functions[item.name] = _drawn(item.name, item.domain, seed)
    model.functions.update(special or {})
    for item in statement.definitions:
        names, body = _open(item.claim)
        left = body.args[0]
        if left.head == "Predicate":
            model.properties[left.args[0]] = item.claim
        elif left.head == "Apply":
            model.functions[left.args[0]] = _defined(model, names, left, body.args[1])
    for item in statement.definitions:
        if item.claim.head == "Eq" and item.claim.args[0].head == "Symbol":
            model.values[item.claim.args[0].args[0]] = model.number(item.claim.args[1])
    return model


def drawn_values(statement: Statement, seed: int) -> dict[str, Any]:
    """A number for each variable."""
    draw = random.Random(seed)
    values = {item.name: _value(draw, item.domain) for item in statement.variables if not is_function(item)}
    _tie(draw, values)
    return values


def _value(draw: random.Random, domain: str) -> Any:
    if domain == "real":
        return draw.choice([draw.uniform(-3, 3), draw.uniform(0, 1.5), draw.uniform(0, 0.3), 1.0, 2.0, -1.0, 0.0])
    if domain == "natural":
        return draw.randint(2, 3)
    if domain == "integer":
        return draw.randint(-3, 3)
    return 1


def _tie(draw: random.Random, values: dict[str, Any]) -> None:
    """In some models a boundary is hit: eta*lam = 1 or 2, eta a simple fraction."""
    kind = draw.random()
    if kind < 0.3 and values.get("lam") and "eta" in values:
        values["eta"] = draw.choice([1.0, 2.0, 0.5, 1.5, -0.5, 2.5]) / values["lam"]
    elif kind < 0.4 and "eta" in values:
        values["eta"] = 0.0
    elif kind < 0.6 and "eta" in values:
        values["eta"] = draw.choice([1 / 20, 1 / 10, 0.07, 0.02, 1 / 3, 2 / 3, 1.0])


def _mean(value: Any) -> Any:
    if isinstance(value, Dual):
        return Dual(value.level, _mean(value.value), _mean(value.slope))
    return float(np.mean(np.asarray(value, dtype=float)))


def _drawn(name: str, domain: str, seed: int) -> Function:
    def function(*args: Any) -> Any:
        key = tuple(round(float(arg), 9) for arg in args)
        return random.Random(f"{seed}{name}{key}").uniform(-2, 2)

    return function


def _defined(model: Model, names: list[str], left: Term, right: Term) -> Function:
    start = model.functions[left.args[0]]
    recursive = left.args[1:2] != (symbol(names[0]),) and left.args[1].head == "Add"
    order = names if recursive else [arg.args[0] for arg in left.args[1:]]
    known: dict[Any, Any] = {}

    def function(*args: Any) -> Any:
        if not recursive:
            return model.number(right, {**model.values, **dict(zip(order, args, strict=True))})
        step, *rest = args
        if step < 0 or step != int(step):
            raise Unknown("a sequence before its start")
        for t in range(int(step) + 1):
            if (t, *rest) not in known:
                before = {**model.values, names[0]: t - 1, **dict(zip(names[1:], rest, strict=True))}
                known[(t, *rest)] = model.number(right, before) if t else start(0, *rest)
        return known[(step, *rest)]

    return function
