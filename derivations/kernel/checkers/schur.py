"""Linear iterations of n states, and where all roots of a polynomial lie: the criterion of Schur and Cohn in degree n.

A polynomial is given as the list of its coefficients, the highest, which is 1, first. With p of degree d,
q(u) = (1 - u)^d·p((1 + u)/(1 - u)) = Σ c_k·u^k: the open unit disc becomes the open left half plane, and Liénard and Chipart's
form of Hurwitz's criterion applies to q. The c_k are linear in the coefficients of p.
"""

from __future__ import annotations

from math import comb

from derivations.kernel.algebra import Algebra, Value
from derivations.kernel.checkers.second_order import _premise
from derivations.kernel.formulas import strip
from derivations.kernel.rules.algebra import facts_of, prepared
from derivations.kernel.situation import Rule, Situation, require
from derivations.language.statements import Step
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    apply,
    disj,
    eq,
    for_all,
    free_symbols,
    le,
    lt,
    mul,
    neg,
    number,
    power,
    sub,
    symbol,
)

MAX_DEGREE = 8
FRESH = symbol("_z|real")


def linear_iteration(s: Situation) -> None:
    """x_i(t+1) - c_i = Σ_j m_ij·(x_j(t) - c_j)  for all t, a;  x_i(0) = a_i;  det(z - m) = z^n + p_{n-1}·z^{n-1} + … + p_0
    ⊢  (∀a  x_1 → c_1 ∧ … ∧ x_n → c_n)  ⇔  roots_in_disc([1, p_{n-1}, …, p_0]).

    The witness gives the matrix m; x_i(t, a_1, …, a_n) has the start among its arguments. Refuses when an update or a start is no
    premise, or for some t or a only; when the matrix or a limit depends on t or a; when the polynomial is another; and when a
    denominator in it may be zero.
    """
    convergence, predicate = s.claimed("Iff")
    name, given = s.claimed("Predicate", predicate)
    require(name == "roots_in_disc", "shape", "the claim should say where the roots of a polynomial lie")
    starts, limits = _limits(s, convergence)
    t = limits[0][2]
    rows = _matrix(s, len(starts))
    for part in (*(limit for _, limit, _ in limits), *(entry for row in rows for entry in row)):
        fine = not {t, *starts} & free_symbols(part) and not s.table.is_random(part)
        require(fine, "scope", "the matrix and the limits must depend neither on the step nor on the start")
    begin = [symbol(a) for a in starts]
    errors = [sub(apply(x, symbol(t), *begin), c) for x, c, _ in limits]
    for (x, c, _), row, start in zip(limits, rows, begin, strict=True):
        after = sub(apply(x, add(symbol(t), ONE), *begin), c)
        update = eq(after, add(ZERO, *(mul(entry, error) for entry, error in zip(row, errors, strict=True))))
        _premise(s, for_all(t, _for_all(starts, update)), f"the update of {x} by this matrix is no premise")
        starting = _for_all(starts, eq(apply(x, ZERO, *begin), start))
        _premise(s, starting, f"that {x} starts at {start.args[0]} is no premise")
    shifted = Term("Matrix", tuple(
        Term("Tuple", tuple(sub(FRESH if i == j else ZERO, entry) for j, entry in enumerate(row))) for i, row in enumerate(rows)
    ))  # fmt: skip
    coefficients = _monic(given, len(starts))
    polynomial = add(ZERO, *(mul(c, power(FRESH, k)) for k, c in enumerate(reversed(coefficients))))
    algebra = Algebra(s.table, [shifted, polynomial, *s.premises])
    gap = algebra.difference(Term("Det", (shifted,)), polynomial)
    require(algebra.is_zero(gap), "not-equal", "this is not the characteristic polynomial of the matrix")
    facts_of(s, algebra).require_domain()


def _limits(s: Situation, formula: Term) -> tuple[tuple[str, ...], list[tuple[str, Term, str]]]:
    """The starting values a_1, …, a_n and (x_i, c_i, t) of the limits x_i(t, a_1, …, a_n) → c_i."""
    starts, body = strip(formula)
    parts = body.args if body.head == "And" else (body,)
    fine = len(set(starts)) == len(starts) == len(parts) <= MAX_DEGREE and all(s.table.domain(a) == "real" for a in starts)
    require(fine, "shape", "as many limits as starting values are needed, for all values of these")
    found = []
    for part in parts:
        inner, t, to, centre = s.claimed("Tends", part)
        fine = s.table.domain(t) == "natural" and to == INFINITY and centre not in (INFINITY, neg(INFINITY))
        require(fine, "domain", "steps are natural numbers that grow, limits are numbers")
        wanted = (symbol(t), *map(symbol, starts))
        require(inner.head == "Apply" and inner.args[1:] == wanted, "shape", "expected x(t, a, …)")
        require(s.table.functions.get(inner.args[0]) == "sequence", "shape", f"{inner.args[0]} is no sequence")
        found.append((inner.args[0], centre, t))
    require(len({t for _, _, t in found}) == 1 and found[0][2] not in starts, "shape", "the limits must be for the same step")
    require(len({x for x, _, _ in found}) == len(found), "shape", "the limits must be of different sequences")
    return starts, found


