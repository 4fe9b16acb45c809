"""Methods of our own invention, and the matrix of one step of a method by running its update: independent of the tactics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Spec = tuple[list[str], dict[str, str], dict[str, str]]

OWN: dict[str, Spec] = {
    "delay-two": (["theta", "u", "w"], {"eta": "eta > 0"}, {"theta": "theta - eta*grad(w)", "u": "theta", "w": "u"}),
    "delay-three": (
        ["theta", "u", "w", "x"], {"eta": "eta > 0"},
        {"theta": "theta - eta*grad(x)", "u": "theta", "w": "u", "x": "w"},
    ),
    "pid": (
        ["theta", "i", "d"], {"eta": "eta > 0", "a": "a >= 0", "k": "k >= 0"},
        {"i": "i/2 + grad(theta)", "d": "grad(theta)", "theta": "theta - eta*(grad(theta) + a*i_next + k*(grad(theta) - d))"},
    ),
    "triple-momentum": (
        ["theta", "x", "y"], {"eta": "eta > 0", "beta": "", "gamma": "", "delta": ""},
        {"theta": "(1 + delta)*x_next - delta*x", "x": "(1 + beta)*x - beta*y - eta*grad((1 + gamma)*x - gamma*y)", "y": "x"},
    ),
    "robust-momentum": (
        ["x", "y"], {"alpha": "alpha > 0", "beta": "0 <= beta < 1", "gamma": "0 <= gamma < 1"},
        {"x": "x + beta*(x - y) - alpha*grad(x + gamma*(x - y))", "y": "x"},
    ),
    "nesterov-by-two-points": (
        ["x", "y"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"y": "x - eta*grad(x)", "x": "y_next + beta*(y_next - y)"},
    ),
    "nesterov-by-differences": (
        ["x", "w"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"x": "x + beta*(x - w) - eta*grad(x + beta*(x - w))", "w": "x"},
    ),
    "nesterov-by-momentum": (
        ["theta", "m"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"m": "beta*m + grad(theta)", "theta": "theta - eta*(grad(theta) + beta*m_next)"},
    ),
    "nested-means": (
        ["theta", "m", "n"], {"eta": "eta > 0", "a": "0 <= a < 1", "b": "0 <= b < 1"},
        {"m": "a*m + (1 - a)*grad(theta)", "n": "b*n + (1 - b)*m_next", "theta": "theta - eta*n_next"},
    ),
    "averaged-iterate": (
        ["theta", "v", "mean"], {"eta": "eta > 0", "beta": "0 <= beta < 1", "alpha": "0 < alpha <= 1"},
        {"v": "beta*v - eta*grad(theta)", "theta": "theta + v_next", "mean": "(1 - alpha)*mean + alpha*theta_next"},
    ),
    "implicit-momentum": (
        ["theta", "v"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"v": "beta*v - eta*grad(theta)", "theta": "theta + v_next - eta*grad(theta_next)"},
    ),
    "half-implicit": (
        ["theta", "v"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"v": "beta*v - eta*grad(theta + v)", "theta": "theta_next/2 + theta/2 + v_next/2 - eta*grad(theta_next)/2"},
    ),
    "delayed-momentum": (
        ["theta", "v", "u"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"v": "beta*v - eta*grad(u)", "theta": "theta + v_next", "u": "theta"},
    ),
    "aggregated-momentum": (
        ["theta", "v1", "v2"], {"eta": "eta > 0", "b1": "0 <= b1 < 1", "b2": "0 <= b2 < 1"},
        {"v1": "b1*v1 - grad(theta)", "v2": "b2*v2 - grad(theta)", "theta": "theta + eta*(v1_next + v2_next)/2"},
    ),
    "three-memories": (
        ["theta", "v1", "v2", "v3"], {"eta": "eta > 0", "b1": "0 <= b1 < 1"},
        {"v1": "b1*v1 - grad(theta)", "v2": "v2/2 - grad(theta)", "v3": "9*v3/10 - grad(theta)",
         "theta": "theta + eta*(v1_next + v2_next + v3_next)/3"},
    ),
    "decayed-quasi-hyperbolic": (
        ["theta", "m"], {"eta": "eta > 0", "beta": "0 <= beta < 1", "nu": "0 <= nu <= 1", "w": "0 <= w < 1"},
        {"m": "beta*m + (1 - beta)*grad(theta)", "theta": "(1 - w)*theta - eta*((1 - nu)*grad(theta) + nu*m_next)"},
    ),
    "optimistic-momentum": (
        ["theta", "m", "g"], {"eta": "eta > 0", "beta": "0 <= beta < 1", "k": "k >= 0"},
        {"m": "beta*m + grad(theta) + k*(grad(theta) - g)", "theta": "theta - eta*m_next", "g": "grad(theta)"},
    ),
    "rational": (
        ["theta", "m"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"m": "beta*m + grad(theta)/(1 - beta)", "theta": "theta - eta*m_next/(1 + beta)"},
    ),
    "divided": (
        ["theta", "m"], {"eta": "eta > 0", "beta": "0 <= beta < 1", "tau": "tau > 0"},
        {"m": "beta*m + grad(theta)/tau", "theta": "theta - eta*m_next/(1 + tau)"},
    ),
    "three-means": (
        ["theta", "m", "n", "p"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"m": "beta*m + (1 - beta)*grad(theta)", "n": "beta*n + (1 - beta)*m_next", "p": "n_next/2 + p/2",
         "theta": "theta - eta*p_next"},
    ),
    "mean-of-two-gradients": (
        ["theta", "g"], {"eta": "eta > 0"}, {"theta": "theta - eta*(grad(theta) + g)/2", "g": "grad(theta)"},
    ),
    "redundant": (
        ["theta", "v", "w"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"v": "beta*v - eta*grad(theta)", "w": "2*theta + v", "theta": "theta + v_next"},
    ),
    "never-stable": (["theta", "v"], {"eta": "eta > 0"}, {"v": "v - eta*grad(theta)", "theta": "theta + v"}),
    "sevenths": (
        ["theta", "v"], {"eta": "eta > 0"}, {"v": "7*v/10 - eta*grad(theta)", "theta": "theta + v_next - 3*eta*grad(theta)/10"},
    ),
    "four-and-four": (
        ["theta", "v", "w", "u"], {"eta": "eta > 0", "a": "0 <= a < 1", "b": "0 <= b < 1", "alpha": "0 < alpha <= 1"},
        {"v": "a*v - eta*grad(theta)", "theta": "theta + v_next", "w": "(1 - alpha)*w + alpha*theta_next", "u": "b*u + w_next"},
    ),
    "nesterov-by-y-and-x": (
        ["y", "x"], {"eta": "eta > 0", "beta": "0 <= beta < 1"},
        {"x": "y - eta*grad(y)", "y": "x_next + beta*(x_next - x)"},
    ),
    "adam-with-constants": (
        ["theta", "m"], {"eta": "eta > 0", "scale": "scale > 0"},
        {"m": "9*m/10 + grad(theta)/10", "theta": "theta - eta*m_next/(scale*(1 - 81/100))"},
    ),
    "two-step": (
        ["x", "y"], {"omega": "0 < omega < 2", "eta": "eta > 0"},
        {"x": "omega*(x - eta*grad(x)) + (1 - omega)*y", "y": "x"},
    ),
    "delayed-heavy-ball": (
        ["theta", "v", "u"], {"eta": "eta > 0"}, {"v": "v/2 - eta*grad(u)", "theta": "theta + v_next", "u": "theta"},
    ),
    "stable-for-all": (
        ["theta", "v"], {"eta": "eta > 0", "beta": "0 <= beta < 1"}, {"v": "beta*v", "theta": "theta/2 + v_next"},
    ),
}  # fmt: skip


def written(name: str, folder: Path, spec: Spec | None = None) -> str:
    """The name of a TOML file with this specification."""
    state, hyper, update = spec or OWN[name]
    lines = [f'name = "{name}"', f"state = {state}".replace("'", '"')]
    for key, rows in (("hyperparameters", hyper), ("update", update)):
        lines += [f"[{key}]", *(f'{one} = "{text}"' for one, text in rows.items())]
    file = folder / f"{name}.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def step_matrix(spec: Spec, values: Mapping[str, float]) -> Any:
    """The matrix of one step on the loss lam*x**2/2, column by column, by running the update as Python text."""
    state, _, update = spec
    columns = [_stepped(state, update, values, [float(i == j) for i in range(len(state))]) for j in range(len(state))]
    return np.array(columns).T


def _stepped(state: list[str], update: Mapping[str, str], values: Mapping[str, float], at: list[float]) -> list[float]:
    scope: dict[str, Any] = {**values, **dict(zip(state, at, strict=True)), "grad": lambda x: values["lam"] * x}
    waiting = list(update)
    while waiting:
        for name in waiting:
            try:
                image = [eval(update[name], {}, {**scope, f"{name}_next": z}) for z in (0.0, 1.0)]
            except NameError:
                continue
            slope = image[1] - image[0]
            scope[f"{name}_next"] = image[0] / (1 - slope)
            waiting.remove(name)
            break
    return [scope[f"{name}_next"] for name in state]
