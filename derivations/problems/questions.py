"""Problems: a question, and what it is asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.terms import RELATIONS, Term, free_symbols, number, substitute
from derivations.problems.fields import VectorField, read_field
from derivations.problems.inputs import Moments, Rows, read_covariance, read_moments
from derivations.problems.losses import Loss, exact_value, generic, quadratic, read_loss, refuse_names
from derivations.problems.models import Model, read_model
from derivations.problems.optimizers import Optimizer, plain_name, read_optimizer
from derivations.reading import Vocabulary, read_expression, read_formula, read_point, vocabulary_for

NOISES = ("additive", "minibatch", "without-replacement", "reshuffling", "multiplicative")
MAX_STEPS = 12
INSTEAD = {"lam": "h", "theta": "x", "theta_star": "x_star", "t": "k", "sigma": "sigma_noise", "N": "N_samples"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is given. ``assume`` are further hypotheses; ``sources`` is the problem as it was asked, for the record.

    ``start`` is where an iteration begins, and ``steps`` how many of its steps are asked for. Where a ``vector_field`` stands in
    the gradient's place there is no loss: the one here only says of which parameters, and at which point. With a ``model``
    the question is about it whatever the data and the loss are; ``weights`` are values of its parameters, ``covariance`` is that
    of its inputs, where it matters, or ``moments`` the means of products of them (none: they are standard normal).
    """

    loss: Loss
    optimizer: Optimizer
    noise: str = "additive"
    assume: tuple[Term, ...] = ()
    sources: Mapping[str, Any] = field(default_factory=dict)
    start: Mapping[str, Term] = field(default_factory=dict)
    steps: int = 3
    vector_field: VectorField | None = None
    model: Model | None = None
    weights: Mapping[str, Term] = field(default_factory=dict)
    covariance: Rows = ()
    moments: Moments = ()

    def with_loss(self, loss: Loss) -> Problem:
        return replace(self, loss=loss)


def default_problem() -> Problem:
    return Problem(quadratic(), read_optimizer("gradient-descent"))


def read_problem(
    loss: str | None = None,
    at: str | None = None,
    optimizer: str | Mapping[str, Any] | None = None,
    noise: str | None = None,
    parameters: str | None = None,
    assume: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    start: str | None = None,
    steps: str | None = None,
    field: str | None = None,
    model: str | None = None,
    covariance: str | None = None,
    moments: str | None = None,
) -> Problem:
    """The problem that the command line's options describe. Raises Unusable, quoting and pointing."""
    sources = {
        key: value
        for key, value in {
            "loss": loss, "at": at, "optimizer": optimizer, "noise": noise, "parameters": parameters,
            "assume": list(assume), "set": list(settings), "start": start, "steps": steps,
            "field": field, "model": model, "covariance": covariance, "moments": moments,
        }.items()
        if value
    }  # fmt: skip
    if field is not None and loss is not None:
        raise Unusable("--field stands where the gradient of a loss stands; --loss cannot be given as well", loss, (0, len(loss)),
                       "leave one of them out")  # fmt: skip
    if at is not None and loss is None and field is None and model is None:
        raise Unusable(
            "--at needs a loss of your own", at, (0, len(at)), 'for example --loss "x**4/4 - x**2/2" --at x=1'
        )
    if noise is not None and noise not in NOISES:
        raise Unusable(f"there is no noise {noise!r}", noise, (0, len(noise)), f"there are {', '.join(NOISES)}")
    if model is not None and (loss is not None or field is not None):
        raise Unusable("a model is studied whatever the loss is; --loss and --field cannot be given too", model, (0, len(model)),
                       "leave one of them out")  # fmt: skip
    for option, said in (("--covariance", covariance), ("--moments", moments)):
        if said is not None and (model is None or at is None):
            raise Unusable(f"{option} is about a model's inputs, at given weights", said, (0, len(said)),
                           'for example --model "linear[2,1]" --at "w_1_1_1=1,w_1_1_2=2"')  # fmt: skip
    if covariance is not None and moments is not None:
        raise Unusable("--moments says all of the inputs that is supposed; --covariance cannot be given too", moments,
                       (0, len(moments)), "leave one of them out")  # fmt: skip
    given = read_loss(loss, parameters, at) if loss is not None else quadratic()
    method = read_optimizer(optimizer or "gradient-descent")
    if given.is_named:
        given = (quadratic if given.source == "quadratic" else generic)(giving_way(method.hyperparameters))
    game = None if field is None else read_field(field, at, parameters)
    if game is not None:
        clash = {*game.parameters, *game.constants} & set(method.hyperparameters)
        refuse_names(clash, game.source, dict.fromkeys(clash, "a hyperparameter of the method"))
        given = Loss(game.parameters, None, dict(game.at))
    if loss is not None and not given.is_named:
        clash = set(given.parameters + given.constants) & set(method.hyperparameters)
        refuse_names(clash, loss, dict.fromkeys(clash, "a hyperparameter of the method"))
    values = dict(read_setting(text) for text in settings)
    if values:
        given, method, game = _with_values(given, method, game, values)
    canonical = giving_way(method.hyperparameters)
    names = {*given.parameters, *given.constants, *method.hyperparameters}
    names |= {canonical.get(name, name) for name in ("lam", "theta_star", "sigma", "N")}
    if game is not None:
        names = {*game.constants, *method.hyperparameters}
    vocabulary = vocabulary_for(names, notation="lecture")
    claims = tuple(_assumption(text, vocabulary) for text in assume)
    begin = read_point(start, vocabulary_for((), open=True)) if start else {}
    network = None if model is None else read_model(model)
    weights = {} if network is None or at is None else _weights(at, network)
    inputs = () if network is None or covariance is None else read_covariance(covariance, network)
    means = () if network is None or moments is None else read_moments(moments, network)
    return Problem(given, method, noise or "additive", claims, sources, begin, _steps(steps), game, network, weights, inputs, means)


