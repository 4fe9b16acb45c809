"""Optimizers: state, hyperparameters and update rule, as short declarative specifications.

In an update a bare name is the old value, NAME_next the new one, and grad(x) is the loss's gradient at x.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Any

from derivations.language.errors import Undecided, Unusable
from derivations.language.terms import RELATIONS, TRUE, Term, free_symbols, subterms
from derivations.problems.losses import exact_value
from derivations.reading import Vocabulary, read_expression, read_formula, read_names

# The first state is the parameter; what follows is memory, zero at the start.
NAMED: dict[str, dict[str, Any]] = {
    "gradient-descent": {
        "state": ["theta"],
        "hyperparameters": {"eta": ""},
        "update": {"theta": "theta - eta*grad(theta)"},
    },
    "heavy-ball": {
        "state": ["theta", "v"],
        "hyperparameters": {"eta": "eta > 0", "beta": ""},
        "update": {"v": "beta*v - eta*grad(theta)", "theta": "theta + v_next"},
    },
    "nesterov": {
        "state": ["theta", "v"],
        "hyperparameters": {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        "update": {"v": "beta*v - eta*grad(theta + beta*v)", "theta": "theta + v_next"},
    },
    "weight-decay": {
        "state": ["theta"],
        "hyperparameters": {"eta": "", "gamma": "gamma >= 0"},
        "update": {"theta": "theta - eta*(grad(theta) + gamma*theta)"},
    },
    "decoupled-weight-decay": {
        "state": ["theta"],
        "hyperparameters": {"eta": "", "gamma": "gamma >= 0"},
        "update": {"theta": "(1 - gamma)*theta - eta*grad(theta)"},
    },
    "ema-momentum": {
        "state": ["theta", "m"],
        "hyperparameters": {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        "update": {"m": "beta*m + (1 - beta)*grad(theta)", "theta": "theta - eta*m_next"},
    },
    "adam-frozen": {  # scale is sqrt(v) + epsilon, the second moment no longer moving; no correction of the bias
        "state": ["theta", "m"],
        "hyperparameters": {"eta": "eta > 0", "beta": "0 <= beta < 1", "scale": "scale > 0"},
        "update": {"m": "beta*m + (1 - beta)*grad(theta)", "theta": "theta - eta*m_next/scale"},
    },
    "implicit-euler": {
        "state": ["theta"],
        "hyperparameters": {"eta": "eta > 0"},
        "update": {"theta": "theta - eta*grad(theta_next)"},
    },
    "lookahead": {  # two steps of descent, then back to a part alpha of the way
        "state": ["theta"],
        "hyperparameters": {"eta": "eta > 0", "alpha": "0 < alpha <= 1"},
        "update": {"theta": "theta - alpha*eta*(grad(theta) + grad(theta - eta*grad(theta)))"},
    },
    "quasi-hyperbolic": {
        "state": ["theta", "m"],
        "hyperparameters": {"eta": "eta > 0", "beta": "0 <= beta < 1", "nu": "0 <= nu <= 1"},
        "update": {
            "m": "beta*m + (1 - beta)*grad(theta)",
            "theta": "theta - eta*((1 - nu)*grad(theta) + nu*m_next)",
        },
    },
    "optimistic": {
        "state": ["theta", "g"],
        "hyperparameters": {"eta": "eta > 0"},
        "update": {"theta": "theta - 2*eta*grad(theta) + eta*g", "g": "grad(theta)"},
    },
    "extragradient": {
        "state": ["theta"],
        "hyperparameters": {"eta": "eta > 0"},
        "update": {"theta": "theta - eta*grad(theta - eta*grad(theta))"},
    },
    "delayed": {  # the gradient is one step old
        "state": ["theta", "u"],
        "hyperparameters": {"eta": "eta > 0"},
        "update": {"theta": "theta - eta*grad(u)", "u": "theta"},
    },
    "preconditioned": {  # p is the preconditioner's factor along the eigen-direction
        "state": ["theta"],
        "hyperparameters": {"eta": "eta > 0", "p": "p > 0"},
        "update": {"theta": "theta - eta*p*grad(theta)"},
    },
}
NOT_SO_FAR = {
    "gradient-flow": "gradient-flow runs in continuous time; the questions about steps do not apply to it",
    "newton": "Newton's method divides by the Hessian, which an update cannot name so far",
}


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One step of the method: new value of each state as a term in the old ones; grad(x) is Apply("grad", x)."""

    name: str
    state: tuple[str, ...]
    hyperparameters: Mapping[str, Term]
    update: Mapping[str, Term]

    @property
    def parameter(self) -> str:
        return self.state[0]


