"""The functions that the hypotheses of some results need, for ``models``: noise, eigenvectors, flows, a smooth loss."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np

from derivations.language.statements import Statement
from derivations.language.terms import ZERO, Term, free_symbols, lt, subterms, symbol
from derivations.witness import evaluable, evaluate
from derivations.witness.arithmetic import add, as_value, call, mul, sub

from . import random_matrices
from .models import Function, Model, drawn_values, model_of

_OUTCOMES = np.arange(1024.0)


def world(statement: Statement, seed: int) -> Model:
    """A model for this statement, its functions chosen so that hypotheses as in the catalogue hold."""
    names = {item.name: item.domain for item in statement.variables}
    values = drawn_values(statement, seed)
    special: dict[str, Function] = {}
    if "zeta" in names:
        special = _least_squares(values, seed)
    elif "D" in names and "xi" in names:
        special = _shuffled(values, seed)
    elif {"D", "c", "eps"} <= names.keys():
        special = _reshuffled(values, seed)
    elif {"v", "H", "eps"} <= names.keys():
        special = _turned_noise(seed)
    elif {"xi_1", "xi_2", "C"} <= names.keys():
        special = _two_noises(values)
    elif "eps" in names or "xi" in names:
        special = _noise(values, seed)
    elif {"H_W", "T", "g"} <= names.keys():
        special = _one_output(seed)[0]
    elif {"H_W", "T", "F"} <= names.keys():
        special = _many_units(seed)[0]
    elif {"Q", "F", "V"} <= names.keys():
        special = _wide_layer(seed)[0]
    elif {"H_W", "beta", "eta"} <= names.keys():
        special = _layers_in_bases(seed)[0]
    elif {"H_W", "S"} <= names.keys():
        special = _linear_layers(seed)[0]
    elif {"v", "H"} <= names.keys():
        special = _eigenvectors(seed)
    elif {"w_2_1_2", "p_1", "k_3"} <= names.keys():
        special = _with_momentum(seed)
    elif {"u_1", "v_1", "s_1", "alpha"} <= names.keys():
        special = _equal_starts(seed)
    elif {"w_1_1_1", "gamma"} <= names.keys() and "Diff" in str(statement.hypotheses):
        special = _decaying_layers(values, seed)
    elif {"w_2_2_2", "c_4"} <= names.keys() and "Diff" in str(statement.hypotheses):
        special = _square_layers(seed)
    elif "Diff" in str(statement.hypotheses):
        special = _turning(seed) if {"x", "y"} <= names.keys() else _flow(seed)
    elif {"M", "L", "C", "c", "eta"} <= names.keys():
        special = _modified_flow(values, seed)
    elif {"theta", "eta", "lam", "theta_star"} <= names.keys() and "theta(t + 1)" in str(statement.hypotheses):
        special = _implicit_steps(values, seed)
    elif {"x_min", "p_0", "s_w"} <= names.keys():
        values = random_matrices.drawn(values, seed)
        special = random_matrices.weights(values)
    elif {"phi", "M"} <= names.keys():
        special = _moved_weights(seed)
    elif any(item.claim.head == "Smooth" for item in statement.hypotheses):
        special = _smooth_loss(values, seed)
    if names.get("eta") == "sequence":  # the best step sizes
        special["eta"] = lambda *_: 2 / (1 + abs(values["kappa"]))
    starts = _starts(statement, values)
    flows = "Diff" in str(statement.hypotheses)  # whose paths start there anyway
    special |= {name: one for name, one in starts.items() if not (flows and name in special)}
    again = model_of(statement, seed, special)
    if {"e", "F", "theta_0"} <= names.keys():  # e(0) is a hypothesis there
        start = again.values["theta_0"] - again.values["theta_star"]
        again = model_of(statement, seed, {**special, "e": lambda *_: start})
    for name in {"R", "g", "q"} & again.values.keys() if "eta" in again.values else ():  # positive by hypothesis
        again.values |= {one: abs(again.values[one]) + 0.1 for one in (name, "eta")}
        below = (lt(symbol(name), ZERO), Term("Gt", (ZERO, symbol(name))))
        if any(item.claim in below for item in statement.hypotheses):  # or negative, in a mutant
            again.values[name] *= -1
    if {"u", "v", "x", "y"} <= names.keys() and 0 < again.values.get("eta", 0) < 0.5:  # not too slow to be seen
        again.values["eta"] = 0.5 + again.values["eta"] / 2
    if {"w_2_1_2", "p_1", "k_3"} <= names.keys():
        again.values["g"] = _friction(seed)
    if {"M", "L", "C", "c", "eta"} <= names.keys():
        again.values.update({name: values[name] for name in ("c", "eta", "C")})
    if {"delta", "theta_star"} <= names.keys():  # a small radius, and a start within
        again.near = (2e-3, float(again.values["theta_star"]) + 1e-3)
    if {"mu", "L_max"} <= names.keys():  # in their order, in most models
        again.values["mu"], again.values["L_max"] = sorted(map(abs, (again.values["mu"], again.values["L_max"])))
    if "kept" in names:  # the eigenvalues, of which one is asked for
        again.near = (2.0, 10.0)
    spectra = [one for one in subterms(statement.conclusion) if one.head == "Predicate" and one.args[0] == "eigenvalues"]
    if "lam" in names and spectra and not free_symbols(spectra[0]):  # of which all up to the largest are spoken
        again.near = tuple(float(again.number(value)) for value in spectra[0].args[2:])
    if {"beta", "rho", "v"} <= names.keys() and "eta" not in names:  # between 0 and 1
        again.values["beta"] = random.Random(seed).uniform(0.1, 0.7)
    if {"xi_1", "xi_2", "beta"} <= names.keys():  # decided within the steps that are tried
        draw = random.Random(seed)
        again.values |= {"beta": draw.choice([0.0, 0.3, 0.6, 0.6, -0.4, 1.0, 1.5]), "eta": draw.choice([0.5, 1.0, -1.0])}
        sizes = [draw.choice([draw.uniform(0.4, 1.5), draw.uniform(0.4, 1.5), 0.0, -1.0, 5.0]) for _ in (1, 2)]
        again.values |= dict(zip(("lam_1", "lam_2"), sizes, strict=True))
    if "zeta" in names:
        again.values["k"] = 1
    if {"D", "c"} <= names.keys():
        again.values["D"] = values["D"]
        again.values["c"] = -(again.values["sigma"] ** 2) / (values["D"] - 1)
    if "alpha" in names:
        again.values["alpha"] = random.Random(seed).choice([0.2, 0.5, 0.6])
    if {"H_W", "T", "g"} <= names.keys():
        again.values.update(_one_output(seed)[1])
    elif {"H_W", "T", "F"} <= names.keys():
        again.values.update(_many_units(seed)[1])
    elif {"Q", "F", "V"} <= names.keys():
        again.values.update(_wide_layer(seed)[1])
    elif {"H_W", "beta", "eta"} <= names.keys():
        again.values.update(_layers_in_bases(seed)[1])
    elif {"H_W", "S"} <= names.keys():
        again.values.update(_linear_layers(seed)[1])
    if {"v", "H"} <= names.keys():  # exactly, so that rounding does not grow in the steep direction
        again.values.update(_extremes(seed))
        again.values["eta"] = Fraction(again.values["eta"]).limit_denominator(40)
    if {"v", "H", "eps"} <= names.keys():  # no direction grows, for here there is rounding
        again.values["eta"] = min(again.values["eta"], Fraction(3, 2) / again.values["L_max"])
    if {"v", "H", "eps"} <= names.keys() and again.values["eta"]:  # among them the stationary second moments that there are
        eta, both = float(again.values["eta"]), (1, 2)
        sizes, noise = ([float(again.functions[name](*at)) for at in ats] for name, ats in (("lam", [(i,) for i in both]),
                                                                                        ("C", [(i, i) for i in both])))  # fmt: skip
        bottoms = [1 - (1 - eta * size) ** 2 for size in sizes]
        again.near = tuple(eta**2 * c / bottom for c, bottom in zip(noise, bottoms, strict=True) if bottom)
    if {"kappa", "mu"} <= names.keys() or {"p", "q", "r", "s"} <= names.keys():  # as they are defined, whatever was changed above
        for item in statement.definitions:
            if item.claim.head == "Eq" and item.claim.args[0].head == "Symbol":
                again.values[item.claim.args[0].args[0]] = again.number(item.claim.args[1])
    if {"p", "q", "r", "s"} <= names.keys():  # the roots of z**2 - p*z + q, of which something may be said
        again.near = _roots(float(again.values["p"]), float(again.values["q"]))
    if {"x_min", "p_0", "s_w"} <= names.keys():
        again.values.update(random_matrices.named_values(statement, values))
        again.near = tuple(again.values["x_min"] + part * (again.values["x_max"] - again.values["x_min"]) for part in (0.2, 0.7))
    return again


def _starts(statement: Statement, values: Mapping[str, Any]) -> dict[str, Function]:
    """Sequences that start where one of their arguments says, x(0, a, b) = b for all a, b, or at a number, x(0) = 5."""
    found: dict[str, Function] = {}
    for item in statement.hypotheses:
        body = item.claim
        begins = body.head == "Eq" and body.args[0].head == "Apply" and body.args[0].args[1:] == (ZERO,)
        if begins and evaluable(body.args[1], values):
            at = evaluate(body.args[1], values)
            found[body.args[0].args[0]] = lambda *_, at=at: at
        while body.head == "ForAll":
            body = body.args[1]
        if body.head == "Eq" and body.args[0].head == "Apply" and body.args[1] in body.args[0].args[2:]:
            place = body.args[0].args.index(body.args[1]) - 1
            found[body.args[0].args[0]] = lambda *args, place=place: args[place]
    return found


def _roots(p: float, q: float) -> tuple[float, ...]:
    """Two real roots, or real and imaginary part of a pair."""
    size = np.sqrt(abs(p * p - 4 * q))
    return ((p + size) / 2, (p - size) / 2) if 4 * q <= p * p else (p / 2, size / 2)


def _noise(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """Orthogonal waves over the outcomes: of mean 0, uncorrelated among steps and samples, and with a constant start."""
    sigma = values["sigma"]

    def wave(k: int) -> Any:
        angle = 2 * np.pi * (k // 2 + 1) * _OUTCOMES / len(_OUTCOMES)
        return sigma * np.sqrt(2) * (np.sin(angle) if k % 2 else np.cos(angle))

    start = random.Random(seed).uniform(-2, 2)
    return {
        "eps": lambda t: wave(int(t)),
        "xi": lambda t, i: wave(3 * int(t) + int(i) - 1),
        "theta": lambda *_: start + 0 * _OUTCOMES,
    }


def _turned_noise(seed: int) -> dict[str, Function]:
    """Two components of noise with the covariance R, beside an eigenbasis with which it does not commute."""
    known = {name: (lambda *at, f=f: float(f(*at))) for name, f in _eigenvectors(seed).items()}
    start, covariance = known["theta"], [[1.0, 0.5], [0.5, 1.25]]
    return {
        **known,
        "eps": lambda t, k: _waves(2 * int(t)) if int(k) % 2 else _waves(2 * int(t)) / 2 + _waves(2 * int(t) + 1),
        "R": lambda k, m: covariance[(int(k) - 1) % 2][(int(m) - 1) % 2],
        "theta": lambda *at: start(*at) + 0 * _OUTCOMES,
    }


def _two_noises(values: Mapping[str, Any]) -> dict[str, Function]:
    """Noise in two directions with the covariance C."""
    return {
        "xi_1": lambda t: _waves(2 * int(t)),
        "xi_2": lambda t: values["C"] * _waves(2 * int(t)) + _waves(2 * int(t) + 1),
    }


def _waves(k: int) -> Any:
    """Orthogonal functions of the outcomes, of mean 0 and variance 1."""
    angle = 2 * np.pi * (k // 2 + 1) * _OUTCOMES / len(_OUTCOMES)
    return np.sqrt(2) * (np.sin(angle) if k % 2 else np.cos(angle))


def _least_squares(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """Inputs of one size, the only ones that finitely many outcomes keep apart from the state for ever: k = 1."""
    size, start = np.sqrt(abs(values["lam"])), random.Random(seed).uniform(-2, 2)
    return {
        "x": lambda t, i: size * (-1) ** int(t + i) + 0 * _OUTCOMES,
        "zeta": lambda t, i: values["sigma"] * _waves(3 * int(t) + int(i) - 1),
        "theta": lambda *_: start + 0 * _OUTCOMES,
    }


def _shuffled(values: dict[str, Any], seed: int) -> dict[str, Function]:
    """Waves less their mean over the D samples: they add up to nothing and have one variance and one covariance."""
    many = values["D"] = values["N"] + 1 + seed % 2
    start = random.Random(seed).uniform(-2, 2)
    scale = values["sigma"] * np.sqrt(many / (many - 1))

    def noise(t: Any, i: Any) -> Any:
        waves = [_waves(many * int(t) + j) for j in range(many)]
        return scale * (waves[int(i) - 1] - sum(waves) / many)

    return {
        "xi": noise,
        "w": lambda i: Fraction(int(i <= values["N"])),
        "theta": lambda *_: start + 0 * _OUTCOMES,
    }


def _reshuffled(values: dict[str, Any], seed: int) -> dict[str, Function]:
    """The same, the D samples being the places of an epoch; what the third order leaves of (1 - x)**j begins with nothing."""
    many = values["D"] = 2 + seed % 3
    drawn = _shuffled({**values, "N": many - 1 - seed % 2}, seed)
    del drawn["w"]
    return {**drawn, "eps": lambda t: drawn["xi"](int(t) // many, int(t) % many + 1), "r": lambda *_: 0.0}


def _extremes(seed: int) -> dict[str, Any]:
    small, large = _spectrum(seed)
    return {"L_max": large, "mu": small, "m": 2, "n": 2}


def _spectrum(seed: int) -> tuple[Fraction, Fraction]:
    draw = random.Random(seed)
    return draw.choice([Fraction(1, 2), Fraction(1), Fraction(3, 10)]), Fraction(draw.choice([1, 2, 4]))


def _eigenvectors(seed: int) -> dict[str, Function]:
    turn, spectrum = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]], _spectrum(seed)
    hessian = [[sum(turn[i][k] * spectrum[i] * turn[i][j] for i in (0, 1)) for j in (0, 1)] for k in (0, 1)]
    return {
        "v": lambda i, k: turn[(int(i) - 1) % 2][(int(k) - 1) % 2],
        "H": lambda i, j: hessian[(int(i) - 1) % 2][(int(j) - 1) % 2],
        "lam": lambda i: spectrum[(int(i) - 1) % 2],
        "theta_star": lambda i: Fraction(int(i)) - Fraction(1, 2),
        "theta": lambda *at: 2 + Fraction(7, 10) * int(at[-1]),
    }


def _linear_layers(seed: int) -> tuple[dict[str, Function], dict[str, Any]]:
    """Two layers of weights, inputs with the second moments S = R*R^T, and an eigenvector of the Hessian made from one of the
    matrix M*S, M = |v|**2 + W^T*W. Every third seed R = 1; every second one g is R^T*u, otherwise that over the eigenvalue."""
    draw = np.random.default_rng(seed)
    v, w, root = draw.normal(size=2), draw.normal(size=(2, 2)), draw.normal(size=(2, 2)) if seed % 3 else np.eye(2)
    moments, small = root @ root.T, v @ v * np.eye(2) + w.T @ w
    sizes, vectors = np.linalg.eig(small @ moments)
    lam, u = float(np.real(sizes[seed % 2])), np.real(vectors[:, seed % 2])
    z, g = moments @ u, root.T @ u / (1 if seed % 2 else lam)
    upper = w @ z
    arrays = {"V": v, "W": w, "S": moments, "R": root, "u": u, "g": g, "A": np.outer(v, z), "B": upper}
    found = {name: _entries(array) for name, array in arrays.items()}
    found["x"] = lambda i: root[int(i) - 1, 0] * _waves(0) + root[int(i) - 1, 1] * _waves(1)
    return found, {"d": 2, "k": 2, "lam": lam, "beta": lam - float(v @ v)}


def _one_output(seed: int) -> tuple[dict[str, Function], dict[str, Any]]:
    """Two layers and second moments with inverses; every second seed the direction does not change the end-to-end map."""
    draw = np.random.default_rng(seed)
    v, w, root, a, b = (draw.normal(size=size) for size in (2, (2, 2), (2, 2), (2, 2), 2))
    if seed % 2:
        a -= np.outer(v, v @ a + b @ w) / (v @ v)
    moments = root @ root.T
    arrays = {"V": v, "W": w, "S": moments, "T": np.linalg.inv(moments), "A": a, "B": b}
    return {name: _entries(array) for name, array in arrays.items()}, {"d": 2, "k": 2, "g": 1 / float(v @ v)}


def _many_units(seed: int) -> tuple[dict[str, Function], dict[str, Any]]:
    """The same with three hidden units, an inverse for the lower layer, and every third seed an upper layer that is zero."""
    draw = np.random.default_rng(seed)
    v, w, root, a, b = (draw.normal(size=size) for size in (3, (3, 2), (2, 2), (3, 2), 3))
    v, inverse = v * (seed % 3 > 0), np.linalg.inv(w.T @ w)
    if seed % 2:
        b -= w @ inverse @ (v @ a + b @ w)
    moments = root @ root.T
    arrays = {"V": v, "W": w, "S": moments, "T": np.linalg.inv(moments), "F": inverse, "A": a, "B": b}
    return {name: _entries(array) for name, array in arrays.items()}, {"d": 2, "k": 3}


def _wide_layer(seed: int) -> tuple[dict[str, Function], dict[str, Any]]:
    """Three inputs and two hidden units, and an eigenvector of |v|**2 + W^T*W, the smallest one every third seed."""
    draw = np.random.default_rng(seed)
    v, w = draw.normal(size=2), draw.normal(size=(2, 3))
    sizes, vectors = np.linalg.eigh(v @ v * np.eye(3) + w.T @ w)
    arrays = {"V": v, "W": w, "F": np.linalg.inv(w @ w.T), "u": vectors[:, seed % 3]}
    return {name: _entries(array) for name, array in arrays.items()}, {"d": 3, "k": 2, "lam": float(sizes[seed % 3])}


def _layers_in_bases(seed: int) -> tuple[dict[str, Function], dict[str, Any]]:
    """Two inputs, hidden units and outputs, eigenvectors of both layers, the largest first, and the direction made from these."""
    draw = np.random.default_rng(seed)
    v, w = draw.normal(size=(2, 2)), draw.normal(size=(2, 2))
    (alpha, e), (beta, u) = (np.linalg.eigh(matrix) for matrix in (v @ v.T, w.T @ w))
    alpha, e, beta, u = alpha[::-1], e.T[::-1], beta[::-1], u.T[::-1]
    arrays = {"V": v, "W": w, "alpha": alpha, "e": e, "beta": beta, "u": u}
    arrays |= {"A": np.outer(v.T @ e[0], u[0]), "B": np.outer(e[0], w @ u[0])}
    sigma, omega = float(alpha[0]), float(beta[0])
    sizes = {"d": 2, "k": 2, "m": 2, "sigma": sigma, "omega": omega, "lam": sigma + omega}
    eta = draw.uniform(-0.5, 3) / (sigma + omega)
    return {name: _entries(array) for name, array in arrays.items()}, {**sizes, "eta": eta}


def _entries(array: Any) -> Function:
    return lambda *at: float(array[tuple(int(i) - 1 for i in at)])


def _flow(seed: int) -> dict[str, Function]:
    """dx/dtau = -y, dy/dtau = -x."""
    a, b = (as_value(random.Random(seed + k).uniform(-2, 2)) for k in (0, 1))

    def branches(tau: Any) -> tuple[Any, Any]:
        return mul(a, call("Exp", mul(as_value(-1), tau))), mul(b, call("Exp", as_value(tau)))

    return {"theta_1": lambda tau: add(*branches(tau)), "theta_2": lambda tau: sub(*branches(tau))}


def _equal_starts(seed: int) -> dict[str, Function]:
    """u_1 and v_1 start at alpha, one falls and the other rises, at a constant slope."""
    draw = random.Random(seed)
    size, rate = draw.choice([0.2, 0.5, 0.6]), random.Random(seed + 1).uniform(-0.6, 0.6)

    def branch(speed: float) -> Function:
        return lambda tau: mul(as_value(size), call("Exp", mul(as_value(speed * rate), tau)))

    return {"s_1": lambda tau: mul(as_value(rate), tau), "c_1": lambda *_: as_value(rate), "u_1": branch(-2), "v_1": branch(2)}


Waves = list[tuple[float, float]]  # a sum of c*exp(r*tau)


def _square_layers(seed: int) -> dict[str, Function]:
    """W_1' = -c*W_2^T and W_2' = -c*W_1^T: both sums of exp(-c*tau) and exp(c*tau)."""
    draw = random.Random(seed)
    c = draw.uniform(-0.4, 0.4)
    found: dict[str, Function] = {f"c_{i}": lambda *_, i=i: as_value(c if i in (1, 4) else 0.0) for i in range(1, 5)}
    for i in (1, 2):
        for j in (1, 2):
            falls, grows = draw.uniform(-1, 1), draw.uniform(-1, 1)
            found[f"w_1_{i}_{j}"] = _exponentials([(falls, -c), (grows, c)])
            found[f"w_2_{j}_{i}"] = _exponentials([(falls, -c), (-grows, c)])
    return found


def _friction(seed: int) -> float:
    return random.Random(seed).uniform(1, 2)


def _with_momentum(seed: int) -> dict[str, Function]:
    """Two hidden units between one input and one output, at a constant slope c: w'' = -g*w' - c*v, v'' = -g*v' - c*w."""
    g, draw = _friction(seed), random.Random(seed + 1)
    slope = draw.uniform(-0.2, 0.2)
    paths: list[Waves] = []
    for _ in range(2):
        both: list[Waves] = []
        for sign in (1, -1):  # w + v and w - v
            root = np.sqrt(g * g - 4 * sign * slope)
            both.append([(draw.uniform(-1, 1), (-g + root) / 2), (draw.uniform(-1, 1), (-g - root) / 2)])
        paths += [both[0] + both[1], both[0] + [(-c, r) for c, r in both[1]]]
    below_1, above_1, below_2, above_2 = paths
    speeds = [[(c * r, r) for c, r in one] for one in (below_1, below_2, above_1, above_2)]
    one, two, three, four = speeds
    energies = [(one, one, three, three), (one, two, three, four), (one, four, two, three)]
    found = {"c_1": lambda *_: as_value(slope)}
    weights = zip(("w_1_1_1", "w_1_2_1", "w_2_1_1", "w_2_1_2"), (below_1, below_2, above_1, above_2), strict=True)
    found |= {name: _exponentials(one) for name, one in weights}
    found |= {f"p_{i + 1}": _exponentials(one) for i, one in enumerate(speeds)}
    for i, (a, b, c, d) in enumerate(energies):
        whole = [(x * y, r + s + g) for x, r in a for y, s in b] + [(-x * y, r + s + g) for x, r in c for y, s in d]
        found[f"k_{i + 1}"] = _integral(whole)
    return found


def _exponentials(parts: Waves) -> Function:
    def function(tau: Any) -> Any:
        return reduce(add, (mul(as_value(c), call("Exp", mul(as_value(r), tau))) for c, r in parts))

    return function


def _integral(parts: Waves) -> Function:
    """From 0; a rate of zero gives a multiple of the time."""
    turning = [(c / r, r) for c, r in parts if abs(r) > 1e-12]
    steady, start = sum(c for c, r in parts if abs(r) <= 1e-12), sum(c for c, _ in turning)
    return lambda tau: add(add(_exponentials(turning)(tau), mul(as_value(steady), tau)), as_value(-start))


def _decaying_layers(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """One unit between two inputs and two outputs: two pairs with dw/dtau = -s*v - gamma*w, dv/dtau = -s*w - gamma*v."""
    draw = random.Random(seed)
    found: dict[str, Function] = {name: lambda *_: as_value(0.0) for name in ("c_2", "c_3")}

    def branch(rate: float, size: float) -> Function:
        return lambda tau: mul(as_value(size), call("Exp", mul(as_value(-rate - float(values["gamma"])), tau)))

    for below, above, slope in (("w_1_1_1", "w_2_1_1", "c_1"), ("w_1_1_2", "w_2_2_1", "c_4")):
        rate = draw.uniform(-1, 1)
        falling, rising = branch(rate, draw.uniform(-2, 2)), branch(-rate, draw.uniform(-2, 2))
        found |= {below: lambda tau, a=falling, b=rising: add(a(tau), b(tau)), slope: lambda *_, rate=rate: as_value(rate),
                  above: lambda tau, a=falling, b=rising: sub(a(tau), b(tau))}  # fmt: skip
    return found


def _implicit_steps(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """theta_t = theta_star + s/(1 + eta*lam)**t."""
    bottom, start = 1 + float(values["eta"]) * float(values["lam"]), random.Random(seed).uniform(-2, 2)
    factor = 1 / bottom if bottom else 1.0
    return {"theta": lambda t: float(values["theta_star"]) + start * factor ** float(t)}


def _turning(seed: int) -> dict[str, Function]:
    """dx/dtau = -y, dy/dtau = x."""
    a, b = (as_value(random.Random(seed + k).uniform(-2, 2)) for k in (0, 1))
    return {
        "x": lambda tau: sub(mul(a, call("Cos", tau)), mul(b, call("Sin", tau))),
        "y": lambda tau: add(mul(a, call("Sin", tau)), mul(b, call("Cos", tau))),
    }


def _modified_flow(values: dict[str, Any], seed: int) -> dict[str, Function]:
    """A quadratic loss a*x**2/2, and a path of the flow of a*x**2/2 + c*eta*(a*x)**2; C bounds its third derivatives."""
    draw = random.Random(seed)
    a, start = draw.uniform(-1.5, 1.5), draw.uniform(-2, 2)
    values["eta"], values["c"] = draw.uniform(0, 0.8), draw.choice([0.0, 0.25, 0.25, 0.5, -1.0])
    rate = a * (1 + 2 * values["c"] * values["eta"] * a)
    values["C"] = abs(start * rate**3) * max(1.0, float(np.exp(-rate * values["eta"]))) * 1.001
    half, slope, begin = as_value(a / 2), as_value(-rate), as_value(start)
    return {
        "L": lambda x: mul(half, mul(x, x)),
        "theta": lambda tau: mul(begin, call("Exp", mul(slope, tau))),
    }


def _moved_weights(seed: int) -> dict[str, Function]:
    """Coefficients of features that are polynomials in two changes of the weights, and features that are not independent."""
    noise = np.random.default_rng(seed).normal(size=(9, 256))

    def coefficient(a: Any, b: Any, output: Any, feature: Any) -> Any:
        draw = random.Random(f"{seed}{int(output)}{int(feature)}")
        powers = [reduce(mul, [a] * j + [b] * k, as_value(1)) for j in range(3) for k in range(3)]
        parts = [mul(as_value(draw.uniform(-2, 2)), power) for power in powers]
        return reduce(add, parts)

    return {"phi": coefficient, "x": lambda feature: noise[int(feature)] + noise[int(feature) - 1] ** 2}


def _smooth_loss(values: Mapping[str, Any], seed: int) -> dict[str, Function]:
    """x -> a*(x - p)**2/2 + b*(x - p)**3, near its critical point p; the path starts close to p."""
    draw = random.Random(seed)
    a, b, p = as_value(draw.uniform(-2, 2)), as_value(draw.choice([0.0, 0.05])), as_value(values["theta_star"])

    def loss(x: Any) -> Any:
        d = sub(x, p)
        return add(mul(mul(a, as_value(0.5)), mul(d, d)), mul(b, mul(d, mul(d, d))))

    return {"L": loss, "theta": lambda *_: float(p) + 1e-3}
