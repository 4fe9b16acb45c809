"""∂f/∂θ of a model for many inputs at once, by one pass backward through its outputs.

Where a unit of a ReLU network is on is read off what its gate multiplies. An activation of which only the name is known is
taken from a table of the field's standard ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy.special import erf

from derivations.language.terms import Term
from derivations.problems.models import Model
from derivations.witness.evaluate import NotNumeric

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Activation:
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


def _error_function(z: Array) -> Array:
    return np.asarray(erf(z / sqrt(2)))


def _bell(z: Array) -> Array:
    return np.asarray(sqrt(2 / pi) * np.exp(-(z**2) / 2))


def _activations() -> Mapping[str, Activation]:
    return {"erf(z/sqrt(2))": Activation(_error_function, _bell)}


class Tape:
    """The parts of a model's outputs, each after its own parts."""

    def __init__(self, model: Model) -> None:
        model.require_written()
        self.model = model
        self.nodes: list[Term] = []
        self._seen: set[int] = set()
        for output in model.outputs:
            self._visit(output)
        name = model.units.activation if model.units is not None else ""
        self.activation = _activations().get(name)

    def _visit(self, root: Term) -> None:
        stack = [(root, False)]
        while stack:
            node, done = stack.pop()
            if id(node) in self._seen:
                continue
            if done:
                self._seen.add(id(node))
                self.nodes.append(node)
            else:
                stack.append((node, True))
                stack += [(arg, False) for arg in _inner(node)]

    def run(self, weights: Array, data: Array) -> tuple[Array, Array]:
        """Outputs (samples x outputs) and their gradients (samples x outputs x parameters), at ``data`` (samples x inputs).

        Raises NotNumeric where a part of the model has no numeric value.
        """
        values = self._forward(weights, data)
        samples, count = len(data), len(self.model.outputs)
        found = np.empty((samples, count))
        slopes = np.zeros((samples, count, len(weights)))
        for k, output in enumerate(self.model.outputs):
            found[:, k] = values[id(output)]
            self._backward(output, values, slopes[:, k, :])
        return found, slopes

    def _forward(self, weights: Array, data: Array) -> dict[int, Any]:
        inputs = [name for name in self.model.data if name not in self.model.gates]
        known: dict[str, Any] = dict(zip(self.model.parameters, weights, strict=True))
        known |= {name: data[:, i] for i, name in enumerate(inputs)}
        values: dict[int, Any] = {}
        for node in self.nodes:
            if node.head == "Symbol" and node.args[0] in self.model.gates:
                continue
            values[id(node)] = self._value(node, values, known)
        return values

    def _value(self, node: Term, values: dict[int, Any], known: Mapping[str, Any]) -> Any:
        if node.head == "Number":
            return float(node.args[0])
        if node.head == "Symbol" and node.args[0] in known:
            return known[node.args[0]]
        if node.head == "Mul":
            product = np.asarray(1.0)
            gates = [arg for arg in node.args if id(arg) not in values]
            for arg in node.args:
                product = product * values[id(arg)] if id(arg) in values else product
            for gate in gates:
                values[id(gate)] = (product > 0) * 1.0
                product = product * values[id(gate)]
            return product
        parts = [values[id(arg)] for arg in _inner(node)]
        if node.head == "Add":
            return sum(parts[1:], parts[0])
        if node.head == "Neg":
            return -parts[0]
        if node.head == "Div":
            return parts[0] / parts[1]
        if node.head == "Pow":
            return parts[0] ** int(node.args[1].args[0])
        if node.head == "Apply" and self.activation is not None:
            return self.activation.value(parts[0])
        raise NotNumeric(f"{node.head} has no numeric value in a model")

    def _backward(self, output: Term, values: dict[int, Any], slopes: Array) -> None:
        places = {name: i for i, name in enumerate(self.model.parameters)}
        weight: dict[int, Any] = {id(output): np.asarray(1.0)}
        for node in reversed(self.nodes):
            above = weight.pop(id(node), None)
            if above is None:
                continue
            if node.head == "Symbol":
                if node.args[0] in places:
                    slopes[:, places[node.args[0]]] += above
                continue
            for arg, slope in self._slopes(node, values):
                weight[id(arg)] = weight.get(id(arg), 0.0) + above * slope

    def _slopes(self, node: Term, values: dict[int, Any]) -> Iterable[tuple[Term, Any]]:
        """The parts of a node, with the derivative by each."""
        parts = [values[id(arg)] for arg in _inner(node)]
        if node.head == "Add":
            return [(arg, 1.0) for arg in node.args]
        if node.head == "Neg":
            return [(node.args[0], -1.0)]
        if node.head == "Div":
            return [(node.args[0], 1 / parts[1]), (node.args[1], -parts[0] / parts[1] ** 2)]
        if node.head == "Pow":
            order = int(node.args[1].args[0])
            return [(node.args[0], order * parts[0] ** (order - 1) if order else 0.0)]
        if node.head == "Apply" and self.activation is not None:
            return [(node.args[1], self.activation.slope(parts[0]))]
        if node.head == "Mul":
            return zip(node.args, _without_each(parts), strict=True)
        return []


def _inner(node: Term) -> list[Term]:
    """The parts that have values of their own; an exponent is a number."""
    parts = [arg for arg in node.args if isinstance(arg, Term)]
    return parts[:1] if node.head == "Pow" else parts


def _without_each(parts: list[Any]) -> list[Any]:
    """The products of all but one."""
    before, after = [np.asarray(1.0)], [np.asarray(1.0)]
    for part in parts[:-1]:
        before.append(before[-1] * part)
    for part in parts[:0:-1]:
        after.append(after[-1] * part)
    return [left * right for left, right in zip(before, after[::-1], strict=True)]
