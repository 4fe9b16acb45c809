"""Ranks of Jacobians and Hessians of polynomial models, by computing with polynomials as data; see theories/RankChecks.v.

Below: slopes at a point for some inputs, which elimination shows to be independent. Above: the coefficients are counted, or
polynomial directions are checked to change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from flint import fmpq, fmpq_mat, nmod_mat

from derivations.kernel.checkers.ranks import PRIME, Column, Outputs, outputs_of
from derivations.kernel.sparse import Sparse
from derivations.language.terms import Term
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise
from derivations.rocq.ranks import data_text, size, whole
from derivations.rocq.templates.laws import expression, listed, minor, naturals

Coefficients = list[dict[Column, Fraction]]  # of each parameter's slope at a point
TRIES = 400  # inputs


class Model:
    """A model in a claim: as the kernel multiplies it out, and as Rocq text."""

    def __init__(self, goal: Goal, lists: Sequence[Term]) -> None:
        self.goal, self.lists = goal, list(lists)
        outputs, parameters, data = lists
        self.parameters, self.data = size(parameters), size(data)
        self.outputs: Outputs = outputs_of(outputs, parameters, data)
        places = {x: i for i, x in enumerate((*parameters.args, *data.args))}
        self.places = places
        self.expressions = listed([expression(one, places) for one in outputs.args])
        self.sizes = f"{self.parameters} {self.data}"

    def coefficients(self, point: Sequence[int | Fraction]) -> Coefficients:
        return [
            {column: value for column, poly in row.items() if (value := at(poly, point))}
            for row in self.outputs.slopes()
        ]

    def fields(self, reason: Term) -> str:
        """The directions in the reason, as lists of expressions."""
        return listed([listed([expression(part, self.places) for part in field.args]) for field in reason.args[2:]])


def at(poly: Sparse, point: Sequence[int | Fraction]) -> Fraction:
    return sum((Fraction(c) * prod(point[i] for i in monomial) for monomial, c in poly.items()), Fraction(0))


def rational(value: Fraction | int) -> str:
    return f"rational ({value.numerator}) {value.denominator}"


def rationals(numbers: Sequence[Fraction | int]) -> str:
    return listed([rational(one) for one in numbers])


def integers(numbers: Sequence[int]) -> str:
    return listed([f"({one})" for one in numbers], "%Z")


# --- bounds from below ------------------------------------------------------------------------------------------------


def rank_at_least(goal: Goal) -> str:
    """So many slopes are independent at the witness's point, hence almost everywhere."""
    _, count, *lists = goal.claim.args
    model, point = Model(goal, lists), list(goal.witness.get("point", ()))
    if len(point) != model.parameters:
        raise Unsupported("the witness gives no point")
    before, after = f"{whole(count)} {model.sizes} {model.expressions}", _slopes(model, point, whole(count))
    return _checked(
        goal, f"enough_slopes {before} (whole_point {integers(point)}) {after}",
        f"changes_at_least_almost_everywhere {before} {integers(point)} {after} {{}}",
    )  # fmt: skip


def _slopes(model: Model, point: Sequence[int | Fraction], count: int) -> str:
    """Inputs and parameters for which the slopes are independent. Raises Unsupported where the rank is lower."""
    coefficients = model.coefficients(point)
    columns = {column: i for i, column in enumerate(dict.fromkeys(column for row in coefficients for column in row))}
    rows = [{columns[column]: fmpq(c.numerator, c.denominator) for column, c in row.items()} for row in coefficients]
    chosen, _ = minor(rows, count)
    inputs = _inputs(model, [coefficients[j] for j in chosen])
    return f"{listed([integers(x) for x in inputs])} {naturals(chosen)}"


def _inputs(model: Model, rows: Coefficients) -> list[list[int]]:
    """Inputs for which the values of these independent polynomials have full rank: one after the other that adds to it."""
    found: list[list[int]] = []
    values: list[list[int]] = [[] for _ in rows]
    rank = 0
    for x in _candidates(model.data):
        if rank == len(rows):
            return found
        more = [[*known, *_values(model, row, x)] for known, row in zip(values, rows, strict=True)]
        higher = (
            int(nmod_mat(len(more), len(more[0]), [c for row in more for c in row], PRIME).rank()) if more[0] else 0
        )
        if higher > rank:
            found, values, rank = [*found, x], more, higher
    raise Unsupported("no inputs were found for which the slopes are independent")


