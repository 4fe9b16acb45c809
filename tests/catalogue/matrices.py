"""The value of a formula in which matrices are added, multiplied and transposed, by NumPy."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from derivations.language.terms import Term, subterms


def speaks_of(term: Term, names: frozenset[str]) -> bool:
    """Whether a function with one of these names occurs."""
    return any(node.head == "Apply" and node.args[0] in names for node in subterms(term))


def value(term: Term, names: frozenset[str], number: Callable[[Term], Any]) -> Any:
    """An array for a matrix, a number for a number; the norm of a matrix is the root of the sum of its squared entries."""
    if not speaks_of(term, names):
        return float(number(term))
    if term.head == "Apply":
        return np.array([[float(x) for x in row] for row in number(term)])
    parts = [value(arg, names, number) for arg in term.args if isinstance(arg, Term)]
    match term.head:
        case "Add":
            return sum(parts[1:], parts[0])
        case "Neg":
            return -parts[0]
        case "Mul":
            return reduce(lambda a, b: a @ b if np.ndim(a) and np.ndim(b) else a * b, parts)
        case "Transpose":
            return parts[0].T
        case "Abs":
            return float(np.linalg.norm(parts[0]))
        case "Pow":
            return parts[0] ** int(term.args[1].args[0])
    raise AssertionError(f"{term.head} of a matrix")
