"""Small linear systems, exactly: Gaussian elimination over the rationals, and NumPy for floats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derivations.witness.arithmetic import Undefined, floating, is_exact


def _as_array(entries: Any) -> Any:
    """A matrix or vector of rationals (dtype object) if every entry is one, else of floats."""
    matrix = np.array(entries, dtype=object)
    exact = all(is_exact(entry) for entry in matrix.ravel())
    return matrix if exact else floating(matrix)


def determinant(rows: Sequence[Sequence[Any]]) -> Any:
    """det A."""
    matrix = _as_array(rows)
    if matrix.dtype != object:
        return float(np.linalg.det(matrix))
    try:
        return _eliminated(matrix, np.array([[0]] * len(matrix), dtype=object))[1]
    except Undefined:
        return matrix[0, 0] * 0


def solve(rows: Any, right: Any) -> Any:
    """x with A x = b, for a square A. Raises Undefined if A is singular."""
    matrix, vector = _as_array(rows), _as_array(right)
    if matrix.dtype != object or vector.dtype != object:
        try:
            return np.linalg.solve(floating(matrix), floating(vector))
        except np.linalg.LinAlgError as error:
            raise Undefined("a singular system of equations") from error
    return _eliminated(matrix, vector.reshape(len(vector), -1))[0].reshape(vector.shape)


def _eliminated(matrix: Any, right: Any) -> tuple[Any, Any]:
    """The solution and the determinant, by elimination with row exchanges."""
    system = np.concatenate([matrix, right], axis=1)
    size, scale = len(matrix), 1
    for column in range(size):
        pivot = next((row for row in range(column, size) if system[row, column] != 0), None)
        if pivot is None:
            raise Undefined("a singular system of equations")
        if pivot != column:
            system[[column, pivot]] = system[[pivot, column]]
            scale = -scale
        scale = scale * system[column, column]
        system[column] = system[column] / system[column, column]
        for row in range(size):
            if row != column:
                system[row] = system[row] - system[row, column] * system[column]
    return system[:, size:], scale