def adjusted(own: Problem, settings: tuple[str, ...] = (), assume: tuple[str, ...] = (), start: str | None = None,
             steps: str | None = None) -> Problem:  # fmt: skip
    """A problem with values for its constants, further assumptions, another start. Raises Unusable, quoting and pointing."""
    values = dict(read_setting(text) for text in settings)
    loss, method, game = _with_values(own.loss, own.optimizer, own.vector_field, values)
    claims = [substitute(claim, values) for claim in own.assume]
    for before, claim in zip(own.assume, claims, strict=True):
        if _truth(claim) is False:
            text = next(text for text in settings if read_setting(text)[0] in free_symbols(before))
            supposed = f"it supposes {ascii_text(before)}"
            raise Unusable("this value contradicts what the result supposes", text, (0, len(text)), supposed)
    names = {*(loss if game is None else game).constants, *method.hyperparameters, "lam", "theta_star", "sigma", "N"}
    vocabulary = vocabulary_for(names, notation="lecture")
    said = [_assumption(text, vocabulary) for text in assume]
    given = {"set": list(settings), "assume": list(assume), "start": start, "steps": steps}
    sources = {**own.sources, **{key: value for key, value in given.items() if value}}
    begin = own.start if start is None else read_point(start, vocabulary_for((), open=True))
    kept = tuple(claim for claim in (*claims, *said) if _truth(claim) is None)
    return replace(own, loss=loss, optimizer=method, vector_field=game, assume=kept, sources=sources, start=begin,
                   steps=own.steps if steps is None else _steps(steps))  # fmt: skip


def _truth(claim: Term) -> bool | None:
    """Whether a relation between numbers holds; None where it is none."""
    if claim.head not in RELATIONS:
        return None
    left, right = map(exact_value, claim.args)
    if left is None or right is None:
        return None
    holds = {"Lt": left < right, "Le": left <= right, "Gt": left > right, "Ge": left >= right, "Eq": left == right}
    return bool(holds.get(claim.head, left != right))


def giving_way(own: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """The canonical names that a problem's own names shadow, and what is said instead: h for the curvature, and so on."""
    own = set(own)
    used, found = {*own, *taken}, {}
    for name in sorted(own & set(INSTEAD) if not taken else own):
        options = [INSTEAD.get(name, f"{name}_1"), *(f"{name}_{i}" for i in range(1, 100))]
        found[name] = next(one for one in options if one not in used)
        used.add(found[name])
    return found


def _steps(text: str | None) -> int:
    """A moderate number of steps; three if none is given."""
    if text is None:
        return 3
    if not text.isdecimal() or not 1 <= int(text[:4]) <= MAX_STEPS:
        raise Unusable(f"a number of steps is a whole number from 1 to {MAX_STEPS}", text, (0, len(text)), "for example --steps 3")
    return int(text)


def _assumption(text: str, vocabulary: Vocabulary) -> Term:
    claim = read_formula(text, vocabulary)
    if claim.head not in (*RELATIONS, "And", "Or", "Not"):
        raise Unusable("an assumption is a relation", text, (0, len(text)), 'for example --assume "lam > 0"')
    return claim


def _weights(text: str, model: Model) -> dict[str, Term]:
    """A rational value for each parameter of the model. Raises Unusable, quoting and pointing."""
    point = read_point(text, vocabulary_for(model.parameters, open=True))
    for name, value in point.items():
        if name not in model.parameters:
            raise Unusable(f"{name!r} is no parameter of the model", text, _place(text, name),
                           f"there are {', '.join(model.parameters[:8])}")  # fmt: skip
        if exact_value(value) is None:
            raise Unusable(f"the value of {name} is not a rational number", text, _place(text, name, "[^,]*"),
                           f"for example {name}=1/2")  # fmt: skip
    missing = [name for name in model.parameters if name not in point]
    if missing:
        raise Unusable(f"the point gives no value for {missing[0]}", text, (0, len(text)), "all parameters need one")
    return {name: number(exact_value(point[name])) for name in model.parameters}


def _place(text: str, name: str, more: str = "") -> tuple[int, int]:
    """Where the name stands, with what follows of this kind; everything where it is written otherwise."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w){more}", text)
    return found.span() if found else (0, len(text))


def read_setting(text: str) -> tuple[str, Term]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise Unusable("--set takes NAME=VALUE", text, (0, len(text)), "for example --set beta=9/10")
    return plain_name(name.strip()), read_expression(value, vocabulary_for((), open=True))


def _with_values(
    loss: Loss, method: Optimizer, game: VectorField | None, values: dict[str, Term]
) -> tuple[Loss, Optimizer, VectorField | None]:
    known = {*(loss if game is None else game).constants, *method.hyperparameters}
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
    return changed, Optimizer(method.name, method.state, left, update), game and game.with_values(values)


def variables_of(problem: Problem) -> frozenset[str]:
    """Every constant that the problem speaks of."""
    names = frozenset((problem.vector_field or problem.loss).constants) | frozenset(problem.optimizer.hyperparameters)
    for claim in problem.assume:
        names |= free_symbols(claim)
    return names