def _matrix(s: Situation, size: int) -> list[tuple[Term, ...]]:
    matrix = s.term("matrix")
    fine = matrix.head == "Matrix" and [len(row.args) for row in matrix.args] == [size] * size
    require(fine, "witness", "a square matrix with a row for each sequence is needed")
    return [row.args for row in matrix.args]


def _for_all(names: tuple[str, ...], body: Term) -> Term:
    for name in reversed(names):
        body = for_all(name, body)
    return body


def _monic(given: Term, degree: int | None = None) -> tuple[Term, ...]:
    """The coefficients of a polynomial, the highest first."""
    require(given.head == "Tuple" and 2 <= len(given.args) <= MAX_DEGREE + 1, "shape", "a list of coefficients is needed")
    require(degree is None or len(given.args) == degree + 1, "not-equal", "the polynomial has another degree")
    require(given.args[0] == ONE, "shape", "the highest coefficient must be written as 1")
    return given.args


# --- the criterion ------------------------------------------------------------------------------------------------


def schur_cohn(s: Situation) -> None:
    """p = p_1·p_2·…, all monic  ⊢  roots_in_disc(p)  ⇔  0 < c_k and 0 < Δ_{d-1}, Δ_{d-3}, … for each p_i.

    c_k are the coefficients of (1 - u)^d·p_i((1 + u)/(1 - u)), Δ_k their Hurwitz minors, from the highest coefficient on; a factor
    z needs no condition. The witness gives the factors; p itself if it gives none. Each condition may be written in any form, with
    any positive rational factor. Cited: Schur 1918, Cohn 1922; Liénard and Chipart 1914. Refuses when the product is not p, a
    condition is missing or another one added, and when a denominator may be zero.
    """
    _criterion(s, "roots_in_disc", closed=False)


def schur_cohn_closed(s: Situation) -> None:
    """p = p_1·p_2·…, all monic of degree at most 4  ⊢  roots_in_closed_disc(p)  ⇔  0 ≤ c_k and 0 ≤ Δ_{d-1} for each p_i.

    c_k and Δ_k as for ``schur-cohn``; in degree 4 also c_1 > 0 or c_3 > 0 or 4·c_0·c_4 ≤ c_2². Refuses a factor of higher
    degree, and what ``schur-cohn`` refuses.
    """
    _criterion(s, "roots_in_closed_disc", closed=True)


def _criterion(s: Situation, predicate: str, closed: bool) -> None:
    statement, condition = s.claimed("Iff")
    name, given = s.claimed("Predicate", statement)
    require(name == predicate, "shape", "the claim should say where the roots of a polynomial lie")
    coefficients = _monic(given)
    factors = [_monic(one) for one in s.witness.get("factors", (given,))]
    for factor in factors:
        for part in factor:
            s.table.check_names(part)
    wanted = [one for factor in factors for one in conditions(factor, closed)]
    algebra = Algebra(s.table, [s.claim, *s.premises, *(part for factor in factors for part in factor), *wanted])
    algebra.rewrites.update(prepared(s).rewrites)
    require(_is_product(algebra, coefficients, factors), "not-equal", "the factors do not give the polynomial")
    stated = list(condition.args) if condition.head == "And" else [] if condition.head == "True" else [condition]
    for one in wanted:
        require(any(_alike(algebra, one, other) for other in stated), "does-not-follow", "a condition is missing")
    for other in stated:
        require(any(_alike(algebra, one, other) for one in wanted), "does-not-follow", "there is no such condition")
    facts_of(s, algebra).require_domain()


