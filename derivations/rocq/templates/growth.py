"""The remainder of a Taylor polynomial, and when a growing power reaches a level: lemmas of theories/Growth.v."""

from __future__ import annotations

from math import factorial

from derivations.language.terms import (
    ONE,
    ZERO,
    Term,
    add,
    apply,
    conj,
    div,
    for_all,
    iff,
    implies,
    le,
    lt,
    mul,
    number,
    power,
    sub,
)
from derivations.rocq.equality import convert, find
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal
from derivations.rocq.templates.bounds import asserted, by_signs, equation, with_number


def taylor_bound(goal: Goal) -> str:
    """``Growth.taylor_bound``: its order, the bound on the derivative from the premises, the polynomial by algebra."""
    f, a, b, most = (goal.term(key) for key in ("function", "start", "end", "bound"))
    name, x, order = f.args[0], f.args[1], goal.witness["order"]
    derived = Term("Derivative", (name, (order,), x))
    bound = for_all(x.args[0], implies(conj(le(a, x), le(x, b)), le(Term("Abs", (derived,)), most)))
    script = find(goal, goal.premises, bound)
    if script is None:
        raise Unsupported("no premise bounds that derivative")
    given, first = asserted(goal, goal.say(bound), script)
    after, second = asserted(goal, goal.say(le(a, b)), by_signs(goal, le(a, b)))
    known = [p for p in goal.premises if p.term.head == "Smooth" and p.term.args[0] == name]
    most_smooth, smooth = known[0].term.args[1], known[0].name
    step, parts = sub(b, a), [apply(name, a)]
    for j in range(1, order):
        parts.append(div(mul(Term("Derivative", (name, (j,), a)), power(step, j)), number(factorial(j))))
    left, right = goal.claim.args
    pairs = (
        (left.args[0], sub(apply(name, b), add(*parts))),
        (right, div(mul(most, power(step, order)), number(factorial(order)))),
    )
    plain = goal.replace(premises=tuple(p for p in goal.premises if p.term.head not in ("Smooth", "ForAll")))
    lines, proofs = [first, second], []
    for one, other in pairs:
        proof, line = asserted(goal, f"{goal.real(one)} = {goal.real(other)}", equation(plain, one, other))
        lines.append(line)
        proofs.append(proof)
    function = goal.names.functions[name]
    data = f"{function} ({goal.real(a)}) ({goal.real(b)}) ({goal.real(most)})"
    enough = f"(smooth_le {order} {most_smooth} {function} ltac:(lia) {smooth})"
    theorem = f"(taylor_bound {order - 1} {data} {enough} {after} {given})"
    lines.append(f"exact (bounded_as _ _ _ _ {' '.join(proofs)} {theorem}).")
    return "\n".join(lines)


def reaches(goal: Goal) -> str:
    """``Growth.power_reaches``: its conditions by signs."""
    m, a, r, t = (goal.term(key) for key in ("ratio", "start", "level", "step"))
    plain = a == ONE
    conditions = [lt(ONE, m), lt(ZERO, r)] if plain else [lt(ONE, m), lt(ZERO, a), lt(ZERO, r)]
    lines, proofs = [], []
    for condition in conditions:
        proof, line = asserted(goal, goal.say(condition), by_signs(goal, condition))
        lines.append(line)
        proofs.append(proof)
    grown = power(m, t) if plain else mul(power(m, t), a)
    logarithms = div(Term("Log", (r if plain else div(r, a),)), Term("Log", (m,)))
    shown = iff(le(r, grown), le(logarithms, t))
    numbers = " ".join(f"({goal.real(part)})" for part in ((m, r) if plain else (m, a, r)))
    lemma = "power_reaches_from_one" if plain else "power_reaches"
    theorem = f"{lemma} {numbers} {goal.writer.natural(t)} {' '.join(proofs)}"
    proof, line = asserted(goal, goal.say(shown), with_number(goal.replace(witness={"t": t}), theorem))
    return "\n".join([*lines, line, convert(goal, proof, shown, goal.claim)])
