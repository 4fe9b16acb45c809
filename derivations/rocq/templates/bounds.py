"""Bounds, sums and inequalities: the rules ``bounds``, ``sum-split``, ``sum-order``, ``geometric-sum``, ``polynomial-implication``.

Each names a lemma of theories/Sequences.v and the numbers it is applied to; what the lemma asks for follows by the signs that the
premises give, and that the claim is what the lemma says, by algebra.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derivations.kernel.algebra import Algebra
from derivations.kernel.formulas import strip
from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    div,
    free_symbols,
    le,
    lt,
    mul,
    ne,
    neg,
    number,
    power,
    sub,
    substitute,
    subterms,
    symbol,
    total,
)
from derivations.rocq.algebra import equation_script, usable
from derivations.rocq.equality import convert
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise


def equation(goal: Goal, left: Term, right: Term) -> str:
    """A script for an equality of two numbers, by algebra and the premises."""
    if goal.real(left) == goal.real(right):
        return "reflexivity."
    return equation_script(goal, left, right, goal.premises)


def by_signs(goal: Goal, claim: Term) -> str:
    """A script for a relation that the premises give by their signs, or that is one of them."""
    given = [pair for premise in goal.premises if (pair := usable(goal, premise))]
    text = goal.say(claim)
    for formula, proof in given:
        if goal.say(formula) == text:
            return f"exact {proof}."
    if all(node.head in _RATIONAL for arg in claim.args for node in subterms(arg)):
        return "lra."
    from derivations.rocq.signs import signs_script

    return signs_script(goal, claim, given)


def under(goal: Goal, name: str, inside: bool = True) -> Goal:
    """The goal where that variable is bound: no premise speaks of it as a fixed one. ``inside``: it is in the context."""
    premises = tuple(premise for premise in goal.premises if name not in free_symbols(premise.term))
    return goal.replace(premises=premises, here=goal.here | {name} if inside else goal.here)


_RATIONAL = frozenset({"Number", "Add", "Mul", "Neg", "Div"})


def asserted(goal: Goal, statement: str, script: str, letter: str = "Z") -> tuple[str, str]:
    """The name of an assertion and its text."""
    name = goal.fresh(letter)
    return name, f"assert ({name} : {statement}).\n{{ {script} }}"


# --- bounds ------------------------------------------------------------------------------------------------------------


def bounds(goal: Goal) -> str:
    """1 + x ≤ e^x and the like: the lemma for the quantities of the witness, its conditions by signs, the claim by algebra."""
    kind = goal.witness.get("kind")
    builder = _BOUNDS.get(kind) if isinstance(kind, str) else None
    if builder is None:
        raise Unsupported(f"there is no bound {kind!r}")
    low, high, lemma, conditions = builder(goal)
    lines, names = [], []
    for condition in conditions:
        name, line = asserted(goal, goal.say(condition), by_signs(goal, condition))
        lines.append(line)
        names.append(name)
    bound, line = asserted(goal, goal.say(le(low, high)), with_number(goal, f"{' '.join([lemma, *names])}"))
    left, right = goal.claim.args
    if goal.say(goal.claim) == goal.say(le(low, high)):
        return "\n".join([*lines, line, f"exact {bound}."])
    gaps = sub(right, left), sub(high, low)
    gap, gap_line = asserted(goal, f"{goal.real(gaps[0])} = {goal.real(gaps[1])}", equation(goal, *gaps))
    return "\n".join([*lines, line, gap_line, f"exact (at_most_as _ _ _ _ {gap} {bound})."])


Bound = tuple[Term, Term, str, list[Term]]


def _exp_below(goal: Goal) -> Bound:
    x = goal.term("x")
    return add(ONE, x), Term("Exp", (x,)), f"exp_below ({goal.real(x)})", []


def _exp_above(goal: Goal) -> Bound:
    h = goal.term("h")
    high = add(ONE, neg(h), div(power(h, 2), number(2)))
    return Term("Exp", (neg(h),)), high, f"exp_above ({goal.real(h)})", [le(ZERO, h)]


def _bernoulli(goal: Goal) -> Bound:
    h, t = goal.term("h"), goal.term("t")
    lemma = f"bernoulli ({goal.real(h)}) {goal.writer.natural(t)}"
    return sub(ONE, mul(t, h)), power(sub(ONE, h), t), lemma, [le(h, ONE)]


def _power(goal: Goal) -> Bound:
    a, b, t = goal.term("a"), goal.term("b"), goal.term("t")
    lemma = f"power_monotone ({goal.real(a)}) ({goal.real(b)}) {goal.writer.natural(t)}"
    return power(a, t), power(b, t), lemma, [le(ZERO, a), le(a, b)]


def _power_gap(goal: Goal) -> Bound:
    a, b, t = goal.term("a"), goal.term("b"), goal.term("t")
    lemma = f"power_gap ({goal.real(a)}) ({goal.real(b)}) {goal.writer.natural(t)}"
    return sub(power(a, t), power(b, t)), mul(t, sub(a, b)), lemma, [le(ZERO, b), le(b, a), le(a, ONE)]


_BOUNDS = {
    "exp-below": _exp_below, "exp-above": _exp_above, "bernoulli": _bernoulli, "power": _power, "power-gap": _power_gap,
}  # fmt: skip


def with_number(goal: Goal, proof: str) -> str:
    """``exact``, where the lemma may say INR (S t) for what is written INR t + 1."""
    t = goal.witness.get("t")
    if not isinstance(t, Term) or goal.real(t) == f"INR {goal.writer.natural(t)}":
        return f"exact ({proof})."
    fact, cast = goal.fresh("Z"), goal.fresh("Z")
    written = f"assert ({cast} : INR {goal.writer.natural(t)} = {goal.real(t)}) by natural_as_real."
    return f"{written} pose proof ({proof}) as {fact}. rewrite ?{cast} in {fact}. exact {fact}."


# --- sums --------------------------------------------------------------------------------------------------------------


def sum_split(goal: Goal) -> str:
    """A sum with its last or its first term split off: by the definition of fsum, or by induction (sum_split_first)."""
    left, right = goal.claim.args
    name, first, last, body = left.args
    shorter = sub(last, ONE)
    shifted = substitute(body, {name: add(symbol(name), ONE)})
    at_end = add(total(name, first, shorter, body), substitute(body, {name: last}))
    at_start = add(substitute(body, {name: first}), total(name, first, shorter, shifted))
    algebra = Algebra(goal.table, [goal.claim])
    ended = algebra.is_zero(algebra.difference(right, at_end))
    option = at_end if ended else at_start
    variable, natural = goal.names.variable(name), goal.writer.natural
    function = f"(fun {variable} : nat => {goal.real(body)})"
    counts = f"{natural(first)} {goal.writer.count(first, last)} {goal.writer.count(first, shorter)}"
    if ended:
        same_last = "first [same_at_number | same_but_naturals]"
        script = f"apply (sum_split_last {function} {counts} {natural(last)}); [lia | lia | {same_last}]."
    else:
        other = f"(fun {variable} : nat => {goal.real(shifted)})"
        script = (
            f"apply (sum_split_first {function} {other} {counts}); [lia | intros ?; same_at_number | same_at_number]."
        )
    return _by_way_of(goal.replace(premises=()), left, option, script, right)


def sum_order(goal: Goal) -> str:
    """fsum_le, the summands being ordered by the premise."""
    name = goal.claim.args[0].args[0]
    (premise,) = map(goal.within(name).again, goal.premises)
    proof = premise.name + (" w" if premise.every_outcome else "")
    inner, body = goal.within(name), Term("Le", (goal.claim.args[0].args[3], goal.claim.args[1].args[3]))
    variable = goal.names.variable(name)
    bound = f" B{variable}" if goal.names.bound(name) else ""
    script = f"apply fsum_le. {goal.make_room(name)}intros {variable} B{variable}. "
    if bound:
        script += f"apply range_index in B{variable}. "
    return script + convert(inner, f"({proof} {variable}{bound})", premise.term.args[1], body)


def geometric_sum(goal: Goal) -> str:
    """Σ_{s<t} r^s = (1 - r^t)/(1 - r), after the summand is brought into the form r^s."""
    left, right = goal.claim.args
    name, _, last, body = left.args
    ratio, count = goal.term("ratio"), add(last, ONE)
    closed = div(sub(ONE, power(ratio, count)), sub(ONE, ratio))
    variable = goal.names.variable(name)
    summand = f"(fun {variable} : nat => {goal.real(body)})"
    inner = equation(under(goal, name), body, power(ratio, symbol(name)))
    script = f"apply (geometric_sum {summand} ({goal.real(ratio)}) {goal.writer.natural(count)}).\n"
    script += f"{{ {goal.introduce(name)}{inner} }}\n{{ {by_signs(goal, ne(sub(ONE, ratio), ZERO))} }}"
    return _by_way_of(goal, left, closed, script, right)


def _by_way_of(goal: Goal, left: Term, middle: Term, script: str, right: Term) -> str:
    """left = middle by the script, and middle = right by algebra."""
    if goal.real(middle) == goal.real(right):
        return script
    return f"transitivity ({goal.real(middle)}).\n{{ {script} }}\n{equation(goal, middle, right)}"


# --- inequalities by certificate ---------------------------------------------------------------------------------------


def polynomial_implication(goal: Goal) -> str:
    """m·f = Σ c·∏p·q²: each summand is not negative (or positive) by the laws of order, the equation holds by algebra."""
    strict = goal.claim.head in ("Lt", "Gt")
    low, high = _ends(goal.claim)
    lines: list[str] = []
    summands, proofs = [], []
    for item in goal.witness.get("terms", ()):
        summand, proof, positive = _summand(goal, item, lines)
        summands.append(summand)
        proofs.append((proof, positive))
    whole = Term("Add", tuple(summands)) if len(summands) > 1 else summands[0] if summands else ZERO
    positive = any(certain for _, certain in proofs)
    proof, certain = _sum_proof(proofs)
    weak = f"(Rlt_le _ _ {proof})" if certain and not strict else proof
    gap = sub(high, low)
    multiplier = goal.witness.get("multiplier")
    scaled = mul(multiplier, gap) if isinstance(multiplier, Term) else gap
    equal, line = asserted(goal, f"{goal.real(scaled)} = {goal.real(whole)}", equation(goal, scaled, whole))
    lines.append(line)
    if strict and not positive:
        raise Unsupported("no term of the certificate is strictly positive")
    if isinstance(multiplier, Term):
        sign, line = asserted(goal, goal.say(lt(ZERO, multiplier)), by_signs(goal, lt(ZERO, multiplier)))
        lines.append(line)
        weak = f"({'positive_by' if strict else 'nonnegative_by'} _ _ _ {equal} {sign} {weak})"
        equal = "eq_refl"
    if goal.claim.head == "Ge":
        lines.append("apply Rle_ge.")
    lines.append(f"exact ({'less_by_gap' if strict else 'at_most_by_gap'} _ _ _ {equal} {weak}).")
    return "\n".join(lines)


def _ends(relation: Term) -> tuple[Term, Term]:
    """Low and high: the relation says that their difference is positive, not negative, or zero."""
    low, high = relation.args if relation.head in ("Lt", "Le", "Eq") else relation.args[::-1]
    return low, high


def _summand(goal: Goal, item: Mapping[str, Any], lines: list[str]) -> tuple[Term, str, bool]:
    """One term of a certificate, the name of the proof that it is positive or not negative, and which of the two."""
    coefficient = Fraction(item.get("coefficient", 1))
    factors: list[Term] = []
    proofs: list[tuple[str, bool]] = []
    zero: list[str] = []
    for i in item.get("premises", ()):
        factor, proof, head = _gap_of(goal, goal.premises[i])
        factors.append(factor)
        if head == "Eq":
            zero.append(proof)
        proofs.append((proof, head in ("Lt", "Gt")))
    if "square" in item:
        factors.append(power(item["square"], 2))
        proofs.append((f"(square_nonnegative ({goal.real(item['square'])}))", False))
    if "factor" in item:
        factors.append(item["factor"])
        proofs.append(("", False))
    if coefficient != 1 or not factors:
        factors.insert(0, number(coefficient))
        proofs.insert(0, (f"(ltac:(lra) : 0 < {goal.real(number(coefficient))})", True))
    summand = mul(*factors)
    if zero:
        fact = goal.fresh("Z")
        script = f"pose proof {zero[0]} as {fact}. replace ({goal.real(summand)}) with 0. "
        script += f"{{ apply Rle_refl. }} rewrite {fact}. ring."
        name, line = asserted(goal, f"0 <= {goal.real(summand)}", script)
        lines.append(line)
        return summand, name, False
    proof, positive = _product_proof(proofs)
    name, line = asserted(goal, f"0 {'<' if positive else '<='} {goal.real(summand)}", f"exact {proof}.")
    lines.append(line)
    return summand, name, positive


def _gap_of(goal: Goal, premise: Premise) -> tuple[Term, str, str]:
    """The difference of which a premise tells the sign, the proof of that, and the premise's relation."""
    body = strip(premise.term)[1]
    low, high = _ends(body)
    lemma, proof = _GAPS[body.head], goal.applied(premise)
    if body.head == "Ge":
        proof = f"(Rge_le _ _ {proof})"
    return sub(high, low), f"({lemma} ({goal.real(low)}) ({goal.real(high)}) {proof})", body.head


