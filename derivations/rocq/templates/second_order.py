"""Iterations of two states and roots of quadratics: the rules ``schur-quadratic`` and ``roots-within``.

Both apply a theorem of theories/SecondOrder.v. That the premises and the conditions are what the theorem speaks of is linear
arithmetic over their monomials.
"""

from __future__ import annotations

from derivations.kernel.formulas import same, strip
from derivations.language.terms import ONE, ZERO, Term, add, apply, eq, for_all, lt, mul, sub, symbol
from derivations.rocq.errors import Unsupported
from derivations.rocq.goal import Goal, Premise


def schur_quadratic(goal: Goal) -> str:
    """The iteration converges from every start iff Jury's conditions hold: ``SecondOrder.schur_quadratic``."""
    (a, b), pair = strip(goal.claim.args[0])
    x, y = (limit.args[0].args[0] for limit in pair.args)
    t, c, d = pair.args[0].args[1], pair.args[0].args[3], pair.args[1].args[3]
    rows = [row.args for row in goal.term("matrix").args]
    facts, script = [], ""
    for name, centre, row in ((x, c, rows[0]), (y, d, rows[1])):
        wanted = _update(name, centre, row, (t, a, b), ((x, c), (y, d)))
        used, fact, (k, u, v) = _premise(goal, for_all(t, for_all(a, for_all(b, wanted)))), goal.fresh(), _names(goal)
        script += f"assert ({fact} : forall {_bound(goal, t, 'nat')} {_bound(goal, a)} {_bound(goal, b)}, {goal.say(wanted)}). "
        script += f"{{ intros {k} {u} {v}. generalize ({used} {k} {u} {v}). clear. intros. lra. }}\n"
        facts.append(fact)
    for name, start in ((x, a), (y, b)):
        wanted = eq(apply(name, ZERO, symbol(a), symbol(b)), symbol(start))
        used, fact, (_, u, v) = _premise(goal, for_all(a, for_all(b, wanted))), goal.fresh(), _names(goal)
        script += f"assert ({fact} : forall {_bound(goal, a)} {_bound(goal, b)}, {goal.say(wanted)}). "
        script += f"{{ intros {u} {v}. generalize ({used} {u} {v}). clear. intros. lra. }}\n"
        facts.append(fact)
    functions = " ".join(goal.names.functions[name] for name in (x, y))
    numbers = " ".join(f"({goal.real(part)})" for part in (c, d, *rows[0], *rows[1]))
    return script + _equivalent(goal, f"schur_quadratic {functions} {numbers} {' '.join(facts)}")


def _update(name: str, centre: Term, row: tuple[Term, ...], at: tuple[str, str, str], states: tuple[tuple[str, Term], ...]) -> Term:
    """x(t + 1) - c = m11*(x(t) - c) + m12*(y(t) - d)."""
    t, a, b = map(symbol, at)
    now = [sub(apply(f, t, a, b), point) for f, point in states]
    return eq(sub(apply(name, add(t, ONE), a, b), centre), add(mul(row[0], now[0]), mul(row[1], now[1])))


def _bound(goal: Goal, name: str, kind: str = "R") -> str:
    return f"({goal.names.variable(name)} : {kind})"


def _names(goal: Goal) -> tuple[str, str, str]:
    return goal.fresh("K"), goal.fresh("K"), goal.fresh("K")


def _premise(goal: Goal, formula: Term) -> str:
    """The hypothesis that says so. Raises Unsupported if none does."""
    found: Premise | None = next((one for one in goal.premises if same(goal.table, one.term, formula)), None)
    if found is None:
        raise Unsupported("an update or a start is no premise")
    return found.name


def _equivalent(goal: Goal, theorem: str) -> str:
    """A <-> B where the theorem says A <-> B', the conditions B' being those of B in another form."""
    known, given, parts = goal.fresh(), goal.fresh(), [goal.fresh() for _ in range(4)]
    conditions = f"({' & '.join(parts)})"
    every = " ".join(parts)
    return (
        f"pose proof ({theorem}) as {known}. split; intros {given}.\n"
        f"{{ destruct (proj1 {known} {given}) as {conditions}. clear - {every}. repeat split; lra. }}\n"
        f"apply (proj2 {known}). destruct {given} as {conditions}. clear - {every}. repeat split; lra."
    )


def roots_within(goal: Goal) -> str:
    """Both roots lie in the closed disc iff the conditions hold: ``SecondOrder.schur_cohn_closed``."""
    from derivations.rocq.templates.bounds import by_signs

    rho, p, q = goal.claim.args[0].args[1:]
    positive = goal.fresh()
    numbers = " ".join(f"({goal.real(part)})" for part in (rho, p, q))
    return (
        f"assert ({positive} : 0 < {goal.real(rho)}). {{ {by_signs(goal, lt(ZERO, rho))} }}\n"
        + _equivalent(goal, f"schur_cohn_closed {numbers} {positive}")
    )
