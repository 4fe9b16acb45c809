"""Equations between matrices, entry by entry."""

from __future__ import annotations

from derivations.kernel.errors import Refused
from derivations.kernel.formulas import fits
from derivations.kernel.situation import Rule, Situation, require
from derivations.kernel.sparse import Sparse, expanded
from derivations.language.errors import Malformed
from derivations.language.matrices import Rows, entry_of, rows_of
from derivations.language.terms import Term, free_symbols, sub, substitute, subterms, symbol

MAX_ENTRIES = 20_000


def entrywise(s: Situation) -> None:
    """W(τ) = [w_11(τ), …] for all τ, …; each entry's equation is a premise, up to sign  ⊢  A(τ) = B(τ) for all τ.

    A and B are sums, products and transposes of such matrices, or numbers with norms |A|² in them. Refuses when an entry's
    equation, multiplied out, is neither trivial nor that of a premise, the sizes do not fit, or a matrix is taken at a time at
    which it is not given. The time may be a step, τ = 0, 1, …
    """
    tau, body = s.claimed("ForAll")
    left, right = s.claimed("Eq", body)
    domain = s.table.domain(tau)
    require(domain in ("real", "natural"), "domain", "the time must be a real variable, or a step")
    known, equations = _sorted_out(s, domain)
    at = (node.args[1:] for node in subterms(s.claim) if s.table.is_matrix(node))
    fine = all(len(args) == 1 and fits(s.table, args[0], domain) for args in at)
    require(fine, "domain", "a matrix is taken at a time at which it is not given")
    try:
        pairs = _pairs(rows_of(left, known), rows_of(right, known)) or [(entry_of(left, known), entry_of(right, known))]
    except Malformed as error:
        raise Refused("shape", str(error)) from error
    require(len(pairs) <= MAX_ENTRIES, "too-large", "this matrix has too many entries")
    positions: dict[Term, int] = {}
    given: set[frozenset[tuple[tuple[int, ...], object]]] = set()
    for variable, one, other in equations:
        moved = substitute(sub(one, other), {variable: symbol(tau)})
        difference = _difference(s, moved, positions)
        given |= {_key(difference), _key({monomial: -c for monomial, c in difference.items()})}
    for one, other in pairs:
        difference = _difference(s, sub(one, other), positions)
        require(not difference or _key(difference) in given, "does-not-follow", "an entry's equation is no premise")


def _sorted_out(s: Situation, domain: str) -> tuple[dict[str, tuple[str, Rows]], list[tuple[str, Term, Term]]]:
    """Among the premises: the matrices by name, each with its variable, and the equations between numbers for all times."""
    known: dict[str, tuple[str, Rows]] = {}
    equations = []
    for premise in s.premises:
        usable = premise.head == "ForAll" and premise.args[1].head == "Eq" and not free_symbols(premise) & s.bound
        if not usable or s.table.domain(premise.args[0]) != domain:
            continue
        variable, (left, right) = premise.args[0], premise.args[1].args
        if s.table.is_matrix(left) and left.args[1:] == (symbol(variable),) and right.head == "Matrix":
            known[left.args[0]] = variable, tuple(row.args for row in right.args)
        elif not any(s.table.is_matrix(node) or node.head == "Diff" for node in subterms(premise)):
            equations.append((variable, left, right))
    return known, equations


def _pairs(left: Rows | None, right: Rows | None) -> list[tuple[Term, Term]] | None:
    """Entries that should be equal; None where both sides are numbers."""
    if left is None and right is None:
        return None
    same_size = left is not None and right is not None and [*map(len, left)] == [*map(len, right)]
    require(same_size, "shape", "the two sides must be of one size")
    assert left is not None and right is not None
    return [pair for one, other in zip(left, right, strict=True) for pair in zip(one, other, strict=True)]


def _difference(s: Situation, term: Term, positions: dict[Term, int]) -> Sparse:
    for node in subterms(term):
        if node.head in ("Apply", "Symbol") and node not in positions:
            require(not s.table.is_matrix(node), "domain", "a matrix where a number should stand")
            positions[node] = len(positions)
    return expanded(term, positions)


def _key(poly: Sparse) -> frozenset[tuple[tuple[int, ...], object]]:
    return frozenset(poly.items())


RULES: dict[str, Rule] = {"entrywise": entrywise}
