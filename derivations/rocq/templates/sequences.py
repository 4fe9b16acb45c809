"""What sequences do: the rules ``geometric``, ``limit`` (see limits.py), ``limit-exponential`` and ``squeeze``."""

from __future__ import annotations

from derivations.kernel.formulas import same, strip
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    add,
    conj,
    disj,
    eq,
    for_all,
    iff,
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
from derivations.rocq.equality import convert
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.templates.bounds import asserted, by_signs, equation
from derivations.rocq.templates.limits import limit

# --- geometric sequences -----------------------------------------------------------------------------------------------


def geometric(goal: Goal) -> str:
    """e_t = mᵗ·c: the lemma of the row of the kernel's table that the claim is the same as."""
    e, m, c = goal.term("term"), goal.term("ratio"), goal.term("start")
    t = goal.witness.get("step", "t")
    row, lemma, condition = _row(goal, t, e, m, c)
    variable = goal.names.variable(t)
    lines, proofs = [], []
    form = for_all(t, eq(e, mul(power(m, symbol(t)), c)))
    name, line = asserted(goal, goal.say(form), _geometric_form(goal, t, form))
    lines.append(line)
    proofs.append(name)
    if condition is not None:
        name, line = asserted(goal, goal.say(condition), by_signs(goal, condition))
        lines.append(line)
        proofs.append(name)
    function = f"(fun {variable} : nat => {goal.real(e)})"
    proof = f"({lemma} {function} ({goal.real(m)}) ({goal.real(c)}) {' '.join(proofs)})"
    name, line = asserted(goal, goal.say(row), f"exact {proof}.")
    return "\n".join([*lines, line, convert(goal, name, row, goal.claim)])


def _row(goal: Goal, t: str, e: Term, m: Term, c: Term) -> tuple[Term, str, Term | None]:
    """The row of the table that is claimed, its lemma, and what is asked of the start."""
    after = substitute(e, {t: add(symbol(t), ONE)})
    inner, outer = conj(lt(neg(ONE), m), lt(m, ONE)), disj(lt(m, neg(ONE)), lt(ONE, m))
    table = [
        (tends(e, t, INFINITY, ZERO), inner, "zero"),
        (tends(Term("Abs", (e,)), t, INFINITY, INFINITY), outer, "away"),
        (for_all(t, lt(ZERO, mul(e, after))), lt(ZERO, m), "same_sign"),
        (for_all(t, lt(mul(e, after), ZERO)), lt(m, ZERO), "alternating"),
        (for_all(t, eq(after, ZERO)), eq(m, ZERO), "vanishing"),
        (for_all(t, eq(after, neg(e))), eq(m, neg(ONE)), "flipping"),
        (for_all(t, eq(after, e)), eq(m, ONE), "constant"),
    ]
    started = ne(c, ZERO)
    for behaviour, condition, word in table:
        if same(goal.table, goal.claim, iff(behaviour, condition)):
            return iff(behaviour, condition), f"geometric_{word}", started
        if same(goal.table, goal.claim, implies(condition, behaviour)):
            if word in ("away", "same_sign", "alternating"):
                return implies(condition, behaviour), f"geometric_{word}_if", started
            return implies(condition, behaviour), f"geometric_{word}_if", None
    grows = implies(lt(ONE, m), tends(e, t, INFINITY, INFINITY))
    if same(goal.table, goal.claim, grows):
        return grows, "geometric_grows", lt(ZERO, c)
    raise Unsupported("this is not what a geometric sequence does")


def _geometric_form(goal: Goal, t: str, form: Term) -> str:
    """∀t e_t = mᵗ·c, from the premise that says so or by algebra."""
    for premise in goal.premises:
        if premise.term == form or same(goal.table, premise.term, form):
            return convert(goal, premise.name, premise.term, form)
    left, right = form.args[1].args
    if goal.real(left) == goal.real(right):
        return "reflexivity."
    return f"{goal.introduce(t)}{equation(goal.within(t).replace(premises=()), left, right)}"


# --- further limits ----------------------------------------------------------------------------------------------------


def limit_exponential(goal: Goal) -> str:
    """(m_n)ⁿ → e^c from m_n → 1 and n·(m_n - 1) → c."""
    body, name, to, target = goal.claim.args
    base, _ = body.args
    lines, proofs = [], []
    for part, value in ((base, ONE), (mul(symbol(name), sub(base, ONE)), target.args[0])):
        claim = tends(part, name, to, value)
        proof, line = asserted(goal, goal.say(claim), limit(goal.replace(claim=claim, witness={})))
        lines.append(line)
        proofs.append(proof)
    function = f"(fun {goal.names.variable(name)} : nat => {goal.real(base)})"
    lines.append(f"exact (limit_exponential {function} ({goal.real(target.args[0])}) {' '.join(proofs)}).")
    return "\n".join(lines)


def squeeze(goal: Goal) -> str:
    """l_n ≤ x_n ≤ u_n, and l_n and u_n have one limit."""
    body, name, to, target = goal.claim.args
    bounds, *ends = goal.premises
    inner = strip(bounds.term)[1]
    low, high = inner.args[0].args[0], inner.args[1].args[1]
    wanted = for_all(name, conj(le(low, body), le(body, high)))
    fact, line = asserted(goal, goal.say(wanted), convert(goal, bounds.name, bounds.term, wanted))
    lines, proofs = [line], [fact]
    for end in (low, high):
        claim = tends(end, name, to, target)
        given = next((p for p in ends if same(goal.table, p.term, claim)), None)
        if given is None:
            raise Unsupported("a bound does not have that limit")
        proof, line = asserted(goal, goal.say(claim), convert(goal, given.name, given.term, claim))
        lines.append(line)
        proofs.append(proof)
    natural = goal.names.variable_type(name) == "nat"
    kind = "nat" if natural else "R"
    functions = " ".join(
        f"(fun {goal.names.variable(name)} : {kind} => {goal.real(term)})" for term in (low, body, high)
    )
    lemma = "squeeze" if natural else "squeeze_at"
    places = " ".join(([] if natural else [goal.writer.extended(to)]) + [goal.writer.extended(target)])
    lines.append(f"exact ({lemma} {functions} {places} {' '.join(proofs)}).")
    return "\n".join(lines)
