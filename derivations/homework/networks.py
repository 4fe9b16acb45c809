"""What a task about a model adds to its key: names of the parameters and of their matrices, and the flow for any data and loss.

The flow is dtheta/dt = -sum_i c_i*grad phi_i with a free number c_i, the loss's slope, for every coefficient phi_i of the model:
a quantity is kept whatever data and loss are if its derivative along it vanishes for all c_i.
"""

from __future__ import annotations

import re
from itertools import count

from derivations.kernel.rules.analysis import Differentiation
from derivations.language.statements import Symbol
from derivations.language.terms import ZERO, Term, add, free_symbols, mul, neg, symbol
from derivations.problems.models import Block, Model

LARGEST = 100  # entries of a matrix that is read by its name


def symbols_of(model: Model) -> tuple[Symbol, ...]:
    """The parameters, their other spellings, and the names of the matrices that they form."""
    matrices = [str(name.args[0]) for name, _ in matrices_of(model)]
    numbers = (*model.parameters, *_squeezed(model), *matrices)
    moving = (*model.parameters, *matrices)  # theta(t), theta(0)
    applied = (*(Symbol(name, "sequence") for name in moving), *(Symbol(name, "function") for name in ("tr", "Tr")))
    return (*(Symbol(name, "real") for name in numbers), *applied)


def spellings(model: Model) -> tuple[tuple[Term, Term], ...]:
    """Other spellings of parameters, and the parameters: w_1_23 is w_1_2_3."""
    return tuple((symbol(short), symbol(name)) for short, name in _squeezed(model).items())


def matrices_of(model: Model) -> tuple[tuple[Term, Term], ...]:
    """The names of matrices of parameters and of their rows, and their entries: W_1, and w_1_2 for w_1_2_1, w_1_2_2, …"""
    taken = {*model.parameters, *_squeezed(model)}
    found = {block.name: _rows(block) for block in _named(model)}
    for block in _named(model):
        for i in range(block.rows if block.rows > 1 and block.columns > 1 else 0):
            row = [str(block.entry(i, j).args[0]) for j in range(block.columns)]
            name = row[0].rpartition("_")[0]
            same = all(one.rpartition("_")[0] == name for one in row)
            if same and name not in taken and name.isidentifier():
                found.setdefault(name, Term("Matrix", tuple(Term("Tuple", (symbol(one),)) for one in row)))
    return tuple((symbol(name), matrix) for name, matrix in found.items())


def _named(model: Model) -> list[Block]:
    return [block for block in model.blocks if len(block.names) <= LARGEST and block.name not in model.parameters]


def _rows(block: Block) -> Term:
    rows = [[block.entry(i, j) for j in range(block.columns)] for i in range(block.rows)]
    return Term("Matrix", tuple(Term("Tuple", tuple(row)) for row in rows))


def _squeezed(model: Model) -> dict[str, str]:
    """Names whose last two indices have one digit each, as they are written without a comma."""
    found = {}
    for name in model.parameters:
        if re.fullmatch(r".+_\d_\d", name):
            found[name[:-2] + name[-1]] = name
    return {short: name for short, name in found.items() if short not in model.parameters}


def flow_of(parameters: tuple[Term, ...], coefficients: tuple[Term, ...]) -> tuple[tuple[Term, Term], ...]:
    """The gradient flow for any data and loss: each parameter with its derivative. Raises Refused where one has no derivative."""
    taken = frozenset().union(*map(free_symbols, (*parameters, *coefficients)))
    word = next(word for word in ("slope" + "s" * n for n in count()) if f"{word}_1" not in taken)
    factors = [symbol(f"{word}_{i}") for i in range(1, len(coefficients) + 1)]
    speaks = [free_symbols(one) for one in coefficients]
    return tuple((one, neg(_slope(str(one.args[0]), coefficients, factors, speaks))) for one in parameters)


def _slope(name: str, coefficients: tuple[Term, ...], factors: list[Term], speaks: list[frozenset[str]]) -> Term:
    slope = Differentiation(name, {})
    parts = [
        mul(factor, slope.of(phi))
        for factor, phi, names in zip(factors, coefficients, speaks, strict=True)
        if name in names
    ]
    return add(*parts) if parts else ZERO
