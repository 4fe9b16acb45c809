"""Problems: a question, and what it is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from derivations.language.errors import Unusable
from derivations.language.terms import RELATIONS, Term, free_symbols, substitute
from derivations.problems.losses import Loss, quadratic, read_loss, refuse_names
from derivations.problems.optimizers import Optimizer, read_optimizer
from derivations.reading import Vocabulary, read_expression, read_formula, vocabulary_for

NOISES = ("additive", "minibatch")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is given. ``assume`` are further hypotheses; ``sources`` is the problem as it was asked, for the record."""

    loss: Loss
    optimizer: Optimizer
    noise: str = "additive"
    assume: tuple[Term, ...] = ()
    sources: Mapping[str, Any] = field(default_factory=dict)

    def with_loss(self, loss: Loss) -> Problem:
        return replace(self, loss=loss)


def default_problem() -> Problem:
    return Problem(quadratic(), read_optimizer("gradient-descent"))


def read_problem(
    loss: str | None = None,
    at: str | None = None,
    optimizer: str | None = None,
    noise: str | None = None,
    parameters: str | None = None,
    assume: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
) -> Problem:
    """The problem that the command line's options describe. Raises Unusable, quoting and pointing."""
    sources = {
        key: value
        for key, value in {
            "loss": loss, "at": at, "optimizer": optimizer, "noise": noise, "parameters": parameters,
            "assume": list(assume), "set": list(settings),
        }.items()
        if value
    }  # fmt: skip
    if at is not None and loss is None:
        raise Unusable(
            "--at needs a loss of your own", at, (0, len(at)), 'for example --loss "x**4/4 - x**2/2" --at x=1'
        )
    if noise is not None and noise not in NOISES:
        raise Unusable(f"there is no noise {noise!r}", noise, (0, len(noise)), f"there are {', '.join(NOISES)}")
    given = read_loss(loss, parameters, at) if loss is not None else quadratic()
    method = read_optimizer(optimizer or "gradient-descent")
    if loss is not None and not given.is_named:
        clash = set(given.parameters + given.constants) & set(method.hyperparameters)
        refuse_names(clash, loss, dict.fromkeys(clash, "a hyperparameter of the method"))
    values = dict(_setting(text) for text in settings)
    if values:
        given, method = _with_values(given, method, values)
    names = {*given.parameters, *given.constants, *method.hyperparameters, "lam", "theta_star", "sigma", "N"}
    vocabulary = vocabulary_for(names, notation="lecture")
    claims = tuple(_assumption(text, vocabulary) for text in assume)
    return Problem(given, method, noise or "additive", claims, sources)


def _assumption(text: str, vocabulary: Vocabulary) -> Term:
    claim = read_formula(text, vocabulary)
    if claim.head not in (*RELATIONS, "And", "Or", "Not"):
        raise Unusable("an assumption is a relation", text, (0, len(text)), 'for example --assume "lam > 0"')
    return claim


def _setting(text: str) -> tuple[str, Term]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise Unusable("--set takes NAME=VALUE", text, (0, len(text)), "for example --set beta=9/10")
    return name.strip(), read_expression(value, vocabulary_for((), open=True))


def _with_values(loss: Loss, method: Optimizer, values: dict[str, Term]) -> tuple[Loss, Optimizer]:
    known = {*loss.constants, *method.hyperparameters}
    for name in values:
        if name not in known:
            raise Unusable(
                f"{name!r} is no constant of this problem",
                name,
                (0, len(name)),
                f"there are {', '.join(sorted(known))}",
            )
    body = None if loss.body is None else substitute(loss.body, values)
    at = {key: substitute(value, values) for key, value in loss.at.items()}
    update = {key: substitute(value, values) for key, value in method.update.items()}
    left = {key: substitute(value, values) for key, value in method.hyperparameters.items() if key not in values}
    changed = Loss(loss.parameters, body, at, loss.source, loss.at_source)
    return changed, Optimizer(method.name, method.state, left, update)


def variables_of(problem: Problem) -> frozenset[str]:
    """Every constant that the problem speaks of."""
    names = frozenset(problem.loss.constants) | frozenset(problem.optimizer.hyperparameters)
    for claim in problem.assume:
        names |= free_symbols(claim)
    return names
