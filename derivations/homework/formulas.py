"""The author's formulas as terms, so that a sheet can show them in any notation and format."""

from __future__ import annotations

from functools import cache

from derivations.language.errors import DerivationsError
from derivations.language.terms import Term
from derivations.reading import Vocabulary, read_formula, vocabulary_for

# The roles that authors write about in each notation; x and y are a loss's own parameters in the notes, as in its proofs.
_VARIABLES = {
    "lecture": ("eta", "lam", "theta_star", "theta_0", "theta", "t", "sigma", "N", "H", "beta", "mu", "kappa", "eps"),
    "notes": ("eta", "lam", "t", "H", "beta", "L_max", "mu", "kappa", "n"),
}
_FUNCTIONS: dict[str, dict[str, int | None]] = {
    "lecture": {"theta": 1, "L": None, "eps": 1},
    "notes": {"L": None, "x": 1, "y": 1},
}
_OWN = {"lecture": (), "notes": ("x", "y")}


@cache
def vocabulary_of(notation: str) -> Vocabulary:
    """The names that a task's text may use in a notation; others are read as they are."""
    names = (*_VARIABLES[notation], *_OWN[notation])
    return vocabulary_for(names, _FUNCTIONS[notation], notation, open=True)


def formula(text: str, notation: str = "lecture") -> Term | None:
    """The formula that an author wrote in a task, a full stop or comma after it left out; None if it cannot be read."""
    try:
        return read_formula(text.strip().rstrip(".,;"), vocabulary_of(notation))
    except DerivationsError:
        return None