def conditions(coefficients: tuple[Term, ...], closed: bool) -> list[Term]:
    """What all roots of the polynomial in the open (closed) unit disc come to."""
    degree = len(coefficients) - 1
    if coefficients[1:] == (ZERO,) * degree:
        return []
    require(not closed or degree <= 4, "shape", "the closed disc is treated up to degree 4")
    above = le if closed else lt
    c = half_plane(coefficients)
    found = [above(ZERO, one) for one in c]
    found += [above(ZERO, hurwitz_minor(c, size)) for size in range(degree - 1, 1, -2)]
    if closed and degree == 4:
        found.append(disj(lt(ZERO, c[1]), lt(ZERO, c[3]), le(mul(number(4), c[0], c[4]), power(c[2], 2))))
    return found


def half_plane(coefficients: tuple[Term, ...]) -> list[Term]:
    """c_0, …, c_d of (1 - u)^d·p((1 + u)/(1 - u)), p given with its highest coefficient first."""
    degree = len(coefficients) - 1
    return [
        add(ZERO, *(mul(number(_share(degree, j, k)), a) for j, a in enumerate(reversed(coefficients)) if _share(degree, j, k)))
        for k in range(degree + 1)
    ]


def _share(degree: int, j: int, k: int) -> int:
    """The coefficient of u^k in (1 + u)^j·(1 - u)^(degree - j)."""
    return sum(comb(j, k - i) * comb(degree - j, i) * (-1) ** i for i in range(k + 1))


def hurwitz_minor(c: list[Term], size: int) -> Term:
    """The leading minor of that size of Hurwitz's matrix of Σ c_k·u^k."""
    high = c[::-1]
    rows = [[high[2 * j - i + 1] if 0 <= 2 * j - i + 1 < len(high) else ZERO for j in range(size)] for i in range(size)]
    return Term("Det", (Term("Matrix", tuple(Term("Tuple", tuple(row)) for row in rows)),))


def _is_product(algebra: Algebra, coefficients: tuple[Term, ...], factors: list[tuple[Term, ...]]) -> bool:
    product = [algebra.constant(1)]
    for factor in factors:
        values = [algebra.value(part) for part in factor]
        longer: list[Value] = [algebra.constant(0)] * (len(product) + len(values) - 1)
        for i, one in enumerate(product):
            for j, other in enumerate(values):
                longer[i + j] = algebra.plus(longer[i + j], algebra.times(one, other))
        product = longer
    if len(product) != len(coefficients):
        return False
    gaps = (algebra.plus(one, algebra.scale(algebra.value(c), -1)) for one, c in zip(product, coefficients, strict=True))
    return all(algebra.is_zero(gap) for gap in gaps)


def _alike(algebra: Algebra, one: Term, other: Term) -> bool:
    """Whether two relations (or disjunctions of them) say the same, up to a positive rational factor."""
    if one.head == "Or" or other.head == "Or":
        fine = one.head == other.head and len(one.args) == len(other.args)
        return fine and all(_alike(algebra, a, b) for a, b in zip(one.args, other.args, strict=True))
    heads = {"Gt": "Lt", "Ge": "Le"}
    if heads.get(one.head, one.head) != heads.get(other.head, other.head) or other.head not in ("Lt", "Le", "Gt", "Ge"):
        return False
    (a, b), (c, d) = _gap(algebra, one), _gap(algebra, other)
    left, right = algebra.reduce(algebra.product(a, d)), algebra.reduce(algebra.product(c, b))
    if left.is_zero() or right.is_zero():
        return bool(left.is_zero() and right.is_zero())
    ratio = left.leading_coefficient() / right.leading_coefficient()
    return bool(ratio > 0 and left == right * ratio)


def _gap(algebra: Algebra, relation: Term) -> Value:
    low, high = relation.args if relation.head in ("Lt", "Le") else relation.args[::-1]
    return algebra.difference(high, low)


# --- what a step rests on -----------------------------------------------------------------------------------------

THEOREM = "Schur-Cohn criterion in degree {}, in the form of Liénard and Chipart"
RADIUS = "convergence of a linear iteration of {} states by its spectral radius"


def citation(step: Step) -> str | None:
    """The theorem that a step of these rules cites; None for steps of other rules, and up to degree two, where it is elementary."""
    if step.rule not in RULES:
        return None
    coefficients = next(part for part in step.claim.args if part.head == "Predicate").args[1]
    factors = (coefficients,) if step.rule == "linear-iteration" else step.witness.get("factors", (coefficients,))
    degree = max(len(one.args) - 1 for one in factors)
    return None if degree <= 2 else (RADIUS if step.rule == "linear-iteration" else THEOREM).format(degree)


RULES: dict[str, Rule] = {
    "linear-iteration": linear_iteration,
    "schur-cohn": schur_cohn,
    "schur-cohn-closed": schur_cohn_closed,
}
