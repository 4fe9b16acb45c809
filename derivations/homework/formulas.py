"""The author's formulas as terms, so that a sheet can show them in any notation and format."""

from __future__ import annotations

from functools import cache

from derivations.language.errors import DerivationsError
from derivations.language.terms import Term
from derivations.reading import Vocabulary, read_formula, vocabulary_for

_VARIABLES = ("eta", "lam", "theta_star", "theta_0", "theta", "t", "sigma", "N", "H", "beta", "mu", "kappa")
_FUNCTIONS = {"theta": 1, "L": None, "eps": 1}


@cache
def _vocabulary() -> Vocabulary:
    return vocabulary_for((*_VARIABLES, "eps"), _FUNCTIONS, "lecture", open=True)


def formula(text: str) -> Term | None:
    """The formula that an author wrote in a task, a full stop or comma after it left out; None if it cannot be read."""
    try:
        return read_formula(text.strip().rstrip(".,;"), _vocabulary())
    except DerivationsError:
        return None
