"""Eigenvalues, signatures and definiteness of explicit symmetric matrices.

The determinant is written as its expansion along the first rows, exactly as the definition in ``theories/Matrices.v`` computes
it; then it is a matter of algebra. A positive definite matrix is L D L^T by the witness, entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.kernel.formulas import same, strip
from derivations.language.terms import ZERO, Term, add, eq, lt, mul, ne, sub, symbol
from derivations.rocq.algebra import equation_script
from derivations.rocq.equality import convert, find
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.templates.integrals import at_most_independent, determinant, independent, no_polynomial, usable
from derivations.rocq.templates.numbers import number_sign
from derivations.rocq.templates.roots import conjugates

__all__ = [
    "at_most_independent", "eigenvalues", "independent", "no_polynomial", "number_sign", "positive_definite", "quadratic_form",
    "signature",
]  # fmt: skip

FRESH = "_z|real"
Rows = list[list[Term]]


def rows_of(term: Term) -> Rows:
    if term.head != "Matrix" or any(len(row.args) != len(term.args) for row in term.args):
        raise Unsupported("a matrix that is not written out as a square")
    return [list(row.args) for row in term.args]


def symmetry(goal: Goal, rows: Rows) -> str:
    """Every entry of the transposed matrix is equal to the entry of the matrix."""
    transposed = [list(column) for column in zip(*rows, strict=True)]
    return f"unfold symmetric. {entrywise(goal, transposed, rows, ())}"


def entrywise(goal: Goal, left: Rows, right: Rows, premises: Sequence[Premise]) -> str:
    """A script for an equation between two matrices that compute to these rows."""
    lines, proof = [], "eq_refl"
    for one_row, other_row in zip(reversed(left), reversed(right), strict=True):
        row = "eq_refl"
        for one, other in zip(reversed(one_row), reversed(other_row), strict=True):
            name = "eq_refl"
            if goal.real(one) != goal.real(other):
                name = goal.fresh()
                script = equation_script(goal, one, other, premises)
                lines.append(f"assert ({name} : {goal.real(one)} = {goal.real(other)}). {{ {script} }}")
            row = f"(entries_equal _ _ _ _ {name} {row})"
        proof = f"(entries_equal _ _ _ _ {row} {proof})"
    return " ".join([*lines, "compute_matrices.", f"exact {proof}."])


# --- eigenvalues ------------------------------------------------------------------------------------------------------


def eigenvalues(goal: Goal) -> str:
    """det (z I - M) = prod (z - l_i) for every z."""
    _, given, *values = goal.claim.args
    rows, z = rows_of(given), symbol(FRESH)
    shifted = [[sub(z if i == j else ZERO, entry) for j, entry in enumerate(row)] for i, row in enumerate(rows)]
    inner, name, variable = goal.within(FRESH), goal.fresh(), goal.names.variable(FRESH)
    middle, lines, merge = conjugates(inner, values, z)
    polynomial = determinant(shifted)
    script = equation_script(inner, polynomial, middle, goal.premises)
    return "\n".join([
        f"split. {{ {symmetry(goal, rows)} }}",
        f"intros {variable}.",
        f"assert ({name} : {inner.real(polynomial)} = {inner.real(middle)}).",
        f"{{ {script} }}",
        *lines,
        f"compute_matrices. transitivity ({inner.real(middle)}); [exact {name} |]. {merge}",
    ])  # fmt: skip


def signature(goal: Goal) -> str:
    """The eigenvalues of a premise, and the sign of each of them from a premise."""
    _, given, *_ = goal.claim.args
    known = [p for p in goal.premises if p.term.head == "Predicate" and p.term.args[0] == "eigenvalues"]
    known = [p for p in known if same(goal.table, p.term.args[1], given)]
    if not known:
        raise Unsupported("the eigenvalues of the matrix are no premise")
    values = known[0].term.args[2:]
    stated = Term("Predicate", ("eigenvalues", given, *values))
    lines = [
        f"exists {goal.writer.vector(values)}. split.",
        f"{{ {convert(goal, known[0].name, known[0].term, stated)} }}",
    ]
    for value in values:
        lines.append(_counted(goal, value))
    return "\n".join([*lines, "exact counted_none."])


def _counted(goal: Goal, value: Term) -> str:
    """The sign of an eigenvalue, as a premise gives it."""
    for word, formula in (("positive", lt(ZERO, value)), ("negative", lt(value, ZERO)), ("zero", eq(value, ZERO))):
        script = find(goal, goal.premises, formula)
        if script is not None:
            return f"apply counted_{word}. {{ {script} }}"
    raise Unsupported("the sign of an eigenvalue is no premise")


# --- definiteness -----------------------------------------------------------------------------------------------------


def positive_definite(goal: Goal) -> str:
    """M = L D L^T, with the positive pivots D and the unit lower triangular L of the witness."""
    from derivations.rocq.signs import signs_script

    rows = rows_of(goal.claim.args[1])
    lower, pivots = goal.witness.get("lower"), goal.witness.get("pivots")
    if not isinstance(lower, tuple) or not isinstance(pivots, tuple) or not len(lower) == len(pivots) == len(rows):
        raise Unsupported("the witness gives no factors")
    columns = [[lower[i][k] for i in range(k + 1, len(rows))] for k in range(len(rows))]
    pairs = "; ".join(f"({goal.real(d)}, {goal.writer.vector(c)})" for d, c in zip(pivots, columns, strict=True))
    positive = "exact I."
    for pivot in reversed(pivots):
        script = signs_script(goal, lt(ZERO, pivot), usable(goal, goal.premises))
        positive = f"split. {{ {script} }} split. {{ reflexivity. }}\n{positive}"
    return "\n".join([
        f"apply (positive_definite_by_factors _ [{pairs}]).",
        f"{{ {symmetry(goal, rows)} }}",
        f"{{ {entrywise(goal, rows, factored(list(pivots), columns), goal.premises)} }}",
        positive,
    ])  # fmt: skip


def factored(pivots: list[Term], columns: Rows) -> Rows:
    """The entries of L D L^T as ``factored`` computes them: d, d c, and d (c_i c_j) + the product of what remains."""
    if not pivots:
        return []
    d, c = pivots[0], columns[0]
    rest = factored(pivots[1:], columns[1:])
    below = [
        [mul(d, a), *(add(mul(d, mul(a, b)), entry) for b, entry in zip(c, row, strict=True))]
        for a, row in zip(c, rest, strict=True)
    ]
    return [[d, *(mul(d, a) for a in c)], *below]


def quadratic_form(goal: Goal) -> str:
    """The form of the matrix in the premise, written out, is positive at u."""
    names, body = strip(goal.claim)
    given, conclusion = body.args
    known = [p for p in goal.premises if p.term.head == "Predicate" and p.term.args[0] == "positive_definite"]
    if len(known) != 1:
        raise Unsupported("that the matrix is positive definite is no premise")
    rows, u, inner = rows_of(known[0].term.args[1]), [symbol(x) for x in names], goal.within(*names)
    some = [ne(x, ZERO) for x in u]
    wanted = some[0] if len(some) == 1 else Term("Or", tuple(some))
    written = form(rows, u)
    assumption, nonzero, equation, positive = goal.fresh("K"), goal.fresh("K"), goal.fresh(), goal.fresh()
    script = equation_script(inner, written, conclusion.args[1], goal.premises)
    vector = inner.writer.vector(u)
    return "\n".join([
        "".join(goal.introduce(name) for name in names) + f"intros {assumption}.",
        f"assert ({nonzero} : {inner.say(wanted)}). {{ {convert(inner, assumption, given, wanted)} }}",
        f"assert ({positive} : 0 < {inner.real(written)}).",
        f"{{ exact (proj2 {known[0].name} {vector} eq_refl ltac:({_some_nonzero(len(u), nonzero)})). }}",
        f"assert ({equation} : {inner.real(written)} = {inner.real(conclusion.args[1])}). {{ {script} }}",
        f"rewrite <- {equation}. exact {positive}.",
    ])  # fmt: skip


def form(rows: Rows, u: list[Term]) -> Term:
    """The quadratic form as ``form`` computes it: u_1 (m_11 u_1 + (... + 0)) + (... + 0)."""
    return _dot(u, [_dot(row, u) for row in rows])


def _dot(left: list[Term], right: list[Term]) -> Term:
    result = ZERO
    for one, other in zip(reversed(left), reversed(right), strict=True):
        result = add(mul(one, other), result)
    return result


def _some_nonzero(size: int, proof: str) -> str:
    """``u <> 0 \\/ v <> 0`` as a statement about the vector [u; v]."""
    if size == 1:
        return f"left; exact {proof}"
    return f"destruct {proof} as [{proof}|{proof}]; [left; exact {proof} | right; {_some_nonzero(size - 1, proof)}]"
