"""The law of a model's inputs: normal with a covariance matrix, or any with given moments."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.errors import Unusable
from derivations.language.terms import Term
from derivations.problems.losses import exact_value
from derivations.problems.models import Model
from derivations.reading import read_expression, read_formula, vocabulary_for

Moments = tuple[tuple[Term, Fraction], ...]
HINT = "for example x**2=1, x**4=9/5"
Rows = tuple[tuple[Fraction, ...], ...]


def read_covariance(text: str, model: Model) -> Rows:
    """A rational covariance matrix with a row for each input. Raises Unusable, quoting and pointing."""
    whole = (0, len(text))
    size = len(model.data)
    if not size:
        raise Unusable("the outputs of this model depend on no inputs", text, whole, "leave --covariance out")
    hint = f"for example {_identity_text(size)}" if 0 < size <= 4 else "a row for each input, in their order"
    term = read_expression(text, vocabulary_for((), open=True))
    if term.head != "Matrix" and size == 1 and (value := exact_value(term)) is not None:
        rows: list[list[Fraction | None]] = [[value]]
    elif term.head == "Matrix":
        rows = [[exact_value(entry) for entry in row.args] for row in term.args]
    else:
        raise Unusable("a covariance is a matrix of rational numbers", text, whole, hint)
    if len(rows) != size or any(len(row) != size for row in rows):
        asked = f"the model has {size} inputs ({', '.join(model.data[:8])})"
        raise Unusable(f"{asked}; this matrix is {_shape(rows)}", text, whole, hint)
    found = tuple(tuple(entry for entry in row if entry is not None) for row in rows)
    if any(len(row) != size for row in found):
        raise Unusable("the entries of a covariance should be rational numbers", text, whole, hint)
    if any(found[i][j] != found[j][i] for i in range(size) for j in range(i)):
        raise Unusable("a covariance matrix is symmetric", text, whole, hint)
    if not semidefinite(found):
        raise Unusable("no inputs have this covariance: the matrix has a negative eigenvalue", text, whole)
    return found


def _shape(rows: list[list[Fraction | None]]) -> str:
    return f"{len(rows)} x {len(rows[0]) if rows else 0}"


def _identity_text(size: int) -> str:
    rows = (", ".join("1" if i == j else "0" for j in range(size)) for i in range(size))
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


def semidefinite(rows: Rows) -> bool:
    """Whether a symmetric rational matrix has no negative eigenvalue, by elimination."""
    left = [list(row) for row in rows]
    while left:
        pivot, first = left[0][0], left[0]
        if pivot < 0 or (pivot == 0 and any(first)):
            return False
        left = [[x - (row[0] * first[j] / pivot if pivot else 0) for j, x in enumerate(row) if j] for row in left[1:]]
    return True


def read_moments(text: str, model: Model) -> Moments:
    """``x**2=1, x**4=9/5``: the mean of each product of the inputs. Raises Unusable, quoting and pointing."""
    found: dict[Term, Fraction] = {}
    start = 0
    for part in text.split(","):
        place, start = (start, start + len(part)), start + len(part) + 1
        claim = read_formula(part, vocabulary_for(model.data, open=True))
        value = exact_value(claim.args[1]) if claim.head == "Eq" else None
        if value is None:
            raise Unusable("a moment is a product of inputs, and the rational number that is its mean", text, place, HINT)
        if not _is_product(claim.args[0], model.data):
            raise Unusable(f"the left side should be a product of the inputs ({', '.join(model.data[:8])})", text, place, HINT)
        if claim.args[0] in found:
            raise Unusable("this moment stands here twice", text, place, "give each one once")
        found[claim.args[0]] = value
    return tuple(found.items())


def _is_product(term: Term, names: tuple[str, ...]) -> bool:
    """Whether it is made of the inputs by products and whole powers alone."""
    if term.head == "Symbol":
        return term.args[0] in names
    if term.head == "Pow":
        power = exact_value(term.args[1])
        return _is_product(term.args[0], names) and power is not None and power.denominator == 1 and 1 <= power <= 60
    return term.head == "Mul" and all(_is_product(arg, names) for arg in term.args)
