"""One step of any explicit method on any loss, component by component, and its first iterates from a given start."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import (
    ONE,
    TRUE,
    ZERO,
    Term,
    add,
    apply,
    eq,
    for_all,
    free_symbols,
    number,
    rebuild,
    substitute,
    subterms,
)
from derivations.problems.losses import refuse_taken
from derivations.problems.questions import Problem
from derivations.tactics.algebra import coefficient_of, expanded, factored, is_zero
from derivations.tactics.derivatives import Slopes, slope_steps
from derivations.tactics.hessians import partial, unit
from derivations.tactics.integrals import fresh
from derivations.tactics.linear import T, flat
from derivations.tactics.linear_systems import explicit_rules
from derivations.tactics.proof import Proof

MAX_LENGTH = 240


@dataclass(frozen=True)
class Iteration:
    """The sequences of a method, the parameters first; each one's update as a term in the old values, and its label (for all t).

    ``starts`` are labels of where each begins, if that is known.
    """

    names: tuple[str, ...]
    updates: dict[str, Term]
    labels: dict[str, str]
    start: dict[str, Term] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    slopes: Slopes | None = None


def iteration_steps(proof: Proof, problem: Problem) -> Iteration:
    """The method's update on the loss, its gradient inserted, and the given starts (zero for a memory of which none is given)."""
    refuse_taken(problem.loss)
    slopes = slope_steps(proof, problem, second=False)
    method, parameters = problem.optimizer, slopes.names
    for name, claim in method.hyperparameters.items():
        proof.declare(name, "real")
        if claim != TRUE:
            proof.assume(claim, "the range of a hyperparameter")
    proof.declare("t", "natural")
    sequences = _sequences(proof, problem)
    rules = explicit_rules(method)
    said = {sequences[state][i]: flat(_component(rule, i, sequences, parameters)) for state, rule in rules.items()
            for i in range(len(parameters))}  # fmt: skip
    names = tuple(name for state in method.state for name in sequences[state])
    memories = {name for state in method.state[1:] for name in sequences[state]}
    updates, labels = {}, {}
    for name in names:
        updates[name], labels[name] = _explicit(proof, slopes, name, said[name])
    start, starts = _starts(proof, problem, names, memories)
    return Iteration(names, updates, labels, start, starts, slopes)


def _sequences(proof: Proof, problem: Problem) -> dict[str, tuple[str, ...]]:
    """The names of the sequences of each state: the parameters' own, and for a memory its name, numbered if there are several."""
    parameters, method = problem.loss.parameters, problem.optimizer
    taken = {*parameters, *problem.loss.constants, *method.hyperparameters, "t", "L", "m"}
    found = {method.parameter: parameters}
    for state in method.state[1:]:
        wanted = (state,) if len(parameters) == 1 else tuple(f"{state}_{i + 1}" for i in range(len(parameters)))
        found[state] = tuple(fresh(name, taken) for name in wanted)
        taken |= set(found[state])
    for state, names in found.items():
        for name in names:
            kind = "parameter" if name == "theta" else name
            proof.declare(name, "sequence", f"{kind} after t steps" if state == method.parameter else "memory after t steps")
    return found


def _component(rule: Term, i: int, sequences: dict[str, tuple[str, ...]], parameters: tuple[str, ...]) -> Term:
    """The i-th component of an update rule, said of the sequences at step t."""
    if rule.head == "Apply" and rule.args[0] == "grad":
        n = len(parameters)
        return partial("L", unit(i, n), [flat(_component(rule.args[1], j, sequences, parameters)) for j in range(n)])
    if rule.head == "Symbol" and rule.args[0] in sequences:
        return apply(sequences[rule.args[0]][i], T)
    return rebuild(rule, lambda arg: _component(arg, i, sequences, parameters))


def _explicit(proof: Proof, slopes: Slopes, name: str, rule: Term) -> tuple[Term, str]:
    """The definition of the next value, and the same with the derivatives inserted, for all t."""
    after = apply(name, add(T, ONE))
    defined = proof.define(for_all("t", eq(after, rule)), "one step of the method")
    while any(_speaks_of_slopes(arg) for node in subterms(rule) if node.head == "Derivative" for arg in node.args[2:]):
        rule, used = _innermost(rule, slopes), _innermost_axes(rule)
        known = [slopes.first[i] for i in used]
        defined = proof.step("rewrite", for_all("t", eq(after, rule)), defined, *known, because="insert the innermost derivative")
    known = []
    for node in dict.fromkeys(node for node in subterms(rule) if node.head == "Derivative"):
        i, values = node.args[1].index(1), dict(zip(slopes.names, node.args[2:], strict=True))
        claim = eq(node, substitute(slopes.gradient[i], values))
        known.append(proof.step("instantiate", claim, slopes.first[i], values=values, because="the derivative there"))
    value = _shorter(_inserted(rule, slopes))
    claim = eq(after, value)
    step = proof.step("identity", claim, defined, *known, *slopes.conditions, because="insert it into the update")
    return value, proof.step("generalise", for_all("t", claim), step, because="at every step")


