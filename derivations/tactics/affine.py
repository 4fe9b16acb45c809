"""q_{t+1} = r*q_t + b with 0 <= r: the limit b/(1 - r) where r < 1, growth beyond all bounds where r >= 1 and b > 0.

For a second moment whose factor is not a square: each step multiplies it by r and adds what the noise brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.language.errors import Undecided
from derivations.language.statements import Branch
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    conj,
    disj,
    div,
    eq,
    for_all,
    free_symbols,
    implies,
    le,
    lt,
    mul,
    ne,
    neg,
    power,
    sub,
    substitute,
    symbol,
    tends,
)
from derivations.tactics.algebra import coefficient_of, expanded, factored, is_zero, tidy
from derivations.tactics.certificates import find
from derivations.tactics.expansions import leading_term
from derivations.tactics.linear import T, flat
from derivations.tactics.proof import Proof


@dataclass(frozen=True)
class Affine:
    """q_{t+1} = ratio*q_t + source is the step ``recurrence``; ``known`` are labels of signs, ``positive`` of 0 <= ratio."""

    now: Term
    ratio: Term
    source: Term
    recurrence: str
    positive: str
    known: tuple[str, ...]

    @property
    def start(self) -> Term:
        return substitute(self.now, {"t": ZERO})

    @property
    def after(self) -> Term:
        return substitute(self.now, {"t": add(T, ONE)})


@dataclass(frozen=True)
class Range:
    """Where the ratio is below 1, and where not; ``known`` are labels of the signs that say so.

    Where it was solved for the learning rate, 0 < rate < top/bottom, ``quotient`` is (top, bottom) and 0 < ``gap`` inside.
    """

    inside: Term
    outside: Term
    known: tuple[str, ...]
    quotient: tuple[Term, Term] | None = None
    gap: Term | None = None


def together(*labels: Sequence[str]) -> tuple[str, ...]:
    """All these labels, each once."""
    return tuple(dict.fromkeys(label for some in labels for label in some))


def positive(proof: Proof, term: Term, known: Sequence[str], because: str) -> str | None:
    """The label of 0 < term, if a certificate from the known claims is found."""
    claim, given = lt(ZERO, term), [label for label in known if proof.claims[label].head in ("Lt", "Le", "Gt", "Ge")]
    if label := next((label for label in known if proof.claims[label] == claim), None):
        return label
    witness = find(claim, [proof.claims[label] for label in given])
    if witness is None:
        return None
    return proof.step("polynomial-implication", claim, *given, because=because, **witness)


def solved_range(proof: Proof, ratio: Term, rate: str, known: Sequence[str]) -> Range:
    """ratio < 1 solved for the learning rate where 1 - ratio = rate*(a - b*rate), a and b positive; else as it stands."""
    gap, scale = factored(sub(ONE, ratio)), symbol(rate)
    plain = Range(lt(ratio, ONE), le(ONE, ratio), ())
    if not rate or rate not in free_symbols(gap):
        return plain
    try:
        slope, first = coefficient_of(tidy(div(gap, scale)), scale)
    except Undecided:
        return plain
    if is_zero(slope) or rate in free_symbols(first):
        return plain
    found = _positive_quotient(proof, factored(div(first, neg(slope))), known)
    if found is None:
        return plain
    top, bottom, labels = found
    bound = div(top, bottom) if bottom != ONE else top
    inside, outside = conj(lt(ZERO, scale), lt(scale, bound)), disj(le(scale, ZERO), le(bound, scale))
    return Range(inside, outside, labels, (top, bottom), sub(top, flat(mul(scale, bottom)) if bottom != ONE else scale))


def _positive_quotient(proof: Proof, quotient: Term, known: Sequence[str]) -> tuple[Term, Term, tuple[str, ...]] | None:
    """Numerator and denominator as products of factors that are certainly positive, with the labels that say so."""
    negative, labels, sides = quotient.head == "Neg", [], []
    quotient = quotient.args[0] if negative else quotient
    for side in quotient.args if quotient.head == "Div" else (quotient, ONE):
        parts = []
        for part in side.args if side.head == "Mul" else (side,):
            base, exponent = part.args if part.head == "Pow" else (part, ONE)
            if not free_symbols(base):
                parts.append(part)
                continue
            label, flipped = positive(proof, base, known, "it is positive"), expanded(neg(base))
            if label is None:
                label, base = positive(proof, flipped, known, "it is positive"), flipped
                negative ^= exponent.head == "Number" and exponent.args[0] % 2 == 1
            if label is None:
                return None
            labels.append(label)
            parts.append(base if exponent == ONE else power(base, exponent))
        sides.append(mul(*parts))
    return None if negative else (sides[0], sides[1], tuple(dict.fromkeys(labels)))


def fixed_value(q: Affine, where: Range) -> Term:
    """source/(1 - ratio), its denominator in the form in which the range says that it is positive."""
    value = div(q.source, sub(ONE, q.ratio))
    if where.gap is None:
        return factored(value)
    scaled = factored(mul(value, where.gap))
    top, bottom = scaled.args if scaled.head == "Div" else (scaled, ONE)
    return div(top, where.gap if bottom == ONE else flat(mul(bottom, where.gap)))


def converges(proof: Proof, q: Affine, where: Range, value: Term, more: Sequence[str] = ()) -> list[str]:
    """In the branch where the range is supposed: labels of the limit, of ratio < 1 and of the closed form."""
    known = together(q.known, where.known, more)
    below = proof.step("signs", lt(q.ratio, ONE), *known, because="each step keeps less than it had")
    small = conj(lt(neg(ONE), q.ratio), lt(q.ratio, ONE))
    over = proof.step("polynomial-implication", lt(neg(ONE), q.ratio), q.positive, *q.known,
                      terms=({"premises": (0,)}, {}), because="it is not negative")  # fmt: skip
    size = proof.step("conjunction", small, over, below, because="together")
    rule = proof.step("geometric", implies(small, tends(power(q.ratio, T), "t", INFINITY, ZERO)), *q.known,
                      term=mul(power(q.ratio, T), ONE), ratio=q.ratio, start=ONE, because="such powers vanish")  # fmt: skip
    gone = proof.step("instantiate", proof.claims[rule].args[1], rule, size, values={}, because="here")
    solution = eq(q.now, add(value, mul(power(q.ratio, T), sub(q.start, value))))
    closed = _induction(proof, q, solution, (below, *known), "unroll the recurrence")
    limit = proof.step("limit", tends(q.now, "t", INFINITY, value), closed, gone, below, *known, because="let t grow")
    return [limit, below, closed]


def _induction(proof: Proof, q: Affine, solution: Term, known: Sequence[str], because: str) -> str:
    """∀t solution, from the recurrence."""
    with proof.inside() as base:
        proof.step("expectation", substitute(solution, {"t": ZERO}), *known, because="at the start")
    hypothesis = proof.supposing(solution, "the claim for t")
    with proof.inside() as step:
        goal = substitute(solution, {"t": add(T, ONE)})
        proof.step("expectation", goal, q.recurrence, hypothesis.label, *known, because="insert the claim for t")
    branches = (proof.branch("t = 0", base), proof.branch("from t to t + 1", step, hypothesis))
    return proof.step("induction", for_all("t", solution), branches=branches, because=because)


def grows(proof: Proof, q: Affine, where: Range, moves: Sequence[str]) -> str:
    """outside ⇒ q_t → ∞, ``moves`` being labels of conditions under which the source is positive; 0 <= q_0 by its form."""
    goal = tends(q.now, "t", INFINITY, INFINITY)
    case = proof.supposing(where.outside, "outside the stable range")
    with proof.inside() as steps:
        either = _border(proof, q, where, case.label)
        more = proof.step("signs", lt(ZERO, q.source), *together(q.known, where.known, moves), because="each step adds noise")
        branches = (_linear(proof, q, goal, more), _geometric(proof, q, goal, more))
        proof.step("cases", goal, either, branches=branches, because="in both cases")
    return proof.step("suppose", implies(where.outside, goal), branches=(proof.branch("outside the stable range", steps, case),),
                      because="noise adds up faster than it is forgotten")  # fmt: skip


def _border(proof: Proof, q: Affine, where: Range, case: str) -> str:
    """ratio = 1 or 1 < ratio, from the supposition that the range is left."""
    known, border = together(q.known, where.known), disj(eq(q.ratio, ONE), lt(ONE, q.ratio))
    if where.gap is None or where.quotient is None:
        return proof.step("signs", border, case, *known, because="nothing is forgotten")
    backwards, far = (proof.supposing(part) for part in where.outside.args)
    top, bottom = where.quotient
    with proof.inside() as first:
        above = proof.step("signs", lt(ZERO, top), *known, because="all its factors are positive")
        below = proof.step("signs", lt(ZERO, bottom), *known, because="all its factors are positive")
        apart = proof.step("polynomial-implication", lt(ZERO, where.gap), above, backwards.label, below, *known,
                           terms=({"premises": (0,)}, {"premises": (1, 2)}), because="a step backwards")  # fmt: skip
        proof.step("signs", border, backwards.label, apart, *known, because="the method goes uphill, or nowhere")
    with proof.inside() as second:
        bound, scale = where.outside.args[1].args
        ahead = proof.step("signs", lt(ZERO, bound), *known, because="the bound is positive")
        forwards = proof.step("polynomial-implication", lt(ZERO, scale), ahead, far.label, *known,
                              terms=({"premises": (0,)}, {"premises": (1,)}), because="so is the step")  # fmt: skip
        proof.step("signs", border, far.label, forwards, *known, because="the step is too long")
    branches = (proof.branch("not forwards", first, backwards), proof.branch("too far", second, far))
    return proof.step("cases", border, case, branches=branches, because="nothing is forgotten")


def _linear(proof: Proof, q: Affine, goal: Term, more: str) -> Branch:
    case = proof.supposing(eq(q.ratio, ONE), "the border")
    with proof.inside() as steps:
        claim = eq(q.after, add(mul(ONE, q.now), q.source))
        ones = proof.step("rewrite", claim, q.recurrence, case.label, because="the factor is 1")
        border = Affine(q.now, ONE, q.source, ones, q.positive, q.known)
        formula = _induction(proof, border, eq(q.now, add(q.start, mul(T, q.source))), q.known, "add up")
        proof.step("limit", goal, formula, more, *q.known, because="it grows linearly")
    return proof.branch("on the border", steps, case)


def _geometric(proof: Proof, q: Affine, goal: Term, more: str) -> Branch:
    case = proof.supposing(lt(ONE, q.ratio), "beyond the border")
    with proof.inside() as steps:
        growth, extra = power(q.ratio, T), div(q.source, sub(q.ratio, ONE))
        claim = eq(q.now, sub(mul(growth, add(q.start, extra)), extra))
        formula = _induction(proof, q, claim, (case.label, *q.known), "unroll the recurrence")
        rule = proof.step("geometric", implies(lt(ONE, q.ratio), tends(growth, "t", INFINITY, INFINITY)), *q.known,
                          term=mul(growth, ONE), ratio=q.ratio, start=ONE, because="powers of such a number grow")  # fmt: skip
        beyond = proof.step("instantiate", proof.claims[rule].args[1], rule, case.label, values={}, because="here")
        begin = proof.step("signs", le(ZERO, q.start), because="the expectation of a square is not negative")
        rest = proof.step("signs", lt(ZERO, extra), case.label, more, *q.known, because="both are positive")
        factor = proof.step("polynomial-implication", lt(ZERO, add(q.start, extra)), begin, rest, case.label, *q.known,
                            terms=({"premises": (0,)}, {"premises": (1,)}), because="so is the sum")  # fmt: skip
        proof.step("limit", goal, formula, beyond, factor, case.label, *q.known, because="it grows geometrically")
    return proof.branch("beyond the border", steps, case)


def _nonzero(proof: Proof, term: Term, rate: str, known: Sequence[str]) -> list[str]:
    """Labels that say that the factors of the term other than the rate do not vanish: shown, or else assumed."""
    said, labels = {proof.claims[label] for label in known}, []
    for part in dict.fromkeys(_factors(term)):
        if part != symbol(rate) and ne(part, ZERO) not in said:
            shown = positive(proof, part, known, "it is positive")
            labels.append(shown or proof.assume(ne(part, ZERO), "it does not vanish"))
    return labels


def _factors(term: Term) -> list[Term]:
    """The factors of a product or quotient that are no numbers."""
    if term.head in ("Neg", "Mul", "Div"):
        return [part for arg in term.args for part in _factors(arg)]
    if term.head == "Pow" and term.args[1].head == "Number":
        return _factors(term.args[0])
    return [term] if free_symbols(term) else []


def leading_order(proof: Proof, value: Term, inside: Term, rate: str, known: Sequence[str]) -> list[str]:
    """Labels of value/rate**n → its leading coefficient, and of what the leading order leaves out, inside the range."""
    leading, scale = leading_term(value, rate), symbol(rate)
    order = next((n for n in range(9) if rate not in free_symbols(tidy(div(leading, power(scale, n))))), 0)
    if order == 0:
        return []  # it does not vanish with what is called the rate here
    known = together(known, _nonzero(proof, leading, rate, known))
    unit = scale if order == 1 else power(scale, order)
    claim = tends(mul(div(ONE, unit), value), rate, ZERO, tidy(div(leading, unit)))
    slope = proof.step("limit", claim, *known, because="for a small learning rate it is proportional to it")
    difference = eq(sub(value, leading), mul(factored(sub(ONE, div(leading, value))), value))
    case = proof.supposing(inside, "the stable range")
    with proof.inside() as steps:
        proof.step("identity", difference, case.label, *known, because="subtract")
    exact = proof.step("suppose", implies(inside, difference), branches=(proof.branch("inside the stable range", steps, case),),
                       because="what the leading order leaves out")  # fmt: skip
    return [slope, exact]