def read_optimizer(text: str | Mapping[str, Any]) -> Optimizer:
    """A named optimizer, or one from a TOML file, or from the data of one.

    Raises Unusable; Undecided for a named one that has no such update.
    """
    if isinstance(text, Mapping):
        return optimizer_from(text, str(text.get("name", "this optimizer")))
    if text in NAMED:
        return optimizer_from({"name": text, **NAMED[text]}, text)
    if text in NOT_SO_FAR:
        raise Undecided(NOT_SO_FAR[text])
    if not text.endswith(".toml"):
        from difflib import get_close_matches

        near = get_close_matches(text, NAMED, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(NAMED))}, or a .toml file"
        raise Unusable(f"there is no optimizer {text!r}", text, (0, len(text)), hint)
    try:
        data = tomllib.loads(Path(text).read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"cannot read {text}: {error.strerror}", text, (0, len(text))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"{text} is not valid TOML: {error}") from error
    return optimizer_from(data, text)


def optimizer_from(data: Mapping[str, Any], where: str) -> Optimizer:
    """The optimizer that a specification (such as a TOML file's data) describes; ``where`` is what errors call it."""
    _check_keys(data, where)
    state, hyper, rules = data.get("state"), data.get("hyperparameters", {}), data.get("update")
    if not isinstance(state, list) or not state or not all(isinstance(name, str) and name.isidentifier() for name in state):
        raise Unusable(f"{where}: 'state' must be a list of one name or more", hint='for example state = ["theta"]')
    for key, table in (("hyperparameters", hyper), ("update", rules)):
        if not isinstance(table, Mapping) or not all(isinstance(text, str) for text in table.values()):
            hint = "a line of it looks like eta = \"eta > 0\""
            raise Unusable(f"{where}: [{key}] must be a table of texts", hint=hint)
    assert isinstance(rules, Mapping)
    state, hyper, rules = [plain_name(name) for name in state], _plain_keys(hyper), _plain_keys(rules)
    _check_names(state, hyper, rules, where)
    vocabulary = Vocabulary({name: name for name in (*state, *hyper, *(f"{name}_next" for name in state))}, {"grad": 1})
    bounds = {name: _bound(text, Vocabulary({key: key for key in hyper}), where) for name, text in hyper.items()}
    update = {name: _rule(rules[name], vocabulary, where) for name in rules}
    _order(update, rules, where)
    return Optimizer(str(data.get("name", where)), tuple(state), bounds, update)


def _check_keys(data: Mapping[str, Any], where: str) -> None:
    """Raises Unusable for a key that is one letter or so away from one that counts."""
    from difflib import get_close_matches

    known = ("name", "state", "hyperparameters", "update")
    for key in data:
        near = get_close_matches(key, known, 1, 0.75) if key not in known else []
        if near and near[0] not in data:
            raise Unusable(f"{where} has {key!r}, which means nothing here", key, (0, len(key)), f"did you mean {near[0]}?")


def _rule(text: str, vocabulary: Vocabulary, where: str) -> Term:
    """The new value of a state. Raises Unusable, pointing, for unknown names and a division by zero."""
    try:
        rule = read_expression(text, vocabulary)
    except Unusable as error:
        if "--parameters" in error.hint:
            error.hint = "declare it under [hyperparameters], or as a state"
        raise
    for node in subterms(rule):
        if node.head == "Div" and exact_value(node.args[1]) == 0:
            raise Unusable(f"{where}: an update divides by zero", text, node.args[1].span or (0, len(text)))
    return rule


def plain_name(name: str) -> str:
    """The name in letters that every answer can have: ``λ`` and ``lambda`` are lam. Raises Unusable for what is none."""
    usual = not name.isidentifier() or (name.isascii() and "lambda" not in name.split("_"))
    return name if usual else read_names(name)[0]


