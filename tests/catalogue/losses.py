"""Random problems, and the numbers that answers about them are compared with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from derivations.catalogue.discovery import results
from derivations.language.statements import Derivation
from derivations.language.terms import Term
from derivations.problems.questions import Problem, read_problem

RESULTS = {result.id: result for result in results()}

small = st.builds(Fraction, st.integers(-9, 9), st.integers(1, 6))
nonzero = small.filter(bool)
positive = st.builds(Fraction, st.integers(1, 12), st.integers(1, 6))


def derive(name: str, problem: Problem) -> Derivation:
    return RESULTS[name].derive(problem)


def shifted(name: str, at: Fraction) -> str:
    return f"({name} - ({at}))"


@st.composite
def quadratics(draw: Any) -> tuple[Problem, Fraction, Fraction]:
    """A loss a*(x - c)**2/2 + d, its curvature and its critical point."""
    a, c, d = draw(nonzero), draw(small), draw(small)
    return read_problem(f"({a})*{shifted('x', c)}**2/2 + ({d})", at=f"x={c}"), a, c


@st.composite
def quartics(draw: Any) -> tuple[Problem, Fraction, Fraction]:
    """A polynomial of degree four with a critical point of curvature a at c."""
    a, c, x = draw(nonzero), draw(small), "x"
    here = shifted(x, c)
    text = f"({a})*{here}**2/2 + ({draw(small)})*{here}**3 + ({draw(nonzero)})*{here}**4"
    return read_problem(text, at=f"x={c}"), a, c


@st.composite
def symmetric(draw: Any, size: int) -> list[list[int]]:
    entries = {(i, j): draw(st.integers(-4, 4)) for i in range(size) for j in range(i, size)}
    return [[entries[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]


def form(matrix: list[list[Any]], names: list[str], at: list[Fraction]) -> str:
    """The quadratic loss with this Hessian at this point, as text."""
    here = [shifted(name, value) for name, value in zip(names, at, strict=True)]
    parts = [f"({matrix[i][j]})*{here[i]}*{here[j]}/2" for i in range(len(names)) for j in range(len(names)) if matrix[i][j]]
    return " + ".join(parts)


def place(names: list[str], at: list[Fraction]) -> str:
    return ",".join(f"{name}={value}" for name, value in zip(names, at, strict=True))


def free_of(term: Term, *names: str) -> bool:
    return not any(name in str(term) for name in names)
