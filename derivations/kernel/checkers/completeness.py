"""Polynomial quantities that a polynomial flow conserves, and how many a model's flow can conserve whatever the loss is."""

from __future__ import annotations

from flint import nmod_mat

from derivations.kernel.formulas import same
from derivations.kernel.situation import Rule, Situation, require
from derivations.kernel.sparse import Sparse, VectorField, bracket, expanded, gradient, product, total, value
from derivations.language.terms import ZERO, Term, apply, free_symbols, number, substitute, subterms, symbol

PRIME = 2**61 - 1


def conserved_polynomial(s: Situation) -> None:
    """dx_j/dτ = p_j for all τ, p_j polynomials in functions of τ; Σ_j ∂Q/∂x_j·p_j = 0 identically  ⊢  Q(x(τ)) = Q(x(0)) for all τ.

    Refuses when Q is no polynomial in functions whose equations are premises, or its derivative is not the zero polynomial.
    """
    tau, body = s.claimed("ForAll")
    left, right = s.claimed("Eq", body)
    require(s.table.domain(tau) == "real", "domain", "the time must be a real variable")
    require(same(s.table, right, substitute(left, {tau: ZERO})), "shape", "the right side must be the value at time 0")
    paths = dict.fromkeys(node for node in subterms(left) if node.head == "Apply")
    require(all(path == apply(path.args[0], symbol(tau)) for path in paths), "shape", "the functions must stand at that time")
    moving = _velocities(s)
    missing = [path.args[0] for path in paths if path.args[0] not in moving]
    require(not missing, "does-not-follow", f"no premise says how {''.join(missing[:1])} moves")
    positions = {path: _position(s, path.args[0]) for path in paths}
    slopes = gradient(expanded(left, positions))
    along = total(product(slopes[j], _velocity(s, *moving[x.args[0]])) for x, j in positions.items() if j in slopes)
    require(not along, "not-equal", "its derivative along the flow does not vanish")


def at_most_in_common(s: Situation) -> None:
    """dx_j/dτ = -Σ_i c_i(τ)·∂φ_i/∂x_j for all τ and j; the ∇φ_i and their brackets span r dimensions at the witness's point
    ⊢  at most D - r functions that have zero derivative along every ∇φ_i are independent near that point.

    Such a function has zero derivative along every bracket, too. The rank is taken modulo a prime, which can only lower it.
    Refuses when the values of the chosen entries are not independent, or no premise says that a variable moves so.
    """
    name, count, potentials, variables = s.claimed("Predicate")
    require(name == "at_most_in_common", "shape", "the claim should bound the number of quantities")
    names = _names(variables)
    positions = {symbol(x): j for j, x in enumerate(names)}
    require(potentials.head == "Tuple", "shape", "a list of polynomials is needed")
    fields = [gradient(expanded(one, positions)) for one in potentials.args]
    _moves_so(s, names, fields)
    chosen = _chosen(s, fields)
    point = _point(s, names)
    matrix = nmod_mat(max(len(chosen), 1), len(names), PRIME)
    for i, vector in enumerate(chosen):
        for j, poly in vector.items():
            require(all(c.denominator % PRIME for c in poly.values()), "too-large", "a denominator is a multiple of the prime")
            matrix[i, j] = value(poly, point, PRIME)
    require(matrix.rank() == len(chosen), "does-not-follow", "the chosen fields are not independent at that point")
    require(count == number(len(names) - len(chosen)), "not-equal", "the bound is the number of variables less the rank")


def _names(variables: Term) -> list[str]:
    fine = variables.head == "Tuple" and all(arg.head == "Symbol" for arg in variables.args)
    require(fine, "shape", "a list of variables is needed")
    names = [arg.args[0] for arg in variables.args]
    require(len(set(names)) == len(names), "shape", "the variables must be different")
    return names


def _point(s: Situation, names: list[str]) -> list[int]:
    point = s.witness.get("point", {})
    values = [point.get(name) for name in names]
    fine = all(isinstance(one, Term) and one.head == "Number" and one.args[0].denominator == 1 for one in values)
    require(fine, "witness", "the point must give a whole number for each variable")
    return [int(one.args[0]) for one in values if isinstance(one, Term)]


