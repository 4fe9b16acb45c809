"""Names of one's own that mean something else in the proofs: a method's ``lam`` or ``t`` shadows the curvature, or the step.

A proof is found under names that nothing else has, and then printed under the problem's own; what was called so before gives way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derivations.language.ascii import CONSTANTS
from derivations.language.notation import ROLE
from derivations.language.terms import Term, substitute, symbol
from derivations.problems.fields import VectorField
from derivations.problems.losses import Loss
from derivations.problems.optimizers import Optimizer
from derivations.problems.questions import Problem, giving_way

# What a proof calls something, whatever the problem is about.
TAKEN = CONSTANTS | (set(ROLE) - {"eta", "beta", "gamma"}) | {"s", "k", "i", "j", "rho", "delta"}


def hidden(problem: Problem) -> dict[str, str]:
    """Each name of the problem that a proof needs for something else → the name that it has within."""
    own = set(problem.optimizer.hyperparameters)
    if problem.vector_field is not None:
        own |= {*problem.vector_field.parameters, *problem.vector_field.constants}
    return {name: f"{name}_own" for name in sorted(own & TAKEN)}


def within(problem: Problem, inside: Mapping[str, str]) -> Problem:
    """The problem with names that nothing else has; a named loss has its usual names again."""
    back = {new: old for old, new in giving_way(inside).items()} if problem.loss.is_named else {}
    names = {**back, **inside}
    loss, method, field = problem.loss, problem.optimizer, problem.vector_field

    def put(term: Term) -> Term:
        return substitute(term, {old: symbol(new) for old, new in names.items()})

    def puts(terms: Mapping[str, Term], own: Mapping[str, str] = names) -> dict[str, Term]:
        return {own.get(name, name): put(term) for name, term in terms.items()}

    if loss.is_named:
        body = None if loss.body is None else put(loss.body)
        loss = Loss(tuple(back.get(name, name) for name in loss.parameters), body, puts(loss.at, back), loss.source, loss.at_source)
    kept = {name: name for name in method.state}
    return replace(
        problem,
        loss=loss,
        optimizer=Optimizer(method.name, method.state, puts(method.hyperparameters), puts(method.update, kept)),
        assume=tuple(map(put, problem.assume)),
        vector_field=None if field is None else VectorField(puts(field.components), puts(field.at), field.source, field.at_source),
    )


def printed(inside: Mapping[str, str], declared: Iterable[str]) -> dict[str, str]:
    """Each name of a proof → the name under which it is printed, for those that change."""
    found = {within: name for name, within in inside.items() if name not in CONSTANTS}
    taken = {*declared, *inside, *inside.values()}
    clash = [name for name in declared if name in found.values()]
    for name, new in giving_way(clash, taken).items():
        found[name] = new
    for name, hidden_name in inside.items():
        if name in CONSTANTS:
            found[hidden_name] = next(iter(giving_way([name], {*taken, *found.values()}).values()))
    return found
