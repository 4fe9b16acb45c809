"""The Hessian at matching, rational weights: its matrix, its eigenvalues in their order, and which learning rates are stable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from derivations.kernel.checkers.moments import Law
from derivations.kernel.checkers.ranks import Column, Outputs, exact_value
from derivations.kernel.errors import Refused
from derivations.language.ascii import ascii_text
from derivations.language.errors import Undecided
from derivations.language.notation import ROLE
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    conj,
    div,
    for_all,
    iff,
    implies,
    le,
    lt,
    matrix,
    mul,
    neg,
    number,
    predicate,
    sub,
    substitute,
    symbol,
)
from derivations.problems.inputs import Rows
from derivations.problems.models import Model
from derivations.problems.questions import Problem
from derivations.tactics.integrals import fresh
from derivations.tactics.proof import Proof
from derivations.tactics.ranks import about, polynomial
from derivations.tactics.sparse import as_term

MOST_PARAMETERS, MOST_BITS = 40, 12_000


def hessian_at(proof: Proof, model: Model, problem: Problem) -> tuple[str, list[list[Term]]]:
    """The label of the step that gives the Hessian there, and its entries. Raises Undecided for gates, and beyond the limit."""
    if model.gates or model.units is not None:
        raise Undecided("this model is no polynomial in its weights: its Hessian at given weights, and its rank, are found "
                        "with `derive rank`")  # fmt: skip
    size = len(model.parameters)
    if size > MOST_PARAMETERS:
        raise Undecided(f"the model has {size} parameters; exact eigenvalues are found for at most {MOST_PARAMETERS}")
    outputs = polynomial(model)
    lists = about(model)
    law, weights = inputs_law(outputs, lists[2], problem), problem.weights
    words = "the inputs' law" if law is None or law.args[0] == "normal_inputs" else "whatever else their law is"
    given = [] if law is None else [proof.assume(law, words)]
    values = [weights[name].args[0] for name in model.parameters]
    entries = _entries(outputs, values, law, lists[2])
    parts = [part for row in entries for one in row for part in one.args[0].as_integer_ratio()]
    if size * max(part.bit_length() for part in parts) > MOST_BITS:
        raise Undecided("these weights have too many digits: the eigenvalues would be roots of a polynomial with very long numbers")
    point = Term("Tuple", tuple(weights[name] for name in model.parameters))
    claim = predicate("hessian_there", matrix(entries), *lists, point)
    return proof.step("hessian-there", claim, *given, because="the mean of the products of the gradients, entry by entry"), entries


def inputs_law(outputs: Outputs, data: Term, problem: Problem) -> Term | None:
    """What is supposed of the inputs: the given moments; else the second ones if no others occur, or that they are normal."""
    if not data.args:
        return None
    if problem.moments:
        products, means = zip(*problem.moments, strict=True)
        return predicate("moments", data, Term("Tuple", products), Term("Tuple", tuple(map(number, means))))
    columns = {column for row in outputs.slopes() for column in row}
    degrees = {len(m) + len(n) for o, m in columns for p, n in columns if o == p}
    rows = matrix([[number(entry) for entry in row] for row in problem.covariance or _identity(len(data.args))])
    return predicate("second_moments" if degrees <= {0, 2} else "normal_inputs", data, rows)


def _identity(size: int) -> Rows:
    return tuple(tuple(Fraction(int(i == j)) for j in range(size)) for i in range(size))


def _entries(outputs: Outputs, values: Sequence[Fraction], supposed: Term | None, data: Term) -> list[list[Term]]:
    slopes = [{column: exact_value(poly, values) for column, poly in row.items()} for row in outputs.slopes()]
    try:
        law = Law(supposed, data, len(outputs.parameters))
        _require_known(law, slopes, outputs)
        return [[number(law.mean_product(one, other)) for other in slopes] for one in slopes]
    except Refused as error:
        raise Undecided(f"with these moments the Hessian is not known: {error}") from error


def _require_known(law: Law, slopes: Sequence[Mapping[Column, Fraction]], outputs: Outputs) -> None:
    """Raises Undecided, naming a moment that is needed and was not given."""
    columns = {column for row in slopes for column, value in row.items() if value}
    needed = {tuple(sorted(m + n)) for o, m in columns for p, n in columns if o == p}
    names = [one.args[0] for one in (*outputs.parameters, *outputs.data)]
    for monomial in sorted(needed - set(law.found)) if law.kind == "moments" else ():
        raise Undecided(f"the mean of {ascii_text(as_term({monomial: 1}, names))} is needed, too: add it to --moments")


# --- what follows for gradient descent --------------------------------------------------------------------------------


def order_steps(proof: Proof, values: Sequence[Term]) -> list[str]:
    """Of the different eigenvalues, the largest first, each is larger than the next."""
    return [proof.step("number-sign", lt(small, large), because="compare the numbers")
            for large, small in pairwise(dict.fromkeys(values))]  # fmt: skip


def twice_over(value: Term) -> Term:
    """2/value, without a fraction below the bar."""
    if value.head == "Number":
        return number(2 / value.args[0])
    if value.head == "Div":
        return div(mul(TWO, value.args[1]) if value.args[1].head != "Number" else number(2 * value.args[1].args[0]), value.args[0])
    return div(TWO, value)


def stable_rates(proof: Proof, largest: Term) -> str:
    """(∀λ 0 < λ ≤ λ_max ⇒ |1 - η·λ| < 1) ⇔ 0 < η < 2/λ_max, for a number λ_max > 0."""
    taken = {name for name, _ in proof.variables}
    eta, lam = (symbol(proof.declare(fresh(ROLE[name].name, taken), "real", ROLE[name].meaning)) for name in ("eta", "lam"))
    positive = proof.step("number-sign", lt(ZERO, largest), because="the largest eigenvalue is positive")
    multiplier = sub(ONE, mul(eta, lam))
    inside, given = conj(lt(neg(ONE), multiplier), lt(multiplier, ONE)), conj(lt(ZERO, lam), le(lam, largest))
    every, region = for_all(lam.args[0], implies(given, inside)), conj(lt(ZERO, eta), lt(eta, twice_over(largest)))
    if_stable = proof.supposing(every, "errors shrink along all of them")
    if_region = proof.supposing(region, "such a learning rate")
    with proof.inside() as onward:
        here = substitute(implies(given, inside), {lam.args[0]: largest})
        label = proof.step("instantiate", here, if_stable.label, values={lam.args[0]: largest},
                           because="so they do for the largest")  # fmt: skip
        proof.step("signs", region, label, positive, because="solve for the learning rate")
    with proof.inside() as back:
        curvature = proof.supposing(given, "such an eigenvalue")
        with proof.inside() as shrinks:
            low, most = (proof.step("signs", part, curvature.label, because="as supposed") for part in given.args)
            rate = proof.step("signs", lt(ZERO, eta), if_region.label, because="as supposed")
            end = proof.step("signs", lt(mul(eta, largest), TWO), if_region.label, positive, because="multiply by the largest")
            below = proof.step("polynomial-implication", lt(mul(eta, lam), TWO), end, rate, most,
                               terms=({"premises": (0,)}, {"premises": (1, 2)}),
                               because="a smaller eigenvalue makes it smaller")  # fmt: skip
            proof.step("signs", inside, below, low, rate, because="so the multiplier lies between -1 and 1")
        one = proof.step("suppose", implies(given, inside), branches=(proof.branch("for such an eigenvalue", shrinks, curvature),),
                         because="one of them")  # fmt: skip
        proof.step("generalise", every, one, because="all of them")
    branches = (proof.branch("if errors shrink", onward, if_stable), proof.branch("for such a learning rate", back, if_region))
    return proof.step("suppose", iff(every, region), branches=branches, because="the largest eigenvalue decides")