def _shorter(term: Term) -> Term:
    return min((expanded(term), factored(term)), key=lambda one: len(ascii_text(one)))


def _inserted(rule: Term, slopes: Slopes) -> Term:
    if rule.head == "Derivative":
        values = dict(zip(slopes.names, rule.args[2:], strict=True))
        return substitute(slopes.gradient[rule.args[1].index(1)], values)
    return rebuild(rule, lambda arg: _inserted(arg, slopes))


def _speaks_of_slopes(term: Term) -> bool:
    return any(node.head == "Derivative" for node in subterms(term))


def _innermost(rule: Term, slopes: Slopes) -> Term:
    """The rule with those derivatives inserted at whose point no further derivative occurs."""
    if rule.head == "Derivative" and not any(map(_speaks_of_slopes, rule.args[2:])):
        return _inserted(rule, slopes)
    return rebuild(rule, lambda arg: _innermost(arg, slopes))


def _innermost_axes(rule: Term) -> list[int]:
    found = [node.args[1].index(1) for node in subterms(rule)
             if node.head == "Derivative" and not any(map(_speaks_of_slopes, node.args[2:]))]  # fmt: skip
    return sorted(set(found))


def _starts(
    proof: Proof, problem: Problem, names: tuple[str, ...], memories: set[str]
) -> tuple[dict[str, Term], dict[str, str]]:
    values, labels = dict(problem.start), {}
    text = str(problem.sources.get("start", ""))
    for name, value in values.items():
        if name not in names:
            hint = f"there are {', '.join(names)}"
            place = max(text.find(name), 0)
            raise Unusable(f"{name!r} is nothing that this method iterates", text, (place, place + len(name)), hint)
        if free_symbols(value) & set(names):
            raise Unusable("a start must be a number or a constant", text, value.span or (0, len(text)))
        for symbol_name in sorted(free_symbols(value)):
            proof.declare(symbol_name, "real", "a constant")
    values |= {name: ZERO for name in memories if name not in values}
    for name in names:
        if name in values:
            reason = "the start" if name in problem.start else "the method begins without memory"
            labels[name] = proof.assume(eq(apply(name, ZERO), values[name]), reason)
    return values, labels


# --- the first steps ----------------------------------------------------------------------------------------------


def first_steps(proof: Proof, found: Iteration, count: int) -> list[list[str]]:
    """Labels of the values of all sequences after 1, 2, … steps. Raises Undecided where they become too long to write."""
    values = {apply(name, ZERO): value for name, value in found.start.items()}
    known, rows = dict(found.starts), []
    for k in range(count):
        fresh_values, fresh_labels = {}, {}
        for name in found.names:
            value = _shorter(_put_in(substitute(found.updates[name], {"t": number(k)}), values))
            if len(ascii_text(value)) > MAX_LENGTH:
                raise Undecided(f"after {k + 1} steps the values are too long to write; ask for fewer with --steps")
            used = {node.args[0] for node in subterms(found.updates[name]) if node.head == "Apply"}
            given = [label for other, label in known.items() if other in used]
            fresh_labels[name] = _value_step(proof, found, name, k, value, given)
            fresh_values[apply(name, number(k + 1))] = value
        values, known = fresh_values, fresh_labels
        rows.append([fresh_labels[name] for name in found.names])
    return rows


def _put_in(term: Term, values: dict[Term, Term]) -> Term:
    return values[term] if term in values else rebuild(term, lambda arg: _put_in(arg, values))


def _value_step(proof: Proof, found: Iteration, name: str, k: int, value: Term, known: list[str]) -> str:
    after = apply(name, number(k + 1))
    rule = substitute(found.updates[name], {"t": number(k)})
    here = proof.step("instantiate", eq(after, rule), found.labels[name], values={"t": number(k)},
                      because="the first step" if k == 0 else "the next step")  # fmt: skip
    if value == rule:
        return here
    return proof.step("identity", eq(after, value), here, *known, because="put in the values before it")


def own_multiplier(found: Iteration, name: str) -> Term | None:
    """m, where the update of this sequence is m times its own old value."""
    now = apply(name, T)
    if any(node.head == "Apply" and node != now for node in subterms(found.updates[name])):
        return None
    try:
        slope, rest = coefficient_of(found.updates[name], now)
    except Undecided:
        return None
    return slope if is_zero(rest) and not free_symbols(slope) & {"t"} else None