def _candidates(size: int) -> Iterator[list[int]]:
    """Whole numbers without structure, small ones first."""
    state = 1
    for n in range(TRIES):
        x = []
        for _ in range(size):
            state = (1103515245 * state + 12345) % 2**31
            x.append((state >> 16) % (2 * (3 + n // 8) + 1) - (3 + n // 8))
        yield x


def _values(model: Model, row: Mapping[Column, Fraction], x: Sequence[int]) -> list[int]:
    """The slope's value for each output, modulo the prime."""
    result = [0] * len(model.outputs.polys)
    for (output, monomial), c in row.items():
        whole_part = prod(x[i - model.parameters] for i in monomial)
        result[output] += c.numerator * pow(c.denominator, -1, PRIME) * whole_part
    return [value % PRIME for value in result]


# --- bounds from above ------------------------------------------------------------------------------------------------


def rank_at_most(goal: Goal) -> str:
    """Few parameters, few coefficients, or the witness's directions, which change nothing and are independent at its point."""
    _, count, *lists, reason = goal.claim.args
    model, most = Model(goal, lists), whole(count)
    match reason.args[0]:
        case "few_parameters":
            return "intros theta L. apply few_parameters."
        case "few_coefficients":
            known = listed([listed([naturals(one) for one in parts]) for parts in _parts(model)])
            texts = f"{model.expressions} {known}"
            return _checked(
                goal, f"uses_few {most} {model.parameters} {texts}",
                f"at_most_by_coefficients {most} {model.sizes} {texts} {{}}",
                f"few_coefficients_known {model.data} {model.expressions} {most} {model.parameters} {known} {{}}",
            )  # fmt: skip
        case "redundant_directions":
            number, texts = whole(reason.args[1]), f"{model.expressions} {model.fields(reason)} {_given_point(goal)}"
            return _checked(
                goal, f"are_redundant {number} {model.parameters} {texts}",
                f"at_most_by_redundance {number} {most} {model.sizes} {texts} {{}} eq_refl",
                f"redundant_directions_known {number} {model.sizes} {texts} {{}}",
            )  # fmt: skip
    raise Unsupported(f"the reason {reason.args[0]} is not written in Rocq")


def _given_point(goal: Goal) -> str:
    return integers(list(goal.witness.get("point", ())))


def _checked(goal: Goal, test: str, *proofs: str) -> str:
    """The proofs, joined, from what a computation shows."""
    name = goal.fresh("K")
    joined = " ".join(f"({proof.format(name)})" for proof in proofs)
    last = f"exact (conj {joined})." if len(proofs) > 1 else f"exact {joined}."
    return f"assert ({name} : {test} = true). {{ vm_compute. reflexivity. }}\n{last}"


def _parts(model: Model) -> list[list[list[int]]]:
    """Of each output the monomials of the data in its slopes."""
    found: list[dict[tuple[int, ...], None]] = [{} for _ in model.outputs.polys]
    for row in model.outputs.slopes():
        for output, monomial in row:
            found[output][monomial] = None
    return [[[i - model.parameters for i in monomial] for monomial in parts] for parts in found]


# --- at a point -------------------------------------------------------------------------------------------------------


def rank_there(goal: Goal) -> str:
    """So many slopes are independent at the point; so many independent directions change nothing there."""
    _, count, *lists, point = goal.claim.args
    model, rank, values = Model(goal, lists), whole(count), [one.args[0] for one in point.args]
    before, given = f"{rank} {model.sizes} {model.expressions}", rationals(values)
    slopes, vectors = _slopes(model, values, rank), listed([rationals(u) for u in _null_vectors(model, values)])
    below, above, same = goal.fresh("K"), goal.fresh("K"), goal.fresh("K")
    return "\n".join([
        f"assert ({below} : enough_slopes {before} {given} {slopes} = true). {{ vm_compute. reflexivity. }}",
        f"assert ({above} : changes_none {rank} {model.parameters} {model.expressions} {given} {vectors} = true).",
        "{ vm_compute. reflexivity. }",
        f"assert ({same} : {goal.writer.vector(point.args)} = reals_of {given}) by same_reals.",
        f"rewrite {same}. exact (conj (changes_at_least_there {before} {given} {slopes} {below}) "
        f"(changes_at_most_here {before} {given} {vectors} {above})).",
    ])  # fmt: skip


def _null_vectors(model: Model, point: Sequence[Fraction]) -> list[list[Fraction]]:
    """A basis of the directions along which the outputs do not change at the point."""
    rows = model.coefficients(point)
    columns: dict[Column, int] = {}
    for row in rows:
        for column in row:
            columns.setdefault(column, len(columns))
    matrix = fmpq_mat(max(len(columns), 1), len(rows))
    for j, row in enumerate(rows):
        for column, c in row.items():
            matrix[columns[column], j] = fmpq(c.numerator, c.denominator)
    reduced, rank = matrix.rref()
    pivots = [next(j for j in range(len(rows)) if reduced[i, j] != 0) for i in range(rank)]
    basis = []
    for free in (j for j in range(len(rows)) if j not in pivots):
        vector = [Fraction(0)] * len(rows)
        vector[free] = Fraction(1)
        for i, pivot in enumerate(pivots):
            vector[pivot] = -Fraction(int(reduced[i, free].p), int(reduced[i, free].q))
        basis.append(vector)
    return basis


# --- the Hessian ------------------------------------------------------------------------------------------------------


def hessian_rank(goal: Goal) -> str:
    """Of the premises: bounds that meet, or the rank at the point; and that the data tell the directions apart."""
    name, count, _, nullity, *lists, last = goal.claim.args
    model = Model(goal, lists)
    about = f"{model.sizes} {model.expressions} {data_text(goal.writer, lists[2])}"
    numbers = f"{whole(count)} {whole(nullity)}"
    apart = _tells_apart(goal, model, about)
    if name == "hessian_rank_there":
        known = _premise(goal, "rank_there", count, *lists, last)
        point = goal.writer.vector(last.args)
        return (f"exact (hessian_has_this_rank HE {about} eq_refl HX {numbers} {point} eq_refl ({apart} {point} eq_refl) "
                f"(proj1 {known}) (proj2 {known}) eq_refl).")  # fmt: skip
    below, above = _premise(goal, "rank_at_least", count, *lists), _premise(goal, "rank_at_most", count, *lists, last)
    full = f"hessian_rank_almost_everywhere HE {numbers} {about} eq_refl HX eq_refl {apart} {below}"
    if last.args[0] == "few_parameters":
        return f"exact ({full} {above})."
    return f"exact (conj ({full} (proj1 {above})) (proj2 {above}))."


def _premise(goal: Goal, name: str, *args: Term) -> str:
    for premise in goal.premises:
        if premise.term == Term("Predicate", (name, *args)):
            return premise.name
    raise Unsupported(f"no premise is the {name} that is needed")


def _tells_apart(goal: Goal, model: Model, about: str) -> str:
    """A proof that for all values of the parameters the data tell directions apart."""
    data = set(model.lists[2].args)
    for premise in goal.premises:
        match premise.term.args if premise.term.head == "Predicate" else ():
            case ("full_support", given) if given == model.lists[2]:
                return f"(fun theta L => full_support_tells_apart {about} eq_refl theta L {premise.name})"
            case ("definite_moments", functions, given) if set(given.args) == data:
                return _by_moments(goal, model, about, functions, given, premise)
    raise Unsupported("no premise says that the data tell the directions apart")


def _by_moments(goal: Goal, model: Model, about: str, functions: Term, given: Term, premise: Premise) -> str:
    if given != model.lists[2]:
        raise Unsupported("the data stand in another order")
    places = {x: i for i, x in enumerate(given.args)}
    texts = listed([expression(one, places) for one in functions.args])
    return (f"(fun theta L => definite_moments_tell_apart HE {about} {texts} theta eq_refl L eq_refl {premise.name})")  # fmt: skip
