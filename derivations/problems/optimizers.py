"""Optimizers: state, hyperparameters and update rule, as short declarative specifications.

In an update a bare name is the old value, NAME_next the new one, and grad(x) is the loss's gradient at x.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivations.language.errors import Unusable
from derivations.language.terms import TRUE, Term
from derivations.reading import Vocabulary, read_expression, read_formula

# The first state is the parameter; what follows is memory, zero at the start.
NAMED: dict[str, dict[str, Any]] = {
    "gradient-descent": {
        "state": ["theta"],
        "hyperparameters": {"eta": ""},
        "update": {"theta": "theta - eta*grad(theta)"},
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


def read_optimizer(text: str) -> Optimizer:
    """A named optimizer, or one from a TOML file. Raises Unusable."""
    if text in NAMED:
        return _from_data({"name": text, **NAMED[text]}, text)
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
    return _from_data(data, text)


def _from_data(data: Mapping[str, Any], where: str) -> Optimizer:
    state, hyper, rules = data.get("state"), data.get("hyperparameters", {}), data.get("update")
    if not isinstance(state, list) or not state or not all(isinstance(name, str) and name.isidentifier() for name in state):
        raise Unusable(f"{where}: 'state' must be a list of names", hint='for example state = ["theta"]')
    for key, table in (("hyperparameters", hyper), ("update", rules)):
        if not isinstance(table, Mapping) or not all(isinstance(text, str) for text in table.values()):
            hint = "a line of it looks like eta = \"eta > 0\""
            raise Unusable(f"{where}: [{key}] must be a table of texts", hint=hint)
    bad = [name for name in hyper if not name.isidentifier()]
    if bad:
        raise Unusable(f"{where}: {bad[0]!r} is not a name")
    assert isinstance(rules, Mapping)
    extra = [f"{name}_next" for name in state]
    names = {name: name for name in (*state, *hyper, *extra)}
    vocabulary = Vocabulary(names, {"grad": 1})
    bounds = {name: read_formula(text, vocabulary) if text else TRUE for name, text in hyper.items()}
    missing = [name for name in state if name not in rules]
    if missing:
        raise Unusable(f"{where}: the state {missing[0]!r} has no update")
    update = {name: read_expression(rules[name], vocabulary) for name in rules}
    return Optimizer(str(data.get("name", where)), tuple(state), bounds, update)
