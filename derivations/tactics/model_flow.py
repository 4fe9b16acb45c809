"""A model's gradient flow whatever the data and the loss are, and what it conserves.

The output is f(theta; x) = sum_i phi_i(theta)*m_i(x) with monomials m_i of the data, so that the gradient of every loss of outputs
is a combination of the grad phi_i; its coefficients, functions of time, are all that depends on data and loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derivations.kernel.errors import Refused
from derivations.kernel.sparse import Sparse, VectorField, expanded, gradient
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.statements import Prose
from derivations.language.terms import (
    ZERO,
    Term,
    add,
    apply,
    eq,
    for_all,
    mul,
    neg,
    number,
    predicate,
    substitute,
    symbol,
)
from derivations.problems.models import Model
from derivations.tactics.first_integrals import (
    MAX_MONOMIALS,
    first_integrals,
    independent,
    monomial_count,
    not_products,
    point_without_structure,
    span_at,
)
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.sparse import as_term

MAX_DEGREE = 4


@dataclass(frozen=True)
class Coefficient:
    """phi_i as a polynomial in the parameters, with the output and the monomial of the data that it belongs to."""

    poly: Sparse
    output: int
    data: tuple[str, ...]


@dataclass(frozen=True)
class ModelFlow:
    """The equations of the flow, by parameter; ``functions`` are the unknown coefficients of the grad phi_i."""

    model: Model
    coefficients: tuple[Coefficient, ...]
    functions: tuple[str, ...]
    equations: tuple[str, ...]
    time: str

    @property
    def names(self) -> tuple[str, ...]:
        return self.model.parameters

    def at(self, term: Term, time: Term) -> Term:
        return substitute(term, {name: apply(name, time) for name in self.names})


def coefficients(model: Model) -> tuple[Coefficient, ...]:
    """The phi_i that are not constant. Raises Undecided unless the outputs are polynomials in parameters and data."""
    positions = {symbol(name): i for i, name in enumerate((*model.parameters, *model.data))}
    count = len(model.parameters)
    found: list[Coefficient] = []
    for number_, output in enumerate(model.outputs):
        try:
            whole = expanded(output, positions)
        except Refused as error:
            said = f"of output {number_ + 1}, " if len(model.outputs) > 1 else "of the output, "
            what = f"the units of {model.source}, {model.units.activation}, are no polynomials" if model.units else error.message
            raise Undecided(f"{what}: {said}{ascii_text(output)[:80]}, the flow's equations are not found") from error
        parts: dict[tuple[int, ...], Sparse] = {}
        for monomial, c in whole.items():
            data = tuple(i for i in monomial if i >= count)
            parts.setdefault(data, {})[tuple(i for i in monomial if i < count)] = c
        found += [Coefficient(poly, number_, tuple(model.data[i - count] for i in data)) for data, poly in parts.items()
                  if any(poly_key for poly_key in poly)]  # fmt: skip
    if not found:
        raise Undecided("the output does not depend on the parameters")
    return tuple(found)


def model_flow(proof: Proof, model: Model) -> ModelFlow:
    """The flow as hypotheses: dtheta_j/dtau = -sum_i c_i(tau)*dphi_i/dtheta_j."""
    names, parts = model.parameters, coefficients(model)
    time = fresh("tau", (*names, *model.data))
    used = {name.partition("_")[0] for name in (*names, *model.data)}
    letter = next(one for one in (*"crgqp", *(f"c{i}" for i in range(len(used) + 1))) if one not in used)
    functions = tuple(f"{letter}_{i}" for i in range(1, len(parts) + 1))
    for name in names:
        proof.declare(name, "real", "parameter")
    proof.declare(time, "real", "time")
    for name in names:
        proof.declare(name, "function", "parameter at that time")
    for name, part in zip(functions, parts, strict=True):
        proof.declare(name, "function", _meaning(part, len(model.outputs)))
    fields = [gradient(part.poly) for part in parts]
    moved = {name: apply(name, symbol(time)) for name in names}
    equations = []
    for j, name in enumerate(names):
        pushes = [mul(apply(function, symbol(time)), as_term(field[j], names))
                  for function, field in zip(functions, fields, strict=True) if j in field]  # fmt: skip
        right = neg(add(*pushes)) if pushes else ZERO
        speed = Term("Diff", (moved[name], time))
        equations.append(proof.assume(for_all(time, eq(speed, substitute(right, moved))), "gradient flow"))
    return ModelFlow(model, parts, functions, tuple(equations), time)


def _meaning(part: Coefficient, outputs: int) -> str:
    """What a coefficient of the flow is, for the list of symbols."""
    which = f"output {part.output + 1}" if outputs > 1 else "the output"
    times = "*".join(part.data)
    return f"the loss's slope in {which}{f' times {times}' if times else ''}, summed over the data"


@dataclass(frozen=True)
class Laws:
    """Conserved polynomials, which of them are independent, and how many independent ones there can be at most."""

    polynomials: tuple[Sparse, ...]
    independent: tuple[int, ...]
    most: int
    degree: int
    point: tuple[int, ...]
    brackets: tuple[tuple[int, int], ...]
    chosen: tuple[int, ...]

    @property
    def complete(self) -> bool:
        return len(self.independent) == self.most

    def listed(self, polynomials: Sequence[Sparse]) -> Laws:
        """The same laws by another basis."""
        return replace(self, polynomials=tuple(polynomials), independent=tuple(independent(polynomials, self.point)))


def search(flow: ModelFlow) -> Laws:
    """Conserved polynomials of rising degree, until there are as many as there can be."""
    fields: list[VectorField] = [gradient(part.poly) for part in flow.coefficients]
    size = len(flow.names)
    point = point_without_structure(size)
    span, enough = span_at(fields, size, point, 0), 0
    found: list[Sparse] = []
    chosen: list[int] = []
    degree = 0
    while len(chosen) + len(span.chosen) < size and degree < MAX_DEGREE and monomial_count(size, degree + 1) <= MAX_MONOMIALS:
        degree += 1
        found = not_products(first_integrals(fields, size, degree))
        chosen = independent(found, point)
        if len(span.chosen) >= enough:  # it stopped because that was asked for
            enough = size - len(chosen)
            span = span_at(fields, size, point, enough)
    most = size - len(span.chosen)
    return Laws(tuple(found), tuple(chosen), most, degree, tuple(point), tuple(span.brackets), tuple(span.chosen))


def keep(proof: Proof, flow: ModelFlow, quantity: Term, moving: set[str]) -> str:
    """Q(theta(tau)) = Q(theta(0)) for all tau, by the equations of the parameters that occur in Q."""
    claim = eq(flow.at(quantity, symbol(flow.time)), flow.at(quantity, ZERO))
    needed = [label for name, label in zip(flow.names, flow.equations, strict=True) if name in moving]
    words = "its derivative along the flow vanishes identically, whatever the coefficients are"
    return proof.step("conserved-polynomial", for_all(flow.time, claim), *needed, because=words)


def count(proof: Proof, flow: ModelFlow, laws: Laws, quantities: list[Term], kept: list[str]) -> str:
    """How many of the quantities are independent: the rank of their gradients at a point."""
    claim = predicate("independent", number(len(laws.independent)), Term("Tuple", tuple(quantities)), variables(flow))
    point = {name: number(Fraction(x)) for name, x in zip(flow.names, laws.point, strict=True)}
    words = "their gradients are linearly independent at a point" if len(quantities) > 1 else "it is not constant"
    return proof.step("independent", claim, *kept, point=point, columns=(), because=words if quantities else "there is none")


def at_most(proof: Proof, flow: ModelFlow, laws: Laws) -> str:
    """There are at most so many, because the gradients and their brackets span the rest."""
    potentials = Term("Tuple", tuple(as_term(part.poly, flow.names) for part in flow.coefficients))
    claim = predicate("at_most_in_common", number(laws.most), potentials, variables(flow))
    point = {name: number(Fraction(x)) for name, x in zip(flow.names, laws.point, strict=True)}
    functions = tuple(apply(name, symbol(flow.time)) for name in flow.functions)
    words = "what is conserved along fields is conserved along their brackets, and these span the remaining directions"
    return proof.step("at-most-in-common", claim, *flow.equations, point=point, functions=functions,
                      brackets=laws.brackets, chosen=laws.chosen, because=words)  # fmt: skip


def incomplete(laws: Laws) -> tuple[str, Prose]:
    """The remark that says how far the search went."""
    found, most = len(laws.independent), laws.most
    return "Not known to be complete", (
        f"Found: {found}; at most: {most}. The polynomials up to degree {laws.degree} were searched. "
        "Whether there are more, of higher degree or no polynomials at all, is not decided.",
    )


def variables(flow: ModelFlow) -> Term:
    return Term("Tuple", tuple(map(symbol, flow.names)))