_GAPS = {
    "Lt": "gap_positive", "Gt": "gap_positive", "Le": "gap_nonnegative", "Ge": "gap_nonnegative", "Eq": "gap_zero",
}  # fmt: skip


def _product_proof(proofs: list[tuple[str, bool]]) -> tuple[str, bool]:
    """0 < or 0 ≤ a product, from its factors."""
    strict = all(positive for _, positive in proofs)
    lemma = "Rmult_lt_0_compat" if strict else "Rmult_le_pos"
    parts = [proof if strict or not positive else f"(Rlt_le _ _ {proof})" for proof, positive in proofs]
    whole = parts[0]
    for part in parts[1:]:
        whole = f"({lemma} _ _ {whole} {part})"
    return whole, strict


def _sum_proof(proofs: list[tuple[str, bool]]) -> tuple[str, bool]:
    """0 < or 0 ≤ a sum, from its summands."""
    if not proofs:
        return "(Rle_refl 0)", False
    whole, strict = proofs[0]
    for proof, positive in proofs[1:]:
        lemma = {
            (True, True): "Rplus_lt_0_compat", (True, False): "Rplus_lt_le_0_compat",
            (False, True): "Rplus_le_lt_0_compat", (False, False): "Rplus_le_le_0_compat",
        }[strict, positive]  # fmt: skip
        whole, strict = f"({lemma} _ _ {whole} {proof})", strict or positive
    return whole, strict