def _moves_so(s: Situation, names: list[str], fields: list[VectorField]) -> None:
    """Raises Refused unless the premises are dx_j/dτ = -Σ_i c_i(τ)·∂φ_i/∂x_j, with different functions c_i."""
    given = s.witness.get("functions", ())
    functions = [one.args[0] if isinstance(one, Term) and one.head == "Apply" else one for one in given]
    fine = len(functions) == len(set(functions)) == len(fields) and not set(functions) & set(names)
    require(fine and all(isinstance(one, str) for one in functions), "witness", "each field needs a function of time")
    moving = _velocities(s)
    place = [_position(s, x) for x in (*names, *functions)]
    for j, x in enumerate(names):
        require(x in moving, "does-not-follow", f"no premise says how {x} moves")
        due = total(_weighted(field[j], place, len(names) + i) for i, field in enumerate(fields) if j in field)
        require(_velocity(s, *moving[x]) == due, "does-not-follow", f"the premise says that {x} moves in another way")


def _position(s: Situation, name: str) -> int:
    """The position of a function of time in the polynomials of this check."""
    require(s.table.functions.get(name) != "matrix", "domain", f"{name} is a matrix, not a number")
    return s.table.positions.setdefault(name, len(s.table.positions))


def _key(path: Term, tau: str) -> str:
    """The function's name if it stands at the time tau; else what is written, whatever the time is called."""
    return path.args[0] if path == apply(path.args[0], symbol(tau)) else repr(substitute(path, {tau: symbol("_")}))


def _velocity(s: Situation, right: Term, tau: str) -> Sparse:
    """The right side of an equation of motion in functions at the time tau. Kept, as many steps use the same equation."""
    known = s.table.velocities.get(id(right))
    if known is None or known[0] is not right or known[1] != tau:
        paths = {node for node in subterms(right) if node.head == "Apply"}
        known = right, tau, expanded(right, {path: _position(s, _key(path, tau)) for path in paths})
        s.table.velocities[id(right)] = known
    return known[2]


def _velocities(s: Situation) -> dict[str, tuple[Term, str]]:
    """What the premises dx/dτ = … for all τ say of each function x: the right side, and the name of the time in it."""
    moving: dict[str, tuple[Term, str]] = {}
    for premise in s.premises:
        if free_symbols(premise) & s.bound:
            continue  # a fixed variable is not the one that is bound elsewhere
        if premise.head == "ForAll" and premise.args[1].head == "Eq" and premise.args[1].args[0].head == "Diff":
            tau, (left, right) = premise.args[0], premise.args[1].args
            path = left.args[0]
            if path.head == "Apply" and left == Term("Diff", (apply(path.args[0], symbol(tau)), tau)):
                require(s.table.domain(tau) == "real", "domain", "the time must be a real variable")
                moving[path.args[0]] = right, tau
    return moving


def _weighted(poly: Sparse, place: list[int], function: int) -> Sparse:
    """The polynomial times a function of time, and minus one, at the positions of the functions of time."""
    return {tuple(sorted((*(place[i] for i in monomial), place[function]))): -c for monomial, c in poly.items()}


def _chosen(s: Situation, fields: list[VectorField]) -> list[VectorField]:
    """The entries that the witness chooses among the fields and the brackets that it names."""
    entries = list(fields)
    for pair in s.witness.get("brackets", ()):
        fine = len(pair) == 2 and all(type(i) is int and 0 <= i < len(entries) for i in pair)
        require(fine, "witness", "a bracket is of two earlier entries")
        entries.append(bracket(entries[pair[0]], entries[pair[1]]))
    chosen = s.witness.get("chosen", ())
    fine = len(chosen) == len(set(chosen)) and all(type(i) is int and 0 <= i < len(entries) for i in chosen)
    require(fine, "witness", "an entry is chosen by its number, once")
    return [entries[i] for i in chosen]


RULES: dict[str, Rule] = {"conserved-polynomial": conserved_polynomial, "at-most-in-common": at_most_in_common}