def _plain_keys(table: Mapping[str, str]) -> dict[str, str]:
    """The table with plain names. Raises Unusable where two of its names are spellings of one."""
    found: dict[str, str] = {}
    for name, text in table.items():
        if plain_name(name) in found:
            raise Unusable(f"{name!r} is declared twice", name, (0, len(name)), f"{plain_name(name)} is the same name")
        found[plain_name(name)] = text
    return found


def _check_names(state: list[str], hyper: Mapping[str, str], rules: Mapping[str, str], where: str) -> None:
    names = [*state, *hyper]
    if bad := [name for name in hyper if not name.isidentifier()]:
        raise Unusable(f"{where}: {bad[0]!r} is not a name")
    if bad := [name for name in names if names.count(name) > 1 or name == "grad"]:
        raise Unusable(f"{where}: {bad[0]!r} is declared twice" if bad[0] != "grad" else f"{where}: grad is the gradient")
    if bad := [name for name in names if name.removesuffix("_next") in state and name not in state]:
        raise Unusable(f"{where}: {bad[0]!r} is the new value of {bad[0].removesuffix('_next')!r}", hint="use another name")
    if bad := [name for name in names if name in ("True", "False", "oo") or iskeyword(name) or name.strip("_") != name]:
        raise Unusable(f"{where}: {bad[0]!r} cannot be a name here", hint="use another name")
    if bad := [name for name in state if name not in rules]:
        raise Unusable(f"{where}: the state {bad[0]!r} has no update", hint=f'a line of [update] such as {bad[0]} = "{bad[0]}"')
    if bad := [name for name in rules if name not in state]:
        raise Unusable(f"{where}: [update] has {bad[0]!r}, which is no state", hint=f"the states are {', '.join(state)}")


def _bound(text: str, vocabulary: Vocabulary, where: str) -> Term:
    """The range of a hyperparameter as a claim."""
    try:
        claim = read_formula(text, vocabulary) if text.strip() else TRUE
    except Unusable as error:
        if "--parameters" in error.hint:
            error.hint = "a range speaks of the hyperparameters only"
        raise
    if claim.head not in (*RELATIONS, "And", "True"):
        hint = 'for example "0 <= beta < 1", or "" for any value'
        raise Unusable(f"{where}: the range of a hyperparameter is a relation", text, (0, len(text)), hint)
    if _is_empty(claim):
        raise Unusable(f"{where}: no value is in this range", text, (0, len(text)), 'for example "0 <= beta < 1"')
    return claim


def _is_empty(claim: Term) -> bool:
    """Whether bounds by numbers contradict each other."""
    lows: dict[str, list[tuple[Any, bool]]] = {}
    highs: dict[str, list[tuple[Any, bool]]] = {}
    for one in claim.args if claim.head == "And" else (claim,):
        if one.head not in ("Lt", "Le", "Gt", "Ge"):
            continue
        small, large = one.args if one.head in ("Lt", "Le") else one.args[::-1]
        for side, other, ends in ((small, large, highs), (large, small, lows)):
            value = exact_value(other)
            if side.head == "Symbol" and value is not None:
                ends.setdefault(side.args[0], []).append((value, one.head in ("Lt", "Gt")))
    pairs = ((low, high) for name in lows for low in lows[name] for high in highs.get(name, ()))
    return any(low > high or (low == high and (open_low or open_high)) for (low, open_low), (high, open_high) in pairs)


def _order(update: Mapping[str, Term], texts: Mapping[str, str], where: str) -> list[str]:
    """The states in an order in which each needs new values of earlier ones only, or its own (an implicit step)."""
    needs = {name: {other for other in update if f"{other}_next" in free_symbols(rule)} for name, rule in update.items()}
    ordered: list[str] = []
    while len(ordered) < len(needs):
        ready = [name for name in needs if name not in ordered and needs[name] - {name} <= set(ordered)]
        if not ready:
            circle = [name for name in needs if name not in ordered]
            other = next(one for one in needs[circle[0]] if one in circle and one != circle[0])
            text, at = texts[circle[0]], max(texts[circle[0]].find(f"{other}_next"), 0)
            message = f"{where}: the updates of {', '.join(circle)} need each other's new values"
            raise Unusable(message, text, (at, at + len(other) + 5), "use an old value in one of them")
        ordered.append(ready[0])
    return ordered


def step_order(method: Optimizer) -> list[str]:
    """The states in an order in which each update needs new values of earlier ones only, or its own."""
    return _order(method.update, {}, method.name)
